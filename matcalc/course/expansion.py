"""Expressions multiplied out: products, traces, sums and transposes over the sums inside them."""

from __future__ import annotations

from itertools import product

from ..expressions.build import add, apply, index, is_number, member, rebuild, substitute, symbol, transpose, value_of
from ..expressions.expr import Expr, postorder, transform
from ..ops.core import ADD, HADAMARD, INDEXED_SUM, KRONECKER, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE

MOST_TERMS = 400  # a product with more terms stays as it is
MOST_FACTORS = 6  # powers of sums up to this are multiplied out


def expanded(e: Expr) -> Expr:
    """`e` as a sum of products, as far as that is of moderate length."""
    return transform(e, lambda old, args: _distributed(rebuild(old, args)))


def expanded_in(e: Expr, x: Expr) -> Expr:
    """`e` multiplied out over the sums that contain `x`; sums without it stay as they are, under another name."""
    nodes = postorder(e)
    inside = {n for n in nodes if any(m is x for m in postorder(n))}
    closed = {
        n: member(f"\u2022{k}", index(min(n.indices)), n.shape) if n.indices else symbol(f"\u2022{k}", n.shape)
        for k, n in enumerate(nodes)
        if n.op is ADD and n not in inside and len(n.indices) < 2
    }
    back = {v: n for n, v in closed.items()}
    return gathered(substitute(expanded(gathered(substitute(e, closed))), back))


def gathered(e: Expr) -> Expr:
    """Factors without the index taken out of sums over it: sum_i A x_i is A sum_i x_i."""
    return transform(e, lambda old, args: _gathered(rebuild(old, args)))


def _gathered(e: Expr) -> Expr:
    if e.op is not INDEXED_SUM:
        return e
    low, high, body = e.args
    name = str(e.attr)
    if body.op is TIMES and body.args[-1].op is MATMUL:
        *scalars, chain = body.args
    elif body.op is MATMUL:
        scalars, chain = [], body
    else:
        return e
    factors = chain.args
    at = [k for k, f in enumerate(factors) if name in f.indices]
    if not at or (at[0] == 0 and at[-1] == len(factors) - 1):
        return e
    first, last = at[0], at[-1] + 1
    inner = apply(MATMUL, factors[first:last]) if last - first > 1 else factors[first]
    if scalars:
        inner = apply(TIMES, (*scalars, inner))
    total = apply(INDEXED_SUM, (low, high, inner), e.attr)
    return apply(MATMUL, (*factors[:first], total, *factors[last:]))


def summands(e: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, also of a transposed one: the constructors keep A^T + B^T as (A + B)^T."""
    if e.op is TRANSPOSE and e.args[0].op is ADD:
        return tuple(map(transpose, e.args[0].args))
    return e.args if e.op is ADD else (e,)


def _distributed(e: Expr) -> Expr:
    if e.op in (MATMUL, TIMES, HADAMARD, KRONECKER):
        return _product(e, list(e.args))
    if e.op in (POWER, MATRIX_POWER) and e.args[0].op is ADD and is_number(e.args[1]) and (e.op is MATRIX_POWER or e.is_scalar):
        k = value_of(e.args[1])
        if k.denominator == 1 and 2 <= k <= MOST_FACTORS:
            return _product(e, [e.args[0]] * int(k), MATMUL if e.op is MATRIX_POWER else TIMES)
    if e.op.is_linear and e.args[0].op is ADD:
        return add(*[_distributed(apply(e.op, (a,))) for a in e.args[0].args])
    if e.op is INDEXED_SUM and e.args[2].op is ADD:
        return add(*[apply(INDEXED_SUM, (e.args[0], e.args[1], a), e.attr) for a in e.args[2].args])
    return e


def _product(e: Expr, factors: list[Expr], op: object = None) -> Expr:
    parts = [[_turned(f, a) for a in _inside(f)] for f in factors]
    count = 1
    for p in parts:
        count *= len(p)
    if count == 1 or count > MOST_TERMS:
        return e
    kind = e.op if op is None else op
    made = [apply(kind, choice) for choice in product(*parts)]  # type: ignore[arg-type]
    return add(*[m if m.op is not TIMES or all(a.op is not ADD for a in m.args) else _distributed(m) for m in made])


def _inside(f: Expr) -> tuple[Expr, ...]:
    return summands(f.args[0]) if f.op is TRANSPOSE else summands(f)


def _turned(f: Expr, a: Expr) -> Expr:
    return apply(TRANSPOSE, (a,)) if f.op is TRANSPOSE else a
