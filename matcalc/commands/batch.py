"""`matcalc batch`: the derivatives of a whole file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import TextIO

import click

from ..errors import UsageError
from .jobs import Job, read_jobs
from .pool import Record, repeated, run


@click.command(
    "batch",
    epilog="""\b
A line of a .jsonl file:
  {"expr": "x^T A x", "wrt": "x", "where": "A in S^n", "order": 2}
A mark in a .tex or a .md file, right before the formula that is meant ($...$, $$...$$, \\[...\\], an equation environment, `code`):
  % matcalc: --wrt x --where "A in R^{n x n}"
  <!-- matcalc: --wrt theta --order 2 -->

Several machines, or workers that start anew after a stop (xargs here; GNU parallel and job arrays alike):
  seq 1 4 | xargs -P 4 -I% matcalc batch all.jsonl --shard %/4 --output part%.jsonl --resume --processes 1

Every answer is a JSON object on a line of its own, in the order of the file: `line`, what was asked, and `text`, `latex`, `shape`, ... or
`error`. Exit code: 0 all answered, 1 some were not, 2 the file cannot be read.""",
)
@click.argument("file", metavar="FILE")
@click.option("--processes", type=click.IntRange(min=1), metavar="N", help="How many work at once; by default one for each core.")
@click.option("--limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Give up on a formula after so long.")
@click.option("--shard", metavar="I/N", help="Only every N-th question, from the I-th on: the share of one machine of N.")
@click.option("--output", metavar="FILE", help="Write to this file instead of standard output.")
@click.option("--resume", is_flag=True, help="Go on where an earlier run of the same questions left --output.")
def command(file: str, processes: int | None, limit: float | None, shard: str | None, output: str | None, resume: bool) -> int:
    """The derivatives of all the formulas in FILE (.jsonl, .tex or .md; - for JSON lines of standard input), on all cores."""
    # The matrices are tiny: threads of the linear algebra would only stand in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if resume and output is None:
        raise UsageError("--resume goes on with a file: give it as --output")
    share = _share(shard)
    jobs = islice(read_jobs(file), *share)
    with ExitStack() as stack:
        stream: TextIO = sys.stdout
        count = failed = 0
        if output is not None:
            try:
                stream = stack.enter_context(open(output, "r+" if resume and os.path.exists(output) else "w+", encoding="utf-8"))
            except OSError as error:
                raise UsageError(f"{output} cannot be written: {error.strerror or error}") from None
            if resume:
                count, failed = _skip_answered(stream, jobs, output)
        for record in _with_progress(run(jobs, processes, limit), lambda: sum(1 for _ in islice(read_jobs(file), *share)), file, count):
            count += 1
            failed += record["exit"] != 0
            print(_line(record, output is not None or _takes_unicode(stream)), file=stream, flush=True)
    if failed:
        print(f"note: {failed} of {count} had no answer; their lines say why", file=sys.stderr)
    return 1 if failed else 0


# What a record repeats as it was asked, and what it is where it was not.
_KEPT = {"expr": None, "wrt": None, "order": 1, "id": None, "asked": None}


def _share(shard: str | None) -> tuple[int, None, int]:
    """`2/4` as (1, None, 4): where the share begins, that it has no end, and its stride."""
    if shard is None:
        return 0, None, 1
    place, _, count = shard.partition("/")
    if not (place.isdecimal() and count.isdecimal() and 1 <= int(place) <= int(count)):
        raise UsageError(f"--shard {shard} is not understood: 2/4 is the second share of four")
    return int(place) - 1, None, int(count)


def _skip_answered(stream: TextIO, jobs: Iterator[Job], path: str) -> tuple[int, int]:
    """Skip the jobs whose records the stream holds, and leave it after the last whole one: how many there are, how many without answer.

    A last line without its end is of a run that was stopped, and goes. UsageError where a record is not of the job in its place."""
    count = failed = end = 0
    while (line := stream.readline()).endswith("\n"):
        try:
            record = json.loads(line)
            job = next(jobs)
            asked = repeated(job)
            same = record["line"] == job["line"] and all(record.get(name, usual) == asked.get(name, usual) for name, usual in _KEPT.items())
            failed += record["exit"] != 0
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
            same = False
        if not same:
            raise UsageError(
                f"line {count + 1} of {path} is no answer to the question in its place: --resume wants the same questions and share"
            )
        count, end = count + 1, stream.tell()
    stream.seek(end)
    stream.truncate()
    return count, failed


def _line(record: Record, unicode: bool) -> str:
    """A record as JSON; in ASCII where it must be: where it holds half a character, or what ends lines elsewhere."""
    line = json.dumps(record, ensure_ascii=not unicode)
    return json.dumps(record) if any("\ud800" <= c <= "\udfff" for c in line) or len(line.splitlines()) > 1 else line


def _takes_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").startswith("utf")


def _with_progress(records: Iterable[Record], total: Callable[[], int], file: str, done: int) -> Iterator[Record]:
    """The records, with a bar, the rate and the time left on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from records
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    columns = TextColumn("derivatives"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("derivatives", total=None if file == "-" else total(), completed=done)
        for record in records:
            yield record
            progress.advance(task)
