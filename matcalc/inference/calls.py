"""What each function means, by the kinds of its arguments.

A function of the book is applied by its signature, its sizes unified. Only those that one name in the text stands for
several operations, or that broadcast, have an entry in CALLS.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache, partial

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..expressions.expr import Expr, leaves
from ..expressions.properties import holds
from ..expressions.stacked import unvec
from ..kinds import ONE, TRIANGULAR, Dim, two_factors
from ..ops import arity, function_names
from ..ops.book import REGISTRY
from ..ops.core import SYMBOL
from ..ops.operation import Operation
from ..syntax import OUTER_SQUARE, Node, split_name, walk
from .constants import structure
from .declarations import GREEK
from .matrix_functions import MATRIX_FUNCTIONS
from .misfit import Misfit, Wording, refuse_shape, square_error
from .orders import EINSUM
from .powers import norm
from .products import applied, inner, khatri_rao, level, operation, transposed
from .products import kron as kron_of
from .scopes import SCALAR, BoundNames, Meaning, Typing
from .shorthands import derivative_by_entries, normal_density
from .terms import Resolve, TypedTerm, known, undeclared
from .unify import is_unknown

TRACE_OF_NUMBER = 3  # what tr(x^T w) costs as a reading
OF_MORE_THAN_ONE = frozenset({"sum", "softmax", "tr", "det", "logdet", "logsumexp", "max", "min"})
_OF_ONE_AXIS = ("ij->i1", "ij->1j")  # sums of rows and of columns


@cache
def signature(op: Operation) -> tuple[tuple[tuple[str, str], ...], tuple[str, str]]:
    """Letters of the arguments' rows and columns, and of the value's."""
    given, _, value = op.signature.partition("->")
    pairs = tuple((t[0], t[1]) for t in (part.split() for part in given.split(",")))
    rows, cols = value.split()
    return pairs, (rows, cols)


def by_signature(el: Typing, op: Operation, node: Node, args: Sequence[TypedTerm]) -> TypedTerm:
    """`op` applied to `args` if their shapes fit its signature."""
    given, value = signature(op)
    given = (*given, *[given[0]] * (len(args) - len(given)))  # directions of further derivatives
    letters = {token: Dim.of(int(token)) for pattern in (*given, value) for token in pattern if token.isdigit()}
    for k, (t, pattern) in enumerate(zip(args, given)):
        for letter, dim in zip(pattern, t.shape):
            if letter.endswith(TRIANGULAR):
                want = el.sizes.triangle(letters.setdefault(letter[0], el.sizes.fresh()))
            else:
                want = letters.setdefault(letter, dim)
            if not el.sizes.unify(want, dim):
                sizes = (el.sizes.resolve(want) is ONE) == (dim is ONE)
                raise Misfit(list(args), partial(_argument_error, el, op, node, k, pattern, args), sizes)
    rows, cols = (_size(el, token, letters) for token in value)
    return applied(op, (rows, cols), args, node)


def _size(el: Typing, token: str, letters: dict[str, Dim]) -> Dim:
    if token.endswith(TRIANGULAR):
        return el.sizes.triangle(letters[token[0]])
    whole = letters[token[0]]
    for inner_size in token[1:]:
        whole = el.sizes.product(whole, letters[inner_size])
    return whole


def _argument_error(el: Typing, op: Operation, node: Node, k: int, pattern: tuple[str, str], args: Sequence[TypedTerm]) -> MatcalcError:
    s = Wording(el)
    t = args[k]
    if pattern[0] == pattern[1] != "1":
        return square_error(el, op.name, node, node.args[k], t)
    text = s.node(node.args[k])
    wanted = {"1": "a scalar" if pattern[0] == "1" else "a vector"}.get(pattern[1], "of the shape of its other arguments")
    return refuse_shape(f"the argument {text} of {op.name} is {s.shape(t)}; it has to be {wanted}", node.args[k])


# ---------------------------------------------------------------------------------------------- one entry per function


def _diag(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    t = args[0]
    if t.is_scalar and undeclared(args):
        raise Misfit(args, partial(square_error, el, "diag", node, node.args[0], t))
    if t.kind == "vector":
        return by_signature(el, operation("diag", node), node, args)
    if t.kind == "row":
        return by_signature(el, operation("diag", node), node, [transposed(t)])
    return by_signature(el, operation("diagonal", node), node, args)


def _norm(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """norm(x), norm(x, p): as the bars."""
    if len(node.args) == 1:
        return norm(el, node, args, "")
    p = node.args[1]
    which = {"1": "1", "2": "2", "infty": "inf", "F": "F"}.get(str(p.attr), "p") if p.op in ("num", "name") else "p"
    return norm(el, node, args if which == "p" else args[:1], which)


def _nuclear(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The one singular value of a vector is its norm."""
    return norm(el, node, args, "" if args[0].kind in ("vector", "row") else "*")


def _norm_of(which: str) -> Meaning:
    def meaning(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
        return norm(el, node, args, which)

    return meaning


def _by_kind(vector: str, matrix: str | None) -> Meaning:
    """A function of a vector, whose row is the vector's transpose, and another of a matrix."""

    def meaning(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
        t = args[0]
        if t.is_scalar and not el.scene.template:
            raise Misfit(args, partial(_too_small, el, node))
        if t.kind == "matrix" and matrix is not None:
            if not el.scene.template:
                el.note(f"{node.attr} of the matrix {Wording(el).node(node.args[0])} goes row by row")
            return by_signature(el, operation(matrix, node), node, args)
        op = operation(vector, node)
        if t.kind == "row":
            value = by_signature(el, op, node, [transposed(t)])
            return value if value.is_scalar else transposed(value)
        return by_signature(el, op, node, args)

    return meaning


def _extreme(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """max(a, b, …) entry by entry; max(x) the greatest entry of a vector."""
    name = str(node.attr).rstrip(".")
    if len(args) == 1:
        entry = operation(f"{name}_entry", node)
        if args[0].is_scalar and undeclared(args):
            raise Misfit(args, partial(_too_small, el, node))
        return by_signature(el, entry, node, [transposed(args[0])] if args[0].kind == "row" else args)
    op = operation(name, node)
    args, shape = level(el, node, args, node.args, stated=False)
    held = args[0]
    for t in args[1:]:
        held = applied(op, shape, [held, t], None)
    held.node = node
    return held


def _sized(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """ones(n), ones(m, n), zeros(n)."""
    dims = [el.size_of(a) for a in node.args]
    if any(d is None for d in dims):
        bad = next(a for a, d in zip(node.args, dims) if d is None)
        raise ReadingError(f"{Wording(el).node(bad)} is no size", span=bad.span, suggestion="ones(n) and ones(m, n) take sizes")
    rows, cols = [d for d in dims if d is not None] + ([ONE] if len(dims) == 1 else [])
    make = build.ones if node.attr == "ones" else build.zeros
    return TypedTerm((rows, cols), (), lambda _, __: make(rows, cols), node)


def _count(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The number of entries."""
    rows, cols = args[0].shape
    if args[0].is_scalar and undeclared(args):
        raise Misfit(args, partial(_too_small, el, node))
    return TypedTerm(SCALAR, (), lambda _, r: build.times(build.size(r(rows)), build.size(r(cols))), node)


def _length(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """len(y) of NumPy, the number of rows; length(y) of MATLAB, which is of a vector here: of a matrix it is the greater size."""
    t = args[0]
    if (t.is_scalar and undeclared(args)) or (t.kind != "vector" and node.attr == "length"):
        raise Misfit(args, partial(_too_small, el, node))
    rows = t.shape[0]
    return TypedTerm(SCALAR, (), lambda _, r: build.size(r(rows)), node)


def _sqrt(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    if not str(node.attr).endswith("."):
        _state_entrywise(el, node, args[0])
    return TypedTerm(args[0].shape, (args[0],), lambda e, _: build.power(e[0], HALF), node, literal=args[0].literal)


def _skew(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """[w]_x of a vector; of a matrix its skew part."""
    if args[0].kind != "matrix":
        return _plain(el, node, args)
    text = el.scene.program.text[slice(*node.span)] if node.span and not el.scene.template else "skew"
    if not text.lstrip("\\").lower().startswith(("skew", "operatorname")):  # [w]_× and w^\times
        raise Misfit([args[0]], partial(_argument_error, el, operation("skew", node), node, 0, ("3", "1"), args))
    square = by_signature(el, operation("matrix_power", node), node, [args[0], known(build.num(1), node)])
    el.note(f"{Wording(el).node(node)} of a matrix is its skew part (X - X^T)/2")
    return TypedTerm(square.shape, (args[0],), lambda e, _: build.times(HALF, build.subtract(e[0], build.transpose(e[0]))), node)


def _eigen(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """eigval(A, k), eigvec(A, k) of a symmetric matrix; eigval of any other counts by real parts. An index k runs over the rows."""
    found = _plain(el, node, args)
    if el.scene.template:
        return found
    make, (square, number) = found.make, args
    letter = node.args[1] if len(node.args) > 1 else node
    counting = el.frames[-1].indices.get(str(letter.attr)) if letter.op == "name" else None
    if counting is not None and counting.range is not None:
        el.sizes.unify(counting.range, square.shape[0])
    text = Wording(el).node(square.node or node.args[0])
    general = operation("eigval_general", node)
    symmetric: list[bool] = []

    def checked(e: Sequence[Expr], resolve: Resolve) -> Expr:
        names = {n: str(n.attr[0]) for n in leaves(e[0]) if n.op is SYMBOL}  # type: ignore[index]
        declared = {n: build.symbol(name, n.shape, el.properties(name, twin=False)) for n, name in names.items()}
        symmetric.append(holds(build.substitute(e[0], declared), "symmetric"))
        if symmetric[-1]:
            return make(e, resolve)
        if node.attr == "eigvec":
            message = f"{text} is not known to be symmetric, and eigvec is of symmetric matrices"
            hint = f"declare {text} in S^n, or take eigproj({text}, k), the projector v w^T/(w^T v) with the right and the left eigenvector"
            raise refuse_shape(message, node, hint)
        return build.apply(general, e)

    el.note(lambda _: "" if all(symmetric) else f"{text} is not known to be symmetric: eigenvalues count by real parts")
    return TypedTerm(found.shape, (square, number), checked, node)


def _kron(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    return kron_of(el, args[0], args[1], node)


def _khatri_rao(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    return khatri_rao(el, node, 1, args[0], args[1])


def _vec(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The columns on top of each other: the number of columns is the outer factor of the size."""
    t = args[0]
    capital = node.args[0].op == "name" and str(node.args[0].attr)[:1].isupper() and t.kind != "matrix"
    if (t.is_scalar or capital) and undeclared(args) and not el.scene.template:  # vec(X) - X makes X no number, and no vector
        raise Misfit(args, partial(_too_small, el, node))
    return applied(operation("vec", node), (el.sizes.product(t.shape[1], t.shape[0]), ONE), args, node)


def _unvec(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """unvec(y), unvec(y, m, n): a matrix of the shape that its neighbours have, or that is said."""
    dims = [el.size_of(a) for a in node.args[1:]] or [el.sizes.fresh(), el.sizes.fresh()]
    rows, cols = [d for d in dims if d is not None] if len(dims) == 2 else (ONE, ONE)
    y = args[0]
    if not el.sizes.unify(y.shape[0], el.sizes.product(cols, rows)) or not el.sizes.unify(y.shape[1], ONE):
        raise Misfit([y], partial(_argument_error, el, REGISTRY["vec"], node, 0, ("mn", "1"), args))
    return TypedTerm((rows, cols), (y,), lambda e, r: unvec(e[0], (r(rows), r(cols))), node)


def _partial_trace(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """ptrace(X, 2), ptrace(X, 2, m, n): over the second of two systems of the sizes m and n, X[(i,j),(k,l)]; over the first with 1."""
    x, text = args[0], Wording(el).node(node.args[0])
    which = node.args[1].attr if len(node.args) > 1 and node.args[1].op == "num" else None
    if which not in (1, 2) or len(node.args) not in (2, 4):
        raise ReadingError(f"which system is traced out of {text}?", span=node.span, suggestion="ptrace(X, 2), or ptrace(X, 2, m, n)")
    dims = [d for a in node.args[2:] if (d := el.size_of(a)) is not None]
    if not dims:
        whole = el.sizes.resolve(x.shape[0])
        factors = None if is_unknown(whole) else two_factors(whole)
        if factors is None:
            hint = f"declare {text} in R^{{m n x m n}}, or say the sizes: ptrace({text}, {which}, m, n)"
            raise ReadingError(f"the sizes of the two systems of {text} are not known", span=node.span, suggestion=hint)
        dims = [*factors]
        el.note(f"{text} is of two systems of the sizes {dims[0]} and {dims[1]}, in this order")
    if len(dims) != 2 or not all(el.sizes.unify(d, el.sizes.product(*dims)) for d in x.shape):
        raise Misfit([x], partial(_argument_error, el, REGISTRY["tr"], node, 0, ("n", "n"), args))
    kept, other = dims if which == 2 else dims[::-1]
    op = REGISTRY["ptrace_second" if which == 2 else "ptrace_first"]
    return TypedTerm((kept, kept), (x,), lambda e, r: build.apply(op, (build.eye(r(kept)), e[0], build.eye(r(other)))), node)


def _convolution(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    from .convolutions import matrix, product

    return matrix(el, node, args) if node.attr in ("convmtx", "hankel") else product(el, node, args)


def _of_size(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """duplication(n), elimination(n), commutation(m, n) of sizes; of a matrix, those of its size."""
    dims = [el.size_of(a) for a in node.args]
    if None in dims:
        dims = list(args[0].shape)
    return structure(el, str(node.attr), [d for d in dims if d is not None], node)


def _inverse(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    if args[0].is_scalar and not undeclared(args):
        return TypedTerm(SCALAR, (args[0],), lambda e, _: build.inverse(e[0]), node)
    return _plain(el, node, args)


def _plain(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """Any other function of the book."""
    name = str(node.attr)
    op = operation(name, node)
    if name in OF_MORE_THAN_ONE and args[0].is_scalar and not el.scene.template:
        if name == "tr" and node.args[0].op == "mul" and any(a.op in ("T", "H") for a in walk(node.args[0])):  # tr(x^T A x)
            el.penalty(TRACE_OF_NUMBER, *args)
            el.note(f"{Wording(el).node(node)} is the trace of a number, which is that number")
        elif undeclared(args) and not (name == "sum" and node.args[0].attr == "sum"):  # sum(sum(X)), as in MATLAB
            raise Misfit(args, partial(_too_small, el, node))
        if name == "logdet":
            return applied(operation("log", node), SCALAR, [applied(operation("abs", node), SCALAR, args, None)], node)
        return TypedTerm(SCALAR, (args[0],), lambda e, _: e[0], node)
    by_entries = op.elementwise or op.stacks == "entries"
    if not by_entries and node.args[0].op == "name" and undeclared(args) and not el.scene.template:
        of_array = signature(op)[0][0] != ("1", "1")
        if (args[0].is_scalar and of_array) or (args[0].kind != "matrix" and op.index in _OF_ONE_AXIS):
            raise Misfit(args, partial(_too_small, el, node))  # X ./ rowsum(X) does not make X a number
    if op.scalar and args[0].is_scalar and len(args) == 1 and not el.scene.template:  # logm(tr(A))
        return call(el, Node("call", node.args, op.scalar, node.span), args)
    if op.elementwise:
        _state_entrywise(el, node, args[0])
    return by_signature(el, op, node, args)


def _state_entrywise(el: Typing, node: Node, t: TypedTerm) -> None:
    """A scalar function of a square matrix is said to be entrywise."""
    if t.kind != "matrix" or el.scene.template:
        return
    name = str(node.attr)
    other = MATRIX_FUNCTIONS.get(name)
    text = Wording(el).node(node)
    hint = f"; {other} is the matrix {'exponential' if other == 'expm' else 'function'}" if other else ""
    rows, cols = t.shape
    el.note(lambda resolve: f"{text} is taken entry by entry{hint}" if resolve(rows) is resolve(cols) else "")


def _too_small(el: Typing, node: Node) -> MatcalcError:
    s = Wording(el)
    t = next((t for n, t in el.seen if n is node.args[0]), None)
    return refuse_shape(f"{node.attr} of {s.node(node.args[0])}, which is {s.shape(t) if t is not None else 'a scalar'}", node)


def _log(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """log(x); log(x, b) is log_b(x)."""
    if len(args) == 1:
        return _plain(el, node, args)
    if not args[1].is_scalar:
        raise Misfit([args[1]], lambda: refuse_shape("the base of a logarithm is a scalar", node.args[1]))
    if not str(node.attr).endswith("."):
        _state_entrywise(el, node, args[0])
    log = operation("log", node)
    return TypedTerm(args[0].shape, tuple(args), lambda e, _: build.divide(build.apply(log, e[:1]), build.apply(log, e[1:])), node)


HALF = build.num(Fraction(1, 2))

CAPITAL_VARIANCE = 3  # what a capital letter for a number costs there
NORMAL = ("(2 pi)^(-1/2) s^(-1/2) exp(-(x - m)^2/(2 s))", "(2 pi)^(-count(x)/2) det(s)^(-1/2) exp(-1/2 (x - m)^T s^-1 (x - m))")


def _normal(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The normal density with mean m and covariance s: of a number, where s is its variance, or of a vector."""
    x, m, s = args
    if not all(t.is_scalar for t in args):
        wrong = next((t for t, kind in zip(args, ("vector", "vector", "matrix")) if t.kind != kind), None)
        if wrong is not None or not el.unify(x.shape, m.shape) or not el.unify(s.shape, (x.shape[0], x.shape[0])):
            raise Misfit(args, partial(_normal_error, el, node, args))
    elif node.args[2].op == "name" and str(node.args[2].attr)[:1].isupper():
        el.penalty(CAPITAL_VARIANCE, *args)
    el.frames.append(BoundNames({"x": x, "m": m, "s": s}, quiet=True))
    taken = any(split_name(n)[0] == "pi" for n in el.scene.names)  # pi_k N(x | m_k, S_k)
    value = el.walk(normal_density(NORMAL[not x.is_scalar].replace("pi", "acos(-1)" if taken else "pi")))
    el.frames.pop()
    return value


def _normal_error(el: Typing, node: Node, args: list[TypedTerm]) -> MatcalcError:
    s = Wording(el)
    shapes = ", ".join(s.shape(t) for t in args)
    return refuse_shape(f"the normal density is of a vector, its mean and its covariance matrix, or of three numbers; here {shapes}", node)


CALLS: dict[str, Meaning] = {
    "diag": _diag,
    "norm": _norm,
    "norm1": _norm_of("1"),
    "norm2": _norm_of("2"),
    "normF": _norm_of("F"),
    "norminf": _norm_of("inf"),
    "norm_nuclear": _nuclear,
    "softmax": _by_kind("softmax", "softmax_rows"),
    "logsumexp": _by_kind("logsumexp", "logsumexp_rows"),
    "cumsum": _by_kind("cumsum", None),
    "max": _extreme,
    "min": _extreme,
    "ones": _sized,
    "zeros": _sized,
    "count": _count,
    "numel": _count,
    "len": _length,
    "length": _length,
    "sqrt": _sqrt,
    "dot": inner,
    "eigval": _eigen,
    "eigval_general": _eigen,
    "eigvec": _eigen,
    "kron": _kron,
    "khatri_rao": _khatri_rao,
    "skew": _skew,
    "inv": _inverse,
    "vec": _vec,
    "unvec": _unvec,
    "convmtx": _convolution,
    **dict.fromkeys(("hankel", "conv", "convolve", "correlate"), _convolution),
    "ptrace": _partial_trace,
    "duplication": _of_size,
    "elimination": _of_size,
    "commutation": _of_size,
    "normalpdf": _normal,
    "log": _log,
}


def _dotted(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """exp.(X), max.(X, Y): entry by entry, and meant so."""
    name = str(node.attr)[:-1]
    if name == "sqrt" or (name in ("log", "max", "min") and len(args) > 1):
        return CALLS[name](el, node, args)
    op = REGISTRY.get(name)
    given = signature(op)[0] if op is not None and "->" in op.signature else ()
    if op is None or not (op.elementwise or [p for p in given if p != ("1", "1")] == [("m", "n")] != list(given)):
        raise ReadingError(f"{name}.(…) is not read: {name} is no function of one number", span=node.span, suggestion=f"write {name}(…)")
    return by_signature(el, op, node, args)


def _derivative(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """tanh'(z): the derivative that the book gives, entry by entry."""
    el.frames.append(BoundNames({"x": args[0]}, quiet=True))
    value = el.walk(derivative_by_entries(str(node.attr)[:-1]))
    el.frames.pop()
    return value


def _expectation(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """E[F], with the variable, its mean and its covariances."""
    from ..ops.averages import OVER_MATRIX, OVER_VECTOR

    if len(args) not in (4, 5):
        raise ReadingError("an expectation is of one formula, E[x^T A x]", span=node.span)
    return by_signature(el, OVER_VECTOR if len(args) == 4 else OVER_MATRIX, node, args)


def _outer_square(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """F F^T of a column, F^2 of a number, in variances."""
    (f,) = args
    if f.kind not in ("scalar", "vector"):
        raise Misfit(args, partial(refuse_shape, "a variance is of a number or a column", node))
    return TypedTerm((f.shape[0], f.shape[0]), (f,), lambda e, _: build.matmul(e[0], build.transpose(e[0])), node)


def call(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """A function applied to its arguments."""
    name = str(node.attr)
    if name.startswith(EINSUM):
        from .einsum import einsum

        return einsum(el, node, args)
    if name == "expectation":
        return _expectation(el, node, args)
    if name == OUTER_SQUARE:
        return _outer_square(el, node, args)
    if name.endswith("'") and name[:-1] in REGISTRY:
        return _derivative(el, node, args)
    if name.endswith("."):
        return _dotted(el, node, args)
    meaning = CALLS.get(name)
    if meaning is not None:
        return meaning(el, node, args)
    if name.rstrip("'") in el.scene.declared:
        from .abstract import abstract

        return abstract(el, node, args)
    if name not in REGISTRY and name in function_names():  # in a tree that was spelled, not read
        return call(el, Node("call", node.args, function_names()[name], node.span), args)
    letter = split_name(name.rstrip("'"))[0]
    if name not in REGISTRY and (len(letter) == 1 or letter.lower() in GREEK):
        from .abstract import abstract

        return abstract(el, node, args)
    if name not in REGISTRY:
        raise ReadingError(f"{name} is no function that is known", span=node.span)
    least, most = arity(name)
    if not least <= len(args) <= most:
        raise ReadingError(f"{name} takes {len(REGISTRY[name].params)} arguments, {len(args)} were given", span=node.span)
    return _plain(el, node, args)
