"""Tensors of the fourth order before what they are applied to: (A ⊗ B + C ⊙̄ D) : dX is A tr(B^T dX) + (C dX D^T + C dX^T D^T)/2.

(A ⊗ B)_{ijkl} = A_ij B_kl, (A ⊗̄ B)_{ijkl} = A_ik B_jl, (A ⊗̲ B)_{ijkl} = A_il B_jk, A ⊙̄ B = (A ⊗̄ B + A ⊗̲ B)/2, as in `notation.dyads`.
"""

from __future__ import annotations

from fractions import Fraction

from ..errors import ReadingError
from ..interning import inner_first
from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, walk

OWN = frozenset((OTIMES_BAR, OTIMES_LOW, ODOT_BAR))
_SIGNS = OWN | {"kron"}


def contracted(body: Node, hole: str) -> Node:
    """The expression with what tensors make of their arguments; ⊗ is one of their signs beside the others, and before `: dX` of a map.

    ReadingError where a sign of tensors alone stands before nothing."""
    done: dict[int, Node] = {}
    for node in inner_first([body], lambda n: n.args):
        args = tuple(done[id(a)] for a in node.args)
        new = node if all(a is b for a, b in zip(args, node.args, strict=True)) else Node(node.op, args, node.attr, node.span)
        if node.op == "inner":
            left, right = node.args
            to_hole = right.op == "name" and right.attr == hole
            if to_hole or any(_signs(n) & OWN for n in walk(left)):
                new = _applied(left, args[1]) or new
        done[id(node)] = new
    found = done[id(body)]
    for node in walk(found):
        if _signs(node) & OWN:
            (sign, *_) = _signs(node) & OWN
            message = f"A {sign} B is a tensor of the fourth order, which stands before what it is applied to"
            raise ReadingError(message, span=node.span, suggestion=f"write (A {sign} B) : dX")
    return found


def _signs(n: Node) -> frozenset[object]:
    return frozenset(n.attr) if n.op == "ew" and isinstance(n.attr, tuple) else frozenset()


def _applied(tensor: Node, change: Node) -> Node | None:
    """Sums and multiples of products of two matrices, each applied; None where it is something else."""
    done: dict[int, Node | None] = {}
    for node in inner_first([tensor], lambda n: n.args if n.op in ("add", "neg", "mul") else ()):
        parts = [done.get(id(a)) for a in node.args]
        found = [k for k, p in enumerate(parts) if p is not None]
        new: Node | None = None
        if node.op == "ew" and len(node.args) == 2 and _signs(node) <= _SIGNS:
            new = _product(str(node.attr[0]), *node.args, change)  # type: ignore[index]
        elif node.op in ("add", "neg") and len(found) == len(parts):
            new = Node(node.op, tuple(p for p in parts if p is not None), node.attr, node.span)
        elif node.op == "mul" and len(found) == 1:
            new = Node("mul", tuple(p or a for p, a in zip(parts, node.args)), node.attr, node.span)
        done[id(node)] = new
    return done[id(tensor)]


def _product(sign: str, left: Node, right: Node, change: Node) -> Node:
    turned, crossed = Node("T", (right,)), Node("T", (change,))
    if sign == "kron":
        return Node("mul", (Node("inner", (right, change)), left), ("",))
    straight, other = (Node("mul", (left, middle, turned), ("", "")) for middle in (change, crossed))
    if sign == OTIMES_BAR:
        return straight
    if sign == OTIMES_LOW:
        return other
    return Node("mul", (Node("num", (), Fraction(1, 2)), Node("add", (straight, other))), ("",))
