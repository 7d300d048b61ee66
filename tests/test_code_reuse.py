"""Emitted NumPy programs overwrite temporaries of their own, and nothing else: inputs, results, what `make` keeps stay as they are."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np
import pytest
from emitted import load

import matcalc
from benchmarks.losses import LOSSES, Loss
from benchmarks.training import AT, arguments

N = 5


def frozen(value: Any) -> Any:
    """An array that raises an error when it is written."""
    array = np.array(value)
    array.setflags(write=False)
    return array if array.ndim else value


def emitted(loss: Loss) -> dict[str, Any]:
    d = matcalc.derivative(loss.expr, loss.wrt, where=loss.where, verify=False)
    assert not isinstance(d, list)
    return load(d.code("numpy", parts=["hvp", "jvp", "make"]))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_nothing_but_temporaries_is_written(loss: Loss, dtype: str) -> None:
    rng = np.random.default_rng(5)
    values = {name: frozen(np.asarray(v, dtype) if np.ndim(v) else v) for name, v in loss.draw(N, rng).items()}
    x = next(iter(values.values()))
    direction = frozen(rng.normal(size=np.shape(x[AT - 1] if loss.wrt.endswith("_j") else x)).astype(dtype))
    functions = emitted(loss)
    made = functions["make"](*arguments(functions["make"], values))
    for name in ("value", "gradient", "value_and_gradient", "hvp", "jvp"):
        further = [direction] if name in ("hvp", "jvp") else []
        for function in (functions[name], getattr(made, name)):
            given = arguments(function, values, *further)
            first = function(*given)
            results = first if isinstance(first, tuple) else (first,)
            before = [np.array(r) for r in results]
            assert all(np.asarray(r).dtype == dtype for r in results)
            second = function(*given)
            for r, kept, again in zip(results, before, second if isinstance(second, tuple) else (second,), strict=True):
                assert np.array_equal(r, kept, equal_nan=True)  # the second call has not written what the first returned
                assert np.array_equal(again, kept, equal_nan=True)
                assert not any(np.shares_memory(r, v) for v in given if np.ndim(v))


CASES = [  # a temporary that is read again, transposed, squared, by both results, beside itself, by a factorisation, in a loop
    ("sum(exp(A B) .* (A B))", "A", "A, B in R^{n x n}"),
    ("tr(exp.(A B)^T (A B)^T)", "A", "A, B in R^{n x n}"),
    ("sum((A B + (A B)^T).^2 .* exp(A B))", "A", "A, B in R^{n x n}"),
    ("logdet(A A^T + I) + sum(exp(A A^T) ./ (2 + A A^T).^2)", "A", "A in R^{n x n}"),
    ("sum(tanh(A x ones(n)^T + B) .* (1 - tanh(A x ones(n)^T + B)))", "x", "A, B in R^{n x n}; x in R^n; n in N"),
    ("sum_{i=1}^3 tr(exp.(A/i) (A B)^i)", "A", "A, B in R^{n x n}"),
    ("sum(log(1 + exp(u ones(n)^T + ones(n) v^T - A B)))", "B", "A, B in R^{n x n}; u, v in R^n; n in N"),
]


@pytest.mark.parametrize("part", ["gradient", "hvp"])
@pytest.mark.parametrize(("expr", "wrt", "where"), CASES)
def test_the_numbers_are_those_without_overwriting(expr: str, wrt: str, where: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    d = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert not isinstance(d, list)
    thrifty = load(text := d.code("numpy", parts=["hvp"]))
    monkeypatch.setattr("matcalc.codegen.emission.overwritten", lambda *_: {})
    plain = load(other := d.code("numpy", parts=["hvp"]))
    assert "out=" not in other
    rng = np.random.default_rng(3)
    shapes = {name: (4, 4) if name.isupper() else (4,) for name in "A B x u v".split()}
    names = [n.removeprefix("d") for n in inspect.signature(plain[part]).parameters]
    given = [frozen(0.3 * rng.normal(size=shapes[n])) for n in names]
    assert np.allclose(thrifty[part](*given), plain[part](*given), rtol=1e-12, atol=1e-12), text


def test_an_exponential_of_a_sum_is_one_array() -> None:
    d = matcalc.derivative("sum(exp(u ones(n)^T + ones(n) v^T - A B))", "u", where="A, B in R^{n x n}; u, v in R^n; n in N", verify=False)
    assert not isinstance(d, list)
    text = d.code("numpy")
    body = text[text.index("def gradient") :].partition("\n\n\n")[0]
    assert "np.exp(t1, out=t1)" in body
    assert "t2" not in body


def test_an_array_is_written_where_the_other_operand_is_made_of_it() -> None:
    """Of `S - X`, where S is computed of X in the same statement, S is there before X is written."""
    d: Any = matcalc.derivative(
        "Z = softmax(X W_Q W_K^T X^T/sqrt(k)) X W_V; 1/2 ||Z - Y||_F^2",
        "W_Q",
        where="X in R^{N x d}; W_Q, W_K in R^{d x k}; W_V in R^{d x k}; Y in R^{N x k}",
        verify=False,
    )
    text = d.code(parts=["hvp"])
    text = text[text.index("def hvp(") : text.index("def _inputs(")]
    assert re.search(r"np\.subtract\(np\.einsum\(\"ij,ij->i\", (t\d+), t\d+\)\[:, None\], \1, out=\1\)", text)
    assert len(re.findall(r"out=", text)) >= 3
