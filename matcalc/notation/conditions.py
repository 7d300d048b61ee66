"""Conditions below the sign of a sum, `sum_{j != i} k_{ij}` for `sum_{j=1}^N k_{ij} 1[j != i]`, where that is read back as it is meant.

Without bounds an index runs over all that carries it, so it must stand below a family, or below an array of as many rows or columns as
the sum has terms. The two indices have to run equally far, since the reader takes that from the condition. Of two letters below the
sign the reader takes the first for the index and the second for given where it comes before in the alphabet; in alphabetical order both
are run through.
"""

from __future__ import annotations

from ..expressions.build import is_number, num, split, times
from ..expressions.expr import Expr, postorder
from ..ops.core import ENTRY, INDEX, INDEXED_SUM, IVERSON, MEMBER, SIZE, SYMBOL
from ..syntax import Node
from .spelling import Spelling
from .surface import name

RUNNING = "abcdefghijklmnpqrstuv"  # what the reader takes for letters of pairs that are run through


def with_condition_below(spelling: Spelling, e: Expr, body: Expr) -> tuple[Node, Node, str] | None:
    """The summand of the sum `e` without its condition that two indices differ, the condition, and the letter of the sign; None where
    there is none, or where it would be read otherwise. `body` is the summand, or its transpose."""
    inner = body.op is INDEXED_SUM and body.args[:2] == e.args[:2]
    term = body.args[2] if inner else body
    letters = {str(e.attr), *([str(body.attr)] if inner else [])}
    c, scalars, array = split(term)
    for s in scalars:
        if s.op is not IVERSON or s.attr != "!=" or any(a.op not in (INDEX, SYMBOL) for a in s.args):
            continue
        pair = {str(a.attr if a.op is INDEX else a.attr[0]) for a in s.args}  # type: ignore[index]
        if any(len(letter) != 1 for letter in pair) or (pair != letters if inner else str(e.attr) not in pair):
            continue
        one, other = sorted(pair) if inner else (str(e.attr), *(pair - letters))
        readable = pair <= set(RUNNING) if inner else (other < one or other not in RUNNING)
        rest = times(num(c), *[f for f in scalars if f is not s], *([] if array is None else [array]))
        alike = inner or _runs_alike(spelling.whole or e, str(e.attr), other, e.args[1])
        if readable and alike and all(_runs_over_all(rest, letter, e.args[0], e.args[1]) for letter in letters):
            return spelling.of(rest), Node("cmp", (name(one), name(other)), "!="), one
    return None


def _runs_over_all(term: Expr, letter: str, low: Expr, high: Expr) -> bool:
    """Whether an index from `low` to `high` runs over all members of a family, or all rows or columns of an array, in the term."""
    if not is_number(low, 1) or high.op is not SIZE:
        return False
    found = False
    for n in postorder(term):
        if n.op is MEMBER and any(a.op is INDEX and a.attr == letter for a in n.args):
            found = True
        elif n.op is ENTRY:
            for a, d in zip(n.args[1:], n.args[0].shape, strict=False):
                if a.op is INDEX and a.attr == letter:
                    if d != high.attr:
                        return False
                    found = True
    return found


def _runs_alike(whole: Expr, letter: str, other: str, high: Expr) -> bool:
    """Whether `other` runs as far as the index does, to `high`: wherever it is bound, and where it is free and stands below a name, below
    one that carries the index too."""
    nodes = postorder(whole)
    ends = {n.args[1] for n in nodes if n.op is INDEXED_SUM and n.attr == other}
    if ends:
        return ends == {high}
    places = [(n, k) for n in nodes if n.op in (ENTRY, MEMBER) for k, a in enumerate(n.args) if a.op is INDEX and a.attr == other]
    carried = {n.attr for n in nodes if n.op is MEMBER and any(a.op is INDEX and a.attr == letter for a in n.args)}
    return all(n.attr in carried if n.op is MEMBER else n.args[0].shape[k - 1] == high.attr for n, k in places)
