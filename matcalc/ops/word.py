"""How a block of a property word is written: `word`, the registry it fills, and what follows from the blocks by themselves.

    SPD = word("spd", "positive definite", implies="psd invertible", kept="add: all psd, some spd; inverse: X; …", …)

said         how sentences call what has it: "lower triangular"
spellings    other ways to say it in a declaration, with hyphens between words; `declared` is whether it can be declared at all
implies      words that hold with it
together     words that make it, alternatives after `;`: "psd invertible; diagonal positive"
shape        of what it can be said: "square" and "tall" arrays (not more columns than rows), "number", "entries": of every entry
             of an array of any shape; "" of anything
within       the set it describes: "open" (small changes stay in it), "linear" (a space) or "curved". Words of the latter two, and what
             implies them, are used after the last derivative by the variable they are declared of
zero         which entries vanish in a linear set: those "above" or "below" the diagonal
mirror       1 or -1: entry (j, i) is that multiple of entry (i, j) in a linear set
scalar       of a 1 by 1 matrix it says as much as this word; "any" where it is true of each
number       whether a rational number x has it
drawn        how random entries x (rows by cols, the smaller is n) become one, as text for NumPy; after the words above it
near         x is near the identity where this word is drawn first
vanishes     what is zero of an x that has it, as text for NumPy
margin       what is greater than 0 of an x that has it; not less than 0 where the word is `weak`
kept         where an expression has it by its arguments: "add, kron: all; hadamard: some; transpose: X upper"
sympy        the name of this assumption for SymPy

A rule of `kept` is `operations: premises`, alternatives after `;`. A premise says of which arguments what is known: `all`, `some`, an
`even` or `odd` number of them, or those of a parameter's name; and a word, or several with `|` between, the block's own where none is
given. Besides the operations of the book there are the forms of `expressions.properties`: `congruence` (S and X of X^T S X), `run` (F of a
sum over an index that is not empty), `direct_sum` (the blocks of a block diagonal matrix). What an operation gives of itself stands in its
own block, as `gives`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..errors import MatcalcError

Words = frozenset[str]


class Word:
    """One property word, as data; the fields are explained at the head of this module."""

    __slots__ = (
        *("name", "said", "spellings", "declared", "implies", "together", "shape", "within", "zero", "mirror", "scalar", "number"),
        *("drawn", "near", "vanishes", "margin", "weak", "kept", "sympy"),
    )

    def __init__(
        self,
        name: str,
        said: str = "",
        *,
        spellings: str = "",
        declared: bool = True,
        implies: str = "",
        together: str = "",
        shape: str = "",
        within: str = "open",
        zero: str = "",
        mirror: int = 0,
        scalar: str = "",
        number: str = "",
        drawn: str = "",
        near: bool = False,
        vanishes: str = "",
        margin: str = "",
        weak: bool = False,
        kept: str = "",
        sympy: str = "",
    ) -> None:
        self.name, self.said, self.spellings, self.declared = name, said or name, tuple(spellings.split()), declared
        self.implies = frozenset(implies.split())
        self.together = tuple(frozenset(t.split()) for t in together.split(";") if t)
        self.shape, self.within, self.zero, self.mirror, self.scalar, self.number = shape, within, zero, mirror, scalar, number
        self.drawn, self.near, self.vanishes, self.margin, self.weak, self.kept, self.sympy = (
            drawn,
            near,
            vanishes,
            margin,
            weak,
            kept,
            sympy,
        )

    def __repr__(self) -> str:
        return self.name


WORDS: dict[str, Word] = {}


def word(name: str, said: str = "", **block: object) -> Word:
    """Add a property word to the book (fields: see the head of this module)."""
    if name in WORDS:
        raise MatcalcError(f"the book has two properties called {name}")
    WORDS[name] = made = Word(name, said, **block)  # type: ignore[arg-type]
    return made


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
