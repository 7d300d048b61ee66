"""What would be refused as doubtful when it is read again is spelled so that it is not: exp.(X) where the function of a square matrix could
be meant (see `inference.matrix_functions`), and x - x[1] where x_1 could be another vector (see `inference.products`).
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_

from ..expressions.expr import Expr
from ..inference.matrix_functions import MATRIX_FUNCTIONS, PASSING
from ..kinds import ONE
from ..ops.book import REGISTRY
from ..syntax import Node, walk

BROADCASTING = frozenset(("add", "cmp", "call", "epow"))  # where a number beside a vector is taken for every entry


def dotted(name: str, argument: Expr) -> str:
    """What a function of entries is called before it is known where it will stand."""
    rows, cols = argument.shape
    return f"{name}." if name in MATRIX_FUNCTIONS and rows is cols and rows is not ONE else name


def undotted(root: Node) -> Node:
    """The tree without the dots that nobody needs: those of functions in sums, elementwise products and by themselves."""
    if not any(n.op == "call" and str(n.attr).endswith(".") for n in walk(root)):
        return root
    done: dict[tuple[int, bool], Node] = {}
    todo = [(root, False)]
    while todo:
        node, doubtful = todo[-1]
        key = (id(node), doubtful)
        places = [(a, _is_doubtful(node, a, doubtful)) for a in node.args]
        waiting = [p for p in places if (id(p[0]), p[1]) not in done]
        if key in done or not waiting:
            todo.pop()
            args = tuple(done[id(a), d] for a, d in places)
            attr = node.attr
            if node.op == "call" and not doubtful and str(attr).endswith(".") and str(attr)[:-1] in MATRIX_FUNCTIONS:
                attr = str(attr)[:-1]
            kept = attr is node.attr and all(a is b for a, b in zip(args, node.args))
            done[key] = node if kept else Node(node.op, args, attr, node.span)
        else:
            todo += waiting
    return done[id(root), False]


def apart(root: Node, entries: Mapping[str, Node]) -> Node:
    """The tree with x[1] for the entry x_1 where it is added to x, compared with it or given to a function beside it. `entries` has the
    entries that are spelled as names."""
    done: dict[int, Node] = {}
    todo = [root]
    while todo:
        node = todo[-1]
        waiting = [a for a in node.args if id(a) not in done]
        if id(node) in done or not waiting:
            todo.pop()
            if id(node) not in done:
                args = tuple(done[id(a)] for a in node.args)
                if node.op in BROADCASTING:
                    whole = {str(n.attr) for a in args for n in (a, *a.args[:1]) if n.op == "name"}
                    args = tuple(_by_place(a, entries, whole) for a in args)
                done[id(node)] = node if all(map(is_, args, node.args)) else Node(node.op, args, node.attr, node.span)
        else:
            todo += waiting
    return done[id(root)]


def _by_place(node: Node, entries: Mapping[str, Node], whole: set[str]) -> Node:
    inner = node.args[0] if node.op == "neg" else node
    place = entries.get(str(inner.attr)) if inner.op == "name" else None
    if place is None or str(place.args[0].attr) not in whole:
        return node
    return Node("neg", (place,), node.attr, node.span) if node.op == "neg" else place


def _is_doubtful(parent: Node, child: Node, doubtful: bool) -> bool:
    """Whether a function of a matrix would be doubtful as this argument."""
    if parent.op == "mul":
        return doubtful or any(a is not child and a.op != "num" for a in parent.args)
    if parent.op == "call":
        op = REGISTRY.get(str(parent.attr))
        return op is not None and op.spectral
    return parent.op == "norm" or (parent.op in PASSING and doubtful)
