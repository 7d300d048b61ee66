"""Products with the matrices of a convolution: it commutes, and a correlation is linear in what it slides along."""

from __future__ import annotations

from ..kinds import ONE, Dim, Shape
from ..ops.convolution import CONVOLUTION, HANKEL
from ..ops.core import ADD, MATMUL, TIMES, TRANSPOSE, UNIT
from ..ops.operation import Operation
from .expr import Expr, make, order_key
from .leaves import eye, is_zero, leading_sign, zeros
from .normal import apply, matmul, negative, normal_form, opposite, times, transpose

MATRICES = CONVOLUTION.bit | HANKEL.bit  # a product has laws of its own where it has one of these


def toeplitz(a: Expr, columns: Dim) -> Expr:
    """The matrix T with T x = a * x for x with so many entries."""
    return apply(CONVOLUTION, (a,), columns)


def hankel(r: Expr, columns: Dim) -> Expr:
    """The matrix H with H[i,j] = r[i + j - 1] and so many columns."""
    return apply(HANKEL, (r,), columns)


def convolution(a: Expr, x: Expr) -> Expr:
    """a * x."""
    return matmul(toeplitz(a, x.shape[0]), x)


def is_convolution(e: Expr) -> bool:
    """Whether it is a product T(a) x."""
    return e.op is MATMUL and e.args[0].op is CONVOLUTION and e.shape[1] is ONE


def convolved(e: Expr) -> tuple[Expr, Expr]:
    """The columns a and x of a product T(a) x."""
    return e.args[0].args[0], matmul(*e.args[1:])


@normal_form(CONVOLUTION)
def _toeplitz(columns: Dim, a: Expr) -> Expr:
    if a.is_scalar:
        return times(a, eye(columns))
    return a if columns is ONE else _linear(CONVOLUTION, columns, a, (a.shape[0] + columns - 1, columns))


@normal_form(HANKEL)
def _hankel(columns: Dim, r: Expr) -> Expr:
    rows = r.shape[0] - columns + 1
    if columns is ONE or rows is ONE:
        return r if columns is ONE else transpose(r)
    return _linear(HANKEL, columns, r, (rows, columns))


def _linear(op: Operation, columns: Dim, x: Expr, shape: Shape) -> Expr:
    """Numbers stand in front, and of x and -x the one that begins without a minus is kept."""
    if is_zero(x):
        return zeros(*shape)
    if x.op is TIMES:
        return times(*x.args[:-1], apply(op, x.args[-1:], columns))
    if x.op is ADD and leading_sign(x) < 0 and leading_sign(other := opposite(x)) >= 0:
        return negative(apply(op, (other,), columns))
    return make(op, (x,), columns, shape, 1 + x.size)


def by_laws_of_convolution(chain: list[Expr]) -> Expr | None:
    """A product in which one of these matrices stands beside a column or below a row: T(a) x = T(x) a with the two in order, columns of
    matrices last, and of H(r) a = T(a)^T r the first where a is one, else the second. None where it has its normal form."""
    if chain[-1].shape[1] is ONE and (found := _beside_columns(chain)) is not None:
        return found
    if chain[0].shape[0] is ONE and chain[-1].shape[1] is not ONE:
        turned = _beside_columns([transpose(f) for f in reversed(chain)])
        return None if turned is None else transpose(turned)
    return None


def _beside_columns(chain: list[Expr]) -> Expr | None:
    for k in range(len(chain) - 2, -1, -1):
        turned = chain[k].op is TRANSPOSE
        f = chain[k].args[0] if turned else chain[k]
        if f.op is not CONVOLUTION and f.op is not HANKEL:
            continue
        x, v = f.args[0], matmul(*chain[k + 1 :])
        made = _turned(f.op, turned, x, v, chain[k].shape)
        if made is not None:
            return matmul(*chain[:k], made)
    return None


def _turned(op: Operation, turned: bool, x: Expr, v: Expr, shape: Shape) -> Expr | None:
    """The product of the matrix of x, of this shape, and v in its other form, where that is the normal one."""
    if op is HANKEL:
        return None if _is_column_of(v) else matmul(transpose(toeplitz(v, shape[0])), x)
    if turned:
        return matmul(hankel(v, x.shape[0]), x) if _is_column_of(x) and not _is_column_of(v) else None
    return matmul(toeplitz(v, x.shape[0]), x) if _key(v) < _key(x) else None


def _key(v: Expr) -> tuple[bool, tuple[int, bytes]]:
    return _is_column_of(v), order_key(v)


def _is_column_of(v: Expr) -> bool:
    """Whether it is a unit vector, or a matrix with one beside it, by which a Jacobian is found."""
    return v.op is UNIT or (v.op is MATMUL and v.args[-1].op is UNIT)
