"""The derivative as a linear map: dX -> A dX B, what happens to a small change of the variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from types import ModuleType
from typing import Any

from ..differentiation.differential import collect
from ..differentiation.network import Term, matrix_form, reduce_term
from ..differentiation.pairs import beyond
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, is_zero, num, symbol, transpose, zeros
from ..expressions.expr import Expr
from ..kinds import SCALAR, Shape
from ..numbers.judge import Along
from ..numbers.numeric import Plan
from ..ops.core import ADD, TRANSPOSE
from ..shortening.simplify import simplify
from ..syntax import Program
from .arrange import Arranger
from .unitdirections import along_units, applied, attached


def map_form(
    tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str], named: Callable[[Expr, set[str]], Program | None]
) -> Program:
    """`dX -> …`: the differential, of the second order a quadratic form in dX, and so on; `named` gives repeated parts names, where
    that is shorter."""
    if len(set(wrt)) > 1:
        raise NoAnswerError("a differential of higher order is by one variable", suggestion="use --notation index")
    hole = f"d{wrt[0]}"
    if hole in set(taken):
        raise NoAnswerError(f"{hole} is a name in use")
    arranger.ranks.setdefault(hole, len(arranger.ranks))
    change = symbol(hole, tensor.shapes[1])
    body = simplify(along(tensor, *[change] * len(wrt)))
    short = named(body, {*taken, hole})
    return Program("", (), arranger.spell(body), ("map", hole)) if short is None else Program("", short.bindings, short.body, ("map", hole))


def along(tensor: Tensor, *changes: Expr) -> Expr:
    """The derivative applied to changes of the variables; NoAnswerError where it has no matrix notation."""
    shape = tensor.shapes[0]
    terms: Iterable[Term] = tensor.terms
    for change in reversed(changes):
        terms = [along_units(t, {}) for t in collect([along_units(_contracted(t, change), {}) for t in terms])]
    total = zeros(*shape)
    for t in collect(terms):
        body = matrix_form(t)
        if body is None:
            raise NoAnswerError("this derivative has no matrix notation as a linear map", suggestion="use --notation index")
        total = add(total, body if body.shape == shape else transpose(body))
    return total


def map_summands(tensor: Tensor) -> tuple[Expr, ...]:
    """The summands of the derivative along changes \u2022d0, \u2022d1, … of its variables."""
    total = along(tensor, *(symbol(f"\u2022d{k}", x) for k, x in enumerate(tensor.shapes[1:])))
    return total.args if total.op is ADD else () if is_zero(total) else (total,)


def along_map(tensor: Tensor, indices: Mapping[str, int]) -> Along:
    """The derivative along a direction by what its map makes of it; of a higher order, with every unit change of the others."""
    parts = map_summands(tensor)
    names = [f"\u2022d{k}" for k in range(len(tensor.shapes) - 1)]

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        plan = Plan(parts, arrays)

        def numbers(env: Mapping[str, Any], sizes: Mapping[str, int], e: Any) -> Sequence[Sequence[Any]]:
            units = [_units(x, sizes, arrays) for x in tensor.shapes[1:-1]]
            runs = [plan.run({**env, **dict(zip(names, (*at, e), strict=True))}, sizes, indices) for at in product(*units)]
            return [[v for entry in zip(*[arrays.flat(run[k]) for run in runs], strict=True) for v in entry] for k in range(len(parts))]

        return numbers

    return bound


def _units(shape: Shape, sizes: Mapping[str, int], arrays: ModuleType) -> list[Any]:
    """All unit changes of something of this shape, row by row."""
    rows, cols = (d.value(sizes) for d in shape)
    found = [arrays.np.zeros((rows, cols)) for _ in range(rows * cols)]
    for k, unit in enumerate(found):
        unit[k // cols, k % cols] = arrays.exact(1)
    return [arrays.number(u) for u in found] if shape == SCALAR else found


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
