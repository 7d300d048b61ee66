"""`matcalc check`: is the gradient in my draft right?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import NoAnswerError, UsageError, printable
from .console import can_encode, grid, one_line, print_json, split_names
from .options import LAYOUTS
from .words import EXPRESSION_SETTINGS, SECOND_WORD, takes_expression

if TYPE_CHECKING:
    from ..checking.claims import Verdict

METHODS = ("closed_form", "central_differences")


@click.command(
    "check",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc check "x^T A x" --wrt x --claim "2 x^T A"          right only if A is symmetric
  matcalc check "x^T A x" "2 x^T A" --wrt x                  the same
  matcalc check "sqrt(1 + t^2)" "t/sqrt(1 + t^2)"            by the only name
  matcalc check "||A x - b||^2" --wrt x --claim "2 A^T (A x - b)" --layout denominator
  matcalc check "A X B" --wrt X --claim "dX -> A dX B"
  matcalc check "f = x^T A x; df/dx = x^T (A + A^T)"
  matcalc check "x^T A x" --wrt x --claim "x^T (A + A^T)" --values data.npz

Exit code: 0 equal, 1 not equal, 2 the input was refused or could not be judged.""",
)
@click.option("--wrt", multiple=True, metavar="X", help="The variable; at --order 2 two may be given.")
@click.option("--claim", metavar="C", help="The derivative as you have it, in text or LaTeX, in any notation.")
@takes_expression
@click.option("--order", type=click.IntRange(min=1), default=1, show_default=True, metavar="K", help="1 the derivative, 2 the Hessian.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="numerator", show_default=True, help="The layout the claim should have.")
@click.option("--values", "file", metavar="FILE", help="Evaluate both at the arrays in this .npz or .json file as well.")
@click.option("--verbose", is_flag=True, help="The numbers at every random point: sizes, and the claim's error by each method.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    claim: str | None,
    order: int,
    layout: str,
    file: str | None,
    verbose: bool,
    as_json: bool,
) -> int:
    """Judge the claim that the derivative of EXPR by X is C. EXPR may state it itself: f = x^T A x; df/dx = 2 A x.

    The verdict stands on the first line, with what is wrong if the claim is; the right derivative on the second.
    """
    from ..checking.claims import check, stated

    declared = "; ".join(filter(None, where))
    names = split_names(wrt)
    second: str | None = click.get_current_context().meta.get(SECOND_WORD)
    if claim is not None and second is not None:
        raise UsageError("two claims are given", suggestion="leave one out")
    claim = claim if second is None else second
    if claim is None:
        expression, said, claim, order = stated(expression, declared)
        names = names or list(said)
    by = names or None
    values = read_values(file) if file is not None else None
    try:
        verdict = check(expression, by, claim, where=declared, order=order, layout=layout, values=values)
    except NoAnswerError as error:  # whose exit code would say that the claim is wrong
        raise UsageError(error.message, suggestion=error.suggestion) from None
    if as_json:
        print_json(verdict.as_dict())
    elif sys.stdout.isatty():
        _draw(verdict, verbose)
    else:
        for note in verdict.notes:
            print(f"note: {one_line(note)}", file=sys.stderr)
        for line in _lines(verdict, verbose):
            print(line)
    return 0 if verdict.equal else 1


def read_values(file: str) -> dict[str, Any]:
    """The arrays of a file: .npz, or JSON with a number or nested lists for every name."""
    import json
    import zipfile

    import numpy as np

    try:
        if file.endswith(".npz"):
            with np.load(file, allow_pickle=False) as data:
                return {name: data[name] for name in data.files}
        with open(file, encoding="utf-8") as stream:
            values = json.load(stream)
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError, zipfile.BadZipFile) as error:
        raise UsageError(f"{file} is neither an .npz file nor JSON: {error}") from None
    if not isinstance(values, dict):
        raise UsageError(f"{file} should hold one object with an entry for every name")
    return values


def _lines(verdict: Verdict, verbose: bool) -> list[str]:
    lines = [": ".join(filter(None, (verdict.verdict, "; ".join(verdict.diagnosis))))]
    if verdict.derivative is not None:
        lines.append(f"derivative: {verdict.derivative.text}")
    lines.append(f"checked: {checked(verdict)}")
    if verbose:
        lines += [f"{name}: {numbers}" for name, numbers in by_point(verdict)]
    if verdict.at is not None:
        lines += [f"{name} at the values: {_numbers(verdict.at[name])}" for name in ("derivative", "claim")]
        lines.append(f"error at the values: {_error(verdict.at['error'])}")
    return [one_line(line) for line in lines]


def checked(verdict: Verdict) -> str:
    """How the verdict was reached."""
    if verdict.check is not None:
        return f"{'symbolically, and ' if verdict.symbolic else ''}{verdict.check}"
    if not verdict.points:
        return "the shapes alone"
    at = "a random point" if verdict.points == 1 else f"{verdict.points} random points"
    return f"at {at}" + (f", error measure {_error(verdict.error)}" if verdict.error is not None else "")


def by_point(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The sizes of every random point, and the claim's error there by each method."""
    for k, errors in enumerate(verdict.errors, 1):
        sizes = ", ".join(f"{n} = {size}" for n, size in errors["sizes"].items())
        methods = "; ".join(f"{kind.replace('_', ' ')} {_error(errors[kind])}" for kind in METHODS)
        yield f"point {k}" + (f" ({sizes})" if sizes else ""), methods


def _error(value: float | None) -> str:
    return "none" if value is None else f"{value:.1e}"


def _numbers(value: Any) -> str:
    import numpy as np

    return str(np.array2string(np.asarray(value), precision=6, threshold=60, separator=", ")).replace("\n", "")


def _draw(verdict: Verdict, verbose: bool) -> None:
    """For a terminal."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    facts = grid()
    for k, words in enumerate(verdict.diagnosis):
        facts.add_row("because" if k == 0 else "", Text(printable(words), style="yellow"))
    if verdict.derivative is not None:
        right = verdict.derivative.unicode if can_encode(verdict.derivative.unicode) else verdict.derivative.text
        facts.add_row("derivative", Text(right, style="bold"))
    facts.add_row("checked", Text(checked(verdict)))
    for name, numbers in by_point(verdict) if verbose else ():
        facts.add_row(name, Text(numbers))
    for k, note in enumerate(verdict.notes):
        facts.add_row("assumed" if k == 0 else "", Text(printable(note), style="yellow"))
    if verdict.at is not None:
        for name in ("derivative", "claim"):
            facts.add_row(f"{name} at the values", Text(_numbers(verdict.at[name])))
        facts.add_row("error at the values", Text(_error(verdict.at["error"])))
    head = Text(verdict.verdict, style="bold green" if verdict.equal else "bold red")
    Console(highlight=False).print(Panel(Group(head, "", facts), title="check", title_align="left", padding=(1, 2), expand=False))
