"""What docs/comparison.md says of SymPy, by SymPy: where a release changes it, the page is to be written anew."""

from __future__ import annotations

import pytest
import sympy

pytestmark = pytest.mark.skipif(not sympy.__version__.startswith("1.14"), reason="the page speaks of SymPy 1.14")
n, m, k = sympy.symbols("n m k", integer=True, positive=True)
X, A, x = sympy.MatrixSymbol("X", n, n), sympy.MatrixSymbol("A", n, n), sympy.MatrixSymbol("x", n, 1)


def test_the_logarithm_of_a_determinant() -> None:
    assert str(sympy.log(sympy.Determinant(X)).diff(X)) == "0"


def test_a_quotient_of_quadratic_forms() -> None:
    assert str(((x.T * A * x)[0, 0] / (x.T * x)[0, 0]).diff(x)) == "0"
    assert len((x.T * A * x * (x.T * x) ** -1).diff(x).args) == 4


def test_the_logistic_loss() -> None:
    D, w, y = sympy.MatrixSymbol("D", m, n), sympy.MatrixSymbol("w", n, 1), sympy.MatrixSymbol("y", m, 1)
    losses = sympy.HadamardProduct(y, D * w).applyfunc(lambda z: sympy.log(1 + sympy.exp(-z)))
    with pytest.raises(NotImplementedError):
        (sympy.OneMatrix(1, m) * losses).diff(w)


def test_the_trace_of_a_power() -> None:
    found = sympy.Trace(X**k).diff(X)
    assert found.has(sympy.HadamardPower)
