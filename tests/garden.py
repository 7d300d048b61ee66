"""Random expressions made by the constructors, each with its value computed beside it by NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import numpy as np

from matcalc.expressions.build import (
    add,
    diag,
    diagonal,
    entry,
    eye,
    hadamard,
    inverse,
    matmul,
    matrix_power,
    negative,
    num,
    ones,
    power,
    size,
    symbol,
    times,
    total,
    trace,
    transpose,
    zeros,
)
from matcalc.expressions.expr import Expr
from matcalc.kinds import ONE, Dim, Shape
from matcalc.numbers.drawing import draw
from matcalc.numbers.numeric import evaluate

m, n, p = Dim.of("m"), Dim.of("n"), Dim.of("p")
SIZES = {"m": 2, "n": 3, "p": 4, "N": 3}
DIMS = (ONE, m, n, p)
PROPERTIES = ("", "symmetric", "skew", "orthogonal", "idempotent", "diagonal", "invertible")


def value(e: Expr, env: dict[str, Any]) -> np.ndarray:
    """As a two-dimensional array."""
    return np.reshape(evaluate(e, env, SIZES), (e.shape[0].value(SIZES), e.shape[1].value(SIZES)))


class Grown(NamedTuple):
    """An expression made by the constructors, and its value computed beside it by NumPy."""

    expr: Expr
    value: np.ndarray


class Withered(Exception):
    """The expression has no value, or one too large to be compared."""


def assume(fine: Any) -> None:
    if not fine:
        raise Withered


class Garden:
    """Grows random expressions; every step is done twice, by a constructor and by NumPy."""

    def __init__(self, seed: int, words: Sequence[str] = PROPERTIES) -> None:
        self.random, self.rng = Random(seed), np.random.default_rng(seed)
        self.words = words  # that square matrices are declared to be; "" is nothing
        self.env: dict[str, Any] = {}

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def shape(self) -> Shape:
        return self.pick(*DIMS), self.pick(*DIMS)

    def symbol(self, shape: Shape) -> Grown:
        square = shape[0] is shape[1] and shape[0] is not ONE
        prop = self.pick(*self.words) if square else ""
        name = f"{self.pick('a', 'b')}_{{{shape[0]}{shape[1]}{prop}}}"
        e = symbol(name, shape, prop.split())
        if name not in self.env:
            self.env[name] = draw((shape[0].value(SIZES), shape[1].value(SIZES)), prop.split(), self.rng)
        return Grown(e, np.reshape(self.env[name], (shape[0].value(SIZES), shape[1].value(SIZES))))

    def leaf(self, shape: Shape) -> Grown:
        rows, cols = (d.value(SIZES) for d in shape)
        kinds = ["symbol"] * 4 + ["ones", "zeros"] + ["eye"] * (shape[0] is shape[1]) + ["number", "size"] * (shape == (ONE, ONE))
        kind = self.pick(*kinds)
        if kind == "symbol":
            return self.symbol(shape)
        if kind == "number":
            k = self.pick(-2, -1, 0, 1, 3)
            return Grown(num(k), np.array([[float(k)]]))
        if kind == "size":
            return Grown(size(n), np.array([[3.0]]))
        if kind == "eye":
            return Grown(eye(shape[0]), np.eye(rows))
        return Grown(ones(*shape), np.ones((rows, cols))) if kind == "ones" else Grown(zeros(*shape), np.zeros((rows, cols)))

    def grow(self, shape: Shape, depth: int) -> Grown:
        if depth == 0:
            return self.leaf(shape)
        square, column, scalar = shape[0] is shape[1], shape[1] is ONE, shape == (ONE, ONE)
        steps = ["add", "add", "times", "matmul", "matmul", "transpose", "hadamard", "power", "leaf"]
        steps += ["inverse", "matrix_power", "diag"] * (square and not scalar)
        steps += ["diagonal"] * (column and not scalar) + ["trace", "total", "entry", "dot"] * scalar
        e, v = getattr(self, f"_{self.pick(*steps)}")(shape, depth - 1)
        assume(np.all(np.isfinite(v)) and np.max(np.abs(v)) < 1e4)
        return Grown(e, v)

    def _leaf(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        return self.leaf(shape)

    def _add(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        terms = [self.grow(shape, depth) for _ in range(self.pick(2, 3))]
        if self.pick(True, False):
            terms.append(terms[0])
        signs = [self.pick(1, -1) for _ in terms]
        return add(*[t.expr if s > 0 else negative(t.expr) for s, t in zip(signs, terms)]), sum(s * t.value for s, t in zip(signs, terms))

    def _times(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        s, a = self.grow((ONE, ONE), depth), self.grow(shape, depth)
        return times(s.expr, a.expr), s.value * a.value

    def _matmul(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        inner = [self.pick(*DIMS) for _ in range(self.pick(1, 2))]
        stations = [shape[0], *inner, shape[1]]
        factors = [self.grow((i, j), depth) for i, j in pairwise(stations)]
        product = factors[0].value
        for f in factors[1:]:
            product = product @ f.value
        return matmul(*[f.expr for f in factors]), product

    def _transpose(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow((shape[1], shape[0]), depth)
        return transpose(a.expr), a.value.T

    def _hadamard(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a, b = self.grow(shape, depth), self.grow(shape, depth)
        return hadamard(a.expr, b.expr), a.value * b.value

    def _power(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a, k = self.grow(shape, depth), self.pick(0, 1, 2, 3, -1, -2)
        assume(k >= 0 or np.min(np.abs(a.value)) > 0.01)
        return power(a.expr, num(k)), a.value ** float(k)

    def _inverse(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow(shape, depth)
        assume(np.linalg.cond(a.value) < 1e3)
        return inverse(a.expr), np.linalg.inv(a.value)

    def _matrix_power(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a, k = self.grow(shape, depth), self.pick(0, 1, 2, 3, -1, -2)
        assume(k >= 0 or np.linalg.cond(a.value) < 1e3)
        return matrix_power(a.expr, num(k)), np.linalg.matrix_power(a.value, k)

    def _diag(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow((shape[0], ONE), depth)
        return diag(a.expr), np.diag(a.value[:, 0])

    def _diagonal(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow((shape[0], shape[0]), depth)
        return diagonal(a.expr), np.diag(a.value)[:, None]

    def _trace(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        d = self.pick(*DIMS)
        a = self.grow((d, d), depth)
        return trace(a.expr), np.trace(a.value).reshape(1, 1)

    def _total(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow((self.pick(*DIMS), self.pick(*DIMS)), depth)
        return total(a.expr), np.sum(a.value).reshape(1, 1)

    def _entry(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        a = self.grow((self.pick(m, n), self.pick(m, n)), depth)
        return entry(a.expr, num(2), num(1)), a.value[1:2, 0:1]

    def _dot(self, shape: Shape, depth: int) -> tuple[Expr, Any]:
        d = self.pick(m, n)
        a, b = self.grow((d, ONE), depth), self.grow((d, ONE), depth)
        return matmul(transpose(a.expr), b.expr), a.value.T @ b.value
