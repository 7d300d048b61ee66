r"""Members that labels pick, w_{y_i}, by values: the labels count from 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc

RNG = np.random.default_rng(3)
X, W, Z, ROWS = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3)), RNG.normal(size=5), RNG.normal(size=(4, 5))
Y = np.array([2.0, 5.0, 1.0, 2.0])
AT = Y.astype(int) - 1


def log_sum(a: Any) -> Any:
    return np.log(np.sum(np.exp(a), axis=-1))


CASES: list[tuple[str, str, dict[str, Any], Callable[[Any], Any]]] = [
    (
        r"\sum_i (w_{y_i}^T x_i - \log\sum_k e^{w_k^T x_i})",
        "w",
        {"x": X, "w": W, "y": Y},
        lambda w: np.sum(np.sum(w[AT] * X, axis=1) - log_sum(X @ w.T)),
    ),
    (
        r"-\sum_i \log \frac{e^{w_{y_i}^T x_i}}{\sum_j e^{w_j^T x_i}}",
        "w",
        {"x": X, "w": W, "y": Y},
        lambda w: np.sum(log_sum(X @ w.T) - np.sum(w[AT] * X, axis=1)),
    ),
    (r"\sum_i (z_{y_i} - \log\sum_j e^{z_j})", "z", {"z": Z, "y": Y}, lambda z: np.sum(z[AT] - log_sum(z))),
    (r"\sum_i (z_{y_i} - \log\sum_j e^{z_j})^2", "z", {"z": Z, "y": Y}, lambda z: np.sum((z[AT] - log_sum(z)) ** 2)),
    (
        r"\sum_{i=1}^n (z_{i,y_i} - \log\sum_j e^{z_{ij}})",
        "z",
        {"z": ROWS, "y": Y},
        lambda z: np.sum(z[np.arange(4), AT] - log_sum(z)),
    ),
]


@pytest.mark.parametrize(("text", "wrt", "values", "f"), CASES, ids=[c[0] for c in CASES])
def test_the_member_that_a_label_picks(text: str, wrt: str, values: dict[str, Any], f: Callable[[Any], Any]) -> None:
    each = f"{wrt}_k" if wrt == "w" else wrt
    d: Any = matcalc.derivative(text, each)
    x = values[wrt].astype(complex)
    expected = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        moved = x.copy()
        moved[at] += 1e-30j
        expected[at] = np.imag(f(moved)) / 1e-30
    if wrt == "w":
        got = np.stack([np.squeeze(d.evaluate({**values, "k": k + 1})) for k in range(len(x))])
    else:
        got = np.squeeze(d.evaluate(values))
    assert np.allclose(got, expected, rtol=1e-9, atol=1e-12)
    assert any("for which" in str(a) for a in d.assumptions)


def test_a_label_needs_a_name_that_is_several() -> None:
    with pytest.raises(matcalc.MatcalcError, match="below another name") as caught:
        matcalc.derivative(r"\sum_{k=1}^K \log \sigma(-v_{w_k}^T u)", "u")
    assert "for the one that w_k picks, sum_c 1[w_k = c] v_c" in str(caught.value)


def test_a_label_of_the_data_is_no_place() -> None:
    """A sum over c with 1[y_i = c] was its term at c = y_i, a unit vector that printed as e_{None}, for labels that are no place too."""
    d: Any = matcalc.derivative(r"\sum_i \sum_c 1[y_i = c] z_c", "z")
    assert "None" not in d.text
    assert np.allclose(np.squeeze(d.evaluate({"y": np.array([1.0, 2.5, 9.0]), "z": np.ones(3)})), [1, 0, 0])
