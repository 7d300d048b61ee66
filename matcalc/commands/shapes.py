"""`matcalc shapes`: every subexpression with its shape."""

from __future__ import annotations

import sys

import click

from .console import complain, grid, one_line, print_json, readings_table, spellable
from .words import EXPRESSION_SETTINGS, takes_expression


@click.command("shapes", context_settings=EXPRESSION_SETTINGS)
@takes_expression
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the subexpressions, and how each name was read.")
def command(expression: str, where: tuple[str, ...], as_json: bool) -> int:
    """Every subexpression of EXPR with its inferred shape, and how each name was read."""
    from ..api import parse

    read = parse(expression, where="; ".join(filter(None, where)))
    if as_json:
        print_json(read.as_dict())
        return 0
    rows = [(one_line(text), spellable(shape)) for text, shape in read.subexpressions()]
    for reading in read.readings:
        if not reading.declared and not sys.stdout.isatty():
            complain(f"note: {'chosen: ' if reading.chosen else ''}{one_line(reading.clause)}: {reading.because}")
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.text import Text

        table = grid("default")
        for text, shape in rows:
            table.add_row(Text(text), Text(shape, style="bold"))
        console = Console(highlight=False)
        console.print(table)
        console.print()
        console.print(readings_table(read.readings))
    else:
        width = min(60, max((len(text) for text, _ in rows), default=0))
        for text, shape in rows:
            print(f"{text:<{width}}  {shape}")
    return 0
