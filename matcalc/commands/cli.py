"""The command: an ordinary line is read here (`plain`), any other by Click; Rich draws on a terminal, a pipe gets the bare line.

Nothing is imported at the top but what every line needs. Click, the engine and Rich come in inside the functions that use them, so that
`--help` and a mistyped option answer at once, and a short answer pays for none but the engine.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress

from ..errors import MatcalcError, VerificationError
from .console import complain, cut, print_json
<<<<<<< HEAD
from .plain import answered
=======

# What `--help` says of each command. They live in modules of their own, `matcalc.commands.NAME`, whose `command` is imported when it
# is called.
SECTIONS = {
    "Derivatives": {
        "d": "the derivative of an expression, in closed form",
        "grad": "the gradient: a column, or of the matrix's own shape",
        "jacobian": "the first partial derivatives, m x n",
        "hessian": "the second derivatives",
        "directional": "the derivative along a direction, and steepest ascent",
        "shapes": "every subexpression with its shape",
        "rules": "the rule book: statements, conditions, sources",
    },
    "What one does with them": {
        "check": "is the derivative in my draft right?",
        "paper": "are the derivatives in my paper right?",
        "code": "a program in NumPy, JAX, PyTorch, Octave or R",
        "batch": "all the formulas of a file",
        "ask": "questions and answers as lines of JSON, for programs",
        "taylor": "Taylor polynomials and series",
        "linearize": "the tangent at a point",
        "stationary": "where the gradient vanishes, in closed form",
        "jacdet": "the Jacobian determinant of a change of variables",
        "graph": "the computational graph, forward and reverse mode",
        "plot": "curves and level lines, with gradients",
    },
    "To begin with": {
        "web": "the page in your browser, with this installation as its engine",
        "tour": "a walk through Mathematics for Machine Learning",
        "mcp": "tools for assistants, by the Model Context Protocol",
        "completion": "make bash, zsh or fish complete commands and options",
    },
}
NAMES = tuple(name for section in SECTIONS.values() for name in section)


LEAST_WORD = 3  # letters: a word that long is a command, and no expression


class Commands(click.Group):
    """The group. What is no command and no word is an expression, whose derivative is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NAMES:
            return None
        from importlib import import_module

        found: click.Command = import_module(f".{cmd_name}", __package__).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By sections, without importing a single command."""
        for title, hints in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(hints.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        minus = args[:1] and args[0].startswith("-") and not args[0].startswith("--")
        return super().parse_args(ctx, ["d", *args] if minus else args)  # -x^2 is an expression

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in NAMES:
            word = args[0]
            if word.isalpha() and len(word) >= LEAST_WORD and word.isascii():
                near = nearest(word)
                hint = f"did you mean {near}?" if near else f"for a derivative: matcalc d {shlex.quote(cut(word))}"
                raise click.UsageError(f"no command {cut(word)!r} (there are: {', '.join(NAMES)}); {hint}", ctx)
            args = ["d", *args]
            ctx.find_root().meta["matcalc.without_command"] = True
        return super().resolve_command(ctx, args)


def nearest(word: str) -> str:
    """The command that a misspelt one is near to; "" if there is none."""
    from difflib import get_close_matches

    begun = [n for n in NAMES if len(n) > 1 and (word.startswith(n) or n.startswith(word))]
    return next(iter(begun or get_close_matches(word, NAMES, 1)), "")
>>>>>>> Programs in R; a function that PyTorch and JAX differentiate by the closed form; evaluate takes the program when it is called again

DEPENDENCIES = ("click", "lark", "mpmath", "numpy", "rich", "sympy")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 fine, 1 no answer, 2 bad input. Nothing leaves as a traceback."""
    if sys.stdout is None:  # what Python makes of `matcalc … >&-`
        complain("error: cannot write the answer: standard output is closed")
        return 1
    _never_fail_to_encode()
    words = list(sys.argv[1:] if args is None else args)
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # an overflow that the engine met and handled is no news to the reader
            code = answered(words)
            if code is None:
                from .menu import called

                code = called(words)
        return _flushed(code)
    except MatcalcError as error:
        if "--json" in words:
            state = {"verified": "failed"} if isinstance(error, VerificationError) else {}
            print_json({**state, "error": error.as_dict()})
        complain(f"error: {error}")
        return _flushed(error.exit_code)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # met in writing; one met in opening a file has its name
            return _unwritten(error)
        if isinstance(error, ModuleNotFoundError) and error.name in DEPENDENCIES:  # a bare checkout: an ordinary `d` needs none of them
            complain(f"matcalc needs {error.name}; in the checkout: python3 -m pip install .")
            return 1
        if os.environ.get("MATCALC_DEBUG"):
            raise
        from shlex import join

        complain(f"matcalc: internal error (a bug): {type(error).__name__}: {cut(str(error), 300)}")
        complain(f"please report it with the expression: matcalc {join(map(cut, words))}")
        return 1


def _never_fail_to_encode() -> None:
    # A last resort where no ASCII spelling exists: an escape is ugly, but unlike a "?" it cannot be taken for an answer.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    """`code`, once the answer has really been written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return _unwritten(error)
    return code


def _unwritten(error: OSError) -> int:
    """A full disk is worth a word, a reader that went away (`| head`) is not."""
    if not isinstance(error, BrokenPipeError):
        complain(f"error: cannot write the answer: {error.strerror}")
    with suppress(OSError, ValueError):  # or the interpreter flushes once more at its end, and fails aloud
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
