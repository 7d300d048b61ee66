"""Sums, with what their terms share in front."""

from __future__ import annotations

from collections.abc import Sequence

from .factors import times
from .graph import GraphNode
from .loose import Loose, broadcast
from .signs import negative_of, term, unsigned
from .transposes import straight, transposed


def added(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
    """A sum, with what its terms share in front."""
    args = _products_joined(
        e, [b for a in args for b in (a.args if a.op == "add" and a in e.loose and a.dims == n.dims and n.rank > 1 else (a,))]
    )
    if len(args) == 1:
        return args[0]
    terms = [term(e, a) for a in args]
    best: tuple[int, int, GraphNode] | None = None
    for f in dict.fromkeys(f for _, fs in terms for f in fs if f.rank and f.op != "num"):
        count = sum(f in fs for _, fs in terms)
        if count > 1 and (best is None or (count, f.rank) > best[:2]):
            best = count, f.rank, f
    if best is None or n.rank == 0:
        return straight(e, e.node("add", _gathered(e, args, n), None, n))
    shared = best[2]
    inner, rest = [], []
    for (sign, fs), a in zip(terms, args, strict=True):
        if shared not in fs:
            rest.append(a)
            continue
        others = list(fs)
        others.remove(shared)
        inner.append((sign, others))
    total = _inner_sum(e, inner)
    dims = broadcast([total, shared]) if total is not None else None
    gained = all(o for _, o in inner) or (total is not None and total.rank < n.rank)
    if total is None or dims is None or not gained or (not rest and dims != n.dims):
        return straight(e, e.node("add", _gathered(e, args, n), None, n))
    product = times(e, [total, shared], e.graph.make("mul", (total, shared), None, dims))
    if not rest:
        return product
    return added(e, [e.made(product), *rest], n)


def _products_joined(e: Loose, args: Sequence[GraphNode]) -> list[GraphNode]:
    """A W - B W as (A - B) W, where neither product is needed elsewhere."""
    found: list[GraphNode] = []
    todo = list(args)
    while todo:
        a = todo.pop(0)
        sign, body = unsigned(e, a)
        if body.op == "solve" and body in e.loose:  # X^-1 A + X^-1 B
            beside = {b: own.args[1] for b in todo if _is_solved_alike(e, own := unsigned(e, b)[1], body)}
            if beside:
                parts = [(sign, body.args[1]), *[(unsigned(e, b)[0], c) for b, c in beside.items()]]
                todo = [b for b in todo if b not in beside]
                found.append(e.made(e.graph.make("solve", (body.args[0], _signed_sum(e, parts)), body.attr, body.dims)))
                continue
        for place in (0, 1) if body.op == "pair" and body in e.loose and body.args[0] is not body.args[1] else ():
            beside = {b: c for b in todo if (c := _beside(e, unsigned(e, b)[1], body, place)) is not None}
            if beside:
                inner = _signed_sum(e, [(sign, body.args[1 - place]), *[(unsigned(e, b)[0], c) for b, c in beside.items()]])
                pair = (body.args[0], inner) if place == 0 else (inner, body.args[1])
                todo = [b for b in todo if b not in beside]
                a = e.made(e.graph.make("pair", pair, body.attr, body.dims))
                break
        found.append(a)
    return found


def _signed_sum(e: Loose, parts: Sequence[tuple[int, GraphNode]]) -> GraphNode:
    terms = [b if s > 0 else e.made(negative_of(e, b)) for s, b in parts]
    return e.made(added(e, terms, e.graph.make("add", terms, None, parts[0][1].dims)))


def _is_solved_alike(e: Loose, b: GraphNode, body: GraphNode) -> bool:
    return b.op == "solve" and b in e.loose and b is not body and (b.args[0], b.attr, b.dims) == (body.args[0], body.attr, body.dims)


def _beside(e: Loose, b: GraphNode, body: GraphNode, place: int) -> GraphNode | None:
    """What b, another product with the array that body has at this place, has in place of the other one; None where it is none, or
    something else reads it."""
    if b.op != "pair" or b not in e.loose or b is body or not body.args[1 - place].rank:
        return None
    for at in (0, 1):
        other = b.args[1 - at]
        if b.args[at] is not body.args[place] or b.args[1 - at] is b.args[at]:
            continue
        assert isinstance(b.attr, tuple) and isinstance(body.attr, tuple)
        names = dict(zip(b.attr[at], body.attr[place])) | dict(zip(b.attr[2], body.attr[2]))
        if len(set(names.values())) < len(names) or "".join(names.get(c, c) for c in b.attr[at]) != body.attr[place]:
            continue
        own = "".join(names.get(c, " ") for c in b.attr[1 - at])
        if "".join(names.get(c, " ") for c in b.attr[2]) != body.attr[2] or " " in own:
            continue
        if own == body.attr[1 - place] and other.dims == body.args[1 - place].dims:
            return other
        if own == body.attr[1 - place][::-1] and len(own) == 2 and other.dims[::-1] == body.args[1 - place].dims:
            turned = transposed(e, other) if other in e.loose else e.graph.view(other, (1, 0))
            return turned if turned is not None or b.rank < 2 else e.graph.view(other, (1, 0))
    return None


def _gathered(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> list[GraphNode]:
    """The terms of a sum of two axes or more, those that lie along the same axis added first."""
    groups: dict[object, list[GraphNode]] = {}
    for a in args:
        _, body = unsigned(e, a)
        across = body.op == "view" and None in body.attr  # type: ignore[operator]
        key = (body.attr, body.args[0].dims) if across else body.dims
        groups.setdefault(key if n.rank > 1 and (across or body.rank == 1) else a, []).append(a)
    found = []
    for group in groups.values():
        total = _inner_sum(e, [(s, [b]) for s, b in (unsigned(e, b) for b in group)]) if len(group) > 1 else None
        found += [total] if total is not None else group
    return found


def _inner_sum(e: Loose, parts: Sequence[tuple[int, list[GraphNode]]]) -> GraphNode | None:
    """The sum of products of what is left; None where their axes do not say its size."""
    nodes = []
    for sign, fs in parts:
        dims = broadcast(fs)
        if dims is None:
            return None
        body = e.graph.number(1) if not fs else fs[0] if len(fs) == 1 else e.made(e.graph.make("mul", fs, None, dims))
        nodes.append((sign, body))
    patterns = {b.attr if b.op == "view" else None for _, b in nodes}
    if len(patterns) == 1 and None not in patterns and all(b.args[0].dims == nodes[0][1].args[0].dims for _, b in nodes):
        inside = _inner_sum(e, [(s, [b.args[0]]) for s, b in nodes])
        pattern = nodes[0][1].attr
        assert isinstance(pattern, tuple)
        return None if inside is None else e.made(e.graph.view(e.made(inside), pattern))
    dims = broadcast([b for _, b in nodes])
    if dims is None:
        return None
    opposite = e.graph.known("add", [negative_of(e, b) if s > 0 else b for s, b in nodes], None, dims)
    if opposite is not None and (opposite in e.there or opposite in e.typed):  # the difference the other way round is computed anyway
        return e.made(e.graph.make("mul", (e.graph.number(-1), opposite), None, dims))
    return e.made(e.graph.make("add", [b if s > 0 else e.made(negative_of(e, b)) for s, b in nodes], None, dims))
