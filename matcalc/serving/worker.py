"""The engine in a process of its own, `matcalc ask`, which a question may not hold for too long or fill without end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from ..errors import NoAnswerError
from ..protocol import refused


class Worker:
    """Answers one question at a time. One that takes longer than `seconds` costs the process, and the next question has a new one."""

    def __init__(self, seconds: float = 30, megabytes: int = 2048, command: Sequence[str] = ()) -> None:
        self.seconds = seconds
        self.command = list(command) or [sys.executable, "-m", "matcalc", "ask", "--memory", str(megabytes)]
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: SimpleQueue[bytes] = SimpleQueue()

    def ask(self, question: Any) -> dict[str, Any]:
        """The answer to a question; why there is none, where the process ended or had to be ended."""
        with self._lock:
            try:
                process = self._running()
                assert process.stdin is not None
                process.stdin.write(json.dumps(question).encode() + b"\n")
                process.stdin.flush()
                line = self._lines.get(timeout=self.seconds)
            except Empty:
                self.stop()
                return refused(NoAnswerError(f"no answer within {self.seconds:g} seconds"))
            except OSError:
                line = b""
            if not line:
                self.stop()
                return refused(NoAnswerError("the process that worked on this ended, for want of memory perhaps"))
            found: dict[str, Any] = json.loads(line)
            return found

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None
            with suppress(OSError):  # what was not yet written
                process.stdin.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._lines = SimpleQueue()
            self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert self._process.stdout is not None
            Thread(target=_forward, args=(self._process.stdout, self._lines), daemon=True).start()
        return self._process


def _forward(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Every line as it comes; at the end an empty one."""
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")
