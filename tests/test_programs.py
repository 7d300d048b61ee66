r"""Program text, fonts, primes: what NumPy, Julia, Mathematica and papers write, by values."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

RNG = np.random.default_rng(3)
A, B = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3))
x, y, u = (RNG.normal(size=3) for _ in range(3))
VALUES = {"A": A, "B": B, "x": x, "y": y, "u": u}

MEANT = {
    "np.linalg.inv(A) @ x": np.linalg.solve(A, x),
    "A.inv()*x": np.linalg.solve(A, x),
    "A.T*x": A.T @ x,
    "A.transpose()*x": A.T @ x,
    "x.A.x": x @ A @ x,
    "Tr[A.B]": np.trace(A @ B),
    "Transpose[A].x": A.T @ x,
    "x.T.dot(A).dot(x)": x @ A @ x,
    "np.dot(A, x)": A @ x,
    "np.dot(x, y)": x @ y,
    "x @ y": x @ y,
    "A.dot(B).T @ x": A.dot(B).T @ x,
    "A.dot(B).inv() @ x": np.linalg.inv(A @ B) @ x,
    "x.dot(A.dot(y))": x.dot(A.dot(y)),
    "A.dot(x).norm()": np.linalg.norm(A @ x),
    "((A @ x - y)**2).sum()": np.sum((A @ x - y) ** 2),
    "((A @ x - y)**2).mean()": np.mean((A @ x - y) ** 2),
    "x.pow(2).sum()": np.sum(x**2),
    "np.exp(x).sum()": np.sum(np.exp(x)),
    "A.T.matmul(B).trace() * (A @ x)": np.trace(A.T @ B) * (A @ x),
    "B @ x.exp()": B @ np.exp(x),
    "2*x.sum()": 2 * np.sum(x),
    "A.det() * (A @ x)": np.linalg.det(A) * (A @ x),
    "[1 2 3; 4 5 6; 7 8 -9]*x": np.array([[1, 2, 3], [4, 5, 6], [7, 8, -9]]) @ x,
    "[1 -2 .5]*x": np.array([1, -2, 0.5]) @ x,
    "F.softmax(A @ x, dim=-1)": np.exp(A @ x) / np.exp(A @ x).sum(),
    "x @ A @ y": x @ A @ y,
    "x @ A + y": x @ A + y,
    "np.sum((A @ x - y)**2)": np.sum((A @ x - y) ** 2),
    "np.mean((A.dot(x) - y)**2)": np.mean((A.dot(x) - y) ** 2),
    "np.sum(A**2)": np.sum(A**2),
    **{
        f'np.einsum("{spec}", {", ".join(names)})': np.einsum(spec, *(VALUES[n] for n in names))
        for spec, names in {
            "ij,j->i": "Ax",
            "i,ij,j->": "xAy",
            "ij,jk->ik": "AB",
            "ij,kj,k->i": "ABx",
            "ij,ij->": "AB",
            "ij,ij->i": "AB",
            "ij,ji->j": "AB",
            "ii": "A",
            "ij,jj->i": "AB",
            "ij": "A",
            "ba": "A",
            "ij->j": "A",
            "ij->ji": "A",
            "i,j->ji": "xy",
            "ij,i->ij": "Ax",
            "ij,i,j->ji": "Axy",
            "i,i,i->": "xyu",
            "ij,jk,ik->": "ABA",
            "ij,ik,il->i": "ABA",
            "ij,kl->jl": "AB",
            "i,j": "xy",
        }.items()
    },
    "np.outer(x, y)": np.outer(x, y),
    "np.multiply(x, y)": x * y,
    "np.exp(A) @ x": np.exp(A) @ x,
    "np.sum(np.tanh(A @ x))": np.sum(np.tanh(A @ x)),
    "np.trace(A @ B)": np.trace(A @ B),
    "np.linalg.solve(A, x)": np.linalg.solve(A, x),
    "A @ x + np.pi * x": A @ x + np.pi * x,
    "sum(abs2, x .- y)": np.sum((x - y) ** 2),
    "sum(exp, x)": np.sum(np.exp(x)),
    "transpose(A)*x": A.T @ x,
    "A'*x": A.T @ x,
    "cross(x, y)": np.cross(x, y),
    r"\vec x \times \vec y": np.cross(x, y),
    r"|\vec x \times \vec y|^2": np.sum(np.cross(x, y) ** 2),
    "(𝐱^T 𝐲)^2": (x @ y) ** 2,
    "ｘ^T （A ｘ）": x @ A @ x,
}


@pytest.mark.parametrize(("text", "expected"), MEANT.items())
def test_program_text_has_the_value_that_the_program_gives(text: str, expected: np.ndarray) -> None:
    e = matcalc.parse(text)
    names = {part.partition(" in ")[0] for part in e.where.split("; ")}
    got = e.evaluate({n: v for n, v in VALUES.items() if n in names})
    assert np.allclose(np.squeeze(got), expected)


def test_the_identity_of_a_program() -> None:
    assert np.array_equal(matcalc.parse("np.eye(n) + A").evaluate({"A": A}), np.eye(3) + A)
    assert np.array_equal(matcalc.parse("Identity(n)*A").evaluate({"A": A}), A)


def test_runs_of_letters_with_digits_are_names() -> None:
    e = matcalc.parse("W1*x0 + b1")
    assert e.text == "W_1 x_0 + b_1"
    assert matcalc.derivative("W1*x0 + b1", "x0").text == "W_1"
    assert matcalc.derivative("(w1*x - y)**2", "w1", where="w1, x, y in R").text == "2 x (w_1 x - y)"
    assert matcalc.derivative("loss*2 + x0", "loss").text == "2"


def test_a_prime_is_a_name_where_transposes_are_written_otherwise() -> None:
    d = matcalc.derivative("exp(-(x - x')^T (x - x'))", "x")
    assert "x_{prime} in R^n" in d.where and any("a name of its own" in str(a) for a in d.assumptions)
    assert matcalc.derivative("x' A x", "x").text == "x^T (A + A^T)"


def test_bold_tells_vectors_from_numbers() -> None:
    found = matcalc.parse(r"\mathbf{x}^T A \mathbf{x} + c \mathbf{b}^T \mathbf{x}").where
    assert found == "x in R^n; A in R^{n x n}; c in R; b in R^n"
    assert matcalc.parse(r"\vec{x} + b").where == "x in R^n; b in R^n"


@pytest.mark.parametrize(
    "text", ["np.foo(x)", "einsum('bij,bjk->bik', A)", "einsum('ij')", "x @ 2", "np.sum(A, axis=0)", "A.frobnicate()", ".sum() * x"]
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(matcalc.MatcalcError):
        matcalc.parse(text)


@pytest.mark.parametrize("text", ["[x y; y x]", "[a_1 b; c d] v", "[2 x; x y]"])
def test_blanks_between_names_in_a_matrix_are_columns_or_products(text: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match="columns, or factors") as found:
        matcalc.parse(text)
    assert "[" in (found.value.suggestion or "")


def test_rows_of_products_stay_products() -> None:
    assert matcalc.parse("[3 x_1^2 x_2; 2 x_1 + x_2^8]").text == "[3 x_1^2 x_2; 2 x_1 + x_2^8]"
    assert matcalc.parse("[1 - 2; 3 - 4]").text == matcalc.parse("[-1; -1]").text
