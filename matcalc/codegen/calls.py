"""Functions: of entries, by the language's text, by the numeric text, and those of which only the sets are known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import NoAnswerError
from ..expressions.build import add, num, ones
from ..expressions.expr import Expr
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.core import (
    ADD,
    CASES,
    IVERSON,
)
from ..ops.elementary import LOG
from .axes import NoAxis
from .graph import GraphNode
from .targets import TARGETS, listed
from .texts import Untranslated, translated

if TYPE_CHECKING:
    from ..ops.operation import Operation
    from .lowering import Lowering


def function_name(e: Expr) -> str:
    """The argument of a program that stands for a function of which only the sets are known: f, f_prime, f_prime2, f_along."""
    assert isinstance(e.attr, tuple)
    name, order = str(e.attr[0]), int(e.attr[1])
    return f"{name}_along" if e.op is FUNCTION_ALONG else name + "_prime" * (order > 0) + str(order) * (order > 1)


def _iverson(lowering: Lowering, e: Expr) -> GraphNode:
    nodes = [lowering.aligned(a, e) for a in e.args]
    if any(n.rank and n.op != "full" for n in nodes):  # x > 0, not x > (0, …, 0)
        nodes = [lowering.graph.number(Fraction(str(n.attr))) if n.op == "full" else n for n in nodes]
    return lowering.graph.make("call", nodes, str(e.attr), lowering.dims(e))


def _cases(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.entrywise("call", e, e.args, "cases")


def _log(lowering: Lowering, e: Expr) -> GraphNode:
    inner = e.args[0]
    one = num(1) if e.is_scalar else ones(*e.shape)
    if inner.op is ADD and one in inner.args:  # log(1 + x), also where x is small
        x = add(*[a for a in inner.args if a is not one])
        return lowering.entrywise("call", e, [x], "log1p")
    return lowering.call(e)


def _function(lowering: Lowering, e: Expr) -> GraphNode:
    """A function of which only the sets are known: an argument of the program."""
    if e.op is ENTRYWISE_FUNCTION:
        return lowering.entrywise("apply", e, e.args, function_name(e))
    if lowering.batch(e):
        raise NoAxis
    return lowering.graph.make("apply", [lowering.lower(a) for a in e.args], function_name(e), lowering.dims(e))


def by_its_text(lowering: Lowering, e: Expr) -> GraphNode:
    """An operation that the languages do not know, by what the book says on how to compute it."""
    batch = bool(lowering.batch(e))
    nodes = [lowering.aligned(a, e) if batch else lowering.lower(a) for a in e.args]
    try:
        node, shape = translated(e.op, lowering.language, lowering.graph, [(n, a.shape) for n, a in zip(nodes, e.args)], batch)
    except Untranslated as found:
        if batch:
            raise NoAxis from None
        lacking = TARGETS[lowering.language].lacking
        why = lacking or f"nothing is known of {found} in its numeric text"
        hint = f"targets: {listed(lacking='')}" if lacking else None
        raise NoAnswerError(f"there is no code for {e.op.name}: {why}", suggestion=hint) from None
    if shape != e.shape:
        raise NoAnswerError(f"there is no code for {e.op.name}: its numeric text has another shape than its signature")
    return node


RULES: dict[Operation, Callable[[Lowering, Expr], GraphNode]] = {
    ENTRYWISE_FUNCTION: _function,
    FUNCTION: _function,
    FUNCTION_ALONG: _function,
    IVERSON: _iverson,
    CASES: _cases,
    LOG: _log,
}
