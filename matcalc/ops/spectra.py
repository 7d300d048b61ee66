"""Eigenvalues of square matrices that need not be symmetric, and the projectors on their spaces.

A simple eigenvalue a with X v = a v and X^T w = a w has d a = w^T dX v/(w^T v). Both are in the projector P = v w^T/(w^T v), which no
length or sign of the vectors enters: it is a holomorphic function of X, and of a Hermitian X it is v v^H.
"""

from __future__ import annotations

from ..sources import cite, work
from .book import operation

PERTURBATION = work(
    "Greenbaum, Li & Overton 2020",
    "A. Greenbaum, R.-C. Li and M. L. Overton, First-order perturbation theory for eigenvalues and eigenvectors, "
    "SIAM Review 62 (2020) 463-482",
)

ANY_EIGENVALUE = operation(
    "eigval_general",
    "X k",
    "n n, 1 1 -> 1 1",
    differential="tr(eigproj(X, k) dX)",
    domain="simple",
    condition="the eigenvalue k of X simple, and real where X is",
    rule="differential of a simple eigenvalue",
    example="eigval(X, -1) by X where X in R^{n x n} positive",
    statement="d lambda = w^T dX v/(w^T v) = tr(P dX) for a simple eigenvalue lambda with X v = lambda v and X^T w = lambda w; they are "
    "counted by their real parts from the least, with k < 0 from the greatest",
    source=cite(PERTURBATION, "theorem 1"),
    spellings="eigval eigenvalue",
    numeric="eigenvalue(X, k)",
    numpy="_spectral(X, k)[0]",
    octave="spectral_(X, k)",
    r="spectral_(X, k)",
    julia="spectral_(X, k)",
    eigen="spectral_(X, k).first",
)
EIGENPROJECTOR = operation(
    "eigproj",
    "X k",
    "n n, 1 1 -> n n",
    differential="inv(tr(X F) I - X + F) dX F + F dX inv(tr(X F) I - X + F) - 2 F dX F",
    domain="simple",
    transposes="commutes",
    condition="the eigenvalue k of X simple, and real where X is",
    gives="symmetric -> psd; hermitian -> hermitian",
    rule="differential of an eigenprojector",
    example="a^T eigproj(X, -1) b by X where X in R^{n x n} positive",
    statement="eigproj(X, k) = v w^T/(w^T v) = P, where X v = lambda v and X^T w = lambda w; dP = S dX P + P dX S with "
    "S = (lambda I - X + P)^-1 - P, the inverse of lambda I - X beside P",
    source="from P P = P and X P = P X = lambda P, differentiated; the eigenvectors are those of " + cite(PERTURBATION, "theorem 2"),
    spellings="eigproj",
    numeric="eigen_projector(X, k)",
    numpy="_spectral(X, k)[1]",
    octave="projector_(X, k)",
    r="projector_(X, k)",
    julia="projector_(X, k)",
    eigen="spectral_(X, k).second",
)
