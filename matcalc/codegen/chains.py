"""Products of matrices in a row, named by their members: A B C and its transpose C^T B^T A^T have one name, in whatever order two of
them were multiplied first. So a product that a program has already is found again where its matrices stand in a longer one.
"""

from __future__ import annotations

from .factor import Factor
from .graph import Chain, GraphNode, ProgramGraph
from .pairs import Labels

AS_IT_IS, TRANSPOSED, EITHER = 0, 1, 2  # how a matrix stands; a symmetric one stands either way
LONGEST = 16


class Chains:
    """The products of a program."""

    def __init__(self, graph: ProgramGraph) -> None:
        self.nodes, self.names = graph.chains, graph.chain_of

    def of(self, f: Factor) -> Chain | None:
        """A matrix as a chain from its first axis to its second; None of anything else."""
        if f.chain is not None or len(f.labels) != 2 or f.labels[0] == f.labels[1]:
            return f.chain
        body, over = (f.node.args[0], True) if f.node.op == "view" and f.node.attr == (1, 0) else (f.node, False)
        if not f.inverse and body in self.names:
            return _turned(self.names[body]) if over else self.names[body]
        return ((body.at, f.inverse, EITHER if f.symmetric else TRANSPOSED if over else AS_IT_IS),)

    def keep(self, chain: Chain | None, node: GraphNode) -> None:
        if chain is not None and node not in self.names and node.op != "view":
            self.nodes.setdefault(chain, node)
            self.names[node] = chain

    def found(self, chain: Chain | None, labels: Labels) -> Factor | None:
        """The array that is such a product, if the program has it, or its transpose."""
        if chain is None or len(chain) < 2:
            return None
        node, over = self.nodes.get(chain), self.nodes.get(_turned(chain))
        return Factor(node, labels) if node is not None else Factor(over, labels[::-1]) if over is not None else None


def linked(first: Chain | None, a: Labels, second: Chain | None, b: Labels, out: Labels) -> Chain | None:
    """The chain of the product of two with such labels, from the first of `out` to the second; None where it is no product of matrices."""
    shared = [k for k in a if k in b]
    if first is None or second is None or len(out) != 2 or len(shared) != 1 or shared[0] in out or len(first) + len(second) > LONGEST:
        return None
    if a[0] == shared[0]:
        first = _turned(first)
    if b[1] == shared[0]:
        second = _turned(second)
    return first + second if out[0] in a else _turned(first + second)


def _turned(chain: Chain) -> Chain:
    return tuple((at, inverse, side if side == EITHER else 1 - side) for at, inverse, side in reversed(chain))
