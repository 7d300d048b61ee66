"""Fréchet derivatives of matrix functions, linear in their directions, and short along what commutes with X."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..ops.core import EYE, TIMES
from ..ops.exponential_matrix import EXPONENTIAL_DERIVATIVE, EXPONENTIAL_KRONECKER, MATRIX_EXPONENTIAL
from ..ops.operation import Operation
from ..ops.roots_logarithms import LOGARITHM_DERIVATIVE, SQUARE_ROOT, SQUARE_ROOT_DERIVATIVE
from .expr import Expr, order_key
from .late import apply, inverse, matmul, times
from .leaves import eye, is_zero, num, zeros


def in_order(args: Sequence[Expr]) -> list[Expr]:
    """X and the directions, in which a derivative is symmetric, in one order."""
    return [args[0], *sorted(args[1:], key=order_key)]


def linear(op: Operation, args: Sequence[Expr]) -> Expr | None:
    """The operation, linear in its directions, of a multiple, of zero, of I and of X; None where nothing is shorter."""
    x, *directions = args
    if any(map(is_zero, directions)):
        pairs = op.signature.endswith("mn mn") or op.signature.endswith("nn nn")
        side = x.shape[0] * x.shape[1]
        return zeros(side, side) if pairs else zeros(*x.shape)
    scalars = [s for d in directions if d.op is TIMES for s in d.args[:-1]]
    if scalars:
        return times(*scalars, apply(op, (x, *[d.args[-1] if d.op is TIMES else d for d in directions])))
    if op is EXPONENTIAL_DERIVATIVE or op is EXPONENTIAL_KRONECKER:
        others = [d for d in directions if d.op is not EYE]
        if len(others) < len(directions):  # exp(X + s I) = e^s exp(X)
            plain = not others and op is EXPONENTIAL_DERIVATIVE
            return apply(MATRIX_EXPONENTIAL if plain else op, (x, *others))
    if len(directions) != 1:
        return None
    direction = directions[0]
    if op is EXPONENTIAL_DERIVATIVE and direction is x:
        return matmul(direction, apply(MATRIX_EXPONENTIAL, (x,)))
    if op is LOGARITHM_DERIVATIVE and (direction.op is EYE or direction is x):
        return inverse(x) if direction.op is EYE else eye(x.shape[0])
    if op is SQUARE_ROOT_DERIVATIVE and (direction.op is EYE or direction is x):
        root = apply(SQUARE_ROOT, (x,))
        return times(num(Fraction(1, 2)), root if direction is x else inverse(root))
    return None
