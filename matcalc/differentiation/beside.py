"""Terms that differ in one matrix, which is an identity in one of them: A[i,k] (B^-1 C)[l,j] + A[i,k] delta[l,j] with the sum of the two
where that is shorter, as B^-1 (B + C) may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ..expressions.build import add, num, split, times, transpose
from ..expressions.expr import Expr
from ..ops.core import EYE, TRANSPOSE
from .network import Factor, Term
from .tensor import Tensor

MOST = 6  # terms of which pairs are tried


def with_identities_added(tensor: Tensor, shortened: Callable[[Expr], Expr]) -> Tensor:
    """The tensor with such pairs of terms as one."""
    terms = list(tensor.terms)
    if len(terms) > MOST:
        return tensor
    found: list[Term] | None = terms
    while found is not None:
        terms = found
        found = next(_joined(terms, shortened), None)
    return tensor if len(terms) == len(tensor.terms) else Tensor(tensor.shapes, terms)


def _joined(terms: list[Term], shortened: Callable[[Expr], Expr]) -> Iterator[list[Term]]:
    for t in terms:
        for identity in t.factors:
            if identity[0].op is not EYE or t.binders:
                continue
            others = _at_places(t, identity)
            for u in terms:
                for factor in u.factors if u is not t and u.scalar is t.scalar and not u.binders else ():
                    e, r, c = factor
                    if others is None or _at_places(u, factor) != others or {*_places(u, r), *_places(u, c)} != _both(t, identity):
                        continue
                    whole = shortened(add(e, identity[0]))
                    scale, scalars, core = split(whole)
                    if whole.size < e.size and core is not None:
                        rest = [f for f in u.factors if f is not factor]
                        made = Term(
                            times(num(scale), *scalars, u.scalar),
                            [*rest, (core.args[0], c, r) if core.op is TRANSPOSE else (core, r, c)],
                            u.slots,
                        )
                        yield [made if v is u else v for v in terms if v is not t]


def _places(t: Term, slot: Any) -> tuple[int, ...]:
    where = {i: n for n, i in enumerate(i for s in t.slots for i in s)}
    return tuple(where.get(i, -1) for i in slot)


def _both(t: Term, factor: Factor) -> set[int]:
    return {*_places(t, factor[1]), *_places(t, factor[2])}


def _at_places(t: Term, left_out: Factor) -> frozenset[object] | None:
    """The other factors with the places of their indices among the slots; None where one is summed over."""
    found: list[tuple[Expr, tuple[int, ...], tuple[int, ...]]] = []
    for e, r, c in (f for f in t.factors if f is not left_out):
        rows, cols = _places(t, r), _places(t, c)
        if -1 in (*rows, *cols):
            return None
        found.append((transpose(e), cols, rows) if cols and cols < rows else (e, rows, cols))
    return None if -1 in (_both(t, left_out)) else frozenset(Counter(found).items())
