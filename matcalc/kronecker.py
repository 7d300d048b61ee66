"""The derivative of a matrix by a matrix as a matrix: d vec(F)/d vec(X)^T with Kronecker products.

With J[i,j,k,l] = ∂F_ij/∂X_kl, a term whose factors join i with k and j with l is Q ⊗ P (P on i,k and Q on j,l); one
that joins i with l and j with k is (Q ⊗ P) K with the commutation matrix, K vec(X) = vec(X^T); one that joins
only i with j and k with l is the outer product vec(E) vec(G)^T. Factors on i,j or k,l beside those scale the rows or
columns: diag(vec E) … diag(vec G).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .arrange import Arranger
from .build import add, apply, diag, hadamard, kron, matmul, ones, times, transpose, zeros
from .errors import NoAnswerError
from .expr import Expr, make
from .kinds import ONE, Shape
from .network import Term
from .ops.core import COMMUTATION
from .ops.sums import VEC
from .simplify import simplify
from .syntax import Program
from .tensor import Tensor


def kronecker_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`d vec(F)/d vec(X)^T = …` for a first derivative."""
    taken = set(taken)
    if len(tensor.shapes) != 2:
        raise NoAnswerError("the Kronecker form is for first derivatives", suggestion="use --notation index")
    head = next(c for c in ("F", "G", "H", "Y", "F_1") if c not in taken)
    return Program("", (), arranger.spell(simplify(kronecker_matrix(tensor))), ("kron", head, wrt[0]))


def kronecker_matrix(tensor: Tensor) -> Expr:
    """The matrix d vec(F)/d vec(X)^T."""
    f, x = tensor.shapes
    total = zeros(f[0] * f[1], x[0] * x[1])
    if tensor.matrix is not None and not tensor.terms:
        return total
    for t in tensor.terms:
        total = add(total, _term(t, f, x))
    return total


def _term(t: Term, f: Shape, x: Shape) -> Expr:
    if t.binders or any(len(s) > 1 for s in t.slots):
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    found: dict[tuple[int, int], Expr] = {}
    place = {s[0]: n for n, s in enumerate(t.slots) if s}
    for e, r, c in t.factors:
        ends = [place.get(s[0], -1) for s in (r, c) if s]
        if -1 in ends:
            raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
        if len(ends) == 1:  # a vector: a factor on the diagonal of its index
            n = ends[0]
            e, ends = (e, [n, n ^ 1])
            e = matmul(e, transpose(ones((f + x)[n ^ 1])))
        if ends[0] > ends[1]:
            e, ends = transpose(e), ends[::-1]
        key = (ends[0], ends[1])
        found[key] = hadamard(found[key], e) if key in found else e
    straight = {(0, 2), (1, 3)} & set(found)
    crossed = {(0, 3), (1, 2)} & set(found)
    if straight and crossed:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    rows, cols = found.get((0, 1)), found.get((2, 3))
    if not straight and not crossed:
        left = apply(VEC, (rows,)) if rows is not None else ones(f[0] * f[1])
        right = apply(VEC, (cols,)) if cols is not None else ones(x[0] * x[1])
        return times(t.scalar, matmul(_column(left), transpose(_column(right))))
    if crossed:
        p, q = found.get((0, 3), ones(f[0], x[1])), found.get((1, 2), ones(f[1], x[0]))
        body = kron(q, p)
        if x[0] is not ONE and x[1] is not ONE:
            body = matmul(body, commutation(x))
    else:
        p, q = found.get((0, 2), ones(f[0], x[0])), found.get((1, 3), ones(f[1], x[1]))
        body = kron(q, p)
    if rows is not None:
        body = matmul(diag(_column(apply(VEC, (rows,)))), body)
    if cols is not None:
        body = matmul(body, diag(_column(apply(VEC, (cols,)))))
    return times(t.scalar, body)


def _column(v: Expr) -> Expr:
    """vec of a column is the column."""
    return v.args[0] if v.op is VEC and v.args[0].shape[1] is ONE else v


def commutation(shape: Shape) -> Expr:
    """K with K vec(X) = vec(X^T) for X of this shape."""
    n = shape[0] * shape[1]
    return make(COMMUTATION, (), shape, (n, n), 1)
