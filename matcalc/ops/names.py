"""What functions are called: their names in text, and what LaTeX calls them, both ways."""

from __future__ import annotations

from functools import cache

from ..interning import regex
from ..syntax import GREEK
from .book import REGISTRY, SHORTHANDS
from .operation import Operation, Shorthand

MOST_DIRECTIONS = 20  # beyond what the operation needs; the numbers take time and space exponential in it
# Written as a call, but a matrix of a given size, or the number of entries or rows, rather than an operation.
_SIZED = {
    "ones": (1, 2),
    "zeros": (1, 2),
    "count": (1, 1),
    "len": (1, 1),
    "length": (1, 1),
    "numel": (1, 1),
    "duplication": (1, 1),
    "elimination": (1, 1),
    "commutation": (1, 2),
    "ptrace": (2, 4),
}
# Further arguments that the reader makes something else of: max(a, b, …), diag(x, k), log(x, b).
_MORE = {"max": 9, "min": 9, "diag": 2, "log": 2, "unvec": 3, "convmtx": 2, "hankel": 2}
_COMMAND = regex(r"\\(?:operatorname\{)?([A-Za-z]+)\}?")


@cache
def function_names() -> dict[str, str]:
    """Every spelling of a function's name in text -> its canonical name (names of two letters and more; matched in any case)."""
    names: dict[str, str] = {}
    for op in REGISTRY.values():
        for spelling in op.spellings:
            names.setdefault(spelling, op.name)  # softmax of a vector and of a matrix: the first gives the name, the kind decides
    for op in REGISTRY.values():
        word = latex_word(op)
        if word and op.spellings and word not in GREEK:
            names.setdefault(word, op.name)
    return names | {n: n for n in (*SHORTHANDS, *_SIZED)}


@cache
def greek_functions() -> dict[str, str]:
    """The Greek letters that are functions before a bracket, as LaTeX prints them -> the canonical name."""
    return {word: op.name for op in REGISTRY.values() if (word := latex_word(op)) in GREEK}


def latex_word(op: Operation | Shorthand) -> str:
    r"""The word by which LaTeX calls a function, if it has one of its own: arcsin of `\arcsin`; "" otherwise."""
    found = _COMMAND.fullmatch(op.latex)
    return found[1] if found else ""


@cache
def latex_words() -> frozenset[str]:
    """The words of the commands that the book says LaTeX has."""
    return frozenset(map(latex_word, REGISTRY.values())) - {""}


@cache
def _written() -> dict[str, Operation | Shorthand]:
    found: dict[str, Operation | Shorthand] = dict(SHORTHANDS)
    for name, canonical in function_names().items():
        if canonical in REGISTRY and REGISTRY[canonical].spellings:
            found[name] = found[canonical] = REGISTRY[canonical]
    return found


def called(word: str) -> Operation | Shorthand | None:
    """The block that says how the function of this name is written; None for a function of the user's."""
    return _written().get(word)


@cache
def arity(name: str) -> tuple[int, int]:
    """Least and greatest number of arguments of a canonical function name; KeyError if there is no such function."""
    if name in _SIZED:
        return _SIZED[name]
    if name in SHORTHANDS:
        counts = [len(SHORTHANDS[name].params)]
    else:
        words = {word for word in REGISTRY[name].spellings if function_names()[word] == name}
        same = [op for op in REGISTRY.values() if op.name == name or words & set(op.spellings)]
        counts = [len(op.params) + extra for op in same for extra in (0, MOST_DIRECTIONS * op.directions)]
    return min(counts), max(*counts, _MORE.get(name, 0))
