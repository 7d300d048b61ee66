"""What the commands share, Click apart: reading the expression, printing JSON, tables and notes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import UsageError, printable
from ..interning import regex

if TYPE_CHECKING:
    from rich.table import Table

    from ..inference.table import Reading
    from ..pipeline.derivative import Derivative

LONGEST_INPUT = 200_000  # bytes; the reader's own limit, applied before an endless stdin fills the memory
FILE = regex(r"\S+\.(?:txt|tex|md|m)")  # an expression has no such end
WITHOUT_COMMAND = "matcalc.without_command"  # set where the expression stands alone, and the customary variable is taken


def read_word(word: str) -> str:
    """The expression that a word of the command line stands for; `-` is standard input."""
    return read_stdin() if word == "-" else read_file(word) or word


def read_file(name: str) -> str:
    """The expression in a file of this name, which is said; "" where there is none. Names of files have no blanks here, and a suffix."""
    import os

    if "." not in name or not FILE.fullmatch(name) or not os.path.isfile(name):
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


def split_names(given: Iterable[str]) -> list[str]:
    """`--wrt x,y --wrt A_{1,2}` is x, y and A_{1,2}: a comma inside a subscript separates nothing."""
    return [name.strip() for text in given for name in (re.split(r",(?![^{\[(]*[}\])])", text) if "," in text else (text,))]


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


def spellable(shape: str) -> str:
    return shape if can_encode(shape) else shape.replace("×", " x ").replace("→", "->")


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
