"""Square roots and the logarithm of a matrix, and their derivatives.

The principal root and logarithm exist where no eigenvalue is on the closed negative real axis, the Cholesky factor L with X = L L^T where
X is symmetric and positive definite. With S = sqrtm(X) the derivative L along E solves the Sylvester equation S L + L S = E; that of the
logarithm is the inverse of the derivative of the exponential at logm(X). Both are linear in E, and their adjoints are themselves at X^T.
With further directions they are derivatives along all of them, as of the exponential.
"""

from __future__ import annotations

from ..sources import after, cite, work
from .book import operation

SQUARE_ROOT = operation(
    "sqrtm",
    "X",
    "n n -> n n",
    differential="dsqrtm(X, dX)",
    ray="A F^-1/2",
    transposes="commutes",
    domain="principal",
    rule="differential of the matrix square root",
    statement="d sqrtm(X) = L(X, dX), where S L + L S = dX for S = sqrtm(X)",
    source=after("higham-2008"),
    spellings="sqrtm",
    numeric="square_root(X)",
    numpy="_sqrtm(X)",
    octave="real(sqrtm(X))",
    gives="spd -> spd; psd -> psd; lower -> lower; upper -> upper; orthogonal -> orthogonal",
)
SQUARE_ROOT_DERIVATIVE = operation(
    "sqrtm_frechet",
    "X E",
    "n n, n n -> n n",
    differential="dsqrtm(X, dE) + dsqrtm(X, E, dX)",
    directions=True,
    adjoint="dsqrtm(X^T, A)",
    kronecker="ksqrtm(X)",
    transposes="commutes",
    domain="principal",
    rule="Fréchet derivative of the matrix square root",
    statement="L(X, E) solves S L + L S = E for S = sqrtm(X), and is linear in E; L(X, E, H, …) is its derivative along H, …, "
    "linear in each and symmetric in them",
    source=after("higham-2008") + "; " + cite("higham-relton-2013"),
    spellings="dsqrtm",
    numeric="square_root_derivative(X, E, *directions)",
    numpy="_derivative(_sqrtm, X, E, *directions)",
    octave="derivative_(@sqrtm, X, E, *directions)",
)
LOGARITHM = operation(
    "logm",
    "X",
    "n n -> n n",
    differential="dlogm(X, dX)",
    ray="A X^-1",
    transposes="commutes",
    domain="principal",
    rule="differential of the matrix logarithm",
    statement="d logm(X) = L(X, dX), the inverse of the Fréchet derivative of expm at logm(X)",
    source=after("higham-2008"),
    spellings="logm",
    numeric="matrix_logarithm(X)",
    numpy="_logm(X)",
    octave="real(logm(X))",
    gives="symmetric -> symmetric; orthogonal -> skew; lower -> lower; upper -> upper",
)
LOGARITHM_DERIVATIVE = operation(
    "logm_frechet",
    "X E",
    "n n, n n -> n n",
    differential="dlogm(X, dE) + dlogm(X, E, dX)",
    directions=True,
    adjoint="dlogm(X^T, A)",
    kronecker="klogm(X)",
    transposes="commutes",
    domain="principal",
    rule="Fréchet derivative of the matrix logarithm",
    statement="E = dexpm(logm(X), L), and L(X, E) is linear in E; L(X, E, H, …) is its derivative along H, …, linear in each and "
    "symmetric in them",
    source=after("higham-2008") + "; " + cite("higham-relton-2013"),
    spellings="dlogm",
    numeric="logarithm_derivative(X, E, *directions)",
    numpy="_derivative(_logm, X, E, *directions)",
    octave="derivative_(@logm, X, E, *directions)",
)
SQUARE_ROOT_KRONECKER = operation(
    "sqrtm_kronecker",
    "X",
    "n n -> nn nn",
    differential="ksqrtm(X, dX)",
    directions=True,
    domain="principal",
    rule="Kronecker form of the square root's derivative",
    statement="vec L(X, E) = ksqrtm(X) vec(E), where ksqrtm(X) = (I ⊗ S + S^T ⊗ I)^-1 for S = sqrtm(X), "
    "and vec L(X, H, …, E) = ksqrtm(X, H, …) vec(E)",
    source=after("higham-2008") + "; " + cite("higham-relton-2013"),
    spellings="ksqrtm",
    numeric="square_root_kronecker(X, *directions)",
    numpy="_kronecker(_sqrtm, X, *directions)",
    octave="kronecker_(@sqrtm, X, *directions)",
)
LOGARITHM_KRONECKER = operation(
    "logm_kronecker",
    "X",
    "n n -> nn nn",
    differential="klogm(X, dX)",
    directions=True,
    domain="principal",
    rule="Kronecker form of the logarithm's derivative",
    statement="vec L(X, E) = klogm(X) vec(E), where klogm(X) = kexpm(logm(X))^-1, and vec L(X, H, …, E) = klogm(X, H, …) vec(E)",
    source=after("higham-2008") + "; " + cite("higham-relton-2013"),
    spellings="klogm",
    numeric="kronecker_form(logarithm_derivative, X, *directions)",
    numpy="_kronecker(_logm, X, *directions)",
    octave="kronecker_(@logm, X, *directions)",
)
CHOLESKY = operation(
    "chol",
    "X",
    "n n -> n n",
    differential="F (tril(F^-1 (dX + dX^T) F^-T) - diag(diag(F^-1 dX F^-T)))/2",
    domain="spd",
    rule="differential of the Cholesky factor",
    statement="d chol(X) = L Φ(L^-1 dX L^-T) for X = L L^T, where Φ takes the lower triangle and half the diagonal of a symmetric "
    "matrix; of a matrix that is not symmetric the symmetric part (X + X^T)/2 is factored",
    source=cite(work("Murray 2016", "I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, 2016"), "eq. (8)"),
    spellings="chol",
    numeric="np.linalg.cholesky((X + X.T) / 2)",
    numpy="np.linalg.cholesky((X + X.T) / 2)",
    octave="chol((X + X.') / 2, 'lower')",
    gives="lower invertible",
)
