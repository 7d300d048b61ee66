"""A second opinion: the value of a surface tree, and its derivative by complex steps, with nothing of matcalc's engine.

Everything is a two-dimensional complex array here (a scalar is 1 by 1), and every operation is continued analytically
from the real numbers: no conjugates, signs and choices by the real part. So f(x + ih) = f(x) + ih f'(x) up to h^2, and
with h = 1e-30 the imaginary part is the derivative to the last digit, without a difference of near equals. What is
defined by singular values is continued by one Newton step from the real solution, which is exact to first order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from matcalc.syntax import Node, Program, split_name

Array = np.ndarray[Any, Any]
STEP = 1e-30


class Unfit(Exception):
    """The tree has no value: shapes that do not fit, an unknown name."""


# ---------------------------------------------------------------------------------------------- functions of one number


def _exp(x: Array) -> Array:
    return np.exp(x.real) * (np.cos(x.imag) + 1j * np.sin(x.imag))


def _abs(x: Array) -> Array:
    return x * np.sign(x.real)


def _erf(x: Array) -> Array:
    """2/sqrt(pi) exp(-x^2) (x + 2 x^3/3 + 4 x^5/15 + …): no cancellation; beyond 6 the tail is below the rounding."""
    z = np.where(np.abs(x.real) > 6, 0, x)
    term = total = z
    for k in range(1, 200):
        term = term * 2 * z * z / (2 * k + 1)
        total = total + term
    return np.where(np.abs(x.real) > 6, np.sign(x.real) + 0j, 2 / math.sqrt(math.pi) * _exp(-z * z) * total)


def _tail(x: Array) -> Array:
    """exp(-|x|), smooth on either side of 0 and at it."""
    return _exp(-x * np.where(x.real >= 0, 1, -1))


def _sigmoid(x: Array) -> Array:
    small = _tail(x)
    return np.where(x.real >= 0, 1 / (1 + small), small / (1 + small))


def _log1p(x: Array) -> Array:
    return np.log1p(x.real) + 1j * np.arctan2(x.imag, 1 + x.real)


ENTRYWISE: dict[str, Callable[[Array], Array]] = {
    "exp": _exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": lambda x: np.sin(x) / np.cos(x),
    "cot": lambda x: np.cos(x) / np.sin(x),
    "sec": lambda x: 1 / np.cos(x),
    "csc": lambda x: 1 / np.sin(x),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "abs": _abs,
    "sign": lambda x: np.sign(x.real) + 0j,
    "sqrt": np.sqrt,
    "relu": lambda x: x * (x.real > 0),
    "sigmoid": _sigmoid,
    "softplus": lambda x: x * (x.real >= 0) + _log1p(_tail(x)),
    "erf": _erf,
    "gelu": lambda x: x * (1 + _erf(x / math.sqrt(2))) / 2,
}


def power(x: Array, k: Array) -> Array:
    """Entry by entry; a whole exponent that does not move also for negative entries."""
    if k.size == 1 and k.imag.flat[0] == 0 and float(k.real.flat[0]).is_integer() and abs(k.real.flat[0]) < 50:
        n = int(k.real.flat[0])
        result = np.ones_like(x)
        for _ in range(abs(n)):
            result = result * x
        return 1 / result if n < 0 else result
    if np.any(x.real <= 0):
        raise Unfit("a root of a negative number")
    return _exp(k * np.log(x))


# ---------------------------------------------------------------------------------------------- functions of a matrix


def square(x: Array) -> Array:
    if x.shape[0] != x.shape[1]:
        raise Unfit(f"not square: {x.shape}")
    return x


def column(x: Array) -> Array:
    """A column or a row, as a column."""
    if 1 not in x.shape:
        raise Unfit(f"no vector: {x.shape}")
    return x.reshape(-1, 1)


def scalar(x: Any) -> Array:
    return np.asarray(x, dtype=complex).reshape(1, 1)


def finite(x: Array) -> Array:
    """LAPACK may never come back from infinities."""
    if not np.all(np.isfinite(x)):
        raise Unfit("not finite")
    return x


def inverse(x: Array) -> Array:
    return np.linalg.inv(square(x))


def determinant(x: Array) -> Array:
    return scalar(np.linalg.det(square(x)))


def expm(x: Array) -> Array:
    """Scaling and squaring with a Taylor series."""
    square(x)
    halvings = max(0, math.ceil(math.log2(max(float(np.sum(np.abs(x))), 1e-9))) + 3)
    x = x / 2**halvings
    term = total = np.eye(len(x), dtype=complex)
    for k in range(1, 22):
        term = term @ x / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def frechet(x: Array, e: Array) -> Array:
    """The top right block of expm([X, E; 0, X])."""
    n = len(square(x))
    return expm(np.block([[x, e], [np.zeros_like(x), x]]))[:n, n:]


def frechet2(x: Array, e: Array, h: Array) -> Array:
    """The derivative of the Fréchet derivative along H: the same block once more."""
    n, o = len(square(x)), np.zeros_like(x)
    return expm(np.block([[x, e, h, o], [o, x, o, h], [o, o, x, e], [o, o, o, x]]))[:n, 3 * n :]


def pinv(x: Array) -> Array:
    """By a full-rank factorisation X = F G made of columns and rows of X, as long as the rank stays: G^T (G G^T)^-1 (F^T F)^-1 F^T."""
    u, s, v = np.linalg.svd(finite(x).real, full_matrices=False)
    r = int(np.sum(s > 1e-9 * s[0]))
    rows, columns = _pivots(u[:, :r].T), _pivots(v[:r])
    f = x[:, columns]
    g = np.linalg.solve(x[np.ix_(rows, columns)], x[rows])
    if np.max(np.abs((x - f @ g).imag)) > 1e-9 * np.max(np.abs(x.imag)):
        raise Unfit("a pseudoinverse where the rank changes")
    return g.T @ np.linalg.inv(g @ g.T) @ np.linalg.inv(f.T @ f) @ f.T


def _pivots(a: Array) -> list[int]:
    """Columns of `a` that make a well-conditioned basis: the greatest remainder each time."""
    a, chosen = a.copy(), []
    for _ in range(len(a)):
        k = int(np.argmax(np.sum(a * a, axis=0)))
        chosen.append(k)
        q = a[:, [k]] / np.linalg.norm(a[:, k])
        a = a - q @ (q.T @ a)
    return chosen


def greatest_singular(x: Array) -> tuple[Array, Array]:
    """The greatest singular value and its right vector (greatest entry positive): a Newton step on X^T X v = s v, v^T v = 1."""
    v = np.linalg.svd(finite(x).real)[2][0]
    v = v * np.sign(v[np.argmax(np.abs(v))])
    m = x.T @ x
    s = v @ m.real @ v
    n = len(v)
    system = np.block([[m.real - s * np.eye(n), -v[:, None]], [2 * v[None, :], np.zeros((1, 1))]])
    step = np.linalg.solve(system, -np.append(m @ v - s * v, v @ v - 1))
    return np.sqrt(scalar(s + step[n])), (v + step[:n]).reshape(-1, 1)


def root(m: Array) -> Array:
    """The symmetric square root of a positive definite M: a Newton step on S S = M from the real one."""
    d, q = np.linalg.eigh((finite(m).real + m.real.T) / 2)
    s = q @ np.diag(np.sqrt(d)) @ q.T
    rest = q.T @ (m - s @ s) @ q
    return s + q @ (rest / (np.sqrt(d)[:, None] + np.sqrt(d))) @ q.T


def polar(x: Array) -> Array:
    return x @ np.linalg.inv(root(x.T @ x)) if x.shape[0] >= x.shape[1] else np.linalg.inv(root(x @ x.T)) @ x


def nuclear(x: Array) -> Array:
    return scalar(np.trace(root(x.T @ x if x.shape[0] >= x.shape[1] else x @ x.T)))


def extreme(x: Array, sign: int) -> Array:
    x = column(x)
    order = np.sort(sign * x.real[:, 0])
    if len(order) > 1 and order[-1] == order[-2]:
        raise Unfit("a tie")
    return x[[int(np.argmax(sign * x.real[:, 0]))]]


def softmax(x: Array) -> Array:
    """Of a vector; of a matrix, row by row."""
    axis = None if 1 in x.shape else 1
    e = _exp(x - np.max(x.real, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x: Array) -> Array:
    axis = None if 1 in x.shape else 1
    top = np.max(x.real, axis=axis, keepdims=True)
    return np.log(np.sum(_exp(x - top), axis=axis, keepdims=True)) + top


def norm(x: Array, which: str, p: Array | None = None) -> Array:
    if not np.any(x.real):
        raise Unfit("a norm of 0")
    if which == "" and 1 not in x.shape or which == "F":
        return np.sqrt(scalar(np.sum(x * x)))
    if which == "*":
        return nuclear(x)
    if which == "2" and 1 not in x.shape:
        return greatest_singular(x)[0]
    x = column(x)
    if which in ("", "2"):
        return np.sqrt(x.T @ x)
    if which == "1":
        return scalar(np.sum(_abs(x)))
    if which == "inf":
        return extreme(_abs(x), 1)
    assert p is not None
    return power(scalar(np.sum(power(_abs(x), p))), 1 / p)


def pick(x: Array, y: Array, sign: int) -> Array:
    x, y = level(x, y)
    if np.any(x.real == y.real):
        raise Unfit("a tie")
    return np.where(sign * x.real >= sign * y.real, x, y)


def level(x: Array, y: Array) -> tuple[Array, Array]:
    """A scalar beside anything goes to every entry; nothing else is stretched."""
    if x.shape != y.shape and (1, 1) not in (x.shape, y.shape):
        raise Unfit(f"{x.shape} beside {y.shape}")
    if x.shape == (1, 1):
        return np.broadcast_to(x, y.shape), y
    return x, np.broadcast_to(y, x.shape)


def product(x: Array, y: Array) -> Array:
    if (1, 1) in (x.shape, y.shape):
        return x * y
    if x.shape[1] != y.shape[0]:
        raise Unfit(f"{x.shape} times {y.shape}")
    return x @ y


def inner(x: Array, y: Array) -> Array:
    if x.shape != y.shape:
        x, y = column(x), column(y)
    return scalar(np.sum(np.multiply(*level(x, y))))


def _diag(x: Array) -> Array:
    return np.diag(column(x)[:, 0]) if 1 in x.shape else np.diag(square(x)).reshape(-1, 1)


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "tr": lambda x: scalar(np.trace(square(x))),
    "det": determinant,
    "logdet": lambda x: np.log(_abs(determinant(x))),
    "inv": inverse,
    "pinv": pinv,
    "adj": lambda x: determinant(x) * inverse(x),
    "expm": expm,
    "dexpm": frechet,
    "expm_frechet": frechet,
    "expm_frechet2": frechet2,
    "ddexpm": frechet2,
    "diag": _diag,
    "vec": lambda x: x.reshape(-1, 1, order="F"),
    "kron": np.kron,
    "sum": lambda x: scalar(np.sum(x)),
    "mean": lambda x: scalar(np.mean(x)),
    "count": lambda x: scalar(x.size),
    "dot": inner,
    "norm": lambda x, p=None: norm(x, "" if p is None else "p", p),
    "norm1": lambda x: norm(x, "1"),
    "norm2": lambda x: norm(x, "2"),
    "norminf": lambda x: norm(x, "inf"),
    "normF": lambda x: norm(x, "F"),
    "normp": lambda x, p: norm(x, "p", p),
    "norm_nuclear": nuclear,
    "singvec": lambda x: greatest_singular(x)[1],
    "polar": polar,
    "softmax": softmax,
    "logsumexp": logsumexp,
    "log": lambda x, b=None: np.log(x) if b is None else np.log(x) / np.log(b),
    "factorial": lambda k: scalar(math.factorial(round(float(k.real.item())))),
}

COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


# ---------------------------------------------------------------------------------------------- the walk over the tree


class Oracle:
    """Values for names: `env` numbers, vectors and matrices as 2-D arrays, `families` arrays with the index first."""

    def __init__(self, env: Mapping[str, Array], sizes: Mapping[str, int], families: Mapping[str, Array] | None = None) -> None:
        self.env = {n: np.asarray(v, dtype=complex) for n, v in env.items()}
        self.families = {n: np.asarray(v, dtype=complex) for n, v in (families or {}).items()}
        self.sizes = dict(sizes)
        self.indices: dict[str, int] = {}

    def program(self, program: Program) -> Array:
        """The value of statements: bindings first."""
        inside = Oracle(self.env, self.sizes, self.families)
        for b in program.bindings:
            inside.env[b.name] = inside(b.value)
        return inside(program.body)

    def __call__(self, node: Node) -> Array:
        args, attr = node.args, node.attr
        match node.op:
            case "num":
                return scalar(float(attr))  # type: ignore[arg-type]
            case "name":
                return self.named(str(attr))
            case "call":
                return self.call(str(attr), args)
            case "add":
                total = self(args[0])
                for a in args[1:]:
                    total = np.add(*level(total, self(a)))
                return total
            case "neg":
                return -self(args[0])
            case "mul" | "ew":
                return self.chain(args, attr)  # type: ignore[arg-type]
            case "pow":
                return self.raised(*args)
            case "epow":
                return self.raised(*args, entrywise=True)
            case "T":
                return self(args[0]).T
            case "inv":
                return inverse(self(args[0]))
            case "pinv":
                return pinv(self(args[0]))
            case "norm":
                return norm(self(args[0]), str(attr), self(args[1]) if attr == "p" else None)
            case "bars":
                x = self(args[0])
                return determinant(x) if 1 not in x.shape else _abs(x)
            case "inner":
                return inner(self(args[0]), self(args[1]))
            case "index":
                return self.entry(self(args[0]), args[1:])
            case "literal":
                return np.array([self(a).item() for a in args]).reshape(attr)  # type: ignore[arg-type]
            case "sum" | "product":
                return self.repeat(node)
            case "iverson":
                return self(args[0])
            case "cmp":
                x, y = level(self(args[0]), self(args[1]))
                return COMPARE[str(attr)](x.real, y.real).astype(complex)
            case "cases":
                return self.cases(args)
        raise Unfit(f"the oracle does not know {node.op}")

    def named(self, name: str) -> Array:
        base, subscript = split_name(name)
        if name in self.env:
            return self.env[name]
        if name in self.indices:
            return scalar(self.indices[name])
        if subscript and (base in self.env or base in self.families):
            at = [self.place(t) for t in (subscript.split(",") if "," in subscript or subscript.isdigit() else subscript)]
            return self.families[base][at[0]] if base in self.families else self.at(self.env[base], at)
        if base == "I" and subscript:
            return np.eye(self.size(subscript.split()), dtype=complex)
        if name in self.sizes:
            return scalar(self.sizes[name])
        if name in ("pi", "e"):
            return scalar(getattr(math, name))
        raise Unfit(f"no value for {name}")

    def size(self, names: Sequence[str]) -> int:
        return math.prod(int(n) if n.isdigit() else self.sizes[n] for n in names)

    def place(self, text: str) -> int:
        """A subscript as it stands in a name, counted from 0."""
        text = text.strip()
        if text in self.indices:
            return self.indices[text] - 1
        if text.isdigit():
            return int(text) - 1
        raise Unfit(f"no subscript: {text}")

    def at(self, x: Array, places: Sequence[int]) -> Array:
        if len(places) == 1:
            return column(x)[places[0]].reshape(1, 1)
        return scalar(x[tuple(places)])

    def entry(self, x: Array, places: Sequence[Node]) -> Array:
        if any(p.op == "all" for p in places):
            return x[tuple(slice(None) if p.op == "all" else [self.number(p)] for p in places)]
        return self.at(x, [self.number(p) for p in places])

    def number(self, node: Node) -> int:
        return round(float(self(node).real.item())) - 1

    def call(self, name: str, args: Sequence[Node]) -> Array:
        name = name.rstrip(".")
        if name in ("ones", "zeros"):
            shape = [round(float(self(a).real.item())) for a in args] + [1] * (2 - len(args))
            return np.full(shape, 1.0 if name == "ones" else 0.0, dtype=complex)
        values = [self(a) for a in args]
        if name in ("max", "min"):
            sign = 1 if name == "max" else -1
            result = extreme(values[0], sign) if len(values) == 1 else values[0]
            for v in values[1:]:
                result = pick(result, v, sign)
            return result
        if name in ENTRYWISE and len(values) == 1:
            return ENTRYWISE[name](values[0])
        if name not in FUNCTIONS:
            raise Unfit(f"the oracle does not know {name}")
        return FUNCTIONS[name](*values)

    def chain(self, args: Sequence[Node], signs: Sequence[str]) -> Array:
        """From the left: products, quotients, entrywise and Kronecker products."""
        x = self(args[0])
        for sign, a in zip(signs, args[1:], strict=True):
            y = self(a)
            if sign == "/":
                if y.shape != (1, 1):
                    raise Unfit("division by a vector or matrix")
                x = x / y
            elif sign == "kron":
                x = np.kron(x, y)
            elif sign == ".*":
                x = np.multiply(*level(x, y))
            elif sign == "./":
                x = np.divide(*level(x, y))
            elif sign == "." and x.shape == y.shape and x.shape[1] == 1:
                x = x.T @ y
            else:
                x = product(x, y)
        return x

    def raised(self, base: Node, exponent: Node, entrywise: bool = False) -> Array:
        k = self(exponent)
        if base.op == "name" and base.attr == "e" and "e" not in self.env:
            return expm(k) if 1 not in k.shape and not entrywise else _exp(k)
        x = self(base)
        if entrywise or x.shape == (1, 1):
            return power(*level(x, k)) if k.shape != (1, 1) else power(x, k)
        n = round(float(k.real.item()))
        if k.shape != (1, 1) or abs(k.item() - n) > 1e-9:
            raise Unfit("a matrix to a power that is not whole")
        return np.linalg.matrix_power(square(x), n)

    def repeat(self, node: Node) -> Array:
        index = str(node.attr)
        if len(node.args) != 3:
            raise Unfit("a sum without bounds")
        low, high = (round(float(self(a).real.item())) for a in node.args[1:])
        before = self.indices
        total: Array | None = None
        for k in range(low, high + 1):
            self.indices = {**before, index: k}
            value = self(node.args[0])
            total = value if total is None else total + value if node.op == "sum" else total * value
        self.indices = before
        if total is None:
            raise Unfit("an empty sum")
        return total

    def cases(self, args: Sequence[Node]) -> Array:
        shape = max((self(a).shape for a in args), key=math.prod)
        result = np.full(shape, np.nan + 0j) if len(args) % 2 == 0 else np.broadcast_to(self(args[-1]), shape)
        for k in reversed(range(len(args) // 2)):
            result = np.where(np.broadcast_to(self(args[2 * k + 1]).real > 0, shape), np.broadcast_to(self(args[2 * k]), shape), result)
        return result


def jacobian(tree: Node | Program, env: Mapping[str, Array], sizes: Mapping[str, int], families: Mapping[str, Array], wrt: str) -> tuple[Array, Array]:
    """Value and derivative of `tree`: indices of the value, then of the variable; dimensions that are 1 are left out."""
    x = np.asarray(env[wrt], dtype=complex)
    columns = []
    with np.errstate(all="ignore"):
        for k in range(x.size):
            moved = x.copy()
            moved.flat[k] += 1j * STEP
            oracle = Oracle({**env, wrt: moved}, sizes, families)
            value = oracle.program(tree) if isinstance(tree, Program) else oracle(tree)
            columns.append(value.imag / STEP)
    outer, own = ([d for d in shape if d != 1] for shape in (value.shape, x.shape))
    return value.real.reshape(outer), np.stack(columns, axis=-1).reshape([*outer, *own])
