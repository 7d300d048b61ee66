"""`%load_ext matcalc` in a notebook: `%matcalc x^T A x --wrt x`, and `%%matcalc` with the formula in the cell.

The answer is shown as a formula with what was assumed; `--steps`, `--code TARGET` and `--check CLAIM` show what they say below it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

from .codegen.targets import TARGETS
from .errors import MatcalcError, UsageError

OPTIONS = ("wrt", "where", "order", "layout", "notation", "code", "check")


def load_ipython_extension(ipython: Any) -> None:
    """What IPython calls for `%load_ext matcalc`."""
    ipython.register_magic_function(matcalc, "line_cell", "matcalc")


class Markdown:
    """A text that a notebook sets."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def matcalc(line: str, cell: str | None = None) -> None:
    """Show the derivative of the formula in the cell, or before the options on the line."""
    from IPython.display import display

    show: Callable[[Any], object] = display  # which has no types
    for shown in answers(line, cell):
        show(shown)


def answers(line: str, cell: str | None = None) -> Iterator[Any]:
    """What a notebook shows for a line and its cell; what is refused is shown as the command shows it."""
    from . import api
    from .checking.claims import check

    try:
        expr, given, flags = _read(line)
        expr = cell.strip() if cell is not None else expr
        names = [n.strip() for n in given["wrt"].split(",")] if "wrt" in given else None
        options: dict[str, Any] = {name: given[name] for name in ("where", "layout", "notation") if name in given}
        if "order" in given:
            options["order"] = _number(given["order"])
        found = api.derivative(expr, names[0] if names and len(names) == 1 else names, **options)
        several = found if isinstance(found, list) else [found]
        for d in several:
            yield d
            if "steps" in flags:
                yield Markdown(f"$$\n{d.latex_steps().replace('align*', 'aligned')}\n$$")
        if "code" in given:
            text = api.code(several, given["code"])
            yield Markdown(f"```{TARGETS[given['code']].markdown}\n{text}```")
        if "check" in given:
            layout = {name: options[name] for name in ("where", "layout", "order") if name in options}
            verdict = check(expr, several[0].wrt[0], given["check"], **layout)
            yield Markdown(": ".join(filter(None, [f"**{verdict.verdict}**", "; ".join(verdict.diagnosis)])))
    except MatcalcError as error:
        yield Markdown(f"```\nerror: {error}\n```")


def _read(line: str) -> tuple[str, dict[str, str], set[str]]:
    """The formula before the options, the options with a value, and those without."""
    expr, dashes, rest = line.partition("--")
    try:
        words = shlex.split(dashes + rest)
    except ValueError as error:
        raise UsageError(f"the options cannot be read: {error}") from None
    given: dict[str, str] = {}
    flags: set[str] = set()
    while words:
        option, equals, value = words.pop(0).partition("=")
        name = option.removeprefix("--")
        if name == "steps":
            flags.add(name)
        elif name in OPTIONS and (equals or words):
            given[name] = value if equals else words.pop(0)
        else:
            known = f"there are: --steps, --{', --'.join(OPTIONS)}"
            raise UsageError(f"unknown option {option}, or its value is missing", suggestion=known)
    return expr.strip().strip("\"'"), given, flags


def _number(text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"--order {text} is no number")
    return int(text)
