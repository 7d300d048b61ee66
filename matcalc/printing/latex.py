r"""LaTeX for papers and notebooks: `-2 (y - \Phi \theta)^{T} \Phi`. It is read back by `parse` like plain text.

Fractions are set as fractions, and brackets grow (`\left`, `\right`) only round what is taller than a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ..errors import UsageError
from ..ops.names import latex_words
from ..syntax import APART, GREEK, ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program, split_name
from .lines import chunks, starts
from .printer import ATOM, BASE, CLOSED, CMP, EW, LAST, MIDDLE, FormIndex, Hole, Piece, Slot, closed
from .setting import Setting, is_bold, ratio

TRANSPOSES = ("T", "top", "intercal")
OPERATORS = ("operatorname", "mathrm")
ACCENTS = {a: "\\" + a for a in ("hat", "bar", "tilde", "dot", "ddot", "check")}
# Greek letters that look Latin have no command.
_COMMANDS = frozenset(GREEK) - set("omicron Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi".split())
_TOKEN = re.compile("[A-Za-z]+|[^A-Za-z]+")

# Commands of LaTeX that no function of the book is called by, though it has their name.
_OTHERWISE = frozenset("vec skew sum sqrt".split())


class Style(NamedTuple):
    r"""How LaTeX is to look: what is set bold, how transposes and functions are spelled, where long sums are broken."""

    transpose: str = "^{T}"
    bold: frozenset[str] = frozenset()  # names; "x_" stands for all members of a family
    operator: str = "operatorname"  # or "mathrm"
    commands: frozenset[str] = frozenset()  # functions that have a command of their own: \tr for \operatorname{tr}
    width: int = 0  # characters of a line; 0 for no end


PLAIN = Style()


def style_of(
    transpose: str = "T",
    bold: frozenset[str] = frozenset(),
    operator: str = "operatorname",
    commands: frozenset[str] = frozenset(),
    width: int = 0,
) -> Style:
    r"""The style of these options; a transpose is `T`, `top` or `intercal`, as a word, a command or with its `^`."""
    word = transpose.strip("^{} \\")
    if word not in TRANSPOSES:
        raise UsageError(f"unknown transpose {transpose!r}: use {', '.join(TRANSPOSES)}")
    if operator not in OPERATORS:
        raise UsageError(f"unknown operator {operator!r}: use {', '.join(OPERATORS)}")
    if isinstance(width, bool) or not isinstance(width, int) or width < 0:
        raise UsageError(f"the width of a line is a whole number from 0, not {width!r}")
    return Style("^{T}" if word == "T" else f"^{{\\{word}}}", bold, operator, commands - _OTHERWISE - latex_words(), width)


def latex_name(name: str, bold: bool = False) -> str:
    r"""The LaTeX spelling of a name: `\theta`, `x_{1}`, `\hat{y}`, `w_{\mathrm{out}}`, `\mathrm{weight}`; bold for a vector or matrix."""
    if name == "infty":
        return r"\infty"
    base, sub = split_name(name)
    letter = base in _COMMANDS or len(base) == 1
    spelled = rf"\mathrm{{{base}}}" if not letter else "\\" + base if len(base) > 1 else base
    if bold:
        spelled = rf"\mathbf{{{base}}}" if len(base) == 1 else rf"\boldsymbol{{{spelled}}}"
    accent, _, rest = sub.partition(",")
    if letter and accent in ACCENTS:  # \hat y_1 is the name y_{hat,1}
        spelled, sub = f"{ACCENTS[accent]}{{{spelled}}}", rest
    return f"{spelled}_{{{latex_subscript(sub)}}}" if sub else spelled


def latex_subscript(sub: str) -> str:
    """A subscript: words upright, the indices of T_{ijk} and Greek letters as such, a cross between sizes."""
    return r" \times ".join("".join(map(_subscript_token, _TOKEN.findall(size))) for size in sub.split(" x "))


def _subscript_token(token: str) -> str:
    if token in _COMMANDS:
        return "\\" + token
    return rf"\mathrm{{{token}}}" if len(token) > 2 and token.isalpha() and not set("ijkl").issuperset(token) else token


class Latex(Setting):
    r"""`\frac{2}{N} \sum_{i=1}^{N} (w^{T} x_{i} - y_{i}) x_{i}^{T}`"""

    field = "latex"
    templates = {
        "neg": ("-", Slot(0, EW, LAST)),
        "inv": (BASE, "^{-1}"),
        "pinv": (BASE, "^{+}"),
        "adjoint": (BASE, "^{H}"),
        "H of inv": (BASE, "^{-H}"),
        "iverson": (r"\mathbf{1}[", Slot(0, CMP, CLOSED), "]"),
        "all": (":",),
    }
    norms = {"": "", "2": "_2", "1": "_1", "F": "_F", "inf": r"_\infty", "*": "_{*}"}
    bars = frozenset()  # the bars of LaTeX say whether they open or close
    signs = {
        **{
            "": " ",
            "*": r" \cdot ",
            "×": r" \times ",
            ".": r" \cdot ",
            ".*": r" \odot ",
            "./": r" \oslash ",
            "kron": r" \otimes ",
            "khatri_rao": r" \diamond ",
            **{
                OTIMES_BAR: r" \mathbin{\bar{\otimes}} ",
                OTIMES_LOW: r" \mathbin{\underline{\otimes}} ",
                ODOT_BAR: r" \mathbin{\bar{\odot}} ",
            },
            ":": " : ",
        },
        **{"<": " < ", ">": " > ", "<=": r" \le ", ">=": r" \ge ", "=": " = ", "!=": r" \ne "},
        **{"sum": r"\sum", "product": r"\prod", "->": r"\mapsto", "and": r" \text{ and } "},
    }
    fraction = (r"\frac{", "}{", "}")

    def __init__(self, style: Style, names: frozenset[str]) -> None:
        super().__init__(names)
        self.style = style
        self.rules |= {
            "transpose": lambda node: [Hole(node.args[0], ATOM, MIDDLE), style.transpose],
            "T of inv": lambda node: [Hole(node.args[0], ATOM, MIDDLE), style.transpose.replace("{", "{-")],
            "bare norm": lambda node: self.fenced(r"\lVert", node.args[:1], r"\rVert", " "),
            "bars": lambda node: self.fenced(r"\lvert", node.args, r"\rvert", " "),
            "inner": lambda node: self.fenced(r"\langle", node.args, r"\rangle", " "),
        }

    def spell(self, thing: Node | Program) -> str:
        if not self.style.width:
            return super().spell(thing)
        from .unicode import UNICODE

        self.prepare(thing)
        parts = chunks(self, thing)
        first = 0 if isinstance(thing, Node) else len(thing.bindings)
        widths = [len(part) for part in chunks(UNICODE, thing)]  # about what a reader sees; LaTeX itself is longer
        cuts = [0, *starts(widths, first, self.style.width), len(parts)]
        if len(cuts) == 2:
            return super().spell(thing)
        # The empty group makes the sign that begins a line one between two summands.
        lines = [r"\quad {} " * (a > first) + " ".join(parts[a:b]) for a, b in pairwise(cuts)]
        return r"\begin{aligned} & " + r" \\ & ".join(lines) + r" \end{aligned}"

    def with_index(self, sign: str, index: str) -> str:
        return f"{sign.rstrip()}_{{{index}}} "

    def brackets(self, node: Node) -> tuple[str, str]:
        return (r"\left(", r"\right)") if id(node) in self.tall else ("(", ")")

    def fenced(self, opening: str, args: Sequence[Node], closing: str, pad: str = "") -> list[Piece]:
        """Arguments between delimiters, which grow with them."""
        tall = any(id(a) in self.tall for a in args)
        left, right = (r"\left", r"\right") if tall else ("", "")
        return [left + opening + pad, *self.listed(args), pad + right + closing]

    # Names, calls

    def spell_name(self, name: str) -> str:
        if name == self.bound:
            return f"d{latex_name(name[1:])}" if split_name(name[1:])[0] in GREEK else name
        return latex_name(name, is_bold(name, self.style.bold))

    def entry(self, base: Node) -> Sequence[Piece]:
        """A name whose entry is taken: never bold, since its entries are numbers."""
        return [latex_name(str(base.attr))]

    def function_name(self, word: str) -> str:
        if len(word) == 1 or "_" in word or word in GREEK:
            return latex_name(word)
        return "\\" + word if word in self.style.commands else rf"\{self.style.operator}{{{word}}}"

    def call(self, node: Node) -> Sequence[Piece]:
        name = str(node.attr)
        if name in ("ones", "zeros"):
            return [self.constant(name) + "_{", *self.listed(node.args, r" \times "), "}"]
        return super().call(node)

    def arguments(self, args: Sequence[Node]) -> list[Piece]:
        return self.fenced("(", args, ")")

    def constant(self, name: str) -> str:
        return r"\mathbf{1}" if name == "ones" else r"\mathbf{0}" if self.style.bold else "0"

    # Operations

    def factor_sign(self, sign: str, left: Node, right: Node) -> str:
        if sign == "" and self.bound and self.bound in (left.attr, right.attr):
            return r"\, "
        return super().factor_sign(sign, left, right)

    def exponent(self, exponent: Node, sign: str = "^") -> Sequence[Piece]:
        # ^{T} is the transpose and x^{(T)} another spelling of x_T
        inside: Piece = "((T))" if exponent.op == "name" and exponent.attr == "T" else ratio(exponent) or closed(exponent)
        return [sign + "{", inside, "}"]

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        base, exponent = node.args
        return [Hole(base, ATOM, MIDDLE), r"^{\odot ", ratio(exponent) or closed(exponent), "}"]

    def script(self, sign: str, node: Node) -> Sequence[Piece]:
        return [sign + "{", closed(node), "}"]

    def index(self, node: Node) -> Sequence[Piece]:
        base, *indices = node.args
        plain = base.op == "name" and "_" not in str(base.attr) and node.attr != APART  # a second subscript needs brackets
        inside: Sequence[Piece] = self.entry(base) if plain else [Hole(base, ATOM + 1, MIDDLE)]
        return [*inside, "_{", *self._indices(indices), "}"]

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

    def index_form(self, name: str, indices: Sequence[FormIndex]) -> str:
        run = all(isinstance(i, str) and len(i) == 1 for i in indices)
        return f"{self.spell_name(name)}_{{{('' if run else ', ').join(map(self.one_index, indices))}}} = "

    def kron_form(self, of: str, by: str) -> str:
        of, by = (rf"\partial \operatorname{{vec}}({self.spell_name(n)})" for n in (of, by))
        return rf"\frac{{{of}}}{{{by}{self.style.transpose}}} = "


def spell(thing: Node | Program, *, style: Style = PLAIN, names: frozenset[str] = frozenset()) -> str:
    r"""The LaTeX of a tree or program. `names` are further names in use: where sigma is one, the logistic function is not `\sigma`."""
    return Latex(style, names).spell(thing)
