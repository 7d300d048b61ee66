"""Functions of a matrix: of diagonal ones entry by entry, and their Fréchet derivatives along the identity, which commutes with X."""

from __future__ import annotations

from fractions import Fraction

from ..ops.book import REGISTRY
from ..ops.core import EYE, TIMES
from ..ops.diagonal import DIAG
from ..ops.matrix_functions import EXPONENTIAL_DERIVATIVE, EXPONENTIAL_KRONECKER, LOGARITHM, MATRIX_EXPONENTIAL
from ..ops.operation import Operation
from ..ops.rotations import ROTATION, SKEW
from .expr import Expr
from .leaves import num, split
from .normal import FORMS, apply, by_its_block, diag, matmul, normal_form, power, times
from .products import real_power


def of_number(op: Operation, x: Expr) -> Expr:
    """The function of numbers that a function of a matrix is, of a number or entry by entry."""
    return power(x, num(Fraction(1, 2))) if op.scalar == "sqrt" else apply(REGISTRY[op.scalar], (x,))


def _of_matrix(op: Operation) -> None:
    def form(x: Expr) -> Expr:
        if x.op is DIAG:
            return diag(of_number(op, x.args[0]))
        body = split(x)[2]
        if x.op is TIMES and body is not None and body.op is DIAG:
            return diag(of_number(op, times(*x.args[:-1], body.args[0])))
        if op is MATRIX_EXPONENTIAL and body is not None and body.op is SKEW:
            return apply(ROTATION, (times(*x.args[:-1], body.args[0]) if x.op is TIMES else body.args[0],))
        if op is MATRIX_EXPONENTIAL and body is not None and body.op is LOGARITHM and split(x)[1] == () and split(x)[0].denominator <= 2:
            return real_power(body.args[0], num(split(x)[0]))
        return by_its_block(op, (x,))

    FORMS[op] = form


for _op in REGISTRY.values():
    if _op.scalar:
        _of_matrix(_op)


@normal_form(EXPONENTIAL_DERIVATIVE)
def _exponential(x: Expr, *directions: Expr) -> Expr:
    """exp(X + s I) = e^s exp(X), and X commutes with itself."""
    others = [d for d in directions if d.op is not EYE]
    if len(others) < len(directions):
        return apply(EXPONENTIAL_DERIVATIVE if others else MATRIX_EXPONENTIAL, (x, *others))
    if directions == (x,):
        return matmul(x, apply(MATRIX_EXPONENTIAL, (x,)))
    return by_its_block(EXPONENTIAL_DERIVATIVE, (x, *directions))


@normal_form(EXPONENTIAL_KRONECKER)
def _exponential_kronecker(x: Expr, *directions: Expr) -> Expr:
    return by_its_block(EXPONENTIAL_KRONECKER, (x, *[d for d in directions if d.op is not EYE]))
