r"""`k \ne i` below a sum: two indices, or one that is kept apart from the i of what stands round the sum.

\sum_{i \ne j} w_{ij} x_i x_j            over i and j
z_i \sum_{k \ne i} e^{z_k}               over k: the text has an i that no sum binds
s_i = \sum_{j \ne i} w_{ij} x_j          over j
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..syntax import Node, split_name, walk
from .subscripts import readings, split_indexed

Pair = frozenset[str]


def letters_of(name: str) -> set[str]:
    """The letters below a name."""
    return {p.letter for r in readings(split_indexed(name)[1]) for p in r if len(p.letter) == 1 or p.letter == split_name(name)[1]}


def one_of_each(root: Node, pairs: Collection[Pair], outer: Iterable[str] = (), kept: Iterable[tuple[str, str, object]] = ()) -> Node:
    """The tree without the sums over what stands free beside them in the same term, or in `outer`. `pairs` are the letters that a
    condition gave to one sign. (A letter that is free in another term of the text is refused elsewhere: it may be another.) `kept`
    are letters that the condition of one sum leaves free: they say nothing of the other sums."""
    if not pairs:
        return root
    loose: dict[int, set[str]] = {}  # by the term
    terms: dict[int, int] = {}
    todo: list[tuple[Node, frozenset[str], int]] = [(root, frozenset(), id(root))]
    while todo:
        n, bound, term = todo.pop()
        terms[id(n)] = term
        if n.op == "name":
            loose.setdefault(term, set(outer)).update(letters_of(str(n.attr)) - bound)
        inner = bound | {str(n.attr), *(i for j, i, _ in kept if j == n.attr)} if n.op in ("sum", "product") else bound
        todo += [(a, bound if k else inner, id(a) if n.op == "add" else term) for k, a in enumerate(n.args)]
    done: dict[int, Node] = {}
    for n in reversed(list(walk(root))):
        args = tuple(done[id(a)] for a in n.args)
        new = n if all(a is b for a, b in zip(args, n.args)) else Node(n.op, args, n.attr, n.span)
        below = n.args[0] if n.args else n
        if n.op == below.op == "sum" and frozenset({str(n.attr), str(below.attr)}) in pairs:
            beside = loose.get(terms[id(n)], set(outer))
            free = [m for m in (n, below) if str(m.attr) in beside and len(m.args) == 1]
            if len(free) == 1:
                inside = args[0].args[0] if free[0] is below else args[0]
                new = Node("sum", (inside,), n.attr, n.span) if free[0] is below else inside
        done[id(n)] = new
    return done[id(root)]
