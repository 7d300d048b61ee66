"""Julia's programs without Julia, which no registry of packages at hand has: parsed by tree-sitter, and computed by what is here.

A small interpreter of the part of Julia that programs are written in, by the rules of its manual and of the documentation of LinearAlgebra
and SpecialFunctions: indices from 1, entries column by column, a vector is no matrix, a transposed vector is a row, `+` and `-` take
arrays of one shape only, what has a dot goes entry by entry over axes counted from the first, functions have no value
where Julia throws. It is no Julia: a rule that was misread here is wrong in both places. Names are checked against one table
(`matcalc.codegen.julia.KNOWN`).
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from matcalc.codegen.columns_file import TAKEN
from matcalc.codegen.julia import KEYWORDS, KNOWN
from matcalc.codegen.pyfile import identifiers


class JuliaError(AssertionError):
    """What Julia would throw."""


class Row:
    """A transposed vector."""

    def __init__(self, v: Any) -> None:
        self.v = v


class Scaling(NamedTuple):
    """A multiple of I."""

    by: Any


class Kind(NamedTuple):
    """A type of numbers."""

    of: type

    def __call__(self, x: Any) -> Any:
        if isinstance(x, np.ndarray) or (self.of is float and isinstance(x, complex)):
            raise JuliaError(f"MethodError: {self.of}({x!r})")
        return self.of(x)


class Factors(NamedTuple):
    """A matrix that was factored: `parts` are its fields."""

    whole: Any
    parts: dict[str, Any] = {}


class Returned(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


@cache
def parser() -> Any:
    reason = 'tree-sitter and its grammar of Julia are not installed: pip install -e ".[test]"'
    tree_sitter = pytest.importorskip("tree_sitter", reason=reason)
    grammar = pytest.importorskip("tree_sitter_julia", reason=reason)
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def tree_of(text: str) -> Any:
    """The tree of a program. AssertionError where it does not parse."""
    tree = parser().parse(text.encode()).root_node
    assert not tree.has_error, text
    return tree


def text_of(node: Any) -> str:
    found: str = node.text.decode()
    return found


def walk(node: Any) -> Any:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.named_children)


# ---------------------------------------------------------------------------------------------- names


def unknown_names(text: str) -> set[str]:
    """The names that a program uses and nobody defines: neither an argument, nor a variable before, nor a function of the table."""
    tree = tree_of(text)
    using = {"Base", "LinearAlgebra"} | {text_of(n) for u in walk(tree) if u.type == "using_statement" for n in u.named_children}
    known = {name for module in using for name in KNOWN[module].split()} | {"nothing"}
    functions = [n for n in walk(tree) if n.type == "function_definition" and n.parent.type != "function_definition"]
    own = {text_of(signature(f)[0]) for f in functions}
    return {name for f in functions for name in _used(f) if name not in known | own}


def signature(function: Any) -> tuple[Any, list[str]]:
    """The name of a function, and its parameters."""
    call = next(n for n in function.named_children if n.type == "signature").named_children[0]
    name, arguments = call.named_children
    return name, [text_of(a) for a in arguments.named_children]


def _used(function: Any) -> set[str]:
    """The names that stand free in a function; every variable must be defined before, in the order of the text."""
    defined = {p.removesuffix("...") for p in signature(function)[1]}
    free: set[str] = set()
    quiet = ("string_literal", "line_comment", "signature", "macro_identifier")

    def visit(node: Any) -> None:
        if node.type in quiet:
            return
        if node.type == "identifier":
            free.update({text_of(node)} - defined)
            return
        children = list(node.named_children)
        if node.type == "field_expression":
            children = children[:1]
        if node.type == "named_argument":
            children = children[2:]
        if node.type in ("assignment", "compound_assignment_expression") and children[0].type in ("identifier", "open_tuple"):
            for c in children[2:]:
                visit(c)
            defined.update(text_of(n) for n in walk(children[0]) if n.type == "identifier")
            return
        if node.type == "arrow_function_expression":
            defined.add(text_of(children[0]))
        if node.type == "function_definition":
            name, parameters = signature(node)
            defined.update({text_of(name), *parameters})
        for c in [c for c in children if c.type == "for_clause"]:
            for b in c.named_children:
                visit(b)
        if node.type == "for_binding":
            for c in children[1:]:
                visit(c)
            defined.add(text_of(children[0]))
            return
        for c in children:
            if c.type != "for_clause":
                visit(c)

    for child in function.named_children:
        visit(child)
    return free


# ---------------------------------------------------------------------------------------------- arrays


def dims_of(x: Any) -> tuple[int, ...]:
    if isinstance(x, Row):
        return (1, len(x.v))
    return x.shape if isinstance(x, np.ndarray) else ()


def dense(x: Any) -> Any:
    return x.v[None, :] if isinstance(x, Row) else x


def is_number(x: Any) -> bool:
    return isinstance(x, (bool, int, float, complex, np.generic))


def plain(x: Any) -> Any:
    """Numbers as Python has them: what NumPy makes of one is no array."""
    if isinstance(x, np.generic) or (isinstance(x, np.ndarray) and x.ndim == 0):
        return x.item()
    return x


def spread(arrays: Sequence[Any]) -> list[Any]:
    """Arrays as broadcasting sees them: axes are counted from the first."""
    arrays = [dense(a) for a in arrays]
    most = max((np.ndim(a) for a in arrays), default=0)
    return [np.reshape(a, np.shape(a) + (1,) * (most - np.ndim(a)), order="F") if np.ndim(a) else a for a in arrays]


def broadcast(f: Callable[..., Any], *args: Any) -> Any:
    if not any(isinstance(a, (np.ndarray, Row)) for a in args):
        return f(*args)
    arrays = np.broadcast_arrays(*[np.asarray(a) for a in spread(args)])
    found = [f(*[plain(v) for v in vs]) for vs in zip(*[a.ravel(order="F") for a in arrays])]
    return np.array(found).reshape(arrays[0].shape, order="F")


def times(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        return checked(a * b)
    if isinstance(a, Scaling) or isinstance(b, Scaling):
        s, x = (a, b) if isinstance(a, Scaling) else (b, a)
        return Scaling(s.by * x) if is_number(x) else s.by * x
    if is_number(a) or is_number(b):
        return dense(a) * dense(b)
    if isinstance(b, Row):
        left = a if a.ndim == 2 else a[:, None]
        if left.shape[1] != 1:
            raise JuliaError("DimensionMismatch: a matrix times a row")
        return left @ b.v[None, :]
    if isinstance(a, Row):
        found = a.v @ b if len(a.v) == b.shape[0] else fail("DimensionMismatch")
        return plain(found) if b.ndim == 1 else Row(found)
    if a.ndim == 1 and b.ndim == 2 and b.shape[0] == 1:
        return a[:, None] @ b
    if a.ndim != 2 or b.ndim > 2 or a.shape[1] != b.shape[0]:
        raise JuliaError(f"MethodError or DimensionMismatch: {a.shape} * {b.shape}")
    return a @ b


def fail(words: str) -> Any:
    raise JuliaError(words)


def checked(x: Any) -> Any:
    """Whole numbers of 64 bits run over in silence: a program must not come there."""
    if isinstance(x, int) and not isinstance(x, bool) and abs(x) >= 2**53:
        raise JuliaError("a whole number runs over")
    return x


def plus(a: Any, b: Any, sign: int = 1) -> Any:
    if isinstance(b, Scaling):
        if dims_of(a)[0] != dims_of(a)[1]:
            raise JuliaError("DimensionMismatch: I beside a matrix that is not square")
        return dense(a) + sign * b.by * np.eye(len(dense(a)))
    if is_number(a) != is_number(b) or dims_of(a) != dims_of(b):
        raise JuliaError(f"MethodError or DimensionMismatch: {dims_of(a)} + {dims_of(b)}")
    if isinstance(a, Row) and isinstance(b, Row):
        return Row(a.v + sign * b.v)
    return checked(dense(a) + sign * dense(b))


def power(a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray):
        return np.linalg.matrix_power(a, b)
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        return checked(a**b)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if a < 0 and b != round(b):
            raise JuliaError("DomainError: a power of a number below 0")
        if a == 0 and b < 0:
            return math.inf
        try:
            return float(a) ** b
        except OverflowError:
            return math.inf
    return a**b


def divided(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        with np.errstate(all="ignore"):
            return plain(np.divide(a, b))
    if not is_number(b):
        raise JuliaError("an array in a denominator")
    return dense(a) / b


def solved(a: Any, b: Any) -> Any:
    return np.linalg.solve(a.whole if isinstance(a, Factors) else dense(a), dense(b))


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": plus,
    "-": lambda a, b: plus(a, b, -1),
    "*": times,
    "/": divided,
    "÷": operator.floordiv,
    "^": power,
    "\\": solved,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "===": operator.is_,
    "in": lambda a, b: a in b,
    "isa": lambda a, b: isinstance(a, b) and not (b is REAL and isinstance(a, complex)),
    "<:": lambda a, b: a.of is float,
}


# ---------------------------------------------------------------------------------------------- functions


def bounded(f: Callable[[Any], Any], low: float, high: float = math.inf) -> Callable[[Any], Any]:
    """A function that throws outside its bounds."""

    def of(x: Any) -> Any:
        if isinstance(x, np.ndarray):
            raise JuliaError("a function of numbers at an array")
        if not isinstance(x, complex) and not (low <= x <= high or math.isnan(x)):
            raise JuliaError("DomainError")
        with np.errstate(all="ignore"):
            return plain(f(x))

    return of


def of_matrices(name: str, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of numbers that is one of square matrices too."""

    def of(x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return f(x)
        linalg = pytest.importorskip("scipy.linalg", reason='SciPy is not installed: pip install -e ".[targets]"')
        if x.ndim != 2 or x.shape[0] != x.shape[1]:
            raise JuliaError(f"{name} of an array that is no square matrix")
        return getattr(linalg, f"{name}m")(x)

    return of


def along(f: Callable[..., Any], boolean: bool = False) -> Callable[..., Any]:
    def of(x: Any, dims: Any = None) -> Any:
        if dims is None:
            return plain(f(dense(x)))
        axes = tuple(d - 1 for d in ([dims] if isinstance(dims, int) else dims))
        x = dense(x)
        return f(x, axis=tuple(a for a in axes if a < x.ndim), keepdims=True)

    return of


def special(name: str) -> Callable[..., Any]:
    def of(*x: Any) -> Any:
        module = pytest.importorskip("scipy.special", reason='SciPy is not installed: pip install -e ".[targets]"')
        return plain(getattr(module, name)(*x))

    return of


def reshaped(x: Any, dims: Any) -> Any:
    dims = tuple(int(d) for d in dims)
    if int(np.prod(dims)) != int(np.prod(dims_of(x))):
        raise JuliaError(f"DimensionMismatch: {dims_of(x)} as {dims}")
    return np.reshape(dense(x), dims, order="F")


def transposed(x: Any) -> Any:
    if isinstance(x, Factors):
        return Factors(x.whole.T)
    if isinstance(x, Row):
        return x.v
    if is_number(x):
        return x
    return Row(x) if x.ndim == 1 else x.T if x.ndim == 2 else fail("MethodError: transpose")


def permuted(x: Any, order: Any = (2, 1)) -> Any:
    x = dense(x)
    if len(list(order)) != x.ndim:
        raise JuliaError("permutedims: as many axes as the array has")
    return np.transpose(x, [k - 1 for k in order])


def joined(axis: int) -> Callable[..., Any]:
    def of(*parts: Any) -> Any:
        arrays = [np.reshape(dense(p), (1,)) if is_number(p) else dense(p) for p in parts]
        if axis or any(a.ndim == 2 for a in arrays):
            arrays = [a[:, None] if a.ndim == 1 else a for a in arrays]
        return np.concatenate(arrays, axis)

    return of


def symmetric(x: Any) -> Any:
    """From the upper half, as Julia has it."""
    upper = np.triu(dense(x))
    return upper + np.triu(upper, 1).conj().T


def cholesky(x: Any) -> Any:
    try:
        return Factors(x, {"L": np.linalg.cholesky(x)})
    except np.linalg.LinAlgError:
        raise JuliaError("PosDefException") from None


def svd(x: Any) -> Any:
    U, s, Vt = np.linalg.svd(dense(x), full_matrices=False)
    return Factors(x, {"U": U, "S": s, "Vt": Vt, "V": Vt.conj().T})


def eigen(x: Any) -> Any:
    values, vectors = (np.linalg.eigh if np.allclose(x, x.T) else np.linalg.eig)(x)
    return Factors(x, {"values": values, "vectors": vectors})


def whole(x: Any) -> Any:
    return x.whole if isinstance(x, Factors) else dense(x)


def kron(a: Any, b: Any) -> Any:
    return np.kron(dense(a), dense(b)) if np.ndim(dense(a)) == np.ndim(dense(b)) else np.kron(*[as_matrix(x) for x in (a, b)])


def as_matrix(x: Any) -> Any:
    x = dense(x)
    return x[:, None] if x.ndim == 1 else x


def norm(x: Any, p: float = 2) -> Any:
    entries = np.abs(np.ravel(dense(x)))
    top = np.max(entries, initial=0)
    return plain(top * np.linalg.norm(entries / top, p)) if 0 < top < math.inf else plain(top)


def dropped(x: Any, dims: Any) -> Any:
    return np.squeeze(x, tuple(d - 1 for d in ([dims] if isinstance(dims, int) else dims)))


def first_place(what: Any, where: Any) -> Any:
    test = what if callable(what) else lambda k: k == what
    return next((k for k, v in enumerate(where, 1) if test(v)), None)


def kind_of(x: Any) -> Kind:
    x = dense(x)
    return Kind(complex if np.iscomplexobj(x) else int if np.asarray(x).dtype.kind in "iu" else float)


def converted(kind: Any, x: Any) -> Any:
    if isinstance(kind, Kind):
        return kind(x)
    axes, of = kind
    if (axes is not None and len(dims_of(x)) != axes) or is_number(x):
        raise JuliaError(f"MethodError: convert an array of {len(dims_of(x))} axes to one of {axes}")
    return np.asarray(dense(x), dtype=of.of)


class ArrayKind(NamedTuple):
    axes: int | None


def made(f: Callable[..., Any]) -> Callable[[Kind, Any], Any]:
    return lambda kind, dims: f(dims, dtype=kind.of)


def collected(kind: Any, values: Any = None) -> Any:
    return np.array(list(kind)) if values is None else np.array(list(values), dtype=kind.of)


def is_of(x: Any, kind: Any) -> bool:
    return is_number(x) if kind is NUMBER else is_number(x) and not isinstance(x, complex)


REAL, NUMBER = object(), object()
BINARY["isa"] = is_of

FUNCTIONS: dict[str, Any] = {
    **{n: of_matrices(n, bounded(getattr(np, n), -math.inf)) for n in ("exp", "cos", "sin", "cosh", "sinh")},
    **{n: bounded(getattr(np, n), -math.inf) for n in ("tan", "tanh", "expm1")},
    "sqrt": of_matrices("sqrt", bounded(np.sqrt, 0)),
    "log": of_matrices("log", bounded(np.log, 0)),
    "log1p": bounded(np.log1p, -1),
    **{n: bounded(getattr(np, f"arc{n[1:]}"), -1, 1) for n in ("asin", "acos", "atanh")},
    "asinh": bounded(np.arcsinh, -math.inf),
    "acosh": bounded(np.arccosh, 1),
    "atan": lambda *x: plain(np.arctan2(*x) if len(x) > 1 else np.arctan(*x)),
    "cot": lambda x: 1 / math.tan(x),
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "abs": abs,
    "abs2": lambda x: abs(x) ** 2,
    "sign": bounded(np.sign, -math.inf),
    "max": lambda *x: plain(np.max(x)),
    "min": lambda *x: plain(np.min(x)),
    "round": round,
    "ifelse": lambda c, a, b: a if c else b,
    "conj": lambda x: x.conjugate(),
    "real": lambda x: x if isinstance(x, Kind) else x.real,
    "imag": lambda x: x.imag,
    "float": lambda x: Kind(complex if x.of is complex else float) if isinstance(x, Kind) else float(x),
    "Int": lambda x: int(x) if x == int(x) else fail("InexactError"),
    "promote_type": lambda *kinds: Kind(max((k.of for k in kinds), key=[int, float, complex].index)),
    "eltype": kind_of,
    "convert": converted,
    "eps": lambda kind: float(np.finfo(float).eps),
    "floatmin": lambda kind: float(np.finfo(float).tiny),
    "oftype": lambda x, v: type(x)(v),
    "zero": lambda x: 0 * x,
    "size": lambda x, k=None: dims_of(x) if k is None else (*dims_of(x), 1, 1, 1)[k - 1],
    "ndims": lambda x: len(dims_of(x)),
    "length": lambda x: int(np.prod(dims_of(x))) if isinstance(x, (np.ndarray, Row)) else 1 if is_number(x) else len(x),
    "reshape": reshaped,
    "vec": lambda x: np.ravel(dense(x), order="F"),
    "transpose": transposed,
    "permutedims": permuted,
    "reverse": lambda x, dims=None: x[::-1] if dims is None else np.flip(dense(x), dims - 1),
    "cumsum": lambda x, dims: np.cumsum(dense(x), dims - 1),
    "sum": along(np.sum),
    "prod": lambda x, dims=None: along(np.prod)(x, dims) if isinstance(x, np.ndarray) else math.prod(x),
    "maximum": along(np.max),
    "minimum": along(np.min),
    "dropdims": dropped,
    "selectdim": lambda x, axis, k: np.take(x, k - 1, axis - 1),
    "argmax": lambda x: int(np.argmax(x)) + 1,
    "sortperm": lambda x: np.argsort(x, kind="stable") + 1,
    "hcat": joined(1),
    "vcat": joined(0),
    "fill": lambda x, dims=(): np.full(dims, x),
    "zeros": made(np.zeros),
    "ones": made(np.ones),
    "collect": collected,
    "unique": lambda x: list(dict.fromkeys(x)),
    "string": lambda *parts: "".join(parts),
    "Tuple": tuple,
    "div": operator.floordiv,
    "findfirst": first_place,
    "CartesianIndices": lambda dims: CartesianGrid(tuple(dims)),
    "Matrix": lambda x: as_matrix(whole(x)),
    "I": Scaling(1),
    "pi": math.pi,
    "NaN": math.nan,
    "im": 1j,
    "nothing": None,
    "true": True,
    "false": False,
    "Float64": Kind(float),
    "Real": REAL,
    "Number": NUMBER,
    "AbstractVector": ArrayKind(1),
    "AbstractMatrix": ArrayKind(2),
    "AbstractArray": ArrayKind(None),
    "DimensionMismatch": JuliaError,
    "ErrorException": JuliaError,
    "DomainError": lambda value, words: JuliaError(words),
    # LinearAlgebra
    "Diagonal": lambda v: np.diag(v) if np.ndim(v) == 1 else fail("Diagonal of a vector"),
    "Hermitian": symmetric,
    "Symmetric": symmetric,
    "cholesky": cholesky,
    "lu": lambda x: Factors(dense(x)),
    "inv": lambda x: np.linalg.inv(whole(x)),
    "det": lambda x: plain(np.linalg.det(whole(x))),
    "logdet": lambda x: plain(np.linalg.slogdet(whole(x))[1]),
    "logabsdet": lambda x: tuple(map(plain, np.linalg.slogdet(whole(x))[::-1])),
    "diag": lambda x: np.diag(x) if np.ndim(x) == 2 else fail("diag of a matrix"),
    "tr": lambda x: plain(np.trace(dense(x))),
    "tril": np.tril,
    "triu": np.triu,
    "kron": kron,
    "norm": norm,
    "opnorm": lambda x: plain(np.linalg.norm(dense(x), 2)),
    "pinv": lambda x: np.linalg.pinv(dense(x)),
    "svd": svd,
    "svdvals": lambda x: np.linalg.svd(dense(x))[1],
    "eigen": eigen,
    "eigvals": lambda x: (np.linalg.eigvalsh if np.allclose(x, x.T) else np.linalg.eigvals)(x),
    # SpecialFunctions
    **{n: special(n) for n in ("erf", "erfc", "erfcx", "gamma", "digamma", "polygamma")},
    "logabsgamma": lambda x: (special("gammaln")(x), special("gammasgn")(x)),
    # ChainRulesCore
    "NoTangent": lambda: "NoTangent()",
    "ProjectTo": lambda x: lambda dx: dx if dims_of(x) == dims_of(dx) else fail("ProjectTo: another shape"),
    "unthunk": lambda x: x,
}


class CartesianGrid(NamedTuple):
    dims: tuple[int, ...]

    def __iter__(self) -> Any:  # type: ignore[override]
        """The first index runs fastest."""
        return ((tuple(reversed(p))) for p in itertools.product(*[range(1, d + 1) for d in reversed(self.dims)]))


# ---------------------------------------------------------------------------------------------- the interpreter


class Function(NamedTuple):
    node: Any
    scope: dict[str, Any]

    def __call__(self, *args: Any) -> Any:
        _, names = signature(self.node)
        scope = dict(self.scope)
        fixed = [n for n in names if not n.endswith("...")]
        if len(fixed) < len(names):
            scope[names[-1].removesuffix("...")] = tuple(args[len(fixed) :])
        elif len(args) != len(names):
            raise JuliaError(f"MethodError: {len(args)} arguments for {names}")
        scope.update(zip(fixed, args))
        try:
            return run(body_of(self.node), scope)
        except Returned as found:
            return found.value


def body_of(function: Any) -> list[Any]:
    return [n for n in function.named_children if n.type != "signature"]


def run(statements: Sequence[Any], scope: dict[str, Any]) -> Any:
    value = None
    for s in statements:
        value = evaluate(s, scope)
    return value


def evaluate(node: Any, scope: dict[str, Any]) -> Any:
    rule = RULES.get(node.type)
    if rule is None:
        raise JuliaError(f"{node.type}: {text_of(node)}")
    return rule(node, scope)


def identifier(node: Any, scope: dict[str, Any]) -> Any:
    name = text_of(node)
    if name in scope:
        return scope[name]
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise JuliaError(f"UndefVarError: {name}")


def assignment(node: Any, scope: dict[str, Any]) -> None:
    left, _, right = node.named_children
    value = evaluate(right, scope)
    if left.type == "open_tuple":
        scope.update(zip([text_of(n) for n in left.named_children], value, strict=True))
    elif left.type == "index_expression":
        array, at = evaluate(left.named_children[0], scope), places(left, scope)
        array[at if len(at) > 1 else np.unravel_index(at[0], array.shape, order="F")] = value
    else:
        scope[text_of(left)] = value


def adding(node: Any, scope: dict[str, Any]) -> None:
    left, sign, right = node.named_children
    assert text_of(sign) == "+=" and left.type == "index_expression"
    evaluate(left.named_children[0], scope)[places(left, scope)] += evaluate(right, scope)


def places(node: Any, scope: dict[str, Any]) -> tuple[Any, ...]:
    """The indices of an expression, from 0."""
    found: list[Any] = []
    for n in node.named_children[1].named_children:
        if n.type == "splat_expression":
            found += list(evaluate(n.named_children[0], scope))
        else:
            found.append(slice(None) if text_of(n) == ":" else evaluate(n, scope))
    return tuple(_place(k) for k in found)


def _place(k: Any) -> Any:
    if isinstance(k, slice):
        return k
    if isinstance(k, range):
        return slice(k.start - 1, k.stop - 1)
    if isinstance(k, (float, np.floating)):
        raise JuliaError("ArgumentError: an index that is no whole number")
    return int(k) - 1 if is_number(k) else np.array(list(k)) - 1


def indexed(node: Any, scope: dict[str, Any]) -> Any:
    array = evaluate(node.named_children[0], scope)
    if isinstance(array, Kind):
        return np.array([evaluate(n, scope) for n in node.named_children[1].named_children], dtype=array.of)
    inside = node.named_children[1].named_children
    if isinstance(array, np.ndarray) and len(inside) == 1 and isinstance(at := evaluate_place(inside[0], scope), tuple):
        return plain(array[tuple(k - 1 for k in at)])
    at = places(node, scope)
    if isinstance(array, (tuple, list, str)):
        (k,) = at
        return array[k] if isinstance(k, (int, slice)) else tuple(array[j] for j in k)
    array = dense(array)
    sizes = array.shape if len(at) == array.ndim else (array.size,)
    if any(isinstance(k, int) and not 0 <= k < n for k, n in zip(at, sizes)):
        raise JuliaError("BoundsError")
    if len(at) != array.ndim:
        if len(at) > 1 or not isinstance(at[0], int):
            raise JuliaError(f"BoundsError: {len(at)} indices of {array.ndim}")
        return plain(np.ravel(array, order="F")[at[0]])
    return plain(array[at])


def evaluate_place(node: Any, scope: dict[str, Any]) -> Any:
    return None if node.type == "splat_expression" or text_of(node) == ":" else evaluate(node, scope)


def arguments(node: Any, scope: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    found: list[Any] = []
    named: dict[str, Any] = {}
    for n in node.named_children:
        if n.type == "named_argument":
            named[text_of(n.named_children[0])] = evaluate(n.named_children[-1], scope)
        elif n.type == "splat_expression":
            found += list(evaluate(n.named_children[0], scope))
        else:
            found.append(evaluate(n, scope))
    return found, named


def called(node: Any, scope: dict[str, Any]) -> Any:
    head, inside = node.named_children
    if head.type == "operator":
        (k,) = arguments(inside, scope)[0]
        return negative(k) if text_of(head) == "-" else lambda x: x == k  # -(x), ==(k)
    given, named = arguments(inside, scope)
    return evaluate(head, scope)(*given, **named)


def dotted(node: Any, scope: dict[str, Any]) -> Any:
    head, inside = node.named_children
    return broadcast(evaluate(head, scope), *arguments(inside, scope)[0])


def parametrized(node: Any, scope: dict[str, Any]) -> Any:
    name, inside = node.named_children
    kind = evaluate(inside.named_children[0], scope)
    if text_of(name) == "Matrix":
        return lambda scaling, m, n: np.eye(m, n, dtype=kind.of)
    return evaluate(name, scope).axes, kind


def binary(node: Any, scope: dict[str, Any]) -> Any:
    left, sign, right = node.named_children
    name = text_of(sign)
    if name in ("&&", "||"):
        first = evaluate(left, scope)
        assert isinstance(first, bool | np.bool_), f"TypeError: no Boolean: {text_of(left)}"
        return evaluate(right, scope) if bool(first) == (name == "&&") else first
    a, b = evaluate(left, scope), evaluate(right, scope)
    if name.startswith("."):
        return broadcast(BINARY[name[1:]], a, b)
    if name in ("<", ">", "<=", ">=") and not (is_number(a) and is_number(b)):
        raise JuliaError("MethodError: arrays are compared with a dot")
    return BINARY[name](a, b)


def juxtaposed(node: Any, scope: dict[str, Any]) -> Any:
    """`2^(k - 1)`, which the grammar takes for 2 times a function; else a number before a name."""
    left, right = node.named_children
    if right.type == "call_expression" and text_of(right.named_children[0]) == "^":
        return power(evaluate(left, scope), evaluate(right.named_children[1].named_children[0], scope))
    return times(evaluate(left, scope), evaluate(right, scope))


def unary(node: Any, scope: dict[str, Any]) -> Any:
    sign, x = node.named_children
    assert text_of(sign) == "-"
    return negative(evaluate(x, scope))


def negative(value: Any) -> Any:
    return Row(-value.v) if isinstance(value, Row) else Scaling(-value.by) if isinstance(value, Scaling) else -value


def bindings(node: Any, scope: dict[str, Any]) -> Any:
    name, _, values = node.named_children
    return text_of(name), evaluate(values, scope)


def looped(node: Any, scope: dict[str, Any]) -> None:
    name, values = bindings(node.named_children[0], scope)
    for v in values:
        scope[name] = v
        run(node.named_children[1:], scope)


def comprehension(node: Any, scope: dict[str, Any]) -> Any:
    body, *clauses = node.named_children
    conditions = [c.named_children[0] for c in clauses if c.type == "if_clause"]
    loops = [c.named_children for c in clauses if c.type == "for_clause"]
    inner = dict(scope)
    if len(loops) == 1 and len(loops[0]) == 2:  # for i in …, j in …: a matrix
        (one, first), (two, second) = (bindings(b, inner) for b in loops[0])
        return np.array([[evaluate(body, {**inner, one: i, two: j}) for j in second] for i in first])
    if len(loops) == 1 and isinstance(grid := bindings(loops[0][0], inner)[1], CartesianGrid):
        name = bindings(loops[0][0], inner)[0]
        found = [evaluate(body, {**inner, name: at}) for at in grid]
        return np.array(found).reshape(grid.dims, order="F")
    found = []

    def filled(k: int) -> None:
        if k == len(loops):
            if all(evaluate(c, inner) for c in conditions):
                found.append(evaluate(body, inner))
            return
        name, values = bindings(loops[k][0], inner)
        for v in values:
            inner[name] = v
            filled(k + 1)

    filled(0)
    numbers = found and all(is_number(v) for v in found)
    return np.array(found) if numbers and not all(isinstance(v, int) for v in found) else found


def interpolated(node: Any, scope: dict[str, Any]) -> str:
    parts = []
    for n in node.named_children:
        parts.append(str(evaluate(n.named_children[0], scope)) if n.type == "string_interpolation" else text_of(n))
    return "".join(parts)


def field(node: Any, scope: dict[str, Any]) -> Any:
    value, name = node.named_children
    return evaluate(value, scope).parts[text_of(name)]


def conditional(node: Any, scope: dict[str, Any]) -> Any:
    condition, yes, no = node.named_children
    return evaluate(yes if evaluate(condition, scope) else no, scope)


def branched(node: Any, scope: dict[str, Any]) -> Any:
    condition, *body = node.named_children
    return run(body, scope) if evaluate(condition, scope) else None


def returned(node: Any, scope: dict[str, Any]) -> None:
    raise Returned(evaluate(node.named_children[0], scope))


def ranged(node: Any, scope: dict[str, Any]) -> Any:
    first, last = node.named_children
    parts = [*first.named_children, last] if first.type == "range_expression" else [first, last]
    ends = [evaluate(n, scope) for n in parts]
    step = ends[1] if len(ends) == 3 else 1
    return range(ends[0], ends[-1] + (1 if step > 0 else -1), step)


def thrown(error: Exception) -> None:
    raise error


FUNCTIONS["throw"] = thrown


def listed(node: Any, scope: dict[str, Any]) -> Any:
    return np.array([evaluate(n, scope) for n in node.named_children])


def defined(node: Any, scope: dict[str, Any]) -> Any:
    name = text_of(signature(node)[0])
    scope[name] = Function(node, scope)
    return scope[name]


RULES: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "identifier": identifier,
    "integer_literal": lambda node, scope: int(text_of(node)),
    "float_literal": lambda node, scope: float(text_of(node)),
    "boolean_literal": lambda node, scope: text_of(node) == "true",
    "string_literal": interpolated,
    "line_comment": lambda node, scope: None,
    "assignment": assignment,
    "compound_assignment_expression": adding,
    "binary_expression": binary,
    "unary_expression": unary,
    "juxtaposition_expression": juxtaposed,
    "parenthesized_expression": lambda node, scope: evaluate(node.named_children[0], scope),
    "tuple_expression": lambda node, scope: tuple(evaluate(n, scope) for n in node.named_children),
    "open_tuple": lambda node, scope: tuple(evaluate(n, scope) for n in node.named_children),
    "call_expression": called,
    "broadcast_call_expression": dotted,
    "index_expression": indexed,
    "vector_expression": listed,
    "comprehension_expression": comprehension,
    "parametrized_type_expression": parametrized,
    "field_expression": field,
    "range_expression": ranged,
    "ternary_expression": conditional,
    "if_statement": branched,
    "for_statement": looped,
    "return_statement": returned,
    "arrow_function_expression": lambda node, scope: (
        lambda x: evaluate(node.named_children[1], {**scope, text_of(node.named_children[0]): x})
    ),
    "macrocall_expression": lambda node, scope: text_of(node),
    "function_definition": defined,
}


@cache
def load_julia(text: str) -> dict[str, Any]:
    """The functions of a program by name, as functions of NumPy's arrays, by name of their arguments."""
    assert not unknown_names(text), unknown_names(text)
    scope: dict[str, Any] = {}
    for node in walk(tree_of(text)):
        if node.type == "function_definition" and node.parent.type != "function_definition":
            name = text_of(signature(node)[0])
            scope[name] = Function(node, scope)
    return scope


def call_julia(functions: dict[str, Any], name: str, inputs: dict[str, Any]) -> Any:
    """The value of a function of a program. Inputs are by the names that they have in the question."""
    function = functions[name]
    given = {identifiers([n], KEYWORDS | TAKEN)[n]: v for n, v in inputs.items()}
    _, names = signature(function.node)
    found = function(
        *[
            given[n] if isinstance(given[n], int) or callable(given[n]) else plain(np.asarray(given[n], kind_of_input(given[n])))
            for n in names
        ]
    )
    return tuple(dense(v) for v in found) if isinstance(found, tuple) else dense(found)


def kind_of_input(value: Any) -> type:
    return complex if np.iscomplexobj(value) else float


def run_julia(questions: Sequence[tuple[str, str, dict[str, Any]]], result: int = 0) -> list[Any]:
    """The values of functions of emitted files, as `emitted.run_in` has them for other languages."""
    found = []
    for text, name, inputs in questions:
        value = call_julia(load_julia(text), name, inputs)
        found.append(value[result - 1] if result else value)
    return found
