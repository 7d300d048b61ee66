"""Texts whose letters, signs and numbers have a second reading: the one that is meant, or a refusal that shows both."""

from __future__ import annotations

from typing import Any

import pytest

import matcalc

READ = [
    # capital letters that are numbers
    (r"V = -\frac{G M m}{r}", "r", "G M m/r^2"),
    (r"F = G\frac{m_1 m_2}{r^2}", "r", "-2 G m_1 m_2/r^3"),
    (r"x(t) = A e^{-\gamma t}\cos(\omega t)", "t", "-A exp(-gamma t) (gamma cos(t omega) + omega sin(t omega))"),
    (r"\sum_{t=1}^n \frac{C_t}{(1+r)^t}", "r", "-sum_{t=1}^n t C_t (r + 1)^(-t - 1)"),
    (r"Z = \sum_n e^{-\beta E_n}; -\ln Z", "\\beta", "exp(-beta E)^T E/sum(exp(-beta E))"),
    (r"s A k^\alpha - \delta k", "k", "s A alpha k^(alpha - 1) - delta"),
    (r"T(t) = T_s + (T_0 - T_s) e^{-k t}", "t", "k (T_s - T_0) exp(-k t)"),
    # and those that are matrices all the same
    ("A x/s", "x", "A/s"),
    ("A tanh(x)", "x", "A diag(1 - tanh(x).^2)"),
    ("e^{t A} b", "b", "expm(t A)"),
    # what stands below a name is no index of it
    (r"\|x - x_{obs}\|^2", "x", "2 (x - x_{obs})^T"),
    (r"\mu^T w + \kappa \|w - w_0\|_1", "w", "(mu + kappa sign(w - w_0))^T"),
    (r"\sum_{k=1}^N x_k^T Q x_k + x_N^T Q_f x_N", "Q", "sum_{k=1}^N x_k x_k^T"),
    # the last one, counted from 0
    (r"\sum_{k=0}^{N} x_k + x_N^2", "x", "(1 + 2 x_{N+1} I_{N + 1}[:,N + 1])^T"),
    (r"\sum_{k=0}^{N-1} x_k^T Q x_k + x_N^T P x_N", "P", "x_{N+1} x_{N+1}^T"),
    # a dot that is a product
    (r"\|\mathbf{A} \cdot \mathbf{x} - \mathbf{b}\|^2", "x", "2 (A x - b)^T A"),
    (r"-\mathbf{p} \cdot \mathbf{E}", "p", "-E^T"),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), READ, ids=[r[0] for r in READ])
def test_it_is_read_as_it_is_meant(text: str, wrt: str, expected: str) -> None:
    d: Any = matcalc.derivative(text, wrt)
    assert d.text == expected


REFUSED = [
    (r"\sum_{t=0}^{T-1} \gamma^t r_t + \gamma^T V", r"\gamma", "its power T"),
    (r"\sum_{k=0}^{N} k x_k^2", "x_1", "counted from 0"),
    (r"\sum_{k=0}^{N} k x_k^2 + x_N", "x_N", "counted from 0"),
    (r"\frac12 \mathbf{E} \cdot \mathbf{E}", r"\mathbf{E}", "E beside a dot is a vector, or"),
    (r"\mathbf{F} \cdot \mathbf{v}", r"\mathbf{v}", "F beside a dot is a vector, or"),
    (r"\frac{\mathbf{p} \cdot \mathbf{r}}{r^3}", r"\mathbf{r}", "r stands in bold type and plain"),
    (r"\frac12 \boldsymbol\omega^T \mathbf{I} \boldsymbol\omega", r"\omega", "the identity matrix, which changes nothing, or a name"),
    (r"\|w - w_o\|^2", "w", "w_o is an entry of w, or another vector"),
]


@pytest.mark.parametrize(("text", "wrt", "message"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_has_two_readings_is_refused(text: str, wrt: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt)


def test_the_table_says_why_a_capital_letter_is_a_number() -> None:
    readings = matcalc.derivative("-G M m/r", "r").readings
    assert [(r.kind, r.because) for r in readings if r.name == "G"] == [("scalar", "a number, in a text without linear algebra")]
