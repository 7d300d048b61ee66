"""Products of many arrays over shared labels, two at a time in the cheapest order.

A factor is an array with a label for every axis; labels that are not asked for are summed. Matrix products, traces, sums over
a family and tensors are all of this kind, so the order of association, `tr(A B)` as an entrywise sum, `diag(v)` as
broadcasting and the products of index networks are found in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from ..kinds import Dim
from .graph import Dims, GraphNode, ProgramGraph

Label = Hashable
Labels = tuple[Label, ...]

EXHAUSTIVE = 8  # up to so many factors every order is looked at
USUAL = 100  # the size of a dimension nobody gave a hint for
LETTERS = "ijklmnopqrstuvwxyzabcdefgh"
ALREADY = 0.999  # for a product that the program has
BATCHED = 4  # how much slower a product is that BLAS has no routine for


class Factor:
    """An array and its labels. `inverse` of a matrix: the array is X, the factor X^-1. What is known of it: positive definite
    (`spd`), no entry negative, symmetric, the lower triangle of ones (`summing`), which makes cumulative sums."""

    __slots__ = ("inverse", "labels", "node", "nonnegative", "spd", "summing", "symmetric")

    def __init__(
        self,
        node: GraphNode,
        labels: Labels,
        *,
        inverse: bool = False,
        spd: bool = False,
        nonnegative: bool = False,
        symmetric: bool = False,
        summing: bool = False,
    ) -> None:
        self.node, self.labels, self.inverse = node, labels, inverse
        self.spd, self.nonnegative, self.symmetric, self.summing = spd, nonnegative, symmetric, summing

    def relabelled(self, labels: Labels) -> Factor:
        return Factor(
            self.node,
            labels,
            inverse=self.inverse,
            spd=self.spd,
            nonnegative=self.nonnegative,
            symmetric=self.symmetric,
            summing=self.summing,
        )


class Contraction:
    """One product. `join` says that two labels are the same (an identity matrix); `result` computes it."""

    def __init__(self, graph: ProgramGraph, sizes: Mapping[str, int]) -> None:
        self.graph, self.sizes = graph, sizes
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
        sets = _AxisSets((*[f.labels for f in factors], wanted), self.size)
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
            return Factor(self.graph.make("solve", (f.node, ones), (f.spd, k == 1), (n,)), kept)
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
            if len(factors) <= EXHAUSTIVE:
                return self._along(_best_tree(factors, wanted, self.size, self._is_there), factors, factors, wanted)
            a, b = self._cheapest_pair(factors, wanted)
            rest = [f for f in factors if f is not a and f is not b]
            factors = [*rest, self._joined(a, b, rest, wanted)]
        return factors[0]

    def _cheapest_pair(self, factors: Sequence[Factor], wanted: Labels) -> tuple[Factor, Factor]:
        sets = _AxisSets((*[f.labels for f in factors], wanted), self.size)
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
        assert isinstance(tree, tuple)
        inside = set(_leaves(tree))
        rest = [f for k, f in enumerate(leaves) if k not in inside]
        a, b = (self._along(t, leaves, all_, wanted) for t in tree)
        return self._joined(a, b, rest, wanted)

    def _joined(self, a: Factor, b: Factor, rest: Sequence[Factor], wanted: Labels) -> Factor:
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
            return Factor(self.graph.make("trace_inv", (inv.node, other.node), (True,)), ())
        if len(shared) != 1 or shared[0] in out or not 1 <= len(other.labels) <= 2 or len(set(inv.labels)) != 2 or inv.node.rank != 2:
            return None
        at = inv.labels.index(shared[0])
        free = inv.labels[1 - at]
        right = materialised(self.graph, other)
        if len(other.labels) == 2 and other.labels[1] == shared[0]:
            right = self.graph.view(right, (1, 0))
        labels = (free, *[k for k in other.labels if k != shared[0]])
        # X^-1[i, j] b[j] is a solution with X, X^-1[i, j] b[i] one with its transpose
        node = self.graph.make("solve", (inv.node, right), (inv.spd, at == 0 and not inv.spd), (self.dims[free], *right.dims[1:]))
        return Factor(node, labels)


def _leaves(tree: object) -> list[int]:
    if isinstance(tree, int):
        return [tree]
    assert isinstance(tree, tuple)
    return [k for t in tree for k in _leaves(t)]


class _AxisSets:
    """Sets of labels as the bits of one number, and how large an array with such labels is."""

    def __init__(self, labels: Iterable[Labels], size: Callable[[Label], int]) -> None:
        self.bits = {label: 1 << k for k, label in enumerate(dict.fromkeys(label for own in labels for label in own))}
        self.lengths = {bit: size(label) for label, bit in self.bits.items()}
        self.volumes = {0: 1.0}

    def of(self, labels: Labels) -> int:
        return sum(self.bits[label] for label in set(labels))

    def volume(self, axes: int) -> float:
        if axes not in self.volumes:
            low = axes & -axes
            self.volumes[axes] = self.lengths[low] * self.volume(axes ^ low)
        return self.volumes[axes]

    def cost(self, a: int, b: int, kept: int) -> float:
        """Of the product of two arrays, of which the axes `kept` stay."""
        union, both = a | b, a & b
        batched = a and b and both & ~kept and both & kept and (union & ~both).bit_count() > 1
        return self.volume(union) * (BATCHED if batched else 1)


def _best_tree(
    factors: Sequence[Factor],
    wanted: Labels,
    size: Callable[[Label], int],
    is_there: Callable[[Factor, Factor, Labels], bool] = lambda a, b, out: False,
) -> object:
    """The cheapest order of products: a tree of pairs of positions, by dynamic programming over sets of factors.

    A product that a tree has twice, such as S^-1 y in y^T S^-1 K S^-1 y, costs once; of two that cost alike that is taken which the
    program has already.
    """
    labels = [f.labels for f in factors]
    n = len(labels)
    whole = (1 << n) - 1
    best: dict[int, tuple[float, object]] = {1 << k: (0.0, k) for k in range(n)}
    kept: dict[int, Labels] = {}
    places: dict[GraphNode, int] = {}
    made: dict[int, tuple[Hashable, dict[Hashable, float]]] = {
        1 << k: ((places.setdefault(f.node, k), f.inverse, f.inverse and f.spd), {}) for k, f in enumerate(factors)
    }
    sets = _AxisSets((*labels, wanted), size)
    axes, above = [sets.of(own) for own in labels], sets.of(wanted)
    masks: dict[int, int] = {}
    for s in range(1, whole + 1):
        chosen = [k for k in range(n) if s >> k & 1]
        outside, inside = above, 0
        for k in range(n):
            if s >> k & 1:
                inside |= axes[k]
            else:
                outside |= axes[k]
        if s in best:
            kept[s], masks[s] = labels[chosen[0]], axes[chosen[0]]
            continue
        masks[s] = inside & outside
        kept[s] = tuple(label for label in dict.fromkeys(label for k in chosen for label in labels[k]) if sets.bits[label] & outside)
    for s in sorted(range(1, whole + 1), key=lambda s: s.bit_count()):
        if s in best:
            continue
        low = s & -s
        part = (s - 1) & s
        found: tuple[float, object] | None = None
        while part:
            if part & low:
                rest = s ^ part
                own = sets.cost(masks[part], masks[rest], masks[s]) + sets.volume(masks[s])
                if s.bit_count() == 2 and is_there(factors[part.bit_length() - 1], factors[rest.bit_length() - 1], kept[s]):
                    own *= ALREADY
                # What the parts cost is summed only where the product itself is not dearer than the best.
                if found is None or own < found[0]:
                    products = made[part][1] | made[rest][1]
                    cost = sum(products.values()) + own
                    if found is None or cost < found[0]:
                        found = (cost, (best[part][1], best[rest][1]))
                        name = _name_of(made[part][0], kept[part], made[rest][0], kept[rest], kept[s])
                        made[s] = (name, products | {name: own})
            part = (part - 1) & s
        assert found is not None
        best[s] = found
    return best[whole][1]


def _name_of(a: Hashable, la: Labels, b: Hashable, lb: Labels, out: Labels) -> Hashable:
    """The same for products of the same arrays over the same axes, F^T H^T as well as H F."""
    if (len(lb), str(b)) < (len(la), str(a)):
        a, la, b, lb = b, lb, a, la
    first, second, kept = _letters(la, lb, out)
    symmetric = isinstance(b, tuple) and len(b) == 3 and b[2] is True
    return a, b, first, "".join(sorted(second)) if symmetric else second, "".join(sorted(kept))


# ---------------------------------------------------------------------------------------------- nodes


def product(graph: ProgramGraph, nodes: Sequence[GraphNode]) -> GraphNode:
    """The entrywise product of arrays of one shape and numbers; what is 1/x is divided by."""
    above = [n for n in nodes if not (n.op == "num" and n.attr == 1) and not _is_reciprocal(n)]
    below = [n.args[1] for n in nodes if _is_reciprocal(n)]
    dims = max((n.dims for n in nodes), key=len)
    top = graph.number(1)
    difference = next((n for n in above if n.op == "add" and any(map(_is_negative, n.args))), None)
    if len(above) == 2 and difference is not None and any(n.op == "num" and n.attr == -1 for n in above):
        top = graph.make("add", [opposite(graph, a) for a in difference.args], None, difference.dims)
    elif above:
        top = above[0] if len(above) == 1 else graph.make("mul", above, None, max((n.dims for n in above), key=len))
    if not below:
        return top
    return graph.make("div", (top, product(graph, below)), None, dims)


def opposite(graph: ProgramGraph, n: GraphNode) -> GraphNode:
    """-n; two signs cancel."""
    if n.op == "neg":
        return n.args[0]
    if _is_negative(n):
        return product(graph, n.args[1:])
    return graph.make("mul", (graph.number(-1), n), None, n.dims)


def _is_negative(n: GraphNode) -> bool:
    return n.op == "neg" or (n.op == "mul" and n.args[0].op == "num" and n.args[0].attr == -1 and n.args[-1].dims == n.dims)


def _is_reciprocal(n: GraphNode) -> bool:
    return n.op == "div" and n.args[0].op == "num" and n.args[0].attr == 1


def materialised(graph: ProgramGraph, f: Factor) -> GraphNode:
    """The array of a factor, an inverse written out."""
    return graph.make("inv", (f.node,), (f.spd,), f.node.dims) if f.inverse else f.node


def _letters(*groups: Labels) -> list[str]:
    names: dict[Label, str] = {}
    return ["".join(names.setdefault(k, LETTERS[len(names)]) for k in g) for g in groups]


def single(graph: ProgramGraph, x: GraphNode, labels: Labels, out: Labels) -> GraphNode:
    """Sums, diagonals and transposes of one array."""
    if len(set(labels)) == len(labels) == len(out):
        return graph.view(x, tuple(labels.index(k) for k in out))
    dims = dict(zip(labels, x.dims))
    a, o = _letters(labels, out)
    return graph.make("one", (x,), (a, o), tuple(dims[k] for k in out))


def pair(graph: ProgramGraph, a: GraphNode, b: GraphNode, la: Labels, lb: Labels, out: Labels) -> GraphNode:
    """The product of two arrays, summed over the labels not in `out`."""
    dims: dict[Label, Dim] = dict(zip(la, a.dims)) | dict(zip(lb, b.dims))
    shape: Dims = tuple(dims[k] for k in out)
    if not la or not lb:
        scalar, x, labels = (a, b, lb) if not la else (b, a, la)
        x = single(graph, x, labels, out)
        return product(graph, [scalar, x])
    union = set(la) | set(lb)
    if union == set(out):  # nothing is summed: broadcasting
        views = [graph.view(x, tuple(labels.index(k) if k in labels else None for k in out)) for x, labels in ((a, la), (b, lb))]
        return graph.make("mul", views, None, shape)
    found = known_pair(graph, a, b, la, lb, out)
    return found if found is not None else graph.make("pair", (a, b), tuple(_letters(la, lb, out)), shape)


def known_pair(graph: ProgramGraph, a: GraphNode, b: GraphNode, la: Labels, lb: Labels, out: Labels) -> GraphNode | None:
    """Such a product, if there is one already, also with its arguments or its axes exchanged, or of transposes."""
    dims: dict[Label, Dim] = dict(zip(la, a.dims)) | dict(zip(lb, b.dims))
    for (x, one), (y, other) in ((x, y) for x in _ways(graph, a, la) for y in _ways(graph, b, lb)):
        for order in (out, out[::-1]) if len(out) == 2 else (out,):
            for args, first, second in (((x, y), one, other), ((y, x), other, one)):
                found = graph.known("pair", args, tuple(_letters(first, second, order)), tuple(dims[k] for k in order))
                if found is not None:
                    return found if order == out else graph.view(found, (1, 0))
    return None


def _ways(graph: ProgramGraph, a: GraphNode, labels: Labels) -> list[tuple[GraphNode, Labels]]:
    """A factor, and the matrix of which it is the transpose, or its transpose where there is that already."""
    if a.rank != 2:
        return [(a, labels)]
    turned = a.args[0] if a.op == "view" and a.attr == (1, 0) else graph.known("view", (a,), (1, 0), a.dims[::-1])
    return [(a, labels), (turned, labels[::-1])] if turned is not None and turned.rank == 2 else [(a, labels)]
