"""Products, solutions and sums of an array, by what the program computes anyway."""

from __future__ import annotations

from collections.abc import Sequence

from .factor import CHOLESKY
from .graph import GraphNode
from .loose import DEEP, Loose
from .pairs import known_pair, pair
from .signs import negative_of, term, unsigned
from .transposes import transposed


def multiplied(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
    """A product; of A[i, j] B[j, i] the one that is a product itself is computed the other way round."""
    assert isinstance(n.attr, tuple)
    la, lb, out = n.attr
    if len(out) < 2 and len(la) == len(lb) == 2:
        for k, inner in enumerate(args):
            found = _known_beside(e, inner, args[1 - k], n) if inner.op == "pair" and inner in e.loose else None
            if found is not None:
                return found
    if len(la) == 2 and la == lb[::-1] and len(out) < 2:
        for k, a in enumerate(args):
            found = transposed(e, a) if a in e.loose and args[0] is not args[1] else None
            if found is not None:
                labels = (la[::-1], lb) if k == 0 else (la, lb[::-1])
                return e.node("pair", (*args[:k], e.made(found), *args[k + 1 :]), (*labels, out), n)
    if not out and la == lb:
        for x, total in (args, args[::-1]):
            found = _by_terms(e, x, total, n) if total.op == "add" and total in e.loose else None
            if found is not None:
                return found
    if not out and n.rank == 0 and len(la) == 1:
        for inner, x in (args, args[::-1]):
            found = _regrouped(e, inner, x) if inner.op == "pair" and inner in e.loose else None
            if found is not None:
                return found
    return e.node("pair", args, n.attr, n)


def _by_terms(e: Loose, x: GraphNode, total: GraphNode, n: GraphNode) -> GraphNode | None:
    """<x, a Y + b Z> as a <x, Y> + b <x, Z>, where the program has all but one of these anyway: then no sum is made. A difference
    without factors stays, for it may be exact."""
    assert isinstance(n.attr, tuple)
    labels = tuple(n.attr[0])
    terms = [term(e, a) for a in total.args]
    arrays = [[f for f in fs if f.rank] for _, fs in terms]
    if any(len(own) != 1 or own[0].dims != x.dims or own[0] in e.loose for own in arrays):
        return None
    known = [known_pair(e.graph, x, own[0], labels, labels, ()) for own in arrays]
    there = sum(k is not None and (k in e.typed or k in e.there) for k in known)
    plain = sum(all(f.op == "num" or f.rank for f in fs) for _, fs in terms)
    if not there or there < len(terms) - 1 or plain > 1:
        return None
    parts = []
    for (sign, fs), (own,) in zip(terms, arrays):
        product = e.made(pair(e.graph, x, own, labels, labels, ()))
        numbers = [*([e.graph.number(-1)] if sign < 0 else []), *[f for f in fs if not f.rank]]
        parts.append(e.made(e.graph.make("mul", (*numbers, product), None, ())) if numbers else product)
    return e.graph.make("add", parts, None, ())


def solved(e: Loose, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
    """X^-1 B as a product, where the program has X^-1 of a positive definite X anyway: the same arithmetic, by faster routines."""
    assert isinstance(n.attr, tuple)
    kind, transposed = n.attr
    x, b = args
    inverse = e.graph.known("inv", n.args[:1], (kind,), n.args[0].dims)
    if kind != CHOLESKY or inverse is None or inverse not in e.typed or x.rank != 2 or b.rank not in (1, 2):
        return e.node("solve", args, n.attr, n)
    inverse = e.graph.make("inv", (x,), (kind,), x.dims)
    return pair(e.graph, inverse, b, ("j", "i") if transposed else ("i", "j"), ("j", "k")[: b.rank], ("i", "k")[: b.rank])


def _regrouped(e: Loose, inner: GraphNode, x: GraphNode) -> GraphNode | None:
    """(u M) x as u (M x), where the program has M x anyway."""
    assert isinstance(inner.attr, tuple)
    labels, kept = inner.attr[:2], inner.attr[2]
    for k in (0, 1):
        u, M = inner.args[k], inner.args[1 - k]
        summed = [c for c in labels[1 - k] if c not in kept]
        if u.rank == 1 and M.rank == 2 and len(summed) == 1:
            there = known_pair(e.graph, M, x, tuple(labels[1 - k]), tuple(kept), tuple(summed))
            if there is not None and (there in e.typed or there in e.there):
                return pair(e.graph, u, there, tuple(summed), tuple(summed), ())
    return None


def _known_beside(e: Loose, inner: GraphNode, x: GraphNode, n: GraphNode) -> GraphNode | None:
    """sum_k (sum_z u[i, z] M[z, k]) x[i, k] as sum_z u[i, z] P[z, i], where the program has P = M x^T anyway."""
    assert isinstance(n.attr, tuple) and isinstance(inner.attr, tuple)
    k = 0 if e.is_argument(n, 0, inner) else 1
    own, other, out = n.attr[k], n.attr[1 - k], n.attr[2]
    names = dict(zip(inner.attr[2], own))
    sides = [tuple(names.get(c, f"inner {c}") for c in labels) for labels in inner.attr[:2]]
    for at in (0, 1):
        u, M = inner.args[at], inner.args[1 - at]
        kept = tuple(c for c in dict.fromkeys(sides[1 - at] + tuple(other)) if c in sides[at] or c in out)
        if u.rank != 2 or M.rank != 2 or set(kept) != set(sides[at]):
            continue
        there = known_pair(e.graph, M, x, sides[1 - at], tuple(other), kept)
        body = there.args[0] if there is not None and there.op == "view" else there
        if there is not None and (body in e.typed or body in e.there):
            return pair(e.graph, u, there, sides[at], kept, tuple(out))
    return None


def summed(e: Loose, x: GraphNode, n: GraphNode, deep: int = DEEP) -> GraphNode:
    """The sum of a sum of arrays of one shape is that of their sums, and of a transpose that along the other axis."""
    assert isinstance(n.attr, tuple)
    a, out = n.attr
    if deep and x.op == "view" and x.attr == (1, 0) and len(set(a)) == 2 and len(out) < 2:
        return summed(e, x.args[0], e.graph.make("one", (x.args[0],), (a[::-1], out), n.dims), deep - 1)
    if deep and x.op == "add" and x in e.loose and len(set(a)) == len(a) and all(b.dims == x.dims and b.op != "expand" for b in x.args):
        parts = [unsigned(e, b) for b in x.args]
        sums = [e.made(summed(e, b, e.graph.make("one", (b,), (a, out), n.dims), deep - 1)) for _, b in parts]
        return e.node("add", [b if s > 0 else e.made(negative_of(e, b)) for (s, _), b in zip(parts, sums)], None, n)
    return e.node("one", (x,), (a, out), n)
