"""Derivatives within declared sets, against directional derivatives along a basis of the set.

The oracle knows nothing of projections: the derivative by an independent entry is the complex-step derivative of a NumPy
function along E_ij + E_ji (symmetric), E_ij - E_ji (skew) or E_ij (diagonal, triangular), and the gradient in the space is
the one matrix in the set whose inner product with each of these directions is that derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import UsageError

N = 4
RNG = np.random.default_rng(7)
Array = Any
A, B = RNG.standard_normal((2, N, N))
x, a, b = RNG.standard_normal((3, N))
PLAIN = RNG.standard_normal((N, N))
SPD = PLAIN @ PLAIN.T / N + np.eye(N)
POINTS: dict[str, Array] = {
    "symmetric": PLAIN + PLAIN.T,
    "spd": SPD,
    "psd": SPD,
    "diagonal": np.diag(RNG.uniform(0.5, 1.5, N)),
    "skew": PLAIN - PLAIN.T,
    "lower": np.tril(PLAIN) + 3 * np.eye(N),
    "upper": np.triu(PLAIN) + 3 * np.eye(N),
}
SETS = {"spd": "symmetric", "psd": "symmetric"}
inv, tr = np.linalg.inv, np.trace


def logdet(X: Array) -> Array:
    """Of a complex matrix near a real one, analytically."""
    return np.log(np.linalg.det(X) * np.sign(np.linalg.det(X).real))


# text, what X is declared to be, the function
CASES: list[tuple[str, str, Callable[[Array], Array]]] = [
    ("tr(A X)", "symmetric", lambda X: tr(A @ X)),
    ("tr(X^T A X)", "symmetric", lambda X: tr(X.T @ A @ X)),
    ("a^T X b", "symmetric", lambda X: a @ X @ b),
    ("x^T X x", "symmetric", lambda X: x @ X @ x),
    ("tr(X A X B)", "symmetric", lambda X: tr(X @ A @ X @ B)),
    ("sum(sin(X))", "symmetric", lambda X: np.sum(np.sin(X))),
    ("||X - A||^2", "symmetric", lambda X: np.sum((X - A) ** 2)),
    ("tr(X^3)", "symmetric", lambda X: tr(X @ X @ X)),
    ("det(X)", "symmetric", np.linalg.det),
    ("logdet(X)", "spd", logdet),
    ("a^T X^-1 b", "spd", lambda X: a @ inv(X) @ b),
    ("x^T X^-1 x + logdet(X)", "spd", lambda X: x @ inv(X) @ x + logdet(X)),
    ("tr(A X^-1)", "psd", lambda X: tr(A @ inv(X))),
    ("tr(A X B)", "diagonal", lambda X: tr(A @ X @ B)),
    ("||A X||^2", "diagonal", lambda X: np.sum((A @ X) ** 2)),
    ("logdet(X)", "diagonal", logdet),
    ("tr(X A X B)", "diagonal", lambda X: tr(X @ A @ X @ B)),
    ("a^T X b", "skew", lambda X: a @ X @ b),
    ("tr(X^T A X)", "skew", lambda X: tr(X.T @ A @ X)),
    ("a^T (I + X)^-1 b", "skew", lambda X: a @ inv(np.eye(N) + X) @ b),
    ("tr(A X)", "lower", lambda X: tr(A @ X)),
    ("||A - X X^T||^2", "lower", lambda X: np.sum((A - X @ X.T) ** 2)),
    ("a^T X^-1 b", "upper", lambda X: a @ inv(X) @ b),
    ("logdet(X)", "upper", logdet),
]
NAMES = [f"{text} {prop}" for text, prop, _ in CASES]
WHERE = "A, B in R^{n x n}; x, a, b in R^n; X in R^{n x n} "
VALUES = {"A": A, "B": B, "x": x, "a": a, "b": b}


def basis(prop: str) -> list[tuple[int, int, Array]]:
    """The independent entries, each with the direction in which it grows."""
    kind = SETS.get(prop, prop)
    found = []
    for i in range(N):
        for j in range(N):
            e = np.zeros((N, N))
            e[i, j] = 1.0
            if kind == "symmetric" and i >= j:
                e[j, i] = 1.0
            elif kind == "skew" and i > j:
                e[j, i] = -1.0
            elif not {"diagonal": i == j, "lower": i >= j, "upper": i <= j}.get(kind, False):
                continue
            found.append((i, j, e))
    return found


def spread(prop: str, entries: dict[tuple[int, int], Array], within: bool, shape: tuple[int, ...] = ()) -> Array:
    """The matrix of derivatives by independent entries, or the element of the set with those inner products."""
    g = np.zeros((*shape, N, N))
    for i, j, e in basis(prop):
        g += entries[i, j].reshape(*shape, 1, 1) * e / (np.sum(e * e) if within else 1.0)
    return g


def gradient(f: Callable[[Array], Array], prop: str, at: Array, within: bool) -> Array:
    entries = {(i, j): np.asarray(np.imag(f(at + 1e-30j * e)) / 1e-30) for i, j, e in basis(prop)}
    return spread(prop, entries, within)


def hessian(f: Callable[[Array], Array], prop: str, at: Array, within: bool) -> Array:
    h = 1e-4
    entries = {}
    for i, j, e in basis(prop):
        up, down = (gradient(f, prop, at + s * h * e, within) for s in (1, -1))
        up2, down2 = (gradient(f, prop, at + 2 * s * h * e, within) for s in (1, -1))
        entries[i, j] = (8 * (up - down) - (up2 - down2)) / (12 * h)
    return spread(prop, entries, within, (N, N))


@pytest.mark.parametrize("convention", ["symmetric-space", "independent"])
@pytest.mark.parametrize("text, prop, f", CASES, ids=NAMES)
def test_the_gradient_within_the_set(text: str, prop: str, f: Callable[[Array], Array], convention: str) -> None:
    d = matcalc.derivative(text, "X", where=WHERE + prop, structured=convention)
    assert isinstance(d, matcalc.Derivative) and d.verified == "verified"
    want = gradient(f, prop, POINTS[prop], convention == "symmetric-space")
    np.testing.assert_allclose(d.evaluate({**VALUES, "X": POINTS[prop]}), want, rtol=1e-8, atol=1e-8)
    for spelled in (d.text, d.latex):
        got = matcalc.parse(spelled, where=d.where).evaluate({**VALUES, "X": POINTS[prop]})
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("convention", ["symmetric-space", "independent"])
@pytest.mark.parametrize("text, prop, f", CASES, ids=NAMES)
def test_the_hessian_within_the_set(text: str, prop: str, f: Callable[[Array], Array], convention: str) -> None:
    d = matcalc.hessian(text, "X", where=WHERE + prop, structured=convention)
    assert d.verified == "verified"
    want = hessian(f, prop, POINTS[prop], convention == "symmetric-space")
    np.testing.assert_allclose(d.evaluate({**VALUES, "X": POINTS[prop]}), want, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("text, prop, f", CASES, ids=NAMES)
def test_without_the_option_the_entries_are_free(text: str, prop: str, f: Callable[[Array], Array]) -> None:
    d = matcalc.derivative(text, "X", where=WHERE + prop)
    assert isinstance(d, matcalc.Derivative)
    want = np.zeros((N, N))
    for i in range(N):
        for j in range(N):
            e = np.zeros((N, N))
            e[i, j] = 1.0
            want[i, j] = np.imag(f(POINTS[prop] + 1e-30j * e)) / 1e-30
    np.testing.assert_allclose(d.evaluate({**VALUES, "X": POINTS[prop]}), want, rtol=1e-8, atol=1e-8)
    assert any("count as free" in note for note in d.assumptions)


@pytest.mark.parametrize(
    "text, declared, convention, printed",
    [
        ("logdet(S)", "S in R^{n x n} spd", "symmetric-space", "S^-1"),
        ("logdet(S)", "S in R^{n x n} spd", "independent", "2 S^-1 - S^-1 .* I"),
        ("x^T S x", "S in S^n", "symmetric-space", "x x^T"),
        ("x^T S x", "S in S^n", "independent", "2 x x^T - diag(x.^2)"),
        ("tr(A S)", "S in S^n", "symmetric-space", "(A + A^T)/2"),
        ("tr(A S)", "S in S^n", "independent", "A + A^T - A .* I"),
        ("tr(A S)", "S in R^{n x n} skew", "symmetric-space", "(A^T - A)/2"),
        ("tr(A S)", "S in R^{n x n} skew", "independent", "A^T - A"),
        ("tr(A S)", "S in R^{n x n} diagonal", "symmetric-space", "A .* I"),
        ("tr(A S)", "S in R^{n x n} lower", "symmetric-space", "tril(A^T)"),
        ("tr(A S)", "S in R^{n x n} upper", "independent", "triu(A^T)"),
        ("tr(S^2)", "S in R^{n x n} symmetric diagonal", "symmetric-space", "2 S"),
    ],
)
def test_as_it_is_printed(text: str, declared: str, convention: str, printed: str) -> None:
    d = matcalc.derivative(text, "S", where=declared, structured=convention)
    assert isinstance(d, matcalc.Derivative)
    assert d.text == printed


def test_the_set_is_named_in_the_answer() -> None:
    where = "S in S^n; x in R^n"
    space = matcalc.grad("x^T S x", "S", where=where, structured="symmetric-space")
    assert any("gradient in the symmetric space" in note for note in space.assumptions)  # type: ignore[union-attr]
    independent = matcalc.grad("x^T S x", "S", where=where, structured="independent")
    assert any("independent entries of the symmetric S" in note for note in independent.assumptions)  # type: ignore[union-attr]


def test_of_several_variables_those_with_a_set_stay_in_it() -> None:
    both = matcalc.derivative("x^T S^-1 x", ["x", "S"], where="S in R^{n x n} spd; x in R^n", structured="independent")
    assert [d.text for d in both] == ["2 x^T S^-1", "(S^-1 x x^T S^-1) .* I - 2 S^-1 x x^T S^-1"] or len(both) == 2  # type: ignore[union-attr]
    assert "free" not in " ".join(both[1].assumptions[1:])  # type: ignore[index]


def test_a_mixed_second_derivative_is_projected_on_its_own_side() -> None:
    d = matcalc.derivative("x^T S x", ["x", "S"], where="S in S^n; x in R^n", order=2, structured="symmetric-space")
    assert isinstance(d, matcalc.Derivative)
    eye = np.eye(N)
    want = np.einsum("ij,k->ijk", eye, x) + np.einsum("ik,j->ijk", eye, x)
    np.testing.assert_allclose(d.evaluate({"x": x, "S": POINTS["symmetric"]}), want, atol=1e-12)


@pytest.mark.parametrize("text", ["||singvec(S)||", "||singvec(S) - exp(s)||"])
def test_a_derivative_of_rounding_alone_is_in_the_set(text: str) -> None:
    """It was refused, since the numbers that rounding leaves of a zero are no symmetric matrix."""
    assert matcalc.derivative(text, "S", where="S in R^{m x m} spd; s in R", structured="symmetric-space").check is not None


@pytest.mark.parametrize(
    "text, wrt, where, message",
    [
        ("tr(A X)", "X", "", "no structure"),
        ("x^T x", "x", "", "no structure"),
        ("tr(P A)", "P", "P in R^{n x n} idempotent", "idempotent"),
    ],
)
def test_what_has_no_linear_set_is_refused(text: str, wrt: str, where: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matcalc.derivative(text, wrt, where=where, structured="symmetric-space")


@pytest.mark.parametrize(
    "text, wrt, where, gradient",
    [("u^T a", "u", "u in R^n unit", "a - (a^T u) u"), ("tr(A Q)", "Q", "Q in R^{n x n} orthogonal", "(A^T - Q A Q)/2")],
)
def test_a_curved_set_has_the_riemannian_gradient(text: str, wrt: str, where: str, gradient: str) -> None:
    d = matcalc.derivative(text, wrt, where=where, structured="symmetric-space")
    assert d.text in (gradient, gradient.replace("(a^T u)", "(u^T a)")) and d.verified == "verified"


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(UsageError, match="symmetric-space or independent"):
        matcalc.derivative("tr(S)", "S", where="S in S^n", structured="free")


def test_on_the_command_line() -> None:
    command = ("d", "logdet(S)", "--wrt", "S", "--where", "S in R^{n x n} spd")
    assert run(*command, "--structured").out == "S^-1\n"
    assert run(*command, "--structured", "independent").out == "2 S^-1 - S^-1 .* I\n"
    assert run(*command, "--structured=independent").out == "2 S^-1 - S^-1 .* I\n"
    outcome = run("d", "tr(A X)", "--wrt", "X", "--structured")
    assert outcome.code == 2 and "declare it" in outcome.err
