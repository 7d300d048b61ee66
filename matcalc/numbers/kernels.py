"""What the numeric texts of the book call, for numbers of every type: each operation's numerics stand once.

A type of numbers is a module: `matcalc.numbers.precise` has decimal numbers, for the check, `matcalc.numbers.doubles` NumPy's, for
users' values. It has

    np                                    NumPy, or as much of it as is spoken of here and in the book
    special                               logistic, soft_plus, error_function, normal, log_normal, gamma, log_gamma, polygamma
    exact(value), constant(name)          a number, from Python's or a name
    flat, outward, number, family         entries; an array of NumPy's; the entry of an array of one; members stacked
    is_finite, digits(), negligible()     of a number; how many there are, and what no longer counts beside 1
    precision(digits), guarded(digits)    contexts: so many digits, so many more
    quiet(), NO_VALUE, random(seed)       a context without warnings; what is raised where there is no value; uniform, choice, integers
    signed(rng, low, high, shape)         uniform numbers of either sign

and the functions here find the module of the numbers that they are given by `of`. To add a type of numbers: where its entries go into
arrays in plain Python, as complex numbers of 50 digits do, write a class with the operators of numbers and what `decimals` asks of them
(is_finite, real, imag, conjugate), let `EXACT` name it, and `precise` computes with it; where it has arrays of its own,
write a module with the names above and let `of` give it.

Every array here has two axes, where nothing else is said, and a scalar is a number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from itertools import product
from typing import Any

from ..errors import ShapeError
from ..kinds import Dim
from ..ops.multilinear import letters
from . import precise
from .arrays import ZERO, Array
from .complex_decimals import ComplexDecimal
from .contraction import Step
from .watch import STEP, spend, tied, watching

Value = Any  # a number, or an array
EXACT = (Array, Decimal, ComplexDecimal)  # what `precise` computes with
SMALL = 4000  # entries of factors: below, what NumPy does for great ones costs more than it saves


def of(*values: Value) -> Any:
    """The module of the numbers in arrays and numbers; NumPy's where there are none."""
    for v in values:
        if isinstance(v, EXACT):
            return precise
    from . import doubles

    return doubles


# ---------------------------------------------------------------------------------------------- sums and products


def chain(args: Sequence[Value]) -> Value:
    """The matrix product, from the end that is a vector; of three to eight great matrices in the cheapest order."""
    if type(args[0]) is type(args[-1]) is Array and args[-1].shape[1] == 1 and (len(args) == 2 or all(type(a) is Array for a in args)):
        column: Value = args[-1]
        for a in args[-2::-1]:
            column = a @ column
        return column
    scale: Value = 1
    matrices = []
    for a in args:
        if getattr(a, "ndim", 0):
            matrices.append(a)
        else:
            scale = scale * a
    if not matrices:
        return scale
    if matrices[-1].shape[1] == 1:
        total = matrices[-1]
        for a in reversed(matrices[:-1]):
            total = a @ total
    elif 3 <= len(matrices) <= 8 and matrices[0].shape[0] > 1 and not isinstance(matrices[0], Array):
        total = of(*matrices).np.linalg.multi_dot(matrices)
    else:
        total = matrices[0]
        for a in matrices[1:]:
            total = total @ a
    return total if len(matrices) == len(args) else scale * total


@cache
def _legs(index: str) -> tuple[list[list[int]], dict[str, list[int]], list[int]]:
    """The letters as numbers: those of the arguments; for a letter that stands twice in the value those of an identity matrix; of the
    value."""
    form = letters(index)
    numbers: dict[str, int] = {}
    arguments = [[numbers.setdefault(c, len(numbers)) for c in "".join(place)] for place in form.arguments]
    ties: dict[str, list[int]] = {}
    out: list[int] = []
    for c in "".join(form.value):
        if numbers[c] in out:
            ties[c] = [numbers[c], len(numbers) + len(ties)]
        out.append(ties[c][1] if c in ties else numbers[c])
    return arguments, ties, out


@lru_cache(maxsize=1024)
def _gathered(index: str, shape: tuple[int, int]) -> tuple[list[int | list[int]], tuple[int, ...]] | None:
    """Where the entries of the value stand in a matrix of this shape: the last place is 0; several are added up. None where an axis is of
    two letters."""
    form = letters(index)
    rows, cols = form.arguments[0]
    if any(len(part) > 1 for part in (rows, cols, *form.value)):
        return None
    sizes = {"": 1, rows: shape[0], cols: shape[1]} if rows else {"": 1, cols: shape[1]}
    made = sizes[form.value[0]], sizes[form.value[1]]
    places: dict[tuple[int, int], list[int]] = {}
    for i, j in product(range(shape[0]), range(shape[1])):
        at = {"": 0, rows: i, cols: j} if rows != cols else {"": 0, rows: i}
        if rows != cols or i == j:
            at[""] = 0
            places.setdefault((at[form.value[0]], at[form.value[1]]), []).append(i * shape[1] + j)
    last = shape[0] * shape[1]
    found = [places.get(place, [last]) for place in product(range(made[0]), range(made[1]))]
    return [p[0] if len(p) == 1 else p for p in found], made if any(form.value) else ()


def contracted(index: str, *args: Value) -> Value:
    """A multilinear operation by its letters (see `matcalc.ops.multilinear`)."""
    if len(args) == 1 and type(args[0]) is Array and (places := _gathered(index, args[0].shape)) is not None:
        sources, shape = places
        data = [*args[0].data, ZERO]
        found = [data[at] if isinstance(at, int) else sum([data[k] for k in at], ZERO) for at in sources]
        return Array(found, shape) if shape else found[0]
    np, form = of(*args).np, letters(index)
    arguments, ties, out = _legs(index)
    sizes: dict[str, int] = {}
    operands: list[Any] = []
    for place, a, legs in zip(form.arguments, args, arguments, strict=True):
        sizes |= {c: n for c, n in zip(place, a.shape, strict=True) if c}
        operands += [a.reshape([sizes[c] for c in place if c]), legs]
    for c, legs in ties.items():
        operands += [np.eye(sizes[c]), legs]
    total = np.einsum(*operands, out)
    return total.reshape([math.prod(sizes[c] for c in part) for part in form.value]) if out else total


def partial_trace(X: Value, N: Value, step: int) -> Value:
    """The sum of N[l,j] times the part of X at the places j and l of one system: every `step`-th row and column, or with step 1 a block."""
    n = len(N)
    m = len(X) // n
    places = [slice(k, None, step) if step > 1 else slice(k * m, (k + 1) * m) for k in range(n)]
    return sum(X[places[j], places[k]] * N[k, j] for j in range(n) for k in range(n))


def network(scale: Value, factors: Sequence[Any], steps: Sequence[Step], shape: Sequence[Sequence[int]]) -> Value:
    """A number times the sum over the indices of factors (sizes, numbers, indices), by these steps (see `contraction`), as an array whose
    axes have the products of the sizes in `shape`."""
    spend(STEP * len(steps))
    axes = [math.prod(sizes) for sizes in shape if sizes]
    types = of(scale, *[a for _, a, _ in factors])
    np = types.np
    arrays, legs = [np.asarray(a).reshape(sizes) for sizes, a, _ in factors], [own for _, _, own in factors]
    for places, kept in steps:
        chosen = [(arrays.pop(k), legs.pop(k)) for k in places]
        great = sum(a.size for a, _ in chosen) > SMALL
        arrays.append(np.asarray(np.einsum(*[x for pair in chosen for x in pair], kept, optimize=great)))
        legs.append(kept)
    if not arrays:
        return np.ones(axes) * scale
    return scale * (arrays[0].reshape(axes) if axes else types.number(arrays[0]))


# ---------------------------------------------------------------------------------------------- relations and cases

ROUNDING = 1e-13  # beside a double
_RELATIONS = {"<": "less", ">": "greater", "<=": "less_equal", ">=": "greater_equal", "=": "equal", "!=": "not_equal"}


def compare(relation: object, x: Value, y: Value) -> Value:
    """1 where the relation holds, entry by entry; numbers are equal that differ by what rounding leaves."""
    arrays = of(x, y)
    if arrays is not precise and str(relation) in ("=", "!="):
        apart, np = abs(x - y), arrays.np
        with arrays.quiet():
            one = np.equal(x, y) | (apart < np.maximum(abs(x), abs(y)) * ROUNDING)
        return (one if str(relation) == "=" else ~one) * 1.0
    if arrays is not precise:
        tied(arrays.np.any(arrays.np.equal(x, y)))
    return getattr(arrays.np, _RELATIONS[str(relation)])(x, y) * arrays.exact(1)


def choose(args: Sequence[Value]) -> Value:
    """The first value whose condition is not zero: value, condition, value, condition, …[, otherwise]; else not a number."""
    np = of(*args).np
    total: Value = args[-1] if len(args) % 2 else np.nan
    for k in range(len(args) // 2 * 2 - 2, -1, -2):
        total = np.where(args[k + 1], args[k], total)[()]  # np.where makes arrays without axes of scalars
    return total


def beyond(x: Value, y: Value) -> Value:
    """Where x > y, outside of what a function is defined for: no switch, whose other side would be sought."""
    unseen = watching.set(None)
    try:
        return of(x, y).np.greater(x, y)
    finally:
        watching.reset(unseen)


# ---------------------------------------------------------------------------------------------- special matrices


def block_matrix(attr: Any, args: Sequence[Value]) -> Value:
    """The matrix of blocks, where attr is (blocks in a column, blocks in a row)."""
    rows, cols = attr
    return of(*args).np.block([[args[i * cols + j] for j in range(cols)] for i in range(rows)])


def index_of(i: Value, n: int) -> int:
    """The place of index i (from 1) among n; ShapeError outside, where Python would count from the end."""
    x = i.real
    k = round(x) if math.isfinite(x) else 0
    if not 1 <= k <= n:
        raise ShapeError(f"the index {k} is not in 1 … {n}")
    return k - 1


def transposed_places(attr: Any, sizes: Mapping[str, int]) -> list[int]:
    """Where the entries of vec(X^T) stand in vec(X), where attr is the shape of X."""
    m, n = (Dim.of(d).value(sizes) for d in attr)
    return [k % n * m + k // n for k in range(m * n)]


def lower_places(n: int) -> list[int]:
    """Where the entries of vech(X) stand in vec(X), for X of n by n."""
    return [j * n + i for j in range(n) for i in range(j, n)]


def mirrored_places(n: int) -> list[int]:
    """Where the entries of vec(S) stand in vech(S), for a symmetric S of n by n."""
    at = {place: k for k, place in enumerate(lower_places(n))}
    return [at[min(i, j) * n + max(i, j)] for j in range(n) for i in range(n)]


def shifted_places(rows: int, cols: int) -> list[int]:
    """Where the entries of the matrix of a convolution stand in a column with a zero below, row by row."""
    last = rows - cols + 1
    return [i - j if 0 <= i - j < last else last for i in range(rows) for j in range(cols)]


def half_vectorized(x: Value) -> Value:
    """vech(X)."""
    return x.reshape(-1, 1, order="F")[lower_places(len(x))]


def from_half(v: Value) -> Value:
    """The symmetric matrix S with vech(S) = v."""
    n = (math.isqrt(8 * len(v) + 1) - 1) // 2
    return v[mirrored_places(n)].reshape(n, n)


# ---------------------------------------------------------------------------------------------- vectors


def p_norm(x: Value, p: Value) -> Value:
    """The p-norm, scaled by the greatest entry so that large p does not overflow."""
    np = of(x).np
    size = np.abs(x)
    top = np.max(size)
    return top * np.sum((size / top) ** p) ** (1 / p) if top else 0 * top  # no comparison: there is no other side to seek


def length(X: Value) -> Value:
    """The root of the sum of squares; of doubles also where these over- or underflow (Blue 1978)."""
    module = of(X)
    if module is precise:
        return precise.np.linalg.norm(X)
    with module.quiet():
        found = module.np.linalg.norm(X)
    if 1e-140 < found < 1e140:
        return found
    top = module.np.max(module.np.abs(X), initial=0)
    return top * module.np.linalg.norm(X / top) if 0 < top < math.inf else found


def greatest(x: Value) -> Value:
    """The greatest entry."""
    np = of(x).np
    np.argmax(x)  # is noted: where another entry is the greatest is a switch
    return np.max(x)


def soft_max(x: Value, axis: int | None = None) -> Value:
    """exp(x) over its sum, along an axis or over all entries; shifted, so that nothing overflows."""
    np = of(x).np
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_sum_exp(x: Value, axis: int | None = None) -> Value:
    """log of the sum of exp(x), shifted likewise; with an axis, a column or row, without one a scalar."""
    np = of(x).np
    top = np.max(x, axis=axis, keepdims=True)
    value = top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
    return value[0, 0] if axis is None else value


# ---------------------------------------------------------------------------------------------- matrices of any shape


def svd(X: Value, compute_uv: bool = True) -> Any:
    """The singular value decomposition, with as few columns as there can be. A matrix with an infinity, on which LAPACK may never
    return, fails at once."""
    if not of(X).is_finite(of(X).np.max(abs(X))):
        raise ZeroDivisionError("a matrix with entries that are not finite")
    return of(X).np.linalg.svd(X, full_matrices=False, compute_uv=compute_uv)


def pseudo_inverse(X: Value) -> Value:
    """The Moore-Penrose inverse. Singular values of rounding errors are taken for zero."""
    arrays, np = of(X), of(X).np
    U, s, Vt = svd(X)
    least = s[0] * arrays.exact(10) ** (arrays.digits() // 4 - arrays.digits())
    return np.conj(Vt.T) @ np.conj((U * np.array([1 / a if a > least else 0 * a for a in s])).T)


def first_right_singular(X: Value) -> Value:
    """The first right singular vector, with its greatest entry positive."""
    _, sizes, rows = svd(X)
    return _directed(rows[0] * _simple(sizes, 0))


def _simple(values: Value, at: int) -> Value:
    """1 where this value, of sorted ones, is no double one; where rounding decides which vector belongs to it, the check has no point."""
    arrays, others = of(values), [values[k] for k in (at - 1, at + 1) if 0 <= k < len(values)]
    least = max(map(abs, values)) * arrays.exact(10) ** (arrays.digits() // 4 - arrays.digits())
    if arrays is precise and any(abs(values[at] - v) <= least for v in others):
        raise ZeroDivisionError("a double value has no vector of its own")
    return arrays.exact(1)


def _directed(v: Value) -> Value:
    """A vector as a column, with its greatest entry positive."""
    np = of(v).np
    return v[:, None] * of(v).exact(-1 if v[np.argmax(abs(v))] < 0 else 1)


def symmetric_eigenvalue(X: Value, k: Any) -> Any:
    """The k-th eigenvalue of the symmetric part from below; from above with k < 0."""
    values, at, _ = _eigen(X, k)
    return values[at]


def symmetric_eigenvector(X: Value, k: Any) -> Value:
    """Its vector, with its greatest entry positive."""
    values, at, vectors = _eigen(X, k)
    return _directed(vectors[:, at] * _simple(values, at))


def _eigen(X: Value, k: Any) -> tuple[Value, int, Value]:
    values, vectors = of(X).np.linalg.eigh((X + X.T) / 2)
    at = int(k) - 1 if k > 0 else int(k) + len(X)
    if not 0 <= at < len(X):
        raise ZeroDivisionError(f"no eigenvalue {k}")
    return values, at, vectors


# ---------------------------------------------------------------------------------------------- square matrices


def adjugate(X: Value) -> Value:
    """The adjugate: det(X) X^-1 where the inverse is one to most of the digits, else by minors."""
    arrays, every = of(X), range(len(X))
    np = arrays.np
    try:
        inverse = np.linalg.inv(X)
        off = max(map(abs, arrays.flat(X @ inverse - np.eye(len(X)))), default=0)
        if off**4 <= arrays.negligible() ** 3:
            return np.linalg.det(X) * inverse
    except (ArithmeticError, ValueError):  # singular
        pass
    others = [[k for k in every if k != i] for i in every]
    return np.array([[(-1) ** (i + j) * np.linalg.det(X[others[j]].T[others[i]]) for j in every] for i in every])


def skew_matrix(w: Value) -> Value:
    """[w]_x of a column of three."""
    a, b, c = w[:, 0]
    return of(w).np.array([[0 * a, -c, b], [c, 0 * a, -a], [-b, a, 0 * a]])
