"""Small matrices of decimal numbers, of as many digits as the context of `decimal` says: what the check computes with.

The module stands in for `matcalc.numbers.kernels`: it has the same names, and the numeric texts of the book are read in either. A
text that speaks of something that is not here makes `matcalc.numbers.numeric` take NumPy. As with NumPy, what has no value is not
a number or infinite (the context traps nothing); a singular matrix is a ZeroDivisionError.

Comparisons are told to the `Watch` that is set, if one is: on which side of its switches a function was computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod
from operator import eq as equal
from operator import ge, gt, le, lt, mul, ne
from typing import Any

from ..errors import ShapeError
from ..kinds import Dim
from ..ops.multilinear import letters
from . import decimals
from .arrays import UNIT, ZERO, Array, Relation, Value, absolute, diag, entrywise, eye, filled, full, kron, power, sign, where
from .contraction import Step
from .decimals import INFINITY, NAN, negligible  # noqa: F401 (whoever computes with this module)
from .linear_algebra import (  # noqa: F401 (the numeric texts of the book call some of them)
    adjugate,
    cholesky,
    determinant,
    eigen,
    first_right_singular,
    inverse,
    log_determinant,
    matrix_power,
    orthonormal,
    pseudo_inverse,
    solve,
    svd,
    two_norm,
)
from .matrix_functions import (  # noqa: F401 (likewise)
    along,
    blocks,
    exponential_kronecker,
    kronecker_along,
    kronecker_form,
    left_jacobian,
    matrix_cosine,
    matrix_exponential,
    matrix_hyperbolic_cosine,
    matrix_hyperbolic_sine,
    matrix_logarithm,
    matrix_sine,
    polar_derivative,
    polar_factor,
    skew_matrix,
    square_root,
    square_root_derivative,
    square_root_kronecker,
)
from .watch import STEP, Number, noted, spend

Operand = tuple[Sequence[Any], tuple[int, ...]]  # entries, and the indices that they run over
NO_VALUE = (ArithmeticError,)


def precision(digits: int) -> AbstractContextManager[object]:
    """Inside, numbers have so many digits, and what has no value is not a number."""
    return localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[]))


def exact(value: Any) -> Decimal:
    """A number; a float by its shortest decimal digits."""
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(value)


def constant(name: str) -> Decimal:
    return INFINITY if name == "infty" else decimals.pi() if name == "pi" else decimals.e()


def quiet() -> AbstractContextManager[object]:
    """Nothing here warns of what has no value."""
    return nullcontext()


def is_finite(value: Decimal) -> bool:
    return value.is_finite()


class linalg:
    """Of numpy.linalg."""

    det = staticmethod(determinant)
    inv = staticmethod(inverse)
    solve = staticmethod(solve)
    cholesky = staticmethod(cholesky)
    matrix_power = staticmethod(matrix_power)
    qr = staticmethod(orthonormal)
    norm = staticmethod(lambda x: two_norm(x))


class np:
    """Of numpy."""

    linalg = linalg
    nan = NAN
    inf = INFINITY
    eye = staticmethod(eye)
    ones = staticmethod(lambda shape: full(shape, 1))
    zeros = staticmethod(lambda shape: full(shape, 0))
    diag = staticmethod(diag)
    kron = staticmethod(kron)
    array = staticmethod(lambda args: Array(list(args), (1, len(args))))
    tril = staticmethod(lambda x: filled(x.shape, lambda i, j: x[i, j] if i >= j else ZERO))
    triu = staticmethod(lambda x: filled(x.shape, lambda i, j: x[i, j] if i <= j else ZERO))
    trace = staticmethod(lambda x: sum(x.data[:: x.shape[1] + 1]))
    sum = staticmethod(lambda x: sum(x.data if isinstance(x, Array) else x))
    power = staticmethod(power)
    where = staticmethod(where)
    real = staticmethod(lambda x: x if isinstance(x, Array) else Number(x))
    abs = staticmethod(absolute)
    sign = staticmethod(sign)
    sqrt, exp, log = (staticmethod(entrywise(f)) for f in (Decimal.sqrt, Decimal.exp, Decimal.ln))
    expm1 = staticmethod(entrywise(decimals.expm1))
    sin, cos, tan = (staticmethod(entrywise(f)) for f in (decimals.sin, decimals.cos, decimals.tan))
    sinh, cosh, tanh = (staticmethod(entrywise(f)) for f in (decimals.sinh, decimals.cosh, decimals.tanh))
    arcsin, arccos, arctan = (staticmethod(entrywise(f)) for f in (decimals.arcsin, decimals.arccos, decimals.arctan))
    arcsinh, arccosh, arctanh = (staticmethod(entrywise(f)) for f in (decimals.arcsinh, decimals.arccosh, decimals.arctanh))

    @staticmethod
    def cumsum(x: Array, axis: int) -> Array:
        return np.tril(full((len(x), len(x)), 1)) @ x if axis == 0 else np.cumsum(x.T, 0).T


# ---------------------------------------------------------------------------------------------- what matcalc.numbers.kernels has


def add_all(args: Sequence[Value]) -> Value:
    """The sum of the arguments."""
    total = args[0]
    for a in args[1:]:
        total = total + a
    return total


def multiply_all(args: Sequence[Value]) -> Value:
    """The entrywise product. Scalars stand in front in the normal form, so they are multiplied with each other first."""
    total = args[0]
    for a in args[1:]:
        total = total * a
    return total


def chain(args: Sequence[Value]) -> Value:
    """The matrix product, from the end that is a vector."""
    scale = UNIT
    matrices = []
    for a in args:
        if isinstance(a, Array):
            matrices.append(a)
        else:
            scale *= a
    if not matrices:
        return scale
    if matrices[-1].shape[1] == 1:
        total = matrices[-1]
        for a in reversed(matrices[:-1]):
            total = a @ total
    else:
        total = matrices[0]
        for a in matrices[1:]:
            total = total @ a
    return total if len(matrices) == len(args) else scale * total


def contracted(index: str, *args: Value) -> Value:
    """A multilinear operation by its letters (see `matcalc.ops.multilinear`)."""
    form = letters(index)
    sizes = {c: n for place, a in zip(form.arguments, args, strict=True) for c, n in zip(place, a.shape, strict=True) if c}
    rows, cols = (prod(sizes[c] for c in part) for part in form.value)
    total = [ZERO] * (rows * cols)

    def at(part: str, places: dict[str, int]) -> int:
        found = 0
        for c in part:
            found = found * sizes[c] + places[c]
        return found

    for counts in product(*map(range, sizes.values())):
        places = dict(zip(sizes, counts, strict=True))
        entries = [a.data[at(row, places) * a.shape[1] + at(col, places)] for (row, col), a in zip(form.arguments, args, strict=True)]
        total[at(form.value[0], places) * cols + at(form.value[1], places)] += prod(entries)
    return Array(total, (rows, cols)) if "".join(form.value) else total[0]


def network(scale: Any, factors: Sequence[Any], steps: Sequence[Step], shape: Sequence[Sequence[int]]) -> Array:
    """A number times the sum over the indices of factors (sizes, numbers, indices), by these steps (see `contraction`), as a column."""
    count = prod(n for sizes in shape for n in sizes)
    if not factors:
        return full((count, 1), scale)
    dims = {i: n for sizes, _, own in factors for i, n in zip(own, sizes, strict=True)}
    left: list[Operand] = [(flat(value), tuple(own)) for _, value, own in factors]
    spend(STEP * len(steps))
    for places, kept in steps:
        one, *other = [left.pop(k) for k in places]
        left.append(_multiplied(one, other[0], tuple(kept), dims) if other else _turned(one, tuple(kept), dims))
    data = left[0][0]
    return Array([scale * a for a in data] if scale != 1 else list(data), (count, 1))


@lru_cache(maxsize=4096)
def _places(own: tuple[int, ...], sizes: tuple[int, ...], wanted: tuple[int, ...]) -> list[int] | None:
    """Where the entries of an array with its `own` indices stand in the `wanted` order of them (None: they stand so), then over the
    others; of one that has an index twice, those of the diagonal."""
    order = (*wanted, *[i for i in dict.fromkeys(own) if i not in wanted])
    if own == order:
        return None
    strides, dims, step = dict.fromkeys(own, 0), dict(zip(own, sizes, strict=True)), 1
    for i in reversed(own):
        strides[i] += step
        step *= dims[i]
    places = [0]
    for i in order:
        places = [at + k for at in places for k in range(0, strides[i] * dims[i], strides[i])]
    return places


def _turned(operand: Operand, wanted: tuple[int, ...], dims: Mapping[int, int]) -> Operand:
    """The array with the `wanted` indices in this order, summed over the others."""
    data, own = operand
    places = _places(own, tuple([dims[i] for i in own]), wanted)
    data = data if places is None else [data[k] for k in places]
    count = prod([dims[i] for i in set(own).difference(wanted)])
    return ([sum(data[k : k + count]) for k in range(0, len(data), count)] if count > 1 else data), wanted


@lru_cache(maxsize=4096)
def _parted(one: tuple[int, ...], other: tuple[int, ...], kept: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The indices that two arrays share and that are kept, those that are summed over, those that are kept of the one, of the other."""
    shared = [i for i in dict.fromkeys(one) if i in other]
    alone = [tuple(i for i in dict.fromkeys(own) if i in kept and i not in shared) for own in (one, other)]
    return tuple(i for i in shared if i in kept), tuple(i for i in shared if i not in kept), *alone


def _multiplied(one: Operand, other: Operand, kept: tuple[int, ...], dims: Mapping[int, int]) -> Operand:
    """The product of two arrays, summed over the indices that are not kept."""
    both, rest, first, second = _parted(one[1], other[1], kept)
    rows, columns = _turned(one, (*both, *first, *rest), dims)[0], _turned(other, (*both, *second, *rest), dims)[0]
    count, lines = prod([dims[i] for i in rest]), prod([dims[i] for i in both])
    height, width = len(rows) // lines, len(columns) // lines
    spend(height * width * lines // count)
    found: list[Any] = []
    for k in range(lines):
        if count == 1:
            found += [a * b for a in rows[k * height : (k + 1) * height] for b in columns[k * width : (k + 1) * width]]
            continue
        right = [columns[at : at + count] for at in range(k * width, (k + 1) * width, count)]
        for at in range(k * height, (k + 1) * height, count):
            line = rows[at : at + count]
            found += [sum(map(mul, line, column)) for column in right]
    return _turned((found, (*both, *first, *second)), kept, dims)


_RELATIONS: dict[str, Relation] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": equal, "!=": ne}


def compare(relation: object, x: Value, y: Value) -> Value:
    holds = _RELATIONS[str(relation)]
    shaped = x if isinstance(x, Array) else y
    a, b = (v.data if isinstance(v, Array) else [v] * (len(shaped.data) if isinstance(shaped, Array) else 1) for v in (x, y))
    outcomes = list(map(holds, a, b))
    noted(outcomes if holds not in (equal, ne) else list(map(int, outcomes)))  # equal numbers are not sought
    found = [UNIT if one else ZERO for one in outcomes]
    return Array(found, shaped.shape) if isinstance(shaped, Array) else found[0]


def choose(args: Sequence[Value]) -> Value:
    """The first value whose condition is not zero: value, condition, value, condition, …[, otherwise]; else not a number."""
    total: Value = args[-1] if len(args) % 2 else NAN
    for k in range(len(args) // 2 * 2 - 2, -1, -2):
        total = where(args[k + 1], args[k], total)
    return total


def block_matrix(attr: Any, args: Sequence[Value]) -> Array:
    rows, cols = attr
    given = [a if isinstance(a, Array) else Array([a], (1, 1)) for a in args]
    return blocks([given[i * cols : (i + 1) * cols] for i in range(rows)])


def unit_vector(i: Any, n: int) -> Array:
    place = index_of(i, n)
    return Array([UNIT if k == place else ZERO for k in range(n)], (n, 1))


def index_of(i: Any, n: int) -> int:
    k = round(i) if Decimal(i).is_finite() else 0
    if not 1 <= k <= n:
        raise ShapeError(f"the index {k} is not in 1 … {n}")
    return k - 1


def commutation_matrix(attr: Any, sizes: Mapping[str, int]) -> Array:
    m, n = (Dim.of(d).value(sizes) for d in attr)
    return filled((m * n, m * n), lambda i, j: UNIT if j == i % n * m + i // n else ZERO)


logistic = entrywise(lambda x: 1 / (1 + (-x).exp()))
soft_plus = entrywise(lambda x: decimals.log1p(x.exp()))
error_function = entrywise(decimals.erf)
normal = entrywise(decimals.normal)
log_gamma = entrywise(decimals.log_gamma)
gamma = entrywise(decimals.gamma)
factorial = entrywise(lambda x: decimals.gamma(x + 1))


def polygamma(k: Any, x: Value) -> Value:
    return entrywise(lambda a: decimals.polygamma(Decimal(k), a))(x)


def p_norm(x: Array, p: Any) -> Any:
    return decimals.power(sum((absolute(x) ** p).data), 1 / p)


def greatest(x: Array) -> Any:
    top = max(range(len(x.data)), key=x.data.__getitem__)
    noted([top])
    return x.data[top]


def soft_max(x: Array, axis: int | None = None) -> Array:
    """Over all entries; with an axis, in every row."""
    if axis is not None:
        return Array([a for line in x.lines() for a in soft_max(Array(line, (1, len(line)))).data], x.shape)
    e: Array = np.exp(x - max(x.data))
    share: Array = e / sum(e.data)
    return share


def log_sum_exp(x: Array, axis: int | None = None) -> Value:
    """Likewise; with an axis, a column."""
    if axis is not None:
        return Array([log_sum_exp(Array(line, (1, len(line)))) for line in x.lines()], (x.shape[0], 1))
    top = max(x.data)
    return top + sum(np.exp(x - top).data).ln()


# ---------------------------------------------------------------------------------------------- for numeric and verify


class Random:
    """Random numbers: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014). They have
    few digits, so that sums and products of them are exact."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def _next(self) -> int:
        """From 0 to 2^53."""
        mask = (1 << 64) - 1
        self._state = (self._state + 0x9E3779B97F4A7C15) & mask
        z = self._state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return (z ^ z >> 31) >> 11

    def uniform(self, low: float, high: float, shape: tuple[int, int] | None = None) -> Value:
        first, width = round(low * 10000), round((high - low) * 10000)
        if shape is None:
            return Decimal(first + self._next() % width).scaleb(-4)
        return Array([Decimal(first + self._next() % width).scaleb(-4) for _ in range(shape[0] * shape[1])], shape)

    def choice(self, among: Sequence[float], shape: tuple[int, int]) -> Array:
        numbers = [Decimal(a) for a in among]
        return Array([numbers[self._next() % len(numbers)] for _ in range(shape[0] * shape[1])], shape)

    def integers(self, low: int, high: int) -> int:
        return low + self._next() % (high - low)


def random(seed: int) -> Random:
    return Random(seed)


def family(members: Iterable[Value]) -> list[Value]:
    return list(members)


def flat(value: Any) -> list[Any]:
    """The entries, row by row."""
    if isinstance(value, Array):
        return value.data
    if isinstance(value, Decimal):
        return [value]
    return [Decimal(v) for v in (value.ravel().tolist() if hasattr(value, "ravel") else [value])]


def outward(value: Value) -> Any:
    """As an array of NumPy's, of decimal numbers."""
    import numpy

    return numpy.array(flat(value), dtype=object).reshape(value.shape if isinstance(value, Array) else ())


def magnitude(value: Value) -> Any:
    """The greatest absolute value of an entry."""
    return max(map(abs, flat(value)), default=ZERO)


def number(value: Array) -> Any:
    """The entry of a matrix of one."""
    (only,) = value.data
    return only
