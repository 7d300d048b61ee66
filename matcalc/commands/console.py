"""What the commands share: reading the expression, printing JSON, tables and notes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from ..errors import UsageError, printable

if TYPE_CHECKING:
    from rich.table import Table

    from ..inference.table import Reading
    from ..pipeline.derivative import Derivative

LONGEST_INPUT = 200_000  # bytes; the reader's own limit, applied before an endless stdin fills the memory
LONG_OPTION = re.compile(r"(--[A-Za-z][A-Za-z-]+)(=.*)?", re.DOTALL)
FILE = re.compile(r"\S+\.(?:txt|tex|md|m)")  # an expression has no such end
SHORT_OPTION = re.compile(r"(-[A-Za-z])")
# An expression may begin with a minus, so that unknown options pass to EXPR, where read_expression looks at them; and
# these commands have no one-letter options, which a "-x^T x" would be taken for.
EXPRESSION_SETTINGS = {"ignore_unknown_options": True}


class OptionalWords(click.Command):
    """A command some of whose options take a word or none: `--steps full`, or `--steps` before the expression."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        optional = {name: p for p in self.params if isinstance(p, click.Option) and isinstance(p.type, click.Choice) for name in p.opts}
        return super().parse_args(ctx, [_with_word(optional.get(a), a, args[k + 1 : k + 2]) for k, a in enumerate(args)])


def _with_word(option: click.Option | None, word: str, following: Sequence[str]) -> str:
    """`--steps=brief` for a `--steps` that no level follows."""
    if option is None or not isinstance(option.flag_value, str) or not isinstance(option.type, click.Choice):
        return word
    return word if following and following[0] in option.type.choices else f"{word}={option.flag_value}"


def read_expression(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> str:
    """The one expression among the words that are no known option; `-` stands for standard input."""
    for word in words:
        unknown = LONG_OPTION.fullmatch(word) or (len(words) > 1 and SHORT_OPTION.fullmatch(word))
        if unknown:
            from difflib import get_close_matches

            name = unknown.group(1)
            options = [option for p in ctx.command.params for option in p.opts if option.startswith("--")]
            raise click.NoSuchOption(name, possibilities=get_close_matches(name, options, cutoff=0.7), ctx=ctx)
    if not words:
        raise click.UsageError('no expression; write it in quotes: "x^T A x", or - to read it from standard input', ctx)
    if len(words) > 1:
        found = ", ".join(repr(cut(word, 30)) for word in words[:4])
        raise click.UsageError(f"one expression is wanted, {len(words)} were given: {found}; write it in quotes", ctx)
    return read_stdin() if words[0] == "-" else read_file(words[0]) or words[0]


def read_file(name: str) -> str:
    """The expression in a file of this name, which is said; "" where there is none. Names of files have no blanks here, and a suffix."""
    import os

    if not FILE.fullmatch(name) or not os.path.isfile(name):
        return ""
    complain(f"note: read from {name}")
    with open(name, "rb") as file:
        return decoded(file.read(LONGEST_INPUT + 1), name)


def read_stdin() -> str:
    if sys.stdin is None:
        raise UsageError("the expression was to come from standard input, which is closed")
    stream = getattr(sys.stdin, "buffer", None)
    data = stream.read(LONGEST_INPUT + 1) if stream else sys.stdin.read(LONGEST_INPUT + 1).encode()
    return decoded(bytes(data), "standard input")


def decoded(data: bytes, source: str) -> str:
    if len(data) > LONGEST_INPUT:
        raise UsageError(f"the expression on {source} is longer than {LONGEST_INPUT // 1000} kB")
    try:
        return data.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8: byte 0x{data[error.start]:02x} at position {error.start}") from None


def takes_expression(function: Callable[..., int]) -> Callable[..., int]:
    """EXPR and --where, which every command on an expression takes."""
    function = click.option(
        "--where",
        multiple=True,
        metavar="DECLS",
        help='Declarations, split by ";": "x in R^n; A in R^{m x n}; S in S^n; k in N; X in R^{n x n} invertible".',
    )(function)
    return click.argument("expression", metavar="EXPR", nargs=-1, type=click.UNPROCESSED, callback=read_expression)(function)


def split_names(given: Iterable[str]) -> list[str]:
    """`--wrt x,y --wrt A_{1,2}` is x, y and A_{1,2}: a comma inside a subscript separates nothing."""
    return [name.strip() for text in given for name in re.split(r",(?![^{\[(]*[}\])])", text)]


def notes_of(answer: Derivative) -> list[str]:
    """What was assumed, and what was not checked."""
    if answer.check:
        return list(answer.assumptions)
    return [*answer.assumptions, str(answer.check) if answer.check is not None else "not checked against a numerical derivative"]


def print_json(value: object) -> None:
    import json

    text = json.dumps(value, ensure_ascii=False)
    print(text if can_encode(text) else json.dumps(value))


def grid(first: str = "dim") -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=first, overflow="fold")
    grid.add_column(overflow="fold")
    return grid


def readings_table(readings: Sequence[Reading]) -> Table:
    """How each name was read and why; what was chosen among kinds stands first and is marked."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for reading in readings:
        why = ("chosen: " if reading.chosen else "") + reading.because
        table.add_row(Text(printable(reading.clause), "yellow" if reading.chosen else ""), Text(printable(why), "dim"))
    return table


def shape_words(shape: Sequence[str]) -> str:
    """`1×n, a row`, in what this terminal can show."""
    from ..kinds import shape_words

    return spellable(shape_words(shape))


def spellable(shape: str) -> str:
    return shape if can_encode(shape) else shape.replace("×", " x ")


def can_encode(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def one_line(text: str) -> str:
    return printable(" ".join(text.split("\n")))


def cut(text: str, width: int = 200) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def complain(message: str) -> None:
    """To stderr; what the user typed never reaches the terminal as a control character."""
    if sys.stderr is not None:
        with suppress(OSError):
            print("\n".join(printable(line) for line in message.split("\n")), file=sys.stderr, flush=True)
