"""Random arrays that have declared properties, and whether an array has one: by the texts of the words' blocks.

An array is drawn by the fewest words that say all that is declared, one after the other in the order of the book, what is said of the
signs of entries first. A square matrix of which nothing else is said is near the identity, so that it can well be inverted.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from ..expressions.properties import multiple
from ..kinds import ONE, SCALAR, Shape
from ..ops.vocabulary import OF_REALS, WORDS, close_properties, shortest
from ..ops.word import Word
from .kernels import of
from .numeric import compiled

if TYPE_CHECKING:
    from types import ModuleType


@cache
def _order(words: frozenset[str]) -> tuple[Word, ...]:
    """The words by which to draw an array that has all of these."""
    found: set[str] = set()
    todo = list(shortest(words))
    while todo:
        w = WORDS[todo.pop()]
        if w.drawn:
            found.add(w.name)
        else:
            todo += w.implies
    needed = [WORDS[w] for w in shortest(frozenset(found))]
    return tuple(sorted(needed, key=lambda w: w.shape != "entries"))


@cache
def _text(text: str, arrays: ModuleType) -> Any:
    return compiled(f"lambda x, n, rows, cols, rng: {text}", arrays)


def by_text(text: str, x: Any, rng: Any, arrays: ModuleType | None) -> Any:
    """What a text of the book makes of the entries x."""
    arrays = of() if arrays is None else arrays
    return _text(text, arrays)(x, min(x.shape), *x.shape, rng)


@cache
def survives_multiples(words: frozenset[str], turned: bool = True) -> bool:
    """Whether what these say of an array is true of any multiple of it, by less than 0 if it is `turned`."""
    return words <= multiple(Fraction(-9 if turned else 9, 10), words) | {"constant", "square", "complex"}


def draw(
    shape: tuple[int, int],
    properties: Iterable[str],
    rng: Any,
    scale: float = 1.0,
    positive: bool = False,
    arrays: ModuleType | None = None,
    kind: Shape | None = None,
    near: bool = True,
) -> Any:
    """A random array of this (internal) shape with the declared properties; with `positive` from entries that are so. `kind` is the
    shape that was declared: of size 1, a vector is still a vector. `near` says whether it may be made near the identity."""
    arrays = of() if arrays is None else arrays
    x = rng.uniform(0.3, 1.2, shape) if positive else arrays.signed(rng, 0.3, 1.2, shape)
    known = close_properties(properties)
    words = _order(known)
    if near and (kind[0] is kind[1] is not ONE if kind is not None else shape[0] == shape[1] > 1) and (not words or words[0].near):
        x = arrays.np.eye(shape[0]) + x / 2
    last = scale != 1 and survives_multiples(known, turned=False)  # x x^T + I is of a scale only when it is made
    if scale != 1 and not last:
        x = x * arrays.exact(scale)
    number = shape == (1, 1) and (kind is None or kind == SCALAR)
    x = _made(x, words, rng, arrays, number) if words else x
    x = x * arrays.exact(scale) if last else x
    return arrays.number(x) if number else x


def made(x: Any, properties: Iterable[str], rng: Any = None, arrays: ModuleType | None = None, number: bool = False) -> Any:
    """Random entries turned into an array with the properties, or into a number."""
    return _made(x, _order(close_properties(properties)), rng, arrays, number)


def _made(x: Any, words: Iterable[Word], rng: Any, arrays: ModuleType | None, number: bool) -> Any:
    for w in words:
        if w.shape in ("", "entries") or (w.shape == "number") == number:
            x = by_text(w.drawn, x, rng, arrays)
    return x


def margin(properties: Iterable[str], x: Any) -> float:
    """How far an array is inside the sets whose edge is no part of them: less than 0 outside, infinite where there is no such set."""
    import numpy as np

    texts = [w.margin for w in map(WORDS.__getitem__, close_properties(properties)) if w.margin and not w.weak]
    return min((float(by_text(t, np.atleast_2d(x), None, None)) for t in texts), default=np.inf)


def has_property(name: str, x: Any, tolerance: float = 1e-9) -> bool:
    """Whether an array has the property, up to rounding."""
    import numpy as np

    x = np.atleast_2d(np.asarray(x))
    x = x if np.any(np.imag(x)) else np.real(x).astype(float)
    if np.iscomplexobj(x) and name in OF_REALS:
        return False
    blocks = [WORDS[w] for w in close_properties((name,))]
    rows, cols = x.shape
    if any((b.shape == "square" and rows != cols) or (b.shape == "tall" and rows < cols) for b in blocks):
        return False
    if any(b.vanishes and not np.allclose(by_text(b.vanishes, x, None, None), 0, atol=tolerance) for b in blocks):
        return False
    least = [(b, float(by_text(b.margin, x, None, None))) for b in blocks if b.margin]
    return all(m >= -tolerance if b.weak else m > tolerance for b, m in least)
