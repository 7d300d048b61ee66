"""Hessians of scalar functions of matrices in Kronecker form, and differentials of higher order, as Magnus and Neudecker have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.errors import NoAnswerError, UsageError

RNG = np.random.default_rng(4)
VALUES: dict[str, Any] = {s: np.eye(3) + RNG.uniform(-0.3, 0.3, (3, 3)) for s in "ABCX"} | {s: RNG.uniform(0.3, 1, 3) for s in "abx"}
Values = dict[str, Any]

HESSIANS: list[tuple[str, str, Callable[[Values], float], str]] = [
    ("logdet(X)", "X", lambda v: np.linalg.slogdet(v["X"])[1], "-(X^-1 ⊗ X^-T) K_{n,n}"),
    ("det(X)", "X", lambda v: np.linalg.det(v["X"]), "det(X) (vec(X^-T) vec(X^-T)^T - (X^-1 ⊗ X^-T) K_{n,n})"),
    ("tr(A X B X^T)", "X", lambda v: np.trace(v["A"] @ v["X"] @ v["B"] @ v["X"].T), "B^T ⊗ A + B ⊗ A^T"),
    ("tr(X^3)", "X", lambda v: np.trace(v["X"] @ v["X"] @ v["X"]), "3 (X ⊗ I_n + I_n ⊗ X^T) K_{n,n}"),
    (
        "a^T X^-1 b",
        "X",
        lambda v: v["a"] @ np.linalg.solve(v["X"], v["b"]),
        "(X^-1 ⊗ X^-T a b^T X^-T + X^-1 b a^T X^-1 ⊗ X^-T) K_{n,n}",
    ),
    ("||A X B - C||_F^2", "X", lambda v: np.sum((v["A"] @ v["X"] @ v["B"] - v["C"]) ** 2), "2 (B B^T ⊗ A^T A)"),
    ("sum(exp(X))", "X", lambda v: np.sum(np.exp(v["X"])), "diag(vec(exp(X)))"),
    ("tr(X .* X)", "X", lambda v: np.trace(v["X"] ** 2), "2 sum_{w=1}^n (I_n[:,w] ones(n)^T ⊗ diag(I_n[:,w])) diag(vec(I_n))"),
    ("||A x - b||^2", "x", lambda v: np.sum((v["A"] @ v["x"] - v["b"]) ** 2), "2 A^T A"),
]


def second_difference(f: Callable[[Values], float], wrt: str) -> Any:
    """The matrix of second differences by the entries of the variable, columns stacked."""
    at = VALUES[wrt]
    h = 1e-4
    units = [h * u.reshape(at.shape, order="F") for u in np.eye(at.size)]

    def value(change: Any) -> float:
        return f({**VALUES, wrt: at + change})

    return np.array([[(value(u + v) - value(u - v) - value(v - u) + value(-u - v)) / (4 * h * h) for v in units] for u in units])


@pytest.mark.parametrize("text, wrt, function, answer", HESSIANS, ids=[h[0] for h in HESSIANS])
def test_the_kronecker_form_of_a_hessian(text: str, wrt: str, function: Callable[[Values], float], answer: str) -> None:
    d: Any = matcalc.derivative(text, wrt, order=2, notation="kron", where="A, B, C, X in R^{n x n}; a, b, x in R^n")
    assert d.text == f"d vec(G)/d vec({wrt})^T = {answer}" and d.verified == "verified"
    assert f"G is the derivative by {wrt}" in d.assumptions
    given = {n: VALUES[n] for n in d._scope.symbols}
    wanted = second_difference(function, wrt)
    shape = VALUES[wrt].shape
    apart = wanted.reshape((*shape[::-1], *shape[::-1])).transpose(1, 0, 3, 2) if len(shape) > 1 else wanted
    np.testing.assert_allclose(d.evaluate(given), apart, rtol=1e-5, atol=1e-5)
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(given), apart, rtol=1e-5, atol=1e-5)


def test_mixed_second_derivatives_and_what_has_no_matrix() -> None:
    d: Any = matcalc.derivative("a^T X b", ["X", "b"], order=2, notation="kron")
    assert d.text == "d vec(G)/d vec(b)^T = I_n ⊗ a"
    with pytest.raises(NoAnswerError, match="second ones of scalars"):
        matcalc.derivative("X^-1", "X", order=2, notation="kron")


DIFFERENTIALS = [
    ("logdet(X)", 2, "-tr(X^-1 dX X^-1 dX)"),
    ("X^-1", 2, "2 X^-1 dX X^-1 dX X^-1"),
    ("X^-1", 3, "-6 X^-1 dX X^-1 dX X^-1 dX X^-1"),
    ("tr(A X B X^T)", 2, "2 tr(A dX B dX^T)"),
    ("expm(X)", 3, "dexpm(X, dX, dX, dX)"),
    ("tr(B expm(X))", 2, "tr(dexpm(X, B, dX) dX)"),
    ("tr(B expm(X))", 3, "tr(dexpm(X, B, dX, dX) dX)"),
    ("expm(A X B)", 2, "dexpm(A X B, A dX B, A dX B)"),
    ("logm(X)", 2, "dlogm(X, dX, dX)"),
    ("||X||_{*}", 2, "tr(dpolar(X, dX)^T dX)"),
]


@pytest.mark.parametrize("text, order, answer", DIFFERENTIALS, ids=[f"{t} {k}" for t, k, _ in DIFFERENTIALS])
def test_differentials_of_higher_order(text: str, order: int, answer: str) -> None:
    d: Any = matcalc.derivative(text, "X", order=order, notation="differential", where="A, B, X in R^{n x n}")
    assert d.text == f"dX -> {answer}" and d.verified == "verified"
    given = {n: VALUES[n][:2, :2] for n in d._scope.symbols}
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(given), d.evaluate(given), rtol=1e-8, atol=1e-10)


def test_by_a_member_of_a_family() -> None:
    where = "p_k in R positive; x_n in R^D; B in R^{D x M}; z_n in R^M"
    d: Any = matcalc.derivative("sum_{k=1}^K p_k log(p_k)", "p_k", order=2, notation="differential", where=where)
    assert d.text == "dp_k -> dp_k^2/p_k" and d.verified == "verified"
    d = matcalc.derivative("sum_{n=1}^N ||x_n - B z_n||^2", "B", order=2, notation="kron", where=where)
    assert d.text == "d vec(G)/d vec(B)^T = 2 sum_{n=1}^N z_n z_n^T ⊗ I_D" and d.verified == "verified"


def test_a_map_that_is_not_homogeneous_has_no_numbers() -> None:
    e = matcalc.parse("dX -> X dX + dX dX", where="X in R^{n x n}")
    with pytest.raises(UsageError, match="not homogeneous in dX"):
        e.evaluate({"X": np.eye(2)})
    mixed: Any = matcalc.derivative("a^T X b", ["X", "b"], order=2, notation="differential")
    with pytest.raises(NoAnswerError, match="by one variable"):
        print(mixed.text)
