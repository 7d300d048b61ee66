"""Which way round a difference stands: as its author wrote it, A x - b, with the minus sign that follows before the product.

The normal form keeps one of a - b and b - a. Where the text has the other one, a product is spelled with that one and a minus, and the
minus signs of all factors are gathered in front. A difference that the author did not write takes in the sign of its product.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions.build import is_number, negative, opposite, split, transpose, value_of, without_coefficient
from ..expressions.expr import Expr, make
from ..kinds import ONE
from ..ops.core import ADD, HADAMARD, MATMUL, NUMBER, ONES, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..syntax import Node
from .spelling import Spelling
from .surface import flipped, negated, number, product


def has_minus(e: Expr) -> bool:
    return without_coefficient(e)[0] < 0


def crosses(e: Expr) -> bool:
    """Whether this is the matrix of a cross product: beside a vector it is written a × b."""
    return bool(e.op.beside) and " " not in e.op.beside


def was_typed(spelling: Spelling, e: Expr) -> bool:
    """Whether a sum was typed, and not with nothing but minus signs; of y - (w^T x + b) the opposite counts as typed."""
    return e in spelling.author and not all(shows_minus(spelling, a) for a in e.args)


def shows_minus(spelling: Spelling, e: Expr) -> bool:
    """Whether a summand is printed with a minus: its own sign and those of its differences that stand the other way round, of which
    the normal form has -(1 - x^2) y where (x^2 - 1) y is printed. A cross product takes in any sign."""
    body = split(e)[2]
    if body is not None and body.op is MATMUL and ONE in body.shape and any(crosses(f) and f not in spelling.named for f in body.args):
        return False
    factors, waiting = [], _factors(e)
    while waiting:
        s = waiting.pop()
        inside = s.args if s.op in (MATMUL, TRANSPOSE) else _factors(s.args[0]) if is_odd_function(s) else None
        waiting += inside or ()
        factors += [s] if inside is None else []
    bases = [s.args[0] if s.op is POWER and is_odd(s.args[1]) else s for s in factors]
    sums = [s for s in bases if s.op is ADD and s not in spelling.author and s not in spelling.named]
    turned = [s for s in sums if opposite(s) in spelling.author and not all(map(has_minus, opposite(s).args))]
    return has_minus(e) != (len(turned) % 2 == 1)


def _factors(e: Expr) -> list[Expr]:
    _, scalars, body = split(e)
    return [*scalars, *(() if body is None else (body,))]


def was_turned(spelling: Spelling, e: Expr) -> bool:
    """Whether this is a sum whose opposite was typed."""
    return e.op is ADD and e not in spelling.named and e not in spelling.author and was_typed(spelling, opposite(e))


def can_flip(spelling: Spelling, e: Expr) -> bool:
    """Whether -e may be written as the opposite of the sum `e`; 1 - s and 1 - h.^2 stay, where s and h have names of their own."""
    if len(e.args) == 2 and any(is_number(a, 1) or a.op is ONES for a in e.args):
        others = [negative(a) for a in e.args]
        if any(b in spelling.named or (b.op is POWER and b.args[0] in spelling.named) for b in others):
            return False
    return e not in spelling.named and not was_typed(spelling, e) and any(shows_minus(spelling, a) for a in e.args)


def has_slope(spelling: Spelling, e: Expr) -> bool:
    """Whether 1 - y of a function y or of squares, the slopes of tanh and of sigmoid, is a factor that the author did not write."""
    waiting = [e]
    while waiting:
        n = waiting.pop()
        if n.op is ADD:
            ones = [a for a in n.args if without_coefficient(a)[1].op in (ONES, NUMBER)]
            others = [split(a)[1:] for a in n.args if a not in ones]
            if len(ones) == 1 and not has_minus(ones[0]) and len(others) == 1 and can_flip(spelling, n):
                parts = [*others[0][0], *([others[0][1]] if others[0][1] is not None else [])]
                return not n.is_scalar or any(p.args and (p.op is not POWER or p.args[0].args) for p in parts)
        elif n.op in (TIMES, MATMUL, HADAMARD, DIAG, TRANSPOSE) and n not in spelling.named:
            waiting += n.args
    return False


def typed_terms(spelling: Spelling, e: Expr) -> Sequence[Expr]:
    """The summands in the author's order; of the opposite of a sum that was typed, what has no minus comes first."""
    if e in spelling.author:
        return list(spelling.author[e])
    turned = spelling.author.get(opposite(e))
    return spelling.in_order(e) if turned is None else sorted(map(negative, turned), key=has_minus)


def factor(spelling: Spelling, e: Expr) -> Node:
    """The tree of a factor of a product: where the author wrote the opposite of a difference, that one with a minus."""
    inner = e.args[0] if e.op is TRANSPOSE else e
    if inner.op is POWER and was_turned(spelling, inner.args[0]) and not (inner.is_scalar and is_below(inner)):
        base, k = spelling.sized(opposite(inner.args[0])), inner.args[1]
        if is_odd(negative(k)):
            under = base if is_number(k, -1) else Node("epow", (base, spelling.of(negative(k))))
            node = Node("ew", (number(1), under), ("./",))
            return negated(node if e is inner else flipped(node))
        if is_odd(k):
            node = Node("pow" if inner.is_scalar else "epow", (base, spelling.of(k)))
            return negated(node if e is inner else flipped(node))
    if is_odd_function(inner) and is_printed_turned(spelling, inner.args[0]):  # sin(x - y), where sin(y - x) is kept
        argument = inner.args[0]
        turned = opposite(argument) if argument.op is ADD else negative(argument)
        made = make(inner.op, (turned,), inner.attr, inner.shape, inner.size)
        return negated(spelling.of(made if e is inner else transpose(made)))
    if not was_turned(spelling, inner):
        node = spelling.of(e)
        return (
            negated(Node("add", tuple(n.args[0] for n in node.args)))
            if node.op == "add" and all(n.op == "neg" for n in node.args)
            else node
        )
    turned = opposite(inner)
    return negated(spelling.of(turned if e is inner else transpose(turned)))


def is_printed_turned(spelling: Spelling, e: Expr) -> bool:
    """Whether there is a minus before what is printed of `e`, which begins with none: the opposite of a difference was typed."""
    if e.op is POWER and is_odd(e.args[1]):
        return was_turned(spelling, e.args[0])
    return was_turned(spelling, e) if e.op is ADD else e.op is TIMES and not has_minus(e) and spelling.of(e).op == "neg"


def is_odd_function(e: Expr) -> bool:
    return e.op.parity == "odd" and len(e.args) == 1


def is_below(s: Expr) -> bool:
    """Printed under a fraction bar."""
    return s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) < 0


def is_odd(k: Expr) -> bool:
    return is_number(k) and value_of(k) > 0 and value_of(k).denominator == 1 and value_of(k).numerator % 2 == 1


def signs_apart(nodes: Sequence[Node]) -> tuple[bool, list[Node]]:
    """Whether the product of these is the opposite of that without their minus signs; and these without them."""
    bare = [n.args[0] if n.op == "neg" else n for n in nodes]
    return sum(n.op == "neg" for n in nodes) % 2 == 1, bare


def signed_product(nodes: Sequence[Node]) -> Node:
    """Factors side by side, the minus signs of all of them in front."""
    minus, bare = signs_apart(nodes)
    return negated(product(bare)) if minus else product(bare)


def turned_over(node: Node) -> Node:
    """The transpose, a minus sign in front."""
    return negated(flipped(node.args[0])) if node.op == "neg" else flipped(node)


def sign_outside(op: str, inner: Node, attr: str | None = None, *more: Node) -> Node:
    """What is linear in `inner`, with its minus sign in front."""
    return negated(Node(op, (*inner.args, *more), attr)) if inner.op == "neg" else Node(op, (inner, *more), attr)
