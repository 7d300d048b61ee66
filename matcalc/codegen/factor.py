"""A factor of a product over labels: an array, a label for every axis, and what is known of it."""

from __future__ import annotations

from .graph import GraphNode, ProgramGraph
from .pairs import Labels


class Factor:
    """An array and its labels. `inverse` of a matrix: the array is X, the factor X^-1. What is known of it: positive definite
    (`spd`), no entry negative, symmetric, the lower triangle of ones (`summing`), which makes cumulative sums."""

    __slots__ = ("inverse", "labels", "node", "nonnegative", "spd", "summing", "symmetric")

    def __init__(
        self,
        node: GraphNode,
        labels: Labels,
        *,
        inverse: bool = False,
        spd: bool = False,
        nonnegative: bool = False,
        symmetric: bool = False,
        summing: bool = False,
    ) -> None:
        self.node, self.labels, self.inverse = node, labels, inverse
        self.spd, self.nonnegative, self.symmetric, self.summing = spd, nonnegative, symmetric, summing

    def relabelled(self, labels: Labels) -> Factor:
        return Factor(
            self.node,
            labels,
            inverse=self.inverse,
            spd=self.spd,
            nonnegative=self.nonnegative,
            symmetric=self.symmetric,
            summing=self.summing,
        )


def materialised(graph: ProgramGraph, f: Factor) -> GraphNode:
    """The array of a factor, an inverse written out."""
    return graph.make("inv", (f.node,), (f.spd,), f.node.dims) if f.inverse else f.node
