"""The names of what was read: their order, their declarations, which are taken, what values an evaluation needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..errors import MatcalcError, UsageError
from ..expressions.build import base_name
from ..expressions.expr import Expr, postorder
from ..expressions.functions import functions_of
from ..inference.declarations import counts, declared_shape, leading_sizes, spell_declaration
from ..inference.infer import Typed, infer
from ..inference.standing import EULER
from ..kinds import SCALAR, Dim, Shape
from ..notation.spelling import EXPONENTIALS_AS_POWERS, ROOTS_AS_POWERS
from ..ops.core import MEMBER, SYMBOL
from ..reading.read import parse_names
from ..reading.subscripts import split_indexed
from ..syntax import Node, Program, split_name, walk

if TYPE_CHECKING:
    from ..printing.latex import Style


def ranks_of(typed: Typed) -> dict[str, int]:
    """The order in which names first occur; then that of functions known by their sets alone; then, as `sin(`, of those of the book;
    then, as `*x`, that of names as factors, where it is another; `^/`, where roots are typed as powers, K^(1/2); and `e^`, where
    exponentials are, e^x."""
    functions = {d.name for d in typed.declarations if d.domain is not None}
    nodes = typed.program.nodes
    as_powers = EULER in typed.assumptions and not any(n.op == "call" and n.attr == "exp" for n in nodes)
    calls = dict.fromkeys(
        "exp" if n.op == "pow" else str(n.attr).rstrip("'")
        for n in nodes
        if n.op == "call" or (as_powers and n.op == "pow" and n.args[0].attr == "e")
    )
    found = {
        n: k for k, n in enumerate((*typed.symbols, *(c for c in calls if c in functions), *(f"{c}(" for c in calls if c not in functions)))
    }
    if any(n.op == "pow" and _is_fraction(n.args[1]) for n in nodes) and "sqrt" not in calls:
        found[ROOTS_AS_POWERS] = len(found)
    if as_powers:
        found[EXPONENTIALS_AS_POWERS] = len(found)
    names = list(typed.symbols)
    beside = as_factors(names, [n for n in nodes if n.op == "mul"])
    return found if beside == names else found | {f"*{n}": k for k, n in enumerate(beside)}


def _is_fraction(exponent: Node) -> bool:
    node = exponent.args[0] if exponent.op == "neg" else exponent
    return node.op == "mul" and "/" in node.attr and all(n.op == "num" for n in node.args)  # type: ignore[operator]


def as_factors(names: Sequence[str], products: Sequence[Node]) -> list[str]:
    """The names, each behind those that the author writes before it in a product (x sin(a x) has a before x), else in their order. Of
    two that stand both ways round, or in a circle, the one that comes first goes first."""
    if len(names) < 2 or not products:
        return list(names)
    pairs: set[tuple[str, str]] = set()
    for n in products:
        signs = ("", *(n.attr if isinstance(n.attr, tuple) else ("",) * len(n.args)))
        beside = [(a.args[0] if a.op == "pow" else a, sign) for a, sign in zip(n.args, signs) if a.op != "num"]  # lambda/2 b^2
        for (one, _), (second, sign) in pairwise(beside):
            inside = second.op == "add" and sign != "/"  # not x/(a x + b)
            after = [second] if second.op == "name" else walk(second) if inside else ()  # b x, b (y - x^2)
            pairs.update((str(one.attr), str(m.attr)) for m in after if one.op == m.op == "name" and one.attr != m.attr)
    place = {n: k for k, n in enumerate(names)}
    if all(place[a] < place[b] for a, b in pairs if a in place and b in place and (b, a) not in pairs):
        return list(names)
    behind: dict[str, list[str]] = {}
    waiting = dict.fromkeys(names, 0)
    for a, b in pairs:
        if a in place and b in place and (b, a) not in pairs:
            behind.setdefault(a, []).append(b)
            waiting[b] += 1
    ready = [place[n] for n in names if not waiting[n]]
    left = dict.fromkeys(names)
    found: list[str] = []
    while left:
        name = names[heappop(ready)] if ready else next(iter(left))
        if name not in left:
            continue
        del left[name]
        found.append(name)
        for other in behind.get(name, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, place[other])
    return found


def where_of(typed: Typed, trees: Sequence[Node], expressions: Sequence[Expr]) -> str:
    """The declarations of an answer: also those of sizes that stand in it as numbers only."""
    sizes = {n for e in postorder(expressions) if isinstance(e.attr, Dim) for n in e.attr.names()}
    more = counts(trees, sizes, typed.declarations) if sizes else []
    return "; ".join(filter(None, (typed.where, *map(spell_declaration, more))))


_SHORT = {"eps": "epsilon", "lam": "lambda", "lambda_": "lambda"}  # what Python calls these letters, one of which is a word of its own


class Scope:
    """The names in play: what values an evaluation needs, which names are taken."""

    def __init__(self, typed: Typed) -> None:
        self.symbols: dict[str, Shape] = {
            d.name: declared_shape(d.sizes)
            for d in typed.declarations
            if d.domain is None and split_indexed(d.name)[0] not in typed.families and (d.field != "N" or d.name in typed.symbols)
            if not leading_sizes(d.sizes)
        }
        self.symbols |= {n: s.shape for n, s in typed.symbols.items() if s.op is SYMBOL}
        self.families = {}
        for n in postorder(typed.expr) if typed.families else ():
            if n.op is MEMBER:
                base = base_name(str(n.attr[0]))  # type: ignore[index]
                self.families[base] = (typed.families[base].sizes, n.shape)
        # For a comparison at random points: values that are not needed are passed over, functions known by their sets have stand-ins.
        self.compares = False
        self.functions = frozenset(d.name for d in typed.declarations if d.domain is not None)
        self.bound = frozenset(typed.bindings)
        below = {split_indexed(n)[1] for n in typed.symbols}
        self.letters = frozenset(c for family in typed.families.values() for c in family.letter) | below
        self.names = frozenset(
            {
                *typed.symbols,
                *typed.bindings,
                *(d.name for d in typed.declarations),
                *typed.families,
                *(split_indexed(d.name)[0] for d in typed.declarations),
            }
        )

    def spelled(self, name: str) -> str:
        r"""A name as it is called here: \theta and x' in canonical spelling, K for K_{k+1} where that is the only K."""
        known = self.symbols.keys() | self.families.keys() | self.letters | self.functions
        if name in known or name.rstrip("'") in self.functions:
            return name
        try:
            (canonical,) = parse_names(name)
        except (MatcalcError, ValueError):
            return name
        canonical = _SHORT.get(canonical, canonical) if canonical not in known | self.bound else canonical
        if canonical in known or split_name(canonical)[1]:
            return canonical
        alike = [n for n in self.symbols if split_name(n)[0] == canonical and len(split_name(n)[1]) > 1]
        return alike[0] if len(alike) == 1 and canonical not in self.bound else canonical

    def prepare(
        self, given: Mapping[str, Any], used: Sequence[Expr], shapes: Sequence[Shape] = ()
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """The values an evaluation of `used` needs, in internal form, with the sizes."""
        from ..numbers.given import prepare

        given = {self.spelled(n): v for n, v in given.items()}
        functions = {n: v for n, v in given.items() if n.rstrip("'") in self.functions}
        absent = [n for n in functions_of(used) if not callable(functions.get(n))]
        if absent and not self.compares:
            raise UsageError(f"no value was given for {', '.join(absent)}: a callable is wanted")
        given = {n: v for n, v in given.items() if n not in functions}
        known = set(self.symbols) | set(self.families)
        needed = {str(n.attr[0]) for e in used for n in postorder(e) if n.op in (SYMBOL, MEMBER)}  # type: ignore[index]
        present = {n for n in known if n in given} | (needed & known)
        dims = {n for e in used for node in postorder(e) for d in node.shape for n in d.names()}
        dims |= {n for e in used for node in postorder(e) if isinstance(node.attr, Dim) for n in node.attr.names()}
        dims |= {n for shape in shapes for d in shape for n in d.names()}
        sizes = {n: int(given[n]) for n in dims if n in given and n not in known}
        ignored = {*self.names, *sizes, *self.letters, *(given if self.compares else ())}
        env, found = prepare(
            {n: s for n, s in self.symbols.items() if n in present},
            {n: s for n, s in self.families.items() if n in present},
            {n: v for n, v in given.items() if n in present or n not in ignored},
            sizes,
        )
        return {**env, **functions}, found


def latex_style(
    typed: Typed,
    program: Program,
    bold: bool,
    transpose: str,
    operator: str,
    width: int,
    commands: frozenset[str] = frozenset(),
) -> Style:
    """The options of `to_latex` for this program."""
    from ..printing.latex import style_of

    return style_of(transpose, not_scalar(typed, program) if bold else frozenset(), operator, commands, width)


def not_scalar(typed: Typed, program: Program) -> frozenset[str]:
    """The names of vectors and matrices: those that were read, and those that the answer defines."""
    shapes = {n: e.shape for n, e in typed.symbols.items()} | {n: e.shape for n, e in typed.bindings.items()}
    shapes |= {d.name: declared_shape(d.sizes) for d in typed.declarations if d.domain is None}
    if program.bindings:
        found = infer(program, typed.declarations, (), twins=False)
        shapes |= {n: e.shape for n, e in found.bindings.items()}
    members = {f"{split_indexed(n)[0]}_": shape for n, shape in shapes.items() if split_indexed(n)[0] in typed.families}
    return frozenset(n for n, shape in {**shapes, **members}.items() if shape != SCALAR)
