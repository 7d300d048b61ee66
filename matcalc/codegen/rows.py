"""Functions that can be computed a few rows of their data at a time: A^T f(A x) is the sum of what the rows of A add to it.

Of a large A each product reads all of the memory; a block of rows stays in the processor's cache from the first product to the last, and
so do the temporaries. What is found here is along which size a function is so, by the algebra of its graph: a value that is added up over
the rows, or has them itself. Arrays without rows must be small, for every block reads them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import NamedTuple

from ..kinds import Dim
from ..ops.operation import Operation
from .frame import Argument
from .graph import Dims, GraphNode, postorder
from .rescue import HELPERS

CROSSING = 6  # how many arrays may be taken whole that have the rows too
WHOLE, ADDED = "whole", "added"  # what does not depend on the rows; what is added up over them. A number is the axis of the rows
State = object


class Rows(NamedTuple):
    """A size along which a function can be taken apart: what it reads that has it as its first axis; what it computes that has not, and so
    once for all blocks; the arrays without rows whose transposes are multiplied with rows; the results that are added up, and those that
    have rows; how many arrays of two axes and more have them, the other sizes of these, and the sizes of those without; and what is
    taken whole although it has that size too, as the keys of attention are."""

    size: Dim
    given: list[GraphNode]
    once: list[GraphNode]
    turned: list[GraphNode]
    added: list[bool]
    number: int
    widths: list[Dims]
    beside: list[Dims]
    whole: frozenset[GraphNode]


def by_rows(arguments: Sequence[Argument], roots: Sequence[GraphNode], known: Container[GraphNode] = ()) -> Rows | None:
    """The size along which it pays, if there is one. `known` is what is computed before, and read like an argument."""
    for size in dict.fromkeys(a.dims[0] for a in arguments if len(a.dims) > 1):
        name = size.name
        if name is None or name.isdigit() or any(_has(name, d) for a in arguments for d in (*a.dims[1:], *([a.top] if a.top else []))):
            continue
        if any(a.size == name or (a.dims and _has(name, a.dims[0]) and a.dims[0] is not size) for a in arguments):
            continue
        mine = [a.name for a in arguments if a.dims and a.dims[0] is size]
        found = _along(size, name, mine, roots, {a.name: a.dims for a in arguments}, known)
        if found is not None:
            return found
    return None


def _along(
    size: Dim, name: str, mine: Collection[str], roots: Sequence[GraphNode], arrays: Mapping[str, Dims], known: Container[GraphNode]
) -> Rows | None:
    def dims(n: GraphNode) -> Dims:
        return arrays[str(n.attr)] if n.op == "in" else n.dims

    order = postorder(roots, known)
    leaves = {n for n in order if n.op == "in" or n in known}
    whole: set[GraphNode] = set()
    while True:
        states: dict[GraphNode, State] = {}
        for n in order:
            if n in whole:
                states[n] = WHOLE
            elif n in leaves and n.op != "in":
                states[n] = _read(n, size, name)
            else:
                states[n] = _state(n, [states.get(a) for a in n.args], name, mine, bool(whole))
            if states[n] is None:
                break
        else:
            break
        # Where rows meet rows, as queries meet keys, one of them is taken whole.
        crossing = n if n in known else _crossing(n, states)
        if crossing is None or len(whole) == CROSSING:
            return None
        whole.add(crossing)
    ends = [states[r] for r in roots]
    if any(s != ADDED and s != 0 for s in ends):
        return None
    wide = {n for n in order if isinstance(states[n], int) and n.rank > 1 and n.op != "view"}
    # An array is worth it that is read twice, or is made on the way to something smaller.
    reads = sum(a in wide or (a.op == "view" and a.args[0] in wide) for n in order if n.op != "view" and n not in leaves for a in n.args)
    widths = [d for n in order if n in wide for d in [tuple(k for j, k in enumerate(dims(n)) if j != states[n] and k.number != 1)]]
    widths = [d for k, d in enumerate(widths) if d not in widths[:k] and not any(Counter(d) < Counter(other) for other in widths)]
    if reads < 2 or not widths or any(s == 0 and all(set(r.dims).issuperset(w) for w in widths) for s, r in zip(ends, roots)):
        return None
    beside = [dims(n) for n in order if n.rank > 1 and n.op != "view" and states[n] in (WHOLE, ADDED)]
    given = [n for n in order if n in leaves and states[n] == 0]
    turned = [n for n in order if n in leaves and n.rank == 2 and states[n] == WHOLE and any(_is_turned(n, r, states) for r in order)]
    once = [n for n in _once(order, roots, states) if n not in leaves]
    return Rows(size, given, once, turned, [s == ADDED for s in ends], len(wide), widths, list(dict.fromkeys(beside)), frozenset(whole))


def _crossing(n: GraphNode, states: Mapping[GraphNode, State]) -> GraphNode | None:
    """Of a product of two arrays by their rows, where these are not the same, the array that is taken whole."""
    axes = [k for a in n.args if isinstance(k := states.get(a), int)]
    if n.op != "pair" or n.loops or len(axes) < 2 or n.args[0] is n.args[1]:
        return None
    assert isinstance(n.attr, tuple)
    rows = [own[k] for own, k in zip(n.attr, axes)]
    if rows[0] == rows[1]:
        return None
    at = 1 if rows[0] in n.attr[2][:1] else 0
    a = n.args[at]
    if a.dims.count(a.dims[axes[at]]) > 1:
        return None
    return a.args[0] if a.op == "view" else a


def _once(order: Sequence[GraphNode], roots: Sequence[GraphNode], states: Mapping[GraphNode, State]) -> list[GraphNode]:
    """The largest nodes without rows that are computed of arrays; views cost nothing, and numbers made of numbers little."""
    needed = set(roots)
    found = []
    for n in reversed(order):
        if n not in needed:
            continue
        if states[n] == WHOLE and n.op not in ("view", "full", "expand") and n.args and (n.rank or any(a.rank for a in n.args)):
            found.append(n)
        else:
            needed.update(n.args)
    return found[::-1]


def _is_turned(n: GraphNode, product: GraphNode, states: Mapping[GraphNode, State]) -> bool:
    """Whether a product of rows sums over the last axis of an array, which lies better the other way round then."""
    if product.op != "pair" or n not in product.args or not any(isinstance(states[a], int) for a in product.args):
        return False
    assert isinstance(product.attr, tuple)
    own = product.attr[product.args.index(n)]
    return own[0] in product.attr[2] and own[1] not in product.attr[2]


def _read(n: GraphNode, size: Dim, name: str) -> State | None:
    """How what is computed before depends on the rows: only by its first axis."""
    axes = [k for k, d in enumerate(n.dims) if _has(name, d)]
    return WHOLE if not axes else 0 if axes == [0] and n.dims[0] is size else None


def _has(name: str, d: Dim) -> bool:
    return name in d.names()


def _state(n: GraphNode, args: Sequence[State], name: str, mine: Collection[str], crossed: bool) -> State | None:
    """How a node depends on the rows; None where it is neither whole, nor has rows, nor is added up over them. Where something is taken
    whole that has the size of the rows, `crossed`, axes of that size need not be rows."""
    axes = [k for k, d in enumerate(n.dims) if _has(name, d)]
    if n.op == "in":
        return 0 if n.attr in mine else WHOLE
    if (
        (len(axes) > 1 and not crossed)
        or n.loops
        or any(n.dims[k].name != name for k in axes)
        or (isinstance(n.attr, Dim) and _has(name, n.attr))
    ):
        return None
    if all(s == WHOLE for s in args):
        if not axes:
            return WHOLE
        if crossed:
            return WHOLE if n.op not in ("full", "expand") else None
        return axes[0] if n.op in ("full", "expand") else None
    rule = _RULES.get(n.op)
    found = rule(n, args) if rule is not None else None
    if isinstance(found, int):
        return found if axes == [found] or (crossed and found in axes) else None
    return found if not axes or crossed else None


def _at(n: GraphNode, axis: int) -> int:
    """An axis counted from the last, as broadcasting does."""
    return n.rank - axis


def _aligned(n: GraphNode, args: Sequence[State]) -> State | None:
    """Entry by entry: all that has rows has them along one axis."""
    places = {_at(a, s) for a, s in zip(n.args, args) if isinstance(s, int)}
    sizes = {n.dims[-k] for k in places}
    if any(s == WHOLE and a.rank >= k and a.dims[-k] in sizes for a, s in zip(n.args, args) for k in places):
        return None  # what is whole stands along the rows
    return n.rank - places.pop() if len(places) == 1 and ADDED not in args else None


def _add(n: GraphNode, args: Sequence[State]) -> State | None:
    return ADDED if all(s == ADDED for s in args) else _aligned(n, args)


def _mul(n: GraphNode, args: Sequence[State]) -> State | None:
    if list(args).count(ADDED) == 1 and list(args).count(WHOLE) == len(args) - 1:
        return ADDED
    return _aligned(n, args)


def _div(n: GraphNode, args: Sequence[State]) -> State | None:
    return ADDED if args[0] == ADDED and args[1] == WHOLE else _aligned(n, args)


def _call(n: GraphNode, args: Sequence[State]) -> State | None:
    if isinstance(n.attr, Operation):
        if n.attr.elementwise or n.attr.stacks == "entries":
            return _aligned(n, args)
        if n.attr.stacks == "last" and len(args) == 1 and isinstance(args[0], int) and args[0] < n.args[0].rank - 1:
            return args[0]
        return None
    return _aligned(n, args) if n.attr in HELPERS or len(args) == 1 or n.attr in ("<", ">", "<=", ">=", "=", "!=", "cases") else None


def _view(n: GraphNode, args: Sequence[State]) -> State | None:
    assert isinstance(n.attr, tuple)
    return args[0] if args[0] == ADDED else n.attr.index(args[0]) if args[0] in n.attr else None


def _pair(n: GraphNode, args: Sequence[State]) -> State | None:
    assert isinstance(n.attr, tuple)
    *labels, out = n.attr
    if ADDED in args:
        return ADDED if WHOLE in args else None
    rows = {own[s] for own, s in zip(labels, args) if isinstance(s, int)}
    if len(rows) != 1:
        return None
    row = rows.pop()
    for own, s in zip(labels, args):
        if own.count(row) != (1 if isinstance(s, int) else 0):
            return None
    return list(out).index(row) if row in out else ADDED


def _one(n: GraphNode, args: Sequence[State]) -> State | None:
    assert isinstance(n.attr, tuple)
    own, out = n.attr
    if args[0] == ADDED:
        return ADDED
    assert isinstance(args[0], int)
    row = own[args[0]]
    if list(own).count(row) > 1:
        return None
    return list(out).index(row) if row in out else ADDED


def _distances(n: GraphNode, args: Sequence[State]) -> State | None:
    rows = [k for k, s in enumerate(args) if s == 0]
    return rows[0] if len(rows) == 1 and WHOLE in args else None


def _member(n: GraphNode, args: Sequence[State]) -> State | None:
    return args[0] - 1 if isinstance(args[0], int) and args[0] and args[1] == WHOLE else None


def _cumulative(n: GraphNode, args: Sequence[State]) -> State | None:
    assert isinstance(n.attr, tuple)
    return args[0] if args[0] != n.attr[0] else None


_RULES = {
    "add": _add,
    "mul": _mul,
    "neg": _add,
    "div": _div,
    "pow": _aligned,
    "call": _call,
    "view": _view,
    "pair": _pair,
    "one": _one,
    "cumulative": _cumulative,
    "distances": _distances,
    "member": _member,
}
