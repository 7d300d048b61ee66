"""Entries, rows and columns: as variables, in expressions and in answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.errors import UsageError

RNG = np.random.default_rng(9)
VALUES: dict[str, Any] = {"x": RNG.uniform(0.3, 1, 3), "y": RNG.uniform(0.3, 1, 3), "A": RNG.uniform(0.3, 1, (3, 3))}
VALUES |= {"X": np.eye(3) + RNG.uniform(-0.3, 0.3, (3, 3)), "S": np.eye(3), "B": RNG.uniform(0.3, 1, (3, 3))}
Values = Mapping[str, Any]


def moved(name: str, at: tuple[int, ...], h: float) -> dict[str, Any]:
    array = VALUES[name].copy()
    array[at] += h
    return {**VALUES, name: array}


CASES: list[tuple[str, str, str, Callable[[Values], Any], str]] = [
    ("x^T A x", "x_2", "", lambda v: v["x"] @ v["A"] @ v["x"], "((A + A^T) x)[2]"),
    ("A x", "x_3", "", lambda v: v["A"] @ v["x"], "A e_3"),
    ("x_2^2 x_1", "x_2", "x in R^3", lambda v: v["x"][1] ** 2 * v["x"][0], "2 x_1 x_2"),
    ("x_2^2 x_1", "x_3", "x in R^3", lambda v: v["x"][1] ** 2 * v["x"][0], "0"),
    ("logdet(X)", "X_{12}", "", lambda v: np.linalg.slogdet(v["X"])[1], "(X^-1)[2,1]"),
    ("X^-1", "X_{1,2}", "", lambda v: np.linalg.inv(v["X"]), "-X^-1 e_1 e_2^T X^-1"),
    ("tr(X^T A X)", "X_{31}", "", lambda v: np.trace(v["X"].T @ v["A"] @ v["X"]), "((A + A^T) X)[3,1]"),
    ("X y", "X_{12}", "X in R^{m x n}", lambda v: v["X"] @ v["y"], "y_2 I_m[:,1]"),
]


@pytest.mark.parametrize("text, wrt, where, value, answer", CASES, ids=[f"{t} by {w}" for t, w, *_ in CASES])
def test_the_derivative_by_an_entry(text: str, wrt: str, where: str, value: Callable[[Values], Any], answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert not isinstance(d, list)
    assert d.text == answer and d.verified == "verified"
    at = tuple(int(c) - 1 for c in wrt.partition("_")[2] if c.isdigit())
    h = 1e-6
    wanted = (np.asarray(value(moved(wrt[0], at, h))) - np.asarray(value(moved(wrt[0], at, -h)))) / (2 * h)
    given = {n: v for n, v in VALUES.items() if n in d._scope.symbols}
    np.testing.assert_allclose(d.evaluate(given), wanted, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(np.ravel(matcalc.parse(d.text, where=d.where).evaluate(given)), np.ravel(wanted), rtol=1e-6, atol=1e-8)


def test_second_derivatives_by_entries() -> None:
    for names, answer in ((["x_2", "x_1"], "A[1,2] + A[2,1]"), (["x_2", "x_2"], "2 A[2,2]")):
        d = matcalc.derivative("x^T A x", names, order=2)
        assert not isinstance(d, list)
        given = {"x": VALUES["x"], "A": VALUES["A"]}
        both = VALUES["A"] + VALUES["A"].T
        assert d.evaluate(given) == pytest.approx(both[1, 0 if names[1] == "x_1" else 1])
        assert d.text == answer


def test_an_entry_that_is_none() -> None:
    with pytest.raises(UsageError, match="no entry"):
        matcalc.derivative("x^T x", "x_5", where="x in R^3")


@pytest.mark.parametrize(
    "text, answer",
    [
        ("X[1,:] y", "I_m[:,1] y^T"),
        ("e_1^T X e_2", "I_m[:,1] I_n[:,2]^T"),
        ("||X[:,2]||^2", "2 X e_2 I_n[:,2]^T"),
        ("X_{12}^2", "2 X[1,2] I_m[:,1] I_n[:,2]^T"),
        ("sum_{i=1}^m X[i,:] A X[i,:]^T", "X A + X A^T"),
        ("sum_{i=1}^m sum_{j=1}^n X_{ij}^2", "2 X"),
    ],
)
def test_rows_columns_and_entries_of_the_variable(text: str, answer: str) -> None:
    d = matcalc.derivative(text, "X", where="X in R^{m x n}; A in R^{n x n}; y in R^n")
    assert not isinstance(d, list)
    assert d.text == answer


def test_an_entry_of_the_change() -> None:
    d = matcalc.derivative("X_{12}^2", "X", where="X in R^{m x n}", notation="differential")
    assert not isinstance(d, list)
    assert d.text == "dX -> 2 X[1,2] dX[1,2]"
    wanted = np.zeros((3, 3))
    wanted[0, 1] = 2 * VALUES["X"][0, 1]
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate({"X": VALUES["X"]}), wanted)


@pytest.mark.parametrize(
    "text, answer",
    [
        ("tr(sqrtm(X))", "sqrtm(X)^-T/2"),
        ("tr(logm(X))", "X^-T"),
        ("tr(X logm(X))", "logm(X)^T + I"),
        ("tr(A sqrtm(X))", "dsqrtm(X, A)^T"),
        ("sqrtm(X)", "dX -> dsqrtm(X, dX)"),
        ("logm(X)", "dX -> dlogm(X, dX)"),
        ("expm(A X)", "dX -> dexpm(A X, A dX)"),
        ("tr(A X^{-k})", "-X^-T (sum_{i=1}^k (X^(i - k) A X^(1 - i))^T) X^-T"),
    ],
)
def test_functions_of_a_matrix(text: str, answer: str) -> None:
    d = matcalc.derivative(text, "X", where="X in R^{n x n}; k in N")
    assert not isinstance(d, list)
    assert d.text == answer


ANY: list[tuple[str, str, str, Callable[[Values], Any], str]] = [
    ("x^T x", "x_i", "", lambda v: 2 * v["x"], "2 x_i"),
    ("sum_j x_j^2", "x_i", "x in R^n", lambda v: 2 * v["x"], "2 x_i"),
    ("sum_i x_i^2", "x_i", "x in R^n", lambda v: 2 * v["x"], "2 x_i"),
    ("x^T A x", "x_i", "", lambda v: (v["A"] + v["A"].T) @ v["x"], "((A + A^T) x)[i]"),
    ("A x", "x_i", "", lambda v: v["A"], "A e_i"),
    ("logdet(X)", "X_{ij}", "", lambda v: np.linalg.inv(v["X"]).T, "(X^-1)[j,i]"),
    ("tr(X^T A X)", "X_{ij}", "", lambda v: (v["A"] + v["A"].T) @ v["X"], "((A + A^T) X)[i,j]"),
    ("tr(X^T A X)", "X_{i2}", "", lambda v: ((v["A"] + v["A"].T) @ v["X"])[:, 1], "((A + A^T) X)[i,2]"),
]


@pytest.mark.parametrize("text, wrt, where, value, answer", ANY, ids=[f"{t} by {w}" for t, w, *_ in ANY])
def test_the_derivative_by_any_entry(text: str, wrt: str, where: str, value: Callable[[Values], Any], answer: str) -> None:
    """All of them at once without a number for the index, one with it; the index is declared in the answer."""
    d = matcalc.derivative(text, wrt, where=where)
    assert not isinstance(d, list)
    assert d.text == answer and d.verified == "verified"
    given = {n: v for n, v in VALUES.items() if n in d._scope.symbols}
    wanted = value(VALUES)
    np.testing.assert_allclose(d.evaluate(given), wanted, rtol=1e-12)
    letters = [part.partition(" in ")[0] for part in d.where.split("; ") if part.endswith(" in N")]
    at = dict(zip(letters, (2, 3), strict=False))
    one = wanted[:, 1] if answer == "A e_i" else wanted[tuple(k - 1 for k in at.values())]
    np.testing.assert_allclose(d.evaluate({**given, **at}), one, rtol=1e-12)
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate({**given, **at}), one, rtol=1e-12)


def test_second_derivatives_by_any_entries() -> None:
    d = matcalc.derivative("sum(exp(x))", ["x_i", "x_j"], where="x in R^n", order=2)
    assert not isinstance(d, list)
    assert d.text == "exp(x_i) 1[j = i]"
    np.testing.assert_allclose(d.evaluate({"x": VALUES["x"]}), np.diag(np.exp(VALUES["x"])))


def test_a_whole_number_is_a_subscript() -> None:
    x, family = VALUES["x"], VALUES["A"]
    assert matcalc.parse("(A x)[i]", where="A in R^{n x n}; x in R^n; i in N").evaluate({"A": family, "x": x, "i": 2}) == (family @ x)[1]
    d = matcalc.derivative("w^T z_j", "w", where="w, z_i in R^n; j in N")
    assert not isinstance(d, list)
    assert d.text == "z_j^T"
    np.testing.assert_allclose(d.evaluate({"w": x, "z": family, "j": 3}), family[2])


def test_two_digits_below_a_bracket_are_two_indices() -> None:
    assert matcalc.parse("(A B)_{12}").text == "(A B)[1,2]"


@pytest.mark.parametrize(
    "text, wrt, where, answer",
    [
        ("sum_{i=1}^n x_i^3", "x_i", "x in R^n", "3 x_i^2"),
        ("sum_{i=1}^N z_i^T A z_i", "A_{ij}", "z_i in R^n; A in R^{n x n}", "(sum_{k=1}^N z_k z_k^T)[j,i]"),
        ("x_k^2", "x_k", "x in R^n; k in N", "2 x_k"),
        ("x_k^2", "x_i", "x in R^n; k in N", "2 x_k 1[i = k]"),
    ],
)
def test_indices_do_not_meet(text: str, wrt: str, where: str, answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert not isinstance(d, list)
    assert (d.text, d.verified) == (answer, "verified")
    assert matcalc.parse(d.text, where=d.where).text == d.text


@pytest.mark.parametrize(
    ("text", "wrt", "answer"),
    [
        ("softmax(X)", "X", "J[i,j,k,l] = delta[i,k] softmax(X)[i,j] (delta[j,l] - softmax(X)[i,l])"),
        ("softmax(Q K^T) V", "K", "J[i,j,k,l] = softmax(Q K^T)[i,k] Q[i,l] (V[k,j] - (softmax(Q K^T) V)[i,j])"),
        (
            "S = softmax(Q K^T/sqrt(d_k)); S V",
            "Q",
            "S = softmax(Q K^T/sqrt(d_k)); J[i,j,l,r] = delta[i,l] (sum_s V[s,j] S[i,s] K[s,r] - (S V)[i,j] (S K)[i,r])/sqrt(d_k)",
        ),
    ],
)
def test_common_factors_stand_before_brackets(text: str, wrt: str, answer: str) -> None:
    """The Jacobian of softmax as books have it. No index is the subscript of a name: d_k would be an entry."""
    assert matcalc.derivative(text, wrt).text == answer


def test_entries_of_products_with_diagonal_matrices_are_products() -> None:
    d: Any = matcalc.derivative("diag(x) A diag(x)", "x")
    assert d.text == "J[i,j,k] = A[i,j] (delta[i,k] x[j] + x[i] delta[k,j])"
    assert d.verified == "verified"


@pytest.mark.parametrize(
    "text, want",
    [
        ("max(0, y)", "1[y_i > 0] I_n[:,i]"),
        ("sum(max(0, y).^2)", "2 max(0, y_i) 1[y_i > 0]"),
        ("sum(max(X w, y))", "1[y_i > (X w)[i]]"),
    ],
)
def test_an_entry_of_what_goes_entry_by_entry(text: str, want: str) -> None:
    where = "y in R^n; X in R^{n x m}; w in R^m" if "X" in text else "y in R^n"
    d = matcalc.derivative(text, "y_i", where=where)
    assert d.text == want and d.verified == "verified"


def test_an_entry_of_a_zero_array_is_zero() -> None:
    assert matcalc.parse("(A x - A x)[i] y_i + y_i", where="A in R^{n x n}; x, y in R^n; i in N").text == "y_i"
