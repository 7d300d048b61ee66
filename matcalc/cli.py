"""The command: Click reads the arguments, Rich draws on a terminal, a pipe gets the bare line.

Only Click is imported at the top. The engine and Rich come in inside the functions that use them, so that `--help` and a
mistyped option answer at once and a pipe never pays for Rich.
"""

from __future__ import annotations

import os
import shlex
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from .console import (
    EXPRESSION_SETTINGS,
    OptionalWords,
    can_encode,
    cut,
    grid,
    notes_of,
    one_line,
    print_json,
    shape_words,
    spellable,
    split_names,
    takes_expression,
)
from .errors import MatcalcError, VerificationError, printable

if TYPE_CHECKING:
    from rich.table import Table

    from . import Derivative

LAYOUTS = ("numerator", "denominator", "strict")
STRUCTURES = ("symmetric-space", "independent")
LEVELS = ("brief", "full")
NOTATIONS = ("auto", "matrix", "index", "kron", "differential", "cases")
FORMATS = ("text", "unicode", "latex", "latex-doc", "typst", "mathml", "markdown")

Form = tuple[str, Mapping[str, Any]] | None  # a format and the style of its LaTeX
# What `--help` says of each command. All but `d` and `shapes` live in modules of their own, `matcalc.commands.NAME`, whose `command`
# is imported when it is called.
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
        "code": "a program in NumPy, JAX, PyTorch or Octave",
        "batch": "all the formulas of a file",
        "taylor": "Taylor polynomials and series",
        "linearize": "the tangent at a point",
        "stationary": "where the gradient vanishes, in closed form",
        "jacdet": "the Jacobian determinant of a change of variables",
        "graph": "the computational graph, forward and reverse mode",
        "plot": "curves and level lines, with gradients",
    },
    "To begin with": {
        "tour": "a walk through Mathematics for Machine Learning",
        "completion": "make bash, zsh or fish complete commands and options",
    },
}
ELSEWHERE = tuple(name for section in SECTIONS.values() for name in section if name not in ("d", "shapes"))


class Commands(click.Group):
    """The group; an unknown command is most often an expression whose `d` was forgotten."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ELSEWHERE:
            from importlib import import_module

            found: click.Command = import_module(f".commands.{cmd_name}", __package__).command
            return found
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By sections, without importing a single command."""
        for title, hints in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(hints.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            word = cut(args[0])
            raise click.UsageError(
                f"no command {word!r} (there are: {known}); for a derivative: matcalc d {shlex.quote(word)} --wrt x", ctx
            )
        return super().resolve_command(ctx, args)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 fine, 1 no answer, 2 bad input. Nothing leaves as a traceback."""
    if sys.stdout is None:  # what Python makes of `matcalc … >&-`
        _complain("error: cannot write the answer: standard output is closed")
        return 1
    _never_fail_to_encode()
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # an overflow that the engine met and handled is no news to the reader
            code = command.main(args=args, prog_name="matcalc", standalone_mode=False)
        return _flushed(int(code or 0))
    except MatcalcError as error:
        _complain(f"error: {error}")
        return _flushed(error.exit_code)
    except click.ClickException as error:
        _complain(f"error: {error.format_message()}")
        ctx = getattr(error, "ctx", None)
        if ctx is not None:
            _complain(f"see: {ctx.command_path} --help")
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # met in writing; one met in opening a file has its name
            return _unwritten(error)
        if os.environ.get("MATCALC_DEBUG"):
            raise
        given = shlex.join(map(cut, sys.argv[1:] if args is None else args))
        _complain(f"matcalc: internal error (a bug): {type(error).__name__}: {cut(str(error), 300)}")
        _complain(f"please report it with the expression: matcalc {given}")
        return 1


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help"]},
    epilog="""\b
Examples:
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
        from . import __version__

        print(f"matcalc {__version__}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
    return 0


@command.command(
    "d",
    cls=OptionalWords,
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc d "||A x - b||^2" --wrt x                    2 (A x - b)^T A
  matcalc d "x^T A x" --wrt x --where "A in S^n"       a property simplifies the answer
  matcalc d "x^T A x" --wrt x --order 2                the Hessian
  matcalc d "a^T X b" --wrt a --wrt b                  one derivative each
  matcalc d "A X B" --wrt X --notation kron            d vec(F)/d vec(X)^T
  matcalc d "x^T A x" --wrt x --steps                  how it came about
  matcalc d "x^T A x" --wrt x --bold --transpose top   LaTeX for a paper; --format latex-doc a whole document
  matcalc d "\\frac{1}{2}\\lVert y - \\Phi\\theta\\rVert_2^2" --wrt theta --format latex
  echo "tr(A X B)" | matcalc d - --wrt X --json

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--wrt", multiple=True, required=True, metavar="X", help="The variable; repeat it, or separate by commas, for several.")
@takes_expression
@click.option("--order", type=click.IntRange(min=1), default=1, show_default=True, metavar="K", help="1 the derivative, 2 the Hessian.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="numerator",
    show_default=True,
    help="numerator: a gradient is a row; denominator: a column; strict: numerator, and by an m x n matrix it is n x m.",
)
@click.option("--notation", type=click.Choice(NOTATIONS), default="auto", show_default=True, help="How to write the answer.")
@click.option(
    "--structured",
    is_flag=False,
    flag_value=STRUCTURES[0],
    type=click.Choice(STRUCTURES),
    help="Stay within the set a matrix is declared to lie in (symmetric, skew, diagonal, lower, upper): the gradient in that space, "
    "or the derivatives by its independent entries.",
)
@click.option("--vectorize", is_flag=True, help="Sums over a family x_i as products with X, which has the rows x_i^T.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="The bare formula in this spelling, on a terminal too.")
@click.option("--bold", is_flag=True, help="LaTeX: vectors and matrices bold.")
@click.option("--transpose", type=click.Choice(("T", "top", "intercal")), help="LaTeX: the sign of a transpose.")
@click.option("--width", type=click.IntRange(min=1), metavar="N", help="LaTeX: break sums of more than N characters, in aligned.")
@click.option("--chain", is_flag=True, help="The chain rule along the statements of EXPR: each partial with its dimensions.")
@click.option(
    "--steps",
    is_flag=False,
    flag_value=LEVELS[0],
    type=click.Choice(LEVELS),
    help="The derivation, a rule of the book on each line, with its source; `full` with the small steps too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object (a list of them for several variables).")
@click.option("--no-verify", is_flag=True, help="Skip the numerical check.")
def differentiate(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    order: int,
    layout: str,
    notation: str,
    structured: str | None,
    vectorize: bool,
    format_: str | None,
    bold: bool,
    transpose: str | None,
    width: int | None,
    chain: bool,
    steps: str | None,
    as_json: bool,
    no_verify: bool,
) -> int:
    """The derivative of EXPR by X, in closed form.

    On a terminal the answer comes in a panel with its shape, layout and everything that was assumed. In a pipe it is the
    bare line, and the assumptions go to standard error.
    """
    options = {"layout": layout, "notation": notation, "verify": not no_verify, "structured": structured, "vectorize": vectorize}
    if chain and (order > 1 or layout != "numerator" or structured or vectorize):
        raise click.UsageError(
            "--chain is for first derivatives by free entries, in the numerator layout, with the sums as they stand",
            click.get_current_context(),
        )
    shown = form_of(format_, bold, transpose, width)
    return answer_by("derivative", expression, where, wrt, order, shown, steps, as_json, chain, **options)


def form_of(format_: str | None, bold: bool, transpose: str | None, width: int | None) -> Form:
    """The format and the style of its LaTeX; a style alone asks for LaTeX."""
    given = {"bold": bold or None, "transpose": transpose, "width": width}
    style = {name: value for name, value in given.items() if value is not None}
    if style and format_ not in (None, "latex", "latex-doc"):
        raise click.UsageError(f"--{next(iter(style))} is for LaTeX, not for --format {format_}", click.get_current_context())
    return (format_ or "latex", style) if format_ or style else None


def answer_by(
    taker: str,
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    order: int,
    form: Form,
    steps: str | None,
    as_json: bool,
    chain: bool = False,
    **options: Any,
) -> int:
    """Ask matcalc's function `taker` (derivative, grad, …) and print what it answers."""
    import matcalc

    names = split_names(wrt)
    if form and chain and form[0] not in ("text", "unicode", "latex"):
        raise click.UsageError("--chain is spelled as text, unicode or latex", click.get_current_context())
    if form and form[0] == "latex-doc" and len(names) > 1 and order == 1:
        raise click.UsageError("a document is about one variable", click.get_current_context())
    by = names[0] if len(names) == 1 else names
    if taker == "derivative":
        options["order"] = order
    options = {key: value for key, value in options.items() if value is not None and (key, value) != ("vectorize", False)}
    try:
        found = getattr(matcalc, taker)(expression, by, where="; ".join(filter(None, where)), **options)
    except VerificationError as error:
        if as_json:
            print_json({"verified": "failed", "error": error.message})
        raise
    several = isinstance(found, list)
    answers = list(zip(names, found)) if isinstance(found, list) else [("", found)]
    if as_json:
        objects = [_as_json(answer, [name] if several else names, order) for name, answer in answers]
        if steps:
            objects = [{**made, "steps": answer.steps.at(steps).as_list()} for made, (_, answer) in zip(objects, answers)]
        if chain:
            objects = [{**made, "chain": (c := answer.chain.as_dict()), "dims": c["dims"]} for made, (_, answer) in zip(objects, answers)]
        print_json(objects if several else objects[0])
    elif form is None and sys.stdout.isatty():
        for name, answer in answers:
            _draw(answer, [name] if several else names, order, steps, chain)
    else:
        _print_lines(answers, form or ("text", {}), steps, chain)
    return 0


def short_form(taker: str, order: int, leave_out: tuple[str, ...], help_: str, examples: str) -> click.Command:
    """A command that is `d` with some of its options fixed: it has the others, and asks matcalc's function `taker`."""

    def answered(
        expression: str,
        where: tuple[str, ...],
        wrt: tuple[str, ...],
        format_: str | None,
        bold: bool,
        transpose: str | None,
        width: int | None,
        steps: str | None,
        as_json: bool,
        no_verify: bool,
        **options: Any,
    ) -> int:
        form = form_of(format_, bold, transpose, width)
        return answer_by(taker, expression, where, wrt, order, form, steps, as_json, **options, verify=not no_verify)

    params = [p for p in differentiate.params if p.name not in (*leave_out, "chain")]
    epilog = f"\b\nExamples:\n{examples}"
    return OptionalWords(taker, params=params, callback=answered, help=help_, epilog=epilog, context_settings=dict(EXPRESSION_SETTINGS))


@command.command("shapes", context_settings=EXPRESSION_SETTINGS)
@takes_expression
def shapes(expression: str, where: tuple[str, ...]) -> int:
    """Every subexpression of EXPR with its inferred shape."""
    from . import subexpressions

    rows = [(one_line(text), spellable(shape)) for text, shape in subexpressions(expression, where="; ".join(filter(None, where)))]
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.text import Text

        table = grid("default")
        for text, shape in rows:
            table.add_row(Text(text), Text(shape, style="bold"))
        Console(highlight=False).print(table)
    else:
        width = min(60, max((len(text) for text, _ in rows), default=0))
        for text, shape in rows:
            print(f"{text:<{width}}  {shape}")
    return 0


def _print_lines(answers: Sequence[tuple[str, Derivative]], form: tuple[str, Mapping[str, Any]], steps: str | None, chain: bool) -> None:
    """For a pipe: what was assumed to stderr, then the formula, alone on its line, to stdout."""
    format_, style = form
    notes = {note: None for _, answer in answers for note in (*notes_of(answer), *(answer.chain.assumptions if chain else ()))}
    for note in notes:
        _complain(f"note: {one_line(note)}")
    for name, answer in answers:
        label = f"{one_line(name)}: " if name else ""
        if steps and format_ != "latex-doc":
            _print_steps(answer, steps, format_, style)
        if chain:
            print(answer.chain.spell(format_ if format_ != "unicode" or can_encode(answer.chain.unicode) else "text"))
            continue
        if format_ == "latex-doc":
            print(answer.document(**style))
            continue
        formula = answer.to_latex(**style) if style else answer.spell(format_)
        if format_ == "unicode" and not can_encode(formula):
            _complain("note: this output cannot carry Unicode; the formula is spelled in ASCII")
            formula = answer.text
        print(label + formula)


def _print_steps(answer: Derivative, level: str, format_: str, style: Mapping[str, Any]) -> None:
    """The derivation before the answer: in columns, or as an `align*` of LaTeX."""
    shown = answer.steps.at(level)
    if format_ == "latex":
        print(answer.latex_steps(level, **style))
        return
    text = shown.text(format_ if format_ == "unicode" else "text")
    print("\n".join(map(printable, (text if can_encode(text) else shown.text()).split("\n"))) + "\n")


def _as_json(answer: Derivative, wrt: Sequence[str], order: int) -> dict[str, Any]:
    return {
        "text": answer.text,
        "unicode": answer.unicode,
        "latex": answer.latex,
        "shape": [str(size) for size in answer.shape],
        "layout": answer.layout,
        "wrt": list(wrt),
        "order": order,
        "where": answer.where,
        "assumptions": list(answer.assumptions),
        "verified": answer.verified,
    }


def _draw(answer: Derivative, wrt: Sequence[str], order: int, steps: str | None, chain: bool) -> None:
    """For a terminal: the formula as in a book, and under it what one must know to use it."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    facts = grid()
    console = Console(highlight=False)
    lines = answer.lines(max(1, console.width - 6))  # the frame and its padding
    if not can_encode("".join(lines)):
        lines = answer.lines(max(1, console.width - 6), "text")
    if len(lines) > 1:
        facts.add_row("text", Text(answer.text))
    facts.add_row("shape", Text(shape_words([str(size) for size in answer.shape])))
    facts.add_row("layout", Text(answer.layout))
    if answer.where:
        facts.add_row("where", Text(printable(answer.where)))
    for k, assumption in enumerate(answer.assumptions):
        facts.add_row("assumed" if k == 0 else "", Text(printable(assumption), style="yellow"))
    if steps:
        facts.add_row("steps", _table(answer, steps))
    if chain:
        form = "unicode" if can_encode(answer.unicode) else "text"
        for k, (partial, value, dims) in enumerate(answer.chain.lines(form)):
            facts.add_row("chain" if k == 0 else "", Text(f"{partial} = {one_line(value)}   {spellable(dims.replace(' x ', '×'))}"))
    if answer.verified == "verified":
        facts.add_row("verified", Text("agrees with a numerical derivative", style="green"))
    else:
        facts.add_row("unverified", Text(answer.verified, style="yellow"))

    power = f"^{order}" if order > 1 else ""
    below = f"d{wrt[0]}{power}" if len(wrt) == 1 else " ".join(f"d{name}" for name in wrt)
    title = Text(f"d{power}/{one_line(below)}")
    body = Group(Text("\n".join(lines), style="bold"), "", facts)
    console.print(Panel(body, title=title, title_align="left", padding=(1, 2), expand=False))


def _table(answer: Derivative, level: str) -> Table:
    """The derivation as a table: the lines, each with its rule and source."""
    from rich.text import Text

    table = grid("default")
    for left, right, rule, source in answer.steps.at(level).rows("unicode" if can_encode(answer.unicode) else "text"):
        line = f"{left} = {right}" if left else right if " = " in right else f"= {right}"
        table.add_row(Text(printable(line), style="bold"), Text.assemble(printable(rule), (f"  {source}" if source != rule else "", "dim")))
    return table


def _never_fail_to_encode() -> None:
    # A last resort where no ASCII spelling exists: an escape is ugly, but unlike a "?" it cannot be taken for an answer.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _complain(message: str) -> None:
    """To stderr; what the user typed never reaches the terminal as a control character."""
    if sys.stderr is not None:
        with suppress(OSError):
            print("\n".join(printable(line) for line in message.split("\n")), file=sys.stderr, flush=True)


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
        _complain(f"error: cannot write the answer: {error.strerror}")
    with suppress(OSError, ValueError):  # or the interpreter flushes once more at its end, and fails aloud
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
