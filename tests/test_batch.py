"""`matcalc batch`: the same answers as one by one, in order, and a bad line stops nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import python, run
from corpus import cases

import matcalc
from matcalc.commands import pool as batch

SMALL = [
    {"expr": "x^T A x", "wrt": "x"},
    {"expr": "x^T A x", "wrt": "x", "order": 2, "id": "hessian"},
    {"expr": "x^T (A", "wrt": "x"},
    {"expr": "a^T X b", "wrt": ["a", "b"]},
    {"expr": "log det X", "wrt": "X", "where": "X in S^n", "layout": "strict"},
    {"wrt": "x"},
    {"expr": "x^T x", "wrt": 3},
    {"expr": "A X B", "wrt": "X", "notation": "kron"},
    {"expr": "floor(x)", "wrt": "x"},
]


def lines(path: Path, jobs: list[object]) -> str:
    path.write_text("\n".join(json.dumps(j) for j in jobs) + "\n", encoding="utf-8")
    return str(path)


def records(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_bad_line_stops_nothing(tmp_path: Path) -> None:
    file = lines(tmp_path / "jobs.jsonl", [*SMALL])
    with open(file, "a", encoding="utf-8") as stream:
        stream.write("not json\n\n[1]\n" + "[" * 100_000 + "\n")
    outcome = run("batch", file, "--processes", "1")
    assert outcome.code == 1 and "7 of 12" in outcome.err
    found = records(outcome.out)
    assert [r["line"] for r in found] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13]
    assert found[0]["text"] == "x^T (A + A^T)" and found[1]["text"] == "A + A^T" and found[1]["id"] == "hessian"
    assert "^" in str(found[2]["error"]) and found[2]["exit"] == 2  # with the caret under the place
    assert [a["text"] for a in found[3]["answers"]] == ["(X b)^T", "a^T X"]  # type: ignore[attr-defined]
    assert "expr" in str(found[5]["error"]) and "wrt" in str(found[6]["error"])
    assert "JSON" in str(found[9]["error"]) and "object" in str(found[10]["error"])


def test_what_json_and_unicode_do_not_have(tmp_path: Path) -> None:
    """NaN is no JSON, and half a character no Unicode: neither stops the lines after it, nor makes the output unreadable."""
    file = tmp_path / "jobs.jsonl"
    file.write_text('{"expr": NaN, "wrt": "x"}\n{"expr": "\\ud800 x", "wrt": "x"}\n{"expr": "x^T x", "wrt": "x", "id": "é"}\n')
    output = tmp_path / "answers.jsonl"
    for argv in ([], ["--output", str(output)]):
        outcome = run("batch", str(file), "--processes", "1", *argv)
        text = output.read_text(encoding="utf-8") if argv else outcome.out
        found = [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
        assert outcome.code == 1 and ["error" in r for r in found] == [True, True, False]
        assert "NaN" in found[0]["error"] and found[2]["text"] == "2 x^T" and "é" in text


def test_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    """The corpus, on two processes, against one derivative after the other."""
    jobs = [{k: c[k] for k in ("expr", "wrt", "where", "order", "id")} for name in ("public", "rivals") for c in cases(name)]
    jobs.insert(7, {"expr": "x^T (", "wrt": "x", "where": "", "order": 1, "id": "bad"})
    file, output = lines(tmp_path / "corpus.jsonl", [*jobs]), tmp_path / "answers.jsonl"
    outcome = python("-m", "matcalc", "batch", file, "--processes", "2", "--output", str(output), timeout=300)
    assert outcome.code == 1 and outcome.out == "" and "1 of" in outcome.err
    found = records(output.read_text(encoding="utf-8"))
    assert [r["id"] for r in found] == [j["id"] for j in jobs]
    for record, job in zip(found, jobs):
        if job["id"] == "bad":
            assert "error" in record
            continue
        with np.errstate(all="ignore"):
            alone: Any = matcalc.derivative(job["expr"], job["wrt"], where=job["where"], order=job["order"])
        assert (record["text"], record["latex"], record["where"]) == (alone.text, alone.latex, alone.where), job["id"]
        assert (record["assumptions"], record["verified"]) == (list(alone.assumptions), alone.verified), job["id"]


def test_questions_about_numbers_go_together(tmp_path: Path) -> None:
    """They share a task, so that SymPy is imported once; the order of the records is that of the jobs."""
    jobs: list[dict[str, Any]] = [
        {"expr": "x^T x", "wrt": "x"},
        {"expr": "sin(t)^2", "wrt": "t", "where": "t in R"},
        {"expr": "x^T A x", "wrt": "x", "where": "x in R^n"},
        {"expr": "(s + t)^3", "wrt": "s", "where": "s, t in R"},
        {"expr": "t (", "wrt": "t", "where": "t in R"},
    ]
    given: list[list[Any]] = []

    class Pool:
        def submit(self, call: Any, part: list[Any], limit: float | None) -> Future[list[Any]]:
            given.append(part)
            task: Future[list[Any]] = Future()
            task.set_result(call(part, limit))
            return task

    found = list(batch._collected(iter(jobs), deque(), Pool(), 1, None))  # type: ignore[arg-type]
    assert given == [[jobs[1], jobs[3], jobs[4]], [jobs[0]], [jobs[2]]]
    assert found == [batch.answer(job) for job in jobs]
    given.clear()
    batch._given_out([jobs[1], jobs[3]] * 3, Pool(), 3, None)  # type: ignore[arg-type]
    assert [len(part) for part in given] == [2, 2, 2], "no process gets more than its share"


def test_a_job_that_takes_too_long_is_given_up() -> None:
    job = {"expr": "det(X)^2 tr(X X^T X)", "wrt": "X", "line": 1}
    assert "seconds" in batch.answer(job, limit=1e-4)["error"]
    assert "text" in batch.answer(job, limit=60)


def test_a_process_that_dies_costs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were in flight go one by one, and the rest on a new pool."""
    answered = batch._answered

    def deadly(job: Any) -> Any:
        if job["expr"] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return answered(job)

    monkeypatch.setattr(batch, "_answered", deadly)
    monkeypatch.setattr(batch, "BLOCK", 4)
    jobs = [{"expr": "die" if k in (5, 17) else "x^T x", "wrt": "x", "line": k} for k in range(30)]
    found = list(batch.run(jobs, 2))
    assert [r["line"] for r in found] == list(range(30))
    assert [r["line"] for r in found if "killed" in r.get("error", "")] == [5, 17]
    assert all(r["text"] == "2 x^T" for r in found if "error" not in r)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stream_is_read_as_it_is_answered(processes: int) -> None:
    """However many questions there are, no more than two blocks of them are held."""
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"expr": "x^T x", "wrt": "x", "line": taken}

    records = batch.run(endless(), processes)
    for line in range(1, 2 * batch.BLOCK):
        assert next(records)["line"] == line and taken <= line + 2 * batch.BLOCK
    records.close()  # type: ignore[attr-defined]


def test_shares_make_the_whole(tmp_path: Path) -> None:
    """The recipe of the help: workers beside each other, each with its share."""
    file = lines(tmp_path / "all.jsonl", [*SMALL, *SMALL])
    recipe = f"seq 1 2 | xargs -P 2 -I% {sys.executable} -m matcalc batch all.jsonl --shard %/2 --output part%.jsonl --resume --processes 1"
    subprocess.run(recipe, shell=True, cwd=tmp_path, capture_output=True, timeout=120)
    parts = [records((tmp_path / f"part{k}.jsonl").read_text(encoding="utf-8")) for k in (1, 2)]
    whole = records(run("batch", file, "--processes", "1").out)
    assert parts == [whole[0::2], whole[1::2]]
    for wrong in ("0/2", "3/2", "1", "a/b", "1/0"):
        assert run("batch", file, "--shard", wrong).code == 2


def test_resume_goes_on_after_the_last_whole_line(tmp_path: Path) -> None:
    file, output = lines(tmp_path / "all.jsonl", [*SMALL]), tmp_path / "out.jsonl"
    options = ("batch", file, "--processes", "1", "--output", str(output))
    assert run(*options, "--resume").code == 1  # there is nothing to go on with: from the first question
    whole = output.read_text(encoding="utf-8")
    cut = whole.splitlines(keepends=True)
    for stopped in ("", "".join(cut[:3]), "".join(cut[:4]) + cut[4][:20], whole):
        output.write_text(stopped, encoding="utf-8")
        outcome = run(*options, "--resume")
        assert output.read_text(encoding="utf-8") == whole and outcome.code == 1 and "4 of 9" in outcome.err
    for other in ("not json\n", "{}\n", cut[1], whole + cut[0]):
        output.write_text(other, encoding="utf-8")
        outcome = run(*options, "--resume")
        assert outcome.code == 2 and "same questions" in outcome.err and output.read_text(encoding="utf-8") == other
    assert run("batch", file, "--resume").code == 2


@pytest.mark.parametrize("changed", [{"expr": "x^T B x"}, {"wrt": "A"}, {"order": 2}, {"where": "A in S^n"}, {"layout": "strict"}])
def test_a_question_that_was_changed_is_not_gone_on_after(changed: dict[str, object], tmp_path: Path) -> None:
    """The old answer stood in the place of the new question."""
    file, output = tmp_path / "all.jsonl", tmp_path / "out.jsonl"
    options = ("batch", lines(file, SMALL[:2]), "--processes", "1", "--output", str(output))
    run(*options)
    before = output.read_text(encoding="utf-8")
    lines(file, [{**SMALL[0], **changed}, SMALL[1]])
    outcome = run(*options, "--resume")
    assert outcome.code == 2 and "line 1 of" in outcome.err and output.read_text(encoding="utf-8") == before


def test_a_file_without_end_of_its_encoding(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 cost their line; a separator of Unicode inside a line does not divide it."""
    file = tmp_path / "a.jsonl"
    asked = '{"expr": "x^T x", "wrt": "x", "id": "a\u2028b"}'.encode()
    file.write_bytes(b"\xef\xbb\xbf" + asked + b"\r\n\xff\xfe\n" + asked)
    found = records(run("batch", str(file), "--processes", "1").out)
    assert [r.get("text") for r in found] == ["2 x^T", None, "2 x^T"] and "UTF-8" in str(found[1]["error"])
    piped = subprocess.run([sys.executable, "-m", "matcalc", "batch", "-"], input=asked, capture_output=True, timeout=60)
    assert json.loads(piped.stdout)["text"] == "2 x^T"


TEX = r"""
Some text with $a^2$ that nobody marked.
% matcalc: --wrt x --where "A in R^{n x n}"
\[ x^\top A x \]
%% matcalc: --wrt theta --id lsq
\begin{equation}\label{eq:lsq}
  \lVert y - \Phi\theta \rVert^2
\end{equation}
% matcalc: --wrt x
% matcalc: --wrt=x --order 2
inline $\frac{1}{2} x^\top x$ here
% matcalc: --colour blue
\( x \)
% matcalc: --order 1
$x$
"""
MARKDOWN = """
<!-- matcalc: --wrt w --where "X in R^{N x n}; y in R^N" -->
$$\\|X w - y\\|^2$$

<!-- matcalc: --wrt x -->
The code `x^T x` too, and
<!-- matcalc: --wrt X -->
```
log det X
```
"""


def test_marked_formulas(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text(TEX, encoding="utf-8")
    found = records(run("batch", str(tmp_path / "a.tex"), "--processes", "1").out)
    assert [r.get("text") for r in found] == ["x^T (A + A^T)", "-2 (y - Phi theta)^T Phi", None, "I_n", None, None]
    assert found[0]["line"] == 3 and found[1]["id"] == "lsq"
    assert [str(r["error"])[:14] for r in found if "error" in r] == ["no formula fol", "the mark has '", "the mark does "]
    (tmp_path / "a.md").write_text(MARKDOWN, encoding="utf-8")
    found = records(run("batch", str(tmp_path / "a.md"), "--processes", "1").out)
    assert [r["text"] for r in found] == ["2 (X w - y)^T X", "2 x^T", "X^-T"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for name in ("nowhere.jsonl", "a.txt"):
        outcome = run("batch", str(tmp_path / name))
        assert outcome.code == 2 and outcome.err.startswith("error: ")
    (tmp_path / "empty.jsonl").write_text("")
    assert run("batch", str(tmp_path / "empty.jsonl")) == (0, "", "")
