"""Block matrices, and the matrices [0; I; 0] that pick a block out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..errors import ShapeError
from ..kinds import ONE, Dim, Shape, shape_text
from ..ops.blocks import BLOCK, SELECTION
from ..ops.core import ADD, EYE, LITERAL, MATMUL, TRANSPOSE
from .expr import Expr, make
from .leaves import eye, is_number, is_zero, num, split, zeros
from .normal import add, apply, block, matmul, normal_form, times, transpose

ZERO = Dim({})


@normal_form(BLOCK)
def _block(counts: tuple[int, int], *parts: Expr) -> Expr:
    """A matrix of blocks, row by row. Numbers alone are a matrix written out; one identity among zeros selects."""
    rows, cols = counts
    heights = [parts[i * cols].shape[0] for i in range(rows)]
    widths = [parts[j].shape[1] for j in range(cols)]
    for k, p in enumerate(parts):
        wanted = (heights[k // cols], widths[k % cols])
        if p.shape != wanted:
            raise ShapeError(f"a block of shape {shape_text(p.shape)} where {shape_text(wanted)} is needed")
    if rows == cols == 1:
        return parts[0]
    shape = (_sum(heights), _sum(widths))
    if all(map(is_zero, parts)):
        return zeros(*shape)
    if all(p.is_scalar for p in parts):
        return apply(LITERAL, parts, (rows, cols))
    if shape[0] is ONE:
        return transpose(block(cols, rows, [transpose(p) for p in parts]))
    filled = [k for k, p in enumerate(parts) if not is_zero(p)]
    if len(filled) == 1 and 1 in (rows, cols) and (parts[filled[0]].op is EYE or is_number(parts[filled[0]], 1)):
        chosen = selection(_sum((heights if cols == 1 else widths)[: filled[0]]), shape if cols == 1 else shape[::-1])
        return chosen if cols == 1 else transpose(chosen)
    return make(BLOCK, parts, counts, shape, sum(p.size for p in parts) + 1)


def selection(before: Dim, shape: Shape) -> Expr:
    """The matrix of this shape with an identity below `before` rows of zeros."""
    if shape[0] is shape[1]:
        return eye(shape[0])
    return make(SELECTION, (), before, shape, 2)


def selections(node: Expr) -> list[tuple[Expr, Expr]]:
    """For every part of a block: S and T with part = S^T block T."""
    rows, cols = _counts(node)
    heights, widths = _partition(node)
    tops = [_sum(heights[:i]) for i in range(rows)]
    lefts = [_sum(widths[:j]) for j in range(cols)]
    return [
        (selection(tops[i], (node.shape[0], heights[i])), selection(lefts[j], (node.shape[1], widths[j])))
        for i in range(rows)
        for j in range(cols)
    ]


def turned(e: Expr) -> Expr:
    """The transpose of a block that is no column."""
    rows, cols = _counts(e)
    return block(cols, rows, [transpose(e.args[i * cols + j]) for j in range(cols) for i in range(rows)])


def picked(chain: Sequence[Expr]) -> list[Expr] | None:
    """A chain of factors in which S^T [A; B] has become A; None where there is no such pair."""
    for k, (a, b) in enumerate(pairwise(chain)):
        found = _pick(a, b)
        if found is None:
            found = _pick(transpose(b), transpose(a)) if b.op is SELECTION else None
            found = None if found is None else transpose(found)
        if found is not None:
            return [*chain[:k], found, *chain[k + 2 :]]
    return None


def _pick(a: Expr, b: Expr) -> Expr | None:
    """S^T b, for a block or another selection."""
    if a.op is not TRANSPOSE or a.args[0].op is not SELECTION:
        return None
    s = a.args[0]
    before, after = _of(s), _of(s) + s.shape[1]
    if b.op is SELECTION:
        if _of(b) is before and b.shape[1] is s.shape[1]:
            return eye(s.shape[1])
        apart = _is_count(_of(b) - after) or _is_count(before - _of(b) - b.shape[1])
        return zeros(s.shape[1], b.shape[1]) if apart else None
    if b.op is not BLOCK:
        return None
    rows, cols = _counts(b)
    heights, _ = _partition(b)
    ends = [_sum(heights[:i]) for i in range(rows + 1)]
    if before not in ends or after not in ends:
        return None
    first, last = ends.index(before), ends.index(after)
    return block(last - first, cols, b.args[first * cols : last * cols]) if first < last else None


def gathered(e: Expr) -> Expr | None:
    """A sum of [0; I; 0] M as the block matrix it is; None where it is something else."""
    if e.is_scalar or e.op is SELECTION:
        return None
    rows = _rows(e)
    if rows is not None:
        return rows
    across = _rows(transpose(e))
    return None if across is None else transpose(across)


def _rows(e: Expr) -> Expr | None:
    inner = e.args[0] if e.op is TRANSPOSE else e
    terms = [transpose(a) if inner is not e else a for a in inner.args] if inner.op is ADD else [e]
    found: dict[Dim, list[Expr]] = {}
    for t in terms:
        c, scalars, body = split(t)
        factors = body.args if body is not None and body.op is MATMUL else (body,)
        s = factors[0]
        if s is None or s.op is not SELECTION:
            return None
        part = times(*scalars, matmul(*factors[1:]) if len(factors) > 1 else eye(s.shape[1]))
        found.setdefault(_of(s), []).append(times(num(c), part))
    parts: list[Expr] = []
    reached = ZERO
    while reached is not e.shape[0]:
        here = found.pop(reached, None)
        if here is None:  # zeros up to the next block
            end = next((b for b in found if all(_is_count(o - b) for o in found)), e.shape[0])
            if not _is_count(end - reached):
                return None
            here = [zeros(end - reached, e.shape[1])]
        if any(p.shape != here[0].shape for p in here):
            return None
        whole = add(*here)
        parts.append(gathered(whole) or whole)
        reached = reached + whole.shape[0]
        if len(parts) > len(terms) * 2 + 1:
            return None
    if found:
        return None
    return _flat(parts)


def _flat(parts: Sequence[Expr]) -> Expr:
    """A column of blocks; where each is a row of blocks cut alike, one block matrix."""
    widths = {tuple(_partition(p)[1]) for p in parts if p.op is BLOCK and _counts(p)[0] == 1}
    if len(widths) == 1:
        (cut,) = widths
        if all((p.op is BLOCK and _counts(p) == (1, len(cut))) or is_zero(p) for p in parts):
            cells = [c for p in parts for c in (p.args if p.op is BLOCK else [zeros(p.shape[0], w) for w in cut])]
            return block(len(parts), len(cut), cells)
    return block(len(parts), 1, parts)


def _is_count(d: Dim) -> bool:
    """Whether a difference of sizes is certainly not negative."""
    return all(c > 0 for _, c in d.terms)


def _counts(e: Expr) -> tuple[int, int]:
    assert isinstance(e.attr, tuple)
    rows, cols = e.attr
    return rows, cols


def _partition(e: Expr) -> tuple[list[Dim], list[Dim]]:
    rows, cols = _counts(e)
    return [e.args[i * cols].shape[0] for i in range(rows)], [e.args[j].shape[1] for j in range(cols)]


def _of(s: Expr) -> Dim:
    assert isinstance(s.attr, Dim)
    return s.attr


def _sum(dims: Sequence[Dim]) -> Dim:
    total = ZERO
    for d in dims:
        total = total + d
    return total
