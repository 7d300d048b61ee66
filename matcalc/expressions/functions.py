"""Functions known by their sets alone, and the shapes of their derivatives.

    f: R^n -> R          f'(x) the row 1 × n, f''(x) the Hessian n × n
    g: R^n -> R^m        g'(x) the Jacobian m × n
    f: R^{m x n} -> R    f'(X) of the shape of X
    c: R -> R^n          c'(t) of the shape of c

Everything else by stacked columns: F'(X) is d vec(F)/d vec(X)^T, and f''(X) the same of f'(X).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..kinds import ONE, SCALAR, Dim, Shape
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from .expr import Expr, make, postorder
from .normal import apply, normal_form

SYMMETRIC = "symmetric"


def function(name: str, order: int, value: Shape, x: Expr, words: tuple[str, ...] = ()) -> Expr:
    """The derivative of this order of the function `name`, whose value has the shape `value`, at `x`. The words are what is declared of its
    values and holds of sums of them: symmetric."""
    return make(FUNCTION, (x,), (name, order, *value, *words), derivative_shape(value, x.shape, order), 1 + x.size)


def entrywise_function(name: str, order: int, x: Expr) -> Expr:
    """The same for a function of one number, applied to every entry."""
    return apply(ENTRYWISE_FUNCTION, (x,), (name, order))


def function_along(name: str, value: Shape, x: Expr, direction: Expr, words: tuple[str, ...] = ()) -> Expr:
    """The derivative of the function at `x` along `direction`."""
    return make(FUNCTION_ALONG, (x, direction), (name, 1, *value, *words), value, 1 + x.size + direction.size)


@normal_form(FUNCTION)
def _function(attr: tuple[Any, ...], x: Expr) -> Expr:
    return function(attr[0], attr[1], attr[2:4], x, attr[4:])


@normal_form(FUNCTION_ALONG)
def _function_along(attr: tuple[Any, ...], x: Expr, direction: Expr) -> Expr:
    return function_along(attr[0], attr[2:4], x, direction, attr[4:])


def prime(e: Expr) -> Expr:
    """f'(x) of f(x), f''(x) of f'(x)."""
    name, order, rows, cols = parts(e)
    return function(name, order + 1, (rows, cols), e.args[0], words(e))


def parts(e: Expr) -> tuple[str, int, Dim, Dim]:
    """Name, order and shape of the value of a function."""
    assert isinstance(e.attr, tuple)
    name, order, rows, cols, *_ = e.attr
    return name, order, rows, cols


def words(e: Expr) -> tuple[str, ...]:
    """What is declared of the values of a function."""
    assert isinstance(e.attr, tuple)
    return e.attr[4:]


def is_symmetric(e: Expr) -> bool:
    """Whether the value of a function, or its derivative by a number or along a direction, is declared symmetric."""
    return e.op in (FUNCTION, FUNCTION_ALONG) and SYMMETRIC in words(e) and e.shape == parts(e)[2:]


def derivative_shape(value: Shape, x: Shape, order: int) -> Shape:
    """The shape of the derivative of this order."""
    shape = value
    for _ in range(order):
        if shape == SCALAR:
            shape = (x[1], x[0]) if x[1] is ONE else x
        elif x != SCALAR:
            shape = (shape[0] * shape[1], x[0] * x[1])
    return shape


def is_hessian(e: Expr) -> bool:
    """Whether `e` is the second derivative of a scalar function, which is symmetric."""
    if e.op is not FUNCTION:
        return False
    _, order, rows, cols = parts(e)
    return order == 2 and rows is ONE and cols is ONE


def functions_of(expressions: Iterable[Expr]) -> list[str]:
    """The functions (and their derivatives, as f', f'') whose values are needed."""
    found: dict[str, None] = {}
    for e in postorder(expressions):
        if e.op in (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG):
            assert isinstance(e.attr, tuple)
            found[str(e.attr[0]) + "'" * int(e.attr[1])] = None
    return list(found)
