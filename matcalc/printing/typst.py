"""Typst's mathematics: `2/N sum_(i=1)^N (w^T x_i - y_i) x_i^T`, to stand between two dollar signs."""

from __future__ import annotations

from collections.abc import Sequence

from ..syntax import GREEK, ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program, split_name
from .printer import ARGUMENT, ATOM, BASE, CLOSED, CMP, EW, LAST, MIDDLE, FormIndex, Hole, Piece, Slot, closed, one_letter, signed_integer
from .setting import Setting, is_bold, ratio

ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "dot": "dot", "ddot": "dot.double", "check": "caron"}


def typst_name(name: str, bold: bool = False) -> str:
    """The spelling of a name: `theta`, `x_1`, `hat(y)`, `w_"out"`, `"weight"`; bold for a vector or matrix."""
    if name == "infty":
        return "oo"
    base, sub = split_name(name)
    spelled = base if base in GREEK or len(base) == 1 else f'"{base}"'
    plain = spelled == base
    spelled = f"bold({spelled})" if bold else spelled
    accent, _, rest = sub.partition(",")
    if accent in ACCENTS and plain:
        spelled, sub = f"{ACCENTS[accent]}({spelled})", rest
    if not sub:
        return spelled
    if sub in GREEK or (len(sub) == 1) or sub.isdecimal():
        return f"{spelled}_{sub}"
    if len(sub) > 2 and sub.isalpha():
        return f'{spelled}_"{sub}"'
    sizes = [part if part.isalpha() and part in GREEK else " ".join(part) if part.isalpha() else part for part in sub.split(" x ")]
    return f"{spelled}_({' times '.join(sizes)})"


class Typst(Setting):
    """`frac(2, N) sum_(i=1)^N (w^T x_i - y_i) x_i^T`"""

    field = "typst"
    templates = {
        "neg": ("-", Slot(0, EW, LAST)),
        "transpose": (BASE, "^T"),
        "inv": (BASE, "^(-1)"),
        "T of inv": (BASE, "^(-T)"),
        "adjoint": (BASE, "^H"),
        "H of inv": (BASE, "^(-H)"),
        "pinv": (BASE, "^+"),
        "bare norm": ("norm(", Slot(0, CMP, CLOSED), ")"),
        "bars": ("abs(", Slot(0, CMP, CLOSED), ")"),
        "inner": ("lr(⟨", Slot(0, CMP, CLOSED), '"," thin ', Slot(1, CMP, CLOSED), "⟩)"),
        "iverson": ("bold(1)[", Slot(0, CMP, CLOSED), "]"),
        "all": (":",),
    }
    norms = {"": "", "2": "_2", "1": "_1", "F": "_F", "inf": "_oo", "*": "_(*)"}
    bars = frozenset()
    signs = {
        **{"": " ", "*": " dot ", "×": " times ", ".": " dot ", ".*": " ⊙ ", "./": " ⊘ ", "kron": " ⊗ ", "khatri_rao": " ⋄ "},
        **{OTIMES_BAR: " macron(times.circle) ", OTIMES_LOW: " underline(times.circle) ", ODOT_BAR: " macron(dot.circle) ", ":": " : "},
        **{"<": " < ", ">": " > ", "<=": " <= ", ">=": " >= ", "=": " = ", "!=": " != "},
        **{"sum": "sum", "product": "product", "->": "|->", "T": "^T", "and": ' "and" '},
    }
    fraction = ("frac(", ", ", ")")

    def __init__(self, bold: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.bold = bold

    def spell_name(self, name: str) -> str:
        if name == self.bound:
            return f"dif {typst_name(name[1:], bool(self.bold))}"
        return typst_name(name, is_bold(name, self.bold))

    def by_latex(self, latex: str, word: str) -> str:
        """Typst calls functions and letters as LaTeX does, without the stroke."""
        if word and latex != f"\\{word}":  # \operatorname{word}
            return self.function_name(word)
        return word or (latex if "\\" not in latex else "")

    def function_name(self, word: str) -> str:
        return typst_name(word) if len(word) == 1 or word in GREEK else f'op("{word}")'

    def call(self, node: Node) -> Sequence[Piece]:
        name = str(node.attr)
        if name in ("ones", "zeros"):
            return ["bold(1)_(" if name == "ones" else "0_(", *self.listed(node.args, " times "), ")"]
        return super().call(node)

    def primed(self, function: str, primes: str) -> str:
        """What is no function of Typst's is set with a blank, or Typst would call it."""
        return function + primes + " " * (function.endswith(")") and ARGUMENT not in function)

    def exponent(self, exponent: Node, sign: str = "^") -> Sequence[Piece]:
        if one_letter(exponent) or (signed_integer(exponent) and exponent.op == "num"):
            return [sign, closed(exponent)]
        return [sign + "(", ratio(exponent) or closed(exponent), ")"]

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        return [Hole(node.args[0], ATOM, MIDDLE), "^(⊙ ", ratio(node.args[1]) or closed(node.args[1]), ")"]

    def script(self, sign: str, node: Node) -> Sequence[Piece]:
        value = str(node.attr) if node.op in ("num", "name") else ""
        return [sign, closed(node)] if len(value) == 1 else [sign + "(", closed(node), ")"]

    def sign_and_bounds(self, node: Node) -> Sequence[Piece]:
        sign, (_, *bounds) = self.signs[node.op], node.args
        if node.attr is None or not bounds:
            return super().sign_and_bounds(node)
        if bounds[0].op == "cmp":
            return [sign + "_(", closed(bounds[0], CMP), ")"]
        pieces: list[Piece] = [sign + "_(", closed(Node("name", (), node.attr)), "=", closed(bounds[0]), ")"]
        return [*pieces, *self.script("^", bounds[1])] if len(bounds) > 1 else pieces

    def index(self, node: Node) -> Sequence[Piece]:
        base, *indices = node.args
        plain = base.op == "name" and "_" not in str(base.attr)
        run = all(n.op == "name" and len(str(n.attr)) == 1 for n in indices)
        whole: Piece = typst_name(str(base.attr)) if plain else Hole(base, ATOM + 1, MIDDLE)  # entries are numbers, never bold
        return [whole, "_(", *self.listed(indices, " " if run else ", "), ")"]

    def literal(self, node: Node) -> Sequence[Piece]:
        return ['mat(delim: "[", ', *self.rows(node, ", ", "; "), ")"]

    def cases(self, node: Node) -> Sequence[Piece]:
        lines: list[Piece] = ["cases("]
        final = len(node.args) - 1
        for i, part in enumerate(node.args):
            lines += ("" if i == 0 else ", " if i % 2 == 0 else " & ", closed(part, CMP))
            if i == final and i % 2 == 0:
                lines.append(' & "otherwise"')
        return [*lines, ")"]

    def index_form(self, name: str, indices: Sequence[FormIndex]) -> str:
        return f"{self.spell_name(name)}_({' '.join(map(self.one_index, indices))}) = "

    def kron_form(self, of: str, by: str) -> str:
        of, by = (f'partial op("vec") ({self.spell_name(n)})' for n in (of, by))
        return f"frac({of}, {by}^T) = "


def spell(thing: Node | Program, bold: frozenset[str] = frozenset()) -> str:
    """The tree or program as Typst mathematics; `bold` are the names of vectors and matrices that are set so."""
    return Typst(bold).spell(thing)
