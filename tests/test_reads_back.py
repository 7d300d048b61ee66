"""What is printed is read again, text and LaTeX, to the same numbers in the same shape, whatever sizes coincide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generate import SIZES
from judging import evaluated

import matcalc

ANSWERS = [
    ("cos(A ⊗ x)", "x", "A in R^{m x p}; x in R^p"),
    ("sin((A ⊗ x) ./ X)", "x", "x in R^p; A in R^{m x p}; X in R^{m p x p}"),
    ("sum(W .* kron(X, Y))", "X", "X in R^{m x n}; Y in R^{p x q}; W in R^{m p x n q}"),
    ("2 p n sum(A X)", "X", "A in R^{m x p}; X in R^{p x n}"),
    ("ones(p,q) ones(q,p) x", "x", "x in R^p"),
    ("sum_{i=1}^N (x_i + A)", "A", "A in R^{m x n}; x_i in R^{m x n}"),
    ("sum_{i=1}^N (D[:,2] + u_i)", "D", "D in R^{q x q}; u_i in R^q"),
    ("sum_{i=1}^m x_1[i] z^T", "z", "z in R^q; x_1 in R^m"),
    ("sum_{i=1}^m sum_{j=1}^m x_1[i] x_1[j] A[i,j] X", "X", "x_1 in R^m; A in R^{m x m}; X in R^{p x p}"),
    ("||a - x_1[2]|| X", "X", "x_1 in R^m; a in R; X in R^{p x p}"),
    ("sum_{i=1}^N s_i x", "x", "s_i in R; x in R^n"),
    ("(1 ./ G)[1,2]", "G", "G in R^{m x n}"),
    ("diag(x)[:,2]", "x", "x in R^n"),
    ("ones(p) ⊗ D", "D", "D in R^{q x q}"),
    ("softmax(ones(p)) ⊗ 2.^D", "D", "D in R^{q x q}"),
    ("x", "B", "x in R^n; B in R^{n x n}"),
    ("D^T D", "y", "y in R^n; D in R^{n x m n}"),
    ("sign(B)", "B", "B in R^{n x n}"),
    ("(sinh(ones(n, p)) erf(A))[:,2]", "A", "A in R^{p x p}"),
    ("det(I_n/2 + I_n/s) x", "x", "x in R^p; s in R"),
    ("logdet(s I_n) x", "x", "x in R^p; s in R"),
    ("X h", "X", "X in R^{p x p}; h in R^p"),
    ("atanh(tanh(w)/2) (A[1,:] + B)", "A", "A in R^{m x n}; B in R^{1 x n}; w in R^m"),
]


@pytest.mark.parametrize("form", ["text", "latex"])
@pytest.mark.parametrize(("text", "wrt", "where"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answers_read_back(text: str, wrt: str, where: str, form: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    values = values_of(where)
    expected = evaluated(d, values, where + text)
    found = evaluated(matcalc.parse(getattr(d, form), where=d.where), values, where + text)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def values_of(where: str) -> dict[str, Any]:
    """Random values for the declared names, and the sizes."""
    rng = np.random.default_rng(0)
    values: dict[str, Any] = {}
    for declaration in where.split("; "):
        name, _, space = declaration.partition(" in R")
        sizes = [int(np.prod([SIZES.get(n, 1) for n in part.split()])) for part in space.strip("^{}").split(" x ") if part]
        if name.endswith("_i"):
            name, sizes = name[0], [SIZES["N"], *sizes]
        values[name] = rng.uniform(0.3, 1.2, sizes) if sizes else float(rng.uniform(0.3, 1.2))
    return values


IDENTITIES = ["I_n", "s I_n", "I_n + s I_n", "I_n[:,2]", "s I_n[:,1]^T", "sum_{i=1}^n I_n[:,i] x_i", "0_{n x n}", "ones(n)", "ones(n, n)"]
AROUND = """
%s; (%s)[1,2]; ||%s||_*; ||%s||_F; norm(%s, s); norm_nuclear(%s); sum(%s); mean(%s); std(%s); tr(exp.(%s)); (%s)^-1; (%s)^c; (%s)^+;
(%s).^s; sqrt(%s); 1 ./ (%s); (%s) .* (%s); 1[%s > 0]; 1[s < %s]; max(%s, 0); max(%s, s); cases(%s, s > 1, 0); [%s, %s]; kron(%s, %s);
vec(%s); diag(%s) + s; <%s, %s>; s - (%s) .* sin(%s); clip(%s, s, 1); dexpm(%s, %s); logsumexp(%s)
"""


@pytest.mark.parametrize("around", AROUND.replace("\n", " ").strip().split("; "))
def test_what_has_no_size_by_itself_is_printed_with_it(around: str) -> None:
    """Identities, unit vectors and constant arrays where nothing beside them tells their size."""
    where = "s in R positive; x in R^n; c in N"
    read = 0
    for inside in IDENTITIES:
        try:
            e = matcalc.parse(around.replace("%s", inside), where=where)
        except matcalc.errors.MatcalcError:  # the function does not take it
            continue
        read += 1
        for printed in (e.text, e.latex, e.unicode):
            assert matcalc.parse(printed, where=where).expr is e.expr, printed
    assert read


def test_zeros_keep_their_shape() -> None:
    d = matcalc.derivative("x", "B", where="x in R^m; B in R^{n x n}")
    assert d.text == "0_{m x n x n}"
    values = {"x": np.ones(2), "B": np.ones((3, 3))}
    for form in (d.text, d.latex):
        assert not np.any(read := matcalc.parse(form, where=d.where).evaluate(values)) and read.shape == (2, 3, 3)
    with pytest.raises(matcalc.MatcalcError, match="has 3 sizes"):
        matcalc.parse("0_{2 x 3 x 4} + x")


@pytest.mark.parametrize("text", ["0_{n (n + 1)/2} + v", "I_{n (n + 1)/2} v", r"I_{n \left(n + 1\right)/2} v"])
def test_sizes_below_constants_may_have_brackets(text: str) -> None:
    """2 I_{n (n + 1)/2} was printed and not read."""
    assert matcalc.parse(text, where="v in R^{n(n+1)/2}").text == "v"
    assert matcalc.derivative("||v||^2", "v", where="v in R^{n(n+1)/2}", order=2).text == "2 I_{n (n + 1)/2}"


def test_letters_of_indices_are_no_sizes() -> None:
    d = matcalc.derivative("ones(p) ⊗ D", "D", where="D in R^{q x q}")
    assert d.text == "J[(i,j),k,l,r] = ones(p)[i] I_q[k,r] I_q[j,l]"


def test_a_size_may_be_declared() -> None:
    d = matcalc.derivative("sum_{i=1}^N A", "A", where="A in R^{m x n}")
    assert d.where == "A in R^{m x n}; N in N"
    e = matcalc.parse("(x^T x)/n", where="x in R^n; n in N")
    assert e.evaluate({"x": [1.0, 2.0]}) == 2.5


def test_a_whole_number_that_is_no_size_stays_a_variable() -> None:
    e = matcalc.parse("A^k", where="A in R^{n x n}; k in N")
    assert e.evaluate({"A": [[2.0, 0.0], [0.0, 1.0]], "k": 3}).tolist() == [[8.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("expr", ["tr(Q A Q A)", "||Q||_F^2 norm(Q w)", "(w^T Q w) Q"])
def test_an_authors_name_stands_for_one_thing_once(expr: str) -> None:
    """`Q = sqrt(C.^2 + 1); Q = Q; …` was printed where a power of the root stands beside it, and refused as bound twice."""
    d: Any = matcalc.derivative(f"Q = sqrt(C.^2 + 1); {expr}", "C", where="A, C in R^{n x n}; w in R^n")
    rng = np.random.default_rng(5)
    point = {n: rng.uniform(-1, 1, s) for n, s in {"A": (3, 3), "C": (3, 3), "w": 3}.items()}
    assert d.text.count("Q =") == 1
    for form in (d.text, d.latex):
        reread = matcalc.parse(form, where=d.where)
        assert np.allclose(reread.evaluate({n: v for n, v in point.items() if n in d.where}), d.evaluate(point))


def test_index_forms_name_what_they_repeat() -> None:
    d: Any = matcalc.derivative("softmax(A x)", "x", order=2)
    assert d.text.startswith("s = softmax(A x); z = A^T s; J[i,j,k] = ")
    rng = np.random.default_rng(4)
    point = {"A": rng.standard_normal((3, 2)), "x": rng.standard_normal(2)}
    for form in (d.text, d.latex):
        assert np.allclose(matcalc.parse(form, where=d.where).evaluate(point), d.evaluate(point))
