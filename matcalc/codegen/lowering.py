"""Expressions to graphs: every operation of the book as array operations on axes, sums over a family as one more axis.

`lower(e)` gives the array of `e`: first the axes of the summation indices that occur free in it (in the order of their names), then
its rows and columns where they are not one. An index that runs through arrays is an axis; one that does not (the exponent of
a matrix power) becomes a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction

from ..build import add, diagonal, hadamard, is_number, matmul, num, power, split, times, total, trace, transpose, value_of, without_coefficient
from ..errors import NoAnswerError
from ..expr import Expr
from ..kinds import ONE, Dim
from ..network import Term
from ..ops.core import (
    ADD,
    CASES,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    KRONECKER,
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
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.inverse import INVERSE
from ..ops.sums import SUM, VEC
from ..ops.trace import TRACE
from .contraction import Contraction, Factor, Labels, pair, product, single
from .graph import Dims, Graph, Node
from .known import nonnegative, positive_definite

UNROLLED = 4  # X^k up to this k is written as a product where a vector stands beside it


class _NoAxis(Exception):
    """An index that cannot be an axis; its sum becomes a loop."""


class Range:
    """What a summation index runs through."""

    __slots__ = ("dim", "high", "low")

    def __init__(self, low: int, high: Node, dim: Dim) -> None:
        self.low, self.high, self.dim = low, high, dim


class Lowering:
    """The graph of some expressions. `sizes` are hints for the cost of products."""

    def __init__(self, sizes: Mapping[str, int] | None = None) -> None:
        self.graph = Graph()
        self.sizes = dict(sizes or {})
        self.done: dict[tuple[Expr, frozenset[str]], Node] = {}
        self.ranges: dict[str, Range] = {}
        self.loops: frozenset[str] = frozenset()
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
        key = (e, self.loops & e.indices)
        found = self.done.get(key)
        if found is None:
            rule = _RULES.get(e.op)
            found = rule(self, e) if rule is not None else self._call(e)
            self.done[key] = found
        return found

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
        return self.graph.make(op, [self.aligned(a, e) for a in args], attr, self.dims(e))  # type: ignore[arg-type]

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
            return self.graph.make("index", (), name)
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
            raise _NoAxis
        return self.graph.make("member", (whole, k), None, dims)

    def _unit(self, e: Expr) -> Node:
        at, n = e.args[0], e.shape[0]
        if at.op is INDEX and str(at.attr) not in self.loops:
            r = self.ranges[str(at.attr)]
            if r.dim is n and r.low == 1:
                return self.graph.make("spread", (self.graph.number(Fraction(1)),), ("ii",), (n, n))
        eye = self.graph.make("spread", (self.graph.number(Fraction(1)),), ("ii",), (n, n))
        return self._at(eye, at, (n,))

    def _entry(self, e: Expr) -> Node:
        x, i, j = e.args
        node = self.lower(x)
        if self.batch(x):
            raise _NoAxis
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
            raise _NoAxis
        return self.graph.make("literal", [self.lower(a) for a in e.args], e.attr, self.dims(e))

    # ---- sums and products

    def _add(self, e: Expr) -> Node:
        """A sum; what stands on the diagonal only is added there."""
        diagonal: list[Expr] = []
        rest: list[Expr] = []
        for a in e.args:
            _, _, body = split(a)
            (diagonal if body is not None and body.op in (EYE, DIAG) and e.shape[0] is not ONE else rest).append(a)
        if not diagonal or not rest or self.batch(e):
            if diagonal and not rest and not self.batch(e):
                return self.graph.make("spread", (self._sum([_on_diagonal(d) for d in diagonal], e.shape[0]),), ("ii",), self.dims(e))
            return self._added(e, e.args)
        whole = self.lower(rest[0]) if len(rest) == 1 else self._added(e, rest)
        return self.graph.make("add_diagonal", (whole, self._sum([_on_diagonal(d) for d in diagonal], e.shape[0])), None, self.dims(e))

    def _added(self, e: Expr, parts: Sequence[Expr]) -> Node:
        nodes = [self.aligned(a, e) for a in parts]
        if any(n.dims == self.dims(e) and n.op != "expand" for n in nodes):  # the others need not be written out
            nodes = [n.args[0] if n.op == "expand" else self.graph.number(1) if n.op == "full" and n.attr == 1 else n for n in nodes]
        return self.graph.make("add", nodes, None, self.dims(e))

    def _sum(self, parts: Sequence[Expr], dim: Dim) -> Node:
        """The sum of numbers and vectors."""
        nodes = [self.lower(p) for p in parts]
        if len(nodes) == 1:
            return nodes[0]
        return self.graph.make("add", nodes, None, (dim,) if any(n.rank for n in nodes) else ())

    def _network(self, e: Expr) -> Node:
        row, col = self.fresh(), self.fresh()
        c = Contraction(self.graph, self.sizes)
        self._open(e, row, col, c)
        for label, dim in ((row, e.shape[0]), (col, e.shape[1])):
            if dim is not ONE:
                c.label(label, dim)
        for i in self.batch(e):
            c.label(i, self.ranges[i].dim)
        return self._spread(c, self.labels(e, row, col))

    def _spread(self, c: Contraction, out: Labels) -> Node:
        """The result with the labels that an identity ties together as diagonals."""
        core, kept = c.result(out)
        if len(kept) == len(out):
            return core
        pattern = "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)
        return self.graph.make("spread", (core,), (pattern,), tuple(c.dims[k] for k in out))

    def _open(self, e: Expr, row: object, col: object, c: Contraction) -> None:
        """Take a product apart into the factors of `c`."""
        op = e.op
        if op is TRANSPOSE:
            self._open(e.args[0], col, row, c)
        elif op is TIMES:
            for s in e.args[:-1]:
                self._open_scalar(s, c)
            self._open(e.args[-1], row, col, c)
        elif op is MATMUL:
            self._open_chain(e, row, col, c)
        elif op is DIAG and not self.batch(e):
            c.join(row, col, e.shape[0])
            self._open(e.args[0], row, None, c)
        elif op is EYE:
            c.join(row, col, e.shape[0])
        elif op is ONES:
            for label, dim in ((row, e.shape[0]), (col, e.shape[1])):
                if dim is not ONE:
                    c.label(label, dim)
        elif op is HADAMARD and any(map(_is_outer, e.args)):
            for a in e.args:
                self._open(a, row, col, c)
        elif e.is_scalar:
            self._open_scalar(e, c)
        elif op is UNIT and e.args[0].op is INDEX and self._is_whole(e):
            c.join(str(e.args[0].attr), row, e.shape[0])
        elif op is INVERSE and not self.batch(e):
            c.add(Factor(self.lower(e.args[0]), (row, col), inverse=True, spd=positive_definite(e.args[0])), e.shape)
        else:
            c.add(Factor(self.lower(e), self.labels(e, row, col), nonnegative=nonnegative(e)), self.dims(e))

    def _is_whole(self, unit: Expr) -> bool:
        name = str(unit.args[0].attr)
        return name not in self.loops and self.ranges[name].low == 1 and self.ranges[name].dim is unit.shape[0]

    def _open_scalar(self, s: Expr, c: Contraction) -> None:
        if s.op is TIMES:
            for a in s.args:
                self._open_scalar(a, c)
        elif s.op is MATMUL and self.batch(s):
            self._open_chain(s, None, None, c)
        elif self.batch(s):
            c.add(Factor(self.lower(s), self.batch(s), nonnegative=nonnegative(s)), self.dims(s))
        else:
            c.scalars.append(self.lower(s))

    def _open_chain(self, e: Expr, row: object, col: object, c: Contraction) -> None:
        factors: list[Expr] = []
        beside = e.shape[0] is ONE or e.shape[1] is ONE
        for f in e.args:
            base, k = _power_of(f)
            factors += [base] * k if beside and 1 < k <= UNROLLED else [f]
        at = row
        for n, f in enumerate(factors):
            to = col if n == len(factors) - 1 else (self.fresh() if f.shape[1] is not ONE else None)
            self._open(f, at, to, c)
            at = to

    def _matmul(self, e: Expr) -> Node:
        apart = _distributed(e)
        return self.lower(apart) if apart is not None else self._network(e)

    def _times(self, e: Expr) -> Node:
        if not self.dims(e) or (e.is_scalar and not any(a.op is MATMUL for a in e.args)):
            return self._multiplied(e)
        body = e.args[-1]
        if (body.op is ADD or (body.op is MATMUL and _distributed(body) is not None)) and not body.is_scalar and not self.batch(e):
            return self.graph.make("mul", [self._scalar_part(e.args[:-1]), self.lower(body)], None, self.dims(e))
        return self._network(e)

    def _scalar_part(self, args: Sequence[Expr]) -> Node:
        return self.lower(times(*args)) if len(args) > 1 else self.lower(args[0])

    def _multiplied(self, e: Expr) -> Node:
        """Numbers or arrays multiplied entry by entry, reciprocals as a division."""
        above = [a for a in e.args if not _is_below(a)]
        below = [a for a in e.args if _is_below(a)]
        top: Node = self.graph.number(Fraction(1))
        if above:
            top = product(self.graph, [self.aligned(a, e) for a in above])
            top = self._whole(top, e) if not below else top
        if not below:
            return top
        under = [self.aligned(_reciprocal(a), e) for a in below]
        return self.graph.make("div", (top, product(self.graph, under)), None, self.dims(e))

    def _whole(self, node: Node, e: Expr) -> Node:
        return node if node.dims == self.dims(e) or node.op != "mul" else self.graph.make("mul", node.args, None, self.dims(e))

    def _hadamard(self, e: Expr) -> Node:
        if any(a.op in (EYE, DIAG) for a in e.args):
            others = [a for a in e.args if a.op not in (EYE, DIAG)]
            on = [_on_diagonal(a) for a in e.args if a.op in (EYE, DIAG)]
            v = [diagonal(a) for a in others] + [a for a in on if not a.is_scalar]
            core = self.lower(hadamard(*v)) if v else self.graph.number(Fraction(1))
            return self.graph.make("spread", (core,), ("ii",), self.dims(e))
        if any(_is_outer(a) for a in e.args):
            return self._network(e)
        return self._multiplied(e)

    def _transpose(self, e: Expr) -> Node:
        x = self.lower(e.args[0])
        rank = x.rank
        if e.shape[0] is ONE or e.shape[1] is ONE:
            return x
        return self.graph.view(x, (*range(rank - 2), rank - 1, rank - 2))

    def _power(self, e: Expr) -> Node:
        base, k = e.args
        if is_number(k) and value_of(k) < 0:
            return self.graph.make("div", (self.graph.number(Fraction(1)), self.lower(_reciprocal(e))), None, self.dims(e))
        if is_number(k, 2) and base.op.name in ("norm", "normF"):
            return self.lower(total(power(base.args[0], num(2))))
        x = self.aligned(base, e)
        if is_number(k, Fraction(1, 2)):
            return self.graph.make("call", (x,), "sqrt", self.dims(e))
        return self.graph.make("pow", (x, self.aligned(k, e)), None, self.dims(e))

    def _matrix_power(self, e: Expr) -> Node:
        base, k = _power_of(e)
        if k > 1 and not self.batch(e):
            half = self.lower(base)
            if k <= 3:
                total = half
                for _ in range(k - 1):
                    total = pair(self.graph, total, half, ("i", "j"), ("j", "k"), ("i", "k"))
                return total
        x, exponent = self.lower(e.args[0]), self.lower(e.args[1])
        if exponent.rank or self.batch(e):
            raise _NoAxis
        return self.graph.make("call", (x, exponent), "matrix_power", self.dims(e))

    def _inverse(self, e: Expr) -> Node:
        return self.graph.make("inv", (self.lower(e.args[0]),), (positive_definite(e.args[0]),), self.dims(e))

    def _determinant(self, e: Expr) -> Node:
        if self.batch(e):
            return self._call(e)
        return self.graph.make(e.op.name, (self.lower(e.args[0]),), (positive_definite(e.args[0]),), ())

    def _trace(self, e: Expr) -> Node:
        x = e.args[0]
        if x.op is ADD:
            return self.lower(add(*[trace(a) for a in x.args]))
        row = self.fresh()
        return self._closed(e, x, row, row)

    def _total(self, e: Expr) -> Node:
        return self._closed(e, e.args[0], self.fresh(), self.fresh())

    def _closed(self, e: Expr, x: Expr, row: object, col: object) -> Node:
        c = Contraction(self.graph, self.sizes)
        if x.op is HADAMARD and row != col:
            for a in x.args:
                self._open(a, row, col, c)
        else:
            self._open(x, row, col, c)
        for i in self.batch(e):
            c.label(i, self.ranges[i].dim)
        return c.result(self.batch(e))[0]

    def _diag(self, e: Expr) -> Node:
        return self.graph.make("spread", (self.lower(e.args[0]),), ("ii",), self.dims(e)) if not self.batch(e) else self._no_axis(e)

    def _no_axis(self, e: Expr) -> Node:
        raise _NoAxis

    def _diagonal(self, e: Expr) -> Node:
        row = self.fresh()
        c = Contraction(self.graph, self.sizes)
        self._open(e.args[0], row, row, c)
        c.label(row, e.shape[0])
        for i in self.batch(e):
            c.label(i, self.ranges[i].dim)
        return c.result((*self.batch(e), row))[0]

    # ---- indices

    def _indexed(self, e: Expr) -> Node:
        try:
            return self._over_an_axis(e)
        except _NoAxis:
            return self._loop(e)

    @contextmanager
    def _running(self, name: str, low: Expr, high: Expr) -> Iterator[None]:
        first = value_of(low) if is_number(low) else None
        top = self.lower(high)
        if first is None or top.op not in ("size", "num") or top.rank:
            raise _NoAxis
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
                return self.graph.make("call", (turned,), "product", turned.dims[:-1])
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
            raise _NoAxis
        ends = self.lower(low), self.lower(high)
        before, self.loops = self.loops, self.loops | {name}
        try:
            inside = self.lower(body)
        finally:
            self.loops = before
        return self.graph.make("loop", (*ends, inside), ("product" if e.op is INDEXED_PRODUCT else "sum", name), self.dims(e))

    # ---- everything else

    def _iverson(self, e: Expr) -> Node:
        return self.entrywise("call", e, e.args, str(e.attr))

    def _cases(self, e: Expr) -> Node:
        return self.entrywise("call", e, e.args, "cases")

    def _kron(self, e: Expr) -> Node:
        if self.batch(e):
            raise _NoAxis
        a, b = (self.lower(x) for x in e.args)
        return self.graph.make("call", (a, b), "kron", self.dims(e))

    def _vec(self, e: Expr) -> Node:
        if self.batch(e):
            raise _NoAxis
        return self.graph.make("call", (self.lower(e.args[0]),), "vec", self.dims(e))

    def _log(self, e: Expr) -> Node:
        inner = e.args[0]
        if inner.op.name == "sigmoid":  # log(sigmoid(z)) = -softplus(-z), which does not underflow
            z = self.graph.make("neg", (self.lower(inner.args[0]),), None, self.dims(e))
            soft = self.graph.make("call", (z,), "softplus", self.dims(e))
            return self.graph.make("neg", (soft,), None, self.dims(e))
        if inner.op is DETERMINANT and not self.batch(e):
            return self.graph.make("logdet", (self.lower(inner.args[0]),), (positive_definite(inner.args[0]),), ())
        return self._call(e)

    def _call(self, e: Expr) -> Node:
        op = e.op
        if op.name not in CALLS:
            raise NoAnswerError(f"there is no code for {op.name}")
        if op.elementwise or op.name in ("max", "min"):
            return self.entrywise("call", e, e.args, op.name)
        if self.batch(e) and (op.name not in BATCHES or any(self.batch(a) not in ((), self.batch(e)) for a in e.args)):
            raise _NoAxis
        return self.graph.make("call", [self.lower(a) for a in e.args], op.name, self.dims(e))

    # ---- index networks

    def terms(self, terms: Sequence[Term], dims: Dims) -> Node:
        """A tensor: the sum of its terms, diagonals added where an identity ties two of its axes."""
        fine = {tuple(i.dim for s in t.slots for i in s) for t in terms}
        if len(fine) > 1:
            raise NoAnswerError("there is no code for a tensor whose axes are Kronecker pairs in some of its terms only")
        if fine and (apart := fine.pop()) != dims:
            return self.graph.make("reshape", (self.terms(terms, apart),), None, dims)
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
            except _NoAxis:
                pass
        ends = self.lower(low), self.lower(high)
        before, self.loops = self.loops, self.loops | {name}
        try:
            core, pattern = self._term(inner)
        finally:
            self.loops = before
        return self.graph.make("loop", (*ends, core), ("sum", name), core.dims), pattern


# Functions that have code, and those of them that take axes in front.
BATCHES = frozenset("softmax softmax_rows logsumexp logsumexp_rows norm normF norm1 norminf max_entry min_entry det logdet".split())
CALLS = BATCHES | frozenset(
    "normp norm2 norm_nuclear singvec polar pinv adj expm expm_frechet expm_frechet2 expm_kronecker factorial".split()
    + "exp log sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh abs sign".split()
    + "relu sigmoid softplus erf gelu max min".split()
)

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
    ADD: Lowering._add,
    TIMES: Lowering._times,
    MATMUL: Lowering._matmul,
    HADAMARD: Lowering._hadamard,
    TRANSPOSE: Lowering._transpose,
    KRONECKER: Lowering._kron,
    VEC: Lowering._vec,
    POWER: Lowering._power,
    MATRIX_POWER: Lowering._matrix_power,
    INVERSE: Lowering._inverse,
    DETERMINANT: Lowering._determinant,
    LOG_DETERMINANT: Lowering._determinant,
    TRACE: Lowering._trace,
    SUM: Lowering._total,
    DIAG: Lowering._diag,
    DIAGONAL: Lowering._diagonal,
    INDEXED_SUM: Lowering._indexed,
    INDEXED_PRODUCT: Lowering._indexed,
    IVERSON: Lowering._iverson,
    CASES: Lowering._cases,
}


def _on_diagonal(e: Expr) -> Expr:
    """The number or the vector on the diagonal of s I or s diag(v)."""
    c, scalars, body = split(e)
    assert body is not None
    inner = [body.args[0]] if body.op is DIAG else []
    return times(num(c), *scalars, *inner)


def _is_outer(e: Expr) -> bool:
    return e.op is MATMUL and any(a.shape[1] is ONE for a in e.args[:-1])


def _is_below(e: Expr) -> bool:
    return e.op is POWER and is_number(e.args[1]) and value_of(e.args[1]) < 0


def _reciprocal(e: Expr) -> Expr:
    return power(e.args[0], num(-value_of(e.args[1])))


def _power_of(f: Expr) -> tuple[Expr, int]:
    """X, k where the factor is X^k with a whole number k from 2; else the factor, 1."""
    turned = f.op is TRANSPOSE
    inner = f.args[0] if turned else f
    if inner.op is MATRIX_POWER and is_number(inner.args[1]) and value_of(inner.args[1]).denominator == 1 and value_of(inner.args[1]) > 1:
        base = inner.args[0]
        return (transpose(base) if turned else base), int(value_of(inner.args[1]))
    return f, 1


def _distributed(e: Expr) -> Expr | None:
    """(diag(s) - s s^T) v as s .* v - (s^T v) s: a sum with thin terms beside a vector is never formed.

    Beside a matrix only what is thin in every term is worth it: (a b^T - I) X^-1.
    """
    thin = _is_thin if e.shape[0] is ONE or e.shape[1] is ONE else _is_very_thin
    wanted = any if thin is _is_thin else all
    for k, f in enumerate(e.args):
        inner = f.args[0] if f.op is TRANSPOSE else f
        if inner.op is ADD and inner.shape[0] is not ONE and inner.shape[1] is not ONE and wanted(map(thin, inner.args)):
            parts = [transpose(a) if inner is not f else a for a in inner.args]
            return add(*[matmul(*e.args[:k], p, *e.args[k + 1 :]) for p in parts])
    return None


def _is_very_thin(e: Expr) -> bool:
    """The identity, a diagonal matrix, an outer product."""
    _, rest = without_coefficient(e)
    body = rest.args[-1] if rest.op is TIMES else rest
    return body.op in (EYE, DIAG) or _is_outer(body)


def _is_thin(e: Expr) -> bool:
    _, rest = without_coefficient(e)
    body = rest.args[-1] if rest.op is TIMES else rest
    return body.op in (EYE, DIAG, MATMUL, INVERSE)
