"""(b) How long a derivation takes, against SymPy's matrix expressions, over what both can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import matcalc

from .timing import Ratio, race

WHERE = "A{0}, B{0}, X{0} in R^{{n x n}}; x{0}, a{0}, b{0} in R^n"
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


LETTERS = re.compile(r"(?<![A-Za-z])[ABXxab](?![A-Za-z])")


def renamed(text: str, mark: str) -> str:
    """The text with names that nobody has asked about before: x becomes xzqb."""
    return LETTERS.sub(lambda found: found[0] + mark, text)


def symbols(mark: str) -> Any:
    """SymPy's symbols under such names."""
    from types import SimpleNamespace

    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)
    made = {name: sympy.MatrixSymbol(name + mark, n, n) for name in "ABX"} | {name: sympy.MatrixSymbol(name + mark, n, 1) for name in "xab"}
    return SimpleNamespace(**made, tr=sympy.Trace)


def rows() -> Iterator[tuple[str, float, Ratio]]:
    """Each expression with matcalc's seconds (reading, deriving, checking and printing) and SymPy's as a multiple (building the
    expression, deriving and printing). Every call is about new names, so that no cache of either has the answer; what both
    have cached of the names themselves stays."""
    count = 0

    def mark() -> str:
        nonlocal count
        count += 1
        digits = [count // 26**k % 26 for k in (2, 1, 0)]
        return "zq" + "".join(chr(ord("a") + d) for d in digits)

    for text, wrt, build, name in COMMON:

        def ask_sympy(build: Any = build, name: str = name) -> str:
            s = symbols(mark())
            return str(build(s).diff(getattr(s, name)).doit())

        def ask_matcalc(text: str = text, wrt: str = wrt) -> str:
            m = mark()
            asked = renamed(text, m), renamed(wrt, m)
            return matcalc.derivative(*asked, where=WHERE.format(m)).text  # type: ignore[union-attr]

        own, ratios = race({"matcalc": ask_matcalc, "SymPy": ask_sympy}, rounds=9, least=0.01, inside=True)
        yield text, own, ratios["SymPy"]
