"""Emitted programs: they run without matcalc and give the numbers of the corpus, in every language that is installed."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import run
from corpus import cases, close, draws
from emitted import call, installed, load, run_octave

import matcalc
from matcalc.codegen.program import first_name
from matcalc.codegen.pyfile import identifier
from matcalc.errors import MatcalcError

CASES = {f"{case['file']}-{case['id']}".removeprefix("public-"): case for name in ("public", "rivals") for case in cases(name)}


@cache
def derivative(name: str) -> Any:
    case = CASES[name]
    return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"], verify=False)


def of(expr: str, wrt: str, where: str = "", target: str = "numpy", **options: Any) -> str:
    d = matcalc.derivative(expr, wrt, where=where)
    text: str = d.code(target, **options)  # type: ignore[union-attr]
    return text


# ---------------------------------------------------------------------------------------------- NumPy, the corpus


@pytest.mark.parametrize("name", CASES)
def test_numpy(name: str) -> None:
    d, case = derivative(name), CASES[name]
    found = load(d.code("numpy"))
    with np.errstate(all="ignore"):
        for inputs, want in draws(case):
            value = matcalc.parse(case["expr"], case["where"]).evaluate(inputs)
            got = call(found[first_name(d)], inputs)
            assert close(got, want) and np.shape(got) == np.shape(np.squeeze(want)), d.text
            assert close(call(found["value"], inputs), value)
            if d.order == 1:
                both = call(found[f"value_and_{first_name(d)}"], inputs)
                assert close(both[0], value) and close(both[1], want)


def contracted(a: Any, b: Any, axes: int) -> Any:
    return np.tensordot(a, b, axes)


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c["order"] == 1])
def test_products_with_vectors(name: str) -> None:
    """jvp and vjp against the corpus, hessian and hvp against the second derivative."""
    d, case = derivative(name), CASES[name]
    scalar = d._tensor.shapes[0] == matcalc.parse("1").expr.shape
    found = load(d.code("numpy", parts=["jvp", "vjp", *(["hessian", "hvp"] if scalar else [])]))
    second = matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=2, verify=False) if scalar else None
    rng = np.random.default_rng(7)
    with np.errstate(all="ignore"):
        inputs, want = next(iter(draws(case)))
        jacobian, x = np.squeeze(want), np.asarray(inputs[case["wrt"]])
        direction, value = rng.normal(size=x.shape), call(found["value"], inputs)
        weight = rng.normal(size=np.shape(value))
        names = {part: [*inspect.signature(found[part]).parameters][-1] for part in ("jvp", "vjp", *(["hvp"] if scalar else []))}
        legs, out = np.squeeze(direction).ndim, np.squeeze(weight).ndim
        got = call(found["jvp"], inputs, **{names["jvp"]: direction[()]})
        assert close(got, contracted(jacobian, np.squeeze(direction), legs))
        assert close(call(found["vjp"], inputs, **{names["vjp"]: weight[()]}), contracted(np.squeeze(weight), jacobian, out))
        if second is not None:
            hessian = second.evaluate(inputs)  # type: ignore[union-attr]
            assert close(call(found["hessian"], inputs), hessian)
            got = call(found["hvp"], inputs, **{names["hvp"]: direction[()]})
            assert close(got, contracted(np.squeeze(hessian), np.squeeze(direction), legs))


@pytest.mark.parametrize("name", ["ridge", "logistic-hess", "gauss-Sigma", "mlp3-W1", "attn-rows", "kalman-gain", "mml-5.102", "rmsnorm"])
def test_single_precision_stays_single(name: str) -> None:
    d = derivative(name)
    found = load(d.code("numpy"))
    for inputs, want in draws(CASES[name]):
        single = {n: np.float32(v) if isinstance(v, np.ndarray) else v for n, v in inputs.items()}
        got = call(found[first_name(d)], single)
        assert got.dtype == np.float32 and close(got, want, 1e-3)


@pytest.mark.parametrize("name", ["gauss-Sigma", "det-frac", "cookbook-125", "kalman-innov-H", "gp-amp", "stein"])
def test_numpy_alone(name: str) -> None:
    """Without SciPy the same numbers come out."""
    d = derivative(name)
    found = load(d.code("numpy"), **{"scipy": None, "scipy.linalg": None})
    assert all(close(call(found[first_name(d)], inputs), want) for inputs, want in draws(CASES[name]))


# ---------------------------------------------------------------------------------------------- NumPy, quality


def test_stable_forms() -> None:
    big = np.array([1000.0, -1000.0, 0.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = load(of("sum(log(1 + exp(x)))", "x", "x in R^n"))
        assert call(found["value"], {"x": big}) == pytest.approx(1000 + np.log(2))
        assert call(found["gradient"], {"x": big}) == pytest.approx([1, 0, 0.5])
        found = load(of("log(sum(exp(x)))", "x", "x in R^n"))
        assert call(found["value"], {"x": big}) == pytest.approx(1000) and call(found["gradient"], {"x": big}) == pytest.approx([1, 0, 0])
        found = load(of("||x||", "x", "x in R^n"))
        assert call(found["gradient"], {"x": np.zeros(3)}) == pytest.approx([0, 0, 0])
        found = load(of("-log(sigmoid(w^T x))", "w", "x, w in R^n"))
        assert call(found["value"], {"w": big, "x": -big}) == pytest.approx(2e6)
        found = load(of("log det S", "S", "S in R^{n x n} spd"))
        assert call(found["value"], {"S": 1e-3 * np.eye(200)}) == pytest.approx(200 * np.log(1e-3))


def test_systems_are_solved_and_factored_once() -> None:
    text = of("a^T X^-1 b", "X", "a, b in R^n; X in R^{n x n}")
    assert "inv" not in text.partition("def value")[2]
    both = text[text.index("def value_and_gradient") : text.index("def _inputs")]
    assert both.count("_lu(X)") == 1 and both.count("_lu_solve") == 2
    text = of("log det(S) + y^T S^-1 y", "S", "S in R^{n x n} spd; y in R^n")
    both = text[text.index("def value_and_gradient") : text.index("def _inputs")]
    assert both.count("_chol(S)") == 1 and "_lu" not in both


def gradient_of(text: str, name: str = "gradient") -> str:
    return re.search(rf"def {name}\(.*?(?=\n\n\n)", text, re.DOTALL)[0]  # type: ignore[index]


def test_good_shapes_of_products() -> None:
    text = gradient_of(of("||A B x||^2", "x", "A, B in R^{n x n}; x in R^n"))
    assert "return 2 * A.dot(B.dot(x)).dot(A).dot(B)" in text  # vectors first, from the left
    text = gradient_of(of("tr(A B)", "A", "A in R^{m x n}; B in R^{n x m}"))
    assert "return B.T" in text
    assert 'np.einsum("ij,ji->", A, B)' in of("tr(A B)", "A", "A in R^{m x n}; B in R^{n x m}")
    text = gradient_of(of("x^T D x", "x", "D in R^{n x n} diagonal; x in R^n"))
    assert "np.eye" not in text
    text = of("sum(log(1 + exp(-y .* (X w))))", "w", "X in R^{N x n}; w in R^n; y in R^N", parts=["hessian", "hvp"])
    assert "t2.T @ t2" in gradient_of(text, "hessian") and "np.diag" not in text  # syrk, and diag(v) as broadcasting
    text = of("tr(A B C)", "A", "A in R^{m x n}; B in R^{n x p}; C in R^{p x m}")
    assert "B.dot(C).T" in text or "C.T.dot(B.T)" in text


def test_traces_are_entrywise_sums_of_half_an_inverse() -> None:
    where = "theta, sigma in R positive; K in R^{n x n} spd; y in R^n"
    text = gradient_of(of("1/2 y^T (theta K + sigma I)^-1 y + 1/2 log det(theta K + sigma I)", "theta", where))
    assert "_chol_trace(chol1, K)" in text and text.count("_chol_solve") == 1 and "K.dot(t2).dot(t2)" in text
    rng = np.random.default_rng(1)
    given = {"S": np.cov(rng.normal(size=(5, 9))), "M": np.cov(rng.normal(size=(5, 9))), "s": 2.0}
    text = of("s log det(S + s M)", "s", "S, M in R^{n x n} spd; s in R positive")
    want = np.linalg.slogdet(given["S"] + 2 * given["M"])[1] + 2 * np.trace(np.linalg.inv(given["S"] + 2 * given["M"]) @ given["M"])
    for blocked in ({}, {"scipy": None, "scipy.linalg": None}):
        assert call(load(text, **blocked)["gradient"], given) == pytest.approx(want)
    assert 'np.einsum("ij,ji->", X, X)' in of("tr(X^2)", "X", "X in R^{n x n}")


def test_what_all_terms_of_a_tensor_share_is_in_front() -> None:
    where = "W_1 in R^{h x d}; x in R^d; W_2 in R^{c x h}; y in R^c"
    text = gradient_of(of("o = W_2 relu(W_1 x); logsumexp(o) - y^T o", "W_1", where, parts=["hessian"]), "hessian")
    assert text.count("_interleaved(") == 1 and ":, None, :" not in text  # the sum has two axes, and takes the other two at the end


def test_sizes_decide_the_order() -> None:
    where = "A in R^{m x n}; B in R^{n x p}; C in R^{p x q}; D in R^{m x q}"
    left = gradient_of(of("sum(D .* (A B C))", "D", where, sizes={"m": 1000, "n": 2, "p": 1000, "q": 1000}))
    right = gradient_of(of("sum(D .* (A B C))", "D", where, sizes={"m": 2, "n": 1000, "p": 1000, "q": 1000}))
    assert "A.dot(B.dot(C))" in left and "A.dot(B).dot(C)" in right


def test_full_tensors_have_deltas_only_where_asked_for() -> None:
    text = of("||M - U V^T||_F^2", "U", "M in R^{m x n}; U in R^{m x k}; V in R^{n x k}", parts=["hessian", "hvp"])
    assert "_spread" in gradient_of(text, "hessian")
    for name in ("gradient", "hvp"):
        assert "_spread" not in gradient_of(text, name) and "np.eye" not in gradient_of(text, name)


def test_families_are_stacked() -> None:
    text = of("1/N sum_{i=1}^N (w^T x_i - y_i)^2", "w", "x_i in R^n; y_i in R; w in R^n", parts=["hessian"])
    assert "for i" not in text and "x.T @ x" in gradient_of(text, "hessian")


def test_the_file_says_what_it_wants() -> None:
    found = load(of("||A x - b||^2", "x", "A in R^{m x n}; b in R^m"))
    good = {"A": np.ones((3, 2)), "x": np.ones(2), "b": np.ones(3)}
    assert call(found["gradient"], good).shape == (2,)
    for name, bad in (("b", np.ones(4)), ("A", np.ones(3)), ("x", np.ones((2, 2)))):
        with pytest.raises(ValueError, match=f"{name}: shape|: shape"):
            call(found["gradient"], {**good, name: bad})
    assert call(found["gradient"], {n: v.astype(int) for n, v in good.items()}).dtype == np.float64
    assert call(found["gradient"], {n: v.tolist() for n, v in good.items()}) == pytest.approx([-6 + 12, 6])


@pytest.mark.parametrize(
    "expr, wrt, where",
    [
        ("lambda x^T x", "x", "lambda in R; x in R^n"),
        ("||y_{hat} - w_{out}||^2", "w_{out}", "y_{hat}, w_{out} in R^n"),
        ("n x^T x", "x", "n in R; x in R^n"),
        ("d x^T x + v^T x", "x", "x, v in R^n; d in R"),
    ],
)
def test_names_are_safe(expr: str, wrt: str, where: str) -> None:
    d = matcalc.derivative(expr, wrt, where=where)
    found = load(d.code(parts=["jvp", "hvp"]))  # type: ignore[union-attr]
    assert callable(found["gradient"])


# ---------------------------------------------------------------------------------------------- other languages


@pytest.mark.jax
@pytest.mark.parametrize("name", CASES)
def test_jax(name: str) -> None:
    """In double precision, compiled; the corpus has no batches, vmap is tried below."""
    jax = installed("jax")
    d, case = derivative(name), CASES[name]
    with jax.experimental.enable_x64() if hasattr(jax.experimental, "enable_x64") else jax.enable_x64(True):
        found = load(d.code("jax"))
        for inputs, want in draws(case):
            static = [identifier(n) for n, v in inputs.items() if isinstance(v, int)]
            function = found[first_name(d)]
            compiled = jax.jit(function, static_argnames=[n for n in static if n in inspect.signature(function).parameters])
            given = {identifier(n): v for n, v in inputs.items()}
            got = np.asarray(compiled(**{n: given[n] for n in inspect.signature(function).parameters}))
            assert close(got, want) and got.dtype == np.float64


@pytest.mark.jax
def test_jax_maps_and_keeps_single_precision() -> None:
    jax = installed("jax")
    where = "X in R^{N x n}; w in R^n; y in R^N"
    found = load(of("sum(log(1 + exp(-y .* (X w)))) + log det(A) + b^T A^-1 b", "w", where + "; A in R^{n x n} spd; b in R^n", "jax"))
    rng = np.random.default_rng(0)
    X, w, y = (rng.normal(size=s).astype(np.float32) for s in ((6, 4), (5, 4), (6,)))
    args = {"X": X, "y": y, "A": np.eye(4, dtype=np.float32), "b": np.ones(4, np.float32)}
    names = [n for n in inspect.signature(found["gradient"]).parameters if n != "w"]
    mapped = jax.vmap(lambda v: found["gradient"](w=v, **{n: args[n] for n in names}))(w)
    one = np.stack([found["gradient"](w=v, **{n: args[n] for n in names}) for v in w])
    assert mapped.dtype == np.float32 and np.allclose(mapped, one, rtol=1e-4)


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_torch(name: str) -> None:
    torch = installed("torch")
    d, case = derivative(name), CASES[name]
    found = load(d.code("torch"))
    for inputs, want in draws(case):
        given = {n: torch.as_tensor(v, dtype=torch.float64) if not isinstance(v, int) else v for n, v in inputs.items()}
        got = call(found[first_name(d)], given)
        assert got.dtype is torch.float64 or not given
        assert close(got.numpy(), want)


@pytest.mark.octave
def test_octave(tmp_path: Path) -> None:
    """The whole corpus in one process."""
    questions = [
        (derivative(name).code("octave"), first_name(derivative(name)), given) for name, case in CASES.items() for given, _ in draws(case)
    ]
    expected = [(name, want) for name, case in CASES.items() for _, want in draws(case)]
    for got, (name, want) in zip(run_octave(questions, tmp_path), expected, strict=True):
        assert close(got, want), name


# ---------------------------------------------------------------------------------------------- the command


def test_the_command(tmp_path: Path) -> None:
    outcome = run("code", "||A x - b||^2", "--wrt", "x", "--hessian", "--hvp")
    assert outcome.code == 0 and outcome.err.startswith("note: ")
    found = load(outcome.out)
    assert {"value", "gradient", "value_and_gradient", "hessian", "hvp"} <= set(found)
    file = tmp_path / "f.py"
    assert run("code", "||A x - b||^2", "--wrt", "x", "--output", str(file)).out == ""
    assert "def gradient(" in file.read_text()
    assert run("code", "x^T A x", "--wrt", "x", "--order", "2").out.count("def hessian(") == 1
    assert {"gradients", "value_and_gradients", "jvp"} <= set(load(run("code", "x^T A x", "--wrt", "x,A", "--jvp").out))


@pytest.mark.parametrize(
    "argv",
    [
        ["x^T A x", "--wrt", "x", "--target", "fortran"],
        ["x^T A x", "--wrt", "x", "--sizes", "n"],
        ["x^T A x", "--wrt", "x", "--sizes", "n=0"],
        ["x^T A x", "--wrt", "x,A", "--hessian"],
        ["A x", "--wrt", "x", "--hessian"],
        ["x^T A x", "--wrt", "x", "--order", "2", "--hvp"],
    ],
)
def test_what_the_command_refuses(argv: list[str]) -> None:
    outcome = run("code", *argv)
    assert outcome.code == 2 and outcome.out == "" and outcome.err.startswith("error: ")


def test_there_is_no_code_for_an_infinite_series() -> None:
    with pytest.raises(MatcalcError, match="an infinite series has no code"):
        of("sum_{k=0}^{infty} x^k/k!", "x", "x in R")


def test_a_column_and_a_row_are_added_first() -> None:
    """What is left has all axes then, which NumPy adds without broadcasting."""
    text = of("sum(exp(f ones(n)^T + ones(n) g^T - C))", "f", "f, g in R^n; C in R^{n x n}; n in N")
    assert "t1 = g + f[:, None]\n    t1 -= C" in gradient_of(text)
