"""`--notation cases`: switches and Kronecker deltas as case distinctions, printed, read back, and the same in numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import VerificationError
from matcalc.expressions.build import substitute
from matcalc.notation import piecewise

RNG = np.random.default_rng(5)
VALUES: dict[str, Any] = {
    "x": RNG.standard_normal(4),
    "w": RNG.standard_normal(4),
    "a": RNG.standard_normal(4),
    "b": RNG.standard_normal(4),
    "A": RNG.standard_normal((3, 4)),
    "B": RNG.standard_normal((3, 4)),
    "S": RNG.standard_normal((4, 4)),
    "t": 0.7,
    "y": -1.0,
    "c": 0.2,
}
SETS = dict.fromkeys("xwab", "R^n") | dict.fromkeys("AB", "R^{m x n}") | {"S": "R^{n x n}"} | dict.fromkeys("tyc", "R")

# Parr & Howard: what is 0 comes first, and every case has its condition.
SWITCHES: list[tuple[str, str, str]] = [
    ("max(0, w^T x + c)", "w", "cases(0, w^T x + c <= 0, x^T, w^T x + c > 0)"),
    ("max(0, w^T x + c)", "c", "cases(0, w^T x + c <= 0, 1, w^T x + c > 0)"),
    ("max(0, t)", "t", "cases(0, t <= 0, 1, t > 0)"),
    ("relu(t)", "t", "cases(0, t <= 0, 1, t > 0)"),
    ("relu(t)^2", "t", "cases(0, t <= 0, 2 t, t > 0)"),
    ("abs(t)", "t", "cases(-1, t < 0, 1, t > 0)"),
    ("relu(x)", "x", "diag(cases(0, x <= 0, 1, x > 0))"),
    ("relu(A x)", "x", "diag(cases(0, A x <= 0, 1, A x > 0)) A"),
    ("sum(relu(A x))", "x", "cases(0, A x <= 0, 1, A x > 0)^T A"),
    ("max(0, 1 - y w^T x)", "w", "cases(0, y (w^T x) >= 1, -y x^T, y (w^T x) < 1)"),
    ("relu(a^T x) relu(b^T x)", "x", "cases(x^T (a b^T + b a^T), a^T x > 0 and b^T x > 0, 0)"),
    ("relu(a^T x) x", "x", "cases(0, a^T x <= 0, (a^T x) I + x a^T, a^T x > 0)"),
    ("cases(t^2, t > 0, 0)", "t", "cases(2 t, t > 0, 0)"),
    ("cases(t^2, t > 0 and t < 2, -t)", "t", "cases(2 t, t > 0 and t < 2, -1)"),
]
DELTAS: list[tuple[str, str, str]] = [
    ("A^T A", "A", "J[i,j,k,l] = cases(A[k,j], i = l and i != j, A[k,i], j = l and i != j, 2 A[k,i], i = j and j = l, 0)"),  # MML (5.98)
    ("A", "A", "J[i,j,k,l] = cases(1, i = k and j = l, 0)"),
    ("x x^T", "x", "J[i,j,k] = cases(x[j], i = k and i != j, x[i], j = k and i != j, 2 x[i], i = j and j = k, 0)"),
    ("A x", "A", "J[i,j,k] = cases(x[k], i = j, 0)"),
    ("x", "x", "J[i,j] = cases(1, i = j, 0)"),
    ("softmax(x)", "x", "J[i,j] = cases(softmax(x)[i] - softmax(x)[i] softmax(x)[i], i = j, -softmax(x)[i] softmax(x)[j])"),
    ("diag(x)", "x", "J[i,j,k] = cases(1, i = j and j = k, 0)"),
]
PLAIN: list[tuple[str, str, str]] = [
    ("x^T x", "x", "2 x^T"),
    ("logdet(S)", "S", "S^-T"),
    ("A x", "x", "A"),
    ("sin(t)", "t", "cos(t)"),
]


def cases_of(text: str, wrt: str) -> matcalc.Derivative:
    where = "; ".join(f"{n} in {SETS[n]}" for n in SETS if re.search(rf"\b{n}\b", text))  # how far indices run, what is declared tells
    d = matcalc.derivative(text, wrt, where=where, notation="cases")
    assert isinstance(d, matcalc.Derivative) and d.verified == "verified"
    return d


@pytest.mark.parametrize("text, wrt, printed", [*SWITCHES, *DELTAS, *PLAIN])
def test_what_is_printed(text: str, wrt: str, printed: str) -> None:
    assert cases_of(text, wrt).text == printed


@pytest.mark.parametrize("text, wrt, printed", [*SWITCHES, *DELTAS, *PLAIN])
@pytest.mark.parametrize("form", ["text", "unicode", "latex"])
def test_it_is_read_back_with_the_same_numbers(text: str, wrt: str, printed: str, form: str) -> None:
    d = cases_of(text, wrt)
    for sign in (1.0, -1.0):
        values = {n: sign * v for n, v in VALUES.items()}
        want = d.evaluate({n: v for n, v in values.items() if n in d._scope.symbols})
        again = matcalc.parse(d.spell(form), where=d.where)
        used = {n: v for n, v in values.items() if n in again._scope.symbols}
        np.testing.assert_allclose(again.evaluate(used), want, atol=1e-12)


def test_a_condition_on_the_index_stays_inside_the_sum() -> None:
    where = "w in R^n; b in R; x_i in R^n; y_i in R"
    d = matcalc.derivative("1/N sum_{i=1}^N (y_i - max(0, w^T x_i + b))^2", "w", where=where, notation="cases")
    assert isinstance(d, matcalc.Derivative)
    assert d.text == "2/N sum_{i=1}^N cases(0, w^T x_i + b <= 0, (w^T x_i - y_i + b) x_i^T, w^T x_i + b > 0)"
    values = {"w": np.array([0.5, -1.0]), "b": 0.1, "x": RNG.standard_normal((6, 2)), "y": RNG.standard_normal(6)}
    np.testing.assert_allclose(matcalc.parse(d.text, where=d.where).evaluate(values), d.evaluate(values))


def test_latex_has_the_environment() -> None:
    latex = run("d", "max(0, w^T x)", "--wrt", "w", "--notation", "cases", "--format", "latex").out
    assert latex == r"\begin{cases} 0 & w^{T} x \le 0 \\ x^{T} & w^{T} x > 0 \end{cases}" + "\n"
    latex = run("d", "R^T R", "--wrt", "R", "--notation", "cases", "--format", "latex").out
    assert latex.startswith(r"J_{ijkl} = \begin{cases} R_{kj} & i = l \text{ and } i \ne j \\ ")
    assert latex.endswith(r"0 & \text{otherwise} \end{cases}" + "\n")


def test_the_automatic_notation_keeps_indicators() -> None:
    assert run("d", "max(0, w^T x)", "--wrt", "w").out == "1[w^T x > 0] x^T\n"


@pytest.mark.parametrize(
    "text, value",
    [
        ("1[t > 0 and t < 1]", 1.0),
        ("1[t > 0 and t < 0.5]", 0.0),
        ("cases(2, t > 0 and t < 1, 3)", 2.0),
        (r"\begin{cases} 2 & \text{if } t > 1 \text{ and } t < 3 \\ 3 & \text{otherwise} \end{cases}", 3.0),
    ],
)
def test_conditions_joined_by_and(text: str, value: float) -> None:
    assert matcalc.parse(text, where="t in R").evaluate({"t": 0.7}) == value


def test_and_is_a_product_of_letters_elsewhere() -> None:
    assert matcalc.parse("a n d", where="a, n, d in R").evaluate({"a": 2.0, "n": 3.0, "d": 4.0}) == 24.0


def test_a_scalar_condition_decides_for_all_entries() -> None:
    d = matcalc.derivative("cases(A x, a^T x > 0, B x)", "x")
    assert isinstance(d, matcalc.Derivative)
    assert d.text == "cases(A, a^T x > 0, B)"
    assert cases_of("cases(A x, a^T x > 0, B x)", "x").text == "cases(A, a^T x > 0, B)"


@pytest.mark.parametrize(
    ("expr", "where", "text"),
    [
        ("cases(x^2, x > 0, x)", "x in R", "cases(2 x, x > 0, 1)"),
        ("cases(x.^2, x > 0, x)", "x in R^n", "diag(cases(2 x, x > 0, 1))"),
        ("cases(x^T A x, s > 0, b^T x)", "x in R^n; s in R", "cases(x^T (A + A^T), s > 0, b^T)"),
        ("sum(cases(x.^2, x > 0, x .* y, x < 3, sin(x)))", "x in R^n", "cases(2 x, x > 0, y, x < 3, cos(x))^T"),
    ],
)
def test_the_derivative_of_cases_is_cases(expr: str, where: str, text: str) -> None:
    assert matcalc.derivative(expr, "x", where=where).text == text  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["exp(C) - inv(C)", "C .* C .* C + C^2", "tr(C) C + exp(C)"])
def test_the_narrower_of_two_cases_comes_first(text: str) -> None:
    """Where i = k came before i = k and j = l and …, the wider case was taken, and the further term was missing."""
    d: Any = matcalc.derivative(text, "C", where="C in R^{n x n}", notation="cases", order=2)
    given = {"C": RNG.uniform(0.5, 1.5, (3, 3))}
    assert np.allclose(matcalc.parse(d.text, where=d.where).evaluate(given), d.evaluate(given))


def test_the_case_of_an_entry_decides_nothing_of_the_others() -> None:
    """B relu(x) was B x where x > 0, and the check did not see it."""
    d: Any = matcalc.derivative("||B relu(x)||^2", "x", where="x in R^n; B in R^{m x n}", notation="cases")
    assert d.text == "2 cases(0, x <= 0, B^T B relu(x), x > 0)^T"
    given = {"x": np.array([1.0, -2.0, 3.0]), "B": np.arange(6.0).reshape(2, 3)}
    plain: Any = matcalc.derivative("||B relu(x)||^2", "x", where="x in R^n; B in R^{m x n}")
    assert np.allclose(matcalc.parse(d.text, where=d.where).evaluate(given), plain.evaluate(given))


def test_cases_are_checked_as_they_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piecewise, "_in_place", substitute)
    with pytest.raises(VerificationError):
        matcalc.derivative("||B relu(x)||^2", "x", where="x in R^n; B in R^{m x n}", notation="cases")


def test_cases_of_equal_indices_are_checked_as_they_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They were not: only the closed form behind them was."""
    question = ("x x^T x", "x")
    right: Any = matcalc.derivative(*question, where="x in R^n", order=2, notation="cases")
    assert right.verified == "verified" and right.text.startswith("J[i,j,k] = cases(2 x[k], i = j and i != k, ")
    before = piecewise._condition

    def forgets(equal: frozenset[Any], unequal: frozenset[Any], marks: Any) -> Any:
        return before(equal, frozenset(sorted(unequal)[1:]), marks)

    monkeypatch.setattr(piecewise, "_condition", forgets)
    with pytest.raises(VerificationError, match="what is printed disagrees"):
        matcalc.derivative("X A X + A X", "X", where="A, X in R^{n x n}", notation="cases")


def test_a_condition_of_numbers_is_decided() -> None:
    """1[-1 > 0] stood in the expansion of relu(x - 1) about 0, and `0 > 0` in answers."""
    assert run("taylor", "exp(x) + x relu(x - 1)", "--wrt", "x", "--at", "0").out.startswith("1 + x + x^2/2\n")
    assert run("d", "cases(x^2, 1 > 2, x^3)", "--wrt", "x").out == "3 x^2\n"
    assert run("d", "cases(x^2, 3 > 2, x^3)", "--wrt", "x").out == "2 x\n"
