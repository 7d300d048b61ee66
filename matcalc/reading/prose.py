r"""What the end of a text says of one matrix in words: `x^T A x, where A is symmetric`, `f(x) = x^T Q x, Q positive definite`."""

from __future__ import annotations

import re

from ..interning import regex
from .marks import quote

_WORDS = r"symmetric|skew-symmetric|positive[ -]definite|positive[ -]semi-?definite|spd|psd|orthogonal|diagonal|invertible|nonsingular"
_GAPS = r"(?:\\(?:q?quad(?![A-Za-z])|[,;:! ])\s*)*"
_TEXT = r"\\(?:text|mbox|mathrm|textrm)\{\s*"
_NAME = r"(?:\\(?:mathbf|boldsymbol|bm)\s*\{\s*)?(?P<name>\\?(?:[A-Z]|Sigma|Lambda|Omega|Gamma|Psi)(?:_\w)?)\s*\}?"
_MANY = rf"(?P<words>(?:(?:{_WORDS})(?:,?\s+(?:and\s+)?|(?=\W|$)))+)"
_SAID = regex(
    rf"(?:[,;]\s*{_GAPS}(?:and\s+|with\s+|where\s+|for\s+)?|\s(?:where|with)\s+|\s*\(\s*(?:where\s+|with\s+)?)"
    rf"{_NAME}(?:\s+|\s*{_TEXT})(?:is\s+)?(?:a\s+|an\s+)?{_MANY}(?:matrix)?\s*\}}?\s*\)?\s*[.,;]?\s*$"
)
_SAID_BEFORE = regex(rf"[,;(]\s*{_GAPS}(?:{_TEXT})?(?:for|with|where)\s+(?:a\s+)?{_MANY}\s*\}}?\s*{_NAME}\s*\)?\s*[.,;]?\s*$")
_ORDERED = regex(rf"[,;]\s*{_GAPS}(?:{_TEXT}(?:with|where)\s*\}}\s*|(?:with|where)\s+)?{_NAME}\s*\\(?P<words>succ(?:eq)?)\s*0\s*[.,;]?\s*$")
_LETTERS = "nmpqrsdkl"
_MEANT = {"skew-symmetric": "skew", "nonsingular": "invertible"}
_ORDERS = {"succ": "positive definite", "succeq": "positive semidefinite"}


_SAYS = r"\\(?:text|mbox|mathrm)\{\s*(?:for|with|where|and)?(?:\s*all)?\s*\}\s*|(?:for|with|where)\s+(?:all\s+)?|\\forall\s*"
_SIGNS = r"(?:\\neq?(?![a-z])|≠|!=|[<>]=?|\\[gl]eq?(?:slant)?(?![a-z])|≥|≤)"
_COMPARED = rf"\\?[A-Za-z]+(?:_\w|_\{{\w+\}})?\s*{_SIGNS}\s*-?[0-9]+(?:\.[0-9]+)?"
_DOTS = r"(?:\\[lc]?dots|\.\.\.|…)\s*"
_COUNTS = (
    rf"=\s*[01]\s*,\s*{_GAPS}(?:2\s*,\s*{_GAPS})?(?:3\s*,\s*{_GAPS})?{_DOTS}(?:,\s*{_GAPS}\\?[A-Za-z])?"
    rf"|\\in\s*\\\{{\s*1,\s*{_DOTS},\s*{_GAPS}\\?[A-Za-z]"
)
_CONDITION = regex(rf"[,;]\s*{_GAPS}(?:{_SAYS})?{_GAPS}(?:{_COMPARED}|[a-z]\s*(?:{_COUNTS})(?:\s*\\\}})?){_GAPS}[.,;]?\s*$")


def without_condition(text: str) -> tuple[str, str]:
    r"""The text without a condition that ends it, \frac{x}{y}, \quad y \neq 0 and x_i^2, i = 1, \dots, n, and a sentence on that."""
    m = _CONDITION.search(text)
    if m is None or not text[: m.start()].strip():
        return text, ""
    return text[: m.start()], f"{quote(m[0].strip(' ,;.'))} is a condition, which is not used"


_LISTED = r"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{\s*\w+\s*\}|\\?[A-Za-z]+(?:_\w)?)"
_SETS = regex(
    rf"[,;]\s*{_GAPS}(?:{_SAYS})?{_GAPS}(?P<said>{_LISTED}(?:\s*,\s*{_LISTED})*\s*(?:\\in(?![a-z])|∈|(?<=\s)in(?=\s))\s*(?:\\mathbb\s*\{{?\s*[RC]\s*\}}?|[ℝℂR]|S(?=\^))[^;=]*?)"
    r"(?:\s*\\(?:setminus|backslash)\s*(?:\\\{\s*0\s*\\\}|0))?\s*[.,;]?\s*$"
)


def said_sets(text: str) -> tuple[int, int, int] | None:
    r"""Where a text ends whose end declares, \|A x\|, \quad x \in \mathbb{R}^n, and where that begins and ends."""
    m = _SETS.search(text)
    return (m.start(), *m.span("said")) if m is not None and text[: m.start()].strip() else None


def taken(text: str) -> tuple[str, str]:
    """The text without such an end, and the declaration that it is, "" where there is none."""
    m = _SAID.search(text) or _SAID_BEFORE.search(text) or _ORDERED.search(text)
    if m is None:
        return text, ""
    words = [_ORDERS[m["words"]]] if m["words"] in _ORDERS else []
    words += [w.replace("-", " ") if w.startswith("positive") else _MEANT.get(w, w) for w in regex(_WORDS).findall(m["words"])]
    size = next(c for c in (*_LETTERS, "n") if c not in text[: m.start()] or c == "n")
    words = [w.replace("semi definite", "semidefinite") for w in words]
    return text[: m.start()], f"{m['name']} in R^{{{size} x {size}}} {' '.join(dict.fromkeys(words))}"


_ASKED = regex(
    r"^\s*(?:(?:what\s+is|what's|find|compute|calculate|take|how\s+(?:do|can|to)(?:\s+(?:i|we|you|one))?\s+(?:find|compute|calculate|take|get|derive))\s+)?"
    r"(?:(?:the\s+)?(?:(?:partial|matrix)\s+)?(?:gradient|derivative|jacobian)\s+of\s+|differentiate\s+)(?:the\s+(?:function|expression)\s+)?",
    re.IGNORECASE,
)
_BY = regex(
    r"\s*,?\s+(?:with\s+respect\s+to|w\.?r\.?t\.?)\s+(?:the\s+(?:matrix|vector|scalar|parameter)\s+)?\$?(?P<name>\\?\w+(?:_\{\w+\})?)\$?\s*[?.]*\s*$",
    re.IGNORECASE,
)
_ENDS = regex(r"\s*[?.]+\s*$")


def in_words(text: str, end: int) -> tuple[str, int, str]:
    """The gradient of x^T A x with respect to x?: the text with the words before its formula left blank, where the formula ends, and the
    variable that the words name, "" where they name none."""
    head = _ASKED.match(text)
    if head is None:
        return text, end, ""
    text = " " * head.end() + text[head.end() :]
    by = _BY.search(text, 0, end)
    last = by or _ENDS.search(text, 0, end)
    return text, last.start() if last else end, by["name"] if by else ""
