"""Functions that an emitted NumPy program carries with it, where it needs them: their text is copied."""

import math
import types

import numpy as np

try:
    from scipy import linalg
except ImportError:  # NumPy alone does the same with more arithmetic
    linalg = None


def _sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    if np.vdot(z, z).real < 7000:  # then nothing overflows
        return 1 / (1 + np.exp(-z))
    with np.errstate(over="ignore"):  # where it does, 1 / inf = 0 is right to the smallest normal number
        return 1 / (1 + np.exp(-z))


def _with_buffer(width, function, *given):
    """What a function finds with a buffer of one row: NumPy fills a longer one with copies of what it repeats along the rows."""
    kept = np.setbufsize(max(16, width // 16 * 16))
    try:
        return function(*given)
    finally:
        np.setbufsize(kept)


def _by_rows(function, width, signs, places, *given):
    """What a function finds, a few rows at a time, which stay in the processor's cache: results are added up (+) or joined (|). `places`
    are those of the arguments that have the rows, of `width` entries."""
    rows, step = len(given[places[0]]), 49152 // width
    blocks = [[x[k : k + step] if at in places else x for at, x in enumerate(given)] for k in range(0, rows, step)]
    found = [function(*block) for block in blocks]
    if len(signs) == 1:
        return sum(found[1:], found[0]) if signs == "+" else np.concatenate(found)
    return tuple(sum(parts[1:], parts[0]) if sign == "+" else np.concatenate(parts) for sign, parts in zip(signs, zip(*found)))


def _samples(shapes):
    """How many samples arrays of these shapes have."""
    numbers = {shape[0] if len(shape) else 0 for shape in shapes}
    if len(numbers) != 1 or 0 in numbers:
        raise ValueError(f"one and the same number of samples expected in front, not the shapes {[tuple(s) for s in shapes]}")
    return numbers.pop()


def _batched(function, places, *given):
    """A function for every sample of the arguments at `places`, one call after another, and what it returns with their axis in front."""
    given = [np.asarray(x) if k in places else x for k, x in enumerate(given)]
    number = _samples([given[k].shape for k in places])
    for k in range(number):
        found = function(*[x[k] if at in places else x for at, x in enumerate(given)])
        found = found if isinstance(found, tuple) else (found,)
        if not k:
            all_ = [np.empty((number, *np.shape(one)), np.result_type(one)) for one in found]
        for whole, one in zip(all_, found):
            whole[k] = one
    return tuple(all_) if len(all_) > 1 else all_[0]


def _over_square(x, k):
    """x / (k + x^2) for k > 0, also where x^2 overflows."""
    if np.vdot(x, x) < 1e30:  # vdot does not warn
        below = x * x
        below += k
        return x / below
    root = np.sqrt(k)
    top = np.maximum(np.abs(x), root)
    part = x / top
    return part / ((part * part + (root / top) ** 2) * top)


def _log1p_square(z):
    """log(1 + z^2), also where z^2 overflows."""
    if np.vdot(z, z) < 1e30:
        return np.log1p(z * z)
    top = np.maximum(np.abs(z), 1)
    return np.log1p((z / top / top) ** 2) + 2 * np.log(top)


def _flat(made, *start):
    """The functions of one vector, the entries of all variables one after another, as optimisers want them; `start` gives the shapes."""
    shapes = [np.shape(v) for v in start]
    ends = np.cumsum([math.prod(s) for s in shapes])[:-1]

    def join(*parts):
        return np.concatenate([np.ravel(p) for p in parts])

    def split(z):
        return tuple(p.reshape(s) for p, s in zip(np.split(np.asarray(z), ends), shapes))

    def fun_and_jac(z):
        value, *gradients = made.value_and_gradients(*split(z))
        return value, join(*gradients)

    found = types.SimpleNamespace(x0=join(*start), join=join, split=split, fun_and_jac=fun_and_jac)
    found.fun = lambda z: made.value(*split(z))
    found.jac = lambda z: join(*made.gradients(*split(z)))
    if hasattr(made, "hvp"):
        found.hessp = lambda z, p: join(*made.hvp(*split(z), *split(p)))
    return found


def _root_square(x, r):
    """sqrt(r^2 + x^2) for r > 0, also where x^2 overflows."""
    if not isinstance(x, np.ndarray):
        return type(x)(math.hypot(x, r))
    if 1e-30 < r < 1e15 and np.vdot(x, x) < 1e30:
        return np.sqrt(r * r + x * x)
    return np.hypot(x, r)


def _softplus(z):
    """log(1 + exp(z)), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _softmax(z):
    """exp(z) / sum(exp(z)) along the last axis, without overflow."""
    if z.ndim == 2 and z.shape[1] <= 32 < z.shape[0]:  # NumPy is slow along short rows
        e = np.array(z.T, order="C")
        e -= e.max(axis=0)
        np.exp(e, out=e)
        e *= 1 / e.sum(axis=0)
        return e.T
    e = z - z.max(axis=-1, keepdims=True)
    np.exp(e, out=e)
    e *= 1 / e.sum(axis=-1, keepdims=True)  # which is 1 at least, and the product faster than the quotient
    return e


def _logsumexp(z):
    """log(sum(exp(z))) along the last axis, without overflow."""
    if z.ndim == 2 and z.shape[1] <= 32 < z.shape[0]:  # NumPy is slow along short rows
        e = np.array(z.T, order="C")
        top = e.max(axis=0)
        e -= top
        np.exp(e, out=e)
        return top + np.log(e.sum(axis=0))
    top = z.max(axis=-1, keepdims=True)
    e = z - top
    np.exp(e, out=e)
    return top[..., 0] + np.log(e.sum(axis=-1))


def _norm(x):
    """The root of the sum of squares, also where these over- or underflow."""
    norm = np.sqrt(np.vdot(x, x).real)  # vdot does not warn
    if 1e-15 < norm < 1e15:
        return norm
    top = np.max(np.abs(x), initial=0)
    return top * np.linalg.norm(x / top) if 0 < top < np.inf else norm


def _erf(z):
    """The error function."""
    return np.vectorize(math.erf, otypes=[float])(z).astype(np.result_type(np.asarray(z), np.float32))[()]


def _normcdf(z):
    """The distribution function of the standard normal distribution."""
    value = np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2, otypes=[float])(z)
    return value.astype(np.result_type(np.asarray(z), np.float32))[()]


def _lognormcdf(z):
    """The logarithm of it; far below by the series of DLMF 7.12.1."""

    def value(x):
        if x > 1:
            return math.log1p(-math.erfc(x / math.sqrt(2)) / 2)
        if x > -35:
            return math.log(math.erfc(-x / math.sqrt(2)) / 2)
        t = 1 / (x * x)
        return -x * x / 2 - math.log(-x) - math.log(2 * math.pi) / 2 + math.log1p(-t * (1 - t * (3 - t * (15 - 105 * t))))

    return np.vectorize(value, otypes=[float])(z).astype(np.result_type(np.asarray(z), np.float32))[()]


def _lgamma(z):
    """log|Gamma(z)|."""

    def value(x):
        try:
            return math.lgamma(x)
        except (OverflowError, ValueError):
            return math.inf

    return np.vectorize(value, otypes=[float])(z).astype(np.result_type(np.asarray(z), np.float32))[()]


def _gamma(z):
    """The gamma function."""

    def value(x):
        try:
            return math.gamma(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return np.vectorize(value, otypes=[float])(z).astype(np.result_type(np.asarray(z), np.float32))[()]


def _polygamma(k, z):
    """The derivative of order k of digamma: an asymptotic series (DLMF 5.11.2, 5.15.9), moved to great arguments (5.5.2, 5.15.5)."""
    k, x = round(float(k)), np.asarray(z, np.float64)
    pole = (x <= 0) & (x == np.floor(x))
    x = np.where(pole | (x < -1e6) | (k < 0) | (k > 60), math.nan, x)
    k, total = min(max(k, 0), 60), 0.0
    while np.any(near := x < 15 + k):
        total = total + near / x ** (k + 1)
        x = x + near
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
    series = sum(b * math.gamma(2 * j + k) / math.gamma(2 * j + 1) / x ** (2 * j + k) for j, b in enumerate(bernoulli, 1))
    first = math.gamma(k) / x**k if k else -np.log(x)
    value = (-1) ** (k + 1) * (first + math.gamma(k + 1) * (total + 1 / (2 * x ** (k + 1))) + series)
    return value.astype(np.result_type(np.asarray(z), np.float32))[()]


def _gelu(z):
    """z times the normal distribution function."""
    normal = np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2, otypes=[float])(z)
    return z * normal.astype(np.result_type(np.asarray(z), np.float32))[()]


def _p_norm(x, p):
    """The p-norm, scaled so that nothing overflows."""
    size = np.abs(x)
    top = np.max(size)
    return top * np.sum((size / top) ** p) ** (1 / p) if top > 0 else top


def _first_right_singular(X):
    """The first right singular vector, its greatest entry positive."""
    v = np.linalg.svd(X)[2][0]
    return v * np.sign(v[np.argmax(np.abs(v))])


def _pinv(X):
    """The pseudoinverse. Singular values of rounding errors, 16 units for each row or column, are taken for zero."""
    return np.linalg.pinv(X, 16 * max(X.shape[-2:]) * np.finfo(X.dtype).eps)


def _eigen(X, k):
    """The k-th eigenvalue of the symmetric part from below (from above with k < 0), and its vector, the greatest entry positive."""
    values, vectors = np.linalg.eigh((X + X.T) / 2)
    at = int(k) - 1 if k > 0 else int(k)
    v = vectors[:, at]
    return values[at], v * np.sign(v[np.argmax(np.abs(v))])


def _spectral(X, k):
    """The k-th eigenvalue by real parts (from above with k < 0), not a number where X is real and it is not, and its projector."""
    values, vectors = np.linalg.eig(X)
    at = np.argsort(np.real(values))[int(k) - 1 if k > 0 else int(k)]
    value, projector = values[at], vectors[:, at][:, None] * np.linalg.inv(vectors)[at]
    if np.iscomplexobj(X):
        return value, projector
    whole = np.where(np.abs(np.imag(value)) > 1e-8 * np.max(np.abs(values)), np.nan, 1.0).astype(X.dtype)
    return whole * np.real(value), whole * np.real(projector)


def _triangle(X, *directions):
    """The block triangle of which a function of matrices has its derivative along the directions in the top right corner."""
    block = X
    for k, E in enumerate(directions):
        step = np.kron(np.eye(2**k, dtype=X.dtype), E)
        block = np.block([[block, step], [np.zeros_like(step), block]])
    return block


def _derivative(function, X, *directions):
    """The derivative of a function of matrices at X along the directions."""
    return function(_triangle(X, *directions))[: len(X), -len(X) :]


class _Exponential:
    """exp(X) by a Pade approximation with scaling and squaring (Higham 2005), and its derivatives by the same approximation in the algebra
    of X plus multiples of products of e_1, e_2, ..., every e_k^2 = 0 (Al-Mohy & Higham 2009). `top` is the part at the product of all:
    exp(X) where there is no direction yet."""

    def __init__(self, X):
        norm = np.abs(X).sum(axis=0).max(initial=0)
        self.type, self.squarings = X.dtype, max(0, math.ceil(math.log2(norm / 4.74))) if norm > 0 else 0
        self.steps = [[] for _ in range(9 + self.squarings)]  # each step of the approximation by its parts, e_1 e_3 at 1 + 4
        self._grow([X])

    def towards(self, E, further=None):
        """The same with one direction more, and `further`, a direction for all of them at once."""
        more = object.__new__(_Exponential)
        more.type, more.squarings, more.steps = self.type, self.squarings, [list(step) for step in self.steps]
        parts = [E, *[None] * (len(self.steps[0]) - 1)]
        if further is not None:
            parts[-1] = further
        more._grow(parts)
        return more

    @property
    def top(self):
        return self.steps[-1][-1].astype(self.type)

    def _grow(self, parts):
        A, A2, A4, A6, W, Z, inner, below, value, *squares = self.steps
        b = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
             33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
        sums = np.array([b[9:14:2], b[3:8:2], b[8:13:2], b[2:7:2]], np.float64)
        n = len(parts[0])
        for s, part in enumerate(parts, len(A)):
            subsets = [t for t in range(s + 1) if s & t == t]

            def times(P, Q, s=s, subsets=subsets):
                found = [P[t].dot(Q[s ^ t]) for t in subsets if P[t] is not None and Q[s ^ t] is not None]
                return sum(found[1:], found[0]) if found else np.zeros((n, n))

            A.append(None if part is None else part.astype(np.result_type(part, np.float64)) / 2.0**self.squarings)
            A2.append(times(A, A))
            A4.append(times(A2, A2))
            A6.append(times(A4, A2))
            over, odd, under, even = sums.dot(np.array([A2[s], A4[s], A6[s]]).reshape(3, n * n)).reshape(4, n, n)
            W.append(over)
            Z.append(under)
            odd += times(A6, W)
            even += times(A6, Z)
            if not s:
                odd.flat[:: n + 1] += b[1]
                even.flat[:: n + 1] += b[0]
            inner.append(odd)
            U = times(A, inner)
            below.append(even - U if s else np.linalg.inv(even - U))  # the first of them inverted: it divides
            value.append(below[0].dot(sum((-below[t].dot(value[s ^ t]) for t in subsets if t), even + U)))
            for before, after in zip([value, *squares], squares):
                after.append(times(before, before))


def _expm_along(X, *directions):
    """The derivative of the matrix exponential at X along the directions."""
    made = _Exponential(X)
    for E in directions:
        made = made.towards(E)
    return made.top


def _columns(linear, X):
    """The matrix of a linear map of matrices like X, for stacked columns."""
    units = np.eye(X.size, dtype=X.dtype).reshape(X.size, *X.T.shape)
    return np.array([linear(E.T).T.reshape(-1) for E in units]).T


def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    U, s, Vt = np.linalg.svd(X)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))], X.dtype)
    return np.linalg.det(U) * np.linalg.det(Vt) * (Vt.T * others) @ U.T


def _expm(X):
    """The matrix exponential: Pade approximation with scaling and squaring (Higham 2005)."""
    b = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
         33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
    norm = np.max(np.sum(np.abs(X), axis=0))
    squarings = max(0, math.ceil(math.log2(norm / 5.371920351148152))) if norm > 0 else 0
    A, eye = X.astype(np.result_type(X, np.float64)) / 2.0**squarings, np.eye(len(X))
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    U = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye)
    V = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * eye
    value = np.linalg.solve(V - U, V + U)
    for _ in range(squarings):
        value = value @ value
    return value.astype(X.dtype)


def _turned(X):
    """exp([0, X; -X, 0]), which is [cos X, sin X; -sin X, cos X]."""
    return _expm(np.block([[np.zeros_like(X), X], [-X, np.zeros_like(X)]]))


def _cosm(X):
    """The matrix cosine."""
    return _turned(X)[: len(X), : len(X)]


def _sinm(X):
    """The matrix sine."""
    return _turned(X)[: len(X), len(X) :]


def _left_jacobian(w):
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    K = np.cross(np.eye(3, dtype=w.dtype), w)
    return _expm(np.block([[K, np.eye(3)], [np.zeros((3, 6))]]))[:3, 3:].astype(w.dtype)


def _commutation(m, n, dtype):
    """K with K vec(X) = vec(X.T) for X of shape (m, n)."""
    return np.eye(m * n, dtype=dtype)[np.arange(m * n).reshape(n, m).T.reshape(-1)]


def _elimination(n, dtype):
    """L with L vec(X) = vech(X) for X of shape (n, n)."""
    return np.eye(n * n, dtype=dtype)[np.flatnonzero(np.tri(n).T)]


def _duplication(n, dtype):
    """D with D vech(S) = vec(S) for symmetric S of shape (n, n)."""
    place = np.arange(n * n).reshape(n, n)
    first = np.minimum(place, place.T).reshape(-1)
    return np.eye(n * n, dtype=dtype)[first] @ _elimination(n, dtype).T


def _unvech(v):
    """The symmetric matrix S with vech(S) = v."""
    n = (math.isqrt(8 * len(v) + 1) - 1) // 2
    return (_duplication(n, v.dtype) @ v).reshape(n, n)


def _convmtx(a, n):
    """The Toeplitz matrix T with n columns and T @ x = np.convolve(a, x)."""
    return _hankel(np.concatenate((np.zeros(n - 1, a.dtype), a, np.zeros(n - 1, a.dtype))), n)[:, ::-1]


def _hankel(r, n):
    """The Hankel matrix with n columns and H[i, j] = r[i + j]."""
    return r[np.arange(len(r) - n + 1)[:, None] + np.arange(n)]


def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    M = S = X.astype(np.result_type(X, np.float64))
    eye = np.eye(len(X))
    for _ in range(60):
        error = np.max(np.abs(M - eye))
        if error < 1e-15 * len(X):
            break
        scale = math.exp(-np.linalg.slogdet(M)[1] / (2 * len(X))) if error > 0.1 else 1.0
        inverse = np.linalg.inv(M)
        S = scale / 2 * S @ (eye + inverse / scale**2)
        M = (eye + (scale**2 * M + inverse / scale**2) / 2) / 2
    return (S if np.max(np.abs(M - eye)) < 1e-9 else np.full_like(S, math.nan)).astype(X.dtype)


def _logm(X):
    """The principal logarithm: square roots, then the Pade approximant of log(1 + x) in partial fractions (Higham 2008, 11.5)."""
    half = ((0.14887433898163122, 0.29552422471475287), (0.4333953941292472, 0.26926671930999635),
            (0.6794095682990244, 0.21908636251598204), (0.8650633666889845, 0.1494513491505806),
            (0.9739065285171717, 0.06667134430868814))  # fmt: skip
    eye, A, roots = np.eye(len(X)), X.astype(np.result_type(X, np.float64)), 0
    while np.linalg.norm(A - eye, 1) > 0.25 and roots < 100:
        A, roots = _sqrtm(A), roots + 1
    Y = A - eye
    points = [(sign * t, w) for t, w in half for sign in (1, -1)]
    total = sum(w / 2 * np.linalg.solve(eye + (1 + t) / 2 * Y, Y) for t, w in points)
    return (2.0**roots * total).astype(X.dtype)


def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    total = np.array(X, dtype=np.result_type(X, v), order="C")
    total.reshape(-1)[:: total.shape[1] + 1] += v
    return total


def _greatest(X):
    """The greatest entry of every row: NumPy is slow along short ones."""
    return np.array(X.T, order="C").max(axis=0) if X.shape[1] <= 32 < X.shape[0] else X.max(axis=1)


def _products(M, *factors):
    """M times each of these: of a large matrix and few columns in one product, for which it is read from memory once."""
    width = factors[0].shape[1]
    if len(M) < 256 or len(M) < 16 * width:
        return [M.dot(X) for X in factors]
    found = M.dot(np.concatenate(factors, axis=1))
    return [found[:, k : k + width] for k in range(0, found.shape[1], width)]


def _distances(X, Y):
    """The squared distances of the rows of X from those of Y, along the more of them: NumPy is slow along short rows."""
    if len(X) < len(Y):
        return _distances(Y, X).T
    across, found = np.array(X.T, order="C"), np.empty((len(Y), len(X)), X.dtype)
    step, large = max(64, 65536 // max(Y.size, 1)), X.size * len(Y) > 8192 and len(X) >= 64
    for k in range(0, len(X), step):
        parts = across[:, k : k + step], Y[:, :, None]
        t = _with_buffer(min(step, len(X), 4096), np.subtract, *parts) if large else np.subtract(*parts)
        np.einsum("ijk,ijk->ik", t, t, out=found[:, k : k + step])
    return found.T


def _outer(a, b):
    """All products of an entry of a and one of b; by a product of matrices where that is faster."""
    if 64 <= b.size <= 4096 and a.size * b.size > 32768:
        return _with_buffer(b.size, np.multiply, a[:, None], b)
    if b.size > 4096 or a.size * b.size > 1 << 20:
        return a[:, None] * b
    return a[:, None].dot(b[None])


def _interleaved(A, B):
    """A[i, k] B[j, l] at [i, j, k, l], multiplied in long runs."""
    (m, p), (n, q) = A.shape, B.shape
    return (np.repeat(A, q, axis=1)[:, None] * np.tile(B, p)).reshape(m, n, p, q)


def _spread(shape, dtype, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    total = np.zeros(shape, dtype)
    for axes, part in parts:
        view = np.einsum(f"{axes}->{''.join(dict.fromkeys(axes))}", total)
        view += part
    return total


def _lapack(name, array, known={}):  # noqa: B006
    """A routine of LAPACK for arrays of this type; looking it up takes longer than a small matrix, so it is kept."""
    key = name, array.dtype.char
    if key not in known:
        known[key] = linalg.get_lapack_funcs(name, (array,))
    return known[key]


def _chol(S):
    """The lower Cholesky factor of a positive definite matrix."""
    if linalg is None:
        return np.linalg.cholesky(S)
    L, failed = _lapack("potrf", S)(S.T, lower=True)  # S.T is S, in the order that LAPACK wants
    if failed:
        raise np.linalg.LinAlgError("a matrix that should be positive definite is not")
    return L


def _chol_solve(L, B):
    if linalg is None:
        return np.linalg.solve(L.T, np.linalg.solve(L, B))
    return _lapack("potrs", L)(L, B, lower=True)[0]


def _chol_inverse(L):
    if linalg is None:
        half = np.linalg.inv(L)
        return half.T @ half
    half = _lapack("potri", L)(L, lower=True)[0].T
    whole = half + half.T
    whole.reshape(-1)[:: len(L) + 1] /= 2
    return whole


def _inverses(S):
    """The inverses of positive definite matrices, of which large ones are worth a call each."""
    if linalg is None or S.shape[-1] < 16:
        root = np.linalg.inv(np.linalg.cholesky(S))
        return root.transpose(0, 2, 1) @ root
    return np.array([_chol_inverse(_chol(one)) for one in S])


def _chol_trace(L, M):
    """tr(S^-1 M) for a symmetric M, from the upper half of the inverse."""
    if linalg is None:
        return np.vdot(_chol_inverse(L), M)
    half = _lapack("potri", L)(L, lower=True)[0].T
    return 2 * np.vdot(half, M) - np.vdot(np.diagonal(half), np.diagonal(M))


def _chol_det(L):
    return np.prod(np.diagonal(L)) ** 2


def _chol_logdet(L):
    return 2 * np.sum(np.log(np.diagonal(L)))


def _lower_solve(L, B, transposed=False):
    """L^-1 B or L^-T B of a lower triangular matrix."""
    if linalg is None:
        return np.linalg.solve(L.T if transposed else L, B)
    turned = not L.flags.f_contiguous  # LAPACK wants the columns one after another
    X, singular = _lapack("trtrs", L)(L.T if turned else L, B, lower=not turned, trans=int(transposed != turned))
    if singular:
        raise np.linalg.LinAlgError("Singular matrix")
    return X


def _lower_inverse(L):
    if linalg is None:
        return np.linalg.inv(L)
    turned = not L.flags.f_contiguous
    X, singular = _lapack("trtri", L)(L.T if turned else L, lower=not turned)
    if singular:
        raise np.linalg.LinAlgError("Singular matrix")
    return X.T if turned else X


def _upper_solve(U, B, transposed=False):
    return _lower_solve(U.T, B, not transposed)


def _upper_inverse(U):
    return _lower_inverse(U.T).T


def _triangular_det(X):
    return np.prod(np.diagonal(X))


def _triangular_logdet(X):
    return np.sum(np.log(np.abs(np.diagonal(X))))


def _lu(X):
    """The LU factors of X.T, for several uses of them."""
    if linalg is None:
        return X, None, None
    return _lapack("getrf", X)(X.T)


def _lu_solve(factor, B, transposed=False):
    if linalg is None:
        return np.linalg.solve(factor[0].T if transposed else factor[0], B)
    lu, pivots, singular = factor
    if singular:
        raise np.linalg.LinAlgError("Singular matrix")
    return _lapack("getrs", lu)(lu, pivots, B, trans=int(not transposed))[0]


def _lu_inverse(factor):
    if linalg is None:
        return np.linalg.inv(factor[0])
    lu, pivots, singular = factor
    if singular:
        raise np.linalg.LinAlgError("Singular matrix")
    space = int(_lapack("getri_lwork", lu)(len(lu))[0].real)
    return _lapack("getri", lu)(lu, pivots, lwork=space)[0].T


def _lu_det(factor):
    if linalg is None:
        return np.linalg.det(factor[0])
    odd = np.count_nonzero(factor[1] != np.arange(len(factor[1]))) % 2
    return np.prod(np.diagonal(factor[0])) * (-1 if odd else 1)


def _lu_logdet(factor):
    if linalg is None:
        return np.linalg.slogdet(factor[0])[1]
    return np.sum(np.log(np.abs(np.diagonal(factor[0]))))
