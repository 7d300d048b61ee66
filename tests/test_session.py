"""`matcalc` alone on a terminal, and the magic of notebooks: formulas one after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from console import ROOT, run

import matcalc
from matcalc import notebook
from matcalc.commands.session import COMMANDS, Session, _toolkit
from matcalc.errors import MatcalcError, UsageError


def answers(*lines: str) -> list[str]:
    session = Session()
    return [session.answer(line) for line in lines]


def test_a_formula_gets_its_derivative_with_what_was_assumed() -> None:
    assert answers("x^T A x")[-1].splitlines() == [
        "note: by x, the customary variable here; there is also A",
        "note: x in R^n, A in R^{n x n} (inferred)",
        "xᵀ (A + Aᵀ)",
        "  1×n, a row, numerator; agrees with a numerical derivative to 33 digits at 3 points",
    ]


def test_names_keep_their_declarations() -> None:
    found = answers("A in S^n", ":by x", "x^T A x", ":text", ":forget A", "x^T A x", ":text", ":where")
    assert found[0] == "A in R^n x n symmetric" or found[0].startswith("A in ")
    assert (found[3], found[6], found[7]) == ("2 x^T A", "x^T (A + A^T)", "nothing is declared")


def test_ans_is_the_last_answer() -> None:
    assert answers("x in R", "x^3", "ans", ":text")[-1] == "6 x"
    with pytest.raises(UsageError, match="no answer yet"):
        answers("ans + x")


@pytest.mark.parametrize(
    "lines, part",
    [
        (["||A x - b||^2", ":steps"], "Magnus & Neudecker"),
        (["||A x - b||^2", ":latex"], "2 (A x - b)^{T} A"),
        (["||A x - b||^2", ":code jax"], "import jax.numpy as jnp"),
        (["||A x - b||^2", ":code"], "import numpy as np"),
        (["||A x - b||^2", ":hessian"], "2 Aᵀ A"),
        ([":grad ||A x - b||^2"], "2 Aᵀ (A x - b)"),
        ([":jacobian sin(A x)"], "diag(cos(A x)) A"),
        (["||A x - b||^2", ":check 2 A^T (A x - b)"], "not equal: "),
        (["||A x - b||^2", ":check 2 (A x - b)^T A"], "equal"),
        (["||A x - b||^2", ":shapes"], "A x - b   m×1"),
        ([":layout denominator", "||A x - b||^2"], "2 Aᵀ (A x - b)"),
        ([":by x, b", "||A x - b||^2"], "b: "),
        ([":help"], ":code [numpy|jax|torch|octave|r|…]"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_the_commands_say(lines: list[str], part: str) -> None:
    assert part in answers(*lines)[-1]


@pytest.mark.parametrize("line", [":fly", ":steps", ":layout sideways", "x^T A +", ":check", ":shapes"])
def test_what_is_refused(line: str) -> None:
    with pytest.raises(MatcalcError):
        answers(line)


def test_it_asks_by_which_variable_in_its_own_words() -> None:
    with pytest.raises(UsageError, match="by which variable") as told:
        answers("a^T b")
    assert told.value.suggestion == "say one of :by a :by b"


def test_every_command_of_the_help_is_there() -> None:
    assert len(COMMANDS) == 16 and all(callable(getattr(Session, f"_{name[1:]}")) for name in COMMANDS)


def test_names_are_completed() -> None:
    session = Session()
    session.answer("A in S^n")
    session.answer(":by beta")
    session.answer("beta^T A beta")
    assert {":steps", "ans", "A", "beta", "softmax", "logdet", r"\lambda", r"\frac"} <= set(session.names())


def test_commands_without_their_colon() -> None:
    session = Session()
    assert session.answer("where A in S^n") == "A in R^{n x n} symmetric" and session.answer("where") == "A in R^{n x n} symmetric"
    session.answer("x^T A x")
    assert "def gradient" in session.answer("code jax") and session.answer("help").startswith("A formula")
    for word in ("exit", "quit"):
        with pytest.raises(EOFError):
            session.answer(word)


def test_a_line_is_completed_by_prompt_toolkit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    completion = pytest.importorskip("prompt_toolkit.completion")
    document = pytest.importorskip("prompt_toolkit.document")
    seen: list[Any] = []

    class Prompt:
        def __class_getitem__(cls, _: object) -> type[Prompt]:
            return cls

        def __init__(self, completer: Any, **options: Any) -> None:
            seen.append(completer)
            self.prompt = input

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("prompt_toolkit.PromptSession", Prompt)
    assert _toolkit(Session()) is not None
    for typed, wanted in ((r"a^T \lamb", r"\lambda"), (":st", ":steps"), ("2 softm", "softmax")):
        found = seen[0].get_completions(document.Document(typed), completion.CompleteEvent())
        assert wanted in [one.text for one in found]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gets_a_session_and_a_pipe_the_help(tmp_path: Path) -> None:
    assert "Usage" in run().out
    import pty

    sent = [b"x^T A x\n", b"x^T A +\n", b":quit\n"]
    out = b""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TERM": "dumb"}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "matcalc"], environment)
    try:
        while True:
            out += os.read(terminal, 4096)
            if sent and out.rstrip().endswith(("∂".encode(), b">")):
                os.write(terminal, sent.pop(0))
                out += b"\n"
    except OSError:  # the child is gone
        pass
    _, status = os.waitpid(child, 0)
    text = out.decode()
    assert status == 0 and "xᵀ (A + Aᵀ)" in text and "error: the expression ends with `+`" in text
    assert (tmp_path / ".matcalc_history").is_file()


# ---------------------------------------------------------------------------------------------- notebooks


def shown(line: str, cell: str | None = None) -> list[Any]:
    return list(notebook.answers(line, cell))


def test_the_magic_is_registered() -> None:
    found: dict[str, Callable[..., None]] = {}

    class Shell:
        def register_magic_function(self, function: Callable[..., None], kind: str, name: str) -> None:
            assert kind == "line_cell"
            found[name] = function

    matcalc.load_ipython_extension(Shell())
    assert found == {"matcalc": notebook.matcalc}


def test_a_line_and_a_cell() -> None:
    (line,) = shown('x^T A x --wrt x --where "A in S^n"')
    assert line.text == "2 x^T A"
    (cell,) = shown("--wrt=x --order 2", "\n  \\|A x - b\\|^2\n")
    assert cell.text == "2 A^T A"
    assert [d.text for d in shown("a^T X b --wrt a,X")] == ["(X b)^T", "a b^T"]


def test_what_else_is_shown() -> None:
    d, steps, code, verdict = shown("x^T A x --wrt x --steps --code jax --check '2 x^T A'")
    assert d.text == "x^T (A + A^T)" and "\\begin{aligned}" in steps._repr_markdown_()
    assert code._repr_markdown_().startswith("```python\n") and "import jax" in repr(code)
    assert repr(verdict) == "**not equal**: right only if A is symmetric"


@pytest.mark.parametrize("line", ["x^T A + --wrt x", "x --fly", "x --wrt", "x --order two", 'x --where "'])
def test_what_a_notebook_is_told(line: str) -> None:
    (told,) = shown(line)
    assert "error: " in told._repr_markdown_()
