"""Functions of one decimal number that `decimal` lacks, to the precision of the context.

Sines, arcs and hyperbolic functions are series of a few lines. The gamma function, its derivatives and erf are mpmath's, which is
imported when the first of them is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, getcontext, localcontext
from functools import lru_cache
from typing import Any

NAN, INFINITY = Decimal("NaN"), Decimal("Infinity")
GUARD = 6  # digits, while a function is computed
FARTHEST = 400  # digits before the point of an angle
GREATEST = 6  # the same of what mpmath is asked for


def negligible() -> Decimal:
    """What is less, beside 1, does not count any more."""
    return Decimal(10) ** -getcontext().prec


@lru_cache(maxsize=16)
def _pi(digits: int) -> Decimal:
    """By Machin's formula, pi/4 = 4 arctan(1/5) - arctan(1/239)."""
    with localcontext() as context:
        context.prec = digits + GUARD
        return 16 * _odd_series(Decimal(1) / 5, Decimal(-1) / 25) - 4 * _odd_series(Decimal(1) / 239, Decimal(-1) / 57121)


def pi() -> Decimal:
    return +_pi(getcontext().prec)


@lru_cache(maxsize=16)
def _e(digits: int) -> Decimal:
    return Decimal(1).exp()


def e() -> Decimal:
    return _e(getcontext().prec)


def _odd_series(x: Decimal, square: Decimal) -> Decimal:
    """x (1 + s/3 + s^2/5 + …): the arctangent where s is -x^2, artanh where it is x^2."""
    total, power, k, last = x, x, 1, NAN
    while total != last:
        power, k, last = power * square, k + 2, total
        total += power / k
    return total


def _taylor(term: Decimal, square: Decimal, k: int) -> Decimal:
    """The series of the sine from the term x, of the cosine from the term 1."""
    total, last = term, NAN
    while total != last:
        term, k, last = term * square / ((k + 1) * (k + 2)), k + 2, total
        total += term
    return total


def _turned(x: Decimal, quarters: int) -> Decimal:
    """sin(x + quarters pi/2)."""
    if not x.is_finite() or x.adjusted() > FARTHEST:
        return NAN
    with localcontext() as context:
        context.prec += GUARD + max(0, x.adjusted())
        turns = int((x * 2 / pi()).to_integral_value())
        x -= turns * pi() / 2
        quarters = (quarters + turns) % 4
        context.prec -= max(0, context.prec - getcontext().prec)
        value = _taylor(x, -x * x, 1) if quarters % 2 == 0 else _taylor(Decimal(1), -x * x, 0)
        value = -value if quarters > 1 else value
    return +value


def sin(x: Decimal) -> Decimal:
    return _turned(x, 0)


def cos(x: Decimal) -> Decimal:
    return _turned(x, 1)


def tan(x: Decimal) -> Decimal:
    return _turned(x, 0) / _turned(x, 1)


def arctan(x: Decimal) -> Decimal:
    """By halving the angle three times, arctan x = 2 arctan(x/(1 + sqrt(1 + x^2))), and the series."""
    if not x.is_finite():
        return NAN if x.is_nan() else (pi() / 2).copy_sign(x)
    with localcontext() as context:
        context.prec += GUARD
        for _ in range(3):
            x /= 1 + (1 + x * x).sqrt()
        value = 8 * _odd_series(x, -x * x)
    return +value


def arcsin(x: Decimal) -> Decimal:
    return 2 * arctan(x / (1 + (1 - x * x).sqrt()))


def arccos(x: Decimal) -> Decimal:
    return 2 * arctan(((1 - x) / (1 + x)).sqrt())


def sinh(x: Decimal) -> Decimal:
    if x.adjusted() < -2:  # where exp(x) - exp(-x) loses its digits
        return _taylor(x, x * x, 1)
    return (x.exp() - (-x).exp()) / 2


def cosh(x: Decimal) -> Decimal:
    return (x.exp() + (-x).exp()) / 2


def tanh(x: Decimal) -> Decimal:
    small = (-2 * abs(x)).exp()
    return ((1 - small) / (1 + small)).copy_sign(x) if x.adjusted() >= -2 else sinh(x) / cosh(x)


def expm1(x: Decimal) -> Decimal:
    half = x / 2
    return 2 * sinh(half) * half.exp()


def log1p(x: Decimal) -> Decimal:
    """log(1 + x), by the series of 2 artanh(x/(2 + x)) where 1 + x would lose the digits of x."""
    if x.adjusted() > -3 or not x.is_finite():
        return (1 + x).ln()
    z = x / (2 + x)
    return 2 * _odd_series(z, z * z)


def arcsinh(x: Decimal) -> Decimal:
    return (abs(x) + (x * x + 1).sqrt()).ln().copy_sign(x)


def arccosh(x: Decimal) -> Decimal:
    return (x + (x * x - 1).sqrt()).ln()


def arctanh(x: Decimal) -> Decimal:
    return ((1 + x) / (1 - x)).ln() / 2


def power(x: Decimal, exponent: Decimal | int) -> Decimal:
    """A real power; 1 for the exponent 0."""
    k = Decimal(exponent)
    if not k:
        return Decimal(1)
    twice = 2 * k
    if twice == twice // 1 and abs(twice) < 1000:
        return pow(x, k) if twice % 2 == 0 else pow(x.sqrt(), twice)
    return pow(x, k)


# ---------------------------------------------------------------------------------------------- by mpmath


def _by_mpmath(function: Callable[..., Any]) -> Callable[..., Decimal]:
    """A function of mpmath's numbers, its first argument mpmath itself, as one of decimal numbers. At a pole it has no value."""

    def value(*args: Decimal) -> Decimal:
        import mpmath  # type: ignore[import-untyped]

        if not all(a.is_finite() and a.adjusted() < GREATEST for a in args):
            return NAN
        with mpmath.workdps(getcontext().prec + GUARD):
            try:
                found = function(mpmath, *[mpmath.mpf(str(a)) for a in args])
                return +Decimal(mpmath.nstr(found, getcontext().prec + GUARD))
            except (ArithmeticError, ValueError, TypeError):
                return NAN

    return value


erf = _by_mpmath(lambda m, x: m.erf(x))
normal = _by_mpmath(lambda m, x: m.erfc(-x / m.sqrt(2)) / 2)
gamma = _by_mpmath(lambda m, x: m.gamma(x))
log_gamma = _by_mpmath(lambda m, x: m.log(abs(m.gamma(x))) if x < 0 else m.loggamma(x))
polygamma = _by_mpmath(lambda m, k, x: m.psi(int(k), x))
