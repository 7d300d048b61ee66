"""The table of readings: how each name was read, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import UsageError
from ..expressions.expr import Expr
from ..kinds import ONE, Shape, kind_of
from ..ops.core import MEMBER
from ..syntax import split_name
from .assumptions import is_slice, space, supposed_functions, undeclared_arrays
from .declarations import GREEK, spell_declaration
from .scopes import Typing


class Reading:
    """How one name was read. `kind` is scalar, vector, row, matrix, whole number, family of … or function; `shape` is the set that a
    declaration gives it; `because` says why; `declared` whether the author said so; `chosen` whether another kind comes first for such
    a name, and this is the one that fits."""

    __slots__ = ("because", "chosen", "declared", "kind", "name", "shape")

    def __init__(self, name: str, kind: str, shape: str, because: str, declared: bool = False, chosen: bool = False) -> None:
        self.name, self.kind, self.shape, self.because, self.declared, self.chosen = name, kind, shape, because, declared, chosen

    @property
    def clause(self) -> str:
        """The declaration that says the same."""
        if self.kind == "function":
            return f"{self.name}: {self.shape}"
        return f"{self.name} in {self.shape}"

    def tells(self, assumption: str) -> bool:
        """Whether an assumption says no more than this reading."""
        return assumption.startswith(f"{self.name} read as a ") or assumption.endswith(" (inferred)")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "kind": self.kind, "shape": self.shape, "because": self.because, "declared": self.declared}

    def __repr__(self) -> str:
        return f"<{self.clause}: {self.because}>"


def table(el: Typing, symbols: Mapping[str, Expr]) -> list[Reading]:
    """The readings of all names: first those that were chosen, then in the order of the text."""
    found = [_of(el, name, e) for name, e in symbols.items() if name != el.scene.hole]
    for d in supposed_functions(el):
        sets = spell_declaration(d).partition(": ")[2]
        found.append(Reading(d.name, "function", sets, "stands right before brackets with one name, and nowhere as a factor"))
    for d in el.scene.declared.values():
        if d.domain is not None:
            found.append(Reading(d.name, "function", spell_declaration(d).partition(": ")[2], "declared", declared=True))
    return sorted(found, key=lambda r: not r.chosen)


def refuse_chosen(readings: Iterable[Reading]) -> None:
    """UsageError for names that were read as another kind than comes first for them."""
    chosen = [r for r in readings if r.chosen]
    if chosen:
        told = "; ".join(f"{r.name} as a {r.kind}, since {r.because}" for r in chosen)
        clauses = "; ".join(r.clause for r in chosen)
        raise UsageError(f"the kinds of these names were chosen: {told}", suggestion=f'declare them: --where "{clauses}"')


def _of(el: Typing, name: str, e: Expr) -> Reading:
    base = split_name(name)[0]
    family = e.op is MEMBER
    kind = f"family of {_plural(kind_of(e.shape))}" if family else kind_of(e.shape)
    shape = "N" if name in el.integers else _set(e.shape, el.field(name))
    stated = el.scene.stated.get(base if is_slice(el, name) else name)
    if stated is not None and is_slice(el, name):
        return Reading(
            base, f"array of {len(stated.sizes)} indices", spell_declaration(stated).partition(" in ")[2], "declared", declared=True
        )
    if stated is not None:
        return Reading(name, kind, spell_declaration(stated).partition(" in ")[2], "declared", declared=True)
    if name in el.integers:
        return Reading(name, "whole number", "N", "the exponent of a matrix is a whole number")
    if base in el.scene.arrays:
        (d,) = (d for d in undeclared_arrays(el, {name: e.shape}))
        words = spell_declaration(d).partition(" in ")[2]
        return Reading(base, f"array of {len(d.sizes)} indices", words, "as many indices are used here")
    if family:
        return Reading(name, kind, shape, f"carries the index {split_name(name)[1]} of a sum", chosen=el.kinds.get(base + "_") is not None)
    first = el.scene.kind_of(name) if name in el.defaults else kind
    if kind == "row" and el.scene.rows:
        return Reading(name, kind, shape, f"a vector, and the text writes {el.scene.rows}", chosen=True)
    if name in el.scene.scaled:
        return Reading(name, kind, shape, f"behind `*` it scales the entries, as {el.scene.scaled[name]} shifts them", chosen=True)
    if kind != first:
        return Reading(name, kind, shape, f"{_article(first)} does not fit here", chosen=True)
    return Reading(name, kind, shape, _why(el, name, kind))


def _why(el: Typing, name: str, kind: str) -> str:
    """The reason for the kind that comes first."""
    base = split_name(name)[0]
    if name in el.scene.program.bold:
        return "in bold type, or below an arrow"
    if name not in el.defaults:
        return "its entries carry indices"
    if base[:1].isupper():
        return "a number, in a text without linear algebra" if el.scene.capitals and kind == "scalar" else "a capital letter"
    if base in GREEK:
        return "a small Greek letter"
    if el.scene.program.bold:
        return "not in bold type, as vectors are here"
    return "nothing here makes it a vector" if kind == "scalar" else "a small letter among vectors and matrices"


def _set(shape: Shape, field: str) -> str:
    return space(shape, field) if shape[0] is not ONE or shape[1] is ONE else f"{field}^{{1 x {shape[1]}}}"


def _plural(kind: str) -> str:
    return {"matrix": "matrices", "scalar": "numbers"}.get(kind, f"{kind}s")


def _article(kind: str) -> str:
    return "a number" if kind == "scalar" else f"a {kind}"
