"""The short form of an expression: identities from the table, common factors, distributed numbers, scalar algebra.

Bottom-up over the DAG; at every node the shortest of the forms that the moves give is kept, and again while it gets
shorter. A move is taken for its effect on the length only, ties go to the structural order, so the order of the rules
does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..differentiation.lifting import multiplied_out, written_out
from ..expressions.blocks import gathered
from ..expressions.build import add, apply, is_number, num, opposite, rebuild, split, times, transpose, value_of
from ..expressions.expr import Expr, order_key, transform
from ..expressions.named import written_in
from ..inference.commuting import along_commuting
from ..ops.core import ADD, EYE, HADAMARD, LITERAL, MEMBER, ONES, POWER, SYMBOL, TIMES, TRANSPOSE, UNIT
from ..ops.half_vectorization import UNVEC
from ..ops.identities import IDENTITIES
from .factor import is_monomial, is_sum_of_monomials, is_written_out
from .moves import Move, defined, expansions, identities, moves

_EQUAL = frozenset(i.name for i in IDENTITIES if i.equal)
ROUNDS = 6  # how often a node may be improved
MOST_OPENED = 3  # summands of a sum that is multiplied by what stands before it
WORTH = 2  # symbols that taking a typed sum apart must save
LITTLE = 2  # symbols that brackets around a polynomial may spare
Record = list[tuple[str, Expr, Expr]]


def simplify(
    e: Expr, known: dict[Expr, Expr] | None = None, record: Record | None = None, typed: Mapping[Expr, Expr] | None = None
) -> Expr:
    """The shortest form found of `e`; `record` receives every rewriting that was kept: its reason, before and after. The sums in
    `typed` (see `as_typed`) are taken apart only where that saves much."""
    typed = typed or {}
    kept = _sums_in(e, typed)
    own: Record = []
    short = _simplified(e, known, own, typed, {})
    lost = kept - _sums_in(short, typed) if kept else kept
    if lost:
        other: Record = []
        whole = _simplified(e, {n: n for n in typed.values() if n.is_scalar and is_sum_of_monomials(n)}, other, typed, typed)
        if whole.size <= short.size + WORTH * len(lost - (kept - _sums_in(whole, typed))):
            own, short = other, whole
    if record is not None:
        record += own
    return short


def _simplified(
    e: Expr, known: dict[Expr, Expr] | None, record: Record | None, typed: Mapping[Expr, Expr], held: Mapping[Expr, Expr]
) -> Expr:
    """Likewise, where the sums in `held` are taken apart only if a single move saves much by it."""
    shortening = _Shortener({} if known is None else known, record, held)
    short = _opened(shortening.of(e), record, typed)
    if (LITERAL.bit | UNIT.bit) & short.within:
        short = _multiplied_out(short, record)
    written = written_out(short) or gathered(short)
    if written is None:
        return short
    if record is not None:
        from ..ops.laws import GATHERED

        record.append((GATHERED.name, short, written))
    return shortening.of(written)


def _multiplied_out(e: Expr, record: Record | None) -> Expr:
    """`e` with products and sums of literals written out where that is shorter."""

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        found = multiplied_out(made)
        if found is not None and record is not None:
            from ..ops.laws import GATHERED

            record.append((GATHERED.name, made, found))
        return made if found is None else found

    return transform(e, of)


class _Shortener:
    """The short forms that are known so far, and the record of how they came about."""

    def __init__(self, done: dict[Expr, Expr], record: Record | None, held: Mapping[Expr, Expr]) -> None:
        self.done, self.record, self.held = done, record, held
        self.depth = 0  # a sum over an index and its opposite may become each other

    def of(self, e: Expr) -> Expr:
        return transform(e, self._shortened, self.done)

    def _shortened(self, old: Expr, args: tuple[Expr, ...]) -> Expr:
        if not args:  # a name or a number has no shorter form
            return self.done.setdefault(old, old)
        made = self._inside(rebuild(old, args))
        along = along_commuting(made)
        if along is not None:
            if self.record is not None:
                from ..ops.laws import COMMUTING

                self.record.append((COMMUTING.name, made, along))
            made = self._inside(along)
        for _ in range(ROUNDS):
            better = _improve(made, moves, self.record, self.held)
            if better is made:
                break
            made = self._inside(better)
        return self.done.setdefault(made, made)

    def _inside(self, made: Expr) -> Expr:
        """With the parts shortened that came about on the way."""
        if self.depth > ROUNDS or all(self.done.get(a) is a for a in made.args):
            return made
        self.depth += 1
        made = rebuild(made, tuple(map(self.of, made.args)))
        self.depth -= 1
        return made


def recognise(e: Expr, record: Record | None = None) -> Expr:
    """`e` with named functions recognised (a logistic function, a softmax, a norm), small determinants written out and nothing
    else changed."""

    def recognised(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if not args:
            return old
        made = rebuild(old, args)
        move = defined(made)
        if move is not None:
            if record is not None:
                record.append((move[0], made, move[1]))
            made = move[1]
        return _improve(made, identities, record)

    return transform(e, recognised)


def as_typed(sums: Iterable[Expr]) -> dict[Expr, Expr]:
    """The sums that an author wrote, by themselves, their opposites and their transposes."""
    found: dict[Expr, Expr] = {}
    for e in sums:
        for way in (e, opposite(e)):
            found[way] = found[transpose(way)] = e
    return found


def _improve(
    e: Expr, ways: Callable[[Expr], Iterator[Move]], record: Record | None = None, typed: Mapping[Expr, Expr] | None = None
) -> Expr:
    for _ in range(ROUNDS):
        best, reason, cost = e, "", (e.size, 0, order_key(e))
        kept = _sums_in(e, typed)
        for name, candidate in ways(e):
            if candidate.size < e.size:
                broken = len(kept - _sums_in(candidate, typed)) if kept else 0
                key = (candidate.size + WORTH * broken, _in_divisors(candidate), order_key(candidate))
                if key < cost:
                    best, reason, cost = candidate, name, key
            elif best is e and candidate.size == e.size and name in _EQUAL:
                best, reason = candidate, name
        if best is e:
            return e
        if record is not None:
            record.append((reason, e, best))
        e = best
    return e


def _in_divisors(e: Expr) -> int:
    """How much stands in the sums below bars: N p (1 - p) is as long as p (N - N p), and factored."""
    if not (POWER.bit & e.within and ADD.bit & e.within):
        return 0
    divisors = [n.args[0] for n in written_in(e) if n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]) < 0]
    return sum(d.size for d in divisors if d.op is ADD)


def _sums_in(e: Expr, typed: Mapping[Expr, Expr] | None) -> set[Expr]:
    return {typed[n] for n in written_in(e) if not n.is_scalar and n in typed} if typed and ADD.bit & e.within else set()


def _opened(e: Expr, record: Record | None, typed: Mapping[Expr, Expr]) -> Expr:
    """An answer without brackets that shorten little: 6 x^2 + 2 x - 6 for 2 (3 x^2 + x - 3), x^2 + 3 x y^2 for x (x + 3 y^2), and
    2 A x + 2 lambda x for 2 (A x + lambda x), where each summand keeps the number that its own square gave."""
    if e.op is LITERAL:
        return rebuild(e, tuple(_opened(a, record, typed) for a in e.args))
    if e.op is TRANSPOSE or (e.op is ADD and not e.is_scalar):
        whole = _one_factor(e.args[0] if e.op is TRANSPOSE else e)
        if whole is not None and e not in typed and not any(a in typed for a in e.args):
            whole = transpose(whole) if e.op is TRANSPOSE else whole
            if record is not None:
                record.append(("common factor", e, whole))
            return whole
    made = _multiplied_by_number(e) if e.op is TIMES and len(e.args) == 2 and is_number(e.args[0]) else _polynomial(e)
    if made is None or any(a in typed for a in e.args):
        return e
    if record is not None:
        record.append(("distributive law", e, made))
    return made


def _one_factor(e: Expr) -> Expr | None:
    """(1 - s) x for x - s x, of which nothing is shorter; None for another sum."""
    if e.op is not ADD or len(e.args) != 2:
        return None
    parts = [split(a) for a in e.args]
    bodies = [body for _, _, body in parts]
    if bodies[0] is not bodies[1] or bodies[0] is None or bodies[0].op in (EYE, ONES) or all(scalars for _, scalars, _ in parts):
        return None
    made = apply(TIMES, (add(*[times(num(c), *scalars) for c, scalars, _ in parts]), bodies[0]))
    return made if made.op is TIMES and len(made.args) == 2 else None


def _multiplied_by_number(e: Expr) -> Expr | None:
    c, whole = e.args
    inner = whole.args[0] if whole.op is TRANSPOSE else whole
    if inner.op is not ADD:
        return None
    made = add(*[times(c, t) for t in inner.args])
    if e.is_scalar:
        return made if made.size <= e.size and is_written_out(made) else None
    terms = [split(t) for t in inner.args]
    spread = any(body is not None and body.op in (ONES, HADAMARD) for _, _, body in terms)
    bare = all(not scalars and body is not None and _is_bare(body) for _, scalars, body in terms)  # 2 (x - a) stays
    few = len(terms) <= MOST_OPENED and value_of(c).denominator == 1 and not spread and not bare
    return None if not few else made if inner is whole else transpose(made)


def _is_bare(body: Expr) -> bool:
    """A name, or the matrix that a named column is stacked from."""
    return body.op in (SYMBOL, MEMBER, EYE) or (body.op is UNVEC and body.args[0].op is SYMBOL)


def _polynomial(e: Expr) -> Expr | None:
    """A monomial in several names times a short sum of such, written out."""
    sums = [a for a in e.args if a.op is ADD] if e.op is TIMES and e.is_scalar else []
    if (
        len(sums) != 1
        or len(sums[0].args) > MOST_OPENED
        or not all(map(is_monomial, (*sums[0].args, *(a for a in e.args if a is not sums[0]))))
    ):
        return None
    rest = [a for a in e.args if a is not sums[0]]
    made = add(*[times(*rest, t) for t in sums[0].args])
    return made if made.op is ADD and made.size <= e.size + LITTLE else None


__all__ = ["as_typed", "expansions", "recognise", "simplify"]
