"""`grad`, `jacobian` and `hessian`: short forms of `d`, on the command line and in Python."""

from __future__ import annotations

import json

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import UsageError


@pytest.mark.parametrize(
    "command, expression, wrt, printed",
    [
        ("grad", "x^T A x", "x", "(A + A^T) x"),
        ("grad", "||A x - b||^2", "x", "2 A^T (A x - b)"),
        ("grad", "logdet(X)", "X", "X^-T"),
        ("grad", "x^T A y", "x,y", "x: A y\ny: A^T x"),
        ("jacobian", "A x", "x", "A"),
        ("jacobian", "x^T A x", "x", "x^T (A + A^T)"),
        ("jacobian", "sin(A x + b)", "x", "diag(cos(A x + b)) A"),
        ("hessian", "x^T A x", "x", "A + A^T"),
        ("hessian", "x^T A y", "x,y", "A"),
        ("hessian", "x^T A y", "y,x", "A^T"),
        ("hessian", "tr(X^T X)", "X", "J[i,j,k,l] = 2 delta[i,k] delta[j,l]"),
    ],
)
def test_the_commands(command: str, expression: str, wrt: str, printed: str) -> None:
    outcome = run(command, expression, "--wrt", wrt)
    assert (outcome.code, outcome.out) == (0, printed + "\n")


@pytest.mark.parametrize("command", ["grad", "jacobian", "hessian"])
def test_they_have_the_options_of_d(command: str) -> None:
    text = run(command, "--help").out
    for option in ("--wrt", "--where", "--notation", "--structured", "--format", "--steps", "--json", "--no-verify"):
        assert option in text
    assert "--order" not in text and "--layout" not in text
    assert f"matcalc {command}" in text


def test_json_says_layout_and_order() -> None:
    answer = json.loads(run("hessian", "x^T A x", "--wrt", "x", "--json").out)
    assert (answer["order"], answer["shape"], answer["verified"]) == (2, ["n", "n"], "verified")
    answer = json.loads(run("grad", "x^T A x", "--wrt", "x", "--json").out)
    assert (answer["layout"], answer["shape"]) == ("denominator", ["n", "1"])


def test_a_gradient_is_that_of_a_scalar() -> None:
    outcome = run("grad", "A x", "--wrt", "x")
    assert outcome.code == 2 and "use jacobian" in outcome.err
    with pytest.raises(UsageError):
        matcalc.grad("A x", "x")


def test_the_functions() -> None:
    x = np.array([1.0, -2.0, 0.5])
    a = np.arange(9.0).reshape(3, 3)
    g = matcalc.grad("x^T A x", "x")
    j = matcalc.jacobian("A x", "x")
    assert isinstance(g, matcalc.Derivative) and isinstance(j, matcalc.Derivative)
    assert g.shape == ("n", "1") and matcalc.hessian("x^T A x", "x").shape == ("n", "n")
    np.testing.assert_allclose(g.evaluate({"x": x, "A": a}), (a + a.T) @ x)
    np.testing.assert_allclose(j.evaluate({"x": x, "A": a}), a)
    np.testing.assert_allclose(matcalc.hessian("x^T A x", "x").evaluate({"x": x, "A": a}), a + a.T)


def test_by_objects() -> None:
    x = matcalc.vector("x", "n")
    found = matcalc.grad(x.T @ x, x)
    assert isinstance(found, matcalc.Derivative) and found.text == "2 x"


@pytest.mark.parametrize("wrt", [["x", "y"], ["y", "x"]])
def test_mixed_second_derivatives_go_in_the_order_of_the_names(wrt: list[str]) -> None:
    values = {"x": np.array([0.3, 1.1]), "y": np.array([0.2, -0.4, 0.9]), "A": np.arange(6.0).reshape(2, 3)}
    h = matcalc.hessian("exp(x^T A y)", wrt)
    s, a, b = np.exp(values["x"] @ values["A"] @ values["y"]), values["A"] @ values["y"], values["A"].T @ values["x"]
    want = s * (values["A"] + np.outer(a, b))
    np.testing.assert_allclose(h.evaluate(values), want if wrt == ["x", "y"] else want.T)


def test_too_many_names_for_a_hessian() -> None:
    with pytest.raises(UsageError, match="order 2 with 3"):
        matcalc.hessian("x^T A y + z^T z", ["x", "y", "z"])


SYMMETRIC = [
    ("(x^T A x)(x^T B x)", "Z = (A + A^T) x x^T (B + B^T); (x^T A x) (B + B^T) + (x^T B x) (A + A^T) + Z + Z^T"),
    ("(B x)^T diag(C x) D x", "Z = C^T (diag(B x) D + diag(D x) B) + B^T diag(C x) D; Z + Z^T"),
    ("sin(x)^T A cos(B x)", None),
    ("(x^T A x)/(x^T B x)", None),
    ("exp(a^T x) (x^T A x)", None),
    ("log(x^T A x + a^T x)", None),
]


@pytest.mark.parametrize("text, printed", SYMMETRIC, ids=[t for t, _ in SYMMETRIC])
def test_the_symmetric_part_of_a_hessian_is_printed_once(text: str, printed: str | None) -> None:
    rng = np.random.default_rng(4)
    where = "x, a in R^n; A, B, C, D in R^{n x n}"
    d = matcalc.hessian(text, "x", where=where)
    assert printed is None or d.text == printed
    values = {n: rng.uniform(0.3, 1.0, 3) for n in "xa"} | {n: rng.uniform(0.3, 1.0, (3, 3)) for n in "ABCD"}
    want = d.evaluate(values)
    np.testing.assert_allclose(want, want.T)
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(values), want)


def test_what_several_words_may_have_meant() -> None:
    assert "--structured takes symmetric-space" in run("d", "logdet(S)", "--wrt", "S", "--structured", "symmetric").err
    assert "write it in quotes" in run("d", "x^T", "A", "x", "--wrt", "x").err
