"""What a program computes of one member of a family is read from the array of all members, where that is there: exp(-||x_i - mu_j||^2/2) is
the column j of exp(-||x_i - mu_k||^2/2).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ops.operation import Operation
from .graph import GraphNode, ProgramGraph, postorder
from .pairs import letters, opposite
from .transposes import ENTRYWISE

WORTH = frozenset(("call", "pair"))  # operations that are worth not being repeated


def picked(graph: ProgramGraph, roots: Sequence[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    order = postorder(roots)
    there = set(order)
    whole_too = {a for n in order if n.op != "member" for a in n.args}
    found: dict[GraphNode, GraphNode] = {}
    for m in order:
        if m.op == "member" and m.rank and m.args[0] in whole_too and not m.loops:
            for (whole, axis), one in _members(graph, order, m).items():
                if one in there and one.op in WORTH and one not in postorder([whole]):
                    across = graph.view(whole, (axis, *[k for k in range(whole.rank) if k != axis]))
                    found.setdefault(one, graph.make("member", (across, m.args[1]), None, one.dims))
    new: dict[GraphNode, GraphNode] = {}
    for n in order if found else ():
        new[n] = found[n] if n in found else graph.again(n, [new[a] for a in n.args])
    return new


def _members(graph: ProgramGraph, order: Sequence[GraphNode], m: GraphNode) -> dict[tuple[GraphNode, int], GraphNode]:
    """For nodes with an axis along the family of the member `m`: what they are at that member alone."""
    found = {(m.args[0], 0): m}
    there = set(order)
    for n in order:
        for axis in range(n.rank) if not n.loops and n.args else ():
            one = _member(graph, n, axis, found, there)
            if one is not None:
                found[n, axis] = one
    return found


def _member(
    graph: ProgramGraph, n: GraphNode, axis: int, found: dict[tuple[GraphNode, int], GraphNode], there: set[GraphNode]
) -> GraphNode | None:
    dims = n.dims[:axis] + n.dims[axis + 1 :]
    if n.op == "view":
        assert isinstance(n.attr, tuple)
        inner = n.attr[axis]
        one = None if inner is None else found.get((n.args[0], inner))
        return None if one is None else graph.view(one, tuple(p if p is None or p < inner else p - 1 for p in _without(n.attr, axis)))
    if n.op in ENTRYWISE or (n.op == "call" and _goes_by_entries(n)):
        parts = [_aligned(graph, a, axis, n.rank, found) for a in n.args]
        made = [p for p in parts if p is not None]
        if len(made) < len(parts) or not any((a, axis) in found for a in n.args):
            return None
        return graph.make(n.op, made, n.attr, dims)
    if n.op == "pair":
        return _of_pair(graph, n, axis, found, there)
    return None


def _goes_by_entries(n: GraphNode) -> bool:
    return len(n.args) == 1 and (n.attr.elementwise if isinstance(n.attr, Operation) else True)


def _aligned(graph: ProgramGraph, a: GraphNode, axis: int, rank: int, found: dict[tuple[GraphNode, int], GraphNode]) -> GraphNode | None:
    """An argument of what goes entry by entry, at the member; the same one if it is a number or has length one along the family."""
    if (a, axis) in found and a.rank == rank:
        return found[a, axis]
    if not a.rank:
        return a
    if a.rank == rank and a.op == "view" and isinstance(a.attr, tuple) and a.attr[axis] is None:
        return graph.view(a.args[0], tuple(_without(a.attr, axis)))
    return None


def _of_pair(
    graph: ProgramGraph, n: GraphNode, axis: int, found: dict[tuple[GraphNode, int], GraphNode], there: set[GraphNode]
) -> GraphNode | None:
    """A contraction at the member: of one array with itself, ||x_i - mu_k||^2, also where the program has the opposite array."""
    assert isinstance(n.attr, tuple)
    own, other, out = n.attr
    if n.args[0] is not n.args[1] or own != other or own.count(out[axis]) != 1:
        return None
    one = found.get((n.args[0], own.index(out[axis])))
    if one is None:
        return None
    left = own.replace(out[axis], "")
    turned = _opposite(graph, one)
    x = turned if turned in there else one
    return graph.make("pair", (x, x), tuple(letters(left, left, out.replace(out[axis], ""))), n.dims[:axis] + n.dims[axis + 1 :])


def _opposite(graph: ProgramGraph, n: GraphNode) -> GraphNode:
    """-n, the difference the other way round."""
    if n.op == "add":
        return graph.make("add", [_opposite(graph, a) for a in n.args], None, n.dims)
    if n.op == "view":
        assert isinstance(n.attr, tuple)
        return graph.view(opposite(graph, n.args[0]), n.attr)
    return opposite(graph, n)


def _without(places: Sequence[int | None], axis: int) -> list[int | None]:
    return [*places[:axis], *places[axis + 1 :]]
