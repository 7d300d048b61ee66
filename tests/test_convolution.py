"""Convolutions and correlations of vectors against NumPy's: values, answers, forms read back, programs, refusals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, run_in

import matcalc
from matcalc.errors import MatcalcError
from matcalc.expressions.build import matmul, symbol, transpose, unit
from matcalc.expressions.convolution import hankel, toeplitz
from matcalc.expressions.leaves import num
from matcalc.kinds import ONE, Dim
from matcalc.numbers import precise
from matcalc.numbers.numeric import Plan

RNG = np.random.default_rng(8)
GIVEN = {"a": RNG.normal(size=3), "x": RNG.normal(size=5), "y": RNG.normal(size=7), "z": RNG.normal(size=3)}
WHERE = "a in R^m; x in R^n; y in R^{m + n - 1}; z in R^{n - m + 1}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("conv(a, x)", lambda a, x: np.convolve(a, x)),
        ("np.convolve(x, a)", lambda a, x: np.convolve(a, x)),
        ("correlate(x, a)", lambda a, x: np.correlate(x, a, "valid")),
        ("convmtx(a, n)", lambda a, x: np.column_stack([np.convolve(a, e) for e in np.eye(5)])),
        ("hankel(x, m)", lambda a, x: np.array([x[i : i + 3] for i in range(3)])),
        ("hankel(x, m) a", lambda a, x: np.correlate(x, a, "valid")),
    ],
)
def test_values(text: str, wanted: Any) -> None:
    e = matcalc.parse(text, where="a in R^m; x in R^n")
    given = {n: GIVEN[n] for n in ("a", "x")}
    assert np.allclose(np.squeeze(e.evaluate(given)), wanted(**given), atol=1e-12)
    exact = {n: precise.np.array([[precise.exact(a)] for a in v.tolist()]) for n, v in given.items()}
    digits = Plan(e.expr, precise).value(exact, {"m": 3, "n": 5})
    assert np.allclose([float(v) for v in digits.data], wanted(**given).ravel(), atol=1e-12)


def test_one_normal_form() -> None:
    """A convolution commutes; a correlation is T(a)^T g, and by a unit vector, as derivatives are found, H(g) e."""
    m, n = Dim.of("m"), Dim.of("n")
    a, x, g, e = symbol("a", (m, ONE)), symbol("x", (n, ONE)), symbol("g", (m + n - 1, ONE)), unit(num(2), m)
    assert matmul(toeplitz(a, n), x) is matmul(toeplitz(x, m), a)
    assert matmul(hankel(g, m), a) is matmul(transpose(toeplitz(a, n)), g)
    assert matmul(transpose(toeplitz(e, n)), g) is matmul(hankel(g, m), e)
    assert transpose(hankel(g, m)) is hankel(g, n) and toeplitz(a, ONE) is a


PROGRAMS = [
    ("||conv(a, x) - y||^2", "a", "gradient"),
    ("||conv(a, x) - y||^2", "x", "hessian"),
    ("sum(tanh(correlate(x, a) + z))", "a", "gradient"),
    ("sum(exp(correlate(x, a)))", "a", "hessian"),
    ("exp(conv(a, x))", "x", "jacobian"),
    ("y^T conv(a, x) + ||correlate(x, a)||^2", "x", "hvp"),
]


def convolved(text: str, name: str, part: str, target: str = "eigen") -> tuple[str, str, dict[str, Any], Any]:
    """A program, the function of it, its inputs and what it has to give, by the answer."""
    order = 2 if part in ("hessian", "hvp") else 1
    d = matcalc.derivative(text, name, where=WHERE)
    given = {n: v for n, v in GIVEN.items() if n in d.where}
    program = d.code(target, parts=[part] if order == 2 else [])
    along = {f"d{name}": np.arange(1.0, 1 + len(given[name]))} if part == "hvp" else {}
    wanted = np.squeeze(matcalc.derivative(text, name, where=WHERE, order=order).evaluate(given))
    return program, part, given | along, wanted @ along[f"d{name}"] if along else wanted


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize(("text", "name", "part"), PROGRAMS)
def test_programs(target: str, text: str, name: str, part: str, tmp_path: Path) -> None:
    program, _, given, wanted = convolved(text, name, part, target)
    if target in CONSOLES:
        (found,) = run_in(target, [(program, part, given)], tmp_path)
    else:
        xp = installed(target)
        if target == "jax":
            xp.config.update("jax_enable_x64", True)
        cast = caster(target)
        found = call(load(program)[part], {n: cast(v) for n, v in given.items()})
    assert np.allclose(np.squeeze(np.asarray(found)), wanted, atol=1e-9)


def test_complex_signals() -> None:
    """The gradient by conj(h) correlates with conj(x); the program's correlation conjugates nothing."""
    where = "h in C^m; x in C^n; y in C^{m + n - 1}"
    d = matcalc.derivative("||conv(h, x) - y||^2", "h", where=where)
    assert d.text == "correlate(conv(h, x) - y, conj(x))"
    given = {n: GIVEN[k] + 1j * GIVEN[k][::-1] for n, k in (("h", "a"), ("x", "x"), ("y", "y"))}
    wanted = np.correlate(np.convolve(given["h"], given["x"]) - given["y"], given["x"], "valid")
    assert np.allclose(call(load(d.code())["gradient"], given), wanted)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("conv(a, x)", "a in R; x in R^n", "argument a of conv is a scalar"),
        ("conv(a, x)", "x in R; a in R^n", "argument x of conv is a scalar"),
        ("correlate(x, a)", "x in R^3; a in R^5", "a slides along x, and has 5 entries where x has 3"),
        ("conv(A, x)", "A in R^{m x n}; x in R^n", "has to be"),
        ("hankel(x)", "x in R^n", "how many columns"),
        ("convmtx(x, y)", "x, y in R^n", "y is no size"),
        ("conv(a, x) - y", "a, x, y in R^n", "y"),
    ],
)
def test_what_is_refused(text: str, where: str, said: str) -> None:
    with pytest.raises(MatcalcError, match=said):
        matcalc.derivative(text, "x", where=where)


def test_steps_name_the_rule() -> None:
    steps = matcalc.derivative("||correlate(y, tanh(x))||^2", "x", where=WHERE).steps
    assert "differential of a convolution" in steps.text()


SIGNALS = "a in R^m; x in R^{N + m - 1}; y in R^N"


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        ("sum_{i=1}^N (y_i - sum_{k=1}^m a_k x_{i+k-1})^2", "a", "2 correlate(x, correlate(x, a) - y)^T"),
        ("sum_{i=1}^N (y_i - sum_{k=1}^m a_k x_{k+i-1})^2", "x", "2 conv(a, correlate(x, a) - y)^T"),
        (r"\sum_{i=1}^{N} y_i \sum_{k=1}^{m} a_k x_{i+k-1}", "y", "correlate(x, a)^T"),
        ("y^T correlate(x, a) - a^T correlate(x, y)", "a", "0_{1 x m}"),
        ("z^T conv(a, x) + w^T conv(a, x)", "a", "correlate(z + w, x)^T"),
    ],
)
def test_answers(text: str, name: str, answer: str) -> None:
    """Entries at sums of indices are those of a Hankel matrix; what is linear is gathered."""
    assert matcalc.derivative(text, name, where=SIGNALS).text == answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sum_{i=1}^N y_i sum_{k=1}^m a_k x_{i+k}", "runs to N \\+ m, and there are"),
        ("sum_{i=1}^N y_i sum_{k=1}^m a_k x_{i+k-2}", "begins at 0, and there is no entry 0"),
        ("sum_{i=1}^N y_i sum_{k=1}^m a_k x_{i-k+1}", "conv\\(a, x\\) for sum_k"),
        ("sum_{i=1}^N y_i sum_{k=1}^m a_k z_{i+k-1}", "declare z in R"),
    ],
)
def test_entries_that_are_not_there_are_refused(text: str, said: str) -> None:
    with pytest.raises(MatcalcError) as found:
        matcalc.derivative(text, "a", where=SIGNALS)
    assert re.search(said, str(found.value))
