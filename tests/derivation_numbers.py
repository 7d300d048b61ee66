"""Every step at random points: both of its lines are computed with 50 digits, and must agree to 25.

d(F) is computed as a difference quotient, an adjoint as the derivative by its part, entry by entry; nothing of the engine is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from matcalc.answers.layout import oriented
from matcalc.derivation.forward import MARK, pending
from matcalc.derivation.lines import ADJOINT, DERIVATIVE, DIFFERENTIAL, VALUE, Line, Step
from matcalc.differentiation.structured import tangent
from matcalc.errors import NoAnswerError
from matcalc.expressions.build import add, apply, is_complex, member, num, power, substitute, symbol, times
from matcalc.expressions.conjugates import conjugate_name, is_conjugate_name
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.labels import name_of
from matcalc.kinds import ONE, Dim
from matcalc.numbers import doubles
from matcalc.numbers.agreement import Level, Sides, greatest
from matcalc.numbers.numeric import Plan
from matcalc.numbers.search import Comparison
from matcalc.numbers.seen import Disagreement
from matcalc.numbers.verify import Kind, Point
from matcalc.numbers.watch import Watch
from matcalc.ops.core import ENTRY, MEMBER, NUMBER, SYMBOL
from matcalc.ops.determinant import DETERMINANT, LOG_DETERMINANT
from matcalc.ops.elementary import LOG
from matcalc.ops.laws import HESSIAN, LEIBNIZ, STRUCTURED
from matcalc.pipeline.derivative import Derivative
from matcalc.pipeline.sampling import Sampler

HALF_WIDTH = symbol(f"{MARK}h")


def disagreeing(d: Derivative, steps: Sequence[Step] | None = None) -> list[tuple[Step, str]]:
    """The steps of the derivation, or some of them, whose lines do not have the same value, and those that could not be computed, with
    what was seen."""
    found = []
    for step in d.steps if steps is None else steps:
        try:
            Comparison(partial(sight, d, step), *place(d), points=1).judged()
        except Disagreement:
            found.append((step, "different"))
        except NoAnswerError:
            found.append((step, "not computed"))
    return found


def sight(d: Derivative, step: Step, arrays: ModuleType) -> Any:
    """Both lines of a step, with these numbers, at a point."""

    def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
        bench = Bench(d, arrays, env, kind, level)
        before, after = (np.ravel(v).tolist() for v in bench.lines(step, d.steps))
        if arrays is doubles:  # X^H X of a wide X has an inverse of rounding errors alone
            moved = {
                n: v * (1 + 1e-13) if np.size(v) < 2 else v * (1 + 1e-13 * np.arange(np.size(v)).reshape(np.shape(v)))
                for n, v in env.items()
            }
            again = [np.ravel(v) for v in Bench(d, arrays, moved, kind, level).lines(step, d.steps)]
            if any(
                not np.allclose(a, b, rtol=1e-4, atol=1e-4 * np.max(np.abs(a), initial=0))
                for a, b in zip(again, (before, after), strict=True)
            ):
                raise ArithmeticError("ill-conditioned")
        value = arrays.flat(bench._run(bench.root, env))
        known = [before] if before else []
        return Sides(known, [after] if any(after) or not known else [], greatest([*before, *after, *value]), [[], []])

    return sides


def place(d: Derivative) -> tuple[Point, list[Dim]]:
    """What has a value at a point, and the sizes."""
    variables = [s.variable for s in d._origin.stages]
    roots = [root(d), *variables, *d._tensor.expressions()]
    sampler = Sampler(d._typed, roots=roots, least=max(2 if v.indices else 0 for v in variables))
    return sampler.point, sampler.dims


def root(d: Derivative) -> Expr:
    """The function."""
    first = d._origin.stages[0].of
    return first if first is not None else d._typed.expr


class Bench:
    """A point for the derivation of `d`: values of everything, and a change of the variable."""

    def __init__(self, d: Derivative, arrays: ModuleType, env: dict[str, Any], kind: Kind, level: Level) -> None:
        self.d, self.origin, self.arrays, self.env, self.kind, self.sizes = d, d._origin, arrays, env, kind, kind.sizes
        self.root, self.width = root(d), arrays.exact(10) ** -level.step
        self.variables = [s.variable for s in self.origin.stages]
        self.whole = [v.args[0] if v.op is ENTRY else v for v in self.variables]
        self.indices = {i: 2 for v in self.variables for i in v.indices}

    def change(self, k: int) -> Any:
        """A change of variable k: of one member or one entry only, where that is the variable."""
        v, np = self.variables[k], self.arrays.np
        rows, cols = (x.value(self.sizes) for x in self.whole[k].shape)
        rng = self.arrays.random(self.kind.turn)
        e = rng.uniform(0.5, 1.5, (rows, cols)) * rng.choice([-1.0, 1.0], (rows, cols))
        if v.op is ENTRY:
            i, j = (self._number(i) - 1 for i in v.args[1:])
            kept, e = e[i, j], np.zeros((rows, cols))
            e[i, j] = kept
        e = self.arrays.number(e) if (rows, cols) == (1, 1) else e
        if v.op is not MEMBER:
            return e
        return self.arrays.family([e * (n == self._number(v.args[0]) - 1) for n in range(len(self.env[str(v.attr[0])]))])  # type: ignore[index]

    def _number(self, index: Expr) -> int:
        """Where an index stands at this point, from 1: a number, a letter of the variable, or a whole number that has a value."""
        if index.op is SYMBOL:
            return int(self.env[name_of(index)])
        return int(index.attr) if index.op is NUMBER else self.indices[str(index.attr)]  # type: ignore[call-overload]

    # ---- values of lines

    def _run(self, e: Expr, env: Mapping[str, Any]) -> Any:
        plan = Plan(e, self.arrays)
        return plan.outward(plan.run(env, self.sizes, self.indices)[0])

    def differential(self, e: Expr, k: int, env: Mapping[str, Any], change: str) -> Any:
        """The value of an expression in dX, with every d(…) in it as a difference quotient."""
        return self._run(substitute(e, {n: self._quotient(n.args[0], k, change) for n in pending(e)}), env)

    def _quotient(self, e: Expr, k: int, change: str) -> Expr:
        if is_complex(
            e
        ):  # the value of logdet is log |det|; beside z, which stays, conj(z) moves alone, and only log det does as the rules say
            e = substitute(e, {n: apply(LOG, (apply(DETERMINANT, n.args),)) for n in postorder(e) if n.op is LOG_DETERMINANT})
        up, down = (substitute(e, self._moved(e, k, change, sign)) for sign in (1, -1))
        return times(power(times(num(2), HALF_WIDTH), num(-1)), add(up, times(num(-1), down)))

    def _moved(self, e: Expr, k: int, change: str, sign: int) -> dict[Expr, Expr]:
        x = self.whole[k]
        if x.op is MEMBER:
            family = x.attr[0]  # type: ignore[index]
            members = [n for n in postorder(e) if n.op is MEMBER and n.attr[0] == family]  # type: ignore[index]
            return {n: add(n, times(num(sign), HALF_WIDTH, member(change, n.args[0], n.shape))) for n in members}
        step = symbol(change, x.shape) if change else num(1)
        return {x: add(x, times(num(sign), HALF_WIDTH, step))}

    def jacobian(self, line: Line) -> Any:
        """The numbers of a derivative: indices of the function, then of the variables."""
        tensor = self.d._tensor if line.answer is not None else None if isinstance(line.body, Expr) else line.body.tensor
        if tensor is not None:
            return tensor.arrays(self.arrays)(self.env, self.sizes, self.indices)
        assert isinstance(line.body, Expr)
        shapes = self.d._tensor.shapes[: 1 + len(line.head.by)]
        value = self._run(line.body, self._with_parts(line))
        if len(line.head.by) == len(self.variables) and oriented(line.body, shapes, self.d.layout)[1]:
            value = np.transpose(value)
        return value.reshape([x.value(self.sizes) for s in shapes for x in s if x is not ONE])

    def _with_parts(self, line: Line) -> dict[str, Any]:
        """The values of names that stand for parts of the function, and of their adjoints."""
        env = dict(self.env)
        for name, node in line.where:
            env[name] = Plan(node, self.arrays).run(self.env, self.sizes, self.indices)[0]
            wanted = f"delta_{name}"
            if isinstance(line.body, Expr) and any(n.op is SYMBOL and n.attr[0] == wanted for n in postorder(line.body)):  # type: ignore[index]
                env[wanted] = self._inward(self._adjoint(node))
        return env

    def _adjoint(self, node: Expr) -> Any:
        """∂F/∂node by difference quotients, entry by entry, in the shape of the node."""
        z = f"{MARK}z"
        plan = Plan(substitute(self.root, {node: symbol(z, node.shape)}), self.arrays)
        at = self._run(node, self.env)
        found = np.empty(at.shape, dtype=object)
        for k in np.ndindex(*at.shape):
            ends = []
            for sign in (1, -1):
                moved = at.copy()
                moved[k] += sign * self.width
                ends.append(plan.run({**self.env, z: self._inward(moved)}, self.sizes, self.indices)[0])
            found[k] = (ends[0] - ends[1]) / (2 * self.width)
        return found

    def _inward(self, value: Any) -> Any:
        """An array of NumPy's as one of these numbers, or a number."""
        return self.arrays.np.array(value.ravel().tolist()).reshape(value.shape) if value.ndim else value[()]

    # ---- one step

    def lines(self, step: Step, steps: Sequence[Step]) -> tuple[Any, Any]:
        """The values of both lines of a step."""
        if any(r.name == STRUCTURED.name for r in step.rules):
            return self._within(step)
        if step.rules[0].name == LEIBNIZ.name:
            return self._after(step, self._stage_of(step, steps))
        first, second = (np.asarray(self._values(line, step, steps)) for line in (step.before, step.after))
        return first, second

    def _after(self, step: Step, k: int) -> tuple[Any, Any]:
        """A derivative of a derivative: against the difference quotient of the one before."""
        change = self.change(k)
        after = self._along(self.jacobian(step.after), k, change)
        home, name = self.env, str(self.whole[k].attr[0])  # type: ignore[index]
        ends = []
        for sign in (1, -1):
            if isinstance(home[name], list):
                self.env = {**home, name: [x + e * (sign * self.width) for x, e in zip(home[name], change, strict=True)]}
            else:
                self.env = {**home, name: home[name] + change * (sign * self.width)}
            ends.append(self.jacobian(step.before))
        self.env = home
        return (ends[0] - ends[1]) / (2 * self.width), after

    def _along(self, jacobian: Any, k: int, change: Any) -> Any:
        """A derivative along the change of variable k, whose indices are its last."""
        legs = [x.value(self.sizes) for x in self.variables[k].shape if x is not ONE]
        return np.tensordot(jacobian, self._own(k, change).reshape(legs), axes=len(legs))

    def _within(self, step: Step) -> tuple[Any, Any]:
        """A restriction to a set: both sides along a change that stays in the set."""
        kind = self.origin.kinds[-1]
        assert kind is not None
        shape = tuple(x.value(self.sizes) for x in self.variables[-1].shape)
        changes = tangent(kind, self.origin.structured)(self.arrays, self.arrays.random(self.kind.turn).uniform(-1.0, 1.0, shape))
        before, after = (self._paired(line, change, step) for line, change in zip((step.before, step.after), changes, strict=True))
        return before, after

    def _paired(self, line: Line, change: Any, step: Step) -> Any:
        """A differential at a change, or a derivative times it."""
        if line.kind == DIFFERENTIAL and isinstance(line.body, Expr):
            k = len(self.variables) - 1
            name = _change_in([step.before, step.after], str(self.whole[k].attr[0]))  # type: ignore[index]
            env = {**self.env, HALF_WIDTH.attr[0]: self.width, name: change}  # type: ignore[index]
            return np.squeeze(self.differential(line.body, k, env, name))
        value, numbers = self.jacobian(line), self.arrays.outward(change)
        axes = [n for n in numbers.shape if n != 1] if value.shape[-2:] != numbers.shape else list(numbers.shape)
        return np.squeeze(np.tensordot(value, numbers.reshape(axes), axes=len(axes)))

    def _values(self, line: Line, step: Step, steps: Sequence[Step]) -> Any:
        k = self._stage_of(step, steps)
        kinds = {step.before.kind, step.after.kind}
        school = line.head.school
        name = _change_in([step.before, step.after], str(self.whole[k].attr[0]))  # type: ignore[index]
        env = {**self.env, HALF_WIDTH.attr[0]: self.width}  # type: ignore[index]
        if line.kind == ADJOINT or line.where:
            if not isinstance(line.body, Expr):
                return self._adjoint(line.body.node) if line.body.node is not None else self._numerical(k)
            value = self._run(line.body, self._with_parts(line))
            return value if line.kind == ADJOINT else self.jacobian(line)
        if not isinstance(line.body, Expr) and line.answer is None and not hasattr(line.body, "tensor"):
            return self._numerical(k) if line.body.node is None else self._adjoint(line.body.node)
        if line.kind == DERIVATIVE and isinstance(line.body, Expr) and pending(line.body):
            return self.differential(line.body, k, env, "")
        if line.kind == DERIVATIVE and VALUE not in kinds and (DIFFERENTIAL not in kinds or school):
            return self.jacobian(line)
        if kinds == {VALUE}:
            return self._run(line.body, env)
        if line.kind == VALUE and step.after is line:  # g stands for a derivative
            return self._run(line.body, self.env).reshape(-1)
        if VALUE in kinds and step.after.kind == VALUE:
            return self.jacobian(line).reshape(-1)
        change = self.change(k)
        if line.kind == VALUE:
            return np.squeeze(self._run(self._quotient(line.body, k, name), {**env, name: change}))
        if line.kind == DIFFERENTIAL:
            return np.squeeze(self.differential(line.body, k, {**env, name: change}, name))
        return np.squeeze(self._along(self.jacobian(line), k, change))

    def _own(self, k: int, change: Any) -> Any:
        """The change of the variable itself, out of that of the whole it belongs to."""
        v = self.variables[k]
        if v.op is ENTRY:
            i, j = (self._number(i) - 1 for i in v.args[1:])
            return np.asarray(self.arrays.outward(change)[i, j])
        return np.asarray(self.arrays.outward(change[self._number(v.args[0]) - 1] if v.op is MEMBER else change))

    def _numerical(self, k: int) -> Any:
        """The derivative of a scalar function by its variable, entry by entry."""
        return self._adjoint(self.whole[k])

    def _stage_of(self, step: Step, steps: Sequence[Step]) -> int:
        """Which differentiation a step belongs to."""
        k = 0
        for s in steps:
            if s.rules[0].name in (HESSIAN.name, LEIBNIZ.name):
                k += 1
            if s is step:
                break
        return min(k, len(self.variables) - 1)


def _change_in(lines: Iterable[Line], variable: str) -> str:
    """The name of dX in the lines."""
    for line in lines:
        if isinstance(line.body, Expr):
            for n in postorder(line.body):
                name = str(n.attr[0]) if n.op in (SYMBOL, MEMBER) else ""  # type: ignore[index]
                if (conjugate_name(name) if is_conjugate_name(name) else name).startswith(f"{MARK}d"):
                    return name
    return f"{MARK}d{variable}"
