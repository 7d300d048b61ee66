"""The user's arrays, in and out of the two-dimensional world."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from ..errors import ShapeError, UsageError
from ..kinds import ONE, Dim, Shape, kind_of

if TYPE_CHECKING:
    import numpy as np

Value = Any  # a number, or a two-dimensional array


def prepare(
    symbols: Mapping[str, Shape],
    families: Mapping[str, tuple[Sequence[Dim | None], Shape]],
    given: Mapping[str, Any],
    known: Mapping[str, int] | None = None,
) -> tuple[dict[str, Value], dict[str, int]]:
    """The user's values in internal form, and the sizes that follow from their shapes.

    A vector is a one-dimensional array, a matrix a two-dimensional one, a family (numbers of members, shape of one) has
    its index first. `known` fixes sizes beforehand; a value given under a dimension's name does so too.
    """
    shapes: dict[str, tuple[Dim | None, ...]] = {n: _outer(s) for n, s in symbols.items()}
    shapes |= {n: (*counts, *_outer(s)) for n, (counts, s) in families.items()}
    names = {d for shape in shapes.values() for dim in shape if dim is not None for d in dim.names()}
    sizes = {n: int(n) for n in names if n.isdigit()} | dict(known or {})
    for name in given:
        if name not in shapes:
            if name not in names:
                raise UsageError(f"{name} does not occur; the values wanted are {', '.join(sorted(shapes)) or 'none'}")
            sizes[name] = int(given[name])
    missing = [n for n in shapes if n not in given]
    if missing:
        raise UsageError(f"no value was given for {', '.join(f'{n} {_expected(shapes[n], sizes)}' for n in missing)}")
    arrays = {n: _array(n, given[n], symbols.get(n), shapes[n], sizes) for n in shapes}
    wanted = [(name, dim, size) for name in shapes for dim, size in zip(shapes[name], arrays[name].shape) if dim is not None]
    _solve(wanted, sizes, shapes, arrays)
    env = {n: _inner(arrays[n], s) for n, s in symbols.items()}
    env |= {n: _inner(arrays[n], s, family=True) for n, (_, s) in families.items()}
    return env, sizes


def release(value: Value, shape: Shape) -> Any:
    """A value as the user sees it: a scalar a float, a column or row a one-dimensional array, a matrix two-dimensional."""
    import numpy as np

    if kind_of(shape) == "scalar":
        return complex(value) if np.iscomplexobj(value) else float(value)
    return np.asarray(value) if kind_of(shape) == "matrix" else np.ravel(value)


def _outer(shape: Shape) -> tuple[Dim, ...]:
    """The axes of the user's array: none, one or two."""
    return {"scalar": (), "vector": shape[:1], "row": shape[1:], "matrix": shape}[kind_of(shape)]


def _inner(array: np.ndarray[Any, Any], shape: Shape, family: bool = False) -> Value:
    kind = kind_of(shape)
    if kind == "vector":
        return array[..., None]
    if kind == "row":
        return array[..., None, :]
    return array if kind == "matrix" or family else array[()]


def _array(name: str, value: Any, shape: Shape | None, axes: tuple[Dim | None, ...], sizes: Mapping[str, int]) -> np.ndarray[Any, Any]:
    import numpy as np

    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biufc":
            array = array.astype(float)
    except (TypeError, ValueError):
        raise UsageError(f"the value of {name} is not an array of numbers") from None
    array = array if array.dtype.kind == "c" else array.astype(float)
    if shape is not None and array.ndim == 2:  # columns and rows may also be given as such
        if shape[1] is ONE and shape[0] is not ONE and array.shape[1] == 1:
            array = array[:, 0]
        elif shape[0] is ONE and shape[1] is not ONE and array.shape[0] == 1:
            array = array[0]
    if array.ndim != len(axes):
        raise ShapeError(f"{name} has shape {_tuple(array.shape)}, expected {_expected(axes, sizes)}")
    return array


def _tuple(sizes: Iterable[object]) -> str:
    texts = [str(s) for s in sizes]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def _expected(axes: tuple[Dim | None, ...], sizes: Mapping[str, int]) -> str:
    """`(m, n) = (3, n)`, or `a number`."""
    if not axes:
        return "a number"
    texts = ["any" if d is None else str(d) for d in axes]
    values = [str(d.value(sizes)) if d is not None and all(n in sizes for n in d.names()) else t for d, t in zip(axes, texts)]
    return _tuple(texts) + ("" if texts == values else f" = {_tuple(values)}")


# ---------------------------------------------------------------------------------------------- sizes from shapes


def _solve(
    wanted: list[tuple[str, Dim, int]],
    sizes: dict[str, int],
    shapes: Mapping[str, tuple[Dim | None, ...]],
    arrays: Mapping[str, np.ndarray[Any, Any]],
) -> None:
    """Find the dimension names that make every `dim` its `size`: names first, then polynomials in one unknown, then a search."""
    todo = wanted
    while todo:
        left = []
        for name, dim, size in todo:
            unknown = [n for n in dim.names() if n not in sizes]
            if len(unknown) == 1:
                found = _root(dim, unknown[0], size, sizes)
                if found is not None:
                    sizes[unknown[0]] = found
                    continue
            elif unknown:
                left.append((name, dim, size))
                continue
            elif dim.value(sizes) == size:
                continue
            raise ShapeError(f"{name} has shape {_tuple(arrays[name].shape)}, expected {_expected(shapes[name], sizes)}")
        if len(left) == len(todo):
            return _search(left, sizes)
        # A name alone may come after the product it stands in, so the rest is looked at again.
        todo = left


def _root(dim: Dim, name: str, size: int, sizes: Mapping[str, int]) -> int | None:
    """The positive integer that makes the polynomial `size`, or None. Nearly every size grows with its names: by bisection."""

    def at(k: int) -> int:
        return dim.value({**sizes, name: k})

    low, high = 0, max(size, 1)
    while at(high) < size and high < 2**40:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if at(middle) < size else (low, middle)
    return low if at(low) == size else next((k for k in range(1, 1000) if at(k) == size), None)


def _search(left: list[tuple[str, Dim, int]], sizes: dict[str, int]) -> None:
    """Sizes that occur only together (m n, m + n): the one solution, if a small search finds exactly one."""
    names = sorted({n for _, dim, _ in left for n in dim.names() if n not in sizes})
    bounds = [range(1, 1 + max(size for _, dim, size in left if n in dim.names())) for n in names]
    if math.prod(len(b) for b in bounds) <= 200_000:
        tries = (dict(zip(names, values)) for values in product(*bounds))
        found = [t for t in tries if all(dim.value({**sizes, **t}) == size for _, dim, size in left)]
        if len(found) == 1:
            sizes |= found[0]
            return
    shown = ", ".join(f"{dim} = {size} ({name})" for name, dim, size in left)
    raise ShapeError(f"the sizes {', '.join(names)} do not follow from the shapes: {shown}")
