"""Vectors by the signs of products beside them: a dot, a cross, a dot over norms."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..syntax import Node, split_name
from .declarations import GREEK


def dotted(nodes: Sequence[Node]) -> set[str]:
    """The names beside the dot of an inner product."""
    return {name for pair in _beside(nodes, ".") for name in pair if name}


def squared(nodes: Sequence[Node], known: Collection[str]) -> set[str]:
    r"""a and b of a \cdot b/\sqrt{a^2 b^2}: undeclared small letters that stand in dots of two names, squared and under norms, and nowhere
    else. Read as vectors they mean what they would as numbers too, which are vectors of one entry."""
    pairs = [pair for pair in _beside(nodes, ".") if all(pair)]
    powers = [n for n in nodes if n.op == "pow" and n.args[0].op == "name" and n.args[1].op == "num" and n.args[1].attr == 2]
    dots, bases = [name for pair in pairs for name in pair], [str(n.args[0].attr) for n in powers] if pairs else []
    under = [str(n.args[0].attr) for n in nodes if n.op == "norm" and n.args[0].op == "name"] if bases else []
    names = [str(n.attr) for n in nodes if n.op == "name"] if bases else []
    free = {n for n in dots if n.islower() and split_name(n)[0] not in GREEK and n not in known}
    alone = {n for n in free if names.count(n) == dots.count(n) + bases.count(n) + under.count(n)}
    return {n for pair in pairs if alone.issuperset(pair) for n in pair} if alone.intersection(bases) else set()


def _beside(nodes: Sequence[Node], wanted: str) -> list[tuple[str, str]]:
    """The names on both sides of each such sign in a product, "" for what is no name."""
    products = [(n.args, n.attr) for n in nodes if n.op == "mul" and isinstance(n.attr, tuple) and wanted in n.attr]
    pairs = [(a, b) for args, signs in products for a, b, sign in zip(args, args[1:], signs) if sign == wanted]
    return [(str(a.attr) if a.op == "name" else "", str(b.attr) if b.op == "name" else "") for a, b in pairs]


def crossed(nodes: Sequence[Node], bold: Collection[str], known: Collection[str]) -> frozenset[str]:
    r"""The undeclared names that × makes vectors of three entries: \mathbf{v} \times \mathbf{B}, omega × r, where one of the two is a
    small Latin letter."""
    pairs = _beside(nodes, "×")
    if bold:
        return frozenset(a for pair in pairs if all(a in bold for a in pair) and any(b.islower() for b in pair) for a in pair)
    letters = [tuple(split_name(name)[0] for name in pair) for pair in pairs]
    small = [all(x[:1].islower() for x in both) and any(x and x not in GREEK for x in both) for both in letters]
    free = [all(name and name not in known for name in pair) for pair in pairs]
    return frozenset(a for pair, one, other in zip(pairs, small, free) if one and other for a in pair)


def measured(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    r"""A and B of the cosine A \cdot B/(\|A\| \|B\|): undeclared capital letters that stand beside a dot or alone under a norm, each in
    both places and nowhere else, are vectors."""
    pairs = [pair for pair in _beside(nodes, ".") if all(pair)]
    dots = [name for pair in pairs for name in pair]
    under = [str(n.args[0].attr) for n in nodes if n.op in ("norm", "bars") and n.args[0].op == "name"] if pairs else []
    both = {name for name in under if name in dots and name not in known}
    names = [str(n.attr) for n in nodes if n.op == "name"] if both else []
    capital = {n for n in both if n[:1].isupper() and names.count(n) == dots.count(n) + under.count(n)}
    return frozenset(name for pair in pairs if capital.issuperset(pair) for name in pair)
