"""What a claim is judged by: the numbers of the claim, of the closed form and of difference quotients at the same random points."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..answers import Derivative, Scope
from ..expr import Expr, postorder
from ..infer import Typed
from ..kinds import ONE, SCALAR, Dim, Shape
from ..notation.forms import evaluate_form
from ..numeric import Plan, release
from ..ops.core import MEMBER, SYMBOL
from ..verify import SCALES, Point

Values = Mapping[str, Any]
Numbers = Callable[[Values], Any]

POINTS = 4
UNSURE = 1e-5  # a difference quotient further than this from the closed form, which was verified, is no good: a kink, bad conditions


class Evidence:
    """A claim beside the derivative, and how to get the numbers of both from the user's arrays.

    `reference` is the derivative by differences of the function (None where the variable is a member of a family);
    `stacked` says that the claim is compared with d vec(F)/d vec(X)^T.
    """

    def __init__(self, truth: Derivative | None, claim: Typed, reference: Numbers | None) -> None:
        self.truth, self.claim, self.reference = truth, claim, reference
        self.notes: list[str] = []
        self.shape = truth.expr.shape if truth is not None and truth.expr is not None else None
        self.stacked = False
        if truth is not None and truth.expr is None and claim.form is None and truth.order == 1:
            (m, n), (p, q) = truth._tensor.shapes
            if claim.expr.shape in ((m * n, p * q), (p * q, m * n)):
                self.stacked, self.shape = True, (m * n, p * q)
                self.notes.append(f"the claim is read as d vec(F)/d vec({truth.wrt[0]})^T")
        self.claim_at = evaluator(claim)
        self.points: list[Values] = []
        self.inside: list[tuple[Values, Mapping[str, int]]] = []  # the same points as the engine's values and sizes
        self.claimed: list[Any] = []
        self.right: list[Any] = []
        self.quotients: list[Any] = []

    @property
    def plain(self) -> bool:
        """Both are matrices, so that rows and columns can be told apart."""
        return self.shape is not None and self.claim.form is None

    def truth_at(self, values: Values) -> Any:
        """The derivative, in the layout and the notation in which it is compared with the claim."""
        if self.truth is None:
            assert self.reference is not None
            return self.reference(values)
        result = closed(self.truth)(values)
        return self._stack(result, values) if self.stacked else result

    def _stack(self, result: Any, values: Values) -> Any:
        """d vec(F)/d vec(X)^T: columns on top of each other, of the function and of the variable."""
        import numpy as np

        assert self.truth is not None
        (m, n), (p, q) = self.truth._tensor.shapes
        axes = iter(result.shape)
        full = [1 if d is ONE else next(axes) for d in (m, n, p, q)]
        turned = np.transpose(result.reshape(full), (1, 0, 3, 2))
        return turned.reshape(full[0] * full[1], full[2] * full[3])

    def both_at(self, values: Values) -> tuple[Any, Any] | None:
        """The claim and the derivative; None where one of them has no finite value."""
        import numpy as np

        try:
            pair = self.claim_at(values), self.truth_at(values)
        except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, FloatingPointError):
            return None
        return pair if all(np.all(np.isfinite(a)) for a in pair) else None

    def add_point(self, values: Values, env: Values, sizes: Mapping[str, int]) -> None:
        """Keep a point if everything is finite there and the difference quotient can be trusted."""
        import numpy as np

        pair = self.both_at(values)
        if pair is None:
            return
        quotient = pair[1]
        if self.truth is not None and self.reference is not None and not self.stacked:
            try:
                quotient = self.reference(values)
            except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, FloatingPointError):
                return
            distance = measure(quotient, pair[1])
            if distance is None or not distance < UNSURE:
                return
        self.points.append(values)
        self.inside.append((env, sizes))
        self.claimed.append(pair[0])
        self.right.append(pair[1])
        self.quotients.append(quotient)

    def numbers(self, e: Expr) -> list[Any]:
        """An expression at every point."""
        plan = Plan(e)
        return [release(plan.run(env, sizes)[0], e.shape) for env, sizes in self.inside]

    def error(self) -> float | None:
        """The gradient check of Mathematics for Machine Learning, the remark after 5.2.2: the worst of the points."""
        found = [measure(h, c) for h, c in zip(self.quotients, self.claimed)]
        return None if any(e is None for e in found) else max(e for e in found if e is not None)


def measure(difference: Any, gradient: Any) -> float | None:
    """sqrt(sum (dh - df)^2 / sum (dh + df)^2); None where the shapes differ."""
    import numpy as np

    h, f = np.squeeze(difference), np.squeeze(gradient)
    if h.shape != f.shape:
        return None
    above, below = float(np.sum((h - f) ** 2)), float(np.sum((h + f) ** 2))
    return 0.0 if above == 0 else float(np.sqrt(above / below)) if below else float("inf")


# ---------------------------------------------------------------------------------------------- numbers of each


def evaluator(typed: Typed) -> Numbers:
    """The numbers of what was typed, from whatever of the values it needs."""
    scope = Scope(typed)
    hole = str(typed.form[1]) if typed.form is not None and typed.form[0] == "map" else None

    def value(values: Values) -> Any:
        import numpy as np

        keep = {hole[1:]} if hole else set()
        wanted = {n: v for n, v in values.items() if n in scope.symbols or n in scope.families or n in keep}
        return np.asarray(evaluate_form(typed, scope, wanted))

    return value


def closed(d: Derivative) -> Numbers:
    """The numbers of a derivative, from whatever of the values it needs."""

    def value(values: Values) -> Any:
        import numpy as np

        return np.asarray(d.evaluate({n: v for n, v in values.items() if n in d._scope.symbols or n in d._scope.families}))

    return value


def central_difference(f: Numbers, values: Values, name: str) -> Any:
    """∂f/∂name, the indices of the variable last: central differences of two steps, extrapolated."""
    import numpy as np

    x = np.asarray(values[name], dtype=float)
    h = 2e-4 * max(1.0, float(np.max(np.abs(x), initial=0)))
    columns = []
    for at in np.ndindex(*x.shape):
        e = np.zeros(x.shape)
        e[at] = 1.0
        wide, narrow = ((f({**values, name: x + s * e}) - f({**values, name: x - s * e})) / (2 * s) for s in (h, h / 2))
        columns.append(np.asarray((4 * narrow - wide) / 3, dtype=float))
    return np.stack(columns, axis=-1).reshape([*columns[0].shape, *x.shape])


def with_expression(typed: Typed, e: Expr) -> Typed:
    """The same names and the same form around another expression."""
    other = copy.copy(typed)
    other.expr = e
    return other


# ---------------------------------------------------------------------------------------------- points


def gather(evidence: Evidence, typed: Sequence[Typed]) -> None:
    """Random points for all the names in `typed`, each with its declared properties, at which everything is finite."""
    import numpy as np

    symbols: dict[str, tuple[Shape, Any]] = {}
    families: dict[str, tuple[Dim, Shape, Any]] = {}
    dims: list[Dim] = []
    for t in typed:
        hole = t.form[1] if t.form is not None and t.form[0] == "map" else None
        for n, s in t.symbols.items():
            if s.op is SYMBOL and n != hole:
                symbols.setdefault(n, (s.shape, t.declared.get(n, s).attr[1]))  # type: ignore[index]
        for e in postorder(t.expr):
            dims += e.shape
            if e.op is MEMBER:
                families[e.attr[0]] = (t.families[e.attr[0]][1], e.shape, e.attr[1])  # type: ignore[index]
    point = Point(symbols, families)
    rng = np.random.default_rng(52)
    with np.errstate(all="ignore"):
        for scale, positive in SCALES:
            for order in point.orders(dims):
                # All sizes grow with the points: where N is 2 and n is 3, and the other way round, N is 6/n.
                sizes = {n: k + len(evidence.points) // 2 for n, k in order.items()}
                drawn = point.draw(sizes, rng, scale, positive)
                outer = {n: _outer(drawn[n], s) for n, (s, _) in symbols.items()}
                outer |= {n: _outer(drawn[n], s) for n, (_, s, _) in families.items()}
                evidence.add_point(outer, drawn, sizes)
                if len(evidence.points) == POINTS:
                    return


def _outer(value: Any, shape: Shape) -> Any:
    """A value as the user would give it: no axes of length one (a family keeps its first)."""
    if shape == SCALAR:
        return value  # a family of numbers has the one axis of its index
    for axis, dim in ((-1, shape[1]), (-2 if shape[1] is not ONE else -1, shape[0])):
        if dim is ONE:
            value = value.take(0, axis=axis)
    return value
