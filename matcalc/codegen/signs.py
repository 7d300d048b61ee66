"""Signs of arrays, moved to where they cost nothing: into a difference written the other way round, in front of a product."""

from __future__ import annotations

from .graph import GraphNode
from .loose import DEEP, Loose, is_minus_one


def unsigned(e: Loose, x: GraphNode) -> tuple[int, GraphNode]:
    """x as a sign and the rest, where x is computed here alone."""
    if x not in e.loose:
        return 1, x
    if x.op == "neg":
        return -1, x.args[0]
    if x.op == "mul" and any(is_minus_one(a) for a in x.args):
        rest = list(x.args)
        rest.remove(next(a for a in rest if is_minus_one(a)))
        dims = max((a.dims for a in rest), key=len)
        if len(rest) > 1 or dims == x.dims:
            return -1, rest[0] if len(rest) == 1 else e.made(e.graph.make("mul", rest, None, x.dims))
    return 1, x


def term(e: Loose, a: GraphNode) -> tuple[int, list[GraphNode]]:
    """A term of a sum as its sign and its factors."""
    sign, body = unsigned(e, a)
    if body.op == "mul" and body in e.loose:
        return sign, list(body.args)
    return sign, [body]


def negative(e: Loose, x: GraphNode) -> GraphNode:
    """-x; where x is a difference computed here alone, the difference the other way round."""
    found = opposite_of(e, x)
    return found if found is not None else e.graph.make("mul", (e.graph.number(-1), x), None, x.dims)


def opposite_of(e: Loose, x: GraphNode, deep: int = DEEP) -> GraphNode | None:
    """-x, where that is no more work than x."""
    if x.op == "num":
        return e.graph.number(-x.attr)  # type: ignore[operator]
    if x not in e.loose or not deep:
        return None
    sign, rest = unsigned(e, x)
    if sign < 0:
        return rest
    if x.op == "add":
        parts = [unsigned(e, a) for a in x.args]
        if all(s > 0 for s, _ in parts) or all(b.op == "num" for s, b in parts if s < 0):
            return None
        terms = [b if s < 0 else e.made(negative_of(e, b)) for s, b in parts]
        return e.made(e.graph.make("add", terms, None, x.dims))
    if x.op in ("mul", "pair", "div", "view"):
        for k, a in enumerate(x.args[:1] if x.op == "div" else x.args):
            if x.args.count(a) == 1 and a.op != "num":
                found = opposite_of(e, a, deep - 1)
                if found is not None:
                    return e.made(e.graph.make(x.op, [*x.args[:k], found, *x.args[k + 1 :]], x.attr, x.dims))
    return None


def negative_of(e: Loose, b: GraphNode) -> GraphNode:
    if b.op == "num":
        return e.graph.number(-b.attr)  # type: ignore[operator]
    if b.op == "mul" and b in e.loose:
        return e.graph.make("mul", (e.graph.number(-1), *b.args), None, b.dims)
    if b.op == "div" and b in e.loose and b.rank == 0:
        return e.graph.make("div", (negative_of(e, b.args[0]), b.args[1]))
    return e.graph.make("mul", (e.graph.number(-1), b), None, b.dims)
