"""Arrays of program text as brackets with semicolons: Matrix([[a, b], [c, d]]), np.array([x, y])."""

from __future__ import annotations

from .marks import Mark

_OF_LISTS = ("Matrix", "ImmutableMatrix", "array", "tensor", "asarray", "matrix")


def as_literals(marks: list[Mark]) -> list[Mark]:
    """The marks with every array of lists as a matrix, [a, b; c, d], and one of names and numbers as a column, [a; b]."""
    found: list[Mark] = []
    i = 0
    while i < len(marks):
        end = _array(marks, i)
        if not end:
            found.append(marks[i])
            i += 1
            continue
        found += _rows(marks[i + 2 : end - 1])
        i = end
    return found


def _array(marks: list[Mark], i: int) -> int:
    """The mark after Matrix([…]) at mark `i`, 0 where there is none."""
    mark = marks[i]
    name = mark.value.rpartition(".")[2] if mark.kind in ("word", "path") else ""
    if name not in _OF_LISTS or [m.value for m in marks[i + 1 : i + 3]] != ["(", "["] or marks[i + 1].kind != "open":
        return 0
    depth = 0
    for k in range(i + 1, len(marks)):
        depth += (marks[k].kind == "open") - (marks[k].kind == "close")
        if not depth:
            closes = marks[k - 1].kind == "close" and marks[k - 1].value == "["
            return k + 1 if closes else 0
    return 0


def _rows(inside: list[Mark]) -> list[Mark]:
    """`[[a, b], [c, d]]` as `[a, b; c, d]`, `[a, b]` as `[a; b]`."""
    nested = inside[1].kind == "open" and inside[1].value == "["
    rows: list[Mark] = []
    depth = 0
    for mark in inside:
        opens, closes = mark.kind == "open", mark.kind == "close"
        depth -= closes
        if nested and depth == 1 and mark.value == "[" and (opens or closes):
            depth += opens
            continue
        depth += opens
        if mark.kind == "comma" and depth == 1:
            mark = Mark("semi", ";", mark.start, mark.end)
        rows.append(mark)
    return rows
