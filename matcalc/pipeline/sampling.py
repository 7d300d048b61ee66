"""Random points for a function: what has a value (symbols, families, sizes, whole numbers), and how much of it there must be.

Everything that is compared by numbers is compared at points of a `Sampler`: derivatives, claims, expansions, graphs, functions with
stacked families. It alone says what `numbers.verify.Point` has to know of a function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..expressions.build import conjugate, is_conjugate_name, is_number, value_of
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of, words_of
from ..inference.infer import Typed
from ..kinds import LARGEST_LITERAL, ONE, Dim, Shape
from ..numbers.verify import Point
from ..ops.core import ENTRY, INDEXED_PRODUCT, INDEXED_SUM, LITERAL, MEMBER, SIZE, SYMBOL, UNIT

_PLACED = (ENTRY, MEMBER, UNIT, INDEXED_SUM, INDEXED_PRODUCT)  # what names places of an array
LARGEST_DRAWN = 3  # what a whole number is drawn as at most: x_j, with j in N, has three entries or more


class Sampler:
    """Shapes and declared properties of everything in these functions and in `roots`, expressions made of them.

    `least` is how large every size must be at least, beyond what the expressions say by themselves (x_5 has five entries).
    """

    def __init__(self, *functions: Typed, roots: Iterable[Expr] = (), least: int = 0) -> None:
        nodes = [_itself(n) for n in postorder([*(t.expr for t in functions), *roots])]
        holes = {t.form[1] for t in functions if t.form is not None and t.form[0] == "map"}  # dX of dX -> A dX B is no value
        self.symbols: dict[str, tuple[Shape, Iterable[str]]] = {}
        self.families: dict[str, tuple[tuple[Dim, ...], Shape, Iterable[str]]] = {}
        applied = [d for t in functions for d in t.declarations if d.domain is not None]
        self.dims: list[Dim] = [s for d in applied for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim)]
        sizes = {n: family.sizes for t in functions for n, family in t.families.items()}
        whole = {n: e for t in reversed(functions) for n, e in t.declared.items() if e.op is SYMBOL}
        for s in (*(s for t in functions for s in t.symbols.values()), *nodes):
            if s.op is SYMBOL and name_of(s) not in holes:
                words = words_of(s) | (words_of(whole[name_of(s)]) if name_of(s) in whole else frozenset())
                shape, known = self.symbols.get(name_of(s), (s.shape, ()))
                self.symbols[name_of(s)] = (shape, words.union(known))
        for n in nodes:
            if n.op is MEMBER:
                _, _, known = self.families.get(name_of(n), ((ONE,), n.shape, ()))
                self.families[name_of(n)] = (sizes[name_of(n)], n.shape, words_of(n).union(known))
            elif n.op is SIZE:
                self.dims.append(n.attr)  # type: ignore[arg-type]
            self.dims += n.shape
        self.least, self.subscripts, self.literal = least, set[str](), set[Dim]()
        if not {n.op for n in nodes}.isdisjoint((LITERAL, *_PLACED)):
            self._note_places(nodes)
        # Whether sizes or whole numbers stand in the formulas as numbers.
        self.counts = any(n.op is SIZE for n in nodes) or any("integer" in words for _, words in self.symbols.values())

    def _note_places(self, nodes: Sequence[Expr]) -> None:
        """How large the arrays must be for the places that are named, and what names them."""
        placed = [n for n in nodes if n.op in _PLACED]
        self.least = max([self.least, *(k for n in placed for k in _numbers(n))])
        self.subscripts = {name_of(s) for n in placed for i in _places(n) for s in postorder(i) if s.op is SYMBOL}
        far = [n for n in nodes if n.op is LITERAL] + [n for n in placed if any(map(_is_far, _places(n)))]
        self.literal = {d for n in far for s in (n, *n.args[:1]) for d in s.shape}

    @property
    def point(self) -> Point:
        """How to draw a point."""
        return Point(self.symbols, self.families, self.least, self.subscripts, self.literal)


def _itself(e: Expr) -> Expr:
    """A name without its conjugate: what is drawn."""
    return conjugate(e) if e.op in (SYMBOL, MEMBER) and is_conjugate_name(name_of(e)) else e


def _places(e: Expr) -> Sequence[Expr]:
    """What has to be an index of the arrays: subscripts, and how far a sum runs whose index is one."""
    if e.op in (ENTRY, MEMBER, UNIT):
        return e.args[-2:]
    if e.op not in (INDEXED_SUM, INDEXED_PRODUCT):
        return ()
    subscripts = (i for n in postorder(e.args[2]) if n.op in (ENTRY, MEMBER, UNIT) for i in n.args)
    return e.args[1:2] if any(str(e.attr) in i.indices for i in subscripts) else ()


def _numbers(e: Expr) -> Iterator[int]:
    """How large the arrays must be for what is an index of them."""
    places = _places(e)
    if any(s.op is SYMBOL for i in places for s in postorder(i)):
        yield LARGEST_DRAWN
    yield from (int(value_of(i)) for i in places if is_number(i) and value_of(i) < LARGEST_LITERAL)


def _is_far(place: Expr) -> bool:
    """Whether it is a place that only an array of a large literal size has."""
    return is_number(place) and value_of(place) >= LARGEST_LITERAL
