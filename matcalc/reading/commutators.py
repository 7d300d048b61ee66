r"""[H, rho] as H rho - rho H, where the text says so: `[A, B] = A B - B A` as a statement, `\{A, B\} = A B + B A` for the other sign.

Without it brackets are a row of blocks, and braces group: nobody else decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..interning import regex
from .marks import Mark

_NAME = r"[A-Za-z](?:_\w)?"
_SAID = regex(
    rf"(?:^|(?<=;)|(?<=where)|(?<=,))\s*(?P<open>\[|\\\{{|\{{)\s*(?P<a>{_NAME})\s*,\s*(?P<b>{_NAME})\s*(?:\]|\\\}}|\}})\s*:?=\s*"
    rf"(?P=a)\s*\*?\s*(?P=b)\s*(?P<sign>[-+])\s*(?P=b)\s*\*?\s*(?P=a)\s*(?:;|$)"
)
_CALLS = {("[", "-"): "comm", ("{", "+"): "anticomm"}


def said(text: str) -> tuple[str, dict[str, str]]:
    """The text with such statements left blank, and the function that each bracket then stands for."""
    meant: dict[str, str] = {}
    for m in list(_SAID.finditer(text)):
        call = _CALLS.get((m["open"][-1], m["sign"]))
        if call is not None:
            meant[m["open"][-1]] = call
            text = text[: m.start()] + " " * (m.end() - m.start()) + text[m.end() :]
    return text, meant


def moved(where: str, text: str) -> tuple[str, str]:
    """Such statements among declarations are taken into the text, where they are read."""
    rest, meant = said(where)
    if not meant:
        return where, text
    written = {"comm": "[A, B] = A B - B A", "anticomm": "{A, B} = A B + B A"}
    return rest, "; ".join([*(written[call] for call in meant.values()), text])


def called(marks: list[Mark], meant: Mapping[str, str]) -> list[Mark]:
    """Brackets round two things with a comma between them as calls: [H, rho] is comm(H, rho)."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for k, mark in enumerate(marks):
        if mark.kind == "open":
            opened.append(k)
        elif mark.kind == "close" and opened:
            pairs[opened.pop()] = k
    kept: list[Mark] = []
    for k, mark in enumerate(marks):
        stop = pairs.get(k)
        bracket = str(mark.value)[-1:] if mark.value in ("[", "\\{", "{") else ""
        if stop is not None and bracket in meant and _has_one_comma(marks, pairs, k, stop):
            kept.append(Mark("upright", meant[bracket], mark.start, mark.end, mark.gap))
            mark.value, mark.gap, marks[stop].value = "(", False, "("
        kept.append(mark)
    return kept


def _has_one_comma(marks: list[Mark], pairs: Mapping[int, int], start: int, stop: int) -> bool:
    at, commas = start + 1, 0
    while at < stop:
        if marks[at].kind in ("semi", "newline", "amp"):
            return False
        commas += marks[at].kind == "comma"
        at = pairs.get(at, at) + 1
    return commas == 1
