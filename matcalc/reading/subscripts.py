"""What a subscript can be: indices, numbers, an index and what is added to it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..interning import regex
from ..syntax import spell_name, split_name

ACCENTS = frozenset({"hat", "tilde", "bar", "dot", "ddot", "check", "underline", "star", "prime"})  # these belong to the name
_PART = regex(r"(?:([^\W\d_]+)([+-]\d+)?|(\d+))", re.ASCII)
LONGEST_NUMBER = 9  # digits


class Part(NamedTuple):
    """`i`, `i+1`, `3`: a letter ("" for a number) and what is added to it."""

    letter: str
    shift: int = 0

    def __str__(self) -> str:
        return f"{self.letter}{self.shift:+d}" if self.letter and self.shift else self.letter or str(self.shift)


@lru_cache(maxsize=1024)
def split_indexed(name: str) -> tuple[str, str]:
    """The base of a name, accents included, and its subscript: y_{hat,i} is y_{hat} with i."""
    base, sub = split_name(name)
    head, _, rest = sub.partition(",")
    return (spell_name(base, head), rest) if head in ACCENTS else (base, sub)


@lru_cache(maxsize=1024)
def readings(sub: str) -> list[list[Part]]:
    """The ways to read a subscript as indices: as a whole, at its commas, letter by letter."""
    if not sub:
        return [[]]
    found: list[list[Part]] = []
    for pieces in ([sub], sub.split(","), list(sub)):
        parts = [_part(p) for p in pieces]
        kept = [p for p in parts if p is not None]
        if len(kept) == len(parts) and kept not in found:
            found.append(kept)
    return found


def _part(text: str) -> Part | None:
    m = _PART.fullmatch(text)
    if m is None or len(text) > LONGEST_NUMBER + 2:
        return None
    if m[3]:
        return Part("", int(m[3]))
    return Part(m[1], int(m[2] or 0))
