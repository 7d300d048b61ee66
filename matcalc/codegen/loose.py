"""What of a program may be taken apart: arrays that one other reads, which are no results and have no name of the author's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .graph import GraphNode, ProgramGraph

DEEP = 30  # how many operations below one are looked at


class Loose:
    """The arrays of a program that is written anew: as they were (`typed`), what each became (`new`), what is written already
    (`there`), and what of it may be taken apart (`loose`). `plain`: programs that are not differentiated further; `fused`: what is made
    entry by entry for one reader costs no pass over memory."""

    def __init__(self, graph: ProgramGraph, typed: Iterable[GraphNode], plain: bool, fused: bool) -> None:
        self.graph, self.plain, self.fused = graph, plain, fused
        self.new: dict[GraphNode, GraphNode] = {}
        self.loose: set[GraphNode] = set()
        self.there: set[GraphNode] = set()
        self.typed = set(typed)

    def node(self, op: str, args: Sequence[GraphNode], attr: object, like: GraphNode) -> GraphNode:
        return self.graph.make(op, args, attr, like.dims)

    def made(self, n: GraphNode) -> GraphNode:
        """A node made on the way, which nothing else reads."""
        self.loose.add(n)
        return n

    def is_argument(self, n: GraphNode, k: int, made: GraphNode) -> bool:
        return self.new[n.args[k]] is made


def broadcast(parts: Sequence[GraphNode]) -> tuple | None:  # type: ignore[type-arg]
    """The axes of a product or a sum of such arrays; None where one cannot tell."""
    rank = max((p.rank for p in parts), default=0)
    dims = []
    for k in range(rank, 0, -1):
        found = {p.dims[-k] for p in parts if p.rank >= k and p.dims[-k].number != 1}
        if len(found) > 1:
            return None
        dims.append(found.pop() if found else next(p.dims[-k] for p in parts if p.rank >= k))
    return tuple(dims)


def is_minus_one(a: GraphNode) -> bool:
    return a.op == "num" and a.attr == -1


def is_one(a: GraphNode) -> bool:
    return a.op == "num" and a.attr == 1


def length(a: GraphNode) -> int:
    """Along how many axes an array varies."""
    return sum(d.number != 1 for d in a.dims)
