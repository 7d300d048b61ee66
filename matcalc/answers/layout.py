"""Numerator, denominator and strict layout: the matrix of a derivative as it is printed."""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.tensor import Tensor
from ..expressions.build import transpose
from ..expressions.expr import Expr
from ..kinds import ONE, Shape


def laid_out(tensor: Tensor, layout: str) -> tuple[Expr | None, bool]:
    """The matrix of a tensor in a layout, and whether that is its transpose."""
    return (None, False) if tensor.matrix is None else oriented(tensor.matrix, tensor.shapes, layout)


def oriented(matrix: Expr, shapes: Sequence[Shape], layout: str) -> tuple[Expr, bool]:
    """The matrix of a derivative between these shapes in a layout, and whether that is its transpose."""
    outer, inner = shapes[0], shapes[1:]
    out = [d for d in outer if d is not ONE]
    into = [d for s in inner for d in s if d is not ONE]
    if not out and len(into) == 1:  # a gradient: the row, or the column in denominator layout
        return (matrix if layout == "denominator" else transpose(matrix)), False
    if not out and len(into) == 2 and len(inner) == 1:  # a scalar by a matrix
        return (transpose(matrix), True) if layout == "strict" else (matrix, False)
    if layout == "denominator" and len(out) + len(into) > 0 and len(inner) == 1:
        return transpose(matrix), True
    return matrix, False
