"""What the `index` of a block says: the entries of a multilinear operation as sums of products of its arguments' entries.

    ij->ji          F[j,i] = X[i,j]                       the transpose
    ij->i1          F[i] = sum_j X[i,j]                   the row sums: a letter that the value does not have is summed
    i1->ii          F[i,i] = x[i], and 0 elsewhere        a diagonal matrix
    ij,kl->(ik)(jl) F[(i,k),(j,l)] = X[i,j] Y[k,l]        the Kronecker product: a pair counts the rows, its first letter the slowest
    ij,jk->ik       F[i,k] = sum_j X[i,j] Y[j,k]          the product, with any number of factors since it is associative

Values, adjoints, differentials, code and simple algebra of such an operation follow from this alone. It ends where entries depend on the
order of indices (tril, cumsum state their adjoint or differential), and where sizes are told by no argument (a selection has an attribute).
"""

from __future__ import annotations

import re
from functools import cache

from ..errors import MatcalcError

# The letters that count the rows, and those that count the columns: none, one, or a pair.
Place = tuple[str, str]


class Letters:
    """The letters of the arguments and of the value."""

    __slots__ = ("arguments", "value")

    def __init__(self, arguments: tuple[Place, ...], value: Place) -> None:
        self.arguments, self.value = arguments, value

    def without(self, letters: set[str]) -> Letters:
        """Where these letters count one thing only."""

        def left(place: Place) -> Place:
            rows, cols = ("".join(c for c in part if c not in letters) for part in place)
            return rows, cols

        return Letters(tuple(map(left, self.arguments)), left(self.value))

    def turned(self) -> Letters:
        """Of the transposes of the arguments."""
        return Letters(tuple((cols, rows) for rows, cols in self.arguments), self.value)

    def key(self) -> tuple[tuple[Place, ...], Place]:
        """The same for letters that say the same: called a, b, c … as they come."""
        names: dict[str, str] = {}

        def of(place: Place) -> Place:
            rows, cols = ("".join(names.setdefault(c, chr(ord("a") + len(names))) for c in part) for part in place)
            return rows, cols

        return tuple(map(of, self.arguments)), of(self.value)


@cache
def letters(index: str) -> Letters:
    """The text of a block read."""
    given, _, value = index.partition("->")
    return Letters(tuple(map(_place, given.split(","))), _place(value))


def _place(text: str) -> Place:
    found = re.findall(r"1|[a-z]|\([a-z]+\)", text)
    if len(found) != 2 or "".join(found) != text:
        raise MatcalcError(f"{text!r} says nothing of rows and columns")
    rows, cols = (part.strip("()").replace("1", "") for part in found)
    return rows, cols


def transposition(index: str) -> str:
    """What the operation makes of transposed arguments: it "commutes", it "ignores" it, or neither."""
    form = letters(index)
    turned = form.turned()
    rows, cols = form.value
    if turned.key() == form.key():
        return "ignores"
    return "commutes" if turned.key() == Letters(form.arguments, (cols, rows)).key() else ""
