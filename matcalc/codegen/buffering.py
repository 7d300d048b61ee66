"""Functions of NumPy that repeat a column along the rows of a matrix, as softmax, centring and outer products do.

NumPy copies what it repeats into a buffer, which takes as long as two further passes, where at least two rows fit into it. A buffer of one
row prevents that; the results are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..ops.softmax import LOG_SUM_EXP_ROWS, SOFTMAX_ROWS
from .graph import Dims, GraphNode, postorder

# From how many entries on it pays to change the buffer, and how long rows are then: longer ones are not copied anyway.
ENTRIES, ROW = 2**15, (64, 4096)
ROWS = (SOFTMAX_ROWS, LOG_SUM_EXP_ROWS)  # they take something off every row


def repeated(roots: Sequence[GraphNode]) -> Dims | None:
    """The axes of most of the matrices that are computed with a column repeated; None where nothing is."""
    found = Counter(dims for n in postorder(roots) if not n.loops and (dims := _axes(n)) is not None)
    return max(found, key=lambda dims: found[dims], default=None)


def _axes(n: GraphNode) -> Dims | None:
    if n.op == "call" and n.attr in ROWS:
        return n.args[0].dims if n.args[0].rank == 2 else None
    if n.op not in ("add", "mul", "div") or n.rank != 2 or n.dims[1].number == 1:
        return None
    if not any(a.rank == 2 and a.dims[1].number == 1 for a in n.args):
        return None
    # A product of nothing but columns and rows is `_outer`, which sees to it.
    return n.dims if n.op == "add" or any(a.dims == n.dims for a in n.args) else None
