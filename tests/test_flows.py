"""Functions of time: declarations x(t), rates along flows, equations of motion, against `data/flows.jsonl` (`make_flows.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import run
from corpus import cases, close, symbols

import matcalc
from matcalc.course.flows import flow_of

CASES = {case["id"]: case for case in cases("flows")}
NUMBERS = np.load(Path(__file__).parent / "data" / "flows.npz")
FEWEST = 12


def asked(case: dict[str, Any]) -> Any:
    if case["kind"] == "time":
        return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"])
    if case["kind"] == "flow":
        return matcalc.directional(case["expr"], along=case["along"], where=case["where"])
    return matcalc.lagrange(case["expr"], case["wrt"], where=case["where"])


def given(name: str, point: str) -> dict[str, Any]:
    """The arrays of a point; functions as callables."""
    head = f"{name}/{point}/"
    arrays = {n.removeprefix(head): NUMBERS[n] for n in NUMBERS.files if n.startswith(head)}
    functions = {n for n in arrays if n.rstrip("'") in CASES[name].get("functions", {})}
    plain = {n: v.item() if v.ndim == 0 else v for n, v in arrays.items()}
    return {n: (lambda t, v=v: v) if n in functions else v for n, v in plain.items()}


def test_they_are_all_there() -> None:
    assert len(CASES) >= FEWEST


@pytest.mark.parametrize("name", CASES)
def test_solved_printed_and_read_back(name: str) -> None:
    """The answer has the numbers in text and LaTeX, and is no longer than its source's."""
    case = CASES[name]
    d = asked(case)
    assert d.verified == "verified"
    text, latex = (form.removesuffix(" = 0") for form in (d.text, d.latex))
    if case.get("expected"):
        # A name that is declared with its argument is written without it by the source.
        bare = text.replace(f"({case['wrt']})", "") if case["kind"] == "time" else text
        assert symbols(bare) <= symbols(case["expected"].replace(f"({case['wrt']})", "")), text
    for point in ("0", "1"):
        values = given(name, point)
        for form in (text, latex, case.get("expected")):
            if form:
                read = matcalc.parse(form, where=d.where)
                needed = {n: v for n, v in values.items() if n in read.where or n.rstrip("'") in case.get("functions", {})}
                needed |= {n: k for n, k in case.get("sizes", {}).items() if n in read.where}
                assert close(np.squeeze(read.evaluate(needed)), np.squeeze(NUMBERS[f"{name}/{point}"]), 1e-7), form


@pytest.mark.parametrize(
    ("text", "where", "shown"),
    [
        ("x^T P x", "x(t) in R^n; P in S^n", "2 x(t)^T P x'(t)"),
        (r"\dot x^T M \dot x/2", "x(t) in R^n; M in S^n", "x'(t)^T M x''(t)"),
        (r"\dot{x}(t)^T P x(t)", None, "x'(t)^T P x'(t) + x''(t)^T P x(t)"),
        ("A (x - b)", "A(t) in R^{m x n}; x, b in R^n", "A'(t) (x - b)"),
        ("x(2 t)", "x(t) in R^n", "2 x'(2 t)"),
        ("a b", "a(t), b(t) in R", "a(t) b'(t) + a'(t) b(t)"),
    ],
)
def test_a_name_that_is_declared_with_its_argument(text: str, where: str | None, shown: str) -> None:
    d = matcalc.derivative(text, "t", where=where)
    assert d.text == shown
    assert matcalc.parse(d.latex, where=d.where).text == d.text  # what was declared is said so again


def test_the_argument_is_on_the_set_that_is_declared_of_it() -> None:
    assert matcalc.derivative("f(x)", "x", where="f(x) in R; x in R^n").shape == ("1", "n")
    assert "f(x) in R" in matcalc.derivative("f(x)", "x", where="f(x) in R; x in R^n").where


@pytest.mark.parametrize("where", ["x(t", "x(t, s) in R^n", "x(2) in R^n", "x(t)", "x() in R"])
def test_other_brackets_are_refused_in_declarations(where: str) -> None:
    with pytest.raises(matcalc.MatcalcError):
        matcalc.derivative("x^T x", "t", where=where)


@pytest.mark.parametrize("rate", ["x' = A x", r"\dot x = A x", r"\dot{x} = A x", "dx/dt = A x"])
def test_rates_as_people_write_them(rate: str) -> None:
    assert flow_of(rate) == {"x": " A x"}
    assert run("directional", "x^T P x", "--along", rate, "--where", "P in S^n").out == "x^T (P A + A^T P) x\n"


def test_a_flow_has_a_rate_for_every_variable_and_no_other() -> None:
    with pytest.raises(matcalc.MatcalcError, match="no rate for y"):
        matcalc.directional("x^2 + y^2", "x, y", along="x' = y", where="x, y in R")
    with pytest.raises(matcalc.MatcalcError, match="twice"):
        matcalc.directional("x^2", along="x' = x; x' = 1", where="x in R")
    assert run("directional", "x^T x").code == 2


def test_a_wrong_equation_of_motion_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from matcalc.course import lagrange

    monkeypatch.setattr(lagrange, "negative", lambda e: e)
    with pytest.raises(matcalc.MatcalcError, match="disagrees with differences"):
        matcalc.lagrange(r"\dot x^2/2 - x^4", "x", where="x in R")


def test_several_coordinates() -> None:
    found = matcalc.lagrange(r"m (\dot r^2 + r^2 \dot\phi^2)/2 - V(r)", ["r", "phi"], where="m, r, phi in R; V: R -> R")
    assert found.text.split("\n") == ["r: m (r_{ddot} - r phi_{dot}^2) + V'(r) = 0", "phi: m r (2 r_{dot} phi_{dot} + r phi_{ddot}) = 0"]
    assert found.verified == "verified"


@pytest.mark.parametrize(
    ("text", "wrt", "where", "shown"),
    [
        ("x^T P x", "t", "x(t) in R^n; P(t) in S^n", "x(t)^T (P'(t) x(t) + 2 P(t) x'(t))"),
        ("(y - mu)^T Sigma^-1 (y - mu)", "mu", "Sigma(rho) in S_++^n; y, mu in R^n", "-2 (y - mu)^T Sigma(rho)^-1"),
        ("x^T P(t) x", "x", "P: R -> S^n; x in R^n; t in R", "2 x^T P(t)"),
        ("x^T P(t) x", "x", "P: R -> R^{n x n}; x in R^n; t in R", "x^T (P(t) + P(t)^T)"),
    ],
)
def test_symmetric_values_of_functions(text: str, wrt: str, where: str, shown: str) -> None:
    """What is declared of the values is used, and said again with the answer."""
    d = matcalc.derivative(text, wrt, where=where)
    assert (d.text, d.verified) == (shown, "verified")
    assert ("symmetric" in d.where or "spd" in d.where) == ("S" in where.replace("Sigma", ""))
    assert matcalc.derivative(text, wrt, where=d.where).text == shown


def test_the_equation_of_motion_with_a_mass_matrix() -> None:
    found = matcalc.lagrange(r"1/2 \dot q^T M(q) \dot q - V(q)", "q", where="M(q) in S^n; V(q) in R; q in R^n")
    assert found.text == "V'(q)^T + M(q) q_{ddot} + ((q_{dot}^T ⊗ I_n) M'(q) - 1/2 M'(q)^T (I_n ⊗ q_{dot})) q_{dot} = 0"
    assert found.facts() == [("momentum", "M(q) q_{dot}")]
    assert found.verified == "verified"


def test_the_steps_to_an_equation_of_motion() -> None:
    found = matcalc.lagrange(r"1/2 \dot q^T M \dot q - V(q)", "q", where="M in S^n; V: R^n -> R; q in R^n")
    lines = [row["text"] for row in found.steps()]
    assert lines[1:] == ["dL/dq_{dot} = M q_{dot}", "d/dt dL/dq_{dot} = M q_{ddot}", "dL/dq = -V'(q)^T", "M q_{ddot} + V'(q)^T = 0"]
    assert found.text == lines[-1] and all(row["rule"] and row["source"] for row in found.steps())
    printed = run("lagrange", r"\dot x^2/2 - x^4", "--wrt", "x", "--steps", "--where", "x in R").out
    assert printed.startswith("L = ") and printed.endswith("4 x^3 + x_{ddot} = 0\n")
