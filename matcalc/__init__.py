"""matcalc: derivatives of matrix expressions in closed form, checked before they are shown.

>>> import matcalc
>>> matcalc.derivative("x^T A x", "x").text
'x^T (A + A^T)'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__ as __version__
from .errors import MatcalcError

if TYPE_CHECKING:
    from .api import call, derivative, from_sympy, grad, hadamard, hessian, jacobian, kron, matrix, parse, scalar, subexpressions, vector
    from .checking.claims import Verdict, check
    from .course.calculus import directional, jacdet, linearize, stationary, taylor
    from .course.graphs import Graph, graph
    from .course.plots import plot
    from .course.tours import tour
    from .derivation.rulebook import rules
    from .pipeline.derivative import Derivative
    from .pipeline.expression import Expression


API = (
    "call",
    "derivative",
    "from_sympy",
    "grad",
    "hadamard",
    "hessian",
    "jacobian",
    "kron",
    "matrix",
    "parse",
    "scalar",
    "subexpressions",
    "vector",
)
CALCULUS = ("directional", "jacdet", "linearize", "stationary", "taylor")
_HOMES = (
    dict.fromkeys(CALCULUS, "course.calculus")
    | {"Graph": "course.graphs", "graph": "course.graphs", "plot": "course.plots", "tour": "course.tours", "rules": "derivation.rulebook"}
    | {"Derivative": "pipeline.derivative", "Expression": "pipeline.expression", "Verdict": "checking.claims", "check": "checking.claims"}
    | dict.fromkeys(API, "api")
)


def __getattr__(name: str) -> object:
    """The API is imported when it is first used: `matcalc --help` does not pay for it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'matcalc' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


__all__ = [
    "Derivative",
    "Expression",
    "Graph",
    "MatcalcError",
    "Verdict",
    "call",
    "check",
    "derivative",
    "directional",
    "from_sympy",
    "grad",
    "graph",
    "hadamard",
    "hessian",
    "jacdet",
    "jacobian",
    "kron",
    "linearize",
    "matrix",
    "parse",
    "plot",
    "rules",
    "scalar",
    "stationary",
    "subexpressions",
    "taylor",
    "tour",
    "vector",
]
