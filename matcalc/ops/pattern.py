"""The linear sets of matrices that words describe: which entries vanish, and which repeat the one on the other side of the diagonal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .vocabulary import WORDS, close_properties


class EntryPattern:
    """What the words say of the entries of a square matrix. `zero` has "above" and "below" the diagonal, where entries vanish; entry
    (j, i) is `mirror` (1 or -1) times entry (i, j), or has nothing to do with it (0)."""

    __slots__ = ("mirror", "zero")

    def __init__(self, words: Iterable[str]) -> None:
        blocks = [WORDS[w] for w in close_properties(words)]
        self.zero = frozenset(w.zero for w in blocks if w.zero)
        mirrors = {w.mirror for w in blocks if w.mirror}
        self.mirror = min(mirrors, default=0)

    def __bool__(self) -> bool:
        return bool(self.zero or self.mirror)

    def vanishes(self, i: int, j: int) -> bool:
        """Whether entry (i, j) is zero."""
        return ("above" in self.zero and i < j) or ("below" in self.zero and i > j) or (self.mirror < 0 and i == j)

    def free(self, rows: int, cols: int) -> list[tuple[int, int]]:
        """The places, from 0, of the entries that one may choose, column by column: of mirrored ones those below the diagonal."""
        return [(i, j) for j in range(cols) for i in range(rows) if not self.vanishes(i, j) and not (self.mirror and i < j)]

    def onto(self, x: Any, np: Any = None) -> Any:
        """The orthogonal projection of a matrix onto the set; `np` is NumPy, or what stands in for it."""
        if np is None:
            import numpy as np

        if self.mirror:
            x = (x + self.mirror * x.T) / 2
        x = np.tril(x) if "above" in self.zero else x
        return np.triu(x) if "below" in self.zero else x

    def direction(self, i: int, j: int, n: int) -> Any:
        """The n by n matrix by which one of the set changes with its free entry (i, j)."""
        import numpy as np

        e = np.zeros((n, n))
        e[i, j] = 1.0
        e = self.onto(e)
        return e / e[i, j]


def without_pattern(words: Iterable[str]) -> list[str]:
    """The words, in the order of the book, of sets that small changes leave and that have no pattern: curved ones, and other spaces."""
    given = set(words)
    return [
        w.name
        for w in WORDS.values()
        if w.name in given and (w.within == "curved" or (w.within == "linear" and not EntryPattern((w.name,))))
    ]
