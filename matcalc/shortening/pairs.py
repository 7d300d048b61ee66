"""Sums over pairs of indices: two halves make one sum, without a condition where its term is nothing anyway.

sum_i (x_i - x_k) exp(-(x_i - x_k)^2) + (x - x_k)^T exp(-(x - x_k).^2)  is  2 sum_i (x_i - x_k) exp(-(x_i - x_k)^2)
sum_j a_j 1[k < j] + sum_i a_i 1[i < k]                  is  sum_j a_j 1[j != k]
sum_j (x_k - x_j) 1[k < j] + sum_i (x_k - x_i) 1[i < k]  is  sum_j (x_k - x_j)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ..differentiation.families import with_index
from ..expressions.build import (
    add,
    apply,
    entry,
    index,
    indexed_sum,
    is_number,
    is_zero,
    negative,
    num,
    size,
    split,
    substitute,
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
)

_TURNED = {"<": ">", ">": "<", "!=": "!="}
_POLYNOMIAL = (ADD, ENTRY, HADAMARD, INDEX, MATMUL, MEMBER, NUMBER, SIZE, SYMBOL, TIMES, TRANSPOSE)
_WITHOUT_GAPS = frozenset(("norm", "exp", "sin", "cos", "tanh", "sigmoid", "softplus", "atan"))
Half = tuple[Expr, str, Expr, Expr]  # the term, the relation of its letter to the other index, that index, the summand without it


def joined_halves(e: Expr) -> Iterator[Expr]:
    """The sum `e` with two sums over one range, whose conditions are alike or complete each other, made one."""
    if not IVERSON.bit & e.within or not INDEXED_SUM.bit & e.within:
        return
    halves = [(inner, half) for t in e.args if (found := _half(t)) is not None for inner, half in [found]]
    for (first, a), (second, b) in combinations(halves, 2):
        if first.args[:2] != second.args[:2] or a[2] is not b[2] or {a[1], b[1]} not in ({"<", ">"}, {"!="}):
            continue
        i, j = str(first.attr), str(second.attr)
        if i != j and any(n.op in (INDEXED_SUM, INDEXED_PRODUCT, INDEX) and n.attr == i for n in postorder(b[3])):
            continue
        other = with_index(b[3], j, i)
        if a[1] == "!=" or is_zero(add(a[3], negative(other))):
            body = a[3] if a[1] != "!=" else add(a[3], other)
            term = body if _is_nothing_at(body, i, a[2]) else times(apply(IVERSON, (index(i), a[2]), "!="), body)
            yield add(*[t for t in e.args if t is not a[0] and t is not b[0]], indexed_sum(i, first.args[0], first.args[1], term))


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
    return _has_values_everywhere(body) and is_zero(substitute(body, {index(letter): other}))


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
    letter = index(str(inner.attr))
    if inner.op is not INDEXED_SUM or any(inner.attr in f.indices for f in others):
        return None
    number, factors, array = split(inner.args[2])
    for s in factors:
        if s.op is IVERSON and s.attr in _TURNED and letter in s.args:
            other = s.args[1] if s.args[0] is letter else s.args[0]
            relation = str(s.attr) if s.args[0] is letter else _TURNED[str(s.attr)]
            if inner.attr in other.indices:
                continue
            rest = times(num(c * number), *others, *[f for f in factors if f is not s], *([] if array is None else [array]))
            return inner, (t, relation, other, transpose(rest) if inner is not whole else rest)
    return None


def _is_whole_power(n: Expr) -> bool:
    return n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]) >= 0 and value_of(n.args[1]).denominator == 1
