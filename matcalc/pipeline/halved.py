"""Derivatives by vech(S), the entries of a symmetric S on and below the diagonal, stacked: those by free entries times D_n.

d f/d vech(S)^T = vec(G)^T D_n                 of a number f with the gradient G
d F/d vech(S)^T = (d F/d vec(S)^T) D_n         of a column F
d^2 f/d vech(S) d vech(S)^T = D_n^T H D_n      with H = d vec(G)/d vec(S)^T
"""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.network import Term, slot_for
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, apply, eye, matmul, num, transpose
from ..expressions.expr import Expr
from ..expressions.stacked import duplication
from ..kinds import ONE, SCALAR, Shape, triangular
from ..notation.kronecker import kronecker_matrix
from ..ops.core import ADD
from ..ops.sums import VEC


def halved(tensor: Tensor, sets: Sequence[str | None]) -> Tensor:
    """The derivative with every variable that lies in a set stacked; NoAnswerError where the result is no matrix."""
    value, *variables = tensor.shapes
    shapes = [(triangular(s[0]), ONE) if kind else s for s, kind in zip(variables, sets, strict=True)]
    if value != SCALAR and (ONE not in value or len(variables) > 1):
        hint = "differentiate vech(F) or vec(F)" if len(variables) == 1 else "a second derivative by vech is that of a number"
        raise NoAnswerError("by vech(S) the derivative of a matrix is no matrix", suggestion=hint)
    if len(variables) == 1 and value == SCALAR and tensor.matrix is not None:
        matrix = matmul(transpose(_factor(variables[0], sets[0])), apply(VEC, (tensor.matrix,)))
    else:
        whole = kronecker_matrix(tensor)
        left = [transpose(_factor(x, kind)) for x, kind in zip(variables[:-1], sets)]
        terms = whole.args if whole.op is ADD else (whole,)  # each by itself, since K_{n,n} D_n is D_n
        matrix = add(*[matmul(*left, t, _factor(variables[-1], sets[-1])) for t in terms])
        if len(variables) == 1 and value == SCALAR:
            matrix = transpose(matrix)
    dims = [d for s in (value, *shapes) for d in s if d is not ONE]
    slots = [slot_for(d) for s in (value, *shapes) for d in s]
    open_slots = [s for s in slots if s]
    factor = (matrix, open_slots[0], open_slots[1] if len(dims) > 1 else ())
    made = Tensor([value, *shapes], [Term(num(1), [factor], slots)])
    made.replace(matrix)
    return made


def _factor(x: Shape, kind: str | None) -> Expr:
    """D_n for a matrix that is stacked; what leaves any other as it is."""
    return duplication(x[0]) if kind else eye(x[0] * x[1])
