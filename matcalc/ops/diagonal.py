"""The diagonal matrix of a vector, and the diagonal of a matrix. In text both are `diag`; the kind decides."""

from __future__ import annotations

from .book import operation

DIAG = operation(
    "diag",
    "x",
    "n 1 -> n n",
    index="i1->ii",
    statement="d diag(x) = diag(dx)",
    source="definition",
    spellings="diag Diag",
    latex=r"\operatorname{diag}",
    numeric="np.diag(x[:, 0])",
)
DIAGONAL = operation(
    "diagonal",
    "X",
    "n n -> n 1",
    index="ii->i1",
    transposes="ignores",
    statement="d diag(X) = diag(dX)",
    source="definition",
    latex=r"\operatorname{diag}",
    spellings="diag",
    domain="square",
    numeric="np.diag(X)[:, None]",
)
