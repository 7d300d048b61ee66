"""Sums over an index whose unit vectors go: as matrices where the index counts their rows, else entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

S = "S in R^{N x N}; tau in R positive"
Y = "y in R^n"

LIFTED = [
    # InfoNCE, whose gradient is a softmax without its diagonal.
    ("-sum_{i=1}^N log(exp(S_{ii}/tau)/sum_{j=1}^N exp(S_{ij}/tau))", "S", S, "(softmax(S/tau) - I)/tau"),
    (
        "S = U V^T; -sum_{i=1}^N log(exp(S_{ii}/tau)/sum_{j=1}^N exp(S_{ij}/tau))",
        "U",
        "U, V in R^{N x d}; tau in R positive",
        "S = U V^T; 1/tau (softmax(S/tau) - I) V",
    ),
    # A factorisation machine (Rendle 2010): x x^T V without the squares.
    (
        "1/2 sum_{f=1}^k ((sum_{i=1}^n V_{if} x_i)^2 - sum_{i=1}^n V_{if}^2 x_i^2)",
        "V",
        "V in R^{n x k}; x in R^n",
        "(x x^T - diag(x.^2)) V",
    ),
    # The likelihood of a Dirichlet distribution.
    (
        "N lgamma(sum_{i=1}^K alpha_i) - N sum_{i=1}^K lgamma(alpha_i) + sum_{i=1}^K sum_{j=1}^N (alpha_i - 1) log(theta_{ij})",
        "alpha",
        "alpha in R^K positive; theta in R^{K x N} positive; N in N",
        "(log(theta) ones(N) + N (digamma(sum(alpha)) - digamma(alpha)))^T",
    ),
    # The dual of a support vector machine.
    (
        r"\sum_{i=1}^N \alpha_i - \frac12 \sum_{i=1}^N \sum_{j=1}^N \alpha_i \alpha_j y_i y_j x_i^T x_j",
        "alpha",
        "alpha, y in R^N; x_i in R^n",
        "J[k] = 1 - y_k sum_{j=1}^N alpha_j y_j (x_j^T x_k)",
    ),
    # Total variation, and its like with roots and second differences.
    ("1/2 sum_{i=1}^{n-1} (y_{i+1} - y_i)^2", "y", Y, "J[j] = (y_j - y_{j-1}) 1[j >= 2] + (y_j - y_{j+1}) 1[j <= n - 1]"),
    ("sum_{i=1}^{n-1} (y_{i+1} - y_i)^2", "y_i", Y, "2 ((y_i - y_{i-1}) 1[i >= 2] - (y_{i+1} - y_i) 1[i <= n - 1])"),
    ("sum_{i=1}^{n-1} |y_{i+1} - y_i|", "y", Y, "J[j] = sign(y_j - y_{j-1}) 1[j >= 2] + sign(y_j - y_{j+1}) 1[j <= n - 1]"),
    ("sum_{i=2}^{n-1} (y_{i+1} - y_{i-1}) z_i", "y", "y, z in R^n", "J[j] = z_{j-1} 1[j >= 3] - z_{j+1} 1[j <= n - 2]"),
    # Stacked columns in matrices.
    ("a^T (X ⊗ I_n) b", "X", "X in R^{m x m}; a, b in R^{m n}", "unvec(a, n, m)^T unvec(b)"),
    ("||vec(X) - y||^2", "X", "X in R^{m x n}; y in R^{m n}", "2 (X - unvec(y))"),
    ("vec(E)^T (Sigma ⊗ I_n)^-1 vec(E)", "Sigma", "Sigma in R^{m x m} spd; E in R^{n x m}", "-Sigma^-1 E^T E Sigma^-1"),
]


@pytest.mark.parametrize("text, wrt, where, answer", LIFTED)
def test_the_sum_is_lifted_and_is_read_back(text: str, wrt: str, where: str, answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.text == answer and d.verified == "verified"
    for form in (d.text, d.latex):
        assert matcalc.parse(form, where=d.where) is not None


def test_total_variation_by_numbers() -> None:
    y = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    steps = np.diff(y)
    want = np.append(0.0, steps) - np.append(steps, 0.0)
    d = matcalc.derivative("1/2 sum_{i=1}^{n-1} (y_{i+1} - y_i)^2", "y", where=Y)
    assert np.allclose(d.evaluate({"y": y}), want)
    for form in (d.text, d.latex):
        assert np.allclose(matcalc.parse(form, where=d.where).evaluate({"y": y}), want)
    one = matcalc.derivative("1/2 sum_{i=1}^{n-1} (y_{i+1} - y_i)^2", "y_i", where=Y)
    assert np.allclose([one.evaluate({"y": y, "i": i}) for i in range(1, 6)], want)


def test_a_condition_says_where_a_shifted_index_is_in_range() -> None:
    y = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    for text in (
        "sum_{i=1}^n 1[i >= 2] (y_i - y_{i-1})^2",
        "sum_{i=1}^n 1[i > 1] (y_i - y_{i-1})^2",
        "sum_{i=1}^n (y_{i+1} - y_i)^2 1[i < n]",
    ):
        assert matcalc.parse(text, where=Y).evaluate({"y": y}) == pytest.approx(float(np.sum(np.diff(y) ** 2)))
    for text in ("sum_{i=1}^n 1[i >= 1] (y_i - y_{i-1})^2", "sum_{i=1}^n 1[i <= n] (y_{i+1} - y_i)^2", "sum_{i=1}^n 1[z_i >= 2] y_{i+1}"):
        with pytest.raises(matcalc.MatcalcError):
            matcalc.parse(text, where=Y + "; z in R^n")


def test_a_multiple_of_a_difference_from_the_mean_adds_up_to_nothing() -> None:
    """As it stands in the gradient of batch normalization, which has no sum but that of the gradient handed in."""
    assert matcalc.parse("sum(c (x - mean(x)) - g)", where="x, g in R^n; c in R").text == "-sum(g)"
    text = "m = mean(x); v = mean((x - m).^2); h = (x - m)/sqrt(v + epsilon); g^T (gamma h + beta ones(n))"
    d = matcalc.derivative(text, "x", where="x, g in R^n; gamma, beta in R; epsilon in R positive", layout="denominator")
    assert d.text.split("; ")[-1] == "gamma (g - ((g^T z) z/(v + epsilon) + sum(g))/n)/sqrt(v + epsilon)" and d.verified == "verified"
