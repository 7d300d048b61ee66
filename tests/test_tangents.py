"""Derivatives as tensors of the fourth order, `--notation tensor`: their numbers against the index form's, read back, symmetries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from console import run

import matcalc

NEO_HOOKE = "mu/2 (tr(C) - 3) - mu/2 logdet(C) + lambda/8 logdet(C)^2"
TANGENTS = [
    ("C^-1", "C", "C in S_++^3", 1, True, "-(C^-1 ⊙̄ C^-1) : dC"),
    ("C^-1", "C", "C in S_++^3", 1, False, "-(C^-1 ⊗̄ C^-1) : dC"),
    ("F^-1", "F", "F in R^{3 x 3} invertible", 1, False, "-(F^-1 ⊗̄ F^-T) : dF"),
    ("F^T F", "F", "F in R^{m x n}", 1, False, "(I_n ⊗̲ F^T + F^T ⊗̄ I_n) : dF"),
    ("det(F)", "F", "F in R^{3 x 3} invertible", 2, False, "(det(F) (F^-T ⊗ F^-T) - det(F) (F^-T ⊗̲ F^-1)) : dF"),
    (NEO_HOOKE, "C", "C in S_++^3", 2, True, "(lambda/4 (C^-1 ⊗ C^-1) + (2 mu - lambda logdet(C))/4 (C^-1 ⊙̄ C^-1)) : dC"),
    ("lambda/2 tr(E)^2 + mu tr(E^2)", "E", "E in S^3", 2, True, "(lambda (I_3 ⊗ I_3) + 2 mu (I_3 ⊙̄ I_3)) : dE"),
    ("||S - tr(S)/3 I||^2/2", "S", "S in R^{3 x 3}", 2, False, "(I_3 ⊗̄ I_3 - 1/3 (I_3 ⊗ I_3)) : dS"),
    ("(a^T C a - 1)^2", "C", "C in S^3; a in R^3", 2, True, "2 (a a^T ⊗ a a^T) : dC"),
    ("A X B", "X", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}", 1, False, "(A ⊗̄ B^T) : dX"),
    ("tr(A X)", "X", "A, X in R^{n x n}", 2, False, "0_{n x n}"),
]
SIZES = {"n": 3, "m": 2, "p": 4, "q": 2}


def point(where: str) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    found: dict[str, Any] = {}
    for clause in where.split("; "):
        names, _, space = clause.partition(" in ")
        inside = space[space.index("{") + 1 : space.index("}")].split(" x ") if "{" in space else [space[2:3]] if "^" in space else []
        shape = tuple(int(c) if c.isdigit() else SIZES[c] for c in inside)
        for n in names.split(", "):
            x = rng.normal(size=shape)
            if "spd" in space or "symmetric" in space:
                x = x @ x.T + np.eye(len(x))
            found[n] = x if shape else abs(float(x)) + 0.5
    return found


@pytest.mark.parametrize(("text", "name", "where", "order", "within", "shown"), TANGENTS)
def test_a_tangent_has_the_numbers_and_reads_back(text: str, name: str, where: str, order: int, within: bool, shown: str) -> None:
    options: dict[str, Any] = {"where": where, "order": order, "structured": "symmetric-space" if within else ""}
    d = matcalc.derivative(text, name, notation="tensor", **options)
    assert d.text == f"d{name} -> {shown}" and d.verified == "verified"
    index = matcalc.derivative(text, name, notation="index", **options)
    given = point(index.where)
    wanted = np.squeeze(index.evaluate(given))
    np.testing.assert_allclose(np.squeeze(d.evaluate({n: v for n, v in given.items() if n in d.where})), wanted, atol=1e-12)
    for form in (d.text, d.latex, d.unicode):
        read = matcalc.parse(form, where=d.where)
        found = read.evaluate({n: v for n, v in given.items() if n in read.where})
        np.testing.assert_allclose(np.squeeze(found), wanted, rtol=1e-10, atol=1e-12, err_msg=form)
    assert d.typst and d.mathml


def test_within_symmetric_matrices_a_tangent_has_the_minor_and_major_symmetries() -> None:
    d = matcalc.derivative(NEO_HOOKE, "C", where="C in S_++^3", order=2, structured="symmetric-space", notation="tensor")
    J = np.squeeze(d.evaluate(point(d.where)))
    for axes in ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1)):
        np.testing.assert_allclose(J, np.transpose(J, axes), atol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        r"(2 C \bar\otimes D + \mu C \otimes I) : H",
        r"(2 C \mathbin{\overline{\otimes}} D + \mu (C \otimes I)) : H",
        "(2 C ⊗̄ D + μ (C ⊗ I)) : H",
    ],
)
def test_tensors_are_read_before_what_they_are_applied_to(text: str) -> None:
    read = matcalc.parse(text, where="C, D, H in R^{3 x 3}; mu in R")
    C, D, H = np.random.default_rng(2).normal(size=(3, 3, 3))
    wanted = 2 * np.einsum("ik,jl,kl->ij", C, D, H) + 0.7 * np.einsum("ij,kl,kl->ij", C, np.eye(3), H)
    np.testing.assert_allclose(read.evaluate({"C": C, "D": D, "H": H, "mu": 0.7}), wanted)


def test_what_is_no_tensor_of_matrices_is_refused() -> None:
    with pytest.raises(matcalc.MatcalcError, match="stands before what it is applied to"):
        matcalc.parse("A ⊗̄ B", where="A, B in R^{3 x 3}")
    with pytest.raises(matcalc.MatcalcError, match="derivative of a matrix by a matrix"):
        matcalc.derivative("A x", "x", notation="tensor")
    with pytest.raises(matcalc.MatcalcError, match="no sum of products of two matrices"):
        matcalc.derivative("X .* X", "X", where="X in R^{n x n}", notation="tensor")
    with pytest.raises(matcalc.MatcalcError, match="no sum of products of two matrices"):
        matcalc.derivative("expm(X)", "X", notation="tensor")


def test_the_notes_say_what_the_signs_mean() -> None:
    found = run("d", "C^-1", "--wrt", "C", "--where", "C in S_++^3", "--structured", "--notation", "tensor")
    assert found.out == "dC -> -(C^-1 ⊙̄ C^-1) : dC\n"
    page = run("d", "C^-1", "--wrt", "C", "--where", "C in S_++^3", "--structured", "--notation", "tensor", "--format", "latex-doc").out
    assert r"(A $\bar{\odot}$ B)\_ijkl" in page and "U+" not in page
    assert "note: (A ⊙̄ B)_ijkl = (A_ik B_jl + A_il B_jk)/2" in found.err
