"""The claims of a document checked, one after the other, with what the document said before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..checking.claims import Verdict, check
from ..checking.points import is_value_at, point_in, vanishes
from ..checking.statements import NAME, STARS, Claim, Declared, Definition, StatedSolution, plain, statements
from ..errors import MatcalcError, ShapeError
from ..pipeline.declaring import declared
from ..pipeline.derive import one_derivative
from ..pipeline.question import Options, Question, declarations_in
from .claimed import claimed
from .documents import Document, Formula
from .macros import expanded
from .prose import properties

NESTED = 4  # functions in functions
RIGHT, WRONG, UNCLEAR = "right", "wrong", "not understood"
_TOKEN = re.compile(rf"\\(?:begin|end)\{{[^{{}}]*\}}|{NAME}|\\[A-Za-z]+")  # \frac has no name f in it
_STYLE = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec|mathrm|mathit|mathcal|mathsf|symbf|pmb)(?![A-Za-z])|[{}\s]")
_ALONE = re.compile(rf"\s*({NAME})\s*(?:\\succ(?P<psd>eq)?\s*0\s*)?")
_TRANSPOSED = r"\s*\^\s*\{?\\?(?:top|T|intercal)\}?\s*"
_EQUAL_TO_TRANSPOSE = re.compile(rf"\s*({NAME})\s*=\s*({NAME}){_TRANSPOSED}|\s*({NAME}){_TRANSPOSED}=\s*({NAME})\s*")
_NOUGHT = re.compile(r"\s*(?:\\(?:mathbf|boldsymbol|bm)\s*\{?\s*)?0\s*\}?\s*")
_SUPPOSED = re.compile(r"\b(?:if|unless|when|whenever|only if|provided that|suppose that)\s*$", re.IGNORECASE)  # "unless $a = 0$"
_ROWS = re.compile(r"numerator layout|gradients? (?:is|are|as) (?:a )?rows?\b", re.IGNORECASE)
_COLUMNS = re.compile(r"denominator layout|gradients? (?:is|are|as) (?:a )?columns?\b", re.IGNORECASE)
KINDS = {"symmetric": "S^n", **{word: f"R^{{n x n}} {word}" for word in ("spd", "psd", "skew", "diagonal", "orthogonal", "invertible")}}


class Finding:
    """A claim with its place, and what was found: `status`, why, and what is right (LaTeX) where it is wrong."""

    def __init__(self, formula: Formula, claim: str, place: tuple[int, int], status: str, why: str = "", right: str = "") -> None:
        self.claim, self.status, self.why, self.right = claim, status, why, right
        self.line, self.column = place
        self.end, self.cell = formula.end, formula.cell

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = {"line": self.line, "column": self.column, "claim": self.claim, "status": self.status, "why": self.why, "right": self.right}
        return found if self.cell is None else {"cell": self.cell, **found}


class Side:
    """One side of a claim: in which layouts it is right (None: it was not understood), and the verdicts."""

    def __init__(self, verdicts: dict[str, Verdict], why: str, place: int) -> None:
        self.verdicts, self.why, self.place = verdicts, why, place

    @property
    def fits(self) -> frozenset[str]:
        return frozenset(layout for layout, v in self.verdicts.items() if v.equal)


class Judged:
    """A claim with its sides, before the document's layout is known."""

    def __init__(self, formula: Formula, claim: Claim, sides: list[Side]) -> None:
        self.formula, self.claim, self.sides = formula, claim, sides
        of_scalar = [v.derivative._of_scalar for s in sides for v in s.verdicts.values() if v.derivative is not None]
        self.group = (claim.sign, all(of_scalar))


class Context:
    """What a document says: definitions, declarations and properties, each with the number of its formula."""

    def __init__(self) -> None:
        self.definitions: list[tuple[int, Definition]] = []
        self.sets: dict[str, tuple[str, str]] = {}  # the name as typed, and its set
        self.words: dict[str, tuple[str, tuple[str, ...]]] = {}

    def definition(self, name: str, at: int) -> Definition | None:
        """The nearest definition before a formula, else the first after it."""
        same = [(k, d) for k, d in self.definitions if key(d.name) == key(name)]
        before = [d for k, d in same if k <= at]
        return before[-1] if before else same[0][1] if same else None

    def renamed(self, definition: Definition, name: str) -> str:
        """The text of a function of one variable with another name for it, which is of the same set."""
        (own,) = definition.args
        if key(own) in self.sets:
            self.sets.setdefault(key(name), (name, self.sets[key(own)][1]))
        return _TOKEN.sub(lambda m: f"{{{name}}}" if key(m[0]) == key(own) else m[0], definition.text)

    def function(self, at: int) -> str:
        """The function that was defined last before a formula, with its arguments; empty where there is none."""
        last = next((d for k, d in self.definitions[::-1] if k < at and d.args), None)
        if last is None:
            return ""
        return (r"\log " if last.logged else "") + f"{last.name}({', '.join(last.args)})"

    def note(self, number: int, text: str, before: str, words: tuple[str, ...]) -> None:
        """Take up what a formula defines and declares, with the words that the prose has for its names."""
        alone, turned = _ALONE.fullmatch(text), _EQUAL_TO_TRANSPOSE.fullmatch(text)
        if turned is not None and key(turned[1] or turned[3]) == key(turned[2] or turned[4]):
            self._know(turned[1] or turned[3], ("symmetric",))
        elif alone is not None:
            self._know(alone[1], ("psd" if alone["psd"] else "spd",) if r"\succ" in text else words)
        for found in list(statements(text)):
            if isinstance(found, Definition) and not (not found.args and _SUPPOSED.search(before)):
                self.definitions.append((number, found))
            elif isinstance(found, Declared):
                for name in found.names:
                    self.sets[key(name)] = name, found.text.partition(r"\in")[2].strip()
                    self._know(name, words)

    def _know(self, name: str, words: tuple[str, ...]) -> None:
        if words:
            self.words[key(name)] = name, words

    def inlined(self, text: str, at: int) -> str:
        """The text with calls of defined functions written out. MatcalcError where one has other arguments than in its definition."""
        for _ in range(NESTED):
            for _, d in self.definitions:
                found = self.definition(d.name, at) if d.args else None
                if found is None:
                    continue
                call = re.compile(rf"(?<![\\A-Za-z^]){re.escape(found.name)}\s*\(([^()]*)\)")
                for m in list(call.finditer(text))[::-1]:
                    if [key(a) for a in re.split(r"[,;|]", m[1])] != [key(a) for a in found.args]:
                        raise MatcalcError(f"{m[0]} is not spelled out: {found.name} was defined of {', '.join(found.args)}")
                    text = f"{text[: m.start()]}({found.text}){text[m.end() :]}"
        return text

    def question(self, text: str, claims: Iterable[str], at: int, wrt: Sequence[str]) -> str:
        """A function with the definitions that it and the claims use: `z = W x + b; sum(z)`."""
        needed: dict[str, Definition] = {}
        queue, taken = [text, *claims], {key(n) for n in wrt}
        while queue:
            for name in names_in(queue.pop()):
                found = self.definition(name, at)
                if key(name) not in needed and key(name) not in taken and found is not None and found.text != text:
                    needed[key(name)] = found
                    queue.append(found.text)
        order = sorted(needed.values(), key=lambda d: next(k for k, other in self.definitions if other is d))
        return "; ".join([*(f"{d.name} = {d.text}" for d in order), text])

    def where(self, text: str, others: Iterable[str]) -> str:
        """The declarations of the names of a function and of other texts, as far as matcalc knows the sets."""
        clauses: list[str] = []
        used = {key(n) for part in (text, *others) for n in names_in(part)}
        for name in used & {*self.sets, *self.words}:
            typed, words = self.words.get(name, ("", ()))
            if name in self.sets:
                typed, space = self.sets[name]
                tries = [rf"{typed} \in {space} {' '.join(words)}".strip(), rf"{typed} \in {space}"]
                clauses += next(([c] for c in tries if _is_known(c)), [])
        for name in sorted(used & (self.words.keys() - self.sets.keys())):
            typed, words = self.words[name]
            with suppress(MatcalcError):
                found, _ = declared(text, "; ".join(clauses), typed, KINDS[words[0]])
                if _reads(text, [*clauses, found]):
                    clauses.append(found)
        return "; ".join(sorted(clauses))


def key(name: str) -> str:
    r"""A name without its type face: \mathbf{x} and x are one."""
    return _STYLE.sub("", name).rstrip("'")


def names_in(text: str) -> list[str]:
    return [m[0] for m in _TOKEN.finditer(text) if re.fullmatch(NAME, m[0])]


def _is_known(clause: str) -> bool:
    try:
        declarations_in(clause)
    except MatcalcError:
        return False
    return True


def _reads(text: str, clauses: Sequence[str]) -> bool:
    try:
        _ = Question.of(text, where="; ".join(clauses)).typed
    except MatcalcError:
        return False
    return True


# ---------------------------------------------------------------------------------------------- judging


def judge(document: Document) -> list[Finding]:
    """Every claim of the document, in order."""
    context = Context()
    texts = [plain(expanded(f.text, document.macros)) for f in document.formulas]
    for formula, text in zip(document.formulas, texts, strict=True):
        formula.read = text
    said = properties([*(f.before for f in document.formulas), *(f.after for f in document.formulas[-1:])])
    for number, (text, formula, words) in enumerate(zip(texts, document.formulas, said, strict=True)):
        context.note(number, text, formula.before, words)
    before = [f.before for f in document.formulas]
    found: list[Judged | Finding] = []
    stationary: Claim | None = None
    for number, (formula, text) in enumerate(zip(document.formulas, texts, strict=True)):
        after = document.formulas[number].after
        told = claimed(texts, before, after, number, context.function(number))
        for statement in [*statements(text), *filter(None, [told])]:  # all of them first: a line may go on with one before
            if isinstance(statement, Claim):
                stationary = statement if _NOUGHT.fullmatch(statement.sides[-1][0]) else None
                if stationary is not None:  # … = 0: an equation; what stands between is claimed
                    statement.sides = statement.sides[:-1]
                if statement.sides:
                    found.append(_judged(context, number, formula, statement))
            elif isinstance(statement, StatedSolution) and stationary is not None:
                found.append(_solved(context, number, formula, stationary, statement))
    layouts = _layouts(document, [one for one in found if isinstance(one, Judged)])
    return [_finding(one, layouts) if isinstance(one, Judged) else one for one in found]


def _function(context: Context, claim: Claim, at: int) -> tuple[str, tuple[str, ...]]:
    """The text of a claim's function, and the variables. MatcalcError where it is not known."""
    m = re.fullmatch(rf"\s*(?P<name>{NAME})\s*(?:\((?P<args>[^()]*)\))?\s*", claim.function)
    args = tuple(a.strip() for a in re.split(r"[,;|]|\\mid", m["args"] or "") if a.strip()) if m else ()
    definition = context.definition(m["name"], at) if m else None
    if definition is None:
        if m is not None and (m["args"] is None or key(m["name"]) not in ("log", "exp")):
            raise MatcalcError(f"{claim.function} is not defined here")
        return claim.function, claim.wrt
    own = tuple(STARS.sub("", a) for a in args)
    known = {key(a) for a in definition.args} | {key(n) for n in names_in(definition.text)}
    if claim.wrt:
        wrt = claim.wrt
    elif len(own) == 1 or (own and m is not None and ";" in m["args"]):  # f(x; A) is a function of x
        wrt = own[:1]
    else:
        wrt = definition.args if len(definition.args) == 1 else ()
    if len(own) == len(definition.args) == 1 and claim.at is None:  # \nabla f(0)
        names = claim.wrt or definition.args
        claim.at = point_in(own[0], names)
        wrt = names if claim.at is not None else wrt
    strange = [n for n in own if key(n) not in known and re.fullmatch(NAME, n)]
    if len(strange) == len(own) == len(definition.args) == 1 and not claim.wrt:  # at a point that has a name: \nabla f(x_k)
        return context.renamed(definition, strange[0]), (strange[0],)
    if strange and not claim.wrt:
        raise MatcalcError(f"{definition.name} was defined of other names than {', '.join(strange)}")
    return definition.text, wrt


def _without(text: str, starred: Iterable[str]) -> str:
    for name in starred:
        text = text.replace(name, STARS.sub("", name))
    return text


def _judged(context: Context, number: int, formula: Formula, claim: Claim) -> Judged:
    sides = [Side({}, "", place) for _, place in claim.sides]
    try:
        text, wrt = _function(context, claim, number)
        starred = re.findall(rf"{NAME}\s*(?:{STARS.pattern})", claim.function)  # at x^*, where the function's own name is x
        claim.sides = [(_without(side, starred), place) for side, place in claim.sides]
        if not wrt:
            raise MatcalcError("the text does not say by which variable")
        claim.sides = [(context.inlined(side, number), place) for side, place in claim.sides]
        question = context.question(context.inlined(text, number), [side for side, _ in claim.sides], number, wrt)
        where = context.where(question, [*(side for side, _ in claim.sides), *wrt])
    except MatcalcError as error:
        return Judged(formula, claim, [Side({}, error.message, s.place) for s in sides])
    if claim.at is not None:
        return Judged(formula, claim, [_value_at(question, wrt, side, where, claim, place) for side, place in claim.sides])
    return Judged(formula, claim, [_side(question, wrt, side, where, claim.order, place) for side, place in claim.sides])


def _value_at(question: str, wrt: tuple[str, ...], side: str, where: str, claim: Claim, place: int) -> Side:
    """What is claimed of a derivative at a point, in both layouts."""
    assert claim.at is not None
    name, point = claim.at
    if claim.order != 1 or len(wrt) != 1 or key(name) != key(wrt[0]):
        return Side({}, f"a derivative at {name} = {point} is not checked here", place)
    verdicts: dict[str, Verdict] = {}
    try:
        for layout in ("denominator", "numerator"):
            found = one_derivative(Question.of(question, wrt[0], where, Options(1, layout, names=False)))
            with suppress(ShapeError):
                right = is_value_at(found, point, side)
                why = [] if right else [f"the derivative has another value at {name} = {point}"]
                verdicts[layout] = Verdict(right, why, derivative=found, claim=None)
    except MatcalcError as error:
        return Side({}, error.message, place)
    return Side(verdicts, "" if verdicts else "the shapes do not fit", place)


def _side(question: str, wrt: tuple[str, ...], side: str, where: str, order: int, place: int) -> Side:
    verdicts: dict[str, Verdict] = {}
    names: Any = list(wrt) if len(wrt) > 1 else wrt[0]
    try:
        for layout in ("denominator", "numerator"):
            verdicts[layout] = check(question, names, side, where=where, order=order, layout=layout)
    except MatcalcError as error:
        return Side({}, error.message, place)
    verdict = verdicts["denominator"]
    if any(word.startswith("wrong dimension") for word in verdict.diagnosis) and _is_right_of_numbers(question, wrt, side, where, order):
        return Side({}, f"it is right if {wrt[0]} is a number, which nothing says", place)
    if verdict.claim is not None and verdict.derivative is not None:
        typed = verdict.derivative._typed
        known = {*typed.symbols, *typed.bindings, *typed.families, *(n for s in typed.symbols.values() for d in s.shape for n in d.names())}
        strange = [n for n in verdict.claim._typed.symbols if n not in known and n.partition("_")[0] not in known]
        if strange:
            return Side({}, f"{', '.join(strange)} is not known of the function", place)
    return Side(verdicts, "", place)


def _is_right_of_numbers(question: str, wrt: tuple[str, ...], side: str, where: str, order: int) -> bool:
    """Whether a claim is right once the variable is a number, where nobody said what it is: f(x) = x^2 and f'(x) = 2x."""
    try:
        return len(wrt) == 1 and check(question, wrt[0], side, where="; ".join(filter(None, [where, f"{wrt[0]} in R"])), order=order).equal
    except MatcalcError:  # declared as something else, perhaps
        return False


def _layouts(document: Document, judged: Sequence[Judged]) -> dict[tuple[str, bool], str | None]:
    """The layout of each kind of claim: what the prose says, what most claims have, and what is usual where none has more."""
    found: dict[tuple[str, bool], str | None] = {}
    for group in {j.group for j in judged}:
        fits = [s.fits for j in judged if j.group == group for s in j.sides]
        rows, columns = fits.count(frozenset({"numerator"})), fits.count(frozenset({"denominator"}))
        said = "numerator" if _ROWS.search(document.prose) else "denominator" if _COLUMNS.search(document.prose) else None
        usual = "denominator" if group == ("nabla", True) else None
        found[group] = (said if group[1] else None) or ("numerator" if rows > columns else "denominator" if columns > rows else usual)
    return found


def _finding(judged: Judged, layouts: dict[tuple[str, bool], str | None]) -> Finding:
    layout = layouts[judged.group]
    claim = judged.claim
    unclear = ""
    right = False
    for (text, _), side in zip(claim.sides, judged.sides, strict=True):
        if not side.verdicts:
            unclear = unclear or side.why
            continue
        if side.fits and (layout is None or layout in side.fits):
            right = True
            continue
        verdict = side.verdicts[layout or "denominator"]
        why = "; ".join(verdict.diagnosis)
        if side.fits:
            why = f"in the {next(iter(side.fits))} layout, and the others of this document are in the {layout} layout"
        formula = verdict.derivative.latex if verdict.derivative is not None else ""
        return Finding(judged.formula, _shown(claim, text), _place(judged.formula, side.place), WRONG, why, formula)
    text, place = claim.sides[-1][0], judged.sides[0].place
    return Finding(
        judged.formula, _shown(claim, text), _place(judged.formula, place), RIGHT if right else UNCLEAR, "" if right else unclear
    )


def _solved(context: Context, number: int, formula: Formula, claim: Claim, solution: StatedSolution) -> Finding:
    """Whether the gradient vanishes at what is said to be the stationary point."""
    shown, place = f"{solution.name}^* = {solution.text}", _place(formula, solution.at)
    try:
        text, _ = _function(context, claim, number)
        question = context.question(context.inlined(text, number), [], number, [solution.name])
        where = context.where(question, [solution.text])
        found = one_derivative(Question.of(question, solution.name, where, Options(1, "denominator")))
        if vanishes(found.text, found.where, found.wrt[0], solution.text):
            return Finding(formula, shown, place, RIGHT)
        return Finding(formula, shown, place, WRONG, "the gradient is not 0 there", f"{found.latex} = 0")
    except MatcalcError as error:
        return Finding(formula, shown, place, UNCLEAR, error.message)


def _shown(claim: Claim, side: str) -> str:
    return re.sub(r"\s+", " ", f"{claim.head.strip()} = {side.strip()}")


def _place(formula: Formula, offset: int) -> tuple[int, int]:
    """Line and column of an offset in a formula whose commands were expanded; behind such a command the column is that of the expansion."""
    before = formula.read[:offset]
    lines = before.count("\n")
    return formula.line + lines, (formula.column + offset if not lines else len(before) - before.rfind("\n"))


def findings(documents: Iterable[Document]) -> Iterator[tuple[Document, list[Finding]]]:
    """Each document with its claims."""
    return ((document, judge(document)) for document in documents)
