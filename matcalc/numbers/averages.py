"""The numbers of expectations over normal variables: by a cubature rule that is exact to degree 5, and Gauss-Hermite quadrature.

The rule for d standard normal variables has the points 0, ±sqrt(d + 2) e_i and sqrt((d + 2)/2) (±e_i ± e_j), 2 d^2 + 1 in all. Where an
exponential is averaged, a product of Gauss-Hermite rules is taken, in double precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from types import ModuleType
from typing import Any

from ..expressions.build import substitute, symbol
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..ops.averages import EXPECTATIONS
from ..ops.book import REGISTRY
from . import precise
from .judge import Numbers
from .numeric import Plan
from .seen import Unfit

NODES = {1: 40, 2: 24, 3: 14, 4: 11}  # by the number of variables, of a product rule
Run = Callable[[Mapping[str, Any], Mapping[str, int]], Any]


def averages(e: Expr) -> Numbers:
    """The value of an expression with expectations in it."""

    def bound(arrays: ModuleType) -> Callable[[Mapping[str, Any], Mapping[str, int]], Sequence[Any]]:
        run = _run(e, arrays)
        return lambda env, sizes: [run(env, sizes)]

    return bound


def _run(e: Expr, arrays: ModuleType) -> Run:
    """The numbers of an expression: first those of the expectations in it, whose values have stand-ins."""
    inner: set[Expr] = set()
    outer: list[Expr] = []
    for n in reversed(postorder(e)):  # those that stand in no other first
        if n.op in EXPECTATIONS and n not in inner:
            outer.append(n)
            inner.update(postorder(n))
    names = {n: f"\u2022a{k}" for k, n in enumerate(outer)}
    plan = Plan(substitute(e, {n: symbol(name, n.shape) for n, name in names.items()}), arrays)
    parts = [(name, _average(n, arrays)) for n, name in names.items()]

    def run(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        known = {**env, **{name: average(env, sizes) for name, average in parts}}
        return plan.run(known, sizes)[0]

    return run


def _average(e: Expr, arrays: ModuleType) -> Run:
    body, x, *_ = e.args
    inside, moments = _run(body, arrays), Plan(e.args[2:], arrays)
    name = name_of(x)
    exponential = any(n.op is REGISTRY["exp"] for n in postorder(body))

    def run(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        mean, *covariances = moments.run(env, sizes)
        roots = [c ** arrays.exact(0.5) if x.is_scalar else arrays.np.linalg.cholesky(c) for c in covariances]
        shape = (1, 1) if x.is_scalar else mean.shape
        value = None
        for weight, z in _rule(shape[0] * shape[1], exponential, arrays):
            if x.is_scalar:
                at = mean + roots[0] * z[0]
            else:
                at = mean + roots[0] @ arrays.np.array(z).reshape(*shape) @ (roots[1].T if len(roots) > 1 else arrays.np.eye(shape[1]))
            part = inside({**env, name: at}, sizes) * weight
            value = part if value is None else value + part
        return value

    return run


def _rule(d: int, exponential: bool, arrays: ModuleType) -> Iterator[tuple[Any, list[Any]]]:
    """Weights and points for d standard normal variables."""
    number = arrays.exact
    if exponential:
        if arrays is precise:
            raise NotImplementedError
        if d not in NODES:
            raise Unfit
        from numpy.polynomial.hermite_e import hermegauss

        points, weights = hermegauss(NODES[d])
        for places in product(range(NODES[d]), repeat=d):
            weight = 1.0
            for k in places:
                weight *= weights[k] / (2 * 3.141592653589793) ** 0.5
            yield weight, [points[k] for k in places]
        return
    zero, square = number(0), number(d + 2)
    yield number(2) / square, [zero] * d
    far, near = square ** number(0.5), (square / 2) ** number(0.5)
    for k in range(d):
        for sign in (1, -1):
            yield (4 - d) / (2 * square * square), [far * sign if j == k else zero for j in range(d)]
    for i, k in combinations(range(d), 2):
        for one, other in product((1, -1), repeat=2):
            yield 1 / (square * square), [near * one if j == i else near * other if j == k else zero for j in range(d)]
