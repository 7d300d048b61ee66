"""What an expression looks like, where that decides how it is computed."""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions.build import add, is_number, matmul, num, power, split, times, trace, transpose, value_of, without_coefficient
from ..expressions.expr import Expr
from ..kinds import ONE
from ..ops.core import ADD, EYE, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from .thinness import Thinness


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


def distributed(e: Expr, known: Thinness) -> Expr | None:
    """(diag(s) - s s^T) v as s .* v - (s^T v) s: a sum with thin terms beside a vector is never formed, nor one whose products with the
    vector the program has anyway.

    Beside a matrix only what is thin in every term is worth it: (a b^T - I) X^-1; or (I - C^-1 S) L for L of few columns, and
    (A - c B) V where the program has A V and B V anyway.
    """
    thin = _is_thin if e.shape[0] is ONE or e.shape[1] is ONE else _is_very_thin
    wanted = any if thin is _is_thin else all
    for k, f in enumerate(e.args):
        inner = f.args[0] if f.op is TRANSPOSE else f
        if inner.op is not ADD or inner.shape[0] is ONE or inner.shape[1] is ONE:
            continue
        if wanted(map(thin, inner.args)) or _is_known(f, e.args[:k], e.args[k + 1 :], known):
            parts = [transpose(a) if inner is not f else a for a in inner.args]
            return add(*[matmul(*e.args[:k], p, *e.args[k + 1 :]) for p in parts])
    return None


def _is_known(f: Expr, left: Sequence[Expr], right: Sequence[Expr], known: Thinness) -> bool:
    """Whether each term of a sum is thin beside the few columns, or rows, of what it is multiplied with, or its product is there."""
    few = {d for r in right for d in r.shape if (d, f.shape[1]) in known.smaller}
    few |= {d for x in left for d in x.shape if (d, f.shape[0]) in known.smaller}

    def is_there(term: Expr) -> bool:
        body = split(term)[2]
        if body is not None and body.op is ADD:
            return all(map(is_there, body.args))
        first, last = _ends(term)
        return (bool(right) and (last, right[0]) in known.beside) or (bool(left) and (left[-1], first) in known.beside)

    terms = [transpose(a) for a in f.args[0].args] if f.op is TRANSPOSE else f.args
    return all((bool(few) and _is_thin(a)) or is_there(a) for a in terms) and len(terms) <= 4


def _ends(e: Expr) -> tuple[Expr, Expr]:
    """The first and the last factor of a term."""
    _, _, body = split(e)
    factors = body.args if body is not None and body.op is MATMUL else (body if body is not None else e,)
    return factors[0], factors[-1]


def distributed_trace(x: Expr, known: Thinness) -> Expr | None:
    """tr(A (a b^T - I) B) as b^T B A a - tr(A B): what is thin in every term is never multiplied out; nor a sum whose products with
    what stands beside it the program has."""
    c, scalars, body = split(x)
    if body is None or body.op is not MATMUL:
        return None
    for k, f in enumerate(body.args):
        around = [*body.args[k + 1 :], *body.args[:k]]
        if f.op is ADD and (all(map(_is_very_thin, f.args)) or _is_known(f, around, around, known)):
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
