"""Equations in complex names: what of them has a complex derivative.

Where conj(x) does not stand in F(x, θ) = 0, F_x dx + F_θ dθ = 0 is solved as for real numbers, and where conj(θ) does not stand there
either the solution is holomorphic in θ: its derivative is the complex one, with no conjugate in it, and so is v^T dx. The condition that a
real function of complex x is least is ∂f/∂conj(x) = 0, which is such an equation where f is quadratic in x.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from ..expressions.build import conjugate, is_complex
from ..expressions.expr import Expr, postorder
from .problem import Problem
from .solved import gradient

PARTS = "write it with the real and imaginary parts as variables of their own"


def has_complex(problem: Problem) -> bool:
    return any(map(is_complex, (problem.function, *problem.variables.values())))


def refuse_conjugates(e: Expr, x: Expr, name: str, what: str) -> None:
    """UsageError where the conjugate of a complex name stands in `e`."""
    other = conjugate(x)
    if other is not x and any(n is other for n in postorder(e)):
        raise UsageError(f"conj({name}) stands in {what}, so that it has no complex derivative by {name}", suggestion=PARTS)


def holomorphic(problem: Problem, f: Expr, solve: str, wrt: Sequence[str]) -> None:
    """That F = 0 defines holomorphic functions of the variables; a note says so. UsageError where it does not."""
    x = problem.variables[solve]
    if not is_complex(x):
        hint = f"declare {solve} in C^n, or the other names real"
        raise UsageError(f"the unknown {solve} is real, and the equation is complex", suggestion=hint)
    for n in (solve, *wrt):
        refuse_conjugates(f, problem.variables[n], n, "the equation")
    names = [n for n in wrt if is_complex(problem.variables[n])]
    if names:
        problem.notes.append(f"{solve} is holomorphic in {', '.join(names)}: the complex derivative, and v^T d{solve} without a conjugate")


def conjugate_gradient(problem: Problem, f: Expr, solve: str) -> Expr:
    """∂f/∂conj(x) of a real function, in the shape of x."""
    x = problem.variables[solve]
    if conjugate(problem.whole(f)) is not problem.whole(f):
        hint = "declare matrices of quadratic forms hermitian"
        raise UsageError("what is minimised is a real number, and this may be complex", suggestion=hint)
    problem.notes.append(f"f is real: the condition is ∂f/∂conj({solve}) = 0")
    return gradient(f, conjugate(x))


__all__ = ["conjugate_gradient", "has_complex", "holomorphic", "refuse_conjugates"]
