"""How long a tree is when printed: the number of symbols in its text, counted on the tree.

A symbol is a name, a number, an operator, or one transpose, inverse, norm or call; brackets, blanks and commas count
nothing, so that the count is a sum over nodes and needs no text. `of_text` counts the same on a text and defines what
is meant; it is used here for the small parts (bounds of sums, names) whose spelling has a say in the matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import cast

from ..syntax import Node, Program
from .printer import glue, integral, separators
from .text import TEXT

_SPELLINGS = (("‖", "||"), ("⊙", ".*"), ("⊗", " kron "), ("⋄", " kron "), ("ᵀ", "^T"), ("ᴴ", "^H"), ("−", "-"), ("·", "*"))
_UNITS = (
    (re.compile(r"\^\s*\{?\s*-\s*[TH]\s*\}?"), " TINV "),
    (re.compile(r"\^\s*\{?\s*[TH]\s*\}?|'"), " TR "),
    (re.compile(r"\^\s*\{?\s*-\s*1\s*\}?"), " INV "),
    (re.compile(r"\|\|(?:_\{?\w+\}?)?"), " | "),
)
_SYMBOL = re.compile(r"[^\W\d_]+(?:_\{?\w+\}?)?|\d+(?:\.\d+)?|\.[*/^]|[-+*/^=<>]")


def of_text(text: str) -> int:
    """The number of symbols in a text."""
    for old, new in _SPELLINGS:
        text = text.replace(old, new)
    for pattern, new in _UNITS:
        text = pattern.sub(new, text)
    return text.count("|") // 2 + len(_SYMBOL.findall(text.replace("|", " ")))


_of_name = lru_cache(maxsize=4096)(of_text)


def symbols(thing: Node | Program) -> int:
    """The number of symbols in the text of a tree or program, without spelling it."""
    if isinstance(thing, Node):
        return _of_tree(thing)
    total = of_text(TEXT.preamble(thing)) + _of_tree(thing.body)
    return total + sum(sum(map(_of_name, (b.name, *b.params))) + 1 + _of_tree(b.value) for b in thing.bindings)


def _of_tree(node: Node) -> int:
    total, todo = 0, [node]
    while todo:
        n = todo.pop()
        total += own(n)
        # The bounds of a sum and the index of a norm have been counted with the sign they belong to.
        todo += n.args[:1] if n.op in ("sum", "product", "norm") else n.args
    return total


def own(node: Node) -> int:
    """What a node adds to the symbols of its arguments."""
    fixed = _FIXED.get(node.op)
    return _COUNTS[node.op](node) if fixed is None else fixed


def _subtracted(node: Node) -> bool:
    """Does this summand begin with its own minus, in place of a plus?"""
    while node.op == "add":
        node = node.args[0]
    return node.op == "neg"


def _fused(exponent: Node) -> int:
    """How many symbols fewer an exponent makes: `^-1` is one symbol, and so is the beginning of `^-10`."""
    if exponent.op != "neg" or not integral(exponent.args[0]):
        return 0
    digits = str(cast(Fraction, exponent.args[0].attr).numerator)
    return 0 if digits[0] != "1" else 2 if digits == "1" else 1


def _signs(node: Node) -> int:
    return sum(glue(s, right) != "" for s, right in zip(separators(node), node.args[1:], strict=True))


def _norm(node: Node) -> int:
    if node.attr == "p":
        return 1 + of_text("||" + TEXT.write(TEXT.script("_", node.args[1])))
    return 2 if node.attr == "*" else 1


_FIXED = {
    **dict.fromkeys(("neg", "inv", "bars", "iverson", "cases"), 1),
    **dict.fromkeys(("inner", "pinv"), 2),
    **dict.fromkeys(("index", "all", "literal", "tuple"), 0),
}
_COUNTS: dict[str, Callable[[Node], int]] = {
    **dict.fromkeys(("name", "call"), lambda n: _of_name(str(n.attr))),
    **dict.fromkeys(("pow", "epow"), lambda n: 1 - _fused(n.args[1])),
    **dict.fromkeys(("sum", "product"), lambda n: of_text(TEXT.write(TEXT.sign_and_bounds(n)))),
    "num": lambda n: 1 if integral(n) else 3,
    "add": lambda n: sum(not _subtracted(a) for a in n.args[1:]),
    "mul": _signs,
    **dict.fromkeys(("ew", "and"), lambda n: len(n.args) - 1),
    **dict.fromkeys(("T", "H"), lambda n: 0 if n.args[0].op == "inv" else 1),  # X^-T is one symbol
    "cmp": lambda n: len(str(n.attr).replace("!", "")),
    "norm": _norm,
}
