"""Characters to marks: spelling tables and the first pass of the reader.

Everything that ASCII, Unicode and LaTeX spell differently is made alike here, by tables; what a mark means in its
place (a minus or a sign, an opening or a closing bar) is decided later, in `lex`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from ..errors import ReadingError, Span
from ..interning import regex
from ..syntax import GREEK as LETTERS
from .marks import Mark, pair, quote, refuse
from .programs import in_marks

MAX_BYTES = 200_000
MAX_DIGITS = 4300

_VARIANTS = {c: word for c, word in zip("ϵϑϕϖϱς\u00b5\u2126\u2206", "epsilon theta phi pi rho sigma mu Omega Delta".split(), strict=True)}
GREEK = {letter: word for word, letter in LETTERS.items()} | _VARIANTS
GREEK_WORDS = frozenset(GREEK.values())

# What a mark is: (kind, value). Kinds: `infix` value is the operator; `open` and `close` value is the bracket.
SYMBOLS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("+", ".+", "＋"), ("plus", "+")),
    **dict.fromkeys(("-", "−", "–", ".-", "－"), ("minus", "-")),
    **dict.fromkeys(("*", "×", "∗"), ("infix", "*")),
    **dict.fromkeys(("·", "⋅", "∙"), ("infix", ".")),
    **dict.fromkeys(("/", "÷"), ("infix", "/")),
    "@": ("infix", "@"),
    **dict.fromkeys((".*", "⊙", "∘"), ("infix", ".*")),
    **dict.fromkeys(("./", "⊘"), ("infix", "./")),
    "⊗": ("infix", "kron"),
    "⟦": ("open", "⟦"),
    "⟧": ("close", "⟦"),
    **dict.fromkeys(("⋄", "◇", "◊"), ("infix", "khatri_rao")),
    **dict.fromkeys(("^", "**"), ("caret", "^")),
    **dict.fromkeys((".^", "^⊙", "^∘"), ("caret", ".^")),
    **dict.fromkeys(("'", "′", "’", "ᵀ", "⊤", ".'", ".T"), ("post", "T")),
    "†": ("post", "pinv"),
    "ᴴ": ("post", "H"),
    "!": ("post", "!"),
    "_": ("under", "_"),
    ",": ("comma", ","),
    ";": ("semi", ";"),
    ":": ("colon", ":"),
    ":=": ("cmp", "="),
    "&": ("amp", "&"),
    "\n": ("newline", "\n"),
    "(": ("open", "("),
    "[": ("open", "["),
    "{": ("open", "{"),
    ")": ("close", "("),
    "]": ("close", "["),
    "}": ("close", "{"),
    "⟨": ("open", "<"),
    "⟩": ("close", "<"),
    "|": ("bar", "|"),
    **dict.fromkeys(("||", "‖", "∥"), ("bar", "||")),
    **dict.fromkeys(("<",), ("cmp", "<")),
    **dict.fromkeys((">",), ("cmp", ">")),
    **dict.fromkeys(("<=", "≤"), ("cmp", "<=")),
    **dict.fromkeys((">=", "≥"), ("cmp", ">=")),
    "=": ("cmp", "="),
    "==": ("cmp", "=="),
    **dict.fromkeys(("!=", "≠"), ("cmp", "!=")),
    **dict.fromkeys(("->", "→", "↦"), ("arrow", "->")),
    "∈": ("in", "in"),
    "∑": ("binder", "sum"),
    "∏": ("binder", "product"),
    "∞": ("greek", "infty"),
    "∇": ("partial", "nabla"),
    "∂": ("partial", "d"),
    "√": ("sqrt", "sqrt"),
    "ℝ": ("word", "R"),
    "ℂ": ("word", "C"),
    "ℕ": ("word", "N"),
    "ℤ": ("word", "Z"),
    "𝟙": ("const", "1"),
    "𝟏": ("const", "1"),
}

COMMANDS: dict[str, tuple[str, str]] = {
    **{word: ("greek", word) for word in GREEK_WORDS},
    "ell": ("greek", "ell"),
    **{"var" + word: ("greek", word) for word in "epsilon theta phi pi rho sigma kappa".split()},
    **dict.fromkeys(("cdot", "bullet"), ("infix", ".")),
    **dict.fromkeys(("times", "ast"), ("infix", "*")),
    **dict.fromkeys(("odot", "circ"), ("infix", ".*")),
    **dict.fromkeys(("oslash",), ("infix", "./")),
    **dict.fromkeys(("div",), ("infix", "/")),
    "otimes": ("infix", "kron"),
    "diamond": ("infix", "khatri_rao"),
    **dict.fromkeys(("top", "intercal", "prime", "mathsfT"), ("post", "T")),
    "dagger": ("post", "pinv"),
    "{": ("open", "\\{"),
    "}": ("close", "\\{"),
    **dict.fromkeys(("lbrace",), ("open", "\\{")),
    **dict.fromkeys(("rbrace",), ("close", "\\{")),
    **dict.fromkeys(("langle",), ("open", "<")),
    **dict.fromkeys(("rangle",), ("close", "<")),
    "llbracket": ("open", "⟦"),
    "rrbracket": ("close", "⟦"),
    **dict.fromkeys(("lbrack",), ("open", "[")),
    **dict.fromkeys(("rbrack",), ("close", "[")),
    **dict.fromkeys(("|", "Vert", "parallel"), ("bar", "||")),
    **dict.fromkeys(("vert", "mid"), ("bar", "|")),
    "lVert": ("open", "||"),
    "rVert": ("close", "||"),
    "lvert": ("open", "|"),
    "rvert": ("close", "|"),
    **dict.fromkeys(("le", "leq", "leqslant"), ("cmp", "<=")),
    **dict.fromkeys(("ge", "geq", "geqslant"), ("cmp", ">=")),
    **dict.fromkeys(("lt",), ("cmp", "<")),
    **dict.fromkeys(("gt",), ("cmp", ">")),
    **dict.fromkeys(("ne", "neq"), ("cmp", "!=")),
    **dict.fromkeys(("to", "mapsto", "rightarrow"), ("arrow", "->")),
    "in": ("in", "in"),
    "colon": ("colon", ":"),
    "sum": ("binder", "sum"),
    "prod": ("binder", "product"),
    "infty": ("greek", "infty"),
    "partial": ("partial", "d"),
    "nabla": ("partial", "nabla"),
    "sqrt": ("sqrt", "sqrt"),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), ("frac", "/")),
    "left": ("left", "left"),
    "right": ("right", "right"),
    "\\": ("newline", "\\\\"),
    "_": ("under", "_"),
    **dict.fromkeys(("hat", "widehat"), ("accent", "hat")),
    **dict.fromkeys(("tilde", "widetilde"), ("accent", "tilde")),
    **dict.fromkeys(("bar", "overline"), ("accent", "bar")),
    **dict.fromkeys(("dot",), ("accent", "dot")),
    **dict.fromkeys(("ddot",), ("accent", "ddot")),
    **dict.fromkeys(("check",), ("accent", "check")),
    **dict.fromkeys(("underline",), ("accent", "underline")),
    **dict.fromkeys("mathrm mathit mathsf mathcal mathfrak mathbb mathnormal mathtt rm it sf".split(), ("font", "")),
    **dict.fromkeys("mathbf boldsymbol bm symbf pmb bf textbf vec overrightarrow".split(), ("font", "bold")),
    **dict.fromkeys("operatorname text textrm textit substack".split(), ("font", "")),
    **dict.fromkeys(
        ", ; : ! quad qquad thinspace medspace enspace limits nolimits displaystyle textstyle nonumber notag [ ] ( )".split(), ("blank", "")
    ),
    " ": ("blank", ""),
    **dict.fromkeys("big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr".split(), ("blank", "")),
}

_MATRICES = "bmatrix pmatrix matrix smallmatrix Bmatrix array".split()
_WRAPPERS = "equation align aligned gather gathered split multline displaymath math".split()
ENVIRONMENTS = dict.fromkeys(_MATRICES, "matrix") | {"cases": "cases"} | dict.fromkeys([w + s for w in _WRAPPERS for s in ("", "*")], "")

_SUP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵏ", "0123456789+-nik", strict=True)) | {"ᵀ": "T"}
_SUB = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-=aeoxhklmnpstijruv", strict=True))
_LOOKALIKES = dict(zip("асеорхуіјѕԁһвкмнтАВСЕНІЈКМОРЅТХУ", "aceopxyijsdhbkmhtABCEHIJKMOPSTXY", strict=True))

_FRACTIONS = dict(zip("½⅓⅔¼¾⅕⅙⅛", "1/2 1/3 2/3 1/4 3/4 1/5 1/6 1/8".split(), strict=True))
_OVER = dict(zip("\u0302\u0303\u0304\u0305\u0307\u0308", "hat tilde bar bar dot ddot".split(), strict=True))  # combining marks

_UPRIGHT = r"\\(?:operatorname\*?|mathrm|text|textrm|textit|mathit|mathsf|mathtt|mbox|rm)[ ]*\{[ ]*(?P<upright>[A-Za-z]+)[ ,]*\}"
_OPERATOR = r"\\mathop[ ]*\{[ ]*\\(?:mathrm|operatorname|text|sf|rm|mathsf)[ ]*\{?[ ]*(?P<operator>[A-Za-z]+)[ ]*\}?[ ]*\}"
_CONST = r"\\(?:mathbf|boldsymbol|bm|mathbb|mathbbm|mathds|mathbbold|pmb|symbf)[ ]*(?:\{[ ]*(?P<const>[01])[ ]*\}|(?P<const2>[01]))"


@cache
def _pattern(latex: bool, ascii_only: bool) -> re.Pattern[str]:
    """The marks of a text with or without commands of LaTeX, and with or without other letters than ASCII: compiling them all takes a
    twentieth of a first answer."""
    symbols = sorted((s for s in SYMBOLS if s != ".T" and (s.isascii() or not ascii_only)), key=len, reverse=True)
    commands = (
        f"(?P<op>{_OPERATOR})|(?P<up>{_UPRIGHT})|(?P<one>{_CONST})",
        r"\\(?P<edge>begin|end)[ ]*\{(?P<env>[A-Za-z]+\*?)\}(?:(?<=array\})[ ]*\{[lcr| ]*\})?",
        r"\\vec(?=[ ]*(?:\\left[ ]*)?\()(?P<vec>)",  # the operator; \vec{x} is only an arrow
        r"\\(?:hspace\*?|tag\*?|label)\{[^{}]*\}(?P<space>)",
        r"\\(?P<cmd>[A-Za-z]+|.)",
    )
    over = f"[{''.join(_OVER)}]"
    letters = (
        f"(?P<dressed>[A-Za-z{''.join(GREEK)}]{over}|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01fe\u1e00-\u1ef9])",
        f"(?P<part>[{''.join(_FRACTIONS)}])",
        f"(?P<sup>[{''.join(_SUP)}]+)|(?P<sub>[{''.join(_SUB)}]+)",
        f"(?P<greek>[{''.join(GREEK)}])",
    )
    parts = (
        r"(?P<blank>[ \t\r\f\v~]+)" if ascii_only else r"(?P<blank>[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000~]+)",
        r"(?P<num>(?:[0-9]+(?:\.[0-9]+|\.(?![0-9.*/^'T(_A-Za-z\\]))?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)",
        r"(?P<path>(?:np|numpy|jnp|jax|torch|tf|sp|sympy|scipy|math|linalg|la|nn|F(?=\.[a-z_]{4,}\())(?:\.[A-Za-z_][A-Za-z_0-9]*)+)",
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


_LABEL_THEN_T = regex(r"[)\]][ ]*(?:T|\\(?:top|intercal|mathrm|mathsf|text|rm|prime))[ {]*T?[ }]*\}")
_ANGLES = regex(r"\\langle|\\rangle|[⟨⟩]|\\(?:bra|ket|braket|ketbra|dyad|mel|matrixel|expval|ev|innerproduct|ip)(?![A-Za-z])")

_RESPELLED = regex(
    r"[A-Za-z]\[[a-z]\]\s*=|\\Delta|Δ|\\over(?![A-Za-z])|[)\]}]_(?:\+|\{\+\})"
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
        mark = _mark(m, text)
        if mark.kind == "blank":
            gap = True
            continue
        if mark.kind == "accent" and m.lastgroup == "dressed":  # the sign over the letter, and then the letter
            mark.gap, gap = gap, False
            marks.append(mark)
            letter = unicodedata.normalize("NFD", m.group())[0]
            mark = Mark("greek", GREEK[letter], *m.span()) if letter in GREEK else Mark("word", letter, *m.span())
        mark.gap, gap = gap, False
        if mark.start in bold or (text is not original and "BOLD" in unicodedata.name(original[mark.start], "")):
            mark.bold = True
        marks.append(mark)
    if "\\ " in text and "\\begin" in text:
        _refuse_halved(text)
    kinds = {mark.kind for mark in marks}
    if "{" in text:
        marks = _groups(marks)
    if not kinds.isdisjoint(("font", "left", "right")):
        marks = _tidy(marks, text)
    if "caret" in kinds and _LABEL_THEN_T.search(text, start, stop):
        marks = _transposes_behind(marks)
    if (not kinds.isdisjoint(_SIGNS_OF_SKEW) and _SKEW.search(text, start, stop)) or "]×" in text:
        marks = _skewed(marks, text)
    if "under" in kinds and ("max" in text or "min" in text):
        marks = _extreme(marks)
    if "under" in kinds and ("eig" in text or "lambda" in text or "λ" in text):
        marks = _counted(marks)
    if "⟦" in text or "\\llbracket" in text:
        marks = _models(marks)
    if _RESPELLED.search(text, start, stop):
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
    return pair(_accents(marks) if "accent" in kinds else marks, text)


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
_MARKDOWN = regex(r"(?<![A-Za-z0-9)\]}*.])(?:\*\*[A-Za-z\u0391-\u03c9]\*\*)+(?!\*)")
_DRESSED = regex("[\U0001d400-\U0001d7ff\uff01-\uff5e\u2102-\u2131]")


def _plain(text: str) -> str:
    """The text with mathematical letters and full-width signs as the letters and signs that they are. Places stay."""
    if not _DRESSED.search(text):
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
    at = text.find("$", start, stop)
    if at >= 0:
        raise refuse("`$` stands without its partner", text, (at, at + 1), "write the formula between two `$`, or without them")
    return start, stop


def _mark(m: re.Match[str], text: str) -> Mark:
    start, end = m.span()
    kind = m.lastgroup
    value = m.group()
    if kind == "symbol":
        return Mark(*SYMBOLS[value], start, end)
    if kind == "part":
        return Mark("num", _FRACTIONS[value], start, end)
    if kind == "dressed":
        letter, *over = list(unicodedata.normalize("NFD", value))
        if len(over) == 1 and over[0] in _OVER and (letter in GREEK or (letter.isascii() and letter.isalpha())):
            return Mark("accent", _OVER[over[0]], start, end)
        raise _unknown_character(value, text, start)
    if kind in ("word", "num", "blank"):
        if kind == "num":
            _check_number(value, text, (start, end))
        return Mark(kind, value, start, end)
    if kind in ("op", "operator"):
        return Mark("upright", m["operator"], start, end)
    if kind in ("up", "upright"):
        return Mark("word" if len(m["upright"]) == 1 else "upright", m["upright"], start, end)
    if kind in ("one", "const", "const2"):
        return Mark("const", m["const"] or m["const2"], start, end)
    if kind == "env":
        known = ENVIRONMENTS.get(m["env"])
        if known is None:
            raise refuse(f"the environment {quote(m['env'])} is not read", text, (start, end))
        return Mark("blank", "", start, end) if not known else Mark("open" if m["edge"] == "begin" else "close", known, start, end)
    if kind == "cmd":
        if m["cmd"] == " " and not re.search(r"\\[A-Za-z]", text):
            message = "`\\` before a blank is a space in LaTeX and division from the left elsewhere"
            raise refuse(message, text, (start, end), "write A^-1 b for what solves A x = b, A b for the product")
        return Mark(*COMMANDS.get(m["cmd"], ("command", m["cmd"])), start, end)
    if kind in ("sup", "sub"):
        table = _SUP if kind == "sup" else _SUB
        return Mark(kind, "".join(table[c] for c in value), start, end)
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
    digits, _, exponent = value.lower().partition("e")
    if len(digits) > MAX_DIGITS or len(exponent) > 6 or (exponent and abs(int(exponent)) > MAX_DIGITS):
        raise refuse(f"a number of more than {MAX_DIGITS} digits is not read", text, span)


def _unknown_character(char: str, text: str, at: int) -> ReadingError:
    span = (at, at + 1)
    if char == "\\":
        return refuse("a lone `\\` has no command after it", text, span)
    if char == ".":
        return refuse("`.` is no operator by itself", text, span, "a product is `*` or a blank, an elementwise one `.*`")
    if char in '"`#%?$':
        return refuse(f"{quote(char)} has no meaning here", text, span)
    name = unicodedata.name(char, "") or ("control character" if unicodedata.category(char) == "Cc" else "unnamed character")
    meant = _LOOKALIKES.get(char) or unicodedata.normalize("NFKC", char)
    suggestion = f"did you mean {meant}?" if meant != char and meant.isascii() and meant.isprintable() else None
    if char in _LOOKALIKES:
        suggestion = f"did you mean the Latin letter {meant}?"
    shown = char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
    return refuse(f"the character `{shown}` (U+{ord(char):04X}, {name}) has no meaning here", text, span, suggestion)


def _transposes_behind(marks: list[Mark]) -> list[Mark]:
    """x^{(i)T} as x^{(i)}^T, W^{[l]\\top} likewise: a label above a name, and the transpose behind it."""
    kept = list(marks)
    for k in range(len(marks) - 2, 0, -1):
        mark = marks[k]
        is_sign = (mark.kind, mark.value) == ("post", "T") or (mark.kind in ("word", "upright") and mark.value == "T")
        ends = marks[k - 1].kind == "close" and (marks[k + 1].kind, marks[k + 1].value) == ("close", "{")
        if is_sign and ends:
            opened = next((n for n in range(k - 1, 0, -1) if marks[n].kind == "open" and marks[n].value == marks[k - 1].value), 0)
            if opened > 1 and marks[opened - 1].value == "{" and marks[opened - 2].kind == "caret":
                kept[k : k + 2] = [marks[k + 1], Mark("post", "T", mark.start, mark.end)]
    return kept


def _groups(marks: list[Mark]) -> list[Mark]:
    """Two groups of LaTeX: `x^{\\odot 2}` is `x.^{2}`; `{} - b` at the start of a line is a sign set as one between two summands."""
    kept: list[Mark] = []
    for k, mark in enumerate(marks):
        before = [(m.kind, m.value) for m in marks[k - 2 : k]] if k > 1 and mark.kind in ("plus", "minus", "infix") else []
        if before == [("open", "{"), ("close", "{")] and mark.kind != "infix" and (k == 2 or marks[k - 3].kind in ("amp", "newline")):
            del kept[-2:]
            mark.side = "{}"
        elif before == [("caret", "^"), ("open", "{")] and mark.value == ".*":
            kept[-2].value = ".^"
            continue
        kept.append(mark)
    return kept


def _models(marks: list[Mark]) -> list[Mark]:
    """⟦G; A, B, C⟧ is tucker(G, A, B, C), ⟦A, B, C⟧ is kruskal(A, B, C), ⟦l; A, B, C⟧ with a small letter weighted(l, A, B, C)."""
    kept: list[Mark] = []
    for k, mark in enumerate(marks):
        if mark.value == "⟦" and mark.kind == "open":
            inside = marks[k : next((n for n in range(k, len(marks)) if marks[n].value == "⟦" and marks[n].kind == "close"), k)]
            core = next((m for m in inside if m.kind == "semi"), None)
            if core is not None:
                core.kind, core.value = "comma", ","
            before = inside[1 : inside.index(core)] if core is not None else []
            weights = bool(before) and all(m.value.islower() for m in before if m.kind in ("word", "greek"))
            name = "kruskal" if core is None else "weighted" if weights else "tucker"
            kept.append(Mark("word", name, mark.start, mark.end, mark.gap))
            mark.gap = False
        if mark.value == "⟦":
            mark.value = "("
        kept.append(mark)
    return kept


_SKEW = regex(r"×|\\times|\\wedge")
_SIGNS_OF_SKEW = {"under": ("×", "\\times"), "caret": ("×", "\\times", "\\wedge")}


def _skewed(marks: list[Mark], text: str) -> list[Mark]:
    r"""`[w]_\times`, `[w]_{\times}`, `w_×`, `[w]×`, `w^\times`, `w^\wedge`: skew(w)."""
    kept: list[Mark] = []
    k = 0
    while k < len(marks):
        mark = marks[k]
        below = [m for m in marks[k + 1 : k + 4] if m.value not in "{}"][:1] if mark.kind in _SIGNS_OF_SKEW and kept else []
        if _is_above(marks, k, text):
            below = [mark]
        if not below or text[below[0].start : below[0].end] not in _SIGNS_OF_SKEW.get(mark.kind, ("×",)):
            kept.append(mark)
            k += 1
            continue
        first = last = len(kept) - 1
        if kept[last].kind == "close":
            depth = 0
            while first >= 0 and (kept[first].kind not in ("open", "close") or (depth := depth + (kept[first].kind == "close") * 2 - 1)):
                first -= 1
        if first < 0 or kept[last].kind not in ("close", "word", "greek"):
            raise refuse(f"`{text[mark.start : below[0].end]}` stands beside a vector", text, mark.span, "write [w]_× or skew(w)")
        inside = kept[first + 1 : last] if first < last else kept[first:]
        name = Mark("upright", "skew", kept[first].start, kept[first].end, kept[first].gap)
        opening, closing = Mark("open", "(", kept[first].start, kept[first].end), Mark("close", "(", mark.start, below[0].end)
        kept[first:] = [name, opening, *inside, closing]
        k = marks.index(below[0], k) + 1 + (mark.kind in _SIGNS_OF_SKEW and marks[k + 1].value == "{")
    return kept


def _is_above(marks: list[Mark], k: int, text: str) -> bool:
    """The sign of [w]× v, close to the bracket and away from what follows: no product of [w] and v."""
    mark, follows = marks[k], marks[k + 1] if k + 1 < len(marks) else None
    if text[mark.start : mark.end] != "×" or k == 0 or marks[k - 1].value != "[" or marks[k - 1].kind != "close" or mark.gap:
        return False
    return follows is None or follows.gap or follows.kind in ("close", "caret", "sup", "plus", "minus", "semi", "newline")


_EXTREME = {("lambda", "max"): "eigmax", ("lambda", "min"): "eigmin", ("sigma", "max"): "norm2", ("sigma", "min"): "sigmin"}


def _extreme(marks: list[Mark]) -> list[Mark]:
    r"""`\lambda_{\max}(A)`: eigmax(A)."""
    kept = list(marks)
    for k in range(len(kept) - 4, -1, -1):
        braced = kept[k + 2].value == "{"
        word, after = kept[k + 2 + braced], k + 3 + 2 * braced
        name = _EXTREME.get((kept[k].value, word.value), "") if kept[k + 1].kind == "under" else ""
        if name and after < len(kept) and kept[after].value == "(" and not kept[after].gap:
            kept[k:after] = [Mark("upright", name, kept[k].start, kept[after - 1].end, kept[k].gap)]
    return kept


def _counted(marks: list[Mark]) -> list[Mark]:
    r"""`eig_2(A)`, `eig_i(A)`, `\lambda_i(A)` of one capital letter: eigval(A, i). (Whether \lambda_1 is the greatest or the least, authors
    differ.)"""
    kept = list(marks)
    for k in range(len(kept) - 4, -1, -1):
        word = kept[k].value
        if word not in ("eig", "lambda") or kept[k + 1].kind != "under":
            continue
        braced = kept[k + 2].value == "{"
        place, after = kept[k + 2 + braced], k + 3 + 2 * braced
        letter = place.kind == "word" and len(place.value) == 1 and place.value.islower()
        if not (letter or (word == "eig" and place.kind == "num")) or after >= len(kept) or kept[after].value != "(" or kept[after].gap:
            continue
        stop, depth = after, 0
        while stop < len(kept) and (depth := depth + (kept[stop].kind == "open") - (kept[stop].kind == "close")):
            stop += 1
        inside = kept[after + 1 : stop]
        if stop < len(kept) and (word == "eig" or (len(inside) == 1 and inside[0].kind == "word" and inside[0].value.isupper())):
            kept[stop:stop] = [Mark("comma", ",", place.start, place.start), Mark(place.kind, place.value, place.start, place.end, True)]
            kept[k:after] = [Mark("upright", "eigval", kept[k].start, place.end, kept[k].gap)]
    return kept


def _tidy(marks: list[Mark], text: str) -> list[Mark]:
    """Drop fonts with their braces, noting what is bold; let `\\left` and `\\right` say which way a delimiter looks."""
    tidy: list[Mark] = []
    dropped: list[str] = []  # for every open brace: the font whose it is, "" if none's
    font, side = "", ""
    side_mark: Mark | None = None
    for mark in marks:
        if mark.kind == "font":
            font = mark.value or "plain"
            continue
        if mark.kind in ("left", "right"):
            side, side_mark = mark.kind, mark
            continue
        if side_mark is not None:
            if mark.kind == "bar":
                mark.kind = "open" if side == "left" else "close"
            elif mark.kind == "cmp" and mark.value in "<>":
                mark.kind, mark.value = ("open" if side == "left" else "close"), "<"
            if mark.kind != ("open" if side == "left" else "close"):
                raise refuse(f"`\\{side}` needs a delimiter after it", text, side_mark.span)
            mark.side, mark.start, mark.gap = side, side_mark.start, side_mark.gap
            side_mark = None
        if mark.value == "{" and mark.kind == "open":
            dropped.append(font)
            font = ""
            if dropped[-1]:
                continue
        elif mark.value == "{" and mark.kind == "close" and dropped:
            if dropped.pop():
                continue
        if font == "bold" and mark.kind == "word" and len(mark.value) > 1:  # the font is the first letter's
            first = Mark("word", mark.value[0], mark.start, mark.start + 1, mark.gap)
            first.bold = True
            tidy.append(first)
            mark = Mark("word", mark.value[1:], mark.start + 1, mark.end)
        mark.bold = mark.bold or font == "bold" or "bold" in dropped
        font = ""
        tidy.append(mark)
    if side_mark is not None:
        raise refuse(f"`\\{side}` needs a delimiter after it", text, side_mark.span)
    return tidy


def _accents(marks: list[Mark]) -> list[Mark]:
    r"""\hat{y_i} as \hat{y}_i: the accent stands over the letter."""
    kept: list[Mark] = []
    i = 0
    while i < len(marks):
        shape = [m.kind for m in marks[i : i + 4]]
        kept.append(marks[i])
        i += 1
        if shape[:2] != ["accent", "open"] or shape[2:] not in (["word", "under"], ["greek", "under"]) or marks[i].value != "{":
            continue
        depth, end = 1, i + 1
        while end < len(marks) and depth:
            depth += (marks[end].kind == "open") - (marks[end].kind == "close")
            end += 1
        kept += [marks[i], marks[i + 1], marks[end - 1], *marks[i + 2 : end - 1]]
        i = end
    return kept
