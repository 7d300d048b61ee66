"""The derivative by reverse accumulation: from the value back to the variable, one rule of the book at a time.

The adjoint of a node is ∂F/∂node, a sum of network terms whose slots are those of F, then the node's row and column.
A node hands its adjoint to its arguments by its own rule: a multilinear operation by the index form of its Leibniz
rule, any other by its differential from the book. Wherever the adjoint has at most two open indices it is folded into
one matrix expression, so shared subterms stay shared and the author's structure survives.

For a scalar F this is the adjoint recursion, linear in the size of the DAG; for a vector it is the chain of Jacobians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from . import build
from .adjoints.families import bind, is_target, of_member
from .adjoints.functions import of_entrywise_function, of_function, of_function_along
from .adjoints.lifting import contract, over_index
from .adjoints.network import Binder, Factor, Index, Slot, Term, distribute, matrix_form, reduce_term, slot_for, split_pair
from .adjoints.pairs import joined
from .build import add, apply, eye, hadamard, index, matmul, num, ones, power, times, unit, zeros
from .build.blocks import selections
from .errors import NoAnswerError
from .expr import Expr, postorder
from .ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from .ops.blocks import BLOCK
from .ops.book import REGISTRY
from .ops.core import (
    ADD,
    CASES,
    ENTRY,
    HADAMARD,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    KRONECKER,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    POWER,
    TIMES,
    TRANSPOSE,
)
from .ops.diagonal import DIAG, DIAGONAL
from .ops.sums import SUM, VEC
from .ops.trace import TRACE
from .rules import adjoint_of, differential_of, kronecker_of, lift, ray_of

# What a node hands to one argument: the argument, the factors to multiply with, and the argument's slots.
Share = tuple[Expr, Term]
EXPAND_POWERS = 8  # X^k with k up to this is written out in its differential


class Step:
    """One use of a rule: the operation whose differential was taken, at which node."""

    __slots__ = ("rule", "node", "adjoint")

    def __init__(self, rule: str, node: Expr, adjoint: Expr | None) -> None:
        self.rule, self.node, self.adjoint = rule, node, adjoint

    def __str__(self) -> str:
        return f"{self.node.op.statement} ({self.node.op.source})"


def derivative(f: Expr, x: Expr, steps: list[Step] | None = None) -> list[Term]:
    """∂f/∂x as reduced terms with slots (f's row, f's column, x's row, x's column)."""
    rows, cols = slot_for(f.shape[0]), slot_for(f.shape[1])
    inner_r, inner_c = slot_for(f.shape[0]), slot_for(f.shape[1])
    links = [(eye(a[0].dim), a, b) for a, b in ((rows, inner_r), (cols, inner_c)) if a]
    seed = Term(num(1), links, (rows, cols, inner_r, inner_c))
    return accumulate(f, [seed], x, steps)


def accumulate(root: Expr, seeds: Sequence[Term], target: Expr, steps: list[Step] | None = None) -> list[Term]:
    """Hand the adjoint `seeds` of `root` (last two slots: its row and column) down to every `target` below it."""
    needed = _above(root, target)
    if root not in needed:
        return []
    adjoints: dict[Expr, list[Term]] = {root: list(seeds)}
    found: list[Term] = []
    for node in reversed([n for n in postorder(root) if n in needed]):
        terms = collect(adjoints.pop(node, []))
        if not terms:
            continue
        if is_target(node, target):
            found += terms if node is target else [of_member(t, node, target) for t in terms]
            continue
        if steps is not None:
            steps.append(Step(node.op.name, node, None))
        for term in terms:
            for argument, share in shares(node, term, needed, target):
                adjoints.setdefault(argument, []).append(share)
    return found + collect(adjoints.pop(target, []))  # shares of a member that is no node here itself


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
    for t in reduced:
        body = matrix_form(t)
        if body is None:
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
        contracted = contract(t, binder)
        if contracted is not None:
            reduced = reduce_term(contracted)
            return Term(num(0), [], t.slots) if reduced is None else _without_idle_binders(reduced)
    scalar, binders = t.scalar, []
    for name, low, high in t.binders:
        if name in scalar.indices or any(name in e.indices for e, _, _ in t.factors):
            binders.append((name, low, high))
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
    rule = _LEIBNIZ.get(node.op)
    if rule is not None:
        yield from rule(node, term, needed)
    elif node.op is INDEXED_SUM or node.op is INDEXED_PRODUCT:
        yield from _indexed(node, term, target)
    elif node.op is IVERSON:
        return
    elif node.op.differential or node.op.adjoint:
        yield from _by_the_book(node, term, needed)
    else:
        raise NoAnswerError(f"matcalc has no differential for {node.op.name}")


def _extend(term: Term, factors: Iterable[Factor], row: Slot, col: Slot, scalar: Expr | None = None) -> Term:
    """`term` with more factors, its last two slots replaced by the argument's."""
    s = term.scalar if scalar is None else times(term.scalar, scalar)
    return Term(s, [*term.factors, *factors], (*term.slots[:-2], row, col), term.binders)


def _ends(term: Term) -> tuple[Slot, Slot]:
    return term.slots[-2], term.slots[-1]


def _of_sum(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    for a in node.args:
        if a in needed:
            yield a, term


def _of_times(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    for k, a in enumerate(node.args):
        if a not in needed:
            continue
        others = node.args[:k] + node.args[k + 1 :]
        if not a.is_scalar or node.is_scalar:
            yield a, _extend(term, [], r, c, times(*others) if others else num(1))
        else:
            scalars, body = others[:-1], others[-1]
            yield a, _extend(term, [(body, r, c)], (), (), times(*scalars) if scalars else num(1))


def _of_matmul(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    for k, a in enumerate(node.args):
        if a in needed:
            left, right = node.args[:k], node.args[k + 1 :]
            row = slot_for(a.shape[0]) if left else r
            col = slot_for(a.shape[1]) if right else c
            factors = [(matmul(*left), r, row)] if left else []
            factors += [(matmul(*right), col, c)] if right else []
            yield a, _extend(term, factors, row, col)


def _of_hadamard(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    for k, a in enumerate(node.args):
        if a in needed:
            yield a, _extend(term, [(hadamard(*node.args[:k], *node.args[k + 1 :]), r, c)], r, c)


def _of_kron(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    a, b = node.args
    term, a_row, b_row = split_pair(term, term.slots[-2], a.shape[0], b.shape[0])
    term, a_col, b_col = split_pair(term, term.slots[-1], a.shape[1], b.shape[1])
    if a in needed:
        yield a, _extend(term, [(b, b_row, b_col)], a_row, a_col)
    if b in needed:
        yield b, _extend(term, [(a, a_row, a_col)], b_row, b_col)


def _of_transpose(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    yield node.args[0], _extend(term, [], c, r)


def _of_trace(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    k = slot_for(node.args[0].shape[0])
    yield node.args[0], _extend(term, [], k, k)


def _of_total(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x = node.args[0]
    yield x, _extend(term, [], slot_for(x.shape[0]), slot_for(x.shape[1]))


def _of_diag(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    yield node.args[0], _extend(term, [(eye(node.shape[0]), r, c)], r, ())


def _of_diagonal(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, _ = _ends(term)
    yield node.args[0], _extend(term, [], r, r)


def _of_vec(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x = node.args[0]
    term, col, row = split_pair(term, term.slots[-2], x.shape[1], x.shape[0])
    yield x, _extend(term, [], row, col)


def _of_entry(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, i, j = node.args
    r, c = slot_for(x.shape[0]), slot_for(x.shape[1])
    at = [(unit(k, s[0].dim), s, ()) for k, s in ((i, r), (j, c)) if s]
    yield x, _extend(term, at, r, c)


def _of_literal(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    cols = node.attr[1]  # type: ignore[index]
    for k, a in enumerate(node.args):
        if a in needed:
            at = [(unit(num(n + 1), s[0].dim), s, ()) for n, s in ((k // cols, r), (k % cols, c)) if s]
            yield a, _extend(term, at, (), ())


def _of_block(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = _ends(term)
    for a, (s, t) in zip(node.args, selections(node), strict=True):
        if a in needed:
            row, col = slot_for(a.shape[0]), slot_for(a.shape[1])
            yield a, _extend(term, [(e, whole, part) for e, whole, part in ((s, r, row), (t, c, col)) if whole], row, col)


def _of_cases(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """Each value counts where its condition is the first that holds."""
    r, c = _ends(term)
    values = {k for k in range(len(node.args)) if k % 2 == 0}
    for k in sorted(values):
        if node.args[k] in needed:
            whole = all(a.is_scalar for a in node.args[1::2])  # the case is the same for all entries
            one, zero = (num(1), num(0)) if whole else (ones(*node.shape), zeros(*node.shape))
            mask = [a if n not in values else one if n == k else zero for n, a in enumerate(node.args)]
            if len(mask) % 2 == 0:
                mask.append(zero)
            chosen = apply(node.op, mask)
            yield node.args[k], _extend(term, [], r, c, chosen) if whole else _times_entries(term, chosen, r, c)


def _of_power(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, k = node.args
    r, c = _ends(term)
    if x in needed:
        yield x, _times_entries(term, times(k, power(x, add(k, num(-1)))), r, c)
    if k in needed:
        local = hadamard(apply(REGISTRY["log"], (x,)), node)
        yield k, _extend(term, [] if node.is_scalar else [(local, r, c)], (), (), local if node.is_scalar else None)


def _times_entries(term: Term, local: Expr, r: Slot, c: Slot) -> Term:
    """The share of the argument of an entrywise function with derivative `local`."""
    return _extend(term, [], r, c, local) if local.is_scalar else _extend(term, [(local, r, c)], r, c)


def _of_matrix_power(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, k = node.args
    r, c = _ends(term)
    if k in needed:
        raise NoAnswerError("the exponent of a matrix power is an integer: nothing to differentiate by")
    count = build.value_of(k) if build.is_number(k) else None
    if count is not None and count <= EXPAND_POWERS:
        for i in range(int(count)):
            row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
            yield x, _extend(term, [(build.matrix_power(x, num(i)), r, row), (build.matrix_power(x, num(count - 1 - i)), col, c)], row, col)
        return
    name = fresh_index(node, term)
    at = index(name)
    row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
    before, after = build.matrix_power(x, add(at, num(-1))), build.matrix_power(x, add(k, times(num(-1), at)))
    share = _extend(term, [(before, r, row), (after, col, c)], row, col)
    share.binders = (*share.binders, (name, num(1), k))
    yield x, share


def fresh_index(node: Expr, term: Term) -> str:
    """An index name that occurs nowhere around."""
    taken = {b[0] for b in term.binders} | node.indices | {str(n.attr) for n in postorder(node) if n.op is INDEXED_SUM}
    for e, _, _ in term.factors:
        taken |= e.indices | {str(n.attr) for n in postorder(e) if n.op is INDEXED_SUM}
    names = {str(n.attr[0]) for n in postorder(node) if isinstance(n.attr, tuple) and n.attr and isinstance(n.attr[0], str)}
    return next(c for c in ["i", "j", "k", "l", "r", "s", "t", *[f"i_{n}" for n in range(1, 1000)]] if c not in taken and c not in names)


def _indexed(node: Expr, term: Term, target: Expr) -> Iterable[Share]:
    """Through a sum or product over an index: the body is differentiated within the index's scope."""
    low, high, body = node.args
    if target in _above(low, target) or target in _above(high, target):
        raise NoAnswerError("the bounds of a sum cannot depend on the variable of differentiation")
    r, c = _ends(term)
    inner = term
    if node.op is INDEXED_PRODUCT:
        inner = _extend(term, [], r, c, times(node, power(body, num(-1))))
    binder = (str(node.attr), low, high)
    for share in accumulate(body, [inner], target):
        for bound in bind(share, binder):
            yield target, bound


def _by_the_book(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """By the operation's differential, a template in matcalc's language: its share for each dX is followed down to dX."""
    r, c = _ends(term)
    if node.op.elementwise:
        yield node.args[0], _times_entries(term, lift(node.op, node.args[0]), r, c)
        return
    first = node.args[0]
    if node.op.ray and first.op is TIMES and first.args[-1] not in needed:
        yield from _along_a_ray(node, term, needed)
        return
    if node.op.adjoint and node.args[-1] in needed:
        yield node.args[-1], _by_adjoint(node, term)
        if not any(a in needed for a in node.args[:-1]):
            return
    if not node.op.differential:
        raise NoAnswerError(f"matcalc has no differential for {node.op.name}")
    for argument, body, hole in differential_of(node, needed):
        for share in accumulate(body, [term], hole):
            yield argument, share


def _along_a_ray(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    """f(s A) by s: everything commutes, and the differential is the operation's `ray` times ds."""
    r, c = _ends(term)
    x = node.args[0]
    for k, s in enumerate(x.args[:-1]):
        if s in needed:
            others = x.args[:k] + x.args[k + 1 :]
            yield s, _extend(term, [(ray_of(node, times(*others)), r, c)], (), ())


def _by_adjoint(node: Expr, term: Term) -> Term:
    """The share of the last argument of an operation that is linear in it: by the operation's adjoint where the function
    is scalar, by its Kronecker matrix otherwise."""
    r, c = _ends(term)
    row, col = slot_for(node.args[-1].shape[0]), slot_for(node.args[-1].shape[1])
    if not any(term.slots[:-2]):
        reduced = reduce_term(Term(term.scalar, term.factors, (r, c), term.binders))
        body = matrix_form(reduced) if reduced is not None else zeros(*node.shape)
        if body is not None:
            return Term(num(1), [(adjoint_of(node, body), row, col)], (*term.slots[:-2], row, col), term.binders)
    return _extend(term, [(kronecker_of(node), (*c, *r), (*col, *row))], row, col)


_LEIBNIZ: dict[object, Callable[[Expr, Term, set[Expr]], Iterable[Share]]] = {
    ADD: _of_sum,
    TIMES: _of_times,
    MATMUL: _of_matmul,
    HADAMARD: _of_hadamard,
    KRONECKER: _of_kron,
    TRANSPOSE: _of_transpose,
    TRACE: _of_trace,
    SUM: _of_total,
    DIAG: _of_diag,
    DIAGONAL: _of_diagonal,
    VEC: _of_vec,
    ENTRY: _of_entry,
    BLOCK: _of_block,
    LITERAL: _of_literal,
    CASES: _of_cases,
    POWER: _of_power,
    MATRIX_POWER: _of_matrix_power,
    ENTRYWISE_FUNCTION: of_entrywise_function,
    FUNCTION: of_function,
    FUNCTION_ALONG: of_function_along,
}
