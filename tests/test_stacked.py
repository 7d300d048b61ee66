"""vech, unvec and their matrices: sizes n (n + 1)/2, reading, derivatives by vech(S), programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, run_in

import matcalc
from matcalc.errors import MatcalcError
from matcalc.kinds import Dim, square_root, triangle_side, triangular

N = Dim.of("n")


@pytest.mark.parametrize("side", [N, N * 2, N * Dim.of("m"), Dim.of(4)], ids=str)
def test_a_triangular_size_tells_its_side(side: Dim) -> None:
    assert triangle_side(triangular(side)) is side


@pytest.mark.parametrize("size", [N, N * N, Dim.of(7), N * N + N], ids=str)
def test_other_sizes_are_of_no_triangle(size: Dim) -> None:
    assert triangle_side(size) is None


def test_sizes_are_spelled_with_their_denominator_and_read_back() -> None:
    assert str(triangular(N)) == "n (n + 1)/2"
    assert triangular(N).value({"n": 5}) == 15
    assert square_root(N * N * 4) is N * 2
    assert matcalc.parse("v", where="v in R^{n(n+1)/2}").shape == ("n (n + 1)/2", "1")


@pytest.mark.parametrize(
    ("text", "where", "shape"),
    [
        ("vech(X) - y", "", ("n (n + 1)/2", "1")),
        ("unvech(v) x", "x in R^n", ("n", "1")),
        ("unvech(v)", "v in R^6", ("3", "3")),
        ("unvec(y) x", "y in R^{m n}; x in R^n", ("m", "1")),
        ("unvec(y, m, n)", "y in R^{m n}", ("m", "n")),
        ("D_n vech(S)", "S in S^n", ("n n", "1")),
        ("L_n vec(S)", "S in S^n", ("n (n + 1)/2", "1")),
        ("K_n vec(S)", "S in S^n", ("n n", "1")),
    ],
)
def test_read_with_its_sizes(text: str, where: str, shape: tuple[str, str]) -> None:
    read = matcalc.parse(text, where=where)
    assert read.shape == shape
    assert matcalc.parse(read.text, where=read.where).text == matcalc.parse(read.latex, where=read.where).text == read.text


@pytest.mark.parametrize("text", ["x^T D_2 x", "D_n x where D_n in R^{m x n}; x in R^n", "D x + D_n where D in R^{n x n}; x, D_n in R^n"])
def test_other_names_stay_names(text: str) -> None:
    assert "duplication" not in " ".join(matcalc.parse(text).assumptions)


@pytest.mark.parametrize(
    ("text", "where", "wrt", "word"),
    [
        ("vech(v)", "v in R^7", "v", "vech"),
        ("unvech(v)", "v in R^7", "v", "unvech"),
        ("tr(A X)", "", "vech(X)", "symmetric"),
        ("S^-1", "S in S_++^n", "vech(S)", "vech(F)"),
        ("tr(L A)", "L in R^{n x n} lower", "vech(L)", "symmetric"),
    ],
)
def test_refused_with_the_word_that_helps(text: str, where: str, wrt: str, word: str) -> None:
    with pytest.raises(MatcalcError, match=re.escape(word)):
        matcalc.derivative(text, wrt, where=where)


def test_a_notation_that_has_no_stacked_form_is_refused() -> None:
    with pytest.raises(MatcalcError, match="matrix"):
        matcalc.derivative("logdet(S)", "vech(S)", where="S in S_++^n", notation="index")


def test_it_says_by_what() -> None:
    d = matcalc.derivative("logdet(S)", "vech(S)", where="S in S_++^n")
    assert d.steps[-1].after.text.startswith("dF/dvech(S)|symmetric = ")


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("text", ["vech(S^-1)", "D_n^+ vec(S A S)", "vech(unvec(y, n, n) S)"])
def test_programs(target: str, text: str, tmp_path: Path) -> None:
    where = "S in S_++^n; A in S^n; y in R^{n n}"
    d = matcalc.derivative(text, "vech(S)", where=where)
    rng = np.random.default_rng(4)
    x = rng.standard_normal((3, 3))
    given: dict[str, Any] = {"S": x @ x.T + np.eye(3), "A": x + x.T, "y": rng.standard_normal(9)}
    given = {n: v for n, v in given.items() if n in text}
    program = d.code(target)
    if target in CONSOLES:
        (found,) = run_in(target, [(program, "jacobian", given)], tmp_path)
    else:
        xp = installed(target)
        if target == "jax":
            xp.config.update("jax_enable_x64", True)
        cast = caster(target)
        arrays = {n: cast(v) for n, v in given.items()}
        found = call(load(program)["jacobian"], arrays)
    assert np.allclose(np.asarray(found), d.evaluate(given), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("vech(S^-1)", "J[i,j,k] = vech(S^-1 (unvech(e_j) S^-1 unvech(e_k) + unvech(e_k) S^-1 unvech(e_j)) S^-1)[i]"),
        (
            "vech(S^2)",
            "J[i,j,k] = vech(unvech(I_{n (n + 1)/2}[:,j]) unvech(I_{n (n + 1)/2}[:,k]) "
            "+ unvech(I_{n (n + 1)/2}[:,k]) unvech(I_{n (n + 1)/2}[:,j]))[i]",
        ),
        ("vech(sqrtm(S))", "J[i,j,k] = vech(dsqrtm(S, unvech(I_{n (n + 1)/2}[:,j]), unvech(I_{n (n + 1)/2}[:,k])))[i]"),
    ],
)
def test_second_derivatives_of_columns_are_along_symmetric_matrices(text: str, printed: str) -> None:
    """They were refused. Their numbers are those of automatic differentiation, in test_code_fields.py."""
    d = matcalc.derivative(text, "vech(S)", where="S in S_++^n", order=2)
    assert d.verified == "verified" and d.text == printed
    assert d.shape == ("n (n + 1)/2",) * 3
    assert any("unvech" in str(step.after.text) for step in d.steps)
