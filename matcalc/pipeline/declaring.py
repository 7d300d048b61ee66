"""A declaration for one name, written for the reader: the kind that was wanted, with sizes that fit the formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from ..errors import MatcalcError, UsageError
from ..inference.assumptions import where_text
from .question import Question, declarations_in

MOST_TRIES = 100
FRESH = "nmkpqd"
_KIND = re.compile(r"(?P<set>[A-Z](?:\^(?:\w|\{[\w ]+\}))?)(?P<words>(?: [a-z]+)*)")
_PLACE = re.compile(r"\b[mn]\b")  # what stands for a size in R^{m x n}
_SIZE = re.compile(r"\b\w+\b")


def declared(text: str, where: str, name: str, kind: str) -> tuple[str, str]:
    """The declaration of `name` as a `kind` such as R^n, R^{m x n} or S^n, whose m and n stand for sizes that fit, and all declarations
    with it in place of what was said of that name. Sizes that the formula has are tried first; where none fits, the first stand, and the
    formula says why it is refused. MatcalcError for what is no kind, and no declaration."""
    found = _KIND.fullmatch(kind)
    if found is None:
        raise UsageError(f"{kind!r} is no kind", suggestion="such as R, R^n, R^{m x n}, S^n or R^{n x n} invertible")
    rest = where_text(d for d in declarations_in(where) if d.name != name)
    places = list(dict.fromkeys(_PLACE.findall(found["set"])))
    first: tuple[str, str] | None = None
    for sizes in islice(_sizes(text, where, rest, name, len(places)), MOST_TRIES):
        named = dict(zip(places, sizes, strict=True))
        clause = f"{name} in {_PLACE.sub(lambda m, named=named: named[m[0]], found['set'])}{found['words']}"
        told = "; ".join(filter(None, [rest, clause]))
        try:
            _ = Question.of(text, where=told, asks=True).typed
        except MatcalcError:
            first = first or (clause, told)
        else:
            return clause, told
    assert first is not None
    declarations_in(first[1])
    return first


def _sizes(text: str, where: str, rest: str, name: str, count: int) -> Iterator[tuple[str, ...]]:
    """Tuples of `count` sizes to try: the name's own, those of the formula, new ones."""
    known: list[str] = []
    for said in (where, rest):
        try:
            readings = Question.of(text, where=said, asks=True).typed.readings
        except MatcalcError:
            continue
        for reading in sorted(readings, key=lambda r: r.name != name):
            known += [size for part in re.findall(r"\^(?:\{([^}]*)\}|(\w))", reading.shape) for size in _SIZE.findall(" ".join(part))]
    letters = [size for size in dict.fromkeys([*known, *FRESH]) if size != "x"]
    yield from product(letters, repeat=count)
