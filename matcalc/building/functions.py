"""The functions of the book, for building: `matcalc.tr(A @ X)`, `matcalc.log(x)`, `matcalc.ones("n")`; each is made of its block when it is
asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..errors import UsageError
from ..kinds import SCALAR, Dim
from ..notation.surface import dimension
from ..ops import arity, called, function_names
from ..ops.operation import Shorthand
from .handles import Handle, handle

SIZED = {
    "ones": "The vector of n ones, or the m x n matrix of them: ones('n'), ones('m', 'n').",
    "zeros": "The zero vector, or the zero matrix: zeros('n'), zeros('m', 'n').",
}
COUNT = "The number of entries."


def names() -> list[str]:
    """Every name of a function that Python can spell."""
    return sorted(n for n in function_names() if n.isidentifier())


@cache
def function(name: str) -> Callable[..., Handle]:
    """The function of this name; KeyError if the book has none."""
    canonical = function_names()[name]
    least, most = arity(canonical)
    sized = name in SIZED

    def made(*args: object) -> Handle:
        if not least <= len(args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise UsageError(f"{name} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(args)}")
        handles = [_size(a) if sized else handle(a) for a in args]
        return handles[0].joined("call", handles[1:], name)

    made.__name__ = made.__qualname__ = name
    made.__module__ = "matcalc"
    made.__doc__ = _told(name, canonical)
    return made


def _size(value: object) -> Handle:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise UsageError(f"a size is a name or a whole number, not {value!r}")
    return Handle(dimension(Dim.of(value)), {}, SCALAR)


def _told(name: str, canonical: str) -> str:
    """What the book says of it: how it is called, its differential, where that stands."""
    if name in SIZED:
        return SIZED[name]
    block = called(name)
    if block is None:
        return COUNT
    if isinstance(block, Shorthand):
        return f"{name}({', '.join(block.params)}) = {block.meaning}"
    source = f"\n\n{block.source}" if block.source else ""
    return f"{name}({', '.join(block.params)}): {block.statement}{source}"


__all__ = ["function", "names"]
