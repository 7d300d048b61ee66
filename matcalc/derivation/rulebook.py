"""The rule book: every operation of `ops`, every identity, every law, under one roof and found by name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from ..errors import UsageError
from ..expressions.build import apply, symbol
from ..kinds import ONE, Dim, size_of_letter
from ..notation.arrange import Arranger
from ..ops import contents
from ..ops.book import SHORTHANDS
from ..ops.canonical import CANONICAL
from ..ops.identities import IDENTITIES, Identity
from ..ops.laws import LAWS
from ..ops.manifolds import MANIFOLDS
from ..ops.operation import Operation
from ..printing.text import spell

SHARED = ("definition", "algebra")


class Rule:
    """A rule: `name`, `statement`, `condition` (what it asks for), `source`, `chapter`, and `example`: "EXPR by X as NOTATION where …"."""

    __slots__ = ("chapter", "condition", "example", "name", "source", "statement")

    def __init__(self, name: str, statement: str, condition: str, source: str, chapter: str, example: str) -> None:
        self.name, self.statement, self.condition = name, statement, condition
        self.source, self.chapter, self.example = source, chapter, example

    def asked(self) -> tuple[str, list[str], str, str]:
        """The example taken apart: expression, variables, declarations, notation. Empty where a rule has none."""
        question, _, where = self.example.partition(" where ")
        question, _, notation = question.partition(" as ")
        expr, *wrt = question.split(" by ")
        return expr, wrt, where, notation or "auto"

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {n: getattr(self, n) for n in ("name", "statement", "condition", "source", "chapter", "example")}

    def __repr__(self) -> str:
        return f"<{self.name}: {self.statement}>"


@cache
def book() -> dict[str, Rule]:
    """Every rule by its name, chapter by chapter."""
    found: dict[str, Rule] = {}
    for law in LAWS.values():
        _enter(found, Rule(law.name, law.statement, law.condition, law.source, "Laws of differentials and derivations", law.example))
    for chapter, operations in contents():
        for op in operations:
            _enter(found, Rule(op.rule, op.statement, op.condition, op.source, chapter.rstrip("."), op.example or example_of(op)))
            if op.quotient:
                _enter(found, Rule(quotient_rule(op), f"{op.name}(x) = {op.quotient}", "", "definition", chapter.rstrip("."), ""))
    for m in MANIFOLDS.values():
        for name, text in ((m.gradient_rule, f"grad f = {m.gradient}"), (m.hessian_rule, f"Hess f(U) = {m.hessian}")):
            _enter(found, Rule(name, text, f"{m.constraint}; <U, V> = {m.metric}", m.source, "Manifolds", ""))
    for s in SHORTHANDS.values():
        _enter(found, Rule(f"definition of {s.name}", f"{s.name}({', '.join(s.params)}) = {s.meaning}", "", "definition", "Shorthands", ""))
    for chapter, identities in (("Identities that shorten answers", IDENTITIES), ("Identities of the normal form", CANONICAL)):
        for i in identities:
            _enter(found, Rule(i.name, f"{i.left} = {i.right}", _asked_of(i), i.source, chapter, ""))
    return found


def quotient_rule(op: Operation) -> str:
    """The rule that writes a function as a quotient."""
    return f"{op.name} as a quotient"


def _enter(found: dict[str, Rule], rule: Rule) -> None:
    if rule.name in found:
        raise UsageError(f"two rules are called {rule.name!r}")
    found[rule.name] = rule


def _asked_of(i: Identity) -> str:
    """The shapes and the condition of an identity."""
    return "; ".join(filter(None, ("entry by entry" if i.entrywise else i.where, i.when)))


def example_of(op: Operation) -> str:
    """An expression with the operation in it, made from its signature; empty for what is not differentiated."""
    if not op.params or not (op.differential or op.index or op.is_linear or op.adjoint):
        return ""
    shapes = [tuple(map(size_of_letter, part.split())) for part in op.signature.partition("->")[0].split(",")]
    if op.elementwise or op.signature.startswith("m n"):
        shapes = [(Dim.of("n"), ONE) if s != (ONE, ONE) and op.params[0] == "x" else s for s in shapes]
    symbols = [symbol(p, (s[0], s[1])) for p, s in zip(op.params, shapes, strict=True)]
    value = apply(op, symbols)
    text = spell(Arranger().spell(value))
    if not value.is_scalar:
        square = value.shape[0] is value.shape[1]
        text = f"w^T {text}" if value.shape[1] is ONE else f"tr(W {text})" if square else f"u^T {text} v"
    changing = [p for p in op.params if op.elementwise or f"d{p}" in op.differential]
    variable = changing[0] if changing else op.params[-1 if op.adjoint else 0]
    return f"{text} by {variable}" + _declared(op.params, shapes)


def _declared(params: Iterable[str], shapes: Iterable[tuple[Dim, ...]]) -> str:
    parts = []
    for name, (rows, cols) in zip(params, shapes, strict=True):
        space = f"^{{{rows} x {cols}}}" if cols is not ONE else f"^{rows}" if rows.name else f"^{{{rows}}}" if rows is not ONE else ""
        parts.append(f"{name} in R{space}")
    return " where " + "; ".join(parts)


def rules() -> list[Rule]:
    """The rules of the book, in its order."""
    return list(book().values())


def rule(name: str) -> Rule:
    """The rule of this name (spelled in any case); UsageError with the nearest names where there is none."""
    wanted = name.strip().casefold()
    for known, found in book().items():
        if known.casefold() == wanted:
            return found
    near = nearest(name)
    raise UsageError(
        f"the book has no rule {name.strip()!r}", suggestion=f"near it: {', '.join(near)}" if near else "matcalc rules lists them all"
    )


def search(word: str) -> list[Rule]:
    """The rules in whose name, statement, condition or source every word of the text occurs; those with it in the name first."""
    words = word.casefold().split()
    found = [r for r in rules() if all(w in f"{r.name} {r.statement} {r.condition} {r.source}".casefold() for w in words)]
    return sorted(found, key=lambda r: not all(w in r.name.casefold() for w in words))


def nearest(name: str) -> list[str]:
    """The names of the rules that look like this text, or have a word that does."""
    words = {w: n for n in book() for w in n.casefold().split()}
    near = get_close_matches(name.casefold(), {n.casefold(): n for n in book()}, 4, 0.5)
    alike = [words[w] for part in name.casefold().split() for w in get_close_matches(part, words, 2, 0.75)]
    return list(dict.fromkeys([*[n for n in book() if n.casefold() in near], *alike]))[:5]
