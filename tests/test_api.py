"""The Python interface: text or operators in, closed forms, shapes and numbers out, and errors of one family."""

from __future__ import annotations

import pickle
import pydoc
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc import MatcalcError, call, hadamard, kron, matrix, scalar, vector
from matcalc.building import functions
from matcalc.errors import ShapeError, UsageError

RNG = np.random.default_rng(17)
M, N = 3, 4
VALUES: dict[str, Any] = {
    "A": RNG.standard_normal((N, N)),
    "B": RNG.standard_normal((M, N)),
    "X": RNG.standard_normal((N, N)) + 3 * np.eye(N),
    "x": RNG.uniform(0.3, 1.2, N),
    "y": RNG.uniform(0.3, 1.2, N),
    "b": RNG.standard_normal(M),
    "s": 0.7,
}


def one(expr: Any, wrt: Any, **options: Any) -> Any:
    return matcalc.derivative(expr, wrt, **options)


# ---------------------------------------------------------------------------------------------- text in


def test_the_answer_and_what_is_said_of_it() -> None:
    d = one("x^T A x", "x", where="A in R^{n x n}")
    assert (d.text, d.shape, d.layout, d.notation, d.verified) == ("x^T (A + A^T)", ("1", "n"), "numerator", "auto", "verified")
    assert (d.wrt, d.order) == (("x",), 1)
    assert d.unicode == "xᵀ (A + Aᵀ)" and d.spell("unicode") == d.unicode and "A" in d.latex
    assert "x in R^n" in d.where and "A in R^{n x n}" in d.where
    assert any("inferred" in note for note in d.assumptions)
    assert d.steps
    np.testing.assert_allclose(d.evaluate({"A": VALUES["A"], "x": VALUES["x"]}), VALUES["x"] @ (VALUES["A"] + VALUES["A"].T))
    assert "1 × n" in repr(d)


def test_an_answer_is_a_float_a_vector_or_a_matrix() -> None:
    assert one("x^2", "x", where="x in R").evaluate({"x": 3}) == 6.0
    assert type(one("x^2", "x", where="x in R").evaluate({"x": 3})) is float
    assert one("x^T x", "x").evaluate({"x": [1, 2]}).tolist() == [2, 4]
    assert one("B x", "x").evaluate({"B": VALUES["B"], "x": VALUES["x"]}).shape == (M, N)
    assert one("B X", "X").evaluate({"B": VALUES["B"], "X": VALUES["X"]}).shape == (M, N, N, N)


def test_values_may_be_given_for_names_that_do_not_matter() -> None:
    d = one("a^T x + s^2", "x", where="a, x in R^n; s in R")
    assert d.evaluate({"a": [1, 2, 3], "x": [0, 0, 0], "s": 1}).tolist() == [1, 2, 3]
    assert d.evaluate({"a": [1, 2, 3]}).tolist() == [1, 2, 3]


def test_several_variables_give_several_derivatives() -> None:
    ds = one("a^T X b", ["a", "X", "b"])
    assert [d.text for d in ds] == ["(X b)^T", "a b^T", "a^T X"]
    assert [d.wrt for d in ds] == [("a",), ("X",), ("b",)]
    assert [d.text for d in one("a^T X b", ["a"])] == ["(X b)^T"]
    with pytest.raises(UsageError, match="one name is one variable"):
        one("a^T X b", "a, b")


def test_orders() -> None:
    where = "x, y in R^n; A in R^{n x n}"
    assert one("x^T A x", "x", where=where, order=2).text == "A + A^T"
    assert one("x^T A y", ["x", "y"], where=where, order=2).text == "A"
    assert one("x^T A y", ["y", "x"], where=where, order=2).text == "A^T"
    assert one("s^5", "s", where="s in R", order=3).text == "60 s^2"
    d = one("sin(x)", "x", where=where, order=2)
    want = np.zeros((N, N, N))
    want[np.arange(N), np.arange(N), np.arange(N)] = -np.sin(VALUES["x"])
    np.testing.assert_allclose(d.evaluate({"x": VALUES["x"]}), want)


def test_layouts() -> None:
    where = "A in R^{p x m}; X in R^{m x n}; B in R^{n x p}"
    assert [one("tr(A X B)", "X", where=where, layout=x).text for x in ("numerator", "denominator", "strict")] == ["A^T B^T"] * 2 + ["B A"]
    assert [one("tr(A X B)", "X", where=where, layout=x).shape for x in ("numerator", "strict")] == [("m", "n"), ("n", "m")]
    assert one("x^T A x", "x", layout="denominator").text == "(A + A^T) x"


def test_notations() -> None:
    assert one("A X B", "X", notation="kron").text == "d vec(F)/d vec(X)^T = B^T ⊗ A"
    assert one("A X B", "X", notation="differential").text == "dX -> A dX B"
    assert one("A X B", "X", notation="index").text.startswith("J[i,j,k,l] = ")
    assert one("x^T A x", "x", notation="matrix").text == "x^T (A + A^T)"


def test_the_check_may_be_left_out() -> None:
    assert one("x^T x", "x", verify=False).verified == "not checked"


@pytest.mark.parametrize(
    "expr, wrt, where",
    [
        ("x^T A x", "x", ""),
        ("||B x - b||", "x", ""),
        ("logdet(X)", "X", ""),
        ("1/N sum_{i=1}^N (w^T x_i - y_i)^2", "w", "w, x_i in R^n; y_i in R"),
        ("z = B x - b; sum(tanh(z))", "x", ""),
        ("softmax(B x)", "x", ""),
        ("A X B", "X", "A in R^{p x m}; X in R^{m x n}; B in R^{n x q}"),
        ("sum(exp(s A))", "s", "s in R"),
        ("x^T S x", "x", "S in S^n"),
        ("\\lVert y - \\Phi\\theta\\rVert^2", "theta", ""),
    ],
)
def test_the_answer_reads_back(expr: str, wrt: str, where: str) -> None:
    """With `d.where`, which has all declarations: the same text comes out again, from every format, and the same shape."""
    d = one(expr, wrt, where=where)
    for form in (d.text, d.unicode, d.latex):
        back = matcalc.parse(form, where=d.where)
        assert back.assumptions == []
        if len(d.shape) == 2:
            assert back.shape == d.shape
    assert set(matcalc.parse(d.text, where=d.where).where.split("; ")) == set(d.where.split("; "))


def test_parse() -> None:
    e = matcalc.parse("x' A x", where="A in R^{n x n}")
    assert (e.text, e.shape, e.unicode) == ("x^T A x", ("1", "1"), "xᵀ A x")
    assert e.evaluate({"A": np.eye(2), "x": [3, 4]}) == 25.0
    assert "x^T A x" in repr(e)
    assert matcalc.parse("B x").evaluate({"B": VALUES["B"], "x": VALUES["x"]}).shape == (M,)
    assert matcalc.subexpressions("x^T A x") == [("x", "n×1"), ("x^T", "1×n"), ("A", "n×n"), ("x^T A x", "1×1")]


# ---------------------------------------------------------------------------------------------- operators

x, y, b = vector("x", "n"), vector("y", "n"), vector("b", "m")
A, B, X, S = matrix("A", "n", "n"), matrix("B", "m", "n"), matrix("X", "n", "n"), matrix("S", "n", "n", symmetric=True)
s = scalar("s")


@pytest.mark.parametrize(
    "built, text",
    [
        (x.T @ A @ x, "x^T A x"),
        (call("tr", A @ X), "tr(A X)"),
        (call("logdet", X), "logdet(X)"),
        (call("norm", B @ x - b) ** 2, "||B x - b||^2"),
        (hadamard(x, y), "x .* y"),
        (kron(A, B), "A ⊗ B"),
        (A.inv @ x, "A^-1 x"),
        (A.T.inv @ x, "A^-T x"),
        (2 * s * x, "2 s x"),
        (x / s, "x/s"),
        (1 / s, "1/s"),
        (1 - s, "1 - s"),
        (1 + s, "1 + s"),
        (-x + y, "-x + y"),
        (s * 0.5, "s/2"),
        (s * Fraction(1, 3), "s/3"),
        (A**2, "A^2"),
        (s**-1, "1/s"),
        (call("max", s, 0), "max(s, 0)"),
        (call("sum", call("sin", A @ x)), "sum(sin(A x))"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_operators_mean_what_the_text_means(built: Any, text: str) -> None:
    where = "A, X in R^{n x n}; B in R^{m x n}; x, y in R^n; b in R^m; s in R"
    typed = matcalc.parse(text, where=where)
    assert tuple(map(str, built.shape)) == typed.shape
    for name in built.declarations:
        left, right = one(built, name), one(text, name, where=where)
        assert (left.text, left.shape) == (right.text, right.shape)
    assert repr(built).startswith("<") and "×" in repr(built)


def test_builders_and_names() -> None:
    assert one(x.T @ S @ x, x).text == "2 x^T S"
    assert [d.text for d in one(x.T @ A @ y, [x, y])] == ["(A y)^T", "x^T A"]
    assert one(x.T @ A @ x, "x").text == one(x.T @ A @ x, x).text
    assert one(x.T @ A @ x, x, order=2).text == "A + A^T"
    assert (s.name, vector("theta", "k").name, vector("w_1", 3).shape[0].number) == ("s", "theta", 3)
    v = vector("v", 3)
    assert one(v.T @ v, v).evaluate({"v": [1, 2, 3]}).tolist() == [2, 4, 6]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: A * X, "two ways"),
        (lambda: x * y, "hadamard"),
        (lambda: B @ b, "B times b does not fit"),
        (lambda: x + b, "x is n×1 and b is m×1"),
        (lambda: call("frobnicate", x), "frobnicate is no function"),
        (lambda: call("tr", x), "tr needs a square matrix"),
        (lambda: matrix("A", "n", "n", symetric=True), "unknown property"),
        (lambda: vector("3x", "n"), "`3x` is no name"),
        (lambda: x / y, "only scalars divide"),
        (lambda: one(x.T @ x, x.T @ x), "no variable"),
        (lambda: x.T @ A @ vector("x", "m"), "two different ways"),
    ],
)
def test_what_operators_refuse(make: Any, message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        make()


# ---------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        (("x^T A x", "z"), {}, "z does not occur"),
        (("u v", "u"), {"where": "u, v in R^n"}, "does not fit"),
        (("x^T x", "x"), {"layout": "sideways"}, "unknown layout"),
        (("x^T x", "x"), {"notation": "prose"}, "unknown notation"),
        (("x^T x", "x"), {"order": 0}, "order"),
        (("x^T x", "x"), {"order": True}, "order"),
        (("x^T x", "x"), {"order": 1.5}, "order"),
        (("x^T A y", ["x", "y"]), {"order": 3}, "order 3 with 2 variables"),
        (("x^T x", []), {}, "by which variable?"),
        (("x^T (x", "x"), {}, r"`\(` is not closed"),
        (("", "x"), {}, "there is no expression"),
        (("x^T x", "x"), {"where": "x in R^n; x in R^m"}, "declared twice, and differently"),
    ],
)
def test_bad_questions(arguments: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        one(*arguments, **options)


def test_an_error_knows_its_place() -> None:
    with pytest.raises(ShapeError) as caught:
        one("u v", "u", where="u, v in R^n")
    error = caught.value
    assert error.suggestion and "u^T v" in error.suggestion
    assert "u v" in str(error) and "n×1" in str(error)
    assert isinstance(error, MatcalcError) and isinstance(error, Exception)


def test_errors_survive_a_process_pool() -> None:
    error = ShapeError("does not fit", suggestion="write it otherwise")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ShapeError and str(again) == str(error)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"A": np.eye(3)}, "no value was given for x"),
        ({"A": np.eye(3), "x": [1, 2]}, r"A has shape \(3, 3\), expected \(n, n\) = \(2, 2\)"),
        ({"A": np.ones((2, 3)), "x": [1, 2]}, "A has shape"),
        ({"A": np.eye(2), "x": "two"}, "not an array"),
        ({"A": np.eye(2), "x": [1, 2], "q": 1}, "q does not occur"),
    ],
)
def test_bad_values(values: dict[str, Any], message: str) -> None:
    d = one("x^T A x", "x")
    with pytest.raises((UsageError, ShapeError), match=message):
        d.evaluate(values)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown format"):
        one("x^T x", "x").spell("morse")


def test_the_package_names_what_it_has() -> None:
    assert set(matcalc.__all__) >= {"derivative", "parse", "vector", "matrix", "scalar", "MatcalcError"}
    assert all(getattr(matcalc, name) is not None for name in matcalc.__all__)
    with pytest.raises(AttributeError, match="integrate"):
        _ = matcalc.integrate  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------- what Python gives


@pytest.mark.parametrize(
    "where, said",
    [
        ({"A": "R^{n x n} symmetric", "x": "R^n"}, "2 x^T A"),
        ({"A": ("R^{n x n}", "symmetric")}, "2 x^T A"),
        ({"A": "S^n"}, "2 x^T A"),
        ({}, "x^T (A + A^T)"),
        (None, "x^T (A + A^T)"),
        ("", "x^T (A + A^T)"),
    ],
)
def test_declarations_as_a_mapping(where: Any, said: str) -> None:
    assert one("x^T A x", "x", where=where).text == said


def test_a_function_in_a_mapping() -> None:
    assert one("phi(x)^2", "x", where={"phi": "R -> R", "x": "R"}).text == one("phi(x)^2", "x", where="phi: R -> R; x in R").text


@pytest.mark.parametrize("where", [3, ["A in S^n"], {"A": 3}, {"A": None}, {1: "R"}, b"x in R"])
def test_declarations_that_are_none(where: Any) -> None:
    with pytest.raises(MatcalcError):
        one("x^T A x", "x", where=where)


@pytest.mark.parametrize(
    "value, text",
    [
        (3, "3"),
        (-0.5, "-1/2"),
        (Fraction(1, 3), "1/3"),
        (np.float32(0.1), "1/10"),
        (np.float64(2.5), "5/2"),
        (np.int64(7), "7"),
        (np.array(2), "2"),
    ],
)
def test_a_number_is_an_expression(value: Any, text: str) -> None:
    assert matcalc.parse(value).text == text
    assert one(value, "x", where="x in R").text == "0"
    assert matcalc.parse(scalar("s") + value).text == matcalc.parse(f"s + {text}", where="s in R").text


@pytest.mark.parametrize("value", [None, True, 1j, float("nan"), float("inf"), [1, 2], np.ones(2), object(), b"x"])
def test_what_is_no_expression(value: Any) -> None:
    for ask in (matcalc.parse, lambda v: one(v, "x"), lambda v: x + v, lambda v: call("tr", v), matcalc.tr):
        with pytest.raises(MatcalcError):
            ask(value)


@pytest.mark.parametrize("wrt", [3, [], [None], {"x": 1}, b"x", x.T @ x])
def test_what_is_no_variable(wrt: Any) -> None:
    with pytest.raises(MatcalcError):
        one("x^T x", wrt)


@pytest.mark.parametrize("at", [0, 0.0, "0", np.int64(0), {"x": 0}, Fraction(0)])
def test_points_as_numbers(at: Any) -> None:
    assert matcalc.taylor("sin(x)", "x", where="x in R", at=at, order=3).text == "x - x^3/6"


@pytest.mark.parametrize("at", ["[1; 2]", [1, 2], (1, 2), np.array([1.0, 2.0]), {"x": [1, 2]}])
def test_points_as_arrays(at: Any) -> None:
    assert matcalc.linearize("x_1 x_2", "x", where="x in R^2", at=at).evaluate({"x": [1, 2]}) == 2.0


def test_directions_and_claims_as_python_has_them() -> None:
    assert matcalc.directional("x^T x", "x", where="x in R^2", along=[3, 4], at=[1, 0]).text == "6"
    assert matcalc.check(x.T @ A @ x, x, (A @ x + A.T @ x).T)
    assert matcalc.check("3 x", "x", 3, where="x in R")


def test_the_functions_of_the_book_build() -> None:
    assert str(matcalc.log(matcalc.det(X)).diff(X)) == "X^-T"
    assert str(matcalc.sum(matcalc.exp(x)).diff(x, order=2)) == "diag(exp(x))"
    assert str(matcalc.norm(A @ x - y)) == "norm(A x - y)"
    assert str(matcalc.diag(x) @ A) == "diag(x) A"
    assert str(matcalc.ones("n").T @ x) == "ones(n)^T x" and matcalc.zeros(2, 3).shape == matcalc.parse("zeros(2, 3)").expr.shape
    assert "d tr(X) = tr(dX)" in matcalc.tr.__doc__ and "Cookbook" in matcalc.tr.__doc__  # type: ignore[operator]
    for wrong in (lambda: matcalc.tr(), lambda: matcalc.tr(A, A), lambda: matcalc.ones(A), lambda: matcalc.tr(x)):
        with pytest.raises(MatcalcError):
            wrong()


@pytest.mark.parametrize("name", functions.names())
def test_every_function_of_the_book_has_a_name_and_says_what_it_is(name: str) -> None:
    found = getattr(matcalc, name)
    assert callable(found) and found.__name__ == name and found.__doc__


def test_entries_rows_and_columns() -> None:
    assert [str(e) for e in (x[1], X[1, 2], X[1, :], X[:, 2])] == ["x[1]", "X[1,2]", "X[1,:]", "X[:,2]"]
    assert (A @ x)[2].diff(x) == one("(A x)[2]", "x", where="A in R^{n x n}; x in R^n") != x[1].diff(x)
    i = scalar("i", integer=True)
    assert x[i].diff(x).text == one("x[i]", "x", where="x in R^n; i in N").text
    for place in (0, -1, 1.5, "i", slice(1, 2), None, x):
        with pytest.raises(MatcalcError):
            x[place]
    with pytest.raises(TypeError):  # or it would never end
        list(x)  # type: ignore[call-overload]


def test_an_answer_is_called_with_its_values() -> None:
    d = one("x^T A x", "x")
    np.testing.assert_array_equal(d(x=VALUES["x"], A=VALUES["A"]), d.evaluate({"x": VALUES["x"], "A": VALUES["A"]}))
    assert matcalc.parse("x^T x")(x=[1, 2]) == 5.0


def test_print_shows_the_text() -> None:
    d = one("x^T A x", "x")
    assert str(d) == f"{d}" == d.text and str(matcalc.parse("x^T x")) == "x^T x" and str(x.T @ x) == "x^T x"
    assert str(matcalc.taylor("sin(x)", "x", where="x in R", at=0)) == "x"


def test_what_was_read_may_be_asked_about() -> None:
    assert one(matcalc.parse("x^T A x", where="A in S^n"), "x").text == "2 x^T A"


def test_numpy_leaves_products_to_the_builders() -> None:
    assert str(np.float64(2) * x) == str(2 * x) == "2 x" and str(2 ** scalar("s")) == "2^s"
    with pytest.raises(MatcalcError):
        np.ones(3) * x


# ---------------------------------------------------------------------------------------------- what the package shows


def test_the_package_shows_its_public_names() -> None:
    assert dir(matcalc) == sorted({*matcalc.__all__, *functions.names()})
    for name in matcalc.__all__:
        assert getattr(matcalc, name).__doc__
    with pytest.raises(AttributeError):
        matcalc.derivativ  # noqa: B018


def test_help_has_a_line_for_every_public_name() -> None:
    shown = pydoc.render_doc(matcalc, renderer=pydoc.plaintext)
    lines = matcalc.__doc__.splitlines()  # type: ignore[union-attr]
    for name in matcalc.__all__:
        assert re.search(rf"\b{name}\b", shown)
        is_class = isinstance(getattr(matcalc, name), type)
        assert is_class or any(re.fullmatch(rf"    {name} +\S.*", line) for line in lines), name


def test_what_is_the_engines_own_is_private() -> None:
    shown = {n for n in dir(one("x^T A x", "x")) if not n.startswith("_")}
    assert shown == set(
        "as_dict assumptions chain check code document evaluate function latex latex_steps layout lines markdown mathml notation order "
        "readings remarks shape spell steps text to_latex to_sympy to_typst typst unicode verified where wrt".split()
    )


# ---------------------------------------------------------------------------------------------- several numbers at once


@pytest.mark.parametrize(
    "ask, expr, text, shape",
    [
        (matcalc.grad, "x^2 y + y^3", "[2 x y; x^2 + 3 y^2]", ("2", "1")),
        (matcalc.jacobian, "x^2 y + y^3", "[2 x y, x^2 + 3 y^2]", ("1", "2")),
        (matcalc.jacobian, "[x y; x + y; x]", "[y, x; 1, 1; 1, 0]", ("3", "2")),
        (matcalc.jacobian, "x a + y^2 b", "[a, 2 y b]", ("n", "2")),
        (matcalc.hessian, "(x + 2y^3)^2", "[2, 12 y^2; 12 y^2, 24 x y + 120 y^4]", ("2", "2")),  # MML example 5.6
    ],
)
def test_several_numbers_are_one_variable(ask: Any, expr: str, text: str, shape: tuple[str, str]) -> None:
    d = ask(expr, ["x", "y"], where="x, y in R; a, b in R^n")
    assert (d.text, d.shape, d.wrt, d.verified) == (text, shape, ("x", "y"), "verified")
    values = {"x": 0.7, "y": -1.3, "a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    found = d.evaluate({n: v for n, v in values.items() if n in d.where})
    k = 2 if ask is matcalc.hessian else 1
    parts = [one(expr, [a, *b], where="x, y in R; a, b in R^n", order=k) for a in ("x", "y") for b in (("x", "y") if k == 2 else ((),))]
    parts = [p[0] if isinstance(p, list) else p for p in parts]
    columns = np.array([p.evaluate({n: v for n, v in values.items() if n in p.where}) for p in parts])
    np.testing.assert_allclose(found, columns.reshape(2, 2) if k == 2 else columns.T.reshape(np.shape(found)))
    with pytest.raises(UsageError, match="one variable"):
        _ = d.steps
    with pytest.raises(UsageError, match="one variable"):
        d.code(parts=["jvp"])
    assert "def " in d.code() and "documentclass" in d.document()


def test_entries_are_numbers_too() -> None:
    assert matcalc.hessian("x_1^2 x_2", ["x_1", "x_2"], where="x in R^2").text == "[2 x_2, 2 x_1; 2 x_1, 0]"


def test_vectors_stay_apart() -> None:
    assert [str(d) for d in matcalc.grad("a^T X b", ["a", "b"])] == ["X b", "X^T a"]  # type: ignore[union-attr]
    assert matcalc.hessian("w^T A v", ["w", "v"]).text == "A"
    assert [str(d) for d in matcalc.grad("s a^T b", ["s", "a"], where="s in R")] == ["a^T b", "s b"]  # type: ignore[union-attr]


def test_what_was_read_can_be_differentiated() -> None:
    read = matcalc.parse("x^T A x", "x in R^n; A in S^n")
    assert str(read.diff("x")) == "2 x^T A"
    assert [str(d) for d in read.diff(["x", "A"])] == ["2 x^T A", "x x^T"]
    assert str(read.diff("x", layout="denominator")) == "2 A x"


@pytest.mark.parametrize(
    "text, wrt, where, answer",
    [
        ("r = A x - b; r^T r", "x", "", "r = A x - b; 2 r^T A"),
        ("r = b - A x; r^T W r", "x", "", "r = b - A x; -r^T (W + W^T) A"),
        ("P = X (X^T X)^-1 X^T; y^T P y", "X", "y in R^n; X in R^{n x p}", "P = X (X^T X)^-1 X^T; 2 (I - P) y y^T X (X^T X)^-1"),
        ("C = F^T F; (tr(C)^2 - tr(C^2))/2", "F", "F in R^{n x n}", "C = F^T F; 2 tr(C) F - 2 F C"),
        (
            "Q = X U; K = X V; S = softmax(Q K^T); tr(B^T S)",
            "U",
            "X in R^{N x d}; U, V in R^{d x d}; B in R^{N x N}",
            "Q = X U; K = X V; S = softmax(Q K^T); X^T (B .* S - diag(diag(B S^T)) S) K",
        ),
    ],
)
def test_the_answer_in_the_names_of_the_text(text: str, wrt: str, where: str, answer: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.text == answer
    assert matcalc.parse(d.text, where=d.where).shape == d.shape
    assert matcalc.derivative(text, wrt, where=where, names=False).text != answer
