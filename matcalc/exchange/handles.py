"""Builders: symbols with operators, for those who would rather write Python than text.

x = vector("x", "n"); A = matrix("A", "n", "n", symmetric=True)
derivative(x.T @ A @ x, x)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import ShapeError, UsageError
from ..inference.infer import infer
from ..kinds import ONE, Dim, Shape, shape_text
from ..ops.vocabulary import WORDS
from ..syntax import Declaration, Node, Program
from ..travel import Holder

Number = int | float | Fraction


class Handle(Holder):
    """An expression under construction: what was written, what it is typed as, the names in it."""

    __slots__ = ("declarations", "node", "shape")

    def __init__(self, node: Node, declarations: dict[str, Declaration], shape: Shape | None = None) -> None:
        self.node, self.declarations = node, declarations
        self.shape = shape if shape is not None else infer(self.program(), tuple(declarations.values()), (), twins=False).expr.shape

    def program(self) -> Program:
        from ..printing.text import spell

        return Program(spell(self.node), (), self.node)

    def read(self) -> tuple[Program, tuple[Declaration, ...]]:
        """The expression and what is declared of its names."""
        return self.program(), tuple(self.declarations.values())

    @property
    def name(self) -> str:
        """The name of a symbol (UsageError for anything else)."""
        if self.node.op != "name":
            raise UsageError(f"{self!r} is no variable")
        return str(self.node.attr)

    def _repr_latex_(self) -> str:
        from ..printing.latex import spell

        return rf"$\displaystyle {spell(self.node)}$"

    def _with(self, op: str, others: Sequence[Handle], attr: object = None) -> Handle:
        names: dict[str, Declaration] = {}
        for h in (self, *others):
            for n, d in h.declarations.items():
                if n in names and (names[n].sizes, names[n].properties) != (d.sizes, d.properties):
                    raise ShapeError(f"{n} was declared in two different ways")
                names[n] = d
        first, rest = (self.node,), tuple(o.node for o in others)
        if op == "mul" and self.node.op == "mul" and isinstance(self.node.attr, tuple):  # A @ B @ C is one product, as in text
            first, attr = self.node.args, (*self.node.attr, *(attr if isinstance(attr, tuple) else ()))  # type: ignore[assignment]
        return Handle(Node(op, (*first, *rest), attr), names)  # type: ignore[arg-type]

    @property
    def T(self) -> Handle:
        """The transpose."""
        return self._with("T", ())

    @property
    def inv(self) -> Handle:
        """The inverse."""
        return self._with("inv", ())

    def __add__(self, other: Handle | Number) -> Handle:
        return self._with("add", (_handle(other),))

    def __radd__(self, other: Number) -> Handle:
        return _handle(other) + self

    def __neg__(self) -> Handle:
        return self._with("neg", ())

    def __sub__(self, other: Handle | Number) -> Handle:
        return self + (-_handle(other))

    def __rsub__(self, other: Number) -> Handle:
        return _handle(other) - self

    def __matmul__(self, other: Handle) -> Handle:
        return self._with("mul", (other,), ("",))

    def __mul__(self, other: Handle | Number) -> Handle:
        """A scalar multiple. Between two arrays `*` would be the entrywise product of NumPy and the matrix product of others."""
        other = _handle(other)
        if self.shape != (ONE, ONE) and other.shape != (ONE, ONE):
            raise ShapeError(
                f"* between {shape_text(self.shape)} and {shape_text(other.shape)} could be read in two ways",
                suggestion="write A @ B for the matrix product, matcalc.hadamard(A, B) for the entrywise one",
            )
        return self._with("mul", (other,), ("",))

    def __rmul__(self, other: Number) -> Handle:
        return _handle(other) * self

    def __truediv__(self, other: Handle | Number) -> Handle:
        return self._with("mul", (_handle(other),), ("/",))

    def __rtruediv__(self, other: Number) -> Handle:
        return _handle(other) / self

    def __pow__(self, exponent: Handle | Number) -> Handle:
        return self._with("pow", (_handle(exponent),))

    def __repr__(self) -> str:
        from ..printing.text import spell

        return f"<{spell(self.node)} : {shape_text(self.shape)}>"


def _handle(value: Handle | Number) -> Handle:
    if isinstance(value, Handle):
        return value
    number = Fraction(value) if not isinstance(value, float) else Fraction(str(value))
    node = Node("num", (), abs(number))
    return Handle(Node("neg", (node,)) if number < 0 else node, {}, (ONE, ONE))


def _symbol(name: str, sizes: Sequence[str | int], properties: dict[str, bool]) -> Handle:
    from ..reading.read import parse_names

    (canonical,) = parse_names(name, (name,))
    for p in properties:
        if p not in WORDS:
            raise UsageError(f"unknown property {p!r}", suggestion=f"there are: {', '.join(WORDS)}")
    dims = tuple(Dim.of(s) for s in sizes)
    shape = (*dims, ONE)[:2] if dims else (ONE, ONE)
    words = tuple(p for p, yes in properties.items() if yes)
    declaration = Declaration(canonical, "R", dims, words)
    return Handle(Node("name", (), canonical), {canonical: declaration}, (shape[0], shape[1]))


def scalar(name: str, **properties: bool) -> Handle:
    """A scalar symbol."""
    return _symbol(name, (), properties)


def vector(name: str, size: str | int, **properties: bool) -> Handle:
    """A column vector of this size."""
    return _symbol(name, (size,), properties)


def matrix(name: str, rows: str | int, columns: str | int, **properties: bool) -> Handle:
    """A matrix, with properties: symmetric=True, spd=True, …"""
    return _symbol(name, (rows, columns), properties)


def call(name: str, *args: Handle | Number) -> Handle:
    """A function of the book by its name: call("tr", A)."""
    handles = [_handle(a) for a in args]
    return handles[0]._with("call", handles[1:], name)


def hadamard(a: Handle, b: Handle) -> Handle:
    """The entrywise product."""
    return a._with("ew", (b,), (".*",))


def kron(a: Handle, b: Handle) -> Handle:
    """The Kronecker product."""
    return a._with("ew", (b,), ("kron",))
