"""The same arrays with fewer passes over memory: what the terms of a sum share is multiplied once, signs go where they cost nothing,
transposes into products, numbers to the smaller side.

Only what nothing else needs is written anew, so nothing is computed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .factors import times
from .finding import multiplied, solved, summed
from .graph import GraphNode, ProgramGraph, postorder
from .loose import Loose, is_one
from .terms import added
from .transposes import viewed


def economical(
    graph: ProgramGraph, roots: Iterable[GraphNode], kept: Iterable[GraphNode], plain: bool = False, fused: bool = False
) -> dict[GraphNode, GraphNode]:
    """What every node of a program becomes."""
    order = postorder(roots)
    readers = Counter(a for n in order for a in dict.fromkeys(n.args))
    fixed = {*roots, *kept}
    e = Loose(graph, order, plain, fused)
    for n in order:
        made = _made(e, n)
        e.new[n] = made
        if made in e.there:
            e.loose.discard(made)
            continue
        e.there.add(made)
        if readers[n] < 2 and n not in fixed:
            e.loose.add(made)
        else:
            e.loose.discard(made)
    return e.new


def _made(e: Loose, n: GraphNode) -> GraphNode:
    args = [e.new[a] for a in n.args]
    if n.loops or n.op == "loop":
        return e.node(n.op, args, n.attr, n)
    if n.op == "view":
        return viewed(e, args[0], n)
    if n.op == "add":
        return added(e, args, n)
    if n.op == "mul":
        return times(e, args, n)
    if n.op == "div" and n.rank > 1 and not args[1].rank and not is_one(args[0]):
        number = e.graph.number(1)
        return times(e, [e.made(e.graph.make("div", (number, args[1]))), args[0]], n)
    if n.op == "pair":
        return multiplied(e, args, n)
    if n.op == "one":
        return summed(e, args[0], n)
    if n.op == "solve":
        return solved(e, args, n)
    if e.plain and n.op == "call" and getattr(n.attr, "stacks", "") == "entries":
        args = _short(e, args, n)
    return e.node(n.op, args, n.attr, n)


def _short(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> list[GraphNode]:
    """The arguments of a function of entries, one number in place of many where another argument has all the axes."""
    short = [
        a.args[0] if a.op == "expand" and not a.args[0].rank else e.graph.number(a.attr) if a.op == "full" and a.rank else a for a in args
    ]
    return short if any(a.dims == n.dims and a.op != "expand" for a in short) else list(args)
