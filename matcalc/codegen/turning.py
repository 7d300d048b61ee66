"""Arrays of two axes turned over: entry by entry, arrays are read fastest where all of them lie in memory row by row.

A product of matrices is computed as cheaply the other way round, and what is made entry by entry of turned arrays is turned too. So a
program that reads an array both ways, as A * B^T does, is written anew with A or B turned over, where that leaves fewer such crossings.
Only what all of a program says decides that: an array that several operations read is turned for all of them. What is made for one
reader alone is turned by `economy`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .graph import GraphNode, ProgramGraph, postorder
from .transposes import ENTRYWISE, is_function

CROSSED = (1, 0)
GROUND = -1  # whatever lies as it does


def turned(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """Every node of a program as it is computed now; empty where nothing changes. The roots and what is `kept` lie as before."""
    order = postorder(roots)
    if not any((n.op == "view" and n.attr == CROSSED) or (n.op == "pair" and _is_crossing(n)) for n in order):
        return {}
    fixed = {*roots, *kept}
    places = {n: k for k, n in enumerate(order)}
    free = {places[n] for n in order if n not in fixed and not n.loops and _may_turn(n)}
    edges = [edge for n in order for edge in _edges(n, places, free)]
    sides = _sides([*edges, *_operands(order, places, free)])
    if not any(sides.values()) or sum(sides[a] ^ sides[b] ^ odd for a, b, odd in edges) >= sum(odd for *_, odd in edges):
        return {}
    return _written({n for n in order if sides.get(places[n])}, order, graph)


def _may_turn(n: GraphNode) -> bool:
    """Whether an array is as cheap to compute turned over."""
    if n.rank != 2:
        return False
    if n.op == "pair":
        return all(a.rank < 3 for a in n.args)
    whole = [a for a in n.args if a.rank == 2 and not _is_across(a)]
    return (n.op in ENTRYWISE or is_function(n)) and all(a.dims == n.dims and a.op not in ("expand", "full") for a in whole)


def _is_across(a: GraphNode) -> bool:
    """A vector along one of two axes."""
    return a.op == "view" and a.attr in ((0, None), (None, 0))


def _is_crossing(n: GraphNode) -> bool:
    """sums of A[i, j] B[j, i]"""
    return _is_beside(n) and n.attr[0] != n.attr[1]  # type: ignore[index]


def _is_beside(n: GraphNode) -> bool:
    """Two matrices multiplied entry by entry, and summed."""
    assert isinstance(n.attr, tuple)
    return all(len(own) == 2 for own in n.attr[:2]) and set(n.attr[0]) == set(n.attr[1]) and len(set(n.attr[0])) == 2


def _edges(n: GraphNode, places: dict[GraphNode, int], free: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Pairs of arrays that are read together, and whether one of them is read turned over."""

    def end(a: GraphNode) -> tuple[int, int]:
        body, odd = (a.args[0], 1) if a.op == "view" and a.attr == CROSSED else (a, 0)
        return (places[body] if places[body] in free else GROUND), odd

    if n.op == "pair":
        if _is_beside(n) and n.args[0] is not n.args[1]:
            (a, odd), (b, other) = map(end, n.args)
            yield a, b, odd ^ other ^ _is_crossing(n)
    elif n.rank == 2 and (n.op in ENTRYWISE or n.op == "call"):
        for a, odd in map(end, [a for a in n.args if a.rank == 2 and not _is_across(a)]):
            yield (places[n] if places[n] in free else GROUND), a, odd


def _operands(order: Sequence[GraphNode], places: dict[GraphNode, int], free: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Products and the products among their operands, and whether these stand in them transposed. That costs little: it decides last."""
    for n in order:
        if n.op != "pair" or n.rank != 2 or places[n] not in free or _is_beside(n):
            continue
        assert isinstance(n.attr, tuple)
        for a, own in zip(n.args, n.attr):
            body, crossed = (a.args[0], 1) if a.op == "view" and a.attr == CROSSED else (a, 0)
            if body.op == "pair" and places[body] in free and body.rank == 2:
                first = n.attr[2][0] in own
                yield places[n], places[body], crossed ^ (own[0] != n.attr[2][0] if first else own[-1] != n.attr[2][-1])


def _sides(edges: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Which arrays are turned over so that what is read together lies alike: those seen first decide."""
    parent: dict[int, tuple[int, int]] = {}

    def root(a: int) -> tuple[int, int]:
        side = 0
        while a in parent:
            a, odd = parent[a]
            side ^= odd
        return a, side

    for a, b, odd in edges:
        (first, p), (second, q) = root(a), root(b)
        if first != second:  # the ground stays where it is, so it is never below another
            low, high = sorted((first, second))
            parent[high] = low, p ^ q ^ odd
    return {a: root(a)[1] for edge in edges for a in edge[:2]}


def _written(over: Collection[GraphNode], order: Sequence[GraphNode], graph: ProgramGraph) -> dict[GraphNode, GraphNode]:
    """The nodes of a program written anew, some of them turned over inside of it."""
    new: dict[GraphNode, GraphNode] = {}  # those turned over as they are computed

    def straight(a: GraphNode) -> GraphNode:
        return graph.view(new[a], CROSSED) if a in over else new[a]

    def across(a: GraphNode, rank: int) -> GraphNode:
        """The operand of something entry by entry, turned over."""
        if not a.rank or rank < 2:
            return new[a]
        if _is_across(a):
            return graph.view(new[a], CROSSED)
        return graph.view(new[a], (0, None)) if a.rank == 1 else new[a] if a in over else graph.view(new[a], CROSSED)

    for n in order:
        dims = n.dims[::-1] if n in over else n.dims
        if n.op == "view":
            assert isinstance(n.attr, tuple)
            new[n] = graph.view(straight(n.args[0]), n.attr)
        elif n.op in ("pair", "one") and any(a in over for a in (n, *n.args)):
            assert isinstance(n.attr, tuple)
            labels = [own[::-1] if a in over else own for a, own in zip(n.args, n.attr)]
            new[n] = graph.make(n.op, [new[a] for a in n.args], (*labels, n.attr[-1][::-1] if n in over else n.attr[-1]), dims)
        elif n in over:
            new[n] = graph.make(n.op, [across(a, n.rank) for a in n.args], n.attr, dims)
        else:
            new[n] = graph.make(n.op, [straight(a) for a in n.args], n.attr, dims)
    return {n: straight(n) for n in order}
