"""Programs for the array API standard: in its reference implementation, which has nothing beside the standard, in NumPy, in PyTorch.

Loops over languages in the other files have them too; here are the corpus, every operation of the book, and what is only theirs.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from corpus import draws
from emitted import call, caster, installed, load, program_in
from test_code import CASES, close, derivative
from test_code_book import CALLED, asked, wanted

import matcalc
from matcalc.codegen.program import first_name
from matcalc.errors import NoAnswerError, UsageError

pytestmark = pytest.mark.array_api

# What the standard has no function for.
LACKING = {"erf", "normcdf", "lognormcdf", "gelu", "lgamma", "tgamma", "digamma", "polygamma", "eigval_general", "eigproj"}


# The suite takes every third case, `pytest -m slow tests/test_code_array_api.py` the others.
SHARED = [pytest.param(name, marks=[] if k % 3 == 0 else pytest.mark.slow) for k, name in enumerate(CASES)]


@pytest.mark.parametrize("name", SHARED)
def test_the_corpus(name: str) -> None:
    """The answer is an array of the type of its arguments; its numbers in single precision are compared in `test_code_single`. In NumPy the
    same file."""
    strict = installed("array-api")
    d, case = derivative(name), CASES[name]
    found = load(d.code("array-api"))[first_name(d)]
    for given, want in draws(case):
        for kind in (strict.float64, strict.float32):
            arrays = {n: v if isinstance(v, int) else strict.asarray(np.asarray(v), dtype=kind) for n, v in given.items()}
            with np.errstate(all="ignore"):
                got = call(found, arrays)
            assert got.dtype == kind
            if kind == strict.float64:
                assert close(np.asarray(got), want)
        assert close(call(found, {n: v if isinstance(v, int) else np.asarray(v) for n, v in given.items()}), want, 1e-7)


@pytest.mark.torch
@pytest.mark.parametrize("name", [*CASES][::8])
def test_the_corpus_in_pytorch(name: str) -> None:
    """PyTorch has no namespace of the standard itself: that is array_api_compat's."""
    pytest.importorskip("array_api_compat", reason='array_api_compat is not installed: pip install -e ".[targets]"')
    d, cast = derivative(name), caster("torch")
    found = load(d.code("array-api"))[first_name(d)]
    for given, want in draws(CASES[name]):
        got = call(found, {n: cast(v) for n, v in given.items()})
        assert type(got).__module__ == "torch" and close(got.numpy(), want, 1e-7)


@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_every_operation(op: Any) -> None:
    derivatives, given = asked(op.name)
    cast = caster("array-api")
    arrays = {n: cast(v) for n, v in given.items()}
    for d in derivatives:
        text = program_in(d, "array-api")
        assert (text is None) == (op.name in LACKING)
        if text is not None:
            found = load(text)
            for name, want in wanted(d, given):
                np.testing.assert_allclose(np.asarray(call(found[name], arrays)), want, rtol=1e-8, atol=1e-10, err_msg=text)


def test_what_the_standard_lacks_is_refused_with_the_reason() -> None:
    with pytest.raises(NoAnswerError, match="no code for erf: the array API standard has no function for it") as refused:
        matcalc.grad("sum(erf(x))", "x", where="x in R^n").code("array-api")  # type: ignore[union-attr]
    assert "numpy" in str(refused.value) and "array-api" not in str(refused.value).partition("targets:")[2]


def test_arrays_are_needed_and_of_one_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a library has as `device` goes on to every array that is made."""
    strict = installed("array-api")
    found = load(matcalc.grad("w^3 + n w", "w", where="w in R; n in N").code("array-api"))  # type: ignore[union-attr]
    assert float(found["gradient"](strict.asarray(2.0), 5)) == 17
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(TypeError, match="no argument is an array of the array API standard"):
        found["gradient"](2.0, 5)
    on = strict.Device("device1")
    program = load(matcalc.grad("log det(S + s I) + ||S x||", "S", where="S in R^{n x n}; x in R^n; s in R").code("array-api"))  # type: ignore[union-attr]
    S, x = strict.asarray([[2.0, 1.0], [0.0, 3.0]], device=on), strict.asarray([1.0, 2.0], device=on)
    got = call(program["gradient"], {"S": S, "x": x, "s": 0.5})
    assert got.device == on and got.shape == (2, 2)


def test_what_is_whole_is_computed_with_as_real() -> None:
    strict = installed("array-api")
    found = load(matcalc.grad("||A x||^2", "x").code("array-api"))["gradient"]  # type: ignore[union-attr]
    got = found(strict.asarray([1, 2]), strict.asarray([[1, 2], [3, 4]]))
    assert got.dtype == strict.float64 and np.asarray(got).tolist() == [76, 108]


def test_complex_arrays() -> None:
    d: Any = matcalc.derivative("z^H A z + |b^H z|^2", "z", where="z, b in C^n; A in C^{n x n} hermitian")
    rng = np.random.default_rng(4)
    z, b, A = (rng.normal(size=s) + 1j * rng.normal(size=s) for s in (3, 3, (3, 3)))
    given = {"z": z, "b": b, "A": A + A.conj().T}
    cast = caster("array-api")
    got = call(load(d.code("array-api"))[first_name(d)], {n: cast(v) for n, v in given.items()})
    np.testing.assert_allclose(np.asarray(got), d.evaluate(given))


def test_no_autograd_and_what_is_said_of_it() -> None:
    with pytest.raises(UsageError, match="autograd is for JAX, PyTorch and Julia"):
        matcalc.grad("||A x - b||^2", "x").code("array-api", parts=["autograd"])  # type: ignore[union-attr]
