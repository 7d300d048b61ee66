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
from .evidence import Evidence

TOLERANCE = 1e-9  # of a closed form
ROUGH = 1e-6  # of a difference quotient
SAME = 1e-8  # up to which a ratio is a fraction
LARGEST = 64  # denominators and numerators of a factor that somebody may have forgotten

Arrays = Sequence[Any]


def any_nonzero(arrays: Arrays) -> bool:
    import numpy as np

    return any(np.any(a) for a in arrays)


def agree(ev: Evidence, some: Arrays, others: Arrays) -> bool:
    return all(close(a, b, ROUGH if ev.truth is None else TOLERANCE) for a, b in zip(some, others))


def close(a: Any, b: Any, tolerance: float) -> bool:
    import numpy as np

    a, b = np.squeeze(a), np.squeeze(b)
    if a.shape != b.shape:
        return False
    scale = max(float(np.max(np.abs(a), initial=0)), float(np.max(np.abs(b), initial=0)))
    return float(np.max(np.abs(a - b), initial=0)) <= tolerance * scale + 1e-12


def ratios(ev: Evidence, some: Arrays, others: Arrays, tolerance: float = 0.0) -> list[float] | None:
    """The numbers r with some = r others, one for each point where they do not vanish; None where there are none."""
    import numpy as np

    found = []
    for a, b in zip(some, others):
        a, b = np.squeeze(a), np.squeeze(b)
        if a.shape != b.shape or np.any(a) != np.any(b):
            return None
        if not np.any(b):
            continue  # a point where both vanish says nothing
        r = float(np.sum(a * b) / np.sum(b * b))
        if not close(a, r * b, max(tolerance, ROUGH if ev.truth is None else TOLERANCE)):
            return None
        found.append(r)
    return found or None


def simple(ratios: Sequence[float] | None, tolerance: float = SAME) -> Fraction | None:
    """The one simple fraction that all of them are."""
    if not ratios:
        return None
    nearest = Fraction(ratios[0]).limit_denominator(LARGEST)
    if not nearest or abs(nearest.numerator) > LARGEST:
        return None
    return nearest if all(abs(r - nearest) <= tolerance * abs(nearest) for r in ratios) else None


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
