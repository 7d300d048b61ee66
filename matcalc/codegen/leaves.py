"""What has no arguments, members of families and entries."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import NoAnswerError
from ..expressions.build import conjugate, is_conjugate_name, value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.complex_numbers import CONJUGATE
from ..ops.core import CONSTANT, ENTRY, EYE, IMAGINARY, INDEX, LITERAL, MEMBER, NAMED, NUMBER, ONES, SIZE, SYMBOL, UNIT, ZEROS
from .axes import NoAxis, Range
from .graph import Dims, GraphNode
from .pairs import single

if TYPE_CHECKING:
    from ..ops.operation import Operation
    from .lowering import Lowering


def _symbol(lowering: Lowering, e: Expr) -> GraphNode:
    if is_conjugate_name(str(e.attr[0])):  # type: ignore[index]
        return _conjugated(lowering, lowering.lower(conjugate(e)))
    return lowering.graph.make("in", (), str(e.attr[0]), tuple(d for d in e.shape if d is not ONE))  # type: ignore[index]


def _conjugated(lowering: Lowering, node: GraphNode) -> GraphNode:
    return lowering.graph.make("call", (node,), CONJUGATE, node.dims)


def _imaginary(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.make("const", (), "i")


def _number(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.number(value_of(e))


def _size(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.make("size", (), e.attr)


def _constant(lowering: Lowering, e: Expr) -> GraphNode:
    if str(e.attr) == "infty":
        raise NoAnswerError("an infinite series has no code")
    return lowering.graph.make("const", (), str(e.attr))


def _index(lowering: Lowering, e: Expr) -> GraphNode:
    name = str(e.attr)
    if name in lowering.loops:
        return lowering.graph.make("in" if name in lowering.letters else "index", (), name)
    r = lowering.ranges[name]
    return lowering.graph.make("range", (lowering.graph.number(Fraction(r.low)), r.high), None, (r.dim,))


def _full(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.make("full", (), int(e.op is ONES), lowering.dims(e))


def _eye(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.make("spread", (lowering.graph.number(Fraction(1)),), ("ii",), lowering.dims(e))


def _member(lowering: Lowering, e: Expr) -> GraphNode:
    """A member: along an axis for each index that runs, at the places of the others. Axes are in the order of their letters."""
    if is_conjugate_name(str(e.attr[0])):  # type: ignore[index]
        return _conjugated(lowering, lowering.lower(conjugate(e)))
    base, member = str(e.attr[0]), tuple(d for d in e.shape if d is not ONE)  # type: ignore[index]
    runs = [i.op is INDEX and str(i.attr) not in lowering.loops for i in e.args]
    known = lowering.families.get(base) or [Dim.of("family")] * len(runs)
    counts = tuple(lowering.ranges[str(i.attr)].dim if r else d for i, r, d in zip(e.args, runs, known, strict=True))
    node = lowering.graph.make("in", (), base, (*counts, *member))
    if len(e.args) == 1:
        return _range_of(lowering, node, lowering.ranges[str(e.args[0].attr)]) if runs[0] else _at(lowering, node, e.args[0], member)
    return _at_places(lowering, node, e)


def _at_places(lowering: Lowering, node: GraphNode, e: Expr) -> GraphNode:
    labels: list[object] = []
    for i in e.args:
        place = len(labels)
        node = lowering.graph.view(node, (place, *[p for p in range(node.rank) if p != place]))
        if i.op is INDEX and str(i.attr) not in lowering.loops:
            part = _range_of(lowering, node, lowering.ranges[str(i.attr)])
            node = lowering.graph.view(part, (*range(1, place + 1), 0, *range(place + 1, node.rank)))
            labels.append(str(i.attr))
        else:
            node = _at(lowering, node, i, node.dims[1:])
    rest = tuple(range(node.rank - len(labels)))  # rows and columns
    wanted = (*lowering.batch(e), *rest)
    return single(lowering.graph, node, (*labels, *rest), wanted) if (*labels, *rest) != wanted else node


def _range_of(lowering: Lowering, whole: GraphNode, r: Range) -> GraphNode:
    """The part of the first axis that an index runs through."""
    if r.low == 1 and r.high.op == "size" and r.high.attr is whole.dims[0]:
        return whole
    return lowering.graph.make("slice", (whole, r.high), r.low, (r.dim, *whole.dims[1:]))


def _at(lowering: Lowering, whole: GraphNode, at: Expr, dims: Dims) -> GraphNode:
    k = lowering.lower(at)
    if k.rank:
        raise NoAxis
    return lowering.graph.make("member", (whole, k), None, dims)


def _unit(lowering: Lowering, e: Expr) -> GraphNode:
    at, n = e.args[0], e.shape[0]
    if at.op is INDEX and str(at.attr) not in lowering.loops:
        r = lowering.ranges[str(at.attr)]
        if r.dim is n and r.low == 1:
            return lowering.graph.make("spread", (lowering.graph.number(Fraction(1)),), ("ii",), (n, n))
    k = lowering.lower(at)
    if k.rank:
        raise NoAxis
    places = lowering.graph.make("range", (lowering.graph.number(Fraction(1)), lowering.graph.make("size", (), n)), None, (n,))
    return lowering.graph.make("call", (places, k), "=", (n,))


def _entry(lowering: Lowering, e: Expr) -> GraphNode:
    x, i, j = e.args
    node = lowering.lower(x)
    if lowering.batch(x):
        raise NoAxis
    labels: list[object] = []
    for k, dim in ((i, x.shape[0]), (j, x.shape[1])):
        if dim is ONE:
            continue
        if k.op is INDEX and str(k.attr) not in lowering.loops:
            r = lowering.ranges[str(k.attr)]
            place = len(labels)
            turned = lowering.graph.view(node, (place, *[p for p in range(node.rank) if p != place]))
            part = _range_of(lowering, turned, r)
            node = lowering.graph.view(part, (*range(1, place + 1), 0, *range(place + 1, node.rank)))
            labels.append(str(k.attr))
        else:
            place = len(labels)
            turned = lowering.graph.view(node, (place, *[p for p in range(node.rank) if p != place]))
            node = _at(lowering, turned, k, turned.dims[1:])
    wanted = lowering.batch(e)
    return single(lowering.graph, node, tuple(labels), wanted) if tuple(labels) != wanted else node


def _literal(lowering: Lowering, e: Expr) -> GraphNode:
    if lowering.batch(e):
        raise NoAxis
    return lowering.graph.make("literal", [lowering.lower(a) for a in e.args], e.attr, lowering.dims(e))


RULES: dict[Operation, Callable[[Lowering, Expr], GraphNode]] = {
    SYMBOL: _symbol,
    NUMBER: _number,
    SIZE: _size,
    CONSTANT: _constant,
    IMAGINARY: _imaginary,
    INDEX: _index,
    ONES: _full,
    ZEROS: _full,
    EYE: _eye,
    MEMBER: _member,
    UNIT: _unit,
    ENTRY: _entry,
    LITERAL: _literal,
    NAMED: lambda lowering, e: lowering.lower(e.args[0]),
}
