"""Presentation MathML, straight from the surface tree: one `<math>` element, for web pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..syntax import GREEK, ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program, split_name
from .printer import ADD, ARGUMENT, ATOM, CMP, EW, LAST, MIDDLE, TERM, FormIndex, Hole, Piece, between, closed, integer, summands
from .setting import Setting, ratio

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow>'
ACCENTS = {"hat": "^", "bar": "‾", "tilde": "~", "dot": "˙", "ddot": "¨", "check": "ˇ"}
APPLY, TIMES, THIN = "<mo>&#x2061;</mo>", "<mo>&#x2062;</mo>", '<mspace width="0.17em"/>'
MINUS = "\u2212"
T, H = (f'<mi mathvariant="normal">{letter}</mi>' for letter in "TH")


def mo(sign: str, kind: str = "") -> str:
    """An operator; `kind` is "fence" or "separator"."""
    return f'<mo {kind}="true">{sign}</mo>' if kind else f"<mo>{sign}</mo>"


def row(*pieces: Piece) -> list[Piece]:
    """One element of many."""
    return ["<mrow>", *pieces, "</mrow>"]


def mi(word: str) -> str:
    """A word or letter as one identifier, Greek words as letters."""
    return f"<mi>{GREEK.get(word, word)}</mi>"


def mathml_name(name: str) -> str:
    """A name with its accent and subscript."""
    if name == "infty":
        return mi("∞")
    base, sub = split_name(name)
    spelled = mi(base) if not base.isdecimal() else f"<mn>{base}</mn>"
    accent, _, rest = sub.partition(",")
    if accent in ACCENTS:
        spelled, sub = f'<mover accent="true">{spelled}<mo>{ACCENTS[accent]}</mo></mover>', rest
    return f"<msub>{spelled}{_subscript(sub)}</msub>" if sub else spelled


def _subscript(sub: str) -> str:
    if sub.isdecimal():
        return f"<mn>{sub}</mn>"
    if sub.isalpha():
        return mi(sub)
    return f"<mtext>{sub.replace(' x ', '×')}</mtext>"


class MathML(Setting):
    """`<msup><mi>x</mi><mi>T</mi></msup>…`"""

    field = "mathml"
    templates = {"all": ("<mo>:</mo>",)}
    norms = {"": "", "2": "<mn>2</mn>", "1": "<mn>1</mn>", "F": "<mi>F</mi>", "inf": "<mi>∞</mi>", "*": "<mo>*</mo>"}
    bars = frozenset()
    signs = {
        **{"": TIMES, "*": mo("⋅"), "×": mo("×"), ".": mo("⋅"), ".*": mo("⊙"), "./": mo("⊘"), "kron": mo("⊗"), "khatri_rao": mo("⋄")},
        **{OTIMES_BAR: f"<mover>{mo('⊗')}{mo('¯')}</mover>", OTIMES_LOW: f"<munder>{mo('⊗')}{mo('_')}</munder>", ":": mo(":")},
        ODOT_BAR: f"<mover>{mo('⊙')}{mo('¯')}</mover>",
        **{"<": mo("&lt;"), ">": mo("&gt;"), "<=": mo("≤"), ">=": mo("≥"), "=": mo("="), "!=": mo("≠")},
        **{"sum": mo("∑"), "product": mo("∏"), "->": mo("↦"), "and": "<mtext>&#xa0;and&#xa0;</mtext>"},
    }
    fraction = ("<mfrac><mrow>", "</mrow><mrow>", "</mrow></mfrac>")

    def with_index(self, sign: str, index: str) -> str:
        return f"<msub>{sign}<mn>{index}</mn></msub>"

    def __init__(self) -> None:
        super().__init__()
        self.rules |= {
            "neg": lambda n: [mo(MINUS), Hole(n.args[0], EW, LAST)],
            "transpose": lambda n: self.raised(n.args[0], T),
            "inv": lambda n: self.raised(n.args[0], f"<mrow>{mo(MINUS)}<mn>1</mn></mrow>"),
            "T of inv": lambda n: self.raised(n.args[0], f"<mrow>{mo(MINUS)}{T}</mrow>"),
            "adjoint": lambda n: self.raised(n.args[0], H),
            "H of inv": lambda n: self.raised(n.args[0], f"<mrow>{mo(MINUS)}{H}</mrow>"),
            "pinv": lambda n: self.raised(n.args[0], mo("+")),
            "bare norm": lambda n: self.fenced("‖", n.args[:1], "‖"),
            "bars": lambda n: self.fenced("|", n.args, "|"),
            "inner": lambda n: self.fenced("⟨", n.args, "⟩"),
            "iverson": lambda n: ['<mn mathvariant="bold">1</mn>', *self.fenced("[", n.args, "]")],
        }

    def spell(self, thing: Node | Program) -> str:
        return f"{MATH}{super().spell(thing)}</mrow></math>"

    def brackets(self, node: Node) -> tuple[str, str]:
        return f"<mrow>{mo('(', 'fence')}", f"{mo(')', 'fence')}</mrow>"

    def fenced(self, opening: str, args: Sequence[Node], closing: str) -> list[Piece]:
        return row(mo(opening, "fence"), *self.listed(args), mo(closing, "fence"))

    def raised(self, base: Node, exponent: Piece, need: int = ATOM) -> list[Piece]:
        return self._scripted(base, [exponent], need)

    def _scripted(self, base: Node, above: Sequence[Piece], need: int = ATOM) -> list[Piece]:
        """A base with something above it; what has a subscript has both on one base."""
        spelled = self.spell_name(str(base.attr)) if base.op == "name" else ""
        if spelled.startswith("<msub>"):
            return [f"<msubsup>{spelled.removeprefix('<msub>').removesuffix('</msub>')}", *above, "</msubsup>"]
        return ["<msup>", *row(Hole(base, need, MIDDLE)), *above, "</msup>"]

    def listed(self, args: Iterable[Node], separator: str = mo(",", "separator")) -> list[Piece]:
        return between(separator, (closed(a, CMP) for a in args))

    # Leaves and calls

    def digits(self, value: int) -> str:
        return f"<mn>{integer(value).replace('-', MINUS)}</mn>"

    def spell_name(self, name: str) -> str:
        if name == self.bound:
            return f"<mrow><mi>d</mi>{mathml_name(name[1:])}</mrow>"
        return mathml_name(name)

    def by_latex(self, latex: str, word: str) -> str:
        """The word of a command; what has none is made of signs."""
        return mi(word) if word else re.sub(f"[^{ARGUMENT}]+", lambda sign: mo(sign[0]), latex) if "\\" not in latex else ""

    def function_name(self, word: str) -> str:
        return mathml_name(word)

    def primed(self, function: str, primes: str) -> str:
        marks = "′" * primes.count("'")
        return f"<msup>{function}{mo(marks)}</msup>" if marks else function

    def call(self, node: Node) -> Sequence[Piece]:
        name = str(node.attr)
        if name in ("ones", "zeros"):
            digit = '<mn mathvariant="bold">1</mn>' if name == "ones" else "<mn>0</mn>"
            return [f"<msub>{digit}", *row(*self.listed(node.args, mo("×"))), "</msub>"]
        spelled = super().call(node)
        return row(*spelled) if isinstance(spelled[0], Hole) else spelled

    def arguments(self, args: Sequence[Node]) -> list[Piece]:
        return [APPLY, *self.fenced("(", args, ")")]

    # Operations

    def add(self, node: Node) -> Sequence[Piece]:
        pieces: list[Piece] = []
        for subtracted, term in summands(node):
            pieces += (mo(MINUS) if subtracted else mo("+") if pieces else "", Hole(term, EW, TERM))
        return pieces

    def factor_sign(self, sign: str, left: Node, right: Node) -> str:
        if sign == "" and self.bound and self.bound in (left.attr, right.attr):
            return TIMES + THIN
        return super().factor_sign(sign, left, right)

    def power(self, node: Node) -> Sequence[Piece]:
        return self._power(node, [])

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        return self._power(node, [mo("⊙")])

    def _power(self, node: Node, before: list[Piece]) -> list[Piece]:
        base, exponent = node.args
        inside: Piece = f"<mn>{ratio(exponent).replace('-', MINUS)}</mn>" if ratio(exponent) else closed(exponent)
        return self._scripted(base, row(*before, inside))

    def norm(self, node: Node) -> Sequence[Piece]:
        inside = self.rules["bare norm"](node)
        if node.attr == "p":
            return ["<msub>", *inside, *row(closed(node.args[1])), "</msub>"]
        below = self.norms[str(node.attr)]
        return ["<msub>", *inside, below, "</msub>"] if below else inside

    def index(self, node: Node) -> Sequence[Piece]:
        base, *indices = node.args
        plain = base.op == "name" and "_" not in str(base.attr)
        run = all(n.op == "name" and len(str(n.attr)) == 1 for n in indices)
        below = row(*self.listed(indices, "") if run else self.listed(indices))
        return ["<msub>", *row(Hole(base, ATOM if plain else ATOM + 1, MIDDLE)), *below, "</msub>"]

    def fused(self, node: Node) -> Sequence[Piece]:
        return self.fenced("(", node.args, ")")

    def literal(self, node: Node) -> Sequence[Piece]:
        inside = self.rows(node, "</mtd><mtd>", "</mtd></mtr><mtr><mtd>")
        return row(mo("[", "fence"), "<mtable><mtr><mtd>", *inside, "</mtd></mtr></mtable>", mo("]", "fence"))

    def cases(self, node: Node) -> Sequence[Piece]:
        lines: list[Piece] = []
        final = len(node.args) - 1
        for i, part in enumerate(node.args):
            lines += ("" if i == 0 else "</mtd></mtr><mtr><mtd>" if i % 2 == 0 else "</mtd><mtd>", closed(part, CMP))
            if i == final and i % 2 == 0:
                lines.append("</mtd><mtd><mtext>otherwise</mtext>")
        return row(mo("{", "fence"), '<mtable columnalign="left left"><mtr><mtd>', *lines, "</mtd></mtr></mtable>")

    def big(self, node: Node) -> Sequence[Piece]:
        return [*self.sign_and_bounds(node), Hole(node.args[0], EW, LAST)]

    def sign_and_bounds(self, node: Node) -> Sequence[Piece]:
        sign, (_, *bounds) = self.signs[node.op], node.args
        if node.attr is None:
            return [sign]
        index = closed(Node("name", (), node.attr))
        if bounds and bounds[0].op == "cmp":
            below = row(closed(bounds[0], CMP))
        else:
            below = row(index, mo("="), closed(bounds[0])) if bounds else row(index)
        if len(bounds) < 2:
            return [f"<munder>{sign}", *below, "</munder>"]
        return [f"<munderover>{sign}", *below, *row(closed(bounds[1])), "</munderover>"]

    def cmp(self, node: Node) -> Sequence[Piece]:
        left, right = node.args
        return [Hole(left, ADD, TERM), self.signs[str(node.attr)], Hole(right, ADD, TERM)]

    # Programs

    def program(self, program: Program) -> list[Piece]:
        pieces: list[Piece] = []
        for binding in program.bindings:
            params = row(mo("(", "fence"), *between(mo(","), map(self.spell_name, binding.params)), mo(")", "fence"))
            pieces += (self.spell_name(binding.name), *(params if binding.params else ()), mo("="), closed(binding.value, CMP))
            pieces += (mo(";", "separator"), '<mspace width="0.5em"/>')
        return [*pieces, self.preamble(program), closed(program.body, CMP)]

    def index_form(self, name: str, indices: Sequence[FormIndex]) -> str:
        run = all(isinstance(i, str) and len(i) == 1 for i in indices)
        below = ("" if run else mo(",", "separator")).join(map(self.one_index, indices))
        return f"<msub>{self.spell_name(name)}<mrow>{below}</mrow></msub>{mo('=')}"

    def one_index(self, index: FormIndex) -> str:
        if isinstance(index, str):
            return self.spell_name(index)
        return f"<mrow>{mo('(', 'fence')}{mo(',').join(map(self.spell_name, index))}{mo(')', 'fence')}</mrow>"

    def kron_form(self, of: str, by: str) -> str:
        of, by = (f"<mo>∂</mo><mi>vec</mi>{APPLY}<mrow>{mo('(', 'fence')}{self.spell_name(n)}{mo(')', 'fence')}</mrow>" for n in (of, by))
        return f"<mfrac><mrow>{of}</mrow><msup><mrow>{by}</mrow>{T}</msup></mfrac>{mo('=')}"

    def map_form(self, name: str) -> str:
        self.bound = name
        return self.spell_name(name) + self.signs["->"]


_PIECE = re.compile(r"<math [^>]*>(?:(?!</math>).)*</math>")


def joined(line: str) -> str:
    """A line of formulas with words between them as one `<math>` element."""
    inner, at = [], 0
    for m in _PIECE.finditer(line):
        inner += [_between(line[at : m.start()]), m[0].removeprefix(MATH).removesuffix("</mrow></math>")]
        at = m.end()
    return f"{MATH}{''.join([*inner, _between(line[at:])])}</mrow></math>" if inner else line


def _between(words: str) -> str:
    """What stands between two formulas: a sign, or words."""
    if words.strip() in ("=", ";"):
        return mo(words.strip(), "separator" if ";" in words else "")
    *before, last = words.rpartition("=") if words.rstrip().endswith("=") else ("", "", words)
    return "".join(mo("=") if part == "=" else f"<mtext>{part.replace(' ', '&#xa0;')}</mtext>" for part in (*before, last) if part.strip())


def spell(thing: Node | Program) -> str:
    """The tree or program as a `<math>` element."""
    return MathML().spell(thing)
