"""The formats for papers and pages: LaTeX in every style is read back; other programs can render LaTeX, MathML and Typst."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import ROOT, run
from corpus import Case, cases, close, draws

import matcalc
from matcalc.errors import UsageError
from matcalc.printing import latex, typst, unicode
from matcalc.printing.formats import FORMATS
from matcalc.printing.lines import broken
from matcalc.reading.read import parse
from matcalc.syntax import Node

CASES = {f"{case['file']}-{case['id']}".removeprefix("public-"): case for name in ("public", "rivals") for case in cases(name)}
STYLES: list[dict[str, Any]] = [
    {"bold": True, "transpose": r"\top", "width": 24},
    {"transpose": "intercal", "operator": "mathrm", "width": 8},
]


@cache
def derivative(name: str) -> Any:
    case = CASES[name]
    with np.errstate(all="ignore"):
        return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"], verify=False)


def reads_back(form: str, where: str, case: Case) -> bool:
    with np.errstate(all="ignore"):
        back = matcalc.parse(form, where=where)
        return all(close(back.evaluate(inputs), want) for inputs, want in draws(case))


# --- LaTeX ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_latex_in_every_style_is_read_back(name: str) -> None:
    d = derivative(name)
    for style in STYLES:
        text = d.to_latex(**style)
        assert reads_back(text, d.where, CASES[name]), text
    assert reads_back(d.markdown, d.where, CASES[name])


def test_the_styles_of_latex() -> None:
    e = matcalc.parse("theta^T X^-T diag(c) w_{out}", where="theta, c, w_{out} in R^n; X in R^{n x n}")
    assert e.latex == r"\theta^{T} X^{-T} (c \odot w_{\mathrm{out}})"
    bold = e.to_latex(bold=True, transpose=r"^{\top}")
    assert bold == r"\boldsymbol{\theta}^{\top} \mathbf{X}^{-\top} (\mathbf{c} \odot \mathbf{w}_{\mathrm{out}})"
    assert matcalc.parse("tr(A)").to_latex(operator="mathrm") == r"\mathrm{tr}(A)"
    entries = matcalc.parse("x[1] A[1,2] s", where="x in R^n; A in R^{n x n}; s in R")
    assert r"\mathbf" not in entries.to_latex(bold=True)


@pytest.mark.parametrize("wrong", [{"transpose": "t"}, {"operator": "bf"}, {"width": -1}, {"width": "80"}])
def test_a_style_that_is_not_known_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        matcalc.parse("x^T x").to_latex(**wrong)


def test_long_sums_are_broken_between_summands() -> None:
    e = matcalc.parse("x^T A x - 2 b^T x + c^T c + (u - v)^T (u - v)", where="c, x, b, u, v in R^n")
    assert e.to_latex(width=200) == e.latex
    lines = e.to_latex(width=20).split(r" \\ ")
    assert lines[0].startswith(r"\begin{aligned} & ") and lines[-1].endswith(r" \end{aligned}")
    assert all(line.startswith(r"& \quad {} ") for line in lines[1:]) and len(lines) > 2
    assert matcalc.parse(e.to_latex(width=20), where=e.where).text == e.text


def test_an_empty_group_before_a_sign_is_read() -> None:
    assert parse(r"\begin{aligned} & s = x^T x; \\ & s + s^2 \\ & \quad {} - s^3 \end{aligned}").name == ""
    assert matcalc.parse(r"{} - x^T x").text == "-x^T x"
    for text in ("a {} b", "x^{} - y", "{}", "a {}"):
        with pytest.raises(matcalc.MatcalcError):
            matcalc.parse(text)


def test_factorials_and_infinity() -> None:
    tree = parse("sum_{k=0}^infty x^k/factorial(k) + factorial(k + 1)^2 factorial(factorial(n))").body
    assert latex.spell(tree) == r"\sum_{k=0}^{\infty} \frac{x^{k}}{k!} + ((k + 1)!)^{2} (n!)!"
    assert unicode.spell(tree) == "∑_{k=0}^∞ x^k/k! + ((k + 1)!)² (n!)!"
    assert typst.spell(tree) == "sum_(k=0)^(oo) frac(x^k, k!) + ((k + 1)!)^2 (n!)!"


def test_a_function_gives_way_to_a_name_in_use() -> None:
    """The logistic function is a sigma, but not beside a variable of that name."""
    alone = matcalc.parse("sum(sigmoid(x))", where="x in R^n")
    beside = matcalc.parse("sigma + sigmoid(s)", where="s, sigma in R")
    assert (alone.latex, alone.typst) == (r"\operatorname{sum}(\sigma(x))", 'op("sum") (sigma(x))')
    assert (beside.latex, beside.typst) == (r"\sigma + \operatorname{sigmoid}(s)", 'sigma + op("sigmoid") (s)')
    assert "σ" in alone.mathml and beside.mathml.count("σ") == 1


# --- other programs -------------------------------------------------------------------------------------------------


def characters(mathml: str) -> str:
    """What one sees of a formula, letter by letter: no blanks, no styles, no invisible signs."""
    root = ElementTree.fromstring(mathml)
    text = unicodedata.normalize("NFKC", "".join(root.itertext()))
    return re.sub(r"[\s\u2061\u2062\u200b]", "", text).translate(str.maketrans("−‖∥·", "-||⋅", ""))


@pytest.mark.parametrize("name", CASES)
def test_mathml_shows_what_another_renderer_makes_of_the_latex(name: str) -> None:
    from latex2mathml.converter import convert

    d = derivative(name)
    other, own = characters(convert(d.latex)), characters(d.mathml)
    for word in ("‖", "∥", "||"):
        other, own = other.replace(word, "|"), own.replace(word, "|")
    assert own == other
    for style in STYLES:
        assert convert(d.to_latex(**style)).startswith("<math")


@pytest.mark.parametrize("name", list(CASES)[::40])
def test_every_format_has_a_name(name: str) -> None:
    d = derivative(name)
    for form in FORMATS:
        assert getattr(d, form) == d.spell(form)
    with pytest.raises(UsageError, match="typst"):
        d.spell("rtf")


KATEX = """
const katex = require("katex"), formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const f of formulas) katex.renderToString(f, {displayMode: true, throwOnError: true, strict: "error"});
console.log(formulas.length);
"""


@pytest.mark.katex
def test_katex_renders_all_of_the_corpus() -> None:
    node = shutil.which("node")
    if node is None or subprocess.run([node, "-e", "require('katex')"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("npm install katex, in the checkout or on NODE_PATH")
    formulas = [text for name in CASES for text in (derivative(name).latex, *(derivative(name).to_latex(**style) for style in STYLES))]
    done = subprocess.run([node, "-e", KATEX], input=json.dumps(formulas), cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120)
    assert done.stdout.strip() == str(len(formulas)), done.stderr[-800:]


FORMS = [(name, notation) for name in list(CASES)[5::25] if CASES[name]["order"] == 1 for notation in ("index", "kron", "differential")]


def in_notation(name: str, notation: str) -> Any:
    case = CASES[name]
    return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], notation=notation, verify=False)


@pytest.mark.parametrize("name, notation", FORMS)
def test_every_notation_in_every_format(name: str, notation: str) -> None:
    from latex2mathml.converter import convert

    d = in_notation(name, notation)
    other, own = characters(convert(d.latex)), characters(d.mathml)
    for word in ("‖", "∥", "||"):
        other, own = other.replace(word, "|"), own.replace(word, "|")
    assert own == other
    for style in STYLES:
        assert reads_back(d.to_latex(**style), d.where, CASES[name]), d.to_latex(**style)


def test_an_index_form_of_another_name_is_read_back() -> None:
    """J is taken, so the form is called H; in bold the Kronecker form has fonts on its left side."""
    where = "x in R^n; J in R^{m x n}; W in R^{m x n}"
    d: Any = matcalc.derivative("||J x||^2", "x", where=where, order=2, notation="index")
    values = {"J": np.arange(6.0).reshape(2, 3), "x": np.ones(3)}
    assert d.latex.startswith("H_{ij} = ")
    assert close(matcalc.parse(d.latex, where=d.where).evaluate(values), d.evaluate(values))
    assert matcalc.parse(r"H_{ij} = x_i^T y_j", where="x_i, y_j in R^n")._typed.form is None
    kron: Any = matcalc.derivative("W x", "W", where=where, notation="kron")
    assert close(matcalc.parse(kron.to_latex(bold=True), where=kron.where).evaluate(values | {"W": np.ones((2, 3))}), kron.evaluate(values))
    greek: Any = matcalc.derivative("sin(theta)", "theta", where="theta in R^n", notation="kron")
    assert matcalc.parse(greek.to_latex(bold=True), where=greek.where)._typed.form is not None


@pytest.mark.typst
def test_typst_compiles_all_of_the_corpus(tmp_path: Path) -> None:
    compiler = pytest.importorskip("typst", reason="pip install typst")
    lines = [f"$ {d.typst} $" for d in [*map(derivative, CASES), *(in_notation(*pair) for pair in FORMS)]]
    source = tmp_path / "all.typ"
    source.write_text("\n\n".join(lines), encoding="utf-8")
    assert compiler.compile(str(source), format="pdf").startswith(b"%PDF")


ANSWERS = {
    "taylor": lambda: matcalc.taylor("x^T A x + exp(a^T x)", "x", at="0"),
    "series": lambda: matcalc.taylor("exp(x)", "x", at="0", order="inf", where="x in R"),
    "saddle": lambda: matcalc.stationary("x^T A y", ["x", "y"]),
    "normal": lambda: matcalc.stationary("||A x - b||^2", "x"),
    "roots": lambda: matcalc.stationary("x^3 - 2x + 4", "x", where="x in R"),
    "jacdet": lambda: matcalc.jacdet("A X B", "X", where="A in R^{m x m}; X in R^{m x n}; B in R^{n x n}"),
    "directional": lambda: matcalc.directional("x^T A x", "x", along="v"),
    "linearize": lambda: matcalc.linearize("tanh(A x + b)", "x"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_the_course_are_written_in_every_format(name: str, tmp_path: Path) -> None:
    answer: Any = ANSWERS[name]()
    for line in answer.written("mathml").split("\n"):  # one element a line, with the words in it
        root = ElementTree.fromstring(line)
        assert root.tag.endswith("math") and "-" not in "".join(n.text or "" for n in root.iter() if n.tag.endswith("mo"))
    latex = answer.spell("latex").split("\n")
    assert answer.written("markdown") == "\n".join(f"$${line}$$" for line in latex)
    page = answer.written("latex-doc")
    assert all(rf"\[ {line} \]" in page for line in latex) and page.startswith(r"\documentclass")
    if "stationary" in name and "f''" in page:
        assert re.search(r"why: \$f'' = -?\d+ [<>] 0\$", page)
    typst = pytest.importorskip("typst", reason="pip install typst")
    source = tmp_path / "answer.typ"
    source.write_text("\n\n".join(f"$ {line} $" for line in answer.written("typst").split("\n")), encoding="utf-8")
    assert typst.compile(str(source), format="pdf").startswith(b"%PDF")


def test_what_is_said_of_an_answer_is_mathematics_on_a_page() -> None:
    page = matcalc.taylor("sin(a x)", "x", at="x_0", order=1, where="x, x_0, a in R").written("latex-doc")
    assert "about: $x = x_{0}$." in page and r"$a \in \mathbb{R}$" in page
    page = matcalc.taylor("sin(x)", "x", at="0", order="inf").written("latex-doc")
    assert r"first terms: $x - \frac{x^{3}}{6} + \frac{x^{5}}{120}$." in page and "converges: everywhere." in page


def test_typst_sets_vectors_and_matrices_bold() -> None:
    d: Any = matcalc.derivative("t ||A x - b_1||^2 + sum_i c_i^T x", "x", where="b_1 in R^m; t in R")
    assert d.to_typst(bold=True) == "2 t (bold(A) bold(x) - bold(b)_1)^T bold(A) + sum_(i=1)^N bold(c)_i^T" and d.to_typst() == d.typst
    entry: Any = matcalc.derivative("x_1^2 x_2", "x_1", where="x in R^2")
    assert "bold" not in entry.to_typst(bold=True)
    assert run("d", "A x", "--wrt", "x", "--format", "typst", "--bold").out == "bold(A)\n"
    refused = run("d", "A x", "--wrt", "x", "--format", "typst", "--transpose", "top")
    assert refused.code == 2 and "--transpose is for LaTeX" in refused.err


def test_scripts_of_mathml_and_powers_of_entries() -> None:
    d: Any = matcalc.derivative("x_1^T A x_1", "x_1")
    assert '<msubsup><mi>x</mi><mn>1</mn><mi mathvariant="normal">T</mi></msubsup>' in d.mathml
    power: Any = matcalc.derivative("sum(tanh(A x) .* (A x))", "x")
    assert power.unicode == "(tanh(A x) + A x ⊙ (1 - tanh(A x)^⊙2))ᵀ A"
    assert matcalc.parse(power.unicode, where=power.where).text == power.text


def test_a_document_about_several_variables_has_a_section_for_each() -> None:
    page = run("d", "x^T A y", "--wrt", "x,y", "--format", "latex-doc").out
    assert page.count(r"\section*{The derivative") == 2 and page.count(r"\documentclass") == 1
    steps = run("d", "x^T A x", "--wrt", "x", "--steps", "--format", "markdown").out
    assert steps.startswith("$$\n\\begin{aligned}\n") and steps.rstrip().endswith("$$x^{T} (A + A^{T})$$")


@pytest.mark.latex
def test_the_document_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("apt-get install texlive-latex-recommended")
    names = ["rivals-rival-15", "struct-lowrank-x", *list(CASES)[::20]]
    for k, name in enumerate(n for n in names if n in CASES):
        for part, options in enumerate(({}, {"bold": True, "transpose": r"\top", "width": 40})):
            (tmp_path / f"d{k}{part}.tex").write_text(derivative(name).document(**options), encoding="utf-8")
    for file in sorted(tmp_path.glob("*.tex")):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", file.name], cwd=tmp_path, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stdout.decode("latin-1")[-800:]
        assert b"Overfull" not in done.stdout


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["d", "grad", "jacobian", "hessian"])
@pytest.mark.parametrize("form", [*FORMATS, "latex-doc"])
def test_the_command_prints_every_format(command: str, form: str) -> None:
    outcome = run(command, "x^T A x + theta^T x", "--wrt", "x", "--where", "theta in R^n", "--format", form)
    assert outcome.code == 0 and outcome.out.strip()
    if form == "mathml":
        ElementTree.fromstring(outcome.out)
    if form == "latex-doc":
        assert outcome.out.startswith(r"\documentclass") and outcome.out.rstrip().endswith(r"\end{document}")


def test_lines_are_broken_in_plain_characters_too() -> None:
    tree = parse("e = y - X w; a e^T X + b e^T e - c w^T w").body
    assert isinstance(tree, Node)
    assert broken(unicode.Unicode(), tree, 80) == ["a eᵀ X + b eᵀ e - c wᵀ w"]
    assert broken(unicode.Unicode(), tree, 18) == ["a eᵀ X + b eᵀ e", "    - c wᵀ w"]
    program = parse("e = y - X w; a e^T X + b e^T e - c w^T w")
    assert broken(unicode.Unicode(), program, 30) == ["e = y - X w;", "a eᵀ X + b eᵀ e - c wᵀ w"]


def test_the_style_of_latex_on_the_command_line() -> None:
    asked = ["d", "a^T X b + c^T X^T d", "--wrt", "X", "--bold", "--transpose", "top"]
    assert run(*asked).out == r"\mathbf{a} \mathbf{b}^{\top} + \mathbf{d} \mathbf{c}^{\top}" + "\n"
    assert run(*asked, "--width", "5").out.startswith(r"\begin{aligned}")
    assert run(*asked, terminal=True).out == run(*asked).out
    assert r"\paragraph{Derivation.}" in run(*asked, "--format", "latex-doc").out


@pytest.mark.parametrize(
    "options, words",
    [
        (["--bold", "--format", "text"], ["--bold", "LaTeX"]),
        (["--transpose", "t"], ["top", "intercal"]),
        (["--chain", "--format", "typst"], ["--chain"]),
        (["--steps", "--format", "mathml"], ["--steps", "markdown"]),
        (["--format", "rtf"], ["mathml"]),
    ],
)
def test_what_does_not_go_together_is_refused(options: list[str], words: list[str]) -> None:
    outcome = run("d", "z = A x; z^T z", "--wrt", "x", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert all(word in outcome.err for word in words), outcome.err


# --- the terminal ---------------------------------------------------------------------------------------------------


DRAWINGS = {
    "x^T A x": [],
    "x/2 + s/t": [],
    "2/N sum_{i=1}^N (w^T x_i - y_i) x_i^T": ["2  N", "─  ∑  (wᵀ xᵢ - yᵢ) xᵢᵀ", "N i=1"],
    "(2 x - ||x||^2 theta/(1 + theta^T x))^T": [
        "⎛       ‖x‖² θ ⎞ᵀ",
        "⎜2 x - ────────⎟",
        "⎝      1 + θᵀ x⎠",
    ],
    "-(I - x x^T/(x^T x))/sqrt(1 + x^T x)": [
        "       x xᵀ",
        "   I - ────",
        "       xᵀ x",
        "- ─────────",
        "   ________",
        "  √1 + xᵀ x",
    ],
    "[1, x_1/(1 + x_2); 0, 1]^-1 / sqrt(s)": [
        "⎡     x₁  ⎤⁻¹",
        "⎢1  ──────⎥",
        "⎢   1 + x₂⎥",
        "⎣0    1   ⎦",
        "─────────────",
        "      √s",
    ],
    "x^(n - 1) y^-2": [" n - 1", "x      y⁻²"],
    "cases(x, x >= 0, 0)": ["⎰ x  if x ≥ 0", "⎱ 0  otherwise"],
}


def test_formulas_in_two_dimensions() -> None:
    from matcalc.printing.plane import drawing

    for text, lines in DRAWINGS.items():
        assert drawing(parse(text), 80) == lines, "\n".join(drawing(parse(text), 80))


def test_a_deep_formula_is_not_drawn_and_a_wide_one_is_broken() -> None:
    from matcalc.printing.formats import on_screen
    from matcalc.printing.plane import Plane

    deep = parse("/(1 + ".join(["x"] * 60) + ")" * 59)
    assert len(on_screen(deep, 500)) == 1
    assert len(Plane().draw(parse("1/(1 + " * 3000 + "x" + ")" * 3000), 80)) > 6000, "no recursion"
    wide = parse("a/(b + c) + b/(c + a) + c/(a + b)")
    assert len(on_screen(wide, 30)) == 3 and len(on_screen(wide, 16)) == 6
    assert max(map(len, on_screen(wide, 16))) <= 16


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if isinstance(case["wrt"], str)][::30])
@pytest.mark.parametrize("encoding, columns", [("utf-8", "80"), ("utf-8", "30"), ("cp1252", "80"), ("ascii", "60"), ("cp437", "40")])
def test_every_answer_fits_every_terminal(name: str, encoding: str, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    case = CASES[name]
    asked = ["d", case["expr"], "--wrt", case["wrt"], "--where", case["where"], "--order", str(case["order"]), "--no-verify"]
    outcome = run(*asked, terminal=True, encoding=encoding)
    shown = re.sub(r"\x1b\[[\d;]*m", "", outcome.out)
    assert outcome.code == 0 and outcome.err == "" and "\\u" not in shown and "\\x" not in shown
    assert max(map(len, shown.splitlines())) <= int(columns)


@pytest.mark.parametrize("width", [24, 40, 60])
def test_a_line_that_is_too_wide_is_cut_outside_of_brackets_and_never_behind_a_sign(width: int) -> None:
    """A terminal cut it at any blank: `(x² - ` stood at the end of a line."""
    from matcalc.printing.lines import fitted

    line = "exp(x^3 - 2 s + 1) (2 x ((cos(c) - 2 sin(c)) (log(s + 1) - q) + (1/(s + 1) - 1/(2 q)) sin(c)) - 2 x^3 sin(c)/q)"
    pieces = fitted(line, width)
    assert len(pieces) > 1 and max(map(len, pieces)) <= width
    assert " ".join(p.strip() for p in pieces) == line and not any(p.endswith(("+", "-")) for p in pieces)
    assert fitted("(a - b) (c - d) (e - f)", 18) == ["(a - b) (c - d)", "    (e - f)"]
    assert fitted("(a - b) (c - d)", 18) == ["(a - b) (c - d)"]


def test_the_panel_of_a_derivation_cuts_no_line_behind_a_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    asked = ("sin(x^2 - 3 x) exp(x^3 - 2 x^2 + 1) (log(x^2 + 1) - sqrt(x^4 + x^2 + 3))", "--wrt", "x", "--where", "x in R", "--steps")
    rows = [re.sub(r"\x1b\[\d*m", "", row).strip("│ ") for row in run("d", *asked, terminal=True).out.splitlines()]
    assert len(rows) > 40 and not [row for row in rows if row.endswith((" -", " +", "(")) or row in ("-", "+")]
