"""The question as its author wrote it: the first line of a derivation, and what is differentiated in the author's order.

Expressions are kept in a normal form. Where that form has only another order of the same names and functions, a reader sees no step; where
it is something else, x^2 x as x^3, the derivation needs a line for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from ..expressions.build import opposite, substitute
from ..expressions.expr import Expr, make, postorder
from ..notation.authorship import Order, rewritten
from ..ops.core import ADD
from ..ops.trace import TRACE
from ..syntax import Node, walk

# What is one thing under several signs: inv(X) and X^-1, u ⊙ v under its own name, a division and a negative power.
_SILENT = ("inv", "kron", "transpose", "normF", "norm", "abs")


def is_rearranged(typed: Node, shown: Node) -> bool:
    """Whether both trees have the same names and functions, each as often: the one is the other in another order, in another spelling
    (a × b is cross(a, b)), or with the bounds that the author left out."""
    open_ = {str(n.attr) for n in walk(typed) if n.op in ("sum", "product") and len(n.args) == 1}
    return _counted(typed, open_) == _counted(shown, open_)


def _counted(tree: Node, open_: Collection[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    bounds = {id(m) for n in walk(tree) if n.op in ("sum", "product") and n.attr in open_ for a in n.args[1:] for m in walk(a)}
    for n in walk(tree):
        if id(n) in bounds:
            continue
        if n.op == "name":  # w_{ij} is w[i,j]
            found.update(re.findall(r"[^\W_]+", str(n.attr)) if "{" not in str(n.attr) else re.findall(r"[^\W_]", str(n.attr)))
        elif n.op == "call" and n.attr not in _SILENT:
            found[f"call {str(n.attr).rstrip('.')}"] += 1  # exp.(x) is exp(x), where both are of a vector
        elif n.op == "mul" and "×" in n.attr:  # type: ignore[operator]
            found["call cross"] += n.attr.count("×")  # type: ignore[union-attr]
    return found


def names_in(tree: Node) -> set[str]:
    """The names in a surface tree."""
    return {str(n.attr) for n in walk(tree) if n.op == "name"}


class AsTyped:
    """An expression with its traces turned as the author wrote them, tr(X^T A X), and its norms of differences too, ||x - y|| where
    ||y - x|| is kept (`kept`: these, and how they are kept); `order` is that in which they are spelled."""

    def __init__(self, expr: Expr, kept: dict[Expr, Expr], order: Order) -> None:
        self.expr, self.kept, self.order = expr, kept, order


def as_typed(e: Expr, order: Order) -> AsTyped:
    """`e` as its author wrote it."""
    turned: dict[Expr, Expr] = {}
    for n in postorder(e):
        if n.op is TRACE and n in order and n.args[0] is not order[n][0]:
            turned[n] = make(TRACE, (order[n][0],), None, n.shape, n.size)
        elif n.op.parity == "even" and n.op.notation == "norm" and _is_turned(n.args[0], order):
            turned[n] = make(n.op, (opposite(n.args[0]), *n.args[1:]), n.attr, n.shape, n.size)
    traces = {made: made.args for made in turned.values() if made.op is TRACE}
    if not turned:
        return AsTyped(e, {}, order)
    more = rewritten(order, lambda n: substitute(n, turned))
    return AsTyped(substitute(e, turned), {made: n for n, made in turned.items()}, {**order, **more, **traces})


def _is_turned(e: Expr, order: Order) -> bool:
    """Whether the author wrote the opposite of `e`, or of the one difference in it: M .* (X - U V^T) for M .* (U V^T - X)."""
    sums = [n for n in ((e,) if e.op is ADD else e.args) if n.op is ADD]
    return len(sums) == 1 and sums[0] not in order and opposite(sums[0]) in order
