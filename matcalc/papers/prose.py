"""What the prose around a formula declares: "a symmetric matrix $A$", "$S$ is positive definite", "$Q$ orthogonal"."""

from __future__ import annotations

import re

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
    rf"(?P<words>(?:(?:{_WORDS})(?:,? and |,? |\s|-)*)+)(?:(?:{_KINDS_OF})\s+)*(?:matrix|matrices|kernel|precision|covariance)?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^\s*,?\s*(?:(?:is|are|be|being|assumed|to|a|an|the|both|which|that|also|with|and|real|square|constant)\s+)*"
    rf"(?P<words>(?:(?:{_WORDS})(?:,? and |,? |\s|-)*)+)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|non|neither|need not|no longer|necessarily|asymmetric|unsymmetric)\b", re.IGNORECASE)


def properties(before: str, after: str) -> tuple[str, ...]:
    """The words of matcalc for what is said of a name that stands between these texts."""
    said = []
    for pattern, text in ((_BEFORE, before[-120:]), (_AFTER, after[:120])):
        m = pattern.search(text)
        if (
            m is not None
            and not _NOT.search(m[0])
            and not _NOT.search(text[max(0, m.start() - 12) : m.start()] if pattern is _BEFORE else "")
        ):
            said += _split(m["words"])
    found = dict.fromkeys(said)
    if "spd" in found or "psd" in found:
        found.pop("symmetric", None)
    return tuple(found)


def _split(words: str) -> list[str]:
    return [WORDS[w.lower()] for w in re.findall(_WORDS, words, re.IGNORECASE)]
