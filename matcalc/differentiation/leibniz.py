"""What a multilinear operation hands to its arguments: the index form of its Leibniz rule, one function for each.

A rule takes a node, a term of its adjoint (the last two slots are the node's row and column) and the nodes that contain
the variable, and yields the arguments among these with their shares. Powers and cases are here too: no template of the
book says them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.blocks import selections
from ..expressions.build import add, apply, eye, hadamard, index, matmul, num, ones, power, times, unit, zeros
from ..expressions.expr import Expr
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK
from ..ops.book import REGISTRY
from ..ops.core import ADD, CASES, ENTRY, HADAMARD, KRONECKER, LITERAL, MATMUL, MATRIX_POWER, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.sums import SUM, VEC
from ..ops.trace import TRACE
from .functions import of_entrywise_function, of_function, of_function_along
from .letters import fresh_letter, letters_in
from .network import Factor, Slot, Term, slot_for, split_pair

# What a node hands to one argument: the argument, and its share.
Share = tuple[Expr, Term]
EXPAND_POWERS = 8  # X^k with k up to this is written out in its differential


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


def _of_times(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    for k, a in enumerate(node.args):
        if a not in needed:
            continue
        others = node.args[:k] + node.args[k + 1 :]
        if not a.is_scalar or node.is_scalar:
            yield a, extended(term, [], r, c, times(*others) if others else num(1))
        else:
            scalars, body = others[:-1], others[-1]
            yield a, extended(term, [(body, r, c)], (), (), times(*scalars) if scalars else num(1))


def _of_matmul(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    for k, a in enumerate(node.args):
        if a in needed:
            left, right = node.args[:k], node.args[k + 1 :]
            row = slot_for(a.shape[0]) if left else r
            col = slot_for(a.shape[1]) if right else c
            factors = [(matmul(*left), r, row)] if left else []
            factors += [(matmul(*right), col, c)] if right else []
            yield a, extended(term, factors, row, col)


def _of_hadamard(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    for k, a in enumerate(node.args):
        if a in needed:
            yield a, extended(term, [(hadamard(*node.args[:k], *node.args[k + 1 :]), r, c)], r, c)


def _of_kron(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    a, b = node.args
    term, a_row, b_row = split_pair(term, term.slots[-2], a.shape[0], b.shape[0])
    term, a_col, b_col = split_pair(term, term.slots[-1], a.shape[1], b.shape[1])
    if a in needed:
        yield a, extended(term, [(b, b_row, b_col)], a_row, a_col)
    if b in needed:
        yield b, extended(term, [(a, a_row, a_col)], b_row, b_col)


def _of_transpose(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    yield node.args[0], extended(term, [], c, r)


def _of_trace(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    k = slot_for(node.args[0].shape[0])
    yield node.args[0], extended(term, [], k, k)


def _of_total(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x = node.args[0]
    yield x, extended(term, [], slot_for(x.shape[0]), slot_for(x.shape[1]))


def _of_diag(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, c = ends(term)
    yield node.args[0], extended(term, [(eye(node.shape[0]), r, c)], r, ())


def _of_diagonal(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    r, _ = ends(term)
    yield node.args[0], extended(term, [], r, r)


def _of_vec(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x = node.args[0]
    term, col, row = split_pair(term, term.slots[-2], x.shape[1], x.shape[0])
    yield x, extended(term, [], row, col)


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


def _of_power(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, k = node.args
    r, c = ends(term)
    if x in needed:
        yield x, times_entries(term, times(k, power(x, add(k, num(-1)))), r, c)
    if k in needed:
        local = hadamard(apply(REGISTRY["log"], (x,)), node)
        yield k, extended(term, [] if node.is_scalar else [(local, r, c)], (), (), local if node.is_scalar else None)


def times_entries(term: Term, local: Expr, r: Slot, c: Slot) -> Term:
    """The share of the argument of an entrywise function with derivative `local`."""
    return extended(term, [], r, c, local) if local.is_scalar else extended(term, [(local, r, c)], r, c)


def _of_matrix_power(node: Expr, term: Term, needed: set[Expr]) -> Iterable[Share]:
    x, k = node.args
    r, c = ends(term)
    if k in needed:
        raise NoAnswerError("the exponent of a matrix power is an integer: nothing to differentiate by")
    count = build.value_of(k) if build.is_number(k) else None
    if count is not None and count <= EXPAND_POWERS:
        for i in range(int(count)):
            row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
            yield (
                x,
                extended(term, [(build.matrix_power(x, num(i)), r, row), (build.matrix_power(x, num(count - 1 - i)), col, c)], row, col),
            )
        return
    name = fresh_letter(letters_in([node], term))
    at = index(name)
    row, col = slot_for(x.shape[0]), slot_for(x.shape[1])
    before, after = build.matrix_power(x, add(at, num(-1))), build.matrix_power(x, add(k, times(num(-1), at)))
    share = extended(term, [(before, r, row), (after, col, c)], row, col)
    share.binders = (*share.binders, (name, num(1), k))
    yield x, share


LEIBNIZ: dict[object, Callable[[Expr, Term, set[Expr]], Iterable[Share]]] = {
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
