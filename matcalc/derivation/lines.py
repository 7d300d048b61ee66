"""The lines of a derivation and the steps between them, and how they are spelled."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..answers.answer import ClosedForm
from ..answers.scope import ranks_of
from ..expressions.expr import Expr
from ..notation.arrange import Arranger
from ..notation.surface import name
from ..ops.laws import ALGEBRA
from ..printing.formats import Printable, spelled
from ..sources import abbreviated
from ..syntax import Node, Program
from ..travel import Holder
from .rulebook import Rule, book

if TYPE_CHECKING:
    from ..printing.latex import Style

DIFFERENTIAL, DERIVATIVE, ADJOINT, VALUE = "differential", "derivative", "adjoint", "value"
MANIFOLD = "manifold"
ALONG = "along"  # d(∂F/∂X)[U], the change of a derivative along U
MARK = "\u2022"  # before a d that is an operator or begins the name of a differential: no user can type it
_TEXT = re.compile(MARK)
_UNICODE = re.compile(MARK + r"d(/d)?([A-Za-z]*)")
_LATEX = re.compile(r"\\(?:mathrm|operatorname)\{" + MARK + r"d(/d)?([A-Za-z]*)\}(_\{[^{}]*\}|_\w)?")


class LineSpeller:
    """Spells expressions, names and heads of lines in a format, with the author's order of things."""

    def __init__(self, d: ClosedForm, order: Mapping[Expr, Sequence[Expr]]) -> None:
        self.names = d._scope.names
        self.arranger = Arranger(ranks_of(d._typed), order, d._scope.names, MARK)
        self.style: Style | None = None  # of LaTeX

    def expression(self, e: Expr, form: str) -> str:
        return self.tree(self.arranger.spell(e), form)

    def tree(self, node: Node | Program, form: str) -> str:
        return self._polished(spelled(node, form, self.names, self.style), form)

    def _polished(self, spelled: str, form: str) -> str:
        if MARK not in spelled:
            return spelled
        if form == "latex":
            return _LATEX.sub(self._latex_d, spelled)
        if form == "unicode":
            return _UNICODE.sub(lambda m: "d" + (m[1] or "") + (self.name(m[2], form) if m[2] else ""), spelled)
        return _TEXT.sub("", spelled)

    def _latex_d(self, m: re.Match[str]) -> str:
        letter = self.name(m[2], "latex") if m[2] else ""
        if m[1]:
            return rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}{letter}{m[3] or ''}}}"
        return rf"\mathrm{{d}}{letter}{m[3] or ''}"

    def name(self, text: str, form: str) -> str:
        function, bracket, inner = text.rstrip(")").partition("(")
        node = Node("call", (name(inner),), function) if bracket else name(text)
        return spelled(node, form, self.names, self.style)


class Head:
    """The left side of a line: F, dF, ∂F/∂X (`by` the names of the variables), its transpose, an adjoint. A derivative `within` a set
    is another thing than that by free entries, and a gradient on a manifold is: ∂F/∂S|symmetric, grad F, Hess F[U] (`along` U). Its change
    along U is d(∂F/∂X)[U]."""

    __slots__ = ("along", "by", "f", "kind", "school", "turned", "within")

    def __init__(
        self,
        kind: str,
        f: str,
        by: Sequence[str] = (),
        *,
        turned: bool = False,
        school: bool = False,
        within: str = "",
        along: str = "",
    ) -> None:
        self.kind, self.f, self.by, self.turned, self.school = kind, f, tuple(by), turned, school
        self.within, self.along = within, along

    def spell(self, s: LineSpeller, form: str) -> str:
        f = s.name(self.f, form)
        if self.kind in (VALUE, ADJOINT):
            return f
        if self.kind == DIFFERENTIAL and not self.school:
            return rf"\mathrm{{d}}{f}" if form == "latex" else f"d{f}"
        if self.within == ALONG:
            inner = Head(DERIVATIVE, self.f, self.by, school=self.school).spell(s, form)
            place = f"[{s.name(self.along, form)}]"
            return rf"\mathrm{{d}}\left({inner}\right){place}" if form == "latex" else f"d({inner}){place}"
        if self.within == MANIFOLD:
            word = "Hess" if self.along else "grad"
            place = f"[{s.name(self.along, form)}]" if self.along else ""
            return (rf"\operatorname{{{word}}} {f}" if form == "latex" else f"{word} {f}") + place
        sign = {"text": "d", "unicode": "d" if self.school else "∂", "latex": r"\mathrm{d}" if self.school else r"\partial "}[form]
        order = len(self.by)
        power = "" if order < 2 else f"^{{{order}}}" if form == "latex" else f"^{order}"
        repeated = order > 1 and len(set(self.by)) == 1
        below = [s.name(n, form) for n in (self.by[:1] if repeated else self.by)]
        under = (" " if form == "text" else "").join(f"{sign}{n}" for n in below) + (power if repeated else "")
        if form == "latex":
            spelled = rf"\frac{{{sign}{power}{f}}}{{{under}}}".replace(rf"{sign}^", f"{sign.strip()}^")
            spelled = rf"\left.{spelled}\right|_{{\text{{{self.within}}}}}" if self.within else spelled
            return rf"\left({spelled}\right)^{{T}}" if self.turned else spelled
        spelled = f"{sign}{power}{f}/{under}" if len(below) < 2 else f"{sign}{power}{f}/({under})"
        spelled += f"|{self.within}" * bool(self.within)
        return f"({spelled}){'^T' if form == 'text' else 'ᵀ'}" if self.turned else spelled

    def same(self, other: Head | None) -> bool:
        return other is not None and all(getattr(self, n) == getattr(other, n) for n in self.__slots__)


class Line(Printable):
    """head = body. The body is an expression, the tensor of a derivative, or (`answer`) the derivative as it is printed; `written` is the
    tree of an expression as its author typed it."""

    __slots__ = ("_speller", "answer", "body", "defined", "head", "shape_", "where", "written")

    def __init__(
        self,
        head: Head,
        body: Any,
        speller: LineSpeller,
        shape: Sequence[str],
        answer: ClosedForm | None = None,
        where: Sequence[tuple[str, Expr]] = (),
        written: Node | None = None,
    ) -> None:
        self.head, self.body, self._speller, self.shape_, self.answer = head, body, speller, tuple(shape), answer
        self.written = written
        self.defined: frozenset[str] = frozenset()  # names that lines before this one define
        self.where = tuple(where)  # names that stand for expressions here, of which the values are needed

    @property
    def kind(self) -> str:
        return self.head.kind

    def dress(self, style: Style | None) -> None:
        """The style of LaTeX from here on."""
        self._speller.style = style

    @property
    def shape(self) -> str:
        """The shape of the body: `n×1`."""
        return "×".join(f"({d})" if " " in d else d for d in self.shape_) or "1"

    def right(self, form: str = "text") -> str:
        """The body in a format: text, unicode or latex."""
        if self.answer is not None:
            return spelled(self.answer._program, form, self._speller.names, self._speller.style)
        if self.written is not None:
            return self._speller.tree(self.written, form)
        if isinstance(self.body, Expr):
            return self._speller.expression(self.body, form)
        return str(self.body.spelled(self._speller, form))

    def left(self, form: str = "text") -> str:
        return self.head.spell(self._speller, form)

    def spell(self, form: str = "text") -> str:
        left, right = self.sides(form)
        return f"{left} = {right}" if left else right

    def sides(self, form: str = "text") -> tuple[str, str]:
        """Left and right of the line. An answer in indices has a left side of its own; names are bound before the answer."""
        if self.answer is None:
            return self.left(form), self.right(form)
        program, whole = self.answer._program, self.right(form)
        if program.form is not None:
            return ("" if program.form[0] in ("index", "kron") else self.left(form)), whole
        if program.bindings and self.defined.issuperset(b.name for b in program.bindings):
            return self.left(form), self._speller.tree(program.body, form)
        if program.bindings:
            body = self._speller.tree(program.body, form)
            cut = len(whole) - len(body) if whole.endswith(body) else 0
            return "", f"{whole[:cut]}{self.left(form)} = {whole[cut:]}"
        return self.left(form), whole

    def __repr__(self) -> str:
        return f"<{self.text} : {self.shape}>"


class Step(Holder):
    """A rewriting that was done: by `rules`, from the line `before` to the line `after`; `place` is what was rewritten (its
    text), `note` what one must know besides. `text`, `unicode`, `latex` give the new line with its rule. Rules that are `unseen` changed
    nothing that can be seen in it."""

    __slots__ = ("after", "before", "note", "place", "rules", "small", "unseen")

    def __init__(
        self,
        rules: Iterable[str],
        before: Line,
        after: Line,
        place: Iterable[str] = (),
        note: str = "",
        *,
        small: bool = False,
        unseen: Iterable[str] = (),
    ) -> None:
        known = book()
        self.unseen = frozenset(unseen)
        self.rules: tuple[Rule, ...] = tuple(dict.fromkeys(known.get(n, known[ALGEBRA.name]) for n in rules))
        self.before, self.after, self.note, self.small = before, after, note, small
        self.place = tuple(place)

    @property
    def rule(self) -> str:
        """The names of the rules, as `matcalc rules` finds them."""
        return ", ".join(r.name for r in self.seen)

    @property
    def seen(self) -> tuple[Rule, ...]:
        """The rules that changed something that can be seen."""
        return tuple(r for r in self.rules if r.name not in self.unseen) or self.rules

    @property
    def source(self) -> str:
        """Where the rules stand: author, year, number."""
        works: dict[str, list[str]] = {}
        for r in self.seen:
            work, _, place = abbreviated(r.source).partition(", ")
            works.setdefault(work, []).extend([place] if place and place not in works.get(work, []) else [])
        return "; ".join(", ".join([work, *places]) for work, places in works.items())

    @property
    def shape(self) -> str:
        return self.after.shape

    @property
    def text(self) -> str:
        return f"{self.after.text}   [{self.reason}]"

    @property
    def unicode(self) -> str:
        return f"{self.after.unicode}   [{self.reason}]"

    @property
    def reason(self) -> str:
        """The rules and where they stand."""
        return self.rule if self.rule == self.source else f"{self.rule}; {self.source}"

    @property
    def latex(self) -> str:
        r"""One line of an `align*`: `F' &= … && \text{rule}`."""
        left, right = self.after.sides("latex")
        return rf"{left} &= {right} && \text{{{self.rule}}}" if left else rf"& {right} && \text{{{self.rule}}}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found: dict[str, Any] = {"rule": self.rule, "rules": [r.name for r in self.rules], "source": self.source}
        found |= {"before": self.before.text, "after": self.after.text, "shape": self.shape, "latex": self.after.latex}
        return found | ({"note": self.note} if self.note else {})

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.rule}: {self.after.text}>"


class Adjoint:
    """∂F/∂z by definition, for a named part z with its node in the function (None: for the variable)."""

    def __init__(self, head: Head, node: Expr | None) -> None:
        self.head, self.node = head, node

    def spelled(self, speller: LineSpeller, form: str) -> str:
        return self.head.spell(speller, form)


def shape_of(e: Expr) -> tuple[str, ...]:
    """The shape of an expression for a line; empty for a number."""
    return () if e.is_scalar else tuple(str(d) for d in e.shape)


def merged(steps: Sequence[Step], small: Container[str]) -> Step:
    """Several steps as one; rules that are `small` are only named where there are no others."""
    names = [r.name for s in steps for r in s.seen]
    notes = "; ".join(dict.fromkeys(s.note for s in steps if s.note))
    named = [n for n in names if n not in small] or names
    return Step(named, steps[0].before, steps[-1].after, [p for s in steps for p in s.place], notes, small=all(s.small for s in steps))


__all__ = [
    "ALONG",
    "ADJOINT",
    "DERIVATIVE",
    "DIFFERENTIAL",
    "MANIFOLD",
    "VALUE",
    "Head",
    "Line",
    "Adjoint",
    "LineSpeller",
    "Step",
    "merged",
    "shape_of",
]
