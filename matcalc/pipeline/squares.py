r"""`--wrt \sigma^2`: the square of a Greek letter as a variable, as likelihoods are differentiated by the variance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import UsageError
from ..reading.spellings import GREEK_WORDS

_TWO = r"\^\s*(?:2(?![0-9.])|\{\s*2\s*\})"
_SQUARE = re.compile(rf"(\\?)([A-Za-z]+)\s*(?:_(?:\{{(\w+)\}}|(\w)))?\s*{_TWO}")


def by_squares(text: str, wrt: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """The text and the variables with sigma_2 for sigma^2, and what was decided. The places of the text stay. UsageError where the letter
    stands without its square too."""
    names, notes = list[str](), list[str]()
    for name in wrt:
        m = _SQUARE.fullmatch(name.strip())
        if m is None or m[2] not in GREEK_WORDS:
            names.append(name)
            continue
        if label := m[3] or m[4]:  # \sigma_u^2, whose name has the label too
            text = _labelled(text, m[2], label)
            names.append(f"{m[1]}{m[2]}_{{{label},2}}")
            notes.append(f"{m[2]}_{label}^2 is a name of its own, {m[2]}_{{{label},2}}: the derivative is by it")
            continue
        here = re.compile(rf"(?<![A-Za-z]){m[2]}(?![A-Za-z])(\s*)(\^)?(\s*(?:2(?![0-9.])|\{{\s*2\s*\}}))?")
        places = list(here.finditer(text))
        if not places:
            raise UsageError(f"{m[2]}^2 does not occur in the text")
        if any(not (p[2] and p[3]) for p in places):
            raise UsageError(f"{m[2]} stands without its square too: write v for {m[2]}^2 and sqrt(v) for {m[2]}, or take --wrt {m[2]}")
        for p in places:
            text = text[: p.start(2)] + "_" + text[p.end(2) :]
        names.append(f"{m[1]}{m[2]}_2")
        notes.append(f"{m[2]}^2 is a name of its own, {m[2]}_2: the derivative is by it")
    return text, names, notes


def _labelled(text: str, letter: str, label: str) -> str:
    """The text with sigma_{u,2} for sigma_u^2 and sigma^2_u."""
    below = rf"_(?:\{{\s*{label}\s*\}}|{label}(?![A-Za-z0-9]))"
    square = re.compile(rf"(?<![A-Za-z])({letter})\s*(?:{below}\s*{_TWO}|{_TWO}\s*{below})")
    rest = square.sub("", text)
    if rest == text:
        raise UsageError(f"{letter}_{label}^2 does not occur in the text")
    if re.search(rf"(?<![A-Za-z]){letter}\s*{below}", rest):
        shown = f"{letter}_{label}"
        raise UsageError(f"{shown} stands without its square too: write v for {shown}^2 and sqrt(v) for {shown}, or take --wrt {shown}")
    return square.sub(lambda m: f"{m[1]}_{{{label},2}}", text)
