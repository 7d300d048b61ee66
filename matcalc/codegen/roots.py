"""What stands below a root that a program computes with care anyway: k + x^2 is the square of sqrt(k + x^2).

The root takes care not to overflow and computes no k + x^2, so this was one more product and a pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction

from ..ops.norms import FROBENIUS_NORM, NORM
from .graph import GraphNode, ProgramGraph, postorder, rebuilt
from .rescue import careful_root, is_call

Powers = tuple[Counter[Hashable], Fraction]  # the powers of what is multiplied, without zeros, and the number in front
SQUARES = "sum of squares"


def below_roots(graph: ProgramGraph, roots: Sequence[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node of a program of real arrays becomes."""
    order = postorder(roots)
    careful = {n: parts for n in order if n.op == "mul" and not n.loops and (parts := careful_root(n)) is not None}
    if not careful:
        return {}
    wanted = [(n, _powers(x, 2), _powers(r, 2)) for n, (x, r) in careful.items()]
    found: dict[GraphNode, GraphNode] = {}
    for n in order:
        root = _root_of(n, wanted) if n.op == "add" and len(n.args) == 2 and not n.loops else None
        if root is not None:
            found[n] = graph.make("pow", (root, graph.number(Fraction(2))), None, n.dims)
    return rebuilt(graph, roots, found)


def _root_of(n: GraphNode, wanted: Sequence[tuple[GraphNode, Powers, Powers]]) -> GraphNode | None:
    first, second = (_powers(a) for a in n.args)
    return next((root for root, x, r in wanted if root.dims == n.dims and (first, second) in ((x, r), (r, x))), None)


def _powers(x: GraphNode, times: int = 1) -> Powers:
    """x to a power as a product of powers of numbers, of entries and of sums of squares."""
    powers, number = Counter[Hashable](), Fraction(1)
    left = [(x, times)]
    while left:
        f, k = left.pop()
        if f.op == "mul":
            left += [(a, k) for a in f.args]
        elif f.op == "div":
            left += [(f.args[0], k), (f.args[1], -k)]
        elif f.op == "expand" and not f.args[0].rank:
            left.append((f.args[0], k))
        elif (base := _base(f)) is not None:
            left.append((base, 2 * k))
        elif is_call(f, "sqrt") and k % 2 == 0:
            left.append((f.args[0], k // 2))
        elif f.attr in (NORM, FROBENIUS_NORM) and k % 2 == 0:
            powers[SQUARES, f.args[0]] += k // 2
        elif (v := _squared_sum(f)) is not None:
            powers[SQUARES, v] += k
        elif f.op in ("num", "full") and f.attr:
            number *= Fraction(str(f.attr)) ** k
        else:
            powers[f] += k
    return Counter({f: k for f, k in powers.items() if k}), number


def _base(n: GraphNode) -> GraphNode | None:
    return n.args[0] if n.op == "pow" and n.args[1].op == "num" and n.args[1].attr == 2 else None


def _squared_sum(n: GraphNode) -> GraphNode | None:
    """v where n is the sum of the squares of the entries of v."""
    if n.op == "pair" and not n.dims and n.args[0] is n.args[1]:
        assert isinstance(n.attr, tuple)
        return n.args[0] if n.attr[0] == n.attr[1] else None
    return _base(n.args[0]) if n.op == "one" and not n.dims else None
