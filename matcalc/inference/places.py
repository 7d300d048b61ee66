"""Subscripts as places: bound indices and numbers, the entries at them, and vectors and matrices stacked from their entries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE, Dim, Shape
from ..reading.subscripts import Part, readings
from ..syntax import Declaration, Node
from .declarations import declared_shape
from .misfit import Misfit, refuse_shape
from .scopes import SCALAR, BoundIndex, Typing
from .terms import Resolve, TypedTerm
from .unify import is_unknown

CONVOLVED = "write correlate(x, a) for sum_k a_k x_{i+k-1}, conv(a, x) for sum_k a_k x_{i-k+1}"  # what a sum of indices is in


def subscripts_of(el: Typing, sub: str, axes: tuple[int, ...] = ()) -> list[Part] | None:
    """The subscript as indices and numbers, as many as there are `axes`, or None where it is only part of a name."""
    return next((r for r in readings(sub) if all(_is_place(el, p) for p in r) and (not axes or len(r) in axes)), None)


def _is_place(el: Typing, part: Part) -> bool:
    if not part.letter:
        return part.shift >= 1
    if part.letter in el.frames[-1].indices or part.letter in el.scene.places:
        return True
    return part.letter in el.scene.sizes and not el.stands_for_something(part.letter)  # x_N, where there are N


def place_of(el: Typing, part: Part) -> BoundIndex:
    """A bound index or a number, as a subscript, and what is added to it."""
    letter = part.letter
    index = el.frames[-1].indices.get(letter)
    if not letter:
        return BoundIndex(build.num(part.shift), None)
    if index is None and letter in el.scene.places:
        declared_symbol(el, el.scene.declared[letter], Node("name", (), letter))
        index = BoundIndex(build.symbol(letter, SCALAR, el.properties(letter)), None)
    if index is None:
        index = BoundIndex(build.size(Dim.of(letter)), Dim.of(letter))
    if part.shift and index.range is not None:
        index = BoundIndex(index.expr, el.sizes.resolve(index.range), index.low, index.parts, index.text)
    unknown = index.range is not None and is_unknown(index.range)
    if unknown and part.shift < 0 and index.low is not None and index.low + part.shift >= 1:  # below a condition: y_i says how far i runs
        return BoundIndex(index.shifted(part.shift).expr, None, index.low + part.shift, text=f"{letter}{part.shift:+d}")
    if part.shift and unknown:
        hint = f"write sum_{{{letter}=1}}^{{n-1}}, or whatever its bounds are"
        raise ReadingError(f"how far {letter} runs is not said, and {part} stands below a name", suggestion=hint)
    found = index.shifted(part.shift)
    if found.low is not None and found.low < 1 and index.range is not None and index.low is not None:
        message = f"the subscript {part} begins at {found.low}, and there is no entry {found.low}"
        raise ReadingError(message, suggestion=f"let {letter} begin at {index.low + 1 - found.low}")
    return found


def declared_symbol(el: Typing, d: Declaration, node: Node) -> TypedTerm:
    if d.domain is not None:
        raise ReadingError(f"{d.name} is a function and needs its argument: {d.name}(…)", span=node.span)
    return symbol(el, d.name, declared_shape(d.sizes), node, None)


def symbol(el: Typing, name: str, shape: Shape, node: Node, guessed: str | None) -> TypedTerm:
    term = el.symbols.get(name)
    if term is None:
        term = TypedTerm(shape, (), partial(_make_symbol, el, name, shape), node, guessed)
        el.symbols[name] = term
    return term


def _make_symbol(el: Typing, name: str, shape: Shape, _: object, resolve: Resolve) -> Expr:
    rows, cols = shape
    return build.symbol(name, (resolve(rows), resolve(cols)), el.properties(name))


def stacked(el: Typing, letters: Sequence[str], body: TypedTerm, node: Node) -> TypedTerm:
    """The vector or matrix of the values that the body takes where these indices run."""
    places = [el.frames[-1].indices.pop(c) for c in letters]
    return stacked_at(el, places, body, node) if places else body


def stacked_at(el: Typing, places: Sequence[BoundIndex], body: TypedTerm, node: Node) -> TypedTerm:
    """The sum of the body over the places, each times a unit vector."""
    if not body.is_scalar:
        kind = "numbers" if len(places) > 1 else "numbers or rows"
        raise Misfit([body], lambda: refuse_shape(f"the entries of {node.attr} have to be {kind}, and they are {body.kind}s", node))
    dims = [p.range for p in places if p.range is not None]

    def made(e: Sequence[Expr], resolve: Resolve) -> Expr:
        units = [build.unit(p.expr, resolve(d)) for p, d in zip(places, dims, strict=True)]
        whole = build.times(e[0], units[0] if len(units) == 1 else build.matmul(units[0], build.transpose(units[1])))
        for p, d in reversed(list(zip(places, dims, strict=True))):
            whole = build.indexed_sum(str(p.expr.attr), build.num(1), build.size(resolve(d)), whole)
        return whole

    return TypedTerm((dims[0], dims[1] if len(dims) > 1 else ONE), (body,), made, node)


def entry(el: Typing, carrier: TypedTerm, sub: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """The entry with these subscripts."""
    if carrier.kind == "matrix" and len(subscripts) == 1 and sub.isdigit() and len(sub) == 2:
        subscripts = [Part("", int(c)) for c in sub]
    return entry_at(el, carrier, [place_of(el, s) for s in subscripts], node)


def entry_at(el: Typing, carrier: TypedTerm, places: list[BoundIndex], node: Node) -> TypedTerm:
    """The entry at these places: one for a vector or row, two for anything."""
    if len(places) == 1:
        if carrier.kind not in ("vector", "row"):
            raise Misfit([carrier], lambda: refuse_shape(f"one subscript on a {carrier.kind}", node))
        one = BoundIndex(build.num(1), None)
        places = [places[0], one] if carrier.kind == "vector" else [one, places[0]]
    if len(places) != 2:
        raise ReadingError(f"{len(places)} subscripts: an entry has one or two", span=node.span)
    check_places(el, carrier, places, node)
    i, j = places
    return TypedTerm(SCALAR, (carrier,), lambda e, r: build.entry(e[0], i.at(r), j.at(r)), node)


def check_places(el: Typing, carrier: TypedTerm, places: Sequence[BoundIndex | None], node: Node) -> None:
    """Misfit where a subscript runs further than there are entries."""
    for place, dim in zip(places, carrier.shape):
        if place is not None and not el.allows(place, dim):
            size = el.sizes.resolve(dim)
            last = place.text if place.range is None else el.sizes.resolve(place.range)
            text = f"the subscript is {last}" if place.range is None else f"the subscript {place.text} runs to {last}"
            raise Misfit([carrier], lambda text=text, size=size: refuse_shape(f"{text}, and there are {size} entries", node), True)  # type: ignore[misc]


def choice(name: str) -> TypedTerm:
    """A term that only says which choice something depends on."""
    return TypedTerm(SCALAR, (), lambda _, __: build.num(1), None, name)
