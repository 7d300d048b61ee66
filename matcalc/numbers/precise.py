"""Numbers of as many decimal digits as the context of `decimal` says: what the check computes with, without NumPy.

`np` is as much of NumPy as `matcalc.numbers.kernels` and the numeric texts of the book speak of, for the arrays of
`matcalc.numbers.arrays`; a text that speaks of more is left to doubles. As with NumPy, what has no value is not a number or infinite
(the context traps only what is too small or too great); a singular matrix is a ZeroDivisionError.

Comparisons are told to the `Watch` that is set, if one is: on which side of its switches a function was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, Overflow, Underflow, getcontext, localcontext
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter, eq, ge, gt, le, lt, methodcaller, ne
from typing import Any

from . import arrays, decimals, linear_algebra
from .arrays import ZERO, Array, Value, entrywise, filled, full, reduced, relation
from .complex_decimals import ComplexDecimal
from .decimals import INFINITY, NAN, negligible  # noqa: F401 (of the interface)
from .watch import noted, watched

NO_VALUE = (ArithmeticError,)


def _real(x: Value) -> Value:
    """The real parts; comparisons of a number are noted."""
    if not isinstance(x, Array):
        return watched(x.real)
    return x if all(isinstance(a, Decimal) for a in x.data) else Array([a.real for a in x.data], x.shape)


class np:
    """Of NumPy."""

    linalg = linear_algebra
    nan, inf = NAN, INFINITY
    array, block, diag, einsum, eye, kron, where = (
        staticmethod(f) for f in (arrays.array, arrays.block, arrays.diag, arrays.einsum, arrays.eye, arrays.kron, arrays.where)
    )
    asarray = staticmethod(lambda x: x if isinstance(x, Array) else Array([x], ()))
    abs, sign = staticmethod(arrays.absolute), staticmethod(arrays.sign)
    sum, max = staticmethod(reduced(sum)), staticmethod(reduced(lambda entries: max(arrays.known(entries))))
    less, greater, less_equal, greater_equal = (staticmethod(relation(f)) for f in (lt, gt, le, ge))
    equal, not_equal = staticmethod(relation(eq)), staticmethod(relation(ne))
    ndim = staticmethod(lambda x: len(x.shape) if isinstance(x, Array) else 0)
    ones = staticmethod(lambda shape: full(shape, 1))
    zeros = staticmethod(lambda shape: full(shape, 0))
    tril = staticmethod(lambda x, k=0: filled(x.shape, lambda i, j: x[i, j] if j - i <= k else ZERO))
    triu = staticmethod(lambda x, k=0: filled(x.shape, lambda i, j: x[i, j] if j - i >= k else ZERO))
    trace = staticmethod(lambda x: sum(x.data[:: x.shape[1] + 1]))
    transpose = staticmethod(lambda x, axes: x.transpose(axes))
    power = staticmethod(lambda x, k: x**k if isinstance(x, Array) else decimals.power(x, k))
    real = staticmethod(_real)
    imag = staticmethod(entrywise(attrgetter("imag")))
    conj = staticmethod(entrywise(methodcaller("conjugate")))
    sqrt, exp, log = (staticmethod(entrywise(f)) for f in (decimals.sqrt, decimals.exp, decimals.ln))
    expm1, log1p = staticmethod(entrywise(decimals.expm1)), staticmethod(entrywise(decimals.log1p))
    sin, cos, tan = (staticmethod(entrywise(f)) for f in (decimals.sin, decimals.cos, decimals.tan))
    sinh, cosh, tanh = (staticmethod(entrywise(f)) for f in (decimals.sinh, decimals.cosh, decimals.tanh))
    arcsin, arccos, arctan = (staticmethod(entrywise(f)) for f in (decimals.arcsin, decimals.arccos, decimals.arctan))
    arcsinh, arccosh, arctanh = (staticmethod(entrywise(f)) for f in (decimals.arcsinh, decimals.arccosh, decimals.arctanh))

    @staticmethod
    def argmax(x: Array) -> int:
        """The first of those that are the greatest but for rounding."""
        greatest = max(arrays.known(x.data))
        top = next(k for k, a in enumerate(x.data) if arrays.are_one(a, greatest))
        noted([top])
        return top

    @staticmethod
    def cumsum(x: Array, axis: int) -> Array:
        return np.tril(full((len(x), len(x)), 1)) @ x if axis == 0 else np.cumsum(x.T, 0).T


class special:
    """Functions of a number that NumPy lacks."""

    logistic = staticmethod(entrywise(lambda x: 1 / (1 + decimals.exp(-x))))
    soft_plus = staticmethod(entrywise(lambda x: decimals.log1p(decimals.exp(x))))
    error_function, normal, log_normal, gamma, log_gamma = (
        staticmethod(entrywise(f)) for f in (decimals.erf, decimals.normal, decimals.log_normal, decimals.gamma, decimals.log_gamma)
    )
    polygamma = staticmethod(lambda k, x: entrywise(lambda a: decimals.polygamma(Decimal(k), a))(x))


def exact(value: Any) -> Any:
    """A number; a float by its shortest decimal digits."""
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, complex):
        return ComplexDecimal(exact(value.real), exact(value.imag))
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(value)


def constant(name: str) -> Decimal:
    return INFINITY if name == "infty" else decimals.pi() if name == "pi" else decimals.e()


def digits() -> int:
    return getcontext().prec


def precision(digits: int) -> AbstractContextManager[object]:
    """Inside, numbers have so many digits, and what has no value is not a number; what is too small to be one, as exp(-1e20), is no 0, and
    what is too great is not infinite: the least of it and another number would be the other."""
    return localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Underflow, Overflow]))


@contextmanager
def guarded(digits: int) -> Iterator[None]:
    """Inside, numbers have so many digits more."""
    outer, context = getcontext(), getcontext().copy()
    context.prec += digits
    with localcontext(context) as inner:
        yield
    outer.flags[Inexact] |= inner.flags[Inexact]


def forget_rounding() -> None:
    """From here on it is noted whether a number is rounded."""
    getcontext().clear_flags()


def has_rounded() -> bool:
    """Whether one was: what is computed without is known to all its digits."""
    return bool(getcontext().flags[Inexact])


def quiet() -> AbstractContextManager[object]:
    """Nothing here warns of what has no value."""
    return nullcontext()


is_finite = methodcaller("is_finite")


class Random:
    """Random numbers: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014). They have
    few digits, so that sums and products of them are exact."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    def take(self, count: int) -> tuple[int, int, int]:
        """The key of the next so many numbers."""
        first, self._drawn = self._drawn, self._drawn + count
        return self._seed, first, count

    def uniform(self, low: float, high: float, shape: tuple[int, int] | None = None) -> Value:
        key = self.take(1 if shape is None else shape[0] * shape[1])
        drawn = _uniform(*key, round(low * 10000), round((high - low) * 10000))
        return drawn[0] if shape is None else Array(list(drawn), shape)

    def choice(self, among: Sequence[float], shape: tuple[int, int]) -> Array:
        numbers = [Decimal(a) for a in among]
        return Array([numbers[z % len(numbers)] for z in _numbers(*self.take(shape[0] * shape[1]))], shape)

    def integers(self, low: int, high: int) -> int:
        return low + _numbers(*self.take(1))[0] % (high - low)


@lru_cache(maxsize=2048)  # the same few seeds are drawn from for every question
def _numbers(seed: int, first: int, count: int) -> tuple[int, ...]:
    """So many numbers of a seed from the `first` on, from 0 to 2^53."""
    mask, found = (1 << 64) - 1, []
    for k in range(first + 1, first + count + 1):
        z = (seed + k * 0x9E3779B97F4A7C15) & mask
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        found.append((z ^ z >> 31) >> 11)
    return tuple(found)


@lru_cache(maxsize=2048)
def _uniform(seed: int, first: int, count: int, least: int, width: int) -> tuple[Decimal, ...]:
    """Likewise, from `least` on, of this width, in ten-thousandths."""
    return tuple(Decimal(least + z % width).scaleb(-4) for z in _numbers(seed, first, count))


@lru_cache(maxsize=2048)
def _signed(seed: int, first: int, count: int, least: int, width: int) -> tuple[Decimal, ...]:
    """Likewise of either sign, which so many numbers more choose."""
    signs = _numbers(seed, first + count, count)
    return tuple(a if z % 2 else -a for a, z in zip(_uniform(seed, first, count, least, width), signs, strict=True))


random = Random


def signed(rng: Random, low: float, high: float, shape: tuple[int, int]) -> Array:
    """Uniform numbers of either sign."""
    count = shape[0] * shape[1]
    seed, first, _ = rng.take(2 * count)
    return Array(list(_signed(seed, first, count, round(low * 10000), round((high - low) * 10000))), shape)


def family(members: Iterable[Value]) -> list[Value]:
    return list(members)


def flat(value: Any) -> list[Any]:
    """The entries, row by row."""
    if isinstance(value, Array):
        return value.data
    if isinstance(value, Decimal | ComplexDecimal):
        return [value]
    return [v if isinstance(v, ComplexDecimal) else Decimal(v) for v in (value.ravel().tolist() if hasattr(value, "ravel") else [value])]


def outward(value: Value) -> Any:
    """As an array of NumPy's, of decimal numbers."""
    import numpy

    return numpy.array(flat(value), dtype=object).reshape(value.shape if isinstance(value, Array) else ())


def number(value: Array) -> Any:
    """The entry of an array of one."""
    (only,) = value.data
    return only
