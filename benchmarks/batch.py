"""(e) What `matcalc batch` gains from more processes, over the expressions of the corpus."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .timing import Ratio, race

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
FIELDS = ("expr", "wrt", "where", "order", "id")


def jobs() -> Iterator[str]:
    """The lines of a file for `matcalc batch`."""
    for name in ("public", "rivals"):
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield json.dumps({key: case[key] for key in FIELDS if key in case})


def rows() -> Iterator[tuple[int, float, Ratio]]:
    """The number of processes, the seconds, and how many times as fast as one process that is."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpus.jsonl"
        file.write_text("\n".join(jobs()) + "\n", encoding="utf-8")

        def answer(count: int) -> None:
            command = [sys.executable, "-m", "matcalc", "batch", str(file), "--processes", str(count), "--output", os.devnull]
            subprocess.run(command, stderr=subprocess.DEVNULL)

        for count in sorted({2, os.cpu_count() or 2}):
            own, ratios = race({"many": lambda count=count: answer(count), "one": lambda: answer(1)}, rounds=5, least=0.0, limit=120.0)  # type: ignore[misc]
            yield count, own, ratios["one"]
