"""`code --batch`: functions for many samples against one call for each, in every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from compiled import parameters_of, run_eigen
from console import run
from emitted import CONSOLES, LANGUAGES, PYTHON, caster, installed, load, parameters_in, run_in

import matcalc
from matcalc.errors import UsageError

N = 4
RNG = np.random.default_rng(11)


class Case(NamedTuple):
    """A question, and which of its arguments have samples."""

    name: str
    expr: str
    wrt: Any
    where: str
    batch: list[str]
    parts: list[str]
    functions: list[str]
    shapes: dict[str, tuple[int, ...]]
    shared: list[str] = []  # directions that are the same for all samples


BOTH = "value_and_gradient"
CASES = [
    Case("weights", "||W x - y||^2", "W", "W in R^{m x n}; x in R^n; y in R^m", ["x", "y"], ["hvp", "jvp"],
         ["value", "gradient", BOTH, "hvp", "jvp"],
         {"W": (2, 3), "x": (3,), "y": (2,), "dW": (2, 3)}, ["dW"]),
    Case("of the variable", "log(1 + exp(-t a^T x))", "x", "a, x in R^n; t in R", ["x", "t"], ["hvp"], ["value", "gradient", "hvp"],
         {"x": (3,), "a": (3,), "t": (), "dx": (3,)}),
    Case("jacobian", "A tanh(X b)", "X", "A in R^{k x m}; X in R^{m x n}; b in R^n", ["X"], ["vjp"], ["value", "jacobian", "vjp"],
         {"A": (2, 3), "X": (3, 2), "b": (2,), "v": (2,)}),
    Case("matrices", "logdet(S + x x^T) + tr(S B)", "x", "S in R^{n x n} spd; B in R^{n x n}; x in R^n", ["S", "B"], [], ["value", BOTH],
         {"S": (3, 3), "B": (3, 3), "x": (3,)}),
    Case("one column", "||X||_F^2 + sum(X)", "X", "X in R^{m x n}", ["X"], [], ["value", "gradient"], {"X": (3, 1)}),
]  # fmt: skip


def drawn(case: Case) -> tuple[dict[str, Any], list[str]]:
    """Values for all arguments, and the names of those with samples."""
    many = [n for n in case.shapes if n not in case.shared and (n in case.batch or n in ("v",) or n.removeprefix("d") in case.batch)]
    values = {}
    for name, shape in case.shapes.items():
        value = RNG.normal(size=(N, *shape) if name in many else shape)
        if name == "T":  # symmetric
            value = value + np.swapaxes(value, -1, -2)
        if name == "S":  # positive definite
            value = value @ np.swapaxes(value, -1, -2) + np.eye(shape[0])
        values[name] = value
    return values, many


def of(case: Case, language: str) -> str:
    return matcalc.derivative(case.expr, case.wrt, where=case.where).code(language, parts=case.parts, batch=case.batch)  # type: ignore[union-attr]


def taken(values: dict[str, Any], names: Any) -> dict[str, Any]:
    return {n: values[n] for n in names}


def single(case: Case, function: str, values: dict[str, Any], many: list[str]) -> list[np.ndarray]:
    """What NumPy's function of one sample returns for each of them, stacked."""
    f = load(of(case, "numpy"))[function]
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    found = [f(**{n: v[k] if n in many else v for n, v in taken(values, names).items()}) for k in range(N)]
    found = [one if isinstance(one, tuple) else (one,) for one in found]
    return [np.stack(parts) for parts in zip(*found)]


@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_python(case: Case, language: str) -> None:
    array, program = caster(language), load(of(case, language))
    values, many = drawn(case)
    for function in case.functions:
        want = single(case, function, values, many)
        f = program[f"batch_{function}"]
        got = f(**{n: array(v) for n, v in taken(values, f.__code__.co_varnames[: f.__code__.co_argcount]).items()})
        for one, expected in zip(got if isinstance(got, tuple) else (got,), want, strict=True):
            assert tuple(one.shape) == expected.shape
            np.testing.assert_allclose(
                np.asarray(one), expected, rtol=2e-5 if language == "jax" else 1e-10, atol=2e-5 if language == "jax" else 1e-12
            )


@pytest.mark.parametrize("language", [p for p in LANGUAGES if (p if isinstance(p, str) else p.values[0]) in CONSOLES])
def test_in_other_languages(language: str, tmp_path: Path) -> None:
    for result in (0, 2):
        questions, expected = [], []
        for case in CASES:
            text, (values, many) = of(case, language), drawn(case)
            for function in case.functions:
                want = single(case, function, values, many)
                if (len(want) > 1) == bool(result):
                    questions.append((text, f"batch_{function}", taken(values, parameters_in(language, text, f"batch_{function}"))))
                    expected.append((case.name, function, want[max(result - 1, 0)]))
        for got, (name, function, want) in zip(run_in(language, questions, tmp_path, result), expected, strict=True):
            shape = np.shape(got)
            assert shape == want.shape or (shape == (*want.shape, 1)[: len(shape)] and len(shape) >= want.ndim) or want.shape[-1] == 1, (
                name,
                function,
            )
            np.testing.assert_allclose(np.reshape(got, want.shape), want, rtol=1e-9, atol=1e-11, err_msg=f"{name} {function}")


@pytest.mark.eigen
def test_in_eigen(tmp_path: Path) -> None:
    for result in (0, 2):
        questions, expected = [], []
        for case in CASES:
            text, (values, many) = of(case, "eigen"), drawn(case)
            for function in case.functions:
                want = single(case, function, values, many)
                if (len(want) > 1) == bool(result):
                    questions.append((text, f"batch_{function}", taken(values, [n for _, n in parameters_of(text, f"batch_{function}")])))
                    expected.append((case.name, function, want[max(result - 1, 0)]))
        for got, (name, function, want) in zip(run_eigen(questions, tmp_path, result), expected, strict=True):
            np.testing.assert_allclose(np.reshape(got, want.shape), want, rtol=1e-9, atol=1e-11, err_msg=f"{name} {function}")


# Every operation of these has a form with one more axis, by which arguments have samples.
VECTORISED = [
    Case("numbers", "log(1 + (w^T x - y)^2/s)", "w", "w, x in R^n; y in R; s in R positive", ["x", "y", "s"], ["hvp"],
         ["value", "gradient", "hvp"], {"w": (3,), "x": (3,), "y": (), "s": (), "dw": (3,)}, ["dw"]),
    Case("rows", "sum(logsumexp(X W)) - tr(Y^T X W)", "W", "X in R^{N x d}; W in R^{d x K}; Y in R^{N x K}", ["W"], ["hvp"],
         ["value", "gradient", BOTH, "hvp"], {"W": (3, 2), "X": (5, 3), "Y": (5, 2), "dW": (3, 2)}),
    Case("products", "tr(X^T A X B)", "X", "X in R^{m x n}; A in R^{m x m}; B in R^{n x n}", ["X", "B"], ["hvp"],
         ["value", "gradient", "hvp"], {"X": (3, 2), "A": (3, 3), "B": (2, 2), "dX": (3, 2)}),
    Case("none of them", "c ||A X||_F^2", "X", "A in R^{m x n}; X in R^{n x k}; c in R", ["c"], ["hvp"], ["value", "gradient", "hvp"],
         {"X": (3, 2), "A": (2, 3), "c": (), "dX": (3, 2)}, ["dX"]),
    Case("constant", "x^T A x", "x", "x in R^n; A in R^{n x n}", ["x"], ["hessian"], ["value", "gradient", "hessian"],
         {"x": (3,), "A": (3, 3)}),
    Case("cumulated", "c^T log(cumsum(exp(x))) + sum(cumsum(X) .* Y)", "x", "c, x in R^n; X, Y in R^{n x k}", ["x", "X"], ["hvp"],
         ["value", "gradient", "hvp"], {"c": (3,), "x": (3,), "X": (3, 2), "Y": (3, 2), "dx": (3,)}),
    Case("entries", "x_1^2 x_2 + X_21 x_3", "x", "x in R^3; X in R^{2 x 3}", ["x", "X"], ["hessian"], ["value", "gradient", "hessian"],
         {"x": (3,), "X": (2, 3)}),
    Case("slopes", "||relu(W x) - y||^2 + sum(|x| + max(x, y))", "x", "W in R^{n x n}; x, y in R^n", ["x", "y"], ["hvp"],
         ["value", "gradient", "hvp"], {"W": (3, 3), "x": (3,), "y": (3,), "dx": (3,)}),
    Case("slopes by layers", "sum(relu(W x + b))", "W", "W in R^{m x n}; x in R^n; b in R^m", ["x"], [], ["value", "gradient"],
         {"W": (2, 3), "x": (3,), "b": (2,)}),
    Case("inverses", "log det(S) + tr(T S^-1) + x^T S^-1 x", "S", "S in R^{n x n} spd; T in S^n; x in R^n", ["S", "x"], ["hvp"],
         ["value", "gradient", "hvp"], {"S": (3, 3), "T": (3, 3), "x": (3,), "dS": (3, 3)}),
    Case("one inverse", "log det(S) + tr(T S^-1) + x^T S^-1 x + ||S^-1 X||_F^2", "x", "S in R^{n x n} spd; T in S^n; x in R^n; "
         "X in R^{n x k}", ["T", "x", "X"], [], ["value", "gradient"], {"S": (3, 3), "T": (3, 3), "x": (3,), "X": (3, 2)}),
    Case("solutions", "||A X^-1 b||^2 + log(det(X)^2) + tr(X^-T C)", "X", "A, X, C in R^{n x n}; b in R^n", ["X", "b"], ["hvp"],
         ["value", "gradient", "hvp"], {"A": (3, 3), "X": (3, 3), "C": (3, 3), "b": (3,), "dX": (3, 3)}),
    Case("solutions with one side", "||A X^-1 b||^2 + ||X^-T B||^2", "X", "A, X in R^{n x n}; b in R^n; B in R^{n x k}", ["X"], [],
         ["value", "gradient"], {"A": (3, 3), "X": (3, 3), "b": (3,), "B": (3, 2)}),
    Case("solutions with one matrix", "||A X^-1 b||^2 + ||X^-T B||^2", "b", "A, X in R^{n x n}; b in R^n; B in R^{n x k}", ["b", "B"], [],
         ["value", "gradient"], {"A": (3, 3), "X": (3, 3), "b": (3,), "B": (3, 2)}),
    Case("diagonals", "log det(diag(exp(x)) + U U^T) + tr((S + t I)^-1 diag(x))", "x", "x in R^n; U in R^{n x k}; t in R positive; "
         "S in R^{n x n} spd", ["x", "t"], [], ["value", "gradient"], {"x": (3,), "U": (3, 2), "t": (), "S": (3, 3)}),
    Case("put together", "[x; y]^T A [x; y] + vec(X)^T vec(X^2) + tr([1, x_1; t, 3])", "x",
         "x in R^n; y in R^m; A in R^{n+m x n+m}; X in R^{2 x 2}; t in R", ["x", "X"], [], ["value", "gradient"],
         {"x": (2,), "y": (3,), "A": (5, 5), "X": (2, 2), "t": ()}),
    Case("distances", "sum_{i=1}^N sum_{k=1}^K exp(-t ||x_i - y_k||^2)", "t", "x_i, y_k in R^d; t in R", ["x"], [],
         ["value", "gradient", BOTH], {"t": (), "x": (5, 2), "y": (3, 2)}),
    Case("distances from samples", "sum_{i=1}^N sum_{k=1}^K exp(-t ||x_i - y_k||^2)", "t", "x_i, y_k in R^d; t in R", ["x", "y", "t"], [],
         ["value", "gradient"], {"t": (), "x": (2, 2), "y": (4, 2)}),
    Case("numbers put together", "[x_1, t; 2, x_2] y", "x", "x, y in R^2; t in R", ["x"], [], ["value", "jacobian"],
         {"x": (2,), "t": (), "y": (2,)}),
]  # fmt: skip


@pytest.mark.parametrize("language", ["numpy", "array-api"])
@pytest.mark.parametrize("case", VECTORISED, ids=lambda case: case.name)
def test_nothing_is_called_for_each_sample(case: Case, language: str) -> None:
    text = of(case, language)
    values, many = drawn(case)
    program, array = load(text), caster(language)
    values = {n: abs(v) if n in ("s", "t") else v for n, v in values.items()}
    for function in case.functions:
        assert "_batched(" not in text.partition(f"def batch_{function}(")[2].partition("\n\n\n")[0]
        f = program[f"batch_{function}"]
        got = f(**{n: array(v) for n, v in taken(values, f.__code__.co_varnames[: f.__code__.co_argcount]).items()})
        for one, expected in zip(got if isinstance(got, tuple) else (got,), single(case, function, values, many), strict=True):
            assert tuple(one.shape) == expected.shape
            np.testing.assert_allclose(np.asarray(one), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("case", VECTORISED, ids=lambda case: case.name)
def test_many_samples_keep_their_type(case: Case) -> None:
    program, (values, _) = load(of(case, "numpy")), drawn(case)
    for function in case.functions:
        f = program[f"batch_{function}"]
        got = f(**{n: np.abs(v).astype("float32") for n, v in taken(values, f.__code__.co_varnames[: f.__code__.co_argcount]).items()})
        assert {one.dtype for one in (got if isinstance(got, tuple) else (got,))} == {np.dtype("float32")}


def test_many_matrices_that_are_not_positive_definite_end_in_an_error() -> None:
    d = matcalc.derivative("x^T S^-1 x", "x", where="S in R^{n x n} spd; x in R^n")
    program = load(d.code(batch=["S"]))  # type: ignore[union-attr]
    with pytest.raises(np.linalg.LinAlgError):
        program["batch_value"](np.ones(2), np.array([np.eye(2), np.diag([1.0, -1.0])]))
    roots = RNG.normal(size=(3, 20, 20))
    many = roots @ np.swapaxes(roots, 1, 2) + np.eye(20)
    for S in (many, many.astype("float32")):  # large ones are inverted one by one
        found = program["_inverses"](S)
        assert found.dtype == S.dtype
        np.testing.assert_allclose(found @ S, np.broadcast_to(np.eye(20), S.shape), atol=1e-9 if S is many else 1e-2)


def test_what_has_no_such_form_is_called_for_each_sample() -> None:
    text = matcalc.derivative("a^T sqrtm(X) b + sum(a)", "a", where="a, b in R^n; X in R^{n x n} spd").code(batch=["X"])  # type: ignore[union-attr]
    assert "_batched(gradient" in text
    samples = matcalc.derivative("samples x", "x", where="samples, x in R")
    found = load(samples.code(batch=["x"]))["batch_value"](x=np.arange(3.0), samples=2.0)  # type: ignore[union-attr]
    np.testing.assert_allclose(found, [0, 2, 4])


def test_several_variables() -> None:
    where = "W in R^{m x n}; b, y in R^m; x in R^n"
    program = load(matcalc.code(matcalc.derivative("||W x + b - y||^2", ["W", "b"], where=where), batch=["x", "y"]))  # type: ignore[arg-type]
    W, b, x, y = RNG.normal(size=(2, 3)), RNG.normal(size=2), RNG.normal(size=(N, 3)), RNG.normal(size=(N, 2))
    value, by_W, by_b = program["batch_value_and_gradients"](W=W, b=b, x=x, y=y)
    residual = x @ W.T + b - y
    np.testing.assert_allclose(value, (residual**2).sum(1))
    np.testing.assert_allclose(by_W, 2 * residual[:, :, None] * x[:, None, :])
    np.testing.assert_allclose(by_b, 2 * residual)


@pytest.mark.parametrize("language", PYTHON)
def test_the_number_of_samples_is_checked(language: str) -> None:
    array, f = caster(language), load(of(CASES[0], language))["batch_value"]
    W, x, y = array(np.ones((2, 3))), array(np.ones((N, 3))), array(np.ones((N, 2)))
    for other in (y[:2, ...], y[0, ...], y[:0, ...]):
        with pytest.raises((ValueError, RuntimeError), match=r"samples|size"):
            f(W, x, other)


@pytest.mark.torch
def test_what_torch_cannot_map_is_called_for_each() -> None:
    torch = installed("torch")
    helper = load(of(CASES[0], "torch"))["_batched"]
    x = torch.arange(6.0).reshape(3, 2)
    got = helper(lambda row: row * 2 if float(row.sum()) > 4 else row, (0,), x)
    np.testing.assert_allclose(got, [[0, 1], [4, 6], [8, 10]])


def test_what_has_no_samples_is_refused() -> None:
    d = matcalc.derivative("||A x - b||^2", "x")
    for name in ("z", "dx", "n"):
        with pytest.raises(UsageError, match="array or number"):
            d.code(batch=[name])  # type: ignore[union-attr]
    z = matcalc.derivative("z^H A z", "z", where="z in C^n; A in C^{n x n} hermitian")
    with pytest.raises(UsageError, match="real arrays"):
        z.code("eigen", batch=["z"])  # type: ignore[union-attr]


def test_on_the_command_line() -> None:
    done = run("code", "||W x - y||^2", "--wrt", "W", "--where", "W in R^{m x n}", "--batch", "x,y", "--hvp")
    assert done.code == 0 and "def batch_hvp(W, x, y, dW):" in done.out
    assert run("code", "||A x||^2", "--wrt", "x", "--batch", "q").code == 2


def test_without_it_nothing_is_there() -> None:
    assert "batch" not in matcalc.derivative("||A x - b||^2", "x").code()  # type: ignore[union-attr]
