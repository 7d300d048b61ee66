"""Emitted programs in C++ with Eigen, compiled and run: the corpus, every operation of the book, every function of the thirty-one losses,
joint gradients, extreme arguments, the probes of stability."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compiled import parameters_of, run_eigen
from corpus import draws
from stable_probes import PROBES, exact, inputs
from test_code import CASES, close, derivative
from test_code_book import CALLED, TRACES, asked, traced, wanted
from test_code_joint import FUNCTIONS, joint
from test_code_numbers import EXTREME
from test_code_problems import PARTS, QUESTIONS, question
from test_code_problems import derivative as of_loss
from test_complex import CORPUS, changes, holomorphic, of_corpus, values
from test_convolution import PROGRAMS as CONVOLUTIONS
from test_convolution import convolved

import matcalc
from matcalc.codegen.helpers import eigen_functions
from matcalc.codegen.program import first_name
from matcalc.errors import NoAnswerError, UsageError

pytestmark = pytest.mark.eigen

# Compiling costs: the suite takes every sixth program, `pytest -m slow tests/test_code_eigen.py` takes all.
EVERY = pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])


@EVERY
def test_the_corpus(every: int, tmp_path: Path) -> None:
    given = [(name, inputs, want) for name in [*CASES][::every] for inputs, want in draws(CASES[name])]
    questions = [(derivative(name).code("eigen"), first_name(derivative(name)), inputs) for name, inputs, _ in given]
    for got, (name, _, want) in zip(run_eigen(questions, tmp_path), given, strict=True):
        assert close(got, want), name


@EVERY
def test_every_operation(every: int, tmp_path: Path) -> None:
    questions, expected = [], []
    for op in CALLED[::every]:
        derivatives, given = asked(op.name)
        for d in derivatives:
            for name, want in wanted(d, given):
                questions.append((d.code("eigen"), name, given))
                expected.append((op.name, want))
    for got, (label, want) in zip(run_eigen(questions, tmp_path), expected, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=label)


def test_partial_traces(tmp_path: Path) -> None:
    questions = [q for text in TRACES for q in traced(text)]
    found = run_eigen([(d.code("eigen"), name, given) for d, name, given, _ in questions], tmp_path)
    for got, (*_, want) in zip(found, questions, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-9)


def test_convolutions(tmp_path: Path) -> None:
    questions = [convolved(*p) for p in CONVOLUTIONS]
    found = run_eigen([(text, part, given) for text, part, given, _ in questions], tmp_path)
    for got, (*_, want) in zip(found, questions, strict=True):
        np.testing.assert_allclose(np.squeeze(got), want, rtol=1e-9)


@EVERY
def test_every_function_of_the_losses(every: int, tmp_path: Path) -> None:
    questions = []
    for name in [*QUESTIONS][::every]:
        q, text = question(name), of_loss(name).code("eigen", parts=PARTS)
        for function in q.want:
            extra = {parameters_of(text, function)[-1][1]: q.extra[function]} if function in q.extra else {}
            questions.append((text, function, q.inputs | extra))
    results = iter(run_eigen(questions, tmp_path))
    for name in [*QUESTIONS][::every]:
        for function in question(name).want:
            question(name).check(function, next(results))


@pytest.mark.jax
@EVERY
def test_all_gradients(every: int, tmp_path: Path) -> None:
    problems = [joint(name) for name in [*FUNCTIONS][::every]]
    for k in range(max(len(found.gradients) for found in problems)):
        these = [found for found in problems if len(found.gradients) > k]
        results = run_eigen([(found.code("eigen"), "gradients", found.inputs) for found in these], tmp_path, k + 1)
        for got, found in zip(results, these, strict=True):
            np.testing.assert_allclose(np.squeeze(got), np.squeeze(found.gradients[k]), rtol=1e-8, atol=1e-10)


@EVERY
def test_extreme_arguments_and_probes(every: int, tmp_path: Path) -> None:
    extreme: list[tuple[str, str, str, dict[str, Any], Any, Any]] = EXTREME[::every]
    table = extreme + [(p.text, p.wrt, p.where, inputs(p), *exact(p)) for p in [*PROBES.values()][:: (every + 1) // 2]]
    questions, expected = [], []
    for text, wrt, where, given, value, slope in table:
        code = matcalc.derivative(text, wrt, where=where, verify=False).code("eigen")  # type: ignore[union-attr]
        questions += [(code, "value", given), (code, "gradient", given)]
        expected += [(text, value), (text, slope)]
    for k, (got, (text, want)) in enumerate(zip(run_eigen(questions, tmp_path), expected, strict=True)):
        probe = k >= 2 * len(extreme)
        np.testing.assert_allclose(np.squeeze(got), want, rtol=1e-12 if probe else 1e-11, atol=1e-300 if probe else 1e-15, err_msg=text)


SOME = ["ridge", "logistic-hess", "gauss-Sigma", "mlp3-W1", "attn-rows", "kalman-gain", "mml-5.102", "rmsnorm"]


@pytest.mark.parametrize(("real", "options", "tolerance"), [("float", "-O0", 1e-3), ("double", "-O2 -Wall -Werror", 1e-6)])
def test_single_precision_and_optimised(real: str, options: str, tolerance: float, tmp_path: Path) -> None:
    given = [(name, inputs, want) for name in SOME for inputs, want in draws(CASES[name])]
    questions = [(derivative(name).code("eigen"), first_name(derivative(name)), inputs) for name, inputs, _ in given]
    for got, (name, _, want) in zip(run_eigen(questions, tmp_path, real=real, options=options), given, strict=True):
        assert close(got, want, tolerance), name


def test_functions_and_refusals(tmp_path: Path) -> None:
    d: Any = matcalc.derivative("sum(phi(x)) + f(A x)", "x", where="phi: R -> R; f: R^m -> R; A in R^{m x n}; x in R^n")
    rng = np.random.default_rng(0)
    A, x = rng.normal(size=(2, 3)), rng.normal(size=3)
    handles = {
        "phi": "[](const Vector& y) { return Vector(y.array().sin()); }",
        "phi_prime": "[](const Vector& y) { return Vector(y.array().cos()); }",
        "f": "[](const Vector& y) { return y.squaredNorm(); }",
        "f_prime": "[](const Vector& y) { return Vector(2 * y); }",
    }
    given = {"A": A, "x": x, **handles}
    least = matcalc.grad("||A x - b||^2", "x").code("eigen")  # type: ignore[union-attr]
    member = matcalc.grad("sum_{i=1}^N (w^T x_i)^2", "x_j", where="w, x_i in R^n").code("eigen")  # type: ignore[union-attr]
    positive = matcalc.grad("a^T S^-1 b", "a", where="S in R^{n x n} spd").code("eigen")  # type: ignore[union-attr]
    questions: list[tuple[str, str, dict[str, Any]]] = [
        (d.code("eigen"), "value", given),
        (d.code("eigen"), "gradient", given),
        (least, "gradient", {"x": np.ones(2), "A": np.ones((3, 2)), "b": np.ones(2)}),
        (member, "gradient", {"x": np.ones((3, 2)), "w": np.ones(2), "j": 4}),
        (positive, "gradient", {"a": np.ones(2), "b": np.ones(2), "S": -np.eye(2)}),
    ]
    value, gradient, shape, place, indefinite = run_eigen(questions, tmp_path)
    np.testing.assert_allclose(value, np.sum(np.sin(x)) + np.sum((A @ x) ** 2))
    np.testing.assert_allclose(np.squeeze(gradient), np.cos(x) + 2 * A.T @ A @ x)
    assert shape == "b: shape (m,) expected, not (2, 1)"
    assert place == "j: a number from 1 to N expected"
    assert indefinite == "a matrix is not positive definite"


def test_make_is_refused() -> None:
    with pytest.raises(UsageError, match="make is for"):
        matcalc.grad("||A x - b||^2", "x").code("eigen", parts=["make"])  # type: ignore[union-attr]


@EVERY
def test_complex_arrays(every: int, tmp_path: Path) -> None:
    """Values and gradients, their changes along directions, holomorphic functions, the corpus: all in one program."""
    plain = [*values(), *changes(), *of_corpus([*CORPUS][::every])]
    questions = [*[(*q, None) for q in plain], *holomorphic()][:: 2 if every > 1 else 1]
    asked = [(d.code("eigen", parts=[part] if part in PARTS else []), part, given) for d, part, given, *_ in questions]
    for found, (d, part, _, want, along) in zip(run_eigen(asked, tmp_path), questions, strict=True):
        got = np.squeeze(found) if along is None else np.squeeze(found) @ along
        np.testing.assert_allclose(got, np.squeeze(want), rtol=1e-6, atol=1e-6, err_msg=f"{part}: {d}")


def test_what_is_real_beside_complex_names_has_real_types() -> None:
    d: Any = matcalc.derivative("1/2 ||A x - b||^2 + l ||x||^2", "x", where="x in R^n; A in C^{m x n}; b in R^m; l in R")
    text = d.code("eigen")
    assert (
        "inline std::tuple<Real, RealVector> value_and_gradient(const RealVector& x, const Matrix& A, const RealVector& b, Real l)" in text
    )
    with pytest.raises(NoAnswerError, match="of real arrays only"):
        matcalc.derivative("||softmax(w)|| ||z||^2", "z", where="z in C^n; w in R^m").code("eigen")  # type: ignore[union-attr]


def test_a_sign_is_no_factor() -> None:
    """-1 times several factors was Number(1) in front of them."""
    d: Any = matcalc.derivative("sum_i log(1 + abs(a_i^H x)^2)", "x", where="a_i, x in C^n", verify=False)
    text = d.code("eigen", parts=["hvp"])
    assert "Number(1) * " not in text and "- (a * dx.conjugate()).cwiseProduct(" in text


def test_what_a_function_needs_stands_before_it() -> None:
    """C++ reads from the top."""
    known: list[str] = []
    for name, text in eigen_functions().items():
        used = {n for n in eigen_functions() if re.search(rf"\b{n}\(", text)} - {name}
        assert used <= set(known), (name, used - set(known))
        known.append(name)
