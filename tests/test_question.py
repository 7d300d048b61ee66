"""The same question to every command: what one reads, all read, and what they answer is one derivative."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import numpy as np
import pytest
from console import ROOT, run
from emitted import call, load

import matcalc
from matcalc.answers.scope import Scope
from matcalc.commands.pool import answer
from matcalc.errors import MatcalcError, UsageError
from matcalc.inference.infer import Typed
from matcalc.kinds import ONE, SCALAR
from matcalc.notation.forms import evaluate_form
from matcalc.numbers import doubles
from matcalc.numbers.verify import Kind
from matcalc.pipeline.question import Options, Question
from matcalc.pipeline.sampling import Sampler

# Text, variable, declarations: whole numbers as places and as exponents, index letters, families, functions known by their sets,
# declarations in the text, definitions.
QUESTIONS = [
    ("(A x)[i]", "x", "A in R^{m x n}; x in R^n; i in N"),
    ("x_i^3", "x", "x in R^n; i in N"),
    ("x_1 x_3^2", "x", "x in R^n"),
    ("a^T x x[j]", "x", "a in R^n; j in N"),
    ("u^k + k u", "u", "u in R; k in N"),
    ("x_i^2 + (B^T x)[j] where B in R^{n x p}; i, j in N", "x", "x in R^n"),
    ("sum_{i=1}^n i x_i^2", "x", "x in R^n"),
    ("sum_{i=1}^N (w^T x_i - y_i)^2/N", "w", "x_i in R^n; y_i in R"),
    ("x_2^T w + x_1^T w", "w", "x_i in R^n"),
    ("f(x)^2", "x", "f: R^n -> R; x in R^n"),
    ("phi(A x)", "x", "phi: R^m -> R^p; A in R^{m x n}"),
    ("z = A x - b; z^T z", "x", "A in R^{m x n}"),
    ("g(t) = t^2; g(x_i) + g(a^T x)", "x", "x, a in R^n; i in N"),
    ("x^T A x", "x", "A in S^n"),
    ("log det X", "X", "X in R^{n x n} spd"),
]
Values = Mapping[str, Any]


def asked(text: str, wrt: str, where: str) -> tuple[matcalc.Derivative, Values]:
    """The derivative, and a point."""
    d = matcalc.derivative(text, wrt, where=where)
    assert isinstance(d, matcalc.Derivative)
    question = Question.of(text, wrt, where)
    whole = question.declared(wrt)
    return d, drawn(Sampler(question.typed, roots=[whole]))


def drawn(sampler: Sampler) -> Values:
    """A point in the user's form: no axes of length one (a family keeps its first), sizes by their names."""
    sizes = sampler.point.orders(sampler.dims)[0]
    env = sampler.point.at(Kind(sizes), doubles)
    shapes = {n: s for n, (s, _) in sampler.symbols.items()} | {n: s for n, (_, s, _) in sampler.families.items()}
    found: dict[str, Any] = dict(sizes)
    for n, (rows, cols) in shapes.items():
        value = env[n]
        if (rows, cols) != SCALAR:
            value = value.take(0, axis=-1) if cols is ONE else value.take(0, axis=-2) if rows is ONE else value
        found[n] = value
    return found


def comparing(typed: Typed) -> Scope:
    """Values that are not needed are passed over, functions known by their sets have stand-ins."""
    scope = Scope(typed)
    scope.compares = True
    return scope


def evaluator(typed: Typed) -> Callable[[Values], Any]:
    return lambda values: np.asarray(evaluate_form(typed, comparing(typed), values))


def closed(d: matcalc.Derivative) -> Callable[[Values], Any]:
    lenient = copy(d)
    lenient._scope = comparing(d._typed)
    return lambda values: np.asarray(lenient.evaluate(values))


def numbers(text: str, where: str, values: Values) -> Any:
    return evaluator(Question.of(text, where=where).whole())(values)


def along(d: matcalc.Derivative, values: Values, direction: Any) -> Any:
    j = closed(d)(values)
    return np.tensordot(j, direction, np.ndim(direction))


def close(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("text, wrt, where", QUESTIONS)
class TestEveryCommand:
    def test_the_tangent(self, text: str, wrt: str, where: str) -> None:
        d, values = asked(text, wrt, where)
        for made in (matcalc.linearize(text, wrt, where=where), matcalc.taylor(text, wrt, order=1, where=where)):
            ends = [numbers(made.text, made.where, {**values, f"{wrt}_0": values[wrt], wrt: values[wrt] * s}) for s in (1.0, 1.5)]
            assert close(ends[1] - ends[0], along(d, values, values[wrt] * 0.5))

    def test_along_a_direction(self, text: str, wrt: str, where: str) -> None:
        d, values = asked(text, wrt, where)
        v = "V" if wrt == "X" else "v"
        made = matcalc.directional(text, wrt, along=v, where=where)
        assert close(numbers(made.text, made.where, {**values, v: values[wrt]}), along(d, values, values[wrt]))

    def test_the_graph(self, text: str, wrt: str, where: str) -> None:
        d, _ = asked(text, wrt, where)
        try:
            made = matcalc.graph(text, wrt, where=where)
        except UsageError as error:
            assert "families" in error.message or "the graph needs" in error.message  # it says that it does not take them
        else:
            assert made.as_dict()["derivative"] == d.text

    def test_a_claim(self, text: str, wrt: str, where: str) -> None:
        d, _ = asked(text, wrt, where)
        assert matcalc.check(text, wrt, d.text, where=where)
        definitions, semicolon, last = d.text.rpartition("; ")
        head, equal, body = last.rpartition(" = ")  # J[j] = …
        assert not matcalc.check(text, wrt, f"{definitions}{semicolon}{head}{equal}2 ({body})", where=where)

    def test_a_line_of_a_batch(self, text: str, wrt: str, where: str) -> None:
        d, _ = asked(text, wrt, where)
        assert answer({"expr": text, "wrt": wrt, "where": where})["text"] == d.text

    def test_the_command_line(self, text: str, wrt: str, where: str) -> None:
        d, _ = asked(text, wrt, where)
        found = json.loads(run("d", text, "--wrt", wrt, "--where", where, "--json").out)
        assert (found["text"], found["where"]) == (d.text, d.where)

    def test_a_program(self, text: str, wrt: str, where: str) -> None:
        d, values = asked(text, wrt, where)
        if "f:" in where or "phi:" in where:
            pytest.skip("its arguments are functions")
        function = load(d.code("numpy"))["gradient" if d._of_scalar else "jacobian"]
        given = {n: int(v) if n in ("i", "j", "k") else v for n, v in values.items()}
        assert close(call(function, given), closed(d)(values))

    def test_what_was_read_is_the_function(self, text: str, wrt: str, where: str) -> None:
        """The value by the tangent is that of the expression."""
        _, values = asked(text, wrt, where)
        made = matcalc.linearize(text, wrt, where=where)
        whole = matcalc.parse(text, where)
        assert close(numbers(made.text, made.where, {**values, f"{wrt}_0": values[wrt]}), evaluator(whole._typed)(values))


def test_a_determinant() -> None:
    assert matcalc.jacdet("i A x", "x", where="A in R^{n x n}; i in N").text == "i^n det(A)"


def test_a_determinant_of_an_entry_is_refused() -> None:
    """It was i^n det(A)."""
    with pytest.raises(MatcalcError, match="square"):
        matcalc.jacdet("(A x)[i]", "x", where="A in R^{n x n}; x in R^n; i in N")


def test_stationary_points_of_an_entry() -> None:
    made = matcalc.stationary("x_1^2 - 2 x_1 + x_2^2", "x", where="x in R^2")
    assert made.points[0].at and "[1; 0]" in made.text


def test_a_plot_reads_the_same() -> None:
    plot = pytest.importorskip("matplotlib") and matcalc.plot("x_1^2 + x_2^2", "x", where="x in R^2")
    assert plot.gradient[0].text == matcalc.derivative("x_1^2 + x_2^2", "x", where="x in R^2").text  # type: ignore[union-attr]


def test_handles_and_their_declarations() -> None:
    """`where` beside an expression built in Python counts too: it was passed over."""
    x, a = matcalc.vector("x", "n"), matcalc.matrix("A", "n", "n")
    built = x.T @ a @ x
    for made in (
        matcalc.derivative(built, x),
        matcalc.directional(built, x, along="u").text.replace("u", "dx") and matcalc.graph(built, x).derivatives[0],
        matcalc.check(built, x, "x^T (A + A^T)").derivative,
    ):
        assert made.text == "x^T (A + A^T)"  # type: ignore[union-attr]
    with pytest.raises(MatcalcError, match="declared twice"):
        matcalc.derivative(built, x, where="A in S^n")


@pytest.mark.parametrize("options", [{"order": 0}, {"order": True}, {"layout": "rows"}, {"notation": "tensors"}])
def test_options_are_checked_once(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Options(**options)


def test_no_module_reads_a_function_by_itself() -> None:
    """`parse` with `infer` stands in the pipeline alone, so that no copy can drift from it."""
    allowed = {"pipeline/question.py", "reading/read.py", "reading/declare.py", "inference/infer.py", "inference/shorthands.py"}
    for path in sorted((ROOT / "matcalc").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {(n.module or "", a.name) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
        reads = {name for module, name in imported if module.endswith("reading.read") and name in ("parse", "parse_where")}
        where = path.relative_to(ROOT / "matcalc").as_posix()
        if "parse" in reads:
            assert where in allowed, where
        points = {name for module, name in imported if module.endswith("numbers.verify") and name == "Point"}
        assert not points or where == "pipeline/sampling.py", where
