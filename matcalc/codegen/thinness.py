"""Which sizes are smaller than others, and which products a program has anyway: what decides whether a sum is multiplied out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ..expressions.build import matmul, split, transpose
from ..expressions.expr import Expr, postorder
from ..kinds import ONE, Dim
from ..ops.core import ADD, MATMUL, SYMBOL, TRANSPOSE
from ..ops.determinant import LOG_DETERMINANT
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.trace import TRACE

FEW = 10  # what is taken for a size known to be smaller than another


class Thinness(NamedTuple):
    """`smaller` are pairs of sizes, the lesser first; `beside` are pairs of factors that stand side by side in some product."""

    smaller: frozenset[tuple[Dim, Dim]] = frozenset()
    beside: frozenset[tuple[Expr, Expr]] = frozenset()


def thinness(roots: Iterable[Expr]) -> Thinness:
    """What the expressions of a program tell. (V^T B V)^-1 and its log-determinant exist where V has no more columns than rows, and
    L L^T + diag(p) is written where L has few columns."""
    smaller: set[tuple[Dim, Dim]] = set()
    beside: set[tuple[Expr, Expr]] = set()
    for e in postorder(list(roots)):
        if e.op in (INVERSE, LOG_DETERMINANT) and e.args[0].op is MATMUL:
            smaller.update((e.args[0].shape[0], d) for d in _inner(e.args[0]))
        elif e.op is ADD and e.shape[0] is e.shape[1] is not ONE:
            bodies = [split(a)[2] for a in e.args]
            if any(b is not None and b.op is DIAG for b in bodies):
                smaller.update((d, e.shape[0]) for b in bodies if b is not None and b.op is MATMUL for d in _inner(b) if d is not ONE)
        elif e.op is MATMUL:
            beside.update(pairwise(e.args))
        elif e.op is TRACE:
            body = split(e.args[0])[2]
            if body is not None and body.op is MATMUL:
                beside.add((body.args[-1], body.args[0]))
    beside |= {(transpose(b), transpose(a)) for a, b in beside}
    return Thinness(frozenset((a, b) for a, b in smaller if a is not b and (b, a) not in smaller), frozenset(beside))


def _inner(product: Expr) -> list[Dim]:
    """The sizes that a product of matrices sums over."""
    return [f.shape[1] for f in product.args[:-1]]


def repeated_products(roots: Iterable[Expr]) -> list[Expr]:
    """The products of two names that stand in several products: W x of ||W x|| and y^T W x; never V V^T, which may be larger."""
    chains: dict[Expr, set[Expr]] = {}
    whole: set[Expr] = set()
    for e in postorder(list(roots)):
        if e.op is MATMUL and not e.indices:
            for a, b in pairwise(e.args):
                if _name(a) and _name(b) and a.shape[1] is not ONE and (a.shape[0] is not b.shape[1] or a.shape[0] is a.shape[1]):
                    product = matmul(transpose(b), transpose(a)) if b.op is TRANSPOSE else matmul(a, b)
                    chains.setdefault(product, set()).add(e)
                    if len(e.args) == 2:
                        whole.add(product)
    # What is computed in any case goes before what stands beside it in longer products.
    claimed = {e for product in whole if len(chains[product]) > 1 for e in chains[product]}
    return [product for product, found in chains.items() if len(found) > 1 and (product in whole or claimed.isdisjoint(found))]


def _name(e: Expr) -> bool:
    return (e.args[0] if e.op is TRANSPOSE else e).op is SYMBOL
