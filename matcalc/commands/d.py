"""`matcalc d`: the derivative in closed form; and the commands that are short forms of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from .answering import answer_by, derive, form_of
from .console import WITHOUT_COMMAND
from .options import OPTIONS, WRT, argument
from .words import EXPRESSION_SETTINGS, OptionalWords, takes_expression


def takes_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options of the table, as Click's."""
    for word, settings in reversed(OPTIONS.items()):
        own: dict[str, Any] = {key: value for key, value in settings.items() if key not in ("choices", "least", "flag", "alone", "name")}
        if "choices" in settings:
            own["type"] = click.Choice(settings["choices"])
        if "least" in settings:
            own["type"] = click.IntRange(min=settings["least"])
        if "flag" in settings:
            own["is_flag"] = True
        if "alone" in settings:
            own |= {"is_flag": False, "flag_value": settings["alone"]}
        function = click.option(word, argument(word), **own)(function)
    return function


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
@click.option("--wrt", **WRT)
@takes_expression
@takes_options
def command(**given: Any) -> int:
    """The derivative of EXPR by X, in closed form.

    On a terminal the answer comes in a panel with its shape, layout and everything that was assumed. In a pipe it is the
    bare line, and the assumptions go to standard error.
    """
    return derive(**given, customary=WITHOUT_COMMAND in click.get_current_context().find_root().meta)


def short_form(taker: str, order: int, leave_out: tuple[str, ...], help_: str, examples: str) -> click.Command:
    """A command that is `d` with some of its options fixed: it has the others, and asks matcalc's function `taker`."""

    def answered(
        expression: str,
        where: tuple[str, ...],
        wrt: tuple[str, ...],
        format_: str | None,
        pretty: bool,
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
        form = form_of(format_, bold, transpose, width, pretty)
        options |= {"names": False if inline else None, "verify": not no_verify}
        return answer_by(taker, expression, where, wrt, order, form, steps, as_json, at=at, **options)

    params = [p for p in command.params if p.name not in (*leave_out, "chain")]
    epilog = f"\b\nExamples:\n{examples}"
    return OptionalWords(taker, params=params, callback=answered, help=help_, epilog=epilog, context_settings=dict(EXPRESSION_SETTINGS))
