"""Dimensions (polynomials in named sizes, with rational coefficients as in n (n + 1)/2) and shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, NamedTuple

from .interning import Pool

Monomial = tuple[tuple[str, int], ...]
Coefficient = int | Fraction
Terms = tuple[tuple[Monomial, Coefficient], ...]
LARGEST_LITERAL = 64  # sizes beyond it are never written out entry by entry


class Dim:
    """A size: a polynomial in dimension names, whole wherever they are. Interned: equal sizes are one object."""

    __slots__ = ("__weakref__", "_names", "_str", "name", "number", "terms")
    _pool: ClassVar[Pool[Dim]] = Pool()
    _str: str
    _names: tuple[str, ...]
    name: str | None  # the single name this size is, or None
    number: int | None  # the integer this size is, or None if it has a name in it
    terms: Terms

    def __new__(cls, terms: Mapping[Monomial, Coefficient]) -> Dim:
        parts = [(m, c if type(c) is int else int(c) if c.denominator == 1 else c) for m, c in terms.items() if c]
        key: Terms = tuple(sorted(parts) if len(parts) > 1 else parts)
        found = cls._pool.get(key)
        if found is None:
            made = object.__new__(cls)
            made.terms, made._str = key, _spell(key)
            made._names = tuple(sorted({name for m, _ in key for name, _ in m}))
            made.name = made._names[0] if len(key) == 1 and key[0][0] == ((*made._names, 1),) and key[0][1] == 1 else None
            made.number = 0 if not key else int(key[0][1]) if len(key) == 1 and not key[0][0] else None
            found = cls._pool.keep(key, made)
        return found

    def __reduce__(self) -> tuple[type[Dim], tuple[dict[Monomial, Coefficient]]]:
        return Dim, (dict(self.terms),)

    def __copy__(self) -> Dim:
        return self

    def __deepcopy__(self, memo: object) -> Dim:
        return self

    @staticmethod
    def of(value: str | int | Dim) -> Dim:
        """The size named `value`, or the number `value`. A large number is kept as a name, so that the checks on
        random points may draw it small."""
        if isinstance(value, Dim):
            return value
        if isinstance(value, int) and value <= LARGEST_LITERAL:
            return Dim({(): value})
        return Dim({((str(value), 1),): 1})

    def __add__(self, other: Dim | int) -> Dim:
        total = dict(self.terms)
        for m, c in Dim.of(other).terms:
            total[m] = total.get(m, 0) + c
        return Dim(total)

    def __sub__(self, other: Dim | int) -> Dim:
        return self + Dim.of(other) * -1

    def __mul__(self, other: Dim | int) -> Dim:
        if isinstance(other, Dim) and (other is ONE or self is ONE):
            return self if other is ONE else other
        total: dict[Monomial, Coefficient] = {}
        for m1, c1 in self.terms:
            for m2, c2 in Dim.of(other).terms:
                powers = dict(m1)
                for name, k in m2:
                    powers[name] = powers.get(name, 0) + k
                m = tuple(sorted(powers.items()))
                total[m] = total.get(m, 0) + c1 * c2
        return Dim(total)

    def __truediv__(self, number: int) -> Dim:
        return Dim({m: Fraction(c, number) for m, c in self.terms})

    def names(self) -> tuple[str, ...]:
        """Every dimension name in it, sorted."""
        return self._names

    def value(self, sizes: Mapping[str, int]) -> int:
        """Its number, given the sizes of its names (KeyError if one is missing)."""
        if self.name is not None and self.name in sizes:
            return sizes[self.name]
        total: Coefficient = 0
        for m, c in self.terms:
            for name, k in m:
                c *= (sizes[name] if name in sizes or not name.isdigit() else int(name)) ** k
            total += c
        return int(total)

    def substitute(self, sizes: Mapping[str, Dim]) -> Dim:
        """With names replaced by sizes."""
        if not any(n in sizes for n in self.names()):
            return self
        total = Dim({})
        for m, c in self.terms:
            part = Dim({(): c})
            for name, k in m:
                for _ in range(k):
                    part = part * sizes.get(name, Dim.of(name))
            total = total + part
        return total

    def as_quotient(self) -> tuple[Monomial, Dim, int]:
        """Its common factor, the rest with whole coefficients, and the denominator: n, n + 1 and 2 of n (n + 1)/2."""
        return _quotient(self.terms)

    def __str__(self) -> str:
        return self._str

    __repr__ = __str__


def two_factors(whole: Dim) -> tuple[Dim, Dim] | None:
    """The sizes m and n of m n, in the order of their names; None where that is not the product of two names."""
    names = [n for monomial, c in whole.terms for n, k in monomial for _ in range(int(k))] if len(whole.terms) == 1 else []
    return (Dim.of(names[0]), Dim.of(names[1])) if len(names) == 2 and whole.terms[0][1] == 1 else None


def triangular(n: Dim) -> Dim:
    """n (n + 1)/2, the number of entries on and below the diagonal of an n by n matrix."""
    return n * (n + 1) / 2


def triangle_side(size: Dim) -> Dim | None:
    """The n of which `size` is n (n + 1)/2; None where it is of none."""
    if size.number is not None:
        side = (math.isqrt(8 * size.number + 1) - 1) // 2
        return Dim.of(side) if side * (side + 1) == 2 * size.number else None
    leading = max(size.terms, key=lambda t: sum(k for _, k in t[0]))  # n^2/2 of a monomial n is enough to know it by
    root = square_root(Dim({leading[0]: leading[1] * 2}))
    found = (n for n in ([root] if root is not None else []) for n in (n, n - 1, n + 1) if triangular(n) is size)
    return next(found, None)


def square_root(whole: Dim) -> Dim | None:
    """n where `whole` is the monomial n^2; None where it is none."""
    if len(whole.terms) != 1:
        return None
    monomial, c = whole.terms[0]
    root = math.isqrt(int(c)) if c.denominator == 1 and c > 0 else 0
    if root * root != c or any(k % 2 for _, k in monomial):
        return None
    return Dim({tuple((n, k // 2) for n, k in monomial): root})


def _quotient(terms: Terms) -> tuple[Monomial, Dim, int]:
    below = math.lcm(*[c.denominator for _, c in terms])
    common = dict(terms[0][0])
    for m, _ in terms:
        powers = dict(m)
        common = {name: min(k, powers[name]) for name, k in common.items() if name in powers}
    rest = {tuple((n, k - common.get(n, 0)) for n, k in m if k > common.get(n, 0)): c * below for m, c in terms}
    return tuple(common.items()), Dim(rest), below


def in_order(terms: Terms) -> list[tuple[Monomial, Coefficient]]:
    """As a size is written: higher powers first, and before all what does not need a minus."""
    found = sorted(terms, key=lambda t: (-sum(k for _, k in t[0]), t[0]))
    first = next((k for k, (_, c) in enumerate(found) if c > 0), 0)
    return [found[first], *found[:first], *found[first + 1 :]] if found else found


def _spell(terms: Terms) -> str:
    if any(c.denominator > 1 for _, c in terms):
        common, rest, below = _quotient(terms)
        above = [*(n for n, k in common for _ in range(k)), str(rest) if len(rest.terms) == 1 else f"({rest})"]
        return f"{' '.join(part for part in above if part != '1')}/{below}"
    parts = []
    for m, c in in_order(terms):
        body = " ".join(n for n, k in m for _ in range(k))
        size = str(abs(c)) if not m else body if abs(c) == 1 else f"{abs(c)} {body}"
        parts.append((" - " if c < 0 else " + ") + size)
    text = "".join(parts)
    return text[3:] if text.startswith(" + ") else "-" + text[3:] if text else "0"


ONE = Dim.of(1)


TRIANGULAR = "(n+1)/2"  # what stands behind the letter n in the signatures of the book


def size_of_letter(token: str, mark: str = "") -> Dim:
    """A size in a signature of the book: a number, a letter n (with a mark that no name of a user has), or n(n+1)/2."""
    if token.endswith(TRIANGULAR):
        return triangular(Dim.of(mark + token[0]))
    return Dim.of(int(token)) if token.isdigit() else Dim.of(mark + token)


Shape = tuple[Dim, Dim]
SCALAR: Shape = (ONE, ONE)


class Family(NamedTuple):
    """Many of one kind, x_1 … x_N: the index of the generic one, how many there are, and how many for each index more (the matrices
    C_{ij} of an array of four indices)."""

    letter: str
    size: Dim
    more: tuple[Dim, ...] = ()

    @property
    def sizes(self) -> tuple[Dim, ...]:
        return (self.size, *self.more)


def shape_text(shape: Shape) -> str:
    """`m×n` for messages."""
    return f"{shape[0]}×{shape[1]}"


def shape_words(shape: Sequence[str]) -> str:
    """`1×n, a row`: people ask which of the two it is more than anything else."""
    if not shape or set(shape) == {"1"}:
        return "1, a scalar"
    text = "×".join(f"({size})" if " " in size else size for size in shape)
    if len(shape) > 2:
        return text
    return text + (", a row" if shape[0] == "1" else ", a column" if list(shape[1:]) == ["1"] else "")


def kind_of(shape: Shape) -> str:
    """scalar, vector (a column), row or matrix."""
    rows, cols = shape
    if cols is ONE:
        return "scalar" if rows is ONE else "vector"
    return "row" if rows is ONE else "matrix"
