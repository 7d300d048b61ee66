"""What each surface operation means, by the shapes of its arguments: one entry of MEANINGS per operation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from . import build
from .elaborate import SCALAR, Elaborator, Meaning
from .errors import MatcalcError, ReadingError
from .expr import Expr, Operation, make
from .kinds import ONE, Dim, Shape
from .misfit import (
    Misfit,
    Speller,
    Undecided,
    division_error,
    entrywise_error,
    power_error,
    product_error,
    refuse_shape,
    square_error,
    sum_error,
)
from .ops.book import REGISTRY
from .ops.core import INDEXED_PRODUCT, IVERSON
from .syntax import Node
from .terms import Resolve, Term, finish, undeclared

BROADCAST, SCALAR_TRANSPOSE, WRONG_NORM, EULER_ENTRYWISE = 3, 3, 2, 3  # what a reading costs (LANGUAGE 7)


def operation(name: str, node: Node) -> Operation:
    """The operation of the book with this name."""
    op = REGISTRY.get(name)
    if op is None:
        raise ReadingError(f"{name} is not in the book of operations yet", span=node.span)
    return op


def applied(op: Operation, shape: Shape, args: Sequence[Term], node: Node | None, attr: object = None) -> Term:
    """The term of an operation applied to arguments whose shapes are seen to."""
    return Term(shape, tuple(args), lambda e, _: build.apply(op, e, attr), node)  # type: ignore[arg-type]


def transposed(t: Term) -> Term:
    return Term((t.shape[1], t.shape[0]), (t,), lambda e, _: build.transpose(e[0]))


# ---------------------------------------------------------------------------------------------- sums


def broadcast(t: Term, shape: Shape) -> Term:
    """A scalar in every entry of `shape`."""
    rows, cols = shape
    return Term(shape, (t,), lambda e, r: build.times(e[0], build.ones(r(rows), r(cols))))


def level(el: Elaborator, node: Node, args: list[Term], nodes: Sequence[Node], stated: bool = True) -> tuple[list[Term], Shape]:
    """The arguments brought to one shape: scalars are broadcast. Misfit where two of the others differ."""
    k0 = next((k for k, t in enumerate(args) if not t.is_scalar), None)
    if k0 is None:
        return args, SCALAR
    lead = args[k0]
    shape = lead.shape
    result = []
    for k, t in enumerate(args):
        if t.is_scalar:
            if stated:
                _state_broadcast(el, t, nodes[k], shape)
            result.append(broadcast(t, shape))
            continue
        if t.shape is not shape and not el.unify(t.shape, shape):
            raise Misfit([lead, t], partial(sum_error, el, nodes[k0], nodes[k], lead, t), t.kind == lead.kind)
        result.append(t)
    return result, shape


def _state_broadcast(el: Elaborator, t: Term, node: Node, shape: Shape) -> None:
    if not t.literal:
        el.penalty(BROADCAST, t)
    if el.scene.template:
        return
    if t.literal and isinstance(_value(t), Fraction) and _value(t) == 0:
        return
    inner = node.args[0] if node.op == "neg" else node
    text = Speller(el).factor(inner)
    verb = "subtracted from" if node.op == "neg" else "added to"

    def sentence(resolve: Resolve) -> str:
        square = shape[1] is not ONE and resolve(shape[0]) is resolve(shape[1])
        if t.literal and not square:
            return ""
        return f"{text} {verb} every entry" + (f" (write {text} I for the diagonal)" if square else "")

    el.note(sentence)


def _add(el: Elaborator, node: Node, args: list[Term]) -> Term:
    literal = all(t.literal for t in args)
    args, shape = level(el, node, args, node.args)
    return Term(shape, tuple(args), lambda e, _: build.add(*e), node, literal=literal)


def _neg(el: Elaborator, node: Node, args: list[Term]) -> Term:
    return Term(args[0].shape, (args[0],), lambda e, _: build.negative(e[0]), node, literal=args[0].literal)


# ---------------------------------------------------------------------------------------------- products


def _mul(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """Factors from the left; `u . v` of two columns is u^T v, where `.` also may stand looser than a blank."""
    signs = [str(s) for s in node.attr] if isinstance(node.attr, tuple) else [""] * (len(args) - 1)
    if "." in signs and not _fits_from_left([t.kind for t in args], signs):
        cuts = [0, *(k + 1 for k, s in enumerate(signs) if s == "."), len(args)]
        groups = [(a, b) for a, b in zip(cuts, cuts[1:])]
        inner = [_chain(el, node, args[a:b], signs[a : b - 1], node.args[a:b]) for a, b in groups]
        if _fits_from_left([t.kind for t in inner], ["."] * (len(inner) - 1)):
            return _chain(el, node, inner, ["."] * (len(inner) - 1), [node.args[a] for a, _ in groups])
    return _chain(el, node, args, signs, node.args)


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


def _chain(el: Elaborator, node: Node, args: list[Term], signs: list[str], nodes: Sequence[Node]) -> Term:
    factors = [args[0]]
    shape = args[0].shape
    literal = args[0].literal
    for k, (sign, t) in enumerate(zip(signs, args[1:]), 1):
        literal = literal and t.literal
        held = Term(shape, (), _product_of)
        if sign == "/":
            if not t.is_scalar:
                raise Misfit([t], partial(division_error, el, nodes[:k], nodes[k], held, t))
            t = Term(SCALAR, (t,), lambda e, _: build.power(e[0], build.num(-1)))
        elif not t.is_scalar and not held.is_scalar:
            if sign == "*" and el.scene.by_hand:
                raise Misfit(factors + [t], partial(_numpy_error, el, nodes[:k], nodes[k]))
            if sign == "." and held.kind == t.kind == "vector":
                if not el.sizes.unify(shape[0], t.shape[0]):
                    raise Misfit(factors + [t], partial(entrywise_error, el, "·", nodes[:k], nodes[k], held, t), True)
                left = _closed(factors, shape)
                factors = [Term(SCALAR, (left, t), lambda e, _: build.matmul(build.transpose(e[0]), e[1]))]
                shape = SCALAR
                continue
            if not el.sizes.unify(shape[1], t.shape[0]):
                sizes = (el.sizes.resolve(shape[1]) is ONE) == (t.shape[0] is ONE)
                raise Misfit(factors + [t], partial(product_error, el, nodes[:k], nodes[k], held, t), sizes)
            factors.append(t)
            shape = (shape[0], t.shape[1])
            if shape[0] is ONE and shape[1] is ONE:  # a scalar now: what follows need not chain with it
                factors = [_closed(factors, shape)]
            continue
        else:
            shape = t.shape if held.is_scalar else shape
        factors.append(t)
    if len(factors) == 1:
        return Term(shape, (factors[0],), lambda e, _: e[0], node, literal=literal)
    return Term(shape, tuple(factors), _product_of, node, literal=literal)


def _closed(factors: list[Term], shape: Shape) -> Term:
    return factors[0] if len(factors) == 1 else Term(shape, tuple(factors), _product_of)


def _numpy_error(el: Elaborator, left: Sequence[Node], right: Node) -> MatcalcError:
    s = Speller(el)
    l, r = s.factor(*left), s.factor(right)
    return ReadingError(
        f"{l} * {r}: a text with @ in it means * entry by entry, as NumPy does, and here * is the matrix product",
        span=right.span,
        suggestion=f"write {l} .* {r} for entry by entry, or {l} @ {r} for the product",
    )


def _ew(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """.* ./ and kron, from the left; runs of .* stay flat."""
    signs = node.attr if isinstance(node.attr, tuple) else ()
    held, run = args[0], [args[0]]
    for k, (sign, t) in enumerate(zip(signs, args[1:]), 1):
        if sign == "kron":
            held = kron(el, _flat(run, held.shape), t)
            run = [held]
            continue
        if sign == "./":
            t = _reciprocal(t)
        if held.is_scalar:
            held = Term(t.shape, (), _product_of)
        elif not t.is_scalar and not el.unify(held.shape, t.shape):
            error = partial(entrywise_error, el, str(sign), node.args[:k], node.args[k], held, t)
            raise Misfit([*run, t], error, held.kind == t.kind)
        run.append(t)
    return _flat(run, held.shape, node)


def _reciprocal(t: Term) -> Term:
    return Term(t.shape, (t,), lambda e, _: build.power(e[0], build.num(-1)), None, literal=t.literal)


def _flat(run: list[Term], shape: Shape, node: Node | None = None) -> Term:
    def entrywise(e: Sequence[Expr], _: Resolve) -> Expr:
        scalars, others = [x for x in e if x.is_scalar], [x for x in e if not x.is_scalar]
        return build.times(*scalars, *([build.hadamard(*others)] if others else []))

    if len(run) == 1 and node is None:
        return run[0]
    return Term(shape, tuple(run), entrywise, node, literal=all(t.literal for t in run))


def kron(el: Elaborator, a: Term, b: Term, node: Node | None = None) -> Term:
    shape = el.sizes.product(a.shape[0], b.shape[0]), el.sizes.product(a.shape[1], b.shape[1])
    return Term(shape, (a, b), lambda e, _: build.kron(*e), node)


def inner(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """<A, B>, A : B and dot(u, v): the sum of the products of the entries."""
    a, b = args
    if a.is_scalar and b.is_scalar:
        return Term(SCALAR, (a, b), _product_of, node)
    if not el.unify(a.shape, b.shape):
        raise Misfit(args, partial(entrywise_error, el, ":", node.args[:1], node.args[1], a, b), a.kind == b.kind)
    if a.kind == "vector":
        return Term(SCALAR, (a, b), lambda e, _: build.matmul(build.transpose(e[0]), e[1]), node)
    if a.kind == "row":
        return Term(SCALAR, (a, b), lambda e, _: build.matmul(e[0], build.transpose(e[1])), node)
    return Term(SCALAR, (a, b), lambda e, _: build.trace(build.matmul(build.transpose(e[0]), e[1])), node)


# ---------------------------------------------------------------------------------------------- powers


def _value(t: Term) -> Fraction | None:
    """The number a literal is."""
    finish([t], lambda d: d)
    return build.value_of(t.result) if t.result is not None and build.is_number(t.result) else None


def _pow(el: Elaborator, node: Node, args: list[Term]) -> Term:
    if len(args) == 1:
        return _euler(el, node, args[0])
    base, exponent = args
    if not exponent.is_scalar:
        raise Misfit([exponent], partial(_exponent_error, el, node, base, exponent))
    if base.is_scalar:
        return Term(SCALAR, (base, exponent), lambda e, _: build.power(*e), node, literal=base.literal and exponent.literal)
    if base.kind != "matrix":
        raise Misfit([base], partial(power_error, el, node, base))
    if not el.sizes.unify(*base.shape):
        raise Misfit([base], partial(power_error, el, node, base), True)
    value = _value(exponent) if exponent.literal else None
    if exponent.literal and (value is None or value.denominator != 1):
        if value == Fraction(1, 2) and "spd" in _properties(el, base) and "sqrtm" in REGISTRY:
            return applied(REGISTRY["sqrtm"], base.shape, [base], node)
        raise Misfit([base], partial(_root_error, el, node, value))
    if not exponent.literal and not el.scene.template:
        _check_integer(el, node.args[1], exponent, node)
    return Term(base.shape, (base, exponent), lambda e, _: build.matrix_power(*e), node)


def _properties(el: Elaborator, t: Term) -> frozenset[str]:
    name = next((n for n, s in el.symbols.items() if s is t), None)
    return el.properties(name, False) if name else frozenset()


def _check_integer(el: Elaborator, exponent: Node, term: Term, node: Node) -> None:
    """A symbolic exponent of a matrix has to be an integer: declared so, or undeclared, when it becomes one."""
    todo, guessed = [exponent], []
    while todo:
        n = todo.pop()
        whole = n.op == "num" and isinstance(n.attr, Fraction) and n.attr.denominator == 1
        if n.op == "name" and isinstance(n.attr, str):
            symbol = el.symbols.get(n.attr)
            if symbol is not None and symbol.name is not None:
                guessed.append(n.attr)
            whole = symbol is None or symbol.name is not None or "integer" in el.properties(n.attr)
        elif n.op in ("add", "neg") or n.op == "mul" and "/" not in (n.attr if isinstance(n.attr, tuple) else ()):
            whole = True
            todo += n.args
        if not whole:
            s = Speller(el)
            text, base = s.node(exponent), s.factor(node.args[0])
            message = f"{base}^{text}: a matrix has whole powers only, and {s.node(n)} is not declared whole"
            raise Misfit([term], lambda: refuse_shape(message, exponent, f"declare {s.node(n)} in N, or write {base}.^{text} for entry by entry"))
    el.integers |= set(guessed)


def _exponent_error(el: Elaborator, node: Node, base: Term, exponent: Term) -> MatcalcError:
    s = Speller(el)
    b, x = s.factor(node.args[0]), s.factor(node.args[1])
    options = f"did you mean expm(log({s.node(node.args[0])}) {x})?" if exponent.kind == "matrix" and base.is_scalar else f"did you mean {b}.^{x}?"
    return refuse_shape(f"{s.node(node)}: the exponent {x} is {s.shape(exponent)}, and exponents are scalars", node, options)


def _root_error(el: Elaborator, node: Node, value: Fraction | None) -> MatcalcError:
    s = Speller(el)
    b = s.node(node.args[0])
    hint = f"write sqrtm({b}) for the principal square root" if value == Fraction(1, 2) else None
    return refuse_shape(f"{b}^{{{value}}}: a matrix has whole powers only, not {value}", node, hint)


def _euler(el: Elaborator, node: Node, exponent: Term) -> Term:
    """e^… with e nothing else."""
    if not el.scene.template:
        el.note("e is Euler's number")
    if exponent.kind == "matrix" and node.op == "pow":
        if not el.sizes.unify(*exponent.shape):
            raise Misfit([exponent], partial(square_error, el, "expm", node, node.args[1], exponent), True)
        el.note("e to a square matrix is the matrix exponential, expm")
        return applied(operation("expm", node), exponent.shape, [exponent], node)
    if not exponent.is_scalar and node.op == "pow":
        el.penalty(EULER_ENTRYWISE, exponent)
        el.note(f"{Speller(el).node(node)} taken entry by entry")
    return applied(operation("exp", node), exponent.shape, [exponent], node)


def _epow(el: Elaborator, node: Node, args: list[Term]) -> Term:
    if len(args) == 1:
        return _euler(el, node, args[0])
    base, exponent = args
    if exponent.is_scalar:
        return Term(base.shape, (base, exponent), lambda e, _: build.power(*e), node, literal=base.literal and exponent.literal)
    (base, exponent), shape = level(el, node, args, node.args, stated=False)
    exp, log = operation("exp", node), operation("log", node)
    return Term(shape, (base, exponent), lambda e, _: build.apply(exp, [build.hadamard(e[1], build.apply(log, [e[0]]))]), node)


# ---------------------------------------------------------------------------------------------- postfix, bars, norms


def _transpose(el: Elaborator, node: Node, args: list[Term]) -> Term:
    t = args[0]
    if t.is_scalar and undeclared(args):
        el.penalty(SCALAR_TRANSPOSE, t)
    return Term((t.shape[1], t.shape[0]), (t,), lambda e, _: build.transpose(e[0]), node, literal=t.literal)


def _inv(el: Elaborator, node: Node, args: list[Term]) -> Term:
    t = args[0]
    if not t.is_scalar and not el.sizes.unify(*t.shape):
        raise Misfit([t], partial(square_error, el, "inv", node, node.args[0], t), t.kind == "matrix")
    return Term(t.shape, (t,), lambda e, _: build.inverse(e[0]), node, literal=t.literal)


def _pinv(el: Elaborator, node: Node, args: list[Term]) -> Term:
    t = args[0]
    return applied(operation("pinv", node), (t.shape[1], t.shape[0]), [t], node)


# (kind of the argument, as written) -> the operation and whether that is a norm of another kind than written
_NORMS: dict[tuple[str, str], tuple[str, int]] = {
    ("vector", ""): ("norm", 0),
    ("vector", "2"): ("norm", 0),
    ("vector", "F"): ("norm", WRONG_NORM),
    ("vector", "1"): ("norm1", 0),
    ("vector", "inf"): ("norminf", 0),
    ("vector", "p"): ("normp", 0),
    ("matrix", ""): ("normF", 0),
    ("matrix", "F"): ("normF", 0),
    ("matrix", "2"): ("norm2", 0),
    ("matrix", "*"): ("norm_nuclear", 0),
}


def norm(el: Elaborator, node: Node, args: list[Term], which: str | None = None) -> Term:
    """A norm, by the kind of the argument and the subscript of the bars."""
    written = str(node.attr or "") if which is None else which
    t = args[0]
    if len(args) > 1 and not args[1].is_scalar:
        raise Misfit([args[1]], lambda: refuse_shape("the p of a norm is a scalar", node.args[1]))
    if t.is_scalar:
        el.penalty(WRONG_NORM, t)
        return applied(operation("abs", node), SCALAR, [t], node)
    found = _NORMS.get(("vector" if t.kind == "row" else t.kind, written))
    if found is None or found[0] not in REGISTRY:
        s = Speller(el)
        message = f"the norm with subscript {written} of {s.node(node.args[0])}, which is {s.shape(t)}, is not in the book"
        raise Misfit([t], lambda: refuse_shape(message, node, "the norms are ||x||, ||x||_1, ||x||_inf, ||x||_p of vectors and ||X||_F of matrices"))
    name, cost = found
    if cost:
        el.penalty(cost, t)
    if name == "normF" and written == "" and not el.scene.template:
        el.note(f"||{Speller(el).node(node.args[0])}|| is the Frobenius norm")
    first = transposed(t) if t.kind == "row" else t
    return applied(operation(name, node), SCALAR, [first, *args[1:]], node)


def _bars(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """|s|, |X|, |v|."""
    t = args[0]
    s = Speller(el)
    if t.kind == "matrix" and el.sizes.could_equal(*t.shape):
        el.sizes.unify(*t.shape)
        el.note(f"|{s.node(node.args[0])}| is the determinant")
        return applied(operation("det", node), SCALAR, [t], node)
    if t.kind in ("vector", "row"):
        choice = f"bars at {node.span}"
        taken = el.kinds.get(choice)
        if taken is None:
            raise Undecided(choice, ("norm", "abs"), node)
        mark = el._choice(choice)
        el.note(f"|{s.node(node.args[0])}| is " + ("the norm" if taken == "norm" else "taken entry by entry"))
        if taken == "norm":
            first = transposed(t) if t.kind == "row" else t
            return Term(SCALAR, (first, mark), lambda e, _: build.apply(REGISTRY["norm"], e[:1]), node)
        return Term(t.shape, (t, mark), lambda e, _: build.apply(REGISTRY["abs"], e[:1]), node)
    if t.kind == "matrix":
        el.note(f"|{s.node(node.args[0])}| is taken entry by entry")
    return applied(operation("abs", node), t.shape, [t], node)


# ---------------------------------------------------------------------------------------------- entries, literals, sums


def _index(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """X[i,j], X[i,:], (V y)_i."""
    t = args[0]
    places = node.args[1:]
    at = [None if p.op == "all" else _place(el, p) for p in places]
    if None not in at:
        return el.entry_at(t, [p for p in at if p is not None], node)
    if len(at) != 2:
        return t
    for p, dim in zip(at, t.shape):
        if p is not None and not el.covers(p[1], dim):
            raise Misfit([t], lambda: refuse_shape(f"the subscript runs to {p[1]}, but there are {el.sizes.resolve(dim)} entries", node), True)
    rows, cols = t.shape
    if at[0] is not None:
        i = at[0][0]
        return Term((ONE, cols), (t,), lambda e, r: build.matmul(build.transpose(build.unit(i, r(rows))), e[0]), node)
    if at[1] is not None:
        j = at[1][0]
        return Term((rows, ONE), (t,), lambda e, r: build.matmul(e[0], build.unit(j, r(cols))), node)
    return t


def _place(el: Elaborator, p: Node) -> tuple[Expr, Dim | None]:
    """A subscript: an index, a number, or a pair of indices run together (i, p) as in a Kronecker product."""
    if p.op == "num" and isinstance(p.attr, Fraction) and p.attr.denominator == 1 and p.attr >= 1:
        return build.num(p.attr), Dim.of(int(p.attr))
    if p.op == "name":
        index = el.frames[-1].indices.get(str(p.attr))
        if index is not None:
            return index.expr, index.range
        raise ReadingError(f"the subscript {p.attr} is not bound by a sum", span=p.span, suggestion=f"write sum_{{{p.attr}=1}}^n, or a number")
    if p.op == "tuple" and len(p.args) == 2:
        (i, outer), (k, width) = (_place(el, a) for a in p.args)
        if outer is not None and width is not None:
            whole, size = el.sizes.product(outer, width), el.sizes.resolve(width)
            if not _is_open(size):
                return build.add(build.times(build.subtract(i, build.num(1)), build.size(size)), k), whole
            raise Misfit([], lambda: refuse_shape("the size of the second index of a pair is not known here", p))
    raise ReadingError("a subscript is a bound index or a number", span=p.span)


def _is_open(d: Dim) -> bool:
    return any(n.startswith("?") for n in d.names())


def _literal(el: Elaborator, node: Node, args: list[Term]) -> Term:
    rows, cols = node.attr if isinstance(node.attr, tuple) else (len(args), 1)
    assert isinstance(rows, int) and isinstance(cols, int)
    if rows == cols == 1:
        return args[0]
    for t, n in zip(args, node.args):
        if not t.is_scalar:
            s = Speller(el)
            message = f"the entry {s.node(n)} of a matrix written out is {s.shape(t)}; entries are scalars"
            raise Misfit([t], lambda n=n, message=message: refuse_shape(message, n))  # type: ignore[misc]
    return Term((Dim.of(rows), Dim.of(cols)), tuple(args), lambda e, _: build.literal(rows, cols, e), node)


def _sum(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """A sum or product over an index; without bounds it runs over what the index ranges over."""
    index = el.unbind(node)
    *bounds, body = args
    if any(not b.is_scalar for b in bounds):
        raise Misfit(bounds, lambda: refuse_shape("the bounds of a sum are whole numbers", node))
    if node.op == "product" and not body.is_scalar:
        raise Misfit([body], lambda: refuse_shape(f"the factors of a product are scalars; {Speller(el).node(node.args[0])} is {Speller(el).shape(body)}", node))
    name = str(index.expr.attr)
    range_ = index.range

    def over(e: Sequence[Expr], resolve: Resolve) -> Expr:
        low = e[0] if len(e) > 1 else build.num(1)
        high = e[1] if len(e) > 2 else build.constant("infty") if range_ is None else build.size(resolve(range_))
        if node.op == "sum":
            return build.indexed_sum(name, low, high, e[-1])
        free = (e[-1].indices - {name}) | low.indices | high.indices
        return make(INDEXED_PRODUCT, (low, high, e[-1]), name, SCALAR, 3 + low.size + high.size + e[-1].size, free)

    return Term(body.shape, (*bounds, body), over, node)


# ---------------------------------------------------------------------------------------------- conditions


def _cmp(el: Elaborator, node: Node, args: list[Term]) -> Term:
    args, shape = level(el, node, args, node.args, stated=False)
    return applied(IVERSON, shape, args, node, node.attr)


def _iverson(el: Elaborator, node: Node, args: list[Term]) -> Term:
    return args[0]


def _cases(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """The first value whose condition holds: conditions as 0 and 1, and what is left for the last value."""
    otherwise = len(args) % 2
    values = [*args[0 : len(args) - otherwise : 2], *args[len(args) - 1 :][:otherwise]]
    conditions = args[1 : len(args) : 2]
    levelled, shape = level(el, node, values + conditions, [*node.args[0::2], *node.args[1::2]][: len(values) + len(conditions)], stated=False)
    n = len(values)

    def choose(e: Sequence[Expr], _: Resolve) -> Expr:
        return make(CASES, tuple(x for k in range(n) for x in (e[k], *e[n + k : n + k + 1])), None, e[0].shape, sum(x.size for x in e) + 2)

    from .ops.core import CASES

    return Term(shape, tuple(levelled), choose, node)


MEANINGS: dict[str, Meaning] = {
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "ew": _ew,
    "inner": inner,
    "pow": _pow,
    "epow": _epow,
    "T": _transpose,
    "inv": _inv,
    "pinv": _pinv,
    "norm": norm,
    "bars": _bars,
    "index": _index,
    "literal": _literal,
    "sum": _sum,
    "product": _sum,
    "cmp": _cmp,
    "iverson": _iverson,
    "cases": _cases,
}
