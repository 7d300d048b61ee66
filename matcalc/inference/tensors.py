"""Arrays of three and more indices where a sign or a function meets them.

T in R^{p x m x n} is the family of the matrices T_i, and C in R^{k x l x m x n} that of the matrices C_{ij}. What goes entry by entry is
the same operation on the matrices; what adds entries up runs through them: sum(T) is sum_i sum(T_i), ||T||^2 is sum_i ||T_i||^2. So
below the typing there are matrices, families and sums over their indices, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..kinds import Dim
from ..ops.book import REGISTRY
from ..ops.sums import SUM
from ..reading.subscripts import Part
from ..syntax import Declaration, Node
from .axes import Place, array_of, axis, matrix_of, summed
from .einsum import contracted, einsum
from .entries import place_at
from .misfit import Misfit, Wording, refuse_shape
from .orders import EINSUM, MODE, is_outer
from .places import place_of
from .powers import norm
from .products import applied, inner
from .scene import LETTERS
from .scopes import SCALAR, Meaning, Typing
from .terms import TypedTerm

ENTRYWISE = frozenset({"add", "neg", "epow", "sum", "iverson", "cmp", "cases"})
HINT = "write it with einsum, or with indices: T_i is a matrix, T_{ijk} an entry"


def _outer(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The array of the products of the entries."""
    wrong = [t for t in args if t.kind != "vector"]
    if wrong:
        s = Wording(el)
        k = args.index(wrong[0])
        message = f"∘ between three and more is the outer product of vectors, and {s.node(node.args[k])} is {s.shape(wrong[0])}"
        raise Misfit(args, partial(refuse_shape, message, node, "declare the vectors: a_r in R^n"))
    el.note("∘ is the outer product here")
    letters = "abcdefgh"[: len(args)]
    return contracted(el, node, list(zip(letters, args)), letters)


def _product(el: Typing, node: Node, args: list[TypedTerm], usual: Meaning) -> TypedTerm:
    """Mode products from the left, G ×_1 A ×_2 B: (X ×_n A)[…,j,…] = sum_i X[…,i,…] A[j,i]. Numbers may stand between."""
    signs = [str(s) for s in node.attr] if isinstance(node.attr, tuple) else []
    held = args[0]
    for k, (sign, t) in enumerate(zip(signs, args[1:]), 1):
        if not sign.startswith(MODE):
            pair = Node("mul", (node.args[k - 1], node.args[k]), (sign,), node.span)
            held = on_arrays(el, pair, [held, t], usual) if held.leading or t.leading else usual(el, pair, [held, t])
            continue
        mode, axes = int(sign.removeprefix(MODE)), len(held.leading) + {"scalar": 0, "matrix": 2}.get(held.kind, 1)
        if held.is_scalar or not 1 <= mode <= axes or t.leading or t.kind not in ("matrix", "row"):
            raise Misfit([held, t], partial(_mode_error, el, node, k, mode, held, t))
        letters = "abcdefgh"[:axes]
        held = contracted(el, node, [(letters, held), ("z" + letters[mode - 1], t)], letters.replace(letters[mode - 1], "z"))
    return held


def _mode_error(el: Typing, node: Node, k: int, mode: int, held: TypedTerm, t: TypedTerm) -> MatcalcError:
    s = Wording(el)
    message = f"×_{mode} is the product of an array of {mode} indices and more with a matrix"
    shapes = f"{s.node(*node.args[:k])} is {s.shape(held)}, {s.node(node.args[k])} is {s.shape(t)}"
    hint = "for a vector write v^T, a matrix of one row, or einsum" if t.kind == "vector" else None
    return refuse_shape(f"{message}: {shapes}", node, hint)


def on_arrays(el: Typing, node: Node, args: list[TypedTerm], usual: Meaning) -> TypedTerm:
    """What a sign or a function means where an array of three and more indices stands; `usual` is what it means on matrices."""
    name = str(node.attr)
    own = CALLS.get(name) if node.op == "call" else SIGNS.get(node.op)
    if node.op == "call" and name.startswith(EINSUM):
        own = einsum
    if node.op == "mul" and any(str(s).startswith(MODE) for s in (node.attr if isinstance(node.attr, tuple) else ())):
        return _product(el, node, args, usual)
    if node.op == "ew" and is_outer(el, node, args):
        own = _outer
    if own is not None:
        return own(el, node, args)
    if not _goes_by_entries(node, args):
        raise Misfit(args, partial(_refused, el, node, args))
    leading = _levelled(el, node, args)
    return array_of(usual(el, node, [matrix_of(t) if t.leading else t for t in args]), leading)


def _goes_by_entries(node: Node, args: Sequence[TypedTerm]) -> bool:
    signs = node.attr if isinstance(node.attr, tuple) else ()
    if node.op == "mul":
        arrays = [k for k, t in enumerate(args) if not t.is_scalar]
        return len(arrays) == 1 and (arrays[0] == 0 or signs[arrays[0] - 1] != "/")
    if node.op == "call":
        name = str(node.attr).rstrip(".")
        op = REGISTRY.get(name)
        return name == "sqrt" or (op is not None and (op.elementwise or name in ("max", "min")))
    return node.op in ENTRYWISE or (node.op == "ew" and "kron" not in signs)


def _levelled(el: Typing, node: Node, args: Sequence[TypedTerm]) -> tuple[Dim, ...]:
    """The leading sizes that all arrays have; what else stands there is a number."""
    arrays = [t for t in args if not t.is_scalar]
    first = arrays[0].leading
    for t in arrays[1:]:
        if len(t.leading) != len(first) or not all(map(el.sizes.unify, t.leading, first)):
            s = Wording(el)
            message = f"{s.node(node)} needs equal shapes: one array is {s.shape(arrays[0])}, another is {s.shape(t)}"
            raise Misfit([arrays[0], t], partial(refuse_shape, message, node))
    return first


def _refused(el: Typing, node: Node, args: Sequence[TypedTerm]) -> MatcalcError:
    s = Wording(el)
    k = next(k for k, t in enumerate(args) if t.leading)
    what = str(node.attr) if node.op == "call" else "this sign"
    return refuse_shape(f"{s.node(node.args[k])} is an array {s.shape(args[k])}, and {what} is of matrices and vectors", node, HINT)


def one_matrix(el: Typing, node: Node, value: TypedTerm) -> TypedTerm:
    """The matrix of an array at free indices, which stands for all of them where an array is the value of the text."""
    scene = el.scene
    taken = {*scene.names, *scene.sizes, *scene.indices, *scene.declared}
    letters = scene.value_at or [c for c in LETTERS if c not in taken][-len(value.leading) :]
    scene.value_at = letters
    places = []
    for c, dim in zip(letters, value.leading):
        scene.declared[c] = scene.stated[c] = Declaration(c, "N", ())
        scene.places.add(c)
        places.append(place_of(el, Part(c)))
        el.allows(places[-1], dim)
    word = "is a free index" if len(letters) == 1 else "are free indices"
    el.note(f"the value is an array; its matrix at {', '.join(letters)}, which {word}, stands for all")
    names = "abcdefgh"[: len(letters) + 2]
    return contracted(el, node, [(names, value)], names[-2:], dict(zip(names, places)))


# ---------------------------------------------------------------------------------------------- what adds entries up


def _through(el: Typing, t: TypedTerm, matrices: TypedTerm) -> TypedTerm:
    """The sum over the leading axes of `t` of what is known of its matrices."""
    return summed(el, matrices, [Place(axis(k), d) for k, d in enumerate(t.leading)])


def _sum(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The sum of all entries."""
    return _through(el, args[0], applied(SUM, SCALAR, [matrix_of(args[0])], None))


def _norm(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The root of the sum of the squares of all entries."""
    which = node.attr if node.op == "norm" else {"norm": "", "normF": "F"}.get(str(node.attr), "?")
    if which not in ("", "F") or len(args) > 1:
        raise Misfit(args, partial(_refused, el, node, args))
    one = norm(el, Node("norm", node.args, "F", node.span), [matrix_of(args[0])], "F")
    square = TypedTerm(SCALAR, (one,), lambda e, _: build.power(e[0], build.num(2)))
    root = build.num(Fraction(1, 2))
    return TypedTerm(SCALAR, (_through(el, args[0], square),), lambda e, _: build.power(e[0], root), node)


def _inner(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The sum of the products of the entries."""
    _levelled(el, node, args)
    return _through(el, args[0], inner(el, node, [matrix_of(t) for t in args]))


def _count(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    dims = (*args[0].leading, *args[0].shape)
    return TypedTerm(SCALAR, (), lambda _, r: build.times(*[build.size(r(d)) for d in dims]), node)


# ---------------------------------------------------------------------------------------------- parts


def _part(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """T[i,j,k], T[i,:,:], T[:,j,:]: an entry, a matrix; T[i] is T[i,:,:], as in NumPy."""
    t, places = args[0], [None if p.op == "all" else place_at(el, p) for p in node.args[1:]]
    dims = (*t.leading, *t.shape)
    places += [None] * (len(dims) - len(places)) if len(places) == len(t.leading) else []
    if len(places) != len(dims):
        raise ReadingError(f"{len(places)} subscripts, and the array has {len(dims)} indices", span=node.span)
    for place, dim in zip(places, dims):
        if place is not None and not el.allows(place, dim):
            last = place.text if place.range is None else el.sizes.resolve(place.range)
            message = f"the subscript {place.text} runs to {last}, and there are {el.sizes.resolve(dim)} entries"
            raise Misfit([t], partial(refuse_shape, message, node), True)
    letters = "abcdefgh"[: len(dims)]
    value = "".join(c for c, p in zip(letters, places) if p is None)
    return contracted(el, node, [(letters, t)], value, {c: p for c, p in zip(letters, places) if p is not None})


SIGNS: dict[str, Meaning] = {"norm": _norm, "inner": _inner, "index": _part}
CALLS: dict[str, Meaning] = {"sum": _sum, "norm": _norm, "normF": _norm, "dot": _inner, "count": _count, "numel": _count}
