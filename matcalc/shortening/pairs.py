"""Sums over pairs of indices: two halves make one sum, without a condition where its term is nothing anyway.

sum_i (x_i - x_k) exp(-(x_i - x_k)^2) + (x - x_k)^T exp(-(x - x_k).^2)  is  2 sum_i (x_i - x_k) exp(-(x_i - x_k)^2)
sum_j a_j 1[k < j] + sum_i a_i 1[i < k]                  is  sum_j a_j 1[j != k]
sum_j (x_k - x_j) 1[k < j] + sum_i (x_k - x_i) 1[i < k]  is  sum_j (x_k - x_j)
sum_{j=k+1}^n a_j + sum_i a_i 1[k >= i + 1]              is  sum_j a_j 1[j != k]
sum_i sum_{j=i+1}^n (e_i e_j^T + e_j e_i^T) x_i x_j      is  x x^T - diag(x)^2
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from ..differentiation.families import at_index, with_index
from ..differentiation.lifting import over_index
from ..expressions.build import (
    add,
    apply,
    entry,
    index,
    indexed_sum,
    is_number,
    is_zero,
    matmul,
    negative,
    num,
    size,
    split,
    times,
    transpose,
    value_of,
)
from ..expressions.expr import Expr, postorder
from ..ops.core import (
    ADD,
    ENTRY,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    MATMUL,
    MEMBER,
    NUMBER,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)

_TURNED = {"<": ">", ">": "<", "!=": "!="}
_POLYNOMIAL = (ADD, ENTRY, HADAMARD, INDEX, MATMUL, MEMBER, NUMBER, SIZE, SYMBOL, TIMES, TRANSPOSE, UNIT)
_WITHOUT_GAPS = frozenset(("norm", "exp", "sin", "cos", "tanh", "sigmoid", "softplus", "atan"))
Half = tuple[
    Expr, str, Expr, Expr, Expr, Expr
]  # the term, the relation of its letter to the other index, that index, the summand, its range


def joined_halves(e: Expr) -> Iterator[Expr]:
    """The sum `e` with two sums over one range, whose conditions are alike or complete each other, made one."""
    if not INDEXED_SUM.bit & e.within:
        return
    halves = [(inner, half) for t in e.args if (found := _half(t)) is not None for inner, half in [found]]
    for (first, a), (second, b) in combinations(halves, 2):
        if a[4:] != b[4:] or a[2] is not b[2] or {a[1], b[1]} not in ({"<", ">"}, {"!="}):
            continue
        i, j = str(first.attr), str(second.attr)
        if i != j and any(n.op in (INDEXED_SUM, INDEXED_PRODUCT, INDEX) and n.attr == i for n in postorder(b[3])):
            continue
        other = with_index(b[3], j, i)
        if a[1] == "!=" or is_zero(add(a[3], negative(other))):
            body = a[3] if a[1] != "!=" else add(a[3], other)
            term = body if _is_nothing_at(body, i, a[2]) else times(apply(IVERSON, (index(i), a[2]), "!="), body)
            yield add(*[t for t in e.args if t is not a[0] and t is not b[0]], indexed_sum(i, a[4], a[5], term))


def written_by_entries(e: Expr) -> Iterator[Expr]:
    """The sum `e` with an inner product written as the sum over an index that stands beside it: both may be the same."""
    if not MATMUL.bit & e.within or not INDEXED_SUM.bit & e.within:
        return
    sums = [f for t in e.args for f in split(t)[1] if f.op is INDEXED_SUM]
    for t in e.args if sums else ():
        c, scalars, body = split(t)
        for at, f in enumerate(scalars if body is None else ()):
            if f.op is not MATMUL or len(f.args) != 2:
                continue
            for beside in sums:
                letter, (low, high) = index(str(beside.attr)), beside.args[:2]
                if is_number(low, 1) and high is size(f.args[1].shape[0]) and beside.attr not in f.indices:
                    summand = times(entry(f.args[0], num(1), letter), entry(f.args[1], letter, num(1)))
                    whole = indexed_sum(str(beside.attr), low, high, summand)
                    made = times(num(c), *scalars[:at], whole, *scalars[at + 1 :])
                    yield add(*[made if other is t else other for other in e.args])


def _is_nothing_at(body: Expr, letter: str, other: Expr) -> bool:
    """Whether a summand that has a value everywhere is nothing where its index is the other one."""
    return _has_values_everywhere(body) and is_zero(at_index(body, letter, other))


def _has_values_everywhere(body: Expr) -> bool:
    """Whether a term is made of polynomials and of functions without gaps."""
    return all(n.op in _POLYNOMIAL or n.op.name in _WITHOUT_GAPS or _is_whole_power(n) for n in postorder(body))


def _half(t: Expr) -> tuple[Expr, Half] | None:
    """A multiple of a sum over an index, or of its transpose, with a condition that compares this index with another."""
    c, scalars, body = split(t)
    sums = [f for f in (*scalars, *([] if body is None else [body])) if INDEXED_SUM in (f.op, *[a.op for a in f.args[:1]])]
    if len(sums) != 1 or (body is not None and sums[0] is not body):
        return None
    whole = sums[0]
    inner = whole.args[0] if whole.op is TRANSPOSE else whole
    others = [f for f in scalars if f is not whole]
    if inner.op is not INDEXED_SUM or any(inner.attr in f.indices for f in others):
        return None
    found = _compared(inner)
    if found is None:
        return None
    relation, other, low, high, term = found
    rest = times(num(c), *others, term)
    return inner, (t, relation, other, transpose(rest) if inner is not whole else rest, low, high)


def _compared(whole: Expr) -> tuple[str, Expr, Expr, Expr, Expr] | None:
    """How the letter of a sum is compared with another index, that index, the range of the letter without it, and the summand without it:
    by a factor 1[j < k] or 1[k >= j + 1], or by the bound k + 1."""
    low, high, body = whole.args
    letter = index(str(whole.attr))
    before = _neighbour(low, -1)
    if before is not None:
        return ">", before, num(1), high, body
    number, factors, array = split(body)
    for s in factors:
        if s.op is not IVERSON:
            continue
        one, two = s.args
        relation = str(s.attr)
        if relation in ("<=", ">="):  # k >= j + 1 is j < k, of whole numbers
            small, large = (one, two) if relation == "<=" else (two, one)
            below, above = _neighbour(small, -1), _neighbour(large, 1)
            if below is None and above is None:
                continue
            one, two, relation = below or small, large if below is not None or above is None else above, "<"
        if relation not in _TURNED or letter not in (one, two):
            continue
        other = two if one is letter else one
        if whole.attr not in other.indices:
            rest = times(num(number), *[f for f in factors if f is not s], *([] if array is None else [array]))
            return relation if one is letter else _TURNED[relation], other, low, high, rest
    return None


def _neighbour(e: Expr, step: int) -> Expr | None:
    """The index k of k + 1 (step -1) or k - 1 (step 1); None for anything else."""
    if e.op is not ADD or len(e.args) != 2:
        return None
    made = add(e, num(step))
    return made if made.op is INDEX else None


def symmetric_pairs(e: Expr) -> Iterator[Expr]:
    """The sum `e` over all i < j of what is the same for (i, j) and (j, i), as half of the sum over all i and j without those at i = j,
    where both have matrix notation."""
    body = e.args[2]
    if not UNIT.bit & body.within or not INDEXED_SUM.bit & body.within:
        return
    number, scalars, array = split(body)
    factors = array.args if array is not None and array.op is MATMUL else [] if array is None else [array]
    for inner in (*scalars, *factors):
        found = _compared(inner) if inner.op is INDEXED_SUM else None
        if found is None or found[0] not in ("<", ">") or found[1] is not index(str(e.attr)) or found[2:4] != e.args[:2]:
            continue
        i, j = str(e.attr), str(inner.attr)
        *_, low, high, term = found
        product = matmul(*[term if f is inner else f for f in factors]) if inner in factors else array
        whole = times(num(number), *[term if s is inner else s for s in scalars], *([] if product is None else [product]))
        swapped = with_index(with_index(with_index(whole, i, "\u2022"), j, i), "\u2022", j)
        if not _has_values_everywhere(whole) or not is_zero(add(whole, negative(swapped))):
            continue
        inside = over_index(j, low, high, whole)
        all_ = None if inside is None else over_index(i, low, high, inside)
        same = over_index(i, low, high, at_index(whole, j, index(i)))
        if all_ is not None and same is not None:
            yield times(num(Fraction(1, 2)), add(all_, negative(same)))


def _is_whole_power(n: Expr) -> bool:
    return n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]) >= 0 and value_of(n.args[1]).denominator == 1
