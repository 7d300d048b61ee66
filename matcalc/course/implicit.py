"""Functions that an equation defines: x with F(x, θ) = 0, its derivative by θ, the adjoint of it, and functions of x.

dF = F_x dx + F_θ dθ = 0 gives dx where F_x is invertible. With F_x^T λ = v, v^T dx is -λ^T F_θ dθ, so that a gradient takes one solution of
one linear equation, whatever θ is (Krantz and Parks 2013, Blondel and others 2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from ..answers.answer import ClosedForm
from ..answers.layout import laid_out
from ..differentiation.tensor import Tensor
from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import add, negative, num, substitute, symbol, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..kinds import ONE, SCALAR, shape_text
from ..notation.authorship import typed_order
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..notation.naming import LEAST_GAIN, names_for, repeated
from ..numbers.judge import Along, Numbers
from ..numbers.numeric import Plan
from ..numbers.record import Check, summed_up
from ..ops.core import TRANSPOSE
from ..pipeline.given import Names, Where, names_of
from ..pipeline.judging import claim_of, judged, terms_of
from ..pipeline.point import statements
from ..pipeline.question import Question, read
from ..printing.count import symbols
from ..printing.document import plain as plain_latex
from ..printing.formats import Spelled, Typeset, spelled
from ..shortening.simplify import simplify
from ..sources import abbreviated, after, work
from ..syntax import Binding, Program
from .implicit_numbers import NewtonRoot, by_map, by_stacked, judged_solution
from .problem import Answer, Problem
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

KRANTZ_PARKS = work(
    "Krantz & Parks 2013", "S. G. Krantz and H. R. Parks, The Implicit Function Theorem: History, Theory, and Applications, Birkhäuser 2013"
)
BLONDEL = work(
    "Blondel et al. 2022", "M. Blondel and others, Efficient and Modular Implicit Differentiation, NeurIPS 35 (2022), arXiv:2105.15183"
)
BESIDE = 60  # characters of a line beside which its rule stands
NOTATIONS = ("auto", "matrix", "kron", "differential", "index")
MULTIPLIERS = {False: ("lambda", "mu", "nu", "p", "lambda_1"), True: ("Lambda", "M", "P", "N", "Lambda_1")}
WEIGHTS = {False: ("v", "u", "w", "v_1"), True: ("V", "U", "W", "V_1")}


class Slope(Typeset):
    """One derivative of the solution, or of a function of it, by one variable (twice by it, or by two): as it is printed."""

    check: Check | None = None

    def __init__(self, program: Program, names: frozenset[str], where: str, wrt: Sequence[str]) -> None:
        self.program, self._names, self.where, self.wrt = program, names, where, tuple(wrt)

    def spell(self, form: str = "text") -> str:
        """The derivative in a format: text, unicode, latex, typst, mathml or markdown."""
        return spelled(self.program, form, self._names)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed, given arrays for its names, the solution too."""
        from ..pipeline.expression import expression

        read_back = expression(Question.of(self.text, where=self.where))
        return read_back.evaluate({n: v for n, v in values.items() if n in read_back.where})


class Equality(Spelled):
    """Two sides that are equal, as they are printed."""

    def __init__(self, names: frozenset[str], *sides: Program | str) -> None:
        self._names, self.sides = names, sides

    def spell(self, form: str = "text") -> str:
        return " = ".join(s if isinstance(s, str) else spelled(s, form, self._names) for s in self.sides)


class Implicit(Answer):
    """The derivative of a solution by every variable (`derivatives`), what must be invertible (`condition`), and the adjoint: the equation
    of λ (`adjoint`), and the products of a vector with the derivatives (`products`)."""

    def __init__(self, problem: Problem, solve: str, equation: str, wrt: Sequence[str]) -> None:
        super().__init__(problem)
        self.solve, self.equation, self.wrt = solve, equation, tuple(wrt)
        self._task: _Task
        self.of: str | None = None
        self.is_minimum = False
        self.derivatives: dict[str, Slope] = {}
        self.products: dict[str, Slope] = {}
        self.condition = ""
        self.residual: Equality | None = None
        self.adjoint: Equality | None = None
        self.differential: Equality | None = None
        self.shows_products = self.shows_steps = False

    def shown(self) -> dict[str, Slope]:
        return self.products if self.shows_products else self.derivatives

    def spell(self, form: str = "text") -> str:
        several = len(self.shown()) > 1
        found = "\n".join(f"{n}: {d.spell(form)}" if several else d.spell(form) for n, d in self.shown().items())
        return f"{laid_out_steps(self.steps(form), form)}\n\n{found}" if self.shows_steps else found

    def steps(self, form: str = "text") -> list[dict[str, str]]:
        """How it came about: lines (`text`), each with its `rule` and the `source` of that."""
        rows: list[tuple[str, str, str]] = []
        if self.residual is not None:
            rows.append((self.residual.spell(form), "stationarity" if self.is_minimum else "the equation", "definition"))
        if self.differential is not None:
            rows.append((self.differential.spell(form), "differential of both sides", after(KRANTZ_PARKS)))
        theorem = f"implicit function theorem, {self.condition}" if self.condition != "none" else "implicit function theorem"
        if self.adjoint is not None:
            rows.append((self.adjoint.spell(form), "adjoint equation", after(BLONDEL)))
        for name, d in self.derivatives.items():
            rows.append((self._headed(name, d, form), theorem, after(KRANTZ_PARKS)))
        for p in self.products.values():
            rows.append((p.spell(form), f"product of a vector with the derivative by {p.wrt[0]}", after(BLONDEL)))
        return [dict(zip(("text", "rule", "source"), row, strict=True)) for row in rows]

    def _headed(self, name: str, d: Slope, form: str) -> str:
        text = d.spell(form)
        return text if d.program.form is not None or d.program.bindings else f"{self._head(name, form)} = {text}"

    def _head(self, name: str, form: str) -> str:
        above, below = self.of or self.solve, name
        if form == "latex" and self.of is None and len(self.solve) == len(name) == 1:
            return rf"\frac{{\partial {above}}}{{\partial {below}}}"
        return f"d({above})/d{below}" if self.of else f"d{above}/d{below}"

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of the one derivative."""
        if len(self.shown()) != 1:
            raise UsageError("there are several derivatives", suggestion="derivatives[name].evaluate(values)")
        return next(iter(self.shown().values())).evaluate(values)

    def code(self, target: str = "numpy", *, sizes: Mapping[str, int] | None = None) -> str:
        """A file of functions in numpy, jax, torch or octave: the residual, the solution by Newton's method, products of vectors with its
        derivative by all the variables, for which one linear equation is solved."""
        from .implicit_code import program_of

        task = self._task
        return program_of(task.problem, task.f, task.undone, task.weight, self.wrt, target, sizes)

    def facts(self) -> list[tuple[str, str]]:
        found = [("equation", self.equation), ("condition", self.condition)]
        found += [("adjoint", self.adjoint.text)] if self.adjoint is not None else []
        if not self.shows_products:
            found += [("vjp" if len(self.products) == 1 else f"vjp by {n}", p.text) for n, p in self.products.items()]
        return found

    def parts(self) -> dict[str, Any]:
        return {
            "equation": self.equation,
            "solve": self.solve,
            "of": self.of,
            "condition": self.condition,
            "differential": _text(self.differential),
            "derivatives": {n: d.text for n, d in self.derivatives.items()},
            "adjoint": {"equation": _text(self.adjoint), "products": {n: p.text for n, p in self.products.items()}},
            **({"steps": self.steps()} if self.shows_steps else {}),
        }


def _text(e: Equality | None) -> str | None:
    return None if e is None else e.text


def laid_out_steps(rows: Sequence[Mapping[str, str]], form: str) -> str:
    """The steps on a page: each line with its rule and source beside it, or below where it is long."""
    if form == "latex":
        lines = [f"& {row['text']} && \\text{{{plain_latex(row['rule'])}}}" for row in rows]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    column = max([len(r["text"]) for r in rows if len(r["text"]) <= BESIDE], default=0) + 3
    found = []
    for row in rows:
        source = abbreviated(row["source"])
        reason = row["rule"] if source == "definition" else f"{row['rule']} [{source}]"
        found += [f"{row['text']:<{column}}{reason}"] if len(row["text"]) <= BESIDE else [row["text"], f"      {reason}"]
    return "\n".join(found)


def implicit(
    equation: str,
    solve: str,
    wrt: Names,
    *,
    argmin: bool = False,
    of: str | None = None,
    order: int = 1,
    notation: str = "auto",
    adjoint: bool = False,
    where: Where = None,
    verify: bool = True,
    subject_to: Sequence[str] | str = (),
) -> Implicit:
    """The derivative of the solution `solve` of an equation by `wrt`; with `argmin` of the stationary point of a function.

    `of` is a function of the solution and of what it depends on, whose derivative is wanted in its place; of `order` 2 the second one.
    With `adjoint` the products of a vector with the derivative are what is printed. ShapeError where there are not as many equations as
    unknowns, NoAnswerError where nothing could be compared.

    Several unknowns, "x, y", have an equation each, split by semicolons; `subject_to` are equations that hold where a function is least,
    with multipliers as further unknowns (`systems`).

    implicit("A x = b", "x", "b").text    A^-1
    """
    if notation not in NOTATIONS:
        raise UsageError(f"unknown notation {notation!r}: use {', '.join(NOTATIONS)}")
    if order not in (1, 2):
        raise UsageError(f"the derivative of a solution has order 1 or 2 here, not {order!r}")
    constraints = [subject_to] if isinstance(subject_to, str) else list(subject_to)
    unknowns = [n.strip() for n in solve.split(",")]
    if constraints or len(unknowns) > 1:
        if constraints and not argmin:
            raise UsageError(
                "constraints are of what is minimised", suggestion="--argmin, or the equations with their unknowns, --solve x,y"
            )
        if of is not None or order != 1 or adjoint or notation != "auto":
            message = "of several unknowns the first derivatives are written, one below the other"
            raise UsageError(message, suggestion="leave out --of, --order, --adjoint and --notation")
        from .systems import system

        return system(equation, unknowns, wrt, subject_to=constraints, argmin=argmin, where=where, verify=verify)
    names = names_of(wrt)
    try:
        task = _Task(equation, solve, names, where, argmin)
        return task.answer(of, order, notation, adjoint, verify)
    except MatcalcError as error:
        raise error.located(equation) from None


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


class _Task:
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
        shown = list(dict.fromkeys(self.spelled(_upright(self.whole(e))) for e in needed))
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

    def __init__(self, task: _Task, g: Expr | None) -> None:
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


__all__ = ["Implicit", "Slope", "implicit", "plain", "sides_of_text", "with_names"]
