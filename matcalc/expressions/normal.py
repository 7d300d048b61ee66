"""Every expression is made here, and comes out in normal form: `apply`, and a name for each operation that is needed often.

The laws of an operation stand in one function, entered in a table under the operation (`normal_form(ADD)`). They need one another: a
product may become a sum, whose transpose is a product again; so a law makes what it makes by `apply`, like everybody else. An operation
without laws of its own has those that follow from the fields of its block (`by_its_block`). The modules of laws are read by `build`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache

from ..interning import Memo
from ..kinds import ONE
from ..ops.blocks import BLOCK
from ..ops.book import REGISTRY
from ..ops.core import (
    ADD,
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
from ..ops.multilinear import Letters, letters
from ..ops.operation import Operation
from ..ops.sums import SUM
from ..ops.trace import TRACE
from .expr import Expr, make, order_key
from .leaves import MINUS_ONE, ONE_OVER_ONE, is_zero, leading_sign, num, ones, scaled, split, unit, value_of, without_coefficient, zeros
from .signatures import result_shape

# The value in normal form: of the attribute, where the operation has one, and the arguments.
Form = Callable[..., Expr]
FORMS: dict[Operation, Form] = {}
_opposites: Memo[Expr] = Memo()  # of sums, which are asked for wherever one is written


def normal_form(op: Operation) -> Callable[[Form], Form]:
    """Enter the function below as the laws of `op`."""

    def entered(form: Form) -> Form:
        FORMS[op] = form
        return form

    return entered


def apply(op: Operation, args: Sequence[Expr], attr: Hashable = None) -> Expr:
    """The operation applied to the arguments, in normal form."""
    form = FORMS.get(op)
    if form is None:
        return by_its_block(op, args, attr)
    return form(*args) if attr is None else form(attr, *args)


def add(*terms: Expr) -> Expr:
    """The sum."""
    return FORMS[ADD](*terms)


def times(*factors: Expr) -> Expr:
    """The product of scalars and at most one vector or matrix."""
    return FORMS[TIMES](*factors)


def matmul(*factors: Expr) -> Expr:
    """The matrix product."""
    return FORMS[MATMUL](*factors)


def hadamard(*factors: Expr) -> Expr:
    """The entrywise product."""
    return FORMS[HADAMARD](*factors)


def kron(*factors: Expr) -> Expr:
    """The Kronecker product."""
    return FORMS[KRONECKER](*factors)


def transpose(e: Expr) -> Expr:
    """The transpose."""
    return FORMS[TRANSPOSE](e) if e.turned is None else e.turned


def power(base: Expr, exponent: Expr) -> Expr:
    """base^exponent of a scalar, or of every entry."""
    return FORMS[POWER](base, exponent)


def matrix_power(x: Expr, k: Expr) -> Expr:
    """X^k for a square X."""
    return FORMS[MATRIX_POWER](x, k)


def inverse(x: Expr) -> Expr:
    """X^-1."""
    return FORMS[INVERSE](x)


def trace(x: Expr) -> Expr:
    """tr X."""
    return FORMS[TRACE](x)


def total(x: Expr) -> Expr:
    """The sum of all entries."""
    return FORMS[SUM](x)


def diag(x: Expr) -> Expr:
    """The diagonal matrix of a column."""
    return FORMS[DIAG](x)


def diagonal(x: Expr) -> Expr:
    """The diagonal of a square matrix, as a column."""
    return FORMS[DIAGONAL](x)


def entry(x: Expr, i: Expr, j: Expr) -> Expr:
    """The entry (i, j)."""
    return FORMS[ENTRY](x, i, j)


def literal(rows: int, cols: int, entries: Sequence[Expr]) -> Expr:
    """A matrix written out, row by row."""
    return FORMS[LITERAL]((rows, cols), *entries)


def block(rows: int, cols: int, parts: Sequence[Expr]) -> Expr:
    """A matrix of blocks, row by row."""
    return FORMS[BLOCK]((rows, cols), *parts)


def indexed_sum(name: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """sum_{name=low}^{high} body."""
    return FORMS[INDEXED_SUM](name, low, high, body)


def indexed_product(name: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """prod_{name=low}^{high} body, of scalars."""
    return FORMS[INDEXED_PRODUCT](name, low, high, body)


def negative(e: Expr) -> Expr:
    """-e; of a sum it is its opposite."""
    if e.op is ADD:
        return opposite(e)
    if e.op is TIMES:  # the laws of products may bring it to another form
        return times(MINUS_ONE, e)
    if is_zero(e):
        return e
    c, rest = without_coefficient(e)
    return scaled(value_of(MINUS_ONE) if c is ONE_OVER_ONE else -c, rest)


def opposite(e: Expr) -> Expr:
    """-e, with the minus taken into a sum: -(a - b) is b - a."""
    if e.op is not ADD:
        return negative(e)
    found = _opposites.get(e)
    if found is None:
        found = _opposites[e] = add(*map(negative, e.args))
    return found


def subtract(a: Expr, b: Expr) -> Expr:
    return add(a, negative(b))


def divide(a: Expr, s: Expr) -> Expr:
    """a/s for a scalar s."""
    return times(a, power(s, MINUS_ONE))


# ---------------------------------------------------------------------------------------------- what the fields of a block give


def by_its_block(op: Operation, args: Sequence[Expr], attr: Hashable = None) -> Expr:
    """The normal form by what the block says of transposes, signs, directions and letters."""
    if op.directions and len(args) > 1:
        args = in_order(args)
        shorter = _along(op, args)
        if shorter is not None:
            return shorter
    if op.is_linear and not op.index and args[0].op in (TIMES, ZEROS) and not args[0].is_scalar:
        scaled = args[0].op is TIMES
        return times(*args[0].args[:-1], apply(op, args[0].args[-1:], attr)) if scaled else zeros(*result_shape(op, args))
    if op.index:
        shorter = by_letters(op, *args)
        if shorter is not None:
            return shorter
    first = args[0] if args else None
    if op.elementwise and first is not None and not first.is_scalar:
        c, scalars, body = split(first)
        if is_zero(first) or (body is not None and body.op is ONES):  # a function of a constant array is one
            value = times(num(c), *scalars) if not is_zero(first) else num(0)
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


def in_order(args: Sequence[Expr]) -> list[Expr]:
    """X and the directions, in which a derivative is symmetric, in one order."""
    return [args[0], *sorted(args[1:], key=order_key)]


def _along(op: Operation, args: Sequence[Expr]) -> Expr | None:
    """The operation is linear in its directions: of zero, and of a multiple."""
    x, *directions = args
    if any(map(is_zero, directions)):
        pairs = op.signature.endswith("mn mn") or op.signature.endswith("nn nn")
        side = x.shape[0] * x.shape[1]
        return zeros(side, side) if pairs else zeros(*x.shape)
    scalars = [s for d in directions if d.op is TIMES for s in d.args[:-1]]
    return times(*scalars, apply(op, (x, *[d.args[-1] if d.op is TIMES else d for d in directions]))) if scalars else None


def _turning_key(args: Sequence[Expr]) -> tuple[list[int], list[tuple[int, bytes]]]:
    """The shorter arguments, the greatest first; then a shorter X."""
    return sorted((a.size for a in args), reverse=True), [order_key(a) for a in args]


def _has_minus(e: Expr) -> bool:
    """Whether -e is the one of the two to keep; of a skew matrix, whose opposite is its transpose, neither is. A sum and its opposite may
    both begin with a minus, since the sum of the transposes may be the shorter one: then the first in order is kept."""
    if leading_sign(e) >= 0 or e.op not in (ADD, TRANSPOSE):
        return leading_sign(e) < 0
    other = opposite(e)
    one, two = (a.args[0] if a.op is TRANSPOSE else a for a in (e, other))
    return other is not transpose(e) and (leading_sign(two) >= 0 or order_key(two) < order_key(one))


def by_letters(op: Operation, *args: Expr) -> Expr | None:
    """A multilinear operation in other words: numbers in front, zero of zero; of one argument also of vectors and of transposes. None
    where its letters say nothing shorter."""
    if any(map(is_zero, args)):
        return zeros(*result_shape(op, args))
    if any(a.op is TIMES and not a.is_scalar for a in args):
        scalars = [s for a in args if a.op is TIMES and not a.is_scalar for s in a.args[:-1]]
        return times(*scalars, apply(op, [a.args[-1] if a.op is TIMES and not a.is_scalar else a for a in args]))
    if len(args) > 1:
        return None
    (x,) = args
    form = letters(op.index)
    (place,) = form.arguments
    single = {c for c, d in zip(place, x.shape) if d is ONE}
    if single:
        left = form.without(single)
        if left.value in (left.arguments[0], left.arguments[0][::-1]):
            return x if left.value == left.arguments[0] else transpose(x)
        if left.value == ("", "") and op is not SUM:
            return total(x)
    if x.op is TRANSPOSE and (other := _of_transpose(op)) is not None:
        found = apply(other[0], (x.args[0],))
        return transpose(found) if other[1] else found
    return None


@cache
def _of_transpose(op: Operation) -> tuple[Operation, bool] | None:
    """g with op(X^T) = g(X), or with op(X^T) = g(X)^T."""
    turned = letters(op.index).turned()
    for g in REGISTRY.values():
        if g.index and g.is_linear and g is not TRANSPOSE:
            form = letters(g.index)
            if form.key() == turned.key():
                return g, False
            if Letters(form.arguments, form.value[::-1]).key() == turned.key():
                return g, True
    return None


def rebuild(e: Expr, args: Sequence[Expr]) -> Expr:
    """`e` with other arguments, in normal form again."""
    if len(args) == len(e.args) and all(a is b for a, b in zip(args, e.args, strict=True)):
        return e
    if e.op is UNIT:
        return unit(args[0], e.shape[0])
    if e.op is MEMBER:
        return make(MEMBER, tuple(args), e.attr, e.shape, 1)
    return apply(e.op, args, e.attr)
