"""Matrices of blocks, put together from their parts; what picks a block out is never written out beside a product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..expressions.blocks import selection, turned
from ..expressions.build import add, block, matmul, transpose
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.blocks import BLOCK, SELECTION
from ..ops.convolution import CONVOLUTION, HANKEL
from ..ops.core import COMMUTATION, MATMUL, TRANSPOSE
from ..ops.half_vectorization import DUPLICATION, ELIMINATION, UNVEC
from .axes import NoAxis
from .graph import GraphNode

if TYPE_CHECKING:
    from ..ops.operation import Operation
    from .lowering import Lowering

NONE = Dim.of(0)


def distributed_block(e: Expr) -> Expr | None:
    """[A; B] x as [A x; B x] and x^T [A; B] as u^T A + v^T B with the parts u, v of x; None where there is no such product."""
    first, last = e.args[0], e.args[-1]
    left = _as_block(e.args[-2]) if last.shape[1] is ONE else None
    if left is not None:
        return matmul(*e.args[:-2], _block_times(left, last))
    if first.op is TRANSPOSE and first.args[0].op is last.op is BLOCK and len(e.args) == 2:
        pairs = list(zip(first.args[0].args, last.args))
        if last.shape[1] is ONE and len(first.args[0].args) == len(last.args) and all(a.shape == b.shape for a, b in pairs):
            return add(*[matmul(transpose(a), b) for a, b in pairs])
    right = _as_block(transpose(e.args[1])) if first.shape[0] is ONE else None
    return None if right is None else matmul(transpose(_block_times(right, transpose(first))), *e.args[2:])


def _as_block(e: Expr) -> Expr | None:
    """A matrix of blocks, also where it is written as a transpose."""
    e = turned(e.args[0]) if e.op is TRANSPOSE and e.args[0].op is BLOCK else e
    return e if e.op is BLOCK and ONE not in e.shape else None


def _block_times(b: Expr, x: Expr) -> Expr:
    """[A, B; C, D] x, for a vector x."""
    assert isinstance(b.attr, tuple)
    rows, cols = b.attr
    widths = [b.args[j].shape[1] for j in range(cols)]
    if x.op is BLOCK and x.attr == (cols, 1) and [p.shape[0] for p in x.args] == widths:
        parts = list(x.args)
    else:
        starts = [sum(widths[:j], NONE) for j in range(cols)]
        parts = [matmul(transpose(selection(s, (x.shape[0], w))), x) for s, w in zip(starts, widths)]
    return block(rows, 1, [add(*[matmul(b.args[i * cols + j], parts[j]) for j in range(cols)]) for i in range(rows)])


def is_placed(e: Expr) -> bool:
    """Whether a product is S M or M S^T with such an S: M among zeros."""
    return e.args[0].op is SELECTION or (e.args[-1].op is TRANSPOSE and e.args[-1].args[0].op is SELECTION)


def merged(factors: Sequence[Expr]) -> list[Expr]:
    """The factors of a product, every S inside it multiplied with what it picks from: A S has columns of A, S^T A rows. What stands beside
    the matrix of a convolution, if it is a column or a row, is convolved."""
    slid = [k for k, f in enumerate(factors) if is_slid(f)]
    cut = next((k for k, f in enumerate(factors[1:], 1) if f.shape[0] is ONE), 0) if slid else 0
    if cut:  # an outer product
        return [*merged(factors[:cut]), *merged(factors[cut:])]
    if slid and slid[0] + 1 < len(factors) and factors[-1].shape[1] is ONE:
        return [*merged(factors[: slid[0]]), matmul(*factors[slid[0] :])]
    if slid and slid[-1] and factors[0].shape[0] is ONE:
        return [matmul(*factors[: slid[-1] + 1]), *merged(factors[slid[-1] + 1 :])]
    found: list[Expr] = []
    for f in factors:
        before = found[-1] if found else None
        if (
            before is not None
            and before.op is not MATMUL
            and (f.op is SELECTION or (before.op is TRANSPOSE and before.args[0].op is SELECTION))
        ):
            found[-1] = matmul(before, f)
        else:
            found.append(f)
    return found


def _block(lowering: Lowering, e: Expr) -> GraphNode:
    if lowering.batch(e):
        raise NoAxis
    return lowering.graph.make("block", [_cell(lowering, a, len(lowering.dims(e))) for a in e.args], e.attr, lowering.dims(e))


def _cell(lowering: Lowering, e: Expr, rank: int) -> GraphNode:
    """A part with as many axes as the whole."""
    if e.is_scalar:
        return lowering.graph.make("literal", (lowering.lower(e),), (1, 1), (ONE,) * rank)
    node = lowering.lower(e)
    if node.rank == rank:
        return node
    return lowering.graph.view(node, (0, None) if e.shape[1] is ONE else (None, 0))


def _selection(lowering: Lowering, e: Expr) -> GraphNode:
    """[0; I; 0] by itself."""
    assert isinstance(e.attr, Dim)
    rows, cols = e.shape
    one = lowering.graph.number(Fraction(1))
    eye = lowering.graph.make("spread", (one,), ("ii",), (cols, cols)) if cols is not ONE else lowering.graph.make("full", (), 1, (ONE,))
    return _between(lowering, eye, e.attr, rows)


def _between(lowering: Lowering, x: GraphNode, before: Dim, rows: Dim) -> GraphNode:
    """The rows of `x` below `before` rows of zeros, and as many zeros after them as make `rows` rows."""
    sides = [before, rows - before - x.dims[0]]
    zeros = [[] if d is NONE else [lowering.graph.make("full", (), 0, (d, *x.dims[1:]))] for d in sides]
    parts = [*zeros[0], x, *zeros[1]]
    return lowering.graph.make("block", parts, (len(parts), 1), (rows, *x.dims[1:]))


def selected(lowering: Lowering, e: Expr) -> GraphNode | None:
    """S M as M among zeros and S^T M as rows of M, where S is such a matrix; likewise from the right, for columns."""
    if lowering.batch(e) or not (is_placed(e) or len(e.args) == 2):
        return None
    found = _rows(lowering, e.args[0], e.args[1:], turned=False)
    if found is None:
        found = _rows(lowering, transpose(e.args[-1]), e.args[:-1], turned=True)
        found = lowering.graph.view(found, (1, 0)) if found is not None and found.rank == 2 else found
    return found


def _rows(lowering: Lowering, s: Expr, others: Sequence[Expr], turned: bool) -> GraphNode | None:
    picks = s.op is TRANSPOSE and s.args[0].op is SELECTION
    if not picks and s.op is not SELECTION:
        return None
    rest = transpose(matmul(*others)) if turned else matmul(*others)
    before = (s.args[0] if picks else s).attr
    assert isinstance(before, Dim)
    if not picks:
        return _between(lowering, _cell(lowering, rest, 1 if rest.shape[1] is ONE else 2), before, s.shape[0])
    x = lowering.lower(rest)
    if s.shape[0] is ONE:
        return lowering.graph.make("member", (x, lowering.graph.make("size", (), before + 1)), None, x.dims[1:])
    return lowering.graph.make("part", (x,), (before, before + s.shape[0]), (s.shape[0], *x.dims[1:]))


def _commutation(lowering: Lowering, e: Expr) -> GraphNode:
    assert isinstance(e.attr, tuple)
    sizes = [lowering.graph.make("size", (), Dim.of(d)) for d in e.attr]
    return lowering.graph.make("commutation", sizes, None, lowering.dims(e))


def _structure(lowering: Lowering, e: Expr) -> GraphNode:
    """The duplication or elimination matrix."""
    assert isinstance(e.attr, Dim)
    return lowering.graph.make(e.op.name, (lowering.graph.make("size", (), e.attr),), None, lowering.dims(e))


def _unvec(lowering: Lowering, e: Expr) -> GraphNode:
    """Row by row as the transpose is."""
    turned = lowering.graph.make("reshape", (lowering.lower(e.args[0]),), None, e.shape[::-1])
    return lowering.graph.view(turned, (1, 0))


def _slid(lowering: Lowering, e: Expr) -> GraphNode:
    """convmtx(a, n) or hankel(r, n) by itself."""
    if lowering.batch(e):
        raise NoAxis
    size = lowering.graph.make("size", (), e.shape[1])
    return lowering.graph.make(e.op.name, (lowering.lower(e.args[0]), size), None, lowering.dims(e))


def is_slid(f: Expr) -> bool:
    """Whether it is convmtx(a, n) or its transpose."""
    return (f.args[0] if f.op is TRANSPOSE else f).op is CONVOLUTION


def convolved(lowering: Lowering, e: Expr) -> GraphNode | None:
    """convmtx(a) x as a convolution, convmtx(a)^T g as a correlation; also below a row."""
    column = e.shape[1] is ONE
    first, rest = (e.args[0], e.args[1:]) if column else (transpose(e.args[-1]), [transpose(f) for f in reversed(e.args[:-1])])
    if lowering.batch(e) or not is_slid(first) or (not column and e.shape[0] is not ONE):
        return None
    word, a = ("correlate", first.args[0].args[0]) if first.op is TRANSPOSE else ("convolve", first.args[0])
    x, kernel = lowering.lower(matmul(*rest)), lowering.lower(a)
    return lowering.graph.make(word, (x, kernel), None, (first.shape[0],))


RULES: dict[Operation, Callable[[Lowering, Expr], GraphNode]] = {
    BLOCK: _block,
    SELECTION: _selection,
    COMMUTATION: _commutation,
    DUPLICATION: _structure,
    ELIMINATION: _structure,
    UNVEC: _unvec,
    CONVOLUTION: _slid,
    HANKEL: _slid,
}
