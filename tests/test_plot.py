"""`matcalc plot`: what is drawn, by value; that it is drawn, at the size it should have; bad input; life without matplotlib."""

from __future__ import annotations

import json
import struct
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import python, run
from test_course import RECORDS, Record, evaluate

import matcalc
from matcalc.course.search import FLAT, LINES, MANY, descended, on_a_line
from matcalc.errors import NoAnswerError, UsageError

PLOTS = [r for r in RECORDS if r["command"] == "plot"]


def number(text: str) -> Any:
    return np.asarray(evaluate(text, "", {}, {}), dtype=float)


def same_function(a: str, b: str, where: str) -> bool:
    points = np.random.default_rng(0).uniform(-1, 1, (4, 2))
    names = ["x", "y"] if "y" in where else ["x"]
    values = [[evaluate(t, where, dict(zip(names, p)), {}) for p in points] for t in (a, b)]
    return np.allclose(*values)


@pytest.mark.parametrize("record", PLOTS, ids=lambda r: r["id"])
def test_the_figures_of_the_courses(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    done = run(*record["argv"], "--json")
    assert done.code == 0, done.err
    found, wanted = json.loads(done.out), record["answer"]
    where = record["argv"][record["argv"].index("--where") + 1]
    for key in ("curves", "field"):
        if key in wanted:
            assert len(found[key]) == len(wanted[key])
            assert all(same_function(a, b, where) for a, b in zip(found[key], wanted[key]))
    for axis in ("x", "y"):
        if axis in wanted:
            assert found[axis] == wanted[axis]
    if "marks" in wanted:
        assert [m["kind"] for m in found["marks"]] == [m["kind"] for m in wanted["marks"]]
        for a, b in zip(found["marks"], wanted["marks"]):
            texts = [[p.split("=")[1] for p in m["at"].split(";")] if "=" in m["at"] else [m["at"]] for m in (a, b)]
            assert all(np.isclose(number(s), number(t), atol=1e-12) for s, t in zip(*texts))
    (file,) = tmp_path.iterdir()
    assert file.name == record["argv"][record["argv"].index("--out") + 1]
    assert size_of(file) == (1200, 800)


def size_of(png: Path) -> tuple[int, int]:
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


@pytest.mark.parametrize("ending, begins", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_ending_is_the_format_and_the_bytes_are_always_the_same(ending: str, begins: bytes, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    files = [tmp_path / f"{k}.{ending}" for k in "ab"]
    for file in files:
        matcalc.plot("||x - [1; 2]||^2 + x_1 x_2", "x", where="x in R^2", range="-2,4", descent="[0; 0]").save(str(file))
    first, second = (f.read_bytes() for f in files)
    assert first.startswith(begins) and first == second


@pytest.mark.parametrize("kind", ["auto", "surface", "contours"])
def test_kinds_of_pictures(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    matcalc.plot("1/x + log(y)", ["x", "y"], range="-1,1", kind=kind).save(str(tmp_path / "f.png"))
    assert size_of(tmp_path / "f.png") == (1200, 800)


def marks(text: str, window: str, wrt: str = "x", where: str = "x in R") -> list[tuple[str, str]]:
    found = matcalc.plot(text, wrt.split(","), where=where, range=window)
    return [(m.kind, m.name) for m in found.marks]


def test_stationary_points() -> None:
    assert marks("x^4", "-1,1") == [("minimum", "0")]
    assert marks("-x^4", "-1,1") == [("maximum", "0")]
    assert marks("x^3", "-1,2") == [("inflection", "0")]
    assert marks("exp(x)", "-1,1") == marks("x", "-1,1") == marks("1/x", "-1,1") == marks("tan(x)", "-4,4") == []
    assert marks("sin(x)", "0,3") == [("maximum", "pi/2")] or marks("sin(x)", "0,3")[0][1].startswith("1.57079632")
    assert [k for k, _ in marks("x + 2 cos(x)", "-6,6")] == ["maximum", "minimum", "maximum", "minimum"]
    plane = {"wrt": "x,y", "where": "x, y in R"}
    assert marks("x^3 + y^3 - 3 x y", "-2,2", **plane) == [("saddle", "x = 0; y = 0"), ("minimum", "x = 1; y = 1")]
    assert [k for k, _ in marks("exp(-x^2 - y^2) (x^2 - y^2)", "-2,2", **plane)] == ["maximum", "minimum", "saddle", "minimum", "maximum"]
    assert marks("x^T x", "-1,1", "x", "x in R^2") == [("minimum", "[0; 0]")] or marks("x^T x", "-1,1", "x", "x in R^2")[0][0] == "minimum"


def test_where_no_single_point_is_worth_a_mark_it_is_said() -> None:
    assert matcalc.plot("max(0, 1 - x)", "x", where="x in R").assumptions == [FLAT]
    assert matcalc.plot("sin(40 x)", "x", where="x in R").assumptions == [MANY]
    assert matcalc.plot("(x - y)^2", ["x", "y"], where="x, y in R").assumptions == [LINES]


def test_what_is_undeclared_is_a_number_here() -> None:
    found = matcalc.plot("x + 2 cos(x)", "x")
    assert found.assumptions == ["x in R, for it is drawn on an axis"]


def test_a_descent_goes_down_and_arrives() -> None:
    found = matcalc.plot("(1 - x)^2 + 5 (y - x^2)^2", ["x", "y"], where="x, y in R", range="-1.5,1.5; -0.5,2", descent="x = -1; y = 1.5")
    values = [found.f(p) for p in found.path]
    assert all(a >= b for a, b in pairwise(values)) and values[-1] < 0.05
    assert found.path[0] == (-1.0, 1.5)


def test_the_searches_alone() -> None:
    assert on_a_line(lambda p: 1.0, lambda p: [0.0], (-1.0, 1.0)) == ([], FLAT)
    path = descended(lambda p: p[0] ** 2, lambda p: np.array([2 * p[0]]), (1.0,), [(-2.0, 2.0)])
    assert abs(path[-1][0]) < 1e-6


def test_ranges() -> None:
    assert matcalc.plot("sin(x)", "x", where="x in R", range="-pi, 2 pi").windows == [(-np.pi, 2 * np.pi)]
    assert matcalc.plot("log(x)", "x", where="x in R positive").windows == [(0.0, 4.0)]
    assert matcalc.plot("x y", ["x", "y"], range=[-1, 1, 0, 2]).windows == [(-1.0, 1.0), (0.0, 2.0)]


def test_what_it_says() -> None:
    done = run("plot", "x^3 - 2x", "--wrt", "x", "--where", "x in R", "--derivatives", "1", "--taylor", "1", "--at", "1")
    assert done.code == 0
    curve, tangent, slope = done.out.splitlines()
    assert (curve, slope) == ("f(x) = x^3 - 2 x", "f'(x) = 3 x^2 - 2") and tangent.startswith("T_1(x) = ")
    assert "nothing is drawn without --out" in done.err
    plane = run("plot", "x^2 - y^2", "--wrt", "x,y", "--where", "x, y in R", terminal=True)
    assert "saddle at x = 0; y = 0" in plane.out and "df/dx = 2 x" in plane.out
    latex = matcalc.plot("x^2/2", "x", where="x in R").latex
    assert r"\frac{x^{2}}{2}" in latex


def test_built_with_operators() -> None:
    x = matcalc.scalar("x")
    assert matcalc.plot(x * x, x).curves == ["x^2"]


BAD = [
    (["x^2", "--wrt", "x", "--out", "f.gif"], 2, ".png, .svg or .pdf"),
    (["x^2", "--wrt", "x", "--out", "png"], 2, ".png, .svg or .pdf"),
    (["x^2", "--wrt", "x", "--out", "no/such/place/f.png"], 2, "cannot be written"),
    (["x^2", "--wrt", "x", "--range", "3,1"], 2, "smaller"),
    (["x^2", "--wrt", "x", "--range", "1"], 2, "two numbers"),
    (["x^2", "--wrt", "x", "--range", "a,b"], 2, "no number"),
    (["x^2", "--wrt", "x", "--range", "0,1/0"], 2, ""),
    (["x^2", "--wrt", "x", "--range", "0,1;0,1"], 2, "two numbers"),
    (["x^2", "--wrt", "x", "--taylor", "1,two"], 2, "whole numbers"),
    (["x^2", "--wrt", "x", "--taylor", "99"], 2, "30"),
    (["x^2", "--wrt", "x", "--at", "1"], 2, "--taylor"),
    (["x^2", "--wrt", "x", "--derivatives", "0"], 2, "1 to"),
    (["x^2", "--wrt", "x", "--descent", "1"], 2, "two variables"),
    (["x^2 + y^2", "--wrt", "x,y", "--taylor", "1"], 2, "one variable"),
    (["x^2 + y^2", "--wrt", "x,y", "--descent", "x = 1"], 2, "y"),
    (["log(x) + y", "--wrt", "x,y", "--range", "-2,-1"], 1, "no finite value"),
    (["x y z", "--wrt", "x,y,z", "--where", "x, y, z in R"], 2, "one or two"),
    (["a x^2", "--wrt", "x", "--where", "a, x in R"], 2, "a has no value"),
    (["x", "--wrt", "x", "--where", "x in R^2"], 2, "scalar function"),
    (["x^T x", "--wrt", "x", "--where", "x in R^3"], 2, "vector of two"),
    (["sin(x", "--wrt", "x"], 2, "not closed"),
    (["x^2", "--wrt", "x", "--kind", "pie"], 2, "pie"),
    (["x^2"], 2, "--wrt"),
]


@pytest.mark.parametrize("argv, code, words", BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input(argv: list[str], code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "--out" in argv:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    done = run("plot", *argv)
    assert done.code == code, done
    assert words in done.err and "Traceback" not in done.err and "internal error" not in done.err
    assert not done.out and not list(tmp_path.iterdir())


def test_bad_arguments_of_the_function() -> None:
    with pytest.raises(UsageError, match="kind"):
        matcalc.plot("x^2", "x", kind="pie")
    with pytest.raises(UsageError, match="range"):
        matcalc.plot("x^2", "x", range=[1, 2, 3])
    with pytest.raises(UsageError, match="from 0 to"):
        matcalc.plot("x^2", "x", taylor=[-1])


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("plot", "x^2", "--wrt", "x", "--out", str(tmp_path / "f.png"))
    assert done.code == 1 and 'pip install "matcalc-symbolic[plot]"' in done.err and not done.out
    assert run("plot", "x^2", "--wrt", "x", "--json").code == 0
    with pytest.raises(NoAnswerError, match="matplotlib"):
        matcalc.plot("x^2", "x").save(str(tmp_path / "f.png"))


def test_matplotlib_is_not_loaded_before_it_is_needed() -> None:
    done = python("-c", "import sys, matcalc; matcalc.plot('x^2', 'x'); print('matplotlib' in sys.modules)")
    assert done.out.strip() == "False", done.err
