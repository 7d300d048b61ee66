"""Derivatives by a member of a family: ∂x_i/∂x_j is 1[i = j], which picks one member out of a sum.

The variable is the member with a free index, x_j, or with a number, x_3. Every member of the family is the variable times
an indicator; where the indicator ties the index of a sum, the sum collapses to its one term.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from functools import cache, partial

from ..expressions.build import (
    add,
    apply,
    index,
    indexed_product,
    indexed_sum,
    is_number,
    num,
    power,
    rebuild,
    split,
    substitute,
    times,
    transpose,
    value_of,
)
from ..expressions.expr import Expr, make, postorder, transform
from ..expressions.properties import holds
from ..kinds import Dim
from ..ops.core import ADD, CASES, INDEX, INDEXED_PRODUCT, INDEXED_SUM, IVERSON, MEMBER, NUMBER, SIZE, SYMBOL, TIMES, TRANSPOSE
from ..ops.operation import Operation
from .letters import fresh_letter, letters_in
from .network import Binder, Term


def is_target(node: Expr, target: Expr) -> bool:
    """Whether a node is the variable, or a member of the variable's family."""
    return node is target or (target.op is MEMBER and node.op is MEMBER and node.attr[0] == target.attr[0])  # type: ignore[index]


def of_member(term: Term, node: Expr, target: Expr) -> Term:
    """The adjoint of member i as that of member j: times 1[i = j], for every index."""
    pairs = list(zip(node.args, target.args, strict=True))
    same = [num(int(i is j)) if i is j or i.op is j.op is NUMBER else apply(IVERSON, (i, j), "=") for i, j in pairs]
    return Term(times(term.scalar, *same), term.factors, term.slots, term.binders)


def bind(term: Term, binder: Binder) -> list[Term]:
    """The term summed over an index; an indicator 1[i = j] leaves the one summand with i = j."""
    return [_bound(t, binder) for t in _spread(term, index(binder[0]))]


def _bound(term: Term, binder: Binder) -> Term:
    name, low, high = binder
    term = apart(term, name)
    nodes = postorder([term.scalar, *[f[0] for f in term.factors]])
    if any(n.op in (INDEXED_SUM, INDEXED_PRODUCT) and n.attr == name for n in nodes):  # a sum inside runs over the same letter
        fresh = fresh_letter(letters_in([low, high], term), "j")
        factors = [(at_index(e, name, index(fresh)), r, c) for e, r, c in term.factors]
        return _bound(Term(at_index(term.scalar, name, index(fresh)), factors, term.slots, term.binders), (fresh, low, high))
    i = index(name)
    tie = next((s for s in split(term.scalar)[1] if _ties(s, i)), None)
    if tie is None:
        inside = next((k for k, (_, a, b) in enumerate(term.binders) if name in a.indices | b.indices), len(term.binders))
        return Term(term.scalar, term.factors, term.slots, (*term.binders[:inside], (name, low, high), *term.binders[inside:]))
    j = _solved(tie, i)
    assert j is not None
    rest = times(term.scalar, power(tie, num(-1)))
    scalar = at_index(rest, name, j)
    scalar = times(scalar, *_within(j, low, high))
    factors = [(at_index(e, name, j), r, c) for e, r, c in term.factors]
    inner = tuple((n, at_index(a, name, j), at_index(b, name, j)) for n, a, b in term.binders)
    return Term(scalar, factors, term.slots, inner)


def other_factors(node: Expr, term: Term, target: Expr) -> Expr:
    """What a product over an index multiplies the differential of its factor i with: prod/f_i; where a factor may be 0 on
    more than a null set (relu, cases), the product of those before i and of those after it."""
    low, high, body = node.args
    name = str(node.attr)
    if holds(body, "positive") or not any(in_pieces(n.op) for n in postorder(body)):
        return times(node, power(body, num(-1)))
    i, other = index(name), fresh_letter(letters_in([node, target], term), "j")
    rest = at_index(body, name, index(other))
    return times(indexed_product(other, low, add(i, num(-1)), rest), indexed_product(other, add(i, num(1)), high, rest))


@cache
def in_pieces(op: Operation) -> bool:
    """Whether a function has different formulas on different sets."""
    seen, todo = {op}, [op]  # and the operations of its differential, and of theirs

    from ..inference.templates import differential_text

    while todo:
        found = todo.pop()
        if found is IVERSON or found is CASES or found.name == "sign":
            return True
        below = {n.op for n in postorder(differential_text(found))} if found.differential else set()
        todo += below - seen
        seen |= below
    return False


def _within(j: Expr, low: Expr, high: Expr) -> list[Expr]:
    """The conditions that an index set to `j` is in its range. A family has as many members as its index runs far."""
    plain, shift = _apart_from_number(j)
    least = low if low.op is not NUMBER else num(value_of(low) - shift)
    found = [] if least.op is NUMBER and value_of(least) <= 1 else [apply(IVERSON, (plain if low.op is NUMBER else j, least), ">=")]
    if shift or not (high.op is SIZE and isinstance(high.attr, Dim) and high.attr.name):
        found.append(apply(IVERSON, (plain, add(high, num(-shift))), "<="))
    return found


def _apart_from_number(j: Expr) -> tuple[Expr, Fraction]:
    """i + 1 as i and 1."""
    if j.op is ADD and len(j.args) == 2 and (n := next((a for a in j.args if a.op is NUMBER), None)) is not None:
        return next(a for a in j.args if a is not n), value_of(n)
    return j, Fraction(0)


_PLACES = frozenset({INDEX, NUMBER, SIZE, SYMBOL, ADD, TIMES})  # no data: a label y_i need be no place at all


def _solved(s: Expr, i: Expr) -> Expr | None:
    """What i is where the equation `s` holds, i = j or i + 1 = j; None where it does not say."""
    for side, other in (s.args, s.args[::-1]):
        plain, shift = _apart_from_number(side)
        if plain is i and not i.indices & other.indices and all(n.op in _PLACES for n in postorder(other)):
            return add(other, num(-shift))
    return None


def _ties(s: Expr, i: Expr) -> bool:
    return s.op is IVERSON and s.attr == "=" and _solved(s, i) is not None


def apart(term: Term, name: str) -> Term:
    """The term with its own sum over `name`, chosen where nothing else was called so, over another letter."""
    at = next((k for k, b in enumerate(term.binders) if b[0] == name), None)
    if at is None:
        return term
    fresh = fresh_letter(letters_in([], term) | {name})
    of = partial(at_index, name=name, j=index(fresh))
    inside = [(n, of(a), of(b)) for n, a, b in term.binders[at + 1 :]]
    binders = (*term.binders[:at], (fresh, *term.binders[at][1:]), *inside)
    return Term(of(term.scalar), [(of(e), r, c) for e, r, c in term.factors], term.slots, binders)


def _spread(term: Term, i: Expr) -> list[Term]:
    """The term as several, so that an indicator of `i` inside a sum stands in front of its own summand."""
    term = _in_front(term, i)
    for k, (e, r, c) in enumerate(term.factors):
        inner = e.args[0] if e.op is TRANSPOSE else e
        coefficient, scalars, body = split(inner)
        if body is None or body.op is not ADD or not any(_ties(n, i) for n in postorder(body)):
            continue
        front = times(num(coefficient), *scalars)
        terms = []
        for a in body.args:
            part = times(front, a)
            part = transpose(part) if inner is not e else part
            scale, own, rest = split(part)
            assert rest is not None
            factors = [*term.factors[:k], (rest, r, c), *term.factors[k + 1 :]]
            terms += _spread(Term(times(term.scalar, num(scale), *own), factors, term.slots, term.binders), i)
        return terms
    return [term]


def _in_front(term: Term, i: Expr) -> Term:
    """The term with the indicators of `i` that its factors are multiplied with in front."""
    scalar, factors = term.scalar, list(term.factors)
    for k, (e, r, c) in enumerate(factors):
        inner = e.args[0] if e.op is TRANSPOSE else e
        for tie in [s for s in split(inner)[1] if _ties(s, i)] if not inner.is_scalar else ():
            rest = times(power(tie, num(-1)), inner)
            scalar, inner = times(scalar, tie), rest
            factors[k] = (transpose(rest) if e.op is TRANSPOSE else rest, r, c)
    return Term(scalar, factors, term.slots, term.binders)


def as_declared(e: Expr, full: Mapping[Expr, Expr]) -> Expr:
    """`e` with its variables replaced by those that have all their properties, and with one member all others of its family."""
    words = {x.attr: y.attr for x, y in full.items() if x.op is MEMBER}
    members = [n for n in postorder(e) if n.op is MEMBER and n.attr in words] if words else []
    return substitute(e, {**{n: make(MEMBER, n.args, words[n.attr], n.shape, n.size) for n in members}, **full})


def at_index(e: Expr, name: str, j: Expr) -> Expr:
    """`e` with the free index `name` set to `j`; sums that bind the same letter are left alone."""
    if name not in e.indices:
        return e
    done = {n: n for n in postorder(e) if name not in n.indices}
    done[index(name)] = j
    return transform(e, rebuild, done)


def summed(e: Expr, taken: set[str], most: int) -> Expr:
    """A sum over an index term by term where it has at most so many; else over a letter that is not taken."""
    if e.op is not INDEXED_SUM:
        return e
    (low, high, body), name = e.args, str(e.attr)
    if is_number(low) and is_number(high) and value_of(high) - value_of(low) < most:
        return add(*[at_index(body, name, num(k)) for k in range(int(value_of(low)), int(value_of(high)) + 1)])
    fresh = fresh_letter(taken)
    return indexed_sum(fresh, low, high, at_index(body, name, index(fresh)))


def renamings(e: Expr, letters: Collection[str]) -> list[tuple[str, str]]:
    """The letters of sums in `e` that are in `letters`, each with one that is not in use: these can name the variable's indices then."""
    if not letters or not (INDEXED_SUM.bit | INDEXED_PRODUCT.bit) & e.within:
        return []
    nodes = postorder(e)
    bound = {str(n.attr) for n in nodes if n.op in (INDEXED_SUM, INDEXED_PRODUCT)}
    names = bound | {str(n.attr[0]) for n in nodes if isinstance(n.attr, tuple) and n.attr} | set(letters)
    found: list[tuple[str, str]] = []
    for letter in sorted(bound & set(letters)):
        found.append((letter, next(c for c in "ijklmnpqrstuvw" if c not in names)))
        names.add(found[-1][1])
    return found


def under_letters(e: Expr, changes: Iterable[tuple[str, str]]) -> Expr:
    """`e` with indices called otherwise, one after the other."""
    for letter, other in changes:
        e = with_index(e, letter, other)
    return e


def with_index(e: Expr, letter: str, other: str) -> Expr:
    """`e` with the index `letter` called `other` everywhere, bound or free."""

    def renamed(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if old.op is INDEX:
            return index(other) if old.attr == letter else old
        if old.op is INDEXED_SUM and old.attr == letter:
            return indexed_sum(other, *args)
        if old.op is INDEXED_PRODUCT and old.attr == letter:
            return indexed_product(other, *args)
        return rebuild(old, args)

    return transform(e, renamed)
