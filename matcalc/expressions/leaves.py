"""Leaves, and how an expression falls into a number, scalars and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..kinds import ONE, SCALAR, Dim, Shape
from ..ops.core import (
    ADD,
    CONSTANT,
    EYE,
    HADAMARD,
    IMAGINARY,
    INDEX,
    MATMUL,
    MEMBER,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.vocabulary import close_properties
from .expr import Expr, make, order_key

_KEPT = 16  # small integers are made once
_kept: dict[int, Expr] = {}


def num(value: int | Fraction) -> Expr:
    """An exact number."""
    whole = value if type(value) is int else value.numerator if value.denominator == 1 else None
    if whole is not None and -_KEPT <= whole <= _KEPT and whole in _kept:
        return _kept[whole]
    value = Fraction(value) if whole is not None else value
    return make(NUMBER, (), value, SCALAR, (value.numerator < 0) + (1 if whole is not None else 3))


def symbol(name: str, shape: Shape = SCALAR, properties: Iterable[str] = ()) -> Expr:
    """A named scalar, vector or matrix; `properties` are closed under implication."""
    return make(SYMBOL, (), (name, tuple(sorted(close_properties(properties)))), shape, 1)


def size(dim: Dim) -> Expr:
    """A dimension as a number."""
    return num(dim.number) if dim.number is not None else make(SIZE, (), dim, SCALAR, 1)


def constant(name: str) -> Expr:
    """`pi` or `e`."""
    return make(CONSTANT, (), name, SCALAR, 1)


def imaginary() -> Expr:
    """The imaginary unit."""
    return make(IMAGINARY, (), None, SCALAR, 1)


def index(name: str) -> Expr:
    """A summation index."""
    return make(INDEX, (), name, SCALAR, 1, frozenset((name,)))


def eye(n: Dim) -> Expr:
    return num(1) if n is ONE else make(EYE, (), None, (n, n), 1)


def ones(rows: Dim, cols: Dim = ONE) -> Expr:
    return num(1) if rows is ONE and cols is ONE else make(ONES, (), None, (rows, cols), 2) if rows is not ONE else turned(ones(cols))


def zeros(rows: Dim, cols: Dim = ONE) -> Expr:
    return num(0) if rows is ONE and cols is ONE else make(ZEROS, (), None, (rows, cols), 1)


def unit(i: Expr, n: Dim) -> Expr:
    return make(UNIT, (i,), None, (n, ONE), 1)


def member(family: str, i: Expr | Sequence[Expr], shape: Shape, properties: Iterable[str] = ()) -> Expr:
    """Member i of a family; of an array of four indices, the matrix at two."""
    places = (i,) if isinstance(i, Expr) else tuple(i)
    return make(MEMBER, places, (family, tuple(sorted(close_properties(properties)))), shape, 1)


def turned(e: Expr) -> Expr:
    """The transpose of what has no law for it."""
    return make(TRANSPOSE, (e,), None, (e.shape[1], e.shape[0]), e.size + (e.op is not INVERSE))


def leading_sign(e: Expr) -> int:
    """1 or -1, such that one of e and -e has 1: the sign of the coefficient; of a sum, that of most of its terms, at a tie
    that of its number (1 - p), or of the longest term (F^T F - I), of a mean last (x - m 1, I - 1 1^T/n)."""
    if e.op is not ADD:
        return -1 if is_negative(e) else 1
    if not e.sign:
        surplus = len(e.args) - 2 * sum(map(is_negative, e.args))
        if not surplus:
            parts = [without_coefficient(a) for a in e.args]
            surplus = max(parts, key=lambda p: (_leads(p[1]), order_key(p[1])))[0].numerator
        e.sign = 1 if surplus > 0 else -1
    return e.sign


def _leads(e: Expr) -> int:
    """Which term of a difference is written first."""
    if e.op is NUMBER or e.op is ONES:
        return 3
    body = split(e)[2]
    return 2 if body is None or body.op not in (EYE, ONES) else 1 if body.op is EYE else 0


def is_number(e: Expr, value: int | None = None) -> bool:
    if value is None or e.op is not NUMBER:
        return e.op is NUMBER
    kept = _kept.get(value)
    return e is kept if kept is not None else e.attr == value


def is_zero(e: Expr) -> bool:
    return e.op is ZEROS or e is NULL


def value_of(e: Expr) -> Fraction:
    """The value of a NUMBER."""
    assert isinstance(e.attr, Fraction)
    return e.attr


def split(e: Expr) -> tuple[Fraction, tuple[Expr, ...], Expr | None]:
    """`e` as rational × scalar factors × the one non-scalar factor (None for a scalar)."""
    if e.op is NUMBER:
        return value_of(e), (), None
    if e.op is TIMES:
        args = e.args
        coefficient = ONE_OVER_ONE
        if args[0].op is NUMBER:
            coefficient, args = value_of(args[0]), args[1:]
        return (coefficient, args, None) if e.is_scalar else (coefficient, args[:-1], args[-1])
    return (ONE_OVER_ONE, (e,), None) if e.is_scalar else (ONE_OVER_ONE, (), e)


def without_coefficient(e: Expr) -> tuple[Fraction, Expr]:
    """`e` as rational × the rest."""
    if e.op is NUMBER:
        return value_of(e), num(1)
    if e.op is TIMES and e.args[0].op is NUMBER:
        if e.core is None:
            rest = e.args[1:]
            e.core = rest[0] if len(rest) == 1 else make(TIMES, rest, None, e.shape, times_size(rest))
        return value_of(e.args[0]), e.core
    return ONE_OVER_ONE, e


def is_negative(e: Expr) -> bool:
    """Whether its coefficient is less than 0."""
    number = e if e.op is NUMBER else e.args[0] if e.op is TIMES else None
    return number is not None and number.op is NUMBER and value_of(number).numerator < 0


def scaled(c: Fraction, core: Expr) -> Expr:
    """c times what has no coefficient of its own; a sum, one that is kept rather than its opposite, where c is not 1."""
    if c is ONE_OVER_ONE or (c is not _MINUS_ONE_OVER_ONE and c == 1):
        return core
    if core.op is NUMBER:
        return num(c * value_of(core))
    args = (num(c), *core.args) if core.op is TIMES else (num(c), core)
    return make(TIMES, args, None, core.shape, times_size(args))


def times_size(args: Sequence[Expr]) -> int:
    total, over = 0, 0
    c = ONE_OVER_ONE
    if args[0].op is NUMBER:
        c, args = value_of(args[0]), args[1:]
    for a in args:
        if a.op is POWER and a.args[1].op is NUMBER and is_negative(a.args[1]) and a.is_scalar:
            over += a.size - 1  # b/a has no "1"
        else:
            total += a.size
    if c is ONE_OVER_ONE:
        return total + over + (not total)
    numerator = c.numerator
    if c.denominator != 1:
        over += 2
    if (numerator != 1 and numerator != -1) or not total:
        total += 1
    return total + over + (numerator < 0 and not any(map(absorbs_minus, args)))


def absorbs_minus(e: Expr) -> bool:
    """Whether -e is written as shortly as e, a difference inside being turned round."""
    while e.op in (TRANSPOSE, DIAG):
        e = e.args[0]
    if e.op is ADD:
        return any(map(is_negative, e.args))
    return e.op in (MATMUL, HADAMARD) and any(map(absorbs_minus, e.args))


NULL = num(0)
ONE_NUMBER = num(1)
ONE_OVER_ONE = value_of(ONE_NUMBER)
MINUS_ONE = num(-1)
HALF = num(Fraction(1, 2))
_MINUS_ONE_OVER_ONE = value_of(MINUS_ONE)
_kept.update({k: num(k) for k in range(-_KEPT, _KEPT + 1)})
