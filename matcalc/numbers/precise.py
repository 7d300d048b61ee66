"""Small matrices of decimal numbers, of as many digits as the context of `decimal` says: what the check computes with.

The module stands in for `matcalc.numbers.kernels`: it has the same names, and the numeric texts of the book are read in either. A
text that speaks of something that is not here makes `matcalc.numbers.numeric` take NumPy. As with NumPy, what has no value is not
a number or infinite (the context traps nothing); a singular matrix is a ZeroDivisionError.

Comparisons are told to the `Watch` that is set, if one is: on which side of its switches a function was computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, getcontext, localcontext
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations, product
from math import prod
from operator import add, ge, gt, le, lt, mul, ne, sub, truediv
from operator import eq as equal
from typing import Any

from ..errors import ShapeError
from ..kinds import Dim
from ..ops.multilinear import letters
from . import decimals
from .contraction import Step
from .decimals import INFINITY, NAN

Value = Any  # a Decimal, or an Array
Real = Callable[[Decimal], Decimal]
Relation = Callable[[Any, Any], bool]
Operand = tuple[Sequence[Any], tuple[int, ...]]  # entries, and the indices that they run over
DIGITS = 50
SWEEPS = 60  # of the singular value decomposition; a dozen are many
CHEAP, MOST = 200, 2_000_000  # products of two numbers: not counted; too many
DEAR = 100  # products, that a function of a number is as dear as
NODE, STEP = 20, 200  # likewise a node of an expression, and a step of a contraction, whatever their arrays
NO_VALUE = (ArithmeticError,)


def precision(digits: int) -> AbstractContextManager[object]:
    """Inside, numbers have so many digits, and what has no value is not a number."""
    return localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[]))


def exact(value: Any) -> Decimal:
    """A number; a float by its shortest decimal digits."""
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(value)


def constant(name: str) -> Decimal:
    return INFINITY if name == "infty" else decimals.pi() if name == "pi" else decimals.e()


def quiet() -> AbstractContextManager[object]:
    """Nothing here warns of what has no value."""
    return nullcontext()


def is_finite(value: Decimal) -> bool:
    return value.is_finite()


def negligible() -> Decimal:
    """What is less, beside 1, does not count any more."""
    return Decimal(10) ** -getcontext().prec


# ---------------------------------------------------------------------------------------------- switches


class TooMuch(Exception):
    """More products than decimal numbers should be asked for."""


class Watch:
    """The comparisons made, in order: the node of the expression, which of its comparisons, and what it gave for every entry. Matrix
    products of more than `most` numbers in all, of 50 digits, are TooMuch."""

    def __init__(self, most: int = MOST) -> None:
        self.trace: list[tuple[object, int, Sequence[object]]] = []
        self.left = most
        self._node: object = None
        self._place = 0

    def spend(self, products: int) -> None:
        self.left -= products * getcontext().prec // DIGITS
        if self.left < 0:
            raise TooMuch

    def enter(self, node: object) -> None:
        """The comparisons that follow are made in this node."""
        self._node, self._place = node, 0

    def note(self, outcomes: Sequence[object]) -> None:
        self.trace.append((self._node, self._place, outcomes))
        self._place += 1


watching: ContextVar[Watch | None] = ContextVar("watching", default=None)


def _noted(outcomes: Sequence[object]) -> None:
    watch = watching.get()
    if watch is not None:
        watch.note(outcomes)


def spend(products: int) -> None:
    """Count so many products of the watch that is set."""
    watch = watching.get()
    if watch is not None:
        watch.spend(products)


def _watched(outcome: bool) -> bool:
    _noted((outcome,))
    return outcome


class Number(Decimal):
    """A number whose comparisons are noted; what is computed from it is a Decimal again."""

    __slots__ = ()

    def __gt__(self, other: Any) -> bool:
        return _watched(Decimal.__gt__(self, other))

    def __lt__(self, other: Any) -> bool:
        return _watched(Decimal.__lt__(self, other))

    def __ge__(self, other: Any) -> bool:
        return _watched(Decimal.__ge__(self, other))

    def __le__(self, other: Any) -> bool:
        return _watched(Decimal.__le__(self, other))

    def __getitem__(self, place: tuple[()]) -> Decimal:
        return self


# ---------------------------------------------------------------------------------------------- arrays


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
        _noted(found.data)
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


def _filled(shape: tuple[int, int], entry: Callable[[int, int], Any]) -> Array:
    return Array([entry(i, j) for i in range(shape[0]) for j in range(shape[1])], shape)


def full(shape: tuple[int, int], value: Any) -> Array:
    return Array([Decimal(value)] * (shape[0] * shape[1]), shape)


ZERO, UNIT = Decimal(0), Decimal(1)


def _eye(rows: int, cols: int | None = None, diagonal: int = 0) -> Array:
    return _filled((rows, rows if cols is None else cols), lambda i, j: UNIT if j - i == diagonal else ZERO)


def _diag(x: Array) -> Array:
    """The diagonal matrix of a column; the diagonal of a matrix, as a column."""
    n = x.shape[0]
    if x.shape[1] == 1:
        return _filled((n, n), lambda i, j: x.data[i] if i == j else ZERO)
    return Array(x.data[:: x.shape[1] + 1], (n, 1))


def _kron(X: Array, Y: Array) -> Array:
    (m, n), (p, q) = X.shape, Y.shape
    return _filled((m * p, n * q), lambda i, j: X[i // p, j // q] * Y[i % p, j % q])


def _power(x: Value, k: Any) -> Value:
    return x**k if isinstance(x, Array) else decimals.power(x, k)


def _where(condition: Value, x: Value, y: Value) -> Value:
    shaped = next((a for a in (condition, x, y) if isinstance(a, Array)), None)
    if shaped is None:
        return Number(x if condition else y)
    c, a, b = (v.data if isinstance(v, Array) else [v] * len(shaped.data) for v in (condition, x, y))
    return Array([p if s else q for s, p, q in zip(c, a, b, strict=True)], shaped.shape)


def absolute(x: Value) -> Value:
    """|x|, and on which side of 0 it was computed."""
    if not isinstance(x, Array):
        _noted([x > ZERO])
        return Number(abs(x))
    _noted([a > ZERO for a in x.data])
    return Array([abs(a) for a in x.data], x.shape)


def _sign(x: Value) -> Value:
    _noted([a > ZERO for a in (x.data if isinstance(x, Array) else (Decimal(x),))])
    return entrywise(lambda a: UNIT.copy_sign(a) if a else a)(x)


# ---------------------------------------------------------------------------------------------- linear algebra


def _eliminate(X: Array, right: Array | None = None) -> tuple[Any, list[list[Any]]]:
    """Gauss and Jordan with partial pivots: the determinant of X, and the lines that [X, right] becomes."""
    n = X.shape[0]
    if X.shape[1] != n:
        raise ValueError("not square")
    lines = [a + b for a, b in zip(X.lines(), right.lines(), strict=True)] if right is not None else list(X.lines())
    determinant = UNIT
    for k in range(n):
        top = max(range(k, n), key=lambda i: abs(lines[i][k]))
        pivot = lines[top][k]
        if top != k:
            lines[k], lines[top] = lines[top], lines[k]
            determinant = -determinant
        determinant *= pivot
        if not pivot:
            return ZERO, lines
        own = lines[k] = [a / pivot for a in lines[k]] if right is not None or k < n - 1 else lines[k]
        for i in range(n) if right is not None else range(k + 1, n):
            factor = lines[i][k]
            if i != k and factor:
                lines[i] = [a - factor * b for a, b in zip(lines[i], own, strict=True)]
    return determinant, lines


def _solve(X: Array, right: Array) -> Array:
    n = X.shape[0]
    determinant, lines = _eliminate(X, right)
    if not determinant:
        raise ZeroDivisionError("singular matrix")
    return Array([a for line in lines for a in line[n:]], (n, right.shape[1]))


def _inverse(X: Array) -> Array:
    return _solve(X, _eye(X.shape[0]))


def _determinant(X: Array) -> Any:
    return _eliminate(X)[0]


def _cholesky(X: Array) -> Array:
    """The lower triangle L with L L^T = X; not a number where X is not positive definite."""
    n = len(X)
    L = full((n, n), 0)
    for i in range(n):
        for j in range(i + 1):
            rest = X[i, j] - sum(L[i, k] * L[j, k] for k in range(j))
            L[i, j] = rest.sqrt() if i == j else rest / L[j, j]
    return L


def _matrix_power(X: Array, k: int) -> Array:
    if k < 0:
        return _matrix_power(_inverse(X), -k)
    total = None
    for bit in range(k.bit_length()):
        if bit == len(X.squares):
            X.squares.append(X.squares[-1] @ X.squares[-1] if bit else X)
        if k >> bit & 1:
            total = X.squares[bit] if total is None else total @ X.squares[bit]
    return _eye(X.shape[0]) if total is None else total


def _orthonormal(X: Array) -> tuple[Array, None]:
    """Columns with the span of those of X (as many as there are rows, at most), twice by Gram and Schmidt."""
    found: list[list[Any]] = []
    for column in list(X.T.lines())[: X.shape[0]]:
        for _ in range(2):
            for q in found:
                along = sum(map(mul, q, column))
                column = [a - along * b for a, b in zip(column, q, strict=True)]
        size = sum(a * a for a in column).sqrt()
        found.append([a / size for a in column])
    return Array([a for q in found for a in q], (len(found), X.shape[0])).T, None


def svd(X: Array, compute_uv: bool = True) -> Any:
    """U, s, V^T with as few columns as there can be; by turning pairs of columns until they are orthogonal (one-sided Jacobi:
    Golub and Van Loan, Matrix Computations, 8.6.3)."""
    if X.shape[0] < X.shape[1]:
        found = svd(X.T)
        return (found[2].T, found[1], found[0].T) if compute_uv else found[1]
    columns = list(X.T.lines())
    turned = list(_eye(len(columns)).lines())
    small = negligible() * 10
    for _ in range(SWEEPS):
        rest = ZERO
        spend(4 * len(X) * len(columns) ** 2)
        for p, q in combinations(range(len(columns)), 2):
            x, y = columns[p], columns[q]
            a, b, c = sum(map(mul, x, x)), sum(map(mul, y, y)), sum(map(mul, x, y))
            if not (a * b).is_finite():
                raise ZeroDivisionError("entries that are not finite")
            if c * c <= small * small * a * b:
                continue
            rest += 1
            t = (b - a) / (2 * c)
            t = UNIT.copy_sign(t) / (abs(t) + (1 + t * t).sqrt())
            cosine = 1 / (1 + t * t).sqrt()
            for where in (columns, turned):
                u, v = where[p], where[q]
                where[p] = [cosine * (i - t * j) for i, j in zip(u, v, strict=True)]
                where[q] = [cosine * (t * i + j) for i, j in zip(u, v, strict=True)]
        if not rest:
            break
    else:
        raise ArithmeticError("no end of turning")
    sizes = [sum(map(mul, x, x)).sqrt() for x in columns]
    order = sorted(range(len(sizes)), key=lambda k: -sizes[k])
    singular = [sizes[k] for k in order]
    if not compute_uv:
        return singular
    left = Array([a / sizes[k] for k in order for a in columns[k]], (len(order), X.shape[0])).T
    return left, singular, Array([a for k in order for a in turned[k]], (len(order), len(order)))


def pseudo_inverse(X: Array) -> Array:
    """The Moore-Penrose inverse. Singular values of rounding errors are taken for zero."""
    U, s, Vt = svd(X)
    least = s[0] * negligible().sqrt()
    inverted = [1 / a if a > least else ZERO for a in s]
    turned: Array = Vt.T
    return turned @ Array([a * b for line, a in zip(_finite(U).T.lines(), inverted, strict=True) for b in line], U.T.shape)


def _finite(U: Array) -> Array:
    """With zeros for the columns of singular values that are zero."""
    return Array([a if a.is_finite() else ZERO for a in U.data], U.shape)


def first_right_singular(X: Array) -> Array:
    """The first right singular vector, with its greatest entry positive."""
    v = next(svd(X)[2].lines())
    top = max(range(len(v)), key=lambda k: abs(v[k]))
    _noted([top])
    return Array([a.copy_sign(1) if k == top else a * UNIT.copy_sign(v[top]) for k, a in enumerate(v)], (len(v), 1))


def eigen(X: Array, k: Any) -> tuple[Any, Array]:
    """The k-th eigenvalue of the symmetric part from below (from above with k < 0), and its vector with its greatest entry positive."""
    S = (X + X.T) / 2
    shift = two_norm(S) + 1  # S + shift I is positive definite: its singular values are its eigenvalues
    _, sizes, vectors = svd(S + _eye(len(S)) * shift)
    at = len(sizes) - int(k) if k > 0 else -1 - int(k)
    if not 0 <= at < len(sizes):
        raise ZeroDivisionError(f"no eigenvalue {k}")
    v = list(vectors.lines())[at]
    top = max(v, key=abs)
    return sizes[at] - shift, Array([a * UNIT.copy_sign(top) for a in v], (len(v), 1))


def adjugate(X: Array) -> Array:
    """The adjugate, by minors."""
    lines, n = list(X.lines()), X.shape[0]

    def minor(i: int, j: int) -> Any:
        left = [a for k, line in enumerate(lines) if k != i for a in [*line[:j], *line[j + 1 :]]]
        return (-1) ** (i + j) * _determinant(Array(left, (n - 1, n - 1)))

    return _filled((n, n), lambda i, j: minor(j, i))


def log_determinant(X: Array) -> Any:
    return abs(_determinant(X)).ln()


class Jet:
    """A square or oblong matrix with its derivatives along directions: the sum of parts[S] times the e_k with k in the set S (as bits),
    where every e_k squares to 0. A function of matrices, written with these operations, has its derivative in the last part: what is
    upper triangular by blocks in Higham and Relton (2013), without the zeros."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[int, Array]) -> None:
        self.parts = parts

    @classmethod
    def of(cls, X: Array, directions: Sequence[Array] = (), sizes: Sequence[Any] = ()) -> Jet:
        return cls({0: X} | {1 << k: E * (1 / size) for k, (E, size) in enumerate(zip(directions, sizes, strict=True))})

    def __add__(self, other: Jet) -> Jet:
        return Jet(self.parts | {s: self.parts[s] + b if s in self.parts else b for s, b in other.parts.items()})

    def __mul__(self, factor: Any) -> Jet:
        return Jet({s: a * factor for s, a in self.parts.items()})

    def __sub__(self, other: Jet) -> Jet:
        return self + other * -1

    def __matmul__(self, other: Jet) -> Jet:
        found: dict[int, Array] = {}
        spend(NODE * len(self.parts) * len(other.parts))
        for s, a in self.parts.items():
            for t, b in other.parts.items():
                if not s & t:
                    found[s | t] = found[s | t] + a @ b if s | t in found else a @ b
        return Jet(found)

    @property
    def T(self) -> Jet:
        return Jet({s: a.T for s, a in self.parts.items()})

    def inverse(self) -> Jet:
        """Part by part, from A B = I."""
        own = _inverse(self.parts[0])
        found = Jet({0: own})
        rest = Jet({s: a for s, a in self.parts.items() if s})
        for _ in range(max(self.parts).bit_length()):
            found = Jet({0: own}) - Jet({0: own}) @ (rest @ found)
        return found

    def norm(self) -> Any:
        """The greatest sum of the absolute values of a row."""
        return max(sum(map(abs, line)) for part in self.parts.values() for line in part.lines())


def _along(function: Callable[[Jet], Jet]) -> Callable[..., Array]:
    """A function of matrices at X, or its derivative along directions. They are made of size 1 before."""

    def value(X: Array, *directions: Array) -> Array:
        sizes = [Jet.of(E).norm() or UNIT for E in directions]
        return function(Jet.of(X, directions, sizes)).parts[(1 << len(directions)) - 1] * prod(sizes)

    return value


def _exponential(X: Jet) -> Jet:
    """By scaling and squaring the series."""
    size = X.norm()
    if not size.is_finite() or size.adjusted() > 6:
        raise ArithmeticError("too great for a series")
    halvings = max(0, 4 + 4 * (size.adjusted() + 1))
    with localcontext() as context:
        context.prec += decimals.GUARD + halvings // 3
        A = X * (UNIT / 2**halvings)
        total: Jet = _unit(X) + A
        term, k, least = A, 1, negligible()
        while term.norm() > least:
            k += 1
            term = term @ A * (UNIT / k)
            total = total + term
        for _ in range(halvings):
            total = total @ total
        return total


def _unit(X: Jet) -> Jet:
    return Jet({0: _eye(len(X.parts[0]))})


def _root(X: Jet) -> Jet:
    """The principal square root, by the product form of the Denman-Beavers iteration (Higham, Functions of Matrices, 6.29)."""
    eye, M, S = _unit(X), X, X
    for _ in range(40):
        inverse, scale = M.inverse(), UNIT
        if (M - eye).norm() > Decimal("0.1"):
            scale = abs(_determinant(M.parts[0])) ** (Decimal(-1) / (2 * len(X.parts[0])))
        S = S @ (eye + inverse * (1 / scale**2)) * (scale / 2)
        M = (eye + (M * scale**2 + inverse * (1 / scale**2)) * (UNIT / 2)) * (UNIT / 2)
        if not (M - eye).norm() > negligible() * 1000:
            return S
    raise ArithmeticError("no end of the iteration")


def _logarithm(X: Jet) -> Jet:
    """The principal logarithm, by inverse scaling and squaring and the series of 2 artanh((A - I)(A + I)^-1)."""
    eye, A, roots = _unit(X), X, 0
    while (A - eye).norm() > Decimal("0.05"):
        if roots > 60:
            raise ArithmeticError("no end of square roots")
        A, roots = _root(A), roots + 1
    total = term = (A + eye).inverse() @ (A - eye)
    square, k, least = term @ term, 1, negligible()
    while term.norm() > least:
        term, k = term @ square, k + 2
        total = total + term * (UNIT / k)
    return total * Decimal(2 ** (roots + 1))


def _polar(X: Jet) -> Jet:
    """U V^T for X = U S V^T, of full rank: X (X^T X)^(-1/2)."""
    rows, cols = X.parts[0].shape
    return _root(X @ X.T).inverse() @ X if rows < cols else X @ _root(X.T @ X).inverse()


def _cosine_and_sine(X: Jet) -> tuple[Jet, Jet]:
    """By the series of X/2^k, doubled k times: cos 2A = 2 cos^2 A - I, sin 2A = 2 sin A cos A."""
    size = X.norm()
    if not size.is_finite() or size.adjusted() > 6:
        raise ArithmeticError("too great for a series")
    halvings = max(0, 4 + 4 * (size.adjusted() + 1))
    with localcontext() as context:
        context.prec += decimals.GUARD + halvings
        A = X * (UNIT / 2**halvings)
        parts, term, k, least = [_unit(X), A], A, 1, negligible()
        while term.norm() > least:
            k += 1
            term = term @ A * (UNIT / k * (-1 if k % 2 == 0 else 1))
            parts[k % 2] = parts[k % 2] + term
        cosine, sine = parts
        for _ in range(halvings):
            cosine, sine = cosine @ cosine * 2 - _unit(X), sine @ cosine * 2
        return cosine, sine


def _half(X: Jet, sign: int) -> Jet:
    return (_exponential(X) + _exponential(X * -1) * sign) * (UNIT / 2)


matrix_exponential = _along(_exponential)
matrix_logarithm = _along(_logarithm)
matrix_cosine = _along(lambda X: _cosine_and_sine(X)[0])
matrix_sine = _along(lambda X: _cosine_and_sine(X)[1])
matrix_hyperbolic_cosine = _along(lambda X: _half(X, 1))
matrix_hyperbolic_sine = _along(lambda X: _half(X, -1))
square_root = square_root_derivative = _along(_root)
polar_factor = polar_derivative = _along(_polar)


def _blocks(rows: Sequence[Sequence[Array]]) -> Array:
    data = [a for row in rows for lines in zip(*[X.lines() for X in row], strict=True) for line in lines for a in line]
    return Array(data, (sum(row[0].shape[0] for row in rows), sum(X.shape[1] for X in rows[0])))


def kronecker_form(derivative: Callable[..., Array], X: Array, *directions: Array) -> Array:
    """The matrix M with vec L(X, …, E) = M vec(E) for a derivative L, column by column."""
    n = len(X.data)
    units = [Array(line, X.T.shape).T for line in _eye(n).lines()]
    columns = [derivative(X, *directions, E).T.data for E in units]
    return Array([a for column in columns for a in column], (n, n)).T


def along(function: Callable[..., Array], X: Array, *directions: Array) -> Array:
    """The derivative of a function of matrices at X along directions."""
    return function(X, *directions)


kronecker_along = kronecker_form
exponential_kronecker = partial(kronecker_form, matrix_exponential)
square_root_kronecker = partial(kronecker_form, square_root)


def skew_matrix(w: Array) -> Array:
    """[w]_x of a column of three."""
    a, b, c = w.data
    return Array([ZERO, -c, b, c, ZERO, -a, -b, a, ZERO], (3, 3))


def left_jacobian(w: Array) -> Array:
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    K, eye = skew_matrix(w), _eye(3)
    whole: Array = matrix_exponential(_blocks([[K, eye], [K * 0, K * 0]]))
    return Array([a for line in list(whole.lines())[:3] for a in line[3:]], (3, 3))


class linalg:
    """Of numpy.linalg."""

    det = staticmethod(_determinant)
    inv = staticmethod(_inverse)
    solve = staticmethod(_solve)
    cholesky = staticmethod(_cholesky)
    matrix_power = staticmethod(_matrix_power)
    qr = staticmethod(_orthonormal)
    norm = staticmethod(lambda x: two_norm(x))


class np:
    """Of numpy."""

    linalg = linalg
    nan = NAN
    inf = INFINITY
    eye = staticmethod(_eye)
    ones = staticmethod(lambda shape: full(shape, 1))
    zeros = staticmethod(lambda shape: full(shape, 0))
    diag = staticmethod(_diag)
    kron = staticmethod(_kron)
    array = staticmethod(lambda args: Array(list(args), (1, len(args))))
    tril = staticmethod(lambda x: _filled(x.shape, lambda i, j: x[i, j] if i >= j else ZERO))
    triu = staticmethod(lambda x: _filled(x.shape, lambda i, j: x[i, j] if i <= j else ZERO))
    trace = staticmethod(lambda x: sum(x.data[:: x.shape[1] + 1]))
    sum = staticmethod(lambda x: sum(x.data if isinstance(x, Array) else x))
    power = staticmethod(_power)
    where = staticmethod(_where)
    real = staticmethod(lambda x: x if isinstance(x, Array) else Number(x))
    abs = staticmethod(absolute)
    sign = staticmethod(_sign)
    sqrt, exp, log = (staticmethod(entrywise(f)) for f in (Decimal.sqrt, Decimal.exp, Decimal.ln))
    expm1 = staticmethod(entrywise(decimals.expm1))
    sin, cos, tan = (staticmethod(entrywise(f)) for f in (decimals.sin, decimals.cos, decimals.tan))
    sinh, cosh, tanh = (staticmethod(entrywise(f)) for f in (decimals.sinh, decimals.cosh, decimals.tanh))
    arcsin, arccos, arctan = (staticmethod(entrywise(f)) for f in (decimals.arcsin, decimals.arccos, decimals.arctan))
    arcsinh, arccosh, arctanh = (staticmethod(entrywise(f)) for f in (decimals.arcsinh, decimals.arccosh, decimals.arctanh))

    @staticmethod
    def cumsum(x: Array, axis: int) -> Array:
        return np.tril(full((len(x), len(x)), 1)) @ x if axis == 0 else np.cumsum(x.T, 0).T


# ---------------------------------------------------------------------------------------------- what matcalc.numbers.kernels has


def add_all(args: Sequence[Value]) -> Value:
    """The sum of the arguments."""
    total = args[0]
    for a in args[1:]:
        total = total + a
    return total


def multiply_all(args: Sequence[Value]) -> Value:
    """The entrywise product. Scalars stand in front in the normal form, so they are multiplied with each other first."""
    total = args[0]
    for a in args[1:]:
        total = total * a
    return total


def chain(args: Sequence[Value]) -> Value:
    """The matrix product, from the end that is a vector."""
    scale = UNIT
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
    """A multilinear operation by its letters (see `matcalc.ops.multilinear`)."""
    form = letters(index)
    sizes = {c: n for place, a in zip(form.arguments, args, strict=True) for c, n in zip(place, a.shape, strict=True) if c}
    rows, cols = (prod(sizes[c] for c in part) for part in form.value)
    total = [ZERO] * (rows * cols)

    def at(part: str, places: dict[str, int]) -> int:
        found = 0
        for c in part:
            found = found * sizes[c] + places[c]
        return found

    for counts in product(*map(range, sizes.values())):
        places = dict(zip(sizes, counts, strict=True))
        entries = [a.data[at(row, places) * a.shape[1] + at(col, places)] for (row, col), a in zip(form.arguments, args, strict=True)]
        total[at(form.value[0], places) * cols + at(form.value[1], places)] += prod(entries)
    return Array(total, (rows, cols)) if "".join(form.value) else total[0]


def network(scale: Any, factors: Sequence[Any], steps: Sequence[Step], shape: Sequence[Sequence[int]]) -> Array:
    """A number times the sum over the indices of factors (sizes, numbers, indices), by these steps (see `contraction`), as a column."""
    count = prod(n for sizes in shape for n in sizes)
    if not factors:
        return full((count, 1), scale)
    dims = {i: n for sizes, _, own in factors for i, n in zip(own, sizes, strict=True)}
    left: list[Operand] = [(flat(value), tuple(own)) for _, value, own in factors]
    spend(STEP * len(steps))
    for places, kept in steps:
        one, *other = [left.pop(k) for k in places]
        left.append(_multiplied(one, other[0], tuple(kept), dims) if other else _turned(one, tuple(kept), dims))
    data = left[0][0]
    return Array([scale * a for a in data] if scale != 1 else list(data), (count, 1))


@lru_cache(maxsize=4096)
def _places(own: tuple[int, ...], sizes: tuple[int, ...], wanted: tuple[int, ...]) -> list[int] | None:
    """Where the entries of an array with its `own` indices stand in the `wanted` order of them (None: they stand so), then over the
    others; of one that has an index twice, those of the diagonal."""
    order = (*wanted, *[i for i in dict.fromkeys(own) if i not in wanted])
    if own == order:
        return None
    strides, dims, step = dict.fromkeys(own, 0), dict(zip(own, sizes, strict=True)), 1
    for i in reversed(own):
        strides[i] += step
        step *= dims[i]
    places = [0]
    for i in order:
        places = [at + k for at in places for k in range(0, strides[i] * dims[i], strides[i])]
    return places


def _turned(operand: Operand, wanted: tuple[int, ...], dims: Mapping[int, int]) -> Operand:
    """The array with the `wanted` indices in this order, summed over the others."""
    data, own = operand
    places = _places(own, tuple([dims[i] for i in own]), wanted)
    data = data if places is None else [data[k] for k in places]
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


_RELATIONS: dict[str, Relation] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": equal, "!=": ne}


def compare(relation: object, x: Value, y: Value) -> Value:
    holds = _RELATIONS[str(relation)]
    shaped = x if isinstance(x, Array) else y
    a, b = (v.data if isinstance(v, Array) else [v] * (len(shaped.data) if isinstance(shaped, Array) else 1) for v in (x, y))
    outcomes = list(map(holds, a, b))
    _noted(outcomes if holds not in (equal, ne) else list(map(int, outcomes)))  # equal numbers are not sought
    found = [UNIT if one else ZERO for one in outcomes]
    return Array(found, shaped.shape) if isinstance(shaped, Array) else found[0]


def choose(args: Sequence[Value]) -> Value:
    """The first value whose condition is not zero: value, condition, value, condition, …[, otherwise]; else not a number."""
    total: Value = args[-1] if len(args) % 2 else NAN
    for k in range(len(args) // 2 * 2 - 2, -1, -2):
        total = _where(args[k + 1], args[k], total)
    return total


def block_matrix(attr: Any, args: Sequence[Value]) -> Array:
    rows, cols = attr
    given = [a if isinstance(a, Array) else Array([a], (1, 1)) for a in args]
    return _blocks([given[i * cols : (i + 1) * cols] for i in range(rows)])


def unit_vector(i: Any, n: int) -> Array:
    place = index_of(i, n)
    return Array([UNIT if k == place else ZERO for k in range(n)], (n, 1))


def index_of(i: Any, n: int) -> int:
    k = round(i) if Decimal(i).is_finite() else 0
    if not 1 <= k <= n:
        raise ShapeError(f"the index {k} is not in 1 … {n}")
    return k - 1


def commutation_matrix(attr: Any, sizes: Mapping[str, int]) -> Array:
    m, n = (Dim.of(d).value(sizes) for d in attr)
    return _filled((m * n, m * n), lambda i, j: UNIT if j == i % n * m + i // n else ZERO)


logistic = entrywise(lambda x: 1 / (1 + (-x).exp()))
soft_plus = entrywise(lambda x: decimals.log1p(x.exp()))
error_function = entrywise(decimals.erf)
normal = entrywise(decimals.normal)
log_gamma = entrywise(decimals.log_gamma)
gamma = entrywise(decimals.gamma)
factorial = entrywise(lambda x: decimals.gamma(x + 1))


def polygamma(k: Any, x: Value) -> Value:
    return entrywise(lambda a: decimals.polygamma(Decimal(k), a))(x)


def two_norm(x: Array) -> Any:
    return sum(map(mul, x.data, x.data)).sqrt()


def p_norm(x: Array, p: Any) -> Any:
    return decimals.power(sum((absolute(x) ** p).data), 1 / p)


def greatest(x: Array) -> Any:
    top = max(range(len(x.data)), key=x.data.__getitem__)
    _noted([top])
    return x.data[top]


def soft_max(x: Array, axis: int | None = None) -> Array:
    """Over all entries; with an axis, in every row."""
    if axis is not None:
        return Array([a for line in x.lines() for a in soft_max(Array(line, (1, len(line)))).data], x.shape)
    e: Array = np.exp(x - max(x.data))
    share: Array = e / sum(e.data)
    return share


def log_sum_exp(x: Array, axis: int | None = None) -> Value:
    """Likewise; with an axis, a column."""
    if axis is not None:
        return Array([log_sum_exp(Array(line, (1, len(line)))) for line in x.lines()], (x.shape[0], 1))
    top = max(x.data)
    return top + sum(np.exp(x - top).data).ln()


# ---------------------------------------------------------------------------------------------- for numeric and verify


class Random:
    """Random numbers: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014). They have
    few digits, so that sums and products of them are exact."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def _next(self) -> int:
        """From 0 to 2^53."""
        mask = (1 << 64) - 1
        self._state = (self._state + 0x9E3779B97F4A7C15) & mask
        z = self._state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return (z ^ z >> 31) >> 11

    def uniform(self, low: float, high: float, shape: tuple[int, int] | None = None) -> Value:
        first, width = round(low * 10000), round((high - low) * 10000)
        if shape is None:
            return Decimal(first + self._next() % width).scaleb(-4)
        return Array([Decimal(first + self._next() % width).scaleb(-4) for _ in range(shape[0] * shape[1])], shape)

    def choice(self, among: Sequence[float], shape: tuple[int, int]) -> Array:
        numbers = [Decimal(a) for a in among]
        return Array([numbers[self._next() % len(numbers)] for _ in range(shape[0] * shape[1])], shape)

    def integers(self, low: int, high: int) -> int:
        return low + self._next() % (high - low)


def random(seed: int) -> Random:
    return Random(seed)


def family(members: Iterable[Value]) -> list[Value]:
    return list(members)


def flat(value: Any) -> list[Any]:
    """The entries, row by row."""
    if isinstance(value, Array):
        return value.data
    if isinstance(value, Decimal):
        return [value]
    return [Decimal(v) for v in (value.ravel().tolist() if hasattr(value, "ravel") else [value])]


def outward(value: Value) -> Any:
    """As an array of NumPy's, of decimal numbers."""
    import numpy

    return numpy.array(flat(value), dtype=object).reshape(value.shape if isinstance(value, Array) else ())


def magnitude(value: Value) -> Any:
    """The greatest absolute value of an entry."""
    return max(map(abs, flat(value)), default=ZERO)


def number(value: Array) -> Any:
    """The entry of a matrix of one."""
    (only,) = value.data
    return only
