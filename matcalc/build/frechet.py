"""Fréchet derivatives of matrix functions, linear in their direction, and short along what commutes with X."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expr import Expr, Operation
from ..ops.core import EYE, TIMES
from ..ops.exponential_matrix import EXPONENTIAL_DERIVATIVE, MATRIX_EXPONENTIAL
from ..ops.roots_logarithms import LOGARITHM_DERIVATIVE, SQUARE_ROOT, SQUARE_ROOT_DERIVATIVE
from .late import apply, inverse, matmul, times
from .leaves import eye, is_zero, num, zeros


def linear(op: Operation, args: Sequence[Expr]) -> Expr | None:
    """The operation, linear in its last argument, of a multiple, of zero, of I and of X; None where nothing is shorter."""
    *before, direction = args
    if is_zero(direction):
        return zeros(*direction.shape)
    if direction.op is TIMES:
        return times(*direction.args[:-1], apply(op, (*before, direction.args[-1])))
    if len(before) != 1:
        return None
    x = before[0]
    if op is EXPONENTIAL_DERIVATIVE and (direction.op is EYE or direction is x):
        return matmul(direction, apply(MATRIX_EXPONENTIAL, (x,)))
    if op is LOGARITHM_DERIVATIVE and (direction.op is EYE or direction is x):
        return inverse(x) if direction.op is EYE else eye(x.shape[0])
    if op is SQUARE_ROOT_DERIVATIVE and (direction.op is EYE or direction is x):
        root = apply(SQUARE_ROOT, (x,))
        return times(num(Fraction(1, 2)), root if direction is x else inverse(root))
    return None
