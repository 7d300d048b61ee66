"""Expressions as sums of products of entries: matrix notation written out, multiplied out, and sorted, so that equal sums are equal.

The replay of derivations (`replaying`) compares two lines so where the shortener does not see that a sum over an index and its matrix
notation are one. A polynomial is a dictionary of products with their coefficients; a product is a set of factors (text and exponent)
below sums over letters, which are renamed so that the letters do not count. What is not taken apart is a factor by its own text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from fractions import Fraction

from matcalc.expressions.build import index, is_number, substitute, value_of
from matcalc.expressions.expr import Expr
from matcalc.kinds import ONE, Dim
from matcalc.ops.core import (
    ADD,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_SUM,
    MATMUL,
    NAMED,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from matcalc.ops.diagonal import DIAG, DIAGONAL
from matcalc.ops.sums import SUM
from matcalc.ops.trace import TRACE

LETTER = re.compile(r"<\d+>")
MOST = 2000  # products: more are not multiplied out

Factors = tuple[tuple[str, Fraction], ...]
Letters = tuple[tuple[str, str], ...]  # bound, each with how far it runs
Product = tuple[Factors, Letters]
Polynomial = dict[Product, Fraction]


class TooLong(Exception):
    """A sum of more products than are worth writing out."""


def same_entries(one: Expr, other: Expr) -> bool:
    """Whether both are the same sum of products of entries."""
    if one.shape != other.shape:
        return False
    writer = _Writer()
    try:
        rest = _sum([writer.whole(one), {m: -c for m, c in writer.whole(other).items()}])
        return not rest or not writer.without_bars(rest)
    except TooLong:
        return False


class _Writer:
    def __init__(self) -> None:
        self.count = 0
        self.bases: dict[str, Polynomial] = {}  # of powers, by their texts

    def whole(self, e: Expr) -> Polynomial:
        return self.of(e, "row" if e.shape[0] is not ONE else "1", "column" if e.shape[1] is not ONE else "1")

    def fresh(self) -> str:
        self.count += 1
        return f"<{self.count}>"

    def of(self, e: Expr, i: str, j: str) -> Polynomial:
        """Entry i, j of `e`."""
        op, args = e.op, e.args
        if op is NUMBER:
            return {((), ()): Fraction(value_of(e))}
        if op is NAMED:
            return self.of(args[0], i, j)
        if op is ADD:
            return _sum(self.of(a, i, j) for a in args)
        if op in (TIMES, HADAMARD):
            return self.product([self.of(a, *("1", "1") if a.is_scalar else (i, j)) for a in args])
        if op is TRANSPOSE:
            return self.of(args[0], j, i)
        if op is ONES:
            return {((), ()): Fraction(1)}
        if op is EYE:
            return _delta(i, j)
        if op is UNIT:
            return _delta(i, _place(args[0]))
        if op is MATMUL:
            return self.chain(args, i, j)
        if op is ENTRY:
            return self.of(args[0], *map(_place, args[1:]))
        if op is INDEXED_SUM and is_number(args[0], 1):
            letter = self.fresh()
            body = substitute(args[2], {index(str(e.attr)): index(letter)})
            return self.summed(self.of(body, i, j), letter, _length(args[1]))
        if op is SUM:
            return self.over(args[0], args[0].shape)
        if op is TRACE:
            letter = self.fresh()
            return self.summed(self.of(args[0], letter, letter), letter, str(args[0].shape[0]))
        if op is DIAGONAL:
            return self.of(args[0], i, i)
        if op is DIAG:
            return self.product([_delta(i, j), self.of(args[0], i, "1")])
        if op is POWER and is_number(args[1]):
            return self.power(self.of(args[0], i, j), Fraction(value_of(args[1])))
        if op.elementwise and len(args) == 1:
            return {(((f"{op.name}({_text(self.of(args[0], i, j))})", Fraction(1)),), ()): Fraction(1)}
        place = "" if e.shape == (ONE, ONE) else f"[{i},{j}]"
        return {(((f"{e!r}{place}", Fraction(1)),), ()): Fraction(1)}

    def chain(self, args: tuple[Expr, ...], i: str, j: str) -> Polynomial:
        """A product of matrices, with a sum for each place between two of them."""
        between = [(self.fresh(), a.shape[1]) for a in args[:-1]]
        rows = [i, *(n if d is not ONE else "1" for n, d in between)]
        columns = [*rows[1:], j]
        found = self.product([self.of(a, *p) for a, *p in zip(args, rows, columns, strict=True)])
        for letter, d in between:
            found = found if d is ONE else self.summed(found, letter, str(d))
        return found

    def over(self, e: Expr, shape: tuple[Dim, Dim]) -> Polynomial:
        """The sum of all entries."""
        i, j = (self.fresh() if d is not ONE else "1" for d in shape)
        found = self.of(e, i, j)
        for letter, d in ((i, shape[0]), (j, shape[1])):
            found = found if d is ONE else self.summed(found, letter, str(d))
        return found

    def summed(self, p: Polynomial, letter: str, size: str) -> Polynomial:
        """The sum over a letter: a product with 1[letter = k] has k in its place, one without the letter is counted."""
        found: list[Polynomial] = []
        for (factors, letters), c in p.items():
            equal = next((f for f, _ in factors if f.startswith("1[") and letter in f[2:-1].split("=")), None)
            if equal is not None:
                one, two = equal[2:-1].split("=")
                other = two if one == letter else one
                kept = {f.replace(letter, other): k for f, k in factors if f != equal}
                found.append({_sorted(tuple(kept.items()), letters): c})
            elif any(letter in f for f, _ in factors):
                found.append({_sorted(factors, (*letters, (letter, size))): c})
            else:
                found.append(self.product([{(factors, letters): c}, {(((size, Fraction(1)),), ()): Fraction(1)}]))
        return _sum(found)

    def product(self, parts: list[Polynomial]) -> Polynomial:
        found: Polynomial = {((), ()): Fraction(1)}
        for p in parts:
            if len(found) * len(p) > MOST:
                raise TooLong
            found = _sum({self.joined(a, b): c * k} for (a, c), (b, k) in itertools.product(found.items(), p.items()))
        return found

    def joined(self, one: Product, two: Product) -> Product:
        factors, letters = two
        for old, _ in letters:  # the letters of the second are its own
            new = self.fresh()
            factors = tuple((f.replace(old, new), k) for f, k in factors)
            letters = tuple((new if n == old else n, size) for n, size in letters)
        powers: dict[str, Fraction] = {}
        for f, k in (*one[0], *factors):
            powers[f] = Fraction(1) if f.startswith("1[") else powers.get(f, Fraction(0)) + k
        return _sorted(tuple(powers.items()), (*one[1], *letters))

    def power(self, p: Polynomial, k: Fraction) -> Polynomial:
        if len(p) == 1:
            (((factors, letters), c),) = p.items()
            if not letters and (k.denominator == 1 or c == 1):
                return {_sorted(tuple((f, n * k) for f, n in factors), ()): c ** int(k) if c != 1 else c}
        if k.denominator == 1 and 0 < k <= 4:
            return self.product([p] * int(k))
        first = p[min(p, key=repr)] if p and k.denominator == 1 else Fraction(1)
        below = {m: c / first for m, c in p.items()}
        base = f"({_text(below)})"
        self.bases[base] = below
        return {(((base, k),), ()): first ** int(k) if first != 1 else Fraction(1)}

    def without_bars(self, p: Polynomial) -> Polynomial:
        """A sum multiplied by what stands below its bars, sums without letters of their own, and multiplied out."""
        for base in [b for b in self.bases if not LETTER.search(b)]:
            exponents = [k for factors, _ in p for f, k in factors if f == base]
            if not exponents or min(exponents) >= 0:
                continue
            parts = []
            for (factors, letters), c in p.items():
                k = dict(factors).get(base, Fraction(0)) - min(exponents)
                left = tuple((f, n) for f, n in factors if f != base)
                whole = int(k) if k >= 1 else 0
                left += ((base, k - whole),) if k != whole else ()
                parts.append(self.product([{_sorted(left, letters): c}, *[self.bases[base]] * whole]))
            p = _sum(parts)
        return p


def _delta(i: str, j: str) -> Polynomial:
    return {((), ()): Fraction(1)} if i == j else {(((f"1[{'='.join(sorted((i, j)))}]", Fraction(1)),), ()): Fraction(1)}


def _length(e: Expr) -> str:
    """How far a sum runs, as sizes are written."""
    return str(e.attr) if e.op is SIZE else _place(e) if e.op is not SYMBOL else str(e.attr[0])  # type: ignore[index]


def _place(e: Expr) -> str:
    """An index by its letter, a number by itself."""
    return str(e.attr) if e.op is INDEX else str(value_of(e)) if is_number(e) else repr(e)


def _sum(parts: Iterable[Polynomial]) -> Polynomial:
    found: Polynomial = {}
    for p in parts:
        for m, c in p.items():
            found[m] = found.get(m, Fraction(0)) + c
    return {m: c for m, c in found.items() if c}


def _sorted(factors: Factors, letters: Letters) -> Product:
    """A product with its bound letters renamed: of all ways the one whose text comes first."""
    factors = tuple((f, k) for f, k in factors if k)
    if not letters:
        return tuple(sorted(factors)), ()
    ways = []
    for order in itertools.permutations(letters) if len(letters) < 6 else [letters]:
        new = {n: f"<{10**9 + k}>" for k, (n, _) in enumerate(order)}
        named = tuple(sorted((LETTER.sub(lambda m, new=new: new.get(m[0], m[0]), f), k) for f, k in factors))  # type: ignore[misc]
        ways.append((named, tuple((new[n], size) for n, size in order)))
    return min(ways)


def _text(p: Polynomial) -> str:
    """A polynomial as one text, its own letters out of the way of those outside."""
    text = "+".join(sorted(f"{c}*{factors}/{letters}" for (factors, letters), c in p.items()))
    return re.sub(r"<(1\d{9})>", r"{\1}", text)


__all__ = ["same_entries"]
