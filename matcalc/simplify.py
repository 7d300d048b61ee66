"""The short form of an expression: identities from the table, common factors, distributed numbers, scalar algebra.

Bottom-up over the DAG; at every node the shortest of the forms that the moves give is kept, and again while it gets
shorter. A move is taken for its effect on the length only, ties go to the structural order, so the order of the rules
does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations

from . import build
from .adjoints.families import with_index
from .adjoints.lifting import over_index, written_out
from .build import add, num, rebuild, split, symbol, times, trace, transpose, without_coefficient
from .build.blocks import gathered
from .build.properties import holds
from .expr import Expr, Operation, order_key, postorder, transform
from .identities import IDENTITIES, Identity
from .infer import read_template
from .kinds import ONE, Dim
from .ops.core import ADD, EYE, HADAMARD, INDEXED_SUM, MATMUL, ONES, POWER, SIZE, SYMBOL, TIMES, TRANSPOSE, ZEROS
from .ops.trace import TRACE
from .shortening.factor import factor
from .shortening.scalars import rewritings, worth_trying
from .templates import entrywise, instantiate

ROUNDS = 6  # how often a node may be improved
LARGEST_EXPANDED = 48  # symbols of a sum whose products are multiplied out on trial
MOST_EXPANDED = 8  # and its summands
_MARK = "\u2022"  # pattern letters are names no user can type
Bindings = dict[Expr, Expr]


def simplify(e: Expr, known: dict[Expr, Expr] | None = None) -> Expr:
    """The shortest form found of `e`."""
    done = {} if known is None else known
    short = transform(e, lambda old, args: _improve(rebuild(old, args)), done)
    done[short] = short
    written = written_out(short) or gathered(short)
    return short if written is None else transform(written, lambda old, args: _improve(rebuild(old, args)), done)


def recognise(e: Expr) -> Expr:
    """`e` with named functions recognised (a logistic function, a softmax, a norm) and nothing else changed."""
    return transform(e, lambda old, args: _improve(rebuild(old, args), _recognitions))


def _recognitions(e: Expr) -> Iterator[Expr]:
    for pattern in _patterns().get(e.op, ()):
        yield from pattern.apply(e)


def _improve(e: Expr, moves: Callable[[Expr], Iterator[Expr]] | None = None) -> Expr:
    for _ in range(ROUNDS):
        best = e
        for candidate in (moves or _moves)(e):
            if order_key(candidate) < order_key(best) and candidate.size < e.size:
                best = candidate
        if best is e:
            return e
        e = best
    return e


def _moves(e: Expr) -> Iterator[Expr]:
    for pattern in _patterns().get(e.op, ()):
        yield from pattern.apply(e)
    if e.op is INDEXED_SUM:
        whole = over_index(str(e.attr), *e.args)
        if whole is not None:
            yield whole
    if e.op is ADD:
        yield factor(e)
        yield from _distributed_terms(e)
        yield from _same_letters(e)
        if worth_trying(e):
            yield from rewritings(e)
    elif e.op is TIMES:
        yield from _distribute_number(e)
        yield from _absorb_divisors(e)
    elif e.op is TRACE and e.args[0].op is MATMUL and e.size <= LARGEST_EXPANDED:
        for parts in expansions(e.args[0]):
            yield add(*[trace(p) for p in parts])


def _same_letters(e: Expr) -> Iterator[Expr]:
    """Sums over the same range under two letters, brought to one letter, may add up."""
    if not any(n.op is INDEXED_SUM for t in e.args for n in (t, *(t.args if t.op is TIMES else ()))):
        return
    sums = [(n, str(n.attr)) for t in e.args for n in postorder(t) if n.op is INDEXED_SUM]
    for (first, i), (second, j) in combinations(sums, 2):
        if i != j and first.args[:2] == second.args[:2] and i not in second.indices and not any(b == i for n, b in sums if n is second):
            yield add(*[with_index(t, j, i) if second in postorder(t) and first not in postorder(t) else t for t in e.args])


def _distribute_number(e: Expr) -> Iterator[Expr]:
    """9 (1 + 2 x) is 9 + 18 x: a number goes into a sum where that is shorter."""
    c, scalars, body = split(e)
    if c == 1:
        return
    tail = [body] if body is not None else []
    for k, s in enumerate(scalars):
        if s.op is ADD:
            yield times(*scalars[:k], *scalars[k + 1 :], add(*[times(num(c), t) for t in s.args]), *tail)
    if body is not None and body.op is ADD:
        yield times(*scalars, add(*[times(num(c), t) for t in body.args]))


def _absorb_divisors(e: Expr) -> Iterator[Expr]:
    """(s - l)/s is 1 - l/s."""
    c, scalars, body = split(e)
    tail = [body] if body is not None else []
    for p in scalars:
        if p.op is POWER and build.is_number(p.args[1]) and build.value_of(p.args[1]) < 0:
            for s in scalars:
                if s.op is ADD:
                    rest = [f for f in scalars if f is not p and f is not s]
                    yield times(num(c), *rest, factor(add(*[times(p, a) for a in s.args])), *tail)


def _distributed_terms(e: Expr) -> Iterator[Expr]:
    """A product with a sum, multiplied out, may meet its like among the other summands."""
    if e.size > LARGEST_EXPANDED or len(e.args) > MOST_EXPANDED:
        return
    for k, t in enumerate(e.args):
        for parts in expansions(t):
            yield factor(add(*e.args[:k], *parts, *e.args[k + 1 :]))


def expansions(t: Expr) -> Iterator[list[Expr]]:
    """The term multiplied out over one of its sums."""
    c, scalars, body = split(t)
    for k, s in enumerate(scalars):
        if s.op is ADD:
            rest = [*scalars[:k], *scalars[k + 1 :]]
            yield [times(num(c), *rest, a, *([body] if body is not None else [])) for a in s.args]
    if body is None:
        return
    if body.op is ADD:
        yield [times(num(c), *scalars, a) for a in body.args]
    elif body.op in (MATMUL, HADAMARD):
        for k, f in enumerate(body.args):
            inner = f.args[0] if f.op is TRANSPOSE else f
            if inner.op is ADD:
                parts = [transpose(a) if inner is not f else a for a in inner.args]
                yield [times(num(c), *scalars, build.apply(body.op, [*body.args[:k], a, *body.args[k + 1 :]])) for a in parts]


# ---------------------------------------------------------------------------------------------- identities as patterns


class Pattern:
    """One reading of an identity: its sides as expressions in pattern letters."""

    __slots__ = ("conditions", "identity", "left", "right")

    def __init__(self, identity: Identity, left: Expr, right: Expr) -> None:
        self.identity, self.left, self.right = identity, left, right
        self.conditions = [(words[0], words[1]) for part in filter(None, identity.when.split(",")) for words in [part.split()]]

    def apply(self, e: Expr) -> Iterator[Expr]:
        """What `e` becomes by this identity, in every way its left side is found at the root of `e`."""
        for bindings, sizes, rest in _match_root(self.left, e):
            if all(holds(bound, prop) for prop, letter in self.conditions for p, bound in bindings.items() if _letter(p) == letter):
                yield rest(instantiate(self.right, bindings, sizes))


def _letter(p: Expr) -> str:
    """The letter of a pattern symbol: x of •x, and of its readings for columns and matrices."""
    return str(p.attr[0]).strip(_MARK)[:1]  # type: ignore[index]


@cache
def _patterns() -> dict[Operation, list[Pattern]]:
    table: dict[Operation, list[Pattern]] = {}
    for i in IDENTITIES:
        for left, right in sides(i):
            table.setdefault(left.op, []).append(Pattern(i, left, right))
    return table


def letters(i: Identity) -> dict[str, Expr]:
    """The identity's letters as pattern symbols."""
    if i.entrywise:
        return {x: symbol(_MARK + x) for x in "xy" if x in (i.left + i.right)}
    found = {}
    for part in filter(None, i.where.split(",")):
        x, _, shape = part.partition(":")
        rows, cols = (ONE if d == "1" else Dim.of(_MARK + d) for d in shape.split())
        found[x.strip()] = symbol(_MARK + x.strip(), (rows, cols))
    return found


def sides(i: Identity) -> list[tuple[Expr, Expr]]:
    """Both sides in pattern letters; an entrywise identity has a reading for numbers, one for columns and one for matrices."""
    names = letters(i)
    left, right = (read_template(t, names) for t in (i.left, i.right))
    found = [(left, right)]
    if i.entrywise:
        for shape in ((Dim.of(_MARK + "n"), ONE), (Dim.of(_MARK + "m"), Dim.of(_MARK + "n"))):
            arrays = {x: symbol(f"{x.attr[0]}{shape[1]}", shape) for x in names.values()}  # type: ignore[index]
            if names:
                found.append((entrywise(left, arrays, shape), entrywise(right, arrays, shape)))
    return found


Found = tuple[Bindings, dict[str, Dim], Callable[[Expr], Expr]]


def _match_root(p: Expr, e: Expr) -> Iterator[Found]:
    """The pattern at the root of `e`; of a sum or product it may be a part, and `rest` puts the others back."""
    if p.op in (ADD, TIMES, HADAMARD):
        yield from _match_part(p, e)
        return
    for b, s in _match(p, e, {}, {}):
        yield b, s, lambda made: made


def _match_part(p: Expr, e: Expr) -> Iterator[Found]:
    coefficient = num(1)
    args = list(e.args)
    if e.op is TIMES:
        c, scalars, body = split(e)
        cp, sp, bp = split(p)
        coefficient = num(c / cp)
        args = [*scalars, *([body] if body is not None else [])]
        wanted = [*sp, *([bp] if bp is not None else [])]
        if body is not None and bp is None:
            args = list(scalars)
            for b, s, left in _choose(wanted, args, {}, {}):
                yield b, s, lambda made, left=left, body=body, k=coefficient: times(k, made, *left, body)  # type: ignore[misc]
            return
    else:
        wanted = list(p.args)
    for b, s, left in _choose(wanted, args, {}, {}):
        if e.op is ADD:
            yield b, s, lambda made, left=left: add(made, *left)  # type: ignore[misc]
        elif e.op is TIMES:
            yield b, s, lambda made, left=left, k=coefficient: times(k, made, *left)  # type: ignore[misc]
        else:
            yield b, s, lambda made, left=left: build.hadamard(made, *left)  # type: ignore[misc]


def _choose(wanted: list[Expr], args: list[Expr], b: Bindings, s: dict[str, Dim]) -> Iterator[tuple[Bindings, dict[str, Dim], list[Expr]]]:
    """Every way to find the wanted patterns among the arguments, and what is left."""
    if not wanted:
        yield b, s, args
        return
    for k, a in enumerate(args):
        for b2, s2 in _match(wanted[0], a, b, s):
            yield from _choose(wanted[1:], args[:k] + args[k + 1 :], b2, s2)


def _match(p: Expr, e: Expr, b: Bindings, s: dict[str, Dim]) -> Iterator[tuple[Bindings, dict[str, Dim]]]:
    """Every way the pattern is the whole of `e`."""
    if p.op is SYMBOL and str(p.attr[0]).startswith(_MARK):  # type: ignore[index]
        if p in b:
            if b[p] is e:
                yield b, s
            return
        sizes = _sizes(p, e, s)
        if sizes is not None:
            yield {**b, p: e}, sizes
        return
    if p.op is TIMES and len(p.args) == 2 and build.is_number(p.args[0], -1) and p.args[1].op is SYMBOL:
        if without_coefficient(e)[0] < 0 or p.args[1] in b:
            yield from _match(p.args[1], build.negative(e), b, s)
        return
    if p.op is not e.op:
        return
    if not p.args:
        sizes = _sizes(p, e, s)
        if sizes is not None and (p.op in (EYE, ONES, ZEROS) or p is e):
            yield b, sizes
        return
    if p.attr != e.attr or len(p.args) != len(e.args) or p.op is SIZE:
        return
    if p.op in (ADD, TIMES, HADAMARD):
        for b2, s2, left in _choose(list(p.args), list(e.args), b, s):
            if not left:
                yield b2, s2
        return
    yield from _match_all(p.args, e.args, b, s)


def _match_all(ps: Iterable[Expr], es: Iterable[Expr], b: Bindings, s: dict[str, Dim]) -> Iterator[tuple[Bindings, dict[str, Dim]]]:
    ps, es = list(ps), list(es)
    if not ps:
        yield b, s
        return
    for b2, s2 in _match(ps[0], es[0], b, s):
        yield from _match_all(ps[1:], es[1:], b2, s2)


def _sizes(p: Expr, e: Expr, s: dict[str, Dim]) -> dict[str, Dim] | None:
    """The dimension letters extended so that the pattern has the shape of `e`; None if it cannot."""
    for wanted, given in zip(p.shape, e.shape, strict=True):
        letter = wanted.name
        if letter is None or not letter.startswith(_MARK):
            if wanted is not given:
                return None
        elif letter not in s:
            if given is ONE:
                return None
            s = {**s, letter: given}
        elif s[letter] is not given:
            return None
    return s
