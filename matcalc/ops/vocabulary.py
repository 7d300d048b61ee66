"""The property words of the book: what follows from some of them, and the words of a kind."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from . import properties as properties  # the blocks
from .word import WORDS, Words

__all__ = ["DECLARED", "LINEAR", "OF_REALS", "OPEN", "SETS", "SIGNS", "WORDS", "Words", "close_properties", "shortest", "within_a_set"]


def close_properties(given: Iterable[str]) -> Words:
    """`given` with everything they imply, one by one and together."""
    return _closed(frozenset(given))


@cache
def _closed(given: Words) -> Words:
    done: set[str] = set()
    todo = sorted(given)
    while todo:
        p = todo.pop()
        if p not in done:
            done.add(p)
            todo += WORDS[p].implies
        if not todo:
            todo = [w.name for w in WORDS.values() if w.name not in done and any(done >= t for t in w.together)]
    return frozenset(done)


@cache
def shortest(given: Words) -> tuple[str, ...]:
    """The fewest of the words that imply all of them, in the order of the book."""
    kept: list[str] = []
    for w in sorted(given, key=lambda w: (-len(_closed(frozenset((w,)))), w)):
        if w not in close_properties(kept):
            kept.append(w)
    for w in list(kept):
        rest = [v for v in kept if v != w]
        kept = rest if w in close_properties(rest) else kept
    return tuple(w for w in WORDS if w in kept)


def within_a_set(name: str) -> bool:
    """Whether small changes leave what the word describes."""
    return any(WORDS[w].within != "open" for w in close_properties((name,)))


# What can be declared, in the order in which messages list it; what small changes keep; what names a linear space.
DECLARED = tuple(w.name for w in WORDS.values() if w.declared)
OPEN = frozenset(name for name in WORDS if not within_a_set(name))
LINEAR = tuple(w.name for w in WORDS.values() if w.within == "linear")
SETS = {written: w.name for w in WORDS.values() for written in w.sets}  # as declarations write them
_ORDERED = frozenset((*(w.name for w in WORDS.values() if w.shape in ("entries", "number")), "psd", "nsd", "unit"))
OF_REALS = frozenset(name for name in WORDS if _ORDERED & _closed(frozenset((name,))))  # what is said of real arrays only
SIGNS = tuple(w.name for w in WORDS.values() if w.shape == "entries")
