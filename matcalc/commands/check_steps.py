"""`matcalc check-steps`: does every line of my derivation follow?"""

from __future__ import annotations

import sys

import click

from ..errors import UsageError
from .console import one_line, print_json
from .options import LAYOUTS


@click.command(
    "check-steps",
    epilog="""\b
Example, in derivation.txt:
  f = ||A x - b||^2
  df = 2 (A x - b)^T d(A x - b)
     = 2 (A x - b)^T A dx
  df/dx = 2 (A x - b)^T A

A line defines a name, states a differential (df = ...) or a derivative (df/dx = ..., \\nabla_x f = ..., also as a fraction of
LaTeX), or goes on with the line before it (= ...). An align is read as well. A line that begins with "where" has declarations.

Exit code: 0 every line is right, 1 one is wrong, 2 a line was not understood, and none is wrong.""",
)
@click.argument("file", metavar="FILE")
@click.option("--wrt", metavar="X", help="The variable; else that of the first df/dx.")
@click.option("--where", multiple=True, metavar="DECL", help='Declarations: "A in R^{m x n}; S in S^n".')
@click.option("--layout", type=click.Choice(LAYOUTS), help="The layout of the derivatives; else the one in which more lines are right.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(file: str, wrt: str | None, where: tuple[str, ...], layout: str | None, as_json: bool) -> int:
    """Judge the derivation in FILE (- is standard input) line by line: each against the closed form and by numbers."""
    from ..checking.derivations import UNCLEAR, WRONG, check_steps
    from ..reading.files import read_file

    text = sys.stdin.read() if file == "-" else read_file(file)
    try:
        found = check_steps(text, wrt, where="; ".join(where), layout=layout)
    except UsageError as error:
        raise UsageError(f"{file}: {error.message}", suggestion=error.suggestion) from None
    states = [line.status for line in found]
    if as_json:
        print_json({"right": not {WRONG, UNCLEAR} & set(states), "lines": [line.as_dict() for line in found]})
    else:
        width = max(len(line.text) for line in found)
        for line in found:
            print(one_line(f"{line.number:>3}  {line.text:<{min(width, 70)}}  {line.status}{': ' * bool(line.reason)}{line.reason}"))
    return 1 if WRONG in states else 2 if UNCLEAR in states else 0
