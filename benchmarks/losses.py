"""Thirty-one functions that people differentiate by hand, with data, and with their gradients by hand.

They are statistics and machine learning as one meets them: regressions, mixtures, filters, Gaussian processes, transport, networks;
several are written twice, with matrices and as a sum over a family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from .by_hand import (
    attention_gradient,
    completion_gradient,
    completion_product,
    cosine_gradient,
    cumulated_gradient,
    cumulated_product,
    expm_gradient,
    factor_gradient,
    kalman_gradient,
    kernel_gradient,
    layer_gradient,
    likelihood_gradient,
    likelihood_product,
    logistic_gradient,
    logistic_product,
    metric_gradient,
    metric_product,
    mixture_gradient,
    network_gradient,
    noise_gradient,
    phase_gradient,
    phase_product,
    poisson_gradient,
    poisson_product,
    ratio_trace_gradient,
    semidual_gradient,
    semidual_product,
    softmax_gradient,
    softmax_product,
    student_gradient,
    student_product,
    survival_gradient,
    trace_ratio_gradient,
    trace_ratio_product,
    transport_gradient,
    transport_product,
    variance_gradient,
)

Values = dict[str, Any]


@dataclass(frozen=True)
class Loss:
    """`draw(n, rng)` gives the arguments by their names, the variable first; `loss(p, …)` takes primitives and their values in that
    order, `gradient` and `product` (the Hessian times a direction, which comes last) the values; `large` draws for timings."""

    name: str
    expr: str
    wrt: str
    where: str
    draw: Callable[[int, np.random.Generator], Values]
    loss: Callable[..., Any]
    gradient: Callable[..., Any]
    product: Callable[..., Any] | None = None
    large: Callable[[int, np.random.Generator], Values] | None = None
    sizes: tuple[int, ...] = (10, 100, 1000)

    @property
    def value(self) -> Callable[..., Any]:
        """The value in NumPy."""
        return partial(self.loss, NUMPY)


def expm(X: Any) -> Any:
    """By the Taylor series of X/1024, squared ten times."""
    n, term = len(X), np.eye(len(X))
    total = np.eye(n)
    for k in range(1, 12):
        term = term @ X / (1024 * k)
        total = total + term
    return np.linalg.matrix_power(total, 1024)


NUMPY = SimpleNamespace(
    **{name: getattr(np, name) for name in "sum exp log log1p sqrt mean trace diag eye cumsum".split()},
    softplus=lambda z: np.logaddexp(0, z),
    relu=lambda z: np.maximum(z, 0),
    logsumexp=lambda Z: np.log(np.exp(Z).sum(-1)),
    softmax=lambda Z: np.exp(Z) / np.exp(Z).sum(-1, keepdims=True),
    logdet=lambda X: np.linalg.slogdet(X)[1],
    solve=np.linalg.solve,
    norm=np.linalg.norm,
    expm=expm,
)


def spd(n: int, rng: np.random.Generator) -> Any:
    A = rng.normal(size=(n, n))
    return A @ A.T / n + np.eye(n)


def renamed(draw: Callable[..., Values], names: str) -> Callable[..., Values]:
    """The same values under other names, in the same order: `X>x y` calls X x and keeps y."""
    pairs = [p.partition(">") for p in names.split()]
    return lambda n, rng: (lambda given: {new or old: given[old] for old, _, new in pairs})(draw(n, rng))


# ---------------------------------------------------------------------------------------------- data


def classes(n: int, rng: np.random.Generator) -> Values:
    return {"W": rng.normal(size=(n, 4)), "X": rng.normal(size=(2 * n, n)), "Y": np.eye(4)[rng.integers(0, 4, 2 * n)]}


def attention_data(n: int, rng: np.random.Generator) -> Values:
    d, k = n + 1, n - 1
    W_Q, W_K, W_V = (rng.normal(size=(d, k)) / d**0.5 for _ in range(3))
    return {"W_Q": W_Q, "X": rng.normal(size=(n, d)), "W_K": W_K, "W_V": W_V, "Y": rng.normal(size=(n, k))}


def layer(n: int, rng: np.random.Generator) -> Values:
    return {name: rng.normal(size=n) for name in ("x", "g", "b", "t")} | {"epsilon": 1e-2}


def mixture(n: int, rng: np.random.Generator) -> Values:
    return {"mu": rng.normal(size=(3, n)), "x": rng.normal(size=(4 * n, n)), "p": rng.random(3) + 0.1}


def kalman(n: int, rng: np.random.Generator) -> Values:
    m = n - 1
    return {
        "F": rng.normal(size=(n, n)) / n**0.5,
        "y": rng.normal(size=m),
        "H": rng.normal(size=(m, n)) / n**0.5,
        "m": rng.normal(size=n),
        "P": spd(n, rng),
        "Q": spd(n, rng),
        "R": spd(m, rng),
        "q": 0.7,
    }


def kernel(n: int, rng: np.random.Generator) -> Values:
    return {"l": rng.random(n) + 0.5, "X": rng.normal(size=(n + 2, n)), "y": rng.normal(size=n + 2), "s": 1.3, "sigma": 0.3}


def regression(n: int, rng: np.random.Generator) -> Values:
    X, w = rng.normal(size=(2 * n, n)), rng.normal(size=n) / n**0.5
    signs = np.sign(rng.normal(size=2 * n))
    return {"w": w, "X": X, "y": signs, "lambda": 0.1, "k": rng.poisson(2, 2 * n).astype(float), "e": rng.normal(size=2 * n), "nu": 4.0}


def survival(n: int, rng: np.random.Generator) -> Values:
    N = 2 * n
    return {
        "w": rng.normal(size=n) / n**0.5,
        "X": rng.normal(size=(N, n)),
        "c": (rng.random(N) < 0.6) * 1.0,
        "M": np.triu(np.ones((N, N))),
        "L": np.tril(np.ones((N, N))),
    }


def factors(n: int, rng: np.random.Generator) -> Values:
    return {"L": rng.normal(size=(n, 2)), "p": rng.random(n) + 0.5, "S": spd(n, rng)}


def quotient(n: int, rng: np.random.Generator) -> Values:
    return {"V": rng.normal(size=(n, 3)), "A": spd(n, rng), "B": spd(n, rng)}


def transport(n: int, rng: np.random.Generator) -> Values:
    f, g = rng.normal(size=(2, n)) * 0.1
    return {"f": f, "g": g, "a": np.full(n, 1 / n), "b": np.full(n, 1 / n), "C": rng.random((n, n)), "epsilon": 0.5}


def pairs(n: int, rng: np.random.Generator) -> Values:
    return {"M": spd(n, rng), "D": rng.normal(size=(4 * n, n)), "y": np.sign(rng.normal(size=4 * n)), "tau": 4.0}


def phases(n: int, rng: np.random.Generator) -> Values:
    return {"x": rng.normal(size=n) / n**0.5, "A": rng.normal(size=(4 * n, n)), "y": rng.random(4 * n)}


def completion_data(n: int, rng: np.random.Generator) -> Values:
    return {
        "U": rng.normal(size=(n, 2)),
        "V": rng.normal(size=(n + 1, 2)),
        "M": (rng.random((n, n + 1)) < 0.5) * 1.0,
        "Y": rng.normal(size=(n, n + 1)),
        "lambda": 0.1,
    }


def network(n: int, rng: np.random.Generator) -> Values:
    W_1, W_2 = rng.normal(size=(2, n, n)) / n**0.5
    return {"W_1": W_1, "X": rng.normal(size=(6, n)), "W_2": W_2, "W_3": rng.normal(size=(n, 4)), "Y": np.eye(4)[rng.integers(0, 4, 6)]}


def linear(n: int, rng: np.random.Generator) -> Values:
    return {"W": rng.normal(size=(n, n)) / n**0.5, "x": rng.normal(size=n), "y": rng.normal(size=n)}


def triangle(n: int, rng: np.random.Generator) -> Values:
    return {"L": np.tril(rng.normal(size=(n, n))) / n**0.5 + 2 * np.eye(n), "S": spd(n, rng)}


# ---------------------------------------------------------------------------------------------- losses, by primitives


def softmax_loss(p: Any, W: Any, X: Any, Y: Any) -> Any:
    return p.sum(p.logsumexp(X @ W)) - p.sum(Y * (X @ W))


def attention_loss(p: Any, W_Q: Any, X: Any, W_K: Any, W_V: Any, Y: Any) -> Any:
    Z = p.softmax((X @ W_Q) @ (X @ W_K).T / W_Q.shape[1] ** 0.5) @ (X @ W_V)
    return 0.5 * p.sum((Z - Y) ** 2)


def layer_loss(p: Any, x: Any, g: Any, b: Any, t: Any, epsilon: Any) -> Any:
    c = x - p.mean(x)
    return 0.5 * p.sum((g * c / p.sqrt(p.mean(c**2) + epsilon) + b - t) ** 2)


def mixture_loss(p: Any, mu: Any, x: Any, weights: Any) -> Any:
    return p.sum(p.logsumexp(p.log(weights) - 0.5 * ((x[:, None, :] - mu[None]) ** 2).sum(-1)))


def kalman_loss(p: Any, F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    S, v = H @ (F @ P @ F.T + Q) @ H.T + R, y - H @ (F @ m)
    return 0.5 * p.logdet(S) + 0.5 * v @ p.solve(S, v)


def noise_loss(p: Any, q: Any, F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    return kalman_loss(p, F, y, H, m, P, q * Q, R)


def kernel_loss(p: Any, length: Any, X: Any, y: Any, s: Any, sigma: Any) -> Any:
    K = s * p.exp(-0.5 * ((X[:, None] / length - X[None] / length) ** 2).sum(-1)) + sigma * p.eye(len(y))
    return 0.5 * y @ p.solve(K, y) + 0.5 * p.logdet(K)


def logistic_loss(p: Any, w: Any, X: Any, y: Any, c: Any) -> Any:
    return p.sum(p.softplus(-y * (X @ w))) + c / 2 * (w @ w)


def poisson_loss(p: Any, w: Any, X: Any, y: Any) -> Any:
    return p.sum(p.exp(X @ w)) - y @ (X @ w)


def student_loss(p: Any, w: Any, X: Any, y: Any, nu: Any) -> Any:
    return (nu + 1) / 2 * p.sum(p.log1p((X @ w - y) ** 2 / nu))


def survival_loss(p: Any, w: Any, X: Any, c: Any, M: Any) -> Any:
    return c @ (X @ w - p.log(M @ p.exp(X @ w)))


def cumulated_loss(p: Any, w: Any, X: Any, c: Any) -> Any:
    return c @ (X @ w - p.log(p.cumsum(p.exp(X @ w), 0)))


def factor_loss(p: Any, L: Any, psi: Any, S: Any) -> Any:
    C = L @ L.T + p.diag(psi)
    return p.logdet(C) + p.trace(p.solve(C, S))


def variance_loss(p: Any, psi: Any, L: Any, S: Any) -> Any:
    return factor_loss(p, L, psi, S)


def trace_ratio_loss(p: Any, V: Any, A: Any, B: Any) -> Any:
    return p.sum(V * (A @ V)) / p.sum(V * (B @ V))


def ratio_trace_loss(p: Any, V: Any, A: Any, B: Any) -> Any:
    return p.trace(p.solve(V.T @ B @ V, V.T @ A @ V))


def transport_loss(p: Any, f: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return a @ f + b @ g - epsilon * p.sum(p.exp((f[:, None] + g - C) / epsilon))


def semidual_loss(p: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return b @ g - epsilon * (a @ p.logsumexp((g - C) / epsilon))


def metric_loss(p: Any, M: Any, D: Any, y: Any, tau: Any) -> Any:
    return p.sum(p.softplus(y * (((D @ M) * D).sum(-1) - tau)))


def phase_loss(p: Any, x: Any, A: Any, y: Any) -> Any:
    return p.sum(((A @ x) ** 2 - y) ** 2)


def expm_loss(p: Any, A: Any, x: Any, y: Any) -> Any:
    return p.sum((p.expm(A) @ x - y) ** 2)


def completion_loss(p: Any, U: Any, V: Any, M: Any, Y: Any, c: Any) -> Any:
    return p.sum((M * (U @ V.T - Y)) ** 2) + c * p.sum(U * U)


def network_loss(p: Any, W_1: Any, X: Any, W_2: Any, W_3: Any, Y: Any) -> Any:
    Z = p.relu(p.relu(X @ W_1) @ W_2) @ W_3
    return p.sum(p.logsumexp(Z)) - p.sum(Y * Z)


def cosine_loss(p: Any, W: Any, x: Any, y: Any) -> Any:
    return ((W @ x) @ y) / (p.norm(W @ x) * p.norm(y))


def likelihood_loss(p: Any, L: Any, S: Any) -> Any:
    return -2 * p.logdet(L) + p.trace(L.T @ S @ L)


# ---------------------------------------------------------------------------------------------- data for timings


def many_classes(n: int, rng: np.random.Generator) -> Values:
    return {"W": rng.normal(size=(n, 10)) / n**0.5, "X": rng.normal(size=(2 * n, n)), "Y": np.eye(10)[rng.integers(0, 10, 2 * n)]}


def wide_attention(n: int, rng: np.random.Generator) -> Values:
    d = 64 if n >= 100 else 8
    W_Q, W_K, W_V = (rng.normal(size=(d, d)) / d**0.5 for _ in range(3))
    return {"W_Q": W_Q, "X": rng.normal(size=(n, d)), "W_K": W_K, "W_V": W_V, "Y": rng.normal(size=(n, d))}


def large_mixture(n: int, rng: np.random.Generator) -> Values:
    return {"mu": rng.normal(size=(5, 8)), "x": rng.normal(size=(4 * n, 8)), "p": rng.random(5) + 0.1}


def half_observed(n: int, rng: np.random.Generator) -> Values:
    m = max(2, n // 2)
    F, H = rng.normal(size=(n, n)) / n**0.5, rng.normal(size=(m, n)) / n**0.5
    y, mean = rng.normal(size=m), rng.normal(size=n)
    return {"F": F, "y": y, "H": H, "m": mean, "P": spd(n, rng), "Q": spd(n, rng), "R": spd(m, rng), "q": 0.7}


def few_lengths(n: int, rng: np.random.Generator) -> Values:
    return {"l": rng.random(5) + 0.5, "X": rng.normal(size=(n, 5)), "y": rng.normal(size=n), "s": 1.3, "sigma": 0.3}


def ten_covariates(n: int, rng: np.random.Generator) -> Values:
    X, c = rng.normal(size=(n, 10)), (rng.random(n) < 0.6) * 1.0
    return {"w": rng.normal(size=10) / 10**0.5, "X": X, "c": c, "M": np.triu(np.ones((n, n)))}


def five_factors(n: int, rng: np.random.Generator) -> Values:
    return {"L": rng.normal(size=(n, 5)), "p": rng.random(n) + 0.5, "S": spd(n, rng)}


def twenty_features(n: int, rng: np.random.Generator) -> Values:
    return {"M": spd(20, rng), "D": rng.normal(size=(4 * n, 20)), "y": np.sign(rng.normal(size=4 * n)), "tau": 10.0}


def five_columns(n: int, rng: np.random.Generator) -> Values:
    U, V = rng.normal(size=(2, n, 5))
    return {"U": U, "V": V, "M": (rng.random((n, n)) < 0.2) * 1.0, "Y": rng.normal(size=(n, n)), "lambda": 0.1}


def small_batch(n: int, rng: np.random.Generator) -> Values:
    N = 64 if n >= 100 else 8
    W_1, W_2 = rng.normal(size=(2, n, n)) / n**0.5
    W_3, Y = rng.normal(size=(n, 10)) / n**0.5, np.eye(10)[rng.integers(0, 10, N)]
    return {"W_1": W_1, "X": rng.normal(size=(N, n)), "W_2": W_2, "W_3": W_3, "Y": Y}


def small_matrix(n: int, rng: np.random.Generator) -> Values:
    return {"A": rng.normal(size=(n, n)) / n**0.5 / 2, "x": rng.normal(size=n), "y": rng.normal(size=n)}


# ---------------------------------------------------------------------------------------------- the losses

LOSSES = [
    Loss("softmax regression", "sum(logsumexp(X W)) - tr(Y^T X W)", "W", "X in R^{N x d}; W in R^{d x K}; Y in R^{N x K}",
            classes, softmax_loss, softmax_gradient, softmax_product, large=many_classes),
    Loss("softmax regression, family", "sum_{i=1}^N (logsumexp(W^T x_i) - y_i^T W^T x_i)", "W", "x_i in R^d; W in R^{d x K}; y_i in R^K",
            renamed(classes, "W X>x Y>y"), softmax_loss, softmax_gradient, softmax_product, large=renamed(many_classes, "W X>x Y>y")),
    Loss("attention", "Z = softmax(X W_Q W_K^T X^T/sqrt(k)) X W_V; 1/2 ||Z - Y||_F^2", "W_Q",
            "X in R^{N x d}; W_Q, W_K in R^{d x k}; W_V in R^{d x k}; Y in R^{N x k}; k in N",
            attention_data, attention_loss, attention_gradient, large=wide_attention),
    Loss("layer normalisation", "y = g .* (x - mean(x))/sqrt(var(x) + epsilon) + b; 1/2 ||y - t||^2", "x",
            "x, g, b, t in R^n; epsilon in R positive", layer, layer_loss, layer_gradient),
    Loss("mixture, family", "sum_{i=1}^N log(sum_{k=1}^K p_k exp(-1/2 ||x_i - mu_k||^2))", "mu_j",
            "x_i, mu_k in R^d; p_k in R positive; j in N", mixture, mixture_loss, mixture_gradient, large=large_mixture),
    Loss("mixture", "sum(logsumexp(ones(N) log(p)^T - (diag(X X^T) ones(K)^T + ones(N) diag(M M^T)^T - 2 X M^T)/2))", "M",
            "X in R^{N x d}; M in R^{K x d}; p in R^K positive; N, K in N",
            renamed(mixture, "mu>M x>X p"), mixture_loss, mixture_gradient, large=renamed(large_mixture, "mu>M x>X p")),
    Loss("Kalman filter", "v = y - H F m; S = H (F P F^T + Q) H^T + R; 1/2 log det S + 1/2 v^T S^-1 v", "F",
            "F in R^{n x n}; y in R^p; H in R^{p x n}; m in R^n; P, Q in R^{n x n} spd; R in R^{p x p} spd",
            renamed(kalman, "F y H m P Q R"), kalman_loss, kalman_gradient, large=renamed(half_observed, "F y H m P Q R")),
    Loss("Kalman filter, noise", "v = y - H F m; S = H (F P F^T + q Q) H^T + R; 1/2 log det S + 1/2 v^T S^-1 v", "q",
            "q in R positive; F in R^{n x n}; y in R^p; H in R^{p x n}; m in R^n; P, Q in R^{n x n} spd; R in R^{p x p} spd",
            renamed(kalman, "q F y H m P Q R"), noise_loss, noise_gradient, large=renamed(half_observed, "q F y H m P Q R")),
    Loss("Gaussian process", "Z = X diag(l)^-1; q = diag(Z Z^T); "
            "K = s exp(-(q ones(n)^T + ones(n) q^T - 2 Z Z^T)/2) + sigma I; 1/2 y^T K^-1 y + 1/2 log det K", "l",
            "l in R^d positive; X in R^{n x d}; y in R^n; s, sigma in R positive; n in N", kernel, kernel_loss, kernel_gradient,
            large=few_lengths),
    Loss("logistic regression", "sum(log(1 + exp(-y .* (X w)))) + lambda/2 w^T w", "w",
            "X in R^{N x n}; w in R^n; y in R^N; lambda in R", renamed(regression, "w X y lambda"), logistic_loss, logistic_gradient,
            logistic_product),
    Loss("logistic regression, family", "sum_{i=1}^N log(1 + exp(-y_i w^T x_i)) + lambda/2 w^T w", "w",
            "w, x_i in R^n; y_i in R; lambda in R", renamed(regression, "w X>x y lambda"), logistic_loss, logistic_gradient,
            logistic_product),
    Loss("Cox regression", "c^T (X w - log(M exp(X w)))", "w", "X in R^{N x n}; w in R^n; c in R^N; M in R^{N x N}",
            renamed(survival, "w X c M"), survival_loss, survival_gradient, large=renamed(ten_covariates, "w X c M")),
    Loss("Cox regression, cumulated", "c^T (X w - log(cumsum(exp(X w))))", "w", "X in R^{N x n}; w in R^n; c in R^N",
            renamed(survival, "w X c"), cumulated_loss, cumulated_gradient, cumulated_product, large=renamed(ten_covariates, "w X c")),
    Loss("Poisson regression", "sum(exp(X w)) - y^T X w", "w", "X in R^{N x n}; w in R^n; y in R^N",
            renamed(regression, "w X k>y"), poisson_loss, poisson_gradient, poisson_product),
    Loss("Poisson regression, family", "sum_{i=1}^N (exp(w^T x_i) - y_i w^T x_i)", "w", "w, x_i in R^n; y_i in R",
            renamed(regression, "w X>x k>y"), poisson_loss, poisson_gradient, poisson_product),
    Loss("factor analysis", "C = L L^T + diag(p); log det C + tr(S C^-1)", "L",
            "L in R^{n x k}; p in R^n positive; S in R^{n x n} spd", factors, factor_loss, factor_gradient, large=five_factors),
    Loss("factor analysis, variances", "C = L L^T + diag(p); log det C + tr(S C^-1)", "p",
            "L in R^{n x k}; p in R^n positive; S in R^{n x n} spd", renamed(factors, "p L S"),
            variance_loss, variance_gradient, large=renamed(five_factors, "p L S")),
    Loss("trace ratio", "tr(V^T A V)/tr(V^T B V)", "V", "V in R^{n x k}; A, B in S^n", quotient,
            trace_ratio_loss, trace_ratio_gradient, trace_ratio_product),
    Loss("discriminant analysis", "tr((V^T B V)^-1 V^T A V)", "V", "V in R^{n x k}; A, B in R^{n x n} spd", quotient,
            ratio_trace_loss, ratio_trace_gradient),
    Loss("Sinkhorn dual", "a^T f + b^T g - epsilon sum(exp((f ones(n)^T + ones(n) g^T - C)/epsilon))", "f",
            "f, g, a, b in R^n; C in R^{n x n}; epsilon in R positive; n in N", transport, transport_loss, transport_gradient,
            transport_product),
    Loss("transport, semidual", "b^T g - epsilon a^T logsumexp((ones(n) g^T - C)/epsilon)", "g",
            "g, a, b in R^n; C in R^{n x n}; epsilon in R positive; n in N",
            renamed(transport, "g a b C epsilon"), semidual_loss, semidual_gradient, semidual_product),
    Loss("metric", "sum(log(1 + exp(y .* (diag(D M D^T) - tau))))", "M", "M in R^{d x d}; D in R^{N x d}; y in R^N; tau in R",
            pairs, metric_loss, metric_gradient, metric_product, large=twenty_features),
    Loss("metric, family", "sum_{i=1}^N log(1 + exp(y_i (d_i^T M d_i - tau)))", "M", "M in R^{n x n}; d_i in R^n; y_i in R; tau in R",
            renamed(pairs, "M D>d y tau"), metric_loss, metric_gradient, metric_product, large=renamed(twenty_features, "M D>d y tau")),
    Loss("phases", "sum(((A x).^2 - y).^2)", "x", "A in R^{m x n}; x in R^n; y in R^m", phases, phase_loss, phase_gradient, phase_product),
    Loss("phases, family", "sum_{i=1}^m ((a_i^T x)^2 - y_i)^2", "x", "a_i, x in R^n; y_i in R",
            renamed(phases, "x A>a y"), phase_loss, phase_gradient, phase_product),
    Loss("matrix exponential", "||expm(A) x - y||^2", "A", "A in R^{n x n}; x, y in R^n",
            renamed(linear, "W>A x y"), expm_loss, expm_gradient, large=small_matrix, sizes=(10, 100, 300)),
    Loss("matrix completion", "||M .* (U V^T - Y)||_F^2 + lambda ||U||_F^2", "U",
            "M, Y in R^{m x n}; U in R^{m x k}; V in R^{n x k}; lambda in R", completion_data, completion_loss, completion_gradient,
            completion_product, large=five_columns),
    Loss("network", "F = relu(X W_1); G = relu(F W_2); O = G W_3; sum(logsumexp(O)) - tr(Y^T O)", "W_1",
            "X in R^{N x n}; W_1, W_2 in R^{n x n}; W_3 in R^{n x K}; Y in R^{N x K}", network, network_loss, network_gradient,
            large=small_batch),
    Loss("robust regression", "(nu+1)/2 sum(log(1 + (X w - y).^2/nu))", "w", "X in R^{N x n}; w in R^n; y in R^N; nu in R positive",
            renamed(regression, "w X e>y nu"), student_loss, student_gradient, student_product),
    Loss("cosine", "(W x)^T y/(||W x|| ||y||)", "W", "W in R^{m x n}; x in R^n; y in R^m", linear, cosine_loss, cosine_gradient),
    Loss("likelihood of a factor", "-2 log det L + tr(L^T S L)", "L", "L in R^{n x n} lower; S in R^{n x n} spd",
            triangle, likelihood_loss, likelihood_gradient, likelihood_product),
]  # fmt: skip
