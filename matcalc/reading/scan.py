"""Characters to marks: the first pass of the reader.

Everything that ASCII, Unicode and LaTeX spell differently is made alike here, by the tables of `spellings`; what a mark means in its
place (a minus or a sign, an opening or a closing bar) is decided later, in `lex`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from ..errors import ReadingError, Span
from ..interning import regex
from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW
from .marks import Mark, pair, quote, refuse
from .programs import in_marks
from .spellings import COMMANDS, ENVIRONMENTS, FRACTIONS, GREEK, LOOKALIKES, OVER, SUB, SUP, SYMBOLS, VARIANTS

MAX_BYTES = 200_000
MAX_DIGITS = 4300

_UPRIGHT = r"\\(?:operatorname\*?|mathrm|text|textrm|textit|mathit|mathsf|mathtt|mbox|rm)[ ]*\{[ ]*(?P<upright>[A-Za-z]+)[ ,]*\}"
_SWITCHED = r"(?<![_^])\{[ ]*\\(?:rm|sf|mathrm|mathsf)[ ]+(?P<switched>[A-Za-z]{2,})[ ]*\}"  # {\rm tr}
_OPERATOR = r"\\mathop[ ]*\{[ ]*\\(?:mathrm|operatorname|text|sf|rm|mathsf)[ ]*\{?[ ]*(?P<operator>[A-Za-z]+)[ ]*\}?[ ]*\}"
_CONST = r"\\(?:mathbf|boldsymbol|bm|mathbb|mathbbm|mathds|mathbbold|pmb|symbf)[ ]*(?:\{[ ]*(?P<const>[01])[ ]*\}|(?P<const2>[01]))"

_BARRED = r"[ ]*\\(?:bar|overline|underline)[ ]*(?:\\(?:otimes|odot)(?![A-Za-z])|\{[ ]*\\(?:otimes|odot)[ ]*\})[ ]*"


@cache
def _pattern(latex: bool, ascii_only: bool) -> re.Pattern[str]:
    """The marks of a text with or without commands of LaTeX, and with or without other letters than ASCII: compiling them all takes a
    twentieth of a first answer."""
    symbols = sorted((s for s in SYMBOLS if s != ".T" and (s.isascii() or not ascii_only)), key=len, reverse=True)
    commands = (
        f"(?P<op>{_OPERATOR})|(?P<up>{_UPRIGHT})|(?P<switch>{_SWITCHED})|(?P<one>{_CONST})",
        r"\\(?P<edge>begin|end)[ ]*\{(?P<env>[A-Za-z]+\*?)\}(?:(?<=array\})[ ]*\{[lcr| ]*\})?",
        r"\\vec(?=[ ]*(?:\\left[ ]*)?\()(?P<vec>)",  # the operator; \vec{x} is only an arrow
        r"\\(?:hspace\*?|tag\*?|label)\{[^{}]*\}(?P<space>)",
        rf"(?P<barred>\\mathbin[ ]*\{{{_BARRED}\}}|{_BARRED})",
        r"\\(?P<cmd>a(?:rc)?tan2|[A-Za-z]+|.)",
    )
    over = f"[{''.join(OVER)}]"
    letters = (
        f"(?P<dressed>[A-Za-z{''.join(GREEK)}]{over}|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0126\u0128-\u01fe\u1e00-\u1ef9])",
        f"(?P<part>[{''.join(FRACTIONS)}])",
        f"(?P<sup>[{''.join(SUP)}]+)|(?P<sub>[{''.join(SUB)}]+)",
        f"(?P<greek>[{''.join(GREEK)}])",
    )
    parts = (
        r"(?P<blank>[ \t\r\f\v~]+)" if ascii_only else r"(?P<blank>[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000~]+)",
        r"(?P<num>(?:[0-9]+(?:\.[0-9]+|\.(?![0-9.*/^'T(_A-Za-z\\]))?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
        r"(?P<path>(?:np|numpy|jnp|jax|torch|tf|cp|cvxpy|sp|sympy|scipy|math|linalg|la|nn|F(?=\.[a-z_]{4,}\())(?:\.[A-Za-z_][A-Za-z_0-9]*)+)",
        r"(?P<word>[A-Za-z]+)" if ascii_only else f"(?P<word>[A-Za-z]+(?!{over}))",
        *(commands if latex else ()),
        *(() if ascii_only else letters),
        r"\.T(?![A-Za-z])(?P<dot_t>)",
        r"\.(?P<method>I(?![A-Za-z_(.])|[a-z]+(?=[ ]*\([ ]*\))|(?:dot|matmul|mm|mv|pow)(?=[ ]*\())",
        r"(?<=[(, ])[\"'](?P<quoted>[Ff]ro|inf)[\"']",
        r"(?P<spec>(?<=\()[\"'][A-Za-z, .>-]*[\"'])",
        r"(?<=[)\]}])\.(?=\()(?P<between>)",
        r"\.(?=(?:\\left[ ]*)?\()(?P<dot>)",
        r"(?<=[A-Za-z)\]}'])\.(?=[A-Za-z\[\\])(?P<tight>)",
        r"(?P<bars>\|{3,})",
        f"(?P<symbol>{'|'.join(map(re.escape, symbols))})",
        r"(?P<other>.)",
    )
    return re.compile("|".join(parts), re.DOTALL)


_GROUPED = ("font", "left", "right")
_AS_CALLS = regex(r"×|\\times|\\wedge|max|min|eig|lambda|λ|⟦|\\llbracket")
_ANGLES = regex(r"\\langle|\\rangle|[⟨⟩]|\\(?:bra|ket|braket|ketbra|dyad|mel|matrixel|expval|ev|innerproduct|ip)(?![A-Za-z])")

_RESPELLED = regex(
    r"[A-Za-z]\[[a-z]\]\s*=|\\(?:under|over)brace|\\Delta|Δ|\\over(?![A-Za-z])|[)\]}]_(?:\+|\{\+\})"
    r"|^\s*(?:(?:sp\.|sympy\.)?diff\(|D\[)|\.diff\([^()]*\)\s*$"
)
_TYPED = regex(r"<[^<>|,;=\[\]]+\|(?:[^<>|,;=\[\]]*\|)?[^<>|,;=\[\]]*>")  # <psi|H|psi>


def _as_angles(marks: list[Mark], text: str) -> None:
    """The signs of <psi|H|psi> are brackets."""
    ends = {at: kind for m in _TYPED.finditer(text) for at, kind in ((m.start(), "open"), (m.end() - 1, "close"))}
    for mark in marks:
        if mark.kind == "cmp" and mark.value in "<>" and mark.start in ends:
            mark.kind, mark.value = ends[mark.start], "<"


def check_length(text: str) -> None:
    """Refuse what no person typed, before any work is done on it."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ReadingError(f"the input is over {MAX_BYTES // 1000} kB, which is more than matcalc reads")


def scan(text: str, start: int = 0, stop: int | None = None, brackets: Mapping[str, str] | None = None) -> list[Mark]:
    """The marks of `text[start:stop]`, brackets paired. Positions are those of `text`. `brackets` says of which functions of two things
    `[` and `{` are (see `commutators`)."""
    stop = len(text) if stop is None else stop
    start, stop = _strip_paste(text, start, stop)
    original, text = text, _plain(text)
    bold = frozenset[int]()
    if "**" in text:  # **w**ᵀ**x** in Markdown
        bold = frozenset(k + 2 for m in _MARKDOWN.finditer(text, start, stop) for k in range(m.start(), m.end(), 5))
        text = "".join(c if not {k - 2, k - 1, k + 1, k + 2} & bold else " " for k, c in enumerate(text)) if bold else text
    if "\\right." in text:
        text = _PIECES.sub(_as_cases, text)
    marks: list[Mark] = []
    gap = False
    for m in _pattern("\\" in text, text.isascii()).finditer(text, start, stop):
        group = m.lastgroup
        if group == "blank":
            gap = True
            continue
        if group == "word" and m[0] not in VARIANTS:  # most marks are words and signs
            mark = Mark("word", m[0], m.start(), m.end())
        elif group == "symbol":
            mark = Mark(*SYMBOLS[m[0]], m.start(), m.end())
        else:
            mark = _mark(m, text)
        if mark.kind == "blank":
            gap = gap or m[0] != "\\!"  # \sigma\!\left(…\right)
            continue
        if mark.value == "hbar" and mark.kind in ("command", "hbar"):
            marks.append(Mark("accent", "bar", *m.span(), gap))
            gap, mark = False, Mark("word", "h", *m.span())
        elif group == "dressed" and mark.kind == "accent":  # the sign over the letter, and then the letter
            mark.gap, gap = gap, False
            marks.append(mark)
            letter = unicodedata.normalize("NFD", m.group())[0]
            mark = Mark("greek", GREEK[letter], *m.span()) if letter in GREEK else Mark("word", letter, *m.span())
        mark.gap, gap = gap, False
        if (bold and mark.start in bold) or (text is not original and "BOLD" in unicodedata.name(original[mark.start], "")):
            mark.bold = True
        marks.append(mark)
    if "\\ " in text and "\\begin" in text:
        _refuse_halved(text)
    kinds = {mark.kind for mark in marks}
    if "{" in text or not kinds.isdisjoint(_GROUPED):
        from .groups import grouped

        marks = grouped(marks, text, kinds)
    if ("m" in text or "g" in text or "\\" in text or not text.isascii()) and _AS_CALLS.search(text, start, stop):
        from .signs import as_calls

        marks = as_calls(marks, text, kinds)
    if ("_" in text or "[" in text or "\\" in text or "diff(" in text or "\u0394" in text) and _RESPELLED.search(text, start, stop):
        from .respelled import respelled

        marks = respelled(marks, text)
    marks = in_marks(marks, text)
    if not kinds.isdisjoint(("bar", "command")) and (_ANGLES.search(text, start, stop) or _TYPED.search(text, start, stop)):
        from .brakets import brakets

        _as_angles(marks, text)

        marks = brakets(marks, text)
    if brackets:
        from .commutators import called

        marks = called(marks, brackets)
    if "accent" in kinds:
        from .groups import accents

        marks = accents(marks)
    return pair(marks, text)


def _refuse_halved(text: str) -> None:
    r"""`a & b \ c & d` in a matrix: what a shell makes of `\\` in double quotes."""
    for m in _MATRIX.finditer(text):
        at = m[0].find("\\ ")
        if at >= 0 and "\\\\" not in m[0]:
            span = (m.start() + at, m.start() + at + 1)
            message = "`\\` before a blank is a space in LaTeX, and in a matrix more likely the end of a row that a shell has halved"
            raise refuse(message, text, span, "write the text in single quotes, or end rows with ;")


def _as_cases(m: re.Match[str]) -> str:
    """Cases that are set as an array with one brace, as long as they were."""
    return "\\begin{cases}".ljust(len(m[1])) + m[2] + "\\end{cases}".ljust(len(m[3]))


_PIECES = regex(r"(\\left[ ]*\\\{\s*\\begin\{array\}(?:[ ]*\{[lcr| ]*\})?)((?:(?!\\begin).)*?)(\\end\{array\}\s*\\right\.)", re.DOTALL)
_MATRIX = regex(r"\\begin\{[A-Za-z]*(?:matrix|array|cases)\}.*?\\end\{", re.DOTALL)
_ASKED = regex(r"\s*=\s*(?:\\[ ,;:]\s*|\\quad\s*)*\?\Z")
_MARKDOWN = regex(r"(?<![A-Za-z0-9)\]}*.])(?:\*\*[A-Za-z\u0391-\u03c9]\*\*)+(?!\*)")
_DRESSED = regex("[\U0001d400-\U0001d7ff\uff01-\uff5e\u2102-\u2131]")


def _plain(text: str) -> str:
    """The text with mathematical letters and full-width signs as the letters and signs that they are. Places stay."""
    if text.isascii() or not _DRESSED.search(text):
        return text
    plain = (unicodedata.normalize("NFKC", c) if _DRESSED.match(c) and c not in SYMBOLS else c for c in text)
    return "".join(p if len(p) == 1 else c for p, c in zip(plain, text))


def _strip_paste(text: str, start: int, stop: int) -> tuple[int, int]:
    """Drop what a paste brings along: surrounding dollars and the full stop or comma that ended the sentence."""
    while start < stop:
        if text[start].isspace():
            start += 1
        elif text[stop - 1].isspace() or (stop - start > 1 and text[stop - 1] in ".," and text[stop - 2] != "\\"):
            stop -= 1
        elif stop - start > 2 and text[start] == text[stop - 1] and text[start] in "$`":
            start, stop = start + 1, stop - 1
        else:
            break
    if text[start:stop].endswith("?") and (asked := _ASKED.search(text, start, stop)):
        stop = asked.start()
    at = text.find("$", start, stop)
    if at >= 0:
        other = text.find("$", at + 1, stop)
        if other > 0:
            raise refuse("the words round a formula are not read", text, (at, other + 1), "give what stands between the two `$`")
        raise refuse("`$` stands without its partner", text, (at, at + 1), "write the formula between two `$`, or without them")
    return start, stop


def _mark(m: re.Match[str], text: str) -> Mark:
    start, end = m.span()
    kind = m.lastgroup
    value = m.group()
    if kind == "part":
        return Mark("num", FRACTIONS[value], start, end)
    if kind == "dressed":
        letter, *over = list(unicodedata.normalize("NFD", value))
        if len(over) == 1 and over[0] in OVER and (letter in GREEK or (letter.isascii() and letter.isalpha())):
            return Mark("accent", OVER[over[0]], start, end)
        raise _unknown_character(value, text, start)
    if kind in ("word", "num"):
        if kind == "num":
            _check_number(value, text, (start, end))
        if value in VARIANTS:  # the name of \varepsilon
            return Mark(*COMMANDS[value], start, end)
        return Mark(kind, value, start, end)
    if kind in ("op", "operator"):
        return Mark("upright", m["operator"], start, end)
    if kind in ("switch", "switched"):
        return Mark("upright", m["switched"], start, end)
    if kind in ("up", "upright"):
        if m["upright"] == "Id":
            return Mark("word", "I", start, end)
        return Mark("word" if len(m["upright"]) == 1 else "upright", m["upright"], start, end)
    if kind in ("one", "const", "const2"):
        return Mark("const", m["const"] or m["const2"], start, end)
    if kind == "env":
        known = ENVIRONMENTS.get(m["env"])
        if known is None:
            raise refuse(f"the environment {quote(m['env'])} is not read", text, (start, end))
        return Mark("blank", "", start, end) if not known else Mark("open" if m["edge"] == "begin" else "close", known, start, end)
    if kind == "cmd":
        if m["cmd"] == " " and not re.search(r"\\[A-Za-z,;:!]|[_^]\{", text):
            message = "`\\` before a blank is a space in LaTeX and division from the left elsewhere"
            raise refuse(message, text, (start, end), "write A^-1 b for what solves A x = b, A b for the product")
        if m["cmd"] == "(" and "\\)" not in text:
            message = "`\\(` begins a formula in LaTeX and is division from the left elsewhere"
            raise refuse(message, text, (start, end), "write A^-1 b for what solves A x = b, pinv(A) b for least squares")
        return Mark(*COMMANDS.get(m["cmd"], ("command", m["cmd"])), start, end)
    if kind in ("sup", "sub"):
        table = SUP if kind == "sup" else SUB
        return Mark(kind, "".join(table[c] for c in value), start, end)
    if kind == "barred":
        return Mark("infix", OTIMES_LOW if "under" in value else ODOT_BAR if "odot" in value else OTIMES_BAR, start, end)
    if kind == "greek":
        return Mark("greek", GREEK[value], start, end)
    if kind == "dot_t":
        return Mark("post", "T", start, end)
    if kind in ("tight", "between"):
        return Mark("infix", ".", start, end)
    if kind == "method":
        return Mark("method", m["method"], start, end)
    if kind == "quoted":
        return Mark("greek", "infty", start, end) if m["quoted"] == "inf" else Mark("word", "F", start, end)
    if kind in ("path", "spec"):
        return Mark(kind, value.strip("\"'"), start, end)
    if kind == "vec":
        return Mark("word", "vec", start, end)
    if kind == "dot":
        return Mark("dot", ".", start, end)
    if kind == "space":
        return Mark("blank", "", start, end)
    if kind == "bars":
        hint = "put a blank between the bars that belong together, or write norm(…) and abs(…)"
        raise refuse(f"{quote(value)} can be read in several ways", text, (start, end), hint)
    raise _unknown_character(value, text, start)


def _check_number(value: str, text: str, span: Span) -> None:
    if value.isdecimal() and len(value) <= MAX_DIGITS:
        return
    digits, _, exponent = value.lower().partition("e")
    if len(digits) > MAX_DIGITS or len(exponent) > 6 or (exponent and abs(int(exponent)) > MAX_DIGITS):
        raise refuse(f"a number of more than {MAX_DIGITS} digits is not read", text, span)


def _unknown_character(char: str, text: str, at: int) -> ReadingError:
    span = (at, at + 1)
    if char == "\\":
        return refuse("a lone `\\` has no command after it", text, span)
    if char == "." and re.search(r"\bs\. ?t$", text[:at]):
        hint = "write the function alone, or with multipliers: f + lambda^T (A x - b); `matcalc stationary` takes constraints"
        return refuse("what stands behind `s.t.` is a constraint, and no part of the function", text, (at - 3, at + 1), hint)
    if char == ".":
        return refuse("`.` is no operator by itself", text, span, "a product is `*` or a blank, an elementwise one `.*`")
    if char in '"`#%?$':
        return refuse(f"{quote(char)} has no meaning here", text, span)
    if char in "∫∮∬":
        from .meanings import MEANT

        return refuse(f"{quote(char)} is not read", text, span, MEANT["int"])
    name = unicodedata.name(char, "") or ("control character" if unicodedata.category(char) == "Cc" else "unnamed character")
    meant = LOOKALIKES.get(char) or unicodedata.normalize("NFKC", char)
    suggestion = f"did you mean {meant}?" if meant != char and meant.isascii() and meant.isprintable() else None
    if char in LOOKALIKES:
        suggestion = f"did you mean the Latin letter {meant}?"
    shown = char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
    return refuse(f"the character `{shown}` (U+{ord(char):04X}, {name}) has no meaning here", text, span, suggestion)
