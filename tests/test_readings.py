"""The table of readings: how each name was read, and why; and errors as objects."""

from __future__ import annotations

import json

import pytest
from console import run

import matcalc

TEXTS = {
    "w^T x + b": ("w", [("w", "vector", "R^n"), ("x", "vector", "R^n"), ("b", "scalar", "R")], []),
    "gamma gamma^T A": ("A", [("gamma", "vector", "R^m"), ("A", "matrix", "R^{m x n}")], ["gamma"]),
    "A x + gamma": ("x", [("gamma", "vector", "R^m"), ("A", "matrix", "R^{m x n}"), ("x", "vector", "R^n")], ["gamma"]),
    "x(t)^T P x(t)": ("t", [("t", "scalar", "R"), ("P", "matrix", "R^{n x n}"), ("x", "function", "R -> R^n")], []),
    "tr(A X^k)": ("X", [("A", "matrix", "R^{n x n}"), ("X", "matrix", "R^{n x n}"), ("k", "whole number", "N")], []),
    r"\mathbf{x}^T A \mathbf{x} + c": ("x", [("x", "vector", "R^n"), ("A", "matrix", "R^{n x n}"), ("c", "scalar", "R")], []),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_every_name_has_a_reading_and_chosen_ones_come_first(
    text: str, expected: tuple[str, list[tuple[str, str, str]], list[str]]
) -> None:
    wrt, rows, chosen = expected
    readings = matcalc.derivative(text, wrt).readings
    assert [(r.name, r.kind, r.shape) for r in readings] == rows
    assert [r.name for r in readings if r.chosen] == chosen and all(r.because for r in readings)


@pytest.mark.parametrize("text", TEXTS)
def test_the_clauses_declare_what_was_read(text: str) -> None:
    first = matcalc.parse(text)
    again = matcalc.parse(text, where="; ".join(r.clause for r in first.readings))
    assert again.expr is first.expr and all(r.declared for r in again.readings)


def test_the_commands_show_them() -> None:
    answer = json.loads(run("d", "gamma gamma^T A b", "--wrt", "A", "--json").out)
    assert answer["readings"][0] == {
        "name": "gamma",
        "kind": "vector",
        "shape": "R^m",
        "because": "a number does not fit here",
        "declared": False,
    }
    assert json.loads(run("shapes", "w^T x + b", "--json").out)["where"] == "w in R^n; x in R^n; b in R"
    assert "b in R: nothing here makes it a vector" in run("shapes", "w^T x + b").err
    assert "chosen: a number does not fit here" in run("d", "gamma gamma^T A b", "--wrt", "A", terminal=True).out


def test_strict_refuses_what_was_chosen_and_says_what_to_declare() -> None:
    refused = run("d", "gamma gamma^T A b", "--wrt", "A", "--strict")
    assert refused.code == 2 and '--where "gamma in R^m"' in refused.err and not refused.out
    assert run("d", "gamma gamma^T A b", "--wrt", "A", "--strict", "--where", "gamma in R^m").code == 0
    assert run("d", "x^T A x", "--wrt", "x", "--strict").code == 0


def test_strict_is_an_option_of_python_too() -> None:
    with pytest.raises(matcalc.MatcalcError, match="gamma as a vector"):
        matcalc.derivative("gamma gamma^T A b", "A", strict=True)
    assert matcalc.grad("x^T A x", "x", strict=True).text == "(A + A^T) x"
    assert matcalc.derivative("gamma gamma^T A b", "A", where="gamma in R^m", strict=True).shape == ("m", "m", "n")


def test_errors_are_objects_for_programs() -> None:
    refused = run("d", "A x + ", "--wrt", "x", "--json")
    error = json.loads(refused.out)["error"]
    assert refused.code == 2 and error["code"] == "reading" and error["message"] and error["span"] == [4, 5]
    assert json.loads(run("d", "A B where A in R^{2 x 3}; B in R^{2 x 3}", "--wrt", "A", "--json").out)["error"]["code"] == "shape"
    assert run("d", "A x + ", "--wrt", "x").out == ""
