"""Declarations (`where x in R^n; A in R^{m x n} symmetric; phi: R -> R`) and lists of names (`--wrt`)."""

from __future__ import annotations

from collections.abc import Collection

from ..errors import ReadingError, Span
from ..kinds import ONE, Dim
from ..ops.vocabulary import DECLARED, OF_REALS, SETS, WORDS, close_properties
from ..syntax import Declaration
from .functions import function_of
from .marks import Mark, quote, refuse
from .names import RESERVED, is_identity, not_a_name, read_name
from .scan import check_length, scan

# Every way to say a property; words are joined by hyphens.
_PROPERTY = {said: w.name for w in WORDS.values() if w.declared for said in (w.name, *w.spellings)}
Sizes = tuple[Dim, ...]

MOST_AXES = 4  # indices of a declared array
_LONGEST = max(said.count("-") + 1 for said in _PROPERTY)  # words in a property
_SETS = "R (real), C (complex), N, Z (whole numbers) and S (symmetric matrices)"


def read_names(text: str, declared: Collection[str] = ()) -> tuple[str, ...]:
    """The names in a list such as `x, y_1, θ, w_{out}`; a run of letters is one name."""
    if len(text) == 1 and text.isascii() and text.isalpha() and text not in RESERVED:
        return (text,)
    check_length(text)
    marks = scan(text)
    whole = (0, max(1, len(text)))
    if not marks:
        raise refuse("there is no name", text, whole, "name the variable: x")
    names: list[str] = []
    i = 0
    while True:
        if i >= len(marks):
            raise refuse(f"a name is missing at the end of {quote(text)}", text, whole)
        start = i
        try:
            name, i = read_name(marks, i, text, raised=True)
        except ReadingError:
            raise not_a_name(text, _item(marks, start)) from None
        if i < len(marks) and marks[i].kind != "comma":
            raise not_a_name(text, _item(marks, start))
        if name not in declared:
            _refuse_taken(name, text, marks[start].span)
        names.append(name)
        if i >= len(marks):
            return tuple(names)
        i += 1


def _item(marks: list[Mark], start: int) -> Span:
    """The place of the list's item that begins at mark `start`."""
    stop = start
    while stop < len(marks) and marks[stop].kind != "comma":
        stop = marks[stop].mate + 1 if marks[stop].kind == "open" else stop + 1
    return marks[start].start, marks[max(start, stop - 1)].end


def _refuse_taken(name: str, text: str, span: Span) -> None:
    if function_of(name):
        raise refuse(f"{quote(name)} is the name of a function", text, span, "choose another name")
    if is_identity(name):
        raise refuse(f"{quote(name)} is the identity", text, span, "choose another name")


def read_declarations(text: str, start: int, stop: int) -> tuple[Declaration, ...]:
    """The declarations in `text[start:stop]`."""
    return _Declarations(text, scan(text, start, stop)).read()


class _Declarations:
    """Reads declarations from left to right."""

    def __init__(self, text: str, marks: list[Mark]) -> None:
        self.text, self.marks = text, [m for m in marks if m.kind != "amp"]
        self.moved = len(self.marks) != len(marks)
        if self.moved:  # brackets point to their partners by position
            places = {id(m): k for k, m in enumerate(self.marks)}
            for mark in self.marks:
                if mark.kind == "open":
                    mark.mate = places[id(marks[mark.mate])]
        self.i = 0
        self.found: dict[str, Declaration] = {}

    def read(self) -> tuple[Declaration, ...]:
        while self.i < len(self.marks):
            if self.at("semi", "newline", "comma"):
                self.i += 1
            else:
                self.declaration()
        return self.finished()

    def at(self, *kinds: str) -> bool:
        return self.i < len(self.marks) and self.marks[self.i].kind in kinds

    def at_end(self) -> bool:
        return self.i >= len(self.marks) or self.at("semi", "newline")

    def span(self, start: int) -> Span:
        return self.marks[start].start, self.marks[min(max(self.i, start + 1), len(self.marks)) - 1].end

    def refuse(self, message: str, start: int, suggestion: str | None = None) -> ReadingError:
        return refuse(message, self.text, self.span(min(start, len(self.marks) - 1)), suggestion)

    def declaration(self) -> None:
        start = self.i
        names: list[tuple[str, Span]] = []
        arguments: dict[str, str] = {}
        while True:
            begin = self.i
            if self.at_end():
                raise self.refuse("a name is missing", start, "write x in R^n")
            name, self.i = read_name(self.marks, self.i, self.text, raised=True)
            _refuse_taken(name, self.text, self.span(begin))
            names.append((name, self.span(begin)))
            if self.at("open"):
                arguments[name] = self.argument(name, begin)
            if not self.at("comma"):
                break
            self.i += 1
        shown = ", ".join(n for n, _ in names[:5])
        if self.at("colon"):
            self.i += 1
            field, domain, _ = self.set(shown)
            if not self.at("arrow"):
                raise self.refuse(f"the function {shown} needs an arrow", start, f"write {shown}: R -> R")
            self.i += 1
            field, sizes, properties = self.set(shown)
            given = properties + self.properties()
        elif self.at("in") or (self.at("word") and self.marks[self.i].value == "in"):
            self.i += 1
            field, sizes, properties = self.set(shown)
            given = properties + self.properties()
            domain = None
        elif arguments:
            raise self.refuse(f"the set of {quote(shown)} is missing", start, "write x(t) in R^n")
        else:
            raise self.refuse(f"`in` is missing after {quote(shown)}", start, self.with_a_set(", ".join(name for name, _ in names)))
        for name, span in names:
            argument = arguments.get(name, "")
            self.declare(Declaration(name, field, sizes, tuple(dict.fromkeys(given)), () if argument else domain, span, argument))

    def with_a_set(self, name: str) -> str:
        """What to write for `W symmetric`, which names no set, and for `A = A^T`, which states a property."""
        phrase = self.phrase(self.i)
        said = _PROPERTY[phrase[0]] if phrase else ""
        if not said and self.at("cmp"):
            rest = "".join(m.value for m in self.marks[self.i + 1 : self.i + 5] if m.value not in "{}")
            turned = rest.removesuffix("\n").partition(";")[0]
            said = {f"{name}^T": "symmetric", f"{name}T": "symmetric", f"-{name}^T": "skew", f"-{name}T": "skew"}.get(turned, "")
        if said:
            square = said not in ("positive", "nonnegative", "unit", "simplex", "orthonormal", "constant")
            return f"write {name} in {'R^{n x n}' if square and name[:1].isupper() else 'R^n'} {said}"
        return f"write {name} in {'R^{m x n}' if name[:1].isupper() else 'R^n'}"

    def argument(self, name: str, start: int) -> str:
        """The t of x(t): a name alone."""
        stop = self.marks[self.i].mate
        inside, end = read_name(self.marks, self.i + 1, self.text) if stop > self.i + 1 else ("", stop)
        self.i = stop + 1
        if end != stop or not inside:
            raise self.refuse(
                f"{quote(name)} is declared as a function of more than a name", start, f"write {name}(t) in R^n, or {name}: R^n -> R"
            )
        return inside

    def finished(self) -> tuple[Declaration, ...]:
        """The declarations, each function of a declared name on that name's set; what nothing is declared of is a number then."""
        for d in list(self.found.values()):
            if d.argument:
                self.found.setdefault(d.argument, Declaration(d.argument, "R", (), span=d.span))
            known = self.found.get(d.argument) if d.argument else None
            if known is not None and known.domain is None:
                d.domain = known.sizes
        return tuple(self.found.values())

    def declare(self, new: Declaration) -> None:
        assert new.span is not None
        self.check_square(new, new.span)
        self.check_field(new, new.span)
        old = self.found.setdefault(new.name, new)
        if (old.field, old.sizes, set(old.properties), old.domain) != (new.field, new.sizes, set(new.properties), new.domain):
            raise refuse(f"{quote(new.name)} is declared twice, and differently: {_spell(old)} and {_spell(new)}", self.text, new.span)

    def check_square(self, new: Declaration, span: Span) -> None:
        square = next((p for p in new.properties if "square" in close_properties((p,))), None)
        if square and new.domain is None and (len(new.sizes) != 2 or new.sizes[0] is not new.sizes[1]):
            kind = "scalar" if not new.sizes else "vector" if len(new.sizes) == 1 else "matrix of different sizes"
            sizes = f" {' and '.join(map(str, new.sizes))}" if new.sizes else ""
            raise refuse(f"{new.name} is declared {square}, which only a square matrix can be, and it is a {kind}{sizes}", self.text, span)

    def check_field(self, new: Declaration, span: Span) -> None:
        """What is said of real arrays alone is said of no complex one, and the other way round."""
        words = close_properties(new.properties)
        wrong = next((p for p in new.properties if p in OF_REALS or "orthonormal" in close_properties((p,))), None)
        if new.field == "C" and wrong is not None:
            kind = "hpd, Hermitian positive definite" if "psd" in words else "unitary" if "orthonormal" in words else ""
            hint = f"declare it {kind}" if kind else "leave the word out, or declare a real name"
            raise refuse(f"{new.name} is complex, and only what is real is {WORDS[wrong].said}", self.text, span, hint)
        if new.field == "C" and len(new.sizes) > 2:
            raise refuse(f"{new.name} is a complex array of more than two indices, which is not read", self.text, span)
        if new.field != "C" and "complex" in words:
            size = f"^{{{' x '.join(map(str, new.sizes))}}}"
            hint = f"write {new.name} in C{size}, or symmetric, spd, orthogonal for a real matrix"
            word = next(p for p in new.properties if "complex" in close_properties((p,)))
            raise refuse(f"{new.name} is declared {word} and real", self.text, span, hint)

    def set(self, shown: str) -> tuple[str, Sizes, tuple[str, ...]]:
        """`R`, `R^n`, `R^{m x n}`, `S^n`, `N`: the field, the sizes, and the properties the set implies."""
        start = self.i
        if self.at_end():
            raise self.refuse(f"the set of {quote(shown)} is missing", start - 1, "write x in R^n")
        mark = self.marks[self.i]
        field = mark.value
        if mark.kind != "word" or field[0] not in "RNZSC" or len(field) > 1:
            self.i += 1
            raise self.refuse(f"{quote(self.text[mark.start : mark.end])} is no set known here", start, f"the sets are {_SETS}")
        self.i += 1
        cone = ""
        sizes: Sizes | None = None
        while self.at("caret", "sup", "under", "sub"):
            if self.at("caret", "sup"):
                if sizes is not None:
                    raise self.refuse("the set has two sizes", start)
                sizes = self.sizes(start)
            else:
                cone = self.cone()
        name = f"{field}_{cone}" if cone else field
        if cone and name not in SETS:
            raise self.refuse(f"{quote(self.text[slice(*self.span(start))])} is no set known here", start)
        return field, self.normal(field, sizes or (), start), (SETS[name],) if field in "RSC" and name in SETS else ()

    def normal(self, field: str, sizes: Sizes, start: int) -> Sizes:
        """A vector has one size, a scalar none; S^n is n by n."""
        if field == "S":
            if not sizes or len(sizes) > 2 or sizes[0] is not sizes[-1]:
                raise self.refuse("the set S of symmetric matrices has one size", start, "write S^n")
            return sizes[0], sizes[0]
        if len(sizes) > MOST_AXES:
            raise self.refuse(f"an array has at most {MOST_AXES} indices", start)
        if len(sizes) == 2 and sizes[1] is ONE:
            sizes = sizes[:1]
        return () if sizes == (ONE,) else sizes

    def sizes(self, start: int) -> Sizes:
        mark = self.marks[self.i]
        self.i += 1
        if mark.kind == "sup":
            stand_in = Mark("num" if mark.value.isdigit() else "word", mark.value, mark.start, mark.end)

            from .sizes import read_sizes

            return read_sizes([stand_in], 0, 1, self.text)
        if self.at_end():
            raise self.refuse("the dimension after `^` is missing", start, "write R^n")
        first = self.marks[self.i]
        if first.kind == "open":
            begin, stop = self.i + 1, first.mate
            self.i = stop + 1
        else:
            begin = self.i
            self.i += 1 + (first.kind == "minus")
            while self.at("under", "sub") and not self.at_cone():
                self.i += 1 if self.at("sub") else 2
            while self.i + 1 < len(self.marks) and self.by(self.marks[self.i]) and self.marks[self.i + 1].kind in ("word", "num", "greek"):
                self.i += 2  # R^m x n without braces
            stop = self.i

        from .sizes import read_sizes

        return read_sizes(self.marks, begin, stop, self.text)

    @staticmethod
    def by(mark: Mark) -> bool:
        return (mark.kind == "word" and mark.value == "x") or (mark.kind == "infix" and mark.value == "*")

    def at_cone(self) -> bool:
        """Whether a subscript says which part of the set is meant, as in R^n_+, and is no part of the size's name."""
        if self.at("sub"):
            return not self.marks[self.i].value.isalnum()
        return self.i + 1 < len(self.marks) and self._inside(self.i + 1).kind in ("plus", "minus", "cmp")

    def _inside(self, i: int) -> Mark:
        return self.marks[i + 1] if self.marks[i].kind == "open" else self.marks[i]

    def cone(self) -> str:
        """The subscript of `R_{++}`."""
        mark = self.marks[self.i]
        self.i += 1
        if mark.kind == "sub":
            return mark.value
        parts = ""
        if self.at("open"):
            stop = self.marks[self.i].mate
            parts = "".join(m.value for m in self.marks[self.i + 1 : stop])
            self.i = stop + 1
        else:
            while self.at("plus", "minus"):
                parts += self.marks[self.i].value
                self.i += 1
        return parts

    def properties(self) -> tuple[str, ...]:
        """The property words after a set; a comma may stand between them, or before the next declaration."""
        found: list[str] = []
        while not self.at_end():
            if self.at("comma"):
                self.i += 1
                if not self.at("word", "upright") or self.phrase(self.i) is None:
                    return tuple(found)
                continue
            if self.at("word", "upright") and self.marks[self.i].value == "and":
                self.i += 1
                continue
            phrase = self.phrase(self.i)
            if phrase is None:
                raise self.unknown_property()
            found.append(_PROPERTY[phrase[0]])
            self.i = phrase[1]
        return tuple(found)

    def phrase(self, i: int) -> tuple[str, int] | None:
        """The longest property that begins at mark `i`, and the mark after it."""
        best: tuple[str, int] | None = None
        words = ""
        for _ in range(_LONGEST):
            if i >= len(self.marks) or self.marks[i].kind not in ("word", "upright"):
                break
            words += ("-" if words else "") + self.marks[i].value.lower()
            i += 1
            if words in _PROPERTY:
                best = (words, i)
            if i < len(self.marks) and self.marks[i].kind == "minus":
                i += 1
        return best

    def unknown_property(self) -> ReadingError:
        start = self.i
        self.i += 1
        word = self.text[slice(*self.span(start))]
        from difflib import get_close_matches

        near = get_close_matches(word.lower()[:40], _PROPERTY, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the properties are {', '.join(DECLARED)}"
        return self.refuse(f"{quote(word)} is no property known here", start, hint)


def _spell(declaration: Declaration) -> str:
    sizes = " x ".join(map(str, declaration.sizes))
    text = declaration.field + (f"^{{{sizes}}}" if len(sizes) > 1 else f"^{sizes}" if sizes else "")
    return " ".join((text, *declaration.properties))
