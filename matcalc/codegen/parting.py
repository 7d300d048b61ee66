"""The product of a vector with a sum, whose multiples go by themselves.

(u - v + c z)^T d is (u - v)^T d + c z^T d where the program has z^T d: two passes less. What has no number in front stays together: its
difference may be exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from .graph import GraphNode, ProgramGraph, postorder, rebuilt

INNER = ("i", "i", "")


def parted(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    order = postorder(roots)
    readers, there, fixed = Counter(a for n in order for a in n.args), set(order), {*roots, *kept}

    def product(a: GraphNode, b: GraphNode) -> GraphNode | None:
        """The product of two vectors, if the program has it."""
        found = (graph.known("pair", pair, INNER, ()) for pair in ((a, b), (b, a)))
        return next((p for p in found if p in there), None)

    def apart(n: GraphNode) -> GraphNode | None:
        for total, other in (n.args, n.args[::-1]):
            if total.op != "add" or total in fixed or readers[total] > 1:
                continue
            multiples: dict[GraphNode, GraphNode] = {}
            for a in total.args:
                vectors = [v for v in a.args if v.rank] if a.op == "mul" and a.rank and len(a.args) > 1 else []
                known = product(vectors[0], other) if len(vectors) == 1 and not _is_sign(a) else None
                if known is not None:
                    multiples[a] = graph.make("mul", [known if v is vectors[0] else v for v in a.args])
            rest = [a for a in total.args if a not in multiples]
            if multiples and any(a.dims == total.dims for a in rest):
                left = rest[0] if len(rest) == 1 else graph.make("add", rest, None, total.dims)
                return graph.make("add", [graph.make("pair", (left, other), INNER), *multiples.values()])
        return None

    found = {n: other for n in order if n.op == "pair" and n.attr == INNER and not n.loops and (other := apart(n)) is not None}
    return rebuilt(graph, roots, found)


def _is_sign(a: GraphNode) -> bool:
    return len(a.args) == 2 and a.args[0].op == "num" and a.args[0].attr == -1
