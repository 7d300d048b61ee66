"""What follows from a question beside its answer: second derivatives, and gradients of <gradient, direction>.

The Hessian times V is the gradient of <gradient, V>: the Hessian is never formed, and all the variables share one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property

from ..differentiation.tensor import Tensor
from ..expressions.build import add, conjugate, hadamard, times, total, transpose
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..ops.core import MEMBER, SYMBOL
from ..travel import Holder
from .derivative import Derivative
from .question import Question


class Further(Holder):
    """What a program computes beside the first derivatives by the names of a question. `take` is how a derivative is taken."""

    def __init__(self, question: Question, take: Callable[[Question], Derivative]) -> None:
        self._question, self._within, self._take = question, question.options.structured, take

    @cached_property
    def _plain(self) -> Question:
        """The question without a layout, a notation or a set of its own; few answers are asked for more."""
        return self._question.by(*self._question.names, layout="numerator", notation="auto", structured="")

    def by(self, names: Sequence[str]) -> Further:
        """The same by other variables."""
        return Further(self._plain.by(*names, structured=self._within), self._take)

    def second(self, one: str, other: str) -> Derivative:
        """The second derivative by two of the variables, checked like the first."""
        return self._take(self._plain.by(one, other, order=2))

    def along(self, gradients: Sequence[Tensor], directions: Sequence[Expr], halved: bool = False) -> list[Derivative] | None:
        """The Hessian by all variables times directions: the gradients of the sum of <gradient, direction>. None where that sum is no
        expression in the symbols that one differentiates by. `halved` are gradients by conj(z) of a real function."""
        typed, names = self._plain.typed, self._plain.names
        variables = [self._plain.variable(n) for n in names]
        if self._within or any(v.op not in (SYMBOL, MEMBER) for v in variables):
            return None
        if any(self._plain.declared(n) is not v for n, v in zip(names, variables, strict=True)):
            gradients = self._unrestricted()
        parts = []
        for tensor, v in zip(gradients, directions, strict=True):
            g = tensor.matrix
            if g is None:
                return None
            if halved:  # the rate of a real f is 2 Re <g, v>, and its gradient the change of g along v
                g = conjugate(g)
            part = times(g, v) if g.is_scalar else total(hadamard(g if g.shape == v.shape else transpose(g), v))
            parts += [part, conjugate(part)] if halved else [part]
        sum_ = copy(typed)
        sum_.expr = add(*parts)
        sum_.symbols = typed.symbols | {name_of(v): v for v in directions}
        return [self._take(self._plain.by(n).replaced(sum_)) for n in names]

    def _unrestricted(self) -> list[Tensor]:
        """The gradients with free entries of the variables: what a symmetric S is used for in the result, S^T = S, does not hold beside it,
        where one differentiates once more."""
        names, free = self._plain.names, copy(self._plain.typed)
        free.declared = {n: e for n, e in free.declared.items() if n not in names}
        return [self._take(self._plain.by(n, verify=False).replaced(free))._tensor for n in names]
