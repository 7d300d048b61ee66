"""Traces, sums over entries, diagonals, entries and indexed sums."""

from __future__ import annotations

from ..kinds import ONE, SCALAR
from ..ops.core import (
    ADD,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    LITERAL,
    MATMUL,
    MEMBER,
    ONES,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.sums import SUM
from ..ops.trace import TRACE
from .expr import Expr, make, order_key, postorder, transform
from .leaves import ONE_NUMBER, eye, is_number, is_zero, leading_sign, num, ones, size, split, value_of
from .normal import (
    add,
    apply,
    by_letters,
    diagonal,
    entry,
    hadamard,
    indexed_sum,
    matmul,
    negative,
    normal_form,
    opposite,
    power,
    rebuild,
    times,
    total,
    trace,
    transpose,
)
from .products import _merge, _raw_chain


@normal_form(TRACE)
def _trace(x: Expr) -> Expr:
    """tr X; scalars in front, turned to the shortest rotation or its transpose."""
    if (found := by_letters(TRACE, x)) is not None:
        return found
    if x.op is EYE:
        return size(x.shape[0])
    if x.op is DIAG:
        return total(x.args[0])
    if x.op is MATMUL:
        return _trace_of_chain(list(x.args))
    return make(TRACE, (x,), None, SCALAR, x.size + 1)


def _trace_of_chain(chain: list[Expr]) -> Expr:
    for k, f in enumerate(chain):
        if f.shape[0] is ONE:
            return matmul(*chain[k:], *chain[:k])
    if len(chain) > 1 and _merge(chain[-1], chain[0]) is not None and chain[-1].shape[1] is chain[0].shape[0]:
        merged = matmul(chain[-1], chain[0], *chain[1:-1])
        return trace(merged)
    rotations = [chain[k:] + chain[:k] for k in range(len(chain))] if len(chain) <= 12 else [chain]
    turned = [[transpose(f) for f in reversed(r)] for r in rotations]
    rotations += [t for t in turned if not any(f.op is TIMES for f in t)]
    best = min((_raw_chain(r) for r in rotations), key=order_key)
    return make(TRACE, (best,), None, SCALAR, best.size + 1)


@normal_form(SUM)
def _total(x: Expr) -> Expr:
    """The sum of all entries."""
    if (found := by_letters(SUM, x)) is not None:
        return found
    if x.op is UNIT:
        return num(1)
    if x.op is ONES:
        return times(size(x.shape[0]), size(x.shape[1]))
    if x.op is EYE:
        return size(x.shape[0])
    if x.op is DIAG:
        return total(x.args[0])
    if x.op is DIAGONAL:
        return trace(x.args[0])
    if x.op is MATMUL:
        cut = next((i for i, f in enumerate(x.args[:-1]) if f.shape[1] is ONE), None)
        if cut is not None:
            return times(total(matmul(*x.args[: cut + 1])), total(matmul(*x.args[cut + 1 :])))
        if x.args[0].op is ONES or x.args[-1].op is ONES:
            return total(matmul(transpose(ones(x.shape[0])), *x.args, ones(x.shape[1])))
        x = min(x, transpose(x), key=order_key)
    if x.op is ADD and any(body is not None and body.op is ONES for body in (split(a)[2] for a in x.args)):
        return add(*[total(a) for a in x.args])  # sum(x - c) is sum(x) - n c
    if x.op is ADD and any(_is_centred(a) for a in x.args):
        return add(*[total(a) for a in x.args])  # sum(c (x - mean(x)) - g) is -sum(g)
    parts = entrywise_factors(x)
    if parts is not None and x.shape[1] is ONE:
        return matmul(transpose(parts[0]), parts[1])
    return make(SUM, (x,), None, SCALAR, x.size + 1)


def _is_centred(a: Expr) -> bool:
    """A multiple of a difference from the mean, whose entries add up to nothing."""
    body = split(a)[2] if a.op is TIMES else None
    ones_in = body is not None and body.op is ADD and any(b.op is ONES for b in (split(t)[2] for t in body.args) if b is not None)
    return ones_in and is_zero(total(body))  # type: ignore[arg-type]


def entrywise_factors(x: Expr) -> list[Expr] | None:
    """u, v where x is u .* v (u .* u for a square); None where it is not a product of exactly two plain factors."""
    if x.op is POWER and is_number(x.args[1], 2):
        return [x.args[0], x.args[0]]
    if x.op is HADAMARD and len(x.args) == 2 and not any(a.op is POWER for a in x.args):
        return list(x.args)
    return None


@normal_form(DIAG)
def _diag(x: Expr) -> Expr:
    """The diagonal matrix of a column."""
    if (found := by_letters(DIAG, x)) is not None:
        return found
    if x.op is ONES:
        return eye(x.shape[0])
    n = x.shape[0]
    return make(DIAG, (x,), None, (n, n), x.size + 1)


@normal_form(DIAGONAL)
def _diagonal(x: Expr) -> Expr:
    """The diagonal of a square matrix, as a column."""
    if (found := by_letters(DIAGONAL, x)) is not None:
        return found
    n = x.shape[0]
    if x.op is DIAG:
        return x.args[0]
    if x.op is EYE or x.op is ONES:
        return ones(n)
    if x.op is HADAMARD:
        return hadamard(*[diagonal(a) for a in x.args])
    if x.op is POWER:
        return power(diagonal(x.args[0]), x.args[1])
    if x.op.elementwise:
        return apply(x.op, (diagonal(x.args[0]),), x.attr)
    if x.op is MATMUL:
        if x.args[0].op is DIAG:
            return hadamard(x.args[0].args[0], diagonal(matmul(*x.args[1:])))
        if x.args[-1].op is DIAG:
            return hadamard(x.args[-1].args[0], diagonal(matmul(*x.args[:-1])))
        cut = next((i for i, f in enumerate(x.args[:-1]) if f.shape[1] is ONE), None)
        if cut is not None:
            return hadamard(matmul(*x.args[: cut + 1]), transpose(matmul(*x.args[cut + 1 :])))
        x = min(x, transpose(x), key=order_key)
    return make(DIAGONAL, (x,), None, (n, ONE), x.size + 1)


@normal_form(ENTRY)
def _entry(x: Expr, i: Expr, j: Expr) -> Expr:
    """The entry (i, j)."""
    if x.is_scalar:
        return x
    if x.op is TRANSPOSE:
        return entry(x.args[0], j, i)
    if x.op is TIMES:
        return times(*x.args[:-1], entry(x.args[-1], i, j))
    if x.op is ONES:
        return ONE_NUMBER
    if is_zero(x):
        return num(0)
    if x.op.signature == "m n, m n -> m n" and not x.op.directions:  # 1[y > 0], max(0, y); no entry of dpolar(X, E) is one of entries
        return apply(x.op, [entry(a, i, j) for a in x.args], x.attr)
    if x.op is ADD:
        parts = [entry(a, i, j) for a in x.args]
        if any(split(a)[2].op is UNIT for a in x.args) or all(map(_is_of_entries, parts)):  # type: ignore[union-attr]
            return add(*parts)  # log(p_i) + 1; (A x - b)_i stays
    if x.op.elementwise or x.op is POWER:
        return apply(x.op, (entry(x.args[0], i, j), *x.args[1:]), x.attr)
    if x.op is HADAMARD:
        return times(*[entry(a, i, j) for a in x.args])
    if x.op is MATMUL and (x.args[-1].op is UNIT or (x.args[0].op is TRANSPOSE and x.args[0].args[0].op is UNIT)):  # (A e_k)_i is A_ik
        if x.args[-1].op is UNIT:
            return entry(matmul(*x.args[:-1]), i, x.args[-1].args[0])
        return entry(matmul(*x.args[1:]), x.args[0].args[0].args[0], j)
    if x.op is INDEXED_SUM and x.shape[1] is ONE and (found := _entry_of_sum(x, i)) is not None:
        return found
    if x.op is UNIT and (x.args[0] is i or (is_number(i) and is_number(x.args[0]))):
        return num(int(x.args[0] is i))
    if x.op is EYE and is_number(i) and is_number(j):
        return num(int(i is j))
    if x.op is UNIT and {i.op, x.args[0].op} <= {INDEX, SYMBOL}:
        return apply(IVERSON, (x.args[0], i), "=")
    if x.op is LITERAL and is_number(i) and is_number(j):
        return x.args[(int(value_of(i)) - 1) * x.attr[1] + int(value_of(j)) - 1]  # type: ignore[index]
    short = x.op is SYMBOL or x.op is MEMBER
    return make(ENTRY, (x, i, j), None, SCALAR, x.size if short else x.size + 2)


def _is_of_entries(e: Expr) -> bool:
    """Whether the only entries in a number are those of names."""
    return all(n.op is not ENTRY or n.args[0].op in (SYMBOL, MEMBER) for n in postorder(e))


def _entry_of_sum(x: Expr, i: Expr) -> Expr | None:
    """The entry i of sum_k f(k) e_k is f(i), that of sum_k f(k) e_c is sum_k f(k) 1[c = i], that of sum_k x_k y is sum_k x_k y_i; None
    where it would be one of something without entries of its own."""
    sums: list[Expr] = []
    while x.op is INDEXED_SUM:
        if x.attr in i.indices:
            return None
        sums.append(x)
        x = x.args[2]
    parts: list[Expr] = []
    for term in x.args if x.op is ADD else (x,):
        coefficient, scalars, column = split(term)
        for column_part in (column.args if column.op is ADD else (column,)) if column is not None else ():
            sign, more, base = split(column_part)
            if base is None or i.op not in (INDEX, SYMBOL):
                return None
            factor = times(num(coefficient * sign), *scalars, *more)
            if base.op is UNIT:
                parts.append(_summed(sums, factor, base, i))
                continue
            value = entry(base, i, ONE_NUMBER)
            if not _is_of_entries(value):
                return None
            value = times(factor, value)
            for s in reversed(sums):
                value = indexed_sum(str(s.attr), s.args[0], s.args[1], value)
            parts.append(value)
    return add(*parts)


def _summed(sums: list[Expr], factor: Expr, column: Expr, i: Expr) -> Expr:
    """The entry i of the sums of `factor` times the unit vector `column`."""
    place = column.args[0]
    taken = next((s for s in sums if place.op is INDEX and place.attr == s.attr), None)
    whole = taken is not None and is_number(taken.args[0], 1) and taken.args[1] is size(column.shape[0])
    at = {place: i} if whole else {}
    value = factor if whole else times(factor, entry(column, i, ONE_NUMBER))
    for s in reversed(sums):
        if not whole or s is not taken:
            value = indexed_sum(str(s.attr), s.args[0], s.args[1], value)
        else:
            value = transform(value, rebuild, dict(at))
    return value


@normal_form(INDEXED_SUM)
def _indexed_sum(name: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """sum_{name=low}^{high} body; factors without the index come out."""
    if is_zero(body):
        return body
    if name not in body.indices:
        return times(add(high, negative(low), ONE_NUMBER), body)
    if body.op is TIMES:
        out = [a for a in body.args if name not in a.indices]
        if out:
            inside = [a for a in body.args if name in a.indices]
            fixed = [a for a in out if a.is_scalar]
            if len(fixed) == len(out):
                return times(*fixed, indexed_sum(name, low, high, times(*inside)))
    if body.op is ADD and leading_sign(body) < 0:
        return negative(indexed_sum(name, low, high, opposite(body)))  # one sign for a sum and its opposite
    if body.shape[0] is ONE and body.shape[1] is not ONE:
        return transpose(indexed_sum(name, low, high, transpose(body)))
    free = (body.indices - {name}) | low.indices | high.indices
    return make(INDEXED_SUM, (low, high, body), name, body.shape, 3 + low.size + high.size + body.size, free)


@normal_form(INDEXED_PRODUCT)
def _indexed_product(name: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """prod_{name=low}^{high} body, of scalars; a factor without the index is a power."""
    if name not in body.indices:
        return power(body, add(high, negative(low), ONE_NUMBER))
    free = (body.indices - {name}) | low.indices | high.indices
    return make(INDEXED_PRODUCT, (low, high, body), name, SCALAR, 3 + low.size + high.size + body.size, free)
