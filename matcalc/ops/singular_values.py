"""Singular values and eigenvalues of symmetric matrices: norms made of them, single ones, their vectors.

With X = U S V^T every simple singular value has d sigma_i = u_i^T dX v_i. The spectral norm needs the first right singular
vector v (u is X v/||X||_2), the nuclear norm the orthogonal factor U V^T of the polar decomposition.
"""

from __future__ import annotations

from ..sources import after, cite
from .book import operation, shorthand

SPECTRAL_NORM = operation(
    "norm2",
    "X",
    "m n -> 1 1",
    differential="singvec(X)^T X^T dX singvec(X)/||X||_2",
    transposes="ignores",
    condition="the greatest singular value of X is simple",
    gives="positive",
    rule="differential of the spectral norm",
    statement="d ||X||_2 = v^T X^T dX v/||X||_2, where v is the first right singular vector of X",
    source=after("cookbook") + ", on the eigenvalues of A = X^T X",
    spellings="norm2",
    notation="norm 2",
    numeric="svd(X, compute_uv=False)[0]",
    numpy="np.linalg.norm(X, 2)",
    torch="torch.linalg.matrix_norm(X, 2)",
    octave="norm(X)",
    r="svd(X, 0, 0)$d[1]",
    eigen="singular_values_(X).maxCoeff()",
    real=True,
)
SINGULAR_VECTOR = operation(
    "singvec",
    "X",
    "m n -> n 1",
    differential="(||X||_2^2 I - X^T X)^+ (dX^T X + X^T dX) singvec(X)",
    condition="the greatest singular value of X is simple",
    rule="differential of a singular vector",
    statement="dv = (||X||_2^2 I - X^T X)^+ (dX^T X + X^T dX) v for the first right singular vector v of X",
    source=after("cookbook") + ", on the eigenvalues of A = X^T X",
    spellings="singvec",
    numeric="first_right_singular(X)",
    numpy="_first_right_singular(X)",
    octave="first_right_singular_(X)",
    r="first_right_singular_(X)",
    eigen="first_right_singular_(X)",
    real=True,
)
EIGENVALUE = operation(
    "eigval",
    "X k",
    "n n, 1 1 -> 1 1",
    differential="eigvec(X, k)^T dX eigvec(X, k)",
    domain="symmetric",
    condition="X symmetric, and its eigenvalue k simple",
    rule="differential of an eigenvalue",
    example="eigmax(X) by X where X in S^n",
    statement="d lambda = v^T dX v for a simple eigenvalue lambda of a symmetric X with X v = lambda v, v^T v = 1; counted from the "
    "least, with k < 0 from the greatest; of a matrix that is not symmetric the symmetric part is taken",
    source=cite("cookbook", "eq. (67)"),
    spellings="eigval",
    numeric="eigen(X, k)[0]",
    numpy="_eigen(X, k)[0]",
    octave="eigen_(X, k)",
    r="eigen_(X, k)",
    eigen="eigen_(X, k)",
    real=True,
)
EIGENVECTOR = operation(
    "eigvec",
    "X k",
    "n n, 1 1 -> n 1",
    differential="(eigval(X, k) I - (X + X^T)/2)^+ (dX + dX^T) eigvec(X, k)/2",
    domain="symmetric",
    condition="X symmetric, and its eigenvalue k simple",
    gives="unit",
    rule="differential of an eigenvector",
    example="a^T eigvec(X, 1) by X where X in S^n",
    statement="dv = (lambda I - X)^+ dX v for the unit eigenvector v of a simple eigenvalue lambda of a symmetric X; its greatest entry is "
    "positive",
    source=cite("cookbook", "eq. (68)"),
    spellings="eigvec",
    numeric="eigen(X, k)[1]",
    numpy="_eigen(X, k)[1]",
    octave="eigenvector_(X, k)",
    r="eigenvector_(X, k)",
    eigen="eigenvector_(X, k)",
    real=True,
)
shorthand("eigmax", "X", "eigval(X, -1)", latex="\\lambda_{\\max}(#)", unicode="λ_max(#)", typst="lambda_max (#)")
shorthand("eigmin", "X", "eigval(X, 1)", latex="\\lambda_{\\min}(#)", unicode="λ_min(#)", typst="lambda_min (#)")
shorthand("sigmin", "X", "sqrt(eigval(X^T X, 1))", latex="\\sigma_{\\min}(#)", unicode="σ_min(#)", typst="sigma_min (#)")
shorthand("cond", "X", "norm(X, 2)/sqrt(eigval(X^T X, 1))")
NUCLEAR_NORM = operation(
    "norm_nuclear",
    "X",
    "m n -> 1 1",
    differential="tr(polar(X)^T dX)",
    transposes="ignores",
    condition="X of full rank",
    gives="positive",
    rule="differential of the nuclear norm",
    statement="d ||X||_* = tr((U V^T)^T dX) for X = U S V^T",
    source="from d sigma_i = u_i^T dX v_i, summed",
    spellings="norm_nuclear",
    notation="norm *",
    numeric="np.sum(svd(X, compute_uv=False))",
    numpy='np.linalg.norm(X, "nuc")',
    torch='torch.linalg.matrix_norm(X, "nuc")',
    octave="sum(svd(X))",
    r="sum(svd(X, 0, 0)$d)",
    eigen="singular_values_(X).sum()",
    real=True,
)
POLAR = operation(
    "polar",
    "X",
    "m n -> m n",
    differential="dpolar(X, dX)",
    transposes="commutes",
    condition="X of full rank",
    rule="polar factor",
    statement="polar(X) = U V^T for X = U S V^T",
    source="definition",
    spellings="polar",
    numeric="polar_factor(X)",
    numpy="_polar(X)",
    octave="polar_(X)",
    r="polar_(X)",
    eigen="polar_(X)",
    real=True,
)
POLAR_DERIVATIVE = operation(
    "polar_frechet",
    "X E",
    "m n, m n -> m n",
    differential="dpolar(X, dE) + dpolar(X, E, dX)",
    directions=True,
    adjoint="dpolar(X, A)",
    kronecker="kpolar(X)",
    transposes="commutes",
    condition="X of full rank",
    rule="Fréchet derivative of the polar factor",
    statement="for X = U S V^T and F = U^T E V, U G V^T with G_ij = (F_ij - F_ji)/(s_i + s_j), and (I - U U^T) E V S^-1 V^T "
    "+ U S^-1 U^T E (I - V V^T); it is linear in E and its own adjoint, and dpolar(X, E, H, …) is its derivative along H, …",
    source="from polar(X)^T polar(X) = I and X = polar(X) (X^T X)^(1/2), differentiated",
    spellings="dpolar",
    numeric="polar_factor(X, E, *directions)",
    numpy="_polar_derivative(X, E, *directions)",
    octave="polar_derivative_(X, E, *directions)",
    r="polar_derivative_(X, E, *directions)",
    eigen="polar_derivative_(X, E, *directions)",
    real=True,
)
POLAR_KRONECKER = operation(
    "polar_kronecker",
    "X",
    "m n -> mn mn",
    differential="kpolar(X, dX)",
    directions=True,
    condition="X of full rank",
    rule="Kronecker form of the polar factor's derivative",
    statement="vec dpolar(X, E) = kpolar(X) vec(E), and vec dpolar(X, H, …, E) = kpolar(X, H, …) vec(E)",
    source="from polar(X)^T polar(X) = I and X = polar(X) (X^T X)^(1/2), differentiated",
    spellings="kpolar",
    numeric="polar_factor.kronecker(X, *directions)",
    numpy="_polar_kronecker(X, *directions)",
    octave="polar_kronecker_(X, *directions)",
    r="polar_kronecker_(X, *directions)",
    eigen="polar_kronecker_(X, *directions)",
    real=True,
)
