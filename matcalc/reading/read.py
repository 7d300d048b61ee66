"""Text to the surface tree: statements, forms, and an inner `where`.

text → marks (`scan`) → tokens (`lex`) → tree (`tree`, by the grammar in grammar/matcalc.lark)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from ..errors import MatcalcError, Span
from ..interning import regex
from ..kinds import Dim
from ..syntax import Asked, Binding, Declaration, Node, Program, same, spell_name, split_name, walk
from .apart import letters_of, one_of_each
from .applied import applied_once, holds_one, plain_factors
from .asked import asked, refuse_inside, written_out
from .declare import read_declarations
from .declare import read_names as parse_names
from .lefts import Left, LeftSides, letters_in
from .lex import MEANINGS
from .lexer import Lexer
from .marks import Mark, quote, refuse
from .names import Names, conjugates_names, lists_primes, raises_prime, stands_by_itself, writes_transposes
from .programs import calls_arrays, is_program, words
from .scan import check_length, scan
from .statements import Range, Statements, is_and
from .tree import tree

__all__ = ["parse", "parse_names", "parse_where"]

_WHERE = regex(
    r"(?:(?<=[\s;,.)])|^)(?:where(?=\s)|with(?=\s+\\?\w+\s*=))|\\(?:text|mbox|mathrm|textrm)\{\s*[,;]?\s*(?:where|with)\s*:?\s*\}"
)
# What may be a label above a name, which `raised` decides: W^{[1]}, a^{<t>}, h^t = …
LABELS = regex(
    r"\^\s*\{?\s*(?:\[|<|\\langle)"
    r"|\^\s*(?:[^\W_]|\{(?:[^{}^_]{1,9}|\\(?:text|mathrm|textrm)\{\w+\})\})\s*(?:\([^()]*\)\s*)?(?:&\s*)?(?::?=|\\coloneqq|\\triangleq)"
)
_CONDITIONED = regex(r"dots|\.\.\.|…|[<>≠≥≤]|!=|\\(?:ne|ge|le)")
_CONSTANT = regex(r"(?<=\S)\s*\+\s*(?:\\(?:text|mathrm|mbox|textrm|operatorname)\s*\{\s*)?\bconst(?:ant)?\b\.?\s*\}?\s*\.?\s*$")
_PARAMETERS = r"\([A-Za-z_0-9, ]*\)"
Row = tuple[str, str, tuple[str | int, ...], tuple[str, ...], Span]
_JOINED = regex(r"[\\(:\n]")  # brackets, functions and LaTeX may join what semicolons part
_HEADS = regex(  # @(x) …, f <- function(x) …, Let …
    rf"^\s*(?:\\(?:text|mbox)\{{\s*(?:Let|Consider)\s*:?\s*\}}|(?:[Ll]et|[Cc]onsider)\s+)"
    rf"|^\s*(?:\w+\s*(?:=|<-)\s*)?(?:@|function\s*){_PARAMETERS}"
)
_OF_LABELS = frozenset("[<=\\")  # no label stands in a text without these
ADJOINTS = frozenset("H|<>\\")  # no name is conjugated in an ASCII text without these
_OF_MATRICES = ("\\succ", "symmetric", "definite", "orthogonal", "diagonal", "invertible", "singular", "spd", "psd")
PRIMES = frozenset("'’′")


def parse_where(text: str) -> tuple[Declaration, ...]:
    """The declarations in `text`, e.g. "x, y in R^n; A in R^{m x n} symmetric; phi: R -> R". Many questions have the same ones: what stands
    between two semicolons, and nothing else can change, is read once."""
    check_length(text)
    if not text:
        return ()
    parts = [text] if _JOINED.search(text) else text.split(";")
    found: dict[str, Declaration] = {}
    start = 0
    for part in parts:
        try:
            rows = _rows(part) if part.strip() else ()
        except MatcalcError:
            rows = None
        if rows is None or not found.keys().isdisjoint([row[0] for row in rows]):
            return read_declarations(text, 0, len(text))  # errors tell their place in the whole
        for name, field, sizes, properties, (first, last) in rows:
            found[name] = Declaration(name, field, tuple(map(Dim.of, sizes)), properties, None, (start + first, start + last))
        start += len(part) + 1
    return tuple(found.values())


@lru_cache(maxsize=512)
def _rows(text: str) -> tuple[Row, ...] | None:
    """The declarations of arrays whose sizes are names and numbers, row by row; None where there are others. Sizes by what they are called:
    a table keeps none alive."""
    rows: list[Row] = []
    for d in read_declarations(text, 0, len(text)):
        sizes = [s.name or s.number for s in d.sizes if isinstance(s, Dim)]
        named = [s for s in sizes if s is not None]
        if d.domain is not None or d.argument or d.span is None or len(named) < len(d.sizes):
            return None
        rows.append((d.name, d.field, tuple(named), d.properties, d.span))
    return tuple(rows)


def parse(
    text: str,
    declared: Collection[str] = (),
    *,
    functions: Collection[str] = (),
    counts: Collection[str] = (),
    complex_: Collection[str] = (),
    random: Collection[str] = (),
    arguments: Mapping[str, str] | None = None,
) -> Program:
    """The program that `text` is. `declared` are names known from elsewhere, in canonical spelling, `functions`, `counts` and `complex_`
    those of them that are functions, whole numbers and complex; `random` are names with a distribution, `arguments` the arguments with
    which functions were declared."""
    check_length(text)
    typed, brackets = text, dict[str, str]()
    if "=" in text and "," in text and ("]" in text or "}" in text):
        from .commutators import said

        text, brackets = said(text)
    stated = told = ""
    if ("," in text or ";" in text) and _CONDITIONED.search(text):
        from .prose import without_condition

        text, told = without_condition(text)
    if "const" in text and not declared and (constant := _CONSTANT.search(text)):
        told = "; ".join(filter(None, (told, f"{quote(constant[0].strip(' +'))} is left out")))
        text = text[: constant.start()]
    if "@(" in text or "function" in text or "et " in text or "et}" in text or "onsider" in text:
        text = _HEADS.sub(lambda m: " " * len(m[0]), text)
    if not declared and any(word in text for word in _OF_MATRICES):
        from .prose import taken

        text, stated = taken(text)
    found = _WHERE.search(text) if "where" in text or "with" in text else None
    end = found.start() if found else len(text)
    by: tuple[str, ...] | None = None
    if " of " in text or "ifferentiate " in text:
        from .prose import in_words

        text, end, variable = in_words(text, end)
        by = parse_names(variable) if variable else None
    declared_in, defined_in = _after_where(text, found.end()) if found else ([], [])
    if found is None and ("\\in" in text or "∈" in text or (" in " in text and "," in text)):
        from .prose import said_sets

        if sets := said_sets(text):
            end, declared_in = sets[0], [(sets[1], sets[2])]
    declarations = [d for start, stop in declared_in for d in read_declarations(text, start, stop)]
    where = "; ".join(text[start:stop].strip() for start, stop in declared_in)
    if stated:
        declarations += read_declarations(stated, 0, len(stated))
        where = "; ".join(filter(None, (where, stated)))
    known, applied, whole, conjugated, given = [*declared], [*functions], [*counts], [*complex_], {**(arguments or {})}
    for d in declarations:
        known.append(d.name)
        if d.domain is not None:
            applied.append(d.name)
        if d.field == "N" and not d.sizes:
            whole.append(d.name)
        if d.field == "C":
            conjugated.append(d.name)
        if d.argument:
            given[d.name] = d.argument

    def names() -> Names:
        found = Names(known, applied, whole, conjugated, given)
        found.random = frozenset(random)
        return found

    reader = _Reader(text, [(0, end), *defined_in], where, names(), False, brackets)
    program = reader.read()
    program.text = typed
    program.readings += (told,) if told else ()
    if by and program.asked is None:
        program.asked = Asked(by, len(by))
    if reader.mixed:
        other = _Reader(text, [(0, end), *defined_in], where, names(), True, brackets).read()
        other.text = typed
        if not _same(program, other):
            program.alternative = other
    return program


def printed(text: str, names: Collection[str]) -> Program:
    """The tree of what was printed of these names, for another format. It is not typed: what a text of a user means is the pipeline's."""
    return parse(text, names)


def _after_where(text: str, start: int) -> tuple[list[Range], list[Range]]:
    """What stands after `where`: the places of the declarations, and those of definitions, z = W x + b."""
    marks = scan(text, start, len(text))
    declared: list[Range] = []
    defined: list[Range] = []
    first, k = 0, 0
    while k <= len(marks):
        if k == len(marks) or marks[k].kind in ("semi", "newline") or is_and(marks[k]):
            kinds = [m.kind + m.value for m in marks[first:k]]
            if kinds:
                place = (marks[first].start, marks[k - 1].end)
                equal = "cmp=" in kinds and "inin" not in kinds and "wordin" not in kinds and "arrow->" not in kinds
                (defined if equal else declared).append(place)
            first = k + 1
        k = marks[k].mate + 1 if k < len(marks) and marks[k].kind == "open" else k + 1
    return declared, defined


def _same(a: Program, b: Program) -> bool:
    return same(a.body, b.body) and all(same(x.value, y.value) for x, y in zip(a.bindings, b.bindings, strict=True))


class _Reader:
    """Reads one text in one way."""

    def __init__(self, text: str, places: Sequence[Range], where: str, names: Names, loose_star: bool, brackets: Mapping[str, str]) -> None:
        self.text, self.where, self.names, self.loose_star = text, where, names, loose_star
        self.marks: list[Mark] = []
        for start, stop in places:
            self.add_marks(scan(text, start, stop, brackets))
        self.main = len(scan(text, *places[0], brackets)) if len(places) > 1 else len(self.marks)
        self.raised: dict[str, set[str]] = {}
        if "^" in text and not _OF_LABELS.isdisjoint(text) and LABELS.search(text):
            from .raised import lowered

            self.marks, self.raised = lowered(self.marks, text)
            self.main = sum(m.start < places[0][1] for m in self.marks)
        if is_program(self.marks, text) or calls_arrays(text):
            for word in words(self.marks, text, names.variables.__contains__):
                names.add(word)
        if not PRIMES.isdisjoint(text):
            names.primed = "the text writes transposes as ^T" if writes_transposes(self.marks, text) else ""
            if not names.primed and "'" in text and lists_primes(self.marks, text):
                names.primed = "it is listed beside the one without the prime"
            if not names.primed and raises_prime(self.marks, text):
                names.primed = "a transpose of a vector has no power"
            if not names.primed and stands_by_itself(self.marks, text):
                names.primed = "no transpose in the text has a factor"
        if any(mark.value == "(" for mark in self.marks):  # else nothing is applied
            names.plain = plain_factors(self.marks, names)
        self.readings: list[str] = []
        self.parts = Statements(text, self.marks)
        self.sides = LeftSides(text, self.marks, names, self.parts, self.note)
        self.mixed = False
        self.kept: list[tuple[str, str, Span]] = []
        free = not names.conjugating and not names.variables and not where
        self.supposed_complex = free and not (text.isascii() and ADJOINTS.isdisjoint(text)) and conjugates_names(self.marks)
        names.conjugating |= self.supposed_complex

    def add_marks(self, marks: list[Mark]) -> None:
        """More marks, a statement of their own."""
        if self.marks and marks:
            self.marks.append(Mark("semi", ";", marks[0].start, marks[0].start))
        for mark in marks:
            if mark.kind == "open":
                mark.mate += len(self.marks)
        self.marks += marks

    def read(self) -> Program:
        statements = [part for s in self.parts for part in self.parts.at_commas(*s)]
        if not statements:
            raise refuse("there is no expression", self.text, (0, len(self.text)))
        if len(statements) == 1 and not self.parts.compares and not self.parts.arrows:
            return self.single(*statements[0])
        from .order import Known, in_order, needed

        nameless = [s for s in statements if self.parts.outside(*s, "cmp", "=") < 0 and self.parts.outside(*s, "arrow", "->") < 0]
        chosen = [s for s in statements if s[0] < self.main][-1]  # what stands after `where` only defines
        if len(nameless) == 1 and chosen not in nameless and statements[-1] is chosen and "=" in self.text:
            chosen = self.defined_behind(statements, nameless[0]) or chosen
        if not nameless and len(statements) > 1:
            chosen = self.value_first(statements) or chosen
        line = [part for s in list(self.parts)[-1:] for part in self.parts.at_commas(*s)] if len(statements) > 1 else []
        if chosen in line and line[0] in nameless:  # x^T L x, L = D - A
            chosen = statements[statements.index(line[0])]
        lefts = [left for s in statements for left in self.sides.lefts(*s, last=s is chosen)]
        last = next(x for s, x in zip([s for s in statements for _ in range(self.parts.count(*s))], lefts) if s is chosen)
        if last.params and self.calls_itself(last):
            last.name, last.params = "", ()
        for left in lefts:
            self.bind(left)
        question = self.question(last)
        places: dict[str, int] = {}
        for k, left in enumerate(lefts):
            if left.name and places.setdefault(left.name, k) != k:
                raise refuse(f"{quote(left.name)} is bound twice", self.text, left.span, "give the second value another name")
        values = {left: self.defined(left) for left in lefts if left is not last}
        body, form, name = (Node("name", (), question.of), None, "") if question and question.of else self.last(last)
        known = Known(lefts, self.letters_below)
        uses = {left: known.used_by(body if left is last else values[left]) - {left} for left in lefts}
        if chosen not in nameless and not form and not question and any(last in found for found in uses.values()):
            free = [left for left in lefts if not left.alias and not any(left in found for found in uses.values())]
            if len(free) != 1:
                hint = "put the expression last, or without a name"
                raise refuse(f"which of the statements is the expression? {quote(last.name)} is used by others", self.text, last.span, hint)
            values[last] = self.defined(last)
            last = free[0]
            body, name = values.pop(last), last.name
            if last.squared:
                body = body.args[0]
        before = in_order([left for left in lefts if left is not last], uses)
        bindings = []
        order = {left.name: k for k, left in enumerate([*before, last]) if left.name}
        for k, left in enumerate(before):
            self.check_order(left, k, values[left], order)
            bindings.append(Binding(left.name, values[left], left.params, left.span))
        self.check_order(last, len(before), body, {**order, last.name: -1} if last.name not in self.used(body) else order)
        self.check_loose(body)
        in_use = needed(last, uses)
        if chosen in line and name and not question:
            self.check_used([left for left in before if left not in in_use and not left.alias], line, last)
        for left in before:
            if left not in in_use and not left.alias and left.name:
                self.note(f"{left.name} is defined and not used")
        found = self.program(bindings, body, form, name, question)
        found.parameters = last.params
        if last.stated:
            found.stated, found.claim = last.stated, (last.span[0], self.marks[last.value[0]].start)
        return found

    def single(self, start: int, stop: int) -> Program:
        """A text that is one expression."""
        only = self.sides.left(start, stop, True)
        question = self.question(only)
        body = Node("name", (), question.of) if question and question.of else self.value(only)
        self.check_loose(body)
        found = self.program((), body, None, "", question)
        found.parameters = only.params
        return found

    def program(
        self, bindings: Sequence[Binding], body: Node, form: tuple[object, ...] | None, name: str, question: Asked | None
    ) -> Program:
        bold = frozenset(self.names.bold)
        mapped = form is not None and form[0] == "map"
        if mapped or any(c in self.text for c in ("\u0304", "\u0332", "bar", "line")):
            from .contracted import contracted

            body = contracted(body, str(form[1]) if form is not None and mapped else "")
        if form is None and body.op == "name" and str(body.attr)[:2] == "0_":
            from .zeros import zero_array

            body, form = zero_array(body) or (body, form)
        found = Program(self.text, tuple(bindings), body, form, self.where, name, tuple(self.readings), asked=question, bold=bold)
        found.complex_ = self.supposed_complex
        found.twofold = bold & self.names.light
        found.arrows = frozenset(self.names.arrows)
        found.kept = tuple(self.kept)
        if self.raised:
            found.labelled = self.labelled(found)
            found.labels = frozenset(c for labels in self.raised.values() for label in labels for c in label[:1] if c.isalpha())
        return found

    def defined_behind(self, statements: Sequence[Range], expression: Range) -> Range | None:
        """The expression, where the lines behind it define names that it has: ||z - y||^2 and z = W x + b on the next line."""
        behind = statements[statements.index(expression) + 1 :]
        if any(self.marks[start - 1].kind != "newline" for start, _ in behind):
            return None
        said = {m.value for m in self.marks[slice(*expression)]}
        for start, stop in behind:
            sign = self.parts.outside(start, stop, "cmp", "=")
            if not self.parts.is_name(start, sign) or said.isdisjoint(m.value for m in self.marks[start:sign]):
                return None
            said.update(m.value for m in self.marks[sign:stop])
        return expression

    def value_first(self, statements: Sequence[Range]) -> Range | None:
        r"""The first statement, where its left side only names its value and the others are definitions: \ln L = …, F(z) = …"""
        signs = [self.parts.outside(*s, "cmp", "=") for s in statements]
        first, sign = statements[0][0], signs[0]
        begins = sign > first and not self.parts.is_name(first, sign) and self.sides.only_names(first, sign)
        return statements[0] if begins and not any(self.sides.only_names(s[0], k) for s, k in zip(statements[1:], signs[1:])) else None

    def check_used(self, unused: Sequence[Left], line: Sequence[Range], last: Left) -> None:
        r"""V = x^T P x, \dot x = A x: of two names on one line, of which neither has the other, either may be meant."""
        for left in unused:
            if any(start <= left.value[0] < stop for start, stop in line) and left.name and not left.params:
                hint = f"write {left.name} = … alone, or {last.name} = … alone"
                message = f"which of the statements is the expression? {quote(last.name)} has nothing of {quote(left.name)}"
                raise refuse(message, self.text, left.span, hint)

    def used(self, value: Node) -> set[str]:
        """The names in a value. (E = E_0 + E_k: what the last value is called is none of them.)"""
        return {str(n.attr) for n in walk(value) if n.op in ("name", "call")}

    def labelled(self, program: Program) -> tuple[tuple[str, str], ...]:
        """The names with labels above them that are what is declared without: h^{t-1}, where h^t is defined and h is in R^n."""
        used = {str(n.attr) for root in (*(b.value for b in program.bindings), program.body) for n in walk(root) if n.op == "name"}
        found: list[tuple[str, str]] = []
        for base, labels in self.raised.items():
            names = {spell_name(base, label) for label in labels} - {b.name for b in program.bindings} - {program.name}
            if base in self.names.variables and base not in used and len(names) == 1 and not names <= self.names.variables:
                found.append((names.pop(), base))
        return tuple(found)

    def defined(self, left: Left) -> Node:
        """The value of a definition; of sigma^2 = v, the root."""
        refuse_inside(self.marks, *left.value, self.text, frozenset(self.names.variables))
        value = self.value(left)
        if not left.squared:
            return value
        self.note(f"{left.name} is the root of what its square is defined as")
        return Node("pow", (value, Node("num", (), Fraction(1, 2), value.span)), None, value.span)

    def note(self, reading: str) -> None:
        if reading not in self.readings:
            self.readings.append(reading)

    def question(self, last: Left) -> Asked | None:
        """What the head of the last statement asks for; the function is what follows it."""
        known = frozenset(self.names.variables)
        found = asked(self.marks, *last.value, self.text, known)
        if found is not None:
            last.value = (found[1], last.value[1])
        written = written_out(self.marks, *last.value, self.text, known) if found is None else None
        if written is not None:
            question, begin, end = written
            if self.parts.is_name(begin, end) and question.of not in known:
                hint = f"write the function, or define it first: {question.of} = ..."
                raise refuse(f"{quote(question.of)} is to be differentiated, and nothing says what it is", self.text, question.span, hint)
            question.of, last.value = "", (begin, end)
            found = (question, begin)
        refuse_inside(self.marks, *last.value, self.text, known)
        return found and found[0]

    def check_loose(self, body: Node) -> None:
        """An x_i outside the sum over i is no other x: most often the sum ended sooner than was meant, as in log prod_i p exp(x_i)."""
        over = {str(n.attr): str(n.op) for n in walk(body) if n.op in ("sum", "product") and isinstance(n.attr, str)}
        todo: list[tuple[Node, frozenset[str]]] = [(body, frozenset())]
        while todo and over:
            n, bound = todo.pop()
            below = split_name(str(n.attr))[1] if n.op == "name" else ""
            pair = below.split(",") if "," in below else list(below) if over.keys() >= {*below} else [below]  # W_{k,l}, W_{kl}
            letter = next((c for c in pair if c in over and c not in bound), "")
            if letter:
                hint = f"put what the {over[letter]} is over in brackets, or give its index another letter"
                raise refuse(f"{quote(str(n.attr))} stands outside the {over[letter]} over {letter}", self.text, n.span or (0, 1), hint)
            inner = bound
            if n.op in ("sum", "product"):
                inner |= {n.attr} if isinstance(n.attr, str) else {split_name(str(m.attr))[1] for m in walk(n.args[0]) if m.op == "name"}
            todo += [(a, bound if k else inner) for k, a in enumerate(n.args)]

    # -- values -----------------------------------------------------------------------------------------------------

    def calls_itself(self, left: Left) -> bool:
        """V(k) = u(c) + \\beta V(k'): the value has the function at another place, so the left side only names the value."""
        start, stop = left.value
        calls = [k + 1 for k in range(start, stop - 1) if self.marks[k].value == left.name and self.marks[k + 1].value == "("]
        inside = [[m.value for m in self.marks[at + 1 : self.marks[at].mate]] for at in calls]
        bare = all(holds_one(self.marks, at, self.names.primed) for at in calls)
        if not calls or not bare or any(tuple(values) == left.params for values in inside):
            return False
        self.note(f"{left.name}(…) on the left only names the value, in which {left.name} is a function of which nothing is known")
        return True

    def bind(self, left: Left) -> None:
        if left.name and not left.indices:
            self.names.add(left.name)
            if left.params:
                self.names.functions.add(left.name)
                if len(left.params) == 1 and applied_once(self.marks, left.name):  # \\psi(x) = …; |\\psi|^2
                    self.names.arguments.setdefault(left.name, left.params[0])
            else:
                marks = [m for m in self.marks[slice(*left.value)] if m.kind in ("word", "greek")]
                self.names.made_of[left.name] = {c for m in marks for c in ((m.value,) if m.kind == "greek" else m.value)}
        if left.form and left.form[0] == "map":
            self.names.add(str(left.form[1]))

    def value(self, left: Left, indices: tuple[str, ...] = ()) -> Node:
        new = [p for p in left.params if p not in self.names.variables]
        for param in new:
            self.names.add(param)
        lexer = Lexer(self.text, self.marks, self.names, MEANINGS, self.loose_star, indices)
        start, stop = left.value
        marks = self.marks[start:stop]
        own = left.name if "_" in left.name and left.name in self.names.variables else ""
        if own:  # \hat x = \hat x_0 + t v, where \hat x_0 is no entry of \hat x
            self.names.remove(own)
        tokens = lexer.run(start, stop)
        if own:
            self.names.add(own)
        self.marks[start:stop] = marks  # the lexer cuts runs of letters, and a statement may be read once more
        for param in new:
            self.names.remove(param)
        self.readings += [r for r in lexer.readings if r not in self.readings]
        self.mixed = self.mixed or lexer.mixed
        self.kept += lexer.kept
        return one_of_each(tree(tokens, self.text), lexer.pairs, letters_of(left.name), lexer.kept)

    def last(self, left: Left) -> tuple[Node, tuple[object, ...] | None, str]:
        """The expression proper, its form, and the name it was given."""
        if left.form and left.form[0] == "index":
            indices = tuple(letters_in(left.form[2]))
            return self.with_entries(self.value(left, indices), indices), left.form, ""
        if left.indices:
            letters = tuple(letters_in(left.indices))
            if self.letters_below(*left.value).issuperset(letters):
                return self.with_entries(self.value(left, letters), letters), ("index", left.name[0], left.indices), ""
        body = self.value(left)
        return body, left.form, left.name

    def letters_below(self, start: int, stop: int) -> set[str]:
        """The letters in the subscripts of `marks[start:stop]`, and those that are compared (1 where i = j)."""
        found: set[str] = set()
        for i in range(start, stop - 1):
            if self.marks[i].kind == "cmp":
                found.update(m.value for m in (self.marks[i - 1], self.marks[i + 1]) if m.kind == "word")
            if self.marks[i].kind == "under":
                first = self.marks[i + 1]
                inside = self.marks[i + 2 : first.mate] if first.kind == "open" else [first]
                for mark in inside:
                    found.update(mark.value if mark.kind == "word" else (mark.value,))
        return found

    def with_entries(self, body: Node, indices: tuple[str, ...]) -> Node:
        """`X_{jl}` as X[j,l]: in an index form, subscripts made of its indices are indices. (Not of a member of a family, nor of
        a unit vector e_i.)"""
        bound = set(indices) | {str(n.attr) for n in walk(body) if n.op in ("sum", "product")}
        families = {base for base, sub in map(split_name, self.names.variables) if sub.isalpha() and base not in self.names.variables}
        done: dict[int, Node] = {}
        for node in reversed(list(walk(body))):
            args = tuple(done[id(a)] for a in node.args)
            new = node if all(a is b for a, b in zip(args, node.args, strict=True)) else Node(node.op, args, node.attr, node.span)
            if node.op == "name" and isinstance(node.attr, str) and node.attr not in self.names.variables:
                base, sub = split_name(node.attr)
                letters = [c for c in sub if c != ","]
                unit = base == "e" and len(letters) == 1 and base not in self.names.variables
                if letters and bound.issuperset(letters) and not unit and base not in families:
                    entries = tuple(Node("name", (), c, node.span) for c in letters)
                    new = Node("index", (Node("name", (), base, node.span), *entries), None, node.span)
            done[id(node)] = new
        return done[id(body)]

    def check_order(self, left: Left, k: int, value: Node, places: dict[str, int]) -> None:
        """The value of statement `k` may use only what is bound above it."""
        from .order import is_place

        for node in walk(value):
            if node.op not in ("name", "call") or not isinstance(node.attr, str):
                continue
            used = node.attr.rstrip("'") if node.op == "call" else node.attr
            base, sub = split_name(used)
            if used not in places and used not in self.names.variables and is_place(sub) and base not in self.names.functions:
                used = "" if base == left.name and sub.isdigit() else base  # A = A_0 + t A_1
            if places.get(used, -1) >= k and used not in left.params:
                message = f"{quote(used)} is defined by itself" if used == left.name else f"{quote(used)} is used before it is bound"
                inner = used == left.name and split_name(node.attr)[1]
                hint = f"{node.attr} is a part of {used} here: give the left side a name of its own, {used}_{{new}} = …" if inner else None
                digit = regex(r"\d+").match(self.text, node.span[1]) if node.span else None
                if digit is not None and node.attr == used:  # v(t) = v0 + a t
                    message = f"{quote(used + digit[0])} is no name"
                    hint = f"write {used}_{digit[0]} for a subscript"
                raise refuse(message, self.text, node.span or left.span, hint)
