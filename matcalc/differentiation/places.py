"""Entries of sums over unit vectors, worked out: (sum_j c_j (e_{j+1} - e_j))[i] is c_{i-1} - c_i, with the conditions that the places
are in the range of the sum. A total variation is read off entry by entry, and so is what hangs on the members of a family.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..expressions.build import add, apply, entry, index, indexed_sum, matmul, num, rebuild, split, times, transpose
from ..expressions.expr import Expr, postorder, transform
from ..kinds import ONE
from ..ops.core import ADD, CASES, ENTRY, HADAMARD, INDEXED_SUM, IVERSON, MATMUL, SYMBOL, TRANSPOSE, UNIT
from .families import bind
from .network import Term

MOST = 24  # summands


def sums_units(e: Expr) -> bool:
    """Whether a sum over an index adds up unit vectors of it in `e`."""
    both = INDEXED_SUM.bit & e.within and UNIT.bit & e.within
    return bool(both) and any(n.op is INDEXED_SUM and _moves_units(n) for n in postorder(e))


def _moves_units(e: Expr) -> bool:
    return any(u.op is UNIT and str(e.attr) in u.indices for u in postorder(e.args[2]))


def worked_out(e: Expr) -> Expr:
    """`e` with its entries of such sums worked out, where that leaves no sum of unit vectors in them."""

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        if made.op is ENTRY and made.args[0].op is UNIT:
            return apply(IVERSON, (made.args[0].args[0], made.args[1]), "=")
        if made.op is ENTRY and made.args[0].shape[1] is ONE and (found := at_place(made.args[0], made.args[1])) is not None:
            return found
        return made

    def tied(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        return _bound(made) if made.op is INDEXED_SUM and made.is_scalar and IVERSON.bit & made.within else made

    found = transform(e, of)
    return found if found is e else transform(found, tied)


def _bound(e: Expr) -> Expr:
    """A sum over an index that conditions 1[j + 1 = i] tie to others."""
    name, i = str(e.attr), index(str(e.attr))
    parts = [e.args[2]]
    for _ in range(MOST):  # a product with a sum of such conditions is multiplied out
        k = next((k for k, p in enumerate(parts) if _with_tied_sum(p, i) is not None), None)
        if k is None:
            break
        parts[k : k + 1] = _with_tied_sum(parts[k], i) or []
    if not any(s.op is IVERSON and s.attr == "=" and name in s.indices for p in parts for s in split(p)[1]):
        return e
    found = []
    for t in (t for p in parts for t in bind(Term(p, [], ()), (name, e.args[0], e.args[1]))):
        body = t.scalar
        for letter, low, high in reversed(t.binders):
            body = indexed_sum(letter, low, high, body)
        found.append(body)
    return add(*found)


def _with_tied_sum(e: Expr, i: Expr) -> list[Expr] | None:
    c, scalars, _ = split(e)
    for s in scalars:
        if s.op is ADD and any(f.op is IVERSON and f.attr == "=" and i.indices <= f.indices for a in s.args for f in split(a)[1]):
            return [times(num(c), *[f for f in scalars if f is not s], a) for a in s.args]
    return None


def at_place(e: Expr, i: Expr) -> Expr | None:
    """The entry `i` of a column; None where a sum of unit vectors or an entry of a product is left in it."""
    whole = at_places(e, i, num(1))
    if whole is None:
        return None
    plain = all(n.args[0].op is SYMBOL for n in postorder(whole) if n.op is ENTRY and n.indices & i.indices)
    return whole if plain else None


def at_places(e: Expr, i: Expr, j: Expr) -> Expr | None:
    """The entry `i`, `j` of a matrix; None where a sum of unit vectors is left in it."""
    if not sums_units(e):
        return None
    terms = list(_terms(e, i, j))
    if len(terms) > MOST or any(t.factors or t.slots for t in terms):
        return None
    parts = []
    for t in terms:
        body = t.scalar
        for name, low, high in reversed(t.binders):
            body = indexed_sum(name, low, high, body)
        parts.append(body)
    whole = add(*parts)
    return None if sums_units(whole) else whole


def _terms(e: Expr, i: Expr, j: Expr) -> Iterator[Term]:
    """The entry as a sum of numbers over indices."""
    if e.op is TRANSPOSE and ONE not in e.shape:
        yield from _terms(e.args[0], j, i)
        return
    if e.op is ADD:
        for a in e.args:
            yield from _terms(a, i, j)
        return
    c, scalars, body = split(e)
    if body is None:
        yield Term(e, [], ())
        return
    front = times(num(c), *scalars)
    if body.op is ADD or (body is not e and body.op is not UNIT):
        for t in _terms(body, i, j):
            yield Term(times(front, t.scalar), [], (), t.binders)
        return
    if body.op is UNIT:
        yield Term(times(front, apply(IVERSON, (body.args[0], i), "=")), [], ())
    elif body.op is INDEXED_SUM and CASES.bit & ~body.within:
        name, low, high = str(body.attr), body.args[0], body.args[1]
        if name in i.indices | j.indices:
            yield Term(entry(body, i, j), [], ())
            return
        for t in _terms(body.args[2], i, j):
            yield from bind(t, (name, low, high))
    elif body.op is HADAMARD and sums_units(body):
        k = next(k for k, f in enumerate(body.args) if sums_units(f))
        rest = times(*[entry(f, i, j) for f in (*body.args[:k], *body.args[k + 1 :])])
        for t in _terms(body.args[k], i, j):
            yield Term(times(rest, t.scalar), [], (), t.binders)
    elif body.op is MATMUL and body.args[0].op is UNIT:
        rest = matmul(*body.args[1:])
        across = (
            rest
            if rest.is_scalar
            else next(_terms(transpose(rest), j, num(1))).scalar
            if _is_unit(rest)
            else entry(transpose(rest), j, num(1))
        )
        yield Term(times(apply(IVERSON, (body.args[0].args[0], i), "="), across), [], ())
    elif body.op is MATMUL and _is_unit(body.args[-1]) and body.shape[1] is not ONE:
        before = entry(matmul(*body.args[:-1]), i, num(1))
        yield Term(times(before, apply(IVERSON, (body.args[-1].args[0].args[0], j), "=")), [], ())
    else:
        yield Term(entry(body, i, j), [], ())


def _is_unit(row: Expr) -> bool:
    return row.op is TRANSPOSE and row.args[0].op is UNIT


__all__ = ["at_place", "at_places", "sums_units", "worked_out"]
