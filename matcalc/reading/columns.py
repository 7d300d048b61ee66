"""Blanks between the columns of a matrix, as MATLAB and printed arrays have them: [1 2; 3 -4]."""

from __future__ import annotations

from collections.abc import Iterator

from .lexer import Lexer
from .marks import Mark, quote

_NUMBERS = frozenset({"num", "minus", "plus", "semi", "newline", "blank"})
_NAMES = frozenset({"word", "greek", "num", "under", "sub", "semi", "newline", "blank"})


def has_columns(lexer: Lexer, bracket: Mark) -> bool:
    """Whether the bracket holds numbers alone, with blanks between them. Names in equal rows may be columns or factors: refused."""
    inside = lexer.marks[lexer.i : bracket.mate]
    kinds = {m.kind for m in inside}
    if kinds <= _NUMBERS:
        found = any(starts_column(inside, k) for k in range(1, len(inside)))
        if found:
            lexer.note(f"blanks in {quote(lexer.source((bracket.start, lexer.marks[bracket.mate].end)))} stand between columns")
        return found
    if kinds <= _NAMES and "semi" in kinds:
        counts = list(_pieces(inside))
        if counts[0] > 1 and len(set(counts)) == 1:
            span = (bracket.start, lexer.marks[bracket.mate].end)
            hint = "write [a, b; c, d] with commas for columns, * between factors"
            raise lexer.refuse("blanks in a matrix stand between columns, or factors", span, hint)
    return False


def starts_column(marks: list[Mark], k: int) -> bool:
    """Whether the number or sign at `k` begins a column: a blank before it and a number before that, and none behind a sign."""
    mark, before = marks[k], marks[k - 1]
    if not mark.gap or before.kind != "num":
        return False
    if mark.kind == "num":
        return True
    return mark.kind in ("minus", "plus") and k + 1 < len(marks) and not marks[k + 1].gap


def _pieces(inside: list[Mark]) -> Iterator[int]:
    """How many operands with blanks between them stand in every row."""
    count, begins = 0, True
    for mark in inside:
        if mark.kind in ("semi", "newline"):
            if count:
                yield count
            count, begins = 0, True
        else:
            count += begins or mark.gap
            begins = False
    if count:
        yield count
