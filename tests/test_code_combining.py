"""NumPy programs multiply numbers with each other, not one after another with a vector, and weigh rows with vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from emitted import load

import matcalc
from benchmarks.bounds import calls
from benchmarks.losses import LOSSES
from benchmarks.training import arguments, drawn, emitted


def code(expr: str, wrt: str, where: str, language: str = "numpy") -> str:
    d = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert not isinstance(d, list)
    return d.code(language, parts=["hvp"])


def body(text: str, function: str) -> str:
    return text[text.index(f"def {function}(") :].partition("\n\n\n")[0]


def test_multiples_of_vectors_are_added_up_at_once() -> None:
    """The second derivative of layer normalisation: 44 calls before, in 1.5 of JAX's time."""
    loss = next(one for one in LOSSES if one.name == "layer normalisation")
    values, direction = drawn(loss, 100)
    function = emitted(loss, "numpy")["hvp"]
    assert sum(calls(function, arguments(function, values, direction)).values()) <= 34


def test_a_difference_stays() -> None:
    """It may be exact, and its terms large."""
    text = body(code("1/2 s^2 (x - y)^T (x - y)", "x", "x, y in R^n; s in R"), "gradient")
    assert "(x - y)" in text
    text = body(code("s sum(exp(w.^2)) w^T (X - Y) v", "w", "X, Y in R^{m x n}; w in R^m; v in R^n; s in R"), "hvp")
    assert "X - Y" in text


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_numbers_divided_by_norms_stay_with_their_vectors(size: float) -> None:
    """1/(||W x|| ||y||) overflows where the gradient does not."""
    names = load(code("(W x)^T y/(||W x|| ||y||)", "W", "W in R^{m x n}; x in R^n; y in R^m"))
    rng = np.random.default_rng(3)
    W, x, y = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
    want = names["gradient"](W, x, y)
    np.testing.assert_allclose(names["gradient"](W * size, x, y * size) * size, want, rtol=1e-10)


def mixture(mu: Any, p: Any, x: Any, j: int, d: Any) -> Any:
    z = np.log(p) - 0.5 * ((x[:, None] - mu) ** 2).sum(-1)
    r = np.exp(z - z.max(1, keepdims=True))
    r = (r / r.sum(1, keepdims=True))[:, j - 1]
    t = x - mu[j - 1]
    return (r * (1 - r) * (t @ d)) @ t - r.sum() * d


@pytest.mark.parametrize("language", ["numpy", "jax"])
@pytest.mark.parametrize("far", [0, 50])
def test_second_derivatives_of_mixtures_far_away(language: str, far: float) -> None:
    """Sums of exponentials are shifted there too: far away the answer was not a number. Rows are weighed, and no matrix is scaled."""
    text = code(
        "sum_{i=1}^N log(sum_{k=1}^K p_k exp(-1/2 ||x_i - mu_k||^2))", "mu_j", "x_i, mu_k in R^d; p_k in R positive; j in N", language
    )
    if language == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    else:
        assert ")[:, None] *" not in body(text, "hvp")
    rng = np.random.default_rng(2)
    mu, p, x, d = rng.normal(size=(3, 4)), rng.random(3) + 0.1, rng.normal(size=(40, 4)) + far, rng.normal(size=4)
    got = np.asarray(load(text)["hvp"](mu, p, x, 2, d))
    np.testing.assert_allclose(got, mixture(mu, p, x, 2, d), rtol=1e-7 if far else 1e-11)  # differences of far points round
