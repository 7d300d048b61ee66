"""The check before an answer is shown: it refuses what is wrong and what it cannot judge, and lets through what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import NoAnswerError, VerificationError
from matcalc.inference import templates
from matcalc.kinds import ONE, SCALAR, Dim, Shape
from matcalc.numbers import precise
from matcalc.numbers.agreement import Sides
from matcalc.numbers.arrays import Array
from matcalc.numbers.drawing import draw, has_property
from matcalc.numbers.judge import judge
from matcalc.numbers.matrix_functions import matrix_exponential
from matcalc.numbers.record import Check
from matcalc.numbers.search import Comparison
from matcalc.numbers.verify import Point
from matcalc.numbers.watch import MOST, Watch
from matcalc.ops.book import REGISTRY
from matcalc.ops.vocabulary import DECLARED, WORDS, close_properties
from matcalc.pipeline import judging

m, n = Dim.of("m"), Dim.of("n")
Values = dict[str, Any]
Formula = Callable[[Any, Values], Any]  # of NumPy's words, for decimal numbers, and of the values


def check(f: Formula, jacobian: Formula, shape: Shape = (n, ONE), properties: tuple[str, ...] = (), **others: Shape) -> Check:
    """`f` and `jacobian` are functions of the values; the variable is x."""
    symbols = {"x": (shape, properties)} | {name: (s, ()) for name, s in others.items()}

    def claim(arrays: Any) -> Any:
        def along(env: Values, sizes: Any, e: Any) -> list[list[Any]]:
            numbers, direction = arrays.flat(jacobian(arrays.np, env)), arrays.flat(e)
            k = len(direction)
            return [[sum(a * b for a, b in zip(numbers[i : i + k], direction, strict=True)) for i in range(0, len(numbers), k)]]

        return along

    def function(arrays: Any) -> Any:
        return lambda env, sizes: [f(arrays.np, env)]

    return judge(function, claim, ("x", None), shape, Point(symbols, {}), describe=lambda: "a test")


# ---------------------------------------------------------------------------------------------- right and wrong


def square(np: Any, v: Values) -> Any:
    return (v["x"].T @ v["x"])[0, 0]


def test_a_right_derivative_passes() -> None:
    found = check(square, lambda np, v: v["x"] * 2)
    assert found and found.points == 3 and found.digits >= 30 and not found.unseen
    assert {sizes["n"] for sizes in found.sizes} == {2, 3, 4}
    check(lambda np, v: v["A"] @ v["x"], lambda np, v: v["A"], A=(m, n))
    check(lambda np, v: np.trace(v["x"] @ v["x"]), lambda np, v: 2 * v["x"].T, (n, n))
    check(lambda np, v: np.sin(v["x"]), lambda np, v: np.cos(v["x"]), SCALAR)


@pytest.mark.parametrize(
    "jacobian",
    [
        lambda np, v: v["x"] * -2,
        lambda np, v: v["x"],
        lambda np, v: v["x"] * (2 + Decimal("1e-20")),
        lambda np, v: Array(v["x"].data[::-1], v["x"].shape) * 2,
        lambda np, v: v["x"] * 2 + np.eye(len(v["x"]), 1) * Decimal("1e-20"),
        lambda np, v: v["x"] * 0,
    ],
    ids=["sign", "factor", "the twentieth digit", "order", "one entry", "zero"],
)
def test_a_wrong_derivative_is_refused(jacobian: Any) -> None:
    with pytest.raises(VerificationError, match=r"disagrees with the numerical derivative.*a test"):
        check(square, jacobian)


def test_a_rule_with_a_number_in_place_of_a_size_is_refused() -> None:
    for size in (1, 2, 3, 4):
        with pytest.raises(VerificationError):
            check(lambda np, v: len(v["x"]) * square(np, v), lambda np, v, size=size: v["x"] * 2 * size)  # type: ignore[misc]


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_a_derivative_without_a_value_is_refused(value: str) -> None:
    with pytest.raises((VerificationError, NoAnswerError)):
        check(square, lambda np, v: v["x"] * Decimal(value))


def test_a_transposed_derivative_is_refused() -> None:
    with pytest.raises(VerificationError):
        check(lambda np, v: np.trace(v["x"] @ v["x"]), lambda np, v: 2 * v["x"], (n, n))
    with pytest.raises(VerificationError):
        check(lambda np, v: v["A"] @ v["x"], lambda np, v: v["A"].T, A=(n, n))


def test_the_direction_is_free_where_the_point_is_not() -> None:
    """A derivative that is right along symmetric directions only: entries count as free."""

    def entry(np: Any, v: Values, i: int, j: int) -> Any:
        return np.eye(len(v["x"]), 1, -i) @ np.eye(len(v["x"]), 1, -j).T

    symmetric = ("symmetric",)
    check(lambda np, v: v["x"][0, 1], lambda np, v: entry(np, v, 0, 1), (n, n), symmetric)
    with pytest.raises(VerificationError):
        check(lambda np, v: v["x"][0, 1], lambda np, v: (entry(np, v, 0, 1) + entry(np, v, 1, 0)) / 2, (n, n), symmetric)


def test_a_constant_function() -> None:
    assert check(lambda np, v: Decimal(3), lambda np, v: v["x"] * 0).unseen  # there is a summand, and it is 0
    with pytest.raises(VerificationError):
        check(lambda np, v: Decimal(3), lambda np, v: v["x"] * 0 + 1)


# ---------------------------------------------------------------------------------------------- what cannot be judged


def test_no_finite_point_no_answer() -> None:
    with pytest.raises(NoAnswerError, match="could not be checked") as caught:
        check(lambda np, v: np.log(-square(np, v) - 1), lambda np, v: -2 * v["x"])
    assert "--no-verify" in str(caught.value)


def test_a_singular_matrix_everywhere_is_no_answer() -> None:
    def singular(np: Any, v: Values) -> Any:
        return np.sum(np.linalg.inv(v["x"] @ np.zeros((1, len(v["x"])))))

    with pytest.raises(NoAnswerError):
        check(singular, lambda np, v: v["x"])


def test_points_outside_the_domain_are_followed_by_others() -> None:
    check(lambda np, v: np.sum(np.log(v["x"])), lambda np, v: 1 / v["x"])
    check(lambda np, v: np.sum(np.arccos(v["x"] * 3 / 2)), lambda np, v: -3 / (2 * np.sqrt(1 - (v["x"] * 3 / 2) ** 2)))
    with pytest.raises(VerificationError):
        check(lambda np, v: np.sum(np.log(v["x"])), lambda np, v: -1 / v["x"])


def test_a_kink_at_every_point_is_no_verdict() -> None:
    def kinked(np: Any, v: Values) -> Any:
        x = v["x"][0, 0]
        return np.abs(x - x.quantize(Decimal("1e-9")))

    with pytest.raises(NoAnswerError):
        check(kinked, lambda np, v: v["x"] * 0)


@pytest.mark.parametrize("expr", ["log(-x^2 - 1)", "sqrt(-exp(x))", "acos(2 + x^2)"])
def test_the_engine_refuses_what_it_cannot_check(expr: str) -> None:
    with pytest.raises(NoAnswerError):
        matcalc.derivative(expr, "x", where="x in R")
    d: Any = matcalc.derivative(expr, "x", where="x in R", verify=False)
    assert d.verified == "not checked" and d.text
    outcome = run("d", expr, "--wrt", "x", "--where", "x in R")
    assert outcome.code == 1 and not outcome.out and "--no-verify" in outcome.err
    assert run("d", expr, "--wrt", "x", "--where", "x in R", "--no-verify").out == d.text + "\n"


@pytest.mark.parametrize(
    "expr, wrt, where",
    [
        ("sum(abs(x))", "x", "x in R^n"),
        ("|x|", "x", "x in R"),
        ("relu(A x - b)", "x", "A in R^{m x n}; x in R^n; b in R^m"),
        ("sum(max(x, y))", "x", "x, y in R^n"),
        ("||x||_1 + ||x||_\\infty", "x", "x in R^n"),
        ("||X||_2 + ||X||_*", "X", "X in R^{m x n}"),
        ("sum(1[x > 0] .* x)", "x", "x in R^n"),
        ("log(x)", "x", "x in R"),
        ("x^n", "x", "x in R; n in R"),
        ("logdet(X)", "X", "X in R^{n x n}"),
        ("sum(sqrt(x))", "x", "x in R^n"),
        ("(B^T A B)^-1", "A", "A in R^{n x n}; B in R^{n x m}"),
        ("cot(1[x t <= 0] .* (x - y))", "y", "x, y in R^m; t in R"),  # every entry of x has another sign than t
    ],
)
def test_kinks_and_domains_do_not_stand_in_the_way(expr: str, wrt: str, where: str) -> None:
    d: Any = matcalc.derivative(expr, wrt, where=where)
    assert d.verified == "verified"


# ---------------------------------------------------------------------------------------------- a wrong rule in the book


@pytest.fixture
def broken_book(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Rewrites differentials of the book; what was read of them is forgotten before and after."""
    caches = [f for f in vars(templates).values() if hasattr(f, "cache_clear")]

    def forget() -> None:
        for cached in caches:
            cached.cache_clear()

    def rewrite(name: str, differential: str) -> None:
        monkeypatch.setattr(REGISTRY[name], "differential", differential)
        forget()

    yield rewrite
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    "name, differential, expr, wrt, where",
    [
        ("sin", "-cos(x)", "sum(sin(A x))", "x", "A in R^{m x n}; x in R^n"),
        ("tanh", "1 + tanh(x)^2", "tanh(s)", "s", "s in R"),
        ("inv", "X^-1 dX X^-1", "a^T X^-1 b", "X", "a, b in R^n; X in R^{n x n}"),
        ("det", "det(X) tr(X dX)", "det(X)", "X", "X in R^{n x n}"),
        ("relu", "1", "sum(relu(X))", "X", "X in R^{m x n}"),
        ("relu", "1", "sum(relu(x))", "x", "x in R^n"),
        ("abs", "1", "sum(abs(x))", "x", "x in R^n"),
    ],
)
def test_a_wrong_rule_is_caught(broken_book: Any, name: str, differential: str, expr: str, wrt: str, where: str) -> None:
    right: Any = matcalc.derivative(expr, wrt, where=where)
    broken_book(name, differential)
    with pytest.raises(VerificationError, match="please report"):
        matcalc.derivative(expr, wrt, where=where)
    wrong: Any = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert wrong.text != right.text
    outcome = run("d", expr, "--wrt", wrt, "--where", where)
    assert outcome.code == 1 and not outcome.out and "report" in outcome.err and "Traceback" not in outcome.err


def test_a_wrong_second_derivative_is_caught(broken_book: Any) -> None:
    broken_book("cos", "sin(x)")
    where = "x in R^n"
    assert matcalc.derivative("sum(sin(x))", "x", where=where).text  # type: ignore[union-attr]
    with pytest.raises(VerificationError):
        matcalc.derivative("sum(sin(x))", "x", where=where, order=2)


# ---------------------------------------------------------------------------------------------- points


HAS: dict[str, Any] = {
    "symmetric": lambda x: np.allclose(x, x.T),
    "skew": lambda x: np.allclose(x, -x.T),
    "diagonal": lambda x: np.allclose(x, np.diag(np.diag(x))),
    "orthogonal": lambda x: np.allclose(x @ x.T, np.eye(len(x))),
    "orthonormal": lambda x: np.allclose(x.T @ x, np.eye(x.shape[1])),
    "spd": lambda x: np.allclose(x, x.T) and np.linalg.eigvalsh(x)[0] > 0,
    "psd": lambda x: np.allclose(x, x.T) and np.linalg.eigvalsh(x)[0] > -1e-12,
    "invertible": lambda x: np.linalg.cond(x) < 1e6,
    "lower": lambda x: np.allclose(x, np.tril(x)),
    "upper": lambda x: np.allclose(x, np.triu(x)),
    "idempotent": lambda x: np.allclose(x @ x, x) and not np.allclose(x, np.eye(len(x))),
    "positive": lambda x: np.all(x > 0),
    "nonnegative": lambda x: np.all(x >= 0),
    "unit": lambda x: np.isclose(np.linalg.norm(x), 1),
    "simplex": lambda x: np.isclose(np.sum(x), 1) and np.all(x >= 0),
}
SHAPES = {"tall": (5, 3), "entries": (3, 4), "square": (4, 4), "": (4, 3)}  # by what a word can be said of


@pytest.mark.parametrize("prop", HAS)
def test_what_a_block_says_of_numbers_is_what_the_word_means(prop: str) -> None:
    """`has_property` reads the block; here is the definition by hand."""
    rng = np.random.default_rng(12)
    shape = SHAPES[WORDS[prop].shape]
    for words in ((), (prop,), ("positive",), *([("symmetric",), ("lower",)] if shape == (4, 4) else [])):
        for _ in range(5):
            x = draw(shape, words, rng)
            assert has_property(prop, x) == bool(HAS[prop](x)) or (prop == "idempotent" and np.allclose(x, np.eye(4)))


@pytest.mark.parametrize("prop", [p for p in DECLARED if p != "constant"])
def test_a_drawn_point_has_the_property(prop: str) -> None:
    shape = SHAPES[WORDS[prop].shape]
    rng = np.random.default_rng(13)
    plain = [draw(shape, (), rng) for _ in range(20)]
    assert WORDS[prop].within == "open" or not any(has_property(prop, x) for x in plain)
    for scale, positive in ((1.0, False), (0.5, True), (0.2, False)):
        for _ in range(20):
            x = draw(shape, (prop,), rng, scale, positive)
            assert x.shape == shape and all(has_property(p, x) for p in close_properties((prop,)))


@pytest.mark.parametrize("prop", [p for p in DECLARED if p != "constant"])
def test_a_precise_point_has_the_property(prop: str) -> None:
    shape = SHAPES[WORDS[prop].shape]
    with precise.precision(30):
        x = draw(shape, (prop,), precise.random(3), arrays=precise)
        assert has_property(prop, np.array([[complex(v.real, v.imag) if v.imag else float(v.real) for v in line] for line in x.lines()]))


@pytest.mark.parametrize(
    "props", [("idempotent", "symmetric"), ("diagonal", "positive"), ("diagonal", "spd"), ("spd", "symmetric"), ("lower", "invertible")]
)
def test_properties_together(props: tuple[str, ...]) -> None:
    rng = np.random.default_rng(14)
    for _ in range(10):
        x = draw((4, 4), props, rng)
        assert all(HAS[p](x) for p in props if (p, props[0]) != ("positive", "diagonal"))
        assert "positive" not in props or np.all(np.diag(x) > 0)


def test_numbers() -> None:
    rng = np.random.default_rng(15)
    assert {draw((1, 1), ("integer",), rng) for _ in range(20)} == {2.0, 3.0}
    values = [draw((1, 1), (), rng) for _ in range(40)]
    assert all(isinstance(v, float) and 0.3 <= abs(v) <= 1.2 for v in values) and min(values) < 0 < max(values)
    assert all(draw((1, 1), (), rng, positive=True) > 0 for _ in range(40))


def test_sizes_are_small_and_distinct() -> None:
    sizes = Point({}, {}).orders([m, n, m * n, Dim.of(784), Dim.of("k")])[0]
    assert sorted(sizes) == ["784", "k", "m", "n"]
    assert sorted(sizes.values()) == [2, 3, 4, 5]


def test_several_orders_of_sizes_are_tried_and_all_fit() -> None:
    point = Point({"V": ((m, n), ("orthonormal",)), "x": ((n, ONE), ())}, {})
    orders = point.orders([Dim.of("k") - Dim.of(1)])
    assert orders and all(o["m"] >= o["n"] >= 2 for o in orders)
    free = Point({"A": ((m, n), ()), "B": ((n, Dim.of("p")), ())}, {}).orders()
    assert any(o["m"] < o["n"] for o in free) and any(o["m"] > o["n"] for o in free)
    assert all(len(set(o.values())) == len(o) for o in free)


def test_members_of_a_family_are_drawn_apart() -> None:
    point = Point({}, {"x": (Dim.of("N"), (n, ONE), ())})
    env = point.draw({"N": 4, "n": 3}, np.random.default_rng(16), 1.0, False)
    assert env["x"].shape == (4, 3, 1) and len(np.unique(env["x"])) == 12


# ---------------------------------------------------------------------------------------------- rounding


@pytest.mark.parametrize(
    ("expr", "wrt", "where", "order"),
    [
        ("log(sigmoid(sum(C .* C) + 20))", "C", "C in R^{m x n}", 1),
        ("||atanh(sigmoid(sec(acosh(y + 2))))||", "y", "y in R^n positive", 2),
        ("atanh(sigmoid(30 x^T x))", "x", "x in R^n", 1),
        ("||acosh(exp(dexpm(D, D).^4) + 2)||_*", "D", "D in R^{q x q}", 2),
        ("||dexpm(dexpm(A, A) diag(csc(hinge(u))), A)||_2", "A", "A in R^{n x n} symmetric; u in R^n", 1),
        ("cosh(csc(((v.^2 + 1).^s).^3))", "v", "v in R^m; s in R positive", 2),
        ("10000000000 + sin(x)", "x", "x in R", 1),
        ("erf(20 + x^2) + 1", "x", "x in R", 1),
        ("sin(100000 x)", "x", "x in R", 1),
        ("min(atanh(tanh(u)))^{-2}", "u", "u in R^p positive", 1),
        ("huber(gelu(cot(||x||_{2})), 1)", "x", "x in R^p", 1),
        ("log(1 + exp(x)) + relu(x - 1000)", "x", "x in R", 1),
        ("cot(hinge(tr(I_m) csc(w) - erf(A w)))", "w", "w in R^m; A in R^{m x m} orthogonal", 1),
        (
            *("max(norm(u.^(3/2), t + 1), logsumexp(sigmoid(exp(C^T)).^s))", "C"),
            *("C in R^{1 x m}; u in R^n positive; t in R positive; s in R", 2),
        ),
        ("min(sec(huber(log(exp(w), 10), c)))", "w", "w in R^{m}; c in R positive", 1),  # the logarithm of exp(10^4)
        ("Q = softmax(csc(X)^T); (singvec(Q))_{1}", "X", "X in R^{q x q} symmetric", 1),  # singular values that differ by exp(-1050)
        ("huber(t, t)", "t", "t in R positive", 2),
        ("(sum_{i=1}^q min(sum(v[i] + v), log(exp(v[i]))))^4", "v", "v in R^{q}", 1),  # exp(10^19.7) is more than any number
    ],
)
def test_rounding_does_not_refuse_what_is_right(expr: str, wrt: str, where: str, order: int) -> None:
    """Values near 1 that are told from 1 by their last digits, overflow that a division hides, noise beside a derivative of 0."""
    d: Any = matcalc.derivative(expr, wrt, where=where, order=order)
    assert d.verified == "verified"


@pytest.mark.parametrize(
    ("expr", "wrt", "where", "order"),
    [
        ("singvec(sqrt(exp(X))/sigmoid(max(leakyrelu(w, r))))", "w", "w in R^q; X in R^{q x q}; r in R positive", 1),
        ("||singvec(adj(F))||_2", "F", "F in R^{n x n} diagonal", 2),
        ("||singvec((B ⊗ v) .* kron(B, v))||_2", "B", "B in R^{p x n}; v in R^q", 2),
        # Of a sum within the one term of the answer a summand is 0 everywhere: s (1[s > 0] + a 1[s < 0]) - leakyrelu(s, a).
        (r"||leakyrelu(s, a) ([s; s]/s)||_{\infty}", "s", "s in R; a in R positive", 1),
    ],
)
def test_what_is_0_at_every_point_is_not_called_verified(expr: str, wrt: str, where: str, order: int) -> None:
    """A constant function whose derivative is a formula that is 0: nothing of it can be seen; and a part of one."""
    d: Any = matcalc.derivative(expr, wrt, where=where, order=order)
    assert d.verified == "not checked" and d.check.unseen and "at all of which this is 0" in d.remarks()[-1]


def test_what_is_too_much_to_look_for_is_said_to_be_unseen() -> None:
    """65 terms, each of factors with six indices, and a term that is 0 at all points: the search for it has an end."""
    d: Any = matcalc.derivative("tanh(pinv(softmax(1 ./ (1 + A.^2))))", "A", where="A in R^{m x n}", order=2)
    assert d.verified == "not checked" and 2 <= d.check.points < 12 and d.check.digits >= 24 and d.check.unseen


@pytest.mark.parametrize(
    ("expr", "where"),
    [
        ("(((triu(D) - softmax(D) + adj(D))^3)^+)^2", "D in R^{m x m} symmetric"),
        ("expm(pinv(csc(sigmoid(D)) - abs(dexpm(D, D)) + silu(D) .* adj(D)))", "D in R^{p x p}"),
    ],
)
def test_a_derivative_of_thousands_of_terms_is_refused_before_they_are_made(expr: str, where: str) -> None:
    with pytest.raises(NoAnswerError, match="more than 1000 terms"):
        matcalc.derivative(expr, "D", where=where, order=2)


def test_derivatives_of_an_exponential_along_all_directions_are_counted_as_work() -> None:
    """Of a matrix of 3 q x 3 q along 9 q^2 directions, in double precision: the search had no end."""
    expr = "expm(tril(sinh(c) atan(G)) - logm(I_m + tanh(D)/7) ⊗ dexpm(expm(F), X^-T))"
    where = "D in R^{m x m} symmetric; c in R; G in R^{m q x m q} lower; F in R^{q x q}; X in R^{q x q} lower"
    d: Any = matcalc.derivative(expr, "D", where=where, order=2)
    assert d.verified == "verified" and d.check.points >= 2


def test_a_matrix_of_less_than_full_rank_has_no_logarithm_to_compare() -> None:
    """M rho M^H of more rows than rho has: what doubles make of the logarithm's derivative there is noise, another with each step."""
    d: Any = matcalc.derivative("tr(A logm(M rho M^H))", "rho", where="A in C^{m x m}; M in C^{m x n}; rho in C^{n x n} hpd", order=2)
    assert d.verified == "verified"


def test_what_was_not_seen_is_told_in_a_line() -> None:
    """The first few summands and how many more there are; the record has them all."""
    unseen = ("a b", "c" * 290, "d e", "f")
    told = str(Check(3, (), 25, unseen=unseen))
    assert (
        told.endswith(f"too small to show: a b, {'c' * 290}, d e, and 1 more")
        and Check(3, (), 25, unseen=unseen).as_dict()["unseen"] == unseen
    )
    assert (
        str(Check(3, (), 25, unseen=("x" * 900,))).endswith(f"show: {'x' * 300} …")
        and len(str(Check(3, (), 25, unseen=["x y"] * 90))) < 450
    )


@pytest.mark.parametrize(
    "expr", ["sin(x)/10000000000000", "10000000000 + sin(x)", "exp(-30) sin(x)", "log(sigmoid(30 + sin(x)))", "exp(30) + x sin(x)"]
)
def test_small_derivatives_and_great_values_are_no_hiding_place(broken_book: Any, expr: str) -> None:
    """The wrong derivative was shown: it differed by less than a fixed part of one and of the value."""
    broken_book("sin", "-cos(x)")
    with pytest.raises((VerificationError, NoAnswerError)):
        matcalc.derivative(expr, "x", where="x in R")


def test_a_change_of_many_digits_does_not_spoil_the_derivative_of_the_exponential() -> None:
    """The exponential of [[X, E], [0, X]] lost the digits of X beside a great E."""
    rng = np.random.default_rng(1)
    x, e, k = rng.uniform(-1, 1, (3, 3, 3))
    small = 1e-12
    assert np.allclose(matrix_exponential(x, e / small) * small, matrix_exponential(x, e), rtol=1e-10)
    assert np.allclose(matrix_exponential(x, e / small, k) * small, matrix_exponential(x, e, k), rtol=1e-10)


@pytest.mark.parametrize("wrong", [False, True])
def test_a_disagreement_in_double_precision_is_confirmed(wrong: bool) -> None:
    """Where decimal numbers are too dear for a whole check, they still say whether a claim is wrong at a point."""

    def sight(arrays: Any) -> Any:
        def sides(env: Values, kind: Any, level: Any, watch: Watch) -> Sides:
            watch.spend(7 * MOST if arrays is precise else 0)  # within what may be spent on one point, not on two
            one = arrays.exact(1)
            return Sides([[one]], [[one * 2 if wrong or arrays is not precise else one]], one, [[], []])

        return sides

    comparison = Comparison(sight, Point({}, {}), wrong=lambda: "wrong")
    if wrong:
        with pytest.raises(NoAnswerError):
            comparison.judged()
    else:
        check = comparison.judged()
        assert check and check.points == 2 and check.digits >= 25


@pytest.mark.parametrize("wrong", [False, True])
def test_what_rounding_leaves_in_double_precision_is_no_difference(wrong: bool) -> None:
    """The sides differ by another number with every step where rounding is all they differ by: such a point says nothing, though decimal
    numbers are too dear to ask there."""

    def sight(arrays: Any) -> Any:
        def sides(env: Values, kind: Any, level: Any, watch: Watch) -> Sides:
            watch.spend(MOST * 3 if arrays is precise else 0)
            noise = {3: 1e-7, 2: -3e-7, 4: 2e-7, 5: 3e-5}.get(level.step, 0.0)
            off = (1e-3 if wrong else 0.0) + noise if kind.turn > 1 else 0.0
            one = arrays.exact(1)
            return Sides([[one + off]], [[one]], one, [[], []])

        return sides

    comparison = Comparison(sight, Point({}, {}), wrong=lambda: "wrong")
    if wrong:
        with pytest.raises(NoAnswerError):
            comparison.judged()
    else:
        assert comparison.judged()


def test_a_second_derivative_is_compared_entry_by_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """One with very many entries is compared along random directions, and the record says so."""
    assert str(matcalc.derivative("X A X", "X", order=2).check).startswith("agrees with a numerical derivative to ")
    monkeypatch.setattr(judging, "ENTRIES", 1)
    found = str(matcalc.derivative("X A X^2", "X", order=2).check)
    assert found.startswith("agrees with a numerical derivative along random directions to ")


@pytest.mark.parametrize("words", [("spd",), ("psd",), ("symmetric",), ("nd",), ("diagonal", "positive")])
def test_what_may_be_of_any_scale_is_drawn_of_it(words: tuple[str, ...]) -> None:
    """x x^T + I was never less than I, so that the inverse of a positive definite matrix was too small to show beside 10^15."""
    with precise.precision(50):
        whole, small = (draw((3, 3), words, precise.random(3), scale, arrays=precise) for scale in (1.0, 1e-10))
        assert [a * 10**10 for a in small.data] == whole.data


def test_a_kink_that_no_comparison_tells_of() -> None:
    """Where B > 1 on the diagonal, hinge(B) is [0, 1; 1, 0], whose singular values are equal."""
    assert matcalc.derivative("||hinge(B)||_2", "B", where="B in R^{n x n} diagonal").verified == "verified"  # type: ignore[union-attr]
    d: Any = matcalc.derivative("||Q||_2", "Q", where="Q in R^{n x n} orthogonal")
    assert d.check.sizes == ({"n": 1},) and "n = 1" in str(d.check)  # all singular values are 1


def test_where_two_cases_meet_at_all_sizes_but_one_there_is_no_verdict() -> None:
    """Beside the diagonal cos is 1, where the clip ends, and the second derivative was 0 for -1: verified by one entry."""
    with pytest.raises(NoAnswerError, match="compares numbers that are equal"):
        matcalc.derivative("clip(cos.(X^-T), -b, 1)", "X", where="X in R^{n x n} diagonal; b in R positive", order=2)


def test_what_is_unseen_is_named_as_it_would_be_printed() -> None:
    """A great summand, or one with names for what repeats, is shortened, and has no internal spelling."""
    for text, wrt, where in (
        ("singvec(pinv(log(softplus(softmax(C)), c + 2)))", "c", "c in R positive; C in R^{m x q}"),
        ("||tanh(softmax((w * [a, a]).^3))||_F", "a", "a in R positive; w in R^q"),
    ):
        d: Any = matcalc.derivative(text, wrt, where=where, order=2)
        assert d.check.unseen and any("…" in u for u in d.check.unseen)
        assert not any(word in u for u in d.check.unseen for word in ("times(", "power(", "named(", "matmul("))


def test_a_determinant_is_seen_with_either_sign() -> None:
    """Square matrices near the identity have positive determinants, and -A has that of A where n is even."""
    found: Any = matcalc.jacdet("A x", "x", where="A in R^{n x n}; x in R^n")
    assert "abs(det(A))" in found.check.switches and not found.check.one_sided


def test_a_switch_at_which_nothing_bends_is_no_kink() -> None:
    """F[1,2] is 0 at every point, where elu has one slope and relu has two."""
    d: Any = matcalc.derivative("elu(F[1,2])", "F", where="F in R^{n x n} diagonal")
    assert d.verified == "verified" and d.check.digits >= 25
    with pytest.raises(NoAnswerError, match="finite and smooth"):
        matcalc.derivative("relu(F[1,2])", "F", where="F in R^{n x n} diagonal")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("sum(huber(v, 1/2))", "v in R^n"),  # that 1/2 is no negative number is no side to be seen
        ("sum(clip(v, -1/2, 1))", "v in R^n"),  # that -1/2 < 1; and entries are compared at once
        ("||softmax(v)||_3", "v in R^n"),  # |x| of what is positive
        ("sum(elu(exp(v)))", "v in R^n"),
        ("norm(v, 3)", "v in R^n"),  # that the greatest entry is not 0
    ],
)
def test_no_side_is_sought_that_there_is_not(text: str, where: str) -> None:
    """All of these were searched to the end, at 70 points and more, and said to have a switch on one side only."""
    check = matcalc.derivative(text, "v", where=where).check
    assert check is not None and check and not check.one_sided


def test_a_summand_that_was_not_seen_is_shown_where_a_condition_is_left_out() -> None:
    """The transpose of a condition that is cut for a message ended in an unpacking error."""
    left = "cases(sigmoid(gelu(X)), cosh.(X) >= 1/2, 2.^(cot(D))) * cases(clip(C - C, -r, 1), cosh.(C) > 1/2, adj(C))"
    where = "C in R^{m x m} symmetric; D in R^{1 x m} positive; r in R positive; X in R^{1 x m}; F in R^{m x m} upper"
    d = matcalc.derivative(f"max({left}, acosh(exp((F^3)[2,:]) + 2))", "C", where=where, order=2)
    assert d.verified == "not checked" and "…" in str(d.check)
