"""Arrays without NumPy have the values that NumPy's have, and the check with them refuses what is wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from console import python
from corpus import cases
from test_ops import BOOK, FREE_FORM, SIZES, draw

import matcalc
from matcalc.errors import NoAnswerError, ShapeError, VerificationError
from matcalc.expressions.expr import Operation, postorder
from matcalc.kinds import ONE, SCALAR, Dim, Shape
from matcalc.numbers import kernels, numeric, plain, verify
from matcalc.numbers.numeric import Plan, is_small, kernel
from matcalc.ops import by_name

n = Dim.of("n")
HERE = [op for op in BOOK if op.numeric and numeric._is_plain(op)]


def plain_of(value: Any) -> Any:
    return plain.Array(np.ravel(value).tolist(), value.shape) if np.ndim(value) else value


def array_of(value: Any) -> Any:
    return np.reshape(value.data, value.shape) if isinstance(value, plain.Array) else value


def same(op: Operation, arguments: list[Any], rows: int = 0, cols: int = 0, attr: Any = None) -> None:
    """The operation's text has one value in both; one argument stands for a list where the operation takes any number."""
    given = arguments if op.params else [arguments]
    mine = [plain_of(a) for a in arguments]
    expected = kernel(op).call(*given, rows, cols, attr, SIZES)
    found = array_of(kernel(op, plain).call(*(mine if op.params else [mine]), rows, cols, attr, SIZES))
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("op", [op for op in HERE if op.name not in FREE_FORM], ids=lambda op: op.name)
def test_the_book_has_the_values_that_numpy_gives(op: Operation) -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        same(op, draw(op, rng))


def test_much_of_the_book_is_here() -> None:
    names = {op.name for op in HERE}
    assert len(names) > 50
    assert names >= {"matmul", "hadamard", "transpose", "inv", "det", "tr", "kron", "exp", "softmax", "norm", "power", "entry"}
    assert not names & {"expm", "pinv", "sqrtm", "polar"}


def test_what_any_number_of_arguments_may_have() -> None:
    rng = np.random.default_rng(4)
    A, B, C, x = (rng.standard_normal(shape) for shape in ((3, 4), (4, 2), (3, 4), (4, 1)))
    same(by_name("add"), [A, C, A])
    same(by_name("times"), [2.0, A, 3.0])
    same(by_name("hadamard"), [A, C])
    same(by_name("matmul"), [A, B, B.T, x])
    same(by_name("matmul"), [2.0, A, B])
    same(by_name("matmul"), [2.0, 3.0])
    same(by_name("literal"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3)
    same(by_name("entry"), [A, 3.0, 2.0])
    same(by_name("unit"), [2.0], 4)
    for name in ("eye", "ones", "zeros"):
        same(by_name(name), [], 4, 4)
    for relation in ("<", ">", "<=", ">=", "=", "!="):
        same(by_name("iverson"), [A, C], attr=relation)
        same(by_name("iverson"), [0.5, A], attr=relation)
        same(by_name("iverson"), [A, 0.5], attr=relation)
        same(by_name("iverson"), [0.5, 0.5], attr=relation)


@pytest.mark.parametrize("word", ["exp", "log", "arcsin", "arccosh", "arctanh", "sinh"])
def test_outside_the_domain_is_no_number(word: str) -> None:
    for x in (-1e9, -2.0, 0.0, 2.0, 1e9):
        with np.errstate(all="ignore"):
            expected = getattr(np, word)(x)
        assert getattr(plain.np, word)(x) == pytest.approx(expected, nan_ok=True)


def test_quotients_and_powers_have_the_limits_of_numpy() -> None:
    values = (-2.0, -0.5, 0.0, 0.5, 2.0, 1e300)
    with np.errstate(all="ignore"):
        for a in values:
            for b in values:
                assert plain.quotient(a, b) == pytest.approx(float(np.float64(a) / b), nan_ok=True), (a, b)
                assert plain.np.power(a, b) == pytest.approx(float(np.power(a, b)), nan_ok=True), (a, b)
            assert plain.np.power(a, -2.0) == pytest.approx(float(np.power(a, -2.0)), nan_ok=True)


def test_wrong_shapes_and_singular_matrices() -> None:
    A, x = plain.np.ones((2, 3)), plain.np.ones((2, 1))
    for wrong in (lambda: A @ x, lambda: A + x, lambda: plain.np.linalg.det(A), lambda: plain.np.linalg.inv(plain.np.ones((3, 3)))):
        with pytest.raises((ValueError, ZeroDivisionError)):
            wrong()
    assert plain.np.linalg.det(plain.np.ones((3, 3))) == 0.0 and plain.log_determinant(plain.np.ones((2, 2))) == -math.inf
    with pytest.raises(ShapeError):
        plain.unit_vector(5.0, 4)


def test_zero_pivots() -> None:
    X = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    np.testing.assert_allclose(array_of(plain.np.linalg.inv(plain_of(X))), np.linalg.inv(X))
    assert plain.np.linalg.det(plain_of(X)) == pytest.approx(np.linalg.det(X))


def test_random_numbers() -> None:
    """The first outputs of SplitMix64 from the state 1234567, as its authors' code gives them."""
    rng = plain.random(1234567)
    assert [rng._next() for _ in range(3)] == [
        k * 2.0**-53 for k in (6457827717110365317 >> 11, 3203168211198807973 >> 11, 9817491932198370423 >> 11)
    ]
    drawn = plain.random(1).uniform(-1.0, 1.0, (40, 40))
    assert drawn.shape == (40, 40) and abs(sum(drawn.data)) < 100 and min(drawn.data) < -0.99 and max(drawn.data) > 0.99
    assert {plain.random(2).choice([-1.0, 1.0], (9, 9))[i, 0] for i in range(9)} == {-1.0, 1.0}


@pytest.mark.parametrize("properties", [(), ("symmetric",), ("spd",), ("diagonal", "invertible"), ("skew",), ("lower",), ("upper",)])
def test_points_have_their_properties(properties: tuple[str, ...]) -> None:
    X = array_of(verify.draw((4, 4), properties, plain.random(5), arrays=plain))
    holds = {
        "symmetric": np.allclose(X, X.T),
        "skew": np.allclose(X, -X.T),
        "lower": np.allclose(X, np.tril(X)),
        "upper": np.allclose(X, np.triu(X)),
        "diagonal": np.allclose(X, np.diag(np.diag(X))),
        "spd": np.allclose(X, X.T) and np.linalg.eigvalsh(X)[0] > 0,
        "invertible": abs(np.linalg.det(X)) > 1e-3,
    }
    assert all(holds[p] for p in properties) and np.any(X - np.diag(np.diag(X))) != ("diagonal" in properties)


# ---------------------------------------------------------------------------------------------- the check


CORPUS = [c for name in ("public", "rivals") for c in cases(name)]


@pytest.mark.parametrize("case", CORPUS[::3], ids=lambda c: c["id"])
def test_expressions_have_the_values_that_numpy_gives(case: dict[str, Any]) -> None:
    typed = matcalc.parse(case["expr"], where=case["where"])._typed
    symbols = {k: (s.shape, s.attr[1]) for k, s in typed.symbols.items() if s.op.name == "symbol"}
    nodes = postorder(typed.expr)
    families = {e.attr[0]: (typed.families[e.attr[0]][1], e.shape, e.attr[1]) for e in nodes if e.op.name == "member"}
    point = verify.Point(symbols, families)
    sizes = point.orders([d for e in nodes for d in e.shape])[0]
    if not point.is_plain() or not is_small(nodes, sizes):
        return
    env = point.draw(sizes, plain.random(6), 1.0, True, plain)
    known = {k: np.array([array_of(m) for m in v]) if isinstance(v, list) else array_of(v) for k, v in env.items()}
    found, expected = Plan(typed.expr, plain).value(env, sizes), Plan(typed.expr).value(known, sizes)
    np.testing.assert_allclose(np.ravel(array_of(found)), np.ravel(expected), rtol=1e-9, atol=1e-12)


def check(f: Any, jacobian: Any, shape: Shape = (n, ONE)) -> None:
    point = verify.Point({"x": (shape, ())}, {})
    verify.verify(lambda env, s: f(env["x"]), lambda env, s: jacobian(env["x"]), ("x", None), shape, point, arrays=plain)


def test_the_check_refuses_what_is_wrong() -> None:
    def squares(x: plain.Array) -> float:
        return float(sum(a * a for a in x.data))

    check(squares, lambda x: 2.0 * x)

    def of_square(x: plain.Array, other: plain.Array) -> plain.Array:
        eye = plain.np.eye(len(x))
        return plain.np.kron(x, eye) + plain.np.kron(eye, other)

    check(lambda x: x @ x, lambda x: of_square(x, x.T), (n, n))
    with pytest.raises(VerificationError):
        check(lambda x: x @ x, lambda x: of_square(x, x), (n, n))
    check(math.sin, math.cos, SCALAR)
    turned = [lambda x: -2.0 * x, lambda x: 2.00001 * x, lambda x: 2.0 * plain.Array(x.data[::-1], x.shape), lambda x: 0.0 * x]
    for wrong in turned:
        with pytest.raises(VerificationError):
            check(squares, wrong)
    with pytest.raises(VerificationError):
        check(lambda x: plain.contracted("ii->11", x @ x), lambda x: 2.0 * x, (n, n))
    check(lambda x: plain.contracted("ii->11", x @ x), lambda x: 2.0 * x.T, (n, n))
    with pytest.raises(NoAnswerError):
        check(lambda x: math.nan, lambda x: x)


def test_the_check_judges_as_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are the same, and as verified, where NumPy has to do it all."""
    asked = [(c["expr"], c["wrt"], c["where"], c["order"]) for c in CORPUS[::9]]
    first = [matcalc.derivative(e, w, where=s, order=k) for e, w, s, k in asked]
    monkeypatch.setattr("matcalc.pipeline.derive.is_small", lambda *_: False)
    for (e, w, s, k), d in zip(asked, first, strict=True):
        other = matcalc.derivative(e, w, where=s, order=k)
        assert (other.text, other.verified) == (d.text, d.verified) == (d.text, "verified")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "expr, wrt",
    [
        ("x^T A x", "x"),
        ("||A x - b||^2", "x"),
        ("log det X + a^T X^-1 a", "X"),
        ("sum(exp(A x))", "x"),
        ("softmax(x)", "x"),
        ("1/N sum_{i=1}^N (w^T x_i - y_i)^2", "w"),
        ("x_1^2 x_2", "x_1"),
    ],
)
def test_a_short_answer_is_checked_without_numpy(expr: str, wrt: str) -> None:
    program = (
        "import sys, matcalc\n"
        f"d = matcalc.derivative({expr!r}, {wrt!r})\n"
        "print(d.text, d.verified)\n"
        "assert d.verified == 'verified'\n"
        "print(sorted({'numpy', 'sympy', 'rich'} & set(sys.modules)))"
    )
    outcome = python("-c", program)
    assert outcome.code == 0 and outcome.out.splitlines()[1] == "[]", outcome


def test_kernels_and_plain_arrays_have_the_same_names_for_the_check() -> None:
    for name in "np random family flat magnitude number full quiet index_of NO_VALUE".split():
        assert hasattr(kernels, name) and hasattr(plain, name)
