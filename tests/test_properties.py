"""Differentiation by a variable with a declared property: its entries count as free, and the property shortens the result only.

The trap: with S symmetric, tr(S^T A S) has the derivative (A + A^T) S; put S for S^T first and it would be A^T S + S A^T.
Each case has a NumPy function written by hand, which is differentiated by complex steps at a point that has the property.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matcalc

M, N = 5, 3
RNG = np.random.default_rng(11)


def spd() -> np.ndarray:
    x = RNG.standard_normal((N, N))
    return x @ x.T / N + np.eye(N)


def idempotent() -> np.ndarray:
    x = RNG.standard_normal((N, N)) + 2 * np.eye(N)
    return x @ np.diag([1.0, 1.0, 0.0]) @ np.linalg.inv(x)


SYMMETRIC = spd() - 1.5 * np.eye(N)
PLAIN = RNG.standard_normal((N, N))
VALUES: dict[str, Any] = {
    "A": RNG.standard_normal((N, N)),
    "B": RNG.standard_normal((M, M)),
    "a": RNG.standard_normal(N),
    "b": RNG.standard_normal(N),
    "x": RNG.standard_normal(N),
    "S": SYMMETRIC,
    "W": spd(),
    "C": spd(),
    "D": np.diag([0.7, -1.3, 2.1]),
    "K": PLAIN - PLAIN.T,
    "Q": np.linalg.qr(RNG.standard_normal((N, N)))[0],
    "V": np.linalg.qr(RNG.standard_normal((M, N)))[0],
    "P": idempotent(),
    "L": np.tril(PLAIN) + 2 * np.eye(N),
    "U": np.triu(PLAIN) + 2 * np.eye(N),
    "u": (lambda v: v / np.linalg.norm(v))(RNG.standard_normal(N)),
    "p": np.array([0.2, 0.5, 0.3]),
}
WHERE = (
    "A in R^{n x n}; B in R^{m x m}; a, b, x in R^n; S in R^{n x n} symmetric; W in R^{n x n} spd; C in R^{n x n} psd; "
    "D in R^{n x n} diagonal; K in R^{n x n} skew; Q in R^{n x n} orthogonal; V in R^{m x n} orthonormal; "
    "P in R^{n x n} idempotent; L in R^{n x n} lower; U in R^{n x n} upper; u in R^n unit; p in R^n simplex"
)

inv, tr = np.linalg.inv, np.trace


def det(X: np.ndarray) -> Any:
    return np.linalg.det(X)


# expression, variable, the function by hand (v: the values), the derivative by hand where the books have one
FIRST: list[tuple[str, str, Any, str]] = [
    ("tr(S^T A S)", "S", lambda S, v: tr(S.T @ v["A"] @ S), "(A + A^T) S"),
    ("x^T S x", "S", lambda S, v: v["x"] @ S @ v["x"], "x x^T"),
    ("tr(S^2)", "S", lambda S, v: tr(S @ S), "2 S"),
    ("tr(S A S b b^T)", "S", lambda S, v: v["b"] @ S @ v["A"] @ S @ v["b"], "A^T S b b^T + b b^T S A^T"),
    ("a^T S^-1 b", "S", lambda S, v: v["a"] @ inv(S) @ v["b"], "-S^-1 a b^T S^-1"),
    ("det(S)", "S", lambda S, v: det(S), "det(S) S^-1"),
    ("sum(sin(S - S^T + A))", "S", lambda S, v: np.sum(np.sin(S - S.T + v["A"])), "cos(A) - cos(A)^T"),
    ("||S - S^T||^2", "S", lambda S, v: np.sum((S - S.T) ** 2), "0_{n x n}"),
    ("logdet(W)", "W", lambda W, v: np.log(det(W)), "W^-1"),
    ("x^T W^-1 x + logdet(W)", "W", lambda W, v: v["x"] @ inv(W) @ v["x"] + np.log(det(W)), "W^-1 - W^-1 x x^T W^-1"),
    ("tr(W^T A W)", "W", lambda W, v: tr(W.T @ v["A"] @ W), "(A + A^T) W"),
    ("tr(C^T C A)", "C", lambda C, v: tr(C.T @ C @ v["A"]), "C (A + A^T)"),
    ("||Q A||^2", "Q", lambda Q, v: np.sum((Q @ v["A"]) ** 2), "2 Q A A^T"),
    ("tr(Q^T A Q)", "Q", lambda Q, v: tr(Q.T @ v["A"] @ Q), "(A + A^T) Q"),
    ("||Q^T Q - I||^2", "Q", lambda Q, v: np.sum((Q.T @ Q - np.eye(N)) ** 2), "0_{n x n}"),
    ("a^T Q^-1 b", "Q", lambda Q, v: v["a"] @ inv(Q) @ v["b"], "-Q a b^T Q"),
    ("logdet(Q)", "Q", lambda Q, v: np.log(det(Q) ** 2) / 2, "Q"),
    ("||V A||^2", "V", lambda V, v: np.sum((V @ v["A"]) ** 2), "2 V A A^T"),
    ("tr(V^T B V)", "V", lambda V, v: tr(V.T @ v["B"] @ V), "(B + B^T) V"),
    ("logdet(V^T V)", "V", lambda V, v: np.log(det(V.T @ V)), "2 V"),
    ("tr(D A)", "D", lambda D, v: tr(D @ v["A"]), "A^T"),
    ("a^T D^2 b", "D", lambda D, v: v["a"] @ D @ D @ v["b"], "D a b^T + a b^T D"),
    ("tr(D^T A D)", "D", lambda D, v: tr(D.T @ v["A"] @ D), "(A + A^T) D"),
    ("tr(K^2)", "K", lambda K, v: tr(K @ K), "-2 K"),
    ("tr(K^T A K)", "K", lambda K, v: tr(K.T @ v["A"] @ K), "(A + A^T) K"),
    ("x^T K x", "K", lambda K, v: v["x"] @ K @ v["x"], "x x^T"),
    ("tr(P^2 A)", "P", lambda P, v: tr(P @ P @ v["A"]), "A^T P^T + P^T A^T"),
    ("a^T P b", "P", lambda P, v: v["a"] @ P @ v["b"], "a b^T"),
    ("tr(L A L^T)", "L", lambda L, v: tr(L @ v["A"] @ L.T), "L (A + A^T)"),
    ("det(L)", "L", lambda L, v: det(L), "det(L) L^-T"),
    ("logdet(U)", "U", lambda U, v: np.log(det(U)), "U^-T"),
    ("(u^T u)^2", "u", lambda u, v: (u @ u) ** 2, "4 u^T"),
    ("u^T A u/(u^T u)", "u", lambda u, v: u @ v["A"] @ u / (u @ u), "u^T (A + A^T) - 2 u^T A u u^T"),
    ("sum(p)^2", "p", lambda p, v: np.sum(p) ** 2, "2 ones(n)^T"),
    ("S^2", "S", lambda S, v: S @ S, ""),
    ("S^T S", "S", lambda S, v: S.T @ S, ""),
    ("Q^T Q", "Q", lambda Q, v: Q.T @ Q, ""),
    ("Q^-1", "Q", lambda Q, v: inv(Q), ""),
    ("P^2 x", "P", lambda P, v: P @ P @ v["x"], ""),
    ("D^T A D", "D", lambda D, v: D.T @ v["A"] @ D, ""),
]
SECOND: list[tuple[str, str, Any]] = [
    ("tr(S^T A S)", "S", lambda S, v: tr(S.T @ v["A"] @ S)),
    ("x^T S^2 x", "S", lambda S, v: v["x"] @ S @ S @ v["x"]),
    ("logdet(W)", "W", lambda W, v: np.log(det(W))),
    ("tr(W^-1 A)", "W", lambda W, v: tr(inv(W) @ v["A"])),
    ("||Q A||^2", "Q", lambda Q, v: np.sum((Q @ v["A"]) ** 2)),
    ("||Q^T Q - I||^2", "Q", lambda Q, v: np.sum((Q.T @ Q - np.eye(N)) ** 2)),
    ("tr(D^T A D)", "D", lambda D, v: tr(D.T @ v["A"] @ D)),
    ("tr(K^3 A)", "K", lambda K, v: tr(K @ K @ K @ v["A"])),
    ("tr(P^2 A)", "P", lambda P, v: tr(P @ P @ v["A"])),
    ("logdet(L)", "L", lambda L, v: np.log(det(L))),
    ("tr(V^T B V A)", "V", lambda V, v: tr(V.T @ v["B"] @ V @ v["A"])),
    ("(u^T u)^2", "u", lambda u, v: (u @ u) ** 2),
    ("sum(p)^3", "p", lambda p, v: np.sum(p) ** 3),
]


def gradient(f: Any, at: np.ndarray) -> np.ndarray:
    """By complex steps: exact to the last digit. Indices of the function first."""
    columns = []
    for k in range(at.size):
        e = np.zeros(at.size, complex)
        e[k] = 1e-30j
        columns.append(np.imag(f(at + e.reshape(at.shape))) / 1e-30)
    return np.stack(columns, axis=-1).reshape((*np.shape(columns[0]), *at.shape))


def hessian(f: Any, at: np.ndarray) -> np.ndarray:
    """Central differences of the gradient."""
    h, columns = 1e-5, []
    for k in range(at.size):
        e = np.zeros(at.size)
        e[k] = h
        e = e.reshape(at.shape)
        columns.append((gradient(f, at + e) - gradient(f, at - e)) / (2 * h))
    return np.stack(columns, axis=-1).reshape((*at.shape, *at.shape))


def needed(expr: str, wrt: str) -> str:
    """The declarations of what occurs in the expression, and nothing else."""
    parts = [part.partition(" in ") for part in WHERE.split("; ")]
    names = [(name, space) for given, _, space in parts for name in given.split(", ") if name in expr or name == wrt]
    return "; ".join(f"{name} in {space}" for name, space in names)


def values_for(where: str) -> dict[str, Any]:
    return {part.partition(" in ")[0]: VALUES[part.partition(" in ")[0]] for part in where.split("; ")}


@pytest.mark.parametrize("expr, wrt, f, by_hand", FIRST, ids=[f"{row[0]} by {row[1]}" for row in FIRST])
def test_first_derivative(expr: str, wrt: str, f: Any, by_hand: str) -> None:
    where = needed(expr, wrt)
    d: Any = matcalc.derivative(expr, wrt, where=where)
    values = values_for(where)
    want = gradient(lambda at: f(at, VALUES), VALUES[wrt])
    np.testing.assert_allclose(d.evaluate(values), want, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(matcalc.parse(d.text, where=d.where).evaluate(values), want, rtol=1e-9, atol=1e-10)
    assert any(f"the entries of {wrt} count as free" in note for note in d.assumptions)
    if by_hand:
        book = matcalc.parse(by_hand, where=WHERE)
        np.testing.assert_allclose(np.ravel(book.evaluate(VALUES)), np.ravel(want), rtol=1e-9, atol=1e-10)


SHORT = [pytest.param(expr, wrt, by_hand, id=f"{expr} by {wrt}") for expr, wrt, _, by_hand in FIRST if by_hand]


@pytest.mark.parametrize("expr, wrt, by_hand", SHORT)
def test_the_property_shortens_the_result(expr: str, wrt: str, by_hand: str) -> None:
    d: Any = matcalc.derivative(expr, wrt, where=needed(expr, wrt))
    assert len(d.text) <= len(by_hand), f"longer than by hand: {d.text}"


@pytest.mark.parametrize("expr, wrt, f", SECOND, ids=[f"{row[0]} by {row[1]}" for row in SECOND])
def test_second_derivative(expr: str, wrt: str, f: Any) -> None:
    """The property waits for the last derivative: the first is not simplified by it."""
    where = needed(expr, wrt)
    d: Any = matcalc.derivative(expr, wrt, where=where, order=2)
    want = hessian(lambda at: f(at, VALUES), VALUES[wrt])
    np.testing.assert_allclose(d.evaluate(values_for(where)), want, rtol=1e-6, atol=1e-7)


def test_mixed_second_derivative() -> None:
    d: Any = matcalc.derivative("x^T S^2 x", ["x", "S"], where=needed("x^T S^2 x", "S"), order=2)

    def by_x(S: np.ndarray) -> np.ndarray:
        return (S @ S + (S @ S).T) @ VALUES["x"]

    np.testing.assert_allclose(d.evaluate({"x": VALUES["x"], "S": VALUES["S"]}), gradient(by_x, VALUES["S"]), rtol=1e-9)


def test_the_property_of_another_name_acts_at_once() -> None:
    d: Any = matcalc.derivative("x^T S x", "x", where="x in R^n; S in R^{n x n} symmetric")
    assert d.text == "2 x^T S" and not any("count as free" in note for note in d.assumptions)
