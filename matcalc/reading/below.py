"""What stands below a sum sign: its indices, their bounds, and the conditions on them.

    i, ij, i,j     i = 1     i < j     1 <= i < j <= n     j : j != i     (i,j) in Omega     j in N(i)     c in C

Clauses stand apart by commas, colons, bars and line ends. An index is a letter of a clause by itself or before `=`; else one that a
comparison or `in` names and that stands below a name somewhere and is no index in use.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from ..errors import ReadingError
from .marks import Mark

Range = tuple[int, int]  # marks
_APART = {"comma", "colon", "bar", "newline", "semi"}
_UPWARD = {"<": 1, "<=": 0}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
MOST_INDICES = 6


class Bound(NamedTuple):
    """A bound: its marks, and what is added to it (`i < n` runs to n - 1)."""

    marks: Range
    shift: int = 0


class Condition(NamedTuple):
    """`left` relation `right`."""

    left: Range
    relation: str
    right: Range


class Mask(NamedTuple):
    """A 0/1 matrix (or vector) that says which indices count."""

    name: Range
    letters: tuple[str, ...]


class Below:
    """The indices in order with their bounds, and what has to hold."""

    def __init__(self) -> None:
        self.low: dict[str, Bound | None] = {}
        self.high: dict[str, Bound | None] = {}
        self.conditions: list[Condition] = []
        self.masks: list[Mask] = []
        self.sets: list[tuple[str, Range]] = []  # c in C: all that there are

    @property
    def indices(self) -> list[str]:
        return list(self.low)

    def index(self, letter: str) -> None:
        self.low.setdefault(letter, None)
        self.high.setdefault(letter, None)


Refuse = Callable[[str], ReadingError]


def below(marks: list[Mark], lower: Range, active: Collection[str], subscripted: Collection[str], refuse: Refuse) -> Below:
    """Read `marks[lower]`; `active` are the indices in use, `subscripted` the letters that stand below names."""
    found = Below()
    clauses = _split(marks, lower, _APART)
    relations: list[Range] = []
    for at, (start, stop) in enumerate(clauses):
        kinds = {marks[k].kind for k in _outer(marks, start, stop)}
        letter = letter_at(marks, start, stop)
        if letter:
            found.index(letter)
        elif run := _run(marks, start, stop, subscripted):
            for c in run:
                found.index(c)
        elif "in" in kinds or any(marks[k].kind == "word" and marks[k].value == "in" for k in _outer(marks, start, stop)):
            _member(found, marks, start, stop, active, refuse)
        elif "cmp" in kinds:
            first = letter_at(marks, start, start + 1)
            if first and marks[start + 1].value == "=" and (first not in active or len(clauses) == 1):
                alone = all(letter_at(marks, *r) for r in clauses[:at])
                earlier = [c for c in found.indices if found.low[c] is None] if alone else []
                found.index(first)
                for c in (*earlier, first):  # i,j=1
                    found.low[c] = Bound((start + 2, stop))
            else:
                relations.append((start, stop))
        else:
            raise refuse("gives no index")
    for start, stop in relations:
        _chain(found, marks, start, stop, active, subscripted, refuse)
    if not found.indices or len(found.indices) > MOST_INDICES:
        raise refuse("gives no index" if not found.indices else f"has more than {MOST_INDICES} indices")
    return found


def _outer(marks: list[Mark], start: int, stop: int) -> list[int]:
    """The places of marks outside brackets."""
    found, k = [], start
    while k < stop:
        found.append(k)
        k = marks[k].mate + 1 if marks[k].kind == "open" and marks[k].mate > 0 else k + 1
    return found


def _split(marks: list[Mark], whole: Range, kinds: Collection[str]) -> list[Range]:
    cuts = [k for k in _outer(marks, *whole) if marks[k].kind in kinds]
    edges = [whole[0], *(e for k in cuts for e in (k, k + 1)), whole[1]]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2]) if a < b]


def letter_at(marks: list[Mark], start: int, stop: int) -> str:
    """The index that these marks are, or ""."""
    mark = marks[start] if stop == start + 1 else None
    return mark.value if mark is not None and (mark.kind == "greek" or (mark.kind == "word" and len(mark.value) == 1)) else ""


def _run(marks: list[Mark], start: int, stop: int, subscripted: Collection[str]) -> str:
    """The letters of `ij`, where all of them are indices, or ""."""
    mark = marks[start] if stop == start + 1 else None
    if mark is None or mark.kind != "word" or not len(set(mark.value)) == len(mark.value) <= MOST_INDICES:
        return ""
    return mark.value if all(c in subscripted for c in mark.value) else ""


def _chain(
    found: Below, marks: list[Mark], start: int, stop: int, active: Collection[str], subscripted: Collection[str], refuse: Refuse
) -> None:
    """`1 <= i < j <= n`: the ends that are no indices are bounds, the rest are conditions."""
    cuts = [k for k in _outer(marks, start, stop) if marks[k].kind == "cmp"]
    parts = [(a, b) for a, b in zip([start, *(k + 1 for k in cuts)], [*cuts, stop])]
    if any(a == b for a, b in parts):
        raise refuse("compares nothing")
    if any(marks[k].value == "=" for k in cuts):
        raise refuse("has its index behind `=`, or has it already")
    letters = [letter_at(marks, *p) for p in parts]
    given = set(found.indices)
    if not given:
        for c in letters:
            if c and c in subscripted and c not in active:
                found.index(c)
    new = [c in found.low for c in letters]
    signs = [marks[k].value for k in cuts]
    for k, sign in enumerate(signs):
        left, right = parts[k], parts[k + 1]
        if sign in (">", ">="):  # written downwards: j >= i
            left, right, a, b = right, left, k + 1, k
        else:
            a, b = k, k + 1
        upward = {">": "<", ">=": "<="}.get(sign, sign)
        chained = upward in _UPWARD and (len(signs) > 1 or bool(letters[b] and letters[b] not in subscripted))
        if chained and not new[a] and letters[a] not in active and new[b] and a in (0, len(parts) - 1):
            for c, is_new in zip(letters, new):
                if is_new:
                    found.low[c] = Bound(left, _UPWARD[upward])
        elif chained and not new[b] and letters[b] not in active and new[a] and b in (0, len(parts) - 1):
            for c, is_new in zip(letters, new):
                if is_new:
                    found.high[c] = Bound(right, -_UPWARD[upward])
        else:
            found.conditions.append(Condition(parts[k], sign, parts[k + 1]))


def _member(found: Below, marks: list[Mark], start: int, stop: int, active: Collection[str], refuse: Refuse) -> None:
    """`(i,j) in Omega`, `j in N(i)`, `c in C`, `i in [n]`, `i in {1, ..., n}`."""
    at = next(k for k in _outer(marks, start, stop) if marks[k].kind == "in" or (marks[k].kind == "word" and marks[k].value == "in"))
    inner = (start + 1, marks[start].mate) if marks[start].kind == "open" and marks[start].mate == at - 1 else (start, at)
    letters = [letter_at(marks, *r) for r in _split(marks, inner, {"comma"})]
    if not letters or not all(letters):
        raise refuse("gives no index")
    for c in letters:
        if c not in active:
            found.index(c)
    first = marks[at + 1] if at + 1 < stop else None
    if first is None:
        raise refuse("names no set")
    if first.kind == "open" and first.mate == stop - 1:
        parts = _split(marks, (at + 2, first.mate), {"comma"})
        if first.value == "[" and len(parts) == 1:
            raise refuse("names a set by its size")
        dots = len(parts) == 3 and marks[parts[1][0]].value in ("dots", "ldots", "cdots", "...")
        if len(letters) > 1 or not dots:
            raise refuse("names a set by its elements")
        found.low[letters[0]], found.high[letters[0]] = Bound(parts[0]), Bound(parts[2])
        return
    if first.kind not in ("word", "greek") or (first.kind == "word" and len(first.value) > 1):
        raise refuse("names no set")
    if at + 2 == stop:
        if len(letters) > 1:
            found.masks.append(Mask((at + 1, at + 2), tuple(letters)))
        else:
            found.sets.append((letters[0], (at + 1, at + 2)))
        return
    rest = marks[at + 2]
    inside = (at + 3, rest.mate) if rest.kind == "open" and rest.mate == stop - 1 else (at + 3, stop)
    if rest.kind == "under" and marks[at + 3].kind == "open" and marks[at + 3].mate == stop - 1:
        inside = (at + 4, marks[at + 3].mate)
    of = letter_at(marks, *inside)
    if len(letters) > 1 or not of or rest.kind not in ("open", "under"):
        raise refuse("names no set")
    found.masks.append(Mask((at + 1, at + 2), (of, letters[0])))
