r"""What the end of a text says of one matrix in words: `x^T A x, where A is symmetric`, `f(x) = x^T Q x, Q positive definite`."""

from __future__ import annotations

from ..interning import regex

_WORDS = r"symmetric|skew-symmetric|positive[ -]definite|positive[ -]semi-?definite|spd|psd|orthogonal|diagonal|invertible|nonsingular"
_SAID = regex(
    r"(?:[,;]\s*(?:and\s+|with\s+|where\s+|for\s+)?|\s(?:where|with)\s+|\s*\(\s*(?:where\s+|with\s+)?)"
    rf"(?P<name>\\?(?:[A-Z]|Sigma|Lambda|Omega|Gamma|Psi)(?:_\w)?)\s+(?:is\s+)?(?:a\s+|an\s+)?(?P<words>(?:(?:{_WORDS})(?:,?\s+(?:and\s+)?|(?=\W|$)))+)"
    r"(?:matrix)?\s*\)?\s*[.,;]?\s*$"
)
_LETTERS = "nmpqrsdkl"
_MEANT = {"skew-symmetric": "skew", "nonsingular": "invertible"}


def taken(text: str) -> tuple[str, str]:
    """The text without such an end, and the declaration that it is, "" where there is none."""
    m = _SAID.search(text)
    if m is None:
        return text, ""
    words = [w.replace("-", " ") if w.startswith("positive") else _MEANT.get(w, w) for w in regex(_WORDS).findall(m["words"])]
    size = next(c for c in (*_LETTERS, "n") if c not in text[: m.start()] or c == "n")
    words = [w.replace("semi definite", "semidefinite") for w in words]
    return text[: m.start()], f"{m['name']} in R^{{{size} x {size}}} {' '.join(dict.fromkeys(words))}"
