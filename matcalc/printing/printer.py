"""What the printers share: how tightly each operation binds, where brackets go, and the loop that writes a tree out.

A printer is a table of templates and a few rules. A rule turns a node into pieces: finished strings, and holes that
hold a subtree together with the binding strength which that place demands. The loop keeps its own stack, so that the
depth of a tree is limited by memory only, and every node is visited once.

The text must be read back to the tree it came from. Three things can go wrong where a subtree stands in a hole:

* it binds too loosely: `a + b` as a factor;
* it is a sum or product sign, whose body swallows whatever follows: `(sum_i x_i) y`;
* it has bars, and stands unbracketed between bars, which look alike on both sides: `|a |b| c|`.

Each gets round brackets. Only sums of sums are flattened: `a (b c)` keeps its brackets, since `A (x^T y) B` needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, NamedTuple, cast

from ..errors import NoAnswerError
from ..ops.names import called
from ..ops.operation import Operation, Shorthand
from ..syntax import Binding, Node, Program

# Binding strengths, loosest first. FACTOR is what may stand in a product without being able to carry a power.
CMP, ADD, NEG, EW, MUL, FACTOR, POST, ATOM = range(8)

LEVELS = {
    **dict.fromkeys(("sum", "product"), FACTOR),
    **dict.fromkeys(("pow", "epow", "T", "H", "inv", "pinv"), POST),
    **{"and": CMP, "cmp": CMP, "add": ADD, "neg": NEG, "ew": EW, "mul": MUL},
}
OPEN_ENDED = frozenset(("sum", "product"))
ARGUMENT = "#"  # where the argument stands in what a block says of its printing


class Surroundings(NamedTuple):
    """What surrounds a hole. None: as for the node the hole is in."""

    last: bool | None  # nothing follows that the body of a sum could swallow
    barred: bool | None  # it stands between bars, with no brackets in between


MIDDLE, LAST, TERM = Surroundings(False, None), Surroundings(None, None), Surroundings(True, None)
CLOSED, BARRED = Surroundings(True, False), Surroundings(True, True)


class Hole(NamedTuple):
    """A place for a subtree that binds at least as tightly as `need`."""

    node: Node
    need: int
    place: Surroundings


class Slot(NamedTuple):
    """A place in a template for the argument of that number."""

    arg: int
    need: int
    place: Surroundings


Piece = str | Hole
Template = tuple[str | Slot, ...]
FormIndex = str | tuple[str, ...]
Writing = Callable[[Node], Sequence[Piece]]

BASE = Slot(0, ATOM, MIDDLE)  # what a postfix operator stands on


def closed(node: Node, need: int = ADD) -> Hole:
    """A hole with delimiters of its own on both sides."""
    return Hole(node, need, CLOSED)


def between(separator: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with a separator between each two."""
    joined: list[Piece] = []
    for piece in pieces:
        joined += (separator, piece)
    return joined[1:]


def integral(node: Node) -> bool:
    """Is this a whole number?"""
    return node.op == "num" and cast(Fraction, node.attr).denominator == 1


def signed_integer(node: Node) -> bool:
    """Is this a whole number, perhaps with a minus?"""
    return integral(node) or (node.op == "neg" and integral(node.args[0]))


def one_letter(node: Node) -> bool:
    """Is this a name of one Latin letter, such as may stand without brackets after `^`? `T` there is the transpose."""
    name = node.attr if node.op == "name" else ""
    return isinstance(name, str) and len(name) == 1 and name != "T"


def separators(node: Node) -> tuple[str, ...]:
    """What stands between the arguments of a `mul` or `ew`."""
    return cast("tuple[str, ...]", node.attr)


def led_by_number(node: Node) -> bool:
    """Would the text of this factor begin with a digit?"""
    while node.op == "index" or LEVELS.get(node.op) == POST:
        node = node.args[0]
    return integral(node) or (node.op == "name" and str(node.attr)[0].isdigit())


def glue(separator: str, right: Node) -> str:
    """The separator to print: `2 3` would not be read as a product, so it is printed `2 * 3`; `@` says no more than a blank."""
    if separator in ("", "@"):
        return "*" if led_by_number(right) else ""
    return separator


def starred(node: Node) -> bool:
    """Does this product show an explicit sign? Then it takes brackets in an elementwise chain, where both readings would be tried."""
    return node.op == "mul" and any(glue(s, right) in ("*", ".") for s, right in zip(separators(node), node.args[1:], strict=True))


def summands(node: Node) -> list[tuple[bool, Node]]:
    """The summands of a sum and of the sums in it, each with whether it is subtracted."""
    terms: list[tuple[bool, Node]] = []
    todo = [node]
    while todo:
        n = todo.pop()
        if n.op == "add":
            todo += reversed(n.args)
        elif n.op == "neg":
            terms.append((True, n.args[0]))
        else:
            terms.append((False, n))
    return terms


def integer(value: int) -> str:
    """The digits of a whole number."""
    try:
        return str(value)
    except ValueError as error:  # Python refuses to spell integers beyond sys.get_int_max_str_digits()
        raise NoAnswerError("a number in this result has too many digits to be printed") from error


class Printer:
    """One way of spelling: subclasses fill the tables and add what is particular to them."""

    field: ClassVar[str] = ""  # of an operation's block, with what this printer writes for its name
    templates: ClassVar[Mapping[str, Template]] = {}
    norms: ClassVar[Mapping[str, str]] = {}  # what stands after the closing bars, by the norm's attr
    signs: ClassVar[Mapping[str, str]] = {}  # what stands between factors, between elementwise operands, in comparisons
    bars: ClassVar[frozenset[str]] = frozenset(("norm", "bars"))  # operations that need brackets between bars

    def __init__(self) -> None:
        self.rules: dict[str, Writing] = {op: self._filler(template) for op, template in self.templates.items()}
        self.rules |= {
            **{"num": self.num, "name": self.name, "call": self.call, "add": self.add, "mul": self.mul, "ew": self.ew},
            **{
                "pow": self.power,
                "epow": self.elementwise_power,
                "T": self.transposed,
                "H": self.transposed,
                "norm": self.norm,
                "index": self.index,
            },
            **{"tuple": self.fused, "literal": self.literal, "sum": self.big, "product": self.big},
            **{"cmp": self.cmp, "and": self.both, "cases": self.cases},
        }

    # The loop

    def spell(self, thing: Node | Program) -> str:
        """The text of a tree, or of a whole program with its bindings."""
        return self.write(self.program(thing) if isinstance(thing, Program) else [closed(thing, CMP)])

    def write(self, pieces: Sequence[Piece]) -> str:
        """Fill all holes, without recursion."""
        out: list[str] = []
        todo: list[tuple[Piece, bool, bool]] = [(p, True, False) for p in reversed(pieces)]
        while todo:
            piece, last, barred = todo.pop()
            if isinstance(piece, str):
                out.append(piece)
                continue
            node, need, place = piece
            last = last if place.last is None else place.last
            barred = barred if place.barred is None else place.barred
            inside = self.rules[node.op](node)
            if self.level(node) < need or (not last and node.op in OPEN_ENDED) or (barred and node.op in self.bars):
                opening, closing = self.brackets(node)
                out.append(opening)
                todo.append((closing, True, False))
                last, barred = True, False
            todo += [(p, last, barred) for p in reversed(inside)]
        return "".join(out)

    def level(self, node: Node) -> int:
        """How tightly the text of this node holds together."""
        if node.op == "num":
            return ATOM if integral(node) else MUL
        if node.op == "call" and (function := self.function(str(node.attr))).startswith(ARGUMENT):
            return POST if function.count(ARGUMENT) == 1 else EW
        return LEVELS.get(node.op, ATOM)

    def brackets(self, node: Node) -> tuple[str, str]:
        """The round brackets to put round this node."""
        return "(", ")"

    def _filler(self, template: Template) -> Writing:
        def fill(node: Node) -> list[Piece]:
            return [p if isinstance(p, str) else Hole(node.args[p.arg], p.need, p.place) for p in template]

        return fill

    # The rules that all printers have in common

    def spell_name(self, name: str) -> str:
        """A canonical name in this spelling."""
        return name

    def name(self, node: Node) -> Sequence[Piece]:
        return [self.spell_name(str(node.attr))]

    def num(self, node: Node) -> Sequence[Piece]:
        value = cast(Fraction, node.attr)
        return [integer(value.numerator) + ("" if value.denominator == 1 else "/" + integer(value.denominator))]

    def function(self, name: str) -> str:
        """How a function is written, by its block or by the custom of this printer, with its primes or its dot."""
        stem = name.rstrip("'.")
        block = called(stem)
        own = self.own(block) if block is not None else ""
        return self.primed(own or self.function_name(block.spellings[0] if block is not None else stem), name[len(stem) :])

    def own(self, block: Operation | Shorthand) -> str:
        """What a block says of its printing here; "" where it leaves it to the custom."""
        return str(getattr(block, self.field, ""))

    def function_name(self, word: str) -> str:
        """The custom: how a function of this name is written."""
        return self.spell_name(word)

    def primed(self, function: str, primes: str) -> str:
        return function + primes

    def call(self, node: Node) -> Sequence[Piece]:
        before, sign, after = self.function(str(node.attr)).partition(ARGUMENT)
        if ARGUMENT in after:  # a sign between two arguments
            between, _, after = after.partition(ARGUMENT)
            return [before, Hole(node.args[0], POST, MIDDLE), between, Hole(node.args[1], POST, MIDDLE), after]
        if not sign:
            return [before, *self.arguments(node.args)]
        if not before:
            return [Hole(node.args[0], ATOM, MIDDLE), after]
        return [before, *self.listed(node.args), after]

    def arguments(self, args: Sequence[Node]) -> list[Piece]:
        """The arguments of a function, in brackets."""
        return ["(", *self.listed(args), ")"]

    def listed(self, args: Iterable[Node], separator: str = ", ") -> list[Piece]:
        """Arguments with commas between them."""
        return between(separator, (closed(a, CMP) for a in args))

    def add(self, node: Node) -> Sequence[Piece]:
        pieces: list[Piece] = []
        for subtracted, term in summands(node):
            sign = (" - " if subtracted else " + ") if pieces else ("-" if subtracted else "")
            pieces += (sign, Hole(term, EW, TERM))
        return pieces

    def mul(self, node: Node) -> Sequence[Piece]:
        pieces: list[Piece] = [self.first_factor(node)]
        final = len(node.args) - 1
        for i, (separator, right) in enumerate(zip(separators(node), node.args[1:], strict=True), 1):
            separator = glue(separator, right)
            pieces += (self.between_factors(separator), Hole(right, POST if separator == "/" else FACTOR, LAST if i == final else MIDDLE))
        return pieces

    def between_factors(self, separator: str) -> str:
        """The sign of a product: × has the index of a mode product below it."""
        return self.with_index(self.signs["×"], separator[2:]) if separator.startswith("×_") else self.signs[separator]

    def with_index(self, sign: str, index: str) -> str:
        return f"{sign.rstrip()}_{index} "

    def first_factor(self, node: Node) -> Hole:
        """Products are read from the left, so that a product may begin another without brackets; (a^T x) b has them to be seen."""
        first = node.args[0]
        inner = first.op == "mul" and separators(node)[0] != "/" and any(a.op in ("T", "H") for a in first.args)
        return Hole(first, MUL if first.op == "mul" and not inner else FACTOR, MIDDLE)

    def ew(self, node: Node) -> Sequence[Piece]:
        first = node.args[0]
        pieces: list[Piece] = [
            Hole(first, EW if first.op == "ew" and separators(node)[0] != ":" else FACTOR if starred(first) else MUL, MIDDLE)
        ]
        final = len(node.args) - 1
        for i, (separator, right) in enumerate(zip(separators(node), node.args[1:], strict=True), 1):
            pieces += (self.signs[separator], Hole(right, FACTOR if starred(right) else MUL, LAST if i == final else MIDDLE))
        return pieces

    def transposed(self, node: Node) -> Sequence[Piece]:
        inverse = node.args[0].op == "inv"
        which = {"T": ("transpose", "T of inv"), "H": ("adjoint", "H of inv")}[node.op][inverse]
        return self.rules[which](node.args[0] if inverse else node)

    def power(self, node: Node) -> Sequence[Piece]:
        return [Hole(node.args[0], ATOM, MIDDLE), *self.exponent(node.args[1])]

    def exponent(self, exponent: Node, sign: str = "^") -> Sequence[Piece]:
        """What stands after the base of a power."""
        if signed_integer(exponent) or one_letter(exponent):
            return [sign, closed(exponent)]
        return [sign, "(", closed(exponent), ")"]

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        return [Hole(node.args[0], ATOM, MIDDLE), *self.exponent(node.args[1], ".^")]

    def norm(self, node: Node) -> Sequence[Piece]:
        inside = self.rules["bare norm"](node)
        if node.attr == "p":
            return [*inside, *self.script("_", node.args[1])]
        return [*inside, self.norms[str(node.attr)]]

    def script(self, sign: str, node: Node) -> Sequence[Piece]:
        """A bound of a sum or the index of a norm: braces round anything longer than one character."""
        value = str(node.attr) if node.op in ("num", "name") else ""
        return [sign, closed(node)] if len(value) == 1 else [sign + "{", closed(node), "}"]

    def index(self, node: Node) -> Sequence[Piece]:
        """A `[` that touches a name or a round bracket is an index; after anything else it may be a literal."""
        base = node.args[0]
        need = ATOM if base.op in ("name", "call", "literal") else ATOM + 1
        return [Hole(base, need, MIDDLE), "[", *self.listed(node.args[1:], ","), "]"]

    def fused(self, node: Node) -> Sequence[Piece]:
        return ["(", *self.listed(node.args, ","), ")"]

    def literal(self, node: Node) -> Sequence[Piece]:
        return ["[", *self.rows(node, ", ", "; "), "]"]

    def rows(self, node: Node, column: str, row: str) -> list[Piece]:
        """The entries of a literal with what stands between columns and between rows."""
        _, width = cast("tuple[int, int]", node.attr)
        pieces: list[Piece] = []
        for i, entry in enumerate(node.args):
            pieces += ((row if i % width == 0 else column) if i else "", closed(entry))
        return pieces

    def big(self, node: Node) -> Sequence[Piece]:
        """A sum or a product sign; its body is one term and stands last."""
        return [*self.sign_and_bounds(node), " ", Hole(node.args[0], EW, LAST)]

    def sign_and_bounds(self, node: Node) -> Sequence[Piece]:
        sign, (_, *bounds) = self.signs[node.op], node.args
        if node.attr is None:
            return [sign]
        index = Node("name", (), node.attr)
        if not bounds:
            return [sign, *self.script("_", index)]
        if bounds[0].op == "cmp":  # sum_{j != i}
            return [sign + "_{", closed(bounds[0], CMP), "}"]
        pieces: list[Piece] = [sign + "_{", closed(index), "=", closed(bounds[0]), "}"]
        return [*pieces, *self.script("^", bounds[1])] if len(bounds) > 1 else pieces

    def cmp(self, node: Node) -> Sequence[Piece]:
        left, right = node.args
        return [Hole(left, ADD, TERM), self.signs[str(node.attr)], Hole(right, ADD, TERM)]

    def both(self, node: Node) -> Sequence[Piece]:
        """Conditions that hold together."""
        return between(self.signs["and"], (closed(a, CMP) for a in node.args))

    def cases(self, node: Node) -> Sequence[Piece]:
        return ["cases(", *self.listed(node.args), ")"]

    # Whole programs

    def program(self, program: Program) -> list[Piece]:
        """Bindings, then the expression with what its form puts before it."""
        pieces: list[Piece] = []
        for binding in program.bindings:
            pieces += (*self.binding(binding), "; ")
        return [*pieces, self.preamble(program), closed(program.body, CMP)]

    def preamble(self, program: Program) -> str:
        """What the form of a program puts before its expression."""
        match program.form:
            case None:
                return ""
            case ("index", name, indices):
                return self.index_form(cast(str, name), cast("tuple[FormIndex, ...]", indices))
            case ("kron", of, by):
                return self.kron_form(cast(str, of), cast(str, by))
            case ("map", name):
                return self.map_form(cast(str, name))
        raise ValueError(f"no such form: {program.form}")

    def binding(self, binding: Binding) -> Sequence[Piece]:
        return [f"{self.left_side(binding)} = ", closed(binding.value, CMP)]

    def left_side(self, binding: Binding) -> str:
        params = f"({', '.join(map(self.spell_name, binding.params))})" if binding.params else ""
        return self.spell_name(binding.name) + params

    def index_form(self, name: str, indices: Sequence[FormIndex]) -> str:
        return f"{self.spell_name(name)}[{','.join(map(self.one_index, indices))}] = "

    def one_index(self, index: FormIndex) -> str:
        """An index of the left side; a tuple is a pair that a Kronecker product runs through as one."""
        return self.spell_name(index) if isinstance(index, str) else f"({','.join(map(self.spell_name, index))})"

    def kron_form(self, of: str, by: str) -> str:
        return f"d vec({self.spell_name(of)})/d vec({self.spell_name(by)}){self.signs['T']} = "

    def map_form(self, name: str) -> str:
        return f"{self.spell_name(name)} {self.signs['->']} "
