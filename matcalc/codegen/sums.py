"""Sums and products over an index: one more axis, or a loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..expressions.expr import Expr
from ..ops.core import (
    ADD,
    INDEXED_PRODUCT,
    INDEXED_SUM,
)
from .axes import NoAxis
from .contraction import Contraction
from .factor import Factor
from .graph import GraphNode
from .pairs import single
from .products import contracted, open_factor, open_scalar

if TYPE_CHECKING:
    from ..ops.operation import Operation
    from .lowering import Lowering


def _indexed(lowering: Lowering, e: Expr) -> GraphNode:
    try:
        return _over_an_axis(lowering, e)
    except NoAxis:
        return _loop(lowering, e)


def _over_an_axis(lowering: Lowering, e: Expr) -> GraphNode:
    low, high, body = e.args
    name = str(e.attr)
    with lowering.running(name, low, high):
        if e.op is INDEXED_PRODUCT:
            x = lowering.lower(body)
            out = tuple(k for k in lowering.labels(body, "r", "c") if k != name)
            turned = single(lowering.graph, x, lowering.labels(body, "r", "c"), (*out, name))
            return lowering.graph.make("product", (turned,), None, turned.dims[:-1])
        row, col = lowering.fresh(), lowering.fresh()
        c = Contraction(lowering.graph, lowering.sizes)
        if body.op is ADD:
            c.add(Factor(lowering.lower(body), lowering.labels(body, row, col)), lowering.dims(body))
        elif body.is_scalar:
            open_scalar(lowering, body, c)
        else:
            open_factor(lowering, body, row, col, c)
        out = tuple(k for k in lowering.labels(body, row, col) if k != name)
        for k, d in zip(lowering.labels(body, row, col), lowering.dims(body)):
            c.label(k, d)
        c.label(name, lowering.ranges[name].dim)
        return contracted(lowering, c, out)


def _loop(lowering: Lowering, e: Expr) -> GraphNode:
    low, high, body = e.args
    name = str(e.attr)
    if lowering.batch(e):
        raise NoAxis
    ends = lowering.lower(low), lowering.lower(high)
    before, lowering.loops = lowering.loops, lowering.loops | {name}
    try:
        inside = lowering.lower(body)
    finally:
        lowering.loops = before
    return lowering.graph.make("loop", (*ends, inside), ("product" if e.op is INDEXED_PRODUCT else "sum", name), lowering.dims(e))


RULES: dict[Operation, Callable[[Lowering, Expr], GraphNode]] = {
    INDEXED_SUM: _indexed,
    INDEXED_PRODUCT: _indexed,
}
