"""What a notebook shows: formulas as LaTeX with what was assumed, graphs and plots as pictures; and the tour notebook, executed."""

from __future__ import annotations

import importlib.util
import json
import xml.etree.ElementTree as ElementTree
from types import ModuleType
from typing import Any

import pytest
from console import ROOT

import matcalc


def bundle(thing: Any) -> dict[str, Any]:
    found: dict[str, Any] = thing._repr_mimebundle_(include=None, exclude=None)
    return found


def test_a_derivative_is_shown_with_what_was_assumed() -> None:
    d: Any = matcalc.derivative("x^T A x", "x")
    shown = bundle(d)
    assert shown["text/plain"] == "xᵀ (A + Aᵀ)"
    assert shown["text/latex"] == d._repr_latex_() == r"$\displaystyle x^{T} (A + A^{T})$"
    assert shown["text/markdown"].splitlines() == [
        r"$\displaystyle x^{T} (A + A^{T})$",
        "",
        "*1×n, a row, in the numerator layout*",
        "",
        r"*x in R\^n, A in R\^\{n x n\} (inferred)*",
    ]
    assert set(d._repr_mimebundle_(include=["text/latex"])) == {"text/latex"}
    assert set(d._repr_mimebundle_(exclude=["text/markdown", "text/plain"])) == {"text/latex"}
    unchecked: Any = matcalc.derivative("x^T x", "x", verify=False)
    assert "not checked" in bundle(unchecked)["text/markdown"]


@pytest.mark.parametrize(
    "make, latex",
    [
        (lambda: matcalc.parse("x^T A x"), r"x^{T} A x"),
        (lambda: matcalc.vector("x", "n").T @ matcalc.vector("x", "n"), r"x^{T} x"),
        (lambda: matcalc.taylor("exp(x)", "x", at="0", order=2, where="x in R"), r"\frac{x^{2}}{2}"),
        (lambda: matcalc.taylor("exp(x)", "x", at="0", order="inf", where="x in R"), r"\infty"),
        (lambda: matcalc.linearize("x^T x", "x", at="a"), "a^{T}"),
        (lambda: matcalc.stationary("x^3 - 3 x", "x", where="x in R"), r"\begin{gathered}"),
        (lambda: matcalc.jacdet("[x_1 + x_2; x_2]", "x", where="x in R^2"), "1"),
        (lambda: matcalc.derivative("z = A x; z^T z", "x").chain, r"\begin{aligned}"),  # type: ignore[union-attr]
    ],
)
def test_everything_that_is_a_formula_is_shown_as_one(make: Any, latex: str) -> None:
    from latex2mathml.converter import convert

    shown: str = make()._repr_latex_()
    assert shown.startswith(r"$\displaystyle ") and shown.endswith("$") and latex in shown
    assert convert(shown.removeprefix(r"$\displaystyle ").removesuffix("$"))


def test_graphs_and_plots_are_pictures() -> None:
    shown = bundle(matcalc.graph("sin(x^2)", "x", where="x in R"))
    assert ElementTree.fromstring(shown["image/svg+xml"]).tag.endswith("svg")
    assert "x" in shown["text/plain"]
    pytest.importorskip("matplotlib")
    assert matcalc.plot("sin(x)", "x", where="x in R")._repr_png_().startswith(b"\x89PNG")


# --- the tour -------------------------------------------------------------------------------------------------------


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_notebook", ROOT / "docs" / "make_notebook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tour_shows_what_its_cells_give() -> None:
    """Every code cell is executed in order, and its outputs are those of the file."""
    written = json.loads((ROOT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
    assert (written["nbformat"], written["nbformat_minor"]) == (4, 5)
    fresh = generator().notebook()
    assert [c["source"] for c in fresh["cells"]] == [c["source"] for c in written["cells"]], "run: python docs/make_notebook.py"
    for new, old in zip(fresh["cells"], written["cells"], strict=True):
        assert new == old, f"{''.join(new['source'])}\nrun: python docs/make_notebook.py"


def test_the_cells_are_a_notebook() -> None:
    written = json.loads((ROOT / "docs" / "tour.ipynb").read_text(encoding="utf-8"))
    assert len({c["id"] for c in written["cells"]}) == len(written["cells"])
    codes = [c for c in written["cells"] if c["cell_type"] == "code"]
    assert len(codes) >= 10 and [c["execution_count"] for c in codes] == list(range(1, len(codes) + 1))
    assert all(c["outputs"] for c in codes)
    kinds = {kind for c in codes for o in c["outputs"] for kind in o.get("data", {o.get("name"): 0})}
    assert kinds == {"stdout", "text/plain", "text/latex", "text/markdown", "image/svg+xml"}
