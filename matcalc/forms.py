"""The numbers of what was read: plain expressions, index forms, Kronecker forms, linear maps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from .errors import ShapeError
from .infer import Typed
from .kinds import ONE
from .numeric import Plan, release

if TYPE_CHECKING:
    from .answers import Scope


def evaluate_form(typed: Typed, scope: Scope, values: Mapping[str, Any]) -> Any:
    """The value of a typed input in the user's form; an index form gives an array with an axis for every index."""
    import numpy as np

    form = typed.form
    env, sizes = scope.prepare(values, [typed.expr])
    if form is None:
        return release(Plan(typed.expr).run(env, sizes)[0], typed.expr.shape)
    if form[0] == "index":
        return _by_index(typed, env, sizes)
    if form[0] == "kron":
        return _unvec(np.asarray(Plan(typed.expr).run(env, sizes)[0]), typed, sizes)
    return _by_basis(typed, scope, values)


def _by_index(typed: Typed, env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    import numpy as np

    marks = typed.form[2]  # type: ignore[index]
    flat = [m for mark in marks for m in (mark if isinstance(mark, tuple) else (mark,))]  # type: ignore[attr-defined]
    ranges = [typed.index_ranges[m].value(sizes) for m in flat]
    plan = Plan(typed.expr)
    out = np.zeros(ranges)
    for at in product(*map(range, ranges)):
        out[at] = plan.run(env, sizes, {m: k + 1 for m, k in zip(flat, at, strict=True)})[0]
    groups = []
    n = 0
    for mark in marks:  # type: ignore[attr-defined]
        k = len(mark) if isinstance(mark, tuple) else 1
        groups.append(int(np.prod(ranges[n : n + k])))
        n += k
    return out.reshape(groups)


def _unvec(matrix: Any, typed: Typed, sizes: Mapping[str, int]) -> Any:
    """d vec(F)/d vec(X)^T with the indices of F and X apart."""
    import numpy as np

    _, f, x = typed.form  # type: ignore[misc]
    shapes = []
    for n in (f, x):
        if n not in typed.declared:
            raise ShapeError(f"the shape of {n} must be declared to take its Kronecker form apart")
        shapes.append(tuple(d.value(sizes) for d in typed.declared[n].shape))
    (m, n), (p, q) = shapes
    apart = np.transpose(matrix.reshape(n, m, q, p), (1, 0, 3, 2))
    return apart.reshape([k for s, dims in zip(shapes, (typed.declared[f].shape, typed.declared[x].shape), strict=True) for k, d in zip(s, dims, strict=True) if d is not ONE])


def _by_basis(typed: Typed, scope: Scope, values: Mapping[str, Any]) -> Any:
    """A linear map dX -> …, applied to every unit matrix."""
    import numpy as np

    hole = str(typed.form[1])  # type: ignore[index]
    variable = np.asarray(values[hole[1:]], dtype=float)
    columns = []
    for k in range(variable.size):
        e = np.zeros(variable.size)
        e[k] = 1.0
        env, sizes = scope.prepare({**values, hole: e.reshape(variable.shape)}, [typed.expr])
        columns.append(np.asarray(release(Plan(typed.expr).run(env, sizes)[0], typed.expr.shape)))
    return np.stack(columns, axis=-1).reshape([*columns[0].shape, *variable.shape])
