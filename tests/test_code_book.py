"""Emitted code of everything that the book has: each operation in each language, blocks, functions that are arguments."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, PYTHON, call, caster, installed, load, program_in, run_in, run_octave
from test_abstract import FIRST, FUNCTIONS, known
from test_abstract import SECOND as SECOND_OF_FUNCTIONS
from test_blocks import CASES as BLOCKS
from test_blocks import VALUES as BLOCK_VALUES
from test_calls import question
from test_ops import BOOK, PLAIN, SIZES, draw, shapes, whole

import matcalc
from matcalc.codegen import helpers
from matcalc.codegen.frame import Argument, File, Function
from matcalc.codegen.graph import postorder as graph_postorder
from matcalc.codegen.helpers import for_numpy, python_functions
from matcalc.codegen.lowering import Lowering
from matcalc.codegen.program import TARGETS, first_name, target_of
from matcalc.codegen.wording import ALIKE, code_of
from matcalc.errors import NoAnswerError
from matcalc.expressions.build import symbol
from matcalc.expressions.expr import Operation, make, postorder
from matcalc.kinds import ONE, TRIANGULAR, Dim
from matcalc.numbers.numeric import kernel
from matcalc.ops.book import REGISTRY, SHORTHANDS

CALLED = [op for op in PLAIN if op.spellings and op.name not in SHORTHANDS and op.name != "norm_nuclear"]


@cache
def asked(name: str) -> tuple[list[Any], dict[str, Any]]:
    """The derivatives of an operation, weighted to a scalar, by its arguments (of one that has none, by the weights), and values."""
    op = REGISTRY[name]
    text, where = question(op)
    rng = np.random.default_rng(9)
    values = dict(zip(op.params, draw(op, rng), strict=True))
    rows, cols = (token if token.endswith(TRIANGULAR) else " ".join(token) for token in shapes(op)[1])
    values["W_0"] = rng.standard_normal([whole(token).value(SIZES) for token in shapes(op)[1]])
    text, where = (
        (f"W_0 {text}", f"{where}; W_0 in R") if rows == cols == "1" else (f"sum(W_0 .* {text})", f"{where}; W_0 in R^{{{rows} x {cols}}}")
    )
    wrt = [x for x in op.params if op.elementwise or op.index or f"d{x}" in op.differential] or ["W_0"]
    found = [matcalc.derivative(text, x, where=where, verify=False) for x in wrt]
    given = {
        n: int(v) if op.domain == "integer" and n != "W_0" else np.ravel(v) if np.ndim(v) == 2 and 1 in v.shape else v
        for n, v in values.items()
    }
    given["W_0"] = given["W_0"].reshape(-1)[0] if rows == cols == "1" else given["W_0"]
    return found, given


def wanted(d: Any, given: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "value", matcalc.parse(d._typed.program.text, where=d.where).evaluate(given)
    yield first_name(d), d.evaluate({n: v for n, v in given.items() if n in d._scope.symbols})


@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_numpy(op: Operation) -> None:
    derivatives, given = asked(op.name)
    for d in derivatives:
        found = load(d.code())
        for name, want in wanted(d, given):
            np.testing.assert_allclose(call(found[name], given), want, rtol=1e-8, atol=1e-10, err_msg=d.code())


@pytest.mark.jax
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_jax(op: Operation) -> None:
    jax = installed("jax")
    derivatives, given = asked(op.name)
    with jax.enable_x64(True):
        for d in derivatives:
            found = load(d.code("jax"))
            for name, want in wanted(d, given):
                np.testing.assert_allclose(np.asarray(call(found[name], given)), want, rtol=1e-8, atol=1e-10, err_msg=d.code("jax"))


@pytest.mark.torch
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_torch(op: Operation) -> None:
    torch = installed("torch")
    derivatives, given = asked(op.name)
    tensors = {n: v if isinstance(v, int) else torch.as_tensor(v, dtype=torch.float64) for n, v in given.items()}
    for d in derivatives:
        found = load(d.code("torch"))
        for name, want in wanted(d, given):
            np.testing.assert_allclose(call(found[name], tensors).numpy(), want, rtol=1e-8, atol=1e-10, err_msg=d.code("torch"))


@pytest.mark.octave
def test_octave(tmp_path: Path) -> None:
    questions, expected = [], []
    for op in CALLED:
        derivatives, given = asked(op.name)
        for d in derivatives:
            for name, want in wanted(d, given):
                questions.append((d.code("octave"), name, given))
                expected.append((op.name, want))
    for got, (label, want) in zip(run_octave(questions, tmp_path), expected, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=label)


FAR = np.array([-30.3, -7.3, -2.5, -0.4, 0.001, 0.7, 3.0, 14.9, 60.0, 160.0])  # where series meet, and both sides of the poles


def gammas() -> Iterator[tuple[Any, str, dict[str, Any], Any]]:
    for text in ("lgamma(x)", "digamma(x)", "tgamma(x)", "polygamma(1, x)", "polygamma(4, x)"):
        d: Any = matcalc.derivative(text, "x", where="x in R^n", verify=False)
        yield from ((d, name, {"x": FAR}, want) for name, want in wanted(d, {"x": FAR}))


def test_gamma_functions_far_from_the_middle() -> None:
    for d, name, given, want in gammas():
        np.testing.assert_allclose(call(load(d.code())[name], given), want, rtol=1e-10, atol=1e-300, err_msg=d.code())


@pytest.mark.torch
def test_gamma_functions_far_from_the_middle_in_torch() -> None:
    torch = installed("torch")
    for d, name, given, want in gammas():
        got = call(load(d.code("torch"))[name], {"x": torch.as_tensor(given["x"])}).numpy()
        np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-300, err_msg=d.code("torch"))


@pytest.mark.jax
def test_gamma_functions_far_from_the_middle_in_jax() -> None:
    """JAX has few digits of polygamma below 0: the code says that it is not a number."""
    jax = installed("jax")
    with jax.enable_x64(True):
        for d, name, given, want in gammas():
            got = np.asarray(jax.jit(load(d.code("jax"))[name])(given["x"]))
            unsaid = np.isnan(got)
            assert not np.any((np.diagonal(unsaid) if got.ndim == 2 else unsaid)[FAR > 0])
            np.testing.assert_allclose(got[~unsaid], want[~unsaid], rtol=1e-10, atol=1e-300, err_msg=d.code("jax"))


# ---------------------------------------------------------------------------------------------- what has no name


Question = tuple[Any, str, dict[str, Any], Any]


def check(language: str, questions: list[Question], folder: Path, **handles: str) -> None:
    """The questions (derivative, function of its file, inputs, value) in a language; `handles` are functions in Octave."""
    if language in CONSOLES:
        asked = [(d.code(language, parts=parts(name)), name, {**given, **handles}) for d, name, given, _ in questions]
        results = run_in(language, asked, folder)
        for got, (d, name, _, want) in zip(results, questions, strict=True):
            np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=f"{name} of {d}")
        return
    module, cast = installed(language), caster(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        for d, name, given, want in questions:
            text = program_in(d, language, parts(name))
            if text is None:
                continue
            inputs = {n: cast(v) for n, v in given.items()}
            with np.errstate(invalid="ignore"):
                got = np.asarray(call(load(text)[name], inputs))
            assert got.shape == np.shape(want)
            np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-10, err_msg=text)


def parts(name: str) -> list[str]:
    return [name] if name == "hessian" else []


# Expressions that have what is never called by a name, and what is drawn for them.
UNNAMED = {
    "n pi sum(x)": ("x", "x in R^n"),
    "sum_{i=1}^N i (w^T x_i)^2": ("w", "x_i, w in R^n"),
    "prod_{i=1}^N (1 + (w^T x_i)^2)": ("w", "x_i, w in R^n"),
    "tr(X) sum(X + X^2) + sum(X .* I)": ("X", "X in R^{n x n}"),
    "||[X, 0; y^T X, s] w||^2": ("X", "X in R^{m x n}; y in R^m; w in R^{n + 1}; s in R"),
    "w^T [x; 1] + ||[x; 1]||^2": ("x", "x in R^n; w in R^{n + 1}"),
    "sum([x, A y; x, 2 x])": ("x", "x in R^n; A in R^{n x m}; y in R^m"),
    "(A x)_2 + e_1^T x + X_{1,2}": ("x", "A in R^{m x n}; x in R^n; X in R^{m x n}"),
    "det([a, 2; b, 3]) + b^2": ("b", "a, b in R"),
    "sum((A x) .* b)^3": ("x", "A in R^{m x n}; b in R^m; x in R^n"),
    "sum(1[x > 0.2] .* x) + cases(s^2, s > 0, -s)": ("s", "x in R^n; s in R"),
    "u^T K_{m,n} vec(X)": ("X", "X in R^{m x n}; u in R^{m n}"),
    "sum(cases(log(x), x > 0.1, x))": ("x", "x in R^n"),
    "s (lgamma(3) + digamma(1/3) + tgamma(2/3) + erf(2) + sigmoid(2)) + polygamma(2, 3) s": ("s", "s in R"),
    "s^2 erf(2)": ("s", "s in R"),
    "; ".join(["s_1 = x^T A x", *[f"s_{k} = sin(s_{k - 1}) s_{k - 1} + x^T A x" for k in range(2, 10)], "s_9"]): (
        "x",
        "A in R^{n x n}; x in R^n",
    ),
    "sum_{i=1}^N polygamma(i, 2 + (w^T x_i)^2) + mvlgamma(4 + s^2, 3)": ("w", "x_i, w in R^n; s in R"),
}


@cache
def unnamed() -> list[Question]:
    sizes = {"m": 3, "n": 4, "N": 5}
    found: list[Question] = []
    for text, (wrt, where) in UNNAMED.items():
        rng = np.random.default_rng(4)
        d: Any = matcalc.derivative(text, wrt, where=where)
        e = matcalc.parse(text, where=where)
        given: dict[str, Any] = {n: rng.normal(size=[k.value(sizes) for k in s if k is not ONE])[()] for n, s in e._scope.symbols.items()}
        given |= {n: rng.normal(size=(5, 4)) for n in e._scope.families}
        with np.errstate(invalid="ignore"):
            found.append((d, "value", given, e.evaluate(given)))
            found.append((d, first_name(d), given, d.evaluate({n: v for n, v in given.items() if n in d._scope.names})))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_name(language: str, tmp_path: Path) -> None:
    check(language, unnamed(), tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks(language: str, tmp_path: Path) -> None:
    questions: list[Question] = []
    for text, wrt, where, value, _ in BLOCKS:
        d: Any = matcalc.derivative(text, wrt, where=where)
        given = {n: v for n, v in BLOCK_VALUES.items() if n in d._scope.symbols}
        questions += [(d, "value", given, value(BLOCK_VALUES)), (d, first_name(d), given, d.evaluate(given))]
    check(language, questions, tmp_path)


TRACES = {"tr(A ptrace(R, 2, m, n))": (2, 3), "tr(A ptrace(R, 1, n, m))": (3, 2)}  # the sizes of the parts


def traced(text: str) -> list[Question]:
    """A partial trace beside a matrix: the value, and its derivative by the whole."""
    rng, (m, n) = np.random.default_rng(5), TRACES[text]
    given = {"A": rng.normal(size=(2, 2)), "R": rng.normal(size=(6, 6))}
    parts = given["R"].reshape(m, n, m, n)
    left = np.trace(parts, axis1=1, axis2=3) if m == 2 else np.trace(parts, axis1=0, axis2=2)
    sizes = "R in R^{m n x m n}; A in R^{m x m}"
    d: Any = matcalc.derivative(text, "R", where=sizes)
    whole = np.kron(given["A"].T, np.eye(3)) if m == 2 else np.kron(np.eye(3), given["A"].T)
    assert np.allclose(d.evaluate({**given, "m": 2, "n": 3}), whole)
    return [(d, "value", given, np.trace(given["A"] @ left))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_partial_traces(language: str, tmp_path: Path) -> None:
    check(language, [q for text in TRACES for q in traced(text)], tmp_path)


def test_blocks_beside_vectors_are_taken_apart() -> None:
    where = "X in R^{m x n}; y in R^m; x in R^n; s in R"
    d: Any = matcalc.derivative("||[X; s I] x - [y; 0]||^2", "x", where=where)
    assert "np.eye" not in d.code() and "t1[:m].dot(X)" in d.code()


# ---------------------------------------------------------------------------------------------- functions as arguments


# The functions of tests/test_abstract.py: those of one number take arrays here.
ARRAYS: dict[str, Callable[..., Any]] = FUNCTIONS | {"phi": np.sin, "phi'": np.cos, "phi''": lambda t: -np.sin(t)}
ARRAYS |= {"g''": lambda x: FUNCTIONS["g''"](x).transpose(1, 0, 2).reshape(-1, len(x))}  # by stacked columns, as the file says
ARRAYS |= dict.fromkeys(("psi", "psi'", "psi''"), np.exp)
VALUE_OF = {"F": (4, 4), "G": (2, 3)}


def along(name: str) -> Callable[[Any, Any], Any]:
    return lambda X, E: (ARRAYS[name + "'"](X) @ E.ravel(order="F")).reshape(VALUE_OF[name], order="F")


def arguments() -> dict[str, Any]:
    """The functions by the names that they have as arguments."""
    found: dict[str, Any] = {f"{n}_along": along(n) for n in VALUE_OF}
    for name, f in ARRAYS.items():
        order = name.count("'")
        found[name.rstrip("'") + "_prime" * (order > 0) + str(order) * (order > 1)] = f
    return found


@pytest.mark.parametrize("text, wrt, where", [q[:3] for q in FIRST], ids=[f"{t} by {w}" for t, w, *_ in FIRST])
def test_functions_are_arguments(text: str, wrt: str, where: str) -> None:
    d: Any = matcalc.derivative(text, wrt, where=where)
    given = known(d)
    found = load(d.code(parts=["jvp"]))
    values = {**arguments(), **{n: v for n, v in given.items() if not callable(v)}}
    want = d.evaluate(given)
    np.testing.assert_allclose(call(found[first_name(d)], values), want, rtol=1e-9, atol=1e-12, err_msg=d.code())
    x = np.asarray(given[wrt])
    direction = np.random.default_rng(2).normal(size=x.shape)[()]
    got = call(found["jvp"], values, **{f"d{wrt}": direction})
    np.testing.assert_allclose(got, np.tensordot(want, direction, x.ndim), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("text, wrt, where", [q[:3] for q in SECOND_OF_FUNCTIONS], ids=[q[0] for q in SECOND_OF_FUNCTIONS])
def test_second_derivatives_of_functions(text: str, wrt: str, where: str) -> None:
    d: Any = matcalc.derivative(text, wrt, where=where, order=2)
    given = known(d)
    values = {**arguments(), **{n: v for n, v in given.items() if not callable(v)}}
    np.testing.assert_allclose(call(load(d.code())[first_name(d)], values), d.evaluate(given), rtol=1e-9, atol=1e-12, err_msg=d.code())


@pytest.mark.parametrize("language", PYTHON[1:3])
def test_functions_in_jax_and_torch(language: str) -> None:
    """They are what the language has; jit takes them as static arguments."""
    module = installed(language)
    d: Any = matcalc.derivative("sum(phi(x)) + f(A x)", "x", where="phi: R -> R; f: R^m -> R; A in R^{m x n}; x in R^n")
    assert "phi_prime  the derivative phi', a function of an array, entry by entry" in d.code(language)
    rng = np.random.default_rng(0)
    A, x, c = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=2)
    gradient = load(d.code(language))["gradient"]
    with module.enable_x64(True) if language == "jax" else nullcontext():
        weights = module.numpy.asarray(c) if language == "jax" else module.as_tensor(c)

        def f_prime(y: Any) -> Any:
            return 2 * (weights @ y) * weights

        if language == "jax":
            functions = {"f": None, "phi": None, "f_prime": f_prime, "phi_prime": module.numpy.cos}
            got = module.jit(gradient, static_argnames=list(functions))(x, A, **functions)
        else:
            got = gradient(module.as_tensor(x), module.as_tensor(A), f=None, phi=None, f_prime=f_prime, phi_prime=module.cos)
        np.testing.assert_allclose(np.asarray(got), np.cos(x) + 2 * (c @ A @ x) * (c @ A))


@pytest.mark.octave
def test_functions_in_octave(tmp_path: Path) -> None:
    d: Any = matcalc.derivative("sum(phi(x)) + f(A x)", "x", where="phi: R -> R; f: R^m -> R; A in R^{m x n}; x in R^n")
    rng = np.random.default_rng(0)
    A, x = rng.normal(size=(2, 3)), rng.normal(size=3)
    handles = {"phi": "@sin", "phi_prime": "@cos", "f": "@(y) sum(y.^2)", "f_prime": "@(y) 2 * y"}
    given = {"A": A, "x": x, **handles}
    value, gradient = run_octave([(d.code("octave"), "value", given), (d.code("octave"), "gradient", given)], tmp_path)
    np.testing.assert_allclose(np.squeeze(value), np.sum(np.sin(x)) + np.sum((A @ x) ** 2))
    np.testing.assert_allclose(np.squeeze(gradient), np.cos(x) + 2 * A.T @ A @ x)


def test_a_size_that_no_shape_tells_is_an_argument() -> None:
    d: Any = matcalc.derivative("p (x^T x) + q tr(F(x))", "x", where="F: R^n -> R^{p x p}; q in R; x in R^n")
    found = load(d.code())
    x = np.array([1.0, 2.0])
    jacobian = np.arange(8.0).reshape(4, 2)
    got = call(found["gradient"], {"x": x, "q": 3.0, "p": 2, "F": None, "F_prime": lambda x: jacobian, "F_along": None})
    np.testing.assert_allclose(got, 2 * 2 * x + 3 * (jacobian[0] + jacobian[3]))
    assert "    p        a whole number" in d.code()
    with pytest.raises(TypeError):
        found["gradient"](x, 3.0)


# ---------------------------------------------------------------------------------------------- new operations


N, M = Dim.of("n"), Dim.of("m")
SHAPES = {"x": (N, ONE), "y": (N, ONE), "X": (N, N), "A": (M, N), "s": (ONE, ONE)}
TEXTS = {
    "np.log1p(x**2) - 0.5 * np.expm1(-x)": (N, ONE),
    "np.where(np.real(x) > 0, x, np.tanh(x) / math.pi)[()]": (N, ONE),
    "np.where(x > y, s, np.abs(x) ** 0.5)": (N, ONE),
    "logistic(x) * np.maximum(y, soft_plus(s)) * (x != y)": (N, ONE),
    "X @ x + y": (N, ONE),
    "x.T @ X @ y": (ONE, ONE),
    "A @ X.T @ x * s": (M, ONE),
    "np.linalg.solve(X, x @ y.T)": (N, N),
    "np.linalg.inv(X) @ X.T": (N, N),
    "np.trace(X) * np.linalg.det(X) + np.linalg.slogdet(X)[1]": (ONE, ONE),
    "np.sum(A) / math.sqrt(2) + np.sum(x * x)": (ONE, ONE),
}


def operation_of(text: str, shape: tuple[Dim, Dim]) -> tuple[Operation, Any]:
    """An operation with this numeric text, and its application to symbols."""
    names = [n for n in SHAPES if re.search(rf"\b{n}\b", text)]
    op = Operation(f"made {text}", " ".join(names), "", numeric=text)
    return op, make(op, tuple(symbol(n, SHAPES[n]) for n in names), None, shape, 9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_operation_without_a_function_in_the_language_is_computed_by_its_text(language: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    sizes = {"n": 4, "m": 3}
    values = {n: rng.normal(size=[d.value(sizes) for d in s]) for n, s in SHAPES.items()} | {"s": 0.7}
    given = {n: v[:, 0] if np.ndim(v) == 2 and v.shape[1] == 1 else v for n, v in values.items()}
    asked, expected = [], []
    for text, shape in TEXTS.items():
        op, e = operation_of(text, shape)
        arguments = [Argument(n, tuple(d for d in SHAPES[n] if d is not ONE)) for n in op.params]
        file = File("made", "by its text", "0", arguments, [Function("value", "", [Lowering(language).lower(e)])], {})
        asked.append((target_of(language).file(file), "value", given))
        expected.append(np.squeeze(kernel(op).call(*[values[n] for n in op.params], 0, 0, None, sizes)))
    if language in CONSOLES:
        results = run_in(language, asked, tmp_path)
    else:
        module, cast = installed(language), caster(language)
        inputs = {n: cast(v) for n, v in given.items()}
        with module.enable_x64(True) if language == "jax" else nullcontext():
            results = [np.asarray(call(load(text)[name], inputs)) for text, name, _ in asked]
    for got, want, text in zip(results, expected, TEXTS, strict=True):
        np.testing.assert_allclose(np.squeeze(got), want, rtol=1e-7, atol=1e-10, err_msg=text)


def emitted(op: Operation, language: str) -> str:
    """A program with an application of the operation to symbols."""
    given, value = shapes(op)
    names = op.params or ("X",)
    x = tuple(symbol(n, s) for n, s in zip(names, given, strict=True))
    rows, cols = map(whole, value)
    arguments = [Argument(n, tuple(d for d in s if d is not ONE)) for n, s in zip(names, given)]
    if op.name == "unvech":  # n does not follow from the length n (n + 1)/2
        arguments.append(Argument("n", (), size="n"))
    root = Lowering(language).lower(make(op, x, None, (rows, cols), 9))
    return target_of(language).file(File("made", "by its text", "0", arguments, [Function("value", "", [root])], {}))


@pytest.mark.parametrize("language", TARGETS)
@pytest.mark.parametrize("op", [op for op in BOOK if op.numpy or op.octave], ids=lambda op: op.name)
def test_the_text_of_a_block_is_what_is_emitted(op: Operation, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if language == "eigen" and not op.eigen and op.name in ("conj", "Re", "Im"):
        pytest.skip("programs in C++ are of real arrays")
    if language == "eigen" and op.name.startswith("ptrace"):
        pytest.skip("a contraction by its letters, which test_partial_traces of test_code_eigen.py runs")
    try:
        before = emitted(op, language)
    except NoAnswerError as error:
        assert TARGETS[language].lacking and TARGETS[language].lacking in str(error)
        before = ""
    own = ALIKE.get(language, language)
    field = own if getattr(op, own) or language in CONSOLES or not code_of(op, language) else "numpy"
    monkeypatch.setattr(op, field, f"marked({getattr(op, field) or op.params[-1]})")
    changed = emitted(op, language)
    assert "marked(" not in before and "marked(" in changed


STACKED = [op for op in BOOK if op.stacks]


@pytest.mark.parametrize("op", STACKED, ids=lambda op: op.name)
def test_what_takes_stacks_needs_no_loop(op: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    text, where = question(op)
    name = op.params[-1]
    each = [re.sub(rf"\b{name}\b", f"{name}_i", t, count=1) for t in (text, where)]
    sizes = "".join(f"; {n} in N" for n in {str(d) for s in shapes(op)[0] for d in s} - {"1"})
    e = matcalc.parse(f"sum_{{i=1}}^N sum(3 {each[0]})", each[1] + sizes).expr

    def loops() -> bool:
        return any(n.op == "loop" for n in graph_postorder([Lowering().lower(e)]))

    assert not loops()
    monkeypatch.setattr(op, "stacks", "")
    assert loops()


@pytest.mark.parametrize(
    "text, what",
    [
        ("np.fft.fft(x)", "np.fft.fft"),
        ("np.sum(X, axis=0)", "np.sum"),
        ("[v for v in x]", "for v in"),
        ("x[0]", r"x\[0\]"),
        ("A + x", "broadcasting"),
        ("x if s > 0 else y", "if"),
        ("rows * x", "rows"),
    ],
)
def test_a_text_that_is_not_understood_is_refused_with_its_reason(text: str, what: str) -> None:
    _, e = operation_of(text, (N, ONE))
    with pytest.raises(NoAnswerError, match=f"no code for made .*: nothing is known of .*{what}"):
        Lowering().lower(e)


def test_every_operation_has_code() -> None:
    """Those with a name are tried above; the others are in one of the expressions, the imaginary unit in those of tests/test_complex.py,
    D_n and L_n in those of tests/test_stacked.py, the matrices of convolutions in those of tests/test_convolution.py."""
    expressions = [d._typed.expr for d, *_ in unnamed()] + [e for d, *_ in unnamed() for e in d._tensor.expressions()]
    expressions += [matcalc.derivative(text, wrt, where=where)._typed.expr for text, wrt, where, *_ in [*BLOCKS, *FIRST]]  # type: ignore[union-attr]
    expressions += [e for text, wrt, where, *_ in BLOCKS for e in matcalc.derivative(text, wrt, where=where)._tensor.expressions()]  # type: ignore[union-attr]
    expressions += [d._typed.expr for text in TRACES for d, *_ in traced(text)]
    tried = {n.op.name for n in postorder(expressions)} | {op.name for op in CALLED}
    elsewhere = {"norm_nuclear", "function_along", "imaginary", "duplication", "elimination", "convmtx", "hankel"}
    assert {op.name for op in BOOK} - tried - elsewhere == set()


@pytest.mark.parametrize("language", TARGETS)
def test_an_argument_that_a_text_names_twice_is_computed_once(language: str) -> None:
    d: Any = matcalc.derivative("tr(chol(A A^T))", "A", where="A in R^{m x n}", verify=False)
    _, _, value = d.code(language).replace("value <- function(", " value(").partition(" value(")
    value = re.split(r"\n\n\n", value)[0]
    product = r"A @ A\.T|A \* transpose\(A\)|A \* A\.'|tcrossprod\(A, A\)|A \* A\.transpose\(\)"
    assert ("chol" in value or "lower_factor_" in value) and len(re.findall(product, value)) == 1


def test_what_a_program_carries_is_the_source_of_a_function() -> None:
    common = {n: text for n, text in python_functions("numpy").items() if n in helpers._COMMON}
    assert common and not any(re.search(r"\bxp\b|_namespace", text) for text in common.values())
    carried = {n: text for n, text in python_functions("numpy").items() if n not in common}
    assert carried == {n: inspect.getsource(getattr(for_numpy, n)).rstrip().replace("  # fmt: skip", "") for n in carried}
    own = [n for n, f in vars(for_numpy).items() if (inspect.isfunction(f) or inspect.isclass(f)) and f.__module__ == for_numpy.__name__]
    assert set(own) == set(carried)
