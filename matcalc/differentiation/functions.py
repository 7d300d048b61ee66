"""The chain rule for functions known by their sets alone: what f(x) and its derivatives hand to their argument."""

from __future__ import annotations

from collections.abc import Iterable

from ..expressions.build import function, times
from ..expressions.expr import Expr
from ..expressions.functions import entrywise_function, parts, prime, words
from .network import Slot, Term, slot_for

Share = tuple[Expr, Term]


def of_entrywise_function(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """phi'(x), entry by entry."""
    x = node.args[0]
    assert isinstance(node.attr, tuple)
    name, order = node.attr
    yield x, _with(term, entrywise_function(name, order + 1, x), *term.slots[-2:], *term.slots[-2:])


def of_function(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """The next derivative, between the slots of the node and those of the argument."""
    x, local = node.args[0], prime(node)
    row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
    yield x, _with(term, local, *_slots(node, term, row, col), row, col)


def of_function_along(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """F'(X, E) is linear in E; by X it is the second derivative, along E."""
    x, e = node.args
    name, _, rows, cols = parts(node)
    plain = function(name, 0, (rows, cols), x, words(node))
    local = prime(plain)
    row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
    slots = _slots(plain, term, row, col)
    if e in needed:
        yield e, _with(term, local, *slots, row, col)
    if x in needed:
        yield from of_function(local, _with(term, e, row, col, *slots), needed)


def _slots(node: Expr, term: Term, row: Slot, col: Slot) -> tuple[Slot, Slot]:
    """Where the derivative of `node` is attached: its slots, and (row, col) of the argument."""
    r, c = term.slots[-2:]
    if node.args[0].is_scalar:
        return r, c
    if node.is_scalar:
        return (row, col) if col else (col, row)
    return (*c, *r), (*col, *row)


def _with(term: Term, local: Expr, r: Slot, c: Slot, row: Slot, col: Slot) -> Term:
    """The term with a further factor at (r, c), open at (row, col)."""
    slots = (*term.slots[:-2], row, col)
    if local.is_scalar:
        return Term(times(term.scalar, local), term.factors, slots, term.binders)
    return Term(term.scalar, [*term.factors, (local, r, c)], slots, term.binders)
