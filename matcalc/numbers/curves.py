"""Gradients and Hessians on a manifold against difference quotients along curves that stay on it.

A random direction is made tangent at a random point of the manifold, and the curve through the point along it is the manifold's
retraction. What is claimed of the gradient is paired with the tangent vector by the metric, and must be tangent itself; what is
claimed of the Hessian is compared with the derivative of the field of gradients, with the connection's part, made tangent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..expressions.expr import Expr
from ..kinds import Shape
from .agreement import Level, Sides, Sight, greatest
from .drawing import by_text
from .judge import quotient
from .numeric import Plan
from .verify import Kind
from .watch import Watch

Run = Callable[[dict[str, Any], Kind, Level, Watch], Sides]


class Curves:
    """How a variable moves on a manifold. `formulas` are the tangent vector of a direction E, the point of the curve along U, the metric
    of U and V, the connection, and what must not be seen; `drawn` makes a point of random entries where its properties do not;
    `letters` are the names of U, E and V in them."""

    def __init__(self, name: str, shape: Shape, drawn: str, formulas: Mapping[str, Expr], letters: tuple[str, str, str]) -> None:
        self.name, self.shape, self.drawn, self.formulas = name, shape, drawn, dict(formulas)
        self.u, self.e, self.v = letters

    def gradient(self, f: Expr, free: Expr, parts: Sequence[Expr]) -> Sight:
        """df(U) beside <grad, U>, with what of the gradient is tangent beside all of it. `parts` are its summands; `free` is the gradient
        by free entries, whose size says what is nothing."""

        def bound(arrays: ModuleType) -> Run:
            value, euclidean, claim, start = Plan(f, arrays), Plan(free, arrays), Plan(parts, arrays), self._start(arrays)
            metric, tangent = (Plan(self.formulas[what], arrays) for what in ("metric", "tangent"))

            def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
                env, u = start(env, kind, "tangent")
                slope, values, traces, bend = self._slope(arrays, value, env, u, kind, level, watch)
                watch.trace = []
                fields = claim.run(env, kind.sizes)
                turns = watch.trace
                paired = [metric.run({**env, self.u: g, self.v: u}, kind.sizes)[0] for g in fields]
                inside = tangent.run({**env, self.e: sum(fields[1:], fields[0])}, kind.sizes)[0]
                size = _size(arrays, euclidean.run(env, kind.sizes)[0], u)
                claimed = [[*arrays.flat(p), *arrays.flat(g)] for p, g in zip(paired, fields, strict=True)]
                known = [slope[0], *arrays.flat(inside)]
                return Sides([_apart(known, claimed, size or arrays.exact(1))], claimed, greatest(values), traces, turns, bend)

            return sides

        return bound

    def unseen(self, f: Expr, free: Expr) -> Sight:
        """The derivative of f along what it must not see, beside nothing: both with the size of the gradient by free entries added."""

        def bound(arrays: ModuleType) -> Run:
            value, euclidean, start = Plan(f, arrays), Plan(free, arrays), self._start(arrays)

            def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
                env, u = start(env, kind, "invariant")
                slope, values, traces, bend = self._slope(arrays, value, env, u, kind, level, watch)
                claimed = [[arrays.exact(0)]]
                size = _size(arrays, euclidean.run(env, kind.sizes)[0], u) or arrays.exact(1)
                return Sides([_apart(slope, claimed, size)], claimed, greatest(values), traces, (), bend)

            return sides

        return bound

    def hessian(self, field: Expr, parts: Sequence[Expr], direction: str) -> Sight:
        """The derivative of the field of gradients along U, made tangent, beside the summands of the Hessian along U, named `direction`."""

        def bound(arrays: ModuleType) -> Run:
            value, claim, start = Plan(field, arrays), Plan(parts, arrays), self._start(arrays)
            tangent = Plan(self.formulas["tangent"], arrays)
            connection = Plan(self.formulas["connection"], arrays) if "connection" in self.formulas else None

            def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
                env, u = start(env, kind, "tangent")
                slope, values, traces, bend = self._slope(arrays, value, env, u, kind, level, watch)
                changed = arrays.np.array(slope).reshape(*u.shape)
                if connection is not None:
                    here = value.run(env, kind.sizes)[0]
                    changed = changed + connection.run({**env, self.u: u, self.v: here}, kind.sizes)[0]
                known = tangent.run({**env, self.e: changed}, kind.sizes)[0]
                watch.trace = []
                claimed = [arrays.flat(part) for part in claim.run({**env, direction: u}, kind.sizes)]
                return Sides([_apart(arrays.flat(known), claimed, arrays.exact(1))], claimed, greatest(values), traces, watch.trace, bend)

            return sides

        return bound

    def _start(self, arrays: ModuleType) -> Callable[[dict[str, Any], Kind, str], tuple[dict[str, Any], Any]]:
        """The point, on the manifold, and a direction there: tangent, or one that must not be seen."""
        plans = {what: Plan(e, arrays) for what, e in self.formulas.items() if what in ("tangent", "invariant")}

        def start(env: dict[str, Any], kind: Kind, what: str) -> tuple[dict[str, Any], Any]:
            x, rng = env[self.name], arrays.random(kind.turn)
            if self.drawn:
                env = {**env, self.name: by_text(self.drawn, x, rng, arrays)}
            rows = self.shape[1 if what == "invariant" else 0].value(kind.sizes)
            e = rng.uniform(-1.0, 1.0, (rows, self.shape[1].value(kind.sizes)))
            return env, plans[what].run({**env, self.e: e}, kind.sizes)[0]

        return start

    def _slope(
        self, arrays: ModuleType, value: Plan, env: dict[str, Any], u: Any, kind: Kind, level: Level, watch: Watch
    ) -> tuple[list[Any], Sequence[Any], list[Any], Callable[[], Any]]:
        """The difference quotient of a function along the curve, its last values, what it compared at the ends, and how it bends."""
        curve = Plan(self.formulas["retraction"], arrays)

        def parts(t: Any) -> list[list[Any]]:
            moved = curve.run({**env, self.u: u * t}, kind.sizes)[0]
            watch.trace = []  # what the curve compares is no switch of the function
            return [arrays.flat(value.run({**env, self.name: moved}, kind.sizes)[0])]

        (slope,), (end,), traces, bend = quotient(parts, level.h(arrays, kind), arrays, watch)
        return slope, end, traces, bend


def _apart(known: Sequence[Any], claimed: list[list[Any]], size: Any) -> Sequence[Any]:
    """What is known; where nothing at all is claimed, with the size added to both sides, beside which rounding is nothing."""
    if any(map(any, claimed)):
        return known
    claimed[0][0] += size
    return [known[0] + size, *known[1:]]


def _size(arrays: ModuleType, gradient: Any, u: Any) -> Any:
    """The sum of the absolute values of what is added up in <G, U>."""
    pairs = zip(arrays.flat(gradient), arrays.flat(u), strict=True)
    return sum((abs(g * v) for g, v in pairs), arrays.exact(0))
