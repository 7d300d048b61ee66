"""Values of Julia and what its operators do with them: transposed vectors, multiples of I, factors; see `julia`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np


class JuliaError(AssertionError):
    """What Julia would throw."""


class Row:
    """A transposed vector."""

    def __init__(self, v: Any) -> None:
        self.v = v


class Scaling(NamedTuple):
    """A multiple of I."""

    by: Any


class Kind(NamedTuple):
    """A type of numbers."""

    of: type

    def __call__(self, x: Any) -> Any:
        if isinstance(x, np.ndarray) or (self.of is float and isinstance(x, complex)):
            raise JuliaError(f"MethodError: {self.of}({x!r})")
        return self.of(x)


class Factors(NamedTuple):
    """A matrix that was factored: `parts` are its fields."""

    whole: Any
    parts: dict[str, Any] = {}


class Returned(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def dims_of(x: Any) -> tuple[int, ...]:
    if isinstance(x, Row):
        return (1, len(x.v))
    return x.shape if isinstance(x, np.ndarray) else ()


def dense(x: Any) -> Any:
    return x.v[None, :] if isinstance(x, Row) else x


def is_number(x: Any) -> bool:
    return isinstance(x, (bool, int, float, complex, np.generic))


def plain(x: Any) -> Any:
    """Numbers as Python has them: what NumPy makes of one is no array."""
    if isinstance(x, np.generic) or (isinstance(x, np.ndarray) and x.ndim == 0):
        return x.item()
    return x


def spread(arrays: Sequence[Any]) -> list[Any]:
    """Arrays as broadcasting sees them: axes are counted from the first."""
    arrays = [dense(a) for a in arrays]
    most = max((np.ndim(a) for a in arrays), default=0)
    return [np.reshape(a, np.shape(a) + (1,) * (most - np.ndim(a)), order="F") if np.ndim(a) else a for a in arrays]


def broadcast(f: Callable[..., Any], *args: Any) -> Any:
    if not any(isinstance(a, (np.ndarray, Row)) for a in args):
        return f(*args)
    arrays = np.broadcast_arrays(*[np.asarray(a) for a in spread(args)])
    found = [f(*[plain(v) for v in vs]) for vs in zip(*[a.ravel(order="F") for a in arrays])]
    return np.array(found).reshape(arrays[0].shape, order="F")


def times(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        return checked(a * b)
    if isinstance(a, Scaling) or isinstance(b, Scaling):
        s, x = (a, b) if isinstance(a, Scaling) else (b, a)
        return Scaling(s.by * x) if is_number(x) else s.by * x
    if is_number(a) or is_number(b):
        return dense(a) * dense(b)
    if isinstance(b, Row):
        left = a if a.ndim == 2 else a[:, None]
        if left.shape[1] != 1:
            raise JuliaError("DimensionMismatch: a matrix times a row")
        return left @ b.v[None, :]
    if isinstance(a, Row):
        found = a.v @ b if len(a.v) == b.shape[0] else fail("DimensionMismatch")
        return plain(found) if b.ndim == 1 else Row(found)
    if a.ndim == 1 and b.ndim == 2 and b.shape[0] == 1:
        return a[:, None] @ b
    if a.ndim != 2 or b.ndim > 2 or a.shape[1] != b.shape[0]:
        raise JuliaError(f"MethodError or DimensionMismatch: {a.shape} * {b.shape}")
    return a @ b


def fail(words: str) -> Any:
    raise JuliaError(words)


def checked(x: Any) -> Any:
    """Whole numbers of 64 bits run over in silence: a program must not come there."""
    if isinstance(x, int) and not isinstance(x, bool) and abs(x) >= 2**53:
        raise JuliaError("a whole number runs over")
    return x


def plus(a: Any, b: Any, sign: int = 1) -> Any:
    if isinstance(b, Scaling):
        if dims_of(a)[0] != dims_of(a)[1]:
            raise JuliaError("DimensionMismatch: I beside a matrix that is not square")
        return dense(a) + sign * b.by * np.eye(len(dense(a)))
    if is_number(a) != is_number(b) or dims_of(a) != dims_of(b):
        raise JuliaError(f"MethodError or DimensionMismatch: {dims_of(a)} + {dims_of(b)}")
    if isinstance(a, Row) and isinstance(b, Row):
        return Row(a.v + sign * b.v)
    return checked(dense(a) + sign * dense(b))


def power(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray):
        return np.linalg.matrix_power(a, b)
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        return checked(a**b)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if a < 0 and b != round(b):
            raise JuliaError("DomainError: a power of a number below 0")
        if a == 0 and b < 0:
            return math.inf
        try:
            return float(a) ** b
        except OverflowError:
            return math.inf
    return a**b


def divided(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        with np.errstate(all="ignore"):
            return plain(np.divide(a, b))
    if not is_number(b):
        raise JuliaError("an array in a denominator")
    return dense(a) / b


def solved(a: Any, b: Any) -> Any:
    return np.linalg.solve(a.whole if isinstance(a, Factors) else dense(a), dense(b))


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": plus,
    "-": lambda a, b: plus(a, b, -1),
    "*": times,
    "/": divided,
    "÷": operator.floordiv,
    "^": power,
    "\\": solved,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "===": operator.is_,
    "in": lambda a, b: a in b,
    "<:": lambda a, b: a.of is float,
}
