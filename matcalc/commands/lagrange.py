"""`matcalc lagrange`: the equation of motion of a Lagrangian."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


@click.command(
    "lagrange",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc lagrange "1/2 \\dot q^T M \\dot q - 1/2 q^T K q" --wrt q --where "M, K in S^n"
  matcalc lagrange "m l^2 \\dot\\theta^2/2 + m g l cos(\\theta)" --wrt theta --where "m, g, l, theta in R"

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--steps", is_flag=True, help="How it came about, a line with its rule and source for each step.")
@takes_function
def command(
    expression: str, where: tuple[str, ...], wrt: tuple[str, ...], steps: bool, as_json: bool, format_: str | None, no_verify: bool
) -> int:
    r"""The equation of Euler and Lagrange, d/dt(dL/dq_dot) - dL/dq = 0, of a Lagrangian EXPR with coordinates X and rates \dot X."""
    from ..course.lagrange import EulerLagrange, lagrange

    names = split_names(wrt)

    def find() -> EulerLagrange:
        found = lagrange(expression, names, where=joined(where), verify=not no_verify)
        found.shows_steps = steps
        return found

    return show(find, "equation of motion", as_json, format_)
