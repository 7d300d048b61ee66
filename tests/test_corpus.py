"""The corpus: every case solved, printed and read back, in every notation, and as short as its source most of the time."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from corpus import Case, cases, close, draws, symbols, undeclared

import matcalc

CASES = {f"{case['file']}-{case['id']}".removeprefix("public-"): case for name in ("public", "rivals") for case in cases(name)}
TEXTBOOK_SHARE, BARE_SHARE = 0.85, 0.88


@cache
def derivative(name: str, notation: str = "auto", verify: bool = True) -> Any:
    case = CASES[name]
    with np.errstate(all="ignore"):
        return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"], notation=notation, verify=verify)


def same(value: Any, case: Case) -> bool:
    """Whether what was derived or read has the numbers of the corpus at every draw."""
    with np.errstate(all="ignore"):
        return all(close(value.evaluate(inputs), want) for inputs, want in draws(case))


def reads_back(form: str, where: str, case: Case) -> bool:
    return same(matcalc.parse(form, where=where), case)


def test_the_corpus_is_all_there() -> None:
    assert len(CASES) == 269 + 43
    assert all(len(list(draws(case))) == 2 for case in CASES.values())


@pytest.mark.parametrize("name", CASES)
def test_solved(name: str) -> None:
    d = derivative(name)
    assert same(d, CASES[name]), d.text
    assert d.verified == "verified"


@pytest.mark.parametrize("name", CASES)
def test_solved_without_the_check(name: str) -> None:
    """Nothing is right only because the check has refused the wrong answers."""
    d = derivative(name, verify=False)
    assert same(d, CASES[name]), d.text
    assert d.verified == "not checked" and d.text == derivative(name).text


@pytest.mark.parametrize("name", CASES)
def test_the_text_reads_back(name: str) -> None:
    d = derivative(name)
    assert reads_back(d.text, d.where, CASES[name]), d.text


@pytest.mark.parametrize("name", CASES)
def test_the_latex_reads_back(name: str) -> None:
    d = derivative(name)
    assert reads_back(d.latex, d.where, CASES[name]), d.latex


@pytest.mark.parametrize("name", CASES)
def test_the_unicode_reads_back(name: str) -> None:
    d = derivative(name)
    assert reads_back(d.unicode, d.where, CASES[name]), d.unicode


FORMS = [(name, notation) for name, case in CASES.items() if case["order"] == 1 for notation in ("index", "kron", "differential")]


@pytest.mark.parametrize("name, notation", FORMS)
def test_every_notation_has_the_same_numbers(name: str, notation: str) -> None:
    d = derivative(name, notation, verify=False)  # the same derivative as above, spelled in another way
    assert same(d, CASES[name])
    assert reads_back(d.text, d.where, CASES[name]), d.text
    assert reads_back(d.latex, d.where, CASES[name]), d.latex


def test_most_answers_are_as_short_as_their_source() -> None:
    longer = {}
    known = {name: case["expected"] for name, case in CASES.items() if case.get("expected")}
    for name, expected in known.items():
        text = derivative(name).text
        if symbols(text) > symbols(expected):
            longer[name] = f"{text}   (source: {expected})"
    assert len(known) > 250
    assert len(longer) <= (1 - TEXTBOOK_SHARE) * len(known), longer


def test_the_symbols_of_a_closed_form() -> None:
    assert symbols("2 (A x - b)^T A") == 7
    assert symbols("||x||_2^2") == symbols("||x||^2") == 4
    assert symbols("X^-T a b^T X^{-T}") == symbols("X^{-1} a b' X^-1") == 7
    assert symbols("diag(cos(A x + b)) A") == 7


def test_bare_expressions_are_solved_or_say_what_they_assume() -> None:
    """The declarations left out: kinds and sizes are inferred. A reading that differs from the source's is among the assumptions."""
    asked = [case for case in CASES.values() if case["file"] == "public" and undeclared(case)]
    solved, unstated = 0, {}
    for case in asked:
        d: Any = None
        try:
            d = matcalc.derivative(case["expr"], case["wrt"], order=case["order"])
            if same(d, case):
                solved += 1
            elif not d.assumptions:
                unstated[case["id"]] = d.text
        except matcalc.MatcalcError:  # another reading: refused, or its values have other shapes
            if d is not None and not d.assumptions:
                unstated[case["id"]] = d.text
    assert len(asked) > 90
    assert not unstated
    assert solved >= BARE_SHARE * len(asked)


# ---------------------------------------------------------------------------------------------- layouts

WHERE = "a, x in R^n; b, y in R^m; A in R^{m x n}; B in R^{n x n}; X in R^{m x n}; s in R"
RNG = np.random.default_rng(7)
VALUES: dict[str, Any] = {
    "x": RNG.uniform(0.3, 1.2, 4),
    "a": RNG.standard_normal(4),
    "b": RNG.standard_normal(3),
    "y": RNG.standard_normal(3),
    "A": RNG.standard_normal((3, 4)),
    "B": RNG.standard_normal((4, 4)),
    "X": RNG.standard_normal((3, 4)),
    "s": 0.7,
}
# expression, variable, the function of it in NumPy, and the shape of its derivative in numerator, denominator and strict layout
GRID: list[tuple[str, str, Any, str, str, str]] = [
    ("exp(s) x^T x", "s", lambda s, v: np.exp(s) * v["x"] @ v["x"], "1 1", "1 1", "1 1"),
    ("x^T B x", "x", lambda x, v: x @ v["B"] @ x, "1 n", "n 1", "1 n"),
    ("tr(X B X^T)", "X", lambda X, v: np.trace(X @ v["B"] @ X.T), "m n", "m n", "n m"),
    ("y^T sin(X) x", "X", lambda X, v: v["y"] @ np.sin(X) @ v["x"], "m n", "m n", "n m"),
    ("sin(s A x)", "s", lambda s, v: np.sin(s * v["A"] @ v["x"]), "m 1", "1 m", "m 1"),
    ("sin(A x)", "x", lambda x, v: np.sin(v["A"] @ x), "m n", "n m", "m n"),
    ("X x", "X", lambda X, v: X @ v["x"], "m m n", "m m n", "m m n"),
    ("x^T exp.(s B)", "s", lambda s, v: v["x"] @ np.exp(s * v["B"]), "n 1", "1 n", "n 1"),
    ("(x .* x)^T A^T", "x", lambda x, v: v["A"] @ (x * x), "m n", "n m", "m n"),
    ("b^T X", "X", lambda X, v: v["b"] @ X, "n m n", "n m n", "n m n"),
    ("sin(s A)", "s", lambda s, v: np.sin(s * v["A"]), "m n", "n m", "m n"),
    ("b x^T", "x", lambda x, v: np.outer(v["b"], x), "m n n", "m n n", "m n n"),
    ("X B", "X", lambda X, v: X @ v["B"], "m n m n", "m n m n", "m n m n"),
    ("x x^T", "x", lambda x, v: np.outer(x, x), "n n n", "n n n", "n n n"),
]


def differences(f: Any, at: Any, h: float = 1e-5) -> np.ndarray:
    """The derivative by central differences: the indices of the function, then those of the argument."""
    at = np.asarray(at, dtype=float)
    columns = []
    for k in range(at.size):
        e = np.zeros(at.size)
        e[k] = h
        e = e.reshape(at.shape)
        columns.append((np.asarray(f(at + e)) - np.asarray(f(at - e))) / (2 * h))
    return np.stack(columns, axis=-1).reshape((*columns[0].shape, *at.shape))


@pytest.mark.parametrize("expr, wrt, f, numerator, denominator, strict", GRID, ids=[f"{row[0]} by {row[1]}" for row in GRID])
def test_layouts(expr: str, wrt: str, f: Any, numerator: str, denominator: str, strict: str) -> None:
    want = differences(lambda at: f(at, VALUES), VALUES[wrt])
    for layout, shape in (("numerator", numerator), ("denominator", denominator), ("strict", strict)):
        d: Any = matcalc.derivative(expr, wrt, where=WHERE, layout=layout)
        assert (d.layout, d.shape) == (layout, tuple(shape.split()))
        turned = shape.split() == numerator.split()[::-1] != numerator.split() and want.ndim == 2
        found = d.evaluate(VALUES)
        assert np.shape(found) == (want.T if turned else want).shape
        np.testing.assert_allclose(found, want.T if turned else want, rtol=1e-6, atol=1e-8)
        assert close(matcalc.parse(d.text, where=d.where).evaluate(VALUES), found)
