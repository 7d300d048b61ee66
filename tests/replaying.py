"""A step of a derivation done again: the line before, rewritten by the rules that the step names and by these alone, gives its line.

An opened d(…) is opened by the rule of its own operation, which the step has to name. What is collected beside dX has the same coefficient
of dX. A derivative that is identified is the coefficient of dX in the line before. What shortens is replayed by the shortener, which knows
only the named moves. Named parts are put in, and both lines are one expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matcalc.derivation.forward import MARK, Forward, change_of, kept_below, pending
from matcalc.derivation.lines import Line, Step
from matcalc.derivation.written import as_typed
from matcalc.differentiation.families import as_declared
from matcalc.differentiation.tensor import Tensor
from matcalc.expressions.build import is_zero, opened, substitute, subtract, symbol, transpose
from matcalc.expressions.expr import Expr, postorder
from matcalc.ops import laws
from matcalc.ops.core import ENTRY, SYMBOL
from matcalc.pipeline.derivative import Derivative
from matcalc.shortening import simplify as shortener

# What a step may do besides its rules, because a reader does not see it: sums and products in another order.
SILENT = {laws.ALGEBRA.name}
IDENTIFIED = {law.name for law in (laws.OF_SCALAR, laws.OF_GRADIENT, laws.OF_JACOBIAN, laws.OF_MATRIX, laws.OF_HERMITIAN, laws.WIRTINGER)}
COLLECTING = {law.name for law in (laws.COLLECTED, laws.BEFORE_DX)}
# The order of matrices that commute is free, and nothing subtracts cases; a set is no variable of the lines before.
NUMBERS_ONLY = {law.name for law in (laws.COMMUTING, laws.CASES_SUM, laws.STRUCTURED)}
# These take sums apart, join them and reorder: both lines differ by nothing.
SUMS = {law.name for law in (laws.ALGEBRA, laws.EXPANSION, laws.GATHERED)}


class Unjudged(Exception):
    """A step that is not replayed here: of a kind that only numbers judge."""


def replayed(d: Derivative, step: Step) -> str:
    """What is wrong with a step, empty if nothing is."""
    before, after = step.before.body, step.after.body
    names = {r.name for r in step.rules}
    if not isinstance(before, Expr) or not isinstance(after, Expr):
        raise Unjudged
    if pending(before):
        return _opened_by(d, step, names)
    part = any(s.variable.op is not SYMBOL for s in d._origin.stages)  # one entry, or one member
    if names & NUMBERS_ONLY or (part and step.before.kind == "differential" and not pending(before)):
        raise Unjudged
    if step.before.kind == "differential" and names & (COLLECTING | IDENTIFIED):
        return _coefficients(step, d._origin.restore if laws.DECLARED.name in names else {})
    if step.before.kind == "value" and step.after.kind == "derivative":
        raise Unjudged
    return _shortened(d, step, names)


def _forward(d: Derivative, step: Step) -> Forward:
    """The rules of d(…) for the differentiation that a step belongs to."""
    k = 0
    for s in d.steps:
        k += s.rules[0].name in (laws.HESSIAN.name, laws.LEIBNIZ.name)
        if s is step:
            break
    stage = d._origin.stages[min(k, len(d._origin.stages) - 1)]
    if stage.of is None:
        raise Unjudged
    whole = stage.variable.args[0] if stage.variable.op is ENTRY else stage.variable
    school = step.before.head.by[-1] if step.before.head.school else ""
    typed = as_typed(stage.of, d._origin.order)
    return Forward(typed.expr, whole, change_of(whole, set(d._taken)), school, typed.kept)


def _opened_by(d: Derivative, step: Step, names: set[str]) -> str:
    """Every d(…) that the step names a rule for is opened by that rule; the others stay."""
    now, after = step.before.body, step.after.body
    rules = _forward(d, step)
    if any(p.args[0] not in rules.moving for p in pending(now)):
        raise Unjudged  # of a part that the rule itself made
    used: set[str] = set()
    for k in range(8):
        done = {n: rules.opened(n.args[0]) for n in pending(now)}
        chosen = {n: e for n, (e, by) in done.items() if (set(by) == names if k == 0 else set(by) <= names)}
        if now is after or not done:
            break
        if not chosen and k:
            return f"no d(…) is opened by {sorted(names)} alone: {sorted({b for _, by in done.values() for b in by})}"
        used |= {b for n in chosen for b in done[n][1]}
        now = kept_below(rules, substitute(now, chosen))
    if now is not after:
        return f"{sorted(names)} give another line"
    unused = names - used - SILENT
    return f"{sorted(unused)} named and not used" if unused else ""


def _coefficient(e: Expr, change: Expr) -> Any:
    tensor = Tensor([e.shape], [])
    tensor.replace(e)
    return tensor.differentiate(change)


def _coefficients(step: Step, restore: dict[Expr, Expr]) -> str:
    """The same coefficient of dX on both sides; the derivative that is identified is the coefficient."""
    before, after = step.before.body, step.after.body
    change = next((n for n in postorder(before) if n.op is SYMBOL and str(n.attr[0]).startswith(f"{MARK}d")), None)  # type: ignore[index]
    first = None if change is None else _coefficient(before, change)
    if first is None or first.matrix is None:
        raise Unjudged  # of a member, or with more than two indices
    found = as_declared(first.matrix, restore)
    if step.after.kind == "differential":
        second = _coefficient(after, change)
        if before.shape != after.shape or second.matrix is None:
            return "another shape"
        after = second.matrix
    rest = [subtract(found, e) for e in (after, transpose(after)) if e.shape == found.shape]
    return "" if any(is_zero(shortener.simplify(e)) for e in rest) else "another coefficient of dX"


@contextmanager
def only(names: set[str]) -> Iterator[None]:
    """The shortener with the named moves alone."""
    saved = shortener.moves, shortener.identities, shortener.defined
    shortener.moves = lambda e: (m for m in saved[0](e) if m[0] in names)  # type: ignore[assignment]
    shortener.identities = lambda e: (m for m in saved[1](e) if m[0] in names)  # type: ignore[assignment]
    shortener.defined = lambda e: m if (m := saved[2](e)) is not None and m[0] in names else None  # type: ignore[assignment]
    try:
        yield
    finally:
        shortener.moves, shortener.identities, shortener.defined = saved


def _shortened(d: Derivative, step: Step, names: set[str]) -> str:
    """Both lines are one by the named moves."""
    before, after = (_put_in(d, step, line) for line in (step.before, step.after))
    if before.shape != after.shape:
        before = transpose(before)
    with only(names - SILENT):
        one, two = shortener.simplify(before, {}, []), shortener.simplify(after, {}, [])
        if one is two or shortener.recognise(before) is after:
            return ""
    if names & SUMS and before.shape == after.shape:
        return "" if is_zero(shortener.simplify(subtract(before, after))) else "no algebra leads there"
    return f"{sorted(names)} do not lead there"


def _put_in(d: Derivative, step: Step, line: Line) -> Expr:
    """A line with what names stand for in it: the parts of the function and their adjoints, members, what was declared."""
    named = {symbol(n, e.shape): e for n, e in line.where}
    for s in d.steps:
        if s.after.kind == "adjoint" and isinstance(s.after.body, Expr):
            named[symbol(s.after.head.f, s.after.body.shape)] = substitute(s.after.body, named)
        if s is step:
            break
    e = opened(substitute(line.body, named))
    return as_declared(e, d._origin.restore) if any(r.name == laws.DECLARED.name for r in step.rules) else e


__all__ = ["replayed", "Unjudged"]
