"""How operations of a graph are written in every language: with its words, where these say all that differs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..kinds import Dim
from ..ops.norms import FROBENIUS_NORM, NORM
from .emission import Body
from .graph import GraphNode
from .target import Target, Writer
from .wording import ATOM, POWER, PRODUCT, SIGN, SUM, Text, inside

RELATIONS = frozenset(("<", ">", "<=", ">=", "=", "!="))


def _in(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.argument(str(node.attr)), ATOM


def _num(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    v = Fraction(str(node.attr))
    level = ATOM if v >= 0 else SIGN
    if v.denominator == 1:
        return str(v.numerator), level
    exact = repr(float(v))
    return (exact, level) if Fraction(exact) == v and len(exact) < 12 else (f"{v.numerator} / {v.denominator}", PRODUCT)


def _size(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, Dim)
    return target.size(node.attr), ATOM if node.attr.name or node.attr.number is not None else SUM


def _const(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word(str(node.attr)), ATOM


def _index(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return body.index(str(node.attr)), ATOM


def _range(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("range", args[0][0], inside(args[1], SUM)), ATOM


def _full(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return (target.full(int(bool(node.attr)), node.dims) if node.dims else str(node.attr)), ATOM


def _add(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return added(args), SUM


def added(args: Sequence[Text], dot: str = "") -> str:
    """A sum, what is negative later; `dot` stands before its signs."""
    first = next((k for k, a in enumerate(args) if not a[0].startswith("-")), 0)
    args = [args[first], *args[:first], *args[first + 1 :]]
    text = inside(args[0], SUM)
    for a in args[1:]:
        text += f" {dot}- {a[0][1:]}" if a[0].startswith("-") and a[1] > SUM else f" {dot}+ {inside(a, SUM)}"
    return text


def _neg(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"-{inside(args[0], SIGN)}", SIGN


def _div(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    under = divisor(target, node, args[1])
    return f"{inside(args[0], PRODUCT)} {target.word('./' if node.args[1].rank else '/')} {under}", PRODUCT


def is_norm(n: GraphNode) -> bool:
    return n.op == "call" and n.attr in (NORM, FROBENIUS_NORM)


def divisor(target: Target, node: GraphNode, text: Text) -> str:
    """What a quotient is divided by: x/||x|| is 0 where x is."""
    norm = is_norm(node.args[1])
    word = "number not zero" if not node.args[1].rank and "number not zero" in target.language.words else "not_zero"
    return target.word(word, text[0]) if norm else inside(text, SIGN)


def _pow(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"{inside(args[0], ATOM)}{target.word('.^' if node.rank else '^')}{inside(args[1], ATOM)}", POWER


def relation(target: Target, node: GraphNode, args: Sequence[Text]) -> Text:
    """1 or 0 as a number of the right type."""
    compared = f"{inside(args[0], SUM)} {target.word(str(node.attr))} {inside(args[1], SUM)}"
    return target.word("truths" if node.rank else "truth", compared), ATOM


def _product(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("product", args[0][0], node.args[0].rank), ATOM


def _structure(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word(node.op, *[a[0] for a in args]), ATOM


def _spread(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if node.attr == ("ii",):
        if node.args[0].rank:
            return target.word("diagonal", args[0][0]), ATOM
        eye = target.word("eye", target.size(node.dims[0]))
        return (eye, ATOM) if node.args[0].attr == 1 else (f"{inside(args[0], PRODUCT)} * {eye}", PRODUCT)
    assert isinstance(node.attr, tuple)
    parts = ", ".join(target.word("spread_part", p, a[0]) for p, a in zip(node.attr, args))
    return target.word("spread", target.shape(node.dims), parts), ATOM


def _apply(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """A function that is an argument of the program."""
    return f"{target.argument(str(node.attr))}({', '.join(a[0] for a in args)})", ATOM


WRITERS: dict[str, Writer] = {
    "in": _in,
    "num": _num,
    "size": _size,
    "const": _const,
    "index": _index,
    "range": _range,
    "full": _full,
    "add": _add,
    "neg": _neg,
    "div": _div,
    "pow": _pow,
    "product": _product,
    **dict.fromkeys(("commutation", "duplication", "elimination", "convmtx", "hankel", "convolve", "correlate"), _structure),
    "spread": _spread,
    "apply": _apply,
}
