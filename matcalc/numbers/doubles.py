"""Numbers in double precision, in NumPy's arrays: what users' values are, and what a check is left to that decimal numbers cannot do.

See `matcalc.numbers.kernels` for what a type of numbers has. NumPy takes longer to import than a small derivative takes to find, so
this module is imported when the first such number is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numpy as np

Value = Any  # a number, or an array
NO_VALUE = (np.linalg.LinAlgError, ArithmeticError)  # a singular matrix, a decomposition that fails, a division by zero

random = np.random.default_rng


def signed(rng: Any, low: float, high: float, shape: tuple[int, int]) -> Any:
    """Uniform numbers of either sign."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


quiet = partial(np.errstate, all="ignore")  # inside, what has no value becomes no number without a warning


def _each(function: Callable[..., float]) -> Callable[..., Value]:
    """A function of numbers of the standard library, or of mpmath, of every entry of the last argument."""

    def value(*args: Any) -> Any:
        try:
            return function(*args)
        except OverflowError:
            return math.inf
        except (ArithmeticError, ValueError):  # a pole, or not a number
            return math.nan

    def over(*args: Value) -> Value:
        x = np.asarray(args[-1])
        found = np.array([value(*args[:-1], v) for v in x.ravel().tolist()], dtype=np.result_type(x, float)).reshape(x.shape)
        return found if x.ndim else found[()]

    return over


def _by_mpmath(name: str) -> Callable[..., Any]:
    def value(*args: Any) -> Any:
        import mpmath  # type: ignore[import-untyped]

        return type(args[-1])(getattr(mpmath.mp, name)(*args))

    return value


def _of(real: Callable[[float], float], name: str) -> Callable[[Value], Value]:
    """A function of the standard library for a real number, of this name in mpmath for a complex one."""
    complexly = _by_mpmath(name)
    return _each(lambda x: real(x) if isinstance(x, float) else complexly(x))


def _log_normal(x: float) -> float:
    """The logarithm of the normal distribution function; far below by the series of DLMF 7.12.1."""
    if x > 1:
        return math.log1p(-math.erfc(x / math.sqrt(2)) / 2)
    if x > -35:
        return math.log(math.erfc(-x / math.sqrt(2)) / 2)
    t = 1 / (x * x)
    return -x * x / 2 - math.log(-x) - math.log(2 * math.pi) / 2 + math.log1p(-t * (1 - t * (3 - t * (15 - 105 * t))))


class special:
    """Functions of a number that NumPy lacks."""

    logistic = staticmethod(lambda x: np.exp(-np.logaddexp(0, -x)))  # without overflow
    soft_plus = staticmethod(lambda x: np.logaddexp(0, x))
    error_function, gamma, log_gamma = (
        staticmethod(_of(f, name)) for f, name in ((math.erf, "erf"), (math.gamma, "gamma"), (math.lgamma, "loggamma"))
    )
    normal = staticmethod(lambda x: _of(math.erfc, "erfc")(-x / math.sqrt(2)) / 2)
    log_normal = staticmethod(_each(lambda x: _log_normal(x)))
    polygamma = staticmethod(_each(_by_mpmath("psi")))


def exact(value: Any) -> Any:
    """A number; infinite where it is too great."""
    try:
        return value if isinstance(value, complex) else float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def constant(name: str) -> float:
    """One of the named constants."""
    return {"pi": math.pi, "e": math.e, "infty": math.inf}[name]


def is_finite(value: Any) -> bool:
    return bool(np.isfinite(value))


def digits() -> int:
    return 17


def precision(digits: int) -> AbstractContextManager[object]:
    """There is but one."""
    return nullcontext()


guarded = precision


def forget_rounding() -> None:
    """Doubles note nothing of the kind."""


def has_rounded() -> bool:
    return True


def negligible() -> float:
    """What is less, beside 1, does not count any more."""
    return 1e-17


def family(members: Iterable[Value]) -> Value:
    """The members of a family, the index first."""
    return np.array(list(members))


def flat(value: Value) -> list[Any]:
    """The entries, row by row."""
    found: list[Any] = np.asarray(value, dtype=complex if np.iscomplexobj(value) else float).ravel().tolist()
    return found


def outward(value: Value) -> Value:
    """As an array of NumPy's."""
    return np.asarray(value)


def number(value: Value) -> Value:
    """The entry of an array of one."""
    return value.reshape(())[()]
