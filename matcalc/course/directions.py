"""The directional derivative ∇f u, and the direction of steepest ascent ∇fᵀ/‖∇f‖."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, ShapeError, UsageError
from ..expressions import build
from ..expressions.build import add, apply, divide, entry, literal, matmul, num, substitute, symbol, times, trace, transpose, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.properties import holds
from ..kinds import ONE, SCALAR, Dim
from ..notation.linearmap import along as applied
from ..numbers.judge import Sizes, Values, values
from ..numbers.numeric import Plan
from ..numbers.record import Check, summed_up
from ..numbers.search import Comparison
from ..ops.book import REGISTRY
from ..ops.core import ENTRY
from ..shortening.algebra import Algebra, entries_of, is_small
from ..shortening.counterparts import NotTranslated
from ..shortening.folding import folded
from ..shortening.simplify import simplify
from ..syntax import Program
from .flows import as_quadratic_form, flow_of
from .polynomials import shortest
from .problem import Answer, Problem, refuse_where_undefined
from .remainder import check_expansion

_T, _W = "\u2022t", "\u2022w"


class Directional(Answer):
    """What a function does along a direction. `derivative` is None without one; `gradient`, `magnitude` and `steepest` are
    None for a function that is no scalar, `steepest` also where the gradient is zero."""

    def __init__(self, problem: Problem, found: Mapping[str, Expr | None], at: Mapping[Expr, Expr]) -> None:
        super().__init__(problem)
        self._found = dict(found)
        self._arranger = problem.arranger((), at)
        self.derivative, self.gradient, self.magnitude, self.steepest, self.value = (found.get(k) for k in PARTS)

    def spell(self, form: str = "text") -> str:
        main = self.derivative if self.derivative is not None else self.steepest
        return self.part(main if main is not None else self._found["gradient"], form)

    def part(self, e: Expr | None, form: str = "text") -> str:
        """One of the parts, spelled."""
        return "" if e is None else self.spelled(Program("", (), self._arranger.spell(e)), form)

    def parts(self) -> dict[str, Any]:
        return {k: self.part(e) if e is not None else None for k, e in self._found.items()}

    def facts(self) -> list[tuple[str, str]]:
        main = "derivative" if self.derivative is not None else "steepest"
        words = {"steepest": "steepest ascent", "value": "value there"}
        return [
            (words.get(k, k), self.part(e) if e is not None else "none, the gradient is 0") for k, e in self._found.items() if k != main
        ]


PARTS = ("derivative", "gradient", "magnitude", "steepest", "value")


def directional_derivative(problem: Problem, along: str | None, at: str | None, normalize: bool, check: bool) -> Directional:
    """The derivative along a direction, at a point or in general."""
    f = problem.function
    if along is None and not f.is_scalar:
        raise UsageError("only a scalar function has a direction of steepest ascent", suggestion="give a direction: --along u")
    if normalize and along is None:
        raise UsageError("--normalize needs a direction: --along u")
    centre = problem.point(at) if at is not None else {}
    step = _direction(problem, along) if along is not None else None
    if step is not None and all(build.is_zero(u) for u in step.values()):
        if normalize:
            raise NoAnswerError("the zero direction cannot be normalised")
        problem.notes.append("the direction is zero")
    length = _norm([u for u in step.values()]) if step is not None and normalize else None
    found: dict[str, Expr | None] = {}
    gradient = _gradients(problem) if f.is_scalar else None
    if step is not None:
        if gradient is not None:
            slope = add(*[_inner(gradient[x], step[x]) for x in step])
        else:
            slope = add(*[_applied(f, x, u) for x, u in step.items()])
        found["derivative"] = _finished(problem, slope if length is None else divide(slope, length), centre)
        form = as_quadratic_form(slope, problem.only) if flow_of(along) and not centre and len(step) == 1 and length is None else slope
        if form is not slope:
            found["derivative"] = problem.whole(form)
    if gradient is not None:
        found |= _ascent(problem, {x: substitute(g, centre) for x, g in gradient.items()})
    if centre:
        found["value"] = _finished(problem, f, centre)
    for e in found.values():
        if e is not None:
            refuse_where_undefined(e, "the function or its derivative")
    answer = Directional(problem, found, centre)
    if check:
        answer.check = _checked(problem, answer, step, length, centre, gradient)
    return answer


def _direction(problem: Problem, text: str) -> dict[Expr, Expr]:
    """The direction: of the variable's kind; for several scalars a column with an entry for each, or `x = …; y = …`; of a flow
    x' = f(x), what it says."""
    xs = list(problem.variables.values())
    flow = flow_of(text)
    if flow:
        missing = [n for n in problem.names if n not in flow]
        if missing or len(flow) > len(xs):
            other = ", ".join(n for n in flow if n not in problem.names)
            raise UsageError(f"--along has no rate for {', '.join(missing)}" if missing else f"--along has a rate for {other}, no variable")
        return {x: problem.value(flow[n], x, "--along", free=True) for n, x in problem.variables.items()}
    if len(xs) == 1 or "=" in text:
        if len(xs) == 1 and "=" not in text:
            return {xs[0]: problem.value(text, xs[0], "--along", free=True)}
        return problem.point(text, "--along")
    if not all(x.is_scalar for x in xs):
        wanted = "; ".join(f"{n} = …" for n in problem.names)
        raise UsageError("for several vectors or matrices name the parts of the direction", suggestion=f'--along "{wanted}"')
    like = symbol(problem.names[0], (Dim.of(len(xs)), ONE))
    u = problem.value(text, like, "--along", free=True)
    if u.shape != like.shape:
        raise ShapeError(f"--along has {u.shape[0]} entries for {len(xs)} variables")
    return {x: entry(u, num(k + 1), num(1)) for k, x in enumerate(xs)}


def _gradients(problem: Problem) -> dict[Expr, Expr]:
    """∂f/∂x in the shape of x, for every variable."""
    xs = list(problem.variables.values())
    found = _by_sympy(problem.function, xs)
    if found is not None:
        return found
    for x in xs:
        tensor = _differentiated(problem.function, x)
        if tensor.matrix is None:
            raise NoAnswerError("the gradient has no matrix notation")
        found = (found or {}) | {x: simplify(tensor.matrix)}
    assert found is not None
    return found


def _differentiated(f: Expr, x: Expr) -> Tensor:
    tensor = Tensor.of(f)
    return tensor.differentiate(x)


def _by_sympy(f: Expr, xs: Sequence[Expr]) -> dict[Expr, Expr] | None:
    """Of scalars, and of the entries of small arrays."""
    arrays = [x for x in xs if not x.is_scalar]
    if not all(is_small(x) for x in xs) or (arrays and not any(n.op is ENTRY and n.args[0] in arrays for n in postorder(f))):
        return None
    import sympy

    algebra = Algebra([e for x in xs for e in entries_of(x)])
    try:
        s = algebra.number(f)
        found = {}
        for x in xs:
            parts = [simplify(algebra.expression(sympy.diff(s, algebra.symbol_of(e)))) for e in entries_of(x)]
            rows, cols = (d.number or 1 for d in x.shape)
            found[x] = parts[0] if x.is_scalar else literal(rows, cols, [parts[j * rows + i] for i in range(rows) for j in range(cols)])
        return found
    except NotTranslated:
        return None


def _inner(g: Expr, u: Expr) -> Expr:
    if g.is_scalar:
        return times(g, u)
    return matmul(transpose(g), u) if g.shape[1] is ONE else trace(matmul(transpose(g), u))


def _applied(f: Expr, x: Expr, u: Expr) -> Expr:
    """The Jacobian times the direction, as a column where there is one."""
    tensor = _differentiated(f, x)
    if tensor.matrix is not None and f.shape[1] is ONE and x.shape[1] is ONE and not x.is_scalar:
        return matmul(simplify(tensor.matrix), u)
    return applied(tensor, u) if tensor.matrix is None or not x.is_scalar else times(u, simplify(tensor.matrix))


def _norm(parts: Sequence[Expr]) -> Expr:
    """The length of everything stacked."""
    if len(parts) == 1:
        (u,) = parts
        if u.is_scalar:
            return tidied(apply(REGISTRY["abs"], (u,)))
        c, scalars, body = build.split(u)
        if body is not None and (scalars or c != 1):
            factors = [s if holds(s, "positive") else apply(REGISTRY["abs"], (s,)) for s in scalars]
            return times(num(abs(c)), *factors, _norm([body]))
        if holds(u, "unit"):
            return num(1)
        return tidied(apply(REGISTRY["norm" if u.shape[1] is ONE else "normF"], (u,)))
    from fractions import Fraction

    squares = [times(u, u) if u.is_scalar else trace(matmul(transpose(u), u)) for u in parts]
    return tidied(build.power(add(*squares), num(Fraction(1, 2))))


def tidied(e: Expr) -> Expr:
    """Numbers worked out: the length of [1; 1] is sqrt(2)."""
    import sympy

    algebra = Algebra()
    if not (e.is_scalar and all(is_small(n) for n in postorder(e))):
        return e
    try:
        s = algebra.number(e)
        short = sympy.simplify(s) if s.count_ops() < 60 else s
        worked = simplify(algebra.expression(short))
    except (NotTranslated, NotImplementedError):
        return e
    return worked if worked.size <= e.size or s.is_number else e


def _finished(problem: Problem, e: Expr, centre: Mapping[Expr, Expr]) -> Expr:
    value = folded(shortest(problem.whole(substitute(e, centre))))
    return tidied(value) if value.is_scalar else value


def _ascent(problem: Problem, gradient: Mapping[Expr, Expr]) -> dict[str, Expr | None]:
    """The gradient (a row for scalars and vectors), its length and its direction."""
    parts = [folded(shortest(problem.whole(g))) for g in gradient.values()]
    if len(parts) > 1 and not all(g.is_scalar for g in parts):
        return {}
    whole = parts[0] if len(parts) == 1 else literal(len(parts), 1, [tidied(g) for g in parts])
    length = _norm(parts)
    if build.is_zero(whole) or build.is_zero(length):
        return {"gradient": transpose(whole), "magnitude": num(0), "steepest": None}
    steepest = divide(whole, length)
    explicit = _entrywise_tidied(whole, length)
    row = whole if len(parts) == 1 and whole.shape[1] is not ONE else transpose(whole)
    return {"gradient": row, "magnitude": length, "steepest": explicit if explicit is not None else steepest}


def _entrywise_tidied(whole: Expr, length: Expr) -> Expr | None:
    """Of literal vectors, the unit vector as a number times one with whole entries."""
    from ..ops.core import LITERAL

    if whole.op is not LITERAL or not all(build.is_number(a) for a in whole.args):
        return None
    from math import gcd, lcm

    values = [build.value_of(a) for a in whole.args]
    below = lcm(*[v.denominator for v in values])
    above = gcd(*[int(v * below) for v in values])
    rows, cols = (d.number or 1 for d in whole.shape)
    scale = num(values[0] / values[0] * above) if values[0] else num(above)
    direction = literal(rows, cols, [num(v * below / above) for v in values])
    return times(tidied(divide(divide(scale, num(below)), length)), direction)


def _checked(
    problem: Problem,
    answer: Directional,
    step: Mapping[Expr, Expr] | None,
    length: Expr | None,
    centre: Mapping[Expr, Expr],
    gradient: Mapping[Expr, Expr] | None,
) -> Check | None:
    """The slope of f(x + t u) at t = 0 against a step in t; the gradient along a random direction; its length and unit vector."""
    f = problem.typed.expr
    t = symbol(_T)
    base = {x: centre.get(x, x) for x in problem.variables.values()}
    runs: list[tuple[Mapping[Expr, Expr], Expr]] = []
    if step is not None and answer.derivative is not None:
        unit = {x: u if length is None else divide(u, length) for x, u in step.items()}
        runs.append(({x: substitute(u, centre) for x, u in unit.items()}, answer.derivative))
    if gradient is not None:
        free = {x: symbol(_W + str(k), x.shape) for k, x in enumerate(problem.variables.values())}
        runs.append((free, substitute(add(*[_inner(g, free[x]) for x, g in gradient.items()]), centre)))
    checks: list[Check] = []
    for u, slope in runs:
        moved = problem.whole(substitute(f, {x: add(a, times(t, u[x])) for x, a in base.items()}))
        start = problem.whole(substitute(f, base))
        if slope.shape != start.shape:
            slope = transpose(slope)
        line = add(start, times(t, slope))
        sampler = problem.sampler([moved, line, t])
        checks.append(check_expansion(problem.typed, moved, line, {t: zeros(*SCALAR)}, 1, sampler, repr(problem.text)))
    if gradient is not None and answer.gradient is not None and answer.magnitude is not None:
        checks.append(_ascent_checked(problem, answer, [problem.whole(substitute(g, centre)) for g in gradient.values()]))
    return summed_up(checks)


def _ascent_checked(problem: Problem, answer: Directional, gradient: Sequence[Expr]) -> Check:
    """The gradient as a row, its length and its direction against the gradients by every variable, but for the order of the entries."""
    assert answer.magnitude is not None and answer.gradient is not None
    shown = [answer.gradient, answer.magnitude, *([answer.steepest] if answer.steepest is not None else [])]

    def known(arrays: ModuleType) -> Callable[..., Any]:
        plan = Plan(gradient, arrays)

        def value(env: Values, sizes: Sizes) -> Any:
            entries = sorted(x for v in plan.run(env, sizes) for x in arrays.flat(v))
            return [[*entries, sum(x * x for x in entries), *(entries if answer.steepest is not None else ())]]

        return value

    def claimed(arrays: ModuleType) -> Callable[..., Any]:
        plan = Plan(shown, arrays)

        def value(env: Values, sizes: Sizes) -> Any:
            row, size, *unit = (arrays.flat(v) for v in plan.run(env, sizes))
            return [[*sorted(row), size[0] ** 2, *(sorted(x * size[0] for x in unit[0]) if unit else ())]]

        return value

    sampler = problem.sampler([*gradient, *shown])
    wrong = f"the direction of steepest ascent is wrong: please report {problem.text!r}"
    return Comparison(
        values(known, claimed), sampler.point, sampler.dims, wrong=lambda: wrong, unjudged="the gradient could not be checked"
    ).judged()
