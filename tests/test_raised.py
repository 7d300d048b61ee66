r"""Labels above names, h^{t-1}, W^{[1]}, a^{<t>}: what is read is what the same text with the labels below says."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

SAME = [
    (r"a^t = \tanh(W_cx^t + U_ch^{t-1})", r"a_t = \tanh(W_c x_t + U_c h_{t-1})", "W_c"),
    (
        "z^{[1]} = W^{[1]} x + b^{[1]}\na^{[1]} = \\sigma(z^{[1]})\n\\|y - a^{[1]}\\|^2",
        "z_1 = W_1 x + b_1\na_1 = \\sigma(z_1)\n\\|y - a_1\\|^2",
        "W_1",
    ),
    ("z^l = W^l a^{l-1} + b^l\n\\|y - \\sigma(z^l)\\|^2", "z_l = W_l a_{l-1} + b_l\n\\|y - \\sigma(z_l)\\|^2", "W_l"),
    ("a^L = \\sigma(z^L); \\frac12 \\|y - a^L\\|^2", "a_L = \\sigma(z_L); \\frac12 \\|y - a_L\\|^2", "z_L"),
    ("h^1 = relu(W^1 x + b^1); \\|y - W^2 h^1\\|^2", "h_1 = relu(W_1 x + b_1); \\|y - W_2 h_1\\|^2", "W_1"),
    (r"a^{<t>} = \tanh(W_a a^{<t-1>} + W_x x^{<t>} + b)", r"a_t = \tanh(W_a a_{t-1} + W_x x_t + b)", "W_a"),
    (r"a^{\langle t\rangle} = \tanh(W_a a^{\langle t-1\rangle} + b)", r"a_t = \tanh(W_a a_{t-1} + b)", "W_a"),
    ("a^t = tanh(W x^t + U h^{t-1})", "a_t = tanh(W x_t + U h_{t-1})", "W"),
    (r"x^{k+1} = x^k - \alpha A^T (A x^k - b)", r"x_{k+1} = x_k - \alpha A^T (A x_k - b)", r"\alpha"),
    (
        r"s^t = \sigma(W_1 x^t); \hat y^t = V s^t; \|\hat y^t - d^t\|^2",
        r"s_t = \sigma(W_1 x_t); \hat y_t = V s_t; \|\hat y_t - d_t\|^2",
        "W_1",
    ),
    (r"L^{CE}(p) = -y^T \log p, L = L^{CE}(p) + \lambda p^T p", r"L_{CE}(p) = -y^T \log p, L = L_{CE}(p) + \lambda p^T p", "p"),
    (r"L^{\text{reg}} = \|W\|_F^2; \lambda L^{\text{reg}}", r"L_{reg} = \|W\|_F^2; \lambda L_{reg}", "W"),
]


@pytest.mark.parametrize(("above", "below", "wrt"), SAME, ids=[s[0] for s in SAME])
def test_labels_above_are_labels_below(above: str, below: str, wrt: str) -> None:
    assert matcalc.derivative(above, wrt).text == matcalc.derivative(below, wrt).text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "wrt", "answer"),
    [
        ("z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}", "W^{[l]}", "J[i,j,k] = a_{l-1}[k] delta[i,j]"),
        ("z_l = W_l a_{l-1} + b_l", "W_l", "J[i,j,k] = a_{l-1}[k] delta[i,j]"),
        (r"\sum_l \|W^{[l]}\|^2", "W^{[l]}", "2 W_l"),
        (r"x^{(i)T} \theta", r"\theta", "x_i^T"),
        (r"\|W^{[2]\top} x - y\|^2", "W^{[2]}", "2 x (W_2^T x - y)^T"),
        (r"x^{(i)\mathsf{T}} A x^{(i)}", "x^{(i)}", "x_i^T (A + A^T)"),
        ("x^{(k+1)T} A x^{(k+1)}", "A", "x_{k+1} x_{k+1}^T"),
        ("A^{(k+1)T} x", "x", "(A^(k + 1))^T"),
    ],
)
def test_a_layer_is_no_entry_and_a_label_may_be_transposed(text: str, wrt: str, answer: str) -> None:
    """W was read as a vector with the entry W_l, and x^{(i)T} as a power of numbers."""
    assert matcalc.derivative(text, wrt).text == answer  # type: ignore[union-attr]


def test_a_variable_has_its_label_above_too() -> None:
    d = matcalc.derivative(r"z^{[1]} = W^{[1]} x; \|y - z^{[1]}\|^2", "W^{[1]}", where="W^{[1]} in R^{m x n}; x in R^n; y in R^m")
    assert d.text == "z_1 = W_1 x; -2 (y - z_1) x^T"  # type: ignore[union-attr]


def test_a_name_with_a_label_is_as_it_is_declared_without() -> None:
    text = r"a^t = \tanh(W x^t + U h^{t-1}); h^t = o .* a^t"
    d = matcalc.derivative(text, "o", where="W in R^{n x p}; U in R^{n x n}; x in R^p; h, o in R^n")
    assert "h_{t-1} is as h is declared" in map(str, d.assumptions)  # type: ignore[union-attr]
    v = {"W": np.eye(2, 3), "U": np.ones((2, 2)), "x_t": np.array([0.1, 0.2, 0.3]), "h_{t-1}": np.array([0.4, -0.1])}
    assert np.allclose(d.evaluate(v), np.diag(np.tanh(v["W"] @ v["x_t"] + v["U"] @ v["h_{t-1}"])))  # type: ignore[union-attr]


KEPT = [  # where the letter stands by itself, or the number is a power
    ("a^t = t x^T x; a^t + 1", "x", "must be a name"),
    (r"\sigma^2 = x^T x; \exp(-\sigma^2)", "x", None),
]


@pytest.mark.parametrize(("text", "wrt", "message"), KEPT)
def test_powers_stay_powers(text: str, wrt: str, message: str | None) -> None:
    if message is None:
        assert matcalc.derivative(text, wrt).text == "-2 exp(-x^T x) x^T"  # type: ignore[union-attr]
        return
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt)


def test_the_index_form_avoids_the_letters_of_bound_names() -> None:
    text = r"i_t = \sigma(V x_t); a_t = \tanh(W x_t); o .* \tanh(i_t .* a_t)"
    found = matcalc.derivative(text, "W").text  # type: ignore[union-attr]
    assert "J[j,k,l]" in found and "ones" not in found
