r"""Letters and numbers above names that are labels, as below them: a^t = \tanh(W x^t + U h^{t-1}), W^{[1]}, a^{<t>}.

In brackets they always are, for nothing else is written so. Without, they are where a statement defines a name with one, h^t = … or
h^1 = …, for a power is not defined. The letter then must stand nowhere by itself, and a number is a label on names that carry 1 somewhere.
"""

from __future__ import annotations

from .functions import function_of
from .marks import Mark

_BASES = ("word", "greek", "upright")
_CLOSING = {"[": "]", "<": ">"}
NEVER = frozenset("TH")  # transposes

Range = tuple[int, int]


def lowered(marks: list[Mark], text: str) -> tuple[list[Mark], dict[str, set[str]]]:
    """The marks with every label below its name, and the labels by the names that carry them."""
    above = {k: found for k, mark in enumerate(marks) if mark.kind == "caret" and (found := _label(marks, k))}
    openers = {mark.mate: k for k, mark in enumerate(marks) if mark.kind == "open"}
    bases = {k: _base(marks, k, openers) for k in above}
    defined = [k for k, (_, _, bare) in above.items() if bare and bases[k] and _is_left(marks, k, above)]
    letters = {m.value for k in defined for m in _inside(marks, above[k][0]) if m.kind in ("word", "upright")}
    letters = {c for c in letters if len(c) > 1 or not _stands_alone(marks, c, above)}
    counted = any(m.kind == "num" for k in defined for m in _inside(marks, above[k][0]))
    first = {bases[k] for k, (inside, _, _) in above.items() if [m.value for m in _inside(marks, inside)] == ["1"]}
    kept = {}
    for k, (inside, after, bare) in above.items():
        said = _inside(marks, inside)
        known = said[0].value in letters if said[0].kind != "num" else counted and bases[k] in first
        if bases[k] and (not bare or known):
            kept[k] = (said, after)
    return (_written(marks, kept), _carried(kept, bases)) if kept else (marks, {})


def _inside(marks: list[Mark], inside: Range) -> list[Mark]:
    return marks[slice(*inside)]


def _label(marks: list[Mark], k: int) -> tuple[Range, int, bool] | None:
    """The marks of the label above at the caret `k`, the mark after it, and whether it stands without brackets of its own."""
    start, stop = k + 1, k + 2
    if start >= len(marks):
        return None
    after, bare = stop, True
    if marks[start].kind == "open" and marks[start].value == "{":
        start, stop, after = start + 1, marks[start].mate, marks[start].mate + 1
    if start + 2 < stop and marks[start].value in _CLOSING and marks[stop - 1].value in (_CLOSING[marks[start].value], marks[start].value):
        start, stop, bare = start + 1, stop - 1, False
    kinds = [m.kind for m in marks[start:stop]]
    shifted = kinds in (["word", "plus", "num"], ["word", "minus", "num"])
    if kinds not in (["word"], ["num"], ["upright"]) and not shifted:
        return None
    first = marks[start]
    if (first.kind == "word" and first.value in NEVER) or not all(m.value.isdigit() for m in marks[start:stop] if m.kind == "num"):
        return None
    return (start, stop), after, bare


def _base(marks: list[Mark], k: int, openers: dict[int, int]) -> str:
    """The letter that carries what stands above at the caret `k`, "" where that is no name."""
    at = k - 1
    if at > 0 and marks[at].kind == "close" and marks[at].value == "{":
        opened = openers.get(at, -1)
        if opened > 0 and marks[opened - 1].kind == "under":
            at = opened - 2
        elif opened > 0 and marks[opened - 1].kind == "accent":
            return marks[opened - 1].value + marks[opened + 1].value
        else:
            return ""
    elif at > 1 and marks[at - 1].kind == "under" and len(marks[at].value) == 1:  # W_cx^t is W_c x^t
        at -= 2
    if at < 0 or marks[at].kind not in _BASES:
        return ""
    return marks[at].value[-1] if marks[at].kind == "word" else marks[at].value


def _is_left(marks: list[Mark], k: int, above: dict[int, tuple[Range, int, bool]]) -> bool:
    """Whether the name with the caret `k` is all that stands left of `=` in its statement."""
    after = above[k][1]
    if after < len(marks) and marks[after].kind == "open" and marks[after].value == "(":  # L^{reg}(W) = …
        after = marks[after].mate + 1
    while after < len(marks) and marks[after].kind == "amp":
        after += 1
    if after >= len(marks) or marks[after].kind != "cmp" or marks[after].value != "=":
        return False
    start = k
    while start > 0 and marks[start - 1].kind not in ("semi", "newline", "comma"):
        start -= 1
    return all(m.kind in (*_BASES, "under", "open", "close", "num", "accent", "amp") for m in marks[start:k])


def _stands_alone(marks: list[Mark], letter: str, above: dict[int, tuple[Range, int, bool]]) -> bool:
    """Whether the letter is anything but a label or an index."""
    hidden: set[int] = set()
    for k, mark in enumerate(marks):
        if k in above:
            hidden.update(range(*above[k][0]))
        elif mark.kind == "under" and k + 1 < len(marks):
            hidden.update(range(k + 1, marks[k + 1].mate if marks[k + 1].kind == "open" else k + 2))
    words = ((k, mark.value) for k, mark in enumerate(marks) if mark.kind == "word" and letter in mark.value)
    return any(k not in hidden and function_of(word) is None for k, word in words)


def label_of_name(marks: list[Mark], k: int) -> tuple[str, int]:
    """The label above a name that is given by itself, as in a declaration, and the mark after it; "" where there is none."""
    found = _label(marks, k)
    if found is None:
        return "", k
    return "".join("-" if m.kind == "minus" else m.value for m in _inside(marks, found[0])), found[1]


def _written(marks: list[Mark], kept: dict[int, tuple[list[Mark], int]]) -> list[Mark]:
    """The marks with what is `kept` below the names: x^t is x_t, and x_i^t and x^t_i are x_{i,t}."""
    found: list[Mark] = []
    k = 0
    while k < len(marks):
        if k not in kept:
            found.append(marks[k])
            k += 1
            continue
        caret, (label, after) = marks[k], kept[k]
        below: list[Mark] = []
        if after < len(marks) and marks[after].kind == "under" and not marks[after].gap and after + 1 < len(marks):
            opened = marks[after + 1].kind == "open"
            below = marks[after + 2 : marks[after + 1].mate] if opened else marks[after + 1 : after + 2]
            after = marks[after + 1].mate + 1 if opened else after + 2
        elif len(found) > 1 and found[-2].kind == "under" and found[-1].kind in ("word", "num", "greek") and len(found[-1].value) == 1:
            below = [found.pop()]
            found.pop()
        elif found and found[-1].kind == "close" and found[-1].value == "{":
            at = len(found) - 1
            depth = 0
            while at >= 0:
                depth += (found[at].kind == "close") - (found[at].kind == "open")
                if not depth:
                    break
                at -= 1
            if at > 0 and found[at - 1].kind == "under":
                below = found[at + 1 : -1]
                del found[at - 1 :]
        found += [Mark("under", "_", caret.start, caret.end), Mark("open", "{", caret.start, caret.end), *below]
        if below:
            found.append(Mark("comma", ",", caret.start, caret.end))
        end = marks[after - 1].end
        found += [*label, Mark("close", "{", end, end)]
        k = after
    stack: list[int] = []
    for at, mark in enumerate(found):
        if mark.kind == "open":
            stack.append(at)
        elif mark.kind == "close" and stack:
            found[stack.pop()].mate = at
    return found


def _carried(kept: dict[int, tuple[list[Mark], int]], bases: dict[int, str]) -> dict[str, set[str]]:
    carried: dict[str, set[str]] = {}
    for k, (label, _) in kept.items():
        carried.setdefault(bases[k], set()).add("".join(m.value if m.kind != "minus" else "-" for m in label))
    return carried
