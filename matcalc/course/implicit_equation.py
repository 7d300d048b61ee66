"""One unknown: its equation, the inverse of F_x, the derivatives in the notation that is wanted, and their check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from ..answers.answer import ClosedForm
from ..answers.layout import laid_out
from ..differentiation.tensor import Tensor
from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import add, is_number, negative, num, split, substitute, symbol, times, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..kinds import ONE, SCALAR, shape_text
from ..notation.authorship import typed_order
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..notation.naming import LEAST_GAIN, names_for, repeated
from ..numbers.judge import Along, Numbers
from ..numbers.numeric import Plan
from ..numbers.record import Check, summed_up
from ..ops.core import TRANSPOSE
from ..pipeline.given import Where
from ..pipeline.judging import claim_of, judged
from ..pipeline.point import statements
from ..pipeline.question import Question, read
from ..printing.count import symbols
from ..shortening.simplify import simplify
from ..syntax import Binding, Program
from .implicit_answers import Equality, Implicit, Slope
from .implicit_numbers import NewtonRoot, by_map, by_stacked, judged_solution
from .problem import Problem
from .solved import (
    CHANGE,
    Undone,
    as_tensor,
    changed,
    changed_gradient,
    gradient,
    is_column,
    pairing,
    related,
    relation,
    slope_of,
    solution_slope,
    total_slope,
    without_factor,
)

MULTIPLIERS = {False: ("lambda", "mu", "nu", "p", "lambda_1"), True: ("Lambda", "M", "P", "N", "Lambda_1")}
WEIGHTS = {False: ("v", "u", "w", "v_1"), True: ("V", "U", "W", "V_1")}


def sides_of_text(text: str) -> tuple[str, str, str]:
    """The statements before an equation, and its two sides; 0 is the right one where there is no sign of equality."""
    pieces = [p for p in statements(text) if p.strip()]
    if not pieces:
        raise ReadingError("there is no equation")
    *before, last = pieces
    depth, cuts = 0, []
    for k, c in enumerate(last):
        depth += (c in "([{") - (c in ")]}")
        if c == "=" and depth <= 0 and last[k - 1 : k] not in ("<", ">", "!", ":", "=") and last[k + 1 : k + 2] != "=":
            cuts.append(k)
    if len(cuts) > 1:
        raise ReadingError("an equation has one sign of equality", text=text)
    left, right = (last[: cuts[0]].rstrip("& "), last[cuts[0] + 1 :]) if cuts else (last, "0")
    return "".join(f"{p}; " for p in before), left.strip(), right.strip()


class OneUnknown:
    """An equation that was read: F, x, and the inverse of F_x."""

    def __init__(self, text: str, solve: str, names: Sequence[str], where: Where, argmin: bool) -> None:
        self.text, self.argmin = text, argmin
        wrt = list(names)
        before, left, right = ("", text, "0") if argmin else sides_of_text(text)
        if argmin:
            question = Question.of(text, [solve, *wrt], where).real("argmin")
            self.problem = Problem(question)
        else:
            difference = left if right == "0" else f"{left} - ({right})"
            self.problem = self._read(f"{before}{difference}", solve, wrt, where)
        self.solve = self.problem.names[0]
        self.wrt = [n for n in self.problem.names if n != self.solve]
        if not self.wrt:
            raise UsageError("no variable to differentiate by, beside the unknown")
        self.x = self.problem.variables[self.solve]
        self.f = self.problem.function
        self.known: Mapping[Expr, Expr] = {} if argmin else relation(self.f)
        if argmin:
            if not self.f.is_scalar:
                raise ShapeError(f"what is minimised is a number, and this is {shape_text(self.f.shape)}")
            self.f = without_factor(gradient(self.f, self.x))
            self.equation = f"the gradient by {self.solve} is 0: {self.spelled(self.whole(self.f))} = 0"
        else:
            self.equation = f"{before}{left} = {right}"
        count, wanted = self.f.shape[0] * self.f.shape[1], self.x.shape[0] * self.x.shape[1]
        if count is not wanted:
            raise ShapeError(
                f"there {'is 1 equation' if count is ONE else f'are {count} equations'} for the {wanted} entries of {self.solve}",
                suggestion=f"both sides need as many entries as {self.solve}: declare the sizes",
            )
        self.undone = Undone(self.f, self.x)
        self.weight = symbol(self.problem.free_name(WEIGHTS[not is_column(self.x)]), self.x.shape)
        for e in self.undone.needed:
            if e is zeros(*e.shape):
                raise NoAnswerError(f"the equation does not depend on {self.solve}")
        at_zero = simplify(substitute(self.f, {self.x: zeros(*self.x.shape)}))
        if at_zero is zeros(*self.f.shape) and not any(self.x in postorder(e) for e in self.undone.needed):  # A x = lambda x
            words = (
                f"where {', '.join(self.spelled(self.whole(e)) for e in self.undone.needed)} is invertible"
                if self.undone.needed
                else "there"
            )
            hint = "an eigenvector is eigvec(A, k), and its derivative that of matcalc d"
            raise NoAnswerError(f"{self.solve} = 0 is the only solution {words}", suggestion=hint)

    def _read(self, difference: str, solve: str, wrt: Sequence[str], where: Where) -> Problem:
        """The two sides as a difference. As many equations as unknowns are what an equation defines a function by, so sizes that nothing
        says are those of the unknown."""
        what = "an implicit function"
        plain = Problem(Question.of(difference, [solve, *wrt], where).real(what))
        x = plain.variables[plain.names[0]]
        if plain.function.shape == x.shape or plain.function.is_scalar:
            return plain
        try:
            return Problem(Question.of(f"{difference} + 0 {solve}", [solve, *wrt], where).real(what))
        except MatcalcError:
            return plain

    # ---- expressions

    def whole(self, e: Expr) -> Expr:
        """An expression of the answer: with what the equation says and what is declared."""
        return simplify(self.problem.whole(related(e, self.known)))

    def spelled(self, e: Expr) -> str:
        return self.problem.spelled(e)

    def function(self, text: str) -> Expr:
        """A function of the solution, in the same names."""
        declared = self.problem.declarations
        try:
            typed = Question(read(text, declared.values(), self.problem.typed.families), declared.values()).whole()
        except MatcalcError as error:
            raise error.located(text) from None
        for d in typed.declarations:
            declared.setdefault(d.name, d)
        self.problem.notes += [n for n in typed.assumptions if n not in self.problem.notes]
        full = self.problem.typed.declared
        return substitute(typed.expr, {full[n]: v for n, v in self.problem.variables.items() if n in full})

    def program(self, body: Expr, form: tuple[object, ...] | None = None, change: Expr | None = None) -> Program:
        return with_names(self.problem, body, form, change)

    # ---- the answer

    def answer(self, of: str | None, order: int, notation: str, adjoint: bool, verify: bool) -> Implicit:
        g = self.function(of) if of is not None else None
        forms = _Forms(self, g)
        needed = self.undone.needed
        found: list[tuple[str, list[str]]]
        if order == 1:
            found = [(n, [n]) for n in self.wrt]
        elif len(self.wrt) > 2:
            raise UsageError("order 2 is by one variable or by two")
        else:
            found = [(", ".join(self.wrt), [self.wrt[0], self.wrt[-1]])]
        checks: list[Check] = []
        if self.argmin and verify:
            slope = slope_of(self.problem.function, self.x)
            checks.append(judged(self.problem.typed, None, slope, self.solve, self.x))
        made: dict[str, tuple[Program, list[str]]] = {}
        for key, names in found:
            program, claim, known = forms.by(names, notation)
            made[key] = program, names
            if verify:
                checks.append(self._judged(known, claim, names[-1], forms.roots))
        products: dict[str, tuple[Program, list[str]]] = {}
        said = self._adjoint_of(g) if g is not None and g.is_scalar else None
        if order == 1 and g is None:
            v = self.weight
            self.problem.declare(name_of(v), self.x)
            value = self.whole(self.undone.multiplier(v))
            multiplier = symbol(self.problem.free_name(MULTIPLIERS[not is_column(self.f)]), self.f.shape)
            scalar = pairing(multiplier, self.f)
            try:
                said = self._equality(self.whole(gradient(scalar, self.x)), v)
                for n in self.wrt:
                    body = self.whole(negative(gradient(scalar, self.problem.variables[n])))
                    arranger = self.problem.arranger()
                    bound = (Binding(self.spelled(multiplier), arranger.spell(value)),)
                    products[n] = Program("", bound if multiplier in postorder(body) else (), arranger.spell(body)), [n]
                    if verify:
                        full = substitute(body, {multiplier: value})
                        checks.append(self._judged(*_weighted(self.x, v, full, self.problem.variables[n]), n, [full, v]))
            except NoAnswerError:
                products, said = {}, None
        answer = Implicit(self.problem, self.solve, self.equation, self.wrt)
        answer._task = self
        words = "not 0" if self.x.is_scalar else "invertible"
        shown = list(dict.fromkeys(self.spelled(_unscaled(_upright(self.whole(e)))) for e in needed))
        answer.condition = f"{', '.join(shown)} {words}" if shown else "none"
        answer.adjoint, answer.differential = said, self._differential()
        answer.residual = self._equality(self.f, num(0))
        answer.of, answer.is_minimum = of, self.argmin
        names_ = self.problem.taken
        for target, source in ((answer.derivatives, made), (answer.products, products)):
            for key, (program, by) in source.items():
                target[key] = Slope(program, names_, answer.where, by)
        answer.shows_products = adjoint
        if adjoint and not products:
            raise NoAnswerError("there is no product of a vector with this derivative to be shown")
        answer.check = summed_up(checks)
        return answer

    def _equality(self, left: Expr, right: Expr) -> Equality:
        sides = [Program("", (), self.problem.arranger().spell(e)) for e in (left, right)]
        return Equality(self.problem.taken, *sides)

    def _adjoint_of(self, g: Expr) -> Equality:
        """F_x^T λ = ∂g/∂x, spelled."""
        name = self.problem.free_name(MULTIPLIERS[not is_column(self.f)])
        left = gradient(pairing(symbol(name, self.f.shape), self.f), self.x)
        return self._equality(self.whole(left), self.whole(gradient(g, self.x)))

    def _differential(self) -> Equality | None:
        """dF = 0, spelled."""
        changes = [(symbol(f"d{n}", v.shape), v) for n, v in self.problem.variables.items()]
        if any(name_of(c) in self.problem.taken for c, _ in changes):
            return None
        try:
            total = simplify(add(*[along(slope_of(self.f, v), c) for c, v in changes]))
        except NoAnswerError:
            return None
        return self._equality(self.whole(total), num(0))

    def _judged(self, known: Numbers, claim: Along, name: str, roots: Sequence[Expr]) -> Check:
        theta = self.problem.variables[name]
        root = NewtonRoot([self.f], [self.x], self.undone.matrix)
        sampler = self.problem.sampler([self.f, *roots])
        return judged_solution(root, known, claim, theta, sampler, lambda: f"{self.text!r} solved for {self.solve}, by {name}")


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


def _unscaled(e: Expr) -> Expr:
    """Without the number before it: 2 y is not 0 where y is not."""
    _, scalars, body = split(e)
    rest = times(*scalars, *([] if body is None else [body]))
    return e if is_number(rest) else rest


def _upright(e: Expr) -> Expr:
    """A matrix in the place of its transpose: one is invertible where the other is."""
    return e.args[0] if e.op is TRANSPOSE else e


def _weighted(x: Expr, v: Expr, full: Expr, theta: Expr) -> tuple[Numbers, Along]:
    """The sum of v .* x, and what its gradient makes of a change of θ."""
    change = symbol(CHANGE, theta.shape)
    return plain(pairing(v, x)), by_map(terms_of(pairing(full, change)), change)


def plain(e: Expr) -> Numbers:
    """The numbers of an expression by its summands."""

    def bound(arrays: ModuleType) -> Any:
        return Plan(terms_of(e) or [e], arrays).run

    return bound


class _Forms:
    """The derivatives of the solution, or of g of it, in the notation that is wanted: printed, as a claim, beside what is known."""

    def __init__(self, task: OneUnknown, g: Expr | None) -> None:
        self.task, self.g = task, g
        self.undone, self.x = task.undone, task.x
        self.roots: list[Expr] = [] if g is None else [g]
        self.slopes: dict[str, Tensor] = {}

    def by(self, names: Sequence[str], notation: str) -> tuple[Program, Along, Numbers]:
        """The derivative by these variables in turn."""
        if self.undone.stacked:
            return self._stacked(names, notation)
        value = as_tensor(self.x if self.g is None else self.g)
        before = value
        for n in names:
            before, value = value, self._total(value, n)
        final = value.map(self.task.whole)
        self.roots += [*final.expressions(), *before.expressions()]
        way = self._way(final, names) if notation == "auto" else notation
        return self._program(final, names, way), self._claim(final, way), lambda arrays: before.summands({}, arrays)

    def _slope(self, name: str) -> Tensor:
        if name not in self.slopes:
            self.slopes[name] = solution_slope(self.undone, self.task.problem.variables[name]).map(simplify)
        return self.slopes[name]

    def _total(self, before: Tensor, name: str) -> Tensor:
        if before.matrix is self.x:
            return self._slope(name)
        return total_slope(before, self.x, self.task.problem.variables[name], self._slope(name)).map(simplify)

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
        return self.task.program(matrix, ("kron", name, names[-1]))

    def _claim(self, tensor: Tensor, way: str) -> Along:
        return claim_of(tensor, "auto" if way in ("matrix", "index") else way, {}, None, None)

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
                matrix = task.whole(self.undone.kronecker(slope_of(task.f, theta)))
                self.roots.append(matrix)
                return self._kron(matrix, names), by_stacked(matrix, self.x), known
            body = task.whole(changed(self.x, self.undone, theta, change))
            return self._map(body, change, notation), by_map(terms_of(body), change), known
        if self.g is None or not self.g.is_scalar:
            raise NoAnswerError("this derivative is not written here", suggestion="ask for that of a scalar function of the solution: --of")
        first = self._gradient(names[0])
        if len(names) == 1:
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
        return self.task.program(body, ("map", name_of(change)), change)

    def _gradient(self, name: str) -> Expr:
        """∂g/∂θ - ∂<λ, F>/∂θ, with λ as a symbol: F_x^T λ = ∂g/∂x."""
        assert self.g is not None
        theta = self.task.problem.variables[name]
        through = gradient(pairing(self.undone.unknown, self.task.f), theta)
        return simplify(add(gradient(self.g, theta), negative(through)))
