"""What the fields ask for: `data/fields.jsonl`, against numbers of automatic differentiation (`make_fields.py`)."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import ROOT, run
from corpus import cases, close, symbols

import matcalc

FILES = ("fields", "manifolds", "expectations")
CASES = {case["id"]: case for file in FILES for case in cases(file)}
NUMBERS = {name: value for file in FILES for name, value in np.load(Path(__file__).parent / "data" / f"{file}.npz").items()}
FEWEST = 12  # of every heading
AUTHORS = {"mech-03": r"^C = F\^T F; ", "mech-06": r"^J = det\(F\); "}  # definitions that the question has and its source writes out


@cache
def derivative(name: str) -> Any:
    case = CASES[name]
    options = {name: case[name] for name in ("manifold", "along") if name in case}
    return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"], **options)


def test_they_are_all_there() -> None:
    assert min(Counter(case["heading"] for case in CASES.values()).values()) >= FEWEST


@pytest.mark.parametrize("name", CASES)
def test_solved_printed_and_read_back(name: str) -> None:
    """The answer has the numbers, reads back in text and LaTeX, and is no longer than its source's."""
    d, case = derivative(name), CASES[name]
    assert d.verified == "verified"
    if case.get("expected"):
        shown = re.split(AUTHORS[name], d.text)[-1] if name in AUTHORS else d.text
        assert symbols(shown) <= symbols(case["expected"]), f"{d.text}   (source: {case['expected']})"
    assert all((d.unicode, d.typst, d.mathml))
    for point in ("0", "1"):
        wanted = np.squeeze(NUMBERS[f"{name}/{point}"])
        given = {n: v.item() if v.ndim == 0 else v for n in case["args"] if (v := NUMBERS[f"{name}/{point}/{n}"]) is not None}
        given = {n: v for n, v in given.items() if n in d.where}
        assert close(np.squeeze(d.evaluate(given)), wanted, 1e-7), d.text
        letters = re.findall(r"(\w) in N", d.where)  # of an array's matrices
        whole = NUMBERS[f"{name}/{point}"]
        for form in (d.text, d.latex, case.get("expected")):
            for place in np.ndindex(whole.shape[: len(letters)] if form else (0,)):
                member = given | {letter: k + 1 for letter, k in zip(letters, place, strict=True)}
                assert close(evaluated(str(form), d.where, member), whole[place], 1e-7), form


def evaluated(form: str, where: Any, given: dict[str, Any]) -> Any:
    """The numbers of a form, which may not have every name in it."""
    read = matcalc.parse(form, where=where)
    return read.evaluate({n: v for n, v in given.items() if n in read.where or n in where})


SPELLED = [
    ("||omega × r||^2", "r", "2 cross(cross(omega, r), omega)^T"),
    (r"\|\omega \times r\|^2", "r", "2 cross(cross(omega, r), omega)^T"),
    ("a · (b × c)", "b", "cross(c, a)^T"),
    (r"\mathbf{a} \cdot (\mathbf{b} \times \mathbf{c})", "b", "cross(c, a)^T"),
    ("e^{[θ]×} p", "theta", "-skew(rotation(theta) p) leftjac(theta)"),
    (r"\exp([\theta]_\times) p", "theta", "-skew(rotation(theta) p) leftjac(theta)"),
    ("[w]× v", "w", "-skew(v)"),
    (r"w^\times v", "w", "-skew(v)"),
    (r"\exp(\phi^{\wedge}) p", "phi", "-skew(rotation(phi) p) leftjac(phi)"),
    (r"(a + b)^\wedge c", "c", "skew(a + b)"),
    (r"A^\times b", "b", "skew(A)"),
    ("logm(tr(A))", "A", "I_n/tr(A)"),
    ("eig_2(A + A^T)", "A", "z = eigvec(A + A^T, 2); 2 z z^T"),
    (r"\lambda_i(A)", "A", "eigproj(A, i)^T"),
    (r"\sum_i \lambda_i (w_i^T x - 1)", "x", "sum_{i=1}^n lambda_i w_i^T"),
]


@pytest.mark.parametrize(("text", "name", "answer"), SPELLED)
def test_read_as_a_reader_of_the_field_would(text: str, name: str, answer: str) -> None:
    d = matcalc.derivative(text, name)
    assert d.text == answer and d.verified == "verified"


TURN = "[cos(t), -sin(t); sin(t), cos(t)]"
USABLE = [  # answers that nobody could use: sums of unit vectors, of which one must see that they are entries; literals not multiplied
    (r"\frac{1}{2} \epsilon_{ij} C_{ijkl} \epsilon_{kl}", "epsilon", "epsilon in S^3", 1,
     "J[k,l] = (tr(epsilon C_{kl}) + sum_{i=1}^3 sum_{j=1}^3 epsilon[i,j] C_{ij}[k,l])/2"),
    (r"\|\mathcal{X} - \mathcal{G} \times_1 A \times_2 B \times_3 C\|_F^2", "A", "A in R^{m x p}; B in R^{n x q}; C in R^{k x r}", 1,
     "J[l,s] = 2 tr((B (sum_{a=1}^p A[l,a] G_a) C^T - X_l)^T B G_s C^T)"),
    ("einsum('ijk,i,j,k->', T, x, x, y)", "x", "T in R^{n x n x m}; x in R^n; y in R^m", 2, "J[j,k] = (T_k y)[j] + (T_j y)[k]"),
    ("[sin(t), 1, 1] [sin(t), 1, 1; 1, 1, tan(t); cos(t), 1, 1] [sin(t); 1; 1]", "t", "t in R", 1,
     "1/cos(t)^2 - sin(t)^2 + cos(t) (3 sin(t)^2 + cos(t) + 3)"),
    ("[t, 1; 1, t] [t; 1]", "t", "t in R", 1, "[2 t; 2]"),
    ("A [x^2; x y]", "x", "x, y in R; A in R^{n x 2}", 1, "A [2 x; y]"),
    (f"{TURN} v", "t", "t in R", 1, "[-v_1 sin(t) - v_2 cos(t); v_1 cos(t) - v_2 sin(t)]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "where", "order", "answer"), USABLE)
def test_answers_are_in_a_form_that_can_be_used(text: str, name: str, where: str, order: int, answer: str) -> None:
    d = matcalc.derivative(text, name, where=where, order=order)
    assert d.text == answer and d.verified == "verified"
    assert matcalc.parse(d.text, where=d.where) and matcalc.parse(d.latex, where=d.where)


PAGE = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ (matcalc .*)\n((?:(?!\$ |```).*\n)+)", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_the_examples_of_the_page_print_what_they_say(command: str, output: str) -> None:
    assert run(*shlex.split(command)[1:]).out == output


def test_every_field_has_its_part_of_the_page() -> None:
    parts = {part.partition("\n")[0]: part.count("\n$ ") for part in PAGE.split("\n## ")[1:]}
    assert len(parts) == 14 and min(parts.values()) >= 2, parts


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == PAGE.count("\n$ ") > 8


def test_the_permutation_symbol_beside_a_matrix_is_the_vector_of_its_skew_part() -> None:
    """By its entries, for every order of the letters; the answers were sums of polynomials of indices."""
    A, v = np.random.default_rng(5).normal(size=(2, 3, 3))
    symbol = np.linalg.det(np.eye(3)[np.indices((3, 3, 3)).reshape(3, -1).T]).reshape(3, 3, 3)
    for pair in ("ij", "ik", "jk", "ji", "ki", "kj"):
        (left,) = {*"ijk"} - {*pair}
        read = matcalc.parse(rf"\epsilon_{{ijk}} A_{{{pair}}} v_{left}", where="A in R^{3 x 3}; v in R^3")
        assert close(read.evaluate({"A": A, "v": v[0]}), np.einsum(f"ijk,{pair},{left}", symbol, A, v[0]), 1e-12)
    d = matcalc.derivative(r"\epsilon_{ijk} A_{ij} v_k", "A", where="A in R^{3 x 3}; v in R^3")
    assert d.text == "-skew(v)" and d.verified == "verified"


@pytest.mark.parametrize("name", ["varepsilon", "epsilon", r"\varepsilon"])
def test_a_greek_letter_is_one_name_however_it_is_spelled(name: str) -> None:
    """--wrt varepsilon was a name of its own, which the text did not have: the derivative was 0."""
    d = matcalc.derivative(r"\frac{\lambda}{2} \operatorname{tr}(\varepsilon)^2", name, where=f"{name} in R^{{3 x 3}}")
    assert d.text == "lambda tr(epsilon) I_3"


def test_singular_values_by_an_index_are_told_how_to_write() -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.derivative(r"\sum_k \sigma_k(X)^4", "X")
    assert "eigval(X^T X, k)" in str(caught.value.suggestion)
    assert matcalc.derivative("sum_k eigval(X^T X, k)^2", "X", where="X in R^{m x n}").verified == "verified"


def test_vex_of_a_matrix_is_a_map() -> None:
    """It was -cross(e_j, e_k)[i]/2."""
    d = matcalc.derivative("vex(A W B)", "W", where="A, W, B in R^{3 x 3}")
    assert d.verified == "verified" and d.text == "dW -> vex(A dW B)"


@pytest.mark.parametrize(
    ("text", "notation", "printed"),
    [
        ("(I - W)^-1 (I + W)", "auto", "J[i,j,k,l] = 2 ((I - W)^-1)[i,k] ((I - W)^-1)[l,j]"),
        ("(I - W)^-1 (I + W)", "differential", "dW -> 2 (I - W)^-1 dW (I - W)^-1"),
        ("(I + W) (I - W)^-1", "auto", "J[i,j,k,l] = 2 ((I - W)^-1)[l,j] ((I - W)^-1)[i,k]"),
    ],
)
def test_the_cayley_transform(text: str, notation: str, printed: str) -> None:
    """It had ((I - W)^-1 (I + W))[l,j] + delta[j,l] in it."""
    d = matcalc.derivative(text, "W", where="W in R^{n x n}", notation=notation)
    assert d.verified == "verified" and d.text == printed
