"""`matcalc directional`: the derivative along a direction, and steepest ascent."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_output
from .words import EXPRESSION_SETTINGS


@click.command(
    "directional",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc directional "x^T A x" --wrt x --along u                       x^T (A + A^T) u
  matcalc directional "x^2 + x y + y^2" --wrt x,y --along "[1; 1]" --normalize --at "x = 0.5; y = -0.4" --where "x, y in R"
  matcalc directional "x^T P x" --along "x' = A x" --where "P in S^n"    x^T (A^T P + P A) x
  matcalc directional "exp(a^T x)" --wrt x                              the direction of steepest ascent

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option(
    "--along",
    metavar="U",
    help='The direction: u, "[1; 0]"; for several variables an entry each, or "x = ...; y = ..."; a flow: "x\' = A x".',
)
@click.option("--at", metavar="POINT", help='The point: "[1; 2]", x_0, "x = 0.5; y = -0.4"; in general if it is left out.')
@click.option("--normalize", is_flag=True, help="Divide the direction by its length.")
@click.option("--wrt", multiple=True, metavar="X", help="The variable, or several; those of a flow need not be said.")
@takes_output
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    along: str | None,
    at: str | None,
    normalize: bool,
    as_json: bool,
    format_: str | None,
    no_verify: bool,
) -> int:
    """The derivative of EXPR along a direction, grad f u, with the direction in which a scalar EXPR rises fastest and how fast."""
    from ..course.calculus import directional
    from ..course.flows import flow_of

    names = split_names(wrt) or list(flow_of(along))
    if not names:
        raise click.UsageError('no variable: --wrt x, or a flow: --along "x\' = A x"')
    return show(
        lambda: directional(expression, names, along=along, at=at, normalize=normalize, where=joined(where), verify=not no_verify),
        f"along {along}" if along else "steepest ascent",
        as_json,
        format_,
    )
