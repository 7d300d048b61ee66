"""`matcalc graph`: the computational graph, with forward and reverse accumulation step by step."""

from __future__ import annotations

import sys

import click

from .console import can_encode, one_line, print_json, split_names
from .options import FORMATS
from .words import EXPRESSION_SETTINGS, takes_expression

BREAKS = (" (", " = ", " + ", " - ", " ⊙ ")
PICTURES = ("tikz", "mermaid", "dot", "svg", "json")


@click.command(
    "graph",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc graph "sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))" --wrt x --where "x in R"
  matcalc graph "a = x^2; b = sin(a); exp(b)" --wrt x --where "x in R"      your statements are the nodes
  matcalc graph "ln(sin(x^3)^2)" --wrt x --where "x in R" --names u          u_1, u_2, ...
  matcalc graph "z = A x + b; h = tanh(z); ||y - h||^2" --wrt A,b            vectors and matrices
  matcalc graph "sin(x y) + x" --wrt x,y --where "x, y in R" --format svg > graph.svg

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--wrt", multiple=True, required=True, metavar="X", help="The variable; repeat it, or separate by commas, for several.")
@takes_expression
@click.option(
    "--names", default="letters", show_default=True, metavar="STYLE", help="New nodes: letters (a, b, ...) or one letter (u_1, u_2)."
)
@click.option(
    "--granularity",
    type=click.Choice(("auto", "statements", "operations")),
    default="auto",
    show_default=True,
    help="A node for each statement, or for each operation; auto: statements where there are any.",
)
@click.option(
    "--format", "format_", type=click.Choice((*FORMATS, *PICTURES)), help="Tables (text, latex and so on) or a picture, on a terminal too."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, like --format json.")
@click.option("--no-verify", is_flag=True, help="Skip the numerical check.")
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    names: str,
    granularity: str,
    format_: str | None,
    as_json: bool,
    no_verify: bool,
) -> int:
    """The computational graph of EXPR: its intermediate values, the local partial on every edge, and the derivative by X
    accumulated forwards (tangents t_v = dv/dX) and backwards (adjoints f_v = df/dv), with the operations each takes.

    All of it is evaluated at random points, and shown only if both accumulations agree with the closed form of `d`.
    """
    from ..course.graphs import graph

    found = graph(
        expression,
        split_names(wrt),
        where="; ".join(filter(None, where)),
        names=names,
        granularity=granularity,
        verify=not no_verify,
    )
    if as_json or format_ == "json":
        print_json(found.as_dict())
        return 0
    if format_ is None and sys.stdout.isatty() and can_encode(found.unicode):
        _draw(found.unicode, found.assumptions)
        return 0
    notes = [*found.assumptions, *(["not checked against a numerical derivative"] if no_verify else [])]
    for note in notes:
        print(f"note: {one_line(note)}", file=sys.stderr)
    shown = found.spell(format_ or "text")
    if not can_encode(shown) and format_ == "unicode":
        print("note: this output cannot carry Unicode; the tables are spelled in ASCII", file=sys.stderr)
        shown = found.text
    print(shown)
    return 0


def _draw(tables: str, assumptions: list[str]) -> None:
    """For a terminal: the tables with their titles set off."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in tables.split("\n"):
        style = "" if line.startswith("  ") or " = " in line else "bold"
        for part in _within(line, console.width):
            console.print(Text(part, style=style))
    for note in assumptions:
        console.print(Text(f"assumed: {one_line(note)}", style="dim"))


def _within(line: str, width: int) -> list[str]:
    """A line of a table in lines of a screen, broken before a sign or bracket; what goes on stands four columns further in."""
    found: list[str] = []
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    while len(line) > width:
        cut = max(line.rfind(sign, len(indent), width + 1) for sign in BREAKS)
        if cut <= len(indent):
            break
        found.append(line[:cut])
        line = indent + line[cut + 1 :]
    return [*found, line]
