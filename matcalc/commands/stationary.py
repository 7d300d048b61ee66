"""`matcalc stationary`: where the gradient is zero, and what kind of point that is."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


@click.command(
    "stationary",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc stationary "||X w - y||^2" --wrt w                    the normal equations
  matcalc stationary "x^3 - 2x + 4" --wrt x --where "x in R"    all real roots, with their kinds
  matcalc stationary "tr(A X) - logdet(X)" --wrt X --where "A in R^{n x n} spd; X in R^{n x n} spd"

Exit code: 0 answered (none is an answer), 1 no answer (or its check failed), 2 the input was refused.""",
)
@takes_function
def command(expression: str, where: tuple[str, ...], wrt: tuple[str, ...], as_json: bool, format_: str | None, no_verify: bool) -> int:
    """Solve grad f = 0 in closed form and say of every solution whether it is a minimum, a maximum, a saddle or an inflection."""
    from ..course.calculus import stationary

    names = split_names(wrt)
    return show(lambda: stationary(expression, names, where=joined(where), verify=not no_verify), "stationary points", as_json, format_)
