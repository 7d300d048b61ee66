"""What the terms of a tensor share: x_j x_l A_ik - x_j x_l B_ik is x_j x_l (A_ik - B_ik), and A - B has fewer axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..differentiation.network import Factor, Index, Term

Key = tuple[object, ...]


def common_factors(terms: Sequence[Term]) -> tuple[list[Factor], list[Index], list[Term]] | None:
    """The factors over open indices that all terms have, as the first term writes them; the first term's indices that the rest
    has; and the rest of every term. None where nothing is shared or the rest has all the indices."""
    if len(terms) < 2 or any(t.binders or max(map(len, t.slots), default=0) > 1 for t in terms):
        return None
    opens = [[i for s in t.slots for i in s] for t in terms]
    if any(len(set(o)) < len(o) for o in opens):
        return None
    keys = [[_key(f, o) for f in t.factors] for t, o in zip(terms, opens)]
    shared = Counter(k for k in keys[0] if k is not None)
    for other in keys[1:]:
        shared &= Counter(k for k in other if k is not None)
    if not shared:
        return None
    front: list[Factor] = []
    rest: list[list[Factor]] = []
    for t, mine in zip(terms, keys):
        left = shared.copy()
        rest.append([])
        for f, k in zip(t.factors, mine):
            if k is None or not left[k]:
                rest[-1].append(f)
                continue
            left[k] -= 1
            if t is terms[0]:
                front.append(f)
    places = {o.index(i) for fs, o in zip(rest, opens) for _, r, c in fs for i in (*r, *c) if i in o}
    if len(places) == len(opens[0]):
        return None
    kept = sorted(places)
    inner = [Term(t.scalar, fs, [(o[p],) for p in kept]) for t, fs, o in zip(terms, rest, opens)]
    return front, [opens[0][p] for p in kept], inner


def _key(f: Factor, opens: Sequence[Index]) -> Key | None:
    """A factor by the places of its axes among the open indices; None where one of its indices is summed."""
    e, r, c = f
    if any(i not in opens for i in (*r, *c)):
        return None
    return (e, *[tuple(opens.index(i) for i in side) for side in (r, c)])
