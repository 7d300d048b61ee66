"""Functions at constant arguments: exp(0) is 1, logdet(I) is 0, expm(0) is I, softmax(0) is 1/n."""

from __future__ import annotations

from ..expressions.build import eye, is_number, is_zero, num, ones, power, rebuild, size, split, times
from ..expressions.expr import Expr, transform
from ..ops.core import CONSTANT, EYE, ONES
from .algebra import Algebra
from .simplify import simplify

_OF_ZERO_TO_ZERO = frozenset({"norm", "normF", "norm1", "norminf", "det"})


def folded(e: Expr) -> Expr:
    """`e` with the functions of constants worked out."""
    short = transform(e, lambda old, args: _folded(rebuild(old, args)))
    return e if short is e else simplify(short)


def _folded(e: Expr) -> Expr:
    if len(e.args) != 1:
        return e
    x = e.args[0]
    name = e.op.name

    from .counterparts import in_sympy

    if e.op.elementwise and (in_sympy(e.op) or e.op.definition):
        value = constant_entry(x)
        return e if value is None else _applied(e, value)
    if x.op is EYE and name in ("det", "logdet"):
        return num(1 if name == "det" else 0)
    if not is_zero(x):
        return e
    n = x.shape[0]
    if name == "expm":
        return eye(n)
    if name == "softmax":
        return times(power(size(n), num(-1)), ones(n))
    if name == "logsumexp":
        from ..expressions.build import apply
        from ..ops.book import REGISTRY

        return apply(REGISTRY["log"], (size(n),))
    return num(0) if name in _OF_ZERO_TO_ZERO else e


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
