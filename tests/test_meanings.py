"""Words and commands that matcalc does not know: what one is told to write instead."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.errors import MatcalcError

MEANT = [
    (r"\int_0^1 x dx", "integral"),
    (r"\arg\min_x ||x||", "stationary"),
    (r"x \sim y", "density"),
    ("log10 x", "log_{10}(x)"),
    ("crossentropy(p, y)", "-sum(y .* log(p))"),
    ("cross_entropy(softmax(z), y)", "-sum(y .* log(p))"),
    ("log_sum_exp(x)", "logsumexp(…)"),
    ("batch_norm(x)", "var(x)"),
    ("reshape(x, m, n)", "unvec(x, m, n)"),
    ("my_func(x)", "define it first"),
    (r"\max_i x_i", "max(x)"),
    (r"A_1\b", "A_1^-1 b"),
    ("np.where(x > 0, x, 0)", "1[x > 0] .* a"),
    (r"L \{A, \rho\}", "anticomm(A, B)"),
    ("svd(A)", "singular values"),
    ("qr(A)", "chol(X^T X)^T"),
    ("rank(A)", "no derivative"),
    ("softmx(x)", "did you mean softmax(…)?"),
    ("tranpose(A)", "did you mean transpose(…)?"),
    (r"x_1 + \cdots + x_n", "an ellipsis is not read"),
    (r"\nabla \cdot v", "the trace of the Jacobian"),
    ("a + ∇×v", "the entries of the Jacobian"),
    ("weights^T x", "declare it: weights in R, or in R^n"),
    *[(f"x {word} 2", said) for word, said in (("mod", "whole numbers"), ("div", "the divergence"), ("inf", "infty"), ("floor", "jumps"))],
    ("re(a^H z)", "write Re(z)"),
    ("||x||_0 + a^T x", "write ||x||_1"),
]

UNDECLARED = [
    ("A = A^T", "write A in R^{n x n} symmetric"),
    ("W symmetric", "write W in R^{n x n} symmetric"),
    ("W positive definite", "write W in R^{n x n} spd"),
    ("A = -A^T", "write A in R^{n x n} skew"),
    ("x", "write x in R^n"),
]


@pytest.mark.parametrize("where, said", UNDECLARED, ids=[where for where, _ in UNDECLARED])
def test_a_declaration_without_a_set_is_written_out(where: str, said: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse("x^T A W x", where=where)
    assert caught.value.suggestion == said


@pytest.mark.parametrize("text, said", MEANT, ids=[text for text, _ in MEANT])
def test_what_is_not_known_is_answered_by_its_meaning(text: str, said: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text)
    assert said in (caught.value.suggestion or "")


def test_a_word_of_the_table_may_be_a_product_of_declared_names() -> None:
    assert matcalc.parse("qr(A)", where="q in R; r: R -> R; A in R").text == "q r(A)"
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(r"\foo x")
    assert caught.value.suggestion is None  # no known word is one letter off
