"""The formulas of a document, each with the place where it stands and the prose before it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

from ..errors import UsageError
from ..reading.files import read_file
from ..reading.macros import Macros
from .macros import macros_of

ENVIRONMENTS = "equation|displaymath|math|align|alignat|flalign|gather|multline|eqnarray|IEEEeqnarray|dmath"
_MATH = re.compile(
    r"(?<!\\)\$\$(?P<a>.+?)(?<!\\)\$\$|(?<![\\$])\$(?P<b>[^$]+?)(?<!\\)\$|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)"
    rf"|\\begin\{{(?P<env>{ENVIRONMENTS})(?P<star>\*?)\}}(?:\{{[^{{}}]*\}})?(?P<e>.+?)\\end\{{(?P=env)(?P=star)\}}",
    re.DOTALL,
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`|<!--.*?-->", re.DOTALL)
_VERBATIM = re.compile(r"\\begin\{(verbatim|lstlisting|minted|comment)\*?\}.*?\\end\{\1\*?\}", re.DOTALL)
SUFFIXES = (".tex", ".md", ".markdown", ".ipynb")


class Formula:
    """A formula: its text with the author's commands, where it stands (line and column from 1; of a notebook the cell too), and what
    stands around it."""

    __slots__ = ("after", "before", "cell", "column", "end", "line", "read", "text")

    def __init__(self, text: str, line: int, column: int, end: int, before: str, after: str, cell: int | None) -> None:
        self.text, self.line, self.column, self.end = text, line, column, end  # `end` is the line on which the formula ends
        self.before, self.after, self.cell = before, after, cell
        self.read = text  # with the author's commands expanded, once they are


class Document:
    """A file with its formulas and its author's commands."""

    def __init__(self, path: str, formulas: list[Formula], macros: Macros, prose: str) -> None:
        self.path, self.formulas, self.macros, self.prose = path, formulas, macros, prose


def read(path: str) -> Document:
    """The formulas of a file. UsageError for what cannot be read, or is no paper."""
    kind = os.path.splitext(path)[1].lower()
    if kind not in SUFFIXES:
        raise UsageError(f"{path} is neither {', '.join(SUFFIXES[:-1])} nor {SUFFIXES[-1]}")
    text = read_file(path)
    parts = _cells(path, text) if kind == ".ipynb" else [(None, text)]
    clean = [(cell, _blanked(part, kind == ".tex")) for cell, part in parts]
    prose = "\n".join(part for _, part in clean)
    return Document(path, [f for cell, part in clean for f in _formulas(part, cell)], macros_of(prose), prose)


def _cells(path: str, text: str) -> list[tuple[int | None, str]]:
    """The Markdown cells of a notebook, counted among all cells from 1."""
    try:
        cells = json.loads(text)["cells"]
        return [(k, "".join(c["source"])) for k, c in enumerate(cells, 1) if c["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{path} is no notebook") from None


def _blanked(text: str, tex: bool) -> str:
    """Without what is not read; places stay as they are."""
    for pattern in (_VERBATIM, _COMMENT) if tex else (_CODE,):
        text = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    return text


def _formulas(text: str, cell: int | None) -> Iterator[Formula]:
    last = 0
    found = list(_MATH.finditer(text))
    for k, m in enumerate(found):
        name = next(n for n in "abcde" if m[n] is not None)
        following = found[k + 1].start() if k + 1 < len(found) else len(text)
        body, start = m[name], m.start(name)
        start += len(body) - len(body.lstrip())
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        end = text.count("\n", 0, m.end()) + 1
        yield Formula(body.strip(), line, column, end, text[last : m.start()], text[m.end() : following], cell)
        last = m.end()
