"""`make`: functions of the variables alone; and a derivative as a function in Python."""

from __future__ import annotations

import copy
import inspect
import re
from typing import Any

import numpy as np
import pytest
from console import run
from emitted import PYTHON, caster, load

import matcalc
from matcalc.errors import MatcalcError, UsageError

RNG = np.random.default_rng(5)
A, b, x, dx = RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=3), RNG.normal(size=3)
S = A.T @ A
WHERE = "S in R^{n x n} spd; A in R^{m x n}; b in R^m; x in R^n"


def text_of(expr: str, wrt: Any, where: str = WHERE, target: str = "numpy", *parts: str) -> str:
    found = matcalc.derivative(expr, wrt, where=where)
    return matcalc.code(found, target, parts=[*parts, "make"])


def made(text: str) -> str:
    return text[text.index("def make") : text.index("def _inputs")]


def test_what_no_variable_reaches_is_computed_once() -> None:
    text = text_of("||A x - b||^2 + x^T S^-1 x", "x", WHERE, "numpy", "hessian", "hvp")
    functions = made(text)
    before, _, inside = functions.partition("def value")
    assert "_chol(S)" in before and "A.T @ A" in before and "_chol(" not in inside.replace("_chol_", "") and "A.T @ A" not in inside
    f = load(text)["make"](A, b, S)
    np.testing.assert_allclose(f.hessian(x), 2 * (A.T @ A + np.linalg.inv(S)))
    np.testing.assert_allclose(f.hvp(x, dx), f.hessian(x) @ dx)
    np.testing.assert_allclose(f.value_and_gradient(x)[1], f.gradient(x))


def test_what_is_returned_may_be_written_to() -> None:
    f = load(text_of("||A x - b||^2 + b^T A x", "x", WHERE, "numpy", "hessian"))["make"](A, b)
    first = f.hessian(x)
    kept = copy.copy(first)
    first[:] = 0
    np.testing.assert_array_equal(f.hessian(x), kept)
    g = load(text_of("b^T y", "y", "b, y in R^m"))["make"](b)
    g.gradient(b)[:] = 0
    np.testing.assert_array_equal(g.gradient(b), b)
    assert b.any()


@pytest.mark.parametrize("language", PYTHON)
def test_shapes_are_checked(language: str) -> None:
    array = caster(language)
    found = load(text_of("||A x - b||^2", "x", WHERE, language, "hvp"))
    f = found["make"](array(A), array(b))
    for wrong in (x[:2], x[:, None], x[None], np.float64(2.0)):
        for call in (lambda v: f.gradient(v), lambda v: f.hvp(array(x), v), lambda v: found["hvp"](array(x), array(A), array(b), v)):
            with pytest.raises(ValueError, match=re.escape("shape (n,)")):
                call(array(wrong))
    with pytest.raises(ValueError, match=re.escape("b: shape (m,) = (4,) expected, not (3,)")):
        found["make"](array(A), array(b[:3]))


def test_several_variables() -> None:
    where = "W in R^{m x n}; x in R^n; b, y in R^m"
    found = load(text_of("||tanh(W x + b) - y||^2", ["W", "b"], where, "numpy", "hvp"))
    y, W = RNG.normal(size=4), RNG.normal(size=(4, 3))
    f = found["make"](x, y)
    for got, want in zip(f.gradients(W, b), found["gradients"](W, b, x, y), strict=True):
        np.testing.assert_allclose(got, want)
    for got, want in zip(f.hvp(W, b, W, b), found["hvp"](W, b, x, y, W, b), strict=True):
        np.testing.assert_allclose(got, want)


def test_an_optimiser_takes_them() -> None:
    optimize = pytest.importorskip("scipy.optimize", reason='SciPy is not installed: pip install -e ".[targets]"')
    f = load(text_of("sum(log(1 + exp(A x))) + x^T x", "x", WHERE, "numpy", "hvp"))["make"](A)
    found = optimize.minimize(f.value_and_gradient, np.ones(3), jac=True, hessp=f.hvp, method="Newton-CG")
    assert found.success and np.linalg.norm(f.gradient(found.x)) < 1e-5


def test_refusals() -> None:
    with pytest.raises(UsageError, match="beside its variables"):
        text_of("x^T x", "x")
    with pytest.raises(UsageError, match="NumPy, JAX, PyTorch and the array API standard"):
        text_of("a^T x", "x", "a, x in R^n", "octave")
    with pytest.raises(UsageError, match=r"the size [mn] does not follow"):
        text_of("a^T vec(X)", "X", "X in R^{m x n}; a in R^{m n}")
    assert "def make(a):" in run("code", "a^T x", "--wrt", "x", "--where", "a, x in R^n", "--make").out


@pytest.mark.parametrize("language", PYTHON)
def test_a_derivative_is_a_function(language: str) -> None:
    array = caster(language)
    d = matcalc.grad("||A x - b||^2", "x")
    want = d.evaluate({"A": A, "b": b, "x": x})
    f = d.function(language)  # type: ignore[arg-type]
    for got in (f(array(x), array(A), array(b)), f(b=array(b), A=array(A), x=array(x))):
        np.testing.assert_allclose(np.asarray(got), want, rtol=1e-5)
    with pytest.raises(ValueError, match="shape"):
        f(array(x), array(A.T), array(b))


def test_functions_of_other_derivatives() -> None:
    for d in (
        matcalc.jacobian("tanh(A x)", "x"),
        matcalc.hessian("sum(exp(A x))", "x"),
        matcalc.derivative("A x", "A"),
        matcalc.derivative("||A x||^4", "x", order=3),
    ):
        f = d.function()
        np.testing.assert_allclose(
            f(**{n: v for n, v in (("A", A), ("x", x)) if n in inspect.signature(f).parameters}), d.evaluate({"A": A, "x": x})
        )
    with pytest.raises(UsageError, match="octave"):
        matcalc.grad("x^T x", "x").function("octave")  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------- numbers asked for again


@pytest.mark.parametrize(
    "text, wrt, where, names",
    [
        ("||A x - b||^2", "x", "A in R^{m x n}; x in R^n; b in R^m", "A x b"),
        ("log(1 + exp(-x^T A x)) + lambda x^T x", "x", "A in R^{n x n}; x in R^n; lambda in R", "A x lambda"),
        ("A x", "A", "A in R^{m x n}; x in R^n", "A x"),
        ("sum_{i=1}^N exp(w^T x_i)", "w", "w, x_i in R^n", "w x"),
        ("w^3/(1 + w^2)", "w", "w in R", "w"),
    ],
)
def test_numbers_asked_for_again_are_those_of_the_first_time(text: str, wrt: str, where: str, names: str) -> None:
    rng = np.random.default_rng(6)
    drawn = {"A": rng.normal(size=(3, 3)), "x": rng.normal(size=(4, 3)) if "x_i" in text else rng.normal(size=3), "b": rng.normal(size=3)}
    drawn |= {"w": rng.normal() if where == "w in R" else rng.normal(size=3), "lambda": 0.3}
    given = {n: drawn[n] for n in names.split()}
    d: Any = matcalc.grad(text, wrt, where=where) if text != "A x" else matcalc.derivative(text, wrt, where=where)
    first = d.evaluate(given)
    assert d._compiled is None
    d.evaluate(given)
    assert d._compiled is not None and d._compiled(given) is not None
    for k in range(3):
        again = {n: np.asarray(v, np.float32).tolist() if k == 1 else v for n, v in given.items()}
        found = d.evaluate(again)
        assert type(found) is type(first) and np.shape(found) == np.shape(first)
        np.testing.assert_allclose(found, first, rtol=1e-5 if k == 1 else 1e-12)
    if np.shape(first):
        found[...] = 7  # belongs to who asked
        np.testing.assert_allclose(d.evaluate(given), first, rtol=1e-12)


def test_errors_and_what_has_no_value_are_those_of_the_expression() -> None:
    d: Any = matcalc.grad("||A x - b||^2/x_1", "x", where="A in R^{m x n}; x in R^n; b in R^m")
    given = {"A": np.ones((3, 2)), "x": np.ones(2), "b": np.ones(3)}
    for _ in range(3):
        d.evaluate(given)
    assert d._compiled is not None
    with pytest.raises(MatcalcError, match="b"):
        d.evaluate(given | {"b": np.ones(2)})
    with pytest.raises(MatcalcError, match="no value was given for b"):
        d.evaluate({n: given[n] for n in "Ax"})
    assert not np.all(np.isfinite(d.evaluate(given | {"x": np.zeros(2)})))


def test_several_variables_in_one_vector_for_optimisers() -> None:
    """`flat` of start values: what `scipy.optimize.minimize` takes, and what its answer is taken apart by."""
    net, where = "mean((tanh(X W + ones(N) b^T) v + c - y).^2)", "X in R^{N x n}; W in R^{n x h}; b, v in R^h; c in R; y in R^N"
    f = load(text_of(net, ["W", "b", "v", "c"], where, "numpy", "hvp"))
    X, W, bias, v, y = RNG.normal(size=(6, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2), RNG.normal(size=2), RNG.normal(size=6)
    made = f["make"](X, y)
    flat = made.flat(W, bias, v, 0.5)
    assert flat.x0.shape == (11,) and [np.shape(p) for p in flat.split(flat.x0)] == [(3, 2), (2,), (2,), ()]
    value, slope = flat.fun_and_jac(flat.x0)
    assert value == flat.fun(flat.x0) == made.value(W, bias, v, 0.5)
    np.testing.assert_array_equal(slope, flat.jac(flat.x0))
    direction, h = RNG.normal(size=11), 1e-6
    moved = [flat.jac(flat.x0 + s * h * direction) for s in (1, -1)]
    np.testing.assert_allclose(flat.hessp(flat.x0, direction), (moved[0] - moved[1]) / (2 * h), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(
        slope @ direction, (flat.fun(flat.x0 + h * direction) - flat.fun(flat.x0 - h * direction)) / (2 * h), rtol=1e-6
    )
    assert not hasattr(load(text_of("||A x - b||^2", "x"))["make"](A, b), "flat")
