"""Scalar expressions to SymPy and back, as objects: for solving, series and determinants of literal sizes.

Beyond `scalars`, which only shortens coefficients: names keep their signs (positive, integer), every function that SymPy
knows is translated, matrices of literal size are written out entry by entry, and sums over an index that are polynomial
in the variables are taken apart (sum_i (y_i - m)^2 is sum_i y_i^2 - 2 m sum_i y_i + N m^2). What is free of the
variables and unknown to SymPy becomes a symbol; what depends on them and is unknown is NotTranslated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..expressions import build
from ..expressions.build import apply, entry, is_number, literal, num, value_of
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.properties import properties_of
from ..inference.templates import defined
from ..ops.core import (
    ADD,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    KRONECKER,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    NUMBER,
    ONES,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.inverse import INVERSE
from ..ops.pattern import EntryPattern
from ..ops.sums import SUM, VEC
from ..ops.trace import TRACE
from ..ops.vocabulary import WORDS
from .counterparts import NotTranslated, class_of, expression, in_sympy, number

MOST_ENTRIES = 36  # of a matrix that is written out
MOST_SIDE = 6


class Algebra:
    """Both ways, for some variables: symbols, or entries of arrays of literal size."""

    def __init__(self, variables: Iterable[Expr] = (), positive: Iterable[Expr] = ()) -> None:
        self.variables = frozenset(variables)
        self._positive = frozenset(positive)
        self._symbols: dict[Expr, Any] = {}
        self._back: dict[Any, Expr] = {}
        self._done: dict[Expr, Any] = {}

    # ---- to SymPy

    def number(self, e: Expr) -> Any:
        """The scalar `e` as a SymPy expression."""
        return self._value(e)

    def entries(self, e: Expr) -> Any:
        """The array `e` of literal size as a SymPy matrix."""
        import sympy

        value = self._value(e)
        return value if not e.is_scalar else sympy.ImmutableMatrix([[value]])

    def symbol_of(self, e: Expr) -> Any:
        """The symbol that stands for a scalar name, an entry or an opaque scalar."""
        import sympy

        found = self._symbols.get(e)
        if found is None:
            words = properties_of(e) | ({"positive"} if e in self._positive else set())
            name = name_of(e) if e.op is SYMBOL else f"a{len(self._symbols)}"
            known = {"real": True} | {WORDS[w].sympy: True for w in sorted(words) if WORDS[w].sympy}
            found = sympy.Symbol(name, **known)
            if found in self._back:
                found = sympy.Dummy(name, **known)
            self._symbols[e] = found
            self._back[found] = e
        return found

    def _value(self, root: Expr) -> Any:
        done = self._done
        todo = [root]
        while todo:
            n = todo[-1]
            if n in done:
                todo.pop()
                continue
            inside = self._inside(n)
            waiting = [a for a in inside if a not in done]
            if waiting:
                todo += waiting
                continue
            todo.pop()
            done[n] = self._translate(n, [done[a] for a in inside], inside)
        return done[root]

    def _inside(self, n: Expr) -> Sequence[Expr]:
        """The arguments that are translated too; none for an opaque scalar."""
        if n.op is SYMBOL or n.op is MEMBER or n.op is INDEXED_SUM or n.op is ENTRY or n.op is INDEXED_PRODUCT:
            return ()
        if n.args and all(_is_literal(a) for a in n.args) and _is_literal(n) and self._known(n):
            return n.args
        return ()

    def _known(self, n: Expr) -> bool:
        return n.op in _MATRIX_RULES or n.op.definition != "" or (n.op.elementwise and in_sympy(n.op) != "")

    def _translate(self, n: Expr, args: list[Any], inside: Sequence[Expr]) -> Any:
        import sympy

        op = n.op
        if op is NUMBER or op is CONSTANT:
            return number(sympy, n)
        if inside:
            rule = _MATRIX_RULES.get(op)
            if rule is not None:
                return rule(sympy, args, n)
            if op.definition:
                return self._value(defined(n))
            f = class_of(sympy, op)
            return f(args[0]) if n.is_scalar else args[0].applyfunc(f)
        if op in (EYE, ONES, ZEROS, UNIT) and _is_literal(n) and all(is_number(a) for a in n.args):
            return _constant_matrix(sympy, n)
        if op is ENTRY and n not in self._symbols and n.args[0].op is not SYMBOL and _is_literal(n.args[0]):
            return self._entry(n)
        if op is INDEXED_SUM and self._depends(n):
            return self._sum(n)
        if n.is_scalar:
            if n not in self.variables and self._depends(n):
                raise NotTranslated(n.op.name)
            return self.symbol_of(n)
        if not _is_literal(n):
            raise NotTranslated(n.op.name)
        if op is not SYMBOL and op is not MEMBER and self._depends(n):
            raise NotTranslated(n.op.name)
        rows, cols = _sides(n)
        return sympy.ImmutableMatrix(rows, cols, lambda i, j: self._value(self._entry_of(n, int(i), int(j))))

    def _entry_of(self, n: Expr, i: int, j: int) -> Expr:
        """An entry of a name, as the properties make it: one of a symmetric matrix is the one above the diagonal."""
        pattern = EntryPattern(properties_of(n))
        if pattern.vanishes(i, j):
            return num(0)
        if pattern.mirror and i > j:
            return build.times(num(pattern.mirror), entry(n, num(j + 1), num(i + 1)))
        return entry(n, num(i + 1), num(j + 1))

    def _entry(self, n: Expr) -> Any:
        x, i, j = n.args
        if not (is_number(i) and is_number(j)):
            raise NotTranslated("entry")
        return self.entries(x)[int(value_of(i)) - 1, int(value_of(j)) - 1]

    def _depends(self, n: Expr) -> bool:
        if not self.variables:
            return False
        return any(m in self.variables for m in postorder(n)) or any(
            m.op is SYMBOL and any(v.op is ENTRY and v.args[0] is m for v in self.variables) for m in postorder(n)
        )

    def _sum(self, n: Expr) -> Any:
        """A sum over an index whose body is a polynomial in the variables: one sum for every coefficient."""
        import sympy

        low, high, body = n.args
        if self._depends(low) or self._depends(high):
            raise NotTranslated("a bound")
        inner = self._value(body)
        unknowns = [self.symbol_of(v) for v in self.variables if self.symbol_of(v) in inner.free_symbols]
        try:
            parts = sympy.Poly(sympy.expand(inner), *sorted(unknowns, key=str)).terms()
        except sympy.PolynomialError:
            raise NotTranslated("a sum over an index") from None
        total = sympy.Integer(0)
        for powers, coefficient in parts:
            factor = sympy.prod([u**k for u, k in zip(sorted(unknowns, key=str), powers)])
            moving = self.expression(coefficient)
            total += factor * self._value(apply(INDEXED_SUM, (low, high, moving), n.attr))
        return total

    # ---- and back

    def expression(self, s: Any) -> Expr:
        """The SymPy scalar as an expression; NotTranslated for anything matcalc has no word for."""
        return expression(s, self._back)

    def matrix(self, m: Any) -> Expr:
        """The SymPy matrix as a literal."""
        return literal(m.rows, m.cols, [self.expression(v) for v in m])


def _is_literal(e: Expr) -> bool:
    return e.is_scalar or (e.shape[0].number is not None and e.shape[1].number is not None and _count(e) <= MOST_ENTRIES)


def _count(e: Expr) -> int:
    rows, cols = _sides(e)
    return rows * cols


def _sides(e: Expr) -> tuple[int, int]:
    rows, cols = e.shape[0].number, e.shape[1].number
    assert rows is not None and cols is not None
    return rows, cols


def is_small(e: Expr) -> bool:
    """An array whose entries can be written out."""
    return _is_literal(e)


def entries_of(x: Expr) -> list[Expr]:
    """The entries of a variable of literal size, column by column (a scalar is its own)."""
    if x.is_scalar:
        return [x]
    rows, cols = _sides(x)
    return [entry(x, num(i + 1), num(j + 1)) for j in range(cols) for i in range(rows)]


def _constant_matrix(sympy: Any, n: Expr) -> Any:
    rows, cols = _sides(n)
    if n.op is EYE:
        return sympy.ImmutableMatrix(sympy.eye(rows))
    if n.op is UNIT:
        at = int(value_of(n.args[0])) - 1
        return sympy.ImmutableMatrix(rows, 1, lambda i, j: int(i == at))
    return sympy.ImmutableMatrix(rows, cols, lambda i, j: int(n.op is ONES))


def _chain(sympy: Any, args: list[Any], n: Expr) -> Any:
    total = _as_matrix(sympy, args[0])
    for a in args[1:]:
        total = total * _as_matrix(sympy, a)
    return total[0, 0] if n.is_scalar else total


def _as_matrix(sympy: Any, a: Any) -> Any:
    return a if hasattr(a, "rows") else sympy.ImmutableMatrix([[a]])


def _scaled(sympy: Any, args: list[Any], n: Expr) -> Any:
    if n.is_scalar:
        return sympy.Mul(*args)
    return sympy.Mul(*args[:-1]) * args[-1]


def _total(sympy: Any, args: list[Any], n: Expr) -> Any:
    if n.is_scalar:
        return sympy.Add(*args)
    total = args[0]
    for a in args[1:]:
        total = total + a
    return total


def _entrywise(sympy: Any, args: list[Any], n: Expr) -> Any:
    total = args[0]
    for a in args[1:]:
        total = total.multiply_elementwise(a)
    return total


def _power(sympy: Any, args: list[Any], n: Expr) -> Any:
    base, k = args
    return sympy.Pow(base, k) if n.is_scalar else base.applyfunc(lambda v: sympy.Pow(v, k))


def _matrix_power(sympy: Any, args: list[Any], n: Expr) -> Any:
    base, k = args
    if not k.is_Integer or abs(k) > 8:
        raise NotTranslated("a matrix power")
    return base**k


_MATRIX_RULES: dict[object, Any] = {
    ADD: _total,
    TIMES: _scaled,
    MATMUL: _chain,
    HADAMARD: _entrywise,
    KRONECKER: lambda sympy, args, n: sympy.ImmutableMatrix(sympy.kronecker_product(*args)),
    TRANSPOSE: lambda sympy, args, n: _as_matrix(sympy, args[0]).T if not n.is_scalar else args[0],
    POWER: _power,
    MATRIX_POWER: _matrix_power,
    INVERSE: lambda sympy, args, n: args[0].inv(),
    TRACE: lambda sympy, args, n: args[0].trace(),
    SUM: lambda sympy, args, n: sympy.Add(*args[0]),
    DIAG: lambda sympy, args, n: sympy.ImmutableMatrix(sympy.diag(*args[0])),
    DIAGONAL: lambda sympy, args, n: sympy.ImmutableMatrix([args[0][i, i] for i in range(args[0].rows)]),
    VEC: lambda sympy, args, n: _as_matrix(sympy, args[0]).vec(),
    LITERAL: lambda sympy, args, n: sympy.ImmutableMatrix(*n.attr, args),
    DETERMINANT: lambda sympy, args, n: args[0].det(method="berkowitz"),
    LOG_DETERMINANT: lambda sympy, args, n: sympy.log(sympy.Abs(args[0].det(method="berkowitz"))),
}
