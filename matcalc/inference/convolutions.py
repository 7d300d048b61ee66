"""The matrices of a convolution: how many columns they have, and of what they are made."""

from __future__ import annotations

from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions.convolution import hankel, toeplitz
from ..kinds import ONE, Dim
from ..syntax import Node
from .misfit import Misfit, Wording, refuse_shape
from .scopes import Typing
from .terms import TypedTerm

MINUS_ONE = Dim.of(-1)


def matrix(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """convmtx(a), convmtx(a, n), hankel(r, n)."""
    return _hankel(el, node, args) if node.attr == "hankel" else _toeplitz(el, node, args)


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


def _slid(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The column of which a matrix of a convolution is made."""
    if not el.sizes.unify(args[0].shape[1], ONE) or args[0].is_scalar:
        raise Misfit([args[0]], partial(_no_vector, el, node, args[0]), True)
    return args[0]


def _no_vector(el: Typing, node: Node, t: TypedTerm) -> MatcalcError:
    s = Wording(el)
    return refuse_shape(f"the argument {s.node(node.args[0])} of {node.attr} is {s.shape(t)}; it has to be a vector", node.args[0])


def _columns(el: Typing, node: Node) -> Dim | None:
    """The size that is said to be the number of columns."""
    if len(node.args) < 2:
        return None
    found = el.size_of(node.args[1])
    if found is None:
        text = Wording(el).node(node.args[1])
        raise ReadingError(f"{text} is no size", span=node.args[1].span, suggestion=f"write {node.attr}(x, n) with the number of columns n")
    return found
