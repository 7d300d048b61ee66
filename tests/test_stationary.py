"""Stationary points: problems from the textbooks with their answers, refusals, and bad inputs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from console import run

import matcalc

# expression, variables, declarations, the solutions as "place kind", in the order in which they are printed
PROBLEMS = [
    ("a x^2 + b x + c", "x", "x, b, c in R; a in R positive", ["-b/(2 a) minimum"]),
    ("a x^2 + b x + c", "x", "x, a, b, c in R", ["-b/(2 a) undecided"]),
    ("x + 1/x", "x", "x in R", ["-1 maximum", "1 minimum"]),
    ("x + 1/x", "x", "x in R positive", ["1 minimum"]),
    ("exp(x) - x", "x", "x in R", ["0 minimum"]),
    ("log(x) - x", "x", "x in R positive", ["1 maximum"]),
    ("x^x", "x", "x in R positive", ["exp(-1) minimum"]),
    ("sqrt(1 + x^2)", "x", "x in R", ["0 minimum"]),
    ("x^2 exp(-x^2)", "x", "x in R", ["-1 maximum", "0 minimum", "1 maximum"]),
    ("x^6 - x", "x", "x in R", ["6^(4/5)/6 minimum"]),
    ("exp(-(x - mu)^2/(2 s))", "x", "x, mu in R; s in R positive", ["mu maximum"]),
    ("n/2 log(s) + a/(2 s)", "s", "s, a, n in R positive", ["a/n minimum"]),
    ("x^4 + y^4 - 4 x y + 1", "x,y", "x, y in R", ["x = -1; y = -1 minimum", "x = 0; y = 0 saddle", "x = 1; y = 1 minimum"]),
    ("x y", "x,y", "x, y in R", ["x = 0; y = 0 saddle"]),
    ("x^2 + y^2 + z^2 - x y", "x,y,z", "x, y, z in R", ["x = 0; y = 0; z = 0 minimum"]),
    ("x_1^2 + x_1 x_2 + x_2^2 - 3 x_1", "x", "x in R^2", ["[2; -1] minimum"]),
    ("x^T [2, 1; 1, 3] x - [1, 1] x", "x", "x in R^2", ["[1/5; 1/10] minimum"]),
    ("||A x - b||^2", "x", "", ["(A^T A)^-1 A^T b minimum"]),
    ("||A x - b||^2 + lambda ||x||^2", "x", "lambda in R positive", ["(A^T A + lambda I)^-1 A^T b minimum"]),
    ("||A x - b||^2 + ||B x||^2", "x", "", ["(A^T A + B^T B)^-1 A^T b minimum"]),
    (
        "(y - X w)^T S^-1 (y - X w)",
        "w",
        "S in R^{N x N} spd; X in R^{N x D}; y in R^N; w in R^D",
        ["(X^T S^-1 X)^-1 X^T S^-1 y minimum"],
    ),
    ("sum_{i=1}^N ||x_i - m||^2", "m", "x_i, m in R^n", ["1/N sum_{i=1}^N x_i minimum"]),
    ("-x^T A x + b^T x", "x", "A in R^{n x n} spd; x, b in R^n", ["1/2 A^-1 b maximum"]),
    ("x^T x", "x", "x in R^n", ["0_n minimum"]),
    ("exp(-x^T x)", "x", "x in R^n", ["0_n maximum"]),
    ("x^T x/(1 + x^T x)", "x", "x in R^n", ["0_n minimum"]),
    ("||x - a||^2 + ||x - b||^2", "x", "x, a, b in R^n", ["(a + b)/2 minimum"]),
    ("sum(exp(x)) - a^T x", "x", "x in R^n; a in R^n positive", ["log(a) minimum"]),
    ("sum(log(x)) - a^T x", "x", "x, a in R^n positive", ["1 ./ a maximum"]),
    ("tr(X^T X) - 2 tr(A^T X)", "X", "X, A in R^{m x n}", ["A minimum"]),
    ("logdet(X) + tr(X^-1 S)", "X", "S, X in R^{n x n} spd", ["S minimum"]),
    ("||A X B - C||_F^2", "X", "A in R^{N x n}; X in R^{n x m}; B in R^{m x N}; C in R^{N x N}", None),
    ("1/2 tr(X A X^T) - tr(B X)", "X", "A in R^{n x n} spd; X in R^{m x n}; B in R^{n x m}", ["B^T A^-1 minimum"]),
    ("||X - A||_F^2", "X", "X in R^{n x n} symmetric; A in R^{n x n}", ["(A + A^T)/2 minimum"]),
    # none
    ("exp(x)", "x", "x in R", []),
    ("tan(x)", "x", "x in R", []),
    ("log(x)", "x", "x in R positive", []),
    ("abs(x)", "x", "x in R", []),
    ("a^T x", "x", "a, x in R^n", []),
    ("logsumexp(x)", "x", "x in R^n", []),
    ("log(1 + exp(a^T x))", "x", "a, x in R^n", []),
]


@pytest.mark.parametrize("expr, wrt, where, wanted", PROBLEMS, ids=[f"{p[0]} by {p[1]}" for p in PROBLEMS])
def test_a_problem(expr: str, wrt: str, where: str, wanted: list[str] | None) -> None:
    found = matcalc.stationary(expr, wrt.split(","), where=where)
    assert found.verified == "verified"
    if wanted is not None:
        assert [f"{found.place(p)} {p.kind}" for p in found.points] == wanted
    assert all(p.reason for p in found.points)


def test_families_of_solutions() -> None:
    sine = matcalc.stationary("sin(x)", "x", where="x in R")
    assert [p.kind for p in sine.points] == ["minimum", "maximum"]
    assert all(p.is_family and sine.ranges(p) == ["k in Z"] for p in sine.points)
    circle = matcalc.stationary("(x^2 + y^2 - 1)^2", ["x", "y"], where="x, y in R")
    assert circle.points[0].kind == "maximum"
    assert all(circle.conditions(p) == ["1 - t^2 >= 0"] for p in circle.points[1:])
    wide = matcalc.stationary("||A x - b||^2", "x", where="A in R^{n x m}; x in R^m; b in R^n")
    assert wide.points[0].is_family and wide.points[0].other is not None
    assert wide.place(wide.points[0].other) == "(A^T A)^-1 A^T b"


def test_roots_without_a_short_closed_form_are_rounded() -> None:
    found = matcalc.stationary("x^5 - 5 x + x^2", "x", where="x in R")
    assert [p.approximate for p in found.points] == [True, True]
    assert np.isclose(float(found.place(found.points[1])), 0.895109830995577)


def test_the_solution_of_a_matrix_equation() -> None:
    found = matcalc.stationary("||A X + X B - C||_F^2", "X", where="A in R^{m x m}; B in R^{n x n}; X, C in R^{m x n}")
    (p,) = found.points
    assert p.vec and p.equation and p.when[0][1] == "invertible"
    assert r"\operatorname{vec}(X) =" in found.latex


def test_numbers_are_offered_where_there_is_no_closed_form() -> None:
    done = run("stationary", "exp(exp(exp(x))) - x", "--wrt", "x", "--where", "x in R")
    assert done.code == 1 and "numerically x = -1.482160174" in done.err


# ---------------------------------------------------------------------------------------------- refusals


REFUSED = [
    (["A x", "--wrt", "x"], 2, "scalar"),
    (["x^2", "--wrt", "y"], 2, "y does not occur"),
    (["", "--wrt", "x"], 2, "no expression"),
    (["x^2", "--wrt", ""], 2, "no name"),
    (["x^2 +", "--wrt", "x"], 2, "ends with"),
    (["f(x)", "--wrt", "x"], 1, "could not be solved"),
    (["x y"], 2, "--wrt"),
    (["x^T x", "--wrt", "x", "--foo"], 2, "--foo"),
    (["sum_{i=1}^N x_i^2", "--wrt", "x_i", "--where", "x_i in R"], 2, "family"),
    (["sin(x) cos(y)", "--wrt", "x,y", "--where", "x, y in R"], 1, "repeat"),
    (["sum(log(1 + exp(-y .* (X w))))", "--wrt", "w"], 1, "could not be solved"),
    (["x^T A x - lambda (x^T x - 1)", "--wrt", "x,lambda", "--where", "A in R^{n x n} symmetric"], 1, "could not be solved"),
    (["det(X)", "--wrt", "X"], 1, "could not be solved"),
    (["||x||", "--wrt", "x"], 1, "kink"),
    (["3", "--wrt", "x", "--where", "x in R^n"], 1, "does not depend"),
    (["x^7 - x^5 + 3 x - sin(x)", "--wrt", "x", "--where", "x in R"], 1, "no closed solution"),
]


@pytest.mark.parametrize("argv, code, words", REFUSED, ids=[" ".join(r[0]) for r in REFUSED])
def test_a_refusal(argv: list[str], code: int, words: str) -> None:
    done = run("stationary", *argv)
    assert (done.code, done.out) == (code, "")
    assert words in done.err and "internal error" not in done.err


def test_the_output() -> None:
    argv = ("stationary", "x^3 - 2x + 4", "--wrt", "x", "--where", "x in R")
    assert run(*argv).out == "x = -sqrt(6)/3  (maximum)\nx = sqrt(6)/3  (minimum)\n"
    assert "f'' = 2 sqrt(6) > 0" in run(*argv, terminal=True).out
    assert r"\sqrt{6}" in run(*argv, "--format", "latex").out
    assert run("stationary", "exp(x)", "--wrt", "x", "--where", "x in R", "--json").out == "[]\n"


def test_every_real_root_of_a_polynomial_is_found() -> None:
    found = matcalc.stationary("x^4 - 4 x^2 + x", "x", where="x in R")
    places = [float(found.place(p)) for p in found.points]
    assert np.allclose(4 * np.power(places, 3) - 8 * np.array(places) + 1, 0, atol=1e-12)
    assert [p.kind for p in found.points] == ["minimum", "maximum", "minimum"]


def test_an_overlooked_solution_is_noticed() -> None:
    import sympy

    from matcalc.course.overlooked import overlooked

    x, y, t = sympy.symbols("x y t", real=True)
    assert overlooked([x**3 - x], [x], [({x: sympy.Integer(k)}, []) for k in (-1, 0, 1)]) is None
    missed = overlooked([x**3 - x], [x], [({x: sympy.Integer(k)}, []) for k in (-1, 0)])
    assert missed is not None and np.isclose(missed[0], 1)
    axes = [({x: sympy.Integer(0), y: t}, [t]), ({x: t, y: sympy.Integer(0)}, [t])]
    assert overlooked([2 * x * y**2, 2 * x**2 * y], [x, y], axes) is None


@pytest.mark.parametrize(
    ("expr", "wrt", "where", "point"),
    [
        ("x^T A y", "x,y", "A in R^{n x n}", "x = 0_n; y = 0_n  (saddle"),
        ("x^T A y", "x,y", "", "x = (I - A A^+) z; y = (I - A^+ A) u  (saddle"),
        ("x^T A y + b^T x + c^T y", "x,y", "A in R^{n x n}", "x = -A^-T c; y = -A^-1 b  (saddle"),
        ("1/2 x^T A x + lambda^T (C x - d)", "x,lambda", "A in S_++^n", "lambda = -(C A^-1 C^T)^-1 d; x = -A^-1 C^T lambda  (saddle"),
    ],
)
def test_each_gradient_may_be_an_equation_for_another_variable(expr: str, wrt: str, where: str, point: str) -> None:
    found = run("stationary", expr, "--wrt", wrt, *(["--where", where] if where else []))
    assert found.code == 0 and found.out.startswith(point), found.out + found.err


def test_an_equation_that_is_not_solved_is_not_called_something_else() -> None:
    found = run("stationary", "det(X)", "--wrt", "X")
    assert found.code == 1 and "could not be solved for X" in found.err and "linear" not in found.err


def test_json_has_the_record_of_the_check() -> None:
    (point,) = json.loads(run("stationary", "x^T A x - b^T x", "--wrt", "x", "--where", "A in R^{n x n} spd; b, x in R^n", "--json").out)
    assert point["verified"] == "verified" and point["check"]["points"] >= 3 and point["check"]["digits"] >= 25


def test_a_solution_says_what_must_not_vanish_for_it() -> None:
    assert matcalc.stationary("m x^2/2", "x", where="m, x in R").text == "x = 0  (undecided, where m nonzero)"
    assert matcalc.stationary("m x^2/2 - b x", "x", where="m, x, b in R").text == "x = b/m  (undecided, where m nonzero)"
    assert "nonzero" not in matcalc.stationary("m x^2/2", "x", where="m in R positive; x in R").text


def test_a_slope_without_the_variable_is_zero_where_its_letters_make_it_so() -> None:
    """It was said that m = 0 has no solution."""
    for text, slope in (("m x + c", "m"), ("m exp(x)", "m exp(x)")):
        found = matcalc.stationary(text, "x", where="m, x, c in R")
        assert found.why_none == f"the gradient by x is {slope}, which is zero only where m is"
        assert f"{found.why_none}; then every point is stationary" in found.assumptions
    never = matcalc.stationary("(m^2 + 1) x", "x", where="m, x in R")
    assert never.why_none == "m^2 + 1 = 0 has no real solution"


def test_log_det_has_a_saddle_where_the_matrix_is_free_and_a_maximum_among_positive_definite_ones() -> None:
    (free,) = matcalc.stationary("logdet(X) - tr(A X)", "X").points
    assert free.kind == "saddle" and "both signs" in free.reason
    (spd,) = matcalc.stationary("logdet(X) - tr(A X)", "X", where="A in S_++^n; X in S_++^n").points
    assert spd.kind == "maximum"
