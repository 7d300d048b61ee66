"""`matcalc check`: right claims pass, wrong ones fail with the right diagnosis."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from console import run
from corpus import cases

import matcalc
from matcalc.errors import MatcalcError

N = "x in R^n; A in R^{n x n}"
LSQ = "A in R^{m x n}; x in R^n; b in R^m"

RIGHT = [
    ("x^T A x", "x", "x^T (A + A^T)", N),
    ("x^T A x", "x", "x^T A + x^T A^T", N),
    ("x^T A x", "x", "((A + A^T) x)^T", N),
    ("x^T A x", "x", r"x^\top A + x^\top A^\top", N),
    ("x^T A x", "x", r"\nabla_x f = x^{\top}\left(A + A^{\top}\right)", N),
    ("x^T S x", "x", "2 x^T S", "x in R^n; S in S^n"),
    ("||A x - b||^2", "x", "2 (A x - b)^T A", LSQ),
    ("||A x - b||^2", "x", r"2 \left(\mathbf{A}\mathbf{x} - \mathbf{b}\right)^\top \mathbf{A}", LSQ),
    ("||A x - b||^2", "x", "2 x^T A^T A - 2 b^T A", LSQ),
    ("A x", "x", "A", LSQ),
    ("log det X", "X", "X^-T", "X in R^{n x n}"),
    ("log det X", "X", "(X^T)^-1", "X in R^{n x n}"),
    ("log det X", "X", "inv(X)'", "X in R^{n x n}"),
    ("tr(A X B)", "X", "A^T B^T", "A in R^{m x n}; X in R^{n x p}; B in R^{p x m}"),
    ("tr(A X B)", "X", "(B A)^T", "A in R^{m x n}; X in R^{n x p}; B in R^{p x m}"),
    ("a^T X^-1 b", "X", "-X^-T a b^T X^-T", "a, b in R^n; X in R^{n x n}"),
    ("sum(log(1 + exp(-y .* (X w))))", "w", "-(y .* sigmoid(-y .* (X w)))^T X", "X in R^{N x n}; w in R^n; y in R^N"),
    ("sum(log(1 + exp(-y .* (X w))))", "w", "-sum_{i=1}^N y_i sigmoid(-y_i (X w)_i) X[i,:]", "X in R^{N x n}; w in R^n; y in R^N"),
    ("softmax(x)", "x", "diag(softmax(x)) - softmax(x) softmax(x)^T", "x in R^n"),
    ("softmax(x)", "x", "s = softmax(x); diag(s) - s s^T", "x in R^n"),
    ("||x||", "x", "x^T/||x||", "x in R^n"),
    ("x", "x", "I", "x in R^n"),
    ("z = A x - b; ||z||^2", "x", "2 z^T A", LSQ),
    ("1/N sum_{i=1}^N (y_i - w^T x_i)^2", "w", "-2/N sum_{i=1}^N (y_i - w^T x_i) x_i^T", "x_i in R^n; y_i in R; w in R^n"),
    ("A X B", "X", "dX -> A dX B", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}"),
    ("A X B", "X", "A dX B", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}"),
    ("A X B", "X", "d vec(F)/d vec(X)^T = kron(B^T, A)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}"),
    ("A X B", "X", "kron(B^T, A)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}"),
    ("A X B", "X", "J[i,j,k,l] = A[i,k] B[l,j]", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}"),
    ("A x", "x", "J[i,j] = A[i,j]", LSQ),
    ("x^T A x", "A", "x x^T", N),
    ("sin(t) cos(t)", "t", "cos(t)^2 - sin(t)^2", "t in R"),
    ("tanh(A x)", "x", "diag(1 - tanh(A x).^2) A", LSQ),
    ("det X", "X", "det(X) X^-T", "X in R^{n x n}"),
]

WRONG = [
    ("x^T A x", "x", "(A + A^T) x", N, "transposed (denominator layout"),
    ("||A x - b||^2", "x", "2 A^T (A x - b)", LSQ, "transposed (denominator layout"),
    ("||A x - b||^2", "x", r"2 A^\top (A x - b)", LSQ, "transposed (denominator layout"),
    ("A x", "x", "A^T", LSQ, "transposed (denominator layout"),
    ("tr(A X)", "X", "A", "A in R^{m x n}; X in R^{n x m}", "transposed (strict layout"),
    ("log det X", "X", "X^-1", "X in R^{n x n}", "transposed (strict layout"),
    ("A X B", "X", "kron(B, A^T)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}", "transposed"),
    ("A X B", "X", "J[k,l,i,j] = A[i,k] B[l,j]", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}", "another order"),
    ("x^T A x", "x", "-x^T (A + A^T)", N, "off by the sign"),
    ("||A x - b||^2", "x", "2 (b - A x)^T A", LSQ, "off by the sign"),
    ("a^T X^-1 b", "X", "X^-T a b^T X^-T", "a, b in R^n; X in R^{n x n}", "off by the sign"),
    ("||A x - b||^2", "x", "(A x - b)^T A", LSQ, "1/2 times"),
    ("||A x - b||^2", "x", "4 (A x - b)^T A", LSQ, "2 times"),
    ("||A x - b||^2", "x", "-4 (A x - b)^T A", LSQ, "-2 times"),
    ("||A x - b||^2", "x", "A^T (A x - b)", LSQ, "1/2 times"),
    ("1/N sum_{i=1}^N (y_i - w^T x_i)^2", "w", "-2 sum_{i=1}^N (y_i - w^T x_i) x_i^T", "x_i in R^n; y_i in R; w in R^n", "N times"),
    ("||x||", "x", "x^T", "x in R^n", "||x|| times"),
    ("lambda x^T x", "x", "2 x^T", "x in R^n; lambda in R", "1/lambda times"),
    ("x^T A x", "x", "2 x^T A", N, "only if A is symmetric"),
    ("x^T A x", "x", "2 A x", N, "only if A is symmetric"),
    ("tr(A X B)", "X", "A B^T", "A, X, B in R^{n x n}", "only if A is symmetric"),
    ("tr(X^T A X)", "X", "2 A X", "A in R^{n x n}; X in R^{n x m}", "only if A is symmetric"),
    ("(A x - b)^T W (A x - b)", "x", "2 (A x - b)^T W A", LSQ + "; W in R^{m x m}", "only if W is symmetric"),
    ("x^T A B x", "x", "2 x^T A B", N + "; B in R^{n x n}", "only if"),
    ("||Q A||_F^2", "A", "2 A", "Q in R^{m x m}; A in R^{m x n}", "only if Q is orthogonal"),
    ("x^T A x + b^T x", "x", "x^T (A + A^T)", N + "; b in R^n", "a term is missing: b^T"),
    ("x^T A x", "x", "x^T A", N, "a term is missing: (A x)^T"),
    ("(x^T x) x", "x", "(x^T x) I", "x in R^n", "a term is missing: 2 x x^T"),
    ("A X + X A^T", "X", "dX -> A dX", "A, X in R^{n x n}", "a term is missing"),
    ("softmax(x)", "x", "diag(softmax(x))", "x in R^n", "a term is missing: -softmax(x) softmax(x)^T"),
    ("softmax(x)", "x", "diag(softmax(x)) + softmax(x) softmax(x)^T", "x in R^n", "wrong sign"),
    ("(x^T A x)/(x^T x)", "x", "x^T (A + A^T)/(x^T x)", N, "a term is missing"),
    ("||A x - b||^2", "x", "2 (A x - b)^T A + x^T", LSQ, "one term too many: x^T"),
    ("||A x - b||^2 + c^T x", "x", "2 (A x - b)^T A - c^T", LSQ + "; c in R^n", "the term c^T has the wrong sign"),
    ("||A x - b||^2 + c^T x", "x", "(A x - b)^T A + c^T", LSQ + "; c in R^n", "times"),
    ("||A x - b||^2", "x", "2 x^T A^T A - b^T A", LSQ, "times"),
    ("||A x - b||^2", "x", "2 x^T A^T A", LSQ, "a term is missing: -2 b^T A"),
    ("A x", "x", "x", LSQ, "wrong dimension"),
    ("A x", "x", "1", LSQ, "wrong dimension"),
    ("||A x - b||^2", "x", "2 A x", LSQ, "wrong dimension"),
    ("||A x - b||^2", "x", "2 A (A x - b)", LSQ, "wrong dimension"),
    ("tr(A X B)", "X", "A B", "A in R^{m x n}; X in R^{n x p}; B in R^{p x m}", "wrong dimension"),
    ("A X B", "X", "kron(A, B^T)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}", ""),
    ("x^T x", "x", "0", "x in R^n", "wrong dimension"),
    ("x^T x", "x", "0_{1 x n}", "x in R^n", "the claim is zero"),
    ("a^T b", "x", "a^T", "a, b, x in R^n", "the derivative is zero"),
    ("x_1^2 x_2 + x_1 x_2^3", "x", "[2 x_1 x_2 + x_2^3, x_1^2 + x_1 x_2^2]", "x in R^2", "entry 2"),
    ("sin(t)^2 + 2 cos(t)", "t", "2 sin(t) (cos(t) + sin(t))", "t in R", ""),
    ("sum(exp(x))", "x", "ones(n)^T", "x in R^n", ""),
    ("log(x)", "x", "1/x^2", "x in R positive", "1/x times"),
]


@pytest.mark.parametrize("expr, wrt, claim, where", RIGHT)
def test_right_claims(expr: str, wrt: str, claim: str, where: str) -> None:
    verdict = matcalc.check(expr, wrt, claim, where=where)
    assert verdict.equal and verdict.verdict == "equal" and verdict.points == 4, verdict
    assert verdict.error is not None and verdict.error < 1e-6  # the threshold of the book


@pytest.mark.parametrize("expr, wrt, claim, where, words", WRONG)
def test_wrong_claims(expr: str, wrt: str, claim: str, where: str, words: str) -> None:
    verdict = matcalc.check(expr, wrt, claim, where=where)
    assert not verdict.equal and verdict.diagnosis
    assert words in "; ".join(verdict.diagnosis), verdict


def test_there_are_enough_claims() -> None:
    assert len(RIGHT) + len(WRONG) >= 60


def test_algebra_proves_what_it_can() -> None:
    assert matcalc.check("x^T A x", "x", "x^T A + x^T A^T").symbolic
    assert not matcalc.check("x^T A x", "x", "x^T A").symbolic


def variants(expected: str) -> dict[str, str]:
    """A closed form as it is, transposed, negative and doubled."""
    *bindings, last = expected.split(";")
    before = "".join(f"{b}; " for b in bindings)
    return {"equal": expected, "transposed": f"{before}({last})^T", "negative": f"{before}-({last})", " 2 times": f"{before}2 ({last})"}


CORPUS = [c for name in ("public", "rivals") for c in cases(name) if c.get("expected")]


@pytest.mark.parametrize("case", CORPUS, ids=lambda c: c["id"])
def test_the_corpus(case: dict[str, object]) -> None:
    """Every closed form of the corpus is right; transposed, negative or doubled it is wrong, where that changes anything."""
    wanted = variants(str(case["expected"]))
    for word, claim in wanted.items():
        verdict = matcalc.check(case["expr"], case["wrt"], claim, where=case["where"], order=case["order"])  # type: ignore[arg-type]
        d = verdict.derivative
        assert d is not None
        if word == "equal":
            assert verdict.equal, verdict
        elif word == "transposed":
            # Symmetric results, and second derivatives by a vector and a number, which no layout makes a row or a column.
            same = verdict.equal and d.expr is not None and (d.expr.shape == d.expr.shape[::-1] or d.order > 1)
            assert same or word in repr(verdict), verdict
        else:
            assert word in repr(verdict) or d.text.startswith("0"), verdict


def test_second_derivatives_and_layouts() -> None:
    assert matcalc.check("x^T A x", "x", "A + A^T", order=2)
    assert matcalc.check("x^T A x", "x", "(A + A^T) x", layout="denominator")
    assert "numerator" in matcalc.check("x^T A x", "x", "x^T (A + A^T)", layout="denominator").diagnosis[0]
    assert matcalc.check("x^T A y", ["x", "y"], "A", order=2)
    assert "transposed" in matcalc.check("x^T A y", ["y", "x"], "A", order=2, where="A in R^{m x n}").diagnosis[0]


def test_numbers_judge_where_there_is_no_closed_form() -> None:
    assert matcalc.check("||X||_*", "X", "polar(X)").equal
    hessian = matcalc.check("||X||_*", "X", "polar(X)", order=2)  # which the book has no closed form for
    assert not hessian.equal and hessian.derivative is None


@pytest.mark.parametrize(
    "argv, code, line",
    [
        (["x^T A x", "--wrt", "x", "--claim", "x^T (A + A^T)"], 0, "equal"),
        (
            ["x^T A x", "--wrt", "x", "--claim", "(A + A^T) x"],
            1,
            "not equal: transposed (denominator layout, where a gradient is a column)",
        ),
    ],
)
def test_the_command(argv: list[str], code: int, line: str) -> None:
    outcome = run("check", *argv)
    assert outcome.code == code
    lines = outcome.out.splitlines()
    assert lines[0] == line and lines[1] == "derivative: x^T (A + A^T)" and lines[2].startswith("checked: ")


@pytest.mark.parametrize(
    "argv",
    [
        ["x^T A x", "--wrt", "x", "--claim", "x^T (A +"],
        ["x^T A", "--wrt", "x", "--claim", "x^T detX"],
        ["x^T A (", "--wrt", "x", "--claim", "x"],
        ["x^T x", "--wrt", "q", "--claim", "x"],
        ["x^T x", "--wrt", "x", "--claim", "2 x^T", "--values", "nowhere.npz"],
        ["x^T x", "--wrt", "x,y", "--claim", "2 x^T"],
    ],
)
def test_what_cannot_be_read(argv: list[str]) -> None:
    outcome = run("check", *argv)
    assert outcome.code == 2 and outcome.out == "" and outcome.err.startswith("error: ")


def test_a_terminal_and_json() -> None:
    outcome = run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", terminal=True)
    assert outcome.code == 1 and "not equal" in outcome.out and "symmetric" in outcome.out
    found = json.loads(run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--json").out)
    assert found["verdict"] == "not equal" and found["derivative"] == "x^T (A + A^T)" and found["points"] == 4


def test_given_values(tmp_path: Path) -> None:
    x, a = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.savez(tmp_path / "v.npz", x=x, A=a)
    (tmp_path / "v.json").write_text(json.dumps({"x": x.tolist(), "A": a.tolist()}))
    (tmp_path / "bad.json").write_text("[1, 2")
    for file in ("v.npz", "v.json"):
        outcome = run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--values", str(tmp_path / file), "--json")
        found = json.loads(outcome.out)["values"]
        assert found["derivative"] == [12.0, 21.0] and found["claim"] == [14.0, 20.0]
    assert run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--values", str(tmp_path / "bad.json")).code == 2
    with pytest.raises(MatcalcError):
        matcalc.check("x^T A x", "x", "2 x^T A", values={"x": x, "A": np.ones((3, 3))})
