"""Readings that fit and that nobody is sure to have meant are refused, with both spellings; their neighbours are answered."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.inference import doubtful_signs, suspect

REFUSED = {
    r"\|x W + b\|^2": ("W", "x^T W"),
    "h W_1 + x W_2": ("W_1", "h in R^{1 x n}"),
    r"\frac{a \cdot b}{\sqrt{a^2 b^3}}": ("a", "a^T a"),
    r"\frac{x - \mu}{\|x\|} * \gamma": ("x", ".* \\gamma"),
    r"\|B - A (X^{(1)} \odot X^{(2)})\|_F^2": ("A", "Khatri-Rao"),
    r"(n + p) \log\det(I_N + X^T X)": ("X", "n, p in R"),
    r"\beta S I/2": ("S", "I in R"),
    r"e^{-i \omega t}": ("t", "cos and sin"),
    r"\|u - \pi(R X + t)\|^2": ("t", "pi *"),
    r"w_i (\Sigma w)_i/\sqrt{w^T \Sigma w}": ("w", "sum_i"),
    r"h = a + b x_i; \sum_{i=1}^m (h - y_i)^2": ("a", "h_i = "),
    "np.sum(-y * (X @ w))": ("w", ".* y"),
    r"\sum_{k=1}^K \log \sigma(v_{w_k}^T u)": ("u", "v_k"),
    r"\|X\|_{2,1}": ("X", "rows"),
    "x_+ + y": ("x", "x_{+}"),
    r"\log p(y \mid x)": ("x", "density"),
    r"\log \pi_\theta(a | s)": ("s", "density"),
    "E(a^T x)": ("x", "write E[…]"),
    r"\sum_{i=1}^n e_i^T \Omega^{-1} e_i": (r"\Omega", "tr(…) for the trace"),
    "(1 - y w^T x)^+": ("w", "max(1 - y w^T x, 0)"),
    "vec(X) - X": ("X", "diag(vec(X))"),
    "np.trace(A * B)": ("A", "write .* for entry by entry"),
    "u(f(k) - c)": ("k", "declare u: R -> R"),
    r"C[x^T x - 1]": ("x", "for a product, round brackets"),
    r"a \over b": ("a", "\\frac{a}{b}"),
    r"x + v\cos\theta\Delta t": (r"\theta", "for one argument"),
    r"-\log \sigma(u_o^T v_c) - \sum_{k=1}^K \log\sigma(-u_k^T v_c)": ("u_o", "o in N for one of them"),
    r"-\log\frac{e^{s_p}}{e^{s_p} + \sum_n e^{s_n}}": ("s_p", "s_n in R for one beside them"),
    r"f(x) = \sum_{i=1}^n \alpha_i k(x_i, x); k(x,y) = \exp(-\|x-y\|^2)": ("x", "different letters"),
    r"\mathrm{Tr}(\rho A)": (r"\rho", "rho in R^{n x n}"),
    r"e^{-\|x - y\|^2/2\sigma^2}": (r"\sigma", "/(2 \\sigma)"),
    "p^2/2m": ("p", "/(2 m) or /2 * m"),
    r"\nabla f(x)^T d": ("x", "f: R^n -> R"),
    r"\nabla_x f(x)^T d": ("x", "with --wrt"),
    "sum(y_i - w^T x_i)^2": ("w", "sum_i (y_i - w^T x_i)^2 for the sum of powers"),
    "g_{ij} x^i x^j": ("x", "x_i for the entry"),
    "e^2x": ("x", "^(2x) or ^2 x"),
    "-sum p log p": ("p", "sum(p) * log p"),
    "4 eps (s/r)^2": ("r", "write epsilon for the letter"),
    "tr A + B": ("A", "tr(A + B) for the sum"),
    r"\log\det A + B": ("A", "det(A + B) for the sum"),
    "A ⊙ B x": ("x", "(A .* B) x"),
    "D^-1/2 A D^-1/2": ("A", "^(-1/2) for the power"),
    "x^1/2": ("x", "^(1/2) for the power"),
    "xsinx": ("x", "did you mean x sin(x)?"),
    "xlnx": ("x", "did you mean x ln(x)?"),
    "a × b × c": ("a", "(a × b) × c or a × (b × c)"),
    "x^T A x / x^T x": ("x", "/(x^T x) for the whole product"),
    "x'A x / x'x": ("x", "/(x'x) for the whole product"),
    "x.T @ A @ x / x.T @ x": ("x", "/(x.T @ x)"),
    r"w^\mathsf{T} A w / w^{T} w": ("w", "/(w^{T} w)"),
    "x^T y / ||x|| ||y||": ("x", "/(||x|| ||y||) or /||x|| * ||y||"),
    r"x^T y/\|x\|\|y\|": ("x", r"/(\|x\| \|y\|)"),
    "a.b/|a||b|": ("a", "/(|a| |b|)"),
    "x^T y / norm(x) norm(y)": ("x", "/(norm(x) norm(y))"),
    r"x^T y/\sqrt{x^T x}\sqrt{y^T y}": ("x", r"/(\sqrt{x^T x} \sqrt{y^T y})"),
    r"\exp(-\|x - m\|^2/2 \sigma^2)": ("x", "/(2 \\sigma)"),
    "(x - m)^2/2 s^2": ("x", "/(2 s) or /2 * s"),
    "||X w - y||^2 / 2m": ("w", "/(2 m) or /2 * m"),
    r"1/2m \sum_i (w^T x_i - y_i)^2": ("w", "/(2 m) or /2 * m"),
    "A x = b": ("x", "A^-1 b"),
    "Ax = b": ("x", "A^-1 b"),
    "(A o B) x": ("x", "A .* B"),
    r"\Gamma(\alpha + \beta) x": ("x", "tgamma"),
    "g(w^T x)": ("w", "g: R -> R"),
    "y - h(W x + b)": ("W", "h: R -> R"),
    "x^T x^T": ("x", "x y^T"),
    "x'' + x": ("x", "ddot{x}"),
    "||A x||_1 + ||A||_1": ("A", "sum(abs(A))"),
    r"\|W\|_\infty": ("W", "max(abs(vec(W)))"),
    "tr(A exp(X))": ("X", "expm(X)"),
    "exp(-t A) x_0": ("A", "exp.(-t A)"),
    r"\frac1N \sum_i max(0, 1 - y_i (w \cdot x_i + b)) + \lambda w^2": ("w", "w^T w"),
    "sum((X W - Y)^2)": ("W", "(X W - Y).^2"),
    "norm(x^2)": ("x", "x.^2"),
    r"\frac{dy}{dx}": ("x", "y = ..."),
    r"u(c) + \beta V(f(k) - c)": ("c", "declare V: R -> R"),
    r"-\log\sigma(\theta^T s) A": (r"\theta", r"log(\sigma(\theta^T s)) A for a product"),
    r"\Pi = P(Q) Q - C(Q)": ("Q", "declare Q in R, or"),
    "(x - xb)'*inv(B)*(x - xb)": ("x", "declare xb in R"),
    r"f_0(x) + \sum_i \lambda_i f_i(x)": ("x", "define it before, as f_i(x)"),
    r"\mu(x) + \kappa \sigma(x)": ("x", "write sigmoid(…)"),
    r"\frac{dQ}{dP} \frac{P}{Q}": ("P", "write the function alone"),
    r"\epsilon = \frac{dQ}{dP} \frac{P}{Q}, Q = a P^{-b}": ("P", "write the function alone"),
    "r K(s, a) + K(s, b)": ("r", "define the function first: K(s, a)"),
    "f(x, y) + x": ("x", "define the function first: f(x, y)"),
    r"\lambda_1(A)": ("A", "eigmax(A) for the greatest"),
    r"\kappa(A)": ("A", "norm2(A) norm2(A^-1)"),
    r"(A)\(b)": ("b", "pinv(A) b for least squares"),
    "dy/dx": ("x", "y = ..."),
}
ANSWERED = {
    r"\|W x + b\|^2": ("W", "2 (W x + b) x^T"),
    "a A + b B": ("a", "A"),
    "u w^T x": ("x", "u w^T"),
    r"\sum_i e_i^T e_i": ("e", "2 e_i^T"),
    "x[i-1]": ("x", "I_n[i - 1,:]"),
    r"1/2\rho v^2": ("v", "rho v"),
    "a · b × c": ("a", "cross(b, c)^T"),
    "a^T b × c": ("a", "cross(b, c)^T"),
    "sum x_i^2": ("x", "2 x^T"),
    "sum(x_i^2)": ("x", "2 x^T"),
    "sum |x_i|": ("x", "sign(x)^T"),
    "sum (y_i - x_i)^2": ("x", "-2 (y - x)^T"),
    "sum(y_i - x_i)": ("x", "-ones(n)^T"),
    "log(sum exp(x_i))": ("x", "softmax(x)^T"),
    "prod x_i": ("x", "(prod_{i=1}^n x_i) (1 ./ x)^T"),
    "e = y - X b; sum e_i^2": ("b", "e = y - X b; -2 e^T X"),
    r"r = y - X \beta; \sum_i r_i^2": (r"\beta", "r = y - X beta; -2 r^T X"),
    "x^2/2": ("x", "x"),
    "a_{mn} x^m y^n": ("x", "a_{mn} m x^(m - 1) y^n"),
    "x^2y": ("x", "2 x y"),
    "1/2x^T A x": ("x", "1/2 x^T (A + A^T)"),
    "lambda/2 w^T w": ("w", "lambda w^T"),
    "(A + A^T)/2 x": ("x", "(A + A^T)/2"),
    "x/||x|| + ||y||": ("x", "I/||x|| - x x^T/||x||^3"),
    r"tr(\lambda A)": ("A", "lambda I_n"),
    "e[n] = d[n] - w^T x[n]; e[n]^2": ("w", "e_n = d_n - w^T x_n; -2 e_n x_n^T"),
    r"-z_y + \log\sum_j e^{z_j}": ("z_y", "exp(z_y)/sum(exp(z)) - 1"),
    "p q - c(q)": ("q", "p - c'(q)"),
    r"x^{T} \Delta x": ("x", "x^T (Delta + Delta^T)"),
    r"\frac{\Delta y}{\Delta x}": (r"\Delta x", "-y_{Delta}/x_{Delta}^2"),
    r"A^{1/2} B A^{1/2}": ("B", "J[i,j,k,l] = sqrtm(A)[i,k] sqrtm(A)[l,j]"),
    "S_{xy} S_{yz}": ("S_{xy}", "J[i,j,k,l] = delta[i,k] S_{yz}[l,j]"),
    r"\langle\psi|\rho|\psi\rangle": (r"\rho", "conj(psi) psi^T"),
    r"\bra{\psi}\sigma_z\ket{\psi}": (r"\psi", "sigma_z psi"),
    r"V(k) = \ln(A k^\alpha - k') + \beta V(k')": ("k'", "beta V'(k_{prime}) - 1/(A k^(alpha) - k_{prime})"),
    "E(1-\\nu)": (r"\nu", "-E"),
    "k(x(t) - y(t))": ("t", "k (x'(t) - y'(t))"),
    r"\frac{a \cdot b}{\|a\|}": ("b", "a^T/||a||"),
    r"\|\gamma * (x - y)\|^2": ("x", "2 gamma^2 (x - y)^T"),
    r"\|A (X \odot Y)\|_F^2": ("Y", "2 (X .* A^T A (X .* Y))"),
    r"\frac{n}{2} \log\det(I_N + S)": ("S", "n/2 (I + S)^-T"),
    r"-\frac n2 \log|S| - \frac12 tr(A S^{-1})": ("n", "-logdet(S)/2"),
    r"\frac{k}{2} (\|r_1 - r_2\| - d_0)^2": ("k", "(||r_1 - r_2|| - d_0)^2/2"),
    r"r N (1 - N/K)": ("N", "r (1 - 2 N/K)"),
    r"A K^\alpha L^{1-\alpha}": ("A", "K^(alpha) L^(1 - alpha)"),
    r"C \sum_i \max(0, 1 - y_i w^T x_i) + \|w\|^2": ("C", "sum_{i=1}^n max(0, 1 - y_i (w^T x_i))"),
    "Exp[-x.x/2]": ("x", "-exp(-1/2 x^T x) x^T"),
    "1^T w - 1": ("w", "ones(n)^T"),
    r"\Phi \theta": (r"\theta", "Phi"),
    r"w^T \mu": ("w", "mu^T"),
    r"\log L(\theta) = \sum_i y_i \log \theta": (r"\theta", "sum(y)/theta"),
    r"D_{KL}(p \| q) = \sum_i p_i \log\frac{p_i}{q_i}": ("q", "-(p ./ q)^T"),
    r"\log \mathcal N(x \mid \mu, \Sigma)": (r"\mu", "1/2 (x - mu)^T (Sigma^-1 + Sigma^-T)"),
    r"\sum_i \log N(x_i; \mu, \sigma^2)": (r"\mu", "(sum(x) - n mu)/sigma^2"),
    r"\tanh'(w^T x)": ("x", "2 tanh(w^T x) (tanh(w^T x)^2 - 1) w^T"),
    r"\sum_{ij} P_{ij} C_{ij}": ("P", "C"),
    r"P_{k+1|k} x": ("x", "P_{k+1|k}"),
    r"\sigma(u_{j^*})": ("u_{j^*}", "sigmoid(u_{j*}) (1 - sigmoid(u_{j*}))"),
    r"\frac{V_{\max} S}{K_m + S}": ("S", "V_{max} K_m/(K_m + S)^2"),
    r"\log \prod_{i=1}^n p \exp(-x_i)": ("p", "n/p"),
    "norm(X, 'fro')^2": ("X", "2 X"),
    "sum(sum(A .* X))": ("X", "A"),
    r"H = -J\sum_{i=1}^{n-1} s_i s_{i+1} - h\sum_{i=1}^n s_i": ("J", "-sum_{i=1}^{n - 1} s_i s_{i+1}"),
    r"x^T L x, \quad L = D - A": ("D", "x x^T"),
    r"a_{ij} = e^{q_i k_j}; o_i = \sum_j a_{ij} v_j": ("v_j", "a_{ij} = exp(k_j q_i); a_{ij}"),
    r"S_0 e^{-q T} \Phi(d_1) - K": ("S_0", "Phi(d_1) exp(-q T)"),
    "tr(x^T A x)": ("A", "x x^T"),
    r"N \log s - \sum_i s x_i": ("s", "N/s - sum(x)"),
    "min(x, y)": ("x", "1[x <= y]"),
    r"k C_A^n C_B^m": ("C_A", "k n C_A^(n - 1) C_B^m"),
    r"\phi(r) = D_e (1 - e^{-a(r - r_e)})^2": ("D_e", "(1 - exp(-a (r - r_e)))^2"),
    r"v = \frac{V_{max}[S]}{K_m + [S]}": ("V_{max}", "S/(K_m + S)"),
    r"\|G\|_2^2 = \mathrm{tr}(B^T Q B)": ("Q", "B B^T"),
    r"f(x_k) + g^T(x - x_k)": ("g", "(x - x_k)^T"),
    r"f(x, y) - \lambda (g(x, y) - c)": (r"\lambda", "c - g"),
    r"(r - w^T \phi(s, a))^2": ("w", "-2 (r - w^T phi) phi^T"),
    r"\bar I_1 = tr(F^T F); \bar I_1^2": ("F", "I_{bar,1} = tr(F^T F); 4 I_{bar,1} F"),
    r"\hat I x": ("x", "I_{hat}"),
    r"A^{-1} b, A = A_0 + t A_1": ("t", "A = A_0 + t A_1; -A^-1 A_1 A^-1 b"),
    "(A @ x)[0] + np.exp(1)": ("x", "e_1^T A"),
    "2*pi*dt*v": ("v", "2 pi dt"),
    r"\psi(x) = A e^{-x^2}; |\psi|": ("A", "exp(-x^2) sign(A exp(-x^2))"),
    r"f(t) = x^T A x t; f^2": ("t", "2 t (x^T A x)^2"),
    r"\arctan2(y, x)": ("x", "-y/(y^2 + x^2)"),
    r"\max(x, y) + x y": ("x", "1[x >= y] + y"),
    r"\log\sigma(x) \log(y)": ("x", "log(y) (1 - sigmoid(x))"),
    r"u(c_t) + \beta V(k_{t+1})": ("k_{t+1}", "beta V'(k_{t+1})"),
    r"\text{atan2}(y_l - y, x_l - x)": ("x", "(y_l - y)/((y_l - y)^2 + (x_l - x)^2)"),
    r"\ell(\alpha, x_m) = n \ln\alpha + n \alpha \ln x_m - (\alpha+1)\sum_{i=1}^n \ln x_i": ("x_m", "n alpha/x_m"),
    r"{\rm tr}(A X)": ("X", "A^T"),
    r"\|\mathrm{Id} - A X\|_F^2": ("X", "-2 A^T (I - A X)"),
    "Matrix([x**2, x*y])": ("x", "[2 x; y]"),
    "L^{CLIP}(w) = w^T w": ("w", "2 w^T"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_both_spellings_are_shown(text: str) -> None:
    wrt, spelling = REFUSED[text]
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.derivative(text, wrt)
    assert spelling in str(caught.value)


def test_every_doubt_about_a_sign_is_asked() -> None:
    assert doubtful_signs.DOUBTS.keys() == suspect.SIGNS


@pytest.mark.parametrize("text", ANSWERED)
def test_the_neighbours_are_answered(text: str) -> None:
    wrt, answer = ANSWERED[text]
    assert matcalc.derivative(text, wrt).text == answer


@pytest.mark.parametrize(("text", "span"), [("norm(x^2)", (5, 8)), ("x^T x^T", (0, 7))])
def test_a_small_letter_that_fits_as_a_matrix_only_is_shown_in_its_place(text: str, span: tuple[int, int]) -> None:
    with pytest.raises(matcalc.MatcalcError, match="small letter") as caught:
        matcalc.derivative(text, "x")
    assert caught.value.span == span


def test_values_are_given_by_the_names_that_were_typed() -> None:
    d = matcalc.derivative(r"P_{k+1|k} K_{k+1} x", "x")
    assert d.evaluate({"P": [[1.0, 2.0]], "K_{k+1}": [[3.0], [4.0]]}) == 11
    assert matcalc.derivative("x^T x - x^T x'", "x").evaluate({"x": [1.0, 2.0], "x'": [1.0, 1.0]}).tolist() == [1, 3]
    assert matcalc.derivative(r"\theta^2 c", r"\theta").evaluate({r"\theta": 3.0, "c": 2.0}) == 12
