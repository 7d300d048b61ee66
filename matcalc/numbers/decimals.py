"""Functions of one decimal number that `decimal` lacks, to the precision of the context.

Most are mpmath's, which is imported when the first of them is asked for, by its functions with an explicit precision: they share no
state with other threads.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, getcontext

NAN, INFINITY = Decimal("NaN"), Decimal("Infinity")
GUARD = 6  # digits, while a function is computed
FARTHEST = 400  # digits before the point of what mpmath is asked for
GREATEST = 6  # the same of the gamma function and its like
MANY, SMALL = 100, 4  # digits from which mpmath's exponential is faster, thirty times with 450; the same of its argument


def negligible() -> Decimal:
    """What is less, beside 1, does not count any more."""
    return Decimal(10) ** -getcontext().prec


def _by_mpmath(name: str, farthest: int = FARTHEST) -> Callable[..., Decimal]:
    """A function of mpmath's as one of decimal numbers, after whole numbers. Outside its domain it has no value."""

    def value(x: Decimal, *first: int) -> Decimal:
        from mpmath import libmp  # type: ignore[import-untyped]

        if not x.is_finite() or x.adjusted() > farthest:
            return NAN
        bits = libmp.dps_to_prec(getcontext().prec + GUARD)
        try:
            sign, mantissa, exponent, _ = getattr(libmp, f"mpf_{name}")(*first, libmp.from_str(str(x), bits), bits)
        except (ArithmeticError, ValueError):
            return NAN
        if not mantissa and exponent:
            return NAN
        return Decimal(-int(mantissa) if sign else int(mantissa)) * Decimal(2) ** int(exponent)

    return value


sin, cos, tan, arctan, arcsin, arccos = map(_by_mpmath, ("sin", "cos", "tan", "atan", "asin", "acos"))
sinh, cosh, tanh, arcsinh, arccosh, arctanh = map(_by_mpmath, ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"))
_exp, _ln = map(_by_mpmath, ("exp", "log"))
erf, _erfc, gamma, _log_gamma, _psi = (_by_mpmath(name, GREATEST) for name in ("erf", "erfc", "gamma", "loggamma", "psi"))


def exp(x: Decimal) -> Decimal:
    return _exp(x) if getcontext().prec > MANY and x.is_finite() and x.adjusted() < SMALL else x.exp()


def ln(x: Decimal) -> Decimal:
    return _ln(x) if getcontext().prec > MANY and x.is_finite() and x > 0 else x.ln()


def pi() -> Decimal:
    return 4 * arctan(Decimal(1))


def e() -> Decimal:
    return Decimal(1).exp()


def expm1(x: Decimal) -> Decimal:
    half = x / 2
    return 2 * sinh(half) * half.exp()


def log1p(x: Decimal) -> Decimal:
    """log(1 + x), as 2 artanh(x/(2 + x)) where 1 + x would lose the digits of x."""
    return (1 + x).ln() if x.adjusted() > -3 or not x.is_finite() else 2 * arctanh(x / (2 + x))


def normal(x: Decimal) -> Decimal:
    """The distribution function of the normal distribution."""
    return _erfc(-x / Decimal(2).sqrt()) / 2


def log_gamma(x: Decimal) -> Decimal:
    """log|Gamma|."""
    return _log_gamma(x) if x > 0 else abs(gamma(x)).ln()


def polygamma(k: Decimal, x: Decimal) -> Decimal:
    return _psi(x, int(k))


def power(x: Decimal, exponent: Decimal | int) -> Decimal:
    """A real power; 1 for the exponent 0."""
    k = Decimal(exponent)
    if not k:
        return Decimal(1)
    twice = 2 * k
    if twice == twice // 1 and abs(twice) < 1000:
        return pow(x, k) if twice % 2 == 0 else pow(x.sqrt(), twice)
    return pow(x, k)
