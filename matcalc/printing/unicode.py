"""For people at terminals: `2(Ax − b)ᵀA` with the signs that fonts have, and still readable by `parse`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from ..syntax import GREEK, ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program, split_name
from .printer import (
    ADD,
    ATOM,
    BARRED,
    BASE,
    CLOSED,
    CMP,
    EW,
    LAST,
    MIDDLE,
    Hole,
    Piece,
    Printer,
    Slot,
    integer,
    signed_integer,
)

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"))
_WORD = re.compile("[A-Za-z]+")


def lowered(text: str) -> str:
    """The text as subscript glyphs; "" where one is missing, and for words, which cannot be made out so small."""
    small = all(c in _LOWERED for c in text) and (len(text) < 3 or text.isdecimal())
    return "".join(_LOWERED[c] for c in text) if small else ""


def _greek(text: str) -> str:
    return _WORD.sub(lambda word: GREEK.get(word[0], word[0]), text)


class Unicode(Printer):
    """`Xᵀ(X w − y)`"""

    field = "unicode"
    templates = {
        "neg": ("-", Slot(0, EW, LAST)),
        "transpose": (BASE, "ᵀ"),
        "inv": (BASE, "⁻¹"),
        "T of inv": (BASE, "⁻ᵀ"),
        "adjoint": (BASE, "ᴴ"),
        "H of inv": (BASE, "⁻ᴴ"),
        "pinv": (BASE, "⁺"),
        "bare norm": ("‖", Slot(0, ADD, BARRED), "‖"),
        "bars": ("|", Slot(0, ADD, BARRED), "|"),
        "inner": ("⟨", Slot(0, ADD, CLOSED), ", ", Slot(1, ADD, CLOSED), "⟩"),
        "iverson": ("1[", Slot(0, CMP, CLOSED), "]"),
        "all": (":",),
    }
    norms = {"": "", "2": "_2", "1": "_1", "F": "_F", "inf": "_∞", "*": "_{*}"}
    signs = {
        **{"": " ", "*": " * ", "×": " × ", ".": " · ", "/": "/", ".*": " ⊙ ", "./": " ⊘ ", "kron": " ⊗ ", "khatri_rao": " ⋄ "},
        **{OTIMES_BAR: f" {OTIMES_BAR} ", OTIMES_LOW: f" {OTIMES_LOW} ", ODOT_BAR: f" {ODOT_BAR} ", ":": " : "},
        **{"<": " < ", ">": " > ", "<=": " ≤ ", ">=": " ≥ ", "=": " = ", "!=": " ≠ "},
        **{"sum": "∑", "product": "∏", "T": "ᵀ", "->": "→", "and": " and "},
    }

    def spell_name(self, name: str) -> str:
        if name == "infty":
            return "∞"
        base, sub = split_name(name)
        small = lowered(sub)
        return _greek(base) + small if small or not sub else _greek(name)

    def exponent(self, exponent: Node, sign: str = "^") -> Sequence[Piece]:
        if sign == "^" and signed_integer(exponent):
            negative = exponent.op == "neg"
            value = cast(Fraction, (exponent.args[0] if negative else exponent).attr)
            return [("-" * negative + integer(value.numerator)).translate(_RAISED)]
        return super().exponent(exponent, sign)

    def elementwise_power(self, node: Node) -> Sequence[Piece]:
        return [Hole(node.args[0], ATOM, MIDDLE), *self.exponent(node.args[1], "^⊙")]

    def script(self, sign: str, node: Node) -> Sequence[Piece]:
        return [sign + "∞"] if node.op == "name" and node.attr == "infty" else super().script(sign, node)

    def sign_and_bounds(self, node: Node) -> Sequence[Piece]:
        """`∑ᵢ`; bounds stay in line, since there is no small = that is read back, and few small capitals."""
        index = lowered(str(node.attr or ""))
        return [self.signs[node.op] + index] if index and len(node.args) == 1 else super().sign_and_bounds(node)


UNICODE = Unicode()


def spell(thing: Node | Program) -> str:
    """The tree or program as one line of Unicode text."""
    return UNICODE.spell(thing)
