"""The author's letters for the sums of an answer, which had to have others on the way: sum_k p_k x_k/(sum_k p_k)."""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.families import with_index
from ..expressions.build import substitute
from ..expressions.expr import Expr, postorder
from ..ops.core import INDEXED_PRODUCT, INDEXED_SUM


def under_author_letters(e: Expr, typed: Sequence[Expr]) -> Expr:
    """`e` with each sum that stands in no other one under the letter of a sum that was `typed` with its bounds, where that is free."""
    letters = {str(n.attr) for n in typed}
    changed: dict[Expr, Expr] = {}
    for n in _outermost(e):
        letter = str(n.attr)
        if letter in letters:
            continue
        taken = {str(a) for m in postorder(n) for a in (*m.indices, *((m.attr,) if m.op in (INDEXED_SUM, INDEXED_PRODUCT) else ()))}
        other = next((str(s.attr) for s in typed if s.args[:2] == n.args[:2] and str(s.attr) not in taken | e.indices), "")
        if other:
            changed[n] = with_index(n, letter, other)
    return substitute(e, changed) if changed else e


def _outermost(e: Expr) -> list[Expr]:
    """The sums of `e` that stand in no other sum or product over an index."""
    nodes = postorder(e)
    bound = [n for n in nodes if n.op in (INDEXED_SUM, INDEXED_PRODUCT)]
    below = {m for n in bound for m in postorder(n.args[2])}
    return [n for n in bound if n.op is INDEXED_SUM and n not in below]
