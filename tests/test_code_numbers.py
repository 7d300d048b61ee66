"""Emitted code in floating point: extreme arguments, ill-conditioned matrices, single precision over the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from corpus import draws
from emitted import CONSOLES, LANGUAGES, PYTHON, call, caster, installed, load, program_in, run_in
from test_code import CASES, derivative

import matcalc
from matcalc.codegen.program import first_name
from matcalc.expressions.expr import postorder

BIG = np.array([800.0, -800.0, 0.0])
ONE_OF = np.array([0.0, 1.0, 0.0])

# Expression, variable, declarations, inputs, value, gradient.
EXTREME: list[tuple[str, str, str, dict[str, Any], Any, Any]] = [
    ("sum(log(1 + exp(x)))", "x", "x in R^n", {"x": BIG}, 800 + np.log(2), [1, 0, 0.5]),
    ("log(sum(exp(x)))", "x", "x in R^n", {"x": BIG}, 800, [1, 0, 0]),
    ("-log(sigmoid(w^T x))", "w", "x, w in R^n", {"x": -BIG, "w": BIG}, 1.28e6, BIG),
    ("log(1 - sigmoid(w^T x))", "w", "x, w in R^n", {"x": BIG, "w": BIG}, -1.28e6, -BIG),
    ("-sum(y .* log(sigmoid(x)) + (1 - y) .* log(1 - sigmoid(x)))", "x", "x, y in R^n", {"x": BIG, "y": ONE_OF}, 1600 + np.log(2),
     [1, -1, 0.5]),
    ("-y^T log(softmax(x))", "x", "x, y in R^n", {"x": BIG, "y": ONE_OF}, 1600, [1, -1, 0]),
    ("-log(softmax(x)_2)", "x", "x in R^n", {"x": BIG}, 1600, [1, -1, 0]),
    ("y^T exp(x)/sum(exp(x))", "x", "x, y in R^n", {"x": BIG, "y": np.ones(3)}, 1, [0, 0, 0]),
    ("sum(1 ./ (1 + exp(-x)))", "x", "x in R^n", {"x": BIG}, 1.5, [0, 0, 0.25]),
    ("sum(log(cosh(x)))", "x", "x in R^n", {"x": BIG}, 1600 - 2 * np.log(2), [1, -1, 0]),
    ("sum(silu(x))", "x", "x in R^n", {"x": BIG}, 800, [1, 0, 0.5]),
    ("sum(elu(x))", "x", "x in R^n", {"x": BIG + 0.5}, 800, [1, 0, 1]),
    ("sum(log(1 + x))", "x", "x in R^n", {"x": np.array([1e-12, 2e-12])}, 3e-12 - 2.5e-24, [1 - 1e-12, 1 - 2e-12]),
    ("||x||", "x", "x in R^n", {"x": np.zeros(3)}, 0, [0, 0, 0]),
    ("sqrt(x^T x)", "x", "x in R^n", {"x": np.zeros(3)}, 0, [0, 0, 0]),
    ("||X||_F", "X", "X in R^{m x n}", {"X": np.zeros((2, 3))}, 0, np.zeros((2, 3))),
    ("log det S", "S", "S in R^{n x n} spd", {"S": 1e-3 * np.eye(150)}, 150 * np.log(1e-3), 1e3 * np.eye(150)),
    ("log(det(X)^2)", "X", "X in R^{n x n}", {"X": -1e3 * np.eye(151)}, 302 * np.log(1e3), -2e-3 * np.eye(151)),
    ("sum(1 - tanh(x).^2)", "x", "x in R^n", {"x": np.array([30.0, -20.0, 800.0])}, 4 * (np.exp(-60) + np.exp(-40)),
     [-8 * np.exp(-60), 8 * np.exp(-40), 0]),
    ("sqrt(1 + t^2) - 1", "t", "t in R", {"t": 1e-9}, 5e-19, 1e-9),
    ("sum(sqrt(1 + x.^2) - 1)", "x", "x in R^n", {"x": np.array([1e-9, 2e-9])}, 2.5e-18, [1e-9, 2e-9]),
    ("exp(t) - 1", "t", "t in R", {"t": 1e-12}, 1e-12 + 5e-25, 1 + 1e-12),
    ("1 - cos(t)", "t", "t in R", {"t": 1e-9}, 5e-19, 1e-9),
    ("cosh(t) - 1 + t", "t", "t in R", {"t": 1e-9}, 1e-9 + 5e-19, 1 + 1e-9),
    ("1 - erf(t)", "t", "t in R", {"t": 9.0}, 4.1370317465138102e-37, -2 / np.sqrt(np.pi) * np.exp(-81)),
    ("normcdf(t)", "t", "t in R", {"t": -10.0}, 7.6198530241605261e-24, np.exp(-50) / np.sqrt(2 * np.pi)),
    ("sum(gelu(x))", "x", "x in R^n", {"x": np.array([-9.0, 5.0])}, float(5 * mpmath.ncdf(5) - 9 * mpmath.ncdf(-9)),
     [float(mpmath.ncdf(x) + x * mpmath.npdf(x)) for x in (-9, 5)]),
    ("log(sum_{k=1}^K p_k exp(-1/2 ||x - m_k||^2))", "x", "x, m_k in R^n; p_k in R",
     {"x": np.array([100.0, 3.0]), "m": np.array([[0.0, 1.0], [1.0, 1.0]]), "p": np.array([0.3, 0.7])},
     np.log(0.7) - (99**2 + 4) / 2, [-99, -2]),
    ("||x|| + ||X||_F", "x", "x in R^n; X in R^{m x n}", {"x": np.array([3e-10, 4e-10]), "X": np.zeros((2, 2))}, 5e-10, [0.6, 0.8]),
    ("t ||x||_3", "t", "t in R; x in R^n", {"t": 2.0, "x": np.zeros(3)}, 0, 0),
    ("sum(x .* exp(tan(I_3)[:,2]))", "x", "x in R^3", {"x": np.ones(3)}, 2 + np.exp(np.tan(1)), [1, np.exp(np.tan(1)), 1]),
    ("||x||_3", "x", "x in R^n", {"x": np.array([3e60, 4e60])}, 91 ** (1 / 3) * 1e60, np.array([9, 16]) / 91 ** (2 / 3)),
]  # fmt: skip


def test_sums_with_two_exponentials_keep_their_value() -> None:
    """Only a sum with one exponential is divided by it."""
    rng = np.random.default_rng(2)
    given = {"x": rng.normal(size=3), "a": rng.normal(size=(4, 3)), "b": rng.normal(size=(4, 3)), "c": rng.normal(size=4)}
    x, a, b, c = given.values()
    inner = np.exp(np.outer(c, b @ x)).sum(1)
    for text, value in (
        ("log(sum_{k=1}^K exp(a_k^T x) sum_{l=1}^K exp(c_k b_l^T x))", np.log(np.sum(np.exp(a @ x) * inner))),
        ("log(sum_{k=1}^K exp(a_k^T x) exp(b_k^T x)^2)", np.log(np.sum(np.exp(a @ x + 2 * (b @ x))))),
    ):
        d: Any = matcalc.grad(text, "x", where="x, a_k, b_k in R^n; c_k in R")
        got, slope = call(load(d.code())["value_and_gradient"], given)
        np.testing.assert_allclose(got, value)
        np.testing.assert_allclose(slope, d.evaluate({n: given[n] for n in given if n in text}))


@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_norms_neither_over_nor_underflow(language: str, size: float) -> None:
    """Of vectors, of matrices and of the members of a family; their derivatives too."""
    module = installed(language)
    x = size * np.array([[3.0, 4.0], [6.0, 8.0], [0.0, 0.0]])
    with module.enable_x64(True) if language == "jax" else nullcontext():
        cast = module.numpy.asarray if language == "jax" else caster(language)
        for text, wrt, where, inputs, value, gradient in (
            ("||x||", "x", "x in R^n", {"x": x[0]}, 5 * size, [0.6, 0.8]),
            ("||X||_F", "X", "X in R^{m x n}", {"X": x[:2]}, np.sqrt(125) * size, x[:2] / size / np.sqrt(125)),
        ):
            program = load(matcalc.grad(text, wrt, where=where).code(language))  # type: ignore[union-attr]
            got, slope = call(program["value_and_gradient"], {n: cast(v) for n, v in inputs.items()})
            np.testing.assert_allclose(np.asarray(got), value, rtol=1e-12)
            np.testing.assert_allclose(np.asarray(slope), gradient, rtol=1e-12)
        if language != "numpy":
            family = load(matcalc.grad("sum_{i=1}^N w_i ||x_i||", "w_j", where="x_i in R^n; w_i in R").code(language))  # type: ignore[union-attr]
            got = call(family["value"], {"x": cast(x), "w": cast(np.ones(3)), "j": 1})
            np.testing.assert_allclose(np.asarray(got), 15 * size, rtol=1e-12)


AT_A_KINK = ("||x||", "sqrt(x^T x)", "||X||_F")


@pytest.mark.parametrize("language", LANGUAGES)
def test_extreme_arguments(language: str, tmp_path: Path) -> None:
    cases = [(program_in(matcalc.derivative(*e[:2], where=e[2]), language), e) for e in EXTREME]
    programs, extreme = zip(*[(text, e) for text, e in cases if text is not None])
    found: Sequence[tuple[Any, Any]]
    if language in CONSOLES:
        questions = [(p, name, inputs) for p, (*_, inputs, _, _) in zip(programs, extreme) for name in ("value", "gradient")]
        results = run_in(language, questions, tmp_path)
        found = list(zip(results[::2], results[1::2]))
    else:
        module, cast = installed(language), caster(language)
        doubles = module.enable_x64(True) if language == "jax" else nullcontext()
        with doubles, np.errstate(over="raise", invalid="raise", divide="raise"):
            found = [
                call(load(p)["value_and_gradient"], {n: cast(v) for n, v in inputs.items()})
                for p, (*_, inputs, _, _) in zip(programs, extreme)
            ]
    for (value, gradient), (text, *_, want, want_gradient) in zip(found, extreme):
        np.testing.assert_allclose(np.squeeze(value), want, rtol=1e-12, atol=1e-15, err_msg=text)
        np.testing.assert_allclose(np.squeeze(gradient), want_gradient, rtol=1e-11, atol=1e-15, err_msg=text)


@pytest.mark.parametrize("text, wrt, where, inputs, value, gradient", [e for e in EXTREME if e[0] not in AT_A_KINK])
def test_extreme_arguments_of_evaluate(text: str, wrt: str, where: str, inputs: dict[str, Any], value: Any, gradient: Any) -> None:
    d = matcalc.grad(text, wrt, where=where)
    np.testing.assert_allclose(np.squeeze(d.evaluate(inputs)), gradient, rtol=1e-11, atol=1e-15)  # type: ignore[union-attr]


SWITCHED_OFF = [
    ("1[t > 0] log(t)", "t", "t in R", {"t": -1.0}, 0, 0),
    ("1[t > 0] .* sqrt(t)", "t", "t in R", {"t": 0.0}, 0, 0),
    ("sum(sqrt(relu(x)))", "x", "x in R^n", {"x": np.array([-1.0, 4.0])}, 2, [0, 0.25]),
]


@pytest.mark.parametrize("language", PYTHON)
def test_what_is_switched_off_is_nothing(language: str) -> None:
    """Also where it has no value: 0 times what is not a number is not a number."""
    cast = caster(language)
    for text, wrt, where, inputs, value, gradient in SWITCHED_OFF:
        d: Any = matcalc.grad(text, wrt, where=where)
        given = {n: cast(v) for n, v in inputs.items()}
        with np.errstate(all="ignore"):
            got, slope = call(load(d.code(language))["value_and_gradient"], given)
            np.testing.assert_allclose(np.squeeze(got), value, err_msg=text)
            for found in (slope, d.evaluate(inputs)):
                np.testing.assert_allclose(np.squeeze(found), gradient, err_msg=text)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_norms_that_over_or_underflow(size: float) -> None:
    for text, x in (("||x||", np.array([3.0, 4.0])), ("||X||_F", np.array([[3.0, 0.0], [0.0, 4.0]]))):
        found = load(matcalc.derivative(text, text[2]).code())
        value, gradient = found["value_and_gradient"](size * x)
        np.testing.assert_allclose(value, 5 * size, rtol=1e-15)
        np.testing.assert_allclose(gradient, x / 5, rtol=1e-15)


def hilbert(n: int) -> Any:
    return np.array([[1 / (i + j + 1) for j in range(n)] for i in range(n)])


def exact(n: int, digits: int = 60) -> tuple[Any, Any, Any]:
    """For the matrix H of `hilbert(n)` as it is in double precision and y = (1, …, 1): H^-1, log det H, y^T H^-1 y."""
    with mpmath.workdps(digits):
        H, y = mpmath.matrix(hilbert(n).tolist()), mpmath.ones(n, 1)
        inverse = H**-1
        return np.array(inverse.tolist(), dtype=float), float(mpmath.log(mpmath.det(H))), float((y.T * inverse * y)[0])


@pytest.mark.parametrize("spd", [" spd", ""])
@pytest.mark.parametrize("n", [4, 8])
def test_ill_conditioned_matrices(n: int, spd: str) -> None:
    """Condition numbers 1.6e4 and 1.5e10: what is lost is what the condition number says, and no more."""
    inverse, logdet, form = exact(n)
    H, y = hilbert(n), np.ones(n)
    lost = np.linalg.cond(H) * np.finfo(float).eps
    where = f"S in R^{{n x n}}{spd}; y in R^n"
    found = load(matcalc.derivative("y^T S^-1 y + log det S", "S", where=where).code())  # type: ignore[union-attr]
    value, gradient = call(found["value_and_gradient"], {"S": H, "y": y})
    assert abs(value - (form + logdet)) <= 4 * lost * abs(form + logdet)
    want = inverse - np.outer(inverse @ y, inverse @ y)
    assert np.max(np.abs(gradient - want)) <= 10 * lost * np.max(np.abs(want))


@pytest.mark.parametrize("name", CASES)
def test_single_precision(name: str) -> None:
    """Single precision in, single precision out, and right to what single precision can hold."""
    d = derivative(name)
    found = load(d.code("numpy"))
    for inputs, want in draws(CASES[name]):
        single = {n: v if isinstance(v, int) else np.float32(v) for n, v in inputs.items()}
        with np.errstate(all="ignore"):
            got = call(found[first_name(d)], single)
        assert got.dtype == np.float32 if depends(d) else np.ndim(got) or isinstance(got, float)
        np.testing.assert_allclose(
            np.squeeze(got), np.squeeze(want), rtol=1e-3, atol=2e-4 * max(1.0, float(np.max(np.abs(want), initial=0)))
        )


def depends(d: Any) -> bool:
    """Whether the derivative depends on an argument (one that does not is a number of Python)."""
    return any(n.op.name in ("symbol", "member") for n in postorder(d._tensor.expressions()))


@pytest.mark.torch
@pytest.mark.parametrize(
    ("x", "norm"),
    [([3e200, 4e200], 5e200), ([3e-200, 4e-200], 5e-200), ([0.0, 0.0], 0.0), ([np.inf, 1.0], np.inf), ([5e-324, 0.0], 5e-324)],
)
def test_norms_in_torch_at_the_ends_of_the_range(x: list[float], norm: float) -> None:
    torch = installed("torch")
    text = matcalc.grad("||x||", "x", where="x in R^n").code("torch")  # type: ignore[union-attr]
    found = load(text)["value"](torch.tensor(x, dtype=torch.float64))
    np.testing.assert_allclose(float(found), norm, rtol=1e-15)
