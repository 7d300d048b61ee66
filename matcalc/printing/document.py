r"""A whole LaTeX document: the question, the answer, its shape, what was declared and assumed, and how it was derived.

It needs nothing but amsmath, and one line for every function that LaTeX has no command for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..ops.vocabulary import SETS, WORDS, close_properties
from ..syntax import GREEK, ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Declaration, Program
from .latex import PLAIN, Latex, Style, latex_name
from .lines import INDENT, chunks, factors_of, filled, latex_width
from .unicode import UNICODE

WIDTH = 72  # characters of a line of mathematics
_SPECIAL = {
    **{c: "\\" + c for c in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "‘": "`",
    "’": "'",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "\ue000": r"\textsuperscript{",
    "\ue001": r"\textsubscript{",
    "\ue002": "}",
}
_RAISED = re.compile(r"(?<=[\w)\]|])\^(?:\{([^{}]*)\}|(-?\w+|\+))")  # X^T, X^-1
_LOWERED = re.compile(r"(?<=[A-Za-z|)])_(?:\{([^{}]*)\}|(\w))(?!\w)")  # x_i, ||X||_F
_NAME = re.compile(r"[A-Za-z]\w*")
_HIGH, _LOW, _END = "\ue000", "\ue001", "\ue002"
BARS = frozenset((OTIMES_BAR[1], OTIMES_LOW[1]))
_MATH = {
    **{letter: rf"\{word}" for word, letter in GREEK.items() if latex_name(word).startswith("\\") and len(word) > 1},
    **{
        "×": r"\times",
        "⊙": r"\odot",
        "⊗": r"\otimes",
        "⋄": r"\diamond",
        "⊘": r"\oslash",
        "≤": r"\le",
        "≥": r"\ge",
        "≠": r"\ne",
        "∞": r"\infty",
    },
    **{OTIMES_BAR: r"\bar{\otimes}", OTIMES_LOW: r"\underline{\otimes}", ODOT_BAR: r"\bar{\odot}"},
    **{"∑": r"\sum", "∏": r"\prod", "→": r"\to", "↦": r"\mapsto", "∂": r"\partial", "∇": r"\nabla", "‖": r"\|", "∈": r"\in"},
    **{"ᵀ": "^{T}", "⁺": "^{+}", "⁻": "^{-}", "⟨": r"\langle", "⟩": r"\rangle", "½": r"\tfrac12", "·": r"\cdot", "−": "-", "√": r"\surd"},
    **{c: f"^{{{k}}}" for k, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{c: f"_{{{k}}}" for c, k in zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘ", "0123456789ijknm")},
}


class Subject(NamedTuple):
    """What the document is about."""

    function: Program
    where: Sequence[Declaration]
    wrt: Sequence[str]
    scalar: bool  # whether the function has one entry
    answer: Program
    sentence: str  # "1×n, a row, in the numerator layout"
    assumptions: Sequence[str]
    verified: bool
    letter: str  # what the derivation calls the function, if there is one
    left: str  # LaTeX, the left side of the answer, where it is no derivative by `wrt`: grad F, ∂f/∂conj(x), ∂F/∂vech(S)
    steps: Sequence[str]  # LaTeX, for the derivation


class Section(NamedTuple):
    """A subject, how its LaTeX is written, and the names in use."""

    subject: Subject
    style: Style
    names: frozenset[str]


def document(sections: Sequence[Section]) -> str:
    """The text of a .tex file, with a section for each derivative."""
    commands = frozenset().union(*(s.style.commands for s in sections))
    return _sheet([line for s in sections for line in _section(*s)], commands)


def _section(q: Subject, style: Style, names: frozenset[str]) -> list[str]:
    """A derivative: the question, the answer, its shape, what was declared and assumed, and the derivation."""
    letter = q.letter or q.function.name or next(c for c in ("f", "F", "g", "y", "L", "h_0") if c not in names)
    style = style._replace(width=style.width or WIDTH)
    left = q.left or _quotient(letter, q.wrt, style)
    known = {b.name for b in q.function.bindings}
    fresh = [b for b in q.answer.bindings if b.name not in known]
    answer = q.answer if q.answer.form else Program(q.answer.name, tuple(fresh), q.answer.body)  # defined above already
    declared = [_declared(d, style) for d in q.where]
    body = [
        rf"\section*{{The derivative ${left}$}}",
        "Let",
        _display(q.function, style, names, latex_name(letter) + " = "),
        *([f"with {_enumerated(declared)}."] if declared else []),
        "Then",
        _display(answer, style, names, "" if q.answer.form else left + " = "),
        "The derivative is " + _of_sizes(q.sentence) + ".",
    ]
    if q.steps:
        body += ["", r"\paragraph{Derivation.}", *q.steps]
    remarks = [a for a in q.assumptions if not (declared and a.endswith("(inferred)"))]  # those are declared above, in mathematics
    if remarks:
        body += ["", r"\paragraph{Read as.} " + plain("; ".join(remarks)) + "."]
    if q.verified:
        body += ["", r"\paragraph{Checked.} The result agrees with a numerical derivative at random points."]
    return body


def answer_sheet(
    function: Program,
    wrt: Sequence[str],
    found: Sequence[str],
    facts: Sequence[str],
    where: Sequence[Declaration],
    assumptions: Sequence[str],
    names: frozenset[str],
    *,
    verified: bool,
) -> str:
    """A .tex file with the answer of another command: the function, what was found (LaTeX, paragraphs) and what is said of it."""
    latex = Latex(PLAIN, names)
    letter = function.name or next(c for c in ("f", "F", "g", "h_0") if c not in names)
    variables = ", ".join(f"${latex.spell_name(n)}$" for n in wrt)
    declared = [_declared(d, PLAIN) for d in where]
    body = [
        "Let",
        _display(function, PLAIN._replace(width=WIDTH), names, latex_name(letter) + " = "),
        rf"be a function of {variables}" + (f", with {_enumerated(declared)}." if declared else "."),
        "Found:",
        *found,
        *[fact + r".\par" for fact in facts],
    ]
    remarks = [a for a in assumptions if not (declared and a.endswith("(inferred)"))]
    if remarks:
        body += ["", r"\paragraph{Read as.} " + plain("; ".join(remarks)) + "."]
    if verified:
        body += ["", r"\paragraph{Checked.} The result agrees with numbers at random points."]
    return _sheet(body, PLAIN.commands)


def _sheet(body: Sequence[str], commands: frozenset[str]) -> str:
    """The .tex file with this body, and a line for each function that LaTeX has no command for."""
    text = "\n".join(body)
    lines = [rf"\DeclareMathOperator{{\{name}}}{{{name}}}" for name in sorted(commands) if re.search(rf"\\{name}(?![A-Za-z])", text)]
    head = [r"\documentclass{article}", r"\usepackage[utf8]{inputenc}", r"\usepackage[T1]{fontenc}", r"\usepackage{amsmath,amssymb}"]
    return "\n".join(
        [
            *head,
            *lines,
            r"\setlength{\parindent}{0pt}",
            r"\emergencystretch=4em \lineskiplimit=2pt \lineskip=4pt",
            r"\begin{document}",
            text,
            r"\end{document}",
        ]
    )


def plain(text: str) -> str:
    """Text for LaTeX: its special characters escaped, Greek letters and signs as mathematics."""
    text = re.sub("`([^`]*)`", "‘\\1’", text)
    for pattern, mark in ((_RAISED, _HIGH), (_LOWERED, _LOW)):
        text = pattern.sub(lambda m, mark=mark: mark + (m[1] or m[2]) + _END, text)  # type: ignore[misc]
    signs = (text[k : k + 2] if text[k : k + 2] in _MATH else c for k, c in enumerate(text) if c not in BARS)  # ⊗ with the bar above it
    return "".join(_SPECIAL.get(c) or (f"${_MATH[c]}$" if c in _MATH else c if ord(c) < 0x180 else f"U+{ord(c):04X}") for c in signs)


def _of_sizes(sentence: str) -> str:
    """The sentence on a shape with its sizes, which stand first, as mathematics."""
    sizes, comma, rest = sentence.partition(",")
    if "×" not in sizes:
        return plain(sentence)
    return "$" + _NAME.sub(lambda m: latex_name(m[0]), sizes).replace("×", r" \times ") + "$" + comma + plain(rest)


def _display(program: Program, style: Style, names: frozenset[str], left: str) -> str:
    """A displayed formula: the definitions, one a line, then the expression behind its left side, broken where it is too wide."""
    latex = Latex(style, names)
    latex.prepare(program)
    parts, widths = chunks(latex, program), [len(part) for part in chunks(UNICODE, program)]
    first = len(program.bindings)
    parts[first] = left + parts[first]
    whole = sum(widths[first:]) + len(widths) - first - 1 <= style.width
    lines = [line for part, wide in zip(parts[:first], widths) for line in _lines([part], [wide], style.width)]
    lines += [" ".join(parts[first:])] if whole else _lines(parts[first:], widths[first:], style.width)
    if len(lines) == 1:
        return rf"\[ {lines[0]} \]"
    body = " \\\\\n  ".join("& " + line for line in lines)
    return f"\\[ \\begin{{aligned}}\n  {body}\n\\end{{aligned}} \\]"


def _lines(parts: Sequence[str], widths: Sequence[int], width: int) -> list[str]:
    """The lines of what has these summands, the first one not indented; a summand that is too wide for a line is cut between factors."""
    pieces: list[str] = []
    sizes: list[int] = []
    for part, wide in zip(parts, widths, strict=True):
        cut = [part] if wide <= width else _with_summands(factors_of(part), width - INDENT)
        pieces += cut
        sizes += [wide] if len(cut) == 1 else map(latex_width, cut)
    first, *others = filled(pieces, sizes, width)
    return [line.rstrip(";") for line in (first, *[rf"\quad {{}} {line}" for line in others])]


def _with_summands(factors: list[str], width: int) -> list[str]:
    r"""A `\sum` with all that stands behind it, where that has room in a line."""
    at = next((k for k, f in enumerate(factors) if f.startswith(r"\sum")), len(factors))
    behind = " ".join(factors[at:])
    return [*factors[:at], behind] if behind and latex_width(behind) <= width else factors


def _quotient(letter: str, wrt: Sequence[str], style: Style) -> str:
    order = len(wrt)
    above = r"\partial" + (f"^{{{order}}}" if order > 1 else "")
    latex = Latex(style, frozenset())
    below = [(n, list(wrt).count(n)) for n in dict.fromkeys(wrt)]
    spelled = r" \, ".join(rf"\partial {latex.spell_name(n)}" + (f"^{{{k}}}" if k > 1 else "") for n, k in below)
    return rf"\frac{{{above} {latex_name(letter)}}}{{{spelled}}}"


def _declared(d: Declaration, style: Style) -> str:
    r"""`$A \in \mathbb{R}^{m \times n}$ symmetric`"""
    name = Latex(style, frozenset()).spell_name(d.name)
    if d.domain is not None:
        return rf"${name} \colon {_space('R', d.domain)} \to {_space(d.field, d.sizes)}$"
    words = [p for p in d.properties if WORDS[p].declared]
    words = [SETS["S"], *words] if d.field == "S" and SETS["S"] not in words else words
    implied = {w for p in words for w in close_properties((p,)) if w != p}  # a positive definite matrix is symmetric
    said = [WORDS[p].said or p for p in words if p not in implied]
    return " ".join([rf"${name} \in {_space(d.field, d.sizes)}$", *map(plain, said)])


def _space(field: str, sizes: Sequence[object]) -> str:
    letter = rf"\mathbb{{{'R' if field == 'S' else field}}}"
    return letter + ("^{" + r" \times ".join(map(str, sizes)) + "}" if sizes else "")


def _enumerated(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
