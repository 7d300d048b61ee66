"""Derivatives at a point: does a gradient vanish there, or have a value that somebody says it has?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from ..errors import VerificationError
from ..kinds import ONE
from ..numbers.judge import values
from ..numbers.search import Comparison
from ..pipeline.derivative import Derivative
from ..pipeline.judging import by_summands
from ..pipeline.question import Question
from ..pipeline.sampling import Sampler
from .statements import NAME

_NOUGHT = re.compile(r"\s*(?:\\(?:mathbf|boldsymbol|bm)\s*\{?\s*)?0\s*\}?\s*")


def point_in(args: str | None, names: Sequence[str]) -> tuple[str, str] | None:
    """The point of \\nabla f(0), a name and its value; None where the argument is a name, or there are several."""
    if args is None or not args.strip() or len(names) != 1 or re.search(r"[,;|]", args) or re.fullmatch(rf"\s*{NAME}\s*", args):
        return None
    return names[0], args.strip()


def is_value_at(gradient: Derivative, point: str, value: str) -> bool:
    """Whether a derivative has a value once its variable is the point; 0 is the zero of its shape, of both. MatcalcError where that cannot
    be told."""
    name = gradient.wrt[0]
    variable = gradient._typed.symbols[name]
    rows, cols = variable.shape
    at = f"zeros({rows})" if cols is ONE else f"zeros({rows}, {cols})"
    point = at if _NOUGHT.fullmatch(point) and rows is not ONE else point
    *bindings, last = gradient.text.split("; ")
    rest = last if _NOUGHT.fullmatch(value) else f"{last} - ({value})"
    return vanishes("; ".join([*bindings, rest]), gradient.where, name, point)


def vanishes(gradient: str, where: str, name: str, solution: str) -> bool:
    """Whether a gradient is 0 at random points once the name has this value. MatcalcError where it cannot be told."""
    rest = "; ".join(c for c in where.split("; ") if not c.startswith(f"{name} in"))
    *bindings, last = gradient.split("; ")
    put_in = Question.of("; ".join([f"{name} = {solution}", *bindings, last]), where=rest).whole()
    known, sampler = by_summands(put_in), Sampler(put_in)

    def nothing(arrays: ModuleType) -> Callable[..., Any]:
        found = known(arrays)
        return lambda env, sizes: [[0 * entry for entry in (v if isinstance(v, list) else arrays.flat(v))] for v in found(env, sizes)]

    try:
        Comparison(
            values(known, nothing), sampler.point, sampler.dims, wrong=lambda: "", unjudged="the solution could not be checked"
        ).judged()
    except VerificationError:
        return False
    return True
