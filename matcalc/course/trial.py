"""Stationary points put to the numbers: does the function stand still there, and how does it bend?"""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions import build
from ..expressions.build import num, transpose
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..kinds import Dim
from ..pipeline.sampling import Sampler
from .definiteness import PD, definiteness, sign_of
from .optimality import Scenery
from .problem import Problem
from .solutions import Condition, StationaryPoint


def inside(x: Expr, value: Expr) -> list[Condition]:
    """What must hold for the solution to be of the declared kind, where the rules do not show it."""
    if holds(x, "spd") and not x.is_scalar:
        return [] if definiteness(value) == PD else [(x, "positive definite")]
    if holds(x, "positive") and x.is_scalar:
        return [] if sign_of(value) == 1 else [(x, "> 0")]
    return []


def by_numbers(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> tuple[str, str] | None:
    """The kind of a solution by the Hessians at random values of everything else; None where there are none."""
    found = scenery(problem, solutions, xs).curvature()
    words = "at random points of the declared kind"
    if found == {"positive definite"}:
        return "minimum", f"the Hessian is positive definite {words}"
    if found == {"negative definite"}:
        return "maximum", f"the Hessian is negative definite {words}"
    if found == {"indefinite"} and len(xs) > 1:
        return "saddle", f"the Hessian is indefinite {words}"
    return ("undecided", "the sign of the Hessian depends on the values") if found else None


def scenery(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> Scenery:
    f = problem.whole(problem.typed.expr)
    sampler = Sampler(problem.typed, roots=[f, *xs, *[e for _, e in solutions]])
    words = {n: problem.properties(n) for n in problem.names}
    return Scenery(f, solutions, sampler, words)


def check_point(problem: Problem, p: StationaryPoint, xs: Sequence[Expr]) -> None:
    """The function must stand still at the point, numerically."""
    by_name = {name_of(x): x for x in xs}
    solutions = []
    for n, e in p.at.items():
        x = problem.whole(by_name[n])
        if p.vec:
            rows, cols = x.shape
            solutions.append((x, unstacked(e, rows, cols)))
        else:
            solutions.append((x, e))
    scenery(problem, solutions, [problem.whole(x) for x in xs]).check_still(repr(problem.text))


def unstacked(e: Expr, rows: Dim, cols: Dim) -> Expr:
    """The matrix whose columns, stacked, are `e`: sum_j (e_j^T ⊗ I) e e_j^T."""
    j = build.index("\u2022j")
    unit = build.unit(j, cols)
    body = build.matmul(build.kron(transpose(unit), build.eye(rows)), e, transpose(unit))
    return build.indexed_sum("\u2022j", num(1), build.size(cols), body)
