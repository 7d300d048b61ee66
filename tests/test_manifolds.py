"""Gradients and Hessians on manifolds: every block of the book, what is refused, and that the check refuses what is wrong.

The numbers of these answers against charts and Christoffel symbols stand in `data/fields.jsonl` (`make_fields.py`).
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from console import run

import matcalc
from matcalc.commands.options import MANIFOLDS as CHOICES
from matcalc.errors import MatcalcError, UsageError, VerificationError
from matcalc.ops.manifolds import MANIFOLDS

FUNCTIONS = {"n 1": ("sum(exp(a .* X)) + X^T A X", "a in R^n; A in R^{n x n}"), "m n": ("tr(X^T A X B) + tr(C^T X)", "A in R^{m x m}")}
FUNCTIONS["n n"] = "tr(X A X B) + tr(C^T X)", "A, B, C in R^{n x n}"
OF_A_SPACE = "tr(A X (X^T X)^-1 X^T B X X^T)", "A, B in R^{m x m}"
VARIABLE = {"n 1": "X in R^n", "m n": "X in R^{m x n}", "n n": "X in R^{n x n}"}
FORMULAS = ("gradient", "hessian", "metric", "tangent", "retraction", "connection")


def asked(name: str) -> tuple[str, str]:
    """A function with no symmetry that would hide a term, and its declarations."""
    m = MANIFOLDS[name]
    function, where = OF_A_SPACE if m.invariant else FUNCTIONS[m.variable]
    return function, f"{where}; {VARIABLE[m.variable]}"


def answers(name: str) -> list[Any]:
    function, where = asked(name)
    first = matcalc.derivative(function, "X", where=where, manifold=name)
    return [first, matcalc.derivative(function, "X", where=where, manifold=name, order=2, along="U")]


def test_the_command_lists_every_manifold() -> None:
    assert set(CHOICES) == set(MANIFOLDS)


@pytest.mark.parametrize("name", MANIFOLDS)
def test_gradient_and_hessian_are_verified_read_back_and_said(name: str) -> None:
    gradient, hessian = answers(name)
    for d in (gradient, hessian):
        assert d.verified == "verified", d.check
        for form in (d.text, d.latex):
            assert matcalc.parse(form, where=d.where).shape == d.shape
        assert d.as_dict()["manifold"]["metric"] == MANIFOLDS[name].metric
        assert any("the metric is <U, V> =" in note for note in d.assumptions)
        assert sum(r.name.startswith(("gradient on", "Hessian on")) for step in d.steps for r in step.rules) == 1
    assert (gradient.as_dict()["order"], hessian.as_dict()["order"]) == (1, 2)
    assert hessian.as_dict()["manifold"]["along"] == "U"


@pytest.mark.parametrize(("name", "field"), [(n, f) for n in MANIFOLDS for f in FORMULAS if getattr(MANIFOLDS[n], f)])
def test_a_wrong_formula_is_refused(name: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is changed in a block, no answer comes out of it: each text is scaled in one of its parts."""
    text = getattr(MANIFOLDS[name], field)
    changed = {"metric": f"2 {text}", "connection": f"2 ({text})", "retraction": "X + 2 U", "tangent": f"({text}) + E/3"}
    monkeypatch.setattr(MANIFOLDS[name], field, changed.get(field, f"({text}) + G/3"))
    monkeypatch.setattr(MANIFOLDS[name], "factored", "")
    with pytest.raises(MatcalcError) as refused:
        answers(name)
    assert isinstance(refused.value, VerificationError) or field in ("metric", "tangent", "retraction")


@pytest.mark.parametrize(
    ("expr", "wrt", "where", "manifold", "text"),
    [
        ("u^T A u", "u", "A in S^n", "sphere", "2 (A u - (u^T A u) u)"),
        ("tr(X^T A X)", "X", "A in S^m; X in R^{m x n}", "stiefel", "2 (I - X X^T) A X"),
        ("logdet(X)", "X", "", "spd", "X"),
        ("x^T x", "x", "", "sphere", "0_n"),
        ("tr(X^T X)", "X", "", "stiefel", "0_{m x n}"),
        ("p^T log(p)", "p", "", "simplex", "p .* log(p) - (p^T log(p)) p"),
        ("tr(A X)", "X", "", "orthogonal", "(A^T - X A X)/2"),
    ],
)
def test_forms(expr: str, wrt: str, where: str, manifold: str, text: str) -> None:
    d = matcalc.derivative(expr, wrt, where=where, manifold=manifold)
    assert (d.text, d.verified) == (text, "verified")
    assert matcalc.grad(expr, wrt, where=where, manifold=manifold).text == text


def test_a_declared_manifold_is_taken_by_structured() -> None:
    for where, manifold in (("x in R^n unit", "sphere"), ("x in R^n simplex", "simplex")):
        d = matcalc.derivative("a^T x", "x", where=f"a in R^n; {where}", structured="symmetric-space")
        assert d == matcalc.derivative("a^T x", "x", where=f"a in R^n; {where}", manifold=manifold)
    d = matcalc.derivative("tr(A X)", "X", where="X in R^{n x n} orthogonal", structured="symmetric-space")
    assert d.as_dict()["manifold"]["manifold"] == "orthogonal"
    assert "manifold" not in matcalc.derivative("tr(A X)", "X", where="X in S_++^n", structured="symmetric-space").as_dict()


def test_a_function_that_sees_the_basis_is_none_on_a_space() -> None:
    with pytest.raises(UsageError, match="no function on the Grassmann manifold"):
        matcalc.derivative("tr(A X)", "X", manifold="grassmann")


@pytest.mark.parametrize(
    ("expr", "options", "message"),
    [
        ("x^T x", {"manifold": "torus"}, "unknown manifold 'torus'"),
        ("A x", {"manifold": "sphere"}, "is that of a scalar"),
        ("x^T A x", {"manifold": "sphere", "order": 2}, "a map of tangent vectors"),
        ("x^T A x", {"manifold": "sphere", "along": "u"}, "the direction of a Hessian"),
        ("x^T A x", {"manifold": "sphere", "order": 2, "along": "A"}, "A is something else already"),
        ("x^T A x", {"manifold": "sphere", "order": 2, "along": "u + v"}, "u \\+ v|one name|not a name|unexpected"),
        ("x^T A x", {"manifold": "sphere", "order": 3, "along": "u"}, "first and second derivatives"),
        ("x^T A x", {"along": "u", "order": 2}, "is for a Hessian on a manifold"),
        ("x^T A x", {"manifold": "sphere", "notation": "index"}, "leave the notation out|is a matrix or vector"),
        ("x^T A x", {"manifold": "sphere", "where": "x in R^n simplex"}, "x is declared"),
        ("x^T A x", {"manifold": "stiefel", "where": "x in R^n"}, "x is n×1"),
        ("x^H A x", {"manifold": "sphere", "where": "x in C^n; A in C^{n x n} hermitian"}, "of real variables"),
        ("x^T A x", {"manifold": "sphere", "structured": "symmetric-space"}, "the same thing twice"),
    ],
)
def test_what_is_refused(expr: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.derivative(expr, "x", **options)


def test_the_commands() -> None:
    where = ("--where", "A in S^n")
    assert run("grad", "u^T A u", "--wrt", "u", "--manifold", "sphere", *where).out == "2 (A u - (u^T A u) u)\n"
    told = run("hessian", "u^T A u", "--wrt", "u", "--manifold", "sphere", "--along", "v", *where)
    assert told.out == run("d", "u^T A u", "--wrt", "u", "--order", "2", "--manifold", "sphere", "--along", "v", *where).out
    assert "note: u stays on the sphere, u^T u = 1; the metric is <U, V> = U^T V" in told.err
    answer = matcalc.ask({"command": "grad", "expr": "u^T A u", "wrt": "u", "where": "A in S^n", "manifold": "sphere"})
    assert answer["text"] == "2 (A u - (u^T A u) u)"
    assert answer["manifold"]["source"].startswith("from <grad f, U> = tr(G^T U)") and "P.-A. Absil" in answer["manifold"]["source"]


def test_programs_have_the_gradient_on_the_manifold() -> None:
    d = matcalc.derivative("u^T A u", "u", where="A in S^n", manifold="sphere")
    gradient = d.function("numpy")
    assert gradient([1.0, 0.0], A=[[1.0, 2.0], [2.0, 5.0]]).tolist() == [0.0, 4.0]
    with pytest.raises(UsageError, match="the value and the gradient"):
        d.code("numpy", parts=["hvp"])


def test_an_ordinary_question_does_not_load_it() -> None:
    code = (
        "import sys, matcalc; matcalc.derivative('x^T A x', 'x').text; print([m for m in sys.modules if 'manifold' in m or 'curves' in m])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_command_writes_programs_on_a_manifold() -> None:
    """The gradient is tangent, and the function called hessian is the Hessian along U: against numbers of their own."""
    rng = np.random.default_rng(4)
    A = rng.normal(size=(4, 4))
    A = A + A.T
    u, v = (x / np.linalg.norm(x) for x in rng.normal(size=(2, 4)))
    v = v - (u @ v) * u
    question = ("code", "u^T A u", "--wrt", "u", "--manifold", "sphere", "--where", "A in S^n")
    first: dict[str, Any] = {}
    exec(run(*question).out, first)
    np.testing.assert_allclose(first["gradient"](u, A), 2 * (A @ u - (u @ A @ u) * u))
    second: dict[str, Any] = {}
    exec(run(*question, "--order", "2", "--along", "v").out, second)
    np.testing.assert_allclose(second["hessian"](u, A, v), 2 * (A @ v - (u @ A @ v) * u - (u @ A @ u) * v), atol=1e-12)
    assert "gradient" not in second
    assert run(*question, "--hvp").code == 2


def test_a_panel_calls_its_answer_what_it_is() -> None:
    """It said d^2/du^2 above a Hessian on the sphere, which is along v."""
    options = ("u^T A u", "--wrt", "u", "--where", "A in S^n", "--manifold", "sphere")
    assert "─ grad ─" in run("d", *options, terminal=True).out
    assert "─ Hess[v] ─" in run("d", *options, "--order", "2", "--along", "v", terminal=True).out
