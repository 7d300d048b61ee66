"""Functions of a matrix, with their derivatives along directions by nilpotent parts, for numbers of every type."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .kernels import Value, of, skew_matrix, svd
from .watch import NODE, spend

GUARD = 6  # digits more, while a function is computed
GREATEST = 1e7  # of which the exponential is sought
NEAR = 0.25  # from there on a series gives the logarithm
ROUNDS = 60  # of an iteration; of square roots


class Jet:
    """A matrix with its derivatives along directions: the sum of parts[S] times the e_k with k in the set S (as bits), where every e_k
    squares to 0. A function of matrices, written with these operations, has its derivative in the last part: what is upper triangular
    by blocks in Higham and Relton (2013), without the zeros."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[int, Value]) -> None:
        self.parts = parts

    @property
    def arrays(self) -> Any:
        """The module of its numbers."""
        return of(self.parts[0])

    def __add__(self, other: Jet) -> Jet:
        return Jet(self.parts | {s: self.parts[s] + b if s in self.parts else b for s, b in other.parts.items()})

    def __mul__(self, factor: Any) -> Jet:
        return Jet({s: a * factor for s, a in self.parts.items()})

    def __truediv__(self, divisor: Any) -> Jet:
        return Jet({s: a / divisor for s, a in self.parts.items()})

    def __sub__(self, other: Jet) -> Jet:
        return self + other * -1

    def __matmul__(self, other: Jet) -> Jet:
        found: dict[int, Value] = {}
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
        own = self.arrays.np.linalg.inv(self.parts[0])
        found = Jet({0: own})
        rest = Jet({s: a for s, a in self.parts.items() if s})
        for _ in range(max(self.parts).bit_length()):
            found = Jet({0: own}) - Jet({0: own}) @ (rest @ found)
        return found

    def unit(self) -> Jet:
        return Jet({0: self.arrays.np.eye(len(self.parts[0]))})

    def norm(self) -> Any:
        """The greatest norm of a part."""
        return max(map(_norm, self.parts.values()))

    def series(self, factor: Jet, divisor: Callable[[int], int]) -> Jet:
        """The sum of terms of which each is the one before times the factor, over the divisor of its number."""
        total, term, k = self, self, 0
        while term.norm() > self.arrays.negligible():
            k += 1
            term = term @ factor / divisor(k)
            total = total + term
        return total


def _norm(X: Value) -> Any:
    return of(X).np.linalg.norm(X)


def _along(function: Callable[[Jet], Jet]) -> Callable[..., Value]:
    """A function of matrices at X, or its derivative along directions. They are made of size 1 before, since X would lose its digits
    beside a great one."""

    def value(X: Value, *directions: Value) -> Value:
        sizes = [size or size + 1 for size in map(_norm, directions)]
        units = {1 << k: E / size for k, (E, size) in enumerate(zip(directions, sizes, strict=True))}
        with of(X).guarded(GUARD):
            return function(Jet({0: X} | units)).parts[(1 << len(directions)) - 1] * math.prod(sizes)

    return value


def kronecker_form(derivative: Callable[..., Value], X: Value, *directions: Value) -> Value:
    """The matrix M with vec L(X, …, E) = M vec(E) for a derivative L, column by column."""
    np, (rows, cols) = of(X).np, X.shape
    units = np.eye(rows * cols)
    return np.array([derivative(X, *directions, units[k].reshape(cols, rows).T).T.reshape(-1) for k in range(rows * cols)]).T


# ---------------------------------------------------------------------------------------------- series, after halvings


def _halvings(X: Jet) -> int:
    """After how many halvings a power series converges fast."""
    size = float(X.norm())
    if not size < GREATEST:
        raise ArithmeticError("too great for a series")
    return max(0, math.ceil(math.log2(size)) + round(math.sqrt(X.arrays.digits())) - 3) if size else 0


def _exponential(X: Jet) -> Jet:
    """By scaling and squaring."""
    halvings = _halvings(X)
    with X.arrays.guarded(halvings // 3):
        total = X.unit().series(X / 2**halvings, lambda k: k)
        for _ in range(halvings):
            total = total @ total
        return total


def _even_and_odd(X: Jet, sign: int) -> tuple[Jet, Jet]:
    """cosh and sinh; with the sign -1, cos and sin: of X/2^k, doubled k times by cos 2A = 2 cos^2 A - I, sin 2A = 2 sin A cos A."""
    halvings = _halvings(X)
    with X.arrays.guarded(halvings):
        A = X / 2**halvings
        square = A @ A * sign
        even, odd = X.unit().series(square, lambda k: 2 * k * (2 * k - 1)), A.series(square, lambda k: 2 * k * (2 * k + 1))
        for _ in range(halvings):
            even, odd = even @ even * 2 - X.unit(), odd @ even * 2
        return even, odd


# ---------------------------------------------------------------------------------------------- roots and logarithms


def _root(X: Jet) -> Jet:
    """The principal square root, by the product form of the Denman-Beavers iteration (Higham, Functions of Matrices, 6.29), until it
    gets no nearer; of a symmetric matrix, which may be singular, by its eigenvalues."""
    own, exact, np = X.parts[0], X.arrays.exact, X.arrays.np
    if len(X.parts) == 1 and _norm(own - own.T) <= X.arrays.negligible() * 100 * _norm(own):
        w, Q = np.linalg.eigh((own + own.T) / 2)
        if w[0] > -abs(w[-1]) * X.arrays.negligible() * 10000:
            w = np.array([max(a, 0 * a) for a in w])
        return Jet({0: (Q * np.sqrt(w)) @ Q.T})
    eye, M, last = X.unit(), X, exact(math.inf)
    S: Jet = X
    for _ in range(ROUNDS):
        inverse, scale = M.inverse(), exact(1)
        if (M - eye).norm() > exact(0.1):
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
    total, term, k = start, start, 1
    while term.norm() > X.arrays.negligible():
        term, k = term @ start @ start, k + 2
        total = total + term / k
    return total * (2 << roots)


def _polar(X: Jet) -> Jet:
    """U V^T for X = U S V^T, of full rank: X (X^T X)^(-1/2)."""
    if len(X.parts) == 1:
        U, _, Vt = svd(X.parts[0])
        return Jet({0: U @ Vt})
    rows, cols = X.parts[0].shape
    return _root(X @ X.T).inverse() @ X if rows < cols else X @ _root(X.T @ X).inverse()


matrix_exponential = _along(_exponential)
matrix_logarithm = _along(_logarithm)
matrix_cosine = _along(lambda X: _even_and_odd(X, -1)[0])
matrix_sine = _along(lambda X: _even_and_odd(X, -1)[1])
matrix_hyperbolic_cosine = _along(lambda X: _even_and_odd(X, 1)[0])
matrix_hyperbolic_sine = _along(lambda X: _even_and_odd(X, 1)[1])
square_root = _along(_root)
polar_factor = _along(_polar)


def left_jacobian(w: Value) -> Value:
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    np = of(w).np
    K = np.block([[skew_matrix(w), np.eye(3)], [np.zeros((3, 6))]])
    return matrix_exponential(K)[:3, 3:]
