"""Fréchet derivatives of matrix functions: short along what commutes with X."""

from __future__ import annotations

from fractions import Fraction

from ..ops.core import EYE
from ..ops.exponential_matrix import EXPONENTIAL_DERIVATIVE, EXPONENTIAL_KRONECKER, MATRIX_EXPONENTIAL
from ..ops.roots_logarithms import LOGARITHM_DERIVATIVE, SQUARE_ROOT, SQUARE_ROOT_DERIVATIVE
from .expr import Expr
from .leaves import eye, num
from .normal import apply, by_its_block, inverse, matmul, normal_form, times


@normal_form(EXPONENTIAL_DERIVATIVE)
def _exponential(x: Expr, *directions: Expr) -> Expr:
    """exp(X + s I) = e^s exp(X), and X commutes with itself."""
    others = [d for d in directions if d.op is not EYE]
    if len(others) < len(directions):
        return apply(EXPONENTIAL_DERIVATIVE if others else MATRIX_EXPONENTIAL, (x, *others))
    if directions == (x,):
        return matmul(x, apply(MATRIX_EXPONENTIAL, (x,)))
    return by_its_block(EXPONENTIAL_DERIVATIVE, (x, *directions))


@normal_form(EXPONENTIAL_KRONECKER)
def _exponential_kronecker(x: Expr, *directions: Expr) -> Expr:
    return by_its_block(EXPONENTIAL_KRONECKER, (x, *[d for d in directions if d.op is not EYE]))


@normal_form(LOGARITHM_DERIVATIVE)
def _logarithm(x: Expr, *directions: Expr) -> Expr:
    """log(s X) = log(s) I + log(X), and the derivative along I is X^-1."""
    if len(directions) == 1 and (directions[0].op is EYE or directions[0] is x):
        return inverse(x) if directions[0].op is EYE else eye(x.shape[0])
    return by_its_block(LOGARITHM_DERIVATIVE, (x, *directions))


@normal_form(SQUARE_ROOT_DERIVATIVE)
def _square_root(x: Expr, *directions: Expr) -> Expr:
    """sqrt(s X) = sqrt(s) sqrt(X), and the derivative along I is sqrt(X)^-1/2."""
    if len(directions) == 1 and (directions[0].op is EYE or directions[0] is x):
        root = apply(SQUARE_ROOT, (x,))
        return times(num(Fraction(1, 2)), root if directions[0] is x else inverse(root))
    return by_its_block(SQUARE_ROOT_DERIVATIVE, (x, *directions))
