"""Stationary points as answers: where, what kind, why, and under what condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..expressions import build
from ..expressions.expr import Expr
from ..notation.surface import name as name_node
from ..syntax import Binding, Node, Program
from .problem import Answer, Problem

Condition = tuple[Expr, str]  # an expression and what must be said of it: "invertible", ">= 0"
Letter = tuple[str, str]  # a name that runs freely, and through what


class StationaryPoint:
    """One solution (or family of them): `at` by variable, `kind`, `reason`, `value` of the function, `when` it exists,
    `letters` that run freely in a family."""

    def __init__(
        self,
        at: Mapping[str, Expr],
        kind: str,
        reason: str,
        *,
        value: Expr | None = None,
        when: Sequence[Condition] = (),
        letters: Sequence[Letter] = (),
        equation: str = "",
        vec: bool = False,
        approximate: bool = False,
        other: StationaryPoint | None = None,
    ) -> None:
        self.at, self.kind, self.reason, self.value = dict(at), kind, reason, value
        self.when, self.letters, self.equation, self.vec, self.other = tuple(when), tuple(letters), equation, vec, other
        self.approximate = approximate

    @property
    def is_family(self) -> bool:
        return bool(self.letters)


class Stationary(Answer):
    """The stationary points of a function, each a `StationaryPoint`."""

    def __init__(self, problem: Problem, points: Sequence[StationaryPoint], why_none: str = "") -> None:
        super().__init__(problem)
        self.points, self.why_none = list(points), why_none
        self._arranger = problem.arranger([n for p in points for n in p.at])

    def __len__(self) -> int:
        return len(self.points)

    def part(self, e: Expr, form: str = "text") -> str:
        return self.spelled(Program("", (), self._arranger.spell(e)), form)

    def place(self, p: StationaryPoint, form: str = "text") -> str:
        """`x = …`, or the bare value where there is one variable."""
        if p.approximate:
            return self._decimals(p)
        if len(self.wrt) > 1:
            *first, (last, value) = p.at.items()
            bindings = [Binding(n, self._arranger.spell(e)) for n, e in first]
            program = Program("", tuple(bindings), self._arranger.spell(value), name=last)
            return self._with_last(program, last, form)
        ((n, e),) = p.at.items()
        if not p.vec:
            return self.part(e, form)
        return f"{self.spelled(Node('call', (name_node(n),), 'vec'), form)} = {self.part(e, form)}"

    def _decimals(self, p: StationaryPoint) -> str:
        """Numbers that have no short closed form, to fifteen digits."""
        texts = {n: f"{float(build.value_of(e)):.15g}" for n, e in p.at.items()}
        return "; ".join(f"{n} = {t}" for n, t in texts.items()) if len(self.wrt) > 1 else texts[self.wrt[0]]

    def _with_last(self, program: Program, last: str, form: str) -> str:
        pieces = [(b.name, b.value) for b in program.bindings] + [(last, program.body)]
        signs = r";\; " if form == "latex" else "; "
        return signs.join(f"{self.spelled(name_node(n), form)} = {self.spelled(v, form)}" for n, v in pieces)

    def spell(self, form: str = "text") -> str:
        if not self.points:
            return "none"
        lines = []
        for p in self.points:
            place = self.place(p, form)
            if len(self.wrt) == 1 and not p.vec:
                place = f"{self.spelled(name_node(self.wrt[0]), form)} = {place}"
            lines.append("  ".join(filter(None, (place, self._words(p, form)))))
        return "\n".join(lines)

    def conditions(self, p: StationaryPoint, form: str = "text") -> list[str]:
        """`A^T A invertible`, where the solution exists."""
        return [f"{self.part(e, form)} {_said(w, form)}" for e, w in p.when]

    def ranges(self, p: StationaryPoint, form: str = "text") -> list[str]:
        """`z in R^n`, what runs freely in a family."""
        if form == "latex":
            return [rf"{self.spelled(name_node(n), form)} \in {_set_in_latex(w)}" for n, w in p.letters]
        return [f'{self.spelled(name_node(n), form)} "in {w}"' if form == "typst" else f"{n} in {w}" for n, w in p.letters]

    def _words(self, p: StationaryPoint, form: str) -> str:
        sides = [("for all", w) for w in self.ranges(p, form)] + [("where", w) for w in self.conditions(p, form)]
        kind = p.kind + (", rounded" if p.approximate else "")
        if form == "latex":
            return rf"\quad\text{{{kind}}}" + "".join(rf",\ \text{{{word} }} {w}" for word, w in sides)
        if form == "typst":
            return f'quad "{kind}"' + "".join(f' ", {word}" {w}' for word, w in sides)
        return f"({', '.join([kind, *(f'{word} {w}' for word, w in sides)])})"

    def as_json(self) -> object:
        check = self.check.as_dict() if self.check is not None else None
        return [{**self._one(p), "check": check} for p in self.points]

    def _one(self, p: StationaryPoint) -> dict[str, Any]:
        found: dict[str, Any] = {"at": self.place(p), "kind": p.kind, "reason": p.reason}
        if p.value is not None:
            found["value"] = self.part(p.value)
        if p.when:
            found["when"] = "; ".join(self.conditions(p))
        if p.letters:
            found |= {"where": "; ".join(self.ranges(p)), "family": True}
        if p.approximate:
            found["approximate"] = True
        if p.equation:
            found["equation"] = p.equation
        if p.other is not None:
            found["otherwise" if not p.letters else "unique"] = {k: v for k, v in self._one(p.other).items() if k not in ("reason", "kind")}
        found["latex"] = self.place(p, "latex")
        found["verified"] = self.verified
        return found

    def parts(self) -> dict[str, Any]:
        return {"answer": self.as_json()}

    def facts(self) -> list[tuple[str, str]]:
        found = []
        for k, p in enumerate(self.points, 1):
            label = f"{k}." if len(self.points) > 1 else ""
            found.append((f"{label} why".strip(), p.reason))
            if p.value is not None:
                found.append((f"{label} value".strip(), self.part(p.value)))
            if p.equation:
                found.append((f"{label} equation".strip(), p.equation))
            if p.other is not None:
                found.append((f"{label} otherwise".strip(), f"{self.place(p.other)} {self._words(p.other, 'text')}"))
        return found or [("because", self.why_none)]


def _said(words: str, form: str) -> str:
    """The words of a condition in a format."""
    if form == "latex":
        return _in_latex(words)
    return f'"{words}"' if form == "typst" else words


def _in_latex(words: str) -> str:
    signs = {">= 0": r"\geq 0", "> 0": "> 0", "nonzero": r"\neq 0"}
    return signs.get(words, rf"\text{{ {words}}}")


def _set_in_latex(space: str) -> str:
    """R^{m x n} as LaTeX writes it."""
    field, _, sizes = space.partition("^")
    power = "^{" + sizes.strip("{}").replace(" x ", r" \times ") + "}" if sizes else ""
    return rf"\mathbb{{{field}}}{power}"
