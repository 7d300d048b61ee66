"""`matcalc linearize`: the tangent of a function at a point."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


@click.command(
    "linearize",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc linearize "x^3 - 2x + 4" --wrt x --at 1 --where "x in R"        x + 2
  matcalc linearize "tanh(A x + b)" --wrt x --at x_0
  matcalc linearize "X^-1" --wrt X --at X_0                               X_0^-1 - X_0^-1 (X - X_0) X_0^-1

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--at", metavar="POINT", help='The point: 0, "[1; 2]", x_0, "x = 1; y = 2"; x_0 if it is left out.')
@takes_function
def command(
    expression: str, where: tuple[str, ...], wrt: tuple[str, ...], at: str | None, as_json: bool, format_: str | None, no_verify: bool
) -> int:
    """The tangent of EXPR at a point: f(x_0) + J (x - x_0), also of vector fields, as an extended Kalman filter needs it."""
    from ..course.calculus import linearize

    names = split_names(wrt)
    return show(lambda: linearize(expression, names, at=at, where=joined(where), verify=not no_verify), "linearize", as_json, format_)
