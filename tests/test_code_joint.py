"""Emitted programs by several variables: all gradients from one pass, and products with directions of all variables, against JAX."""

from __future__ import annotations

import re
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import PYTHON, call, caster, installed, load, run_octave

import matcalc
from matcalc.errors import UsageError

SIZES = {"n": 3, "m": 4, "p": 2, "k": 5, "N": 6, "d": 3, "h": 4}

# text, variables, declarations, the same in JAX
FUNCTIONS = {
    "three layers": (
        "h_1 = tanh(W_1 x + b_1); h_2 = tanh(W_2 h_1 + b_2); 1/2 ||W_3 h_2 + b_3 - y||^2",
        "W_1 b_1 W_2 b_2 W_3 b_3",
        "W_1 in R^{m x n}; W_2 in R^{k x m}; W_3 in R^{p x k}; x in R^n; b_1 in R^m; b_2 in R^k; b_3, y in R^p",
        lambda a, np: sum((a["W_3"] @ np.tanh(a["W_2"] @ np.tanh(a["W_1"] @ a["x"] + a["b_1"]) + a["b_2"]) + a["b_3"] - a["y"]) ** 2) / 2,
    ),
    "attention": (
        "S = softmax(X Q (X K)^T); ||S X V - Y||^2",
        "Q K V X",
        "X in R^{N x d}; Q, K in R^{d x k}; V in R^{d x p}; Y in R^{N x p}",
        lambda a, np: np.sum((_softmax(a["X"] @ a["Q"] @ (a["X"] @ a["K"]).T, np) @ a["X"] @ a["V"] - a["Y"]) ** 2),
    ),
    "factors with a penalty": (
        "||U V^T - A||^2 + lambda (||U||^2 + ||V||^2)",
        "U V lambda",
        "U in R^{m x k}; V in R^{n x k}; A in R^{m x n}; lambda in R",
        lambda a, np: np.sum((a["U"] @ a["V"].T - a["A"]) ** 2) + a["lambda"] * (np.sum(a["U"] ** 2) + np.sum(a["V"] ** 2)),
    ),
    "a family": (
        "sum_{i=1}^N log(1 + exp(-y_i (w^T x_i + b)))",
        "w b",
        "w, x_i in R^n; b, y_i in R",
        lambda a, np: np.sum(np.log1p(np.exp(-a["y"] * (a["x"] @ a["w"] + a["b"])))),
    ),
    "with a symmetric matrix": (
        "tr(S^2) + a^T S b + ||a||^4",
        "S a",
        "S in S^n; a, b in R^n",
        lambda a, np: np.trace(a["S"] @ a["S"]) + a["a"] @ a["S"] @ a["b"] + np.sum(a["a"] ** 2) ** 2,
    ),
    "by indices": (
        "sum_i sum_j A_{ij}^2 c_i exp(-c_j)",
        "A c",
        "A in R^{n x n}; c in R^n",
        lambda a, np: np.sum(a["A"] ** 2 * a["c"][:, None] * np.exp(-a["c"])),
    ),
}


def _softmax(Z: Any, np: Any) -> Any:
    E = np.exp(Z)
    return E / E.sum(1, keepdims=True)


def drawn(where: str, rng: np.random.Generator) -> dict[str, Any]:
    """Values of the declared names; those of a family are stacked."""
    found = {}
    for names, sizes in re.findall(r"([^;]*) in ([^;]*)", where):
        dims = [SIZES[s] for s in re.findall(r"[a-wyzA-Z]", sizes.partition("^")[2])]
        dims *= 2 if sizes.startswith("S") else 1
        for name in (n.strip() for n in names.split(",")):
            base, _, sub = name.partition("_")
            value = rng.normal(size=([SIZES["N"]] if sub == "i" else []) + dims)
            found[base if sub == "i" else name] = value + value.T if sizes.startswith("S") else value[()]
    return found


class Joint:
    """A function, its inputs and directions, and what has to come out."""

    def __init__(self, name: str) -> None:
        jax = pytest.importorskip("jax", reason='jax is not installed: pip install -e ".[targets]"')
        self.text, names, self.where, f = FUNCTIONS[name]
        self.names = names.split()
        rng = np.random.default_rng(5)
        self.inputs = drawn(self.where, rng)
        self.directions = {f"d{n}": rng.normal(size=np.shape(self.inputs[n]))[()] for n in self.names}
        with jax.enable_x64(True):

            def function(*variables: Any) -> Any:
                return f(self.inputs | dict(zip(self.names, variables)), jax.numpy)

            at, along = [self.inputs[n] for n in self.names], list(self.directions.values())
            gradient = jax.grad(function, argnums=tuple(range(len(at))))
            self.value = function(*at)
            self.gradients = gradient(*at)
            self.jvp = sum(np.sum(g * v) for g, v in zip(self.gradients, along))
            self.hvp = jax.jvp(gradient, tuple(map(jax.numpy.asarray, at)), tuple(map(jax.numpy.asarray, along)))[1]

    def code(self, language: str) -> str:
        return matcalc.code(matcalc.derivative(self.text, self.names, where=self.where), language, parts=["jvp", "hvp"])


@cache
def joint(name: str) -> Joint:
    return Joint(name)


def close(found: Any, wanted: Any, what: str) -> None:
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-8, atol=1e-9, err_msg=what)


@pytest.mark.jax
@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_gradients_at_once(name: str, language: str) -> None:
    module, asked = installed(language), joint(name)
    functions = load(asked.code(language))
    cast = caster(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        inputs, directions = ({n: cast(v) for n, v in d.items()} for d in (asked.inputs, asked.directions))
        close(call(functions["value"], inputs), asked.value, "value")
        value, *gradients = call(functions["value_and_gradients"], inputs)
        close(value, asked.value, "value")
        for name, *results in zip(asked.names, gradients, call(functions["gradients"], inputs), asked.gradients, strict=True):
            close(results[0], results[2], name)
            close(results[1], results[2], name)
        given = {n: v for n, v in directions.items()}
        close(functions["jvp"](*_ordered(functions["jvp"], inputs), *given.values()), asked.jvp, "jvp")
        for name, found, wanted in zip(
            asked.names, functions["hvp"](*_ordered(functions["hvp"], inputs), *given.values()), asked.hvp, strict=True
        ):
            close(found, wanted, f"hvp of {name}")


def _ordered(function: Any, inputs: dict[str, Any]) -> list[Any]:
    """The inputs in the order of the function's parameters; the directions follow them."""
    import inspect

    return [inputs[n.rstrip("_")] for n in [*inspect.signature(function).parameters][: len(inputs)]]


@pytest.mark.jax
@pytest.mark.octave
def test_all_gradients_in_octave(tmp_path: Path) -> None:
    for name in FUNCTIONS:
        asked = joint(name)
        text = asked.code("octave")
        for k, variable in enumerate(asked.names):
            (found,) = run_octave([(text, "gradients", asked.inputs)], tmp_path, k + 1)
            close(np.squeeze(found), np.squeeze(asked.gradients[k]), f"{name}: {variable}")


def test_work_is_shared() -> None:
    """One forward and one backward pass, whatever the number of layers."""
    text, names, where, _ = FUNCTIONS["three layers"]
    body = matcalc.code(matcalc.derivative(text, names.split(), where=where)).partition("def value_and_gradients")[2].partition("def ")[0]
    assert body.count(".dot(") == 3 + 2 + 1  # three products forward, two back, the value
    assert body.count("tanh") == 2


def test_what_one_file_cannot_hold() -> None:
    first, second = matcalc.derivative("a^T X b + ||X||^2", ["X", "a"])
    with pytest.raises(UsageError, match="derivatives of one function"):
        matcalc.code([first, matcalc.derivative("a^T X b", "a")])
    with pytest.raises(UsageError, match="Hessian"):
        matcalc.code([first, second], parts=["hessian"])


def test_directions_have_names_of_their_own() -> None:
    program = matcalc.code(matcalc.derivative("dx x x_1 + x^2", ["x", "x_1"], where="dx, x, x_1 in R"), parts=["jvp"])
    assert "def jvp(x, x_1, dx, dx_1, dx_1_1):" in program
