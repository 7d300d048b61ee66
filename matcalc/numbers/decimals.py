"""Functions of one decimal number that `decimal` lacks, to the precision of the context.

Most are mpmath's, which is imported when the first of them is asked for, by its functions with an explicit precision: they share no
state with other threads. An exponential of its own takes `decimal` twice as long as mpmath, a logarithm five times; a question with few of
them does not wait for the import.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, getcontext
from functools import cache, lru_cache
from typing import Any

from .complex_decimals import ComplexDecimal

NAN, INFINITY = Decimal("NaN"), Decimal("Infinity")
GUARD = 6  # digits, while a function is computed
FARTHEST = 400  # digits before the point of what mpmath is asked for
GREATEST = 6  # the same of the gamma function and its like
MANY, SMALL = 100, 4  # digits from which mpmath is always asked, thirty times as fast with 450; digits of what is not asked of it
FEW = 1000  # exponentials, logarithms and powers of `decimal`'s own that take less time than importing mpmath

_asked = 0  # how many there were


def negligible() -> Decimal:
    """What is less, beside 1, does not count any more."""
    return Decimal(10) ** -getcontext().prec


def _by_mpmath(name: str, farthest: int = FARTHEST) -> Callable[..., Any]:
    """A function of mpmath's as one of real and complex decimal numbers, after whole numbers. Outside its domain it has no value."""

    def value(x: Any, *first: int) -> Any:
        if not x.is_finite() or (x and abs(x).adjusted() > farthest):  # 0 has an exponent too
            return NAN
        context = getcontext()
        bits = _bits(context.prec + GUARD)
        context.flags[Inexact] = True  # also of tanh(1000), which is 1 to all digits
        if isinstance(x, Decimal):
            return _real(name, first, x, bits)
        try:
            parts = tuple(_binary(part, bits) for part in (x.real, x.imag))
            return ComplexDecimal(*map(_decimal, _own(name)[1](*first, parts, bits)))
        except (ArithmeticError, ValueError):
            return NAN

    return value


@lru_cache(maxsize=4096)  # the points of the check are always the same, and most names stay where one is moved
def _real(name: str, first: tuple[int, ...], x: Decimal, bits: int) -> Decimal:
    try:
        return _decimal(_own(name)[0](*first, _binary(x, bits), bits))
    except (ArithmeticError, ValueError):
        return NAN


@cache
def _own(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Mpmath's function of a real, and of a complex number."""
    from mpmath import libmp  # type: ignore[import-untyped]

    return getattr(libmp, f"mpf_{name}"), getattr(libmp, f"mpc_{name}", None)  # type: ignore[return-value]


@cache
def _bits(digits: int) -> int:
    from mpmath import libmp

    return int(libmp.dps_to_prec(digits))


def _binary(x: Decimal, bits: int) -> Any:
    """A decimal number as one of mpmath's, to so many significant bits."""
    whole, text = _made()
    size = x.adjusted()
    if not -FARTHEST < size < FARTHEST:
        return text(str(x), bits)
    shift = bits - (10 * size) // 3 + 4
    scale, context = _scale(shift, bits)
    return whole(int(context.multiply(x, scale)), -shift, bits)


@cache
def _made() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What makes a number of mpmath's, of a whole number and the exponent of 2, and of a text."""
    from mpmath import libmp

    return libmp.from_man_exp, libmp.from_str


@lru_cache(maxsize=1024)
def _scale(shift: int, bits: int) -> tuple[Decimal, Context]:
    """2^shift, and a context in which its product with a number keeps all digits that count."""
    context = Context(prec=bits // 2)
    return context.power(2, shift), context


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
    if isinstance(x, Decimal) and (not x or not x.is_finite() or x.adjusted() >= SMALL or _is_few()):
        return x.exp()
    return _exp(x)


def ln(x: Any) -> Any:
    own = isinstance(x, Decimal) and (not x.is_finite() or x <= 0 or x == 1 or abs(x.adjusted()) > FARTHEST or _is_few())
    return x.ln() if own else _ln(x)


def _is_few() -> bool:
    """Whether mpmath is not worth its import yet."""
    global _asked
    if getcontext().prec > MANY or _asked > FEW or "mpmath.libmp" in sys.modules:
        return False
    _asked += 1
    return True


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
    small = x > 0 and abs(x.adjusted()) < FARTHEST and k.is_finite() and abs(k.adjusted()) < SMALL
    if not small or _is_few():
        return pow(x, k)
    context = getcontext()
    context.flags[Inexact] = True
    return _power(x, k, _bits(context.prec + GUARD))


@lru_cache(maxsize=1024)
def _power(x: Decimal, k: Decimal, bits: int) -> Decimal:
    try:
        return _decimal(_own("pow")[0](_binary(x, bits), _binary(k, bits), bits))
    except (ArithmeticError, ValueError):
        return NAN
