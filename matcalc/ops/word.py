"""How a block of a property word is written: `word`, and the registry it fills.

    SPD = word("spd", "positive definite", implies="psd invertible", kept="add: all psd, some spd; inverse: X; …", …)

said         how sentences call what has it: "lower triangular"
spellings    other ways to say it in a declaration, with hyphens between words; `declared` is whether it can be declared at all
sets         the sets whose members have it, as a declaration writes them without sizes: "R_+ R_>=0"
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

from ..errors import MatcalcError

Words = frozenset[str]


class Word:
    """One property word, as data; the fields are explained at the head of this module."""

    __slots__ = (
        *("name", "said", "spellings", "declared", "sets", "implies", "together", "shape", "within", "zero", "mirror", "scalar", "number"),
        *("drawn", "near", "vanishes", "margin", "weak", "kept", "sympy"),
    )

    def __init__(
        self,
        name: str,
        said: str = "",
        *,
        spellings: str = "",
        declared: bool = True,
        sets: str = "",
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
        self.sets = tuple(sets.split())
        self.implies = frozenset(implies.split()) | ({"square"} if shape == "square" else set()) - {name}
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
