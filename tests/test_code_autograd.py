"""The function that PyTorch and JAX differentiate by the closed form: in numbers, twice, by other arguments, in every precision."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from emitted import installed, load

import matcalc
from matcalc.errors import UsageError

# text, variables, declarations, the shapes
FUNCTIONS = {
    "logistic": ("sum(log(1 + exp(-y .* (X w)))) + lambda w^T w", "w", "X in R^{N x n}; w in R^n; y in R^N; lambda in R",
                 {"w": (3,), "X": (5, 3), "y": (5,), "lambda_": ()}),
    "network": ("||W_2 tanh(W_1 x + b) - y||^2", "W_1 b W_2", "W_1 in R^{k x n}; b in R^k; W_2 in R^{m x k}; x in R^n; y in R^m",
                {"W_1": (4, 3), "b": (4,), "W_2": (2, 4), "x": (3,), "y": (2,)}),
    "vector": ("A tanh(B x)", "x", "A in R^{m x k}; B in R^{k x n}; x in R^n", {"x": (3,), "A": (2, 4), "B": (4, 3)}),
    "family": ("sum_{i=1}^N exp(w^T x_i)", "w", "w, x_i in R^n", {"w": (3,), "x": (4, 3)}),
}  # fmt: skip


def text_of(name: str, language: str) -> str:
    text, names, where, _ = FUNCTIONS[name]
    found = matcalc.derivative(text, names.split() if " " in names else names, where=where, verify=False)
    return matcalc.code(found, language, parts=["autograd"])


def drawn(name: str, function: Any) -> list[Any]:
    rng, shapes = np.random.default_rng(4), FUNCTIONS[name][3]
    return [np.asarray(0.5 * rng.normal(size=shapes[n])) for n in inspect.signature(function).parameters]


@pytest.mark.torch
@pytest.mark.parametrize("name", FUNCTIONS)
def test_torch(name: str) -> None:
    """By every argument, those without a closed form too; and once more."""
    torch = installed("torch")
    functions = load(text_of(name, "torch"))
    function = functions["function"]
    given = [torch.as_tensor(v).requires_grad_() for v in drawn(name, function)]
    assert torch.autograd.gradcheck(function, given)
    assert torch.autograd.gradgradcheck(function, given)
    own = torch.func.jacrev(functions["value"], argnums=tuple(range(len(given))))(*given)
    for a, b in zip(torch.func.jacrev(function, argnums=tuple(range(len(given))))(*given), own, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.torch
def test_torch_takes_the_closed_form_and_keeps_the_type() -> None:
    torch = installed("torch")
    functions = load(text_of("logistic", "torch"))
    for kind, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 0.1)):
        given = [torch.as_tensor(v, dtype=kind) for v in drawn("logistic", functions["function"])]
        w = given[0].clone().requires_grad_()
        value = functions["function"](w, *given[1:])
        value.backward()
        assert value.dtype == w.grad.dtype == kind
        want = functions["gradient"](*[v.double() for v in given])
        np.testing.assert_allclose(w.grad.double().numpy(), want.numpy(), rtol=tolerance, atol=tolerance)
    calls = []
    own = functions["vjp"]
    functions["vjp"] = lambda *arguments: (calls.append(1), own(*arguments))[1]
    given = [torch.as_tensor(v).requires_grad_() for v in drawn("logistic", functions["function"])]
    loss = functions["function"](given[0], *[v.detach() for v in given[1:]])
    loss.backward()
    assert calls == [1]


@pytest.mark.jax
@pytest.mark.parametrize("name", FUNCTIONS)
def test_jax(name: str) -> None:
    jax = installed("jax")
    with jax.enable_x64(True):
        functions = load(text_of(name, "jax"))
        function, value = functions["function"], functions["value"]
        given = drawn(name, function)
        places = tuple(range(len(given)))
        for a, b in zip(jax.jit(jax.jacrev(function, places))(*given), jax.jacrev(value, places)(*given), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
        again, own = (jax.jacrev(jax.jacrev(f))(*given) for f in (function, value))
        np.testing.assert_allclose(again, own, rtol=1e-9, atol=1e-12)
    single = [v.astype(np.float32) for v in given]
    assert all(g.dtype == np.float32 for g in jax.tree.leaves(jax.jacrev(function, places)(*single)))


def test_where_there_is_none() -> None:
    d: Any = matcalc.derivative("||A x - b||^2", "x", verify=False)
    for target in ("numpy", "octave", "r"):
        with pytest.raises(UsageError, match="autograd is for JAX, PyTorch and Julia"):
            d.code(target, parts=["autograd"])
    with pytest.raises(UsageError, match="without an index"):
        matcalc.derivative("sum_{i=1}^N exp(a_i^T x_i)", "x_j", where="a_i, x_i in R^n").code("jax", parts=["autograd"])  # type: ignore[union-attr]
