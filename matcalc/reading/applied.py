"""A letter before a bracket: the value of a function, or a factor of a product.

`x(t)` and `A(t)^-1` are values of functions where x and A are never factors elsewhere; `lambda (w^T w - 1)` is a product.
"""

from __future__ import annotations

from collections.abc import Sequence

from .marks import Mark
from .names import Names

_NAMED = ("word", "greek", "upright")
_ONE = (["word"], ["greek"], ["num"])
_SUBSCRIPTS: tuple[list[str], ...] = ([], ["under", "num"], ["under", "word"], ["under", "greek"], ["sub"])


def is_list(marks: Sequence[Mark], at: int) -> bool:
    """Do the brackets at mark `at` hold a list?"""
    i, close = at + 1, marks[at].mate
    while i < close:
        if marks[i].kind == "comma":
            return True
        i = marks[i].mate + 1 if marks[i].kind == "open" else i + 1
    return False


def given_at(marks: Sequence[Mark], at: int) -> int:
    """The mark of the one bar or semicolon in the brackets at mark `at`, as in p(y | x) and N(x; m, S); 0 if there is none."""
    found, i, close = 0, at + 1, marks[at].mate
    while i < close:
        if (marks[i].kind == "bar" and marks[i].value == "|") or marks[i].kind == "semi":
            if found:
                return 0
            found = i
        i = marks[i].mate + 1 if marks[i].kind == "open" else i + 1
    return found if at + 1 < found < close - 1 else 0


def holds_one(marks: Sequence[Mark], at: int) -> bool:
    """Do the brackets at mark `at` hold one bare name or number, x_1 or -1?"""
    close = marks[at].mate
    start = at + 1 + (marks[at + 1].kind in ("minus", "plus"))
    kinds = [m.kind for m in marks[start : min(close, start + 4)]]
    return kinds[:1] in _ONE and kinds[1:] in _SUBSCRIPTS


def touching_bracket(marks: Sequence[Mark], i: int) -> int:
    """The mark of the round bracket that touches mark `i - 1`, primes between them allowed; -1 if there is none."""
    while i < len(marks) and marks[i].kind == "post" and marks[i].value == "T" and not marks[i].gap:
        i += 1
    return i if i < len(marks) and marks[i].kind == "open" and marks[i].value == "(" and not marks[i].gap else -1


def plain_factors(marks: Sequence[Mark], names: Names) -> frozenset[str]:
    """The names that stand somewhere as a factor, not before brackets that hold a bare name, a number or a list."""
    found: set[str] = set()
    below = 0  # the marks up to here belong to a subscript
    for i, mark in enumerate(marks):
        if mark.kind == "under" and i + 1 < len(marks):
            below = marks[i + 1].mate if marks[i + 1].kind == "open" else i + 1
        if mark.kind not in _NAMED or (0 < i <= below):
            continue
        pieces = names.cut(mark.value) if mark.kind == "word" else [mark.value]
        found.update(pieces[:-1])
        bracket = touching_bracket(marks, i + 1)
        if bracket < 0 or not (holds_one(marks, bracket) or is_list(marks, bracket)):
            found.add(pieces[-1])
    return frozenset(found)
