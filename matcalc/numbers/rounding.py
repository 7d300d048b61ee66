"""Rounding made visible: what is computed inside `shaken` has every value off by a random rounding error.

How far results then lie apart is how far they may be off by themselves, whatever was subtracted from whatever on the way (Monte Carlo
arithmetic: D. S. Parker, B. Pierce and P. R. Eggert, Computing in Science and Engineering 2 (2000)).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

EPS = sys.float_info.epsilon
TIE = 64 * EPS


class Rounding:
    """Random rounding errors. Whole numbers made of nothing but whole numbers have none: they are exponents and subscripts.

    `overflowed` says that something infinite, or no number, was met: what is divided by it is 0 and looks finite again.
    """

    __slots__ = ("_arrays", "_exact", "_rng", "overflowed")

    def __init__(self, arrays: ModuleType, seed: int) -> None:
        self._arrays, self._rng = arrays, arrays.random(seed)
        self._exact: set[object] = set()
        self.overflowed = False

    def __call__(self, node: object, below: Sequence[object], value: Any, leaf: bool) -> Any:
        """The value of a node, rounded; `leaf` says that it is a number that stands there as it is."""
        entries = (value,) if isinstance(value, float) else self._arrays.flat(value)
        if not all(map(math.isfinite, entries)):
            self.overflowed |= bool(below)  # the bound of an infinite sum is no overflow
            return value
        if (leaf or (below and self._exact.issuperset(below))) and all(v == v // 1 for v in entries):
            self._exact.add(node)
            return value
        self._exact.discard(node)
        shape = value.shape if getattr(value, "ndim", 0) else None
        return value * (1.0 + EPS * self._rng.uniform(-1.0, 1.0, shape))


_current: ContextVar[Rounding | None] = ContextVar("rounding", default=None)
current = _current.get


def tie() -> float:
    """How far apart, relatively, two numbers may be that count as equal: in `1[x = max(x)]` both sides are rounded by themselves."""
    return 0.0 if current() is None else TIE


@contextmanager
def shaken(arrays: ModuleType, seed: int) -> Iterator[Rounding]:
    """Inside, expressions are evaluated with random rounding errors."""
    rounding = Rounding(arrays, seed)
    token = _current.set(rounding)
    try:
        yield rounding
    finally:
        _current.reset(token)
