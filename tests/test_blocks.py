"""Matrices of blocks: their values, their derivatives against differences of the same written with NumPy, and what is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.errors import MatcalcError, UsageError
from matcalc.expressions.blocks import gathered, selection
from matcalc.expressions.build import add, block, eye, matmul, ones, symbol, transpose, zeros
from matcalc.kinds import ONE, Dim
from matcalc.numbers.numeric import evaluate

M, N, P = (Dim.of(c) for c in "mnp")
RNG = np.random.default_rng(3)
Values = Mapping[str, Any]
SHAPES: dict[str, tuple[int, ...]] = {
    **{"x": (3,), "y": (2,), "z": (3,), "b": (2,), "w": (4,), "A": (2, 3), "B": (2, 2), "C": (4, 3), "D": (4, 2), "X": (2, 3), "S": (5, 5)},
    **{"P": (3, 3), "Q": (2, 2), "R": (3, 2), "K": (2, 4)},
}
VALUES: dict[str, Any] = {name: RNG.uniform(-1, 1, shape) for name, shape in SHAPES.items()} | {"s": 0.8}
VALUES["P"], VALUES["Q"] = np.eye(3) * 3 + VALUES["P"], np.eye(2) * 3 + VALUES["Q"]


def difference(value: Callable[[Values], Any], at: str, h: float = 1e-5) -> Any:
    x = np.asarray(VALUES[at], dtype=float)
    columns = []
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        columns.append((np.asarray(value({**VALUES, at: x + step})) - np.asarray(value({**VALUES, at: x - step}))) / (2 * h))
    return np.stack(columns, axis=-1).reshape((*columns[0].shape, *x.shape))


def column(*parts: Any) -> Any:
    return np.concatenate([np.atleast_1d(p) for p in parts])


VECTORS = "x, z in R^n; y in R^m"
CASES: list[tuple[str, str, str, Callable[[Values], Any], str]] = [
    ("h = [x; 1]; w^T h", "w", "x in R^n; w in R^{n + 1}", lambda v: v["w"] @ column(v["x"], 1), "h = [x; 1]; h^T"),
    ("h = [x; 1]; w^T h", "x", "x in R^n; w in R^{n + 1}", lambda v: v["w"] @ column(v["x"], 1), "w^T [I_n; 0_{1 x n}]"),
    ("[A x; b]", "x", "b in R^m", lambda v: column(v["A"] @ v["x"], v["b"]), "[A; 0_{m x n}]"),
    ("[x; A x]", "x", VECTORS, lambda v: column(v["x"], v["A"] @ v["x"]), "[I_n; A]"),
    ("[x; y; x]", "x", VECTORS, lambda v: column(v["x"], v["y"], v["x"]), "[I_n; 0_{m x n}; I_n]"),
    ("K [x; 1]", "x", "x in R^n", lambda v: v["K"] @ column(v["x"], 1), "K [I_n; 0_{1 x n}]"),
    ("[z; s]^T [x; 1]", "z", VECTORS + "; s in R", lambda v: v["z"] @ v["x"] + v["s"], "x^T"),
    ("[z; s]^T [x; 1]", "s", VECTORS + "; s in R", lambda v: v["z"] @ v["x"] + v["s"], "1"),
    ("[A, B; C, D] [x; y]", "x", VECTORS, lambda v: column(v["A"] @ v["x"] + v["B"] @ v["y"], v["C"] @ v["x"] + v["D"] @ v["y"]), "[A; C]"),
    ("||[A, B]||_F^2", "A", "A in R^{m x n}; B in R^{m x p}", lambda v: np.sum(v["A"] ** 2) + np.sum(v["B"] ** 2), "2 A"),
    ("exp([x; y])", "y", VECTORS, lambda v: np.exp(column(v["x"], v["y"])), "diag(exp([x; y])) [0_{n x m}; I_m]"),
    (
        "[X, y]",
        "X",
        "y in R^m; X in R^{m x n}",
        lambda v: np.hstack([v["X"], v["y"][:, None]]),
        "J[i,j,k,l] = delta[i,k] [I_n; 0_{1 x n}][j,l]",
    ),
    (
        "log(det([P, R; R^T, Q]))",
        "P",
        "P in R^{n x n}; Q in R^{m x m}",
        lambda v: np.log(np.linalg.det(np.block([[v["P"], v["R"]], [v["R"].T, v["Q"]]]))),
        "[I_n; 0_{m x n}]^T [P, R; R^T, Q]^-T [I_n; 0_{m x n}]",
    ),
    (
        "||[X; s I] x - [y; 0]||^2",
        "x",
        VECTORS + "; s in R",
        lambda v: np.sum((column(v["X"] @ v["x"], v["s"] * v["x"]) - column(v["y"], np.zeros(3))) ** 2),
        "2 ([X; s I_n] x - [y; 0_n])^T [X; s I_n]",
    ),
]


@pytest.mark.parametrize("text, wrt, where, value, answer", CASES, ids=[f"{t} by {w}" for t, w, *_ in CASES])
def test_derivatives(text: str, wrt: str, where: str, value: Callable[[Values], Any], answer: str) -> None:
    wanted = difference(value, wrt)
    for notation in ("auto", "index", "kron", "differential"):
        d = matcalc.derivative(text, wrt, where=where, notation=notation)
        assert not isinstance(d, list)
        assert d.verified == "verified"
        if notation == "auto":
            assert d.text == answer
        given = {n: v for n, v in VALUES.items() if n in d._scope.symbols}
        np.testing.assert_allclose(d.evaluate(given), wanted, rtol=1e-6, atol=1e-8)
        for form in (d.text, d.latex):
            again = matcalc.parse(form, where=d.where).evaluate(given)
            np.testing.assert_allclose(np.ravel(again), np.ravel(wanted), rtol=1e-6, atol=1e-8)


def test_a_hessian() -> None:
    d = matcalc.derivative("z = [x; y]; z^T S z", "x", where="x in R^n; y in R^m; S in R^{n + m x n + m}", order=2)
    assert not isinstance(d, list)
    S = VALUES["S"][:3, :3]
    given = {n: VALUES[n] for n in ("x", "y", "S")}
    np.testing.assert_allclose(d.evaluate(given), S + S.T)


def test_a_name_bound_to_blocks_is_no_variable() -> None:
    with pytest.raises(UsageError, match="what it is made of"):
        matcalc.derivative("z = [x; 1]; z^T z", "z", where="x in R^n")


@pytest.mark.parametrize(
    "text, where, shape",
    [
        ("[x; 1]", "x in R^n", ("n + 1", "1")),
        ("[A, b]", "A in R^{m x n}; b in R^m", ("m", "n + 1")),
        ("[A, 0; 0, B]", "A in R^{m x n}; B in R^{p x q}", ("m + p", "n + q")),
        ("[x; 0]", "x in R^n", ("n + 1", "1")),
        ("[x^T, 1]", "x in R^n", ("1", "n + 1")),
        ("[Q x; 0]^T [Q, a; a^T, 0]^-1", "Q in S^n; x, a in R^n", ("1", "n + 1")),  # the 0 has the height of the number beside it
        ("[Q x; 0]^T [Q, A^T; A, 0]", "Q in S^n; x in R^n; A in R^{m x n}", ("1", "m + n")),
        ("[x; y]", "", ("2", "1")),  # undeclared small letters in a matrix written out are numbers
        ("[A; B]", "", ("m + p", "n")),
        ("[A x; b]", "", ("m + 1", "1")),
    ],
)
def test_shapes(text: str, where: str, shape: tuple[str, str]) -> None:
    e = matcalc.parse(text, where=where)
    assert e.shape == shape
    assert matcalc.parse(e.text, where=e.where).expr is e.expr
    assert matcalc.parse(e.latex, where=e.where).expr is e.expr


@pytest.mark.parametrize("text, where", [("[A; x]", "A in R^{m x n}; x in R^m"), ("[A, B; C]", "A, B, C in R^{m x n}")])
def test_blocks_that_do_not_fit(text: str, where: str) -> None:
    with pytest.raises(MatcalcError):
        matcalc.parse(text, where=where)


# ---------------------------------------------------------------------------------------------- the constructors


def test_one_identity_among_zeros_selects() -> None:
    s = block(3, 1, [zeros(M, N), eye(N), zeros(P, N)])
    assert s is selection(M, (M + N + P, N))
    np.testing.assert_array_equal(evaluate(s, {}, {"m": 2, "n": 3, "p": 1}), np.eye(6, 3, -2))
    assert selection(Dim.of(0), (N, N)) is eye(N)


def test_a_selection_picks_its_block() -> None:
    A, B = symbol("A", (M, P)), symbol("B", (N, P))
    whole = block(2, 1, [A, B])
    top, bottom = selection(Dim.of(0), (M + N, M)), selection(M, (M + N, N))
    assert matmul(transpose(top), whole) is A
    assert matmul(transpose(bottom), whole) is B
    assert matmul(transpose(whole), bottom) is transpose(B)
    assert matmul(transpose(top), bottom) is zeros(M, N)
    assert matmul(transpose(top), top) is eye(M)


def test_a_sum_of_placed_blocks_is_gathered() -> None:
    A, B = symbol("A", (M, P)), symbol("B", (N, P))
    top, bottom = selection(Dim.of(0), (M + N, M)), selection(M, (M + N, N))
    placed = add(matmul(top, A), matmul(bottom, B))
    assert gathered(placed) is block(2, 1, [A, B])
    assert gathered(matmul(bottom, B)) is block(2, 1, [zeros(M, P), B])
    assert gathered(A) is None


def test_numbers_are_a_matrix_written_out() -> None:
    assert block(2, 1, [ones(ONE), symbol("s")]).op.name == "literal"
