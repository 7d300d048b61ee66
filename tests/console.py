"""Runs the command for the tests: in this process for speed, or in one of its own where the process is the point."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


class Stream(io.TextIOWrapper):
    """A stream with an encoding that says what it is told when asked whether it is a terminal."""

    def __init__(self, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        data: bytes = self.buffer.getvalue()  # type: ignore[attr-defined]
        return data.decode(self.encoding)


def run(*argv: str, stdin: bytes = b"", terminal: bool = False, encoding: str = "utf-8") -> Outcome:
    """`matcalc argv…` in this process, as a pipe sees it, or a terminal."""
    from matcalc.commands.cli import main

    out, err, source = Stream(terminal, encoding), Stream(terminal, encoding), io.TextIOWrapper(io.BytesIO(stdin))
    before = sys.stdin
    sys.stdin = source
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(list(argv))
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdin = before
    return Outcome(code, out.text(), err.text())


def python(*argv: str, timeout: float = 60, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Outcome:
    """`python argv…` in a process of its own; what it writes must be UTF-8."""
    done = spawn([sys.executable, *argv], timeout=timeout, env=env, cwd=cwd)
    return Outcome(done.returncode, done.stdout, done.stderr)


def spawn(
    argv: Sequence[str], timeout: float = 60, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_COLOR": "1", **(env or {})}
    return subprocess.run(
        argv, capture_output=True, encoding="utf-8", timeout=timeout, env=environment, cwd=cwd or ROOT, stdin=subprocess.DEVNULL
    )
