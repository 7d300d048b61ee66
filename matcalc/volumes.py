"""The determinant of a Jacobian, for a change of variables.

Three ways, in this order: entry by entry where all sizes are literal (SymPy); by the laws of determinants where the Jacobian
is a matrix or a Kronecker product; and for the variables with fewer free entries than a full matrix (symmetric,
triangular) from the table of known maps. Every answer is compared with the determinant of a numerical Jacobian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import build
from .algebra import Algebra, NotTranslated, entries_of, is_small
from .build import add, apply, divide, entry, index, matmul, num, power, size, split, substitute, symbol, times, transpose
from .directions import tidied
from .errors import NoAnswerError, UsageError
from .expr import Expr, make, postorder
from .folding import constant_entry, folded
from .jacobians import check_determinant
from .kinds import ONE, SCALAR, Dim, shape_text
from .kronecker import kronecker_matrix
from .ops.book import REGISTRY
from .ops.core import (
    ADD,
    COMMUTATION,
    ENTRY,
    EYE,
    HADAMARD,
    INDEXED_PRODUCT,
    KRONECKER,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    ONES,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
)
from .ops.diagonal import DIAG
from .ops.inverse import INVERSE
from .ops.sums import VEC
from .problem import Answer, Problem
from .simplify import simplify
from .syntax import Program
from .tensor import Tensor

STRUCTURED = ("symmetric", "lower", "upper", "diagonal", "skew")
LARGEST_SIDE = 6


class JacobianDeterminant(Answer):
    """`determinant` with its sign, `absolute` without; `jacobian` where it was written out; `why` says why it is 0."""

    def __init__(self, problem: Problem, determinant: Expr, absolute: Expr, jacobian: Expr | None, why: str) -> None:
        super().__init__(problem)
        self.determinant, self.absolute, self.jacobian, self.why = determinant, absolute, jacobian, why
        self._arranger = problem.arranger()

    def part(self, e: Expr, form: str = "text") -> str:
        return self.spelled(Program("", (), self._arranger.spell(e)), form)

    def spell(self, form: str = "text") -> str:
        return self.part(self.determinant, form)

    def parts(self) -> dict[str, Any]:
        found: dict[str, Any] = {"answer": self.text, "abs": self.part(self.absolute)}
        if self.jacobian is not None:
            found["jacobian"] = self.part(self.jacobian)
        return found | ({"reason": self.why} if self.why else {})

    def facts(self) -> list[tuple[str, str]]:
        found = [("absolute", self.part(self.absolute))]
        if self.jacobian is not None:
            found.append(("Jacobian", self.part(self.jacobian)))
        return found + ([("because", self.why)] if self.why else [])


def jacobian_determinant(problem: Problem, check: bool) -> JacobianDeterminant:
    """det of the Jacobian of a map between spaces of the same size."""
    xs = list(problem.variables.values())
    f = problem.function
    _check_sizes(problem, f, xs)
    jacobian: Expr | None = None
    words = [w for w in STRUCTURED if w in problem.properties(problem.names[0])] if len(xs) == 1 else []
    if words and not xs[0].is_scalar:
        found = _structured(problem, f, xs[0], words)
    else:
        found = _written_out(f, xs)
        if found is None:
            if len(xs) > 1:
                raise NoAnswerError("several variables are taken together only where all sizes are numbers")
            found = _by_laws(f, xs[0])
    value, jacobian = found
    value = problem.whole(folded(simplify(value)))
    value = tidied(value)
    if jacobian is not None:
        jacobian = problem.whole(jacobian)
    why = ""
    if build.is_zero(value):
        why = _why_singular(f, xs[0]) if len(xs) == 1 else "the Jacobian is singular everywhere"
        problem.notes.append(f"no change of variables: {why}")
    answer = JacobianDeterminant(problem, value, _absolute(value), jacobian, why)
    if check:
        check_determinant(problem, f, xs, words, value, answer.absolute)
        answer.verified = "verified"
    return answer


def _check_sizes(problem: Problem, f: Expr, xs: Sequence[Expr]) -> None:
    into = Dim({})
    for x in xs:
        into = into + x.shape[0] * x.shape[1]
    out = f.shape[0] * f.shape[1]
    if into is not out:
        raise UsageError(
            f"the Jacobian is {out}×{into}: only a square one has a determinant",
            suggestion=f"the function is {shape_text(f.shape)}, the variables have {into} entries in all",
        )


# ---------------------------------------------------------------------------------------------- entry by entry


def _written_out(f: Expr, xs: Sequence[Expr]) -> tuple[Expr, Expr | None] | None:
    unknowns = [e for x in xs if is_small(x) for e in entries_of(x)]
    if not is_small(f) or not all(is_small(x) for x in xs) or len(unknowns) > LARGEST_SIDE:
        return None
    import sympy

    algebra = Algebra(unknowns)
    try:
        values = list(algebra.entries(f).vec())
        rows = [[sympy.diff(v, algebra.symbol_of(u)) for u in unknowns] for v in values]
        jacobian = sympy.ImmutableMatrix(rows)
        value = sympy.simplify(sympy.expand(jacobian.det(method="berkowitz")))
        value = min((value, sympy.factor(value)), key=lambda s: (s.count_ops(), str(s)))
        spelled = [simplify(algebra.expression(v)) for v in jacobian]
        return algebra.expression(value), build.literal(len(values), len(unknowns), spelled)
    except NotTranslated:
        return None


# ---------------------------------------------------------------------------------------------- by the laws of determinants


def _by_laws(f: Expr, x: Expr) -> tuple[Expr, Expr | None]:
    if f.shape[0] is ONE and f.shape[1] is not ONE:
        f = transpose(f)
    tensor = Tensor([f.shape], [])
    tensor.replace(f)
    tensor = tensor.differentiate(x)
    if tensor.matrix is not None:
        matrix = simplify(tensor.matrix)
    else:
        each = _entrywise_slope(f, x)
        if each is not None:
            return _product_of_entries(each), None
        matrix = simplify(kronecker_matrix(tensor))
    return determinant(matrix), matrix if tensor.matrix is not None else None


def _entrywise_slope(f: Expr, x: Expr) -> Expr | None:
    """The array of slopes of a map that takes each entry for itself, as F_ij(X_ij)."""
    total = build.zeros(*f.shape)
    tensor = Tensor([f.shape], [])
    tensor.replace(f)
    for t in tensor.differentiate(x).terms:
        links: list[Expr] = []
        rest: list[Expr] = []
        places = {s[0]: n for n, s in enumerate(t.slots) if len(s) == 1}
        for e, r, c in t.factors:
            ends = sorted(places.get(s[0], 9) for s in (r, c) if len(s) == 1)
            if e.op is EYE and ends in ([0, 2], [1, 3]):
                links.append(e)
            elif ends == [0, 1] or ends == [2, 3]:
                rest.append(e if places[r[0]] < places[c[0]] else transpose(e))
            else:
                return None
        if len(links) != 2 or t.binders:
            return None
        total = add(total, times(t.scalar, build.hadamard(*rest) if rest else build.ones(*f.shape)))
    return simplify(total)


def determinant(m: Expr) -> Expr:
    """det of a square matrix by the laws: products, powers, Kronecker products, diagonals, one dyad added."""
    n = m.shape[0]
    op = m.op
    if m.is_scalar:
        return m
    if op is EYE:
        return num(1)
    if op is TIMES:
        return times(power(times(*m.args[:-1]), size(n)), determinant(m.args[-1]))
    if op is DIAG:
        return _product_of_entries(m.args[0])
    if op is TRANSPOSE:
        return determinant(m.args[0])
    if op is INVERSE:
        return power(determinant(m.args[0]), num(-1))
    if op is MATRIX_POWER:
        return power(determinant(m.args[0]), m.args[1])
    if op is MATMUL and all(a.shape[0] is a.shape[1] for a in m.args):
        return times(*[determinant(a) for a in m.args])
    if op is KRONECKER and all(a.shape[0] is a.shape[1] for a in m.args):
        a, b = m.args
        return times(power(determinant(a), size(b.shape[0])), power(determinant(b), size(a.shape[0])))
    if op is COMMUTATION:
        p, q = m.attr  # type: ignore[misc]
        pairs = times(size(p), add(size(p), num(-1)), size(q), add(size(q), num(-1)), build.divide(num(1), num(4)))
        return power(num(-1), pairs)
    if op is SYMBOL and (build.has(m, "lower") or build.has(m, "upper")):
        return _product_of_entries(build.diagonal(m))
    if op is ADD:
        found = _with_a_dyad(m)
        if found is not None:
            return found
    if build.is_zero(m):
        return num(0)
    return apply(REGISTRY["det"], (m,))


def _with_a_dyad(m: Expr) -> Expr | None:
    """det(D + c u v^T) = det(D) (1 + c v^T D^-1 u) for a diagonal D."""
    diagonal: list[Expr] = []
    dyads: list[Expr] = []
    for a in m.args:
        body = split(a)[2]
        assert body is not None
        (diagonal if body.op in (EYE, DIAG) else dyads).append(a)
    if not diagonal or len(dyads) != 1:
        return None
    c, scalars, body = split(dyads[0])
    if body is None:
        return None
    if body.op is ONES:
        left, right = build.ones(body.shape[0]), transpose(build.ones(body.shape[1]))
    elif body.op is MATMUL:
        cut = next((k for k, a in enumerate(body.args[:-1]) if a.shape[1] is ONE), None)
        if cut is None:
            return None
        left, right = matmul(*body.args[: cut + 1]), matmul(*body.args[cut + 1 :])
    else:
        return None
    d = add(*diagonal)
    column = _diagonal_entries(d)
    inside = simplify(matmul(transpose(build.hadamard(power(column, num(-1)), transpose(right))), left))
    inside = _known_sum(inside)
    whole = add(num(1), times(num(c), *scalars, inside))
    return times(determinant(simplify(d)), simplify(whole))


def _diagonal_entries(d: Expr) -> Expr:
    n = d.shape[0]
    parts = []
    for a in d.args if d.op is ADD else (d,):
        c, scalars, body = split(a)
        assert body is not None
        parts.append(times(num(c), *scalars, body.args[0] if body.op is DIAG else build.ones(n)))
    return simplify(add(*parts))


def _known_sum(e: Expr) -> Expr:
    """The entries of a softmax sum to one."""
    ones = {n: num(1) for n in postorder(e) if n.op.name == "sum" and n.args[0].op.name == "softmax"}
    return substitute(e, ones) if ones else e


def _product_of_entries(v: Expr) -> Expr:
    """prod over all entries; of exponentials the exponential of the sum, of equal entries a power."""
    same = constant_entry(v)
    n = times(size(v.shape[0]), size(v.shape[1]))
    c, scalars, body = split(v)
    if same is not None:
        return power(same, n)
    if scalars or c != 1:
        rest = _product_of_entries(body) if body is not None and body.op is not ONES else num(1)
        return times(power(times(num(c), *scalars), n), rest)
    if v.op.name == "exp":
        return apply(v.op, (build.total(v.args[0]),))
    if v.op is POWER and build.is_number(v.args[1]):
        return power(_product_of_entries(v.args[0]), v.args[1])
    if v.op is HADAMARD:
        return times(*[_product_of_entries(a) for a in v.args])
    i, j = _letters(v)
    at = (index(i), num(1)) if v.shape[1] is ONE else (index(i), index(j))
    inner = _entry_of(v, *at)
    for letter, dim in ((j, v.shape[1]), (i, v.shape[0])):
        if dim is not ONE:
            inner = product_over(letter, num(1), size(dim), inner)
    return inner


def product_over(letter: str, low: Expr, high: Expr, body: Expr) -> Expr:
    """prod_{letter=low}^{high} body."""
    free = (body.indices - {letter}) | low.indices | high.indices
    return make(INDEXED_PRODUCT, (low, high, body), letter, SCALAR, 3 + low.size + high.size + body.size, free)


def _letters(v: Expr) -> tuple[str, str]:
    used = v.indices | {str(n.attr[0]) for n in postorder(v) if n.op is SYMBOL}  # type: ignore[index]
    used |= {m for n in postorder(v) for d in n.shape for m in d.names()}
    free = [c for c in "ijklrs" if c not in used]
    return free[0], free[1]


def _entry_of(v: Expr, i: Expr, j: Expr) -> Expr:
    """The entry of an array built entry by entry, as an expression in entries of its parts."""
    op = v.op
    if v.is_scalar:
        return v
    if op is ONES:
        return num(1)
    if op in (ADD, TIMES, HADAMARD):
        parts = [_entry_of(a, i, j) for a in v.args]
        return add(*parts) if op is ADD else times(*parts)
    if op is POWER:
        return power(_entry_of(v.args[0], i, j), v.args[1])
    if op.elementwise:
        return apply(op, (_entry_of(v.args[0], i, j),))
    if op is TRANSPOSE:
        return _entry_of(v.args[0], j, i)
    return entry(v, i, j)


# ---------------------------------------------------------------------------------------------- fewer free entries


def _structured(problem: Problem, f: Expr, x: Expr, words: Sequence[str]) -> tuple[Expr, Expr | None]:
    """Maps between symmetric or triangular matrices, by their free entries; the table of the textbooks."""
    n = x.shape[0]
    f = simplify(problem.whole(f))
    whole = problem.whole(x)
    count = size(n)
    half = divide(times(count, add(count, num(1))), num(2))
    kind = words[0] if words[0] != "symmetric" or "diagonal" not in problem.properties(problem.names[0]) else "diagonal"
    problem.notes.append(
        f"by the free entries of a {kind} matrix" + (": n (n + 1)/2 of them".replace("n", str(n)) if kind != "diagonal" else "")
    )
    c, scalars, body = split(f)
    factor = times(num(c), *scalars)
    if body is None or any(m is whole for m in postorder(factor)):
        raise NoAnswerError("this map of structured matrices is not in the table")
    if kind == "symmetric":
        return _symmetric(problem, body, whole, factor, count, half), None
    if kind in ("lower", "upper"):
        return _triangular(body, whole, factor, count, half, kind), None
    raise NoAnswerError(f"maps of {kind} matrices are not in the table", suggestion="declare the diagonal as a vector: x in R^n")


def _symmetric(problem: Problem, body: Expr, x: Expr, factor: Expr, count: Expr, half: Expr) -> Expr:
    scale = power(factor, half)
    det = apply(REGISTRY["det"], (x,))
    more = add(count, num(1))
    if body is x:
        return scale
    if body is build.inverse(x):
        return times(scale, power(num(-1), half), power(det, times(num(-1), more)))
    if body.op is MATMUL and len(body.args) == 3 and body.args[0] is transpose(body.args[2]):
        inner = body.args[1]
        outside = power(apply(REGISTRY["det"], (body.args[0],)), more) if body.args[0].shape[0] is body.args[0].shape[1] else None
        if outside is not None and not any(m is x for m in postorder(body.args[0])):
            if inner is x:
                return times(scale, outside)
            if inner is build.inverse(x):
                return times(scale, outside, power(num(-1), half), power(det, times(num(-1), more)))
    raise NoAnswerError(
        "this map of symmetric matrices is not in the table", suggestion="declare the variable without a property for all n^2 entries"
    )


def _triangular(body: Expr, x: Expr, factor: Expr, count: Expr, half: Expr, kind: str) -> Expr:
    """Lower or upper: L ↦ L L^T and L^T L to symmetric matrices, A L and L A for triangular A, L^-1."""
    scale = power(factor, half)
    i = "i"
    d = entry(x, index(i), index(i))
    first, last = add(count, num(1), times(num(-1), index(i))), index(i)
    if body is x:
        return scale
    flipped = transpose(x)
    if body.op is MATMUL and set(body.args) == {x, flipped} and len(body.args) == 2:
        rising = first if (body.args[0] is x) == (kind == "lower") else last
        return times(scale, power(num(2), count), product_over(i, num(1), count, power(d, rising)))
    if body is build.inverse(x):
        return times(scale, power(num(-1), half), product_over(i, num(1), count, power(d, times(num(-1), add(count, num(1))))))
    if body.op is MATMUL and len(body.args) == 2 and x in body.args:
        a = body.args[0] if body.args[1] is x else body.args[1]
        if build.has(a, kind):
            other = entry(a, index(i), index(i))
            rising = last if (body.args[1] is x) == (kind == "lower") else first
            return times(scale, product_over(i, num(1), count, power(other, rising)))
    raise NoAnswerError(f"this map of {kind} triangular matrices is not in the table")


# ---------------------------------------------------------------------------------------------- sign and reasons


def _absolute(e: Expr) -> Expr:
    """|det|: the sign goes from numbers, (-1)^k and factors that are positive anyway."""
    c, scalars, body = split(e)
    assert body is None
    parts = [num(abs(c))]
    rest = []
    for s in scalars:
        if s.op is POWER and build.is_number(s.args[0]) and build.value_of(s.args[0]) < 0:
            parts.append(power(num(-build.value_of(s.args[0])), s.args[1]))
        elif is_positive(s):
            parts.append(s)
        elif s.op is POWER and build.is_number(s.args[1]):
            parts.append(power(apply(REGISTRY["abs"], (s.args[0],)), s.args[1]))
        elif s.op is POWER and s.args[0].op.name == "det":
            parts.append(power(apply(REGISTRY["abs"], (s.args[0],)), s.args[1]))
        else:
            rest.append(s)
    if rest:
        parts.append(apply(REGISTRY["abs"], (times(*rest),)))
    return times(*parts)


def is_positive(s: Expr) -> bool:
    """Whether a scalar is positive by what it is made of."""
    if s.op.positive or build.has(s, "positive") or s.op.name == "size":
        return True
    if build.is_number(s):
        return build.value_of(s) > 0
    if s.op is POWER:
        even = build.is_number(s.args[1]) and build.value_of(s.args[1]).denominator == 1 and build.value_of(s.args[1]).numerator % 2 == 0
        return even or is_positive(s.args[0])
    if s.op in (ADD, TIMES):
        return all(map(is_positive, s.args))
    if s.op.name == "det":
        return build.has(s.args[0], "spd")
    if s.op is INDEXED_PRODUCT:
        return is_positive(s.args[2])
    return s.op is ENTRY and build.has(s.args[0], "positive")


def _why_singular(f: Expr, x: Expr) -> str:
    """A direction in which the map does not move, or a combination of its entries that stays."""
    names = {n.op.name for n in postorder(f)}
    if "softmax" in names:
        return "the entries of a softmax always sum to 1, so the map loses a dimension (J 1 = 0)"
    if not any(n is x for n in postorder(f)):
        return f"the function does not depend on {x.attr[0]}"  # type: ignore[index]
    return "the Jacobian is singular everywhere"


__all__ = ["JacobianDeterminant", "determinant", "jacobian_determinant", "LITERAL", "VEC", "symbol"]
