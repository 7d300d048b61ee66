"""Transposes, moved into the products below them, where computing these the other way round is no more work."""

from __future__ import annotations

from ..ops.operation import Operation
from .graph import GraphNode
from .loose import DEEP, Loose
from .signs import negative, unsigned

ENTRYWISE = frozenset(("add", "mul", "div", "pow", "neg"))


def viewed(e: Loose, x: GraphNode, n: GraphNode) -> GraphNode:
    if n.attr == (1, 0) and x.rank == 2 and x in e.loose:
        found = transposed(e, x)
        if found is not None:
            return found
    sign, body = unsigned(e, x)
    assert isinstance(n.attr, tuple)
    made = e.graph.view(body, n.attr)
    return made if sign > 0 else negative(e, e.made(made))


def transposed(e: Loose, x: GraphNode, deep: int = DEEP) -> GraphNode | None:
    """The transpose of something that is computed here alone, where computing it the other way round is no more work."""
    if x.op == "pair":
        assert isinstance(x.attr, tuple)
        la, lb, out = x.attr
        return e.graph.make("pair", x.args, (la, lb, out[::-1]), x.dims[::-1])
    if x.op == "view" and x.attr == (1, 0):
        return x.args[0]
    if not deep or (x.op not in ENTRYWISE and not is_function(x)):
        return None
    before = sum(_is_crossed(a) for a in x.args)
    flipped = [_flipped(e, a, x, deep - 1) for a in x.args]
    if None in flipped or sum(_is_crossed(a) for a in flipped if a is not None) > before:
        return None
    return e.graph.make(x.op, [a for a in flipped if a is not None], x.attr, x.dims[::-1])


def _flipped(e: Loose, a: GraphNode, x: GraphNode, deep: int) -> GraphNode | None:
    """An argument of something entry by entry, for its transpose."""
    if a.rank == 0:
        return a
    if a.op == "view" and a.attr in ((0, None), (None, 0)) and x.rank == 2:
        return e.graph.view(a.args[0], a.attr[::-1])
    if a.rank != 2 or a.op == "expand":
        return None
    if a in e.loose:
        found = transposed(e, a, deep)
        if found is not None:
            return e.made(found)
    return e.graph.view(a, (1, 0))


def _is_crossed(a: GraphNode) -> bool:
    """Whether the entries of an array lie in memory column by column."""
    return a.op == "view" and a.attr == (1, 0)


def straight(e: Loose, x: GraphNode) -> GraphNode:
    """Something entry by entry with arrays that lie in memory in different ways: a product among them is computed the other way."""
    if x.rank != 2 or not any(_is_crossed(a) for a in x.args):
        return x
    for k, a in enumerate(x.args):
        if a.op == "pair" and a in e.loose and any(_is_crossed(b) for b in x.args):
            others = [b for j, b in enumerate(x.args) if j != k and b.rank == 2 and a.dims == b.dims]
            if others and all(map(_is_crossed, others)):
                e.made(x)
                found = transposed(e, x)
                e.loose.discard(x)
                if found is not None:
                    return e.graph.view(found, (1, 0))
    return x


def is_function(n: GraphNode) -> bool:
    return n.op == "call" and len(n.args) == 1 and (n.attr.elementwise if isinstance(n.attr, Operation) else n.attr != "cases")
