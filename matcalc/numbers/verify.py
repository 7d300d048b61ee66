"""Random points: small, distinct sizes for the dimensions, and arrays with the declared properties.

The arrays are NumPy's (`matcalc.numbers.doubles`) or of decimal numbers (`matcalc.numbers.precise`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice, permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from ..kinds import ONE, Dim, Shape
from ..ops.vocabulary import WORDS, close_properties
from .drawing import draw, survives_multiples
from .kernels import of

if TYPE_CHECKING:
    from types import ModuleType

MOST_ORDERS = 12
STYLES = (  # of points: the scale of entries, whether all are positive, whether all signs are turned round then
    *((scale, positive, False) for scale, positive in ((1.0, False), (1.0, True), (0.5, False), (0.5, True), (0.2, True), (4.0, True))),
    *((scale, True, True) for scale in (1.0, 0.5, 0.2)),
)
FREE = frozenset(("symmetric", "constant", "square"))  # the words of a matrix that may be of any rank
WHOLES = (2, 3, 4, 5, 6, 1, 11, 29)  # the values of a whole number, from point to point


class Kind(NamedTuple):
    """What a point is drawn by."""

    sizes: dict[str, int]
    scale: float = 1.0
    positive: bool = False
    opposite: bool = False
    turn: int = 0
    only: str = ""  # what alone is of that scale, and has its signs turned
    near: bool = True  # whether a square matrix of which nothing is said is near the identity
    deficient: bool = False  # whether its rows or columns are dependent
    whole: int = 0  # what whole numbers are, if they are given


class Point:
    """How to draw a point: the shapes and properties of everything that has a value."""

    def __init__(
        self,
        symbols: Mapping[str, tuple[Shape, Iterable[str]]],
        families: Mapping[str, tuple[Dim | tuple[Dim, ...], Shape, Iterable[str]]],
        least: int = 2,
        subscripts: Iterable[str] = (),
        literal: Iterable[Dim] = (),
    ) -> None:
        """`least` is the smallest size, `subscripts` are the whole numbers that have to be the place of an entry, `literal` the sizes
        of what is written out, large as they may be."""
        counted = {n: ((count,) if isinstance(count, Dim) else count, s, p) for n, (count, s, p) in families.items()}
        self.symbols, self.families, self.least, self.smallest = symbols, counted, max(2, least), max(1, least)
        self.subscripts = frozenset(subscripts)
        self.literal = frozenset(n for d in literal for n in d.names() if n.isdigit())

    def orders(self, extra: Iterable[Dim] = ()) -> list[dict[str, int]]:
        """Small distinct sizes for the dimension names, in several orders: B^T A B is invertible only where B is tall."""
        dims = {d for s, _ in self.symbols.values() for d in s}.union(extra)
        for count, shape, _ in self.families.values():
            dims.update(count, shape)
        dims.discard(ONE)
        made = [d for d in dims if d.name is None]  # the others are positive
        names = {d.name for d in dims if d.name is not None}.union(*(d.names() for d in made))
        tall = [s for s, p in self.symbols.values() if p and any(WORDS[w].shape == "tall" for w in close_properties(p))]
        key = tuple(sorted(names)), self.least, self.literal
        if not tall and not made:
            return list(_usual_orders(*key))
        found = _orders(*key)
        fit = [o for o in found if all(s[0].value(o) >= s[1].value(o) for s in tall) and all(d.value(o) > 0 for d in made)]
        return _from_both_ends(fit) or [found[0]]

    def draw(
        self,
        sizes: Mapping[str, int],
        rng: Any,
        scale: float,
        positive: bool,
        arrays: ModuleType | None = None,
        only: str = "",
        near: bool = True,
    ) -> dict[str, Any]:
        """Values for all names; of this scale, or `only` one of them."""
        arrays = of() if arrays is None else arrays
        env: dict[str, Any] = {}
        for name, (shape, props) in self.symbols.items():
            size, own = (shape[0].value(sizes), shape[1].value(sizes)), scale if only in ("", name) else 1.0
            env[name] = draw(size, props, rng, own, positive, arrays, shape, near)
        for name, (count, shape, props) in self.families.items():
            size, own = (shape[0].value(sizes), shape[1].value(sizes)), scale if only in ("", name) else 1.0
            one = partial(draw, size, props, rng, own, positive, arrays, shape, near)
            env[name] = _many([d.value(sizes) for d in count], one, arrays)
        return env

    def at(self, kind: Kind, arrays: ModuleType) -> dict[str, Any]:
        """The point of a kind: always the same one. Whole numbers go through their range from point to point; one that is a size too, as
        the n of sum_{k=0}^n where another text has x^n, is that size."""
        rng = arrays.random(20240229 + kind.turn)
        env = self.draw(kind.sizes, rng, kind.scale, kind.positive, arrays, kind.only, kind.near)
        for k, name in enumerate(n for n, (_, props) in self.symbols.items() if "integer" in props):
            wholes = range(1, self.least + 1) if name in self.subscripts else WHOLES
            env[name] = arrays.exact(kind.sizes.get(name) or kind.whole or wholes[(kind.turn + k) % len(wholes)])
        env = self._deficient(env, kind.only, arrays) if kind.deficient else env
        return self.mirrored(env, rng, arrays, kind.only) if kind.opposite else env

    def _deficient(self, env: dict[str, Any], name: str, arrays: ModuleType) -> dict[str, Any]:
        """The point with the last row of a matrix of which no more is said than symmetry (of a tall one, the last column) a combination
        of the others."""
        x, words = env[name], close_properties(self.symbols[name][1])
        count = min(getattr(x, "shape", (1,)))
        if count == 1 or not words <= FREE:
            raise ValueError(f"{name} has its full rank")
        combined = arrays.np.eye(count)
        for j in range(count):
            combined[count - 1, j] = arrays.exact(0.75 if j < count - 1 else 0)
        if "symmetric" in words:
            return {**env, name: combined @ x @ combined.T}
        return {**env, name: combined @ x if count == len(x) else x @ combined.T}

    def unusual(self, usual: Mapping[str, int]) -> list[dict[str, int]]:
        """Sizes that are seldom met: 1 for one name after another, the same for all (elsewhere det(X X^T) det(X^T X) is 0), greater ones,
        and such as have no room for all entries and members that are named, which a condition may switch off there."""
        ones = [{**usual, name: 1} for name in usual] if self.smallest == 1 else []
        every = [dict.fromkeys(usual, k) for k in (1, self.least) if k >= self.smallest and len(usual) > 1]
        grown = [{n: k + by for n, k in usual.items()} for by in (2, 3)] + [{**usual, name: usual[name] + len(usual) + 2} for name in usual]
        dims = [d for s, _ in self.symbols.values() for d in s] + [d for c, s, _ in self.families.values() for d in (*c, *s)]
        fewer = [{**usual, name: k} for name in usual for k in sorted({1, 2, self.least - 1})] if self.smallest > 2 else []
        return [sizes for sizes in (*ones, *every, *grown, *fewer) if all(d.value(sizes) > 0 for d in dims)]

    def members(self, family: str, sizes: Mapping[str, int]) -> list[int]:
        """How many members a family has, by each index."""
        return [d.value(sizes) for d in self.families[family][0]]

    def mirrored(self, env: Mapping[str, Any], rng: Any, arrays: ModuleType, only: str = "") -> dict[str, Any]:
        """The point with the signs of all that is free to have any turned round, or of `only` one name."""
        turned = dict(env)
        for name, properties in [(n, p) for n, (_, p) in self.symbols.items()] + [(n, p) for n, (_, _, p) in self.families.items()]:
            if only in ("", name) and survives_multiples(close_properties(properties)):
                factor = arrays.exact(rng.uniform(0.8, 1.2))
                one = name in self.symbols
                turned[name] = -turned[name] * factor if one else _turned(turned[name], factor, len(self.families[name][0]), arrays)
        return turned


@lru_cache(maxsize=256)
def _orders(names: tuple[str, ...], least: int, literal: frozenset[str]) -> list[dict[str, int]]:
    """Small distinct sizes for these names, in some orders, as many that begin at either end; not for those that are written out."""
    sizes = {n: k for k, n in enumerate(names, least) if n not in literal}
    values = tuple(sizes.values())
    turned = [t for way in (values, values[::-1]) for t in islice(permutations(way), MOST_ORDERS // 2)]
    return [dict(zip(sizes, t, strict=True)) for t in turned]


@lru_cache(maxsize=256)
def _usual_orders(names: tuple[str, ...], least: int, literal: frozenset[str]) -> list[dict[str, int]]:
    return _from_both_ends(_orders(names, least, literal))


def _from_both_ends(orders: list[dict[str, int]]) -> list[dict[str, int]]:
    """Each order once, those that begin at the other end after the first."""
    half = len(orders) // 2
    found: dict[tuple[int, ...], dict[str, int]] = {}
    for order in (*orders[:1], *orders[half:], *orders[1:half]):
        found.setdefault(tuple(order.values()), order)
    return list(found.values())


def _many(counts: Sequence[int], one: Callable[[], Any], arrays: ModuleType) -> Any:
    """The members of a family, by one index after the other."""
    first, *rest = counts
    return arrays.family([_many(rest, one, arrays) if rest else one() for _ in range(first)])


def _turned(family: Any, factor: Any, axes: int, arrays: ModuleType) -> Any:
    """The members with their signs turned round."""
    return arrays.family([_turned(m, factor, axes - 1, arrays) if axes > 1 else -m * factor for m in family])
