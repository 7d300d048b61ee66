r"""LaTeX for papers and notebooks: `-2 (y - \Phi \theta)^{T} \Phi`. It is read back by `parse` like plain text.

Fractions are set as fractions, and brackets grow (`\left`, `\right`) only round what is taller than a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from ..syntax import Node, Program, split_name, walk
from .printer import (
    ATOM,
    BASE,
    CLOSED,
    CMP,
    EW,
    FACTOR,
    GREEK,
    LAST,
    MIDDLE,
    MUL,
    Hole,
    Index,
    Piece,
    Printer,
    Slot,
    closed,
    glue,
    integer,
    integral,
    separators,
)

TALL = frozenset(("sum", "product", "literal", "cases"))
ACCENTS = {a: "\\" + a for a in ("hat", "bar", "tilde", "dot", "ddot", "check")}
# Greek letters that look Latin have no command.
_COMMANDS = frozenset(GREEK) - set("omicron Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi".split())
_TOKEN = re.compile("[A-Za-z]+|[^A-Za-z]+")

# Functions that LaTeX has a command for; all others are set by \operatorname.
COMMANDS = {name: "\\" + name for name in "det log exp sin cos tan cot sec csc sinh cosh tanh max min".split()}
COMMANDS |= {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "sigmoid": r"\sigma"}


def latex_function(name: str, used: frozenset[str] = frozenset()) -> str:
    """The LaTeX spelling of a function of this canonical name; `used` are the names that functions must not be mistaken for."""
    stem = name.rstrip("'.")
    command = COMMANDS.get(stem)
    if command is None or command[1:] in used:
        command = rf"\operatorname{{{stem}}}" if len(stem) > 1 and "_" not in stem and stem not in GREEK else latex_name(stem)
    return command + name[len(stem) :]


def latex_name(name: str) -> str:
    r"""The LaTeX spelling of a name: `\theta`, `x_{1}`, `\hat{y}`, `w_{\mathrm{out}}`, `\mathrm{weight}`."""
    base, sub = split_name(name)
    letter = base in _COMMANDS or len(base) == 1
    spelled = rf"\mathrm{{{base}}}" if not letter else "\\" + base if len(base) > 1 else base
    accent, _, rest = sub.partition(",")
    if letter and accent in ACCENTS:  # \hat y_1 is the name y_{hat,1}
        spelled, sub = f"{ACCENTS[accent]}{{{spelled}}}", rest
    return f"{spelled}_{{{latex_subscript(sub)}}}" if sub else spelled


def latex_subscript(sub: str) -> str:
    """A subscript: words upright, Greek letters as such, a cross between sizes."""
    return r" \times ".join("".join(map(_subscript_token, _TOKEN.findall(size))) for size in sub.split(" x "))


def _subscript_token(token: str) -> str:
    if token in _COMMANDS:
        return "\\" + token
    return rf"\mathrm{{{token}}}" if len(token) > 2 and token.isalpha() else token


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


class Latex(Printer):
    r"""`\frac{2}{N} \sum_{i=1}^{N} (w^{T} x_{i} - y_{i}) x_{i}^{T}`"""

    templates = {
        "neg": ("-", Slot(0, EW, LAST)),
        "inv": (BASE, "^{-1}"),
        "T of inv": (BASE, "^{-T}"),
        "pinv": (BASE, "^{+}"),
        "iverson": (r"\mathbf{1}[", Slot(0, CMP, CLOSED), "]"),
        "all": (":",),
    }
    norms = {"": "", "2": "_2", "1": "_1", "F": "_F", "inf": r"_\infty", "*": "_{*}"}
    bars = frozenset()  # the bars of LaTeX say whether they open or close
    signs = {
        **{"": " ", "*": r" \cdot ", ".": r" \cdot ", ".*": r" \odot ", "./": r" \oslash ", "kron": r" \otimes "},
        **{"<": " < ", ">": " > ", "<=": r" \le ", ">=": r" \ge ", "=": " = ", "!=": r" \ne "},
        **{"sum": r"\sum", "product": r"\prod", "->": r"\mapsto", "and": r" \text{ and } "},
    }

    def __init__(self, transpose: str, names: frozenset[str]) -> None:
        super().__init__()
        self.transpose, self.names = transpose, names
        self.bound = ""  # the name that a linear map binds, set off by thin spaces
        self.tall: set[int] = set()  # identities of the nodes that are taller than a line
        self.rules |= {
            "transpose": lambda node: [Hole(node.args[0], ATOM, MIDDLE), transpose],
            "bare norm": lambda node: self.fenced(r"\lVert", node.args[:1], r"\rVert", " "),
            "bars": lambda node: self.fenced(r"\lvert", node.args, r"\rvert", " "),
            "inner": lambda node: self.fenced(r"\langle", node.args, r"\rangle", " "),
        }

    def spell(self, thing: Node | Program) -> str:
        trees = [thing] if isinstance(thing, Node) else [*(b.value for b in thing.bindings), thing.body]
        self.names |= used_names(thing)
        for node in reversed([n for tree in trees for n in walk(tree)]):  # children come before their parents
            inline = node.op in ("pow", "epow") and ratio(node.args[1])
            if node.op in TALL or fractional(node) or any(id(a) in self.tall for a in node.args[: 1 if inline else None]):
                self.tall.add(id(node))
        return super().spell(thing)

    def level(self, node: Node) -> int:
        if fractional(node):  # \frac{a}{b} c is a product, \frac{a b}{c} can be a factor
            return MUL if node.op == "mul" and separators(node)[-1] != "/" else FACTOR
        return super().level(node)

    def brackets(self, node: Node) -> tuple[str, str]:
        return (r"\left(", r"\right)") if id(node) in self.tall else ("(", ")")

    def fenced(self, opening: str, args: Sequence[Node], closing: str, pad: str = "") -> list[Piece]:
        """Arguments between delimiters, which grow with them."""
        tall = any(id(a) in self.tall for a in args)
        left, right = (r"\left", r"\right") if tall else ("", "")
        return [left + opening + pad, *self.listed(args), pad + right + closing]

    # Names, numbers, calls

    def spell_name(self, name: str) -> str:
        return name if name == self.bound else latex_name(name)

    def num(self, node: Node) -> Sequence[Piece]:
        value = cast(Fraction, node.attr)
        top, bottom = integer(value.numerator), integer(value.denominator)
        return [top if bottom == "1" else rf"\frac{{{top}}}{{{bottom}}}"]

    def call(self, node: Node) -> Sequence[Piece]:
        name = str(node.attr)
        if name == "sqrt":
            return [r"\sqrt{", closed(node.args[0]), "}"]
        if name in ("ones", "zeros"):
            return [r"\mathbf{1}_{" if name == "ones" else "0_{", *self.listed(node.args, r" \times "), "}"]
        return [latex_function(name, self.names), *self.fenced("(", node.args, ")")]

    # Operations

    def mul(self, node: Node) -> Sequence[Piece]:
        """From the left: a b / c d is the product of \\frac{a b}{c} and d."""
        signs = separators(node)
        top = signs[:1] == ("/",)  # the first factor is a whole numerator
        pieces: list[Piece] = [r"\frac{" * signs.count("/"), closed(node.args[0]) if top else self.first_factor(node)]
        final = len(node.args) - 1
        for i, (sign, left, right) in enumerate(zip(signs, node.args, node.args[1:], strict=False), 1):
            if sign == "/":
                pieces += ("}{", closed(right), "}")
                continue
            ends = CLOSED if signs[i : i + 1] == ("/",) else LAST if i == final else MIDDLE
            pieces += (self._between(sign, left, right), Hole(right, FACTOR, ends))
        return pieces

    def _between(self, sign: str, left: Node, right: Node) -> str:
        if sign == "" and self.bound and self.bound in (left.attr, right.attr):
            return r"\, "
        return self.signs[glue(sign, right)]

    def exponent(self, exponent: Node, sign: str = "^") -> Sequence[Piece]:
        # ^{T} is the transpose and x^{(T)} another spelling of x_T
        inside: Piece = "((T))" if exponent.op == "name" and exponent.attr == "T" else ratio(exponent) or closed(exponent)
        return [sign + "{", inside, "}"]

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        return [Hole(node.args[0], ATOM, MIDDLE), *self.exponent(node.args[1], r".^")]

    def script(self, sign: str, node: Node) -> Sequence[Piece]:
        return [sign + "{", closed(node), "}"]

    def index(self, node: Node) -> Sequence[Piece]:
        base, *indices = node.args
        plain = base.op == "name" and "_" not in str(base.attr)  # a second subscript needs brackets
        return [Hole(base, ATOM if plain else ATOM + 1, MIDDLE), "_{", *self._indices(indices), "}"]

    def _indices(self, indices: Sequence[Node]) -> list[Piece]:
        """`ij` where all are single letters, else `1, j`."""
        run = all(n.op == "name" and len(str(n.attr)) == 1 for n in indices)
        return self.listed(indices, "" if run else ", ")

    def literal(self, node: Node) -> Sequence[Piece]:
        return [r"\begin{bmatrix} ", *self.rows(node, " & ", r" \\ "), r" \end{bmatrix}"]

    def cases(self, node: Node) -> Sequence[Piece]:
        lines: list[Piece] = [r"\begin{cases} "]
        final = len(node.args) - 1
        for i, part in enumerate(node.args):
            separator = "" if i == 0 else r" \\ " if i % 2 == 0 else " & "
            lines += (separator, closed(part, CMP))
            if i == final and i % 2 == 0:
                lines.append(r" & \text{otherwise}")
        return [*lines, r" \end{cases}"]

    # Forms

    def index_form(self, name: str, indices: Sequence[Index]) -> str:
        run = all(isinstance(i, str) and len(i) == 1 for i in indices)
        return f"{self.spell_name(name)}_{{{('' if run else ', ').join(map(self.one_index, indices))}}} = "

    def kron_form(self, of: str, by: str) -> str:
        of, by = (rf"\partial \operatorname{{vec}}({self.spell_name(n)})" for n in (of, by))
        return rf"\frac{{{of}}}{{{by}{self.transpose}}} = "

    def map_form(self, name: str) -> str:
        self.bound = name
        return super().map_form(name)


def used_names(thing: Node | Program) -> frozenset[str]:
    """All names that stand in the tree or are bound in the program."""
    trees = [thing] if isinstance(thing, Node) else [*(b.value for b in thing.bindings), thing.body]
    bound = [] if isinstance(thing, Node) else [n for b in thing.bindings for n in (b.name, *b.params)]
    return frozenset(bound) | {str(n.attr) for tree in trees for n in walk(tree) if n.op == "name"}


def spell(thing: Node | Program, *, transpose: str = "^{T}", names: frozenset[str] = frozenset()) -> str:
    r"""The LaTeX of a tree or program. `names` are further names in use: where sigma is one, the logistic function is not `\sigma`."""
    return Latex(transpose, names).spell(thing)
