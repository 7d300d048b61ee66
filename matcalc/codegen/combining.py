"""Sums of multiples of vectors with fewer passes: numbers are multiplied with each other, not one after another with a vector.

`a (b x + c (d y - e x))` is `(a b - a c e) x + (a c d) y`: for vectors of a thousand entries every pass is a call, and a number costs a
tenth of one. Products of two vectors take such sums apart too, where the products with their terms are there or are fewer calls. A
number goes over a sum only where at most one term is without a factor: `s (x - y)` keeps the difference, which may be exact.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from .graph import GraphNode, ProgramGraph, is_constant, postorder
from .writers import is_norm

MOST = 12  # terms of a sum that are looked at


class Multiple(NamedTuple):
    """A number times a vector; times 1, where there is none. The number is a fraction and what it is multiplied with and divided by."""

    number: Fraction
    above: tuple[GraphNode, ...]
    below: tuple[GraphNode, ...]
    vector: GraphNode | None

    @property
    def is_unit(self) -> bool:
        return not self.above and not self.below and abs(self.number) == 1

    @property
    def is_bare(self) -> bool:
        """Whether it may be exact: a number alone, or a vector without one."""
        return self.is_unit or self.vector is None

    @property
    def is_quotient(self) -> bool:
        """Whether it is divided by what is not a size: two such numbers may underflow by themselves."""
        return not all(map(is_constant, self.below)) or any(x.op == "div" and not is_constant(x.args[1]) for x in self.above)

    def times(self, other: Multiple) -> Multiple:
        """The product with the number of another."""
        above, below = [*self.above, *other.above], [*self.below, *other.below]
        for x in [x for x in above if x in below]:
            if x in above and x in below:
                above.remove(x)
                below.remove(x)
        return Multiple(self.number * other.number, tuple(above), tuple(below), self.vector)


class MultipleSum(NamedTuple):
    """What a vector is: the multiples, and in how many passes it is computed of their vectors."""

    terms: tuple[Multiple, ...]
    passes: int


def combined(graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes; empty where nothing changes."""
    new = Combining(graph, roots, kept).done()
    return new if any(new[r] is not r for r in roots) else {}


class Combining:
    """The vectors of one function."""

    def __init__(self, graph: ProgramGraph, roots: Sequence[GraphNode], kept: Collection[GraphNode]) -> None:
        self.graph, self.order = graph, postorder(roots)
        self.fixed = {*roots, *kept}
        self.readers: dict[GraphNode, list[GraphNode]] = {n: [] for n in self.order}
        for n in self.order:
            for a in n.args:
                self.readers[a].append(n)
        self.there = set(self.order)
        self.delicate: dict[GraphNode, bool] = {}
        self.new: dict[GraphNode, GraphNode] = {}
        self.sums: dict[GraphNode, MultipleSum] = {}

    def done(self) -> dict[GraphNode, GraphNode]:
        for n in self.order:
            made = None
            if not n.loops and n.rank == 1 and n.op in ("add", "mul", "div"):
                made = self._vector(n)
            elif not n.loops and not n.rank and n.op == "pair" and n.attr == ("i", "i", "") and n.args[0] is not n.args[1]:
                made = self._product(n)
            self.new[n] = made or self.graph.again(n, [self.new[a] for a in n.args])
            self.there.add(self.new[n])
        return self.new

    def _read(self, a: GraphNode) -> MultipleSum:
        """A vector as those read it that compute with it: what is read once, or by such alone that multiply it, is taken apart."""
        found = self.sums.get(a)
        if found is None or a in self.fixed or (len(self.readers[a]) > 1 and not self._is_multiplied(a, found)):
            return MultipleSum((Multiple(Fraction(1), (), (), self.new[a]),), 0)
        return found

    def _is_multiplied(self, a: GraphNode, found: MultipleSum) -> bool:
        """Whether a is a multiple of a vector, and all that read it multiply it with a number anyway."""
        if len(found.terms) > 1 or found.terms[0].vector is None or found.terms[0].is_unit is not (found.passes == 0):
            return False
        sign = found.terms[0].is_unit
        return all(
            (r.op == "pair" and not r.rank)
            or (r.rank == 1 and r.op in ("mul", "div") and sum(b.rank > 0 for b in r.args) == 1 and a in r.args)
            or (sign and r.rank == 1 and r.op in ("add", "mul"))
            for r in self.readers[a]
        )

    def _vector(self, n: GraphNode) -> GraphNode | None:
        found = self._sum(n)
        if found is None or len(found.terms) > MOST:
            return None
        terms = self._merged(found.terms)
        passes = sum(not t.is_unit for t in terms if t.vector is not None) + len(terms) - 1
        self.sums[n] = MultipleSum(terms, min(passes, found.passes))
        if all(t.vector is None for t in terms) or passes > found.passes:
            return None
        # A sum of a sum that was taken apart stays taken apart: its terms may share factors.
        apart = n.op == "add" and any(self.new[a] is not a and self._read(a) is self.sums.get(a) for a in n.args)
        return self._total(terms, n) if passes < found.passes or apart else None

    def _sum(self, n: GraphNode) -> MultipleSum | None:
        """A sum, a product or a quotient as multiples of vectors, and in how many passes it is computed as it stands."""
        if any(a.rank and a.dims != n.dims for a in n.args):
            return None
        if n.op == "add":
            parts = [self._read(a) if a.rank else MultipleSum((_number(self.new[a]),), 0) for a in n.args]
            parts = [self._whole(a, p) if sum(t.is_bare for t in p.terms) > 1 else p for a, p in zip(n.args, parts)]
            return MultipleSum(tuple(t for p in parts for t in p.terms), sum(p.passes for p in parts) + len(parts) - 1)
        if n.op == "div" and (n.args[1].rank or is_norm(n.args[1])):  # x/||x|| is 0 where x is, and small where x is large
            return None
        vectors = [a for a in n.args if a.rank]
        numbers = [_number(self.new[a]) for a in (n.args if n.op == "mul" else ()) if not a.rank]
        if any(self._is_delicate(a) for a in n.args if not a.rank):
            return None
        if n.op == "div":
            numbers = [Multiple(Fraction(1), (), (self.new[n.args[1]],), None)]
        if not vectors:
            return None
        passes = len(vectors) - 1 + any(not c.is_unit for c in numbers)
        read = [self._read(a) for a in vectors]
        if len(vectors) > 1:
            read = [r if len(r.terms) == 1 and r.terms[0].vector is not None else self._whole(a, r) for a, r in zip(vectors, read)]
            inner = [r.terms[0].vector for r in read]
            product = self.graph.make("mul", [v for v in inner if v is not None], None, n.dims)
            numbers += [r.terms[0] for r in read]
            terms: tuple[Multiple, ...] = (Multiple(Fraction(1), (), (), product),)
        else:
            if sum(t.is_bare for t in read[0].terms) > 1 and any(not c.is_unit for c in numbers):
                read = [self._whole(vectors[0], read[0])]
            terms = read[0].terms
        passes += sum(r.passes for r in read)
        quotients = sum(c.is_quotient for c in numbers)
        if quotients > 1 or (quotients and any(t.is_quotient for t in terms)):
            if len(vectors) > 1 or quotients > 1:
                return None
            terms = self._whole(vectors[0], read[0]).terms
        for c in numbers:
            terms = tuple(t.times(c) for t in terms)
        return MultipleSum(terms, passes)

    def _is_delicate(self, number: GraphNode) -> bool:
        """Whether a number has been divided by a norm: such are multiplied with vectors of that norm, and overflow by themselves."""
        for x in postorder([number], self.delicate):
            if x not in self.delicate:
                parts = x.args if x.op in ("add", "mul", "div") else ()
                own = x.op == "div" and is_norm(x.args[1])
                self.delicate[x] = own or any(not a.rank and self.delicate[a] for a in parts)
        return self.delicate[number]

    def _whole(self, a: GraphNode, found: MultipleSum) -> MultipleSum:
        return MultipleSum((Multiple(Fraction(1), (), (), self.new[a]),), found.passes)

    def _merged(self, terms: Sequence[Multiple]) -> tuple[Multiple, ...]:
        """The terms, those of one vector joined."""
        groups: dict[GraphNode | None, list[Multiple]] = {}
        for t in terms:
            groups.setdefault(t.vector, []).append(t)
        return tuple(
            own[0] if len(own) == 1 else Multiple(Fraction(1), (self._added([self._written(t) for t in own]),), (), vector)
            for vector, own in groups.items()
        )

    def _added(self, numbers: Sequence[GraphNode]) -> GraphNode:
        return numbers[0] if len(numbers) == 1 else self.graph.make("add", numbers)

    def _written(self, t: Multiple, signed: bool = True) -> GraphNode:
        """The number of a multiple."""
        number = t.number if signed else abs(t.number)
        factors = [*([self.graph.number(number)] if number != 1 or not t.above else []), *t.above]
        top = factors[0] if len(factors) == 1 else self.graph.make("mul", factors)
        if not t.below:
            return top
        return self.graph.make("div", (top, t.below[0] if len(t.below) == 1 else self.graph.make("mul", t.below)))

    def _total(self, terms: Sequence[Multiple], n: GraphNode) -> GraphNode:
        parts = []
        for t in terms:
            sign = [self.graph.number(Fraction(-1))] if t.number < 0 else []
            factors = [*sign, *([] if t.is_unit else [self._written(t, signed=False)]), *([] if t.vector is None else [t.vector])]
            if t.vector is None:
                parts.append(self._written(t))
            else:
                parts.append(factors[0] if len(factors) == 1 else self.graph.make("mul", factors, None, n.dims))
        return parts[0] if len(parts) == 1 else self.graph.make("add", parts, None, n.dims)

    def _product(self, n: GraphNode) -> GraphNode | None:
        """The product of two vectors, numbers in front; a sum taken apart where that is less."""
        sides = [self._read(a) for a in n.args]
        many = [k for k in (0, 1) if len(sides[k].terms) > 1]
        if len(many) > 1:
            return None
        terms = sides[many[0]].terms if many else sides[0].terms
        (other,) = sides[1 - many[0]].terms if many else sides[1].terms
        if other.vector is None or (not many and terms[0].vector is None) or sum(t.is_bare for t in terms) > 1:
            return None
        if not many and terms[0].is_unit and other.is_unit and terms[0].number * other.number == 1:
            return None
        products = [self._pair(t.vector, other.vector) for t in terms]
        # What a vector is divided by may keep its product from overflowing.
        if any(p not in self.there and (t.is_quotient or other.is_quotient) for p, t in zip(products, terms)):
            return None
        if many and sum(p not in self.there for p in dict.fromkeys(products)) >= sides[many[0]].passes + 1:
            return None
        self.there.update(products)
        scaled = [t.times(other)._replace(above=(*t.times(other).above, p)) for t, p in zip(terms, products)]
        return self._added([self._written(t) for t in scaled])

    def _pair(self, a: GraphNode | None, b: GraphNode) -> GraphNode:
        if a is None:
            return self.graph.make("one", (b,), ("i", ""))
        known = self.graph.known("pair", (b, a), ("i", "i", ""), ())
        return known if known is not None and known in self.there else self.graph.make("pair", (a, b), ("i", "i", ""))


def _number(a: GraphNode) -> Multiple:
    """A number as a multiple of no vector."""
    if a.op == "num":
        return Multiple(Fraction(str(a.attr)), (), (), None)
    return Multiple(Fraction(1), (a,), (), None)
