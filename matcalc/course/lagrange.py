r"""The equation of Euler and Lagrange: d/dt(∂L/∂\dot q) - ∂L/∂q for L(q, \dot q), with \ddot q for the rate of \dot q."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..errors import MatcalcError, NoAnswerError, UsageError
from ..expressions.build import add, negative, symbol
from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..inference.declarations import spell_declaration
from ..kinds import SCALAR
from ..notation.linearmap import along
from ..notation.surface import number
from ..numbers.agreement import Level, Sides
from ..numbers.numeric import Plan
from ..numbers.record import Check, summed_up
from ..numbers.search import Comparison
from ..numbers.verify import Kind
from ..pipeline.given import Function, Names, Where, declared_in, names_of
from ..pipeline.judging import margin
from ..pipeline.question import Question, names_in
from ..shortening.simplify import simplify
from ..sources import cite, follows, work
from ..syntax import Declaration, Node, Program, spell_name
from .implicit_answers import laid_out_steps
from .problem import Answer, Problem
from .remainder import depending
from .solved import gradient, slope_of

KIBBLE_BERKSHIRE = work(
    "Kibble & Berkshire 2004", "T. W. B. Kibble and F. H. Berkshire, Classical Mechanics, 5th ed., Imperial College Press 2004"
)


class EulerLagrange(Answer):
    """The left sides of the equations, which are 0 along a motion, by coordinates (`equations`); `momenta` are ∂L/∂\\dot q."""

    shows_steps = False

    def __init__(
        self, problem: Problem, equations: dict[str, Expr], momenta: dict[str, Expr], between: dict[str, tuple[Expr, Expr]]
    ) -> None:
        super().__init__(problem)
        self.equations, self.momenta = equations, momenta
        self._between = between  # of each coordinate: the rate of its momentum, and its force
        self._lagrangian = problem.whole(problem.function)
        self._arranger = problem.arranger()

    def spell(self, form: str = "text") -> str:
        lines = {n: self.part(e, form) for n, e in self.equations.items()}
        nought = f" = {self.spelled(number(0), form)}"
        labels = {n: f"{self.words(n, form).strip()}: " if len(lines) > 1 else "" for n in lines}
        found = "\n".join(f"{labels[n]}{line}{nought}" for n, line in lines.items())
        return f"{laid_out_steps(self.steps(form), form)}\n\n{found}" if self.shows_steps else found

    def steps(self, form: str = "text") -> list[dict[str, str]]:
        """How it came about: lines (`text`), each with its `rule` and the `source` of that. The equation stands in the first layout, with
        columns for ∂L/∂q and ∂L/∂\\dot q."""
        rows = [(f"L = {self.part(self._lagrangian, form)}", "the Lagrangian", "definition")]
        for n, p in self.momenta.items():
            rate, force = self._between[n]
            v, left = spell_name(n, "dot"), "d/dt" if form != "latex" else r"\frac{d}{dt}"
            below = (self.name(v, form), self.name(n, form))
            slope = [rf"\frac{{\partial L}}{{\partial {x}}}" if form == "latex" else f"dL/d{x}" for x in below]
            rows += [
                (f"{slope[0]} = {self.part(p, form)}", f"momentum of {n}", cite(KIBBLE_BERKSHIRE, "eq. (3.45)")),
                (f"{left} {slope[0]} = {self.part(rate, form)}", "chain rule along the motion", follows("the chain rule", "mml")),
                (f"{slope[1]} = {self.part(force, form)}", f"force on {n}", cite(KIBBLE_BERKSHIRE, "eq. (3.45)")),
                (f"{self.part(self.equations[n], form)} = 0", "Lagrange's equation", cite(KIBBLE_BERKSHIRE, "eq. (3.44)")),
            ]
        return [dict(zip(("text", "rule", "source"), row, strict=True)) for row in rows]

    def name(self, name: str, form: str) -> str:
        """A coordinate or a rate, spelled."""
        return self.spelled(Program("", (), Node("name", (), name)), form)

    def part(self, e: Expr, form: str = "text") -> str:
        """One of the parts, spelled."""
        return self.spelled(Program("", (), self._arranger.spell(e)), form)

    def facts(self) -> list[tuple[str, str]]:
        return [("momentum" if len(self.momenta) == 1 else f"momentum of {n}", self.part(p)) for n, p in self.momenta.items()]

    def parts(self) -> dict[str, Any]:
        return {
            "equations": {n: self.part(e) for n, e in self.equations.items()},
            "momenta": {n: self.part(p) for n, p in self.momenta.items()},
            **({"steps": self.steps()} if self.shows_steps else {}),
        }


def lagrange(lagrangian: Function, wrt: Names, *, where: Where = None, verify: bool = True) -> EulerLagrange:
    r"""The equation of motion of a Lagrangian of coordinates q and rates \dot q.

    lagrange(r"1/2 \dot q^T M \dot q - q^T K q/2", "q", where="M, K in S^n; q in R^n").text    M q_{ddot} + K q = 0
    """
    question = Question.of(lagrangian, wrt, where)
    try:
        names = list(names_in(names_of(wrt), question.declarations))
        rates = [spell_name(n, "dot") for n in names]
        problem = Problem(Question.of(lagrangian, [*names, *rates], where).real("the equation of Euler and Lagrange"))
        unlike = [n for n, r in zip(names, rates, strict=True) if problem.variables[n].shape != problem.variables[r].shape]
        if unlike:  # a rate has the size of its coordinate
            known = {d.name: d for d in problem.typed.declarations}
            pairs = [(known[n], Declaration(spell_name(n, "dot"), "R", known[n].sizes)) for n in unlike]
            more = "; ".join(spell_declaration(d) for pair in pairs for d in pair)
            problem = Problem(Question.of(lagrangian, [*names, *rates], f"{declared_in(where)}; {more}"))
        return _answer(problem, names, rates, verify)
    except MatcalcError as error:
        raise error.located(question.text) from None


def _answer(problem: Problem, names: Sequence[str], rates: Sequence[str], verify: bool) -> EulerLagrange:
    f = problem.function
    if not f.is_scalar:
        raise UsageError("a Lagrangian is a number")
    flow: dict[Expr, Expr] = {}
    for n, r in zip(names, rates, strict=True):
        q, v = problem.variables[n], problem.variables[r]
        if q.shape != v.shape:
            raise UsageError(f"{r} has not the size of {n}", suggestion=f"declare both: {n}, {r} in R^n")
        second = spell_name(n, "ddot")
        if second in problem.taken:
            raise UsageError(f"{second} stands in the Lagrangian, which is a function of {n} and {r}")
        problem.declare(second, q)
        flow |= {q: v, v: symbol(second, q.shape)}
    momenta, equations = {}, {}
    between: dict[str, tuple[Expr, Expr]] = {}
    for n, r in zip(names, rates, strict=True):
        p = gradient(f, problem.variables[r])
        try:
            rate = add(*[along(slope_of(p, z), step) for z, step in flow.items()])
        except NoAnswerError:
            raise NoAnswerError(f"the rate of the momentum {r} has no matrix notation") from None
        momenta[n] = simplify(problem.whole(p))
        force = gradient(f, problem.variables[n])
        equations[n] = simplify(problem.whole(add(rate, negative(force))))
        between[n] = simplify(problem.whole(rate)), simplify(problem.whole(force))
    answer = EulerLagrange(problem, equations, momenta, between)
    if verify:
        answer.check = summed_up([_checked(problem, names, rates, flow, n, e) for n, e in equations.items()])
    return answer


LEVELS = (Level(90, 17, 25, 50), Level(220, 50, 25, 60))  # a difference of differences takes twice as many digits


def _checked(problem: Problem, names: Sequence[str], rates: Sequence[str], flow: Mapping[Expr, Expr], name: str, equation: Expr) -> Check:
    """The equation of one coordinate along a random change η of it, against d/dt d/dε L(q, v + ε η) - d/dε L(q + ε η, v) by
    differences along q + v t + a t^2/2."""
    f, parts = problem.whole(problem.typed.expr), terms_of(equation)
    summands = terms_of(f)
    triples = [(n, r, name_of(flow[problem.variables[r]])) for n, r in zip(names, rates, strict=True)]
    shape = problem.variables[name].shape

    def sight(arrays: ModuleType) -> Callable[..., Sides]:
        value, claim = Plan(summands, arrays), Plan(parts, arrays)

        def at(env: dict[str, Any], kind: Kind, level: Level, watch: Any) -> Sides:
            rows, cols = (d.value(kind.sizes) for d in shape)
            eta = arrays.random(kind.turn).uniform(-1.0, 1.0, (rows, cols))
            eta = arrays.number(eta) if shape == SCALAR else eta
            h = arrays.exact(10) ** -level.step

            def action(time: Any, place: Any, rate: Any) -> tuple[Any, ...]:
                moved = dict(env)
                for q, v, a in triples:
                    moved[q] = env[q] + env[v] * time + env[a] * (time * time / 2)
                    moved[v] = env[v] + env[a] * time
                moved[name] = moved[name] + eta * place
                own = spell_name(name, "dot")
                moved[own] = moved[own] + eta * rate
                return value.run(moved, kind.sizes)

            zero = h * 0
            watch.trace = []
            ends = [[action(s * h, zero, t * h) for t in (1, -1)] for s in (1, -1)]
            moving = zip(*ends[0], *ends[1], strict=True)
            momentum = [(ahead - behind - slower + back) / (4 * h * h) for ahead, behind, slower, back in moving]
            force = [(a - b) / (2 * h) for a, b in zip(action(zero, h, zero), action(zero, -h, zero), strict=True)]
            own, watch.trace = watch.trace, []
            entries, weights = [arrays.flat(v) for v in claim.run(env, kind.sizes)], arrays.flat(eta)
            claimed = [[sum(a * b for a, b in zip(part, weights, strict=True))] for part in entries]
            known = [[a - b] for a, b in zip(momentum, force, strict=True)]
            return Sides(known, claimed, abs(sum(ends[0][0])), [[*own, *watch.trace]] * 2, watch.trace, own=own)

        return at

    sampler = problem.sampler([f, *parts, *flow, *flow.values()])
    return Comparison(
        sight,
        sampler.point,
        sampler.dims,
        needed=depending(summands, {problem.variables[n] for n in (name, spell_name(name, "dot"))}),
        margin=margin,
        wrong=lambda: f"the equation of motion disagrees with differences of the Lagrangian: please report {problem.text!r}",
        unjudged="the equation of motion could not be checked",
        against="differences of the Lagrangian",
        spell=lambda part: problem.spelled(part if isinstance(part, Expr) else parts[part]),
        levels=LEVELS,
    ).judged()


__all__ = ["EulerLagrange", "lagrange"]
