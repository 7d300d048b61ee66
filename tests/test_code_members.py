"""What is computed of one member of a family is read from the array of all members in NumPy's programs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matcalc

MIXTURE = "sum_{i=1}^N log(sum_{k=1}^K p_k exp(-1/2 ||x_i - mu_k||^2))"
WHERE = "x_i, mu_k in R^d; p_k in R positive"


def emitted(wrt: str, where: str) -> tuple[str, dict[str, Any]]:
    d: Any = matcalc.derivative(MIXTURE, wrt, where=where)
    text = d.code("numpy", parts=["hvp", "make"])
    names: dict[str, Any] = {}
    exec(text, names)
    return text, names


@pytest.mark.parametrize(("wrt", "where", "at"), [("mu_j", WHERE + "; j in N", 3), ("mu_2", WHERE, 2)])
def test_a_column_that_is_there_is_not_computed_again(wrt: str, where: str, at: int) -> None:
    text, names = emitted(wrt, where)
    program = text[text.index("def gradient(") : text.index("def value_and_gradient(")]
    assert program.count("np.exp(") == 1 and "np.einsum" not in program
    rng = np.random.default_rng(0)
    for count in (9, 70_000):  # at once, and a few rows at a time
        mu, p, x, v = rng.normal(size=(4, 8)), rng.random(4) + 0.1, rng.normal(size=(count, 8)), rng.normal(size=8)
        index = (at,) if "j in N" in where else ()
        s = np.exp(-((x[:, None] - mu) ** 2).sum(-1) / 2) * p
        r = s[:, at - 1] / s.sum(1)
        off = x - mu[at - 1]
        expected = r @ off
        np.testing.assert_allclose(names["gradient"](mu, p, x, *index), expected, rtol=1e-9)
        np.testing.assert_allclose(names["value_and_gradient"](mu, p, x, *index)[1], expected, rtol=1e-9)
        np.testing.assert_allclose(names["make"](p, x).gradient(mu, *index), expected, rtol=1e-9)
        second = ((r - r**2) * (off @ v)) @ off - r.sum() * v
        np.testing.assert_allclose(names["hvp"](mu, p, x, *index, v), second, rtol=1e-8, atol=1e-9 * count)
