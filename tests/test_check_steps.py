"""`matcalc check-steps`: derivations whose wrong line is known, in text and LaTeX."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from console import run

import matcalc

RIGHT = [
    "f = ||A x - b||^2\n = (A x - b)^T (A x - b)\n = x^T A^T A x - 2 b^T A x + b^T b\n"
    "df = 2 (A x - b)^T d(A x - b)\n = 2 (A x - b)^T A dx\ndf/dx = 2 (A x - b)^T A",
    "f = tr(X^T A X)\ndf = tr(dX^T A X) + tr(X^T A dX)\n = tr(X^T (A + A^T) dX)\ndf/dX = (A + A^T) X",
    "z = A x\nf = sum(tanh(z))\ndf = (1 - tanh(z).^2)^T dz\n = (1 - tanh(A x).^2)^T A dx\n(df/dx)^T = A^T (1 - tanh(z).^2)",
    "f(x) = sin(x)/x\nf'(x) = (x cos(x) - sin(x))/x^2\n = cos(x)/x - sin(x)/x^2",
    "\\begin{align*}\nf(x) &= \\frac{1}{2} \\|A x - b\\|^2 \\\\\n\\mathrm{d}f &= (A x - b)^\\top A \\,\\mathrm{d}x \\\\\n"
    "\\nabla_x f &= A^\\top (A x - b)\n\\end{align*}",
    "f = logdet(X)\ndf = tr(X^-1 dX)\n\\frac{\\partial f}{\\partial X} = X^{-T}",
    "y = a x^2 + sin(3 x)\ny' = 2 a x + 3 cos(3 x)\ny'' = 2 a - 9 sin(3 x)",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_derivations_are_right(text: str) -> None:
    found = matcalc.check_steps(text)
    assert {line.status for line in found} == {"definition", "right"}, found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("f = ||A x - b||^2\ndf = 2 (A x - b)^T d(A x - b)\n = 2 (A x - b)^T dx\ndf/dx = 2 (A x - b)^T A\nwhere A in R^{n x n}", 3),
        ("f = x^T A x\n = x^T A^T x\n = x^T A x/2\ndf/dx = x^T (A + A^T)", 3),
        ("f = tr(X^T A X)\ndf = tr(dX^T A X + X^T A dX)\n = 2 tr(X^T A dX)\ndf/dX = (A + A^T) X", 3),
        ("f = sin(x)/x\nf'(x) = (x cos(x) + sin(x))/x^2\nwhere x in R", 2),
        ("z = A x\nf = sum(tanh(z))\ndf = (1 - z.^2)^T dz\ndf/dx = (1 - tanh(z).^2)^T A", 3),
        ("f = logdet(X)\ndf = tr(X^-1 dX)\ndf/dX = X^{-1}", 3),
        ("y = \\ln(\\sin(x^2))\ny' = 2x \\cos(x^2)/\\sin(x^2)\n = 2x \\tan(x^2)", 3),
    ],
)
def test_the_line_that_does_not_follow_is_named(text: str, wrong: int) -> None:
    found = matcalc.check_steps(text)
    assert [line.number for line in found if line.status == "wrong"] == [wrong], found
    assert next(line.reason for line in found if line.status == "wrong")


@pytest.mark.parametrize(
    "expr", ["x^T A x", "||A x - b||^2 + lambda ||x||^2", "x/||x||", "sin(A x)", "log(1 + exp(-a^T x))", "(x^T A x)/(x^T x)"]
)
def test_the_derivations_of_matcalc_pass(expr: str) -> None:
    d = matcalc.derivative(expr, "x", verify=False)
    text = d.steps.brief().text()
    found = matcalc.check_steps(text, where=d.where)
    assert {line.status for line in found} == {"definition", "right"}, [
        line for line in found if line.status not in ("definition", "right")
    ]


def test_the_command_reads_files_and_says_how_it_went(tmp_path: Path) -> None:
    path = tmp_path / "derivation.txt"
    path.write_text("f = x^T x\ndf = 2 x^T dx\ndf/dx = 2 x^T\n", encoding="utf-8")
    good = run("check-steps", str(path))
    assert (good.code, good.out.splitlines()[1].split()[-1]) == (0, "right")
    path.write_text("f = x^T x\ndf/dx = 3 x^T\n", encoding="utf-8")
    bad = run("check-steps", str(path), "--json")
    assert bad.code == 1 and json.loads(bad.out)["lines"][1]["reason"].startswith("off by a factor")
    path.write_text("f = x^T x\ndg/dx = 3 x^T\n", encoding="utf-8")
    assert run("check-steps", str(path)).code == 2
    path.write_text("x^T x\n", encoding="utf-8")
    nothing = run("check-steps", str(path))
    assert nothing.code == 2 and "there is no derivation" in nothing.err
    assert run("check-steps", str(tmp_path / "missing.txt")).code == 2


def test_declarations_may_be_a_mapping_and_every_letter_may_be_taken() -> None:
    found = matcalc.check_steps("f = x^T A x\ndf/dx = 2 x^T A", where={"A": "R^{n x n} symmetric"})
    assert [line.status for line in found] == ["definition", "right"], found
    found = matcalc.check_steps(
        "f = t s tau r q t_0 x\n = x t s tau r q t_0\ndf/dx = t s tau r q t_0", where="t, s, tau, r, q, t_0, x in R"
    )
    assert [line.status for line in found] == ["definition", "right", "right"], found


# Derivations as lecture notes and answers in forums have them: each line right, then one term of one line changed.
WRITTEN = [
    (r"J(w) = (y - Hw)^T(y - Hw) + \lambda w^T w ;; \nabla J(w) = -2H^T(y - Hw) + 2\lambda w", "2", r"2\lambda", r"\lambda"),
    (r"p = softmax(o) ;; L = -\sum_i y_i \log p_i ;; \frac{\partial L}{\partial o_k} = p_k \sum_i y_i - y_k", "3", "- y_k", "+ y_k"),
    (
        r"p_i = \frac{\exp(o_i)}{\sum_j \exp(o_j)} ;; L = -\sum_i y_i \log p_i ;; \frac{\partial L}{\partial o_k} = - y_k + p_k \sum_i y_i",
        "3",
        "p_k",
        "p_k^2",
    ),
    (
        r"\sigma(z) = \frac{1}{1 + e^{-z}} ;; \sigma'(z) = \frac{e^{-z}}{(1+e^{-z})^2} \\ ;; "
        r"= \frac{1}{1+e^{-z}} \cdot \frac{e^{-z}}{1+e^{-z}} \\ ;; "
        r"= \frac{1}{1+e^{-z}} \left(1 - \frac{1}{1+e^{-z}}\right)",
        "4",
        r"\left(1 -",
        r"\left(2 -",
    ),
    (
        r"\begin{align} ;; L(w) &= \frac{1}{N} \sum_{i=1}^N (w^T x_i - y_i)^2 \\ ;; "
        r"\frac{\partial L}{\partial w_j} &= \frac{2}{N} \sum_{i=1}^N (w^T x_i - y_i) x_{ij} ;; \end{align} ;; "
        r"where w, x_i in R^n; y_i in R",
        "3",
        "x_{ij}",
        "w_j",
    ),
    (r"f(A) = \operatorname{tr}(A B A^T C) ;; \nabla_A f(A) = C A B + C^T A B^T", "2", "C^T A B^T", "C^T A B"),
    (
        r"\ell(\mu) = -\frac12 \sum_{i=1}^n (x_i - \mu)^\top \Sigma^{-1} (x_i - \mu) ;; "
        r"\nabla_\mu \ell(\mu) = \sum_{i=1}^n \Sigma^{-1} (x_i - \mu) ;; where Sigma in S_++^d; x_i, mu in R^d",
        "2",
        r"\Sigma^{-1}",
        r"\Sigma",
    ),
    (
        r"\ell(\Lambda) &= \frac{n}{2} \log\det\Lambda - \frac{n}{2} \operatorname{tr}(S \Lambda) \\ ;; "
        r"d\ell &= \frac n2 \operatorname{tr}(\Lambda^{-1} d\Lambda) - \frac n2 \operatorname{tr}(S d\Lambda) \\ ;; "
        r"&= \frac n2 \operatorname{tr}((\Lambda^{-1} - S) d\Lambda) ;; "
        r"\frac{\partial \ell}{\partial \Lambda} = \frac n2 (\Lambda^{-1} - S)^T ;; "
        "where Lambda, S in R^{p x p}; n in R",
        "4",
        "(\\Lambda^{-1} - S)^T",
        "(\\Lambda^{-1} - S)",
    ),
    (
        "z = W x + b ;; a = sigmoid(z) ;; L = 1/2 ||a - y||^2 ;; dL/dW = ((a - y) .* a .* (1 - a)) x^T ;; "
        "dL/db = ((a - y) .* a .* (1 - a))^T ;; "
        "dL/dx = (W^T ((a - y) .* a .* (1 - a)))^T",
        "5",
        "dL/db = ((a - y) .* a",
        "dL/db = ((a - y)",
    ),
    (
        "f(x) = x^3 e^{2x} ;; f'(x) = 3x^2 e^{2x} + 2x^3 e^{2x} = x^2 (3 + 2x) e^{2x} ;; f''(x) = (4x^3 + 12 x^2 + 6x) e^{2x}",
        "3",
        "12 x^2",
        "6 x^2",
    ),
    (
        r"f(x) = \frac{1}{2} x^T Q x - b^T x ;; \nabla f(x) = Q x - b ;; \nabla^2 f(x) = Q ;; \nabla f(0) = -b ;; where Q in S^n",
        "4",
        "f(0) = -b",
        "f(0) = b",
    ),
    (r"\frac{\partial}{\partial w} \|Xw - y\|^2 = 2X^T(Xw - y)", "1", "2X^T", "X^T"),
    (
        r"f(x) = \log \sum_{i=1}^m \exp(a_i^T x + b_i) ;; "
        r"\nabla f(x) = \frac{\sum_{i=1}^m \exp(a_i^T x + b_i) a_i}{\sum_{i=1}^m \exp(a_i^T x + b_i)} ;; where x, a_i in R^n; b_i in R",
        "2",
        "b_i) a_i}",
        "b_i) x}",
    ),
    (
        r"g(x) = \sqrt{1 + x^2} ;; \frac{dg}{dx} = \frac{x}{\sqrt{1+x^2}} ;; \left.\frac{dg}{dx}\right|_{x=0} = 0 ;; "
        r"\frac{dg}{dx}\bigg|_{x = 1} = \frac{1}{\sqrt 2}",
        "4",
        r"\frac{1}{\sqrt 2}",
        r"\frac{1}{2}",
    ),
    (r"f(x) = \frac{x}{\|x\|} ;; J_f(x) = \frac{1}{\|x\|} I - \frac{x x^T}{\|x\|^3} ;; where x in R^n", "2", "^3", "^2"),
    (
        r"f(x, y) = x^2 y + \sin(xy) ;; \frac{\partial f}{\partial x} = 2xy + y\cos(xy) ;; "
        r"\frac{\partial f}{\partial y} = x^2 + x\cos(xy) ;; "
        r"\frac{\partial^2 f}{\partial x \partial y} = 2x + \cos(xy) - xy \sin(xy)",
        "4",
        "- xy",
        "- y",
    ),
]


@pytest.mark.parametrize(("text", "line", "term", "other"), WRITTEN, ids=range(len(WRITTEN)))
def test_derivations_of_notes_and_with_an_error_in_them(text: str, line: str, term: str, other: str) -> None:
    lines = text.split(" ;; ")
    good = matcalc.check_steps("\n".join(lines))
    assert {found.status for found in good} <= {"definition", "right"}, good
    assert term in lines[int(line) - 1]
    lines[int(line) - 1] = lines[int(line) - 1].replace(term, other, 1)
    bad = matcalc.check_steps("\n".join(lines))
    assert int(line) in [found.number for found in bad if found.status == "wrong"], bad


def test_a_head_that_is_no_name_is_not_taken_for_one() -> None:
    found = matcalc.check_steps("f(x) = x^T x\ndf/dx = 2 x^T\ng(x, y) = x^T y\n\\nabla_y g = x", layout="denominator")
    assert [line.status for line in found] == ["definition", "wrong", "definition", "right"]
    with pytest.raises(matcalc.MatcalcError, match="no derivation"):
        matcalc.check_steps("f = x^T x\ng = 2 f")


@pytest.mark.parametrize(("change", "status"), [("2 - tanh(x)^2", "wrong"), ("1 - tanh(x)^2 + 1[x + 10^9 > 0]", "right")])
def test_a_differential_that_is_right_on_one_side_of_a_far_switch_is_wrong(change: str, status: str) -> None:
    """At x = -10^9 all points near it have tanh(x)^2 = 1 but for rounding; the maps are subtracted before they are computed."""
    (_, line) = matcalc.check_steps(f"f = tanh(x) + relu(x + 10^9)\ndf = ({change}) dx", where="x in R")
    assert line.status == status


def test_the_function_may_stand_alone_on_the_first_line() -> None:
    found = matcalc.check_steps("||A x - b||^2\n= (A x - b)^T (A x - b)\ndf = 2 (A x - b)^T A dx\ndf/dx = 2 (A x + b)^T A")
    assert [line.status for line in found] == ["definition", "right", "right", "wrong"]
    words = matcalc.check_steps("The gradient of least squares\nf = x^T x\ndf = 2 x^T dx")
    assert [(line.number, line.status) for line in words] == [(2, "definition"), (3, "right")]
    (_, lost, *_) = matcalc.check_steps("grad = x\n= 2 x^T\nf = x^T x\ndf = 2 x^T dx", "x")
    assert lost.status == "not understood" and "go on with" in lost.reason
