"""The Python API of the commands on functions: `taylor`, `linearize`, `directional`, `jacdet`, `stationary`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

from ..errors import MatcalcError, NoAnswerError, UsageError
from ..pipeline.given import Function, Names, Place, Where, text_of
from ..pipeline.question import Question, which_variable
from .directions import Directional, directional_derivative
from .flows import flow_of
from .polynomials import Taylor, taylor_polynomial
from .problem import Answer, Problem
from .series import Series, taylor_series
from .solutions import Stationary, StationaryPoint
from .stationary_points import stationary_points
from .volumes import JacobianDeterminant, jacobian_determinant

At = Place | None
Found = TypeVar("Found", bound=Answer)


@overload
def taylor(
    expr: Function, wrt: Names = (), *, at: At = None, order: Literal["inf"], where: Where = None, verify: bool = True
) -> Series: ...
@overload
def taylor(expr: Function, wrt: Names = (), *, at: At = None, order: int = 2, where: Where = None, verify: bool = True) -> Taylor: ...
@overload
def taylor(
    expr: Function, wrt: Names = (), *, at: At = None, order: int | str, where: Where = None, verify: bool = True
) -> Taylor | Series: ...
def taylor(
    expr: Function, wrt: Names = (), *, at: At = None, order: int | str = 2, where: Where = None, verify: bool = True
) -> Taylor | Series:
    """The Taylor polynomial of this order about the point `at` (x_0 where none is given); with order="inf" the series.

    taylor("logdet(X)", "X", at="X_0").text    Delta = X - X_0; logdet(X_0) + tr(X_0^-1 Delta) - tr(X_0^-1 Delta X_0^-1 Delta)/2
    """
    if isinstance(order, str):
        if order not in ("inf", "infty", "infinity"):
            raise UsageError(f"the order of an expansion is a whole number from 0, or inf, not {order!r}")
        return _answered(expr, wrt, where, lambda p: taylor_series(p, _text(at), verify))
    return _answered(expr, wrt, where, lambda p: taylor_polynomial(p, _text(at), order, verify))


def linearize(expr: Function, wrt: Names = (), *, at: At = None, where: Where = None, verify: bool = True) -> Taylor:
    """The tangent: f(x_0) + J (x - x_0), of a scalar, a vector field or a matrix function."""
    return _answered(expr, wrt, where, lambda p: taylor_polynomial(p, _text(at), 1, verify, linear=True))


def directional(
    expr: Function,
    wrt: Names = (),
    *,
    along: At = None,
    at: At = None,
    normalize: bool = False,
    where: Where = None,
    verify: bool = True,
) -> Directional:
    """The derivative along a direction (`derivative`), and the direction of steepest ascent (`steepest`, `magnitude`).

    Along a flow it is the total derivative by time: directional("x^T P x", along="x' = A x") is x^T (A^T P + P A) x where P is symmetric.
    """
    if not wrt:
        wrt = list(flow_of(_text(along, "a direction")))
    return _answered(expr, wrt, where, lambda p: directional_derivative(p, _text(along, "a direction"), _text(at), normalize, verify))


def jacdet(expr: Function, wrt: Names = (), *, where: Where = None, verify: bool = True) -> JacobianDeterminant:
    """The determinant of the Jacobian, for a change of variables."""
    return _answered(expr, wrt, where, lambda p: jacobian_determinant(p, verify))


def stationary(expr: Function, wrt: Names = (), *, where: Where = None, verify: bool = True) -> Stationary:
    """The points where the gradient is zero, each with its kind: minimum, maximum, saddle, inflection or undecided."""
    return _answered(expr, wrt, where, lambda p: stationary_points(p, verify))


def _text(value: At, what: str = "a point") -> str | None:
    return None if value is None else text_of(value, what)


def _answered(expr: Function, wrt: Names, where: Where, answer: Callable[[Problem], Found]) -> Found:
    question = Question.of(expr, wrt, where)
    if not wrt:
        names = question.candidates()
        if len(names) > 1:
            raise which_variable(names)
        question = question.by(*names)
    try:
        return answer(Problem(question.real("what a first course asks")))
    except MatcalcError as error:
        raise error.located(question.text) from None
    except (NotImplementedError, RecursionError) as error:  # SymPy's way to say that it does not know
        raise NoAnswerError(f"no closed form was found ({type(error).__name__})") from None


__all__: list[Any] = [
    "Answer",
    "Directional",
    "JacobianDeterminant",
    "Series",
    "Stationary",
    "StationaryPoint",
    "Taylor",
    "directional",
    "jacdet",
    "linearize",
    "stationary",
    "taylor",
]
