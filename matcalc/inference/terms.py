"""Half-typed expressions: a surface node whose meaning is decided while its sizes may still be unknown.

The kinds are guessed, so each shape is known up to unknown sizes. When the whole text fits, the sizes are resolved and
each term is made an expression by its `make`, arguments first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from ..expressions.expr import Expr, postorder
from ..expressions.named import VALUE, named
from ..kinds import ONE, Dim, Shape
from ..ops.core import ADD, HADAMARD, MATMUL, POWER, TIMES, TRANSPOSE
from ..syntax import Node

LARGE, MANY = 60, 6  # edges of an expression, and names in it, above which the names are kept as nodes
ARITHMETIC = (ADD, TIMES, MATMUL, HADAMARD, POWER, TRANSPOSE)
Resolve = Callable[[Dim], Dim]
Make = Callable[[Sequence[Expr], Resolve], Expr]


class TypedTerm:
    """A typed surface node. `name` is the undeclared name it is, or the choice it was; `literal` means numbers only. An array of three
    and more indices has its last two in `shape` and the sizes of those before in `leading` (see `tensors`)."""

    __slots__ = ("shape", "args", "make", "node", "name", "literal", "result", "leading")

    def __init__(
        self,
        shape: Shape,
        args: tuple[TypedTerm, ...],
        make: Make,
        node: Node | None = None,
        name: str | None = None,
        literal: bool = False,
    ) -> None:
        self.shape, self.args, self.make, self.node, self.name, self.literal = shape, args, make, node, name, literal
        self.result: Expr | None = None
        self.leading: tuple[Dim, ...] = ()

    @property
    def is_scalar(self) -> bool:
        return self.shape[0] is ONE and self.shape[1] is ONE and not self.leading

    @property
    def kind(self) -> str:
        rows, cols = self.shape
        if cols is ONE:
            return "scalar" if rows is ONE else "vector"
        return "row" if rows is ONE else "matrix"


def known(e: Expr, node: Node | None = None) -> TypedTerm:
    """The term of an expression that is already there."""
    return TypedTerm(e.shape, (), lambda _, __: e, node)


def finish(roots: Iterable[TypedTerm], resolve: Resolve, names: Mapping[TypedTerm, str] = MappingProxyType({})) -> None:
    """Give every term below `roots` its `result`, without recursion; `names` are those that terms keep as nodes of their own."""
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
        made = t.make([a.result for a in t.args if a.result is not None], resolve)
        t.result = named(made, VALUE, names[t]) if t in names else made


def keep_names(roots: Sequence[TypedTerm], names: Mapping[str, TypedTerm], resolve: Resolve) -> None:
    """Make the terms of a large function again, with a node for every value that its author named: a sum of k statements that add to the
    one before would be written out k times. A function whose one use is in another is none, so that log(y) still sees the softmax in y."""
    users: dict[TypedTerm, list[TypedTerm]] = {t: [] for t in roots}
    todo = list(users)
    while todo:
        t = todo.pop()
        for a in t.args:
            if a not in users:
                users[a] = []
                todo.append(a)
            users[a].append(t)
    chosen = {t: name for name, t in names.items() if any(_computes(n) for n in (t, *users[t][:1])) or len(users[t]) > 1}
    whole = roots[0].result
    if len(chosen) > MANY or (chosen and whole is not None and sum(len(e.args) for e in postorder(whole)) > LARGE):
        for t in users:
            t.result = None
        finish(roots, resolve, chosen)


def let_go(roots: Iterable[TypedTerm]) -> None:
    """Nothing below these terms is made again: what makes them refers to the typing, which refers to them, a circle for the collector."""
    todo = list(roots)
    while todo:
        t = todo.pop()
        if t.make is not _made:
            t.make = _made
            todo += t.args


def _made(_: Sequence[Expr], __: Resolve) -> Expr:
    raise NotImplementedError


def _computes(t: TypedTerm) -> bool:
    return t.result is not None and t.result.op in ARITHMETIC


def undeclared(terms: Iterable[TypedTerm]) -> frozenset[str]:
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
