"""Stationary points of functions of numbers and of the entries of small arrays, as answers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import literal, num, symbol
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..numbers.record import summed_up
from ..ops.core import ENTRY, LITERAL
from ..shortening.algebra import entries_of, is_small
from ..shortening.counterparts import NotTranslated
from ..shortening.simplify import simplify
from .extrema import Root, Scalars
from .problem import Problem
from .solutions import Stationary, StationaryPoint
from .trial import by_numbers, check_point, inside

LONGEST_VALUE = 40  # operations; a longer value of the function is not shown


def by_sympy(problem: Problem, xs: Sequence[Expr], check: bool) -> Stationary | None:
    if not all(is_small(x) for x in xs) or (any(not x.is_scalar for x in xs) and not _by_entries(problem.function, xs)):
        return None
    whole = {x: problem.whole(x) for x in xs}
    unknowns = [e for x in whole.values() for e in dict.fromkeys(_free(x))]
    try:
        scalars = Scalars(problem.whole(problem.function), unknowns)
        roots = scalars.roots()
    except NotTranslated:
        return None
    points = []
    for r in roots:
        try:
            p = _point(problem, scalars, r, list(whole.values()))
            if p.kind == "undecided" and scalars.parameters and not p.letters:
                p.kind, p.reason = by_numbers(problem, [(x, p.at[name_of(x)]) for x in whole.values()], xs) or (p.kind, p.reason)
            p.when += tuple(w for x in whole.values() for w in inside(x, p.at[name_of(x)]) if scalars.parameters)
            points.append(p)
        except NotTranslated:
            raise NoAnswerError(f"the solutions of {scalars.equation()} have no closed form here" + scalars.numbers()) from None
    why = "" if points else scalars.why_none()
    problem.notes += scalars.notes
    answer = Stationary(problem, points, why)
    if not points:
        note = f"{why}; then every point is stationary" if len(scalars.unknowns) == 1 and why.endswith(" is") else why
        problem.notes.append(note)
        answer.assumptions.append(note)
    if check:
        answer.check = summed_up([check_point(problem, p, xs) for p in points])
    return answer


def _by_entries(f: Expr, xs: Sequence[Expr]) -> bool:
    """Whether entries of the variables are needed: nothing else has matrix notation for them."""
    nodes = postorder(f)
    return (
        any(n.op is LITERAL for n in nodes)
        or any(n.op is ENTRY and n.args[0] in xs for n in nodes)
        or any(n.op.name in ("det",) for n in nodes)
    )


def _free(x: Expr) -> list[Expr]:
    if x.is_scalar:
        return [x]
    found = entries_of(x)
    if holds(x, "symmetric"):
        found = [e for e in found if int(build.value_of(e.args[1])) <= int(build.value_of(e.args[2]))]
    return found


def _point(problem: Problem, scalars: Scalars, r: Root, xs: Sequence[Expr]) -> StationaryPoint:
    kind, reason = scalars.kind(r)
    algebra = scalars.algebra
    if scalars.is_long(r) and all(x.is_scalar for x in xs):
        numbers = {name_of(x): num(Fraction(str(v.evalf(16)))) for x, v in zip(xs, r.values.values(), strict=True)}
        return StationaryPoint(numbers, kind, reason, approximate=True)
    letters = []
    for letter, field in r.letters:
        if letter not in scalars.unknowns:
            e = symbol(str(letter), properties=("integer",) if field == "Z" else ())
            algebra._back[letter] = e
        letters.append((str(letter), field))
    by_entry = {u: algebra.expression(scalars.sympy.simplify(v)) for u, v in r.values.items()}
    at: dict[str, Expr] = {}
    for x in xs:
        values = [by_entry[algebra.symbol_of(e)] for e in _free(x)] if x.is_scalar or not holds(x, "symmetric") else []
        if holds(x, "symmetric") and not x.is_scalar:
            known = {e: by_entry[algebra.symbol_of(e)] for e in _free(x)}
            values = [known[e] if e in known else known[build.entry(x, e.args[2], e.args[1])] for e in entries_of(x)]
        rows, cols = (d.number or 1 for d in x.shape)
        made = values[0] if x.is_scalar else literal(rows, cols, [values[j * rows + i] for i in range(rows) for j in range(cols)])
        at[name_of(x)] = simplify(made)
    value = scalars.sympy.simplify(scalars.s.subs(r.values))
    shown: Expr | None = None
    try:
        shown = simplify(algebra.expression(value)) if value.count_ops() < LONGEST_VALUE else None
    except NotTranslated:
        shown = None
    within = [(algebra.expression(d), ">= 0") for d in scalars.domain(r)]
    within += [(simplify(algebra.expression(e)), "nonzero") for e in scalars.leading()]
    return StationaryPoint(at, kind, reason, value=shown, letters=letters, when=within)
