"""Index networks: products of matrix entries over named indices, and their reduction to matrix notation.

A derivative is a sum of terms; a term is a scalar × factors M[i,j] with summed ("inner") and open indices. A matrix is
an edge between two indices, a vector a pendant on one. `reduce_term` removes the inner indices one by one with the
moves of matrix algebra: two edges in series are a product, parallel edges an entrywise product, a dead end a matrix
times a vector, a loop a diagonal, what stands alone a trace, a sum or u^T v. What is left on at most two open
indices is matrix notation.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import apply, diag, diagonal, eye, hadamard, is_zero, matmul, ones, size, times, total, trace, transpose
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.core import ADD, EYE, HADAMARD, KRONECKER, MATMUL, ONES, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.sums import VEC


class Index:
    """One index of a network, running from 1 to `dim`. Identity is what counts."""

    __slots__ = ("dim", "name")

    def __init__(self, dim: Dim, name: str = "") -> None:
        self.dim = dim
        self.name = name

    def __repr__(self) -> str:
        return f"{self.name or '?'}{id(self) % 997}:{self.dim}"


# Where a factor is attached: () for a dimension of one, (i,) an index, (i, p) a Kronecker pair.
Slot = tuple[Index, ...]
Factor = tuple[Expr, Slot, Slot]
Binder = tuple[str, Expr, Expr]


class Term:
    """scalar × Π factors, summed over the indices that are not in `slots` and over the `binders` (name, low, high)."""

    __slots__ = ("scalar", "factors", "slots", "binders")

    def __init__(self, scalar: Expr, factors: Iterable[Factor], slots: Iterable[Slot], binders: tuple[Binder, ...] = ()) -> None:
        self.scalar = scalar
        self.factors = list(factors)
        self.slots = tuple(slots)
        self.binders = binders

    def renamed(self, changes: dict[Index, Slot]) -> Term:
        """With indices replaced (an index may become a pair)."""

        def of(slot: Slot) -> Slot:
            return tuple(j for i in slot for j in changes.get(i, (i,)))

        return Term(self.scalar, [(e, of(r), of(c)) for e, r, c in self.factors], [of(s) for s in self.slots], self.binders)

    def __repr__(self) -> str:
        return f"Term({self.scalar} {self.factors} -> {self.slots})"


def slot_for(dim: Dim) -> Slot:
    """A fresh slot for a dimension."""
    return () if dim is ONE else (Index(dim),)


def split_pair(term: Term, slot: Slot, first: Dim, second: Dim) -> tuple[Term, Slot, Slot]:
    """`slot`, of dimension first·second, as a Kronecker pair of slots; the term with the index replaced."""
    if first is ONE:
        return term, (), slot
    if second is ONE:
        return term, slot, ()
    if len(slot) == 2 and slot[0].dim is first and slot[1].dim is second:
        return term, slot[:1], slot[1:]
    if len(slot) == 1:
        a, b = Index(first), Index(second)
        return term.renamed({slot[0]: (a, b)}), (a,), (b,)
    for cut in range(1, len(slot)):
        left = ONE
        for i in slot[:cut]:
            left = left * i.dim
        if left is first:
            return term, slot[:cut], slot[cut:]
    raise NoAnswerError("Kronecker products whose factors have sizes that interleave have no form here")


def reduce_term(term: Term) -> Term | None:
    """The term with every inner index removed that can be; None if it is zero."""
    term = _open(term)
    net = _Network(term)
    if net.vanishes:
        return None
    net.eliminate()
    return net.result()


def distribute(term: Term) -> list[Term]:
    """The term with the sums that stand on a Kronecker pair taken apart, so that each part can open its own way."""
    for k, (e, r, c) in enumerate(term.factors):
        inner = e.args[0] if e.op is TRANSPOSE else e
        if inner.op is ADD and (len(r) > 1 or len(c) > 1):
            parts = [transpose(a) if inner is not e else a for a in inner.args]
            rest = term.factors[:k] + term.factors[k + 1 :]
            return [t for p in parts for t in distribute(Term(term.scalar, [*rest, (p, r, c)], term.slots, term.binders))]
    return [term]


def matrix_form(term: Term) -> Expr | None:
    """A reduced term with at most two simple slots as an expression of shape slots[0] × slots[1]; None if there is none.

    The slots are those of a column (one), a matrix (two) or a scalar (none); empty slots count as dimension one.
    """
    open_indices = [i for s in term.slots for i in s]
    if any(len(s) > 1 for s in term.slots):
        return _pair_form(term)
    if len(open_indices) > 2 or len(set(open_indices)) != len(open_indices):
        return None
    if not open_indices:
        return term.scalar if not term.factors else None
    i, j = open_indices[0], open_indices[-1]
    at: dict[Index, list[Expr]] = {i: [], j: []}
    edges: list[Expr] = []
    for e, r, c in term.factors:
        if len(r) == 1 and not c and r[0] in at:
            at[r[0]].append(e)
        elif len(r) == 1 and len(c) == 1 and i is not j and {r[0], c[0]} == {i, j}:
            edges.append(e if r[0] is i else transpose(e))
        else:
            return None
    if i is j:
        return times(term.scalar, hadamard(ones(i.dim), *at[i]))
    left, right = (hadamard(*v) if v else None for v in (at[i], at[j]))
    if not edges:
        return times(term.scalar, matmul(left if left is not None else ones(i.dim), transpose(right if right is not None else ones(j.dim))))
    body = hadamard(*edges) if len(edges) > 1 else edges[0]
    if left is not None:
        body = matmul(diag(left), body)
    if right is not None:
        body = matmul(body, diag(right))
    return times(term.scalar, body)


def _pair_form(term: Term) -> Expr | None:
    """Matrix notation where a slot is a Kronecker pair: vec(M) for one pair of a column, A ⊗ B for two, A ⊗ b or a ⊗ B for a pair
    and a simple one."""
    slots = [s for s in term.slots if s]
    if len(term.factors) == 1 and [s for s in term.factors[0][1:] if s] == slots:
        return times(term.scalar, term.factors[0][0])
    if len(slots) == 1 and len(slots[0]) == 2:
        inner = matrix_form(Term(term.scalar, term.factors, (slots[0][1:], slots[0][:1])))
        return None if inner is None else apply(VEC, (inner,))
    if len(slots) == 2 and min(map(len, slots)) == 1:
        stacked, slot = slots if len(slots[0]) > 1 else slots[::-1]
        body = _column_form(term, stacked, slot)
        return body if body is None or slot is slots[1] else transpose(body)
    if len(slots) != 2 or any(len(s) != 2 for s in slots):
        return None
    halves: tuple[list[Factor], list[Factor]] = ([], [])
    for e, r, c in term.factors:
        sides = {slots[0].index(i) if i in slots[0] else slots[1].index(i) if i in slots[1] else 2 for i in (*r, *c)}
        if len(sides) != 1 or 2 in sides:
            return None
        halves[sides.pop()].append((e, r, c))
    left, right = (matrix_form(Term(build.num(1), halves[k], (slots[0][k : k + 1], slots[1][k : k + 1]))) for k in (0, 1))
    return None if left is None or right is None else times(term.scalar, build.kron(left, right))


def _column_form(term: Term, rows: Slot, slot: Slot) -> Expr | None:
    """A ⊗ b or a ⊗ B: the rows are stacked, and one part of them hangs on the column."""
    if len(rows) == 1:
        return matrix_form(Term(term.scalar, term.factors, (rows, slot)))
    head, last = rows[:-1], rows[-1]
    if len({*rows, *slot}) < len(rows) + 1 or any(last in (*r, *c) and not {*head}.isdisjoint((*r, *c)) for _, r, c in term.factors):
        return None
    on_last = any(last in (*r, *c) and slot[0] in (*r, *c) for _, r, c in term.factors)
    below = [f for f in term.factors if last in (*f[1], *f[2]) or (on_last and set((*f[1], *f[2])) == set(slot))]
    above = [f for f in term.factors if f not in below]
    if slot[0] in {i for _, r, c in (above if on_last else below) for i in (*r, *c)}:
        return None
    one = build.num(1)
    left = _column_form(Term(one, above, ()), head, () if on_last else slot)
    right = matrix_form(Term(one, below, ((last,), slot if on_last else ())))
    return None if left is None or right is None else times(term.scalar, build.kron(left, right))


# ---------------------------------------------------------------------------------------------- opening factors


def _open(term: Term) -> Term:
    """Factors taken apart as far as they fall apart: outer products, diagonal matrices, Kronecker pairs."""
    todo = list(reversed(term.factors))
    done: list[Factor] = []
    scalar = term.scalar
    slots = term.slots
    while todo:
        e, r, c = todo.pop()
        op = e.op
        if op is TRANSPOSE and (c or e.args[0].shape[0] is not ONE):
            todo.append((e.args[0], c, r))
        elif not r and not c:
            scalar = times(scalar, e)
        elif op is TIMES:
            scalar = times(scalar, *e.args[:-1])
            todo.append((e.args[-1], r, c))
        elif not r:
            todo.append((transpose(e), c, ()))
        elif op is MATMUL and (cut := next((k + 1 for k, a in enumerate(e.args[:-1]) if a.shape[1] is ONE), None)):
            todo += [(matmul(*e.args[:cut]), r, ()), (matmul(*e.args[cut:]), (), c)]
        elif op is DIAG:
            todo += [(eye(e.shape[0]), r, c), (e.args[0], r, ())]
        elif len(r) > 1 or len(c) > 1:
            parts = _open_pair(e, r, c)
            if parts is None:
                done.append((e, r, c))
            elif isinstance(parts, dict):  # an index must become a pair everywhere; begin again
                whole = Term(scalar, [*done, *reversed(todo), (e, r, c)], slots, term.binders).renamed(parts)
                return _open(whole)
            else:
                todo += parts
        else:
            done.append((e, r, c))
    return _fuse(Term(scalar, done, slots, term.binders))


def _open_pair(e: Expr, r: Slot, c: Slot) -> list[Factor] | dict[Index, Slot] | None:
    """The factors that `e` with a Kronecker pair in a slot falls apart into; None if it is opaque."""
    op = e.op
    if op is KRONECKER:
        a, b = e.args
        pieces: list[tuple[Slot, Slot]] = []
        for slot, first, second in ((r, a.shape[0], b.shape[0]), (c, a.shape[1], b.shape[1])):
            if first is ONE or second is ONE:
                pieces.append(((), slot) if first is ONE else (slot, ()))
            elif len(slot) == 1:
                return {slot[0]: (Index(first), Index(second))}
            elif len(slot) == 2 and slot[0].dim is first:
                pieces.append((slot[:1], slot[1:]))
            else:
                return None
        return [(a, pieces[0][0], pieces[1][0]), (b, pieces[0][1], pieces[1][1])]
    if op is VEC and len(r) == 2:
        x = e.args[0]
        return [(x, (r[1],), (r[0],))] if r[0].dim is x.shape[1] else None
    if op is EYE:
        if len(r) == len(c) and all(i.dim is j.dim for i, j in zip(r, c, strict=True)):
            return [(eye(i.dim), (i,), (j,)) for i, j in zip(r, c, strict=True)]
        if len(r) == 1 or len(c) == 1:
            return {r[0]: tuple(Index(i.dim) for i in c)} if len(r) == 1 else {c[0]: tuple(Index(i.dim) for i in r)}
        return None
    if op is HADAMARD:
        return [(a, r, c) for a in e.args]
    if op is MATMUL:
        if len(r) > 1 and _splits(e.args[0]):
            middle = slot_for(e.args[0].shape[1])
            return [(e.args[0], r, middle), (matmul(*e.args[1:]), middle, c)]
        if len(c) > 1 and _splits(e.args[-1]):
            middle = slot_for(e.args[-1].shape[0])
            return [(matmul(*e.args[:-1]), r, middle), (e.args[-1], middle, c)]
    return None


def _splits(e: Expr) -> bool:
    return e.op in (KRONECKER, VEC, EYE, DIAG) or (e.op is TRANSPOSE and _splits(e.args[0]))


def _fuse(term: Term) -> Term:
    """Pairs whose parts occur only together become one index again."""
    pairs = {s for _, r, c in term.factors for s in (r, c) if len(s) > 1} | {s for s in term.slots if len(s) > 1}
    changes: dict[Slot, Index] = {}
    for pair in pairs:
        inside = set(pair)
        if len(inside) < len(pair):  # the same index twice: a diagonal
            continue
        everywhere = [s for _, r, c in term.factors for s in (r, c)] + list(term.slots)
        if all(s == pair or not inside & set(s) for s in everywhere):
            dim = ONE
            for i in pair:
                dim = dim * i.dim
            changes[pair] = Index(dim)
    if not changes:
        return term

    def of(s: Slot) -> Slot:
        return (changes[s],) if s in changes else s

    return Term(term.scalar, [(e, of(r), of(c)) for e, r, c in term.factors], [of(s) for s in term.slots], term.binders)


# ---------------------------------------------------------------------------------------------- elimination


class _Network:
    """The term as vectors on indices and matrices between them, and the moves that shrink it."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.scalar = term.scalar
        self.open: list[Index] = [i for s in term.slots for i in s]
        self.vectors: dict[Index, list[Expr]] = {}
        self.edges: list[tuple[Expr, Index, Index]] = []
        self.opaque: list[Factor] = []
        self.inner: list[Index] = []
        self.vanishes = is_zero(term.scalar) or any([is_zero(e) for e, _, _ in term.factors])
        if not self.vanishes:
            self._sort_factors()

    def _sort_factors(self) -> None:
        same = self._merge_deltas() if any([e.op is EYE for e, _, _ in self.term.factors]) else {}

        def of(s: Slot) -> Slot:
            return tuple(same.get(i, i) for i in s)

        seen: dict[Index, None] = {}
        for e, r, c in self.term.factors:
            r, c = (of(r), of(c)) if same else (r, c)
            for i in (*r, *c):
                seen[i] = None
            if e.op is ONES or (e.op is EYE and r == c):
                continue
            if len(r) > 1 or len(c) > 1:
                self.opaque.append((e, r, c))
            elif not c:
                self.vectors.setdefault(r[0], []).append(e)
            else:
                self.edges.append((e, r[0], c[0]))
        held = {i for _, r, c in self.opaque for i in (*r, *c)} | set(self.open)
        self.inner = [i for i in seen if i not in held]

    def _merge_deltas(self) -> dict[Index, Index]:
        """Identity matrices identify their indices; an open index absorbs an inner one, two open ones keep the delta."""
        root: dict[Index, Index] = {}

        def find(i: Index) -> Index:
            while i in root:
                i = root[i]
            return i

        opened = set(self.open)
        kept: list[Factor] = []
        for e, r, c in self.term.factors:
            if e.op is EYE and len(r) == 1 and len(c) == 1:
                a, b = find(r[0]), find(c[0])
                if a is not b and b not in opened:
                    root[b] = a
                    continue
                if a is not b and a not in opened:
                    root[a] = b
                    continue
            kept.append((e, r, c))
        self.term = Term(self.scalar, kept, self.term.slots, self.term.binders)
        return {i: find(i) for i in root}

    def at(self, k: Index) -> list[tuple[Expr, Index, Index]]:
        return [edge for edge in self.edges if edge[1] is k or edge[2] is k]

    def eliminate(self) -> None:
        """Remove inner indices while a move applies; the cheapest moves first."""
        moved = True
        while moved and (self.inner or self.edges):
            moved = self._loops() or self._ends() or self._series() or self._parallel()

    def _take(self, k: Index) -> Expr | None:
        vs = self.vectors.pop(k, [])
        return hadamard(*vs) if vs else None

    def _loops(self) -> bool:
        loops = [e for e in self.edges if e[1] is e[2]]
        for e, k, _ in loops:
            if k in self.inner and len(self.at(k)) == 1 and k not in self.vectors:
                self.scalar = times(self.scalar, trace(e))
                self.inner.remove(k)
            else:
                self.vectors.setdefault(k, []).append(diagonal(e))
            self.edges = [x for x in self.edges if not (x[0] is e and x[1] is k and x[2] is k)]
        return bool(loops)

    def _ends(self) -> bool:
        for k in self.inner:
            edges = self.at(k)
            if len(edges) > 1:
                continue
            v = self._take(k)
            self.inner.remove(k)
            if not edges:
                self.scalar = times(self.scalar, total(v) if v is not None else size(k.dim))
            else:
                e, a, b = edges[0]
                self.edges.remove(edges[0])
                far, m = (b, transpose(e)) if a is k else (a, e)
                self.vectors.setdefault(far, []).append(matmul(m, v if v is not None else ones(k.dim)))
            return True
        return False

    def _series(self) -> bool:
        """An inner index between two edges: their product (a closed loop of two only where no vector hangs on it)."""
        for k in self.inner:
            edges = self.at(k)
            if len(edges) != 2:
                continue
            (e, a, b), (f, c, d) = edges
            left, m = (a, e) if b is k else (b, transpose(e))
            right, n = (d, f) if c is k else (c, transpose(f))
            if left is right and (k in self.vectors or left in self.vectors or len(self.at(left)) > 2):
                continue
            self.edges = [x for x in self.edges if x is not edges[0] and x is not edges[1]]
            v = self._take(k)
            middle = (m, diag(v), n) if v is not None else (m, n)
            self.edges.append((matmul(*middle), left, right))
            self.inner.remove(k)
            return True
        return False

    def _parallel(self) -> bool:
        """Two edges between the same indices, one of them inner: their entrywise product."""
        between: dict[frozenset[Index], list[tuple[Expr, Index, Index]]] = {}
        for edge in self.edges:
            between.setdefault(frozenset(edge[1:]), []).append(edge)
        for pair, edges in between.items():
            if len(edges) > 1 and any(i in self.inner for i in pair):
                _, a, b = edges[0]
                aligned = [e if x is a else transpose(e) for e, x, _ in edges]
                self.edges = [x for x in self.edges if not any(x is y for y in edges)]
                self.edges.append((hadamard(*aligned), a, b))
                return True
        return False

    def result(self) -> Term | None:
        """The reduced term; None if it is zero."""
        factors: list[Factor] = []
        merged = [(hadamard(*vs) if len(vs) > 1 else vs[0], (i,), ()) for i, vs in self.vectors.items()] + [
            (e, (a,), (b,)) for e, a, b in self.edges
        ]
        for e, r, c in merged:
            coefficient, scalars, rest = build.split(e)
            if scalars or coefficient != 1:
                self.scalar = times(self.scalar, build.num(coefficient), *scalars)
            if rest is not None and rest.op is not ONES:
                factors.append((rest, r, c))
        if is_zero(self.scalar) or any(is_zero(e) for e, _, _ in factors):
            return None
        reduced = Term(self.scalar, factors + self.opaque, self.term.slots, self.term.binders)
        return reduce_term(reduced) if any(self._opens(e, r, c) for e, r, c in factors) else reduced

    def _opens(self, e: Expr, r: Slot, c: Slot) -> bool:
        """Whether a factor made by a move falls apart further."""
        if e.op is EYE:
            return r[0] not in self.open or c[0] not in self.open
        return e.op is DIAG or (e.op is MATMUL and any(x.shape[1] is ONE for x in e.args[:-1]))
