"""Members of declared families, and arrays of three and more indices."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ReadingError
from ..expressions import build
from ..kinds import Dim, Shape
from ..reading.subscripts import Part
from ..syntax import Node, spell_name
from .declarations import declared_shape, leading_sizes
from .misfit import refuse_shape
from .places import entry_at, place_of
from .scopes import BoundIndex, Typing
from .terms import TypedTerm, known


def register(el: Typing, base: str, node: Node) -> tuple[tuple[Dim, ...], Shape, frozenset[str]]:
    """How many members a declared family has, their shape and their properties; its generic member is a symbol of the text."""
    d = el.scene.families[base]
    shape, leading = declared_shape(d.sizes), leading_sizes(d.sizes)
    letters = el.scene.letters_of(base)
    sizes = el.families.setdefault(base, leading or tuple(el.sizes.fresh() for _ in letters))
    words = el.properties(d.name)
    generic = build.member(base, [build.index(c) for c in letters], shape, words)
    el.symbols.setdefault(spell_name(base, letters), known(generic, node))
    return sizes, shape, words


def whole(el: Typing, base: str, node: Node) -> TypedTerm:
    """A declared array of three and more indices."""
    sizes, shape, words = register(el, base, node)

    from .axes import axis

    places = [build.index(axis(k)) for k in range(len(sizes))]

    from .axes import array_of

    return array_of(TypedTerm(shape, (), lambda _, __: build.member(base, places, shape, words), node), sizes)


def undeclared_array(el: Typing, base: str, node: Node) -> TypedTerm:
    """An array of which the text says how many indices it has."""
    count = el.scene.arrays[base] - 2
    fresh = el.sizes.fresh
    shape = el.members.setdefault(base, (fresh(), fresh()))
    sizes = el.families.setdefault(base, tuple(fresh() for _ in range(count)))
    letters = el.scene.letters_of(base)
    name = spell_name(base, letters)

    def at(names: Sequence[str]) -> TypedTerm:
        places = [build.index(c) for c in names]
        return TypedTerm(shape, (), lambda _, r: build.member(base, places, (r(shape[0]), r(shape[1])), el.properties(name)), node)

    el.symbols.setdefault(name, at(letters))

    from .axes import array_of, axis

    return array_of(at([axis(k) for k in range(count)]), sizes)


def undeclared_member(el: Typing, base: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """A matrix of such an array, or an entry."""
    undeclared_array(el, base, node)
    sizes, shape = el.families[base], el.members[base]
    places = [place_of(el, p) for p in subscripts]
    if len(places) not in (len(sizes), len(sizes) + 2):
        message = f"{base} is an array of {len(sizes) + 2} indices, and {node.attr} has {len(places)}"
        raise ReadingError(message, span=node.span)
    for place, size in zip(places, sizes):
        el.allows(place, size)
    here, name = [p.expr for p in places[: len(sizes)]], spell_name(base, el.scene.letters_of(base))
    term = TypedTerm(shape, (), lambda _, r: build.member(base, here, (r(shape[0]), r(shape[1])), el.properties(name)), node)
    return entry_at(el, term, places[len(sizes) :], node) if len(places) > len(sizes) else term


def member(el: Typing, base: str, places: list[BoundIndex], node: Node) -> TypedTerm:
    """A member of a declared family, or an entry of one."""
    d = el.scene.families[base]
    sizes, shape, words = register(el, base, node)
    if len(places) < len(sizes):
        raise ReadingError(f"{d.name} has {len(sizes)} indices, and {node.attr} has {len(places)}", span=node.span)
    for place, size in zip(places, sizes):
        if not el.allows(place, size):
            n = el.sizes.resolve(size)
            last = place.range or place.text
            raise refuse_shape(f"{d.name}: the index runs to {last}, elsewhere the family has {n} members", node)
    here, inside = [p.expr for p in places[: len(sizes)]], places[len(sizes) :]
    term = TypedTerm(shape, (), lambda _, __: build.member(base, here, shape, words), node)
    return entry_at(el, term, inside, node) if inside else term
