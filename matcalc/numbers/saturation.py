"""What loses its digits where a function has nearly reached its limit: 1 - sigmoid(z) for large z is sigmoid(-z)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from ..expressions.expr import Expr
from ..ops.activations import SIGMOID
from ..ops.core import ADD, NUMBER, ONES, POWER, TIMES
from ..ops.elementary import ATANH, LOG, TANH

if TYPE_CHECKING:
    from types import ModuleType

# As numeric texts of z that lose none.
FORMS = {
    "1 - sigmoid(z)": "logistic(-z)",
    "1 - sigmoid(z)^2": "logistic(-z) * (1.0 + logistic(z))",
    "1 - tanh(z)^2": "4.0 * logistic(2.0 * z) * logistic(-2.0 * z)",
    "log(sigmoid(z))": "-soft_plus(-z)",
    "log(1 - sigmoid(z))": "-soft_plus(z)",
    "atanh(sigmoid(z))": "soft_plus(z + 0.6931471805599453) * 0.5",
}


def steady(e: Expr) -> tuple[Expr, str] | None:
    """The z and the text of such an expression, entry by entry."""
    if e.op not in (ADD, LOG, ATANH):
        return None
    if e.op is LOG or e.op is ATANH:
        x = e.args[0]
        inner = _complemented(x) if e.op is LOG else None
        if inner is not None and inner[1] == "sigmoid(z)":
            return inner[0], FORMS["log(1 - sigmoid(z))"]
        return (x.args[0], FORMS[f"{e.op.name}(sigmoid(z))"]) if x.op is SIGMOID else None
    found = _complemented(e)
    return (found[0], FORMS[f"1 - {found[1]}"]) if found is not None else None


def _complemented(e: Expr) -> tuple[Expr, str] | None:
    """The z of 1 - f(z), and the f(z)."""
    for one, other in (e.args, e.args[::-1]) if e.op is ADD and len(e.args) == 2 else ():
        unit = one.op is ONES or (one.op is NUMBER and one.attr == 1)
        if unit and other.op is TIMES and len(other.args) == 2 and other.args[0].op is NUMBER and other.args[0].attr == -1:
            f = other.args[1]
            square = f.op is POWER and f.args[1].op is NUMBER and f.args[1].attr == 2
            f = f.args[0] if square else f
            if f.op is SIGMOID or (f.op is TANH and square):
                return f.args[0], f"{f.op.name}(z)" + "^2" * square
    return None


@cache
def written(text: str, arrays: ModuleType) -> Callable[[Any], Any]:
    """A text of z as a function."""
    # The text stands above. Nothing a user types comes here.
    function: Callable[[Any], Any] = eval(f"lambda z: {text}", vars(arrays))
    return function
