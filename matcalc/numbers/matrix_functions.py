"""Functions of matrices of decimal numbers, with their derivatives along directions by nilpotent parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from functools import partial
from math import prod
from typing import Any

from . import decimals
from .arrays import UNIT, ZERO, Array, eye
from .decimals import negligible
from .linear_algebra import determinant, inverse
from .watch import NODE, spend


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
        own = inverse(self.parts[0])
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
    return Jet({0: eye(len(X.parts[0]))})


def _root(X: Jet) -> Jet:
    """The principal square root, by the product form of the Denman-Beavers iteration (Higham, Functions of Matrices, 6.29)."""
    eye, M, S = _unit(X), X, X
    for _ in range(40):
        inverse, scale = M.inverse(), UNIT
        if (M - eye).norm() > Decimal("0.1"):
            scale = abs(determinant(M.parts[0])) ** (Decimal(-1) / (2 * len(X.parts[0])))
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


def blocks(rows: Sequence[Sequence[Array]]) -> Array:
    data = [a for row in rows for lines in zip(*[X.lines() for X in row], strict=True) for line in lines for a in line]
    return Array(data, (sum(row[0].shape[0] for row in rows), sum(X.shape[1] for X in rows[0])))


def kronecker_form(derivative: Callable[..., Array], X: Array, *directions: Array) -> Array:
    """The matrix M with vec L(X, …, E) = M vec(E) for a derivative L, column by column."""
    n = len(X.data)
    units = [Array(line, X.T.shape).T for line in eye(n).lines()]
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
    K = skew_matrix(w)
    whole: Array = matrix_exponential(blocks([[K, eye(3)], [K * 0, K * 0]]))
    return Array([a for line in list(whole.lines())[:3] for a in line[3:]], (3, 3))
