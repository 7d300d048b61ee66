"""Emitted code in floating point: extreme arguments, ill-conditioned matrices, single precision over the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from corpus import draws
from emitted import LANGUAGES, call, installed, load, run_octave
from test_code import CASES, derivative

import matcalc
from matcalc.codegen.program import first_name
from matcalc.expressions.expr import postorder

BIG = np.array([800.0, -800.0, 0.0])
ONE_OF = np.array([0.0, 1.0, 0.0])

# Expression, variable, declarations, inputs, value, gradient.
EXTREME: list[tuple[str, str, str, dict[str, Any], Any, Any]] = [
    ("sum(log(1 + exp(x)))", "x", "x in R^n", {"x": BIG}, 800 + np.log(2), [1, 0, 0.5]),
    ("log(sum(exp(x)))", "x", "x in R^n", {"x": BIG}, 800, [1, 0, 0]),
    ("-log(sigmoid(w^T x))", "w", "x, w in R^n", {"x": -BIG, "w": BIG}, 1.28e6, BIG),
    ("log(1 - sigmoid(w^T x))", "w", "x, w in R^n", {"x": BIG, "w": BIG}, -1.28e6, -BIG),
    ("-sum(y .* log(sigmoid(x)) + (1 - y) .* log(1 - sigmoid(x)))", "x", "x, y in R^n", {"x": BIG, "y": ONE_OF}, 1600 + np.log(2),
     [1, -1, 0.5]),
    ("-y^T log(softmax(x))", "x", "x, y in R^n", {"x": BIG, "y": ONE_OF}, 1600, [1, -1, 0]),
    ("-log(softmax(x)_2)", "x", "x in R^n", {"x": BIG}, 1600, [1, -1, 0]),
    ("y^T exp(x)/sum(exp(x))", "x", "x, y in R^n", {"x": BIG, "y": np.ones(3)}, 1, [0, 0, 0]),
    ("sum(1 ./ (1 + exp(-x)))", "x", "x in R^n", {"x": BIG}, 1.5, [0, 0, 0.25]),
    ("sum(log(cosh(x)))", "x", "x in R^n", {"x": BIG}, 1600 - 2 * np.log(2), [1, -1, 0]),
    ("sum(silu(x))", "x", "x in R^n", {"x": BIG}, 800, [1, 0, 0.5]),
    ("sum(elu(x))", "x", "x in R^n", {"x": BIG + 0.5}, 800, [1, 0, 1]),
    ("sum(log(1 + x))", "x", "x in R^n", {"x": np.array([1e-12, 2e-12])}, 3e-12 - 2.5e-24, [1 - 1e-12, 1 - 2e-12]),
    ("||x||", "x", "x in R^n", {"x": np.zeros(3)}, 0, [0, 0, 0]),
    ("sqrt(x^T x)", "x", "x in R^n", {"x": np.zeros(3)}, 0, [0, 0, 0]),
    ("||X||_F", "X", "X in R^{m x n}", {"X": np.zeros((2, 3))}, 0, np.zeros((2, 3))),
    ("log det S", "S", "S in R^{n x n} spd", {"S": 1e-3 * np.eye(150)}, 150 * np.log(1e-3), 1e3 * np.eye(150)),
    ("log(det(X)^2)", "X", "X in R^{n x n}", {"X": -1e3 * np.eye(151)}, 302 * np.log(1e3), -2e-3 * np.eye(151)),
    ("||x||_3", "x", "x in R^n", {"x": np.array([3e60, 4e60])}, 91 ** (1 / 3) * 1e60, np.array([9, 16]) / 91 ** (2 / 3)),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_extreme_arguments(language: str, tmp_path: Path) -> None:
    programs = [matcalc.derivative(text, wrt, where=where).code(language) for text, wrt, where, *_ in EXTREME]  # type: ignore[union-attr]
    found: Sequence[tuple[Any, Any]]
    if language == "octave":
        questions = [(p, name, inputs) for p, (*_, inputs, _, _) in zip(programs, EXTREME) for name in ("value", "gradient")]
        results = run_octave(questions, tmp_path)
        found = list(zip(results[::2], results[1::2]))
    else:
        module = installed(language)
        doubles = module.enable_x64(True) if language == "jax" else nullcontext()
        with doubles, np.errstate(over="raise", invalid="raise", divide="raise"):
            found = [
                call(
                    load(p)["value_and_gradient"],
                    {n: module.as_tensor(v) for n, v in inputs.items()} if language == "torch" else inputs,
                )
                for p, (*_, inputs, _, _) in zip(programs, EXTREME)
            ]
    for (value, gradient), (text, *_, want, want_gradient) in zip(found, EXTREME):
        np.testing.assert_allclose(np.squeeze(value), want, rtol=1e-12, atol=1e-15, err_msg=text)
        np.testing.assert_allclose(np.squeeze(gradient), want_gradient, rtol=1e-11, atol=1e-15, err_msg=text)


def hilbert(n: int) -> Any:
    return np.array([[1 / (i + j + 1) for j in range(n)] for i in range(n)])


def exact(n: int, digits: int = 60) -> tuple[Any, Any, Any]:
    """For the matrix H of `hilbert(n)` as it is in double precision and y = (1, …, 1): H^-1, log det H, y^T H^-1 y."""
    with mpmath.workdps(digits):
        H, y = mpmath.matrix(hilbert(n).tolist()), mpmath.ones(n, 1)
        inverse = H**-1
        return np.array(inverse.tolist(), dtype=float), float(mpmath.log(mpmath.det(H))), float((y.T * inverse * y)[0])


@pytest.mark.parametrize("spd", [" spd", ""])
@pytest.mark.parametrize("n", [4, 8])
def test_ill_conditioned_matrices(n: int, spd: str) -> None:
    """Condition numbers 1.6e4 and 1.5e10: what is lost is what the condition number says, and no more."""
    inverse, logdet, form = exact(n)
    H, y = hilbert(n), np.ones(n)
    lost = np.linalg.cond(H) * np.finfo(float).eps
    where = f"S in R^{{n x n}}{spd}; y in R^n"
    found = load(matcalc.derivative("y^T S^-1 y + log det S", "S", where=where).code())  # type: ignore[union-attr]
    value, gradient = call(found["value_and_gradient"], {"S": H, "y": y})
    assert abs(value - (form + logdet)) <= 4 * lost * abs(form + logdet)
    want = inverse - np.outer(inverse @ y, inverse @ y)
    assert np.max(np.abs(gradient - want)) <= 10 * lost * np.max(np.abs(want))


@pytest.mark.parametrize("name", CASES)
def test_single_precision(name: str) -> None:
    """Single precision in, single precision out, and right to what single precision can hold."""
    d = derivative(name)
    found = load(d.code("numpy"))
    for inputs, want in draws(CASES[name]):
        single = {n: v if isinstance(v, int) else np.float32(v) for n, v in inputs.items()}
        with np.errstate(all="ignore"):
            got = call(found[first_name(d)], single)
        assert got.dtype == np.float32 if depends(d) else np.ndim(got) or isinstance(got, float)
        np.testing.assert_allclose(
            np.squeeze(got), np.squeeze(want), rtol=1e-3, atol=2e-4 * max(1.0, float(np.max(np.abs(want), initial=0)))
        )


def depends(d: Any) -> bool:
    """Whether the derivative depends on an argument (one that does not is a number of Python)."""
    return any(n.op.name in ("symbol", "member") for n in postorder(d._tensor.expressions()))
