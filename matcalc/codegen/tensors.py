"""Index networks: a derivative with several axes as a sum of contractions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..differentiation.network import Term
from ..errors import NoAnswerError
from ..kinds import ONE, Dim
from .axes import NoAxis
from .contraction import Contraction
from .factor import Factor
from .factoring import common_factors
from .graph import Dims, GraphNode
from .pairs import Labels
from .products import contracted, open_factor, open_scalar

if TYPE_CHECKING:
    from .lowering import Lowering


def summed_terms(lowering: Lowering, terms: Sequence[Term], dims: Dims) -> GraphNode:
    """A tensor: the sum of its terms, diagonals added where an identity ties two of its axes."""
    fine = {tuple(_dim(lowering, i) for i in _axes(lowering, t)) for t in terms}
    if len(fine) > 1:
        raise NoAnswerError("there is no code for a tensor whose axes are Kronecker pairs in some of its terms only")
    if fine and (apart := fine.pop()) != dims:
        return lowering.graph.make("reshape", (summed_terms(lowering, terms, apart),), None, dims)
    factored = _factored(lowering, terms)
    if factored is not None:
        return factored
    cores: list[GraphNode] = []
    patterns: list[str] = []
    for t in terms:
        core, pattern = _term(lowering, t)
        cores.append(core.args[0] if core.op == "expand" and len(set(pattern)) < len(pattern) else core)
        patterns.append(pattern)
    dense = [n for n, p in zip(cores, patterns) if len(set(p)) == len(p)]
    thin = [(n, p) for n, p in zip(cores, patterns) if len(set(p)) != len(p)]
    base = dense if len(dense) < 2 else [lowering.graph.make("add", dense, None, dims)]
    if not thin:
        return base[0] if base else lowering.graph.make("full", (), 0, dims)
    letters = "ijklmnopqrstuv"[: len(dims)]
    return lowering.graph.make("spread", [*base, *[n for n, _ in thin]], (*([letters] if base else []), *[p for _, p in thin]), dims)


def _axes(lowering: Lowering, t: Term) -> Labels:
    """The labels of a term: those of the function, then those of the variable, of which an array's leading ones have letters."""
    return (*(i for s in t.slots[:2] for i in s), *lowering.axes, *(i for s in t.slots[2:] for i in s))


def _dim(lowering: Lowering, label: object) -> Dim:
    return lowering.ranges[label].dim if isinstance(label, str) else label.dim  # type: ignore[attr-defined]


def _factored(lowering: Lowering, terms: Sequence[Term]) -> GraphNode | None:
    """The terms with what they share in front; None where nothing is gained."""
    found = common_factors(terms) if not lowering.axes else None
    if found is None or all(_is_tied(lowering, t) for t in found[2]):
        return None
    front, labels, rest = found
    c = Contraction(lowering.graph, lowering.sizes)
    node = summed_terms(lowering, rest, tuple(i.dim for i in labels))
    if labels:
        c.add(Factor(node, tuple(labels)))
    else:
        c.scalars.append(node)
    for e, r, k in front:
        open_factor(lowering, e, r[0] if r else None, k[0] if k else None, c)
    out = _axes(lowering, terms[0])
    for i in out:
        c.label(i, _dim(lowering, i))
    return contracted(lowering, c, out)


def _is_tied(lowering: Lowering, t: Term) -> bool:
    """Whether an identity ties two axes of the term."""
    c = Contraction(lowering.graph, lowering.sizes)
    out = [c.find(i) for i in _open_term(lowering, t, c)]
    return len(set(out)) < len(out)


def _term(lowering: Lowering, t: Term) -> tuple[GraphNode, str]:
    if t.binders:
        return _bound(lowering, t)
    c = Contraction(lowering.graph, lowering.sizes)
    out = _open_term(lowering, t, c)
    core, kept = c.result(out)
    return core, "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)


def _open_term(lowering: Lowering, t: Term, c: Contraction) -> Labels:
    for e, r, k in t.factors:
        if len(r) > 1 or len(k) > 1:  # a Kronecker pair: the rows are counted by two indices
            fine, node = tuple(i.dim for i in (*r, *k)), lowering.lower(e)
            if node.rank > sum(d is not ONE for d in e.shape):  # an axis for each of the numbers that an index takes
                raise NoAxis
            c.add(Factor(lowering.graph.make("reshape", (node,), None, fine), (*r, *k)), fine)
        else:
            open_factor(lowering, e, r[0] if r else None, k[0] if k else None, c)
    open_scalar(lowering, t.scalar, c)
    out = _axes(lowering, t)
    for i in out:
        c.label(i, _dim(lowering, i))
    return out


def _bound(lowering: Lowering, t: Term) -> tuple[GraphNode, str]:
    """A term summed over a binder: an axis, or a loop."""
    (name, low, high), rest = t.binders[0], t.binders[1:]
    inner = Term(t.scalar, t.factors, t.slots, rest)
    if not rest:
        try:
            with lowering.running(name, low, high):
                c = Contraction(lowering.graph, lowering.sizes)
                out = _open_term(lowering, inner, c)
                c.label(name, lowering.ranges[name].dim)
                core, kept = c.result(out)
                return core, "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)
        except NoAxis:
            pass
    ends = lowering.lower(low), lowering.lower(high)
    before, lowering.loops = lowering.loops, lowering.loops | {name}
    try:
        core, pattern = _term(lowering, inner)
    finally:
        lowering.loops = before
    return lowering.graph.make("loop", (*ends, core), ("sum", name), core.dims), pattern
