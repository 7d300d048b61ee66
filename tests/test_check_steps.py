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
