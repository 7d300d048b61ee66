"""Where points come from: until every term of a claim has been seen, and every switch of the function on both sides.

The points differ in their sizes and whole numbers. More are sought, with other sizes and scales, until every summand of the claim
was more than nothing at one of them and every switch of the function (a comparison, |x|) was on either side. A switch that lies
differently at the two ends of a difference is a kink, and the point is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise, permutations, product
from types import ModuleType
from typing import Any, NamedTuple

from ..errors import NoAnswerError, ShapeError, VerificationError
from ..expressions.expr import Expr, leaves, postorder
from ..expressions.labels import words_of
from ..expressions.properties import properties_of
from ..kinds import Dim
from ..ops.core import MEMBER, NUMBER, SIZE, SYMBOL
from . import precise
from .agreement import DOUBLE, LEVELS, Agreement, Level, Sight, are_close
from .numeric import Plan
from .record import NOTHING, POINTS, Check, Told
from .verify import STYLES, Kind, Point
from .watch import MOST, TooMuch, Watch, watching
from .within import Within

Switch = tuple[Any, int]  # a node of the function, and which of its comparisons

ENOUGH = 2  # points, where there is too much to compute and something has not been seen
LIGHTER = 6  # times as many products in double precision, which are as much faster
CONFIRMING = 4  # times as many at a point where double precision disagrees, or where sides differ and more digits are asked
SOUGHT = 300_000  # products that are spent at most on points beyond those that are wanted
UNCHECKED = "use --no-verify to see the answer unchecked"
TIED = "where it differs, the answer compares numbers that are equal, as where a clip ends, and elsewhere nothing of it was seen"
MOST_TRIES = 72
GROWN = (0, 1, 2, 3, 4), (0, 0, 1, 1, 2)  # by how much sizes are greater, from try to try: of one order of them, of several
CLOSELY = 2  # points at which two closed forms are compared to all digits
MORE_TRIES = 6  # where entries should lie on both sides of a switch
DECADES = (-1, 1, -2, 2, -3, 3, 4, -5, 6, -8, 8, 10, -13, 13, 20, 30)  # of scales where a summand or a side is sought
SCATTERED, MOST_STAYING = (1, -1, 2, 4, 8, 13, 20), 8  # decades of scales of a name that stays; of more names none is scaled alone
MOST_COUNTED, LARGEST_SIZE = 1000, 24  # the greatest whole number, and size, that is tried because a switch compares a size with a number
MORE_TURNS = 12  # points where the claim turns elsewhere than the function, as far as one sees
MOST_SIGNED = 8  # names, whose signs are turned one by one where no point was found
FORTUNATE = 36  # further points of the least sizes, where none was found
UTMOST = 300  # the same where a threshold is: scales are doubles
FARTHEST = 100  # beyond this scale a function that does not change at all may have reached its limit
BISECTIONS = 44  # to a part in 10^12: as near as two thresholds may be and be told apart
MOST_BISECTED = 8
UNSURE = 3  # digits to which double precision may agree where the claim is right, at a point of unusual scale
NO_NUMBER = (ArithmeticError, ValueError)  # numpy.linalg.LinAlgError is a ValueError
LACKING = (AttributeError, NameError, TypeError, NotImplementedError, TooMuch)


class Unfit(ValueError):
    """A point at which the question has no sense."""


class Disagreement(VerificationError):
    """The claim is wrong at a point of this kind."""

    def __init__(self, message: str, kind: Kind) -> None:
        super().__init__(message)
        self.kind = kind


class Comparison(NamedTuple):
    """Two sides, and where they are to be compared. `points` says how many points are wanted at least, `needed` which summands of what is
    known should not be nothing at some of them; `dims` are the sizes besides those of the point; `focus` is what alone is scaled where
    sides are sought; `spell` names a summand (by its number) or a switch (by its node); `margin` says what a node compares, alike for
    those that turn at one place; `levels` are of decimal numbers, `rough` of double precision; `thorough` asks for seldom sizes and all
    whole numbers in any case, `deficient` for matrices of less than full rank where something has not been seen; at `scales`, in
    decades, both sides are compared in any case; `closed` says that both are closed forms: they have no other error than rounding, so a
    difference that more digits leave as it is is one, however small, and no summand of what is known may be nothing everywhere; `signed`
    lets names change their signs one by one where no point was found; `within` says that the summands of sums within a summand are to
    be seen too: there are no other sums than those of the two sides."""

    sight: Sight
    point: Point
    dims: Sequence[Dim] = ()
    points: int = POINTS
    needed: Iterable[int] = ()
    focus: str = ""
    wrong: Callable[[], str] = str
    unjudged: str = "the derivative could not be checked"
    against: str = "a numerical derivative"
    spell: Callable[[Any], str] = str
    margin: Callable[[Any], Any] = str
    levels: Sequence[Level] = LEVELS
    rough: Sequence[Level] = DOUBLE
    thorough: bool = False
    deficient: bool = False
    scales: Sequence[int] = ()
    closed: bool = False
    signed: bool = True
    within: bool = True

    def judged(self) -> Check:
        """Raise VerificationError where the claim is wrong, NoAnswerError where no point could be judged."""
        exact = Search(self, precise, self.levels)
        try:
            with precise.precision(self.levels[0].digits):
                return exact.run()
        except LACKING as lack:
            try:
                from . import doubles
            except ImportError:
                if exact.sizes and not exact.doubtful:
                    return exact.record()
                raise NoAnswerError(f"{self.unjudged}: what decimal numbers lack needs NumPy", suggestion=UNCHECKED) from None
            try:
                with doubles.quiet():
                    return Search(self, doubles, self.rough).run()
            except Disagreement as error:
                if not isinstance(lack, TooMuch):
                    raise
                return self._confirmed(exact, error.kind)
            except (NoAnswerError, TooMuch) as error:
                if exact.sizes and not exact.doubtful:
                    return exact.record()
                if isinstance(error, NoAnswerError):
                    raise
                raise NoAnswerError("the derivative could not be checked: it is too large", suggestion=UNCHECKED) from None

    def _confirmed(self, exact: Search, kind: Kind) -> Check:
        """What decimal numbers say at the point where the claim seemed wrong in double precision: it may have been rounding."""
        exact.left, exact.doubtful = CONFIRMING * MOST, False
        try:
            with precise.precision(self.levels[0].digits):
                exact.judged(kind)
        except LACKING:
            exact.doubtful = True
        if exact.sizes and not exact.doubtful:
            return exact.record()
        raise NoAnswerError("the derivative could not be checked: it is too large", suggestion=UNCHECKED)


class Search:
    """A comparison on its way, with numbers of one type: what has been seen of it."""

    def __init__(self, asked: Comparison, arrays: ModuleType, levels: Sequence[Level]) -> None:
        self.asked, self.arrays, self.levels = asked, arrays, levels
        self.orders = asked.point.orders(asked.dims)
        self.sizes: list[dict[str, int]] = []
        self.tried: list[dict[str, int]] = []  # of points that could not be judged too
        self.digits = float(LEVELS[0].digits - LEVELS[0].step if arrays is precise else 12)
        self.unseen: set[int] | None = None  # summands; None before the first point
        self.turned: dict[Switch, set[bool]] = {}
        self.mixed: dict[Switch, bool] = {}  # of several entries: whether they were on both sides at one point
        self.still = set(asked.needed)  # summands of the function that have not been seen to change
        self.within = Within(asked.focus)
        self.style = 0
        self.left = MOST * (1 if arrays is precise else LIGHTER)
        self.switches: set[Expr] = set()  # what compares, on either side
        self.claim_turns = False  # where nothing that is known does, as far as one sees
        self.nothing = True  # on both sides, at all points
        self.misfit: ShapeError | None = None  # of a point whose arrays are too small
        self.tied = False  # whether the sides differ where numbers are equal that a relation compares
        self.turns = False  # whether a switch turned between the ends at some point
        self.crossing = False  # whether a point counts at which a switch turns and the slopes on both sides are one
        self.doubtful = False  # whether the sides differ at a point at which more digits were too much

    def run(self) -> Check:
        """Visit points until enough has been seen."""
        self.sides = self.asked.sight(self.arrays)
        try:
            self._visit()
        except TooMuch:
            if self.doubtful or (len(self.sizes) < ENOUGH and (not self.sizes or self.unseen)):
                raise
        if self.tied and self.unseen:
            raise self._undecided()
        if self.asked.closed and self.still:
            message = f"{self.asked.unjudged}: a term of the derivative is 0, or too small to show, at all of the points tried"
            raise NoAnswerError(message, suggestion="declare where its conditions hold")
        return self.record()

    def _undecided(self) -> NoAnswerError:
        return NoAnswerError(f"{self.asked.unjudged}: {TIED}", suggestion=UNCHECKED)

    def record(self) -> Check:
        one_sided = self._one_sided()
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

    def _usual(self) -> None:
        """As many points as are wanted, of all styles and orders of sizes."""
        orders, wanted = self.orders, self.asked.points
        failed = [0] * len(STYLES)
        tries = 0
        for style, order in _diagonally(len(STYLES), len(orders)):
            if len(self.sizes) >= wanted or tries >= MOST_TRIES:
                break
            if failed[style] > 2 and self.sizes:
                continue
            grown = GROWN[len(orders) > 1][tries % 5]
            sizes = {name: k + grown for name, k in orders[(order + 2 * style) % len(orders)].items()}
            tries += 1
            if self.judged(Kind(sizes, *STYLES[style], tries)):
                self.style = style
            else:
                failed[style] += 1

    def _signs(self) -> None:
        """Points at which names have other signs than others, for what is defined there only, as cot(1[x t <= 0] x)."""
        names = [*self.asked.point.symbols, *self.asked.point.families]
        for turn, name in enumerate(names if 1 < len(names) <= MOST_SIGNED else (), MOST_TRIES):
            if not self.sizes:
                self.judged(Kind(self.orders[0], 1.0, positive=True, opposite=True, turn=turn, only=name))

    def _least(self) -> None:
        """Further points of the least sizes, for what is defined at few: cot(1[x <= y]) where every entry is on that side; and points where
        one name is small or great beside the others: cot(1[||w|| < x])."""
        for turn in range(MOST_TRIES + MOST_SIGNED, MOST_TRIES + MOST_SIGNED + FORTUNATE):
            style = turn % len(STYLES)
            if len(self.sizes) < ENOUGH and self.judged(Kind(self.orders[0], *STYLES[style], turn)):
                self.style = style
        names = [*self.asked.point.symbols, *self.asked.point.families]
        for decade, name in product((-1, 1), names if 1 < len(names) <= MOST_SIGNED else ()):
            if len(self.sizes) < ENOUGH:
                self.judged(Kind(self.orders[0], 10.0**decade, positive=True, turn=MOST_TRIES, only=name))

    def _visit(self) -> None:
        orders, wanted, point = self.orders, self.asked.points, self.asked.point
        self._usual()
        if not self.sizes and self.asked.signed:
            self._signs()
        if not self.sizes and self.turns:  # elu(x) at 0, where x is an entry that a declaration says is 0
            self.crossing = True
            self._usual()
        if not self.sizes and self.asked.signed:
            self._least()
        self.left = min(self.left, SOUGHT) if self.sizes else self.left
        for turn in range(MOST_TRIES, MOST_TRIES + MORE_TRIES):
            if self.sizes and not all(self.mixed.values()):
                sizes = {name: k + turn % 3 for name, k in orders[turn % len(orders)].items()}
                self.judged(Kind(sizes, *STYLES[self.style][:1], turn=turn))
        if self._lacks() or not self.sizes or self.asked.thorough:
            for turn, sizes in enumerate(point.unusual(orders[0]), MOST_TRIES):
                if self._lacks() or len(self.sizes) < wanted or self.asked.thorough:
                    self._sought(Kind(sizes, *STYLES[self.style], turn))
        for turn, (decade, turned) in enumerate(product(self.asked.scales, (False, True)), MOST_TRIES):
            self.judged(Kind(orders[turn % len(orders)], 10.0**decade, STYLES[self.style][1], turned, turn))
        if not self.sizes and self.misfit is not None:
            raise self.misfit
        if not self.sizes and self.tied:
            raise self._undecided()
        if not self.sizes:
            raise NoAnswerError(
                f"{self.asked.unjudged}: at none of the random points tried are the function and the answer finite and smooth",
                suggestion=f"declare what it needs (positive, spd, …), or {UNCHECKED}",
            )
        for grown, only in product((0, 1), point.symbols if self.asked.deficient else ()):
            if self._is_hidden():
                sizes = {n: k + grown for n, k in orders[0].items()}
                self.judged(Kind(sizes, *STYLES[self.style][:2], turn=MOST_TRIES + grown, only=only, deficient=True))
        if self.switches:
            self._count(orders[0])
        if self._is_hidden():
            self._scatter(orders[0])
        if self._is_hidden() or self.claim_turns:
            self._seek(orders[0])
        for turn in range(MORE_TURNS if self.claim_turns else 0):
            self.judged(Kind(orders[turn % len(orders)], 4.0 ** (turn % 3 - 1), turn=MOST_TRIES + MORE_TRIES + turn, near=False))

    def _is_hidden(self) -> bool:
        """Whether there is something left to seek."""
        return self._lacks() or bool(self._one_sided())

    def _sought(self, kind: Kind) -> Agreement | None:
        """The point; and what shows for the first time there is looked at with other sizes and whole numbers too."""
        left = self._left_over()
        reading = self.judged(kind)
        for by in (1, 2) if reading is not None and self._left_over() < left else ():
            self.judged(kind._replace(sizes={n: k + by for n, k in kind.sizes.items()}, turn=kind.turn + by))
        return reading

    def _left_over(self) -> int:
        """How much there is."""
        unseen = len(self.unseen or ()) + len(self.still) + len(self.within.hidden) + len(self.within.still)
        return unseen + sum(len(sides) < 2 for sides in self.turned.values())

    def _lacks(self) -> bool:
        """Whether a summand has not been seen."""
        return bool(self.unseen or self.still) or self.within.lacks

    def _one_sided(self) -> list[Switch]:
        """The switches that were met on one side only; not those that compare with 0 what is known to be positive."""
        return [s for s, sides in self.turned.items() if len(sides) < 2 and not _is_settled(self.asked.margin(s[0]))]

    def _count(self, sizes: dict[str, int]) -> None:
        """Points where a size, or a whole number, is one that a switch compares it with, and its neighbours."""
        compared = [n for n in postorder(self.switches) if not n.args]
        names = {n for e in compared if e.op is SIZE and isinstance(e.attr, Dim) for n in e.attr.names()}
        if not names and not any(e.op is SYMBOL and "integer" in words_of(e) for e in compared):
            return
        for number in sorted({int(x) for x in self._numbers() if abs(x) < MOST_COUNTED and x == int(x)}):
            for k in (abs(number) + by for by in (1, 0, -1)):
                if k > 0:
                    other = {n: k if n in names and k <= LARGEST_SIZE else size for n, size in sizes.items()}
                    self.judged(Kind(other, *STYLES[self.style], MOST_TRIES, whole=k))

    def _scatter(self, sizes: dict[str, int]) -> None:
        """Points whose square matrices are not near the identity (where det(A) has either sign), with even, odd and great sizes; and for
        summands that have not been seen, points where one of the names that stay is great or small beside the others."""
        _, positive, _ = STYLES[self.style]
        for turn, (grown, opposite) in enumerate(product((1, 0, 7), (False, True))):
            if self._is_hidden():
                other = {n: k + grown for n, k in sizes.items()}
                self._sought(Kind(other, 1.0, positive, opposite, MOST_TRIES + turn, near=False))
        staying = [n for n in (*self.asked.point.symbols, *self.asked.point.families) if n != self.asked.focus]
        for decade, only in product(SCATTERED, staying if len(staying) <= MOST_STAYING else ()):
            for opposite in (False, True):
                if self._lacks():
                    self._sought(Kind(sizes, 10.0**decade, positive, opposite, MOST_TRIES, only))

    def _seek(self, sizes: dict[str, int]) -> None:
        """Points of other scales where summands or sides show that have not; and where a switch turns between two scales, points close
        to that place on either side: a claim that turns somewhere else is found out there."""
        _, positive, opposite = STYLES[self.style]
        traced: dict[tuple[str, bool, int], Any] = {}
        for decade in dict.fromkeys((0, *DECADES, *self._thresholds())):
            for only, turned in product(dict.fromkeys(("", self.asked.focus)), (opposite, not opposite)):
                if not self._is_hidden() and not self.claim_turns:
                    continue
                reading = self._sought(Kind(sizes, 10.0**decade, positive, turned, MOST_TRIES, only))
                if reading is not None:
                    traced[only, turned, decade] = reading.outcomes
        bisected = 0
        for low, high in pairwise(sorted(traced)):
            kind, at, outcomes = Kind(sizes, 1.0, positive, low[1], MOST_TRIES, low[0]), float(low[2]), traced[low]
            while low[:2] == high[:2] and outcomes not in (None, traced[high]) and bisected < MOST_BISECTED:  # from one turn to the next
                bisected += 1
                at, outcomes = self._bisect(kind, at, high[2], outcomes)

    def _thresholds(self) -> list[int]:
        """The scales beside those at which x or x^2 is the quotient of two numbers in what a switch compares."""
        sizes = {0, *(x.adjusted() for x in self._numbers() if x)}
        near = {round((a - b) * by) for a, b in permutations(sizes, 2) for by in (1, 0.5)}
        return sorted(
            {decade + by for decade in near for by in (-1, 0, 1) if abs(decade) < UTMOST}, key=lambda decade: (abs(decade), decade)
        )

    def _numbers(self) -> list[Any]:
        """The numbers in what the switches compare."""
        fixed: dict[Expr, bool] = {}
        for n in postorder(self.switches):
            fixed[n] = n.is_scalar and (n.op is NUMBER or (bool(n.args) and all(fixed[a] for a in n.args)))
        found = Plan([n for n, is_fixed in fixed.items() if is_fixed], precise).run({}, {})
        return [x for x in found if x.is_finite()]

    def _bisect(self, kind: Kind, low: float, high: float, outcomes: Any) -> tuple[float, Any]:
        """The place between two scales where a switch turns, and the points on either side of it; the farther one, and what the
        comparisons gave there."""
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            reading = self._read(kind._replace(scale=10.0**middle), self.levels[0])
            if reading is not None and reading.outcomes == outcomes:
                low = middle
            else:
                high = middle
        self.judged(kind._replace(scale=10.0**low))
        reading = self.judged(kind._replace(scale=10.0**high))
        return high, None if reading is None else reading.outcomes

    def _read(self, kind: Kind, level: Level) -> Agreement | None:
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
        left, most = self.left, max(self.left, CONFIRMING * MOST)
        self.left, self.doubtful = most, True
        with self.arrays.precision(level.digits):
            reading = self._read(kind, level)
        self.left, self.doubtful = left - (most - self.left), False
        return reading

    def _is_kink(self, reading: Agreement, level: Level) -> bool:
        """Whether a switch turns between the ends, which is a kink as a rule."""
        if not reading.is_kink():
            return False
        self.turns = True
        with self.arrays.precision(level.digits):
            return not self.crossing or reading.is_bent()

    def judged(self, kind: Kind) -> Agreement | None:
        """The point, if it could be judged and the claim is right there."""
        self.tried.append(kind.sizes)
        reading, before, level = self._read(kind, self.levels[0]), None, self.levels[0]
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

    def _differs(self, kind: Kind) -> bool:
        """Whether the sides differ by what more digits leave as it is."""
        readings, left, self.left = [], self.left, SOUGHT
        try:
            for level in self.levels[1:]:
                with self.arrays.precision(level.digits):
                    readings.append(self._read(kind, level))
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


def _diagonally(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """All pairs, those of a small sum first."""
    return ((row, total - row) for total in range(rows + columns - 1) for row in range(max(0, total - columns + 1), min(rows, total + 1)))
