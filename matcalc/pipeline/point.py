"""A point written in text, `x = 1; y = [1; 2]`, and what is computed there, in numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import MatcalcError, ReadingError, UsageError
from ..reading.read import parse_names
from .expression import expression
from .question import Question

NAMED = re.compile(r"\s*(\\?[^\W\d_]+(?:_(?:\{[^{}]*\}|\w))?'?)\s*=(?!=)")
_OPEN, _CLOSED = "([{", ")]}"


def statements(text: str) -> list[str]:
    """`text` cut at semicolons and line ends outside brackets."""
    pieces, depth, start = [], 0, 0
    for k, c in enumerate(text):
        depth += (c in _OPEN) - (c in _CLOSED)
        if c in ";\n" and depth <= 0:
            pieces.append(text[start:k])
            start = k + 1
    return [*pieces, text[start:]]


def numbers_at(text: str, names: Sequence[str], what: str = "--at") -> dict[str, Any]:
    """The arrays that a point gives for its names; a value without a name is that of the one variable. ReadingError where one has none."""
    found: dict[str, Any] = {}
    for piece in filter(str.strip, statements(text)):
        named = NAMED.match(piece)
        if named is None and len(names) != 1:
            raise ReadingError(f"{what} has no name in {piece.strip()!r}", suggestion=f'write {what} "x = 1; y = 2"')
        value = piece[named.end() :] if named else piece
        try:
            name = parse_names(named[1])[0] if named else names[0]
            array = expression(Question.of(value)).evaluate({})
        except MatcalcError as error:
            raise error.located(text) from None
        if name in found:
            raise UsageError(f"{what} gives {name} twice")
        found[name] = array.reshape(-1) if getattr(array, "ndim", 0) == 2 and 1 in array.shape else array
    return found


def spelled(value: Any, row: bool) -> str:
    """Numbers as the language writes them: 4, [1, 2] of a row, [1; 2] of a column, [1, 2; 3, 4]; lists of lists for more indices."""
    import numpy as np

    array = np.asarray(value)
    if array.ndim > 2:
        return str(array.tolist())
    lines = array.reshape(1, -1) if array.ndim < 2 and row else array.reshape(-1, 1) if array.ndim < 2 else array
    text = "; ".join(", ".join(format(float(v), ".15g") for v in line) for line in lines)
    return text if array.ndim == 0 else f"[{text}]"


__all__ = ["NAMED", "numbers_at", "spelled", "statements"]
