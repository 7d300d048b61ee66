"""Sizes as they are written, `m x n`, `2n`, `N \\times (D + 1)`, `n(n + 1)/2`: polynomials of dimension names and numbers."""

from __future__ import annotations

from fractions import Fraction

from ..errors import Span
from ..kinds import Dim
from ..syntax import spell_name
from .marks import Mark, quote, refuse
from .scan import scan

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_ENDS = ("word", "num", "close", "greek", "sub")
_BEGINS = ("word", "num", "open", "greek")
_MAX_POWER = 8
_MAX_TERMS = 50
_MAX_NUMBER = 10**30


def sizes_of(text: str) -> tuple[Dim, ...]:
    """The sizes a subscript names: `sizes_of("m x n")` is (m, n)."""
    marks = scan(text)
    return read_sizes(marks, 0, len(marks), text)


def read_sizes(marks: list[Mark], start: int, stop: int, text: str) -> tuple[Dim, ...]:
    """`marks[start:stop]`, cut at `x`, `×` and commas outside brackets."""
    whole = (marks[start].start, marks[stop - 1].end) if stop > start else (0, len(text))
    inside = marks[start:stop]
    names = [m.value for m in inside if m.kind == "word" and len(m.value) == 1]
    if len(names) == len(inside) and (len(names) == 1 or (len(names) == 3 and names[1] == "x")):  # n, m x n
        return tuple(map(Dim.of, names[::2]))
    pieces = _pieces(inside)
    found: list[Dim] = []
    begin = 0
    depth = 0
    for i, mark in enumerate([*pieces, Mark("comma", ",", 0, 0)]):
        depth += (mark.kind == "open") - (mark.kind == "close")
        if mark.kind == "comma" and not depth:
            if begin == i:
                raise refuse("a size is missing", text, whole)
            found.append(_polynomial(pieces[begin:i], text))
            begin = i + 1
    return tuple(found)


def _pieces(marks: list[Mark]) -> list[Mark]:
    """Runs cut into letters, and a separating `x` (between two sizes, or in `mxn`) made a comma."""
    pieces: list[Mark] = []
    for mark in marks:
        if mark.kind == "word" and len(mark.value) > 1:
            pieces += [Mark("word", c, mark.start + k, mark.start + k + 1) for k, c in enumerate(mark.value)]
        else:
            pieces.append(mark)
    last = len(pieces) - 1
    for i, mark in enumerate(pieces):
        between = 0 < i < last and pieces[i - 1].kind in _ENDS and pieces[i + 1].kind in _BEGINS
        if (mark.kind == "infix" and mark.value == "*") or (between and mark.kind == "word" and mark.value == "x"):
            pieces[i] = Mark("comma", ",", mark.start, mark.end)
    return pieces


def _polynomial(marks: list[Mark], text: str) -> Dim:
    """One size, by operator precedence with two stacks (no recursion: the text is the user's)."""
    values: list[Dim] = []
    waiting: list[str] = []
    operand = False
    i = 0
    whole = (marks[0].start, marks[-1].end)

    def reduce(level: int) -> None:
        while waiting and waiting[-1] != "(" and _PRECEDENCE[waiting[-1]] >= level:
            op, right = waiting.pop(), values.pop()
            left = values.pop() if values else None
            if left is None:
                raise refuse("this is no size", text, (marks[0].start, marks[-1].end))
            if op == "/" and not right.number:
                raise refuse("a size is divided by a whole number only", text, whole)
            found = left + right if op == "+" else left - right if op == "-" else left / (right.number or 1) if op == "/" else left * right
            values.append(_small(found, text, whole))

    while i < len(marks):
        mark = marks[i]
        if mark.kind in ("word", "greek", "num") or mark.kind == "open":
            if operand:
                reduce(2)
                waiting.append("*")
            if mark.kind == "open":
                waiting.append("(")
                operand = False
                i += 1
                continue
            size, i = _atom(marks, i, text)
            values.append(size)
            operand = True
        elif operand and (mark.kind in ("plus", "minus") or (mark.kind == "infix" and mark.value in (".", "/"))):
            op = "-" if mark.kind == "minus" else mark.value if mark.value != "." else "*"
            reduce(_PRECEDENCE[op])
            waiting.append(op)
            operand = False
            i += 1
        elif operand and mark.kind == "close":
            reduce(1)
            if not waiting:
                raise refuse("this is no size", text, mark.span)
            waiting.pop()
            i += 1
        elif operand and mark.kind in ("caret", "sup"):
            values[-1], i = _power(values[-1], marks, i, text)
        else:
            hint = "sizes are made of names and whole numbers: R^n, R^{m x n}, R^{2n}"
            raise refuse(f"{quote(text[mark.start : mark.end])} does not belong in a size", text, mark.span, hint)
    reduce(1)
    if len(values) != 1 or waiting or not operand:
        raise refuse("this is no size", text, (marks[0].start, marks[-1].end))
    return _checked(values[0], text, (marks[0].start, marks[-1].end))


def _atom(marks: list[Mark], i: int, text: str) -> tuple[Dim, int]:
    mark = marks[i]
    if mark.kind == "num":
        if not mark.value.isdigit():
            raise refuse(f"a size is a whole number, not {quote(mark.value)}", text, mark.span)
        return Dim.of(int(mark.value)), i + 1
    name, i = mark.value, i + 1
    if i < len(marks) and marks[i].kind == "sub":
        return Dim.of(spell_name(name, marks[i].value)), i + 1
    if i + 1 < len(marks) and marks[i].kind == "under":
        inside, i = [marks[i + 1]], i + 2
        if inside[0].kind == "open":
            inside = []
            while i < len(marks) and marks[i].kind != "close":
                inside.append(marks[i])
                i += 1
            i += 1
        name = spell_name(name, "".join(m.value for m in inside))
    return Dim.of(name), i


def _power(base: Dim, marks: list[Mark], i: int, text: str) -> tuple[Dim, int]:
    digits = [m for m in marks[i : i + 4] if m.kind in ("num", "sup")][:1]
    if not digits or not digits[0].value.isdigit() or not 1 <= int(digits[0].value) <= _MAX_POWER:
        raise refuse(f"the power of a size is a whole number from 1 to {_MAX_POWER}", text, marks[i].span)
    braced = marks[i].kind == "caret" and marks[i + 1].kind == "open"
    result = base
    for _ in range(int(digits[0].value) - 1):
        result = _small(result * base, text, marks[i].span)
    return result, i + (1 if marks[i].kind == "sup" else 4 if braced else 2)


def _small(size: Dim, text: str, span: Span) -> Dim:
    """Sizes stay what a person would write."""
    if len(size.terms) > _MAX_TERMS or any(abs(Fraction(c)) > _MAX_NUMBER for _, c in size.terms):
        raise refuse("the size is too large", text, span)
    return size


def _checked(size: Dim, text: str, span: Span) -> Dim:
    if size.number is not None and size.number < 1:
        raise refuse(f"the size {size} is not positive", text, span)
    return size
