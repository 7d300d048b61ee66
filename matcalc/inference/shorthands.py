"""The book's shorthands as functions that a text could have defined: mean(x) = sum(x)/count(x)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ..ops.book import REGISTRY, SHORTHANDS
from ..reading.read import parse
from ..syntax import Binding, Node, walk

_ENTRYWISE = {"": ".*", ".": ".*", "*": ".*", "/": "./"}
BY_KIND = frozenset({"sqrt", "dot", "conv", "convolve", "correlate"})  # shorthands that `calls` decides by the kinds of their arguments


@cache
def meaning_of(name: str) -> Binding:
    """The function that a shorthand is."""
    short = SHORTHANDS[name]
    return Binding(name, parse(short.meaning, short.params).body, short.params)


class _Shorthands(Mapping[str, Binding]):
    """Every shorthand by its name. One is read when it is first asked for."""

    def __getitem__(self, name: str) -> Binding:
        if name not in self:
            raise KeyError(name)
        return meaning_of(name)

    def __contains__(self, name: object) -> bool:
        return name in SHORTHANDS and name not in BY_KIND

    def __iter__(self) -> Iterator[str]:
        return filter(self.__contains__, SHORTHANDS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_SHORTHANDS = _Shorthands()


def shorthands() -> Mapping[str, Binding]:
    """The shorthands of the book."""
    return _SHORTHANDS


@cache
def normal_density(text: str) -> Node:
    """The text of a density in its argument x, the mean m and the covariance s."""
    return parse(text, ("x", "m", "s")).body


@cache
def derivative_by_entries(name: str) -> Node:
    """The derivative of a function of numbers, as a function `x` of arrays: its products and powers go entry by entry."""
    root = parse(REGISTRY[name].differential, ("x",)).body
    done: dict[int, Node] = {}
    for n in reversed(list(walk(root))):
        args = tuple(done[id(a)] for a in n.args)
        if n.op == "mul" and isinstance(n.attr, tuple):
            done[id(n)] = Node("ew", args, tuple(_ENTRYWISE[str(sign)] for sign in n.attr), n.span)
        elif n.op == "call" and str(n.attr) in REGISTRY and REGISTRY[str(n.attr)].elementwise:
            done[id(n)] = Node("call", args, f"{n.attr}.", n.span)
        else:
            done[id(n)] = Node("epow" if n.op == "pow" else n.op, args, n.attr, n.span)
    return done[id(root)]
