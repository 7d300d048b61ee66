"""Sums and transposes."""

from __future__ import annotations

from fractions import Fraction

from ..errors import ShapeError
from ..kinds import ONE, Dim, Shape, shape_text
from ..ops.blocks import BLOCK
from ..ops.convolution import HANKEL
from ..ops.core import (
    ADD,
    CASES,
    EYE,
    HADAMARD,
    INDEXED_SUM,
    KRONECKER,
    LITERAL,
    MATMUL,
    NAMED,
    ONES,
    TIMES,
    TRANSPOSE,
    ZEROS,
)
from ..ops.diagonal import DIAG
from .blocks import turned as turned_block
from .conjugates import direction_key
from .expr import Expr, make, order_key
from .functions import is_hessian
from .leaves import MINUS_ONE, is_negative, is_zero, leading_sign, num, ones, scaled, turned, without_coefficient, zeros
from .normal import add, apply, indexed_sum, kron, literal, matmul, normal_form, opposite, times, transpose
from .properties import NOTHING, properties_of


@normal_form(ADD)
def _sum(*terms: Expr) -> Expr:
    """The sum. Like terms merge; rows add as transposed columns, so that r^T of a sum stays one factor."""
    shape = terms[0].shape
    whole: dict[Expr, Fraction] = {}  # sums count as one term first: r + r is 2 r, not 2 A x - 2 b
    for t in terms:
        if t.shape != shape:
            raise ShapeError(f"a sum of shapes {shape_text(shape)} and {shape_text(t.shape)}")
        c, rest = without_coefficient(t)
        if rest.op is ADD and leading_sign(rest) < 0:
            c, rest = -c, opposite(rest)
        whole[rest] = whole[rest] + c if rest in whole else c
    like = _flat(whole, shape) if any(rest.op is ADD or rest.op is TRANSPOSE for rest in whole) else whole
    kept = [(core, c) for core, c in like.items() if c.numerator and not is_zero(core)]
    if not kept:
        return zeros(*shape)
    parts = [times(num(c), core) if core.op is ADD and c != 1 else scaled(c, core) for core, c in kept]
    if len(parts) == 1:
        return parts[0]
    if any(p.op is ADD for p in parts):  # a coefficient became 1 and uncovered a sum
        return add(*parts)
    if shape[0] is ONE and shape[1] is not ONE:
        return transpose(add(*[transpose(p) for p in parts]))
    if shape[1] is not ONE:
        return _oriented_sum(parts, shape)
    return _raw_sum(parts, shape)


def _flat(whole: dict[Expr, Fraction], shape: Shape) -> dict[Expr, Fraction]:
    """The terms of the sums in a sum."""
    like: dict[Expr, Fraction] = {}
    todo = list(reversed(whole.items()))
    while todo:
        rest, c = todo.pop()
        inner = rest.args[0] if rest.op is TRANSPOSE and shape[0] is not ONE else rest
        if inner.op is ADD and abs(c) == 1:
            pieces = [without_coefficient(a if inner is rest else transpose(a)) for a in reversed(inner.args)]
            todo += [(r, c * k) for k, r in pieces]
        else:
            like[rest] = like[rest] + c if rest in like else c
    return like


def _raw_sum(parts: list[Expr], shape: Shape) -> Expr:
    parts.sort(key=order_key)
    negatives = sum(map(is_negative, parts))
    length = sum(p.size for p in parts) + len(parts) - 1 - negatives + (negatives == len(parts))
    return make(ADD, tuple(parts), None, shape, length)


def _oriented_sum(parts: list[Expr], shape: Shape) -> Expr:
    """A sum of matrices or the transpose of the sum of their transposes, whichever is shorter (A^T + B^T is (A + B)^T)."""
    flipped = [transpose(p) for p in parts]
    straight = _raw_sum(parts, shape)
    if set(flipped) == set(parts):
        return straight
    other = _raw_sum(flipped, (shape[1], shape[0]))
    if direction_key(straight) <= direction_key(other):
        return straight
    return make(TRANSPOSE, (other,), None, shape, other.size + 1)


@normal_form(TRANSPOSE)
def _transpose(e: Expr) -> Expr:
    """The transpose, on the factors of a product; none on scalars, diagonal and symmetric matrices."""
    if e.turned is None:
        e.turned = _transposed(e)
    return e.turned


def _transposed(e: Expr) -> Expr:
    op, (rows, cols) = e.op, e.shape
    if (rows is ONE and cols is ONE) or op is EYE or op is DIAG:
        return e
    if op is TRANSPOSE:
        return e.args[0]
    if op is TIMES:
        args = (*e.args[:-1], transpose(e.args[-1]))
        return times(*args)
    elif op is MATMUL:
        return matmul(*[transpose(a) for a in reversed(e.args)])
    elif op is ZEROS:
        return zeros(cols, rows)
    elif op is ONES and rows is not ONE and cols is not ONE:
        return ones(cols, rows)
    elif op is KRONECKER and cols is not ONE:  # of columns, the transpose is kept outside
        return kron(*[transpose(a) for a in e.args])
    elif op is INDEXED_SUM:
        flipped = transpose(e.args[2])
        return indexed_sum(str(e.attr), e.args[0], e.args[1], flipped) if cols is not ONE else turned(e)
    elif (op is ADD or op is HADAMARD) and rows is cols and set(map(transpose, e.args)) == set(e.args):
        return e
    elif op.transposes == "commutes" and cols is not ONE and rows is not ONE:
        first = transpose(e.args[0])
        if first is e.args[0] and all(a.is_scalar or transpose(a) is a for a in e.args[1:]):
            return e
    elif is_hessian(e) or (op is NAMED and transpose(e.args[0]) is e.args[0]):
        return e
    elif op is BLOCK and cols is not ONE:
        return turned_block(e)
    elif op is HANKEL:
        return apply(HANKEL, e.args, rows)
    elif op is CASES and all(a.is_scalar for a in e.args[1::2]):
        return make(CASES, tuple(transpose(a) for a in e.args), None, (cols, rows), e.size)
    elif op is LITERAL:
        m, n = literal_shape(e)
        return literal(n, m, [e.args[i * n + j] for j in range(n) for i in range(m)])
    known = properties_of(e) if rows is cols else NOTHING
    return e if "symmetric" in known else times(MINUS_ONE, e) if "skew" in known else turned(e)


def literal_shape(e: Expr) -> tuple[int, int]:
    """Rows and columns of a LITERAL."""
    assert isinstance(e.attr, tuple)
    return int(e.attr[0]), int(e.attr[1])


@normal_form(LITERAL)
def _literal(shape: tuple[int, int], *entries: Expr) -> Expr:
    """A matrix written out, row by row."""
    rows, cols = shape
    if rows == cols == 1:
        return entries[0]
    if all(map(is_zero, entries)):
        return zeros(Dim.of(rows), Dim.of(cols))
    return make(LITERAL, entries, shape, (Dim.of(rows), Dim.of(cols)), sum(a.size for a in entries))


def terms_of(e: Expr) -> tuple[Expr, ...]:
    """The summands, also of a sum that is transposed or multiplied by a number: none of zero."""
    c, inner = without_coefficient(e)
    row = inner.op is TRANSPOSE and inner.args[0].op is ADD
    whole = inner.args[0] if row else inner
    if whole.op is not ADD:
        return () if is_zero(e) else (e,)
    terms = tuple(map(transpose, whole.args)) if row else whole.args
    return terms if c == 1 else tuple(times(num(c), t) for t in terms)
