"""matcalc: derivatives of matrix expressions in closed form, checked before they are shown.

>>> import matcalc
>>> print(matcalc.derivative("x^T A x", "x"))
x^T (A + A^T)

Derivatives

    derivative      of an expression, by a variable or by several
    grad            the gradient of a scalar: a column, or of the matrix's own shape
    jacobian        the first partial derivatives, m x n
    hessian         the second derivatives
    directional     along a direction, and the direction of steepest ascent
    check           is the derivative in my draft right?
    check_steps     does every line of my derivation follow?
    code            a program of the function and its derivatives, by one variable or by several at once
    rules           the rules of the book, with their sources

What one does with them

    taylor          Taylor polynomials and series
    linearize       the tangent at a point
    stationary      where the gradient vanishes, in closed form
    jacdet          the Jacobian determinant of a change of variables
    implicit        derivatives of the solution of an equation, and their adjoints
    lagrange        the equation of motion of a Lagrangian
    graph           the computational graph, forward and reverse mode
    plot            curves and level lines, with gradients
    tour            a walk through Mathematics for Machine Learning
    ask             a question as a JSON object, for programs

Expressions

    parse           read an expression: its shape, its spellings, its numbers
    subexpressions  every part of an expression with its shape
    scalar          a symbol that is a number, for expressions built with operators
    vector          a symbol that is a column
    matrix          a symbol that is a matrix, symmetric=True and the like
    hadamard        the entrywise product of two
    kron            the Kronecker product of two
    call            a function of the book by its name
    from_sympy      an expression of SymPy

The functions of the book are `matcalc.tr`, `matcalc.det`, `matcalc.log`, `matcalc.norm`, …: help(matcalc.tr) says what the book says.

Answers are objects: Derivative, Expression, Graph, Verdict. What is refused is a MatcalcError, with the place in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__ as __version__
from .errors import MatcalcError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .api import code, derivative, grad, hessian, jacobian, parse, subexpressions
    from .building.handles import Handle, call, hadamard, kron, matrix, scalar, vector
    from .building.inward import from_sympy
    from .checking.claims import Verdict, check
    from .checking.derivations import check_steps
    from .course.calculus import directional, jacdet, linearize, stationary, taylor
    from .course.graphs import Graph, graph
    from .course.implicit import implicit
    from .course.lagrange import lagrange
    from .course.plots import plot
    from .course.tours import tour
    from .derivation.rulebook import rules
    from .pipeline.derivative import Derivative
    from .pipeline.expression import Expression
    from .protocol import ask


_HOMES = {
    "api": "code derivative grad hessian jacobian parse subexpressions",
    "building.handles": "call hadamard kron matrix scalar vector",
    "building.inward": "from_sympy",
    "checking.claims": "Verdict check",
    "checking.derivations": "check_steps",
    "course.calculus": "directional jacdet linearize stationary taylor",
    "course.graphs": "Graph graph",
    "course.implicit": "implicit",
    "course.lagrange": "lagrange",
    "course.plots": "plot",
    "course.tours": "tour",
    "derivation.rulebook": "rules",
    "notebook": "load_ipython_extension",
    "pipeline.derivative": "Derivative",
    "pipeline.expression": "Expression",
    "protocol": "ask",
}


def __getattr__(name: str) -> Callable[..., Handle]:
    """Everything is imported when it is first used: `matcalc --help` does not pay for it. What has no home is a function of the book."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names.split():
            value = getattr(import_module(f".{home}", __name__), name)
            globals()[name] = value
            return value  # type: ignore[no-any-return]
    if not name.startswith("_"):
        from .building import functions

        if name in functions.names():
            return functions.function(name)
    raise AttributeError(f"module 'matcalc' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names: those of this page, and the functions of the book."""
    from .building import functions

    return sorted({*__all__, *functions.names()})


__all__ = [
    "Derivative",
    "Expression",
    "Graph",
    "MatcalcError",
    "Verdict",
    "ask",
    "call",
    "check",
    "check_steps",
    "code",
    "derivative",
    "directional",
    "from_sympy",
    "grad",
    "graph",
    "hadamard",
    "hessian",
    "implicit",
    "jacdet",
    "jacobian",
    "kron",
    "lagrange",
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
