"""Careless and hostile input: refused in time, with a message that names what is wrong, and never with a traceback.

tests/data/bad.jsonl holds a case a line. "expect" is error (refused, and the message contains every word of "mention"), ok
(answered) or either. An argument {"repeat": s, "times": k, "prefix": p, "suffix": q, "then": …} stands for p + s*k + q + then.
Cases with deliver: "call" go through `matcalc.derivative`, since they are too long for a command line.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from console import ROOT, Outcome, python, run

CASES = [json.loads(line) for line in (Path(__file__).parent / "data/bad.jsonl").read_text(encoding="utf-8").splitlines()]
MEMORY = 4 << 30
CALL = """
import json, sys, matcalc
expr, wrt, where = json.load(sys.stdin)
try:
    print(matcalc.derivative(expr, wrt, where=where).text[:200])
except matcalc.MatcalcError as error:
    print(f"error: {error}"[:4000], file=sys.stderr)
    raise SystemExit(error.exit_code)
"""


def spell(argument: Any) -> str:
    if isinstance(argument, str):
        return argument
    body: str = argument.get("prefix", "") + argument["repeat"] * argument["times"] + argument.get("suffix", "")
    return body + (spell(argument["then"]) if "then" in argument else "")


def confined(argv: list[str], stdin: str, seconds: float) -> Outcome:
    """A process of its own, that may neither run for ever nor eat the machine."""
    done = subprocess.run(
        [sys.executable, *argv],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def deliver(case: dict[str, Any]) -> Outcome:
    argv = [spell(a) for a in case["argv"]]
    seconds = case.get("seconds", 10)
    if case.get("deliver") == "call":
        where = argv[argv.index("--where") + 1] if "--where" in argv else ""
        return confined(["-c", CALL], json.dumps([argv[1], argv[argv.index("--wrt") + 1], where]), seconds)
    if "seconds" in case:
        return confined(["-m", "matcalc", *argv], "", seconds)
    return run(*argv)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_bad_input_is_taken_well(case: dict[str, Any]) -> None:
    outcome = deliver(case)
    report = f"{case['why']}: {outcome}"[:2000]
    assert "Traceback" not in outcome.err and "internal error" not in outcome.err, report
    assert not set("\x1b\u202e\0") & set(outcome.out + outcome.err), report
    if case["expect"] == "ok" or (case["expect"] == "either" and outcome.code == 0):
        assert outcome.code == 0 and outcome.out.strip(), report
        return
    assert outcome.code in (1, 2) and outcome.err.startswith("error: ") and not outcome.out, report
    if case["expect"] == "error":
        missing = [word for word in case.get("mention", []) if word not in outcome.err]
        assert not missing, f"does not mention {missing}: {report}"


def test_a_refusal_of_a_long_input_is_short() -> None:
    outcome = run("d", "(" * 10_000, "--wrt", "x")
    assert outcome.code == 2
    assert len(outcome.err) < 1000


def test_bytes_that_are_no_text() -> None:
    """An argument that is not UTF-8 arrives as lone surrogates, which no stream can write."""
    outcome = python("-c", "from matcalc.commands.cli import main; raise SystemExit(main(['d', 'x^T \\udcff x', '--wrt', 'x']))")
    assert outcome.code == 2 and outcome.err.startswith("error: "), outcome
