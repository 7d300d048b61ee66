"""Functions for many samples without a call for each: every array that hangs on an argument with samples has one more axis in front.

What is computed entry by entry, products, and sums along axes have such a form; a function with anything else is called for one sample
after another (`batch`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..kinds import Dim
from ..ops.operation import Operation
from .axes import NoAxis
from .batch import PREFIX
from .frame import Argument, Function
from .graph import Dims, GraphNode, ProgramGraph, postorder
from .rescue import HELPERS
from .reuse import WRITTEN
from .transposes import ENTRYWISE
from .wording import of_arrays, ranks

LANGUAGES = frozenset(("numpy", "array-api"))
LABEL = "Z"  # of the axis of the samples: products have small letters


def samples_dim(taken: Collection[str]) -> Dim:
    """The number of samples, by a name that no other size has."""
    name = "samples"
    while name in taken:
        name += "_"
    return Dim.of(name)


def with_samples(a: Argument, batch: Collection[str], samples: Dim) -> Argument:
    """An argument as functions for many samples have it."""
    return a if a.name not in batch else Argument(a.name, (samples, *a.dims), complex_=a.complex_)


def vectorised(graph: ProgramGraph, f: Function, batch: Collection[str], samples: Dim) -> Function | None:
    """The function of many samples; None where something in it has no form with one more axis."""
    try:
        roots = _lifted(graph, f.roots, batch, samples)
    except NoAxis:
        return None
    return Function(f"{PREFIX}{f.name}", f.doc, roots, [with_samples(a, batch, samples) for a in f.extra])


def _lifted(graph: ProgramGraph, roots: Sequence[GraphNode], batch: Collection[str], samples: Dim) -> list[GraphNode]:
    new: dict[GraphNode, GraphNode] = {}
    many: set[GraphNode] = set()  # those with samples, as they were
    for n in postorder(roots):
        if n.op == "in" and n.attr in batch:
            many.add(n)
            new[n] = graph.make("in", (), n.attr, (samples, *n.dims))
        elif many.isdisjoint(n.args):
            new[n] = n
        else:
            many.add(n)
            new[n] = _with_axis(graph, n, [(a, new[a], a in many) for a in n.args], (samples, *n.dims))
    found = []
    for r in roots:
        made = new[r]
        if r not in many:
            made = made if not r.rank else graph.view(made, (None, *range(r.rank)))
            made = graph.make("expand", (made,), None, (samples, *r.dims))
        found.append(made)
    return found


def _with_axis(graph: ProgramGraph, n: GraphNode, args: Sequence[tuple[GraphNode, GraphNode, bool]], dims: Dims) -> GraphNode:
    """A node with the axis of the samples in front. NoAxis where it has no such form."""
    plain = [made for _, made, _ in args]
    if n.loops:
        raise NoAxis
    if n.op in ENTRYWISE or (n.op == "call" and _is_of_entries(n, [many for *_, many in args])):
        return graph.make(n.op, [_aligned(graph, a, made, n.rank) if own else made for a, made, own in args], n.attr, dims)
    if n.op == "call" and isinstance(n.attr, Operation) and n.attr.stacks and all(a.rank <= r for a, r in zip(n.args, ranks(n.attr))):
        return graph.make("call", plain, n.attr, dims)
    if n.op == "view":
        assert isinstance(n.attr, tuple)
        return graph.view(plain[0], (0, *[None if p is None else p + 1 for p in n.attr]))
    if n.op == "expand":
        return graph.make("expand", [_aligned(graph, args[0][0], plain[0], n.rank)], None, dims)
    if n.op in ("pair", "one"):
        assert isinstance(n.attr, tuple)
        *labels, out = n.attr
        own = [LABEL + text if many else text for text, (_, _, many) in zip(labels, args, strict=True)]
        return graph.make(n.op, plain, (*own, LABEL + out), dims)
    if n.op == "cumulative":
        assert isinstance(n.attr, tuple)
        return graph.make(n.op, plain, (int(n.attr[0]) + 1, n.attr[1]), dims)
    raise NoAxis


def _is_of_entries(n: GraphNode, many: Sequence[bool]) -> bool:
    """Whether a function goes entry by entry in the arguments that have samples."""
    if isinstance(n.attr, Operation):
        arrays = of_arrays(n.attr, len(n.args))
        return bool(n.attr.elementwise or n.attr.stacks == "entries") and all(array for array, own in zip(arrays, many) if own)
    return n.attr in WRITTEN or (n.attr in HELPERS and not any(many[1:]))


def _aligned(graph: ProgramGraph, a: GraphNode, made: GraphNode, rank: int) -> GraphNode:
    """An array with samples beside one of more axes: those that broadcasting adds in front go behind the samples."""
    return made if a.rank == rank else graph.view(made, (0, *[None] * (rank - a.rank), *range(1, a.rank + 1)))
