"""Texts of a language and how tightly they hold together; how an operation is called in it, by the text of its block."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..ops.operation import Operation

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly a text holds together
Text = tuple[str, int]

MODULES = {"numpy": "np.", "jax": "jnp.", "torch": "torch.", "array-api": "xp."}
ALIKE = {"matlab": "octave", "array-api": "array_api"}  # the fields of languages that have other names
# What the array API standard has under NumPy's names: a text of these alone is one of its own.
STANDARD = frozenset(
    "abs exp log sin cos tan sinh cosh tanh sqrt sign log1p expm1 maximum minimum max min sum prod tril triu conj real imag "
    "linalg.inv linalg.det linalg.slogdet linalg.pinv linalg.matrix_power linalg.cholesky".split()
)


LEVELS = {"sum": SUM, "product": PRODUCT, "sign": SIGN, "power": POWER, "atom": ATOM}


class Filling:
    """A text in a format: `{0:atom}` is in brackets where it holds together less tightly than an atom."""

    __slots__ = ("text",)

    def __init__(self, text: Text) -> None:
        self.text = text

    def __format__(self, level: str) -> str:
        return inside(self.text, LEVELS[level]) if level else self.text[0]


def inside(text: Text, level: int) -> str:
    """The text, in brackets where it holds together less tightly than needed."""
    return text[0] if text[1] >= level else f"({text[0]})"


def code_of(op: Operation, language: str) -> str:
    """The text by which a language computes an operation; empty where it is translated from the numeric text."""
    own: str = getattr(op, ALIKE.get(language, language))
    if own or language not in MODULES or (language == "array-api" and not _is_standard(op.numpy)):
        return own
    return re.sub(r"\bnp\.", MODULES[language], op.numpy)


def _is_standard(text: str) -> bool:
    """Whether a text for NumPy needs nothing but what the array API standard has, and the functions that its programs carry."""
    from .helpers import python_functions

    return STANDARD.issuperset(re.findall(r"\bnp\.([\w.]+)", text)) and python_functions("array-api").keys() >= set(
        re.findall(r"(?<![\w.])_\w+", text)
    )


def filled(text: str, arguments: Mapping[str, Text], further: Sequence[str], stack: bool) -> Text:
    """Such a text with its arguments; `further` are the directions, and `{a|b}` is b for a stack."""

    def chosen(m: re.Match[str]) -> str:
        return m[2] if stack else m[1]

    def written(m: re.Match[str]) -> str:
        if m[0] == ", *directions":
            return "".join(f", {d}" for d in further)
        found = arguments.get(m[0])
        if found is None:
            return m[0]
        listed = text[: m.start()].endswith(("(", ", ")) and text[m.end() :].startswith((")", ","))
        return found[0] if listed else inside(found, ATOM)

    text = re.sub(r"\{([^{|]*)\|([^}]*)\}", chosen, text)
    level = _level(text)
    return re.sub(r", \*directions|(?<![\w.])[A-Za-z]\w*", written, text), level


def _level(text: str) -> int:
    """An atom where no sign stands outside the brackets."""
    depth = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if c == " " and not depth:
            return SUM
    return ATOM


def repeated(text: str, params: Sequence[str]) -> list[int]:
    """The parameters that stand more than once in a text: their values need names."""
    return [k for k, p in enumerate(params) if len(re.findall(rf"(?<![\w.]){p}\b", text)) > 1]


def ranks(op: Operation) -> list[int]:
    """How many axes the arguments that the signature names have at most."""
    return [2 - (part.split() or ["1"]).count("1") for part in op.signature.partition("->")[0].split(",")]


def of_arrays(op: Operation, count: int) -> list[bool]:
    """Which of its arguments are arrays where the operation is one of arrays: not the order of a polygamma function."""
    given = [part.strip() != "1 1" for part in op.signature.partition("->")[0].split(",")]
    return given + [True] * (count - len(given))
