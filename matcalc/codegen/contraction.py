"""Products of many arrays over shared labels, two at a time in the cheapest order.

A factor is an array with a label for every axis; labels that are not asked for are summed. Matrix products, traces, sums over
a family and tensors are all of this kind, so the order of association, `tr(A B)` as an entrywise sum, `diag(v)` as
broadcasting and the products of index networks are found in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kinds import Dim
from .association import CHAIN, EXHAUSTIVE, AxisSets, KnownProduct, best_tree, connected_sets, leaves_of
from .chains import Chains, linked
from .factor import CHOLESKY, Factor, materialised
from .graph import GraphNode, ProgramGraph
from .pairs import Label, Labels, known_pair, pair, product, single

USUAL = 100  # the size of a dimension nobody gave a hint for


class Contraction:
    """One product. `join` says that two labels are the same (an identity matrix); `result` computes it."""

    def __init__(self, graph: ProgramGraph, sizes: Mapping[str, int]) -> None:
        self.graph, self.sizes, self.chains = graph, sizes, Chains(graph)
        self.factors: list[Factor] = []
        self.root: dict[Label, Label] = {}
        self.dims: dict[Label, Dim] = {}
        self.scalars: list[GraphNode] = []

    def add(self, factor: Factor, dims: Sequence[Dim] | None = None) -> None:
        self.factors.append(factor)
        for label, dim in zip(factor.labels, dims if dims is not None else factor.node.dims):
            self.dims[label] = dim

    def label(self, label: Label, dim: Dim) -> None:
        """A label that no factor may carry: the value does not vary along it."""
        self.dims[label] = dim

    def join(self, a: Label, b: Label, dim: Dim) -> None:
        self.dims[a] = self.dims[b] = dim
        a, b = self.find(a), self.find(b)
        if a != b:
            self.root[b] = a

    def find(self, label: Label) -> Label:
        while label in self.root:
            label = self.root[label]
        return label

    def size(self, label: Label) -> int:
        dim = self.dims[label]
        return max(2, dim.value({n: self.sizes.get(n, USUAL) for n in dim.names()}))

    def _are_alike(self, one: Label, other: Label) -> bool:
        return self.dims[one] is self.dims[other]

    # ---- the result

    def result(self, out: Labels) -> tuple[GraphNode, Labels]:
        """The product with the labels in `out`, those that were joined only once: the array and its labels."""
        factors = [self._with_labels(f) for f in self.factors]
        wanted = tuple(dict.fromkeys(self.find(label) for label in out))
        factors = self._square_roots(factors, wanted)
        carried = {label for f in factors for label in f.labels}
        for label in {self.find(k) for k in self.dims} - carried - set(wanted):
            self.scalars.append(self.graph.make("size", (), self.dims[label]))  # a sum of ones
        factors = [self._reduced(f, [g for g in factors if g is not f], wanted) for f in factors]
        numbers = [f.node for f in factors if not f.labels] + self.scalars
        factors = [f for f in factors if f.labels]
        scale = product(self.graph, numbers or [self.graph.number(1)])
        if not factors:
            return self._arranged(scale, (), wanted), wanted
        # A number goes to the result, so that the rest is found again elsewhere; to a factor only where that is much smaller.
        sets = AxisSets((*[f.labels for f in factors], wanted), self.size)
        late = sets.volume(sets.of(wanted)) <= 4 * min(sets.volume(sets.of(f.labels)) for f in factors)
        if numbers and not late:
            factors.append(Factor(scale, ()))
        last = self._contract(factors, wanted)
        node = materialised(self.graph, last)
        if numbers and late:
            node = product(self.graph, [scale, node])
        return self._arranged(node, last.labels, wanted), wanted

    def _with_labels(self, f: Factor) -> Factor:
        return f.relabelled(tuple(self.find(k) for k in f.labels))

    def _arranged(self, node: GraphNode, labels: Labels, wanted: Labels) -> GraphNode:
        places = tuple(labels.index(k) if k in labels else None for k in wanted)
        turned = self.graph.view(node, places) if node.rank else node
        if None not in places:
            return turned
        return self.graph.make("expand", (turned,), None, tuple(self.dims[k] for k in wanted))

    def _reduced(self, f: Factor, others: Sequence[Factor], wanted: Labels) -> Factor:
        """Without the labels that nothing else needs, and none twice."""
        needed = set(wanted).union(*[set(g.labels) for g in others])
        kept = tuple(dict.fromkeys(k for k in f.labels if k in needed))
        if kept == f.labels:
            return f
        if f.inverse and len(set(f.labels)) == 2 and len(kept) == 1:  # a row or column sum of an inverse: a solution
            k = f.labels.index(kept[0])
            n = f.node.dims[0]
            ones = self.graph.make("full", (), 1, (n,))
            return Factor(self.graph.make("solve", (f.node, ones), (f.kind, k == 1 and not f.symmetric), (n,)), kept)
        node = materialised(self.graph, f)
        return Factor(single(self.graph, node, f.labels, kept), kept, nonnegative=f.nonnegative)

    def _square_roots(self, factors: list[Factor], wanted: Labels) -> list[Factor]:
        """M^T diag(v) M with v >= 0 as B^T B: half the work, and symmetric to the last bit."""
        for f in factors:
            for g in factors:
                if f is g or f.node is not g.node or f.inverse or len(f.labels) != 2 or f.labels[0] in f.labels[1:]:
                    continue
                inner = [k for k in f.labels if k in g.labels]
                ends = {*f.labels, *g.labels} - set(inner)
                if len(inner) != 1 or not ends <= set(wanted) or f.labels.index(inner[0]) != g.labels.index(inner[0]):
                    continue
                weights = [h for h in factors if inner[0] in h.labels and h is not f and h is not g]
                if inner[0] not in wanted and weights and all(h.labels == tuple(inner) and h.nonnegative for h in weights):
                    root = self.graph.make("call", (product(self.graph, [h.node for h in weights]),), "sqrt", weights[0].node.dims)
                    labels = (f.labels, tuple(inner), f.labels)
                    scaled = pair(self.graph, f.node, root, *labels)
                    rest = [h for h in factors if h is not f and h is not g and h not in weights]
                    return [Factor(scaled, f.labels), Factor(scaled, g.labels), *rest]
        return factors

    # ---- the order

    def _contract(self, factors: list[Factor], wanted: Labels) -> Factor:
        while len(factors) > 1:
            among = connected_sets(factors, self.size) if EXHAUSTIVE < len(factors) <= CHAIN else None
            if among is not None or len(factors) <= EXHAUSTIVE:
                tree = best_tree(factors, wanted, self.size, self._is_there, self._are_alike, among, self.chains)
                return self._along(tree, factors, factors, wanted)
            a, b = self._cheapest_pair(factors, wanted)
            rest = [f for f in factors if f is not a and f is not b]
            factors = [*rest, self._joined(a, b, rest, wanted)]
        return factors[0]

    def _cheapest_pair(self, factors: Sequence[Factor], wanted: Labels) -> tuple[Factor, Factor]:
        sets = AxisSets((*[f.labels for f in factors], wanted), self.size)
        axes, above = [sets.of(f.labels) for f in factors], sets.of(wanted)
        once = twice = thrice = 0  # the labels that so many factors have, or more
        for own in axes:
            once, twice, thrice = once | own, twice | once & own, thrice | twice & own

        def greed(pair: tuple[int, int]) -> float:
            a, b = axes[pair[0]], axes[pair[1]]
            kept = (a | b) & (above | thrice | twice & ~(a & b))
            return sets.cost(a, b, kept) + sets.volume(kept) - sets.volume(a) - sets.volume(b)

        first, second = min(((i, k) for i in range(len(axes)) for k in range(i + 1, len(axes))), key=greed)
        return factors[first], factors[second]

    def _is_there(self, a: Factor, b: Factor, out: Labels) -> bool:
        """Whether the program has the product of two arrays already."""
        if a.inverse or b.inverse or len(out) > 2:
            return False
        for x in {a.labels, a.labels[::-1]} if a.symmetric else {a.labels}:
            for y in {b.labels, b.labels[::-1]} if b.symmetric else {b.labels}:
                if known_pair(self.graph, a.node, b.node, x, y, out) is not None:
                    return True
        return False

    def _along(self, tree: object, leaves: Sequence[Factor], all_: Sequence[Factor], wanted: Labels) -> Factor:
        if isinstance(tree, int):
            return leaves[tree]
        if isinstance(tree, KnownProduct):
            return tree.factor
        assert isinstance(tree, tuple)
        inside = set(leaves_of(tree))
        rest = [f for k, f in enumerate(leaves) if k not in inside]
        a, b = (self._along(t, leaves, all_, wanted) for t in tree)
        return self._joined(a, b, rest, wanted)

    def _joined(self, a: Factor, b: Factor, rest: Sequence[Factor], wanted: Labels) -> Factor:
        """The product of two, named by its members."""
        made = self._multiplied(a, b, rest, wanted)
        made.chain = linked(self.chains.of(a), a.labels, self.chains.of(b), b.labels, made.labels)
        self.chains.keep(made.chain, made.node)
        return made

    def _multiplied(self, a: Factor, b: Factor, rest: Sequence[Factor], wanted: Labels) -> Factor:
        needed = set(wanted).union(*[set(f.labels) for f in rest])
        out = tuple(k for k in dict.fromkeys(a.labels + b.labels) if k in needed)
        if set(out) == set(wanted) and len(out) == len(wanted):
            out = wanted
        for x, y in ((a, b), (b, a)):
            special = self._solved(x, y, out) if x.inverse else self._summed(x, y, out) if x.summing else None
            if special is not None:
                return special
        a, b = self._straight(a, b, out), self._straight(b, a, out)
        for x, y in ((a, b), (b, a)):
            shared = [k for k in x.labels if k in y.labels]
            if x.symmetric and not y.symmetric and len(x.labels) == len(y.labels) == len(out) == 2 and shared == [x.labels[1]]:
                a, b, out = x, y, (x.labels[0], y.labels[1 - y.labels.index(shared[0])])
                break
        node = pair(self.graph, materialised(self.graph, a), materialised(self.graph, b), a.labels, b.labels, out)
        return Factor(node, out, nonnegative=a.nonnegative and b.nonnegative)

    def _straight(self, x: Factor, other: Factor, out: Labels) -> Factor:
        """A symmetric matrix the way round in which it is multiplied from its right, so that A V is one product with V^T A."""
        if not x.symmetric or x.inverse or len(x.labels) != 2 or other.labels == x.labels:
            return x
        first, second = x.labels
        return x.relabelled((second, first)) if first in other.labels and first not in out and second not in other.labels else x

    def _summed(self, triangle: Factor, other: Factor, out: Labels) -> Factor | None:
        """The triangle of ones times something, as cumulative sums; None where it is no such product."""
        shared = [k for k in triangle.labels if k in other.labels]
        if len(shared) != 1 or shared[0] in out or other.inverse or len(set(triangle.labels)) != 2:
            return None
        place, at = triangle.labels.index(shared[0]), other.labels.index(shared[0])
        labels = (*other.labels[:at], triangle.labels[1 - place], *other.labels[at + 1 :])
        node = self.graph.make("cumulative", (other.node,), (at, place == 0), other.node.dims)
        return Factor(node, labels, nonnegative=other.nonnegative)

    def _solved(self, inv: Factor, other: Factor, out: Labels) -> Factor | None:
        """X^-1 times something, as the solution of a system; None where it is no such product."""
        shared = [k for k in inv.labels if k in other.labels]
        if not out and inv.spd and other.symmetric and len(shared) == 2 and not other.inverse:
            return Factor(self.graph.make("trace_inv", (inv.node, other.node), (CHOLESKY,)), ())
        if len(shared) != 1 or shared[0] in out or not 1 <= len(other.labels) <= 2 or len(set(inv.labels)) != 2 or inv.node.rank != 2:
            return None
        at = inv.labels.index(shared[0])
        free = inv.labels[1 - at]
        right = materialised(self.graph, other)
        if len(other.labels) == 2 and other.labels[1] == shared[0]:
            right = self.graph.view(right, (1, 0))
        labels = (free, *[k for k in other.labels if k != shared[0]])
        # X^-1[i, j] b[j] is a solution with X, X^-1[i, j] b[i] one with its transpose, which may be X
        node = self.graph.make(
            "solve", (inv.node, right), (inv.kind, at == 0 and not (inv.spd or inv.symmetric)), (self.dims[free], *right.dims[1:])
        )
        return Factor(node, labels)
