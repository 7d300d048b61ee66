r"""Directions that are flows: along x' = f(x) a function changes at the rate ∂V/∂x f(x), its total derivative by time.

flow_of("x' = A x; t' = 1")     {"x": " A x", "t": " 1"}; \dot x = …, dx/dt = … are read as well
"""

from __future__ import annotations

import re
from fractions import Fraction

from ..differentiation.tensor import Tensor
from ..errors import UsageError
from ..expressions.build import add, is_zero, matmul, num, substitute, times, transpose, zeros
from ..expressions.expr import Expr, order_key, postorder
from ..kinds import ONE
from ..pipeline.point import statements
from ..reading.read import parse_names
from ..shortening.simplify import simplify
from .expansion import expanded, summands

_NAME = r"(\\?\w+(?:\{\w+\})?)"
_RATE = re.compile(rf"\s*(?:\\dot\s*(?:\{{\s*{_NAME}\s*\}}|{_NAME})|{_NAME}\s*'|d\s*{_NAME}\s*/\s*dt)\s*=(?!=)")


def flow_of(text: str | None) -> dict[str, str]:
    """The right sides of x' = A x, by the names; none where the text is another direction."""
    found: dict[str, str] = {}
    for piece in [p for p in statements(text or "") if p.strip()]:
        rate = _RATE.match(piece)
        if rate is None:
            if found:
                raise UsageError(f"--along gives no rate in {piece.strip()!r}", suggestion="write x' = A x; y' = B y")
            return {}
        (name,) = parse_names(next(filter(None, rate.groups())))
        if name in found:
            raise UsageError(f"--along gives {name} twice")
        found[name] = piece[rate.end() :]
    return found


def as_quadratic_form(e: Expr, x: Expr) -> Expr:
    """x^T M x with a symmetric M where `e` is one, as the rate of x^T P x along x' = A x is x^T (A^T P + P A) x; else `e`."""
    if not e.is_scalar or x.is_scalar or x.shape[1] is not ONE:
        return e
    first = _by(e, x)
    second = None if first is None else _by(first, x)
    nothing = {x: zeros(*x.shape)}
    if first is None or second is None or not is_zero(substitute(e, nothing)) or not is_zero(simplify(substitute(first, nothing))):
        return e
    half = num(Fraction(1, 2))
    m = min(
        (simplify(add(*[times(half, t) for t in summands(whole)])) for whole in (second, simplify(second), expanded(second))), key=order_key
    )
    return e if x in postorder(m) or is_zero(m) else matmul(transpose(x), m, x)


def _by(e: Expr, x: Expr) -> Expr | None:
    tensor = Tensor.of(e)
    return tensor.differentiate(x).matrix


__all__ = ["as_quadratic_form", "flow_of"]
