"""What the commands on functions share: their options, and how an answer is shown on a terminal, in a pipe, as JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from ..errors import VerificationError, printable
from .console import can_encode, grid, one_line, print_json
from .options import FORMATS
from .words import takes_expression

if TYPE_CHECKING:
    from ..course.problem import Answer


def takes_function(function: Callable[..., int]) -> Callable[..., int]:
    """EXPR, --where, --wrt and the options for the output."""
    wrt = click.option(
        "--wrt",
        multiple=True,
        metavar="X",
        help="The variable; repeat it, or separate by commas, for several. The only name there is may be left out.",
    )
    return wrt(takes_output(function))


def takes_output(function: Callable[..., int]) -> Callable[..., int]:
    """EXPR, --where and the options for the output."""
    for option in (
        click.option("--no-verify", is_flag=True, help="Skip the numerical check."),
        click.option("--json", "as_json", is_flag=True, help="JSON, for programs."),
        click.option("--format", "format_", type=click.Choice(FORMATS), help="The bare answer in this spelling, on a terminal too."),
    ):
        function = option(function)
    return takes_expression(function)


def joined(where: Sequence[str]) -> str:
    return "; ".join(filter(None, where))


def show(find: Callable[[], Answer], title: str, as_json: bool, format_: str | None) -> int:
    """Find the answer and show it; a failed check is said in JSON too."""
    try:
        answer = find()
    except VerificationError as error:
        if as_json:
            print_json({"verified": "failed", "error": error.message})
        raise
    if as_json:
        print_json(answer.as_json())
        if not isinstance(answer.as_json(), dict):
            _notes(answer)
    elif format_ is None and sys.stdout.isatty():
        _draw(answer, title)
    else:
        _notes(answer)
        _print(answer, format_ or "text")
    return 0


def _notes(answer: Answer) -> None:
    for note in dict.fromkeys([*answer.assumptions, *([] if answer.check else [unchecked(answer)])]):
        print(f"note: {one_line(note)}", file=sys.stderr)


def unchecked(answer: Answer) -> str:
    """What was not seen of the answer, or that nothing was."""
    return str(answer.check) if answer.check is not None else "not checked numerically"


def _print(answer: Answer, format_: str) -> None:
    text = answer.written(format_)
    if format_ == "unicode" and not can_encode(text):
        print("note: this output cannot carry Unicode; the answer is spelled in ASCII", file=sys.stderr)
        text = answer.text
    print("\n".join(printable(line) for line in text.split("\n")))
    for label, words in answer.facts() if format_ == "text" else ():
        print(f"{label}: {one_line(words)}", file=sys.stderr)


def _draw(answer: Answer, title: str) -> None:
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    facts = grid()
    for label, words in answer.facts():
        facts.add_row(label, Text(printable(words)))
    if answer.where:
        facts.add_row("where", Text(printable(answer.where)))
    for k, note in enumerate(answer.assumptions):
        facts.add_row("note" if k == 0 else "", Text(printable(note), style="yellow"))
    if answer.check:
        facts.add_row("verified", Text(str(answer.check), style="green"))
    else:
        facts.add_row("unverified", Text(printable(unchecked(answer)), style="yellow"))
    formula = answer.unicode if can_encode(answer.unicode) else answer.text
    body = Group(Text("\n".join(printable(line) for line in formula.split("\n")), style="bold"), "", facts)
    Console(highlight=False).print(Panel(body, title=Text(one_line(title)), title_align="left", padding=(1, 2), expand=False))
