"""Solutions of F(x, θ) = 0 in numbers, by Newton's method, and derivatives of what depends on them against difference quotients.

Each end of a difference is a solution of its own, from the same start: that is what is known, and no formula of a derivative has a part
in it but F_x, with which Newton's method looks for the place where F is 0 and which cannot make it one that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from ..expressions.build import is_complex
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..numbers.complex_slopes import complex_slopes, part_of
from ..numbers.judge import Along, Numbers, judge
from ..numbers.numeric import Plan
from ..numbers.record import Check
from ..numbers.watch import watching
from ..pipeline.judging import margin
from ..pipeline.sampling import Sampler

MOST = 60  # steps of Newton's method; from a good start it takes eight
HALVINGS = 8  # of a step that leads away
CLOSE = 1000  # times what rounding leaves
AGAINST = "difference quotients of solutions by Newton's method"


class NewtonRoot:
    """x with F(x, θ) = 0, or several columns with as many equations: `matrix` is the matrix of F_x on stacked columns."""

    def __init__(self, f: Sequence[Expr], x: Sequence[Expr], matrix: Expr) -> None:
        self.f, self.x, self.matrix = tuple(f), tuple(x), matrix

    def bound(self, arrays: ModuleType) -> Callable[[Mapping[str, Any], Mapping[str, int]], dict[str, Any]]:
        """A point with the solution in the place of its start. ArithmeticError where there is none to be found."""
        residual, slope, names = Plan(self.f, arrays), Plan(self.matrix, arrays), [name_of(x) for x in self.x]

        def found(env: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
            watch = watching.get()
            trace = watch.trace if watch is not None else None
            here, rest = dict(env), residual.run(env, sizes)
            for _ in range(MOST):
                start, least = [here[n] for n in names], _length(rest, arrays)
                steps = self._step(slope.value(here, sizes), rest, start, arrays)
                for _ in range(HALVINGS):
                    here |= {n: x - step for n, x, step in zip(names, start, steps, strict=True)}
                    rest = residual.run(here, sizes)
                    if _length(rest, arrays) <= max(least, 1):
                        break
                    steps = [step / 2 for step in steps]
                if _length(steps, arrays) <= CLOSE * arrays.negligible() * (1 + _length([here[n] for n in names], arrays)):
                    break
            else:
                raise ArithmeticError("no solution was found from this start")
            if watch is not None and trace is not None:
                watch.trace = trace
                residual.run(here, sizes)  # which sides of its switches the solution is on
            return here

        return found

    def _step(self, slope: Any, rest: Sequence[Any], start: Sequence[Any], arrays: ModuleType) -> list[Any]:
        if len(self.x) == 1 and self.x[0].is_scalar:
            return [rest[0] / slope]
        right = arrays.np.block([[_stacked(r, arrays)] for r in rest]) if len(rest) > 1 else _stacked(rest[0], arrays)
        step = arrays.np.linalg.solve(slope, right)
        found, at = [], 0
        for x in start:
            rows, cols = x.shape if hasattr(x, "shape") and len(x.shape) == 2 else (1, 1)
            part = step[at : at + rows * cols].reshape(cols, rows).T
            found.append(part if hasattr(x, "shape") and len(x.shape) == 2 else part[0, 0])
            at += rows * cols
        return found


def _stacked(value: Any, arrays: ModuleType) -> Any:
    """The columns on top of each other."""
    if not hasattr(value, "shape") or len(value.shape) < 2:
        return arrays.np.array([[value]])
    turned = value.T
    return turned.reshape(turned.shape[0] * turned.shape[1], 1)


def _length(values: Sequence[Any], arrays: ModuleType) -> Any:
    return max((abs(a) for v in values for a in arrays.flat(v)), default=0)


def judged_solution(root: NewtonRoot, function: Numbers, claim: Along, theta: Expr, sampler: Sampler, describe: Callable[[], str]) -> Check:
    """What was compared of a derivative by θ of a function of the solution and θ, as it acts on directions of θ."""

    def known(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
        solve, values = root.bound(arrays), function(arrays)
        return lambda env, sizes: values(solve(env, sizes), sizes)

    def claimed(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        solve, values = root.bound(arrays), claim(arrays)
        return lambda env, sizes, e: values(solve(env, sizes), sizes, e)

    slopes = partial(complex_slopes, part_of(theta, False)) if is_complex(theta) else None
    # At a chance sign Newton's method found the one start whose solution is symmetric, and others have none: no point is one to go by.
    at = (name_of(theta), None), theta.shape, sampler.point, sampler.dims
    check = judge(known, claimed, *at, describe=describe, margin=margin, slopes=slopes, signed=False)
    return check._replace(against=AGAINST)


def by_map(parts: Sequence[Expr], change: Expr) -> Along:
    """A derivative by what its map makes of a change."""

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        plan = Plan(parts, arrays)
        return lambda env, sizes, e: [arrays.flat(v) for v in plan.run({**env, name_of(change): e}, sizes)]

    return bound


def by_stacked(matrix: Expr, rows: Expr) -> Along:
    """A derivative by its matrix for stacked columns; the value has the shape of `rows`."""

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        plan = Plan(matrix, arrays)

        def along(env: Mapping[str, Any], sizes: Mapping[str, int], e: Any) -> Sequence[Sequence[Any]]:
            value, count = plan.value(env, sizes), rows.shape[0].value(sizes)
            column = value @ _stacked(e, arrays) if hasattr(e, "shape") else value * e
            entries = arrays.flat(column)
            return [[entries[j * count + i] for i in range(count) for j in range(len(entries) // count)]]

        return along

    return bound
