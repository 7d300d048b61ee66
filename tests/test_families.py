"""Derivatives by members of families, against central differences of the function as the user would compute it."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

W = "w, c in R^n; x_i in R^n; y_i in R"
CASES = [
    ("sum_{i=1}^N (w^T x_i - y_i)^2", "x_j", lambda v: sum((v["x"] @ v["w"] - v["y"]) ** 2), "2 (w^T x_j - y_j) w^T"),
    ("sum_{i=1}^N (w^T x_i - y_i)^2", "x_i", lambda v: sum((v["x"] @ v["w"] - v["y"]) ** 2), "2 (w^T x_i - y_i) w^T"),
    ("sum_{i=1}^N (w^T x_i - y_i)^2", "x_3", lambda v: sum((v["x"] @ v["w"] - v["y"]) ** 2), "2 (w^T x_3 - y_3) w^T"),
    ("sum_{i=1}^N (w^T x_i - y_i)^2", "y_j", lambda v: sum((v["x"] @ v["w"] - v["y"]) ** 2), None),
    ("prod_{i=1}^N y_i", "y_j", lambda v: np.prod(v["y"]), "(prod_{i=1}^N y_i)/y_j"),
    ("sum_{i=1}^N sum_{k=1}^N (x_i - x_k)^T (x_i - x_k)", "x_j", lambda v: np.sum((v["x"][:, None] - v["x"][None]) ** 2), None),
    (
        "sum_{i=1}^N sum_{k=1}^N exp(-||x_i - x_k||^2)",
        "x_i",
        lambda v: np.sum(np.exp(-np.sum((v["x"][:, None] - v["x"][None]) ** 2, 2))),
        None,
    ),
    ("||1/N sum_{i=1}^N x_i - c||^2", "x_j", lambda v: np.sum((np.mean(v["x"], 0) - v["c"]) ** 2), None),
    ("log(sum_{i=1}^N exp(w^T x_i))", "x_j", lambda v: np.log(np.sum(np.exp(v["x"] @ v["w"]))), None),
    ("sum_{i=2}^N (y_i - 1)^2", "y_j", lambda v: np.sum((v["y"][1:] - 1) ** 2), None),
]


def values() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {"w": rng.normal(size=3), "c": rng.normal(size=3), "x": rng.normal(size=(4, 3)), "y": rng.uniform(0.5, 1.5, size=4)}


def difference(f, v, base, member):
    family = v[base]
    out = np.zeros(family.shape[1:])
    for at in np.ndindex(out.shape) if out.shape else [()]:
        step = np.zeros_like(family)
        step[(member, *at)] = 1e-6
        out[at] = (f({**v, base: family + step}) - f({**v, base: family - step})) / 2e-6
    return out


@pytest.mark.parametrize(("text", "wrt", "f", "expected"), CASES, ids=[f"{c[0]} by {c[1]}" for c in CASES])
def test_by_a_member(text, wrt, f, expected):
    d = matcalc.derivative(text, wrt, where=W)
    v = values()
    base, letter = wrt.split("_")
    if expected is not None:
        assert d.text == expected
    members = [int(letter) - 1] if letter.isdigit() else range(4)
    for k in members:
        got = d.evaluate(v if letter.isdigit() else {**v, letter: k + 1})
        assert np.allclose(got, difference(f, v, base, k), rtol=1e-5, atol=1e-6)


def test_the_whole_family_is_every_member_in_turn():
    d = matcalc.derivative("sum_{i=1}^N (w^T x_i - y_i)^2", "x", where=W)
    v = values()
    assert np.allclose(d.evaluate(v), 2 * np.outer(v["x"] @ v["w"] - v["y"], v["w"]))
    assert any("every member" in note for note in d.assumptions)


def test_the_second_derivative_by_a_member():
    assert matcalc.derivative("sum_{i=1}^N (w^T x_i - y_i)^2", "x_j", where=W, order=2).text == "2 w w^T"


def test_sums_that_differ_in_their_letter_add_up():
    d = matcalc.derivative("sum_{i=1}^N sum_{k=1}^N (x_i - x_k)^T (x_i - x_k)", "x_j", where=W)
    assert d.text.count("sum_") == 1
