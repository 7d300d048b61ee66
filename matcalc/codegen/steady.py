"""Forms that neither overflow nor cancel: what is equal on paper and better in floating point, for every language.

log(softmax(z)) = z - logsumexp(z)          log(sigmoid(z)) = -softplus(-z)       1 - sigmoid(z) = sigmoid(-z)
log(det(X)^k) = k logdet(X)                 log(cosh(z)) = |z| + softplus(-2 |z|) - log(2)
exp(z)/sum(exp(z)) = softmax(z)             (a/f - b/g) f g = a g - b f           v .* e_k = v_k e_k
1[z < 0] exp(z) = 1[z < 0] exp(-relu(-z))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..expressions.build import (
    add,
    apply,
    entry,
    hadamard,
    is_number,
    is_zero,
    matmul,
    negative,
    num,
    ones,
    opposite,
    power,
    rebuild,
    times,
    transpose,
    value_of,
)
from ..expressions.expr import Expr, transform
from ..expressions.properties import holds
from ..kinds import ONE
from ..ops.activations import RELU, SIGMOID, SOFTPLUS
from ..ops.core import ADD, ENTRY, HADAMARD, IVERSON, MATMUL, POWER, TIMES, TRANSPOSE, UNIT
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.diagonal import DIAG
from ..ops.elementary import ABS, COSH, EXP, LOG
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from ..ops.softmax import LOG_SUM_EXP, LOG_SUM_EXP_ROWS, SOFTMAX, SOFTMAX_ROWS
from ..ops.sums import SUM


def steady(e: Expr, done: dict[Expr, Expr]) -> Expr:
    """`e` in such forms; `done` remembers."""
    return transform(e, _rewritten, done)


def _rewritten(e: Expr, args: tuple[Expr, ...]) -> Expr:
    e = rebuild(e, args)
    rule = _RULES.get(e.op)
    found = rule(e) if rule is not None else None
    return e if found is None else found


def _log(e: Expr) -> Expr | None:
    x = e.args[0]
    if x.op is SIGMOID:
        return negative(apply(SOFTPLUS, [negative(x.args[0])]))
    if x.op is SOFTMAX:
        return add(x.args[0], negative(times(apply(LOG_SUM_EXP, x.args), ones(x.shape[0]))))
    if x.op is SOFTMAX_ROWS:
        return add(x.args[0], negative(matmul(apply(LOG_SUM_EXP_ROWS, x.args), transpose(ones(x.shape[1])))))
    if x.op is ENTRY and x.args[0].op is SOFTMAX:
        z = x.args[0].args[0]
        return add(entry(z, *x.args[1:]), negative(apply(LOG_SUM_EXP, [z])))
    if x.op is DETERMINANT:
        return apply(LOG_DETERMINANT, x.args)
    if x.op is POWER and is_number(x.args[1]):
        base, k = x.args
        if base.op is DETERMINANT or value_of(k) == Fraction(1, 2) or (base.op not in (NORM, FROBENIUS_NORM) and holds(base, "positive")):
            inner = apply(LOG, [base])
            return times(k, _log(inner) or inner)
    if x.op is COSH:
        size = apply(ABS, x.args)
        shift = apply(LOG, [num(2)])
        return add(size, apply(SOFTPLUS, [times(num(-2), size)]), negative(shift if x.is_scalar else times(shift, ones(*x.shape))))
    return None


def _complement(e: Expr) -> Expr | None:
    """1 - sigmoid(z) is sigmoid(-z)."""
    one = num(1) if e.is_scalar else ones(*e.shape)
    for k, a in enumerate(e.args):
        s = opposite(a)
        if s.op is SIGMOID and one in e.args:
            rest = [b for n, b in enumerate(e.args) if n != k and b is not one]
            return add(*rest, apply(SIGMOID, [negative(s.args[0])]))
    return None


def _product(e: Expr) -> Expr | None:
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    for k, a in enumerate(e.args):
        others = [*e.args[:k], *e.args[k + 1 :]]
        if a.op is ADD and a.shape == e.shape and all(_meets(t, others) for t in a.args):
            return add(*[join(*others, t) for t in a.args])
        if a.op is UNIT and e.op is HADAMARD:
            return times(entry(join(*others), a.args[0], num(1)), a)
    return _beside(e)


def _meets(term: Expr, others: Sequence[Expr]) -> bool:
    """Whether a term is divided by one of the other factors."""
    parts = term.args if term.op is TIMES else (term,)
    factors = [f for p in parts for f in (p.args if p.op is HADAMARD else (p,))]
    return any(f.op is POWER and f.args[0] in others and is_number(f.args[1], -1) for f in factors)


def _beside(e: Expr) -> Expr | None:
    """exp(z)/sum(exp(z)) and 1[z < 0] exp(z), also where exp(z) is inside a product."""
    for k, a in enumerate(e.args):
        swap = _swapped(a)
        if swap is None:
            continue
        old, new, left = swap
        for n, b in enumerate(e.args):
            found = _replaced(b, old, new) if n != k else None
            if found is not None:
                others = [c for m, c in enumerate(e.args) if m not in (k, n)]
                join: Callable[..., Expr] = times if e.op is TIMES else hadamard
                whole = join(*others, found, *([left] if left is not None else []))
                return (_beside(whole) if whole.op in (TIMES, HADAMARD) else None) or whole
    return None


def _swapped(a: Expr) -> tuple[Expr, Expr, Expr | None] | None:
    """A factor, what it wants to meet, and what that becomes; what is left of the factor."""
    if a.op is IVERSON and a.attr in ("<", "<=") and is_zero(a.args[1]):
        z = a.args[0]
        return apply(EXP, [z]), apply(EXP, [negative(apply(RELU, [negative(z)]))]), a
    if a.op is not POWER or not is_number(a.args[1]) or value_of(a.args[1]) >= 0:
        return None
    base, k = a.args[0], -value_of(a.args[1])
    if base.op is SUM and k >= 1 and base.args[0].op is EXP and base.args[0].shape[1] is ONE and not base.args[0].is_scalar:
        return base.args[0], apply(SOFTMAX, base.args[0].args), power(base, num(1 - k))
    return None


def _replaced(b: Expr, old: Expr, new: Expr) -> Expr | None:
    """`b` with its factor `old` replaced by `new`; None where it has none."""
    if b is old:
        return new
    if b.op in (MATMUL, HADAMARD, TRANSPOSE, DIAG):
        for n, f in enumerate(b.args):
            inner = _replaced(f, old, new) if f is old or f.op in (TRANSPOSE, DIAG, HADAMARD) else None
            if inner is not None:
                return rebuild(b, (*b.args[:n], inner, *b.args[n + 1 :]))
    return None


_RULES: dict[Operation, Callable[[Expr], Expr | None]] = {LOG: _log, ADD: _complement, TIMES: _product, HADAMARD: _product}
