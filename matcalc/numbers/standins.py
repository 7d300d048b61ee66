"""Numbers for functions known by their sets alone: the user's callables, or a smooth stand-in with exact derivatives.

Where a derivative is checked at random points, f is a sum of waves along fixed directions, made from its name alone:

    f_i(x) = offset_i + a_i . x + sum over r of c_ir sin(w_r . x + b_r),   x by stacked columns

so that every derivative is known exactly: the sine of a wave becomes the k-th derivative of the sine, times k factors w_r.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

from ..errors import ShapeError, UsageError
from .arrays import full
from .kernels import of
from .precise import Random

Value = Any  # a number, or a two-dimensional array
Shape = tuple[int, int]
WAVES = 3


def at(name: str, order: int, value: Shape, x: Value, env: Mapping[str, Any], result: Shape, words: Sequence[str] = ()) -> Value:
    """The derivative of this order of the function `name` at `x`, as a matrix of shape `result`."""
    given = env.get(name + "'" * order)
    if given is not None:
        return _given(given, name + "'" * order, value, x, result, order)
    stacked = of(x).np.asarray(x).reshape(-1, order="F")
    found = _waves(name, order, value, stacked)
    if "symmetric" in words:
        found = _symmetrised(found, value[0])
    return _as_matrix(found, value, getattr(x, "shape", None) or (1, 1), order, result)


def entrywise(name: str, order: int, x: Value, env: Mapping[str, Any]) -> Value:
    """The same for a function of one number, entry by entry."""
    given = env.get(name + "'" * order)
    entries = of(x).np.asarray(x)
    one = (lambda v: _number(given(v), name + "'" * order)) if given is not None else lambda v: at(name, order, (1, 1), v, env, (1, 1))
    found = of(x).np.array([one(v) for v in entries.reshape(-1)]).reshape(entries.shape)
    return found if getattr(x, "ndim", 0) else of(x).number(found)


def _symmetrised(found: Value, n: int) -> Value:
    """The mean of what belongs to the entries (i, j) and (j, i) of the stacked value."""
    arrays = of(found)
    mean = arrays.np.zeros((n * n, n * n))
    for i in range(n):
        for j in range(n):
            for k in (i * n + j, j * n + i):
                mean[i * n + j, k] = mean[i * n + j, k] + arrays.exact(1) / 2
    rest = list(range(1, found.ndim))
    return arrays.np.einsum(mean, [found.ndim, found.ndim + 1], found, [found.ndim + 1, *rest], [found.ndim, *rest])


def along(name: str, value: Shape, x: Value, direction: Value, env: Mapping[str, Any], words: Sequence[str] = ()) -> Value:
    """The derivative along a direction: unstacked F'(X) vec(E)."""
    ends = getattr(x, "shape", None) or (1, 1)
    if ends == (1, 1):
        return at(name, 1, value, x, env, value, words) * direction
    if value == (1, 1):
        first = at(name, 1, value, x, env, ends if ends[1] > 1 else (1, ends[0]))
        return of(x).np.sum(first.reshape(ends) * direction)
    first = at(name, 1, value, x, env, (value[0] * value[1], ends[0] * ends[1]), words)
    return (first @ direction.T.reshape(-1, 1)).reshape(value, order="F")


def _waves(name: str, order: int, value: Shape, x: Value) -> Value:
    """All derivatives of an order, with indices (entry of the stacked value, entries of the stacked argument …)."""
    arrays = of(x)
    np, exact = arrays.np, arrays.exact
    amplitudes, directions, phases, slopes, offset = (
        np.array([exact(v) for v in c.data]).reshape(c.shape) for c in _coefficients(name, len(x), value)
    )
    angles = np.einsum(directions, [0, 1], x, [1], [0]) + phases
    heights = (np.sin, np.cos)[order % 2](angles) * exact((1, 1, -1, -1)[order % 4])
    operands: list[Any] = [amplitudes, [0, 1], heights, [1]]
    for k in range(order):
        operands += [directions, [1, 2 + k]]
    total = np.einsum(*operands, [0, *range(2, 2 + order)])
    return total + np.einsum(slopes, [0, 1], x, [1], [0]) + offset if order == 0 else total + slopes if order == 1 else total


@lru_cache(maxsize=256)
def _coefficients(name: str, length: int, value: Shape) -> tuple[Any, ...]:
    """What makes the stand-in of a name: amplitudes, directions and phases of its waves, slopes and offset. A scalar or
    vector is mostly positive, a square matrix mostly invertible."""
    rng, count = Random(crc32(name.encode())), value[0] * value[1]
    number = WAVES + count

    def signed(low: float, high: float, shape: Shape) -> Any:
        return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)

    amplitudes, directions = signed(0.2, 0.5, (count, number)), signed(0.4, 1.1, (number, length))
    offset = full((count,), 0 if value[0] != value[1] and value[1] != 1 else 2)
    if value[0] == value[1]:
        offset = full((count,), 0)
        offset.data[:: value[0] + 1] = [full((), 2).data[0]] * value[0]
    phases = rng.uniform(0.0, 6.0, (1, number)).reshape(-1)
    return amplitudes, directions, phases, rng.uniform(-0.4, 0.4, (count, length)), offset


def _as_matrix(found: Value, value: Shape, argument: Shape, order: int, result: Shape) -> Value:
    """Indices (stacked value, stacked argument …) as the matrix that `build.functions` says."""
    if result == (1, 1):
        return of(found).number(found)
    if argument == (1, 1) or order == 0:
        return found.reshape(value, order="F")
    if value == (1, 1):
        found = found.reshape(found.shape[1:])
        if order <= 1:
            return found.reshape(argument, order="F").reshape(result)
        order -= 1
    # d vec(f')/d vec(x)^T, time and again: the last index is the column, the one before it the slowest of the rows
    last = found.ndim - 1
    return of(found).np.transpose(found, [*range(last - 1, -1, -1), last]).reshape(result)


# ---------------------------------------------------------------------------------------------- the user's callables


def _given(function: Callable[[Any], Any], name: str, value: Shape, x: Value, result: Shape, order: int) -> Value:
    """What the user's callable says, with the indices (of the value, of the argument …) or as the matrix."""
    import numpy as np

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


def _long(shape: Sequence[int]) -> list[int]:
    return [n for n in shape if n > 1]


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UsageError(f"{name} did not give a number") from None
