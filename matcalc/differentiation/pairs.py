"""Factors on stacked indices, such as F'(X) = d vec(F)/d vec(X)^T, joined to their neighbours where matrix notation has words for it.

The network reduces what hangs between single indices; a factor with a Kronecker pair (j, i) in a slot is opaque to it. Here
the pair is undone where a matrix or vector is contracted with it: v on one half is (v^T ⊗ I), a matrix M between the halves
vec(M)^T, and two such factors with a stacked index between them are a product.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..expressions.build import apply, eye, kron, matmul, ones, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.stacked import unvec
from ..ops.core import UNIT
from ..ops.sums import VEC
from .network import Factor, Index, Slot, Term, reduce_term


def joined(term: Term) -> Term | None:
    """The reduced term with its stacked factors joined as far as they can be; None if it is zero."""
    found = term
    while any(len(s) > 1 for _, r, c in found.factors for s in (r, c)):
        for candidate in (*_products(found), *_halves(found), *_unstacked(found)):
            reduced = reduce_term(candidate)
            if reduced is None:
                return None
            if _left(reduced) < _left(found):  # else the reduction has taken apart again what was joined
                found = reduced
                break
        else:
            return found
    return found


def _left(term: Term) -> tuple[int, int]:
    """What joining makes less: the stacked slots, then the factors."""
    return sum(len(s) > 1 for _, r, c in term.factors for s in (r, c)), len(term.factors)


def _products(term: Term) -> Iterator[Term]:
    """Two factors with an inner index between them, one of them stacked."""
    opened = {i for s in term.slots for i in s}
    for n, (e, r, c) in enumerate(term.factors):
        if max(len(r), len(c)) < 2:
            continue
        for slot, other, turned in ((c, r, e), (r, c, transpose(e))):
            if len(slot) != 1 or slot[0] in opened or slot[0] in other:
                continue
            near = [k for k, f in enumerate(term.factors) if k != n and slot[0] in (*f[1], *f[2])]
            if len(near) != 1:
                continue
            f, fr, fc = term.factors[near[0]]
            rest = [x for k, x in enumerate(term.factors) if k not in (n, near[0])]
            if fr == slot and slot[0] not in fc:
                yield _with(term, rest, (matmul(turned, f), other, fc))
            elif fc == slot and slot[0] not in fr:
                yield _with(term, rest, (matmul(turned, transpose(f)), other, fr))


def _halves(term: Term) -> Iterator[Term]:
    """A pair contracted with vectors or with one matrix, where the factor's other slot is simple."""
    opened = {i for s in term.slots for i in s}
    for n, (e, r, c) in enumerate(term.factors):
        for slot, other, turned in ((r, c, e), (c, r, transpose(e))):
            if len(slot) != 2 or len(other) > 1 or set(slot) & set(other):
                continue
            rest = [f for k, f in enumerate(term.factors) if k != n]
            made = _contracted(slot, rest, opened)
            if made is not None:
                left, kept, row = made
                yield _with(term, kept, (matmul(left, turned), row, other))


def _unstacked(term: Term) -> Iterator[Term]:
    """A vector on a pair of indices as the matrix that it stacks."""
    for n, (e, r, c) in enumerate(term.factors):
        if len(r) == 2 and not c and r[0] is not r[1]:
            rest = [f for k, f in enumerate(term.factors) if k != n]
            yield _with(term, rest, (unvec(e, (r[1].dim, r[0].dim)), r[1:], r[:1]))


def _contracted(pair: Slot, rest: list[Factor], opened: set[Index]) -> tuple[Expr, list[Factor], Slot] | None:
    """What multiplies the stacked factor from the left, the factors that are left, and the row that takes the pair's place."""
    a, b = pair
    if a is b:
        touching = [f for f in rest if a in (*f[1], *f[2])]
        if a in opened or touching:
            return None
        return transpose(apply(VEC, (eye(a.dim),))), rest, ()
    at = {i: [f for f in rest if i in (*f[1], *f[2])] for i in pair}
    for i in (b, a):
        if i not in opened and all(not f[2] and f[1] == (i,) for f in at[i]) and len(at[i]) < 2:
            v = transpose(at[i][0][0] if at[i] else ones(i.dim))
            left = kron(eye(a.dim), v) if i is b else kron(v, eye(b.dim))
            return left, [f for f in rest if f not in at[i]], (a,) if i is b else (b,)
    if not opened & {a, b} and at[a] == at[b] and len(at[a]) == 1:
        m, r, c = at[a][0]
        if len(r) == len(c) == 1:
            turned = m if r == (b,) else transpose(m)
            return transpose(apply(VEC, (turned,))), [f for f in rest if f not in at[a]], ()
    return None


def _with(term: Term, rest: list[Factor], factor: Factor) -> Term:
    return Term(term.scalar, [*rest, factor], term.slots, term.binders)


def beyond(term: Term, factor: Factor, start: Slot, also: Slot = ()) -> tuple[list[Factor], list[Factor]] | None:
    """The factors that hang on `start` or `also` without `factor`, and all others; None where they also hang on what is
    before it."""
    reached = {*start, *also}
    far: list[Factor] = []
    todo = [f for f in term.factors if f is not factor]
    while found := [f for f in todo if reached & {*f[1], *f[2]}]:
        far += found
        reached |= {i for _, r, c in found for i in (*r, *c)}
        todo = [f for f in todo if f not in found]
    before = {i for s in (*term.slots[:-2], factor[1] if factor[2] == start else factor[2]) for i in s}
    return None if reached & before else (far, todo)


def has_stacked(terms: Iterable[Term]) -> bool:
    """Whether a factor stands on pairs of indices, though no slot of the result is one, or is a linear operation's value for every
    unit matrix."""
    return any(
        max(map(len, t.slots)) < 2 and (max(len(r), len(c)) > 1 or (bool(t.binders) and _along_units(e)))
        for t in terms
        for e, r, c in t.factors
    )


def _along_units(e: Expr) -> bool:
    return bool(UNIT.bit & e.within) and any(n.op.adjoint and UNIT.bit & n.within for n in postorder(e))
