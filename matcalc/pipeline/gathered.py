"""Several numbers as one variable: the row of the first partial derivatives, the Jacobian matrix, the Hessian matrix."""

from __future__ import annotations

from ..answers.layout import laid_out
from ..differentiation.tensor import Tensor
from ..expressions.build import apply, literal
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..notation.authorship import typed_order
from ..numbers.record import summed_up
from ..ops.blocks import BLOCK
from ..ops.core import ENTRY, LITERAL, SYMBOL
from .derivative import Derivative
from .derive import one_derivative
from .question import Question


def gathered(question: Question) -> Derivative | None:
    """The derivative by all of the variables at once; None where they are not several numbers, or the function is a matrix.

    Every partial derivative is found, and checked, by itself.
    """
    names, options, typed = question.names, question.options, question.typed
    count, scalar = len(names), typed.expr.is_scalar
    if count < 2 or len(set(names)) < count or options.notation not in ("auto", "matrix") or options.structured or options.vectorize:
        return None
    variables = [question.variable(n) for n in names]
    if not all(v.is_scalar and v.op in (SYMBOL, ENTRY) and not v.indices for v in variables) or typed.expr.shape[1] is not ONE:
        return None
    if options.order > 2 or (options.order == 2 and not scalar):
        return None
    if options.order == 1:
        parts = [one_derivative(question.by(n, layout="numerator")) for n in names]
        entries = [_matrix(p) for p in parts]
    else:
        upper = {(a, b): one_derivative(question.by(names[a], names[b])) for a in range(count) for b in range(a, count)}
        parts = list(upper.values())
        entries = [_matrix(upper[min(a, b), max(a, b)]) for a in range(count) for b in range(count)]
    shape = (Dim.of(count), ONE)
    tensor = Tensor([typed.expr.shape, *[shape] * options.order], [])
    tensor.replace(literal(count, 1 if options.order == 1 else count, entries) if scalar else _beside(entries))
    value, flipped = laid_out(tensor, options.layout)
    return Derivative(
        typed,
        tensor,
        value,
        typed_order(typed.nodes),
        wrt=names,
        layout=options.layout,
        notation=options.notation,
        flipped=flipped,
        check=summed_up([p.check for p in parts if p.check is not None]),
        assumptions=list(dict.fromkeys(n for p in parts for n in p.assumptions)),
        bindings=typed.bindings,
    )


def _matrix(part: Derivative) -> Expr:
    assert part._expr is not None  # a number or a column by numbers
    return part._expr


def _beside(columns: list[Expr]) -> Expr:
    """The matrix of these columns: its entries where they are written out, else blocks."""
    if all(c.op is LITERAL for c in columns):
        rows = columns[0].shape[0].number
        assert rows is not None
        return literal(rows, len(columns), [c.args[i] for i in range(rows) for c in columns])
    return apply(BLOCK, columns, (1, len(columns)))
