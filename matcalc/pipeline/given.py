"""What Python code may give where a text is wanted: expressions that it built, numbers, points, declarations as a mapping."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, SupportsFloat

from ..errors import UsageError
from ..notation.surface import number
from ..syntax import Declaration, Node, Program
from ..travel import Holder


class Built(Holder):
    """An expression that was made in Python: its tree with what is declared of its names."""

    __slots__ = ()

    def read(self) -> tuple[Program, tuple[Declaration, ...]]:
        """The tree and the declarations."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """The name, where this is a symbol (UsageError for anything else)."""
        raise NotImplementedError


Function = str | Built | SupportsFloat
Name = str | Built
Several = Sequence[Built] | list[str] | tuple[str, ...] | list[str | Built] | tuple[str | Built, ...]
Names = Name | Several
Where = str | Mapping[str, str | Sequence[str]] | None
Place = str | Built | SupportsFloat | Sequence[Any] | Mapping[str, Any]


def exact(value: object) -> Fraction | None:
    """A number of Python or NumPy as a fraction, a float by its shortest decimal; None for what is none. UsageError for inf and nan."""
    from numbers import Integral, Rational, Real

    while getattr(value, "ndim", None) == 0 and hasattr(value, "item") and not isinstance(value, Real):
        value = value.item()  # an array with one entry and no axis
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if not math.isfinite(value):
        raise UsageError(f"{value} is no number to reckon with")
    return Fraction(str(value))


def number_of(value: object, what: str = "an expression") -> Node:
    """The tree of a number; UsageError for what is none."""
    found = exact(value)
    if found is None:
        hint = "give a text, a number, or what matcalc.vector, matrix and scalar build"
        raise UsageError(f"{what} is wanted, not {type(value).__name__}", suggestion=hint)
    return number(found)


def declared_in(where: Where) -> str:
    """Declarations as a text: {"A": "R^{n x n} symmetric", "phi": "R -> R"} is `A in R^{n x n} symmetric; phi: R -> R`."""
    if where is None or isinstance(where, str):
        return where or ""
    try:
        return "; ".join(_declared(name, said) for name, said in where.items())
    except (AttributeError, TypeError):
        hint = 'as in where="A in R^{n x n} symmetric; x in R^n", or where={"A": "R^{n x n} symmetric", "x": "R^n"}'
        raise UsageError(f"declarations are a text or a mapping of texts, not {where!r}", suggestion=hint) from None


def _declared(name: str, said: str | Sequence[str]) -> str:
    words = said if isinstance(said, str) else " ".join(said)
    return f"{name}: {words}" if "->" in words else f"{name} in {words}"


def text_of(value: Place, what: str) -> str:
    """A value, or one for each variable, as a text: 1/2, [1; 2], "x = 1; y = 2"."""
    from ..printing.text import spell

    if isinstance(value, str):
        return value
    if isinstance(value, Built):
        return value.read()[0].text
    if isinstance(value, Mapping):
        return "; ".join(f"{n} = {text_of(v, what)}" for n, v in value.items())
    value = value.tolist() if getattr(value, "ndim", 0) and hasattr(value, "tolist") else value
    if isinstance(value, Iterable):
        rows = [[text_of(v, what) for v in row] if isinstance(row, list | tuple) else [text_of(row, what)] for row in value]
        return f"[{'; '.join(', '.join(row) for row in rows)}]"
    return spell(number_of(value, what))


def names_of(given: Names) -> list[str]:
    """The names of variables as they were given: "x", "x, y", ["x", y]. UsageError for what is no name."""
    if isinstance(given, str | Built):
        return [given if isinstance(given, str) else given.name]
    if isinstance(given, list | tuple) or (isinstance(given, Iterable) and not isinstance(given, Mapping | bytes)):
        return [n for one in given for n in names_of(one)]
    raise UsageError(f"a variable is a name, or what matcalc.vector, matrix and scalar build, not {type(given).__name__}")
