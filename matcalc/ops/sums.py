"""Sums over all entries, and the stacking of columns."""

from __future__ import annotations

from ..sources import cite
from .book import operation, shorthand

SUM = operation(
    "sum",
    "X",
    "m n -> 1 1",
    index="ij->11",
    transposes="ignores",
    rule="differential of the sum of entries",
    statement="d sum(X) = sum(dX)",
    source="definition",
    spellings="sum",
    numeric="np.sum(X)",
)
VEC = operation(
    "vec",
    "X",
    "m n -> mn 1",
    index="ij->(ji)1",
    rule="differential of vec",
    statement="d vec(X) = vec(dX): the columns of X on top of each other",
    source=cite("magnus-neudecker", "section 2.4"),
    spellings="vec",
    numeric="X.reshape(-1, 1, order='F')",
)
CUMULATIVE_SUM = operation(
    "cumsum",
    "X",
    "m n -> m n",
    differential="cumsum(I) dX",
    rule="differential of the cumulative sum",
    statement="d cumsum(X) = cumsum(I) dX; cumsum(I) is the lower triangular matrix of ones",
    source="definition",
    spellings="cumsum",
    numeric="np.cumsum(X, axis=0)",
)
shorthand("mean", "X", "sum(X)/count(X)")
shorthand("dot", "u v", "u^T v")
