r"""Signs that are functions, as calls: [w]_\times, ⟦A, B, C⟧, \lambda_{\max}(A), eig_2(A)."""

from __future__ import annotations

from collections.abc import Collection

from ..interning import regex
from .marks import Mark, refuse

_SKEW = regex(r"×|\\times|\\wedge")


def as_calls(marks: list[Mark], text: str, kinds: Collection[str]) -> list[Mark]:
    """The marks with each such sign as the call that it is."""
    if (not _SIGNS_OF_SKEW.keys().isdisjoint(kinds) and _SKEW.search(text)) or "]×" in text:
        marks = _skewed(marks, text)
    if "under" in kinds and ("max" in text or "min" in text):
        marks = _extreme(marks)
    if "under" in kinds and ("eig" in text or "lambda" in text or "λ" in text):
        marks = _counted(marks)
    return _models(marks) if "⟦" in text or "\\llbracket" in text else marks


def _models(marks: list[Mark]) -> list[Mark]:
    """⟦G; A, B, C⟧ is tucker(G, A, B, C), ⟦A, B, C⟧ is kruskal(A, B, C), ⟦l; A, B, C⟧ with a small letter weighted(l, A, B, C)."""
    kept: list[Mark] = []
    for k, mark in enumerate(marks):
        if mark.value == "⟦" and mark.kind == "open":
            inside = marks[k : next((n for n in range(k, len(marks)) if marks[n].value == "⟦" and marks[n].kind == "close"), k)]
            core = next((m for m in inside if m.kind == "semi"), None)
            if core is not None:
                core.kind, core.value = "comma", ","
            before = inside[1 : inside.index(core)] if core is not None else []
            weights = bool(before) and all(m.value.islower() for m in before if m.kind in ("word", "greek"))
            name = "kruskal" if core is None else "weighted" if weights else "tucker"
            kept.append(Mark("word", name, mark.start, mark.end, mark.gap))
            mark.gap = False
        if mark.value == "⟦":
            mark.value = "("
        kept.append(mark)
    return kept


_SIGNS_OF_SKEW = {"under": ("×", "\\times"), "caret": ("×", "\\times", "\\wedge")}


def _skewed(marks: list[Mark], text: str) -> list[Mark]:
    r"""`[w]_\times`, `[w]_{\times}`, `w_×`, `[w]×`, `w^\times`, `w^\wedge`: skew(w)."""
    kept: list[Mark] = []
    k = 0
    while k < len(marks):
        mark = marks[k]
        below = [m for m in marks[k + 1 : k + 4] if m.value not in "{}"][:1] if mark.kind in _SIGNS_OF_SKEW and kept else []
        if _is_above(marks, k, text):
            below = [mark]
        if not below or text[below[0].start : below[0].end] not in _SIGNS_OF_SKEW.get(mark.kind, ("×",)):
            kept.append(mark)
            k += 1
            continue
        first = last = len(kept) - 1
        if kept[last].kind == "close":
            depth = 0
            while first >= 0 and (kept[first].kind not in ("open", "close") or (depth := depth + (kept[first].kind == "close") * 2 - 1)):
                first -= 1
        if first < 0 or kept[last].kind not in ("close", "word", "greek"):
            raise refuse(f"`{text[mark.start : below[0].end]}` stands beside a vector", text, mark.span, "write [w]_× or skew(w)")
        inside = kept[first + 1 : last] if first < last else kept[first:]
        name = Mark("upright", "skew", kept[first].start, kept[first].end, kept[first].gap)
        opening, closing = Mark("open", "(", kept[first].start, kept[first].end), Mark("close", "(", mark.start, below[0].end)
        kept[first:] = [name, opening, *inside, closing]
        k = marks.index(below[0], k) + 1 + (mark.kind in _SIGNS_OF_SKEW and marks[k + 1].value == "{")
    return kept


def _is_above(marks: list[Mark], k: int, text: str) -> bool:
    """The sign of [w]× v, close to the bracket and away from what follows: no product of [w] and v."""
    mark, follows = marks[k], marks[k + 1] if k + 1 < len(marks) else None
    if text[mark.start : mark.end] != "×" or k == 0 or marks[k - 1].value != "[" or marks[k - 1].kind != "close" or mark.gap:
        return False
    return follows is None or follows.gap or follows.kind in ("close", "caret", "sup", "plus", "minus", "semi", "newline")


_EXTREME = {("lambda", "max"): "eigmax", ("lambda", "min"): "eigmin", ("sigma", "max"): "norm2", ("sigma", "min"): "sigmin"}


def _extreme(marks: list[Mark]) -> list[Mark]:
    r"""`\lambda_{\max}(A)`: eigmax(A)."""
    kept = list(marks)
    for k in range(len(kept) - 4, -1, -1):
        braced = kept[k + 2].value == "{"
        word, after = kept[k + 2 + braced], k + 3 + 2 * braced
        name = _EXTREME.get((kept[k].value, word.value), "") if kept[k + 1].kind == "under" else ""
        if name and after < len(kept) and kept[after].value == "(" and not kept[after].gap:
            kept[k:after] = [Mark("upright", name, kept[k].start, kept[after - 1].end, kept[k].gap)]
    return kept


def _counted(marks: list[Mark]) -> list[Mark]:
    r"""`eig_2(A)`, `eig_i(A)`, `\lambda_i(A)` of one capital letter: eigval(A, i). (Whether \lambda_1 is the greatest or the least, authors
    differ.)"""
    kept = list(marks)
    for k in range(len(kept) - 4, -1, -1):
        word = kept[k].value
        if word not in ("eig", "lambda") or kept[k + 1].kind != "under":
            continue
        braced = kept[k + 2].value == "{"
        place, after = kept[k + 2 + braced], k + 3 + 2 * braced
        letter = place.kind == "word" and len(place.value) == 1 and place.value.islower()
        if not (letter or (word == "eig" and place.kind == "num")) or after >= len(kept) or kept[after].value != "(" or kept[after].gap:
            continue
        stop, depth = after, 0
        while stop < len(kept) and (depth := depth + (kept[stop].kind == "open") - (kept[stop].kind == "close")):
            stop += 1
        inside = kept[after + 1 : stop]
        if stop < len(kept) and (word == "eig" or (len(inside) == 1 and inside[0].kind == "word" and inside[0].value.isupper())):
            kept[stop:stop] = [Mark("comma", ",", place.start, place.start), Mark(place.kind, place.value, place.start, place.end, True)]
            kept[k:after] = [Mark("upright", "eigval", kept[k].start, place.end, kept[k].gap)]
    return kept
