"""One operation of the book, as data."""

from __future__ import annotations

from itertools import count

_counted = count()


class Operation:
    """One operation of the book. Every field is data in matcalc's own language; see `book`."""

    __slots__ = (
        "name",
        "params",
        "signature",
        "index",
        "differential",
        "elementwise",
        "transposes",
        "domain",
        "numeric",
        "statement",
        "source",
        "spellings",
        "latex",
        "unicode",
        "condition",
        "positive",
        "kronecker",
        "ray",
        "parity",
        "adjoint",
        "directions",
        "rule",
        "example",
        "bit",
    )

    def __init__(
        self,
        name: str,
        params: str = "",
        signature: str = "",
        *,
        index: str = "",
        differential: str = "",
        elementwise: bool = False,
        transposes: str = "",
        domain: str = "",
        numeric: str = "",
        statement: str = "",
        source: str = "",
        spellings: str = "",
        latex: str = "",
        unicode: str = "",
        condition: str = "",
        positive: bool = False,
        kronecker: str = "",
        ray: str = "",
        parity: str = "",
        adjoint: str = "",
        directions: bool = False,
        rule: str = "",
        example: str = "",
    ) -> None:
        self.name = name
        self.params: tuple[str, ...] = tuple(params.split())
        self.signature = signature
        self.index = index
        self.differential = differential
        self.elementwise = elementwise
        self.transposes = transposes
        self.domain = domain
        self.numeric = numeric
        self.statement = statement
        self.source = source
        self.spellings: tuple[str, ...] = tuple(spellings.split())
        self.latex = latex
        self.unicode = unicode
        self.condition = condition
        self.positive = positive
        self.kronecker = kronecker
        self.ray = ray
        self.parity = parity
        self.adjoint = adjoint
        self.directions = directions
        self.rule = rule or (f"derivative of {name}" if elementwise else name)
        self.example = example
        self.bit = 1 << next(_counted)

    def __repr__(self) -> str:
        return self.name
