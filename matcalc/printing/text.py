"""Plain text, one line: what `parse` reads and `.text` gives. ASCII, but for the sign of the Kronecker product."""

from __future__ import annotations

from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program
from .printer import ADD, BARRED, BASE, CLOSED, CMP, EW, LAST, Printer, Slot


class Text(Printer):
    """`2 (A x - b)^T A`"""

    templates = {
        "neg": ("-", Slot(0, EW, LAST)),
        "transpose": (BASE, "^T"),
        "inv": (BASE, "^-1"),
        "T of inv": (BASE, "^-T"),
        "adjoint": (BASE, "^H"),
        "H of inv": (BASE, "^-H"),
        "pinv": (BASE, "^+"),
        "bare norm": ("||", Slot(0, ADD, BARRED), "||"),
        "bars": ("|", Slot(0, ADD, BARRED), "|"),
        "inner": ("<", Slot(0, ADD, CLOSED), ", ", Slot(1, ADD, CLOSED), ">"),
        "iverson": ("1[", Slot(0, CMP, CLOSED), "]"),
        "all": (":",),
    }
    bars = frozenset(("norm", "bars", "inner"))  # `|<` would be taken for a comparison
    norms = {"": "", "2": "_2", "1": "_1", "F": "_F", "inf": "_infty", "*": "_{*}"}
    signs = {
        **{"": " ", "*": " * ", "×": " × ", ".": " · ", "/": "/", ".*": " .* ", "./": " ./ ", "kron": " ⊗ ", "khatri_rao": " ⋄ "},
        **{OTIMES_BAR: f" {OTIMES_BAR} ", OTIMES_LOW: f" {OTIMES_LOW} ", ODOT_BAR: f" {ODOT_BAR} ", ":": " : "},
        **{"<": " < ", ">": " > ", "<=": " <= ", ">=": " >= ", "=": " = ", "!=": " != "},
        **{"sum": "sum", "product": "prod", "T": "^T", "->": "->", "and": " and "},
    }


TEXT = Text()


def spell(thing: Node | Program) -> str:
    """The text of a tree or program; reading it gives the tree back."""
    return TEXT.spell(thing)
