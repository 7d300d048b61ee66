"""What an emitted program for the array API standard carries with it: functions of the standard alone, which write nothing in place."""

import math


def _namespace(*arrays):
    """The functions of the library that the arrays are of."""
    for a in arrays:
        if hasattr(a, "__array_namespace__"):
            return a.__array_namespace__()
    try:
        from array_api_compat import array_namespace
    except ImportError:
        raise TypeError("no argument is an array of the array API standard; array_api_compat, if installed, knows more") from None
    return array_namespace(*arrays)


def _options(*arguments):
    """The namespace, and the type and the device of the arguments that are arrays."""
    arrays = [a for a in arguments if not isinstance(a, (int, float, complex))]
    xp = _namespace(*arrays)
    kinds = [a.dtype for a in arrays if xp.isdtype(a.dtype, ("real floating", "complex floating"))]
    dtype = xp.result_type(*kinds) if kinds else xp.asarray(0.0).dtype
    return xp, {"dtype": dtype, "device": arrays[0].device}


def _samples(shapes):
    """How many samples arrays of these shapes have."""
    numbers = {shape[0] if len(shape) else 0 for shape in shapes}
    if len(numbers) != 1 or 0 in numbers:
        raise ValueError(f"one and the same number of samples expected in front, not the shapes {[tuple(s) for s in shapes]}")
    return numbers.pop()


def _batched(function, places, *given):
    """A function for every sample of the arguments at `places`, one call after another, and what it returns with their axis in front."""
    number = _samples([given[k].shape for k in places])
    found = [function(*[x[k, ...] if at in places else x for at, x in enumerate(given)]) for k in range(number)]
    if isinstance(found[0], tuple):
        return tuple(_namespace(parts[0]).stack(parts) for parts in zip(*found))
    return _namespace(found[0]).stack(found)


def _like(x):
    """How arrays beside this one are made."""
    return {"dtype": x.dtype, "device": x.device}


def _not_zero(x):
    """The numbers, those below the smallest normal one replaced by it."""
    xp = _namespace(x)
    return xp.maximum(x, xp.asarray(float(xp.finfo(x.dtype).smallest_normal), **_like(x)))


def _on_diagonal(n, x):
    """Where a matrix of n rows and columns has its diagonal."""
    places = _namespace(x).arange(n, device=x.device)
    return places[:, None] == places


def _diagonal(v):
    """The matrix with these numbers on its diagonal."""
    xp = _namespace(v)
    return xp.where(_on_diagonal(v.shape[0], v), v, xp.zeros((), **_like(v)))


def _inverses(S):
    """The inverses of positive definite matrices."""
    xp = _namespace(S)
    root = xp.linalg.inv(xp.linalg.cholesky(S))
    return xp.matmul(xp.matrix_transpose(root), root)


def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    xp = _namespace(X)
    return X + xp.where(_on_diagonal(X.shape[0], X), xp.asarray(v, **_like(X)), xp.zeros((), **_like(X)))


def _diagonals(x, labels):
    """The array with every letter once: x[i, j, i] as an array with the letters j, i."""
    xp = _namespace(x)
    while len(set(labels)) < len(labels):
        k = next(k for k in labels if labels.count(k) > 1)
        pair = [labels.index(k), labels.index(k, labels.index(k) + 1)]
        others = [at for at in range(len(labels)) if at not in pair]
        x = xp.linalg.diagonal(xp.permute_dims(x, (*others, *pair)))
        labels = "".join([*[labels[at] for at in others], k])
    return x, labels


def _reduced(x, labels, out):
    """The array summed over the letters that are not in `out`, its axes in that order."""
    x, labels = _diagonals(x, labels)
    xp = _namespace(x)
    gone = tuple(at for at, k in enumerate(labels) if k not in out)
    x = xp.sum(x, axis=gone) if gone else x
    rest = [k for k in labels if k in out]
    order = tuple(rest.index(k) for k in out if k in rest)
    return x if order == tuple(range(len(order))) else xp.permute_dims(x, order)


def _contract(x, first, y, second, out):
    """The product of two arrays whose axes have letters, summed over the letters that are not in `out`: as products of matrices."""
    x, first = _diagonals(x, first)
    y, second = _diagonals(y, second)
    kept = "".join(k for k in first if k in second + out)
    x, first = _reduced(x, first, kept), kept
    kept = "".join(k for k in second if k in first + out)
    y, second = _reduced(y, second, kept), kept
    xp = _namespace(x, y)
    sizes = dict(zip(first, x.shape)) | dict(zip(second, y.shape))
    both = [k for k in first if k in second and k in out]
    gone = [k for k in first if k in second and k not in out]
    left, right = [k for k in first if k not in second], [k for k in second if k not in first]

    def arranged(array, labels, *groups):
        ordered = xp.permute_dims(array, tuple(labels.index(k) for group in groups for k in group))
        return xp.reshape(ordered, tuple(math.prod(sizes[k] for k in group) for group in groups))

    found = xp.matmul(arranged(x, first, both, left, gone), arranged(y, second, both, gone, right))
    labels = [*both, *left, *right]
    return xp.permute_dims(xp.reshape(found, tuple(sizes[k] for k in labels)), tuple(labels.index(k) for k in out))


def _spread(shape, xp, options, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    zero = xp.zeros((), **options)
    total = xp.zeros(shape, **options)
    for axes, part in parts:
        first = [axes.index(k) for k in axes]
        sizes = [shape[at] for at in dict.fromkeys(first)]
        part = xp.broadcast_to(xp.asarray(part, **options), tuple(sizes))
        part = xp.reshape(part, tuple(shape[at] if first[at] == at else 1 for at in range(len(axes))))
        for at, before in enumerate(first):
            if before != at:
                places = xp.arange(shape[at], device=options["device"])
                one, other = (xp.reshape(places, tuple(-1 if k == p else 1 for k in range(len(axes)))) for p in (before, at))
                part = xp.where(one == other, part, zero)
        total = total + part
    return total


def _kron(X, Y):
    """The Kronecker product."""
    xp = _namespace(X, Y)
    X, Y = (xp.reshape(M, (-1, 1)) if M.ndim == 1 else M for M in (X, Y))
    (m, n), (p, q) = X.shape, Y.shape
    return xp.reshape(xp.reshape(X, (m, 1, n, 1)) * xp.reshape(Y, (1, p, 1, q)), (m * p, n * q))


def _picked(x, places):
    """The rows of an array at these places."""
    xp = _namespace(x)
    return xp.take(x, xp.asarray(places, device=x.device), axis=0)


def _commutation(m, n, xp, options):
    """K with K vec(X) = vec(X.T) for X of shape (m, n)."""
    return _picked(xp.eye(m * n, **options), [j * m + i for i in range(m) for j in range(n)])


def _elimination(n, xp, options):
    """L with L vec(X) = vech(X) for X of shape (n, n)."""
    return _picked(xp.eye(n * n, **options), [j * n + i for j in range(n) for i in range(j, n)])


def _convmtx(a, n, xp, options):
    """The Toeplitz matrix T with n columns and T @ x the convolution of a and x."""
    zeros = xp.zeros((n - 1,), **options)
    return xp.flip(_hankel(xp.concat((zeros, a, zeros)), n, xp), axis=1)


def _hankel(r, n, xp):
    """The Hankel matrix with n columns and H[i, j] = r[i + j]."""
    rows = r.shape[0] - n + 1
    return xp.reshape(_picked(r, [i + j for i in range(rows) for j in range(n)]), (rows, n))


def _convolve(x, a, xp, options):
    """The convolution of two vectors."""
    return _convmtx(a, x.shape[0], xp, options) @ x


def _correlate(x, a, xp):
    """The correlation of x with a, where a lies within x."""
    return _hankel(x, a.shape[0], xp) @ a


def _half(n):
    """The place in vech(S) of every entry of S, row by row."""
    return [min(i, j) * n - min(i, j) * (min(i, j) + 1) // 2 + max(i, j) for i in range(n) for j in range(n)]


def _duplication(n, xp, options):
    """D with D vech(S) = vec(S) for symmetric S of shape (n, n)."""
    return _picked(xp.eye(n * (n + 1) // 2, **options), _half(n))


def _vech(X):
    """The columns of the lower half, stacked."""
    n = X.shape[0]
    return _picked(_namespace(X).reshape(X, (-1,)), [i * n + j for j in range(n) for i in range(j, n)])


def _unvech(v):
    """The symmetric matrix S with vech(S) = v."""
    n = (math.isqrt(8 * v.shape[0] + 1) - 1) // 2
    return _namespace(v).reshape(_picked(v, _half(n)), (n, n))


def _relu(z):
    """The numbers, 0 for those below."""
    xp = _namespace(z)
    return xp.maximum(z, xp.zeros((), **_like(z)))


def _sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    xp = _namespace(z)
    small = xp.exp(-xp.abs(z))
    return xp.where(z >= 0, xp.ones((), **_like(z)), small) / (1 + small)


def _softplus(z):
    """log(1 + exp(z)), without overflow."""
    xp = _namespace(z)
    return _relu(z) + xp.log1p(xp.exp(-xp.abs(z)))


def _softmax(z):
    """exp(z) / sum(exp(z)) along the last axis, without overflow."""
    xp = _namespace(z)
    e = xp.exp(z - xp.max(z, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def _logsumexp(z):
    """log(sum(exp(z))) along the last axis, without overflow."""
    xp = _namespace(z)
    top = xp.max(z, axis=-1, keepdims=True)
    return xp.squeeze(top, axis=-1) + xp.log(xp.sum(xp.exp(z - top), axis=-1))


def _norm(x, axes=None):
    """The root of the sum of squares, also where these over- or underflow."""
    xp = _namespace(x)
    axes = tuple(range(x.ndim)) if axes is None else axes
    top = xp.max(xp.abs(x), axis=axes, keepdims=True)
    scale = xp.where((top > 0) & xp.isfinite(top), top, xp.ones((), **_like(top)))
    return xp.linalg.vector_norm(x / scale, axis=axes) * xp.max(scale, axis=axes)


def _p_norm(x, p):
    """The p-norm, scaled so that nothing overflows."""
    xp = _namespace(x)
    size = xp.abs(x)
    top = xp.max(size)
    return top * xp.sum((size / _not_zero(top)) ** p) ** (1 / p)


def _greatest(v):
    """The sign of the entry that is greatest without its sign."""
    xp = _namespace(v)
    return xp.sign(xp.take(v, xp.reshape(xp.argmax(xp.abs(v)), (1,)), axis=0))


def _first_right_singular(X):
    """The first right singular vector, its greatest entry positive."""
    v = _namespace(X).linalg.svd(X, full_matrices=False)[2][0, :]
    return v * _greatest(v)


def _pinv(X):
    """The pseudoinverse. Singular values of rounding errors, 16 units for each row or column, are taken for zero."""
    xp = _namespace(X)
    return xp.linalg.pinv(X, rtol=16 * max(X.shape[-2:]) * xp.finfo(X.dtype).eps)


def _eigen(X, k):
    """The k-th eigenvalue of the symmetric part from below (from above with k < 0), and its vector, the greatest entry positive."""
    values, vectors = _namespace(X).linalg.eigh((X + X.T) / 2)
    at = int(k) - 1 if k > 0 else X.shape[0] + int(k)
    v = vectors[:, at]
    return values[at], v * _greatest(v)


def _polar(X):
    """U V^T for X = U S V^T."""
    U, _, Vt = _namespace(X).linalg.svd(X, full_matrices=False)
    return U @ Vt


def _polar_derivative(X, E, *further):
    """The derivative of U V^T along E, X = U S V^T of full rank; along several directions a block of X (X^T X)^(-1/2)."""
    xp = _namespace(X)
    if not further:
        U, s, Vt = xp.linalg.svd(X, full_matrices=False)
        F = U.T @ E @ Vt.T
        left = (E @ Vt.T - U @ F) / s
        right = (U.T @ E - F @ Vt) / s[:, None]
        return (U @ ((F - F.T) / (s[:, None] + s)) + left) @ Vt + U @ right
    if X.shape[0] < X.shape[1]:
        return _polar_derivative(X.T, E.T, *[D.T for D in further]).T
    tall, wide = _triangle(X, E, *further), _triangle(X.T, E.T, *[D.T for D in further])
    whole = tall @ xp.linalg.inv(_sqrtm(wide @ tall))
    return whole[: X.shape[0], whole.shape[1] - X.shape[1] :]


def _triangle(X, *directions):
    """The block triangle of which a function of matrices has its derivative along the directions in the top right corner."""
    xp = _namespace(X)
    block = X
    for k, E in enumerate(directions):
        step = _kron(xp.eye(2**k, **_like(X)), E)
        above, below = xp.concat((block, step), axis=1), xp.concat((xp.zeros(step.shape, **_like(X)), block), axis=1)
        block = xp.concat((above, below))
    return block


def _derivative(function, X, *directions):
    """The derivative of a function of matrices at X along the directions."""
    whole = function(_triangle(X, *directions))
    return whole[: X.shape[0], whole.shape[1] - X.shape[1] :]


def _kronecker(function, X, *directions):
    """M with vec(L(X, ..., E)) = M vec(E), L the derivative of a function of matrices along the directions and E."""
    return _columns(lambda E: _derivative(function, X, *directions, E), X)


def _polar_kronecker(X, *directions):
    """The same for the factor U V^T."""
    return _columns(lambda E: _polar_derivative(X, *directions, E), X)


def _columns(linear, X):
    """The matrix of a linear map of matrices like X, for stacked columns."""
    xp = _namespace(X)
    (m, n), size = X.shape, math.prod(X.shape)
    units = xp.eye(size, **_like(X))
    found = [linear(xp.reshape(units[k, :], (n, m)).T) for k in range(size)]
    return xp.stack([xp.reshape(F.T, (-1,)) for F in found], axis=1)


def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    xp = _namespace(X)
    U, s, Vt = xp.linalg.svd(X)
    others = xp.stack([xp.prod(xp.concat((s[:k], s[k + 1 :]))) for k in range(s.shape[0])])
    return xp.linalg.det(U) * xp.linalg.det(Vt) * (Vt.T * others) @ U.T


def _expm(X):
    """The matrix exponential: Pade approximation with scaling and squaring (Higham 2005)."""
    xp = _namespace(X)
    b = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
         33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
    b = [c / b[0] for c in b]
    norm = float(xp.max(xp.sum(xp.abs(X), axis=0)))
    squarings = max(0, math.ceil(math.log2(norm / 5.371920351148152))) if 0 < norm < math.inf else 0
    A, eye = X / 2.0**squarings, xp.eye(X.shape[0], **_like(X))
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    U = A @ (A6 @ (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye)
    V = A6 @ (b[12] * A6 + b[10] * A4 + b[8] * A2) + b[6] * A6 + b[4] * A4 + b[2] * A2 + b[0] * eye
    value = xp.linalg.solve(V - U, V + U)
    for _ in range(squarings):
        value = value @ value
    return value


def _blocks(*rows):
    """A matrix of blocks."""
    xp = _namespace(rows[0][0])
    return xp.concat([xp.concat(row, axis=1) for row in rows])


def _turned(X):
    """exp([0, X; -X, 0]), which is [cos X, sin X; -sin X, cos X]."""
    zero = _namespace(X).zeros(X.shape, **_like(X))
    return _expm(_blocks((zero, X), (-X, zero)))


def _cosm(X):
    """The matrix cosine."""
    return _turned(X)[: X.shape[0], : X.shape[0]]


def _sinm(X):
    """The matrix sine."""
    return _turned(X)[: X.shape[0], X.shape[0] :]


def _coshm(X):
    """The matrix hyperbolic cosine."""
    return (_expm(X) + _expm(-X)) / 2


def _sinhm(X):
    """The matrix hyperbolic sine."""
    return (_expm(X) - _expm(-X)) / 2


def _hat(w):
    """The matrix [w]_x of the cross product with w."""
    xp = _namespace(w)
    x, y, z = w[0], w[1], w[2]
    zero = xp.zeros((), **_like(w))
    return xp.reshape(xp.stack([zero, -z, y, z, zero, -x, -y, x, zero]), (3, 3))


def _vex(X):
    """The vector of the skew part."""
    return _namespace(X).stack([X[2, 1] - X[1, 2], X[0, 2] - X[2, 0], X[1, 0] - X[0, 1]]) / 2


def _left_jacobian(w):
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    xp = _namespace(w)
    zero = xp.zeros((3, 3), **_like(w))
    return _expm(_blocks((_hat(w), xp.eye(3, **_like(w))), (zero, zero)))[:3, 3:]


def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    xp = _namespace(X)
    M = S = X
    n = X.shape[0]
    eye = xp.eye(n, **_like(X))
    for _ in range(60):
        error = float(xp.max(xp.abs(M - eye)))
        if error < 4 * n * float(xp.finfo(X.dtype).eps):
            break
        scale = math.exp(-float(xp.linalg.slogdet(M)[1]) / (2 * n)) if error > 0.1 else 1.0
        inverse = xp.linalg.inv(M)
        S = scale / 2 * S @ (eye + inverse / scale**2)
        M = (eye + (scale**2 * M + inverse / scale**2) / 2) / 2
    return S if float(xp.max(xp.abs(M - eye))) < 0.01 else S * math.nan


def _logm(X):
    """The principal logarithm: square roots, then the Pade approximant of log(1 + x) in partial fractions (Higham 2008, 11.5)."""
    xp = _namespace(X)
    half = ((0.14887433898163122, 0.29552422471475287), (0.4333953941292472, 0.26926671930999635),
            (0.6794095682990244, 0.21908636251598204), (0.8650633666889845, 0.1494513491505806),
            (0.9739065285171717, 0.06667134430868814))  # fmt: skip
    eye, A, roots = xp.eye(X.shape[0], **_like(X)), X, 0
    while float(xp.max(xp.sum(xp.abs(A - eye), axis=0))) > 0.25 and roots < 100:
        A, roots = _sqrtm(A), roots + 1
    Y = A - eye
    total = 0 * Y
    for t, w in [(sign * t, w) for t, w in half for sign in (1, -1)]:
        total = total + w / 2 * xp.linalg.solve(eye + (1 + t) / 2 * Y, Y)
    return 2.0**roots * total
