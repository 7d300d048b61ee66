"""`--chain`: each partial of the chain with its dimensions, and their product, as MML exercises 5.7 and 5.8 and Parr & Howard 4.5 ask."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.errors import UsageError

# text, variable, declarations, dimensions by name, the product
CHAINS: list[tuple[str, str, str, dict[str, str], str]] = [
    (  # MML Exercise 5.7a
        "z = x^T x; log(1 + z)",
        "x",
        "x in R^D",
        {"df/dz": "1 x 1", "dz/dx": "1 x D", "df/dx": "1 x D"},
        "df/dz dz/dx",
    ),
    (  # MML Exercise 5.7b
        "z = A x + b; sin(z)",
        "x",
        "A in R^{E x D}; x in R^D; b in R^E",
        {"df/dz": "E x E", "dz/dx": "E x D", "df/dx": "E x D"},
        "df/dz dz/dx",
    ),
    (  # MML Exercise 5.8a
        "y = x - mu; z = y^T S^-1 y; exp(-1/2 z)",
        "x",
        "x, mu in R^D; S in R^{D x D} invertible",
        {"df/dz": "1 x 1", "dz/dy": "1 x D", "dy/dx": "D x D", "df/dx": "1 x D"},
        "df/dz dz/dy dy/dx",
    ),
    (  # MML Exercise 5.8c
        "z = A x + b; tanh(z)",
        "x",
        "A in R^{M x N}; x in R^N; b in R^M",
        {"df/dz": "M x M", "dz/dx": "M x N", "df/dx": "M x N"},
        "df/dz dz/dx",
    ),
    (  # MML Example 5.11
        "e = y - Phi theta; L = ||e||^2",
        "theta",
        "y in R^N; Phi in R^{N x D}; theta in R^D",
        {"dL/de": "1 x N", "de/dtheta": "N x D", "dL/dtheta": "1 x D"},
        "dL/de de/dtheta",
    ),
    (  # MML Example 5.8: two paths
        "x_1 = sin(t); x_2 = cos(t); x_1^2 + 2 x_2",
        "t",
        "t in R",
        {"df/dx_1": "1 x 1", "df/dx_2": "1 x 1", "dx_2/dt": "1 x 1", "dx_1/dt": "1 x 1", "df/dt": "1 x 1"},
        "df/dx_1 dx_1/dt + df/dx_2 dx_2/dt",
    ),
    (  # Parr & Howard 4.5.3
        "g = [x^2; 3x]; [ln(g_1); sin(g_2)]",
        "x",
        "x in R",
        {"df/dg": "2 x 2", "dg/dx": "2 x 1", "df/dx": "2 x 1"},
        "df/dg dg/dx",
    ),
    (  # MML Exercise 5.9, an instance: the variable also stands in the value itself
        "z = nu + A s; -1/2 ||x - B z||^2 + 1/2 ||z - C nu||^2",
        "nu",
        "x in R^m; B in R^{m x n}; nu in R^n; A in R^{n x p}; s in R^p; C in R^{n x n}",
        {"df/dz": "1 x n", "df/dnu at fixed z": "1 x n", "dz/dnu": "n x n", "df/dnu": "1 x n"},
        "[df/dnu at fixed z] + df/dz dz/dnu",
    ),
    (  # a matrix on the way
        "Z = X^T X; tr(Z A)",
        "X",
        "X in R^{m x n}; A in R^{n x n}",
        {"df/dZ": "n x n", "dZ/dX": "(n x n) x (m x n)", "df/dX": "m x n"},
        "df/dZ dZ/dX",
    ),
]


def chain(text: str, wrt: str, where: str) -> tuple[matcalc.Derivative, Any]:
    d = matcalc.derivative(text, wrt, where=where)
    assert isinstance(d, matcalc.Derivative)
    return d, d.chain


@pytest.mark.parametrize("text, wrt, where, dims, product", CHAINS, ids=[c[0] for c in CHAINS])
def test_the_partials_with_their_dimensions(text: str, wrt: str, where: str, dims: dict[str, str], product: str) -> None:
    d, found = chain(text, wrt, where)
    assert found.dims == dims
    assert found.product() == product
    answer = re.sub(r"^(\w+ = [^;\[]*; )+", "", d.text)  # the names of the text are those of the partials
    assert found.total.text == answer
    assert found.verified == "verified"
    lines = found.text.splitlines()
    assert [line.split(" = ")[0] for line in lines] == list(found.dims)
    assert all(line.endswith(size) for line, size in zip(lines, found.dims.values()))
    assert f"= {product} = {answer} " in lines[-1]


@pytest.mark.parametrize("text, wrt, where, dims, product", CHAINS, ids=[c[0] for c in CHAINS])
def test_the_partials_multiply_to_the_derivative(text: str, wrt: str, where: str, dims: dict[str, str], product: str) -> None:
    """In numbers, by contracting each partial over what stands between."""
    d, found = chain(text, wrt, where)
    rng = np.random.default_rng(1)
    sizes = {n: 2 + k for k, n in enumerate("DEMNmnp")}
    values: dict[str, Any] = {}
    for n, shape in d._scope.symbols.items():
        numbers = [dim.value(sizes) for dim in shape]
        values[n] = rng.uniform(0.3, 1.2, [k for k in numbers if k > 1]) if max(numbers) > 1 else float(rng.uniform(0.3, 1.2))
        if len(numbers) == 2 and numbers[0] == numbers[1] > 1:
            values[n] = values[n] + 2 * np.eye(numbers[0])
    program, known = d._typed.program, dict(values)
    for b in program.bindings:
        typed = matcalc.parse(
            f"{'; '.join(_statement(c) for c in program.bindings[: program.bindings.index(b)])}; {_text(b.value)}", where=d.where
        )
        known[b.name] = typed.evaluate({n: v for n, v in values.items() if n in typed._scope.symbols})
    total = 0.0
    numbers_of = {}
    for p in found.partials:
        own = p.derivative._scope.symbols
        numbers_of[p.short] = np.asarray(p.derivative.evaluate({n: v for n, v in known.items() if n in own}))
    for path in product.replace("] + ", "]\0").replace(" + ", "\0").split("\0"):
        names = [path] if path.startswith("[") else path.split(" ")
        value = None
        for name in names:
            factor = numbers_of[name]
            between = np.ndim(known.get(name.split("/")[0][1:], 0.0)) if value is not None else 0
            value = factor if value is None else np.tensordot(value, factor, between) if between else np.multiply.outer(value, factor)
        total = total + value  # type: ignore[operator]
    np.testing.assert_allclose(np.squeeze(total), np.squeeze(d.evaluate(values)), rtol=1e-9)


def _text(node: Any) -> str:
    from matcalc.printing.text import spell

    return spell(node)


def _statement(b: Any) -> str:
    return f"{b.name} = {_text(b.value)}"


def test_as_it_is_printed() -> None:
    outcome = run("d", "z = A x + b; sin(z)", "--wrt", "x", "--where", "A in R^{E x D}; x in R^D; b in R^E", "--chain")
    assert outcome.out == (
        "df/dz = diag(cos(z))                   E x E\n"
        "dz/dx = A                              E x D\n"
        "df/dx = df/dz dz/dx = diag(cos(z)) A   E x D\n"
    )


def test_in_latex() -> None:
    outcome = run("d", "z = x^T x; log(1 + z)", "--wrt", "x", "--where", "x in R^D", "--chain", "--format", "latex")
    assert outcome.out.startswith(r"\begin{aligned} \frac{\partial f}{\partial z} &= ")
    assert r"\frac{\mathrm{d} f}{\mathrm{d} x} &= \frac{\partial f}{\partial z} \frac{\partial z}{\partial x} = " in outcome.out
    assert r"&& 1 \times D" in outcome.out


def test_in_json() -> None:
    answer = json.loads(run("d", "z = x^T x; log(1 + z)", "--wrt", "x", "--where", "x in R^D", "--chain", "--json").out)
    assert answer["dims"] == {"df/dz": "1 x 1", "dz/dx": "1 x D", "df/dx": "1 x D"}
    assert [p["name"] for p in answer["chain"]["partials"]] == ["df/dz", "dz/dx"]
    assert answer["chain"]["product"] == "df/dz dz/dx"


def test_a_formula_without_statements_is_taken_apart() -> None:
    _, found = chain("log(1 + x^T x)", "x", "x in R^n")
    assert found.product() == "df/db db/da da/dx"


def test_it_says_how_matrices_multiply() -> None:
    outcome = run("d", "Z = X^T X; tr(Z A)", "--wrt", "X", "--chain")
    assert "summed" in outcome.err or "the sum over all entries" in outcome.err


@pytest.mark.parametrize("options", [["--order", "2"], ["--layout", "denominator"]])
def test_what_it_is_not_for(options: list[str]) -> None:
    outcome = run("d", "z = x^T x; log(1 + z)", "--wrt", "x", "--chain", *options)
    assert outcome.code == 2 and "first derivatives" in outcome.err
    second = matcalc.hessian("z = x^T x; log(1 + z)", "x")
    with pytest.raises(UsageError):
        _ = second.chain


def test_names_that_the_text_lacks_are_defined_first() -> None:
    """dh/da = f'(a) said nowhere what a and h are."""
    lines = matcalc.derivative("f(g(x))", "x", where="x in R; f, g: R -> R").chain.lines()  # type: ignore[union-attr]
    assert lines[:2] == [("a", "g(x)", "definition"), ("h", "f(a)", "definition")] and lines[2] == ("dh/da", "f'(a)", "1 x 1")
    done = run("d", "sin(x^2)", "--wrt", "x", "--where", "x in R", "--chain", "--json")
    assert json.loads(done.out)["chain"]["definitions"] == {"a": "x^2", "f": "sin(a)"}
    own = run("d", "c = x^2; sin(c)", "--wrt", "x", "--where", "x in R", "--chain").out
    assert "definition" not in own
