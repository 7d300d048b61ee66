"""Squared distances of the rows of two matrices, ||x_i - y_k||^2 for all i and k, as one operation in NumPy's programs.

Written out they are an array of three axes, of which NumPy goes along the last: an entry of x_i at a time, mostly few. The function that
programs carry has the rows on the last axis instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .graph import Dims, GraphNode, ProgramGraph, postorder
from .reuse import is_opposite


def as_distances(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Sequence[GraphNode]) -> dict[GraphNode, GraphNode]:
    """For every node of a program the one that takes its place. Differences that something else reads, or that have names, stay."""
    order = postorder(roots)
    readers = Counter(a for n in order for a in dict.fromkeys(n.args))
    new: dict[GraphNode, GraphNode] = {}
    for n in order:
        args = [new[a] for a in n.args]
        both = None if n.loops or n.op != "pair" or readers[n.args[0]] > 1 or n.args[0] in kept else _rows(args, n.attr)
        new[n] = graph.make("distances", both, None, n.dims) if both is not None else graph.again(n, args)
    return new


def _rows(args: Sequence[GraphNode], labels: object) -> tuple[GraphNode, GraphNode] | None:
    """X and Y of a sum over k of (X[i,k] - Y[j,k])^2."""
    assert isinstance(labels, tuple)
    own, other, out = labels
    difference = args[0]
    if args[1] is not difference or own != other or len(own) != 3 or out != own[:2]:
        return None
    if difference.op != "add" or len(difference.args) != 2 or sum(map(is_opposite, difference.args)) != 1:
        return None
    found: dict[object, GraphNode] = {}
    for a in difference.args:
        term = a.args[-1] if is_opposite(a) else a
        if term.op == "view":
            found[term.attr] = term.args[0]
    if set(found) != {(0, None, 1), (None, 0, 1)}:
        return None
    return found[0, None, 1], found[None, 0, 1]


def written_out(graph: ProgramGraph, both: Sequence[GraphNode], many: Sequence[bool], label: str, dims: Dims) -> GraphNode:
    """The same with one more axis in front of the value, called `label`; `many` says which of the two have it."""
    places = ((0, None, 1), (None, 0, 1))
    views = [
        graph.view(x, (0, *[None if p is None else p + 1 for p in place]) if own else (None, *place))
        for x, own, place in zip(both, many, places, strict=True)
    ]
    opposite = graph.make("mul", (graph.number(-1), views[1]), None, views[1].dims)
    difference = graph.make("add", (views[0], opposite), None, (*dims, both[0].dims[-1]))
    return graph.make("pair", (difference, difference), (label + "ijk", label + "ijk", label + "ij"), dims)
