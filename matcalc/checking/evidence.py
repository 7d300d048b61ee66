"""What a claim is judged by: the numbers of the claim, of the closed form and of difference quotients at the same random points."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..answers.answer import ClosedForm
from ..differentiation.families import in_pieces
from ..expressions.build import value_of
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed
from ..kinds import LARGEST_LITERAL, ONE
from ..numbers.numeric import Plan, release
from ..numbers.verify import SCALES
from ..ops.core import NUMBER
from ..pipeline.sampling import Numbers, Sampler, Values, closed, evaluator

POINTS = 4
FIRST_SEED = 52
IN_PIECES = 4  # times as many points for functions with different formulas on different sets
MOST_THRESHOLDS = 4
STEP = 1e-30  # of the complex step
ANALYTIC = 1e-8  # a complex step further than this from the closed form has met what is not continued analytically
UNSURE = 1e-5  # a difference quotient further than this from the closed form, which was verified, is no good: a kink, bad conditions


class Evidence:
    """A claim beside the derivative, and how to get the numbers of both from the user's arrays.

    `quotient` is the derivative by central differences of the function, `step` that by complex steps (None where the variable is
    a member of a family); `stacked` says that the claim is compared with d vec(F)/d vec(X)^T.
    """

    def __init__(self, truth: ClosedForm | None, claim: Typed, quotient: Numbers | None, step: Numbers | None = None) -> None:
        self.truth, self.claim, self.quotient, self.step = truth, claim, quotient, step
        self.notes: list[str] = []
        self.shape = truth._expr.shape if truth is not None and truth._expr is not None else None
        self.stacked = False
        if truth is not None and truth._expr is None and claim.form is None and truth.order == 1:
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
        self.steps: list[Any] = []  # None where there are none

    @property
    def plain(self) -> bool:
        """Both are matrices, so that rows and columns can be told apart."""
        return self.shape is not None and self.claim.form is None

    def parts(self) -> list[Expr]:
        """The expressions of the derivative."""
        return self.truth._tensor.expressions() if self.truth is not None else []

    def truth_at(self, values: Values) -> Any:
        """The derivative, in the layout and the notation in which it is compared with the claim."""
        if self.truth is None:
            assert self.quotient is not None
            return self.quotient(values)
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

    def row_by_row(self) -> bool:
        """Whether the claim is d vec(F)/d vec(X)^T, right for a vec that lays the rows end to end."""
        truth, form = self.truth, self.claim.form
        if truth is None or len(truth._tensor.shapes) != 2 or not (self.stacked or (form is not None and form[0] == "kron")):
            return False
        plain = copy.copy(self.claim)
        plain.form = None
        claim, right = evaluator(plain), closed(truth)
        pairs = [(claim(values), right(values)) for values in self.points]
        return all(c.size == r.size and (measure(c.ravel(), r.ravel()) or 0.0) < ANALYTIC for c, r in pairs)

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

        pair = self.both_at(values)
        if pair is None:
            return
        quotient = self._turned(self.quotient, values)
        if self.truth is not None and self.quotient is not None:
            distance = measure(quotient, pair[1]) if quotient is not None else None
            if distance is None or not distance < UNSURE:
                return
        self.points.append(values)
        self.inside.append((env, sizes))
        self.claimed.append(pair[0])
        self.right.append(pair[1])
        self.quotients.append(pair[1] if quotient is None else quotient)
        step = self._turned(self.step, values)
        distance = measure(step, pair[1]) if step is not None else None
        self.steps.append(step if distance is not None and distance < (ANALYTIC if self.truth is not None else UNSURE) else None)

    def _turned(self, numbers: Numbers | None, values: Values) -> Any | None:
        """A numerical derivative in the layout and the notation of the claim; None where there is none."""
        import numpy as np

        try:
            result = None if numbers is None else numbers(values)
        except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, FloatingPointError):
            return None
        except (TypeError, np.exceptions.ComplexWarning):  # a function that is not continued analytically
            return None
        return self._stack(result, values) if self.stacked and result is not None else result

    def numbers(self, e: Expr) -> list[Any]:
        """An expression at every point."""
        plan = Plan(e)
        return [release(plan.run(env, sizes)[0], e.shape) for env, sizes in self.inside]

    def errors(self) -> list[dict[str, Any]]:
        """At every point the sizes, and the claim's error measure against the closed form, central differences and complex steps."""
        return [
            {
                "sizes": dict(self.inside[k][1]),
                "closed_form": measure(self.right[k], claimed) if self.truth is not None else None,
                "central_differences": measure(self.quotients[k], claimed) if self.quotient is not None else None,
                "complex_step": measure(self.steps[k], claimed) if self.steps[k] is not None else None,
            }
            for k, claimed in enumerate(self.claimed)
        ]


def measure(difference: Any, gradient: Any) -> float | None:
    """sqrt(sum (dh - df)^2 / sum (dh + df)^2); None where the shapes differ."""
    import numpy as np

    h, f = np.squeeze(difference), np.squeeze(gradient)
    if h.shape != f.shape:
        return None
    above, below = float(np.sum((h - f) ** 2)), float(np.sum((h + f) ** 2))
    return 0.0 if above == 0 else float(np.sqrt(above / below)) if below else float("inf")


# ---------------------------------------------------------------------------------------------- numbers of each


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


def complex_step(f: Numbers, values: Values, name: str) -> Any:
    """∂f/∂name, the indices of the variable last, by complex steps: f(x + ih) = f(x) + ih f'(x) up to h^2, and nothing cancels
    (W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998))."""
    import numpy as np

    x = np.asarray(values[name], dtype=float)
    columns = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)  # an imaginary part that would be lost
        for at in np.ndindex(*x.shape):
            moved = x.astype(complex)
            moved[at] += STEP * 1j
            columns.append(np.imag(f({**values, name: moved})) / STEP)
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

    sampler = Sampler(*typed)

    def enough(scales: Iterable[tuple[float, bool]], wanted: int) -> None:
        # All sizes grow with the points: where N is 2 and n is 3, and the other way round, N is 6/n.
        for seed in range(FIRST_SEED, FIRST_SEED + IN_PIECES):
            for env, sizes in sampler.points(seed, scales, lambda: len(evidence.points) // 2 % 2):
                if seed % 2:  # square matrices are drawn near I, where A x and x have the same signs
                    env |= {n: env[n] - np.eye(len(env[n])) for n in _free_squares(sampler)}
                evidence.add_point(sampler.outer(env, sizes), env, sizes)
                if len(evidence.points) >= wanted:
                    return

    with np.errstate(all="ignore"):
        # Where formulas differ between sets, a wrong condition may agree with the right one at a few points.
        enough(SCALES, POINTS * (IN_PIECES if _is_in_pieces(typed) else 1))
        for c in _thresholds(typed) if evidence.points else ():  # of max(x, 1000), points on both sides
            enough([(2 * c, False), (2 * c, True), (c, False), (c, True)], len(evidence.points) + POINTS)


def _free_squares(sampler: Sampler) -> list[str]:
    """The square matrices of which nothing is declared."""
    return [n for n, (shape, words) in sampler.symbols.items() if shape[0] is shape[1] is not ONE and set(words) <= {"square"}]


def _is_in_pieces(typed: Sequence[Typed]) -> bool:
    return any(in_pieces(e.op) for e in postorder([t.expr for t in typed]))


def _thresholds(typed: Sequence[Typed]) -> list[float]:
    """The numbers, if any function has different formulas on different sets, that are far from the size of the points."""
    if not _is_in_pieces(typed):
        return []
    nodes = postorder([t.expr for t in typed])
    found = {abs(float(value_of(e))) for e in nodes if e.op is NUMBER and abs(value_of(e)) < LARGEST_LITERAL**9}
    return sorted(c for c in found if c > 2 or 0 < c < 0.2)[:MOST_THRESHOLDS]
