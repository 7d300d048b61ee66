"""The trace."""

from __future__ import annotations

from ..sources import cite
from .book import operation

TRACE = operation(
    "tr",
    "X",
    "n n -> 1 1",
    index="ii->11",
    rule="differential of the trace",
    sympy="Trace",
    statement="d tr(X) = tr(dX)",
    source=cite("cookbook", "eq. (36)"),
    spellings="tr trace",
    gives="spd -> positive; psd -> nonnegative; nd -> negative; nsd -> nonpositive",
)
