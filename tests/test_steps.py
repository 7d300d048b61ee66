"""Derivations: every step names a rule of the book and is checked at a random point, and the last line is the answer."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from console import ROOT, run
from corpus import Case, cases
from derivation_numbers import disagreeing
from replaying import replayed

import matcalc
from matcalc.derivation.forward import pending
from matcalc.derivation.lines import Adjoint, Step
from matcalc.derivation.rulebook import Rule, book
from matcalc.expressions.build import num, times
from matcalc.inference import templates
from matcalc.ops.book import REGISTRY

CORPUS = [*cases("public"), *cases("rivals")]


def derive(expr: str, wrt: str | list[str], where: str = "", **options: object) -> matcalc.Derivative:
    d = matcalc.derivative(expr, wrt, where=where, verify=False, **options)  # type: ignore[arg-type]
    assert isinstance(d, matcalc.Derivative)
    return d


def check(d: matcalc.Derivative) -> None:
    """What holds for every derivation: every step is replayed, and computed at a random point."""
    steps = d.steps
    assert steps and steps[-1].after.right("text") == d.text
    for step in steps:
        assert step.rules and all(book()[r.name] is r for r in step.rules)
        assert all(re.search(r"\d|definition|algebra|after|from", r.source) for r in step.rules), step.text
        for form in ("text", "unicode", "latex"):
            assert "\u2022" not in step.after.spell(form) + step.before.spell(form)
    for one, following in pairwise(steps):
        opens = following.before.kind in ("value", "differential") or isinstance(following.before.body, Adjoint)
        assert following.before is one.after or opens or pending(following.before.body)
    wrong = disagreeing(d)
    for step in steps:
        wrong += [(step, why)] if (why := replayed(d, step)) else []
    assert not wrong, "\n".join(f"{why}: {s.before.text}  ->  {s.text}" for s, why in wrong)
    short = steps.brief()
    assert short[-1].after is steps[-1].after and len(short) <= len(steps)


@pytest.mark.parametrize("case", CORPUS, ids=lambda c: f"{c['file']}-{c['id']}")
def test_the_corpus_is_derived_step_by_step(case: Case) -> None:
    found = matcalc.derivative(case["expr"], case["wrt"], where=case.get("where", ""), order=case["order"], verify=False)
    for d in found if isinstance(found, list) else [found]:
        check(d)


@pytest.mark.parametrize("case", cases("books"), ids=lambda c: f"{c['file']}-{c['id']}")
def test_the_books_are_derived_step_by_step(case: Case) -> None:
    found = matcalc.derivative(case["expr"], case["wrt"], where=case.get("where", ""), order=case["order"], verify=False)
    for d in found if isinstance(found, list) else [found]:
        check(d)


@pytest.mark.parametrize("case", cases("complex"), ids=lambda c: c["id"])
def test_derivatives_by_complex_names_are_derived_step_by_step(case: Case) -> None:
    names = case["wrt"].split(", ")
    found = matcalc.derivative(case["expr"], names if len(names) > 1 else names[0], where=case["where"], verify=False)
    for d in found if isinstance(found, list) else [found]:
        check(d)


@pytest.mark.parametrize("expr", ["g(A x + b)", "g(A x + b)^2", "exp(g(A x))"])
def test_the_hessian_of_a_function_that_nobody_knows_is_derived(expr: str) -> None:
    """d g'(u) is du^T g''(u); it was said to have no differential form."""
    d = derive(expr, "x", "g: R^m -> R; A in R^{m x n}", order=2)
    check(d)
    assert any("g''" in s.after.text and s.after.kind == "differential" for s in d.steps)


def test_what_is_kept_while_the_conjugate_moves_is_said_once() -> None:
    """d(x^H A x) = dx^H A x is no differential of both: its line did not say that x stays."""
    steps = derive("(x^H A x)^2", "x", "x in C^n; A in C^{n x n} hermitian").steps
    assert [s.note for s in steps if s.note] == ["conj(x) moves, x is kept"]
    assert "power rule (conj(x) moves, x is kept)" in steps.text() and r"\text{power rule (conj(x) moves, x is kept)}" in steps.latex()
    two = matcalc.derivative("x^H x a", ["x", "conj(x)"], where="a, x in C^n")
    assert isinstance(two, list) and [s.note for s in two[0].steps if s.note] == ["x moves, conj(x) is kept"]
    for alone, name in (("tr(A X^H)", "conj(X)"), ("a^H X b", "X")):
        assert not any(s.note for s in derive(alone, name, "A, X in C^{m x n}; a in C^m; b in C^n").steps)


@pytest.mark.parametrize(
    "expr, wrt, where, options",
    [
        ("x^T A x", "x", "", {"layout": "denominator"}),
        ("tr(A X B)", "X", "", {"layout": "strict"}),
        ("A x + exp(x)", "x", "", {"layout": "denominator"}),
        ("X A X", "X", "", {"notation": "kron"}),
        ("X^-1 A", "X", "", {"notation": "differential"}),
        ("relu(w^T x + b)", "w", "b in R", {"notation": "cases"}),
        ("x^T A x", "x", "", {"notation": "index"}),
        ("tr(S A S)", "S", "S in S^n", {"structured": "symmetric-space"}),
        ("x^T S x", "S", "S in S^n", {"structured": "independent"}),
        ("||Q x||^2", "Q", "Q in R^{n x n} orthogonal", {}),
        ("(x^T x)^2", "x", "", {"order": 2}),
        ("sin(x) exp(x)", "x", "x in R", {"order": 3}),
        ("(a^T x)^3", "x", "", {"order": 3}),
        ("sum_{i=1}^N log(1 + x_i^T x_i)", "x_j", "x_i in R^n", {}),
        ("sum_{i=1}^N log(1 + x_i^T x_i)", "x_2", "x_i in R^n; N in N", {}),
        ("x^T A x", "x_2", "x in R^n", {}),
        ("x^T A x", "x_i", "x in R^n", {}),
        ("tr(A X X^T)", "X_{ij}", "X in R^{m x n}", {}),
        ("x", "x", "", {}),
        ("X A X", "X", "", {"order": 2}),
        ("exp(X) .* X", "X", "", {"order": 2}),
        ("x x^T x", "x", "", {"order": 3}),
        ("a^T b", "x", "x in R^n", {}),
        ("f(A x)^2", "x", "f: R^m -> R; A in R^{m x n}", {}),
        ("sum(phi(A x))", "x", "phi: R -> R", {}),
        ("tr(A F(X))", "X", "F: R^{m x n} -> R^{p x q}", {}),
        ("det(X)^k", "X", "k in R", {}),
        ("tr(X^k)", "X", "k in N", {}),
        ("[x^2, sin(x); 1, x]", "x", "x in R", {}),
        ("||[x; A x]||^2", "x", "", {}),
        ("tr(A kron(X, X))", "X", "X in R^{2 x 2}", {}),
        ("x^x", "x", "x in R positive", {}),
        ("a^T sqrtm(X) b", "X", "X in R^{n x n} spd", {}),
        ("prod_{i=1}^n x_i^2", "x", "x in R^n", {}),
        ("x^T y", "x", "x, y in R^n; dx in R^n", {}),
    ],
)
def test_other_layouts_notations_and_kinds(expr: str, wrt: str, where: str, options: dict[str, object]) -> None:
    check(derive(expr, wrt, where, **options))


@pytest.mark.parametrize("rule", [r for r in book().values() if r.example], ids=lambda r: r.name)
def test_the_examples_of_the_rule_book_are_derived(rule: Rule) -> None:
    expr, wrt, where, notation = rule.asked()
    check(derive(expr, wrt if len(wrt) > 1 else wrt[0], where, order=len(wrt), notation=notation))


def lines(d: matcalc.Derivative) -> list[tuple[str, str]]:
    return [(step.after.text, step.rule) for step in d.steps.brief()]


def test_a_derivation_to_hand_in() -> None:
    d = derive("log det X + a^T X^-1 a", "X")
    assert lines(d) == [
        ("F = logdet(X) + a^T X^-1 a", "logarithm of a determinant"),
        ("dF = d(logdet(X)) + d(a^T X^-1 a)", "sum rule"),
        ("dF = tr(X^-1 dX) + d(a^T X^-1 a)", "differential of log det"),
        ("dF = tr(X^-1 dX) - a^T X^-1 dX X^-1 a", "differential of the inverse"),
        ("dF = tr((X^-1 - X^-1 a a^T X^-1) dX)", "trace and transpose"),
        (f"dF/dX = {d.text}", "identification by a matrix"),
    ]


def test_school_calculus_is_derived_by_the_rules_of_school() -> None:
    quotient = derive("sin(x)/x", "x", "x in R").steps
    assert quotient[0].rule == "quotient rule" and quotient[0].after.text == "df/dx = (x d/dx(sin(x)) - sin(x))/x^2"
    assert [s.rule for s in derive("sin(x^2)", "x", "x in R").steps] == ["chain rule, derivative of sin", "power rule"]
    assert derive("x sin(x)", "x", "x in R").steps[0].rule == "product rule of functions"
    named = derive("u = x^2; sin(u)", "x", "x in R").steps
    assert [s.after.text for s in named] == ["delta_u = cos(u)", "df/dx = 2 x delta_u", "df/dx = 2 x cos(x^2)"]


def test_a_network_is_derived_backwards_a_line_for_each_layer() -> None:
    layers = "; ".join(["h_1 = tanh(W_1 x)", *[f"h_{k} = tanh(W_{k} h_{k - 1})" for k in range(2, 7)], "||h_6 - y||^2"])
    d = derive(layers, "W_1")
    check(d)
    heads = [s.after.left("text") for s in d.steps]
    assert heads[:6] == [f"delta_h_{k}" for k in range(6, 0, -1)] and heads[-1] == "df/dW_1".replace("df", heads[-1][:2])
    assert d.steps[1].rule == "adjoint recursion, derivative of tanh, constant factor"


def test_a_large_function_without_names_gets_them() -> None:
    inner = "x"
    for k in range(1, 13):
        inner = f"tanh(A_{k} {inner})"
    d = derive(f"a^T {inner}", "x", "; ".join(f"A_{k} in R^{{n x n}}" for k in range(1, 13)))
    check(d)
    assert 12 <= len(d.steps) <= 30 and max(len(s.after.text) for s in d.steps[:-1]) < 120


def test_second_order_derives_the_gradient_and_then_its_differential() -> None:
    steps = derive("x^T A x", "x", order=2).steps
    texts = [s.after.text for s in steps]
    assert "(df/dx)^T = (A + A^T) x" in texts and "dg = (A + A^T) dx" in texts and texts[-1] == "d^2f/dx^2 = A + A^T"
    assert next(s for s in steps if s.rule == "second derivative").note == "g = (df/dx)^T"


@pytest.fixture
def wrong_inverse(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    caches = [f for f in vars(templates).values() if hasattr(f, "cache_clear")]
    for cached in caches:
        cached.cache_clear()
    monkeypatch.setattr(REGISTRY["inv"], "differential", "X^-1 dX X^-1")
    yield
    for cached in caches:
        cached.cache_clear()


def test_a_wrong_step_is_seen(wrong_inverse: None) -> None:
    wrong = disagreeing(derive("a^T X^-1 b", "X"))
    assert [(s.rule, why) for s, why in wrong] == [("differential of the inverse", "different")]


def test_the_answer_does_not_wait_for_its_derivation() -> None:
    code = "import sys, matcalc; matcalc.derivative('x^T A x', 'x'); print([m for m in sys.modules if 'derivation.un' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_reason_of_the_simplifier_is_a_rule() -> None:
    text = (ROOT / "matcalc" / "shortening" / "moves.py").read_text(encoding="utf-8")
    reasons = set(re.findall(r'yield "([^"]+)"', text))
    assert len(reasons) > 5 and reasons <= set(book())


def test_a_step_says_what_it_rewrote() -> None:
    step: Step = derive("log det X + a^T X^-1 a", "X").steps[2]
    assert (step.place, step.shape, step.before.kind) == (("d(logdet(X))",), "1", "differential")
    assert str(step) == step.text == "dF = tr(X^-1 dX) + d(a^T X^-1 a)   [differential of log det; Matrix Cookbook 2012, eq. (43)]"
    assert r"\mathrm{d}F &= \operatorname{tr}(X^{-1} \mathrm{d}X)" in step.latex
    assert set(step.as_dict()) == {"rule", "rules", "source", "before", "after", "shape", "latex"}


def test_the_derivation_in_columns_and_as_align() -> None:
    steps = derive("x^T A x", "x").steps.brief()
    rows = steps.text().splitlines()
    assert rows[0] == "f     = x^T A x" and rows[1].startswith("df    = dx^T A x + x^T A dx    product rule [")
    rules = [s.rule for s in steps]
    assert {row.index(rule) for row, rule in zip(rows[1:], rules, strict=True)} == {rows[2].index("trace and transpose")}
    latex = steps.latex()
    assert latex.startswith("\\begin{align*}\nf &= x^{T} A x \\\\\n") and latex.endswith("\\end{align*}")
    assert r"\frac{\partial f}{\partial x} &= " in latex and r"&& \text{product rule}" in latex
    narrow = steps.text(width=60).splitlines()
    assert max(map(len, narrow)) < 90 and len(narrow) > len(rows)


def test_the_command_shows_steps_in_every_format() -> None:
    assert run("d", "x^T A x", "--wrt", "x", "--steps").out.splitlines()[-1] == "x^T (A + A^T)"
    assert "\\begin{align*}" in run("d", "x^T A x", "--wrt", "x", "--steps", "--format", "latex").out
    assert "∂f/∂x = " in run("d", "x^T A x", "--wrt", "x", "--steps", "--format", "unicode").out
    shown = run("d", "x^T A x", "--wrt", "x", "--steps", terminal=True).out
    assert "product rule" in shown and "Matrix Cookbook" in shown
    assert "steps" not in run("d", "x^T A x", "--wrt", "x", "--json").out


def shown(expr: str, wrt: str, where: str = "") -> list[str]:
    """The lines of the brief derivation, those that define the function first."""
    steps = derive(expr, wrt, where).steps.brief()
    return [line.text for line in steps.given] + [s.after.text for s in steps]


@pytest.mark.parametrize(
    "expr, wrt, first",
    [
        ("tr(X^T A X)", "X", ["F = tr(X^T A X)", "dF = tr(dX^T A X + X^T A dX)"]),
        ("tr(A X^T)", "X", ["F = tr(A X^T)"]),
        ("(1 - p)^2", "p", ["f = (1 - p)^2"]),
        ("1/2 ||X w - y||^2", "w", ["f = 1/2 ||X w - y||^2"]),
        ("||M .* (X - U V^T)||_F^2", "V", ["F = ||M .* (X - U V^T)||_F^2", "dF = 2 ||M .* (X - U V^T)||_F d(||M .* (X - U V^T)||_F)"]),
        ("diag(x) a", "x", ["f = diag(x) a", "f = x .* a"]),
        ("x_1 = s t; x_2 = s + t^2; x_1^2 + 2 x_2", "t", ["x_1 = s t", "x_2 = s + t^2", "f = x_1^2 + 2 x_2", "f = s^2 t^2 + 2 x_2"]),
    ],
)
def test_the_first_line_is_the_question_as_it_was_typed(expr: str, wrt: str, first: list[str]) -> None:
    assert shown(expr, wrt)[: len(first)] == first


def test_a_network_keeps_the_names_of_its_author_and_one_layout() -> None:
    found = shown("z = W_1 x + b_1; h = relu(z); y = softmax(W_2 h + b_2); ||y - t||^2", "W_1")
    assert found[:6] == [
        "z = W_1 x + b_1",
        "h = relu(z)",
        "y = softmax(W_2 h + b_2)",
        "F = ||y - t||^2",
        "delta_y = 2 (y - t)",
        "delta_h = W_2^T (y .* (delta_y - delta_y^T y))",
    ]
    assert found[-1] == "dF/dW_1 = 2 (W_2^T (y .* (y - t - (y - t)^T y)) .* 1[z > 0]) x^T" and not any(
        "softmax(W_2 relu" in f for f in found
    )
    layouts = {"numerator": "(df/dy)^T", "denominator": "df/dy"}
    for layout, head in layouts.items():
        steps = derive("y = A x; sum(tanh(y))", "x", layout=layout).steps
        assert steps[0].before.right() == head


def test_what_stands_before_dx_is_the_jacobian() -> None:
    assert "df = diag(cos(A x)) A dx" in shown("sin(A x)", "x") and "df = 2 A diag(x) dx" in shown("A (x .* x)", "x")
    rules = [s.rule for s in derive("sin(A x)", "x").steps]
    assert "factors before dx" in rules and "trace and transpose" not in rules


def test_no_step_changes_nothing_and_constants_stay_where_they_were_typed() -> None:
    texts = shown("x/(1 + x^2)", "x", "x in R")
    assert len(set(texts)) == len(texts) and texts[-1] == "df/dx = (1 - x^2)/(1 + x^2)^2"


def test_a_difference_below_a_norm_keeps_its_sign() -> None:
    assert "df = -exp(-||x - y||^2/(2 s^2)) ((x - y)^T d(x - y))/s^2" in shown("exp(-||x - y||^2/(2 s^2))", "x", "s in R")
    assert "dF = 2 tr((X - U V^T)^T d(X - U V^T))" in shown("||X - U V^T||_F^2", "U")


@pytest.mark.parametrize("expr, wrt", [("log det X + a^T X^-1 a", "X"), ("x^T A x", "x"), ("||A x - b||^2", "x"), ("tr(X^T A X B)", "X")])
def test_a_step_under_the_name_of_another_rule_is_seen(expr: str, wrt: str) -> None:
    for step in derive(expr, wrt).steps:
        own, d = step.rules, derive(expr, wrt)
        assert not replayed(d, step)
        step.rules = (book()["softplus"],)
        assert replayed(d, step), step.text
        step.rules = own


def test_a_sum_over_an_index_stays_while_what_is_in_it_is_opened() -> None:
    found = shown("1/N sum_{n=1}^N ||x_n - B z_n||^2", "B")
    assert found[1] == "dF = 2/N sum_{n=1}^N ||x_n - B z_n|| d(||x_n - B z_n||)"
    assert found[2] == "dF = 2/N sum_{n=1}^N (x_n - B z_n)^T d(x_n - B z_n)"


def test_by_one_member_the_sum_gets_another_letter_and_nothing_turns_round() -> None:
    d = derive("sum_{k=1}^K exp(-(x - mu_k)^T (x - mu_k))", "mu_k", "x, mu_k in R^n")
    check(d)
    found = [s.after.text for s in d.steps.brief()]
    assert d.steps[0].rule == "name of an index" and found[0] == "f = sum_{i=1}^K exp(-(x - mu_i)^T (x - mu_i))"
    assert found[2] == "df = -2 sum_{i=1}^K exp(-(x - mu_i)^T (x - mu_i)) ((x - mu_i)^T d(x - mu_i))"
    # d/dp_k of p_i is no 1: by differentials, not by the rules of school
    check(derive("sum_{k=1}^K p_k log(p_k)", "p_k", "p_k in R"))


def test_summands_and_factors_stay_where_they_were_typed() -> None:
    found = shown("y^T x + x^T A x + b^T x", "x")
    assert found[1:3] == ["df = d(y^T x) + d(x^T A x) + d(b^T x)", "df = y^T dx + dx^T A x + x^T A dx + b^T dx"]
    assert shown("tr(S A S)", "S", "S in S^n")[:3] == ["F = tr(S A S)", "dF = tr(dS A S + S A dS)", "dF = tr((S A + A S) dS)"]
    assert "dF = tr((X^-1 - X^-1 A X^-1) dX)" in shown("tr(X^-1 A) + logdet(X)", "X", "A in S^n")


def test_a_gradient_on_a_manifold_is_the_formula_with_the_gradient_by_free_entries_in_it() -> None:
    """The step went from the gradient to the answer; of a Hessian from the gradient, past its change along v."""
    options = {"manifold": "sphere", "where": "A in S^n", "verify": False}
    first = matcalc.derivative("u^T A u", "u", **options).steps.brief()  # type: ignore[arg-type]
    assert [s.after.text for s in first][-2:] == ["grad f = 2 A u - 2 (u^T A u) u", "grad f = 2 (A u - (u^T A u) u)"]
    second = matcalc.derivative("u^T A u", "u", order=2, along="v", **options).steps.brief()  # type: ignore[arg-type]
    assert [s.after.text for s in second][-3:-1] == ["d(df/du)[v] = 2 A v", "Hess f[v] = 2 A v - 2 (u^T A u) v - 2 (u^T A v) u"]
    assert any("du = v" in s.note for s in second) and r"\mathrm{d}\left(\frac{\partial f}{\partial u}\right)[v]" in second.latex()


def test_the_derivative_within_a_set_is_no_derivative_by_free_entries() -> None:
    within = derive("tr(A S)", "S", "S in S^n", structured="independent").steps
    assert [s.after.left() for s in within][-2:] == ["dF/dS", "dF/dS|symmetric"]
    curved = matcalc.grad("tr(X^T A X)", "X", where="A in S^n", manifold="stiefel").steps
    lefts = [s.after.left() for s in curved]
    assert lefts[-1] == "grad F" and lefts[lefts.index("grad F") - 1] == "dF/dX"
    assert curved[-1].after.left("latex") == r"\operatorname{grad} F"


def test_an_adjoint_names_the_rules_that_it_needs() -> None:
    steps = derive("p = sigmoid(w^T x); -(1 - p)^2 log(p)", "w").steps
    assert "product rule for scalars" in steps[0].rule
    linear = derive("z = A x; y = tanh(z); ||y||^2", "x").steps
    assert "product rule" not in linear[-2].rule
    third = derive("x^T A x", "x", order=3).steps
    assert len({s.after.text for s in third}) == len(third)


def test_what_a_school_writes_is_derived_as_a_school_does() -> None:
    steps = derive("tan(x)", "x", "x in R").steps
    assert [s.rule for s in steps[:2]] == ["tan as a quotient", "quotient rule"] and steps[-1].after.text == "df/dx = 1/cos(x)^2"
    assert steps[1].after.right() == "(cos(x) d/dx(sin(x)) - sin(x) d/dx(cos(x)))/cos(x)^2"
    assert shown("x/(1 + x^2)", "x", "x in R")[1] == "df/dx = (1 + x^2 - x d/dx(1 + x^2))/(1 + x^2)^2"
    assert "df/dx = 2 x exp(-x) - x^2 exp(-x)" in shown("x^2 exp(-x)", "x", "x in R")


def test_what_is_opened_stands_where_it_stood_and_dx_last_where_it_is_identified() -> None:
    found = shown("logdet(A X A^T + I)", "X")
    assert found[2:4] == ["dF = tr((A X A^T + I)^-1 A dX A^T)", "dF = tr(A^T (A X A^T + I)^-1 A dX)"]
    assert "dF = det(A X B) tr(B (A X B)^-1 A dX)" in shown("det(A X B)", "X")
    pairs = shown("sum_{i=1}^N sum_{j=1}^N w_{ij} ||x_i - x_j||^2", "x_k", "x_i in R^d")
    assert pairs[3] == "df = 2 sum_{i=1}^N sum_{j=1}^N w[i,j] ((x_i - x_j)^T (dx_i - dx_j))"
    assert shown("A .* (X X^T)", "X")[1:2] == ["dF = A .* (dX X^T + X dX^T)"] and len(shown("A .* (X X^T)", "X")) == 3


NCA = (
    r"p_{ij} = \exp(-||A x_i - A x_j||^2)/\sum_{k \ne i} \exp(-||A x_i - A x_k||^2); \sum_{i=1}^N \sum_{j=1}^N m_{ij} p_{ij}",
    "A",
    "x_i in R^n; A in R^{m x n}; m_{ij} in R",
)


def test_no_fraction_of_a_derivation_is_wider_than_a_page() -> None:
    """No line can be broken inside a fraction: what is too wide is a product with an inverse."""
    from matcalc.derivation.page import FRACTION, WIDEST_FRACTION, _closing
    from matcalc.printing.lines import latex_width

    items = [line for line in derive(*NCA).document().split("\n") if line.startswith(r"\item")]
    assert len(items) > 5 and any("^{-1}" in line for line in items)
    for line in items:
        starts = [k for k in range(len(line)) if line.startswith(FRACTION, k)]
        for at in starts:
            middle = _closing(line, at + len(FRACTION) - 1)
            assert max(latex_width(line[at:middle]), latex_width(line[middle : _closing(line, middle + 1)])) < WIDEST_FRACTION + 8


def test_a_page_calls_the_function_as_its_derivation_does() -> None:
    d = derive("S = softmax(Q K^T); ||S V - Y||^2", "Q", "Q, K in R^{n x d}; V, Y in R^{n x p}")
    page = d.document()
    assert r"\frac{\partial F}{\partial Q}" in page and r"\frac{\partial S}" not in page and r"& F = \lVert S V - Y \rVert^{2}" in page


@pytest.mark.parametrize(
    "expr, wrt, where, options, left",
    [
        ("u^T A u", "u", "A in S^n", {"manifold": "sphere"}, r"\operatorname{grad} f"),
        ("u^T A u", "u", "A in S^n", {"manifold": "sphere", "order": 2, "along": "v"}, r"\operatorname{Hess} f[v]"),
        ("logdet(S)", "vech(S)", "S in S_++^n", {}, r"\operatorname{vech}(S)"),
        ("Re(a^H x)", "x", "a, x in C^n", {}, r"\frac{\partial f}{\partial \overline{x}}"),
        ("sin(x)/x", "x", "x in R", {}, r"\frac{\mathrm{d}f}{\mathrm{d}x}"),
    ],
)
@pytest.mark.parametrize("steps", [True, False])
def test_a_page_calls_its_answer_what_it_is(expr: str, wrt: str, where: str, options: dict[str, object], left: str, steps: bool) -> None:
    """Every answer stood beside ∂f/∂x: a Riemannian gradient, a derivative by conj(x) or by vech(S) too."""
    page = matcalc.derivative(expr, wrt, where=where, verify=False, **options).document(steps=steps)  # type: ignore[arg-type, union-attr]
    answer = page.split("Then")[1].split("The derivative is")[0]
    assert left in answer or (left == r"\frac{\mathrm{d}f}{\mathrm{d}x}" and not steps), answer


def test_what_a_page_has_said_it_does_not_say_again() -> None:
    page = derive("S = softmax(Q K^T); ||S V - Y||^2", "Q", "Q, K in R^{n x d}; V, Y in R^{n x p}").document()
    assert "softmax" not in page.split("Then")[1].split("The derivative is")[0]
    assert "symmetric" not in derive("logdet(X)", "X", "X in S_++^n").document().split("Then")[0]
    assert r"x\textsuperscript{T} x" in derive("||x||", "x").document()


def test_a_derivation_begins_with_all_that_was_typed() -> None:
    text = "m = mean(x); v = mean((x - m).^2); h = (x - m)/sqrt(v + epsilon); g^T (gamma h + beta ones(n))"
    d = derive(text, "x", "x, g in R^n; gamma, beta in R; epsilon in R positive")
    assert [left for left, *_ in d.steps.rows()][:4] == ["m", "v", "h", "f"]


def test_a_derivative_stands_once_on_its_left_side() -> None:
    d = derive("y = 3x^2 + 2x; y^2", "x", "x in R")
    assert all(right.count("partial f") == 0 for left, right, *_ in d.steps.rows("latex") if left.startswith(r"\frac"))


@pytest.mark.parametrize(
    "expr, wrt, where, line",
    [
        ("exp(sin(x^2))", "x", "x in R", "df/dx = exp(sin(x^2)) cos(x^2) d/dx(x^2)"),
        ("A (x .* exp(x))", "x", "", "df = A (exp(x) .* dx + x .* exp(x) .* dx)"),
        ("W_2 tanh(W_1 x + b)", "x", "", "df = W_2 ((1 - tanh(W_1 x + b).^2) .* W_1 dx)"),
        ("exp(-x^T x)", "x", "", "df = -2 exp(-x^T x) (x^T dx)"),
        ("sin(t) A + t B", "t", "t in R; A, B in R^{m x n}", "df = cos(t) A dt + B dt"),
        ("-sum_{i=1}^n log(1 + exp(y_i w^T x_i))", "w", "y_i in R", "df = -(sum_{i=1}^n y_i sigmoid(y_i (w^T x_i)) x_i^T) dw"),
        ("log det(X^T X)", "X", "", "dF = tr((X^T X)^-1 (dX^T X + X^T dX))"),
        ("relu(W x + b)^T c", "W", "", "dF = (c .* 1[W x + b > 0])^T dW x"),
    ],
)
def test_a_change_stands_last(expr: str, wrt: str, where: str, line: str) -> None:
    d = derive(expr, wrt, where)
    check(d)
    found = shown(expr, wrt, where)
    assert line in found and len(set(found)) == len(found), found


def test_the_sign_of_a_summand_stays_outside_and_nothing_is_called_a_transpose_that_is_none() -> None:
    found = shown("(x^2 - 1)/(x^2 + 1)", "x", "x in R")
    assert not any("d/dx(-" in line for line in found)
    rules = [s.rule for s in derive("logsumexp(A x) - b^T x", "x").steps.brief()]
    assert rules[2] == "constant factor" and lines(derive("logsumexp(A x) - b^T x", "x"))[0][0] == "df = d(logsumexp(A x)) - d(b^T x)"


def test_a_wrong_coefficient_of_a_member_is_seen() -> None:
    d = derive("sum_{i=1}^N lambda_i ||x_i - m||^2", "x_k", "x_i, m in R^n; lambda_i in R")
    check(d)
    for step in [s for s in d.steps if s.before.kind == "differential" and not pending(s.before.body)]:
        whole, step.after.body = step.after.body, times(num(2), step.after.body)
        assert replayed(d, step) == "another coefficient of dX", step.text
        step.after.body = whole


def test_the_question_with_mode_products_is_printed_in_every_format() -> None:
    where = "X in R^{m x n x l}; G in R^{p x n x l}; A in R^{m x p}"
    line = derive(r"||X - G \times_1 A||^2", "A", where).steps.given[0]
    spelled = [line.spell(form) for form in ("text", "unicode", "latex")]
    assert spelled == ["F = ||X - G ×_1 A||^2", "F = ‖X - G ×_1 A‖²", r"F = \lVert X - G \times_{1} A \rVert^{2}"]
    for text in spelled:
        again = derive(text.partition(" = ")[2], "A", where)
        assert again.text == derive(r"||X - G \times_1 A||^2", "A", where).text


def test_bounds_that_the_author_left_out_are_no_step() -> None:
    lines = matcalc.derivative(r"\sum_i (y_i - w^T x_i)^2", "w").steps
    assert [line.rule for line in lines][:2] == ["sum rule over an index", "power rule"]
    assert all("algebra" not in line.rule for line in lines)


@pytest.mark.parametrize(
    "expr, top",
    [
        ("(x^2 + 1)/(x^2 - 1)", "((x^2 - 1) d/dx(x^2 + 1) - (x^2 + 1) d/dx(x^2 - 1))/(x^2 - 1)^2"),
        ("(x^2 + 1)/(x - 1)", "((x - 1) d/dx(x^2 + 1) - (x^2 + 1) d/dx(x - 1))/(x - 1)^2"),
        ("(x - 1)/(x + 1)", "((x + 1) d/dx(x - 1) - (x - 1) d/dx(x + 1))/(x + 1)^2"),
        ("(x^3 - 2)/(4 - x^2)", "((4 - x^2) d/dx(x^3 - 2) - (x^3 - 2) d/dx(4 - x^2))/(4 - x^2)^2"),
        ("-(x + 1)/(x - 1)", "-((x - 1) d/dx(x + 1) - (x + 1) d/dx(x - 1))/(x - 1)^2"),
        ("log(x)/(x - 1)^3", "((x - 1)^3 d/dx(log(x)) - log(x) d/dx((x - 1)^3))/(x - 1)^6"),
        ("3 (x - 2)/(x (x - 1))", "3 (x (x - 1) d/dx(x - 2) - (x - 2) d/dx(x (x - 1)))/(x^2 (x - 1)^2)"),
    ],
)
def test_the_quotient_rule_stands_as_at_school_whichever_way_round_its_differences_are_kept(expr: str, top: str) -> None:
    d = derive(expr, "x", "x in R")
    check(d)
    assert d.steps[0].after.text == f"df/dx = {top}"
    if expr == "(x^2 + 1)/(x^2 - 1)":
        assert d.steps[-2].after.text == "df/dx = (2 x (x^2 - 1) - 2 x (x^2 + 1))/(x^2 - 1)^2"


@pytest.mark.parametrize("expr, answer", [("sin(x (x - 1))", "(2 x - 1) cos(x (x - 1))"), ("y sin((x - 1)^3)", "sin((x - 1)^3)")])
def test_no_minus_within_a_function_that_its_author_did_not_write(expr: str, answer: str) -> None:
    d = derive(expr, expr[0] if expr[0] == "y" else "x", "x in R; y in R" if "y" in expr else "x in R")
    assert d.text == answer
    assert not any("(-" in step.text for step in d.steps)


@pytest.mark.parametrize("expr", ["x^2/cos(x)", "sin(x)/(1 - x)", "x + x^2"])
def test_no_step_only_reorders(expr: str) -> None:
    d = derive(expr, "x", "x in R")
    check(d)
    assert d.steps[-1].rule != "algebra" and d.steps[-1].after.right() == d.text


@pytest.mark.parametrize("case", [*cases("forms"), *cases("fields")], ids=lambda c: f"{c['file']}-{c.get('id') or c['text']}")
def test_the_forms_and_the_fields_are_derived_by_the_rules_they_name(case: Case) -> None:
    """Without the numbers, which the other corpora have."""
    order, text = case.get("order", 1), case.get("expr") or case["text"]
    found = matcalc.derivative(text, case["wrt"], where=case.get("where", ""), order=order, verify=False)
    for d in found if isinstance(found, list) else [found]:
        for step in d.steps:
            assert not replayed(d, step), f"{step.before.text}  ->  {step.text}"


@pytest.mark.parametrize("case", [c for c in cases("course") if c["command"] == "d"], ids=lambda c: c["id"])
def test_the_courses_are_derived_by_the_rules_they_name(case: Case) -> None:
    _, text, *options = case["argv"]
    given = [(option, value) for option, value in pairwise(options) if option.startswith("--")]
    names, where = [v for o, v in given if o == "--wrt"], "; ".join(v for o, v in given if o == "--where")
    order = int(dict(given).get("--order", "1"))
    found = matcalc.derivative(text, names if len(names) > 1 else names[0], where=where, order=order, verify=False)
    for d in found if isinstance(found, list) else [found]:
        for step in d.steps:
            assert not replayed(d, step), f"{step.before.text}  ->  {step.text}"


@pytest.mark.parametrize("case", cases("posted"), ids=lambda c: c["text"])
def test_what_people_ask_is_derived_by_the_rules_it_names(case: Case) -> None:
    names = case["wrt"].split(", ")
    where, order = case.get("where", ""), case.get("order", 1)
    found = matcalc.derivative(case["text"], names if len(names) > 1 else names[0], where=where, order=order, verify=False)
    for d in found if isinstance(found, list) else [found]:
        for step in d.steps:
            why = replayed(d, step)
            assert not why, f"{why}: {step.before.text}  ->  {step.text}"


@pytest.mark.parametrize("case", cases("manifolds"), ids=lambda c: c["id"])
def test_on_a_manifold_the_derivative_by_free_entries_is_derived_first(case: Case) -> None:
    """The manifold's own steps are not compared with numbers here: its formulas have their own tests."""
    options = {"along": case["along"]} if "along" in case else {}
    d = derive(case["expr"], case["wrt"], case["where"], order=case["order"], manifold=case["manifold"], **options)
    own = next(k for k, s in enumerate(d.steps) if s.after.head.within)
    assert own and d.steps[own].before is d.steps[own - 1].after and d.steps[-1].after.right() == d.text
    assert any(r.name.startswith(("gradient on", "Hessian on")) for s in d.steps[own:] for r in s.rules)
    assert not [replayed(d, s) for s in d.steps if replayed(d, s)]
    assert not [s.text for s, _ in disagreeing(d, d.steps[:own])]


@pytest.mark.parametrize(
    "expr, wrt, where",
    [
        ("||x - z||/(1 + ||x||^2)", "x", "x, z in R^n"),
        ("(3 x^2 - 5 x + 2)/(x^2 + 1)", "x", "x in R"),
        ("y^T (x - z)/(1 + x^T x)", "x", "x, y, z in R^n"),
        ("||theta × a - b||^2", "theta", "theta, a, b in R^3"),
        ("sum_{i=1}^{n-1} (x_{i+1} - x_i)^2", "x", "x in R^n"),
    ],
)
def test_no_line_turns_the_signs_of_the_one_before(expr: str, wrt: str, where: str) -> None:
    d = derive(expr, wrt, where)
    check(d)
    lines = [step.after.right() for step in (d.steps.brief() if "×" in expr else d.steps)]
    assert not any(line.startswith("-") or "(-(" in line for line in [*lines, d.text]) and "cross(a, theta)" not in " ".join(lines)


def test_another_spelling_of_the_same_is_no_step() -> None:
    for expr, wrt, where in (
        ("a^T exp.(X b)", "X", ""),
        ("sin(x^2) e^(-x)", "x", "x in R"),
        ("||(theta × a) - b||", "a", "theta, a, b in R^3"),
    ):
        assert "algebra" not in derive(expr, wrt, where).steps[0].rule, expr


def test_what_is_declared_leads_to_the_answer_by_itself() -> None:
    d = derive("-n/2 log(det(S)) - 1/2 sum_{i=1}^n (x_i - m)^T S^-1 (x_i - m)", "S", "S in R^{d x d} spd; x_i, m in R^d")
    check(d)
    assert [step.rule for step in d.steps][-2:] == ["identification by a matrix", "declared property"]
    assert d.steps[0].after.right() == "-n/2 logdet(S) - 1/2 sum_{i=1}^n (x_i - m)^T S^-1 (x_i - m)"  # in the order that was typed


def test_where_dx_stands_last_already_nothing_is_transposed() -> None:
    rules = [step.rule for step in derive("1/2 ||A x - b||^2 + lambda ||x||_1", "x", "A in R^{m x n}; b in R^m; lambda in R").steps]
    assert "factors before dx" in rules and "trace and transpose" not in rules


def test_an_answer_too_wide_for_a_page_is_broken_between_its_factors() -> None:
    from matcalc.printing.document import WIDTH
    from matcalc.printing.lines import latex_width

    where = "x, mu_k in R^d; S_k in R^{d x d} spd; pi_k in R"
    page = derive("log(sum_{k=1}^K pi_k exp(-1/2 (x - mu_k)^T S_k^-1 (x - mu_k)))", "x", where).document(steps=False)
    answer = page.split("Then")[1].split("The derivative is")[0]
    lines = answer.split(r"\\")
    assert len(lines) == 2 and all(latex_width(line) < WIDTH + 12 for line in lines)
    assert r"\sum" in lines[1][:20] and r"The derivative is $1 \times d$, a row" in page


def test_the_logistic_function_is_turned_round_by_its_symmetry() -> None:
    d = derive("L/(1 + exp(-k (x - m)))", "x", "L, k, x, m in R")
    check(d)
    assert d.steps[-1].rule == "symmetry of the logistic function"
