"""Arrays of three and more indices: declared, contracted, differentiated by; the numbers are those of NumPy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from corpus import close

import matcalc

SIZES = {"p": 3, "m": 4, "n": 2, "q": 5, "l": 6}
WHERE = (
    "T in R^{p x m x n}; x in R^p; y in R^m; z in R^n; A in R^{q x m}; B in R^{q x p}; G in R^{p x n x l}; X in R^{p x m x l}; "
    "S in R^{n x n x n}; u in R^n"
)
DECLARED = {n: sizes for n, sizes in re.findall(r"(\w) in R\^\{?([^;}]+)", WHERE)}
RANDOM = np.random.default_rng(7)
VALUES: dict[str, Any] = {n: RANDOM.normal(size=[SIZES[c] for c in sizes.split(" x ")]) for n, sizes in DECLARED.items()}


class Case(NamedTuple):
    text: str
    value: Callable[..., Any]  # of the arrays, by their names
    by: str  # the variables, a letter each


CASES = [
    Case("T_{ijk} x_i y_j z_k", lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Txyz"),
    Case("T[i,j,k] x[i] y[j] z[k]", lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Tx"),
    Case('einsum("ijk,i,j,k->", T, x, y, z)', lambda T, x, y, z: np.einsum("ijk,i,j,k", T, x, y, z), "Txyz"),
    Case("S_{ijk} u_i u_j u_k", lambda S, u: np.einsum("ijk,i,j,k", S, u, u, u), "Su"),
    Case('einsum("ijk,j,k->i", T, y, z)', lambda T, y, z: np.einsum("ijk,j,k->i", T, y, z), "yz"),
    Case('einsum("ijk,k->ij", T, z)', lambda T, z: np.einsum("ijk,k->ij", T, z), "z"),
    Case('||einsum("bij,bjk->bik", T, G) - X||^2', lambda T, G, X: np.sum((T @ G - X) ** 2), "TGX"),
    Case('sum(einsum("bij,bjk->bik", T, G).^2)', lambda T, G: np.sum((T @ G) ** 2), "TG"),
    Case('||T - einsum("i,j,k->ijk", x, y, z)||^2', lambda T, x, y, z: np.sum((T - np.einsum("i,j,k->ijk", x, y, z)) ** 2), "Txyz"),
    Case('||einsum("ijk,aj->iak", T, A)||', lambda T, A: np.sqrt(np.sum(np.einsum("ijk,aj->iak", T, A) ** 2)), "TA"),
    Case('||einsum("ijk,ai->ajk", T, B)||^2', lambda T, B: np.sum(np.einsum("ijk,ai->ajk", T, B) ** 2), "TB"),
    Case("sum(exp(T))/count(T)", lambda T: np.exp(T).mean(), "T"),
    Case("mean(T .* T) + T[2,3,1]", lambda T: (T * T).mean() + T[1, 2, 0], "T"),
    Case("sum(T[:,2,:]) ||T[3,:,:]||^2", lambda T: np.sum(T[:, 1]) * np.sum(T[2] ** 2), "T"),
    Case("<T, 2 T> - sum(sin(T)/3)", lambda T: 2 * np.sum(T**2) - np.sum(np.sin(T)) / 3, "T"),
    Case('einsum("ij,ik,il->", A, A, B) + sum(A)', lambda A, B: np.einsum("ij,ik,il->", A, A, B) + A.sum(), "AB"),
    Case('sum(einsum("iji->j", einsum("ijk,ljk->ijl", T, T)))', lambda T: np.einsum("ijk,ijk->", T, T), "T"),
]
BY = [(case, name) for case in CASES for name in case.by]


def slope(case: Case, name: str) -> Any:
    """The central difference by every entry of one array, behind the axes of the value."""
    given = {n: VALUES[n] for n in case.value.__code__.co_varnames}
    ends = []
    for step in (1e-5, -1e-5):
        moved = [given[name].copy() for _ in range(given[name].size)]
        for k, array in enumerate(moved):
            array.flat[k] += step
        ends.append(np.stack([case.value(**{**given, name: array}) for array in moved], axis=-1))
    return ((ends[0] - ends[1]) / 2e-5).reshape(*ends[0].shape[:-1], *given[name].shape)


@pytest.mark.parametrize(("case", "name"), BY, ids=[f"{case.text} by {name}" for case, name in BY])
def test_the_derivative_has_the_numbers_and_reads_back(case: Case, name: str) -> None:
    d = matcalc.derivative(case.text, name, where=WHERE)
    given = {n: VALUES[n] for n in case.value.__code__.co_varnames}
    assert d.verified == "verified"
    assert close(d.evaluate(given), slope(case, name), 1e-6), d.text
    for form in (d.text, d.latex):
        read = matcalc.parse(form, where=d.where)
        at = {letter: 2 for letter in re.findall(r"(\w) in N", d.where)}
        values = {n: v for n, v in {**given, **at}.items() if n in read.where}
        whole = d.evaluate({**given, **at})
        assert close(np.squeeze(read.evaluate(values)), np.squeeze(whole), 1e-9), form
