"""`matcalc jacdet`: the determinant of a Jacobian, for a change of variables."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


@click.command(
    "jacdet",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc jacdet "[-2 x_1 + x_2; x_1 + x_2]" --wrt x --where "x in R^2"              -3
  matcalc jacdet "A X B" --wrt X --where "A in R^{m x m}; X in R^{m x n}; B in R^{n x n}"
  matcalc jacdet "[r cos(phi); r sin(phi)]" --wrt r,phi --where "r in R positive; phi in R"

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@takes_function
def command(expression: str, where: tuple[str, ...], wrt: tuple[str, ...], as_json: bool, format_: str | None, no_verify: bool) -> int:
    """The determinant of the Jacobian of EXPR by X, with its sign; its absolute value is the factor of a change of variables.

    A variable declared symmetric or triangular counts by its free entries.
    """
    from ..course.calculus import jacdet

    names = split_names(wrt)
    return show(lambda: jacdet(expression, names, where=joined(where), verify=not no_verify), "jacdet", as_json, format_)
