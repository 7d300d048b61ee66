"""Expressions on which matcalc once failed: hung, crashed, refused a right answer, or printed what does not read back."""

from __future__ import annotations

import pytest

import matcalc

FOUND = [
    ("exp(B)", "B", "B in R^{1 x p}"),
    ("f_a tanh(A x)", "x", "f_a in R^{1 x n}; A in R^{n x m}; x in R^m"),
    ("c X", "X", "c in R; X in R^{1 x m}"),
    ("||A - A^T||_F^2", "A", "A in R^{n x n}"),
    ("||S - S^T||^2", "S", "S in S^n"),
    ("x^T expm(t A) y", "t", "t in R; A in R^{n x n}; x, y in R^n"),
    ("tr(dexpm(X, E) W)", "X", "X, E, W in R^{n x n}"),
    ("cases(x, x > 0, y)", "x", "x in R^n; y in R^n"),
    ("v + tr(B)", "B", "B in R^{m x m}; v in R^n"),
    ("u[1]", "u", "u in R^n"),
    ("norm(z, s + 1)", "z", "z in R^q; s in R positive"),
    ("min(s, ||A||_{*})", "A", "A in R^{n x n}; s in R"),
    ("max(z, z)", "z", "z in R^n"),
    ("acosh(x)", "x", "x in R^n"),
    ("sum_{i=1}^n sum_{j=1}^n x_i A_{ij} x_j", "x", "x in R^n; A in R^{n x n}"),
    ("sum(sum_{i=1}^q d.^(y[i]))", "y", "y in R^q; d in R^q positive"),
    ("prod_{i=1}^q log(exp(y[i]))", "y", "y in R^q positive"),
    ("sum_{i=1}^p (prod_{j=1}^p exp(B[i,j]))", "B", "B in R^{p x p}"),
    ("expm(A .* tr(A))", "A", "A in R^{n x n}"),
    ("expm(relu(F))", "F", "F in R^{m x m}"),
    ("X h", "X", "X in R^{p x p}; h in R^p"),
    ("1[A^+ > 0] A", "A", "A in R^{m x m}"),
    ("tr(A^{1/2} B)", "A", ""),
    ("a^T S^{-1/2} b", "S", "S in R^{n x n} spd"),
]


@pytest.mark.parametrize(("text", "wrt", "where"), FOUND, ids=[f[0] for f in FOUND])
def test_what_once_failed_is_answered_and_reads_back(text: str, wrt: str, where: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.verified == "verified"
    assert matcalc.parse(d.text, where=d.where).expr is not None


def test_a_linear_map_keeps_the_pairing_of_a_scalar() -> None:
    d = matcalc.derivative("expm(A .* tr(A))", "A", where="A in R^{n x n}")
    assert d.text == "dA -> tr(A) dexpm(tr(A) A, dA) + tr(dA) dexpm(tr(A) A, A)"
