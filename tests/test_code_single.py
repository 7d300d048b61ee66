"""Emitted programs in single precision: every row of the corpora, in the languages that have it.

A program in float32 has to give float32, and the numbers of the same program in float64 at the same inputs, to what rounding leaves: the
inputs are moved by a unit in the last place of float32, and what comes of it, in float64, says how far a right program may be."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compiled import run_eigen
from corpus import draws
from emitted import PYTHON, call, installed, load, program_in, run_in
from test_code import CASES
from test_code import derivative as of_corpus
from test_code_fields import ASKED, given_to
from test_code_fields import derivative as of_field

from matcalc.codegen.program import first_name

UNIT = 2.0**-24
MOVES = 4  # random changes of the inputs by a unit
NEAR = 1e-4  # of the greatest entry
ROUNDINGS = 100  # how much further intermediate results may carry it
ROWS = [*CASES, *ASKED]


def rounded(value: Any) -> Any:
    """A value that float32 holds, in float64; whole numbers and functions stay."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.asarray(value, np.float32).astype(float)[()]
    return value


def moved(value: Any, rng: np.random.Generator) -> Any:
    """The value with its entries moved by a unit, a symmetric matrix as one."""
    if not isinstance(value, np.ndarray | float):
        return value
    change = 1 + UNIT * rng.choice([-1.0, 1.0], np.shape(value))
    symmetric = np.ndim(value) > 1 and value.shape[-1] == value.shape[-2] and np.array_equal(value, np.swapaxes(value, -1, -2))
    return value * (change + np.swapaxes(change, -1, -2)) / 2 if symmetric else value * change


@cache
def question(row: Any) -> tuple[Any, dict[str, Any], Any, float]:
    """A derivative, its inputs, the derivative there in double precision, and how far rounding of the inputs moves it."""
    d = of_corpus(row) if row in CASES else of_field(*row)
    given = next(draws(CASES[row]))[0] if row in CASES else given_to(row[0], d)
    inputs = {n: rounded(v) for n, v in given.items()}
    function = load(d.code("numpy"))[first_name(d)]
    rng = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        want = np.asarray(call(function, inputs))
        others = [np.asarray(call(function, {n: moved(v, rng) for n, v in inputs.items()})) for _ in range(MOVES)]
    return d, inputs, want, max(float(np.max(np.abs(other - want), initial=0)) for other in others)


def agrees(got: Any, row: Any) -> bool:
    _, _, want, spread = question(row)
    got, want = np.squeeze(np.asarray(got, want.dtype)), np.squeeze(want)
    if got.shape != want.shape:
        return False
    error = np.max(np.abs(got - want), initial=0)
    return bool(error <= NEAR * np.max(np.abs(want), initial=0) + ROUNDINGS * spread)


@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_in_python(row: Any, language: str) -> None:
    d, inputs, *_ = question(row)
    text = program_in(d, language)
    if text is None:
        return  # the array API standard has no function for it, and the error says so
    module = installed(language)
    arrays = module.numpy if language == "jax" else module
    single = np.dtype("float32") if language in ("numpy", "jax") else module.float32
    given = {n: arrays.asarray(v, dtype=single) if isinstance(v, np.ndarray | float) else v for n, v in inputs.items()}
    double = module.enable_x64(True) if language == "jax" else nullcontext()  # where what a program makes in double precision stays so
    with np.errstate(all="ignore"), double:
        got = call(load(text)[first_name(d)], given)
    if given:
        assert getattr(got, "dtype", single) == single
    assert agrees(got, row), d.text


@pytest.mark.octave
@pytest.mark.parametrize("language", ["octave", "matlab"])
def test_in_octave(language: str, tmp_path: Path) -> None:
    questions = [(d.code(language), first_name(d), inputs) for d, inputs, *_ in map(question, ROWS)]
    found = run_in(language, questions, tmp_path, single=True)
    assert not [row for row, got in zip(ROWS, found, strict=True) if not agrees(got, row)]


@pytest.mark.eigen
@pytest.mark.parametrize("every", [50, pytest.param(1, marks=pytest.mark.slow)])
def test_in_cpp(every: int, tmp_path: Path) -> None:
    questions = [(d.code("eigen"), first_name(d), inputs) for d, inputs, *_ in map(question, ROWS[::every])]
    found = run_eigen(questions, tmp_path, real="float")
    assert not [row for row, got in zip(ROWS[::every], found, strict=True) if not agrees(got, row)]
