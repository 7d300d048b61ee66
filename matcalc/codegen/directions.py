"""Derivatives of the matrix exponential that are one: L(X, D, E) + L(X, F) is the derivative of L(X, E) along D and F at once.

So is the Hessian times a direction of whatever is linear in the gradient by expm(X): both parts are read off one exponential in the algebra
of X plus multiples of e_1 and e_2 with e_1^2 = e_2^2 = 0, where F stands at e_1 e_2 (Higham & Relton 2013).

And what exponentials at one X have in common, such as exp(X) itself and its derivative along E, is computed once: `exponentials_read`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..ops.matrix_functions import EXPONENTIAL_DERIVATIVE, MATRIX_EXPONENTIAL
from .graph import GraphNode, ProgramGraph, postorder
from .turning import CROSSED

TOGETHER = "expm_together"  # the function that programs carry: X, the two directions D and E, and F
LANGUAGES = frozenset(("numpy", "jax"))


class Grown(NamedTuple):
    """The exponential at a matrix with directions, one after another, each with what goes along all of them at once."""

    at: GraphNode
    steps: tuple[tuple[GraphNode, ...], ...] = ()


class Along(NamedTuple):
    """Numbers times a derivative of the exponential at `at`, transposed where it is `crossed`."""

    numbers: tuple[GraphNode, ...]
    crossed: bool
    at: GraphNode
    directions: tuple[GraphNode, ...]


def together(graph: ProgramGraph, roots: Sequence[GraphNode], language: str) -> dict[GraphNode, GraphNode]:
    """For every node of a program the one that takes its place; empty where nothing changes."""
    order = postorder(roots)
    if language not in LANGUAGES or sum(n.op == "call" and n.attr is EXPONENTIAL_DERIVATIVE for n in order) < 2:
        return {}
    readers = Counter(a for n in order for a in dict.fromkeys(n.args))
    new: dict[GraphNode, GraphNode] = {}
    for n in order:
        args = [new[a] for a in n.args]
        if n.op == "add" and n.rank == 2:
            args = _joined(graph, args, [_along(graph, new[a], readers[a]) for a in n.args])
        new[n] = args[0] if n.op == "add" and len(args) == 1 else graph.make(n.op, args, n.attr, n.dims)
    return new


def grown(n: GraphNode) -> Grown | None:
    """What a call reads off; None where it is none of the exponential."""
    if n.op != "call" or n.rank != 2 or n.args[0].rank != 2 or n.loops:
        return None
    at, *rest = n.args
    if n.attr is MATRIX_EXPONENTIAL or n.attr is EXPONENTIAL_DERIVATIVE:
        return Grown(at, tuple((d,) for d in rest))
    return Grown(at, ((rest[0],), tuple(rest[1:]))) if n.attr == TOGETHER else None


def exponentials_read(nodes: Iterable[GraphNode]) -> set[Grown]:
    """The exponentials of which several others are made, or one is and they are read themselves."""
    readers: dict[Grown, set[object]] = {}
    for n in nodes:
        whole = grown(n)
        if whole is not None:
            readers.setdefault(whole, set()).add("itself")
            for k, step in enumerate(whole.steps):
                readers.setdefault(Grown(whole.at, whole.steps[:k]), set()).add(step)
    return {made for made, found in readers.items() if len(found) > 1}


def _along(graph: ProgramGraph, x: GraphNode, readers: int) -> Along | None:
    """A term of a sum as such a derivative, where nothing else reads it."""
    numbers: list[GraphNode] = []
    crossed = False
    while True:
        if x.op == "view" and x.attr == CROSSED:
            x, crossed = x.args[0], not crossed
        elif x.op == "mul" and sum(a.rank > 0 for a in x.args) == 1:
            numbers += [a for a in x.args if not a.rank]
            x = next(a for a in x.args if a.rank)
        else:
            break
    if x.op != "call" or x.attr is not EXPONENTIAL_DERIVATIVE or x.rank != 2 or readers > 1 or x.loops:
        return None
    at, *directions = x.args
    if at.op == "view" and at.attr == CROSSED:  # L(X, E)^T = L(X^T, E^T)
        at, directions, crossed = at.args[0], [graph.view(d, CROSSED) for d in directions], not crossed
    return Along(tuple(sorted(numbers, key=lambda a: a.at)), crossed, at, tuple(directions))


def _joined(graph: ProgramGraph, args: Sequence[GraphNode], terms: Sequence[Along | None]) -> list[GraphNode]:
    """The terms of a sum, a derivative along one direction within one along two."""
    rest = list(args)
    for k, twice in enumerate(terms):
        if twice is None or len(twice.directions) != 2:
            continue
        for j, once in enumerate(terms):
            if once is None or len(once.directions) != 1 or once[:3] != twice[:3] or args[j] not in rest or args[k] not in rest:
                continue
            made = graph.make("call", (twice.at, *twice.directions, *once.directions), TOGETHER, args[k].dims)
            if twice.numbers:
                made = graph.make("mul", (*twice.numbers, made), None, made.dims)
            rest.remove(args[k])
            rest[rest.index(args[j])] = graph.view(made, CROSSED) if twice.crossed else made
    return rest
