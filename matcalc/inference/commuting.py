"""Functions of one matrix commute: along such a direction the derivative of a function of a matrix is that of numbers, f'(X) G."""

from __future__ import annotations

from functools import cache

from ..expressions.build import add, apply, eye, is_number, matmul, matrix_power, num, power, split, times, transpose, value_of
from ..expressions.expr import Expr, postorder
from ..ops.book import REGISTRY
from ..ops.core import ADD, EYE, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE
from ..ops.inverse import INVERSE
from ..ops.matrix_functions import SQUARE_ROOT
from ..ops.operation import Operation


@cache
def functions_of_matrices() -> dict[Operation, Operation]:
    """The functions of a matrix by their derivatives: expm by dexpm, as their differentials say."""
    return {REGISTRY[f"{op.name}_frechet"]: op for op in REGISTRY.values() if op.scalar}


@cache
def _of_numbers() -> dict[Operation, Operation]:
    """The functions of a matrix by those of numbers: expm by exp."""
    return {REGISTRY[op.scalar]: op for op in REGISTRY.values() if op.scalar in REGISTRY}


def along_commuting(e: Expr) -> Expr | None:
    """dF(X, G) as F'(X) G, where G is a function of X; None for anything else."""
    op = functions_of_matrices().get(e.op)
    if op is None or len(e.args) != 2 or not is_function_of(*e.args[::-1]):
        return None
    slope = slope_at(op, e.args[0])
    return None if slope is None else matmul(slope, e.args[1])


def slope_at(op: Operation, x: Expr) -> Expr | None:
    """f'(X) of a function of a matrix."""
    if op is SQUARE_ROOT:
        return times(power(num(2), num(-1)), matrix_power(apply(SQUARE_ROOT, (x,)), num(-1)))

    from .templates import derivative_text

    body, variable = derivative_text(REGISTRY[op.scalar])
    return on_matrix(body, variable, x)


def on_matrix(body: Expr, variable: Expr, x: Expr) -> Expr | None:
    """A function of a number read as one of a matrix; None where that has no notation."""
    found: dict[Expr, Expr] = {variable: x}
    for n in postorder(body):
        inside = [found.get(a) for a in n.args]
        matrices = [m for m in inside if m is not None]
        if n in found or not matrices:
            continue
        scalars = [a for a, m in zip(n.args, inside, strict=True) if m is None]
        if n.op is ADD:
            found[n] = add(*matrices, *[times(s, eye(x.shape[0])) for s in scalars])
        elif n.op is TIMES:
            found[n] = times(*scalars, matmul(*matrices))
        elif n.op is POWER and inside[0] is not None and is_number(n.args[1]) and value_of(n.args[1]).denominator <= 2:
            k = value_of(n.args[1])
            found[n] = matrix_power(inside[0] if k.denominator == 1 else apply(SQUARE_ROOT, (inside[0],)), num(k.numerator))
        elif n.op in _of_numbers():
            found[n] = apply(_of_numbers()[n.op], matrices)
        else:
            return None
    return found.get(body, times(body, eye(x.shape[0])))


def is_function_of(g: Expr, x: Expr) -> bool:
    """Whether `g` is made of `x` and numbers alone: by sums, products, powers, functions of a matrix."""
    x = _core(x)
    if x.op is TRANSPOSE:
        g, x = transpose(g), transpose(x)
    made = {x}
    for n in postorder(g, made):
        parts = n.args[:1] if n.op is MATRIX_POWER else [a for a in n.args if not a.is_scalar]
        if n.op is EYE or ((n.op in (ADD, TIMES, MATMUL, MATRIX_POWER, INVERSE) or n.op.scalar) and all(a in made for a in parts)):
            made.add(n)
    return g in made


def _core(x: Expr) -> Expr:
    """What a function of s X + t I is a function of."""
    while x.op is TIMES or x.op is ADD:
        moving = [a for a in (x.args if x.op is ADD else x.args[-1:]) if (body := split(a)[2]) is None or body.op is not EYE]
        if len(moving) != 1:
            break
        x = moving[0]
    return x
