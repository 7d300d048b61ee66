"""The Python API: `derivative`, `parse`, and builders with operators."""

from __future__ import annotations

from collections.abc import Sequence

from . import derive
from .answers import Derivative, Expression


def derivative(
    expr: str,
    wrt: str | Sequence[str],
    *,
    where: str = "",
    order: int = 1,
    layout: str = "numerator",
    notation: str = "auto",
    verify: bool = True,
) -> Derivative | list[Derivative]:
    """The derivative of a matrix expression in closed form.

    `expr` is text in matcalc's language. `wrt` is a name or a list of names: at order 1 a list
    gives a list of derivatives; at order k one name k times, or k names.
    Raises MatcalcError: bad input, no answer, or a failed check.
    """
    return derive.derivative(expr, wrt, where, order, layout, notation, verify)


def parse(text: str, where: str = "") -> Expression:
    """Read an expression; `.shape`, `.text`, `.latex`, `.evaluate({...})`."""
    return derive.expression(text, where)


def subexpressions(text: str, where: str = "") -> list[tuple[str, str]]:
    """Every subexpression as it was typed with its shape, inner ones first."""
    e = derive.expression(text, where)
    return e.subexpressions()


import matcalc as _package  # noqa: E402

_package.parse = parse  # type: ignore[assignment]
