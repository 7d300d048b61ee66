"""Which way round the argument of a logistic function stands: s (1 - s) is the same of both, and k (x - m) was typed, not -k (x - m)."""

from __future__ import annotations

from collections.abc import Container

from ..expressions.build import add, apply, is_number, negative, num, ones, opposite, split, substitute, without_coefficient
from ..expressions.expr import Expr, postorder
from ..ops.activations import SIGMOID
from ..ops.core import ADD, ONES


def turned_round(e: Expr, typed: Container[Expr]) -> Expr:
    """`e` with 1 - sigmoid(-x) for sigmoid(x) where 1 - sigmoid(x) stands too, and x would be printed with a minus, given the sums as they
    were typed."""
    nodes = postorder(e)
    beside = {n for a in nodes if a.op is ADD and (n := _complement(a)) is not None}
    return complemented(e, [n for n in nodes if n in beside and _shows_minus(n.args[0], typed)])


def complemented(e: Expr, functions: list[Expr]) -> Expr:
    """`e` with 1 - sigmoid(-x) for each of these sigmoid(x)."""
    changed = {n: add(num(1) if n.is_scalar else ones(*n.shape), negative(apply(SIGMOID, (negative(n.args[0]),)))) for n in functions}
    return substitute(e, changed) if changed else e


def _complement(e: Expr) -> Expr | None:
    """s of 1 - s, where s is a logistic function."""
    if len(e.args) != 2:
        return None
    one, other = sorted(e.args, key=lambda a: without_coefficient(a)[1].op is SIGMOID)
    c, s = without_coefficient(other)
    return s if s.op is SIGMOID and c == -1 and (is_number(one, 1) or one.op is ONES) else None


def _shows_minus(x: Expr, typed: Container[Expr]) -> bool:
    """Whether a minus is printed before it: its own, or that of a difference whose opposite was typed."""
    c, scalars, body = split(x)
    sums = [f for f in (*scalars, *(() if body is None else (body,))) if f.op is ADD and f not in typed and opposite(f) in typed]
    return (c < 0) != (len(sums) % 2 == 1)
