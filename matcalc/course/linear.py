"""Equations in one variable, solved in closed form: linear ones, and those that become linear on multiplying by the variable.

M x = r               (X^T X) w = X^T y
L X R = C             A X B^T B = C B, and sums of such terms by vec: A X + X B = C
f(x_i) = 0            entry by entry
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..differentiation.tensor import Tensor
from ..expressions import build
from ..expressions.build import (
    add,
    apply,
    eye,
    inverse,
    is_zero,
    kron,
    matmul,
    negative,
    num,
    power,
    split,
    substitute,
    symbol,
    times,
    transpose,
    zeros,
)
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..expressions.stacked import commutation
from ..kinds import ONE
from ..ops.core import ADD, EYE, INDEXED_SUM, MATMUL, POWER
from ..ops.sums import VEC
from ..shortening.simplify import simplify
from .definiteness import ND, PD, definiteness, sign_of
from .expansion import expanded, expanded_in, summands
from .polynomials import shortest


class Solution:
    """The solution of an equation in one variable. `value` is None where there is none. `parameter` is the free vector of a
    family; `invertible` what was taken to be so; `unique` the solution where the family is one point; `equation` the two
    sides of an equation whose solution is `vec(X) = value`."""

    def __init__(
        self,
        value: Expr | None,
        *,
        invertible: Sequence[Expr] = (),
        nonzero: Sequence[Expr] = (),
        parameter: Expr | None = None,
        unique: Solution | None = None,
        general: Solution | None = None,
        equation: tuple[Expr, Expr] | None = None,
        more: Sequence[Expr] = (),
    ) -> None:
        self.value, self.invertible, self.nonzero, self.parameter = value, tuple(invertible), tuple(nonzero), parameter
        self.unique, self.general, self.equation, self.more = unique, general, equation, tuple(more)


# What the caller knows: a name for a free parameter, and whether a matrix may be taken to have full column rank.
NewName = Callable[[Expr], Expr]
IsTall = Callable[[Expr], bool]


def contains(e: Expr, x: Expr) -> bool:
    return any(n is x for n in postorder(e))


# ---------------------------------------------------------------------------------------------- vectors


def linear_vector(g: Expr, x: Expr, new: NewName, tall: IsTall) -> Solution | None:
    tensor = Tensor.of(g)
    tensor = tensor.differentiate(x)
    if tensor.matrix is None:
        return None
    m = simplify(tensor.matrix)
    if contains(m, x):
        m = simplify(expanded(m))
        if contains(m, x):
            return None
    r = simplify(negative(substitute(g, {x: zeros(*x.shape)})))
    if m.shape[0] is m.shape[1]:
        return solve_left(m, r, new, tall)
    if not is_zero(r):
        return None  # more equations than unknowns, or fewer
    z = new(x)  # all of the null space
    return Solution(simplify(matmul(add(eye(x.shape[0]), negative(matmul(apply(_pinv(), (m,)), m))), z)), parameter=z)


def solve_left(m: Expr, r: Expr, new: NewName, tall: IsTall) -> Solution | None:
    """X with M X = R."""
    if is_zero(m):
        return None
    if is_zero(r) and not _is_gram(m):
        return Solution(r, invertible=_needed(m))
    m, r = cleared(m, r)
    multiple = _multiple_of_identity(m)
    if multiple is not None:
        return Solution(shortest(times(power(multiple, num(-1)), r)), nonzero=() if sign_of(multiple) else (multiple,))
    gram = gram_factor(m)
    if gram is not None and definiteness(m) not in (PD, ND):
        a, scale = gram
        b = left_quotient(r, transpose(a))
        if b is not None:
            return _least_squares(a, times(power(scale, num(-1)), b), m, r, new, tall)
    return Solution(shortest(matmul(inverse(m), r)), invertible=_needed(m))


def _multiple_of_identity(m: Expr) -> Expr | None:
    """s where M is s I."""
    scalars = []
    for t in summands(expanded(m)):
        if _bare(t).op is not EYE:
            return None
        scalars.append(_scale(t))
    return simplify(add(*scalars))


def _is_gram(m: Expr) -> bool:
    return gram_factor(m) is not None


def _needed(m: Expr) -> tuple[Expr, ...]:
    """What must be invertible: nothing where the rules say that it is."""
    bare = without_scalars(m)
    sure = holds(m, "invertible") or holds(bare, "invertible")
    return () if sure else (bare,)


def without_scalars(m: Expr) -> Expr:
    body = split(m)[2]
    return m if body is None else body


def cleared(m: Expr, r: Expr) -> tuple[Expr, Expr]:
    """Both sides times the denominators of the left one, and without its number."""
    below: list[Expr] = []
    for t in summands(m):
        c, scalars, _ = split(t)
        below += [power(s, num(-1)) for s in scalars if s.op is POWER and build.is_number(s.args[1]) and build.value_of(s.args[1]) < 0]
        if c.denominator != 1:
            below.append(num(c.denominator))
    factor = times(*dict.fromkeys(below)) if below else num(1)
    m, r = (simplify(add(*[times(factor, t) for t in summands(e)])) for e in (m, r))
    from math import gcd

    numbers = [split(t)[0] for t in summands(m)]
    if m.op is not ADD:
        m, common = absorbed(m)
    elif all(n.denominator == 1 for n in numbers):
        common = numbers[0].__class__(gcd(*[n.numerator for n in numbers]))
    else:
        return m, r
    if common == 1:
        return m, r
    over = power(num(common), num(-1))
    left = add(*[times(over, t) for t in summands(m)])
    return left if m.op is not ADD else simplify(left), simplify(add(*[times(over, t) for t in summands(r)]))


def absorbed(m: Expr) -> tuple[Expr, Any]:
    """A product and its number; a minus goes into a difference, so that -A^T (S - I) A is A^T (I - S) A."""
    c, scalars, body = split(m)
    if c > 0 or body is None or body.op is not MATMUL:
        return m, c
    for k, f in enumerate(body.args):
        if f.op is ADD:
            turned = matmul(*body.args[:k], build.opposite(f), *body.args[k + 1 :])
            return times(num(-c), *scalars, turned), -c
    return m, c


def gram_factor(m: Expr) -> tuple[Expr, Expr] | None:
    """A and c where M is c A^T A."""
    c, scalars, body = split(m)
    if body is None or body.op is not MATMUL or len(body.args) % 2:
        return None
    k = len(body.args) // 2
    right = body.args[k:]
    if tuple(transpose(a) for a in reversed(right)) != body.args[:k]:
        return None
    return matmul(*right), times(num(c), *scalars)


def left_quotient(r: Expr, p: Expr) -> Expr | None:
    """b where R is P b, read off the products; None where it cannot be."""
    lead = p.args if p.op is MATMUL else (p,)
    parts = []
    for t in summands(expanded(r)):
        c, scalars, body = split(t)
        if is_zero(t):
            return zeros(p.shape[1], r.shape[1])
        factors = body.args if body is not None and body.op is MATMUL else (body,)
        if body is None or tuple(factors[: len(lead)]) != tuple(lead):
            return None
        rest = factors[len(lead) :]
        tail = matmul(*rest) if rest else eye(p.shape[1])  # type: ignore[arg-type]
        parts.append(times(num(c), *scalars, tail))
    return simplify(add(*parts))


def _least_squares(a: Expr, b: Expr, m: Expr, r: Expr, new: NewName, tall: IsTall) -> Solution:
    """A^T A x = A^T b: the normal equations, or all solutions A^+ b + (I - A^+ A) z."""
    n = a.shape[1]
    z = new(zeros(n, r.shape[1]))
    if a.shape[0] is ONE:  # one row: never invertible
        column = transpose(a)
        below = power(matmul(a, column), num(-1))
        value = add(times(below, matmul(column, b)), matmul(add(eye(n), negative(times(below, matmul(column, a)))), z))
        return Solution(simplify(value), nonzero=(column,), parameter=z)
    plus = apply(_pinv(), (a,))
    general = Solution(add(matmul(plus, b), matmul(add(eye(n), negative(matmul(plus, a))), z)), parameter=z)
    normal = Solution(shortest(matmul(inverse(m), r)), invertible=(without_scalars(m),))
    if tall(a):
        normal.general = general
        return normal
    general.unique = normal
    return general


def _pinv() -> Any:
    from ..ops.book import REGISTRY

    return REGISTRY["pinv"]


# ---------------------------------------------------------------------------------------------- matrices


Linear = tuple[Expr, Expr, bool]  # L, R of L X R, and whether X is transposed


def linear_terms(g: Expr, x: Expr) -> tuple[list[Linear], Expr] | None:
    """g as a sum of L X R (or L X^T R) and a rest without X; None where it is not."""
    terms: list[Linear] = []
    rest = zeros(*g.shape)
    for t in summands(expanded_in(g, x)):
        if not contains(t, x):
            rest = add(rest, t)
            continue
        one = _linear_term(t, x)
        if one is None:
            return None
        terms.append(one)
    return terms, rest


def _linear_term(t: Expr, x: Expr) -> Linear | None:
    c, scalars, body = split(t)
    factor = times(num(c), *scalars)
    if body is None or contains(factor, x):
        return None
    if body.op is INDEXED_SUM:
        low, high, inner = body.args
        one = _linear_term(inner, x)
        if one is None:
            return None
        name = str(body.attr)
        left, right, flipped = one
        if name in left.indices and name in right.indices:
            return None
        if name in right.indices:
            right = build.indexed_sum(name, low, high, right)
        else:
            left = build.indexed_sum(name, low, high, left)
        return times(factor, left), right, flipped
    factors = body.args if body.op is MATMUL else (body,)
    at = [k for k, f in enumerate(factors) if contains(f, x)]
    if len(at) != 1 or factors[at[0]] not in (x, transpose(x)):
        return None
    k = at[0]
    flipped = factors[k] is not x
    rows, cols = x.shape[::-1] if flipped else x.shape
    left = matmul(*factors[:k]) if k else eye(rows)
    right = matmul(*factors[k + 1 :]) if k + 1 < len(factors) else eye(cols)
    return times(factor, left), right, flipped


def linear_matrix(g: Expr, x: Expr, new: NewName, tall: IsTall) -> Solution | None:
    found = linear_terms(g, x)
    if found is None or not found[0]:
        return None
    terms, rest = found
    symmetric = transpose(x) is x
    if symmetric or all(flipped for _, _, flipped in terms):
        if not symmetric:  # the equation for X^T, turned round
            terms = [(transpose(r), transpose(lft), False) for lft, r, _ in terms]
            rest = transpose(rest)
        terms = [(lft, r, False) for lft, r, _ in terms]
    c = negative(rest)
    sides = sides_of(terms)
    if sides is not None:
        return _two_sided(*sides, c, new, tall)
    return _by_vec(terms, c, x)


def sides_of(terms: Sequence[Linear]) -> tuple[Expr, Expr] | None:
    """L and R where the sum of the terms is L X R."""
    if any(flipped for _, _, flipped in terms):
        return None
    rights = {_bare(r) for _, r, _ in terms}
    lefts = {_bare(lft) for lft, _, _ in terms}
    if len(rights) == 1:
        (right,) = rights
        return simplify(add(*[times(_scale(r), lft) for lft, r, _ in terms])), right
    if len(lefts) == 1:
        (left,) = lefts
        return left, simplify(add(*[times(_scale(lft), r) for lft, r, _ in terms]))
    return None


def _bare(e: Expr) -> Expr:
    body = split(e)[2]
    assert body is not None
    return body


def _scale(e: Expr) -> Expr:
    c, scalars, _ = split(e)
    return times(num(c), *scalars)


def _two_sided(left: Expr, right: Expr, c: Expr, new: NewName, tall: IsTall) -> Solution | None:
    """L X R = C."""
    if right is eye(right.shape[0]):
        return solve_left(left, simplify(c), new, tall)
    if without_scalars(left) is eye(left.shape[0]):
        over = power(_scale(left), num(-1))
        found = solve_left(transpose(right), simplify(transpose(times(over, expanded(c)))), new, lambda a: tall(a))
        return None if found is None else turned(found)
    left, c = cleared(left, c)
    value = shortest(matmul(inverse(left), c, inverse(right)))
    return Solution(value, invertible=(*_needed(left), *_needed(right)))


def turned(s: Solution) -> Solution:
    """The solution of the transposed equation, as one of the equation itself."""
    back = s.parameter
    value = transpose(s.value) if s.value is not None else None
    if back is not None and value is not None:  # Z^T is as free as Z
        fresh = symbol(name_of(back), back.shape[::-1])
        value, back = substitute(value, {back: transpose(fresh)}), fresh
    return Solution(
        value,
        invertible=[m if transpose(m) is m else transpose(m) for m in s.invertible],
        nonzero=s.nonzero,
        parameter=back,
        unique=turned(s.unique) if s.unique is not None else None,
        general=turned(s.general) if s.general is not None else None,
    )


def _by_vec(terms: Sequence[Linear], c: Expr, x: Expr) -> Solution:
    """vec(X) by Kronecker products: vec(L X R) = (R^T ⊗ L) vec(X)."""
    parts = []
    for left, right, flipped in terms:
        part = kron(transpose(right), left)
        parts.append(matmul(part, commutation(x.shape)) if flipped else part)
    m = simplify(add(*parts))
    r = simplify(c)
    sides = (add(*[matmul(lft, transpose(x) if flipped else x, r2) for lft, r2, flipped in terms]), r)
    return Solution(matmul(inverse(m), apply(VEC, (r,))), invertible=_needed(m), equation=sides)
