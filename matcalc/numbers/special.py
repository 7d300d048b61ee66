"""The gamma function and its derivatives, for a real or complex number, with the standard library alone."""

from __future__ import annotations

import cmath
import math
from typing import Any

# B_2, B_4, … B_14: Bernoulli numbers.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_FAR = 15.0  # from here on the first terms of the asymptotic series are exact to double precision
Number = Any  # float or complex


def log_gamma(x: Number) -> Number:
    """log|Gamma(x)|; of a complex number near the positive real line by DLMF 5.11.1, moved there by 5.5.1."""
    if not isinstance(x, complex):
        try:
            return math.lgamma(x)
        except (OverflowError, ValueError):
            return math.inf
    moved = 0j
    while x.real < _FAR:
        if not x:
            return complex(math.inf)
        moved += cmath.log(x)
        x += 1
    series = sum(b / (2 * k * (2 * k - 1) * x ** (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1))
    return (x - 0.5) * cmath.log(x) - x + math.log(2 * math.pi) / 2 + series - moved


def gamma(x: Number) -> Number:
    """Gamma(x)."""
    if isinstance(x, complex):
        return cmath.exp(log_gamma(x))
    try:
        return math.gamma(x)
    except OverflowError:
        return math.inf
    except ValueError:  # a pole, or not a number
        return math.nan


def polygamma(k: Number, x: Number) -> Number:
    """The derivative of order k of psi = (log Gamma)', by DLMF 5.11.2 and 5.15.9, moved to great x by 5.5.2 and 5.15.5."""
    n = round(k.real)
    if n < 0 or n > 60 or not math.isfinite(x.real):
        return math.nan
    sign = -1 if n % 2 == 0 else 1
    moved: Number = 0.0
    while x.real < _FAR + n:
        if not x or x.real < -1e6:
            return math.nan
        moved += sign * math.factorial(n) / x ** (n + 1)
        x += 1
    if n == 0:
        log = cmath.log(x) if isinstance(x, complex) else math.log(x)
        return log - 1 / (2 * x) - sum(b / (2 * j * x ** (2 * j)) for j, b in enumerate(_BERNOULLI, 1)) + moved
    series = sum(b * math.prod(range(2 * j + 1, 2 * j + n)) / x ** (2 * j + n) for j, b in enumerate(_BERNOULLI, 1))  # (2j + n - 1)!/(2j)!
    return sign * (math.factorial(n - 1) / x**n + math.factorial(n) / (2 * x ** (n + 1)) + series) + moved


def normal(x: float) -> float:
    """The distribution function of the normal distribution; far to the left, where 1 + erf would be 0, as well."""
    return math.erfc(-x / math.sqrt(2)) / 2
