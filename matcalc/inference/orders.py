"""Undeclared arrays: what einsum, mode products and sums with other arrays say of the number of indices that a name has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..syntax import Declaration, Node, walk

if TYPE_CHECKING:
    from .scopes import Typing
    from .terms import TypedTerm

MODELS = {"tucker": 3, "kruskal": 3, "weighted": 3}  # indices of the value
EINSUM = "einsum "  # what a call is called, with its letters behind
MODE = "×_"  # the sign of a mode product
LEAST = 3
_LEVEL = frozenset({"add", "ew"})


def undeclared_orders(
    roots: Sequence[Node], every: Iterable[Node], declared: Mapping[str, Declaration], bound: Collection[str]
) -> dict[str, int]:
    """The names that are arrays of three and more indices, with how many; `every` are the nodes below the roots."""
    found: dict[str, int] = {}
    if not any(n.op in ("call", "mul") and _speaks(n) for n in every):
        return found
    nodes = [n for root in roots for n in reversed(list(walk(root)))]
    before = None
    while before != found:
        before = dict(found)
        orders: dict[int, int] = {}
        for n in nodes:
            orders[id(n)] = _order(n, orders, found, declared, bound)
    return found


def _speaks(n: Node) -> bool:
    if n.op == "call":
        return n.attr in MODELS or str(n.attr).startswith(EINSUM)
    return isinstance(n.attr, tuple) and any(n.attr) and any([str(s).startswith(MODE) for s in n.attr])


def _order(n: Node, orders: dict[int, int], found: dict[str, int], declared: Mapping[str, Declaration], bound: Collection[str]) -> int:
    """How many indices the value of a node has, where they are three and more; 0 where that is not known."""

    def tell(argument: Node, order: int) -> None:
        inner = argument.args[0] if argument.op == "neg" else argument
        name = str(inner.attr)
        if inner.op == "name" and order >= LEAST and name not in declared and name not in bound:
            found[name] = max(order, found.get(name, 0))

    if n.op == "name":
        d = declared.get(str(n.attr))
        return found.get(str(n.attr), len(d.sizes) if d is not None and d.domain is None and len(d.sizes) >= LEAST else 0)
    if n.op == "call" and str(n.attr).startswith(EINSUM):
        given, _, value = str(n.attr).removeprefix(EINSUM).replace(" ", "").partition("->")
        for letters, argument in zip(given.split(","), n.args):
            tell(argument, len(letters))
        return len(value)
    if n.op == "call" and n.attr in MODELS:
        if n.attr == "tucker":
            tell(n.args[0], MODELS["tucker"])
        return MODELS[str(n.attr)]
    if n.op == "mul" and isinstance(n.attr, tuple) and any(str(s).startswith(MODE) for s in n.attr):
        modes = [int(str(s).removeprefix(MODE)) for s in n.attr if str(s).startswith(MODE)]
        tell(n.args[0], max(modes))
        return max(*modes, orders.get(id(n.args[0]), 0))
    if n.op in ("neg", "epow", "mul", "sum"):
        return max((orders.get(id(a), 0) for a in n.args), default=0)
    if n.op in _LEVEL and "kron" not in (n.attr if isinstance(n.attr, tuple) else ()):
        order = max(orders.get(id(a), 0) for a in n.args)
        for a in n.args:
            tell(a, order)
        return order
    return 0


def makes_arrays(el: Typing, node: Node, args: Sequence[TypedTerm]) -> bool:
    """Whether an array of three and more indices is met here, or a sign that makes one."""
    for t in args:
        if t.leading:
            return True
    signs = node.attr if isinstance(node.attr, tuple) else ()
    if node.op == "mul":
        return any(signs) and any(str(s).startswith(MODE) for s in signs)
    return node.op == "ew" and el.scene.has_arrays and is_outer(el, node, args)


def is_outer(el: Typing, node: Node, args: Sequence[TypedTerm]) -> bool:
    """a ∘ b ∘ c of three and more vectors, beside arrays."""
    spans = [n.span for n in node.args]
    if len(args) < 3 or None in spans:
        return False
    text = el.scene.program.text
    between = [text[a[1] : b[0]] for a, b in pairwise(s for s in spans if s is not None)]
    return all("∘" in gap or "\\circ" in gap for gap in between)
