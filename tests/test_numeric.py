"""The evaluator: leaves, products, sums over an index, families, and the user's arrays in and out."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.errors import ShapeError, UsageError
from matcalc.expressions import build as b
from matcalc.expressions.expr import Expr, make
from matcalc.kinds import ONE, Dim, Shape
from matcalc.notation.axes import over_axes
from matcalc.numbers import precise
from matcalc.numbers.given import prepare, release
from matcalc.numbers.numeric import Plan, evaluate
from matcalc.ops import by_name
from matcalc.ops.core import CASES, COMMUTATION, INDEXED_PRODUCT, IVERSON, MATMUL

m, n, p, N = (Dim.of(d) for d in "mnpN")
SIZES = {"m": 2, "n": 3, "p": 4, "N": 5}
SCALAR: Shape = (ONE, ONE)
A, B, x, y, s = b.symbol("A", (m, n)), b.symbol("B", (n, p)), b.symbol("x", (n, ONE)), b.symbol("y", (m, ONE)), b.symbol("s")
i, j = b.index("i"), b.index("j")
rng = np.random.default_rng(0)
ENV: dict[str, Any] = {
    "A": rng.standard_normal((2, 3)),
    "B": rng.standard_normal((3, 4)),
    "x": rng.standard_normal((3, 1)),
    "y": rng.standard_normal((2, 1)),
    "s": 1.5,
    "w": rng.standard_normal((5, 3, 1)),
    "t": rng.standard_normal(5),
}


def w(k: Expr) -> Expr:
    return b.member("w", k, (n, ONE))


def t(k: Expr) -> Expr:
    return b.member("t", k, SCALAR)


def sum_over(name: str, body: Expr, high: Expr | None = None) -> Expr:
    return b.indexed_sum(name, b.num(1), high or b.size(N), body)


def test_leaves() -> None:
    assert evaluate(b.num(Fraction(1, 3)), {}, {}) == 1 / 3
    assert evaluate(b.num(-(10**400)), {}, {}) == -math.inf
    assert evaluate(b.size(m * n + 1), {}, SIZES) == 7.0
    assert evaluate(b.constant("pi"), {}, {}) == math.pi
    np.testing.assert_array_equal(evaluate(b.eye(n), {}, SIZES), np.eye(3))
    np.testing.assert_array_equal(evaluate(b.ones(m, n), {}, SIZES), np.ones((2, 3)))
    np.testing.assert_array_equal(evaluate(b.zeros(m, n), {}, SIZES), np.zeros((2, 3)))
    np.testing.assert_array_equal(evaluate(b.unit(b.num(2), n), {}, SIZES), [[0], [1], [0]])
    np.testing.assert_array_equal(evaluate(b.literal(2, 2, [b.num(1), s, b.num(0), s]), ENV, {}), [[1, 1.5], [0, 1.5]])


def test_the_commutation_matrix_turns_vec_into_vec_of_the_transpose() -> None:
    K = evaluate(make(COMMUTATION, (), (m, n), (m * n, m * n), 1), {}, SIZES)
    X = ENV["A"]
    np.testing.assert_array_equal(K @ X.reshape(-1, order="F"), X.T.reshape(-1, order="F"))


def test_products_and_sums() -> None:
    X, Y, v, u = (ENV[k] for k in "ABxy")
    np.testing.assert_allclose(evaluate(b.matmul(A, B), ENV, SIZES), X @ Y)
    np.testing.assert_allclose(evaluate(b.matmul(b.transpose(y), A, B), ENV, SIZES), u.T @ X @ Y)
    np.testing.assert_allclose(evaluate(b.add(b.times(s, A), b.matmul(y, b.transpose(x))), ENV, SIZES), 1.5 * X + u @ v.T)
    np.testing.assert_allclose(evaluate(b.hadamard(A, A, b.ones(m, n)), ENV, SIZES), X * X)
    scalar = evaluate(b.matmul(b.transpose(y), A, x), ENV, SIZES)
    assert np.ndim(scalar) == 0 and scalar == pytest.approx((u.T @ X @ v).item())
    square = b.matmul(A, b.transpose(A))
    long = make(MATMUL, (square, square, square, A), None, A.shape, 9)
    np.testing.assert_allclose(evaluate(long, ENV, SIZES), np.linalg.matrix_power(X @ X.T, 3) @ X)


def test_several_roots_share_their_nodes() -> None:
    f = by_name("exp")
    e = b.apply(f, (s,))
    assert evaluate([e, b.times(e, e), s], ENV, {}) == pytest.approx((math.exp(1.5), math.exp(3), 1.5))


def test_deep_expressions_do_not_recurse() -> None:
    e = s
    for _ in range(20_000):
        e = b.apply(by_name("tanh"), (e,))
    assert 0 < evaluate(e, ENV, {}) < 1


def test_a_sum_over_a_family() -> None:
    e = sum_over("i", b.times(t(i), b.matmul(A, w(i))))
    by_hand = sum(ENV["t"][k] * ENV["A"] @ ENV["w"][k] for k in range(5))
    np.testing.assert_allclose(evaluate(e, ENV, SIZES), by_hand)


def test_nested_sums_and_sums_that_share_an_index_name() -> None:
    exp = by_name("exp")
    inner = sum_over("j", b.apply(exp, (b.add(t(i), t(j)),)), high=i)
    values = ENV["t"]
    triangle = sum(math.exp(values[k] + values[h]) for k in range(5) for h in range(k + 1))
    assert evaluate(sum_over("i", inner), ENV, SIZES) == pytest.approx(triangle)
    twice = b.add(b.apply(exp, (sum_over("i", b.apply(exp, (t(i),))),)), sum_over("i", b.times(t(i), i)))
    assert evaluate(twice, ENV, SIZES) == pytest.approx(math.exp(sum(np.exp(values))) + values @ np.arange(1, 6))
    outer = sum_over("i", b.power(b.add(t(i), sum_over("j", b.apply(exp, (t(j),)))), b.num(2)))
    assert evaluate(outer, ENV, SIZES) == pytest.approx(sum((values + sum(np.exp(values))) ** 2))


def test_what_does_not_move_is_computed_once() -> None:
    fixed = b.matmul(A, x)
    plan = Plan(sum_over("i", b.hadamard(fixed, b.power(b.times(i, fixed), s))))
    (body,) = plan._bodies.values()
    assert fixed not in [e for e, *_ in body] and len(body) <= 5


def test_empty_sums_and_products_and_series() -> None:
    none = make(INDEXED_PRODUCT, (b.num(1), b.num(0), t(i)), "i", SCALAR, 5)
    assert evaluate(none, ENV, SIZES) == 1.0
    np.testing.assert_array_equal(evaluate(sum_over("i", b.times(i, A), high=b.num(0)), ENV, SIZES), np.zeros((2, 3)))
    factorial = by_name("factorial")
    k = b.index("k")
    series = b.indexed_sum("k", b.num(0), b.constant("infty"), b.divide(b.power(s, k), b.apply(factorial, (k,))))
    assert evaluate(series, ENV, {}) == pytest.approx(math.exp(1.5), rel=1e-14)
    product = make(INDEXED_PRODUCT, (b.num(1), b.size(N), t(i)), "i", SCALAR, 5)
    assert evaluate(product, ENV, SIZES) == pytest.approx(np.prod(ENV["t"]))


def test_free_indices_have_values_of_their_own() -> None:
    np.testing.assert_array_equal(evaluate(w(i), ENV, SIZES, {"i": 2}), ENV["w"][1])
    with pytest.raises(UsageError, match="index i"):
        evaluate(w(i), ENV, SIZES)


def test_a_member_that_is_not_there() -> None:
    for k in (0, 6):
        with pytest.raises(ShapeError, match="family t"):
            evaluate(t(b.num(k)), ENV, SIZES)
    with pytest.raises(ShapeError, match="index 4 is not in 1 … 3"):
        evaluate(b.entry(x, b.num(4), b.num(1)), ENV, SIZES)
    with pytest.raises(UsageError, match="no value was given for C"):
        evaluate(b.symbol("C", (m, n)), ENV, SIZES)
    with pytest.raises(ShapeError, match="size q"):
        evaluate(b.eye(Dim.of("q")), ENV, SIZES)


def test_relations_and_cases() -> None:
    step = make(IVERSON, (x, b.zeros(n)), ">", x.shape, 4)
    np.testing.assert_array_equal(evaluate(step, ENV, SIZES), ENV["x"] > 0)
    positive = make(IVERSON, (s, b.num(0)), ">", SCALAR, 4)
    large = make(IVERSON, (s, b.num(5)), ">=", SCALAR, 4)
    e = make(CASES, (b.num(9), large, b.power(s, b.num(2)), positive, b.num(-1)), None, SCALAR, 9)
    assert [evaluate(e, {"s": v}, {}) for v in (6.0, 2.0, -1.0)] == [9, 4, -1]
    assert math.isnan(evaluate(make(CASES, (b.num(9), large), None, SCALAR, 4), ENV, {}))


def test_complex_steps_go_through() -> None:
    e = b.matmul(b.transpose(y), A, b.apply(by_name("tanh"), (b.matmul(B, b.transpose(B), x),)))
    E = rng.standard_normal((3, 1))
    h = 1e-30
    step = evaluate(e, {**ENV, "x": ENV["x"] + 1j * h * E}, SIZES).imag / h
    d = 1e-6
    ahead, behind = (evaluate(e, {**ENV, "x": ENV["x"] + k * d * E}, SIZES) for k in (1, -1))
    assert step == pytest.approx((ahead - behind) / (2 * d), rel=1e-7)


# ---------------------------------------------------------------------------------------------- the user's arrays


def test_arrays_in_and_out() -> None:
    symbols = {"A": A.shape, "x": x.shape, "s": SCALAR, "r": (ONE, n)}
    given = {"A": [[1, 2, 3], [4, 5, 6]], "x": [1, 2, 3], "s": 2, "r": [7, 8, 9], "w": np.ones((5, 3)), "t": [0] * 5}
    env, sizes = prepare(symbols, {"w": ((N,), (n, ONE)), "t": ((N,), SCALAR)}, given)
    assert sizes == {"m": 2, "n": 3, "N": 5}
    assert env["x"].shape == (3, 1) and env["r"].shape == (1, 3) and env["w"].shape == (5, 3, 1) and env["t"].shape == (5,)
    assert release(evaluate(b.matmul(A, x), env, sizes), (m, ONE)).tolist() == [14, 32]
    assert release(env["r"], (ONE, n)).tolist() == [7, 8, 9]
    assert release(env["A"], A.shape).shape == (2, 3)
    assert type(release(evaluate(s, env, sizes), SCALAR)) is float
    assert release(1 + 2j, SCALAR) == 1 + 2j


def test_columns_and_rows_may_be_given_as_such() -> None:
    env, _ = prepare({"x": x.shape, "r": (ONE, n)}, {}, {"x": np.ones((3, 1)), "r": np.ones((1, 3))})
    assert env["x"].shape == (3, 1) and env["r"].shape == (1, 3)


def test_vectors_of_one_entry_stay_vectors() -> None:
    env, sizes = prepare({"x": x.shape}, {}, {"x": [2.0]})
    assert env["x"].shape == (1, 1) and sizes == {"n": 1}
    assert np.shape(evaluate(b.apply(by_name("exp"), (x,)), env, sizes)) == (1, 1)


def test_sizes_from_products_and_sums() -> None:
    shapes = {"v": (m * n, ONE), "u": (m + n, ONE), "a": (m, ONE)}
    assert prepare(shapes, {}, {"v": [0] * 6, "u": [0] * 5, "a": [0] * 2})[1] == {"m": 2, "n": 3}
    assert prepare({"v": (n * 2 + 1, ONE)}, {}, {"v": [0] * 7})[1] == {"n": 3}
    assert prepare({"v": (Dim.of(10) - n, ONE)}, {}, {"v": [0] * 7})[1] == {"n": 3}
    assert prepare({"v": (n * n, ONE)}, {}, {"v": [0] * 49})[1] == {"n": 7}
    assert prepare({"v": (m * m * n, ONE), "u": (m + n, ONE)}, {}, {"v": [0] * 12, "u": [0] * 5})[1] == {"m": 2, "n": 3}
    assert prepare({"x": x.shape}, {}, {"x": [1, 2], "n": 2})[1] == {"n": 2}
    with pytest.raises(ShapeError, match="do not follow from the shapes: m n = 6"):
        prepare({"v": (m * n, ONE)}, {}, {"v": [0] * 6})
    assert prepare({"v": (m * n, ONE)}, {}, {"v": [0] * 6}, known={"m": 2})[1] == {"m": 2, "n": 3}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"A": np.ones((2, 3)), "x": [1, 2]}, "x has shape (2,), expected (n,) = (3,)"),
        ({"A": np.ones((2, 3)), "x": np.ones((3, 3))}, "x has shape (3, 3), expected (n,)"),
        ({"A": np.ones(3), "x": [1, 2, 3]}, "A has shape (3,), expected (m, n)"),
        ({"A": np.ones((2, 3)), "x": 5}, "x has shape (), expected (n,)"),
    ],
)
def test_shape_errors_name_the_variable_and_both_shapes(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        prepare({"A": A.shape, "x": x.shape}, {}, given)
    assert message in str(caught.value)


def test_values_that_are_missing_too_many_or_no_numbers() -> None:
    with pytest.raises(UsageError, match=r"no value was given for x \(n,\)"):
        prepare({"A": A.shape, "x": x.shape}, {}, {"A": np.ones((2, 3))})
    with pytest.raises(UsageError, match="z does not occur; the values wanted are s"):
        prepare({"s": SCALAR}, {}, {"s": 1, "z": 2})
    for junk in ("one", [[1, 2], [3]], object(), {"a": 1}):
        with pytest.raises(UsageError, match="the value of s is not an array of numbers"):
            prepare({"s": SCALAR}, {}, {"s": junk})
    with pytest.raises(ShapeError, match=r"s has shape \(1,\), expected a number"):
        prepare({"s": SCALAR}, {}, {"s": [1.0]})


def test_the_members_of_a_family_are_counted() -> None:
    with pytest.raises(ShapeError, match=r"w has shape \(4, 3\), expected \(N, n\) = \(5, 3\)"):
        prepare({"x": x.shape}, {"t": ((N,), SCALAR), "w": ((N,), (n, ONE))}, {"x": [1, 2, 3], "t": [1] * 5, "w": np.ones((4, 3))})
    assert prepare({}, {"t": ((None,), SCALAR)}, {"t": [1, 2]})[0]["t"].tolist() == [1, 2]


def test_free_indices_move_only_what_depends_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    e = b.times(b.entry(A, j, i), b.entry(b.matmul(A, b.transpose(A)), j, j), b.entry(x, i, b.num(1)))
    plan = Plan(e)
    found = dict(plan.run_over(ENV, SIZES, ["j", "i"], [2, 3]))
    assert found == {at: plan.run(ENV, SIZES, {"j": at[0] + 1, "i": at[1] + 1})[0] for at in np.ndindex(2, 3)}
    ran: list[Expr] = []
    once = Plan._run
    monkeypatch.setattr(Plan, "_run", lambda self, steps, *rest: (ran.extend(n for n, *_ in steps), once(self, steps, *rest))[1])
    list(plan.run_over(ENV, SIZES, ["j", "i"], [2, 3]))
    count = {n: ran.count(n) for n in ran}
    assert count[A] == 1 and count[b.entry(b.matmul(A, b.transpose(A)), j, j)] == 2 and count[b.entry(A, j, i)] == 6


SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


@pytest.mark.parametrize("op", ["inv", "pinv", "expm", "sqrtm", "logm", "singvec", "norm_nuclear", "norm2", "adj", "det", "logdet"])
def test_what_has_no_value_is_not_a_number(op: str) -> None:
    """No error of LAPACK comes out, and none hangs on an infinity."""
    X = b.symbol("X", (m, m))
    e = b.apply(by_name(op), (X,))
    for value in (SINGULAR, np.full((2, 2), np.inf), np.full((2, 2), np.nan), np.zeros((2, 2))):
        with np.errstate(all="ignore"):
            found = evaluate(e, {"X": value}, SIZES)
        assert np.shape(found) == (() if e.is_scalar else tuple(d.value(SIZES) for d in e.shape))
    assert np.isnan(evaluate(b.inverse(X), {"X": SINGULAR}, SIZES)).all()


@pytest.mark.parametrize(
    "text",
    [
        "J[i,j] = sum_k A[i,k] A[j,k]",
        "J[i,j] = 3 sum_k sum_l A[i,k] A[j,l] B[k,l]^2 + delta[i,j] sin(A[i,1])",
        "J[i] = sum_{k=1}^n A[i,1]",
        "J[i,j,l] = cases(A[i,j], j > 1, i + 2) exp(B[j,l]) A[1,1]/2",
        "J[i] = 1[i < 2] A[i,3] - i",
    ],
)
def test_index_forms_for_all_indices_at_once(text: str) -> None:
    """The same numbers as for one place after the other."""
    form: Any = matcalc.parse(text, where="A in R^{m x n}; B in R^{n x n}")
    given = {"A": ENV["A"], "B": rng.standard_normal((3, 3))}
    typed = form._typed
    marks = typed.form[2]
    ranges = [typed.index_ranges[k].value(SIZES) for k in marks]
    found = over_axes(typed.expr, given, SIZES, marks, ranges)
    assert found is not None
    for at, value in Plan(typed.expr).run_over(given, SIZES, marks, ranges):
        assert np.isclose(found[at], value)
    assert np.allclose(form.evaluate(given), found)


def test_an_index_form_beyond_a_matrix_says_which_index() -> None:
    form: Any = matcalc.parse("J[i] = A[i,7]", where="A in R^{m x n}")
    with pytest.raises(ShapeError, match="the index 7 is not in"):
        form.evaluate({"A": ENV["A"]})


@pytest.mark.parametrize("text", ["huber(s, -1)", "clip(s, 2, 1)"])
def test_outside_its_condition_a_function_has_no_value(text: str) -> None:
    assert math.isnan(matcalc.parse(text, where="s in R").evaluate({"s": 0.5}))


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("1 - sigmoid(z)^2", lambda e: 2 * e),
        ("1 - tanh(z)^2", lambda e: 4 * e**2),
        ("log(sigmoid(z))", lambda e: -e),
        ("log(1 - sigmoid(z))", lambda e: -40.0),
        ("atanh(sigmoid(z))", lambda e: 20 + math.log(2) / 2),
    ],
)
def test_saturated_functions_keep_their_digits(text: str, exact: Any) -> None:
    """At z = 40 the logistic function differs from 1 by exp(-40), which 50 digits see."""
    e: Any = matcalc.parse(text, where="z in R").expr
    with precise.precision(50):
        assert float(Plan(e, precise).value({"z": precise.exact(40)}, {})) == pytest.approx(exact(math.exp(-40)), rel=1e-14)
