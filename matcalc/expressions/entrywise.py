"""Powers and products entry by entry, and the Kronecker product."""

from __future__ import annotations

from fractions import Fraction

from ..errors import ShapeError
from ..kinds import ONE, SCALAR, Dim, Shape, shape_text
from ..ops.core import (
    ADD,
    CASES,
    EYE,
    HADAMARD,
    IMAGINARY,
    INDEX,
    IVERSON,
    KRONECKER,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.diagonal import DIAG
from .expr import Expr, make, order_key
from .leaves import ONE_NUMBER, eye, is_number, is_zero, leading_sign, num, ones, turned, value_of, without_coefficient, zeros
from .normal import add, by_its_block, diag, diagonal, entry, hadamard, kron, negative, normal_form, opposite, power, times, transpose

HUGE = 10**6  # exact powers of numbers stop here; beyond it they stay symbolic


@normal_form(POWER)
def _power(base: Expr, exponent: Expr) -> Expr:
    """base^exponent of a scalar, or of every entry."""
    if is_number(exponent):
        v = value_of(exponent)
        if v == 1:
            return base
        if base.op is IMAGINARY and v.denominator == 1:
            return times(num(-1 if v % 4 > 1 else 1), *([base] if v % 2 else []))
        if v == 0:
            return ones(*base.shape)
        known = _number_power(base, v)
        if known is not None:
            return known
        if v.denominator == 1:
            if base.op is ADD and leading_sign(base) < 0 and _is_turned_round(base):
                return times(num(-1 if v.numerator % 2 else 1), power(opposite(base), exponent))
            if base.op is POWER:
                return power(base.args[0], times(base.args[1], exponent))
            if base.op is TIMES:
                return times(*[power(a, exponent) for a in base.args])
            if base.op is HADAMARD:
                return hadamard(*[power(a, exponent) for a in base.args])
        elif base.op is TIMES and base.args[0].op is NUMBER:
            c, rest = without_coefficient(base)
            root = _number_power(num(abs(c)), v)
            if root is not None and abs(c) != 1:
                return times(root, power(rest if c > 0 else negative(rest), exponent))
    if base.op is ONES or is_number(base, 1):
        return base
    if is_number(base, -1) and _is_even(exponent):
        return num(1)
    if base.op is ZEROS and is_number(exponent) and value_of(exponent) > 0:
        return base
    if base.op in (EYE, DIAG) and is_number(exponent) and value_of(exponent) > 0:  # zeros stay zeros
        return base if base.op is EYE else diag(power(base.args[0], exponent))
    if base.op is TIMES and base.args[-1].op is ONES and not base.is_scalar:
        return times(*[power(s, exponent) for s in base.args[:-1]], base.args[-1])
    if base.op is TRANSPOSE and base.shape[1] is not ONE:  # a row symbol's column stays as it is
        return transpose(power(base.args[0], exponent))
    if base.shape[0] is ONE and base.shape[1] is not ONE:
        return transpose(power(transpose(base), exponent))
    return make(POWER, (base, exponent), None, base.shape, _power_size(base, exponent))


def _is_even(e: Expr) -> bool:
    """Whether it is an even number times sizes and indices."""
    if e.op is not TIMES or e.args[0].op is not NUMBER or (value_of(e.args[0]) / 2).denominator != 1:
        return False
    return all(a.op is INDEX or (isinstance(a.attr, Dim) and all(c.denominator == 1 for _, c in a.attr.terms)) for a in e.args[1:])


def _is_turned_round(total: Expr) -> bool:
    """Whether the opposite of a sum is the one to take powers of. Of D - A^T it is the transpose of A - D^T, which may be led by a minus
    as well: then one of the two."""
    inner = opposite(total)
    if inner.op is not TRANSPOSE:
        return True
    return leading_sign(inner.args[0]) >= 0 or inner.args[0].digest < total.digest


def _number_power(base: Expr, v: Fraction) -> Expr | None:
    """c^v exactly where it is rational and not huge."""
    if base.op is not NUMBER:
        return None
    c = value_of(base)
    if c == 0:
        return num(0) if v > 0 else None
    if (abs(v) > 64 and abs(c) != 1) or abs(v) > HUGE:
        return None
    if v.denominator == 1:
        return num(c ** int(v))
    if c > 0 and v.denominator == 2:
        p, q = _exact_root(c.numerator), _exact_root(c.denominator)
        if p is not None and q is not None:
            return num(Fraction(p, q) ** v.numerator)
    return None


def _exact_root(n: int) -> int | None:
    from math import isqrt

    r = isqrt(n)
    return r if r * r == n else None


def _power_size(base: Expr, exponent: Expr) -> int:
    if not is_number(exponent):
        return base.size + 1 + exponent.size
    v = value_of(exponent)
    over = 2 if v < 0 else 0  # the "1/"
    v = abs(v)
    return base.size + over + (0 if v == 1 else 1 if v == Fraction(1, 2) else 2 if v.denominator == 1 else 4)


@normal_form(HADAMARD)
def _hadamard(*factors: Expr) -> Expr:
    """The entrywise product: a multiset with exponents. Scalars come in front, ones vanish."""
    shape = factors[0].shape
    if shape == SCALAR:
        return times(*factors)
    if shape[0] is ONE:
        return transpose(hadamard(*[transpose(f) for f in factors]))
    scalars: list[Expr] = []
    powers: dict[Expr, Expr] = {}
    todo = list(reversed(factors))
    while todo:
        f = todo.pop()
        if f.shape != shape:
            raise ShapeError(f"an entrywise product of shapes {shape_text(shape)} and {shape_text(f.shape)}")
        if f.op is TIMES:
            scalars += f.args[:-1]
            todo.append(f.args[-1])
        elif f.op is HADAMARD:
            todo += reversed(f.args)
        elif f.op is TRANSPOSE and f.args[0].op is HADAMARD and shape[1] is not ONE:
            todo += [transpose(a) for a in reversed(f.args[0].args)]
        elif is_zero(f):
            return zeros(*shape)
        elif f.op is not ONES:
            flip = f.op is TRANSPOSE and f.args[0].op is POWER and shape[1] is not ONE  # (M^T).^k is kept as (M.^k)^T
            inner = f.args[0] if flip else f
            base, exponent = inner.args if inner.op is POWER else (inner, ONE_NUMBER)
            base = transpose(base) if flip else base
            if base.op is ADD and leading_sign(base) < 0 and is_number(exponent) and value_of(exponent).denominator == 1:
                base = opposite(base)
                scalars.append(num((-1) ** (value_of(exponent).numerator % 2)))
            powers[base] = add(powers[base], exponent) if base in powers else exponent
    parts = [p for p in (power(b, k) for b, k in powers.items()) if p.op is not ONES]
    if any(p.op in (HADAMARD, TIMES) for p in parts):
        return times(*scalars, hadamard(*parts))
    return times(*scalars, _entrywise(parts, shape)) if scalars else _entrywise(parts, shape)


def _entrywise(parts: list[Expr], shape: Shape) -> Expr:
    if not parts:
        return ones(*shape)
    if len(parts) == 1:
        return parts[0]
    if any(p.op is DIAG or p.op is EYE for p in parts):  # only the diagonals meet
        return diag(hadamard(*[diagonal(p) for p in parts]))
    if shape[1] is ONE and (e := next((p for p in parts if p.op is UNIT), None)) is not None:  # x .* e_i is x_i e_i
        return times(*[entry(p, e.args[0], ONE_NUMBER) for p in parts if p is not e], e)
    if shape[1] is not ONE:
        flipped = [transpose(p) for p in parts]
        if set(flipped) != set(parts):
            other = _raw_entrywise(flipped, (shape[1], shape[0]))
            if order_key(other) < order_key(_raw_entrywise(parts, shape)):
                return turned(other)
    return _raw_entrywise(parts, shape)


def _raw_entrywise(parts: list[Expr], shape: Shape) -> Expr:
    parts = sorted(parts, key=order_key)
    over = sum(1 for p in parts if p.op is POWER and is_number(p.args[1]) and value_of(p.args[1]) < 0)
    length = sum(p.size for p in parts) + len(parts) - 1 - (2 * over if over < len(parts) else 2 * over - 2)
    return make(HADAMARD, tuple(parts), None, shape, length)


@normal_form(KRONECKER)
def _kron(*factors: Expr) -> Expr:
    """The Kronecker product; scalars come in front."""
    if len(factors) > 2:
        return kron(kron(*factors[:-1]), factors[-1])
    a, b = factors
    if a.is_scalar or b.is_scalar:
        return times(a, b)
    if is_zero(a) or is_zero(b):
        return zeros(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
    if a.op is TIMES or b.op is TIMES:
        scalars = [s for f in (a, b) if f.op is TIMES for s in f.args[:-1]]
        return times(*scalars, kron(*[f.args[-1] if f.op is TIMES else f for f in (a, b)]))
    if b.op is KRONECKER:
        return kron(kron(a, b.args[0]), b.args[1])
    shape = (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])
    if a.op is EYE and b.op is EYE:
        return eye(shape[0])
    if shape[0] is ONE and shape[1] is not ONE:
        return transpose(kron(transpose(a), transpose(b)))
    return make(KRONECKER, (a, b), None, shape, a.size + b.size + 1)


@normal_form(IVERSON)
def _iverson(relation: str, a: Expr, b: Expr) -> Expr:
    """1 where the relation holds; a number where both sides are alike or differ by one: 1[i != i], 1[n + 1 = n], 1[-1 > 0]."""
    by = Fraction(0) if a is b else value_of(a) - value_of(b) if a.op is NUMBER is b.op else None
    if by is None and a.is_scalar and a.op is not NUMBER and {a.op, b.op} <= {ADD, SIZE, INDEX, NUMBER}:
        difference = add(a, negative(b))
        by = value_of(difference) if is_number(difference) else None
    if by is None:
        return by_its_block(IVERSON, (a, b), relation)
    holds = by == 0 if relation == "=" else by != 0 if relation == "!=" else (by < 0) == ("<" in relation) if by else "=" in relation
    return times(num(int(holds)), ones(*a.shape))


@normal_form(CASES)
def _cases(*args: Expr) -> Expr:
    """The first value whose condition holds; what follows one that always does is never met, nor what has one that never does."""
    shape = max((a.shape for a in args), key=lambda s: s != SCALAR)
    met = [a for k in range(0, len(args) - 1, 2) if not is_zero(args[k + 1]) for a in args[k : k + 2]]
    args = (*met, *args[len(args) // 2 * 2 :]) or args
    for k in range(0, len(args) - 1, 2):
        value, condition = args[k : k + 2]
        if _always_holds(condition):
            args = (*args[:k], value if value.shape == shape else times(value, ones(*shape)))
            break
    if len(args) == 1:
        return args[0] if args[0].shape == shape else times(args[0], ones(*shape))
    return make(CASES, args, None, shape, 1 + sum(a.size for a in args))


def _always_holds(condition: Expr) -> bool:
    inner = condition.args[0] if condition.op is TRANSPOSE else condition
    return inner.op is ONES or (inner.op is NUMBER and inner.attr == 1)
