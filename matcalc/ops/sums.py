"""Sums over all entries, over rows and columns, and the stacking of columns."""

from __future__ import annotations

from ..sources import cite
from .book import operation, shorthand

SUM = operation(
    "sum",
    "X",
    "m n -> 1 1",
    index="ij->11",
    rule="differential of the sum of entries",
    statement="d sum(X) = sum(dX)",
    source="definition",
    spellings="sum",
    numeric="np.sum(X)",
)
ROW_SUMS = operation(
    "rowsum",
    "X",
    "m n -> m 1",
    index="ij->i1",
    rule="differential of the row sums",
    statement="d rowsum(X) = rowsum(dX): the column X 1",
    source="definition",
    spellings="rowsum rowsums",
)
COLUMN_SUMS = operation(
    "colsum",
    "X",
    "m n -> 1 n",
    index="ij->1j",
    rule="differential of the column sums",
    statement="d colsum(X) = colsum(dX): the row 1^T X",
    source="definition",
    spellings="colsum colsums",
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
    numpy="X.T.reshape(-1)",
    array_api="xp.reshape(X.T, (-1,))",
    octave="reshape(X, [], 1)",
    r="column_(X)",
    julia="vec(X)",
    eigen="vec_(X)",
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
    numpy="np.cumsum(X, axis=0)",
    array_api="xp.cumulative_sum(X, axis=0)",
    torch="torch.cumsum(X, 0)",
    octave="cumsum(X, 1)",
    r="cumulated_(X, 1, FALSE)",
    julia="cumsum(X; dims=1)",
    eigen="cumulated_(X, 1, {X.rows(), X.cols()}, false)",
)
shorthand("mean", "X", "sum(X)/count(X)")
shorthand("dot", "u v", "u^T v")
