"""Random expressions through matcalc, judged by the oracle, and failures made small.

    python tests/fuzz.py --count 2000 --depth 3 --seed 0      a table of outcomes; every failure on a line to paste
    python tests/fuzz.py --lines FILE                         expressions on lines "text | wrt | where | …"

Every answer is compared with the oracle's derivative at two random points. What is printed, text and LaTeX, has to read
back to the same numbers. An exception that is no MatcalcError, a refusal by matcalc's own verification, or more than
two seconds for a derivative are failures as well.
"""

from __future__ import annotations

import argparse
import math
import re
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from analytic import Unfit
from generate import SIZES, SQUARE, Expression, Symbol, expressions, num, size_of
from oracle import Oracle, jacobian

import matcalc
from matcalc.errors import MatcalcError, NoAnswerError, VerificationError
from matcalc.read import parse, parse_where
from matcalc.syntax import Binding, Node, Program, walk

BUGS = ("wrong", "internal error", "refused by verification", "slow", "hang", "misread", "text", "latex", "shape")
SLOW, HANG = 2.0, 60.0
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
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, HANG, 1.0)  # again: where a weak reference dies the first is lost
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _judge(e, seed)
    except Hang:
        return Verdict("hang", seconds=HANG)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(*_: object) -> None:
    raise Hang


def _judge(e: Expression, seed: int) -> Verdict:
    start = time.process_time()
    try:
        d = matcalc.derivative(e.text, e.wrt, where=e.where)
    except VerificationError as error:
        seconds = time.process_time() - start
        exists = next(points(e, seed), None) is not None
        return Verdict("refused by verification", "", seconds) if exists else Verdict("no point", str(error), seconds)
    except MatcalcError as error:
        kind = "unchecked" if isinstance(error, NoAnswerError) else "refused"
        return Verdict(kind, _cause(error.message), time.process_time() - start)
    except Exception as error:
        return Verdict("internal error", f"{type(error).__name__} {_place(error)}", time.process_time() - start)
    seconds = time.process_time() - start
    assert not isinstance(d, list)
    if d.verified != "verified":
        return Verdict("wrong", "not verified", seconds)
    judged = 0
    for point in points(e, seed):
        try:
            wrong = _compare(e, d, point)
        except MatcalcError as error:
            return Verdict("internal error", f"evaluate: {_cause(error.message)}", seconds)
        except Exception as error:
            return Verdict("internal error", f"{type(error).__name__} {_place(error)}", seconds)
        if wrong is not None:
            return Verdict(*wrong, seconds)
        judged += 1
        if judged == 2:
            break
    if seconds > SLOW:
        return Verdict("slow", seconds=seconds)
    return Verdict("right" if judged else "no point", seconds=seconds)


class Point(NamedTuple):
    """Values, and what the oracle makes of them."""

    given: dict[str, Any]  # as a user gives them
    value: Array
    derivative: Array
    noise: float  # how far the derivative may be off, by its condition


def points(e: Expression, seed: int) -> Iterator[Point]:
    """Points where the value and the derivative exist and are no accident of rounding."""
    program = Program(e.text, () if e.bound is None else (Binding(*e.bound),), e.tree)
    for k in range(8):
        rng = np.random.default_rng([seed, k])
        env, families = e.draw(rng)
        nudged = {n: v if e.symbols[n].prop == "integer" else v * (1 + 1e-11 * rng.uniform(-1, 1, v.shape)) for n, v in env.items()}
        try:
            with np.errstate(all="ignore"):
                value, derivative = jacobian(program, env, SIZES, families, e.wrt)
                beside, near = jacobian(program, nudged, SIZES, families, e.wrt)
        except (Unfit, np.linalg.LinAlgError, OverflowError, IndexError):
            continue
        size = np.max(np.abs(derivative), initial=0)
        noise = 20 * float(np.max(np.abs(near - derivative), initial=0))
        if not close(beside, value, 1e-9):  # a jump, where the sign of a rounding error decides
            continue
        if np.all(np.isfinite(value)) and np.all(np.isfinite(derivative)) and noise <= 1e-5 * size + 1e-9 and size < 1e12:
            given = {n: v.reshape([d for d in v.shape if d != 1]) for n, v in {**env, **families}.items()}
            yield Point(given, value, derivative, noise + 1e-9 * (1 + float(np.max(np.abs(value), initial=0))))


def evaluated(thing: Any, given: dict[str, Any]) -> Array:
    """The numbers, with the sizes given that do not follow from arrays."""
    for _ in range(6):
        try:
            return np.asarray(thing.evaluate(given), dtype=float)
        except MatcalcError as error:
            found = re.search(r"the sizes? (.*?) do(?:es)? not follow|no value was given for (\w) a number", error.message)
            if found is None:
                raise
            given = {**given, **{n: SIZES[n] for n in (found[1] or found[2]).split(", ") if n in SIZES}}
    raise AssertionError("sizes that are never enough")


def _compare(e: Expression, d: Any, p: Point) -> tuple[str, str] | None:
    """The failure at this point, if there is one."""
    with np.errstate(all="ignore"):
        read = evaluated(matcalc.parse(e.text, where=e.where), p.given)
        if read.shape != p.value.shape or not close(read, p.value, p.noise):
            return "misread", ""
        got = evaluated(d, p.given)
        if got.shape != p.derivative.shape:
            return "shape", f"{got.shape} for {p.derivative.shape}"
        if not close(got, p.derivative, p.noise):
            return "wrong", ""
        for form in ("text", "latex")[: 2 if len(d.shape) <= 2 else 1]:
            printed = ""
            try:
                printed = getattr(d, form)
                again = evaluated(matcalc.parse(printed, where=d.where), p.given)
            except MatcalcError as error:
                return form, f"{_cause(error.message)}: {printed}"
            again = again if again.shape == got.shape else again.reshape(got.shape) if again.size == got.size else again
            if again.shape != got.shape or not close(again, got, p.noise):
                return form, f"another value: {printed}"
    return None


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


# ---------------------------------------------------------------------------------------------- failures made small


def shrink(e: Expression, verdict: Verdict, seed: int = 0, tries: int = 400) -> Expression:
    """The smallest expression found that fails in the same way."""
    key = _key(verdict)
    seen = {e.text}

    def fails(candidate: Expression) -> bool:
        nonlocal tries
        if candidate.text in seen or tries <= 0:
            return False
        seen.add(candidate.text)
        tries -= 1
        return _key(judge(candidate, seed)) == key

    if e.bound is not None:
        title, value = e.bound
        whole = _edit(e.tree, lambda n: value if n.op == "name" and n.attr == title else None)
        inlined = Expression(whole, e.symbols, e.wrt, e.kind)
        if not fails(inlined):
            return e
        e = inlined
    while True:
        smaller = next((c for c in _smaller(e, seed) if fails(c)), None)
        if smaller is None:
            return e
        e = smaller


def _key(v: Verdict) -> tuple[str, str]:
    """Failures of printing have the text in their cause, which shrinking changes."""
    return (v.outcome, v.cause.split(":")[0]) if v.outcome in ("text", "latex", "shape") else (v.outcome, v.cause)


def _edit(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with some nodes replaced."""
    new = change(node)
    return Node(node.op, tuple(_edit(a, change) for a in node.args), node.attr) if new is None else new


def _smaller(e: Expression, seed: int) -> Iterator[Expression]:
    """Expressions with a subtree replaced by a smaller one of the same shape, the greatest savings first; then simpler symbols."""
    env, families = e.draw(np.random.default_rng([seed, 0]))
    oracle = Oracle(env, SIZES, families)
    oracle.indices = {"i": 1, "j": 1}
    shapes: dict[int, tuple[int, ...]] = {}
    lengths: dict[int, int] = {}
    nodes = list(walk(e.tree))
    for n in nodes:
        lengths[id(n)] = sum(1 for _ in walk(n))
        try:
            with np.errstate(all="ignore"):
                shapes[id(n)] = oracle(n).shape
        except Exception:
            continue
    options: list[tuple[int, Node, Node]] = []
    for n in nodes:
        shape = shapes.get(id(n))
        inner = [x for x in walk(n) if x is not n and shapes.get(id(x)) == shape and shape is not None]
        for title, s in e.symbols.items():
            own = size_of(s.kind[0]), size_of(s.kind[1])
            if not s.members and own == shape:
                inner.append(Node("name", (), title))
            elif not s.members and own[::-1] == shape and shape is not None:
                inner.append(Node("T", (Node("name", (), title),)))
        if shape == (1, 1) and n.op != "num":
            inner.append(num(2))
        if n.op == "add" and len(n.args) > 2:
            inner += [Node("add", n.args[:k] + n.args[k + 1 :]) for k in range(len(n.args))]
        options += [(lengths[id(n)] - sum(1 for _ in walk(x)), n, x) for x in inner]
    for saved, old, new in sorted(options, key=lambda t: -t[0]):
        if saved > 0 or (saved == 0 and old.op == "name" and new.op == "name" and new.attr == e.wrt != old.attr):
            yield e.replaced(_edit(e.tree, lambda n, old=old, new=new: new if n is old else None))  # type: ignore[misc]
    for title, s in e.symbols.items():
        if s.prop and s.prop != "integer":
            yield Expression(e.tree, {**e.symbols, title: Symbol(s.kind, "", s.members)}, e.wrt, e.kind)


# ---------------------------------------------------------------------------------------------- many of them


def question(line: str) -> Expression:
    """An expression from a line `text | wrt | where | anything`, the bars between blanks."""
    text, wrt, where, *_ = (part.strip() for part in line.split(" | "))
    declarations = parse_where(where)
    symbols = {}
    for d in declarations:
        sizes = [() if str(s) == "1" else tuple(re.sub(r"(\w)\^2", r"\1 \1", str(s)).split()) for s in d.sizes]
        fields = {"S": ["symmetric"], "N": ["integer"]}.get(d.field, [])
        known = [p for p in d.properties if p in (*SQUARE, "positive")] or fields
        base, _, index = d.name.partition("_")
        members = "N" if index in ("i", "j") else ""
        symbols[base if members else d.name] = Symbol((*sizes, (), ())[:2], known[0] if known else "", members)  # type: ignore[arg-type]
    program = parse(text, [d.name for d in declarations])
    found = Expression(program.body, symbols, wrt, ((), ()), bound=next(((b.name, b.value) for b in program.bindings), None))
    found.text, found.where = text, where
    return found


def run(count: int, depth: int, seed: int, jobs: int = 1) -> Iterator[tuple[Expression, Verdict]]:
    """Every expression with its verdict, in order."""
    questions = list(expressions(count, depth, seed))
    if jobs == 1:
        yield from ((e, judge(e)) for e in questions)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from zip(questions, pool.map(judge, questions, chunksize=4), strict=True)


def table(results: list[tuple[Expression, Verdict]]) -> str:
    """Outcomes, operations, times."""
    outcomes = Counter(v.outcome for _, v in results)
    used = Counter(label for e, _ in results for label in e.used)
    times = sorted(v.seconds for _, v in results)
    lines = [f"{n:6d}  {outcome}" for outcome, n in outcomes.most_common()]
    causes = Counter(f"{v.outcome}: {v.cause[:90]}" for _, v in results if v.cause)
    lines += ["causes:", *(f"{n:6d}  {c}" for c, n in causes.most_common(40))]
    lines += ["operations: " + ", ".join(f"{op} {n}" for op, n in sorted(used.items(), key=lambda t: t[1]))]
    marks = (50, 90, 99, 100)
    lines += ["seconds: " + ", ".join(f"{q} %: {times[min(len(times) - 1, math.ceil(q / 100 * len(times)) - 1)]:.2f}" for q in marks)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--lines", metavar="FILE", help="judge the expressions in a file")
    parser.add_argument("--refusals", action="store_true", help="print refusals too")
    parser.add_argument("--raw", action="store_true", help="do not make failures smaller")
    options = parser.parse_args()
    if options.lines:
        with open(options.lines, encoding="utf-8") as file:
            for line in filter(str.strip, file):
                try:
                    print(*judge(question(line.removeprefix("FIXED ")))[:2], "|", line.strip()[:150])
                except (MatcalcError, ValueError) as error:
                    print(f"({error})".splitlines()[0], "|", line.strip()[:150])
        return 0
    results = []
    shrunk: Counter[tuple[str, str]] = Counter()
    for e, v in run(options.count, options.depth, options.seed, options.jobs):
        results.append((e, v))
        if v.outcome in BUGS:
            key = (v.outcome, v.cause if v.outcome == "internal error" else "")
            shrunk[key] += 1
            small = e if options.raw or v.outcome == "hang" or shrunk[key] > 8 else shrink(e, v)
            why = judge(small).cause if small is not e else v.cause
            print(f"{small.line} | {v.outcome} {why} ({v.seconds:.1f} s)", flush=True)
            if small is not e and v.outcome in ("slow",):
                print(f"    from {e.line}", flush=True)
        elif options.refusals and v.outcome in ("refused", "unchecked"):
            print(f"{e.line} | {v.outcome} {v.cause}", flush=True)
    print(table(results))
    return int(any(v.outcome in BUGS for _, v in results))


if __name__ == "__main__":
    sys.exit(main())
