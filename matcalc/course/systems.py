"""Several unknowns that several equations define, and minima under equations: the conditions of Karush, Kuhn and Tucker.

With z = [x; y; …] and F = [F_1; F_2; …] it is dz = -K^-1 F_θ dθ, where K = F_z is a matrix of blocks. Of the minimum of f where c = 0 the
equations are ∂f/∂x + (∂c/∂x)^T ν = 0 and c = 0, with a multiplier ν for every constraint, and K is [H, A^T; A, 0] with A = ∂c/∂x.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import add, block, inverse, matmul, negative, symbol
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..interning import regex
from ..kinds import Dim, shape_text
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..numbers.record import Check, summed_up
from ..ops.blocks import BLOCK
from ..ops.core import LITERAL
from ..pipeline.given import Names, Where, names_of
from ..pipeline.point import statements
from ..pipeline.question import Question
from ..shortening.simplify import simplify
from ..syntax import Program
from .implicit_answers import Implicit, Slope
from .implicit_equation import plain, sides_of_text, with_names
from .implicit_numbers import NewtonRoot, by_map, by_stacked, judged_solution
from .problem import Problem
from .solved import gradient, is_column, pairing, slope_of

NAMES = ("nu", "mu", "lambda", "kappa", "nu_1", "nu_2", "nu_3")  # of multipliers that nobody named


class System(Implicit):
    """The derivatives of several unknowns, one below the other."""

    def facts(self) -> list[tuple[str, str]]:
        return [("of", self.solve), *super().facts()]

    def code(self, target: str = "numpy", **_: object) -> str:
        raise NoAnswerError("programs are written for one unknown", suggestion="stack them: F(z) = 0 with z = [x; y]")


def system(
    text: str, solve: Names, wrt: Names, *, subject_to: Sequence[str] = (), argmin: bool = False, where: Where = None, verify: bool = True
) -> System:
    """The derivative of several unknowns by `wrt`. `text` has an equation for each, split by semicolons; with `argmin` it is a
    function, and `subject_to` are the equations that hold where it is least. The names in `solve` behind the variables are those of
    the multipliers.

    ShapeError where there are not as many equations as unknowns, NoAnswerError where an unknown is a matrix.
    """
    pieces = [text] if argmin else [p.strip() for p in statements(text) if p.strip()]
    constraints = [p.strip() for group in subject_to for p in statements(group) if p.strip()]
    parts = [*(pieces if argmin else map(_difference, pieces)), *map(_difference, constraints)]
    try:
        return _Equations(text, parts, names_of(solve), names_of(wrt), where, argmin).answer(verify)
    except MatcalcError as error:
        raise error.located(text) from None


def _difference(equation: str) -> str:
    before, left, right = sides_of_text(equation)
    if before:
        raise ReadingError("an equation of several is one statement", text=equation)
    return left if right == "0" else f"{left} - ({right})"


class _Equations:
    """The equations, read as the blocks of one column."""

    def __init__(self, text: str, parts: Sequence[str], solve: Sequence[str], names: Sequence[str], where: Where, argmin: bool) -> None:
        self.text = text
        joined = f"[{'; '.join(parts)}]" if len(parts) > 1 else parts[0]
        known = [n for n in solve if regex(rf"(?<![A-Za-z]){n}(?![A-Za-z])").search(joined)] if argmin else list(solve)
        try:
            self.problem = problem = Problem(Question.of(joined, [*known, *names], where).real("an implicit function"))
        except ShapeError as error:
            if not str(error).startswith("the block "):
                raise
            hint = "write a matrix equation with one unknown, or its columns"
            raise NoAnswerError("several unknowns are vectors or numbers here, and so are the equations", suggestion=hint) from None
        found = list(problem.function.args) if problem.function.op in (BLOCK, LITERAL) and len(parts) > 1 else [problem.function]
        if len(found) != len(parts):
            raise ShapeError("an equation of several is between vectors or numbers", suggestion="write matrices by their columns")
        self.unknowns = [problem.variables[n] for n in problem.names[: len(known)]]
        self.wrt = list(problem.names[len(known) :])
        if not self.wrt:
            raise UsageError("no variable to differentiate by, beside the unknowns")
        named = [n for n in solve if n not in known]
        if argmin:
            f, conditions = found[0], found[1:]
            if not f.is_scalar:
                raise ShapeError(f"what is minimised is a number, and this is {shape_text(f.shape)}")
            multipliers = []
            for k, c in enumerate(conditions):
                name = named[k] if k < len(named) else problem.free_name(NAMES)
                multipliers.append(symbol(name, c.shape))
                problem.declare(name, c)
            lagrangian = simplify(add(f, *[pairing(m, c) for m, c in zip(multipliers, conditions, strict=True)]))
            found = [*[gradient(lagrangian, x) for x in self.unknowns], *conditions]
            self.unknowns += multipliers
        self.equations = found
        for e in (*self.unknowns, *found):
            if not is_column(e):
                raise NoAnswerError("several unknowns are vectors or numbers here", suggestion="write a matrix equation with one unknown")
        count, wanted = _total(found), _total(self.unknowns)
        if count is not wanted:
            shown = ", ".join(map(name_of, self.unknowns))
            raise ShapeError(f"there are {count} equations for the {wanted} entries of {shown}", suggestion="declare the sizes")
        self.matrix = self._block([[self._slope(f, x) for x in self.unknowns] for f in found])

    def _slope(self, f: Expr, x: Expr) -> Expr:
        """∂f/∂x^T, a row for each entry of f."""
        return simplify(kronecker_matrix(slope_of(f, x)))

    def _block(self, rows: Sequence[Sequence[Expr]]) -> Expr:
        return simplify(block(len(rows), len(rows[0]), [e for row in rows for e in row]))

    def answer(self, verify: bool) -> System:
        problem = self.problem
        stacked = self._block([[x] for x in self.unknowns])
        shown = f"[{'; '.join(map(name_of, self.unknowns))}]" if len(self.unknowns) > 1 else name_of(self.unknowns[0])
        spelled = "; ".join(f"{problem.spelled(problem.whole(f))} = 0" for f in self.equations)
        checks: list[Check] = []
        made: dict[str, Program] = {}
        root = NewtonRoot(self.equations, self.unknowns, self.matrix)
        for n in self.wrt:
            theta = problem.variables[n]
            if is_column(theta):
                body = self._undone([self._slope(f, theta) for f in self.equations])
                made[n], claim = with_names(problem, body), by_stacked(body, stacked)
            else:
                change = symbol(f"d{n}", theta.shape)
                body = self._undone([simplify(along(slope_of(f, theta), change)) for f in self.equations])
                made[n], claim = with_names(problem, body, ("map", f"d{n}"), change), by_map(terms_of(body), change)
            if verify:
                sampler = problem.sampler([*self.equations, body, *self.unknowns])
                checks.append(judged_solution(root, plain(stacked), claim, theta, sampler, lambda n=n: f"{self.text!r} solved, by {n}"))  # type: ignore[misc]
        answer = System(problem, shown, spelled, self.wrt)
        answer.condition = f"{problem.spelled(problem.whole(self.matrix))} invertible"
        for n, program in made.items():
            answer.derivatives[n] = Slope(program, problem.taken, answer.where, [n])
        answer.check = summed_up(checks)
        return answer

    def _undone(self, given: Sequence[Expr]) -> Expr:
        """-K^-1 [F_θ], with the sign where it is shorter."""
        before = negative(matmul(inverse(self.matrix), self._block([[e] for e in given])))
        inside = matmul(inverse(self.matrix), self._block([[negative(e)] for e in given]))
        return min(self._whole(before), self._whole(inside), key=lambda e: e.size)

    def _whole(self, e: Expr) -> Expr:
        return simplify(self.problem.whole(simplify(e)))


def _total(columns: Sequence[Expr]) -> Dim:
    total = Dim.of(0)
    for e in columns:
        total = total + e.shape[0]
    return total


__all__ = ["System", "system"]
