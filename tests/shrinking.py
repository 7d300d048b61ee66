"""Failures made small: the smallest expression found that fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from generate import SIZES, Expression, Symbol, num, size_of
from judging import Verdict, judge
from oracle import Oracle

from matcalc.syntax import Node, walk


def shrink(e: Expression, verdict: Verdict, seed: int = 0, tries: int = 400) -> Expression:
    """The smallest expression found that fails in the same way."""
    key = _key(verdict)
    seen = {e.text}

    def fails(candidate: Expression) -> bool:
        nonlocal tries
        if candidate.text in seen or tries <= 0:
            return False
        seen.add(candidate.text)
        tries -= 1
        return _key(judge(candidate, seed)) == key

    if e.bound is not None:
        title, value = e.bound
        whole = _edit(e.tree, lambda n: value if n.op == "name" and n.attr == title else None)
        inlined = Expression(whole, e.symbols, e.wrt, e.kind, order=e.order)
        if not fails(inlined):
            return e
        e = inlined
    while True:
        smaller = next((c for c in _smaller(e, seed) if fails(c)), None)
        if smaller is None:
            return e
        e = smaller


def _key(v: Verdict) -> tuple[str, str]:
    """Failures of printing have the text in their cause, which shrinking changes."""
    return (v.outcome, v.cause.split(":")[0]) if v.outcome in ("text", "latex", "shape", "not read back") else (v.outcome, v.cause)


def _edit(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with some nodes replaced."""
    new = change(node)
    return Node(node.op, tuple(_edit(a, change) for a in node.args), node.attr) if new is None else new


def _smaller(e: Expression, seed: int) -> Iterator[Expression]:
    """Expressions with a subtree replaced by a smaller one of the same shape, the greatest savings first; then simpler symbols."""
    env, families = e.draw(np.random.default_rng([seed, 0]))
    oracle = Oracle(env, SIZES, families)
    oracle.indices = {"i": 1, "j": 1}
    shapes: dict[int, tuple[int, ...]] = {}
    lengths: dict[int, int] = {}
    nodes = list(walk(e.tree))
    for n in nodes:
        lengths[id(n)] = sum(1 for _ in walk(n))
        try:
            with np.errstate(all="ignore"):
                shapes[id(n)] = oracle(n).shape
        except Exception:
            continue
    options: list[tuple[int, Node, Node]] = []
    for n in nodes:
        shape = shapes.get(id(n))
        inner = [x for x in walk(n) if x is not n and shapes.get(id(x)) == shape and shape is not None]
        for title, s in e.symbols.items():
            own = size_of(s.kind[0]), size_of(s.kind[1])
            if not s.members and own == shape:
                inner.append(Node("name", (), title))
            elif not s.members and own[::-1] == shape and shape is not None:
                inner.append(Node("T", (Node("name", (), title),)))
        if shape == (1, 1) and n.op != "num":
            inner.append(num(2))
        if n.op == "add" and len(n.args) > 2:
            inner += [Node("add", n.args[:k] + n.args[k + 1 :]) for k in range(len(n.args))]
        options += [(lengths[id(n)] - sum(1 for _ in walk(x)), n, x) for x in inner]
    for saved, old, new in sorted(options, key=lambda t: -t[0]):
        if saved > 0 or (saved == 0 and old.op == "name" and new.op == "name" and new.attr == e.wrt != old.attr):
            yield e.replaced(_edit(e.tree, lambda n, old=old, new=new: new if n is old else None))  # type: ignore[misc]
    for title, s in e.symbols.items():
        if s.prop and s.prop != "integer":
            yield Expression(e.tree, {**e.symbols, title: Symbol(s.kind, "", s.members)}, e.wrt, e.kind, order=e.order)
    if e.order > 1:
        yield Expression(e.tree, e.symbols, e.wrt, e.kind, bound=e.bound)
