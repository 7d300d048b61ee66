"""What commands on an expression begin and end with: reading it, and random values for a check of what is about to be printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import MatcalcError, UsageError
from ..expressions.expr import postorder
from ..inference.infer import Typed
from ..inference.scene import declared_shape
from ..kinds import ONE, Dim, Shape
from ..numbers.numeric import release
from ..numbers.standins import at, entrywise
from ..numbers.verify import SCALES, Point
from ..ops.core import MEMBER, SYMBOL
from ..reading.read import parse, parse_names, parse_where
from ..syntax import Declaration, Program


def read_input(text: str, where: str) -> tuple[Program, tuple[Declaration, ...]]:
    """The surface tree of a text with its declarations, those within the text too."""
    try:
        declarations = parse_where(where)
    except MatcalcError as error:
        raise error.located(where) from None
    program = parse(text, [d.name for d in declarations], functions=[d.name for d in declarations if d.domain is not None])
    return program, (*declarations, *parse_where(program.where)) if program.where else declarations


def names_of(given: Iterable[str], declarations: Iterable[Declaration]) -> list[str]:
    """The variables that are named, each once."""
    declared = [d.name for d in declarations]
    names = [n for text in given for n in parse_names(text, declared)]
    if not names:
        raise UsageError("no variable to differentiate by")
    return list(dict.fromkeys(names))


def random_points(typed: Typed, seed: int = 20240229) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Values by name, with the sizes; points of other kinds (sizes, signs, scales) follow where the first do not do."""
    import numpy as np

    rng = np.random.default_rng(seed)
    symbols = {n: (s.shape, typed.declared.get(n, s).attr[1]) for n, s in typed.symbols.items() if s.op is SYMBOL}  # type: ignore[index]
    families: dict[str, tuple[Dim, Shape, Any]] = {}
    for node in postorder(typed.expr):
        if node.op is MEMBER:
            assert isinstance(node.attr, tuple)
            families[str(node.attr[0])] = (typed.families[str(node.attr[0])][1], node.shape, node.attr[1])
    point = Point(symbols, families)
    extra = [s for d in typed.declarations for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim)]
    for scale, positive in SCALES:
        for sizes in point.orders(extra):
            sizes |= {n: int(n) for n in sizes if n.isdigit()}
            drawn = point.draw(sizes, rng, scale, positive)
            values = {n: _released(v, symbols, families, n) for n, v in drawn.items()}
            for d in typed.declarations:
                if d.domain is not None:
                    values |= {d.name + "'" * k: _stand_in(d, k, sizes) for k in (0, 1)}
                    values |= {n: sizes[n] for s in d.sizes if isinstance(s, Dim) for n in s.names()}  # no array may have it
            yield values, sizes


def _stand_in(d: Declaration, order: int, sizes: Mapping[str, int]) -> Callable[[Any], Any]:
    """A smooth function for one that is known by its sets alone, or the derivative of it."""
    import numpy as np

    rows, cols = (k.value(sizes) for k in declared_shape(d.sizes))
    argument = [k.value(sizes) for k in declared_shape(d.domain or ())]
    axes = [n for n in (rows, cols, *argument * order) if n > 1]

    def function(x: Any) -> Any:
        if argument == [1, 1] and (rows, cols) == (1, 1):
            return entrywise(d.name, order, x, {})
        x = np.reshape(x, argument) if argument != [1, 1] else x
        matrix = at(d.name, order, (rows, cols), x, {}, (rows * cols, argument[0] * argument[1]) if order else (rows, cols))
        return np.reshape(matrix, axes)

    return function


def _released(value: Any, symbols: Mapping[str, Any], families: Mapping[str, Any], name: str) -> Any:
    import numpy as np

    if name in symbols:
        return release(value, symbols[name][0])
    _, shape, _ = families[name]
    return np.reshape(value, [len(value), *(k for k, d in zip(np.shape(value)[1:], shape) if d is not ONE)])
