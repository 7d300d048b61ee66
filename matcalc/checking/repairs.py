"""One change inside a claim that makes it right: a sign, a factor that is missing, the order of two factors, one thing for another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from ..errors import MatcalcError
from ..expressions.build import add, apply, inverse, matmul, opposite, substitute, times, transpose
from ..expressions.expr import Expr, postorder
from ..notation.forms import numbers_of
from ..numbers.search import LACKING
from ..numbers.seen import NO_NUMBER
from ..ops.core import ADD, CASES, INDEX, INDEXED_SUM, IVERSON, MATMUL, NUMBER
from ..ops.inverse import INVERSE
from .comparison import close, spell_term
from .evidence import Evidence, with_expression

MOST_CHANGES = 600
LARGEST = 60  # nodes of a claim, or of a derivative, in which changes are looked for
MORE = 6  # symbols that what should stand there may have more than what does
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}

Change = tuple[str, Expr]  # what to say, and the claim with the change
View = Callable[[Any], Any]


def repaired(ev: Evidence, view: View, exchange: bool = False) -> list[str]:
    """The first change, the likeliest first, under which the claim has the derivative's numbers. With `exchange` those that put
    one thing for another."""
    if len(postorder(ev.claim.expr)) > LARGEST:
        return []
    for words, changed in islice(_changes(ev, (_others,) if exchange else (_signs, _relations, _orders, _inverses)), MOST_CHANGES):
        if _is_right(ev, view, changed):
            return [words]
    return []


def missing_matrix(ev: Evidence) -> list[str]:
    """For a claim of another shape: a matrix of the derivative that it lacks as a factor."""
    for words, changed in islice(_matrices(ev), MOST_CHANGES):
        if changed.shape == ev.shape and _is_right(ev, lambda c: c, changed):
            return [words]
    return []


def _is_right(ev: Evidence, view: View, changed: Expr) -> bool:
    with suppress(MatcalcError, *NO_NUMBER, *LACKING):
        numbers = numbers_of(with_expression(ev.claim, changed), ev.arrays)
        return all(close(ev, view(numbers(*at)), right) for at, right in zip(ev.points, ev.right))
    return False


Kind = Callable[[Evidence], Iterator[tuple[Expr, Expr]]]


def _changes(ev: Evidence, kinds: Iterable[Kind]) -> Iterator[Change]:
    claim = ev.claim.expr
    for kind in kinds:
        for old, new in kind(ev):
            with suppress(MatcalcError):
                changed = substitute(claim, {old: new})
                if changed is not claim:
                    yield f"right with {spell_term(ev, new)} in place of {spell_term(ev, old)}", changed
        if kind is _signs:
            yield from _scalars(ev)
            yield from _matrices(ev)


def _signs(ev: Evidence) -> Iterator[tuple[Expr, Expr]]:
    for e in postorder(ev.claim.expr):
        if e.op is ADD:
            for k, term in enumerate(e.args):
                yield e, add(*e.args[:k], opposite(term), *e.args[k + 1 :])
        elif e.op is CASES:
            for k in range(0, len(e.args), 2):
                yield e, apply(CASES, (*e.args[:k], opposite(e.args[k]), *e.args[k + 1 :]))


def _relations(ev: Evidence) -> Iterator[tuple[Expr, Expr]]:
    for e in postorder(ev.claim.expr):
        if e.op is IVERSON and str(e.attr) in _TURNED:
            yield e, apply(IVERSON, e.args, _TURNED[str(e.attr)])


def _orders(ev: Evidence) -> Iterator[tuple[Expr, Expr]]:
    """Two neighbours of a product exchanged."""
    for e in postorder(ev.claim.expr):
        if e.op is MATMUL:
            for k in range(len(e.args) - 1):
                with suppress(MatcalcError):
                    yield e, matmul(*e.args[:k], e.args[k + 1], e.args[k], *e.args[k + 2 :])


def _inverses(ev: Evidence) -> Iterator[tuple[Expr, Expr]]:
    for e in postorder(ev.claim.expr):
        if e.op is INVERSE:
            yield e, e.args[0]
        elif not e.is_scalar and e.shape[0] is e.shape[1] and not e.args:
            yield e, inverse(e)


def _others(ev: Evidence) -> Iterator[tuple[Expr, Expr]]:
    """A part of the derivative that the claim does not have, for a part of its own of the same shape."""
    claim = ev.claim.expr
    inside = postorder(claim)
    known = set(inside)
    for old in inside:
        if old is not claim and old.op is not NUMBER and old.op is not INDEX:
            yield from ((old, new) for new in _parts(ev) if new not in known and new.shape == old.shape and new.size <= old.size + MORE)


def _parts(ev: Evidence) -> list[Expr]:
    """The parts of the derivative that have a value by themselves, the shortest first."""
    truth = ev.truth
    if truth is None:
        return []
    roots = [truth._expr] if truth._expr is not None else truth._tensor.expressions()
    nodes = [e for e in postorder(roots) if e.op is not NUMBER and e.op is not INDEX]
    return sorted(nodes, key=lambda e: (e.size, e.digest)) if len(nodes) <= LARGEST else []


def _scalars(ev: Evidence) -> Iterator[Change]:
    """A number that is missing inside a sum over an index."""
    claim = ev.claim.expr
    for e in postorder(claim):
        if e.op is INDEXED_SUM:
            low, high, body = e.args
            for s in _parts(ev):
                if s.is_scalar and s.indices == {str(e.attr)}:
                    with suppress(MatcalcError):
                        changed = substitute(claim, {e: apply(INDEXED_SUM, (low, high, times(s, body)), e.attr)})
                        yield f"a factor is missing in the sum: {spell_term(ev, s)}", changed


def _matrices(ev: Evidence) -> Iterator[Change]:
    """A matrix that is missing at one end of the claim."""
    claim = ev.claim.expr
    for part in _parts(ev):
        for m in () if part.is_scalar or part.indices else (part, transpose(part)):
            for words, fits in (("right", claim.shape[1] is m.shape[0]), ("left", claim.shape[0] is m.shape[1])):
                if fits:
                    with suppress(MatcalcError):
                        yield (
                            f"a factor is missing on the {words}: {spell_term(ev, m)}",
                            matmul(claim, m) if words == "right" else matmul(m, claim),
                        )
