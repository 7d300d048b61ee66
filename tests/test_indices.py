"""Texts with indices, as people write them, against what they mean: a function of arrays in NumPy, differentiated by complex steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from corpus import cases

import matcalc
from matcalc.inference.infer import infer
from matcalc.kinds import Dim
from matcalc.notation import indexform
from matcalc.syntax import Declaration, Program

Values = dict[str, Any]
M, N, P = 3, 4, 2  # sizes: entries or members; features; columns


def draw(**shapes: tuple[int, ...] | str) -> Values:
    """A number or array of each shape, all of them positive; "spd": M positive definite matrices, P by P."""
    rng = np.random.default_rng(5)
    found: Values = {}
    for name, shape in shapes.items():
        x = rng.uniform(0.4, 1.4, (M, P, P) if shape == "spd" else shape)
        found[name] = x @ np.swapaxes(x, 1, 2) + np.eye(P) if shape == "spd" else x if shape else float(x)
    return found


def complex_step(f: Callable[[Values], Any], v: Values, base: str, place: tuple[int, ...] | None = None) -> Any:
    """The derivative of f by v[base], or by its part at `place` (counted from 0); the variable's axes come last."""
    x = np.asarray(v[base], dtype=complex)
    part = x if place is None else x[place]
    columns = []
    for at in np.ndindex(part.shape):
        moved = x.copy()
        moved[(*(place or ()), *at)] += 1e-30j
        columns.append(np.imag(f({**v, base: moved if x.shape else moved[()]})) / 1e-30)
    return np.stack(columns, -1).reshape((*np.shape(columns[0]), *part.shape))


class Case(NamedTuple):
    text: str
    wrt: str
    f: Callable[[Values], Any]
    values: Values
    where: str = ""
    numbers: Mapping[str, int] = {}  # of free indices, from 1
    expected: str = ""


def values_for(case: Case) -> Values:
    words = {*re.findall("[A-Za-z]+", case.text), *"".join(re.findall(r"_\{([A-Za-z]+)", case.text)), *case.numbers}
    return {n: x for n, x in {**case.values, **case.numbers}.items() if n in words}


def check(case: Case) -> Any:
    """The derivative's numbers are those of the function, at `numbers` for its free indices."""
    d: Any = matcalc.derivative(case.text, case.wrt, where=case.where)
    base, _, sub = case.wrt.partition("_")
    letters = sub.strip("{}").replace(",", "")
    place = tuple(int(c) - 1 if c.isdigit() else case.numbers[c] - 1 for c in letters) or None
    got = d.evaluate(values_for(case))
    assert np.allclose(np.squeeze(got), np.squeeze(complex_step(case.f, case.values, base, place)), rtol=1e-9, atol=1e-12), d.text
    if case.expected:
        assert d.text == case.expected
    return d


def ids(cases: list[Case]) -> list[str]:
    return [f"{c.text} by {c.wrt}" for c in cases]


def log_density(v: Values) -> Any:
    z = v["x"][:, None] - v["mu"][None]
    q = np.einsum("ika,kab,ikb->ik", z, np.linalg.inv(v["S"]), z)
    return -np.sum(np.log(np.sum(v["pi"] * np.exp(-q / 2) / np.sqrt(np.linalg.det(v["S"])), 1)))


def scatter(v: Values) -> Any:
    z = v["x"] - np.mean(v["x"], 0)
    return np.trace(v["W"].T @ z.T @ z @ v["W"]) / N


def layer_norm(v: Values) -> Any:
    z = v["x"] - np.mean(v["x"])
    return z / np.sqrt(np.mean(z**2) + v["epsilon"]) * v["gamma"] + v["beta"]


GMM = "-sum_i log(sum_k pi_k exp(-1/2 (x_i - mu_k)^T S_k^-1 (x_i - mu_k))/sqrt(det(S_k)))"
MIXTURE = draw(x=(N, P), mu=(M, P), pi=(M,), S="spd")
MIXED = "x_i, mu_k in R^n; pi_k in R positive; S_k in R^{n x n}"
MEANS = draw(x=(N, P), W=(P, M))
SCATTER = "m = 1/N sum_{i=1}^N x_i; S = 1/N sum_{i=1}^N (x_i - m) (x_i - m)^T; tr(W^T S W)"

# One letter in two sums, one of them inside the other once names are written out.
ONE_LETTER = [
    Case("mu = 1/n sum_i x_i; 1/n sum_i (x_i - mu)^2", "x", lambda v: np.mean((v["x"] - np.mean(v["x"])) ** 2), draw(x=(N,)), "x in R^n"),
    Case(
        "mu = 1/N sum_{j=1}^N x_j; v = 1/N sum_{j=1}^N (x_j - mu)^2; (x - mu)/sqrt(v + epsilon) .* gamma + beta",
        "x",
        layer_norm,
        draw(x=(N,), gamma=(N,), beta=(N,), epsilon=()),
        "x, gamma, beta in R^N; epsilon in R",
    ),
    Case(
        "Z = sum_k exp(z_k); -sum_k y_k log(exp(z_k)/Z)",
        "z",
        lambda v: -np.sum(v["y"] * np.log(np.exp(v["z"]) / np.sum(np.exp(v["z"])))),
        draw(z=(N,), y=(N,)),
        expected="(sum(y) softmax(z) - y)^T",
    ),
    Case(SCATTER, "x_i", scatter, MEANS, "x_i in R^d; W in R^{d x k}", {"i": 2}),
    Case(SCATTER, "W", scatter, MEANS, "x_i in R^d; W in R^{d x k}"),
    Case(GMM, "mu_k", log_density, MIXTURE, MIXED, {"k": 2}),
    Case(GMM, "pi_k", log_density, MIXTURE, MIXED, {"k": 3}),
    Case(GMM, "x_i", log_density, MIXTURE, MIXED, {"i": 4}),
    Case(GMM, "S_k", log_density, MIXTURE, MIXED, {"k": 2}),
    Case(GMM, "S_k", log_density, MIXTURE, MIXED + " spd", {"k": 2}),
]


@pytest.mark.parametrize("case", ONE_LETTER, ids=ids(ONE_LETTER))
def test_a_letter_bound_twice(case: Case) -> None:
    check(case)


def test_an_entry_by_a_letter_that_a_sum_in_its_derivative_has() -> None:
    text = "sum_i log(sum_k p_k exp((x_i - m_k) a (x_i - m_k)))"
    v = draw(p=(M,), m=(M,), x=(N,), a=())

    def f(v: Values) -> Any:
        return np.sum(np.log(np.exp(v["a"] * (v["x"][:, None] - v["m"][None]) ** 2) @ v["p"]))

    check(Case(text, "m_k", f, v, "p, m in R^K; x in R^n; a in R", {"k": 2}))


def softmax(z: Any) -> Any:
    e = np.exp(z)
    return e / np.sum(e, -1, keepdims=True)


def at(v: Values, letter: str) -> int:
    return int(v[letter]) - 1


Z, W = draw(z=(N,)) | {"i": 2}, draw(w=(M, P), x=(P,)) | {"y": 3}
SOFTMAX, CLASSES = r"\frac{e^{z_i}}{\sum_j e^{z_j}}", r"-\log\frac{\exp(w_y^T x)}{\sum_c \exp(w_c^T x)}"
NEURON, POINT, UNIT = r"\sum_{j=1}^n w_{ij} x_j", r"\left(y_i - \sum_{j=1}^p \beta_j x_{ij}\right)^2", r"\frac{x_i}{\|x\|}"
DATA = draw(x=(N, P), y=(N,), beta=(P,)) | {"i": 2}

# Letters that nothing binds: an entry or a member, whose number is given to evaluate it.
FREE = [
    Case(SOFTMAX, "z_i", lambda v: softmax(v["z"])[1], Z, "", {"i": 2}, "softmax(z)[i] (1 - softmax(z)[i])"),
    Case(SOFTMAX, "z_k", lambda v: softmax(v["z"])[1], Z, "", {"k": 3}, "softmax(z)[i] (1[i = k] - softmax(z)[k])"),
    Case(SOFTMAX, "z_k", lambda v: softmax(v["z"])[1], Z, "z in R^K", {"k": 2}),
    Case(SOFTMAX, "z", lambda v: softmax(v["z"])[1], Z, "", {}, "softmax(z)[i] (e_i - softmax(z))^T"),
    Case(CLASSES, "w_y", lambda v: -np.log(softmax(v["w"] @ v["x"])[2]), W, "", {"y": 3}),
    Case(CLASSES, "w_c", lambda v: -np.log(softmax(v["w"] @ v["x"])[2]), W, "", {"c": 3}),
    Case(CLASSES, "w_k", lambda v: -np.log(softmax(v["w"] @ v["x"])[2]), W, "w_c, x in R^n", {"k": 1}),
    Case(CLASSES, "x", lambda v: -np.log(softmax(v["w"] @ v["x"])[2]), W),
    Case(NEURON, "x", lambda v: v["w"][1] @ v["x"], draw(w=(M, P), x=(P,)) | {"i": 2}, "", {}, "e_i^T w"),
    Case(NEURON, "w", lambda v: v["w"][1] @ v["x"], draw(w=(M, P), x=(P,)) | {"i": 2}),
    Case(POINT, "beta", lambda v: (v["y"][1] - v["x"][1] @ v["beta"]) ** 2, DATA),
    Case(POINT, "beta", lambda v: (v["y"][1] - v["x"][1] @ v["beta"]) ** 2, DATA, "beta in R^p; x in R^{n x p}; y in R^n; i in N"),
    Case(UNIT, "x", lambda v: v["x"][1] / np.sqrt(v["x"] @ v["x"]), draw(x=(N,)) | {"i": 2}),
    Case(UNIT, "x_i", lambda v: v["x"][1] / np.sqrt(v["x"] @ v["x"]), draw(x=(N,)) | {"i": 2}, "", {"i": 2}),
    Case("sum_{i=1}^N x_{ij}", "x", lambda v: np.sum(v["x"][:, 1]), draw(x=(N, P)) | {"j": 2}, "x in R^{N x p}"),
    Case("A_{ii} + A_{ij}", "A", lambda v: v["A"][1, 1] + v["A"][1, 2], draw(A=(M, M)) | {"i": 2, "j": 3}, "A in R^{n x n}; i, j in N"),
    Case("x_n^2 + x^T x", "x", lambda v: v["x"][-1] ** 2 + v["x"] @ v["x"], draw(x=(N,)), "x in R^n"),
    Case("sum_{i=1}^n x_i + x_n^2", "x", lambda v: np.sum(v["x"]) + v["x"][-1] ** 2, draw(x=(N,))),
]
BAR = draw(A=(M, N), x=(N,), b=(M,), B=(N, P), F=(M, M), y=(M,))

# A letter that stands twice in a product and is bound nowhere.
EINSTEIN = [
    Case("A_{ij} x_j", "x", lambda v: v["A"] @ v["x"], BAR, "", {}, "A"),
    Case("A_{ij} x_j", "x", lambda v: v["A"] @ v["x"], BAR, "A in R^{m x n}; x in R^n", {}, "A"),
    Case("A_{ij} x_j + b_i", "A", lambda v: v["A"] @ v["x"] + v["b"], BAR),
    Case("F_{ij} y_i y_j", "y", lambda v: v["y"] @ v["F"] @ v["y"], BAR, "", {}, "y^T (F + F^T)"),
    Case("F_{ij} y_i y_j", "y_k", lambda v: v["y"] @ v["F"] @ v["y"], BAR, "", {"k": 2}),
    Case("F_{iJ} F_{iJ}", "F", lambda v: np.sum(v["F"] ** 2), BAR, "", {}, "2 F"),
    Case("F_{ii}", "F", lambda v: np.trace(v["F"]), BAR, "", {}, "I_n"),
    Case("A_{ij} B_{jk}", "B", lambda v: v["A"] @ v["B"], BAR),
    Case("y_i (A_{ij} x_j + b_i)", "b", lambda v: v["y"] @ (v["A"] @ v["x"] + v["b"]), BAR, "", {}, "y^T"),
]


@pytest.mark.parametrize("case", FREE, ids=ids(FREE))
def test_a_letter_that_nothing_binds(case: Case) -> None:
    d = check(case)
    assert "1[i = i]" not in d.text and "1[y = y]" not in d.text


@pytest.mark.parametrize("case", EINSTEIN, ids=ids(EINSTEIN))
def test_a_letter_that_stands_twice_is_summed_and_said(case: Case) -> None:
    assert "twice in a product" in "; ".join(check(case).assumptions)


REFUSED = [
    ("x_i x_i x_i", "x", "", "three times"),
    ("A_{ij} x_j + b_j", "x", "", "twice in a product"),
    ("A_{ij} x_i x_j", "x_i", "A in R^{n x n}; x in R^n", "is summed in the text"),
    ("sum_k b_k + A_{ij} x_i x_j", "x", "", "twice in a product"),
    ("sum_i exp(-||x - x_i||^2)", "x", "", "or another vector"),
]


@pytest.mark.parametrize(("text", "wrt", "where", "message"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_can_be_read_in_two_ways_is_refused(text: str, wrt: str, where: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt, where=where)


def pairs(v: Values) -> Any:
    z = v["x"][:, None] - v["x"][None]
    upper = np.triu(np.ones((N, N)), 1)
    return np.sum(upper * (v["d"] - np.sqrt(np.sum(z**2, -1) + (1 - upper))) ** 2)


def partial_likelihood(v: Values) -> Any:
    later = np.triu(np.ones((N, N)))
    return np.sum(v["d"] * (v["eta"] - np.log(later @ (v["w"] * np.exp(v["eta"])))))


def transitions(v: Values) -> Any:
    return np.sum((v["x"][1:] - v["x"][:-1] @ v["A"].T) ** 2)


POINTS, LINE = draw(x=(N, P), d=(N, N)), draw(x=(N,), d=(N,), w=(N,), eta=(N,))
STRESS = r"\sum_{i<j} (d_{ij} - \|x_i - x_j\|)^2"
STATES = r"\sum_{t=2}^{T} \|x_t - A x_{t-1}\|^2"
SMOOTH = r"\sum_{i=1}^{n-1}(x_{i+1}-x_i)^2"

# What stands below the sign, and indices that are shifted.
BELOW = [
    Case(STRESS, "x_k", pairs, POINTS, "x_i in R^p; d in R^{n x n}", {"k": 2}),
    Case(STRESS, "x_k", pairs, POINTS, "x_i in R^p; d_{ij} in R", {"k": 4}),
    Case(r"\sum_{1\leq i<j\leq n} (d_{ij} - \|x_i - x_j\|)^2", "x_i", pairs, POINTS, "x_i in R^p; d_{ij} in R", {"i": 1}),
    Case(r"\sum_{i \ne j} (x_i - x_j)^2", "x", lambda v: np.sum((v["x"][:, None] - v["x"]) ** 2), LINE),
    Case(r"\sum_{i=1}^n\sum_{j=i+1}^n (x_i - x_j)^2", "x", lambda v: np.sum((v["x"][:, None] - v["x"]) ** 2) / 2, LINE),
    Case(r"\sum_{i=1}^n \sum_{j<i} x_i x_j", "x", lambda v: (np.sum(v["x"]) ** 2 - np.sum(v["x"] ** 2)) / 2, LINE),
    Case(r"\sum_{i<j} -x_i x_j", "x", lambda v: -(np.sum(v["x"]) ** 2 - np.sum(v["x"] ** 2)) / 2, LINE),
    Case(r"\sum_{\substack{i,j=1 \\ i \neq j}}^n x_i x_j", "x", lambda v: np.sum(v["x"]) ** 2 - np.sum(v["x"] ** 2), LINE),
    Case(r"\sum_{i,j:i\ne j} x_i x_j", "x", lambda v: np.sum(v["x"]) ** 2 - np.sum(v["x"] ** 2), LINE),
    Case(r"\sum_{j \ne i} x_j^2", "x", lambda v: np.sum(np.delete(v["x"], 1) ** 2), LINE | {"i": 2}),
    Case(r"\sum_i d_i (\eta_i - \log(\sum_{j:j \geq i} w_j e^{\eta_j}))", "eta", partial_likelihood, LINE, "d, w, eta in R^n"),
    Case(r"\sum_r^n x_r^3", "x", lambda v: np.sum(v["x"] ** 3), LINE),
    Case(r"\sum_{i \le n} x_i^3", "x", lambda v: np.sum(v["x"] ** 3), LINE),
    Case(r"\sum_{i \ge 2} x_i^3", "x", lambda v: np.sum(v["x"][1:] ** 3), LINE),
    Case(r"\sum_{i\in\{1,\dots,n\}} x_i^3", "x", lambda v: np.sum(v["x"] ** 3), LINE),
    Case(r"\sum_{c\in C} x_c^3", "x", lambda v: np.sum(v["x"] ** 3), LINE),
    Case(
        r"\sum_{(i,j)\in\Omega} (M_{ij} - u_i^T v_j)^2",
        "u_i",
        lambda v: np.sum(v["Omega"] * (v["M"] - v["u"] @ v["v"].T) ** 2),
        draw(M=(M, N), u=(M, P), v=(N, P)) | {"Omega": np.arange(M * N).reshape(M, N) % 3 % 2},
        "u_i, v_j in R^k",
        {"i": 2},
    ),
    Case(
        r"\sum_i\sum_{j\in N(i)} (x_i - x_j)^2",
        "x",
        lambda v: np.sum(v["N"] * (v["x"][:, None] - v["x"]) ** 2),
        draw(x=(N,)) | {"N": np.arange(N * N).reshape(N, N) % 3 % 2},
    ),
    Case(SMOOTH, "x", lambda v: np.sum(np.diff(v["x"]) ** 2), LINE),
    Case(r"\sum_{i=1}^{n-1}(x_i - x_{i+1})^2", "x", lambda v: np.sum(np.diff(v["x"]) ** 2), LINE),
    Case(SMOOTH, "x_k", lambda v: np.sum(np.diff(v["x"]) ** 2), LINE, "", {"k": 4}),
    Case(STATES, "A", transitions, draw(x=(N, P), A=(P, P)), "x_t in R^n"),
    Case(STATES, "x_t", transitions, draw(x=(N, P), A=(P, P)), "x_t in R^n", {"t": 1}),
    Case(STATES, "x_t", transitions, draw(x=(N, P), A=(P, P)), "x_t in R^n", {"t": 4}),
    Case(
        r"\sum_{i=2}^{n} y_i^2 + \sum_{i=1}^{n} y_i",
        "y_j",
        lambda v: np.sum(v["y"][1:] ** 2) + np.sum(v["y"]),
        draw(y=(N,)),
        "y_i in R",
        {"j": 1},
    ),
    Case(
        r"\sum_{i=1}^{n-1} y_i^2 + \sum_{i=1}^{n} y_i",
        "y_j",
        lambda v: np.sum(v["y"][:-1] ** 2) + np.sum(v["y"]),
        draw(y=(N,)),
        "y_i in R",
        {"j": 4},
    ),
]


@pytest.mark.parametrize("case", BELOW, ids=ids(BELOW))
def test_what_stands_below_a_sum(case: Case) -> None:
    d = check(case)
    sizes = {n: N for n in ("n", "T") if f"{n} in N" in d.where}  # that stand in the answer only as numbers
    again = matcalc.parse(d.text, where=d.where).evaluate({**values_for(case), **sizes})
    assert np.allclose(again, d.evaluate(values_for(case)), rtol=1e-12, atol=1e-12)


BAD_BELOW = [
    (r"\sum_{i=1}^{n}(x_{i+1}-x_i)^2", "x", r"i.1 runs to n . 1"),
    (r"\sum_i (x_{i+1}-x_i)^2", "x", "how far i runs"),
    (r"\prod_{(i,j) \in S} (x_i - x_j)", "x", "product over a set"),
    (r"\sum_{(u,i)\in M} (M_{u,i} - M a_u b_i)^2", "a", "another name elsewhere"),
    (r"\sum_{x_1} x_i", "x", "gives no index"),
    (r"\sum_{i\in\{1,3\}} x_i", "x", "by its elements"),
]


@pytest.mark.parametrize(("text", "wrt", "message"), BAD_BELOW, ids=[r[0] for r in BAD_BELOW])
def test_what_stands_below_a_sum_and_cannot_be_read(text: str, wrt: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt, where="x in R^n" if "runs to n" in message else "")


def gaussian(v: Values) -> Any:
    d = np.sum((v["x"][:, None] - v["x"][None]) ** 2, -1)
    k = np.exp(-d / (2 * v["l"] ** 2)) + np.eye(N)
    return -v["y"] @ np.linalg.inv(k) @ v["y"] / 2 - np.log(np.linalg.det(k)) / 2


def standardised(v: Values) -> Any:
    z = v["x"] - np.mean(v["x"])
    return (v["gamma"] * z / np.sqrt(np.mean(z**2) + v["epsilon"]) + v["beta"])[1]


def network(v: Values) -> Any:
    return -np.sum(v["y"] * np.log(softmax(v["V"] @ np.tanh(v["W"] @ v["x"]))))


GP = r"K_{ij} = \exp(-\|x_i-x_j\|^2/(2l^2)); B = K + I; -\frac12 y^T B^{-1} y - \frac12\log|B|"
PAIRS = r"p_{ij} = \exp(-\|x_i - x_j\|^2); \sum_i\sum_j p_{ij}"
MSE = r"\hat y_i = w^T x_i + b; \frac13\sum_i (y_i - \hat y_i)^2"
NORM = (
    r"\mu = \frac{1}{m} \sum_{i=1}^{m} x_i, \quad \sigma^2 = \frac{1}{m} \sum_{i=1}^{m} (x_i - \mu)^2"
    r"; y_i = \gamma \left(\frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}\right) + \beta"
)
KERNEL = draw(x=(N, P), y=(N,), l=())
REGRESSION = draw(x=(N, P), y=(N,), w=(P,), b=())
BATCH = draw(x=(N,), gamma=(), beta=(), epsilon=()) | {"i": 2}
LAYERS = draw(x=(P,), W=(N, P), V=(M, N), y=(M,))

DEFINED = [
    Case(GP, "l", gaussian, KERNEL, "x_i in R^d; y in R^n; l in R"),
    Case(GP, "x_k", gaussian, KERNEL, "x_i in R^d; y in R^n; l in R", {"k": 2}),
    Case(PAIRS, "x_i", lambda v: np.sum(np.exp(-np.sum((v["x"][:, None] - v["x"][None]) ** 2, -1))), KERNEL, "x_i in R^d", {"i": 3}),
    Case(MSE, "w", lambda v: np.sum((v["y"] - v["x"] @ v["w"] - v["b"]) ** 2) / 3, REGRESSION),
    Case(MSE, "b", lambda v: np.sum((v["y"] - v["x"] @ v["w"] - v["b"]) ** 2) / 3, REGRESSION, "x_i, w in R^n; y_i, b in R"),
    Case(r"a_i = \tanh(z_i); \|a\|^2", "z", lambda v: np.sum(np.tanh(v["z"]) ** 2), draw(z=(N,))),
    Case(
        r"\hat p_i = e^{z_i}/\sum_j e^{z_j}; -\sum_i y_i \log \hat p_i",
        "z",
        lambda v: -np.sum(v["y"] * np.log(softmax(v["z"]))),
        draw(z=(N,), y=(N,)),
    ),
    Case("s_i = A_{ij} x_j; s^T s", "x", lambda v: np.sum((v["A"] @ v["x"]) ** 2), draw(A=(M, N), x=(N,))),
    Case(NORM, "x_i", standardised, BATCH, "", {"i": 2}),
    Case(NORM, "x_i", standardised, BATCH, "x_i, gamma, beta, epsilon in R", {"i": 2}),
    Case(NORM, "x_k", standardised, BATCH, "x in R^m", {"k": 3}),
    Case(r"-\sum_i y_i \log(\hat y_i) where \hat y = softmax(V h); h = tanh(W x)", "W", network, LAYERS),
    Case(
        "J = -sum_i y_i log(p_i)\np = softmax(V h)\nh = tanh(W x)",
        "V",
        network,
        LAYERS,
        "x in R^n; y in R^m; W in R^{p x n}; V in R^{m x p}",
    ),
    Case("p = softmax(V h), h = tanh(W x); J = -sum_i y_i log(p_i)", "x", network, LAYERS),
    Case("f = q = x^T x", "x", lambda v: v["x"] @ v["x"], LAYERS, "", {}, "2 x^T"),
    Case("f = q = x^T x; q^2", "x", lambda v: (v["x"] @ v["x"]) ** 2, LAYERS),
]


@pytest.mark.parametrize("case", DEFINED, ids=ids(DEFINED))
def test_definitions(case: Case) -> None:
    check(case)


def test_a_sum_that_names_no_index_has_that_of_its_body() -> None:
    d: Any = matcalc.derivative(r"(\sum \alpha_i)^2 - 3 \sum \alpha_i^2", "alpha", where="alpha in R^K")
    assert d.text == "(2 sum(alpha) - 6 alpha)^T"


def test_a_definition_that_nobody_uses_is_said() -> None:
    d: Any = matcalc.derivative("z = A x; u = B x; ||z||^2", "x")
    assert "u is defined and not used" in d.assumptions


def test_a_variable_of_an_idle_definition_is_no_variable() -> None:
    """The derivative was 0, though y depends on beta and y is what the author has."""
    with pytest.raises(matcalc.MatcalcError, match="beta stands only in the definition of y, which nothing uses"):
        matcalc.derivative("y = X beta + u; u^T u", "beta")


CIRCLES = [
    ("a = b; b = a; a^T a", "used before it is bound"),
    ("h_t = tanh(W h_{t-1}); sum_{t=2}^T ||h_t||^2", "defined by itself"),
    ("K_{ij} = x_i x_j; y = K_i", "2 indices"),
]


@pytest.mark.parametrize(("text", "message"), CIRCLES, ids=[c[0] for c in CIRCLES])
def test_definitions_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.parse(text)


def poisson(v: Values) -> Any:
    z = v["x"] @ v["beta"]
    return np.sum(v["y"] * z - np.exp(z))


def permutation() -> Any:
    e = np.zeros((3, 3, 3))
    e[0, 1, 2] = e[1, 2, 0] = e[2, 0, 1] = 1
    e[0, 2, 1] = e[2, 1, 0] = e[1, 0, 2] = -1
    return e


POISSON = r"-\sum_{i=1}^n e^{\sum_{j=0}^p \beta_j x_{ij}} + \sum_{i=1}^n y_i \sum_{j=0}^p \beta_j x_{ij}"
CUBE, SPACE = draw(T=(M, N, P), x=(M,), y=(N,), z=(P,)), draw(a=(3,), b=(3,), c=(3,), S=(3, 3))

COUNTED = [
    Case(POISSON, "beta", poisson, draw(x=(N, P), y=(N,), beta=(P,)), "", {}, "(y - exp(x beta))^T x"),
    Case(
        r"\sum_{j=0}^p \beta_j^2 + \sum_{j=1}^p \beta_j", "beta", lambda v: np.sum(v["beta"] ** 2) + np.sum(v["beta"][1:]), draw(beta=(N,))
    ),
    Case(r"\sum_{j=0}^{n-1} j x_j", "x", lambda v: np.arange(N) @ v["x"], draw(x=(N,))),
    Case(r"\sum_{k=0}^n a_k x^k", "x", lambda v: np.sum(v["a"] * v["x"] ** np.arange(N)), draw(a=(N,), x=()), "x in R"),
    Case(r"\sum_{t=1}^{T} (x_t - x_{t-1})^2", "x", lambda v: np.sum(np.diff(v["x"]) ** 2), draw(x=(N,))),
    Case("x_1^2 + x_1 x_2", "x", lambda v: v["x"][0] ** 2 + v["x"][0] * v["x"][1], draw(x=(2,)), "", {}, "[2 x_1 + x_2, x_1]"),
    Case("q_0^2 - q_1 q_2 q_3", "q", lambda v: v["q"][0] ** 2 - v["q"][1] * v["q"][2] * v["q"][3], draw(q=(4,))),
    Case("q_0^2 - q_1 q_2 q_3", "q", lambda v: v["q"][0] ** 2 - v["q"][1] * v["q"][2] * v["q"][3], draw(q=(4,)), "q in R^4"),
    Case("w_0 + sum_{i=1}^n w_i x_i", "w", lambda v: v["w_0"] + v["w"] @ v["x"], draw(w=(N,), x=(N,), w_0=())),
    Case(r"\frac1n \sum_i (x_i - 1)^2", "x", lambda v: np.mean((v["x"] - 1) ** 2), draw(x=(N,)), "", {}, "2/n (x - 1)^T"),
    Case(r"\frac{1}{N} \sum_i (y_i - w^T x_i)^2", "w", lambda v: np.mean((v["y"] - v["x"] @ v["w"]) ** 2), draw(x=(N, P), y=(N,), w=(P,))),
    Case("T_{ijk} x_i y_j z_k", "x", lambda v: np.einsum("ijk,i,j,k", v["T"], v["x"], v["y"], v["z"]), CUBE),
    Case("T_{ijk} x_i y_j z_k", "y", lambda v: np.einsum("ijk,i,j,k", v["T"], v["x"], v["y"], v["z"]), CUBE),
    Case(r"\epsilon_{ijk} a_i b_j c_k", "b", lambda v: np.einsum("ijk,i,j,k", permutation(), v["a"], v["b"], v["c"]), SPACE),
    Case(r"\epsilon_{ijk} a_j b_k", "a", lambda v: np.einsum("ijk,j,k->i", permutation(), v["a"], v["b"]), SPACE),
    Case(r"\delta_{ij} a_i b_j", "a", lambda v: v["a"] @ v["b"], SPACE),
    Case(r"\sum_{j=1}^n \delta_{ij} a_j b_j", "a", lambda v: v["a"][1] * v["b"][1], SPACE | {"i": 2}),
    Case(r"a_i (\delta_{ij} - a_j)", "a", lambda v: v["a"][1] * (1 - v["a"][1]), SPACE | {"i": 2, "j": 2}),
    Case(
        r"\hat{y_i} = w^T x_i; \sum_i (y_i - \hat{y_i})^2",
        "w",
        lambda v: np.sum((v["y"] - v["x"] @ v["w"]) ** 2),
        draw(x=(N, P), y=(N,), w=(P,)),
    ),
]


PAIRS: list[Case] = [
    Case(
        "sum_i sum_j exp(-x_{ij}^T A^T A x_{ij})",
        "A",
        lambda v: np.sum(np.exp(-np.sum((v["x"] @ v["A"].T) ** 2, -1))),
        draw(x=(2, 4, N), A=(P, N)),
    ),
    Case(
        r"\sum_{i=1}^N \sum_{t=1}^T (y_{it} - x_{it}^T \beta)^2",
        "beta",
        lambda v: np.sum((v["y"] - v["x"] @ v["beta"]) ** 2),
        draw(x=(2, 4, P), y=(2, 4), beta=(P,)),
        "x_{it} in R^p; y_{it} in R",
    ),
    Case(
        r"\sum_{i=1}^N \sum_{t=1}^T (y_{it} - x_{it}'\beta - \alpha_i)^2",
        "beta",
        lambda v: np.sum((v["y"] - v["x"] @ v["beta"] - v["alpha"][:, None]) ** 2),
        draw(x=(2, 4, P), y=(2, 4), beta=(P,), alpha=(2,)),
    ),
    Case(
        r"\sum_{i,j} w_{ij} \|R_{ij}^T u - v_j\|^2",
        "u",
        lambda v: np.sum(v["w"] * np.sum((np.einsum("ijba,b->ija", v["R"], v["u"]) - v["v"]) ** 2, -1)),
        draw(w=(2, 4), R=(2, 4, P, N), u=(P,), v=(4, N)),
    ),
    Case(
        "sum_i (w^T x_i y_i - 1)^2",
        "w",
        lambda v: np.sum((v["x"] @ v["w"] * v["y"] - 1) ** 2),
        draw(x=(4, N), y=(4,), w=(N,)),
    ),
]


@pytest.mark.parametrize("case", PAIRS, ids=ids(PAIRS))
def test_vectors_with_two_indices(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", COUNTED, ids=ids(COUNTED))
def test_counted_from_zero_by_numbers_and_in_three_indices(case: Case) -> None:
    check(case)


MORE_REFUSED = [
    (POISSON, "beta", "beta in R^p", "runs to p . 1"),
    (r"\sum_{i<j} (\delta_{ij} - \|x_i - x_j\|)^2", "x_k", "x_i in R^p", "Kronecker delta is zero here"),
    (r"\frac12 E_{ij} C_{ijklm} E_{kl} x_m", "E", "", "5 indices"),
    (r"\sum_{t=1}^{T} (x_t - x_{t-1})^2", "x", "x in R^T", "runs to T . 1"),
    ("x_1^T x_2", "x", "", "does not occur"),
    (r"\sum_{i,j} \|A_{ij} - u_i^T v_j\|^2", "u_k", "", "more than one way"),
    ("sum_i sum_j (x_{ij}^T b + x_i^T c)", "b", "x_{ij} in R^n", "has 2 indices, and x_i has 1"),
    ("c_{i0} = 3; sum_i c_{i0} x_i", "x", "", "carries the index i"),
    ("A_1 x + A_2 x", "A", "", "does not occur"),
]


@pytest.mark.parametrize(("text", "wrt", "where", "message"), MORE_REFUSED, ids=[r[0] for r in MORE_REFUSED])
def test_what_is_counted_in_another_way_is_refused(text: str, wrt: str, where: str, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        matcalc.derivative(text, wrt, where=where)


def test_ranges_that_declared_names_tell_are_those_that_a_reader_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every index stands below declared arrays the answer is not read for its ranges: reading it would find the same."""
    known = indexform._stand_below_names
    told = 0

    def checked(program: Program, ranges: Mapping[str, Dim], declarations: Sequence[Declaration]) -> bool:
        nonlocal told
        if known(program, ranges, declarations):
            told += 1
            read = infer(program, declarations, (), twins=False).index_ranges
            assert {i: read[i] for i in ranges} == ranges
        return False

    monkeypatch.setattr(indexform, "_stand_below_names", checked)
    for case in cases("public")[::2]:
        if case["order"] == 1 and isinstance(case["wrt"], str):
            d = matcalc.derivative(case["expr"], case["wrt"], where=case["where"], notation="index", verify=False)
            assert d.text
    assert told > 5
