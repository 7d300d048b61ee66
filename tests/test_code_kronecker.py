"""Kronecker products with columns and rows in programs: what has one axis may be either. NumPy's kron made a row of a column beside a
matrix, and the languages of columns a column of a row; complex arrays of the corpus in the languages of Python."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, program_in, run_in
from test_complex import CORPUS, of_corpus

import matcalc
from matcalc.codegen.program import first_name

SIZES = {"x": (3,), "y": (4,), "A": (2, 5), "a": (12,), "z": (5,)}
ROWS = [
    ("vech(x x^T)", "x in R^n"),
    ("kron(A, x) z", "x in R^n; A in R^{m x k}; z in R^k"),
    ("kron(x, A) z", "x in R^n; A in R^{m x k}; z in R^k"),
    ("a^T (x ⊗ y)", "x in R^m; y in R^n; a in R^{m n}"),
    ("tr((x ⊗ y^T) (y ⊗ x^T))", "x in R^m; y in R^n"),
    ("||kron(x^T, A)||^2", "x in R^n; A in R^{m x k}"),
    ("sum_{i=1}^k cos(z[i] (x ⊗ A))", "x in R^n; A in R^{m x k}; z in R^k"),  # an axis for i beside those of the product
]


@pytest.mark.parametrize("language", [*LANGUAGES, pytest.param("eigen", marks=pytest.mark.eigen)])
def test_products_with_columns_and_rows(language: str, tmp_path: Path) -> None:
    rng, questions, wanted = np.random.default_rng(3), [], []
    for text, where in ROWS:
        d, f = matcalc.derivative(text, "x", where=where), matcalc.parse(text, where=where)
        given = {clause[0]: rng.normal(size=SIZES[clause[0]]) for clause in where.split("; ")}
        for part, value in ((first_name(d), d.evaluate(given)), ("value", f.evaluate(given))):
            questions.append((d.code(language), part, given))
            wanted.append(value)
    if language == "eigen":
        from compiled import run_eigen

        found = run_eigen(questions, tmp_path)
    elif language in CONSOLES:
        found = run_in(language, questions, tmp_path)
    else:
        cast, module = caster(language), installed(language)
        with module.enable_x64(True) if language == "jax" else nullcontext():
            found = [np.asarray(call(load(text)[part], {n: cast(v) for n, v in given.items()})) for text, part, given in questions]
    for got, want, (_, part, given) in zip(found, wanted, questions, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-9, atol=1e-9, err_msg=f"{part} of {sorted(given)}")


@pytest.mark.parametrize("language", ["numpy", pytest.param("jax", marks=pytest.mark.jax)])
def test_gradients_of_the_complex_corpus(language: str) -> None:
    """In NumPy roots and logarithms of complex matrices lost their imaginary part."""
    module = installed(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        for name, (d, part, given, want) in zip(CORPUS, of_corpus([*CORPUS]), strict=True):
            text = program_in(d, language)
            assert text is not None
            got = np.asarray(call(load(text)[part], given))
            np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-8, err_msg=name)
