"""Products of one square matrix with several others, computed together.

M X and M Y are columns of M [X, Y], for which a large M comes from memory once, which bounds products with few columns. The sum
(c M - N) Y is c M Y - N Y where the program has M X and N X.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ..kinds import Dim
from .graph import Dims, GraphNode, ProgramGraph, postorder, rebuilt

PRODUCT = ("ij", "jk", "ik")


def gathered(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    order = postorder(roots)
    new = rebuilt(graph, roots, _multiplied_out(graph, roots, kept))
    changed = False
    while found := _together(graph, [new.get(r, r) for r in roots]):  # one matrix at a time: what is gathered waits for all of its factors
        step = rebuilt(graph, [new.get(r, r) for r in roots], found)
        new = {n: step.get(new.get(n, n), new.get(n, n)) for n in order}
        changed = True
    return new if changed else {}


def _thin(n: GraphNode) -> tuple[GraphNode, GraphNode] | None:
    """M and X of a product M X of a square matrix with one that is not."""
    if n.op != "pair" or n.attr != PRODUCT or n.loops:
        return None
    m, x = n.args
    return (m, x) if m.dims[0] is m.dims[1] is not x.dims[1] else None


def _multiplied_out(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """The products of sums of matrices that have other products of this shape."""
    order = postorder(roots)
    readers = Counter(a for n in order for a in n.args)
    fixed = {*roots, *kept}
    shapes = {(pair[0], pair[1].dims) for n in order if (pair := _thin(n)) is not None}
    found = {}
    for n in order:
        pair = _thin(n)
        if pair is None or pair[0].op != "add" or pair[0] in fixed or readers[pair[0]] > 1:
            continue
        total, x = pair
        terms = [_multiple(a) for a in total.args]
        if sum(not by or all(b.attr == -1 for b in by) for _, by in terms) > 1:
            continue  # the difference of two matrices may be exact
        if all(matrix is not None and (matrix, x.dims) in shapes for matrix, _ in terms):
            products = [graph.make("pair", (matrix, x), PRODUCT, n.dims) for matrix, _ in terms if matrix is not None]
            parts = [graph.make("mul", (*by, p), None, n.dims) if by else p for p, (_, by) in zip(products, terms, strict=True)]
            found[n] = graph.make("add", parts, None, n.dims)
    return found


def _multiple(a: GraphNode) -> tuple[GraphNode | None, tuple[GraphNode, ...]]:
    """A matrix and the numbers it is multiplied by."""
    if a.op != "mul":
        return a, ()
    arrays = [b for b in a.args if b.rank]
    return (arrays[0] if len(arrays) == 1 else None), tuple(b for b in a.args if not b.rank)


def _together(graph: ProgramGraph, roots: Sequence[GraphNode]) -> dict[GraphNode, GraphNode]:
    """The products with one matrix that are members of several now; empty where there are no such products."""
    groups: dict[tuple[GraphNode, Dims], list[GraphNode]] = {}
    for n in postorder(roots):
        pair = _thin(n)
        if pair is not None:
            groups.setdefault((pair[0], pair[1].dims), []).append(n)
    for (m, dims), products in groups.items():
        within = set(products)
        free = sorted((n for n in products if within.isdisjoint(postorder([n.args[1]]))), key=lambda n: n.args[1].at)
        if len(free) > 1:
            whole = graph.make("products", [m, *(n.args[1] for n in free)], None, (Dim.of(len(free)), *dims))
            return {n: graph.make("member", (whole, graph.number(k)), None, dims) for k, n in enumerate(free, 1)}
    return {}
