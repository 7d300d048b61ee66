"""The constructors of expressions, all of them, with the laws of their normal form.

The normal form is what the laws of the field give without thinking: sums and products flat, numbers merged, scalars in
front, like terms and equal factors collected, transposes pushed through products onto the factors, identities and
zeros gone, a matrix next to its inverse cancelled. Nothing is expanded, nothing is factored. Equal up to these laws
means identical, so the rest of the engine compares with `is`. The order of printing is decided later (`arrange`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..ops.core import NAMED
from . import aggregates, blocks, conjugates, entrywise, frechet, functions, named, products, scalars, stacked, sums
from .conjugates import base_name, conjugate, conjugate_name, is_complex, is_conjugate_name, is_real
from .expr import Expr, postorder, transform
from .functions import function, function_along
from .leaves import (
    constant,
    eye,
    imaginary,
    index,
    is_number,
    is_zero,
    member,
    num,
    ones,
    size,
    split,
    symbol,
    unit,
    value_of,
    without_coefficient,
    zeros,
)
from .named import VALUE
from .normal import (
    add,
    apply,
    block,
    diag,
    diagonal,
    divide,
    entry,
    hadamard,
    indexed_product,
    indexed_sum,
    inverse,
    kron,
    literal,
    matmul,
    matrix_power,
    negative,
    opposite,
    power,
    rebuild,
    subtract,
    times,
    total,
    trace,
    transpose,
)
from .products import as_power
from .signatures import result_shape

LAWS = (
    sums,
    scalars,
    products,
    entrywise,
    aggregates,
    blocks,
    functions,
    frechet,
    named,
    conjugates,
    stacked,
)  # reading them fills the table of normal forms


def substitute(e: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """`e` with expressions replaced, in normal form again."""
    return transform(e, rebuild, dict(values))


def opened(e: Expr, uses: int | None = None) -> Expr:
    """`e` written out but for the names of its author; with `uses` those that are used no oftener."""
    count: dict[Expr, int] = {}
    for n in postorder(e):
        for a in n.args:
            count[a] = count.get(a, 0) + 1

    def of(n: Expr, args: tuple[Expr, ...]) -> Expr:
        found = n.op is NAMED and n.attr[0] != VALUE  # type: ignore[index]
        return args[0] if found and (uses is None or count.get(n, 0) <= uses) else rebuild(n, args)

    return transform(e, of)


def with_names(root: Expr, names: Iterable[Expr]) -> Expr:
    """The expression with these NAMED nodes in the place of what they stand for."""
    of = {n.args[0]: n for n in names}
    done: dict[Expr, Expr] = {}
    root = of.get(root, root)
    todo = [root]
    while todo:
        e = todo[-1]
        parts = e.args if e.op is NAMED else [of.get(a, a) for a in e.args]
        waiting = [a for a in parts if a not in done]
        if e not in done and waiting:
            todo += waiting
            continue
        todo.pop()
        if e not in done:
            done[e] = rebuild(e, tuple(done[a] for a in parts))
    return done[root]


__all__ = [
    "add",
    "apply",
    "as_power",
    "base_name",
    "block",
    "conjugate",
    "conjugate_name",
    "constant",
    "diag",
    "diagonal",
    "divide",
    "entry",
    "eye",
    "function",
    "function_along",
    "hadamard",
    "imaginary",
    "index",
    "indexed_product",
    "indexed_sum",
    "inverse",
    "is_complex",
    "is_conjugate_name",
    "is_number",
    "is_real",
    "is_zero",
    "kron",
    "literal",
    "matmul",
    "matrix_power",
    "member",
    "negative",
    "num",
    "ones",
    "opposite",
    "power",
    "rebuild",
    "result_shape",
    "size",
    "split",
    "substitute",
    "subtract",
    "symbol",
    "times",
    "total",
    "trace",
    "transpose",
    "unit",
    "value_of",
    "without_coefficient",
    "zeros",
]
