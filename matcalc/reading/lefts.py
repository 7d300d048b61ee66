"""What stands left of `=` or `->` in a statement: a name, a function with its parameters, a form, a derivative that is stated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..errors import EquationError, ReadingError, Span
from ..interning import regex
from ..syntax import FORM_NAMES, Asked, spell_name, split_name
from .asked import asked, written_out
from .declare import read_names
from .functions import function_of
from .marks import Mark, quote, refuse
from .names import Names, is_identity, is_prime, not_a_name, read_name
from .statements import Range, Statements

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

_NAMES = ("word", "upright", "greek", "accent", "command")  # marks that may be a name
_SCRIPTS = frozenset(("under", "sub", "caret", "sup", "num", "word", "open", "close"))  # behind a norm: _2^2
_LONGEST_FORM = 400  # characters left of `=`


class Left:
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


class LeftSides:
    """Reads the left sides of one text's statements. `note` takes a sentence on how something was read."""

    def __init__(self, text: str, marks: list[Mark], names: Names, parts: Statements, note: Callable[[str], None]) -> None:
        self.text, self.marks, self.names, self.parts, self.note = text, marks, names, parts, note

    def lefts(self, start: int, stop: int, last: bool) -> list[Left]:
        """What a statement defines: one name, or several where `=` follows on `=`."""
        signs = self.parts.equals(start, stop)
        if len(signs) < 2:
            return [self.left(start, stop, last)]
        found = self.left(start, stop, last)
        while len(signs) > 1 and self.is_undefined(signs[-1] + 1, stop):  # q = A L^a K^b = f(L, K)
            self.note(f"{quote(self.text[self.marks[signs[-1] + 1].start : self.marks[stop - 1].end])} only names the value")
            stop = signs.pop()
        found.value = (signs[-1] + 1, stop)
        names = self.parts.aliases(start, stop)
        if len(names) < len(signs) - 1:
            self.note("of several `=` in a row the last right-hand side is read")
        others = []
        for a, b in names:
            other = Left(found.value, (self.marks[a].start, self.marks[b - 1].end), read_name(self.marks, a, self.text)[0])
            other.alias = True
            others.append(other)
        return [found, *others]

    def left(self, start: int, stop: int, last: bool) -> Left:
        """What stands left of `=` or `->`, if anything does."""
        while self.marks[start].kind in ("newline", "amp"):
            start += 1
        whole = (self.marks[start].start, self.marks[stop - 1].end)
        arrow = self.parts.outside(start, stop, "arrow", "->")
        if arrow >= 0 and last:
            return self.linear_map(start, arrow, stop)
        equals = self.parts.outside(start, stop, "cmp", "=")
        if equals < 0:
            if not last:
                hint = "statements before the last one are bindings: z = ..."
                shown = quote(self.text[whole[0] : whole[1]])
                raise refuse(f"{shown} is no binding, and it is not the last statement", self.text, whole, hint)
            return Left((start, stop), whole)
        if equals == start:
            raise refuse("`=` has no name before it", self.text, self.marks[equals].span)
        marks = [m for m in self.marks[start:equals] if m.kind != "amp"]
        span = (marks[0].start, marks[-1].end)
        if (
            len(marks) == 3 and marks[1].kind == "under" and (marks[0].kind == "binder" or marks[0].value in ("sum", "prod"))
        ):  # sum_i=1^n x_i
            shown, sign = self.text[span[0] : self.marks[equals].end], self.text[span[0] : marks[0].end]
            hint = f"put the index in braces: {sign}_{{{marks[2].value}=1}}^n"
            raise refuse(f"{quote(shown)} is a sign whose bound is cut off", self.text, (span[0], self.marks[equals].end), hint)
        if last and (self.only_names(start, equals) or self.marked_name(start, equals)):
            self.note(f"{quote(self.text[span[0] : span[1]])} only names the value")
            return Left((equals + 1, stop), span)
        found = (last and self.stated(start, equals, span)) or self.bound_name(start, equals, span, last)
        found = found or (last and self.named_form(start, equals, span)) or None
        if found is None:
            raise self.equation(span, stop, last)
        if equals + 1 == stop:
            raise refuse(f"{quote(self.text[span[0] : self.marks[equals].end])} has no value after `=`", self.text, self.marks[equals].span)
        found.value = (equals + 1, stop)
        return found

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

    def only_names(self, start: int, stop: int) -> bool:
        r"""D_{KL}(p \| q), Var(w^T R), \log L(\theta), E[x], p(y | x): a word before brackets in which no list of parameters stands."""
        first = self.marks[start]
        while first.kind in ("minus", "num") and start + 1 < stop:  # -2 \\log L
            start, first = start + 1, self.marks[start + 1]
            if first.kind not in ("minus", "num") and function_of(first.value) != "log":
                return False
        if self.is_measured(start, stop):
            return True
        if stop == start + 1 and first.kind == "upright" and function_of(first.value):  # \\mathrm{VaR}
            return True
        if first.kind == "bar" or (first.kind == "open" and first.value == "|"):  # |H(w)|^2
            stop -= 2 if [m.kind + m.value for m in self.marks[stop - 2 : stop]] == ["caret^", "num2"] else 0
            stop -= self.marks[stop - 1].kind == "sup"
            return self.marks[stop - 1].value == "|" and start + 1 < stop - 1 and self.only_applied(start + 1, stop - 1)
        if first.value == "E" and self.marks[start + 1].kind == "bar" and "\\mathbb" in self.text[: first.end]:  # \mathbb{E}\|s - y\|^2
            return True
        function = (function_of(first.value) if first.kind in ("word", "command", "upright") else None) or ""
        start += function in ("log", "det") and start + 1 < stop and self.marks[start + 1].kind != "open"
        mark = self.marks[start]
        if mark.kind not in _NAMES or (mark.kind == "command" and function_of(mark.value) is None):
            return False
        if function == "log" and start > 0 and mark is not first and self.parts.is_name(start, stop):  # \\log L
            return True
        try:
            i = start + 1 if mark.kind == "command" else read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        if i >= stop or self.marks[i].kind != "open" or self.marks[i].value not in ("(", "["):
            return False
        behind = [m.kind for m in self.marks[self.marks[i].mate + 1 : stop]]
        if function and behind in (["under", "word"], ["sub"]):  # softmax(x)_i
            stop = self.marks[i].mate + 1
        if self.marks[i].mate != stop - 1:
            return False
        if self.marks[i].value == "[" and self.index_list(i + 1, stop - 1, separated=True):
            return False
        if function or function_of(mark.value) or (mark.value == "E" and self.marks[i].value == "["):
            return True
        inside = self.marks[i + 1 : stop - 1]
        listed = (*_NAMES, "comma", "under", "sub", "num", "const")
        return any(m.kind not in listed and not (m.kind in ("open", "close") and m.value == "{") for m in inside)

    def is_measured(self, start: int, stop: int) -> bool:
        r"""\|A\|_F^2 = \sum_{i,j} a_{ij}^2, \langle A \rangle = …: a norm or a mean of one name, and a right side that is no number."""
        first = self.marks[start]
        opened = first.value if first.kind in ("bar", "open") else ""
        if opened not in ("||", "<") or start + 2 >= stop or self.marks[start + 1].kind not in _NAMES:
            return False
        try:
            end = read_name(self.marks, start + 1, self.text)[1]
        except ReadingError:
            return False
        behind = [m.kind for m in self.marks[end + 1 : stop]]
        closes = end < stop and self.marks[end].value == opened and all(k in _SCRIPTS for k in behind)
        value = self.marks[stop + 1 : self.parts.end_of(stop + 1)]
        return closes and len(value) > 2 and any(m.kind in _NAMES or m.kind == "binder" for m in value)

    def only_applied(self, start: int, stop: int) -> bool:
        """H(w): a name before brackets."""
        try:
            i = read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        return i < stop and self.marks[i].kind == "open" and self.marks[i].mate == stop - 1

    def marked_name(self, start: int, stop: int) -> bool:
        r"""\hat x^+, x^*, P^-, L^{CLIP}(\theta): a name with a sign or a word above it, which is what comes out."""
        try:
            i = read_name(self.marks, start, self.text)[1]
        except ReadingError:
            return False
        if self.marks[stop - 1].kind == "close" and self.marks[stop - 1].value == "(":  # h^*(X)
            stop = next((k for k in range(i, stop) if self.marks[k].kind == "open" and self.marks[k].mate == stop - 1), stop)
        above = self.marks[i + 1 : stop] if i < stop and self.marks[i].kind == "caret" else []
        signs = [m for m in above if m.kind not in ("open", "close")]
        word = len(signs) == 1 and signs[0].kind in ("word", "upright") and len(signs[0].value) > 1  # L^{CLIP}(\theta)
        return word or (len(signs) == 1 and (signs[0].kind in ("plus", "minus", "infix") or signs[0].value in ("star", "prime")))

    def bound_name(self, start: int, stop: int, span: Span, last: bool) -> Left | None:
        """`z`, `w_{out}`, `f(x, y)`, and the index form `J[i,j]`."""
        while self.marks[stop - 1].kind == "amp":
            stop -= 1
        if self.marks[start].kind not in ("word", "upright", "greek", "accent"):
            return None
        head = self.marks[start : start + 3]
        if last and head[0].value == self.form_name() and len(head) == 3 and head[1].kind == "under" and head[2].mate == stop - 1:
            indices = self.index_list(start + 3, stop - 1, separated=False)
            if indices:
                left = Left((0, 0), span, self.text[span[0] : span[1]])
                left.indices = indices  # a binding of J_{ij}, or the LaTeX spelling of the index form: `last` decides
                left.name = spell_name(head[0].value, "".join(map(str, indices)))
                return left
        name, i = read_name(self.marks, start, self.text)
        product = (
            len(name) == 2 and name.isalpha() and name[0].isupper() and name[1].islower() and self.parts.is_name(stop + 1, len(self.marks))
        )
        if i == stop and name not in self.names.variables and (product or (len(name) > 1 and self.names.variables.issuperset(name))):
            raise self.equation(span, self.parts.end_of(stop), last)
        function = function_of(name)
        if name == "TR" and f"{name}(" not in self.text and f"{name} (" not in self.text:  # total revenue, in a text that takes no trace
            function = None
        if function or is_identity(name) or (name == "I" and not last):
            what = "a function's name" if function else "the identity"
            raise refuse(f"{quote(name)} is {what} and cannot be bound", self.text, span, "choose another name")
        if i == stop:
            return Left((0, 0), span, name)
        bracket = self.marks[i]
        if [m.kind + m.value for m in self.marks[i:stop]] in (["caret^", "num2"], ["sup2"], ["caret^", "open{", "num2", "close{"]):
            left = Left((0, 0), span, name)
            left.squared = True
            return left
        if bracket.kind != "open" or bracket.mate != stop - 1:
            return None
        if bracket.value == "(":
            return Left((0, 0), span, name, self.parameters(i + 1, stop - 1))
        indices = self.index_list(i + 1, stop - 1, separated=True) if bracket.value == "[" else ()
        return Left((0, 0), span, form=("index", name, indices)) if indices else None

    def form_name(self) -> str:
        """What an index form is called here."""
        bases = {split_name(n)[0] for n in self.names.variables}
        bases |= {
            m.value for m, sign in zip(self.marks, self.marks[1:]) if sign.kind == "cmp" and sign.value == "="
        }  # J = det(F); H_{ij} = …
        return next((c for c in FORM_NAMES if c not in bases), "J")

    def parameters(self, start: int, stop: int) -> tuple[str, ...]:
        params: list[str] = []
        i = start
        while i < stop:
            name, i = read_name(self.marks, i, self.text)
            params.append(name)
            if i < stop and self.marks[i].kind not in ("comma", "semi"):  # f(x; theta)
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
        letters = list(letters_in(found))
        return tuple(found) if len(set(letters)) == len(letters) else ()

    def stated(self, start: int, stop: int, span: Span) -> Left | None:
        r"""`\nabla_x f`, `\frac{\partial f}{\partial x}`, `f'(x)`, and `\frac{d}{dx} x^T A x`: a claim of this derivative."""
        marks = self.marks
        at = next((k for k in range(start, stop) if is_prime(marks[k], self.text)), start)
        left = Left((0, 0), span)
        try:
            if at == start + 1 and marks[start].kind in _NAMES and marks[at + 1].kind == "open" and marks[at + 1].mate == stop - 1:  # f'(x)
                params = self.parameters(at + 2, stop - 1)
                left.stated = Asked(params, 1, self.text[span[0] : marks[at].start])
                return left if len(params) == 1 else None
            found = asked(marks, start, stop, self.text, frozenset(self.names.variables))
            written = None if found is not None else written_out(marks, start, stop, self.text, frozenset(self.names.variables))
            left.stated = written[0] if written is not None else None
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

    def named_form(self, start: int, stop: int, span: Span) -> Left | None:
        """`d vec(F)/d vec(X)^T`; and `df/dx`, which only names what follows."""
        squeezed = self.text[span[0] : span[1]]
        if len(squeezed) > _LONGEST_FORM:
            return None
        for pattern, replacement in _SPELLED:
            squeezed = re.sub(pattern, replacement, squeezed)
        kron = _KRON.fullmatch(squeezed)
        try:
            if kron:
                f, x = (read_names(kron[k])[0] for k in "fx")
                return Left((0, 0), span, form=("kron", f, x))
            plain = _DERIVATIVE.fullmatch(squeezed)
            if plain and (by := read_names(plain["x"].strip("{}"))) and (not plain["f"] or read_names(plain["f"].strip("{}"))):
                left = Left((0, 0), span)
                left.stated = Asked(by, 1, plain["f"].strip("{}"))
                return left
        except ReadingError:
            pass
        return None

    def linear_map(self, start: int, arrow: int, stop: int) -> Left:
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
        return Left((arrow + 1, stop), span, form=("map", name))

    def equation(self, span: Span, stop: int, last: bool) -> ReadingError:
        """The error to raise for a statement whose left side is no name. It ends before mark `stop`."""
        shown = quote(self.text[span[0] : span[1]])
        whole = self.text[span[0] : self.marks[stop - 1].end]
        message = f"the left side of `=` must be a name, and {shown} is none: this is an equation"
        hint = "write what is to be differentiated: the difference of both sides, or the solution, as A^-1 b of A x = b"
        after = "" if last else self.text[self.marks[stop - 1].end :].strip(" ;\n")
        return EquationError(message, text=self.text, span=span, suggestion=hint, equation=whole, after=after)


def letters_in(indices: object) -> Iterator[str]:
    """The letters of a list of indices, pairs opened."""
    for index in indices if isinstance(indices, (tuple, list)) else ():
        if isinstance(index, tuple):
            yield from index
        else:
            yield str(index)
