"""The derivative by reverse accumulation: from the value back to the variable, one rule of the book at a time.

The adjoint of a node is ∂F/∂node, a sum of network terms whose slots are those of F, then the node's row and column.
A node hands its adjoint to its arguments by its own rule: a multilinear operation by its index letters, any other by its
differential from the book. Wherever the adjoint has at most two open indices it is folded into
one matrix expression, so shared subterms stay shared and the author's structure survives.

For a scalar F this is the adjoint recursion, linear in the size of the DAG; for a vector it is the chain of Jacobians.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import add, apply, eye, index, matmul, num, times, transpose, unit, zeros
from ..expressions.expr import Expr, make, order_key, postorder
from ..expressions.named import ADJOINT, named
from ..expressions.normal import by_its_block
from ..inference.commuting import slope_at
from ..ops.core import INDEXED_PRODUCT, INDEXED_SUM, NAMED, POWER, TIMES
from . import STACKED
from .families import at_index, bind, is_target, of_member, other_factors, summed
from .leibniz import OWN, Share, by_letters, ends, extended, times_entries
from .letters import free_letters, fresh_letter, letters_beside, letters_in
from .lifting import contract, over_index
from .network import Binder, Factor, Index, Slot, Term, distribute, matrix_form, reduce_term, slot_for
from .pairs import joined

LONG, FEW = 40, 4  # symbols of an adjoint that is given a name; of one of a value that has a name itself
EXPANDED = 8  # X^k with k up to this is written out in its differential


def derivative(f: Expr, x: Expr) -> list[Term]:
    """∂f/∂x as reduced terms with slots (f's row, f's column, x's row, x's column)."""
    rows, cols = slot_for(f.shape[0]), slot_for(f.shape[1])
    inner_r, inner_c = slot_for(f.shape[0]), slot_for(f.shape[1])
    links = [(eye(a[0].dim), a, b) for a, b in ((rows, inner_r), (cols, inner_c)) if a]
    seed = Term(num(1), links, (rows, cols, inner_r, inner_c))
    return accumulate(f, [seed], x)


def accumulate(root: Expr, seeds: Sequence[Term], target: Expr) -> list[Term]:
    """Hand the adjoint `seeds` of `root` (last two slots: its row and column) down to every `target` below it."""
    needed = _above(root, target)
    if root not in needed:
        return []
    adjoints: dict[Expr, list[Term]] = {root: list(seeds)}
    found: list[Term] = []
    order = postorder(root)
    values = set(order)
    for node in reversed([n for n in order if n in needed]):
        terms = collect(adjoints.pop(node, []))
        if not terms:
            continue
        if is_target(node, target):
            found += terms if node is target else [of_member(t, node, target) for t in terms]
            continue
        joint = node.op is NAMED
        for term in [_under_names(t, values, FEW if joint else LONG) for t in (added(terms) if joint else terms)]:
            for argument, share in shares(node, term, needed, target):
                adjoints.setdefault(argument, []).append(share)
    return found + collect(adjoints.pop(target, []))  # shares of a member that is no node here itself


def added(terms: Sequence[Term]) -> list[Term]:
    """The terms with those added that differ in one matrix only: x[j] A[i,k] + x[j] B[i,k] is x[j] (A + B)[i,k]."""
    kept: dict[object, Term] = {}
    for t in terms:
        places = {i: n for n, i in enumerate(i for s in t.slots for i in s)}
        factors = sorted(t.factors, key=lambda f: (len(f[1]) == len(f[2]) == 1, order_key(f[0])))
        if not factors or t.binders or any(i not in places for _, r, c in factors for i in (*r, *c)):
            kept[t] = t
            continue
        *others, (body, rows, cols) = factors
        if [places[i] for i in rows] > [places[i] for i in cols] and cols:
            body, rows, cols = transpose(body), cols, rows
        alike = [(e, *[tuple(places[i] for i in s) for s in at]) for e, *at in others]
        key = t.scalar, frozenset(alike), *[tuple(places[i] for i in s) for s in (rows, cols, *t.slots)]
        before = kept.get(key)
        if before is not None:
            body, (rows, cols) = add(before.factors[-1][0], body), before.factors[-1][1:]
            others, t = before.factors[:-1], before
        kept[key] = Term(t.scalar, [*others, (body, rows, cols)], t.slots)
    return list(kept.values())


def _under_names(t: Term, values: set[Expr], most: int) -> Term:
    """The adjoint with a name for each of its parts of more than `most` symbols, `values` of the function itself counted as letters:
    what is made of it is no longer for that."""

    def short(e: Expr) -> Expr:
        return named(e, ADJOINT) if e.size > most and not e.indices and _is_longer(e, values, most) else e

    return Term(short(t.scalar), [(short(e), r, c) for e, r, c in t.factors], t.slots, t.binders)


def _is_longer(e: Expr, values: set[Expr], most: int) -> bool:
    todo, written = [e], 0
    while todo and written <= most:
        e = todo.pop()
        written += 1
        if e not in values and e.op is not NAMED:
            todo += e.args
    return written > most


def _above(root: Expr, target: Expr) -> set[Expr]:
    """The nodes that contain `target`."""
    found: set[Expr] = set()
    for n in postorder(root):
        if is_target(n, target) or any(a in found for a in n.args):
            found.add(n)
    return found


def collect(terms: Iterable[Term]) -> list[Term]:
    """The adjoint's terms reduced; where they have matrix notation, folded into one factor."""
    reduced = [r for t in terms for part in distribute(separate(t)) if (r := _reduced(part)) is not None]
    folded: list[Expr] = []
    rest: list[Term] = []
    shape = None
    forms = [matrix_form(t) for t in reduced]
    mixed = None in forms and any(len(s) > 1 for t in reduced for s in t.slots)  # stacked slots are opened in all terms or in none
    for t, body in zip(reduced, forms, strict=True):
        if body is None or mixed:
            rest.append(_without_idle_binders(t))
            continue
        for binder in reversed(t.binders):
            body = close(binder, body)
        folded.append(body)
        shape = shape or t
    if shape is None:
        return rest
    slots = [tuple(Index(i.dim) for i in s) for s in shape.slots]
    body = add(*folded)
    if build.is_zero(body):
        return rest
    used = [s for s in slots if s]
    if not used:
        return [Term(body, [], slots), *rest]
    factor: Factor = (body, used[0], used[1] if len(used) > 1 else ())
    return [Term(num(1), [factor], slots), *rest]


def _reduced(t: Term) -> Term | None:
    found = reduce_term(t)
    return None if found is None else joined(found)


def _without_idle_binders(t: Term) -> Term:
    """A sum over an index that nothing depends on is a multiple."""
    for binder in t.binders:
        bound = any(binder[0] in b.indices for _, *bounds in t.binders for b in bounds)  # it counts how far another one runs
        contracted = None if bound else contract(t, binder)
        if contracted is not None:
            reduced = reduce_term(contracted)
            return Term(num(0), [], t.slots) if reduced is None else _without_idle_binders(reduced)
    scalar = t.scalar
    binders: list[Binder] = []
    for name, low, high in reversed(t.binders):  # a bound may depend on an outer index
        held = [scalar, *[e for e, _, _ in t.factors], *[b for _, *bounds in binders for b in bounds]]
        if any(name in e.indices for e in held):
            binders.insert(0, (name, low, high))
        else:
            scalar = times(add(high, times(num(-1), low), num(1)), scalar)
    return Term(scalar, t.factors, t.slots, tuple(binders))


def close(binder: Binder, body: Expr) -> Expr:
    """The body summed over the binder's index; over whole vectors without an index where that can be."""
    name, low, high = binder
    whole = over_index(name, low, high, body)
    return whole if whole is not None else build.indexed_sum(name, low, high, body)


def separate(term: Term) -> Term:
    """Slots made of distinct indices: a repeated one is tied to a fresh index by a delta."""
    seen: set[Index] = set()
    slots: list[Slot] = []
    factors = list(term.factors)
    for slot in term.slots:
        fresh: list[Index] = []
        for i in slot:
            if i in seen:
                j = Index(i.dim)
                factors.append((eye(i.dim), (i,), (j,)))
                i = j
            seen.add(i)
            fresh.append(i)
        slots.append(tuple(fresh))
    return Term(term.scalar, factors, slots, term.binders)


# ---------------------------------------------------------------------------------------------- one node to its arguments


def shares(node: Expr, term: Term, needed: set[Expr], target: Expr) -> Iterable[Share]:
    """The shares of the node's arguments in its adjoint `term`, for the arguments in `needed`."""
    rule = by_letters if node.op.index else OWN.get(node.op)
    if rule is not None:
        yield from rule(node, term, needed)
    elif node.op is INDEXED_SUM or node.op is INDEXED_PRODUCT:
        yield from _indexed(node, term, target)
    elif node.op.directions or node.op.is_linear or node.attr == STACKED:
        yield from _along_directions(node, term, needed)
    elif node.op.differential:
        yield from _by_the_book(node, term, needed)
    else:
        raise NoAnswerError(f"matcalc has no differential for {node.op.name}", suggestion=node.op.statement or None)


def _indexed(node: Expr, term: Term, target: Expr) -> Iterable[Share]:
    """Through a sum or product over an index: the body is differentiated within the index's scope."""
    low, high, body = node.args
    if target in _above(low, target) or target in _above(high, target):
        raise NoAnswerError("the bounds of a sum cannot depend on the variable of differentiation")
    if node.attr in free_letters(term):  # it stands for something else out there: the sum runs over another letter
        fresh = fresh_letter(letters_in([node, target], term))
        body = at_index(body, str(node.attr), index(fresh))
        node = make(node.op, (low, high, body), fresh, node.shape, node.size, node.indices)
    r, c = ends(term)
    inner = term
    if node.op is INDEXED_PRODUCT:
        inner = extended(term, [], r, c, other_factors(node, term, target))
    binder = (str(node.attr), low, high)
    for share in accumulate(body, [inner], target):
        for bound in bind(share, binder):
            yield target, bound


def _by_the_book(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """By the operation's differential, a template in matcalc's language: its share for each dX is followed down to dX."""
    r, c = ends(term)
    if node.op.elementwise or node.op is POWER:
        from ..inference.templates import factors_of

        for argument, local in factors_of(node, needed):
            whole = argument.shape == node.shape
            yield argument, times_entries(term, local, r, c) if whole else extended(term, [(local, r, c)], (), ())
        return
    first = node.args[0]
    if node.op.scalar and first.op is TIMES and first.args[-1] not in needed and (slope := slope_at(node.op, first)) is not None:
        yield from _along_a_ray(first, slope, term, needed)
        return

    from ..inference.templates import differential_of

    for argument, body, hole in differential_of(node, needed):
        for share in accumulate(summed(body, letters_in([node], term), EXPANDED), [term], hole):
            yield argument, share


def _along_a_ray(x: Expr, slope: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """f(s A) by s: everything commutes, and the differential is A f'(s A) ds."""
    r, c = ends(term)
    for k, s in enumerate(x.args[:-1]):
        if s in needed:
            others = x.args[:k] + x.args[k + 1 :]
            yield s, extended(term, [(matmul(times(*others), slope), r, c)], (), ())


def _along_directions(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """A derivative is linear in its directions, and by its first argument it has one direction more. A linear operation without
    is its own derivative."""
    x, *directions = node.args
    for k, argument in enumerate(directions):
        if argument in needed:
            yield argument, _of_direction(node, directions[:k] + directions[k + 1 :], term)
    if x in needed:
        yield x, _of_direction(node, directions, term)


def _of_direction(node: Expr, others: Sequence[Expr], term: Term) -> Term:
    """The share of a direction beside the others: by the operation's adjoint where the function is scalar, by its Kronecker matrix
    otherwise; of what has neither, by its values for every unit matrix e_p e_q^T."""
    op, x = node.op, node.args[0]
    r, c = ends(term)
    row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
    if op.adjoint and not any(term.slots[:-2]):
        reduced = reduce_term(Term(term.scalar, term.factors, (r, c), term.binders))
        body = matrix_form(reduced) if reduced is not None else zeros(*x.shape)
        if body is not None:
            from ..inference.templates import adjoint_of

            return Term(num(1), [(adjoint_of(op, x, others, body), row, col)], (*term.slots[:-2], row, col), term.binders)
    if op.kronecker:
        from ..inference.templates import kronecker_of

        return extended(term, [(kronecker_of(op, x, others), (*c, *r), (*col, *row))], row, col)
    bounds = [index(b) for b, _, _ in term.binders]
    letters = letters_beside((x, *others, term.scalar, *[f[0] for f in term.factors], *bounds))
    ends_of = [(next(letters), slot, d) for slot, d in ((row, x.shape[0]), (col, x.shape[1])) if slot]
    units = [unit(index(p), d) for p, _, d in ends_of]
    one = matmul(units[0], transpose(units[-1])) if len(units) > 1 else units[0] if col == () else transpose(units[0])
    # By its block alone: vex(a b^T) is a cross product, in which nobody would find the direction a b^T again.
    plain = len(units) > 1 and not op.directions
    local = by_its_block(op, (one,), node.attr) if plain else apply(op, (x, *others, one) if op.directions else (one,), node.attr)
    hung = [(e, slot, ()) for e, (_, slot, _) in zip(units, ends_of, strict=True)]
    made = extended(term, [(local, r, c), *hung], row, col)
    over = tuple((p, num(1), build.size(d)) for p, _, d in ends_of)
    return Term(made.scalar, made.factors, made.slots, (*made.binders, *over))
