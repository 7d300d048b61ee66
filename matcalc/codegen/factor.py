"""A factor of a product over labels: an array, a label for every axis, and what is known of it.

What is known of a matrix says how it is inverted: by the Cholesky factor of a positive definite one (CHOLESKY), by substitution
with a triangular one, which is its own factor, where the language does that (TRIANGULAR), by LU factors of any other.
"""

from __future__ import annotations

from ..expressions.expr import Expr
from ..expressions.properties import holds
from .graph import Chain, GraphNode, ProgramGraph
from .pairs import Labels

CHOLESKY, LU = "chol", "lu"
TRIANGULAR = ("lower", "upper")


class Factor:
    """An array and its labels. `inverse` of a matrix: the array is X, the factor X^-1, and `kind` how X is
    inverted. What is known of it: no entry negative, symmetric, the lower triangle of ones (`summing`), which makes cumulative sums; of
    which matrices it is the product (`chain`, see `chains`)."""

    __slots__ = ("chain", "inverse", "kind", "labels", "node", "nonnegative", "summing", "symmetric")

    def __init__(
        self,
        node: GraphNode,
        labels: Labels,
        *,
        inverse: bool = False,
        kind: str = LU,
        nonnegative: bool = False,
        symmetric: bool = False,
        summing: bool = False,
        chain: Chain | None = None,
    ) -> None:
        self.chain = chain
        self.node, self.labels, self.inverse = node, labels, inverse
        self.kind, self.nonnegative, self.symmetric, self.summing = kind, nonnegative, symmetric, summing

    @property
    def spd(self) -> bool:
        return self.kind == CHOLESKY

    def relabelled(self, labels: Labels) -> Factor:
        return Factor(
            self.node,
            labels,
            inverse=self.inverse,
            kind=self.kind,
            nonnegative=self.nonnegative,
            symmetric=self.symmetric,
            summing=self.summing,
            chain=self.chain,
        )


def materialised(graph: ProgramGraph, f: Factor) -> GraphNode:
    """The array of a factor, an inverse written out."""
    return graph.make("inv", (f.node,), (f.kind,), f.node.dims) if f.inverse else f.node


def kind_of(x: Expr) -> str:
    """How a matrix is inverted."""
    return CHOLESKY if holds(x, "spd") else next((kind for kind in TRIANGULAR if holds(x, kind)), LU)


def triangle_of(x: Expr) -> str:
    """What is said of an argument of which only a triangle is read."""
    kind = "" if x.is_scalar or holds(x, "diagonal") else kind_of(x)
    return f", {kind} triangular" if kind in TRIANGULAR else ""
