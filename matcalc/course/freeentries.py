"""Determinants of maps between symmetric or triangular matrices, by their free entries: the table of the textbooks."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import add, apply, divide, entry, index, num, power, size, split, times, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.properties import holds
from ..ops.book import REGISTRY
from ..ops.core import MATMUL
from ..ops.vocabulary import shortest
from ..shortening.simplify import simplify
from .determinants import product_over
from .problem import Problem


def structured_determinant(problem: Problem, f: Expr, x: Expr, words: Sequence[str]) -> tuple[Expr, Expr | None]:
    """Maps between symmetric or triangular matrices, by their free entries; the table of the textbooks."""
    n = x.shape[0]
    f = simplify(problem.whole(f))
    whole = problem.whole(x)
    count = size(n)
    half = divide(times(count, add(count, num(1))), num(2))
    kind = shortest(frozenset(words))[0]
    problem.notes.append(
        f"by the free entries of a {kind} matrix" + (": n (n + 1)/2 of them".replace("n", str(n)) if kind != "diagonal" else "")
    )
    c, scalars, body = split(f)
    factor = times(num(c), *scalars)
    if body is None or any(m is whole for m in postorder(factor)):
        raise NoAnswerError("this map of structured matrices is not in the table")
    if kind == "symmetric":
        return _symmetric(problem, body, whole, factor, count, half), None
    if kind in ("lower", "upper"):
        return _triangular(body, whole, factor, count, half, kind), None
    raise NoAnswerError(f"maps of {kind} matrices are not in the table", suggestion="declare the diagonal as a vector: x in R^n")


def _symmetric(problem: Problem, body: Expr, x: Expr, factor: Expr, count: Expr, half: Expr) -> Expr:
    scale = power(factor, half)
    det = apply(REGISTRY["det"], (x,))
    more = add(count, num(1))
    if body is x:
        return scale
    if body is build.inverse(x):
        return times(scale, power(num(-1), half), power(det, times(num(-1), more)))
    if body.op is MATMUL and len(body.args) == 3 and body.args[0] is transpose(body.args[2]):
        inner = body.args[1]
        outside = power(apply(REGISTRY["det"], (body.args[0],)), more) if body.args[0].shape[0] is body.args[0].shape[1] else None
        if outside is not None and not any(m is x for m in postorder(body.args[0])):
            if inner is x:
                return times(scale, outside)
            if inner is build.inverse(x):
                return times(scale, outside, power(num(-1), half), power(det, times(num(-1), more)))
    raise NoAnswerError(
        "this map of symmetric matrices is not in the table", suggestion="declare the variable without a property for all n^2 entries"
    )


def _triangular(body: Expr, x: Expr, factor: Expr, count: Expr, half: Expr, kind: str) -> Expr:
    """Lower or upper: L ↦ L L^T and L^T L to symmetric matrices, A L and L A for triangular A, L^-1."""
    scale = power(factor, half)
    i = "i"
    d = entry(x, index(i), index(i))
    first, last = add(count, num(1), times(num(-1), index(i))), index(i)
    if body is x:
        return scale
    flipped = transpose(x)
    if body.op is MATMUL and set(body.args) == {x, flipped} and len(body.args) == 2:
        rising = first if (body.args[0] is x) == (kind == "lower") else last
        return times(scale, power(num(2), count), product_over(i, num(1), count, power(d, rising)))
    if body is build.inverse(x):
        return times(scale, power(num(-1), half), product_over(i, num(1), count, power(d, times(num(-1), add(count, num(1))))))
    if body.op is MATMUL and len(body.args) == 2 and x in body.args:
        a = body.args[0] if body.args[1] is x else body.args[1]
        if holds(a, kind):
            other = entry(a, index(i), index(i))
            rising = last if (body.args[1] is x) == (kind == "lower") else first
            return times(scale, product_over(i, num(1), count, power(other, rising)))
    raise NoAnswerError(f"this map of {kind} triangular matrices is not in the table")
