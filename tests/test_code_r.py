"""Emitted programs in R: the corpus, every operation of the book, every function of the thirty-one losses, joint gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import draws
from emitted import r_parameters, run_r
from test_code import CASES, close, derivative
from test_code_book import CALLED, asked, wanted
from test_code_joint import FUNCTIONS, Joint
from test_code_numbers import EXTREME
from test_code_problems import PARTS, QUESTIONS, question
from test_code_problems import derivative as of_loss

import matcalc
from matcalc.codegen.program import first_name
from matcalc.errors import UsageError

pytestmark = pytest.mark.r


def test_the_corpus(tmp_path: Path) -> None:
    given = [(name, inputs, want) for name, case in CASES.items() for inputs, want in draws(case)]
    asked = [(derivative(name).code("r"), first_name(derivative(name)), inputs) for name, inputs, _ in given]
    for got, (name, _, want) in zip(run_r(asked, tmp_path), given, strict=True):
        assert close(got, want), name


def test_every_operation(tmp_path: Path) -> None:
    questions, expected = [], []
    for op in CALLED:
        derivatives, given = asked(op.name)
        for d in derivatives:
            for name, want in wanted(d, given):
                questions.append((d.code("r"), name, given))
                expected.append((op.name, want))
    for got, (label, want) in zip(run_r(questions, tmp_path), expected, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=label)


def test_every_function_of_the_losses(tmp_path: Path) -> None:
    questions = []
    for name in QUESTIONS:
        q, text = question(name), of_loss(name).code("r", parts=PARTS)
        for function in q.want:
            extra = {r_parameters(text, function)[-1]: q.extra[function]} if function in q.extra else {}
            questions.append((text, function, q.inputs | extra))
    results = iter(run_r(questions, tmp_path))
    for name in QUESTIONS:
        for function in question(name).want:
            question(name).check(function, next(results))


@pytest.mark.jax
@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_gradients(name: str, tmp_path: Path) -> None:
    found = Joint(name)
    text = found.code("r")
    for k, want in enumerate(found.gradients, 1):
        (got,) = run_r([(text, "gradients", found.inputs)], tmp_path, k)
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-8, atol=1e-10)


def test_extreme_arguments(tmp_path: Path) -> None:
    ds: list[Any] = [matcalc.derivative(text, wrt, where=where, verify=False) for text, wrt, where, *_ in EXTREME]
    questions = [(d.code("r"), name, case[3]) for d, case in zip(ds, EXTREME) for name in ("value", "gradient")]
    results = iter(run_r(questions, tmp_path))
    for text, _, _, _, value, gradient in EXTREME:
        for want in (value, gradient):
            np.testing.assert_allclose(np.squeeze(next(results)), want, rtol=1e-9, atol=1e-15, err_msg=text)


def test_a_wrong_shape_is_refused(tmp_path: Path) -> None:
    text = matcalc.grad("||A x - b||^2", "x").code("r")
    with pytest.raises(AssertionError, match=r"b: shape \(m,\) expected, not 2, 1"):
        run_r([(text, "gradient", {"x": np.ones(2), "A": np.ones((3, 2)), "b": np.ones(2)})], tmp_path)


def test_complex_arrays_and_make_are_refused() -> None:
    with pytest.raises(UsageError, match="real arrays"):
        matcalc.derivative("z^H A z", "z", where="z in C^n; A in C^{n x n} hermitian").code("r")  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="make is for"):
        matcalc.grad("||A x - b||^2", "x").code("r", parts=["make"])


def test_solutions_of_equations_have_no_program_in_r() -> None:
    d = matcalc.implicit("A x = b", "x", "b", where="A in R^{n x n} invertible; x, b in R^n")
    with pytest.raises(UsageError, match="no programs in R"):
        d.code("r")
