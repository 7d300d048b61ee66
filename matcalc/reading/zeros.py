"""0_{m x n x p}: the zero of an array of three and more indices, as it is printed."""

from __future__ import annotations

from ..syntax import Node, spell_name, split_name
from .sizes import sizes_of


def zero_array(body: Node) -> tuple[Node, tuple[object, ...]] | None:
    """The entry of such a zero and its form `J[i,j,k]`, where `body` is one."""
    base, *below = split_name(str(body.attr))
    if base != "0" or not below:
        return None
    sizes = sizes_of(below[0])
    if len(sizes) < 3:
        return None
    used = {n for size in sizes for n in size.names()}
    letters = tuple([c for c in "ijklpqrsabcdefghtuvwyz" if c not in used][: len(sizes)])
    entries = [
        Node("index", (Node("name", (), spell_name("0", str(n)), body.span), Node("name", (), c)), None, body.span)
        for n, c in zip(sizes, letters)
    ]
    return Node("mul", tuple(entries), ("*",) * (len(entries) - 1), body.span), ("index", "J", letters)
