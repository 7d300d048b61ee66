"""The derivative of a matrix by a matrix as a matrix: d vec(F)/d vec(X)^T with Kronecker products.

With J[i,j,k,l] = ∂F_ij/∂X_kl, a term whose factors join i with k and j with l is Q ⊗ P (P on i,k and Q on j,l); one
that joins i with l and j with k is (Q ⊗ P) K with the commutation matrix, K vec(X) = vec(X^T); one that joins
only i with j and k with l is the outer product vec(E) vec(G)^T. Factors on i,j or k,l beside those scale the rows or
columns: diag(vec E) … diag(vec G).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..differentiation.differential import close, separate
from ..differentiation.letters import letters_beside
from ..differentiation.network import Factor, Index, Slot, Term, matrix_form, reduce_term
from ..differentiation.pairs import beyond
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import (
    add,
    apply,
    diag,
    eye,
    hadamard,
    index,
    indexed_sum,
    is_zero,
    kron,
    matmul,
    num,
    ones,
    size,
    times,
    transpose,
    unit,
    zeros,
)
from ..expressions.expr import Expr, order_key
from ..expressions.stacked import commutation
from ..kinds import ONE, SCALAR, Shape
from ..numbers.kernels import network
from ..numbers.numeric import Plan
from ..ops.core import ADD
from ..ops.sums import VEC
from ..shortening.simplify import simplify
from ..syntax import Program
from .arrange import Arranger

if TYPE_CHECKING:
    from types import ModuleType


def kronecker_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`d vec(F)/d vec(X)^T = …` for a first derivative; of a scalar's second derivative, for its gradient in place of F."""
    matrix = simplify(kronecker_matrix(tensor))
    return Program("", (), arranger.spell(matrix), ("kron", stacked_name(tensor, taken), wrt[-1]))


def stacked_name(tensor: Tensor, taken: Iterable[str]) -> str:
    """A name for what is differentiated: F, or G for a gradient."""
    taken = set(taken)
    letters = ("F", "G", "H", "Y", "F_1") if len(tensor.shapes) == 2 else ("G", "H", "F", "Y", "G_1")
    return next(c for c in letters if c not in taken)


def kronecker_matrix(tensor: Tensor) -> Expr:
    """The matrix d vec(F)/d vec(X)^T. The second derivative of a scalar is that of its gradient (Magnus and Neudecker, chapter 10)."""
    if len(tensor.shapes) != 2 and (len(tensor.shapes) != 3 or tensor.shapes[0] != SCALAR):
        raise NoAnswerError("the Kronecker form is for first derivatives, and second ones of scalars", suggestion="use --notation index")
    f, x = tensor.shapes[-2:]
    total = zeros(f[0] * f[1], x[0] * x[1])
    if tensor.matrix is not None and not tensor.terms:
        return total
    for t in tensor.terms:
        total = add(total, _term_or_sum(Term(t.scalar, t.factors, t.slots[-4:], t.binders), f, x))
    return total


def _term_or_sum(t: Term, f: Shape, x: Shape) -> Expr:
    """The matrix of a term; where it has none, a sum over an index that ties too much together, as in sum_i e_i e_i^T ⊗ A_i."""
    try:
        return _term(t, f, x)
    except NoAnswerError:
        found = [e for s in t.slots for i in s if (e := _summed(t, i, f, x)) is not None]
        if not found:
            raise
        return min(found, key=order_key)


def _summed(t: Term, i: Index, f: Shape, x: Shape) -> Expr | None:
    """The matrix of a term as a sum over its open index i, which unit vectors stand for; None where that has none either."""
    letter = next(letters_beside([t.scalar, *[e for e, _, _ in t.factors], *[index(b) for b, _, _ in t.binders]]))
    inner, u = Index(i.dim), unit(index(letter), i.dim)
    factors: list[Factor] = [(e, *(tuple(inner if k is i else k for k in s) for s in (r, c))) for e, r, c in t.factors]  # type: ignore[misc]
    fixed = reduce_term(Term(t.scalar, [*factors, (u, (inner,), ()), (u, (i,), ())], t.slots, t.binders))
    if fixed is None:
        return zeros(f[0] * f[1], x[0] * x[1])
    try:
        return close((letter, num(1), size(i.dim)), _term(fixed, f, x))
    except NoAnswerError:
        return None


def _term(t: Term, f: Shape, x: Shape) -> Expr:
    if t.binders:
        body = _term(Term(t.scalar, t.factors, t.slots), f, x)
        for name, low, high in reversed(t.binders):
            body = indexed_sum(name, low, high, body)
        return body
    if len(t.slots[0]) == 2 and not t.slots[1]:  # of vec(F), that of F
        j, i = t.slots[0]
        return _term(Term(t.scalar, t.factors, ((i,), (j,), *t.slots[2:])), (i.dim, j.dim), x)
    stacked = [k for k, (_, r, c) in enumerate(t.factors) if len(r) > 1 or len(c) > 1]
    if len(stacked) > 1:  # of several one behind the other, that nearest to the value, for all the others lie beyond it
        value = {i for s in t.slots[:2] for i in s}
        stacked = [k for k in stacked if any(i in value for s in t.factors[k][1:] for i in s)]
    if len(stacked) == 1:
        return _through(t, t.factors[stacked[0]], f, x)
    if any(len(s) == 2 for s in t.slots[:2]):
        return _of_kronecker(t, x)
    if any(len(s) > 1 for s in t.slots):
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    whole = joined(t)
    if whole is None:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    (sign, left, right), found = whole
    if sign == "outer":
        return times(t.scalar, matmul(_column(apply(VEC, (left,))), transpose(_column(apply(VEC, (right,))))))
    body = kron(right, left)
    if sign == "crossed" and x[0] is not ONE and x[1] is not ONE:
        body = matmul(body, commutation(x))
    if (0, 1) in found:
        body = matmul(diag(_column(apply(VEC, (found[0, 1],)))), body)
    if (2, 3) in found:
        body = matmul(body, diag(_column(apply(VEC, (found[2, 3],)))))
    return times(t.scalar, body)


def joined(t: Term, apart: bool = False) -> tuple[tuple[str, Expr, Expr], Mapping[tuple[int, int], Expr]] | None:
    """Two matrices A and B on the slots i, j, k, l of a term, and how they join them: "outer" A_ij B_kl, "straight" A_ik B_jl, "crossed"
    A_il B_jk; and what is on i, j or k, l beside those. None where there are no such matrices. Where `apart` is true, vectors alone are
    put together as i with j, k with l."""
    found: dict[tuple[int, int], Expr] = {}
    hanging: dict[int, Expr] = {}
    dims = [s[0].dim if s else ONE for s in t.slots]
    place = {s[0]: n for n, s in enumerate(t.slots) if s}
    for e, r, c in t.factors:
        ends = [place.get(s[0], -1) for s in (r, c) if s]
        if -1 in ends:
            return None
        if len(ends) == 1:
            hanging[ends[0]] = hadamard(hanging[ends[0]], e) if ends[0] in hanging else e
            continue
        if ends[0] > ends[1]:
            e, ends = transpose(e), ends[::-1]
        key = (ends[0], ends[1])
        found[key] = hadamard(found[key], e) if key in found else e
    straight = {(0, 2), (1, 3)} & set(found)
    crossed = {(0, 3), (1, 2)} & set(found)
    if straight and crossed:
        return None

    def between(a: int, b: int) -> Expr:
        """The matrix on two indices, scaled by the vectors that hang there; an outer product of those where there is none."""
        left, right = hanging.get(a), hanging.get(b)
        if (a, b) not in found:
            return matmul(left if left is not None else ones(dims[a]), transpose(right if right is not None else ones(dims[b])))
        body = found[a, b] if left is None else matmul(diag(left), found[a, b])
        return body if right is None else matmul(body, diag(right))

    if not straight and not crossed and (apart or (0, 1) in found or (2, 3) in found):
        return ("outer", between(0, 1), between(2, 3)), {}
    sign, left, right = ("crossed", between(0, 3), between(1, 2)) if crossed else ("straight", between(0, 2), between(1, 3))
    return (sign, left, right), {k: e for k, e in found.items() if k in ((0, 1), (2, 3))}


def _of_kronecker(t: Term, x: Shape) -> Expr:
    """A product P ⊗ Q of which one factor has the variable: vec(P ⊗ Q) = (I ⊗ K ⊗ I) (vec(P) ⊗ vec(Q)), where K exchanges the
    rows of P and the columns of Q (after Magnus and Neudecker, chapter 3)."""
    for rows, cols in ((r, c) for r in _halves(t.slots[0]) for c in _halves(t.slots[1])):
        parts = _apart(t, (rows[0], cols[0]), (rows[1], cols[1]))
        if parts is None:
            continue
        columns = [_half(part, slots, x, t) for part, slots in zip(parts, ((rows[0], cols[0]), (rows[1], cols[1])))]
        (m, n), (p, q) = ((r[0].dim if r else ONE, c[0].dim if c else ONE) for r, c in ((rows[0], cols[0]), (rows[1], cols[1])))
        exchange = [eye(n)] if n is not ONE else []
        exchange += [commutation((q, m))] if m * q is not ONE else []
        exchange += [eye(p)] if p is not ONE else []
        body = kron(*columns)
        return times(t.scalar, body if m is ONE or q is ONE else matmul(kron(*exchange) if len(exchange) > 1 else exchange[0], body))
    raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")


def _halves(slot: Slot) -> list[tuple[Slot, Slot]]:
    """The ways a slot belongs to the two factors of a Kronecker product."""
    return [(slot[:1], slot[1:])] if len(slot) == 2 else [(slot, ()), ((), slot)] if slot else [((), ())]


def _apart(t: Term, *slots: tuple[Slot, Slot]) -> tuple[list[Factor], list[Factor]] | None:
    """The factors that hang on either pair of slots, with the variable's indices at one of them only; None where they mix."""
    own = [{i for s in pair for i in s} for pair in slots]
    variable = {i for s in t.slots[2:] for i in s}
    for k in (1, 0):
        sides = (own[0] | (variable if k == 0 else set()), own[1] | (variable if k == 1 else set()))
        found: tuple[list[Factor], list[Factor]] = ([], [])
        for factor in t.factors:
            places = {i for s in factor[1:] for i in s}
            side = next((n for n in (0, 1) if places <= sides[n]), None)
            if side is None:
                break
            found[side].append(factor)
        else:
            return found
    return None


def _half(factors: list[Factor], slots: tuple[Slot, Slot], x: Shape, t: Term) -> Expr:
    """vec of a factor, or its derivative where the variable hangs on it."""
    shape = (slots[0][0].dim if slots[0] else ONE, slots[1][0].dim if slots[1] else ONE)
    variable = {i for s in t.slots[2:] for i in s}
    if any(i in variable for _, r, c in factors for i in (*r, *c)):
        return _term(Term(num(1), factors, (*slots, *t.slots[2:])), shape, x)
    form = matrix_form(Term(num(1), factors, slots))
    if form is None:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    return _column(apply(VEC, (form if shape[0] is not ONE else transpose(form),)))


def _through(t: Term, last: Factor, f: Shape, x: Shape) -> Expr:
    """A function known by its sets alone, F'(X), with what is done to its value: M F'(X)."""
    e, r, c = last
    variable, value = (*t.slots[3], *t.slots[2]), (*t.slots[1], *t.slots[0])
    if r == variable or c == value:
        e, r, c = transpose(e), c, r
    if t.binders:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    factors = [g for g in t.factors if g is not last]
    if c == variable:  # and what is multiplied with its entries
        places = set(variable)
        scales = [g for g in factors if places.issuperset((*g[1], *g[2]))]
        factors = [g for g in factors if g not in scales]
        e = matmul(e, _scaling(scales, t.slots[2:], x)) if scales else e
    else:  # F'(Y) with Y a function of X
        cut = beyond(t, last, c)
        if cut is None or not 1 <= len(c) <= 2:
            raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
        inner, factors = cut
        row, col = c[-1:], c[:-1]
        far = separate(Term(num(1), inner, (row, col, *t.slots[2:])))
        e = matmul(e, _term(far, (row[0].dim, col[0].dim if col else ONE), x))
    if r == value:
        return times(t.scalar, matmul(_scaling(factors, t.slots[:2], f), e) if factors else e)
    if not 1 <= len(r) <= 2:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    row, col = r[-1:], r[:-1]
    rest = separate(Term(t.scalar, factors, (*t.slots[:2], row, col), t.binders))
    return matmul(_term(rest, f, (row[0].dim, col[0].dim if col else ONE)), e)


def _scaling(factors: list[Factor], slots: Sequence[Slot], shape: Shape) -> Expr:
    """The diagonal matrix that multiplies the entries of something of this shape with those of the factors."""
    form = matrix_form(Term(num(1), factors, slots))
    if form is None:
        raise NoAnswerError("this derivative has no Kronecker form", suggestion="use --notation index")
    return diag(form if ONE in shape else apply(VEC, (form,)))


def _column(v: Expr) -> Expr:
    """vec of a column is the column, of a row its transpose."""
    if v.op is not VEC or ONE not in v.args[0].shape:
        return v
    return v.args[0] if v.args[0].shape[1] is ONE else transpose(v.args[0])


def kronecker_summands(tensor: Tensor, indices: Mapping[str, int], arrays: ModuleType | None = None) -> Callable[..., list[Any]]:
    """The numbers of the summands of the Kronecker form, as the derivative has them."""
    whole = kronecker_matrix(tensor)
    plan = Plan(whole.args if whole.op is ADD else () if is_zero(whole) else whole, arrays)
    dims = [d for shape in tensor.shapes[-2:] for d in shape]

    def apart(value: Any, sizes: Mapping[str, int]) -> Any:
        m, n, p, q = (d.value(sizes) for d in dims)
        return network(plan.arrays.exact(1), [([n, m, q, p], value, [1, 0, 3, 2])], [((0,), [0, 1, 2, 3])], [[m], [n], [p], [q]])

    return lambda env, sizes: [apart(v, sizes) for v in plan.run(env, sizes, indices)]
