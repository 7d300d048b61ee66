"""An ordinary line is read without Click, as Click would have read it; what such a line imports."""

from __future__ import annotations

import io
from typing import Any

import pytest
from console import python, run

from matcalc.commands import answering, d, menu, plain
from matcalc.commands.options import OPTIONS

E = "x^T A x"
ORDINARY = [
    ["d", E],
    ["d", E, "--wrt", "x"],
    ["d", "--wrt", "x", E],
    ["d", "--wrt=x", "--wrt", "A", E, "--where", "A in S^n", "--where=x in R^n"],
    ["d", E, "--wrt", "x,A", "--json"],
    ["d", E, "--wrt", "x", "--order", "2", "--layout", "denominator", "--notation=index"],
    ["d", E, "--format", "latex", "--no-verify", "--inline", "--strict", "--vectorize"],
    ["d", "sum(x)", "--at", "x = 1", "--wrt", "x"],
    ["d", "-", "--wrt", "x"],
    [E],
    [E, "--wrt", "x"],
    ["A x", "--format", "unicode"],
    ["x^2", "--where", "x in R"],
]
# Lines that are for Click: other commands, help, mistakes, options with rules of their own.
OTHERS: list[list[str]] = [
    [],
    ["--help"],
    ["d"],
    ["d", "--help"],
    ["grad", E],
    ["grad"],
    ["derive"],
    ["x"],
    ["-x^2"],
    ["d", "-x^T x", "--wrt", "x"],
    ["d", "--", E],
    ["d", E, "x^T x"],
    ["d", E, "--wrt"],
    ["d", E, "--wrt", "--json"],
    ["d", E, "--order", "0"],
    ["d", E, "--order", "two"],
    ["d", E, "--layout", "rows"],
    ["d", E, "--layout", "strict", "--layout", "strict"],
    ["d", E, "--colour"],
    ["d", E, "--json=yes"],
    ["d", E, "--jso"],
    ["d", E, "--steps"],
    ["d", E, "--steps", "full"],
    ["d", E, "--structured"],
    ["d", E, "--chain"],
    ["d", E, "--bold"],
    ["d", E, "--format", "latex", "--transpose", "top"],
    ["d", E, "--format", "latex-doc", "--wrt", "x,A"],
]


@pytest.mark.parametrize("line", ORDINARY, ids=" ".join)
def test_an_ordinary_line_means_what_click_makes_of_it(line: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def derive(**given: Any) -> int:
        told.append(given)
        return 0

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x^T x")))
    monkeypatch.setattr(answering, "derive", derive)
    assert plain.answered(line) == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x^T x")))
    monkeypatch.setattr(d, "derive", derive)
    assert menu.called(line) == 0
    assert told[0] == told[1]


@pytest.mark.parametrize("line", OTHERS, ids=lambda line: " ".join(line) or "nothing")
def test_any_other_line_is_for_click(line: list[str]) -> None:
    assert plain.arguments(line) is None


def test_every_option_is_read_or_left() -> None:
    for word, settings in OPTIONS.items():
        value = [] if "flag" in settings else [next(iter(settings.get("choices", ["1"])))]
        taken = plain.arguments(["d", E, word, *value]) is not None
        assert taken == (word not in plain.LEFT and "alone" not in settings), word


def test_completion_is_for_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_MATCALC_COMPLETE", "bash_complete")
    assert plain.arguments(["d", E]) is None


def test_mistakes_are_told_as_before() -> None:
    assert run("d", E, "--wrt", "q").code == 2
    outcome = run("d", E, "--layout", "rows")
    assert outcome.code == 2
    assert outcome.err.endswith("see: matcalc d --help\n")
    assert run("d", "tr(A", "--json", "--wrt", "A").out.startswith('{"error"')


def loaded(*line: str) -> set[str]:
    code = "import sys; known = {*sys.modules}; from matcalc.__main__ import run; run(); "
    code += "sys.stderr.write('\\n' + ' '.join({*sys.modules} - known))"
    outcome = python("-c", code, *line)
    assert outcome.code == 0
    return set(outcome.err.rsplit("\n", 1)[1].split())


def test_an_ordinary_answer_loads_no_click() -> None:
    modules = loaded("d", E, "--wrt", "x")
    assert "matcalc.pipeline.derive" in modules
    assert not modules & {"click", "inspect", "ast", "uuid", "pathlib", "json", "dataclasses", "logging", "subprocess"}


USED = """
import sys
from matcalc.__main__ import run
ran = set()
def note(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_name not in ("<module>", "<genexpr>", "<dictcomp>", "<setcomp>", "<listcomp>"):
        if code.co_filename not in ran and "matcalc" in code.co_filename:
            while frame is not None and frame.f_code.co_name != "<module>":
                frame = frame.f_back
            if frame.f_globals["__name__"] == "__main__":  # and not in a module that is being imported
                ran.add(code.co_filename)
sys.setprofile(note)
run()
sys.setprofile(None)
names = [n for n, m in sys.modules.items() if n.startswith("matcalc.") and not hasattr(m, "__path__") and m.__file__ not in ran]
sys.stderr.write("\\n" + " ".join(names))
"""
# Imported by an ordinary answer, which calls nothing of it: data, laws that are registered with the constructors, what is raised or
# is a class that others name, the types of numbers. Whatever else an answer does not need is imported where it is used.
AT_HAND = {
    *(
        "_version",
        "sources",
        "travel",
        "reading.functions",
        "reading.grammar_table",
        "reading.spellings",
        "reading.lex",
        "inference.meaning",
    ),
    *("expressions.build", "expressions.aggregates", "expressions.frechet", "expressions.rotations", "expressions.stacked"),
    *("inference.misfit", "notation.comparisons", "differentiation.letters", "differentiation.functions"),
    *("numbers.complex_decimals", "numbers.contraction", "numbers.decimals", "numbers.linear_algebra"),
    *("reading.commands", "reading.entries"),
    *(
        "reading.operators",
        "reading.brackets",
        "reading.calls",
        "expressions.signatures",
    ),  # sums, brackets, functions: of nearly all others
}


def test_an_ordinary_answer_imports_what_it_needs() -> None:
    outcome = python("-c", USED, "d", E, "--wrt", "x")
    assert outcome.out == "x^T (A + A^T)\n"
    idle = {n.removeprefix("matcalc.") for n in outcome.err.rsplit("\n", 1)[1].split()}
    assert {n for n in idle if not n.startswith("ops.")} <= AT_HAND
