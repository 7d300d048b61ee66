"""Names for what carries an index: the author's own, weights of softmax-like sums, means. What is printed is read back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.printing.count import symbols
from matcalc.reading.read import parse
from matcalc.reading.subscripts import split_indexed
from matcalc.syntax import Program

RNG = np.random.default_rng(7)

# Name, text, variable, declarations, order, sizes of the data, the last statement of the answer.
NAMED: list[tuple[str, str, str, str, int, dict[str, tuple[int, ...]], str]] = [
    (
        "NCA",
        r"p_{ij} = \exp(-||A x_i - A x_j||^2)/\sum_{k \ne i} \exp(-||A x_i - A x_k||^2); \sum_{i=1}^N \sum_{j=1}^N m_{ij} p_{ij}",
        "A",
        "x_i in R^n; A in R^{m x n}; m_{ij} in R",
        1,
        {"A": (2, 3), "x": (4, 3), "m": (4, 4)},
        "2 A sum_{i=1}^N sum_{j=1}^N p_{ij} (sum_{k=1}^N m[i,k] p_{ik} - m[i,j]) (x_i - x_j) (x_i - x_j)^T",
    ),
    (
        "Cox",
        "sum_{i=1}^n d_i (z_i^T beta - log(sum_{j=1}^n r_{ij} exp(z_j^T beta)))",
        "beta",
        "beta, z_i in R^p; d_i, r_{ij} in R",
        2,
        {"beta": (3,), "z": (4, 3), "d": (4,), "r": (4, 4)},
        "-sum_{i=1}^n d_i (sum_{j=1}^n w_{ij} z_j z_j^T - u_i u_i^T)",
    ),
    (
        "attention",
        "a_i = exp(q^T k_i)/sum_{j=1}^N exp(q^T k_j); sum_{i=1}^N a_i v_i",
        "q",
        "q, k_i in R^d; v_i in R^p",
        1,
        {"q": (3,), "k": (4, 3), "v": (4, 2)},
        "sum_{i=1}^N a_i v_i k_i^T - (sum_{i=1}^N a_i v_i) sum_{i=1}^N a_i k_i^T",
    ),
    (
        "t-SNE",
        r"q_{ij} = (1 + ||y_i - y_j||^2)^{-1} / \sum_{k \ne l} (1 + ||y_k - y_l||^2)^{-1}; \sum_{i \ne j} p_{ij} \log(p_{ij}/q_{ij})",
        "y_i",
        "y_i in R^d; p in R^{N x N} symmetric positive",
        1,
        {"y": (4, 2), "p": (4, 4)},
        "4 sum_{j=1}^N (p[j,i] - q_{ij} sum_{k != l} p[k,l])/(||y_i - y_j||^2 + 1) (y_i - y_j)^T",
    ),
    (
        "MLKR, with a name for the difference",
        r"d_{ij} = x_i - x_j; k_{ij} = \exp(-||A d_{ij}||^2); \hat{y}_i = \frac{\sum_{j \ne i} k_{ij} y_j}{\sum_{j \ne i} k_{ij}}; "
        r"\sum_{i=1}^N (y_i - \hat{y}_i)^2",
        "A",
        "A in R^{m x n}; x_i in R^n; y_i in R",
        1,
        {"A": (2, 3), "x": (4, 3), "y": (4,)},
        "4 sum_{i=1}^N (y_i - y_{hat,i}) A (sum_{j=1}^N k_{ij} (y_j - y_{hat,i}) d_{ij} d_{ij}^T)/(sum_{j != i} k_{ij})",
    ),
    (
        "NCA, with a name for the difference",
        r"d_{ij} = x_i - x_j; p_{ij} = \exp(-||A d_{ij}||^2)/\sum_{k \ne i} \exp(-||A d_{ik}||^2); \sum_{i=1}^N \sum_{j=1}^N m_{ij} p_{ij}",
        "A",
        "x_i in R^n; A in R^{m x n}; m_{ij} in R",
        1,
        {"A": (2, 3), "x": (4, 3), "m": (4, 4)},
        "2 A sum_{i=1}^N sum_{j=1}^N p_{ij} (sum_{k=1}^N m[i,k] p_{ik} - m[i,j]) d_{ij} d_{ij}^T",
    ),
    (
        "sums by the author's letter",
        "P_n = sigmoid(w^T x_n); sum_{n=1}^N (t_n log(P_n) + (1 - t_n) log(1 - P_n))",
        "w",
        "w, x_n in R^D; t_n in R",
        1,
        {"w": (3,), "x": (4, 3), "t": (4,)},
        "sum_{n=1}^N (t_n - P_n) x_n^T",
    ),
    (
        "MLKR",
        r"k_{ij} = \exp(-||A(x_i - x_j)||^2); \hat{y}_i = \frac{\sum_{j \ne i} k_{ij} y_j}{\sum_{j \ne i} k_{ij}}; "
        r"\sum_{i=1}^N (y_i - \hat{y}_i)^2",
        "A",
        "A in R^{m x n}; x_i in R^n; y_i in R",
        1,
        {"A": (2, 3), "x": (4, 3), "y": (4,)},
        "4 sum_{i=1}^N (y_i - y_{hat,i}) A (sum_{j=1}^N k_{ij} (y_j - y_{hat,i}) (x_i - x_j) (x_i - x_j)^T)/(sum_{j != i} k_{ij})",
    ),
]


@pytest.mark.parametrize("case", NAMED, ids=[c[0] for c in NAMED])
def test_the_answer_in_names_with_indices(case: tuple[Any, ...]) -> None:
    _, text, wrt, where, order, shapes, last = case
    d = matcalc.derivative(text, wrt, where=where, order=order)
    assert d.text.split("; ")[-1] == last and d.verified == "verified"
    values: dict[str, Any] = {n: RNG.uniform(0.2, 1.0, s) for n, s in shapes.items()}
    if "p" in values:
        values["p"] = values["p"] + values["p"].T
    places = [{"i": k} for k in range(1, 5)] if wrt == "y_i" else [{}]
    for form in (d.text, d.latex):
        back = matcalc.parse(form, where=d.where)
        for at in places:
            assert np.allclose(back.evaluate({**values, **at}), d.evaluate({**values, **at}))


def test_the_numbers_of_neighbourhood_components() -> None:
    """Against central differences of the objective, written here once more."""
    x, a, m = RNG.normal(size=(4, 3)), RNG.normal(size=(2, 3)), RNG.normal(size=(4, 4))

    def value(a: Any) -> float:
        z = x @ a.T
        e = np.exp(-np.sum((z[:, None] - z[None]) ** 2, axis=2))
        return float(np.sum(m * e / (e.sum(axis=1) - np.diag(e))[:, None]))

    want = np.zeros_like(a)
    for at in np.ndindex(*a.shape):
        step = np.zeros_like(a)
        step[at] = 1e-6
        want[at] = (value(a + step) - value(a - step)) / 2e-6
    _, text, wrt, where, *_ = NAMED[0]
    d = matcalc.derivative(text, wrt, where=where)
    back = matcalc.parse(d.text, where=d.where)
    assert np.allclose(back.evaluate({"x": x, "A": a, "m": m}), want, atol=1e-6)


def test_inline_writes_them_out() -> None:
    _, text, wrt, where, *_ = NAMED[0]
    from matcalc.pipeline.derive import one_derivative
    from matcalc.pipeline.question import Options, Question

    d = one_derivative(Question.of(text, wrt, where=where, options=Options(names=False)))
    assert "p_{" not in d.text


@pytest.mark.parametrize(
    "text, wrt, where, names, want",
    [
        (
            r"K_{ij} = s^2 \exp(-(z_i - z_j)^2/(2 l^2)); -1/2 y^T K^{-1} y - 1/2 \log(\det(K))",
            "l",
            "y in R^n; z_i in R; s, l in R positive",
            "yzsl",
            "1/(2 l^3) sum_{i=1}^n sum_{j=1}^n K_{ij} ((K^-1 y)[j] (K^-1 y)[i] - (K^-1)[i,j]) (z_j - z_i)^2",
        ),
        (r"K_{ij} = \exp(-(z_i - z_j)^2); ||K w - y||^2", "w", "y, w in R^n; z_i in R", "wyz", "2 (K w - y)^T K"),
    ],
)
def test_a_matrix_defined_by_its_entries_keeps_its_name(text: str, wrt: str, where: str, names: str, want: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.text.split("; ")[-1] == want and d.verified == "verified"
    known = {"y": RNG.normal(size=3), "w": RNG.normal(size=3), "z": RNG.normal(size=3), "s": 1.3, "l": 0.8}
    values = {n: known[n] for n in names}
    for form in (d.text, d.latex):
        assert np.allclose(matcalc.parse(form, where=d.where).evaluate(values), d.evaluate(values))


@pytest.mark.parametrize(
    "text, where, want",
    [
        ("sum_{i=1}^N sum_{j=1}^N x_i x_j 1[i != j]", "x_i in R", "sum_{i=1}^N x_i sum_{j != i} x_j"),
        ("sum_{j=1}^N A_{ij} x_j 1[j != i]", "x_i in R; A in R^{N x N}", "sum_{j != i} A[i,j] x_j"),
        ("sum_{i=1}^N x_i 1[i != j]", "x_i in R", "sum_{i=1}^N x_i 1[i != j]"),  # below the sign it would be a sum over both
        ("sum_{i=1}^N sum_{j=1}^N A[i,j] 1[i != j]", "A in R^{N x N}", "sum_{i != j} A[i,j]"),
        ("sum_{j=2}^N x_j 1[j != i]", "x_i in R", "sum_{j=2}^N x_j 1[j != i]"),
        ("sum_{i=1}^N sum_{j=1}^M A[i,j] 1[i != j]", "A in R^{N x M}", "sum_{i=1}^N sum_{j=1}^M A[i,j] 1[i != j]"),  # not equally far
        ("sum_{j=1}^N 1[j != i]", "", "sum_{j=1}^N 1[j != i]"),
    ],
)
def test_a_condition_stands_below_the_sign_where_it_is_read_so(text: str, where: str, want: str) -> None:
    e = matcalc.parse(text, where=where)
    for form in (e.text, e.latex, e.unicode):
        assert matcalc.parse(form, where=e.where).text == e.text
    assert e.text == want


def test_a_product_of_one_index_stands_as_its_author_wrote_it_under_another_letter_too() -> None:
    """The second sum had exp(beta^T z_k), and a minus before a difference that could take it in."""
    text = "sum_{i=1}^n d_i (z_i^T beta - log(sum_{j=1}^n r_{ij} exp(z_j^T beta)))"
    d = matcalc.derivative(text, "beta", where="beta, z_i in R^p; d_i, r_{ij} in R")
    assert d.text.startswith("sum_{i=1}^n d_i (z_i - 1/(") and d.text.endswith("exp(z_k^T beta) z_k)^T") and d.verified == "verified"


@pytest.mark.parametrize("format_, want", [("typst", "sum_(j != i) x_j"), ("mathml", "<munder>")])
def test_a_condition_below_the_sign_in_other_formats(format_: str, want: str) -> None:
    d = matcalc.derivative("sum_{j != i} t x_j", "t", where="x_i in R; t in R")
    assert d.text == "sum_{j != i} x_j" and want in getattr(d, format_)


@pytest.mark.parametrize("last", ["sum_{i=1}^N sum_{j=1}^N p_{ij} p_{ji}", "sum_{i=1}^N sum_{j=1}^N p_{ij} sum_{k=1}^N p_{ik}"])
def test_a_definition_by_two_indices_in_another(last: str) -> None:
    """d_{ij} has the two indices of its value, also where p_{ij}, which has no others, stands with other letters."""
    e = matcalc.parse("d_{ij} = x_i - x_j; p_{ij} = ||d_{ij}||^2; " + last, where="x_i in R^n")
    x = RNG.normal(size=(4, 3))
    p = np.sum((x[:, None] - x[None]) ** 2, axis=2)
    want = np.sum(p * p.T) if "p_{ji}" in last else np.sum(p.sum(axis=1) ** 2)
    assert np.isclose(e.evaluate({"x": x}), want)


# Name, text, variable, declarations, order, and the formula as its source prints it, with the source's own names for what carries an
# index. Both sides are counted by one rule, `printing.count.symbols` of the last statement; definitions count where the name is not the
# author's. Looked up where others print or program them: van der Maaten & Hinton 2008, eq. (5), as a page of exercises and programs have
# it, with the sum of all p that is 1 there; Goldberger et al. 2005, eq. (5), as two programs have it; Weinberger & Tesauro 2007, eq. (8),
# whose text names x_i - x_j; Cox's information, in a lecture as sum_j p_j (z_j - E)(z_j - E)^T and in a manual as S2/S0 - (S1/S0)(S1/S0)^T,
# which are the two forms with weights and means; attention (dS = P .* (dP - row sums), dQ = dS K); the three summands of Ioffe & Szegedy
# 2015, section 3, with its partial derivatives e and h, as programs after it have them; of the divergence of Kingma & Welling 2014,
# appendix B, the derivative by the logarithm of the variance, from a question that derives it, and those by the mean, mu, and by the
# logarithm of the deviation, exp(2 log sigma) - 1, from notes on the gradients of such a network; of InfoNCE, which a paper on its scaling
# prints as -sum ln softmax(S/tau)_ij, the derivative of -log p_i by a logit, p_k - id_ik, as a program for cross-entropy states it.
# The papers print no such derivatives. Derived here from these: 1/tau before that of InfoNCE, by the chain rule, and that by the
# deviation, (exp(2 log sigma) - 1)/sigma = sigma - 1/sigma.
PRINTED: list[tuple[str, str, str, str, int, str]] = [
    *[
        (name, *next((c[1], c[2], c[3], c[4]) for c in NAMED if c[0] == case), formula)
        for name, case, formula in (
            ("t-SNE", "t-SNE", "4 sum_{j=1}^N (p_{ij} - q_{ij} sum_{k != l} p_{kl}) (1 + ||y_i - y_j||^2)^{-1} (y_i - y_j)^T"),
            (
                "NCA",
                "NCA",
                "2 A sum_{i=1}^N (p_i sum_{k=1}^N p_{ik} x_{ik} x_{ik}^T - sum_{j=1}^N m_{ij} p_{ij} x_{ij} x_{ij}^T)",
            ),
            (
                "MLKR",
                "MLKR, with a name for the difference",
                "4 A sum_{i=1}^N (yhat_i - y_i) sum_{j != i} (yhat_j - y_j) k_{ij} x_{ij} x_{ij}^T",
            ),
            ("Cox", "Cox", "-sum_{i=1}^n d_i (sum_{j=1}^n w_{ij} z_j z_j^T - u_i u_i^T)"),
        )
    ],
    (
        "attention",
        "S = Q K^T; P = softmax(S/sqrt(d)); tr(G^T P V)",
        "Q",
        "Q, K in R^{n x d}; V, G in R^{n x p}; d in R positive",
        1,
        "(P .* (G V^T - diag(P V G^T) ones(n)^T)) K/sqrt(d)",
    ),
    (
        "batch norm",
        "u = x - mean(x); v = u^T u/n + epsilon; z = u/sqrt(v); g^T (gamma z + beta)",
        "x",
        "x, g in R^n; gamma, beta in R; epsilon in R positive",
        1,
        "d_i/sqrt(v + epsilon) + 2 e (x_i - mu)/m + h/m",
    ),
    ("InfoNCE", "P = softmax(S/tau); -sum(log(diag(P)))", "S", "S in R^{n x n}; tau in R positive", 1, "(softmax(S/tau) - I)/tau"),
    ("VAE, mean", "-1/2 sum(1 + log(s.^2) - mu.^2 - s.^2)", "mu", "mu, s in R^n", 1, "mu^T"),
    ("VAE, deviation", "-1/2 sum(1 + log(s.^2) - mu.^2 - s.^2)", "s", "mu in R^n; s in R^n positive", 1, "(s - 1 ./ s)^T"),
    ("VAE, logarithm of the deviation", "-1/2 sum(1 + 2 l - mu.^2 - exp(2 l))", "l", "mu, l in R^n", 1, "(exp(2 l) - 1)^T"),
    ("VAE, logarithm of the variance", "-1/2 sum(1 + l - mu.^2 - exp(l))", "l", "mu, l in R^n", 1, "1/2 (exp(l) - 1)^T"),
]


@pytest.mark.parametrize("case", PRINTED, ids=[c[0] for c in PRINTED])
def test_answers_are_as_short_as_their_sources_print_them(case: tuple[str, str, str, str, int, str]) -> None:
    _, text, wrt, where, order, formula = case
    d = matcalc.derivative(text, wrt, where=where, order=order)
    own = {split_indexed(b.name)[0] for b in parse(text).bindings}
    program = parse(d.text)
    helpers = tuple(b for b in program.bindings if split_indexed(b.name)[0] not in own)
    counted = symbols(
        Program("", helpers if case[0] != "Cox" else (), program.body)
    )  # the weights and means have no names in the text of Cox
    assert counted <= 1.2 * symbols(parse(formula).body), d.text
