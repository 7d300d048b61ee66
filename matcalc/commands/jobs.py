r"""Many derivatives at once: jobs from a file, answers in order, on all cores.

A `.jsonl` file has an object on each line, with `expr`, `wrt` (a name or a list), and if need be `where`, `order`, `layout`,
`notation`, `id`. In a `.tex` or `.md` file a formula is marked by a comment right before it, with the options of `matcalc d`:

    % matcalc: --wrt x --where "A in R^{n x n}"            <!-- matcalc: --wrt theta --order 2 -->
    \[ x^\top A x \]                                       $\|y - \Phi\theta\|^2$

The next formula after the mark is meant: $…$, $$…$$, \(…\), \[…\], an equation environment, or in Markdown `code`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import MatcalcError, UsageError
from ..reading.files import read_file

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Job = dict[str, Any]  # what is asked; "line" is where it stands in the file, "error" why it cannot be asked
Record = dict[str, Any]

FIELDS = ("expr", "wrt", "where", "order", "layout", "notation", "id")
WORTH_A_PROCESS = 8  # jobs below which starting processes costs more than it saves
_MARK = re.compile(r"(?:<!--\s*matcalc:(?P<md>.*?)-->|^[ \t]*%+[ \t]*matcalc:(?P<tex>[^\n]*))", re.DOTALL | re.MULTILINE)
_FORMULA = re.compile(
    r"\$\$(?P<a>.+?)\$\$|\$(?P<b>[^$\n]+?)\$|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)"
    r"|\\begin\{(?P<env>equation|displaymath|math|align|gather|multline)(?P<star>\*?)\}(?P<e>.+?)\\end\{(?P=env)(?P=star)\}"
    r"|```[a-z]*\n(?P<f>.+?)\n```|`(?P<g>[^`\n]+)`",
    re.DOTALL,
)
_LABEL = re.compile(r"\\(?:label|tag)\{[^{}]*\}|\\nonumber(?![A-Za-z])|\\notag(?![A-Za-z])")


# ---------------------------------------------------------------------------------------------- files


def read_jobs(path: str) -> list[Job]:
    """The jobs of a file; a line that is none becomes a job with an `error`."""
    text = read_file(path)
    kind = os.path.splitext(path)[1].lower()
    if kind in (".jsonl", ".ndjson", ".json"):
        return [_job_of(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if kind in (".tex", ".md", ".markdown"):
        return marked(text)
    raise UsageError(f"{path} is neither .jsonl nor .tex nor .md")


def _job_of(number: int, line: str) -> Job:
    try:
        given = json.loads(line, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        return {"line": number, "error": f"not JSON: {error}"}
    if not isinstance(given, dict):
        return {"line": number, "error": "an object is wanted, with expr and wrt"}
    job: Job = {"line": number, **{name: given[name] for name in FIELDS if given.get(name) is not None}}
    wrong = _what_is_wrong(job)
    return {**job, "error": wrong} if wrong else job


def _not_json(word: str) -> None:
    raise ValueError(f"there is no {word} in JSON")


def _what_is_wrong(job: Mapping[str, Any]) -> str:
    if not isinstance(job.get("expr"), str):
        return "there is no expr, or it is no text"
    wrt = job.get("wrt")
    if not isinstance(wrt, str) and not (isinstance(wrt, list) and wrt and all(isinstance(n, str) for n in wrt)):
        return "there is no wrt: a name, or a list of names"
    for name in ("where", "layout", "notation"):
        if not isinstance(job.get(name, ""), str):
            return f"{name} is no text"
    return ""


def marked(text: str) -> list[Job]:
    """The marked formulas of a LaTeX or Markdown text."""
    jobs = []
    for mark in _MARK.finditer(text):
        job: Job = {"line": text.count("\n", 0, mark.start()) + 1}
        formula = _FORMULA.search(text, mark.end())
        following = _MARK.search(text, mark.end())
        try:
            job |= _options(mark["md"] if mark["md"] is not None else mark["tex"])
            if formula is None or (following is not None and following.start() < formula.start()):
                raise UsageError("no formula follows this mark")
            job["expr"] = _LABEL.sub("", next(formula[k] for k in "abcdefg" if formula[k] is not None)).strip()
            if "wrt" not in job:
                raise UsageError("the mark does not say --wrt")
        except UsageError as error:
            job["error"] = error.message
        jobs.append(job)
    return jobs


def _options(text: str) -> Job:
    """`--wrt x --where "A in S^n" --order 2`."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the mark cannot be read: {error}") from None
    found: Job = {}
    names: list[str] = []
    while words:
        option, _, value = words.pop(0).partition("=")
        name = option.removeprefix("--")
        if not option.startswith("--") or name not in FIELDS or name == "expr":
            raise UsageError(f"the mark has {option!r}: --wrt, --where, --order, --layout, --notation and --id are known")
        if not value:
            if not words:
                raise UsageError(f"{option} has no value")
            value = words.pop(0)
        if name == "wrt":
            names += [n.strip() for n in re.split(r",(?![^{\[(]*[}\])])", value)]
        elif name == "order":
            if not value.isdigit():
                raise UsageError(f"--order {value} is no number")
            found["order"] = int(value)
        else:
            found[name] = f"{found['where']}; {value}" if name == "where" and "where" in found else value
    if names:
        found["wrt"] = names[0] if len(names) == 1 else names
    return found


# ---------------------------------------------------------------------------------------------- answers


def answer(job: Mapping[str, Any], limit: float | None = None) -> Record:
    """The record for one job. Nothing is raised: what goes wrong is told in `error`."""
    record: Record = {name: job[name] for name in ("line", *FIELDS) if name in job}
    if "error" in job:
        return {**record, "error": job["error"], "exit": 2}
    try:
        with _time_limit(limit):
            return {**record, **_answered(job), "wrt": job["wrt"]}
    except MatcalcError as error:
        return {**record, "error": str(error), "exit": error.exit_code}
    except TimeoutError:
        return {**record, "error": f"no answer within {limit:g} seconds", "exit": 1}
    except Exception as error:  # a bug, which must not cost the other lines their answers
        return {**record, "error": f"internal error (a bug): {type(error).__name__}: {error}", "exit": 1}


def _answered(job: Mapping[str, Any]) -> Record:
    from ..api import derivative

    options = {name: job[name] for name in ("where", "order", "layout", "notation") if name in job}
    wrt = job["wrt"] if isinstance(job["wrt"], str) or len(job["wrt"]) > 1 else job["wrt"][0]
    found = derivative(job["expr"], wrt, **options)
    if isinstance(found, list):
        return {"answers": [{"by": name, **d.as_dict()} for name, d in zip(job["wrt"], found)], "exit": 0}
    return {**found.as_dict(), "exit": 0}


class _time_limit:
    """Raise TimeoutError after some seconds, where the system has an alarm clock and this is the main thread."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self._set(self.seconds or 0.0)

    def __exit__(self, *_: object) -> None:
        self._set(0.0)

    def _set(self, seconds: float) -> None:
        import signal
        import threading

        if self.seconds and hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, _ring)
            signal.setitimer(signal.ITIMER_REAL, seconds)


def _ring(*_: object) -> None:
    raise TimeoutError


# ---------------------------------------------------------------------------------------------- all of them


def run(jobs: Sequence[Job], processes: int | None = None, limit: float | None = None) -> Iterator[Record]:
    """The records of the jobs, in order, as they become known. `processes` is how many work at once, by default one per core."""
    count = processes if processes is not None else min(_cores(), max(1, len(jobs) // WORTH_A_PROCESS))
    if count <= 1:
        yield from (answer(job, limit) for job in jobs)
        return
    with _pool(count) as pool:
        yield from _collected(jobs, _given_out(jobs, pool, count, limit), limit)


Task = tuple["Future[list[Record]]", int]  # what works on a job, and the place of its record in what that gives


def _given_out(jobs: Sequence[Job], pool: ProcessPoolExecutor, count: int, limit: float | None) -> list[Task]:
    """For every job its task. Questions about numbers alone go together and first, as many as are a process's share of all jobs: it
    is they that ask SymPy, which then not every process has to import."""
    alone = [k for k, job in enumerate(jobs) if _of_numbers(job)]
    share = -(-len(jobs) // count)
    parts = [alone[k : k + share] for k in range(0, len(alone), share)]
    parts += [[k] for k in sorted(set(range(len(jobs))).difference(alone))]
    tasks: dict[int, Task] = {}
    for part in parts:
        task = pool.submit(_answers, [jobs[k] for k in part], limit)
        tasks |= {k: (task, place) for place, k in enumerate(part)}
    return [tasks[k] for k in range(len(jobs))]


def _of_numbers(job: Mapping[str, Any]) -> bool:
    """Whether something is declared and no vector or matrix is."""
    where = job.get("where", "")
    return isinstance(where, str) and "in" in where and "^" not in where


def _answers(jobs: Sequence[Job], limit: float | None) -> list[Record]:
    return [answer(job, limit) for job in jobs]


def _collected(jobs: Sequence[Job], tasks: Sequence[Task], limit: float | None) -> Iterator[Record]:
    from concurrent.futures.process import BrokenProcessPool

    for k, (task, place) in enumerate(tasks):
        try:
            yield task.result()[place]
        except BrokenProcessPool:  # a process was killed, by the memory of one job perhaps: which one shows when they go one by one
            yield from _one_by_one(jobs[k:], limit)
            return


def _one_by_one(jobs: Iterable[Job], limit: float | None) -> Iterator[Record]:
    from concurrent.futures.process import BrokenProcessPool

    pool = _pool(1)
    try:
        for job in jobs:
            try:
                yield pool.submit(answer, job, limit).result()
            except BrokenProcessPool:
                pool.shutdown(wait=False)
                pool = _pool(1)
                record = {name: job[name] for name in ("line", *FIELDS) if name in job}
                yield {**record, "error": "the process that worked on this was killed", "exit": 1}
    finally:
        pool.shutdown()


def _pool(count: int) -> ProcessPoolExecutor:
    """Processes that work. On Linux they are copies of this one, warmed up, if it has a single thread; elsewhere they begin afresh."""
    import gc
    import multiprocessing
    import threading
    from concurrent.futures import ProcessPoolExecutor

    if sys.platform.startswith("linux") and threading.active_count() == 1:
        answer({"expr": "sum(tanh(A x)) + sum_{i=1}^n x_i", "wrt": "x"})
        from ..numbers import kernels  # noqa: F401  (NumPy, which short answers do without)

        gc.collect()
        gc.freeze()
        return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def _cores() -> int:
    """The cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
