r"""The author's own commands: \newcommand, \def, \DeclareMathOperator and their like, expanded as TeX would."""

from __future__ import annotations

import re

from ..checking.statements import group

MOST = 2000  # expansions in a formula: what needs more has no end
_COMMAND = re.compile(
    r"\\(?:re|provide)?newcommand\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?\s*(?:\[([^\]]*)\])?\s*(?=\{)|\\def\s*\\([A-Za-z]+)\s*((?:#\d)*)\s*(?=\{)"
)
_OPERATOR = re.compile(r"\\DeclareMathOperator\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?=\{)")
# Commands that only say how a formula is set.
_SETTING = re.compile(
    r"\\(?:label|tag|eqref|ref|cite[a-z]*)\*?\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|textstyle|limits|nolimits|allowbreak|hfill|medskip"
    r"|noindent|centering)(?![A-Za-z])|\\(?:[hv]space)\*?\{[^{}]*\}"
)


class Macro:
    def __init__(self, count: int, default: str | None, body: str) -> None:
        self.count, self.default, self.body = count, default, body


Macros = dict[str, Macro]


def macros_of(text: str) -> Macros:
    """The commands that a document defines."""
    found: Macros = {}
    for m in _COMMAND.finditer(text):
        body = text[m.end() + 1 : group(text, m.end()) - 1]
        count = int(m[2] or 0) if m[1] else len(m[5]) // 2
        found[m[1] or m[4]] = Macro(count, m[3], body)
    for m in _OPERATOR.finditer(text):
        found[m[1]] = Macro(0, None, rf"\operatorname{{{text[m.end() + 1 : group(text, m.end()) - 1]}}}")
    return found


def expanded(text: str, macros: Macros) -> str:
    """The formula without the author's commands, and without those that only set it."""
    if macros:
        pattern = re.compile(r"\\(" + "|".join(sorted(map(re.escape, macros), key=len, reverse=True)) + r")(?![A-Za-z])")
        for _ in range(MOST):
            m = pattern.search(text)
            if m is None:
                break
            body, end = _applied(macros[m[1]], text, m.end())
            glue = " " if end == m.end() and text[end : end + 1].isalpha() else ""
            text = text[: m.start()] + body + glue + text[end:]
    return _SETTING.sub(" ", text)


def _applied(macro: Macro, text: str, at: int) -> tuple[str, int]:
    """The body with the arguments that follow `at`, and where they end."""
    given = []
    if macro.default is not None:
        m = re.compile(r"\s*\[([^\]]*)\]").match(text, at)
        given, at = ([m[1]], m.end()) if m else ([macro.default], at)
    while len(given) < macro.count:
        m = re.compile(r"\s*(\{|\\[A-Za-z]+|\S)").match(text, at)
        if m is None:
            break
        end = group(text, m.start(1)) if m[1] == "{" else m.end()
        given.append(text[m.start(1) + 1 : end - 1] if m[1] == "{" else m[1])
        at = end
    body = re.sub(r"#(\d)", lambda m: given[int(m[1]) - 1] if int(m[1]) <= len(given) else "", macro.body)
    return (f"{{{body}}}" if macro.count == 0 and re.search(r"[+\-=]", body) else body), at
