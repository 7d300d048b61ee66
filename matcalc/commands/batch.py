"""`matcalc batch`: the derivatives of a whole file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TextIO

import click

from ..errors import UsageError
from .jobs import Record, read_jobs, run


@click.command(
    "batch",
    epilog="""\b
A line of a .jsonl file:
  {"expr": "x^T A x", "wrt": "x", "where": "A in S^n", "order": 2}
A mark in a .tex or a .md file, right before the formula that is meant ($...$, $$...$$, \\[...\\], an equation environment, `code`):
  % matcalc: --wrt x --where "A in R^{n x n}"
  <!-- matcalc: --wrt theta --order 2 -->

Every answer is a JSON object on a line of its own, in the order of the file: `line`, what was asked, and `text`, `latex`, `shape`, ... or
`error`. Exit code: 0 all answered, 1 some were not, 2 the file cannot be read.""",
)
@click.argument("file", metavar="FILE")
@click.option("--processes", type=click.IntRange(min=1), metavar="N", help="How many work at once; by default one for each core.")
@click.option("--limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Give up on a formula after so long.")
@click.option("--output", metavar="FILE", help="Write to this file instead of standard output.")
def command(file: str, processes: int | None, limit: float | None, output: str | None) -> int:
    """The derivatives of all the formulas in FILE (.jsonl, .tex or .md), on all cores."""
    # The matrices are tiny: threads of the linear algebra would only stand in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    jobs = read_jobs(file)
    failed = 0
    with ExitStack() as stack:
        stream: TextIO = sys.stdout
        if output is not None:
            try:
                stream = stack.enter_context(open(output, "w", encoding="utf-8"))
            except OSError as error:
                raise UsageError(f"{output} cannot be written: {error.strerror or error}") from None
        for record in _with_progress(run(jobs, processes, limit), len(jobs)):
            failed += record["exit"] != 0
            print(_line(record, output is not None or _takes_unicode(stream)), file=stream, flush=True)
    if failed:
        print(f"note: {failed} of {len(jobs)} had no answer; their lines say why", file=sys.stderr)
    return 1 if failed else 0


def _line(record: Record, unicode: bool) -> str:
    """A record as JSON; in ASCII where it must be, or holds half a character, which no encoding carries."""
    line = json.dumps(record, ensure_ascii=not unicode)
    return json.dumps(record) if any("\ud800" <= c <= "\udfff" for c in line) else line


def _takes_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").startswith("utf")


def _with_progress(records: Iterable[Record], total: int) -> Iterator[Record]:
    """The records, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from records
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(records, description="derivatives", total=total, console=Console(stderr=True), transient=True)
