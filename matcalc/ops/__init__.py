"""The book of operations: importing it reads every chapter."""

from __future__ import annotations

from functools import cache

from . import (
    abstract,
    activations,
    adjugate,
    blocks,
    core,
    determinant,
    diagonal,
    elementary,
    exponential_matrix,
    extremes,
    gamma,
    inverse,
    losses,
    norms,
    pseudoinverse,
    roots_logarithms,
    singular_values,
    softmax,
    sums,
    trace,
)
from .book import REGISTRY, SHORTHANDS
from .operation import Operation

# In the order of the contents.
CHAPTERS = (
    *(core, sums, trace, diagonal, blocks, abstract),
    *(inverse, pseudoinverse, determinant, adjugate, exponential_matrix, roots_logarithms),
    *(elementary, gamma, activations, losses, extremes, softmax, norms, singular_values),
)

MOST_DIRECTIONS = 20  # beyond what the operation needs; the numbers take time and space exponential in it
# Written as a call, but a matrix of a given size, or the number of entries, rather than an operation.
_SIZED = ("ones", "zeros", "count")
# One name for several operations: the kinds of the arguments, or their number, decide.
_ARITY = {"ones": (1, 2), "zeros": (1, 2), "max": (1, 9), "min": (1, 9), "diag": (1, 2), "norm": (1, 2), "log": (1, 2), "count": (1, 1)}


def by_name(canonical: str) -> Operation:
    """The operation with this name; KeyError if the book has none."""
    return REGISTRY[canonical]


def contents() -> list[tuple[str, list[Operation]]]:
    """The chapters: what each is about (the first line of its docstring), and its operations in order."""
    return [((c.__doc__ or "").partition("\n")[0], [op for op in vars(c).values() if isinstance(op, Operation)]) for c in CHAPTERS]


@cache
def function_names() -> dict[str, str]:
    """Every spelling of a function's name in text -> its canonical name (names of two letters and more; matched in any case)."""
    names: dict[str, str] = {}
    for op in REGISTRY.values():
        for spelling in op.spellings:
            names.setdefault(spelling, op.name)  # softmax of a vector and of a matrix: the first gives the name, the kind decides
    return names | {n: n for n in (*SHORTHANDS, *_SIZED)}


def arity(name: str) -> tuple[int, int]:
    """Least and greatest number of arguments of a canonical function name; KeyError if there is no such function."""
    if name in _ARITY:
        return _ARITY[name]
    params = SHORTHANDS[name][0] if name in SHORTHANDS else REGISTRY[name].params
    further = name not in SHORTHANDS and REGISTRY[name].directions
    return (len(params), len(params) + MOST_DIRECTIONS * further)
