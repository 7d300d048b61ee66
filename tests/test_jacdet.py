"""Determinants of Jacobians, directional derivatives, and what they refuse."""

from __future__ import annotations

import pytest
from console import run

import matcalc

MAPS = [
    ("A X B", "X", "A in R^{m x m}; X in R^{m x n}; B in R^{n x n}", "det(A)^n det(B)^m"),
    ("X B", "X", "X in R^{m x n}; B in R^{n x n}", "det(B)^m"),
    ("X^-1", "X", "X in R^{n x n} invertible", "(-1)^n det(X)^(-2 n)"),
    ("X^T", "X", "X in R^{m x n}", "(-1)^(m n (1 - m) (1 - n)/4)"),
    ("2 x", "x", "x in R^n", "2^n"),
    ("-x", "x", "x in R^n", "(-1)^n"),
    ("exp(X)", "X", "X in R^{m x n}", "exp(sum(X))"),
    ("A X + X B", "X", "A in R^{m x m}; B in R^{n x n}; X in R^{m x n}", "det(B^T ⊗ I_m + I_n ⊗ A)"),
    ("x + u v^T x", "x", "x, u, v in R^n", "u^T v + 1"),
    ("A S A^T", "S", "A in R^{n x n}; S in R^{n x n} symmetric", "det(A)^(n + 1)"),
    ("3 S", "S", "S in R^{n x n} symmetric", "3^(n (n + 1)/2)"),
    ("X^T X", "X", "X in R^{n x n} upper", "(prod_{i=1}^n X[i,i]^(n - i + 1)) * 2^n"),
    ("X X^T", "X", "X in R^{n x n} upper", None),
    ("A X", "X", "A, X in R^{n x n} upper", None),
    ("U^-1", "U", "U in R^{n x n} upper", None),
    ("x.^3 + x", "x", "x in R^n", "prod_{i=1}^n (3 x_i^2 + 1)"),
    ("x/(1 + ||x||^2)", "x", "x in R^n", "(1 - 2 x^T x/(1 + ||x||^2)) (1 + ||x||^2)^(-n)"),
    ("x/||x||^3", "x", "x in R^n", "-2 ||x||^(-3 n)"),
    ("softmax(x)", "x", "x in R^n", "0"),
    ("x/||x||", "x", "x in R^n", "0"),
    ("[r cos(t); r sin(t)]", "r,t", "r in R positive; t in R", "r"),
    ("x^3", "x", "x in R", "3 x^2"),
    ("X^2", "X", "X in R^{2 x 2}", None),
    ("W tanh(V x) + x", "x", "W in R^{n x p}; V in R^{p x n}; x in R^n", "det(W diag(1 - tanh(V x).^2) V + I)"),
]


@pytest.mark.parametrize("expr, wrt, where, text", MAPS, ids=[m[0] for m in MAPS])
def test_a_map(expr: str, wrt: str, where: str, text: str | None) -> None:
    found = matcalc.jacdet(expr, wrt.split(","), where=where)
    assert found.verified == "verified"
    if text is not None:
        assert found.text == text
    assert (found.text == "0") == bool(found.why)


SLOPES = [
    ("logdet(X)", "X", "X in R^{n x n} spd", "U", True, "tr(X^-1 U)/||U||_F"),
    ("A x", "x", "A in R^{m x n}; x in R^n", "u", False, "A u"),
    ("x^T x", "x", "x in R^n", "x", False, "2 x^T x"),
    ("tanh(A x)", "x", "A in R^{m x n}; x in R^n", "u", False, None),
    ("X^-1", "X", "X in R^{n x n} invertible", "U", False, "-X^-1 U X^-1"),
    ("a^T X b", "a,X", "a in R^m; X in R^{m x n}; b in R^n", "a = u; X = U", False, None),
]


@pytest.mark.parametrize("expr, wrt, where, along, normalize, text", SLOPES, ids=[s[0] for s in SLOPES])
def test_a_direction(expr: str, wrt: str, where: str, along: str, normalize: bool, text: str | None) -> None:
    names = wrt.split(",")
    declared = where + ("; u in R^m; U in R^{m x n}" if len(names) > 1 else "")
    found = matcalc.directional(expr, names, along=along, normalize=normalize, where=declared)
    assert found.verified == "verified"
    if text is not None:
        assert found.text == text


def test_steepest_ascent_where_the_gradient_is_zero() -> None:
    found = matcalc.directional("x^T x", "x", at="0", where="x in R^n")
    assert found.steepest is None and found.part(found.magnitude) == "0"


REFUSED = [
    ("jacdet", ["x^T x", "--wrt", "x"], 2, "square"),
    ("jacdet", ["A x", "--wrt", "x", "--where", "A in R^{m x n}; x in R^n"], 2, "square"),
    ("jacdet", ["x", "--wrt", "y"], 2, "y does not occur"),
    ("jacdet", ["[x; y]", "--wrt", "x", "--where", "x, y in R"], 2, "square"),
    ("jacdet", ["X^T X", "--wrt", "X", "--where", "X in R^{m x n}"], 2, "square"),
    ("jacdet", ["S^2", "--wrt", "S", "--where", "S in R^{n x n} symmetric"], 1, "not in the table"),
    ("jacdet", ["D", "--wrt", "D", "--where", "D in R^{n x n} diagonal"], 1, "diagonal"),
    ("jacdet", ["x y", "--wrt", "x,y", "--where", "x, y in R"], 2, "square"),
    ("jacdet", ["", "--wrt", "x"], 2, "no expression"),
    ("jacdet", ["[x, y", "--wrt", "x"], 2, "not closed"),
    ("jacdet", ["x", "--wrt", "x", "--order", "2"], 2, "--order"),
    ("directional", ["x^T x", "--wrt", "x", "--along", ""], 2, "no expression"),
    ("directional", ["x^T x", "--wrt", "x", "--along", "[1; 2]"], 2, "2×1"),
    ("directional", ["x^T x", "--wrt", "x", "--along", "2"], 2, "1×1"),
    ("directional", ["A x", "--wrt", "x"], 2, "steepest"),
    ("directional", ["x^T x", "--wrt", "x", "--normalize"], 2, "direction"),
    ("directional", ["x y", "--wrt", "x,y", "--along", "[1; 2; 3]", "--where", "x, y in R"], 2, "3×1"),
    ("directional", ["x y", "--wrt", "x,y", "--along", "x = 1", "--where", "x, y in R"], 2, "no value for y"),
    ("directional", ["x^T x", "--wrt", "x", "--along", "0", "--normalize"], 1, "zero direction"),
    ("directional", ["||x||", "--wrt", "x", "--at", "0"], 1, ""),
    ("directional", ["log(x)", "--wrt", "x", "--at", "0", "--along", "1", "--where", "x in R"], 1, "no value"),
    ("directional", ["a^T X b", "--wrt", "a,X", "--along", "u"], 2, "several"),
    ("directional", ["x^T x", "--along", "u"], 2, "--wrt"),
]


@pytest.mark.parametrize("command, argv, code, words", REFUSED, ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_a_refusal(command: str, argv: list[str], code: int, words: str) -> None:
    done = run(command, *argv)
    assert (done.code, done.out) == (code, "")
    assert words in done.err and "internal error" not in done.err
