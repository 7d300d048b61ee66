"""Derivatives by several variables have one list of definitions, with the adjoints in it, as a paper prints them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.answers.shared import definitions, shared
from matcalc.printing.text import spell

RNG = np.random.default_rng(15)
NET = "x in R^n; t in R^k; W_1 in R^{m x n}; W_2 in R^{k x m}"
Sizes = dict[str, tuple[int, ...]]

# text, variables, declarations, sizes of the data, the list of definitions, the answers
SHARED: list[tuple[str, list[str], str, Sizes, str, list[str]]] = [
    (
        "z = W_1 x + b_1; h = relu(z); y = W_2 h + b_2; 1/2 ||y - t||^2",
        ["W_1", "b_1", "W_2", "b_2"],
        NET,
        {"x": (3,), "t": (2,), "W_1": (4, 3), "b_1": (4,), "W_2": (2, 4), "b_2": (2,)},
        "z = W_1 x + b_1; h = relu(z); y = W_2 h + b_2; delta_2 = y - t; delta_1 = W_2^T delta_2 .* 1[z > 0]",
        ["delta_1 x^T", "delta_1^T", "delta_2 h^T", "delta_2^T"],
    ),
    (
        "h_1 = tanh(W_1 x + b_1); h_2 = tanh(W_2 h_1 + b_2); ||h_2 - t||^2",
        ["W_1", "W_2", "b_2"],
        "x in R^n; t in R^k; W_1 in R^{m x n}; W_2 in R^{k x m}; b_1 in R^m",
        {"x": (3,), "t": (2,), "W_1": (4, 3), "b_1": (4,), "W_2": (2, 4), "b_2": (2,)},
        "h_1 = tanh(W_1 x + b_1); h_2 = tanh(W_2 h_1 + b_2); delta = (1 - h_2.^2) .* (h_2 - t)",
        ["2 (W_2^T delta .* (1 - h_1.^2)) x^T", "2 delta h_1^T", "2 delta^T"],
    ),
    (
        "Q = X W_Q; K = X W_K; V = X W_V; S = softmax(Q K^T/sqrt(d)); ||S V - Y||^2",
        ["W_Q", "W_K", "W_V"],
        "X in R^{m x n}; W_Q, W_K in R^{n x p}; W_V in R^{n x q}; Y in R^{m x q}; d in R positive",
        {"X": (4, 3), "W_Q": (3, 2), "W_K": (3, 2), "W_V": (3, 2), "Y": (4, 2), "d": ()},
        "Q = X W_Q; K = X W_K; S = softmax(Q K^T/sqrt(d)); V = X W_V; "
        "delta_2 = S V - Y; delta_1 = S .* delta_2 V^T - diag(diag(S V delta_2^T)) S",
        ["2 X^T delta_1 K/sqrt(d)", "2 X^T delta_1^T Q/sqrt(d)", "2 X^T S^T delta_2"],
    ),
    (
        "H = relu(X W_1 + 1 b^T); P = softmax(H W_2); -sum(Y .* log(P))",
        ["W_1", "b", "W_2"],
        "X in R^{N x d}; b in R^h; Y in R^{N x k}",
        {"X": (4, 3), "W_1": (3, 2), "b": (2,), "W_2": (2, 3), "Y": (4, 3)},
        "Z = X W_1 + ones(N) b^T; H = relu(Z); P = softmax(H W_2); "
        "delta_2 = diag(diag((Y ./ P) P^T)) P - Y; delta_1 = delta_2 W_2^T .* 1[Z > 0]",
        ["X^T delta_1", "ones(N)^T delta_1", "H^T delta_2"],
    ),
]


@pytest.mark.parametrize("case", SHARED, ids=range(len(SHARED)))
def test_one_list_of_definitions_with_the_adjoints(case: tuple[Any, ...]) -> None:
    text, names, where, sizes, listed, answers = case
    several: Any = matcalc.derivative(text, names, where=where)
    found = shared(several)
    assert found is not None
    bindings, programs = found
    assert spell(definitions(bindings)) == listed and [spell(p) for p in programs] == answers
    values = {n: RNG.uniform(0.2, 1.0, size) for n, size in sizes.items()}
    for d, answer in zip(several, answers, strict=True):  # the list and one answer are a text that is read back
        back = matcalc.parse(f"{listed}; {answer}", where=d.where)
        assert np.allclose(back.evaluate(values), d.evaluate(values))


@pytest.mark.parametrize(
    "text, names",
    [
        ("x^T A y", ["x", "A"]),  # no definitions
        ("r = A x - b; c = r^T r; c + y^T y", ["x", "y"]),  # in one answer only
    ],
)
def test_answers_that_share_nothing_stand_as_they_are(text: str, names: list[str]) -> None:
    several: Any = matcalc.derivative(text, names)
    assert shared(several) is None


def test_what_is_no_adjoint_has_no_name() -> None:
    several: Any = matcalc.derivative("r = A x - b; r^T W r", ["A", "x"])
    found = shared(several)
    assert found is not None and [spell(p) for p in found[1]] == ["(W + W^T) r x^T", "r^T (W + W^T) A"]


def test_a_letter_of_the_text_is_not_taken_again() -> None:
    several: Any = matcalc.derivative("z = delta A x + b; sum(tanh(z))", ["A", "b"], where="delta in R; x, b in R^n; A in R^{n x n}")
    found = shared(several)
    assert found is not None and found[0][-1].name == "g"


def test_the_command_prints_it_once() -> None:
    text, names, where, _, listed, answers = SHARED[0]
    asked = ["d", text, "--wrt", ",".join(names), "--where", where]
    lines = run(*asked).out.split("\n")
    assert lines[:-1] == [listed, *(f"{n}: {a}" for n, a in zip(names, answers))]
    assert run(*asked, "--format", "latex").out.startswith(r"z = W_{1} x + b_{1}; h = ")
    bold = run(*asked, "--bold").out
    assert r"\boldsymbol{\delta}_{2} = \mathbf{y} - \mathbf{t}" in bold and r"W_1: \boldsymbol{\delta}_{1} \mathbf{x}^{T}" in bold
    assert "delta" not in run(*asked, "--inline").out
    screen = run(*asked, terminal=True).out
    assert "where" in screen and "δ₁ = W₂ᵀ δ₂ ⊙ 1[z > 0]" in screen and screen.count("relu(z)") == 1
    assert run(*asked, "--json").out.count("h = relu(z)") >= 4  # each answer of --json stands alone


def test_the_last_name_of_a_text_is_its_author_s_too() -> None:
    """It was s = softmax(W_2 h + b_2), though the text calls it y."""
    d = matcalc.derivative("z = W_1 x + b_1; h = relu(z); y = softmax(W_2 h + b_2)", "x", where=NET.replace("t in R^k; ", ""))
    assert d.text == "z = W_1 x + b_1; h = relu(z); y = softmax(W_2 h + b_2); (diag(y) - y y^T) W_2 diag(1[z > 0]) W_1"


def test_a_name_stands_also_where_the_normal_form_has_it_the_other_way_round() -> None:
    """The derivative by y was 2 (y - Phi theta)^T, that by theta -2 e^T Phi."""
    for variable, want in (("y", "2 e^T"), ("theta", "-2 e^T Phi")):
        d = matcalc.derivative("e = y - Phi theta; ||e||^2", variable)
        assert d.text == f"e = y - Phi theta; {want}"


def test_differences_with_a_name_stand_as_they_were_typed() -> None:
    """It was 2 ((o - y) .* (1 - o.^2))^T A, and with y - o a minus was taken in by 1 - o.^2."""
    d = matcalc.derivative("o = tanh(A x); ||y - o||^2", "x")
    assert d.text == "o = tanh(A x); -2 ((y - o) .* (1 - o.^2))^T A"


def test_what_is_said_of_a_map_and_of_an_array_names_no_layout() -> None:
    """Of dX -> -X^-1 dX X^-1 it was said that it is n×n×n×n, in the numerator layout."""
    kinds = {"differential": "n×n → n×n, a linear map", "index": "n×n×n×n, the indices of the function first"}
    for notation, words in kinds.items():
        d: Any = matcalc.derivative("X^-1", "X", where="X in R^{n x n} invertible", notation=notation)
        assert d.remarks()[0] == words
    assert matcalc.derivative("x^T x", "x").remarks()[0] == "1×n, a row, in the numerator layout"  # type: ignore[union-attr]


def test_a_difference_in_an_array_takes_in_the_sign() -> None:
    """It was -x[l] ((y y^T - diag(y)) W_2)[i,j] (1[z > 0])[j]."""
    d: Any = matcalc.derivative("softmax(W x)", "W", where="W in R^{m x n}; x in R^n")
    assert d.text == "J[i,j,k] = x[k] (diag(softmax(W x)) - softmax(W x) softmax(W x)^T)[i,j]"
    net = matcalc.derivative("z = W_1 x + b_1; h = relu(z); y = softmax(W_2 h + b_2)", "W_1", where=NET.replace("t in R^k; ", ""))
    assert net.text.endswith("J[i,j,l] = x[l] ((diag(y) - y y^T) W_2)[i,j] (1[z > 0])[j]")
