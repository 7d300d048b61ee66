"""Derivatives by vech(S), the entries of a symmetric S on and below the diagonal, stacked: those by free entries times D_n.

d f/d vech(S)^T = vec(G)^T D_n                 of a number f with the gradient G
d F/d vech(S)^T = (d F/d vec(S)^T) D_n         of a column F
d^2 f/d vech(S) d vech(S)^T = D_n^T H D_n      with H = d vec(G)/d vec(S)^T
d^2 F/(d vech(S)_j d vech(S)_k)                of a column F: the second differential along unvech(e_j) and unvech(e_k)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.letters import letters_beside
from ..differentiation.network import Term, slot_for
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, apply, eye, index, matmul, num, size, split, substitute, symbol, times, transpose, unit
from ..expressions.expr import Expr
from ..expressions.stacked import duplication
from ..kinds import ONE, SCALAR, Shape, triangular
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..ops.core import ADD
from ..ops.half_vectorization import UNVECH, VECH
from ..ops.sums import VEC
from ..shortening.simplify import simplify


def halved(tensor: Tensor, sets: Sequence[str | None]) -> Tensor:
    """The derivative with every variable that lies in a set stacked; NoAnswerError where the result is no matrix."""
    value, *variables = tensor.shapes
    shapes = [(triangular(s[0]), ONE) if kind else s for s, kind in zip(variables, sets, strict=True)]
    if value != SCALAR and ONE not in value:
        raise NoAnswerError("by vech(S) the derivative of a matrix is no matrix", suggestion="differentiate vech(F) or vec(F)")
    if value != SCALAR and len(variables) > 1:
        return _along_entries(tensor, sets, [value, *shapes])
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


def _along_entries(tensor: Tensor, sets: Sequence[str | None], shapes: list[Shape]) -> Tensor:
    """The derivative along symmetric changes of its variables, one for each entry of their halves, by index letters p, q, … that are
    summed over with unit vectors: F''[unvech(e_p), unvech(e_q)] e_p[j] e_q[k]."""
    if not all(sets):
        raise NoAnswerError("a second derivative of a column is by vech(S) alone", suggestion="differentiate an entry of it")
    changes = [symbol(f"\u2022d{k}", x, ("symmetric",)) for k, x in enumerate(tensor.shapes[1:])]
    body = _joined(simplify(along(tensor, *changes)))
    letters = letters_beside([body])
    names = [next(letters) for _ in changes]
    units = [unit(index(p), s[0]) for p, s in zip(names, shapes[1:], strict=True)]
    body = substitute(body, {c: apply(UNVECH, (u,)) for c, u in zip(changes, units, strict=True)})
    slots = [slot_for(d) for s in shapes for d in s]
    value, *inner = [s for s in slots if s]
    factors = [(body if shapes[0][1] is ONE else transpose(body), value, ()), *[(u, s, ()) for u, s in zip(units, inner, strict=True)]]
    return Tensor(shapes, [Term(num(1), factors, slots, tuple((p, num(1), size(s[0])) for p, s in zip(names, shapes[1:], strict=True)))])


def _joined(e: Expr) -> Expr:
    """vech(A) + vech(B) as vech(A + B)."""
    parts = [split(a) for a in (e.args if e.op is ADD else (e,))]
    if not all(body is not None and body.op is VECH for _, _, body in parts):
        return e
    return apply(VECH, (simplify(add(*[times(num(c), *scalars, body.args[0]) for c, scalars, body in parts if body is not None])),))


def _factor(x: Shape, kind: str | None) -> Expr:
    """D_n for a matrix that is stacked; what leaves any other as it is."""
    return duplication(x[0]) if kind else eye(x[0] * x[1])
