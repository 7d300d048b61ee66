"""Several unknowns that several equations define, and minima under equations: the conditions of Karush, Kuhn and Tucker.

With z = [x; y; …] and F = [F_1; F_2; …] it is dz = -K^-1 F_θ dθ, where K = F_z is a matrix of blocks. Of the minimum of f where c = 0 the
equations are ∂f/∂x + (∂c/∂x)^T ν = 0 and c = 0, with a multiplier ν for every constraint, and K is [H, A^T; A, 0] with A = ∂c/∂x.

So it is one equation for one column: each unknown is a part of z, under its name, and all that is done of one unknown is done of z.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.blocks import selection
from ..expressions.build import add, block, is_zero, matmul, negative, split, substitute, symbol, transpose
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..expressions.named import PART, VALUE, named
from ..expressions.sums import terms_of
from ..interning import regex
from ..kinds import ONE, Dim, shape_text
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..numbers.judge import judge
from ..numbers.record import Check
from ..ops.blocks import BLOCK
from ..ops.core import LITERAL
from ..pipeline.given import Where
from ..pipeline.point import statements
from ..pipeline.question import Question
from ..shortening.simplify import simplify
from .implicit_equation import Equation, sides_of_text
from .implicit_forms import plain
from .implicit_numbers import NewtonRoot, by_map
from .problem import Problem
from .solved import CHANGE, Undone, gradient, is_column, of_columns, pairing, slope_of

NAMES = ("nu", "mu", "lambda", "kappa", "nu_1", "nu_2", "nu_3")  # of multipliers that nobody named
COLUMN = "\u2022z"


def several(
    text: str, solve: Sequence[str], names: Sequence[str], where: Where, argmin: bool, subject_to: Sequence[str], verify: bool
) -> Equation:
    """Several unknowns as one column. `text` has an equation for each, split by semicolons; with `argmin` it is a function, and
    `subject_to` are the equations that hold where it is least. The names in `solve` behind the variables are those of the multipliers.

    ShapeError where there are not as many equations as unknowns, NoAnswerError where an unknown is a matrix.
    """
    pieces = [text] if argmin else [p.strip() for p in statements(text) if p.strip()]
    constraints = [p.strip() for group in subject_to for p in statements(group) if p.strip()]
    parts = [*(pieces if argmin else map(_difference, pieces)), *map(_difference, constraints)]
    system = _System(parts, solve, names, where, argmin)
    problem, unknowns = system.problem, system.unknowns
    undone = Stacked(system.equations, unknowns)
    shown = f"[{'; '.join(map(name_of, unknowns))}]" if len(unknowns) > 1 else name_of(unknowns[0])
    spelled = "; ".join(f"{problem.spelled(problem.whole(f))} = 0" for f in system.equations)
    matrix = simplify(substitute(undone.matrix, undone.written))
    found = Equation(problem, undone, system.wrt, shown, spelled, NewtonRoot(system.equations, unknowns, matrix))
    found.written, found.argmin = undone.written, argmin
    if argmin and verify:
        found.checks += [system.compared(x) for x in system.variables]
    return found


def _difference(equation: str) -> str:
    before, left, right = sides_of_text(equation)
    if before:
        raise ReadingError("an equation of several is one statement", text=equation)
    return left if right == "0" else f"{left} - ({right})"


class _System:
    """The equations, read as the blocks of one column."""

    def __init__(self, parts: Sequence[str], solve: Sequence[str], names: Sequence[str], where: Where, argmin: bool) -> None:
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
        self.variables = tuple(self.unknowns)
        self.wrt = list(problem.names[len(known) :])
        if not self.wrt:
            raise UsageError("no variable to differentiate by, beside the unknowns")
        named = [n for n in solve if n not in known]
        if argmin:
            self.least = f = found[0]
            conditions = found[1:]
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

    def compared(self, x: Expr) -> Check:
        """The gradient of what is least, against difference quotients."""
        change = symbol(CHANGE, x.shape)
        claim = by_map(terms_of(pairing(gradient(self.least, x), change)), change)
        sampler = self.problem.sampler([self.least])
        return judge(
            *(plain(self.least), claim, (name_of(x), None), x.shape, sampler.point, sampler.dims),
            describe=lambda: f"the gradient of what is least by {name_of(x)}",
        )


class Stacked(Undone):
    """The inverse of F_z. `written` says what the parts of z, and z, are called."""

    def __init__(self, equations: Sequence[Expr], unknowns: Sequence[Expr]) -> None:
        total, at = _total(unknowns), Dim.of(0)
        self.x, self.sides = symbol(COLUMN, (total, ONE)), None
        self.unknowns, self.equations, self.written = tuple(unknowns), tuple(equations), dict[Expr, Expr]()
        self.chosen: list[Expr] = []
        for x in unknowns:
            self.chosen.append(selection(at, (total, x.shape[0])))
            part = matmul(transpose(self.chosen[-1]), self.x)
            self.written[named(part, VALUE, name_of(x))] = x
            at = at + x.shape[0]
        self.parts = {x: part for part, x in self.written.items()}
        self.written[self.x] = block(len(unknowns), 1, list(unknowns))
        self.f = self._below(equations)
        self.matrix = self._block([[_matrix(f, x) for x in unknowns] for f in equations])

    def given(self, theta: Expr) -> Tensor:
        if not is_column(theta):
            return slope_of(self.f, theta)
        return of_columns(self.kronecker_given(theta), self.f, theta)

    def moved(self, theta: Expr, change: Expr) -> Expr:
        return self._below([simplify(along(slope_of(f, theta), change)) for f in self.equations])

    def through(self, e: Tensor) -> Tensor:
        value = None if e.matrix is None else substitute(e.matrix, self.written)
        if value is None or not is_column(value):
            return e.differentiate(self.x)
        return of_columns(self._block([[_matrix(value, x) for x in self.unknowns]]), value, self.x)

    def gradient_of(self, g: Expr) -> Expr:
        value = substitute(g, self.written)
        return self._below([gradient(value, x) for x in self.unknowns])

    def transposed(self, multiplier: Expr) -> Expr:
        return simplify(matmul(transpose(self.matrix), multiplier))

    def weighted(self, multiplier: Expr, theta: Expr) -> Expr:
        if is_column(theta):
            return simplify(matmul(transpose(self.kronecker_given(theta)), multiplier))
        return super().weighted(multiplier, theta)

    def parts_of(self, change: Expr) -> list[Expr]:
        return [matmul(transpose(s), named(change, PART)) for s in self.chosen]

    def kronecker_given(self, theta: Expr) -> Expr:
        return self._below([_matrix(f, theta) for f in self.equations])

    def _below(self, parts: Sequence[Expr]) -> Expr:
        """The parts as one column, with the sign that they all have before it."""
        if all(split(e)[0] < 0 for e in parts if not is_zero(e)):
            return negative(self._block([[negative(e)] for e in parts]))
        return self._block([[e] for e in parts])

    def _block(self, rows: Sequence[Sequence[Expr]]) -> Expr:
        return substitute(simplify(block(len(rows), len(rows[0]), [e for row in rows for e in row])), self.parts)


def _matrix(f: Expr, x: Expr) -> Expr:
    """∂ vec f/∂ vec(x)^T, a row for each entry of f."""
    return simplify(kronecker_matrix(slope_of(f, x)))


def _total(columns: Sequence[Expr]) -> Dim:
    total = Dim.of(0)
    for e in columns:
        total = total + e.shape[0]
    return total


__all__ = ["Stacked", "several"]
