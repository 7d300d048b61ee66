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
    coefficient = ONE_OVER_ONE
    powers: dict[Expr, Expr] = {}
    body: Expr | None = None
    for f in factors:
        c, scalars, rest = split(f)
        if c is not ONE_OVER_ONE:
            coefficient *= c
        for s in scalars:
            base, exponent = (s.args[0], s.args[1]) if s.op is POWER else (s, ONE_NUMBER)
            if base.op is ADD and leading_sign(base) < 0 and is_number(exponent) and value_of(exponent).denominator == 1:
                base, coefficient = opposite(base), coefficient * (-1) ** (value_of(exponent).numerator % 2)
            powers[base] = add(powers[base], exponent) if base in powers else exponent
        if rest is not None:
            if body is not None:
                raise ShapeError(f"two factors that are not scalars: {shape_text(body.shape)} and {shape_text(rest.shape)}")
            body = rest
    if body is not None and body.op is ADD and leading_sign(body) < 0:  # a difference and its opposite are one factor
        body, coefficient = opposite(body), -coefficient
    shape = SCALAR if body is None else body.shape
    if coefficient == 0 or (body is not None and is_zero(body)):
        return zeros(*shape)
    parts: list[Expr] = []
    for base, exponent in powers.items():
        p = power(base, exponent)
        c, scalars, _ = split(p)
        if c is not ONE_OVER_ONE:
            coefficient *= c
        parts += scalars
    if len(set(parts)) < len(parts) or any(p.op is TIMES for p in parts):
        return times(num(coefficient), *parts, *([body] if body is not None else []))
    parts.sort(key=order_key)
    if body is not None:
        parts.append(body)
    if not parts:
        return num(coefficient)
    if len(parts) == 1 and (coefficient == 1 or (coefficient == -1 and parts[0].op is ADD)):
        return parts[0] if coefficient == 1 else opposite(parts[0])
    args = tuple(parts) if coefficient == 1 else (num(coefficient), *parts)
    return make(TIMES, args, None, shape, times_size(args))
