"""Random well-shaped expressions over every operation of the book, for the random tests.

    for e in expressions(count=2000, depth=3, seed=0): e.text, e.wrt, e.where, e.draw(rng)

Every dimension has a size of its own, so no shape fits by accident. An operation is a `Production`: the kinds of value
it can give and how it asks for its arguments; rare ones are chosen more often, so that all of them occur. Arguments are
kept in the domain: logarithms and roots get something positive, inverses something near the identity.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from spelling import spell

from matcalc.ops.book import REGISTRY
from matcalc.syntax import Node, walk

Dims = tuple[str, ...]  # one size: the dimension names it is the product of; () is one, "2" is two
Kind = tuple[Dims, Dims]
Array = np.ndarray[Any, Any]

SIZES = {"m": 4, "n": 3, "p": 5, "q": 2, "N": 2}
LETTERS = ("m", "n", "p", "q")
SCALAR: Kind = ((), ())
SPARE_NAMES = ("Phi", "Psi", "Omega", "Lambda", "Theta", "omega", "theta", "phi")  # where an expression has used up the others
FREE_NAMES = {  # by the kind of the value: scalars, vectors, matrices; none is a dimension or an index
    0: "s t a b c r g alpha beta lambda theta sigma c_1 s_0".split(),
    1: "x y z u v w h x_1 d mu y_{out} a b".split(),
    2: "X A B C D F G H M P S U V W Y Z Sigma Phi A_1 R L".split(),
}
SYMMETRIC = ("spd", "symmetric", "diagonal")
SQUARE = (*SYMMETRIC, "skew", "orthogonal", "invertible", "lower", "upper", "")
MAPS = "exp sin cos tan cot sec csc atan sinh cosh tanh asinh abs sign relu softplus sigmoid erf gelu silu elu hinge".split()
DOMAINS = {"log": "positive", "sqrt": "positive", "asin": "unit", "acos": "unit", "atanh": "unit", "acosh": "large"}


def num(k: int) -> Node:
    return Node("num", (), Fraction(k))


def name(text: str) -> Node:
    return Node("name", (), text)


def call(function: str, *args: Node) -> Node:
    return Node("call", args, function)


def add(*terms: Node) -> Node:
    return Node("add", terms)


def mul(*factors: Node, sign: str = "") -> Node:
    return Node("mul", factors, (sign,) * (len(factors) - 1))


def ew(sign: str, *factors: Node) -> Node:
    return Node("ew", factors, (sign,) * (len(factors) - 1))


def over(a: Node, b: Node) -> Node:
    return mul(a, b, sign="/")


OF_MATRICES = {op.scalar for op in REGISTRY.values() if op.scalar}  # functions of numbers that matrices have too


def entries_meant(node: Node, kind: Kind) -> Node:
    """exp.(X) of a square matrix: in a product or a norm exp(X) would be refused, since expm(X) may be meant."""
    doubtful = node.op == "call" and node.attr in OF_MATRICES and kind[0] == kind[1] != ()
    return Node("call", node.args, f"{node.attr}.") if doubtful else node


def transposed(kind: Kind) -> Kind:
    return kind[1], kind[0]


def size_of(dims: Dims) -> int:
    return int(np.prod([int(d) if d.isdigit() else SIZES[d] for d in dims], dtype=int))


def family(kind: Kind) -> int:
    """0 for scalars, 1 for columns, 2 for all else (rows have capital letters too)."""
    return 0 if kind == SCALAR else 1 if kind[1] == () else 2


class Symbol(NamedTuple):
    """A declared name: the kind of its value (of a member, for a family) and a property."""

    kind: Kind
    prop: str = ""
    members: str = ""  # the dimension that counts the members of a family

    def declaration(self, title: str) -> str:
        rows, cols = (" ".join(d) or "1" for d in self.kind)
        space = "R" if self.kind == SCALAR else f"R^{{{rows}}}" if cols == "1" else f"R^{{{rows} x {cols}}}"
        if self.prop == "integer":
            return f"{title} in N"
        return f"{title}{'_i' if self.members else ''} in {space} {self.prop}".strip()

    def draw(self, rng: np.random.Generator) -> Array:
        """A value with the property, 2-D; a family has its index first."""
        shape = size_of(self.kind[0]), size_of(self.kind[1])
        if self.prop == "integer":
            return np.full((1, 1), float(rng.integers(2, 4)))
        size = rng.uniform(0.3, 1.2, ((size_of((self.members,)),) if self.members else ()) + shape)
        if self.prop == "positive":
            return size
        x = size * rng.choice([-1.0, 1.0], size.shape)
        if self.members or shape[0] != shape[1] or shape == (1, 1):
            return x
        match self.prop:
            case "spd":
                return x @ x.T / 2 + np.eye(len(x))
            case "diagonal":
                return np.diag(np.diag(x))
            case "skew":
                return x - x.T
            case "orthogonal":
                return np.linalg.qr(x)[0]
        x = np.eye(len(x)) + x / 2
        return {"symmetric": (x + x.T) / 2, "lower": np.tril(x), "upper": np.triu(x)}.get(self.prop, x)


class Expression:
    """A question: a tree, its text, the declarations, the variable."""

    def __init__(
        self,
        tree: Node,
        symbols: dict[str, Symbol],
        wrt: str,
        kind: Kind,
        used: Sequence[str] = (),
        bound: tuple[str, Node] | None = None,
        order: int = 1,
    ):
        self.order = order
        self.tree, self.wrt, self.kind, self.used, self.bound = tree, wrt, kind, list(used), bound
        present = {str(n.attr) for root in (tree, *([bound[1]] if bound else [])) for n in walk(root) if n.op == "name"}
        bases = present | {n.partition("_")[0] for n in present}
        self.symbols = {n: s for n, s in symbols.items() if n in bases or n == wrt}
        self.text = (f"{bound[0]} = {spell(bound[1])}; " if bound else "") + spell(tree)
        self.where = "; ".join(s.declaration(n) for n, s in self.symbols.items())

    def replaced(self, tree: Node) -> Expression:
        return Expression(tree, self.symbols, self.wrt, self.kind, self.used, self.bound, self.order)

    @property
    def line(self) -> str:
        return f"{self.text} | {self.wrt} | {self.where}" + (" | order 2" if self.order > 1 else "")

    def draw(self, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        """Values of the names and of the families, as 2-D arrays."""
        values = {n: s.draw(rng) for n, s in self.symbols.items()}
        return (
            {n: v for n, v in values.items() if not self.symbols[n].members},
            {n: v for n, v in values.items() if self.symbols[n].members},
        )


class Production(NamedTuple):
    """`make(maker, kind, depth)` gives a node of a kind for which `fits` holds."""

    label: str
    fits: Callable[[Kind], bool]
    make: Callable[[Maker, Kind, int], Node]
    weight: float = 1.0


class Maker:
    """Makes one expression."""

    def __init__(self, rng: random.Random, counts: Counter[str]) -> None:
        from catalogue import PRODUCTIONS

        self.rng, self.counts, self.productions = rng, counts, PRODUCTIONS
        self.symbols: dict[str, Symbol] = {}
        self.used: list[str] = []
        self.bound: list[tuple[str, str]] = []  # summation indices with their dimensions
        kind: Kind = rng.choices(
            [SCALAR, (self.letter(), ()), ((), self.letter()), (self.letter(), self.letter()), (d := self.letter(), d)], [12, 36, 3, 29, 20]
        )[0]
        prop = rng.choice(["", "", "", "", *SYMMETRIC, "invertible"]) if kind[0] == kind[1] != () else rng.choice(["", "", "", "positive"])
        self.wrt = self.declare(kind, prop)
        self.variable = kind

    def letter(self) -> Dims:
        return (self.rng.choice(LETTERS),)

    def dims(self) -> Dims:
        """An inner dimension: often one of the variable's, sometimes a product."""
        own = [d for d in self.variable if d]
        if own and self.rng.random() < 0.6:
            return self.rng.choice(own)
        if self.rng.random() < 0.08:
            return tuple(sorted((self.rng.choice(LETTERS), self.rng.choice(LETTERS))))
        return ("2",) if self.rng.random() < 0.06 else self.letter()

    def kind(self) -> Kind:
        """The kind of a whole expression."""
        a, b = self.dims(), self.dims()
        return self.rng.choices([SCALAR, (a, ()), ((), a), (a, b), (a, a)], [45, 22, 8, 17, 8])[0]

    def declare(self, kind: Kind, prop: str = "", members: str = "") -> str:
        free = [n for n in FREE_NAMES[family(kind)] if n not in self.symbols and n.partition("_")[0] not in self.symbols]
        free = [n for n in free if not any(s.startswith(n + "_") for s in self.symbols) and not (members and "_" in n)]
        title = self.rng.choice(free[:6] or [n for n in SPARE_NAMES if n not in self.symbols])
        self.symbols[title] = Symbol(kind, prop, members)
        return title

    # -- leaves -----------------------------------------------------------------------------------------------------

    def leaf(self, kind: Kind) -> Node:
        roll = self.rng.random()
        if self.bound and roll < 0.7:
            found = self.entry_leaf(kind)
            if found is not None:
                return found
        if kind == self.variable and roll < 0.75:
            return name(self.wrt)
        if transposed(kind) == self.variable and kind != SCALAR and roll < 0.75:
            return Node("T", (name(self.wrt),))
        if kind == SCALAR and roll > 0.85:
            known = [d[0] for d in self.variable if len(d) == 1 and d != ("2",)]  # a dimension is a number, if it is declared
            return self.rng.choice([num(2), num(3), over(num(1), num(2)), name("pi"), num(5), *map(name, known)])
        if kind[0] == kind[1] and kind != SCALAR and roll > 0.9 and len(kind[0]) == 1:
            return name(f"I_{kind[0][0]}")
        if kind != SCALAR and roll > 0.95:
            self.used.append("ones")
            sizes = [mul(*map(self.size, d)) if len(d) > 1 else self.size(d[0]) for d in kind if d]
            return Node("T", (call("ones", *sizes),)) if kind[0] == () else call("ones", *sizes)
        if max(map(size_of, kind)) == 2 and kind != SCALAR and roll > 0.3 and ("2",) in kind and all(d in ((), ("2",)) for d in kind):
            self.used.append("literal")
            shape = size_of(kind[0]), size_of(kind[1])
            return Node("literal", tuple(self.leaf(SCALAR) for _ in range(shape[0] * shape[1])), shape)
        return self.parameter(kind)

    def size(self, letter: str) -> Node:
        return num(int(letter)) if letter.isdigit() else name(letter)

    def parameter(self, kind: Kind, prop: str | None = None) -> Node:
        """A declared name of this kind (and property) that is not the variable; a new one at times."""
        there = [n for n, s in self.symbols.items() if n != self.wrt and s.kind == kind and not s.members and prop in (None, s.prop)]
        there = [n for n in there if prop is not None or self.symbols[n].prop != "integer"]
        if (there and self.rng.random() < 0.6) or (len(self.symbols) > 5 and there):
            return name(self.rng.choice(there))
        if kind[0] == () != kind[1] and prop is None and self.rng.random() < 0.7:
            return Node("T", (self.parameter(transposed(kind)),))
        if prop is None:
            prop = self.rng.choice([*SQUARE, "", ""]) if kind[0] == kind[1] != () else self.rng.choice(["", "", "positive"])
        return name(self.declare(kind, prop))

    def vector_name(self, dims: Dims) -> str:
        """A declared vector of this size, the variable if it is one."""
        if self.variable == (dims, ()) and self.rng.random() < 0.7:
            return self.wrt
        return str(self.parameter((dims, ())).attr)

    def matrix_name(self, rows: Dims, cols: Dims) -> str:
        if self.variable == (rows, cols) and self.rng.random() < 0.7:
            return self.wrt
        return str(self.parameter((rows, cols)).attr)

    def entry_leaf(self, kind: Kind) -> Node | None:
        """Something that carries a summation index: an entry, a member of a family, the index itself."""
        index, dim = self.rng.choice(self.bound)
        members = [n for n, s in self.symbols.items() if s.members == dim and s.kind == kind]
        if members and "_" not in members[0]:
            return name(f"{members[0]}_{index}")
        if kind != SCALAR or dim == "N":
            return None
        if len(self.bound) == 2 and self.rng.random() < 0.6 and all(d != "N" for _, d in self.bound):
            (i, a), (j, b) = self.bound
            title = self.matrix_name((a,), (b,))
            return Node("index", (name(title), name(i), name(j)))
        title = self.vector_name((dim,))
        return Node("index", (name(title), name(index)))

    # -- arguments --------------------------------------------------------------------------------------------------

    def make(self, kind: Kind, depth: int) -> Node:
        if depth <= 0:
            return self.leaf(kind)
        fitting = [p for p in self.productions if p.fits(kind)]
        rare = 1 + min((self.counts[p.label] for p in fitting), default=0)
        weights = [p.weight * (0.1 + min(1.0, (5 + rare) / (5 + self.counts[p.label]))) for p in fitting]
        for _ in range(20):
            chosen = self.rng.choices(fitting, weights)[0]
            mark = len(self.used)
            self.used.append(chosen.label)
            try:
                return entries_meant(chosen.make(self, kind, depth - 1), kind)
            except Unmakeable:
                del self.used[mark:]
        return self.leaf(kind)

    def positive(self, kind: Kind, depth: int) -> Node:
        """Something of this kind whose entries are greater than 0."""
        if depth <= 0 or self.rng.random() < 0.2:
            if kind == self.variable and self.symbols[self.wrt].prop == "positive":
                return name(self.wrt)
            return (
                self.parameter(kind, "positive")
                if kind[0] != kind[1] or kind == SCALAR
                else entries_meant(call("exp", self.leaf(kind)), kind)
            )
        inner = self.make(kind, depth - 1)
        squared = Node("pow" if kind == SCALAR else "epow", (inner, num(2)))
        return self.rng.choice(
            [
                entries_meant(call("exp", inner), kind),
                call("softplus", inner),
                call("sigmoid", inner),
                add(squared, num(1)),
                add(num(1), squared),
            ]
        )

    def unit(self, kind: Kind, depth: int) -> Node:
        """Something whose entries are between -1 and 1."""
        inner = self.make(kind, depth - 1)
        return self.rng.choice([call("tanh", inner), call("sigmoid", inner), over(entries_meant(call("sin", inner), kind), num(2))])

    def large(self, kind: Kind, depth: int) -> Node:
        """Something whose entries are greater than 1."""
        return add(self.positive(kind, depth), num(2)) if self.rng.random() < 0.7 else call("cosh", self.leaf(kind))

    def regular(self, dims: Dims, depth: int) -> Node:
        """An invertible matrix: declared so, or the identity and something small."""
        if self.variable == (dims, dims) and (depth <= 0 or self.rng.random() < 0.5):
            return name(self.wrt)
        if depth <= 0 or self.rng.random() < 0.3 or len(dims) > 1 or dims == ("2",):
            return self.parameter((dims, dims), self.rng.choice(["invertible", "spd", "orthogonal", "lower"]))
        inner = self.make((dims, dims), depth - 1)
        return add(name(f"I_{dims[0]}"), over(inner, num(7)))

    def square(self) -> Dims:
        """The size of a square matrix, often the variable's."""
        return self.variable[0] if self.variable[0] == self.variable[1] != () and self.rng.random() < 0.6 else self.dims()


class Unmakeable(Exception):
    """This production cannot be used here after all; the maker takes another."""


def expression(rng: random.Random, depth: int, counts: Counter[str]) -> Expression:
    """A random expression in which the variable occurs."""
    while True:
        maker = Maker(rng, counts)
        kind = maker.kind()
        tree = maker.make(kind, depth)
        variable = maker.wrt
        if not any(n.op == "name" and (n.attr == variable or str(n.attr).startswith(variable + "_")) for n in walk(tree)):
            continue
        counts.update(maker.used)
        bound = None
        if rng.random() < 0.08:
            sizes = {a for n in walk(tree) if n.op == "call" and n.attr in ("ones", "zeros") for a in n.args}
            inner = [n for n in walk(tree) if n.op in ("add", "mul", "ew", "call") and n is not tree and not _open(n) and n not in sizes]
            if inner:
                bound = ("Q", rng.choice(inner))
                tree = _with(tree, bound[1], name("Q"))
        return Expression(tree, maker.symbols, variable, kind, maker.used, bound)


def _open(node: Node) -> bool:
    """Does it use a summation index?"""
    return any(n.op == "name" and (n.attr in ("i", "j") or str(n.attr).endswith(("_i", "_j"))) for n in walk(node))


def _with(node: Node, old: Node, new: Node) -> Node:
    """The tree with one of its nodes replaced."""
    if node is old:
        return new
    return Node(node.op, tuple(_with(a, old, new) for a in node.args), node.attr)


def expressions(count: int, depth: int, seed: int, second: float = 0.0) -> Iterator[Expression]:
    """The same ones for the same numbers; a part of them, `second`, to be differentiated twice."""
    rng, orders, counts = random.Random(seed), random.Random(seed), Counter[str]()
    for _ in range(count):
        e = expression(rng, depth, counts)
        e.order = 2 if orders.random() < second else 1
        yield e
