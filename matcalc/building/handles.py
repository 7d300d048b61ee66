"""Builders: symbols with operators, for those who would rather write Python than text.

x = vector("x", "n"); A = matrix("A", "n", "n", symmetric=True)
derivative(x.T @ A @ x, x)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, SupportsFloat, Unpack

from ..errors import ShapeError, UsageError
from ..inference.infer import infer
from ..kinds import ONE, SCALAR, Dim, Shape, shape_text
from ..ops.vocabulary import WORDS
from ..pipeline.given import Built, Name, exact, number_of
from ..syntax import Declaration, Node, Program

if TYPE_CHECKING:
    from ..api import DerivativeOptions
    from ..pipeline.derivative import Derivative


class Handle(Built):
    """An expression under construction: what was written, what it is typed as, the names in it.

    `+ - * / ** @` and `.T`, `.inv` make others of it; `x[1]` is the first entry (entries count from 1, as in a book), `X[1, :]` the first
    row; `.diff(x)` is its derivative, `print` shows its text. The functions of the book are `matcalc.tr`, `matcalc.log`, …
    """

    __slots__ = ("declarations", "node", "shape")
    __array_ufunc__ = None  # NumPy leaves `array * x` to this class
    __iter__ = __contains__ = None  # entries are asked for by their places

    def __init__(self, node: Node, declarations: dict[str, Declaration], shape: Shape | None = None) -> None:
        self.node, self.declarations = node, declarations
        self.shape = shape if shape is not None else infer(self.program(), tuple(declarations.values()), (), twins=False).expr.shape

    def program(self) -> Program:
        from ..printing.text import spell

        return Program(spell(self.node), (), self.node)

    def read(self) -> tuple[Program, tuple[Declaration, ...]]:
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

    def joined(self, op: str, others: Sequence[Handle], attr: object = None) -> Handle:
        """A tree with this one and the others below it."""
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
        return self.joined("T", ())

    @property
    def inv(self) -> Handle:
        """The inverse."""
        return self.joined("inv", ())

    def __add__(self, other: Operand) -> Handle:
        return self.joined("add", (handle(other),))

    def __radd__(self, other: Operand) -> Handle:
        return handle(other) + self

    def __neg__(self) -> Handle:
        return self.joined("neg", ())

    def __sub__(self, other: Operand) -> Handle:
        return self + (-handle(other))

    def __rsub__(self, other: Operand) -> Handle:
        return handle(other) - self

    def __matmul__(self, other: Operand) -> Handle:
        return self.joined("mul", (handle(other),), ("",))

    def __mul__(self, other: Operand) -> Handle:
        """A scalar multiple. Between two arrays `*` would be the entrywise product of NumPy and the matrix product of others."""
        other = handle(other)
        if self.shape != (ONE, ONE) and other.shape != (ONE, ONE):
            raise ShapeError(
                f"* between {shape_text(self.shape)} and {shape_text(other.shape)} could be read in two ways",
                suggestion="write A @ B for the matrix product, matcalc.hadamard(A, B) for the entrywise one",
            )
        return self.joined("mul", (other,), ("",))

    def __rmul__(self, other: Operand) -> Handle:
        return handle(other) * self

    def __truediv__(self, other: Operand) -> Handle:
        return self.joined("mul", (handle(other),), ("/",))

    def __rtruediv__(self, other: Operand) -> Handle:
        return handle(other) / self

    def __pow__(self, exponent: Operand) -> Handle:
        return self.joined("pow", (handle(exponent),))

    def __rpow__(self, base: Operand) -> Handle:
        return handle(base) ** self

    def __getitem__(self, places: object) -> Handle:
        """An entry, a row or a column: x[1], X[1, 2], X[1, :], X[:, 2]; a place is a whole number from 1, or a scalar."""
        given = places if isinstance(places, tuple) else (places,)
        return self.joined("index", [_place(p) for p in given])

    def diff(self, wrt: Name, **options: Unpack[DerivativeOptions]) -> Derivative:
        """The derivative by a variable; the options are those of `matcalc.derivative`."""
        from ..api import derivative

        return derivative(self, wrt, **options)

    def __str__(self) -> str:
        return self.program().text

    def __repr__(self) -> str:
        from ..printing.text import spell

        return f"<{spell(self.node)} : {shape_text(self.shape)}>"


Operand = Handle | SupportsFloat


def handle(value: object) -> Handle:
    """A number as an expression; UsageError for what is neither."""
    if isinstance(value, Handle):
        return value
    return Handle(number_of(value), {}, SCALAR)


def _place(value: object) -> Handle:
    if isinstance(value, slice) and value == slice(None):
        return Handle(Node("all"), {}, SCALAR)
    if isinstance(value, Handle) and value.shape == SCALAR:
        return value
    number = exact(value)
    if number is None or number.denominator > 1 or number < 1:
        raise UsageError(f"{value!r} is no place of an entry", suggestion="entries count from 1: x[1], X[1, 2], X[1, :]")
    return handle(number)


def _symbol(name: str, sizes: Sequence[str | int], properties: dict[str, bool]) -> Handle:
    from ..reading.read import parse_names

    (canonical,) = parse_names(name, (name,))
    for p in properties:
        if p not in WORDS:
            raise UsageError(f"unknown property {p!r}", suggestion=f"there are: {', '.join(WORDS)}")
    dims = tuple(Dim.of(s) for s in sizes)
    shape = (*dims, ONE)[:2] if dims else (ONE, ONE)
    words = tuple(p for p, yes in properties.items() if yes)
    whole = not dims and words == ("integer",)
    declaration = Declaration(canonical, "N" if whole else "R", dims, () if whole else words)
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


def call(name: str, *args: Operand) -> Handle:
    """A function of the book by its name: call("tr", A)."""
    handles = [handle(a) for a in args]
    if not handles:
        raise UsageError(f"{name} has no argument")
    return handles[0].joined("call", handles[1:], name)


def hadamard(a: Operand, b: Operand) -> Handle:
    """The entrywise product."""
    return handle(a).joined("ew", (handle(b),), (".*",))


def kron(a: Operand, b: Operand) -> Handle:
    """The Kronecker product."""
    return handle(a).joined("ew", (handle(b),), ("kron",))
