"""What follows for a linear operation of one argument from its letters: numbers in front, zero of zero, vectors and transposes."""

from __future__ import annotations

from functools import cache

from ..kinds import ONE
from ..ops.book import REGISTRY
from ..ops.core import TIMES, TRANSPOSE
from ..ops.multilinear import Letters, letters
from ..ops.operation import Operation
from ..ops.sums import SUM
from .expr import Expr
from .late import apply, times, total, transpose
from .leaves import is_zero, zeros
from .signatures import result_shape


def by_letters(op: Operation, x: Expr) -> Expr | None:
    """op(x) in other words; None where the letters say nothing shorter."""
    if x.op is TIMES:
        return times(*x.args[:-1], apply(op, (x.args[-1],)))
    if is_zero(x):
        return zeros(*result_shape(op, (x,)))
    form = letters(op.index)
    (place,) = form.arguments
    single = {c for c, d in zip(place, x.shape) if d is ONE}
    if single:
        left = form.without(single)
        if left.value in (left.arguments[0], left.arguments[0][::-1]):
            return x if left.value == left.arguments[0] else transpose(x)
        if left.value == ("", "") and op is not SUM:
            return total(x)
    if x.op is TRANSPOSE and (other := _of_transpose(op)) is not None:
        found = apply(other[0], (x.args[0],))
        return transpose(found) if other[1] else found
    return None


@cache
def _of_transpose(op: Operation) -> tuple[Operation, bool] | None:
    """g with op(X^T) = g(X), or with op(X^T) = g(X)^T."""
    turned = letters(op.index).turned()
    for g in REGISTRY.values():
        if g.is_linear and g is not TRANSPOSE:
            form = letters(g.index)
            if form.key() == turned.key():
                return g, False
            if Letters(form.arguments, form.value[::-1]).key() == turned.key():
                return g, True
    return None
