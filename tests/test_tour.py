"""`matcalc tour`: every stop answers, every command is met, Enter goes on."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest
from console import ROOT, run

import matcalc
from matcalc.course.tours import STOPS, Stop, quoted
from matcalc.errors import UsageError


@pytest.mark.parametrize("stop", STOPS, ids=lambda s: s.title)
def test_every_stop(stop: Stop) -> None:
    done = run(*stop.argv)
    assert (done.code != 0) == stop.refused, done.err
    assert done.out or stop.refused
    assert "Traceback" not in done.err and "internal error" not in done.err
    assert shlex.split(stop.command) == ["matcalc", *stop.argv]


def test_every_command_is_met() -> None:
    shown = {stop.argv[0] for stop in STOPS}
    assert shown >= {
        "d",
        "grad",
        "hessian",
        "shapes",
        "check",
        "graph",
        "plot",
        "taylor",
        "linearize",
        "stationary",
        "jacdet",
        "directional",
    }


def test_in_a_pipe_everything_comes_at_once() -> None:
    done = run("tour")
    assert done.code == 0
    assert done.out.count("\n$ matcalc ") == len(STOPS)
    assert "f_c = f_d dd/dc + f_e de/dc" in done.out
    assert "error: x^2: x is" in done.out, "a refusal is part of the walk"


def test_it_can_begin_anywhere_and_be_listed() -> None:
    done = run("tour", "26")
    assert done.code == 0 and done.out.startswith("26. ") and done.out.count("\n$ matcalc ") == 1
    listed = run("tour", "--list")
    assert len(listed.out.splitlines()) == len(STOPS) and "5.6 Backpropagation" in listed.out
    assert [s.title for s in matcalc.tour(26)] == [STOPS[25].title]


BAD = [["0"], ["-1"], ["99"], ["x"], ["1.5"], ["1", "2"], ["--lst"], ["--list", "77"], ["inf"], [""], ["--json"], ["1e3"]]


@pytest.mark.parametrize("argv", BAD, ids=" ".join)
def test_bad_input(argv: list[str]) -> None:
    done = run("tour", *argv)
    assert done.code == 2 and not done.out, done
    assert "Traceback" not in done.err and "internal error" not in done.err


def test_bad_arguments_of_the_function() -> None:
    for first in (0, len(STOPS) + 1, True, "1"):
        with pytest.raises(UsageError, match="stops 1 to"):
            matcalc.tour(first)  # type: ignore[arg-type]


def test_words_are_quoted_where_a_shell_would_take_them_apart() -> None:
    assert [quoted(w) for w in ("x", "--wrt", "x,y", "x^2", 'a"b', "$x$")] == ["x", "--wrt", "x,y", '"x^2"', "'a\"b'", "'$x$'"]


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answers, stops", [((b"\n", b"q\n"), 2), ((b"q\n",), 1), ((b"\x04",), 1)], ids=["Enter", "q", "end of input"])
def test_enter_goes_on_and_q_leaves(answers: tuple[bytes, ...], stops: int) -> None:
    ours, theirs = os.openpty()
    env = {**os.environ, "TERM": "dumb", "COLUMNS": "100"}
    process = subprocess.Popen(
        [sys.executable, "-m", "matcalc", "tour", "24"], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=env
    )
    os.close(theirs)
    seen, left = b"", list(answers)
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
            if left and seen.count(b"q to leave: ") > len(answers) - len(left):
                os.write(ours, left.pop(0))
    except OSError:
        pass  # how Linux says that the other side has closed
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0, seen.decode()
    assert seen.count(b"$ matcalc ") == stops, seen.decode()
