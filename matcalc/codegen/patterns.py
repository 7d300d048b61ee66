"""What an expression looks like, where that decides how it is computed."""

from __future__ import annotations

from ..expressions.build import add, is_number, matmul, num, power, split, times, trace, transpose, value_of, without_coefficient
from ..expressions.expr import Expr
from ..kinds import ONE
from ..ops.core import ADD, EYE, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE


def on_diagonal(e: Expr) -> Expr:
    """The number or the vector on the diagonal of s I or s diag(v)."""
    c, scalars, body = split(e)
    assert body is not None
    inner = [body.args[0]] if body.op is DIAG else []
    return times(num(c), *scalars, *inner)


def is_outer(e: Expr) -> bool:
    return e.op is MATMUL and any(a.shape[1] is ONE for a in e.args[:-1])


def is_below(e: Expr) -> bool:
    return e.op is POWER and is_number(e.args[1]) and value_of(e.args[1]) < 0


def reciprocal(e: Expr) -> Expr:
    return power(e.args[0], num(-value_of(e.args[1])))


def power_of(f: Expr) -> tuple[Expr, int]:
    """X, k where the factor is X^k with a whole number k from 2; else the factor, 1."""
    turned = f.op is TRANSPOSE
    inner = f.args[0] if turned else f
    if inner.op is MATRIX_POWER and is_number(inner.args[1]) and value_of(inner.args[1]).denominator == 1 and value_of(inner.args[1]) > 1:
        base = inner.args[0]
        return (transpose(base) if turned else base), int(value_of(inner.args[1]))
    return f, 1


def distributed(e: Expr) -> Expr | None:
    """(diag(s) - s s^T) v as s .* v - (s^T v) s: a sum with thin terms beside a vector is never formed.

    Beside a matrix only what is thin in every term is worth it: (a b^T - I) X^-1.
    """
    thin = _is_thin if e.shape[0] is ONE or e.shape[1] is ONE else _is_very_thin
    wanted = any if thin is _is_thin else all
    for k, f in enumerate(e.args):
        inner = f.args[0] if f.op is TRANSPOSE else f
        if inner.op is ADD and inner.shape[0] is not ONE and inner.shape[1] is not ONE and wanted(map(thin, inner.args)):
            parts = [transpose(a) if inner is not f else a for a in inner.args]
            return add(*[matmul(*e.args[:k], p, *e.args[k + 1 :]) for p in parts])
    return None


def distributed_trace(x: Expr) -> Expr | None:
    """tr(A (a b^T - I) B) as b^T B A a - tr(A B): what is thin in every term is never multiplied out."""
    c, scalars, body = split(x)
    if body is None or body.op is not MATMUL:
        return None
    for k, f in enumerate(body.args):
        if f.op is ADD and all(map(_is_very_thin, f.args)):
            parts = [trace(matmul(*body.args[:k], p, *body.args[k + 1 :])) for p in f.args]
            return times(num(c), *scalars, add(*parts))
    return None


def _is_very_thin(e: Expr) -> bool:
    """The identity, a diagonal matrix, an outer product."""
    _, rest = without_coefficient(e)
    body = rest.args[-1] if rest.op is TIMES else rest
    return body.op in (EYE, DIAG) or is_outer(body)


def _is_thin(e: Expr) -> bool:
    _, rest = without_coefficient(e)
    body = rest.args[-1] if rest.op is TIMES else rest
    return body.op in (EYE, DIAG, MATMUL, INVERSE)
