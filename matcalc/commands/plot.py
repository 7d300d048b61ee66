"""`matcalc plot`: pictures of functions of one and two variables."""

from __future__ import annotations

import sys

import click

from ..errors import UsageError
from .console import can_encode, one_line, print_json, split_names
from .words import EXPRESSION_SETTINGS, takes_expression


@click.command(
    "plot",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc plot "sin(x) + cos(x)" --wrt x --taylor 0,1,5,10 --at 0 --range -4,4 --out taylor.png
  matcalc plot "x^3 - 2x + 4" --wrt x --range -2,2 --derivatives 1,2 --out cubic.svg
  matcalc plot "x^2 + x y + y^2" --wrt x,y --range -1,1 --out bowl.pdf
  matcalc plot "(1 - x)^2 + 5 (y - x^2)^2" --wrt x,y --range "-1.5,1.5; -0.5,2" --descent "x = -1; y = 1.5" --out valley.png

Drawing needs matplotlib: pip install "matcalc-symbolic[plot]". Without --out, the command tells what would be drawn.
Exit code: 0 drawn, 1 no answer, 2 the input was refused.""",
)
@click.option("--wrt", multiple=True, required=True, metavar="X", help="One variable, or two, or a vector of two.")
@takes_expression
@click.option("--out", metavar="FILE", help="The picture: .png, .svg or .pdf; without it only what would be drawn is told.")
@click.option("--range", "window", metavar="A,B", help="What to look at; for two variables also -1,1;0,2. [default: -3,3]")
@click.option("--taylor", default="", metavar="K,...", help="Taylor polynomials of these orders, for one variable.")
@click.option("--at", metavar="X0", help="Where the Taylor polynomials are taken. [default: 0]")
@click.option("--derivatives", default="", metavar="K,...", help="Derivatives of these orders, for one variable.")
@click.option("--descent", metavar="POINT", help='Gradient descent from a point, for two variables: "x = 1; y = 2".')
@click.option(
    "--kind",
    type=click.Choice(("auto", "contours", "surface")),
    default="auto",
    show_default=True,
    help="Two variables: level lines with the gradient field, the surface, or (auto) both.",
)
@click.option("--stationary/--no-stationary", default=None, help="Mark stationary points. [default: unless --taylor is given]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    out: str | None,
    window: str | None,
    taylor: str,
    at: str | None,
    derivatives: str,
    descent: str | None,
    kind: str,
    stationary: bool | None,
    as_json: bool,
) -> int:
    """Draw the scalar EXPR: one variable as a curve with its Taylor polynomials, derivatives and stationary points, two as a
    surface and level lines with the gradient field.
    """
    from ..course.plots import check_ending, plot

    if out is not None:
        check_ending(out)
    found = plot(
        expression,
        split_names(wrt),
        where="; ".join(filter(None, where)),
        range=window,
        taylor=_orders(taylor, "--taylor"),
        at=at,
        derivatives=_orders(derivatives, "--derivatives"),
        descent=descent,
        kind=kind,
        stationary=stationary,
    )
    if out is not None:
        found.save(out)
    if as_json:
        print_json(found.as_dict() | ({"out": out} if out is not None else {}))
        return 0
    unseen = [] if out is not None else ["nothing is drawn without --out f.png (or .svg, .pdf)"]
    for note in [*found.assumptions, *unseen]:
        print(f"note: {one_line(note)}", file=sys.stderr)
    print(found.unicode if sys.stdout.isatty() and can_encode(found.unicode) else found.text)
    return 0


def _orders(text: str, option: str) -> list[int]:
    """`0,1,5` as numbers."""
    pieces = [p.strip() for p in text.split(",")] if text.strip() else []
    if not all(p.isascii() and p.isdigit() and len(p) < 4 for p in pieces):
        raise UsageError(f"{option} takes whole numbers separated by commas, such as 0,1,5, not {text!r}")
    return [int(p) for p in pieces]
