"""The diagonal matrix of a vector, the diagonal of a matrix, and its triangles. In text the first two are `diag`; the kind decides.

The lower triangle with half the diagonal, Φ, is what the differential of the Cholesky factor is made of. Here it takes the symmetric part
first, so that Φ(X) = Φ(X^T); its adjoint is half of symtril, which mirrors the lower triangle.
"""

from __future__ import annotations

from ..sources import follows, work
from .book import operation

MURRAY = work("Murray 2016", "I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, 2016")

DIAG = operation(
    "diag",
    "x",
    "n 1 -> n n",
    index="i1->ii",
    rule="differential of a diagonal matrix",
    sympy="DiagMatrix",
    statement="d diag(x) = diag(dx)",
    source="definition",
    spellings="diag Diag",
    gives="diagonal; positive -> spd; nonnegative -> psd; negative -> nd; nonpositive -> nsd",
)
DIAGONAL = operation(
    "diagonal",
    "X",
    "n n -> n 1",
    index="ii->i1",
    rule="differential of the diagonal",
    sympy="DiagonalOf",
    statement="d diag(X) = diag(dX)",
    source="definition",
    spellings="diag",
    gives="spd -> positive; psd -> nonnegative; nd -> negative; nsd -> nonpositive",
)
LOWER_TRIANGLE = operation(
    "tril",
    "X",
    "n n -> n n",
    adjoint="tril(A)",
    kronecker="diag(vec(tril(X.^0)))",
    rule="differential of the lower triangle",
    statement="d tril(X) = tril(dX): the entries on and below the diagonal, zeros above",
    source="definition",
    spellings="tril",
    numeric="np.tril(X)",
    numpy="np.tril(X)",
    octave="tril(X)",
    r="tril_(X)",
    julia="tril(X)",
    eigen="tril_(X)",
    gives="lower; upper -> diagonal",
)
UPPER_TRIANGLE = operation(
    "triu",
    "X",
    "n n -> n n",
    adjoint="triu(A)",
    kronecker="diag(vec(triu(X.^0)))",
    rule="differential of the upper triangle",
    statement="d triu(X) = triu(dX): the entries on and above the diagonal, zeros below",
    source="definition",
    spellings="triu",
    numeric="np.triu(X)",
    numpy="np.triu(X)",
    octave="triu(X)",
    r="triu_(X)",
    julia="triu(X)",
    eigen="triu_(X)",
    gives="upper; lower -> diagonal",
)
HALF_TRIANGLE = operation(
    "halftril",
    "X",
    "n n -> n n",
    adjoint="symtril(A)/2",
    rule="differential of the half triangle",
    statement="d halftril(X) = halftril(dX): the lower triangle of (X + X^T)/2 with half of its diagonal, Φ(X)",
    source=follows("the definition of Φ", MURRAY, "section 3"),
    spellings="halftril",
    numeric="(np.tril(X) + np.triu(X, 1).T) / 2",
    numpy="(np.tril(X) + np.triu(X, 1).T) / 2",
    array_api="(xp.tril(X) + xp.triu(X, k=1).T) / 2",
    octave="(tril(X) + triu(X, 1).') / 2",
    r="(tril_(X) + t(X * upper.tri(X))) / 2",
    julia="(tril(X) + transpose(triu(X, 1))) / 2",
    eigen="halftril_(X)",
    gives="lower; diagonal -> diagonal",
)
MIRRORED_TRIANGLE = operation(
    "symtril",
    "X",
    "n n -> n n",
    adjoint="2 halftril(A)",
    rule="differential of the mirrored triangle",
    statement="d symtril(X) = symtril(dX): the symmetric matrix with the lower triangle of X, unvech(vech(X))",
    source="definition",
    spellings="symtril",
    numeric="np.tril(X) + np.tril(X, -1).T",
    numpy="np.tril(X) + np.tril(X, -1).T",
    array_api="xp.tril(X) + xp.tril(X, k=-1).T",
    octave="tril(X) + tril(X, -1).'",
    r="tril_(X) + t(X * lower.tri(X))",
    julia="tril(X) + transpose(tril(X, -1))",
    eigen="symtril_(X)",
    gives="symmetric; diagonal -> diagonal; upper -> diagonal",
)
