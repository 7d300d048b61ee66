"""From the text of a rule in the book to its use on given arguments: templates, read once and instantiated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from ..errors import NoAnswerError, ShapeError
from ..expressions import build
from ..expressions.build import add, apply, hadamard, ones, power, substitute, symbol, times, transpose, zeros
from ..expressions.expr import Expr, make, postorder, transform
from ..kinds import ONE, Dim, Shape, size_of_letter, triangle_side
from ..ops.core import ADD, EYE, INDEXED_SUM, NUMBER, ONES, POWER, SIZE, SYMBOL, TIMES, UNIT, ZEROS
from ..ops.operation import Operation
from .infer import read_template

# Names no user can type, so that a template's placeholders never meet a user's symbol.
_MARK = "\u2022"


def signature_shapes(op: Operation) -> list[Shape]:
    """The shapes of the parameters, in the signature's letters."""
    given = op.signature.partition("->")[0]
    return [tuple(size_of_letter(t, _MARK) for t in part.split()) for part in given.split(",")]  # type: ignore[misc]


@cache
def template(op: Operation) -> tuple[Expr, tuple[Expr, ...], tuple[Expr, ...], Expr]:
    """The operation's differential as an expression, with its parameters, their differentials and the value."""
    shapes = signature_shapes(op)
    values = tuple(symbol(_MARK + p, s) for p, s in zip(op.params, shapes, strict=True))
    holes = tuple(symbol(f"{_MARK}d{p}", s) for p, s in zip(op.params, shapes, strict=True))
    result = symbol(_MARK + "F", build.result_shape(op, values))
    names = {p: v for p, v in zip(op.params, values, strict=True)} | {f"d{p}": h for p, h in zip(op.params, holes, strict=True)}
    body = read_template(op.differential, {**names, "F": result})
    if body.op is INDEXED_SUM:  # over a letter that no argument has
        letter, (low, high, inside) = str(body.attr), body.args
        body = build.indexed_sum(_MARK + letter, low, high, substitute(inside, {build.index(letter): build.index(_MARK + letter)}))
    return body, values, holes, result


def differential_text(op: Operation) -> Expr:
    """The differential as it stands in the book, in its own placeholders."""
    return derivative_text(op)[0] if op.elementwise else template(op)[0]


def differential_of(node: Expr, needed: set[Expr]) -> Iterable[tuple[Expr, Expr, Expr]]:
    """For each argument in `needed`: the argument, its part of d(node) by the book, and the symbol for its differential. A sum over
    an index runs over a letter that nothing has."""
    body, values, holes, result = template(node.op)
    if build.is_zero(body):
        return
    known, sizes = dict(zip(values, node.args, strict=True)) | {result: node}, _letters(values, node.args)
    for k, argument in enumerate(node.args):
        if argument in needed:
            part, hole = _part(node.op, body, holes, k)
            moved = symbol(f"{_MARK}d{node.op.params[k]}", argument.shape)
            yield argument, instantiate(part, known | {hole: moved}, sizes), moved


@cache
def _part(op: Operation, body: Expr, holes: tuple[Expr, ...], k: int) -> tuple[Expr, Expr]:
    """What one argument has of the differential of an operation, and the symbol for its differential in it."""
    if holes[k] not in postorder(body):
        raise NoAnswerError(f"nothing is known of how {op.name} changes with its argument {op.params[k]}")
    return substitute(body, {h: zeros(*h.shape) for n, h in enumerate(holes) if n != k}), holes[k]


@cache
def _factor(op: Operation, body: Expr, holes: tuple[Expr, ...], k: int) -> Expr:
    """Of an operation entry by entry: what stands beside the differential of an argument."""
    part, hole = _part(op, body, holes, k)
    return substitute(part, {hole: ones(*hole.shape)})


def factors_of(node: Expr, needed: set[Expr]) -> Iterable[tuple[Expr, Expr]]:
    """Of an operation entry by entry, for each argument in `needed`: the argument, and what stands beside its differential in d(node)."""
    if node.op.elementwise:
        yield node.args[0], lift(node.op, node.args[0])
        return
    body, values, holes, result = template(node.op)
    known, sizes = dict(zip(values, node.args, strict=True)) | {result: node}, _letters(values, node.args)
    for k, argument in enumerate(node.args):
        if argument in needed and not build.is_zero(body):
            yield argument, instantiate(_factor(node.op, body, holes, k), known, sizes)


@cache
def _text(op: Operation, text: str) -> tuple[Expr, tuple[Expr, ...], Expr, Expr]:
    """A text of the book in the operation's parameters, `A` (of the value's shape) and the value `F`."""
    values = tuple(symbol(_MARK + p, s) for p, s in zip(op.params, signature_shapes(op), strict=True))
    shape = build.result_shape(op, values)
    cotangent, result = symbol(_MARK + "A", shape), symbol(_MARK + "F", shape)
    names = {p: v for p, v in zip(op.params, values, strict=True)} | {"A": cotangent, "F": result}
    return read_template(text, names), values, cotangent, result


def adjoint_of(op: Operation, x: Expr, others: Sequence[Expr], cotangent: Expr) -> Expr:
    """For an operation at x with directions: what `cotangent` becomes at the direction beside the `others`. The text of the book
    is for one direction; along the others it is differentiated, by X, as the operation itself."""
    body, values, a, _ = _text(op, op.adjoint)

    def rebuild(e: Expr, args: tuple[Expr, ...]) -> Expr:
        if e.op is not op:
            return build.rebuild(e, args)
        return apply(op, (*args, *[substitute(e.args[0], {values[0]: d}) for d in others]))

    return transform(body, rebuild, {values[0]: x, a: cotangent})


def kronecker_of(op: Operation, x: Expr, others: Sequence[Expr]) -> Expr:
    """For an operation at x with directions: the matrix M with vec(value) = M vec(E) for the direction E beside the `others`. For a
    linear operation of one argument, for that."""
    body, values, _, _ = _text(op, op.kronecker)
    return apply(body.op, (x, *others)) if op.directions else instantiate(body, {values[0]: x}, _letters(values, (x,)))


def defined(node: Expr) -> Expr:
    """The value of an operation by its definition in terms of others."""
    if node.op.elementwise:
        body, x = of_a_number(node.op)
        return substitute(body, {x: node.args[0]}) if node.is_scalar else entrywise(body, {x: node.args[0]}, node.shape)
    return by_text(node, node.op.definition)


def by_text(node: Expr, text: str) -> Expr:
    """A text of the book in an operation's parameters, at the arguments of a node."""
    body, values, _, _ = _text(node.op, text)
    return instantiate(body, dict(zip(values, node.args, strict=True)), _letters(values, node.args))


@cache
def of_a_number(op: Operation) -> tuple[Expr, Expr]:
    """The definition of a function of one number, and the letter that stands for it."""
    x = symbol(_MARK + "x")
    return read_template(op.definition, {"x": x}), x


def _letters(values: Iterable[Expr], args: Iterable[Expr]) -> dict[str, Dim]:
    """What the signature's letters stand for."""
    sizes: dict[str, Dim] = {}
    for v, a in zip(values, args):  # without further directions, which have no letters of their own
        for letter, dim in zip(v.shape, a.shape, strict=True):
            if letter.name:
                sizes[letter.name] = dim
            elif letter is not ONE and (side := triangle_side(letter)) is not None and side.name:
                sizes[side.name] = triangle_side(dim) or ONE
    return sizes


def instantiate(body: Expr, known: dict[Expr, Expr], sizes: dict[str, Dim]) -> Expr:
    """The template with its placeholders and its dimension letters replaced."""
    done = dict(known)
    for n in _nodes(body):
        if n in done:
            continue
        if not n.args:
            done[n] = _resized(n, sizes)
        elif n.op is UNIT:
            done[n] = build.unit(done[n.args[0]], n.shape[0].substitute(sizes))
        else:
            done[n] = build.rebuild(n, tuple([done[a] for a in n.args]))
    return done[body]


@cache
def _nodes(template: Expr) -> list[Expr]:
    """The nodes of a template, which stays, arguments first."""
    return postorder(template)


def _resized(leaf: Expr, sizes: dict[str, Dim]) -> Expr:
    if leaf.op is SYMBOL or leaf.op is NUMBER:
        return leaf
    rows, cols = (d.substitute(sizes) for d in leaf.shape)
    if leaf.op is EYE:
        return build.eye(rows)
    if leaf.op is ONES:
        return ones(rows, cols)
    if leaf.op is ZEROS:
        return zeros(rows, cols)
    if leaf.op is SIZE:
        assert isinstance(leaf.attr, Dim)
        return build.size(leaf.attr.substitute(sizes))
    attr = leaf.attr.substitute(sizes) if isinstance(leaf.attr, Dim) else leaf.attr
    return make(leaf.op, (), attr, (rows, cols), leaf.size, leaf.indices)


@cache
def derivative_text(op: Operation) -> tuple[Expr, Expr]:
    """f'(x) of a function of one number, and the letter that stands for x."""
    x = symbol(_MARK + "x")
    return read_template(op.differential, {"x": x}), x


def lift(op: Operation, argument: Expr) -> Expr:
    """f'(argument) of an elementwise operation, entry by entry."""
    body, x = derivative_text(op)
    if argument.is_scalar:
        return substitute(body, {x: argument})
    if argument.shape[0] is ONE:
        return transpose(lift(op, transpose(argument)))
    return entrywise(body, {x: argument}, argument.shape)


def entrywise(body: Expr, values: dict[Expr, Expr], shape: Shape) -> Expr:
    """A scalar expression read entry by entry: `values` replaces scalars by arrays of `shape`, products become
    entrywise, and what does not depend on them is broadcast where it is added."""
    arrays: dict[Expr, Expr] = dict(values)  # what has become an array

    def broadcast(e: Expr) -> Expr:
        return e if e.shape == shape else times(e, ones(*shape))

    for n in postorder(body):
        if n in arrays or not any(a in arrays for a in n.args):
            continue
        args = [arrays.get(a, a) for a in n.args]
        if n.op is ADD:
            arrays[n] = add(*[broadcast(a) for a in args])
        elif n.op is TIMES:
            arrays[n] = times(*[a for a in n.args if a not in arrays], hadamard(*[arrays[a] for a in n.args if a in arrays]))
        elif n.op is POWER:
            if n.args[1] in arrays:
                raise ShapeError("an exponent that differs from entry to entry has no entrywise form")
            arrays[n] = power(args[0], args[1])
        else:
            patterns = n.op.signature.partition("->")[0].split(",")  # a scalar parameter stays one
            whole = [k >= len(patterns) or patterns[k].split() != ["1", "1"] for k in range(len(args))]
            arrays[n] = apply(n.op, [broadcast(a) if w else a for a, w in zip(args, whole, strict=True)], n.attr)
    return broadcast(arrays.get(body, body))
