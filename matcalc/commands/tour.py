"""`matcalc tour`: a guided walk through a chapter, in the terminal."""

from __future__ import annotations

import sys
from textwrap import fill

import click

from ..errors import MatcalcError, printable
from .menu import command as matcalc

WIDTH = 88


@click.command(
    "tour",
    epilog="""\b
Examples:
  matcalc tour              Enter goes on, q and Enter leaves
  matcalc tour 19           begin with the nineteenth stop
  matcalc tour --list       what there is to see
  matcalc tour | less       everything at once""",
)
@click.argument("first", type=int, default=1, metavar="[STOP]")
@click.option("--list", "only_list", is_flag=True, help="List the stops.")
def command(first: int, only_list: bool) -> int:
    """A walk through chapter 5 of Mathematics for Machine Learning, Vector Calculus: every command of matcalc at an example of the
    book, with its answer."""
    from ..course.tours import tour

    stops = tour(first)
    if only_list:
        for number, stop in enumerate(stops, first):
            print(f"{number:2}  {stop.title}")
        return 0
    known = set(matcalc.list_commands(click.Context(matcalc)))
    interactive = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    for number, stop in enumerate(stops, first):
        if stop.argv[0] not in known:
            continue  # a command that this version does not have
        heading = f"{number}. {stop.title}"
        print(("" if number == first else "\n") + (click.style(heading, bold=True) if interactive else heading))
        print(fill(stop.text, WIDTH))
        print(f"\n$ {stop.command}", flush=True)
        _run(list(stop.argv))
        if interactive and number < first + len(stops) - 1 and not _goes_on():
            break
    return 0


def _run(argv: list[str]) -> None:
    """One command, as if it had been typed; a refusal is part of the lesson."""
    try:
        matcalc.main(args=argv, prog_name="matcalc", standalone_mode=False)
    except MatcalcError as error:
        for line in f"error: {error}".split("\n"):
            print(printable(line))
    sys.stdout.flush()


def _goes_on() -> bool:
    try:
        return input(click.style("\nEnter to go on, q to leave: ", dim=True)).strip().lower() not in ("q", "quit", "exit")
    except EOFError:
        return False
