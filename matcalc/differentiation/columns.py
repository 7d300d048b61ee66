"""Operations that are differentiated by stacked columns: where the answer is a Kronecker form, and the book has a matrix M with
d vec(f(X)) = M vec(dX) beside a differential that ends in no such form, as that of the Cholesky factor does not.

Such a node is marked by its attribute, which the rule of differentiation reads; what comes out is unmarked.
"""

from __future__ import annotations

from ..expressions import build
from ..expressions.expr import Expr, make, postorder, transform
from . import STACKED


def marked(e: Expr) -> Expr:
    """The expression with every operation marked that has a matrix for stacked columns."""
    return _with(e, None, STACKED)


def unmarked(e: Expr) -> Expr:
    """The expression without those marks."""
    return _with(e, STACKED, None)


def _with(e: Expr, before: object, after: object) -> Expr:
    def rebuild(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if has_matrix(node) and node.attr == before:
            return make(node.op, args, after, node.shape, node.size, node.indices)
        return build.rebuild(node, args)

    return transform(e, rebuild, {}) if any(has_matrix(n) for n in postorder(e)) else e


def has_matrix(node: Expr) -> bool:
    """Whether the book has both for this operation."""
    return bool(node.op.kronecker and node.op.differential and not node.op.directions)
