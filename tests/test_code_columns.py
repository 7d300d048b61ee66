"""Emitted programs in languages with vectors as columns, R, MATLAB and Julia: the corpus, every operation of the book, every function of
the thirty-one losses, joint gradients, extreme arguments. Octave, the elder of them, stands in the files of these."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import draws
from emitted import parameters_in, run_in
from test_code import CASES, close, derivative
from test_code_book import CALLED, asked, wanted
from test_code_joint import FUNCTIONS, joint
from test_code_numbers import EXTREME
from test_code_problems import PARTS, QUESTIONS, question
from test_code_problems import derivative as of_loss

import matcalc
from matcalc.codegen.helpers import octave_functions
from matcalc.codegen.program import first_name
from matcalc.errors import UsageError

LANGUAGES = [pytest.param("r", marks=pytest.mark.r), pytest.param("matlab", marks=pytest.mark.octave), "julia"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus(language: str, tmp_path: Path) -> None:
    given = [(name, inputs, want) for name, case in CASES.items() for inputs, want in draws(case)]
    asked = [(derivative(name).code(language), first_name(derivative(name)), inputs) for name, inputs, _ in given]
    for got, (name, _, want) in zip(run_in(language, asked, tmp_path), given, strict=True):
        assert close(got, want), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation(language: str, tmp_path: Path) -> None:
    questions, expected = [], []
    for op in CALLED:
        derivatives, given = asked(op.name)
        for d in derivatives:
            for name, want in wanted(d, given):
                questions.append((d.code(language), name, given))
                expected.append((op.name, want))
    for got, (label, want) in zip(run_in(language, questions, tmp_path), expected, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-7, atol=1e-9, err_msg=label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_of_the_losses(language: str, tmp_path: Path) -> None:
    questions = []
    for name in QUESTIONS:
        q, text = question(name), of_loss(name).code(language, parts=PARTS)
        for function in q.want:
            extra = {parameters_in(language, text, function)[-1]: q.extra[function]} if function in q.extra else {}
            questions.append((text, function, q.inputs | extra))
    results = iter(run_in(language, questions, tmp_path))
    for name in QUESTIONS:
        for function in question(name).want:
            question(name).check(function, next(results))


@pytest.mark.jax
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_gradients(name: str, language: str, tmp_path: Path) -> None:
    found = joint(name)
    text = found.code(language)
    for k, want in enumerate(found.gradients, 1):
        (got,) = run_in(language, [(text, "gradients", found.inputs)], tmp_path, k)
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("language", LANGUAGES)
def test_extreme_arguments(language: str, tmp_path: Path) -> None:
    ds: list[Any] = [matcalc.derivative(text, wrt, where=where, verify=False) for text, wrt, where, *_ in EXTREME]
    questions = [(d.code(language), name, case[3]) for d, case in zip(ds, EXTREME) for name in ("value", "gradient")]
    results = iter(run_in(language, questions, tmp_path))
    for text, _, _, _, value, gradient in EXTREME:
        for want in (value, gradient):
            np.testing.assert_allclose(np.squeeze(next(results)), want, rtol=1e-9, atol=1e-15, err_msg=text)


@pytest.mark.parametrize("language", [pytest.param("octave", marks=pytest.mark.octave), *LANGUAGES])
def test_a_wrong_shape_is_refused(language: str, tmp_path: Path) -> None:
    text = matcalc.grad("||A x - b||^2", "x").code(language)
    with pytest.raises(AssertionError, match=r"b: shape \(m,\) expected, not (\[?2(, | )1\]?|\(2,\))"):
        run_in(language, [(text, "gradient", {"x": np.ones(2), "A": np.ones((3, 2)), "b": np.ones(2)})], tmp_path)
    text = matcalc.grad("a x^T x", "x", where="a in R").code(language)
    with pytest.raises(AssertionError, match="a: a number expected"):
        run_in(language, [(text, "gradient", {"x": np.ones(2), "a": np.ones(2)})], tmp_path)
    text = matcalc.grad("sum_{i=1}^N (w^T x_i)^2", "x_j", where="w, x_i in R^n").code(language)  # type: ignore[union-attr]
    with pytest.raises(AssertionError, match="j: a number from 1 to N expected"):
        run_in(language, [(text, "gradient", {"x": np.ones((3, 2)), "w": np.ones(2), "j": 4})], tmp_path)


def test_make_is_refused() -> None:
    for language in ("r", "matlab"):
        with pytest.raises(UsageError, match="make is for"):
            matcalc.grad("||A x - b||^2", "x").code(language, parts=["make"])  # type: ignore[arg-type]


# What Octave reads and MATLAB does not: signs, endings, an index behind a call, functions that MATLAB lacks.
ONLY_OCTAVE = re.compile(
    r"""\#|!|"|\+\+|--|[-+*/^|&]=|\*\*|\)\s*\(|\]\s*\(|\bprintf\b|\bend_?(?:function|if|for|while|switch|try_catch|unwind_protect)\b
    |\b(?:rows|columns|chol2inv|vech|nnz_|postpad|prepad|accumdim|ifelse|merge|lookup|isargout|nthargout|print_usage)\s*\(|\bdo\b|\buntil\b""",
    re.VERBOSE,
)
STRING = re.compile(r"(?<![\w.)\]}'])'[^']*'")


def foreign(text: str) -> list[str]:
    """What of a program MATLAB would not read, where its comments and strings do not count."""
    plain = "\n".join(re.sub(r"%.*", "", STRING.sub("''", line)) for line in text.splitlines())
    plain = re.sub(r"@\(\w*\)\s*\(?", "@", plain)  # a function without a name
    return ONLY_OCTAVE.findall(plain)


def test_matlab_reads_the_programs() -> None:
    """Brackets that fit, `end` for every block, and nothing that only Octave reads."""
    texts = [derivative(name).code("matlab") for name in CASES] + list(octave_functions().values())
    for text in texts:
        assert not foreign(text), foreign(text)
        plain = "\n".join(re.sub(r"%.*", "", STRING.sub("''", line)) for line in text.splitlines())
        assert all(plain.count(a) == plain.count(b) for a, b in ("()", "[]", "{}"))
        blocks = re.findall(r"^\s*(?:function|if|for|while|switch)\b", plain, re.MULTILINE)
        assert len(blocks) == len(re.findall(r"^\s*end\s*$", plain, re.MULTILINE)), text


@pytest.mark.parametrize("line", ["x += 1;", "y = f(x)(1);", 'a = "b";', "n = rows(X);", "endfunction", "if !x", "# a"])
def test_the_test_of_matlab_sees_octave(line: str) -> None:
    assert foreign(line)
