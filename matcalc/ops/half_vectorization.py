"""Stacked columns and back: vech, the columns on and below the diagonal, unvec, and the matrices that take one to the other.

For a symmetric S, vec(S) = D_n vech(S) with the duplication matrix D_n, and for any X, vech(X) = L_n vec(X) with the elimination matrix
L_n. On symmetric matrices D_n^+ does what L_n does, so that L_n (A ⊗ A) D_n = D_n^+ (A ⊗ A) D_n.
"""

from __future__ import annotations

from ..sources import cite, work
from .book import operation, shorthand

ELIMINATION_LEMMAS = work(
    "Magnus & Neudecker 1980",
    "J. R. Magnus and H. Neudecker, The elimination matrix: some lemmas and applications, SIAM J. Algebraic Discrete Methods 1 (1980) "
    "422-449",
)

DUPLICATION = operation(
    "duplication",
    rule="duplication matrix",
    gives="injective",
    statement="the duplication matrix D_n: D_n vech(S) = vec(S) for symmetric n by n S",
    source="definition",
    numeric="np.eye(cols)[mirrored_places(attr.value(sizes))]",
)
ELIMINATION = operation(
    "elimination",
    rule="elimination matrix",
    statement="the elimination matrix L_n: L_n vec(X) = vech(X) for n by n X",
    source=cite(ELIMINATION_LEMMAS, "definition 3.1"),
    numeric="np.eye(cols)[lower_places(attr.value(sizes))]",
)
VECH = operation(
    "vech",
    "X",
    "n n -> n(n+1)/2 1",
    adjoint="tril(unvech(A))",
    kronecker="elimination(X)",
    rule="differential of vech",
    statement="d vech(X) = vech(dX): the columns of X on and below the diagonal, on top of each other",
    source="from vech(X + Y) = vech(X) + vech(Y)",
    spellings="vech",
    numeric="half_vectorized(X)",
    numpy="X.T[np.triu_indices(len(X))]",
    array_api="_vech(X)",
    torch="X.T[tuple(torch.triu_indices(*X.shape))]",
    octave="X(tril(true(size(X))))",
    r="column_(X[lower.tri(X, diag = TRUE)])",
    julia="vech_(X)",
    eigen="vech_(X)",
)
UNVECH = operation(
    "unvech",
    "v",
    "n(n+1)/2 1 -> n n",
    adjoint="vech(A + A^T - A .* I)",
    kronecker="duplication(unvech(v))",
    rule="differential of unvech",
    statement="d unvech(v) = unvech(dv): the symmetric S with vech(S) = v",
    source="definition",
    spellings="unvech",
    numeric="from_half(v)",
    numpy="_unvech(v)",
    octave="unvech_(v)",
    r="unvech_(v)",
    julia="unvech_(v)",
    eigen="unvech_(v)",
    gives="symmetric",
)
UNVEC = operation(
    "unvec",
    "y",
    "mn 1 -> m n",
    index="(ji)1->ij",
    rule="differential of unvec",
    example="tr(A unvec(y)) by y where A in R^{n x m}; y in R^{m n}",
    statement="d unvec(y) = unvec(dy): the matrix X with vec(X) = y",
    source="definition",
    spellings="unvec mat",
    numeric="y.reshape(rows, cols, order='F')",
)
shorthand("vecd", "X", "diag(X)")
