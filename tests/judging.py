"""The verdict on one random expression: matcalc's answer beside the oracle's, at two random points.

What is printed, text and LaTeX, has to read back to the same numbers at the first of them. A first derivative is compared with complex
steps; a second one, along a random direction, with extrapolated differences of them.
"""

from __future__ import annotations

import re
import signal
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from analytic import JUMPS, TIES, Unfit
from generate import SIZES, Expression
from oracle import Fixed, jacobian

import matcalc
from matcalc.errors import MatcalcError, NoAnswerError, VerificationError
from matcalc.numbers import arrays, precise
from matcalc.numbers.numeric import Plan
from matcalc.numbers.seen import TIED
from matcalc.syntax import Binding, Program

# Failures. Not among them: "refused" (the book has no rule), "no derivative" and "no point" (the oracle has none either), "unseen" (right,
# and a summand of it was 0 at all points, as the answer says), "not read back" (the text names a size or an index that the reader cannot
# know).
BUGS = tuple("wrong,shape,misread,not understood,text,latex,internal error,refused by verification,not checked,slow,hang".split(","))
# Seconds of computing. The bell is for what never ends, on the slowest machine too: the suite fails by it.
SLOW, HANG = 5.0, 120.0
READ = 3.0  # for the numbers of what was read back
ROUNDING = 20  # times what rounding was seen to do to the numbers at a point
LONGEST = 400  # characters of an answer that are shown
Array = np.ndarray[Any, Any]


class Verdict(NamedTuple):
    """What became of an expression; `cause` is the same for failures of one kind."""

    outcome: str
    cause: str = ""
    seconds: float = 0.0


class Hang(BaseException):
    """The time is up. (Not an Exception, so that nobody catches it on the way.)"""


def judge(e: Expression, seed: int = 0) -> Verdict:
    """Ask matcalc, then the oracle."""
    signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, HANG, 1.0)  # again: where a weak reference dies the first is lost
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _judge(e, seed)
    except Hang:
        return Verdict("hang", seconds=HANG)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ring(*_: object) -> None:
    raise Hang


def _judge(e: Expression, seed: int) -> Verdict:
    start = time.process_time()
    try:
        d = matcalc.derivative(e.text, e.wrt, where=e.where, **({"order": e.order} if e.order > 1 else {}))
    except MatcalcError as error:
        return _refused(e, error, seed, time.process_time() - start)
    except Exception as error:
        return Verdict("internal error", f"{type(error).__name__} {_place(error)}", time.process_time() - start)
    seconds = time.process_time() - start
    assert not isinstance(d, list)
    if d.check is None:
        return Verdict("wrong", "not verified", seconds)
    judged = 0
    unread = ""
    readings: dict[str, Any] = {}
    missed: Counter[str] = Counter()
    for point in points(e, seed, missed):
        try:
            found = _compare(e, d, point, readings, judged == 0)
        except MatcalcError as error:
            return Verdict("internal error", f"evaluate: {_cause(error.message)}", seconds)
        except Exception as error:
            return Verdict("internal error", f"{type(error).__name__} {_place(error)}", seconds)
        if found is not None and point.jump and found[0] != "not read back":
            found = "vague", f"{found[0]} at a jump, where matcalc may have a rounding error for 0"
        if found is not None and found[0] == "vague":
            missed[found[1]] += 1
            continue
        if found is not None and found[0] != "not read back":
            return Verdict(*found, seconds)
        unread = found[1] if found is not None else unread
        judged += 1
        if judged == 2:
            break
    if seconds > SLOW:
        return Verdict("slow", seconds=seconds)
    if unread:
        return Verdict("not read back", unread, seconds)
    if not judged:
        return Verdict("no point", missed.most_common(1)[0][0], seconds)
    return Verdict("right" if d.check else "unseen", seconds=seconds)


def _refused(e: Expression, error: MatcalcError, seed: int, seconds: float) -> Verdict:
    """An honest refusal, or a wrong one: by verification, though the oracle has points where the derivative exists."""
    unchecked = "could not be checked" in error.message
    if not isinstance(error, VerificationError) and not unchecked:
        return Verdict("refused" if isinstance(error, NoAnswerError) else "not understood", _cause(error.message), seconds)
    if all(p.jump for p in points(e, seed)):
        return Verdict("no derivative", seconds=seconds)
    if TIED in error.message and all(p.tie for p in points(e, seed)):  # cases say nothing where two sides meet
        return Verdict("refused", "where two cases meet", seconds)
    return Verdict("not checked" if unchecked else "refused by verification", seconds=seconds)


class Point(NamedTuple):
    """Values, and what the oracle makes of them."""

    given: dict[str, Any]  # as a user gives them
    value: Array
    derivative: Array  # a second derivative along `direction`
    noise: float  # how far the derivative may be off, by its condition
    unsure: float  # the same of the value
    direction: Array | None = None
    jump: bool = False  # whether something stays at a jump there
    tie: bool = False  # whether what is compared is equal there, as at the end of a clip


def points(e: Expression, seed: int, missed: Counter[str] | None = None) -> Iterator[Point]:
    """Points where the value and the derivative exist and are no accident of rounding; `missed` counts why others are none. Where the
    two sides agree at a point at a jump, that counts; where they do not, it says nothing."""
    missed = Counter() if missed is None else missed
    for k in range(8):
        rng = np.random.default_rng([seed, k])
        env, families = e.draw(rng)
        nudged = {n: v if e.symbols[n].prop == "integer" else v * (1 + 1e-11 * rng.uniform(-1, 1, v.shape)) for n, v in env.items()}
        direction = rng.uniform(-1, 1, env[e.wrt].shape) if e.order > 1 else None
        JUMPS.clear()
        TIES.clear()
        try:
            with np.errstate(all="ignore"):
                value, derivative, error = _exact(e, env, families, direction)
                jump, tie = bool(JUMPS), bool(TIES)
                beside, near, _ = _exact(e, nudged, families, direction, 1e15 * rng.uniform(1, 2))
        except (Unfit, np.linalg.LinAlgError, OverflowError, IndexError) as error:
            missed[str(error) or type(error).__name__] += 1
            continue
        size = np.max(np.abs(derivative), initial=0)
        noise = 20 * (error + float(np.max(np.abs(near - derivative), initial=0)))
        if not close(beside, value, 1e-9):  # a jump, where the sign of a rounding error decides
            missed["the value jumps within rounding"] += 1
            continue
        if not (np.all(np.isfinite(value)) and np.all(np.isfinite(derivative))):
            missed["not finite"] += 1
        elif not (noise <= 1e-5 * size + 1e-9 and size < 1e12):
            missed["a derivative without digits"] += 1
        if np.all(np.isfinite(value)) and np.all(np.isfinite(derivative)) and noise <= 1e-5 * size + 1e-9 and size < 1e12:
            given = {n: v.reshape([d for d in v.shape if d != 1]) for n, v in {**env, **families}.items()}
            along = None if direction is None else direction.reshape([d for d in direction.shape if d != 1])
            unsure = 20 * float(np.max(np.abs(beside - value), initial=0))
            noise += 1e-9 * (1 + float(np.max(np.abs(value), initial=0)))
            yield Point(given, value, derivative, noise, noise + unsure, along, jump, tie)


def _exact(
    e: Expression, env: dict[str, Array], families: dict[str, Array], direction: Array | None, salt: float = 0.0
) -> tuple[Array, Array, float]:
    """Value and derivative, and how far the derivative may be off. A second derivative along a direction is extrapolated from
    central differences of the first with steps h, h/2, h/4 (to the sixth power of h); h gets smaller until they agree. With `salt`
    everything is off by rounding errors."""
    program = Program(e.text, () if e.bound is None else (Binding(*e.bound),), e.tree)
    fixed = Fixed(program, e.wrt)
    value, first = jacobian(program, env, SIZES, families, e.wrt, salt, fixed)
    if direction is None:
        return value, first, 0.0

    def slope(h: float) -> Array:
        ends = ({**env, e.wrt: env[e.wrt] + k * direction} for k in (h, -h))
        up, down = (jacobian(program, end, SIZES, families, e.wrt, salt, fixed)[1] for end in ends)
        slopes = (up - down) / (2 * h)
        parted.append(np.abs((up - first) / h - slopes))
        return slopes

    parted: list[Array] = []

    for h in (4e-3, 4e-4, 4e-5):
        a, b, c = slope(h), slope(h / 2), slope(h / 4)
        coarse, fine = (4 * b - a) / 3, (4 * c - b) / 3
        error = float(np.max(np.abs(fine - coarse), initial=0))
        size = float(np.max(np.abs(fine), initial=0))
        # One-sided slopes of an entry that stay apart are a kink at this very point, hidden as it may be beside what bends elsewhere.
        if np.any((parted[-1] > 0.75 * parted[-2]) & (parted[-1] > 1e-4 * size + 1e-8)):
            raise Unfit("a kink")
        if error <= 1e-6 * size + 1e-10:
            return value, (16 * fine - coarse) / 15, error / 15
    raise Unfit("a kink near by")


def evaluated(thing: Any, given: dict[str, Any], where: str) -> Array:
    """The numbers, with those sizes given of the declarations that do not follow from arrays."""
    declared = set(re.findall(r"[A-Za-z0-9]+", where))
    for _ in range(6):
        try:
            return np.asarray(thing.evaluate(given), dtype=float)
        except MatcalcError as error:
            found = re.search(r"the sizes? (.*?) do(?:es)? not follow|no value was given for (\w) a number", error.message)
            missing = (found[1] or found[2]).split(", ") if found is not None else []
            if not missing or not declared.issuperset(missing):
                raise
            given = {**given, **{n: SIZES[n] for n in missing}}
    raise AssertionError("sizes that are never enough")


def _compare(e: Expression, d: Any, p: Point, readings: dict[str, Any], reads: bool) -> tuple[str, str] | None:
    """The failure at this point, if there is one. `readings` keeps the question as it is read for the next point; where it `reads`, what
    is printed is read back too."""
    with np.errstate(all="ignore"):
        if "question" not in readings:
            readings["question"] = matcalc.parse(e.text, where=e.where)
        read = evaluated(readings["question"], p.given, e.where + e.text)
        if read.shape != p.value.shape:
            return "misread", ""
        if not close(read, p.value, p.unsure):
            if not np.all(np.isfinite(read)):  # an overflow on the way: no number is no wrong one
                return "vague", "an overflow in matcalc's value"
            off = float(np.max(np.abs(read - p.value)))
            rounded = off <= ROUNDING * _spread(readings["question"], read, p, e.where + e.text)
            return ("vague", "rounding in matcalc's value") if rounded else ("misread", "")
        whole = evaluated(d, p.given, e.where + e.text)
        got = whole if p.direction is None else np.tensordot(whole, p.direction, axes=p.direction.ndim)
        if got.shape != p.derivative.shape:
            return "shape", f"{got.shape} for {p.derivative.shape}"
        if not close(got, p.derivative, p.noise):
            if not np.all(np.isfinite(got)):
                return "vague", "an overflow in the answer"
            off = float(np.max(np.abs(got - p.derivative)))
            if p.direction is None and close(got, _by_differences(readings["question"], p, e.wrt), p.noise):
                return "vague", "rounding in the oracle"  # cosh(C/1000)^+ has digits for nobody's doubles
            reach = 1.0 if p.direction is None else float(np.sum(np.abs(p.direction)))
            rounded = off <= ROUNDING * reach * _spread(d, whole, p, e.where + e.text)
            return ("vague", "rounding in the answer") if rounded else ("wrong", "")
        if not reads:
            return None
        signal.setitimer(signal.ITIMER_PROF, READ, 1.0)
        try:
            return _read_back(d, whole, p, e.where + e.text)
        except Hang:
            return "not read back", "the numbers take too long"
        finally:
            signal.setitimer(signal.ITIMER_PROF, HANG, 1.0)  # the bell would ring on


def _spread(thing: Any, numbers: Array, p: Point, where: str) -> float:
    """How far rounding moved these numbers of an expression at this point: how far they are from those of 50 digits. Infinite where
    50 digits have no number either."""
    try:
        spread = float(np.max(np.abs(numbers - evaluated(_Precisely(thing), p.given, where)), initial=0))
        return np.inf if np.isnan(spread) else spread
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        return 0.0


def _by_differences(question: Any, p: Point, name: str) -> Array:
    """The first derivative by differences of 50 digits; not a number where these have none."""
    with suppress(ArithmeticError, ValueError, TypeError, AttributeError, KeyError, MatcalcError), precise.precision(50):
        env, sizes = question._scope.prepare(p.given, [question._typed.expr])
        known, h = {n: _decimals(v) for n, v in env.items()}, precise.exact(10) ** -17
        columns, function = [], Plan(question._typed.expr, precise).value
        for k in range(len(precise.flat(known[name]))):
            ends = []
            for by in (h, -h):
                moved = [x + by * (j == k) for j, x in enumerate(precise.flat(known[name]))]
                x = arrays.Array(moved, known[name].shape) if np.ndim(env[name]) else moved[0]
                ends.append(precise.flat(function({**known, name: x}, sizes)))
            columns.append([float((a - b) / (2 * h)) for a, b in zip(*ends, strict=True)])
        return np.array(columns).T.reshape(p.derivative.shape)
    return np.full(p.derivative.shape, np.nan)


class _Precisely:
    """An expression or a derivative, evaluated with 50 digits."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def evaluate(self, given: dict[str, Any]) -> Array:
        thing = self.thing
        tensor = getattr(thing, "_tensor", None)  # of a derivative
        parts, shapes = (tensor.expressions(), tensor.shapes) if tensor is not None else ([thing._typed.expr], ())
        env, sizes = thing._scope.prepare(given, parts, shapes)
        with precise.precision(50):
            known = {n: _decimals(v) if np.ndim(v) < 3 else [_decimals(m) for m in v] for n, v in env.items()}
            function = (
                Plan(thing._typed.expr, precise).value if tensor is None else (lambda env, sizes: tensor.arrays(precise)(env, sizes, {}))
            )
            value = function(known, sizes)
            shape = [d.value(sizes) for s in shapes or (thing._typed.expr.shape,) for d in s if d.number != 1]
            return np.array([float(v) for v in precise.flat(value)]).reshape(shape)


def _decimals(value: Any) -> Any:
    if np.ndim(value):
        return arrays.Array([precise.exact(float(v)) for v in np.ravel(value)], np.shape(value))
    return precise.exact(float(value))


def _read_back(d: Any, whole: Array, p: Point, where: str) -> tuple[str, str] | None:
    """What is printed is read again and must have the same numbers."""
    unread = None
    for form in ("text", "latex")[: 2 if len(d.shape) <= 2 else 1]:
        printed = ""
        try:
            printed = getattr(d, form)
            again = evaluated(matcalc.parse(printed, where=d.where), p.given, where)
        except MatcalcError as error:
            unread = "not read back", f"{form}: {_cause(error.message)}: {printed[:LONGEST]}"
            continue
        again = again if again.shape == whole.shape else again.reshape(whole.shape) if again.size == whole.size else again
        if again.shape != whole.shape or not close(again, whole, p.noise):
            spread = _spread(d, whole, p, where)
            if again.shape == whole.shape and np.isfinite(spread) and float(np.max(np.abs(again - whole))) <= ROUNDING * spread:
                unread = "not read back", "rounding in what is printed"
                continue
            return form, f"another value: {printed[:LONGEST]}"
    return unread


def close(a: Array, b: Array, noise: float) -> bool:
    return bool(np.max(np.abs(a - b), initial=0) <= 1e-6 * np.max(np.abs(b), initial=0) + noise)


def _cause(message: str) -> str:
    """A message without its particulars."""
    return re.sub(r"\d+", "0", message.split(":")[0])[:90]


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_frame.f_code.co_name}" if trace else ""
