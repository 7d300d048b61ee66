"""Matrices written out whose entries are blocks: [A, B; C, D], [x; 1], [A, 0; 0, D]."""

from __future__ import annotations

from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..syntax import Node, walk
from .misfit import Misfit, Wording, refuse_shape
from .scopes import Typing
from .terms import Resolve, TypedTerm, undeclared

VECTOR_AS_BLOCK = 3  # what it costs to read an undeclared vector as a block, where it could be a number


def blocks(el: Typing, node: Node, args: list[TypedTerm], rows: int, cols: int) -> TypedTerm:
    """The blocks of a row have one height, those of a column one width; a bare 0 takes both from its neighbours."""
    _refuse_commutator(el, node, args, (rows, cols))
    bare = [_is_zero(t) for t in args]
    heights = [el.sizes.loose() if all(bare[i * cols : (i + 1) * cols]) else el.sizes.fresh() for i in range(rows)]
    widths = [el.sizes.loose() if all(bare[j::cols]) else el.sizes.fresh() for j in range(cols)]
    for sizes, step in ((heights, 0), (widths, 1)):  # a size of one is never an unknown, so it is put in its place first
        for k, t in enumerate(args):
            at = k % cols if step else k // cols
            if not _is_zero(t) and t.shape[step] is ONE:
                sizes[at] = ONE
    # In [x; A x] the x is a vector, in [x; y] a number.
    beside_matrices = not el.scene.capitals and any(n.op == "name" and str(n.attr)[:1].isupper() for n in walk(node))
    for k, (t, n) in enumerate(zip(args, node.args, strict=True)):
        wanted = (heights[k // cols], widths[k % cols])
        if _is_zero(t):
            continue
        if not all(el.sizes.unify(a, b) for a, b in zip(t.shape, wanted, strict=True)):
            s = Wording(el)
            message = f"the block {s.node(n)} is {s.shape(t)}, where {s.dim(wanted[0])}×{s.dim(wanted[1])} fits the others"
            raise Misfit(args, lambda n=n, message=message: refuse_shape(message, n))  # type: ignore[misc]
        if t.kind in ("vector", "row") and undeclared([t]) and not beside_matrices:
            el.penalty(VECTOR_AS_BLOCK, t)

    def make(e: list[Expr], resolve: Resolve) -> Expr:
        parts = [
            build.zeros(resolve(heights[k // cols]), resolve(widths[k % cols])) if _is_zero(t) else x
            for k, (t, x) in enumerate(zip(args, e, strict=True))
        ]
        return build.block(rows, cols, parts)

    return TypedTerm((_total(el, heights), _total(el, widths)), tuple(args), make, node)  # type: ignore[arg-type]


def _refuse_commutator(el: Typing, node: Node, args: list[TypedTerm], shape: tuple[int, int]) -> None:
    """[H, rho] of two complex square matrices: a commutator, or two blocks side by side?"""
    if shape != (1, 2) or not el.scene.has_complex or not all(t.kind == "matrix" and t.shape[0] is t.shape[1] for t in args):
        return
    if args[0].shape[0] is args[1].shape[0]:
        s = Wording(el)
        one, other = s.node(node.args[0]), s.node(node.args[1])
        message = f"[{one}, {other}] can be the commutator of two matrices or a row of two blocks"
        hint = f"write comm({one}, {other}), or say [A, B] = A B - B A; for the blocks [{one}^T; {other}^T]^T"
        raise refuse_shape(message, node, hint)


def _is_zero(t: TypedTerm) -> bool:
    return t.literal and t.is_scalar and t.node is not None and t.node.op == "num" and t.node.attr == 0


def _total(el: Typing, sizes: list[Dim]) -> Dim:
    return sizes[0] if len(sizes) == 1 else el.sizes.sum(sizes)
