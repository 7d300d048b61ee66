"""How products, quotients and powers are spelled: signs taken in by differences, fractions, the shorter direction of x^T A y."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expressions import build
from ..expressions.build import is_number, split, transpose, value_of
from ..expressions.expr import Expr
from ..kinds import ONE
from ..ops.core import (
    ADD,
    HADAMARD,
    INDEXED_SUM,
    MATMUL,
    MATRIX_POWER,
    POWER,
    TIMES,
    TRANSPOSE,
)
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.trace import TRACE
from ..printing.count import symbols
from ..syntax import Node
from .entries import dotted
from .leaves import beside
from .spelling import Spelling
from .surface import flipped, has_bars, is_plain_product, negated, number, product, quotient

HALF = Fraction(1, 2)


def times(spelling: Spelling, e: Expr) -> Node:
    return scaled(spelling, *split(e))


def scaled(spelling: Spelling, c: Fraction, scalars: Sequence[Expr], body: Expr | None, extra: Node | None = None) -> Node:
    if c < 0:
        flipped = _flipped(spelling, scalars, body)
        if flipped is not None:
            return signed(
                spelling,
                -c,
                [spelling.of(s) for s in sorted(flipped[0], key=spelling.factor_key) if not is_below(s)],
                [s for s in flipped[0] if is_below(s)],
                flipped[1],
            )
        return negated(scaled(spelling, -c, scalars, body))
    above = [spelling.of(s) for s in sorted((s for s in scalars if not is_below(s)), key=spelling.factor_key)]
    above += [extra] if extra is not None else []
    return signed(spelling, c, above, [s for s in scalars if is_below(s)], spelling.of(body) if body is not None else None)


def signed(spelling: Spelling, c: Fraction, above: list[Node], below: list[Expr], body: Node | None) -> Node:
    under = [spelling.of(build.power(s, build.num(-1))) for s in sorted(below, key=spelling.factor_key)]
    if body is None and len(above) == 1 and is_plain_product(above[0]):
        body = above.pop()  # 2 a^T b needs no brackets
    if c.denominator != 1:
        under.insert(0, number(c.denominator))
    if c.numerator != 1:
        above.insert(0, number(c.numerator))
    if body is None:
        return quotient(above, under)
    if body.op in ("sum", "product") and under:
        return product([quotient(above, under), body])
    if is_plain_product(body) and not (above and above[-1].op in ("sum", "product")):
        return quotient([*above, *body.args], under)
    return quotient([*above, body], under)


def _flipped(spelling: Spelling, scalars: Sequence[Expr], body: Expr | None) -> tuple[list[Expr], Node | None] | None:
    """A minus absorbed by a difference among the factors: -2 (y - z)^T A is 2 (z - y)^T A; None if none can."""
    for k, s in enumerate(scalars):
        others = [*scalars[:k], *scalars[k + 1 :]]
        if s.op is ADD and _can_flip(spelling, s):
            return [*scalars[:k], build.opposite(s), *scalars[k + 1 :]], spelling.of(body) if body is not None else None
        if s.op is POWER and not is_below(s) and _is_odd(s.args[1]) and s.args[0].op is ADD and _can_flip(spelling, s.args[0]):
            cube = Node("pow", (spelling.sized(build.opposite(s.args[0])), spelling.of(s.args[1])))
            return others, cube if body is None else product([cube, spelling.of(body)])
        if s.op.parity == "odd" and (turned := _turned(spelling, s)) is not None:
            return others, turned if body is None else product([turned, spelling.of(body)])
        if s.op in (INDEXED_SUM, TRACE) and body is None and (turned := _turned(spelling, s)) is not None:
            return others, turned
    turned = _turned(spelling, body) if body is not None else None
    return None if turned is None else (list(scalars), turned)


def _can_flip(spelling: Spelling, s: Expr) -> bool:
    return s not in spelling.named and any(build.without_coefficient(a)[0] < 0 for a in s.args)


def _turned(spelling: Spelling, e: Expr) -> Node | None:
    """-e without a minus in front, where a difference inside takes it; None if there is none. (The constructors would
    bring the minus out again, so this works on the surface.)"""
    if e in spelling.named:
        return None
    if e.op is ADD:
        return spelling.of(build.opposite(e)) if _can_flip(spelling, e) else None
    if e.op is INDEXED_SUM:
        return _turned_sum(spelling, e, False)
    if e.op is TRANSPOSE:
        inner = e.args[0]
        if inner.op is ADD:
            return spelling.of(transpose(build.opposite(inner))) if _can_flip(spelling, inner) else None
        turned = _turned_sum(spelling, inner, True) if inner.op is INDEXED_SUM else _turned(spelling, inner)
        return turned if turned is None or inner.op is INDEXED_SUM else flipped(turned)
    if (e.op in (TRACE, DIAG) or (e.op.parity == "odd" and len(e.args) == 1)) and e.op.spellings:
        turned = _turned(spelling, e.args[0])
        return None if turned is None else Node("call", (turned,), e.op.spellings[0])
    if e.op is MATMUL and (cross := _crossed(spelling, list(e.args), turned=True)) is not None:
        return cross
    if e.op in (MATMUL, HADAMARD):
        for k, f in enumerate(e.args):
            turned = None if is_below(f) else _turned(spelling, f)
            if turned is not None:
                rest = [*e.args[:k], *e.args[k + 1 :]]
                if e.op is HADAMARD:
                    return entrywise(spelling, rest, turned)
                left, right = ([chain(spelling, list(c))] if c else [] for c in (e.args[:k], e.args[k + 1 :]))
                return product([p for n in (*left, turned, *right) for p in (n.args if is_plain_product(n) else (n,))])
    return None


def _turned_sum(spelling: Spelling, summed: Expr, transposed: bool) -> Node | None:
    """-sum_i (a - b) x_i as sum_i (b - a) x_i (of its transpose: `transposed`)."""
    low, high, term = summed.args
    _, scalars, _ = split(term)
    s = next((s for s in (term, *scalars) if s.op is ADD and _can_flip(spelling, s)), None)
    if s is None:
        return None
    if s is term:
        body = build.opposite(s)
        inside = spelling.of(transpose(body) if transposed else body)
    else:
        rest = build.divide(term, s)
        inside = scaled(spelling, *split(transpose(rest) if transposed else rest), extra=spelling.of(build.opposite(s)))
    return Node("sum", (inside, spelling.of(low), spelling.of(high)), str(summed.attr))


def matmul(spelling: Spelling, e: Expr) -> Node:
    if e.is_scalar:
        straight, back = list(e.args), [transpose(a) for a in reversed(e.args)]
        if sum(a.size for a in straight) == sum(a.size for a in back):
            typed = spelling.author.get(e)
            if typed is not None:
                return chain(spelling, list(typed))
            nodes = [chain(spelling, c) for c in (straight, back)]
            return min(nodes, key=spelling.text_key)
    return chain(spelling, list(e.args))


def chain(spelling: Spelling, factors: list[Expr]) -> Node:
    """A matrix product; runs of transposes that begin with a row are gathered where that is shorter."""
    cross = _crossed(spelling, factors)
    if cross is not None:
        return cross
    parts: list[Node] = []
    k = 0
    while k < len(factors):
        f = factors[k]
        run = 1
        if f.shape[0] is ONE:
            while k + run < len(factors) and _turns(factors[k + run]):
                run += 1
            saved = sum(g.op is TRANSPOSE and g.args[0].op is not INVERSE for g in factors[k : k + run])
            if run > 1 and saved > 1:
                inside = [transpose(g) for g in reversed(factors[k : k + run])]
                whole = chain(spelling, inside)
                if has_bars(whole):
                    barred = Node("call", (chain(spelling, [build.conjugate(g) for g in inside]),), "conj")
                    whole = min(whole, barred, key=symbols)
                parts.append(flipped(whole))
                k += run
                continue
        held = (k > 0 and f.shape[0] is not ONE) or (k + 1 < len(factors) and f.shape[1] is not ONE)
        parts.append(beside(spelling, f) if held else spelling.of(f))
        k += 1
    return product(parts)


def hadamard(spelling: Spelling, e: Expr) -> Node:
    typed = spelling.author.get(e)
    parts = list(typed) if typed is not None else sorted(e.args, key=spelling.factor_key)
    return entrywise(spelling, parts)


def entrywise(spelling: Spelling, parts: Sequence[Expr], first: Node | None = None) -> Node:
    """An entrywise product of `first` and the parts, the divisors last."""
    divisors = [p for p in parts if is_below(p)]
    above = [*([first] if first is not None else []), *[spelling.of(p) for p in parts if not is_below(p)]]
    below = [spelling.of(build.power(p, build.num(-1))) for p in divisors]
    if not above:
        below = [spelling.sized(build.power(p, build.num(-1))) for p in divisors]
        return Node("ew", (number(1), below[0] if len(below) == 1 else Node("ew", tuple(below), (".*",) * (len(below) - 1))), ("./",))
    if len(above) + len(below) == 1:
        return above[0]
    return Node("ew", tuple(above + below), (".*",) * (len(above) - 1) + ("./",) * len(below))


def power(spelling: Spelling, e: Expr) -> Node:
    base, k = e.args
    scalar = e.is_scalar
    if is_number(k):
        v = value_of(k)
        if v < 0:
            under = spelling.sized(build.power(base, build.num(-v)))
            return Node("mul", (number(1), under), ("/",)) if scalar else Node("ew", (number(1), under), ("./",))
        if v == HALF:
            return Node("call", (spelling.sized(base),), dotted("sqrt", base))
        if v.denominator == 1 and v.numerator % 2 == 0 and base.op is ADD:
            base = _this_way_round(spelling, base)
    return Node("pow" if scalar else "epow", (spelling.sized(base), spelling.of(k)))


def _this_way_round(spelling: Spelling, e: Expr) -> Expr:
    """Of a sum and its opposite, whose even powers are the same, the one that was typed: (x - 1)^2; else what moves comes first."""
    if e in spelling.author or e in spelling.named:
        return e
    turned = build.opposite(e)
    moving = [t for t in e.args if not is_number(t)]
    backward = turned not in spelling.author and len(moving) == 1 < len(e.args) and build.without_coefficient(moving[0])[0] < 0
    return turned if backward or turned in spelling.author else e


def matrix_power(spelling: Spelling, e: Expr) -> Node:
    x, k = e.args
    if x.op is INVERSE:
        return Node("pow", (spelling.sized(x.args[0]), negated(spelling.of(k)) if is_number(k) else spelling.of(build.negative(k))))
    return Node("pow", (spelling.sized(x), spelling.of(k)))


def _crossed(spelling: Spelling, factors: list[Expr], turned: bool = False) -> Node | None:
    """A product with [a]_x beside a vector as a cross product, or its opposite (`turned`); None where there is none."""
    factors = [g for f in factors for g in _squared(spelling, f)]
    at = [k for k, f in enumerate(factors) if f.op.beside and f not in spelling.named]
    if at and at[0] + 1 < len(factors) and factors[-1].shape[1] is ONE:
        head, tail = factors[: at[0]], factors[at[0] + 1 :]
        sides = [beside(spelling, factors[at[0]].args[0]), beside(spelling, tail[0]) if len(tail) == 1 else chain(spelling, tail)]
        cross = Node("call", tuple(sides[::-1] if turned else sides), factors[at[0]].op.beside)
        return product([chain(spelling, head), cross]) if head else cross
    if at and at[-1] and at[-1] + 1 == len(factors) and factors[0].shape[0] is ONE:
        head = [transpose(f) for f in reversed(factors[:-1])]
        if any(f.op is TIMES for f in head):  # (skew(b) c)^T is -c^T skew(b)
            head = [transpose(f) if f.op is TIMES else f for f in head]
            turned = turned != (sum(transpose(f).op is TIMES for f in head) % 2 == 1)
        sides = [beside(spelling, head[0]) if len(head) == 1 else chain(spelling, head), beside(spelling, factors[-1].args[0])]
        return flipped(Node("call", tuple(sides[::-1] if turned else sides), factors[at[0]].op.beside))
    return None


def _squared(spelling: Spelling, f: Expr) -> tuple[Expr, ...]:
    """[a]_x^2 as two factors."""
    square = f.op is MATRIX_POWER and f.args[0].op.beside and is_number(f.args[1], 2) and f not in spelling.named
    return f.args[:1] * 2 if square else (f,)


def _is_odd(k: Expr) -> bool:
    return is_number(k) and value_of(k).denominator == 1 and value_of(k).numerator % 2 == 1


def _turns(g: Expr) -> bool:
    """A factor whose transpose costs nothing extra to write: M^T, or a symmetric one."""
    if g.shape[1] is ONE:
        return False
    return g.op is TRANSPOSE or transpose(g) is g


def is_below(s: Expr) -> bool:
    """Printed under a fraction bar."""
    return s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) < 0
