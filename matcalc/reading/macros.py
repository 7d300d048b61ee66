r"""The author's own commands, where their definitions are pasted with the formula: \newcommand{\norm}[1]{\lVert #1\rVert}.

The definitions are taken out and the commands replaced by what they stand for, before anything else is read. Errors then show the formula
with the commands written out. (How TeX replaces: The TeXbook, chapter 20; \newcommand: LaTeX2e unofficial reference manual, 12.1.)
Documents have theirs by the same way (`papers.macros`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import ReadingError
from ..interning import regex
from .marks import quote, refuse

DEFINES = regex(r"\\(?:(?:re)?newcommand|providecommand|DeclareMathOperator|def)(?![A-Za-z])\*?")
_NAME = regex(r"\s*(?:\{\s*(\\[A-Za-z]+)\s*\}|(\\[A-Za-z]+))")
_COUNT = regex(r"\s*\[\s*([1-9])\s*\]")
_IN_BRACKETS = regex(r"\s*\[([^\]]*)\]")
_MOST = 2000  # replacements, and a thousand characters for each of them


class Macro(NamedTuple):
    """What a command stands for: a body with #1 and so on, and what the first argument is where it is left out."""

    arity: int
    default: str | None
    body: str


Macros = dict[str, Macro]


class _EndlessError(ReadingError):
    """A command that is in its own definition, or grows too long."""

    def __init__(self, command: str) -> None:
        super().__init__(f"{quote(command)} has no end: it is in its own definition, or grows too long")
        self.command = command


def with_macros(text: str) -> tuple[str, Macros]:
    """The text without the definitions of commands and with the commands written out, and the definitions."""
    macros: Macros = {}
    rest, at = [], 0
    while m := DEFINES.search(text, at):
        rest.append(text[at : m.start()])
        name, macro, at = definition(text, m)
        macros[name] = macro
    rest.append(text[at:])
    try:
        return written_out("".join(rest).strip(), macros), macros
    except _EndlessError as error:
        at = max(text.rfind(error.command), 0)
        for m in DEFINES.finditer(text):
            named = _NAME.match(text, m.end())
            if named is not None and error.command in named.groups():
                at = named.start(1 if named[1] else 2)
        hint = f"write what {error.command} stands for without {error.command} in it"
        raise refuse(error.message, text, (at, at + len(error.command)), hint) from None


def written_out(text: str, macros: Macros) -> str:
    """The text with the commands written out."""
    if not macros:
        return text
    found = re.compile(rf"({'|'.join(map(re.escape, sorted(macros, key=len, reverse=True)))})(?![A-Za-z])")
    command = ""
    for _ in range(_MOST):
        m = found.search(text)
        if m is None:
            return text
        command = m[1]
        count, default, body = macros[m[1]]
        end, arguments = m.end(), list[str]()
        if default is not None:
            given = _IN_BRACKETS.match(text, end)
            arguments, end = ([given[1]], given.end()) if given else ([default], end)
        while len(arguments) < count:
            argument, end = _argument(text, end, m)
            arguments.append(argument)
        said = ""
        for k, piece in enumerate(re.split(r"#([1-9])", body)):
            said = _joined(said, piece if k % 2 == 0 else arguments[int(piece) - 1] if int(piece) <= count else "")
        text = text[: m.start()] + _joined(said, text[end:])
        if len(text) > 1000 * _MOST // 10:
            break
    raise _EndlessError(command)


def _joined(before: str, behind: str) -> str:
    """Two pieces side by side; no letter becomes a part of a command before it."""
    return before + " " * (behind[:1].isalpha() and re.search(r"\\[A-Za-z]+$", before) is not None) + behind


def definition(text: str, m: re.Match[str]) -> tuple[str, Macro, int]:
    r"""The name of the command whose definition begins with the match of `DEFINES`, what it stands for, and where the definition ends.
    ReadingError where it is none."""
    named = _NAME.match(text, m.end())
    if named is None:
        hint = "write \\newcommand{\\name}[1]{… #1 …}, or the formula without it"
        raise refuse(f"{quote(m[0])} has no name behind it", text, m.span(), hint)
    at, count, default = named.end(), 0, None
    if m[0].startswith("\\def"):
        parameters = re.compile(r"\s*((?:#[1-9]\s*)*)").match(text, at)
        count, at = (parameters[1].count("#"), parameters.end()) if parameters else (0, at)
    elif counted := _COUNT.match(text, at):
        count, at = int(counted[1]), counted.end()
        if given := _IN_BRACKETS.match(text, at):
            default, at = given[1], given.end()
    body, end = _argument(text, at, m)
    if m[0].startswith("\\DeclareMathOperator"):
        body = f"\\operatorname{{{body}}}"
    return named[1] or named[2], Macro(count, default, body), end


def _argument(text: str, at: int, m: re.Match[str]) -> tuple[str, int]:
    """What stands in braces at `at`, or the one sign there, and where it ends."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at < len(text) and text[at] == "{":
        depth = 0
        for k in range(at, len(text)):
            escaped = k > 0 and text[k - 1] == "\\"
            depth += (text[k] == "{" and not escaped) - (text[k] == "}" and not escaped)
            if depth == 0:
                return text[at + 1 : k], k + 1
        raise refuse("`{` is not closed", text, (at, at + 1))
    sign = re.compile(r"\\[A-Za-z]+|\\.|[^\s}]").match(text, at)
    if sign is None:
        raise refuse(f"{quote(m[0])} has nothing behind it", text, m.span(), "write what it is of in braces")
    return sign[0], sign.end()
