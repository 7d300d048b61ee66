"""Eigenvalues of any square matrix, and the projectors on their spaces.

Of numbers with many digits they are the roots of the characteristic polynomial, which Faddeev's and Leverrier's recursion gives, found
all at once by Durand's and Kerner's iteration; a check has few rows. The projector is Sylvester's product over the other eigenvalues.
"""

from __future__ import annotations

from typing import Any

from .kernels import Value, of

ROUNDS = 400  # of the iteration; it converges quadratically once near


def eigenvalue(X: Value, k: Any) -> Any:
    """The k-th eigenvalue, by real parts from the least (from the greatest with k < 0). ZeroDivisionError: X is real and it is not, or
    it is a multiple one."""
    return _chosen(X, k)[0]


def eigen_projector(X: Value, k: Any) -> Value:
    """v w^T/(w^T v), where X v = a v and X^T w = a w for the k-th eigenvalue a."""
    value, others = _chosen(X, k)
    eye = of(X).np.eye(len(X))
    found = eye
    for other in others:
        found = found @ ((X - eye * other) / (value - other))
    return _real(found) if _is_real(X) else found


def _chosen(X: Value, k: Any) -> tuple[Any, list[Any]]:
    values = _eigenvalues(X)
    at = int(k) - 1 if k > 0 else int(k) + len(X)
    if not 0 <= at < len(X):
        raise ZeroDivisionError(f"no eigenvalue {k}")
    value, others = values[at], values[:at] + values[at + 1 :]
    scale = max(map(abs, values))
    tiny = of(X).exact(10) ** -8 * scale
    if any(abs(value - other) <= tiny for other in others):
        raise ZeroDivisionError("an eigenvalue that is not simple")
    if _is_real(X):
        if abs(value.imag) > tiny:
            raise ZeroDivisionError("an eigenvalue that is not real")
        value = value.real
    return value, others


def _is_real(X: Value) -> bool:
    return all(getattr(a, "imag", 0) == 0 for a in of(X).flat(X))


def _real(X: Value) -> Value:
    return of(X).np.real(X)


def _eigenvalues(X: Value) -> list[Any]:
    """By their real parts, from the least."""
    arrays = of(X)
    found = arrays.np.linalg.eigvals(X)
    return sorted(found, key=lambda a: (a.real, a.imag))
