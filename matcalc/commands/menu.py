"""The group of the commands, for Click: what `--help` says of them, and which of them a line means."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

import click

from .console import WITHOUT_COMMAND, complain, cut

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
        "check-steps": "does every line of my derivation follow?",
        "paper": "are the derivatives in my paper right?",
        "code": "a program in NumPy, JAX, PyTorch, Octave, MATLAB, R or C++",
        "batch": "all the formulas of a file",
        "ask": "questions and answers as lines of JSON, for programs",
        "taylor": "Taylor polynomials and series",
        "linearize": "the tangent at a point",
        "stationary": "where the gradient vanishes, in closed form",
        "jacdet": "the Jacobian determinant of a change of variables",
        "implicit": "derivatives of the solution of an equation, and their adjoints",
        "lagrange": "the equation of motion of a Lagrangian",
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

        found: click.Command = import_module(f".{cmd_name.replace('-', '_')}", __package__).command
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
            ctx.find_root().meta[WITHOUT_COMMAND] = True
        return super().resolve_command(ctx, args)


def nearest(word: str) -> str:
    """The command that a misspelt one is near to; "" if there is none."""
    from difflib import get_close_matches

    begun = [n for n in NAMES if len(n) > 1 and (word.startswith(n) or n.startswith(word))]
    return next(iter(begun or get_close_matches(word, NAMES, 1)), "")


def called(args: Sequence[str]) -> int:
    """Run the command of a line; what Click refuses is said, with the page of help that tells more."""
    try:
        return int(command.main(args=list(args), prog_name="matcalc", standalone_mode=False) or 0)
    except click.ClickException as error:
        complain(f"error: {error.format_message()}")
        ctx = getattr(error, "ctx", None)
        if ctx is not None:
            complain(f"see: {ctx.command_path} --help")
        return 2
    except click.Abort:
        return 130


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help"]},
    epilog="""\b
Examples:
  matcalc "x^T A x"                                      d is the command where none is given
  matcalc d "x^T A x" --wrt x
  matcalc d "log det X + a^T X^-1 a" --wrt X --where "X in S^n; a in R^n"
  matcalc d "1/N sum_{i=1}^N (w^T x_i - y_i)^2" --wrt w --where "x_i in R^n; y_i in R"
  matcalc check "x^T A x" --wrt x --claim "2 x^T A"      right only if A is symmetric
  matcalc code "sum(log(1 + exp(-y .* (X w))))" --wrt w
  matcalc shapes "a^T X^-1 b"

Undeclared names: lower-case letters are column vectors, upper-case letters matrices, lower-case Greek letters scalars; if
the expression does not fit, the nearest reading that does is taken and said. LaTeX is read as well as plain text.

\b
In a script: the answer goes to standard output, what was assumed to standard error; --json has all of it.
Exit codes: 0 answered, 1 no answer (or its check failed), 2 the input was refused, 130 interrupted.
More on each command: matcalc d --help""",
)
@click.option("--version", is_flag=True, help="Print the version and exit.")
@click.pass_context
def command(ctx: click.Context, version: bool) -> int:
    """Derivatives of matrix expressions in closed form, checked numerically before they are shown."""
    if version:
        from .._version import __version__

        print(f"matcalc {__version__}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
            from .session import Session, run, typed

            session = Session()
            return run(session, typed(session))
        print(ctx.get_help())
    return 0
