"""`matcalc graph`: the graphs of the courses by value, both accumulations against a numerical derivative, pictures, bad input."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from console import run
from test_course import RECORDS, Record, declared, draw, evaluate
from test_course_d import SIZES

import matcalc
from matcalc.course.graphpictures import Layout
from matcalc.errors import MatcalcError, NoAnswerError, UsageError
from matcalc.printing.formats import DOCUMENT, FORMATS
from matcalc.reading.read import parse

EXAMPLE = "sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))"
BOOK = "a = x^2; b = exp(a); c = a + b; d = sqrt(c); e = cos(c); d + e"
GRAPHS = [r for r in RECORDS if r["command"] == "graph"]


class Numbers:
    """A graph, ours or the book's, with a number for every node, edge, adjoint and tangent at one point."""

    def __init__(self, graph: Record, record: Record, seed: int) -> None:
        where, sizes = declared(record), SIZES[seed % 2]
        values = draw(where, sizes, np.random.default_rng(seed))
        bound: list[str] = []

        def number(text: str) -> Any:
            if text in ("I", "-I"):  # the books' identity has no size; ours has
                return text
            return np.squeeze(np.asarray(evaluate("; ".join([*bound, text]), where, values, sizes), dtype=float))

        self.nodes = {}
        for name, definition in graph["nodes"]:
            self.nodes[name] = number(definition)
            bound.append(f"{name} = {definition}")
        self.edges = {(to, start): number(partial) for to, start, partial in graph["edges"]}
        self.reverse, self.forward = {}, {}
        nodes = list(bound)
        bound.clear()
        self.derivative = number(graph["derivative"])
        for found, lines, letter in ((self.reverse, graph.get("reverse", []), "f"), (self.forward, graph.get("forward", []), "t")):
            bound[:] = nodes
            for name, text in lines:
                found[name] = number(text)
                adjoint = f"{letter}_{{{name}}}" if len(name) > 1 else f"{letter}_{name}"
                bound.append(f"{adjoint} = {text}" if not text.startswith("I") else f"{adjoint} = {graph['identities'].get(name, text)}")

    def name_of(self, name: str, other: Numbers) -> str:
        """The node of ours that is the node `name` of the book: the last one, the same name, or the same number."""
        if name not in other.nodes:
            return name
        if name == list(other.nodes)[-1]:
            return list(self.nodes)[-1]
        if name in self.nodes and equal(self.nodes[name], other.nodes[name]):
            return name
        return next(n for n, v in self.nodes.items() if equal(v, other.nodes[name]))


def equal(a: Any, b: Any) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        a, b = (b, a) if isinstance(a, str) else (a, b)
        return not isinstance(a, str) and a.ndim == 2 and np.allclose(a, np.eye(len(a)) * (-1 if b == "-I" else 1))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-11))


@pytest.mark.parametrize("record", GRAPHS, ids=lambda r: r["id"])
def test_the_graphs_of_the_courses(record: Record) -> None:
    done = run(*record["argv"], "--json")
    assert done.code == 0, done.err
    found, wanted = json.loads(done.out), {**record["answer"], "identities": {}}
    for seed in (1, 2, 3):
        ours, theirs = Numbers({**found, "identities": {}}, record, seed), Numbers(wanted, record, seed)
        name = {n: ours.name_of(n, theirs) for n in {*theirs.nodes, *(e[1] for e in theirs.edges), *theirs.reverse}}
        assert len(ours.nodes) == len(theirs.nodes)
        assert {(name[a], name[b]) for a, b in theirs.edges} == set(ours.edges)
        for (a, b), partial in theirs.edges.items():
            assert equal(ours.edges[name[a], name[b]], partial), f"the partial of {a} by {b}"
        for mine, book in ((ours.reverse, theirs.reverse), (ours.forward, theirs.forward)):
            if book:
                assert {name[n] for n in book} == set(mine)
            for n, v in book.items():
                assert equal(mine[name[n]], v), f"the adjoint or tangent of {n}"
        assert equal(ours.derivative, theirs.derivative)
    bound = [b.name for b in parse(record["argv"][1]).bindings]
    assert bound == [n for n, _ in found["nodes"]][: len(bound)], "the author's names are kept"


def test_example_5_14_prints_the_books_table() -> None:
    expected = """\
nodes
  a = x^2
  b = exp(a)
  c = a + b
  d = sqrt(c)
  e = cos(c)
  f = d + e

local partials
  da/dx = 2 x
  db/da = exp(a)
  dc/da = 1
  dc/db = 1
  dd/dc = 1/(2 sqrt(c))
  de/dc = -sin(c)
  df/dd = 1
  df/de = 1

forward accumulation: t_v = dv/dx (3 multiplications, 2 additions)
  t_a = da/dx                 = 2 x
  t_b = db/da t_a             = exp(a) t_a
  t_c = dc/da t_a + dc/db t_b = t_a + t_b
  t_d = dd/dc t_c             = t_c/(2 sqrt(c))
  t_e = de/dc t_c             = -sin(c) t_c
  t_f = df/dd t_d + df/de t_e = t_d + t_e

reverse accumulation: f_v = df/dv (4 multiplications, 2 additions)
  f_e = df/de                 = 1
  f_d = df/dd                 = 1
  f_c = f_d dd/dc + f_e de/dc = f_d/(2 sqrt(c)) - f_e sin(c)
  f_b = f_c dc/db             = f_c
  f_a = f_b db/da + f_c dc/da = f_b exp(a) + f_c
  f_x = f_a da/dx             = 2 f_a x

df/dx = """
    for text in (EXAMPLE, BOOK):
        done = run("graph", text, "--wrt", "x", "--where", "x in R")
        assert done.code == 0 and done.out.startswith(expected), done.out


WIDE = [
    ("||A X - B||_F^2", "X", ""),
    ("log det(X) + a^T X^-1 a", "X", "X in R^{n x n} invertible"),
    ("Z = x x^T; Z a", "x", ""),
    ("softmax(W x + b)", "W", ""),
    ("a = X b; tanh(a)", "X", ""),
    ("S = X^T X; logdet(S)", "X", "X in R^{n x m}"),
    ("K = R^T R; K", "R", ""),
    ("t X", "t", "t in R"),
    ("tr(exp(t) X^T X)", "t", "t in R"),
    ("(A x - b)^T W (A x - b)", "x", ""),
    ("X x", "X,x", ""),
    ("1/N sum_{i=1}^N (y_i - max(0, w^T x_i + b))^2", "w,b", "w in R^n; b in R; x_i in R^n; y_i in R"),
    ("z_i = w^T x_i; sum_{i=1}^N z_i^2", "w", "x_i in R^n"),
    ("f(u) = u^2 + 1; r = w^T x; f(r) + f(2 r)", "w", "w, x in R^n"),
    ("e^(x^T x)", "x", ""),
    ("x y + sin(x y)", "x,y", "x, y in R"),
    ("phi(A x)", "x", "phi: R -> R"),
    ("f(A x)", "x", "f: R^m -> R^n; A in R^{m x p}"),
    ("g(A x)^2", "x", "g: R^m -> R; A in R^{m x p}"),
    ("c = 3; c x^2", "x", "x in R"),
    ("||x||", "x", "x in R^3"),
]


@pytest.mark.parametrize("text, wrt, where", WIDE, ids=[w[0] for w in WIDE])
def test_both_directions_hold_for_vectors_and_matrices(text: str, wrt: str, where: str) -> None:
    """`graph` refuses what does not agree with the closed form; here it must find the way, and leave nothing out."""
    names = wrt.split(",")
    found = matcalc.graph(text, names, where=where)
    assert found.verified == "verified"
    assert {n for n, _ in found.reverse} >= set(names)
    assert set(found.forward) == set(names), found.assumptions


def test_the_numbers_of_a_network() -> None:
    """The last adjoint, as it is printed, against a central difference."""
    text = "z = A x + b; h = tanh(z); ||y - h||^2"
    found = matcalc.graph(text, "A", where="A in R^{m x n}; x in R^n; b, y in R^m")
    lines = [f"{n} = {d}" for n, d in found.nodes] + [f"f_{n} = {a}" for n, a in found.reverse[:-1]] + [found.reverse[-1][1]]
    rng = np.random.default_rng(0)
    values = {"A": rng.normal(size=(2, 3)), "x": rng.normal(size=3), "b": rng.normal(size=2), "y": rng.normal(size=2)}
    gradient = matcalc.parse("; ".join(lines), found.where).evaluate(values)
    f = matcalc.parse(text, found.where)
    for i, j in np.ndindex(2, 3):
        h = np.zeros((2, 3))
        h[i, j] = 1e-6
        up, down = (f.evaluate({**values, "A": values["A"] + s * h}) for s in (1, -1))
        assert np.isclose(gradient[i, j], (up - down) / 2e-6, rtol=1e-6)


def test_names_and_granularity() -> None:
    def nodes(text: str, **options: Any) -> list[tuple[str, str]]:
        return matcalc.graph(text, "x", where="x in R", **options).nodes

    assert nodes("ln(sin(x^3)^2)", names="u") == [("u_1", "x^3"), ("u_2", "sin(u_1)"), ("u_3", "u_2^2"), ("u_4", "log(u_3)")]
    assert nodes("sin(x^2)", names="u") == [("u", "x^2"), ("f", "sin(u)")]
    assert nodes("x * x^2") == [("a", "x^2"), ("f", "x * a")]
    assert nodes("a = exp(x^2); sin(a)", granularity="operations") == [("b", "x^2"), ("a", "exp(b)"), ("f", "sin(a)")]
    assert nodes("sin(x^2)", granularity="statements") == [("f", "sin(x^2)")]
    assert nodes("L = x^2")[-1][0] == "L"
    assert nodes("f = 2x + 1; f^4")[-1][0] == "h"
    assert nodes("g = x; h = x^2; h")[0][0] == "h", "what the value does not need is left out"
    taken = matcalc.graph("a x^2 + exp(d x^2)", "x", where="x, a, d in R").nodes
    assert not {"a", "d"} & {n for n, _ in taken}
    clash = matcalc.graph("a = x^2; f_a a", "x", where="x, f_a in R")
    assert clash.adjoints["a"] == "g_a"


def test_other_scalars_are_nodes_and_other_vectors_are_not() -> None:
    chain = matcalc.graph("x = 3 r + 2 s; y = r^2 - 3 s; x^3 + y^3", "r", where="r, s in R")
    assert {(a, b) for a, b, _ in chain.edges} >= {("x", "s"), ("y", "s")}
    assert [n for n, _ in chain.reverse] == ["y", "x", "r"]
    assert matcalc.graph("z = A x + b; sum(z)", "x").inputs == ["x"]


def test_operations_are_counted() -> None:
    found = matcalc.graph("z = A x; h = tanh(z); c^T h", "x", where="A in R^{m x n}; x in R^n; c in R^m")
    assert found.operations["reverse"] == "m n + m multiplications, m n - n additions"
    assert found.operations["forward by x"] == "2 m n multiplications, m n - n additions"


def test_a_free_seed_is_said() -> None:
    found = matcalc.graph("Z = x x^T; Z a", "x")
    assert found.seeds() == {"reverse": "f_f", "forward by x": "t_x"}
    assert "for any change t_x of x" in found.text and "weighted with any f_f" in found.text


def test_built_with_operators() -> None:
    x, A = matcalc.vector("x", "n"), matcalc.matrix("A", "n", "n")
    assert matcalc.graph(x.T @ A @ x, x).nodes == [("f", "x^T A x")]


# ---------------------------------------------------------------------------------------------------------------- pictures


def test_svg_is_well_formed_and_keeps_apart_what_it_shows() -> None:
    for text, where in ((EXAMPLE, "x in R"), ("[ln(x^2 + x); sin(3x) exp(x^2)]", "x in R"), ("1[x > 0] x^2", "x in R")):
        root = ET.fromstring(matcalc.graph(text, "x", where=where).svg)
        width, height = (float(root.attrib[k]) for k in ("width", "height"))
        boxes = [r.attrib for r in root.iter("{http://www.w3.org/2000/svg}rect") if "rx" in r.attrib]
        places = [tuple(float(b[k]) for k in ("x", "y", "width", "height")) for b in boxes]
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in places)
        for k, (x, y, w, h) in enumerate(places):
            assert all(x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y for x2, y2, w2, h2 in places[k + 1 :])


def test_the_other_pictures() -> None:
    found = matcalc.graph(EXAMPLE, "x", where="x in R")
    assert found.mermaid.startswith("flowchart LR\n") and found.mermaid.count("-->") == len(found.edges)
    assert found.dot.startswith("digraph {") and found.dot.count("->") == len(found.edges)
    assert found.tikz.count(r"\draw") == len(found.edges) and found.tikz.count(r"\node") == len(found.nodes) + 1
    assert found.latex.count(r"\begin{aligned}") == found.latex.count(r"\end{aligned}") == 5
    assert r"\frac{\partial d}{\partial c} &= \frac{1}{2 \sqrt{c}}" in found.latex
    assert "exp(a)" in found.unicode and "x²" in found.unicode
    quoted = matcalc.graph("a = 1[x > 0]; b = a x; b^2", "x", where="x in R")
    assert '"]' in quoted.mermaid and ">" not in quoted.mermaid.split('["')[2].split('"]')[0]


def test_the_layout_crosses_nothing_it_need_not() -> None:
    layout = Layout(["x", "y", "a", "b"], [("a", "y"), ("b", "x")])
    assert (layout.place["x"][1] < layout.place["y"][1]) == (layout.place["b"][1] < layout.place["a"][1])


@pytest.mark.parametrize("form", [*FORMATS, DOCUMENT, "tikz", "mermaid", "dot", "svg", "json"])
def test_every_format_by_the_command(form: str) -> None:
    done = run("graph", BOOK, "--wrt", "x", "--where", "x in R", "--format", form)
    assert done.code == 0 and done.out.strip() and not done.err


def test_tables_in_the_formats_of_pages() -> None:
    found = matcalc.graph("z = A x + b; h = tanh(z); ||h||^2", "x")
    assert "  f_h &= frac(partial f, partial h) = 2 h^T \\" in found.spell("typst").split("\n")
    assert "**local partials**" in found.spell("markdown") and found.spell("markdown").count("$$") == 10
    for element in re.findall("<math.*</math>", found.spell("mathml")):
        root = ET.fromstring(element)
        rows = [list(row) for row in root.iter() if row.tag.endswith("mtr")]
        assert rows and {len(row) for row in rows} == {2} and not [n for n in root.iter() if n is not root and n.tag.endswith("math")]
    page = found.spell("latex-doc")
    assert r"\paragraph{Reverse accumulation.} m n + m multiplications, m n - n additions." in page
    assert r"with $A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^{n}$ and $b \in \mathbb{R}^{m}$." in page
    assert r"& f = \lVert h \rVert^{2}" in page  # as the tables call it


def test_on_a_terminal_and_in_a_pipe() -> None:
    terminal = run("graph", "A x", "--wrt", "x", terminal=True)
    assert terminal.code == 0 and "inferred" in terminal.out
    pipe = run("graph", "A x", "--wrt", "x")
    assert "inferred" not in pipe.out and "note: " in pipe.err
    ascii_only = run("graph", "x^2", "--wrt", "x", "--where", "x in R", "--format", "unicode", encoding="ascii")
    assert ascii_only.code == 0 and "a" not in ascii_only.out.split("=")[0]


# --------------------------------------------------------------------------------------------------------------- bad input

BAD = [
    (["sin(x", "--wrt", "x"], 2, "not closed"),
    (["", "--wrt", "x"], 2, "no expression"),
    (["x^2", "--wrt", "y", "--where", "x in R"], 2, "y"),
    (["x^2", "--wrt", "y", "--where", "x, y in R"], 1, "does not depend on y"),
    (["x^2"], 2, "--wrt"),
    (["x^2", "--wrt", "x", "--where", "x in R", "--names", "xyz"], 2, "one letter"),
    (["sin(x^2)", "--wrt", "x", "--where", "x in R", "--names", "x"], 2, "in use"),
    (["x^2", "--wrt", "x", "--format", "png"], 2, "png"),
    (["x^2", "--wrt", "x", "--granularity", "fine"], 2, "fine"),
    (["a = x^2; a^2", "--wrt", "a", "--where", "x in R"], 2, "bound"),
    (["r = x^T A; r b", "--wrt", "x"], 2, "row"),
    (["A B", "--wrt", "A", "--where", "A in R^{2 x 3}; B in R^{4 x 5}"], 2, "fit"),
    (["log(-x^2 - 1)", "--wrt", "x", "--where", "x in R"], 1, "finite"),
    (["sum_{i=1}^N x_i^T x_i", "--wrt", "x_i", "--where", "x_i in R^n"], 2, "families"),
    (["J[i,j] = A[i,j]", "--wrt", "A"], 2, "form"),
    (["x^2", "--wrt", "x", "--where", "x in Q"], 2, "Q"),
    (["x^2", "--wrt", "x", "--frobnicate"], 2, "--frobnicate"),
]


def test_the_exponential_of_a_matrix_has_its_adjoint() -> None:
    out = run("graph", "expm(t A) b", "--wrt", "t", "--where", "t in R").out
    assert "f_B = f_C dC/dB = dexpm(B, f_C^T)^T" in out and "df/dt = A expm(t A) b" in out


@pytest.mark.parametrize("argv, code, words", BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input(argv: list[str], code: int, words: str) -> None:
    done = run("graph", *argv)
    assert done.code == code, done
    assert words in done.err and "Traceback" not in done.err and "internal error" not in done.err
    assert not done.out


def test_bad_arguments_of_the_function() -> None:
    with pytest.raises(UsageError, match="granularity"):
        matcalc.graph("x^2", "x", where="x in R", granularity="coarse")
    with pytest.raises(UsageError, match="unknown format"):
        matcalc.graph("x^2", "x", where="x in R").spell("gif")
    with pytest.raises(NoAnswerError):
        matcalc.graph("3", "x", where="x in R")
    with pytest.raises(MatcalcError):
        matcalc.graph("x^2", [])


def test_it_does_not_depend_on_what_ran_before() -> None:
    first = matcalc.graph(EXAMPLE, "x", where="x in R").svg
    matcalc.graph(BOOK, "x", where="x in R")
    assert matcalc.graph(EXAMPLE, "x", where="x in R").svg == first


def test_the_closed_form_below_a_graph_is_one_equation() -> None:
    """`df/dtheta = e = y - Phi theta; -2 e^T Phi` read as one that does not hold: what a node is called needs no definition."""
    where = "y in R^N; Phi in R^{N x D}; theta in R^D"
    assert matcalc.graph("e = y - Phi theta; ||e||^2", "theta", where=where).text.endswith("df/dtheta = -2 e^T Phi")
    own = matcalc.graph("sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))", "x", where="x in R")
    assert own.text.endswith("df/dx = x (exp(x^2) + 1) (1/sqrt(s) - 2 sin(s)) where s = x^2 + exp(x^2)")
    assert r"\quad\text{where } s = x^{2} + \exp(x^{2})" in own.latex


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = "y = x - mu; z = y^T S^-1 y; exp(-1/2 z)"
    shown = run("graph", text, "--wrt", "x", "--where", "x, mu in R^D; S in R^{D x D} invertible", terminal=True).out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, plain.splitlines())) <= width
    whole = run("graph", text, "--wrt", "x", "--where", "x, mu in R^D; S in R^{D x D} invertible", "--format", "unicode").out
    assert plain.split() == whole.split()  # nothing is lost
