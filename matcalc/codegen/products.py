"""Sums, products and what is like them: opened into the factors of a contraction."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expressions.build import add, diagonal, hadamard, is_number, matrix_power, num, power, split, times, total, trace, value_of
from ..expressions.expr import Expr
from ..expressions.properties import holds
from ..kinds import ONE, Dim
from ..ops.core import ADD, EYE, HADAMARD, INDEX, MATMUL, MATRIX_POWER, ONES, TIMES, TRANSPOSE, UNIT
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.multilinear import letters
from ..ops.norms import FROBENIUS_NORM, NORM
from .blocks import Blocks, distributed_block, is_placed, merged
from .contraction import Contraction, Factor, Labels, pair, product
from .graph import Node
from .leaves import NoAxis
from .patterns import distributed, distributed_trace, is_below, is_outer, on_diagonal, power_of, reciprocal

UNROLLED = 4  # X^k up to this k is written as a product where a vector stands beside it


class Products(Blocks):
    """Sums, products, traces, diagonals, determinants."""

    def _add(self, e: Expr) -> Node:
        """A sum; what stands on the diagonal only is added there."""
        diagonal: list[Expr] = []
        rest: list[Expr] = []
        for a in e.args:
            _, _, body = split(a)
            (diagonal if body is not None and body.op in (EYE, DIAG) and e.shape[0] is not ONE else rest).append(a)
        if not diagonal or not rest or self.batch(e):
            if diagonal and not rest and not self.batch(e):
                return self.graph.make("spread", (self._sum([on_diagonal(d) for d in diagonal], e.shape[0]),), ("ii",), self.dims(e))
            return self._added(e, e.args)
        whole = self.lower(rest[0]) if len(rest) == 1 else self._added(e, rest)
        return self.graph.make("add_diagonal", (whole, self._sum([on_diagonal(d) for d in diagonal], e.shape[0])), None, self.dims(e))

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
        core = core.args[0] if core.op == "expand" and not core.args[0].rank else core
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
        elif op is HADAMARD and any(map(is_outer, e.args)):
            for a in e.args:
                self._open(a, row, col, c)
        elif e.is_scalar:
            self._open_scalar(e, c)
        elif op is UNIT and e.args[0].op is INDEX and self._is_whole(e):
            c.join(str(e.args[0].attr), row, e.shape[0])
        elif op is INVERSE and not self.batch(e):
            c.add(Factor(self.lower(e.args[0]), (row, col), inverse=True, spd=holds(e.args[0], "spd")), e.shape)
        else:
            symmetric = e.shape[0] is not ONE and holds(e, "symmetric")
            c.add(Factor(self.lower(e), self.labels(e, row, col), nonnegative=holds(e, "nonnegative"), symmetric=symmetric), self.dims(e))

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
            c.add(Factor(self.lower(s), self.batch(s), nonnegative=holds(s, "nonnegative")), self.dims(s))
        else:
            c.scalars.append(self.lower(s))

    def _open_chain(self, e: Expr, row: object, col: object, c: Contraction) -> None:
        factors: list[Expr] = []
        beside = e.shape[0] is ONE or e.shape[1] is ONE
        for f in e.args:
            base, k = power_of(f)
            factors += [base] * k if beside and 1 < k <= UNROLLED else [f]
        if not self.batch(e):
            factors = merged(factors)
        at = row
        for n, f in enumerate(factors):
            to = col if n == len(factors) - 1 else (self.fresh() if f.shape[1] is not ONE else None)
            if f.op is MATMUL:  # picked rows or columns
                c.add(Factor(self.lower(f), self.labels(f, at, to)), self.dims(f))
            else:
                self._open(f, at, to, c)
            at = to

    def _matmul(self, e: Expr) -> Node:
        apart = self._apart(e)
        if apart is not None:
            return self.lower(apart)
        return self.selected(e) or self._network(e)

    def _apart(self, e: Expr) -> Expr | None:
        """A product multiplied out, where that is less work."""
        return distributed(e) or distributed_block(e)

    def _times(self, e: Expr) -> Node:
        if not self.dims(e) or (e.is_scalar and not any(a.op is MATMUL for a in e.args)):
            return self._multiplied(e)
        body = e.args[-1]
        if (
            (body.op is ADD or (body.op is MATMUL and (self._apart(body) is not None or is_placed(body))))
            and not body.is_scalar
            and not self.batch(e)
        ):
            return self.graph.make("mul", [self._scalar_part(e.args[:-1]), self.lower(body)], None, self.dims(e))
        return self._network(e)

    def _scalar_part(self, args: Sequence[Expr]) -> Node:
        return self.lower(times(*args)) if len(args) > 1 else self.lower(args[0])

    def _multiplied(self, e: Expr) -> Node:
        """Numbers or arrays multiplied entry by entry, reciprocals as a division."""
        above = [a for a in e.args if not is_below(a)]
        below = [a for a in e.args if is_below(a)]
        top: Node = self.graph.number(Fraction(1))
        if above:
            top = product(self.graph, [self.aligned(a, e) for a in above])
            top = self._whole(top, e) if not below else top
        if not below:
            return top
        under = [self.aligned(reciprocal(a), e) for a in below]
        return self.graph.make("div", (top, product(self.graph, under)), None, self.dims(e))

    def _whole(self, node: Node, e: Expr) -> Node:
        return node if node.dims == self.dims(e) or node.op != "mul" else self.graph.make("mul", node.args, None, self.dims(e))

    def _hadamard(self, e: Expr) -> Node:
        if any(a.op in (EYE, DIAG) for a in e.args):
            others = [a for a in e.args if a.op not in (EYE, DIAG)]
            on = [on_diagonal(a) for a in e.args if a.op in (EYE, DIAG)]
            v = [diagonal(a) for a in others] + [a for a in on if not a.is_scalar]
            core = self.lower(hadamard(*v)) if v else self.graph.number(Fraction(1))
            return self.graph.make("spread", (core,), ("ii",), self.dims(e))
        if any(is_outer(a) for a in e.args):
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
            return self.graph.make("div", (self.graph.number(Fraction(1)), self.lower(reciprocal(e))), None, self.dims(e))
        if is_number(k, 2) and base.op in (NORM, FROBENIUS_NORM):
            return self.lower(total(power(base.args[0], num(2))))
        x = self.aligned(base, e)
        if is_number(k) and value_of(k) == Fraction(1, 2):
            return self.graph.make("call", (x,), "sqrt", self.dims(e))
        return self.graph.make("pow", (x, self.aligned(k, e)), None, self.dims(e))

    def _matrix_power(self, e: Expr) -> Node:
        base, k = power_of(e)
        if k > 1 and not self.batch(e):
            half = self.lower(base)
            if k <= 3:
                total = half
                for _ in range(k - 1):
                    total = pair(self.graph, total, half, ("i", "j"), ("j", "k"), ("i", "k"))
                return total
        x, exponent = self.lower(e.args[0]), self.lower(e.args[1])
        if exponent.rank or self.batch(e):
            raise NoAxis
        return self.graph.make("call", (x, exponent), MATRIX_POWER, self.dims(e))

    def _inverse(self, e: Expr) -> Node:
        return self.graph.make("inv", (self.lower(e.args[0]),), (holds(e.args[0], "spd"),), self.dims(e))

    def _determinant(self, e: Expr) -> Node:
        if self.batch(e):
            return self.call(e)
        return self.graph.make(e.op.name, (self.lower(e.args[0]),), (holds(e.args[0], "spd"),), ())

    def _trace(self, e: Expr) -> Node:
        x = e.args[0]
        if x.op is ADD:
            return self.lower(add(*[trace(a) for a in x.args]))
        apart = distributed_trace(x)
        if apart is not None:
            return self.lower(apart)
        base, k = power_of(x)
        if 1 < k <= UNROLLED and not self.batch(e):  # tr(X^2) is an entrywise sum
            half = self.lower(base if k == 2 else matrix_power(base, num(k - 1)))
            return pair(self.graph, half, self.lower(base), ("i", "j"), ("j", "i"), ())
        return self._by_letters(e)

    def _by_letters(self, e: Expr) -> Node:
        """A multilinear operation: its arguments' factors over its letters."""
        form = letters(e.op.index)
        at = {c: self.fresh() for place in form.arguments for part in place for c in part}
        summed = set(at) - set("".join(form.value))
        c = Contraction(self.graph, self.sizes)
        for a, place in zip(e.args, form.arguments):
            row, col = (at.get(part) for part in place)
            for label, d in zip((row, col), a.shape):
                if label is not None and d is not ONE:
                    c.label(label, d)
            inside = a.args if a.op is HADAMARD and row != col and summed & set("".join(place)) else (a,)
            for factor in inside:
                self._open(factor, row, col, c)
        for i in self.batch(e):
            c.label(i, self.ranges[i].dim)
        out = (*self.batch(e), *[at[k] for part in form.value for k in part if at[k] in c.dims])
        found = self._spread(c, out)
        return found if all(len(part) < 2 for part in form.value) else self.graph.make("reshape", (found,), None, self.dims(e))
