"""What an operation hands to its arguments where no differential says it: a multilinear operation by its letters (`by_letters`),
what is made of parts part by part, cases.

A rule takes a node, a term of its adjoint (the last two slots are the node's row and column) and the nodes that contain
the variable, and yields the arguments among these with their shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..expressions.blocks import selections
from ..expressions.build import apply, as_power, eye, num, ones, split, times, transpose, unit, zeros
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..kinds import Shape
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK
from ..ops.core import ADD, CASES, ENTRY, LITERAL, MATMUL, MATRIX_POWER, NAMED, TIMES, TRANSPOSE
from ..ops.inverse import INVERSE
from ..ops.multilinear import Letters, letters
from ..ops.operation import Operation
from .functions import of_entrywise_function, of_function, of_function_along
from .network import Factor, Slot, Term, reduce_term, slot_for, split_pair

MANY_FACTORS = 400  # of a product, times how many of them depend on the variable: more, and what stands beside each is named
# What a node hands to one argument: the argument, and its share.
Share = tuple[Expr, Term]


def extended(term: Term, factors: Iterable[Factor], row: Slot, col: Slot, scalar: Expr | None = None) -> Term:
    """`term` with more factors, its last two slots replaced by the argument's."""
    s = term.scalar if scalar is None else times(term.scalar, scalar)
    return Term(s, [*term.factors, *factors], (*term.slots[:-2], row, col), term.binders)


def ends(term: Term) -> tuple[Slot, Slot]:
    return term.slots[-2], term.slots[-1]


def _of_sum(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    for a in node.args:
        if a in needed:
            yield a, term


def _of_named(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    yield node.args[0], term


def by_letters(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """By the letters of a multilinear operation. Of a product of many factors, those on either side count as one."""
    form, op, args = letters(node.op.index), node.op, node.args
    places = [k for k, a in enumerate(args) if a in needed]
    if len(args) == len(form.arguments):
        for k in places:
            yield args[k], _beside(form, k, args, node.shape, term)
        return
    turns = _turns(args, term) if op is MATMUL else 1
    if turns > 1:  # each turn of (A X)^k has the same share below a trace
        places = [k for k in places if k < len(args) // turns]
        term = Term(times(num(turns), term.scalar), term.factors, term.slots, term.binders)
    many = len(places) > 1 and len(places) * len(args) > MANY_FACTORS
    if many and any(_inverts(e, args) for e, _, _ in term.factors):
        yield from _halved(op, form, args, places, term)
        return
    many = many and 2 * len(set(args)) > len(args)
    before = _runs(op, args, places, many)
    after = _runs(op, args[::-1], [len(args) - 1 - k for k in reversed(places)], many, turned=True)[::-1]
    for k, left, right in zip(places, before, after, strict=True):
        share = _beside(form, 1, (left, None), node.shape, term) if left is not None else term
        yield args[k], _beside(form, 0, (None, right), node.shape, share) if right is not None else share


def _turns(args: Sequence[Expr], term: Term) -> int:
    """How many times a product below a trace goes through the same factors."""
    if len(term.factors) != 1 or {*term.factors[0][1:]} != {*ends(term)} or split(term.factors[0][0])[2] is not eye(args[0].shape[0]):
        return 1
    many = len(args)
    return next(many // k for k in range(1, many + 1) if many % k == 0 and all(args[n] is args[n - k] for n in range(k, many)))


def _runs(op: Operation, args: Sequence[Expr], places: Sequence[int], many: bool, turned: bool = False) -> list[Expr | None]:
    """The product of the factors before each of these places (`turned`: of factors that stand in the opposite order); of `many`
    each is made of the one before, under a name."""
    if not many:
        return [None if k == 0 else args[0] if k == 1 else apply(op, args[:k][::-1] if turned else args[:k]) for k in places]
    found: list[Expr | None] = []
    run, at = None, 0
    for k in places:
        more = args[at:k]
        if more:
            parts = [*([run] if run is not None else []), *more]
            run = named(apply(op, parts[::-1] if turned else parts), PART) if len(parts) > 1 else parts[0]
        found.append(run)
        at = k
    return found


def _inverts(e: Expr, factors: Sequence[Expr]) -> bool:
    """Whether an adjoint has the inverse of one of these factors in it, as that of their determinant has."""
    if not e.within & INVERSE.bit:
        return False
    body = _unnamed(e)
    body = body.args[-1] if body.op is TIMES else body
    bases = {as_power(f)[0] for a in factors for f in (a, transpose(a))}
    return any(_is_inverse(f) and as_power(f)[0] in bases for f in (body.args if body.op is MATMUL else (body,)))


def _unnamed(e: Expr) -> Expr:
    if e.op is TRANSPOSE and e.args[0].op is NAMED:
        return transpose(e.args[0].args[0])
    return e.args[0] if e.op is NAMED else e


def _is_inverse(f: Expr) -> bool:
    return f.op is INVERSE or (f.op in (TRANSPOSE, MATRIX_POWER) and _is_inverse(f.args[0]))


def _halved(op: Operation, form: Letters, args: Sequence[Expr], places: Sequence[int], term: Term) -> Iterable[Share]:
    """The share of each half of a product beside the other, and so on: what cancels does so before it is multiplied again, and so must
    be seen."""
    seen = [(_unnamed(e) if _inverts(e, args) else e, r, c) for e, r, c in term.factors]
    todo = [(0, len(args), Term(term.scalar, seen, term.slots, term.binders))]
    while todo:
        first, last, at = todo.pop()
        if last - first == 1:
            yield args[first], at
            continue
        middle = (first + last) // 2
        left, right = (apply(op, args[i:j]) if j - i > 1 else args[i] for i, j in ((first, middle), (middle, last)))
        shape = left.shape[0], right.shape[1]
        for k, (i, j) in ((1, (middle, last)), (0, (first, middle))):
            if any(i <= p < j for p in places):
                reduced = reduce_term(_beside(form, k, (left, None) if k else (None, right), shape, at))
                if reduced is not None:
                    todo.append((i, j, reduced))


def _beside(form: Letters, k: int, args: Sequence[Expr | None], shape: Shape, term: Term) -> Term:
    """The share of argument k of an operation with these letters, beside the others; its value has this shape."""
    dims = {c: d for c, d in zip(form.value, shape) if len(c) == 1}
    for place, a in zip(form.arguments, args):
        dims.update((c, d) for c, d in zip(place, a.shape if a is not None else ()) if len(c) == 1)
    at: dict[str, Slot] = {}
    factors: list[Factor] = []
    for n, part in zip((-2, -1), form.value):
        rest = term.slots[n]
        for m, c in enumerate(part):
            slot = rest
            if m + 1 < len(part):
                term, slot, rest = split_pair(term, rest, dims[c], dims[part[m + 1]])
            if at.setdefault(c, slot) != slot:  # a letter that the value has twice
                factors.append((eye(dims[c]), at[c], slot))
    scalar = None
    for n, (place, a) in enumerate(zip(form.arguments, args)):
        row, col = (tuple(i for c in part for i in at.setdefault(c, slot_for(dims[c]))) for part in place)
        if n == k:
            mine = row, col
        elif a is not None and (row or col):
            factors.append((a, row, col))
        else:
            scalar = a
    return extended(term, factors, *mine, scalar)


def _of_entry(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, i, j = node.args
    r, c = slot_for(x.shape[0]), slot_for(x.shape[1])
    at = [(unit(k, s[0].dim), s, ()) for k, s in ((i, r), (j, c)) if s]
    yield x, extended(term, at, r, c)


def _of_literal(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    cols = node.attr[1]  # type: ignore[index]
    for k, a in enumerate(node.args):
        if a in needed:
            at = [(unit(num(n + 1), s[0].dim), s, ()) for n, s in ((k // cols, r), (k % cols, c)) if s]
            yield a, extended(term, at, (), ())


def _of_block(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    for a, (s, t) in zip(node.args, selections(node), strict=True):
        if a in needed:
            row, col = slot_for(a.shape[0]), slot_for(a.shape[1])
            yield a, extended(term, [(e, whole, part) for e, whole, part in ((s, r, row), (t, c, col)) if whole], row, col)


def _of_cases(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """Each value counts where its condition is the first that holds."""
    r, c = ends(term)
    values = {k for k in range(len(node.args)) if k % 2 == 0}
    for k in sorted(values):
        if node.args[k] in needed:
            whole = all(a.is_scalar for a in node.args[1::2])  # the case is the same for all entries
            one, zero = (num(1), num(0)) if whole else (ones(*node.shape), zeros(*node.shape))
            mask = [a if n not in values else one if n == k else zero for n, a in enumerate(node.args)]
            if len(mask) % 2 == 0:
                mask.append(zero)
            chosen = apply(node.op, mask)
            yield node.args[k], extended(term, [], r, c, chosen) if whole else times_entries(term, chosen, r, c)


def times_entries(term: Term, local: Expr, r: Slot, c: Slot) -> Term:
    """The share of the argument of an entrywise function with derivative `local`."""
    return extended(term, [], r, c, local) if local.is_scalar else extended(term, [(local, r, c)], r, c)


OWN: dict[object, Callable[[Expr, Term, set[Expr]], Iterable[Share]]] = {
    ADD: _of_sum,
    ENTRY: _of_entry,
    BLOCK: _of_block,
    LITERAL: _of_literal,
    CASES: _of_cases,
    NAMED: _of_named,
    ENTRYWISE_FUNCTION: of_entrywise_function,
    FUNCTION: of_function,
    FUNCTION_ALONG: of_function_along,
}
