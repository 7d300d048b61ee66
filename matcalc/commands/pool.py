"""Jobs on all cores: their records in order, as they become known, with a bounded number of jobs held at any time.

Jobs are taken a block at a time, so that a stream of any length takes the memory of two blocks. A process that dies costs the record of
the job it died of and no other: the jobs in flight go one by one until it is found, then a new pool goes on.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from ..errors import MatcalcError
from .jobs import FIELDS, SETTING, Job

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Record = dict[str, Any]  # the answer to a job: what was asked, and what `as_dict` of a derivative has, or `error`; `exit` as of the command

WORTH_A_PROCESS = 8  # jobs below which starting processes costs more than it saves
BLOCK = 256  # jobs that are given out together


def repeated(job: Mapping[str, Any]) -> Record:
    """What a record says of its question. `asked` is what an answer overwrites: its `where` has the declarations found too."""
    asked = {name: job[name] for name in SETTING if name in job}
    return {name: job[name] for name in ("line", *FIELDS) if name in job} | ({"asked": asked} if asked else {})


def answer(job: Mapping[str, Any], limit: float | None = None) -> Record:
    """The record for one job. Nothing is raised: what goes wrong is told in `error`."""
    record = repeated(job)
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


def run(jobs: Iterable[Job], processes: int | None = None, limit: float | None = None) -> Iterator[Record]:
    """The records of the jobs, in order, as they become known. `processes` is how many work at once, by default one per core; `limit`
    is after how many seconds a job is given up."""
    jobs = iter(jobs)
    first = list(islice(jobs, WORTH_A_PROCESS * (processes or _cores())))
    count = processes if processes is not None else min(_cores(), max(1, len(first) // WORTH_A_PROCESS))
    stream = chain(first, jobs)
    if count <= 1:
        yield from (answer(job, limit) for job in stream)
        return
    while (job := next(stream, None)) is not None:
        with _pool(count) as pool:
            held: deque[Job] = deque()
            yield from _collected(chain([job], stream), held, pool, count, limit)
        yield from _one_by_one(held, limit)  # those that were in flight when a process died


Task = tuple["Future[list[Record]]", int]  # what works on a job, and the place of its record in what that gives


def _collected(jobs: Iterator[Job], held: deque[Job], pool: ProcessPoolExecutor, count: int, limit: float | None) -> Iterator[Record]:
    """The records of the jobs, to the end or to where a process dies; `held` are the jobs that have been taken and have no record."""
    from concurrent.futures.process import BrokenProcessPool

    tasks: deque[Task] = deque()
    try:
        while True:
            if len(tasks) <= BLOCK and (block := list(islice(jobs, BLOCK))):
                held.extend(block)
                tasks.extend(_given_out(block, pool, count, limit))
            if not tasks:
                return
            task, place = tasks.popleft()
            record = task.result()[place]
            held.popleft()
            yield record
    except BrokenProcessPool:  # a process was killed, by the memory of one job perhaps: which one shows when they go one by one
        return


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
                yield {**repeated(job), "error": "the process that worked on this was killed", "exit": 1}
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
        from ..numbers import doubles  # noqa: F401  (NumPy, which short answers do without)

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
