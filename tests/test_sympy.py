"""SymPy objects, both ways: the numbers that SymPy itself gives, round trips over the corpus, and what is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy
from corpus import cases, close, draws
from hypothesis import given, settings
from hypothesis import strategies as st

import matcalc
from matcalc.errors import MatcalcError, NoAnswerError, UsageError

CASES = {f"{case['file']}-{case['id']}".removeprefix("public-"): case for name in ("public", "rivals") for case in cases(name)}
HELD = 270  # of the 312 answers of the corpus: no families of vectors, no four indices, no dexpm
n, m = sympy.symbols("n m", integer=True, positive=True)
A, B = sympy.MatrixSymbol("A", n, n), sympy.MatrixSymbol("B", n, m)
x, y = sympy.MatrixSymbol("x", n, 1), sympy.MatrixSymbol("y", n, 1)
s, t = sympy.symbols("s t", real=True)


@cache
def derivative(name: str) -> Any:
    case = CASES[name]
    with np.errstate(all="ignore"):
        return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"], verify=False)


def held(name: str) -> Any:
    try:
        return derivative(name).to_sympy()
    except NoAnswerError:
        return None


def test_sympy_holds_most_of_the_corpus() -> None:
    assert sum(held(name) is not None for name in CASES) >= HELD


@pytest.mark.parametrize("name", CASES)
def test_there_and_back(name: str) -> None:
    there = held(name)
    if there is None:
        with pytest.raises(NoAnswerError, match="SymPy"):
            derivative(name).to_sympy()
        return
    back = matcalc.parse(matcalc.from_sympy(there, where=derivative(name).where))
    with np.errstate(all="ignore"):
        assert all(close(back.evaluate(inputs), want) for inputs, want in draws(CASES[name])), (there, back.text)


def in_numbers(e: Any, inputs: dict[str, Any]) -> np.ndarray:
    """What SymPy gives when numbers are put in for its own symbols."""
    sizes: dict[Any, Any] = {}
    for a in e.atoms(sympy.MatrixSymbol):
        value = np.asarray(inputs[a.name])
        for size, length in zip(a.shape, (*value.shape, 1)):
            if size.is_Symbol:
                sizes[size] = int(length)
    e = e.subs(sizes)
    values = {a: sympy.Matrix(np.asarray(inputs[a.name]).reshape([int(k) for k in a.shape])) for a in e.atoms(sympy.MatrixSymbol)}
    scalars = {a: sympy.Float(float(inputs[a.name])) for a in e.free_symbols if a.is_Symbol and a.name in inputs}
    e = e.subs(scalars).subs(values).doit()
    e = e.as_explicit() if hasattr(e, "as_explicit") else e
    return np.array(sympy.Matrix(e).evalf() if e.is_Matrix else [[e.evalf()]], dtype=float)


def test_sympy_gives_the_same_numbers() -> None:
    """Short answers with symbols in them, put into numbers by SymPy alone, which knows nothing of how matcalc reads its objects back."""
    checked = 0
    for name in list(CASES)[::4]:
        e = held(name)
        if e is None or len(str(e)) > 70 or not e.atoms(sympy.MatrixSymbol):
            continue
        inputs, want = next(iter(draws(CASES[name])))
        try:
            found = in_numbers(e, inputs)
        except (ValueError, TypeError, AttributeError):  # sizes that no symbol gives, and what SymPy does not evaluate
            continue
        assert close(found, want), (name, e)
        checked += 1
    assert checked >= 30


@pytest.mark.parametrize(
    "text, made",
    [
        ("x^T A x", sympy.Trace(x.T * A * x)),
        ("A^-T + 2 I", sympy.Transpose(sympy.Inverse(A)) + 2 * sympy.Identity(n)),
        ("s + s^2/t - exp(s t)", s + s**2 / t - sympy.exp(s * t)),
        ("x[2] A[1,2]", x[1, 0] * A[0, 1]),
        ("log(det(A))", sympy.log(sympy.Determinant(A))),
        ("x .* sigmoid(y)", sympy.HadamardProduct(x, y.applyfunc(sympy.Lambda(t, 1 / (1 + sympy.exp(-t)))))),
        ("A ⊗ A", sympy.KroneckerProduct(A, A)),
        (
            "sum_{i=1}^n s^i",
            sympy.Sum(s ** sympy.Symbol("i", integer=True, positive=True), (sympy.Symbol("i", integer=True, positive=True), 1, n)),
        ),
    ],
)
def test_what_expressions_become(text: str, made: Any) -> None:
    where = "x, y in R^n; A in R^{n x n}; s, t in R"
    found = matcalc.parse(text, where=where).to_sympy()
    assert found.doit() == made.doit() or sympy.simplify(found - made) == 0


def test_sympy_expressions_are_differentiated() -> None:
    quadratic = matcalc.from_sympy(x.T * A * x)
    assert matcalc.derivative(quadratic, "x").text == "x^T (A + A^T)"  # type: ignore[union-attr]
    assert matcalc.derivative(matcalc.from_sympy(x.T * A * x, where="A in S^n"), "x").text == "2 x^T A"  # type: ignore[union-attr]
    logdet = matcalc.from_sympy(sympy.log(sympy.Determinant(A)) + sympy.Trace(B * B.T * A.I))
    d: Any = matcalc.derivative(logdet, "A")
    assert d.verified == "verified" and d.shape == ("n", "n")
    scalar: Any = matcalc.derivative(matcalc.from_sympy(s**3 / 3 - sympy.Rational(1, 2) * s + sympy.pi), "s")
    assert scalar.text == "s^2 - 1/2"
    assert (matcalc.from_sympy(A) @ matcalc.vector("x", "n")).shape == matcalc.from_sympy(A * x).shape


@pytest.mark.parametrize(
    "given, shape",
    [
        (sympy.MatrixSymbol("W", n + 1, 2 * m) * sympy.ZeroMatrix(2 * m, 3), ("n + 1", "3")),
        (sympy.OneMatrix(n, m) - B, ("n", "m")),
        (sympy.ImmutableDenseMatrix([[s, 1], [t, sympy.sqrt(2)]]), ("2", "2")),
        (sympy.BlockMatrix([[A, B], [B.T, sympy.Identity(m)]]), ("m + n", "m + n")),
        (sympy.HadamardPower(B, 3), ("n", "m")),
        (sympy.Piecewise((s, s > 0), (-s, True)), ("1", "1")),
        (sympy.Max(s, t) * n, ("1", "1")),
        (3, ("1", "1")),
    ],
)
def test_shapes_are_kept(given: Any, shape: tuple[str, str]) -> None:
    assert matcalc.parse(matcalc.from_sympy(given)).shape == shape


@pytest.mark.parametrize(
    "given, words",
    [
        ("x + 1", "str"),
        (sympy.Integral(s, s), "Integral"),
        (sympy.Derivative(sympy.Function("f")(s), s), "Derivative"),
        (s + sympy.I, "ImaginaryUnit"),
        (sympy.MatrixSymbol("Z", sympy.sqrt(n), n), "size"),
        (sympy.MatrixSymbol("s", n, n) * s, "two shapes"),
        (sympy.Symbol("pi") + sympy.pi, "constant"),
        (sympy.Symbol("k") + sympy.Sum(sympy.Symbol("k"), (sympy.Symbol("k"), 1, n)), "bound in a sum"),
        (sympy.Symbol("__import__('os')"), "name"),
        (A[sympy.Symbol("i") ** 2, 0], "place"),
    ],
)
def test_what_has_no_counterpart_is_refused(given: Any, words: str) -> None:
    with pytest.raises(MatcalcError) as raised:
        matcalc.from_sympy(given)
    assert words in str(raised.value)


def test_what_sympy_cannot_hold_is_refused() -> None:
    for made in (
        matcalc.derivative("A X B", "X"),
        matcalc.parse("expm(A)"),
        matcalc.parse("sum_{i=1}^N x_i", where="x_i in R^n"),
    ):
        with pytest.raises(NoAnswerError, match="SymPy"):
            made.to_sympy()  # type: ignore[union-attr]


def test_a_handle_of_a_string_is_no_way_in() -> None:
    with pytest.raises(UsageError):
        matcalc.from_sympy("x^T x")


def scalars() -> st.SearchStrategy[Any]:
    leaf = st.sampled_from([s, t, sympy.Integer(2), sympy.Rational(-3, 4), sympy.pi])

    def grow(kid: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.builds(lambda a, b: a + b, kid, kid),
            st.builds(lambda a, b: a * b, kid, kid),
            st.builds(lambda a, k: (a**2 + 1) ** k, kid, st.sampled_from([-1, 2, sympy.Rational(1, 2), sympy.Rational(-3, 2)])),
            st.builds(lambda f, a: f(a), st.sampled_from([sympy.sin, sympy.exp, sympy.tanh, sympy.atan, sympy.Abs]), kid),
        )

    return st.recursive(leaf, grow, max_leaves=8)


@given(scalars())
@settings(max_examples=60, deadline=None)
def test_scalars_there_and_back_have_one_value(e: Any) -> None:
    back = matcalc.parse(matcalc.from_sympy(e)).to_sympy()
    values = {s: 0.7, t: -0.4}
    named = {sympy.Symbol(k.name): v for k, v in values.items()}
    one, other = (complex(f.subs(values).subs(named).evalf()) for f in (e, back))
    assert one == pytest.approx(other, rel=1e-9, abs=1e-9)
