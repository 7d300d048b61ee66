"""The constructors: every expression is made here, and comes out in normal form.

The normal form is what the laws of the field give without thinking: sums and products flat, numbers merged, scalars in
front, like terms and equal factors collected, transposes pushed through products onto the factors, identities and
zeros gone, a matrix next to its inverse cancelled. Nothing is expanded, nothing is factored. Equal up to these laws
means identical, so the rest of the engine compares with `is`. The order of printing is decided later (`arrange`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from ..kinds import ONE, SCALAR
from ..ops.abstract import FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK
from ..ops.core import (
    ADD,
    CASES,
    ENTRY,
    HADAMARD,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    KRONECKER,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    ONES,
    POWER,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.inverse import INVERSE
from ..ops.operation import Operation
from ..ops.pseudoinverse import PSEUDOINVERSE
from ..ops.sums import SUM
from ..ops.trace import TRACE
from . import late
from .aggregates import diag, diagonal, entry, indexed_product, indexed_sum, total, trace
from .blocks import block
from .entrywise import hadamard, kron, power
from .expr import Expr, make, order_key, transform
from .frechet import in_order, linear
from .functions import function, function_along
from .leaves import (
    constant,
    eye,
    has,
    index,
    is_number,
    is_zero,
    leading_sign,
    member,
    num,
    ones,
    size,
    split,
    symbol,
    unit,
    value_of,
    without_coefficient,
    zeros,
)
from .multilinear import by_letters
from .products import as_power, inverse, matmul, matrix_power
from .properties import holds
from .scalars import divide, negative, opposite, subtract, times
from .signatures import result_shape
from .sums import add, literal, transpose

for _constructor in (
    add,
    times,
    transpose,
    matmul,
    hadamard,
    kron,
    power,
    matrix_power,
    inverse,
    trace,
    total,
    diag,
    diagonal,
    indexed_sum,
    entry,
    opposite,
):
    late.CONSTRUCTORS[_constructor.__name__] = _constructor

_BY_OPERATION: dict[Operation, Callable[..., Expr]] = {
    ADD: add,
    TIMES: times,
    MATMUL: matmul,
    HADAMARD: hadamard,
    KRONECKER: kron,
    TRANSPOSE: transpose,
    POWER: power,
    MATRIX_POWER: matrix_power,
    INVERSE: inverse,
    TRACE: trace,
    SUM: total,
    DIAG: diag,
    DIAGONAL: diagonal,
    ENTRY: entry,
}


def apply(op: Operation, args: Sequence[Expr], attr: Hashable = None) -> Expr:
    """The operation applied to the arguments, in normal form."""
    constructor = _BY_OPERATION.get(op)
    if constructor is not None:
        return constructor(*args)
    if op is LITERAL:
        assert isinstance(attr, tuple)
        return literal(attr[0], attr[1], args)
    if op is INDEXED_SUM:
        return indexed_sum(str(attr), *args)
    if op is INDEXED_PRODUCT:
        return indexed_product(str(attr), *args)
    if op is FUNCTION or op is FUNCTION_ALONG:
        assert isinstance(attr, tuple)
        return function(attr[0], attr[1], attr[2:], args[0]) if op is FUNCTION else function_along(attr[0], attr[2:], *args)
    if op is BLOCK:
        assert isinstance(attr, tuple)
        return block(attr[0], attr[1], args)
    if op is CASES:
        shape = max((a.shape for a in args), key=lambda s: s != SCALAR)
        return make(op, tuple(args), attr, shape, 1 + sum(a.size for a in args))
    if op.directions and len(args) > 1:
        args = in_order(args)
        shorter = linear(op, args)
        if shorter is not None:
            return shorter
    if op.is_linear:
        shorter = by_letters(op, args[0])
        if shorter is not None:
            return shorter
    first = args[0] if args else None
    if op is PSEUDOINVERSE and holds(args[0], "invertible"):
        return inverse(args[0])
    if op.elementwise and first is not None and not first.is_scalar:
        c, scalars, body = split(first)
        if first.op is ZEROS or (body is not None and body.op is ONES):  # a function of a constant array is one
            value = times(num(c), *scalars) if first.op is not ZEROS else num(0)
            return times(apply(op, (value,), attr), ones(*first.shape))
    if op.parity and first is not None and _has_minus(first):
        flipped = apply(op, (opposite(first), *args[1:]), attr)
        return flipped if op.parity == "even" else negative(flipped)
    if first is not None and op.transposes and not first.is_scalar:
        if op.elementwise or op.signature.endswith("-> m n"):
            if first.shape[0] is ONE or (first.shape[1] is not ONE and all(a.op is TRANSPOSE for a in args if not a.is_scalar)):
                return transpose(apply(op, [transpose(a) for a in args], attr))
        elif len(args) == 1:
            flipped = first.args[0] if first.op is TRANSPOSE else transpose(first)
            if op.parity == "even" and _has_minus(flipped):
                flipped = opposite(flipped)
            if first.op is TRANSPOSE or (flipped.op is not TRANSPOSE and order_key(flipped) < order_key(first)):
                inner = apply(op, (flipped,), attr)
                return transpose(inner) if op.transposes == "commutes" else inner
        elif op.transposes == "commutes":  # L(X^T, E^T) is L(X, E)^T
            turned = in_order([transpose(a) for a in args])
            if _turning_key(turned) < _turning_key(args):
                return transpose(make(op, tuple(turned), attr, first.shape, 1 + sum(a.size for a in turned)))
    return make(op, tuple(args), attr, result_shape(op, args), 1 + sum(a.size for a in args) + (op is IVERSON))


def _turning_key(args: Sequence[Expr]) -> tuple[list[int], list[tuple[int, bytes]]]:
    """The shorter arguments, the greatest first; then a shorter X."""
    return sorted((a.size for a in args), reverse=True), [order_key(a) for a in args]


def _has_minus(e: Expr) -> bool:
    """Whether -e is the one of the two to keep; of a skew matrix, whose opposite is its transpose, neither is."""
    return leading_sign(e) < 0 and not (e.op in (ADD, TRANSPOSE) and opposite(e) is transpose(e))


late.CONSTRUCTORS["apply"] = apply


def rebuild(e: Expr, args: Sequence[Expr]) -> Expr:
    """`e` with other arguments, in normal form again."""
    if len(args) == len(e.args) and all(a is b for a, b in zip(args, e.args, strict=True)):
        return e
    if e.op is UNIT:
        return unit(args[0], e.shape[0])
    if e.op is MEMBER:
        return make(MEMBER, tuple(args), e.attr, e.shape, 1)
    return apply(e.op, args, e.attr)


def substitute(e: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """`e` with expressions replaced, in normal form again."""
    return transform(e, rebuild, dict(values))


__all__ = [
    "add",
    "apply",
    "as_power",
    "block",
    "constant",
    "diag",
    "diagonal",
    "divide",
    "entry",
    "eye",
    "function",
    "function_along",
    "hadamard",
    "has",
    "index",
    "indexed_product",
    "indexed_sum",
    "inverse",
    "is_number",
    "is_zero",
    "kron",
    "literal",
    "matmul",
    "matrix_power",
    "member",
    "negative",
    "num",
    "ones",
    "opposite",
    "power",
    "rebuild",
    "result_shape",
    "size",
    "split",
    "substitute",
    "subtract",
    "symbol",
    "times",
    "total",
    "trace",
    "transpose",
    "unit",
    "value_of",
    "without_coefficient",
    "zeros",
]
