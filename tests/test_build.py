"""The constructors: whatever they rearrange keeps its value, and what is equal by the laws of the normal form is one object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from console import python
from garden import Garden, Withered, value

from matcalc.errors import ShapeError
from matcalc.expressions.build import (
    add,
    apply,
    divide,
    entry,
    eye,
    hadamard,
    index,
    indexed_sum,
    inverse,
    literal,
    matmul,
    matrix_power,
    member,
    num,
    ones,
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
from matcalc.expressions.expr import Expr, make, postorder, transform
from matcalc.kinds import ONE, Dim
from matcalc.ops import by_name
from matcalc.ops.core import ADD, INDEX, MEMBER, TIMES

m, n, p = Dim.of("m"), Dim.of("n"), Dim.of("p")


# ---------------------------------------------------------------------------------------------- random expressions


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
        tried += 1
        if not any(e.op is ADD for x in (a, b, c) for e in postorder(x)):  # r + r of a sum r is 2 r and stays so
            assert add(a, b, c) is add(c, b, a) is add(add(b, a), c)
        assert times(s, t, a) is times(t, times(s, a))
        assert hadamard(a, b, c) is hadamard(c, hadamard(b, a))
    assert tried > 800


# ---------------------------------------------------------------------------------------------- laws without a name in the book

A, B, C = symbol("A", (m, n)), symbol("B", (n, p)), symbol("C", (m, n))
X, Y, Z = symbol("X", (n, n)), symbol("Y", (n, n)), symbol("Z", (n, n))
S, K = symbol("S", (n, n), ["symmetric"]), symbol("K", (n, n), ["skew"])
Q, V, P = symbol("Q", (n, n), ["orthogonal"]), symbol("V", (n, m), ["orthonormal"]), symbol("P", (n, n), ["idempotent"])
a, b, c, d = (symbol(x, (n, ONE)) for x in "abcd")
s, t, k = symbol("s"), symbol("t"), symbol("k", (ONE, ONE), ["integer"])
one, i = num(1), index("i")
w = member("w", i, (n, ONE))


def pinv(e: Expr) -> Expr:
    return apply(by_name("pinv"), (e,))


LAWS: dict[str, tuple[Expr, Expr]] = {
    "rows add as columns": (add(transpose(a), transpose(b)), transpose(add(a, b))),
    "a matrix and its inverse inside": (matmul(A, X, inverse(X), B), matmul(A, B)),
    "the transpose of a pseudoinverse beside it": (matmul(A, pinv(A), transpose(pinv(A)), B), matmul(transpose(pinv(A)), B)),
    "the transpose of a pseudoinverse before it": (matmul(transpose(pinv(A)), pinv(A), A), transpose(pinv(A))),
    "symbolic powers merge": (matmul(matrix_power(X, k), X), matrix_power(X, add(k, one))),
    "V^T V of orthonormal columns": (matmul(transpose(V), V), eye(m)),
    "an exact root": (power(num(4), divide(one, num(2))), num(2)),
    "a unit vector takes an entry": (matmul(transpose(unit(num(2), n)), a), entry(a, num(2), one)),
    "a literal of one entry": (literal(1, 1, [s]), s),
    "a sum with ones at the end": (matmul(a, transpose(b), ones(n, n)), times(total(b), matmul(a, transpose(ones(n))))),
    "an entrywise power of I": (power(eye(n), num(2)), eye(n)),
    "what has no index leaves the sum": (
        indexed_sum("i", one, size(Dim.of("N")), times(s, matmul(transpose(w), a))),
        times(s, indexed_sum("i", one, size(Dim.of("N")), matmul(transpose(w), a))),
    ),
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
from matcalc.expressions.build import add, hadamard, matmul, symbol, times, trace
from matcalc.kinds import Dim
n = Dim.of("n")
X, Y, Z = (symbol(x, (n, n)) for x in "XYZ")
e = add(matmul(X, Y), hadamard(Z, Y, X), times(trace(matmul(Z, X, Y)), symbol("t"), X))
print(e.digest.hex(), [a.digest.hex() for a in e.args])
"""


def test_digests_do_not_depend_on_the_hash_seed() -> None:
    printed = {python("-c", PROGRAM, env={"PYTHONHASHSEED": seed}).out for seed in "0123"}
    assert len(printed) == 1 and len(printed.pop()) > 24
