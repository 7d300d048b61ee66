"""Every step at a random point: both of its lines are computed, and must agree.

d(F) is computed as a difference quotient, an adjoint as the derivative by its part, entry by entry; nothing of the engine is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matcalc.derivation.forward import MARK, pending
from matcalc.derivation.lines import ADJOINT, DERIVATIVE, DIFFERENTIAL, VALUE, Line, Step
from matcalc.derivation.origin import Origin
from matcalc.differentiation.structured import tangent
from matcalc.expressions.build import add, member, num, power, substitute, symbol, times
from matcalc.expressions.expr import Expr, postorder
from matcalc.kinds import LARGEST_LITERAL, ONE, Dim
from matcalc.numbers import doubles
from matcalc.numbers.numeric import Plan
from matcalc.numbers.verify import Point
from matcalc.ops.core import ENTRY, MEMBER, NUMBER, SIZE, SYMBOL, UNIT
from matcalc.ops.laws import HESSIAN, LEIBNIZ, STRUCTURED
from matcalc.pipeline.derivative import Derivative

HALF_WIDTH = symbol(f"{MARK}h")
WIDTH = 2e-5  # of the difference quotients
TOLERANCE = 2e-6


POINTS = (
    (1.0, False),
    (1.0, True),
    (0.5, False),
    (0.5, True),
    (0.2, True),
    (4.0, True),
)  # scale of the entries, and whether all are positive


def disagreeing(d: Derivative) -> list[tuple[Step, str]]:
    """The steps of the derivation whose lines do not have the same value, and those that could not be computed, with what was seen."""
    found = []
    benches: list[Bench] = []
    for step in d.steps:
        seen: bool | None = None
        for k, (scale, positive) in enumerate(POINTS):
            if k == len(benches):
                benches.append(Bench(d, k + 1, scale, positive))
            seen = benches[k].agrees(step, d.steps)
            if seen is not None:
                break
        if not seen:
            found.append((step, "not computed" if seen is None else "different"))
    return found


class Bench:
    """A random point for the derivation of `d`: values of everything, and a change of the variable."""

    def __init__(self, d: Derivative, seed: int = 1, scale: float = 1.0, positive: bool = False) -> None:
        import numpy as np

        origin: Origin = d._origin
        self.d, self.origin = d, origin
        self.root = origin.stages[0].of if origin.stages[0].of is not None else d._typed.expr
        self.variables = [s.variable for s in origin.stages]
        self.whole = [v.args[0] if v.op is ENTRY else v for v in self.variables]
        self.rng = np.random.default_rng(seed)
        self.indices = {i: 2 for v in self.variables for i in v.indices}
        symbols, families, dims, least = self._names()
        point = Point(symbols, families, least)
        for self.sizes in point.orders(dims):
            with np.errstate(all="ignore"):
                self.env: dict[str, Any] = dict(point.draw(self.sizes, self.rng, scale, positive))
                if self._is_smooth():
                    break

    def _is_smooth(self) -> bool:
        """Whether difference quotients can be trusted at this point: finite, and the same for half the width."""
        import numpy as np

        change = f"{MARK}d{self.whole[0].attr[0]}"  # type: ignore[index]
        moved = self._quotient(self.root, 0, change)
        try:
            env = {**self.env, change: self.change(0, change)}
            wide, narrow = (self._run(moved, {**env, HALF_WIDTH.attr[0]: h}) for h in (WIDTH, WIDTH / 2))  # type: ignore[index]
        except (np.linalg.LinAlgError, ValueError, OverflowError, ZeroDivisionError):
            return False
        return bool(np.all(np.isfinite(wide))) and _near(wide, narrow)

    def _names(self) -> tuple[dict[str, Any], dict[str, Any], list[Dim], int]:
        typed = self.d._typed
        symbols = {n: (s.shape, typed.declared.get(n, s).attr[1]) for n, s in typed.symbols.items() if s.op is SYMBOL}  # type: ignore[index]
        families: dict[str, Any] = {}
        dims: list[Dim] = []
        numbers = [0]
        for n in postorder([typed.expr, self.root, *self.variables, *self.d._tensor.expressions()]):
            if n.op is MEMBER:
                assert isinstance(n.attr, tuple)
                families[n.attr[0]] = (typed.families[n.attr[0]][1], n.shape, n.attr[1])
            elif n.op is SYMBOL:
                assert isinstance(n.attr, tuple)
                symbols.setdefault(n.attr[0], (n.shape, n.attr[1]))
            elif n.op is SIZE:
                assert isinstance(n.attr, Dim)
                dims.append(n.attr)
            if n.op in (ENTRY, MEMBER, UNIT):
                numbers += [int(i.attr) for i in n.args if i.op is NUMBER and i.attr < LARGEST_LITERAL]  # type: ignore[call-overload,operator]
            dims += n.shape
        return symbols, families, dims, max([*numbers, *(2 for v in self.variables if v.indices)])

    def change(self, k: int, name: str) -> Any:
        """A change of variable k, for the symbol `name`: of one member or one entry only, where that is the variable."""
        import numpy as np

        v = self.variables[k]
        rows, cols = (x.value(self.sizes) for x in self.whole[k].shape)
        e = self.rng.uniform(0.5, 1.5, (rows, cols)) * self.rng.choice([-1.0, 1.0], (rows, cols))
        if v.op is ENTRY:
            at = tuple(self._number(i) - 1 for i in v.args[1:])
            kept, e = e[at], np.zeros((rows, cols))
            e[at] = kept
        if v.op is MEMBER:
            whole = np.zeros((len(self.env[str(v.attr[0])]), rows, cols))  # type: ignore[index]
            whole[self._number(v.args[0]) - 1] = e
            return whole[:, 0, 0] if (rows, cols) == (1, 1) else whole
        return float(e[0, 0]) if (rows, cols) == (1, 1) else e

    def _number(self, index: Expr) -> int:
        """Where an index stands at this point, from 1."""
        return int(index.attr) if index.op is NUMBER else self.indices[str(index.attr)]  # type: ignore[call-overload]

    # ---- values of lines

    def _run(self, e: Expr, env: Mapping[str, Any]) -> Any:
        import numpy as np

        with np.errstate(all="ignore"):
            return np.asarray(Plan(e).run(env, self.sizes, self.indices)[0], dtype=float)

    def differential(self, e: Expr, k: int, env: Mapping[str, Any], change: str) -> Any:
        """The value of an expression in dX, with every d(…) in it as a difference quotient."""
        return self._run(substitute(e, {n: self._quotient(n.args[0], k, change) for n in pending(e)}), env)

    def _quotient(self, e: Expr, k: int, change: str) -> Expr:
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
        import numpy as np

        if line.answer is not None:
            with np.errstate(all="ignore"):
                found = self.d._tensor.evaluate(self.env, self.sizes, self.indices)
            return np.asarray(found, dtype=float)
        if not isinstance(line.body, Expr):
            return np.asarray(line.body.tensor.evaluate(self.env, self.sizes, self.indices), dtype=float)
        shapes = self.d._tensor.shapes[: 1 + len(line.head.by)]
        value = self._run(line.body, self._with_parts(line))
        if len(line.head.by) == len(self.variables):
            from matcalc.answers.layout import oriented

            if oriented(line.body, shapes, self.d.layout)[1]:
                value = np.transpose(value)
        return value.reshape([x.value(self.sizes) for s in shapes for x in s if x is not ONE])

    def _with_parts(self, line: Line) -> dict[str, Any]:
        """The values of names that stand for parts of the function, and of their adjoints."""
        env = dict(self.env)
        for name, node in line.where:
            env[name] = Plan(node).run(self.env, self.sizes, self.indices)[0]
            wanted = f"delta_{name}"
            if isinstance(line.body, Expr) and any(n.op is SYMBOL and n.attr[0] == wanted for n in postorder(line.body)):  # type: ignore[index]
                env[wanted] = self._adjoint(node)
        return env

    def _adjoint(self, node: Expr) -> Any:
        """∂F/∂node by difference quotients, entry by entry, in the shape of the node."""
        import numpy as np

        place = symbol(f"{MARK}z", node.shape)
        plan = Plan(substitute(self.root, {node: place}))
        at = np.asarray(Plan(node).run(self.env, self.sizes, self.indices)[0], dtype=float)
        found = np.zeros(at.shape)
        for k in np.ndindex(*at.shape):
            ends = []
            for sign in (1, -1):
                moved = at.copy()
                moved[k] += sign * WIDTH
                value = moved if moved.ndim else float(moved)
                ends.append(float(np.asarray(plan.run({**self.env, f"{MARK}z": value}, self.sizes, self.indices)[0])))
            found[k] = (ends[0] - ends[1]) / (2 * WIDTH)
        return found if found.ndim else float(found)

    # ---- one step

    def agrees(self, step: Step, steps: Sequence[Step]) -> bool | None:
        """Whether both lines of a step have the same value; None where that is not a number at this point."""
        import numpy as np

        if any(r.name == STRUCTURED.name for r in step.rules):
            return self._agrees_within(step)
        if step.rules[0].name == LEIBNIZ.name:
            return self._agrees_after(step, self._stage_of(step, steps))
        found = [self._values(line, step, steps) for line in (step.before, step.after)]
        if any(value is None or not np.all(np.isfinite(value)) for value in found):
            return None
        first, second = map(np.asarray, found)
        if first.size == 1 and second.size == 1:
            first, second = first.reshape(()), second.reshape(())
        if first.shape != second.shape:
            return first.size == second.size and _near(first.reshape(-1), second.reshape(-1))
        return _near(first, second)

    def _agrees_after(self, step: Step, k: int) -> bool | None:
        """A derivative of a derivative: against the difference quotient of the one before."""
        import numpy as np

        change = self.change(k, "")
        legs = [x.value(self.sizes) for x in self.variables[k].shape if x is not ONE]
        after = np.tensordot(self.jacobian(step.after), self._own(k, change).reshape(legs), axes=len(legs))
        home, name = self.env, str(self.whole[k].attr[0])  # type: ignore[index]
        ends = []
        for sign in (1, -1):
            self.env = {**home, name: home[name] + sign * WIDTH * np.reshape(change, np.shape(home[name]))}
            ends.append(self.jacobian(step.before))
        self.env = home
        quotient = (ends[0] - ends[1]) / (2 * WIDTH)
        if not (np.all(np.isfinite(quotient)) and np.all(np.isfinite(after))):
            return None
        return _near(after.reshape(-1), quotient.reshape(-1))

    def _agrees_within(self, step: Step) -> bool:
        """A restriction to a set: both sides along a change that stays in the set."""
        import numpy as np

        kind = self.origin.kinds[-1]
        assert kind is not None
        rows, cols = (x.value(self.sizes) for x in self.variables[-1].shape)
        move, free = tangent(kind, self.origin.structured)(doubles, self.rng.uniform(-1.0, 1.0, (rows, cols)))
        before, after = (self.jacobian(line) for line in (step.before, step.after))
        return _near(np.tensordot(before, move, axes=2), np.tensordot(after, free, axes=2))

    def _values(self, line: Line, step: Step, steps: Sequence[Step]) -> Any:
        import numpy as np

        k = self._stage_of(step, steps)
        kinds = {step.before.kind, step.after.kind}
        school = line.head.school
        name = _change_in([step.before, step.after], str(self.whole[k].attr[0]))  # type: ignore[index]
        env = {**self.env, HALF_WIDTH.attr[0]: WIDTH}  # type: ignore[index]
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
        rng = self.rng
        self.rng = np.random.default_rng(7)  # the same change on both sides
        change = self.change(k, name)
        self.rng = rng
        if line.kind == VALUE:
            return np.squeeze(self._run(self._quotient(line.body, k, name), {**env, name: change}))
        if line.kind == DIFFERENTIAL:
            return np.squeeze(self.differential(line.body, k, {**env, name: change}, name))
        j = self.jacobian(line)
        legs = [x.value(self.sizes) for x in self.variables[k].shape if x is not ONE]
        return np.squeeze(np.tensordot(j, self._own(k, change).reshape(legs), axes=len(legs)))

    def _own(self, k: int, change: Any) -> Any:
        """The change of the variable itself, out of that of the whole it belongs to."""
        import numpy as np

        v = self.variables[k]
        if v.op is ENTRY:
            return np.asarray(change)[tuple(self._number(i) - 1 for i in v.args[1:])]
        if v.op is MEMBER:
            return np.asarray(change)[self._number(v.args[0]) - 1]
        return np.asarray(change)

    def _numerical(self, k: int) -> Any:
        """The derivative of a scalar function by its variable, entry by entry."""
        import numpy as np

        found = self._adjoint(self.whole[k])
        return np.asarray(found)

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
                if n.op in (SYMBOL, MEMBER) and str(n.attr[0]).startswith(f"{MARK}d"):  # type: ignore[index]
                    return str(n.attr[0])  # type: ignore[index]
    return f"{MARK}d{variable}"


def _near(a: Any, b: Any) -> bool:
    import numpy as np

    scale = max(float(np.max(np.abs(a), initial=0)), float(np.max(np.abs(b), initial=0)), 1e-3)
    return bool(np.max(np.abs(np.asarray(a) - np.asarray(b)), initial=0) <= TOLERANCE * scale)
