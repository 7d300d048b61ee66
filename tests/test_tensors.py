"""Arrays of three and more indices: declared, contracted, differentiated by; the numbers are those of NumPy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from corpus import close
from emitted import call, installed, load, run_octave

import matcalc
from matcalc.errors import MatcalcError

SIZES = {"p": 3, "m": 4, "n": 2, "q": 5, "l": 6}
WHERE = (
    "T in R^{p x m x n}; x in R^p; y in R^m; z in R^n; A in R^{q x m}; B in R^{q x p}; G in R^{p x n x l}; X in R^{p x m x l}; "
    "S in R^{n x n x n}; u in R^n; D in R^{p x q}; E in R^{m x q}; F in R^{n x q}; H in R^{q x q x q}; C in R^{p x q x m x n}; "
    "L in R^{n x n x n x n}; M in R^{n x n}; N in R^{p x m n}"
)
DECLARED = {n: sizes for n, sizes in re.findall(r"(\w) in R\^\{?([^;}]+)", WHERE)}
RANDOM = np.random.default_rng(7)
VALUES: dict[str, Any] = {
    n: RANDOM.normal(size=[math.prod(SIZES[c] for c in size.split()) for size in sizes.split(" x ")]) for n, sizes in DECLARED.items()
}


class Case(NamedTuple):
    text: str
    value: Callable[..., Any]  # of the arrays, by their names
    by: str  # the variables, a letter each


CASES = [
    Case("T_{ijk} x_i y_j z_k", lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Txyz"),
    Case("T[i,j,k] x[i] y[j] z[k]", lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Tx"),
    Case('einsum("ijk,i,j,k->", T, x, y, z)', lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Txyz"),
    Case("S_{ijk} u_i u_j u_k", lambda S, u: np.einsum("ijk,i,j,k", S, u, u, u), "Su"),
    Case('einsum("ijk,j,k->i", T, y, z)', lambda T, y, z: np.einsum("ijk,j,k->i", T, y, z), "yz"),
    Case('einsum("ijk,k->ij", T, z)', lambda T, z: np.einsum("ijk,k->ij", T, z), "z"),
    Case('||einsum("bij,bjk->bik", T, G) - X||^2', lambda T, G, X: np.sum((T @ G - X) ** 2), "TGX"),
    Case('sum(einsum("bij,bjk->bik", T, G).^2)', lambda T, G: np.sum((T @ G) ** 2), "TG"),
    Case('||T - einsum("i,j,k->ijk", x, y, z)||^2', lambda T, x, y, z: np.sum((T - np.einsum("i,j,k->ijk", x, y, z)) ** 2), "Txyz"),
    Case('||einsum("ijk,aj->iak", T, A)||', lambda T, A: np.sqrt(np.sum(np.einsum("ijk,aj->iak", T, A) ** 2)), "TA"),
    Case('||einsum("ijk,ai->ajk", T, B)||^2', lambda T, B: np.sum(np.einsum("ijk,ai->ajk", T, B) ** 2), "TB"),
    Case("sum(exp(T))/count(T)", lambda T: np.exp(T).mean(), "T"),
    Case("mean(T .* T) + T[2,3,1]", lambda T: (T * T).mean() + T[1, 2, 0], "T"),
    Case("sum(T[:,2,:]) ||T[3,:,:]||^2", lambda T: np.sum(T[:, 1]) * np.sum(T[2] ** 2), "T"),
    Case("<T, 2 T> - sum(sin(T)/3)", lambda T: 2 * np.sum(T**2) - np.sum(np.sin(T)) / 3, "T"),
    Case('einsum("ij,ik,il->", A, A, B) + sum(A)', lambda A, B: np.einsum("ij,ik,il->", A, A, B) + A.sum(), "AB"),
    Case("||T - H ×_1 D ×_2 E ×_3 F||^2", lambda T, H, D, E, F: np.sum((T - np.einsum("abc,ia,jb,kc", H, D, E, F)) ** 2), "THDEF"),
    Case("||T - ⟦D, E, F⟧||^2", lambda T, D, E, F: np.sum((T - np.einsum("ir,jr,kr", D, E, F)) ** 2), "TDEF"),
    Case("||N - D (F ⋄ E)^T||_F^2", lambda N, D, E, F: np.sum((N - np.einsum("ir,kr,jr->ikj", D, F, E).reshape(3, 8)) ** 2), "NDEF"),
    Case("||T - x ∘ y ∘ z||^2", lambda T, x, y, z: np.sum((T - np.einsum("i,j,k", x, y, z)) ** 2), "Txy"),
    Case("||sum_{k=1}^2 2 T||^2 + sum(sum_{k=1}^2 T)", lambda T: np.sum((4 * T) ** 2) + 2 * np.sum(T), "T"),
    Case("1/2 M_{ij} L_{ijrs} M_{rs}", lambda L, M: np.einsum("ij,ijkl,kl", M, L, M) / 2, "LM"),
    Case('sum(einsum("abcd->bd", C).^2)', lambda C: np.sum(C.sum((0, 2)) ** 2), "C"),
    Case("||C||^2 + C[1,2,3,1] sum(C[:,:,2,:])", lambda C: np.sum(C**2) + C[0, 1, 2, 0] * np.sum(C[:, :, 1]), "C"),
    Case('sum(einsum("iji->j", einsum("ijk,ljk->ijl", T, T)))', lambda T: np.einsum("ijk,ijk->", T, T), "T"),
]
BY = [(case, name) for case in CASES for name in case.by]


@cache
def derivative(text: str, name: str) -> Any:
    return matcalc.derivative(text, name, where=WHERE)


def slope(case: Case, name: str) -> Any:
    """The central difference by every entry of one array, behind the axes of the value."""
    given = {n: VALUES[n] for n in case.value.__code__.co_varnames}
    ends = []
    for step in (1e-5, -1e-5):
        moved = [given[name].copy() for _ in range(given[name].size)]
        for k, array in enumerate(moved):
            array.flat[k] += step
        ends.append(np.stack([case.value(**{**given, name: array}) for array in moved], axis=-1))
    return ((ends[0] - ends[1]) / 2e-5).reshape(*ends[0].shape[:-1], *given[name].shape)


@pytest.mark.parametrize(("case", "name"), BY, ids=[f"{case.text} by {name}" for case, name in BY])
def test_the_derivative_has_the_numbers_and_reads_back(case: Case, name: str) -> None:
    d = derivative(case.text, name)
    given = {n: VALUES[n] for n in case.value.__code__.co_varnames}
    assert d.verified == "verified"
    assert close(d.evaluate(given), slope(case, name), 1e-6), d.text
    for form in (d.text, d.latex):
        read = matcalc.parse(form, where=d.where)
        at = {letter: 2 for letter in re.findall(r"(\w) in N", d.where)}
        values = {n: v for n, v in {**given, **at}.items() if n in read.where}
        whole = d.evaluate({**given, **at})
        assert close(np.squeeze(read.evaluate(values)), np.squeeze(whole), 1e-9), form


@pytest.mark.parametrize("language", ["numpy", pytest.param("jax", marks=pytest.mark.jax), pytest.param("torch", marks=pytest.mark.torch)])
def test_the_code_gives_the_whole_array(language: str) -> None:
    module = installed("jax.numpy" if language == "jax" else language)
    if language == "jax":
        installed("jax").config.update("jax_enable_x64", True)
    make = module.asarray
    for case, name in BY:
        found = load(derivative(case.text, name).code(language))
        given = {n: make(VALUES[n]) for n in case.value.__code__.co_varnames}
        want = derivative(case.text, name).evaluate({n: VALUES[n] for n in given})
        got = np.asarray(call(found.get("gradient") or found["jacobian"], given))
        assert got.shape == np.shape(want) and close(got, want, 1e-9), f"{case.text} by {name}"
        assert close(np.asarray(call(found["value"], given)), case.value(*(VALUES[n] for n in given)), 1e-9), case.text


@pytest.mark.octave
def test_octave(tmp_path: Path) -> None:
    questions, wanted = [], []
    for case, name in BY:
        d = derivative(case.text, name)
        given = {n: VALUES[n] for n in case.value.__code__.co_varnames}
        text = d.code("octave")
        questions.append((text, "gradient" if " = gradient(" in text else "jacobian", given))
        wanted.append((f"{case.text} by {name}", d.evaluate(given)))
    for got, (what, want) in zip(run_octave(questions, tmp_path), wanted, strict=True):
        assert close(got.reshape(np.shape(want)), want, 1e-9), what


def test_a_sum_of_ones_and_a_column_of_each_row_has_the_whole_shape() -> None:
    """b 1^T + 1 was b[:, None] + 1 in the code."""
    d = matcalc.derivative("b^T A ones(n) + sum(A)", "A", where="A in R^{m x n}; b in R^m")
    gradient = load(d.code("numpy"))["gradient"]
    assert gradient(np.ones((2, 3)), np.arange(2.0)).tolist() == [[1, 1, 1], [2, 2, 2]]


@pytest.mark.parametrize(
    ("text", "by", "where", "order", "words"),
    [
        ("||T||^2", "T", WHERE, 2, "has 6 indices"),
        ("T x", "x", WHERE, 1, "this sign is of matrices and vectors"),
        ("T + A", "A", WHERE, 1, "needs equal shapes"),
        ("det(T)", "T", WHERE, 1, "det is of matrices and vectors"),
        ("T ×_3 z", "z", WHERE, 1, "for a vector write v^T"),
        ("T ×_4 A", "A", WHERE, 1, "an array of 4 indices and more"),
        ('einsum("ijk,j->ik", A, y)', "y", WHERE, 1, "an array of 3 indices"),
        ('einsum("ijk,j->ik", T, x)', "x", WHERE, 1, "runs to"),
        ("T[4,5,1]", "T", "T in R^{3 x 4 x 2}", 1, "the subscript"),
        ("A ⋄ B", "A", "A in R^{m x n}; B in R^{m x p}", 1, "with as many columns"),
        ("C_{ijklm} x_i x_j x_k x_l x_m", "x", "", 1, "at most 4"),
        ("sum(T)", "T", "T in R^{2 x 2 x 2 x 2 x 2}", 1, "at most 4 indices"),
        ("sum_{i=1}^n (sum_{k=1}^m w_k x_{i+k} - y_i)^2", "w", "", 1, "declare x in R^n"),
    ],
)
def test_what_is_no_product_of_arrays_is_refused(text: str, by: str, where: str, order: int, words: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.derivative(text, by, where=where, order=order)
    assert words in f"{caught.value} {caught.value.suggestion}"


@pytest.mark.parametrize(
    ("text", "by", "answer"),
    [
        (r"\|X_{(1)} - A (C \odot B)^T\|^2", "A", "-2 (X_{(1)} - A (C ⋄ B)^T) (C ⋄ B)"),
        ("sum(einsum('bij,bjk->bik', A, B))", "A", "ones(m) (B_i ones(p))^T"),
        ("einsum('bij,bjk->bik', A, B)", "A", "J[j,k,l,q] = 1[z = i] delta[j,l] B_z[q,k]"),
        ("||X - G ×_1 A ×_2 B ×_3 C||^2", "X", "A[i,a] G_a) C^T)"),
        ("||X||^2 + sum(einsum('ijk->', X))", "X", "2 X_i + 1"),
    ],
)
def test_undeclared_arrays(text: str, by: str, answer: str) -> None:
    assert answer in matcalc.derivative(text, by).text


@pytest.mark.parametrize(
    ("text", "name", "where", "answer"),
    [
        ("||X_{(1)} - A (C ⋄ B)^T||^2", "A", "X in R^{m x n x l}", "-2 (X_{(1)} - A (C ⋄ B)^T) (C ⋄ B)"),
        ("||X_{(2)} - B (C ⋄ A)^T||^2", "B", "X in R^{m x n x l}", "-2 (X_{(2)} - B (C ⋄ A)^T) (C ⋄ A)"),
        ("||X_{(3)} - C (B ⋄ A)^T||^2", "C", "X in R^{m x n x l}", "-2 (X_{(3)} - C (B ⋄ A)^T) (B ⋄ A)"),
        ("||X_{(1)} A||^2", "X_{(1)}", "X in R^{m x n x l}", "2 X_{(1)} A A^T"),
    ],
)
def test_an_unfolding_of_a_declared_array_is_a_matrix_of_its_shape(text: str, name: str, where: str, answer: str) -> None:
    d = matcalc.derivative(text, name, where=where)
    assert d.text == answer and d.verified == "verified"


def test_an_unfolding_has_kolda_and_baders_columns() -> None:
    """X_{(2)} of an array with the first index fastest, as numpy.reshape in Fortran's order has it."""
    rng = np.random.default_rng(0)
    X, A, B, C = rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 5)), rng.standard_normal((4, 5)), rng.standard_normal((2, 5))
    unfolded = np.reshape(np.moveaxis(X, 1, 0), (4, -1), order="F")
    e = matcalc.parse("||X_{(2)} - B (C ⋄ A)^T||^2", where="X in R^{m x n x l}")
    want = np.sum((X - np.einsum("ir,jr,kr->ijk", A, B, C)) ** 2)
    np.testing.assert_allclose(e.evaluate({"X_{(2)}": unfolded, "A": A, "B": B, "C": C}), want)


def test_an_array_beside_its_unfolding_is_refused() -> None:
    with pytest.raises(MatcalcError, match=r"X_{\(1\)} is a matrix of its own, and X stands beside it"):
        matcalc.derivative("||X_{(1)} A||^2", "X", where="X in R^{m x n x l}")
