"""What the signs around undeclared names say of their kinds."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

KINDS = {
    "sin(x)/x": {"x": "R"},
    "m x + b": {"m": "R", "x": "R", "b": "R"},
    "x^2 y + sin(x y)": {"x": "R", "y": "R"},
    "f(x, y) = x^2 y; f(a, b)": {"a": "R", "b": "R"},
    "k det(X)": {"k": "R", "X": "R^{n x n}"},
    "a exp(b (tr(C) - 3)^2) - a + k (det(C)^2 - 1)": {"a": "R", "b": "R", "k": "R", "C": "R^{n x n}"},
    "A x + b": {"A": "R^{m x n}", "x": "R^n", "b": "R^m"},
    "||y - X w||^2": {"y": "R^m", "X": "R^{m x n}", "w": "R^n"},
    "z = a + b; ||z||^2": {"a": "R^n", "b": "R^n"},
    r"a \cdot b": {"a": "R^n", "b": "R^n"},
    r"y - w_1 \cdot w_2 \cdot x": {"y": "R", "w_1": "R", "w_2": "R", "x": "R"},
    "sum(exp(x))": {"x": "R^n"},
    "x .* y": {"x": "R^n", "y": "R^n"},
    "s (x^T x)": {"s": "R", "x": "R^n"},
    "x": {"x": "R^n"},
}


@pytest.mark.parametrize(("text", "kinds"), KINDS.items())
def test_the_kinds_that_a_text_gives(text: str, kinds: dict[str, str]) -> None:
    found = dict(part.split(" in ") for part in matcalc.parse(text).where.split("; "))
    assert found == kinds


def test_n_halves_is_a_size_where_one_has_no_name() -> None:
    text = r"-\frac{n}{2}\log(2\pi) - \frac12 y^T K^{-1} y - \frac12\log|K|"
    found = matcalc.parse(text)
    assert found.where == "y in R^n; K in R^{n x n}" and "n read as the size of y" in found.assumptions
    k = np.array([[2.0, 0.3], [0.3, 1.0]])
    y = np.array([0.5, -1.0])
    expected = -np.log(2 * np.pi) - y @ np.linalg.solve(k, y) / 2 - np.log(np.linalg.det(k)) / 2
    assert found.evaluate({"y": y, "K": k}) == pytest.approx(expected)


def test_n_is_a_number_elsewhere() -> None:
    assert "n in R" in matcalc.parse("1/n ||X w - y||^2").where
    assert "n in R" in matcalc.derivative("n/2 log(x^T x)", "n").where
    assert "n in R" in matcalc.parse("n/2 ||A x||^2").where
