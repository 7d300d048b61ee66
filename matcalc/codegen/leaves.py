"""The ground of lowering: axes and their labels, and what has no arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from ..errors import NoAnswerError
from ..expressions.build import value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.abstract import FUNCTION_ALONG
from ..ops.core import INDEX, ONES
from .contraction import Labels, single
from .graph import Dims, Graph, Node


class NoAxis(Exception):
    """An index that cannot be an axis; its sum becomes a loop."""


def function_name(e: Expr) -> str:
    """The argument of a program that stands for a function of which only the sets are known: f, f_prime, f_prime2, f_along."""
    assert isinstance(e.attr, tuple)
    name, order = str(e.attr[0]), int(e.attr[1])
    return f"{name}_along" if e.op is FUNCTION_ALONG else name + "_prime" * (order > 0) + str(order) * (order > 1)


class Range:
    """What a summation index runs through."""

    __slots__ = ("dim", "high", "low")

    def __init__(self, low: int, high: Node, dim: Dim) -> None:
        self.low, self.high, self.dim = low, high, dim


class Leaves:
    """Expressions without arguments, and members of families.

    `language` is the one that the program is in, which has functions of its own; `sizes` are hints for the cost of products;
    `letters` are indices that are arguments of the program, the j of a variable x_j.
    """

    def __init__(self, language: str = "numpy", sizes: Mapping[str, int] | None = None, letters: Collection[str] = ()) -> None:
        self.language = language
        self.graph = Graph()
        self.sizes = dict(sizes or {})
        self.done: dict[tuple[Expr, frozenset[str]], Node] = {}
        self.steady: dict[Expr, Expr] = {}
        self.ranges: dict[str, Range] = {}
        self.letters = frozenset(letters)
        self.loops = self.letters  # the indices that are numbers: of loops, and those arguments
        self.counter = 0

    # ---- axes

    def batch(self, e: Expr) -> tuple[str, ...]:
        """The indices of `e` that are axes."""
        return tuple(sorted(e.indices - self.loops))

    def labels(self, e: Expr, row: object, col: object) -> Labels:
        """The labels of the array of `e`, its row and column called so."""
        return (*self.batch(e), *([row] if e.shape[0] is not ONE else []), *([col] if e.shape[1] is not ONE else []))

    def dims(self, e: Expr) -> Dims:
        return (*[self.ranges[i].dim for i in self.batch(e)], *[d for d in e.shape if d is not ONE])

    def fresh(self) -> tuple[str, int]:
        self.counter += 1
        return "label", self.counter

    def lower(self, e: Expr) -> Node:
        """The array of an expression."""
        raise NotImplementedError

    def call(self, e: Expr) -> Node:
        """An operation that is a function of the language."""
        raise NotImplementedError

    def aligned(self, e: Expr, whole: Expr) -> Node:
        """The array of `e` with the axes of `whole`, which has its shape or is a number's."""
        node = self.lower(e)
        if not node.rank:
            return node
        mine, wanted = self.labels(e, "r", "c"), self.labels(whole, "r", "c")
        if mine == wanted:
            return node
        return self.graph.view(node, tuple(mine.index(k) if k in mine else None for k in wanted))

    def entrywise(self, op: str, e: Expr, args: Sequence[Expr], attr: object = None) -> Node:
        return self.graph.make(op, [self.aligned(a, e) for a in args], attr, self.dims(e))

    # ---- leaves

    def _symbol(self, e: Expr) -> Node:
        return self.graph.make("in", (), str(e.attr[0]), tuple(d for d in e.shape if d is not ONE))  # type: ignore[index]

    def _number(self, e: Expr) -> Node:
        return self.graph.number(value_of(e))

    def _size(self, e: Expr) -> Node:
        return self.graph.make("size", (), e.attr)

    def _constant(self, e: Expr) -> Node:
        if str(e.attr) == "infty":
            raise NoAnswerError("an infinite series has no code")
        return self.graph.make("const", (), str(e.attr))

    def _index(self, e: Expr) -> Node:
        name = str(e.attr)
        if name in self.loops:
            return self.graph.make("in" if name in self.letters else "index", (), name)
        r = self.ranges[name]
        return self.graph.make("range", (self.graph.number(Fraction(r.low)), r.high), None, (r.dim,))

    def _full(self, e: Expr) -> Node:
        return self.graph.make("full", (), int(e.op is ONES), self.dims(e))

    def _eye(self, e: Expr) -> Node:
        return self.graph.make("spread", (self.graph.number(Fraction(1)),), ("ii",), self.dims(e))

    def _member(self, e: Expr) -> Node:
        base, at = str(e.attr[0]), e.args[0]  # type: ignore[index]
        member = tuple(d for d in e.shape if d is not ONE)
        if at.op is INDEX and str(at.attr) not in self.loops:
            r = self.ranges[str(at.attr)]
            return self._range_of(self.graph.make("in", (), base, (r.dim, *member)), r)
        whole = self.graph.make("in", (), base, (Dim.of("family"), *member))
        return self._at(whole, at, member)

    def _range_of(self, whole: Node, r: Range) -> Node:
        """The part of the first axis that an index runs through."""
        if r.low == 1 and r.high.op == "size" and r.high.attr is whole.dims[0]:
            return whole
        return self.graph.make("slice", (whole, r.high), r.low, (r.dim, *whole.dims[1:]))

    def _at(self, whole: Node, at: Expr, dims: Dims) -> Node:
        k = self.lower(at)
        if k.rank:
            raise NoAxis
        return self.graph.make("member", (whole, k), None, dims)

    def _unit(self, e: Expr) -> Node:
        at, n = e.args[0], e.shape[0]
        if at.op is INDEX and str(at.attr) not in self.loops:
            r = self.ranges[str(at.attr)]
            if r.dim is n and r.low == 1:
                return self.graph.make("spread", (self.graph.number(Fraction(1)),), ("ii",), (n, n))
        k = self.lower(at)
        if k.rank:
            raise NoAxis
        places = self.graph.make("range", (self.graph.number(Fraction(1)), self.graph.make("size", (), n)), None, (n,))
        return self.graph.make("call", (places, k), "=", (n,))

    def _entry(self, e: Expr) -> Node:
        x, i, j = e.args
        node = self.lower(x)
        if self.batch(x):
            raise NoAxis
        labels: list[object] = []
        for k, dim in ((i, x.shape[0]), (j, x.shape[1])):
            if dim is ONE:
                continue
            if k.op is INDEX and str(k.attr) not in self.loops:
                r = self.ranges[str(k.attr)]
                place = len(labels)
                turned = self.graph.view(node, (place, *[p for p in range(node.rank) if p != place]))
                part = self._range_of(turned, r)
                node = self.graph.view(part, (*range(1, place + 1), 0, *range(place + 1, node.rank)))
                labels.append(str(k.attr))
            else:
                place = len(labels)
                turned = self.graph.view(node, (place, *[p for p in range(node.rank) if p != place]))
                node = self._at(turned, k, turned.dims[1:])
        wanted = self.batch(e)
        return single(self.graph, node, tuple(labels), wanted) if tuple(labels) != wanted else node

    def _literal(self, e: Expr) -> Node:
        if self.batch(e):
            raise NoAxis
        return self.graph.make("literal", [self.lower(a) for a in e.args], e.attr, self.dims(e))
