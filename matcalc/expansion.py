"""Expressions multiplied out: products, traces, sums and transposes over the sums inside them."""

from __future__ import annotations

from itertools import product

from .build import add, apply, is_number, rebuild, value_of
from .expr import Expr, transform
from .ops.core import ADD, HADAMARD, INDEXED_SUM, KRONECKER, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE
from .ops.diagonal import DIAG, DIAGONAL
from .ops.sums import SUM, VEC
from .ops.trace import TRACE

MOST_TERMS = 400  # a product with more terms stays as it is
MOST_FACTORS = 6  # powers of sums up to this are multiplied out
_LINEAR = (TRACE, SUM, TRANSPOSE, DIAG, DIAGONAL, VEC)


def expanded(e: Expr) -> Expr:
    """`e` as a sum of products, as far as that is of moderate length."""
    return transform(e, lambda old, args: _distributed(rebuild(old, args)))


def summands(e: Expr) -> tuple[Expr, ...]:
    return e.args if e.op is ADD else (e,)


def _distributed(e: Expr) -> Expr:
    if e.op in (MATMUL, TIMES, HADAMARD, KRONECKER):
        return _product(e, list(e.args))
    if e.op in (POWER, MATRIX_POWER) and e.args[0].op is ADD and is_number(e.args[1]) and (e.op is MATRIX_POWER or e.is_scalar):
        k = value_of(e.args[1])
        if k.denominator == 1 and 2 <= k <= MOST_FACTORS:
            return _product(e, [e.args[0]] * int(k), MATMUL if e.op is MATRIX_POWER else TIMES)
    if e.op in _LINEAR and e.args[0].op is ADD:
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
