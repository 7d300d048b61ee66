"""Functions of a matrix, with their derivatives along directions by nilpotent parts, for numbers of every type."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, or_
from typing import Any

from .arrays import Array
from .kernels import Value, of, skew_matrix, svd
from .watch import NODE, spend, watching

GUARD = 6  # digits more, while a function is computed
GREATEST = 1e7  # of which the exponential is sought
NEAR = 0.6  # from there on a series gives the logarithm
ROUNDS = 60  # of an iteration; of square roots
FEW_ROUNDS = 8  # that it takes as a rule
FASTER = 50  # times, the products of a pile in double precision; those of decimal numbers are counted once more where they are made
DOUBLE = 17  # digits of double precision


class Pile:
    """Matrices of one shape, side by side: what is done with all of them is done at once."""

    __slots__ = ("beside", "count")

    def __init__(self, beside: Value, count: int) -> None:
        self.beside, self.count = beside, count

    def turned(self, *axes: int) -> Value:
        """The entries with the axes (row, which matrix, column) in this order."""
        return self.beside.reshape(self.beside.shape[0], self.count, -1).transpose(axes)

    def __add__(self, other: Pile) -> Pile:
        return Pile(self.beside + other.beside, self.count)

    def __mul__(self, factor: Any) -> Pile:
        return Pile(self.beside * factor, self.count)

    def __truediv__(self, divisor: Any) -> Pile:
        return Pile(self.beside / divisor, self.count)

    @property
    def T(self) -> Pile:
        turned = self.turned(2, 1, 0)
        return Pile(turned.reshape(turned.shape[0], -1), self.count)

    def after(self, X: Value) -> Pile:
        """X times each."""
        return Pile(X @ self.beside, self.count)

    def before(self, X: Value) -> Pile:
        """Each times X."""
        rows, cols = self.beside.shape[0], X.shape[1]
        below = self.turned(1, 0, 2).reshape(rows * self.count, -1) @ X
        return Pile(below.reshape(self.count, rows, cols).transpose((1, 0, 2)).reshape(rows, -1), self.count)


class Jet:
    """A matrix with its derivatives along directions: the sum of parts[S] times the e_k with k in the set S (as bits), where every e_k
    squares to 0. A direction may be a pile of them, each with a derivative of its own. A function of matrices, written with these
    operations, has its derivatives in the last parts: what is upper triangular by blocks in Higham and Relton (2013), without the
    zeros."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[int, Value]) -> None:
        self.parts = parts

    @property
    def arrays(self) -> Any:
        """The module of its numbers."""
        return of(self.parts[0])

    @property
    def order(self) -> int:
        """Products of more nilpotent parts vanish."""
        return reduce(or_, self.parts).bit_count()

    def _map(self, function: Callable[[Value], Value]) -> Jet:
        return Jet({s: function(a) for s, a in self.parts.items()})

    def __add__(self, other: Jet) -> Jet:
        parts = {s: self.parts[s] + b if s in self.parts else b for s, b in other.parts.items()}
        return Jet(self.parts | parts)

    def __mul__(self, factor: Any) -> Jet:
        return self._map(lambda a: a * factor)

    def __truediv__(self, divisor: Any) -> Jet:
        return self._map(lambda a: a / divisor)

    def __sub__(self, other: Jet) -> Jet:
        return self + other * -1

    def __matmul__(self, other: Jet) -> Jet:
        found: dict[int, Value] = {}
        pairs = [(s, t) for s in self.parts for t in other.parts if not s & t]
        piled = max((p.count * len(p.beside) ** 3 for p in (*self.parts.values(), *other.parts.values()) if isinstance(p, Pile)), default=0)
        spend(NODE * len(pairs) + len(pairs) * piled // FASTER)
        for s, t in pairs:
            product = _product(self.parts[s], other.parts[t])
            found[s | t] = found[s | t] + product if s | t in found else product
        return Jet(found)

    @property
    def T(self) -> Jet:
        return self._map(lambda a: a.T)

    def inverse(self) -> Jet:
        """Part by part, from A B = I."""
        own = Jet({0: self.arrays.np.linalg.inv(self.parts[0])})
        found, rest = own, Jet({s: a for s, a in self.parts.items() if s})
        for _ in range(self.order):
            found = own - own @ (rest @ found)
        return found

    def unit(self) -> Jet:
        return Jet({0: self.arrays.np.eye(len(self.parts[0]))})

    def norm(self) -> Any:
        """The greatest norm of a part."""
        return max(map(_norm, self.parts.values()))

    def series(self, coefficient: Callable[[int], Fraction]) -> Jet:
        """A power series, as far as its terms count, by powers of a power (Paterson and Stockmeyer 1973)."""
        exact, size, bound = self.arrays.exact, self.norm(), self.arrays.exact(1)
        factors: list[Any] = []
        while not factors or abs(factors[-1]) * bound * len(factors) ** self.order > self.arrays.negligible():
            bound = bound * size if factors else bound
            factors.append(exact(coefficient(len(factors))))
        width = math.isqrt(len(factors)) or 1
        powers = [self.unit()]
        for _ in range(width):
            powers.append(powers[-1] @ self)
        total = powers[0] * 0
        for at in range((len(factors) - 1) // width * width, -1, -width):
            total = total @ powers[width]
            for power, factor in zip(powers, factors[at : at + width], strict=False):
                total = total + power * factor
        return total


def _product(a: Value, b: Value) -> Value:
    return b.after(a) if isinstance(b, Pile) else a.before(b) if isinstance(a, Pile) else a @ b


def _norm(X: Value) -> Any:
    """The norm of a matrix; the greatest of a pile."""
    if isinstance(X, Pile):
        return max(of(X.beside).np.linalg.norm(X.turned(1, 0, 2).reshape(X.count, -1), axis=1))
    return of(X).np.linalg.norm(X)


def _key(a: Value) -> object:
    """What two arrays of the same entries have alike."""
    if isinstance(a, Pile):
        return a.count, _key(a.beside)
    return (a.shape, tuple(a.data)) if isinstance(a, Array) else (a.shape, a.dtype, a.tobytes())


class MatrixFunction:
    """A function of matrices. Directions are made of size 1 before, since X would lose its digits beside a great one."""

    def __init__(self, function: Callable[[Jet], Jet]) -> None:
        self.function = function

    def __call__(self, X: Value, *directions: Value) -> Value:
        """The value at X, or its derivative along directions."""
        return self._last(X, directions)

    def kronecker(self, X: Value, *directions: Value) -> Value:
        """The matrix M with vec L(X, …, E) = M vec(E) for the derivative L, column by column."""
        rows, cols = X.shape
        units = of(X).np.eye(rows * cols).reshape(rows * cols, cols, rows).transpose((2, 0, 1)).reshape(rows, -1)
        found = self._last(X, [*directions, Pile(units, rows * cols)])
        return found.turned(2, 0, 1).reshape(-1, rows * cols)

    def _last(self, X: Value, directions: Sequence[Value]) -> Value:
        """The last part. The terms of a second derivative ask for the same ones again and again, for every index of a sum: what was
        computed at a point of the check is kept as long as the point."""
        watch = watching.get()
        if watch is None:
            return self._computed(X, directions)
        watch.kept = {} if watch.kept is None else watch.kept
        key = self, of(X).digits(), *[_key(a) for a in (X, *directions)]
        found = watch.kept.get(key)
        if found is None:
            found = watch.kept[key] = self._computed(X, directions)
        return found

    def _computed(self, X: Value, directions: Sequence[Value]) -> Value:
        sizes = [size or size + 1 for size in map(_norm, directions)]
        jet = Jet({0: X} | {1 << k: E / size for k, (E, size) in enumerate(zip(directions, sizes, strict=True))})
        with of(X).guarded(GUARD):
            parts = self.function(jet).parts
        return parts[(1 << len(directions)) - 1] * math.prod(sizes)


# ---------------------------------------------------------------------------------------------- series, after halvings


def _halvings(X: Jet) -> int:
    """After how many halvings a power series converges fast."""
    size = float(X.norm())
    if not size < GREATEST:
        raise ArithmeticError("too great for a series")
    return max(0, math.ceil(math.log2(size)) + round(math.sqrt(X.arrays.digits())) // 3) if size else 0


def _exponential(X: Jet) -> Jet:
    """By scaling and squaring."""
    halvings = _halvings(X)
    with X.arrays.guarded(halvings // 3):
        total: Jet = (X / 2**halvings).series(lambda k: Fraction(1, math.factorial(k)))
        for _ in range(halvings):
            total = total @ total
        return total


def _even_and_odd(X: Jet, sign: int) -> tuple[Jet, Jet]:
    """cosh and sinh; with the sign -1, cos and sin: of X/2^k, doubled k times by cos 2A = 2 cos^2 A - I, sin 2A = 2 sin A cos A."""
    halvings = _halvings(X)
    with X.arrays.guarded(halvings):
        A = X / 2**halvings
        even, odd = ((A @ A).series(lambda k, odd=odd: Fraction(sign**k, math.factorial(2 * k + odd))) for odd in (0, 1))
        odd = A @ odd
        for _ in range(halvings):
            even, odd = even @ even * 2 - X.unit(), odd @ even * 2
        return even, odd


# ---------------------------------------------------------------------------------------------- roots and logarithms


def _root(X: Jet) -> Jet:
    """The principal square root; of a symmetric matrix, which may be singular, by its eigenvalues."""
    own, np, order = X.parts[0], X.arrays.np, X.order
    if len(X.parts) == 1 and _norm(own - np.conj(own.T)) <= X.arrays.negligible() * 100 * _norm(own):
        w, Q = np.linalg.eigh((own + np.conj(own.T)) / 2)
        least = abs(w[-1]) * X.arrays.negligible() * 10000  # what rounding leaves of an eigenvalue that is 0
        exactly = X.arrays.digits() > DOUBLE  # in doubles the inverse of such a root would be taken for one
        w = np.array([0 * a if abs(a) <= least and (exactly or a < 0) else a for a in w])
        return Jet({0: (Q * np.sqrt(w)) @ np.conj(Q.T)})
    few = order and len(own) ** 3 <= FEW_ROUNDS * (2 * order + 1) * 3**order  # products: an inverse of n^2 x n^2, and rounds with all parts
    return _root_by_parts(X) if few else _iterated(X)


def _root_by_parts(X: Jet) -> Jet:
    """Of the matrix itself by the iteration; then part by part, from S S = X: S S_i + S_i S is what is left of X_i."""
    own = X.parts[0]
    np, n = X.arrays.np, len(own)
    found = {0: (S := _iterated(Jet({0: own})).parts[0])}
    solved = np.linalg.inv(np.kron(S, np.eye(n)) + np.kron(np.eye(n), S.T))
    for s in range(1, 1 << X.order):
        pairs = [_product(found[t], found[s ^ t]) for t in found if t and not t & ~s and s ^ t in found]
        known = ([X.parts[s]] if s in X.parts else []) + [p * -1 for p in pairs]
        if not known:
            continue
        rest = reduce(add, known)
        if isinstance(rest, Pile):
            columns = solved @ rest.turned(0, 2, 1).reshape(n * n, rest.count)
            found[s] = Pile(columns.reshape(n, n, rest.count).transpose((0, 2, 1)).reshape(n, -1), rest.count)
        else:
            found[s] = (solved @ rest.reshape(n * n, 1)).reshape(n, n)
    return Jet(found)


def _iterated(X: Jet) -> Jet:
    """The root by the product form of the Denman-Beavers iteration (Higham, Functions of Matrices, 6.29), until it gets no nearer."""
    own, exact, np = X.parts[0], X.arrays.exact, X.arrays.np
    eye, M, last = X.unit(), X, exact(math.inf)
    S: Jet = X
    rest = (M - eye).norm()
    for _ in range(ROUNDS):
        inverse, scale = M.inverse(), exact(1)
        if rest > exact(0.1):
            scale = np.power(abs(np.linalg.det(M.parts[0])), exact(-1) / (2 * len(own)))
        S = S @ (eye + inverse / scale**2) * (scale / 2)
        M = (eye + (M * scale**2 + inverse / scale**2) / 2) / 2
        rest = (M - eye).norm()
        if rest <= X.arrays.negligible() or (rest < exact(1e-3) and not rest < last / 2):
            return S
        last = rest
    raise ArithmeticError("no end of the iteration")


def _logarithm(X: Jet) -> Jet:
    """The principal logarithm, by inverse scaling and squaring and the series of 2 artanh((A - I)(A + I)^-1)."""
    eye, A, roots = X.unit(), X, 0
    while not (A - eye).norm() <= X.arrays.exact(NEAR):
        if roots > ROUNDS:
            raise ArithmeticError("no end of square roots")
        A, roots = _root(A), roots + 1
    start = (A + eye).inverse() @ (A - eye)
    return start @ (start @ start).series(lambda k: Fraction(1, 2 * k + 1)) * (2 << roots)


def _polar(X: Jet) -> Jet:
    """U V^T for X = U S V^T, of full rank: X (X^T X)^(-1/2)."""
    if len(X.parts) == 1:
        U, _, Vt = svd(X.parts[0])
        return Jet({0: U @ Vt})
    rows, cols = X.parts[0].shape
    return _root(X @ X.T).inverse() @ X if rows < cols else X @ _root(X.T @ X).inverse()


matrix_exponential = MatrixFunction(_exponential)
matrix_logarithm = MatrixFunction(_logarithm)
matrix_cosine = MatrixFunction(lambda X: _even_and_odd(X, -1)[0])
matrix_sine = MatrixFunction(lambda X: _even_and_odd(X, -1)[1])
matrix_hyperbolic_cosine = MatrixFunction(lambda X: _even_and_odd(X, 1)[0])
matrix_hyperbolic_sine = MatrixFunction(lambda X: _even_and_odd(X, 1)[1])
square_root = MatrixFunction(_root)
polar_factor = MatrixFunction(_polar)


def left_jacobian(w: Value) -> Value:
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    np = of(w).np
    K = np.block([[skew_matrix(w), np.eye(3)], [np.zeros((3, 6))]])
    return matrix_exponential(K)[:3, 3:]
