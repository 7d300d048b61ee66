"""What an emitted PyTorch program carries in place of the functions for NumPy."""

import math

import torch


def _spectral(X, k):
    """The k-th eigenvalue by real parts (from above with k < 0), not a number where X is real and it is not, and its projector."""
    values, vectors = torch.linalg.eig(X)
    at = torch.argsort(values.real)[int(k) - 1 if k > 0 else int(k)]
    value, projector = values[at], vectors[:, at][:, None] * torch.linalg.inv(vectors)[at]
    if torch.is_complex(X):
        return value, projector
    whole = torch.where(value.imag.abs() > 1e-8 * values.abs().max(), torch.nan, 1.0).to(X.dtype)
    return whole * value.real, whole * projector.real


def _batched(function, places, *given):
    """A function for every sample of the arguments at `places`, and what it returns with their axis in front. What cannot be mapped, for it
    asks what its numbers are, is called for one sample after another."""
    samples = [torch.as_tensor(given[k]) for k in places]

    def of_one(*one):
        here = dict(zip(places, one))
        return function(*[here.get(k, x) for k, x in enumerate(given)])

    try:
        return torch.func.vmap(of_one)(*samples)
    except RuntimeError:
        found = [of_one(*[x[k] for x in samples]) for k in range(len(samples[0]))]
    return tuple(map(torch.stack, zip(*found))) if isinstance(found[0], tuple) else torch.stack(found)


def _options(*arguments):
    """The type and the device of the arguments that are tensors."""
    tensors = [a for a in arguments if isinstance(a, torch.Tensor)]
    dtype = tensors[0].dtype if tensors else torch.get_default_dtype()
    for a in tensors:
        dtype = torch.promote_types(dtype, a.dtype)
    inexact = dtype.is_floating_point or dtype.is_complex
    return {"dtype": dtype if inexact else torch.get_default_dtype(), "device": tensors[0].device if tensors else None}


def _pulled(function, inputs, places, weight):
    """For every input the weighted derivative of the function, where it is asked for: None elsewhere."""
    found = [None] * len(inputs)
    if places:

        def of_some(*some):
            given = dict(zip(places, some))
            return function(*[given.get(k, x) for k, x in enumerate(inputs)])

        _, pull = torch.func.vjp(of_some, *[inputs[k] for k in places])
        for k, part in zip(places, pull(weight)):
            found[k] = part
    return found


def _norm(x, axes=None):
    """The root of the sum of squares, also where these over- or underflow."""
    axes = tuple(range(x.ndim)) if axes is None else axes
    if not x.numel():
        return torch.linalg.vector_norm(x, dim=axes)
    limits = torch.finfo(x.dtype)
    whole = len(axes) == x.ndim
    top = torch.linalg.vector_norm(x.detach(), torch.inf, dim=axes, keepdim=not whole)
    scale = torch.clamp(top, limits.tiny, limits.max)  # of zeros and of what is not finite too
    return torch.linalg.vector_norm(x / scale, dim=axes) * (scale if whole else torch.amax(scale, axes))


def _root_square(x, r):
    """sqrt(r^2 + x^2), also where x^2 overflows."""
    return torch.hypot(x, torch.as_tensor(r, dtype=x.dtype, device=x.device))


def _p_norm(x, p):
    """The p-norm, scaled so that nothing overflows."""
    size = torch.abs(x)
    top = torch.clamp(torch.amax(size), min=torch.finfo(size.dtype).tiny)
    return top * torch.sum((size / top) ** p) ** (1 / p)


def _triangle(X, *directions):
    """The block triangle of which a function of matrices has its derivative along the directions in the top right corner."""
    block = X
    for k, E in enumerate(directions):
        step = torch.kron(torch.eye(2**k, dtype=X.dtype, device=X.device), E.contiguous())
        block = torch.cat((torch.cat((block, step), 1), torch.cat((torch.zeros_like(step), block), 1)))
    return block


def _columns(linear, X):
    """The matrix of a linear map of matrices like X, for stacked columns."""
    units = torch.eye(X.numel(), dtype=X.dtype, device=X.device).reshape(-1, *X.T.shape)
    return torch.stack([linear(E.T).T.reshape(-1) for E in units]).T


def _gamma(z):
    """The gamma function."""
    size = torch.exp(torch.special.gammaln(z))
    return torch.where((z < 0) & (torch.floor(z) % 2 != 0), -size, size)


def _polygamma(k, z):
    """The derivative of order k of digamma, which is a Hurwitz zeta function (DLMF 25.11.12)."""
    k = round(float(k))
    return torch.special.digamma(z) if k == 0 else (-1) ** (k + 1) * math.gamma(k + 1) * torch.special.zeta(k + 1, z)


def _pinv(X):
    """The pseudoinverse. Singular values of rounding errors, 16 units for each row or column, are taken for zero."""
    return torch.linalg.pinv(X, rtol=16 * max(X.shape[-2:]) * torch.finfo(X.dtype).eps)


def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    U, s, Vt = torch.linalg.svd(X)
    others = torch.stack([torch.prod(torch.cat((s[:k], s[k + 1 :]))) for k in range(len(s))])
    return torch.linalg.det(U) * torch.linalg.det(Vt) * (Vt.T * others) @ U.T


def _commutation(m, n, **options):
    """K with K vec(X) = vec(X.T) for X of shape (m, n)."""
    return torch.eye(m * n, **options)[torch.arange(m * n).reshape(n, m).T.reshape(-1)]


def _elimination(n, **options):
    """L with L vec(X) = vech(X) for X of shape (n, n)."""
    return torch.eye(n * n, **options)[torch.arange(n * n).reshape(n, n)[tuple(torch.triu_indices(n, n))]]


def _duplication(n, **options):
    """D with D vech(S) = vec(S) for symmetric S of shape (n, n)."""
    place = torch.arange(n * n).reshape(n, n)
    first = torch.minimum(place, place.T).reshape(-1)
    return torch.eye(n * n, **options)[first] @ _elimination(n, **options).T


def _unvech(v):
    """The symmetric matrix S with vech(S) = v."""
    n = (math.isqrt(8 * len(v) + 1) - 1) // 2
    return (_duplication(n, dtype=v.dtype, device=v.device) @ v).reshape(n, n)


def _convmtx(a, n):
    """The Toeplitz matrix T with n columns and T @ x the convolution of a and x."""
    return torch.flip(_hankel(torch.nn.functional.pad(a, (n - 1, n - 1)), n), (1,))


def _hankel(r, n):
    """The Hankel matrix with n columns and H[i, j] = r[i + j]."""
    return r.unfold(0, n, 1)


def _convolve(x, a):
    """The convolution of two vectors."""
    return torch.nn.functional.conv1d(x[None, None], torch.flip(a, (0,))[None, None], padding=len(a) - 1)[0, 0]


def _correlate(x, a):
    """The correlation of x with a, where a lies within x."""
    return torch.nn.functional.conv1d(x[None, None], a[None, None])[0, 0]


def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    M = S = X
    eye = torch.eye(len(X), dtype=X.dtype, device=X.device)
    for _ in range(60):
        error = torch.max(torch.abs(M - eye))
        if error < 4 * len(X) * torch.finfo(X.dtype).eps:
            break
        scale = torch.exp(-torch.linalg.slogdet(M)[1] / (2 * len(X))) if error > 0.1 else 1.0
        inverse = torch.linalg.inv(M)
        S = scale / 2 * S @ (eye + inverse / scale**2)
        M = (eye + (scale**2 * M + inverse / scale**2) / 2) / 2
    return S if torch.max(torch.abs(M - eye)) < 0.01 else torch.full_like(S, math.nan)


def _logm(X):
    """The principal logarithm: square roots, then the Pade approximant of log(1 + x) in partial fractions (Higham 2008, 11.5)."""
    half = ((0.14887433898163122, 0.29552422471475287), (0.4333953941292472, 0.26926671930999635),
            (0.6794095682990244, 0.21908636251598204), (0.8650633666889845, 0.1494513491505806),
            (0.9739065285171717, 0.06667134430868814))  # fmt: skip
    eye, A, roots = torch.eye(len(X), dtype=X.dtype, device=X.device), X, 0
    while torch.linalg.matrix_norm(A - eye, 1) > 0.25 and roots < 100:
        A, roots = _sqrtm(A), roots + 1
    Y = A - eye
    points = [(sign * t, w) for t, w in half for sign in (1, -1)]
    return 2.0**roots * sum(w / 2 * torch.linalg.solve(eye + (1 + t) / 2 * Y, Y) for t, w in points)


def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    return torch.diagonal_scatter(X, torch.diagonal(X) + v)


def _spread(shape, options, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    total = torch.zeros(shape, **options)
    for axes, part in parts:
        letters = list(dict.fromkeys(axes))
        sizes = [shape[axes.index(k)] for k in letters]
        strides = [sum(total.stride(at) for at, m in enumerate(axes) if m == k) for k in letters]
        total.as_strided(sizes, strides).add_(part)
    return total


def _chol(S):
    return torch.linalg.cholesky(S)


def _chol_solve(L, B):
    return torch.cholesky_solve(B, L) if B.ndim == 2 else torch.cholesky_solve(B[:, None], L)[:, 0]


def _chol_inverse(L):
    return torch.cholesky_inverse(L)


def _lower_solve(L, B, transposed=False):
    columns = B if B.ndim == 2 else B[:, None]
    solved = torch.linalg.solve_triangular(L.T if transposed else L, columns, upper=transposed)
    return solved if B.ndim == 2 else solved[:, 0]


def _lower_inverse(L):
    return _lower_solve(L, torch.eye(len(L), dtype=L.dtype, device=L.device))


def _lu(X):
    return torch.linalg.lu_factor(X)


def _lu_solve(factor, B, transposed=False):
    columns = B if B.ndim == 2 else B[:, None]
    if transposed:  # PyTorch has the conjugate of the transpose
        solved = torch.conj(torch.linalg.lu_solve(*factor, torch.conj(columns).resolve_conj(), adjoint=True)).resolve_conj()
    else:
        solved = torch.linalg.lu_solve(*factor, columns)
    return solved if B.ndim == 2 else solved[:, 0]


def _lu_inverse(factor):
    return _lu_solve(factor, torch.eye(len(factor[0]), dtype=factor[0].dtype, device=factor[0].device))


def _lu_det(factor):
    places = torch.arange(1, len(factor[1]) + 1, dtype=factor[1].dtype, device=factor[1].device)
    return torch.prod(torch.diagonal(factor[0])) * (1 - 2 * (torch.count_nonzero(factor[1] != places) % 2))


def _lu_logdet(factor):
    return torch.sum(torch.log(torch.abs(torch.diagonal(factor[0]))))


def _left_jacobian(w):
    """The integral of exp(s [w]_x) for s from 0 to 1."""
    eye = torch.eye(3, dtype=w.dtype)
    top = torch.cat([torch.linalg.cross(eye, w.expand(3, 3)), eye], 1)
    return torch.linalg.matrix_exp(torch.cat([top, torch.zeros_like(top)]))[:3, 3:]


def _expm(X):
    """The matrix exponential."""
    return torch.linalg.matrix_exp(X)


def _turned(X):
    """exp([0, X; -X, 0]), which is [cos X, sin X; -sin X, cos X]."""
    return _expm(torch.cat([torch.cat([torch.zeros_like(X), X], 1), torch.cat([-X, torch.zeros_like(X)], 1)]))
