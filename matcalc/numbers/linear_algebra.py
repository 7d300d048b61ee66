"""Linear algebra with arrays of decimal numbers, as `numpy.linalg` has it: solutions, factors, singular values, eigenvectors.

A singular matrix is a ZeroDivisionError.
"""

from __future__ import annotations

from itertools import combinations, repeat
from operator import methodcaller, mul, sub, truediv
from typing import Any

from .arrays import UNIT, ZERO, Array, eye, full
from .complex_decimals import ComplexDecimal
from .decimals import NAN, ln, negligible
from .watch import spend

CONJUGATE = methodcaller("conjugate")
TURNS = 300  # of the iteration for all roots of a polynomial
LOST = 10**8  # times what rounding does to a number, as it may be after an elimination
SWEEPS = 60  # of the singular value decomposition; a dozen are many


def _eliminated(X: Array, right: Array | None = None) -> tuple[Any, list[list[Any]]]:
    """Gauss and Jordan with partial pivots: the determinant of X, and the lines that [X, right] becomes. A pivot that is what rounding
    leaves of its column is 0; where an entry is infinite there is no determinant."""
    n = X.shape[0]
    if X.shape[1] != n:
        raise ValueError("not square")
    lines = [a + b for a, b in zip(X.lines(), right.lines(), strict=True)] if right is not None else list(X.lines())
    determinant, small = UNIT, negligible() * LOST
    least = [max(map(abs, X.data[k::n])) * small for k in range(n)]
    for k in range(n):
        top = max(range(k, n), key=lambda i: abs(lines[i][k]))
        pivot = lines[top][k]
        if top != k:
            lines[k], lines[top] = lines[top], lines[k]
            determinant = -determinant
        determinant *= pivot
        if abs(pivot) <= least[k]:
            return (ZERO if least[k].is_finite() else NAN), lines
        own = lines[k] = list(map(truediv, lines[k], repeat(pivot))) if right is not None or k < n - 1 else lines[k]
        for i in range(n) if right is not None else range(k + 1, n):
            factor = lines[i][k]
            if i != k and factor:
                lines[i] = list(map(sub, lines[i], map(mul, repeat(factor), own)))
    return determinant, lines


def solve(X: Array, right: Array) -> Array:
    n = X.shape[0]
    determinant, lines = _eliminated(X, right)
    if not determinant or determinant != determinant:
        raise ZeroDivisionError("singular matrix")
    return Array([a for line in lines for a in line[n:]], (n, right.shape[1]))


def inv(X: Array) -> Array:
    return solve(X, eye(X.shape[0]))


def det(X: Array) -> Any:
    return _eliminated(X)[0]


def slogdet(X: Array) -> tuple[None, Any]:
    return None, ln(abs(det(X)))


def cholesky(X: Array) -> Array:
    """The lower triangle L with L L^T = X; not a number where X is not positive definite."""
    n = len(X)
    L = full((n, n), 0)
    for i in range(n):
        for j in range(i + 1):
            rest = X[i, j] - sum(L[i, k] * L[j, k] for k in range(j))
            L[i, j] = rest.sqrt() if i == j else rest / L[j, j]
    return L


def matrix_power(X: Array, k: int) -> Array:
    if k < 0:
        return matrix_power(inv(X), -k)
    total = None
    for bit in range(k.bit_length()):
        if bit == len(X.squares):
            X.squares.append(X.squares[-1] @ X.squares[-1] if bit else X)
        if k >> bit & 1:
            total = X.squares[bit] if total is None else total @ X.squares[bit]
    return eye(X.shape[0]) if total is None else total


def qr(X: Array) -> tuple[Array, None]:
    """Columns with the span of those of X (as many as there are rows, at most), twice by Gram and Schmidt."""
    found: list[list[Any]] = []
    for column in list(X.T.lines())[: X.shape[0]]:
        for _ in range(2):
            for q in found:
                along = sum(map(mul, map(CONJUGATE, q), column))
                column = [a - along * b for a, b in zip(column, q, strict=True)]
        size = sum(map(mul, column, map(CONJUGATE, column))).real.sqrt()
        found.append([a / size for a in column])
    return Array([a for q in found for a in q], (len(found), X.shape[0])).T, None


def norm(x: Array, axis: int | None = None) -> Any:
    """Of all entries; with the axis 1 of each row."""
    if axis == 1:
        return Array([norm(Array(line, (len(line),))) for line in x.lines()], x.shape[:1])
    return sum(map(mul, x.data, map(CONJUGATE, x.data))).real.sqrt()


def svd(X: Array, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """U, s, V^T with as few columns as there can be; by turning pairs of columns until they are orthogonal (one-sided Jacobi:
    Golub and Van Loan, Matrix Computations, 8.6.3). Columns of U for singular values that are zero are zero."""
    if X.shape[0] < X.shape[1]:
        found = svd(X.T)
        return (found[2].T, found[1], found[0].T) if compute_uv else found[1]
    columns = list(X.T.lines())
    turned = list(eye(len(columns)).lines())
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
    singular = Array([sizes[k] for k in order], (len(order),))
    if not compute_uv:
        return singular
    left = Array([a / sizes[k] if sizes[k] else ZERO for k in order for a in columns[k]], (len(order), X.shape[0])).T
    return left, singular, Array([a for k in order for a in turned[k]], (len(order), len(order)))


def eigh(S: Array) -> tuple[Array, Array]:
    """The eigenvalues of a symmetric matrix from below, and its eigenvectors as columns: of S + c I, which is positive definite, the
    singular values are the eigenvalues."""
    shift = norm(S) + 1
    _, sizes, vectors = svd(S + eye(len(S)) * shift)
    backwards = list(range(len(S)))[::-1]
    return sizes[backwards] - shift, vectors[backwards].T


def eigvals(X: Array) -> list[Any]:
    """The eigenvalues of a square matrix: of the characteristic polynomial, by Faddeev's and Leverrier's recursion, all roots at once by
    Durand's and Kerner's iteration. ArithmeticError where two of them are so near that it does not end."""
    n = len(X)
    scale = max(map(abs, X.data))
    if not scale:
        return [ComplexDecimal(ZERO, ZERO)] * n
    X = X * (1 / scale)
    coefficients, M = [UNIT], eye(n)
    for k in range(1, n + 1):
        product = X @ M
        coefficients.append(-sum(product.data[:: n + 1]) / k)
        M = product + eye(n) * coefficients[-1]
    roots, turn = [ComplexDecimal(UNIT, ZERO)], ComplexDecimal(UNIT * 4 / 10, UNIT * 9 / 10)
    while len(roots) < n:
        roots.append(roots[-1] * turn)
    near = False  # then one more round gives all digits
    for _ in range(TURNS):
        moved = ZERO
        for k, z in enumerate(roots):
            spend(n)
            value, apart = UNIT, UNIT
            for a in coefficients[1:]:
                value = value * z + a
            for j, other in enumerate(roots):
                apart = apart * (z - other) if j != k else apart
            step = value / apart
            roots[k], moved = z - step, max(moved, abs(step))
        if near:
            return [z * scale for z in roots]
        near = moved * moved <= negligible()
    raise ArithmeticError("no end of turning")
