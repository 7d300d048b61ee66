"""The circle of constructors, tied: a product may become a sum, whose transpose is a product again.

Each constructor is defined in one module of this package and entered in `CONSTRUCTORS` by the package's `__init__`;
the modules reach one another's constructors from here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from ..ops.operation import Operation
from .expr import Expr

CONSTRUCTORS: dict[str, Callable[..., Expr]] = {}


def add(*terms: Expr) -> Expr:
    return CONSTRUCTORS["add"](*terms)


def times(*factors: Expr) -> Expr:
    return CONSTRUCTORS["times"](*factors)


def transpose(e: Expr) -> Expr:
    return CONSTRUCTORS["transpose"](e)


def matmul(*factors: Expr) -> Expr:
    return CONSTRUCTORS["matmul"](*factors)


def hadamard(*factors: Expr) -> Expr:
    return CONSTRUCTORS["hadamard"](*factors)


def kron(*factors: Expr) -> Expr:
    return CONSTRUCTORS["kron"](*factors)


def power(base: Expr, exponent: Expr) -> Expr:
    return CONSTRUCTORS["power"](base, exponent)


def matrix_power(x: Expr, k: Expr) -> Expr:
    return CONSTRUCTORS["matrix_power"](x, k)


def inverse(x: Expr) -> Expr:
    return CONSTRUCTORS["inverse"](x)


def trace(x: Expr) -> Expr:
    return CONSTRUCTORS["trace"](x)


def total(x: Expr) -> Expr:
    return CONSTRUCTORS["total"](x)


def diag(x: Expr) -> Expr:
    return CONSTRUCTORS["diag"](x)


def diagonal(x: Expr) -> Expr:
    return CONSTRUCTORS["diagonal"](x)


def indexed_sum(name: str, low: Expr, high: Expr, body: Expr) -> Expr:
    return CONSTRUCTORS["indexed_sum"](name, low, high, body)


def entry(x: Expr, i: Expr, j: Expr) -> Expr:
    return CONSTRUCTORS["entry"](x, i, j)


def apply(op: Operation, args: Sequence[Expr], attr: Hashable = None) -> Expr:
    return CONSTRUCTORS["apply"](op, args, attr)


def opposite(e: Expr) -> Expr:
    return CONSTRUCTORS["opposite"](e)
