"""The statements of a text: where they part, and where `=` stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..errors import ReadingError
from .marks import Mark
from .names import read_name

_GOES_ON_AFTER = frozenset({"infix", "plus", "minus", "caret", "comma", "cmp", "frac", "sqrt", "binder", "under", "colon", "arrow"})
_GOES_ON_BEFORE = frozenset({"infix", "plus", "caret", "post", "cmp", "colon", "under", "sup", "sub", "arrow"})

Range = tuple[int, int]


def is_and(mark: Mark) -> bool:
    return mark.value == "and" and mark.kind in ("word", "upright")


class Statements:
    """The marks of a text in ranges. The marks may change within a range as it is read, the ranges do not."""

    def __init__(self, text: str, marks: list[Mark]) -> None:
        self.text, self.marks = text, marks
        kinds = {mark.kind for mark in marks}
        self.ands = "=" in text and "and" in text
        self.commas, self.compares, self.arrows = "comma" in kinds, "cmp" in kinds, "arrow" in kinds

    def __iter__(self) -> Iterator[Range]:
        """The ranges of marks between `;` and line ends outside brackets; a line goes on where it cannot end."""
        start = i = 0
        while i <= len(self.marks):
            mark = self.marks[i] if i < len(self.marks) else Mark("semi", ";", 0, 0)
            if mark.kind == "semi" or (mark.kind == "newline" and not self.goes_on(start, i)):
                if any(m.kind not in ("newline", "amp") for m in self.marks[start:i]):
                    yield start, i
                start = i + 1
            i = mark.mate + 1 if mark.kind == "open" else i + 1

    def goes_on(self, start: int, i: int) -> bool:
        before = next((m for m in reversed(self.marks[max(start, i - 3) : i]) if m.kind not in ("amp", "newline")), None)
        after = next((m for m in self.marks[i + 1 : i + 5] if m.kind not in ("amp", "newline")), None)
        return before is None or before.kind in _GOES_ON_AFTER or after is None or after.kind in _GOES_ON_BEFORE or after.side == "{}"

    def at_commas(self, start: int, stop: int) -> list[Range]:
        """A statement cut at its commas and each `and`, where definitions stand between them: `z = W x, p = softmax(z)`."""
        if not self.commas and not self.ands:
            return [(start, stop)]
        cuts = [k for k in self.places_outside(start, stop) if self.marks[k].kind == "comma" or (self.ands and is_and(self.marks[k]))]
        edges = [start, *(e for k in cuts for e in (k, k + 1)), stop]
        parts = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if a < b]
        defined = [self.outside(*part, "cmp", "=") > 0 for part in parts]
        follows = all(defined[:-1]) and not any(
            m.kind in ("cmp", "in", "arrow", "upright") or m.value == "in" for m in self.marks[parts[-1][0] : stop]
        )
        return parts if all(defined[1:]) or (follows and parts[-1][1] - parts[-1][0] > 1) else [(start, stop)]  # y = X b, y^T y

    def outside(self, start: int, stop: int, kind: str, value: str) -> int:
        """The first mark of that kind outside brackets, or -1."""
        i = start
        while i < stop:
            mark = self.marks[i]
            if mark.kind == kind and mark.value == value:
                return i
            i = mark.mate + 1 if mark.kind == "open" else i + 1
        return -1

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

    def end_of(self, at: int) -> int:
        """Where the statement ends in which mark `at` stands."""
        return next((stop for start, stop in self if start <= at < stop), len(self.marks))
