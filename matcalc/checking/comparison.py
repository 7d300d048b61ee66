"""Numbers of a claim against those of the derivative, up to rounding; and how the parts of both are spelled."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..answers.answer import printer
from ..answers.scope import ranks_of
from ..differentiation.tensor import Tensor
from ..expressions.expr import Expr
from ..inference.infer import Typed
from ..notation.arrange import Arranger
from ..notation.indexform import index_form
from ..numbers import precise
from .evidence import Evidence

DIGITS, FEWER = 25, 8  # that have to agree: of 50, and of double precision
NOTHING, LITTLE = 38, 12  # digits behind the point after which a number is nothing
LARGEST = 64  # denominators and numerators of a factor that somebody may have forgotten

Arrays = Sequence[Any]


def any_nonzero(ev: Evidence, arrays: Arrays) -> bool:
    return any(abs(v) > nothing(ev) for a in arrays for v in ravel(a))


def ravel(a: Any) -> list[Any]:
    """The entries of an array."""
    import numpy as np

    return list(np.ravel(a))


def tolerance(ev: Evidence) -> Any:
    """The relative error of numbers that are the same."""
    return ev.arrays.exact(10) ** -(DIGITS if ev.arrays is precise else FEWER)


def nothing(ev: Evidence) -> Any:
    """A number that is rounding."""
    return ev.arrays.exact(10) ** -(NOTHING if ev.arrays is precise else LITTLE)


def agree(ev: Evidence, some: Arrays, others: Arrays) -> bool:
    return all(close(ev, a, b) for a, b in zip(some, others))


def close(ev: Evidence, a: Any, b: Any) -> bool:
    import numpy as np

    a, b = np.squeeze(a), np.squeeze(b)
    if a.shape != b.shape:
        return False
    pairs = list(zip(ravel(a), ravel(b), strict=True))
    scale = max((max(abs(x), abs(y)) for x, y in pairs), default=0)
    return all(ev.arrays.is_finite(x) and ev.arrays.is_finite(y) for x, y in pairs) and all(
        abs(x - y) <= tolerance(ev) * scale + nothing(ev) for x, y in pairs
    )


def ratios(ev: Evidence, some: Arrays, others: Arrays) -> list[Any] | None:
    """The numbers r with some = r others, one for each point where they do not vanish; None where there are none."""
    import numpy as np

    found = []
    for a, b in zip(some, others):
        a, b = np.squeeze(a), np.squeeze(b)
        if a.shape != b.shape or any_nonzero(ev, [a]) != any_nonzero(ev, [b]):
            return None
        if not any_nonzero(ev, [b]):
            continue  # a point where both vanish says nothing
        r = sum(x * y.conjugate() for x, y in zip(ravel(a), ravel(b), strict=True)) / sum(abs(y) ** 2 for y in ravel(b))
        if not close(ev, a, r * b):
            return None
        found.append(r)
    if all(abs(r.imag) <= tolerance(ev) * abs(r) for r in found):
        found = [r.real for r in found]
    return found or None


def simple(ev: Evidence, ratios: Sequence[Any] | None) -> Fraction | None:
    """The one simple fraction that all of them are."""
    if not ratios or any(r.imag for r in ratios):
        return None
    nearest = Fraction(ratios[0]).limit_denominator(LARGEST)
    if not nearest or abs(nearest.numerator) > LARGEST:
        return None
    return nearest if all(abs(r - ev.arrays.exact(nearest)) <= tolerance(ev) * abs(r) for r in ratios) else None


def function_of(ev: Evidence) -> Typed:
    return ev.truth._typed if ev.truth is not None else ev.claim


def spell_term(ev: Evidence, e: Expr | str) -> str:
    if isinstance(e, str):
        return e
    typed = function_of(ev)
    ranks = ranks_of(typed)
    for n in ev.claim.symbols:
        ranks.setdefault(n, len(ranks))
    order = ev.truth._order if ev.truth is not None else {}
    return printer("text")(Arranger(ranks, order, frozenset(ranks)).spell(e))


def spell_tensor(ev: Evidence, part: Tensor) -> str:
    truth = ev.truth
    assert truth is not None
    return printer("text")(index_form(part, Arranger(ranks_of(truth._typed), truth._order, truth._scope.names), truth._scope.names))
