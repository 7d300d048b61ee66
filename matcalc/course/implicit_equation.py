"""An equation that defines unknowns: what is read of it, the inverse of its derivative by them, and their check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import is_complex, substitute, symbol, zeros
from ..expressions.expr import Expr, postorder
from ..kinds import ONE, shape_text
from ..numbers.judge import Along, Numbers
from ..numbers.record import Check
from ..pipeline.given import Where
from ..pipeline.point import statements
from ..pipeline.question import Question, read
from ..shortening.simplify import simplify
from .implicit_complex import conjugate_gradient, has_complex, holomorphic, refuse_conjugates
from .implicit_numbers import NewtonRoot, judged_solution
from .problem import Problem
from .solved import Undone, gradient, is_column, related, relation, without_factor

WEIGHTS = {False: ("v", "u", "w", "v_1"), True: ("V", "U", "W", "V_1")}


class Equation:
    """F = 0 for the unknown `x`, as it was read: `equation` is its text, `solve` the name of the unknown. `known` is what the equation
    says, `written` what is printed in the place of parts of F (of several unknowns, which are parts of x), `value` so the unknown."""

    def __init__(self, problem: Problem, undone: Undone, wrt: Sequence[str], solve: str, equation: str, root: NewtonRoot) -> None:
        self.problem, self.undone, self.wrt, self.solve, self.equation, self.root = problem, undone, tuple(wrt), solve, equation, root
        self.x, self.f = undone.x, undone.f
        self.known: Mapping[Expr, Expr] = {}
        self.written: Mapping[Expr, Expr] = {}
        self.argmin = False
        self.checks: list[Check] = []  # of what was made before there was an equation
        self.weight = symbol(problem.free_name(WEIGHTS[not is_column(self.x)]), self.x.shape, ["complex"] if is_complex(self.x) else [])

    @property
    def several(self) -> bool:
        return bool(self.written)

    @property
    def value(self) -> Expr:
        return self.plain(self.x)

    def plain(self, e: Expr) -> Expr:
        """An expression in the names of the text alone."""
        return substitute(e, self.written) if self.written else e

    def whole(self, e: Expr) -> Expr:
        """An expression of the answer: with what the equation says and what is declared."""
        return simplify(self.problem.whole(related(self.plain(e), self.known)))

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
        given = substitute(typed.expr, {full[n]: v for n, v in self.problem.variables.items() if n in full})
        found = substitute(given, {e: part for part, e in self.written.items() if part is not self.x})
        for n in (self.solve, *self.wrt):
            refuse_conjugates(found, self.problem.variables.get(n, self.x), n, "the function")
        return found

    def judged(self, known: Numbers, claim: Along, name: str, roots: Sequence[Expr]) -> Check:
        """What was compared of a derivative by this name."""
        theta = self.problem.variables[name]
        sampler = self.problem.sampler([*self.root.f, *self.root.x, *map(self.plain, roots)])
        return judged_solution(self.root, known, claim, theta, sampler, lambda: f"{self.equation!r} solved for {self.solve}, by {name}")


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


def one_unknown(text: str, solve: str, names: Sequence[str], where: Where, argmin: bool) -> Equation:
    """The equation of one unknown; with `argmin` that the gradient of a function is 0.

    ShapeError where there are not as many equations as entries, NoAnswerError where it does not depend on the unknown.
    """
    before, left, right = ("", text, "0") if argmin else sides_of_text(text)
    if argmin:
        problem = Problem(Question.of(text, [solve, *names], where))
    else:
        problem = _read(f"{before}{left if right == '0' else f'{left} - ({right})'}", solve, names, where)
    solve = problem.names[0]
    wrt = [n for n in problem.names if n != solve]
    if not wrt:
        raise UsageError("no variable to differentiate by, beside the unknown")
    x, f, equation = problem.variables[solve], problem.function, f"{before}{left} = {right}"
    if argmin:
        if not f.is_scalar:
            raise ShapeError(f"what is minimised is a number, and this is {shape_text(f.shape)}")
        f = without_factor(conjugate_gradient(problem, f, solve) if has_complex(problem) and is_complex(x) else gradient(f, x))
        equation = f"the gradient by {solve} is 0: {problem.spelled(simplify(problem.whole(f)))} = 0"
    count, wanted = f.shape[0] * f.shape[1], x.shape[0] * x.shape[1]
    if count is not wanted:
        raise ShapeError(
            f"there {'is 1 equation' if count is ONE else f'are {count} equations'} for the {wanted} entries of {solve}",
            suggestion=f"both sides need as many entries as {solve}: declare the sizes",
        )
    if has_complex(problem):
        holomorphic(problem, f, solve, wrt)
    undone = Undone(f, x)
    found = Equation(problem, undone, wrt, solve, equation, NewtonRoot([f], [x], undone.matrix))
    found.argmin = argmin
    if not argmin:
        found.known = relation(f)
    _refuse_what_defines_nothing(found)
    return found


def _refuse_what_defines_nothing(task: Equation) -> None:
    f, x, needed = task.f, task.x, task.undone.needed
    for e in needed:
        if e is zeros(*e.shape):
            raise NoAnswerError(f"the equation does not depend on {task.solve}")
    at_zero = simplify(substitute(f, {x: zeros(*x.shape)}))
    if at_zero is zeros(*f.shape) and not any(x in postorder(e) for e in needed):  # A x = lambda x
        words = f"where {', '.join(task.spelled(task.whole(e)) for e in needed)} is invertible" if needed else "there"
        hint = "an eigenvector is eigvec(A, k), and its derivative that of matcalc d"
        raise NoAnswerError(f"{task.solve} = 0 is the only solution {words}", suggestion=hint)


def _read(difference: str, solve: str, wrt: Sequence[str], where: Where) -> Problem:
    """The two sides as a difference. As many equations as unknowns are what an equation defines a function by, so sizes that nothing
    says are those of the unknown."""
    plain = Problem(Question.of(difference, [solve, *wrt], where))
    x = plain.variables[plain.names[0]]
    if plain.function.shape == x.shape or plain.function.is_scalar:
        return plain
    try:
        return Problem(Question.of(f"{difference} + 0 {solve}", [solve, *wrt], where))
    except MatcalcError:
        return plain


__all__ = ["Equation", "one_unknown", "sides_of_text"]
