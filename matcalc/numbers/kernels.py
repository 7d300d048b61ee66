"""What the numeric texts of the book call: products in a good order, special functions, functions of a matrix.

Arrays are two-dimensional and scalars are NumPy or Python numbers. Where the mathematics is analytic the functions take
complex values too, so that a derivative can be had by a complex step. Only `matcalc.numbers.numeric` imports this module, when
the first value is asked for, because NumPy takes longer to import than a small derivative takes to find.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kinds import Dim
from ..ops.multilinear import Place, letters
from . import special
from .contraction import Step
from .precise import add_all, multiply_all  # noqa: F401 (the numeric texts of the book call them)
from .watch import STEP, spend

Value = Any  # a number, or a two-dimensional array of float or complex
SMALL = 4000  # entries of factors: below, what NumPy does for great ones costs more than it saves

# ---------------------------------------------------------------------------------------------- for numeric and verify
# (`matcalc.numbers.precise` has the same names, for decimal numbers.)


NO_VALUE = (np.linalg.LinAlgError, ArithmeticError)  # a singular matrix, a decomposition that fails, a division by zero


def random(seed: int) -> np.random.Generator:
    """Random numbers."""
    return np.random.default_rng(seed)


def exact(value: Any) -> float:
    """A number; infinite where it is too great."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def constant(name: str) -> float:
    """One of the named constants."""
    return {"pi": math.pi, "e": math.e, "infty": math.inf}[name]


def is_finite(value: Any) -> bool:
    return bool(np.isfinite(value))


def precision(digits: int) -> AbstractContextManager[object]:
    """There is but one."""
    return nullcontext()


def negligible() -> float:
    """What is less, beside 1, does not count any more."""
    return 1e-17


def family(members: Iterable[Value]) -> Value:
    """The members of a family, the index first."""
    return np.array(list(members))


def flat(value: Value) -> list[float]:
    """The entries, row by row."""
    found: list[float] = np.asarray(value, dtype=float).ravel().tolist()
    return found


def outward(value: Value) -> Value:
    """As an array of NumPy's."""
    return np.asarray(value)


def magnitude(value: Value) -> float:
    """The greatest absolute value of an entry."""
    return float(np.max(np.abs(value), initial=0))


def number(value: Value) -> Value:
    """The entry of a matrix of one."""
    return value.reshape(())[()]


def full(shape: tuple[int, int], value: float) -> Value:
    """A matrix of equal entries."""
    return np.full(shape, value)


def quiet() -> AbstractContextManager[object]:
    """Inside, what has no value becomes no number without a warning."""
    return np.errstate(all="ignore")


# ---------------------------------------------------------------------------------------------- sums and products


def chain(args: Sequence[Value]) -> Value:
    """The matrix product, from the end that is a vector; of three to eight matrices, in the cheapest order."""
    scale: Value = 1.0
    matrices = []
    for a in args:
        if np.ndim(a):
            matrices.append(a)
        else:
            scale = scale * a
    if not matrices:
        return scale
    if matrices[-1].shape[1] == 1:
        total = matrices[-1]
        for a in reversed(matrices[:-1]):
            total = a @ total
    elif 3 <= len(matrices) <= 8 and matrices[0].shape[0] > 1:
        total = np.linalg.multi_dot(matrices)
    else:
        total = matrices[0]
        for a in matrices[1:]:
            total = total @ a
    return total if len(matrices) == len(args) else scale * total


@cache
def _subscripts(index: str) -> tuple[str, int, Place]:
    """For `einsum`; how many identity matrices are needed, one where a letter stands twice in the value; the value's letters."""
    form = letters(index)
    once = "".join(dict.fromkeys("".join(form.value)))
    value, ties = once, []
    for c in "".join(form.value)[len(once) :]:
        ties.append(c + c.upper())
        value += c.upper()
    return ",".join([*map("".join, form.arguments), *ties]) + "->" + value, len(ties), form.value


def contracted(index: str, *args: Value) -> Value:
    """A multilinear operation by its letters (see `matcalc.ops.multilinear`)."""
    text, ties, value = _subscripts(index)
    sizes: dict[str, int] = {}
    arrays = []
    for place, a in zip(letters(index).arguments, args, strict=True):
        sizes.update((c, n) for c, n in zip(place, np.shape(a)) if c)
        arrays.append(np.reshape(a, [n for c, n in zip(place, np.shape(a)) if c]))
    row, col = value
    arrays += [np.eye(sizes[c]) for c in col[len(col) - ties :]]
    total = np.einsum(text, *arrays)
    return total.reshape([math.prod(sizes[c] for c in part) for part in value]) if row or col else total[()]


def network(scale: Value, factors: Sequence[Any], steps: Sequence[Step], shape: Sequence[Sequence[int]]) -> Value:
    """A number times the sum over the indices of factors (sizes, numbers, indices), by these steps (see `contraction`), as an array whose
    axes have the products of the sizes in `shape`."""
    spend(STEP // 2 * len(steps))
    arrays, legs = [np.reshape(a, sizes) for sizes, a, _ in factors], [own for _, _, own in factors]
    for places, kept in steps:
        chosen = [(arrays.pop(k), legs.pop(k)) for k in places]
        great = sum(a.size for a, _ in chosen) > SMALL
        arrays.append(np.einsum(*[x for pair in chosen for x in pair], kept, optimize=great))
        legs.append(kept)
    axes = [math.prod(sizes) for sizes in shape if sizes]
    return scale * arrays[0].reshape(axes) if arrays else np.full(axes, scale)


# ---------------------------------------------------------------------------------------------- relations and cases

_RELATIONS = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal, "=": np.equal, "!=": np.not_equal}


def compare(relation: object, x: Value, y: Value) -> Value:
    """1.0 where the relation holds, entry by entry. It is decided by the real parts: a complex step does not move it."""
    a, b = np.real(x), np.real(y)
    return _RELATIONS[str(relation)](a, b) * 1.0


def choose(args: Sequence[Value]) -> Value:
    """The first value whose condition is not zero: value, condition, value, condition, …[, otherwise]; else not a number."""
    total: Value = args[-1] if len(args) % 2 else math.nan
    for k in range(len(args) // 2 * 2 - 2, -1, -2):
        total = np.where(args[k + 1] != 0, args[k], total)
    return total if np.ndim(total) else total[()]  # np.where makes arrays without axes of scalars


# ---------------------------------------------------------------------------------------------- special matrices


def block_matrix(attr: Any, args: Sequence[Value]) -> Value:
    """The matrix of blocks, where attr is (blocks in a column, blocks in a row)."""
    rows, cols = attr
    return np.block([[np.atleast_2d(args[i * cols + j]) for j in range(cols)] for i in range(rows)])


def unit_vector(i: Value, n: int) -> Value:
    """The column e_i, i from 1."""
    e = np.zeros((n, 1))
    e[index_of(i, n)] = 1.0
    return e


def index_of(i: Value, n: int) -> int:
    """The place of index i (from 1) among n; ShapeError outside, where Python would count from the end."""
    x = float(np.real(i))
    k = round(x) if math.isfinite(x) else 0
    if not 1 <= k <= n:
        raise ShapeError(f"the index {k} is not in 1 … {n}")
    return k - 1


def commutation_matrix(attr: Any, sizes: Mapping[str, int]) -> Value:
    """K with K vec(X) = vec(X^T) for X of m by n, where attr is (m, n)."""
    m, n = (Dim.of(d).value(sizes) for d in attr)
    return np.eye(m * n)[np.arange(m * n).reshape(n, m).T.ravel()]


# ---------------------------------------------------------------------------------------------- functions of one variable


def absolute(x: Value) -> Value:
    """|x|, continued analytically from the real line (so not the complex modulus)."""
    return np.where(np.real(x) < 0, -x, x)[()] if np.iscomplexobj(x) else np.abs(x)


def logistic(x: Value) -> Value:
    """1/(1 + exp(-x)), without overflow for large |x|."""
    small = np.exp(-absolute(x))
    return np.where(np.real(x) < 0, small, 1.0)[()] / (1.0 + small)


def soft_plus(x: Value) -> Value:
    """log(1 + exp(x)), without overflow."""
    return np.where(np.real(x) > 0, x, 0.0)[()] + np.log1p(np.exp(-absolute(x)))


def error_function(x: Value) -> Value:
    """erf, entry by entry."""
    return _each(math.erf, _erf_series, x)


def normal(x: Value) -> Value:
    """The distribution function of the normal distribution, entry by entry; exact far to the left, too, where 1 + erf is not."""
    beside = 1 / math.sqrt(2)
    return _each(special.normal, lambda z: special.normal(z.real) + (_erf_series(beside * z) - math.erf(beside * z.real)) / 2, x)


def log_gamma(x: Value) -> Value:
    """log|Gamma|, entry by entry."""
    return _each(special.log_gamma, special.log_gamma, x)


def gamma(x: Value) -> Value:
    """The gamma function, entry by entry."""
    return _each(special.gamma, special.gamma, x)


def polygamma(k: Value, x: Value) -> Value:
    """The derivative of order k of digamma, entry by entry."""
    function = partial(special.polygamma, k)
    return _each(function, function, x)


def factorial(x: Value) -> Value:
    """x!, for real x as gamma(x + 1)."""
    return _each(_gamma_next, _not_complex, x)


def _each(real: Any, series: Any, x: Value) -> Value:
    kind, function = (complex, series) if np.iscomplexobj(x) else (float, real)
    if not np.ndim(x):
        return function(kind(x))
    return np.array([function(kind(v)) for v in x.ravel()], dtype=kind).reshape(x.shape)


def _erf_series(z: complex) -> complex:
    """DLMF 7.6.2, which does not cancel near the real line: erf z = 2/sqrt(pi) exp(-z^2) sum of 2^n z^(2n+1)/(2n+1)!!"""
    if abs(z.real) > 6:  # 1 to the last digit, and the derivative is below 1e-15
        return complex(math.copysign(1.0, z.real), 0.0)
    term = total = z
    n = 0
    while abs(term) > 1e-17 * abs(total):
        n += 1
        term *= 2 * z * z / (2 * n + 1)
        total += term
    # exp by parts: complex numbers of the standard library raise on overflow only for huge imaginary parts
    return 2 / math.sqrt(math.pi) * complex(np.exp(-z * z)) * total


def _gamma_next(x: float) -> float:
    try:
        return float(math.factorial(int(x))) if x >= 0 and x == int(x) else math.gamma(x + 1)
    except OverflowError:
        return math.inf
    except ValueError:  # a pole, or not a number
        return math.nan


def _not_complex(x: complex) -> complex:
    raise TypeError("the factorial of a complex number is not provided")


# ---------------------------------------------------------------------------------------------- vectors


def two_norm(x: Value) -> Value:
    """The root of the sum of the squares of the entries."""
    return np.sqrt(np.sum(x * x)) if np.iscomplexobj(x) else np.linalg.norm(x)


def p_norm(x: Value, p: Value) -> Value:
    """The p-norm, scaled by the greatest entry so that large p does not overflow."""
    size = absolute(x)
    top = np.max(np.real(size))
    return top * np.sum((size / top) ** p) ** (1.0 / p) if top > 0 else 0.0


def greatest(x: Value) -> Value:
    """The entry with the greatest real part."""
    return np.ravel(x)[np.argmax(np.real(x))]


def soft_max(x: Value, axis: int | None = None) -> Value:
    """exp(x) over its sum, along an axis or over all entries; shifted, so that nothing overflows."""
    e = np.exp(x - np.max(np.real(x), axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_sum_exp(x: Value, axis: int | None = None) -> Value:
    """log of the sum of exp(x), shifted likewise; with an axis, a column or row, without one a scalar."""
    top = np.max(np.real(x), axis=axis, keepdims=True)
    value = top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
    return value[0, 0] if axis is None else value


# ---------------------------------------------------------------------------------------------- matrices of any shape


def pseudo_inverse(X: Value) -> Value:
    """The Moore-Penrose inverse. Singular values below 1e-13 of the greatest are rounding errors, and taken for zero."""
    return np.linalg.pinv(_finite(X), rcond=1e-13)


def first_right_singular(X: Value) -> Value:
    """The first right singular vector, with its greatest entry positive."""
    v = svd(X)[2][0][:, None]
    return v * np.sign(v[np.argmax(np.abs(v))])


def eigen(X: Value, k: Any) -> tuple[Any, Value]:
    """The k-th eigenvalue of the symmetric part from below (from above with k < 0), and its vector with its greatest entry positive."""
    values, vectors = np.linalg.eigh((_finite(X) + X.T) / 2)
    at = int(k) - 1 if k > 0 else int(k) + len(X)
    if not 0 <= at < len(X):
        raise np.linalg.LinAlgError(f"no eigenvalue {k}")
    v = vectors[:, at][:, None]
    return values[at], v * np.sign(v[np.argmax(np.abs(v))])


def polar_factor(X: Value) -> Value:
    """U V^T for X = U S V^T."""
    U, _, Vt = svd(X, full_matrices=False)
    return U @ Vt


def polar_derivative(X: Value, E: Value, *directions: Value) -> Value:
    """Its derivative along E: with F = U^T E V, U ((F - F^T)_ij/(s_i + s_j)) V^T, and E beyond U and V over the singular values.
    Along several directions a block of X (X^T X)^(-1/2), computed with block triangles for X and X^T."""
    if directions:
        if X.shape[0] < X.shape[1]:
            return polar_derivative(X.T, E.T, *[D.T for D in directions]).T
        small, scale = units_of((E, *directions))
        tall, wide = triangle(X, *small), triangle(X.T, *[D.T for D in small])
        return scale * (tall @ np.linalg.inv(square_root(wide @ tall)))[: X.shape[0], -X.shape[1] :]
    U, s, Vt = svd(X, full_matrices=False)
    F = U.T @ E @ Vt.T
    left = (E @ Vt.T - U @ F) / s
    right = ((U.T @ E - F @ Vt).T / s).T
    return (U @ ((F - F.T) / (s[:, None] + s)) + left) @ Vt + U @ right


# ---------------------------------------------------------------------------------------------- square matrices


def log_determinant(X: Value) -> Value:
    """log|det X|; for complex X the branch that is real for real X."""
    sign, size = np.linalg.slogdet(X)
    return size + np.log(sign if sign.real > 0 else -sign) if np.iscomplexobj(X) else size


def adjugate(X: Value) -> Value:
    """The adjugate, also of a singular matrix: X = U S V^T gives adj(X) = det(U) det(V) V adj(S) U^T."""
    if np.iscomplexobj(X):
        return np.linalg.det(X) * np.linalg.inv(X)
    U, s, Vt = svd(X)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))])
    return np.linalg.det(U) * np.linalg.det(Vt) * (Vt.T * others) @ U.T


# Coefficients of the [13/13] Padé approximant to exp, and the 1-norm up to which it is exact to double precision:
# N. J. Higham, The scaling and squaring method for the matrix exponential revisited, SIAM J. Matrix Anal. Appl. 26 (2005).
_PADE = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
         33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
_THETA = 5.371920351148152


def matrix_exponential(X: Value) -> Value:
    """exp of a square matrix (or of every one of a stack), by scaling and squaring."""
    norm = float(np.max(np.sum(np.abs(X), axis=-2))) if X.size else 0.0
    if not math.isfinite(norm):
        return np.full_like(X, math.nan)
    squarings = max(0, math.ceil(math.log2(norm / _THETA))) if norm > 0 else 0
    A = X / 2.0**squarings
    b, eye = _PADE, np.eye(X.shape[-1])
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    U = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye)
    V = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * eye
    value = np.linalg.solve(V - U, V + U)
    for _ in range(squarings):
        value = value @ value
    return value


def _finite(X: Value) -> Value:
    """X; a matrix with an infinity, on which LAPACK may never return, fails at once."""
    if not np.all(np.isfinite(X)):
        raise np.linalg.LinAlgError("a matrix with entries that are not finite")
    return X


def svd(X: Value, **options: Any) -> Any:
    """The singular value decomposition."""
    return np.linalg.svd(_finite(X), **options)


def triangle(X: Value, *directions: Value) -> Value:
    """The block triangle of which a function of matrices has its derivative at X along the directions in the top right corner:
    X, then [[T, I ⊗ E], [0, T]] for every E (Higham and Relton 2013)."""
    (m, n), count = X.shape, 2 ** len(directions)
    whole = np.zeros((count * m, count * n), np.result_type(X, *directions))
    for i in range(count):
        whole[i * m : (i + 1) * m, i * n : (i + 1) * n] = X
        for k, E in enumerate(directions):
            if not i >> k & 1:
                j = i | 1 << k
                whole[i * m : (i + 1) * m, j * n : (j + 1) * n] = E
    return whole


def along(function: Callable[[Value], Value], X: Value, *directions: Value) -> Value:
    """The derivative of a function of matrices at X along the directions. They are made as small as a unit before, since X would lose
    its digits beside a great one."""
    small, scale = units_of(directions)
    return scale * function(triangle(X, *small))[: X.shape[0], -X.shape[1] :]


def units_of(directions: Sequence[Value]) -> tuple[list[Value], float]:
    """The directions with no entry above 1, and what they are to be multiplied with."""
    sizes = [max(1.0, float(np.max(np.abs(E), initial=0))) for E in directions]
    sizes = [size if math.isfinite(size) else 1.0 for size in sizes]
    return [E / size for E, size in zip(directions, sizes, strict=True)], math.prod(sizes)


def kronecker_form(derivative: Callable[..., Value], X: Value, *directions: Value) -> Value:
    """The matrix M with vec L(X, …, E) = M vec(E) for a derivative L, column by column."""
    units = np.eye(X.size).reshape(X.size, *X.T.shape)
    return np.array([derivative(X, *directions, E.T).reshape(-1, order="F") for E in units]).T


def kronecker_along(function: Callable[[Value], Value], X: Value, *directions: Value) -> Value:
    """The matrix M with vec L(X, …, E) = M vec(E) for the derivative L of a function of matrices."""
    return kronecker_form(partial(along, function), X, *directions)


def exponential_kronecker(X: Value, *directions: Value) -> Value:
    """The matrix M with vec L(X, …, E) = M vec(E), all unit matrices E at once."""
    n = len(X)
    small, scale = units_of(directions)
    blocks = np.array([triangle(X, *small, E.T) for E in np.eye(n * n).reshape(n * n, n, n)])
    columns = matrix_exponential(blocks)[:, :n, -n:]
    return scale * columns.transpose(0, 2, 1).reshape(n * n, n * n).T


def square_root(X: Value) -> Value:
    """The principal square root, by the product form of the Denman-Beavers iteration with determinantal scaling."""
    if not np.iscomplexobj(_finite(X)) and np.allclose(X, X.T, rtol=1e-14, atol=0.0):
        w, Q = np.linalg.eigh((X + X.T) / 2)
        return (Q * np.sqrt(np.maximum(w, 0.0) if w[0] > -1e-12 * w[-1] else w)) @ Q.T
    eye = np.eye(len(X))
    M, S = X, X
    for _ in range(60):
        scale = abs(np.linalg.det(M)) ** (-0.5 / len(X)) if np.max(np.abs(M - eye)) > 0.1 else 1.0
        inverse = np.linalg.inv(M)
        S = scale / 2 * S @ (eye + inverse / scale**2)
        M = (eye + (scale**2 * M + inverse / scale**2) / 2) / 2
        if np.max(np.abs(M - eye)) < 1e-15 * len(X):
            return S
    return S if np.max(np.abs(M - eye)) < 1e-9 else np.full_like(S, math.nan)


def square_root_derivative(X: Value, E: Value, *directions: Value) -> Value:
    """The solution of S L + L S = E for S = X^(1/2), or its derivative along further directions."""
    if directions:
        return along(square_root, X, E, *directions)
    return (square_root_kronecker(X) @ E.reshape(-1, order="F")).reshape(X.shape, order="F")


def square_root_kronecker(X: Value, *directions: Value) -> Value:
    """The matrix M with vec(L) = M vec(E) for S L + L S = E, or for the derivative of L along directions."""
    if directions:
        return kronecker_form(square_root_derivative, X, *directions)
    S, eye = square_root(X), np.eye(len(X))
    return np.linalg.inv(np.kron(eye, S) + np.kron(S.T, eye))


def matrix_logarithm(X: Value) -> Value:
    """The principal logarithm, by inverse scaling and squaring."""
    n = len(X)
    A, roots = X, 0
    while np.linalg.norm(A - np.eye(n), 1) > 0.25:
        if roots > 100 or not np.all(np.isfinite(A)):
            return np.full_like(X, math.nan)
        A, roots = square_root(A), roots + 1
    points, weights = np.polynomial.legendre.leggauss(10)  # the Padé approximant of log(I + Y) in partial fractions
    Y = A - np.eye(n)
    total = sum(w / 2 * np.linalg.solve(np.eye(n) + (1 + t) / 2 * Y, Y) for t, w in zip(points, weights, strict=True))
    return 2.0**roots * total


def _turned(X: Value) -> Value:
    """exp([0, X; -X, 0]) is [cos X, sin X; -sin X, cos X]."""
    return matrix_exponential(np.block([[0 * X, X], [-X, 0 * X]]))


def matrix_cosine(X: Value) -> Value:
    return _turned(X)[: len(X), : len(X)]


def matrix_sine(X: Value) -> Value:
    return _turned(X)[: len(X), len(X) :]


def matrix_hyperbolic_cosine(X: Value) -> Value:
    return (matrix_exponential(X) + matrix_exponential(-X)) / 2


def matrix_hyperbolic_sine(X: Value) -> Value:
    return (matrix_exponential(X) - matrix_exponential(-X)) / 2


def skew_matrix(w: Value) -> Value:
    """[w]_x of a column of three."""
    a, b, c = w[:, 0]
    return np.array([[0, -c, b], [c, 0, -a], [-b, a, 0]])


def left_jacobian(w: Value) -> Value:
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    K = np.block([[skew_matrix(w), np.eye(3)], [np.zeros((3, 6))]])
    return matrix_exponential(K)[:3, 3:]
