"""Expansions, stationary points, determinants of Jacobian matrices and stacked families that are nearly right are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

import matcalc
from matcalc.course import directions, polynomials, stationary_numbers, stationary_points, volumes
from matcalc.errors import VerificationError
from matcalc.expressions.build import add, num, times
from matcalc.expressions.expr import Expr
from matcalc.expressions.sums import terms_of
from matcalc.pipeline import vectorized

NEARLY = 1 + Fraction(1, 10**9)


def mutants(e: Expr) -> Iterator[Expr]:
    """Every summand a billionth more, twice, of the other sign, and missing."""
    parts = terms_of(e)
    for k, part in enumerate(parts):
        for factor in (NEARLY, 2, -1, 0):
            yield add(*parts[:k], times(num(factor), part), *parts[k + 1 :])


def refuses(check: Callable[[Expr], Any], right: Expr) -> int:
    """How many mutants the check refuses, which are all of them."""
    assert check(right)
    refused = 0
    for wrong in mutants(right):
        with pytest.raises(VerificationError):
            check(wrong)
        refused += 1
    return refused


EXPANSIONS = [
    ("exp(x) + x/1000000000", "x", "x in R", "0", 3),
    ("1000000 sin(x) + cos(x)", "x", "x in R", "x_0", 3),
    ("x^T A x + b^T x", "x", "A in R^{n x n}; b, x in R^n", "x_0", 2),
    ("logdet(X)", "X", "X in R^{n x n} invertible", "X_0", 2),
    ("tr(X^3)", "X", "X in R^{n x n}", "X_0", 2),
    ("||x||", "x", "x in R^n", "x_0", 2),
    ("tr(expm(X) A)", "X", "X, A in R^{n x n}", "0", 3),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i))", "w", "x_i, w in R^n; y_i in R", "0", 2),
    ("f(x)^2", "x", "f: R -> R; x in R", "x_0", 2),
    ("x |x| + x", "x", "x in R", "0", 1),
]


@pytest.mark.parametrize(("text", "wrt", "where", "at", "order"), EXPANSIONS, ids=[e[0] for e in EXPANSIONS])
def test_an_expansion(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str, at: str, order: int) -> None:
    check, refused = polynomials.check_expansion, []

    def mutated(typed: Any, f: Expr, polynomial: Expr, *rest: Any) -> Any:
        refused.append(refuses(lambda p: check(typed, f, p, *rest), polynomial))
        return check(typed, f, polynomial, *rest)

    monkeypatch.setattr(polynomials, "check_expansion", mutated)
    found: Any = matcalc.taylor(text, wrt, where=where, at=at, order=order)
    assert found.verified == "verified" and found.check.digits >= 25 and refused[0] >= 4


@pytest.mark.parametrize(
    ("text", "where"), [("x^T A x", "A in R^{n x n}"), ("exp(a^T x) + sum(x)", "a, x in R^n"), ("logsumexp(x)", "x in R^n")]
)
def test_a_directional_derivative(monkeypatch: pytest.MonkeyPatch, text: str, where: str) -> None:
    check = directions.check_expansion

    def mutated(typed: Any, f: Expr, line: Expr, *rest: Any) -> Any:
        refuses(lambda p: check(typed, f, p, *rest), line)
        return check(typed, f, line, *rest)

    monkeypatch.setattr(directions, "check_expansion", mutated)
    assert matcalc.directional(text, "x", where=where, along="u").verified == "verified"


POINTS = [
    ("x^T A x - 2 b^T x + c", "x", "A in R^{n x n} spd; b, x in R^n; c in R"),
    ("||A X - B||_F^2 + lambda ||X||_F^2", "X", "A in R^{m x n}; X in R^{n x p}; B in R^{m x p}; lambda in R positive"),
    ("logdet(S) - tr(A S)", "S", "S, A in R^{n x n} spd"),
    ("sum_{i=1}^N ||x_i - mu||^2", "mu", "mu, x_i in R^n"),
    ("1/1000000000 x^2 - a x", "x", "a, x in R"),
    ("(x - 1)^2 (x + 2)", "x", "x in R"),
]


@pytest.mark.parametrize(("text", "wrt", "where"), POINTS, ids=[p[0] for p in POINTS])
def test_a_stationary_point(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    check, refused = stationary_points.check_point, []

    def mutated(problem: Any, p: Any, xs: Any) -> Any:
        for n, right in list(p.at.items()):
            for factor in (NEARLY, 2, 3):
                p.at[n] = times(num(factor), right)
                with pytest.raises(VerificationError):
                    check(problem, p, xs)
                refused.append(n)
            p.at[n] = right
        return check(problem, p, xs)

    for module in (stationary_points, stationary_numbers):
        monkeypatch.setattr(module, "check_point", mutated)
    found: Any = matcalc.stationary(text, wrt, where=where)
    assert found.verified == "verified" and refused


@pytest.mark.parametrize(
    ("text", "wrt", "where"),
    [("A X B", "X", "A in R^{n x n}; B in R^{m x m}; X in R^{n x m}"), ("L L^T", "L", "L in R^{n x n} lower"), ("x .* x", "x", "x in R^n")],
)
def test_a_determinant(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    check = volumes.check_determinant

    def mutated(problem: Any, f: Expr, xs: Any, words: Any, value: Expr, absolute: Expr) -> Any:
        refuses(lambda v: check(problem, f, xs, words, v, absolute), value)
        refuses(lambda a: check(problem, f, xs, words, value, a), absolute)
        return check(problem, f, xs, words, value, absolute)

    monkeypatch.setattr(volumes, "check_determinant", mutated)
    assert matcalc.jacdet(text, wrt, where=where).verified == "verified"


def test_stacked_families(monkeypatch: pytest.MonkeyPatch) -> None:
    simplify = vectorized.simplify
    question = ("sum_{i=1}^N (y_i - w^T x_i)^2 + w^T w/1000000", "w")
    where = "x_i, w in R^n; y_i in R"
    d: Any = matcalc.derivative(*question, where=where, vectorize=True)
    assert d.verified == "verified" and d.check.digits >= 25
    for factor in (NEARLY, 2, -1):
        for k in range(2):

            def wrong(e: Expr, k: int = k, factor: Any = factor) -> Expr:
                parts = terms_of(simplify(e))
                return add(*parts[:k], times(num(factor), parts[k]), *parts[k + 1 :])

            monkeypatch.setattr(vectorized, "simplify", wrong)
            with pytest.raises(VerificationError, match="disagrees with the sums"):
                matcalc.derivative(*question, where=where, vectorize=True)


@pytest.mark.parametrize(("text", "where"), [("||S - S^T||^2", "S in S^n"), ("||Q^T Q - I||^2", "Q in R^{n x n} orthogonal")])
def test_what_is_nothing_on_both_sides_is_said(text: str, where: str) -> None:
    d: Any = matcalc.derivative(text, where[0], where=where)
    assert str(d.check) == f"agrees with a numerical derivative, which is 0 too, at {d.check.points} points"


def test_a_determinant_that_vanishes_for_all_sizes_but_one() -> None:
    """Beyond n = 1 the answer has no value, since x x^T has no inverse: the record says where it was judged."""
    d: Any = matcalc.derivative("det(x x^T)", "x", where="x in R^n")
    assert {"n": 1} in d.check.sizes and d.check.points < 3 and "n = 1)" in str(d.check)


def test_what_a_square_pseudo_inverse_hides() -> None:
    """Where a square X has an inverse, I - X X^+ is 0: the two terms are seen at matrices of less rank, along which X^+ is smooth."""
    for text, where in (("pinv(X)", "X in R^{n x n}"), ("pinv(X)", "X in R^{n x n} symmetric"), ("tr((I - A A^+) X)", "A, X in R^{n x n}")):
        assert matcalc.derivative(text, "X", where=where).verified == "verified"  # type: ignore[union-attr]


def test_what_no_change_of_the_same_rank_can_show() -> None:
    """The two terms are 0 along every direction in which X^2 keeps its rank: the record names them."""
    d: Any = matcalc.derivative("pinv(X^2)", "X", where="X in R^{n x n}")
    assert d.verified == "not checked" and len(d.check.unseen) == 2 and all("(X^2)^+" in u for u in d.check.unseen)


def test_a_comparison_with_no_number_has_no_outcome() -> None:
    """atanh(tanh(663)) is none: what stands below `otherwise` there is no value of the function. The right answer was refused."""
    d: Any = matcalc.derivative("cases(v, atanh(tanh(x)) >= 0, a x)", "a", where="a in R; v, x in R^n")
    assert d.verified == "verified" and d.text == "x .* cases(0, x >= 0, 1)"


def test_every_summand_of_a_transposed_sum_is_looked_at() -> None:
    c, row = matcalc.parse("2 (a + b)^T", where="a, b in R^n"), matcalc.parse("a^T b", where="a, b in R^n")
    assert len(terms_of(c._typed.expr)) == 2 and len(terms_of(row._typed.expr)) == 1
