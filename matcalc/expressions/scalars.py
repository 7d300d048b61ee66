"""Products of scalars with at most one vector or matrix."""

from __future__ import annotations

from ..errors import ShapeError
from ..kinds import SCALAR, shape_text
from ..ops.core import ADD, POWER, TIMES
from .expr import Expr, make, order_key
from .leaves import ONE_NUMBER, ONE_OVER_ONE, is_number, is_zero, leading_sign, num, split, times_size, value_of, zeros
from .normal import add, normal_form, opposite, power, times


@normal_form(TIMES)
def _product(*factors: Expr) -> Expr:
    """The product of scalars and at most one vector or matrix. Equal scalar bases merge their exponents."""
    if len(factors) == 2 and ONE_NUMBER in factors:
        return factors[factors[0] is ONE_NUMBER]
    coefficient = ONE_OVER_ONE
    powers: dict[Expr, Expr] = {}
    whole: dict[Expr, Expr] = {}  # the power of a base, where it came as one factor
    body: Expr | None = None
    for f in factors:
        c, scalars, rest = split(f)
        if c is not ONE_OVER_ONE:
            coefficient = c if coefficient is ONE_OVER_ONE else coefficient * c
        for s in scalars:
            base, exponent = (s.args[0], s.args[1]) if s.op is POWER else (s, ONE_NUMBER)
            if base.op is ADD and leading_sign(base) < 0 and is_number(exponent) and value_of(exponent).denominator == 1:
                s = base = opposite(base)
                coefficient = coefficient * (-1) ** (value_of(exponent).numerator % 2)
            if base in powers:
                powers[base] = add(powers[base], exponent)
                whole.pop(base, None)
            else:
                powers[base] = exponent
                if s is not base or exponent is ONE_NUMBER:
                    whole[base] = s
        if rest is not None:
            if body is not None:
                raise ShapeError(f"two factors that are not scalars: {shape_text(body.shape)} and {shape_text(rest.shape)}")
            body = rest
    if body is not None and body.op is ADD and leading_sign(body) < 0:  # a difference and its opposite are one factor
        body, coefficient = opposite(body), -coefficient
    shape = SCALAR if body is None else body.shape
    if not coefficient.numerator or (body is not None and is_zero(body)):
        return zeros(*shape)
    if len(whole) == len(powers):
        parts = list(whole.values())
    else:
        parts = []
        for base, exponent in powers.items():
            c, scalars, _ = split(whole[base] if base in whole else power(base, exponent))
            if c is not ONE_OVER_ONE:
                coefficient *= c
            parts += scalars
        if len(set(parts)) < len(parts) or any(p.op is TIMES for p in parts):
            return times(num(coefficient), *parts, *([body] if body is not None else []))
    if len(parts) > 1:
        parts.sort(key=order_key)
    if body is not None:
        parts.append(body)
    if not parts:
        return num(coefficient)
    if coefficient is ONE_OVER_ONE or coefficient.numerator == coefficient.denominator:
        return parts[0] if len(parts) == 1 else make(TIMES, tuple(parts), None, shape, times_size(parts))
    if len(parts) == 1 and coefficient == -1 and parts[0].op is ADD:
        return opposite(parts[0])
    args = (num(coefficient), *parts)
    return make(TIMES, args, None, shape, times_size(args))
