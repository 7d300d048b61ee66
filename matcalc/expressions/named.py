"""Parts under a name: for the laws and for the length a letter, for numbers and derivatives what it stands for.

A function of many statements keeps its author's names, and a derivative that grows keeps its long adjoints, as nodes of their own. So the
sums and products of one do not run into those of the next, and what is worked out of a node depends on the length of one definition only.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..interning import inner_first
from ..ops.core import NAMED
from .expr import Expr, make, postorder
from .normal import apply, normal_form, transpose

# What a name is for: a value that the author named, what is handed down to a node, a run of factors.
VALUE, ADJOINT, PART = "value", "adjoint", "part"
SHORT = 8  # symbols of a part that needs no name


def named(x: Expr, purpose: str, name: str = "") -> Expr:
    """`x` under a name: its author's, or one that is found when it is printed."""
    return apply(NAMED, (x,), (purpose, name))


@normal_form(NAMED)
def _named(attr: tuple[str, str], x: Expr) -> Expr:
    if not x.args or (not attr[1] and x.size <= SHORT) or x.op is NAMED:
        return x
    if x.shape[0] is x.shape[1]:
        transpose(x)  # now, so that a chain of names is never turned from its end
    return make(NAMED, (x,), attr, x.shape, 1)


def has_names(e: Expr) -> bool:
    return bool(e.within & NAMED.bit)


def written_in(e: Expr) -> list[Expr]:
    """The nodes of `e`, arguments first; of a name not what it stands for, which may be a whole chain of statements."""
    return inner_first([e], _below)


def _below(e: Expr) -> tuple[Expr, ...]:
    return () if e.op is NAMED else e.args


def written_size(roots: Iterable[Expr]) -> int:
    """The symbols of the expressions and of all their definitions."""
    roots = list(roots)
    return sum(r.size for r in roots) + sum(n.args[0].size for n in postorder(roots) if n.op is NAMED)
