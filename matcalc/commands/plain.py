"""An ordinary line of `matcalc d` (`matcalc d "x^T A x" --wrt x`), read without Click: its import costs a third of a short answer.

Only what is certain is read: EXPR, whole names of options, values that they take. Every other line, and every mistake, is Click's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from .options import OPTIONS, argument

LISTS = ("--wrt", "--where")
# What can be wrong together with another option is refused by Click's rules.
LEFT = ("--chain", "--pretty", "--bold", "--transpose", "--width")


def answered(words: Sequence[str]) -> int | None:
    """The exit code of the answer; None where the line is not for this module."""
    found = arguments(words)
    if found is None:
        return None
    from .answering import derive
    from .console import read_word

    return derive(**found | {"expression": read_word(found["expression"])})


def arguments(words: Sequence[str]) -> dict[str, Any] | None:
    """What `derive` is to be given: a value for every option."""
    if not words or "_MATCALC_COMPLETE" in os.environ:
        return None
    alone = words[0] != "d"
    if alone and (words[0].isalpha() or words[0].startswith("-")):  # another command, or a word that is near to one
        return None
    lists: dict[str, list[str]] = {word: [] for word in LISTS}
    values: dict[str, Any] = {}
    expressions: list[str] = []
    rest = iter(words if alone else words[1:])
    for word in rest:
        if not word.startswith("-") or word == "-":
            expressions.append(word)
            continue
        name, equals, value = word.partition("=")
        settings = OPTIONS.get(name)
        if name in values or name in LEFT or (settings is None and name not in lists):
            return None
        if settings is not None and ("flag" in settings or "alone" in settings):
            if equals or "alone" in settings:
                return None
            values[name] = True
            continue
        if not equals:
            value = next(rest, "-")
        if value.startswith("-"):
            return None
        if name in lists:
            lists[name].append(value)
            continue
        taken = _taken(OPTIONS[name], value)
        if taken is None:
            return None
        values[name] = taken
    if len(expressions) != 1 or values.get("--format") == "latex-doc":
        return None
    result: dict[str, Any] = {"expression": expressions[0], "customary": alone}
    result |= {argument(word): tuple(given) for word, given in lists.items()}
    return result | {argument(word): values.get(word, s.get("default", False if "flag" in s else None)) for word, s in OPTIONS.items()}


def _taken(settings: dict[str, Any], value: str) -> object:
    """The value as the option means it; None where it takes no such value."""
    if "choices" in settings:
        return value if value in settings["choices"] else None
    if "least" in settings:
        return int(value) if value.isascii() and value.isdigit() and int(value) >= settings["least"] else None
    return value
