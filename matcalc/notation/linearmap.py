"""The derivative as a linear map: dX -> A dX B, what happens to a small change of the variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..adjoints.network import Term, matrix_form, reduce_term
from ..adjoints.pairs import beyond
from ..build import add, apply, function_along, matmul, num, symbol, transpose, zeros
from ..build.functions import parts
from ..differential import collect
from ..errors import NoAnswerError
from ..expr import Expr
from ..kinds import ONE
from ..numeric import Plan
from ..ops import function_names
from ..ops.abstract import FUNCTION
from ..ops.book import REGISTRY
from ..ops.core import KRONECKER, MATMUL, TRANSPOSE
from ..simplify import simplify
from ..syntax import Program
from ..tensor import Tensor
from .arrange import Arranger


def map_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`dX -> …` for a first derivative."""
    if len(tensor.shapes) != 2:
        raise NoAnswerError("the linear map is for first derivatives", suggestion="use --notation index")
    hole = f"d{wrt[0]}"
    if hole in set(taken):
        raise NoAnswerError(f"{hole} is a name in use")
    arranger.ranks.setdefault(hole, len(arranger.ranks))
    return Program("", (), arranger.spell(simplify(along(tensor, symbol(hole, tensor.shapes[1])))), ("map", hole))


def along(tensor: Tensor, change: Expr) -> Expr:
    """The derivative applied to a change of the variable; NoAnswerError where it has no matrix notation."""
    shape = tensor.shapes[0]
    total = zeros(*shape)
    for t in collect([_contracted(t, change) for t in tensor.terms]):
        body = matrix_form(t)
        if body is None:
            raise NoAnswerError("this derivative has no matrix notation as a linear map", suggestion="use --notation index")
        total = add(total, body if body.shape == shape else transpose(body))
    return total


def numbers_of_map(tensor: Tensor) -> Callable[[Mapping[str, Any], Mapping[str, int]], Any]:
    """The numbers of the derivative by what its linear map makes of every unit change of the variable."""
    _, x = tensor.shapes
    plan = Plan(along(tensor, symbol("\u2022d", x)))

    def numbers(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        import numpy as np

        rows, cols = (d.value(sizes) for d in x)
        parts = []
        for k in range(rows * cols):
            change = np.zeros(rows * cols)
            change[k] = 1.0
            value = change[0] if (rows, cols) == (1, 1) else change.reshape(rows, cols)
            parts.append(np.asarray(plan.run({**env, "\u2022d": value}, sizes)[0], dtype=float))
        kept = [d.value(sizes) for s in tensor.shapes for d in s if d is not ONE]
        return np.stack(parts, axis=-1).reshape(kept)

    return numbers


def _contracted(t: Term, change: Expr) -> Term:
    """The term with the change of the variable in its place; what works on stacked columns works on it unstacked."""
    row, col = t.slots[2:]
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
            return Term(t.scalar, [(value, r[-1:], r[:-1]), *factors], t.slots[:2], t.binders)
    return Term(t.scalar, [*t.factors, (change, row, col)], t.slots[:2], t.binders)


def applied(e: Expr, change: Expr) -> Expr | None:
    """What a matrix for stacked columns makes of the change; None where there is no notation for it.

    F'(X) makes F'(X, dX), kexpm(X) makes dexpm(X, dX), and A ⊗ B makes B dX A^T.
    """
    for f in reversed(e.args if e.op is MATMUL else (e,)):
        x = f.args[0] if f.args else f
        if f.op is KRONECKER and f.args[1].shape[1] is change.shape[0] and x.shape[1] is change.shape[1]:
            change = matmul(f.args[1], change, transpose(x))
        elif f.op in _FRECHET and x.shape == change.shape:
            change = apply(_FRECHET[f.op], (*f.args, change))
        elif f.op is FUNCTION and parts(f)[1] == 1 and x.shape == change.shape:
            name, _, rows, cols = parts(f)
            change = function_along(name, (rows, cols), x, change)
        else:
            return None
    return change


# The derivatives that Kronecker forms are of.
_FRECHET = {REGISTRY[function_names()[op.kronecker.partition("(")[0]]]: op for op in REGISTRY.values() if op.kronecker}
