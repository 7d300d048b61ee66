"""Functions that emitted programs carry with them: `for_numpy`, `for_jax`, `for_torch` and `for_array_api` are modules, `for_octave.m`,
`for_r.R` and `for_julia.jl` are scripts, `for_eigen.h` a header.

They are read as text, never imported, for the languages need not be installed. JAX and PyTorch carry NumPy's functions with the name
of their own module where they have no function of their own for it.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def _module(name: str) -> tuple[dict[str, str], str]:
    """The functions of a Python module by name, and its statement `try`, an import of what may not be there."""
    text = (_HERE / f"{name}.py").read_text(encoding="utf-8").replace("  # fmt: skip", "")
    parts = [(node, ast.get_source_segment(text, node) or "") for node in ast.parse(text).body]
    functions = {node.name: source for node, source in parts if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return functions, next((source for node, source in parts if isinstance(node, ast.Try)), "")


# Functions that are the same text for NumPy, JAX and PyTorch as for the array API standard, but for what the namespace is called.
_COMMON = ("_polar", "_polar_derivative", "_kronecker", "_polar_kronecker", "_coshm", "_sinhm")


def _of_numpy(text: str) -> str:
    """A function of arrays of any namespace, as one of NumPy's."""
    text = re.sub(r"\n    xp = _namespace\(\w+\)(?=\n)", "", text)
    return re.sub(r"\b(?:_namespace\(\w+\)|xp)\.", "np.", text)


@cache
def python_functions(language: str) -> dict[str, str]:
    """The text of every function that a program in Python may carry."""
    standard = _module("for_array_api")[0]
    if language == "array-api":
        return standard
    numpy = _module("for_numpy")[0] | {name: _of_numpy(standard[name]) for name in _COMMON}
    if language == "numpy":
        return numpy
    own = _module(f"for_{language}")[0]
    module = {"jax": "jnp.", "torch": "torch."}[language]
    return own | {name: re.sub(r"\bnp\.", module, text) for name, text in numpy.items() if name not in own}


def scipy_import() -> str:
    """How a NumPy program imports SciPy, if it is there."""
    return _module("for_numpy")[1]


@cache
def octave_functions() -> dict[str, str]:
    """The text of every function that a program in Octave may carry."""
    script = (_HERE / "for_octave.m").read_text(encoding="utf-8")
    return {re.findall(r"(\w+)\(", text)[0]: text for text in script.strip().split("\n\n\n") if text.startswith("function ")}


@cache
def r_functions() -> dict[str, str]:
    """The text of every function that a program in R may carry."""
    script = (_HERE / "for_r.R").read_text(encoding="utf-8")
    return {re.findall(r"^(\w+) <-", text)[0]: text for text in script.strip().split("\n\n\n") if " <- function(" in text}


@cache
def julia_functions() -> dict[str, str]:
    """The text of every function that a program in Julia may carry."""
    script = (_HERE / "for_julia.jl").read_text(encoding="utf-8")
    return {re.findall(r"function (\w+)\(", text)[0]: text for text in script.strip().split("\n\n\n") if "function " in text}


@cache
def eigen_functions() -> dict[str, str]:
    """The text of every function that a program in C++ may carry, what each needs before it."""
    header = (_HERE / "for_eigen.h").read_text(encoding="utf-8")
    return {re.findall(r"(\w+_)\(", text)[0]: text for text in header.strip().split("\n\n\n") if not text.startswith("//")}
