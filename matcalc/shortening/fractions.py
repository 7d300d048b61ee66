"""Fractions inside sums: (y^2/x^2 + 1)^-1/x^2 is 1/(x^2 + y^2), and ((1 - y)/(1 - s) - y/s) s (1 - s) is s - y.

The denominators of the summands are taken out of the sum, where they may meet their like among the other factors. Entrywise
products are worked on as scalars, entry by entry, and lifted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import lcm

from ..errors import MatcalcError
from ..expressions.build import add, is_number, num, power, rebuild, split, symbol, times, value_of, without_coefficient
from ..expressions.expr import Expr, transform
from ..expressions.named import written_in
from ..expressions.properties import holds
from ..inference.templates import entrywise
from ..ops.core import ADD, HADAMARD, NUMBER, ONES, POWER, SYMBOL, TIMES
from .factor import factor

LARGEST = 48  # symbols of what is worked on
MOST_TERMS = 16  # summands after multiplying out
_MARK = "\u2022"


def cleared(e: Expr) -> Iterator[Expr]:
    """A product with the denominators inside its sums cleared where they meet its other factors."""
    if e.size > LARGEST or not (ADD.bit & e.within and POWER.bit & e.within):
        return
    bases = {s.args[0] if s.op is POWER else s for s in split(e)[1]}
    nodes = written_in(e)
    for s in nodes:
        if s.op is ADD and not bases.isdisjoint(below := _denominators(s)):
            yield from _without(e, s, times(*[power(b, num(k)) for b, k in below.items() if b in bases]))
    for n in nodes:
        if n.op is POWER and n.args[0].op is ADD and is_number(n.args[1]) and value_of(n.args[1]).denominator != 1:
            content = lcm(*[without_coefficient(t)[0].denominator for t in n.args[0].args])
            if content != 1:  # sqrt(1 - x^2/4) is sqrt(4 - x^2)/2
                yield from _without(e, n.args[0], num(content))


def _without(e: Expr, s: Expr, common: Expr) -> Iterator[Expr]:
    """`e` with the denominator `common` taken out of the sum `s`."""
    terms = [times(common, t) for t in s.args]
    inverse = power(common, num(-1))
    whole = factor(add(*terms))
    forms = [whole]
    if s.is_scalar and (more := multiplied_out(terms)) is not None:
        forms.append(factor(add(*more)))
    for form in dict.fromkeys(forms):

        def replaced(old: Expr, args: tuple[Expr, ...], form: Expr = form) -> Expr:
            if old is s:
                return times(inverse, form)
            if old.op is POWER and old.args[0] is s and is_number(old.args[1]):
                k = value_of(old.args[1])
                if k.denominator == 1 or holds(common, "positive"):
                    return times(power(inverse, num(k)), power(form, num(k)))
                return old
            return rebuild(old, args)

        yield transform(e, replaced)


def _denominators(s: Expr) -> dict[Expr, Fraction]:
    """What the summands are divided by, to the highest power."""
    found: dict[Expr, Fraction] = {}
    for t in s.args:
        for f in split(t)[1]:
            if f.op is POWER and is_number(f.args[1]) and (k := -value_of(f.args[1])) > 0 and k.denominator == 1:
                found[f.args[0]] = max(k, found.get(f.args[0], k))
    return found


def multiplied_out(terms: list[Expr]) -> list[Expr] | None:
    """The scalar summands with their products of sums written out; None where there are none or too many."""
    found: list[Expr] = []
    todo = list(reversed(terms))
    changed = False
    while todo:
        t = todo.pop()
        c, scalars, body = split(t)
        k = next((k for k, f in enumerate(scalars) if f.op is ADD), None)
        if k is None:
            found.append(t)
        else:
            changed = True
            tail = [body] if body is not None else []
            todo += [times(num(c), *scalars[:k], a, *scalars[k + 1 :], *tail) for a in reversed(scalars[k].args)]
        if len(found) + len(todo) > MOST_TERMS:
            return None
    return found if changed else None


# ---------------------------------------------------------------------------------------------- powers


def joined_powers(e: Expr) -> Iterator[Expr]:
    """x (x/l)^(k - 1)/l is (x/l)^k, and 2/sqrt(2) is sqrt(2): a power joined with its base among the other factors."""
    _, scalars, _ = split(e)
    for s in scalars:
        if s.op is not POWER or not (s.args[0].op is NUMBER or (s.args[0].op is TIMES and not is_number(s.args[1]))):
            continue
        base, k = s.args
        for sign in (1, -1):
            yield times(divided(e, s, power(base, num(sign))), power(base, add(k, num(sign))))


def divided(e: Expr, *factors: Expr) -> Expr:
    """`e` divided by these."""
    return times(e, *[power(f, num(-1)) for f in factors])


def joined_roots(e: Expr) -> Iterator[Expr]:
    """sqrt(a)/sqrt(b) is sqrt(a/b), where both are defined and one at least is no name: of K^(1/2) L^(1/2) the powers stay apart."""
    roots = [s for s in split(e)[1] if s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]).denominator == 2]
    for a, b in combinations(roots, 2):
        k, other = value_of(a.args[1]), value_of(b.args[1])
        if abs(k) == abs(other) and not all(s.args[0].op is SYMBOL for s in (a, b)):
            first, second = (a, b) if k > 0 else (b, a)
            both = times(first.args[0], power(second.args[0], num(1 if k == other else -1)))
            yield times(divided(e, a, b), power(both, first.args[1]))


# ---------------------------------------------------------------------------------------------- entry by entry


def entry_by_entry(e: Expr) -> Iterator[Expr]:
    """An entrywise product with sums of fractions in it, worked on as a scalar."""
    if e.size > LARGEST or not any(f.op is ADD for f in e.args):
        return
    atoms: dict[Expr, Expr] = {}
    scalar = _as_scalar(e, atoms)
    for form in cleared(scalar):
        try:
            yield entrywise(form, {s: a for a, s in atoms.items()}, e.shape)
        except MatcalcError:
            continue


def _as_scalar(e: Expr, atoms: dict[Expr, Expr]) -> Expr:
    """The entry of an array, with a symbol for the entry of each array in it."""
    done: dict[Expr, Expr] = {}
    todo = [e]
    while todo:
        n = todo[-1]
        if n in done:
            todo.pop()
            continue
        inside = _entries_of(n, e)
        if waiting := [a for a in inside if a not in done]:
            todo += waiting
            continue
        todo.pop()
        args = [done[a] for a in inside]
        if n.is_scalar:
            done[n] = n
        elif n.op is ONES:
            done[n] = num(1)
        elif n.op is ADD:
            done[n] = add(*args)
        elif n.op in (TIMES, HADAMARD):
            done[n] = times(*args)
        elif n.op is POWER and inside:
            done[n] = power(*args)
        else:
            done[n] = atoms.setdefault(n, symbol(f"{_MARK}{len(atoms)}"))
    return done[e]


def _entries_of(n: Expr, e: Expr) -> tuple[Expr, ...]:
    if n.is_scalar or n.op not in (ADD, TIMES, HADAMARD, POWER):
        return ()
    return n.args
