"""Text to the surface tree: statements, forms, and an inner `where`.

text → marks (`scan`) → tokens (`lex`) → tree (`tree`, by the grammar in grammar/matcalc.lark)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ..errors import EquationError, ReadingError, Span
from ..interning import regex
from ..syntax import FORM_NAMES, Asked, Binding, Declaration, Node, Program, same, spell_name, split_name, walk
from .apart import letters_of, one_of_each
from .applied import plain_factors
from .asked import asked, refuse_inside, written_out
from .declare import read_declarations
from .declare import read_names as parse_names
from .functions import function_of
from .lex import MEANINGS
from .lexer import Lexer
from .marks import Mark, quote, refuse
from .names import Names, conjugates_names, is_identity, is_prime, lists_primes, not_a_name, read_name, writes_transposes
from .programs import calls_arrays, is_program, words
from .scan import check_length, scan
from .subscripts import split_indexed
from .tree import tree

__all__ = ["parse", "parse_names", "parse_where"]

_WHERE = regex(r"(?:(?<=[\s;,.)])|^)where(?=\s)|\\(?:text|mbox|mathrm|textrm)\{\s*where\s*:?\s*\}")
_GOES_ON_AFTER = frozenset({"infix", "plus", "minus", "caret", "comma", "cmp", "frac", "sqrt", "binder", "under", "colon", "arrow"})
_GOES_ON_BEFORE = frozenset({"infix", "plus", "caret", "post", "cmp", "colon", "under", "sup", "sub", "arrow"})
_VEC = r"d\{?vec[({]+(?P<NAME>[^(){}]+(?:\{[^{}]*\})?)[)}]+"
_TRANSPOSED = r"(?:\^\{?(?:T|\\top|\\intercal|\\mathsf\{?T\}?)\}?|')"
_KRON = regex(_VEC.replace("NAME", "f") + r"/\(?" + _VEC.replace("NAME", "x") + r"\)?" + _TRANSPOSED + r"\}?")
_DERIVATIVE = regex(r"d(?P<f>[^/]*)/d(?P<x>[^/]+)")
_SPELLED = (
    (r"\\(?:left|right|,|;|!|quad|displaystyle)(?![A-Za-z])|\s|&", ""),
    *[(r"\\(?:operatorname|mathrm|text|mathop|mathbf|boldsymbol|bm)\{(\\?\w+)\}", r"\1")] * 2,  # a font inside a font
    (r"\\partial|∂", "d"),
    (r"ᵀ|⊤", "^T"),
    (r"\\[dt]?frac\{(.*)\}\{(.*)\}$", r"\1/\2"),
    (r"\\vec(?![A-Za-z])", "vec"),
)

# What may be a label above a name, which `raised` decides: W^{[1]}, a^{<t>}, h^t = …
LABELS = regex(r"\^\s*\{?\s*(?:\[|<|\\langle)|\^\s*(?:[^\W_]|\{[^{}^_]{1,9}\})\s*(?:&\s*)?(?::?=|\\coloneqq|\\triangleq)")
ADJOINTS = frozenset("H|<>\\")  # no name is conjugated in an ASCII text without these
PRIMES = frozenset("'’′")
_NAMES = ("word", "upright", "greek", "accent", "command")  # marks that may be a name
_LONGEST_FORM = 400  # characters left of `=`

Range = tuple[int, int]


def parse_where(text: str) -> tuple[Declaration, ...]:
    """The declarations in `text`, e.g. "x, y in R^n; A in R^{m x n} symmetric; phi: R -> R"."""
    check_length(text)
    return read_declarations(text, 0, len(text)) if text else ()


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
    found = _WHERE.search(text)
    end = found.start() if found else len(text)
    declared_in, defined_in = _after_where(text, found.end()) if found else ([], [])
    declarations = [d for start, stop in declared_in for d in read_declarations(text, start, stop)]
    where = "; ".join(text[start:stop].strip() for start, stop in declared_in)
    known = [*declared, *(d.name for d in declarations)]
    applied = [*functions, *(d.name for d in declarations if d.domain is not None)]
    whole = [*counts, *(d.name for d in declarations if d.field == "N" and not d.sizes)]
    conjugated = [*complex_, *(d.name for d in declarations if d.field == "C")]
    given = {**(arguments or {}), **{d.name: d.argument for d in declarations if d.argument}}

    def names() -> Names:
        found = Names(known, applied, whole, conjugated, given)
        found.random = frozenset(random)
        return found

    reader = _Reader(text, [(0, end), *defined_in], where, names(), False, brackets)
    program = reader.read()
    program.text = typed
    if reader.mixed:
        other = _Reader(text, [(0, end), *defined_in], where, names(), True, brackets).read()
        other.text = typed
        if not _same(program, other):
            program.alternative = other
    return program


def _after_where(text: str, start: int) -> tuple[list[Range], list[Range]]:
    """What stands after `where`: the places of the declarations, and those of definitions, z = W x + b."""
    marks = scan(text, start, len(text))
    declared: list[Range] = []
    defined: list[Range] = []
    first, k = 0, 0
    while k <= len(marks):
        if k == len(marks) or marks[k].kind in ("semi", "newline"):
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


class _Left:
    """The left side of a statement, and the marks of its value."""

    __slots__ = ("alias", "form", "indices", "name", "params", "span", "squared", "stated", "value")

    def __init__(
        self, value: Range, span: Span, name: str = "", params: tuple[str, ...] = (), form: tuple[object, ...] | None = None
    ) -> None:
        self.value, self.span, self.name, self.params, self.form = value, span, name, params, form
        self.indices: tuple[object, ...] = ()
        self.squared = False  # sigma^2 = …
        self.alias = False  # the y of h = y = …
        self.stated: Asked | None = None  # df/dx = …


class _Known:
    """The statements by the names that they define."""

    def __init__(self, lefts: Sequence[_Left], below: Callable[[int, int], set[str]]) -> None:
        self.exact = {left.name: left for left in lefts if left.name}
        self.by_base: dict[str, list[_Left]] = {}  # those whose entries or parts are spelled with more below the name
        for left in self.exact.values():
            base, own = split_indexed(left.name)
            word = len(own) > 1 and "," not in own and not below(*left.value).issuperset(own)  # s_{vm}, of which nothing carries v and m
            if not left.params and not word and (not own or all(c.isalpha() or c == "," for c in own)):
                self.by_base.setdefault(base, []).append(left)

    def used_by(self, value: Node) -> set[_Left]:
        """The statements that define what a value is made of."""
        found: set[_Left] = set()
        for node in walk(value):
            if node.op not in ("name", "call") or not isinstance(node.attr, str):
                continue
            used = node.attr.rstrip("'") if node.op == "call" else node.attr
            if used in self.exact:
                found.add(self.exact[used])
            elif node.op == "name":
                base, sub = split_indexed(used)
                if not sub or _is_place(sub):
                    found.update(left for left in self.by_base.get(base, ()) if sub or split_indexed(left.name)[1])
        return found


class _Reader:
    """Reads one text in one way."""

    def __init__(self, text: str, places: Sequence[Range], where: str, names: Names, loose_star: bool, brackets: Mapping[str, str]) -> None:
        self.text, self.where, self.names, self.loose_star = text, where, names, loose_star
        self.marks: list[Mark] = []
        for start, stop in places:
            self.add_marks(scan(text, start, stop, brackets))
        self.main = len(scan(text, *places[0], brackets)) if len(places) > 1 else len(self.marks)
        self.raised: dict[str, set[str]] = {}
        if "^" in text and LABELS.search(text):
            from .raised import lowered

            self.marks, self.raised = lowered(self.marks, text)
            self.main = sum(m.start < places[0][1] for m in self.marks)
        if is_program(self.marks, text) or calls_arrays(text):
            for word in words(self.marks, text):
                names.add(word)
        if any(mark.value == "(" for mark in self.marks):  # else nothing is applied
            names.plain = plain_factors(self.marks, names)
        if not PRIMES.isdisjoint(text):
            names.primed = "the text writes transposes as ^T" if writes_transposes(self.marks, text) else ""
            if not names.primed and "'" in text and lists_primes(self.marks, text):
                names.primed = "it is listed beside the one without the prime"
        kinds = {mark.kind for mark in self.marks}
        self.commas, self.compares, self.arrows = "comma" in kinds, "cmp" in kinds, "arrow" in kinds
        self.readings: list[str] = []
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
        statements = [part for s in self.statements() for part in self.at_commas(*s)]
        if not statements:
            raise refuse("there is no expression", self.text, (0, len(self.text)))
        if len(statements) == 1 and not self.compares and not self.arrows:
            return self.single(*statements[0])
        nameless = [s for s in statements if self.outside(*s, "cmp", "=") < 0 and self.outside(*s, "arrow", "->") < 0]
        chosen = [s for s in statements if s[0] < self.main][-1]  # what stands after `where` only defines
        if len(nameless) == 1 and chosen not in nameless and statements[-1] is chosen and "=" in self.text:
            chosen = self.defined_behind(statements, nameless[0]) or chosen
        if not nameless and len(statements) > 1:
            chosen = self.value_first(statements) or chosen
        line = [part for s in list(self.statements())[-1:] for part in self.at_commas(*s)] if len(statements) > 1 else []
        if chosen in line and line[0] in nameless:  # x^T L x, L = D - A
            chosen = statements[statements.index(line[0])]
        lefts = [left for s in statements for left in self.lefts(*s, last=s is chosen)]
        last = next(x for s, x in zip([s for s in statements for _ in range(self.count(*s))], lefts) if s is chosen)
        for left in lefts:
            self.bind(left)
        question = self.question(last)
        places: dict[str, int] = {}
        for k, left in enumerate(lefts):
            if left.name and places.setdefault(left.name, k) != k:
                raise refuse(f"{quote(left.name)} is bound twice", self.text, left.span, "give the second value another name")
        values = {left: self.defined(left) for left in lefts if left is not last}
        body, form, name = (Node("name", (), question.of), None, "") if question and question.of else self.last(last)
        known = _Known(lefts, self.letters_below)
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
        before = self.in_order([left for left in lefts if left is not last], uses)
        bindings = []
        order = {left.name: k for k, left in enumerate([*before, last]) if left.name}
        for k, left in enumerate(before):
            self.check_order(left, k, values[left], order)
            bindings.append(Binding(left.name, values[left], left.params, left.span))
        self.check_order(last, len(before), body, {**order, last.name: -1} if last.name not in self.used(body) else order)
        self.check_loose(body)
        needed = self.needed(last, uses)
        for left in before:
            if left not in needed and not left.alias and left.name:
                self.note(f"{left.name} is defined and not used")
        found = self.program(bindings, body, form, name, question)
        if last.stated:
            found.stated, found.claim = last.stated, (last.span[0], self.marks[last.value[0]].start)
        return found

    def single(self, start: int, stop: int) -> Program:
        """A text that is one expression."""
        only = self.left(start, stop, True)
        question = self.question(only)
        body = Node("name", (), question.of) if question and question.of else self.value(only)
        self.check_loose(body)
        return self.program((), body, None, "", question)

    def program(
        self, bindings: Sequence[Binding], body: Node, form: tuple[object, ...] | None, name: str, question: Asked | None
    ) -> Program:
        bold = frozenset(self.names.bold)
        found = Program(self.text, tuple(bindings), body, form, self.where, name, tuple(self.readings), asked=question, bold=bold)
        found.complex_ = self.supposed_complex
        found.twofold = bold & self.names.light
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
            sign = self.outside(start, stop, "cmp", "=")
            if not self.is_name(start, sign) or said.isdisjoint(m.value for m in self.marks[start:sign]):
                return None
            said.update(m.value for m in self.marks[sign:stop])
        return expression

    def value_first(self, statements: Sequence[Range]) -> Range | None:
        r"""The first statement, where its left side only names its value and the others are definitions: \ln L = …, F(z) = …"""
        signs = [self.outside(*s, "cmp", "=") for s in statements]
        first, sign = statements[0][0], signs[0]
        begins = sign > first and not self.is_name(first, sign) and self.only_names(first, sign)
        return statements[0] if begins and not any(self.only_names(s[0], k) for s, k in zip(statements[1:], signs[1:])) else None

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

    # -- which statement needs which --------------------------------------------------------------------------------

    def in_order(self, lefts: Sequence[_Left], uses: Mapping[_Left, set[_Left]]) -> list[_Left]:
        """The statements, each after those that it uses; in the author's order where that does (or where they go round in circles)."""
        rank = {left: k for k, left in enumerate(lefts)}
        done, open_ = dict[_Left, None](), set[_Left]()
        todo = [(left, False) for left in reversed(lefts)]
        while todo:
            left, ready = todo.pop()
            if ready:
                done[left] = None
            elif left not in done:
                if left in open_:
                    return list(lefts)
                open_.add(left)
                todo.append((left, True))
                before = sorted((other for other in uses[left] if other in rank and other not in done), key=rank.__getitem__)
                todo += [(other, False) for other in reversed(before)]
        return list(done)

    def needed(self, last: _Left, uses: Mapping[_Left, set[_Left]]) -> set[_Left]:
        found: set[_Left] = set()
        todo = [last]
        while todo:
            for left in uses[todo.pop()] - found:
                found.add(left)
                todo.append(left)
        return found

    def defined(self, left: _Left) -> Node:
        """The value of a definition; of sigma^2 = v, the root."""
        value = self.value(left)
        if not left.squared:
            return value
        self.note(f"{left.name} is the root of what its square is defined as")
        return Node("pow", (value, Node("num", (), Fraction(1, 2), value.span)), None, value.span)

    def note(self, reading: str) -> None:
        if reading not in self.readings:
            self.readings.append(reading)

    def question(self, last: _Left) -> Asked | None:
        """What the head of the last statement asks for; the function is what follows it."""
        known = frozenset(self.names.variables)
        found = asked(self.marks, *last.value, self.text, known)
        if found is not None:
            last.value = (found[1], last.value[1])
        refuse_inside(self.marks, *last.value, self.text, known)
        return found and found[0]

    def check_loose(self, body: Node) -> None:
        """An x_i outside the sum over i is no other x: most often the sum ended sooner than was meant, as in log prod_i p exp(x_i)."""
        over = {str(n.attr): str(n.op) for n in walk(body) if n.op in ("sum", "product") and isinstance(n.attr, str)}
        todo: list[tuple[Node, frozenset[str]]] = [(body, frozenset())]
        while todo and over:
            n, bound = todo.pop()
            letter = split_name(str(n.attr))[1] if n.op == "name" else ""
            if letter in over and letter not in bound:
                hint = f"put what the {over[letter]} is over in brackets, or give its index another letter"
                raise refuse(f"{quote(str(n.attr))} stands outside the {over[letter]} over {letter}", self.text, n.span or (0, 1), hint)
            inner = bound
            if n.op in ("sum", "product"):
                inner |= {n.attr} if isinstance(n.attr, str) else {split_name(str(m.attr))[1] for m in walk(n.args[0]) if m.op == "name"}
            todo += [(a, bound if k else inner) for k, a in enumerate(n.args)]

    # -- statements -------------------------------------------------------------------------------------------------

    def statements(self) -> Iterator[Range]:
        """The ranges of marks between `;` and line ends outside brackets; a line goes on where it cannot end."""
        start = i = 0
        while i <= len(self.marks):
            mark = self.marks[i] if i < len(self.marks) else Mark("semi", ";", 0, 0)
            if mark.kind == "semi" or (mark.kind == "newline" and not self.goes_on(start, i)):
                if any(m.kind not in ("newline", "amp") for m in self.marks[start:i]):
                    yield start, i
                start = i + 1
            i = mark.mate + 1 if mark.kind == "open" else i + 1

    def at_commas(self, start: int, stop: int) -> list[Range]:
        """A statement cut at its commas, where definitions stand between them: `z = W x, p = softmax(z)`."""
        if not self.commas:
            return [(start, stop)]
        cuts = [k for k in self.places_outside(start, stop) if self.marks[k].kind == "comma"]
        edges = [start, *(e for k in cuts for e in (k, k + 1)), stop]
        parts = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if a < b]
        defined = [self.outside(*part, "cmp", "=") > 0 for part in parts]
        follows = all(defined[:-1]) and not any(
            m.kind in ("cmp", "in", "arrow", "upright") or m.value == "in" for m in self.marks[parts[-1][0] : stop]
        )
        return parts if all(defined[1:]) or (follows and parts[-1][1] - parts[-1][0] > 1) else [(start, stop)]  # y = X b, y^T y

    def places_outside(self, start: int, stop: int) -> Iterator[int]:
        """The places of marks outside brackets."""
        while start < stop:
            yield start
            start = self.marks[start].mate + 1 if self.marks[start].kind == "open" else start + 1

    def equals(self, start: int, stop: int) -> list[int]:
        """Where `=` stands outside brackets."""
        if not self.compares:
            return []
        return [k for k in self.places_outside(start, stop) if self.marks[k].kind == "cmp" and self.marks[k].value == "="]

    def count(self, start: int, stop: int) -> int:
        """How many names a statement defines, or 1."""
        return 1 + len(self.aliases(start, stop))

    def aliases(self, start: int, stop: int) -> list[Range]:
        """The further names in h = y = …; another expression between two `=` is passed over."""
        signs = self.equals(start, stop)
        return [(a + 1, b) for a, b in pairwise(signs) if self.is_name(a + 1, b)]

    def is_name(self, start: int, stop: int) -> bool:
        try:
            return start < stop and read_name(self.marks, start, self.text)[1] == stop
        except ReadingError:
            return False

    def lefts(self, start: int, stop: int, last: bool) -> list[_Left]:
        """What a statement defines: one name, or several where `=` follows on `=`."""
        signs = self.equals(start, stop)
        if len(signs) < 2:
            return [self.left(start, stop, last)]
        found = self.left(start, stop, last)
        while len(signs) > 1 and self.is_undefined(signs[-1] + 1, stop):  # q = A L^a K^b = f(L, K)
            self.note(f"{quote(self.text[self.marks[signs[-1] + 1].start : self.marks[stop - 1].end])} only names the value")
            stop = signs.pop()
        found.value = (signs[-1] + 1, stop)
        names = self.aliases(start, stop)
        if len(names) < len(signs) - 1:
            self.note("of several `=` in a row the last right-hand side is read")
        others = []
        for a, b in names:
            other = _Left(found.value, (self.marks[a].start, self.marks[b - 1].end), read_name(self.marks, a, self.text)[0])
            other.alias = True
            others.append(other)
        return [found, *others]

    def is_undefined(self, start: int, stop: int) -> bool:
        """Whether all there is is f(L, K, M), of a function that nobody has told."""
        mark = self.marks[start] if start < stop else None
        if mark is None or mark.kind not in _NAMES or function_of(mark.value) or mark.value in self.names.functions:
            return False
        return self.only_arguments(start, stop)

    def only_arguments(self, start: int, stop: int) -> bool:
        """Whether a name stands before brackets that hold names and commas alone."""
        try:
            i = read_name(self.marks, start, self.text)[1]
            opened = i < stop and self.marks[i].kind == "open" and self.marks[i].mate == stop - 1
            return opened and any(m.kind == "comma" for m in self.marks[i:stop]) and bool(self.parameters(i + 1, stop - 1))
        except ReadingError:
            return False

    def goes_on(self, start: int, i: int) -> bool:
        before = next((m for m in reversed(self.marks[max(start, i - 3) : i]) if m.kind not in ("amp", "newline")), None)
        after = next((m for m in self.marks[i + 1 : i + 5] if m.kind not in ("amp", "newline")), None)
        return before is None or before.kind in _GOES_ON_AFTER or after is None or after.kind in _GOES_ON_BEFORE or after.side == "{}"

    def outside(self, start: int, stop: int, kind: str, value: str) -> int:
        """The first mark of that kind outside brackets, or -1."""
        i = start
        while i < stop:
            mark = self.marks[i]
            if mark.kind == kind and mark.value == value:
                return i
            i = mark.mate + 1 if mark.kind == "open" else i + 1
        return -1

    def left(self, start: int, stop: int, last: bool) -> _Left:
        """What stands left of `=` or `->`, if anything does."""
        while self.marks[start].kind in ("newline", "amp"):
            start += 1
        whole = (self.marks[start].start, self.marks[stop - 1].end)
        arrow = self.outside(start, stop, "arrow", "->")
        if arrow >= 0 and last:
            return self.linear_map(start, arrow, stop)
        equals = self.outside(start, stop, "cmp", "=")
        if equals < 0:
            if not last:
                hint = "statements before the last one are bindings: z = ..."
                shown = quote(self.text[whole[0] : whole[1]])
                raise refuse(f"{shown} is no binding, and it is not the last statement", self.text, whole, hint)
            return _Left((start, stop), whole)
        if equals == start:
            raise refuse("`=` has no name before it", self.text, self.marks[equals].span)
        marks = [m for m in self.marks[start:equals] if m.kind != "amp"]
        span = (marks[0].start, marks[-1].end)
        if last and (self.only_names(start, equals) or self.marked_name(start, equals)):
            self.note(f"{quote(self.text[span[0] : span[1]])} only names the value")
            return _Left((equals + 1, stop), span)
        found = (last and self.stated(start, equals, span)) or self.bound_name(start, equals, span, last)
        found = found or (last and self.named_form(start, equals, span)) or None
        if found is None:
            raise self.equation(span, stop, last)
        if equals + 1 == stop:
            raise refuse(f"{quote(self.text[span[0] : self.marks[equals].end])} has no value after `=`", self.text, self.marks[equals].span)
        found.value = (equals + 1, stop)
        return found

    def end_of(self, at: int) -> int:
        """Where the statement ends in which mark `at` stands."""
        return next((stop for start, stop in self.statements() if start <= at < stop), len(self.marks))

    def equation(self, span: Span, stop: int, last: bool) -> ReadingError:
        """The error to raise for a statement whose left side is no name. It ends before mark `stop`."""
        shown = quote(self.text[span[0] : span[1]])
        whole = self.text[span[0] : self.marks[stop - 1].end]
        message = f"the left side of `=` must be a name, and {shown} is none: this is an equation"
        hint = "write what is to be differentiated: the difference of both sides, or the solution, as A^-1 b of A x = b"
        after = "" if last else self.text[self.marks[stop - 1].end :].strip(" ;\n")
        return EquationError(message, text=self.text, span=span, suggestion=hint, equation=whole, after=after)

    def only_names(self, start: int, stop: int) -> bool:
        r"""D_{KL}(p \| q), Var(w^T R), \log L(\theta), E[x], p(y | x): a word before brackets in which no list of parameters stands."""
        first = self.marks[start]
        if stop == start + 1 and first.kind == "upright" and function_of(first.value):  # \\mathrm{VaR}
            return True
        if first.kind == "bar" or (first.kind == "open" and first.value == "|"):  # |H(w)|^2
            stop -= 2 if [m.kind + m.value for m in self.marks[stop - 2 : stop]] == ["caret^", "num2"] else 0
            stop -= self.marks[stop - 1].kind == "sup"
            return self.marks[stop - 1].value == "|" and start + 1 < stop - 1 and self.only_applied(start + 1, stop - 1)
        function = (function_of(first.value) if first.kind in ("word", "command", "upright") else None) or ""
        start += function in ("log", "det") and start + 1 < stop and self.marks[start + 1].kind != "open"
        mark = self.marks[start]
        if mark.kind not in _NAMES or (mark.kind == "command" and function_of(mark.value) is None):
            return False
        if function == "log" and start > 0 and mark is not first and self.is_name(start, stop):  # \\log L
            return True
        try:
            i = start + 1 if mark.kind == "command" else read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        if i >= stop or self.marks[i].kind != "open" or self.marks[i].mate != stop - 1 or self.marks[i].value not in ("(", "["):
            return False
        if self.marks[i].value == "[" and self.index_list(i + 1, stop - 1, separated=True):
            return False
        if function or function_of(mark.value) or (mark.value == "E" and self.marks[i].value == "["):
            return True
        inside = self.marks[i + 1 : stop - 1]
        listed = (*_NAMES, "comma", "under", "sub", "num", "const")
        return any(m.kind not in listed and not (m.kind in ("open", "close") and m.value == "{") for m in inside)

    def only_applied(self, start: int, stop: int) -> bool:
        """H(w): a name before brackets."""
        try:
            i = read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        return i < stop and self.marks[i].kind == "open" and self.marks[i].mate == stop - 1

    def marked_name(self, start: int, stop: int) -> bool:
        r"""\hat x^+, x^*, P^-: a name with a sign above it, which is what comes out."""
        try:
            i = read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        if self.marks[stop - 1].kind == "close" and self.marks[stop - 1].value == "(":  # h^*(X)
            stop = next((k for k in range(i, stop) if self.marks[k].kind == "open" and self.marks[k].mate == stop - 1), stop)
        above = self.marks[i + 1 : stop] if i < stop and self.marks[i].kind == "caret" else []
        signs = [m for m in above if m.kind not in ("open", "close")]
        return len(signs) == 1 and (signs[0].kind in ("plus", "minus", "infix") or signs[0].value in ("star", "prime"))

    def bound_name(self, start: int, stop: int, span: Span, last: bool) -> _Left | None:
        """`z`, `w_{out}`, `f(x, y)`, and the index form `J[i,j]`."""
        while self.marks[stop - 1].kind == "amp":
            stop -= 1
        if self.marks[start].kind not in ("word", "upright", "greek", "accent"):
            return None
        head = self.marks[start : start + 3]
        if last and head[0].value == self.form_name() and len(head) == 3 and head[1].kind == "under" and head[2].mate == stop - 1:
            indices = self.index_list(start + 3, stop - 1, separated=False)
            if indices:
                left = _Left((0, 0), span, self.text[span[0] : span[1]])
                left.indices = indices  # a binding of J_{ij}, or the LaTeX spelling of the index form: `last` decides
                left.name = spell_name(head[0].value, "".join(map(str, indices)))
                return left
        name, i = read_name(self.marks, start, self.text)
        product = len(name) == 2 and name.isalpha() and name[0].isupper() and name[1].islower() and self.is_name(stop + 1, len(self.marks))
        if i == stop and name not in self.names.variables and (product or (len(name) > 1 and self.names.variables.issuperset(name))):
            raise self.equation(span, self.end_of(stop), last)
        function = function_of(name)
        if function or is_identity(name) or (name == "I" and not last):
            what = "a function's name" if function else "the identity"
            raise refuse(f"{quote(name)} is {what} and cannot be bound", self.text, span, "choose another name")
        if i == stop:
            return _Left((0, 0), span, name)
        bracket = self.marks[i]
        if [m.kind + m.value for m in self.marks[i:stop]] in (["caret^", "num2"], ["sup2"], ["caret^", "open{", "num2", "close{"]):
            left = _Left((0, 0), span, name)
            left.squared = True
            return left
        if bracket.kind != "open" or bracket.mate != stop - 1:
            return None
        if bracket.value == "(":
            return _Left((0, 0), span, name, self.parameters(i + 1, stop - 1))
        indices = self.index_list(i + 1, stop - 1, separated=True) if bracket.value == "[" else ()
        return _Left((0, 0), span, form=("index", name, indices)) if indices else None

    def form_name(self) -> str:
        """What an index form is called here."""
        bases = {split_name(n)[0] for n in self.names.variables}
        return next((c for c in FORM_NAMES if c not in bases), "J")

    def parameters(self, start: int, stop: int) -> tuple[str, ...]:
        params: list[str] = []
        i = start
        while i < stop:
            name, i = read_name(self.marks, i, self.text)
            params.append(name)
            if i < stop and self.marks[i].kind != "comma":
                raise not_a_name(self.text, (self.marks[start].start, self.marks[stop - 1].end))
            i += 1
        if not params or len(set(params)) < len(params):
            raise refuse("the parameters of a function are different names", self.text, self.marks[start - 1].span, "write f(x, y) = ...")
        return tuple(params)

    def index_list(self, start: int, stop: int, separated: bool) -> tuple[object, ...]:
        """`i,j,(p,q)` (or `ij(p,q)` in a subscript) as a tuple; () if it is not a list of different letters."""
        found: list[object] = []
        i = start
        while i < stop:
            mark = self.marks[i]
            if mark.kind == "word" and mark.value.islower() and (len(mark.value) == 1 or not separated):
                found += mark.value
            elif mark.kind == "greek":
                found.append(mark.value)
            elif mark.kind == "open" and mark.value == "(":
                pair = self.index_list(i + 1, mark.mate, separated)
                if len(pair) < 2 or any(isinstance(p, tuple) for p in pair):
                    return ()
                found.append(pair)
                i = mark.mate
            elif mark.kind != "comma" or not found:
                return ()
            i += 1
        letters = list(_letters(found))
        return tuple(found) if len(set(letters)) == len(letters) else ()

    def stated(self, start: int, stop: int, span: Span) -> _Left | None:
        r"""`\nabla_x f`, `\frac{\partial f}{\partial x}`, `f'(x)`, and `\frac{d}{dx} x^T A x`: a claim of this derivative."""
        marks = self.marks
        at = next((k for k in range(start, stop) if is_prime(marks[k], self.text)), start)
        left = _Left((0, 0), span)
        try:
            if at == start + 1 and marks[start].kind in _NAMES and marks[at + 1].kind == "open" and marks[at + 1].mate == stop - 1:  # f'(x)
                params = self.parameters(at + 2, stop - 1)
                left.stated = Asked(params, 1, self.text[span[0] : marks[at].start])
                return left if len(params) == 1 else None
            found = asked(marks, start, stop, self.text, frozenset(self.names.variables))
            left.stated = None if found is not None else written_out(marks, start, stop, self.text, frozenset(self.names.variables))
        except ReadingError:
            return None
        if left.stated is not None:
            return left
        if found is None:
            return None
        question, begin = found
        question.of = question.of or self.text[marks[begin].start : span[1]]
        left.stated = question
        return left

    def named_form(self, start: int, stop: int, span: Span) -> _Left | None:
        """`d vec(F)/d vec(X)^T`; and `df/dx`, which only names what follows."""
        squeezed = self.text[span[0] : span[1]]
        if len(squeezed) > _LONGEST_FORM:
            return None
        for pattern, replacement in _SPELLED:
            squeezed = re.sub(pattern, replacement, squeezed)
        kron = _KRON.fullmatch(squeezed)
        try:
            if kron:
                f, x = (parse_names(kron[k])[0] for k in "fx")
                return _Left((0, 0), span, form=("kron", f, x))
            plain = _DERIVATIVE.fullmatch(squeezed)
            if plain and (by := parse_names(plain["x"].strip("{}"))) and (not plain["f"] or parse_names(plain["f"].strip("{}"))):
                left = _Left((0, 0), span)
                left.stated = Asked(by, 1, plain["f"].strip("{}"))
                return left
        except ReadingError:
            pass
        return None

    def linear_map(self, start: int, arrow: int, stop: int) -> _Left:
        marks = self.marks[start:arrow]
        span = (marks[0].start, marks[-1].end) if marks else self.marks[arrow].span
        name = ""
        split = len(marks) > 1 and marks[0].value == "d" and marks[1].kind in ("word", "greek", "accent")
        if split:
            name, end = read_name(self.marks, start + 1, self.text)
            name = "d" + name if end == arrow else ""
        elif marks and marks[0].kind == "word":
            name, end = read_name(self.marks, start, self.text)
            name = name if end == arrow and len(split_name(name)[0]) > 1 and name[0] == "d" else ""
        if not name:
            shown = quote(self.text[span[0] : span[1]])
            raise refuse(f"{shown} is no differential", self.text, span, "a linear map is written dX -> A dX B")
        if arrow + 1 == stop:
            raise refuse("`->` has nothing after it", self.text, self.marks[arrow].span)
        return _Left((arrow + 1, stop), span, form=("map", name))

    # -- values -----------------------------------------------------------------------------------------------------

    def bind(self, left: _Left) -> None:
        if left.name and not left.indices:
            self.names.add(left.name)
            if left.params:
                self.names.functions.add(left.name)
            else:
                marks = [m for m in self.marks[slice(*left.value)] if m.kind in ("word", "greek")]
                self.names.made_of[left.name] = {c for m in marks for c in ((m.value,) if m.kind == "greek" else m.value)}
        if left.form and left.form[0] == "map":
            self.names.add(str(left.form[1]))

    def value(self, left: _Left, indices: tuple[str, ...] = ()) -> Node:
        new = [p for p in left.params if p not in self.names.variables]
        for param in new:
            self.names.add(param)
        lexer = Lexer(self.text, self.marks, self.names, MEANINGS, self.loose_star, indices)
        start, stop = left.value
        marks = self.marks[start:stop]
        tokens = lexer.run(start, stop)
        self.marks[start:stop] = marks  # the lexer cuts runs of letters, and a statement may be read once more
        for param in new:
            self.names.remove(param)
        self.readings += [r for r in lexer.readings if r not in self.readings]
        self.mixed = self.mixed or lexer.mixed
        self.kept += lexer.kept
        return one_of_each(tree(tokens, self.text), lexer.pairs, letters_of(left.name), lexer.kept)

    def last(self, left: _Left) -> tuple[Node, tuple[object, ...] | None, str]:
        """The expression proper, its form, and the name it was given."""
        if left.form and left.form[0] == "index":
            indices = tuple(_letters(left.form[2]))
            return self.with_entries(self.value(left, indices), indices), left.form, ""
        if left.indices:
            letters = tuple(_letters(left.indices))
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

    def check_order(self, left: _Left, k: int, value: Node, places: dict[str, int]) -> None:
        """The value of statement `k` may use only what is bound above it."""
        for node in walk(value):
            if node.op not in ("name", "call") or not isinstance(node.attr, str):
                continue
            used = node.attr.rstrip("'") if node.op == "call" else node.attr
            base, sub = split_name(used)
            if used not in places and used not in self.names.variables and _is_place(sub) and base not in self.names.functions:
                used = base
            if places.get(used, -1) >= k and used not in left.params:
                message = f"{quote(used)} is defined by itself" if used == left.name else f"{quote(used)} is used before it is bound"
                raise refuse(message, self.text, node.span or left.span)


def _is_place(subscript: str) -> bool:
    """Whether a subscript may be that of an entry or a member: 3, i, ij; none is h_0, h_{t-1}, x_{out}."""
    parts = subscript.replace(",", "")
    return (parts.isdigit() and not parts.startswith("0")) or (parts.isalpha() and len(parts) <= 2)


def _letters(indices: object) -> Iterator[str]:
    """The letters of a list of indices, pairs opened."""
    for index in indices if isinstance(indices, (tuple, list)) else ():
        if isinstance(index, tuple):
            yield from index
        else:
            yield str(index)
