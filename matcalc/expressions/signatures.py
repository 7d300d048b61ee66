"""The shapes of values, by the signatures of the book."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ShapeError
from ..kinds import ONE, TRIANGULAR, Dim, Shape, shape_text, triangle_side, triangular
from ..ops.operation import Operation
from .expr import Expr


def result_shape(op: Operation, args: Sequence[Expr]) -> Shape:
    """The shape of the value by the operation's signature; ShapeError where the arguments do not fit it."""
    given, _, value = op.signature.rpartition("->")
    letters: dict[str, Dim] = {}
    texts = given.split(",")
    if op.directions:
        texts += texts[:1] * (len(args) - len(texts))
    for text, arg in zip(texts, args, strict=True):
        for letter, dim in zip(text.split(), arg.shape, strict=True):
            if letter.endswith(TRIANGULAR):
                known = triangular(letters.setdefault(letter[0], triangle_side(dim) or ONE))
            else:
                known = Dim.of(int(letter)) if letter.isdigit() else letters.setdefault(letter, dim)
            if known is not dim:
                raise ShapeError(f"{op.name} of shape {shape_text(arg.shape)} where {text.strip().replace(' ', '×')} is needed")
    rows, cols = (_product(token, letters) for token in value.split())
    return rows, cols


def _product(token: str, letters: dict[str, Dim]) -> Dim:
    if token.endswith(TRIANGULAR):
        return triangular(letters[token[0]])
    if token in letters:
        return letters[token]
    dim = ONE
    for letter in token:
        dim = dim * (int(letter) if letter.isdigit() else letters[letter])
    return dim
