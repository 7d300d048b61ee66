"""Two sides at one point: what is known of a function and what is claimed, and to how many digits they agree.

Both are computed with 50 significant digits, and must agree to 25. Where they do not, both are computed again with three and nine times
as many digits: what rounding did is gone then, and what is wrong stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

from ..errors import ShapeError
from .verify import Kind
from .watch import Watch

Entries = Sequence[Any]
Trace = Sequence[tuple[Any, int, Sequence[object]]]  # comparisons: nodes, which of their comparisons, and what each entry gave

VISIBLE = 16  # a summand that is less than 1e-16 of the greatest has not been seen: 9 of the 25 digits would be its own


SHAKEN = 1e-5  # of the value: what rounding to 16 digits leaves of a quotient is a ten-thousandth of it
BENT = 1000  # slopes on two sides that differ by more than so small a part of them are two slopes


class Level(NamedTuple):
    """So many digits to compute with, h = 10^-step, so many digits that have to agree, and how small, beside the function's value, a
    derivative is that agrees with nothing and is rounding."""

    digits: int
    step: int
    agreed: int
    nothing: int

    def h(self, arrays: ModuleType, kind: Kind) -> Any:
        """The step at a point of this kind."""
        return _step(arrays, self.step, kind.scale)


@lru_cache(maxsize=256)
def _step(arrays: ModuleType, step: int, scale: float) -> Any:
    return arrays.exact(10) ** -step * arrays.exact(scale)


LEVELS = (Level(50, 17, 25, 50), Level(150, 50, 25, 60), Level(450, 150, 25, 120))
DOUBLE = (Level(16, 3, 8, 11), Level(16, 2, 8, 11), Level(16, 4, 8, 11), Level(16, 5, 6, 9))


class Sides(NamedTuple):
    """What is compared at a point: the summands of what is known and of what is claimed, each by its entries; the greatest number that
    was met, beside which a difference may be rounding; and the comparisons that were made, at each end if there are several. `bend` is
    asked where the sides differ."""

    known: Sequence[Entries]
    claimed: Sequence[Entries]
    value: Any
    traces: Sequence[Trace]
    turns: Trace = ()  # the comparisons of the claim
    bend: Callable[[], Any] = lambda: 0  # how far the slopes on the two sides of the point are apart
    own: Trace | None = None  # the comparisons of what is known, where `traces` have those of the claim too
    complex_: bool = False  # whether the second half of the entries are imaginary parts of the first


# With the arrays to compute with: the sides at a point of a kind.
Sight = Callable[[ModuleType], Callable[[dict[str, Any], Kind, Level, Watch], Sides]]


class Agreement:
    """One point at one level: both sides."""

    def __init__(
        self, sides: Sides, h: Any, first: bool, is_finite: Callable[[Any], bool], exact: bool = False, ties: Collection[object] = ()
    ) -> None:
        """`h` is the step, `first` says whether this is the first level, `exact` whether what is known was computed without rounding,
        `ties` are the nodes whose relation compared numbers that were equal."""
        self.slopes, self.parts, self.value, self.traces, _, self.bend, _, self.complex = sides
        self.quotient = total(self.slopes) if self.slopes else [h * 0] * len(total(self.parts))
        self.claim = total(self.parts) if self.parts else [h * 0] * len(self.quotient)
        if len(self.claim) != len(self.quotient):
            raise ShapeError(f"{len(self.claim)} numbers where the function has {len(self.quotient)}")
        self.exact, self.ties = exact, ties
        self.sums: Sequence[Any] = ()  # what `matcalc.numbers.within` looks at
        self.first, self.finite = first, all(map(is_finite, (*self.quotient, *self.claim)))
        self.great = greatest((*self.quotient, *self.claim)) if self.finite else h * 0
        self.small = h * h * 10**6
        self.digits = self._digits()

    @property
    def outcomes(self) -> list[Any]:
        """What the comparisons gave, in order."""
        return [t[2] for t in self.traces[0]]

    def is_kink(self) -> bool:
        """Whether some switch lies differently at the two ends, or something has a value at one of them alone and is compared there."""
        if not any(self.traces[:2]):
            return False
        one, other = self.traces[:2]
        return len(one) != len(other) or any(a[2] != b[2] for a, b in zip(one, other, strict=True))

    def is_bent(self) -> bool:
        """Whether the slopes on the two sides of the point differ: a kink that no comparison tells of, as of ||X||_2 where the greatest
        singular value is double."""
        return bool(self.bend() * BENT > self.great)

    def _digits(self) -> float:
        """To how many digits claim and quotient agree, in every entry that is not small beside the greatest; a complex one is one entry."""
        least, half = self.great / 100000, len(self.claim) // 2
        sizes = [max(abs(a), abs(b), least) for a, b in zip(self.claim, self.quotient, strict=True)]
        if self.complex:
            sizes = [max(pair) for pair in zip(sizes, [*sizes[half:], *sizes[:half]], strict=True)]
        off = max((abs(a - b) / s for a, b, s in zip(self.claim, self.quotient, sizes, strict=True) if a != b), default=0)
        return -1 - (off.adjusted() if isinstance(off, Decimal) else math.floor(math.log10(off))) if off else math.inf

    def is_flat(self, level: Level) -> bool:
        """Whether there is nothing on either side, but for rounding, or for the next order of the step where the value itself is 0."""
        vanishing = not self.first and not any(self.claim) and max(self.value, self.great) <= self.small
        return vanishing or bool(self.great * 10**level.nothing <= self.value)

    def is_rounding(self, before: Agreement | None, level: Level) -> bool:
        """Whether the claim is nothing, and another nothing than it was with fewer digits."""
        return before is not None and self.is_flat(level) and not are_close(before.claim, self.claim)

    def is_beyond(self, level: Level) -> bool:
        """Whether the numbers are too small, as log(1 + exp(-10000)), or too great for the digits computed with."""
        return bool(self.great * 10**level.nothing <= 1 or max(self.great, self.value) >= 10**level.digits)

    def is_noise(self, before: Agreement | None) -> bool:
        """Whether everything is less than rounding leaves, and the claim another such number than it was with fewer digits: it is 0."""
        if before is None or any(max(r.value, r.great) > r.small for r in (before, self)):
            return False
        return not are_close(before.claim, self.claim)

    def is_steady(self, before: Agreement) -> bool:
        """Whether neither side moved when it was computed otherwise, beside what it is or what they differ by: that is no rounding."""
        apart = greatest([a - b for a, b in zip(self.claim, self.quotient, strict=True)])
        pairs = (before.claim, self.claim), (before.quotient, self.quotient)
        return all(are_close(some, others, apart) for some, others in pairs) and are_close([before.value], [self.value])

    def is_shaken(self, before: Agreement) -> bool:
        """Whether the quotient is another number with another step, by far more than rounding does to the function's value: there the
        function has no value that could be computed, as the logarithm of a matrix of less than full rank."""
        moved = greatest([a - b for a, b in zip(self.quotient, before.quotient, strict=True)])
        return bool(moved * 2 > greatest(self.quotient) and moved > SHAKEN * self.value)

    def differs_as(self, before: Agreement) -> bool:
        """Whether the sides differ by what they differed by with another step: what rounding leaves is another number each time."""
        now, then = ([a - b for a, b in zip(r.claim, r.quotient, strict=True)] for r in (self, before))
        return bool(greatest([a - b for a, b in zip(now, then, strict=True)]) * 2 <= greatest(now))

    def visible(self, parts: Sequence[Entries], level: Level) -> set[int]:
        """Those of these summands that are not nothing."""
        sizes = [greatest(part) for part in parts]
        top = max(sizes, default=0) if self.digits >= level.agreed else self.value
        return {k for k, size in enumerate(sizes) if size and size * 10**VISIBLE >= top}


def total(parts: Sequence[Entries]) -> list[Any]:
    """Summands added up."""
    return list(parts[0]) if len(parts) == 1 else [sum(entries) for entries in zip(*parts, strict=True)]


def greatest(entries: Entries) -> Any:
    """The greatest absolute value."""
    return max(map(abs, entries), default=0)


def are_close(some: Entries, others: Entries, least: Any = 0) -> bool:
    """Whether entries are the same but for a part in a thousand of the greatest, or of `least`."""
    top = max(greatest(others), least)
    return all(abs(a - b) * 1000 <= top for a, b in zip(some, others, strict=True))
