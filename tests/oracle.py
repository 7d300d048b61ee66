"""A second opinion: the value of a surface tree, and its derivative by complex steps, with nothing of matcalc's engine.

f(x + ih) = f(x) + ih f'(x) up to h^2, for functions that are continued analytically; with h = 1e-30 the imaginary part is the
derivative to the last digit, without a difference of near equals. The functions are in `analytic`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from analytic import (
    ENTRYWISE,
    Array,
    Unfit,
    absolute,
    away_from,
    clip,
    column,
    determinant,
    diagonal,
    expm,
    exponential,
    extreme,
    frechet,
    greatest_singular,
    huber,
    inner,
    inverse,
    level,
    logm,
    logsumexp,
    norm,
    nuclear,
    pick,
    pinv,
    polar,
    power,
    product,
    real,
    scalar,
    softmax,
    sqrtm,
    square,
)

from matcalc.syntax import Node, Program, split_name, walk

STEP = 1e-30

FUNCTIONS: dict[str, Callable[..., Array]] = {
    "tr": lambda x: scalar(np.trace(square(x))),
    "det": determinant,
    "logdet": lambda x: np.log(absolute(determinant(x))),
    "inv": inverse,
    "adj": lambda x: determinant(x) * inverse(x),
    "expm": expm,
    "sqrtm": sqrtm,
    "logm": logm,
    "tril": lambda x: np.tril(square(x)),
    "triu": lambda x: np.triu(square(x)),
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "clip": clip,
    "huber": huber,
    "leakyrelu": lambda x, a: np.where(away_from(x).real > 0, x, a * x),
    "dexpm": frechet,
    "expm_frechet": frechet,
    "ddexpm": frechet,
    "diag": diagonal,
    "vec": lambda x: x.reshape(-1, 1, order="F"),
    "kron": np.kron,
    "sum": lambda x: scalar(np.sum(x)),
    "mean": lambda x: scalar(np.mean(x)),
    "count": lambda x: scalar(x.size),
    "var": lambda x: scalar(np.mean((x - np.mean(x)) ** 2)),
    "std": lambda x: scalar(np.sqrt(np.mean((x - np.mean(x)) ** 2))),
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

_EXACT = frozenset("cmp name num T neg index literal all".split())  # no other side rounds a zero differently

COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


# ---------------------------------------------------------------------------------------------- the walk over the tree

Key = tuple[object, ...]  # a node, by its identity, with the values of the letters of sums in it


class Fixed:
    """What one program has in common at all values of its variable, everything else being as it is: the values of what the variable is
    not in."""

    def __init__(self, tree: Node | Program, wrt: str) -> None:
        self.tree = tree  # alive, so that no other node gets the identity of one of its own
        self.moving = {wrt}
        self.known: dict[Key, Array] = {}
        self._facts: dict[int, tuple[bool, frozenset[str]]] = {}
        for b in tree.bindings if isinstance(tree, Program) else ():
            if self.facts(b.value)[0]:
                self.moving.add(b.name)

    def facts(self, node: Node) -> tuple[bool, frozenset[str]]:
        """Whether the variable is in it, and the names, whole and by letters, that may be letters of sums."""
        if (found := self._facts.get(id(node))) is None:
            if node.op == "name":
                name = str(node.attr)
                base, subscript = split_name(name)
                found = not self.moving.isdisjoint((name, base)), frozenset((name, subscript, *re.findall(r"\w", subscript)))
            else:
                inside = [self.facts(a) for a in node.args]
                found = any(m for m, _ in inside), frozenset().union(*[letters for _, letters in inside])
            self._facts[id(node)] = found
        return found


class Oracle:
    """Values for names: `env` numbers, vectors and matrices as 2-D arrays, `families` arrays with the index first.

    With `salt`, some great number, every value is off by a rounding error, which looks random and is the same for equal values: one
    sees what the real ones may do.

    A node is evaluated once under the same letters of sums; with `fixed`, what the variable is not in once for all values of the variable.
    """

    def __init__(
        self,
        env: Mapping[str, Array],
        sizes: Mapping[str, int],
        families: Mapping[str, Array] | None = None,
        salt: float = 0.0,
        fixed: Fixed | None = None,
    ) -> None:
        self.salt = salt
        self.fixed = fixed
        self.known: dict[Key, Array] = {}
        self.env = {n: np.asarray(v, dtype=complex) for n, v in env.items()}
        self.families = {n: np.asarray(v, dtype=complex) for n, v in (families or {}).items()}
        self.sizes = dict(sizes)
        self.indices: dict[str, int] = {}

    def program(self, program: Program) -> Array:
        """The value of statements: bindings first."""
        inside = Oracle(self.env, self.sizes, self.families, self.salt, self.fixed)
        for b in program.bindings:
            inside.env[b.name] = inside(b.value)
        return inside(program.body)

    def __call__(self, node: Node) -> Array:
        if self.fixed is None:
            return self.seasoned(node)
        moves, letters = self.fixed.facts(node)
        key = (id(node), *[(i, k) for i, k in self.indices.items() if i in letters])
        known = self.known if moves else self.fixed.known
        if (value := known.get(key)) is None:
            value = known[key] = self.seasoned(node)
        return value

    def seasoned(self, node: Node) -> Array:
        """The value, with its salt."""
        value = self.value(node)
        if not np.isfinite(value).all():
            raise Unfit("not finite")
        if not self.salt or node.op in ("num", "name"):
            return value
        if np.all(value == np.round(value.real)) and not any(n.op == "call" for n in walk(node)):
            return value  # an exponent or a subscript
        return value * (1 + 2.0**-52 * np.sin(self.salt * np.frexp(value.real)[0]))

    def value(self, node: Node) -> Array:
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
                return self.pseudoinverse(args[0])
            case "norm":
                return norm(self(args[0]), str(attr), self(args[1]) if attr == "p" else None)
            case "bars":
                x = self(args[0])
                return determinant(x) if 1 not in x.shape else absolute(x)
            case "inner":
                return inner(self(args[0]), self(args[1]))
            case "index":
                return self.entry(self(args[0]), args[1:])
            case "literal":
                rows, cols = attr  # type: ignore[misc]
                values = [self(a) for a in args]
                return np.block([values[r * cols : (r + 1) * cols] for r in range(rows)])
            case "sum" | "product":
                return self.repeat(node)
            case "iverson":
                return self(args[0])
            case "cmp":
                x, y = level(self(args[0]), self(args[1]))
                away_from(x, y, jump=not all(n.op in _EXACT or n.attr in ENTRYWISE for n in walk(node)))
                return COMPARE[str(attr)](real(x), real(y)).astype(complex)
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
        if name == "pinv":
            return self.pseudoinverse(args[0])
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

    def pseudoinverse(self, node: Node) -> Array:
        """An exponential has full rank, though its numbers may not show it."""
        x = self(node)
        sizes = np.linalg.svd(x.real, compute_uv=False)
        if any(n.op == "call" and str(n.attr) == "expm" for n in walk(node)) and sizes[-1] < 1e-12 * sizes[0]:
            raise Unfit("an exponential that has lost its small parts")
        return pinv(x)

    def raised(self, base: Node, exponent: Node, entrywise: bool = False) -> Array:
        k = self(exponent)
        if base.op == "name" and base.attr == "e" and "e" not in self.env:
            return expm(k) if 1 not in k.shape and not entrywise else exponential(k)
        x = self(base)
        if entrywise or x.shape == (1, 1):
            return power(*level(x, k)) if k.shape != (1, 1) else power(x, k)
        n = round(float(k.real.item()))
        if k.shape == (1, 1) and abs(2 * k.real.item() % 2 - 1) < 1e-9:
            n = round(2 * float(k.real.item()))
            return np.linalg.matrix_power(sqrtm(x), n)
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


def jacobian(
    tree: Node | Program,
    env: Mapping[str, Array],
    sizes: Mapping[str, int],
    families: Mapping[str, Array],
    wrt: str,
    salt: float = 0.0,
    fixed: Fixed | None = None,
) -> tuple[Array, Array]:
    """Value and derivative of `tree`: indices of the value, then of the variable; dimensions that are 1 are left out. `fixed` may be
    handed on from call to call as long as nothing but the variable changes."""
    x = np.asarray(env[wrt], dtype=complex)
    fixed = Fixed(tree, wrt) if fixed is None else fixed
    columns = []
    with np.errstate(all="ignore"):
        for k in range(x.size):
            moved = x.copy()
            moved.flat[k] += 1j * STEP
            oracle = Oracle({**env, wrt: moved}, sizes, families, salt, fixed)
            value = oracle.program(tree) if isinstance(tree, Program) else oracle(tree)
            columns.append(value.imag / STEP)
    outer, own = ([d for d in shape if d != 1] for shape in (value.shape, x.shape))
    return value.real.reshape(outer), np.stack(columns, axis=-1).reshape([*outer, *own])
