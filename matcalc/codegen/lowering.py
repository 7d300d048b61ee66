"""Expressions to graphs: every operation of the book as array operations on axes, sums over a family as one more axis.

`lower(e)` gives the array of `e`: first the axes of the summation indices that occur free in it (in the order of their names), then
its rows and columns where they are not one. An index that runs through arrays is an axis; one that does not (the exponent of
a matrix power) becomes a loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ..expressions.build import is_number, value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.core import KRONECKER
from ..shortening.steady import steady
from . import blocks, calls, leaves, products, sums
from .axes import NoAxis, Range
from .calls import by_its_text
from .graph import Dims, GraphNode, ProgramGraph
from .pairs import Labels
from .products import by_letters
from .thinness import FEW, Thinness, repeated_products, thinness
from .wording import code_of, of_arrays

ONE_AXIS = frozenset(("numpy", "jax", "torch", "array-api"))  # languages in which a column has one axis


class Lowering:
    """The arrays of some expressions: which axes they have, and each expression lowered once.

    `language` is the one that the program is in, which has functions of its own; `sizes` are hints for the cost of products;
    `letters` are indices that are arguments of the program, the j of a variable x_j; `families` has how many members each has.
    """

    def __init__(
        self,
        language: str = "numpy",
        sizes: Mapping[str, int] | None = None,
        letters: Collection[str] = (),
        families: Mapping[str, Sequence[Dim]] | None = None,
    ) -> None:
        self.language = language
        self.graph = ProgramGraph()
        self.sizes = dict(sizes or {})
        self.thinness = Thinness()
        self.done: dict[tuple[Expr, frozenset[str]], GraphNode] = {}
        self.steady: dict[Expr, Expr] = {}
        self.ranges: dict[str, Range] = {}
        self.families = dict(families or {})
        self.letters = frozenset(letters)
        self.loops = self.letters  # the indices that are numbers: of loops, and those arguments
        self.axes: tuple[str, ...] = ()  # of a derivative by an array of three and more indices: its leading ones
        self.counter = 0

    def know(self, roots: Iterable[Expr]) -> None:
        """What these expressions tell on sizes that nobody gave, and on products."""
        self.thinness = thinness(roots)
        for small, _ in self.thinness.smaller:
            if small.name is not None:
                self.sizes.setdefault(small.name, FEW)
        for product in repeated_products(roots):  # of several orders that cost alike that is taken which has it
            self.lower(product)

    def lower(self, e: Expr) -> GraphNode:
        key = (e, self.loops & e.indices)
        found = self.done.get(key)
        if found is None:
            form = steady(e, self.steady)
            if form is not e:
                found = self.aligned(form, e)
            else:
                rule = RULES.get(e.op)
                found = rule(self, e) if rule is not None else self.call(e)
            self.done[key] = found
        return found

    def call(self, e: Expr) -> GraphNode:
        """An operation by the language's text in its block, or else by its numeric text."""
        op = e.op
        if not code_of(op, self.language):
            return by_letters(self, e) if op.index else by_its_text(self, e)
        if op.elementwise or op.stacks == "entries":
            if any(self.batch(a) for a, is_array in zip(e.args, of_arrays(op, len(e.args))) if not is_array):
                raise NoAxis
            return self.entrywise("call", e, e.args, op)
        if self.batch(e) and (not op.stacks or any(self.batch(a) not in ((), self.batch(e)) for a in e.args)):
            raise NoAxis
        nodes = [self.lower(a) for a in e.args]
        if op is KRONECKER and len(self.dims(e)) == 2:  # what has one axis may be a column or a row
            known = [a.shape[0] is not ONE and self.language not in ONE_AXIS for a in e.args]  # there it is a column
            turned = [self.graph.make("reshape", (n,), None, a.shape) for n, a in zip(nodes, e.args, strict=True)]
            nodes = [n if n.rank == 2 or ok else t for n, t, ok in zip(nodes, turned, known, strict=True)]
        return self.graph.make("call", nodes, op, self.dims(e))

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

    @contextmanager
    def running(self, name: str, low: Expr, high: Expr, axis: bool = False) -> Iterator[None]:
        """Inside, the index is an axis that runs from `low` to `high`; if `axis` is true, one of the derivative's own."""
        first = value_of(low) if is_number(low) else None
        top = self.lower(high)
        if first is None or top.op not in ("size", "num") or top.rank:
            raise NoAxis
        last = top.attr if isinstance(top.attr, Dim) else Dim.of(int(top.attr))  # type: ignore[call-overload]
        before, outside = self.ranges.get(name), self.axes
        self.axes = (*outside, name) if axis else outside
        self.ranges[name] = Range(int(first), self.graph.make("size", (), last), last - int(first) + 1)
        try:
            yield
        finally:
            self.axes = outside
            if before is None:
                del self.ranges[name]
            else:
                self.ranges[name] = before
            self.done = {k: v for k, v in self.done.items() if name not in k[0].indices}

    def aligned(self, e: Expr, whole: Expr) -> GraphNode:
        """The array of `e` with the axes of `whole`, which has its shape or is a number's."""
        node = self.lower(e)
        if not node.rank:
            return node
        mine, wanted = self.labels(e, "r", "c"), self.labels(whole, "r", "c")
        if mine == wanted:
            return node
        return self.graph.view(node, tuple(mine.index(k) if k in mine else None for k in wanted))

    def entrywise(self, op: str, e: Expr, args: Sequence[Expr], attr: object = None) -> GraphNode:
        return self.graph.make(op, [self.aligned(a, e) for a in args], attr, self.dims(e))


# What is not computed by a text of its own.
RULES = leaves.RULES | blocks.RULES | products.RULES | sums.RULES | calls.RULES
