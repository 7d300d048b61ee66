"""Taylor polynomials and series: the order of the remainder is measured here, from what is printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.course.polynomials import Taylor

# expression, variable, declarations, point, order
CASES = [
    ("exp(x)", "x", "x in R", "0", 5),
    ("exp(x)", "x", "x, c in R", "c", 3),
    ("sin(x) + cos(x)", "x", "x in R", "0", 7),
    ("tan(x)", "x", "x in R", "1/2", 4),
    ("log(1 + x)", "x", "x in R", "0", 6),
    ("log(x)", "x", "x in R", "2", 4),
    ("sqrt(1 + x)", "x", "x in R", "0", 4),
    ("1/(1 + x^2)", "x", "x in R", "1", 3),
    ("atan(x)", "x", "x in R", "0", 5),
    ("sinh(x) cosh(x)", "x", "x in R", "0", 5),
    ("x^x", "x", "x in R positive", "1", 3),
    ("sigmoid(x)", "x", "x in R", "0", 5),
    ("softplus(x)", "x", "x in R", "1", 3),
    ("erf(x)", "x", "x in R", "0", 5),
    ("exp(a x) sin(b x)", "x", "x, a, b in R", "0", 3),
    ("(1 + x)^a", "x", "x, a in R", "0", 3),
    ("x^3 - 2 x", "x", "x in R", "1", 5),
    ("||x||", "x", "x in R^n", "x_0", 3),
    ("||x||^2", "x", "x in R^n", "x_0", 2),
    ("logsumexp(x)", "x", "x in R^n", "x_0", 3),
    ("softmax(x)", "x", "x in R^n", "x_0", 2),
    ("sum(tanh(A x))", "x", "A in R^{m x n}; x in R^n", "x_0", 3),
    ("x^T A x/(x^T x)", "x", "A in R^{n x n}; x in R^n", "x_0", 2),
    ("tanh(A x + b)", "x", "A in R^{m x n}; x in R^n; b in R^m", "x_0", 2),
    ("exp(a^T x)", "x", "a, x in R^n", "0", 4),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i))", "w", "x_i, w in R^n; y_i in R", "0", 2),
    ("x_1^2 x_2 + sin(x_1 x_2)", "x", "x in R^2", "[1; 2]", 3),
    ("logdet(X)", "X", "X in R^{n x n} invertible", "X_0", 3),
    ("det(X)", "X", "X in R^{n x n} invertible", "X_0", 2),
    ("X^-1", "X", "X in R^{n x n} invertible", "X_0", 3),
    ("tr(X^4)", "X", "X in R^{n x n}", "X_0", 4),
    ("tr(A X B X^T)", "X", "X in R^{m x n}; A in R^{m x m}; B in R^{n x n}", "X_0", 2),
    ("a^T X^-1 b", "X", "X in R^{n x n} spd; a, b in R^n", "X_0", 2),
    ("||X||_F", "X", "X in R^{m x n}", "X_0", 2),
    ("expm(X)", "X", "X in R^{n x n}", "0", 4),
    ("(I + X)^-1", "X", "X in R^{n x n}", "0", 4),
    ("X .* X", "X", "X in R^{m x n}", "X_0", 2),
]
SIZES = {"n": 3, "m": 4, "N": 5}


def value(text: str, where: str, values: dict[str, Any]) -> Any:
    e = matcalc.parse(text, where)
    return np.asarray(e.evaluate({n: v for n, v in values.items() if n in e._scope.names}), dtype=float)


def draw(where: str, rng: np.random.Generator) -> dict[str, Any]:
    from test_course import draw as drawn

    return drawn(where, SIZES, rng)


@pytest.mark.parametrize("expr, wrt, where, at, order", CASES, ids=[f"{c[0]} at {c[3]} order {c[4]}" for c in CASES])
def test_the_order_of_the_remainder(expr: str, wrt: str, where: str, at: str, order: int) -> None:
    found = matcalc.taylor(expr, wrt, at=at, order=order, where=where)
    assert isinstance(found, Taylor) and found.verified == "verified"
    rng = np.random.default_rng(2)
    values = draw(found.where, rng)
    start = np.zeros(np.shape(values[wrt])) if at == "0" else value(at, found.where, values)
    step = rng.uniform(-1, 1, np.shape(start))
    step = (step + step.T) / 2 if "spd" in where else step
    errors = []
    for h in (0.08, 0.04, 0.02, 0.01):
        moved = {**values, wrt: start + h * step if np.ndim(start) else float(start + h * step)}
        errors.append((h, float(np.max(np.abs(value(expr, found.where, moved) - value(found.text, found.where, moved))))))
    seen = [(h, e) for h, e in errors if e > 1e-12]
    if len(seen) > 1:
        (h1, e1), (h2, e2) = seen[-2:]
        assert np.log2(e1 / e2) / np.log2(h1 / h2) > order + 0.6, errors


SERIES = [
    ("exp(x)", "0", "sum_{k=0}^{infty} x^k/factorial(k)", "everywhere"),
    ("sin(x)", "0", None, "everywhere"),
    ("log(1 + x)", "0", None, "where the distance of x from the point is less than 1"),
    ("1/(1 - x)", "0", "sum_{k=0}^{infty} x^k", "where the distance of x from the point is less than 1"),
    ("log(x)", "2", None, "where the distance of x from the point is less than 2"),
    ("x exp(x^2)", "0", "sum_{k=0}^{infty} x^(2 k + 1)/factorial(k)", "everywhere"),
    ("sqrt(1 + x)", "0", None, "where the distance of x from the point is less than 1"),
    ("1/(x^2 - 3 x + 2)", "0", None, "where the distance of x from the point is less than 1"),
    ("sin(x)", "1", None, "everywhere"),
    ("asin(x)", "0", None, "where the distance of x from the point is less than 1"),
    ("x^3", "1", "(x - 1)^3 + 3 (x - 1)^2 + 3 (x - 1) + 1", "everywhere"),
]


@pytest.mark.parametrize("expr, at, text, radius", SERIES, ids=[f"{s[0]} at {s[1]}" for s in SERIES])
def test_a_series(expr: str, at: str, text: str | None, radius: str) -> None:
    found = matcalc.taylor(expr, "x", at=at, order="inf", where="x in R")
    assert not isinstance(found, Taylor)
    assert found.radius == radius and found.verified == "verified"
    if text is not None:
        assert found.text == text
    for x in (0.2, -0.3):
        x += float(at)
        assert np.isclose(value(found.text, "x in R", {"x": x}), value(expr, "x in R", {"x": x}), rtol=1e-10)


SPELLED = [
    ("x^T B x", "x", "x_0", 2, "delta = x - x_0; x_0^T B x_0 + x_0^T (B + B^T) delta + delta^T B delta"),
    (
        "logdet(X)",
        "X",
        "X_0",
        2,
        "Delta = X - X_0; logdet(X_0) + tr(X_0^-1 Delta) - 1/2 tr(X_0^-1 Delta X_0^-1 Delta)",
    ),
    ("(I - X)^-1", "X", "0", 3, "I_n + X + X^2 + X^3"),
    ("sum(x.^3)", "x", "0", 3, "sum(x.^3)"),
    ("(1 + x)^a", "x", "0", 3, "1 + a x + a x^2 (a - 1)/2 + a x^3 (a - 1) (a - 2)/6"),
]


@pytest.mark.parametrize("expr, wrt, at, order, text", SPELLED, ids=[s[0] for s in SPELLED])
def test_the_spelling(expr: str, wrt: str, at: str, order: int, text: str) -> None:
    assert matcalc.taylor(expr, wrt, at=at, order=order).text == text


def test_the_point_may_be_left_out() -> None:
    found = matcalc.linearize("tanh(A x + b)", "x")
    assert found.text == "tanh(A x_0 + b) + diag(1 - tanh(A x_0 + b).^2) A (x - x_0)"
    assert "no point was given: about x = x_0" in found.assumptions
    assert "x_0 in R^n" in found.where


@pytest.mark.parametrize(
    ("text", "at", "order", "expected"),
    [
        ("sin(x)/x", "0", 5, "1 - x^2/6 + x^4/120"),
        ("(1 - cos(x))/x^2", "0", 4, "1/2 - x^2/24 + x^4/720"),
        ("x/(exp(x) - 1)", "0", 4, "1 - x/2 + x^2/12 - x^4/720"),
        ("(x^2 - 1)/(x - 1)", "1", 2, "x + 1"),
    ],
)
def test_where_the_value_is_a_limit(text: str, at: str, order: int, expected: str) -> None:
    found = matcalc.taylor(text, at=at, order=order)
    assert found.text == expected and found.check
    assert "the value at the point is the limit there" in found.assumptions


REFUSED = [
    (["x^2", "--wrt", "y"], 2, "y does not occur"),
    (["x^2", "--wrt", "x", "--order", "-1"], 2, "whole number"),
    (["x^2", "--wrt", "x", "--order", "two"], 2, "whole number"),
    (["x^2", "--wrt", "x", "--order", "500", "--where", "x in R"], 2, "up to order"),
    (["log(x)", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["1/x", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["sqrt(x)", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["abs(x)/x", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["sin(abs(x))/x", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["x log(x)", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "no finite value"),
    (["abs(x)", "--wrt", "x", "--at", "0", "--order", "1", "--where", "x in R"], 1, "not smooth"),
    (["||x||", "--wrt", "x", "--at", "0"], 1, "no value"),
    (["logdet(X)", "--wrt", "X", "--at", "0"], 1, "no value"),
    (["x^2", "--wrt", "x", "--at", "", "--where", "x in R"], 2, "no value for x"),
    (["x^2", "--wrt", "x", "--at", "y = 2", "--where", "x in R"], 2, "no variable"),
    (["x^2", "--wrt", "x", "--at", "x + 1", "--where", "x in R"], 2, "depends on x"),
    (["x y", "--wrt", "x,y", "--at", "x = 1", "--where", "x, y in R"], 2, "no value for y"),
    (["x y", "--wrt", "x,y", "--at", "1", "--where", "x, y in R"], 2, "several variables"),
    (["x^T x", "--wrt", "x", "--at", "1"], 2, "1×1"),
    (["x^T x", "--wrt", "x", "--at", "[1; 2]"], 2, "2×1"),
    (["sin(x", "--wrt", "x"], 2, "not closed"),
    (["tan(x)", "--wrt", "x", "--at", "0", "--order", "inf", "--where", "x in R"], 1, "no general term"),
    (["x^T x", "--wrt", "x", "--at", "0", "--order", "inf"], 2, "one scalar"),
    (["x^2", "--wrt", "x", "--at", "__import__('os')", "--where", "x in R"], 2, "needs a name"),
    (["J[i] = x_i", "--wrt", "x"], 2, "index form"),
]
TANGENTS = [
    (["x y"], 2, "--wrt"),
    (["A x", "--wrt", "x", "--at", "[1; 2; 3]"], 2, "3×1"),
    (["x^2", "--wrt", "x", "--order", "3"], 2, "--order"),
    (["log(x)", "--wrt", "x", "--at", "-1", "--where", "x in R"], 1, "could not be checked"),
    (["sum_{i=1}^N x_i^2", "--wrt", "x_i", "--where", "x_i in R"], 2, "family"),
    (["A x", "--wrt", "A", "--at", "B + C", "--where", "A in R^{m x n}; B in R^{p x q}"], 2, "p"),
    (["A B", "--wrt", "x"], 2, "x does not occur"),
    (["abs(x)", "--wrt", "x", "--at", "0", "--where", "x in R"], 1, "not smooth"),
    (["x +* 2", "--wrt", "x"], 2, "after it"),
]


@pytest.mark.parametrize(
    "command, argv, code, words",
    [("taylor", *r) for r in REFUSED] + [("linearize", *r) for r in TANGENTS],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_a_refusal(command: str, argv: list[str], code: int, words: str) -> None:
    done = run(command, *argv)
    assert (done.code, done.out) == (code, "")
    assert words in done.err and "internal error" not in done.err


def test_the_tangent_of_a_function_of_which_nothing_is_said() -> None:
    """A letter before a bracket with one name in it is a function."""
    done = run("linearize", "f(x)", "--wrt", "x")
    assert done.code == 0 and done.out.startswith("f(x_0) + f'(x_0)")


@pytest.mark.parametrize(
    ("expr", "at", "order", "expected"),
    [
        ("sqrtm(X)", "I", 2, "Delta = X - I; I_n + Delta/2 - Delta^2/8"),
        ("sqrtm(X)", "4 I", 3, "Delta = X - 4 I; 2 I_n + Delta/4 - Delta^2/64 + Delta^3/512"),
        ("logm(X)", "I", 2, "Delta = X - I; Delta - Delta^2/2"),
        ("tr(A sqrtm(X))", "I", 2, "Delta = X - I; tr(A) + 1/2 tr(A Delta) - 1/8 tr(A Delta^2)"),
        ("sqrtm(X)", "X_0", 1, "sqrtm(X_0) + dsqrtm(X_0, X - X_0)"),
    ],
)
def test_functions_of_a_matrix_are_expanded_about_the_identity_and_elsewhere(expr: str, at: str, order: int, expected: str) -> None:
    found = matcalc.taylor(expr, "X", at=at, order=order)
    assert found.text == expected and found.verified == "verified"
