"""Derivatives of matrix functions by entries: kexpm(A)[(j,i),(l,k)] as dexpm(A, e_k e_l^T)[i,j].

A derivative L is multilinear in its directions, so its value along every entry of the variable is its value along unit matrices. The
engine has that as a Kronecker form between pairs of indices, or as a sum over p and q of L(X, e_p e_q^T) times what hangs on p and
q. Both become directions here: the matrix that hangs there, made of unit vectors of the open indices where these hang there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..differentiation.network import Factor, Index, Slot, Term, matrix_form, reduce_term
from ..errors import MatcalcError
from ..expressions.build import apply, eye, function_along, index, matmul, num, split, substitute, symbol, times, transpose, unit, value_of
from ..expressions.expr import Expr, postorder
from ..expressions.functions import parts, words
from ..inference.templates import entrywise
from ..kinds import ONE, Dim
from ..ops import function_names
from ..ops.abstract import FUNCTION
from ..ops.book import REGISTRY
from ..ops.core import ADD, ENTRY, HADAMARD, INDEX, INDEXED_PRODUCT, INDEXED_SUM, KRONECKER, MATMUL, NUMBER, SIZE, TIMES, TRANSPOSE, UNIT
from ..ops.half_vectorization import ELIMINATION, VECH
from ..ops.sums import VEC

Names = Mapping[Index, str]


def along_units(t: Term, names: Names) -> Term:
    """The term with its derivatives along directions, as far as it can be; `names` has those of the open indices."""
    found: Term | None = t
    before = t
    while found is not None:
        t = found
        found = next((n for f in t.factors for n in (*_unstacked(t, f, names), *_gathered(t, f, names))), None)
    if t is not before:
        reduced = reduce_term(t)
        t = reduced if reduced is not None and list(map(len, reduced.slots)) == list(map(len, t.slots)) else t
    return t


def _unstacked(t: Term, factor: Factor, names: Names) -> Iterator[Term]:
    """A factor with a pair of indices as what it makes of the matrix that hangs on them."""
    e, r, c = factor
    for body, rows, pair in ((e, r, c), (transpose(e), c, r)):
        parts = body.args if body.op is MATMUL else (body,)
        if len(pair) != 2 or len(rows) > 2 or not any(f.op.directions for f in parts):
            continue
        direction, rest = _hanging([f for f in t.factors if f is not factor], pair[::-1], rows, t, names)
        value = applied(body, direction) if direction is not None else None
        if value is not None:
            yield _with(t, *attached(value, rows), rest)


def _gathered(t: Term, factor: Factor, names: Names) -> Iterator[Term]:
    """A sum over p and q of L(e_p e_q^T), L linear, times what hangs on p and q: L of that. Likewise over p of L(e_p)."""
    body, r, c = factor
    ranges = {name: _range(high) for name, low, high in t.binders if low.op is NUMBER and value_of(low) == 1}
    bounds = [i for _, *ends in t.binders for b in ends for i in b.indices]
    nodes = postorder(body)
    for n in nodes:  # a sum within the factor has its own letter
        if n.op in (INDEXED_SUM, INDEXED_PRODUCT):
            ranges.pop(str(n.attr), None)
    pairs = [n for n in nodes if n.op is MATMUL and len(n.args) == 2 and n.args[0].op is UNIT and n.args[1].op is TRANSPOSE]
    for n in (*pairs, *[n for n in nodes if n.op is UNIT]):
        pair = n.op is MATMUL
        units = (n.args[0], n.args[1].args[0]) if pair else (n,)
        letters = [str(u.args[0].attr) if u.op is UNIT and u.args[0].op is INDEX else "" for u in units]
        if any(ranges.get(i) is not u.shape[0] for i, u in zip(letters, units, strict=True)):
            continue
        hole = symbol("\u2022E", n.shape)
        line = substitute(body, {n: hole})
        if len({*letters}) < len(letters) or {*letters} & {*line.indices, *bounds} or not _is_linear(line, hole):
            continue
        at = {i: Index(u.shape[0]) for i, u in zip(letters, units, strict=True)}
        scalar, linked = _linked(t, factor, at)
        if linked is None:
            continue
        direction, rest = _hanging(linked, tuple(at.values()), (*r, *c), t, names)
        if direction is not None:
            made = Term(scalar, [], t.slots, tuple(b for b in t.binders if b[0] not in at))
            yield _with(made, substitute(line, {hole: direction}), r, c, rest)


def _range(high: Expr) -> object:
    """The size that an index runs to."""
    return high.attr if high.op is SIZE else Dim.of(int(value_of(high))) if high.op is NUMBER else None


def _with(t: Term, body: Expr, r: Slot, c: Slot, rest: Iterable[Factor]) -> Term:
    """The term with the body and the rest for its factors; numbers in front."""
    scale, scalars, core = split(body)
    made: list[Factor] = [] if core is None else [(core, r, c)]
    return Term(times(num(scale), *scalars, t.scalar), [*rest, *made], t.slots, t.binders)


def _linked(t: Term, factor: Factor, at: Mapping[str, Index]) -> tuple[Expr, list[Factor] | None]:
    """The scalar and the other factors with the indices p and q of the sum as indices of the network; None where they do more than
    count entries."""
    made: list[Factor] = []
    above = []
    c, scalars, _ = split(t.scalar)
    for s in scalars:
        if not s.indices & at.keys():
            above.append(s)
            continue
        lifted = _of_entries(s, at)
        if lifted is None:
            return t.scalar, None
        made.append(lifted)
    for e, r, col in t.factors:
        if e is factor[0] and (r, col) == factor[1:]:
            continue
        if not e.indices & at.keys():
            made.append((e, r, col))
            continue
        scale, more, core = split(e)
        chain = () if core is None else core.args if core.op is MATMUL else (core,)
        free = not any(f.indices & at.keys() for f in (*more, *chain[:-1]))
        if col or not chain or not free or chain[-1].op is not UNIT or chain[-1].args[0].op is not INDEX:
            return t.scalar, None
        end: Slot = (at[str(chain[-1].args[0].attr)],)
        made.append((matmul(*chain[:-1]) if chain[:-1] else eye(r[0].dim), r, end))
        above += [num(scale), *more]
    return times(num(c), *above), made


def _of_entries(s: Expr, at: Mapping[str, Index]) -> Factor | None:
    """A function of entries (p, q) of matrices, or of entries p of vectors, as one of the matrices or vectors, entry by entry."""
    arrays: dict[Expr, Expr] = {}
    slots: tuple[Slot, Slot] | None = None
    for n in postorder(s):
        if n.op is not ENTRY or not n.indices & at.keys():
            continue
        x, *places = n.args
        if x.indices & at.keys() or any(d is not ONE and str(i.attr) not in at for i, d in zip(places, x.shape, strict=True)):
            return None
        r, c = ((at[str(i.attr)],) if d is not ONE else () for i, d in zip(places, x.shape, strict=True))
        if not r or (slots is not None and slots == (c, r)):
            x, r, c = transpose(x), c, r
        if slots is not None and slots != (r, c):
            return None
        slots, arrays[n] = (r, c), x
    if slots is None or substitute(s, {n: num(1) for n in arrays}).indices & at.keys():
        return None
    shape = next(iter(arrays.values())).shape
    try:
        return entrywise(s, arrays, shape), *slots
    except MatcalcError:  # an exponent that differs from entry to entry
        return None


def _hanging(factors: Iterable[Factor], ends: tuple[Index, ...], kept: Slot, t: Term, names: Names) -> tuple[Expr | None, list[Factor]]:
    """The matrix between the two `ends` that hangs on them over inner indices, and all other factors; None where that hangs on the
    indices to be `kept` too. Open indices are closed by their unit vectors."""
    reached = {*ends} - names.keys()
    far: list[Factor] = []
    rest = list(factors)
    while found := [f for f in rest if reached & {*f[1], *f[2]}]:
        far += found
        reached |= {i for _, a, b in found for i in (*a, *b)} - names.keys()
        rest = [f for f in rest if f not in found]
    if reached & {*kept, *(i for s in t.slots for i in s)}:
        return None, rest
    fresh = {i: (Index(i.dim),) for i in (*ends, *(i for _, a, b in far for i in (*a, *b))) if i in names}
    tied: list[Factor] = [(unit(index(names[i]), i.dim), (i,), ()) for i in fresh]
    inner = reduce_term(Term(num(1), [*far, *tied], (ends[:1], ends[1:])).renamed(dict(fresh)))
    return (matrix_form(inner) if inner is not None else None), rest


def _is_linear(e: Expr, hole: Expr) -> bool:
    """Whether `e` is homogeneous linear in the hole."""
    degree: dict[Expr, int] = {hole: 1}
    for n in postorder(e):
        degrees = [degree.get(a, 0) for a in n.args]
        if n is hole or not any(degrees):
            continue
        multilinear = n.op in (MATMUL, TIMES, HADAMARD, KRONECKER, TRANSPOSE) or (n.op.directions and degrees[0] == 0) or n.op.is_linear
        if not multilinear and not (n.op is ADD and min(degrees) == max(degrees)):
            return False
        degree[n] = max(degrees) if n.op is ADD else sum(degrees)
    return degree.get(e) == 1


def attached(value: Expr, rows: Slot) -> Factor:
    """What a matrix for stacked columns made, at its pair of indices; at one index that runs over all, stacked again."""
    if len(rows) == 1 and ONE not in value.shape:
        return apply(VEC, (value,)), rows, ()
    return value, rows[-1:], rows[:-1]


def applied(e: Expr, change: Expr) -> Expr | None:
    """What a matrix for stacked columns makes of the change; None where there is no notation for it.

    F'(X) makes F'(X, dX), kexpm(X) makes dexpm(X, dX), L_n makes vech(dX), and A ⊗ B makes B dX A^T.
    """
    for f in reversed(e.args if e.op is MATMUL else (e,)):
        x = f.args[0] if f.args else f
        if f.op is KRONECKER and f.args[1].shape[1] is change.shape[0] and x.shape[1] is change.shape[1]:
            change = matmul(f.args[1], change, transpose(x))
        elif f.op in _FRECHET and x.shape == change.shape:
            change = apply(_FRECHET[f.op], (*f.args, change))
        elif f.op is ELIMINATION and f.shape[1] is change.shape[0] * change.shape[1]:
            change = apply(VECH, (change,))
        elif f.op is FUNCTION and parts(f)[1] == 1 and x.shape == change.shape:
            name, _, rows, cols = parts(f)
            change = function_along(name, (rows, cols), x, change, words(f))
        else:
            return None
    return change


# The derivatives that Kronecker forms are of.
_FRECHET = {REGISTRY[function_names()[op.kronecker.partition("(")[0]]]: op for op in REGISTRY.values() if op.kronecker and op.directions}
