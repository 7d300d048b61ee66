"""Gradients of the losses and their Hessians times directions, as one writes them by hand in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(Z: Any) -> Any:
    E = np.exp(Z - Z.max(1, keepdims=True))
    return E / E.sum(1, keepdims=True)


def softmax_gradient(W: Any, X: Any, Y: Any) -> Any:
    return X.T @ (softmax(X @ W) - Y)


def attention_gradient(W_Q: Any, X: Any, W_K: Any, W_V: Any, Y: Any) -> Any:
    k, K, V = W_Q.shape[1], X @ W_K, X @ W_V
    S = softmax((X @ W_Q) @ K.T / k**0.5)
    dS = (S @ V - Y) @ V.T
    return X.T @ ((S * (dS - (S * dS).sum(1, keepdims=True))) @ K) / k**0.5


def layer_gradient(x: Any, g: Any, b: Any, t: Any, epsilon: Any) -> Any:
    c = x - x.mean()
    s = 1 / np.sqrt(c @ c / len(x) + epsilon)
    z = c * s
    d = g * (g * z + b - t)
    return s * (d - d.mean() - z * (d @ z) / len(x))


def mixture_gradient(mu: Any, x: Any, p: Any) -> Any:
    S = softmax(np.log(p) - 0.5 * ((x * x).sum(1)[:, None] + (mu * mu).sum(1) - 2 * x @ mu.T))
    return S.T @ x - S.sum(0)[:, None] * mu


def kalman_gradient(F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    FP = F @ P
    S = H @ (FP @ F.T + Q) @ H.T + R
    inverse, v = np.linalg.inv(S), y - H @ (F @ m)
    a = H.T @ (inverse @ v)
    return H.T @ (inverse @ (H @ FP)) - np.outer(a, a @ FP) - np.outer(a, m)


def noise_gradient(q: Any, F: Any, y: Any, H: Any, m: Any, P: Any, Q: Any, R: Any) -> Any:
    B = H @ Q @ H.T
    inverse = np.linalg.inv(H @ (F @ P @ F.T) @ H.T + q * B + R)
    a = inverse @ (y - H @ (F @ m))
    return 0.5 * (np.vdot(inverse, B) - a @ B @ a)


def kernel_gradient(length: Any, X: Any, y: Any, s: Any, sigma: Any) -> Any:
    Z = X / length
    q = (Z * Z).sum(1)
    K = s * np.exp(-0.5 * (q[:, None] + q - 2 * Z @ Z.T))
    inverse = np.linalg.inv(K + sigma * np.eye(len(y)))
    a = inverse @ y
    W = (inverse - np.outer(a, a)) * K  # dK/dl_k = K * (x_ik - x_jk)^2/l_k^3
    return (W.sum(1) @ (X * X) - (X * (W @ X)).sum(0)) / length**3


def logistic_gradient(w: Any, X: Any, y: Any, c: Any) -> Any:
    return -(y * sigmoid(-y * (X @ w))) @ X + c * w


def poisson_gradient(w: Any, X: Any, y: Any) -> Any:
    return (np.exp(X @ w) - y) @ X


def student_gradient(w: Any, X: Any, y: Any, nu: Any) -> Any:
    e = X @ w - y
    return ((nu + 1) * e / (nu + e * e)) @ X


def survival_gradient(w: Any, X: Any, c: Any, M: Any) -> Any:
    e = np.exp(X @ w)
    return c @ X - (e * (M.T @ (c / (M @ e)))) @ X


def cumulated_gradient(w: Any, X: Any, c: Any) -> Any:
    e = np.exp(X @ w)
    u = c / np.cumsum(e)
    return c @ X - (e * np.cumsum(u[::-1])[::-1]) @ X


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


def transport_gradient(f: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return a - np.exp((f[:, None] + g - C) / epsilon).sum(1)


def semidual_gradient(g: Any, a: Any, b: Any, C: Any, epsilon: Any) -> Any:
    return b - a @ softmax((g - C) / epsilon)


def metric_gradient(M: Any, D: Any, y: Any, tau: Any) -> Any:
    s = y * sigmoid(y * (((D @ M) * D).sum(1) - tau))
    return D.T @ (s[:, None] * D)


def phase_gradient(x: Any, A: Any, y: Any) -> Any:
    z = A @ x
    return (4 * z * (z * z - y)) @ A


def expm_gradient(A: Any, x: Any, y: Any) -> Any:
    from scipy.linalg import expm, expm_frechet

    return expm_frechet(A.T, 2 * np.outer(expm(A) @ x - y, x), compute_expm=False)


def completion_gradient(U: Any, V: Any, M: Any, Y: Any, c: Any) -> Any:
    return 2 * ((M * M * (U @ V.T - Y)) @ V) + 2 * c * U


def network_gradient(W_1: Any, X: Any, W_2: Any, W_3: Any, Y: Any) -> Any:
    F = np.maximum(X @ W_1, 0)
    G = np.maximum(F @ W_2, 0)
    d = (softmax(G @ W_3) - Y) @ W_3.T * (G > 0)
    return X.T @ (d @ W_2.T * (F > 0))


def cosine_gradient(W: Any, x: Any, y: Any) -> Any:
    size = np.linalg.norm(W @ x)
    u, v = W @ x / size, y / np.linalg.norm(y)
    return np.outer((v - (u @ v) * u) / size, x)


def likelihood_gradient(L: Any, S: Any) -> Any:
    return 2 * (S @ L) - 2 * np.linalg.inv(L).T


# ---------------------------------------------------------------------------------------------- the Hessian times a direction


def softmax_product(W: Any, X: Any, Y: Any, D: Any) -> Any:
    S, G = softmax(X @ W), X @ D
    return X.T @ (S * (G - (S * G).sum(1, keepdims=True)))


def logistic_product(w: Any, X: Any, y: Any, c: Any, d: Any) -> Any:
    s = sigmoid(y * (X @ w))
    return (s * (1 - s) * (X @ d)) @ X + c * d


def poisson_product(w: Any, X: Any, y: Any, d: Any) -> Any:
    return (np.exp(X @ w) * (X @ d)) @ X


def student_product(w: Any, X: Any, y: Any, nu: Any, d: Any) -> Any:
    e = X @ w - y
    return ((nu + 1) * (nu - e * e) / (nu + e * e) ** 2 * (X @ d)) @ X


def cumulated_product(w: Any, X: Any, c: Any, d: Any) -> Any:
    e, z = np.exp(X @ w), X @ d
    total = np.cumsum(e)
    u = c / total
    change = e * z * np.cumsum(u[::-1])[::-1] - e * np.cumsum((u * np.cumsum(e * z) / total)[::-1])[::-1]
    return -change @ X


def trace_ratio_product(V: Any, A: Any, B: Any, D: Any) -> Any:
    AV, BV, AD, BD = A @ V, B @ V, A @ D, B @ D
    a, b, da, db = np.vdot(V, AV), np.vdot(V, BV), 2 * np.vdot(D, AV), 2 * np.vdot(D, BV)
    r = a / b
    dr = (da - r * db) / b
    return 2 / b * (AD - r * BD - dr * BV) - 2 * db / b**2 * (AV - r * BV)


def transport_product(f: Any, g: Any, a: Any, b: Any, C: Any, epsilon: Any, d: Any) -> Any:
    return -np.exp((f[:, None] + g - C) / epsilon).sum(1) * d / epsilon


def semidual_product(g: Any, a: Any, b: Any, C: Any, epsilon: Any, d: Any) -> Any:
    S = softmax((g - C) / epsilon)
    return -(a @ S * d - (a * (S @ d)) @ S) / epsilon


def metric_product(M: Any, D: Any, y: Any, tau: Any, E: Any) -> Any:
    s = sigmoid(y * (((D @ M) * D).sum(1) - tau))
    return D.T @ ((y * y * s * (1 - s) * ((D @ E) * D).sum(1))[:, None] * D)


def phase_product(x: Any, A: Any, y: Any, d: Any) -> Any:
    z = A @ x
    return ((12 * z * z - 4 * y) * (A @ d)) @ A


def completion_product(U: Any, V: Any, M: Any, Y: Any, c: Any, D: Any) -> Any:
    return 2 * ((M * M * (D @ V.T)) @ V) + 2 * c * D


def likelihood_product(L: Any, S: Any, D: Any) -> Any:
    inverse = np.linalg.inv(L).T
    return 2 * (S @ D) + 2 * inverse @ (D.T @ inverse)
