"""Half-typed expressions: a surface node whose meaning is decided while its sizes may still be unknown.

The kinds are guessed, so each shape is known up to unknown sizes. When the whole text fits, the sizes are resolved and
each term is made an expression by its `make`, arguments first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..expressions.expr import Expr
from ..kinds import ONE, Dim, Shape
from ..syntax import Node

Resolve = Callable[[Dim], Dim]
Make = Callable[[Sequence[Expr], Resolve], Expr]


class Term:
    """A typed surface node. `name` is the undeclared name it is, or the choice it was; `literal` means numbers only."""

    __slots__ = ("shape", "args", "make", "node", "name", "literal", "result")

    def __init__(
        self, shape: Shape, args: tuple[Term, ...], make: Make, node: Node | None = None, name: str | None = None, literal: bool = False
    ) -> None:
        self.shape, self.args, self.make, self.node, self.name, self.literal = shape, args, make, node, name, literal
        self.result: Expr | None = None

    @property
    def is_scalar(self) -> bool:
        return self.shape[0] is ONE and self.shape[1] is ONE

    @property
    def kind(self) -> str:
        rows, cols = self.shape
        if cols is ONE:
            return "scalar" if rows is ONE else "vector"
        return "row" if rows is ONE else "matrix"


def known(e: Expr, node: Node | None = None) -> Term:
    """The term of an expression that is already there."""
    return Term(e.shape, (), lambda _, __: e, node)


def finish(roots: Iterable[Term], resolve: Resolve) -> None:
    """Give every term below `roots` its `result`, without recursion."""
    todo = list(roots)
    while todo:
        t = todo[-1]
        if t.result is not None:
            todo.pop()
            continue
        waiting = [a for a in t.args if a.result is None]
        if waiting:
            todo += reversed(waiting)
            continue
        todo.pop()
        t.result = t.make([a.result for a in t.args if a.result is not None], resolve)


def undeclared(terms: Iterable[Term]) -> frozenset[str]:
    """The undeclared names (and choices) that the kinds of `terms` depend on."""
    todo, seen, names = list(terms), set(), set()
    while todo:
        t = todo.pop()
        if id(t) in seen:
            continue
        seen.add(id(t))
        if t.name is not None:
            names.add(t.name)
        todo += t.args
    return frozenset(names)
