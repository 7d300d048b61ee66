"""Functions that an equation defines: x with F(x, θ) = 0, its derivative by θ, the adjoint of it, and functions of x.

dF = F_x dx + F_θ dθ = 0 gives dx where F_x is invertible. With F_x^T λ = v, v^T dx is -λ^T F_θ dθ, so that a gradient takes one solution of
one linear equation, whatever θ is (Krantz and Parks 2013, Blondel and others 2022).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MatcalcError, UsageError
from ..pipeline.given import Names, Where, names_of
from .implicit_answers import Implicit, Slope
from .implicit_equation import one_unknown, sides_of_text
from .implicit_solution import answered

NOTATIONS = ("auto", "matrix", "kron", "differential", "index")


def implicit(
    equation: str,
    solve: str,
    wrt: Names,
    *,
    argmin: bool = False,
    of: str | None = None,
    order: int = 1,
    notation: str = "auto",
    adjoint: bool = False,
    where: Where = None,
    verify: bool = True,
    subject_to: Sequence[str] | str = (),
) -> Implicit:
    """The derivative of the solution `solve` of an equation by `wrt`; with `argmin` of the stationary point of a function.

    `of` is a function of the solution and of what it depends on, whose derivative is wanted in its place; of `order` 2 the second one.
    With `adjoint` the products of a vector with the derivative are what is printed. ShapeError where there are not as many equations as
    unknowns, NoAnswerError where nothing could be compared.

    Several unknowns, "x, y", have an equation each, split by semicolons; `subject_to` are equations that hold where a function is least,
    with multipliers as further unknowns (`systems`).

    implicit("A x = b", "x", "b").text    A^-1
    """
    if notation not in NOTATIONS:
        raise UsageError(f"unknown notation {notation!r}: use {', '.join(NOTATIONS)}")
    if order not in (1, 2):
        raise UsageError(f"the derivative of a solution has order 1 or 2 here, not {order!r}")
    constraints = [subject_to] if isinstance(subject_to, str) else list(subject_to)
    unknowns = [n.strip() for n in solve.split(",")]
    if constraints or len(unknowns) > 1:
        if constraints and not argmin:
            raise UsageError(
                "constraints are of what is minimised", suggestion="--argmin, or the equations with their unknowns, --solve x,y"
            )
        from .systems import several

        try:
            task = several(equation, names_of(unknowns), names_of(wrt), where, argmin, constraints, verify)
            return answered(task, of, order, notation, adjoint, verify)
        except MatcalcError as error:
            raise error.located(equation) from None
    names = names_of(wrt)
    try:
        return answered(one_unknown(equation, solve, names, where, argmin), of, order, notation, adjoint, verify)
    except MatcalcError as error:
        raise error.located(equation) from None


__all__ = ["Implicit", "Slope", "implicit", "sides_of_text"]
