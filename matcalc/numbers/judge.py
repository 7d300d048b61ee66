"""What is claimed against what is known, at points that are sought until every term of the claim has been seen.

    check = judge(function, claim, variable, point, …)     a derivative: VerificationError, NoAnswerError, or a record of what was compared
    check = Comparison(sight, point, …).judged()           anything else that can be computed on both sides (`matcalc.numbers.search`)

Both sides are computed with 50 significant digits (`matcalc.numbers.precise`), at random points of small, distinct sizes with the
declared properties built in, and must agree to 25 (`matcalc.numbers.agreement`). A derivative J:E is compared with the central difference
(F(X + hE) - F(X - hE))/2h along a random direction E: with h = 1e-17 the difference is right to more than 30 digits. What decimal numbers
lack is computed by NumPy in double precision, and compared to 6 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from ..kinds import SCALAR, Dim, Shape
from . import precise
from .agreement import Level, Sides, Sight, greatest, total
from .record import POINTS, Check
from .search import Comparison
from .seen import Unfit
from .verify import Kind, Point
from .watch import Watch

Values = Mapping[str, Any]
Sizes = Mapping[str, int]
# With the arrays to compute with: the summands of the function; the entries of the summands of J:E, where E is given last.
Numbers = Callable[[ModuleType], Callable[[Values, Sizes], Sequence[Any]]]
Along = Callable[[ModuleType], Callable[[Values, Sizes, Any], Sequence[Sequence[Any]]]]
# From a random direction one that stays in the variable's set, and the coordinates of it that the claim is paired with.
Tangent = Callable[[ModuleType, Any], tuple[Any, Any]]
Place = tuple[str, tuple[int, ...] | None]  # the variable: a name, or a member (counted from 1) of a family


def moved(env: dict[str, Any], variable: Place, x: Any) -> dict[str, Any]:
    """The point with the variable at `x`."""
    name, member = variable
    return {**env, name: x if member is None else _with_member(env[name], member, x)}


def _with_member(family: Any, places: tuple[int, ...], x: Any) -> Any:
    changed, at = family.copy(), places[0] - 1
    changed[at] = _with_member(family[at], places[1:], x) if len(places) > 1 else x
    return changed


def member_at(family: Any, places: tuple[int, ...]) -> Any:
    """One member of a family."""
    for place in places:
        family = family[place - 1]
    return family


def variable_at(env: Mapping[str, Any], variable: Place, point: Point, sizes: Mapping[str, int]) -> Any:
    """The value of the variable; Unfit where there is no such member."""
    name, member = variable
    if member is None:
        return env[name]
    if any(k > n for k, n in zip(member, point.members(name, sizes), strict=True)):
        raise Unfit
    return member_at(env[name], member)


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
    deficient: bool = False,
    slopes: Callable[..., Any] | None = None,
    thorough: bool = False,
    signed: bool = True,
) -> Check:
    """Compare a derivative by a variable of this shape, as it acts on a direction, with the difference quotient of the function.

    `needed` says which summands of the function should change at some point; `describe` names the question; `deficient` says that summands
    may show only at matrices of less than full rank: there the variable moves along a curve on which its rank stays what it is; `slopes`
    is how both sides are had, where the variable is complex; `thorough` asks for seldom sizes too, and `signed` for names with other signs
    where no point was found.
    """
    sight = partial(slopes or _differences, function, claim, variable, shape, point, tangent)

    def wrong() -> str:
        return f"the closed form disagrees with the numerical derivative: please report {describe()}"

    return Comparison(
        *(sight, point, dims, points, needed),
        focus=variable[0],
        wrong=wrong,
        spell=spell,
        margin=margin,
        thorough=thorough,
        deficient=deficient,
        signed=signed,
        within=True,
    ).judged()


def _differences(
    function: Numbers, claim: Along, variable: Place, shape: Shape, point: Point, tangent: Tangent | None, arrays: ModuleType
) -> Callable[[dict[str, Any], Kind, Level, Watch], Sides]:
    """A difference quotient of the function and the claim, along a random direction."""
    value, along = function(arrays), claim(arrays)

    def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
        sizes = kind.sizes
        x = variable_at(env, variable, point, sizes)
        e = arrays.random(kind.turn).uniform(-1.0, 1.0, (shape[0].value(sizes), shape[1].value(sizes)))
        e = step = arrays.number(e) if shape == SCALAR else e
        if tangent is not None:
            step, e = tangent(arrays, e)

        def path(t: Any) -> Any:
            return x + step * t

        if kind.deficient and tangent is None and min(getattr(x, "shape", (1,))) > 1:
            left, right = (arrays.random(kind.turn + k).uniform(-1.0, 1.0, (n, n)) for k, n in enumerate(x.shape))
            e = left @ x + x @ right

            def path(t: Any) -> Any:  # of one rank, as a line is not
                return (arrays.np.eye(len(left)) + left * t) @ x @ (arrays.np.eye(len(right)) + right * t)

        def parts(t: Any) -> list[list[Any]]:
            return [arrays.flat(v) for v in value(moved(env, variable, path(t)), sizes)]

        slopes, end, traces, bend = quotient(parts, level.h(arrays, kind), arrays, watch)
        watch.trace = []
        claimed = along(env, sizes, e)
        return Sides(slopes, claimed, greatest(total(end)), traces, watch.trace, bend)

    return sides


def quotient(
    parts: Callable[[Any], Sequence[Sequence[Any]]], h: Any, arrays: ModuleType, watch: Watch
) -> tuple[list[list[Any]], Sequence[Sequence[Any]], list[Any], Callable[[], Any]]:
    """The central difference at 0 of what has entries by parts; the entries at its first end, what was compared at each, and how far the
    slopes on the two sides are apart. In double precision it is one without the term of h^2."""
    ends, traces = [], []
    arrays.forget_rounding()
    for by in (1, -1) if arrays is precise else (1, -1, 2, -2):
        watch.trace = []
        ends.append(parts(h * by))
        traces.append(watch.trace)
    watch.exact = not arrays.has_rounded()

    def bend() -> Any:
        sides = zip(total(ends[0]), total(parts(h * 0)), total(ends[1]), strict=True)
        return greatest([(a - 2 * b + c) / h for a, b, c in sides])

    if arrays is precise:
        per = 1 / (2 * h)
        return [[(a - b) * per for a, b in zip(*each, strict=True)] for each in zip(*ends, strict=True)], ends[0], traces, bend
    slopes = [[(8 * (a - b) - (c - d)) / (12 * h) for a, b, c, d in zip(*each, strict=True)] for each in zip(*ends, strict=True)]
    return slopes, ends[0], traces, bend


def values(one: Numbers, other: Numbers) -> Sight:
    """The values of two functions, each by its summands: arrays, or lists of entries."""

    def bound(arrays: ModuleType) -> Callable[[dict[str, Any], Kind, Level, Watch], Sides]:
        known, claimed = one(arrays), other(arrays)

        def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
            watch.trace = []
            arrays.forget_rounding()
            left = [v if isinstance(v, list) else arrays.flat(v) for v in known(env, kind.sizes)]
            watch.exact, own, watch.trace = not arrays.has_rounded(), watch.trace, []
            right = [v if isinstance(v, list) else arrays.flat(v) for v in claimed(env, kind.sizes)]
            return Sides(left, right, greatest(total(left)), [[*own, *watch.trace]] * 2, watch.trace, own=own)

        return sides

    return bound
