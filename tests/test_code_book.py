"""Emitted code of everything that the book has: each operation in each language, blocks, functions that are arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import call, load, run_octave
from test_abstract import FIRST, FUNCTIONS, known
from test_abstract import SECOND as SECOND_OF_FUNCTIONS
from test_blocks import CASES as BLOCKS
from test_blocks import VALUES as BLOCK_VALUES
from test_calls import question
from test_ops import BOOK, FREE_FORM, PLAIN, SIZES, draw, shapes

import matcalc
from matcalc.codegen.program import TARGETS, first_name
from matcalc.errors import MatcalcError
from matcalc.expr import Operation
from matcalc.ops.book import REGISTRY, SHORTHANDS, elementwise, operation

CALLED = [op for op in PLAIN if op.spellings and op.name not in SHORTHANDS and op.name != "norm_nuclear"]


@cache
def asked(name: str) -> tuple[list[Any], dict[str, Any]]:
    """The derivatives of an operation, weighted to a scalar, by its arguments (of one that has none, by the weights), and values."""
    op = REGISTRY[name]
    text, where = question(op)
    rng = np.random.default_rng(9)
    values = dict(zip(op.params, draw(op, rng), strict=True))
    rows, cols = (" ".join(token) for token in shapes(op)[1])
    values["W_0"] = rng.standard_normal([math.prod(1 if t == "1" else SIZES[t] for t in token) for token in shapes(op)[1]])
    text, where = (
        (f"W_0 {text}", f"{where}; W_0 in R") if rows == cols == "1" else (f"sum(W_0 .* {text})", f"{where}; W_0 in R^{{{rows} x {cols}}}")
    )
    wrt = [x for x in op.params if op.elementwise or op.index or f"d{x}" in op.differential] or ["W_0"]
    found = [matcalc.derivative(text, x, where=where, verify=False) for x in wrt]
    given = {
        n: int(v) if op.domain == "integer" and n != "W_0" else np.squeeze(v, axis=1) if np.ndim(v) == 2 and v.shape[1] == 1 else v
        for n, v in values.items()
    }
    given["W_0"] = given["W_0"].reshape(-1)[0] if rows == cols == "1" else given["W_0"]
    return found, given


def wanted(d: Any, given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "value", matcalc.parse(d._typed.program.text, where=d.where).evaluate(given)
    yield first_name(d), d.evaluate({n: v for n, v in given.items() if n in d._scope.symbols})


@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_numpy(op: Operation) -> None:
    derivatives, given = asked(op.name)
    for d in derivatives:
        found = load(d.code())
        for name, want in wanted(d, given):
            np.testing.assert_allclose(call(found[name], given), want, rtol=1e-8, atol=1e-10, err_msg=d.code())


@pytest.mark.jax
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_jax(op: Operation) -> None:
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install jax")
    derivatives, given = asked(op.name)
    with jax.enable_x64(True):
        for d in derivatives:
            found = load(d.code("jax"))
            for name, want in wanted(d, given):
                np.testing.assert_allclose(np.asarray(call(found[name], given)), want, rtol=1e-8, atol=1e-10, err_msg=d.code("jax"))


@pytest.mark.torch
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_torch(op: Operation) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    derivatives, given = asked(op.name)
    tensors = {n: v if isinstance(v, int) else torch.as_tensor(v, dtype=torch.float64) for n, v in given.items()}
    for d in derivatives:
        found = load(d.code("torch"))
        for name, want in wanted(d, given):
            np.testing.assert_allclose(call(found[name], tensors).numpy(), want, rtol=1e-8, atol=1e-10, err_msg=d.code("torch"))


@pytest.mark.octave
def test_octave(tmp_path: Path) -> None:
    questions, expected = [], []
    for op in CALLED:
        derivatives, given = asked(op.name)
        for d in derivatives:
            for name, want in wanted(d, given):
                questions.append((d.code("octave"), name, given))
                expected.append((op.name, want))
    for got, (label, want) in zip(run_octave(questions, tmp_path), expected, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=label)
