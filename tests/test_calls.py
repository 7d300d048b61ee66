"""Every operation of the book as a reader calls it: by its name, in text; printed, differentiated, and read back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from test_ops import PLAIN, SIZES, draw, shapes, value

import matcalc
from matcalc.expressions.expr import Operation
from matcalc.kinds import ONE, size_of_letter
from matcalc.ops.book import SHORTHANDS


def question(op: Operation) -> tuple[str, str]:
    """The operation called by its name, and the declarations of its arguments."""
    letters = dict(zip(op.params, shapes(op)[0], strict=True))
    sizes = {
        x: f"R^{{{rows} x {cols}}}" if cols is not ONE else f"R^{{{rows}}}" if rows is not ONE else "R"
        for x, (rows, cols) in letters.items()
    }
    extra = f" {op.domain}" if op.domain in ("positive", "invertible", "symmetric", "spd") else ""
    counts = op.domain in ("symmetric", "simple")  # with a scalar, the number of an eigenvalue
    whole = {x for x, space in sizes.items() if op.domain == "integer" or (counts and space == "R")}
    where = "; ".join(f"{x} in N" if x in whole else f"{x} in {space}{extra}" for x, space in sizes.items())
    return f"{op.spellings[0]}({', '.join(op.params)})", where


def called(*fields: str) -> list[Any]:
    """The operations that have a name and one of these fields."""
    found = [op for op in PLAIN if op.spellings and op.name not in SHORTHANDS and (not fields or any(getattr(op, f) for f in fields))]
    return [pytest.param(op, id=op.name) for op in found]


@pytest.mark.parametrize("op", called())
def test_it_is_called_by_its_name_and_printed_so_that_it_reads_back(op: Operation) -> None:
    text, where = question(op)
    e = matcalc.parse(text, where=where)
    arguments = dict(zip(op.params, draw(op, np.random.default_rng(8)), strict=True))
    given = {x: np.squeeze(v, axis=1) if np.ndim(v) == 2 and v.shape[1] == 1 else v for x, v in arguments.items()}
    want = np.squeeze(value(op, list(arguments.values())))
    for form in (e.text, e.unicode, e.latex):
        np.testing.assert_allclose(np.squeeze(matcalc.parse(form, where=e.where).evaluate(given)), want, rtol=1e-9, err_msg=form)


@pytest.mark.parametrize("op", called("differential", "index"))
def test_it_is_differentiated_and_the_answer_reads_back(op: Operation) -> None:
    """By every argument that its differential has, weighted to a scalar."""
    text, where = question(op)
    rows, cols = (" ".join(token) for token in shapes(op)[1])
    text, where = (text, where) if rows == cols == "1" else (f"sum(W_0 .* {text})", f"{where}; W_0 in R^{{{rows} x {cols}}}")
    for x in [x for x in op.params if not op.differential or f"d{x}" in op.differential or op.elementwise]:
        d: Any = matcalc.derivative(text, x, where=where)
        assert d.verified == "verified"
        rng = np.random.default_rng(9)
        values = dict(zip(op.params, draw(op, rng), strict=True))
        values |= {"W_0": rng.standard_normal([math.prod(size_of_letter(t).value(SIZES) for t in token) for token in shapes(op)[1]])}
        given = {n: np.squeeze(v, axis=1) if np.ndim(v) == 2 and v.shape[1] == 1 else v for n, v in values.items() if n in d.where}
        for form in (d.text, d.latex):
            np.testing.assert_allclose(matcalc.parse(form, where=d.where).evaluate(given), np.squeeze(d.evaluate(given)), rtol=1e-9)
