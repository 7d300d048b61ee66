"""What an emitted JAX program carries in place of the functions for NumPy."""

import math

import jax
import jax.numpy as jnp


def _columns(linear, X):
    """The matrix of a linear map of matrices like X, for stacked columns."""
    units = jnp.eye(X.size, dtype=X.dtype).reshape(X.size, *X.T.shape)
    return jax.vmap(lambda E: linear(E.T).T.reshape(-1))(units).T


def _batched(function, places, *given):
    """A function for every sample of the arguments at `places`, and what it returns with their axis in front."""
    samples = [jnp.asarray(given[k]) for k in places]

    def of_one(*one):
        here = dict(zip(places, one))
        return function(*[here.get(k, x) for k, x in enumerate(given)])

    return jax.vmap(of_one)(*samples)


def _pulled(function, inputs, places, weight):
    """For every input the weighted derivative of the function, where it is asked for: None elsewhere."""
    found = [None] * len(inputs)
    if places:

        def of_some(*some):
            given = dict(zip(places, some))
            return function(*[given.get(k, x) for k, x in enumerate(inputs)])

        _, pull = jax.vjp(of_some, *[inputs[k] for k in places])
        for k, part in zip(places, pull(weight)):
            found[k] = part
    return found


def _norm(x, axes=None):
    """The root of the sum of squares, also where these over- or underflow."""
    top = jax.lax.stop_gradient(jnp.max(jnp.abs(x), axis=axes, keepdims=True, initial=0))
    scale = jnp.where((top > 0) & (top < jnp.inf), top, 1)
    return jnp.sqrt(jnp.sum(jnp.abs(x / scale) ** 2, axis=axes)) * jnp.max(scale, axis=axes)


def _p_norm(x, p):
    """The p-norm, scaled so that nothing overflows."""
    size = jnp.abs(x)
    top = jnp.maximum(jnp.max(size), jnp.finfo(size.dtype).tiny)
    return top * jnp.sum((size / top) ** p) ** (1 / p)


def _polygamma(k, z):
    """The derivative of order k of digamma; not a number below 0, where JAX has few digits."""
    k = jnp.round(k).astype(int)
    return jnp.where((k == 0) | (jnp.asarray(z) > 0), jax.scipy.special.polygamma(k, z), jnp.nan)


def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    U, s, Vt = jnp.linalg.svd(X)
    others = jnp.stack([jnp.prod(jnp.delete(s, k)) for k in range(len(s))])
    return jnp.linalg.det(U) * jnp.linalg.det(Vt) * (Vt.T * others) @ U.T


def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    n, eye = len(X), jnp.eye(len(X), dtype=X.dtype)

    def error(M):
        return jnp.max(jnp.abs(M - eye))

    def step(state):
        k, M, S = state
        scale = jnp.where(error(M) > 0.1, jnp.exp(-jnp.linalg.slogdet(M)[1] / (2 * n)), 1.0)
        inverse = jnp.linalg.inv(M)
        return k + 1, (eye + (scale**2 * M + inverse / scale**2) / 2) / 2, scale / 2 * S @ (eye + inverse / scale**2)

    def unfinished(state):
        return (state[0] < 60) & (error(state[1]) > 4 * n * jnp.finfo(X.dtype).eps)

    _, M, S = jax.lax.while_loop(unfinished, step, (0, X, X))
    return jnp.where(error(M) < 0.01, S, jnp.nan)


def _logm(X):
    """The principal logarithm: square roots, then the Pade approximant of log(1 + x) in partial fractions (Higham 2008, 11.5)."""
    half = ((0.14887433898163122, 0.29552422471475287), (0.4333953941292472, 0.26926671930999635),
            (0.6794095682990244, 0.21908636251598204), (0.8650633666889845, 0.1494513491505806),
            (0.9739065285171717, 0.06667134430868814))  # fmt: skip
    eye = jnp.eye(len(X), dtype=X.dtype)

    def unfinished(state):
        return (jnp.linalg.norm(state[0] - eye, 1) > 0.25) & (state[1] < 100)

    A, roots = jax.lax.while_loop(unfinished, lambda state: (_sqrtm(state[0]), state[1] + 1), (X, 0))
    Y = A - eye
    points = [(sign * t, w) for t, w in half for sign in (1, -1)]
    return 2.0**roots * sum(w / 2 * jnp.linalg.solve(eye + (1 + t) / 2 * Y, Y) for t, w in points)


def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    return X + jnp.eye(len(X), dtype=X.dtype) * v


def _spread(shape, dtype, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    total = jnp.zeros(shape, dtype)
    for axes, part in parts:
        letters = list(dict.fromkeys(axes))
        part = jnp.broadcast_to(part, [shape[axes.index(k)] for k in letters])
        part = part.reshape([n if axes.index(k) == at else 1 for at, (k, n) in enumerate(zip(axes, shape))])
        for at, k in enumerate(axes):
            first = axes.index(k)
            if first != at:
                numbers = jnp.arange(shape[at])
                rows = numbers.reshape([-1 if p == first else 1 for p in range(len(shape))])
                part = jnp.where(rows == numbers.reshape([-1 if p == at else 1 for p in range(len(shape))]), part, 0)
        total = total + part
    return total


def _chol(S):
    return jax.scipy.linalg.cho_factor(S, lower=True)


def _chol_solve(factor, B):
    return jax.scipy.linalg.cho_solve(factor, B)


def _chol_inverse(factor):
    return _chol_solve(factor, jnp.eye(len(factor[0]), dtype=factor[0].dtype))


def _chol_det(factor):
    return jnp.prod(jnp.diagonal(factor[0])) ** 2


def _chol_logdet(factor):
    return 2 * jnp.sum(jnp.log(jnp.diagonal(factor[0])))


def _lower_solve(L, B, transposed=False):
    return jax.scipy.linalg.solve_triangular(L, B, trans=int(transposed), lower=True)


def _lower_inverse(L):
    return _lower_solve(L, jnp.eye(len(L), dtype=L.dtype))


def _lu(X):
    return jax.scipy.linalg.lu_factor(X)


def _lu_solve(factor, B, transposed=False):
    return jax.scipy.linalg.lu_solve(factor, B, trans=int(transposed))


def _lu_inverse(factor):
    return _lu_solve(factor, jnp.eye(len(factor[0]), dtype=factor[0].dtype))


def _lu_det(factor):
    odd = jnp.count_nonzero(factor[1] != jnp.arange(len(factor[1]))) % 2
    return jnp.prod(jnp.diagonal(factor[0])) * (1 - 2 * odd)


def _lu_logdet(factor):
    return jnp.sum(jnp.log(jnp.abs(jnp.diagonal(factor[0]))))


def _left_jacobian(w):
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    K = jnp.cross(jnp.eye(3, dtype=w.dtype), w)
    return jax.scipy.linalg.expm(jnp.block([[K, jnp.eye(3, dtype=w.dtype)], [jnp.zeros((3, 6), w.dtype)]]))[:3, 3:]


def _expm(X):
    """The matrix exponential."""
    return jax.scipy.linalg.expm(X)


def _along(function, X, *directions):
    """The derivative of a function of matrices at X along the directions."""
    if not directions:
        return function(X)
    *before, last = directions
    return jax.jvp(lambda Y: _along(function, Y, *before), (X,), (last,))[1]


def _expm_together(X, D, E, F):
    """The derivative of the matrix exponential at X along D and E, and that along F."""
    return jax.jvp(lambda Y, Z: _along(jax.scipy.linalg.expm, Y, Z), (X, E), (D, F))[1]


def _lognormcdf(z):
    """The logarithm of the normal distribution function; below by the continued fraction of Mills' ratio (DLMF 7.9.1)."""
    low, below = jnp.minimum(z, -5.0), 0.0
    for k in range(16, 0, -1):
        below = k / (below - low)
    tail = -low * low / 2 - jnp.log(below - low) - math.log(2 * math.pi) / 2
    return jnp.where(z < -5, tail, jnp.log1p(-jax.scipy.special.erfc(jnp.maximum(z, -5.0) / math.sqrt(2)) / 2))
