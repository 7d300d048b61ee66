"""Letters for new indices: none that stands anywhere near, free or bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count

from ..expressions.expr import Expr, postorder
from .network import Term

LETTERS: list[str] = [*"ijklrstuv", *[f"i_{n}" for n in range(1, 1000)]]


def letters_in(expressions: Iterable[Expr], term: Term | None = None) -> set[str]:
    """The names in the expressions and in the term: its indices, those of the sums inside, and the symbols."""
    nodes = list(expressions)
    if term is not None:
        nodes += [term.scalar, *[e for e, _, _ in term.factors], *[b for _, *bounds in term.binders for b in bounds]]
    bound = {name for name, *_ in term.binders} if term is not None else set()
    return bound | {str(n.attr[0]) if isinstance(n.attr, tuple) and n.attr else str(n.attr) for n in postorder(nodes)}


def free_letters(term: Term) -> set[str]:
    """The indices that stand free in a term, or are bound by one of its own sums."""
    parts = [term.scalar, *[e for e, _, _ in term.factors], *[b for _, *bounds in term.binders for b in bounds]]
    return {name for name, *_ in term.binders}.union(*(e.indices for e in parts))


def fresh_letter(taken: set[str], first: str = "") -> str:
    """A letter that is not taken; `first` itself where it is free."""
    return next(c for c in [first, *LETTERS] if c and c not in taken)


def letters_beside(parts: Iterable[Expr]) -> Iterator[str]:
    """Letters for indices that are no name, index or size in the `parts`."""
    nodes = postorder(parts)
    taken = letters_in(nodes) | {s for n in nodes for d in n.shape for s in d.names()}
    return (c for c in chain("wvutzyxhgfedcbasrqponmlkji", (f"w_{n}" for n in count(1))) if c not in taken)
