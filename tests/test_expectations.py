"""Expectations over normal variables: in closed form, by numbers, read in every spelling, and what is refused.

The numbers of their derivatives by quadrature stand in `data/expectations.jsonl` (`make_fields.py`).
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import MatcalcError, VerificationError
from matcalc.pipeline import expectations

NORMAL = "x ~ N(mu, Sigma)"


@pytest.mark.parametrize(
    ("text", "where", "closed"),
    [
        ("E[x^T A x]", NORMAL, "tr(A Sigma) + mu^T A mu"),
        ("E[x x^T]", NORMAL, "mu mu^T + Sigma"),
        ("E[a^T x]", NORMAL, "a^T mu"),
        ("E[e^{a^T x}]", NORMAL, "exp(a^T (mu + Sigma a/2))"),
        ("E[||x||^2]", "x ~ N(0, I); x in R^n", "n"),
        ("E[x^2]", "x ~ N(mu, sigma^2); x in R", "mu^2 + sigma^2"),
        ("E[x^4]", "x ~ N(0, s); x in R", "3 s^2"),
        ("E[X A X^T]", "X ~ N(M, U, V)", "tr(A V) U + M A M^T"),
        ("E[X^T A X]", "X ~ MN(M, U, V)", "tr(A U) V + M^T A M"),
        ("E[x^T A y]", "x ~ N(m, S); y ~ N(k, T)", "m^T A k"),
    ],
)
def test_closed_forms(text: str, where: str, closed: str) -> None:
    """As texts print them, up to the order of summands."""
    found = matcalc.parse(text, where=where)
    other = matcalc.parse(closed, where=found.where)
    rng = np.random.default_rng(5)
    values: dict[str, Any] = {}
    sizes = {"m": 2, "n": 3, "p": 4}
    for name, _, space in (part.partition(" in ") for part in found.where.split("; ")):
        inside = space.partition("^")[2].partition("}")[0].strip("{").split(" x ")
        shape = tuple(sizes[letter.split()[0]] for letter in inside if letter)
        values[name] = 3 if space == "N" else rng.uniform(0.5, 1.5, shape)
    assert np.allclose(found.evaluate(values), other.evaluate(values)), found.text


@pytest.mark.parametrize(
    "text",
    [
        "E[x^T A x] where x ~ N(mu, Sigma)",
        "E_x[x^T A x] where x ~ N(mu, Sigma)",
        r"\mathbb{E}_{x}\left[ x^\top A x \right] where x \sim \mathcal{N}(\mu, \Sigma)",
        r"\mathbb E (x^\top A x) where x \sim N(\mu, \Sigma); A in R^{n x n}",
    ],
)
def test_spellings(text: str) -> None:
    assert matcalc.derivative(text, "mu").text == "mu^T (A + A^T)"


def test_without_a_distribution_it_is_refused_as_before() -> None:
    with pytest.raises(MatcalcError, match="is an expectation, which is not taken"):
        matcalc.derivative("E[x^T A x]", "A")


@pytest.mark.parametrize(
    ("text", "wrt", "where", "message"),
    [
        ("E[log(a^T x)]", "a", NORMAL, "has no closed form here"),
        ("E[(a^T x)^6]", "a", NORMAL, "degree 5"),
        ("E[e^{x^T A x}]", "A", NORMAL, "not linear"),
        ("E[x^T A x] + a^T x", "a", NORMAL, "stands outside of"),
        ("E[x^T A x]", "x", NORMAL, "x is averaged over"),
        ("E_y[x^T A x]", "A", NORMAL, "no distribution is declared for y"),
        ("E[x, x]", "mu", NORMAL, "is of one formula"),
        ("E[x]", "mu", "x ~ Poisson(mu)", "only normal distributions"),
        ("E[x]", "mu", "x ~ N(mu)", "only normal distributions"),
        ("E[x^T x]", "mu", "x ~ N(mu, S); x ~ N(mu, T)", "two distributions"),
        ("E[x^T A x]", "mu", "x ~ N(mu, Sigma); x in R^n; Sigma in R^{m x m}", "expectation"),
    ],
)
def test_what_is_refused(text: str, wrt: str, where: str, message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.derivative(text, wrt, where=where)


def test_a_wrong_closed_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the second term of the series gone: the numbers of the expectation say so, before anything is differentiated."""
    whole = expectations._contracted
    monkeypatch.setattr(expectations, "_contracted", lambda f, x: expectations.times(expectations.num(2), whole(f, x)))
    with pytest.raises(VerificationError, match="the expectation disagrees"):
        matcalc.derivative("E[x^T A x]", "A", where=NORMAL)


def test_a_wrong_mean_of_an_exponential_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectations._Normal, "times", lambda self, a: expectations.matmul(self.covariances[0], a, expectations.num(2)))
    with pytest.raises(VerificationError, match="the expectation disagrees"):
        matcalc.derivative("E[e^{a^T x}]", "a", where=NORMAL)


def test_what_is_said() -> None:
    d = matcalc.derivative("E[||A x - b||^2]", "A", where=NORMAL)
    assert d.text == "2 (A mu - b) mu^T + 2 A Sigma"
    assert any(note.startswith("the expectation is ") for note in d.assumptions)
    assert "Sigma in R^{n x n} spd" in d.where and "x in" not in d.where
    outcome = run("d", "E[x^T A x]", "--wrt", "mu", "--where", "x ~ N(mu, Sigma); A in S^n")
    assert outcome.out == "2 mu^T A\n"
    answer = matcalc.ask({"command": "d", "expr": "E[x^T A x]", "wrt": "A", "where": NORMAL})
    assert answer["text"] == "mu mu^T + Sigma"
    program = matcalc.derivative("E[||A x - b||^2]", "A", where=NORMAL).function("numpy")
    assert program([[1.0]], mu=[2.0], b=[0.0], Sigma=[[3.0]]).tolist() == [[14.0]]


def test_an_ordinary_question_does_not_load_it() -> None:
    asked = "import sys, matcalc; matcalc.derivative('x^T A x', 'x').text; "
    code = asked + "print([m for m in sys.modules if 'expectation' in m or 'average' in m])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        (r"\mathbb{E}_{x\sim\mathcal N(\mu,\Sigma)}[x^T A x]", "mu", "mu^T (A + A^T)"),
        (r"\mathbb{E}_{x \sim \mathcal{N}(\mu, \Sigma)}\left[\|A x - b\|^2\right]", "A", "2 (A mu - b) mu^T + 2 A Sigma"),
        ("E_{x ~ N(0, I)}[(a^T x)^4]", "a", "12 (a^T a) a^T"),
        (r"\mathbb E_{x\sim N(\mu,\Sigma)}[x^T A x] + \mathbb E_{x\sim N(\mu,\Sigma)}[a^T x]", "mu", "mu^T (A + A^T) + a^T"),
    ],
)
def test_a_distribution_below_the_sign_of_the_expectation(text: str, name: str, answer: str) -> None:
    d = matcalc.derivative(text, name)
    assert d.text == answer and d.verified == "verified"


def test_another_distribution_below_the_sign_is_refused() -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.derivative(r"\mathbb{E}_{x\sim p}[x^T A x]", "A")
    assert "expectation" in str(caught.value) and caught.value.suggestion


@pytest.mark.parametrize(
    ("text", "name", "where", "answer"),
    [
        ("Var_{x~N(mu,Sigma)}[a^T x]", "a", None, "2 a^T Sigma"),
        (r"\operatorname{Var}_{x\sim N(\mu,\Sigma)}[a^T x + b]", "a", "b in R", "2 a^T Sigma"),
        ("Var(a^T x)", "a", NORMAL, "2 a^T Sigma"),
        ("Var[x^T A x]", "mu", f"{NORMAL}; A in S^n", "8 mu^T A Sigma A"),
        ("tr(Var(A x))", "A", NORMAL, "2 A Sigma"),
        ("Var(x)", "s", "x ~ N(mu, s^2); x, mu, s in R", "2 s"),
        ("Var(y)", "y", None, "2/n (y - sum(y)/n)^T"),
    ],
)
def test_variances_of_normal_variables(text: str, name: str, where: str | None, answer: str) -> None:
    """What the refusal of Var(a^T x) advises, a declared distribution, was refused in the same words."""
    d = matcalc.derivative(text, name, where=where)
    assert d.text == answer and d.verified == "verified"
