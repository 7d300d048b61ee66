"""Which way a Hessian bends, by what is known of it."""

from __future__ import annotations

from collections.abc import Iterable

from ..expressions.expr import Expr
from ..expressions.properties import properties_of
from ..ops.vocabulary import WORDS

_KINDS = tuple(map(WORDS.__getitem__, ("spd", "nd", "psd", "nsd")))  # what says more comes first
PD, ND, PSD, NSD = (w.said for w in _KINDS)


def definiteness(m: Expr, invertible: Iterable[Expr] = ()) -> str | None:
    """What is known of a symmetric matrix (or a scalar), if anything is. `invertible` are matrices taken to be so."""
    known = properties_of(m, dict.fromkeys(invertible, "invertible"))
    return next((w.said for w in _KINDS if w.name in known), None)


def sign_of(e: Expr) -> int:
    """1 or -1 where every entry is known to have this sign; 0 where that is not known."""
    known = properties_of(e)
    return ("positive" in known) - ("negative" in known)
