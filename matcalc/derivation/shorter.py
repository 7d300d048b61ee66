"""The simplifier's rewritings of a whole expression, one after the other, each with its reason."""

from __future__ import annotations

from ..expressions.build import apply, negative, num, substitute
from ..expressions.expr import Expr, postorder
from ..ops.activations import SIGMOID
from ..ops.core import ADD, CASES, INDEX, IVERSON
from ..ops.laws import ALGEBRA, CASES_SUM, EXPANSION, IN_RANGE
from ..shortening.logistic import complemented
from ..shortening.simplify import Record, simplify

LOGISTIC_SYMMETRY = "symmetry of the logistic function"
LARGEST = 400  # symbols: a longer expression is shortened in one line
Rewriting = tuple[Expr, Expr, tuple[str, ...]]


def shortened(e: Expr, goal: Expr) -> list[Rewriting]:
    """From `e` to `goal`, its short form: before, after and the rules of each rewriting of the whole. Empty where they are one."""
    if e is goal:
        return []
    record: Record = []
    simplify(e, {}, record)
    if e.size > LARGEST:
        return [(e, goal, tuple(dict.fromkeys(reason for reason, _, _ in record)) or (ALGEBRA.name,))]
    found: list[Rewriting] = []
    now, held = e, list[str]()
    for reason, old, new in record:
        held.append(reason)
        after = substitute(now, {old: new})
        if after is not now and now is not goal:
            found.append((now, after, tuple(dict.fromkeys(held))))
            now, held = after, []
    if now is goal:
        return found
    # What the constructors did by themselves meanwhile; where sums were typed, brackets are kept or multiplied out.
    ranges = {n: num(1) for n in postorder(now) if n.op is IVERSON and n.attr == "<=" and n.args[0].op is INDEX}
    if ranges and substitute(now, ranges) is goal:
        return [*found, (now, goal, (*dict.fromkeys(held), IN_RANGE.name))]
    if SIGMOID.bit & goal.within and not held:
        known = set(postorder(goal))
        turned = [n for n in postorder(now) if n.op is SIGMOID and n not in known and apply(SIGMOID, (negative(n.args[0]),)) in known]
        if complemented(now, turned) is goal:
            return [*found, (now, goal, (LOGISTIC_SYMMETRY,))]
    ops = {n.op for n in postorder([now, goal])} if not held else set()
    laws = [law.name for op, law in ((ADD, EXPANSION), (CASES, CASES_SUM)) if op in ops]
    found.append((now, goal, tuple(dict.fromkeys([*held, *laws, ALGEBRA.name]))))
    return found
