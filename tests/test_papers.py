"""`matcalc paper`: the sources in tests/data/papers, whose lines say what of the claims on them is right."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from console import ROOT, run

from matcalc.papers.documents import read
from matcalc.papers.judging import RIGHT, UNCLEAR, WRONG, judge
from matcalc.papers.prose import properties

PAPERS = sorted((ROOT / "tests" / "data" / "papers").iterdir())
MARK = re.compile(r"(?:%|<!--)! ((?:right|wrong|unclear| )+)")
STATUS = {"right": RIGHT, "wrong": WRONG, "unclear": UNCLEAR}


def expected(path: Path) -> list[tuple[int | None, int, str]]:
    """Cell, line and status of every claim, as the marks say."""
    text = path.read_text(encoding="utf-8")
    parts: list[tuple[int | None, str]] = [(None, text)]
    if path.suffix == ".ipynb":
        parts = [(k, "".join(cell["source"])) for k, cell in enumerate(json.loads(text)["cells"], 1)]
    return [
        (cell, number, STATUS[word])
        for cell, part in parts
        for number, line in enumerate(part.split("\n"), 1)
        for mark in MARK.findall(line)
        for word in mark.split()
    ]


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_every_claim_is_judged(path: Path) -> None:
    found = judge(read(str(path)))
    assert [(f.cell, f.line, f.status) for f in found] == expected(path), [f.as_dict() for f in found]
    assert all(f.right for f in found if f.status == WRONG) and all(f.why for f in found if f.status != RIGHT)


def test_there_are_enough_and_a_third_is_planted() -> None:
    assert len(PAPERS) >= 57
    planted = [path for path in PAPERS if any(status == WRONG for _, _, status in expected(path))]
    assert len(planted) >= len(PAPERS) / 3


WRONG_LINE = r"The loss is $f(x) = \|A x - b\|^2$, and $\nabla f(x) = A^\top (A x - b)$." + "\n"


def paper(folder: Path, text: str, name: str = "draft.tex") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_the_command_says_where_and_what(tmp_path: Path) -> None:
    path = paper(tmp_path, WRONG_LINE)
    outcome = run("paper", path)
    assert outcome.code == 1 and outcome.err == "note: 0 right, 1 wrong, 0 not understood\n"
    assert outcome.out == (
        rf"{path}:1:56: wrong: \nabla f(x) = A^\top (A x - b); off by a factor: the claim is 1/2 times the derivative; "
        "right is 2 A^{T} (A x - b)\n"
    )


def test_exit_codes(tmp_path: Path) -> None:
    good = paper(tmp_path, r"$f(x) = x^\top x$ has $\nabla f(x) = 2 x$.", "good.tex")
    unclear = paper(tmp_path, r"$\nabla f(x) = 2 x$", "unclear.md")
    assert run("paper", good).code == 0 and run("paper", good).out == ""
    assert ": right: " in run("paper", good, "--all").out
    assert run("paper", unclear).code == 0 and "f(x) is not defined here" in run("paper", unclear).out
    assert run("paper", unclear, "--strict").code == 1
    for missing in ("nowhere.tex", paper(tmp_path, "", "notes.txt"), paper(tmp_path, "{", "bad.ipynb")):
        outcome = run("paper", missing)
        assert outcome.code == 2 and "Traceback" not in outcome.err


def test_json_and_sarif(tmp_path: Path) -> None:
    path = paper(tmp_path, WRONG_LINE)
    (document,) = json.loads(run("paper", path, "--json").out)
    assert document["file"] == path and [claim["status"] for claim in document["claims"]] == ["wrong"]
    assert document["claims"][0]["right"] == "2 A^{T} (A x - b)"
    sarif = json.loads(run("paper", path, "--sarif", "-").out)
    (result,) = sarif["runs"][0]["results"]
    assert sarif["version"] == "2.1.0" and result["level"] == "error" and result["ruleId"] == "wrong"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 56}


@pytest.mark.parametrize("name, mark", [("draft.tex", "% matcalc: "), ("draft.md", "<!-- matcalc: ")])
def test_what_is_right_is_written_beside(tmp_path: Path, name: str, mark: str) -> None:
    path = paper(tmp_path, WRONG_LINE + "The end.\n", name)
    assert run("paper", path, "--fix").code == 1
    first, second, third, rest = Path(path).read_text(encoding="utf-8").split("\n")
    assert (first + "\n", third, rest) == (WRONG_LINE, "The end.", "")
    assert second.startswith(mark + r"\nabla f(x) = 2 A^{T} (A x - b)")
    assert [f.status for f in judge(read(path))] == ["wrong"]  # the comment is no claim


@pytest.mark.parametrize(
    "text",
    [
        "$" * 999,
        r"\[ \nabla f = ",
        r"$\nabla_{ f(x) = x$ $\frac{\partial}{} = x$ $\nabla = 1$ $= = =$",
        r"\newcommand{\a}{\a\a} $\a = \nabla f(\a)$",
        r"\newcommand{\f}[2]{#1 #2 #3} $f(x) = x$ $\nabla \f{f} = 1$",
        "$f(x) = " + "(" * 5000 + "$ $\\nabla f(x) = 1$",
        r"$f(f(x)) = f(x)$, $g(x) = g(x)$, $\nabla g(x) = g(x)$",
        "\\begin{align} \\begin{aligned} \\nabla x &= 1",
    ],
)
def test_no_source_is_too_strange(tmp_path: Path, text: str) -> None:
    outcome = run("paper", paper(tmp_path, text), "--all")
    assert outcome.code == 0 and "wrong" not in outcome.out and "internal error" not in outcome.err


@pytest.mark.parametrize(
    ("between", "words"),
    [
        (["symmetric matrices ", " and ", " as above"], [("symmetric",), ("symmetric",)]),
        (["a symmetric matrix ", " and ", " in total"], [("symmetric",), ()]),
        (["Let ", " and ", " be symmetric positive definite"], [("spd",), ("spd",)]),
        (["with ", ", ", " symmetric"], [(), ("symmetric",)]),
        (["where ", ", ", ", and ", " are diagonal"], [("diagonal",)] * 3),
        (["", " and ", " are not symmetric"], [(), ()]),
        (["the matrix ", " maps ", ", which is invertible"], [(), ("invertible",)]),
    ],
)
def test_what_is_said_of_several_is_said_of_each(between: list[str], words: list[tuple[str, ...]]) -> None:
    assert properties(between) == words


@pytest.mark.parametrize(
    "text",
    [
        "The gradient is $2 L$-Lipschitz.",
        "The Hessian is $n \\times n$.",
        "Its gradient is $g$ and the Hessian is $O(n^2)$ in memory.",
        "The gradient is $2 x + 1$ at the optimum.",
        "The gradient is $\\ge 2 x$.",
    ],
)
def test_prose_that_claims_no_derivative(text: str, tmp_path: Path) -> None:
    outcome = run("paper", "--all", paper(tmp_path, "Let $f(x) = x^\\top x$. " + text))
    assert outcome.err == "note: 0 right, 0 wrong, 0 not understood\n"
