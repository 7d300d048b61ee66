"""The constructors: whatever they rearrange keeps its value, and what is equal by the laws of the normal form is one object."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
from console import python

from matcalc.build import (
    add,
    apply,
    diag,
    diagonal,
    divide,
    entry,
    eye,
    hadamard,
    index,
    indexed_sum,
    inverse,
    kron,
    literal,
    matmul,
    matrix_power,
    member,
    negative,
    num,
    ones,
    opposite,
    power,
    rebuild,
    size,
    subtract,
    symbol,
    times,
    total,
    trace,
    transpose,
    unit,
    zeros,
)
from matcalc.errors import ShapeError
from matcalc.expr import Expr, make, postorder, transform
from matcalc.kinds import ONE, Dim, Shape
from matcalc.numeric import evaluate
from matcalc.ops.core import ADD, HADAMARD, INDEX, MATMUL, MEMBER, POWER, TIMES, TRANSPOSE
from matcalc.ops.diagonal import DIAGONAL
from matcalc.verify import draw

m, n, p = Dim.of("m"), Dim.of("n"), Dim.of("p")
SIZES = {"m": 2, "n": 3, "p": 4, "N": 3}
DIMS = (ONE, m, n, p)
PROPERTIES = ("", "symmetric", "skew", "orthogonal", "idempotent", "diagonal", "invertible")


def value(e: Expr, env: dict[str, Any]) -> np.ndarray:
    """As a two-dimensional array."""
    return np.reshape(evaluate(e, env, SIZES), (e.shape[0].value(SIZES), e.shape[1].value(SIZES)))


# ---------------------------------------------------------------------------------------------- values


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

    def __init__(self, seed: int) -> None:
        self.random, self.rng = Random(seed), np.random.default_rng(seed)
        self.env: dict[str, Any] = {}

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def shape(self) -> Shape:
        return self.pick(*DIMS), self.pick(*DIMS)

    def symbol(self, shape: Shape) -> Grown:
        square = shape[0] is shape[1] and shape[0] is not ONE
        prop = self.pick(*PROPERTIES) if square else ""
        name = f"{self.pick('a', 'b')}_{{{shape[0]}{shape[1]}{prop}}}"
        e = symbol(name, shape, [prop] if prop else [])
        if name not in self.env:
            self.env[name] = draw((shape[0].value(SIZES), shape[1].value(SIZES)), [prop] if prop else [], self.rng)
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


def unfinished(e: Expr) -> bool:
    """What is not in normal form yet; see the laws that are expected to fail."""
    nodes = postorder(e)
    scalar_inside = any(x.op is MATMUL and any(f.op is TIMES for f in x.args) for x in nodes)
    flipped = any(x.op is TRANSPOSE and x.args[0].op is HADAMARD for x in nodes)
    diagonal_of_power = any(x.op is DIAGONAL and x.args[0].op is POWER for x in nodes)
    return scalar_inside or flipped or diagonal_of_power


def gardens(count: int) -> Iterator[Garden]:
    return map(Garden, range(count))


@pytest.mark.parametrize("depth, count", [(1, 300), (2, 600), (3, 600), (4, 200)])
def test_the_constructors_keep_the_value(depth: int, count: int) -> None:
    grown = 0
    for garden in gardens(count):
        shape = garden.shape()
        try:
            e, want = garden.grow(shape, depth)
        except Withered:
            continue
        grown += 1
        assert e.shape == shape
        np.testing.assert_allclose(value(e, garden.env), want, rtol=1e-7, atol=1e-7 * max(1.0, float(np.max(np.abs(want)))))
    assert grown > count / 3


def test_the_normal_form_is_a_fixed_point() -> None:
    """Made again from its own arguments, from the leaves up, an expression is the same object."""
    tried = 0
    for garden in gardens(1500):
        try:
            e = garden.grow(garden.shape(), 2).expr
        except Withered:
            continue
        if not unfinished(e):
            tried += 1
            assert transform(e, lambda old, args: apply(old.op, args, old.attr) if args else old) is e
    assert tried > 800


def test_the_order_of_writing_does_not_matter() -> None:
    tried = 0
    for garden in gardens(1500):
        shape = garden.shape()
        try:
            a, b, c = (garden.grow(shape, 1).expr for _ in range(3))
            s, t = (garden.grow((ONE, ONE), 1).expr for _ in range(2))
        except Withered:
            continue
        assert transpose(transpose(a)) is a
        assert subtract(a, a) is zeros(*shape)
        assert add(a, a) is times(num(2), a)
        if any(map(unfinished, (a, b, c, hadamard(a, b, c), times(s, t, a)))):
            continue
        tried += 1
        if not any(e.op is ADD for x in (a, b, c) for e in postorder(x)):  # r + r of a sum r is 2 r and stays so
            assert add(a, b, c) is add(c, b, a) is add(add(b, a), c)
        assert times(s, t, a) is times(t, times(s, a))
        assert hadamard(a, b, c) is hadamard(c, hadamard(b, a))
    assert tried > 800


# ---------------------------------------------------------------------------------------------- laws

A, B, C = symbol("A", (m, n)), symbol("B", (n, p)), symbol("C", (m, n))
X, Y, Z = symbol("X", (n, n)), symbol("Y", (n, n)), symbol("Z", (n, n))
S, K = symbol("S", (n, n), ["symmetric"]), symbol("K", (n, n), ["skew"])
Q, V, P = symbol("Q", (n, n), ["orthogonal"]), symbol("V", (n, m), ["orthonormal"]), symbol("P", (n, n), ["idempotent"])
a, b, c, d = (symbol(x, (n, ONE)) for x in "abcd")
s, t, k = symbol("s"), symbol("t"), symbol("k", (ONE, ONE), ["integer"])
one, i = num(1), index("i")
w = member("w", i, (n, ONE))

LAWS: dict[str, tuple[Expr, Expr]] = {
    "like terms": (add(A, times(num(2), C), times(num(3), A)), add(times(num(4), A), times(num(2), C))),
    "like terms cancel": (add(A, C, negative(A)), C),
    "a scalar and its transpose are one": (matmul(transpose(a), X, b), matmul(transpose(b), transpose(X), a)),
    "the transpose of a product": (transpose(matmul(A, B)), matmul(transpose(B), transpose(A))),
    "the transpose of a symmetric matrix": (transpose(S), S),
    "the transpose of a skew matrix": (transpose(K), negative(K)),
    "the transpose of X + X^T": (transpose(add(X, transpose(X))), add(X, transpose(X))),
    "the transpose of a sum that is shorter": (add(transpose(X), transpose(Y)), transpose(add(X, Y))),
    "rows add as columns": (add(transpose(a), transpose(b)), transpose(add(a, b))),
    "scalars come in front": (matmul(times(s, A), times(t, B)), times(s, t, matmul(A, B))),
    "an inner size of one falls apart": (matmul(a, transpose(b), c, transpose(d)), times(matmul(transpose(b), c), matmul(a, transpose(d)))),
    "a matrix and its inverse": (matmul(X, inverse(X)), eye(n)),
    "a matrix and its inverse inside": (matmul(A, X, inverse(X), B), matmul(A, B)),
    "powers merge": (matmul(X, X, inverse(X), X), matrix_power(X, num(2))),
    "symbolic powers merge": (matmul(matrix_power(X, k), X), matrix_power(X, add(k, one))),
    "the inverse of an inverse": (inverse(inverse(X)), X),
    "the inverse of a product": (inverse(matmul(X, Y)), matmul(inverse(Y), inverse(X))),
    "the inverse of a multiple": (inverse(times(s, X)), divide(inverse(X), s)),
    "the inverse of an orthogonal matrix": (inverse(Q), transpose(Q)),
    "Q^T Q": (matmul(transpose(Q), Q, X), X),
    "V^T V of orthonormal columns": (matmul(transpose(V), V), eye(m)),
    "P^2 of an idempotent matrix": (matmul(P, P, P), P),
    "I": (matmul(A, eye(n), B), matmul(A, B)),
    "diag diag": (matmul(diag(a), diag(b)), diag(hadamard(a, b))),
    "diag times a column": (matmul(diag(a), b), hadamard(a, b)),
    "a row times diag": (matmul(transpose(a), diag(b)), transpose(hadamard(a, b))),
    "the inverse of diag": (inverse(diag(a)), diag(power(a, num(-1)))),
    "the diagonal of diag": (diagonal(diag(a)), a),
    "the diagonal of an outer product": (diagonal(matmul(a, transpose(b))), hadamard(a, b)),
    "diag of ones": (diag(ones(n)), eye(n)),
    "ones vanish from entrywise products": (hadamard(A, ones(m, n)), A),
    "entrywise powers merge": (hadamard(A, A, C, power(A, num(-1))), hadamard(A, C)),
    "an entrywise product with I": (hadamard(X, eye(n)), diag(diagonal(X))),
    "the trace of a rotation": (trace(matmul(X, Y, Z)), trace(matmul(Z, X, Y))),
    "the trace of a transpose": (trace(matmul(X, Y)), trace(matmul(transpose(Y), transpose(X)))),
    "the trace of an outer product": (trace(matmul(a, transpose(b), X)), matmul(transpose(b), X, a)),
    "the trace of I": (trace(eye(n)), size(n)),
    "a number in a trace": (trace(times(num(3), s, X)), times(num(3), s, trace(X))),
    "the trace where the ends cancel": (trace(matmul(X, Y, inverse(X))), trace(Y)),
    "three factors under a sum": (matmul(transpose(hadamard(a, b)), c), total(hadamard(a, b, c))),
    "1^T a": (matmul(transpose(ones(n)), a), total(a)),
    "1^T 1": (matmul(transpose(ones(n)), ones(n)), size(n)),
    "the sum of u .* v": (total(hadamard(a, b)), matmul(transpose(a), b)),
    "the sum of an outer product": (total(matmul(a, transpose(b))), times(total(a), total(b))),
    "the trace of a Kronecker product": (trace(kron(X, Y)), times(trace(X), trace(Y))),
    "the inverse of a Kronecker product": (inverse(kron(X, Y)), kron(inverse(X), inverse(Y))),
    "the transpose of a Kronecker product": (transpose(kron(A, B)), kron(transpose(A), transpose(B))),
    "equal scalar bases": (times(s, t, s, power(s, num(-3))), divide(t, s)),
    "the power of a product": (power(times(s, t), num(2)), times(power(s, num(2)), power(t, num(2)))),
    "the power of a power": (power(power(s, t), num(2)), power(s, times(num(2), t))),
    "an exact root": (power(num(4), divide(one, num(2))), num(2)),
    "the opposite of a difference": (opposite(subtract(a, b)), subtract(b, a)),
    "X^0": (matrix_power(X, num(0)), eye(n)),
    "a unit vector takes an entry": (matmul(transpose(unit(num(2), n)), a), entry(a, num(2), one)),
    "an entry of a transpose": (entry(transpose(A), num(2), one), entry(A, one, num(2))),
    "an entry of a literal": (entry(literal(2, 2, [s, t, k, one]), num(2), one), k),
    "a literal of one entry": (literal(1, 1, [s]), s),
    "what has no index leaves the sum": (
        indexed_sum("i", one, size(Dim.of("N")), times(s, matmul(transpose(w), a))),
        times(s, indexed_sum("i", one, size(Dim.of("N")), matmul(transpose(w), a))),
    ),
    "a sum of equal terms": (indexed_sum("i", one, size(Dim.of("N")), a), times(size(Dim.of("N")), a)),
}


@pytest.mark.parametrize("law", LAWS)
def test_law(law: str) -> None:
    left, right = LAWS[law]
    assert left is right


def test_nothing_is_expanded_and_nothing_factored() -> None:
    product = matmul(add(X, Y), a)
    assert product is not add(matmul(X, a), matmul(Y, a))
    assert times(s, add(a, b)) is not add(times(s, a), times(s, b))
    assert product.size < add(matmul(X, a), matmul(Y, a)).size


def test_no_law_that_does_not_hold() -> None:
    assert matmul(X, Y) is not matmul(Y, X)
    assert trace(matmul(X, Y, Z)) is not trace(matmul(X, Z, Y))
    assert power(power(s, num(2)), divide(one, num(2))) is not s  # |s|
    assert power(times(s, t), divide(one, num(2))) is not times(power(s, divide(one, num(2))), power(t, divide(one, num(2))))
    assert matmul(V, transpose(V)) is not eye(n)
    assert transpose(X) is not X and inverse(X) is not transpose(X)
    assert times(zeros(n, n), s) is zeros(n, n)


@pytest.mark.parametrize(
    "constructor, arguments",
    [(add, (A, X)), (matmul, (A, A)), (hadamard, (A, X)), (times, (A, A)), (add, (a, transpose(a))), (matmul, (a, b))],
)
def test_what_does_not_fit_is_refused(constructor: Any, arguments: tuple[Expr, ...]) -> None:
    with pytest.raises(ShapeError):
        constructor(*arguments)


# ---------------------------------------------------------------------------------------------- interning


def test_equal_expressions_are_one_object() -> None:
    first = add(matmul(A, B), matmul(symbol("A", (m, n)), symbol("D", (n, p))))
    again = add(matmul(symbol("A", (m, n)), symbol("D", (n, p))), matmul(symbol("A", (m, n)), symbol("B", (n, p))))
    assert first is again and first == again and hash(first) == hash(again)
    assert symbol("A", (m, n)) is not symbol("A", (n, m))
    assert symbol("X", (n, n)) is not symbol("X", (n, n), ["symmetric"])
    assert make(TIMES, (s, t), None, (ONE, ONE), 2) is make(TIMES, (s, t), None, (ONE, ONE), 2)


def test_a_shared_part_is_one_node() -> None:
    e = X
    for _ in range(200):
        e = matmul(add(e, Y), add(e, Y))
    assert len(postorder(e)) < 1000
    assert rebuild(e, e.args) is e


def test_free_indices_are_known() -> None:
    body = matmul(transpose(w), a)
    assert body.indices == {"i"} and {leaf.op for leaf in postorder(body)} >= {INDEX, MEMBER}
    assert not indexed_sum("i", one, num(3), body).indices


PROGRAM = """
from matcalc.build import add, hadamard, matmul, symbol, times, trace
from matcalc.kinds import Dim
n = Dim.of("n")
X, Y, Z = (symbol(x, (n, n)) for x in "XYZ")
e = add(matmul(X, Y), hadamard(Z, Y, X), times(trace(matmul(Z, X, Y)), symbol("t"), X))
print(e.digest.hex(), [a.digest.hex() for a in e.args])
"""


def test_digests_do_not_depend_on_the_hash_seed() -> None:
    printed = {python("-c", PROGRAM, env={"PYTHONHASHSEED": seed}).out for seed in "0123"}
    assert len(printed) == 1 and len(printed.pop()) > 24
