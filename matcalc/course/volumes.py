"""The determinant of a Jacobian, for a change of variables.

Three ways, in this order: entry by entry where all sizes are literal (SymPy); by the laws of determinants where the Jacobian
is a matrix or a Kronecker product; and for the variables with fewer free entries than a full matrix (symmetric,
triangular) from the table of known maps. Every answer is compared with the determinant of a numerical Jacobian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions import build
from ..expressions.build import add, num, times, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..kinds import ONE, Dim, shape_text
from ..notation.kronecker import kronecker_matrix
from ..ops.core import EYE
from ..ops.pattern import EntryPattern, without_pattern
from ..ops.vocabulary import LINEAR
from ..shortening.algebra import Algebra, entries_of, is_small
from ..shortening.counterparts import NotTranslated
from ..shortening.folding import folded
from ..shortening.simplify import simplify
from ..syntax import Program
from .determinants import absolute, determinant, product_of_entries
from .directions import tidied
from .freeentries import structured_determinant
from .jacobians import check_determinant, vanishes
from .problem import Answer, Problem

LARGEST_SIDE = 6
SINGULAR = "the Jacobian is singular everywhere"


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
    words = [w for w in LINEAR if w in problem.properties(problem.names[0]) and EntryPattern((w,))] if len(xs) == 1 else []
    if words and not xs[0].is_scalar:
        found = structured_determinant(problem, f, xs[0], words)
    else:
        found = _written_out(f, xs) or _by_laws(f, xs)
    value, jacobian = found
    value = problem.whole(folded(simplify(value)))
    value = tidied(value)
    if not build.is_zero(value) and vanishes(problem, value):
        value = num(0)
    if jacobian is not None:
        jacobian = problem.whole(jacobian)
    why = ""
    if build.is_zero(value):
        why = _why_singular(f, xs[0]) if len(xs) == 1 else SINGULAR
        problem.notes.append(f"no change of variables: {why}")
    free = [w for x in problem.names for w in without_pattern(problem.properties(x))]
    if free:
        problem.notes.append(f"all entries count as free; that the variable is {free[0]} is not used")
    answer = JacobianDeterminant(problem, value, absolute(value), jacobian, why)
    answer.check_readable()
    if check:
        answer.check = check_determinant(problem, f, xs, words, value, answer.absolute)
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


def _by_laws(f: Expr, xs: Sequence[Expr]) -> tuple[Expr, Expr | None]:
    if len(xs) > 1:
        raise NoAnswerError("several variables are taken together only where all sizes are numbers")
    (x,) = xs
    if f.shape[0] is ONE and f.shape[1] is not ONE:
        f = transpose(f)
    tensor = Tensor.of(f)
    tensor = tensor.differentiate(x)
    if tensor.matrix is not None:
        matrix = simplify(tensor.matrix)
    else:
        each = _entrywise_slope(f, x)
        if each is not None:
            return product_of_entries(each), None
        matrix = simplify(kronecker_matrix(tensor))
    return determinant(matrix), matrix if tensor.matrix is not None else None


def _entrywise_slope(f: Expr, x: Expr) -> Expr | None:
    """The array of slopes of a map that takes each entry for itself, as F_ij(X_ij)."""
    total = build.zeros(*f.shape)
    tensor = Tensor.of(f)
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


def _why_singular(f: Expr, x: Expr) -> str:
    """A direction in which the map does not move, or a combination of its entries that stays."""
    names = {n.op.name for n in postorder(f)}
    if "softmax" in names:
        return "the entries of a softmax always sum to 1, so the map loses a dimension (J 1 = 0)"
    if not any(n is x for n in postorder(f)):
        return f"the function does not depend on {name_of(x)}"
    return SINGULAR
