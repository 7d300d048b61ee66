"""The order in which to multiply the factors of an index network, two at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Step = tuple[tuple[int, ...], list[int]]  # the places of the factors, the later first; the indices of their product, which goes to the end
Factor = tuple[list[int], object, list[int]]  # sizes along its indices, numbers, indices


def order(legs: Sequence[list[int]], out: list[int], dims: Sequence[int]) -> list[Step]:
    """In which order to multiply factors with these indices, two at a time: those first whose product is the smallest beside them. For
    every contraction the places of its factors, the later first, and the indices that are kept; its product goes to the end."""
    left = [set(own) for own in legs]
    steps: list[Step] = []
    if len(left) == 1:
        return [((0,), out)]

    def kept(a: int, b: int) -> set[int]:
        return (left[a] | left[b]) & set(out).union(*(own for k, own in enumerate(left) if k not in (a, b)))

    def size(indices: Iterable[int]) -> int:
        return math.prod(dims[i] for i in indices)

    while len(left) > 1:
        pairs = [(a, b) for a in range(len(left)) for b in range(a) if left[a] & left[b]] or [(1, 0)]
        a, b = min(pairs, key=lambda p: (size(kept(*p)) - size(left[p[0]]) - size(left[p[1]]), size(left[p[0]] | left[p[1]])))
        remains = kept(a, b)
        del left[a], left[b]
        left.append(remains)
        steps.append(((a, b), sorted(remains) if len(left) > 1 else out))
    return steps
