"""The order in which many arrays are multiplied, two at a time: the cheapest one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .chains import Chains, linked
from .factor import Factor
from .graph import GraphNode
from .pairs import Label, Labels, letters

EXHAUSTIVE = 8  # up to so many factors every order is looked at
CHAIN = 24  # up to so many those that multiply neighbours, where few sets of factors hang together, as in a chain
ALREADY = 0.999  # for a product that the program has
CROSSED = 1.001  # for a product of a matrix turned over: XLA takes twice as long as for others, BLAS as long
BATCHED = 4  # how much slower a product is that BLAS has no routine for


class KnownProduct(NamedTuple):
    """A product that a program has already, of so many factors."""

    places: int
    factor: Factor


def leaves_of(tree: object) -> list[int]:
    if isinstance(tree, int):
        return [tree]
    if isinstance(tree, KnownProduct):
        return [k for k in range(tree.places.bit_length()) if tree.places >> k & 1]
    assert isinstance(tree, tuple)
    return [k for t in tree for k in leaves_of(t)]


class AxisSets:
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


def best_tree(
    factors: Sequence[Factor],
    wanted: Labels,
    size: Callable[[Label], int],
    is_there: Callable[[Factor, Factor, Labels], bool] = lambda a, b, out: False,
    alike: Callable[[Label, Label], bool] = lambda a, b: False,
    among: Collection[int] | None = None,
    known: Chains | None = None,
) -> object:
    """The cheapest order of products: a tree of pairs of positions, by dynamic programming over sets of factors: all of them, or those
    `among` which to look.

    A product that a tree has twice, such as S^-1 y in y^T S^-1 K S^-1 y, costs once; of two that cost alike that is taken which the
    program has already, by `is_there` and `known`. `alike` says of two axes that they are of one size.
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
    sets = AxisSets((*labels, wanted), size)
    axes, above = [sets.of(own) for own in labels], sets.of(wanted)
    masks: dict[int, int] = {}
    chains = {1 << k: known.of(f) for k, f in enumerate(factors)} if known is not None else {}
    looked_at = range(1, whole + 1) if among is None else among
    for s in looked_at:
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
    for s in sorted(looked_at, key=lambda s: s.bit_count()):
        if s in best:
            continue
        found: tuple[float, object] | None = None
        for part in _first_parts(s) if among is None else _parts_among(best, s):
            rest = s ^ part
            own = sets.cost(masks[part], masks[rest], masks[s]) + sets.volume(masks[s])
            if chains.get(s) is None:
                chains[s] = linked(chains.get(part), kept[part], chains.get(rest), kept[rest], kept[s])
            if s.bit_count() == 2 and is_there(factors[part.bit_length() - 1], factors[rest.bit_length() - 1], kept[s]):
                own *= ALREADY
            if s.bit_count() == 2 and (_is_crossed(kept[part], kept[rest], alike) or _is_crossed(kept[rest], kept[part], alike)):
                own *= CROSSED
            # What the parts cost is summed only where the product itself is not dearer than the best.
            if found is None or own < found[0]:
                products = made[part][1] | made[rest][1]
                cost = sum(products.values()) + own
                if found is None or cost < found[0]:
                    found = (cost, (best[part][1], best[rest][1]))
                    name = _name_of(made[part][0], kept[part], made[rest][0], kept[rest], kept[s])
                    made[s] = (name, products | {name: own})
        assert found is not None
        has = known.found(chains[s], kept[s]) if known is not None else None
        best[s] = found if has is None else (found[0] * ALREADY, KnownProduct(s, has))
    return best[whole][1]


def _first_parts(s: int) -> Iterator[int]:
    """The true subsets of a set that have its lowest member: one of each pair of parts."""
    low, part = s & -s, (s - 1) & s
    while part:
        if part & low:
            yield part
        part = (part - 1) & s


def _parts_among(known: Collection[int], s: int) -> list[int]:
    """The same among sets that are known, where the rest is known too."""
    low = s & -s
    return [part for part in known if part & low and part | s == s and part != s and s ^ part in known]


def connected_sets(factors: Sequence[Factor], size: Callable[[Label], int]) -> list[int] | None:
    """The sets of factors that hang together by shared axes, a number by the smallest array; None if not all of them do, or there are more
    of them than in a ring."""
    n = len(factors)
    sets = AxisSets([f.labels for f in factors], size)
    axes = [sets.of(f.labels) for f in factors]
    near = [sum(1 << j for j in range(n) if j != k and axes[j] & axes[k]) for k in range(n)]
    smallest = min((k for k in range(n) if axes[k]), key=lambda k: sets.volume(axes[k]))
    for k in range(n):
        if not axes[k]:
            near[k] |= 1 << smallest
            near[smallest] |= 1 << k
    found = {1 << k: near[k] for k in range(n)}
    todo, most = list(found), n * n
    while todo and len(found) <= most:
        s = todo.pop()
        for k in range(n):
            grown = s | 1 << k
            if found[s] >> k & 1 and grown not in found:
                found[grown] = (found[s] | near[k]) & ~grown
                todo.append(grown)
    return list(found) if len(found) <= most and (1 << n) - 1 in found else None


def _is_crossed(a: Labels, b: Labels, alike: Callable[[Label, Label], bool]) -> bool:
    """Whether it is A^T B with B square and A not; or A B^T of as many rows as columns, where a matrix has mostly more rows."""
    if len(a) != 2 or len(b) != 2 or alike(*a):
        return False
    return a[0] == b[0] if alike(*b) else a[1] == b[1] and alike(a[0], b[0])


def _name_of(a: Hashable, la: Labels, b: Hashable, lb: Labels, out: Labels) -> Hashable:
    """The same for products of the same arrays over the same axes, F^T H^T as well as H F."""
    if (len(lb), str(b)) < (len(la), str(a)):
        a, la, b, lb = b, lb, a, la
    first, second, kept = letters(la, lb, out)
    symmetric = isinstance(b, tuple) and len(b) == 3 and b[2] is True
    return a, b, first, "".join(sorted(second)) if symmetric else second, "".join(sorted(kept))
