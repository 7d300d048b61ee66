"""What a plot shows, as numbers: curves and their stationary points, or a surface with its gradient field and a way down.

    matcalc.plot("sin(x) + cos(x)", "x", where="x in R", taylor=[0, 1, 5, 10], range="-4,4").save("figure.png")

Everything drawn is a verified closed form evaluated point by point. Stationary points are sought where the picture looks, on a
grid and then by bisection or Newton's method, and get the exact name that `stationary` finds for them, where it finds one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ..answers.answer import printer
from ..errors import MatcalcError, NoAnswerError, UsageError
from ..expressions.expr import postorder
from ..kinds import ONE
from ..ops.core import MEMBER, SYMBOL
from ..pipeline import derive
from ..pipeline.derivative import Derivative
from ..pipeline.expression import Expression, expression
from ..pipeline.given import Function, Names, Place, Where, declared_in, text_of
from ..pipeline.question import Question
from ..printing.formats import Spelled
from ..syntax import split_name, walk
from .polynomials import Taylor, taylor_polynomial
from .problem import Problem
from .search import SAME, Point, Window, descended, finite, grid, in_the_plane, on_a_line
from .stationary_points import stationary_points

KINDS = ("auto", "contours", "surface")
FORMATS = ("png", "svg", "pdf")
MOST_ORDER = 30
HIGHEST_DERIVATIVE = 6


def plot(
    expr: Function,
    wrt: Names,
    *,
    where: Where = None,
    range: str | Sequence[float] | None = None,
    taylor: Sequence[int] = (),
    at: Place | None = None,
    derivatives: Sequence[int] = (),
    descent: Place | None = None,
    kind: str = "auto",
    stationary: bool | None = None,
) -> Plot:
    """A scalar function of one or two variables, ready to be drawn: `.save("f.png")`, or .svg, or .pdf.

    One variable: with `derivatives` of these orders and `taylor` polynomials of these orders about `at`. Two (or a vector of two):
    contours with the gradient field beside the surface, and gradient `descent` from a point. `stationary` points are marked
    unless Taylor polynomials are shown.
    """
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}: use {', '.join(KINDS)}")
    question, notes = _by_numbers(expr, wrt, where)
    try:
        made = Plot(Problem(question), range, kind)
        made.assumptions = notes + made.assumptions
        place, start = (None if p is None else text_of(p, "a point") for p in (at, descent))
        made.add(taylor, place, derivatives, start)
        if stationary if stationary is not None else not taylor:
            made.mark()
        return made
    except MatcalcError as error:
        raise error.located(question.text) from None


def _by_numbers(expr: Function, wrt: Names, where: Where) -> tuple[Question, list[str]]:
    """The question, with undeclared variables as numbers where that can be: nothing else has an axis of its own."""
    question = Question.of(expr, wrt, where)
    question.need_variables()
    question.real("a picture")
    declared = {d.name for d in question.declarations}
    undeclared = dict.fromkeys(n for n in question.names if n not in declared)
    trees = [question.program.body, *(b.value for b in question.program.bindings)]
    entries = {split_name(str(n.attr))[0] for t in trees for n in walk(t) if n.op == "name" and split_name(str(n.attr))[1]}
    if undeclared and not entries & set(undeclared):
        with suppress(MatcalcError):
            wider = Question.of(expr, wrt, "; ".join(filter(None, (declared_in(where), *(f"{n} in R" for n in undeclared)))))
            Problem(wider)
            return wider, [f"{n} in R, for it is drawn on an axis" for n in undeclared]
    return question, []


class MarkedPoint:
    """A stationary point: its coordinates, the value there, the kind, and its name (exact where one was found)."""

    __slots__ = ("at", "kind", "name", "value")

    def __init__(self, at: Point, value: float, kind: str, name: str) -> None:
        self.at, self.value, self.kind, self.name = at, value, kind, name


class Plot(Spelled):
    """What is to be drawn. `curves` are the function and its Taylor polynomials, `marks` the stationary points."""

    def __init__(self, problem: Problem, window: str | Sequence[float] | None, kind: str) -> None:
        self.problem, self.where, self.kind = problem, problem.where, kind
        typed = problem.typed
        if not typed.expr.is_scalar:
            raise UsageError(f"a plot is of a scalar function; this one is {typed.expr.shape[0]}×{typed.expr.shape[1]}")
        others = sorted({str(n.attr[0]) for n in postorder(typed.expr) if n.op in (SYMBOL, MEMBER)} - set(problem.names))  # type: ignore[index]
        if others:
            raise UsageError(f"{', '.join(others)} has no value", suggestion=f'give one in the text: "{others[0]} = 2; {problem.text}"')
        shapes = [problem.variables[n].shape for n in problem.names]
        self.is_vector = len(shapes) == 1 and shapes[0][0].number == 2 and shapes[0][1] is ONE
        if not self.is_vector and (len(shapes) > 2 or any(s != (ONE, ONE) for s in shapes)):
            raise UsageError("a plot is by one or two numbers, or by one vector of two", suggestion='declare them: --where "x, y in R"')
        (name, *_) = problem.names
        self.axes: tuple[str, ...] = (f"{name}_1", f"{name}_2") if self.is_vector else problem.names
        positive = [bool({"positive", "nonnegative"} & problem.properties(n)) for n in problem.names]
        self.windows = read_windows(window, positive * (len(self.axes) if self.is_vector else 1))
        self.expression: Expression = expression(problem.question.by())
        self.assumptions: list[str] = list(self.expression.assumptions)
        self.gradient: list[Derivative] = self._derivatives(1)
        self.taylor: list[Taylor] = []
        self.centre: Point | None = None
        self.derivatives: list[Derivative] = []
        self.marks: list[MarkedPoint] = []
        self.path: list[Point] = []
        samples = [self.f(p) for p in grid(self.windows, 41 if self.flat else 13)]
        if not any(map(finite, samples)):
            raise NoAnswerError("the function has no finite value in this range", suggestion="give another one: --range 0.1,5")

    @property
    def flat(self) -> bool:
        """Whether there is one variable."""
        return len(self.axes) == 1

    def _derivatives(self, order: int) -> list[Derivative]:
        """All partial derivatives of this order by one variable; by two, the gradient and the Hessian's entries."""
        names, question = self.problem.names, self.problem.question
        if order == 1 or self.flat or self.is_vector:
            found = derive.derivative(question.by(*names, order=order))
            return found if isinstance(found, list) else [found]
        return [derive.one_derivative(question.by(a, b, order=order)) for a in names for b in names]

    def f(self, p: Point) -> float:
        """The function at a point; nan where it has no value."""
        return self.evaluator(self.expression)(p)

    def evaluator(self, thing: Expression | Derivative | Taylor) -> Callable[[Point], float]:
        """The value at a point; nan where there is none."""
        import numpy as np

        names, vector = self.problem.names, self.is_vector
        if isinstance(thing, Taylor):  # read once, not at every point
            thing = expression(Question.of(thing.text, where=thing.where))

        def value(p: Point) -> float:
            values = {names[0]: np.array(p)} if vector else dict(zip(names, p))
            with np.errstate(all="ignore"):
                try:
                    return float(thing.evaluate(values))
                except (ArithmeticError, ValueError, TypeError):
                    return float("nan")

        return value

    def gradient_at(self) -> Callable[[Point], Any]:
        """The gradient at a point, an array of as many entries as there are axes."""
        import numpy as np

        names = self.problem.names

        def value(p: Point) -> Any:
            values = {names[0]: np.array(p)} if self.is_vector else dict(zip(names, p))
            with np.errstate(all="ignore"):
                try:
                    return np.concatenate([np.atleast_1d(d.evaluate(values)) for d in self.gradient])
                except (ArithmeticError, ValueError, TypeError):
                    return np.full(len(self.axes), np.nan)

        return value

    def hessian_at(self) -> Callable[[Point], Any]:
        """The Hessian at a point, of a function of two variables."""
        import numpy as np

        entries, names = self._derivatives(2), self.problem.names

        def value(p: Point) -> Any:
            values = {names[0]: np.array(p)} if self.is_vector else dict(zip(names, p))
            with np.errstate(all="ignore"):
                try:
                    return np.array([np.asarray(d.evaluate(values)) for d in entries], dtype=float).reshape(2, 2)
                except (ArithmeticError, ValueError, TypeError):
                    return np.full((2, 2), np.nan)

        return value

    # ------------------------------------------------------------------------------------------------------ what to draw

    def add(self, orders: Sequence[int], at: str | None, derivatives: Sequence[int], descent: str | None) -> None:
        """Taylor polynomials, derivatives, a descent."""
        if not self.flat and (orders or derivatives):
            raise UsageError("Taylor polynomials and derivatives are drawn for one variable")
        if self.flat and descent is not None:
            raise UsageError("a descent is drawn for two variables")
        for k in orders:
            if isinstance(k, bool) or not 0 <= k <= MOST_ORDER:
                raise UsageError(f"the orders of Taylor polynomials go from 0 to {MOST_ORDER}, not {k}")
            self.taylor.append(taylor_polynomial(self.problem, at or "0", k, True))
        if orders:
            self.centre = self.point(at or "0", "--at")
        elif at is not None:
            raise UsageError("--at is where Taylor polynomials are taken; give --taylor 1,2,3 with it")
        for k in derivatives:
            if isinstance(k, bool) or not 1 <= k <= HIGHEST_DERIVATIVE:
                raise UsageError(f"the orders of derivatives go from 1 to {HIGHEST_DERIVATIVE}, not {k}")
            self.derivatives += self._derivatives(k)
        if descent is not None:
            start = self.point(descent, "--descent")
            if not finite(self.f(start)):
                raise UsageError("the descent has to start where the function has a value")
            self.path = descended(self.f, self.gradient_at(), start, self.windows)

    def point(self, text: str, what: str) -> Point:
        """`x = 0.5; y = -0.4`, `[1; 2]` or `1` as numbers."""
        import numpy as np

        given = self.problem.point(text, what)
        found: list[float] = []
        for e in given.values():
            if any(n.op in (SYMBOL, MEMBER) for n in postorder(e)):
                raise UsageError(f"{what} takes numbers here, not {text!r}")
            value = expression(Question.of(printer("text")(self.problem.arranger().spell(e)))).evaluate({})
            found += map(float, np.ravel(value))
        return tuple(found)

    def mark(self) -> None:
        """Find the stationary points within the windows."""
        slope = self.gradient_at()
        found, note = on_a_line(self.f, slope, self.windows[0]) if self.flat else in_the_plane(slope, self.hessian_at(), self.windows)
        if note:
            self.assumptions.append(note)
        exact = self._exact_names() if found else []
        width = max(b - a for a, b in self.windows)
        for at, kind in found:
            names = [n for p, n, _ in exact if max(abs(a - b) for a, b in zip(at, p)) < SAME * width]
            kinds = [k for p, _, k in exact if max(abs(a - b) for a, b in zip(at, p)) < SAME * width]
            near = next((p for p, _, _ in exact if max(abs(a - b) for a, b in zip(at, p)) < SAME * width), at)
            decided = kinds[0] if kinds and kind == "undecided" else kind
            self.marks.append(MarkedPoint(near, self.f(near), decided, names[0] if names else self._decimals(at)))

    def _exact_names(self) -> list[tuple[Point, str, str]]:
        """The isolated stationary points that have a closed form: coordinates, name, kind."""
        try:
            answer = stationary_points(self.problem, True)
        except MatcalcError:
            return []
        found = []
        for p in answer.points:
            if not p.is_family and not p.equation:
                try:
                    found.append((self.point(answer.place(p), "the stationary point"), answer.place(p), p.kind))
                except MatcalcError:
                    continue
        return found

    def _decimals(self, at: Point) -> str:
        numbers = [f"{x:.10g}" for x in at]
        if self.is_vector:
            return f"[{'; '.join(numbers)}]"
        return numbers[0] if self.flat else "; ".join(f"{n} = {x}" for n, x in zip(self.axes, numbers))

    # ------------------------------------------------------------------------------------------------------------ answers

    @property
    def curves(self) -> list[str]:
        """The function and its Taylor polynomials, as text."""
        return [self.expression.text, *(t.text for t in self.taylor)]

    def spell(self, form: str = "text") -> str:
        """What the picture shows, in words: a line for every curve, mark and field."""
        axes = ", ".join(self.axes)
        lines = [f"f({axes}) = {self.expression.spell(form)}"]
        lines += [f"T_{t.order}({axes}) = {t.spell(form)}" for t in self.taylor]
        lines += [f"{'f' + _primes(d.order)}({axes}) = {d.spell(form)}" for d in self.derivatives]
        if not self.flat:
            lines += [f"df/d{'(' + n + ')' if len(n) > 1 else n} = {d.spell(form)}" for n, d in zip(self.problem.names, self.gradient)]
        lines += [
            f"{m.kind} at {m.name if self.flat is False and not self.is_vector else self.problem.names[0] + ' = ' + m.name}"
            for m in self.marks
        ]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """What `--json` prints."""
        found: dict[str, Any] = {"curves": self.curves}
        for axis, window in zip("xy", self.windows):
            found[axis] = list(window)
        if self.derivatives:
            found["derivatives"] = [d.text for d in self.derivatives]
        if not self.flat:
            found["field"] = self._field()
        found["marks"] = [{"at": m.name, "kind": m.kind, "value": m.value} for m in self.marks]
        if self.path:
            found["descent"] = [list(p) for p in self.path]
        return found | {"where": self.expression.where, "assumptions": self.assumptions, "verified": "verified"}

    def _field(self) -> list[str]:
        return [d.text for d in self.gradient]

    def save(self, path: str) -> None:
        """Draw it: .png, .svg or .pdf by the ending. This needs matplotlib, which the extra `plot` installs."""
        check_ending(path)
        try:
            import matplotlib  # noqa: F401
        except ModuleNotFoundError:
            raise NoAnswerError(
                "drawing needs matplotlib, which is not installed", suggestion='install it: pip install "matcalc-symbolic[plot]"'
            ) from None
        from .drawing import draw

        try:
            draw(self, path)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None

    def _repr_png_(self) -> bytes:
        """For notebooks."""
        from io import BytesIO

        from .drawing import draw

        stream = BytesIO()
        draw(self, stream, "png")
        return stream.getvalue()

    def __repr__(self) -> str:
        return f"<plot of {self.expression.text} over {' × '.join(f'[{a:g}, {b:g}]' for a, b in self.windows)}>"


def _primes(order: int) -> str:
    return "'" * order if order < 4 else f"^({order})"


def check_ending(path: str) -> None:
    """Refuse what is no picture before any work is done."""
    ending = path.rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    if ending not in FORMATS:
        raise UsageError(f"a picture ends in .png, .svg or .pdf, not {path!r}")


def read_windows(given: str | Sequence[float] | None, positive: Sequence[bool]) -> list[Window]:
    """`-4,4` for every axis, `-4,4; 0,2` one for each; numbers as in any expression (-pi, 2 pi)."""
    if given is None:
        return [(0.0, 4.0) if p else (-3.0, 3.0) for p in positive]
    if isinstance(given, str):
        pairs = [[_number(n, given) for n in piece.split(",")] for piece in given.split(";") if piece.strip()]
    else:
        numbers = list(given)
        pairs = [[float(n) for n in numbers[k : k + 2]] for k in range(0, len(numbers), 2)]
    if len(pairs) == 1:
        pairs *= len(positive)
    if len(pairs) != len(positive) or any(len(p) != 2 for p in pairs):
        raise UsageError(f"a range is two numbers, or two for each axis, not {given!r}", suggestion="for example --range -4,4")
    for a, b in pairs:
        if not (finite(a) and finite(b) and a < b):
            raise UsageError(f"a range goes from a smaller number to a larger one, not {given!r}")
    return [(a, b) for a, b in pairs]


def _number(text: str, whole: str) -> float:
    try:
        return float(expression(Question.of(text)).evaluate({}))
    except (MatcalcError, TypeError, ValueError, ArithmeticError):
        raise UsageError(f"{text.strip()!r} in the range {whole!r} is no number") from None
