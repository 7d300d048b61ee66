"""matcalc for assistants, by the Model Context Protocol: derivatives that are checked, instead of guessed. Needs the extra `mcp`."""

from __future__ import annotations

from typing import Any

from ._version import __version__
from .errors import UsageError
from .protocol import ask

INSTRUCTIONS = """Derivatives of scalar, vector and matrix expressions in closed form, each compared with a numerical derivative before
it is given. Ask here instead of deriving by hand, and check claims before you state them. Formulas are plain text (x^T A x, ||A x - b||^2,
sum_{i=1}^N ...), LaTeX or NumPy. Undeclared names: small letters are column vectors, capital letters matrices, small Greek letters
scalars; `where` declares others: "x in R^n; A in R^{m x n}; S in S^n; k in N; X in R^{n x n} invertible". An answer says how each name
was read: look at it. Gradients are rows in the numerator layout and columns in the denominator layout."""


def derivative(expr: str, wrt: list[str] | str, where: str = "", order: int = 1, layout: str = "denominator") -> dict[str, Any]:
    """The derivative of `expr` by the variables `wrt`, in closed form, with its shape, how each name was read, and how it was checked.
    `order` 2 is the Hessian; `layout` is numerator (a gradient is a row) or denominator (a column)."""
    return ask({"command": "d", "expr": expr, "wrt": wrt, "where": where, "order": order, "layout": layout})


def check(expr: str, wrt: list[str] | str, claim: str, where: str = "", order: int = 1, layout: str = "denominator") -> dict[str, Any]:
    """Whether `claim` is the derivative of `expr` by `wrt`: the verdict, what is wrong with it (a sign, a factor, a transpose, a missing
    term), and what is right."""
    return ask({"command": "check", "expr": expr, "wrt": wrt, "claim": claim, "where": where, "order": order, "layout": layout})


def code(expr: str, wrt: list[str] | str, target: str = "numpy", where: str = "", parts: list[str] | None = None) -> dict[str, Any]:
    """A program in numpy, jax, torch, array-api, octave, matlab, r, julia or eigen (C++): the function and its gradients; `parts` adds
    hessian, jvp, vjp, hvp."""
    return ask({"command": "code", "expr": expr, "wrt": wrt, "target": target, "where": where, "parts": parts or []})


def steps(expr: str, wrt: str, where: str = "", level: str = "brief") -> dict[str, Any]:
    """The derivation line by line, each by a rule of the book with its source; `level` is brief or full."""
    return ask({"command": "steps", "expr": expr, "wrt": wrt, "where": where, "level": level})


def rules(words: str) -> list[dict[str, str]]:
    """The rules of the book that have these words: statement, condition, source, an example."""
    from .derivation.rulebook import search

    return [rule.as_dict() for rule in search(words)]


TOOLS = (derivative, check, code, steps, rules)


def server() -> Any:
    """The server, with a tool for each of TOOLS. UsageError without the SDK."""
    try:
        from mcp.server import MCPServer
    except ImportError:
        raise UsageError(
            "this needs the Python SDK of the Model Context Protocol", suggestion="pip install 'matcalc-symbolic[mcp]'"
        ) from None
    made = MCPServer("matcalc", version=__version__, instructions=INSTRUCTIONS)
    for tool in TOOLS:
        made.tool()(tool)
    return made
