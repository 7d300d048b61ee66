"""The part of NumPy that matcalc's checks use, in plain Python, for the page: NumPy itself cannot be had as a package for browsers.

Arrays are lists of numbers with a shape; nothing is a view of anything. Sizes are those of the random points of a check: a few dozen
entries. What is not here is refused. `tests/test_page_numpy.py` compares it with NumPy.
"""

from __future__ import annotations

import builtins
import cmath
import math
import operator
from contextlib import nullcontext
from itertools import product as _product
from math import inf, nan

from . import exceptions as exceptions

newaxis = None
float64, complex128, int64, bool_ = float, complex, int, bool


def _prod(numbers):
    return math.prod(numbers)


def _strides(shape):
    found, step = [], 1
    for n in reversed(shape):
        found.append(step)
        step *= n
    return found[::-1]


def _offsets(shape, strides):
    """Where the entries of an array with these strides are, in the order of the indices."""
    found = [0]
    for n, step in zip(shape, strides):
        found = [o + k * step for o in found for k in range(n)]
    return found


def _kind(data):
    return complex if builtins.any(type(v) is complex for v in data) else None


class DType:
    """The kind of the entries: `kind` is NumPy's letter for it."""

    def __init__(self, type_):
        self.type, self.kind = type_, {complex: "c", float: "f", int: "i", bool: "b"}.get(type_, "O")

    def __call__(self, value):
        return self.type(value)


class ndarray:
    __slots__ = ("shape", "data")
    __array_priority__ = 100

    def __init__(self, shape, data):
        self.shape, self.data = tuple(shape), data

    # ---- what it is

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: len(self.data))
    T = property(lambda self: transpose(self))
    real = property(lambda self: _map(lambda v: v.real, self))
    imag = property(lambda self: _map(lambda v: v.imag, self))
    flat = property(lambda self: iter(self.data))
    dtype = property(lambda self: DType(_kind(self.data) or (type(self.data[0]) if self.data else float)))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return self.shape[0]

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    def __bool__(self):
        return bool(self.item())

    def __float__(self):
        return float(self.item())

    def __complex__(self):
        return complex(self.item())

    def __int__(self):
        return int(self.item())

    def __repr__(self):
        return f"array({self.tolist()})"

    def item(self):
        if len(self.data) != 1:
            raise ValueError("only an array of one entry is a number")
        return self.data[0]

    def tolist(self):
        if not self.shape:
            return self.data[0]
        return [row.tolist() if isinstance(row, ndarray) else row for row in self]

    def copy(self):
        return ndarray(self.shape, self.data[:])

    def astype(self, kind):
        if kind is float and _kind(self.data):
            _lost(self.data)
            return _map(lambda v: float(v.real), self)
        return _map(kind, self)

    def reshape(self, *shape, order="C"):
        shape = list(shape[0] if len(shape) == 1 and isinstance(shape[0], (list, tuple)) else shape)
        if -1 in shape:
            rest = _prod(n for n in shape if n != -1)
            shape[shape.index(-1)] = len(self.data) // rest if rest else 0
        if _prod(shape) != len(self.data):
            raise ValueError(f"{self.shape} is not {tuple(shape)}")
        if order == "C":
            return ndarray(shape, self.data[:])
        return transpose(ndarray(shape[::-1], transpose(self).data))

    def ravel(self, order="C"):
        return self.reshape(-1, order=order)

    flatten = ravel

    def transpose(self, *axes):
        return transpose(self, axes[0] if axes and isinstance(axes[0], (list, tuple)) else axes or None)

    # ---- entries

    def _places(self, key):
        """The shape that an index picks, and the places of its entries."""
        key = list(key) if isinstance(key, tuple) else [key]
        if len(key) == 1 and isinstance(key[0], ndarray) and key[0].dtype.kind == "b":
            found = [k for k, v in enumerate(key[0].data) if v]
            return (len(found),), found
        axes = builtins.sum(k is not None and k is not Ellipsis for k in key)
        if Ellipsis not in [k for k in key if k is None or k is Ellipsis]:
            key.append(Ellipsis)
        at = next(k for k, one in enumerate(key) if one is Ellipsis)
        key[at : at + 1] = [slice(None)] * (len(self.shape) - axes)
        if axes > len(self.shape):
            raise IndexError("too many indices")
        lists = [asarray(k) for k in key if isinstance(k, (ndarray, list))]
        together = broadcast_shapes(*[k.shape for k in lists]) if lists else ()
        shape, found, axis, listed = [], [0], 0, None
        strides = _strides(self.shape)
        jumps = [0] * _prod(together)
        for k in key:
            if k is None:
                shape.append((1, [0]))
                continue
            n, step = self.shape[axis], strides[axis]
            axis += 1
            if isinstance(k, slice):
                shape.append((len(range(*k.indices(n))), [i * step for i in range(*k.indices(n))]))
            elif isinstance(k, (ndarray, list)):
                if listed is None:
                    listed = len(shape)
                    shape.append(None)
                jumps = [j + _within(i, n) * step for j, i in zip(jumps, broadcast_to(asarray(k), together).data)]
            else:
                found = [found[0] + _within(operator.index(k), n) * step]
        if listed is not None:
            shape[listed] = (together, jumps)
        sizes = []
        for one in shape:
            sizes += one[0] if isinstance(one[0], tuple) else [one[0]]
            found = [o + j for o in found for j in one[1]]
        return tuple(sizes), found

    def __getitem__(self, key):
        shape, places = self._places(key)
        data = [self.data[k] for k in places]
        return ndarray(shape, data) if shape else data[0]

    def __setitem__(self, key, value):
        shape, places = self._places(key)
        for k, v in zip(places, broadcast_to(asarray(value), shape).data):
            self.data[k] = v

    # ---- arithmetic

    def __matmul__(self, other):
        return matmul(self, asarray(other))

    def __rmatmul__(self, other):
        return matmul(asarray(other), self)

    def __neg__(self):
        return _map(operator.neg, self)

    def __abs__(self):
        return _map(builtins.abs, self)

    def __invert__(self):
        return _map(operator.not_, self)

    def take(self, k, axis=0):
        return self[(slice(None),) * (axis % self.ndim) + (k,)]

    def dot(self, other):
        return matmul(self, asarray(other))

    def conj(self):
        return _map(lambda v: v.conjugate(), self)

    def __getattr__(self, name):
        if name in ("sum", "max", "min", "any", "all", "prod", "squeeze", "argmax", "argmin", "round", "mean"):
            function = globals()[name]
            return lambda *args, **options: function(self, *args, **options)
        raise AttributeError(name)


def _within(k, n):
    if not -n <= k < n:
        raise IndexError(f"there is no entry {k} among {n}")
    return k % n


def _lost(data):
    import warnings

    if builtins.any(v.imag for v in data):
        warnings.warn("an imaginary part is lost", exceptions.ComplexWarning, stacklevel=3)


# ---- making arrays


def _nested(value):
    """Shape and entries of nested lists and arrays."""
    if isinstance(value, ndarray):
        return value.shape, value.data[:]
    if isinstance(value, (list, tuple, range)):
        parts = [_nested(v) for v in value]
        if builtins.any(shape != parts[0][0] for shape, _ in parts):
            raise ValueError("the parts have several shapes")
        return (len(parts), *(parts[0][0] if parts else ())), [v for _, data in parts for v in data]
    return (), [value]


def array(value, dtype=None):
    found = ndarray(*_nested(value))
    return found if dtype is None else found.astype(dtype)


def asarray(value, dtype=None):
    return value if isinstance(value, ndarray) and dtype is None else array(value, dtype)


def _shape(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


def full(shape, value, dtype=None):
    shape = _shape(shape)
    return ndarray(shape, [value if dtype is None else dtype(value)] * _prod(shape))


def zeros(shape, dtype=float):
    return full(shape, dtype(0))


def ones(shape, dtype=float):
    return full(shape, dtype(1))


def full_like(a, value):
    return full(a.shape, value)


def zeros_like(a):
    return zeros(a.shape)


def eye(n, m=None, k=0):
    return ndarray((n, m or n), [float(i + k == j) for i in range(n) for j in range(m or n)])


def arange(*bounds):
    start, stop, step = {1: (0, *bounds, 1), 2: (*bounds, 1), 3: bounds}[len(bounds)]
    count = builtins.max(0, math.ceil((stop - start) / step))
    return ndarray((count,), [start + k * step for k in range(count)])


def linspace(start, stop, count=50):
    return ndarray((count,), [start + (stop - start) * k / (count - 1) for k in range(count)])


def result_type(*arrays):
    return complex if builtins.any(iscomplexobj(a) for a in arrays) else float


# ---- shapes


def shape(a):
    return asarray(a).shape


def ndim(a):
    return len(a.shape) if isinstance(a, ndarray) else len(_nested(a)[0]) if isinstance(a, (list, tuple)) else 0


def size(a):
    return asarray(a).size


def reshape(a, new, order="C"):
    return asarray(a).reshape(_shape(new), order=order)


def ravel(a):
    return asarray(a).reshape(-1)


def squeeze(a):
    a = asarray(a)
    return ndarray([n for n in a.shape if n != 1], a.data[:])


def transpose(a, axes=None):
    a = asarray(a)
    axes = list(reversed(range(a.ndim))) if axes is None else [k % a.ndim if a.ndim else k for k in axes]
    if sorted(axes) != list(range(a.ndim)):
        raise ValueError("axes don't match array")
    strides = _strides(a.shape)
    new = [a.shape[k] for k in axes]
    return ndarray(new, [a.data[o] for o in _offsets(new, [strides[k] for k in axes])])


def moveaxis(a, source, target):
    source, target = ([k] if isinstance(k, int) else list(k) for k in (source, target))
    order = [k for k in range(a.ndim) if k not in [s % a.ndim for s in source]]
    for t, s in sorted(zip([t % a.ndim for t in target], source)):
        order.insert(t, s % a.ndim)
    return transpose(a, order)


def broadcast_shapes(*shapes):
    found = [1] * builtins.max([0, *map(len, shapes)])
    for one in shapes:
        for k in range(1, len(one) + 1):
            if one[-k] != 1:
                if found[-k] not in (1, one[-k]):
                    raise ValueError(f"shapes do not fit: {shapes}")
                found[-k] = one[-k]
    return tuple(found)


def broadcast_to(a, shape):
    a, shape = asarray(a), _shape(shape)
    if a.shape == shape:
        return a
    if broadcast_shapes(a.shape, shape) != shape:
        raise ValueError(f"{a.shape} does not fit {shape}")
    padded = (1,) * (len(shape) - a.ndim) + a.shape
    steps = [0 if n == 1 else s for n, s in zip(padded, _strides(padded))]
    return ndarray(shape, [a.data[o] for o in _offsets(shape, steps)])


def atleast_2d(a):
    a = asarray(a)
    return a if a.ndim >= 2 else a.reshape(1, -1)


def atleast_1d(a):
    a = asarray(a)
    return a if a.ndim else a.reshape(1)


def concatenate(arrays, axis=0):
    arrays = [moveaxis(asarray(a), axis, 0) for a in arrays]
    joined = ndarray((builtins.sum(len(a) for a in arrays), *arrays[0].shape[1:]), [v for a in arrays for v in a.data])
    return moveaxis(joined, 0, axis)


def stack(arrays, axis=0):
    whole = array([asarray(a) for a in arrays])
    return moveaxis(whole, 0, axis % whole.ndim)


def block(rows):
    return concatenate([concatenate(row, axis=1) for row in rows], axis=0)


def delete(a, k):
    return ndarray((len(a) - 1,), [v for j, v in enumerate(a.data) if j != k % len(a)])


def diag(a):
    a, n = asarray(a), len(a)
    if a.ndim == 1:
        return ndarray((n, n), [a.data[i] if i == j else 0.0 for i in range(n) for j in range(n)])
    return ndarray((builtins.min(a.shape),), [a[i, i] for i in range(builtins.min(a.shape))])


def _triangle(keep):
    def kept(a, k=0):
        return ndarray(a.shape, [v if keep(j - i, k) else type(v)(0) for (i, j), v in zip(ndindex(*a.shape), a.data)])

    return kept


tril, triu = _triangle(operator.le), _triangle(operator.ge)


def ndindex(*shape):
    return _product(*map(range, _shape(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape))


def argwhere(a):
    found = [list(at) for at, v in zip(ndindex(*a.shape), a.data) if v]
    return ndarray((len(found), a.ndim), [k for at in found for k in at])


# ---- entry by entry


def _map(function, a):
    return ndarray(a.shape, [function(v) for v in a.data])


def _pairwise(function):
    """A function of two numbers as one of arrays that are broadcast."""

    def applied(x, y):
        if not isinstance(x, (ndarray, list)) and not isinstance(y, (ndarray, list)):
            return function(x, y)
        x, y = asarray(x), asarray(y)
        if x.shape != y.shape:
            both = broadcast_shapes(x.shape, y.shape)
            x, y = broadcast_to(x, both), broadcast_to(y, both)
        return ndarray(x.shape, [function(u, v) for u, v in zip(x.data, y.data)])

    return applied


def _divide(x, y):
    try:
        return x / y
    except ZeroDivisionError:
        return (
            nan if x == 0 or x != x or isinstance(x, complex) or isinstance(y, complex) else math.copysign(inf, x) * math.copysign(1.0, y)
        )
    except OverflowError:
        return nan


def _power(x, y):
    try:
        found = x**y
    except ZeroDivisionError:
        return inf
    except OverflowError:
        return inf if not isinstance(x, complex) and x > 0 else nan
    return nan if isinstance(found, complex) and not isinstance(x, complex) and not isinstance(y, complex) else found


def _safely(real, complexly, real_too_great=nan):
    """A function of the standard library as NumPy's: no number where it has no value."""

    def function(v):
        try:
            return complexly(v) if isinstance(v, complex) else real(v)
        except OverflowError:
            return real_too_great
        except ValueError:
            return nan

    return lambda x: _map(function, asarray(x)) if isinstance(x, (ndarray, list)) else function(x)


def _log(v):
    return -inf if v == 0 else math.log(v)


sqrt = _safely(math.sqrt, cmath.sqrt)
exp = _safely(math.exp, cmath.exp, inf)
expm1 = _safely(math.expm1, lambda z: cmath.exp(z) - 1, inf)
log = _safely(_log, cmath.log)
log1p = _safely(lambda v: -inf if v == -1 else math.log1p(v), lambda z: cmath.log(1 + z))
log2 = _safely(lambda v: -inf if v == 0 else math.log2(v), lambda z: cmath.log(z, 2))
sin, cos, tan = (_safely(getattr(math, n), getattr(cmath, n)) for n in ("sin", "cos", "tan"))
sinh, cosh = (_safely(getattr(math, n), getattr(cmath, n), inf) for n in ("sinh", "cosh"))
tanh = _safely(math.tanh, cmath.tanh)
arcsin, arccos, arctan = (_safely(getattr(math, n), getattr(cmath, n)) for n in ("asin", "acos", "atan"))
arcsinh, arccosh, arctanh = (_safely(getattr(math, n), getattr(cmath, n)) for n in ("asinh", "acosh", "atanh"))
floor = _safely(lambda v: float(math.floor(v)), lambda z: nan)
ceil = _safely(lambda v: float(math.ceil(v)), lambda z: nan)
isfinite = _safely(math.isfinite, cmath.isfinite)
isnan = _safely(math.isnan, cmath.isnan)
abs = absolute = _safely(builtins.abs, builtins.abs)
sign = _safely(lambda v: float((v > 0) - (v < 0)) if v == v else nan, lambda z: z / builtins.abs(z) if z else 0j)
real = _safely(lambda v: v.real, lambda v: v.real)
imag = _safely(lambda v: v.imag, lambda v: v.imag)
conj = _safely(lambda v: v, lambda z: z.conjugate())
round = _safely(lambda v: float(builtins.round(v)) if math.isfinite(v) else v, lambda z: nan)

add, subtract, multiply = map(_pairwise, (operator.add, operator.sub, operator.mul))
divide, power = _pairwise(_divide), _pairwise(_power)
less, greater, less_equal, greater_equal = map(_pairwise, (operator.lt, operator.gt, operator.le, operator.ge))
equal, not_equal = map(_pairwise, (operator.eq, operator.ne))
maximum = _pairwise(lambda x, y: x if x >= y or x != x else y)
minimum = _pairwise(lambda x, y: x if x <= y or x != x else y)
hypot = _pairwise(math.hypot)
logaddexp = _pairwise(lambda x, y: builtins.max(x, y) + math.log1p(math.exp(-builtins.abs(x - y))) if x - y == x - y else x + y)
_floor_divide, _mod = _pairwise(operator.floordiv), _pairwise(operator.mod)
_or, _and = _pairwise(operator.or_), _pairwise(operator.and_)

for _name, _function in dict(add=add, sub=subtract, mul=multiply, truediv=divide, pow=power, floordiv=_floor_divide, mod=_mod).items():
    setattr(ndarray, f"__{_name}__", lambda self, other, f=_function: f(self, other))
    setattr(ndarray, f"__r{_name}__", lambda self, other, f=_function: f(asarray(other), self))
for _name, _function in dict(lt=less, gt=greater, le=less_equal, ge=greater_equal, eq=equal, ne=not_equal, or_=_or, and_=_and).items():
    setattr(ndarray, f"__{_name.rstrip('_')}__", lambda self, other, f=_function: f(self, other))
ndarray.__hash__ = None


def where(condition, x, y):
    condition, x, y = asarray(condition), asarray(x), asarray(y)
    both = broadcast_shapes(condition.shape, x.shape, y.shape)
    parts = [broadcast_to(a, both).data for a in (condition, x, y)]
    return ndarray(both, [u if c else v for c, u, v in zip(*parts)])


def clip(a, low, high):
    return minimum(maximum(a, low), high)


def iscomplexobj(a):
    return _kind(a.data) is complex if isinstance(a, ndarray) else isinstance(a, complex)


def allclose(a, b, rtol=1e-5, atol=1e-8):
    return bool(all(isclose(a, b, rtol, atol)))


def isclose(a, b, rtol=1e-5, atol=1e-8):
    return asarray(abs(subtract(a, b)) <= atol + rtol * abs(b))


# ---- along axes


def _reduction(function):
    """A function of a list of numbers, of all entries or along axes."""

    def reduced(a, axis=None, keepdims=False, **options):
        a = asarray(a)
        if axis is None:
            value = function(a.data, **options)
            return full([1] * a.ndim, value) if keepdims else value
        axes = sorted(k % a.ndim for k in ((axis,) if isinstance(axis, int) else axis))
        rest = [k for k in range(a.ndim) if k not in axes]
        count = _prod(a.shape[k] for k in axes)
        data = transpose(a, rest + axes).data
        kept = [a.shape[k] if k in rest else 1 for k in range(a.ndim)] if keepdims else [a.shape[k] for k in rest]
        values = [function(data[k * count : (k + 1) * count], **options) for k in range(_prod(a.shape[k] for k in rest))]
        return ndarray(kept, values) if kept else values[0]

    return reduced


def _greatest(choose):
    def chosen(values, initial=None):
        values = values if initial is None else [*values, initial]
        strange = [v for v in values if v != v]
        return strange[0] if strange else choose(values)

    return chosen


sum = _reduction(lambda values: builtins.sum(values) if values else 0.0)
prod = _reduction(lambda values: math.prod(values, start=1) if values else 1.0)
max = amax = _reduction(_greatest(builtins.max))
min = amin = _reduction(_greatest(builtins.min))
any = _reduction(builtins.any)
all = _reduction(builtins.all)
mean = _reduction(lambda values: builtins.sum(values) / len(values))
argmax = _reduction(lambda values: values.index(builtins.max(values)))
argmin = _reduction(lambda values: values.index(builtins.min(values)))


def sort(a):
    a = asarray(a)
    return ndarray(a.shape, sorted(a.data)) if a.ndim == 1 else stack([sort(row) for row in a])


def cumsum(a):
    found, total = [], 0
    for v in ravel(a).data:
        total += v
        found.append(total)
    return ndarray((len(found),), found)


def diff(a):
    return a[1:] - a[:-1]


# ---- products


def matmul(a, b):
    if a.ndim == b.ndim == 2:  # by rows and columns, which is most of the work of a check
        if a.shape[1] != b.shape[0]:
            raise ValueError(f"{a.shape} times {b.shape}")
        inner, m = a.shape[1], b.shape[1]
        rows = [a.data[k * inner : (k + 1) * inner] for k in range(a.shape[0])]
        columns = [b.data[k::m] for k in range(m)]
        return ndarray((len(rows), m), [builtins.sum([u * v for u, v in zip(r, c)]) for r in rows for c in columns])
    if a.ndim > 2 or b.ndim > 2:
        both = broadcast_shapes(a.shape[:-2], b.shape[:-2])
        left, right = broadcast_to(a, (*both, *a.shape[-2:])), broadcast_to(b, (*both, *b.shape[-2:]))
        parts = [matmul(left[at], right[at]) for at in ndindex(*both)]
        return array(parts).reshape(*both, *parts[0].shape)
    found = matmul(atleast_2d(a), b if b.ndim == 2 else b.reshape(-1, 1))
    shape = a.shape[:-1] + b.shape[1:]
    return found.reshape(shape) if shape else found.data[0]


def dot(a, b):
    return matmul(asarray(a), asarray(b)) if ndim(a) and ndim(b) else multiply(a, b)


def kron(a, b):
    a, b = asarray(a), asarray(b)
    (m, n), (p, q) = a.shape, b.shape
    return einsum("ij,kl->ikjl", a, b).reshape(m * p, n * q)


def tensordot(a, b, axes):
    first, second = (list(k) if isinstance(k, (list, tuple)) else [k] for k in axes)
    left, right = list(range(a.ndim)), [a.ndim + k for k in range(b.ndim)]
    for i, j in zip(first, second):
        right[j % b.ndim] = left[i % a.ndim]
    shared = [left[i % a.ndim] for i in first]
    return einsum(a, left, b, right, [k for k in left + right if k not in shared])


def einsum(*operands, optimize=False):
    """By pairs from the left, keeping the letters that are needed later."""
    if isinstance(operands[0], str):
        text, arrays = operands[0].replace(" ", ""), list(operands[1:])
        given, _, out = text.partition("->")
        legs = given.split(",")
        if "->" not in text:
            out = "".join(sorted(c for c in set(given) - {","} if given.count(c) == 1))
    else:
        count = len(operands) // 2
        arrays, legs = list(operands[: 2 * count : 2]), [tuple(k) for k in operands[1 : 2 * count : 2]]
        out = (
            operands[-1]
            if len(operands) % 2
            else sorted(k for k in {k for one in legs for k in one} if builtins.sum(one.count(k) for one in legs) == 1)
        )
    arrays = [asarray(a) for a in arrays]
    total, have = _contract([arrays[0]], [legs[0]], _needed(legs[0], legs[1:], out))
    for k in range(1, len(arrays)):
        keep = _needed([*have, *legs[k]], legs[k + 1 :], out)
        total, have = _contract([total, arrays[k]], [have, legs[k]], keep)
    return transpose(total, [have.index(c) for c in out])


def _needed(letters, later, out):
    wanted = {c for one in later for c in one} | set(out)
    return [c for c in dict.fromkeys(letters) if c in wanted]


def _contract(arrays, legs, keep):
    sizes = {}
    for a, letters in zip(arrays, legs):
        for c, n in zip(letters, a.shape):
            if sizes.get(c, 1) != 1 and n not in (1, sizes[c]):
                raise ValueError("the sizes of an index differ")
            sizes[c] = builtins.max(sizes.get(c, 1), n)
    order = [*keep, *[c for c in sizes if c not in keep]]
    places = []
    for a, letters in zip(arrays, legs):
        steps = dict.fromkeys(order, 0)
        for c, n, s in zip(letters, a.shape, _strides(a.shape)):
            steps[c] += s if n > 1 else 0
        places.append([a.data[o] for o in _offsets([sizes[c] for c in order], [steps[c] for c in order])])
    terms = places[0] if len(places) == 1 else [u * v for u, v in zip(*places)]
    count = _prod(sizes[c] for c in order[len(keep) :])
    shape = [sizes[c] for c in keep]
    data = terms if count == 1 else [builtins.sum(terms[k * count : (k + 1) * count]) for k in range(_prod(shape))]
    return ndarray(shape, data), list(keep)


def errstate(**_):
    return nullcontext()


def __getattr__(name):
    if name.startswith("__") or name in ("exceptions", "linalg", "random"):
        raise AttributeError(name)
    from matcalc.errors import NoAnswerError

    raise NoAnswerError(
        f"this takes NumPy ({name}), which the page does not have", suggestion="install matcalc, and ask there or by: matcalc web"
    )


from . import linalg as linalg  # noqa: E402  (they need what is above)
from . import random as random  # noqa: E402
