"""A row of a sum of rows: e_j^T sum_i e_i x_i^T is x_j^T."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..expressions import build
from ..expressions.build import add, matmul, num, split, times, transpose
from ..expressions.expr import Expr, postorder
from ..ops.core import ADD, INDEX, INDEXED_SUM, MATMUL, SIZE, TRANSPOSE, UNIT


def rows_of_sums(e: Expr) -> Iterator[Expr]:
    """The products in which a unit vector beside a sum over unit vectors has picked one of its terms."""
    if not e.within & UNIT.bit or not e.within & INDEXED_SUM.bit:
        return
    for k, (a, b) in enumerate(pairwise(e.args)):
        made: Expr | None = None
        if a.op is TRANSPOSE and a.args[0].op is UNIT:
            made = _row(a.args[0], b)
        elif b.op is UNIT and (turned := _row(b, transpose(a))) is not None:
            made = transpose(turned)
        if made is not None:
            yield matmul(*e.args[:k], made, *e.args[k + 2 :])


def _row(unit: Expr, e: Expr) -> Expr | None:
    """The row of `e`, a sum over unit vectors or a sum in which one stands, that the unit vector picks; None where none stands there."""
    if e.op is ADD:
        found = [_row(unit, a) for a in e.args]
        if not any(f is not None for f in found):
            return None
        return add(*[f if f is not None else matmul(transpose(unit), a) for f, a in zip(found, e.args, strict=True)])
    c, scalars, body = split(e)
    if body is None or body.op is not INDEXED_SUM:
        return None
    low, high, inside = body.args
    factor, weights, chain = split(inside)
    if chain is None or chain.op is not MATMUL or chain.args[0].op is not UNIT:
        return None
    place = chain.args[0].args[0]
    whole = build.is_number(low, 1) and high.op is SIZE and high.attr is unit.shape[0] is chain.args[0].shape[0]
    if not whole or place.op is not INDEX or place.attr != body.attr:
        return None
    bound = {str(n.attr) for n in postorder(inside) if n.op is INDEXED_SUM}
    if any(n.op is INDEX and n.attr in bound for n in postorder(unit.args[0])):
        return None  # the letter would be caught
    term = times(num(factor), *weights, matmul(*chain.args[1:]))
    return times(num(c), *scalars, build.substitute(term, {place: unit.args[0]}))
