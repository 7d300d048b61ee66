"""Arrays of numbers of any type, in plain Python, and as much of NumPy's interface to them as the check needs.

Entries are objects with the operators of numbers: decimal numbers, and whatever computes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, getcontext
from functools import lru_cache
from itertools import repeat
from math import prod
from operator import add, eq, ge, gt, index, le, lt, mul, ne, neg, sub, truediv
from typing import Any

from . import decimals
from .watch import CHEAP, DEAR, noted, spend, tied, unwatched, watched

Value = Any  # a number, or an Array
Shape = tuple[int, ...]
Relation = Callable[[Any, Any], bool]
Operand = tuple[Sequence[Any], tuple[int, ...]]  # entries, and the indices that they run over

ZERO, UNIT = Decimal(0), Decimal(1)
ROUNDED = 10  # of the last digits, in which numbers that are compared may differ by rounding alone


class Array:
    """Entries row by row, and the lengths of the axes. Entrywise operations take another array, or a number, as NumPy's do."""

    __slots__ = ("_squares", "data", "shape")

    def __init__(self, data: list[Any], shape: Shape) -> None:
        self.data, self.shape = data, shape
        self._squares: list[Array] | None = None

    @property
    def squares(self) -> list[Array]:
        """Its powers to powers of two, as far as they have been asked for: a long sum asks for all powers of one matrix."""
        if self._squares is None:
            self._squares = []
        return self._squares

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return len(self.data)

    def _with(self, other: Value, function: Callable[[Any, Any], Any]) -> Array:
        if not isinstance(other, Array):
            return Array(list(map(function, self.data, repeat(other))), self.shape)
        if other.shape == self.shape:
            return Array(list(map(function, self.data, other.data)), self.shape)
        (one, two), shape = spread(self, other)
        return Array(list(map(function, one, two)), shape)

    def __add__(self, other: Value) -> Array:
        return self._with(other, add)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Array:
        return self._with(other, sub)

    def __rsub__(self, other: Any) -> Array:
        return Array(list(map(sub, repeat(other), self.data)), self.shape)

    def __mul__(self, other: Value) -> Array:
        return self._with(other, mul)

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Array:
        return self._with(other, truediv)

    def __rtruediv__(self, other: Any) -> Array:
        return Array(list(map(truediv, repeat(other), self.data)), self.shape)

    def __pow__(self, k: Value) -> Array:
        spend(DEAR * len(self.data))
        return self._with(k, decimals.power)

    def __neg__(self) -> Array:
        return Array(list(map(neg, self.data)), self.shape)

    def __abs__(self) -> Array:
        return Array(list(map(abs, self.data)), self.shape)

    def _compared(self, other: Value, relation: Relation) -> Array:
        found = self._with(unwatched(other), relation)
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
        if cols == 1:
            data, column = self.data, other.data
            if rows == 1:
                return Array([sum(map(mul, data, column), ZERO)], (1, 1))
            return Array([sum(map(mul, data[at : at + inner], column), ZERO) for at in range(0, len(data), inner)], (rows, 1))
        columns = [other.data[j::cols] for j in range(cols)]
        lines = [self.data[i * inner : (i + 1) * inner] for i in range(rows)]
        return Array([sum(map(mul, line, column), ZERO) for line in lines for column in columns], (rows, cols))

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        return iter(self.data) if self.ndim == 1 else (self[k] for k in range(len(self)))

    @property
    def T(self) -> Array:
        if len(self.shape) != 2:
            return self.transpose(range(len(self.shape))[::-1])
        cols = self.shape[1]
        if 1 in self.shape:
            return Array(self.data, (cols, self.shape[0]))
        return Array([a for j in range(cols) for a in self.data[j::cols]], (cols, self.shape[0]))

    def transpose(self, axes: Sequence[int]) -> Array:
        steps, shape = _steps(self.shape), tuple(self.shape[k] for k in axes)
        return Array([self.data[at] for at in places(shape, [steps[k] for k in axes])], shape)

    def __getitem__(self, key: Any) -> Value:
        """An entry, or a part: by whole numbers, slices and None; by one list of them, the rows."""
        if type(key) is tuple and len(key) == 2 == len(self.shape) and type(key[0]) is type(key[1]) is int:
            row, col = key
            if not (0 <= row < self.shape[0] and 0 <= col < self.shape[1]):
                raise IndexError(f"no entry {key} in {self.shape}")
            return self.data[row * self.shape[1] + col]
        if isinstance(key, list):
            size = prod(self.shape[1:])
            return Array([a for k in key for a in self.data[k * size : (k + 1) * size]], (len(key), *self.shape[1:]))
        shape, steps, start = [], [], 0
        left = iter(zip(self.shape, _steps(self.shape), strict=True))
        for k in key if isinstance(key, tuple) else (key,):
            if k is None:
                shape.append(1)
                steps.append(0)
                continue
            length, step = next(left)
            if isinstance(k, slice):
                first, last, by = k.indices(length)
                shape.append(len(range(first, last, by)))
                steps.append(step * by)
                start += first * step
            else:
                start += range(length)[index(k)] * step
        rest = list(left)
        shape, steps = shape + [n for n, _ in rest], steps + [step for _, step in rest]
        found = [self.data[start + at] for at in places(shape, steps)]
        return Array(found, tuple(shape)) if shape else found[0]

    def __setitem__(self, place: tuple[int, int], value: Any) -> None:
        self.data[place[0] * self.shape[1] + place[1]] = value

    def copy(self) -> Array:
        return Array(self.data[:], self.shape)

    def reshape(self, *shape: Any, order: str = "C") -> Array:
        wanted = tuple(shape[0]) if shape and not isinstance(shape[0], int) else shape
        known = prod(n for n in wanted if n != -1)
        wanted = tuple(len(self.data) // known if n == -1 else n for n in wanted)
        if prod(wanted) != len(self.data):
            raise ValueError(f"shapes {self.shape} and {wanted}")
        return Array(self.data, wanted) if order == "C" else Array(self.T.data, wanted[::-1]).T

    def lines(self) -> Iterator[list[Any]]:
        """The rows of a matrix."""
        rows, cols = self.shape
        return (self.data[i * cols : (i + 1) * cols] for i in range(rows))


# ---------------------------------------------------------------------------------------------- places of entries


def _steps(shape: Sequence[int]) -> list[int]:
    """How far apart neighbours along every axis are."""
    return [prod(shape[k + 1 :]) for k in range(len(shape))]


def places(shape: Iterable[int], steps: Iterable[int]) -> list[int]:
    """Where the entries of an array stand, if neighbours along its axes are so far apart."""
    found = [0]
    for n, step in zip(shape, steps, strict=True):
        found = [at + k * step for at in found for k in range(n)]
    return found


def spread(*values: Value) -> tuple[list[Iterable[Any]], Shape]:
    """The entries of arrays and numbers, with axes of length 1 repeated so that all have one shape; and that shape."""
    shapes = [v.shape if isinstance(v, Array) else () for v in values]
    axes = max(map(len, shapes))
    padded = [(1,) * (axes - len(s)) + s for s in shapes]
    shape = tuple(next((n for n in lengths if n != 1), 1) for lengths in zip(*padded, strict=True))
    if any(n not in (1, whole) for s in padded for n, whole in zip(s, shape, strict=True)):
        raise ValueError(f"shapes {' and '.join(map(str, shapes))}")
    found: list[Iterable[Any]] = []
    for v, own in zip(values, padded, strict=True):
        if not isinstance(v, Array):
            found.append(repeat(unwatched(v), prod(shape)))
        elif own == shape:
            found.append(v.data)
        else:
            steps = [0 if n == 1 else step for n, step in zip(own, _steps(own), strict=True)]
            found.append([v.data[at] for at in places(shape, steps)])
    return found, shape


# ---------------------------------------------------------------------------------------------- as NumPy has them


def entrywise(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """A function of a number, of every entry."""

    def value(x: Value) -> Value:
        if not isinstance(x, Array):
            return function(Decimal(x) if isinstance(x, int | float) else x)
        spend(DEAR * len(x.data))
        return Array(list(map(function, x.data)), x.shape)

    return value


def array(value: Any) -> Array:
    """Of numbers, arrays of one shape, or lists of them."""
    if isinstance(value, Array):
        return value
    parts = [array(v) if isinstance(v, list | tuple) else v for v in value]
    if parts and isinstance(parts[0], Array):
        return Array([a for part in parts for a in part.data], (len(parts), *parts[0].shape))
    return Array(parts, (len(parts),))


def filled(shape: tuple[int, int], entry: Callable[[int, int], Any]) -> Array:
    return Array([entry(i, j) for i in range(shape[0]) for j in range(shape[1])], shape)


def full(shape: Shape, value: Any) -> Array:
    return Array([Decimal(value) if isinstance(value, int | float) else value] * prod(shape), tuple(shape))


def eye(rows: int, cols: int | None = None, k: int = 0) -> Array:
    cols = rows if cols is None else cols
    data = [ZERO] * (rows * cols)
    for i in range(max(0, -k), min(rows, cols - k)):
        data[i * cols + i + k] = UNIT
    return Array(data, (rows, cols))


def diag(x: Array) -> Array:
    """The diagonal of a matrix, or the diagonal matrix of an array of one axis."""
    n = x.shape[0]
    return Array(x.data[:: x.shape[1] + 1], (n,)) if x.ndim == 2 else filled((n, n), lambda i, j: x.data[i] if i == j else ZERO)


def kron(X: Array, Y: Array) -> Array:
    product: Array = X[:, None, :, None] * Y[None, :, None, :]
    return product.reshape(X.shape[0] * Y.shape[0], X.shape[1] * Y.shape[1])


def block(rows: Sequence[Sequence[Value]]) -> Array:
    """The matrix of these blocks."""
    given = [[X if isinstance(X, Array) else full((1, 1), X) for X in row] for row in rows]
    data = [a for row in given for lines in zip(*[X.lines() for X in row], strict=True) for line in lines for a in line]
    return Array(data, (sum(row[0].shape[0] for row in given), sum(X.shape[1] for X in given[0])))


def where(condition: Value, x: Value, y: Value) -> Value:
    """As NumPy's; but a condition that is no number gives none, rather than x."""
    if not any(isinstance(a, Array) for a in (condition, x, y)):
        return watched(condition if condition != condition else x if condition else y)
    entries, shape = spread(condition, x, y)
    return Array([s if s != s else p if s else q for s, p, q in zip(*entries, strict=True)], shape)


def absolute(x: Value) -> Value:
    """|x|, and on which side of 0 it was computed."""
    noted([a > ZERO for a in (x.data if isinstance(x, Array) else (x,)) if isinstance(a, Decimal)])
    return Array([abs(a) for a in x.data], x.shape) if isinstance(x, Array) else watched(abs(x))


def sign(x: Value) -> Value:
    noted([a > ZERO for a in (x.data if isinstance(x, Array) else (Decimal(x),))])
    return entrywise(lambda a: UNIT.copy_sign(a) if a and a == a else a)(x)


def reduced(function: Callable[[list[Any]], Any]) -> Callable[..., Value]:
    """A function of all entries, or of those along an axis of a matrix."""

    def value(x: Value, axis: int | None = None, keepdims: bool = False) -> Value:
        if axis is None:
            found = function(x.data if isinstance(x, Array) else list(x))
            return Array([found], (1,) * x.ndim) if keepdims else found
        parts = [function(line) for line in (x if axis == 1 else x.T).lines()]
        return Array(parts, ((len(parts), 1) if axis == 1 else (1, len(parts))) if keepdims else (len(parts),))

    return value


def relation(function: Relation) -> Callable[[Value, Value], Value]:
    """A comparison, noted; that two are equal or not is not sought on either side. What is compared with no number has no outcome."""
    of_equals = function in (eq, ne)
    compared: Relation = (lambda a, b: are_one(a, b) is (function is eq)) if of_equals else function

    def holds(x: Value, y: Value) -> Value:
        for side in (x, y):
            known(side.data if isinstance(side, Array) else (side,))
        if not isinstance(x, Array) and not isinstance(y, Array):
            outcome = compared(Decimal(x), Decimal(y))
            tied(not of_equals and Decimal(x) == Decimal(y))
            noted([int(outcome) if of_equals else outcome])
            return outcome
        entries, shape = spread(x, y)
        outcomes = list(map(compared, *entries))
        tied(not of_equals and any(map(eq, *entries)))
        noted(list(map(int, outcomes)) if of_equals else outcomes)
        return Array(outcomes, shape)

    return holds


def known(entries: Sequence[Any]) -> Sequence[Any]:
    """These entries, where all are numbers."""
    if any(a != a for a in entries):
        raise ArithmeticError("no number is on neither side")
    return entries


def are_one(a: Any, b: Any) -> bool:
    """Whether two numbers are equal but for what rounding leaves: an entry that is the greatest may have been computed in two ways. With
    more digits they are told apart where they are two."""
    return bool(a == b or abs(a - b) < max(abs(a), abs(b)).scaleb(ROUNDED - getcontext().prec))


# ---------------------------------------------------------------------------------------------- sums of products over indices


def einsum(*operands: Any, optimize: bool = False) -> Value:
    """As NumPy's, of arrays each with the list of its indices, and last the list of those of the value."""
    *given, out = operands
    dims = {i: n for a, own in zip(given[::2], given[1::2], strict=True) for i, n in zip(own, a.shape, strict=True)}
    left = [(a.data, tuple(own)) for a, own in zip(given[::2], given[1::2], strict=True)]
    while len(left) > 2:
        one, other = left.pop(), left.pop()
        needed = {*out, *(i for _, own in left for i in own)}
        kept = tuple(i for i in dict.fromkeys((*one[1], *other[1])) if i in needed)
        left.append(_multiplied(one, other, kept, dims))
    data = (_multiplied(left[0], left[1], tuple(out), dims) if len(left) == 2 else _turned(left[0], tuple(out), dims))[0]
    return Array(list(data), tuple(dims[i] for i in out)) if out else data[0]


@lru_cache(maxsize=4096)
def _order(own: tuple[int, ...], sizes: tuple[int, ...], wanted: tuple[int, ...]) -> list[int] | None:
    """Where the entries of an array with its `own` indices stand in the `wanted` order of them (None: they stand so), then over the
    others; of one that has an index twice, those of the diagonal."""
    order = (*wanted, *[i for i in dict.fromkeys(own) if i not in wanted])
    if own == order:
        return None
    steps, dims = dict.fromkeys(own, 0), dict(zip(own, sizes, strict=True))
    for i, step in zip(own, _steps(sizes), strict=True):
        steps[i] += step
    return places([dims[i] for i in order], [steps[i] for i in order])


def _turned(operand: Operand, wanted: tuple[int, ...], dims: Mapping[int, int]) -> Operand:
    """The array with the `wanted` indices in this order, summed over the others."""
    data, own = operand
    order = _order(own, tuple([dims[i] for i in own]), wanted)
    data = data if order is None else [data[k] for k in order]
    count = prod([dims[i] for i in set(own).difference(wanted)])
    return ([sum(data[k : k + count]) for k in range(0, len(data), count)] if count > 1 else data), wanted


@lru_cache(maxsize=4096)
def _parted(one: tuple[int, ...], other: tuple[int, ...], kept: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The indices that two arrays share and that are kept, those that are summed over, those that are kept of the one, of the other."""
    shared = [i for i in dict.fromkeys(one) if i in other]
    alone = [tuple(i for i in dict.fromkeys(own) if i in kept and i not in shared) for own in (one, other)]
    return tuple(i for i in shared if i in kept), tuple(i for i in shared if i not in kept), *alone


def _multiplied(one: Operand, other: Operand, kept: tuple[int, ...], dims: Mapping[int, int]) -> Operand:
    """The product of two arrays, summed over the indices that are not kept."""
    both, rest, first, second = _parted(one[1], other[1], kept)
    rows, columns = _turned(one, (*both, *first, *rest), dims)[0], _turned(other, (*both, *second, *rest), dims)[0]
    count, lines = prod([dims[i] for i in rest]), prod([dims[i] for i in both])
    height, width = len(rows) // lines, len(columns) // lines
    spend(height * width * lines // count)
    found: list[Any] = []
    for k in range(lines):
        if count == 1:
            found += [a * b for a in rows[k * height : (k + 1) * height] for b in columns[k * width : (k + 1) * width]]
            continue
        right = [columns[at : at + count] for at in range(k * width, (k + 1) * width, count)]
        for at in range(k * height, (k + 1) * height, count):
            line = rows[at : at + count]
            found += [sum(map(mul, line, column)) for column in right]
    return _turned((found, (*both, *first, *second)), kept, dims)
