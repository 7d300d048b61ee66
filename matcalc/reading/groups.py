"""Groups of LaTeX among the marks: braces with fonts, accents, signs and transposes in them."""

from __future__ import annotations

from collections.abc import Collection

from ..interning import regex
from .marks import Mark, refuse

_LABEL_THEN_T = regex(r"[)\]][ ]*(?:T|\\(?:top|intercal|mathrm|mathsf|text|rm|prime))[ {]*T?[ }]*\}")


def grouped(marks: list[Mark], text: str, kinds: Collection[str]) -> list[Mark]:
    """The marks with what stands in groups said of the letters: fonts, transposes; `\\left` and `\\right` of the brackets behind them."""
    if "{" in text:
        marks = _signs(marks)
    if "{\\left" in text:
        marks = _arguments(marks)
    if not {"font", "left", "right"}.isdisjoint(kinds):
        marks = _double_bars(_tidy(marks, text), text)
    return _transposes_behind(marks) if "caret" in kinds and _LABEL_THEN_T.search(text) else marks


def _arguments(marks: list[Mark]) -> list[Mark]:
    r"""f{\left(x \right)}, as SymPy writes it, is f(x): brackets in a group of their own right behind a letter."""
    dropped: set[int] = set()
    opened: list[int] = []
    for k, mark in enumerate(marks):
        if mark.kind == "open":
            opened.append(k)
        elif mark.kind == "close" and opened:
            at = opened.pop()
            inner = [m.kind + m.value for m in (*marks[at : at + 3], *marks[k - 1 : k + 1])]
            letter = at > 0 and marks[at - 1].kind in ("word", "greek") and (at < 2 or marks[at - 2].kind not in ("under", "caret"))
            if (
                letter
                and inner[:2] == ["open{", "leftleft"]
                and inner[2] == inner[3].replace("close", "open") == "open("
                and _is_one(marks, at, k)
            ):
                dropped |= {at, k}
                marks[at + 1].gap = False
    return [mark for k, mark in enumerate(marks) if k not in dropped] if dropped else marks


def _is_one(marks: list[Mark], at: int, k: int) -> bool:
    """Whether what stands between the braces at marks `at` and `k` is one pair of brackets."""
    depth = 0
    for n in range(at + 2, k):
        depth += (marks[n].kind == "open") - (marks[n].kind == "close")
        if depth == 0 and n < k - 1:
            return False
    return True


def _transposes_behind(marks: list[Mark]) -> list[Mark]:
    """x^{(i)T} as x^{(i)}^T, W^{[l]\\top} likewise: a label above a name, and the transpose behind it."""
    kept = list(marks)
    for k in range(len(marks) - 2, 0, -1):
        mark = marks[k]
        is_sign = (mark.kind, mark.value) == ("post", "T") or (mark.kind in ("word", "upright") and mark.value == "T")
        ends = marks[k - 1].kind == "close" and (marks[k + 1].kind, marks[k + 1].value) == ("close", "{")
        if is_sign and ends:
            opened = next((n for n in range(k - 1, 0, -1) if marks[n].kind == "open" and marks[n].value == marks[k - 1].value), 0)
            if opened > 1 and marks[opened - 1].value == "{" and marks[opened - 2].kind == "caret":
                kept[k : k + 2] = [marks[k + 1], Mark("post", "T", mark.start, mark.end)]
    return kept


def _signs(marks: list[Mark]) -> list[Mark]:
    """Two groups of LaTeX: `x^{\\odot 2}` is `x.^{2}`; `{} - b` at the start of a line is a sign set as one between two summands."""
    kept: list[Mark] = []
    for k, mark in enumerate(marks):
        before = [(m.kind, m.value) for m in marks[k - 2 : k]] if k > 1 and mark.kind in ("plus", "minus", "infix") else []
        if before == [("open", "{"), ("close", "{")] and mark.kind != "infix" and (k == 2 or marks[k - 3].kind in ("amp", "newline")):
            del kept[-2:]
            mark.side = "{}"
        elif before == [("caret", "^"), ("open", "{")] and mark.value == ".*":
            kept[-2].value = ".^"
            continue
        kept.append(mark)
    return kept


def _double_bars(marks: list[Mark], text: str) -> list[Mark]:
    r"""\left|\left| x \right|\right| is ||x||; in \left|\left| x \right| - 1\right| the bars are two."""
    if "|" not in text or not any(m.side and m.value == "|" for m in marks):
        return marks
    opened: list[int] = []
    ends: dict[int, int] = {}
    for k, mark in enumerate(marks):
        if mark.side and mark.value == "|" and mark.kind == "open":
            opened.append(k)
        elif mark.side and mark.value == "|" and opened:
            ends[opened.pop()] = k
    dropped: set[int] = set()
    for start, stop in ends.items():
        if ends.get(start + 1) == stop - 1 and start not in dropped:
            for outer, inner in ((start, start + 1), (stop, stop - 1)):
                marks[outer].value = "||"
                marks[outer].start, marks[outer].end = min(marks[outer].start, marks[inner].start), max(marks[outer].end, marks[inner].end)
                dropped.add(inner)
    return [mark for k, mark in enumerate(marks) if k not in dropped] if dropped else marks


def _tidy(marks: list[Mark], text: str) -> list[Mark]:
    """Drop fonts with their braces, noting what is bold; let `\\left` and `\\right` say which way a delimiter looks."""
    tidy: list[Mark] = []
    dropped: list[str] = []  # for every open brace: the font whose it is, "" if none's
    font, side = "", ""
    side_mark: Mark | None = None
    for mark in marks:
        if mark.kind == "font":
            font = mark.value or "plain"
            continue
        if mark.kind in ("left", "right"):
            side, side_mark = mark.kind, mark
            continue
        if side_mark is not None:
            if mark.kind == "bar":
                mark.kind = "open" if side == "left" else "close"
            elif mark.kind == "cmp" and mark.value in "<>":
                mark.kind, mark.value = ("open" if side == "left" else "close"), "<"
            if mark.kind != ("open" if side == "left" else "close"):
                raise refuse(f"`\\{side}` needs a delimiter after it", text, side_mark.span)
            mark.side, mark.start, mark.gap = side, side_mark.start, side_mark.gap
            side_mark = None
        if mark.value == "{" and mark.kind == "open":
            dropped.append(font)
            font = ""
            if dropped[-1]:
                continue
        elif mark.value == "{" and mark.kind == "close" and dropped:
            if dropped.pop():
                continue
        marked = font in ("bold", "arrow")
        if marked and mark.kind == "word" and len(mark.value) > 1:  # the font is the first letter's
            first = Mark("word", mark.value[0], mark.start, mark.start + 1, mark.gap)
            first.bold, first.arrow = True, font == "arrow"
            tidy.append(first)
            mark = Mark("word", mark.value[1:], mark.start + 1, mark.end)
        mark.bold = mark.bold or marked or "bold" in dropped or "arrow" in dropped
        mark.arrow = mark.bold and (font == "arrow" or "arrow" in dropped)
        font = ""
        tidy.append(mark)
    if side_mark is not None:
        raise refuse(f"`\\{side}` needs a delimiter after it", text, side_mark.span)
    return tidy


def accents(marks: list[Mark]) -> list[Mark]:
    r"""\hat{y_i} as \hat{y}_i: the accent stands over the letter."""
    kept: list[Mark] = []
    i = 0
    while i < len(marks):
        shape = [m.kind for m in marks[i : i + 4]]
        kept.append(marks[i])
        i += 1
        if shape[:2] != ["accent", "open"] or shape[2:] not in (["word", "under"], ["greek", "under"]) or marks[i].value != "{":
            continue
        depth, end = 1, i + 1
        while end < len(marks) and depth:
            depth += (marks[end].kind == "open") - (marks[end].kind == "close")
            end += 1
        kept += [marks[i], marks[i + 1], marks[end - 1], *marks[i + 2 : end - 1]]
        i = end
    return kept
