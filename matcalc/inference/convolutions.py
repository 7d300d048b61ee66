"""Convolutions, their matrices with the number of columns, and entries at sums of two indices."""

from __future__ import annotations

import re
from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..expressions.build import matmul, transpose
from ..expressions.convolution import hankel, toeplitz
from ..kinds import ONE, Dim
from ..syntax import Node
from .misfit import Misfit, Wording, refuse_shape
from .scopes import SCALAR, BoundIndex, Typing
from .terms import TypedTerm

MINUS_ONE = Dim.of(-1)


def matrix(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """convmtx(a), convmtx(a, n), hankel(r, n)."""
    return _hankel(el, node, args) if node.attr == "hankel" else _toeplitz(el, node, args)


def product(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """conv(a, x), correlate(x, a): of two columns."""
    x, y = (_slid(el, node, args, k) for k in (0, 1))
    if node.attr != "correlate":
        rows = el.sizes.sum([x.shape[0], y.shape[0], MINUS_ONE])
        return TypedTerm((rows, ONE), (x, y), lambda e, _: matmul(toeplitz(e[0], e[1].shape[0]), e[1]), node)
    rows = el.sizes.fresh()
    if not el.sizes.unify(el.sizes.sum([rows, y.shape[0], MINUS_ONE]), x.shape[0]):
        raise Misfit([x, y], partial(_too_short, el, node, args))
    return TypedTerm((rows, ONE), (x, y), lambda e, r: matmul(transpose(toeplitz(e[1], r(rows))), e[0]), node)


def _too_short(el: Typing, node: Node, args: list[TypedTerm]) -> MatcalcError:
    s = Wording(el)
    (x, y), (m, n) = map(s.node, node.args), (s.dim(t.shape[0]) for t in args)
    hint = "correlate(x, a) with the longer vector first"
    return refuse_shape(f"{y} slides along {x}, and has {n} entries where {x} has {m}", node, hint)


def _toeplitz(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """convmtx(a), convmtx(a, n): with as many columns as its neighbours have, or as is said."""
    a, cols = _slid(el, node, args), _columns(el, node) or el.sizes.fresh()
    rows = el.sizes.sum([a.shape[0], cols, MINUS_ONE])
    return TypedTerm((rows, cols), (a,), lambda e, r: toeplitz(e[0], r(cols)), node)


def _hankel(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """hankel(r, n), with n columns."""
    r, cols, rows = _slid(el, node, args), _columns(el, node), el.sizes.fresh()
    if cols is None:
        text = Wording(el).node(node.args[0])
        hint = f"hankel({text}, n): row i, column j has the entry i + j - 1 of {text}"
        raise ReadingError("how many columns has this Hankel matrix?", span=node.span, suggestion=hint)
    if not el.sizes.unify(el.sizes.sum([rows, cols, MINUS_ONE]), r.shape[0]):
        raise Misfit([r], partial(_no_vector, el, node, r))
    return TypedTerm((rows, cols), (r,), lambda e, _: hankel(e[0], cols), node)


def _slid(el: Typing, node: Node, args: list[TypedTerm], k: int = 0) -> TypedTerm:
    """The argument k, which has to be a column of several entries."""
    if args[k].is_scalar or not el.sizes.unify(args[k].shape[1], ONE):
        raise Misfit([args[k]], partial(_no_vector, el, node, args[k], k), True)
    return args[k]


def _no_vector(el: Typing, node: Node, t: TypedTerm, k: int = 0) -> MatcalcError:
    s = Wording(el)
    return refuse_shape(f"the argument {s.node(node.args[k])} of {node.attr} is {s.shape(t)}; it has to be a vector", node.args[k])


def _columns(el: Typing, node: Node) -> Dim | None:
    """The size that is said to be the number of columns."""
    if len(node.args) < 2:
        return None
    found = el.size_of(node.args[1])
    if found is None:
        text = Wording(el).node(node.args[1])
        raise ReadingError(f"{text} is no size", span=node.args[1].span, suggestion=f"write {node.attr}(x, n) with the number of columns n")
    return found


def slid_entry(el: Typing, carrier: TypedTerm | None, base: str, sub: str, node: Node) -> tuple[BoundIndex, TypedTerm] | None:
    """x_{i+k-1} of two bound indices: its place, and the entry (i, k) of the Hankel matrix of x. None where it is of another form."""
    found = re.fullmatch(r"([A-Za-z])\+([A-Za-z])([+-]\d+)?", sub)
    bound = [el.frames[-1].indices.get(c) for c in found.groups()[:2]] if found else []
    i, k = [j for j in bound if j is not None and not j.parts] if None not in bound and len(bound) == 2 else (None, None)
    if found is None or i is None or k is None or i.low is None or k.low is None or i.range is None or k.range is None:
        return None
    if carrier is None or carrier.kind != "vector":
        raise ReadingError(f"{node.attr} is an entry of a vector {base}", span=node.span, suggestion=f"declare {base} in R^n")
    shift = int(found[3] or 0)
    first = i.low + k.low + shift
    if first < 1:
        raise ReadingError(f"the subscript {sub} begins at {first}, and there is no entry {first}", span=node.span)
    parts = [i.range, k.range, *([Dim.of(shift)] if shift else [])]
    place = BoundIndex(build.add(i.expr, k.expr, build.num(shift)), el.sizes.sum(parts), first, text=sub)
    more, cols = first - k.low, k.range
    at = build.add(i.expr, build.num(1 - i.low)), build.add(k.expr, build.num(more))
    return place, TypedTerm(SCALAR, (carrier,), lambda e, r: build.entry(hankel(e[0], r(cols) + more), *at), node)
