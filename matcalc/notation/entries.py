"""exp.(X): where a function of a square matrix would be refused as doubtful when read again, a dot says that entries are meant.

(See `inference.matrix_functions`, which says where that is.)
"""

from __future__ import annotations

from ..expressions.expr import Expr
from ..inference.matrix_functions import MATRIX_FUNCTIONS, PASSING
from ..kinds import ONE
from ..ops.book import REGISTRY
from ..syntax import Node


def dotted(name: str, argument: Expr) -> str:
    """What a function of entries is called before it is known where it will stand."""
    rows, cols = argument.shape
    return f"{name}." if name in MATRIX_FUNCTIONS and rows is cols and rows is not ONE else name


def undotted(root: Node) -> Node:
    """The tree without the dots that nobody needs: those of functions in sums, elementwise products and by themselves."""
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


def _is_doubtful(parent: Node, child: Node, doubtful: bool) -> bool:
    """Whether a function of a matrix would be doubtful as this argument."""
    if parent.op == "mul":
        return doubtful or any(a is not child and a.op != "num" for a in parent.args)
    if parent.op == "call":
        op = REGISTRY.get(str(parent.attr))
        return op is not None and op.spectral
    return parent.op == "norm" or (parent.op in PASSING and doubtful)
