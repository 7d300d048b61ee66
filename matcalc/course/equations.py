"""Equations in one variable: linear ones, those that become linear on multiplying by the variable, and those between entries."""

from __future__ import annotations

from ..errors import MatcalcError
from ..expressions.build import apply, matmul, num, symbol, times, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.labels import words_of
from ..expressions.properties import holds
from ..inference.templates import entrywise
from ..kinds import ONE, Dim
from ..ops.core import ADD, HADAMARD, ONES, POWER, SYMBOL, TIMES
from ..ops.inverse import INVERSE
from ..shortening.algebra import Algebra
from ..shortening.counterparts import NotTranslated
from ..shortening.simplify import simplify
from .expansion import expanded, expanded_in
from .linear import IsTall, NewName, Solution, contains, linear_matrix, linear_vector

_ENTRYWISE = (ADD, TIMES, HADAMARD, POWER)


def solve_for(g: Expr, x: Expr, new: NewName, tall: IsTall) -> Solution | None:
    """x with g = 0; None where no way is known."""
    if not contains(g, x):
        return None
    if x.is_scalar:
        return _scalar(g, x)
    found = _linear(g, x, new, tall) or _entry_by_entry(g, x)
    if found is not None or x.shape[0] is not x.shape[1]:
        return found
    for side in (g, transpose(g)):
        for product in (matmul(x, side), matmul(side, x), matmul(x, side, x)):
            if contains_inverse(side, x):
                found = _linear(expanded_in(product, x), x, new, tall)
                if found is not None:
                    return found
    return None


def contains_inverse(e: Expr, x: Expr) -> bool:
    return any(n.op is INVERSE and contains(n.args[0], x) for n in postorder(e))


def _linear(g: Expr, x: Expr, new: NewName, tall: IsTall) -> Solution | None:
    return linear_vector(g, x, new, tall) if x.shape[1] is ONE else linear_matrix(g, x, new, tall)


def _scalar(g: Expr, x: Expr) -> Solution | None:
    """By SymPy, with everything that does not depend on x as symbols."""
    import sympy

    for form in (g, simplify(expanded(g))):
        algebra = Algebra([x])
        try:
            s = algebra.number(form)
            numerator = sympy.fraction(sympy.together(s))[0]
            roots = sympy.solve(numerator, algebra.symbol_of(x), dict=False)
            values = [simplify(algebra.expression(sympy.simplify(r))) for r in roots if r.is_real is not False]
            if holds(x, "positive"):
                values = [
                    v for v, r in zip(values, [r for r in roots if r.is_real is not False], strict=True) if r.is_positive is not False
                ]
        except (NotTranslated, NotImplementedError):
            continue
        if values:
            return Solution(values[0], more=values[1:])
        return Solution(None)
    return None


def _entry_by_entry(g: Expr, x: Expr) -> Solution | None:
    """An equation between entries at the same place, solved as one between numbers and read back entry by entry."""
    import sympy

    shape = x.shape
    letters: dict[Expr, Expr] = {}
    for n in postorder(g):
        if n.shape == shape and n.op is SYMBOL:
            letters[n] = symbol(f"\u2022{len(letters)}", (ONE, ONE), words_of(n))
        elif contains(n, x) and (n.shape != shape or not (n.op in _ENTRYWISE or n.op.elementwise)):
            return None
    scalar = _as_scalar(g, letters, shape)
    if scalar is None:
        return None
    algebra = Algebra([letters[x]])
    try:
        s = algebra.number(scalar)
        roots = sympy.solve(s, algebra.symbol_of(letters[x]))
        if len(roots) != 1:
            return None
        value = algebra.expression(sympy.simplify(roots[0]))
        return Solution(simplify(entrywise(value, {v: k for k, v in letters.items()}, shape)))
    except (NotTranslated, NotImplementedError, MatcalcError):
        return None


def _as_scalar(g: Expr, letters: dict[Expr, Expr], shape: tuple[Dim, Dim]) -> Expr | None:
    done: dict[Expr, Expr] = dict(letters)
    for n in postorder(g):
        if n in done:
            continue
        if n.shape != shape:
            done[n] = n
        elif n.op is ONES:
            done[n] = num(1)
        elif n.op is HADAMARD:
            done[n] = times(*[done[a] for a in n.args])
        else:
            done[n] = apply(n.op, [done[a] for a in n.args])
    return done[g] if done[g].is_scalar else None
