"""Solutions and products regrouped by what a program computes anyway: (X^-1 R) Y as X^-1 (R Y) or the other way round, (B C) Y as B (C Y).

The order of one product is found where it is lowered (`association`), where nobody knows what the rest of a program needs. So this looks at
each function whole. A solution with many columns, or a product, that products alone read is not formed where the products of its right
side are there; and where it is formed for others, the products that are less work the other way round go that way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ..interning import inner_first
from ..kinds import Dim
from .contraction import USUAL
from .graph import GraphNode, ProgramGraph, postorder
from .pairs import Labels, known_pair, pair
from .turning import CROSSED

SOLVING = 2  # how much slower solving is than multiplying
BEYOND = ("beyond",)  # the label of the axis that a solution sums over


class Multiplied(NamedTuple):
    """A product that reads an array: the labels of the array's own axes, the other array with its labels, and those of the value."""

    product: GraphNode
    own: Labels
    other: GraphNode
    beside: Labels
    out: Labels


class Regrouping:
    """The products of one function. `sizes` are hints for the lengths of axes."""

    def __init__(self, graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode], sizes: Mapping[str, int]) -> None:
        self.graph, self.roots, self.sizes = graph, roots, sizes
        self.order = postorder(roots)
        self.there, self.fixed = set(self.order), {*roots, *kept}
        self.readers: dict[GraphNode, list[GraphNode]] = {}
        for n in self.order:
            if n.op != "view" or n.attr != CROSSED or n in self.fixed:
                for body in dict.fromkeys(_straight(a) for a in n.args):
                    self.readers.setdefault(body, []).append(n)

    def done(self) -> dict[GraphNode, GraphNode]:
        """For every node the one that takes its place; empty where nothing changes."""
        found: dict[GraphNode, GraphNode] = {}
        used: set[GraphNode] = set()
        for inner in self.order:
            readers = self.readers.get(inner, [])
            if inner.rank != 2 or inner in self.fixed or inner.loops or not found.keys().isdisjoint([inner, *readers]):
                continue
            if inner.op in ("solve", "pair"):
                made = {n: other for n in readers if (other := self._other(n, inner)) is not None}
                costs = {n: self._cost(_straight(other)) for n, other in made.items()}
                if len(made) < len(readers) or sum(costs.values()) >= self._cost(inner) + sum(map(self._cost, readers)):
                    made = {n: other for n, other in made.items() if costs[n] < self._cost(n)}  # the inner array stays, for others
                # What another is made of stays as it is, so that no two are made of each other.
                for n, other in made.items():
                    body = _straight(other)  # which may be there too
                    parts = {body, *map(_straight, body.args)} - {_straight(a) for a in n.args}
                    if n not in used and found.keys().isdisjoint(parts):
                        found[n] = other
                        used |= parts
        if not found:
            return {}
        new: dict[GraphNode, GraphNode] = {}
        for n in inner_first(self.roots, lambda n: found.get(n, n).args):
            made_ = found.get(n, n)
            args = [new[a] for a in made_.args]
            if made_.op == "view":
                assert isinstance(made_.attr, tuple)
                new[n] = self.graph.view(args[0], made_.attr)
            else:
                new[n] = self.graph.make(made_.op, args, made_.attr, made_.dims)
        return new

    def _other(self, n: GraphNode, inner: GraphNode) -> GraphNode | None:
        """What n is without reading the inner array, of something that the function computes."""
        if n.op == "solve" and inner.op == "pair":
            return self._solved(n, inner)
        r = _read(n, inner)
        return r and (self._solution(inner, r) if inner.op == "solve" else self._product(inner, r))

    def _solved(self, n: GraphNode, inner: GraphNode) -> GraphNode | None:
        """X^-1 (R Y) as (X^-1 R) Y, where X^-1 R is there."""
        assert isinstance(inner.attr, tuple)
        x, right = n.args
        if x is inner or _straight(right) is not inner:
            return None
        row, col = inner.attr[2] if right is inner else inner.attr[2][::-1]
        for k in (0, 1):
            own, beside = inner.attr[k], inner.attr[1 - k]
            if row in own and len(own) == 2 and row not in beside and col in beside and col not in own:
                side = inner.args[k] if own[0] == row else self.graph.view(inner.args[k], CROSSED)
                known = self.graph.known("solve", (x, side), n.attr, (x.dims[0], *side.dims[1:]))
                if known is not None and known in self.there:
                    summed = own[1] if own[0] == row else own[0]
                    return pair(self.graph, known, inner.args[1 - k], (row, summed), tuple(beside), (row, col))
        return None

    def _solution(self, inner: GraphNode, r: Multiplied) -> GraphNode | None:
        """(X^-1 R) Y as X^-1 (R Y), where R Y is there."""
        (x, m), right = r.own, inner.args[1]
        rest = tuple(k for k in r.beside if k != m)
        if m in r.out or m not in r.beside or x in r.beside or set(r.out) != {x, *rest} or right.rank != 2 or len(r.beside) > 2:
            return None
        beside = self._there(right, r.other, (BEYOND, m), r.beside, (BEYOND, *rest))
        if beside is None:
            return None
        made = self.graph.make("solve", (inner.args[0], beside), inner.attr, (inner.dims[0], *beside.dims[1:]))
        return self.graph.view(made, tuple((x, *rest).index(k) for k in r.out))

    def _product(self, inner: GraphNode, r: Multiplied) -> GraphNode | None:
        """(B C) Y as B (C Y), where C Y is there."""
        assert isinstance(inner.attr, tuple)
        names = dict(zip(inner.attr[2], r.own))
        sides = [tuple(names.get(k, (k,)) for k in labels) for labels in inner.attr[:2]]
        for k in (0, 1):
            (far, near), (one, other) = (sides, inner.args) if k else (sides[::-1], inner.args[::-1])
            summed = [c for c in near if c in r.beside and c not in r.out]
            middle = [c for c in near if c in far]
            if len(summed) != 1 or len(middle) != 1 or len(near) != 2 or len(far) != 2 or summed[0] in far or set(far) & set(r.beside):
                continue
            kept = (middle[0], *[c for c in r.beside if c != summed[0]])
            beside = self._there(other, r.other, near, r.beside, kept)
            if beside is not None and set(kept) - set(middle) <= set(r.out):
                return pair(self.graph, one, beside, far, kept, r.out)
        return None

    def _there(self, a: GraphNode, b: GraphNode, la: Labels, lb: Labels, out: Labels) -> GraphNode | None:
        """The product of two arrays, if the function computes it."""
        known = known_pair(self.graph, a, b, la, lb, out)
        return known if known is not None and _straight(known) in self.there else None

    def _cost(self, n: GraphNode) -> int:
        """How many multiplications, or what takes as long."""
        lengths: dict[object, int] = {}
        if n.op == "solve":
            return SOLVING * self._length(n.dims[0]) * prod(map(self._length, n.dims))
        assert isinstance(n.attr, tuple)
        for a, own in zip(n.args, n.attr):
            lengths |= {k: self._length(d) for k, d in zip(own, a.dims)}
        return prod(lengths.values())

    def _length(self, dim: Dim) -> int:
        return max(2, dim.value({n: self.sizes.get(n, USUAL) for n in dim.names()}))


def _straight(a: GraphNode) -> GraphNode:
    return a.args[0] if a.op == "view" and a.attr == CROSSED else a


def _read(n: GraphNode, inner: GraphNode) -> Multiplied | None:
    """How a product reads an array; None where it is no product, or reads it twice."""
    if n.op != "pair" or n.loops:
        return None
    assert isinstance(n.attr, tuple)
    places = [k for k, a in enumerate(n.args) if _straight(a) is inner]
    if len(places) != 1:
        return None
    k = places[0]
    own = n.attr[k] if n.args[k] is inner else n.attr[k][::-1]
    return Multiplied(n, tuple(own), n.args[1 - k], tuple(n.attr[1 - k]), tuple(n.attr[2]))
