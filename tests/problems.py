"""Thirty-one functions that people differentiate by hand, with data, values and hand-written gradients in NumPy.

They are statistics and machine learning as one meets them: regressions, mixtures, filters, Gaussian processes, transport, networks;
several are written twice, with matrices and as a sum over a family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """`draw(n, rng)` gives the arguments by their names, the variable first; `value` and `gradient` take their values in that order."""

    name: str
    expr: str
    wrt: str
    where: str
    draw: Callable[[int, np.random.Generator], Values]
    value: Callable[..., Any]
    gradient: Callable[..., Any]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softplus(z: Any) -> Any:
    return np.logaddexp(0, z)


def softmax(Z: Any) -> Any:
    E = np.exp(Z - Z.max(1, keepdims=True))
    return E / E.sum(1, keepdims=True)


def logsumexp(Z: Any) -> Any:
    return np.log(np.exp(Z).sum(-1))


def logdet(X: Any) -> Any:
    return np.linalg.slogdet(X)[1]


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


# ---------------------------------------------------------------------------------------------- values and gradients


def softmax_value(W: Any, X: Any, Y: Any) -> Any:
    return np.sum(logsumexp(X @ W)) - np.sum(Y * (X @ W))


def softmax_gradient(W: Any, X: Any, Y: Any) -> Any:
    return X.T @ (softmax(X @ W) - Y)


def attention_value(W_Q: Any, X: Any, W_K: Any, W_V: Any, Y: Any) -> Any:
    Z = softmax((X @ W_Q) @ (X @ W_K).T / W_Q.shape[1] ** 0.5) @ (X @ W_V)
    return 0.5 * np.sum((Z - Y) ** 2)


def attention_gradient(W_Q: Any, X: Any, W_K: Any, W_V: Any, Y: Any) -> Any:
    k, K, V = W_Q.shape[1], X @ W_K, X @ W_V
    S = softmax((X @ W_Q) @ K.T / k**0.5)
    dS = (S @ V - Y) @ V.T
    return X.T @ ((S * (dS - (S * dS).sum(1, keepdims=True))) @ K) / k**0.5


def layer_value(x: Any, g: Any, b: Any, t: Any, epsilon: Any) -> Any:
    c = x - x.mean()
    return 0.5 * np.sum((g * c / np.sqrt(np.mean(c**2) + epsilon) + b - t) ** 2)


def layer_gradient(x: Any, g: Any, b: Any, t: Any, epsilon: Any) -> Any:
    c = x - x.mean()
    s = 1 / np.sqrt(c @ c / len(x) + epsilon)
    z = c * s
    d = g * (g * z + b - t)
    return s * (d - d.mean() - z * (d @ z) / len(x))


def mixture_value(mu: Any, x: Any, p: Any) -> Any:
    return np.sum(logsumexp(np.log(p) - 0.5 * np.sum((x[:, None, :] - mu[None]) ** 2, -1)))


def mixture_gradient(mu: Any, x: Any, p: Any) -> Any:
    S = softmax(np.log(p) - 0.5 * ((x * x).sum(1)[:, None] + (mu * mu).sum(1) - 2 * x @ mu.T))
    return S.T @ x - S.sum(0)[:, None] * mu


def kalman_value(F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    S, v = H @ (F @ P @ F.T + Q) @ H.T + R, y - H @ (F @ m)
    return 0.5 * logdet(S) + 0.5 * v @ np.linalg.solve(S, v)


def kalman_gradient(F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    FP = F @ P
    S = H @ (FP @ F.T + Q) @ H.T + R
    inverse, v = np.linalg.inv(S), y - H @ (F @ m)
    a = H.T @ (inverse @ v)
    return H.T @ (inverse @ (H @ FP)) - np.outer(a, a @ FP) - np.outer(a, m)


def noise_value(q: Any, F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    return kalman_value(F, y, H, m, P, q * Q, R)


def noise_gradient(q: Any, F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    B = H @ Q @ H.T
    inverse = np.linalg.inv(H @ (F @ P @ F.T) @ H.T + q * B + R)
    a = inverse @ (y - H @ (F @ m))
    return 0.5 * (np.vdot(inverse, B) - a @ B @ a)


def kernel_value(length: Any, X: Any, y: Any, s: Any, sigma: Any) -> Any:
    K = s * np.exp(-0.5 * np.sum((X[:, None] / length - X[None] / length) ** 2, -1)) + sigma * np.eye(len(y))
    return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * logdet(K)


def kernel_gradient(length: Any, X: Any, y: Any, s: Any, sigma: Any) -> Any:
    Z = X / length
    q = (Z * Z).sum(1)
    K = s * np.exp(-0.5 * (q[:, None] + q - 2 * Z @ Z.T))
    inverse = np.linalg.inv(K + sigma * np.eye(len(y)))
    a = inverse @ y
    W = (inverse - np.outer(a, a)) * K  # dK/dl_k = K * (x_ik - x_jk)^2/l_k^3
    return (W.sum(1) @ (X * X) - (X * (W @ X)).sum(0)) / length**3


def logistic_value(w: Any, X: Any, y: Any, c: Any) -> Any:
    return np.sum(softplus(-y * (X @ w))) + c / 2 * (w @ w)


def logistic_gradient(w: Any, X: Any, y: Any, c: Any) -> Any:
    return -(y * sigmoid(-y * (X @ w))) @ X + c * w


def poisson_value(w: Any, X: Any, y: Any) -> Any:
    return np.sum(np.exp(X @ w)) - y @ (X @ w)


def poisson_gradient(w: Any, X: Any, y: Any) -> Any:
    return (np.exp(X @ w) - y) @ X


def student_value(w: Any, X: Any, y: Any, nu: Any) -> Any:
    return (nu + 1) / 2 * np.sum(np.log1p((X @ w - y) ** 2 / nu))


def student_gradient(w: Any, X: Any, y: Any, nu: Any) -> Any:
    e = X @ w - y
    return ((nu + 1) * e / (nu + e * e)) @ X


def survival_value(w: Any, X: Any, c: Any, M: Any) -> Any:
    return c @ (X @ w - np.log(M @ np.exp(X @ w)))


def survival_gradient(w: Any, X: Any, c: Any, M: Any) -> Any:
    e = np.exp(X @ w)
    return c @ X - (e * (M.T @ (c / (M @ e)))) @ X


def lower(X: Any) -> Any:
    return np.tril(np.ones((len(X), len(X))))


def factor_value(L: Any, p: Any, S: Any) -> Any:
    C = L @ L.T + np.diag(p)
    return logdet(C) + np.trace(np.linalg.solve(C, S))


def factor_gradient(L: Any, p: Any, S: Any) -> Any:
    inverse = np.linalg.inv(L @ L.T + np.diag(p))
    CL = inverse @ L
    return 2 * (CL - inverse @ (S @ CL))


def variance_gradient(p: Any, L: Any, S: Any) -> Any:
    inverse = np.linalg.inv(L @ L.T + np.diag(p))
    return np.diagonal(inverse) - ((inverse @ S) * inverse).sum(1)


def trace_ratio_gradient(V: Any, A: Any, B: Any) -> Any:
    AV, BV = A @ V, B @ V
    a, b = np.vdot(V, AV), np.vdot(V, BV)
    return 2 / b * (AV - a / b * BV)


def ratio_trace_gradient(V: Any, A: Any, B: Any) -> Any:
    BV, AV = B @ V, A @ V
    G = np.linalg.inv(V.T @ BV)
    return 2 * (AV @ G - BV @ (G @ (V.T @ AV) @ G))


def transport_value(f: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return a @ f + b @ g - epsilon * np.sum(np.exp((f[:, None] + g - C) / epsilon))


def transport_gradient(f: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return a - np.exp((f[:, None] + g - C) / epsilon).sum(1)


def semidual_value(g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return b @ g - epsilon * (a @ logsumexp((g - C) / epsilon))


def semidual_gradient(g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return b - a @ softmax((g - C) / epsilon)


def metric_value(M: Any, D: Any, y: Any, tau: Any) -> Any:
    return np.sum(softplus(y * (np.sum((D @ M) * D, -1) - tau)))


def metric_gradient(M: Any, D: Any, y: Any, tau: Any) -> Any:
    s = y * sigmoid(y * (((D @ M) * D).sum(1) - tau))
    return D.T @ (s[:, None] * D)


def phase_value(x: Any, A: Any, y: Any) -> Any:
    return np.sum(((A @ x) ** 2 - y) ** 2)


def phase_gradient(x: Any, A: Any, y: Any) -> Any:
    z = A @ x
    return (4 * z * (z * z - y)) @ A


def expm(X: Any) -> Any:
    """By the Taylor series of X/1024, squared ten times."""
    n, term = len(X), np.eye(len(X))
    total = np.eye(n)
    for k in range(1, 12):
        term = term @ X / (1024 * k)
        total = total + term
    return np.linalg.matrix_power(total, 1024)


def expm_value(A: Any, x: Any, y: Any) -> Any:
    return np.sum((expm(A) @ x - y) ** 2)


def expm_gradient(A: Any, x: Any, y: Any) -> Any:
    n = len(x)
    E = 2 * np.outer(expm(A) @ x - y, x)
    return expm(np.block([[A.T, E], [np.zeros((n, n)), A.T]]))[:n, n:]  # Higham 2008, (3.16)


def completion_value(U: Any, V: Any, M: Any, Y: Any, c: Any) -> Any:
    return np.sum((M * (U @ V.T - Y)) ** 2) + c * np.sum(U * U)


def completion_gradient(U: Any, V: Any, M: Any, Y: Any, c: Any) -> Any:
    return 2 * ((M * M * (U @ V.T - Y)) @ V) + 2 * c * U


def network_value(W_1: Any, X: Any, W_2: Any, W_3: Any, Y: Any) -> Any:
    Z = np.maximum(np.maximum(X @ W_1, 0) @ W_2, 0) @ W_3
    return np.sum(logsumexp(Z)) - np.sum(Y * Z)


def network_gradient(W_1: Any, X: Any, W_2: Any, W_3: Any, Y: Any) -> Any:
    F = np.maximum(X @ W_1, 0)
    G = np.maximum(F @ W_2, 0)
    d = (softmax(G @ W_3) - Y) @ W_3.T * (G > 0)
    return X.T @ (d @ W_2.T * (F > 0))


def cosine_value(W: Any, x: Any, y: Any) -> Any:
    return ((W @ x) @ y) / (np.linalg.norm(W @ x) * np.linalg.norm(y))


def cosine_gradient(W: Any, x: Any, y: Any) -> Any:
    size = np.linalg.norm(W @ x)
    u, v = W @ x / size, y / np.linalg.norm(y)
    return np.outer((v - (u @ v) * u) / size, x)


def likelihood_value(L: Any, S: Any) -> Any:
    return -2 * logdet(L) + np.trace(L.T @ S @ L)


def likelihood_gradient(L: Any, S: Any) -> Any:
    return 2 * (S @ L) - 2 * np.linalg.inv(L).T


# ---------------------------------------------------------------------------------------------- the problems

PROBLEMS = [
    Problem("softmax regression", "sum(logsumexp(X W)) - tr(Y^T X W)", "W", "X in R^{N x d}; W in R^{d x K}; Y in R^{N x K}",
            classes, softmax_value, softmax_gradient),
    Problem("softmax regression, family", "sum_{i=1}^N (logsumexp(W^T x_i) - y_i^T W^T x_i)", "W", "x_i in R^d; W in R^{d x K}; y_i in R^K",
            renamed(classes, "W X>x Y>y"), softmax_value, softmax_gradient),
    Problem("attention", "Z = softmax(X W_Q W_K^T X^T/sqrt(k)) X W_V; 1/2 ||Z - Y||_F^2", "W_Q",
            "X in R^{N x d}; W_Q, W_K in R^{d x k}; W_V in R^{d x k}; Y in R^{N x k}; k in N",
            attention_data, attention_value, attention_gradient),
    Problem("layer normalisation", "y = g .* (x - mean(x))/sqrt(var(x) + epsilon) + b; 1/2 ||y - t||^2", "x",
            "x, g, b, t in R^n; epsilon in R positive", layer, layer_value, layer_gradient),
    Problem("mixture, family", "sum_{i=1}^N log(sum_{k=1}^K p_k exp(-1/2 ||x_i - mu_k||^2))", "mu_j",
            "x_i, mu_k in R^d; p_k in R positive; j in N", mixture, mixture_value, mixture_gradient),
    Problem("mixture", "sum(logsumexp(ones(N) log(p)^T - (diag(X X^T) ones(K)^T + ones(N) diag(M M^T)^T - 2 X M^T)/2))", "M",
            "X in R^{N x d}; M in R^{K x d}; p in R^K positive; N, K in N",
            renamed(mixture, "mu>M x>X p"), mixture_value, mixture_gradient),
    Problem("Kalman filter", "v = y - H F m; S = H (F P F^T + Q) H^T + R; 1/2 log det S + 1/2 v^T S^-1 v", "F",
            "F in R^{n x n}; y in R^p; H in R^{p x n}; m in R^n; P, Q in R^{n x n} spd; R in R^{p x p} spd",
            renamed(kalman, "F y H m P Q R"), kalman_value, kalman_gradient),
    Problem("Kalman filter, noise", "v = y - H F m; S = H (F P F^T + q Q) H^T + R; 1/2 log det S + 1/2 v^T S^-1 v", "q",
            "q in R positive; F in R^{n x n}; y in R^p; H in R^{p x n}; m in R^n; P, Q in R^{n x n} spd; R in R^{p x p} spd",
            renamed(kalman, "q F y H m P Q R"), noise_value, noise_gradient),
    Problem("Gaussian process", "Z = X diag(l)^-1; q = diag(Z Z^T); "
            "K = s exp(-(q ones(n)^T + ones(n) q^T - 2 Z Z^T)/2) + sigma I; 1/2 y^T K^-1 y + 1/2 log det K", "l",
            "l in R^d positive; X in R^{n x d}; y in R^n; s, sigma in R positive; n in N", kernel, kernel_value, kernel_gradient),
    Problem("logistic regression", "sum(log(1 + exp(-y .* (X w)))) + lambda/2 w^T w", "w",
            "X in R^{N x n}; w in R^n; y in R^N; lambda in R", renamed(regression, "w X y lambda"), logistic_value, logistic_gradient),
    Problem("logistic regression, family", "sum_{i=1}^N log(1 + exp(-y_i w^T x_i)) + lambda/2 w^T w", "w",
            "w, x_i in R^n; y_i in R; lambda in R", renamed(regression, "w X>x y lambda"), logistic_value, logistic_gradient),
    Problem("Cox regression", "c^T (X w - log(M exp(X w)))", "w", "X in R^{N x n}; w in R^n; c in R^N; M in R^{N x N}",
            renamed(survival, "w X c M"), survival_value, survival_gradient),
    Problem("Cox regression, cumulated", "c^T (X w - log(cumsum(exp(X w))))", "w", "X in R^{N x n}; w in R^n; c in R^N",
            renamed(survival, "w X c"), lambda w, X, c: survival_value(w, X, c, lower(X)),
            lambda w, X, c: survival_gradient(w, X, c, lower(X))),
    Problem("Poisson regression", "sum(exp(X w)) - y^T X w", "w", "X in R^{N x n}; w in R^n; y in R^N",
            renamed(regression, "w X k>y"), poisson_value, poisson_gradient),
    Problem("Poisson regression, family", "sum_{i=1}^N (exp(w^T x_i) - y_i w^T x_i)", "w", "w, x_i in R^n; y_i in R",
            renamed(regression, "w X>x k>y"), poisson_value, poisson_gradient),
    Problem("factor analysis", "C = L L^T + diag(p); log det C + tr(S C^-1)", "L",
            "L in R^{n x k}; p in R^n positive; S in R^{n x n} spd", factors, factor_value, factor_gradient),
    Problem("factor analysis, variances", "C = L L^T + diag(p); log det C + tr(S C^-1)", "p",
            "L in R^{n x k}; p in R^n positive; S in R^{n x n} spd", renamed(factors, "p L S"),
            lambda p, L, S: factor_value(L, p, S), variance_gradient),
    Problem("trace ratio", "tr(V^T A V)/tr(V^T B V)", "V", "V in R^{n x k}; A, B in S^n", quotient,
            lambda V, A, B: np.sum(V * (A @ V)) / np.sum(V * (B @ V)), trace_ratio_gradient),
    Problem("discriminant analysis", "tr((V^T B V)^-1 V^T A V)", "V", "V in R^{n x k}; A, B in R^{n x n} spd", quotient,
            lambda V, A, B: np.trace(np.linalg.solve(V.T @ B @ V, V.T @ A @ V)), ratio_trace_gradient),
    Problem("Sinkhorn dual", "a^T f + b^T g - epsilon sum(exp((f ones(n)^T + ones(n) g^T - C)/epsilon))", "f",
            "f, g, a, b in R^n; C in R^{n x n}; epsilon in R positive; n in N", transport, transport_value, transport_gradient),
    Problem("transport, semidual", "b^T g - epsilon a^T logsumexp((ones(n) g^T - C)/epsilon)", "g",
            "g, a, b in R^n; C in R^{n x n}; epsilon in R positive; n in N",
            renamed(transport, "g a b C epsilon"), semidual_value, semidual_gradient),
    Problem("metric", "sum(log(1 + exp(y .* (diag(D M D^T) - tau))))", "M", "M in R^{d x d}; D in R^{N x d}; y in R^N; tau in R",
            pairs, metric_value, metric_gradient),
    Problem("metric, family", "sum_{i=1}^N log(1 + exp(y_i (d_i^T M d_i - tau)))", "M", "M in R^{n x n}; d_i in R^n; y_i in R; tau in R",
            renamed(pairs, "M D>d y tau"), metric_value, metric_gradient),
    Problem("phases", "sum(((A x).^2 - y).^2)", "x", "A in R^{m x n}; x in R^n; y in R^m", phases, phase_value, phase_gradient),
    Problem("phases, family", "sum_{i=1}^m ((a_i^T x)^2 - y_i)^2", "x", "a_i, x in R^n; y_i in R",
            renamed(phases, "x A>a y"), phase_value, phase_gradient),
    Problem("matrix exponential", "||expm(A) x - y||^2", "A", "A in R^{n x n}; x, y in R^n",
            renamed(linear, "W>A x y"), expm_value, expm_gradient),
    Problem("matrix completion", "||M .* (U V^T - Y)||_F^2 + lambda ||U||_F^2", "U",
            "M, Y in R^{m x n}; U in R^{m x k}; V in R^{n x k}; lambda in R", completion_data, completion_value, completion_gradient),
    Problem("network", "F = relu(X W_1); G = relu(F W_2); O = G W_3; sum(logsumexp(O)) - tr(Y^T O)", "W_1",
            "X in R^{N x n}; W_1, W_2 in R^{n x n}; W_3 in R^{n x K}; Y in R^{N x K}", network, network_value, network_gradient),
    Problem("robust regression", "(nu+1)/2 sum(log(1 + (X w - y).^2/nu))", "w", "X in R^{N x n}; w in R^n; y in R^N; nu in R positive",
            renamed(regression, "w X e>y nu"), student_value, student_gradient),
    Problem("cosine", "(W x)^T y/(||W x|| ||y||)", "W", "W in R^{m x n}; x in R^n; y in R^m", linear, cosine_value, cosine_gradient),
    Problem("likelihood of a factor", "-2 log det L + tr(L^T S L)", "L", "L in R^{n x n} lower; S in R^{n x n} spd",
            triangle, likelihood_value, likelihood_gradient),
]  # fmt: skip
