"""Emitted programs go over memory no more often than needed: sums share factors, signs and numbers stand where they cost least."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from emitted import call, load

import matcalc
from benchmarks.losses import LOSSES, Loss
from benchmarks.training import AT, arguments
from matcalc.codegen.economy import economical
from matcalc.codegen.gathering import gathered
from matcalc.codegen.graph import GraphNode, ProgramGraph
from matcalc.codegen.helpers import python_functions
from matcalc.codegen.parting import parted
from matcalc.kinds import Dim


def body(text: str, function: str) -> str:
    return text[text.index(f"def {function}(") :].partition("\n\n\n")[0]


def code(expr: str, wrt: str, where: str, part: str) -> str:
    d = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert not isinstance(d, list)
    return body(d.code("numpy", parts=["hvp"]), part)


def test_a_product_with_a_sum_goes_by_its_terms() -> None:
    """<dV, a B V - b A V>, where <dV, B V> is there: the sum was made, by three passes more."""
    graph, n, k = ProgramGraph(), Dim.of("n"), Dim.of("k")
    Y, Z, x = (graph.make("call", (graph.make("in", (), name, (n, k)),), "exp", (n, k)) for name in ("Y", "Z", "x"))
    a, b = (graph.make("in", (), name, ()) for name in ("a", "b"))

    def inner(left: GraphNode, right: GraphNode) -> GraphNode:
        return graph.make("pair", (left, right), ("ij", "ij", ""), ())

    total = graph.make("add", (graph.make("mul", (a, Y), None, (n, k)), graph.make("mul", (b, Z), None, (n, k))), None, (n, k))
    roots = [inner(x, total), inner(x, Y), Y, Z]
    found = economical(graph, roots, ())[roots[0]]
    parts = [graph.make("mul", (scale, inner(x, array)), None, ()) for scale, array in ((a, Y), (b, Z))]
    assert found is graph.make("add", parts, None, ())
    assert economical(graph, [*roots, total], ())[roots[0]].op == "pair"  # the sum is computed anyway
    assert economical(graph, [roots[0], Y, Z], ())[roots[0]].op == "pair"  # neither product is
    exact = graph.make("add", (Y, graph.make("mul", (graph.number(-1), Z), None, (n, k))), None, (n, k))
    assert economical(graph, [inner(x, exact), *roots[1:]], ())[inner(x, exact)].op == "pair"  # a difference may be exact


def test_outer_products_with_one_factor_are_one() -> None:
    text = code("(W x)^T y/(||W x|| ||y||)", "W", "W in R^{m x n}; x in R^n; y in R^m", "hvp")
    assert text.count("_outer(") == 1 and "* x" not in text
    assert text.count("W.dot(x)") == text.count("dW.dot(x)") + 1 == 2 and text.count(".dot(") == 2 + 4  # the rest are products of vectors


def test_an_outer_product_is_a_product_of_matrices_while_it_is_small() -> None:
    names: dict[str, object] = {"np": np}
    for helper in ("_with_buffer", "_outer"):
        exec(python_functions("numpy")[helper], names)
    rng = np.random.default_rng(1)
    for m, n, dtype in ((3, 4, "f8"), (1, 1, "f8"), (0, 3, "f8"), (5, 2, "f4"), (4, 3, "c16"), (2000, 600, "f8"), (2, 5000, "f4")):
        a, b = (rng.normal(size=k).astype(dtype) for k in (m, n))
        found = names["_outer"](a, b)  # type: ignore[operator]
        assert found.dtype == a.dtype and np.array_equal(found, a[:, None] * b)
    assert "t1 = _outer(x, y)\n" in code("sum((A .* X .* (x y^T)).^2)", "X", "A, X in R^{m x n}; x in R^m; y in R^n", "value")


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize(("m", "n", "d"), [(5, 3, 2), (3, 5, 2), (1, 1, 1), (0, 3, 2), (3, 0, 2), (3, 4, 0), (3000, 70, 3), (20, 4000, 1)])
def test_squared_distances_go_along_the_longer_side(m: int, n: int, d: int, dtype: str) -> None:
    names: dict[str, object] = {"np": np}
    for helper in ("_with_buffer", "_distances"):
        exec(python_functions("numpy")[helper], names)
    rng = np.random.default_rng(1)
    x, y = (rng.normal(size=(k, d)).astype(dtype) for k in (m, n))
    found = names["_distances"](x, y)  # type: ignore[operator]
    assert found.dtype == x.dtype and found.shape == (m, n)
    np.testing.assert_allclose(found, ((x[:, None] - y) ** 2).sum(-1), rtol=1e-5 if dtype == "f4" else 1e-13)


def test_squared_distances_are_one_operation() -> None:
    where = "x_i, y_k in R^d; t in R; j in N"
    text = code("sum_{i=1}^N sum_{k=1}^K exp(-t ||x_i - y_k||^2)", "t", where, "gradient")
    assert text.count("_distances(x, y)") == 1 and "None, :" not in text
    text = code("sum_{i=1}^N sum_{k=1}^K exp(-t ||x_i + y_k||^2)", "t", where, "gradient")
    assert "_distances" not in text and "x[:, None, :]" in text


@pytest.mark.parametrize("shape", [(5, 3), (40, 5), (40, 40), (1, 1), (33, 32), (0, 3)])
def test_the_greatest_of_rows(shape: tuple[int, int]) -> None:
    names: dict[str, object] = {"np": np}
    exec(python_functions("numpy")["_greatest"], names)
    X = np.random.default_rng(1).normal(size=shape)
    for laid in (X, np.asfortranarray(X)):
        assert np.array_equal(names["_greatest"](laid), X.max(axis=1))  # type: ignore[operator]


def test_sums_of_exponentials_take_one_pass_of_them() -> None:
    text = code("sum_{i=1}^N log(sum_{k=1}^K p_k exp(-1/2 ||x_i - m_k||^2))", "p", "x_i, m_k in R^d; p_k in R positive", "value")
    assert text.count("np.exp(") == 1 and "_greatest(" in text and "_logsumexp" not in text


def test_of_products_that_cost_alike_none_is_of_a_transposed_matrix() -> None:
    d = matcalc.derivative("||X^T S Y||_F^2", "S", where="X, Y in R^{n x k}; S in R^{n x n}", verify=False)
    assert not isinstance(d, list)
    assert body(d.code("jax"), "value").count("X.T @ (S @ Y)") == 1


def test_rows_are_centred_before_they_are_weighted() -> None:
    text = code("sum(logsumexp(X W)) - tr(Y^T X W)", "W", "X in R^{N x d}; W in R^{d x K}; Y in R^{N x K}", "hvp")
    assert re.search(r"t1 -= np\.einsum\(.*\n +t1 \*= t2\n +return X\.T\.dot\(t1\)", text)


def test_a_kernel_is_scaled_by_its_vectors() -> None:
    text = code(
        "Z = X diag(l)^-1; q = diag(Z Z^T); sum(exp(-(q ones(n)^T + ones(n) q^T - 2 Z Z^T)/2))",
        "l",
        "l in R^d positive; X in R^{n x d}; n in N",
        "gradient",
    )
    assert "-2 * (" not in text.partition("np.exp")[0]
    assert "*= -0.5" not in text


def test_scores_are_scaled_before_they_are_many() -> None:
    expr = "Z = softmax(X W_Q W_K^T X^T/sqrt(k)) X W_V; 1/2 ||Z - Y||_F^2"
    where = "X in R^{N x d}; W_Q, W_K in R^{d x k}; W_V in R^{d x k}; Y in R^{N x k}; k in N"
    text = code(expr, "W_Q", where, "gradient")
    assert "(1 / t3 * X.dot(W_Q)).dot(t2.T)" in text  # in a block of rows
    assert text.count("X.dot(W_V)") == text.count("X.dot(W_K)") == 1


def test_what_is_read_together_lies_alike() -> None:
    expr = "Z = softmax(X W_Q W_K^T X^T/sqrt(k)) X W_V; 1/2 ||Z - Y||_F^2"
    where = "X in R^{N x d}; W_Q, W_K in R^{d x k}; W_V in R^{d x k}; Y in R^{N x k}; k in N"
    text = code(expr, "W_Q", where, "hvp")
    assert "ij,ji" not in text and not re.search(r"t\d+\.T [-+*]|[-+*] t\d+\.T|t\d+\.T,", text)
    assert "X.dot(dW_Q)" in text  # and no transpose of its product


def test_arrays_are_turned_over_for_all_their_readers() -> None:
    text = code(
        "sum(exp(A B) .* log(C)^T) + sum((A B) .* D^T)", "C", "A in R^{n x k}; B in R^{k x n}; C in R^{n x n}; D in R^{n x n}", "value"
    )
    assert "ij,ji" not in text and "B.T.dot(A.T)" in text


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_numbers_are_those_without_it(loss: Loss, monkeypatch: pytest.MonkeyPatch) -> None:
    d = matcalc.derivative(loss.expr, loss.wrt, where=loss.where, verify=False)
    assert not isinstance(d, list)
    mended = load(d.code("numpy", parts=["hvp"]))
    monkeypatch.setattr("matcalc.codegen.rewriting.economical", lambda *_, **__: _Same())
    monkeypatch.setattr("matcalc.codegen.regrouping.Regrouping.done", lambda _: {})
    plain = load(d.code("numpy", parts=["hvp"]))
    rng = np.random.default_rng(8)
    values = loss.draw(5, rng)
    x = np.asarray(next(iter(values.values())))
    direction = rng.normal(size=(x[AT - 1] if loss.wrt.endswith("_j") else x).shape)[()]
    for part, further in (("value", []), ("gradient", []), ("hvp", [direction])):
        assert [*inspect.signature(mended[part]).parameters] == [*inspect.signature(plain[part]).parameters]
        given = arguments(plain[part], values, *further)
        assert np.allclose(mended[part](*given), plain[part](*given), rtol=1e-9, atol=1e-11)


class _Same(dict):  # type: ignore[type-arg]
    def __missing__(self, key: object) -> object:
        return key

    def __contains__(self, key: object) -> bool:
        return True


@pytest.mark.parametrize("z", [-400.0, -30.0, -1e-9, 0.0, 0.3, 30.0, 350.0])
def test_a_slope_of_tanh_is_one_exponential(z: float) -> None:
    d = matcalc.derivative("sum(tanh(A x))", "x", where="A in R^{m x n}; x in R^n", verify=False)
    assert not isinstance(d, list)
    text = d.code("numpy")
    assert "np.exp(-2 * np.abs(A.dot(x)))" in body(text, "gradient")
    want = z * 4 * np.exp(-2 * abs(z)) / (1 + np.exp(-2 * abs(z))) ** 2
    assert np.allclose(load(text)["gradient"]([1.0], [[z]]), want, rtol=1e-14, atol=0)
    with np.errstate(all="raise", under="ignore"):
        sigmoid = load(matcalc.grad("sum(softplus(x))", "x", where="x in R^n").code("numpy"))["gradient"]
        assert np.allclose(sigmoid([z]), np.exp(min(z, 0)) / (1 + np.exp(-abs(z))), rtol=1e-14, atol=0)


def test_programs_that_are_differentiated_keep_sigmoids() -> None:
    d = matcalc.derivative("sum(tanh(A x))", "x", where="A in R^{m x n}; x in R^n", verify=False)
    assert not isinstance(d, list)
    assert "abs" not in body(d.code("torch"), "gradient") + body(d.code("jax"), "gradient")


STUDENT = ("sum(log(1 + 3 (A x - b).^2/nu))", "x", "A in R^{m x n}; x in R^n; b in R^m; nu in R positive")


def test_careful_forms_are_taken_where_plain_ones_overflow() -> None:
    """x/(k + x^2) and log(1 + x^2) took six passes everywhere; what is extreme is in tests/stable_probes.py."""
    text = code(*STUDENT, "value_and_gradient")
    assert "_over_square(" in text and "_log1p_square(" in text and "np.abs(" not in text
    rng = np.random.default_rng(4)
    A, x, b = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)
    d = matcalc.derivative(*STUDENT[:2], where=STUDENT[2], verify=False)
    assert not isinstance(d, list)
    names = load(d.code())
    for scale in (1e-140, 1.0, 1e20, 1e160):  # before and after the change from one form to the other
        given = {"x": x * scale, "nu": np.float64(0.7), "A": A, "b": b * scale}
        value, slope = names["value_and_gradient"](*[given[n] for n in inspect.signature(names["value"]).parameters])
        r = np.longdouble(scale) * (A @ x - b).astype(np.longdouble)
        np.testing.assert_allclose(value, float(np.log1p(3 * r * r / np.longdouble(0.7)).sum()), rtol=1e-12)
        np.testing.assert_allclose(slope, (A.T @ (6 * r / (np.longdouble(0.7) + 3 * r * r))).astype(float), rtol=1e-11)


def test_arrays_of_one_type_are_not_converted() -> None:
    """The common type was asked for on every call; other types still become one."""
    d = matcalc.derivative("||A x||^2", "x", where="A in R^{m x n}; x in R^n", verify=False)
    assert not isinstance(d, list)
    gradient = load(d.code())["gradient"]
    A, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])
    for one, other, kind in (
        ("f4", "f4", "f4"),
        ("f8", "f4", "f8"),
        ("i8", "f4", "f8"),
        ("i8", "i8", "f8"),
        ("f2", "f2", "f4"),
        (">f8", "f8", "f8"),
    ):
        found = gradient(x.astype(one), A.astype(other))
        assert found.dtype == np.dtype(kind)
        np.testing.assert_allclose(found, 2 * A.T @ (A @ x))


def test_a_number_beside_many_is_not_spread_out() -> None:
    assert code("sum(max(x, a ones(n)))", "x", "x in R^n; a in R; n in N", "value").count("broadcast_to") == 0


def test_short_rows_are_taken_as_columns() -> None:
    """The greatest of each of many short rows, and their sums, took most of the time of a softmax of few classes."""
    d = matcalc.derivative("sum(logsumexp(X W)) - tr(Y^T softmax(X W))", "W", where="X, Y in R^{N x K}; W in R^{K x K}", verify=False)
    assert not isinstance(d, list)
    names = load(d.code())
    rng = np.random.default_rng(8)
    for rows, columns in ((40, 3), (33, 32), (40, 33), (3, 40), (1, 1)):
        z = 300 * rng.normal(size=(rows, columns))
        copy, shifted = z.copy(), z - z.max(axis=1, keepdims=True)
        total = np.exp(shifted).sum(axis=1)
        np.testing.assert_allclose(names["_softmax"](z), np.exp(shifted) / total[:, None], rtol=1e-13)
        np.testing.assert_allclose(names["_softmax"](np.asfortranarray(z)), np.exp(shifted) / total[:, None], rtol=1e-13)
        np.testing.assert_allclose(names["_logsumexp"](z), z.max(axis=1) + np.log(total), rtol=1e-13)
        assert (z == copy).all()
        assert names["_softmax"](z.astype("f4")).dtype == np.float32


def test_a_product_and_its_transpose_are_one() -> None:
    """H F P F^T H^T multiplied F^T and H^T again, after H F."""
    text = code("log det(H F P F^T H^T + R)", "R", "H in R^{p x n}; F in R^{n x n}; P in R^{n x n} spd; R in R^{p x p} spd", "gradient")
    assert text.count(".dot(") == 3 and text.count("H.dot(F)") == 1 and "@" not in text


def test_products_with_one_matrix_are_one() -> None:
    """softmax(O) W_3^T - Y W_3^T were two products, and a pass to subtract them."""
    where = "X in R^{N x n}; W in R^{n x n}; V in R^{n x K}; Y in R^{N x K}"
    text = code("O = relu(X W) V; sum(logsumexp(O)) - tr(Y^T O)", "W", where, "gradient")
    assert text.count("V.T") == 1 and "- Y).dot(V.T)" in text
    text = code("tr(C^T (A X B + D X B))", "C", "A, D in R^{m x n}; X in R^{n x k}; B in R^{k x p}; C in R^{m x p}", "gradient")
    assert text.count(".dot(") == 2 and "@" not in text


def test_a_solution_beside_the_inverse_is_a_product() -> None:
    """C^-1 S was solved for, and C^-1 computed too."""
    text = code("C = L L^T + diag(p); log det C + tr(S C^-1)", "p", "L in R^{n x k}; p in R^n positive; S in R^{n x n} spd", "hvp")
    assert "_chol_solve" not in text and text.count("_chol_inverse") == 1


def test_a_product_is_not_computed_again_as_its_transpose() -> None:
    """In the Hessian's product of attention K Q'^T stood beside Q' K^T, and diag(P K Q'^T) multiplied P by K first."""
    loss = next(found for found in LOSSES if found.name == "attention")
    d = matcalc.derivative(loss.expr, loss.wrt, where=loss.where, verify=False)
    text = d.code("numpy", parts=["hvp"])  # type: ignore[union-attr]
    assert body(text, "hvp").count(".dot(") == 12 and "@" not in body(text, "hvp")
    rng = np.random.default_rng(4)
    given = {
        n: rng.normal(size=s) for n, s in {"X": (5, 3), "W_Q": (3, 2), "W_K": (3, 2), "W_V": (3, 2), "Y": (5, 2), "dW_Q": (3, 2)}.items()
    }
    file, h = load(text), 1e-6
    ends = [call(file["gradient"], {**given, "W_Q": given["W_Q"] + s * h * given["dW_Q"]}) for s in (1, -1)]
    np.testing.assert_allclose(call(file["hvp"], given), (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-7)


REPEATED = {  # functions that take something off every row of a large matrix, or multiply rows
    "a^T f - epsilon sum(exp((f ones(n)^T + ones(n) g^T - C)/epsilon))": (
        "f",
        "f, g, a in R^n; C in R^{n x n}; epsilon in R positive; n in N",
    ),
    "||softmax(X W) - Y||_F^2": ("W", "X in R^{N x d}; W in R^{d x k}; Y in R^{N x k}"),
    "sum(tanh(diag(x) A))": ("x", "x in R^m; A in R^{m x n}"),
}


@pytest.mark.parametrize("expr", REPEATED)
def test_long_rows_are_computed_with_a_buffer_of_one(expr: str) -> None:
    """The same numbers as with NumPy's own buffer, which is there again afterwards, also after an error."""
    wrt, where = REPEATED[expr]
    d = matcalc.derivative(expr, wrt, where=where, verify=False)
    assert not isinstance(d, list)
    text = d.code("numpy", parts=["hvp", "make"])
    short, plain = load(text), load(text.replace("np.getbufsize() >", "0 >"))
    rng, sizes = np.random.default_rng(2), {"n": 200, "N": 240, "d": 5, "k": 220, "m": 230}
    given: dict[str, object] = {"epsilon": 0.5}
    for names, shape in re.findall(r"([A-Za-z, ]+) in R\^(\{[^}]*\}|\w)", where):
        dims = [sizes[k] for k in re.findall(r"[A-Za-z]", shape) if k != "x"]
        given |= {name: rng.normal(size=dims) for name in names.strip().split(", ")}
    given[f"d{wrt}"] = rng.normal(size=np.shape(given[wrt]))
    seen = []
    softly = short["_with_buffer"]
    short["_with_buffer"] = lambda width, function, *rest: seen.append(width) or softly(width, function, *rest)
    before = np.getbufsize()
    for part in ("value", "gradient", "value_and_gradient", "hvp"):
        for a, b in zip(*(np.atleast_1d(call(names[part], given)) if part != "value_and_gradient" else call(names[part], given)
                          for names in (short, plain)), strict=True):  # fmt: skip
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    assert seen and np.getbufsize() == before
    made = short["make"](*[given[name] for name in inspect.signature(short["make"]).parameters])
    np.testing.assert_allclose(made.gradient(given[wrt]), call(plain["gradient"], given), rtol=1e-12, atol=1e-12)
    with pytest.raises(ZeroDivisionError):
        softly(64, lambda: 1 / 0)
    assert np.getbufsize() == before


def test_short_rows_and_vectors_keep_the_buffer() -> None:
    for part in ("gradient", "hvp"):
        assert "_with_buffer" not in code("sum(log(1 + exp(-y .* (X w))))", "w", "X in R^{N x n}; w in R^n; y in R^N", part)
    assert "64 <= n <= 4096" in code("sum(tanh(diag(x) A))", "x", "x in R^m; A in R^{m x n}", "gradient")


def test_softmax_multiplies_by_the_reciprocal_of_the_sum() -> None:
    names: dict[str, object] = {"np": np}
    exec(python_functions("numpy")["_softmax"], names)
    rng = np.random.default_rng(3)
    for shape, dtype in (((40, 50), "f8"), ((60, 3), "f8"), ((7,), "f8"), ((4, 5, 6), "f4")):
        z = (300 * rng.normal(size=shape)).astype(dtype)
        e = np.exp((z - z.max(-1, keepdims=True)).astype("f8"))
        found = names["_softmax"](z)  # type: ignore[operator]
        assert found.dtype == z.dtype
        np.testing.assert_allclose(found, e / e.sum(-1, keepdims=True), rtol=1e-15 if dtype == "f8" else 3e-5, atol=1e-30)


def test_an_array_in_place_is_multiplied_twice_by_what_is_squared() -> None:
    where = "M, Y in R^{m x n}; U in R^{m x k}; V in R^{n x k}"
    text = code("||M .* (U V^T - Y)||_F^2", "U", where, "gradient")
    assert text.count("t1 *= M\n") == 2 and "M**2" not in text
    text = code("||diag(v) (U V^T - Y)||_F^2", "U", where + "; v in R^m", "gradient")
    assert "v**2" in text or "*= v" not in text  # of a column the square is cheaper
    assert "M**2" in code("||M .* (U V^T - Y)||_F^2", "U", where, "value_and_gradient")  # needed twice


def test_a_product_with_a_sum_gives_off_the_multiples_that_are_there() -> None:
    """(u - v + c z)^T d, where z^T d is there: c z was made, and added."""
    graph, n = ProgramGraph(), Dim.of("n")
    u, v, z, d = (graph.make("in", (), name, (n,)) for name in "uvzd")
    c = graph.make("in", (), "c", ())

    def inner(left: GraphNode, right: GraphNode) -> GraphNode:
        return graph.make("pair", (left, right), ("i", "i", ""), ())

    minus = graph.make("mul", (graph.number(-1), v), None, (n,))
    whole = graph.make("add", (u, minus, graph.make("mul", (c, z), None, (n,))), None, (n,))
    rest = graph.make("add", (u, minus), None, (n,))
    roots = [inner(whole, d), inner(z, d)]
    assert parted(graph, roots, ())[roots[0]] is graph.make("add", (inner(rest, d), graph.make("mul", (c, inner(z, d)))))
    assert not parted(graph, [*roots, whole], ())  # the sum is computed anyway
    assert not parted(graph, roots[:1], ())  # the product is not there
    assert not parted(graph, [inner(graph.make("add", (u, minus), None, (n,)), d), inner(v, d)], ())  # a difference may be exact


def test_a_product_is_found_again_by_its_members() -> None:
    """With B symmetric V^T (B W) is the transpose of W^T (B V), which the program has: it was multiplied out again, and solved with."""
    text = code("tr((V^T B V)^-1 V^T A V)", "V", "V in R^{n x k}; A, B in R^{n x n} spd", "hvp")
    assert text.count("_products(B, V, dV)") == 1 and "B.dot(" not in text and not re.search(r"V\.T\.dot\(t\d+\[1\]", text)
    assert "_lu_solve(lu1, V.T)" not in text  # with k columns rather than n


def test_long_chains_are_multiplied_in_the_cheapest_order() -> None:
    """Twelve matrices: greed formed S^-1, and products of four axes with it."""
    text = code("tr(B V S^-1 V^T A V S^-1 V^T C V S^-1 W^T)", "B", "V, W in R^{n x 3}; A, B, C in R^{n x n}; S in R^{3 x 3}", "gradient")
    assert "einsum" not in text and "_lu_inverse" not in text and "V.T)" not in text.replace(".T.dot(V.T))", "")
    assert text.count("_lu_solve(") == 3


def test_products_with_one_square_matrix_are_taken_together() -> None:
    text = code("tr(V^T A V)/tr(V^T B V)", "V", "V in R^{n x k}; A, B in S^n", "hvp")
    assert "_products(B, V, dV)" in text and "_products(A, V, dV)" in text and ".dot(" not in text
    text = code("tr(V^T A V)/tr(V^T A^2 V)", "V", "V, A in R^{n x n}", "hvp")
    assert "_products" not in text  # as many columns as rows


def test_a_difference_of_matrices_is_not_multiplied_out() -> None:
    """c A X + B X, where A X and B X are there, but (A - B) Y as it is: A - B may be exact."""
    graph, n, k = ProgramGraph(), Dim.of("n"), Dim.of("k")
    A, B = (graph.make("in", (), name, (n, n)) for name in "AB")
    X, Y = (graph.make("in", (), name, (n, k)) for name in "XY")
    c = graph.make("in", (), "c", ())

    def product(m: GraphNode, x: GraphNode) -> GraphNode:
        return graph.make("pair", (m, x), ("ij", "jk", "ik"), (n, k))

    def total(*terms: GraphNode) -> GraphNode:
        return graph.make("add", terms, None, terms[0].dims)

    def times(number: GraphNode, array: GraphNode) -> GraphNode:
        return graph.make("mul", (number, array), None, array.dims)

    there = [product(A, X), product(B, X)]
    for number, is_apart in ((c, True), (graph.number(-1), False)):
        root = product(total(A, times(number, B)), Y)
        found = gathered(graph, [root, *there], ())
        assert (found.get(root, root).op == "add") is is_apart


@pytest.mark.parametrize("rows, width", [(4, 2), (300, 3), (300, 200)])
def test_products_taken_together_are_those_apart(rows: int, width: int) -> None:
    names: dict[str, object] = {"np": np}
    exec(python_functions("numpy")["_products"], names)
    rng = np.random.default_rng(0)
    M, X, Y = rng.normal(size=(rows, rows)), rng.normal(size=(rows, width)), rng.normal(size=(rows, width))
    found = names["_products"](M, X, Y)  # type: ignore[operator]
    assert np.allclose(found[0], M @ X, rtol=1e-12, atol=1e-12) and np.allclose(found[1], M @ Y, rtol=1e-12, atol=1e-12)


ALIASED = [
    ("sum(exp(A B)) (a^T vec((A B)^T)) + b^T vec((A B)^T)", "A, B in R^{4 x 4}; a, b in R^16"),
    ("sum(exp(A B)) (c^T diag(A B)) + d^T diag(A B)", "A, B in R^{4 x 4}; c, d in R^4"),
    ("sum(exp(A B)) (c^T (A B)[:,1]) + d^T (A B)[:,1]", "A, B in R^{4 x 4}; c, d in R^4"),
]


@pytest.mark.parametrize("expr, where", ALIASED, ids=[a[0] for a in ALIASED])
def test_what_shares_memory_with_an_array_is_read_before_that_is_overwritten(expr: str, where: str) -> None:
    """vec(X^T) of a product is its memory: exp was written into it before it was read."""
    d = matcalc.derivative(expr, "A", where=where, verify=False)
    rng = np.random.default_rng(0)
    names = load(d.code("numpy"))  # type: ignore[union-attr]
    values = {"A": rng.normal(size=(4, 4)), "B": rng.normal(size=(4, 4))}
    values |= {n: rng.normal(size=16 if n in "ab" else 4) for n in "abcd" if f"{n}^T" in expr}
    value, gradient = names["value_and_gradient"](*arguments(names["value_and_gradient"], values))
    assert np.allclose(gradient, d.evaluate(values), rtol=1e-12)  # type: ignore[union-attr]
    assert np.isclose(value, matcalc.parse(expr, where=where).evaluate(values), rtol=1e-12)
