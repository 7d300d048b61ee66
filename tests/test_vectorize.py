"""Sums over families as products with the stacked family: the same numbers, another notation, read back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import NoAnswerError, UsageError

N, n, m, k = 5, 3, 2, 4
RNG = np.random.default_rng(4)
VALUES: dict[str, Any] = {
    "x": RNG.standard_normal((N, n)),
    "z": RNG.standard_normal((N, m)),
    "t": RNG.dirichlet(np.ones(k), N),
    "y": RNG.choice([-1.0, 1.0], N),
    "s": RNG.uniform(0.5, 1.5, N),
    "w": RNG.standard_normal(n),
    "u": RNG.standard_normal(m),
    "b": 0.3,
    "A": RNG.standard_normal((n, n)),
    "B": RNG.standard_normal((m, n)),
    "W": RNG.standard_normal((k, n)),
    "S": (lambda v: v @ v.T + np.eye(n))(RNG.standard_normal((n, n))),
}
SPACES = {
    "x": "x_i in R^n",
    "z": "z_i in R^m",
    "t": "t_i in R^k",
    "y": "y_i in R",
    "s": "s_i in R positive",
    "w": "w in R^n",
    "u": "u in R^m",
    "b": "b in R",
    "A": "A in R^{n x n}",
    "B": "B in R^{m x n}",
    "W": "W in R^{k x n}",
    "S": "S in R^{n x n} spd",
}

# sums, the names in them, the variable, the derivative in matrix notation (checked by hand; "" where only the numbers count)
SUMS = [
    ("sum_{i=1}^N (y_i - w^T x_i)^2", "x y w", "w", "2 (X w - y)^T X"),
    ("1/N sum_{i=1}^N (y_i - w^T x_i)^2", "x y w", "w", "2/N (X w - y)^T X"),
    ("sum_{i=1}^N (y_i - w^T x_i)^2", "x y w", "x", "2 (X w - y) w^T"),
    ("sum_{i=1}^N (y_i - w^T x_i)^2", "x y w", "y", "-2 (X w - y)^T"),
    ("sum_{i=1}^N s_i (y_i - w^T x_i - b)^2", "x y s w b", "w", ""),
    ("sum_{i=1}^N s_i (y_i - w^T x_i - b)^2", "x y s w b", "b", ""),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i))", "x y w", "w", ""),
    ("sum_{i=1}^N max(0, 1 - y_i (w^T x_i + b))", "x y w b", "w", ""),
    ("sum_{i=1}^N x_i^T A x_i", "x A", "A", "X^T X"),
    ("sum_{i=1}^N x_i^T A x_i", "x A", "x", "X A + X A^T"),
    ("sum_{i=1}^N s_i x_i^T A x_i", "x s A", "A", "X^T diag(s) X"),
    ("sum_{i=1}^N s_i x_i^T A x_i", "x s A", "s", ""),
    ("sum_{i=1}^N ||z_i - B x_i||^2", "x z B", "B", "2 (X B^T - Z)^T X"),
    ("sum_{i=1}^N ||z_i - B x_i||", "x z B", "B", ""),
    ("sum_{i=1}^N ||x_i - w||^2", "x w", "w", ""),
    ("sum_{i=1}^N ||x_i - w||_1", "x w", "w", ""),
    ("sum_{i=1}^N (x_i - w)^T S^-1 (x_i - w)", "x w S", "S", ""),
    ("logdet(sum_{i=1}^N s_i x_i x_i^T)", "x s", "s", ""),
    ("logdet(sum_{i=1}^N (S + s_i (x_i - w) (x_i - w)^T))", "x s w S", "w", ""),
    ("sum_{i=1}^N ||tanh(B x_i + u) - z_i||^2", "x z B u", "B", ""),
    ("sum_{i=1}^N (logsumexp(W x_i) - t_i^T W x_i)", "x t W", "W", ""),
    ("sum_{i=1}^N softmax(W x_i)^T t_i", "x t W", "W", ""),
    ("sum_{i=1}^N sum_{j=1}^N s_i s_j y_i y_j x_i^T x_j", "x y s", "s", ""),
    ("sum_{i=1}^N w^T diag(x_i) A x_i", "x w A", "A", "diag(w) X^T X"),
    ("sum_{i=1}^N sum(x_i .* w .* x_i)", "x w", "w", ""),
    ("sum_{i=1}^N (w^T x_i) x_i", "x w", "w", "X^T X"),
    ("sum_{i=1}^N x_{i,2} y_i", "x y", "x", ""),
    ("sum_{i=1}^N 1[y_i w^T x_i > 0] w^T x_i", "x y w", "w", ""),
    ("x_1^T x_2 + sum_{i=1}^N y_i", "x y", "x", ""),
]


def asked(text: str, names: str, wrt: str, **more: Any) -> tuple[Any, dict[str, Any]]:
    where = "; ".join(SPACES[name] for name in names.split())
    return matcalc.derivative(text, wrt, where=where, **more), {name: VALUES[name] for name in names.split()}


@pytest.mark.parametrize(("text", "names", "wrt", "printed"), SUMS, ids=[f"{s[0]} by {s[2]}" for s in SUMS])
def test_the_numbers_are_those_of_the_sums(text: str, names: str, wrt: str, printed: str) -> None:
    d, values = asked(text, names, wrt, vectorize=True)
    plain, _ = asked(text, names, wrt)
    assert d.verified == "verified" and "sum_" not in d.text
    if printed:
        assert d.text == printed
    want = plain.evaluate(values)
    np.testing.assert_allclose(d.evaluate(values), want, rtol=1e-9, atol=1e-11)
    stacked = {d._stacks.get(name, name): value for name, value in values.items()}
    for form in (d.text, d.latex):
        needed = {s.partition(" in ")[0]: stacked[s.partition(" in ")[0]] for s in d.where.split("; ")}
        np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(needed), want, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    ("text", "names", "wrt", "printed"),
    [
        ("1/N sum_{i=1}^N s_i (y_i - w^T x_i)^2", "x y s w", "w", "2/N X^T diag(s) X"),
        ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i))", "x y w", "w", ""),
        ("sum_{i=1}^N ||z_i - B x_i||^2", "x z B", "B", ""),
    ],
)
def test_hessians(text: str, names: str, wrt: str, printed: str) -> None:
    d, values = asked(text, names, wrt, order=2, vectorize=True)
    assert not printed or d.text == printed
    np.testing.assert_allclose(d.evaluate(values), asked(text, names, wrt, order=2)[0].evaluate(values), rtol=1e-9, atol=1e-11)


def test_the_answer_says_what_is_stacked() -> None:
    d, _ = asked("sum_{i=1}^N (y_i - w^T x_i)^2", "x y w", "w", vectorize=True)
    assert d.assumptions[-1].endswith("where y has the entries y_i, X has the rows x_i^T")
    assert d.where == "X in R^{N x n}; y in R^N; w in R^n"


@pytest.mark.parametrize(
    ("text", "names", "wrt", "where", "why"),
    [
        ("prod_{i=1}^N s_i", "s", "s", "", "a product over i"),
        ("sum_{i=1}^N tr(A_i X)", "", "X", "A_i in R^{m x n}", "the members of the family A are matrices"),
        ("sum_{i=2}^N s_i^2", "s", "s", "", "does not run over the whole family s"),
        ("sum_{i=1}^N i s_i", "s", "s", "", "no matrix notation"),
    ],
)
def test_what_has_no_matrix_notation_is_refused_with_the_reason(text: str, names: str, wrt: str, where: str, why: str) -> None:
    declared = "; ".join(filter(None, [where, *(SPACES[name] for name in names.split())]))
    with pytest.raises(NoAnswerError, match=why):
        matcalc.derivative(text, wrt, where=declared, vectorize=True)


def test_one_member_is_refused() -> None:
    with pytest.raises(UsageError, match="x_j is one member"):
        asked("sum_{i=1}^N w^T x_i", "x w", "x_j", vectorize=True)


def test_names_in_use_are_avoided() -> None:
    d = matcalc.derivative("sum_{i=1}^N (w^T x_i) X", "w", where="x_i, w in R^n; X in R^{m x p}", vectorize=True)
    assert "Z has the rows x_i^T" in d.assumptions[-1]


def test_without_families_nothing_changes() -> None:
    assert matcalc.derivative("x^T A x", "x", vectorize=True).text == "x^T (A + A^T)"


@pytest.mark.parametrize("name, text", [("d", "2 X^T (X w - y)"), ("grad", ""), ("jacobian", ""), ("hessian", "2 X^T X")])
def test_every_short_form_takes_the_option(name: str, text: str) -> None:
    layout = ["--layout", "denominator"] if name == "d" else []
    result = run(name, "sum_{i=1}^N (y_i - w^T x_i)^2", "--wrt", "w", "--where", "w, x_i in R^n; y_i in R", "--vectorize", *layout)
    assert result.code == 0 and "X has the rows x_i^T" in result.err
    assert not text or result.out.strip() == text


def test_a_number_of_members_stays_a_number() -> None:
    d = matcalc.derivative("sum_{i=1}^N ||x_2||^2", "x", where="x_i in R^n", vectorize=True)
    x = RNG.standard_normal((3, 2))
    np.testing.assert_allclose(d.evaluate({"x": x, "N": 4}), [[0, 0], 8 * x[1], [0, 0]])
    assert "N in N" in d.where
