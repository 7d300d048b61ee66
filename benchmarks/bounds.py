"""(i) What the machine allows: the calls that an emitted NumPy program makes, and how long the same kinds of call take alone.

A program runs once with arrays that write down every call. Of each call the same kind is then timed at the same size, on arrays that are
there already: a product of matrices by its shapes, a function of entries, a sum of all entries, a pass that copies or one that adds (from
one part of a large array after another where the program does). The sum is the bound: no program of these products, functions and passes
is faster, whatever stands around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from .losses import LOSSES, Loss
from .timing import Call, Ratio, race, repetitions, seconds
from .training import arguments, drawn, emitted, of_jax

# The rows that stay below their limit, and the sizes.
BELOW = (("attention", 1000), ("mixture, family", 100), ("layer normalisation", 1000), ("matrix completion", 1000), ("cosine", 1000))
FUNCTIONS = frozenset("exp expm1 log log1p sqrt tanh sin cos arctan power divide".split())  # slower than memory
MADE = ("array", "asarray", "ascontiguousarray", "empty", "zeros", "ones", "full")  # they give arrays, and ask no argument


class Kind(NamedTuple):
    """A kind of call, with the shapes and steps of its operands: `product`, `sum`, the name of a function, or a pass that reads no array
    of the size of what it writes, `fill`, or one, `copy`, or several, `add`; `in place` where it writes what it reads."""

    name: str
    operands: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    detail: str = ""
    whole: int = 0  # entries of the array of which an operand is a part, and comes from memory

    @property
    def flops(self) -> int:
        """Operations of a product of two arrays."""
        if self.name != "product" or len(self.operands) != 2:
            return 0
        (a, _), (b, _) = self.operands
        return 2 * int(np.prod(a)) * (b[1] if len(a) == len(b) == 2 and not self.detail else 1)

    @property
    def entries(self) -> int:
        """Numbers read and written."""
        sizes = [int(np.prod(shape)) for shape, _ in self.operands]
        passes = {"copy": 2, "add": 3}.get(self.name, 1)
        return sum(sizes) if self.name == "product" else passes * sizes[0]


class Row(NamedTuple):
    name: str
    part: str
    n: int
    seconds: float
    kinds: Counter[Kind]
    times: dict[str, float]  # seconds for products, functions, passes
    bound: Ratio
    jax: Ratio


class Recording(np.ndarray[Any, Any]):
    """An array that writes down what is done with it."""

    found: Counter[Kind] = Counter()
    before: frozenset[int] = frozenset()  # where the arrays lie that the call before read, and which are in the cache now

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Any:
        plain = [_plain(x) for x in inputs]
        if "out" in given:
            given["out"] = tuple(map(_plain, given["out"]))
        result = getattr(ufunc, method)(*plain, **given)
        _write(ufunc.__name__ if method == "__call__" else "sum", plain, result)
        return _recording(result)

    def __array_function__(self, function: Any, types: Any, args: Any, given: Any) -> Any:
        plain = [_plain(x) for x in args]
        result = function(*plain, **{k: _plain(v) for k, v in given.items()})
        operands = [x for x in plain if isinstance(x, np.ndarray)]
        if function.__name__ in ("einsum", "vdot", "dot"):
            Recording.found[Kind("product", _layout(operands), plain[0] if function.__name__ == "einsum" else "")] += 1
        elif isinstance(result, np.ndarray) and function.__name__ not in ("empty_like",):
            _write("copy", operands, result)
        return _recording(result)

    def dot(self, other: Any, out: Any = None) -> Any:
        plain = [_plain(self), _plain(other)]
        Recording.found[Kind("product", _layout(plain))] += 1
        return _recording(plain[0].dot(plain[1], out=_plain(out)))


def _plain(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(_plain, x))
    return x.view(np.ndarray) if isinstance(x, Recording) else x


def _recording(x: Any) -> Any:
    return x.view(Recording) if isinstance(x, np.ndarray) else x


def _layout(operands: list[Any]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    return tuple((x.shape, x.strides) for x in operands)


def _write(name: str, operands: list[Any], result: Any) -> None:
    """A call that goes over arrays: what it is like, and of how many entries."""
    size = max(np.size(x) for x in [*operands, result])
    whole = [x for x in operands if np.size(x) == size]
    kind = name if name in FUNCTIONS or name == "sum" else ("fill", "copy", "add")[min(len(whole), 2)]
    in_place = any(isinstance(x, np.ndarray) and np.may_share_memory(x, result) for x in whole) and kind != "sum"
    arrays = {x.ctypes.data: x for x in whole if isinstance(x, np.ndarray)}
    part = max((_owner(x).size for at, x in arrays.items() if at not in Recording.before), default=0)
    Recording.before = frozenset(arrays)
    Recording.found[Kind(kind, (((size,), (8,)),), "in place" if in_place else "", part if part >= 4 * size > 4096 else 0)] += 1


def _owner(x: Any) -> Any:
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def calls(function: Callable[..., Any], given: list[Any]) -> Counter[Kind]:
    """The calls that a function of an emitted program makes."""
    names, made = function.__globals__, {name: _giving(getattr(np, name)) for name in MADE}
    known, Recording.found = names["np"], Counter()
    names["np"] = SimpleNamespace(**{**vars(np), **made})
    try:
        function(*given)
    finally:
        names["np"] = known
    return Recording.found


def _giving(function: Callable[..., Any]) -> Callable[..., Any]:
    def giving(*args: Any, **given: Any) -> Any:
        result = function(*map(_plain, args), **given)
        if args and isinstance(args[0], Recording) and not np.shares_memory(result, args[0]):
            _write("copy", [_plain(args[0])], result)
        return _recording(result)

    return giving


def alone(kind: Kind) -> Call:
    """The same kind of call on arrays that are there."""
    operands = [_drawn(*one) for one in kind.operands]
    x = operands[0]
    if kind.whole and kind.name == "add":
        parts = cycle(np.zeros(kind.whole)[: kind.whole // x.size * x.size].reshape(-1, x.size))
        return lambda: np.add(x, next(parts), out=x)
    if kind.name == "product":
        if kind.detail:
            return lambda: np.einsum(kind.detail, *operands)
        if x.ndim == operands[1].ndim == 2:
            product = np.empty((x.shape[0], operands[1].shape[1]))
            return lambda: np.dot(x, operands[1], out=product)
        return lambda: np.dot(*operands)
    if kind.name == "sum":
        return lambda: np.add.reduce(x)
    if kind.name == "fill":
        return lambda: x.fill(0.5)
    out, zero = x if kind.detail and kind.name not in FUNCTIONS else np.ones_like(x), np.zeros_like(x)
    if kind.name == "copy":
        return (lambda: np.negative(x, out=x)) if kind.detail else lambda: np.copyto(out, x)
    function = getattr(np, kind.name)
    given = [x] if function.nin == 1 else [x, zero if kind.name == "add" else np.ones_like(x)]
    return lambda: function(*given, out=out)


def _drawn(shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """Numbers between 0.1 and 1, along the axes in the order in which an array has them."""
    x = np.random.default_rng(1).uniform(0.1, 1, size=shape)
    return np.asfortranarray(x) if len(shape) == 2 and strides[0] < strides[1] else x


def row(loss: Loss, part: str, n: int) -> Row:
    values, direction = drawn(loss, n)
    function = emitted(loss, "numpy")[part]
    given = arguments(function, values, *([direction] if part == "hvp" else []))
    kinds = calls(function, given)
    pieces = {kind: alone(kind) for kind in kinds}
    repeats = {kind: max(2, repetitions(call, 0.003, True)) for kind, call in pieces.items()}
    found: dict[Kind, list[float]] = {kind: [] for kind in pieces}
    races = {"matcalc": lambda: function(*given), "JAX": of_jax(loss, values, part, direction)}
    own: list[float] = []
    jax: list[float] = []
    for _ in range(9):
        for kind, call in pieces.items():
            found[kind].append(seconds(call, repeats[kind], True))
        time, ratios = race(races, rounds=2, least=0.01, inside=True)
        own.append(time)
        jax += ratios["JAX"].values
    times = dict.fromkeys(("products", "functions", "passes"), 0.0)
    for kind, several in found.items():
        times[_group(kind)] += kinds[kind] * float(np.median(several))
    total = sum(times.values())
    return Row(loss.name, part, n, float(np.median(own)), kinds, times, Ratio([total / time for time in own]), Ratio(jax))


def _group(kind: Kind) -> str:
    return "products" if kind.name == "product" else "functions" if kind.name in FUNCTIONS else "passes"


def rows(only: str = "", size: int = 0) -> Iterator[Row]:
    for loss in LOSSES:
        chosen = [n for name, n in BELOW if name == loss.name] if not only else loss.sizes if only in loss.name else ()
        for n in chosen:
            if not size or n == size:
                yield from (row(loss, part, n) for part in ("gradient", "hvp"))
