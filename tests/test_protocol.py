"""`matcalc.ask` and `matcalc ask`: one protocol, the objects that the commands print with --json."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from console import ROOT, run

from matcalc import ask
from matcalc.protocol import COMMANDS, FIELDS


@pytest.mark.parametrize(
    "question, argv",
    [
        ({"expr": "x^T A x"}, ["x^T A x"]),
        ({"command": "d", "expr": "x^T A x", "wrt": "x", "order": 2}, ["d", "x^T A x", "--wrt", "x", "--order", "2"]),
        ({"command": "d", "expr": "a^T X b", "wrt": ["X"], "layout": "strict"}, ["d", "a^T X b", "--wrt", "X", "--layout", "strict"]),
        ({"command": "d", "expr": "x^T A x", "wrt": "x", "steps": "full"}, ["d", "x^T A x", "--wrt", "x", "--steps", "full"]),
        ({"command": "d", "expr": "z = A x; z^T z", "wrt": "x", "chain": True}, ["d", "z = A x; z^T z", "--wrt", "x", "--chain"]),
        ({"command": "grad", "expr": "x^T A x", "wrt": "x"}, ["grad", "x^T A x", "--wrt", "x"]),
        ({"command": "jacobian", "expr": "sin(A x)", "wrt": "x"}, ["jacobian", "sin(A x)", "--wrt", "x"]),
        ({"command": "hessian", "expr": "(x + 2y^3)^2", "wrt": ["x", "y"]}, ["hessian", "(x + 2y^3)^2", "--wrt", "x,y"]),
        (
            {"command": "check", "expr": "x^T A x", "wrt": "x", "claim": "2 x^T A"},
            ["check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A"],
        ),
        (
            {"command": "taylor", "expr": "sin(x)", "wrt": "x", "at": "0", "order": 5, "where": "x in R"},
            ["taylor", "sin(x)", "--wrt", "x", "--at", "0", "--order", "5", "--where", "x in R"],
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_answer_is_what_the_command_prints(question: dict[str, Any], argv: list[str]) -> None:
    assert json.loads(json.dumps(ask(question))) == json.loads(run(*argv, "--json").out)


def test_several_variables_have_an_answer_each() -> None:
    found = json.loads(json.dumps(ask({"expr": "a^T X b", "wrt": ["a", "X"]})))
    assert found == {"answers": json.loads(run("d", "a^T X b", "--wrt", "a,X", "--json").out)}


def test_shapes_say_what_one_could_ask() -> None:
    found = ask({"command": "shapes", "expr": "\\|A x - b\\|^2"})
    assert (found["latex"], found["shape"]) == (r"\lVert A x - b \rVert^{2}", ["1", "1"])
    assert (found["variables"], found["variable"], found["asked"]) == (["A", "x", "b"], "x", [])
    assert [reading["name"] for reading in found["readings"]] == ["A", "x", "b"]
    assert ask({"command": "shapes", "expr": "d/dt t^2"})["asked"] == ["t"]
    assert ask({"command": "shapes", "expr": "a^T b"})["variable"] is None


@pytest.mark.parametrize(
    "expr, where, name, kind, clause, told",
    [
        ("x^T A x", "", "A", "S^n", "A in S^n", "A in S^n"),
        ("x^T A x", "x, y in R^p", "A", "R^{n x n} spd", "A in R^{p x p} spd", "x in R^p; y in R^p; A in R^{p x p} spd"),
        ("A x", "", "A", "R^n", "A in R^m", "A in R^m"),
        ("a b c", "a in R; b in R", "b", "R^{m x n}", "b in R^{n x n}", "a in R; b in R^{n x n}"),
        ("1/N sum_{i=1}^N (w^T x_i - y_i)^2", "", "y_i", "R", "y_i in R", "y_i in R"),
        ("A x + ", "", "A", "S^n", "A in S^n", "A in S^n"),  # what cannot be read yet
    ],
)
def test_a_kind_is_declared_with_sizes_that_fit(expr: str, where: str, name: str, kind: str, clause: str, told: str) -> None:
    found = ask({"command": "declare", "expr": expr, "where": where, "name": name, "kind": kind})
    assert found == {"clause": clause, "where": told}


def test_steps_in_every_spelling() -> None:
    found = ask({"command": "steps", "expr": "x^T A x", "wrt": "x"})
    assert found["rows"][0]["right"] == "x^{T} A x" and found["rows"][1]["rule"] == "product rule"
    assert found["latex"].startswith("\\begin{align*}") and "product rule" in found["text"]
    assert len(ask({"command": "steps", "expr": "x^T A x", "wrt": "x", "level": "full"})["steps"]) >= len(found["steps"])


@pytest.mark.parametrize("target", ["numpy", "jax", "torch", "array-api", "octave", "r", "julia"])
def test_code(target: str) -> None:
    found = ask({"command": "code", "expr": "||A x - b||^2", "wrt": "x", "target": target, "parts": ["hessian"], "sizes": {"n": 10}})
    assert "hessian" in found["code"] and found["target"] == target
    both = ask({"command": "code", "expr": "||A x - b||^2", "wrt": ["x", "b"], "target": target})
    assert "value_and_gradients" in both["code"]


def test_stationary_points_are_an_object() -> None:
    found = ask({"command": "stationary", "expr": "x^2 - 2x", "wrt": "x", "where": "x in R"})
    assert [point["at"] for point in found["points"]] == ["1"] and found["verified"] == "verified"


@pytest.mark.parametrize(
    "question, code, told, field",
    [
        ({"expr": "x^T A +", "wrt": "x"}, "reading", "needs something after it", "expr"),
        ({"expr": "x", "where": "x in Q^n"}, "reading", "`Q` is no set", "where"),
        ({"expr": "u v", "wrt": "u", "where": "u, v in R^n"}, "shape", "does not fit", "expr"),
        ({"command": "check", "expr": "x^T x", "wrt": "x", "claim": "2 x^T +"}, "reading", "needs something after it", "claim"),
        ({"expr": "a^T b"}, "usage", "by which variable?", None),
        ({"command": "fly", "expr": "x"}, "usage", "unknown command 'fly'", None),
        ({"command": ["d"]}, "usage", "unknown command", None),
        ({"expr": "x", "colour": "red"}, "usage", "d has no field 'colour'", None),
        ({"expr": "x", "order": "2"}, "usage", "order is a whole number", None),
        ({"expr": "x", "order": True}, "usage", "order is a whole number", None),
        ({"expr": "x", "wrt": []}, "usage", "wrt is a name", None),
        ({"expr": "x", "layout": "sideways"}, "usage", "unknown layout", None),
        ({"command": "code", "expr": "x^T x", "parts": ["soup"]}, "usage", "parts is a list", None),
        ({"command": "steps", "expr": "a^T b", "wrt": ["a", "b"]}, "usage", "give one variable", None),
        ({"command": "declare", "expr": "x", "name": "x", "kind": "bad"}, "usage", "'bad' is no kind", None),
        ({"command": "declare", "expr": "x", "name": "x", "kind": "R^n", "where": "x in Q"}, "reading", "`Q` is no set", "where"),
        ({}, "usage", "the question has no expr", None),
        (["d"], "usage", "a question is a JSON object", None),
        (None, "usage", "a question is a JSON object", None),
    ],
)
def test_what_is_refused_is_told(question: Any, code: str, told: str, field: str | None) -> None:
    error = ask(question)["error"]
    assert error["code"] == code and told in error["message"] and error["field"] == field
    json.dumps(error)


def test_a_bug_is_told_and_the_process_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> dict[str, Any]:
        raise ZeroDivisionError("oh")

    monkeypatch.setitem(COMMANDS, "d", (broken, COMMANDS["d"][1]))
    found = ask({"id": 7, "expr": "x"})
    assert found["id"] == 7 and found["error"]["code"] == "internal" and "ZeroDivisionError" in found["error"]["message"]


def test_every_field_has_a_check_and_a_command() -> None:
    assert set(FIELDS) == {name for _, fields in COMMANDS.values() for name in fields}


def test_lines_of_json_in_a_process_that_stays() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "matcalc", "ask"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    for sent, wanted in [
        (b'{"id": 1, "expr": "x^T A x", "wrt": "x"}', "x^T (A + A^T)"),
        (b"{", None),
        (b'{"id": [2], "expr": "\xff"}', None),
        ('{"id": "drei", "expr": "‖x‖²"}'.encode(), "2 x^T"),
    ]:
        process.stdin.write(b"\n" + sent + b"\n")
        process.stdin.flush()
        found = json.loads(process.stdout.readline())
        assert found.get("text") == wanted and ("error" in found) == (wanted is None)
    assert found["id"] == "drei"
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, b"", b"")
