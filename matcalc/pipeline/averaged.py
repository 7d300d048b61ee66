"""The check of expectations: the expression without them beside what was typed, averaged by numbers."""

from __future__ import annotations

from ..expressions.expr import Expr
from ..expressions.sums import terms_of
from ..inference.infer import Typed
from ..numbers.averages import averages
from ..numbers.judge import values
from ..numbers.record import Check
from ..numbers.search import Comparison
from .judging import by_summands, spelled
from .sampling import Sampler


def checked(found: Typed) -> Check:
    """What was compared; VerificationError where the two disagree. `found` has what was typed as `averaged`."""
    typed = found.averaged
    assert typed is not None
    sampler = Sampler(typed, roots=[found.expr])
    return Comparison(
        values(averages(typed.expr), by_summands(found)),
        sampler.point,
        sampler.dims,
        points=2,
        wrong=lambda: f"the expectation disagrees with its numbers: please report {typed.program.text!r}",
        unjudged="the expectation could not be checked",
        against="a numerical expectation",
        spell=lambda part: spelled(found, part if isinstance(part, Expr) else terms_of(found.expr)[part]),
    ).judged()
