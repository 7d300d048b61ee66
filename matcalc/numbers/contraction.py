"""The order in which to multiply the factors of an index network, two at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

Step = tuple[tuple[int, ...], list[int]]  # the places of the factors, the later first; the indices of their product, which goes to the end


@lru_cache(maxsize=4096)
def order(legs: tuple[tuple[int, ...], ...], out: tuple[int, ...], dims: tuple[int, ...]) -> list[Step]:
    """In which order to multiply factors with these indices, two at a time: those first whose product is the smallest beside them. For
    every contraction the places of its factors, the later first, and the indices that are kept; its product goes to the end."""
    left = [frozenset(own) for own in legs]
    steps: list[Step] = []
    if len(left) == 1:
        return [((0,), list(out))]
    uses = Counter(i for own in (*left, frozenset(out)) for i in own)

    def kept(one: frozenset[int], other: frozenset[int]) -> frozenset[int]:
        return frozenset(i for i in one | other if uses[i] > (i in one) + (i in other))

    def size(indices: Iterable[int]) -> int:
        return math.prod([dims[i] for i in indices])

    def gain(pair: tuple[int, int]) -> tuple[int, int]:
        one, other = left[pair[0]], left[pair[1]]
        return size(kept(one, other)) - size(one) - size(other), size(one | other)

    while len(left) > 1:
        pairs = [(a, b) for a in range(len(left)) for b in range(a) if left[a] & left[b]] or [(1, 0)]
        a, b = min(pairs, key=gain)
        remains = kept(left[a], left[b])
        uses.subtract([*left[a], *left[b]])
        uses.update(remains)
        del left[a], left[b]
        left.append(remains)
        steps.append(((a, b), sorted(remains) if len(left) > 1 else list(out)))
    return steps
