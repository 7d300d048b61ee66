"""Products with [w]_x by the laws of the cross product, and functions of [w]_x along w."""

from __future__ import annotations

from fractions import Fraction

from ..kinds import ONE
from ..ops.core import ADD, MATMUL, TIMES, TRANSPOSE, UNIT
from ..ops.rotations import LEFT_JACOBIAN, ROTATION, SKEW, VEX
from .expr import Expr, order_key
from .leaves import num, split, zeros
from .normal import add, apply, by_its_block, matmul, negative, normal_form, times, transpose
from .properties import holds

SELDOM = SKEW.bit | ROTATION.bit | LEFT_JACOBIAN.bit  # a product has laws of its own where it has one of these


def skew(w: Expr) -> Expr:
    """[w]_x."""
    return apply(SKEW, (w,))


@normal_form(SKEW)
def _skew(w: Expr) -> Expr:
    if w.op is VEX and holds(w.args[0], "skew"):
        return w.args[0]
    return by_its_block(SKEW, (w,))


@normal_form(VEX)
def _vex(x: Expr) -> Expr:
    """vex([w]_x) = w; vex(X^T) = -vex(X); vex(u v^T) = (v × u)/2."""
    if holds(x, "symmetric"):
        return zeros(x.shape[0], ONE)
    if x.op is TIMES:
        return by_its_block(VEX, (x,))
    if x.op is SKEW:
        return x.args[0]
    if x.op is TRANSPOSE:
        return negative(apply(VEX, (x.args[0],)))
    if x.op is ADD and any(map(_cut, x.args)):
        return add(*[apply(VEX, (a,)) for a in x.args])
    cut = _cut(x)
    if cut:
        return times(num(Fraction(1, 2)), matmul(skew(transpose(matmul(*x.args[cut:]))), *x.args[:cut]))
    flipped = transpose(x)
    return negative(apply(VEX, (flipped,))) if order_key(flipped) < order_key(x) else by_its_block(VEX, (x,))


def _cut(x: Expr) -> int:
    """Where an outer product falls apart; 0 for anything else."""
    body = split(x)[2]
    return next((k + 1 for k, f in enumerate(body.args[:-1]) if f.shape[1] is ONE), 0) if body is not None and body.op is MATMUL else 0


def by_laws_of_three(chain: list[Expr]) -> Expr | None:
    """A product in which [a]_x, exp([a]_x) or its Jacobian stands beside a vector: a × b = -b × a, and a along a. None where it has
    its normal form. The vectors are in the structural order, unit vectors last."""
    column, row = chain[-1].shape[1] is ONE, chain[0].shape[0] is ONE
    alone = sum(f.op is SKEW for f in chain) == 1  # with two, the value has more than one such order
    for k in range(len(chain) - 1, -1, -1):
        if not chain[k].op.bit & SELDOM:
            continue
        a, head, tail = chain[k].args[0], chain[:k], chain[k + 1 :]
        after = matmul(*tail) if column and tail else None
        before = transpose(matmul(*head)) if row and head else None
        if chain[k].op is not SKEW:
            if after is not None and split(after)[2] is split(a)[2]:
                return matmul(*head, after)
            continue
        if after is not None and before is not None and alone:
            found = _of_three(before, a, after)
        elif after is not None:
            turned = _turned(a, after)
            found = turned and (matmul(*head, turned) if head else turned)
        elif before is not None and after is None:
            turned = _turned(a, before)
            found = turned and matmul(negative(transpose(turned)), *tail)
        else:
            continue
        if found is not None:
            return found
    return None


def _key(v: Expr) -> tuple[bool, tuple[int, bytes]]:
    return v.op is UNIT, order_key(v)


def _turned(a: Expr, b: Expr) -> Expr | None:
    """a × b as -b × a, where that is in order; 0 of vectors along one line."""
    if split(a)[2] is split(b)[2]:
        return zeros(a.shape[0], ONE)
    return negative(matmul(skew(b), a)) if _key(b) < _key(a) else None


def _of_three(c: Expr, a: Expr, b: Expr) -> Expr | None:
    """c^T (a × b), the determinant of [c, a, b], with the three in order."""
    if len({split(v)[2] for v in (a, b, c)}) < 3:
        return num(0)
    x, y, z = sorted((c, a, b), key=_key)
    if (x, y, z) == (c, a, b):
        return None
    even = (x, y, z) in ((a, b, c), (b, c, a))
    value = matmul(transpose(x), skew(y), z)
    return value if even else negative(value)
