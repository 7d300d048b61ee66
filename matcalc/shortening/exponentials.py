"""Exponentials beside each other: what overflows in each alone is fine in their quotient, and what cancels in their difference is
exp(a) - exp(b) = s exp(max(a, b)) (1 - exp(-|a - b|)), s the sign of a - b.

log(exp(a) + exp(b)) = a + softplus(b - a)     log(exp(a) - exp(b)) = a + log(1 - exp(b - a))
exp(a)/(exp(a) + exp(b)) = sigmoid(a - b)      exp(z)/(exp(a) - exp(b)) = 1/(exp(a - z) - exp(b - z))
exp(x) - exp(-x) = 2 sinh(x)                   exp(z)/normcdf(x) = exp(z - log(normcdf(x)))
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..expressions.build import add, apply, hadamard, is_complex, is_number, is_zero, negative, num, power, times, value_of
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..ops.activations import LOG_NORMAL_DISTRIBUTION, NORMAL_DISTRIBUTION, SIGMOID, SOFTPLUS
from ..ops.core import ADD, CASES, IVERSON, POWER, TIMES
from ..ops.elementary import ABS, EXP, LOG, SIGN, SINH
from ..ops.extremes import MAXIMUM, MINIMUM
from .scaled import one_of


def growth(z: Expr) -> Expr:
    """exp(z) - 1 as 2 exp(z/2) sinh(z/2)."""
    half = times(num(Fraction(1, 2)), z)
    join: Callable[..., Expr] = times if z.is_scalar else hadamard
    return times(num(2), join(apply(EXP, [half]), apply(SINH, [half])))


def two_exponentials(e: Expr) -> tuple[Expr, Expr, int] | None:
    """a, b and the sign of exp(a) + exp(b), exp(a) - exp(b); in a difference 1 is exp(0)."""
    if len(e.args) != 2:
        return None
    ends = [_exponent(a) for a in e.args]
    if None in ends:
        return None
    (a, first), (b, second) = [end for end in ends if end is not None]
    if first == second:
        return (a, b, 1) if first > 0 and all(x.op is EXP for x in e.args) else None
    return (a, b, -1) if first > 0 else (b, a, -1)


def _exponent(a: Expr) -> tuple[Expr, int] | None:
    """z and the sign of exp(z) and -exp(z)."""
    for x, sign in ((a, 1), (negative(a), -1)):
        if x.op is EXP:
            return x.args[0], sign
        if x is one_of(a):
            return add(x, negative(x)), sign
    return None


def less(b: Expr, a: Expr) -> Expr:
    """1 - exp(b - a), as the languages and `evaluate` have it right where b is close to a."""
    one = one_of(a)
    return negative(add(apply(EXP, [add(b, negative(a))]), negative(one)))


def logarithm(x: Expr) -> Expr | None:
    """log(exp(a) + exp(b)) and log(exp(a) - exp(b))."""
    ends = two_exponentials(x)
    if ends is None:
        return None
    a, b, sign = ends
    if sign < 0 and is_zero(a):
        return _less_than_one(b)
    return add(a, apply(SOFTPLUS, [add(b, negative(a))]) if sign > 0 else apply(LOG, [less(b, a)]))


def _less_than_one(z: Expr) -> Expr | None:
    """log(1 - exp(z)), by log(1 + u) where exp(z) is small, and by exp(z) - 1 elsewhere (Maechler 2012)."""
    if is_complex(z):
        return None
    one = one_of(z)
    low = apply(EXP, [apply(MINIMUM, [z, negative(one)])])  # so that the branch that is not taken has a value too
    small = apply(LOG, [add(one, negative(named(low, PART, "small")))])
    near = apply(LOG, [named(less(z, add(z, negative(z))), PART, "near")])
    return apply(CASES, [small, apply(IVERSON, [z, negative(one)], "<"), near])


def difference(e: Expr) -> Expr | None:
    """exp(a) - exp(b), neither of them 1."""
    ends = two_exponentials(e)
    if ends is None or ends[2] > 0 or is_complex(e) or any(map(is_zero, ends[:2])):
        return None
    a, b, _ = ends
    apart = add(a, negative(b))
    if b is negative(a):
        return times(num(2), apply(SINH, [a]))
    join: Callable[..., Expr] = times if e.is_scalar else hadamard
    zero = add(a, negative(a))
    return join(apply(SIGN, [apart]), apply(EXP, [apply(MAXIMUM, [a, b])]), less(negative(apply(ABS, [apart])), zero))


def by_exponential(e: Expr) -> Expr | None:
    """exp(z) over a sum or difference of exponentials, or over the normal distribution function."""
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    for k, a in enumerate(e.args):
        if a.op is not POWER or not is_number(a.args[1]) or value_of(a.args[1]) >= 0 or a.shape != e.shape:
            continue
        below, count = a.args[0], -value_of(a.args[1])
        for n, f in enumerate(e.args):
            if n == k or f.op is not EXP or f.shape != e.shape:
                continue
            others = [c for m, c in enumerate(e.args) if m not in (k, n)]
            if below.op is NORMAL_DISTRIBUTION and not is_complex(below) and count == 1:
                return join(*others, apply(EXP, [add(f.args[0], negative(apply(LOG_NORMAL_DISTRIBUTION, below.args)))]))
            ends = two_exponentials(below) if below.op is ADD else None
            found = None if ends is None else _quotient(f.args[0], ends, count)
            if found is not None:
                return join(*others, found)
    return None


def _quotient(z: Expr, ends: tuple[Expr, Expr, int], count: Fraction) -> Expr | None:
    """exp(z)/(exp(x) ± exp(y))^count."""
    x, y, sign = ends
    apart = add(x, negative(y))
    if sign < 0:
        if count != 1 or z not in (x, y):
            return None
        return power(less(y, x), num(-1)) if z is x else negative(power(less(x, y), num(-1)))
    if is_complex(apart):
        return None
    if count == 1 and z in (x, y):
        return apply(SIGMOID, [apart if z is x else negative(apart)])
    if count == 2 and z is add(x, y):
        join: Callable[..., Expr] = times if z.is_scalar else hadamard
        return join(apply(SIGMOID, [apart]), apply(SIGMOID, [negative(apart)]))
    rest = add(z, times(num(-count), x))
    return apply(EXP, [add(rest, times(num(-count), apply(SOFTPLUS, [negative(apart)])))])


def power_of_sum(e: Expr) -> Expr | None:
    """1/(exp(a) + exp(b))^k from k = 2 on, as an exponential."""
    base, k = e.args
    if base.op is not ADD or not is_number(k) or value_of(k) > -2 or is_complex(base):
        return None
    ends = two_exponentials(base)
    if ends is None or ends[2] < 0:
        return None
    a, b, _ = ends
    return apply(EXP, [times(k, add(a, apply(SOFTPLUS, [add(b, negative(a))])))])


def without_opposites(e: Expr) -> Expr | None:
    """A product without exp(z) exp(-z)."""
    powers = {f.args[0]: f for f in e.args if f.op is EXP}
    pair = next(((f, powers[negative(z)]) for z, f in powers.items() if negative(z) in powers), None)
    if pair is None:
        return None
    one = one_of(pair[0])
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    return join(*[f for f in e.args if f not in pair], one)
