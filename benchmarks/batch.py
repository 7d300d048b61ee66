"""(e) What `matcalc batch` gains from more processes, over the expressions of the corpus."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .startup import installed, process
from .timing import Ratio, race

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
FIELDS = ("expr", "wrt", "where", "order", "id")


def jobs() -> Iterator[str]:
    """The lines of a file for `matcalc batch`."""
    for name in ("public", "rivals"):
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield json.dumps({key: case[key] for key in FIELDS if key in case})


COUNTING = "s = ''\nfor k in range(4_000_000): s = str(k)"


def rows() -> Iterator[tuple[str, int, float, Ratio]]:
    """What runs, on how many processes, the seconds, and how many times as fast that is as on one. The last rows are about the
    machine: as many processes at once that only count, against one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        python = installed(Path(folder) / "python")
        file = Path(folder) / "corpus.jsonl"
        file.write_text("\n".join(jobs()) + "\n", encoding="utf-8")

        def answer(count: int) -> None:
            run = "import sys; from matcalc.__main__ import run; sys.exit(run())"
            process([python, "-c", run, "batch", str(file), "--processes", str(count), "--output", os.devnull])

        def counted(count: int, together: bool) -> None:
            for _ in range(1 if together else count):
                started = [subprocess.Popen([python, "-c", COUNTING]) for _ in range(count if together else 1)]
                for each in started:
                    each.wait()

        for count in sorted({2, os.cpu_count() or 2}):
            for name, many, one in (
                ("matcalc batch", lambda: answer(count), lambda: answer(1)),  # noqa: B023
                ("counting", lambda: counted(count, True), lambda: counted(count, False)),  # noqa: B023
            ):
                own, ratios = race({"many": many, "one": one}, rounds=11, least=0.0, limit=120.0, once=1e9)
                yield name, count, own, ratios["one"]
