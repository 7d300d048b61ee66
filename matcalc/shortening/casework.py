"""Sums of cases with the same conditions are cases of sums: cases(0, x > 0, 1) + 2 x cases(1, x > 0, 0) is cases(2 x, x > 0, 1)."""

from __future__ import annotations

from collections.abc import Iterator

from ..expressions.build import add, apply, ones, rebuild, times
from ..expressions.expr import Expr
from ..ops.core import CASES, HADAMARD, TIMES

Conditions = tuple[Expr, ...]


def merged_cases(e: Expr) -> Iterator[Expr]:
    """The sum `e` with summands that have a factor of cases under the same conditions made one."""
    groups: dict[Conditions, list[tuple[Expr, list[Expr]]]] = {}
    for term in e.args:
        found = _branches(term)
        if found is not None:
            groups.setdefault(found[0], []).append((term, found[1]))
    for conditions, members in groups.items():
        if len(members) > 1:
            sums = [add(*parts) for parts in zip(*[branches for _, branches in members], strict=True)]
            pairs = [x for value, condition in zip(sums[:-1], conditions, strict=True) for x in (value, condition)]
            gone = {term for term, _ in members}
            yield add(*[t for t in e.args if t not in gone], apply(CASES, [*pairs, sums[-1]]))


def _branches(term: Expr) -> tuple[Conditions, list[Expr]] | None:
    """The conditions of a factor of cases, and the term in each case; None without such a factor, or without an otherwise."""
    if term.op is CASES:
        values = [v if v.shape == term.shape else times(v, ones(*term.shape)) for v in term.args[::2]]
        return (term.args[1::2], values) if len(term.args) % 2 else None
    if term.op is TIMES or term.op is HADAMARD:
        for k, factor in enumerate(term.args):
            found = _branches(factor)
            if found is not None:
                return found[0], [rebuild(term, (*term.args[:k], b, *term.args[k + 1 :])) for b in found[1]]
    return None
