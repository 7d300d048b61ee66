"""The laws of determinants: products, powers, Kronecker products, diagonals, one dyad added; products over entries."""

from __future__ import annotations

from ..expressions import build
from ..expressions.build import add, apply, entry, index, matmul, num, power, size, split, substitute, times, transpose
from ..expressions.expr import Expr, make, postorder
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..kinds import ONE, SCALAR, Dim
from ..ops.book import REGISTRY
from ..ops.core import (
    ADD,
    COMMUTATION,
    EYE,
    HADAMARD,
    INDEXED_PRODUCT,
    KRONECKER,
    MATMUL,
    MATRIX_POWER,
    ONES,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
)
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..shortening.folding import constant_entry
from ..shortening.simplify import simplify
from .definiteness import sign_of


def determinant(m: Expr) -> Expr:
    """det of a square matrix by the laws: products, powers, Kronecker products, diagonals, one dyad added."""
    n = m.shape[0]
    op = m.op
    if m.is_scalar:
        return m
    if op is EYE:
        return num(1)
    if op is TIMES:
        c, scalars, body = split(m)
        assert body is not None
        sign = power(num(-1), size(parity(n))) if c < 0 else num(1)
        return times(sign, raised(times(num(abs(c)), *scalars), size(n)), determinant(body))
    if op is DIAG:
        return product_of_entries(m.args[0])
    if op is TRANSPOSE:
        return determinant(m.args[0])
    if op is INVERSE:
        return power(determinant(m.args[0]), num(-1))
    if op is MATRIX_POWER:
        return raised(determinant(m.args[0]), m.args[1])
    if op is MATMUL and all(a.shape[0] is a.shape[1] for a in m.args):
        return times(*[determinant(a) for a in m.args])
    if op is KRONECKER and all(a.shape[0] is a.shape[1] for a in m.args):
        a, b = m.args
        return times(raised(determinant(a), size(b.shape[0])), raised(determinant(b), size(a.shape[0])))
    if op is COMMUTATION:
        assert isinstance(m.attr, tuple)
        p, q = m.attr[0], m.attr[1]
        pairs = times(size(p), add(size(p), num(-1)), size(q), add(size(q), num(-1)), build.divide(num(1), num(4)))
        return power(num(-1), pairs)
    if op is SYMBOL and (holds(m, "lower") or holds(m, "upper")):
        return product_of_entries(build.diagonal(m))
    if op is ADD:
        found = _with_a_dyad(m)
        if found is not None:
            return found
    if build.is_zero(m):
        return num(0)
    return apply(REGISTRY["det"], (m,))


def raised(d: Expr, k: Expr) -> Expr:
    """d^k of a product of powers, factor by factor: (1/det X)^n is det(X)^(-n)."""
    if d.op is TIMES:
        return times(*[raised(a, k) for a in d.args])
    return power(d.args[0], times(d.args[1], k)) if d.op is POWER else power(d, k)


def parity(n: Dim) -> Dim:
    """A size that is even and odd with `n`: n^2 is as n, 2 m as 0."""
    if any(c.denominator > 1 for _, c in n.terms):  # of n (n + 1)/2 the remainder of n by 4 decides
        return n
    total = Dim({})
    for monomial, c in n.terms:
        part = Dim({(): c % 2})
        for letter, _ in monomial:
            part = part * Dim.of(letter)
        total = total + part
    return Dim({m: c % 2 for m, c in total.terms})


def _with_a_dyad(m: Expr) -> Expr | None:
    """det(D + c u v^T) = det(D) (1 + c v^T D^-1 u) for a diagonal D, or of D alone."""
    diagonal: list[Expr] = []
    dyads: list[Expr] = []
    for a in m.args:
        body = split(a)[2]
        assert body is not None
        (diagonal if body.op in (EYE, DIAG) else dyads).append(a)
    if diagonal and not dyads:
        return product_of_entries(_diagonal_entries(m))
    if not diagonal or len(dyads) != 1:
        return None
    c, scalars, body = split(dyads[0])
    if body is None:
        return None
    if body.op is ONES:
        left, right = build.ones(body.shape[0]), transpose(build.ones(body.shape[1]))
    elif body.op is MATMUL:
        cut = next((k for k, a in enumerate(body.args[:-1]) if a.shape[1] is ONE), None)
        if cut is None:
            return None
        left, right = matmul(*body.args[: cut + 1]), matmul(*body.args[cut + 1 :])
    else:
        return None
    d = add(*diagonal)
    column = _diagonal_entries(d)
    inside = simplify(matmul(transpose(build.hadamard(power(column, num(-1)), transpose(right))), left))
    inside = _known_sum(inside)
    whole = add(num(1), times(num(c), *scalars, inside))
    return times(determinant(simplify(d)), simplify(whole))


def _diagonal_entries(d: Expr) -> Expr:
    n = d.shape[0]
    parts = []
    for a in d.args if d.op is ADD else (d,):
        c, scalars, body = split(a)
        assert body is not None
        parts.append(times(num(c), *scalars, body.args[0] if body.op is DIAG else build.ones(n)))
    return simplify(add(*parts))


def _known_sum(e: Expr) -> Expr:
    """The entries of a softmax sum to one."""
    ones = {n: num(1) for n in postorder(e) if n.op.name == "sum" and n.args[0].op.name == "softmax"}
    return substitute(e, ones) if ones else e


def product_of_entries(v: Expr) -> Expr:
    """prod over all entries; of exponentials the exponential of the sum, of equal entries a power."""
    same = constant_entry(v)
    n = times(size(v.shape[0]), size(v.shape[1]))
    c, scalars, body = split(v)
    if same is not None:
        return raised(same, n)
    if scalars or c != 1:
        rest = product_of_entries(body) if body is not None and body.op is not ONES else num(1)
        return times(raised(times(num(c), *scalars), n), rest)
    if v.op.name == "exp":
        return apply(v.op, (build.total(v.args[0]),))
    if v.op is POWER and build.is_number(v.args[1]):
        return power(product_of_entries(v.args[0]), v.args[1])
    if v.op is HADAMARD:
        return times(*[product_of_entries(a) for a in v.args])
    i, j = _letters(v)
    at = (index(i), num(1)) if v.shape[1] is ONE else (index(i), index(j))
    inner = _entry_of(v, *at)
    for letter, dim in ((j, v.shape[1]), (i, v.shape[0])):
        if dim is not ONE:
            inner = product_over(letter, num(1), size(dim), inner)
    return inner


def product_over(letter: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """prod_{letter=low}^{high} body."""
    free = (body.indices - {letter}) | low.indices | high.indices
    return make(INDEXED_PRODUCT, (low, high, body), letter, SCALAR, 3 + low.size + high.size + body.size, free)


def _letters(v: Expr) -> tuple[str, str]:
    used = v.indices | {name_of(n) for n in postorder(v) if n.op is SYMBOL}
    used |= {m for n in postorder(v) for d in n.shape for m in d.names()}
    free = [c for c in "ijklrs" if c not in used]
    return free[0], free[1]


def _entry_of(v: Expr, i: Expr, j: Expr) -> Expr:
    """The entry of an array built entry by entry, as an expression in entries of its parts."""
    op = v.op
    if v.is_scalar:
        return v
    if op is ONES:
        return num(1)
    if op in (ADD, TIMES, HADAMARD):
        parts = [_entry_of(a, i, j) for a in v.args]
        return add(*parts) if op is ADD else times(*parts)
    if op is POWER:
        return power(_entry_of(v.args[0], i, j), v.args[1])
    if op.elementwise:
        return apply(op, (_entry_of(v.args[0], i, j),))
    if op is TRANSPOSE:
        return _entry_of(v.args[0], j, i)
    return entry(v, i, j)


def absolute(e: Expr) -> Expr:
    """|det|: the sign goes from numbers, (-1)^k and factors that are positive anyway."""
    c, scalars, body = split(e)
    assert body is None
    parts = [num(abs(c))]
    rest = []
    for s in scalars:
        if s.op is POWER and build.is_number(s.args[0]) and build.value_of(s.args[0]) < 0:
            parts.append(power(num(-build.value_of(s.args[0])), s.args[1]))
        elif sign_of(s) == 1:
            parts.append(s)
        elif s.op is POWER and (build.is_number(s.args[1]) or s.args[0].op.name == "det"):
            parts.append(power(apply(REGISTRY["abs"], (s.args[0],)), s.args[1]))
        else:
            rest.append(s)
    if rest:
        parts.append(apply(REGISTRY["abs"], (times(*rest),)))
    return times(*parts)
