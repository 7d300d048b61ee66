"""`matcalc taylor`: Taylor polynomials and series."""

from __future__ import annotations

import click

from .console import split_names
from .showing import joined, show, takes_function
from .words import EXPRESSION_SETTINGS


class Order(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A whole number from 0, or `inf`."""

    name = "order"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if isinstance(value, int):
            return value
        text = str(value).strip().lower()
        if text in ("inf", "infty", "infinity", "oo", "∞"):
            return "inf"
        if text.isascii() and text.isdigit() and len(text) < 6:
            return int(text)
        self.fail(f"{text!r} is neither a whole number from 0 nor inf", param, ctx)


@click.command(
    "taylor",
    context_settings=EXPRESSION_SETTINGS,
    epilog="""\b
Examples:
  matcalc taylor "sin(x) + cos(x)" --wrt x --at 0 --order 5 --where "x in R"
  matcalc taylor "exp(x)" --wrt x --at 0 --order inf --where "x in R"
  matcalc taylor "x^2 + 2 x y + y^3" --wrt x,y --at "x = 1; y = 2" --order 3 --where "x, y in R"
  matcalc taylor "logdet(X)" --wrt X --at X_0

Exit code: 0 answered, 1 no answer (or its check failed), 2 the input was refused.""",
)
@click.option("--at", metavar="POINT", help='The point: 0, "[1; 2]", x_0, "x = 1; y = 2"; x_0 if it is left out.')
@click.option("--order", type=Order(), default=2, show_default=True, metavar="N", help="The order; inf for the whole series.")
@takes_function
def command(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    at: str | None,
    order: int | str,
    as_json: bool,
    format_: str | None,
    no_verify: bool,
) -> int:
    """Expand EXPR about a point: f(x_0) + f'(x_0) d + 1/2 d^T H d + ..., with d = x - x_0.

    For scalars, vectors and matrices. The remainder is checked to be of the next order at random points.
    """
    from ..course.calculus import taylor

    names = split_names(wrt)
    return show(
        lambda: taylor(expression, names, at=at, order=order, where=joined(where), verify=not no_verify),
        f"taylor, order {order}",
        as_json,
        format_,
    )
