"""A text with its variables, as the commands on functions need it (taylor, stationary, jacdet, directional).

It reads further texts in the same names (a point, a direction), draws random points that honour what is declared, and
spells expressions with new names beside the old ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import is_complex, substitute, transpose, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of, words_of
from ..inference.assumptions import where_text
from ..inference.infer import Typed
from ..kinds import ONE, shape_text
from ..notation.arrange import Arranger
from ..notation.authorship import rewritten, typed_order
from ..numbers.record import Check
from ..ops.core import MEMBER, SYMBOL
from ..ops.vocabulary import LINEAR, WORDS, shortest
from ..pipeline.point import NAMED, statements
from ..pipeline.question import Question, read
from ..pipeline.sampling import Sampler
from ..printing.formats import Printable
from ..reading.read import parse_names
from ..shortening.folding import folded
from ..shortening.simplify import recognise
from ..syntax import Declaration, Node, Program, spell_name, split_name, walk

_FORMULAS = frozenset(
    ("about", "order", "value", "absolute", "Jacobian", "first terms", "momentum", "gradient", "magnitude", "derivative", "value there")
)
_SECOND = re.compile(r"f'' = -?[\d/]+ [<>] 0")


class Problem:
    """A function of the variables `names`. `function` is the expression in property-free twins of them."""

    def __init__(self, question: Question) -> None:
        question = question.by(*dict.fromkeys(question.names))
        if question.program.form is not None:
            raise UsageError("an expression is wanted here, not an index form or a linear map")
        if not question.names:
            raise UsageError("no variable was given")
        self.question, self.text, self.names, self.typed = question, question.text, question.names, question.typed
        if self.typed.averaged is not None:
            from ..pipeline.averaged import checked

            checked(self.typed)
        self.function = recognise(self.typed.expr)
        self.variables = {n: self._variable(n) for n in self.names}
        self.declarations: dict[str, Declaration] = {d.name: d for d in self.typed.declarations}
        self.notes: list[str] = list(self.typed.assumptions)
        self.further: list[tuple[Node, Expr]] = []  # what was typed in other texts

    def _variable(self, name: str) -> Expr:
        found = self.question.variable(name)
        if found.op is not SYMBOL:
            what = "a member of a family" if found.op is MEMBER else "an entry"
            raise UsageError(f"{name} is {what}; this command takes whole variables")
        return found

    @property
    def only(self) -> Expr:
        """The one variable."""
        return self.variables[self.names[0]]

    @property
    def where(self) -> str:
        """All declarations, the inferred ones and those of new names too."""
        return where_text(self.declarations.values())

    @property
    def taken(self) -> frozenset[str]:
        """Every name in use, dimensions too."""
        sizes = {n for s in self.typed.symbols.values() for d in s.shape for n in d.names()}
        bound = {str(n.attr) for node, _ in self.typed.nodes for n in walk(node) if n.op in ("sum", "product")}
        return frozenset({*self.typed.symbols, *self.typed.bindings, *self.declarations, *self.typed.families, *sizes, *bound})

    def properties(self, name: str) -> frozenset[str]:
        """What is declared of a name."""
        e = self.typed.declared.get(name)
        return words_of(e) if e is not None and e.op is SYMBOL else frozenset()

    def whole(self, e: Expr) -> Expr:
        """`e` with all declared properties of the variables (for after the last derivative)."""
        back = {s: self.typed.declared[n] for n, s in self.variables.items() if n in self.typed.declared}
        return substitute(e, {s: d for s, d in back.items() if s is not d})

    def free_name(self, wanted: Iterable[str]) -> str:
        """The first of the names that is not in use."""
        taken = self.taken
        return next(n for n in wanted if n not in taken)

    def declare(self, name: str, like: Expr, properties: Iterable[str] = ()) -> None:
        """A name of the answer's own, to be listed in `where`."""
        shape = like.shape
        sizes = () if like.is_scalar else shape[:1] if shape[1] is ONE else shape
        words = shortest(frozenset(p for p in properties if WORDS[p].declared))
        self.declarations[name] = Declaration(name, "C" if is_complex(like) else "R", tuple(sizes), words)

    # ---- texts beside the expression

    def point(self, text: str, what: str = "--at") -> dict[Expr, Expr]:
        """`1`, `x = 0.5; y = -0.4`, `[1; 2]` or `x_0`: a value for every variable."""
        given: dict[str, str] = {}
        pieces = [p for p in statements(text) if p.strip()]
        for piece in pieces:
            named = NAMED.match(piece)
            if named is None:
                if len(pieces) > 1 or len(self.names) > 1:
                    wanted = "; ".join(f"{n} = …" for n in self.names)
                    raise ReadingError(
                        f"{what} has no name in {piece.strip()!r}", suggestion=f'for several variables write {what} "{wanted}"'
                    )
                given[self.names[0]] = piece
                continue
            try:
                (name,) = parse_names(named[1], self.declarations)
            except MatcalcError as error:
                raise error.located(text) from None
            if name not in self.variables:
                raise UsageError(
                    f"{what} gives a value for {name}, which is no variable", suggestion=f"the variables: {', '.join(self.names)}"
                )
            if name in given:
                raise UsageError(f"{what} gives {name} twice")
            given[name] = piece[named.end() :]
        missing = [n for n in self.names if n not in given]
        if missing:
            raise UsageError(f"{what} has no value for {', '.join(missing)}")
        return {self.variables[n]: self.value(given[n], self.variables[n], what) for n in self.names}

    def value(self, text: str, like: Expr, what: str, free: bool = False) -> Expr:
        """A text as a value of the variable `like`. A new name alone is taken to be of its kind; with
        `free` it may depend on the variables."""
        name = name_of(like)
        try:
            program = read(text, self.declarations.values(), self.typed.families)
            declarations = dict(self.declarations)
            if program.body.op == "name" and isinstance(program.body.attr, str) and self._is_new(program.body.attr):
                words = self.properties(name)
                self.declare(program.body.attr, like, words.intersection(LINEAR) if free else words)
                declarations = dict(self.declarations)
            typed = self._read_value(text, Question(program, declarations.values()), like)
        except MatcalcError as error:
            raise error.located(text) from None
        self.further += typed.nodes
        for d in typed.declarations:
            self.declarations.setdefault(d.name, d)
        self.notes += [n for n in typed.assumptions if n not in self.notes]
        e = typed.expr
        inside = sorted({n for n in _names(e) if n in self.variables})
        if inside and not free:
            raise UsageError(
                f"{what} depends on {', '.join(inside)} itself", suggestion=f"use another name, such as {spell_name(name, '0')}"
            )
        if e.shape == like.shape:
            return e
        if e.is_scalar and e is zeros(ONE):
            return zeros(*like.shape)
        if e.shape == like.shape[::-1] and like.shape[1] is ONE:
            self.notes.append(f"the row {text.strip()} counts as a column")
            return transpose(e)
        raise ShapeError(f"{what} for {name} is {shape_text(e.shape)}, and {name} is {shape_text(like.shape)}", text=text)

    def _read_value(self, text: str, question: Question, like: Expr) -> Typed:
        """A value as it was read; where its size cannot be told, I, it is the variable's."""
        try:
            typed = question.whole()
        except MatcalcError:
            if like.is_scalar or not re.search(r"(?<![A-Za-z])I(?![A-Za-z_])", text):
                raise
            return Question(
                read(f"{text} + 0 {name_of(like)}", self.declarations.values(), self.typed.families), self.declarations.values()
            ).whole()
        return self._as_large(text, typed, like)

    def _as_large(self, text: str, typed: Typed, like: Expr) -> Typed:
        """What was read; where a size that nothing says could be the variable's, that: of A x for x, A is square."""
        if typed.expr.is_scalar or like.is_scalar or typed.expr.shape in (like.shape, like.shape[::-1]):
            return typed
        try:
            program = read(f"{text} + 0 {name_of(like)}", self.declarations.values(), self.typed.families)
            return Question(program, self.declarations.values()).whole()
        except MatcalcError:
            return typed

    def _is_new(self, name: str) -> bool:
        base, sub = split_name(name)
        return (
            name not in self.declarations
            and base not in ("I", "0", "1", "e", "pi")
            and not (sub.isdigit() and base in self.declarations and sub != "0")
        )

    # ---- printing

    def arranger(self, more: Sequence[str] = (), values: Mapping[Expr, Expr] | None = None) -> Arranger:
        """Spells expressions with the names in the order of the input, then those of `more`; `values` are substituted in it."""
        order = {**typed_order(self.further), **typed_order(self.typed.nodes)}
        if values:
            order = rewritten(order, lambda e: substitute(e, values))
        ranks = {n: k for k, n in enumerate(self.typed.symbols)}
        for x, a in (values or {}).items():  # x_0 is sorted as x is
            if a.op is SYMBOL and x.op is SYMBOL:
                ranks.setdefault(name_of(a), ranks.get(name_of(x), len(ranks)))
        for k, n in enumerate(more):
            ranks.setdefault(n, len(self.typed.symbols) + k)
        return Arranger(ranks, order, self.taken | set(more))

    def spelled(self, e: Expr) -> str:
        """An expression as text, for messages."""
        from ..printing.text import spell

        return spell(self.arranger().spell(e))

    # ---- numbers

    def sampler(self, roots: Iterable[Expr]) -> Sampler:
        """Random points for everything in the function and in these expressions."""
        return Sampler(self.typed, roots=[self.function, *roots])


class Answer(Printable):
    """What a command found: `text`, `unicode`, `latex` print it, `as_json` has its parts."""

    check: Check | None = None
    where: str = ""
    assumptions: list[str]

    def __init__(self, problem: Problem) -> None:
        self.where = problem.where
        self.assumptions = list(dict.fromkeys(problem.notes))
        self.wrt = problem.names
        self._names = problem.taken
        self._function = problem.typed.program
        self._declared = problem.typed.declarations

    @property
    def verified(self) -> str:
        """ "verified" where the answer agrees with the numbers and every summand of it was seen; else "not checked"."""
        return "verified" if self.check else "not checked"

    def spell(self, form: str = "text") -> str:
        """The answer in a format: text, unicode or latex."""
        raise NotImplementedError

    def written(self, form: str) -> str:
        """The answer in a format that is a text around formulas too: markdown, latex-doc."""
        if form == "mathml":
            from ..printing.mathml import joined

            return "\n".join(map(joined, self.spell(form).split("\n")))
        if form not in ("markdown", "latex-doc"):
            return self.spell(form)
        whole = self.spell("latex")
        formulas = [whole] if "\\begin" in whole else whole.split("\n")
        if form == "markdown":
            return "\n".join(f"$${formula}$$" for formula in formulas)
        from ..printing.document import answer_sheet, plain

        displays = [rf"\[ {formula} \]" for formula in formulas]
        facts = [f"{plain(label)}: {self._set(label, words) or plain(words)}" for label, words in self.facts()]
        said = (self._function, self.wrt, displays, facts, self._declared, self.assumptions, self._names)
        return answer_sheet(*said, verified=bool(self.check))

    def _set(self, label: str, words: str) -> str:
        """A fact that is a formula, or says of names what they are, as mathematics; "" for one in words."""
        from ..reading.read import printed

        if _SECOND.fullmatch(words):
            return f"${words}$"
        if label.lstrip("0123456789. ").split(" of ")[0] not in _FORMULAS:
            return ""
        sides = [side for part in words.split(", ") for side in part.split(" = ")] if "[" not in words else [words]
        known = [*self._names, *(d.name for d in self._declared)]
        try:
            spelled = [self.spelled(printed(side, known), "latex") for side in sides]
        except MatcalcError:
            return ""
        marks = [", " if m == ", " else " = " for m in re.findall(", | = ", words)] if "[" not in words else []
        return "$" + "".join(s + m for s, m in zip(spelled, [*marks, ""], strict=True)) + "$"

    def words(self, text: str, form: str) -> str:
        """Words beside a formula."""
        return {"latex": rf"\quad\text{{{text}}}", "typst": f' quad "{text}"'}.get(form, f"  {text}")

    def spelled(self, thing: Node | Program, form: str) -> str:
        from ..answers.answer import printer

        return printer(form)(thing, names=self._names) if form == "latex" else printer(form)(thing)

    def remarks(self) -> list[str]:
        """What a notebook says beside the formula."""
        unchecked = [] if self.check else [self.verified if self.check is None else str(self.check)]
        return [*(f"{label}: {words}" for label, words in self.facts()), *self.assumptions, *unchecked]

    def check_readable(self) -> None:
        """NoAnswerError where the answer has no notation that could be read back."""
        try:
            Question.of(self.text, where=self.where).whole()
        except MatcalcError:
            raise NoAnswerError("the answer has no notation in matcalc's language") from None

    def facts(self) -> list[tuple[str, str]]:
        """What a reader should know beside the formula: label and text."""
        return []

    def as_json(self) -> object:
        """The parts of the answer, for machines."""
        return {**self.parts(), **self.circumstances()}

    def as_dict(self) -> dict[str, Any]:
        """The same as one object; a list of points is its `points`."""
        found = self.as_json()
        return found if isinstance(found, dict) else {"points": found, **self.circumstances()}

    def parts(self) -> dict[str, Any]:
        """The answer proper."""
        raise NotImplementedError

    def circumstances(self) -> dict[str, Any]:
        """Spellings, declarations, notes."""
        return {
            "text": self.text,
            "unicode": self.unicode,
            "latex": self.latex,
            "wrt": list(self.wrt),
            "where": self.where,
            "assumptions": self.assumptions,
            "verified": self.verified,
            "check": self.check.as_dict() if self.check is not None else None,
        }

    def __repr__(self) -> str:
        return f"<{self.text}>"


def refuse_where_undefined(e: Expr, what: str, values: Mapping[Expr, Expr] | None = None) -> None:
    """Refuse a value with a division by zero in it. With `values`, that of `e` with them put in: there a denominator that
    vanishes would be lost beside a numerator that does."""
    from ..expressions.build import is_number, value_of
    from ..ops.core import POWER
    from ..ops.inverse import INVERSE

    def at(part: Expr) -> Expr:
        return folded(substitute(part, values)) if values else part

    for n in postorder(e):
        bad = n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]) < 0 and is_number(at(n.args[0]), 0)
        if bad or ((n.op is INVERSE or n.op.name in ("log", "logdet")) and _vanishes(at(n.args[0]))):
            raise NoAnswerError(f"{what} has no value at this point")


def _vanishes(e: Expr) -> bool:
    return e is zeros(*e.shape)


def _names(e: Expr) -> set[str]:
    return {name_of(n) for n in postorder(e) if n.op is SYMBOL}
