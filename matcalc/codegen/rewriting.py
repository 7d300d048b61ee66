"""The arrays of a function written anew, one pass after another; each pass is a file, and says what every node becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .combining import combined
from .directions import together
from .distances import as_distances
from .economy import economical
from .gathering import gathered
from .graph import GraphNode
from .lowering import Lowering
from .members import picked
from .parting import parted
from .regrouping import Regrouping
from .rescue import rescued
from .roots import below_roots
from .shifting import shifted
from .turning import turned
from .weighing import weighed

TIMES = 3  # how often products are regrouped: one that was may stand beside another


def rewritten(
    lowering: Lowering, roots: Sequence[GraphNode], named: dict[GraphNode, str], language: str, real: bool = True
) -> list[GraphNode]:
    """What a function returns; `named` gets what the nodes with names of the author's become."""
    graph, roots = lowering.graph, list(roots)

    def regrouped() -> Mapping[GraphNode, GraphNode]:
        return Regrouping(graph, roots, named, lowering.sizes).done()

    def economic() -> Mapping[GraphNode, GraphNode]:
        return economical(graph, roots, named, plain=language == "numpy", fused=language == "jax")

    apart: dict[GraphNode, GraphNode] = {}

    def combining() -> Mapping[GraphNode, GraphNode]:
        apart.update(combined(graph, roots, named))
        return apart

    passes: list[Callable[[], Mapping[GraphNode, GraphNode]]] = [
        lambda: below_roots(graph, roots) if real else {},
        lambda: rescued(graph, roots, language),
        lambda: together(graph, roots, language),
        *[regrouped] * TIMES,
        lambda: weighed(graph, roots, named),
        lambda: shifted(graph, roots),
        lambda: picked(graph, roots) if language == "numpy" else {},
        economic,
        *([combining, lambda: economic() if apart else {}] if language in ("numpy", "jax") else []),
        lambda: parted(graph, roots, named) if language == "numpy" else {},
        lambda: gathered(graph, roots, named) if language == "numpy" else {},
        lambda: turned(graph, roots, named),
        lambda: as_distances(graph, roots, [*named]) if language == "numpy" else {},
    ]
    for once in passes:
        new = once()
        roots[:] = [new.get(r, r) for r in roots]
        named |= {new[n]: name for n, name in named.items() if n in new}
    return roots
