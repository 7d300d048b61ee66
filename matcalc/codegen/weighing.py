"""Sums of rows or columns with weights: w^T (diag(c) A + diag(e) (1 v^T - diag(f) A)) is (w c - w e f)^T A + (w^T e) v^T.

Scaling and adding matrices takes a pass over all of their entries each; weights are vectors. A difference of matrices without factors
stays, for it may be exact.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .graph import GraphNode, ProgramGraph, postorder

MOST = 12  # terms of a sum that are looked at
VIEWS = {(0, None): 0, (None, 0): 1}  # a vector along one axis of a matrix


class Scaled(NamedTuple):
    """A matrix, or one of ones, times numbers, its rows times vectors, its columns times vectors."""

    matrix: GraphNode | None
    numbers: tuple[GraphNode, ...] = ()
    along: tuple[tuple[GraphNode, ...], tuple[GraphNode, ...]] = ((), ())

    @property
    def is_unit(self) -> bool:
        return sum(map(len, self.along)) + (self.matrix is not None) < 2 and all(c.op == "num" and c.attr in (1, -1) for c in self.numbers)

    def times(self, other: Scaled) -> Scaled:
        along = tuple(a + b for a, b in zip(self.along, other.along))
        return Scaled(self.matrix or other.matrix, self.numbers + other.numbers, (along[0], along[1]))


class ScaledSum(NamedTuple):
    terms: tuple[Scaled, ...]
    passes: int  # over all entries, as it stands


def weighed(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    order, fixed = postorder(roots), {*roots, *kept}
    readers = dict.fromkeys(order, 0)
    for n in order:
        for a in n.args:
            readers[a] += 1
    new: dict[GraphNode, GraphNode] = {}
    sums: dict[GraphNode, ScaledSum] = {}
    for n in order:
        args = [new[a] for a in n.args]
        new[n] = graph.again(n, args)
        if n.loops:
            continue
        if n.rank == 2 and n.op in ("add", "mul"):
            found = _sum(n, args, [sums.get(a) if readers[a] == 1 and a not in fixed else None for a in n.args])
            if found is not None and len(found.terms) <= MOST:
                sums[n] = found
        elif n.op == "pair" and n.rank == 1:
            at = next((k for k in (0, 1) if n.args[k] in sums and readers[n.args[k]] == 1 and n.args[k] not in fixed), None)
            made = _weights(graph, n, at, new[n.args[1 - at]], sums[n.args[at]]) if at is not None else None
            new[n] = made or new[n]
    return new if any(new[r] is not r for r in roots) else {}


def _sum(n: GraphNode, args: Sequence[GraphNode], apart: Sequence[ScaledSum | None]) -> ScaledSum | None:
    """A sum or a product of matrices as scaled ones; None where it is neither."""
    parts = [found or _part(n, a) for a, found in zip(args, apart)]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    passes = sum(p.passes for p in known) + len(known) - 1
    if n.op == "add":
        terms = tuple(t for p in known for t in p.terms)
        return ScaledSum(terms, passes) if sum(t.is_unit for t in terms) < 2 else None
    if sum(len(p.terms) > 1 for p in known) > 1 or sum(any(t.matrix is not None for t in p.terms) for p in known) > 1:
        return None
    terms = (Scaled(None),)
    for p in known:
        terms = tuple(t.times(other) for t in terms for other in p.terms)
    return ScaledSum(terms, passes)


def _part(n: GraphNode, a: GraphNode) -> ScaledSum | None:
    """What a sum or a product reads whole."""
    if not a.rank:
        return ScaledSum((Scaled(None, (a,)),), 0) if n.op == "mul" else None
    if a.op == "view" and a.args[0].rank == 1 and a.attr in VIEWS:
        vector = (a.args[0],)
        return ScaledSum((Scaled(None, (), (vector, ()) if VIEWS[a.attr] == 0 else ((), vector)),), 0)
    return ScaledSum((Scaled(a),), 0) if a.dims == n.dims else None


def _weights(graph: ProgramGraph, n: GraphNode, at: int, weight: GraphNode, found: ScaledSum) -> GraphNode | None:
    """A product of a vector with a sum of scaled matrices, by its weights; None where it is no such product, or that is no less."""
    assert isinstance(n.attr, tuple)
    own, beside, out = n.attr[at], n.attr[1 - at], n.attr[2]
    if len(beside) != 1 or len(own) != 2 or beside not in own or out != own.replace(beside, "") or weight.rank != 1:
        return None
    axis = own.index(beside)
    groups: dict[tuple[GraphNode | None, tuple[GraphNode, ...]], list[GraphNode]] = {}
    for t in found.terms:
        factors = (*t.numbers, *t.along[axis], weight)
        product = weight if len(factors) == 1 else graph.make("mul", factors, None, weight.dims)
        groups.setdefault((t.matrix, t.along[1 - axis]), []).append(product)
    if sum(matrix is not None for matrix, _ in groups) >= found.passes + 1 or any(m is None and not rest for m, rest in groups):
        return None
    parts = []
    for (matrix, rest), weights in groups.items():
        total = weights[0] if len(weights) == 1 else graph.make("add", weights, None, weight.dims)
        if matrix is None:
            one = graph.make("one", (total,), ("i", ""))
            parts.append(graph.make("mul", (one, *rest), None, n.dims))
            continue
        args, labels = ((matrix, total), (own, beside)) if at == 0 else ((total, matrix), (beside, own))
        product = graph.make("pair", args, (*labels, out), n.dims)
        parts.append(graph.make("mul", (*rest, product), None, n.dims) if rest else product)
    return parts[0] if len(parts) == 1 else graph.make("add", parts, None, n.dims)
