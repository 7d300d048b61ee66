"""The numbers of what was read: plain expressions, index forms, Kronecker forms, linear maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product
from math import factorial, log2, prod
from typing import TYPE_CHECKING, Any

from ..differentiation.tensor import unstacked
from ..errors import ShapeError, UsageError
from ..inference.declarations import declared_shape
from ..inference.infer import Typed
from ..kinds import ONE, Dim, Shape
from ..numbers import precise
from ..numbers.given import release
from ..numbers.numeric import Plan
from ..numbers.watch import remembering
from .axes import over_axes

if TYPE_CHECKING:
    from types import ModuleType

    from ..answers.scope import Scope

SEED = 20261130
Numbers = Callable[[Mapping[str, Any], Mapping[str, int]], Any]


def evaluate_form(typed: Typed, scope: Scope, values: Mapping[str, Any]) -> Any:
    """The value of a typed input in the user's form; an index form gives an array with an axis for every index."""
    from ..numbers import doubles

    form = typed.form
    given: Mapping[str, Any] = values
    if form is not None and form[0] == "map":
        hole, variable = str(form[1]), str(form[1])[1:]
        if variable not in values:
            raise UsageError(f"no value was given for {variable}")
        given = {**values, hole: values[variable]} if hole in scope.symbols else values  # a constant map has no dX in it
    env, sizes = scope.prepare(given, [typed.expr], [(d, ONE) for d in typed.index_ranges.values()])
    if form is None:
        from ..shortening.steady import recognised_numbers

        with doubles.quiet():  # also of what a condition switches off
            return release(Plan(recognised_numbers(typed.expr)).run(env, sizes)[0], typed.expr.shape)
    if form[0] == "map":
        import numpy as np

        env.setdefault(variable, np.asarray(values[variable], dtype=complex if np.iscomplexobj(values[variable]) else float))
    return numbers_of(typed, doubles)(env, sizes)


def numbers_of(typed: Typed, arrays: ModuleType) -> Numbers:
    """What was read as a function of the values and the sizes: an array of NumPy's, of the numbers that `arrays` computes with, with
    an axis for every index that is not of size one by its kind."""
    form = typed.form
    if form is not None and form[0] == "index":
        return _by_index(typed, arrays)
    if form is not None and form[0] == "map":
        return _by_basis(typed, arrays)
    plan = Plan(typed.expr, arrays)
    if form is None:
        return lambda env, sizes: _outer(plan.outward(plan.value(env, sizes)), typed.expr.shape)
    dims = _apart(typed)
    return lambda env, sizes: unstacked(plan.outward(plan.value(env, sizes)), dims, sizes)


def _outer(value: Any, shape: Shape) -> Any:
    """A scalar without axes, a column or row with one."""
    return value.reshape([k for k, d in zip(value.shape, shape, strict=False) if d is not ONE])


def _by_index(typed: Typed, arrays: ModuleType) -> Numbers:
    import numpy as np

    from ..numbers import doubles

    assert typed.form is not None and isinstance(typed.form[2], tuple)
    marks: tuple[Any, ...] = typed.form[2]
    places = Places(typed)
    plan = Plan(typed.expr, arrays)

    def value(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        ranges = places.ranges(sizes)
        out = over_axes(typed.expr, env, sizes, places.letters, ranges) if arrays is doubles else None
        if out is None:
            with remembering():
                out = np.array([v for _, v in sorted(plan.run_over(env, sizes, places.letters, ranges), key=lambda found: found[0])])
        groups = []
        n = 0
        for mark in marks:
            k = len(mark) if isinstance(mark, tuple) else 1
            groups.append(int(np.prod(ranges[n : n + k])))
            n += k
        return out.reshape(groups)

    return value


class Places:
    """The free indices of an index form in their order, and how far they run."""

    def __init__(self, typed: Typed) -> None:
        assert typed.form is not None and isinstance(typed.form[2], tuple)
        self.letters: list[str] = [m for mark in typed.form[2] for m in (mark if isinstance(mark, tuple) else (mark,))]
        self._dims = [typed.index_ranges[m] for m in self.letters]

    def ranges(self, sizes: Mapping[str, int]) -> list[int]:
        """The sizes that they run up to; UsageError where one is not known."""
        unknown = {n for d in self._dims for n in d.names() if n not in sizes and not n.isdigit()}
        if unknown:
            raise UsageError(f"the size {', '.join(sorted(unknown))} does not follow from the values given")
        return [d.value(sizes) for d in self._dims]

    def some(self, sizes: Mapping[str, int], most: int) -> Sequence[int]:
        """The numbers of entries in a list of all, the last index the fastest: of all, or of so many at random, always the same ones.
        Half of the indices of these are what another one is, so that diagonals are met too."""
        ranges = self.ranges(sizes)
        if prod(ranges) <= most:
            return range(prod(ranges))
        drawn = precise.random(SEED)
        found = set()
        for _ in range(most):
            at: list[int] = []
            for n in ranges:
                like = at[drawn.integers(0, len(at))] if at and drawn.integers(0, 2) else n
                at.append(like if like < n else drawn.integers(0, n))
            found.add(sum(k * prod(ranges[j + 1 :]) for j, k in enumerate(at)))
        return sorted(found)


def entries_of(typed: Typed, arrays: ModuleType) -> Callable[[Mapping[str, Any], Mapping[str, int], Sequence[int]], list[Any]]:
    """Some entries of an index form, by their numbers in a list of all of them, the last index the fastest; without NumPy."""
    places = Places(typed)
    plan = Plan(typed.expr, arrays)

    def entries(env: Mapping[str, Any], sizes: Mapping[str, int], chosen: Sequence[int]) -> list[Any]:
        ranges = places.ranges(sizes)
        at = [dict(zip(places.letters, _place(k, ranges), strict=True)) for k in chosen]
        return [found[0] for found in plan.run_at(env, sizes, places.letters, at)]

    return entries


def _place(number: int, ranges: Sequence[int]) -> list[int]:
    """The indices, from 1, of an entry by its number."""
    found = []
    for n in reversed(ranges):
        number, k = divmod(number, n)
        found.append(k + 1)
    return found[::-1]


def _apart(typed: Typed) -> list[Dim]:
    """Rows and columns of F and X in d vec(F)/d vec(X)^T."""
    assert typed.form is not None
    declared = {d.name: declared_shape(d.sizes) for d in typed.declarations}
    dims: list[Dim] = []
    for name in (str(typed.form[1]), str(typed.form[2])):
        if name not in declared:
            raise ShapeError(f"the shape of {name} must be declared to take its Kronecker form apart")
        dims += declared[name]
    return dims


def _by_basis(typed: Typed, arrays: ModuleType) -> Numbers:
    """A linear map dX -> …, applied to every unit matrix; of a quadratic one and its like, the symmetric form that it comes from."""
    import numpy as np

    hole = str(typed.form[1])  # type: ignore[index]
    plan = Plan(typed.expr, arrays)
    change = typed.symbols.get(hole) or typed.symbols.get(hole[1:])

    def value(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        x = arrays.outward(env[hole[1:]])
        shape, outer = x.shape, x.shape if change is None else _outer(x, change.shape).shape

        def along(e: Any) -> Any:
            step = arrays.np.array(e.tolist()).reshape(*shape) if shape else e[0]
            return _outer(plan.outward(plan.value({**env, hole: step}, sizes)), typed.expr.shape)

        degree = _degree(along, x.size, hole, arrays)
        units = _exact(np.eye(x.size), arrays)
        columns: dict[tuple[int, ...], Any] = {}
        for at in combinations_with_replacement(range(x.size), degree):  # by polarization
            chosen = [c for n in range(1, degree + 1) for c in combinations(at, n)]
            columns[at] = sum((-1) ** (degree - len(c)) * along(units[list(c)].sum(axis=0)) for c in chosen) / factorial(degree)
        found = [columns[tuple(sorted(at))] for at in product(range(x.size), repeat=degree)]
        return np.stack(found, axis=-1).reshape([*np.shape(found[0]), *outer * degree])

    return value


def _exact(array: Any, arrays: ModuleType) -> Any:
    import numpy as np

    return np.array([arrays.exact(v) for v in array.ravel().tolist()]).reshape(array.shape)


def _in_doubles(value: Any) -> Any:
    import numpy as np

    found = np.array([complex(a.real, a.imag) for a in np.ravel(value).tolist()])
    return found if np.any(found.imag) else found.real


def _degree(along: Callable[[Any], Any], size: int, hole: str, arrays: ModuleType) -> int:
    """The degree in which a map is homogeneous."""
    import numpy as np

    change = _exact(np.cos(np.arange(1.0, size + 1)), arrays)
    once, twice = (_in_doubles(along(change * k)) for k in (1, 2))
    greatest = float(np.max(np.abs(once), initial=0))
    if greatest == 0:
        return 1
    degree = round(log2(max(float(np.max(np.abs(twice))) / greatest, 1.0)))
    if degree < 1 or not np.allclose(twice, 2**degree * once, rtol=1e-8, atol=1e-8 * greatest):
        raise UsageError(f"the map is not homogeneous in {hole}")
    return degree
