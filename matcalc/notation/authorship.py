"""What the author wrote: the order of summands and factors as they were typed, to be kept where they survive.

Of a trace it is the product as it was typed, tr(X^T A X): the trace is kept turned, with the factors in an order of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import cast

from ..expressions.build import add, matmul, negative, num, ones, opposite, split, times, trace, transpose
from ..expressions.expr import Expr
from ..ops.core import ADD, ENTRY, HADAMARD, MATMUL, MEMBER, NAMED, POWER, SYMBOL, TRANSPOSE
from ..ops.trace import TRACE
from ..syntax import Node

Order = dict[Expr, Sequence[Expr]]


def typed_order(nodes: Iterable[tuple[Node, Expr]]) -> Order:
    """For every sum and product of the input, its parts in the order of the text."""
    value = {id(node): e for node, e in nodes}
    value |= {id(a): num(cast(Fraction, a.attr)) for node, _ in nodes for a in node.args if a.op == "num"}
    found: Order = {}
    for node, e in nodes:
        e = e.args[0] if e.op is NAMED else e
        if node.op == "add" and not _has_inlined(node, value):
            parts = [value[id(a)] for a in node.args if id(a) in value]
            taken = [a.op == "neg" and a.args[0].op == "add" for a in node.args]
            if len(parts) == 2 and sum(taken) == 1:  # y - (w^T x + b), -(w^T x + b) + y
                e, parts = opposite(e), [negative(p) for p in (reversed(parts) if taken[1] else parts)]
            note(found, e, parts, ADD)
            note_lifted(found, e)
        elif node.op == "ew":
            note(found, e, [value[id(a)] for a in node.args if id(a) in value], HADAMARD)
        elif node.op == "mul":
            parts = [value[id(a)] for a in node.args if id(a) in value]
            note_leading(found, parts)
            if e.op is MATMUL and e.is_scalar:
                note_product(found, e, parts)
        elif node.op == "call" and TRACE.bit & e.within and len(node.args) == 1 and id(node.args[0]) in value:
            note_trace(found, e, value[id(node.args[0])])
    return found


def _has_inlined(node: Node, value: Mapping[int, Expr]) -> bool:
    """Whether a sum has a difference with a number's name, which is written out: y - u, where u = max(0, w^T x + b)."""
    parts = [a.args[0] for a in node.args if a.op == "neg"]
    found = [value[id(a)] for a in parts if a.op == "name" and id(a) in value]
    return any(e.args and e.is_scalar and e.op not in (NAMED, MEMBER, ENTRY) for e in found)


def note(found: Order, e: Expr, parts: list[Expr], op: object) -> None:
    """The sum or entrywise product `e` has these parts, in this order, where they are its parts."""
    if e.op is TRANSPOSE and e.shape[0].number == 1:  # a row is kept as a transposed column
        e, parts = e.args[0], [transpose(p) for p in parts]
    if e.op is not op or e in found:
        return
    flat: list[Expr] = []
    for p in parts:
        if p.is_scalar and not e.is_scalar:
            p = times(p, ones(*e.shape))
        if p.op is op:
            turned = found.get(opposite(p)) if op is ADD and p not in found else None
            flat += found.get(p, p.args) if turned is None else map(negative, turned)
        elif op is ADD and ADD.bit & p.within and negative(p).op is ADD:
            flat += [negative(q) for q in found.get(negative(p), negative(p).args)]
        else:
            flat.append(p)
    if len(flat) == len(e.args) and set(flat) == set(e.args):
        found[e] = flat


def note_lifted(found: Order, e: Expr) -> None:
    """y_i - b x_i is y - b x where a sum over i becomes a product of vectors."""
    if e not in found or not e.is_scalar or not e.indices:
        return
    factors = [split(p) for p in found[e]]
    entries = [[s for s in scalars if s.op is ENTRY and s.indices] for _, scalars, _ in factors]
    first = next((own[0] for own in entries if own), None)
    if first is None or any(len(own) > 1 or any(s.args[1:] != first.args[1:] for s in own) for own in entries):
        return
    parts = [
        times(num(c), *(s for s in scalars if s not in own), own[0].args[0] if own else ones(*first.args[0].shape))
        for (c, scalars, _), own in zip(factors, entries)
    ]
    if first.args[0].shape[1].number == 1 and all(p.shape == first.args[0].shape and not p.indices for p in parts):
        note(found, add(*parts), parts, ADD)


def note_leading(found: Order, parts: Sequence[Expr]) -> None:
    """Where a sum of numbers stands right before a name: (1 - t) t^2. Where it stands behind it too, nothing is known."""
    bases = [p.args[0] if p.op is POWER else p for p in parts if p.is_scalar]
    for a, b in pairwise(bases):
        if a.op is ADD and b.op is SYMBOL:
            found.setdefault(times(a, b), [a, b])


def note_product(found: Order, e: Expr, parts: list[Expr]) -> None:
    """The product `e` has these factors, in this order or transposed in the other one."""
    flat = [f for p in parts for f in (p.args if p.op is MATMUL else (p,))]
    back = [transpose(f) for f in reversed(flat)]
    if tuple(flat) == e.args or tuple(back) == e.args:
        found[e] = flat
    run = 0  # x^T A^T B, where nobody wrote (A x)^T B
    while run < len(parts) and parts[run].op is TRANSPOSE:
        run += 1
    if run > 1 and parts[0].shape[0].number == 1:
        whole = matmul(*parts[:run])
        found[whole] = parts[:run]


def note_trace(found: Order, e: Expr, typed: Expr) -> None:
    """The trace in `e`, which may have numbers before it, is that of this product, its factors in this order."""
    inner = split(typed)[2]
    if inner is None or inner.op is not MATMUL or inner.shape[0] != inner.shape[1]:  # sum(<A, B> u v^T): the trace is <A, B>
        return
    for t in [s for s in split(e)[1] if s.op is TRACE]:
        if trace(inner) is t:
            found.setdefault(t, (inner,))


def rewritten(order: Order, rewrite: Callable[[Expr], Expr]) -> Order:
    """The same after every expression was rewritten."""
    made: Order = {}
    for e, parts in order.items():
        key, flat = rewrite(e), [rewrite(p) for p in parts]
        turned = key.op is TRACE and flat[0].op is MATMUL and trace(flat[0]) is key
        complete = set(flat) == set(key.args) and len(flat) == len(key.args)
        product = key.op is MATMUL and all(f.size < key.size for f in flat)  # a factor may have become the whole
        if turned or product or (key.op in (ADD, HADAMARD) and complete):
            made[key] = flat
    return made
