"""The same arrays with fewer passes over memory: what the terms of a sum share is multiplied once, signs go where they cost nothing,
transposes into products, numbers to the smaller side.

Only what nothing else needs is written anew, so nothing is computed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..ops.activations import SIGMOID
from ..ops.operation import Operation
from .contraction import known_pair, pair
from .graph import GraphNode, ProgramGraph, postorder

ENTRYWISE = frozenset(("add", "mul", "div", "pow", "neg"))
DEEP = 30  # how many operations below one are looked at


class Economy:
    """The nodes of a program written anew."""

    def __init__(self, graph: ProgramGraph, roots: Iterable[GraphNode], kept: Iterable[GraphNode], plain: bool = False) -> None:
        self.graph, self.plain = graph, plain
        order = postorder(roots)
        readers = Counter(a for n in order for a in dict.fromkeys(n.args))
        self.new: dict[GraphNode, GraphNode] = {}
        # What may be taken apart: nodes of one reader that are no results and have no name of the author's.
        self.loose: set[GraphNode] = set()
        fixed = {*roots, *kept}
        self.there: set[GraphNode] = set()
        self.typed = set(order)
        for n in order:
            made = self._made(n)
            self.new[n] = made
            if made in self.there:
                self.loose.discard(made)
                continue
            self.there.add(made)
            if readers[n] < 2 and n not in fixed:
                self.loose.add(made)
            else:
                self.loose.discard(made)

    # ---- one node

    def _made(self, n: GraphNode) -> GraphNode:
        args = [self.new[a] for a in n.args]
        if n.loops or n.op == "loop":
            return self._node(n.op, args, n.attr, n)
        if n.op == "view":
            return self._turned(args[0], n)
        if n.op == "add":
            return self._sum(args, n)
        if n.op == "mul":
            return self._times(args, n)
        if n.op == "div" and n.rank > 1 and not args[1].rank and not _is_one(args[0]):
            number = self.graph.number(1)
            return self._times([self._loose(self.graph.make("div", (number, args[1]))), args[0]], n)
        if n.op == "pair":
            return self._pair(args, n)
        if n.op == "one":
            return self._one(args[0], n)
        if n.op == "solve":
            return self._solved(args, n)
        if self.plain and n.op == "call" and getattr(n.attr, "stacks", "") == "entries":
            args = self._short(args, n)
        return self._node(n.op, args, n.attr, n)

    def _node(self, op: str, args: Sequence[GraphNode], attr: object, like: GraphNode) -> GraphNode:
        return self.graph.make(op, args, attr, like.dims)

    def _short(self, args: Sequence[GraphNode], n: GraphNode) -> list[GraphNode]:
        """The arguments of a function of entries, one number in place of many where another argument has all the axes."""
        short = [
            a.args[0] if a.op == "expand" and not a.args[0].rank else self.graph.number(a.attr) if a.op == "full" and a.rank else a
            for a in args
        ]
        return short if any(a.dims == n.dims and a.op != "expand" for a in short) else list(args)

    def _loose(self, n: GraphNode) -> GraphNode:
        """A node made on the way, which nothing else reads."""
        self.loose.add(n)
        return n

    # ---- transposes

    def _turned(self, x: GraphNode, n: GraphNode) -> GraphNode:
        if n.attr == (1, 0) and x.rank == 2 and x in self.loose:
            found = self._transposed(x)
            if found is not None:
                return found
        sign, body = self._unsigned(x)
        assert isinstance(n.attr, tuple)
        made = self.graph.view(body, n.attr)
        return made if sign > 0 else self._negative(self._loose(made))

    def _transposed(self, x: GraphNode, deep: int = DEEP) -> GraphNode | None:
        """The transpose of something that is computed here alone, where computing it the other way round is no more work."""
        if x.op == "pair":
            assert isinstance(x.attr, tuple)
            la, lb, out = x.attr
            return self.graph.make("pair", x.args, (la, lb, out[::-1]), x.dims[::-1])
        if x.op == "view" and x.attr == (1, 0):
            return x.args[0]
        if not deep or (x.op not in ENTRYWISE and not is_function(x)):
            return None
        before = sum(self._is_crossed(a) for a in x.args)
        flipped = [self._flipped(a, x, deep - 1) for a in x.args]
        if None in flipped or sum(self._is_crossed(a) for a in flipped if a is not None) > before:
            return None
        return self.graph.make(x.op, [a for a in flipped if a is not None], x.attr, x.dims[::-1])

    def _flipped(self, a: GraphNode, x: GraphNode, deep: int) -> GraphNode | None:
        """An argument of something entry by entry, for its transpose."""
        if a.rank == 0:
            return a
        if a.op == "view" and a.attr in ((0, None), (None, 0)) and x.rank == 2:
            return self.graph.view(a.args[0], a.attr[::-1])
        if a.rank != 2 or a.op == "expand":
            return None
        if a in self.loose:
            found = self._transposed(a, deep)
            if found is not None:
                return self._loose(found)
        return self.graph.view(a, (1, 0))

    def _is_crossed(self, a: GraphNode) -> bool:
        """Whether the entries of an array lie in memory column by column."""
        return a.op == "view" and a.attr == (1, 0)

    def _straight(self, x: GraphNode) -> GraphNode:
        """Something entry by entry with arrays that lie in memory in different ways: a product among them is computed the other way."""
        if x.rank != 2 or not any(self._is_crossed(a) for a in x.args):
            return x
        for k, a in enumerate(x.args):
            if a.op == "pair" and a in self.loose and any(self._is_crossed(b) for b in x.args):
                others = [b for j, b in enumerate(x.args) if j != k and b.rank == 2 and a.dims == b.dims]
                if others and all(map(self._is_crossed, others)):
                    self._loose(x)
                    found = self._transposed(x)
                    self.loose.discard(x)
                    if found is not None:
                        return self.graph.view(found, (1, 0))
        return x

    def _pair(self, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
        """A product; of A[i, j] B[j, i] the one that is a product itself is computed the other way round."""
        assert isinstance(n.attr, tuple)
        la, lb, out = n.attr
        if len(out) < 2 and len(la) == len(lb) == 2:
            for k, inner in enumerate(args):
                found = self._known_beside(inner, args[1 - k], n) if inner.op == "pair" and inner in self.loose else None
                if found is not None:
                    return found
        if len(la) == 2 and la == lb[::-1] and len(out) < 2:
            for k, a in enumerate(args):
                found = self._transposed(a) if a in self.loose and args[0] is not args[1] else None
                if found is not None:
                    labels = (la[::-1], lb) if k == 0 else (la, lb[::-1])
                    return self._node("pair", (*args[:k], self._loose(found), *args[k + 1 :]), (*labels, out), n)
        if not out and n.rank == 0 and len(la) == 1:
            for inner, x in (args, args[::-1]):
                found = self._regrouped(inner, x) if inner.op == "pair" and inner in self.loose else None
                if found is not None:
                    return found
        return self._node("pair", args, n.attr, n)

    def _solved(self, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
        """X^-1 B as a product, where the program has X^-1 of a positive definite X anyway: the same arithmetic, by faster routines."""
        assert isinstance(n.attr, tuple)
        spd, transposed = n.attr
        x, b = args
        inverse = self.graph.known("inv", n.args[:1], (spd,), n.args[0].dims)
        if not spd or inverse is None or inverse not in self.typed or x.rank != 2 or b.rank not in (1, 2):
            return self._node("solve", args, n.attr, n)
        inverse = self.graph.make("inv", (x,), (spd,), x.dims)
        return pair(self.graph, inverse, b, ("j", "i") if transposed else ("i", "j"), ("j", "k")[: b.rank], ("i", "k")[: b.rank])

    def _regrouped(self, inner: GraphNode, x: GraphNode) -> GraphNode | None:
        """(u M) x as u (M x), where the program has M x anyway."""
        assert isinstance(inner.attr, tuple)
        labels, kept = inner.attr[:2], inner.attr[2]
        for k in (0, 1):
            u, M = inner.args[k], inner.args[1 - k]
            summed = [c for c in labels[1 - k] if c not in kept]
            if u.rank == 1 and M.rank == 2 and len(summed) == 1:
                there = known_pair(self.graph, M, x, tuple(labels[1 - k]), tuple(kept), tuple(summed))
                if there is not None and (there in self.typed or there in self.there):
                    return pair(self.graph, u, there, tuple(summed), tuple(summed), ())
        return None

    def _known_beside(self, inner: GraphNode, x: GraphNode, n: GraphNode) -> GraphNode | None:
        """sum_k (sum_z u[i, z] M[z, k]) x[i, k] as sum_z u[i, z] P[z, i], where the program has P = M x^T anyway."""
        assert isinstance(n.attr, tuple) and isinstance(inner.attr, tuple)
        k = 0 if self._is_argument(n, 0, inner) else 1
        own, other, out = n.attr[k], n.attr[1 - k], n.attr[2]
        names = dict(zip(inner.attr[2], own))
        sides = [tuple(names.get(c, f"inner {c}") for c in labels) for labels in inner.attr[:2]]
        for at in (0, 1):
            u, M = inner.args[at], inner.args[1 - at]
            kept = tuple(c for c in dict.fromkeys(sides[1 - at] + tuple(other)) if c in sides[at] or c in out)
            if u.rank != 2 or M.rank != 2 or set(kept) != set(sides[at]):
                continue
            there = known_pair(self.graph, M, x, sides[1 - at], tuple(other), kept)
            body = there.args[0] if there is not None and there.op == "view" else there
            if there is not None and (body in self.typed or body in self.there):
                return pair(self.graph, u, there, sides[at], kept, tuple(out))
        return None

    def _is_argument(self, n: GraphNode, k: int, made: GraphNode) -> bool:
        return self.new[n.args[k]] is made

    def _one(self, x: GraphNode, n: GraphNode, deep: int = DEEP) -> GraphNode:
        """The sum of a sum of arrays of one shape is that of their sums, and of a transpose that along the other axis."""
        assert isinstance(n.attr, tuple)
        a, out = n.attr
        if deep and x.op == "view" and x.attr == (1, 0) and len(set(a)) == 2 and len(out) < 2:
            return self._one(x.args[0], self.graph.make("one", (x.args[0],), (a[::-1], out), n.dims), deep - 1)
        if (
            deep
            and x.op == "add"
            and x in self.loose
            and len(set(a)) == len(a)
            and all(b.dims == x.dims and b.op != "expand" for b in x.args)
        ):
            parts = [self._unsigned(b) for b in x.args]
            sums = [self._loose(self._one(b, self.graph.make("one", (b,), (a, out), n.dims), deep - 1)) for _, b in parts]
            return self._node("add", [b if s > 0 else self._loose(self._negative_of(b)) for (s, _), b in zip(parts, sums)], None, n)
        return self._node("one", (x,), (a, out), n)

    # ---- signs

    def _unsigned(self, x: GraphNode) -> tuple[int, GraphNode]:
        """x as a sign and the rest, where x is computed here alone."""
        if x not in self.loose:
            return 1, x
        if x.op == "neg":
            return -1, x.args[0]
        if x.op == "mul" and any(_is_minus_one(a) for a in x.args):
            rest = list(x.args)
            rest.remove(next(a for a in rest if _is_minus_one(a)))
            dims = max((a.dims for a in rest), key=len)
            if len(rest) > 1 or dims == x.dims:
                return -1, rest[0] if len(rest) == 1 else self._loose(self.graph.make("mul", rest, None, x.dims))
        return 1, x

    def _negative(self, x: GraphNode) -> GraphNode:
        """-x; where x is a difference computed here alone, the difference the other way round."""
        found = self._opposite(x)
        return found if found is not None else self.graph.make("mul", (self.graph.number(-1), x), None, x.dims)

    def _opposite(self, x: GraphNode, deep: int = DEEP) -> GraphNode | None:
        """-x, where that is no more work than x."""
        if x.op == "num":
            return self.graph.number(-x.attr)  # type: ignore[operator]
        if x not in self.loose or not deep:
            return None
        sign, rest = self._unsigned(x)
        if sign < 0:
            return rest
        if x.op == "add":
            parts = [self._unsigned(a) for a in x.args]
            if all(s > 0 for s, _ in parts) or all(b.op == "num" for s, b in parts if s < 0):
                return None
            terms = [b if s < 0 else self._loose(self._negative_of(b)) for s, b in parts]
            return self._loose(self.graph.make("add", terms, None, x.dims))
        if x.op in ("mul", "pair", "div", "view"):
            for k, a in enumerate(x.args[:1] if x.op == "div" else x.args):
                if x.args.count(a) == 1 and a.op != "num":
                    found = self._opposite(a, deep - 1)
                    if found is not None:
                        return self._loose(self.graph.make(x.op, [*x.args[:k], found, *x.args[k + 1 :]], x.attr, x.dims))
        return None

    def _negative_of(self, b: GraphNode) -> GraphNode:
        if b.op == "num":
            return self.graph.number(-b.attr)  # type: ignore[operator]
        if b.op == "mul" and b in self.loose:
            return self.graph.make("mul", (self.graph.number(-1), *b.args), None, b.dims)
        if b.op == "div" and b in self.loose and b.rank == 0:
            return self.graph.make("div", (self._negative_of(b.args[0]), b.args[1]))
        return self.graph.make("mul", (self.graph.number(-1), b), None, b.dims)

    def _times(self, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
        """A product; signs of its factors go to the front, or into a difference."""
        sign = 1
        rest: list[GraphNode] = []
        below: list[GraphNode] = []
        for a in args:
            s, body = (-1, None) if _is_minus_one(a) else self._unsigned(a)
            sign *= s
            if body is None:
                continue
            if body.op == "mul" and body in self.loose and body.rank == max((x.rank for x in body.args), default=0):
                rest += body.args
            elif body.op == "div" and body in self.loose and _is_one(body.args[0]) and body.dims == body.args[1].dims and _pays(body, n):
                below.append(body.args[1])
            else:
                rest.append(body)
        rest, under = self._slopes(rest)
        below += under
        if not rest or _broadcast(rest) != n.dims or len(below) > 1:
            return self._node("mul", args, None, n)
        made = rest[0] if len(rest) == 1 else self._scaled(rest, n) or self._straight(self._node("mul", rest, None, n))
        if below:
            made = self._node("div", (self._loose(made) if len(rest) > 1 else made, below[0]), None, n)
        if sign > 0:
            return made
        return self._negative(self._loose(made) if len(rest) > 1 or below else made)

    def _slopes(self, factors: list[GraphNode]) -> tuple[list[GraphNode], list[GraphNode]]:
        """sigmoid(z) sigmoid(-z) as e/(1 + e)^2 with e = exp(-|z|): what stands above and below. Where programs are differentiated
        further they stay, for |z| has no slope at 0."""
        for f in factors if self.plain else ():
            if f.op == "call" and f.attr is SIGMOID and f in self.loose:
                z, graph = f.args[0], self.graph
                other = next(
                    (g for g in factors if g.op == "call" and g.attr is SIGMOID and g in self.loose and _are_opposite(g.args[0], z)), None
                )
                if other is not None:
                    scale, rest = _coefficient(z)
                    inner = list(rest.elements())
                    base = inner[0] if len(inner) == 1 else self._loose(graph.make("mul", inner, None, z.dims))
                    size = self._loose(graph.make("call", (base,), "abs", z.dims))
                    number = graph.number(-abs(scale))
                    small = graph.make("call", (self._loose(graph.make("mul", (number, size), None, z.dims)),), "exp", z.dims)
                    above = self._loose(graph.make("add", (graph.number(Fraction(1)), small), None, z.dims))
                    others = [g for g in factors if g is not f and g is not other]
                    return [*others, small], [self._loose(graph.make("pow", (above, graph.number(Fraction(2))), None, z.dims))]
        return factors, []

    def _scaled(self, rest: Sequence[GraphNode], n: GraphNode) -> GraphNode | None:
        """A number times a sum, where the number goes better to the terms: -(q + r - 2 Z)/2."""
        product = next((a for a in rest if a.rank == n.rank == 2), None)
        if product is not None and product.op == "pair" and product in self.loose and sum(a.rank > 0 for a in rest) == 1 < len(rest):
            return self._small_side([a for a in rest if a is not product], product)
        if len(rest) != 2 or rest[0].op != "num" or rest[1].op != "add" or rest[1] not in self.loose or n.rank < 2:
            return None
        factor = Fraction(str(rest[0].attr))
        terms, before, after = [], 1, 0
        for sign, fs in map(self._term, rest[1].args):
            numbers = [f for f in fs if f.op == "num"]
            others = [f for f in fs if f.op != "num"]
            scale = factor * sign
            for f in numbers:
                scale *= Fraction(str(f.attr))
            if max((_length(f) for f in others), default=0) == n.rank:
                before += bool(numbers)
                after += abs(scale) != 1
            terms.append((scale, others))
        if after >= before or any(_broadcast(others) is None for _, others in terms):
            return None
        return self._node("add", [self._multiple(scale, others) for scale, others in terms], None, n)

    def _small_side(self, numbers: Sequence[GraphNode], product: GraphNode) -> GraphNode | None:
        """Numbers times A B with as many rows as columns, of the size that A B has and A has not: they go to A."""
        a, b = product.args
        n, m = product.dims
        inner = a.args[0] if a.op == "view" else a
        if n is not m or a.rank != 2 or b.rank != 2 or a.dims.count(n) != 1 or inner is (b.args[0] if b.op == "view" else b):
            return None
        scaled = self._times([*numbers, a], self.graph.make("mul", (*numbers, a), None, a.dims))
        return self.graph.make("pair", (self._loose(scaled), b), product.attr, product.dims)

    def _multiple(self, scale: Fraction, others: Sequence[GraphNode]) -> GraphNode:
        nodes = [*([] if scale == 1 and others else [self.graph.number(scale)]), *others]
        dims = _broadcast(others)
        assert dims is not None
        return nodes[0] if len(nodes) == 1 else self._loose(self.graph.make("mul", nodes, None, dims))

    # ---- sums

    def _sum(self, args: Sequence[GraphNode], n: GraphNode) -> GraphNode:
        """A sum, with what its terms share in front."""
        args = self._products_joined(args)
        if len(args) == 1:
            return args[0]
        terms = [self._term(a) for a in args]
        best: tuple[int, int, GraphNode] | None = None
        for f in dict.fromkeys(f for _, fs in terms for f in fs if f.rank and f.op != "num"):
            count = sum(f in fs for _, fs in terms)
            if count > 1 and (best is None or (count, f.rank) > best[:2]):
                best = count, f.rank, f
        if best is None or n.rank == 0:
            return self._straight(self._node("add", self._gathered(args, n), None, n))
        shared = best[2]
        inner, rest = [], []
        for (sign, fs), a in zip(terms, args, strict=True):
            if shared not in fs:
                rest.append(a)
                continue
            others = list(fs)
            others.remove(shared)
            inner.append((sign, others))
        total = self._inner_sum(inner)
        dims = _broadcast([total, shared]) if total is not None else None
        gained = all(o for _, o in inner) or (total is not None and total.rank < n.rank)
        if total is None or dims is None or not gained or (not rest and dims != n.dims):
            return self._straight(self._node("add", self._gathered(args, n), None, n))
        product = self._times([total, shared], self.graph.make("mul", (total, shared), None, dims))
        if not rest:
            return product
        return self._sum([self._loose(product), *rest], n)

    def _products_joined(self, args: Sequence[GraphNode]) -> list[GraphNode]:
        """A W - B W as (A - B) W, where neither product is needed elsewhere."""
        found: list[GraphNode] = []
        todo = list(args)
        while todo:
            a = todo.pop(0)
            sign, body = self._unsigned(a)
            for place in (0, 1) if body.op == "pair" and body in self.loose and body.args[0] is not body.args[1] else ():
                others = [b for b in todo if self._is_beside(self._unsigned(b)[1], body, place)]
                if others:
                    parts = [(sign, body.args[1 - place]), *[(s, p.args[1 - place]) for s, p in map(self._unsigned, others)]]
                    terms = [b if s > 0 else self._loose(self._negative_of(b)) for s, b in parts]
                    inner = self._sum(terms, self.graph.make("add", terms, None, body.args[1 - place].dims))
                    pair = (body.args[0], self._loose(inner)) if place == 0 else (self._loose(inner), body.args[1])
                    todo = [b for b in todo if b not in others]
                    a = self._loose(self.graph.make("pair", pair, body.attr, body.dims))
                    break
            found.append(a)
        return found

    def _is_beside(self, b: GraphNode, body: GraphNode, place: int) -> bool:
        """Whether b is another product with the same array at this place, of which nothing else is read."""
        if b.op != "pair" or b not in self.loose or b is body or b.attr != body.attr or b.args[place] is not body.args[place]:
            return False
        return b.args[1 - place].dims == body.args[1 - place].dims and body.args[1 - place].rank > 0

    def _gathered(self, args: Sequence[GraphNode], n: GraphNode) -> list[GraphNode]:
        """The terms of a sum of two axes or more, those that lie along the same axis added first."""
        groups: dict[object, list[GraphNode]] = {}
        for a in args:
            _, body = self._unsigned(a)
            across = body.op == "view" and None in body.attr  # type: ignore[operator]
            key = (body.attr, body.args[0].dims) if across else body.dims
            groups.setdefault(key if n.rank > 1 and (across or body.rank == 1) else a, []).append(a)
        found = []
        for group in groups.values():
            total = self._inner_sum([(s, [b]) for s, b in map(self._unsigned, group)]) if len(group) > 1 else None
            found += [total] if total is not None else group
        return found

    def _inner_sum(self, parts: Sequence[tuple[int, list[GraphNode]]]) -> GraphNode | None:
        """The sum of products of what is left; None where their axes do not say its size."""
        nodes = []
        for sign, fs in parts:
            dims = _broadcast(fs)
            if dims is None:
                return None
            body = self.graph.number(1) if not fs else fs[0] if len(fs) == 1 else self._loose(self.graph.make("mul", fs, None, dims))
            nodes.append((sign, body))
        patterns = {b.attr if b.op == "view" else None for _, b in nodes}
        if len(patterns) == 1 and None not in patterns and all(b.args[0].dims == nodes[0][1].args[0].dims for _, b in nodes):
            inside = self._inner_sum([(s, [b.args[0]]) for s, b in nodes])
            pattern = nodes[0][1].attr
            assert isinstance(pattern, tuple)
            return None if inside is None else self._loose(self.graph.view(self._loose(inside), pattern))
        dims = _broadcast([b for _, b in nodes])
        if dims is None:
            return None
        opposite = self.graph.known("add", [self._negative_of(b) if s > 0 else b for s, b in nodes], None, dims)
        if opposite is not None and (
            opposite in self.there or opposite in self.typed
        ):  # the difference the other way round is computed anyway
            return self._loose(self.graph.make("mul", (self.graph.number(-1), opposite), None, dims))
        return self._loose(self.graph.make("add", [b if s > 0 else self._loose(self._negative_of(b)) for s, b in nodes], None, dims))

    def _term(self, a: GraphNode) -> tuple[int, list[GraphNode]]:
        """A term of a sum as its sign and its factors."""
        sign, body = self._unsigned(a)
        if body.op == "mul" and body in self.loose:
            return sign, list(body.args)
        return sign, [body]


def _broadcast(parts: Sequence[GraphNode]) -> tuple | None:  # type: ignore[type-arg]
    """The axes of a product or a sum of such arrays; None where one cannot tell."""
    rank = max((p.rank for p in parts), default=0)
    dims = []
    for k in range(rank, 0, -1):
        found = {p.dims[-k] for p in parts if p.rank >= k and p.dims[-k].number != 1}
        if len(found) > 1:
            return None
        dims.append(found.pop() if found else next(p.dims[-k] for p in parts if p.rank >= k))
    return tuple(dims)


def _is_minus_one(a: GraphNode) -> bool:
    return a.op == "num" and a.attr == -1


def _length(a: GraphNode) -> int:
    """Along how many axes an array varies."""
    return sum(d.number != 1 for d in a.dims)


def _pays(reciprocal: GraphNode, n: GraphNode) -> bool:
    """Whether dividing by an array is better than multiplying with its reciprocals: not many entries by one number."""
    return n.rank < 2 or _length(reciprocal) == n.rank


def _are_opposite(a: GraphNode, b: GraphNode) -> bool:
    """Whether one is -1 times the other."""
    (c, rest), (d, other) = _coefficient(a), _coefficient(b)
    return c == -d and rest == other


def _coefficient(x: GraphNode, deep: int = DEEP) -> tuple[Fraction, Counter[GraphNode]]:
    """The number in front of a product, and its other factors."""
    if x.op == "neg" and deep:
        c, rest = _coefficient(x.args[0], deep - 1)
        return -c, rest
    if x.op != "mul" or not deep:
        return Fraction(1), Counter([x])
    c, found = Fraction(1), Counter[GraphNode]()
    for f in x.args:
        if f.op == "num":
            c *= Fraction(str(f.attr))
        elif f.op == "mul":
            inner, factors = _coefficient(f, deep - 1)
            c *= inner
            found += factors
        else:
            found[f] += 1
    return c, found


def _is_one(a: GraphNode) -> bool:
    return a.op == "num" and a.attr == 1


def is_function(n: GraphNode) -> bool:
    return n.op == "call" and len(n.args) == 1 and (n.attr.elementwise if isinstance(n.attr, Operation) else n.attr != "cases")
