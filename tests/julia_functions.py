"""The functions of Julia that programs call, by the documentation of Base, LinearAlgebra and SpecialFunctions; see `julia`."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from julia_values import BINARY, Factors, JuliaError, Kind, Row, Scaling, dense, dims_of, fail, is_number, plain


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
    "pinv": lambda x, rtol=1e-15: np.linalg.pinv(dense(x), rtol),
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
