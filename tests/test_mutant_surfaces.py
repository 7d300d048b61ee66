"""Expansions, determinants of Jacobians, stationary points, equations of motion, directions, implicit functions, matrix notation of sums:
what is nearly right is refused, as derivatives are in `test_mutants`.

The closed form is changed where the command hands it to its check."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest

import matcalc
from matcalc.errors import MatcalcError
from matcalc.expressions.build import add, is_zero, num, substitute, subtract, times, value_of
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.labels import words_of
from matcalc.expressions.sums import terms_of
from matcalc.ops.core import ADD, NUMBER, SIZE, SYMBOL
from matcalc.shortening.simplify import simplify

FACTORS = Fraction(2), Fraction(-1), 1 + Fraction(1, 10**9)
EXPANSIONS = [  # text, variable, point, order, declarations
    ("a^T x + relu(x^T x - 1000)", "x", None, 2, "a, x in R^n"),
    ("relu(x - 10) + x^2", "x", None, 2, "x in R"),
    ("cases(x^3, x < -100, cases(x^2, x < 5, x))", "x", None, 2, "x in R"),
    ("(n-2)(n-3) x^T x + sum(exp(x))", "x", None, 2, "x in R^n"),
    ("det(X) + tr(X^2)", "X", None, 2, "X in R^{n x n}"),
    ("sum(sin(x))/1000000000 + 1000 a^T x", "x", None, 2, "a, x in R^n"),
    ("exp(-1000 x^T x) + b^T x", "x", None, 2, "b, x in R^n"),
    ("x^2 y + y^3 sin(x)", "x,y", "x = 1; y = 2", 3, "x, y in R"),
    ("tr(X^k)", "X", None, 2, "X in R^{n x n}; k in N"),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i))", "w", "w_0", 2, "w, x_i in R^n; y_i in R"),
    ("sum_{i=1}^N 1[c_i > 50] (a_i^T x)^2 + b^T x", "x", None, 2, "a_i, x, b in R^n; c_i in R"),
    ("log(1 + a x)", "x", "0", "inf", "a, x in R"),
]
DIRECTIONS = [
    ("x^T A x + relu(b^T x - 40)", "x", "u", "A in R^{n x n}; b, x, u in R^n"),
    ("tr(X^T X)/10^9 + a^T X b", "X", "U", "X, U in R^{m x n}; a in R^m; b in R^n"),
    ("n x^T x + n^2 sum(x)", "x", "u", "x, u in R^n"),
]
MAPS = [
    ("A X B", "X", "A in R^{m x m}; X in R^{m x n}; B in R^{n x n}"),
    ("x + u tanh(w^T x + b)", "x", "u, w, x in R^n; b in R"),
    ("relu(x - 10) + x", "x", "x in R^n"),
    ("X^T X", "X", "X in R^{n x n} upper"),
    ("x/10^9 + (a^T x) b", "x", "a, b, x in R^n"),
    ("k x", "x", "x in R^n; k in N"),
]
STATIONARY = [
    ("||X w - y||^2 + lambda ||w||^2", "w", "X in R^{m x n}; w in R^n; y in R^m; lambda in R positive"),
    ("(n-2)^2 x^T x/2 + x^T x - a^T x", "x", "a, x in R^n"),
    ("x^T A x/10^9 + x^T x - b^T x", "x", "A in S^n; b, x in R^n"),
    ("N log(s) + 1/s sum_{i=1}^N ||x_i||^2", "s", "s in R positive; x_i in R^n"),
    ("k x^2 - x", "x", "x in R; k in N"),
]
MOTIONS = [
    (r"1/2 \dot q^T M \dot q + \dot q^T B q - exp(-1000 q^T q)", "q", "M in S^n; B in R^{n x n}; q in R^n"),
    (r"-m c^2 sqrt(1 - \dot x^2/c^2) - max(x, 50)", "x", "m, c, x in R positive"),
    (r"n \dot q^T \dot q/2 - n^2 sum(cos(q))", "q", "q in R^n"),
    (r"\dot q^T \dot q/10^9 - q^T K q/2", "q", "K in S^n; q in R^n"),
]
SOLUTIONS = [
    ("x + relu(x - 30) = a^T y", "x", "y", "x in R; a, y in R^n"),
    ("n x + x^3 = a", "x", "a", "x, a in R; n in N"),
    ("z = tanh(W z + x)", "z", "x", "W in R^{n x n}; x, z in R^n"),
    ("A x + x .* x/10^9 = b", "x", "b", "A in R^{n x n}; x, b in R^n"),
]
SUMS = [
    ("1/N sum_{i=1}^N log(1 + exp(-y_i w^T x_i)) + N^2 w^T w", "w", "w, x_i in R^n; y_i in R"),
    ("sum_{i=1}^N 1[c_i > 50] (a_i^T x)^2 + b^T x", "x", "a_i, x, b in R^n; c_i in R"),
    ("sum_{i=1}^N max(w^T x_i, 20)/10^9 + w^T w", "w", "w, x_i in R^n"),
]


def mutants(e: Expr) -> Iterator[tuple[str, Expr]]:
    """The expression times a factor, with one summand times a factor or missing, with numbers in place of a size, with another number."""
    for by in FACTORS:
        yield f"times {by}", times(num(by), e)
    parts = terms_of(e)
    for k, part in enumerate(parts if len(parts) > 1 else ()):
        for by in (*FACTORS, Fraction(0)):
            yield f"{part} times {by}", add(*parts[:k], times(num(by), part), *parts[k + 1 :])
    for a in postorder(e):
        if a.op is SIZE or (a.op is SYMBOL and "integer" in words_of(a)):
            for k in (1, 2, 3, 4, 6):
                yield f"{a} as {k}", substitute(e, {a: num(k)})
        if a.op is NUMBER and value_of(a) >= 2 and value_of(a).denominator == 1:
            yield f"{a} and 1", substitute(e, {a: num(value_of(a) + 1)})
        if a.op is ADD and a is not e:
            for b in a.args:
                yield f"without {b}", substitute(e, {a: subtract(a, b)})
                yield f"twice {b}", substitute(e, {a: add(a, b)})


def others(e: Expr) -> Iterator[tuple[str, Expr]]:
    """Those that are another function."""
    for name, other in mutants(e):
        if other.shape == e.shape and not is_zero(simplify(subtract(other, e))):
            yield name, other


Change = Callable[[tuple[Any, ...]], Iterator[tuple[str, tuple[Any, ...]]]]


def argument(k: int) -> Change:
    """Changes of the k-th argument."""
    return lambda given: ((name, (*given[:k], other, *given[k + 1 :])) for name, other in others(given[k]))


def accepted(monkeypatch: pytest.MonkeyPatch, place: str, change: Change, ask: Callable[[], Any]) -> tuple[list[str], int]:
    """What the check at this place lets through, and how much it was asked."""
    module, name = place.rsplit(".", 1)
    check, passed, count = getattr(import_module(f"matcalc.{module}"), name), [], 0

    def asked(*given: Any) -> Any:
        nonlocal count
        for what, wrong in change(given):
            count += 1
            try:
                if check(*wrong):
                    passed.append(what)
            except MatcalcError:
                pass
        return check(*given)

    monkeypatch.setattr(f"matcalc.{place}", asked)
    assert ask().verified == "verified"
    return passed, count


@pytest.mark.parametrize("text, wrt, at, order, where", EXPANSIONS, ids=[e[0] for e in EXPANSIONS])
def test_expansions(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, at: str | None, order: int | str, where: str) -> None:
    place = "course.series.check_expansion" if order == "inf" else "course.polynomials.check_expansion"
    passed, count = accepted(monkeypatch, place, argument(2), lambda: matcalc.taylor(text, wrt.split(","), at=at, order=order, where=where))
    assert count > 10 and not passed


@pytest.mark.parametrize("text, wrt, along, where", DIRECTIONS, ids=[d[0] for d in DIRECTIONS])
def test_directions(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, along: str, where: str) -> None:
    passed, count = accepted(
        monkeypatch, "course.directions.check_expansion", argument(2), lambda: matcalc.directional(text, wrt, along=along, where=where)
    )
    assert count > 10 and not passed


@pytest.mark.parametrize("text, wrt, where", MAPS, ids=[m[0] for m in MAPS])
def test_determinants(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    from matcalc.course.volumes import absolute

    def change(given: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for name, other in others(given[4]):
            yield name, (*given[:4], other, absolute(other))

    passed, count = accepted(monkeypatch, "course.volumes.check_determinant", change, lambda: matcalc.jacdet(text, wrt, where=where))
    assert count > 5 and not passed


@pytest.mark.parametrize("text, wrt, where", STATIONARY, ids=[s[0] for s in STATIONARY])
def test_stationary_points(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    def change(given: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for name, solution in given[1].at.items():
            for what, other in others(solution):
                point = copy.copy(given[1])
                point.at = {**point.at, name: other}
                yield what, (given[0], point, *given[2:])

    for module in ("stationary_points", "stationary_numbers"):
        with monkeypatch.context() as patch:
            passed, _ = accepted(patch, f"course.{module}.check_point", change, lambda: matcalc.stationary(text, wrt, where=where))
            assert not passed


@pytest.mark.parametrize("text, wrt, where", MOTIONS, ids=[m[0] for m in MOTIONS])
def test_equations_of_motion(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    passed, count = accepted(monkeypatch, "course.lagrange._checked", argument(5), lambda: matcalc.lagrange(text, wrt, where=where))
    assert count > 5 and not passed


@pytest.mark.parametrize("text, solve, wrt, where", SOLUTIONS, ids=[s[0] for s in SOLUTIONS])
def test_implicit_functions(monkeypatch: pytest.MonkeyPatch, text: str, solve: str, wrt: str, where: str) -> None:
    made: dict[int, tuple[Any, Callable[[Expr], Any], Expr]] = {}  # claims, how they are made, and of what
    for module in ("implicit_forms", "implicit_solution"):
        make = import_module(f"matcalc.course.{module}").by_map

        def remembered(parts: list[Expr], direction: Expr, make: Any = make) -> Any:
            claim = make(parts, direction)
            made[id(claim)] = claim, lambda e: make(terms_of(e), direction), add(*parts)
            return claim

        monkeypatch.setattr(f"matcalc.course.{module}.by_map", remembered)

    def change(given: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if id(given[2]) in made:
            _, claim, whole = made[id(given[2])]
            for what, other in others(whole):
                yield what, (*given[:2], claim(other), *given[3:])

    passed, count = accepted(
        monkeypatch,
        "course.implicit_equation.judged_solution",
        change,
        lambda: matcalc.implicit(text, solve, wrt, where=where),
    )
    assert count > 2 and not passed


@pytest.mark.parametrize("text, wrt, where", SUMS, ids=[s[0] for s in SUMS])
def test_matrix_notation_of_sums(monkeypatch: pytest.MonkeyPatch, text: str, wrt: str, where: str) -> None:
    def change(given: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for what, other in others(given[1].expr):
            made = copy.copy(given[1])
            made.expr = other
            yield what, (given[0], made, *given[2:])

    passed, count = accepted(
        monkeypatch, "pipeline.vectorized._compared", change, lambda: matcalc.derivative(text, wrt, where=where, vectorize=True)
    )
    assert count > 10 and not passed
