"""The short form of an expression: identities from the table, common factors, distributed numbers, scalar algebra.

Bottom-up over the DAG; at every node the shortest of the forms that the moves give is kept, and again while it gets
shorter. A move is taken for its effect on the length only, ties go to the structural order, so the order of the rules
does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..differentiation.lifting import written_out
from ..expressions.blocks import gathered
from ..expressions.build import add, is_number, rebuild, times
from ..expressions.expr import Expr, order_key, transform
from ..inference.commuting import along_commuting
from ..ops.core import ADD, TIMES
from ..ops.identities import IDENTITIES
from ..ops.laws import COMMUTING
from .factor import is_written_out
from .moves import Move, defined, expansions, identities, moves

_EQUAL = frozenset(i.name for i in IDENTITIES if i.equal)
ROUNDS = 6  # how often a node may be improved
Record = list[tuple[str, Expr, Expr]]


def simplify(e: Expr, known: dict[Expr, Expr] | None = None, record: Record | None = None) -> Expr:
    """The shortest form found of `e`; `record` receives every rewriting that was kept: its reason, before and after."""
    done = {} if known is None else known
    depth = 0  # a sum over an index and its opposite may become each other

    def shortened(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = inside(rebuild(old, args))
        along = along_commuting(made)
        if along is not None:
            if record is not None:
                record.append((COMMUTING.name, made, along))
            made = inside(along)
        for _ in range(ROUNDS):
            better = _improve(made, moves, record)
            if better is made:
                break
            made = inside(better)
        return done.setdefault(made, made)

    def inside(made: Expr) -> Expr:
        """With the parts shortened that came about on the way."""
        nonlocal depth
        if depth > ROUNDS or all(done.get(a) is a for a in made.args):
            return made
        depth += 1
        made = rebuild(made, tuple(transform(a, shortened, done) for a in made.args))
        depth -= 1
        return made

    short = _opened(transform(e, shortened, done), record)
    written = written_out(short) or gathered(short)
    return short if written is None else transform(written, shortened, done)


def recognise(e: Expr, record: Record | None = None) -> Expr:
    """`e` with named functions recognised (a logistic function, a softmax, a norm), small determinants written out and nothing
    else changed."""

    def recognised(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        move = defined(made)
        if move is not None:
            if record is not None:
                record.append((move[0], made, move[1]))
            made = move[1]
        return _improve(made, identities, record)

    return transform(e, recognised)


def _improve(e: Expr, ways: Callable[[Expr], Iterator[Move]], record: Record | None = None) -> Expr:
    for _ in range(ROUNDS):
        best, reason = e, ""
        for name, candidate in ways(e):
            shorter = candidate.size < e.size and order_key(candidate) < order_key(best)
            if shorter or (best is e and candidate.size == e.size and name in _EQUAL):
                best, reason = candidate, name
        if best is e:
            return e
        if record is not None:
            record.append((reason, e, best))
        e = best
    return e


def _opened(e: Expr, record: Record | None) -> Expr:
    """2 (3 x^2 + x - 3) as 6 x^2 + 2 x - 6: brackets that shorten nothing."""
    if e.op is not TIMES or len(e.args) != 2 or not is_number(e.args[0]) or e.args[1].op is not ADD:
        return e
    made = add(*[times(e.args[0], t) for t in e.args[1].args])
    if made.size > e.size or not is_written_out(made):
        return e
    if record is not None:
        record.append(("distributive law", e, made))
    return made


__all__ = ["expansions", "recognise", "simplify"]
