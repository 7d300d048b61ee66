r"""The commands that a document defines, \newcommand, \def, \DeclareMathOperator, written out in its formulas (`reading.macros`)."""

from __future__ import annotations

import re
from contextlib import suppress

from ..errors import ReadingError
from ..reading.macros import DEFINES, Macros, definition, written_out

# Commands that only say how a formula is set.
_SETTING = re.compile(
    r"\\(?:label|tag|eqref|ref|cite[a-z]*)\*?\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|textstyle|limits|nolimits|allowbreak|hfill|medskip"
    r"|noindent|centering)(?![A-Za-z])|\\(?:[hv]space)\*?\{[^{}]*\}"
)


def macros_of(text: str) -> Macros:
    """The commands that a document defines; what is no definition is left out, as a document has other uses of these words."""
    found: Macros = {}
    for m in DEFINES.finditer(text):
        try:
            name, macro, _ = definition(text, m)
        except ReadingError:
            continue
        found[name] = macro
    return found


def expanded(text: str, macros: Macros) -> str:
    """The formula without the author's commands, and without those that only set it. What has no end stays, and is not understood then."""
    with suppress(ReadingError):
        text = written_out(text, macros)
    return _SETTING.sub(" ", text)
