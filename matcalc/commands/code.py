"""`matcalc code`: the function and its derivatives as a program."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..codegen.targets import TARGETS
from ..errors import UsageError
from .console import notes_of, one_line, split_names
from .options import MANIFOLDS
from .words import EXPRESSION_SETTINGS, takes_expression

PARTS = ("hessian", "jvp", "vjp", "hvp", "make", "autograd")


def read_sizes(given: tuple[str, ...]) -> dict[str, int]:
    """`n=400,m=800` as numbers."""
    sizes = {}
    for part in (p.strip() for text in given for p in text.split(",") if p.strip()):
        name, equals, value = part.partition("=")
        if not equals or not value.strip().isdigit() or not int(value):
            raise UsageError(f"a size is given as n=400, not {part!r}")
        sizes[name.strip()] = int(value)
    return sizes


@click.command(
    "code",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc code "||A x - b||^2" --wrt x > least_squares.py
  matcalc code "sum(log(1 + exp(-y .* (X w))))" --wrt w --where "X in R^{N x n}" --hessian --hvp --target jax
  matcalc code "tr(A B C x x^T)" --wrt x --sizes n=1000,m=10
  matcalc code "||W x + b - y||^2" --wrt W,b --where "b, y in R^m; x in R^n" --hvp
  matcalc code "tr(X^T A X)" --wrt X --manifold stiefel
  matcalc code "A tanh(B x)" --wrt x --jvp --vjp --target octave --output net.m
  matcalc code "sum(log(1 + exp(-y .* (X w))))" --wrt w --target torch --autograd
  matcalc code "||W x - y||^2" --wrt W --where "W in R^{m x n}" --batch x,y

The file has value, gradient (or jacobian), both at once, and what is asked for beside them; by several variables value,
gradients and value_and_gradients, which share one pass. It checks the shapes of its arguments
and does not need matcalc. Exit code: 0 written, 1 no answer, 2 the input was refused.""",
)
@click.option("--wrt", multiple=True, required=True, metavar="X", help="The variable, or several: W,b.")
@click.option("--target", type=click.Choice(tuple(TARGETS)), default="numpy", show_default=True, help="The language.")
@takes_expression
@click.option("--hessian", is_flag=True, help="The Hessian too.")
@click.option("--jvp", is_flag=True, help="Also the derivative along a direction.")
@click.option("--vjp", is_flag=True, help="Also the gradient of the values weighted by a vector.")
@click.option("--hvp", is_flag=True, help="Also the Hessian times a direction; the Hessian itself is never formed.")
@click.option("--make", is_flag=True, help="Also make(A, b): functions of X alone, the rest checked and computed once, for optimisers.")
@click.option("--autograd", is_flag=True, help="Also a function that JAX or PyTorch differentiates by the closed form; in Julia a rule.")
@click.option(
    "--batch", multiple=True, metavar="x,y", help="Also batch_value and so on: x, y and the results with an axis of samples in front."
)
@click.option(
    "--order", type=click.IntRange(min=1), default=1, show_default=True, metavar="K", help="The K-th derivative in place of the first."
)
@click.option("--manifold", type=click.Choice(MANIFOLDS), help="The Riemannian gradient there; with --order 2 and --along the Hessian.")
@click.option("--along", metavar="U", help="The tangent vector of a Hessian on a manifold.")
@click.option("--sizes", multiple=True, metavar="n=400", help="Sizes to expect, for the cheapest order of products.")
@click.option("--output", metavar="FILE", help="Write to this file instead of standard output.")
@click.option("--no-verify", is_flag=True, help="Skip the numerical check of the formula.")
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    target: str,
    hessian: bool,
    jvp: bool,
    vjp: bool,
    hvp: bool,
    make: bool,
    autograd: bool,
    batch: tuple[str, ...],
    order: int,
    manifold: str | None,
    along: str | None,
    sizes: tuple[str, ...],
    output: str | None,
    no_verify: bool,
) -> int:
    """The function EXPR and its derivative by X as a program in a language."""
    from ..api import code, derivative

    names = split_names(wrt)
    hints = read_sizes(sizes)
    given = names[0] if len(names) == 1 else names
    answer = derivative(
        expression,
        given,
        where="; ".join(filter(None, where)),
        order=order,
        manifold=manifold or "",
        along=along or "",
        verify=not no_verify,
    )
    several = answer if isinstance(answer, list) else [answer]
    parts = [name for name, wanted in zip(PARTS, (hessian, jvp, vjp, hvp, make, autograd)) if wanted]
    text = code(several, target, parts=parts, sizes=hints, batch=split_names(batch))
    for note in dict.fromkeys(note for d in several for note in notes_of(d)):
        print(f"note: {one_line(note)}", file=sys.stderr)
    if output is None:
        print(text, end="")
        return 0
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from None
    return 0
