"""The functions' names that the reader knows: those of the book."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def book() -> dict[str, str]:
    from ..ops import function_names

    return dict(function_names())


@lru_cache(maxsize=1)
def longest_function() -> int:
    return max(map(len, book()))


def function_of(word: str) -> str | None:
    """The canonical name of the function spelled `word`, in any case."""
    known = book()
    return known.get(word) or (known.get(word.lower()) if len(word) > 1 else None)


def is_elementwise(name: str) -> bool:
    """Whether a function is one of numbers, entry by entry, so that tanh' is its derivative."""
    from ..ops.book import REGISTRY

    return name in REGISTRY and REGISTRY[name].elementwise
