"""Readings that fit and that nobody is sure to have meant are refused, with both spellings; their neighbours are answered."""

from __future__ import annotations

import pytest

import matcalc

REFUSED = {
    r"\|x W + b\|^2": ("W", "x^T W"),
    "h W_1 + x W_2": ("W_1", "h in R^{1 x n}"),
    r"\frac{a \cdot b}{\sqrt{a^2 b^2}}": ("a", "a^T a"),
    r"\frac{x - \mu}{\|x\|} * \gamma": ("x", ".* \\gamma"),
    r"\|B - A (X^{(1)} \odot X^{(2)})\|_F^2": ("A", "Khatri-Rao"),
    r"(n + 1) \log\det(I_N + X^T X)": ("X", "n in R"),
}
ANSWERED = {
    r"\|W x + b\|^2": ("W", "2 (W x + b) x^T"),
    "a A + b B": ("a", "A"),
    r"\frac{a \cdot b}{\|a\|}": ("b", "a^T/||a||"),
    r"\|\gamma * (x - y)\|^2": ("x", "2 gamma^2 (x - y)^T"),
    r"\|A (X \odot Y)\|_F^2": ("Y", "2 (X .* A^T A (X .* Y))"),
    r"\frac{n}{2} \log\det(I_N + S)": ("S", "n (I + S)^-T/2"),
    "tr(x^T A x)": ("A", "x x^T"),
    r"N \log s - \sum_i s x_i": ("s", "N/s - sum(x)"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_both_spellings_are_shown(text: str) -> None:
    wrt, spelling = REFUSED[text]
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.derivative(text, wrt)
    assert spelling in str(caught.value)


@pytest.mark.parametrize("text", ANSWERED)
def test_the_neighbours_are_answered(text: str) -> None:
    wrt, answer = ANSWERED[text]
    assert matcalc.derivative(text, wrt).text == answer
