"""Products, sums and transposes of labelled arrays as nodes of a program, one array or two at a time.

An array has a label for every axis; labels that are not asked for are summed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ..kinds import Dim
from .graph import Dims, GraphNode, ProgramGraph

Label = Hashable
Labels = tuple[Label, ...]

LETTERS = "ijklmnopqrstuvwxyzabcdefgh"


def product(graph: ProgramGraph, nodes: Sequence[GraphNode]) -> GraphNode:
    """The entrywise product of arrays of one shape and numbers; what is 1/x is divided by."""
    above = [n for n in nodes if not (n.op == "num" and n.attr == 1) and not _is_reciprocal(n)]
    below = [n.args[1] for n in nodes if _is_reciprocal(n)]
    dims = max((n.dims for n in nodes), key=len)
    top = graph.number(1)
    difference = next((n for n in above if n.op == "add" and any(map(_is_negative, n.args))), None)
    if len(above) == 2 and difference is not None and any(n.op == "num" and n.attr == -1 for n in above):
        top = graph.make("add", [opposite(graph, a) for a in difference.args], None, difference.dims)
    elif above:
        top = above[0] if len(above) == 1 else graph.make("mul", above, None, max((n.dims for n in above), key=len))
    if not below:
        return top
    return graph.make("div", (top, product(graph, below)), None, dims)


def opposite(graph: ProgramGraph, n: GraphNode) -> GraphNode:
    """-n; two signs cancel."""
    if n.op == "neg":
        return n.args[0]
    if _is_negative(n):
        return product(graph, n.args[1:])
    return graph.make("mul", (graph.number(-1), n), None, n.dims)


def _is_negative(n: GraphNode) -> bool:
    return n.op == "neg" or (n.op == "mul" and n.args[0].op == "num" and n.args[0].attr == -1 and n.args[-1].dims == n.dims)


def _is_reciprocal(n: GraphNode) -> bool:
    return n.op == "div" and n.args[0].op == "num" and n.args[0].attr == 1


def letters(*groups: Labels) -> list[str]:
    names: dict[Label, str] = {}
    return ["".join(names.setdefault(k, LETTERS[len(names)]) for k in g) for g in groups]


def single(graph: ProgramGraph, x: GraphNode, labels: Labels, out: Labels) -> GraphNode:
    """Sums, diagonals and transposes of one array."""
    if len(set(labels)) == len(labels) == len(out):
        return graph.view(x, tuple(labels.index(k) for k in out))
    dims = dict(zip(labels, x.dims))
    a, o = letters(labels, out)
    return graph.make("one", (x,), (a, o), tuple(dims[k] for k in out))


def pair(graph: ProgramGraph, a: GraphNode, b: GraphNode, la: Labels, lb: Labels, out: Labels) -> GraphNode:
    """The product of two arrays, summed over the labels not in `out`."""
    dims: dict[Label, Dim] = dict(zip(la, a.dims)) | dict(zip(lb, b.dims))
    shape: Dims = tuple(dims[k] for k in out)
    if not la or not lb:
        scalar, x, labels = (a, b, lb) if not la else (b, a, la)
        x = single(graph, x, labels, out)
        return product(graph, [scalar, x])
    union = set(la) | set(lb)
    if union == set(out):  # nothing is summed: broadcasting
        views = [graph.view(x, tuple(labels.index(k) if k in labels else None for k in out)) for x, labels in ((a, la), (b, lb))]
        return graph.make("mul", views, None, shape)
    found = known_pair(graph, a, b, la, lb, out)
    return found if found is not None else graph.make("pair", (a, b), tuple(letters(la, lb, out)), shape)


def known_pair(graph: ProgramGraph, a: GraphNode, b: GraphNode, la: Labels, lb: Labels, out: Labels) -> GraphNode | None:
    """Such a product, if there is one already, also with its arguments or its axes exchanged, or of transposes."""
    dims: dict[Label, Dim] = dict(zip(la, a.dims)) | dict(zip(lb, b.dims))
    for (x, one), (y, other) in ((x, y) for x in _ways(graph, a, la) for y in _ways(graph, b, lb)):
        for order in (out, out[::-1]) if len(out) == 2 else (out,):
            for args, first, second in (((x, y), one, other), ((y, x), other, one)):
                found = graph.known("pair", args, tuple(letters(first, second, order)), tuple(dims[k] for k in order))
                if found is not None:
                    return found if order == out else graph.view(found, (1, 0))
    return None


def _ways(graph: ProgramGraph, a: GraphNode, labels: Labels) -> list[tuple[GraphNode, Labels]]:
    """A factor, and the matrix of which it is the transpose, or its transpose where there is that already."""
    if a.rank != 2:
        return [(a, labels)]
    turned = a.args[0] if a.op == "view" and a.attr == (1, 0) else graph.known("view", (a,), (1, 0), a.dims[::-1])
    return [(a, labels), (turned, labels[::-1])] if turned is not None and turned.rank == 2 else [(a, labels)]
