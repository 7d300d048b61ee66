"""Sums and products: what + - and the signs of multiplication mean, by the shapes at their sides."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..interning import regex
from ..kinds import ONE, Shape
from ..ops.book import REGISTRY
from ..ops.operation import Operation
from ..reading.subscripts import split_indexed
from ..syntax import Node, walk
from .complex_values import of_complex, refuse_inner
from .misfit import Misfit, Undecided, Wording, division_error, entrywise_error, product_error, refuse_shape, sum_error
from .scopes import SCALAR, BoundNames, Typing
from .terms import Resolve, TypedTerm, finish, undeclared
from .unify import is_unknown

UNFOLDING = regex(r"_\s*\{?\s*\(\s*\d\s*\)")  # X_{(1)}
_WEIGHTS = frozenset("yptq")  # labels and probabilities
BROADCAST = 3  # what adding a scalar to every entry costs as a reading (LANGUAGE 7)
FILLED = 5  # what it costs for ||w||^2, which is a number for certain, and a matrix or a row
ONE_ENTRY = 5  # what it costs to take an identity for 1
BEHIND = 3  # what a number behind a matrix or a row costs: A alpha
BEHIND_TURNED = 6  # and one behind a transposed name: u_i^T v_j


def operation(name: str, node: Node) -> Operation:
    """The operation of the book with this name."""
    op = REGISTRY.get(name)
    if op is None:
        raise ReadingError(f"{name} is not in the book of operations yet", span=node.span)
    return op


def applied(op: Operation, shape: Shape, args: Sequence[TypedTerm], node: Node | None, attr: object = None) -> TypedTerm:
    """The term of an operation applied to arguments whose shapes are seen to."""

    def make(e: Sequence[Expr], _: Resolve) -> Expr:
        return of_complex(op, e, attr, node) if op.real and any(map(build.is_complex, e)) else build.apply(op, e, attr)

    return TypedTerm(shape, tuple(args), make, node)


def transposed(t: TypedTerm) -> TypedTerm:
    return TypedTerm((t.shape[1], t.shape[0]), (t,), lambda e, _: build.transpose(e[0]))


def value_of(t: TypedTerm) -> Fraction | None:
    """The number a literal is."""
    finish([t], lambda d: d)
    return build.value_of(t.result) if t.result is not None and build.is_number(t.result) else None


# ---------------------------------------------------------------------------------------------- sums


def broadcast(t: TypedTerm, shape: Shape) -> TypedTerm:
    """A scalar in every entry of `shape`."""
    rows, cols = shape
    return TypedTerm(shape, (t,), lambda e, r: build.times(e[0], build.ones(r(rows), r(cols))))


def level(el: Typing, node: Node, args: list[TypedTerm], nodes: Sequence[Node], stated: bool = True) -> tuple[list[TypedTerm], Shape]:
    """The arguments brought to one shape: scalars are broadcast. Misfit where two of the others differ."""
    k0 = next((k for k, t in enumerate(args) if not t.is_scalar), None)
    if k0 is None:
        return args, SCALAR
    lead = args[k0]
    shape = lead.shape
    result = []
    for k, t in enumerate(args):
        if t.is_scalar:
            _refuse_own_entry(el, node, nodes[k], t)
            _refuse_entry_of_another(el, node, nodes[k], lead)
            _refuse_square_of_norm(el, nodes[k], t)
            if stated:
                _state_broadcast(el, t, lead, nodes[k])
            result.append(broadcast(t, shape))
            continue
        if t.shape is not shape and not el.unify(t.shape, shape):
            raise Misfit([lead, t], partial(sum_error, el, nodes[k0], nodes[k], lead, t), t.kind == lead.kind)
        result.append(t)
    return result, shape


def _refuse_own_entry(el: Typing, node: Node, scalar: Node, t: TypedTerm) -> None:
    """x - x_i, where x is a vector: its entry from every entry, or two vectors?"""
    inner = scalar.args[0] if scalar.op == "neg" else scalar
    base, sub = split_indexed(str(inner.attr)) if inner.op == "name" else ("", "")
    if sub and not el.scene.template and any(n.op == "name" and n.attr == base for a in node.args for n in (a, *a.args[:1])):
        text = Wording(el).node(node)
        hint = f"give the vectors different letters, or write {base}_{sub} ones(n) for the entry in every place"
        message = f"{text}: {inner.attr} is an entry of {base}, or another vector?"
        error = partial(ReadingError, message, span=node.span, suggestion=hint)
        if inner.attr in undeclared([t]):  # a name of its own, which may be a vector as well
            raise Misfit([t], error)
        raise error()


def _refuse_entry_of_another(el: Typing, node: Node, scalar: Node, lead: TypedTerm) -> None:
    r"""||x_i - \mu_k||^2 in a text with a plain x: x_i is one of many vectors, and x another; or the entry of x is taken from every one."""
    inner = scalar.args[0] if scalar.op == "neg" else scalar
    base, sub = split_indexed(str(inner.attr)) if inner.op == "name" else ("", "")
    if (
        (sub in el.scene.indices or sub in el.scene.free)
        and base in el.scene.alone
        and lead.kind == "vector"
        and base not in el.scene.stated
        and not el.scene.template
    ):
        message = f"{inner.attr} is an entry of {base}, or one of many vectors"
        hint = f"give {base} or {inner.attr} another letter, or declare {base} in R^n if it is an entry"
        error = partial(ReadingError, f"{Wording(el).node(node)}: {message}", span=node.span, suggestion=hint)
        raise Misfit([lead], error)


def _refuse_square_of_norm(el: Typing, scalar: Node, t: TypedTerm) -> None:
    """|A x|^2 - y beside a vector y: the square of a norm in every entry, or the squares of the entries?"""
    inner = scalar.args[0] if scalar.op == "neg" else scalar
    if inner.op == "pow" and inner.args[0].op == "bars" and any(n.op == "bars" and u.kind == "vector" for n, u in _barred(el, inner)):
        s = Wording(el)
        x = s.node(inner.args[0].args[0])
        message = f"|{x}|^{s.node(inner.args[1])} beside a vector can be a power of its norm or the powers of its entries"
        raise ReadingError(
            message, span=inner.span, suggestion=f"write abs({x}).^{s.node(inner.args[1])} for the entries, ||{x}|| for the norm"
        )


def _barred(el: Typing, power: Node) -> list[tuple[Node, TypedTerm]]:
    """The bars of a power, with what stands between them."""
    inside = power.args[0].args[0]
    return [(power.args[0], t) for n, t in el.seen if n is inside]


def _state_broadcast(el: Typing, t: TypedTerm, lead: TypedTerm, node: Node) -> None:
    shape = lead.shape
    if not t.literal and (node.args[0] if node.op == "neg" else node).attr not in el.scene.means:
        el.penalty(FILLED if lead.kind != "vector" and t.name is None else BROADCAST, t, lead)
    if el.scene.template:
        return
    if t.literal and isinstance(value_of(t), Fraction) and value_of(t) == 0:
        return
    inner = node.args[0] if node.op == "neg" else node
    text = Wording(el).factor(inner)
    verb = "subtracted from" if node.op == "neg" else "added to"

    def sentence(resolve: Resolve) -> str:
        square = shape[1] is not ONE and resolve(shape[0]) is resolve(shape[1])
        if t.literal and not square:
            return ""
        return f"{text} {verb} every entry" + (f" (write {text} I for the diagonal)" if square else "")

    el.note(sentence)


def add(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    literal = all(t.literal for t in args)
    args, shape = level(el, node, _with_one(el, node, args), node.args)
    return TypedTerm(shape, tuple(args), lambda e, _: build.add(*e), node, literal=literal)


def _with_one(el: Typing, node: Node, args: list[TypedTerm]) -> list[TypedTerm]:
    """I + u^T v, where the product of a row and a column has one entry: this I is 1."""
    alike = [a.op == "name" and a.attr == "I" and t.kind == "matrix" for a, t in zip(node.args, args)]
    rows = [any(n.op == "T" for n in walk(a)) for a in node.args]
    if sum(alike) != 1 or el.scene.template or not all(one or (t.is_scalar and row) for one, t, row in zip(alike, args, rows)):
        return args
    k = alike.index(True)
    el.seen[:] = [(n, t) for n, t in el.seen if n is not node.args[k]]  # its size is asked of nobody
    el.penalty(ONE_ENTRY, *[t for t in args if t.is_scalar])
    el.note("I is 1 beside the product of a row and a column")
    return [TypedTerm(SCALAR, (), lambda _, __: build.num(1), node.args[k], literal=True) if one else t for one, t in zip(alike, args)]


def negative(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    return TypedTerm(args[0].shape, (args[0],), lambda e, _: build.negative(e[0]), node, literal=args[0].literal)


# ---------------------------------------------------------------------------------------------- products


def product(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """Factors from the left; `u . v` of two columns is u^T v, where `.` also may stand looser than a blank."""
    signs = [str(s) for s in node.attr] if isinstance(node.attr, tuple) else [""] * (len(args) - 1)
    if signs.count("×") > 1:
        _refuse_chained(el, node, args, signs)
    if "×" in signs and (at := _before_crossed(args, signs)):
        crossed = Node("mul", node.args[at:], tuple(signs[at:]), node.span)
        return _chain(el, node, [*args[:at], product(el, crossed, args[at:])], signs[:at], [*node.args[:at], crossed])
    if "." in signs and not _fits_from_left([t.kind for t in args], signs):
        cuts = [0, *(k + 1 for k, s in enumerate(signs) if s == "."), len(args)]
        groups = list(pairwise(cuts))
        inner = [_chain(el, node, args[a:b], signs[a : b - 1], node.args[a:b]) for a, b in groups]
        if _fits_from_left([t.kind for t in inner], ["."] * (len(inner) - 1)):
            return _chain(el, node, inner, ["."] * (len(inner) - 1), [node.args[a] for a, _ in groups])
    if "×" in signs and len(args) > 2:  # r × m v, ω × J ω
        cuts = [0, *(k + 1 for k, s in enumerate(signs) if s == "×"), len(args)]
        groups = list(pairwise(cuts))
        if all(_makes_vector([t.kind for t in args[a:b]]) for a, b in groups):
            inner = [_chain(el, node, args[a:b], signs[a : b - 1], node.args[a:b]) for a, b in groups]
            return _chain(el, node, inner, ["×"] * (len(inner) - 1), [node.args[a] for a, _ in groups])
    return _chain(el, node, args, signs, node.args)


def _refuse_chained(el: Typing, node: Node, args: list[TypedTerm], signs: list[str]) -> None:
    """a × b × c of vectors, which depends on brackets."""
    for k, (sign, behind) in enumerate(pairwise(signs)):
        if sign == behind == "×" and all(t.kind == "vector" for t in args[k : k + 3]):
            a, b, c = (Wording(el).factor(n) for n in node.args[k : k + 3])
            message = f"{a} × {b} × {c} is not the same from the left and from the right"
            raise ReadingError(message, span=node.span, suggestion=f"write ({a} × {b}) × {c} or {a} × ({b} × {c})")


def _before_crossed(args: list[TypedTerm], signs: list[str]) -> int:
    """Where b × c begins in a . b × c and a^T B b × c, of vectors b and c: a number has no cross product."""
    at = signs.index("×")
    if args[at].kind != args[at + 1].kind or args[at].kind != "vector":
        return 0
    while at and signs[at - 1] in ("", "*") and args[at - 1].kind == "matrix":
        at -= 1
    before = args[at - 1].kind if at else ""
    return at if (signs[at - 1] == "." and before == "vector") or (signs[at - 1] in ("", "*") and before == "row") else 0


def _makes_vector(kinds: Sequence[str]) -> bool:
    """Whether factors are a vector behind matrices, with numbers between them."""
    whole = [k for k in kinds if k != "scalar"]
    return whole[-1:] == ["vector"] and set(whole[:-1]) <= {"matrix"}


def _fits_from_left(kinds: list[str], signs: list[str]) -> bool:
    """Whether the kinds alone allow the product from the left."""
    held = kinds[0]
    for sign, kind in zip(signs, kinds[1:]):
        if kind == "scalar":
            continue
        if sign == "/":
            return False
        if held == "scalar":
            held = kind
        elif sign == "." and held == kind == "vector":
            held = "scalar"
        else:
            inner = held in ("vector", "scalar"), kind in ("row", "scalar")
            if inner[0] != inner[1]:
                return False
            held = {("row", "vector"): "scalar", ("row", "matrix"): "row", ("matrix", "vector"): "vector"}.get((held, kind), "matrix")
    return True


def _product_of(e: Sequence[Expr], _: Resolve) -> Expr:
    return build.matmul(*e)


def _chain(el: Typing, node: Node, args: list[TypedTerm], signs: list[str], nodes: Sequence[Node]) -> TypedTerm:
    factors = [args[0]]
    shape = args[0].shape
    literal = args[0].literal
    for k, (sign, t) in enumerate(zip(signs, args[1:]), 1):
        literal = literal and t.literal
        held = TypedTerm(shape, (), _product_of)
        if sign == "/":
            below = not t.is_scalar and t.kind == "vector" and id(node) in el.scene.starred
            arrays = below or (not t.is_scalar and el.scene.of_arrays and not el.scene.template)
            if arrays and (held.is_scalar or (held.kind == t.kind == "vector" and el.sizes.unify(shape[0], t.shape[0]))):
                where = "below the sum" if below else "as in NumPy"
                el.note(f"the division by {Wording(el).factor(nodes[k])} goes entry by entry, {where}")
                if held.is_scalar and undeclared([t]):
                    el.penalty(BROADCAST, t)
                one, other = _closed(factors, shape), _reciprocal(t)
                factors, shape = [_flat([one, other], t.shape)], t.shape
                continue
            if not t.is_scalar:
                raise Misfit([t], partial(division_error, el, nodes[:k], nodes[k], held, t))
            t = TypedTerm(SCALAR, (t,), lambda e, _: build.power(e[0], build.num(-1)))
        elif sign == "@" and (t.is_scalar or held.is_scalar) and undeclared([*factors, t]):
            raise Misfit([*factors, t], partial(_array_error, el, nodes[:k], nodes[k], t.is_scalar))
        elif not t.is_scalar and not held.is_scalar:
            weighed = sign == "*" and k == 1 and el.scene.of_arrays and held.kind == t.kind == "vector"
            scaled = sign == "*" and nodes[k].attr in el.scene.scaled
            summed = sign == "*" and held.kind == t.kind == "vector" and id(node) in el.scene.starred
            if scaled or summed or (weighed and undeclared([*factors, t]) and _weighs_log(nodes[0], nodes[1])):
                if not el.sizes.unify(shape[0], t.shape[0]):
                    raise Misfit(factors + [t], partial(entrywise_error, el, ".*", nodes[:k], nodes[k], held, t), True)
                if not scaled:
                    where = "below the sum" if summed else "as in NumPy"
                    el.note(f"{Wording(el).factor(*nodes[:k])} * {Wording(el).factor(nodes[k])} goes entry by entry, {where}")
                factors = [TypedTerm(shape, (_closed(factors, shape), t), lambda e, _: build.hadamard(*e))]
                continue
            if sign == "*" and (el.scene.by_hand or el.scene.of_arrays):
                raise Misfit(factors + [t], partial(_numpy_error, el, nodes[:k], nodes[k]))
            if sign in (".", "@") and held.kind == t.kind == "vector":
                if not el.sizes.unify(shape[0], t.shape[0]):
                    raise Misfit(factors + [t], partial(entrywise_error, el, "·", nodes[:k], nodes[k], held, t), True)
                left = _closed(factors, shape)
                factors = [TypedTerm(SCALAR, (left, t), partial(_dotted, node if sign == "." else None))]
                shape = SCALAR
                continue
            if sign == "@" and held.kind == "vector" and t.kind == "matrix":  # an array of one axis is a row as much as a column
                if not el.sizes.unify(shape[0], t.shape[0]):
                    raise Misfit(factors + [t], partial(product_error, el, nodes[:k], nodes[k], held, t), True)
                el.note(f"{Wording(el).node(*nodes[:k])} is an array of one axis, and so is its product with {Wording(el).node(nodes[k])}")
                factors = [TypedTerm((t.shape[1], ONE), (transposed(t), _closed(factors, shape)), _product_of)]
                shape = factors[0].shape
                continue
            if sign == "*" and held.kind == t.kind == "vector" and not undeclared([*factors, t]) and not el.scene.template:
                if el.sizes.unify(shape[0], t.shape[0]):
                    factors, shape = _starred(el, node, _closed(factors, shape), t, (nodes[:k], nodes[k]))
                    continue
            if sign == "×" and held.kind == t.kind == "vector":
                factors = [_cross(el, _closed(factors, shape), t)]
                shape = factors[0].shape
                continue
            crossed = [n for n in nodes[k - 1 : k + 1] if n.op == "name" and str(n.attr) in el.scene.program.bold]
            if sign == "×" and any(str(n.attr)[:1].islower() for n in crossed):  # v × B, of two vectors
                raise Misfit(factors + [t], partial(product_error, el, nodes[:k], nodes[k], held, t))
            if sign == "." and held.kind == "vector" and t.kind == "matrix" and _full_stop(el, nodes[k - 1], nodes[k]):
                factors, shape = [transposed(_closed(factors, shape))], (shape[1], shape[0])
            if not el.sizes.unify(shape[1], t.shape[0]):
                sizes = (el.sizes.resolve(shape[1]) is ONE) == (t.shape[0] is ONE)
                raise Misfit(factors + [t], partial(product_error, el, nodes[:k], nodes[k], held, t), sizes)
            factors.append(t)
            shape = (shape[0], t.shape[1])
            if shape[0] is ONE and shape[1] is ONE:  # a scalar now: what follows need not chain with it
                factors = [_closed(factors, shape)]
            continue
        else:
            if t.is_scalar and held.kind in ("matrix", "row") and sign != "/":
                of_indices = nodes[k].op in ("name", "sum") and any(n.endswith("_") for n in undeclared([t]))  # W x_j, A sum_i a_i x_i
                last = all(later.is_scalar for later in args[k:])
                cost = BEHIND if of_indices or el.defaults.get(t.name or "") == "scalar" else int(nodes[k].op == "add")
                turned = nodes[k - 1].op == "T"
                if not last:  # w^T x_i y_i: the number stands last
                    cost = int(turned)
                elif turned and of_indices:
                    cost = BEHIND_TURNED
                if cost and undeclared([t]):
                    el.penalty(cost, t)
            elif sign == "." and t.is_scalar and held.kind == "vector" and undeclared([t]):  # w \cdot x_i with one number x_i
                el.penalty(BEHIND, t)
            shape = t.shape if held.is_scalar else shape
        factors.append(t)
    if len(factors) == 1:
        return TypedTerm(shape, (factors[0],), lambda e, _: e[0], node, literal=literal)
    return TypedTerm(shape, tuple(factors), _product_of, node, literal=literal)


def _weighs_log(left: Node, right: Node) -> bool:
    """y * np.log(p), (1 - y) * np.log(1 - p): weights or labels of as many logarithms. (a * np.sin(x) may have a number a.)"""
    weight = left.args[1].args[0] if left.op == "add" and left.args[0].op == "num" and left.args[1].op == "neg" else left
    return weight.op == "name" and weight.attr in _WEIGHTS and right.op == "call" and str(right.attr).rstrip(".") == "log"


def _starred(
    el: Typing, node: Node, left: TypedTerm, right: TypedTerm, nodes: tuple[Sequence[Node], Node]
) -> tuple[list[TypedTerm], Shape]:
    """u * v of two declared columns: entry by entry, or their dot product, whichever fits what stands round it."""
    choice = f"star at {nodes[1].span}"
    taken = el.kinds.get(choice)
    if taken is None:
        raise Undecided(choice, ("entries", "dot"), node)
    el.signs.add(choice)
    s, mark = Wording(el), TypedTerm(SCALAR, (), lambda _, __: build.num(1), None, choice)
    el.note(f"{s.factor(*nodes[0])} * {s.factor(nodes[1])} " + ("goes entry by entry" if taken == "entries" else "is a dot product"))
    if taken == "entries":
        return [TypedTerm(left.shape, (left, right, mark), lambda e, _: build.hadamard(*e[:2]))], left.shape
    return [TypedTerm(SCALAR, (left, right, mark), lambda e, _: build.matmul(build.transpose(e[0]), e[1]))], SCALAR


def _full_stop(el: Typing, left: Node, right: Node) -> bool:
    """Whether the factors are written b.A, as in Mathematica, where a vector is a row as much as a column."""
    if left.span is None or right.span is None:
        return False
    return el.scene.program.text[left.span[1] : right.span[0]] == "."


def _cross(el: Typing, u: TypedTerm, v: TypedTerm) -> TypedTerm:
    """u × v of two columns, by the book's shorthand."""
    meaning = el.functions["cross"]
    el.frames.append(BoundNames(dict(zip(meaning.params, (u, v))), quiet=True))
    value = el.walk(meaning.value)
    el.frames.pop()
    return value


def _closed(factors: list[TypedTerm], shape: Shape) -> TypedTerm:
    return factors[0] if len(factors) == 1 else TypedTerm(shape, tuple(factors), _product_of)


def _array_error(el: Typing, left: Sequence[Node], right: Node, last: bool) -> MatcalcError:
    s = Wording(el)
    number = s.node(right) if last else s.node(*left)
    return refuse_shape(f"@ stands between arrays, and {number} is a number", right, "write * for the product with a number")


def _numpy_error(el: Typing, left: Sequence[Node], right: Node) -> MatcalcError:
    s = Wording(el)
    one, other = s.factor(*left), s.factor(right)
    why = "a text with @ in it" if el.scene.by_hand else "a text that calls NumPy"
    return ReadingError(
        f"{one} * {other}: {why} means * entry by entry, as NumPy does, and here * is the matrix product",
        span=right.span,
        suggestion=f"write {one} .* {other} for entry by entry, or {one} @ {other} for the product",
    )


def entrywise(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """.* ./, the Kronecker and the Khatri-Rao product, from the left; runs of .* stay flat."""
    signs = node.attr if isinstance(node.attr, tuple) else ()
    held, run = args[0], [args[0]]
    for k, (sign, t) in enumerate(zip(signs, args[1:]), 1):
        if sign == ".*" and _by_columns(el, node, k, held, t):
            sign = "khatri_rao"
        if sign in ("kron", "khatri_rao"):
            left = _flat(run, held.shape)
            held = kron(el, left, t) if sign == "kron" else khatri_rao(el, node, k, left, t)
            run = [held]
            continue
        if sign == "./":
            t = _reciprocal(t)
        if held.is_scalar:
            held = TypedTerm(t.shape, (), _product_of)
        elif not t.is_scalar and not el.unify(held.shape, t.shape):
            error = partial(entrywise_error, el, str(sign), node.args[:k], node.args[k], held, t)
            raise Misfit([*run, t], error, held.kind == t.kind)
        run.append(t)
    if not held.is_scalar:
        for t in run:
            if t.is_scalar and t.name is not None:  # an elementwise sign stands between arrays
                el.penalty(BROADCAST, t)
    return _flat(run, held.shape, node)


def _reciprocal(t: TypedTerm) -> TypedTerm:
    return TypedTerm(t.shape, (t,), lambda e, _: build.power(e[0], build.num(-1)), None, literal=t.literal)


def _flat(run: list[TypedTerm], shape: Shape, node: Node | None = None) -> TypedTerm:
    def entrywise(e: Sequence[Expr], _: Resolve) -> Expr:
        scalars, others = [x for x in e if x.is_scalar], [x for x in e if not x.is_scalar]
        return build.times(*scalars, *([build.hadamard(*others)] if others else []))

    if len(run) == 1 and node is None:
        return run[0]
    return TypedTerm(shape, tuple(run), entrywise, node, literal=all(t.literal for t in run))


def kron(el: Typing, a: TypedTerm, b: TypedTerm, node: Node | None = None) -> TypedTerm:
    shape = el.sizes.product(a.shape[0], b.shape[0]), el.sizes.product(a.shape[1], b.shape[1])
    return TypedTerm(shape, (a, b), lambda e, _: build.kron(*e), node)


def _by_columns(el: Typing, node: Node, k: int, a: TypedTerm, b: TypedTerm) -> bool:
    r"""Whether \odot stands for the Khatri-Rao product: between matrices that have as many columns and not as many rows, or beside the
    unfolding X_{(1)} of an array. It is told."""
    before, after = node.args[k - 1].span, node.args[k].span
    text = el.scene.program.text
    if before is None or after is None or a.kind != "matrix" or b.kind != "matrix":
        return False
    sign = text[before[1] : after[0]]
    if "⊙" not in sign and "\\odot" not in sign:
        return False
    dims = [el.sizes.resolve(d) for d in (a.shape[0], b.shape[0], a.shape[1], b.shape[1])]
    apart = dims[0] is not dims[1] and dims[2] is dims[3] and not any(map(is_unknown, dims))
    if apart or UNFOLDING.search(text):
        el.note("⊙ is the Khatri-Rao product here, column by column, with the sign ⋄ in answers")
        return True
    return False


def khatri_rao(el: Typing, node: Node, k: int, a: TypedTerm, b: TypedTerm) -> TypedTerm:
    """The Kronecker products of the columns: both have as many."""
    if a.is_scalar or b.is_scalar or not el.sizes.unify(a.shape[1], b.shape[1]):
        raise Misfit([a, b], partial(_columns_error, el, node, k, a, b))
    return applied(operation("khatri_rao", node), (el.sizes.product(a.shape[0], b.shape[0]), a.shape[1]), [a, b], node)


def _columns_error(el: Typing, node: Node, k: int, a: TypedTerm, b: TypedTerm) -> MatcalcError:
    s = Wording(el)
    message = f"{s.node(*node.args[:k])} is {s.shape(a)} and {s.node(node.args[k])} is {s.shape(b)}"
    return refuse_shape(f"the Khatri-Rao product is of two matrices with as many columns: {message}", node)


def _dotted(node: Node | None, e: Sequence[Expr], _: Resolve) -> Expr:
    """u · v of columns; NumPy's @, which conjugates nothing, comes without its node."""
    if node is not None:
        refuse_inner(e, node)
    return build.matmul(build.transpose(e[0]), e[1])


def inner(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """<A, B>, A : B and dot(u, v): the sum of the products of the entries."""
    a, b = args
    if a.is_scalar and b.is_scalar:
        if undeclared(args) and not el.scene.template:
            raise Misfit(args, partial(refuse_shape, f"{Wording(el).node(node)} is an inner product, and both are numbers", node))
        return TypedTerm(SCALAR, (a, b), _product_of, node)
    if not el.unify(a.shape, b.shape):
        raise Misfit(args, partial(entrywise_error, el, ":", node.args[:1], node.args[1], a, b), a.kind == b.kind)

    def make(e: Sequence[Expr], _: Resolve) -> Expr:
        refuse_inner(e, node)
        product = build.matmul(e[0], build.transpose(e[1])) if a.kind == "row" else build.matmul(build.transpose(e[0]), e[1])
        return product if product.is_scalar else build.trace(product)

    return TypedTerm(SCALAR, (a, b), make, node)
