"""Answers in the form in which books print them: `data/forms.jsonl`, letter for letter up to spacing and the order of summands.

An entry is what a source prints, translated into the language of matcalc: an identity that stands alone has its size there, a
derivative by cases is written with 1[z > 0], a fraction of numbers before a sum stands before it; brackets around some factors of a
product count nothing, nor does the 2 below the bars of a Euclidean norm. The printed answers of chapter 5 of Mathematics for Machine
Learning, of Parr & Howard and of a chapter on differential calculus are there, the formulas of the Matrix Cookbook, of the tables of
Wikipedia and of Magnus & Neudecker that matcalc has the operations for, and answers of books, papers and course notes that everyone
quotes. What is printed in another form has a `reason`. The last 21 rows are answers of
pages of solutions, a quiz, a work sheet's key, a manual and notes on gradients, looked up in excerpts (20 were equal as found). The 66
rows before them are from lecture notes, lists of formulas and solutions of
textbooks' exercises as pages print them (47 were equal when they were looked up), the 62 before them pages of a manual, lists of
formulas and lecture notes, each as far as it prints what is not there already; answers of threads and work sheets are not among them.
The 41 rows before them were looked
up one by one, in excerpts of lecture notes, courses and threads; of the rows of Bishop and of Goodfellow et al. (C.27), (3.13, as its
erratum has it) and (4.21) were looked up again and hold, of (2.63) the function and its solution; the others of these two, of Greene,
Strang and Murphy are from memory.
"""

from __future__ import annotations

from typing import Any

import pytest
from corpus import Case, cases

import matcalc
from matcalc.reading.read import parse, parse_where
from matcalc.syntax import Node, walk

FORMS = {f"{k}: {case['text']}": case for k, case in enumerate(cases("forms"), 1)}
EQUAL = {name: case for name, case in FORMS.items() if "reason" not in case}
SHARE = 0.9


def derivative(case: Case) -> Any:
    options = {"order": case.get("order", 1), "layout": case.get("layout", "numerator")}
    return matcalc.derivative(case["text"], case["wrt"], where=case["where"], **options)


def form(text: str, where: str) -> list[object]:
    """A printed answer with its definitions, summands in one order and factors without brackets."""
    program = parse(text, [d.name for d in parse_where(where)])
    return [*((b.name, _in_order(b.value)) for b in program.bindings), _in_order(program.body)]


def _in_order(node: Node) -> tuple[object, ...]:
    done: dict[int, tuple[Any, ...]] = {}
    for n in reversed(list(walk(node))):
        args, attr = [done[id(a)] for a in n.args], n.attr
        plain = n.op == "mul" and "/" not in n.attr  # type: ignore[operator]
        if n.op == "add" or plain:
            args = [b for a in args for b in (a[2] if a[0] == n.op and (n.op == "add" or "/" not in a[1]) else [a])]
        if n.op == "mul":
            attr = ("",) * (len(args) - 1) if plain else tuple(s if s == "/" else "" for s in n.attr)  # type: ignore[union-attr]
        done[id(n)] = (n.op, attr, sorted(args, key=repr) if n.op == "add" else args)
    return done[id(node)]


def is_equal(case: Case) -> bool:
    return form(derivative(case).text, case["where"]) == form(case["form"], case["where"])


@pytest.mark.parametrize("name", EQUAL)
def test_the_form_of_the_source(name: str) -> None:
    case = FORMS[name]
    d = derivative(case)
    assert form(d.text, case["where"]) == form(case["form"], case["where"]), f"{d.text}   (source: {case['form']})"


def test_most_forms_are_those_of_their_sources() -> None:
    assert len(FORMS) >= 150
    assert len(EQUAL) / len(FORMS) >= SHARE


@pytest.mark.parametrize("name", [name for name in FORMS if name not in EQUAL])
def test_what_is_in_another_form_still_is(name: str) -> None:
    """A reason that no longer holds is taken out."""
    assert not is_equal(FORMS[name]), FORMS[name]["reason"]


@pytest.mark.parametrize("one, other", [("x + y", "x - y"), ("x y", "y x"), ("2 (x + y)", "2 x + 2 y"), ("(x - y)/2", "(y - x)/2")])
def test_other_forms_are_not_equal(one: str, other: str) -> None:
    where = "x, y in R"
    assert form(one, where) != form(other, where)
    assert form("y + x", where) == form("x + y", where) and form("x (y x)", where) == form("x y x", where)
