"""Gradients and Hessians on manifolds by charts: coordinates, the metric in them, Christoffel symbols, all by automatic differentiation.

Nothing of the formulas of `matcalc.ops.manifolds` is used: a chart y -> X(y) with X(0) the point, and the metric as a textbook defines it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Chart = tuple[Callable[[Any], Any], int, Callable[[Any, Any, Any, Any], Any]]  # the point of coordinates, how many, the metric at y


def kernel(constraint: Callable[[Any], Any], X: Any) -> np.ndarray:
    """A basis of the directions along which a constraint does not change, one after the other."""
    J = np.asarray(jax.jacobian(constraint)(X)).reshape(-1, X.size)
    _, s, V = np.linalg.svd(J)
    return V[(s > 1e-10).sum() :].reshape(-1, *X.shape)


def root_inverse(S: Any) -> Any:
    """S^(-1/2) near the identity, by Newton and Schulz' iteration."""
    Z = jnp.eye(len(S))
    for _ in range(8):
        Z = Z @ (3 * jnp.eye(len(S)) - Z @ S @ Z) / 2
    return Z


def polar(Y: Any) -> Any:
    return Y @ root_inverse(Y.T @ Y)


def euclidean(y: Any, X: Any, a: Any, b: Any) -> Any:
    return jnp.sum(a * b)


def chart(manifold: str, X: Any) -> Chart:
    """Coordinates around X, and the metric of two directions at the point X(y)."""
    if manifold == "spd":
        n = len(X)
        basis = np.array([np.eye(n)[:, [i]] @ np.eye(n)[[j]] for i in range(n) for j in range(i + 1)])
        basis = (basis + basis.transpose(0, 2, 1)) / 2
        return flat(X, basis), len(basis), lambda y, P, a, b: jnp.trace(jnp.linalg.inv(P) @ a @ jnp.linalg.inv(P) @ b)
    if manifold == "simplex":
        basis = np.vstack([np.eye(len(X) - 1), -np.ones((1, len(X) - 1))]).T
        return flat(X, basis), len(basis), lambda y, P, a, b: jnp.sum(a * b / P)
    if manifold == "fixed-rank":
        return of_rank(X)
    if manifold == "grassmann":
        rest = np.linalg.svd(X)[0][:, X.shape[1] :]
        shape = rest.shape[1], X.shape[1]

        def metric(y: Any, P: Any, a: Any, b: Any) -> Any:  # of the coordinates K of the space spanned by X + rest K
            K, one, other = y.reshape(shape), rest.T @ a, rest.T @ b
            left, right = jnp.linalg.inv(jnp.eye(shape[1]) + K.T @ K), jnp.linalg.inv(jnp.eye(shape[0]) + K @ K.T)
            return jnp.trace(left @ one.T @ right @ other)

        return lambda y: polar(X + rest @ y.reshape(shape)), shape[0] * shape[1], metric
    constraints = {"sphere": lambda Y: Y @ Y, "oblique": lambda Y: jnp.sum(Y * Y, 0), "": lambda Y: Y.T @ Y}
    basis = kernel(constraints.get(manifold, constraints[""]), X)
    back = {"sphere": lambda Y: Y / jnp.linalg.norm(Y), "oblique": lambda Y: Y / jnp.linalg.norm(Y, axis=0)}.get(manifold, polar)
    straight = flat(X, basis)
    return lambda y: back(straight(y)), len(basis), euclidean


def flat(X: Any, basis: Any) -> Callable[[Any], Any]:
    return lambda y: X + jnp.tensordot(y, jnp.asarray(basis), 1)


def of_rank(X: Any) -> Chart:
    """The matrices of the rank of X: the first rows and columns, and what follows from them."""
    r = np.linalg.matrix_rank(X)
    m, n = X.shape

    def point(y: Any) -> Any:
        top = X[:r] + y[: r * n].reshape(r, n)
        left = X[r:, :r] + y[r * n :].reshape(m - r, r)
        return jnp.vstack([top, jnp.hstack([left, left @ jnp.linalg.inv(top[:, :r]) @ top[:, r:]])])

    return point, r * n + (m - r) * r, euclidean


def riemannian(f: Callable[[Any], Any], manifold: str, X: Any, along: Any = None) -> np.ndarray:
    """The gradient of f at X; along a tangent vector its Hessian."""
    point, count, inner = chart(manifold, X)
    zero = jnp.zeros(count)
    speeds = jax.jacobian(point)

    def metric(y: Any) -> Any:
        J, P = jnp.moveaxis(speeds(y), -1, 0), point(y)
        if manifold == "grassmann":  # the coordinates are those of K
            J = jnp.moveaxis(speeds(zero), -1, 0)
        return jax.vmap(lambda a: jax.vmap(lambda b: inner(y, P, a, b))(J))(J)

    J, g = np.asarray(speeds(zero)), np.asarray(metric(zero))
    slope = np.asarray(jax.grad(lambda y: f(point(y)))(zero))
    if along is None:
        return J @ np.linalg.solve(g, slope)
    changes = np.asarray(jax.jacobian(metric)(zero))  # [j, l, i]: ∂_i g_jl
    lowered = (changes.transpose(2, 0, 1) + changes.transpose(0, 2, 1) - changes) / 2  # [i, j, l]
    second = np.asarray(jax.hessian(lambda y: f(point(y)))(zero)) - lowered @ np.linalg.solve(g, slope)
    coordinates = np.linalg.lstsq(J.reshape(-1, count), np.ravel(along), rcond=None)[0]
    return J @ np.linalg.solve(g, second @ coordinates)


def tangent(manifold: str, X: Any, rng: np.random.Generator) -> np.ndarray:
    """A random tangent vector at X."""
    point, count, _ = chart(manifold, X)
    return np.asarray(jax.jacobian(point)(jnp.zeros(count))) @ rng.uniform(-1, 1, count)
