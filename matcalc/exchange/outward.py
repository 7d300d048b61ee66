"""Expressions as SymPy objects: matrices as MatrixExpr, scalars as Expr with real symbols.

SymPy holds one and two indices, and no families of vectors. A 1×1 product such as x^T A x is a matrix there, so it becomes its
trace; the sum of all entries becomes 1^T X 1. What SymPy has no object for is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import NoAnswerError
from ..expressions.build import value_of
from ..expressions.expr import Expr, postorder
from ..kinds import Dim
from ..ops import core
from ..ops.blocks import BLOCK
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.inverse import INVERSE
from ..ops.sums import SUM
from ..ops.trace import TRACE
from ..ops.vocabulary import WORDS
from ..syntax import split_name

# Functions of one number: matcalc's name, SymPy's.
FUNCTIONS = {
    **{f: f for f in "exp log sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh erf sign factorial".split()},
    "abs": "Abs",
}
# Functions that SymPy has no name for, as functions of a symbol t.
SPELLED_OUT: dict[str, Callable[[Any, Any], Any]] = {
    "sigmoid": lambda sympy, t: 1 / (1 + sympy.exp(-t)),
    "softplus": lambda sympy, t: sympy.log(1 + sympy.exp(t)),
    "relu": lambda sympy, t: sympy.Max(0, t),
    "silu": lambda sympy, t: t / (1 + sympy.exp(-t)),
    "hinge": lambda sympy, t: sympy.Max(0, 1 - t),
    "gelu": lambda sympy, t: t * (1 + sympy.erf(t / sympy.sqrt(2))) / 2,
}
Rule = Callable[[Any, list[Any], Expr], Any]


def to_sympy(e: Expr) -> Any:
    """The SymPy object of a typed expression; NoAnswerError for what SymPy has no object for."""
    import sympy

    done: dict[Expr, Any] = {}
    for n in postorder(e):
        done[n] = _one(sympy, n, [done[a] for a in n.args])
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
    name = n.op.name
    if n.op in _RULES:
        return _RULES[n.op](sympy, args, n)
    if name in _NAMED:
        return _NAMED[name](sympy, args, n)
    if name in FUNCTIONS or name in SPELLED_OUT:
        (x,) = args
        return _function(sympy, name)(x) if n.is_scalar else x.applyfunc(_function(sympy, name))
    raise NoAnswerError(f"SymPy has no object for {n.op.rule if getattr(n.op, 'rule', '') else name}", suggestion="use .text, or .code()")


def _function(sympy: Any, name: str) -> Any:
    if name in FUNCTIONS:
        return getattr(sympy, FUNCTIONS[name])
    t = sympy.Symbol("t", real=True)
    return sympy.Lambda(t, SPELLED_OUT[name](sympy, t))


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


def _sum(kind: str) -> Rule:
    def rule(sympy: Any, args: list[Any], n: Expr) -> Any:
        if not n.is_scalar:
            raise NoAnswerError("SymPy has no sum of matrices over an index")
        low, high, body = args
        return getattr(sympy, kind)(body, (_index(sympy, str(n.attr)), low, high))

    return rule


def _index(sympy: Any, name: str) -> Any:
    return sympy.Symbol(name, integer=True, positive=True)


def _diagonal(kind: str) -> Rule:
    def rule(sympy: Any, args: list[Any], n: Expr) -> Any:
        from sympy.matrices.expressions import diagonal

        return getattr(diagonal, kind)(args[0])

    return rule


def _number_of(sympy: Any, args: list[Any], n: Expr) -> Any:
    return sympy.Rational(value_of(n).numerator, value_of(n).denominator)


def _constant(sympy: Any, args: list[Any], n: Expr) -> Any:
    return {"pi": sympy.pi, "e": sympy.E, "infty": sympy.oo}[str(n.attr)]


def _iverson(sympy: Any, args: list[Any], n: Expr) -> Any:
    """1 where x > y, entry by entry; of an array only where y is one number."""
    x, y = args
    if n.is_scalar:
        return sympy.Piecewise((1, x > y), (0, True))
    if n.args[1].op is not core.ZEROS:
        raise NoAnswerError("SymPy compares no arrays")
    t = sympy.Symbol("t", real=True)
    return x.applyfunc(sympy.Lambda(t, sympy.Piecewise((1, t > 0), (0, True))))


def _extreme(kind: str) -> Rule:
    def rule(sympy: Any, args: list[Any], n: Expr) -> Any:
        f = getattr(sympy, kind)
        if n.is_scalar:
            return f(*args)
        for k, a in enumerate(n.args):
            if a.op is core.ZEROS:
                t = sympy.Symbol("t", real=True)
                return args[1 - k].applyfunc(sympy.Lambda(t, f(0, t)))
        raise NoAnswerError("SymPy compares no arrays")

    return rule


def _softmax(sympy: Any, args: list[Any], n: Expr) -> Any:
    e = args[0].applyfunc(sympy.exp)
    return sympy.MatMul(1 / _total(sympy, e), e)


def _norm(sympy: Any, args: list[Any], n: Expr) -> Any:
    (x,) = args
    return sympy.sqrt(sympy.Trace(sympy.MatMul(sympy.Transpose(x), x)))


def _p_norm(sympy: Any, args: list[Any], n: Expr) -> Any:
    x, p = args
    return _total(sympy, sympy.HadamardPower(x.applyfunc(sympy.Abs), p)) ** (1 / p)


def _sizes(sympy: Any, n: Expr) -> list[Any]:
    return [dimension(sympy, d) for d in n.shape]


_RULES: dict[Any, Rule] = {
    core.SYMBOL: _symbol,
    core.NUMBER: _number_of,
    core.CONSTANT: _constant,
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
    core.KRONECKER: lambda sympy, args, n: sympy.KroneckerProduct(*args),
    core.TRANSPOSE: lambda sympy, args, n: args[0].T,
    core.POWER: _power,
    core.MATRIX_POWER: lambda sympy, args, n: sympy.MatPow(*args),
    core.INDEXED_SUM: _sum("Sum"),
    core.INDEXED_PRODUCT: _sum("Product"),
    core.IVERSON: _iverson,
    INVERSE: lambda sympy, args, n: sympy.Inverse(args[0]),
    TRACE: lambda sympy, args, n: sympy.Trace(args[0]),
    SUM: lambda sympy, args, n: _total(sympy, args[0]),
    DIAG: _diagonal("DiagMatrix"),
    DIAGONAL: _diagonal("DiagonalOf"),
}
_NAMED: dict[str, Rule] = {
    "det": lambda sympy, args, n: sympy.Determinant(args[0]),
    "logdet": lambda sympy, args, n: sympy.log(sympy.Determinant(args[0])),
    "norm": _norm,
    "normF": _norm,
    "norm1": lambda sympy, args, n: _total(sympy, args[0].applyfunc(sympy.Abs)),
    "normp": _p_norm,
    "softmax": _softmax,
    "logsumexp": lambda sympy, args, n: sympy.log(_total(sympy, args[0].applyfunc(sympy.exp))),
    "max": _extreme("Max"),
    "min": _extreme("Min"),
}
