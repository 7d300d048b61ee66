"""What single points tell of a comparison: whether the claim is right there, what of it was seen, and on which sides its switches were.

A switch that lies differently at the two ends of a difference is a kink, and the point is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import NoAnswerError, ShapeError, VerificationError
from ..expressions.expr import Expr, leaves
from ..expressions.labels import words_of
from ..expressions.properties import properties_of
from ..ops.core import MEMBER, SYMBOL
from . import precise
from .agreement import LEVELS, Agreement, Level, are_close
from .record import NOTHING, Check, Told
from .verify import Kind
from .watch import TooMuch, Watch, watching
from .within import Within

if TYPE_CHECKING:
    from .search import Comparison

Switch = tuple[Any, int]  # a node of the function, and which of its comparisons

LIGHTER = 6  # times as many products in double precision, which are as much faster
CONFIRMING = 12  # times as many at a point where double precision disagrees or more digits are asked, and at the first two of all
SOUGHT = 300_000  # products that are spent at most on points beyond those that are wanted
UNCHECKED = "use --no-verify to see the answer unchecked"
TIED = "where it differs, the answer compares numbers that are equal, as where a clip ends, and elsewhere nothing of it was seen"
CLOSELY = 2  # points at which two closed forms are compared to all digits
FARTHEST = 100  # beyond this scale a function that does not change at all may have reached its limit
UNSURE = 3  # digits to which double precision may agree where the claim is right, at a point of unusual scale
NO_NUMBER = (ArithmeticError, ValueError)  # numpy.linalg.LinAlgError is a ValueError


class Unfit(ValueError):
    """A point at which the question has no sense."""


class Disagreement(VerificationError):
    """The claim is wrong at a point of this kind."""

    def __init__(self, message: str, kind: Kind) -> None:
        super().__init__(message)
        self.kind = kind


class Seen:
    """A comparison on its way, with numbers of one type: what single points have told of it."""

    def __init__(self, asked: Comparison, arrays: ModuleType, levels: Sequence[Level]) -> None:
        self.asked, self.arrays, self.levels = asked, arrays, levels
        self.sizes: list[dict[str, int]] = []
        self.tried: list[dict[str, int]] = []  # of points that could not be judged too
        self.digits = float(LEVELS[0].digits - LEVELS[0].step if arrays is precise else 12)
        self.unseen: set[int] | None = None  # summands; None before the first point
        self.turned: dict[Switch, set[bool]] = {}
        self.mixed: dict[Switch, bool] = {}  # of several entries: whether they were on both sides at one point
        self.still = set(asked.needed)  # summands of the function that have not been seen to change
        self.within = Within(asked.focus)
        self.left = asked.most * (1 if arrays is precise else LIGHTER)
        self.switches: set[Expr] = set()  # what compares, on either side
        self.claim_turns = False  # where nothing that is known does, as far as one sees
        self.nothing = True  # on both sides, at all points
        self.misfit: ShapeError | None = None  # of a point whose arrays are too small
        self.tied = False  # whether the sides differ where numbers are equal that a relation compares
        self.turns = False  # whether a switch turned between the ends at some point
        self.crossing = False  # whether a point counts at which a switch turns and the slopes on both sides are one
        self.doubtful = False  # whether the sides differ at a point at which more digits were too much

    def begin(self) -> None:
        """Both sides as functions of a point."""
        self.sides = self.asked.sight(self.arrays)

    def record(self) -> Check:
        one_sided = self.one_sided()
        return Check(
            len(self.sizes),
            tuple({str(n): k for n, k in sizes.items()} for sizes in self.sizes),
            int(self.digits),
            Told([s[0] for s in self.turned if s not in one_sided], self.asked.spell),
            Told([s[0] for s in one_sided], self.asked.spell),
            Told((*sorted(self.unseen or ()), *self.within.unseen), self.asked.spell),
            self.asked.against + NOTHING * self.nothing,
            tuple(self._alone()),
        )

    def _alone(self) -> Iterator[str]:
        """Which sizes are the greater at all points, where others were tried: X (X^T X)^-1 has no number where X is wide."""
        if len(self.tried) == len(self.sizes) or not self.sizes:
            return
        for a, b in combinations(sorted(self.sizes[0], key=str), 2):
            seen, tried = ({s[a] > s[b] for s in among if s[a] != s[b]} for among in (self.sizes, self.tried))
            if len(seen) < len(tried):
                yield f"{a} > {b}" if True in seen else f"{a} < {b}" if seen else f"{a} = {b}"

    def keeps_a_size(self) -> bool:
        """Whether a size was one and the same at all points judged, and others were tried."""
        first = self.sizes[0] if self.sizes else {}
        return any(all(s[n] == k for s in self.sizes) and any(s[n] != k for s in self.tried) for n, k in first.items())

    def one_sided(self) -> list[Switch]:
        """The switches that were met on one side only; not those that compare with 0 what is known to be positive."""
        return [s for s, sides in self.turned.items() if len(sides) < 2 and not _is_settled(self.asked.margin(s[0]))]

    def left_over(self) -> int:
        """How much there is."""
        unseen = len(self.unseen or ()) + len(self.still) + len(self.within.hidden) + len(self.within.still)
        return unseen + sum(len(sides) < 2 for sides in self.turned.values())

    def lacks(self) -> bool:
        """Whether a summand has not been seen."""
        return bool(self.unseen or self.still) or self.within.lacks

    def hides(self) -> bool:
        """Whether there is something left to seek."""
        return self.lacks() or bool(self.one_sided())

    def undecided(self) -> NoAnswerError:
        return NoAnswerError(f"{self.asked.unjudged}: {TIED}", suggestion=UNCHECKED)

    def nowhere(self) -> NoAnswerError:
        return NoAnswerError(
            f"{self.asked.unjudged}: at none of the random points tried are the function and the answer finite and smooth",
            suggestion=f"declare what it needs (positive, spd, …), or {UNCHECKED}",
        )

    def judged(self, kind: Kind) -> Agreement | None:
        """The point, if it could be judged and the claim is right there."""
        self.tried.append(kind.sizes)
        reading, before, level = self.read(kind, self.levels[0]), None, self.levels[0]
        for finer in self.levels[1:]:
            if (
                reading is None
                or self._is_kink(reading, level)
                or reading.digits >= level.agreed
                or reading.is_rounding(before, level)
                or reading.is_noise(before)
            ):
                break
            before, level = reading, finer
            reading = self._closer(kind, level)
        if reading is None or self._is_kink(reading, level):
            return None
        noise = reading.is_noise(before)
        if before is not None and not (reading.digits >= level.agreed or reading.is_flat(level) or noise):
            if not reading.is_steady(before) or reading.is_beyond(level):
                return None
            unusual = reading.digits >= UNSURE and not 0.1 < kind.scale < 10
            if self.arrays is not precise and (unusual or not reading.differs_as(before) or reading.is_shaken(before)):
                return None
            if kind.scale > FARTHEST and not reading.exact and not any(reading.quotient):  # tanh(1000) is 1 to 450 digits
                return None
            with self.arrays.precision(level.digits):
                if reading.is_bent():
                    return None
            if any(map(_varies, reading.ties)):  # at the end of a clip the cases of a derivative say nothing
                self.tied = True
                return None
            raise Disagreement(self.asked.wrong(), kind)
        if self.asked.closed and self.arrays is precise and len(self.sizes) < CLOSELY and self._differs(kind):
            raise Disagreement(self.asked.wrong(), kind)
        self._note(reading, kind, level, noise)
        return reading

    def read(self, kind: Kind, level: Level) -> Agreement | None:
        arrays = self.arrays
        watch = Watch(self.left)
        watch.sums = [] if self.asked.within and self.within.is_wanted else None
        token = watching.set(watch)
        try:
            sides = self.sides(self.asked.point.at(kind, arrays), kind, level, watch)
            reading = Agreement(sides, level.h(arrays, kind), level is self.levels[0], arrays.is_finite, watch.exact, watch.ties)
            reading.sums = watch.sums or ()
        except NO_NUMBER:
            return None
        except ShapeError as error:
            self.misfit = error
            return None
        finally:
            self.left = watch.left
            watching.reset(token)
        if sides.turns or sides.traces[0]:
            self.switches.update(t[0] for t in (*sides.turns, *sides.traces[0]) if isinstance(t[0], Expr))
        if sides.turns and not self.claim_turns:
            margins = [
                {self.asked.margin(t[0]) for t in trace} for trace in (sides.turns, sides.traces[0] if sides.own is None else sides.own)
            ]
            self.claim_turns = not margins[0] <= margins[1]
        return reading if reading.finite else None

    def _closer(self, kind: Kind, level: Level) -> Agreement | None:
        """A point at which the sides differ, with more digits. What was begun is ended, though nothing may be left for more points then."""
        left, most = self.left, max(self.left, CONFIRMING * self.asked.most)
        self.left, self.doubtful = most, True
        with self.arrays.precision(level.digits):
            reading = self.read(kind, level)
        self.left, self.doubtful = left - (most - self.left), False
        return reading

    def _is_kink(self, reading: Agreement, level: Level) -> bool:
        """Whether a switch turns between the ends, which is a kink as a rule."""
        if not reading.is_kink():
            return False
        self.turns = True
        with self.arrays.precision(level.digits):
            return not self.crossing or reading.is_bent()

    def _differs(self, kind: Kind) -> bool:
        """Whether the sides differ by what more digits leave as it is."""
        readings, left, self.left = [], self.left, SOUGHT
        try:
            for level in self.levels[1:]:
                with self.arrays.precision(level.digits):
                    readings.append(self.read(kind, level))
        except TooMuch:
            return False
        finally:
            self.left = left
        before, reading = readings
        if before is None or reading is None:
            return False
        less, more = ([a - b for a, b in zip(r.claim, r.quotient, strict=True)] for r in (before, reading))
        return any(more) and are_close(less, more)

    def _note(self, reading: Agreement, kind: Kind, level: Level, noise: bool) -> None:
        self.nothing &= not any(reading.claim) and reading.is_flat(level)
        self.sizes.append(kind.sizes)
        self.digits = min(self.digits, max(reading.digits, level.agreed))
        self.unseen = set(range(len(reading.parts))) if self.unseen is None else self.unseen
        if self.unseen and not noise:
            self.unseen = self.unseen - reading.visible(reading.parts, level)
        if self.still and not noise:
            self.still -= reading.visible(reading.slopes, level)
        if reading.sums and not noise:
            self.within.see(reading.sums, self.arrays, level)
        for node, place, outcomes in reading.traces[0]:
            sides = {o for o in outcomes if isinstance(o, bool)}
            if not sides:  # which is the greatest, or whether two are equal
                continue
            self.turned.setdefault((node, place), set()).update(sides)
            if len(outcomes) > 1:
                self.mixed[node, place] = self.mixed.get((node, place), False) or len(sides) == 2


def _varies(node: object) -> bool:
    """Whether a node has a name in it: indices, sizes and whole numbers are equal as they should be."""
    return isinstance(node, Expr) and any(leaf.op in (SYMBOL, MEMBER) and "integer" not in words_of(leaf) for leaf in leaves(node))


def _is_settled(compared: object) -> bool:
    return isinstance(compared, frozenset) and any("positive" in properties_of(e) for e in compared)
