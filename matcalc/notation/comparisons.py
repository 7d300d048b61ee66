"""How comparisons and cases are spelled: what is subtracted goes to the other side, constant arrays are numbers beside an array."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..expressions import build
from ..expressions.build import split, transpose
from ..expressions.expr import Expr
from ..ops.core import ADD, HADAMARD, IVERSON, ONES, TIMES, TRANSPOSE, ZEROS
from ..syntax import Node
from .factors import scaled
from .spelling import Spelling, is_sizeless
from .surface import number

MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


def _plain(spelling: Spelling, e: Expr) -> Node:
    """An argument that broadcasting may print as a number: 0 for a zero vector beside a vector."""
    if e.op is ZEROS:
        return number(0)
    if e.op is ONES:
        return number(1)
    return spelling.sized(e)


def iverson(spelling: Spelling, e: Expr) -> Node:
    return Node("iverson", (_compare(spelling, e),))


def _condition(spelling: Spelling, e: Expr) -> Node:
    """A comparison, or several that hold together."""
    inner = e.args[0] if e.op is TRANSPOSE else e
    if inner.op not in (TIMES, HADAMARD):
        return _compare(spelling, e)
    parts = [a if inner is e else transpose(a) for a in inner.args]
    return Node("and", tuple(_compare(spelling, a) for a in sorted(parts, key=spelling.key)))


def _compare(spelling: Spelling, e: Expr) -> Node:
    if e.op is TRANSPOSE and e.args[0].op is IVERSON:
        inner = e.args[0]
        return Node("cmp", broadcast(spelling, [transpose(a) for a in inner.args]), str(inner.attr))
    if e.op is not IVERSON:
        return Node("cmp", (spelling.of(e), number(0)), ">")
    sides, relation = _balanced(spelling, e)
    left, right = broadcast(spelling, sides)
    if not e.is_scalar and all(map(is_constant, sides)):
        left = spelling.of(sides[0])  # nothing else would carry the size
    return Node("cmp", (left, right), relation)


def _balanced(spelling: Spelling, e: Expr) -> tuple[Sequence[Expr], str]:
    """1 - z > 0 as z < 1: what is subtracted goes to the side of the zero, and a number to the right."""
    left, right = e.args
    relation = str(e.attr)
    if left.op is not ADD or left in spelling.named or not build.is_zero(right):
        return e.args, relation
    under = [a for a in left.args if build.without_coefficient(a)[0] < 0]
    over = [a for a in left.args if a not in under]
    if not under or not over:
        return e.args, relation
    greater, less = _added(over), build.opposite(_added(under)) if len(under) > 1 else build.negative(under[0])
    if is_constant(greater) or build.is_number(greater):
        return (less, greater), MIRRORED[relation]
    return (greater, less), relation


def broadcast(spelling: Spelling, sides: Sequence[Expr]) -> tuple[Node, ...]:
    """Arguments of one shape: constant ones as numbers, identities with their size where nothing beside them tells it."""
    told = any(not (a.is_scalar or is_constant(a) or is_sizeless(a)) for a in sides)
    return tuple(_as_number(spelling, a) or (spelling.of(a) if told else spelling.sized(a)) for a in sides)


def _as_number(spelling: Spelling, a: Expr) -> Node | None:
    c, scalars, body = split(a)
    if a.op is ZEROS:
        return number(0)
    return scaled(spelling, c, scalars, None) if body is not None and body.op is ONES else None


def cases(spelling: Spelling, e: Expr) -> Node:
    last = len(e.args) - 1
    told = e.is_scalar or not (all(map(is_constant, e.args[::2])) and all(c.is_scalar for c in e.args[1::2]))
    plain = partial(_plain, spelling) if told else spelling.sized
    return Node("cases", tuple(_condition(spelling, a) if k % 2 and k <= last else plain(a) for k, a in enumerate(e.args)))


def _added(terms: Sequence[Expr]) -> Expr:
    return build.add(*terms) if len(terms) > 1 else terms[0]


def is_constant(a: Expr) -> bool:
    """An array with the same number everywhere."""
    body = split(a)[2]
    return a.op is ZEROS or (body is not None and body.op is ONES)
