"""Numbers for functions known by their sets alone: the user's callables, or a smooth stand-in with exact derivatives.

Where a derivative is checked at random points, f is a sum of waves along fixed directions, made from its name alone:

    f_i(x) = offset_i + a_i . x + sum over r of c_ir sin(w_r . x + b_r),   x by stacked columns

so that every derivative is known exactly: the sine of a wave becomes the k-th derivative of the sine, times k factors w_r. Decimal
numbers go through NumPy's arrays of objects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from ..errors import ShapeError, UsageError
from . import decimals, precise
from .arrays import Array

Value = Any  # a number, or a two-dimensional array of float or complex
Shape = tuple[int, int]
WAVES = 3


def at(name: str, order: int, value: Shape, x: Value, env: Mapping[str, Any], result: Shape) -> Value:
    """The derivative of this order of the function `name` at `x`, as a matrix of shape `result`."""
    given = env.get(name + "'" * order)
    if given is not None:
        return _given(given, name + "'" * order, value, x, result, order)
    if _is_precise(x):
        return _inward(at(name, order, value, precise.outward(x), env, result))
    found = _waves(name, order, value[0] * value[1], x.reshape(-1, order="F") if np.ndim(x) else np.array([x]), value)
    return _as_matrix(found, value, np.shape(x) or (1, 1), order, result)


def entrywise(name: str, order: int, x: Value, env: Mapping[str, Any]) -> Value:
    """The same for a function of one number, entry by entry."""
    given = env.get(name + "'" * order)
    if given is not None:
        entries = [_number(given(v), name + "'" * order) for v in np.ravel(x)]
        return np.array(entries).reshape(np.shape(x)) if np.ndim(x) else entries[0]
    if _is_precise(x):
        return _inward(entrywise(name, order, precise.outward(x), env))
    amplitudes, directions, phases, slopes, offset = _for(x, _coefficients(name, 1, 1, (1, 1)))
    total = slopes[0, 0] * x + offset[0] if order == 0 else 0 * x + (slopes[0, 0] if order == 1 else 0)
    for c, w, b in zip(amplitudes[0], directions[:, 0], phases, strict=True):
        total = total + c * w**order * _sine(w * x + b, order)
    return total


def along(name: str, value: Shape, x: Value, direction: Value, env: Mapping[str, Any]) -> Value:
    """The derivative along a direction: unstacked F'(X) vec(E)."""
    if _is_precise(x):
        return _inward(along(name, value, precise.outward(x), precise.outward(direction), env))
    ends = np.shape(x) or (1, 1)
    if ends == (1, 1):
        return at(name, 1, value, x, env, value) * direction
    if value == (1, 1):
        first = at(name, 1, value, x, env, ends if ends[1] > 1 else (1, ends[0]))
        return np.sum(np.reshape(first, ends) * direction)
    first = at(name, 1, value, x, env, (value[0] * value[1], ends[0] * ends[1]))
    return (first @ direction.reshape(-1, order="F")).reshape(value, order="F")


def _waves(name: str, order: int, count: int, x: Value, value: Shape) -> Value:
    """All derivatives of an order, with indices (entry of the stacked value, entries of the stacked argument …)."""
    amplitudes, directions, phases, slopes, offset = _for(x, _coefficients(name, count, len(x), value))
    heights = _sine(directions @ x + phases, order)
    operands: list[Any] = [amplitudes, [0, 1], heights, [1]]
    for k in range(order):
        operands += [directions, [1, 2 + k]]
    total = np.einsum(*operands, [0, *range(2, 2 + order)])
    return total + slopes @ x + offset if order == 0 else total + slopes if order == 1 else total


def _is_precise(x: Value) -> bool:
    return isinstance(x, Array | Decimal)


def _inward(found: Value) -> Value:
    """A NumPy array of decimal numbers as the check has it."""
    if np.ndim(found) == 0:
        return found
    return Array(found.ravel().tolist(), found.shape)


def _for(x: Value, coefficients: Sequence[Value]) -> Sequence[Value]:
    """The coefficients as numbers of the kind that `x` has."""
    if not isinstance(np.ravel(x)[0], Decimal):
        return coefficients
    return [np.array([precise.exact(v) for v in c.ravel().tolist()], dtype=object).reshape(c.shape) for c in coefficients]


def _sine(x: Value, order: int) -> Value:
    """A derivative of the sine."""
    if not isinstance(np.ravel(x)[0], Decimal):
        return np.sin(x + order * math.pi / 2)
    return np.vectorize(lambda v: decimals.sin(v + order * decimals.pi() / 2), otypes=[object])(x)[()]


@lru_cache(maxsize=256)
def _coefficients(name: str, count: int, length: int, value: Shape) -> tuple[Value, Value, Value, Value, Value]:
    """What makes the stand-in of a name: amplitudes, directions and phases of its waves, slopes and offset. A scalar or
    vector is mostly positive, a square matrix mostly invertible."""
    rng = np.random.default_rng(crc32(name.encode()))
    number = WAVES + count
    directions = rng.uniform(0.4, 1.1, (number, length)) * rng.choice([-1.0, 1.0], (number, length))
    amplitudes = rng.uniform(0.2, 0.5, (count, number)) * rng.choice([-1.0, 1.0], (count, number))
    offset = 2.0 * np.eye(*value).reshape(-1, order="F") if value[0] == value[1] else np.full(count, 2.0 if value[1] == 1 else 0.0)
    return amplitudes, directions, rng.uniform(0.0, 6.0, number), rng.uniform(-0.4, 0.4, (count, length)), offset


def _as_matrix(found: Value, value: Shape, argument: Shape, order: int, result: Shape) -> Value:
    """Indices (stacked value, stacked argument …) as the matrix that `build.functions` says."""
    if result == (1, 1):
        return found.reshape(())[()]
    if argument == (1, 1) or order == 0:
        return found.reshape(value, order="F")
    if value == (1, 1):
        found = found.reshape(found.shape[1:])
        if order <= 1:
            return found.reshape(argument, order="F").reshape(result)
        order -= 1
    # d vec(f')/d vec(x)^T, time and again: the last index is the column, the one before it the slowest of the rows
    last = found.ndim - 1
    return np.transpose(found, [*range(last - 1, -1, -1), last]).reshape(result)


# ---------------------------------------------------------------------------------------------- the user's callables


def _given(function: Callable[[Any], Any], name: str, value: Shape, x: Value, result: Shape, order: int) -> Value:
    """What the user's callable says, with the indices (of the value, of the argument …) or as the matrix."""
    argument: Shape = np.shape(x) or (1, 1)
    answer = np.asarray(function(x[:, 0] if np.ndim(x) and argument[1] == 1 else x), dtype=float)
    axes = [n for n in (*value, *argument * order) if n > 1]
    if answer.size != math.prod(axes) or (list(answer.shape) != axes and answer.shape != result and list(answer.shape) != _long(result)):
        raise ShapeError(f"{name} gave an array of shape {answer.shape}, expected {tuple(axes)}")
    if list(answer.shape) != axes or len(axes) <= 2:
        return answer.reshape(result) if result != (1, 1) else float(answer.reshape(()))
    groups = [[n for n in value if n > 1]] + [[n for n in argument if n > 1]] * order
    order_of, start = [], 0
    for group in groups:  # every group by stacked columns: its last index is the slowest
        order_of.append(list(range(start + len(group) - 1, start - 1, -1)))
        start += len(group)
    stacked = np.transpose(answer, [a for group in order_of for a in group]).reshape([math.prod(g) for g in groups])
    return _as_matrix(stacked, value, argument, order, result)


def _long(shape: Shape) -> list[int]:
    return [n for n in shape if n > 1]


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UsageError(f"{name} did not give a number") from None
