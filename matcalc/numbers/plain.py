"""Small matrices without NumPy: what the check of a short answer needs, for a fraction of what importing NumPy costs.

The module stands in for `matcalc.numbers.kernels`: it has the same names, as far as it goes, and the numeric texts of the book are
read in either. A text that speaks of something that is not here makes `matcalc.numbers.numeric` take NumPy. As with NumPy, what has
no value is not a number or infinite; a singular matrix is a ZeroDivisionError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import product
from operator import add, ge, gt, le, lt, mul, ne, sub
from operator import eq as equal
from typing import Any

from ..errors import ShapeError
from ..ops.multilinear import letters
from . import special
from .rounding import tie

Value = Any  # a float, or an Array
Real = Callable[[float], float]


class Array:
    """A matrix: its entries row by row. Entrywise operations take another of the same shape, or a number."""

    __slots__ = ("data", "shape")
    ndim = 2

    def __init__(self, data: list[float], shape: tuple[int, int]) -> None:
        self.data, self.shape = data, shape

    def _with(self, other: Value, function: Callable[[float, float], Any]) -> Array:
        if not isinstance(other, Array):
            return Array([function(a, other) for a in self.data], self.shape)
        if other.shape != self.shape:
            raise ValueError(f"shapes {self.shape} and {other.shape}")
        return Array(list(map(function, self.data, other.data)), self.shape)

    def __add__(self, other: Value) -> Array:
        return self._with(other, add)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Array:
        return self._with(other, sub)

    def __rsub__(self, other: float) -> Array:
        return Array([other - a for a in self.data], self.shape)

    def __mul__(self, other: Value) -> Array:
        return self._with(other, mul)

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Array:
        return self._with(other, quotient)

    def __rtruediv__(self, other: float) -> Array:
        return Array([quotient(other, a) for a in self.data], self.shape)

    def __neg__(self) -> Array:
        return Array([-a for a in self.data], self.shape)

    def __gt__(self, other: Value) -> Array:
        return self._with(other, gt)

    def __lt__(self, other: Value) -> Array:
        return self._with(other, lt)

    def __matmul__(self, other: Array) -> Array:
        (rows, inner), (again, cols) = self.shape, other.shape
        if inner != again:
            raise ValueError(f"shapes {self.shape} and {other.shape}")
        columns = [other.data[j::cols] for j in range(cols)]
        lines = [self.data[i * inner : (i + 1) * inner] for i in range(rows)]
        return Array([sum(map(mul, line, column)) for line in lines for column in columns], (rows, cols))

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def T(self) -> Array:
        cols = self.shape[1]
        return Array([a for j in range(cols) for a in self.data[j::cols]], (cols, self.shape[0]))

    def __getitem__(self, place: tuple[Any, Any]) -> Value:
        """An entry. `x[:, 0]` of a column and `d[:, None]` of a diagonal are columns here, as is every array of one axis."""
        i, j = place
        return self if isinstance(i, slice) else self.data[i * self.shape[1] + j]

    def __setitem__(self, place: tuple[int, int], value: float) -> None:
        self.data[place[0] * self.shape[1] + place[1]] = value

    def copy(self) -> Array:
        return Array(self.data[:], self.shape)

    def reshape(self, rows: int, cols: int, order: str = "C") -> Array:
        data = self.T.data if order == "F" else self.data
        rows = len(data) // cols if rows == -1 else rows
        return Array(data[:], (rows, cols)) if order == "C" else Array(data[:], (cols, rows)).T

    def lines(self) -> Iterator[list[float]]:
        """The rows."""
        rows, cols = self.shape
        return (self.data[i * cols : (i + 1) * cols] for i in range(rows))


def quotient(a: float, b: float) -> float:
    """a/b, by zero too."""
    if b:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1.0, b) if a else math.nan


def entrywise(function: Real, outside: float = math.nan) -> Callable[[Value], Value]:
    """A function of a number, of every entry; `outside` its domain, and infinite where it overflows."""

    def one(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return outside
        except OverflowError:
            return math.inf

    return lambda x: Array(list(map(one, x.data)), x.shape) if isinstance(x, Array) else one(x)


# ---------------------------------------------------------------------------------------------- what NumPy has


def _power(x: float, k: float) -> float:
    try:
        return math.pow(x, k)
    except ValueError:
        return math.nan if x else math.inf
    except OverflowError:
        return -math.inf if x < 0 and k % 2 == 1 else math.inf


def _full(shape: tuple[int, int], value: float) -> Array:
    return Array([value] * (shape[0] * shape[1]), shape)


def _eye(n: int) -> Array:
    return _filled((n, n), lambda i, j: float(i == j))


def _filled(shape: tuple[int, int], entry: Callable[[int, int], float]) -> Array:
    return Array([entry(i, j) for i in range(shape[0]) for j in range(shape[1])], shape)


def _diag(x: Array) -> Array:
    """The diagonal matrix of a column; the diagonal of a matrix, as a column."""
    n = x.shape[0]
    if x.shape[1] == 1:
        return _filled((n, n), lambda i, j: x.data[i] if i == j else 0.0)
    return Array(x.data[:: x.shape[1] + 1], (n, 1))


def _kron(X: Array, Y: Array) -> Array:
    (m, n), (p, q) = X.shape, Y.shape
    return _filled((m * p, n * q), lambda i, j: X[i // p, j // q] * Y[i % p, j % q])


def _eliminate(X: Array, right: Array | None = None) -> tuple[float, list[list[float]]]:
    """Gauss and Jordan with partial pivots: the determinant of X, and the lines that [X, right] becomes."""
    n = X.shape[0]
    if X.shape[1] != n:
        raise ValueError("not square")
    lines = [a + b for a, b in zip(X.lines(), right.lines())] if right is not None else list(X.lines())
    determinant = 1.0
    for k in range(n):
        top = max(range(k, n), key=lambda i: abs(lines[i][k]))
        pivot = lines[top][k]
        if top != k:
            lines[k], lines[top] = lines[top], lines[k]
            determinant = -determinant
        determinant *= pivot
        if not pivot:
            return 0.0, lines
        own = lines[k] = [a / pivot for a in lines[k]]
        for i in range(n) if right is not None else range(k + 1, n):
            factor = lines[i][k]
            if i != k and factor:
                lines[i] = [a - factor * b for a, b in zip(lines[i], own)]
    return determinant, lines


def _inverse(X: Array) -> Array:
    n = X.shape[0]
    determinant, lines = _eliminate(X, _eye(n))
    if not determinant:
        raise ZeroDivisionError("singular matrix")
    return Array([a for line in lines for a in line[n:]], (n, n))


def _determinant(X: Array) -> float:
    return _eliminate(X)[0]


def _matrix_power(X: Array, k: int) -> Array:
    total, base = _eye(X.shape[0]), X if k >= 0 else _inverse(X)
    for bit in reversed(range(abs(k).bit_length())):
        total = total @ total
        if abs(k) >> bit & 1:
            total = total @ base
    return total


class linalg:
    """Of numpy.linalg."""

    det = staticmethod(_determinant)
    inv = staticmethod(_inverse)
    matrix_power = staticmethod(_matrix_power)


class np:
    """Of numpy."""

    linalg = linalg
    eye = staticmethod(_eye)
    ones = staticmethod(lambda shape: _full(shape, 1.0))
    zeros = staticmethod(lambda shape: _full(shape, 0.0))
    diag = staticmethod(_diag)
    kron = staticmethod(_kron)
    array = staticmethod(lambda args: Array(list(args), (1, len(args))))
    tril = staticmethod(lambda x: _filled(x.shape, lambda i, j: x[i, j] if i >= j else 0.0))
    triu = staticmethod(lambda x: _filled(x.shape, lambda i, j: x[i, j] if i <= j else 0.0))
    sum = staticmethod(lambda x: sum(x.data))
    power = staticmethod(lambda x, k: Array([_power(a, k) for a in x.data], x.shape) if isinstance(x, Array) else _power(x, k))
    real = staticmethod(lambda x: x)
    abs = staticmethod(entrywise(abs))
    sign = staticmethod(entrywise(lambda x: math.copysign(1.0, x) if x else x))
    sqrt = staticmethod(entrywise(math.sqrt))
    exp, sin, cos, tan = (staticmethod(entrywise(f)) for f in (math.exp, math.sin, math.cos, math.tan))
    log = staticmethod(entrywise(lambda x: math.log(x) if x else -math.inf))
    sinh = staticmethod(entrywise(lambda x: math.sinh(x) if abs(x) < 710 else math.copysign(math.inf, x)))
    cosh, tanh = (staticmethod(entrywise(f)) for f in (math.cosh, math.tanh))
    arcsin, arccos, arctan = (staticmethod(entrywise(f)) for f in (math.asin, math.acos, math.atan))
    arcsinh, arccosh, arctanh = (staticmethod(entrywise(f)) for f in (math.asinh, math.acosh, math.atanh))


# ---------------------------------------------------------------------------------------------- what matcalc.numbers.kernels has


def add_all(args: Sequence[Value]) -> Value:
    total = args[0]
    for a in args[1:]:
        total = total + a
    return total


def multiply_all(args: Sequence[Value]) -> Value:
    total = args[0]
    for a in args[1:]:
        total = total * a
    return total


def chain(args: Sequence[Value]) -> Value:
    """The matrix product, from the end that is a vector."""
    scale = 1.0
    matrices = []
    for a in args:
        if isinstance(a, Array):
            matrices.append(a)
        else:
            scale *= a
    if not matrices:
        return scale
    if matrices[-1].shape[1] == 1:
        total = matrices[-1]
        for a in reversed(matrices[:-1]):
            total = a @ total
    else:
        total = matrices[0]
        for a in matrices[1:]:
            total = total @ a
    return total if len(matrices) == len(args) else scale * total


def contracted(index: str, *args: Value) -> Value:
    form = letters(index)
    sizes = {c: n for place, a in zip(form.arguments, args) for c, n in zip(place, a.shape) if c}
    rows, cols = (math.prod(sizes[c] for c in part) for part in form.value)
    total = [0.0] * (rows * cols)

    def at(part: str, places: dict[str, int]) -> int:
        found = 0
        for c in part:
            found = found * sizes[c] + places[c]
        return found

    for counts in product(*map(range, sizes.values())):
        places = dict(zip(sizes, counts))
        entries = [a.data[at(row, places) * a.shape[1] + at(col, places)] for (row, col), a in zip(form.arguments, args)]
        total[at(form.value[0], places) * cols + at(form.value[1], places)] += math.prod(entries)
    return Array(total, (rows, cols)) if "".join(form.value) else total[0]


_RELATIONS = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": equal, "!=": ne}


def compare(relation: object, x: Value, y: Value) -> Value:
    exactly, slack = _RELATIONS[str(relation)], tie()

    def holds(a: float, b: float) -> Any:
        return exactly(a, a if slack and abs(a - b) <= slack * abs(b) else b)

    if isinstance(x, Array):
        return x._with(y, lambda a, b: float(holds(a, b)))
    return Array([float(holds(x, b)) for b in y.data], y.shape) if isinstance(y, Array) else float(holds(x, y))


def unit_vector(i: float, n: int) -> Array:
    place = index_of(i, n)
    return Array([float(k == place) for k in range(n)], (n, 1))


def index_of(i: float, n: int) -> int:
    k = round(i)
    if not 1 <= k <= n:
        raise ShapeError(f"the index {k} is not in 1 … {n}")
    return k - 1


def _logistic(x: float) -> float:
    small = math.exp(-abs(x))
    return (small if x < 0 else 1.0) / (1.0 + small)


absolute = np.abs
logistic = entrywise(_logistic)
soft_plus = entrywise(lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))))
error_function = entrywise(math.erf)
normal = entrywise(special.normal)
log_gamma = entrywise(special.log_gamma)
gamma = entrywise(special.gamma)


def polygamma(k: float, x: Value) -> Value:
    return entrywise(lambda a: special.polygamma(k, a))(x)


def two_norm(x: Array) -> float:
    return math.hypot(*x.data)


def greatest(x: Array) -> float:
    return max(x.data)


def soft_max(x: Array, axis: int | None = None) -> Array:
    """Over all entries; with an axis, in every row."""
    if axis is not None:
        return Array([a for line in x.lines() for a in soft_max(Array(line, (1, len(line)))).data], x.shape)
    e: Array = np.exp(x - max(x.data))
    return e / sum(e.data)


def log_sum_exp(x: Array, axis: int | None = None) -> Value:
    """Likewise; with an axis, a column."""
    if axis is not None:
        return Array([log_sum_exp(Array(line, (1, len(line)))) for line in x.lines()], (x.shape[0], 1))
    top = max(x.data)
    return top + math.log(sum(np.exp(x - top).data))


def log_determinant(X: Array) -> float:
    size = abs(_determinant(X))
    return math.log(size) if size else -math.inf


# ---------------------------------------------------------------------------------------------- for numeric and verify


NO_VALUE = (ArithmeticError,)


class Random:
    """Random numbers: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014)."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def _next(self) -> float:
        """From 0 to 1."""
        mask = (1 << 64) - 1
        self._state = (self._state + 0x9E3779B97F4A7C15) & mask
        z = self._state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return ((z ^ z >> 31) >> 11) * 2.0**-53

    def uniform(self, low: float, high: float, shape: tuple[int, int] | None = None) -> Value:
        if shape is None:
            return low + (high - low) * self._next()
        return _filled(shape, lambda i, j: low + (high - low) * self._next())

    def choice(self, among: Sequence[float], shape: tuple[int, int]) -> Array:
        return _filled(shape, lambda i, j: among[int(len(among) * self._next())])

    def integers(self, low: int, high: int) -> int:
        return low + int((high - low) * self._next())


def random(seed: int) -> Random:
    return Random(seed)


def family(members: Iterable[Value]) -> list[Value]:
    return list(members)


def flat(value: Value) -> list[float]:
    """The entries, row by row."""
    return value.data if isinstance(value, Array) else [float(value)]


def magnitude(value: Value) -> float:
    """The greatest absolute value of an entry."""
    return max(map(abs, flat(value)), default=0.0)


def number(value: Array) -> float:
    """The entry of a matrix of one."""
    (only,) = value.data
    return only


def full(shape: tuple[int, int], value: float) -> Array:
    return _full(shape, value)


def quiet() -> AbstractContextManager[object]:
    return nullcontext()
