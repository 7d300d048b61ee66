"""Functions known by their sets alone, put to the test as functions that are known: phi = sin, f(x) = exp(a^T x), F(X) = X M X^T …"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.errors import ShapeError, UsageError

RNG = np.random.default_rng(11)
SIZES = {"m": 2, "n": 3, "p": 4, "q": 5}
VALUES: dict[str, Any] = {
    name: RNG.uniform(-1, 1, shape)
    for name, shape in {
        **{"x": 3, "u": 3, "w": 3, "b": 2, "y": 2, "v": 4, "a": 4, "A": (2, 3), "B": (3, 2), "X": (2, 3), "E": (2, 3), "C": (4, 4)},
        **{"L": (2, 2), "R": (3, 3)},
    }.items()
}
VALUES |= {"s": 0.7, "t": 0.4}
SLOPE, MIXED, LEFT, RIGHT, MIDDLE = (RNG.uniform(-1, 1, s) for s in (3, (2, 3), (4, 2), (3, 4), (2, 3)))


def vec(X: Any) -> Any:
    return np.ravel(X, order="F")


# The functions, and their derivatives as the book says: the row f', the Jacobian g', F' for stacked columns.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{"phi": math.sin, "phi'": math.cos, "phi''": lambda t: -math.sin(t)},
    **{"psi": math.exp, "psi'": math.exp, "psi''": math.exp},
    "f": lambda x: math.exp(SLOPE @ x),
    "f'": lambda x: math.exp(SLOPE @ x) * SLOPE,
    "f''": lambda x: math.exp(SLOPE @ x) * np.outer(SLOPE, SLOPE),
    "h": lambda x: 2 + x @ x,
    "h'": lambda x: 2 * x,
    "h''": lambda x: 2 * np.eye(len(x)),
    "g": lambda x: np.sin(MIXED @ x),
    "g'": lambda x: np.cos(MIXED @ x)[:, None] * MIXED,
    "g''": lambda x: -np.einsum("i,ij,ik->ijk", np.sin(MIXED @ x), MIXED, MIXED),
    "k": lambda y: float(np.sum(y**3)),
    "k'": lambda y: 3 * y**2,
    "k''": lambda y: np.diag(6 * y),
    "c": lambda t: np.array([math.sin(t), t**2, math.exp(t)]),
    "c'": lambda t: np.array([math.cos(t), 2 * t, math.exp(t)]),
    "c''": lambda t: np.array([-math.sin(t), 2, math.exp(t)]),
    "T": lambda X: float(np.sum(MIDDLE * np.exp(X))),
    "T'": lambda X: MIDDLE * np.exp(X),
    "T''": lambda X: np.diag(vec(MIDDLE * np.exp(X))),
    "F": lambda X: 2 * np.eye(4) + LEFT @ np.sin(X) @ RIGHT,
    "F'": lambda X: np.kron(RIGHT.T, LEFT) @ np.diag(vec(np.cos(X))),
    "G": lambda X: np.cos(X),
    "G'": lambda X: -np.diag(vec(np.sin(X))),
}
SETS = (
    "phi: R -> R; psi: R -> R; f: R^n -> R; h: R^n -> R; g: R^n -> R^m; k: R^m -> R; c: R -> R^n; T: R^{m x n} -> R; "
    "F: R^{m x n} -> R^{p x p}; G: R^{m x n} -> R^{m x n}"
)


def declared(*names: str) -> str:
    return "; ".join(d for d in SETS.split("; ") if d.partition(":")[0] in names)


def difference(value: Callable[[Mapping[str, Any]], Any], at: str, h: float = 1e-5) -> Any:
    """The derivative by central differences, the indices of the variable last."""
    x = np.asarray(VALUES[at], dtype=float)
    columns = []
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        columns.append((np.asarray(value({**VALUES, at: x + step})) - np.asarray(value({**VALUES, at: x - step}))) / (2 * h))
    return np.stack(columns, axis=-1).reshape((*columns[0].shape, *x.shape))


# Expression, variable, what is declared, the value, the answer.
FIRST: list[tuple[str, str, str, Callable[[Mapping[str, Any]], Any], str]] = [
    ("phi(A x + b)", "x", declared("phi"), lambda v: np.sin(v["A"] @ v["x"] + v["b"]), "diag(phi'(A x + b)) A"),
    ("sum(phi(X))", "X", declared("phi"), lambda v: np.sum(np.sin(v["X"])), "phi'(X)"),
    ("phi(x^T) R", "x", declared("phi"), lambda v: np.sin(v["x"]) @ v["R"], "R^T diag(phi'(x))"),
    ("psi(phi(t))", "t", declared("phi", "psi") + "; t in R", lambda v: np.exp(np.sin(v["t"])), "psi'(phi(t)) phi'(t)"),
    ("phi(w) .* psi(x)", "w", declared("phi", "psi"), lambda v: np.sin(v["w"]) * np.exp(v["x"]), "diag(phi'(w) .* psi(x))"),
    ("phi(w) .* psi(x)", "x", declared("phi", "psi"), lambda v: np.sin(v["w"]) * np.exp(v["x"]), "diag(phi(w) .* psi'(x))"),
    ("phi(w) - psi(x)", "x", declared("phi", "psi"), lambda v: np.sin(v["w"]) - np.exp(v["x"]), "-diag(psi'(x))"),
    # the rules of Mathematics for Machine Learning, (5.46)-(5.48)
    ("f(x) h(x)", "x", declared("f", "h"), lambda v: FUNCTIONS["f"](v["x"]) * FUNCTIONS["h"](v["x"]), "f(x) h'(x) + h(x) f'(x)"),
    ("f(x) + h(x)", "x", declared("f", "h"), lambda v: FUNCTIONS["f"](v["x"]) + FUNCTIONS["h"](v["x"]), "f'(x) + h'(x)"),
    ("k(g(x))", "x", declared("k", "g"), lambda v: FUNCTIONS["k"](FUNCTIONS["g"](v["x"])), "k'(g(x)) g'(x)"),
    ("f(c(t))", "t", declared("f", "c") + "; t in R", lambda v: FUNCTIONS["f"](FUNCTIONS["c"](v["t"])), "f'(c(t)) c'(t)"),
    ("g(R x)", "x", declared("g"), lambda v: FUNCTIONS["g"](v["R"] @ v["x"]), "g'(R x) R"),
    ("||g(x) - y||^2", "x", declared("g"), lambda v: np.sum((FUNCTIONS["g"](v["x"]) - v["y"]) ** 2), "2 (g(x) - y)^T g'(x)"),
    ("log(h(x))", "x", declared("h"), lambda v: math.log(FUNCTIONS["h"](v["x"])), "h'(x)/h(x)"),
    ("T(L X R)", "X", declared("T"), lambda v: FUNCTIONS["T"](v["L"] @ v["X"] @ v["R"]), "L^T T'(L X R) R^T"),
    # (5.99)-(5.102): the derivative as a linear map
    ("F(X)^T", "X", declared("F"), lambda v: FUNCTIONS["F"](v["X"]).T, "dX -> F'(X, dX)^T"),
    ("tr(F(X))", "X", declared("F"), lambda v: np.trace(FUNCTIONS["F"](v["X"])), "dX -> tr(F'(X, dX))"),
    ("det(F(X))", "X", declared("F"), lambda v: np.linalg.det(FUNCTIONS["F"](v["X"])), "dX -> det(F(X)) tr(F(X)^-1 F'(X, dX))"),
    ("F(X)^-1", "X", declared("F"), lambda v: np.linalg.inv(FUNCTIONS["F"](v["X"])), "dX -> -F(X)^-1 F'(X, dX) F(X)^-1"),
    ("F(G(X))", "X", declared("F", "G"), lambda v: FUNCTIONS["F"](np.cos(v["X"])), "dX -> F'(G(X), G'(X, dX))"),
    ("F(L X R)", "X", declared("F"), lambda v: FUNCTIONS["F"](v["L"] @ v["X"] @ v["R"]), "dX -> F'(L X R, L dX R)"),
    ("v^T F(X) a", "X", declared("F"), lambda v: v["v"] @ FUNCTIONS["F"](v["X"]) @ v["a"], "dX -> v^T F'(X, dX) a"),
]


@pytest.mark.parametrize("text, wrt, where, value, answer", FIRST, ids=[f"{t} by {w}" for t, w, *_ in FIRST])
def test_first_derivatives(text: str, wrt: str, where: str, value: Callable[[Mapping[str, Any]], Any], answer: str) -> None:
    wanted = difference(value, wrt)
    for notation in ("auto", "index", "kron", "differential"):
        d = matcalc.derivative(text, wrt, where=where, notation=notation)
        assert not isinstance(d, list)
        assert d.verified == "verified"
        if notation == "auto":
            assert d.text == answer
        given = known(d)
        np.testing.assert_allclose(d.evaluate(given), wanted, rtol=1e-6, atol=1e-8)
        for form in (d.text, d.latex):
            again = matcalc.parse(form, where=d.where).evaluate(given)
            np.testing.assert_allclose(np.ravel(again), np.ravel(wanted), rtol=1e-6, atol=1e-8)


def known(d: matcalc.Derivative) -> dict[str, Any]:
    """The values and functions that a derivative may need, and the sizes that do not follow from them."""
    where = d.where
    found = {n: v for n, v in VALUES.items() if f"{n} in" in where or f"{n}," in where}
    follow = {c for part in where.split("; ") if part.partition(" in ")[0] in found for c in part.partition(" in ")[2]}
    letters = {c for part in where.split("; ") if ":" in part for c in part.partition(":")[2]}
    functions = {n: f for n, f in FUNCTIONS.items() if f"{n.rstrip(chr(39))}:" in where}
    return {**functions, **found, **{n: k for n, k in SIZES.items() if n in letters - follow and n in _used(d)}}


def _used(d: matcalc.Derivative) -> set[str]:
    from matcalc.expressions.expr import postorder

    inside = {n for e in postorder(d._tensor.expressions()) for s in e.shape for n in s.names()}
    return inside | {n for shape in d._tensor.shapes for s in shape for n in s.names()}


SECOND = [
    ("f(x)", "x", declared("f"), lambda v: FUNCTIONS["f'"](v["x"]), "f''(x)"),
    ("sum(phi(x))", "x", declared("phi"), lambda v: np.cos(v["x"]), "diag(phi''(x))"),
    ("k(B^T x)", "x", declared("k"), lambda v: v["B"] @ FUNCTIONS["k'"](v["B"].T @ v["x"]), "B k''(B^T x) B^T"),
    (
        "k(g(x))",
        "x",
        declared("k", "g"),
        lambda v: FUNCTIONS["k'"](FUNCTIONS["g"](v["x"])) @ FUNCTIONS["g'"](v["x"]),
        "g'(x)^T k''(g(x)) g'(x) + (I_n ⊗ k'(g(x))) g''(x)",
    ),
    ("T(X)", "X", declared("T"), lambda v: FUNCTIONS["T'"](v["X"]), "J[i,j,k,l] = T''(X)[(j,i),(l,k)]"),
    ("u^T c(t)", "t", declared("c") + "; t in R", lambda v: v["u"] @ FUNCTIONS["c'"](v["t"]), "u^T c''(t)"),
]


@pytest.mark.parametrize("text, wrt, where, first, answer", SECOND, ids=[t for t, *_ in SECOND])
def test_second_derivatives(text: str, wrt: str, where: str, first: Callable[[Mapping[str, Any]], Any], answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where, order=2)
    assert not isinstance(d, list)
    assert d.text == answer
    given = known(d)
    wanted = difference(first, wrt)
    np.testing.assert_allclose(d.evaluate(given), wanted, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(np.ravel(matcalc.parse(d.text, where=d.where).evaluate(given)), np.ravel(wanted), rtol=1e-5, atol=1e-7)


def test_a_third_derivative_has_stacked_indices() -> None:
    d = matcalc.derivative("f(x)", "x", where="f: R^n -> R", order=3)
    assert d.text == "J[i,j,k] = f'''(x)[(j,i),k]"
    third = math.exp(SLOPE @ VALUES["x"]) * np.einsum("i,j,k->ijk", SLOPE, SLOPE, SLOPE)
    np.testing.assert_allclose(d.evaluate({"x": VALUES["x"], "f'''": lambda _: third}), third)


def test_the_derivative_along_a_direction() -> None:
    d = matcalc.derivative("F'(X, E)", "E", where=declared("F"))
    assert d.text == "dE -> F'(X, dE)"
    e = matcalc.parse("F'(X, E)", where=declared("F"))
    h = 1e-6
    wanted = (FUNCTIONS["F"](VALUES["X"] + h * VALUES["E"]) - FUNCTIONS["F"](VALUES["X"] - h * VALUES["E"])) / (2 * h)
    np.testing.assert_allclose(
        e.evaluate({"F'": FUNCTIONS["F'"], "X": VALUES["X"], "E": VALUES["E"], "p": 4}), wanted, rtol=1e-7, atol=1e-8
    )


def test_a_callable_may_give_all_indices_or_the_matrix() -> None:
    e = matcalc.parse("F'(X)", where=declared("F"))
    tensor = np.einsum("ia,bj,ab->ijab", LEFT, RIGHT, np.cos(VALUES["X"]))
    given = {"X": VALUES["X"], "p": 4}
    np.testing.assert_allclose(e.evaluate({**given, "F'": lambda _: tensor}), FUNCTIONS["F'"](VALUES["X"]))
    with pytest.raises(ShapeError, match="gave an array of shape"):
        e.evaluate({**given, "F'": lambda _: np.ones(7)})


def test_a_missing_function_is_named() -> None:
    d = matcalc.derivative("phi(x)", "x", where="phi: R -> R; x in R^n")
    with pytest.raises(UsageError, match="phi'"):
        d.evaluate({"x": [1.0, 2.0], "phi": math.sin})
    with pytest.raises(UsageError, match="did not give a number"):
        d.evaluate({"x": [1.0, 2.0], "phi'": lambda t: "?"})


def test_what_a_name_stands_in_for_depends_on_the_name_alone() -> None:
    from matcalc.numbers import standins

    x = np.array([[0.3], [0.5]])
    again = standins.at("f", 0, (1, 1), x, {}, (1, 1))
    assert again == standins.at("f", 0, (1, 1), x, {}, (1, 1)) != standins.at("g", 0, (1, 1), x, {}, (1, 1))


@pytest.mark.parametrize(
    "value, argument", [((1, 1), (3, 1)), ((2, 1), (3, 1)), ((2, 2), (1, 1)), ((2, 3), (2, 2)), ((1, 1), (2, 3)), ((2, 1), (1, 3))]
)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_the_derivatives_of_a_stand_in_are_its_derivatives(value: tuple[int, int], argument: tuple[int, int], order: int) -> None:
    from matcalc.expressions.functions import derivative_shape
    from matcalc.kinds import Dim
    from matcalc.numbers import standins

    def at(x: Any, k: int) -> Any:
        shape = derivative_shape((Dim.of(value[0]), Dim.of(value[1])), (Dim.of(argument[0]), Dim.of(argument[1])), k)
        sizes = (shape[0].value({}), shape[1].value({}))
        return np.reshape(standins.at("f", k, value, x if x.size > 1 else float(x[0, 0]), {}, sizes), sizes)

    x = np.random.default_rng(5).uniform(-1, 1, argument)
    columns = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = 1e-5
        step = step.reshape(argument, order="F")
        columns.append(vec(at(x + step, order) - at(x - step, order)) / 2e-5)
    found = at(x, order + 1)
    wanted = np.array(columns).T
    np.testing.assert_allclose(found.reshape(wanted.shape, order="F"), wanted, rtol=1e-6, atol=1e-8)
