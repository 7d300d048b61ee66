"""What is claimed against what is known, at points that are sought until every term of the claim has been seen.

    check = judge(function, claim, variable, point, …)     a derivative: VerificationError, NoAnswerError, or a record of what was compared
    check = compare(bind, point, …)                        anything else that can be computed on both sides

Both sides are computed with 50 significant digits (`matcalc.numbers.precise`), at random points of small, distinct sizes with the
declared properties built in, and must agree to 25. A derivative J:E is compared with the central difference
(F(X + hE) - F(X - hE))/2h along a random direction E: with h = 1e-17 the difference is right to more than 30 digits. Where the sides do
not agree, both are computed again with three and nine times as many digits: what rounding did is gone then, and what is wrong stays.

The points differ in their sizes and whole numbers. More are sought, with other sizes and scales, until every summand of the claim
was more than nothing at one of them and every switch of the function (a comparison, |x|) was on either side. A switch that lies
differently at the two ends of the difference is a kink, and the point is left out.

What decimal numbers lack is computed by NumPy in double precision, and compared to 6 digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from itertools import pairwise, product
from types import ModuleType
from typing import Any, NamedTuple

from ..errors import NoAnswerError, ShapeError, VerificationError
from ..kinds import SCALAR, Dim, Shape
from . import precise
from .verify import STYLES, Kind, Point
from .watch import MOST, TooMuch, Watch, watching

Values = Mapping[str, Any]
Sizes = Mapping[str, int]
Entries = Sequence[Any]
# With the arrays to compute with: the summands of the function; the entries of the summands of J:E, where E is given last.
Numbers = Callable[[ModuleType], Callable[[Values, Sizes], Sequence[Any]]]
Along = Callable[[ModuleType], Callable[[Values, Sizes, Any], Sequence[Sequence[Any]]]]
# From a random direction one that stays in the variable's set, and the coordinates of it that the claim is paired with.
Tangent = Callable[[ModuleType, Any], tuple[Any, Any]]
Place = tuple[str, int | None]  # the variable: a name, or a member (counted from 1) of a family
Switch = tuple[Any, int]  # a node of the function, and which of its comparisons
Trace = Sequence[tuple[Any, int, Sequence[object]]]

POINTS = 3
ENOUGH = 2  # points, where there is too much to compute
LIGHTER = 5  # times as many in double precision
SOUGHT = 300_000  # products that are spent at most on points beyond those that are wanted
UNCHECKED = "use --no-verify to see the answer unchecked"
MOST_TRIES = 72
MORE_TRIES = 6  # where entries should lie on both sides of a switch
VISIBLE = 14  # a summand that is less than 1e-14 of the greatest has not been seen
DECADES = (-1, 1, -2, 2, -3, 3, 4, -5, 6, -8, 8, 10, -13, 13, 20, 30)  # of scales where a summand or a side is sought
FARTHEST = 100  # beyond this scale a function that does not change at all may have reached its limit
BISECTIONS = 24
MOST_BISECTED = 4
UNSURE = 3  # digits to which double precision may agree where the claim is right, at a point of unusual scale
FEW_BISECTED = 2  # where both sides have been seen, and the claim has switches of its own
AROUND = 7  # scales between which places are sought then
NOTHING = ", which is 0 too,"
NO_NUMBER = (ArithmeticError, ValueError)  # numpy.linalg.LinAlgError is a ValueError
LACKING = (AttributeError, NameError, TypeError, NotImplementedError, TooMuch)


class Level(NamedTuple):
    """So many digits to compute with, h = 10^-step, so many digits that have to agree, and how small, beside the function's value, a
    derivative is that agrees with nothing and is rounding."""

    digits: int
    step: int
    agreed: int
    nothing: int


LEVELS = (Level(50, 17, 25, 50), Level(150, 50, 25, 60), Level(450, 150, 25, 120))
DOUBLE = (Level(16, 3, 8, 11), Level(16, 2, 8, 11), Level(16, 4, 8, 11), Level(16, 5, 6, 9))


class Sides(NamedTuple):
    """What is compared at a point: the summands of what is known and of what is claimed, each by its entries; the greatest number that
    was met, beside which a difference may be rounding; and the comparisons that were made, at each end if there are several."""

    known: Sequence[Entries]
    claimed: Sequence[Entries]
    value: Any
    traces: Sequence[Trace]
    turns: Trace = ()  # the comparisons of the claim


# With the arrays to compute with: the sides at a point of a kind.
Sight = Callable[[ModuleType], Callable[[dict[str, Any], Kind, Level, Watch], Sides]]


class Disagreement(VerificationError):
    """The claim is wrong at a point of this kind."""

    def __init__(self, message: str, kind: Kind | None = None) -> None:
        super().__init__(message)
        self.kind = kind


class Unfit(ValueError):
    """A point at which the question has no sense."""


class Check(NamedTuple):
    """What was compared: at how many points, of which sizes; to how many digits; the switches that were met on both sides, and those
    on one only; the summands that were nothing at every point; what the claim was compared with."""

    points: int
    sizes: tuple[dict[str, int], ...]
    digits: int
    switches: tuple[str, ...] = ()
    one_sided: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    against: str = "a numerical derivative"

    def __bool__(self) -> bool:
        """Whether the claim is verified."""
        return not self.unseen

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return self._asdict()

    def __str__(self) -> str:
        digits = "" if self.against.endswith(NOTHING) else f" to {self.digits} digits"
        places = "; ".join(", ".join(f"{n} = {k}" for n, k in s.items()) for s in self.sizes if s) if self.points < POINTS else ""
        agreement = f"agrees with {self.against}{digits} at {self.points} point{'s' * (self.points > 1)}" + (
            f" ({places})" if places else ""
        )
        return agreement if self else f"{agreement}, at all of which this is 0 or too small to show: {', '.join(self.unseen)}"


def summed_up(checks: Sequence[Check]) -> Check | None:
    """Several checks of one answer as one; None where there are none."""
    if len(checks) <= 1:
        return checks[0] if checks else None
    last = checks[-1]
    switches, one_sided, unseen = (
        tuple(dict.fromkeys(s for c in fields for s in c)) for fields in zip(*[c[3:6] for c in checks], strict=True)
    )
    return Check(last.points, last.sizes, min(c.digits for c in checks), switches, one_sided, unseen, checks[0].against)


def seen_at_any(checks: Sequence[Check]) -> Check:
    """One claim at several numbers of its free indices: what was seen at one of them was seen."""
    whole, first = summed_up(checks), checks[0]
    assert whole is not None
    one_sided = tuple(s for s in first.one_sided if all(s in c.one_sided for c in checks))
    return whole._replace(one_sided=one_sided, unseen=tuple(s for s in first.unseen if all(s in c.unseen for c in checks)))


class _Reading:
    """One point at one level: both sides."""

    def __init__(self, question: _Judge, kind: Kind, level: Level) -> None:
        arrays = question.arrays
        env = question.point.at(kind, arrays)
        with question.watched() as watch:
            self.slopes, self.parts, self.value, self.traces, turns = question.sides(env, kind, level, watch)
        question.heed(turns, self.traces[0])
        h = arrays.exact(10) ** -level.step * arrays.exact(kind.scale)
        self.quotient = _total(self.slopes) if self.slopes else [h * 0] * len(_total(self.parts))
        self.claim = _total(self.parts) if self.parts else [h * 0] * len(self.quotient)
        if len(self.claim) != len(self.quotient):
            raise ShapeError(f"{len(self.claim)} numbers where the function has {len(self.quotient)}")
        self.finite = all(map(arrays.is_finite, (*self.quotient, *self.claim)))
        self.great = max(map(abs, (*self.quotient, *self.claim)), default=0) if self.finite else h * 0
        self.small = h * h * 10**6
        self.digits = self._digits()

    @property
    def outcomes(self) -> list[Any]:
        """What the comparisons gave, in order."""
        return [t[2] for t in self.traces[0]]

    def is_kink(self) -> bool:
        """Whether some switch lies differently at the two ends."""
        return any(a[2] != b[2] for a, b in zip(*self.traces[:2], strict=True))

    def _digits(self) -> float:
        """To how many digits claim and quotient agree, in every entry that is not small beside the greatest."""
        least = self.great / 100000
        off = max((abs(a - b) / max(abs(a), abs(b), least) for a, b in zip(self.claim, self.quotient, strict=True) if a != b), default=0)
        return _decades(off) if off else math.inf

    def is_flat(self, level: Level) -> bool:
        """Whether there is nothing on either side, but for rounding, or for the next order of the step where the value itself is 0."""
        vanishing = level is not LEVELS[0] and not any(self.claim) and max(self.value, self.great) <= self.small
        return vanishing or bool(self.great * 10**level.nothing <= self.value)

    def is_rounding(self, before: _Reading | None, level: Level) -> bool:
        """Whether the claim is nothing, and another nothing than it was with fewer digits."""
        return before is not None and self.is_flat(level) and not _are_close(before.claim, self.claim)

    def is_beyond(self, level: Level) -> bool:
        """Whether the numbers are too small, as log(1 + exp(-10000)), or too great for the digits computed with."""
        return bool(self.great * 10**level.nothing <= 1 or max(self.great, self.value) >= 10**level.digits)

    def is_noise(self, before: _Reading | None) -> bool:
        """Whether everything is less than rounding leaves, and the claim another such number than it was with fewer digits: it is 0."""
        small = before is not None and all(max(r.value, r.great) <= r.small for r in (before, self))
        return small and before is not None and not _are_close(before.claim, self.claim)

    def is_steady(self, before: _Reading) -> bool:
        """Whether neither side moved when it was computed otherwise: what differs then is no rounding."""
        pairs = (before.claim, self.claim), (before.quotient, self.quotient), ([before.value], [self.value])
        return all(_are_close(some, others) for some, others in pairs)

    def visible(self, level: Level) -> set[int]:
        """The summands that are not nothing."""
        return self._visible(self.parts, level)

    def moving(self, level: Level) -> set[int]:
        """The summands of the function that change."""
        return self._visible(self.slopes, level)

    def _visible(self, parts: Sequence[Sequence[Any]], level: Level) -> set[int]:
        sizes = [max(map(abs, part), default=0) for part in parts]
        top = max(sizes, default=0) if self.digits >= level.agreed else self.value
        return {k for k, size in enumerate(sizes) if size and size * 10**VISIBLE >= top}


def _total(parts: Sequence[Sequence[Any]]) -> list[Any]:
    return list(parts[0]) if len(parts) == 1 else [sum(entries) for entries in zip(*parts, strict=True)]


def _slope(h: Any, *ends: Sequence[Any]) -> list[Any]:
    """The central difference from the values at h, -h; where those at 2h, -2h are given too, without the term of h^2."""
    if len(ends) == 2:
        return [(a - b) / (2 * h) for a, b in zip(*ends, strict=True)]
    return [(8 * (a - b) - (c - d)) / (12 * h) for a, b, c, d in zip(*ends, strict=True)]


def _are_close(some: Sequence[Any], others: Sequence[Any]) -> bool:
    top = max(map(abs, others), default=0)
    return all(abs(a - b) * 1000 <= top for a, b in zip(some, others, strict=True))


def _decades(small: Any) -> int:
    """So many zeros has a positive number behind the point."""
    return -1 - (small.adjusted() if isinstance(small, Decimal) else math.floor(math.log10(small)))


def moved(env: dict[str, Any], variable: Place, x: Any) -> dict[str, Any]:
    """The point with the variable at `x`."""
    name, member = variable
    if member is None:
        return {**env, name: x}
    family = env[name].copy()
    family[member - 1] = x
    return {**env, name: family}


def judge(
    function: Numbers,
    claim: Along,
    variable: Place,
    shape: Shape,
    point: Point,
    dims: Sequence[Dim] = (),
    *,
    points: int = POINTS,
    needed: Iterable[int] = (),
    tangent: Tangent | None = None,
    describe: Callable[[], str] = str,
    spell: Callable[[Any], str] = str,
    margin: Callable[[Any], Any] = str,
) -> Check:
    """Compare a derivative by a variable of this shape, as it acts on a direction, with the difference quotient of the function.

    `needed` says which summands of the function should change at some point; `describe` names the question.
    """
    sight = partial(_differences, function, claim, variable, shape, point, tangent)

    def wrong() -> str:
        return f"the closed form disagrees with the numerical derivative: please report {describe()}"

    return compare(sight, point, dims, points=points, needed=needed, focus=variable[0], wrong=wrong, spell=spell, margin=margin)


def _differences(
    function: Numbers, claim: Along, variable: Place, shape: Shape, point: Point, tangent: Tangent | None, arrays: ModuleType
) -> Callable[[dict[str, Any], Kind, Level, Watch], Sides]:
    """A difference quotient of the function and the claim, along a random direction."""
    name, member = variable
    value, along = function(arrays), claim(arrays)
    signs = (1, -1) if arrays is precise else (1, -1, 2, -2)

    def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
        sizes = kind.sizes
        if member is not None and member > point.members(name, sizes):
            raise Unfit
        x = env[name] if member is None else env[name][member - 1]
        e = arrays.random(kind.turn).uniform(-1.0, 1.0, (shape[0].value(sizes), shape[1].value(sizes)))
        e = step = arrays.number(e) if shape == SCALAR else e
        if tangent is not None:
            step, e = tangent(arrays, e)
        h = arrays.exact(10) ** -level.step * arrays.exact(kind.scale)
        ends, traces = [], []
        for sign in signs:
            watch.trace = []
            ends.append([arrays.flat(v) for v in value(moved(env, variable, x + step * (h * sign)), sizes)])
            traces.append(watch.trace)
        watch.trace = []
        claimed = along(env, sizes, e)
        slopes = [_slope(h, *each) for each in zip(*ends, strict=True)]
        return Sides(slopes, claimed, max(map(abs, _total(ends[0])), default=0), traces, watch.trace)

    return sides


def values(one: Numbers, other: Numbers) -> Sight:
    """The values of two functions, each by its summands: arrays, or lists of entries."""

    def bound(arrays: ModuleType) -> Callable[[dict[str, Any], Kind, Level, Watch], Sides]:
        known, claimed = one(arrays), other(arrays)

        def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
            watch.trace = []
            left, right = ([v if isinstance(v, list) else arrays.flat(v) for v in side(env, kind.sizes)] for side in (known, claimed))
            return Sides(left, right, max(map(abs, _total(left)), default=0), [watch.trace] * 2, watch.trace)

        return sides

    return bound


def compare(
    sight: Sight,
    point: Point,
    dims: Sequence[Dim] = (),
    *,
    points: int = POINTS,
    needed: Iterable[int] = (),
    focus: str = "",
    wrong: Callable[[], str] = str,
    unjudged: str = "the derivative could not be checked",
    against: str = "a numerical derivative",
    spell: Callable[[Any], str] = str,
    margin: Callable[[Any], Any] = str,
    levels: Sequence[Level] = LEVELS,
    rough: Sequence[Level] = DOUBLE,
    thorough: bool = False,
) -> Check:
    """Raise VerificationError where the claim is wrong, NoAnswerError where no point could be judged.

    `points` says how many points are wanted at least, `needed` which summands of what is known should not be nothing at some of them;
    `dims` are the sizes besides those of the point; `focus` is what alone is scaled where sides are sought; `spell` names a summand (by
    its number) or a switch (by its node); `margin` says what a node compares, alike for those that turn at one place; `levels` are of
    decimal numbers, `rough` of double precision; `thorough` asks for seldom sizes and all whole numbers in any case.
    """
    asked = sight, point, frozenset(needed), focus, wrong, unjudged, against, spell, margin, thorough
    orders, exact = point.orders(dims), _Judge(precise, levels, *asked)
    try:
        with precise.precision(levels[0].digits):
            return exact.run(orders, points)
    except LACKING:
        try:
            from . import doubles
        except ImportError:
            if exact.sizes:
                return exact.record()
            raise NoAnswerError(f"{unjudged}: what decimal numbers lack needs NumPy", suggestion=UNCHECKED) from None
        try:
            with doubles.quiet():
                return _Judge(doubles, rough, *asked).run(orders, points)
        except (NoAnswerError, TooMuch) as error:
            if exact.sizes:
                return exact.record()
            if isinstance(error, NoAnswerError):
                raise
            raise NoAnswerError("the derivative could not be checked: it is too large", suggestion=UNCHECKED) from None


class _Judge:
    """A question on its way: what has been seen of it."""

    def __init__(
        self,
        arrays: ModuleType,
        levels: Sequence[Level],
        sight: Sight,
        point: Point,
        needed: frozenset[int],
        focus: str,
        wrong: Callable[[], str],
        unjudged: str,
        against: str,
        spell: Callable[[Any], str],
        margin: Callable[[Any], Any],
        thorough: bool,
    ) -> None:
        self.arrays, self.levels, self.sight, self.point, self.focus = arrays, levels, sight, point, focus
        self.wrong, self.unjudged, self.against, self.spell = wrong, unjudged, against, spell
        self.margin, self.thorough = margin, thorough
        self.sizes: list[dict[str, int]] = []
        self.digits = float(LEVELS[0].digits - LEVELS[0].step if arrays is precise else 12)
        self.unseen: set[int] | None = None  # summands; None before the first point
        self.turned: dict[Switch, set[bool]] = {}
        self.mixed: dict[Switch, bool] = {}  # of several entries: whether they were on both sides at one point
        self.still = set(needed)  # summands of the function that have not been seen to change
        self.style = 0
        self.left = MOST * (1 if arrays is precise else LIGHTER)
        self.claim_turns = False
        self.nothing = True  # on both sides, at all points
        self.misfit: ShapeError | None = None  # of a point whose arrays are too small

    def heed(self, claimed: Trace, known: Trace) -> None:
        """Note whether the claim turns where nothing that is known does, as far as one sees."""
        if claimed and not self.claim_turns:
            self.claim_turns = not {self.margin(t[0]) for t in claimed} <= {self.margin(t[0]) for t in known}

    @contextmanager
    def watched(self) -> Iterator[Watch]:
        """Inside, comparisons are noted, and products counted, those of all points together."""
        watch = Watch(self.left)
        token = watching.set(watch)
        try:
            yield watch
        finally:
            self.left = watch.left
            watching.reset(token)

    def run(self, orders: Sequence[dict[str, int]], wanted: int) -> Check:
        """Visit points until enough has been seen."""
        self.sides = self.sight(self.arrays)
        try:
            self._visit(orders, wanted)
        except TooMuch:
            if len(self.sizes) < (ENOUGH if self.arrays is precise else 1):
                raise
        return self.record()

    def record(self) -> Check:
        one_sided = self._one_sided()
        return Check(
            len(self.sizes),
            tuple({str(n): k for n, k in sizes.items()} for sizes in self.sizes),
            int(self.digits),
            tuple(dict.fromkeys(self.spell(s[0]) for s in self.turned if s not in one_sided)),
            tuple(dict.fromkeys(self.spell(s[0]) for s in one_sided)),
            tuple(self.spell(k) for k in sorted(self.unseen or ())),
            self.against + NOTHING * self.nothing,
        )

    def _visit(self, orders: Sequence[dict[str, int]], wanted: int) -> None:
        failed = [0] * len(STYLES)
        tries = 0
        for style, order in _diagonally(len(STYLES), len(orders)):
            if len(self.sizes) >= wanted or tries >= MOST_TRIES:
                break
            if failed[style] > 2 and self.sizes:
                continue
            grown = (0, 1, 2, 0)[tries % 4] if len(orders) == 1 else (0, 0, 1)[tries % 3]
            sizes = {name: k + grown for name, k in orders[(order + 2 * style) % len(orders)].items()}
            tries += 1
            if self._judged(Kind(sizes, *STYLES[style], tries)):
                self.style = style
            else:
                failed[style] += 1
        self.left = min(self.left, SOUGHT) if self.sizes else self.left
        for turn in range(MOST_TRIES, MOST_TRIES + MORE_TRIES):
            if self.sizes and not all(self.mixed.values()):
                sizes = {name: k + turn % 3 for name, k in orders[turn % len(orders)].items()}
                self._judged(Kind(sizes, *STYLES[self.style][:1], turn=turn))
        if self.unseen or self.still or not self.sizes or self.thorough:
            for turn, sizes in enumerate(self.point.unusual(orders[0]), MOST_TRIES):
                if self.unseen or self.still or len(self.sizes) < wanted or self.thorough:
                    self._judged(Kind(sizes, *STYLES[self.style], turn))
        if not self.sizes and self.misfit is not None:
            raise self.misfit
        if not self.sizes:
            raise NoAnswerError(
                f"{self.unjudged}: at none of the random points tried are the function and the answer finite and smooth",
                suggestion=f"declare what it needs (positive, spd, …), or {UNCHECKED}",
            )
        if self._is_hidden() or self.claim_turns:
            self._seek(orders[0])

    def _is_hidden(self) -> bool:
        """Whether there is something left to seek."""
        return bool(self.unseen or self.still or self._one_sided())

    def _one_sided(self) -> list[Switch]:
        return [switch for switch, sides in self.turned.items() if len(sides) < 2]

    def _seek(self, sizes: dict[str, int]) -> None:
        """Points of other scales where summands or sides show that have not; and where a switch turns between two scales, points close
        to that place on either side: a claim that turns somewhere else is found out there."""
        _, positive, opposite = STYLES[self.style]
        traced: dict[tuple[str, bool, int], Any] = {}
        for k, decade in enumerate((0, *DECADES)):
            for only, turned in product(dict.fromkeys(("", self.focus)), (opposite, not opposite)):
                if not self._is_hidden() and not (self.claim_turns and k < AROUND and turned == opposite):
                    continue
                reading = self._judged(Kind(sizes, 10.0**decade, positive, turned, MOST_TRIES, only))
                if reading is not None:
                    traced[only, turned, decade] = reading.outcomes
        bisected = 0
        for low, high in pairwise(sorted(traced)):
            sought = bisected < MOST_BISECTED if self._is_hidden() else self.claim_turns and bisected < FEW_BISECTED
            if low[:2] == high[:2] and traced[low] != traced[high] and sought:
                bisected += 1
                self._bisect(Kind(sizes, 1.0, positive, low[1], MOST_TRIES, low[0]), low[2], high[2], traced[low])

    def _bisect(self, kind: Kind, low: float, high: float, outcomes: Any) -> None:
        """The place between two scales where a switch turns, and the points on either side of it."""
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            reading = self._read(kind._replace(scale=10.0**middle), self.levels[0])
            if reading is not None and reading.outcomes == outcomes:
                low = middle
            else:
                high = middle
        for decade in (low, high):
            self._judged(kind._replace(scale=10.0**decade))

    def _read(self, kind: Kind, level: Level) -> _Reading | None:
        try:
            reading = _Reading(self, kind, level)
        except NO_NUMBER:
            return None
        except ShapeError as error:
            self.misfit = error
            return None
        return reading if reading.finite else None

    def _judged(self, kind: Kind) -> _Reading | None:
        """The point, if it could be judged and the claim is right there."""
        reading, before, level = self._read(kind, self.levels[0]), None, self.levels[0]
        for finer in self.levels[1:]:
            if (
                reading is None
                or reading.is_kink()
                or reading.digits >= level.agreed
                or reading.is_rounding(before, level)
                or reading.is_noise(before)
            ):
                break
            before, level = reading, finer
            with self.arrays.precision(level.digits):
                reading = self._read(kind, level)
        if reading is None or reading.is_kink():
            return None
        noise = reading.is_noise(before)
        if before is not None and not (reading.digits >= level.agreed or reading.is_flat(level) or noise):
            if not reading.is_steady(before) or reading.is_beyond(level):
                return None
            if self.arrays is not precise and reading.digits >= UNSURE and not 0.1 < kind.scale < 10:
                return None
            if kind.scale > FARTHEST and not any(reading.quotient):  # tanh(1000) is 1 to 450 digits
                return None
            raise Disagreement(self.wrong(), kind)
        self._note(reading, kind, level, noise)
        return reading

    def _note(self, reading: _Reading, kind: Kind, level: Level, noise: bool) -> None:
        self.nothing &= not any(reading.claim) and reading.is_flat(level)
        self.sizes.append(kind.sizes)
        self.digits = min(self.digits, max(reading.digits, level.agreed))
        unseen = set(range(len(reading.parts))) if self.unseen is None else self.unseen
        self.unseen = unseen if noise else unseen - reading.visible(level)
        self.still -= set() if noise else reading.moving(level)
        for node, place, outcomes in reading.traces[0]:
            sides = {o for o in outcomes if isinstance(o, bool)}
            if not sides:  # which is the greatest, or whether two are equal
                continue
            self.turned.setdefault((node, place), set()).update(sides)
            if len(outcomes) > 1:
                self.mixed[node, place] = self.mixed.get((node, place), False) or len(sides) == 2


def _diagonally(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """All pairs, those of a small sum first."""
    return ((row, total - row) for total in range(rows + columns - 1) for row in range(max(0, total - columns + 1), min(rows, total + 1)))
