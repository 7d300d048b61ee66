"""What every spelling needs: the trees made so far, names for parts, an order for summands and factors, and the leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from ..expressions.build import is_number, value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.core import ADD, COMMUTATION, EYE, INDEX, NUMBER, ONES, POWER, SIZE, SYMBOL, TRANSPOSE, UNIT, ZEROS
from ..syntax import Node, spell_name, split_name, walk
from .surface import dimension, name, number

Key = tuple[object, ...]


class Spelling:
    """Spells expressions, given the order in which names first occur and the author's own sums and products.

    `author` maps an expression of the input to the order of its parts as they were typed.
    """

    def __init__(
        self, ranks: Mapping[str, int] | None = None, author: Mapping[Expr, Sequence[Expr]] | None = None, taken: Iterable[str] = ()
    ) -> None:
        self.ranks = dict(ranks or {})
        self.author = author or {}
        self.taken = frozenset(taken)
        self.done: dict[Expr, Node] = {}
        self.keys: dict[Expr, Key] = {}
        self.named: dict[Expr, str] = {}

    def name(self, e: Expr, name_: str) -> None:
        """From here on `e` is written as this name. (Inner ones are named first: nothing that contains `e` is spelled yet.)"""
        self.named[e] = name_
        self.ranks.setdefault(name_, len(self.ranks))
        self.done[e] = name(name_)
        self.keys.pop(e, None)

    def _of(self, e: Expr) -> Node:
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
                self.done[n] = self._node(n)
        return self.done[e]

    def _beside_args(self, e: Expr) -> Sequence[Expr]:
        """What is spelled for `e` besides its arguments and may be as deep."""
        raise NotImplementedError

    def _node(self, e: Expr) -> Node:
        raise NotImplementedError

    def _sized(self, e: Expr) -> Node:
        """The tree of `e` where no neighbour gives it a size."""
        raise NotImplementedError

    # ---- order

    def key(self, e: Expr) -> Key:
        """Sorts by the names in the order they are printed, then fewer transposes, then higher powers."""
        found = self.keys.get(e)
        if found is None:
            ranks: list[int] = []
            transposes, top = 0, Fraction(0)
            for k, n in enumerate(walk(self._of(e))):
                if k > 60:
                    break
                if n.op == "name":
                    ranks.append(self.ranks.get(str(n.attr), 10**6))
                elif n.op == "call" and (function := str(n.attr).rstrip("'")) in self.ranks:
                    ranks.append(self.ranks[function])
                elif n.op == "T":
                    transposes += 1
                elif n.op == "pow" and n.args[1].op == "num":
                    top = max(top, n.args[1].attr)  # type: ignore[type-var,assignment]
            self.keys[e] = found = (not ranks, tuple(ranks), transposes, -top, e.size, e.digest)
        return found

    # ---- leaves

    def leaf(self, e: Expr) -> Node:
        if e.op is NUMBER:
            return number(value_of(e))
        if e.op is SIZE:
            assert isinstance(e.attr, Dim)
            return dimension(e.attr)
        if e.op is ONES:
            sizes = e.shape if e.shape[1] is not ONE else e.shape[:1]
            return Node("call", tuple(dimension(d) for d in sizes), "ones")
        if e.op is ZEROS:
            return name(spell_name("0", str(e.shape[0]) if e.shape[1] is ONE else f"{e.shape[0]} x {e.shape[1]}"))
        if e.op is EYE:
            return name("I")
        if e.op is COMMUTATION:
            assert isinstance(e.attr, tuple)
            return name(spell_name("K", f"{e.attr[0]},{e.attr[1]}"))
        if isinstance(e.attr, tuple):
            return name(str(e.attr[0]))
        return name(str(e.attr))

    def member(self, e: Expr) -> Node:
        base = str(e.attr[0])  # type: ignore[index]
        return name(spell_name(base, _index_text(e.args[0])))

    def unit(self, e: Expr) -> Node:
        """A column of the identity: nothing else would carry its size."""
        return Node("index", (name(spell_name("I", str(e.shape[0]))), Node("all"), self._of(e.args[0])))

    def _beside(self, f: Expr) -> Node:
        """A factor of a product whose neighbour carries its size: e_i for a unit vector."""
        inner = f.args[0] if f.op is TRANSPOSE else f
        if inner.op is not UNIT or "e" in self.taken or inner in self.named:
            return self._of(f)
        node = name(spell_name("e", _index_text(inner.args[0])))
        return node if inner is f else Node("T", (node,))

    def entry(self, e: Expr) -> Node:
        x, i, j = e.args
        here = [k for k, d in ((i, x.shape[0]), (j, x.shape[1])) if d is not ONE]
        change = x.op is SYMBOL and str(x.attr[0])[:1] == "d" and str(x.attr[0])[1:] in self.ranks  # type: ignore[index]
        plain = x.op is SYMBOL and not change and not split_name(str(x.attr[0]))[1]  # type: ignore[index]
        if plain and len(here) == 1 and _is_letter(here[0]):
            spelled = spell_name(str(x.attr[0]), _index_text(here[0]))  # type: ignore[index]
            if spelled not in self.taken:
                return name(spelled)
        return Node("index", (self._sized(x), *[self._of(k) for k in here]))


def _is_letter(e: Expr) -> bool:
    """Whether a subscript can be run together with its name: a number, an index, a whole number called by one letter, and these with
    a number added."""
    if e.op is ADD and len(e.args) == 2:
        return any(is_number(a) for a in e.args) and any(_is_letter(a) and not is_number(a) and a.op is not ADD for a in e.args)
    if e.op is SIZE:
        return isinstance(e.attr, Dim) and e.attr.name is not None
    return e.op in (NUMBER, INDEX) or (e.op is SYMBOL and len(str(e.attr[0])) == 1)  # type: ignore[index]


def _index_text(e: Expr) -> str:
    if e.op is ADD:
        number_, letter = sorted(e.args, key=lambda a: a.op is not NUMBER)
        return f"{_index_text(letter)}{int(value_of(number_)):+d}"
    return str(e.attr[0]) if e.op is SYMBOL else str(e.attr)  # type: ignore[index]


def is_below(s: Expr) -> bool:
    """Printed under a fraction bar."""
    return s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) < 0
