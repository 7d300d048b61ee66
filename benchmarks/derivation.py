"""(b) How long a derivation takes, against SymPy's matrix expressions, over what both can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matcalc

from .timing import Ratio, race

SQUARE = "A, B, X in R^{n x n}; x, a, b in R^n"
COMMON: tuple[tuple[str, str, Callable[[Any], Any], str], ...] = (
    ("x^T A x", "x", lambda s: s.x.T * s.A * s.x, "x"),
    ("a^T x", "x", lambda s: s.a.T * s.x, "x"),
    ("x^T x", "x", lambda s: s.x.T * s.x, "x"),
    ("A x", "x", lambda s: s.A * s.x, "x"),
    ("(A x - b)^T (A x - b)", "x", lambda s: (s.A * s.x - s.b).T * (s.A * s.x - s.b), "x"),
    ("x^T A x + b^T x", "x", lambda s: s.x.T * s.A * s.x + s.b.T * s.x, "x"),
    ("a^T X b", "X", lambda s: s.a.T * s.X * s.b, "X"),
    ("a^T X^T b", "X", lambda s: s.a.T * s.X.T * s.b, "X"),
    ("a^T X^T X b", "X", lambda s: s.a.T * s.X.T * s.X * s.b, "X"),
    ("a^T X^-1 b", "X", lambda s: s.a.T * s.X.I * s.b, "X"),
    ("tr(X)", "X", lambda s: s.tr(s.X), "X"),
    ("tr(A X)", "X", lambda s: s.tr(s.A * s.X), "X"),
    ("tr(A X B)", "X", lambda s: s.tr(s.A * s.X * s.B), "X"),
    ("tr(X^T A X)", "X", lambda s: s.tr(s.X.T * s.A * s.X), "X"),
    ("tr(A X B X^T)", "X", lambda s: s.tr(s.A * s.X * s.B * s.X.T), "X"),
    ("tr(X^-1 A)", "X", lambda s: s.tr(s.X.I * s.A), "X"),
    ("tr(X^2)", "X", lambda s: s.tr(s.X**2), "X"),
    ("tr(A X^2 B)", "X", lambda s: s.tr(s.A * s.X * s.X * s.B), "X"),
)


def symbols() -> Any:
    """SymPy's symbols under the same names."""
    from types import SimpleNamespace

    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    made = {name: sympy.MatrixSymbol(name, n, n) for name in "ABX"} | {name: sympy.MatrixSymbol(name, n, 1) for name in "xab"}
    return SimpleNamespace(**made, tr=sympy.Trace)


def rows() -> Iterator[tuple[str, float, Ratio]]:
    """Each expression with matcalc's seconds (reading, deriving, checking and printing) and SymPy's as a multiple (deriving and
    printing an expression that is built already; its cache is emptied between rounds, as in a fresh question)."""
    from sympy.core.cache import clear_cache

    s = symbols()
    for text, wrt, build, name in COMMON:
        expression, variable = build(s), getattr(s, name)

        def ask_sympy(expression: Any = expression, variable: Any = variable) -> str:
            clear_cache()
            return str(expression.diff(variable).doit())

        def ask_matcalc(text: str = text, wrt: str = wrt) -> str:
            return matcalc.derivative(text, wrt, where=SQUARE).text  # type: ignore[union-attr]

        own, ratios = race({"matcalc": ask_matcalc, "SymPy": ask_sympy}, rounds=9, least=0.01)
        yield text, own, ratios["SymPy"]
