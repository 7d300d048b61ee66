"""Derivatives of functions of a matrix at a multiple of the identity, with which everything commutes: d^kF(s I, G, …, G) = f^(k)(s) G^k."""

from __future__ import annotations

from fractions import Fraction

from ..differentiation.tensor import Tensor
from ..expressions.build import add, apply, is_number, matmul, matrix_power, num, power, split, substitute, symbol, times
from ..expressions.expr import Expr, postorder
from ..inference.commuting import functions_of_matrices
from ..inference.templates import derivative_text
from ..ops.book import REGISTRY
from ..ops.core import EYE
from ..ops.matrix_functions import SQUARE_ROOT
from ..ops.operation import Operation
from ..shortening.simplify import simplify


def at_identity(e: Expr) -> Expr:
    """With every value at s I as f(s) I, and every derivative there as f^(k)(s) G^k; along G and H it is f''(s) (G H + H G)/2."""
    made: dict[Expr, Expr] = {}
    for n in postorder(e):
        op = functions_of_matrices().get(n.op) or (n.op if n.op.scalar else None)
        c, scalars, body = split(n.args[0]) if op is not None else (Fraction(0), (), None)
        if op is None or body is None or body.op is not EYE or not all(is_number(s) for s in scalars):
            continue
        directions = n.args[1:]
        slope = _slope(op, times(num(c), *scalars), len(directions))
        if slope is None:
            continue
        if not directions:
            made[n] = times(slope, body)
        elif len(set(directions)) == 1:
            made[n] = times(slope, matrix_power(directions[0], num(len(directions))))
        elif len(directions) == 2:
            made[n] = times(num(Fraction(1, 2)), slope, add(matmul(*directions), matmul(*directions[::-1])))
    return simplify(substitute(e, made)) if made else e


def _slope(op: Operation, s: Expr, k: int) -> Expr | None:
    """f^(k)(s) of the function of numbers that a function of matrices is."""
    x = symbol("\u2022x")
    if k == 0:
        return simplify(power(s, num(Fraction(1, 2))) if op is SQUARE_ROOT else apply(REGISTRY[op.scalar], (s,)))
    if op is SQUARE_ROOT:
        body = times(power(num(2), num(-1)), power(x, num(Fraction(-1, 2))))
    else:
        text, variable = derivative_text(REGISTRY[op.scalar])
        body = substitute(text, {variable: x})
    for _ in range(k - 1):
        found = Tensor.of(body).differentiate(x).matrix
        if found is None:
            return None
        body = found
    return simplify(substitute(body, {x: s}))
