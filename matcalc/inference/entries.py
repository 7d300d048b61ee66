"""Entries, matrices written out, sums over an index, and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.core import CASES, IVERSON
from ..reading.subscripts import Part
from ..syntax import Node, walk
from .abstract import stacked_indices
from .blocks import blocks
from .misfit import Misfit, Wording, refuse_shape
from .places import CONVOLVED, check_places, entry_at, place_of
from .products import applied, level
from .scopes import BoundIndex, Meaning, Typing
from .standing import value_at
from .terms import Resolve, TypedTerm

ROW_SUM = 3  # what a sum of rows costs as a reading

# ---------------------------------------------------------------------------------------------- entries, literals, sums


def subscripted(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """X[i,j], X[i,:], (V y)_i, delta[i,j]."""
    stacked_indices(el, node, args)
    at = [None if p.op == "all" else place_at(el, p) for p in node.args[1:]]
    places = [p for p in at if p is not None]
    if not args:
        name = str(node.args[0].attr)
        if len(places) < len(at):
            raise ReadingError(f"{name} takes its indices one by one", span=node.span)
        if name != "delta":
            if name in el.scene.families:
                from .members import member

                return member(el, name, places, node)
            return value_at(el, name, places, node)
        n = el.sizes.fresh()
        return entry_at(el, TypedTerm((n, n), (), lambda _, r: build.eye(r(n)), node), places, node)
    t = args[0]
    if len(places) == len(at):
        return entry_at(el, t, _two_digits(el, t, node) or places, node)
    if len(at) != 2:
        return t
    check_places(el, t, at, node)
    rows, cols = t.shape
    if at[0] is not None:
        i = at[0]
        return TypedTerm((ONE, cols), (t,), lambda e, r: build.matmul(build.transpose(build.unit(i.at(r), r(rows))), e[0]), node)
    if at[1] is not None:
        j = at[1]
        return TypedTerm((rows, ONE), (t,), lambda e, r: build.matmul(e[0], build.unit(j.at(r), r(cols))), node)
    return t


def _two_digits(el: Typing, t: TypedTerm, node: Node) -> list[BoundIndex]:
    """`(A B)_{12}` is the entry (1, 2) of a matrix, like A_{12}; `(A B)[12]` is not."""
    number = node.args[1]
    before = el.scene.program.text[number.span[0] - 1 : number.span[0] + 1] if number.span else ""
    if t.kind != "matrix" or len(node.args) > 2 or number.op != "num" or not {"_", "{"} & set(before):
        return []
    digits = str(number.attr)
    return [BoundIndex(build.num(int(c)), None) for c in digits] if len(digits) == 2 and "0" not in digits else []


def place_at(el: Typing, p: Node) -> BoundIndex:
    """A subscript: an index, a number, or a pair of indices run together (i, p) as in a Kronecker product."""
    if p.op == "num" and isinstance(p.attr, Fraction) and p.attr.denominator == 1 and p.attr >= 1:
        return BoundIndex(build.num(p.attr), None)
    if p.op == "name":
        index = el.frames[-1].indices.get(str(p.attr))
        if index is not None:
            return index
        if p.attr in el.scene.places:
            return place_of(el, Part(str(p.attr)))
        if p.attr in el.scene.sizes and not el.stands_for_something(str(p.attr)):
            return place_of(el, Part(str(p.attr)))
        raise ReadingError(
            f"the subscript {p.attr} is not bound by a sum", span=p.span, suggestion=f"write sum_{{{p.attr}=1}}^n, or a number"
        )
    if p.op == "add" and len(p.args) == 2 and (shift := _shift(p.args[1])):
        return place_at(el, p.args[0]).shifted(shift)
    if p.op == "tuple":
        parts = [place_at(el, a) for a in p.args]
        size: Dim | None = None
        for k in parts:
            if k.range is None or k.parts:
                raise ReadingError("a pair of indices has bound indices", span=p.span)
            size = k.range if size is None else el.sizes.product(size, k.range)
        return BoundIndex(parts[0].expr, size, parts=parts)
    hint = "write x_{i+1} for an entry; for a product, round brackets"
    if p.op == "add" and sum(m.op == "name" for m in walk(p)) > 1:  # h[k] x[n-k]
        hint = CONVOLVED
    raise ReadingError("a subscript is a bound index or a number", span=p.span, suggestion=hint)


def _shift(p: Node) -> int:
    """The whole number that is added in X[i + 1]; 0 where it is none."""
    inner = p.args[0] if p.op == "neg" else p
    if inner.op != "num" or not isinstance(inner.attr, Fraction) or inner.attr.denominator != 1:
        return 0
    return -int(inner.attr) if p.op == "neg" else int(inner.attr)


def written_out(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    rows, cols = node.attr if isinstance(node.attr, tuple) else (len(args), 1)
    assert isinstance(rows, int) and isinstance(cols, int)
    if rows == cols == 1:
        return args[0]
    if not all(t.is_scalar for t in args):
        return blocks(el, node, args, rows, cols)
    return TypedTerm((Dim.of(rows), Dim.of(cols)), tuple(args), lambda e, _: build.literal(rows, cols, e), node)


def indexed(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """A sum or product over an index; without bounds it runs over what the index ranges over."""
    index = el.unbind(node)
    *bounds, body = args
    if any(not b.is_scalar for b in bounds):
        raise Misfit(bounds, lambda: refuse_shape("the bounds of a sum are whole numbers", node))
    if node.op == "product" and not body.is_scalar:
        raise Misfit(
            [body],
            lambda: refuse_shape(
                f"the factors of a product are scalars; {Wording(el).node(node.args[0])} is {Wording(el).shape(body)}", node
            ),
        )
    if body.kind == "row":  # where x_i could be a vector, a sum of rows x_i w^T is hardly meant
        el.penalty(ROW_SUM, body)
    name = str(index.expr.attr)
    range_ = index.range

    def over(e: Sequence[Expr], resolve: Resolve) -> Expr:
        low = e[0] if len(e) > 1 else build.num(1)
        high = e[1] if len(e) > 2 else build.constant("infty") if range_ is None else build.size(resolve(range_))
        if node.op == "sum":
            return build.indexed_sum(name, low, high, e[-1])
        return build.indexed_product(name, low, high, e[-1])

    return TypedTerm(body.shape, (*bounds, body), over, node)


# ---------------------------------------------------------------------------------------------- conditions


def comparison(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """One relation; indices that are compared, as in `i = k`, run equally far."""
    ranges = [i.range for a in node.args if a.op == "name" and (i := el.frames[-1].indices.get(str(a.attr))) is not None]
    if len(ranges) == 2 and ranges[0] is not None and ranges[1] is not None:
        el.sizes.unify(ranges[0], ranges[1])
    args, shape = level(el, node, args, node.args, stated=False)
    return applied(IVERSON, shape, args, node, node.attr)


def both(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """Conditions joined by `and`: the product of their indicators."""
    args, shape = level(el, node, args, node.args, stated=False)
    return TypedTerm(shape, tuple(args), lambda e, _: build.hadamard(*e), node)


def iverson(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    return args[0]


def cases(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """Values and conditions in turn, perhaps with a last value for what is left."""
    wide = [k for k, t in enumerate(args) if k % 2 == 0 or not t.is_scalar]  # a scalar condition decides for all entries
    levelled, shape = level(el, node, [args[k] for k in wide], [node.args[k] for k in wide], stated=False)
    args = [dict(zip(wide, levelled)).get(k, t) for k, t in enumerate(args)]
    return applied(CASES, shape, args, node)


MEANINGS: dict[str, Meaning] = {
    "index": subscripted,
    "literal": written_out,
    "sum": indexed,
    "product": indexed,
    "and": both,
    "cmp": comparison,
    "iverson": iverson,
    "cases": cases,
}
