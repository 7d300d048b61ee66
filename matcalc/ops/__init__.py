"""The book of operations: importing it reads every chapter."""

from __future__ import annotations

import copyreg
from collections.abc import Callable

from . import (
    abstract,
    activations,
    adjugate,
    blocks,
    complex_numbers,
    convolution,
    core,
    determinant,
    diagonal,
    elementary,
    extremes,
    gamma,
    half_vectorization,
    inverse,
    khatri_rao,
    losses,
    matrix_functions,
    norms,
    programs,
    pseudoinverse,
    rotations,
    singular_values,
    softmax,
    spectra,
    sums,
    trace,
)
from .book import REGISTRY
from .names import MOST_DIRECTIONS, arity, called, function_names, greek_functions
from .operation import Operation

__all__ = ["CHAPTERS", "MOST_DIRECTIONS", "REGISTRY", "arity", "by_name", "called", "contents", "function_names", "greek_functions"]

# In the order of the contents.
CHAPTERS = (
    *(core, khatri_rao, convolution, sums, half_vectorization, trace, diagonal, blocks, abstract),
    *(inverse, pseudoinverse, determinant, adjugate, matrix_functions, rotations, complex_numbers),
    *(elementary, gamma, activations, losses, extremes, softmax, norms, singular_values, spectra, programs),
)


def by_name(canonical: str) -> Operation:
    """The operation with this name; KeyError if the book has none."""
    return REGISTRY[canonical]


def _reduced(op: Operation) -> tuple[Callable[[str], Operation], tuple[str]]:
    return by_name, (op.name,)


copyreg.pickle(Operation, _reduced)  # another process has a book too


def contents() -> list[tuple[str, list[Operation]]]:
    """The chapters: what each is about (the first line of its docstring), and its operations in order."""
    return [((c.__doc__ or "").partition("\n")[0], [op for op in vars(c).values() if isinstance(op, Operation)]) for c in CHAPTERS]
