"""Emitted programs of fresh problems: every function of the file, in every language that is installed, against hand-written gradients."""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import PYTHON, call, caster, installed, load, parameters_in, program_in, run_octave

import matcalc
from benchmarks.losses import LOSSES, Loss

N = 4
PARTS = ("hessian", "hvp", "jvp", "vjp")


class Question:
    """A problem at one point with one direction: what is given, and what has to come out of every function of the file."""

    def __init__(self, problem: Loss) -> None:
        rng = np.random.default_rng(11)
        self.problem = problem
        self.inputs = problem.draw(N, rng)
        x = next(iter(self.inputs.values()))
        others = list(self.inputs.values())[1:]
        self.direction = rng.normal(size=np.shape(x))[()]
        member = problem.wrt.endswith("_j")
        if member:
            self.inputs["j"] = 2
            self.direction = self.direction[1]
        if problem.name == "likelihood of a factor":
            self.direction = np.tril(self.direction)

        def gradient(step: float) -> Any:
            change = step * self.direction
            if member:
                change = np.zeros_like(x)
                change[1] = step * self.direction
            found = problem.gradient(x + change, *others)
            return found[1] if member else found

        step = 1e-4  # of fourth order: (8 (g(h) - g(-h)) - (g(2 h) - g(-2 h)))/(12 h)
        second = (8 * (gradient(step) - gradient(-step)) - gradient(2 * step) + gradient(-2 * step)) / (12 * step)
        self.want = {
            "value": problem.value(x, *others),
            "gradient": gradient(0),
            "jvp": np.sum(gradient(0) * self.direction),
            "vjp": 0.7 * gradient(0),
            "hvp": second,
            "hessian": second,
        }
        self.extra = {"jvp": self.direction, "vjp": 0.7, "hvp": self.direction}

    def check(self, function: str, got: Any) -> None:
        got = np.squeeze(np.asarray(got))
        if function == "hessian":
            got = (
                np.tensordot(got, np.squeeze(self.direction), np.ndim(self.direction)) if np.ndim(self.direction) else got * self.direction
            )
        np.testing.assert_allclose(got, np.squeeze(self.want[function]), rtol=1e-7, atol=1e-8, err_msg=f"{self.problem.name}: {function}")


QUESTIONS = {p.name: p for p in LOSSES}


@cache
def derivative(name: str) -> Any:
    p = QUESTIONS[name]
    return matcalc.derivative(p.expr, p.wrt, where=p.where, verify=False)


@cache
def question(name: str) -> Question:
    return Question(QUESTIONS[name])


@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_function_of_the_file(name: str, language: str) -> None:
    module = installed(language)
    q = question(name)
    text = program_in(derivative(name), language, [*PARTS, "make"])
    if text is None:
        return
    found = load(text)
    cast = caster(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        inputs = {n: cast(v) for n, v in q.inputs.items()}
        for functions in (found, vars(call(found["make"], inputs))):
            for function in q.want:
                last = [*inspect.signature(functions[function]).parameters][-1]
                extra = {last: cast(q.extra[function])} if function in q.extra else {}
                q.check(function, call(functions[function], inputs, **extra))
            both = call(functions["value_and_gradient"], inputs)
            q.check("value", both[0])
            q.check("gradient", both[1])


@pytest.mark.octave
def test_every_function_of_the_file_in_octave(tmp_path: Path) -> None:
    asked = []
    for name in QUESTIONS:
        q, text = question(name), derivative(name).code("octave", parts=PARTS)
        for function in q.want:
            extra = {parameters_in("octave", text, function)[-1]: q.extra[function]} if function in q.extra else {}
            asked.append((text, function, q.inputs | extra))
    results = iter(run_octave(asked, tmp_path))
    for name in QUESTIONS:
        for function in question(name).want:
            question(name).check(function, next(results))


def test_the_index_of_a_variable_is_an_argument() -> None:
    """The j of x_j, also where the sum that was typed runs over the same letter."""
    d: Any = matcalc.derivative("sum_{i=1}^N (a_i^T x_i)^3", "x_j", where="a_i, x_i in R^n")
    found = load(d.code())
    rng = np.random.default_rng(3)
    x, a = rng.normal(size=(2, 5, 3))
    for j in (1, 5):
        np.testing.assert_allclose(found["gradient"](x, a, j), 3 * (a[j - 1] @ x[j - 1]) ** 2 * a[j - 1])
    for j in (0, 6):
        with pytest.raises(ValueError, match="j: a number from 1 to 5 expected"):
            found["gradient"](x, a, j)
    d = matcalc.derivative("sum_{j=1}^N (a_j^T x_j)^3", "x_j", where="a_j, x_j in R^n")
    np.testing.assert_allclose(load(d.code())["gradient"](x, a, 2), 3 * (a[1] @ x[1]) ** 2 * a[1])
    np.testing.assert_allclose(load(d.code())["value"](x, a, 2), np.sum(np.sum(a * x, 1) ** 3))
