"""The name and the declared properties of a symbol or of a member of a family."""

from __future__ import annotations

from .expr import Expr


def name_of(x: Expr) -> str:
    assert isinstance(x.attr, tuple)
    return str(x.attr[0])


def words_of(x: Expr) -> frozenset[str]:
    assert isinstance(x.attr, tuple)
    return frozenset(x.attr[1])
