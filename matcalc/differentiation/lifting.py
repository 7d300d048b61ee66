"""Sums over an index without the index: over whole vectors (sum_i w_i x_i is w^T x), and matrices written out.

`over_index` finds the matrix notation of an indexed sum whose index runs over the entries of vectors and matrices;
`written_out` collects sums of unit vectors of a known size into a matrix literal.
"""

from __future__ import annotations

from ..errors import MatcalcError
from ..expressions.build import (
    add,
    apply,
    diagonal,
    entry,
    eye,
    hadamard,
    indexed_sum,
    is_number,
    literal,
    matmul,
    num,
    ones,
    split,
    times,
    total,
    transpose,
    unit,
    value_of,
)
from ..expressions.build import diag as diagonal_matrix
from ..expressions.expr import Expr, postorder
from ..kinds import ONE, Dim
from ..ops.core import (
    ADD,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    LITERAL,
    MATMUL,
    NUMBER,
    SIZE,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.diagonal import DIAG
from ..ops.sums import SUM
from .network import Binder, Factor, Index, Term

LARGEST_SPREAD = 48  # symbols of a body that is multiplied out
LARGEST = 64  # entries of a matrix that is written out


def over_index(name: str, low: Expr, high: Expr, body: Expr, *, depth: int = 4) -> Expr | None:
    """sum_{name=low}^{high} body in matrix notation; None where the index does more than run over entries."""
    n = whole_range(low, high)
    if n is None or n is ONE:
        return None
    if name not in body.indices:
        return times(high, body)  # not the size n: a number that bounds a sum is no dimension
    inner = body.args[0] if body.op is TRANSPOSE else body
    if inner.op is ADD:
        terms = [transpose(a) if inner is not body else a for a in inner.args]
        parts = [over_index(name, low, high, a, depth=depth) for a in terms]
        found = [p for p in parts if p is not None]
        return add(*found) if len(found) == len(parts) else None
    whole = _of_one_term(name, low, high, n, body) or _through_a_sum(name, low, high, body, depth)
    if whole is None and depth and body.size <= LARGEST_SPREAD and (terms := _multiplied_out(body, name)):
        found = []
        for a in terms:
            part = over_index(name, low, high, a, depth=depth - 1)
            if part is None:
                return None
            found.append(part)
        return add(*found)
    return whole


def by_rows(name: str, low: Expr, high: Expr, body: Expr) -> Expr | None:
    """Likewise where the index counts the rows of matrices, shorter or not: sum_i e_i softmax(S^T e_i)^T is softmax(S) row by row."""
    n = whole_range(low, high)
    if n is None or n is ONE or not any(_is_unit(e, name, n) for e in postorder(body)):
        return None
    from .stacking import over_unit_vectors

    return over_unit_vectors(name, n, high, body)


def _of_one_term(name: str, low: Expr, high: Expr, n: Dim, body: Expr) -> Expr | None:
    c, scalars, rest = split(body)
    moving = [s for s in scalars if name in s.indices]
    fixed = [num(c), *[s for s in scalars if name not in s.indices]]
    weights = _lift(times(*moving), name, n)
    if weights is None:
        return None
    if rest is None:
        return times(*fixed, total(weights))
    if name not in rest.indices:
        return times(*fixed, total(weights), rest)
    if rest.op is UNIT:
        return times(*fixed, weights) if _is_unit(rest, name, n) else None
    if rest.op is TRANSPOSE and _is_unit(rest.args[0], name, n):
        return times(*fixed, transpose(weights))
    if rest.op is HADAMARD:
        moving = [f for f in rest.args if name in f.indices]
        if len(moving) != 1 or len(rest.args) == 1:
            return None
        inner = over_index(name, low, high, times(*[s for s in scalars if name in s.indices], moving[0]), depth=0)
        return None if inner is None else times(*fixed, hadamard(*[f for f in rest.args if f is not moving[0]], inner))
    if rest.op is not MATMUL:
        return None
    factors = rest.args
    if len(factors) > 2 and factors[0].op is factors[-1].op is DIAG and not any(name in f.indices for f in factors[1:-1]):
        left, right = (_before_unit(factors[k].args[0], name, n) for k in (0, -1))  # diag(A e_i) X diag(B e_i)
        if left is not None and right is not None:
            weighted = [left] if not moving else [left, diagonal_matrix(weights)]
            return times(*fixed, hadamard(matmul(*weighted, transpose(right)), matmul(*factors[1:-1])))
    at = [k for k, f in enumerate(factors) if name in f.indices]
    units = [k for k in at if _is_unit(factors[k], name, n) or (factors[k].op is TRANSPOSE and _is_unit(factors[k].args[0], name, n))]
    if at != units:
        return None
    if len(at) == 1:
        k = at[0]
        put = weights if factors[k].op is UNIT else transpose(weights)
        return times(*fixed, matmul(*factors[:k], put, *factors[k + 1 :]))
    if len(at) == 2 and at[1] == at[0] + 1 and factors[at[0]].op is UNIT:
        return times(*fixed, matmul(*factors[: at[0]], diagonal_matrix(weights), *factors[at[1] + 1 :]))
    return None


def _through_a_sum(name: str, low: Expr, high: Expr, body: Expr, depth: int) -> Expr | None:
    """sum_k z_k sum_i T_i[j,k] is sum_i (T_i z)[j]: the sum over `name` inside another one, where it has matrix notation there."""
    c, scalars, rest = split(body)
    factors = [*scalars, *([rest] if rest is not None else [])]
    inner = next((f for f in factors if f.op is INDEXED_SUM and name in f.args[2].indices and name != f.attr), None)
    others = [f for f in factors if f is not inner]
    if inner is None or not depth or any(name in b.indices for b in inner.args[:2]) or any(inner.attr in f.indices for f in others):
        return None
    part = over_index(name, low, high, times(num(c), *others, inner.args[2]), depth=depth - 1)
    if part is None:
        return None
    letter, start, stop = str(inner.attr), inner.args[0], inner.args[1]
    return over_index(letter, start, stop, part, depth=depth - 1) or indexed_sum(letter, start, stop, part)


def _multiplied_out(body: Expr, name: str) -> list[Expr]:
    """The body multiplied out over one of its sums in which the index stands; nothing where there is none."""
    c, scalars, rest = split(body)
    tail = [rest] if rest is not None else []
    for k, s in enumerate(scalars):
        others = [num(c), *scalars[:k], *scalars[k + 1 :]]
        if s.op is ADD and name in s.indices:
            return [times(*others, a, *tail) for a in s.args]
        if s.op is ENTRY and name in s.args[0].indices and (parts := _multiplied_out(s.args[0], name)):
            return [times(*others, entry(a, *s.args[1:]), *tail) for a in parts]
    if rest is None:
        return []
    inner = rest.args[0] if rest.op is TRANSPOSE else rest
    for k, f in enumerate(inner.args if inner.op in (MATMUL, HADAMARD) else ()):
        base = f.args[0] if f.op is TRANSPOSE else f
        if base.op is ADD and name in base.indices:
            terms = [transpose(a) if base is not f else a for a in base.args]
            whole = [apply(inner.op, [*inner.args[:k], a, *inner.args[k + 1 :]]) for a in terms]
            return [times(num(c), *scalars, a if inner is rest else transpose(a)) for a in whole]
    return []


def whole_range(low: Expr, high: Expr) -> Dim | None:
    if not is_number(low, 1):
        return None
    if high.op is SIZE:
        assert isinstance(high.attr, Dim)
        return high.attr
    if high.op is ADD and all(a.op in (SIZE, NUMBER) for a in high.args):  # p + 1
        total = Dim.of(0)
        for a in high.args:
            if a.op is NUMBER and value_of(a).denominator != 1:
                return None
            total = total + (a.attr if isinstance(a.attr, Dim) else int(value_of(a)))
        return total
    return Dim.of(int(value_of(high))) if is_number(high) and value_of(high).denominator == 1 and value_of(high) >= 1 else None


def _is_unit(e: Expr, name: str, n: Dim) -> bool:
    return e.op is UNIT and e.args[0].op is INDEX and e.args[0].attr == name and e.shape[0] is n


def _line_sums(x: Expr, name: str, n: Dim) -> Expr | None:
    """The column whose entry is the sum of a line of a matrix, sum(A e_i)."""
    chain = x.args[0].args if x.op is TRANSPOSE and x.args[0].op is MATMUL else x.args if x.op is MATMUL else ()
    turned = [transpose(f) for f in reversed(chain)] if chain and not _is_unit(chain[-1], name, n) else list(chain)
    if not turned or not _is_unit(turned[-1], name, n) or any(name in f.indices for f in turned[:-1]):
        return None
    rest = matmul(*turned[:-1])
    return matmul(transpose(rest), ones(rest.shape[0]))


def _lift(s: Expr, name: str, n: Dim) -> Expr | None:
    """The column whose entry `name` is the scalar `s`; None if `s` depends on the index in another way."""
    columns: dict[Expr, Expr] = {}
    for e in postorder(s):
        if e.op is SUM and (column := _line_sums(e.args[0], name, n)) is not None:
            columns[e] = column
        if e.op is not ENTRY or name not in e.indices or any(name in a.indices for a in e.args[:1]):
            continue
        x, i, j = e.args
        here = [k for k, a in enumerate((i, j)) if name in a.indices]
        if i is j and i.op is INDEX and x.shape == (n, n):
            columns[e] = diagonal(x)
            continue
        if len(here) != 1 or (i, j)[here[0]].op is not INDEX or x.shape[here[0]] is not n:
            return None
        other = j if here == [0] else i
        side = x if here == [0] else transpose(x)
        columns[e] = side if side.shape[1] is ONE else matmul(side, unit(other, side.shape[1]))
    if any(e.op in (INDEXED_SUM, INDEXED_PRODUCT) and name in e.indices for e in postorder(s)):
        return None
    try:
        from ..inference.templates import entrywise

        lifted = entrywise(s, columns, (n, ONE))
    except MatcalcError:
        return None
    return None if name in lifted.indices else lifted


def contract(term: Term, binder: Binder) -> Term | None:
    """A sum over a whole range in which a unit vector e_i stands, as a network index; None where that cannot be."""
    name, low, high = binder
    n = whole_range(low, high)
    if n is None:
        return None
    opened = [f for factor in term.factors for f in _opened(factor, name, n)]
    units = [(k, r) for k, (e, r, c) in enumerate(opened) if _is_unit(e, name, n) and len(r) == 1 and not c]
    if not units:
        return None
    first, slot = units[0]
    factors: list[Factor] = []
    for k, (e, r, c) in enumerate(opened):
        if k == first:
            continue
        if (k, r) in units:
            factors.append((eye(n), slot, r))
        elif name in e.indices:
            return None
        else:
            factors.append((e, r, c))
    coefficient, scalars, _ = split(term.scalar)
    weights = _lift(times(*[s for s in scalars if name in s.indices]), name, n)
    if weights is None:
        return None
    fixed = times(num(coefficient), *[s for s in scalars if name not in s.indices])
    rest = tuple(b for b in term.binders if b is not binder)
    return Term(fixed, [*factors, (weights, slot, ())], term.slots, rest)


def _opened(factor: Factor, name: str, n: Dim) -> list[Factor]:
    """An entry of A e_i as A and the unit vector, also in a diagonal or an entrywise product; any other factor as it is."""
    e, r, c = factor
    if name not in e.indices:
        return [factor]
    if e.op is TRANSPOSE and e.args[0].op in (MATMUL, HADAMARD):
        e, r, c = e.args[0], c, r
    if e.op is HADAMARD and len(r) + len(c) == 1:
        return [f for a in e.args for f in _opened((a, r, c), name, n)]
    if e.op is not MATMUL or len(r) != 1 or len(c) > 1:
        return [factor]
    if not c and _is_unit(e.args[-1], name, n):
        between = (Index(n),)
        return [(matmul(*e.args[:-1]), r, between), (e.args[-1], between, ())]
    if c and e.args[0].op is DIAG and len(e.args) > 1:
        return [f for part in ((e.args[0].args[0], r, ()), (matmul(*e.args[1:]), r, c)) for f in _opened(part, name, n)]
    if c and e.args[-1].op is DIAG and len(e.args) > 1:
        return [f for part in ((matmul(*e.args[:-1]), r, c), (e.args[-1].args[0], c, ())) for f in _opened(part, name, n)]
    return [factor]


def _before_unit(v: Expr, name: str, n: Dim) -> Expr | None:
    """M of a column v = M e_i."""
    if v.op is MATMUL and _is_unit(v.args[-1], name, n) and not any(name in f.indices for f in v.args[:-1]):
        return matmul(*v.args[:-1])
    moving = [f for f in v.args if name in f.indices] if v.op is HADAMARD else []
    inner = _before_unit(moving[0], name, n) if len(moving) == 1 else None
    return None if inner is None else matmul(diagonal_matrix(hadamard(*[f for f in v.args if f is not moving[0]])), inner)


# ---------------------------------------------------------------------------------------------- matrices written out


def written_out(e: Expr) -> Expr | None:
    """A sum of unit vectors (or products e_i e_j^T) of known size as a matrix literal."""
    rows, cols = e.shape[0].number, e.shape[1].number
    if rows is None or cols is None or rows * cols > LARGEST or e.is_scalar or e.op is LITERAL:
        return None
    if not (LITERAL.bit | UNIT.bit) & e.within:
        return None
    entries = _entries(e)
    if entries is None:
        return None
    return literal(rows, cols, [entries.get((i, j), num(0)) for i in range(rows) for j in range(cols)])


def multiplied_out(e: Expr) -> Expr | None:
    """A sum or a product with a matrix of literal size written out, and so an entry of a product: None where that is longer."""
    if e.op is ENTRY and e.args[0].op is MATMUL and is_number(e.args[1]) and is_number(e.args[2]):
        found = _entries(e.args[0])
        made = None if found is None else found.get((int(value_of(e.args[1])) - 1, int(value_of(e.args[2])) - 1), num(0))
    elif e.op in (ADD, TIMES, MATMUL) and not e.is_scalar and (LITERAL.bit | UNIT.bit) & e.within:
        made = written_out(e)
    else:
        return None
    return made if made is not None and made.size < e.size else None


def _entries(e: Expr) -> dict[tuple[int, int], Expr] | None:
    op = e.op
    if e.is_scalar:
        return {(0, 0): e}
    if op is UNIT:
        return {(int(value_of(e.args[0])) - 1, 0): num(1)} if is_number(e.args[0]) else None
    if op is ZEROS:
        return {}
    if op is EYE and e.shape[0].number is not None:
        return {(k, k): num(1) for k in range(e.shape[0].number)}
    if op is TRANSPOSE:
        inner = _entries(e.args[0])
        return None if inner is None else {(j, i): v for (i, j), v in inner.items()}
    if op is LITERAL:
        cols = e.attr[1]  # type: ignore[index]
        return {(k // cols, k % cols): v for k, v in enumerate(e.args)}
    if op is TIMES:
        inner = _entries(e.args[-1])
        return None if inner is None else {at: times(*e.args[:-1], v) for at, v in inner.items()}
    if op is ADD:
        found: dict[tuple[int, int], Expr] = {}
        for a in e.args:
            part = _entries(a)
            if part is None:
                return None
            for at, v in part.items():
                found[at] = v if at not in found else add(found[at], v)
        return found
    if op is MATMUL:
        first, *others = map(_entries, e.args)
        for other in others:
            if first is None or other is None:
                return None
            total: dict[tuple[int, int], Expr] = {}
            for (i, k), a in first.items():
                for (m, j), b in other.items():
                    if k == m:
                        total[i, j] = add(total[i, j], times(a, b)) if (i, j) in total else times(a, b)
            first = total
        return first
    return None
