"""The functions of the oracle, continued analytically from the real numbers: no conjugates, signs and choices by the real part.

Everything is a two-dimensional complex array; a scalar is 1 by 1. What is defined by singular values is continued by one
Newton step from the real solution, which is exact to first order. Nothing here comes from matcalc.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Unfit(Exception):
    """The tree has no value: shapes that do not fit, an unknown name."""


# ---------------------------------------------------------------------------------------------- functions of one number


def exponential(x: Array) -> Array:
    return np.exp(x.real) * (np.cos(x.imag) + 1j * np.sin(x.imag))


def real(x: Array) -> Array:
    """The real part; the squares of steps, which stand beside a zero, are zero."""
    return np.where(np.abs(x.real) < 1e-50, 0, x.real)


JUMPS: list[bool] = []  # at jumps, since the list was cleared: there matcalc may have a rounding error for 0, and another value
TIES: list[bool] = []  # likewise where what is compared is equal and stays so


def away_from(x: Array, kink: float | Array = 0, jump: bool = False) -> Array:
    """Refuses a point that moves and is at a kink, where there is no derivative; notes one that stays at a `jump`."""
    distance = np.abs(real(x) - real(np.asarray(kink)))
    if np.any(distance == 0):
        (JUMPS if jump else TIES).append(True)
    if np.any((distance == 0) & (x.imag != np.imag(kink)) | (distance > 0) & (distance < 1e-13)):
        raise Unfit("a kink, or a rounding error beside one")
    return x


def touching(x: Array, edge: float) -> Array:
    """Refuses the edge of the domain, where a root has no derivative though its argument may not move."""
    if np.any(x.real == edge):
        raise Unfit("the edge of the domain")
    return x


def absolute(x: Array) -> Array:
    return away_from(x) * np.sign(real(x))


def clear_of(x: Array, edge: float) -> Array:
    """Refuses what stands beside `edge` or its negative, where the rounding of the argument is all that can be seen."""
    if np.any(np.abs(np.abs(x.real) - edge) < 1e-9):
        raise Unfit("a rounding error beside the edge of the domain")
    return x


def no_pole(x: Array) -> Array:
    """Refuses a divisor that is 0 but for a rounding error: the cosine of pi/2."""
    if np.any(np.abs(x.real) < 1e-9):
        raise Unfit("a pole")
    return x


def _erf(x: Array) -> Array:
    """2/sqrt(pi) exp(-x^2) (x + 2 x^3/3 + 4 x^5/15 + …): no cancellation; beyond 6 the tail is below the rounding."""
    z = np.where(np.abs(x.real) > 6, 0, x)
    term = total = z
    for k in range(1, 200):
        term = term * 2 * z * z / (2 * k + 1)
        total = total + term
    return np.where(np.abs(x.real) > 6, np.sign(x.real) + 0j, 2 / math.sqrt(math.pi) * exponential(-z * z) * total)


def _tail(x: Array) -> Array:
    """exp(-|x|), smooth on either side of 0 and at it."""
    return exponential(-x * np.where(x.real >= 0, 1, -1))


def _sigmoid(x: Array) -> Array:
    small = _tail(x)
    return np.where(x.real >= 0, 1 / (1 + small), small / (1 + small))


def _log1p(x: Array) -> Array:
    return np.log1p(x.real) + 1j * np.arctan2(x.imag, 1 + x.real)


ENTRYWISE: dict[str, Callable[[Array], Array]] = {
    "exp": exponential,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": lambda x: np.sin(x) / no_pole(np.cos(x)),
    "cot": lambda x: np.cos(x) / no_pole(np.sin(x)),
    "sec": lambda x: 1 / no_pole(np.cos(x)),
    "csc": lambda x: 1 / no_pole(np.sin(x)),
    "asin": lambda x: np.arcsin(clear_of(x, 1)),
    "acos": lambda x: np.arccos(clear_of(x, 1)),
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": lambda x: np.arccosh(clear_of(x, 1)),
    "atanh": lambda x: np.arctanh(clear_of(x, 1)),
    "abs": absolute,
    "sign": lambda x: np.sign(away_from(x, jump=True).real) + 0j,
    "sqrt": lambda x: np.sqrt(touching(x, 0)),
    "relu": lambda x: away_from(x) * (real(x) > 0),
    "sigmoid": _sigmoid,
    "softplus": lambda x: x * (x.real >= 0) + _log1p(_tail(x)),
    "erf": _erf,
    "gelu": lambda x: x * (1 + _erf(x / math.sqrt(2))) / 2,
    "silu": lambda x: x * _sigmoid(x),
    "elu": lambda x: np.where(x.real > 0, x, exponential(x) - 1),
    "hinge": lambda x: (1 - away_from(x, 1)) * (x.real < 1),
}


def power(x: Array, k: Array) -> Array:
    """Entry by entry; a whole exponent that does not move also for negative entries."""
    if k.size == 1 and k.imag.flat[0] == 0 and float(k.real.flat[0]).is_integer() and abs(k.real.flat[0]) < 50:
        n = int(k.real.flat[0])
        result = np.ones_like(x)
        for _ in range(abs(n)):
            result = result * x
        return 1 / result if n < 0 else result
    if np.any(x.real <= 0):
        raise Unfit("a root of a negative number")
    return exponential(k * np.log(x))


# ---------------------------------------------------------------------------------------------- functions of a matrix


def square(x: Array) -> Array:
    if x.shape[0] != x.shape[1]:
        raise Unfit(f"not square: {x.shape}")
    return x


def column(x: Array) -> Array:
    """A column or a row, as a column."""
    if 1 not in x.shape:
        raise Unfit(f"no vector: {x.shape}")
    return x.reshape(-1, 1)


def scalar(x: Any) -> Array:
    return np.asarray(x, dtype=complex).reshape(1, 1)


def finite(x: Array) -> Array:
    """LAPACK may never come back from infinities."""
    if not np.all(np.isfinite(x)):
        raise Unfit("not finite")
    return x


def inverse(x: Array) -> Array:
    return np.linalg.inv(square(x))


def determinant(x: Array) -> Array:
    return scalar(np.linalg.det(square(x)))


def expm(x: Array) -> Array:
    """Scaling and squaring with a Taylor series."""
    square(x)
    halvings = max(0, math.ceil(math.log2(max(float(np.sum(np.abs(x))), 1e-9))) + 3)
    x = x / 2**halvings
    term = total = np.eye(len(x), dtype=complex)
    for k in range(1, 22):
        term = term @ x / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def frechet(x: Array, *directions: Array) -> Array:
    """The top right block of expm([X, E; 0, X]), for every further direction the same of that block triangle. Beside a great E the
    digits of X would be lost."""
    n, scale = len(square(x)), 1.0
    for k, e in enumerate(directions):
        size = max(1.0, float(np.max(np.abs(e.real))))
        scale *= size
        step = np.kron(np.eye(2**k), e / size)
        x = np.block([[x, step], [np.zeros_like(x), x]])
    return scale * expm(x)[:n, -n:]


def pinv(x: Array) -> Array:
    """By a full-rank factorisation X = F G made of columns and rows of X, as long as the rank stays: G^T (G G^T)^-1 (F^T F)^-1 F^T."""
    u, s, v = np.linalg.svd(finite(x).real, full_matrices=False)
    r = int(np.sum(s > 1e-6 * s[0]))
    if r == 0 or np.any(s[r:] > 1e-13 * s[0]):
        raise Unfit("a matrix whose rank cannot be told")
    rows, columns = _pivots(u[:, :r].T), _pivots(v[:r])
    f = x[:, columns]
    g = np.linalg.solve(x[np.ix_(rows, columns)], x[rows])
    if np.max(np.abs((x - f @ g).imag)) > 1e-9 * np.max(np.abs(x.imag)):
        raise Unfit("a pseudoinverse where the rank changes")
    return g.T @ np.linalg.inv(g @ g.T) @ np.linalg.inv(f.T @ f) @ f.T


def _pivots(a: Array) -> list[int]:
    """Columns of `a` that make a well-conditioned basis: the greatest remainder each time."""
    a, chosen = a.copy(), []
    for _ in range(len(a)):
        k = int(np.argmax(np.sum(a * a, axis=0)))
        chosen.append(k)
        q = a[:, [k]] / np.linalg.norm(a[:, k])
        a = a - q @ (q.T @ a)
    return chosen


def greatest_singular(x: Array) -> tuple[Array, Array]:
    """The greatest singular value and its right vector (greatest entry positive): a Newton step on X^T X v = s v, v^T v = 1."""
    _, sizes, rows = np.linalg.svd(finite(x).real)
    if len(sizes) > 1 and sizes[0] - sizes[1] < 1e-9 * sizes[0]:
        raise Unfit("no greatest singular value, and no vector of it")
    v = rows[0]
    v = v * np.sign(v[np.argmax(np.abs(v))])
    if -np.min(v) > (1 - 1e-9) * np.max(v):
        raise Unfit("two greatest entries of different signs")
    m = x.T @ x
    s = v @ m.real @ v
    n = len(v)
    system = np.block([[m.real - s * np.eye(n), -v[:, None]], [2 * v[None, :], np.zeros((1, 1))]])
    step = np.linalg.solve(system, -np.append(m @ v - s * v, v @ v - 1))
    return np.sqrt(scalar(s + step[n])), (v + step[:n]).reshape(-1, 1)


def root(m: Array) -> Array:
    """The symmetric square root of a positive definite M: a Newton step on S S = M from the real one."""
    d, q = np.linalg.eigh((finite(m).real + m.real.T) / 2)
    if d[0] < 1e-9 * d[-1]:
        raise Unfit("a singular matrix has a singular value at its kink")
    s = q @ np.diag(np.sqrt(d)) @ q.T
    rest = q.T @ (m - s @ s) @ q
    return s + q @ (rest / (np.sqrt(d)[:, None] + np.sqrt(d))) @ q.T


def polar(x: Array) -> Array:
    return x @ np.linalg.inv(root(x.T @ x)) if x.shape[0] >= x.shape[1] else np.linalg.inv(root(x @ x.T)) @ x


def nuclear(x: Array) -> Array:
    return scalar(np.trace(root(x.T @ x if x.shape[0] >= x.shape[1] else x @ x.T)))


def extreme(x: Array, sign: int) -> Array:
    x = column(x)
    order = np.sort(sign * real(x)[:, 0])
    if len(order) > 1 and order[-1] == order[-2]:
        away_from(x, x[[int(np.argmax(sign * x.real[:, 0]))]])
    return x[[int(np.argmax(sign * x.real[:, 0]))]]


def softmax(x: Array) -> Array:
    """Of a vector; of a matrix, row by row."""
    axis = None if 1 in x.shape else 1
    e = exponential(x - np.max(x.real, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x: Array) -> Array:
    axis = None if 1 in x.shape else 1
    top = np.max(x.real, axis=axis, keepdims=True)
    return np.log(np.sum(exponential(x - top), axis=axis, keepdims=True)) + top


def norm(x: Array, which: str, p: Array | None = None) -> Array:
    if not np.any(x.real):
        raise Unfit("a norm of 0")
    if (which == "" and 1 not in x.shape) or which == "F":
        return np.sqrt(scalar(np.sum(x * x)))
    if which == "*":
        return nuclear(x)
    if which == "2" and 1 not in x.shape:
        return greatest_singular(x)[0] if np.any(x.imag) else scalar(np.linalg.norm(finite(x).real, 2))
    x = column(x)
    if which in ("", "2"):
        return np.sqrt(x.T @ x)
    if which == "1":
        return scalar(np.sum(absolute(x)))
    if which == "inf":
        return extreme(absolute(x), 1)
    assert p is not None
    return power(scalar(np.sum(power(absolute(x), p))), 1 / p)


def pick(x: Array, y: Array, sign: int) -> Array:
    x, y = level(x, y)
    away_from(x, y)
    return np.where(sign * real(x) >= sign * real(y), x, y)


def level(x: Array, y: Array) -> tuple[Array, Array]:
    """A scalar beside anything goes to every entry; nothing else is stretched."""
    if x.shape != y.shape and (1, 1) not in (x.shape, y.shape):
        raise Unfit(f"{x.shape} beside {y.shape}")
    if x.shape == (1, 1):
        return np.broadcast_to(x, y.shape), y
    return x, np.broadcast_to(y, x.shape)


def product(x: Array, y: Array) -> Array:
    if (1, 1) in (x.shape, y.shape):
        return x * y
    if x.shape[1] != y.shape[0]:
        raise Unfit(f"{x.shape} times {y.shape}")
    return x @ y


def inner(x: Array, y: Array) -> Array:
    if x.shape != y.shape:
        x, y = column(x), column(y)
    return scalar(np.sum(np.multiply(*level(x, y))))


def diagonal(x: Array) -> Array:
    return np.diag(column(x)[:, 0]) if 1 in x.shape else np.diag(square(x)).reshape(-1, 1)


def clip(x: Array, low: Array, high: Array) -> Array:
    away_from(away_from(x, low), high)
    if np.any(low.real > high.real):
        raise Unfit("no bounds")
    return np.where(x.real < low.real, low, np.where(x.real > high.real, high, x))


def huber(x: Array, k: Array) -> Array:
    if np.any(k.real < 0):
        raise Unfit("a negative bound")
    return np.where(np.abs(x.real) <= k.real, x * x / 2, k * absolute(x) - k * k / 2)


def sqrtm(x: Array) -> Array:
    """The principal square root, by the iteration of Denman and Beavers."""
    y, z = finite(square(x)), np.eye(len(x), dtype=complex)
    for _ in range(40):
        y, z = (y + np.linalg.inv(z)) / 2, (z + np.linalg.inv(y)) / 2
    if np.max(np.abs(y @ y - x)) > 1e-8 * np.max(np.abs(x)):
        raise Unfit("no principal square root")
    return y


def logm(x: Array) -> Array:
    """Square roots until the matrix is close to I, then log(I + Z) = 2 artanh(Z (2 I + Z)^-1) as a series."""
    one = np.eye(len(square(x)))
    halvings = 0
    while np.max(np.abs(x - one)) > 0.1 and halvings < 30:
        x, halvings = sqrtm(x), halvings + 1
    w = np.linalg.solve(x + one, x - one)
    term, total = w, w
    for k in range(1, 20):
        term = term @ w @ w
        total = total + term / (2 * k + 1)
    return 2 * total * 2**halvings
