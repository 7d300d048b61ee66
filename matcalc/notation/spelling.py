"""What every spelling needs: the trees made so far, names for parts, an order for summands and factors, and what tells its own size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property, reduce
from operator import or_

from ..differentiation.families import at_index
from ..expressions.build import index, is_number, opposite, split, transpose, value_of, without_coefficient
from ..expressions.expr import Expr, leaves, postorder
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION
from ..ops.book import REGISTRY
from ..ops.core import (
    ADD,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_SUM,
    IVERSON,
    MATMUL,
    MEMBER,
    NAMED,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from ..ops.half_vectorization import UNVEC
from ..syntax import Node, spell_name, split_name, walk
from .surface import dimension, name

Key = tuple[object, ...]
_ANY = index("\u2022")
ROOTS_AS_POWERS = "^/"  # among the ranks: the author writes K^(1/2)
EXPONENTIALS_AS_POWERS = "e^"  # likewise: e^x, and not exp(x)


@cache
def _functions() -> int:
    """The bits of the functions that go entry by entry."""
    return reduce(or_, (op.bit for op in REGISTRY.values() if op.elementwise and op.spellings), 0)


class Spelling:
    """The trees of expressions, made by `rule`, given the order in which names first occur and the author's own sums and products.

    `author` maps an expression of the input to the order of its parts as they were typed.
    """

    def __init__(
        self,
        rule: Callable[[Spelling, Expr], Node],
        ranks: Mapping[str, int] | None = None,
        author: Mapping[Expr, Sequence[Expr]] | None = None,
        taken: Iterable[str] = (),
    ) -> None:
        self.rule = rule
        self.ranks = dict(ranks or {})
        self.author = {} if author is None else author
        self.taken = frozenset(taken)
        self.entries: dict[str, Node] = {}  # x[1] for every entry that is spelled x_1
        self.done: dict[Expr, Node] = {}
        self.keys: dict[Expr, Key] = {}
        self.named: dict[Expr, str] = {}
        self.whole: Expr | None = None  # what is spelled at the moment
        self.exponents: tuple[Expr | None, set[Expr]] = None, set()  # and the names in its exponents
        self.exponentials = EXPONENTIALS_AS_POWERS in self.ranks  # whether they are written e^x
        self.change = ""  # what names of changes begin with, in a line of a derivation: they stand last
        self.barring = False  # while the conjugate of something is spelled, to be put below a bar

    def name(self, e: Expr, name_: str) -> None:
        """From here on `e` is written as this name. (Inner ones are named first: nothing that contains `e` is spelled yet.)"""
        self.named[e] = name_
        self.ranks.setdefault(name_, len(self.ranks))
        self.done[e] = name(name_)
        self.keys.pop(e, None)

    def of(self, e: Expr) -> Node:
        """The tree of a part that may not be a node of the DAG (a transpose, a quotient) itself."""
        todo = [e]
        while todo:
            n = todo[-1]
            waiting = [] if n in self.done else [a for a in (*n.args, *self._beside_args(n)) if a not in self.done]
            if waiting:
                todo += reversed(waiting)
                continue
            todo.pop()
            if n not in self.done:  # spelling one node may have spelled others
                self.done[n] = self.rule(self, n)
        return self.done[e]

    def _beside_args(self, e: Expr) -> Sequence[Expr]:
        """What is spelled for `e` besides its arguments and may be as deep: of the transpose of a sum or of an entrywise product, the
        transposes of its parts; of the opposite of a sum that was typed, that one."""
        if e.op is ADD and e not in self.author and (turned := opposite(e)) in self.author:
            return [turned]
        inner = e.args[0] if e.op is TRANSPOSE else e
        if inner is e or inner.op not in (ADD, HADAMARD, INDEXED_SUM):
            return []
        return [transpose(inner.args[2])] if inner.op is INDEXED_SUM else [transpose(a) for a in inner.args]

    def sized(self, e: Expr) -> Node:
        """The tree of `e` where no neighbour gives it a size: an identity carries its own."""
        if e.op is ADD and e not in self.named and is_sizeless(e):
            return Node("add", tuple(sorted((self.sized(t) for t in self.in_order(e)), key=lambda n: n.op == "neg")))
        body = split(e)[2]
        inner = body.args[0] if body is not None and body.op is TRANSPOSE else body
        if body is None or inner is None or not _is_identity(inner) or e in self.named:
            return self.of(e)
        if inner.op is UNVEC:
            node = Node("call", (self.of(inner.args[0]), *map(dimension, inner.shape)), "unvec")
            return self.instead(e, body, node if inner is body else Node("T", (node,)))
        if inner.op is INDEXED_SUM:
            low, high, term = inner.args
            node = Node("sum", (self.sized(term if inner is body else transpose(term)), self.of(low), self.of(high)), str(inner.attr))
        else:
            node = name(spell_name("I", str(inner.shape[0])))
        if inner.op is UNIT:
            at = self.of(inner.args[0])
            node = Node("index", (node, Node("all"), at) if inner is body else (node, at, Node("all")))
        return self.instead(e, body, node)

    def instead(self, e: Expr, body: Expr, node: Node) -> Node:
        """The tree of a multiple of `body` with `node` for the body."""
        if e is body:
            return node
        saved = self.done.get(body)
        self.done[body] = node
        spelled = self.rule(self, e)
        if saved is not None:
            self.done[body] = saved
        else:
            del self.done[body]
        return spelled

    def is_root_as_power(self, s: Expr) -> bool:
        """Whether this is a root of a name that stands as a power, where the author writes K^(1/2): 10 K^(1/2) L^(-1/2)."""
        if ROOTS_AS_POWERS not in self.ranks or s.op is not POWER or not s.is_scalar or not is_number(s.args[1]):
            return False
        return s.args[0].op in (SYMBOL, ENTRY, MEMBER) and value_of(s.args[1]).denominator != 1

    def under_another_letter(self, e: Expr) -> Sequence[Expr] | None:
        """How the author wrote a product of one index with another letter: z_k^T beta, where z_j^T beta is in the text."""
        if len(e.indices) != 1:
            return None
        (letter,) = e.indices
        found = self._by_shape.get(at_index(e, letter, _ANY))
        return None if found is None else [at_index(p, found[0], index(letter)) for p in found[1]]

    @cached_property
    def _by_shape(self) -> dict[Expr, tuple[str, Sequence[Expr]]]:
        """The author's products of one index, with that index under one name, with its letter and their factors as they were typed."""
        found: dict[Expr, tuple[str, Sequence[Expr]]] = {}
        for e, parts in self.author.items():
            if e.op is MATMUL and len(e.indices) == 1:
                (letter,) = e.indices
                found.setdefault(at_index(e, letter, _ANY), (letter, parts))
        return found

    # ---- order

    def in_order(self, e: Expr) -> list[Expr]:
        """The summands of `e`."""
        return sorted(e.args, key=lambda t: self.key(without_coefficient(t)[1]))

    def key(self, e: Expr) -> Key:
        """Sorts by the names in the order they are printed, then fewer transposes, then higher powers."""
        found = self.keys.get(e)
        if found is None:
            ranks: list[tuple[int, str]] = []
            transposes = 0
            top: Fraction | int = 0
            for k, n in enumerate(walk(self.of(e))):
                if k > 60:
                    break
                if n.op == "name":
                    ranks.append(self._rank(str(n.attr)))
                elif n.op == "call" and (function := str(n.attr).rstrip("'")) in self.ranks:
                    ranks.append((self.ranks[function], ""))
                elif n.op in ("T", "H"):
                    transposes += 1
                elif n.op == "pow" and n.args[1].op == "num":
                    top = max(top, n.args[1].attr)  # type: ignore[type-var,assignment]
            below = max((-value_of(s.args[1]) for s in split(e)[1] if s.op is POWER and is_number(s.args[1])), default=0)
            if top <= below:  # 1/x before 1/x^2
                top = -below
            self.keys[e] = found = (not ranks, tuple(ranks), transposes, -top, e.size, e.digest)
        return found

    def _rank(self, name_: str) -> tuple[int, str]:
        """Where a name occurs first; x_1, x_2, … that stand for entries of x, where x does."""
        if name_ in self.ranks:
            return self.ranks[name_], ""
        base, below = split_name(name_)
        return (self.ranks.get(base, 10**6), below) if below.isdigit() else (10**6, "")

    def changes(self, e: Expr) -> bool:
        """Whether a factor has a change in it, dx or d(…)."""
        return self.change != "" and any(
            n.op.name.startswith(self.change) or (n.op in (SYMBOL, MEMBER) and str(n.attr[0]).startswith(self.change))  # type: ignore[index]
            for n in postorder(e)
        )

    def factor_key(self, s: Expr) -> Key:
        if self.changes(s):
            return (True, True, True, 10**8, 0, *self.key(s))
        base = s.args[0] if s.op is POWER else s
        plain = base.op in (SYMBOL, SIZE, CONSTANT, MEMBER, ENTRY, INDEX)
        if base.op is ADD and (base in self._leading or opposite(base) in self._leading or self._is_of_exponents(base)):
            return (False, False, True, -1, 10**6 if self._is_of_exponents(base) else -2, *self.key(s))
        if (place := self._in_chain(base)) is not None:
            return (False, False, False, -3, place, *self.key(s))
        named = plain and s is not base and not is_number(s.args[1])  # n x^(n - 1), not x^(n - 1) n; but (x/a)^n log(x/a)
        return (not plain, named, base.op is not CONSTANT, self._function_rank(base), self._factor_rank(base), *self.key(s))

    def _in_chain(self, base: Expr) -> int | None:
        """Along the chain of the author's names: 2 (a - y) phi'(z) p, the outer derivative before the inner; None for other factors."""
        functions = FUNCTION.bit | ENTRYWISE_FUNCTION.bit
        if self.whole is None or not NAMED.bit & self.whole.within or not functions & self.whole.within:
            return None
        if base.op is ADD and base.is_scalar and NAMED.bit & base.within:
            return 0
        return 1 if base.op.bit & functions and base.is_scalar else None

    @cached_property
    def _leading(self) -> frozenset[Expr]:
        """The sums that the author writes before a name in a product: (1 - t) t^2."""
        return frozenset(parts[0] for e, parts in self.author.items() if e.op is TIMES)

    def _is_of_exponents(self, e: Expr) -> bool:
        """Whether a sum has names of exponents alone: n (n - 1) x^(n - 2)."""
        if self.whole is None or not POWER.bit & self.whole.within:
            return False
        if self.exponents[0] is not self.whole:
            found = [n.args[1] for n in postorder(self.whole) if n.op is POWER and not is_number(n.args[1])]
            self.exponents = self.whole, {a for x in found for a in leaves(x) if a.op in (SYMBOL, SIZE, INDEX)}
        names = self.exponents[1]
        return bool(names) and all(is_number(a) or a in names for a in (without_coefficient(a)[1] for a in e.args))

    def _factor_rank(self, e: Expr) -> int:
        """Where the author has the name among factors."""
        tree = self.of(e) if e.op in (SYMBOL, MEMBER, ENTRY) else None
        label = next((str(n.attr) for n in walk(tree) if n.op == "name"), "") if tree is not None else ""
        return self.ranks.get(f"*{label}", self._rank(label)[0]) if label else -1

    def _function_rank(self, e: Expr) -> int:
        """Where the function of a factor stands in the text: exp(x y) cos(x), as it was typed; then others, then sums of functions."""
        if e.op.spellings or e.op is IVERSON:
            return self.ranks.get(f"{e.op.spellings[0]}(", 10**6) if e.op.spellings else 10**6 + 1
        return 10**7 if e.op is ADD and bool(e.within & _functions()) else -1

    def text_key(self, node: Node) -> Key:
        called = [(n, str(n.attr).rstrip("'")) for n in walk(node) if n.op in ("name", "call")]
        ranks = [self._rank(label) for n, label in called if n.op == "name" or label in self.ranks]

        from ..printing.count import symbols

        first, last = (node.args[0].op, node.args[-1]) if node.op == "mul" else ("", node)
        change = last.op == "name" and str(last.attr)[:1] == "d" and str(last.attr)[1:] in self.ranks  # dX stands last
        return (
            symbols(node),
            first != "inv",
            first == "call" and not change,
            ranks,
            [(n.op != "inv", n.op) for n in walk(node)],
        )  # tr(U^-1 U')


def _is_identity(e: Expr | None) -> bool:
    """An identity, a unit vector or unvec(y), or a sum of them over an index."""
    while e is not None and e.op is INDEXED_SUM:
        e = split(e.args[2])[2]
        e = e.args[0] if e is not None and e.op is TRANSPOSE else e
    return e is not None and e.op in (EYE, UNIT, UNVEC)


def is_sizeless(e: Expr) -> bool:
    """A multiple of something that does not tell its size, or a sum of such."""
    return all(_is_identity(split(a)[2]) for a in (e.args if e.op is ADD else (e,)))
