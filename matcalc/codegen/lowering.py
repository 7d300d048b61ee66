"""Expressions to graphs: every operation of the book as array operations on axes, sums over a family as one more axis.

`lower(e)` gives the array of `e`: first the axes of the summation indices that occur free in it (in the order of their names), then
its rows and columns where they are not one. An index that runs through arrays is an axis; one that does not (the exponent of
a matrix power) becomes a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from ..differentiation.network import Term
from ..errors import NoAnswerError
from ..expressions.build import add, is_number, num, ones, value_of
from ..expressions.expr import Expr
from ..kinds import Dim
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK, SELECTION
from ..ops.core import (
    ADD,
    CASES,
    COMMUTATION,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.elementary import LOG
from ..ops.inverse import INVERSE
from ..ops.trace import TRACE
from .contraction import Contraction, Factor, Labels, single
from .factoring import common_factors
from .graph import Dims, Node
from .leaves import NoAxis, Range, function_name
from .products import Products
from .steady import steady
from .texts import Untranslated, translated
from .wording import code_of, of_arrays


class Lowering(Products):
    """The graph of some expressions."""

    def lower(self, e: Expr) -> Node:
        key = (e, self.loops & e.indices)
        found = self.done.get(key)
        if found is None:
            form = steady(e, self.steady)
            if form is not e:
                found = self.aligned(form, e)
            else:
                rule = _RULES.get(e.op)
                found = rule(self, e) if rule is not None else self.call(e)
            self.done[key] = found
        return found

    # ---- indices

    def _indexed(self, e: Expr) -> Node:
        try:
            return self._over_an_axis(e)
        except NoAxis:
            return self._loop(e)

    @contextmanager
    def _running(self, name: str, low: Expr, high: Expr) -> Iterator[None]:
        first = value_of(low) if is_number(low) else None
        top = self.lower(high)
        if first is None or top.op not in ("size", "num") or top.rank:
            raise NoAxis
        last = top.attr if isinstance(top.attr, Dim) else Dim.of(int(top.attr))  # type: ignore[call-overload]
        before = self.ranges.get(name)
        self.ranges[name] = Range(int(first), self.graph.make("size", (), last), last - int(first) + 1)
        try:
            yield
        finally:
            if before is None:
                del self.ranges[name]
            else:
                self.ranges[name] = before
            self.done = {k: v for k, v in self.done.items() if name not in k[0].indices}

    def _over_an_axis(self, e: Expr) -> Node:
        low, high, body = e.args
        name = str(e.attr)
        with self._running(name, low, high):
            if e.op is INDEXED_PRODUCT:
                x = self.lower(body)
                out = tuple(k for k in self.labels(body, "r", "c") if k != name)
                turned = single(self.graph, x, self.labels(body, "r", "c"), (*out, name))
                return self.graph.make("product", (turned,), None, turned.dims[:-1])
            row, col = self.fresh(), self.fresh()
            c = Contraction(self.graph, self.sizes)
            if body.op is ADD:
                c.add(Factor(self.lower(body), self.labels(body, row, col)), self.dims(body))
            elif body.is_scalar:
                self._open_scalar(body, c)
            else:
                self._open(body, row, col, c)
            out = tuple(k for k in self.labels(body, row, col) if k != name)
            for k, d in zip(self.labels(body, row, col), self.dims(body)):
                c.label(k, d)
            c.label(name, self.ranges[name].dim)
            return self._spread(c, out)

    def _loop(self, e: Expr) -> Node:
        low, high, body = e.args
        name = str(e.attr)
        if self.batch(e):
            raise NoAxis
        ends = self.lower(low), self.lower(high)
        before, self.loops = self.loops, self.loops | {name}
        try:
            inside = self.lower(body)
        finally:
            self.loops = before
        return self.graph.make("loop", (*ends, inside), ("product" if e.op is INDEXED_PRODUCT else "sum", name), self.dims(e))

    # ---- everything else

    def _iverson(self, e: Expr) -> Node:
        nodes = [self.aligned(a, e) for a in e.args]
        if any(n.rank and n.op != "full" for n in nodes):  # x > 0, not x > (0, …, 0)
            nodes = [self.graph.number(Fraction(str(n.attr))) if n.op == "full" else n for n in nodes]
        return self.graph.make("call", nodes, str(e.attr), self.dims(e))

    def _cases(self, e: Expr) -> Node:
        return self.entrywise("call", e, e.args, "cases")

    def _log(self, e: Expr) -> Node:
        inner = e.args[0]
        one = num(1) if e.is_scalar else ones(*e.shape)
        if inner.op is ADD and one in inner.args:  # log(1 + x), also where x is small
            x = add(*[a for a in inner.args if a is not one])
            return self.entrywise("call", e, [x], "log1p")
        return self.call(e)

    def _function(self, e: Expr) -> Node:
        """A function of which only the sets are known: an argument of the program."""
        if e.op is ENTRYWISE_FUNCTION:
            return self.entrywise("apply", e, e.args, function_name(e))
        if self.batch(e):
            raise NoAxis
        return self.graph.make("apply", [self.lower(a) for a in e.args], function_name(e), self.dims(e))

    def _by_its_text(self, e: Expr) -> Node:
        """An operation that the languages do not know, by what the book says on how to compute it."""
        batch = bool(self.batch(e))
        nodes = [self.aligned(a, e) if batch else self.lower(a) for a in e.args]
        try:
            node, shape = translated(e.op, self.language, self.graph, [(n, a.shape) for n, a in zip(nodes, e.args)], batch)
        except Untranslated as found:
            if batch:
                raise NoAxis from None
            raise NoAnswerError(f"there is no code for {e.op.name}: nothing is known of {found} in its numeric text") from None
        if shape != e.shape:
            raise NoAnswerError(f"there is no code for {e.op.name}: its numeric text has another shape than its signature")
        return node

    def call(self, e: Expr) -> Node:
        """An operation by the language's text in its block, or else by its numeric text."""
        op = e.op
        if not code_of(op, self.language):
            return self._by_letters(e) if op.index else self._by_its_text(e)
        if op.elementwise or op.stacks == "entries":
            if any(self.batch(a) for a, is_array in zip(e.args, of_arrays(op, len(e.args))) if not is_array):
                raise NoAxis
            return self.entrywise("call", e, e.args, op)
        if self.batch(e) and (not op.stacks or any(self.batch(a) not in ((), self.batch(e)) for a in e.args)):
            raise NoAxis
        return self.graph.make("call", [self.lower(a) for a in e.args], op, self.dims(e))

    # ---- index networks

    def terms(self, terms: Sequence[Term], dims: Dims) -> Node:
        """A tensor: the sum of its terms, diagonals added where an identity ties two of its axes."""
        fine = {tuple(i.dim for s in t.slots for i in s) for t in terms}
        if len(fine) > 1:
            raise NoAnswerError("there is no code for a tensor whose axes are Kronecker pairs in some of its terms only")
        if fine and (apart := fine.pop()) != dims:
            return self.graph.make("reshape", (self.terms(terms, apart),), None, dims)
        factored = self._factored(terms)
        if factored is not None:
            return factored
        cores: list[Node] = []
        patterns: list[str] = []
        for t in terms:
            core, pattern = self._term(t)
            cores.append(core.args[0] if core.op == "expand" and len(set(pattern)) < len(pattern) else core)
            patterns.append(pattern)
        dense = [n for n, p in zip(cores, patterns) if len(set(p)) == len(p)]
        thin = [(n, p) for n, p in zip(cores, patterns) if len(set(p)) != len(p)]
        base = dense if len(dense) < 2 else [self.graph.make("add", dense, None, dims)]
        if not thin:
            return base[0] if base else self.graph.make("full", (), 0, dims)
        letters = "ijklmnopqrstuv"[: len(dims)]
        return self.graph.make("spread", [*base, *[n for n, _ in thin]], (*([letters] if base else []), *[p for _, p in thin]), dims)

    def _factored(self, terms: Sequence[Term]) -> Node | None:
        """The terms with what they share in front; None where nothing is gained."""
        found = common_factors(terms)
        if found is None or all(self._is_tied(t) for t in found[2]):
            return None
        front, labels, rest = found
        c = Contraction(self.graph, self.sizes)
        node = self.terms(rest, tuple(i.dim for i in labels))
        if labels:
            c.add(Factor(node, tuple(labels)))
        else:
            c.scalars.append(node)
        for e, r, k in front:
            self._open(e, r[0] if r else None, k[0] if k else None, c)
        out = tuple(i for s in terms[0].slots for i in s)
        for i in out:
            c.label(i, i.dim)
        return self._spread(c, out)

    def _is_tied(self, t: Term) -> bool:
        """Whether an identity ties two axes of the term."""
        c = Contraction(self.graph, self.sizes)
        out = [c.find(i) for i in self._open_term(t, c)]
        return len(set(out)) < len(out)

    def _term(self, t: Term) -> tuple[Node, str]:
        if t.binders:
            return self._bound(t)
        c = Contraction(self.graph, self.sizes)
        out = self._open_term(t, c)
        core, kept = c.result(out)
        return core, "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)

    def _open_term(self, t: Term, c: Contraction) -> Labels:
        for e, r, k in t.factors:
            if len(r) > 1 or len(k) > 1:  # a Kronecker pair: the rows are counted by two indices
                fine = tuple(i.dim for i in (*r, *k))
                c.add(Factor(self.graph.make("reshape", (self.lower(e),), None, fine), (*r, *k)), fine)
            else:
                self._open(e, r[0] if r else None, k[0] if k else None, c)
        self._open_scalar(t.scalar, c)
        for s in t.slots:
            for i in s:
                c.label(i, i.dim)
        return tuple(i for s in t.slots for i in s)

    def _bound(self, t: Term) -> tuple[Node, str]:
        """A term summed over a binder: an axis, or a loop."""
        (name, low, high), rest = t.binders[0], t.binders[1:]
        inner = Term(t.scalar, t.factors, t.slots, rest)
        if not rest:
            try:
                with self._running(name, low, high):
                    c = Contraction(self.graph, self.sizes)
                    out = self._open_term(inner, c)
                    c.label(name, self.ranges[name].dim)
                    core, kept = c.result(out)
                    return core, "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)
            except NoAxis:
                pass
        ends = self.lower(low), self.lower(high)
        before, self.loops = self.loops, self.loops | {name}
        try:
            core, pattern = self._term(inner)
        finally:
            self.loops = before
        return self.graph.make("loop", (*ends, core), ("sum", name), core.dims), pattern


_RULES: dict[object, Callable[[Lowering, Expr], Node]] = {
    SYMBOL: Lowering._symbol,
    NUMBER: Lowering._number,
    SIZE: Lowering._size,
    CONSTANT: Lowering._constant,
    INDEX: Lowering._index,
    ONES: Lowering._full,
    ZEROS: Lowering._full,
    EYE: Lowering._eye,
    MEMBER: Lowering._member,
    UNIT: Lowering._unit,
    ENTRY: Lowering._entry,
    LITERAL: Lowering._literal,
    BLOCK: Lowering._block,
    SELECTION: Lowering._selection,
    COMMUTATION: Lowering._commutation,
    ENTRYWISE_FUNCTION: Lowering._function,
    FUNCTION: Lowering._function,
    FUNCTION_ALONG: Lowering._function,
    ADD: Lowering._add,
    TIMES: Lowering._times,
    MATMUL: Lowering._matmul,
    HADAMARD: Lowering._hadamard,
    TRANSPOSE: Lowering._transpose,
    POWER: Lowering._power,
    MATRIX_POWER: Lowering._matrix_power,
    INVERSE: Lowering._inverse,
    DETERMINANT: Lowering._determinant,
    LOG_DETERMINANT: Lowering._determinant,
    TRACE: Lowering._trace,
    INDEXED_SUM: Lowering._indexed,
    INDEXED_PRODUCT: Lowering._indexed,
    IVERSON: Lowering._iverson,
    CASES: Lowering._cases,
    LOG: Lowering._log,
}
