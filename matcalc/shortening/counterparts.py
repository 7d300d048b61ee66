"""What the book and SymPy both have, both ways: numbers, sums, products, powers, and the functions by what their blocks say.

A block says SymPy's name where that is not its own (`sympy`), or what the function is in terms of others where SymPy has none
(`definition`). A function of one entry that says neither is called in SymPy as in the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from ..expressions.build import add, apply, constant, num, power, times, value_of
from ..expressions.expr import Expr
from ..ops.book import REGISTRY
from ..ops.core import CONSTANT
from ..ops.operation import Operation


class NotTranslated(Exception):
    """SymPy has no word for it, or matcalc has none."""


@cache
def by_sympy_name() -> dict[str, Operation]:
    """SymPy's classes by name, and the operations that they are."""
    return {op.sympy or op.name: op for op in REGISTRY.values() if op.sympy or (op.elementwise and op.differential and not op.definition)}


@cache
def in_sympy(op: Operation) -> str:
    """SymPy's name of an operation; "" where it has none."""
    return next((name for name, other in by_sympy_name().items() if other is op), "")


def class_of(sympy: Any, op: Operation) -> Any:
    """SymPy's class of an operation that has a name there."""
    from sympy.matrices.expressions import diagonal

    return getattr(sympy, in_sympy(op), None) or getattr(diagonal, in_sympy(op))


def number(sympy: Any, e: Expr) -> Any:
    """A number or a constant."""
    if e.op is CONSTANT:
        return {"pi": sympy.pi, "e": sympy.E, "infty": sympy.oo}[str(e.attr)]
    return sympy.Rational(value_of(e).numerator, value_of(e).denominator)


def expression(s: Any, known: Mapping[Any, Expr]) -> Expr:
    """The expression of a SymPy scalar, whose symbols are `known`; NotTranslated for anything matcalc has no word for."""
    import sympy

    done: dict[Any, Expr] = {}
    for n in sympy.postorder_traversal(s):
        if n not in done:
            made = known.get(n) or _one(sympy, n, [done.get(a) for a in n.args])
            if made is not None:
                done[n] = made
    if s not in done:
        raise NotTranslated(type(s).__name__)
    return done[s]


def _one(sympy: Any, n: Any, args: list[Any]) -> Expr | None:
    if n.is_Rational:
        return num(Fraction(int(n.p), int(n.q)))
    if n.is_Float:
        return num(Fraction(str(n)))
    if n is sympy.pi:
        return constant("pi")
    if n is sympy.E:
        return apply(REGISTRY["exp"], (num(1),))
    if None in args:
        return None
    if n.is_Add:
        return add(*args)
    if n.is_Mul:
        return times(*args)
    if n.is_Pow:
        return power(*args)
    op = by_sympy_name().get(type(n).__name__)
    return apply(op, args) if op is not None and len(args) == len(op.params) else None
