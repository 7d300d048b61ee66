"""NumPy programs take large arrays a few rows at a time where the function is a sum over the rows, or has them itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from emitted import call, load

import matcalc

SIZES = {"N": 23, "n": 5, "m": 4, "d": 3, "K": 3}
TAKEN = {  # what is a sum over N, or has N rows
    "sum((exp(A x) - y).^2)": "A in R^{N x n}; x in R^n; y in R^N",
    "sum(((A x).^2 - y).^2)": "A in R^{N x n}; x in R^n; y in R^N",
    "sum(logsumexp(A X)) - tr(Y^T A X)": "A in R^{N x n}; X in R^{n x K}; Y in R^{N x K}",
    "sum(log(1 + (A x - y).^2/nu))": "A in R^{N x n}; x in R^n; y in R^N; nu in R positive",
    "||B .* (X C^T - A)||_F^2 + lambda ||X||_F^2": "X in R^{N x K}; C in R^{n x K}; A, B in R^{N x n}; lambda in R",
    "sum_{i=1}^N (a_i^T x - y_i)^4": "a_i, x in R^n; y_i in R",
    "sum(tanh(A X) .* B)": "A in R^{N x n}; X in R^{n x K}; B in R^{N x K}",
    "||softmax(A X C^T A^T) A D - B||_F^2": "A in R^{N x n}; X, C, D in R^{n x K}; B in R^{N x K}",  # queries meet keys: these are whole
    "sum(exp(A X C^T A^T))": "A in R^{N x n}; X, C in R^{n x K}",
    "sum(relu(A X))": "A in R^{N x n}; X in R^{n x K}",
}
LEFT = {  # what is not: another size, a sum inside a function, a term beside the sum, rows that meet one another
    "1/N sum((exp(A x) - y).^2)": "A in R^{N x n}; x in R^n; y in R^N",
    "log(sum(exp(A x)))": "A in R^{N x n}; x in R^n",
    "sum((exp(A x) - y).^2) + x^T x": "A in R^{N x n}; x in R^n; y in R^N",
    "(sum(exp(A x)))^2": "A in R^{N x n}; x in R^n",
    "sum(exp(A X A^T))": "A in R^{N x n}; X in R^{n x n}",
    "sum((exp(A X C^T A^T) + exp(A C X^T A^T)).^2)": "A in R^{N x n}; X, C in R^{n x K}",
    "sum(exp(A X C^T A^T + A x y^T))": "A in R^{N x n}; X, C in R^{n x K}; x in R^n; y in R^N",
    "y^T log(cumsum(exp(A x)))": "A in R^{N x n}; x in R^n; y in R^N",
    "log det(A^T diag(exp(A x)) A)": "A in R^{N x n}; x in R^n",
    "||A x - y||": "A in R^{N x n}; x in R^n; y in R^N",
}


def drawn(where: str) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    found: dict[str, Any] = {}
    for part in where.split("; "):
        names, _, kind = part.partition(" in R")
        shape = [SIZES[k] for k in re.findall(r"[A-Za-z]+", kind.replace("positive", "")) if k != "x"]
        for name in names.split(", "):
            base = name.removesuffix("_i")
            whole = ([SIZES["N"]] if base != name else []) + shape
            found[base] = np.abs(rng.normal(size=whole)) / 2 if kind.endswith("positive") else rng.normal(size=whole) / 2
    return found


def programs(expr: str, where: str) -> tuple[str, dict[str, Any], dict[str, Any], list[int]]:
    """The text, the program as it is and with blocks of a few rows, and how often rows were taken apart."""
    wrt = "X" if re.search(r"\bX in|\bX,|, X", where) else "x"
    d = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert not isinstance(d, list)
    text = d.code("numpy", parts=["hvp", "hessian", "make"])
    small = re.sub(r"if \d{5,} <", "if 32 <", text).replace("49152", "32").replace("2304 *", "90 *").replace("<= 32768", "<= 10**6")
    plain, blocks, count = load(text), load(small), [0]
    if "_by_rows" in blocks:
        whole = blocks["_by_rows"]

        def counted(*given: Any) -> Any:
            count[0] += 1
            return whole(*given)

        blocks["_by_rows"] = counted
    return wrt, plain, blocks, count


@pytest.mark.parametrize("expr", [*TAKEN, *LEFT])
def test_blocks_give_what_the_whole_gives(expr: str) -> None:
    where = (TAKEN | LEFT)[expr]
    wrt, plain, blocks, count = programs(expr, where)
    given = drawn(where)
    given |= {f"d{wrt}": np.random.default_rng(6).normal(size=given[wrt].shape), "lambda_": given.get("lambda")}
    for part in ("value", "gradient", "value_and_gradient", "hessian", "hvp"):
        want, got = (call(names[part], given) for names in (plain, blocks))
        for a, b in zip(want if isinstance(want, tuple) else (want,), got if isinstance(got, tuple) else (got,), strict=True):
            assert np.shape(a) == np.shape(b)
            np.testing.assert_allclose(b, a, rtol=1e-11, atol=1e-11, err_msg=part)
    whole = count[0]
    assert bool(whole) == (expr in TAKEN) or expr == "log det(A^T diag(exp(A x)) A)"
    mades = [call(made["make"], given) for made in (plain, blocks)]
    for part in ("value", "gradient", "value_and_gradient", "hessian", "hvp"):
        want, got = (call(getattr(made, part), given) for made in mades)
        for a, b in zip(want if isinstance(want, tuple) else (want,), got if isinstance(got, tuple) else (got,), strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-11, atol=1e-11, err_msg=f"made {part}")
    assert (count[0] > whole) == (whole > 0)


def test_what_has_no_rows_is_computed_once() -> None:
    """What all blocks need is computed before them, a thin factor laid out for its product, and the block written in one array."""
    d = matcalc.derivative(
        "||B .* (X C^T - A exp.(D))||_F^2",
        "X",
        where="X in R^{N x K}; C in R^{n x K}; A in R^{N x n}; B in R^{N x n}; D in R^{n x n}",
        verify=False,
    )
    assert not isinstance(d, list)
    text = d.code()
    body = text[text.index("def gradient") : text.index("def value_and_gradient")]
    before, inside = body.split("def rows(")
    assert "np.exp(D)" in before and "np.exp(D)" not in inside
    assert "np.asfortranarray(C)" in inside and "np.subtract(A.dot(t1), t2, out=t2)" in inside


def test_large_arrays_are_taken_apart() -> None:
    """The blocks of the program as it is, whose bounds the tests above make small."""
    d = matcalc.derivative("sum(((A x).^2 - y).^2)", "x", where="A in R^{m x n}; x in R^n; y in R^m", verify=False)
    assert not isinstance(d, list)
    names = load(d.code())
    rng = np.random.default_rng(7)
    A, x, y = rng.normal(size=(4200, 800)), rng.normal(size=800) / 30, rng.normal(size=4200)
    z = A @ x
    np.testing.assert_allclose(call(names["gradient"], {"A": A, "x": x, "y": y}), 4 * (z * (z * z - y)) @ A, rtol=1e-10)
