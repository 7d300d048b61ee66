"""Functions at constant arguments: exp(0) is 1, logdet(I) is 0, expm(0) is I, softmax(0) is 1/n."""

from __future__ import annotations

from ..expressions.build import is_number, is_zero, num, ones, rebuild, split, times
from ..expressions.expr import Expr, transform
from ..inference.templates import by_text
from ..ops.core import CONSTANT, EYE, ONES
from .algebra import Algebra
from .simplify import simplify


def folded(e: Expr) -> Expr:
    """`e` with the functions of constants worked out."""
    short = transform(e, lambda old, args: _folded(rebuild(old, args)))
    return e if short is e else simplify(short)


def _folded(e: Expr) -> Expr:
    if len(e.args) != 1:
        return e
    x = e.args[0]

    from .counterparts import in_sympy

    if e.op.elementwise and (in_sympy(e.op) or e.op.definition):
        value = constant_entry(x)
        return e if value is None else _applied(e, value)
    known = e.op.at_zero if is_zero(x) else e.op.at_one if x.op is EYE else ""
    return by_text(e, known) if known else e


def constant_entry(x: Expr) -> Expr | None:
    """The number that stands everywhere in `x`, where there is one."""
    if is_zero(x):
        return num(0)
    c, scalars, body = split(x)
    if is_number(x) or (x.op is CONSTANT):
        return x
    if body is not None and body.op is ONES and not scalars:
        return num(c)
    return None


def _applied(e: Expr, value: Expr) -> Expr:
    from ..expressions.build import apply

    scalar = apply(e.op, (value,))
    algebra = Algebra()

    from .counterparts import NotTranslated

    try:
        worked = algebra.expression(algebra.number(scalar))
    except NotTranslated:
        return e
    if e.is_scalar:
        return worked
    return e if worked.size > scalar.size else times(worked, ones(*e.shape))
