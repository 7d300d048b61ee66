"""Functions of one decimal number that `decimal` lacks, to the precision of the context.

Most are mpmath's, which is imported when the first of them is asked for, by its functions with an explicit precision: they share no
state with other threads.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, Inexact, getcontext
from functools import cache
from typing import Any

from .complex_decimals import ComplexDecimal

NAN, INFINITY = Decimal("NaN"), Decimal("Infinity")
GUARD = 6  # digits, while a function is computed
FARTHEST = 400  # digits before the point of what mpmath is asked for
GREATEST = 6  # the same of the gamma function and its like
MANY, SMALL = 100, 4  # digits from which mpmath's exponential is faster, thirty times with 450; the same of its argument


def negligible() -> Decimal:
    """What is less, beside 1, does not count any more."""
    return Decimal(10) ** -getcontext().prec


def _by_mpmath(name: str, farthest: int = FARTHEST) -> Callable[..., Any]:
    """A function of mpmath's as one of real and complex decimal numbers, after whole numbers. Outside its domain it has no value."""

    def value(x: Any, *first: int) -> Any:
        from mpmath import libmp  # type: ignore[import-untyped]

        if not x.is_finite() or (x and abs(x).adjusted() > farthest):  # 0 has an exponent too
            return NAN
        bits = _bits(getcontext().prec + GUARD)
        getcontext().flags[Inexact] = True  # also of tanh(1000), which is 1 to all digits
        try:
            if isinstance(x, Decimal):
                return _decimal(getattr(libmp, f"mpf_{name}")(*first, libmp.from_str(str(x), bits), bits))
            parts = tuple(libmp.from_str(str(part), bits) for part in (x.real, x.imag))
            return ComplexDecimal(*map(_decimal, getattr(libmp, f"mpc_{name}")(*first, parts, bits)))
        except (ArithmeticError, ValueError):
            return NAN

    return value


@cache
def _bits(digits: int) -> int:
    from mpmath import libmp

    return int(libmp.dps_to_prec(digits))


def _decimal(number: tuple[int, Any, int, int]) -> Decimal:
    """A number of mpmath's; infinities and what is none have an exponent beside 0."""
    sign, mantissa, exponent, _ = number
    if not mantissa and exponent:
        return NAN
    return Decimal(-int(mantissa) if sign else int(mantissa)) * Decimal(2) ** int(exponent)


sin, cos, tan, arctan, arcsin, arccos = map(_by_mpmath, ("sin", "cos", "tan", "atan", "asin", "acos"))
sinh, cosh, tanh, arcsinh, arccosh, arctanh = map(_by_mpmath, ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"))
_exp, _ln, _sqrt = map(_by_mpmath, ("exp", "log", "sqrt"))
erf, _erfc, gamma, _log_gamma, _psi = (_by_mpmath(name, GREATEST) for name in ("erf", "erfc", "gamma", "loggamma", "psi"))


def exp(x: Any) -> Any:
    if isinstance(x, Decimal) and (getcontext().prec <= MANY or not x.is_finite() or x.adjusted() >= SMALL):
        return x.exp()
    return _exp(x)


def ln(x: Any) -> Any:
    own = isinstance(x, Decimal) and (getcontext().prec <= MANY or not x.is_finite() or x <= 0 or x.adjusted() > FARTHEST)
    return x.ln() if own else _ln(x)


def sqrt(x: Any) -> Any:
    return x.sqrt() if isinstance(x, Decimal) else _sqrt(x)


def pi() -> Any:
    return 4 * arctan(Decimal(1))


def e() -> Decimal:
    return Decimal(1).exp()


def expm1(x: Any) -> Any:
    half = x / 2
    return 2 * sinh(half) * exp(half)


def log1p(x: Any) -> Any:
    """log(1 + x), as 2 artanh(x/(2 + x)) where 1 + x would lose the digits of x."""
    return ln(1 + x) if abs(x).adjusted() > -3 or not x.is_finite() else 2 * arctanh(x / (2 + x))


def normal(x: Any) -> Any:
    """The distribution function of the normal distribution."""
    return _erfc(-x / Decimal(2).sqrt()) / 2


def log_normal(x: Any) -> Any:
    """The logarithm of the normal distribution function."""
    return ln(normal(x))


def log_gamma(x: Any) -> Any:
    """log|Gamma|."""
    return _log_gamma(x) if x > 0 else abs(gamma(x)).ln()


def polygamma(k: Any, x: Any) -> Any:
    return _psi(x, int(k))


def power(x: Any, exponent: Any) -> Any:
    """A power; 1 for the exponent 0."""
    if isinstance(x, ComplexDecimal) and exponent == int(exponent.real):
        return x**exponent
    if isinstance(x, ComplexDecimal) or isinstance(exponent, ComplexDecimal):
        return exp(ln(x) * exponent)
    k = Decimal(exponent)
    if not k:
        return Decimal(1)
    twice = 2 * k
    if twice == twice // 1 and abs(twice) < 1000:
        return pow(x, k) if twice % 2 == 0 else pow(x.sqrt(), twice)
    return pow(x, k)
