"""Products entry by entry: signs and numbers of the factors go to the front, or to the smaller array."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from ..ops.activations import SIGMOID
from .graph import GraphNode
from .loose import DEEP, Loose, broadcast, is_minus_one, is_one, length
from .signs import negative, term, unsigned
from .transposes import ENTRYWISE, is_function, straight


def times(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
    """A product; signs of its factors go to the front, or into a difference."""
    sign = 1
    rest: list[GraphNode] = []
    below: list[GraphNode] = []
    for a in args:
        s, body = (-1, None) if is_minus_one(a) else unsigned(e, a)
        sign *= s
        if body is None:
            continue
        if body.op == "mul" and body in e.loose and body.rank == max((x.rank for x in body.args), default=0):
            rest += body.args
        elif body.op == "div" and body in e.loose and is_one(body.args[0]) and body.dims == body.args[1].dims and _pays(body, n):
            below.append(body.args[1])
        else:
            rest.append(body)
    rest, under = _slopes(e, rest)
    below += under
    if not rest or broadcast(rest) != n.dims or len(below) > 1:
        return e.node("mul", args, None, n)
    made = rest[0] if len(rest) == 1 else _scaled(e, rest, n) or straight(e, e.node("mul", rest, None, n))
    if below:
        made = e.node("div", (e.made(made) if len(rest) > 1 else made, below[0]), None, n)
    if sign > 0:
        return made
    return negative(e, e.made(made) if len(rest) > 1 or below else made)


def _slopes(e: Loose, factors: list[GraphNode]) -> tuple[list[GraphNode], list[GraphNode]]:
    """sigmoid(z) sigmoid(-z) as e/(1 + e)^2 with e = exp(-|z|): what stands above and below. Where programs are differentiated
    further they stay, for |z| has no slope at 0."""
    for f in factors if e.plain else ():
        if f.op == "call" and f.attr is SIGMOID and f in e.loose:
            z, graph = f.args[0], e.graph
            other = next(
                (g for g in factors if g.op == "call" and g.attr is SIGMOID and g in e.loose and _are_opposite(g.args[0], z)), None
            )
            if other is not None:
                scale, rest = _coefficient(z)
                inner = list(rest.elements())
                base = inner[0] if len(inner) == 1 else e.made(graph.make("mul", inner, None, z.dims))
                size = e.made(graph.make("call", (base,), "abs", z.dims))
                number = graph.number(-abs(scale))
                small = graph.make("call", (e.made(graph.make("mul", (number, size), None, z.dims)),), "exp", z.dims)
                above = e.made(graph.make("add", (graph.number(Fraction(1)), small), None, z.dims))
                others = [g for g in factors if g is not f and g is not other]
                return [*others, small], [e.made(graph.make("pow", (above, graph.number(Fraction(2))), None, z.dims))]
    return factors, []


def _scaled(e: Loose, rest: Sequence[GraphNode], n: GraphNode) -> GraphNode | None:
    """A number times a sum, where the number goes better to the terms: -(q + r - 2 Z)/2."""
    product = next((a for a in rest if a.rank == n.rank and a.op == "pair" and a in e.loose), None) if e.fused else None
    if product is not None and sum(a.rank > 0 for a in rest) == 1 < len(rest):
        found = _inside(e, [a for a in rest if a is not product], product)
        if found is not None:
            return found
    product = next((a for a in rest if a.rank == n.rank == 2), None)
    if product is not None and product.op == "pair" and product in e.loose and sum(a.rank > 0 for a in rest) == 1 < len(rest):
        return _small_side(e, [a for a in rest if a is not product], product)
    if len(rest) != 2 or rest[0].op != "num" or rest[1].op != "add" or rest[1] not in e.loose or n.rank < 2:
        return None
    factor = Fraction(str(rest[0].attr))
    terms, before, after = [], 1, 0
    for sign, fs in (term(e, b) for b in rest[1].args):
        numbers = [f for f in fs if f.op == "num"]
        others = [f for f in fs if f.op != "num"]
        scale = factor * sign
        for f in numbers:
            scale *= Fraction(str(f.attr))
        if max((length(f) for f in others), default=0) == n.rank:
            before += bool(numbers)
            after += abs(scale) != 1
        terms.append((scale, others))
    if after >= before or any(broadcast(others) is None for _, others in terms):
        return None
    return e.node("add", [_multiple(e, scale, others) for scale, others in terms], None, n)


def _inside(e: Loose, numbers: Sequence[GraphNode], product: GraphNode) -> GraphNode | None:
    """Numbers times A B where A is made entry by entry for this product: they go to A, whose loop there is anyway."""
    for k, a in enumerate(product.args):
        if a in e.loose and product.args.count(a) == 1 and (a.op in ENTRYWISE or is_function(a)):
            scaled = e.made(times(e, [*numbers, a], e.graph.make("mul", (*numbers, a), None, a.dims)))
            return e.graph.make("pair", (*product.args[:k], scaled, *product.args[k + 1 :]), product.attr, product.dims)
    return None


def _small_side(e: Loose, numbers: Sequence[GraphNode], product: GraphNode) -> GraphNode | None:
    """Numbers times A B with as many rows as columns, of the size that A B has and A has not: they go to A."""
    a, b = product.args
    n, m = product.dims
    inner = a.args[0] if a.op == "view" else a
    if n is not m or a.rank != 2 or b.rank != 2 or a.dims.count(n) != 1 or inner is (b.args[0] if b.op == "view" else b):
        return None
    scaled = times(e, [*numbers, a], e.graph.make("mul", (*numbers, a), None, a.dims))
    return e.graph.make("pair", (e.made(scaled), b), product.attr, product.dims)


def _multiple(e: Loose, scale: Fraction, others: Sequence[GraphNode]) -> GraphNode:
    nodes = [*([] if scale == 1 and others else [e.graph.number(scale)]), *others]
    dims = broadcast(others)
    assert dims is not None
    return nodes[0] if len(nodes) == 1 else e.made(e.graph.make("mul", nodes, None, dims))


def _pays(reciprocal: GraphNode, n: GraphNode) -> bool:
    """Whether dividing by an array is better than multiplying with its reciprocals: not many entries by one number."""
    return n.rank < 2 or length(reciprocal) == n.rank


def _are_opposite(a: GraphNode, b: GraphNode) -> bool:
    """Whether one is -1 times the other."""
    (c, rest), (d, other) = _coefficient(a), _coefficient(b)
    return c == -d and rest == other


def _coefficient(x: GraphNode, deep: int = DEEP) -> tuple[Fraction, Counter[GraphNode]]:
    """The number in front of a product, and its other factors."""
    if x.op == "neg" and deep:
        c, rest = _coefficient(x.args[0], deep - 1)
        return -c, rest
    if x.op != "mul" or not deep:
        return Fraction(1), Counter([x])
    c, found = Fraction(1), Counter[GraphNode]()
    for f in x.args:
        if f.op == "num":
            c *= Fraction(str(f.attr))
        elif f.op == "mul":
            inner, factors = _coefficient(f, deep - 1)
            c *= inner
            found += factors
        else:
            found[f] += 1
    return c, found
