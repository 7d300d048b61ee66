"""Texts whose letters, signs and numbers have a second reading: the one that is meant, or a refusal that shows both."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.checking.claims import stated
from matcalc.errors import MatcalcError

DECLARED = [
    (r"\frac{a \cdot b}{\sqrt{a^2 \cdot b^2}}", "a", "a, b in R^n", "(b - (a^T b) a/(a^T a))^T/sqrt((a^T a) (b^T b))"),
    (r"w * x + b", "w", "w, x, b in R^n", "diag(x)"),
    (r"\log|I_N + X X^T|", "X", "X in R^{n x m}", "2 (I + X X^T)^-1 X"),
    (r"h_\theta(x) = \tanh(\theta^T x); \sum_i h_\theta(x_i)", "theta", "theta, x_i in R^n", "sum_{i=1}^N (1 - tanh(x_i^T theta)^2) x_i^T"),
    (r"\text{Tr}(\rho\log\rho)", "rho", "rho in R^{n x n} spd", "logm(rho) + I"),
    (r"\log|I + x^T x|", "x", "x in R^n", "2 x^T/(x^T x + 1)"),
    (r"x - \eta \nabla f(x)", "x", "f: R^n -> R; x in R^n; eta in R", "I - eta f''(x)"),
]


@pytest.mark.parametrize(("text", "wrt", "where", "expected"), DECLARED, ids=[r[0] for r in DECLARED])
def test_declarations_settle_what_signs_mean(text: str, wrt: str, where: str, expected: str) -> None:
    assert matcalc.derivative(text, wrt, where=where).text == expected  # type: ignore[union-attr]


DECLARED_REFUSED = [
    ("u * v", "u, v in R^n", "goes entry by entry, or is their dot product"),
    ("u * v + s", "u, v in R^n; s in R", "goes entry by entry, or is their dot product"),
    ("u^2", "u in R^n", "only scalars and square matrices have powers"),
]


@pytest.mark.parametrize(("text", "where", "message"), DECLARED_REFUSED)
def test_declarations_that_leave_two_readings(text: str, where: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, "u", where=where)


LAYER_NORM = (
    r"\mu = \frac1N \sum_j x_j; v = \frac1N \sum_j (x_j - \mu)^2; \frac{x - \mu}{\sqrt{v + \epsilon}} * \gamma + \beta"  # as in the manuals
)


def test_a_scale_beside_a_shift_is_a_vector_and_is_marked() -> None:
    d: Any = matcalc.derivative(LAYER_NORM, "x")
    gamma = next(r for r in d.readings if r.name == "gamma")
    assert gamma.chosen and gamma.shape == "R^N" and "scales the entries, as beta shifts them" in gamma.because
    rng, eps = np.random.default_rng(3), 0.1
    x, g = rng.normal(size=5), rng.normal(size=5)
    h = (x - x.mean()) / np.sqrt(x.var() + eps)
    expected = np.diag(g) @ (np.eye(5) - 1 / 5 - np.outer(h, h) / 5) / np.sqrt(x.var() + eps)
    assert np.allclose(d.evaluate({"x": x, "gamma": g, "epsilon": eps}), expected)
    with pytest.raises(matcalc.MatcalcError, match="goes entry by entry, or"):
        matcalc.derivative(LAYER_NORM, "gamma")
    assert matcalc.derivative(r"\frac{x - m}{s} * \gamma + \beta", "x").text == "gamma/s"  # type: ignore[union-attr]


READ: list[tuple[str, str, str | None]] = [
    # the function of a matrix beside the matrix itself below a trace, and squares beside dots
    (r"\text{Tr}(\rho\log\rho)", "rho", "logm(rho)^T + I"),
    (r"\mathrm{Tr}[\rho H] + \beta^{-1} \mathrm{Tr}[\rho \ln \rho]", "rho", "((logm(rho) + I)/beta + H)^T"),
    (r"\frac{a\cdot{b}}{\sqrt{a^2\cdot{b^2}}}", "a", "(b - (a^T b) a/(a^T a))^T/sqrt((a^T a) (b^T b))"),
    (r"2 a \cdot b - b^2", "b", "2 (a - b)^T"),
    # what is observed is a vector, and the small letter behind a matrix too
    (r"e = Y - X\beta; e^T e", r"\beta", "e = Y - X beta; -2 e^T X"),
    ("c x^T A x", "x", "c x^T (A + A^T)"),
    ("a b^T x", "x", "a b^T"),
    (r"\det(A - B\lambda)", r"\lambda", "-det(A - lambda B) tr((A - lambda B)^-1 B)"),
    # conditions and heads that are no part of the function
    (r"\log x, \quad \text{for } x > 0.", "x", "1/x"),
    (r"z_i = w^T x_i + b, \quad i = 1, \dots, n", "w", "x_i^T"),
    ("f = @(x) x'*A*x", "x", "x^T (A + A^T)"),
    (r"z = x/y and x = t^2", "t", "2 t/y"),
    (r"f(x) = \ln(x^T x), \; x \in \mathbb{R}^n \setminus \{0\}", "x", "2 x^T/(x^T x)"),
    (r"x^T A x \quad (A \text{ symmetric})", "x", "2 x^T A"),
    (r"x^T A x,\ \text{for symmetric } \mathbf{A}", "x", "2 x^T A"),
    (r"\text{Let } f(x) = a^T x =\ ?", "x", "a^T"),
    (r"a_n = \frac{1}{n^2}, n = 1, 2, \ldots", "n", "-2/n^3"),
    # numbers in capital letters
    (r"Y = \alpha + \beta X + \delta X Z", "X", "beta + delta Z"),
    (r"X_t = \phi X_{t-1} + \epsilon_t", r"\phi", "X_{t-1}"),
    (r"\alpha X + \beta I + \gamma", r"\beta", "I_n"),
    (r"G(s) = \frac{K}{\tau s + 1}", "s", "-K tau/(tau s + 1)^2"),
    (r"E = \frac{\hbar^2 k^2}{2m}", "k", "h_{bar}^2 k/m"),
    (r"Y'Y - 2\beta'X'Y + \beta'X'X\beta", r"\beta", "2 beta^T X^T X - 2 Y^T X"),
    # observations with two indices, and their distances
    (r"\sum_i |Y_i - m|", "m", "-sum(sign(Y - m))"),
    (
        r"\sum_i \sum_t (Y_{it} - X_{it}'\beta)^2",
        r"\beta",
        "-2 sum_{i=1}^m sum_{t=1}^n (Y[i,t] - X_{it}^T beta) X_{it}^T",
    ),
    ("A^-k x", "x", "A^(-k)"),
    (r"Y'(I - P)Y/\sigma^2", r"\sigma", "-2/sigma^3 Y^T (I - P) Y"),
    (r"\sum_{i=1}^n e^{X_i'\beta}", r"\beta", "sum_{i=1}^n e^(X_i^T beta) X_i^T"),
    (r"\frac{(n-1)S^2}{\sigma^2}", r"\sigma", "-2 (n - 1) S^2/sigma^3"),
    (r"\frac12\sum_{i=1}^n (Y_i - f_i)^2 + \frac{\lambda}{2} f^T K^{-1} f", "f", "(f - Y + lambda/2 (K^-1 + K^-T) f)^T"),
    (r"\bar X + z\frac{S}{\sqrt n}", "z", "S/sqrt(n)"),
    (r"\frac12\sum_{i=1}^n (Y_i - f_i)^2 + \frac{\lambda}{2} f^T K^{-1} f", "f", "(f - Y + lambda/2 (K^-1 + K^-T) f)^T"),
    (r"\bar X + z\frac{S}{\sqrt n}", "z", "S/sqrt(n)"),
    # bars in pairs, orders and constants at the end
    (r"\left|\left|A x - b\right|\right|^2", "x", "2 (A x - b)^T A"),
    (r"\left|\left|x^T x\right| - 1\right|", "x", "2 sign(x^T x - 1) x^T"),
    (r"\frac{1}{2} x^T Q x - b^T x \,,\; Q \succ 0", "x", "x^T Q - b^T"),
    (r"\ln(1+x) + \text{const.}", "x", "1/(1 + x)"),
    # programs
    ("np.sqrt(np.dot(w.T, np.dot(cov, w)))", "w", "w^T (cov + cov^T)/(2 sqrt(w^T cov w))"),
    ("np.sum(y/x)", "x", "-(y ./ x.^2)^T"),
    (r"\overbrace{x^T x}^{\text{length}} + \boxed{a^T x}", "x", "(2 x + a)^T"),
    # capital letters that are numbers
    (r"V = -\frac{G M m}{r}", "r", "G M m/r^2"),
    (r"F = G\frac{m_1 m_2}{r^2}", "r", "-2 G m_1 m_2/r^3"),
    (r"x(t) = A e^{-\gamma t}\cos(\omega t)", "t", "-A e^(-gamma t) (gamma cos(omega t) + omega sin(omega t))"),
    (r"\sum_{t=1}^n \frac{C_t}{(1+r)^t}", "r", "-sum_{t=1}^n t C_t (1 + r)^(-t - 1)"),
    (r"Z = \sum_n e^{-\beta E_n}; -\ln Z", "\\beta", "Z = sum(exp(-beta E)); exp(-beta E)^T E/Z"),
    (r"s A k^\alpha - \delta k", "k", "s A alpha k^(alpha - 1) - delta"),
    (r"T(t) = T_s + (T_0 - T_s) e^{-k t}", "t", "-k (T_0 - T_s) e^(-k t)"),
    # and those that are matrices all the same
    ("A x/s", "x", "A/s"),
    ("A tanh(x)", "x", "A diag(1 - tanh(x).^2)"),
    ("e^{t A} b", "b", "expm(t A)"),
    (r"E = \frac{1}{2}LI^2 + \frac{1}{2}CV^2", "V", "C V"),
    (r"\frac12 \rho A v^3 C_p", "v", "3 rho A v^2 C_p/2"),
    (r"I_D = \frac12 k (V_{GS} - V_T)^2", "V_{GS}", "k (V_{GS} - V_T)"),
    (r"\text{AIC} = 2k - 2\ln(\hat L)", r"\hat L", "-2/L_{hat}"),
    ("A^2 x", "x", "A^2"),
    # I, where it can be no identity
    ("P = I^2 R", "I", "2 I R"),
    (r"I = I_0 e^{-\mu x}", "x", "-I_0 mu e^(-mu x)"),
    (r"I = I_s\left(e^{V/(n V_T)} - 1\right)", "V", "I_s e^(V/(n V_T))/(n V_T)"),
    (r"x^{\alpha} y^{1-\alpha} - \lambda(p x + q y - I)", "I", "lambda"),
    (r"\omega^T I \omega", "I", "omega omega^T"),
    (r"W = \frac{\mu}{2}(I_1 - 3), \quad I_1 = \mathrm{tr}(F^T F)", "F", "mu F"),
    (r"(X^T X + \lambda I)^{-1}", r"\lambda", "-(X^T X + lambda I)^-2"),
    (r"\hat{x}^+ = \hat{x} + K(y - C\hat{x})", r"\hat x", "I - K C"),
    (r"\mathbf{F} = q(\mathbf{E} + \mathbf{v}\times\mathbf{B})", "v", "-q skew(B)"),
    (r"s_{vm} = \|s\|, \quad s = \sigma - \mathrm{tr}(\sigma) I/3", r"\sigma", None),
    # an index that a condition keeps apart from a given one
    (r"\sum_{j \ne i} (x_i - x_j)^2", "x_i", "2 sum_{j != i} (x_i - x_j)"),
    (r"\sum_{j \ne i} w_{ij} x_j + y_i", "x", "J[k] = w[i,k] 1[k != i]"),
    (r"z_i \sum_{k \ne i} e^{z_k}", "z_i", "sum_{k != i} e^(z_k)"),
    # what stands below a name is no index of it
    (r"\|x - x_{obs}\|^2", "x", "2 (x - x_{obs})^T"),
    (r"\mu^T w + \kappa \|w - w_0\|_1", "w", "(mu + kappa sign(w - w_0))^T"),
    (r"\sum_{k=1}^N x_k^T Q x_k + x_N^T Q_f x_N", "Q", "sum_{k=1}^N x_k x_k^T"),
    # the last one, counted from 0
    (r"\sum_{k=0}^{N} x_k + x_N^2", "x", "(1 + 2 x_{N+1} I_{N + 1}[:,N + 1])^T"),
    (r"\sum_{k=0}^{N-1} x_k^T Q x_k + x_N^T P x_N", "P", "x_{N+1} x_{N+1}^T"),
    (r"s_i = \sum_{j \ne i} w_{ij} x_j", "x", "J[k] = w[i,k] 1[k != i]"),
    # numbers before numbers
    (r"H = -J\sum_{i=1}^{n-1} s_i s_{i+1}", "s", "H[j] = -J (s_{j-1} 1[j >= 2] + s_{j+1} 1[j <= n - 1])"),
    (r"\sum_{i<j} G m_i m_j d_{ij}", "m", "J[k] = G (sum_{j=1}^n d[k,j] m_j 1[k < j] + sum_{i=1}^n d[i,k] m_i 1[i < k])"),
    # arrays, cases set as arrays, products with conditions
    (r"\left[\begin{array}{cc} a & b \\ c & d \end{array}\right] x", "x", "[a, b; c, d]"),
    (r"\left\{\begin{array}{ll} x^2 & x > 0 \\ -x & \text{otherwise} \end{array}\right.", "x", "cases(2 x, x > 0, -1)"),
    (r"\sum_{i=1}^n \prod_{j \ne i} (t - x_j)", "t", None),
    (r"\mathbb{E}[L] = w^T \Sigma w", "w", "w^T (Sigma + Sigma^T)"),
    # vectors, since they are normed or multiplied by a matrix
    (r"\sum_{n=1}^{N}\sum_{k=1}^{K} r_{nk} \|x_n-\mu_k\|^2", r"\mu_k", None),
    (r"h = \sum_j a_j W x_j; \|h\|^2", "W", "h = sum_{j=1}^p a_j W x_j; 2 sum_{i=1}^p a_i h x_i^T"),
    (r"\|x - r\|_Q^2", "x", "(x - r)^T (Q + Q^T)"),
    (r"G = C (s I - A)^{-1} B; \mathrm{tr}(G(s))", "s", "-tr(C (s I - A)^-2 B)"),
    # two sums side by side, roots of numbers, what a sentence brings along
    (r"\sum_i x_i^2 \sum_i y_i^2", "x", "2 (y^T y) x^T"),
    (r"v = \sqrt{\frac{3RT}{M}}", "T", "3 R/(2 M sqrt(3 R T/M))"),
    (r"\log L = -n \log s - x^T x/s", "s", None),
    (r"r = y - X b, \quad r^T r", "b", "r = y - X b; -2 r^T X"),
    # rows, as the author of several layers writes them, and a probability
    (r"h = \tanh(x W_1 + b_1); y = h W_2 + b_2; \sum_i y_i t_i", "b_2", "t"),
    (r"\pi \log \pi + (1-\pi)\log(1-\pi)", r"\pi", "log(pi) - log(1 - pi)"),
    # a definition behind its use, with a transpose that touches its neighbour
    (r"L = \sum_i (h(x_i) - y_i)^2, \quad h(x) = w^Tx", "w", "2 sum_{i=1}^m (x_i^T w - y_i) x_i^T"),
    (r"L = s^2; s = w^Tx", "w", "s = w^T x; 2 s x^T"),
    (r"x^{(k+1)} = x^{(k)} - \alpha (A x^{(k)} - b)", "x^{(k)}", "I - alpha A"),
    (r"d^{(l-1)} = (W^{(l)})^T d^{(l)}", "d^{(l)}", "W_l^T"),
    # a dot that is a product
    (r"\|\mathbf{A} \cdot \mathbf{x} - \mathbf{b}\|^2", "x", "2 (A x - b)^T A"),
    (r"-\mathbf{p} \cdot \mathbf{E}", "p", "-E^T"),
    # another vector of the same letter, data of two indices, an index that the value has free
    (r"(x - x_d)^T K (x - x_d)", "x", "(x - x_d)^T (K + K^T)"),
    (r"\|x - x_i\|^2", "x_i", "-2 (x - x_i)^T"),
    (r"\theta^T g + \frac{\mu}{2}\|\theta - \theta_k\|^2", r"\theta", "(g + mu (theta - theta_k))^T"),
    (r"\sum_{j,t} (\delta_{jt} + \alpha p_{jt})^2", r"\alpha", "2 (tr(delta^T p) + alpha tr(p^T p))"),
    (r"V_j = \beta^T x_j; \frac{e^{V_j}}{\sum_k e^{V_k}}", r"\beta", None),
    (r"\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}", "x_k", "softmax(x)[i] (1[i = k] - softmax(x)[k])"),
    (r"\sigma = \frac{E}{1-\nu^2}(\epsilon_x + \nu\epsilon_y)", r"\epsilon_x", "E/(1 - nu^2)"),
    # the permutation symbol, the gamma function of a sum
    (r"\epsilon_{ijk} a_i b_j c_k", "a", "cross(b, c)^T"),
    (r"\epsilon_{ijk} a_j b_k", "a", "-skew(b)"),
    (r"\frac{\Gamma(\alpha+\beta)}{\Gamma(\alpha)\Gamma(\beta)} x", "x", "tgamma(alpha + beta)/(tgamma(alpha) tgamma(beta))"),
    # the normal distribution function, T periods
    (r"x\Phi\left(\frac{x}{s}\right)", "x", "x exp(-x^2/(2 s^2))/(s sqrt(2 pi)) + normcdf(x/s)"),
    (r"\Phi(x^T \beta)", r"\beta", "exp(-(x^T beta)^2/2) x^T/sqrt(2 pi)"),
    (r"\sum_i [y_i \log \Phi(x_i^T w) + (1 - y_i) \log(1 - \Phi(x_i^T w))]", "w", None),
    (r"\|y - \Phi(w - v)\|^2", "w", "-2 (y - Phi (w - v))^T Phi"),
    (r"\frac{C}{(1+r)^T}", "r", "-C T (1 + r)^(-T - 1)"),
    (r"P = \sum_{t=1}^{T}\frac{C}{(1+y)^t} + F (1+y)^{-T}", "y", "-C sum_{t=1}^T t (1 + y)^(-t - 1) - T F (1 + y)^(-T - 1)"),
    (r"\frac{(1+r)^T - 1}{r (1+r)^T}", "r", "((1 + r)^(-T) + r T (1 + r)^(-T - 1) - 1)/r^2"),
    (r"\frac{x^T y}{(1+x)^T (1+y)}", "x", None),
    (r"-y^T \log(h) - (1-y)^T \log(1-h)", "h", "((1 - y) ./ (1 - h) - y ./ h)^T"),
    (r"\sum_{t=1}^T (1 - y)^T x_t", "y", "-sum_{t=1}^T x_t^T"),
    ("fun1(u) = u^2; a*fun1(x)", "x", "2 a x"),
    # properties in words, two letters that TeX sets as a subscript and a factor
    ("x^T A x, where A is symmetric", "x", "2 x^T A"),
    ("f(x) = x^T Q x + c^T x, Q positive definite.", "x", "2 x^T Q + c^T"),
    (r"x^T \Sigma^{-1} x (with \Sigma symmetric)", "x", "2 x^T Sigma^-1"),
    (r"\|D_hx\|_2^2 + x^T x", "x", "2 (D_h x)^T D_h + 2 x^T"),
    # commands of the author's own
    (r"\newcommand{\norm}[1]{\left\lVert#1\right\rVert} \norm{Ax - b}_2^2", "x", "2 (A x - b)^T A"),
    (r"\newcommand{\norm}[2][2]{\lVert #2\rVert_{#1}} \norm{Ax - b}^2 + \norm[1]{x}", "x", "2 (A x - b)^T A + sign(x)^T"),
    (r"\def\ip#1#2{\langle #1, #2\rangle} \newcommand\bx{\mathbf{x}} \ip{a}{\bx}^2", r"\bx", "2 (a^T x) a^T"),
    (r"\DeclareMathOperator{\Trace}{tr} \Trace(A\Trace(B)X)", "X", "tr(B) A^T"),
    # ones before a transpose, the square of a letter as the variable
    ("tr(M (X W + 1 b^T))", "b", "(M ones(n))^T"),
    (r"-\frac{1}{2}\log(\sigma^2) - \frac{1}{2\sigma^{2}} y^T y", r"\sigma^2", "y^T y/(2 sigma_2^2) - 1/(2 sigma_2)"),
    # R
    ("t(y - X %*% b) %*% solve(V) %*% (y - X %*% b)", "b", "-(y - X b)^T (V^-1 + V^-T) X"),
    ("sum((y - X %*% beta)^2)", "beta", "-2 (y - X beta)^T X"),
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\frac{\partial (x^T A x)}{\partial x} = x^T (A + A^T)", "equal"),
        (r"\frac{\partial x^T A x}{\partial x} = 2 A x", "not equal: transposed"),
    ],
)
def test_a_derivative_that_is_stated_is_for_check(text: str, said: str) -> None:
    assert run("check", text).out.startswith(said)
    assert "give the text to `matcalc check`" in run("d", text).err


@pytest.mark.parametrize(("text", "wrt", "expected"), READ, ids=[r[0] for r in READ])
def test_it_is_read_as_it_is_meant(text: str, wrt: str, expected: str | None) -> None:
    d: Any = matcalc.derivative(text, wrt)
    assert d.text == expected if expected else "J[" not in d.text


REFUSED = [
    (r"\Phi(W x + b)", "x", "is a product, or a value of the normal distribution function"),
    (r"\|1_K \circ (R - Q P)\|_F^2", "P", "is 1 on a set and 0 elsewhere"),
    ("0.5*nrm2(A - U*V)", "U", "there is no function `nrm2`"),
    ("g(x, y)", "x", "a function of several arguments"),
    (r"\sum_n x_n e^{-j2\pi f n}", "f", "is the imaginary unit, or a number"),
    (r"\newcommand{\a}{\a b} \a", "b", "has no end"),
    ("Li = - yi log(Pi) - (1- yi)log(1-Pi)", "Pi", "`yi` is y_i, or a product"),
    ("sum_i (yi - a)^2", "a", "`yi` is y_i, or a product"),
    ("sum_{i=1}^n (y_i - a xi)^2", "a", "`xi` in a sum over i is x_i"),
    ("-sum_i pi log(pi)", "pi", "`pi` in a sum over i is p_i"),
    (r"\sum_j \log(1+e^{b_j+W_j v})", "v", "W_j v is row j of W times v"),
    (r"\sum_i\sum_j \alpha_i \alpha_j y_i y_j x_i \cdot x_j", r"\alpha", "x_i · x_j is a dot product of two of many vectors"),
    (r"\frac{1}{n}\sum_{i=1}^n K\left(\frac{x - X_i}{h}\right)", "h", "is a product, or the value of a function"),
    (r"\sum_i \rho_\tau(Y_i - X_i^T\beta)", r"\beta", "is a product, or the value of a function"),
    ("S N(d_1) - K N(d_1 - s)", "s", "is a product, or the value of a function"),
    (r"S N{\left (d_{1} \right )}- K N{\left (d_{1} - \sigma \right )}", r"\sigma", "is a product, or the value of a function"),
    (r"\newcommand{\R}[2][x]{#1} \R", "b", "has nothing behind it"),
    (r"\newcommand{\R} ", "b", "has nothing behind it"),
    (r"\sigma + \sigma^2", r"\sigma^2", "stands without its square too"),
    (r"\sigma + x^2", r"\tau^2", "does not occur in the text"),
    ("P = (I - K H) P_k (I - K H)^T; tr(P)", "K", "P_k is a part of P here"),
    ("F.mse_loss(X @ w, y)", "w", "write mean"),
    ("sum(dnorm(y, X %*% b, s, log=TRUE))", "b", "is an argument by name"),
    (r"\sum_{t=0}^{T-1} \gamma^t r_t + \gamma^T V", r"\gamma", "its power T"),
    (r"\sum_{k=0}^{N} k x_k^2", "x_1", "counted from 0"),
    (r"\sum_{k=0}^{N} k x_k^2 + x_N", "x_N", "counted from 0"),
    (r"\frac12 \mathbf{E} \cdot \mathbf{E}", r"\mathbf{E}", "E beside a dot or × is a vector, or"),
    (r"\mathbf{F} \cdot \mathbf{v}", r"\mathbf{v}", "F beside a dot or × is a vector, or"),
    (r"\frac{\mathbf{p} \cdot \mathbf{r}}{r^3}", r"\mathbf{r}", "r stands in bold type and plain"),
    (r"\frac12 \boldsymbol\omega^T \mathbf{I} \boldsymbol\omega", r"\omega", "the identity matrix, which changes nothing, or a name"),
    (r"\frac{\partial f}{\partial x} = 2 A x", "x", "states a derivative"),
    ("dy/dx = 3 x^2", "x", "states a derivative"),
    (r"f(x) = x^T A x; f'(x) = 2 A x", "x", "states a derivative"),
    (r"\nabla f(x) = 2 A x", "x", "states a derivative"),
    (r"\frac{\partial (x^T A x)}{\partial x} = 2 A x", "x", "states a derivative"),
    (r"\mathbf{x} \mathbf{y} \mathbf{z}", "x", "is in bold type, as vectors are"),
    ("np.sum(w*(y - p)**2)", "p", "goes entry by entry, or w is a number"),
    (r"\log|I + x^T x|", "x", "can be chosen in more than one way"),
    (r"-\text{Tr}(P^T\log P)", "P", "the function of the matrix or that of its entries"),
    (r"\text{Tr}(\rho\log\rho) - \text{Tr}(\rho\log\sigma)", "rho", "is of a matrix too, or of a number"),
    (r"A x * \gamma + b", "x", "goes entry by entry, or"),
    (r"3 a\cdot b + a^3", "a", "is a dot product of vectors"),
    (r"\|Y - X\beta\|_F^2", r"\beta", "is a matrix times a vector, or"),
    (r"A + B \alpha", r"\alpha", "is a matrix times a vector, or"),
    (r"V = \frac{1}{2} x^T P x, \dot x = Ax", "x", "which of the statements is the expression"),
    (r"P_k^- H^T (H P_k^- H^T + R)^{-1}", "R", "is a name, as before an update, or"),
    (r"P^-(I - K H)^T", "K", "is a name, as before an update, or"),
    (r"\sum_{ij} K_{ij} Q_i Q_j", "K", "is a product of numbers, or of matrices"),
    (r"\sum_i \sum_k r_{ik} \|x_i - \mu_k\|^2 + \|x\|^2", r"\mu_k", "is an entry of x, or one of many vectors"),
    (r"(y - A x)^\dagger (y - A x)", "x", "of a vector is its conjugate transpose, or"),
    (r"A^{-1}\,\mathrm{d}A", "A", "is a differential"),
    ("np.sum(w * (x - mu)**2)", "mu", "between two arrays write .* for entry by entry"),
    ("x^2, y^2", "x", "a comma stands outside of brackets"),
    ("What is $x^T A x$ by $x$?", "x", "the words round a formula are not read"),
    ("Σₖ πₖ exp(−½ (x−μₖ)ᵀ Σₖ⁻¹ (x−μₖ))", "x", "is the sign here, or the letter"),
    (r"\sum_{j \ne i} (x_i - x_j)^2", "x", "over j beside a given i, or over both"),
    (r"\begin{bmatrix} a & b \ c & d \end{bmatrix}", "a", "a shell has halved"),
    (r"E_i [\log p_i]", "p", "is an expectation"),
    (r"\mathbb{E}_q[\log p]", "p", "is an expectation"),
    ("E[x^T A x]", "A", "is an expectation"),
    (r"\mathbf{E} \times \mathbf{B}", r"\mathbf{E}", "or the sign is the product of matrices"),
    (r"\|x - x^{ref}\|^2", "x", "a word above a name"),
    (r"\|e\|_\Sigma^2", "e", "a norm by Sigma or by its inverse"),
    (r"\sum_i e^{-E_i/kT}", "T", "two ways"),
    ("X W + b^T", "W", "added to every one of a matrix, or b is a matrix"),
    ("h = x W + b; h^T h", "b", "row"),
    (r"d^{(l)} = (W^{(l+1)})^T d^{(l+1)}", "d^{(l+1)}", "a member whose index is a sum"),
    (r"a^t = t \tanh(W x); a^t", "W", "must be a name"),
    (r"w_o (w - w_o)", "w", "w_o is an entry of w, or another vector"),
    (r"\sum_i (y_i - g^{-1}(x_i^T b))^2", "b", "a value of the inverse function, or a product"),
    (r"\frac12 \|\log(Q^T R)\|_F^2", "R", "the function of the matrix or that of its entries"),
]


@pytest.mark.parametrize(("text", "wrt", "message"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_has_two_readings_is_refused(text: str, wrt: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt)


def test_the_table_says_why_a_capital_letter_is_a_number() -> None:
    readings = matcalc.derivative("-G M m/r", "r").readings
    assert [(r.kind, r.because) for r in readings if r.name == "G"] == [("scalar", "a number, in a text without linear algebra")]


STATED = [
    (r"f = x^T A x; \frac{\partial f}{\partial x} = x^T (A + A^T)", 0),
    ("f(x) = x^T A x; f'(x) = 2 x^T A", 1),
    (r"f(x) = x^T A x; \nabla f(x) = x^T (A + A^T) where A in R^{n x n}", 0),
    (r"\frac{\partial}{\partial x} x^T A x = x^T (A + A^T)", 0),
    (r"L = \|A x - b\|^2, \frac{dL}{dx} = 2 (A x - b)^T A", 0),
    ("f = x^T A x; df/dx = A", 1),
    ("df/dx = A x", 2),
    ("x^T A x", 2),
    (r"f = x^T A x; \nabla f = A x", 2),
]


@pytest.mark.parametrize(("text", "code"), STATED, ids=[s[0] for s in STATED])
def test_a_derivative_that_the_text_states_is_checked(text: str, code: int) -> None:
    assert run("check", text).code == code


def test_a_system_of_equations_has_a_jacobian() -> None:
    assert matcalc.derivative("dx/dt = a x - b x y", "x").text == "a - b y"  # type: ignore[union-attr]


def test_what_is_switched_off_everywhere_is_not_there() -> None:
    d: Any = matcalc.derivative(r"f_i = \sum_{j \ne i} \frac{x_j - x_i}{\|x_j - x_i\|^3}", "x_i")
    assert "1[i != i]" not in d.text and d.shape == ("n", "n")
    assert matcalc.derivative("1[n + 1 = n] x_1", "x", where="x in R^n").text == "0_{1 x n}"  # type: ignore[union-attr]


def test_a_product_with_a_condition_has_the_right_numbers() -> None:
    y, x, t = [1.0, 2.0, 3.0], [0.1, 0.5, 1.9], 0.3
    d: Any = matcalc.derivative(r"\sum_i y_i \prod_{j \ne i} \frac{t - x_j}{x_i - x_j}", "t")  # Lagrange's polynomial
    p = np.polynomial.Polynomial.fit(x, y, 2)
    assert np.allclose(d.evaluate({"y": y, "x": x, "t": t}), p.deriv()(t))


LETTERS = [
    (r"\frac{e^{z_i}}{\sum_j e^{z_j}}", "z_i", "i"),
    (r"s_j = \sum_{i} w_{ij} x_i", "x", "j"),
    (r"K_{ij} = \exp(-\|x_i - x_j\|^2); \sum_i \sum_j K_{ij}", "x_i", "i"),
    (r"\sum_{i \ne j} w_{ij} x_i x_j", "x_j", "j"),
    (r"p_{ij} = x_i x_j; \sum_k p_{ik} p_{kj}", "x", "ij"),
    (r"\frac{x_j}{\sum_{k \ne j} x_k}", "x_j", "j"),
    (r"x_i \sum_j x_j^3", "x_j", "ij"),
    (r"f_i = \sum_{j \ne i} \frac{x_j - x_i}{\|x_j - x_i\|^3}", "x_i", "i"),
]


@pytest.mark.parametrize(("text", "wrt", "free"), LETTERS, ids=[r[0] for r in LETTERS])
def test_no_sum_of_an_answer_takes_the_letter_of_a_free_index(text: str, wrt: str, free: str) -> None:
    d: Any = matcalc.derivative(text, wrt)
    assert set(re.findall(r"(?:sum|prod)_\{(\w)=", d.text)).isdisjoint(free)


@pytest.mark.parametrize("text", ["int_0^x exp(-t) dt", "int x dx", "lim x", "size x", "rank X + x"])
def test_words_that_mean_something_else_are_no_products_of_letters(text: str) -> None:
    with pytest.raises(MatcalcError, match=f"there is no function `{text.split()[0].partition('_')[0]}`"):
        matcalc.derivative(text, "x")


@pytest.mark.parametrize(
    ("text", "expected"), [("f(g(x))", "f'(g(x)) g'(x)"), ("f(g(h(x)))", "f'(g(h(x))) g'(h(x)) h'(x)"), ("k(2 x)", "2 k")]
)
def test_a_function_of_a_value_of_a_function(text: str, expected: str) -> None:
    d: Any = matcalc.derivative(text, "x")
    assert d.text == expected


@pytest.mark.parametrize("text", ["f(2 x)", "\\phi(A x + b)", "\\psi(1 - x) + x^T x"])
def test_a_letter_that_is_most_often_a_function_is_no_product_unasked(text: str) -> None:
    with pytest.raises(MatcalcError, match="is a product, or the value of a function"):
        matcalc.derivative(text, "x")
    d: Any = matcalc.derivative(text.replace("(", " * ("), "x")
    assert "'" not in d.text


def test_gamma_beside_its_relatives_is_not_taken_for_a_number() -> None:
    with pytest.raises(MatcalcError, match="can be read in two ways"):
        matcalc.derivative("gamma(x) + lgamma(x^2 + 1)", "x")
    d: Any = matcalc.derivative("gamma (x^2 + 1) + beta x", "x", where="x in R")
    assert d.text == "2 gamma x + beta"


@pytest.mark.parametrize("text", ["||a^T x||", "mean(a^T x)", "Var(a^T x)", "logsumexp(w^T x)", "var(x^T A x)"])
def test_a_dot_product_is_not_read_as_an_array(text: str) -> None:
    with pytest.raises(MatcalcError, match="most often a number"):
        matcalc.derivative(text, "x")
    assert matcalc.derivative("||A^T x||", "x").text == "x^T A A^T/||A^T x||"  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [r"\frac1{2m} \sum_i (h_\theta(x^{(i)}) - y^{(i)})^2 + \theta^T \theta", r"(f_\theta(x) - y)^2"])
def test_a_function_with_the_variable_below_depends_on_it(text: str) -> None:
    """The function was taken for a constant, and its part of the derivative was lost."""
    with pytest.raises(MatcalcError, match="depends on theta, and nothing says how"):
        matcalc.derivative(text, "theta")


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        (r"S \Phi(\frac{x}{s})", "S", "normcdf(x/s)"),
        (r"\vec E \cdot \vec B", r"\vec E", "B^T"),
        ("exp(ab) + cd", "ab", "exp(ab)"),
        (r"f{\left(x \right)} + 1", "x", "f'(x)"),
        (r"a{\left(x + 1\right)}^2", "x", "2 a (x + 1)"),
        ("sum_{i=1}^n a_i sin(2 pi i x)", "x", "2 pi sum_{i=1}^n i a_i cos(2 pi i x)"),
    ],
)
def test_letters_and_words_are_what_they_are_beside(text: str, wrt: str, expected: str) -> None:
    assert matcalc.derivative(text, wrt).text == expected


def test_commands_of_the_text_stand_in_the_claim_too() -> None:
    assert matcalc.check(r"\newcommand{\ww}{w} \ww^T \ww", "w", r"2 \ww^T").equal
    assert stated(r"\newcommand{\ww}{w} f = \ww^T \ww; df/d\ww = 2 \ww^T")[1:3] == (("w",), "2 w^T")


def test_a_command_without_an_end_is_shown_where_it_is_defined() -> None:
    text = r"\newcommand{\b}{y} \newcommand{\a}{\a + 1} \a^2"
    with pytest.raises(matcalc.MatcalcError) as raised:
        matcalc.parse(text)
    assert raised.value.span is not None and text[slice(*raised.value.span)] == r"\a" and raised.value.span[0] < text.rindex("{")
    assert raised.value.suggestion is not None


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        ("x = A\\b; x'*x", "A", "x = A^-1 b; -2 A^-T x x^T"),
        ("10 log10|H|", "H", "10 H^-T/log(10)"),
        ("dot(x, A, x)", "x", "x^T (A + A^T)"),
        ("np.linalg.slogdet(S)[1]", "S", "S^-T"),
        ("Log[Det[IdentityMatrix[n] + X.Transpose[X]]]", "X", "2 (I + X X^T)^-1 X"),
        ("sum(log1p.(exp.(X*w)))", "w", "sigmoid(X w)^T X"),
        ("log1p(x)*3", "x", "3/(1 + x)"),
        (r"-\frac n2 \log \sigma_e^2 - \frac{r^T r}{2\sigma_e^2}", r"\sigma_e^2", "r^T r/(2 sigma_{e,2}^2) - n/(2 sigma_{e,2})"),
        (r"\mathbb{E}\|s - W y\|^2 = tr(I - 2 W H + W R W^T)", "W", "W (R + R^T) - 2 H^T"),
        (r"J(R) = \frac12\sum_i a_i \|b_i - R r_i\|^2", "R", "-sum_{i=1}^p a_i (b_i - R r_i) r_i^T"),  # r_i are no rows of R
        (r"a_x b_x + a_y b_y", "a_x", "b_x"),
        (r"J(x_0) = (x_0 - x_b)^T B (x_0 - x_b)", "x_0", "(x_0 - x_b)^T (B + B^T)"),
        (r"\sin\omega T", r"\omega", "T cos(omega T)"),
        ("Log[Sqrt[2 Pi] s]", "s", "1/s"),
        ("Sin[Pi x]", "x", "pi cos(pi x)"),
        (r"\frac12 \sum_i \sum_j L_{ij}(x_i - x_j)^2", "L", "(ones(n) x^T - x ones(n)^T).^2/2"),
    ],
)
def test_what_trackers_and_forums_write_is_heard(text: str, wrt: str, expected: str) -> None:
    assert matcalc.derivative(text, wrt).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "what is the gradient of ||A x - b||^2 with respect to x?",
        "Find the derivative of $||A x - b||^2$ w.r.t. $x$.",
        "differentiate ||A x - b||^2 wrt x",
    ],
)
def test_a_question_in_words_names_the_variable(text: str) -> None:
    assert matcalc.derivative(text).text == "2 (A x - b)^T A"
    with pytest.raises(MatcalcError, match="the text asks for the derivative by x"):
        matcalc.derivative(text, "A")


def test_a_root_of_a_positive_definite_matrix() -> None:
    assert matcalc.derivative("tr(C^{1/n})", "C", where="C in R^{m x m} spd").text == "1/n C^(1/n - 1)"


def test_a_square_with_a_label_stands_for_a_variable_only_as_a_square() -> None:
    with pytest.raises(MatcalcError, match="stands without its square too"):
        matcalc.derivative(r"\sigma_u^2 + \sigma_u", r"\sigma_u^2")
    with pytest.raises(MatcalcError, match="does not occur in the text"):
        matcalc.derivative(r"\sigma_e^2", r"\sigma_u^2")
