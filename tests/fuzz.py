"""Random expressions through matcalc, judged by the oracle, and failures made small.

    python tests/fuzz.py --count 10000 --depth 5 --order2 0.25 --seed 0 --jobs 2
    python tests/fuzz.py --lines FILE                expressions on lines "text | wrt | where | order 2 | …"

Every answer is compared with the oracle's derivative at two random points. What is printed, text and LaTeX, has to read
back to the same numbers. An exception that is no MatcalcError, a refusal by matcalc's own verification where the
derivative exists, more than five seconds for a derivative or no end are failures as well. Failures are made small and
printed on lines to paste; then comes a table of outcomes and times. The exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any

from generate import SQUARE, Expression, Symbol, expressions
from judging import BUGS, HANG, Verdict, judge
from shrinking import shrink

from matcalc.errors import MatcalcError
from matcalc.reading.read import parse, parse_where

PATIENCE = 10 * HANG  # seconds by the clock after which a process that does not even hear the bell is ended
SLOWEST = 8  # printed below the table
PROGRESS = 100  # expressions from one line that counts them to the next: a run that is killed has said how far it came


def question(line: str) -> Expression:
    """An expression from a line `text | wrt | where | anything`, the bars between blanks."""
    text, wrt, where, *more = (part.strip() for part in line.split(" | "))
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
    found.order = 2 if "order 2" in more else 1
    found.text, found.where = text, where
    return found


def run(count: int, depth: int, seed: int, jobs: int = 1, second: float = 0.0, first: int = 0) -> Iterator[tuple[Expression, Verdict]]:
    """Every expression from the `first` on with its verdict, in order, judged by so many processes."""
    questions = islice(expressions(first + count, depth, seed, second), first, None)  # made when they are given: all would be ten seconds
    asked: dict[int, Expression] = {}
    found: dict[int, Verdict] = {}
    crew = [_Judge() for _ in range(jobs)]
    try:
        for k in range(count):
            while k not in found:
                for j in crew:
                    if j.number is None and (e := next(questions, None)) is not None:
                        asked[number := k + len(asked)] = e
                        j.give(number, e)
                wait([j.pipe for j in crew if j.number is not None], timeout=1.0)
                for j in crew:
                    if j.number is not None and (verdict := j.answer()) is not None:
                        found[j.number], j.number = verdict, None
            yield asked.pop(k), found.pop(k)
    finally:
        for j in crew:
            j.process.kill()


class _Judge:
    """A process that judges one expression after another."""

    pipe: Connection[Any, Any]
    process: Any

    def __init__(self) -> None:
        self.number: int | None = None
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        self.pipe, far = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(far, self.pipe), daemon=True)
        self.process.start()
        far.close()

    def give(self, number: int, e: Expression) -> None:
        self.number, self.deadline = number, time.monotonic() + PATIENCE
        self.pipe.send(e)

    def answer(self) -> Verdict | None:
        """The verdict, if there is one. A process that died or never ends is replaced."""
        try:
            if self.pipe.poll():
                return Verdict(*self.pipe.recv())
        except EOFError:
            self._start()
            return Verdict("internal error", "the process died")
        if time.monotonic() < self.deadline:
            return None
        self.process.kill()
        self._start()
        return Verdict("hang", "in NumPy", HANG)


def _serve(pipe: Connection[Any, Any], other: Connection[Any, Any]) -> None:
    other.close()  # so that the end of the other process is heard
    while True:
        try:
            pipe.send(tuple(judge(pipe.recv())))
        except EOFError:
            return


def table(results: list[tuple[Expression, Verdict]]) -> str:
    """Outcomes, operations, times."""
    outcomes = Counter(v.outcome for _, v in results)
    used = Counter(label for e, _ in results for label in e.used)
    times = sorted(v.seconds for _, v in results)
    many = max(len(results), 1)
    failed = {b: "  (failed)" for b in BUGS}
    lines = [f"{n:6d}  {1000 * n / many:6.1f} in 1000  {outcome}{failed.get(outcome, '')}" for outcome, n in outcomes.most_common()]
    causes = Counter(f"{v.outcome}: {v.cause[:90]}" for _, v in results if v.cause)
    lines += ["causes:", *(f"{n:6d}  {c}" for c, n in causes.most_common(40))]
    lines += ["operations: " + ", ".join(f"{op} {n}" for op, n in sorted(used.items(), key=lambda t: t[1]))]
    slow = sorted(results, key=lambda r: -r[1].seconds)[:SLOWEST]
    lines += ["the slowest:", *(f"{v.seconds:8.2f}  {e.line}" for e, v in slow)]
    marks = (50, 90, 99, 100)
    second = sum(e.order > 1 for e, _ in results)
    percentiles = ", ".join(f"{q} %: {times[min(len(times) - 1, math.ceil(q / 100 * len(times)) - 1)]:.2f}" for q in marks)
    lines += [f"{len(results)} expressions, {second} of them of order two; seconds: {percentiles}"]
    lines += [f"failed: {sum(outcomes[b] for b in BUGS)}"]
    return "\n".join(lines)


def from_lines(path: str) -> None:
    """Judge the expressions in a file."""
    with open(path, encoding="utf-8") as file:
        for line in filter(str.strip, file):
            try:
                print(*judge(question(line.removeprefix("FIXED ")))[:2], "|", line.strip()[:150])
            except (MatcalcError, ValueError) as error:
                print(f"({error})".splitlines()[0], "|", line.strip()[:150])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--order2", type=float, default=0.0, metavar="PART", help="how many are differentiated twice")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--first",
        type=int,
        default=0,
        metavar="N",
        help="leave out the first N of the seed, which were judged before: --count counts those behind them",
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--lines", metavar="FILE", help="judge the expressions in a file")
    parser.add_argument("--refusals", action="store_true", help="print refusals and what is not read back too")
    parser.add_argument("--raw", action="store_true", help="do not make failures smaller")
    options = parser.parse_args()
    if options.lines:
        from_lines(options.lines)
        return 0
    results: list[tuple[Expression, Verdict]] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _each(options, results)
    except KeyboardInterrupt:
        print("interrupted")
    print(table(results))
    return int(any(v.outcome in BUGS for _, v in results))


def _each(options: argparse.Namespace, results: list[tuple[Expression, Verdict]]) -> None:
    """Judge, and print what failed as soon as it is known."""
    shrunk: Counter[tuple[str, str]] = Counter()
    for e, v in run(options.count, options.depth, options.seed, options.jobs, options.order2, options.first):
        results.append((e, v))
        if len(results) % PROGRESS == 0:
            failed = sum(v.outcome in BUGS for _, v in results)
            print(f"# {options.first + len(results)} of the seed judged, {failed} failed", flush=True)
        if v.outcome in BUGS:
            key = (v.outcome, v.cause if v.outcome == "internal error" else "")
            shrunk[key] += 1
            small = e if options.raw or v.outcome in ("hang", "slow") or shrunk[key] > 8 else shrink(e, v)
            why = judge(small).cause if small is not e else v.cause
            print(f"{small.line} | {v.outcome} {why} ({v.seconds:.1f} s)", flush=True)
            if small is not e:
                print(f"    made small from: {e.line}", flush=True)
        elif options.refusals and v.outcome not in ("right", "no point"):
            print(f"{e.line} | {v.outcome} {v.cause}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
