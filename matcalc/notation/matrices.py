"""The matrix that an author defines by its entries, K_{ij} = …, in the place of the sum over unit vectors that it is read as."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expressions.build import num, rebuild, split, symbol, times
from ..expressions.expr import Expr, transform
from ..ops.core import INDEXED_SUM, MATMUL, SYMBOL, TRANSPOSE, UNIT
from .weights import Indexed, factors_of, product_of

ZERO = Fraction(0)


def with_matrices(e: Expr, own: Sequence[Indexed]) -> Expr:
    """`e` with the names of `own` for matrices that have a multiple of their values for entries."""
    if not UNIT.bit & e.within or not INDEXED_SUM.bit & e.within:
        return e
    scalars = [n for n in own if len(n.letters) == 2 and n.value.is_scalar]

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        return next((m for n in scalars if (m := _multiple(made, n)) is not None), made) if made.op is INDEXED_SUM else made

    return transform(e, of) if scalars else e


def _multiple(e: Expr, n: Indexed) -> Expr | None:
    """A sum over i and j of c K_{ij} e_i e_j^T as c K."""
    inner = e.args[2]
    if inner.op is not INDEXED_SUM:
        return None
    i, j, term = str(e.attr), str(inner.attr), inner.args[2]
    body = split(term)[2]
    if body is None or body.op is not MATMUL or len(body.args) != 2:
        return None
    row, column = body.args
    if row.op is not UNIT or column.op is not TRANSPOSE or column.args[0].op is not UNIT:
        return None
    places = [str(k.attr) if k.indices else "" for k in (row.args[0], column.args[0].args[0])]
    if set(places) != {i, j}:
        return None
    c, have, _ = factors_of(times(*[a for a in term.args if a is not body]) if term is not body else num(1))
    value = n.value_at(places)
    k, need, array = factors_of(value)
    ratio = product_of(c / k, {f: have.get(f, ZERO) - need.get(f, ZERO) for f in (*have, *(f for f in need if f not in have))}, None)
    if array is not None or ratio.indices & {i, j}:
        return None
    symmetric = value is n.value_at(places[::-1]) and e.shape[0] is e.shape[1]
    return times(ratio, symbol(n.base, e.shape, ("symmetric",) if symmetric else ()))


def is_matrix_of(e: Expr, n: Indexed) -> bool:
    """Whether this is the name of the matrix with these entries."""
    return e.op is SYMBOL and e.attr[0] == n.base  # type: ignore[index]
