"""The derivatives of a solution, or of a function of it, in the notation that is wanted: as they are printed, and as they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ..answers.answer import ClosedForm
from ..answers.layout import laid_out
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, negative, symbol
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..kinds import SCALAR
from ..notation.authorship import typed_order
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..notation.naming import LEAST_GAIN, names_for, repeated
from ..numbers.judge import Along, Numbers
from ..numbers.numeric import Plan
from ..pipeline.judging import claim_of
from ..printing.count import symbols
from ..shortening.simplify import simplify
from ..syntax import Binding, Program
from .implicit_equation import Equation
from .implicit_numbers import by_map, by_stacked
from .problem import Problem
from .solved import as_tensor, changed, changed_gradient, gradient, is_column, solution_slope, total_slope


def with_names(problem: Problem, body: Expr, form: tuple[object, ...] | None = None, change: Expr | None = None) -> Program:
    """What is printed, with names for what occurs often and does not move with the change, where these make it shorter."""
    more = () if change is None else (name_of(change),)
    plain = Program("", (), problem.arranger(more).spell(body), form)
    chosen = [e for e in repeated([body]) if change is None or change not in postorder(e)]
    if not chosen:
        return plain
    arranger = problem.arranger(more)
    sizes = {n for e in postorder(body) for d in e.shape for n in d.names()}
    names = names_for(chosen, {}, {*problem.taken, *more, *sizes})
    bindings = []
    for e in chosen:
        bindings.append(Binding(names[e], arranger.spell(e)))
        arranger.name(e, names[e])
    found = Program("", tuple(bindings), arranger.spell(body), form)
    return found if symbols(found) + LEAST_GAIN <= symbols(plain) else plain


def plain(e: Expr) -> Numbers:
    """The numbers of an expression by its summands."""

    def bound(arrays: ModuleType) -> Any:
        return Plan(terms_of(e) or [e], arrays).run

    return bound


class Forms:
    """The derivatives of the solution, or of g of it, in the notation that is wanted: printed, as a claim, beside what is known."""

    def __init__(self, task: Equation, g: Expr | None) -> None:
        self.task, self.g = task, g
        self.undone, self.x = task.undone, task.x
        self.roots: list[Expr] = [] if g is None else [g]
        self.slopes: dict[str, Tensor] = {}
        self.before: list[tuple[Along, Numbers]] = []  # of the derivatives before the last: what is claimed, what is known

    def by(self, names: Sequence[str], notation: str) -> tuple[Program, Along, Numbers]:
        """The derivative by these variables in turn."""
        if self.undone.stacked:
            return self._stacked(names, notation)
        if self.task.several and self.g is None and len(names) == 1:
            return self._columns(names, notation)
        value = as_tensor(self.x if self.g is None else self.g)
        before = value
        for k, n in enumerate(names):
            before, value = value, self._total(value, n)
            if k + 1 < len(names):
                self.before.append((self._claim(value.map(self.task.whole), "index"), self._known(before)))
        final = value.map(self.task.whole)
        self.roots += [*final.expressions(), *before.expressions()]
        way = self._way(final, names) if notation == "auto" else notation
        return self._program(final, names, way), self._claim(final, way), self._known(before)

    def _known(self, before: Tensor) -> Numbers:
        if self.task.several:
            before = as_tensor(self.task.value) if before.matrix is self.x else before.map(self.task.plain)
        return lambda arrays: before.summands({}, arrays)

    def _slope(self, name: str) -> Tensor:
        if name not in self.slopes:
            self.slopes[name] = solution_slope(self.undone, self.task.problem.variables[name]).map(simplify)
        return self.slopes[name]

    def _total(self, before: Tensor, name: str) -> Tensor:
        if before.matrix is self.x:
            return self._slope(name)
        return total_slope(before, self.undone, self.task.problem.variables[name], self._slope(name)).map(simplify)

    def _way(self, tensor: Tensor, names: Sequence[str]) -> str:
        """Matrix notation where there is one, else a map, for scalars' second derivatives a matrix for stacked columns."""
        if tensor.matrix is not None:
            return "matrix"
        for way in ("differential", "kron") if len(names) == 1 else ("kron",):
            try:
                self._program(tensor, names, way)
            except NoAnswerError:
                continue
            return way
        return "index"

    def _program(self, tensor: Tensor, names: Sequence[str], way: str) -> Program:
        problem = self.task.problem
        if way == "kron":
            return self._kron(simplify(kronecker_matrix(tensor)), names)
        if way == "differential" and len(names) == 1:
            change = symbol(f"d{names[0]}", problem.variables[names[0]].shape)
            if name_of(change) not in problem.taken:
                return self._map(simplify(along(tensor, change)), change, way)
        if way == "matrix" and tensor.matrix is None:
            raise NoAnswerError("this derivative has no matrix notation", suggestion="--notation differential, kron or index")
        order = typed_order(problem.typed.nodes)
        value, flipped = laid_out(tensor, "numerator")
        notation = "auto" if way == "matrix" else way
        return ClosedForm(
            problem.typed,
            tensor,
            value,
            order,
            wrt=names,
            layout="numerator",
            notation=notation,
            flipped=flipped,
            check=None,
            assumptions=[],
            bindings={n: self.task.whole(e) for n, e in problem.typed.bindings.items()},
        )._program

    def _kron(self, matrix: Expr, names: Sequence[str]) -> Program:
        problem = self.task.problem
        name = self.task.solve
        if len(names) > 1 or self.g is not None:
            name = problem.free_name(("G", "H", "Y", "F", "G_1"))
            problem.declare(name, self.g if len(names) == 1 and self.g is not None else problem.variables[names[0]])
        return with_names(self.task.problem, matrix, ("kron", name, names[-1]))

    def _claim(self, tensor: Tensor, way: str) -> Along:
        return claim_of(tensor, "auto" if way in ("matrix", "index") else way, {}, None, None)

    # ---- of several unknowns, one below the other

    def _columns(self, names: Sequence[str], notation: str) -> tuple[Program, Along, Numbers]:
        """-K^-1 [F_1; F_2; …], with the sign where it is shorter."""
        task, theta = self.task, self.task.problem.variables[names[0]]
        change = symbol(f"d{names[0]}", theta.shape)
        flat = is_column(theta)
        if notation == "auto":
            notation = "matrix" if flat else "differential"
        if notation == "index":
            raise NoAnswerError("derivatives of several unknowns are not written in indices", suggestion="--notation differential or kron")
        if notation == "matrix" and not flat:
            raise NoAnswerError("this derivative has no matrix notation", suggestion="--notation differential or kron")
        given = self.undone.moved(theta, change) if notation == "differential" else self.undone.kronecker_given(theta)
        outside = task.whole(negative(self.undone.solved(given)))
        body = min(outside, task.whole(self.undone.solved(negative(given))), key=lambda e: e.size)
        self.roots.append(body)
        known = plain(task.value)
        if notation == "differential":
            if name_of(change) in task.problem.taken:
                raise NoAnswerError(f"{name_of(change)} is a name in use")
            return self._map(body, change, notation), by_map(terms_of(body), change), known
        program = self._kron(body, names) if notation == "kron" else with_names(task.problem, body)
        return program, by_stacked(body, task.value), known

    # ---- on stacked columns

    def _stacked(self, names: Sequence[str], notation: str) -> tuple[Program, Along, Numbers]:
        problem, task = self.task.problem, self.task
        theta = problem.variables[names[-1]]
        change = symbol(f"d{names[-1]}", theta.shape)
        if f"d{names[-1]}" in problem.taken:
            raise NoAnswerError(f"d{names[-1]} is a name in use")
        if self.g is None and len(names) == 1:
            known = plain(self.x)
            if notation in ("auto", "kron"):
                matrix = task.whole(self.undone.kronecker(theta))
                self.roots.append(matrix)
                return self._kron(matrix, names), by_stacked(matrix, self.x), known
            body = task.whole(changed(self.x, self.undone, theta, change))
            return self._map(body, change, notation), by_map(terms_of(body), change), known
        if self.g is None or not self.g.is_scalar:
            raise NoAnswerError("this derivative is not written here", suggestion="ask for that of a scalar function of the solution: --of")
        first = self._gradient(names[0])
        if len(names) > 1:
            _, claim, known = self._stacked(names[:1], "auto")
            self.before.append((claim, known))
        else:
            final = Tensor([SCALAR, theta.shape], [])
            final.replace(task.whole(self.undone.at_multiplier(first, self.g)))
            self.roots += final.expressions()
            if notation not in ("auto", "matrix"):
                raise NoAnswerError("the gradient is written in matrix notation here")
            return self._program(final, names, "matrix"), self._claim(final, "matrix"), plain(self.g)
        body = task.whole(changed_gradient(first, self.g, self.undone, theta, change))
        before = self.undone.at_multiplier(first, self.g)
        self.roots.append(before)
        return self._map(body, change, notation), by_map(terms_of(body), change), plain(before)

    def _map(self, body: Expr, change: Expr, notation: str) -> Program:
        if notation not in ("auto", "differential"):
            raise NoAnswerError(f"this derivative is not written in the notation {notation} here", suggestion="--notation differential")
        return with_names(self.task.problem, body, ("map", name_of(change)), change)

    def _gradient(self, name: str) -> Expr:
        """∂g/∂θ - ∂<λ, F>/∂θ, with λ as a symbol: F_x^T λ = ∂g/∂x."""
        assert self.g is not None
        theta = self.task.problem.variables[name]
        through = self.undone.weighted(self.undone.unknown, theta)
        return simplify(add(gradient(self.g, theta), negative(through)))


__all__ = ["Forms", "plain", "with_names"]
