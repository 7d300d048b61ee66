"""The lexer's state: tokens, open brackets, and the walk over the marks. What a mark means is a function in `lex`'s table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from ..errors import ReadingError, Span
from ..interning import regex
from .functions import is_elementwise
from .marks import Mark, quote, refuse
from .names import Names

MAX_READINGS = 20
ENDS = frozenset({"NUM", "NAME", "RPAR", "RSQ", "ENDNORM", "ENDBAR", "ENDANGLE", "POST", "ALL"})
_ENDING = {"LSQ": "RSQ", "IVERSON": "RSQ", "INDEX": "RSQ", "ANGLE": "ENDANGLE", "BAR": "ENDBAR", "NORM": "ENDNORM", "BOUNDS": "ENDBOUNDS"}
_OPENING = frozenset({"LPAR", *_ENDING})
_CLOSING = frozenset({"RPAR", *_ENDING.values()})


class Token:
    """What the grammar's parser sees; `value` is a str, a Fraction or what the token's maker and `parse` agree on."""

    __slots__ = ("type", "value", "start_pos", "end_pos")
    line = column = end_line = end_column = 0  # Lark borrows these for its end token

    def __init__(self, type_: str, value: object, start: int, end: int) -> None:
        self.type, self.value, self.start_pos, self.end_pos = type_, value, start, end

    @property
    def span(self) -> Span:
        return self.start_pos, self.end_pos


def leaf(text: str, span: Span) -> Token:
    """A number or a one-letter name, as a token."""
    return Token("NUM", Fraction(int(text)), *span) if text.isdigit() else Token("NAME", text, *span)


class Frame:
    """An open bracket. `value` is the mark it was opened by, "" for an invisible one round a bracketless argument."""

    __slots__ = ("kind", "value", "opened", "before_close", "after", "then", "chain", "indices", "label", "suffix", "columns")

    def __init__(self, kind: str, value: str, opened: Span) -> None:
        self.kind, self.value, self.opened = kind, value, opened
        self.before_close: list[Token] = []
        self.after: list[Token] = []
        self.then: Action | None = None
        self.chain: set[str] = set()  # the operators met since the last + or -
        self.indices: list[str] = []  # the indices of the sums whose body we are in
        self.columns = False  # of a matrix of numbers: blanks stand between its columns
        self.label = self.suffix = ""  # of a bracketless argument: the function, and the exponent at its name


_SPACES = regex(r"\\[,;:]|\\q?quad(?![A-Za-z])")


class Lexer:
    """Walks over marks with an agenda, so that what is typed below a sum sign can be read in its place, without recursion."""

    def __init__(
        self,
        text: str,
        marks: list[Mark],
        names: Names,
        meanings: Mapping[str, Meaning],
        loose_star: bool = False,
        indices: tuple[str, ...] = (),
    ) -> None:
        self.text, self.marks, self.names, self.meanings, self.loose_star = text, marks, names, meanings, loose_star
        self.tokens: list[Token] = []
        self.readings: list[str] = []
        self.mixed = False  # did `.*` and a bare `*` meet in one chain?
        self.frames: list[Frame] = [Frame("", "", (0, 0))]
        self.pairs: set[frozenset[str]] = set()  # i and j of a sum sign with i != j below it
        self.kept: list[tuple[str, str, Span]] = []  # j and i of a sum over j with j != i below it
        self.active: set[str] = set(indices)  # the indices that may not be taken again
        self.agenda: list[tuple[int, int] | Action] = []
        self.jumps: dict[int, int] = {}  # subscripts already glued to a name further left
        self.i = self.stop = self.end = 0

    def run(self, start: int, stop: int) -> list[Token]:
        """The tokens of `marks[start:stop]`."""
        self.end = self.marks[stop - 1].end if stop > start else len(self.text)
        self.agenda = [(start, stop)]
        while self.agenda:
            item = self.agenda.pop()
            if callable(item):
                item(self)
                continue
            self.i, self.stop = item
            while self.i < self.stop:
                self.step()
        self.close_invisible()
        if len(self.frames) > 1:
            frame = self.frames[-1]
            raise refuse(f"`{frame.value}` is not closed", self.text, frame.opened)
        if not self.ends:
            raise self.nothing_after((self.end, self.end))
        return self.tokens

    def later(self, *items: tuple[int, int] | Action) -> None:
        """Do `items` next, in this order, then go on here."""
        self.agenda.append((self.i, self.stop))
        self.agenda += reversed(items)
        self.i = self.stop

    @property
    def last(self) -> str:
        return self.tokens[-1].type if self.tokens else ""

    @property
    def ends(self) -> bool:
        """Does an operand stand before?"""
        return bool(self.tokens) and self.tokens[-1].type in ENDS

    def put(self, type_: str, value: object, span: Span) -> None:
        self.tokens.append(Token(type_, value, *span))

    def operand(self, type_: str, value: object, span: Span) -> None:
        """A token that begins an operand."""
        if self.ends:
            if self.frames[-1].kind == "argument" and self.tokens[-1].type == "RPAR":
                self._refuse_behind_value(span)
            self.put("JUXT", "", (span[0], span[0]))
        self.put(type_, value, span)

    def open(self, type_: str, value: str, span: Span, begins: bool = True) -> Frame:
        (self.operand if begins else self.put)(type_, value, span)
        frame = Frame(type_, value, span)
        self.frames.append(frame)
        return frame

    def peek(self, kind: str, value: str | None = None) -> Mark | None:
        """The next mark, if it is of this kind (and value)."""
        mark = self.following
        return mark if mark is not None and mark.kind == kind and (value is None or mark.value == value) else None

    @property
    def following(self) -> Mark | None:
        """The next mark."""
        return self.marks[self.i] if self.i < self.stop else None

    @property
    def visible(self) -> Frame:
        """The innermost bracket that is typed."""
        return next(f for f in reversed(self.frames) if f.kind != "argument")

    def source(self, span: Span) -> str:
        return self.text[span[0] : span[1]]

    def refuse(self, message: str, span: Span, suggestion: str | None = None) -> ReadingError:
        return refuse(message, self.text, span, suggestion)

    def step(self) -> None:
        mark = self.marks[self.i]
        if self.i in self.jumps:
            self.i = self.jumps[self.i]
            return
        meaning = self.meanings.get(mark.kind)
        if meaning is None:
            raise self.refuse(f"{quote(self.source(mark.span))} has no meaning here", mark.span)
        if mark.gap and self.frames[-1].kind == "argument" and self.last == "NAME":  # the space that LaTeX sets in cos theta x
            spaced = _SPACES.search(self.text, self.tokens[-1].end_pos, mark.start) is not None
            if spaced and is_elementwise(self.frames[-1].label):  # tr A B goes on
                self.close_invisible()
        self.i += 1
        meaning(self, mark)

    # -- errors -----------------------------------------------------------------------------------------------------

    def nothing_after(self, at: Span) -> ReadingError:
        """An operand was expected at `at`."""
        if not self.tokens:
            found = self.source(at)
            return self.refuse(
                f"the expression begins with {quote(found)}, which needs something before it" if found else "there is no expression", at
            )
        before = self.tokens[-1]
        shown = quote(self.source(before.span)) if before.span[1] > before.span[0] else "this"
        if before.type == "LPAR" and len(self.tokens) > 1 and self.tokens[-2].type == "CALL":
            name = self.tokens[-2]
            return self.refuse(
                f"the function {quote(self.source(name.span))} has no argument", name.span, f"write {self.source(name.span)[:40]}(…)"
            )
        found = self.source(at)
        if before.type in _OPENING:
            message = f"there is nothing between {shown} and {quote(found)}" if found else f"there is nothing after {shown}"
            return self.refuse(message, (before.start_pos, max(at[1], before.end_pos)))
        if found:
            return self.refuse(f"{shown} has nothing after it before {quote(found)}", before.span)
        return self.refuse(f"the expression ends with {shown}, which needs something after it", before.span)

    def left_operand(self, mark: Mark) -> None:
        """An infix operator needs an operand before it, and ends a bracketless argument."""
        self.close_invisible()
        if not self.ends:
            raise self.nothing_after(mark.span)

    def _refuse_behind_value(self, span: Span) -> None:
        r"""\log \sigma(x) A: the logarithm of a product, or a product with a logarithm."""
        k, depth = len(self.tokens) - 1, 0
        while k > 2:
            depth += (self.tokens[k].type in _CLOSING) - (self.tokens[k].type in _OPENING)
            if not depth:
                break
            k -= 1
        frame = self.frames[-1]
        called = [t.type for t in self.tokens[k - 3 : k + 1]] == ["CALL", "LPAR", "CALL", "LPAR"]
        if (
            called
            and self.tokens[k - 1].value != "sqrt"
            and self.tokens[k].end_pos > self.tokens[k].start_pos
            and is_elementwise(frame.label)
        ):
            value = self.source((self.tokens[k - 1].start_pos, self.tokens[-1].end_pos))[:40]
            after = self.source(span)[:20]
            hint = f"write {frame.label}({value}) {after} for a product with it, {frame.label}({value} {after}) for that of the product"
            message = f"{quote(self.source((frame.opened[0], span[1]))[:60])} can be read in two ways"
            raise self.refuse(message, (frame.opened[0], span[1]), hint)

    def new_term(self) -> None:
        """After + - , ; a comparison: chains and the bodies of sums end."""
        frame = self.frames[-1]
        frame.chain.clear()
        self.leave(frame)

    def comparing(self) -> bool:
        """Inside 1[…] or cases, where conditions stand, joined by `and`."""
        visible = self.visible
        return visible.kind == "IVERSON" or visible.value == "cases" or visible.label == "cases"

    def close_invisible(self) -> None:
        """A bracketless argument ends here, if one is open."""
        while self.frames[-1].kind == "argument":
            if not self.ends:
                raise self.nothing_after((self.end, self.end))
            frame = self.frames[-1]
            at = self.tokens[-1].end_pos
            if len(self.readings) < MAX_READINGS:
                begin = frame.opened[1]
                argument = self.text[begin : min(at, begin + 60)].strip() + ("..." if at > begin + 60 else "")
                self.note(f"read `{self.text[frame.opened[0] : min(at, begin + 60)].strip()}` as {frame.label}({argument}){frame.suffix}")
            self.close((at, at))

    def note(self, reading: str) -> None:
        if reading not in self.readings and len(self.readings) < MAX_READINGS:
            self.readings.append(reading)

    def leave(self, frame: Frame) -> None:
        self.active.difference_update(frame.indices)
        frame.indices.clear()

    def close(self, span: Span) -> None:
        """Close the innermost frame."""
        frame = self.frames.pop()
        self.leave(frame)
        self.tokens += frame.before_close
        self.put(_ENDING.get(frame.kind, "RPAR"), frame.value, span)
        self.tokens += frame.after
        if frame.then:
            frame.then(self)


Action = Callable[[Lexer], None]
Meaning = Callable[[Lexer, Mark], None]
