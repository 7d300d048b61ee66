"""`matcalc d`: the derivative in closed form; and the commands that are short forms of it."""

from __future__ import annotations

from typing import Any

import click

from .answering import answer_by, form_of
from .console import EXPRESSION_SETTINGS, OptionalWords, takes_expression

LAYOUTS = ("numerator", "denominator", "strict")
STRUCTURES = ("symmetric-space", "independent")
LEVELS = ("brief", "full")
NOTATIONS = ("auto", "matrix", "index", "kron", "differential", "cases")
FORMATS = ("text", "unicode", "latex", "latex-doc", "typst", "mathml", "markdown")


@click.command(
    "d",
    cls=OptionalWords,
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc d "||A x - b||^2" --wrt x                    2 (A x - b)^T A
  matcalc d "x^T A x" --wrt x --where "A in S^n"       a property simplifies the answer
  matcalc d "x^T A x" --wrt x --order 2                the Hessian
  matcalc d "x^2 y" --wrt x --at "x = 3; y = 2"        its value there
  matcalc d "a^T X b" --wrt a --wrt b                  one derivative each
  matcalc d "A X B" --wrt X --notation kron            d vec(F)/d vec(X)^T
  matcalc d "x^T A x" --wrt x --steps                  how it came about
  matcalc d "x^T A x" --wrt x --bold --transpose top   LaTeX for a paper; --format latex-doc a whole document
  matcalc d "\\frac{1}{2}\\lVert y - \\Phi\\theta\\rVert_2^2" --wrt theta --format latex
  echo "tr(A X B)" | matcalc d - --wrt X --json

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option(
    "--wrt",
    multiple=True,
    metavar="X",
    help="The variable; repeat it, or separate by commas, for several. It may be left out where one is sensible.",
)
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
@click.option("--at", metavar="POINT", help='The value there, in numbers: 2, "x = 1; y = [1; 2]", with a value for every name.')
@click.option("--json", "as_json", is_flag=True, help="One JSON object (a list of them for several variables).")
@click.option("--strict", is_flag=True, help="Refuse where the kind of a name had to be chosen: declare it with --where.")
@click.option(
    "--inline", is_flag=True, help="Values that EXPR names are written out; else the answer is in their names, defined before it."
)
@click.option("--no-verify", is_flag=True, help="Skip the numerical check.")
def command(
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
    at: str | None,
    as_json: bool,
    strict: bool,
    inline: bool,
    no_verify: bool,
) -> int:
    """The derivative of EXPR by X, in closed form.

    On a terminal the answer comes in a panel with its shape, layout and everything that was assumed. In a pipe it is the
    bare line, and the assumptions go to standard error.
    """
    options = {"layout": layout, "notation": notation, "verify": not no_verify, "structured": structured, "vectorize": vectorize}
    options |= {"strict": strict, "names": False if inline else None}
    if chain and (order > 1 or layout != "numerator" or structured or vectorize):
        raise click.UsageError(
            "--chain is for first derivatives by free entries, in the numerator layout, with the sums as they stand",
            click.get_current_context(),
        )
    shown = form_of(format_, bold, transpose, width)
    return answer_by("derivative", expression, where, wrt, order, shown, steps, as_json, chain, at, **options)


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
        at: str | None,
        as_json: bool,
        inline: bool,
        no_verify: bool,
        **options: Any,
    ) -> int:
        form = form_of(format_, bold, transpose, width)
        options |= {"names": False if inline else None, "verify": not no_verify}
        return answer_by(taker, expression, where, wrt, order, form, steps, as_json, at=at, **options)

    params = [p for p in command.params if p.name not in (*leave_out, "chain")]
    epilog = f"\b\nExamples:\n{examples}"
    return OptionalWords(taker, params=params, callback=answered, help=help_, epilog=epilog, context_settings=dict(EXPRESSION_SETTINGS))
