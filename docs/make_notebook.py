"""Writes docs/tour.ipynb: the cells below, executed in order, with what a notebook would show of them.

    python docs/make_notebook.py

No Jupyter is needed: a notebook is JSON, and matcalc's objects say themselves how they are shown. `tests/test_notebook.py` executes
the cells again and compares.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "tour.ipynb"

# Text and code in turn; a line that begins with ">>> " starts code.
TOUR = r"""
# A tour of matcalc

Derivatives of matrix expressions in closed form, checked before they are shown. In a notebook an answer is a formula, with its shape and
what was assumed to read the question.
>>>
import matcalc

d = matcalc.derivative("||A x - b||^2", "x")
d
---
The same answer in other spellings; LaTeX comes in the style of your paper, and all of it is read back.
>>>
print(d.text)
print(d.to_latex(bold=True, transpose="top"))
print(d.typst)
---
It can be evaluated, and it says whether it agrees with a numerical derivative.
>>>
d.verified, d.evaluate({"A": [[1, 2], [3, 4]], "x": [1, 1], "b": [0, 0]}).tolist()
---
What is known of the names shortens answers.
>>>
matcalc.derivative("x^T A x", "x", where="A in S^n")
---
By a matrix, by scalars in a network, twice.
>>>
matcalc.grad("log det X + a^T X^-1 a", "X")
>>>
matcalc.hessian("log(1 + exp(w^T x))", "w")
---
Paste LaTeX if that is what you have.
>>>
matcalc.derivative(r"\frac{1}{N} \sum_{i=1}^N (\mathbf{w}^\top \mathbf{x}_i - y_i)^2", "w", where="w, x_i in R^n; y_i in R")
---
Is the gradient in my draft right?
>>>
print(matcalc.check("x^T A x", "x", "2 x^T A").verdict)
---
A Taylor series, and a stationary point.
>>>
matcalc.taylor("exp(x)", "x", at="0", order="inf", where="x in R")
>>>
matcalc.stationary("||A x - b||^2", "x", where="A in R^{m x n}; b in R^m")
---
The computational graph, with forward and reverse accumulation in its tables.
>>>
matcalc.graph("sin(x^2)", "x", where="x in R")
---
To SymPy and back.
>>>
e = matcalc.derivative("x^T A x", "x").to_sympy()
print(type(e).__name__, e)
matcalc.parse(matcalc.from_sympy(e)).text
---
What does not fit is refused, with the place and a way out.
>>>
try:
    matcalc.derivative("u v", "u", where="u, v in R^n")
except matcalc.MatcalcError as error:
    print(error)
"""


def cells() -> list[tuple[str, str]]:
    """Kind and source of every cell."""
    found: list[tuple[str, str]] = []
    for block in TOUR.strip("\n").split("\n---\n"):
        text, *codes = block.split("\n>>>\n")
        found += [("markdown", text), *(("code", code.strip("\n")) for code in codes)]
    return found


def executed(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The outputs of a cell: what it prints, and what its last expression is shown as."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        shown = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/plain": repr(value)}
        data = {kind: base64.b64encode(v).decode() if isinstance(v, bytes) else lines(v) for kind, v in shown.items()}
        outputs.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return outputs


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def notebook() -> dict[str, Any]:
    """The notebook, format 4.5, its code executed here and now."""
    names: dict[str, Any] = {}
    made: list[dict[str, Any]] = []
    count = 0
    for kind, source in cells():
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{len(made)}", "metadata": {}, "source": lines(source)}
        if kind == "code":
            count += 1
            cell |= {"execution_count": count, "outputs": executed(source, names, count)}
        made.append(cell)
    language = {"name": "python", "pygments_lexer": "ipython3"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": made, "metadata": {"kernelspec": kernel, "language_info": language}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    PATH.write_text(json.dumps(notebook(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {PATH}")
