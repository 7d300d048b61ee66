"""Derivatives of matrix functions along several directions, and higher derivatives of what is made of them, by every order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_ops import BOOK

import matcalc
from matcalc.expressions.build import symbol
from matcalc.expressions.expr import Operation
from matcalc.inference.templates import adjoint_of, kronecker_of
from matcalc.kinds import Dim
from matcalc.numbers.numeric import evaluate, kernel

Array = Any
DERIVATIVES = [pytest.param(op, id=op.name) for op in BOOK if op.directions and op.kronecker]
SQUARE = "n n, n n -> n n"


def arguments(op: Operation, directions: int) -> list[Array]:
    rng = np.random.default_rng(3)
    rows, cols = (3, 3) if op.signature == SQUARE else (4, 3)
    return [np.eye(rows, cols) + rng.uniform(-0.2, 0.2, (rows, cols)), *rng.uniform(-1, 1, (directions, rows, cols))]


def value(op: Operation, args: list[Array]) -> Array:
    return kernel(op).call(*args, 0, 0, None, {})


@pytest.mark.parametrize("directions", [1, 2, 3])
@pytest.mark.parametrize("op", DERIVATIVES)
def test_a_further_direction_is_the_derivative_along_it(op: Operation, directions: int) -> None:
    x, *es = arguments(op, directions + 1)
    h = 1e-5
    ahead, behind = (value(op, [x + s * h * es[-1], *es[:-1]]) for s in (1, -1))
    np.testing.assert_allclose(value(op, [x, *es]), (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(value(op, [x, *es]), value(op, [x, *es[::-1]]), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("op", DERIVATIVES)
def test_adjoint_and_kronecker_form_beside_other_directions(op: Operation) -> None:
    x, e, h, g, weights = arguments(op, 4)
    shape = (Dim.of("n"), Dim.of("n")) if op.signature == SQUARE else (Dim.of("m"), Dim.of("n"))
    X, H, G, A = (symbol(s, shape) for s in "XHGA")
    env = {"X": x, "H": h, "G": g, "A": weights}
    sizes = {"m": 4, "n": 3}
    straight = value(op, [x, e, h, g])
    assert np.sum(weights * straight) == pytest.approx(np.sum(e * evaluate(adjoint_of(op, X, (H, G), A), env, sizes)), rel=1e-8)
    M = evaluate(kronecker_of(op, X, (H, G)), env, sizes)
    np.testing.assert_allclose(M @ e.ravel(order="F"), straight.ravel(order="F"), rtol=1e-8, atol=1e-9)


ANSWERS = [
    ("tr(B expm(A))", "A", 2, "J[i,j,k,l] = dexpm(A, B, e_k e_l^T)[j,i]"),
    ("tr(B expm(A))", "A", 3, "J[i,j,k,l,p,q] = dexpm(A, B, e_k e_l^T, e_p e_q^T)[j,i]"),
    ("expm(A)", "A", 2, "J[i,j,k,l,p,q] = dexpm(A, e_k e_l^T, e_p e_q^T)[i,j]"),
    ("expm(A)", "A", 3, "J[i,j,k,l,p,q,r,s] = dexpm(A, e_k e_l^T, e_p e_q^T, e_r e_s^T)[i,j]"),
    ("logm(A)", "A", 2, "J[i,j,k,l,p,q] = dlogm(A, e_k e_l^T, e_p e_q^T)[i,j]"),
    ("tr(B logm(A))", "A", 3, "J[i,j,k,l,p,q] = dlogm(A, B, e_k e_l^T, e_p e_q^T)[j,i]"),
    ("sqrtm(A)", "A", 2, "J[i,j,k,l,p,q] = dsqrtm(A, e_k e_l^T, e_p e_q^T)[i,j]"),
    ("polar(A)", "A", 2, "J[i,j,k,l,p,q] = dpolar(A, e_k e_l^T, e_p e_q^T)[i,j]"),
    ("||A||_{*}", "A", 3, "J[i,j,k,l,p,q] = dpolar(A, e_k e_l^T, e_p e_q^T)[i,j]"),
    ("expm(A X B)", "X", 2, "J[i,j,k,l,q,r] = dexpm(A X B, A e_k e_l^T B, A e_q e_r^T B)[i,j]"),
    ("expm(A diag(x)) b", "x", 2, "J[i,j,k] = (dexpm(A diag(x), A diag(I_n[:,j]), A diag(I_n[:,k])) b)[i]"),
    (
        "logdet(expm(A) + B)",
        "A",
        2,
        "Z = (expm(A) + B)^-1; J[i,j,k,l] = (dexpm(A, Z, e_k e_l^T) - dexpm(A, Z dexpm(A, e_k e_l^T) Z))[j,i]",
    ),
]


@pytest.mark.parametrize("text, wrt, order, answer", ANSWERS, ids=[f"{t} {k}" for t, _, k, _ in ANSWERS])
def test_every_order_has_an_answer(text: str, wrt: str, order: int, answer: str) -> None:
    d: Any = matcalc.derivative(text, wrt, order=order)
    assert d.verified == "verified"
    assert d.text == answer
    rng = np.random.default_rng(1)
    sizes = {"m": 2, "n": 2, "p": 2}
    shapes = {"A": (2, 2), "B": (2, 2), "X": (2, 2), "b": (2,), "x": (2,)}
    given = {n: (np.eye(2) if len(s) > 1 else 0) + rng.uniform(0.1, 0.4, s) for n, s in shapes.items() if f"{n} in" in d.where}
    assert set(sizes) >= set(d.shape)
    for form in (d.text, d.latex):
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(given), d.evaluate(given), rtol=1e-9, atol=1e-12)


def test_directions_in_any_order_and_number() -> None:
    def same(one: str, other: str) -> bool:
        return matcalc.parse(one, where=where)._typed.expr is matcalc.parse(other, where=where)._typed.expr

    where = "A, B, C in R^{n x n}; s in R"
    assert same("dexpm(A, B, C)", "dexpm(A, C, B)") and same("ddexpm(A, B, C)", "dexpm(A, B, C)")
    assert same("dexpm(A, s B, C, B)", "s dexpm(A, B, B, C)")
    assert same("dexpm(A, I, B)", "dexpm(A, B)") and same("dsqrtm(A, B, 0_{n x n})", "0_{n x n}")


def test_an_unit_vector_in_an_index_form_is_one() -> None:
    e = matcalc.parse("J[i,j,k,l] = (A e_k e_l^T B)[i,j]", where="A, B in R^{2 x 2}")
    a, b = np.arange(4.0).reshape(2, 2), np.arange(4.0, 8).reshape(2, 2)
    np.testing.assert_allclose(e.evaluate({"A": a, "B": b}), np.einsum("ik,lj->ijkl", a, b))


CHOLESKY: list[tuple[str, str, int, str]] = [
    ("chol(S)", "auto", 1, "dS -> chol(S) halftril(chol(S)^-1 dS chol(S)^-T)"),
    ("tr(A chol(S))", "auto", 1, "1/2 chol(S)^-T symtril(chol(S)^T A^T) chol(S)^-1"),
    (
        "tr(A chol(S))",
        "differential",
        2,
        "Z = symtril(chol(S)^T A^T); Y = chol(S)^-1; M = halftril(Y dS Y^T); "
        "dS -> 1/2 tr((symtril((A chol(S) M)^T) - Z M - M^T Z) Y dS Y^T)",
    ),
    (
        "tr(A chol(S))",
        "auto",
        2,
        "Z = chol(S)^-1; Y = symtril(chol(S)^T A^T); J[i,j,k,l] = (Z^T symtril((A chol(S) halftril(Z e_k e_l^T Z^T))^T) Z "
        "- Z^T Y halftril(Z e_k e_l^T Z^T) Z)[j,i]/2 - (Z^T Y halftril(Z e_k e_l^T Z^T) Z)[i,j]/2",
    ),
]


@pytest.mark.parametrize(("text", "notation", "order", "printed"), CHOLESKY)
def test_the_cholesky_factor_by_its_half_triangle(text: str, notation: str, order: int, printed: str) -> None:
    """It was 15 sums over indices at order 2. What is printed has the numbers of differences of the function."""
    where = "A, S in R^{n x n}"
    d = matcalc.derivative(text, "S", where=where, order=order, notation=notation)
    assert d.verified == "verified" and d.text == printed
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 1, (3, 3))
    given = {"S": x @ x.T + np.eye(3), "A": rng.uniform(-1, 1, (3, 3))}
    plain = matcalc.derivative(text, "S", where=where, order=order - 1) if order > 1 else matcalc.parse(text, where=where)

    def at(S: Array) -> Array:
        return np.asarray(plain.evaluate({n: v for n, v in {**given, "S": S}.items() if n in plain.where or n in text}))

    h = 1e-6
    units = np.eye(9).reshape(9, 3, 3)
    slopes = [(at(given["S"] + h * e) - at(given["S"] - h * e)) / (2 * h) for e in units]
    want = np.stack(slopes, axis=-1).reshape(*np.shape(slopes[0]), 3, 3)
    for form in (matcalc.parse(d.text, where=d.where), matcalc.parse(d.latex, where=d.where)):
        np.testing.assert_allclose(form.evaluate({n: v for n, v in given.items() if n in form.where}), want, rtol=1e-6, atol=1e-6)
