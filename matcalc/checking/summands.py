"""Which term of a sum is wrong: one that is missing, one too many, one with another sign or factor, one for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..differentiation.tensor import Tensor
from ..errors import MatcalcError
from ..expressions.build import add, is_zero, num, rebuild, split, times, transpose, zeros
from ..expressions.expr import Expr
from ..notation.forms import numbers_of
from ..numbers.seen import NO_NUMBER
from ..ops.core import ADD, CASES, TRANSPOSE
from ..shortening.simplify import expansions, simplify
from .comparison import Arrays, agree, nothing, ratios, ravel, simple, spell_tensor, spell_term
from .evidence import Evidence, with_expression

MOST_TERMS = 24


def wrong_terms(ev: Evidence, view: Callable[[Any], Any]) -> list[str]:
    """One term, or two, that make the difference."""
    claimed = [view(c) for c in ev.claimed]
    difference = [_minus(ev, g, c) for g, c in zip(ev.right, claimed)]
    for depth in (0, 1):
        own = _values(ev, ev.claim.form is not None, _summands(ev.claim.expr, depth))
        mine = [(e, [view(a) for a in arrays]) for e, arrays in own]
        due = _due(ev, depth)
        for words in (_one(ev, due, mine, difference), _two(ev, due, mine, difference)):
            if words:
                return [words]
    return []


Valued = tuple[Expr | str, Arrays]


def _due(ev: Evidence, depth: int) -> list[Valued]:
    """The terms of the derivative with their numbers."""
    truth = ev.truth
    if truth is None or ev.stacked:
        return []
    if truth._expr is not None:
        return list(_values(ev, False, _summands(truth._expr, depth)))
    found: list[Valued] = []
    for t in truth._tensor.terms:
        part = Tensor(truth._tensor.shapes, [t])
        numbers = part.arrays(ev.arrays)
        arrays = [numbers(*at, {}) for at in ev.points]
        found.append((spell_tensor(ev, part), arrays))
    return found


def _one(ev: Evidence, due: Sequence[Valued], mine: Sequence[Valued], difference: Arrays) -> str:
    """The words for one term that explains the difference (derivative - claim)."""
    for e, arrays in due if len(due) > 1 else ():
        c = simple(ev, ratios(ev, difference, arrays))
        if c == 1:
            return f"a term is missing: {spell_term(ev, e)}"
        if c == 2:
            return f"the term {spell_term(ev, e)} has the wrong sign"
        if c is not None:
            return f"the term {spell_term(ev, e)} is {1 - c} times what it should be"
    for e, arrays in mine if len(mine) > 1 else ():
        c = simple(ev, ratios(ev, difference, arrays))
        if c == -1:
            return f"one term too many: {spell_term(ev, e)}"
        if c is not None:
            return f"the term {spell_term(ev, e)} should be {1 + c} times that"
    return ""


def _two(ev: Evidence, due: Sequence[Valued], mine: Sequence[Valued], difference: Arrays) -> str:
    import numpy as np

    for e, right in due:
        for f, wrong in mine if len(due) > 1 or len(mine) > 1 else ():
            if agree(ev, [_minus(ev, g, c) for g, c in zip(right, wrong)], difference) and not agree(ev, right, wrong):
                return f"the term {spell_term(ev, f)} should be {spell_term(ev, e)}"
    for k, (e, one) in enumerate(due):
        for f, other in due[k + 1 :]:
            if len(due) > 2 and agree(ev, [np.squeeze(a) + np.squeeze(b) for a, b in zip(one, other)], difference):
                return f"two terms are missing: {spell_term(ev, e)} and {spell_term(ev, f)}"
    return ""


def _minus(ev: Evidence, a: Any, b: Any) -> Any:
    """The difference; what is rounding beside the terms is nothing."""
    import numpy as np

    a, b = np.squeeze(a), np.squeeze(b)
    rest = a - b
    least = max(map(abs, (*ravel(a), *ravel(b))), default=0) * nothing(ev)
    return np.array([v if abs(v) > least else 0 * v for v in ravel(rest)]).reshape(np.shape(rest))


def _summands(e: Expr, depth: int) -> list[Expr]:
    """The terms of a sum; at depth 1 everything multiplied out first."""
    found = _opened(e)
    if depth:
        k = 0
        while k < len(found) and len(found) < MOST_TERMS:
            t = found[k]
            flipped = t.op is TRANSPOSE
            parts = next(expansions(t.args[0] if flipped else t), None)
            if parts is None:
                k += 1
            else:
                found[k : k + 1] = [o for p in parts for o in _opened(transpose(p) if flipped else p)]
        whole = simplify(add(*found)) if len(found) < MOST_TERMS else e
        collected = add(*found)
        found = _opened(collected if collected.op is ADD or collected.op is TRANSPOSE else whole)
    return found


def _opened(e: Expr) -> list[Expr]:
    if e.op is ADD:
        return list(e.args)
    if e.op is TRANSPOSE and e.args[0].op is ADD:
        return [transpose(a) for a in e.args[0].args]
    if e.op is CASES:
        return [_only(e, k) for k in range(0, len(e.args), 2) if not is_zero(e.args[k])]
    c, scalars, body = split(e)
    inner = body if body is not None else scalars[0] if len(scalars) == 1 else None
    if inner is not None and inner is not e and (body is None or not scalars):
        parts = _opened(inner)
        if len(parts) > 1:
            return [times(num(c), p) for p in parts]
    return [e]


def _only(e: Expr, kept: int) -> Expr:
    """The cases `e` with all values zero but that at `kept`."""
    return rebuild(e, [a if k == kept or (k % 2 and k + 1 < len(e.args)) else zeros(*a.shape) for k, a in enumerate(e.args)])


def _values(ev: Evidence, form: bool, terms: Sequence[Expr]) -> Iterator[Valued]:
    """Terms with their numbers; with `form`, those of the claim's form around them."""
    for e in terms:
        with suppress(MatcalcError, *NO_NUMBER):
            numbers = numbers_of(with_expression(ev.claim, e), ev.arrays)
            yield e, [numbers(*at) for at in ev.points] if form else ev.numbers(e)
