"""What is said of an equation's solution: its derivatives, the condition, the adjoint, each compared with numbers."""

from __future__ import annotations

from ..errors import NoAnswerError, UsageError
from ..expressions.build import add, block, is_number, negative, num, split, substitute, symbol, times
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..notation.linearmap import along
from ..numbers.judge import Along, Numbers
from ..numbers.record import Check, summed_up
from ..ops.core import TRANSPOSE
from ..pipeline.judging import judged
from ..shortening.simplify import simplify
from ..syntax import Binding, Program
from .implicit_answers import Equality, Implicit, Slope
from .implicit_equation import Equation
from .implicit_forms import Forms, plain
from .implicit_numbers import by_map
from .solved import CHANGE, is_column, pairing, slope_of

MULTIPLIERS = {False: ("lambda", "mu", "nu", "p", "lambda_1"), True: ("Lambda", "M", "P", "N", "Lambda_1")}


def answered(task: Equation, of: str | None, order: int, notation: str, adjoint: bool, verify: bool) -> Implicit:
    """The derivatives by all variables, the adjoint and the condition. `of` is a function of the solution, whose derivatives are wanted;
    UsageError where order 2 is asked by more than two variables."""
    g = task.function(of) if of is not None else None
    forms = Forms(task, g)
    needed = task.undone.needed
    found: list[tuple[str, list[str]]]
    if order == 1:
        found = [(n, [n]) for n in task.wrt]
    elif len(task.wrt) > 2:
        raise UsageError("order 2 is by one variable or by two")
    else:
        found = [(", ".join(task.wrt), [task.wrt[0], task.wrt[-1]])]
    checks: list[Check] = list(task.checks)
    if task.argmin and verify and not task.several:  # of several `systems` compared it
        slope = slope_of(task.problem.function, task.x)
        checks.append(judged(task.problem.typed, None, slope, task.solve, task.x))
    made: dict[str, tuple[Program, list[str]]] = {}
    for key, names in found:
        program, claim, known = forms.by(names, notation)
        made[key] = program, names
        if verify:
            checks += [task.judged(known_, claim_, names[0], forms.roots) for claim_, known_ in forms.before]
            checks.append(task.judged(known, claim, names[-1], forms.roots))
    products: dict[str, tuple[Program, list[str]]] = {}
    said = _adjoint_of(task, g) if g is not None and g.is_scalar else None
    if order == 1 and g is None:
        v = task.weight
        task.problem.declare(name_of(v), task.x)
        value = task.whole(task.undone.multiplier(v))
        multiplier = symbol(task.problem.free_name(MULTIPLIERS[not is_column(task.f)]), task.f.shape)
        try:
            said = _equality(task, task.whole(task.undone.transposed(multiplier)), v)
            for n in task.wrt:
                body = task.whole(negative(task.undone.weighted(multiplier, task.problem.variables[n])))
                arranger = task.problem.arranger()
                bound = (Binding(task.spelled(multiplier), arranger.spell(value)),)
                products[n] = Program("", bound if multiplier in postorder(body) else (), arranger.spell(body)), [n]
                if verify:
                    full = substitute(body, {multiplier: value})
                    checks.append(task.judged(*_weighted(task.value, v, full, task.problem.variables[n]), n, [full, v]))
        except NoAnswerError:
            products, said = {}, None
    answer = Implicit(task.problem, task.solve, task.equation, task.wrt)
    answer._task = task
    words = "not 0" if task.x.is_scalar else "invertible"
    shown = list(dict.fromkeys(task.spelled(_unscaled(_upright(task.whole(e)))) for e in needed))
    answer.condition = f"{', '.join(shown)} {words}" if shown else "none"
    answer.adjoint, answer.differential = said, _differential(task)
    answer.residual = _equality(task, task.plain(task.f), num(0))
    answer.of, answer.is_minimum = of, task.argmin
    names_ = task.problem.taken
    for target, source in ((answer.derivatives, made), (answer.products, products)):
        for key, (program, by) in source.items():
            target[key] = Slope(program, names_, answer.where, by)
    answer.shows_products = adjoint
    if adjoint and not products:
        raise NoAnswerError("there is no product of a vector with this derivative to be shown")
    answer.check = summed_up(checks)
    return answer


def _equality(task: Equation, left: Expr, right: Expr) -> Equality:
    sides = [Program("", (), task.problem.arranger().spell(e)) for e in (left, right)]
    return Equality(task.problem.taken, *sides)


def _adjoint_of(task: Equation, g: Expr) -> Equality:
    """F_x^T λ = ∂g/∂x, spelled."""
    name = task.problem.free_name(MULTIPLIERS[not is_column(task.f)])
    left = task.undone.transposed(symbol(name, task.f.shape))
    return _equality(task, task.whole(left), task.whole(task.undone.gradient_of(g)))


def _differential(task: Equation) -> Equality | None:
    """dF = 0, spelled."""
    changes = [(symbol(f"d{n}", v.shape), v) for n, v in task.problem.variables.items()]
    if any(name_of(c) in task.problem.taken for c, _ in changes):
        return None
    try:
        totals = [simplify(add(*[along(slope_of(f, v), c) for c, v in changes])) for f in task.root.f]
    except NoAnswerError:
        return None
    return _equality(task, task.whole(block(len(totals), 1, totals)), num(0))


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


__all__ = ["answered"]
