"""Whether an expansion is one, at random points and along random directions: by the derivatives along lines that go out from the centre.

On either side of the centre, the function and the polynomial are computed at a few places close to it. The polynomial through the
values has the derivatives of both there, up to the order, but for the square of the step; with enough digits they agree to 25. A
function that stands still at a point has the expansion f(x) of order one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import factorial
from types import ModuleType
from typing import Any

from ..expressions.build import substitute
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of, words_of
from ..expressions.sums import terms_of
from ..inference.infer import Typed
from ..numbers import precise
from ..numbers.agreement import Level, Sides
from ..numbers.numeric import Plan
from ..numbers.record import Check
from ..numbers.search import Comparison
from ..numbers.seen import SOUGHT
from ..numbers.verify import Kind
from ..ops.pattern import EntryPattern
from ..pipeline.judging import margin, spelled
from ..pipeline.sampling import Sampler

FURTHER = 2  # places beyond the order: the error is the square of the step
ROUGHLY = 6  # likewise in double precision
ROUGH = (Level(16, 2, 8, 9), Level(16, 1, 8, 9), Level(16, 3, 8, 9), Level(16, 1, 6, 8))


def check_expansion(
    typed: Typed, f: Expr, polynomial: Expr, centre: Mapping[Expr, Expr], order: int, sampler: Sampler, describe: str
) -> Check:
    """VerificationError where f - polynomial is not of order `order` + 1 around the centre, NoAnswerError where nothing can be said."""
    summands, parts = terms_of(f), terms_of(polynomial)

    def sight(arrays: ModuleType) -> Callable[..., Sides]:
        middle = [(v, Plan(e, arrays)) for v, e in centre.items()]
        sides = Plan(summands, arrays), Plan(parts, arrays)
        weights = weights_of(order, arrays)

        def at(env: dict[str, Any], kind: Kind, level: Level, watch: Any) -> Sides:
            rng = arrays.random(kind.turn)
            start = dict(env)
            for v, plan in middle:  # a later one may use an earlier one
                start[name_of(v)] = plan.value(start, kind.sizes)
            e = {name_of(v): direction(v, words_of(v), kind.sizes, rng, arrays) for v in centre}
            h = arrays.exact(10) ** -level.step
            found: tuple[list[list[Any]], ...] = ([[] for _ in summands], [[] for _ in parts])
            traces = []
            moved = [places(start, e, h * sign, len(weights[0])) for sign in (1, -1)]
            for plan, lines in zip(sides, found, strict=True):
                watch.trace = []
                for along in moved:
                    runs = [[arrays.flat(v) for v in plan.run(m, kind.sizes)] for m in along]
                    for k, line in enumerate(lines):
                        line += derivatives(weights, [run[k] for run in runs], h, arrays)
                traces.append(watch.trace)
            own, turns = traces
            value = max((abs(x) for line in found[0] for x in line), default=0)
            return Sides(found[0], found[1], value, [[*own, *turns]] * 2, turns, own=own)

        return at

    return Comparison(
        sight,
        sampler.point,
        sampler.dims,
        needed=depending(summands, centre),
        margin=lambda e: margin(substitute(e, centre)),
        wrong=lambda: (
            f"the remainder of this expansion is not of order {order + 1}: the function is not smooth at this point, "
            f"or the expansion is wrong: {describe}"
        ),
        unjudged="the expansion could not be checked",
        against="numerical derivatives",
        spell=lambda part: spelled(typed, part if isinstance(part, Expr) else parts[part]),
        levels=[Level(50 + 17 * order, 17, 25, 50), Level(150 + 50 * order, 50, 25, 60)],
        rough=ROUGH,
        sought=SOUGHT * (order + FURTHER),  # a point is so many
    ).judged()


def depending(summands: Sequence[Expr], names: Collection[Expr]) -> list[int]:
    """Which of the summands have one of the names in them."""
    return [k for k, a in enumerate(summands) if any(n in names for n in postorder(a))]


def direction(v: Expr, words: Iterable[str], sizes: Mapping[str, int], rng: Any, arrays: ModuleType) -> Any:
    """A random direction in the space of the variable: symmetric for a symmetric one."""
    rows, cols = (d.value(sizes) for d in v.shape)
    e = rng.uniform(-1.0, 1.0, (rows, cols))
    if rows == cols > 1:
        e = EntryPattern(words).onto(e, arrays.np)
    return arrays.number(e) if v.is_scalar else e


def places(start: Mapping[str, Any], e: Mapping[str, Any], h: Any, count: int) -> list[dict[str, Any]]:
    """The points start + h e, start + 2h e, …"""
    return [{**start, **{n: start[n] + x * (h * k) for n, x in e.items()}} for k in range(1, count + 1)]


def weights_of(order: int, arrays: ModuleType) -> list[list[Fraction]]:
    """For so many derivatives at 0, of the polynomial through the values at 1, 2, …: what to multiply the values by."""
    return _weights(order, order + (FURTHER if arrays is precise else ROUGHLY))


@cache
def _weights(order: int, places: int) -> list[list[Fraction]]:
    weights = [[Fraction(0)] * places for _ in range(order + 1)]
    for k in range(1, places + 1):
        basis = [Fraction(1)]  # what is 1 at k and 0 at the other places, by its coefficients
        for other in range(1, places + 1):
            if other != k:
                shifted = [Fraction(0), *basis]
                basis = [(a - other * b) / (k - other) for a, b in zip(shifted, [*basis, Fraction(0)], strict=True)]
        for j in range(order + 1):
            weights[j][k - 1] = factorial(j) * basis[j]
    return weights


def derivatives(weights: Sequence[Sequence[Fraction]], values: Sequence[Sequence[Any]], h: Any, arrays: ModuleType) -> list[Any]:
    """The derivatives of every order of every entry."""
    found = []
    for j, line in enumerate(weights):
        factors = [arrays.exact(w) for w in line]
        found += [sum(w * v for w, v in zip(factors, entry, strict=True)) / h**j for entry in zip(*values, strict=True)]
    return found
