"""The numbers of what was read: plain expressions, index forms, Kronecker forms, linear maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations, combinations_with_replacement, product
from math import factorial, log2
from typing import TYPE_CHECKING, Any

from ..differentiation.tensor import unstacked
from ..errors import ShapeError, UsageError
from ..inference.infer import Typed
from ..inference.scene import declared_shape
from ..kinds import ONE, Dim
from ..numbers.numeric import Plan, release
from .axes import over_axes

if TYPE_CHECKING:
    from ..answers.scope import Scope


def evaluate_form(typed: Typed, scope: Scope, values: Mapping[str, Any]) -> Any:
    """The value of a typed input in the user's form; an index form gives an array with an axis for every index."""
    import numpy as np

    form = typed.form
    if form is not None and form[0] == "map":
        return _by_basis(typed, scope, values)
    env, sizes = scope.prepare(values, [typed.expr], [(d, ONE) for d in typed.index_ranges.values()])
    if form is None:
        return release(Plan(typed.expr).run(env, sizes)[0], typed.expr.shape)
    if form[0] == "index":
        return _by_index(typed, env, sizes)
    return _unvec(np.asarray(Plan(typed.expr).run(env, sizes)[0]), typed, sizes)


def _by_index(typed: Typed, env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    import numpy as np

    assert typed.form is not None and isinstance(typed.form[2], tuple)
    marks: tuple[Any, ...] = typed.form[2]
    flat = [m for mark in marks for m in (mark if isinstance(mark, tuple) else (mark,))]
    unknown = {n for m in flat for n in typed.index_ranges[m].names() if n not in sizes and not n.isdigit()}
    if unknown:
        raise UsageError(f"the size {', '.join(sorted(unknown))} does not follow from the values given")
    ranges = [typed.index_ranges[m].value(sizes) for m in flat]
    out = over_axes(typed.expr, env, sizes, flat, ranges)
    if out is None:
        out = np.zeros(ranges)
        for at, value in Plan(typed.expr).run_over(env, sizes, flat, ranges):
            out[at] = value
    groups = []
    n = 0
    for mark in marks:
        k = len(mark) if isinstance(mark, tuple) else 1
        groups.append(int(np.prod(ranges[n : n + k])))
        n += k
    return out.reshape(groups)


def _unvec(matrix: Any, typed: Typed, sizes: Mapping[str, int]) -> Any:
    """d vec(F)/d vec(X)^T with the indices of F and X apart."""

    assert typed.form is not None
    declared = {d.name: declared_shape(d.sizes) for d in typed.declarations}
    dims: list[Dim] = []
    for name in (str(typed.form[1]), str(typed.form[2])):
        if name not in declared:
            raise ShapeError(f"the shape of {name} must be declared to take its Kronecker form apart")
        dims += declared[name]
    return unstacked(matrix, dims, sizes)


def _by_basis(typed: Typed, scope: Scope, values: Mapping[str, Any]) -> Any:
    """A linear map dX -> …, applied to every unit matrix; of a quadratic one and its like, the symmetric form that it comes from."""
    import numpy as np

    hole = str(typed.form[1])  # type: ignore[index]
    if hole[1:] not in values:
        raise UsageError(f"no value was given for {hole[1:]}")
    variable = np.asarray(values[hole[1:]], dtype=float)
    plan = Plan(typed.expr)

    def along(e: Any) -> Any:
        change = {hole: e.reshape(variable.shape)} if hole in scope.symbols else {}  # a constant map has no dX in it
        env, sizes = scope.prepare({**values, **change}, [typed.expr])
        return np.asarray(release(plan.run(env, sizes)[0], typed.expr.shape))

    degree = _degree(along, variable.size, hole)
    units = np.eye(variable.size)
    columns: dict[tuple[int, ...], Any] = {}
    for at in combinations_with_replacement(range(variable.size), degree):  # by polarization
        chosen = [c for n in range(1, degree + 1) for c in combinations(at, n)]
        columns[at] = sum((-1) ** (degree - len(c)) * along(units[list(c)].sum(axis=0)) for c in chosen) / factorial(degree)
    found = [columns[tuple(sorted(at))] for at in product(range(variable.size), repeat=degree)]
    return np.stack(found, axis=-1).reshape([*found[0].shape, *variable.shape * degree])


def _degree(along: Callable[[Any], Any], size: int, hole: str) -> int:
    """The degree in which a map is homogeneous."""
    import numpy as np

    change = np.cos(np.arange(1.0, size + 1))
    once, twice = along(change), along(2 * change)
    greatest = float(np.max(np.abs(once), initial=0))
    if greatest == 0:
        return 1
    degree = round(log2(max(float(np.max(np.abs(twice))) / greatest, 1.0)))
    if degree < 1 or not np.allclose(twice, 2**degree * once, rtol=1e-8, atol=1e-8 * greatest):
        raise UsageError(f"the map is not homogeneous in {hole}")
    return degree
