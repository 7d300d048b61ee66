r"""Readings that fit and that nobody is sure to have meant: refused, with the spellings of both.

    x W + b        a row times a matrix, or a number in place of x or W       w * gamma      entry by entry, or a number behind a vector
    a . b / a^2    a dot product, or a product of numbers                     X^{(1)} \odot X^{(2)}   entries, or columns (Khatri-Rao)
    n, p and I_N   other sizes, or numbers                                     S I            a number I, or the identity
    \pi(R X + t)   a function, or a number                                    e^{i t}        a number i, or the imaginary unit
    ||a^T x||      a number between bars, or a row times a number x           x^T A x        likewise, or A a vector
    \mathbf E \cdot \mathbf B   vectors, or matrices                         \mathbf r/r^3  a vector and its length
    sum((X W - Y)^2)   squares of entries, or a matrix times itself           A o B          the sign of an entrywise product, or a number o
    x^T x^T, norm(x^2)   a small letter that would be a matrix                ||W||_1        a capital letter that would be a vector
    \sum_i e_i^T S e_i   residuals, or unit vectors
    [A, B]         a commutator, or blocks                                    \sin\theta K   of the angle, or entry by entry
    U and u_i      rows of U, or other vectors                                P_\Omega(X - Y)   the entries in a set, or a product
    e^{s_p} + \sum_n e^{s_n}   one of them, or one beside them
    (s - k)^+      a positive part, or a pseudoinverse                        E(a^T x)       an expectation, or a matrix

Only names that the author declared nowhere are doubted.
"""

from __future__ import annotations

from functools import cache

from ..errors import ReadingError
from ..syntax import split_name, walk
from .declarations import GREEK
from .doubt import Doubt
from .doubtful_kinds import DOUBTS as KINDS
from .doubtful_kinds import refuse_fields, refuse_other_sizes, refuse_rows, refuse_small_matrices, refuse_two_arrays
from .doubtful_products import DOUBTS as PRODUCTS
from .scopes import Typing

SIGNS = frozenset(("add", "pow", "pinv", "sum", "call", "T", "H", "literal"))  # the places that `doubtful_signs` asks about


@cache
def _doubts(op: str) -> tuple[Doubt, ...]:
    """The questions to a place of this kind."""
    found = (*PRODUCTS.get(op, ()), *KINDS.get(op, ()))
    if op in SIGNS:
        from .doubtful_signs import DOUBTS

        return (*found, *DOUBTS[op])
    return found


def refuse_suspect(el: Typing) -> None:
    """ReadingError at the first place whose reading had another as good."""
    if not el.defaults and not el.scene.free:
        return
    terms = {id(node): term for node, term in el.seen}
    program = el.scene.program
    for root in (*(b.value for b in program.bindings), program.body):
        for n in walk(root):
            for doubt in _doubts(n.op):
                error = doubt(el, terms, n)
                if error is not None:
                    raise error
    refuse_other_sizes(el)
    refuse_fields(el)
    for name in sorted(program.bold):
        if name in el.defaults and split_name(name)[0].islower() and name in el.symbols and el.symbols[name].kind == "matrix":
            if split_name(name)[0] not in GREEK:
                hint = f"declare it, {name} in R^n or {name} in R^{{m x n}}"
                raise ReadingError(f"{name} is in bold type, as vectors are, and fits here as a matrix only", suggestion=hint)
    refuse_small_matrices(el)
    refuse_rows(el)
    if el.families:
        refuse_two_arrays(el)
    for name in sorted(program.twofold):
        if name in el.defaults and el.symbols[name].is_scalar:
            message = f"{name} stands in bold type and plain, and would be one number"
            raise ReadingError(message, suggestion=f"write ||{name}|| for the length of the vector, or give the number another letter")
