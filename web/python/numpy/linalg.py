"""Linear algebra for small matrices: elimination with pivots, and Jacobi's rotations for eigenvalues and singular values."""

import builtins
import math

from . import array, asarray, diag, eye, iscomplexobj, transpose, zeros

_EPS = 2.3e-16


class LinAlgError(ValueError):
    pass


def _square(X):
    X = asarray(X)
    if X.ndim != 2 or X.shape[0] != X.shape[1]:
        raise LinAlgError("a square matrix is wanted")
    return X


def _eliminated(X, B):
    """The rows of X^-1 B, and the determinant of X."""
    n = len(X)
    rows = [[*a, *b] for a, b in zip(X.tolist(), B.tolist())]
    det = 1.0
    for k in range(n):
        pivot = builtins.max(range(k, n), key=lambda i: abs(rows[i][k]))
        if not rows[pivot][k]:
            return None, 0.0
        if pivot != k:
            rows[k], rows[pivot], det = rows[pivot], rows[k], -det
        det *= rows[k][k]
        for i in range(n):
            if i != k and rows[i][k]:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [u - factor * v for u, v in zip(rows[i], rows[k])]
    return [[v / row[k] for v in row[n:]] for k, row in enumerate(rows)], det


def solve(X, B):
    X, B = asarray(X), asarray(B)
    if X.ndim > 2:
        return array([solve(x, b) for x, b in zip(X, B)])
    wide = B if B.ndim == 2 else B.reshape(-1, 1)
    rows, _ = _eliminated(_square(X), wide)
    if rows is None:
        raise LinAlgError("singular matrix")
    return array(rows).reshape(B.shape) if B.size else B


def inv(X):
    return solve(X, eye(len(X)))


def det(X):
    X = _square(X)
    return _eliminated(X, zeros((len(X), 0)))[1] if len(X) else 1.0


def slogdet(X):
    value = det(X)
    size = abs(value)
    return (value / size, math.log(size)) if size else (0.0, -math.inf)


def matrix_power(X, k):
    X, total = (inv(X), eye(len(X))) if k < 0 else (X, eye(len(X)))
    for _ in range(abs(k)):
        total = total @ X
    return total


def multi_dot(matrices):
    total = asarray(matrices[-1])
    for a in reversed(matrices[:-1]):
        total = asarray(a) @ total
    return total


def norm(X, ord=None, axis=None):
    X = asarray(X)
    if axis is not None:
        return array([norm(row) for row in (transpose(X) if axis == 0 else X)])
    if ord == 2 and X.ndim == 2:
        return builtins.max(svd(X, compute_uv=False).data, default=0.0)
    if ord not in (None, "fro", 2):
        raise LinAlgError(f"no norm {ord!r} here")
    return math.hypot(*[abs(v) for v in X.data])


def _real(X, what):
    if iscomplexobj(X):
        raise LinAlgError(f"no {what} of complex matrices here")
    return X


def eigh(X):
    """By Jacobi's rotations; eigenvalues in ascending order."""
    n = len(_square(_real(X, "eigenvalues")))
    A, V = X.tolist(), eye(n).tolist()
    for _ in range(60):
        off = math.hypot(*[A[i][j] for i in range(n) for j in range(i)]) if n > 1 else 0.0
        if not off > 1e-17 * math.hypot(*[v for row in A for v in row]):
            break
        for i in range(n):
            for j in range(i):
                if A[i][j]:
                    _rotate(A, V, i, j)
    order = sorted(range(n), key=lambda k: A[k][k])
    return array([A[k][k] for k in order]), array([[row[k] for k in order] for row in V])


def _rotate(A, V, i, j):
    """The rotation of the axes i and j after which A[i][j] is 0."""
    theta = (A[j][j] - A[i][i]) / (2 * A[i][j])
    t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0)) if math.isfinite(theta) else 0.0
    c = 1 / math.hypot(t, 1.0)
    s = t * c
    for row in A:
        row[i], row[j] = c * row[i] - s * row[j], s * row[i] + c * row[j]
    A[i], A[j] = [c * u - s * v for u, v in zip(A[i], A[j])], [s * u + c * v for u, v in zip(A[i], A[j])]
    A[i][j] = A[j][i] = 0.0
    for row in V:
        row[i], row[j] = c * row[i] - s * row[j], s * row[i] + c * row[j]


def eigvalsh(X):
    return eigh(X)[0]


def svd(X, full_matrices=True, compute_uv=True):
    """By one-sided rotations of the columns (Hestenes)."""
    X = _real(asarray(X), "singular values")
    m, n = X.shape
    if m < n:
        found = svd(transpose(X), full_matrices, compute_uv)
        return (transpose(found[2]), found[1], transpose(found[0])) if compute_uv else found
    columns, V = transpose(X).tolist(), eye(n).tolist()
    for _ in range(60):
        turned = False
        for i in range(n):
            for j in range(i):
                turned |= _make_orthogonal(columns, V, i, j)
        if not turned:
            break
    sizes = [math.hypot(*c) for c in columns]
    order = sorted(range(n), key=lambda k: -sizes[k])
    if not compute_uv:
        return array([sizes[k] for k in order])
    top = builtins.max(sizes, default=0.0)
    units = [[v / sizes[k] for v in columns[k]] if sizes[k] > _EPS * top else None for k in order]
    U = _completed(units, m, m if full_matrices else n)
    return transpose(array(U)), array([sizes[k] for k in order]), array([V[k] for k in order])


def _make_orthogonal(columns, V, i, j):
    a, b = columns[i], columns[j]
    p, q, r = (builtins.sum(u * v for u, v in zip(x, y)) for x, y in ((a, a), (b, b), (a, b)))
    if abs(r) <= _EPS * math.sqrt(p * q):
        return False
    theta = (q - p) / (2 * r)
    t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
    c = 1 / math.hypot(t, 1.0)
    s = t * c
    for rows in (columns, V):
        x, y = rows[i], rows[j]
        rows[i], rows[j] = [c * u - s * v for u, v in zip(x, y)], [s * u + c * v for u, v in zip(x, y)]
    return True


def _completed(units, m, count):
    """Orthonormal vectors, the missing ones made from unit vectors."""
    known = [u for u in units if u is not None]
    found = list(units) + [None] * (count - len(units))
    for k, u in enumerate(found):
        if u is None:
            found[k] = _another(known, m)
            known.append(found[k])
    return found


def _another(known, m):
    best, size = None, -1.0
    for axis in range(m):
        v = [float(k == axis) for k in range(m)]
        for _ in range(2):
            for u in known:
                along = builtins.sum(x * y for x, y in zip(u, v))
                v = [y - along * x for x, y in zip(u, v)]
        length = math.hypot(*v)
        if length > size:
            best, size = [y / length for y in v] if length else v, length
    return best


def pinv(X, rcond=1e-15):
    U, s, Vt = svd(X, full_matrices=False)
    top = builtins.max(s.data, default=0.0)
    inverse = array([1 / v if v > rcond * top else 0.0 for v in s.data])
    return transpose(Vt) @ diag(inverse) @ transpose(U)


def lstsq(X, B, rcond=None):
    s = svd(X, compute_uv=False)
    return pinv(X, 1e-15 * builtins.max(X.shape)) @ asarray(B), array([]), builtins.sum(v > 1e-13 * s.data[0] for v in s.data), s


def cond(X):
    s = svd(X, compute_uv=False).data
    return s[0] / s[-1] if s[-1] else math.inf


def cholesky(X):
    n = len(_square(X))
    L = zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = X[i, j] - builtins.sum(L[i, k] * L[j, k] for k in range(j))
            if i == j:
                if not iscomplexobj(X) and not rest > 0:
                    raise LinAlgError("not positive definite")
                L[i, i] = rest**0.5
            else:
                L[i, j] = rest / L[j, j]
    return L


def qr(X):
    """By Gram and Schmidt, twice."""
    m, n = X.shape
    units, R = [], zeros((builtins.min(m, n), n))
    for k, column in enumerate(transpose(X).tolist()):
        for _ in range(2):
            for i, u in enumerate(units):
                along = builtins.sum(x * y for x, y in zip(u, column))
                R[i, k] = R[i, k] + along
                column = [y - along * x for x, y in zip(u, column)]
        if k < builtins.min(m, n):
            length = -math.copysign(math.hypot(*column), column[k] or 1.0)
            units.append([v / length for v in column] if length else _another(units, m))
            R[k, k] = length
    return transpose(array(units)), R
