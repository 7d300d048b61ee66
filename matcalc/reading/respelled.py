r"""Spellings that stand for others, in marks, before brackets are paired.

{a \over b}       \frac{a}{b}
\underbrace{a}_b  a
[1 - z]_+         relu(1 - z)
\Delta x          one name, x_{Delta}, where every \Delta stands so
e[n] = d[n] - w^T x[n]; …             e_{n} = d_{n} - w^T x_{n}; …
diff(f, x)  D[f, x]  f.diff(x)       \frac{d}{dx} f
"""

from __future__ import annotations

from collections.abc import Sequence

from .marks import Mark, refuse

_ROUND = ("(", "[", "\\{")
_NAMES = ("word", "greek", "upright")


def respelled(marks: list[Mark], text: str) -> list[Mark]:
    """The marks as they stand for others."""
    if any(m.kind == "command" and m.value == "over" for m in marks):
        marks = _fractions(marks, text)
    marks = _without_braces(marks)
    return _positive_parts(_question(_increments(_signals(marks)), text))


def _partners(marks: Sequence[Mark]) -> dict[int, int]:
    """The brackets that belong together, both ways."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for k, mark in enumerate(marks):
        if mark.kind == "open":
            opened.append(k)
        elif mark.kind == "close" and opened:
            found[k] = opened.pop()
            found[found[k]] = k
    return found


def _fractions(marks: list[Mark], text: str) -> list[Mark]:
    r"""{a \over b}: what stands before and behind in the braces."""
    mates = _partners(marks)
    opened: list[int] = []
    above: dict[int, int] = {}  # the braces, and the sign in them
    for k, mark in enumerate(marks):
        if mark.kind == "open":
            opened.append(k)
        elif mark.kind == "close" and opened:
            opened.pop()
        elif mark.kind == "command" and mark.value == "over":
            if not opened or marks[opened[-1]].value != "{" or opened[-1] in above or opened[-1] not in mates:
                raise refuse("`\\over` stands in no braces of its own", text, mark.span, "write {a \\over b}, or \\frac{a}{b}")
            above[opened[-1]] = k
    ends = {mates[k] for k in above}
    signs = set(above.values())
    found: list[Mark] = []
    for k, mark in enumerate(marks):
        if k in above:
            found.append(Mark("frac", "/", mark.start, mark.end, mark.gap))
            found.append(Mark("open", "{", mark.start, mark.end))
        elif k in signs:
            found += [Mark("close", "{", mark.start, mark.start), Mark("open", "{", mark.end, mark.end)]
        elif k in ends:
            found.append(Mark("close", "{", mark.start, mark.end))
        else:
            found.append(mark)
    return found


def _without_braces(marks: list[Mark]) -> list[Mark]:
    r"""\underbrace{x^T A x}_{\text{energy}} is x^T A x: what stands below the brace is no part of it."""
    mates = _partners(marks)
    dropped: set[int] = set()
    for k, mark in enumerate(marks):
        if mark.kind == "command" and mark.value in ("underbrace", "overbrace") and k + 1 in mates:
            dropped.add(k)
            after = mates[k + 1] + 1
            if after + 1 < len(marks) and marks[after].kind in ("under", "caret"):
                dropped.update(range(after, mates.get(after + 1, after + 1) + 1))
    return [mark for k, mark in enumerate(marks) if k not in dropped] if dropped else marks


def _increments(marks: list[Mark]) -> list[Mark]:
    r"""J \Delta x + r, v \Delta t: each \Delta with the small letter behind it is one name, as under an accent. In x^T \Delta x, and
    where it stands before anything else somewhere, \Delta is a name of its own. A text that defines \Delta G has no other \Delta."""
    places = [k for k, m in enumerate(marks) if m.kind == "greek" and m.value == "Delta"]
    defines = any(k + 2 < len(marks) and marks[k + 2].value == "=" and (k == 0 or marks[k - 1].kind in ("semi", "newline")) for k in places)
    for k in places:
        after = marks[k + 1] if k + 1 < len(marks) else None
        if after is None or after.kind not in ("word", "greek") or not (after.value[0].islower() or defines):
            return marks
        signs = [m.value for m in marks[max(0, k - 6) : k] if m.kind != "caret" and m.value != "{"]  # \Delta x ^ { T }
        if len(signs) > 1 and signs[-1][:1] == "T" and signs[-2] == after.value and signs[-3:-2] != ["Delta"]:
            return marks
    found = list(marks)
    for k in places:
        found[k] = Mark("accent", "Delta", *marks[k].span, marks[k].gap)
    return found


def _signals(marks: list[Mark]) -> list[Mark]:
    """x[n] and x[n - 1] of signals as subscripts, where one is defined before the last statement, or by its own past."""
    mates = _partners(marks)

    def is_place(k: int) -> bool:
        inside = [m.kind for m in marks[k + 1 : mates.get(k, k)]]
        letter = inside in (["word"], ["word", "plus", "num"], ["word", "minus", "num"]) and len(marks[k + 1].value) == 1
        return k > 0 and letter and marks[k].value == "[" and marks[k - 1].kind in _NAMES and not marks[k].gap

    places = [k for k, m in enumerate(marks) if m.kind == "open" and is_place(k)]
    last = depth = 0
    for k, m in enumerate(marks):  # the end of the statement before the last; the rows of a matrix end in `;` too
        depth += (m.kind == "open") - (m.kind == "close")
        last = k if not depth and m.kind in ("semi", "newline") else last
    defined = [k for k in places if mates[k] + 1 < len(marks) and marks[mates[k] + 1].value == "="]
    defined = [k for k in defined if k == 1 or marks[k - 2].kind in ("semi", "newline")]
    if not any(k < last or any(marks[n - 1].value == marks[k - 1].value for n in places if n > k) for k in defined):
        return marks
    closing = {mates[k] for k in places}
    found: list[Mark] = []
    for k, mark in enumerate(marks):
        if k in places:
            found += [Mark("under", "_", mark.start, mark.start), Mark("open", "{", *mark.span)]
        elif k in closing:
            found.append(Mark("close", "{", *mark.span))
        else:
            found.append(mark)
    return found


def _positive_parts(marks: list[Mark]) -> list[Mark]:
    """[1 - z]_+ and (x)_{+}: behind brackets `_+` is no part of a name."""
    mates = _partners(marks)
    found = list(marks)
    for k in range(len(marks) - 2, 0, -1):
        braced = [m.kind + m.value for m in marks[k + 1 : k + 4]]
        plain = braced[:1] == ["plus+"]
        opened = mates.get(k - 1, -1)
        if marks[k].kind != "under" or not (plain or braced == ["open{", "plus+", "close{"]) or opened < 0:
            continue
        if marks[opened].value not in _ROUND or (opened and marks[opened - 1].kind in _NAMES and not marks[opened].gap):  # f(x)_+
            continue
        first = marks[opened]
        found[k : k + (2 if plain else 4)] = []
        found[k - 1] = Mark("close", "(", *marks[k - 1].span)
        found[opened : opened + 1] = [Mark("word", "relu", first.start, first.start, first.gap), Mark("open", "(", *first.span)]
        return _positive_parts(found)
    return found


def _question(marks: list[Mark], text: str) -> list[Mark]:
    """diff(f, x), D[f, x] and f.diff(x), where that is the whole text."""
    if len(marks) < 5 or marks[-1].kind != "close":
        return marks
    opened = _partners(marks).get(len(marks) - 1, 0)
    head, *_ = before = marks[:opened]
    inside = marks[opened + 1 : -1]
    of: list[Mark] = []
    if len(before) > 2 and before[-1].value == "diff" and before[-2].value == ".":
        of, by = before[:-2], inside
    elif len(before) == 1 and (head.value in ("diff", "sp.diff", "sympy.diff") or (head.value == "D" and marks[opened].value == "[")):
        comma = next((k for k in range(len(inside) - 1, 0, -1) if inside[k].kind == "comma"), 0)
        of, by = inside[:comma], inside[comma + 1 :]
    else:
        return marks
    if not of or not by or by[0].kind not in _NAMES or any(m.kind not in (*_NAMES, "under", "num", "sub") for m in by):
        return marks
    start, end = of[0].start, of[-1].end
    name = [Mark(m.kind, m.value, m.start, m.end) for m in by]
    above = [Mark("open", "{", start, start), Mark("partial", "d", start, start), Mark("close", "{", start, start)]
    below = [Mark("open", "{", start, start), Mark("partial", "d", start, start), *name, Mark("close", "{", start, start)]
    return [Mark("frac", "/", start, start), *above, *below, Mark("open", "(", start, start), *of, Mark("close", "(", end, end)]
