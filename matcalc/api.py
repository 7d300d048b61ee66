"""The Python API: `derivative`, `parse`, and builders with operators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .exchange.handles import Handle, call, hadamard, kron, matrix, scalar, vector
from .pipeline import derive
from .pipeline.derivative import Derivative
from .pipeline.expression import Expression, expression
from .pipeline.question import Function, Names, Options, Question

if TYPE_CHECKING:
    from .course.partials import Partials


def derivative(
    expr: Function,
    wrt: Names,
    *,
    where: str = "",
    order: int = 1,
    layout: str = "numerator",
    notation: str = "auto",
    verify: bool = True,
    structured: str = "",
    vectorize: bool = False,
) -> Derivative | list[Derivative]:
    """The derivative of a matrix expression in closed form.

    `expr` is text in matcalc's language, or built from `vector`, `matrix`, `scalar`. `wrt` is a name or a list of names: at order 1 a list
    gives a list of derivatives; at order k one name k times, or k names. `structured` differentiates within the set a matrix is
    declared to lie in: "symmetric-space" (the gradient in that space) or "independent" (by the entries one may choose). `vectorize`
    writes sums over families as products with the stacked families; `assumptions` says what is stacked how.
    Raises MatcalcError: bad input, no answer, or a failed check.
    """
    found = derive.derivative(Question.of(expr, wrt, where, Options(order, layout, notation, verify, structured, vectorize), asks=True))
    if order == 1 and not vectorize:
        for d in found if isinstance(found, list) else [found]:
            d._chain = partial(_chain_of, expr, d.wrt[0], where, verify)
    return found


def _chain_of(expr: Function, name: str, where: str, verify: bool) -> Partials:
    from .course.partials import chain_of

    return chain_of(expr, name, where=where, verify=verify)


def grad(
    expr: Function,
    wrt: Names,
    *,
    where: str = "",
    notation: str = "auto",
    verify: bool = True,
    structured: str = "",
    vectorize: bool = False,
) -> Derivative | list[Derivative]:
    """The gradient of a scalar: a column for a vector, of the variable's own shape for a matrix. UsageError where `expr` is no scalar."""
    found = derivative(
        expr, wrt, where=where, layout="denominator", notation=notation, verify=verify, structured=structured, vectorize=vectorize
    )
    first = found[0] if isinstance(found, list) else found
    if not first._of_scalar:
        raise UsageError("a gradient is that of a scalar, and this function has several entries", suggestion="use jacobian")
    return found


def jacobian(
    expr: Function,
    wrt: Names,
    *,
    where: str = "",
    notation: str = "auto",
    verify: bool = True,
    structured: str = "",
    vectorize: bool = False,
) -> Derivative | list[Derivative]:
    """The first partial derivatives, the function's indices first: m×n for m functions of n variables."""
    return derivative(expr, wrt, where=where, notation=notation, verify=verify, structured=structured, vectorize=vectorize)


def hessian(
    expr: Function,
    wrt: Names,
    *,
    where: str = "",
    notation: str = "auto",
    verify: bool = True,
    structured: str = "",
    vectorize: bool = False,
) -> Derivative:
    """The second derivatives by one variable, or the mixed ones by two: H[i,j] by x_i and y_j."""
    found = derivative(expr, wrt, where=where, order=2, notation=notation, verify=verify, structured=structured, vectorize=vectorize)
    assert isinstance(found, Derivative)
    return found


def parse(text: Function, where: str = "") -> Expression:
    """Read an expression, or take one that was built; `.shape`, `.text`, `.latex`, `.evaluate({...})`."""
    return expression(Question.of(text, where=where))


def from_sympy(expr: Any, where: str = "") -> Handle:
    """A SymPy expression, as what `vector`, `matrix` and `scalar` build: for `derivative`, `parse`, and the operators.

    MatrixSymbols become vectors and matrices of their sizes, Symbols scalars; `where` ("A in S^n") declares what SymPy
    does not know of them. UsageError for an object that matcalc has no counterpart of.
    """
    from .exchange.inward import from_sympy

    return from_sympy(expr, where)


def subexpressions(text: Function, where: str = "") -> list[tuple[str, str]]:
    """Every subexpression as it was typed with its shape, inner ones first."""
    return parse(text, where).subexpressions()


__all__ = [
    "Derivative",
    "Expression",
    "Handle",
    "call",
    "derivative",
    "from_sympy",
    "grad",
    "hadamard",
    "hessian",
    "jacobian",
    "kron",
    "matrix",
    "parse",
    "scalar",
    "subexpressions",
    "vector",
]
