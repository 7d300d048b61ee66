"""Second derivatives of what fields ask for, and programs of all of it in every language: `data/fields.jsonl`, against the numbers of
automatic differentiation (`make_fields.py`; `data/seconds.npz` has those of second derivatives)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compiled import run_eigen
from corpus import cases, close
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, program_in, run_in
from test_fields import NUMBERS

import matcalc
from matcalc.codegen.program import first_name

ROWS = {case["id"]: case for case in cases("fields")}
SECONDS = np.load(Path(__file__).parent / "data" / "seconds.npz")
# Derivatives by an array of three and more indices, twice: more letters than an answer has.
REFUSED = {"tensor-03", "tensor-09", "tensor-13", "tensor-14"}
ASKED = [(name, row["order"]) for name, row in ROWS.items()] + [(name, 2) for name in SECONDS.files if name not in REFUSED]


@cache
def derivative(name: str, order: int) -> Any:
    row = ROWS[name]
    return matcalc.derivative(row["expr"], row["wrt"], where=row["where"], order=order)


def given_to(name: str, d: Any) -> dict[str, Any]:
    values = {n: NUMBERS[f"{name}/0/{n}"] for n in ROWS[name]["args"]}
    found = {n: v.item() if v.ndim == 0 else v for n, v in values.items() if n in d.where}
    more = {"omega_{dot}": np.ones(3), "N": len(values.get("x", ()))}  # which the value alone has; how many members a family has
    return {n: v for n, v in more.items() if f"{n} in " in d.where} | found


def agrees(got: Any, name: str, order: int) -> bool:
    """Whether numbers are those of the row. The second derivative by a symmetric matrix is that along symmetric directions."""
    d = derivative(name, order)
    first = order == ROWS[name]["order"]
    got, want = np.squeeze(got), np.squeeze(NUMBERS[f"{name}/0"] if first else SECONDS[name])
    own = next((clause for clause in d.where.split("; ") if clause.startswith(f"{ROWS[name]['wrt']} in ")), "")
    if not first and "symmetric" in own and got.shape == want.shape:
        got, want = (x + x.swapaxes(2, 3) for x in (got, want))
    return close(got, want, 1e-7)


def test_they_are_all_there() -> None:
    """Of the cases that are numbers, and of columns by vech(S), those have a second derivative that are not refused."""
    assert Counter(order for _, order in ASKED) == {1: 151, 2: 140}
    for name in sorted(REFUSED):
        with pytest.raises(matcalc.MatcalcError, match=r"has . indices, and is not written here"):
            derivative(name, 2)


@pytest.mark.parametrize("name", [name for name in SECONDS.files if name not in REFUSED])
def test_second_derivatives(name: str) -> None:
    """The form has the numbers, and what is printed reads back to them."""
    d = derivative(name, 2)
    assert d.verified == "verified"
    given = given_to(name, d)
    for form in (d, matcalc.parse(d.text, where=d.where), matcalc.parse(d.latex, where=d.where)):
        assert agrees(form.evaluate({n: v for n, v in given.items() if n in form.where}), name, 2), d.text


def run(language: str, asked: Sequence[tuple[str, int]], folder: Path) -> None:
    """The derivatives of rows by their programs."""
    programs = [(program_in(derivative(*one), language), one) for one in asked]
    questions = [(text, first_name(derivative(*one)), given_to(one[0], derivative(*one))) for text, one in programs if text is not None]
    if language == "eigen":
        found = run_eigen(questions, folder)
    elif language in CONSOLES:
        found = run_in(language, questions, folder)
    else:
        cast, module = caster(language), installed(language)
        with module.enable_x64(True) if language == "jax" else nullcontext():
            found = [np.asarray(call(load(text)[name], {n: cast(v) for n, v in given.items()})) for text, name, given in questions]
    wrong = [one for (text, one), got in zip((p for p in programs if p[0] is not None), found, strict=True) if not agrees(got, *one)]
    assert not wrong
    if language != "array-api":  # whose standard has no eigenvalues of matrices that are not symmetric
        assert len(questions) == len(asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs(language: str, tmp_path: Path) -> None:
    run(language, ASKED, tmp_path)


@pytest.mark.eigen
@pytest.mark.parametrize("every", [25, pytest.param(1, marks=pytest.mark.slow)])
def test_programs_in_cpp(every: int, tmp_path: Path) -> None:
    run("eigen", ASKED[::every], tmp_path)


@pytest.mark.eigen
def test_programs_with_members_at_looped_indices_in_cpp(tmp_path: Path) -> None:
    """C_{ijkl} in four loops: they were refused, as the array's sizes were not handed on."""
    run("eigen", [("tensor-15", 1), ("tensor-16", 2)], tmp_path)
