"""Expressions as SymPy objects: matrices as MatrixExpr, scalars as Expr with real symbols.

SymPy holds one and two indices, and no families of vectors. A 1×1 product such as x^T A x is a matrix there, so it becomes its
trace; the sum of all entries becomes 1^T X 1. What SymPy has no object for is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import NoAnswerError
from ..expressions.expr import Expr, postorder
from ..inference.templates import defined, of_a_number
from ..kinds import Dim
from ..ops import core
from ..ops.blocks import BLOCK
from ..ops.extremes import MAXIMUM, MINIMUM
from ..ops.operation import Operation
from ..ops.sums import SUM
from ..ops.vocabulary import WORDS
from ..shortening.counterparts import class_of, in_sympy, number
from ..syntax import split_name

Made = Callable[[Any, list[Any], Expr], Any]


def to_sympy(e: Expr) -> Any:
    """The SymPy object of a typed expression; NoAnswerError for what SymPy has no object for."""
    import sympy

    return _translated(sympy, e, {})


def _translated(sympy: Any, e: Expr, done: dict[Expr, Any]) -> Any:
    for n in postorder(e, done):
        if n not in done:
            made = _one(sympy, n, [done[a] for a in n.args])
            done[n] = _translated(sympy, defined(n), done) if made is None else made
    return done[e]


def dimension(sympy: Any, dim: Dim) -> Any:
    """A size: an Integer, or a polynomial in positive integer symbols."""
    return sympy.Add(
        *(c * sympy.Mul(*(sympy.Symbol(n, integer=True, positive=True) ** k for n, k in monomial)) for monomial, c in dim.terms)
    )


def symbol_name(name: str) -> str:
    """`w_{out}` as SymPy's printers want it: w_out."""
    base, sub = split_name(name)
    return f"{base}_{sub}" if sub else base


def _one(sympy: Any, n: Expr, args: list[Any]) -> Any:
    """The SymPy object of a node; None where it is to be written by its definition."""
    if n.op in _RULES:
        return _RULES[n.op](sympy, args, n)
    if in_sympy(n.op) or (n.op.definition and n.op.elementwise):
        f = function(sympy, n.op)
        return args[0].applyfunc(f) if n.op.elementwise and not n.is_scalar else f(*args)
    if n.op.definition:
        return None
    raise NoAnswerError(f"SymPy has no object for {n.op.rule}", suggestion="use .text, or .code()")


def function(sympy: Any, op: Operation) -> Any:
    """An operation in SymPy: its class there, or a function of one number by its definition."""
    if in_sympy(op):
        return class_of(sympy, op)
    body, x = of_a_number(op)
    t = sympy.Symbol("t", real=True)
    return sympy.Lambda(t, _translated(sympy, body, {x: t}))


def _symbol(sympy: Any, args: list[Any], n: Expr) -> Any:
    assert isinstance(n.attr, tuple)
    name, properties = n.attr
    return _named(sympy, symbol_name(str(name)), n, properties)


def _named(sympy: Any, name: str, n: Expr, properties: Any) -> Any:
    if not n.is_scalar:
        return sympy.MatrixSymbol(name, *(dimension(sympy, d) for d in n.shape))
    known = {WORDS[p].sympy: True for p in properties if WORDS[p].sympy}
    return sympy.Symbol(name, **(known or {"real": True}), **({"real": True} if known and "integer" not in known else {}))


def _member(sympy: Any, args: list[Any], n: Expr) -> Any:
    if not n.is_scalar:
        raise NoAnswerError(f"SymPy has no families of vectors, such as {n.attr[0]}_i")  # type: ignore[index]
    return sympy.IndexedBase(symbol_name(str(n.attr[0])), real=True)[args[0]]  # type: ignore[index]


def _matmul(sympy: Any, args: list[Any], n: Expr) -> Any:
    product = sympy.MatMul(*args)
    return sympy.Trace(product) if n.is_scalar else product


def _times(sympy: Any, args: list[Any], n: Expr) -> Any:
    return sympy.Mul(*args) if n.is_scalar else sympy.MatMul(sympy.Mul(*args[:-1]), args[-1])


def _power(sympy: Any, args: list[Any], n: Expr) -> Any:
    return sympy.Pow(*args) if n.is_scalar else sympy.HadamardPower(*args)


def _total(sympy: Any, x: Any) -> Any:
    """The sum of the entries of an array, as 1^T X 1."""
    left = [] if x.rows == 1 else [sympy.OneMatrix(1, x.rows)]
    right = [] if x.cols == 1 else [sympy.OneMatrix(x.cols, 1)]
    return sympy.Trace(sympy.MatMul(*left, x, *right))


def _entry(sympy: Any, args: list[Any], n: Expr) -> Any:
    x, i, j = args
    return x[i - 1, j - 1]


def _unit(sympy: Any, args: list[Any], n: Expr) -> Any:
    from sympy.matrices.expressions.special import MatrixUnit

    return MatrixUnit(dimension(sympy, n.shape[0]), 1, args[0] - 1, 0)


def _literal(sympy: Any, args: list[Any], n: Expr) -> Any:
    assert isinstance(n.attr, tuple)
    rows, columns = n.attr
    return sympy.ImmutableDenseMatrix(rows, columns, args)


def _block(sympy: Any, args: list[Any], n: Expr) -> Any:
    rows, columns = (n.attr[0], n.attr[1])  # type: ignore[index]
    if any(a.is_scalar for a in n.args):
        raise NoAnswerError("SymPy has no block matrix with scalar blocks")
    return sympy.BlockMatrix([args[k * columns : (k + 1) * columns] for k in range(rows)])


def _sum(kind: str) -> Made:
    def rule(sympy: Any, args: list[Any], n: Expr) -> Any:
        if not n.is_scalar:
            raise NoAnswerError("SymPy has no sum of matrices over an index")
        low, high, body = args
        return getattr(sympy, kind)(body, (_index(sympy, str(n.attr)), low, high))

    return rule


def _index(sympy: Any, name: str) -> Any:
    return sympy.Symbol(name, integer=True, positive=True)


def _iverson(sympy: Any, args: list[Any], n: Expr) -> Any:
    """1 where x > y, entry by entry; of an array only where y is one number."""
    x, y = args
    if n.is_scalar:
        return sympy.Piecewise((1, x > y), (0, True))
    if n.args[1].op is not core.ZEROS:
        raise NoAnswerError("SymPy compares no arrays")
    t = sympy.Symbol("t", real=True)
    return x.applyfunc(sympy.Lambda(t, sympy.Piecewise((1, t > 0), (0, True))))


def _extreme(sympy: Any, args: list[Any], n: Expr) -> Any:
    """The greater or lesser of two; of an array and 0, entry by entry."""
    f = class_of(sympy, n.op)
    if n.is_scalar:
        return f(*args)
    for k, a in enumerate(n.args):
        if a.op is core.ZEROS:
            t = sympy.Symbol("t", real=True)
            return args[1 - k].applyfunc(sympy.Lambda(t, f(0, t)))
    raise NoAnswerError("SymPy compares no arrays")


def _sizes(sympy: Any, n: Expr) -> list[Any]:
    return [dimension(sympy, d) for d in n.shape]


_RULES: dict[Any, Made] = {
    core.SYMBOL: _symbol,
    core.NUMBER: lambda sympy, args, n: number(sympy, n),
    core.CONSTANT: lambda sympy, args, n: number(sympy, n),
    core.SIZE: lambda sympy, args, n: dimension(sympy, n.attr),  # type: ignore[arg-type]
    core.INDEX: lambda sympy, args, n: _index(sympy, str(n.attr)),
    core.EYE: lambda sympy, args, n: sympy.Identity(_sizes(sympy, n)[0]),
    core.ONES: lambda sympy, args, n: sympy.OneMatrix(*_sizes(sympy, n)),
    core.ZEROS: lambda sympy, args, n: sympy.ZeroMatrix(*_sizes(sympy, n)),
    core.MEMBER: _member,
    core.UNIT: _unit,
    core.ENTRY: _entry,
    core.LITERAL: _literal,
    BLOCK: _block,
    core.ADD: lambda sympy, args, n: sympy.Add(*args) if n.is_scalar else sympy.MatAdd(*args),
    core.TIMES: _times,
    core.MATMUL: _matmul,
    core.HADAMARD: lambda sympy, args, n: sympy.HadamardProduct(*args),
    core.TRANSPOSE: lambda sympy, args, n: args[0].T,
    core.POWER: _power,
    core.MATRIX_POWER: lambda sympy, args, n: sympy.MatPow(*args),
    core.INDEXED_SUM: _sum("Sum"),
    core.INDEXED_PRODUCT: _sum("Product"),
    core.IVERSON: _iverson,
    SUM: lambda sympy, args, n: _total(sympy, args[0]),
    MAXIMUM: _extreme,
    MINIMUM: _extreme,
}
