"""What the printers that set formulas in two dimensions share: which quotients are fractions, what is taller than a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, cast

from ..ops.names import latex_word
from ..ops.operation import Operation, Shorthand
from ..syntax import Node, Program, split_name, walk
from .printer import CLOSED, FACTOR, LAST, MIDDLE, MUL, Hole, Piece, Printer, closed, glue, integer, integral, separators

ROOT = "sqrt."  # of the entries: a sign round its argument has no place for the dot
TALL = frozenset(("sum", "product", "literal", "cases"))


def fractional(node: Node) -> bool:
    """Is this set as a fraction?"""
    return (node.op == "num" and cast(Fraction, node.attr).denominator != 1) or (node.op == "mul" and "/" in separators(node))


def ratio(node: Node) -> str:
    """A quotient of two whole numbers set in one line, as in an exponent; "" for anything else."""
    if node.op == "neg":
        inside = ratio(node.args[0])
        return inside and "-" + inside
    numbers = [cast(Fraction, n.attr) for n in (node, *node.args) if n.op == "num"]
    if node.op == "num" and not integral(node):
        return f"{integer(numbers[0].numerator)}/{integer(numbers[0].denominator)}"
    if node.op == "mul" and separators(node) == ("/",) and all(map(integral, node.args)):
        return "/".join(integer(value.numerator) for value in numbers)
    return ""


def is_bold(name: str, bold: frozenset[str]) -> bool:
    """Whether a name is one of a vector or matrix, or I, 0 or a unit vector, where such are set bold; "x_" is all members of a family."""
    base, sub = split_name(name)
    return bool(bold) and (name in bold or f"{base}_" in bold or base in "I0" or (base == "e" and sub != ""))


def trees_of(thing: Node | Program) -> list[Node]:
    """The trees of a program: what is bound, then the expression."""
    return [thing] if isinstance(thing, Node) else [*(b.value for b in thing.bindings), thing.body]


def used_names(thing: Node | Program) -> frozenset[str]:
    """All names that stand in the tree or are bound in the program."""
    bound = [] if isinstance(thing, Node) else [n for b in thing.bindings for n in (b.name, *b.params)]
    return frozenset(bound) | {str(n.attr) for tree in trees_of(thing) for n in walk(tree) if n.op == "name"}


def heights(thing: Node | Program) -> Iterator[tuple[Node, bool]]:
    """Every node, children before their parents, with whether it has something of its own that is taller than a line."""
    for node in reversed([n for tree in trees_of(thing) for n in walk(tree)]):
        yield node, node.op in TALL or fractional(node)


def _power_of_entries(root: Node) -> Node:
    return Node("epow", (root.args[0], Node("num", (), Fraction(1, 2))))


class Setting(Printer):
    """A printer whose fractions have a bar."""

    fraction: ClassVar[tuple[str, str, str]]  # what opens a fraction, parts it, closes it

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.names = names
        self.bound = ""  # the name that a linear map binds
        self.tall: set[int] = set()  # identities of the nodes that are taller than a line

    def spell(self, thing: Node | Program) -> str:
        self.prepare(thing)
        return super().spell(thing)

    def prepare(self, thing: Node | Program) -> None:
        """Find out what is tall and which names are in use."""
        self.names |= used_names(thing)
        for node, own in heights(thing):
            inline = node.op in ("pow", "epow") and ratio(node.args[1])
            if own or any(id(a) in self.tall for a in node.args[: 1 if inline else None]):
                self.tall.add(id(node))

    def call(self, node: Node) -> Sequence[Piece]:
        return self.rules["epow"](_power_of_entries(node)) if node.attr == ROOT else super().call(node)

    def level(self, node: Node) -> int:
        if node.op == "call" and node.attr == ROOT:
            return super().level(_power_of_entries(node))
        if fractional(node):  # a fraction and a factor after it are a product, a fraction alone can be a factor
            return MUL if node.op == "mul" and separators(node)[-1] != "/" else FACTOR
        return super().level(node)

    def own(self, block: Operation | Shorthand) -> str:
        """What the block says of its printing here, or what follows from its LaTeX; nothing where that is a name in use."""
        if latex_word(block) in self.names:
            return ""
        return super().own(block) or self.by_latex(block.latex, latex_word(block))

    def by_latex(self, latex: str, word: str) -> str:
        """What follows from the LaTeX of a function, and from the word of its command."""
        return ""

    def num(self, node: Node) -> Sequence[Piece]:
        value = cast(Fraction, node.attr)
        top, bottom = self.digits(value.numerator), self.digits(value.denominator)
        opening, bar, closing = self.fraction
        return [top] if value.denominator == 1 else [opening, top, bar, bottom, closing]

    def digits(self, value: int) -> str:
        return integer(value)

    def mul(self, node: Node) -> Sequence[Piece]:
        """From the left: a b / c d is the product of the fraction of a b and c, and of d."""
        signs = separators(node)
        opening, bar, closing = self.fraction
        top = signs[:1] == ("/",)  # the first factor is a whole numerator
        pieces: list[Piece] = [opening * signs.count("/"), closed(node.args[0]) if top else self.first_factor(node)]
        final = len(node.args) - 1
        for i, (sign, left, right) in enumerate(zip(signs, node.args, node.args[1:], strict=False), 1):
            if sign == "/":
                pieces += (bar, closed(right), closing)
                continue
            ends = CLOSED if signs[i : i + 1] == ("/",) else LAST if i == final else MIDDLE
            pieces += (self.factor_sign(sign, left, right), Hole(right, FACTOR, ends))
        return pieces

    def factor_sign(self, sign: str, left: Node, right: Node) -> str:
        """What stands between two factors."""
        return self.between_factors(glue(sign, right))

    def map_form(self, name: str) -> str:
        self.bound = name
        return super().map_form(name)
