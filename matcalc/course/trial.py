"""Stationary points put to the numbers: does the function stand still there, and how does it bend?

Both are tried at random values of everything else. A matrix of which nothing is declared is drawn without an identity added, or every A
would come out near a positive definite one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import num, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..kinds import Dim
from ..numbers import precise
from ..numbers.agreement import LEVELS, Level, Sides
from ..numbers.drawing import margin
from ..numbers.numeric import Plan
from ..numbers.record import Check, summed_up
from ..numbers.search import LACKING, Comparison
from ..numbers.seen import NO_NUMBER, Unfit
from ..numbers.verify import Kind
from ..ops.inverse import INVERSE
from ..pipeline.derive import one_derivative
from ..pipeline.sampling import Sampler
from .definiteness import PD, definiteness, sign_of
from .jacobians import free_directions
from .problem import Problem
from .remainder import ROUGH, derivatives, direction, places, weights_of
from .solutions import Condition, StationaryPoint

ROUNDED = 8  # digits to which the function stands still where a solution has 16
NEARBY = 0.3  # where slopes are taken for comparison
NEAR = 0.05  # of the edge of what is declared: a value there says little of how the function bends
LARGEST = 1e3
WORST = 1e3  # condition of a matrix that is inverted
MORE_DATA = 4
MOST_SCENES, ENOUGH = 60, 8
EDGE = 1e-5  # of the greatest eigenvalue of a Hessian: what is less is zero, what is not much more is not judged


def inside(x: Expr, value: Expr) -> list[Condition]:
    """What must hold for the solution to be of the declared kind, where the rules do not show it."""
    if holds(x, "spd") and not x.is_scalar:
        return [] if definiteness(value) == PD else [(x, "positive definite")]
    if holds(x, "positive") and x.is_scalar:
        return [] if sign_of(value) == 1 else [(x, "> 0")]
    return []


# ---------------------------------------------------------------------------------------------- standing still


def check_point(problem: Problem, p: StationaryPoint, xs: Sequence[Expr]) -> Check:
    """VerificationError where the function moves at the point, NoAnswerError where none can be computed."""
    by_name = {name_of(x): problem.whole(x) for x in xs}
    solutions = [(by_name[n], unstacked(e, *by_name[n].shape) if p.vec else e) for n, e in p.at.items()]
    f = problem.whole(problem.typed.expr)
    sampler = Sampler(problem.typed, roots=[f, *(problem.whole(x) for x in xs), *(e for _, e in solutions)])
    wrong = f"the gradient is not zero at the solution found: please report {problem.text!r}"
    agreed = ROUNDED if p.approximate else LEVELS[0].agreed
    return Comparison(
        lambda arrays: _slopes(f, solutions, problem, arrays),
        sampler.point,
        sampler.dims,
        wrong=lambda: wrong,
        unjudged="the solution could not be checked",
        against="numerical slopes",
        levels=[Level(80, 17, agreed, 60), Level(200, 50, agreed, 120)],
        rough=ROUGH,
    ).judged()


SINGULAR = 1e15  # entries of a solution, of data of size 1, that only the inverse of a singular matrix has


def _slopes(f: Expr, solutions: Sequence[tuple[Expr, Expr]], problem: Problem, arrays: ModuleType) -> Callable[..., Sides]:
    """The slopes in a direction and against it, at the solution, beside one nearby."""
    plan, values = Plan(f, arrays), [(x, Plan(e, arrays)) for x, e in solutions]
    words = {x: problem.properties(name_of(x)) for x, _ in solutions}
    weights = weights_of(1, arrays)

    def at(env: dict[str, Any], kind: Kind, level: Level, watch: Any) -> Sides:
        rng, start = arrays.random(kind.turn), dict(env)
        for x, solution in values:  # a later one may use an earlier one
            start[name_of(x)] = solution.value(start, kind.sizes)
            found = _as_floats(start[name_of(x)], arrays)
            if not margin(words[x], found) > 0 or not abs(found).max() < SINGULAR:  # what is inverted is singular at these sizes
                raise Unfit
        e = {name_of(x): direction(x, words[x], kind.sizes, rng, arrays) for x in words}
        h = arrays.exact(10) ** -level.step
        nearby = {**start, **{n: start[n] + v * arrays.exact(NEARBY) for n, v in e.items()}}
        slopes = [
            derivatives(weights, [[plan.value(place, kind.sizes)] for place in places(here, e, h * sign, len(weights[0]))], h, arrays)[1]
            for here, sign in ((start, 1), (start, -1), (nearby, 1))
        ]
        up, down, scale = slopes[0], slopes[1], abs(slopes[2])
        if arrays is precise and abs(up + down) * 10**6 > max(scale, h * 10**3):
            raise NoAnswerError("the gradient vanishes only where the function has a kink")
        nothing = arrays.exact(0)
        scale = scale if arrays.is_finite(scale) and scale > h * 10**3 else arrays.exact(1)
        return Sides([[scale, up, down]], [[scale, nothing, nothing]], scale, [watch.trace] * 2)

    return at


def unstacked(e: Expr, rows: Dim, cols: Dim) -> Expr:
    """The matrix whose columns, stacked, are `e`: sum_j (e_j^T ⊗ I) e e_j^T."""
    j = build.index("\u2022j")
    unit = build.unit(j, cols)
    body = build.matmul(build.kron(transpose(unit), build.eye(rows)), e, transpose(unit))
    return build.indexed_sum("\u2022j", num(1), build.size(cols), body)


def check_gradients(problem: Problem) -> Check | None:
    """The gradients, where they vanish nowhere and there is no point to check."""
    checks = [one_derivative(problem.question.by(n, structured="")).check for n in problem.names]
    return summed_up([c for c in checks if c is not None])


# ---------------------------------------------------------------------------------------------- bending


def by_numbers(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> tuple[str, str] | None:
    """The kind of a solution by the Hessians at random values of everything else; None where there are none."""
    found = _curvature(problem, solutions, xs)
    words = "at random points of the declared kind"
    if found == {"positive definite"}:
        return "minimum", f"the Hessian is positive definite {words}"
    if found == {"negative definite"}:
        return "maximum", f"the Hessian is negative definite {words}"
    if found == {"indefinite"} and len(xs) > 1:
        return "saddle", f"the Hessian is indefinite {words}"
    return ("undecided", "the sign of the Hessian depends on the values") if found else None


def _curvature(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> set[str]:
    """What the Hessians at the solutions are: definite, semidefinite or indefinite, over all values tried."""
    f = problem.whole(problem.typed.expr)
    sampler = Sampler(problem.typed, roots=[f, *xs, *[e for _, e in solutions]])
    try:
        return _signs(f, solutions, sampler, problem, precise)
    except LACKING:
        from ..numbers import doubles

        with doubles.quiet():
            return _signs(f, solutions, sampler, problem, doubles)


def _signs(f: Expr, solutions: Sequence[tuple[Expr, Expr]], sampler: Sampler, problem: Problem, arrays: ModuleType) -> set[str]:
    import numpy as np

    found: set[str] = set()
    plan, count = Plan(f, arrays), 0
    words = {x: problem.properties(name_of(x)) for x, _ in solutions}
    for env, sizes in _scenes(solutions, sampler, problem, arrays):
        with arrays.precision(LEVELS[0].digits):
            try:
                steps = [(name_of(x), e) for x, _ in solutions for e in free_directions(x, words[x], sizes, arrays)]
                values = np.linalg.eigvalsh(_hessian(plan, steps, env, sizes, arrays))
            except NO_NUMBER:
                continue
        if not np.all(np.isfinite(values)):
            continue
        size, low, high = float(np.max(np.abs(values), initial=0.0)), float(values[0]), float(values[-1])
        edge = EDGE * size
        if any(edge < abs(v) < 1e2 * edge for v in values):
            continue  # too flat to tell from zero
        if size < 1e-6:
            found.add("zero")
        elif low > edge or high < -edge:
            found.add("positive definite" if low > edge else "negative definite")
        elif low < -edge and high > edge:
            found.add("indefinite")
        else:
            found.add("positive semidefinite" if high > edge else "negative semidefinite")
        count += 1
        if count >= ENOUGH:
            break
    return found


def _scenes(
    solutions: Sequence[tuple[Expr, Expr]], sampler: Sampler, problem: Problem, arrays: ModuleType
) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Values at the solution, where it exists and is well conditioned."""
    import numpy as np

    inverted = [n.args[0] for n in postorder([e for _, e in solutions]) if n.op is INVERSE and not n.indices]
    counts = {n for counts, _, _ in sampler.families.values() for count in counts for n in count.names()} | {"N"}
    values, matrices = [(name_of(x), Plan(e, arrays)) for x, e in solutions], Plan(inverted, arrays)
    orders = sampler.point.orders(sampler.dims)
    for k in range(MOST_SCENES):
        sizes = dict(orders[k // 2 % len(orders)])
        if k % 2:  # more data than unknowns
            sizes |= {n: sizes[n] + MORE_DATA for n in counts if n in sizes}
        with arrays.precision(LEVELS[0].digits):
            env = sampler.point.at(Kind(sizes, turn=k, near=False), arrays)
            try:
                for name, plan in values:
                    env[name] = plan.value(env, sizes)
                drawn = [_as_floats(v, arrays) for v in matrices.run(env, sizes)]
                found = [(n, _as_floats(env[n], arrays)) for n, _ in values]
                if not all(np.all(np.isfinite(x)) and np.max(np.abs(x), initial=0) < LARGEST for _, x in found):
                    continue
                fits = all(margin(problem.properties(n), x) >= NEAR for n, x in found)
                if not fits or not all(v.ndim < 2 or np.linalg.cond(v) < WORST for v in drawn):
                    continue
            except NO_NUMBER:
                continue
        yield env, sizes


def _hessian(plan: Plan, steps: Sequence[tuple[str, Any]], env: Mapping[str, Any], sizes: Mapping[str, int], arrays: ModuleType) -> Any:
    """Second differences over the free entries of all variables, along the steps."""
    import numpy as np

    h = arrays.exact(10) ** (-12 if arrays is precise else -3)

    def at(*moves: tuple[int, int]) -> Any:
        moved = dict(env)
        for k, sign in moves:
            n, e = steps[k]
            moved[n] = moved[n] + e * (h * sign)
        return plan.value(moved, sizes)

    n = len(steps)
    hessian = np.zeros((n, n))
    middle = at()
    for a in range(n):
        hessian[a, a] = (at((a, 1)) - 2 * middle + at((a, -1))) / h**2
        for b in range(a):
            total = at((a, 1), (b, 1)) - at((a, 1), (b, -1)) - at((a, -1), (b, 1)) + at((a, -1), (b, -1))
            hessian[a, b] = hessian[b, a] = total / (4 * h**2)
    return hessian


def _as_floats(value: Any, arrays: ModuleType) -> Any:
    import numpy as np

    return np.asarray(arrays.outward(value), dtype=float)
