"""Functions for many samples without a call for each: every array that hangs on an argument with samples has one more axis in front.

What is computed entry by entry, products, sums along axes, parts and entries, matrices put together, inverses, solutions and determinants
have such a form; a function with anything else is called for one sample after another (`batch`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ..kinds import ONE, Dim
from ..ops.operation import Operation
from ..ops.sums import CUMULATIVE_SUM, VEC
from .axes import NoAxis
from .batch import PREFIX
from .distances import written_out
from .factor import CHOLESKY, LU
from .frame import Argument, Function
from .graph import Dims, GraphNode, ProgramGraph, postorder
from .rescue import HELPERS
from .reuse import WRITTEN
from .transposes import ENTRYWISE
from .wording import of_arrays, ranks
from .writers import RELATIONS

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


Lifted = tuple[GraphNode, GraphNode, bool]  # an argument as it was, as it is, and whether it has samples


def _with_axis(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
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
    if n.op == "reshape":
        return graph.make(n.op, plain, n.attr, dims)
    if n.attr is CUMULATIVE_SUM:
        return graph.make("cumulative", plain, (1, False), dims)
    if n.attr is VEC and n.args[0].rank == 2:
        return graph.make("reshape", (graph.view(plain[0], (0, 2, 1)),), None, dims)
    made = FORMS[n.op](graph, n, args, dims) if n.op in FORMS else None
    if made is None:
        raise NoAxis
    return made


def _first(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode | None:
    """What is taken of the first axis: that of the samples goes behind it, and comes back."""
    (_, made, own), *rest = args
    if not own or any(many for *_, many in rest):
        return None
    across = (1, 0, *range(2, made.rank))
    found = [graph.view(made, across), *[made for _, made, _ in rest]]
    if n.op == "member":
        return graph.make(n.op, found, n.attr, dims)
    return graph.view(graph.make(n.op, found, n.attr, (n.dims[0], dims[0], *n.dims[1:])), across)


def _together(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode | None:
    """Arrays put together along their own axes, behind which the samples are meanwhile; numbers are arrays of one entry."""
    if not n.rank:
        return None
    parts = []
    for a, made, own in args:
        new = n.rank - a.rank if n.op == "literal" else 0
        if own:
            parts.append(graph.view(made, (*(None,) * new, *range(1, made.rank), 0)))
        elif new:
            ones = graph.make("full", (), 1, (*(ONE,) * new, dims[0]))
            parts.append(graph.make("mul", (made, ones), None, ones.dims))
        else:
            parts.append(graph.make("expand", (graph.view(made, (*range(a.rank), None)),), None, (*a.dims, dims[0])))
    shape = n.attr if n.rank > 1 else (len(parts), 1)
    return graph.view(graph.make("block", parts, shape, (*n.dims, dims[0])), (n.rank, *range(n.rank)))


def _added_diagonal(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    """X + diag(v), or X + v I of a number."""
    (_, whole, _), (a, entries, own) = args
    one = graph.make("spread", (graph.number(1),), ("ii",), n.dims)
    places = (0, *range(1, a.rank + 1), *(None,) * (2 - a.rank)) if own else (*range(a.rank), *(None,) * (1 if a.rank else 0))
    return graph.make("add", (whole, graph.make("mul", (graph.view(entries, places) if places else entries, one), None, dims)), None, dims)


def _spread(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode | None:
    """diag(v), or v I of a number."""
    if n.attr != ("ii",):
        return None
    one = graph.make("spread", (graph.number(1),), ("ii",), n.dims)
    return graph.make(
        "mul", (graph.view(args[0][1], (0, *range(1, args[0][0].rank + 1), *(None,) * (2 - args[0][0].rank))), one), None, dims
    )


def _roots(graph: ProgramGraph, x: GraphNode) -> GraphNode:
    """The Cholesky factors of positive definite matrices; like that of one matrix they end in an error where there are none."""
    return graph.make("call", (x,), "linalg.cholesky", x.dims)


def _inv(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    return graph.make("inv", (args[0][1],), n.attr, dims)


def _trace_inv(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    (_, x, own), (_, beside, many) = args
    labels = [LABEL + "ij" if has else "ij" for has in (own, many)]
    return graph.make("pair", (graph.make("inv", (x,), n.attr, x.dims), beside), (*labels, LABEL), dims)


def _solve(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    (_, x, own), (b, beside, many) = args
    assert isinstance(n.attr, tuple)
    kind, transposed = n.attr
    if own and kind == CHOLESKY:
        labels = (LABEL if many else "") + "jk"[: b.rank]
        inverse = graph.make("inv", (x,), (CHOLESKY,), x.dims)
        return graph.make("pair", (inverse, beside), (LABEL + "ij", labels, LABEL + "ik"[: b.rank]), dims)
    if own:
        x = graph.view(x, (0, 2, 1)) if transposed else x
        if b.rank > 1:
            return graph.make("solve", (x, beside), (kind, False), dims)
        column = graph.view(beside, (0, 1, None) if many else (0, None))
        return graph.make("reshape", (graph.make("solve", (x, column), (kind, False), (*dims, ONE)),), None, dims)
    if b.rank == 1:
        return graph.view(graph.make("solve", (x, graph.view(beside, (1, 0))), n.attr, dims[::-1]), (1, 0))
    size, count, width = dims[1], dims[0], dims[2]
    row = graph.make("reshape", (graph.view(beside, (1, 0, 2)),), None, (size, count * width))
    return graph.view(graph.make("reshape", (graph.make("solve", (x, row), n.attr, row.dims),), None, (size, count, width)), (1, 0, 2))


def _logdet(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    assert isinstance(n.attr, tuple)
    if n.attr[0] != CHOLESKY:
        return graph.make(n.op, (args[0][1],), n.attr, dims)
    x = args[0][1]
    diagonal = graph.make("one", (_roots(graph, x),), (LABEL + "ii", LABEL + "i"), x.dims[:2])
    logs = graph.make("call", (diagonal,), "log", diagonal.dims)
    return graph.make("mul", (graph.number(2), graph.make("one", (logs,), (LABEL + "i", LABEL), dims)), None, dims)


def _det(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    return graph.make(n.op, (args[0][1],), (LU,), dims)


def _distances(graph: ProgramGraph, n: GraphNode, args: Sequence[Lifted], dims: Dims) -> GraphNode:
    return written_out(graph, [made for _, made, _ in args], [many for *_, many in args], LABEL, dims)


FORMS: dict[str, Callable[[ProgramGraph, GraphNode, Sequence[Lifted], Dims], GraphNode | None]] = {
    "member": _first,
    "slice": _first,
    "part": _first,
    "block": _together,
    "literal": _together,
    "add_diagonal": _added_diagonal,
    "spread": _spread,
    "distances": _distances,
    "inv": _inv,
    "trace_inv": _trace_inv,
    "solve": _solve,
    "det": _det,
    "logdet": _logdet,
}


def _is_of_entries(n: GraphNode, many: Sequence[bool]) -> bool:
    """Whether a function goes entry by entry in the arguments that have samples."""
    if isinstance(n.attr, Operation):
        arrays = of_arrays(n.attr, len(n.args))
        return bool(n.attr.elementwise or n.attr.stacks == "entries") and all(array for array, own in zip(arrays, many) if own)
    return n.attr in WRITTEN | RELATIONS | {"sign", "cases"} or (n.attr in HELPERS and not any(many[1:]))


def _aligned(graph: ProgramGraph, a: GraphNode, made: GraphNode, rank: int) -> GraphNode:
    """An array with samples beside one of more axes: those that broadcasting adds in front go behind the samples."""
    return made if a.rank == rank else graph.view(made, (0, *[None] * (rank - a.rank), *range(1, a.rank + 1)))
