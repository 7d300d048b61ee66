"""Sums over pairs: two halves are one sum, and a condition goes where its term is nothing; every answer is compared with numbers."""

from __future__ import annotations

import pytest

import matcalc

PAIRS = [
    ("sum_{i<j} ||x_i - x_j||^2", "x_k", "x_i in R^n", "2 sum_{j=1}^N (x_k - x_j)^T"),
    ("sum_{i != j} ||x_i - x_j||^2", "x_k", "x_i in R^n", "4 sum_{j=1}^N (x_k - x_j)^T"),
    ("sum_{i<j} (x_i - x_j)^2", "x", "x in R^n", "J[k] = 2 (n x_k - sum(x))"),
    ("sum_{i<j} x_i x_j", "x", "x in R^n", "J[k] = sum_{j=1}^n x_j 1[j != k]"),
    ("sum_{i<j} exp(-||x_i - x_j||^2)", "x_k", "x_i in R^n", "2 sum_{i=1}^N exp(-||x_i - x_k||^2) (x_i - x_k)^T"),
    ("sum_{i=1}^n sum_{j=1}^n exp(-(x_i - x_j)^2)", "x", "x in R^n", "J[j] = 4 sum_{i=1}^n (x_i - x_j) exp(-(x_i - x_j)^2)"),
    ("sum_{i=1}^n sum_{j=1}^n exp(-(x_i - x_j)^2)", "x_k", "x in R^n", "4 sum_{i=1}^n (x_i - x_k) exp(-(x_i - x_k)^2)"),
    # a factorization machine (Rendle 2010, eq. (1)), whose inner sum begins behind the index of the outer one
    ("sum_{i=1}^n sum_{j=i+1}^n <v_i, v_j> x_i x_j", "v_k", "v_i in R^d; x in R^n", "x_k sum_{j=1}^n x_j 1[j != k] v_j^T"),
    ("sum_{i=1}^n sum_{j=i+1}^n <v_i, v_j> x_i x_j", "v_i", "v_i in R^d; x in R^n", "x_i sum_{j != i} x_j v_j^T"),
    ("sum_{i=1}^n sum_{j=i+1}^n V[i,:] V[j,:]^T x_i x_j", "V", "V in R^{n x d}; x in R^n", "(x x^T - diag(x.^2)) V"),
    ("sum_{i<j} sum_{f=1}^d V_{if} V_{jf} x_i x_j", "V", "V in R^{n x d}; x in R^n", "(x x^T - diag(x.^2)) V"),
    ("sum_{i=1}^n sum_{j=i+1}^n ||x_i - x_j||^2", "x_k", "x_i in R^n", "2 sum_{j=1}^n (x_k - x_j)^T"),
    # the condition stays where the term has no value, or is not nothing
    ("sum_{i<j} 1/||x_i - x_j||", "x_k", "x_i in R^n", "sum_{i=1}^N 1[i != k] (x_i - x_k)^T/||x_i - x_k||^3"),
    # halves of different weights are no sum over both
    (
        "sum_{i<j} w_{ij} ||x_i - x_j||^2",
        "x_k",
        "x_i in R^n; w in R^{N x N}",
        "2 sum_{i=1}^N w[i,k] 1[i < k] (x_k - x_i)^T + 2 sum_{j=1}^N w[k,j] 1[k < j] (x_k - x_j)^T",
    ),
]


@pytest.mark.parametrize("text, wrt, where, answer", PAIRS, ids=[t for t, *_ in PAIRS])
def test_sums_over_pairs(text: str, wrt: str, where: str, answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.text == answer and d.verified == "verified"


def test_the_rule_is_named() -> None:
    d = matcalc.derivative("sum_{i<j} ||x_i - x_j||^2", "x_k", where="x_i in R^n")
    assert "sum over pairs" in str(d.steps)
