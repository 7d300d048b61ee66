"""Sums of exponentials that are there shifted: where p^T exp(z - m) is computed, p^T exp(z) is that times exp(m).

`exp(a)/(p^T exp(z))` is `exp(a - m)/(p^T exp(z - m))`, which neither over- nor underflows where a is one of z, and the exponentials of
all entries are taken once.
"""

from __future__ import annotations

from collections.abc import Sequence

from .graph import GraphNode, ProgramGraph, postorder


def shifted(graph: ProgramGraph, roots: Sequence[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    order = postorder(roots)
    shifts = {}  # of an array of exponentials that is there shifted: the shifted one, and the vector by which
    for n in order:
        for a, b in (n.args[0].args, n.args[0].args[::-1]) if _is_exp(n) and n.args[0].op == "add" and len(n.args[0].args) == 2 else ():
            if n.rank == 2 and b.op == "view" and b.attr == (0, None) and a.dims == n.dims:
                shifts[graph.make("call", (a,), n.attr, n.dims)] = n, b.args[0]
    there, sums = set(order), {}
    for n in order:
        for k, a in enumerate(n.args) if n.op == "pair" and n.rank == 1 and not n.loops else ():
            if a in shifts:
                other, by = shifts[a]
                same = graph.known("pair", (*n.args[:k], other, *n.args[k + 1 :]), n.attr, n.dims)
                if same in there and by.dims == n.dims:
                    sums[n] = same, by
    if not sums:
        return {}
    exp = next(n.attr for n in order if _is_exp(n))
    new: dict[GraphNode, GraphNode] = {}
    for n in order:
        args = [new[a] for a in n.args]
        if n in sums:
            same, by = sums[n]
            negative = graph.make("mul", (graph.number(-1), by), None, by.dims)
            new[n] = graph.make("mul", (graph.make("call", (negative,), exp, n.dims), same), None, n.dims)
        elif n.op == "div" and n.args[1] in sums:
            same, by = sums[n.args[1]]
            factors = () if args[0].attr == 1 else (args[0],)
            below = graph.make("div", (graph.number(1), same), None, by.dims)
            new[n] = graph.make("mul", (*factors, graph.make("call", (by,), exp, by.dims), below), None, n.dims)
        else:
            made = _joined(graph, n, sums) if n.op == "mul" and n.rank == 1 else None
            new[n] = made if made is not None else graph.again(n, args)
    return new


def _joined(graph: ProgramGraph, n: GraphNode, sums: dict[GraphNode, tuple[GraphNode, GraphNode]]) -> GraphNode | None:
    """A product of an exponential with 1/(p^T exp(z)), the two exponents added; None where it is no such product."""
    under = next((a for a in n.args if a.op == "div" and a.args[0].attr == 1 and a.args[1] in sums), None)
    rest = list(n.args)
    if under is not None:
        rest.remove(under)
    found = next(((a, f) for a in rest for f in (a.args if a.op == "mul" else (a,)) if _is_exp(f) and f.dims == n.dims), None)
    if under is None or found is None:
        return None
    part, exponential = found
    rest.remove(part)
    inner = list(part.args) if part is not exponential else [exponential]
    inner.remove(exponential)
    same, by = sums[under.args[1]]
    total = graph.make("add", (exponential.args[0], by), None, n.dims)
    below = graph.make("div", (graph.number(1), same), None, n.dims)
    return graph.make("mul", (*rest, *inner, graph.make("call", (total,), exponential.attr, n.dims), below), None, n.dims)


def _is_exp(n: GraphNode) -> bool:
    return n.op == "call" and getattr(n.attr, "name", n.attr) == "exp"
