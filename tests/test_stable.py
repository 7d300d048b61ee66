"""Stability: every probe of `stable_probes` keeps its value and its gradient to 1e-12, in every language and in `evaluate`."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, program_in, run_in
from more_stable_probes import MORE
from stable_probes import PROBES as KNOWN
from stable_probes import exact, inputs

import matcalc

PROBES = KNOWN | MORE


@cache
def gradient(name: str) -> Any:
    probe = PROBES[name]
    return matcalc.grad(probe.text, probe.wrt, where=probe.where)


def close(found: Any, wanted: Any, label: str) -> None:
    np.testing.assert_allclose(np.squeeze(found), np.squeeze(wanted), rtol=1e-12, atol=1e-300, err_msg=label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_probes(language: str, tmp_path: Path) -> None:
    programs = {name: program_in(gradient(name), language) for name in PROBES}
    asked = {name: text for name, text in programs.items() if text is not None}
    if language in CONSOLES:
        questions = [(text, part, inputs(PROBES[name])) for name, text in asked.items() for part in ("value", "gradient")]
        results = iter(run_in(language, questions, tmp_path))
        for name in asked:
            for want in exact(PROBES[name]):
                close(next(results), want, name)
        return
    module, cast = installed(language), caster(language)
    doubles = module.enable_x64(True) if language == "jax" else nullcontext()
    with doubles, np.errstate(over="raise", invalid="raise", divide="raise"):
        for name, text in asked.items():
            both = call(load(text)["value_and_gradient"], {n: cast(v) for n, v in inputs(PROBES[name]).items()})
            for got, want in zip(both, exact(PROBES[name]), strict=True):
                close(np.asarray(got), want, name)


@pytest.mark.parametrize("name", PROBES)
def test_evaluate(name: str) -> None:
    """The first calls, and those that a program answers; the function itself too."""
    probe = PROBES[name]
    value, slope = exact(probe)
    d = matcalc.grad(probe.text, probe.wrt, where=probe.where)
    for _ in range(4):
        close(d.evaluate(inputs(probe)), slope, name)  # type: ignore[union-attr]
    close(matcalc.parse(probe.text, probe.where).evaluate(inputs(probe)), value, name)


ORDINARY = {
    "x^T y/(||x|| ||y||)": "x, y in R^n",
    "sum(log(1 + x.^2/nu))": "x in R^n; nu in R positive",
    "sum(log(1 + 3 (A x).^2))": "A in R^{m x n}; x in R^n",
    "log(exp(a^T x) + exp(b^T x))": "a, b, x in R^n",
    "log(1 + ||x||^2)": "x in R^n",
    "(x^T y)^2/(||x||^2 ||y||^2)": "x, y in R^n",
    "||A x||/||x||": "A in R^{m x n}; x in R^n",
    "sum(log(normcdf(x .* y)))": "x, y in R^n",
    "tr(X^T Y)/(||X||_F ||Y||_F)": "X, Y in R^{m x n}",
}


@pytest.mark.parametrize("text", ORDINARY)
def test_the_forms_are_equal_where_nothing_is_extreme(text: str) -> None:
    """Against central differences of the function, whose own forms were not rewritten by the same rules."""
    d = matcalc.grad(text, "X" if "X" in text else "x", where=ORDINARY[text])
    wrt = d.wrt[0]  # type: ignore[union-attr]
    rng = np.random.default_rng(3)
    sizes = {"m": 4, "n": 3}
    shapes = {"A": "mn", "X": "mn", "Y": "mn", "x": "n", "y": "n", "a": "n", "b": "n", "nu": ""}
    given: dict[str, Any] = {
        n: np.abs(rng.normal(size=[sizes[k] for k in s])) + 0.1 if not s else rng.normal(size=[sizes[k] for k in s])
        for n, s in shapes.items()
        if n in d._scope.symbols  # type: ignore[union-attr]
    }
    found = load(d.code())  # type: ignore[union-attr]
    value, slope = call(found["value_and_gradient"], given)
    assert np.isfinite(value)
    direction = rng.normal(size=np.shape(given[wrt]))
    ends = [call(found["value"], {**given, wrt: given[wrt] + s * 1e-6 * direction}) for s in (1, -1)]
    np.testing.assert_allclose(np.sum(slope * direction), (ends[0] - ends[1]) / 2e-6, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(d.evaluate(given), slope, rtol=1e-12)  # type: ignore[union-attr]


def test_the_logarithm_of_a_negative_determinant_has_no_value() -> None:
    """log(det(A)) was evaluated as the logarithm of the absolute value."""
    e = matcalc.parse("log(det(A)) + 1", where="A in R^{n x n}")
    with np.errstate(all="ignore"):
        assert np.isnan([e.evaluate({"A": np.diag([1.0, -2.0])}) for _ in range(4)]).all()
    assert np.isclose(e.evaluate({"A": np.diag([-1.0, -2.0])}), np.log(2) + 1)
    with np.errstate(all="ignore"):
        assert np.isnan(matcalc.parse("exp(log(x))", where="x in R").evaluate({"x": -2.0}))


def test_a_square_beside_two_other_summands_has_a_program() -> None:
    """A sum of three in a quotient was taken for one of two, and the third call of evaluate, which runs the program, ended in an error."""
    d = matcalc.derivative("sum_{k=1}^K log_2(1 + g_k p_k/(sigma^2 + g^T p - g_k p_k))", "p", where="g, p in R^K; sigma in R")
    g, p = np.random.default_rng(1).uniform(0.5, 1.5, (2, 4))
    rest = 0.7**2 + g @ p - g * p
    total = rest + g * p
    wanted = (g / total + sum(1 / total - 1 / rest) * g - (1 / total - 1 / rest) * g) / np.log(2)
    found = call(load(d.code("numpy"))["gradient"], {"g": g, "p": p, "sigma": 0.7})
    np.testing.assert_allclose(found, wanted, rtol=1e-10)


def test_a_matrix_product_that_becomes_one_by_entries_is_rewritten_as_what_it_was() -> None:
    """diag(a) 1[A < 0] diag(c) was taken for a product of entries with a switch: a wrong value, and a shape error of other sizes."""
    d = matcalc.derivative("1[A < 0] .* (sigmoid(x).^r C)", "r", where="r in R; A in R^{m x n}; x in R^m; C in R^{1 x n}")
    rng = np.random.default_rng(3)
    for m, n in ((3, 3), (3, 2)):
        a, x, c = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=(1, n))
        s = 1 / (1 + np.exp(-x))
        want = (a < 0) * np.outer(s**1.3 * np.log(s), c[0])
        assert np.allclose(d.evaluate({"A": a, "x": x, "C": c, "r": 1.3}), want, rtol=1e-12)
        program: dict[str, Any] = {}
        exec(d.code("numpy"), program)
        assert np.allclose(program["jacobian"](1.3, a, x, c[0]), want, rtol=1e-12)
