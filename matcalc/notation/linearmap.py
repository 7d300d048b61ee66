"""The derivative as a linear map: dX -> A dX B, what happens to a small change of the variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from ..differentiation.differential import collect
from ..differentiation.network import Term, matrix_form, reduce_term
from ..differentiation.pairs import beyond
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, num, symbol, transpose, zeros
from ..expressions.expr import Expr
from ..kinds import ONE
from ..numbers.numeric import Plan
from ..ops.core import TRANSPOSE
from ..shortening.simplify import simplify
from ..syntax import Program
from .arrange import Arranger
from .unitdirections import along_units, applied, attached


def map_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`dX -> …`: the differential, of the second order a quadratic form in dX, and so on."""
    if len(set(wrt)) > 1:
        raise NoAnswerError("a differential of higher order is by one variable", suggestion="use --notation index")
    hole = f"d{wrt[0]}"
    if hole in set(taken):
        raise NoAnswerError(f"{hole} is a name in use")
    arranger.ranks.setdefault(hole, len(arranger.ranks))
    change = symbol(hole, tensor.shapes[1])
    return Program("", (), arranger.spell(simplify(along(tensor, *[change] * len(wrt)))), ("map", hole))


def along(tensor: Tensor, *changes: Expr) -> Expr:
    """The derivative applied to changes of the variables; NoAnswerError where it has no matrix notation."""
    shape = tensor.shapes[0]
    terms: Iterable[Term] = tensor.terms
    for change in reversed(changes):
        terms = [along_units(t, {}) for t in collect([_contracted(t, change) for t in terms])]
    total = zeros(*shape)
    for t in collect(terms):
        body = matrix_form(t)
        if body is None:
            raise NoAnswerError("this derivative has no matrix notation as a linear map", suggestion="use --notation index")
        total = add(total, body if body.shape == shape else transpose(body))
    return total


def numbers_of_map(tensor: Tensor, indices: Mapping[str, int]) -> Callable[[Mapping[str, Any], Mapping[str, int]], Any]:
    """The numbers of the derivative by what its map makes of every unit change of the variables."""
    changes = [symbol(f"\u2022d{k}", x) for k, x in enumerate(tensor.shapes[1:])]
    plan = Plan(along(tensor, *changes))

    def numbers(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        import numpy as np

        units = []
        for x in tensor.shapes[1:]:
            rows, cols = (d.value(sizes) for d in x)
            each = np.eye(rows * cols)
            units.append([u[0] if rows * cols == 1 else u.reshape(rows, cols) for u in each])
        names = [f"\u2022d{k}" for k in range(len(units))]
        values = [plan.run({**env, **dict(zip(names, at, strict=True))}, sizes, indices)[0] for at in product(*units)]
        kept = [d.value(sizes) for s in tensor.shapes for d in s if d is not ONE]
        return np.stack([np.asarray(v, dtype=float) for v in values], axis=-1).reshape(kept)

    return numbers


def _contracted(t: Term, change: Expr) -> Term:
    """The term with the change of the variable in its place; what works on stacked columns works on it unstacked."""
    row, col = t.slots[-2:]
    for factor in t.factors:
        e, r, c = factor if factor[0].op is not TRANSPOSE else (transpose(factor[0]), factor[2], factor[1])
        if max(len(r), len(c)) < 2:
            continue
        direction, factors = change, [f for f in t.factors if f is not factor]
        shared = {*row, *col} & {i for _, a, b in factors for i in (*a, *b)}
        if c != (*col, *row) or shared:  # F'(Y) with Y a function of X
            cut = beyond(t, factor, c, (*row, *col))
            if cut is None or len(c) > 2:
                continue
            inner = reduce_term(Term(num(1), [*cut[0], (change, row, col)], (c[-1:], c[:-1])))
            body = None if inner is None else matrix_form(inner)
            if body is None:
                continue
            direction, factors = body, cut[1]
        value = applied(e, direction)
        if value is not None:
            return Term(t.scalar, [attached(value, r), *factors], t.slots[:-2], t.binders)
    return Term(t.scalar, [*t.factors, (change, row, col)], t.slots[:-2], t.binders)
