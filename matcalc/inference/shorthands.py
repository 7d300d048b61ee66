"""The book's shorthands as functions that a text could have defined: mean(x) = sum(x)/count(x)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..ops.book import SHORTHANDS
from ..reading.read import parse
from ..syntax import Binding

BY_KIND = frozenset({"sqrt", "dot"})  # shorthands that `calls` decides by the kinds of their arguments


@cache
def shorthands() -> Mapping[str, Binding]:
    """Every shorthand by its name."""
    found = {}
    for name, short in SHORTHANDS.items():
        if name not in BY_KIND:
            found[name] = Binding(name, parse(short.meaning, short.params).body, short.params)
    return found
