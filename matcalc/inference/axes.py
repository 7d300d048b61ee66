"""The places in the leading axes of arrays of three and more indices, and the sums over them.

Such an array is a family of matrices over all indices but the last two. As a term it is one of its matrices, at places that have no
letter yet: `axis(0)`, `axis(1)`. A sum over such a place gives it a letter that stands nowhere near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count

from ..expressions import build
from ..expressions.expr import Expr, postorder
from ..kinds import Dim
from ..ops.core import INDEX, INDEXED_PRODUCT, INDEXED_SUM
from .scene import LETTERS
from .scopes import Typing
from .terms import Resolve, TypedTerm


class Place:
    """A place that a sum will run through: the index that stands for it, how far it runs, and the letter it would like to have."""

    __slots__ = ("dim", "index", "letter")

    def __init__(self, index: str, dim: Dim, letter: str = "") -> None:
        self.index, self.dim, self.letter = index, dim, letter


def axis(k: int) -> str:
    """The index that stands for the place in the leading axis k."""
    return f"#{k}"


def matrix_of(t: TypedTerm, at: Mapping[str, Expr] | None = None) -> TypedTerm:
    """One of the matrices of an array: the one at `at`, or at the places without a letter."""
    values = {build.index(name): e for name, e in (at or {}).items()}
    return TypedTerm(t.shape, (t,), lambda e, _: build.substitute(e[0], values) if values else e[0], t.node)


def array_of(t: TypedTerm, leading: Sequence[Dim]) -> TypedTerm:
    """The array of the matrices that `t` is at all places."""
    t.leading = tuple(leading)
    return t


def summed(el: Typing, body: TypedTerm, places: Sequence[Place]) -> TypedTerm:
    """The sum of the body over the places, the first one outermost."""
    scene = el.scene
    taken = {*scene.names, *scene.sizes, *el.live, *scene.places}

    def made(args: Sequence[Expr], resolve: Resolve) -> Expr:
        e = args[0]
        for p in reversed(places):
            used = {str(n.attr) for n in postorder(e) if n.op in (INDEX, INDEXED_SUM, INDEXED_PRODUCT)}
            wanted = chain([p.letter] if p.letter else [], LETTERS, (f"i_{n}" for n in count(1)))
            letter = next(c for c in wanted if c not in taken and c not in used)
            inside = build.substitute(e, {build.index(p.index): build.index(letter)})
            e = build.indexed_sum(letter, build.num(1), build.size(resolve(p.dim)), inside)
        return e

    return TypedTerm(body.shape, (body,), made)
