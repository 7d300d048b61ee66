"""A whole derivation: its steps, brief or in full, and how they are laid out: text in columns, LaTeX `align*`, rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..expressions.expr import Expr
from ..ops.blocks import BLOCK
from ..ops.book import REGISTRY
from ..ops.core import ADD, ENTRY, INDEXED_SUM, LITERAL
from ..ops.laws import ALGEBRA, CONSTANT, CONSTANT_FACTOR, SCHOOL_FACTOR, SCHOOL_SUM
from ..printing.document import plain
from ..printing.lines import LATEX_SIGNS, latex_width, opened
from ..travel import Holder
from .forward import pending
from .lines import Adjoint, Line, Step, merged

if TYPE_CHECKING:
    from ..printing.latex import Style

LEVELS = ("brief", "full")
PAGE = 68  # characters of the columns of an `align*` that fits a page
_WORSE, _BETWEEN_FACTORS = 90, 60  # of TeX's penalties, for each open bracket; and where no sign follows
LONG_LINE = 120  # characters of LaTeX that may need breaking
FRACTION = r"\frac{"
WIDEST_FRACTION = 56  # characters of what stands above or below a bar on a page
WIDE = 130  # columns of text, with the rules beside the lines
# The rules that a brief derivation does not give a line of their own.
SMALL = {op.rule for op in (ADD, INDEXED_SUM, ENTRY, BLOCK, LITERAL, *[op for op in REGISTRY.values() if op.is_linear])}
SMALL |= {law.name for law in (CONSTANT, CONSTANT_FACTOR, SCHOOL_FACTOR, SCHOOL_SUM, ALGEBRA)}
_GROWING = re.compile(r"\\(l|r)(?:eft|ight)(?![A-Za-z])")
Row = tuple[str, str, str, str]


class Derivation(list[Step], Holder):
    """The steps of a derivation, one rule each, in order; `given` are the lines that define the function and its named parts."""

    def __init__(self, steps: Iterable[Step], given: Sequence[Line] = ()) -> None:
        super().__init__(steps)
        self.given = list(given)

    def brief(self) -> Derivation:
        """With what is small (a sum, a transpose, a constant factor, algebra) merged into the next line."""
        found: list[Step] = []
        held: list[Step] = []
        for k, s in enumerate(self):
            held.append(s)
            following = self[k + 1] if k + 1 < len(self) else None
            goes_on = following is not None and following.before is s.after and following.after.head.same(s.after.head)
            if s.small and goes_on and (following.small or not _is_last_opened(s)):  # type: ignore[union-attr]
                continue
            found.append(merged(held, SMALL))
            held = []
        return Derivation(found, self.given)

    def at(self, level: str) -> Derivation:
        """This derivation at a level: brief or full."""
        if level not in LEVELS:
            raise UsageError(f"unknown level {level!r}: use {', '.join(LEVELS)}")
        return self if level == "full" else self.brief()

    def rows(self, form: str = "text") -> list[Row]:
        """Left side (empty where it is that of the line above), right side, rules, sources."""
        found: list[Row] = []
        last: Line | None = None
        for line in self.given:
            found.append((*line.sides(form), "", ""))
            last = line
        for s in self:
            left, right = s.after.sides(form)
            if isinstance(s.before.body, Adjoint):
                again = s.before.right("text") == s.after.sides("text")[0]  # df/dx, however it is set
                right = f"{s.before.right(form)} = {right}" if s.after.answer is None and not again else right
            again = last is not None and s.after.head.same(last.head) and s.before is last
            found.append(("" if again else left, right, s.rule, s.source))
            if s.note:
                found[-1] = (*found[-1][:2], f"{s.rule} ({s.note})", s.source)
            last = s.after
        return found

    def text(self, form: str = "text", width: int = WIDE) -> str:
        """The derivation in columns; where the lines are too long for that, the rule stands under its line."""
        rows = self.rows(form)
        first = max((len(left) for left, _, _, _ in rows), default=0)
        bodies = [f"{left:<{first}} = {right}" if left or not _headed(right) else right for left, right, _, _ in rows]
        column = max([len(b) for b in bodies if len(b) <= width // 2], default=0) + 3
        lines: list[str] = []
        for body, (_, _, rule, source) in zip(bodies, rows, strict=True):
            reason = _reason(rule, source)
            beside = f"{body:<{column}}{reason}".rstrip()
            fits = len(body) + 3 <= column and len(beside) <= width
            lines += [beside] if fits else [body, f"{' ' * (first + 6)}{reason}"] if reason else [body]
        return "\n".join(lines)

    def latex(self, style: Style | None = None) -> str:
        r"""An `align*` with the rules in `\text{}`."""
        lines = []
        self._dress(style)
        for left, right, rule, _ in self.rows("latex"):
            body = f"{left} &= {right}" if left or not _headed(right) else f"& {right}"
            lines.append(f"{body} && \\text{{{plain(rule)}}}" if rule else body)
        self._dress(None)
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"

    def for_page(self, style: Style) -> list[str]:
        """LaTeX for a page: an `align*` and below it the sources, where its lines are short enough; else a numbered list."""
        rows = self.rows("unicode")
        if sum(max(len(row[k]) for row in rows) for k in range(3)) <= PAGE:
            found = self.latex(style).replace(r"\text{", r"\text{\small ")
            sources = dict.fromkeys(_reason(rule, source) for _, _, rule, source in rows if source)
            return [found, *([r"{\small " + plain("; ".join(sources)) + ".}"] if sources else [])]
        items = [
            rf"\item \raggedright $\displaystyle {line}$" + rf"\\ {{\small {plain(why)}}}" * bool(why)
            for line, why in self.sentences(style)
        ]
        return [r"\begin{enumerate}", *items, r"\end{enumerate}"] if items else []

    def sentences(self, style: Style | None = None) -> list[tuple[str, str]]:
        """Each line as LaTeX that may be broken between factors, and its rules and sources: for running text."""
        self._dress(style)
        rows = self.rows("latex")
        self._dress(None)
        lines = [f"{left} = {right}" if left else right if _headed(right) else f"= {right}" for left, right, _, _ in rows]
        reasons = [_reason(rule, source) for _, _, rule, source in rows]
        # \left and \right make one box of what they enclose, in which no line can be broken.
        lines = [_GROWING.sub(r"\\big\1", _without_wide_fractions(line)) if len(line) > LONG_LINE else line for line in lines]
        return [(_breakable(line), why) for line, why in zip(lines, reasons, strict=True)]

    def _dress(self, style: Style | None) -> None:
        for line in (*self.given, *[end for s in self for end in (s.before, s.after)]):
            line.dress(style)

    def as_list(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [s.as_dict() for s in self]


def _breakable(line: str) -> str:
    r"""The line with a penalty at each blank: the more brackets are open there, the worse a break, and none behind a sign.
    (TeX breaks behind `+` and `=` by itself, where a reader expects the sign to begin the next line.)"""
    found: list[str] = []
    depth, braces, before = 0, 0, ""
    for word in line.split(" "):
        if found:
            kept = before in LATEX_SIGNS or before.isdigit() or r"\sum" in before or r"\prod" in before
            worse = _WORSE * min(max(depth, 0), 9) + _BETWEEN_FACTORS * (word not in "+-")
            found.append(" " if kept or braces > 0 else rf" \penalty{worse} ")  # no line is broken inside of braces
        found.append(word)
        brackets, more = opened(word)
        depth, braces = depth + brackets, braces + more
        before = word
    return "".join(found)


def _without_wide_fractions(line: str) -> str:
    r"""The line with a (b)^{-1} for \frac{a}{b} where that is too wide for a page: no line can be broken inside of a fraction."""
    at = line.find(FRACTION)
    while at >= 0:
        middle = _closing(line, at + len(FRACTION) - 1)
        end = _closing(line, middle + 1)
        above, below = line[at + len(FRACTION) : middle], line[middle + 2 : end]
        if max(latex_width(above), latex_width(below)) > WIDEST_FRACTION:
            above = above if _is_one_term(above) else rf"\bigl({above}\bigr)"
            line = rf"{line[:at]}{above} \bigl({below}\bigr)^{{-1}}{line[end + 1 :]}"
            at -= 1
        at = line.find(FRACTION, at + 1)
    return line


def _closing(text: str, at: int) -> int:
    """Where the brace at this place is closed."""
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] == "{") - (text[k] == "}")
        if not depth:
            return k
    return len(text)


def _is_one_term(latex: str) -> bool:
    """Whether there is no sum outside of brackets."""
    depth = 0
    for k, c in enumerate(latex):
        depth += (c in "{([") - (c in "})]")
        if c in "+-" and not depth and latex[k - 1 : k] == " ":
            return False
    return True


def _is_last_opened(s: Step) -> bool:
    """Whether nothing is left to be differentiated after the step: the line is one to be seen, before it is rearranged."""
    lines = (s.before.body, s.after.body)
    return all(isinstance(e, Expr) for e in lines) and bool(pending(lines[0])) and not pending(lines[1])


def _headed(right: str) -> bool:
    """Whether a right side brings a left side of its own."""
    return " = " in right


def _reason(rule: str, source: str) -> str:
    return rule if not source or rule == source else f"{rule} [{source}]"
