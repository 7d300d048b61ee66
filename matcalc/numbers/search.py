"""Where points come from: until every term of a claim has been seen, and every switch of the function on both sides.

The points differ in their sizes and whole numbers. More are sought, with other sizes and scales, until every summand of the claim
was more than nothing at one of them and every switch of the function (a comparison, |x|) was on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, permutations, product
from typing import Any, NamedTuple

from ..errors import NoAnswerError
from ..expressions.expr import Expr, postorder
from ..expressions.labels import words_of
from ..kinds import Dim
from ..ops.core import NUMBER, SIZE, SYMBOL
from . import precise
from .agreement import DOUBLE, LEVELS, Agreement, Level, Sight
from .numeric import Plan
from .record import POINTS, Check
from .seen import CONFIRMING, SOUGHT, UNCHECKED, Disagreement, Seen
from .verify import STYLES, Kind, Point
from .watch import MOST, TooMuch

ENOUGH = 2  # points, where there is too much to compute and something has not been seen
MOST_TRIES = 72
GROWN = (0, 1, 2, 3, 4), (0, 0, 1, 1, 2)  # by how much sizes are greater, from try to try: of one order of them, of several
MORE_TRIES = 6  # where entries should lie on both sides of a switch
DECADES = (-1, 1, -2, 2, -3, 3, 4, -5, 6, -8, 8, 10, -13, 13, 20, 30)  # of scales where a summand or a side is sought
SCATTERED, MOST_STAYING = (1, -1, 2, 4, 8, 13, 20), 8  # decades of scales of a name that stays; of more names none is scaled alone
MOST_COUNTED, LARGEST_SIZE = 1000, 24  # the greatest whole number, and size, that is tried because a switch compares a size with a number
MORE_TURNS = 12  # points where the claim turns elsewhere than the function, as far as one sees
MOST_SIGNED = 8  # names, whose signs are turned one by one where no point was found
FORTUNATE = 36  # further points of the least sizes, where none was found
UTMOST = 300  # the same where a threshold is: scales are doubles
NEAR = 6  # of DECADES, those that are tried first
ELSEWHERE = 4  # points from which a place is sought where a claim turns elsewhere than the function
BISECTIONS = 44  # to a part in 10^12: as near as two thresholds may be and be told apart
MOST_BISECTED = 8
LACKING = (AttributeError, TypeError, NotImplementedError, TooMuch)


class Comparison(NamedTuple):
    """Two sides, and where they are to be compared. `points` says how many points are wanted at least, `needed` which summands of what is
    known should not be nothing at some of them; `dims` are the sizes besides those of the point; `focus` is what alone is scaled where
    sides are sought; `spell` names a summand (by its number) or a switch (by its node); `margin` says what a node compares, alike for
    those that turn at one place; `levels` are of decimal numbers, `rough` of double precision; `thorough` asks for seldom sizes and all
    whole numbers in any case, `deficient` for matrices of less than full rank where something has not been seen; at `scales`, in
    decades, both sides are compared in any case; `closed` says that both are closed forms: they have no other error than rounding, so a
    difference that more digits leave as it is is one, however small, and no summand of what is known may be nothing everywhere; `signed`
    lets names change their signs one by one where no point was found; `within` says that the summands of sums within a summand are to
    be seen too: there must be no other sums than those of the two sides, as x + h of an expansion is; `most` is how many products
    of decimal numbers may be computed, about, and `sought` how many of them at points beyond those that are wanted."""

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
    within: bool = False
    most: int = MOST
    sought: int = SOUGHT

    def judged(self) -> Check:
        """Raise VerificationError where the claim is wrong, NoAnswerError where no point could be judged."""
        exact = Seen(self, precise, self.levels)
        try:
            with precise.precision(self.levels[0].digits):
                return Search(exact).run()
        except LACKING as lack:
            try:
                from . import doubles
            except ImportError:
                if exact.sizes and not exact.doubtful:
                    return exact.record()
                raise NoAnswerError(f"{self.unjudged}: what decimal numbers lack needs NumPy", suggestion=UNCHECKED) from None
            try:
                with doubles.quiet():
                    return Search(Seen(self, doubles, self.rough)).run()
            except Disagreement as error:
                if not isinstance(lack, TooMuch):
                    raise
                return self._confirmed(exact, error.kind)
            except (NoAnswerError, TooMuch) as error:
                if exact.sizes and not exact.doubtful:
                    return exact.record()
                if isinstance(error, NoAnswerError):
                    raise
                if exact.turns and not exact.sizes:
                    raise exact.nowhere() from None
                raise NoAnswerError(f"{self.unjudged}: it is too large", suggestion=UNCHECKED) from None

    def _confirmed(self, exact: Seen, kind: Kind) -> Check:
        """What decimal numbers say at the point where the claim seemed wrong in double precision: it may have been rounding."""
        exact.left, exact.doubtful = CONFIRMING * self.most, False
        try:
            with precise.precision(self.levels[0].digits):
                exact.judged(kind)
        except LACKING:
            exact.doubtful = True
        if exact.sizes and not exact.doubtful:
            return exact.record()
        raise NoAnswerError(f"{self.unjudged}: it is too large", suggestion=UNCHECKED)


class Search:
    """Which points a comparison visits."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.asked, self.orders, self.style = seen, seen.asked, seen.asked.point.orders(seen.asked.dims), 0

    def run(self) -> Check:
        """Visit points until enough has been seen."""
        self.seen.begin()
        try:
            self._visit()
        except TooMuch:
            if self.seen.doubtful or not (self.seen.sizes or len(self.seen.tried) == 1):
                raise
            if len(self.seen.sizes) < ENOUGH and (not self.seen.sizes or self.seen.unseen):
                self._patiently()
        # A diagonal matrix of one entry has no zero beside the diagonal, where the two cases meet at every other size.
        if self.seen.tied and (self.seen.unseen or not any(all(k > 1 for k in sizes.values()) for sizes in self.seen.sizes)):
            raise self.seen.undecided()
        if self.asked.closed and self.seen.still:
            message = f"{self.asked.unjudged}: a term of the derivative is 0, or too small to show, at all of the points tried"
            raise NoAnswerError(message, suggestion="declare where its conditions hold")
        return self.seen.record()

    def _usual(self) -> None:
        """As many points as are wanted, of all styles and orders of sizes."""
        orders, wanted = self.orders, self.asked.points
        failed = [0] * len(STYLES)
        tries = 0
        for style, order in _diagonally(len(STYLES), len(orders)):
            if len(self.seen.sizes) >= wanted or tries >= MOST_TRIES:
                break
            if failed[style] > 2 and self.seen.sizes:
                continue
            grown = GROWN[len(orders) > 1][tries % 5]
            sizes = {name: k + grown for name, k in orders[(order + 2 * style) % len(orders)].items()}
            tries += 1
            if self.seen.judged(Kind(sizes, *STYLES[style], tries)):
                self.style = style
            else:
                failed[style] += 1

    def _patiently(self) -> None:
        """As few points as may be, of small sizes, with more products than usual: a second derivative of hundreds of terms."""
        self.seen.left = CONFIRMING * self.asked.most
        for turn, style in enumerate(STYLES[:MORE_TRIES]):
            grown = len(self.seen.sizes)  # the second one has other sizes
            if grown < ENOUGH:
                sizes = {name: k + grown for name, k in self.orders[turn % len(self.orders)].items()}
                self.seen.judged(Kind(sizes, *style, MOST_TRIES + turn))
        if not self.seen.sizes:
            raise TooMuch

    def _signs(self) -> None:
        """Points at which names have other signs than others, for what is defined there only, as cot(1[x t <= 0] x)."""
        names = [*self.asked.point.symbols, *self.asked.point.families]
        for turn, name in enumerate(names if 1 < len(names) <= MOST_SIGNED else (), MOST_TRIES):
            if not self.seen.sizes:
                self.seen.judged(Kind(self.orders[0], 1.0, positive=True, opposite=True, turn=turn, only=name))

    def _least(self) -> None:
        """Further points of the least sizes, for what is defined at few: cot(1[x <= y]) where every entry is on that side; and points where
        one name is small or great beside the others: cot(1[||w|| < x])."""
        for turn in range(MOST_TRIES + MOST_SIGNED, MOST_TRIES + MOST_SIGNED + FORTUNATE):
            style = turn % len(STYLES)
            if len(self.seen.sizes) < ENOUGH and self.seen.judged(Kind(self.orders[0], *STYLES[style], turn)):
                self.style = style
        names = [*self.asked.point.symbols, *self.asked.point.families]
        for decade, name in product((-1, 1), names if 1 < len(names) <= MOST_SIGNED else ()):
            if len(self.seen.sizes) < ENOUGH:
                self.seen.judged(Kind(self.orders[0], 10.0**decade, positive=True, turn=MOST_TRIES, only=name))

    def _visit(self) -> None:
        orders, wanted, point = self.orders, self.asked.points, self.asked.point
        self._usual()
        if not self.seen.sizes and self.asked.signed:
            self._signs()
        if not self.seen.sizes and self.seen.turns:  # elu(x) at 0, where x is an entry that a declaration says is 0
            self.seen.crossing = True
            self._usual()
        if not self.seen.sizes and self.asked.signed:
            self._least()
        self.seen.left = min(self.seen.left, self.asked.sought) if self.seen.sizes else self.seen.left
        for turn in range(MOST_TRIES, MOST_TRIES + MORE_TRIES):
            if self.seen.sizes and not all(self.seen.mixed.values()):
                sizes = {name: k + turn % 3 for name, k in orders[turn % len(orders)].items()}
                self.seen.judged(Kind(sizes, *STYLES[self.style][:1], turn=turn))
        if self.seen.lacks() or not self.seen.sizes or self.asked.thorough:
            for turn, sizes in enumerate(point.unusual(orders[0]), MOST_TRIES):
                if self.seen.lacks() or len(self.seen.sizes) < wanted or self.asked.thorough:
                    self._sought(Kind(sizes, *STYLES[self.style], turn))
        for turn, (decade, turned) in enumerate(product(self.asked.scales, (False, True)), MOST_TRIES):
            self.seen.judged(Kind(orders[turn % len(orders)], 10.0**decade, STYLES[self.style][1], turned, turn))
        for grown in (1, 2) if self.seen.keeps_a_size() else ():  # a claim with 4 in the place of N
            self.seen.judged(Kind({n: k + grown for n, k in self.seen.sizes[-1].items()}, *STYLES[self.style], MOST_TRIES + grown))
        if not self.seen.sizes and self.seen.misfit is not None:
            raise self.seen.misfit
        if not self.seen.sizes and self.seen.tied:
            raise self.seen.undecided()
        if not self.seen.sizes:
            raise self.seen.nowhere()
        for grown, only in product((0, 1), point.symbols if self.asked.deficient else ()):
            if self.seen.hides():
                sizes = {n: k + grown for n, k in orders[0].items()}
                self.seen.judged(Kind(sizes, *STYLES[self.style][:2], turn=MOST_TRIES + grown, only=only, deficient=True))
        try:
            if self.seen.switches:
                self._count(orders[0])
            if self.seen.hides():
                self._scatter(orders[0])
        except TooMuch:
            if not self.seen.claim_turns:
                raise
        if self.seen.hides() or self.seen.claim_turns:
            self.seen.left = max(self.seen.left, self.asked.sought // 2)
            self._seek(orders[0], [0])
        for turn in range(MORE_TURNS if self.seen.claim_turns else 0):
            self.seen.judged(Kind(orders[turn % len(orders)], 4.0 ** (turn % 3 - 1), turn=MOST_TRIES + MORE_TRIES + turn, near=False))
        if self.seen.claim_turns:
            self._seek(orders[0], range(1, ELSEWHERE))

    def _sought(self, kind: Kind) -> Agreement | None:
        """The point; and what shows for the first time there is looked at with other sizes and whole numbers too."""
        left = self.seen.left_over()
        reading = self.seen.judged(kind)
        for by in (1, 2, 3, 4) if reading is not None and self.seen.left_over() < left else ():
            self.seen.judged(kind._replace(sizes={n: k + by for n, k in kind.sizes.items()}, turn=kind.turn + by))
        return reading

    def _count(self, sizes: dict[str, int]) -> None:
        """Points where a size, or a whole number, is one that a switch compares it with, and its neighbours."""
        compared = [n for n in postorder(self.seen.switches) if not n.args]
        names = {n for e in compared if e.op is SIZE and isinstance(e.attr, Dim) for n in e.attr.names()}
        if not names and not any(e.op is SYMBOL and "integer" in words_of(e) for e in compared):
            return
        for number in sorted({int(x) for x in self._numbers() if abs(x) < MOST_COUNTED and x == int(x)}):
            for k in (abs(number) + by for by in (1, 0, -1)):
                if k > 0:
                    other = {n: k if n in names and k <= LARGEST_SIZE else size for n, size in sizes.items()}
                    self.seen.judged(Kind(other, *STYLES[self.style], MOST_TRIES, whole=k))

    def _scatter(self, sizes: dict[str, int]) -> None:
        """Points whose square matrices are not near the identity (where det(A) has either sign), with even, odd and great sizes; and for
        summands that have not been seen, points where one of the names that stay is great or small beside the others."""
        _, positive, _ = STYLES[self.style]
        for turn, (grown, opposite) in enumerate(product((1, 0, 7), (False, True))):
            if self.seen.hides():
                other = {n: k + grown for n, k in sizes.items()}
                self._sought(Kind(other, 1.0, positive, opposite, MOST_TRIES + turn, near=False))
        staying = [n for n in (*self.asked.point.symbols, *self.asked.point.families) if n != self.asked.focus]
        for decade, only in product(SCATTERED, staying if len(staying) <= MOST_STAYING else ()):
            for opposite in (False, True):
                if self.seen.lacks():
                    self._sought(Kind(sizes, 10.0**decade, positive, opposite, MOST_TRIES, only))

    def _seek(self, sizes: dict[str, int], turns: Iterable[int]) -> None:
        """Points of other scales where summands or sides show that have not; and where a switch turns between two scales, points close
        to that place on either side: a claim that turns somewhere else is found out there."""
        near, far = (0, *DECADES[:NEAR]), (*DECADES[NEAR:], *self._thresholds())
        bisected, traced, done = 0, dict[tuple[int, str, bool, int], Any](), set[Any]()
        for turn, decades in [(k, part) for k in turns for part in ((near,) if k else (near, far))]:  # far points cost as much
            for decade in dict.fromkeys(decades):
                for only, turned in product(dict.fromkeys(("", self.asked.focus)), (False, True)):
                    if self.seen.hides() or self.seen.claim_turns:
                        reading = self._sought(self._at(sizes, only, turned, turn, 10.0**decade))
                        if reading is not None:
                            traced[turn, only, turned, decade] = reading.outcomes
            pairs = [(low, high) for low, high in pairwise(sorted(traced)) if low[:3] == high[:3] and (low, high) not in done]
            done.update(pairs)
            for low, high in pairs:
                at, outcomes = float(low[3]), traced[low]
                while outcomes not in (None, traced[high]) and bisected < MOST_BISECTED * (turn + 1):  # from one turn to the next
                    bisected += 1
                    at, outcomes = self._bisect(self._at(sizes, low[1], low[2], turn, 1.0), at, high[3], outcomes)

    def _at(self, sizes: dict[str, int], only: str, turned: bool, turn: int, scale: float) -> Kind:
        """A point of the style in use, or with the other signs."""
        _, positive, opposite = STYLES[self.style]
        return Kind(sizes, scale, positive, opposite is not turned, MOST_TRIES + turn, only)

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
        for n in postorder(self.seen.switches):
            fixed[n] = n.is_scalar and (n.op is NUMBER or (bool(n.args) and all(fixed[a] for a in n.args)))
        found = Plan([n for n, is_fixed in fixed.items() if is_fixed], precise).run({}, {})
        return [x for x in found if x.is_finite()]

    def _bisect(self, kind: Kind, low: float, high: float, outcomes: Any) -> tuple[float, Any]:
        """The place between two scales where a switch turns, and the points on either side of it; the farther one, and what the
        comparisons gave there."""
        try:
            for _ in range(BISECTIONS):
                middle = (low + high) / 2
                reading = self.seen.read(kind._replace(scale=10.0**middle), self.seen.levels[0])
                if reading is not None and reading.outcomes == outcomes:
                    low = middle
                else:
                    high = middle
        except TooMuch:  # not as near as it might be
            self.seen.left = self.asked.sought // 10
            self.seen.judged(kind._replace(scale=10.0**low))
            self.seen.judged(kind._replace(scale=10.0**high))
            raise
        self.seen.judged(kind._replace(scale=10.0**low))
        reading = self.seen.judged(kind._replace(scale=10.0**high))
        return high, None if reading is None else reading.outcomes


def _diagonally(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """All pairs, those of a small sum first."""
    return ((row, total - row) for total in range(rows + columns - 1) for row in range(max(0, total - columns + 1), min(rows, total + 1)))
