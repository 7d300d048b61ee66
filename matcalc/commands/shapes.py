"""`matcalc shapes`: every subexpression with its shape."""

from __future__ import annotations

import sys

import click

from .console import EXPRESSION_SETTINGS, grid, one_line, spellable, takes_expression


@click.command("shapes", context_settings=EXPRESSION_SETTINGS)
@takes_expression
def command(expression: str, where: tuple[str, ...]) -> int:
    """Every subexpression of EXPR with its inferred shape."""
    from ..api import subexpressions

    rows = [(one_line(text), spellable(shape)) for text, shape in subexpressions(expression, where="; ".join(filter(None, where)))]
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.text import Text

        table = grid("default")
        for text, shape in rows:
            table.add_row(Text(text), Text(shape, style="bold"))
        Console(highlight=False).print(table)
    else:
        width = min(60, max((len(text) for text, _ in rows), default=0))
        for text, shape in rows:
            print(f"{text:<{width}}  {shape}")
    return 0
