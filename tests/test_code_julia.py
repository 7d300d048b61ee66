"""Programs in Julia: that they parse, that every name in them is known, what is only theirs. `tests/julia.py` computes them.

The corpus, the operations of the book, the losses and joint gradients are in `test_code_columns`, the probes in `test_stable`.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from julia import call_julia, load_julia, run_julia
from julia_functions import FUNCTIONS
from julia_text import signature, tree_of, unknown_names, walk
from julia_values import JuliaError
from test_code import CASES, derivative
from test_code_autograd import text_of as autograd_text
from test_code_problems import PARTS, QUESTIONS
from test_code_problems import derivative as of_loss

import matcalc
from matcalc.codegen.helpers import julia_functions
from matcalc.codegen.julia import KNOWN


def test_programs_parse_and_every_name_is_known() -> None:
    texts = [derivative(name).code("julia") for name in CASES] + [of_loss(name).code("julia", parts=PARTS) for name in QUESTIONS]
    for text in texts:
        assert unknown_names(text) == set(), text
        assert text.count("\nmodule Derivatives\n") == 1 and text.endswith("\nend\n")


@pytest.mark.parametrize("name", julia_functions())
def test_helpers_parse_and_every_name_is_known(name: str) -> None:
    texts = julia_functions()
    needed, todo = {name}, [name]
    while todo:
        new = {n for n in re.findall(r"\w+_\b", texts[todo.pop()]) if n in texts} - needed
        needed |= new
        todo += new
    whole = "using SpecialFunctions\n\n" + "\n\n\n".join(texts[n] for n in needed)
    assert unknown_names(whole) == set()
    assert texts[name].startswith("# ") or name in ("sqrt_", "log1p_", "asin_", "acos_", "acosh_", "atanh_", "power_")


def test_the_table_of_names_is_what_programs_use() -> None:
    """A name that no program uses would forbid it to arguments for nothing; the interpreter has every function of it."""
    missing = {n for module in KNOWN for n in KNOWN[module].split()} - set(FUNCTIONS)
    assert missing == {"ChainRulesCore", "typeof"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("function f(x)\n    return g(x)\nend", "g"),
        ("function f(x)\n    y = z + x\n    z = 1\n    return y\nend", "z"),
        ("function f(x)\n    return erf(x)\nend", "erf"),
        ("function f(x)\n    return [i * k for i in 1:2]\nend", "k"),
    ],
)
def test_the_test_of_names_sees_them(text: str, name: str) -> None:
    assert unknown_names(text) == {name}


@pytest.mark.parametrize(
    "line",
    [
        "x + 1",  # a number beside an array wants a dot
        "x + A",
        "A + transpose(x)",
        "x * x",
        "log(-1.0)",
        "(-2.0)^0.5",
        "x[0]",
        "x[4]",
        "exp(x)",
        "A * transpose(x)",
        "x > 0",
        "2^60 * 2^60",
        "reshape(A, (2, 2))",
        "diag(x)",
        "cholesky(-1 * A)",
        "convert(AbstractVector{Float64}, A)",
    ],
)
def test_the_interpreter_throws_where_julia_does(line: str) -> None:
    f = load_julia(f"function f(x, A)\n    return {line}\nend")
    with pytest.raises(JuliaError):
        call_julia(f, "f", {"x": np.ones(3), "A": np.eye(3)})


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("transpose(x) * x", 14),
        ("x * transpose(x)", np.outer([1, 2, 3], [1, 2, 3])),
        ("vec(A)", [1, 4, 2, 5, 3, 6]),
        ("reshape(A, (3, 2))", [[1, 5], [4, 3], [2, 6]]),
        ("transpose(A) .* x", [[1, 4], [4, 10], [9, 18]]),
        ("sum(A; dims=1)", [[5, 7, 9]]),
        ("A[2, :]", [4, 5, 6]),
        ("A[3]", 2),
        ("-x .^ 2", [-1, -4, -9]),
        ("cumsum(A; dims=2)", [[1, 3, 6], [4, 9, 15]]),
        ("[i + 10 * j for i in 1:2, j in 1:2]", [[11, 21], [12, 22]]),
        ("vcat(x, x[1:2])", [1, 2, 3, 1, 2]),
        ("1 / 2", 0.5),
    ],
)
def test_the_interpreter_computes_as_julia_does(line: str, want: Any) -> None:
    """Examples whose values follow from Julia's manual."""
    f = load_julia(f"function f(x, A)\n    return {line}\nend")
    found = call_julia(f, "f", {"x": np.array([1.0, 2.0, 3.0]), "A": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])})
    np.testing.assert_array_equal(found, want)


def test_arguments_do_not_hide_functions() -> None:
    d: Any = matcalc.derivative("fill^T T fill + fill^T collect", "fill", where="T in R^{n x n}; fill, collect in R^n")
    assert "function gradient(fill_, T_, collect_)" in d.code("julia")


def test_a_rule_for_chain_rules() -> None:
    """By the variable the closed form, by the others nothing is said."""
    text = matcalc.grad("||A x - b||^2", "x").code("julia", parts=["autograd"])  # type: ignore[union-attr]
    assert "using ChainRulesCore" in text and unknown_names(text) == set()
    rule = next(n for n in walk(tree_of(text)) if n.type == "function_definition" and "rrule" in n.text.decode().partition("\n")[0])
    assert '@not_implemented("the closed form is not by A")' in rule.text.decode()
    functions = load_julia(text)
    x, A, b = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.ones(3)
    value, pullback = functions["ChainRulesCore.rrule"]("typeof(value)", x, A, b)
    assert value == np.sum((A @ x - b) ** 2)
    tangents = pullback(2.0)
    np.testing.assert_allclose(tangents[1], 4 * A.T @ (A @ x - b))
    assert tangents[0] == "NoTangent()" and tangents[2].startswith("@not_implemented")
    for name in ("logistic",):
        assert "rrule" in autograd_text(name, "julia")


def test_several_variables_have_one_rule() -> None:
    found = matcalc.derivative("tanh(W x + b)", ["W", "b"], where="W in R^{m x n}; x in R^n; b in R^m")
    text = matcalc.code(found, "julia", parts=["autograd", "jvp"])
    assert "ProjectTo(W)(closed[1]), ProjectTo(b)(closed[2]), @not_implemented" in text and unknown_names(text) == set()
    rng = np.random.default_rng(0)
    W, b, x, v = rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=3), rng.normal(size=2)
    got = call_julia(load_julia(text), "vjp", {"W": W, "b": b, "x": x, "v": v})
    slope = v * (1 - np.tanh(W @ x + b) ** 2)
    np.testing.assert_allclose(got[0], np.outer(slope, x))
    np.testing.assert_allclose(got[1], slope)


def test_complex_arrays() -> None:
    d: Any = matcalc.derivative("z^H A z + |b^H z|^2", "z", where="z, b in C^n; A in C^{n x n} hermitian")
    rng = np.random.default_rng(4)
    z, b, A = (rng.normal(size=s) + 1j * rng.normal(size=s) for s in (3, 3, (3, 3)))
    given = {"z": z, "b": b, "A": A + A.conj().T}
    np.testing.assert_allclose(call_julia(load_julia(d.code("julia")), "gradient", given), d.evaluate(given))


def test_numbers_have_the_type_of_the_arguments() -> None:
    """A number that is no whole one would make double precision of single; a whole power of a whole number would run over."""
    text = matcalc.grad("x^T x/3 + n^20 sum(x)/7 + sum(cases(log(x), x > 0, x))", "x", where="x in R^n").code("julia")  # type: ignore[union-attr]
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert "T(n)^20" in code and "log_.(x)" in code and not re.search(r"(?<![\w(.])\d+\.\d+", code)
    assert re.search(r"T\(1 / 3\)|T\(2 / 3\)", code)


def test_functions_are_arguments() -> None:
    d: Any = matcalc.derivative("sum(phi(x)) + f(A x)", "x", where="phi: R -> R; f: R^m -> R; A in R^{m x n}; x in R^n")
    A, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -1.0])
    given = {"A": A, "x": x, "phi": np.sin, "phi_prime": np.cos, "f": lambda y: y @ y, "f_prime": lambda y: 2 * y}
    got = call_julia(load_julia(d.code("julia")), "gradient", given)
    np.testing.assert_allclose(got, np.cos(x) + 2 * A.T @ A @ x)


def test_the_first_lines_of_a_function() -> None:
    f = next(n for n in walk(tree_of(matcalc.grad("||A x - b||^2", "x").code("julia"))) if n.type == "function_definition")  # type: ignore[union-attr]
    assert signature(f)[1] == ["x", "A", "b"]


def test_a_sum_of_numbers_beside_an_array_is_in_brackets() -> None:
    """`log.(x) .+ 1 + t` adds an array and a number, which Julia refuses."""
    d: Any = matcalc.derivative("log(x) + (1 + t) ones(n)", "x", where="x in R^n; t in R")
    (value,) = run_julia([(d.code("julia"), "value", {"x": np.ones(3), "t": 2.0})])
    np.testing.assert_allclose(value, np.full(3, 3.0))
