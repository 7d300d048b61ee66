"""`matcalc implicit`: derivatives of the solution of an equation."""

from __future__ import annotations

import click

from ..codegen.targets import TARGETS
from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


@click.command(
    "implicit",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc implicit "A x = b" --solve x --wrt A                              dA -> -A^-1 dA x
  matcalc implicit "z = tanh(W z + x)" --solve z --wrt W --adjoint
  matcalc implicit "||A x - b||^2 + lambda ||x||^2" --argmin --solve x --wrt lambda
  matcalc implicit --argmin "x^T P x/2 + q^T x" --subject-to "A x = b" --solve x --wrt b
  matcalc implicit "A X + X A^T = -Q" --solve X --wrt A --of "tr(C X)"
  matcalc implicit "A x = b" --solve x --wrt A --code numpy

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--solve", required=True, metavar="X", help="The unknown, which the equation defines; several: x,y.")
@click.option("--argmin", is_flag=True, help="EXPR is a function, and the equation says that its gradient by X is 0.")
@click.option(
    "--subject-to", "subject_to", multiple=True, metavar="C", help='Equations that hold where the function is least: "A x = b"; repeat it.'
)
@click.option("--of", metavar="G", help="A function of the solution, whose derivative is wanted: c^T x.")
@click.option("--order", type=click.IntRange(1, 2), default=1, show_default=True, help="2 for second derivatives.")
@click.option("--adjoint", is_flag=True, help="Print products of a vector with the derivative, by the adjoint equation.")
@click.option(
    "--notation",
    type=click.Choice(("auto", "matrix", "kron", "differential", "index")),
    default="auto",
    help="How a derivative by a matrix is written.",
)
@click.option(
    "--code",
    type=click.Choice(list(TARGETS)),
    help="A program in this language: the solution, and products of vectors with its derivative.",
)
@click.option("--steps", is_flag=True, help="How it came about, a line with its rule and source for each step.")
@takes_function
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    solve: str,
    argmin: bool,
    subject_to: tuple[str, ...],
    of: str | None,
    order: int,
    adjoint: bool,
    notation: str,
    code: str | None,
    steps: bool,
    as_json: bool,
    format_: str | None,
    no_verify: bool,
) -> int:
    """The derivative of the solution X of the equation EXPR by other names in it, and the adjoint of that derivative.

    It exists where the derivative of the equation by X is invertible, which is said. The answer is compared with difference quotients of
    solutions that Newton's method finds.
    """
    from ..course.implicit import Implicit, implicit

    names = split_names(wrt)

    def find() -> Implicit:
        found = implicit(
            expression,
            solve,
            names,
            argmin=argmin,
            subject_to=subject_to,
            of=of,
            order=order,
            notation=notation,
            adjoint=adjoint,
            where=joined(where),
            verify=not no_verify,
        )
        found.shows_steps = steps
        return found

    if code is not None:
        print(find().code(code), end="")
        return 0
    return show(find, f"{solve} by {', '.join(names)}", as_json, format_)
