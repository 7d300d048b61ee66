"""What a claim is judged by: the numbers of the claim and of the closed form at the same random points, with 50 digits.

Where there is no closed form, difference quotients of the function stand for it, which are right to 30 digits.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import getcontext
from itertools import product
from types import ModuleType
from typing import Any

from ..answers.answer import ClosedForm
from ..errors import NoAnswerError
from ..expressions.build import base_name, subtract, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..inference.infer import Typed
from ..kinds import ONE, SCALAR, Shape
from ..notation.forms import numbers_of
from ..numbers import precise
from ..numbers.agreement import Level, Sides, Sight
from ..numbers.complex_slopes import HERMITIAN, part
from ..numbers.judge import Place as Variable
from ..numbers.judge import member_at, moved, values
from ..numbers.numeric import Plan
from ..numbers.record import Check
from ..numbers.search import LACKING, Comparison
from ..numbers.seen import NO_NUMBER, Disagreement
from ..numbers.verify import STYLES, Kind
from ..numbers.watch import DIGITS, Watch
from ..ops.core import SIZE
from ..pipeline.judging import by_summands, spelled
from ..pipeline.sampling import Sampler
from ..shortening.simplify import simplify

Values = Mapping[str, Any]
Sizes = Mapping[str, int]
Place = tuple[Values, Sizes]
Arrays = Callable[[ModuleType], Callable[[Values, Sizes], Any]]
POINTS = 5
MOST_TRIES = 60
SCALES = (-1, 1, -2, 2, -3, 3)  # where a claim shows that is right at scale 1: 1, of tanh(1000 x) + x
GROWN = (0, 1, 0, 2)  # by how much sizes are larger, from point to point: where N is 2 and n is 3, and the other way round, N is 6/n
UNSURE = 1e-6  # a difference further than this from the closed form, which was verified, is rounding: of a singular matrix, say
SEED = 500  # of the turns, which are none of the judge's


class Evidence:
    """A claim beside the derivative, and the numbers of both at random points.

    `quotient` is the derivative by differences of the function; `stacked` says that the claim is compared with d vec(F)/d vec(X)^T.
    """

    def __init__(self, function: Typed, truth: ClosedForm | None, claim: Typed, quotient: Arrays | None) -> None:
        self.function, self.truth, self.claim, self.quotient = function, truth, claim, quotient
        self.notes: list[str] = []
        self.shape = truth._expr.shape if truth is not None and truth._expr is not None else None
        self.stacked = False
        if truth is not None and truth._expr is None and claim.form is None and truth.order == 1:
            (m, n), (p, q) = truth._tensor.shapes
            if claim.expr.shape in ((m * n, p * q), (p * q, m * n)):
                self.stacked, self.shape = True, (m * n, p * q)
                self.notes.append(f"the claim is read as d vec(F)/d vec({truth.wrt[0]})^T")
        self.sampler = Sampler(function, claim, roots=[e for e in postorder(self.parts()) if e.op is SIZE])
        self.valueless: list[Sizes] = []  # of points where the claim has no value and the derivative has
        self.arrays: ModuleType = precise
        self.points: list[Place] = []
        self.claimed: list[Any] = []
        self.right: list[Any] = []
        self.quotients: list[Any] = []  # None where there are none

    @property
    def plain(self) -> bool:
        """Both are matrices, so that rows and columns can be told apart."""
        return self.shape is not None and self.claim.form is None

    def parts(self) -> list[Expr]:
        """The expressions of the derivative."""
        return self.truth._tensor.expressions() if self.truth is not None else []

    # ---- numbers

    def truth_numbers(self, arrays: ModuleType) -> Callable[[Values, Sizes], Any]:
        """The derivative, in the layout and the notation in which it is compared with the claim."""
        if self.truth is None:
            assert self.quotient is not None
            return self.quotient(arrays)
        closed = self.truth._arrays(arrays)
        return lambda env, sizes: self._laid(closed(env, sizes, {}))

    def _laid(self, result: Any) -> Any:
        """With `stacked`, d vec(F)/d vec(X)^T: columns on top of each other, of the function and of the variable."""
        import numpy as np

        if not self.stacked:
            return result
        assert self.truth is not None
        (m, n), (p, q) = self.truth._tensor.shapes
        axes = iter(result.shape)
        full = [1 if d is ONE else next(axes) for d in (m, n, p, q)]
        turned = np.transpose(result.reshape(full), (1, 0, 3, 2))
        return turned.reshape(full[0] * full[1], full[2] * full[3])

    def numbers(self, e: Expr) -> list[Any]:
        """An expression at every point."""
        plan = Plan(e, self.arrays)
        return [self.outer(plan.value(*at), e) for at in self.points]

    def outer(self, value: Any, e: Expr) -> Any:
        """A value without the axes that are of size one by their kind."""
        array = self.arrays.outward(value)
        return array.reshape([k for k, d in zip(array.shape, e.shape, strict=False) if d is not ONE])

    def both_at(self, at: Place) -> tuple[Any, Any] | None:
        """The claim and the derivative; None where one of them has no finite value."""
        pair = [self._finite(side, at) for side in (self.claim_at, self.truth_at)]
        if pair[0] is None and pair[1] is not None:
            self.valueless.append(at[1])
        return (pair[0], pair[1]) if all(side is not None for side in pair) else None

    def _finite(self, side: Callable[[Values, Sizes], Any], at: Place) -> Any:
        """The numbers of a side; None where it has none."""
        try:
            found = side(*at)
        except NO_NUMBER:
            return None
        return found if self.is_finite(found) else None

    def is_finite(self, array: Any) -> bool:
        return all(map(self.arrays.is_finite, array.ravel().tolist()))

    def errors(self) -> list[dict[str, Any]]:
        """At every point the sizes, and the claim's error measure against the closed form and central differences."""
        return [
            {
                "sizes": {str(n): k for n, k in self.points[k][1].items()},
                "closed_form": measure(self.right[k], claimed) if self.truth is not None else None,
                "central_differences": measure(self.quotients[k], claimed) if self.quotients[k] is not None else None,
            }
            for k, claimed in enumerate(self.claimed)
        ]

    # ---- points

    def gather(self) -> None:
        """Random points for all the names, each with its declared properties, at which everything is finite: with decimal numbers, or
        with NumPy's where they do not do."""
        try:
            with self.computing():
                self._gather()
        except LACKING:
            from ..numbers import doubles

            self.arrays = doubles
            with self.computing():
                self._gather()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Inside, the numbers have the digits in which the points are kept."""
        context: AbstractContextManager[object] = precise.precision(DIGITS)
        if self.arrays is not precise:
            from ..numbers.doubles import quiet

            context = quiet()
        with context:
            yield

    def _gather(self) -> None:
        self.claim_at, self.truth_at = numbers_of(self.claim, self.arrays), self.truth_numbers(self.arrays)
        self.quotient_at = self.quotient(self.arrays) if self.quotient is not None else None
        orders = self.sampler.point.orders(self.sampler.dims)
        for anyhow, turn in product((False, True), range(MOST_TRIES)):
            if len(self.points) >= POINTS or (anyhow and self.points and not turn):
                break
            sizes = {n: k + GROWN[turn % len(GROWN)] for n, k in orders[turn % len(orders)].items()}
            self.add(Kind(sizes, *STYLES[turn // POINTS % len(STYLES)], SEED + turn, near=bool(turn % 2)), anyhow)
        valued = [sizes for _, sizes in self.points]
        never = [sizes for sizes in self.valueless if sizes not in valued and self.valueless.count(sizes) > 1]
        if valued and never:
            shown = ", ".join(f"{n} = {k}" for n, k in never[0].items())
            self.notes.append(f"the claim has no value at some sizes, as {shown}")

    def add(self, kind: Kind, anyhow: bool = False) -> None:
        """Keep the point of this kind if everything is finite there, and the closed form is near the differences, or `anyhow`."""
        at = self.sampler.point.at(kind, self.arrays), kind.sizes
        try:
            pair = self.both_at(at)
            quotient = self._laid(self.quotient_at(*at)) if self.quotient_at is not None else None
        except (*NO_NUMBER, IndexError):
            return
        if pair is None:
            return
        trusted = quotient is None or (self.is_finite(quotient) and (self.truth is None or (measure(quotient, pair[1]) or 0.0) < UNSURE))
        if trusted or anyhow:
            self.points.append(at)
            self.claimed.append(pair[0])
            self.right.append(pair[1])
            self.quotients.append(quotient if trusted else None)

    def judged(self, view: Callable[[Any], Any]) -> Check | Kind:
        """What was compared, with the claim so looked at; or of what kind a point is where it is wrong."""
        import numpy as np

        one = view(self.claimed[0]) is self.claimed[0] and self.claim.form is None

        def claimed(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
            if one:
                return by_summands(self.claim)(arrays)
            numbers = numbers_of(self.claim, arrays)
            return lambda env, sizes: [view(numbers(env, sizes))]

        summands = self._summands() if self.truth is not None and not self.truth._members else 0

        def known(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
            if self.truth is None or not summands:
                numbers = self.truth_numbers(arrays)
                return lambda env, sizes: [numbers(env, sizes)]
            tensor, flipped = self.truth._tensor, self.truth._flipped
            parts = tensor.summands({}, arrays)

            def laid(part: Any, sizes: Sizes) -> Any:
                array = np.array(arrays.flat(part)).reshape(tensor.dims(sizes))
                return self._laid(array.T if flipped and array.ndim == 2 else array)

            return lambda env, sizes: [laid(part, sizes) for part in parts(env, sizes)]

        def spell(part: Any) -> str:
            return spelled(self.claim, part if isinstance(part, Expr) else terms_of(self.claim.expr)[part] if one else self.claim.expr)

        against = "the closed form" if self.truth is not None else "a numerical derivative"
        sampler = self.sampler
        whole = Comparison(
            values(known, claimed),
            sampler.point,
            sampler.dims,
            points=POINTS,
            needed=range(summands),
            unjudged="the claim could not be checked",
            closed=self.truth is not None,
            against=against,
            spell=spell,
            thorough=True,
            focus=self._focus(),
            scales=SCALES,
        )
        found: Check | None = None
        try:
            found = whole.judged()
            if found.one_sided and ((one and self.plain) or self._is_map()):
                whole._replace(sight=self._difference(), needed=(), spell=str).judged()
            return found
        except Disagreement as error:
            return error.kind
        except NoAnswerError:  # rounding in the difference everywhere
            if found is None:
                raise
            return found

    def _difference(self) -> Sight:
        """What simplifying leaves of the claim minus the derivative, beside 0, where it is had without rounding. From the numbers of both
        nothing can be told beside 1 - tanh(x)^2, which of a great x is 0 but for rounding."""
        assert self.truth is not None
        if self.claim.form is None:
            assert self.truth._expr is not None
            left = simplify(subtract(self.claim.expr, self.truth._expr))
        else:
            from ..notation.linearmap import along

            left = simplify(subtract(self.claim.expr, along(self.truth._tensor, self.claim.symbols[str(self.claim.form[1])])))
        two_sides = values(*(by_summands(with_expression(self.claim, e)) for e in (left, zeros(*left.shape))))

        def bound(arrays: ModuleType) -> Callable[..., Sides]:
            compared = two_sides(arrays)

            def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
                found = compared(env, kind, level, watch)
                if not watch.exact:
                    raise ArithmeticError("rounding")
                return found

            return sides

        return bound

    def _is_map(self) -> bool:
        """Whether the claim is a linear map, dx -> …, beside a first derivative whose matrix is known."""
        form = self.claim.form
        return form is not None and form[0] == "map" and self.truth is not None and self.truth._expr is not None and self.truth.order == 1

    def _focus(self) -> str:
        """The name of the variable, which alone is scaled where something is sought."""
        variable = self.function.symbols.get(base_name(self.truth._by[-1])) if self.truth is not None else None
        return name_of(variable) if variable is not None else ""

    def _summands(self) -> int:
        """How many summands the derivative has."""
        assert self.truth is not None
        tensor = self.truth._tensor
        return len(tensor.terms if tensor.matrix is None else terms_of(tensor.matrix))


def measure(difference: Any, gradient: Any) -> float | None:
    """sqrt(sum (dh - df)^2 / sum (dh + df)^2); None where the shapes differ."""
    import numpy as np

    h, f = np.squeeze(difference), np.squeeze(gradient)
    if h.shape != f.shape:
        return None
    above, below = (float(np.sum(np.abs(v) ** 2)) for v in (h - f, h + f))
    return 0.0 if above == 0 else float(np.sqrt(above / below)) if below else float("inf")


def differences(function: Arrays, place: Variable, shape: Shape, by: str = "") -> Arrays:
    """The derivative by a variable of this shape, whose indices come last, by central differences; `by` says which part of it is
    meant where the variable is complex (`numbers.complex_slopes`)."""

    def bound(arrays: ModuleType) -> Callable[[Values, Sizes], Any]:
        import numpy as np

        value, (name, member) = function(arrays), place

        def at(env: Values, sizes: Sizes) -> Any:
            x = env[name] if member is None else member_at(env[name], member)
            rows, cols = (d.value(sizes) for d in shape)
            h = arrays.exact(10) ** -(getcontext().prec // 3 if arrays is precise else 5)

            def slope(e: Any) -> Any:
                e = e + arrays.np.conj(e.T) if by == HERMITIAN else arrays.number(e) if shape == SCALAR else e
                ends = [value(moved(dict(env), place, x + e * step), sizes) for step in (h, -h)]
                return (ends[0] - ends[1]) / (2 * h)

            columns = []
            for k in range(rows * cols):
                e = arrays.np.zeros((rows, cols))
                e[k // cols, k % cols] = arrays.exact(1)
                i = arrays.exact(1j) if by else None
                columns.append(part(slope(e), slope(e * i), by, i) if by else slope(e))
            found = np.stack(columns, axis=-1)
            return found.reshape([*found.shape[:-1], *(k for k, d in zip((rows, cols), shape, strict=True) if d is not ONE)])

        return at

    return bound


def with_expression(typed: Typed, e: Expr) -> Typed:
    """The same names and the same form around another expression."""
    other = copy.copy(typed)
    other.expr = e
    return other
