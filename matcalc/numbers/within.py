"""Sums within a term, as in (b^T x)(1 + exp(-1000 x^T x)): whether each summand was more than nothing beside the others, and moved.

A wrong summand there is found out as little as a wrong term that is nothing, and the term that it stands in shows all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..ops.core import SYMBOL
from ..ops.elementary import SIGN
from .agreement import VISIBLE, Level, greatest

Sums = Sequence[tuple[Sequence[Expr], Mapping[Expr, Any]]]  # what was computed: the sums that no index moves, and all values
Part = tuple[Expr, int]  # a sum, and which of its summands
PLAIN = 10**6  # times as great is the greatest summand at most, where nothing more is asked


class Within:
    """The summands of sums that have not been seen yet. One that was more than nothing, as 1 + tanh(1000 x) has it everywhere but near 0,
    has not been seen to move with the variable, where it does: it is sought, but may be constant for other reasons."""

    def __init__(self, focus: str) -> None:
        self.focus, self.begun = focus, False
        self.hidden: dict[Part, None] = {}  # those that were nothing, in order
        self.still: dict[Part, None] = {}  # those that did not move

    @property
    def is_wanted(self) -> bool:
        """Whether there is something left to see."""
        return not self.begun or bool(self.hidden or self.still)

    @property
    def lacks(self) -> bool:
        """Whether something was nothing, or did not move, at all points that there were."""
        return bool(self.hidden or self.still)

    @property
    def unseen(self) -> list[Expr]:
        """What was nothing at all points."""
        return [e.args[k] for e, k in self.hidden]

    def see(self, sums: Sums, arrays: ModuleType, level: Level) -> None:
        """What was computed at a point that counts: a function at both ends of the step, one after the other, and the claim."""
        least = 10 ** min(VISIBLE + level.step, level.digits - 2)
        runs: dict[int, tuple[Sequence[Expr], list[Mapping[Expr, Any]]]] = {}
        for nodes, values in sums:
            runs.setdefault(id(nodes), (nodes, []))[1].append(values)
        known = {e for e, _ in (*self.hidden, *self.still)} if self.begun else None
        hidden: dict[Part, None] = {}
        still: dict[Part, None] = {}
        for nodes, ends in runs.values():
            for e in nodes:
                if (e in known) if known is not None else not _shows(e, ends, arrays, least):
                    nothing = set(_nothing(e, ends[0], arrays))
                    hidden |= dict.fromkeys((e, k) for k in nothing)
                    if len(ends) > 1:
                        still |= dict.fromkeys((e, k) for k in self._unmoved(e, ends, arrays, least) if k not in nothing)
        if self.begun:
            self.hidden = {part: None for part in self.hidden if part in hidden}
            self.still = {part: None for part in self.still if part in still or part in hidden}
        else:
            self.begun, self.hidden, self.still = True, hidden, still

    def _unmoved(self, e: Expr, ends: Sequence[Mapping[Expr, Any]], arrays: ModuleType, least: int) -> Iterator[int]:
        for k, a in enumerate(e.args):
            if a.args and _moves(a, self.focus):
                before, after = (arrays.flat(values[a]) for values in ends[:2])
                if greatest([x - y for x, y in zip(before, after, strict=True)]) * least < greatest(before):
                    yield k


def _shows(e: Expr, ends: Sequence[Mapping[Expr, Any]], arrays: ModuleType, moved: int) -> bool:
    """Whether the first entries alone say that every summand shows, and moves: most sums are done with that."""
    least = most = None
    moves = len(ends) > 1
    for a in e.args:
        x = arrays.flat(ends[0][a])[0]
        size = abs(x)
        if not size or (moves and a.args and abs(x - arrays.flat(ends[1][a])[0]) * moved < size):
            return False
        least = size if least is None or size < least else least
        most = size if most is None or size > most else most
    return least is not None and bool(least * PLAIN > most)


def _nothing(e: Expr, values: Mapping[Expr, Any], arrays: ModuleType) -> Iterable[int]:
    """The summands that are nothing beside the greatest; all of them, if that is 0."""
    sizes = [greatest(arrays.flat(values[a])) for a in e.args]
    top = max((s for s in sizes if s == s), default=0)
    return (k for k, s in enumerate(sizes) if not s or not s * 10**VISIBLE >= top)


def _moves(e: Expr, name: str) -> bool:
    """Whether an expression has the name in it elsewhere than below what is constant almost everywhere."""
    todo, seen = [e], set[Expr]()
    while todo:
        n = todo.pop()
        if n.op is SYMBOL and name_of(n) == name:
            return True
        if n not in seen and n.op.differential != "0" and n.op is not SIGN:
            seen.add(n)
            todo += n.args
    return False
