"""The derivative as a linear map: dX -> A dX B, what happens to a small change of the variable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .arrange import Arranger
from .build import add, symbol, transpose, zeros
from .differential import collect
from .errors import NoAnswerError
from .expr import Expr
from .network import Term, matrix_form
from .simplify import simplify
from .syntax import Program
from .tensor import Tensor


def map_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`dX -> …` for a first derivative."""
    if len(tensor.shapes) != 2:
        raise NoAnswerError("the linear map is for first derivatives", suggestion="use --notation index")
    hole = f"d{wrt[0]}"
    if hole in set(taken):
        raise NoAnswerError(f"{hole} is a name in use")
    arranger.ranks.setdefault(hole, len(arranger.ranks))
    return Program("", (), arranger.spell(simplify(along(tensor, symbol(hole, tensor.shapes[1])))), ("map", hole))


def along(tensor: Tensor, change: Expr) -> Expr:
    """The derivative applied to a change of the variable; NoAnswerError where it has no matrix notation."""
    shape = tensor.shapes[0]
    total = zeros(*shape)
    contracted = [Term(t.scalar, [*t.factors, (change, t.slots[2], t.slots[3])], t.slots[:2], t.binders) for t in tensor.terms]
    for t in collect(contracted):
        body = matrix_form(t)
        if body is None:
            raise NoAnswerError("this derivative has no matrix notation as a linear map", suggestion="use --notation index")
        total = add(total, body if body.shape == shape else transpose(body))
    return total
