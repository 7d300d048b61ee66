"""Sums, products and what is like them: opened into the factors of a contraction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..expressions.build import (
    add,
    diagonal,
    hadamard,
    is_number,
    matrix_power,
    negative,
    num,
    ones,
    power,
    split,
    times,
    total,
    trace,
    value_of,
)
from ..expressions.expr import Expr
from ..expressions.properties import holds
from ..kinds import ONE, Dim
from ..ops.core import ADD, EYE, HADAMARD, INDEX, MATMUL, MATRIX_POWER, ONES, POWER, TIMES, TRANSPOSE, UNIT
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.diagonal import DIAG, LOWER_TRIANGLE
from ..ops.elementary import EXP
from ..ops.inverse import INVERSE
from ..ops.multilinear import letters
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.sums import CUMULATIVE_SUM
from ..ops.trace import TRACE
from .axes import NoAxis
from .blocks import convolved, distributed_block, is_placed, merged, selected
from .contraction import Contraction
from .factor import Factor, kind_of
from .graph import GraphNode
from .pairs import Labels, pair, product
from .patterns import distributed, distributed_trace, is_below, is_outer, on_diagonal, power_of, reciprocal

if TYPE_CHECKING:
    from ..ops.operation import Operation
    from .lowering import Lowering

UNROLLED = 4  # X^k up to this k is written as a product where a vector stands beside it


def _add(lowering: Lowering, e: Expr) -> GraphNode:
    """A sum; what stands on the diagonal only is added there, and exp(x) - 1 is right where x is small."""
    one = num(1) if e.is_scalar else ones(*e.shape)
    if len(e.args) == 2 and (one in e.args or negative(one) in e.args):
        sign = num(1) if negative(one) in e.args else num(-1)
        other = next((b for a in e.args if (b := times(sign, a)).op is EXP), None)
        if other is not None:
            grown = lowering.entrywise("call", e, other.args, "expm1")
            return grown if sign is num(1) else lowering.graph.make("neg", (grown,), None, grown.dims)
    diagonal: list[Expr] = []
    rest: list[Expr] = []
    for a in e.args:
        _, _, body = split(a)
        (diagonal if body is not None and body.op in (EYE, DIAG) and e.shape[0] is not ONE else rest).append(a)
    if not diagonal or not rest or lowering.batch(e):
        if diagonal and not rest and not lowering.batch(e):
            return lowering.graph.make(
                "spread", (_sum(lowering, [on_diagonal(d) for d in diagonal], e.shape[0]),), ("ii",), lowering.dims(e)
            )
        return _added(lowering, e, e.args)
    whole = lowering.lower(rest[0]) if len(rest) == 1 else _added(lowering, e, rest)
    return lowering.graph.make(
        "add_diagonal", (whole, _sum(lowering, [on_diagonal(d) for d in diagonal], e.shape[0])), None, lowering.dims(e)
    )


def _added(lowering: Lowering, e: Expr, parts: Sequence[Expr]) -> GraphNode:
    nodes = [lowering.aligned(a, e) for a in parts]
    of_ones = [n.op == "full" and n.attr == 1 for n in nodes]
    if any(n.dims == lowering.dims(e) and n.op != "expand" and not ones for n, ones in zip(nodes, of_ones, strict=True)):
        short = [n.args[0] if n.op == "expand" else n for n in nodes]  # these need not be written out
        nodes = [lowering.graph.number(1) if ones else n for n, ones in zip(short, of_ones, strict=True)]
    return lowering.graph.make("add", nodes, None, lowering.dims(e))


def _sum(lowering: Lowering, parts: Sequence[Expr], dim: Dim) -> GraphNode:
    """The sum of numbers and vectors."""
    nodes = [lowering.lower(p) for p in parts]
    if len(nodes) == 1:
        return nodes[0]
    return lowering.graph.make("add", nodes, None, (dim,) if any(n.rank for n in nodes) else ())


def _network(lowering: Lowering, e: Expr) -> GraphNode:
    row, col = lowering.fresh(), lowering.fresh()
    c = Contraction(lowering.graph, lowering.sizes)
    open_factor(lowering, e, row, col, c)
    for label, dim in ((row, e.shape[0]), (col, e.shape[1])):
        if dim is not ONE:
            c.label(label, dim)
    for i in lowering.batch(e):
        c.label(i, lowering.ranges[i].dim)
    return contracted(lowering, c, lowering.labels(e, row, col))


def contracted(lowering: Lowering, c: Contraction, out: Labels) -> GraphNode:
    """The result with the labels that an identity ties together as diagonals."""
    core, kept = c.result(out)
    if len(kept) == len(out):
        return core
    pattern = "".join("ijklmnopqrstuv"[kept.index(c.find(k))] for k in out)
    core = core.args[0] if core.op == "expand" and not core.args[0].rank else core
    return lowering.graph.make("spread", (core,), (pattern,), tuple(c.dims[k] for k in out))


def open_factor(lowering: Lowering, e: Expr, row: object, col: object, c: Contraction) -> None:
    """Take a product apart into the factors of `c`."""
    op = e.op
    if op is TRANSPOSE:
        open_factor(lowering, e.args[0], col, row, c)
    elif op is TIMES:
        for s in e.args[:-1]:
            open_scalar(lowering, s, c)
        open_factor(lowering, e.args[-1], row, col, c)
    elif op is MATMUL:
        _open_chain(lowering, e, row, col, c)
    elif op is DIAG and not lowering.batch(e):
        c.join(row, col, e.shape[0])
        open_factor(lowering, e.args[0], row, None, c)
    elif op is EYE:
        c.join(row, col, e.shape[0])
    elif op is ONES:
        for label, dim in ((row, e.shape[0]), (col, e.shape[1])):
            if dim is not ONE:
                c.label(label, dim)
    elif op is HADAMARD and any(map(is_outer, e.args)):
        for a in e.args:
            open_factor(lowering, a, row, col, c)
    elif e.is_scalar:
        open_scalar(lowering, e, c)
    elif op is UNIT and e.args[0].op is INDEX and _is_whole(lowering, e):
        c.join(str(e.args[0].attr), row, e.shape[0])
    elif op is INVERSE and not lowering.batch(e):
        kind, symmetric = kind_of(e.args[0]), holds(e.args[0], "symmetric")
        c.add(Factor(lowering.lower(e.args[0]), (row, col), inverse=True, kind=kind, symmetric=symmetric), e.shape)
    else:
        symmetric = e.shape[0] is not ONE and holds(e, "symmetric")
        c.add(
            Factor(
                lowering.lower(e),
                lowering.labels(e, row, col),
                nonnegative=holds(e, "nonnegative"),
                symmetric=symmetric,
                summing=(e.op is CUMULATIVE_SUM and e.args[0].op is EYE) or (e.op is LOWER_TRIANGLE and e.args[0].op is ONES),
            ),
            lowering.dims(e),
        )


def _is_whole(lowering: Lowering, unit: Expr) -> bool:
    name = str(unit.args[0].attr)
    return name not in lowering.loops and lowering.ranges[name].low == 1 and lowering.ranges[name].dim is unit.shape[0]


def open_scalar(lowering: Lowering, s: Expr, c: Contraction) -> None:
    if s.op is TIMES:
        for a in s.args:
            open_scalar(lowering, a, c)
    elif s.op is MATMUL and lowering.batch(s):
        _open_chain(lowering, s, None, None, c)
    elif lowering.batch(s):
        c.add(Factor(lowering.lower(s), lowering.batch(s), nonnegative=holds(s, "nonnegative")), lowering.dims(s))
    else:
        c.scalars.append(lowering.lower(s))


def _open_chain(lowering: Lowering, e: Expr, row: object, col: object, c: Contraction) -> None:
    factors: list[Expr] = []
    beside = e.shape[0] is ONE or e.shape[1] is ONE
    for f in e.args:
        base, k = power_of(f)
        factors += [base] * k if beside and 1 < k <= UNROLLED else [f]
    if not lowering.batch(e):
        factors = merged(factors)
    at = row
    for n, f in enumerate(factors):
        to = col if n == len(factors) - 1 else (lowering.fresh() if f.shape[1] is not ONE else None)
        if f.op is MATMUL:  # picked rows or columns
            c.add(Factor(lowering.lower(f), lowering.labels(f, at, to)), lowering.dims(f))
        else:
            open_factor(lowering, f, at, to, c)
        at = to


def _matmul(lowering: Lowering, e: Expr) -> GraphNode:
    apart = _apart(lowering, e)
    if apart is not None:
        return lowering.lower(apart)
    return selected(lowering, e) or convolved(lowering, e) or _network(lowering, e)


def _apart(lowering: Lowering, e: Expr) -> Expr | None:
    """A product multiplied out, where that is less work."""
    return distributed(e, lowering.thinness) or distributed_block(e)


def _times(lowering: Lowering, e: Expr) -> GraphNode:
    if not lowering.dims(e) or (e.is_scalar and not any(a.op is MATMUL for a in e.args)):
        return _multiplied(lowering, e)
    body = e.args[-1]
    if (
        (body.op is ADD or (body.op is MATMUL and (_apart(lowering, body) is not None or is_placed(body))))
        and not body.is_scalar
        and not lowering.batch(e)
    ):
        return lowering.graph.make("mul", [_scalar_part(lowering, e.args[:-1]), lowering.lower(body)], None, lowering.dims(e))
    return _network(lowering, e)


def _scalar_part(lowering: Lowering, args: Sequence[Expr]) -> GraphNode:
    return lowering.lower(times(*args)) if len(args) > 1 else lowering.lower(args[0])


def _multiplied(lowering: Lowering, e: Expr) -> GraphNode:
    """Numbers or arrays multiplied entry by entry, reciprocals as a division."""
    above = [a for a in e.args if not is_below(a)]
    below = [a for a in e.args if is_below(a)]
    top: GraphNode = lowering.graph.number(Fraction(1))
    if above:
        top = product(lowering.graph, [lowering.aligned(a, e) for a in above])
        top = _whole(lowering, top, e) if not below else top
    if not below:
        return top
    under = [lowering.aligned(reciprocal(a), e) for a in below]
    return lowering.graph.make("div", (top, product(lowering.graph, under)), None, lowering.dims(e))


def _whole(lowering: Lowering, node: GraphNode, e: Expr) -> GraphNode:
    return node if node.dims == lowering.dims(e) or node.op != "mul" else lowering.graph.make("mul", node.args, None, lowering.dims(e))


def _hadamard(lowering: Lowering, e: Expr) -> GraphNode:
    if any(a.op in (EYE, DIAG) for a in e.args):
        others = [a for a in e.args if a.op not in (EYE, DIAG)]
        on = [on_diagonal(a) for a in e.args if a.op in (EYE, DIAG)]
        v = [diagonal(a) for a in others] + [a for a in on if not a.is_scalar]
        core = lowering.lower(hadamard(*v)) if v else lowering.graph.number(Fraction(1))
        return lowering.graph.make("spread", (core,), ("ii",), lowering.dims(e))
    if any(is_outer(a) for a in e.args):
        return _network(lowering, e)
    return _multiplied(lowering, e)


def _transpose(lowering: Lowering, e: Expr) -> GraphNode:
    x = lowering.lower(e.args[0])
    rank = x.rank
    if e.shape[0] is ONE or e.shape[1] is ONE:
        return x
    return lowering.graph.view(x, (*range(rank - 2), rank - 1, rank - 2))


def _power(lowering: Lowering, e: Expr) -> GraphNode:
    base, k = e.args
    if is_number(k) and value_of(k) < 0:
        return lowering.graph.make("div", (lowering.graph.number(Fraction(1)), lowering.lower(reciprocal(e))), None, lowering.dims(e))
    if is_number(k, 2) and base.op in (NORM, FROBENIUS_NORM):
        return lowering.lower(total(power(base.args[0], num(2))))
    x = lowering.aligned(base, e)
    if is_number(k) and value_of(k) == Fraction(1, 2):
        return lowering.graph.make("call", (x,), "sqrt", lowering.dims(e))
    return lowering.graph.make("pow", (x, lowering.aligned(k, e)), None, lowering.dims(e))


def _matrix_power(lowering: Lowering, e: Expr) -> GraphNode:
    base, k = power_of(e)
    if k > 1 and not lowering.batch(e):
        half = lowering.lower(base)
        if k <= 3:
            total = half
            for _ in range(k - 1):
                total = pair(lowering.graph, total, half, ("i", "j"), ("j", "k"), ("i", "k"))
            return total
    x, exponent = lowering.lower(e.args[0]), lowering.lower(e.args[1])
    if exponent.rank or lowering.batch(e):
        raise NoAxis
    return lowering.graph.make("call", (x, exponent), MATRIX_POWER, lowering.dims(e))


def _inverse(lowering: Lowering, e: Expr) -> GraphNode:
    return lowering.graph.make("inv", (lowering.lower(e.args[0]),), (kind_of(e.args[0]),), lowering.dims(e))


def _determinant(lowering: Lowering, e: Expr) -> GraphNode:
    if lowering.batch(e):
        return lowering.call(e)
    return lowering.graph.make(e.op.name, (lowering.lower(e.args[0]),), (kind_of(e.args[0]),), ())


def _trace(lowering: Lowering, e: Expr) -> GraphNode:
    x = e.args[0]
    if x.op is ADD:
        return lowering.lower(add(*[trace(a) for a in x.args]))
    apart = distributed_trace(x, lowering.thinness)
    if apart is not None:
        return lowering.lower(apart)
    base, k = power_of(x)
    if 1 < k <= UNROLLED and not lowering.batch(e):  # tr(X^2) is an entrywise sum
        half = lowering.lower(base if k == 2 else matrix_power(base, num(k - 1)))
        return pair(lowering.graph, half, lowering.lower(base), ("i", "j"), ("j", "i"), ())
    return by_letters(lowering, e)


def by_letters(lowering: Lowering, e: Expr) -> GraphNode:
    """A multilinear operation: its arguments' factors over its letters."""
    form = letters(e.op.index)
    at = {c: lowering.fresh() for place in form.arguments for part in place for c in part}
    summed = set(at) - set("".join(form.value))
    c = Contraction(lowering.graph, lowering.sizes)
    sizes = {part: d for a, place in zip((*e.args, e), (*form.arguments, form.value)) for part, d in zip(place, a.shape)}
    for a, place in zip(e.args, form.arguments):
        if any(len(part) > 1 for part in place):  # an axis that counts several letters
            names = [k for part, d in zip(place, a.shape) if d is not ONE for k in part]
            dims = (*lowering.dims(a)[: len(lowering.batch(a))], *[sizes[k] for k in names])
            node = lowering.graph.make("reshape", (lowering.lower(a),), None, dims)
            c.add(Factor(node, (*lowering.batch(a), *[at[k] for k in names])), dims)
            continue
        row, col = (at.get(part) for part in place)
        for label, d in zip((row, col), a.shape):
            if label is not None and d is not ONE:
                c.label(label, d)
        inside = a.args if a.op is HADAMARD and row != col and summed & set("".join(place)) else (a,)
        for factor in inside:
            if factor.op is MATMUL and not lowering.batch(factor) and distributed(factor, lowering.thinness) is not None:
                c.add(Factor(lowering.lower(factor), lowering.labels(factor, row, col)), lowering.dims(factor))
            else:
                open_factor(lowering, factor, row, col, c)
    for i in lowering.batch(e):
        c.label(i, lowering.ranges[i].dim)
    out = (*lowering.batch(e), *[at[k] for part in form.value for k in part if at[k] in c.dims])
    found = contracted(lowering, c, out)
    return found if all(len(part) < 2 for part in form.value) else lowering.graph.make("reshape", (found,), None, lowering.dims(e))


RULES: dict[Operation, Callable[[Lowering, Expr], GraphNode]] = {
    ADD: _add,
    TIMES: _times,
    MATMUL: _matmul,
    HADAMARD: _hadamard,
    TRANSPOSE: _transpose,
    POWER: _power,
    MATRIX_POWER: _matrix_power,
    INVERSE: _inverse,
    DETERMINANT: _determinant,
    LOG_DETERMINANT: _determinant,
    TRACE: _trace,
}
