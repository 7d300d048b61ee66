"""The diagonal matrix of a vector, and the diagonal of a matrix. In text both are `diag`; the kind decides."""

from __future__ import annotations

from .book import operation

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
