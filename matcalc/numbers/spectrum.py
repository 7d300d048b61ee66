"""Eigenvalues of any square matrix, and the projectors on their spaces: Sylvester's products over the other eigenvalues."""

from __future__ import annotations

from typing import Any

from .kernels import Value, of


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
    return of(X).np.real(found) if _is_real(X) else found


def _chosen(X: Value, k: Any) -> tuple[Any, list[Any]]:
    values = sorted(of(X).np.linalg.eigvals(X), key=lambda a: (a.real, a.imag))
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
