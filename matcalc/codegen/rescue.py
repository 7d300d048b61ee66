"""Careful forms that are needed only where plain ones overflow: x/(k + x^2), log(1 + x^2), sqrt(k + x^2), from 1e154 on.

Divided by the greater of |x| and the root of k they take six passes and more; NumPy programs carry functions that first look, by one
dot product, whether the plain form is safe; PyTorch has sqrt(k + x^2) by itself. The other languages keep the careful form: their
compilers make one pass of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from ..ops.extremes import MAXIMUM
from .graph import GraphNode, ProgramGraph, postorder

HELPERS = frozenset(("over_square", "log1p_square", "root_square"))  # the functions that programs carry


def rescued(graph: ProgramGraph, roots: Sequence[GraphNode], language: str) -> dict[GraphNode, GraphNode]:
    """For every node of a program the one that takes its place, in NumPy's and PyTorch's programs."""
    rules = RULES.get(language, {})
    new: dict[GraphNode, GraphNode] = {}
    for n in postorder(roots):
        args = [new[a] for a in n.args]
        own = graph.again(n, args)
        rule = rules.get(n.op) if not n.loops else None
        new[n] = (rule(graph, own) if rule is not None else None) or own
    return new


def _over_square(graph: ProgramGraph, n: GraphNode) -> GraphNode | None:
    """c (x/m)/(((x/m)^2 + (r/m)^2) m) with m the greater of |x| and the number r."""
    above, below = n.args
    if below.op != "mul" or len(below.args) != 2:
        return None
    for squares, top in (below.args, below.args[::-1]):
        x, root = _greater(top)
        if x is None or root is None or squares.op != "add" or len(squares.args) != 2:
            continue
        parts = [_squared(a) for a in squares.args]
        part = next((p for p in parts if p is not None and _is_part(p, x, top)), None)
        rest = [p for p in parts if p is not part]
        if part is None or len(rest) != 1 or rest[0] is None or rest[0].op != "div" or rest[0].args[1] is not top:
            continue
        number = rest[0].args[0]
        square = number if number.attr == root.attr == 1 else root.args[0] if number is root and is_call(root, "sqrt") else None
        left = Counter(_factors(above))
        left.subtract([part] if left[part] else _factors(part))
        if square is None or min(left.values()) < 0:
            continue
        others = list(left.elements())
        made = graph.make("call", (x, square), "over_square", x.dims)
        return graph.make("mul", (*others, made), None, n.dims) if others else made
    return None


def _log_beside_square(graph: ProgramGraph, n: GraphNode) -> GraphNode | None:
    """log(1 + ((z/m)/m)^2) + 2 log(m) with m the greater of |z| and 1; what is in front of z may stand anywhere."""
    for a in n.args:
        inner = _squared(a.args[0]) if is_call(a, "log1p") else None
        if inner is None or inner.op != "div":
            continue
        first, top = inner.args
        z, one = _greater(top)
        double = next((b for b in n.args if _is_log_twice(b, top)), None)
        if z is None or one is None or one.attr != 1 or double is None or not _is_part(first, z, top):
            continue
        rest = [b for b in n.args if b is not a and b is not double]
        made = graph.make("call", (z,), "log1p_square", z.dims)
        return graph.make("add", (*rest, made), None, n.dims) if rest else made
    return None


def _root_beside(graph: ProgramGraph, n: GraphNode) -> GraphNode | None:
    """c sqrt((x/m)^2 + (r/m)^2) m with m the greater of |x| and the number r."""
    found = _root_in(n)
    if found is None:
        return None
    x, r, others = found
    r = graph.number(Fraction(1)) if r.attr == 1 else r
    made = graph.make("call", (x, r), "root_square", x.dims)
    return graph.make("mul", (*others, made), None, n.dims) if others else made


def careful_root(n: GraphNode) -> tuple[GraphNode, GraphNode] | None:
    """x and r where n is sqrt(x^2 + r^2), written with care."""
    found = _root_in(n) if n.op == "mul" and len(n.args) == 2 else None
    return found and found[:2]


def _root_in(n: GraphNode) -> tuple[GraphNode, GraphNode, list[GraphNode]] | None:
    """x, r and the other factors of a product with sqrt(x^2 + r^2)."""
    for root in n.args:
        squares = root.args[0] if is_call(root, "sqrt") or (root.op == "pow" and root.args[1].attr == Fraction(1, 2)) else None
        if squares is None or squares.op != "add" or len(squares.args) != 2:
            continue
        parts = [_squared(a) for a in squares.args]
        for top in n.args:
            x, r = _greater(top)
            if x is None or r is None:
                continue
            part = next((p for p in parts if p is not None and _is_part(p, x, top)), None)
            rest = [p for p in parts if p is not part]
            if part is None or len(rest) != 1 or rest[0] is None or rest[0].op != "div" or rest[0].args[1] is not top:
                continue
            number = rest[0].args[0]
            if number is r or number.attr == r.attr == 1:
                return x, r, [a for a in n.args if a is not root and a is not top]
    return None


def _greater(top: GraphNode) -> tuple[GraphNode, GraphNode] | tuple[None, None]:
    """x and r of the greater of |x| and r, a number or many of one."""
    if top.op == "call" and top.attr is MAXIMUM:
        for size, other in (top.args, top.args[::-1]):
            number = other.args[0] if other.op == "expand" else other
            if is_call(size, "abs") and (not number.rank or (number.op == "full" and number.attr == 1)):
                return size.args[0], number
    return None, None


def _is_part(p: GraphNode, x: GraphNode, top: GraphNode) -> bool:
    """Whether p is x/top; what is in front of x may stand in front of the quotient."""
    for f in _factors(p):
        if f.op == "div" and f.args[1] is top:
            rest = Counter(_factors(p))
            rest.subtract([f])
            rest.update(_factors(f.args[0]))
            return +rest == Counter(_factors(x))
    if p.op == x.op == "div" and p.args[0] is x.args[0]:  # (y/d)/top
        return Counter(_factors(p.args[1])) == Counter([*_factors(x.args[1]), top])
    return False


def _is_log_twice(n: GraphNode, top: GraphNode) -> bool:
    """Whether n is 2 log(top)."""
    two = [f for f in _factors(n) if f.op == "num" and f.attr == 2]
    log = [f for f in _factors(n) if is_call(f, "log") and f.args == (top,)]
    return bool(two and log) and len(_factors(n)) == 2


def is_call(n: GraphNode, name: str) -> bool:
    """Whether n is this function, by the book's operation or by NumPy's word."""
    return n.op == "call" and getattr(n.attr, "name", n.attr) == name


def _factors(n: GraphNode) -> tuple[GraphNode, ...]:
    return n.args if n.op == "mul" else (n,)


def _squared(n: GraphNode) -> GraphNode | None:
    return n.args[0] if n.op == "pow" and n.args[1].op == "num" and n.args[1].attr == 2 else None


RULES = {
    "numpy": {"div": _over_square, "add": _log_beside_square, "mul": _root_beside},
    "torch": {"mul": _root_beside},  # which has a fast hypot
}
