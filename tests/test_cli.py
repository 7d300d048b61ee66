"""The command's surface: what goes to which stream, the exit codes, and that nothing ever leaves as a traceback.

Most tests put a small engine in the place of the real one, so that they speak of the command alone; the real one answers in
tests/test_readme.py and in the last section here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from console import ROOT, python, run

import matcalc
from matcalc.commands.console import split_names
from matcalc.errors import NoAnswerError, ReadingError, VerificationError
from matcalc.inference.table import Reading
from matcalc.kinds import shape_words
from matcalc.numbers.record import Check
from matcalc.pipeline.derivative import Derivative
from matcalc.syntax import Node, Program

ROW = {
    "text": "x^T (A + A^T)",
    "unicode": "xᵀ (A + Aᵀ)",
    "latex": r"x^{\top} \left(A + A^{\top}\right)",
    "shape": ("1", "n"),
    "layout": "numerator",
    "where": "A in R^{n x n}; x in R^n",
    "assumptions": ["x is a column vector", "A is a matrix"],
    "verified": "verified",
    "check": Check(3, ({"n": 2}, {"n": 3}, {"n": 4}), 33),
}


class Shown:
    """Stands for a derivation at a level."""

    def __init__(self, level: str) -> None:
        self.level = level

    def text(self, form: str = "text") -> str:
        return f"df = 2 x^T A dx   {self.level}"

    def as_list(self) -> list[dict[str, str]]:
        return [{"rule": self.level}]


class Engine:
    """Stands for `matcalc.derivative`: remembers how it was called and answers, or fails, as told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any, dict[str, Any]]] = []
        self.answer: dict[str, Any] = dict(ROW)
        self.failure: BaseException | None = None

    def __call__(self, expr: str, wrt: Any, **options: Any) -> Any:
        self.calls.append((expr, wrt, options))
        if self.failure is not None:
            raise self.failure
        several = isinstance(wrt, list) and options["order"] == 1
        return [self.one(name, 1) for name in wrt] if several else self.one(wrt, options.get("order", 1))

    def one(self, wrt: str | list[str], order: int) -> Any:
        one = SimpleNamespace(**self.answer, wrt=[wrt] if isinstance(wrt, str) else wrt, order=order)
        one.as_dict = lambda *args: Derivative.as_dict(one, *args)
        one.steps = SimpleNamespace(at=Shown)
        one.readings = [Reading("x", "vector", "R^n", "a small letter among vectors and matrices")]
        one._origin, one._manifold = object(), None
        one.spell = lambda format: getattr(one, format)
        one.lines = lambda width, form="unicode", shown=None: [getattr(one, form)]
        one._program, one._has_layout, one._shape_words = Program("", (), Node("name", (), "x")), True, shape_words(one.shape)
        return one


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    fake = Engine()
    monkeypatch.setitem(vars(matcalc), "derivative", fake)
    monkeypatch.delenv("MATCALC_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    return fake


def plain(out: str) -> str:
    """What a terminal shows, without its styles."""
    return re.sub(r"\x1b\[[\d;]*m", "", out)


# --- what the engine is asked ---------------------------------------------------------------------------------------


def test_the_options_reach_the_engine(engine: Engine) -> None:
    options = ["--order", "2", "--layout", "strict", "--notation", "kron", "--no-verify", "--where", "x in R^n", "--where", "A in S^n"]
    assert run("d", "x^T A x", "--wrt", "x", *options).code == 0
    kept = {"where": "x in R^n; A in S^n", "order": 2, "layout": "strict", "notation": "kron", "verify": False}
    assert engine.calls == [("x^T A x", "x", kept)]


@pytest.mark.parametrize("given, names", [(["x"], ["x"]), (["x, y", "z"], ["x", "y", "z"]), (["A_{1,2},x_i"], ["A_{1,2}", "x_i"])])
def test_wrt_is_split_at_commas_outside_subscripts(given: list[str], names: list[str]) -> None:
    assert split_names(given) == names


@pytest.mark.parametrize("expression", ["-2 x_1 + x_2", "-x^T x", "--x", "-h", "- x", "-wrt^T x", "--2 x"])
def test_an_expression_may_begin_with_a_minus(engine: Engine, expression: str) -> None:
    for argv in (["d", expression, "--wrt", "x"], ["d", "--wrt", "x", expression], ["d", "--wrt", "x", "--", expression]):
        outcome = run(*argv)
        assert outcome.code == 0, outcome.err
        assert engine.calls.pop()[0] == expression


def test_a_dash_reads_standard_input(engine: Engine) -> None:
    assert run("d", "-", "--wrt", "x", stdin="‖x‖\n".encode()).code == 0
    assert engine.calls[0][0] == "‖x‖"


@pytest.mark.parametrize("stdin, word", [(b"\xff\xfe", "UTF-8"), (b"x + " * 100_000, "200 kB")])
def test_standard_input_that_cannot_be_read(engine: Engine, stdin: bytes, word: str) -> None:
    outcome = run("d", "-", "--wrt", "x", stdin=stdin)
    assert (outcome.code, outcome.out, engine.calls) == (2, "", [])
    assert word in outcome.err


# --- a pipe ---------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_the_bare_line_and_stderr_the_notes(engine: Engine) -> None:
    outcome = run("d", "x^T A x", "--wrt", "x")
    assert outcome == (0, "x^T (A + A^T)\n", "note: x is a column vector\nnote: A is a matrix\n")


def test_several_variables_get_a_line_each_and_one_copy_of_the_notes(engine: Engine) -> None:
    outcome = run("d", "x^T A x", "--wrt", "x,y")
    assert outcome.out == "x: x^T (A + A^T)\ny: x^T (A + A^T)\n"
    assert outcome.err.count("note: A is a matrix") == 1


def test_two_variables_at_order_two_are_one_answer(engine: Engine) -> None:
    assert run("d", "x^T A y", "--wrt", "x", "--wrt", "y", "--order", "2").out == "x^T (A + A^T)\n"
    assert engine.calls[0][1] == ["x", "y"]


def test_the_format_is_honoured(engine: Engine) -> None:
    assert run("d", "x^T A x", "--wrt", "x", "--format", "unicode").out == "xᵀ (A + Aᵀ)\n"
    assert run("d", "x^T A x", "--wrt", "x", "--format", "latex").out == ROW["latex"] + "\n"


def test_steps_come_before_the_answer_which_stays_the_last_line(engine: Engine) -> None:
    brief, full = (["df = 2 x^T A dx   " + level, "", "x^T (A + A^T)"] for level in ("brief", "full"))
    assert run("d", "x^T A x", "--wrt", "x", "--steps").out.splitlines() == brief
    assert run("d", "--steps", "x^T A x", "--wrt", "x").out.splitlines() == brief
    assert run("d", "--steps", "full", "x^T A x", "--wrt", "x").out.splitlines() == full
    assert run("d", "x^T A x", "--steps=full", "--wrt", "x").out.splitlines() == full
    assert json.loads(run("d", "x^T A x", "--wrt", "x", "--steps", "full", "--json").out)["steps"] == [{"rule": "full"}]


def test_an_answer_that_was_not_checked_says_so(engine: Engine) -> None:
    engine.answer |= {"verified": "not checked", "check": None}
    assert "not checked" in run("d", "x^T A x", "--wrt", "x", "--no-verify").err
    assert "not checked" in run("d", "x^T A x", "--wrt", "x", "--no-verify", terminal=True).out


def test_json(engine: Engine) -> None:
    found = json.loads(run("d", "x^T A x", "--wrt", "x", "--json").out)
    check = {
        "points": 3,
        "sizes": [{"n": 2}, {"n": 3}, {"n": 4}],
        "digits": 33,
        "switches": [],
        "one_sided": [],
        "unseen": [],
        "against": "a numerical derivative",
        "alone": [],
    }
    readings = [{"name": "x", "kind": "vector", "shape": "R^n", "because": "a small letter among vectors and matrices", "declared": False}]
    assert found == {**ROW, "shape": ["1", "n"], "wrt": ["x"], "order": 1, "check": check, "readings": readings}
    both = json.loads(run("d", "x^T A x", "--wrt", "x,y", "--json", terminal=True).out)
    assert [one["wrt"] for one in both] == [["x"], ["y"]]
    mixed = json.loads(run("d", "x^T A x", "--wrt", "x,y", "--order", "2", "--json").out)
    assert (mixed["wrt"], mixed["order"]) == (["x", "y"], 2)


def test_shapes_lines_up_its_columns(engine: Engine) -> None:
    assert run("shapes", "x^T x").out == "x      n×1\nx^T    1×n\nx^T x  1×1\n"
    assert "x^T x  1×1" in plain(run("shapes", "x^T x", terminal=True).out)


# --- a terminal -----------------------------------------------------------------------------------------------------


def test_a_terminal_gets_a_panel_that_says_everything(engine: Engine) -> None:
    outcome = run("d", "x^T A x", "--wrt", "x", terminal=True)
    assert outcome.err == ""
    for word in ("d/dx", "xᵀ (A + Aᵀ)", "1×n, a row", "numerator", "A in R^{n x n}", "A is a matrix", "verified", "╭"):
        assert word in outcome.out


def test_square_brackets_of_an_index_form_are_not_markup(engine: Engine) -> None:
    engine.answer["unicode"] = "J[i,j] = δ[i,j] x[k] :smile: [bold]"
    assert "J[i,j] = δ[i,j] x[k] :smile: [bold]" in run("d", "x", "--wrt", "x", terminal=True).out


@pytest.mark.parametrize("columns", ["1", "10", "24"])
def test_a_narrow_terminal_loses_nothing_of_the_formula(engine: Engine, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    engine.answer["unicode"] = "abcdefghijklmnopqrstuvwxyz" * 3
    outcome = run("d", "x^T A x", "--wrt", "x", terminal=True)
    assert outcome.code == 0
    if columns == "24":
        assert engine.answer["unicode"] in "".join(c for c in plain(outcome.out) if c.isalpha())


def test_asking_for_a_format_gives_the_bare_line_on_a_terminal_too(engine: Engine) -> None:
    assert run("d", "x^T A x", "--wrt", "x", "--format", "latex", terminal=True).out == ROW["latex"] + "\n"


def test_no_colour_when_no_colour_is_wanted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    colour = re.compile(r"\x1b\[(\d+;)*3\d")
    assert not colour.search(run("d", "x^T A x", "--wrt", "x", terminal=True).out)
    monkeypatch.delenv("NO_COLOR")
    assert colour.search(run("d", "x^T A x", "--wrt", "x", terminal=True).out)


@pytest.mark.parametrize("terminal", [True, False])
def test_ascii_output_is_the_ascii_formula_not_question_marks(engine: Engine, terminal: bool) -> None:
    outcome = run("d", "x^T A x", "--wrt", "x", *([] if terminal else ["--format", "unicode"]), terminal=terminal, encoding="ascii")
    assert "x^T (A + A^T)" in outcome.out
    assert "?" not in outcome.out + outcome.err
    assert "1 x n, a row" in outcome.out or not terminal


def test_ascii_output_of_json_and_shapes(engine: Engine) -> None:
    assert json.loads(run("d", "x^T A x", "--wrt", "x", "--json", encoding="ascii").out)["unicode"] == ROW["unicode"]
    assert run("shapes", "x", encoding="ascii").out.splitlines()[0].split() == ["x", "n", "x", "1"]


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv, words",
    [
        (["d", "x^T A x", "--wrt", "x", "--colour", "red"], ["--colour"]),
        (["d", "x^T A x", "--wrt", "x", "--colour=red"], ["--colour"]),
        (["d", "--colour", "red", "x^T A x", "--wrt", "x"], ["--colour"]),
        (["d", "x^T A x", "--wrt", "x", "--ordre", "2"], ["--ordre", "--order"]),
        (["d", "x^T A x", "--wrt", "x", "-v"], ["-v"]),
        (["d", "--verbose"], ["--verbose"]),
        (["d"], ["expression"]),
        (["d", "--wrt", "x"], ["expression"]),
        (["d", "x^T A x", "--wrt"], ["--wrt"]),
        (["d", "x^T", "A", "x", "--wrt", "x"], ["3", "quotes"]),
        (["d", "x", "--wrt", "x", "--layout", "sideways"], ["sideways", "numerator"]),
        (["d", "x", "--wrt", "x", "--order", "-1"], ["-1"]),
        (["d", "x", "--wrt", "x", "--order", "two"], ["two"]),
        (["gradient", "x^T x"], ["gradient", "did you mean grad?"]),
        (["shape", "x^T x"], ["shape", "did you mean shapes?"]),
        (["jacobean", "x"], ["did you mean jacobian?"]),
        (["frob"], ["frob", "shapes", "matcalc d frob"]),
        (["--nonsense"], ["--nonsense"]),
        (["shapes"], ["expression"]),
    ],
)
def test_a_wrong_command_line_is_refused_by_name(engine: Engine, argv: list[str], words: list[str]) -> None:
    outcome = run(*argv)
    assert (outcome.code, outcome.out, engine.calls) == (2, "", [])
    assert all(word in outcome.err for word in words), outcome.err


def test_a_refusal_shows_the_place_and_what_was_meant(engine: Engine) -> None:
    engine.failure = ReadingError("( is never closed", text="x^T (A x", span=(4, 5), suggestion="did you mean x^T (A x)?")
    outcome = run("d", "x^T (A x", "--wrt", "x")
    assert outcome == (2, "", "error: ( is never closed\n  x^T (A x\n      ^\ndid you mean x^T (A x)?\n")


@pytest.mark.parametrize("failure", [NoAnswerError("it has no closed form"), VerificationError("it disagrees at a point")])
def test_no_answer_is_exit_code_one(engine: Engine, failure: NoAnswerError) -> None:
    engine.failure = failure
    assert run("d", "x", "--wrt", "x") == (1, "", f"error: {failure.message}\n")


def test_a_failed_check_says_failed_in_json(engine: Engine) -> None:
    engine.failure = VerificationError("it disagrees at a point")
    outcome = run("d", "x", "--wrt", "x", "--json")
    assert (outcome.code, json.loads(outcome.out)["verified"]) == (1, "failed")


@pytest.mark.parametrize("failure", [KeyError("x"), RecursionError("too deep"), MemoryError(), AssertionError("a\x1b[31m b")])
def test_a_bug_is_owned_up_to_without_a_traceback(engine: Engine, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    engine.failure = failure
    outcome = run("d", "x^T A x", "--wrt", "x")
    assert (outcome.code, outcome.out) == (1, "")
    assert "internal error (a bug)" in outcome.err and type(failure).__name__ in outcome.err
    assert "'x^T A x'" in outcome.err, "a report needs the expression"
    assert "Traceback" not in outcome.err and "\x1b" not in outcome.err
    monkeypatch.setenv("MATCALC_DEBUG", "1")
    with pytest.raises(type(failure)):
        run("d", "x^T A x", "--wrt", "x")


def test_control_c_is_130(engine: Engine) -> None:
    engine.failure = KeyboardInterrupt()
    assert run("d", "x", "--wrt", "x").code == 130


def test_a_control_character_never_reaches_the_terminal(engine: Engine) -> None:
    for argv in (["d", "x", "--wrt", "x", "--layout", "\x1b[31m"], ["--\x1b[31m"], ["d", "a\x1b", "b\u202e", "--wrt", "x"]):
        outcome = run(*argv)
        assert outcome.code == 2
        assert not {"\x1b", "\u202e"} & set(outcome.err)


# --- the process ----------------------------------------------------------------------------------------------------


def test_help_teaches_by_example() -> None:
    for argv, words in ((["--help"], ["d", "shapes", "matcalc d"]), (["d", "--help"], ["--wrt", "--where", "--layout", "matcalc d"])):
        outcome = run(*argv)
        assert (outcome.code, outcome.err) == (0, "")
        assert all(word in outcome.out for word in words)
    assert run().out == run("--help").out


def test_version() -> None:
    assert run("--version") == (0, f"matcalc {matcalc.__version__}\n", "")


@pytest.mark.parametrize("argv", [["--help"], ["d", "--help"], ["--version"], ["d", "x", "--wrt", "x", "--colour"]])
def test_what_needs_no_engine_loads_none(argv: list[str]) -> None:
    code = f"import sys; from matcalc.commands.cli import main; main({argv!r}); sys.stderr.write(' '.join(sys.modules))"
    loaded = set(python("-c", code).err.split())
    assert "click" in loaded
    assert not loaded & {"numpy", "sympy", "lark", "rich", "dataclasses", "importlib.metadata"}


def test_a_short_answer_in_a_pipe_loads_nothing_slow() -> None:
    code = "import sys; from matcalc.__main__ import run; run(); sys.stderr.write(' '.join(sys.modules))"
    outcome = python("-c", code, "d", "x^T A x", "--wrt", "x")
    assert outcome.out == "x^T (A + A^T)\n"
    assert not set(outcome.err.split()) & {"numpy", "sympy", "lark", "rich", "dataclasses", "importlib.metadata"}


def test_python_m_and_the_launcher_are_the_command() -> None:
    assert python("-m", "matcalc", "--version") == python("cli.py", "--version") == run("--version")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", line, "bash", sys.executable], capture_output=True, text=True, cwd=ROOT, timeout=60)


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = shell('"$1" cli.py --help | true; "$1" cli.py d --help | head -n 1')
    assert (done.returncode, done.stderr) == (0, "")


def test_output_that_cannot_be_written_is_an_error() -> None:
    for line in ('"$1" cli.py --help >&-', '"$1" cli.py --help >/dev/full'):
        done = shell(line)
        assert done.returncode == 1
        assert "cannot write" in done.stderr and "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_closed_stdin_and_stderr() -> None:
    done = shell('"$1" cli.py d - --wrt x <&-')
    assert (done.returncode, done.stdout) == (2, "") and "standard input" in done.stderr
    assert shell('"$1" cli.py d --colour 2>&-').returncode == 2


# --- with the real engine: the lines that issue and documentation promise ----------------------------------------------


@pytest.mark.parametrize(
    "argv, line",
    [
        (["x^T A x", "--wrt", "x"], "x^T (A + A^T)"),
        (["x^T A x", "--wrt", "x", "--where", "A in S^n"], "2 x^T A"),
        (["tr(AXB)", "--wrt", "X"], "A^T B^T"),
        (["tr(AXB)", "--wrt", "X", "--layout", "strict"], "B A"),
        (["logdet(X)", "--wrt", "X"], "X^-T"),
        (["||A x - b||^2", "--wrt", "x"], "2 (A x - b)^T A"),
        (["a^T X^-1 b", "--wrt", "X"], "-X^-T a b^T X^-T"),
        (["sin(A x + b)", "--wrt", "x"], "diag(cos(A x + b)) A"),
        ([r"\frac{1}{2}\lVert y - \Phi\theta\rVert_2^2", "--wrt", "theta"], "-(y - Phi theta)^T Phi"),
        (["-x^T x", "--wrt", "x"], "-2 x^T"),
    ],
)
def test_the_answers_that_everyone_knows(argv: list[str], line: str) -> None:
    outcome = run("d", *argv)
    assert (outcome.code, outcome.out) == (0, line + "\n"), outcome.err


def test_a_rekinding_is_reported() -> None:
    assert "theta" in run("d", r"\frac{1}{2}\lVert y - \Phi\theta\rVert_2^2", "--wrt", "theta").err


def test_the_same_answer_whatever_the_hash_seed() -> None:
    argv = ["-m", "matcalc", "d", "log det(X X^T + c I) + a^T X b + sum(exp(X b))", "--wrt", "X,b", "--json"]
    outcomes = {python(*argv, env={"PYTHONHASHSEED": seed}) for seed in "0123"}
    assert len(outcomes) == 1
    assert outcomes.pop().code == 0


# --- help and completion --------------------------------------------------------------------------------------------


def names_of_commands() -> list[str]:
    import click

    from matcalc.commands.menu import command

    return command.list_commands(click.Context(command))


def test_help_has_every_command_and_prints_on_any_terminal() -> None:
    top = run("--help", encoding="ascii").out
    for name in names_of_commands():
        assert f"\n  {name} " in top
        page = run(name, "--help", encoding="ascii")
        assert (page.code, page.err) == (0, "")
        assert page.out.startswith("Usage: ") and "\\u" not in page.out and "\\x" not in page.out, name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    script = run("completion", shell).out
    assert "_MATCALC_COMPLETE" in script and "%(" not in script
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=script, capture_output=True, encoding="utf-8")
        assert (done.returncode, done.stderr) == (0, "")
    assert run("completion", "tcsh").code == 2


@pytest.mark.parametrize(
    "words, found",
    [
        ("matcalc ta", {"taylor"}),
        ("matcalc d --no", {"--notation", "--no-verify"}),
        ("matcalc d --format ", {"text", "latex", "latex-doc", "mathml"}),
        ("matcalc completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_what_bash_completes(words: str, found: set[str]) -> None:
    env = {"_MATCALC_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    outcome = python("-m", "matcalc", env=env)
    assert found <= {line.partition(",")[2] for line in outcome.out.splitlines()}, outcome


# ---------------------------------------------------------------------------------------------- questions without options


@pytest.mark.parametrize(
    "argv, answer, note",
    [
        (["x^T A x"], "x^T (A + A^T)", "note: by x, the customary variable here; there is also A"),
        (["d", "d/dx x^T A x"], "x^T (A + A^T)", "note: x in R^n"),
        (["d", "x^T x"], "2 x^T", "note: by x"),
        (["grad", "sum(log(x))"], "1 ./ x", "note: by x"),
        (["sin(t)"], "cos(t)", "note: by t"),
        (["-s^2", "--where", "s in R"], "-2 s", "note: by s"),
        (["||y - Phi theta||^2"], "-2 (y - Phi theta)^T Phi", "note: by theta"),
        (["x_i^2", "--where", "x in R^n; i in N"], "2 x_i I_n[i,:]", "note: by x"),
        (["x^T A x", "--wrt", "A"], "x x^T", ""),
    ],
)
def test_the_sensible_variable(argv: list[str], answer: str, note: str) -> None:
    outcome = run(*argv)
    assert (outcome.code, outcome.out) == (0, f"{answer}\n"), outcome
    assert note in outcome.err


@pytest.mark.parametrize(
    "argv, words",
    [(["a^T b"], "--wrt a --wrt b"), (["d", "x^T A x"], "--wrt x --wrt A"), (["w^T x"], "--wrt w --wrt x"), (["d", "3"], "no variable")],
)
def test_variables_that_could_be_meant_are_listed(argv: list[str], words: str) -> None:
    outcome = run(*argv)
    assert (outcome.code, outcome.out) == (2, "") and words in outcome.err


def test_a_file_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "formula.tex"
    file.write_text("\\lVert A x - b \\rVert^2\n", encoding="utf-8")
    outcome = run("d", str(file), "--wrt", "x")
    assert outcome.out == "2 (A x - b)^T A\n" and f"note: read from {file}" in outcome.err
    file.write_bytes(b"\xff")
    assert run("d", str(file), "--wrt", "x").code == 2
    assert run("d", str(tmp_path / "none.tex"), "--wrt", "x").code == 2


AT = {
    ("x^2 y", "--wrt", "x", "--at", "x = 3; y = 2"): "12",
    ("x^2 y", "--wrt", "x", "--at", "x = 1/3; y = 2"): "1.33333333333333",
    ("x^T A x", "--wrt", "x", "--at", "x = [1; 2]; A = [1, 2; 3, 4]"): "[12, 21]",
    ("x^T A x", "--wrt", "x", "--layout", "denominator", "--at", "x = [1; 2]; A = [1, 2; 3, 4]"): "[12; 21]",
    ("sin(x)", "--wrt", "x", "--at", "pi"): "-1",
    ("x y", "--wrt", "x,y", "--at", "x = 1; y = 2"): "x: 2\ny: 1",
    ("tr(A X)", "--wrt", "X", "--at", "A = [1, 2; 3, 4]"): "[1, 3; 2, 4]",
}


@pytest.mark.parametrize(("args", "expected"), AT.items())
def test_the_value_at_a_point(args: tuple[str, ...], expected: str) -> None:
    assert run("d", *args).out.strip() == expected


def test_a_point_lacks_nothing_and_has_nothing_more() -> None:
    answer = json.loads(run("hessian", "x^2 y", "--wrt", "x,y", "--at", "x = 3; y = 2", "--json").out)
    assert answer["value"] == [[4, 6], [6, 0]] and answer["at"] == "x = 3; y = 2"
    assert "no value was given for y" in run("d", "x y", "--wrt", "x", "--at", "x = 1").err
    assert "z does not occur" in run("d", "x y", "--wrt", "x", "--at", "y = 1; z = 2").err
    assert "twice" in run("d", "x y", "--wrt", "x", "--at", "y = 1; y = 2").err
    assert "has no name" in run("hessian", "x y", "--wrt", "x,y", "--at", "1").err
    assert "value" in run("d", "x y", "--wrt", "x", "--at", "y = 2", terminal=True).out


def test_the_names_of_the_text_are_written_out_on_demand() -> None:
    text = ["r = A x - b; r^T r", "--wrt", "x"]
    assert [run("d", *text, *more).out for more in ([], ["--inline"])] == ["r = A x - b; 2 r^T A\n", "2 (A x - b)^T A\n"]
    assert run("grad", *text, "--inline").out == "2 A^T (A x - b)\n"


def test_pretty_draws_in_a_pipe_too() -> None:
    assert run("d", "x/y", "--wrt", "y", "--pretty", "--where", "x, y in R").out == "  x\n- ──\n  y²\n"
    assert run("hessian", "x^T A x", "--wrt", "x", "--pretty").out == "A + Aᵀ\n"
    drawn = run("d", "x/sum(x)", "--wrt", "x", "--pretty", "--where", "x in R^n").out  # the call sum(x) is not drawn as a sign of a sum
    assert [line.strip() for line in drawn.splitlines()] == ["x ones(n)ᵀ", "I - ──────────", "sum(x)", "──────────────", "sum(x)"]
    refused = run("d", "x^2", "--wrt", "x", "--pretty", "--format", "latex")
    assert refused.code == 2 and "--pretty is a spelling of its own" in refused.err
