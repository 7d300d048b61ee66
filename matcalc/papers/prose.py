"""What the prose around a formula declares: "a symmetric matrix $A$", "$S$ is positive definite", "$Q$ orthogonal"."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The longest first: what is positive definite in prose is symmetric as well.
WORDS = {
    "positive semidefinite": "psd",
    "positive semi-definite": "psd",
    "positive-semidefinite": "psd",
    "positive definite": "spd",
    "positive-definite": "spd",
    "skew-symmetric": "skew",
    "symmetric": "symmetric",
    "diagonal": "diagonal",
    "orthogonal": "orthogonal",
    "invertible": "invertible",
    "nonsingular": "invertible",
    "non-singular": "invertible",
}
_WORDS = "|".join(map(re.escape, WORDS))
# What may stand between such a word and the name: "symmetric positive definite matrix $A$", "$A$ is a symmetric".
_KINDS_OF = "square|real|constant|weight|weighting|covariance|precision|data|kernel|system"
_BEFORE = re.compile(
    rf"(?P<words>(?:(?:{_WORDS})(?:,? and |,? |\s|-)*)+)(?:(?:{_KINDS_OF})\s+)*"
    r"(?:matrix|matrices|weights?|kernels?|precisions?|covariances?|operators?)?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^\s*,?\s*(?:(?:is|are|be|being|assumed|to|a|an|the|both|which|that|also|with|and|real|square|constant)\s+)*"
    rf"(?P<words>(?:(?:{_WORDS})(?:,? and |,? |\s|-)*)+)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|non|neither|need not|no longer|necessarily|asymmetric|unsymmetric)\b", re.IGNORECASE)


_MANY = re.compile(r"(?:matrices|weights|kernels|precisions|covariances|operators)\s*$", re.IGNORECASE)  # "symmetric weights $Q$ and $R$"
_ARE = re.compile(r"\s*,?\s*(?:(?:which|that|are|be|both|all)\b)", re.IGNORECASE)  # "$A$, $B$ are symmetric"
_LIST = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:both\s+|the\s+)?")
_AND = re.compile(r"\s*,?\s*and\s+")


def properties(between: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of matcalc for what is said of the names of formulas, where `between` is the prose before the first, between each two, and
    after the last. What is said of several, "symmetric matrices $A$, $B$" or "$A$ and $B$ are symmetric", is said of each."""
    last = len(between) - 2
    found: list[list[str]] = [[] for _ in range(last + 1)]
    for k in range(last + 1):
        before, after = between[k], between[k + 1]
        said, j = _said(_BEFORE, before), k
        while said and j <= last:
            found[j] += said
            j += 1
            if not _MANY.search(before) or not _LIST.fullmatch(between[j]):
                break
        said, j = _said(_AFTER, after), k
        are = _ARE.match(after) is not None
        while said and j >= 0:
            found[j] += said
            if not (_LIST if are or j < k else _AND).fullmatch(between[j]):
                break
            j -= 1
    return [_strongest(words) for words in found]


def _said(pattern: re.Pattern[str], text: str) -> list[str]:
    """What is said at the end of the text before a name, or at the head of the text after it."""
    text = text[-120:] if pattern is _BEFORE else text[:120]
    m = pattern.search(text)
    if m is None or _NOT.search(m[0]) or (pattern is _BEFORE and _NOT.search(text[max(0, m.start() - 12) : m.start()])):
        return []
    return [WORDS[w.lower()] for w in re.findall(_WORDS, m["words"], re.IGNORECASE)]


def _strongest(said: Sequence[str]) -> tuple[str, ...]:
    found = dict.fromkeys(said)
    if "spd" in found or "psd" in found:
        found.pop("symmetric", None)
    return tuple(found)
