"""Sums over the members of a family as products with the stacked family: sum_i (w^T x_i - y_i) x_i^T is (X w - y)^T X.

X has the rows x_i^T, y the entries y_i. Below a sum over i, what depends on i is kept for all members at once: of a number
the column of its values, of a vector the matrix whose rows are its values. A linear map A of a vector becomes a product
with A^T from the right, a function works entry by entry, and the sum is a product with a column of ones or of weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from ..errors import MatcalcError, NoAnswerError
from ..expressions.build import (
    add,
    apply,
    diag,
    entry,
    eye,
    hadamard,
    matmul,
    num,
    ones,
    power,
    rebuild,
    split,
    times,
    total,
    transpose,
    unit,
)
from ..expressions.build import diagonal as diagonal_of
from ..expressions.expr import Expr, postorder, transform
from ..kinds import ONE, Dim
from ..ops.core import (
    ADD,
    CASES,
    ENTRY,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    MATMUL,
    MEMBER,
    NUMBER,
    POWER,
    SIZE,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from ..ops.diagonal import DIAG
from ..ops.elementary import ABS
from ..ops.norms import NORM, ONE_NORM
from ..ops.softmax import LOG_SUM_EXP, LOG_SUM_EXP_ROWS, SOFTMAX, SOFTMAX_ROWS
from ..ops.sums import SUM

HALF = Fraction(1, 2)
DEEPEST = 50  # brackets in brackets round what differs from member to member
Stacks = Mapping[str, tuple[Expr, Dim]]  # by family: the stacked symbol, and how many members there are


def stacked(e: Expr, stacks: Stacks) -> Expr:
    """`e` without families, every sum over one being a product; NoAnswerError says what has no such form."""

    def without(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if node.op is MEMBER and args[0].op is NUMBER:
            whole, count = stacks[str(node.attr[0])]  # type: ignore[index]
            return entry(whole, args[0], num(1)) if node.is_scalar else matmul(transpose(whole), unit(args[0], count))
        if node.op is INDEXED_SUM:
            low, high, body = args
            name = str(node.attr)
            carried = [str(n.attr[0]) for n in postorder(body) if n.op is MEMBER and name in n.indices]  # type: ignore[index]
            if carried:
                count = stacks[carried[0]][1]
                if not (low.op is NUMBER and low.attr == 1 and high.op is SIZE and high.attr is count):
                    raise _refused(f"the sum over {name} does not run over the whole family {carried[0]}")
                return _Members(name, count, high, stacks).sum(body)
        if node.op is INDEXED_PRODUCT and any(n.op is MEMBER for n in postorder(args[2])):
            raise _refused(f"a product over {node.attr} has no matrix notation")
        return rebuild(node, args)

    made = transform(e, without)
    left = next((n for n in postorder(made) if n.op is MEMBER), None)
    if left is not None:
        raise _refused(f"a member of the family {left.attr[0]} stands outside of the sums over it")  # type: ignore[index]
    return made


def over_unit_vectors(name: str, count: Dim, high: Expr, body: Expr) -> Expr | None:
    """sum_{name} body over all places of arrays: e_name for all of them is the identity, A^T e_name the rows of A. None where the index
    does more than count rows."""
    try:
        made = _Members(name, count, high, {}).sum(body)
    except MatcalcError:
        return None
    return made if made.shape == body.shape and name not in made.indices else None


def _refused(what: str) -> NoAnswerError:
    return NoAnswerError(f"the sums have no matrix notation: {what}", suggestion="leave out --vectorize")


class _Members:
    """The values of expressions for all members at once, under one index."""

    def __init__(self, name: str, count: Dim, high: Expr, stacks: Stacks) -> None:
        self.name, self.count, self.high, self.stacks = name, count, high, stacks
        self.known: dict[Expr, Expr | None] = {}

    def sum(self, body: Expr) -> Expr:
        """The sum of `body` over the members."""
        turned = body.op is TRANSPOSE
        inner = body.args[0] if turned else body
        if self.name not in body.indices:
            return times(self.high, body)
        if inner.op is ADD:
            return add(*[self.sum(transpose(a) if turned else a) for a in inner.args])
        c, scalars, rest = split(body)
        moving = [s for s in scalars if self.name in s.indices]
        fixed = [num(c), *[s for s in scalars if self.name not in s.indices]]
        weights = self.column(times(*moving)) if moving else ones(self.count)
        if rest is None:
            return times(*fixed, total(weights))
        if self.name not in rest.indices:
            return times(*fixed, total(weights), rest)
        if rest.shape[1] is ONE:
            return times(*fixed, matmul(transpose(self.rows(rest)), weights))
        if rest.shape[0] is ONE:
            return times(*fixed, matmul(transpose(weights), self.rows(transpose(rest))))
        return times(*fixed, self._matrix(rest, weights, bool(moving)))

    def _matrix(self, e: Expr, weights: Expr, weighted: bool, depth: int = 0) -> Expr:
        """The weighted sum of a matrix: of outer products u v^T, of diagonal matrices, of sums of those."""
        if depth > DEEPEST:
            raise _refused(f"the matrix below the sum over {self.name} is nested too deeply")
        if e.op is ADD:
            return add(
                *[self._matrix(a, weights, weighted, depth + 1) if self.name in a.indices else times(total(weights), a) for a in e.args]
            )
        if e.op is TRANSPOSE:
            return transpose(self._matrix(e.args[0], weights, weighted, depth + 1))
        if e.op is DIAG:
            return diag(matmul(transpose(self.rows(e.args[0])), weights))
        if e.op is TIMES:
            moving = [s for s in e.args[:-1] if self.name in s.indices]
            fixed = [s for s in e.args[:-1] if self.name not in s.indices]
            more = hadamard(weights, self.column(times(*moving))) if moving else weights
            inner = e.args[-1]
            return times(*fixed, self._matrix(inner, more, True, depth + 1) if self.name in inner.indices else times(total(more), inner))
        if e.op is MATMUL:
            cut = next((k for k, f in enumerate(e.args) if f.shape[1] is ONE), None)
            if cut is not None:
                u, v = matmul(*e.args[: cut + 1]), transpose(matmul(*e.args[cut + 1 :]))
                if self.name not in u.indices:
                    return matmul(u, transpose(weights), self.rows(v))
                if self.name not in v.indices:
                    return matmul(transpose(self.rows(u)), weights, transpose(v))
                return matmul(transpose(self.rows(u)), *([diag(weights)] if weighted else []), self.rows(v))
            at = [k for k, f in enumerate(e.args) if self.name in f.indices]
            if len(at) == 1:
                k = at[0]
                return matmul(*e.args[:k], self._matrix(e.args[k], weights, weighted, depth + 1), *e.args[k + 1 :])
        raise _refused(f"below the sum over {self.name} stands a matrix that is another one for every member")

    def column(self, s: Expr) -> Expr:
        """The column of the values of a number."""
        return self._all(s)

    def rows(self, v: Expr) -> Expr:
        """The matrix with the values of a vector in its rows."""
        return self._all(v)

    def _all(self, e: Expr) -> Expr:
        for n in postorder(e, self.known):
            if self.name in n.indices:
                try:
                    self.known[n] = self._one(n)
                except MatcalcError:
                    self.known[n] = None
        found = self.known.get(e) if self.name in e.indices else self._spread(e)
        if found is None:
            unknown = [n for n in postorder(e) if self.name in n.indices and self.known.get(n) is None and n.op is not INDEX]
            first = next((n for n in unknown if ONE in n.shape or n.op is MEMBER), e)
            if first.op is MEMBER:
                raise _refused(f"the members of the family {first.attr[0]} are matrices")  # type: ignore[index]
            raise _refused(f"there is none for what is done with {self.name} below the sum ({first.op.name})")
        return found

    def _spread(self, e: Expr) -> Expr:
        """What is the same for all members, as the column or the rows."""
        return times(e, ones(self.count)) if e.is_scalar else matmul(ones(self.count), e if e.shape[0] is ONE else transpose(e))

    def _value(self, e: Expr) -> Expr:
        """The values of an argument; MatcalcError where they are not known."""
        if self.name not in e.indices:
            return self._spread(e)
        found = self.known.get(e)
        if found is None and ONE in e.shape:
            found = self.known.get(transpose(e))  # a vector lies in its row as its transpose does
        if found is None:
            raise _refused("")
        return found

    def _one(self, n: Expr) -> Expr | None:
        """The values of a node from those of its arguments; None where there is no notation for them."""
        op, args = n.op, n.args
        if op is MEMBER:
            family = str(n.attr[0])  # type: ignore[index]
            return self.stacks[family][0] if n.shape[1] is ONE and family in self.stacks else None
        if op is UNIT:
            return eye(self.count) if args[0].op is INDEX and n.shape[0] is self.count else None
        if op is TRANSPOSE and ONE in n.shape:
            return self._value(args[0])
        if op is ADD and ONE in n.shape:
            return add(*[self._value(a) for a in args])
        if op is TIMES:
            *scalars, last = args
            return self._product(scalars, last)
        if op is MATMUL and ONE in n.shape:
            return self._chain(n)
        if op is HADAMARD and ONE in n.shape:
            moving = hadamard(*[self._value(a) for a in args if self.name in a.indices])
            fixed = [a for a in args if self.name not in a.indices]
            same = hadamard(*fixed) if fixed else None
            return moving if same is None else matmul(moving, diag(same if same.shape[1] is ONE else transpose(same)))
        if op is POWER and ONE in n.shape and self.name not in args[1].indices:
            return power(self._value(args[0]), args[1])
        if op is ENTRY:
            return self._entry(*args)
        if op in (IVERSON, CASES) or op.elementwise or op.signature == "m n, m n -> m n":
            return apply(op, [self._value(a) for a in args], n.attr) if ONE in n.shape else None
        of_rows = _OF_VECTORS.get(op.name)
        return None if of_rows is None or args[0].shape[1] is not ONE else of_rows(self._value(args[0]))

    def _product(self, scalars: Sequence[Expr], last: Expr) -> Expr | None:
        fixed = [s for s in scalars if self.name not in s.indices]
        moving = [self._value(s) for s in scalars if self.name in s.indices]
        if last.is_scalar:
            (moving if self.name in last.indices else fixed).append(self._value(last) if self.name in last.indices else last)
            return times(*fixed, hadamard(*moving))
        if ONE not in last.shape:
            return None
        if not moving:
            return times(*fixed, self._value(last))
        weights = hadamard(*moving)
        if self.name in last.indices:
            return times(*fixed, matmul(diag(weights), self._value(last)))
        return times(*fixed, matmul(weights, last if last.shape[0] is ONE else transpose(last)))

    def _chain(self, n: Expr) -> Expr | None:
        """A B v, u^T A v and u^T A B: from the end with the vector to the other."""
        factors = list(n.args) if n.shape[1] is ONE else [transpose(f) for f in reversed(n.args)]
        at = self._value(factors[-1]) if self.name in factors[-1].indices else None
        same = factors[-1]  # while nothing has depended on the member
        for f in reversed(factors[1:-1] if n.is_scalar else factors[:-1]):
            if self.name not in f.indices:
                at, same = (matmul(at, transpose(f)), same) if at is not None else (None, matmul(f, same))
            elif f.op is DIAG:
                own = self._value(f.args[0])
                at = hadamard(own, at) if at is not None else matmul(own, diag(same))
            else:
                return None
        if not n.is_scalar:
            return at
        u = transpose(factors[0])
        if self.name not in u.indices:
            return None if at is None else matmul(at, u)
        return matmul(self._value(u), same) if at is None else diagonal_of(matmul(self._value(u), transpose(at)))

    def _entry(self, x: Expr, i: Expr, j: Expr) -> Expr | None:
        if self.name in x.indices and x.shape[1] is ONE and not (i.indices | j.indices):
            return matmul(self._value(x), unit(i, x.shape[0]))
        if self.name in x.indices or (self.name in i.indices and self.name in j.indices):
            return None
        place, other, side = (i, j, x) if self.name in i.indices else (j, i, transpose(x))
        if place.op is not INDEX or side.shape[0] is not self.count:
            return None
        return side if side.shape[1] is ONE else matmul(side, unit(other, side.shape[1]))


# Functions of a vector, of every row of a matrix.
_OF_VECTORS: dict[str, Callable[[Expr], Expr]] = {
    SUM.name: lambda m: matmul(m, ones(m.shape[1])),
    NORM.name: lambda m: power(diagonal_of(matmul(m, transpose(m))), num(HALF)),
    ONE_NORM.name: lambda m: matmul(apply(ABS, (m,)), ones(m.shape[1])),
    SOFTMAX.name: lambda m: apply(SOFTMAX_ROWS, (m,)),
    LOG_SUM_EXP.name: lambda m: apply(LOG_SUM_EXP_ROWS, (m,)),
}
