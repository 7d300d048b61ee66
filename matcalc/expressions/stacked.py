"""Stacked columns: vec and vech, each beside its inverse, and their matrices."""

from __future__ import annotations

from ..kinds import ONE, Dim, Shape, triangular
from ..ops.core import ADD, COMMUTATION, HADAMARD, ONES, POWER, TIMES
from ..ops.half_vectorization import DUPLICATION, ELIMINATION, UNVEC, UNVECH, VECH
from ..ops.operation import Operation
from ..ops.sums import VEC
from .expr import Expr, make, postorder
from .leaves import eye, is_zero, num, ones, split, zeros
from .normal import add, apply, by_its_block, normal_form, power, times
from .properties import holds


def commutation(shape: Shape) -> Expr:
    """K with K vec(X) = vec(X^T) for X of this shape."""
    n = shape[0] * shape[1]
    return eye(n) if ONE in shape else make(COMMUTATION, (), shape, (n, n), 1)


def duplication(n: Dim) -> Expr:
    """D_n with D_n vech(S) = vec(S) for symmetric S."""
    return num(1) if n is ONE else make(DUPLICATION, (), n, (n * n, triangular(n)), 1)


def elimination(n: Dim) -> Expr:
    """L_n with L_n vec(X) = vech(X). It counts as longer than D_n^+, which takes its place beside D_n."""
    return num(1) if n is ONE else make(ELIMINATION, (), n, (triangular(n), n * n), 3)


def unvec(y: Expr, shape: Shape) -> Expr:
    """The matrix of this shape with vec(X) = y."""
    return apply(UNVEC, (y,), shape)


STRUCTURES = (COMMUTATION, DUPLICATION, ELIMINATION)


def sizes_in(e: Expr) -> tuple[Dim, ...]:
    """The sizes of which one of these matrices is."""
    found: tuple[Dim, ...] = e.attr if isinstance(e.attr, tuple) else (e.attr,)
    return found


@normal_form(UNVEC)
def _unvec(shape: Shape, y: Expr) -> Expr:
    if is_zero(y):
        return zeros(*shape)
    if y.op is TIMES:
        return times(*y.args[:-1], unvec(y.args[-1], shape))
    if shape[1] is ONE:
        return y
    if y.op is VEC and y.args[0].shape == shape:
        return y.args[0]
    if y.op is ADD and _has(VEC, y):
        return add(*[unvec(a, shape) for a in y.args])
    whole = _by_entries(y, shape) if y.within & VEC.bit else None
    return whole if whole is not None else make(UNVEC, (y,), shape, shape, 1 + y.size)


def _by_entries(y: Expr, shape: Shape) -> Expr | None:
    """unvec(exp(vec(X)) .* vec(Y)) as exp(X) .* Y: what is done entry by entry with stacked matrices of this shape, and nothing else."""
    found: dict[Expr, Expr] = {}
    for n in postorder(y):
        last = found.get(n.args[-1]) if n.args else None
        if n.shape != y.shape:
            continue
        if n.op is VEC and n.args[0].shape == shape:
            found[n] = n.args[0]
        elif n.op is ONES:
            found[n] = ones(*shape)
        elif n.op is TIMES and last is not None:
            found[n] = times(*n.args[:-1], last)
        elif n.op is POWER and n.args[0] in found and n.args[1].is_scalar:
            found[n] = power(found[n.args[0]], n.args[1])
        elif (n.op in (ADD, HADAMARD) or n.op.elementwise) and all(a in found for a in n.args):
            found[n] = apply(n.op, [found[a] for a in n.args], n.attr)
    return found.get(y)


@normal_form(VEC)
def _vec(x: Expr) -> Expr:
    return x.args[0] if x.op is UNVEC else by_its_block(VEC, (x,))


@normal_form(VECH)
def _vech(x: Expr) -> Expr:
    return x if x.is_scalar else x.args[0] if x.op is UNVECH else by_its_block(VECH, (x,))


@normal_form(UNVECH)
def _unvech(v: Expr) -> Expr:
    if v.op is VECH and holds(v.args[0], "symmetric"):
        return v.args[0]
    if v.op is ADD and _has(VECH, v, "symmetric"):
        return add(*[apply(UNVECH, (a,)) for a in v.args])
    return v if v.is_scalar else by_its_block(UNVECH, (v,))


def _has(op: Operation, e: Expr, word: str = "") -> bool:
    """Whether a summand is this operation, of an argument of which the word holds."""
    bodies = [split(a)[2] for a in e.args]
    return any(b is not None and b.op is op and (not word or holds(b.args[0], word)) for b in bodies)
