"""Matrices of decimal numbers, and what is done with them entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from operator import add, ge, gt, le, lt, mul, sub, truediv
from typing import Any

from . import decimals
from .watch import CHEAP, DEAR, Number, noted, spend

Value = Any  # a Decimal, or an Array
Real = Callable[[Decimal], Decimal]
Relation = Callable[[Any, Any], bool]


class Array:
    """A matrix: its entries row by row. Entrywise operations take another of the same shape, or a number."""

    __slots__ = ("_squares", "data", "shape")
    ndim = 2

    def __init__(self, data: list[Any], shape: tuple[int, int]) -> None:
        self.data, self.shape = data, shape
        self._squares: list[Array] | None = None

    @property
    def squares(self) -> list[Array]:
        """Its powers to powers of two, as far as they have been asked for: a long sum asks for all powers of one matrix."""
        if self._squares is None:
            self._squares = []
        return self._squares

    def _with(self, other: Value, function: Callable[[Any, Any], Any]) -> Array:
        if not isinstance(other, Array):
            return Array([function(a, other) for a in self.data], self.shape)
        if other.shape != self.shape:
            raise TypeError(f"shapes {self.shape} and {other.shape}")  # NumPy may know how they fit
        return Array(list(map(function, self.data, other.data)), self.shape)

    def __add__(self, other: Value) -> Array:
        return self._with(other, add)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Array:
        return self._with(other, sub)

    def __rsub__(self, other: Any) -> Array:
        return Array([other - a for a in self.data], self.shape)

    def __mul__(self, other: Value) -> Array:
        return self._with(other, mul)

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Array:
        return self._with(other, truediv)

    def __rtruediv__(self, other: Any) -> Array:
        return Array([other / a for a in self.data], self.shape)

    def __pow__(self, k: Any) -> Array:
        spend(DEAR * len(self.data))
        return Array([decimals.power(a, k) for a in self.data], self.shape)

    def __neg__(self) -> Array:
        return Array([-a for a in self.data], self.shape)

    def _compared(self, other: Value, relation: Relation) -> Array:
        found = self._with(other, relation)
        noted(found.data)
        return found

    def __gt__(self, other: Value) -> Array:
        return self._compared(other, gt)

    def __lt__(self, other: Value) -> Array:
        return self._compared(other, lt)

    def __ge__(self, other: Value) -> Array:
        return self._compared(other, ge)

    def __le__(self, other: Value) -> Array:
        return self._compared(other, le)

    def __matmul__(self, other: Array) -> Array:
        (rows, inner), (again, cols) = self.shape, other.shape
        if inner != again:
            raise ValueError(f"shapes {self.shape} and {other.shape}")
        if rows * inner * cols > CHEAP:
            spend(rows * inner * cols)
        columns = [other.data[j::cols] for j in range(cols)]
        lines = [self.data[i * inner : (i + 1) * inner] for i in range(rows)]
        return Array([sum(map(mul, line, column)) for line in lines for column in columns], (rows, cols))

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def T(self) -> Array:
        cols = self.shape[1]
        return Array([a for j in range(cols) for a in self.data[j::cols]], (cols, self.shape[0]))

    def __getitem__(self, place: tuple[Any, ...]) -> Value:
        """An entry. `x[:, 0]` of a column and `d[:, None]` of a diagonal are columns here, as is every array of one axis. Other
        parts of a matrix are for NumPy."""
        if not place or (place[0] == slice(None) and place[1] in (0, None) and self.shape[1] == 1):
            return self
        row, col = place
        if isinstance(row, slice) or isinstance(col, slice) or row is None or col is None:
            raise TypeError("a part of a matrix")
        return self.data[row * self.shape[1] + col]

    def __setitem__(self, place: tuple[int, int], value: Any) -> None:
        self.data[place[0] * self.shape[1] + place[1]] = value

    def copy(self) -> Array:
        return Array(self.data[:], self.shape)

    def reshape(self, rows: int, cols: int, order: str = "C") -> Array:
        data = self.T.data if order == "F" else self.data
        rows = len(data) // cols if rows == -1 else rows
        return Array(data[:], (rows, cols)) if order == "C" else Array(data[:], (cols, rows)).T

    def lines(self) -> Iterator[list[Any]]:
        """The rows."""
        rows, cols = self.shape
        return (self.data[i * cols : (i + 1) * cols] for i in range(rows))


def entrywise(function: Real) -> Callable[[Value], Value]:
    """A function of a number, of every entry."""

    def value(x: Value) -> Value:
        if not isinstance(x, Array):
            return function(Decimal(x))
        spend(DEAR * len(x.data))
        return Array(list(map(function, x.data)), x.shape)

    return value


def filled(shape: tuple[int, int], entry: Callable[[int, int], Any]) -> Array:
    return Array([entry(i, j) for i in range(shape[0]) for j in range(shape[1])], shape)


def full(shape: tuple[int, int], value: Any) -> Array:
    return Array([Decimal(value)] * (shape[0] * shape[1]), shape)


ZERO, UNIT = Decimal(0), Decimal(1)


def eye(rows: int, cols: int | None = None, diagonal: int = 0) -> Array:
    return filled((rows, rows if cols is None else cols), lambda i, j: UNIT if j - i == diagonal else ZERO)


def diag(x: Array) -> Array:
    """The diagonal matrix of a column; the diagonal of a matrix, as a column."""
    n = x.shape[0]
    if x.shape[1] == 1:
        return filled((n, n), lambda i, j: x.data[i] if i == j else ZERO)
    return Array(x.data[:: x.shape[1] + 1], (n, 1))


def kron(X: Array, Y: Array) -> Array:
    (m, n), (p, q) = X.shape, Y.shape
    return filled((m * p, n * q), lambda i, j: X[i // p, j // q] * Y[i % p, j % q])


def power(x: Value, k: Any) -> Value:
    return x**k if isinstance(x, Array) else decimals.power(x, k)


def where(condition: Value, x: Value, y: Value) -> Value:
    shaped = next((a for a in (condition, x, y) if isinstance(a, Array)), None)
    if shaped is None:
        return Number(x if condition else y)
    c, a, b = (v.data if isinstance(v, Array) else [v] * len(shaped.data) for v in (condition, x, y))
    return Array([p if s else q for s, p, q in zip(c, a, b, strict=True)], shaped.shape)


def absolute(x: Value) -> Value:
    """|x|, and on which side of 0 it was computed."""
    if not isinstance(x, Array):
        noted([x > ZERO])
        return Number(abs(x))
    noted([a > ZERO for a in x.data])
    return Array([abs(a) for a in x.data], x.shape)


def sign(x: Value) -> Value:
    noted([a > ZERO for a in (x.data if isinstance(x, Array) else (Decimal(x),))])
    return entrywise(lambda a: UNIT.copy_sign(a) if a else a)(x)
