"""`matcalc ask`: questions and answers as lines of JSON, in a process that stays."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from .console import LONGEST_INPUT


@click.command(
    "ask",
    epilog="""\b
A line of the input, and of the output:
  {"id": 1, "command": "d", "expr": "x^T A x", "wrt": "x"}
  {"id": 1, "text": "x^T (A + A^T)", "latex": "x^{T} (A + A^{T})", ...}
Commands: d, grad, jacobian, hessian, shapes, steps, code, check, taylor, stationary; a field is an option of the command of that name.
What is refused is an answer too: {"error": {"code": ..., "message": ..., "span": ..., "suggestions": ..., "field": ...}}.

Exit code: 0 when the input ends.""",
)
@click.option("--memory", type=click.IntRange(min=256), metavar="MB", help="Have no more memory than this, where the system can limit it.")
def command(memory: int | None) -> int:
    """Answer questions from standard input, one JSON object a line, until it ends. For editors, servers and assistants."""
    if sys.stdin is None:
        return 0
    if memory is not None:
        _limit(memory)
    for answer in answers(sys.stdin.buffer):
        print(json.dumps(answer), flush=True)
    return 0


def _limit(megabytes: int) -> None:
    """What is asked for beyond it fails with a MemoryError, which is told like other errors."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The answer to each line that is not blank."""
    from ..errors import UsageError
    from ..protocol import ask, refused

    for line in lines:
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST_INPUT:
                raise UsageError(f"a question is longer than {LONGEST_INPUT // 1000} kB")
            question = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield refused(UsageError(f"not JSON: {error}"))
        except UsageError as error:
            yield refused(error)
        else:
            yield ask(question)
