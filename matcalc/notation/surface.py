"""Small surface trees: names, numbers, sizes, products and quotients as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..kinds import ONE, Dim, in_order
from ..syntax import Node, walk


def name(text: str) -> Node:
    return Node("name", (), text)


def flipped(node: Node) -> Node:
    """The transpose; of a conjugate, the conjugate transpose."""
    return Node("H", node.args) if node.op == "call" and node.attr == "conj" else Node("T", (node,))


def number(value: int | Fraction) -> Node:
    """A number as a tree: a negative one is a `neg`, a fraction a quotient."""
    value = Fraction(value)
    size = Node("num", (), Fraction(abs(value.numerator)))
    node = size if value.denominator == 1 else Node("mul", (size, Node("num", (), Fraction(value.denominator))), ("/",))
    return Node("neg", (node,)) if value < 0 else node


def dimension(dim: Dim) -> Node:
    """A size as a tree: a polynomial in dimension names."""
    if any(c.denominator > 1 for _, c in dim.terms):
        common, rest, below = dim.as_quotient()
        return quotient([*(name(n) for n, k in common for _ in range(k)), *([dimension(rest)] if rest != ONE else [])], [number(below)])
    terms: list[Node] = []
    for monomial, c in in_order(dim.terms):
        parts = [] if abs(c) == 1 and monomial else [number(abs(Fraction(c)))]
        parts += [name(n) for n, k in monomial for _ in range(k)]
        body = product(parts)
        terms.append(Node("neg", (body,)) if c < 0 else body)
    return terms[0] if len(terms) == 1 else Node("add", tuple(terms)) if terms else number(0)


def product(parts: Sequence[Node]) -> Node:
    """Factors side by side."""
    if len(parts) == 1:
        return parts[0]
    return Node("mul", tuple(parts), ("",) * (len(parts) - 1))


def quotient(above: Sequence[Node], below: Sequence[Node]) -> Node:
    top = product(above) if above else number(1)
    if not below:
        return top
    bottom = product(below)
    if is_plain_product(top):  # 2 x/(y) reads from the left
        return Node("mul", (*top.args, bottom), (*top.attr, "/"))  # type: ignore[misc]
    return Node("mul", (top, bottom), ("/",))


def is_plain_product(node: Node) -> bool:
    """Factors side by side, without a fraction bar."""
    return node.op == "mul" and isinstance(node.attr, tuple) and set(node.attr) <= {""}


def fraction_behind(node: Node) -> Node:
    """V u/tau for 1/tau V u, as the argument of a function."""
    front, *rest = node.args or (node,)
    if not is_plain_product(node) or front.op != "mul" or front.attr != ("/",) or front.args[1].op != "name":
        return node
    one, below = front.args
    return Node("mul", (*rest, below), (*("",) * (len(rest) - 1), "/")) if one.op == "num" and one.attr == 1 else node


def negated(node: Node) -> Node:
    return node.args[0] if node.op == "neg" else Node("neg", (node,))


def has_bars(node: Node, least: int = 1) -> bool:
    """Whether a tree has that many conjugates that are not transposed."""
    return sum(n.op == "call" and n.attr == "conj" for n in walk(node)) >= least
