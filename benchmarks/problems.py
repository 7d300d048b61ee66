"""The functions that are differentiated, and their closed forms written by hand in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Arrays = dict[str, Any]


class Problem:
    """`expr` by `wrt` in matcalc's language; `make(n)` draws the inputs; `hand` is the closed form as one would write it in
    NumPy; `loss(xp, softplus, logdet, …)` the function for automatic differentiation, in terms of a few primitives."""

    def __init__(
        self,
        name: str,
        expr: str,
        wrt: str,
        where: str,
        part: str,
        sizes: tuple[int, ...],
        make: Callable[[int, np.random.Generator], Arrays],
        hand: Callable[..., Any],
        loss: Callable[..., Callable[..., Any]],
        dims: Callable[[int], Mapping[str, int]],
    ) -> None:
        self.name, self.expr, self.wrt, self.where, self.part, self.sizes = name, expr, wrt, where, part, sizes
        self.make, self.hand, self.loss, self.dims = make, hand, loss, dims


def spd(n: int, rng: np.random.Generator) -> Any:
    a = rng.normal(size=(n, n))
    return a @ a.T / n + np.eye(n)


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


# ---- second derivatives


def logistic(n: int, rng: np.random.Generator) -> Arrays:
    return {"w": rng.normal(size=n) / n**0.5, "X": rng.normal(size=(2 * n, n)), "y": np.sign(rng.normal(size=2 * n))}


def hand_logistic_hessian(w: Any, X: Any, y: Any) -> Any:
    s = sigmoid(y * (X @ w))
    B = X * np.sqrt(s * (1 - s))[:, None]
    return B.T @ B


def hand_logistic_gradient(w: Any, X: Any, y: Any) -> Any:
    return -(y * sigmoid(-y * (X @ w))) @ X


def loss_logistic(p: Any) -> Callable[..., Any]:
    return lambda w, X, y: p.sum(p.softplus(-y * (X @ w)))


def quadratic(n: int, rng: np.random.Generator) -> Arrays:
    return {"x": rng.normal(size=n), "A": rng.normal(size=(n, n))}


def hand_quadratic(x: Any, A: Any) -> Any:
    return A + A.T


def loss_quadratic(p: Any) -> Callable[..., Any]:
    return lambda x, A: x @ A @ x


def factorisation(n: int, rng: np.random.Generator) -> Arrays:
    k = 2
    return {"U": rng.normal(size=(n, k)), "M": rng.normal(size=(n, n)), "V": rng.normal(size=(n, k))}


def hand_factorisation(U: Any, M: Any, V: Any) -> Any:
    m, k = U.shape
    H = np.zeros((m, k, m, k))
    at = np.arange(m)
    H[at, :, at, :] = 2 * V.T @ V
    return H


def loss_factorisation(p: Any) -> Callable[..., Any]:
    return lambda U, M, V: p.sum((M - U @ V.T) ** 2)


def net(n: int, rng: np.random.Generator) -> Arrays:
    h = round(n**0.5)
    return {
        "W_1": rng.normal(size=(h, h)),
        "x": rng.normal(size=h),
        "W_2": rng.normal(size=(10, h)) / h**0.5,
        "y": np.eye(10)[3],
    }


def hand_net(W_1: Any, x: Any, W_2: Any, y: Any) -> Any:
    z = W_1 @ x
    p = W_2 @ np.maximum(z, 0)
    s = np.exp(p - p.max())
    s /= s.sum()
    A = W_2 * (z > 0)
    As = s @ A
    core = (A * s[:, None]).T @ A - As[:, None] * As
    return core[:, None, :, None] * x[:, None, None] * x


def loss_net(p: Any) -> Callable[..., Any]:
    def f(W_1: Any, x: Any, W_2: Any, y: Any) -> Any:
        o = W_2 @ p.relu(W_1 @ x)
        return p.logsumexp(o) - y @ o

    return f


def covariance(n: int, rng: np.random.Generator) -> Arrays:
    return {"X": spd(n, rng)}


def loss_logdet(p: Any) -> Callable[..., Any]:
    return lambda X: p.logdet(X)


def hand_logdet(X: Any) -> Any:
    inverse = np.linalg.inv(X)
    return -inverse.T[:, None, None, :] * inverse.T[None, :, :, None]


# ---- gradients


def process(n: int, rng: np.random.Generator) -> Arrays:
    return {"theta": 1.3, "K": spd(n, rng), "sigma": 0.5, "y": rng.normal(size=n)}


def hand_process(theta: Any, K: Any, sigma: Any, y: Any) -> Any:
    S = theta * K
    S[np.diag_indices(len(S))] += sigma
    inverse = np.linalg.inv(S)
    a = inverse @ y
    return 0.5 * (np.vdot(inverse, K) - a @ K @ a)


def loss_process(p: Any) -> Callable[..., Any]:
    def f(theta: Any, K: Any, sigma: Any, y: Any) -> Any:
        S = theta * K + sigma * p.eye(K.shape[0])
        return 0.5 * (y @ p.solve(S, y) + p.logdet(S))

    return f


def gaussian(n: int, rng: np.random.Generator) -> Arrays:
    return {"Sigma": spd(n, rng), "x": rng.normal(size=n), "mu": rng.normal(size=n)}


def hand_gaussian(Sigma: Any, x: Any, mu: Any) -> Any:
    inverse = np.linalg.inv(Sigma)
    a = inverse @ (x - mu)
    return 0.5 * (a[:, None] * a - inverse)


def loss_gaussian(p: Any) -> Callable[..., Any]:
    return lambda Sigma, x, mu: -0.5 * p.logdet(Sigma) - 0.5 * ((x - mu) @ p.solve(Sigma, x - mu))


def deep(n: int, rng: np.random.Generator) -> Arrays:
    made: Arrays = {f"W_{k}": rng.normal(size=(n, n)) / n**0.5 for k in (1, 2, 3)}
    return {**made, "b_1": rng.normal(size=n), "b_2": rng.normal(size=n), "x": rng.normal(size=n), "y": rng.normal(size=n)}


def hand_deep(W_1: Any, b_1: Any, W_2: Any, b_2: Any, W_3: Any, x: Any, y: Any) -> Any:
    f = np.tanh(W_1 @ x + b_1)
    g = np.tanh(W_2 @ f + b_2)
    d = ((W_3 @ g - y) @ W_3) * (1 - g * g)
    return ((d @ W_2) * (1 - f * f))[:, None] * x


def loss_deep(p: Any) -> Callable[..., Any]:
    def loss(W_1: Any, b_1: Any, W_2: Any, b_2: Any, W_3: Any, x: Any, y: Any) -> Any:
        r = W_3 @ p.tanh(W_2 @ p.tanh(W_1 @ x + b_1) + b_2) - y
        return 0.5 * (r @ r)

    return loss


LOGISTIC = "sum(log(1 + exp(-y .* (X w))))", "w", "X in R^{N x n}; w in R^n; y in R^N"
NET = "W_1 in R^{h x d}; x in R^d; W_2 in R^{c x h}; y in R^c"
FACTORS = "M in R^{m x n}; U in R^{m x k}; V in R^{n x k}"
DEEP = "f = tanh(W_1 x + b_1); g = tanh(W_2 f + b_2); 1/2 ||W_3 g - y||^2"

GP = "1/2 y^T (theta K + sigma I)^-1 y + 1/2 log det(theta K + sigma I)"
NORMAL = "-1/2 log det Sigma - 1/2 (x - mu)^T Sigma^-1 (x - mu)"
LARGE, SMALL = (50, 400, 800), (12, 50)


def square(n: int) -> Mapping[str, int]:
    return {"n": n, "N": 2 * n}


PROBLEMS = (
    Problem("Hessian, logistic loss (X 2n × n)", *LOGISTIC, "hessian", LARGE, logistic, hand_logistic_hessian, loss_logistic, square),
    Problem(
        "Hessian, x' A x",
        "x^T A x", "x", "A in R^{n x n}; x in R^n", "hessian", LARGE, quadratic, hand_quadratic, loss_quadratic, square),
    Problem("Hessian, matrix factorisation by U, full (rank 2)", "||M - U V^T||_F^2", "U", FACTORS, "hessian", (50, 400),
            factorisation, hand_factorisation, loss_factorisation, lambda n: {"m": n, "n": n, "k": 2}),
    Problem("Hessian, relu/softmax net by W_1 (n entries)", "o = W_2 relu(W_1 x); logsumexp(o) - y^T o", "W_1", NET, "hessian", (49, 400),
            net, hand_net, loss_net, lambda n: {"h": round(n**0.5), "d": round(n**0.5), "c": 10}),
    Problem("Hessian, log det X", "log det X", "X", "X in R^{n x n}", "hessian", SMALL, covariance, hand_logdet, loss_logdet, square),
    Problem("gradient, logistic loss", *LOGISTIC, "gradient", LARGE, logistic, hand_logistic_gradient, loss_logistic, square),
    Problem("gradient, GP likelihood by its amplitude", GP, "theta", "theta, sigma in R positive; K in R^{n x n} spd; y in R^n",
            "gradient", LARGE, process, hand_process, loss_process, square),
    Problem("gradient, Gaussian by Sigma", NORMAL, "Sigma", "Sigma in R^{n x n} spd; x, mu in R^n", "gradient", LARGE,
            gaussian, hand_gaussian, loss_gaussian, square),
    Problem("gradient, three-layer net by W_1", DEEP, "W_1", "W_1, W_2, W_3 in R^{n x n}; b_1, b_2, x, y in R^n", "gradient", LARGE,
            deep, hand_deep, loss_deep, square),
)  # fmt: skip
