"""From a typed expression to the surface tree that is printed: order, direction, fractions, signs.

Expressions are kept in a normal form that no person would write; here each node is spelled the way a textbook does:
summands in the order in which their names first occur in the input, the shorter direction of x^T A y, quotients
instead of negative powers, (X b)^T instead of b^T X^T where that is shorter, a minus absorbed into a difference.
Nothing here changes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from .. import build
from ..build import is_number, split, transpose, value_of
from ..expr import Expr, postorder
from ..kinds import ONE, Dim
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK, SELECTION
from ..ops.core import (
    ADD,
    CASES,
    COMMUTATION,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    IVERSON,
    KRONECKER,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
    ZEROS,
)
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.inverse import INVERSE
from ..ops.sums import SUM
from ..ops.trace import TRACE
from ..render.count import symbols
from ..syntax import Node, spell_name, walk
from .surface import dimension, is_plain_product, name, negated, number, product, quotient

HALF = Fraction(1, 2)
ABSTRACT = (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG)
NORMS = {"norm": "", "normF": "F", "norm1": "1", "norminf": "inf", "norm2": "2", "norm_nuclear": "*"}
Key = tuple[object, ...]


class Arranger:
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

    def spell(self, e: Expr) -> Node:
        """The surface tree of `e`."""
        self._of(e)
        return self._sized(e)

    def name(self, e: Expr, name_: str) -> None:
        """From here on `e` is written as this name. (Inner ones are named first: nothing that contains `e` is spelled yet.)"""
        self.named[e] = name_
        self.ranks.setdefault(name_, len(self.ranks))
        self.done[e] = name(name_)
        self.keys.pop(e, None)

    def _of(self, e: Expr) -> Node:
        """The tree of a part that may not be a node of the DAG (a transpose, a quotient) itself."""
        for n in postorder(e, self.done):
            if n not in self.done:  # spelling one node may have spelled others
                self.done[n] = self._node(n)
        return self.done[e]

    def _node(self, e: Expr) -> Node:
        rule = _RULES.get(e.op)
        if rule is not None:
            return rule(self, e)
        if e.op.name in NORMS:
            return Node("norm", (self._of(e.args[0]),), NORMS[e.op.name])
        if e.op.name == "normp":
            p = e.args[1]
            simple = p.op is SYMBOL or (p.op is NUMBER and value_of(p).denominator == 1 and value_of(p) > 2)
            return Node("norm" if simple else "call", tuple(self._of(a) for a in e.args), "p" if simple else "norm")
        if e.op.name == "pinv":
            return Node("pinv", (self._of(e.args[0]),))
        if e.op in ABSTRACT:
            base, order = e.attr[:2]  # type: ignore[index]
            return Node("call", tuple(self._sized(a) for a in e.args), base + "'" * order)
        several = e.op.signature == "m n, m n -> m n" and not all(map(_is_constant, e.args))  # beside an array, 0 stands for a zero array
        if e.op.name in ("det", "logdet"):
            return Node("call", (self._entrywise_below(e.args[0]),), e.op.name)
        parts = tuple(self._broadcast(a) if several else self._sized(a) for a in e.args)
        return Node("call", parts, e.op.spellings[0] if e.op.spellings else e.op.name)

    def _plain(self, e: Expr) -> Node:
        """An argument that broadcasting may print as a number: 0 for a zero vector beside a vector."""
        if e.op is ZEROS:
            return number(0)
        if e.op is ONES:
            return number(1)
        return self._sized(e)

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

    # ---- sums

    def sum(self, e: Expr) -> Node:
        return self._sum(list(self.author.get(e) or self._sorted(e)), e)

    def _sorted(self, e: Expr) -> list[Expr]:
        return sorted(e.args, key=lambda t: self.key(build.without_coefficient(t)[1]))

    def _sum(self, terms: Sequence[Expr], e: Expr) -> Node:
        parts = [self._term(t, e) for t in terms]
        if parts[0].op == "neg":
            first = next((k for k, p in enumerate(parts) if p.op != "neg"), 0)
            parts.insert(0, parts.pop(first))
        return Node("add", tuple(parts))

    def _term(self, t: Expr, whole: Expr) -> Node:
        coefficient, scalars, body = split(t)
        others = [split(a)[2] for a in whole.args]
        if body is not None and body.op is ONES and any(o is not None and o.op not in (ONES, EYE) for o in others):
            return self._times(coefficient, scalars, None)
        return self._of(t)

    # ---- products

    def times(self, e: Expr) -> Node:
        return self._times(*split(e))

    def _times(self, c: Fraction, scalars: Sequence[Expr], body: Expr | None, extra: Node | None = None) -> Node:
        if c < 0:
            flipped = self._flip(scalars, body)
            if flipped is not None:
                return self._signed(
                    -c,
                    [self._of(s) for s in sorted(flipped[0], key=self._factor_key) if not _is_below(s)],
                    [s for s in flipped[0] if _is_below(s)],
                    flipped[1],
                )
            return negated(self._times(-c, scalars, body))
        above = [self._of(s) for s in sorted((s for s in scalars if not _is_below(s)), key=self._factor_key)]
        above += [extra] if extra is not None else []
        return self._signed(c, above, [s for s in scalars if _is_below(s)], self._of(body) if body is not None else None)

    def _signed(self, c: Fraction, above: list[Node], below: list[Expr], body: Node | None) -> Node:
        under = [self._of(build.power(s, num_minus_one())) for s in sorted(below, key=self._factor_key)]
        if c.denominator != 1:
            under.insert(0, number(c.denominator))
        if c.numerator != 1:
            above.insert(0, number(c.numerator))
        if body is None:
            return quotient(above, under)
        if body.op in ("sum", "product") and under:
            return product([quotient(above, under), body])
        if is_plain_product(body) and not (above and above[-1].op in ("sum", "product")):
            return quotient([*above, *body.args], under)
        return quotient([*above, body], under)

    def _factor_key(self, s: Expr) -> Key:
        base = s.args[0] if s.op is POWER else s
        plain = base.op in (SYMBOL, SIZE, CONSTANT, MEMBER, ENTRY, INDEX)
        return (not plain, base.op is not CONSTANT, *self.key(s))

    def _flip(self, scalars: Sequence[Expr], body: Expr | None) -> tuple[list[Expr], Node | None] | None:
        """A minus absorbed by a difference among the factors: -2 (y - z)^T A is 2 (z - y)^T A; None if none can."""
        for k, s in enumerate(scalars):
            others = [*scalars[:k], *scalars[k + 1 :]]
            if s.op is ADD and self._can_flip(s):
                return [*scalars[:k], build.opposite(s), *scalars[k + 1 :]], self._of(body) if body is not None else None
            if s.op is INDEXED_SUM and body is None and (turned := self._turned(s)) is not None:
                return others, turned
        turned = self._turned(body) if body is not None else None
        return None if turned is None else (list(scalars), turned)

    def _can_flip(self, s: Expr) -> bool:
        return s not in self.named and any(build.without_coefficient(a)[0] < 0 for a in s.args)

    def _turned(self, e: Expr) -> Node | None:
        """-e without a minus in front, where a difference inside takes it; None if there is none. (The constructors would
        bring the minus out again, so this works on the surface.)"""
        if e in self.named:
            return None
        if e.op is ADD:
            return self._of(build.opposite(e)) if self._can_flip(e) else None
        if e.op is INDEXED_SUM:
            return self._turned_sum(e, False)
        if e.op is TRANSPOSE:
            inner = e.args[0]
            if inner.op is ADD:
                return self._of(transpose(build.opposite(inner))) if self._can_flip(inner) else None
            turned = self._turned_sum(inner, True) if inner.op is INDEXED_SUM else self._turned(inner)
            return turned if turned is None or inner.op is INDEXED_SUM else Node("T", (turned,))
        if e.op is DIAG:
            turned = self._turned(e.args[0])
            return None if turned is None else Node("call", (turned,), "diag")
        if e.op in (MATMUL, HADAMARD):
            for k, f in enumerate(e.args):
                turned = None if _is_below(f) else self._turned(f)
                if turned is not None:
                    rest = [*e.args[:k], *e.args[k + 1 :]]
                    if e.op is HADAMARD:
                        return self._entrywise(
                            [turned, *[self._of(p) for p in rest if not _is_below(p)]], [p for p in rest if _is_below(p)]
                        )
                    left, right = ([self._chain(list(c))] if c else [] for c in (e.args[:k], e.args[k + 1 :]))
                    return product([p for n in (*left, turned, *right) for p in (n.args if is_plain_product(n) else (n,))])
        return None

    def _turned_sum(self, summed: Expr, transposed: bool) -> Node | None:
        """-sum_i (a - b) x_i as sum_i (b - a) x_i (of its transpose: `transposed`)."""
        low, high, term = summed.args
        _, scalars, _ = split(term)
        s = next((s for s in (term, *scalars) if s.op is ADD and self._can_flip(s)), None)
        if s is None:
            return None
        if s is term:
            body = build.opposite(s)
            inside = self._of(transpose(body) if transposed else body)
        else:
            rest = build.divide(term, s)
            inside = self._times(*split(transpose(rest) if transposed else rest), extra=self._of(build.opposite(s)))
        return Node("sum", (inside, self._of(low), self._of(high)), str(summed.attr))

    def matmul(self, e: Expr) -> Node:
        if e.is_scalar:
            straight, back = list(e.args), [transpose(a) for a in reversed(e.args)]
            if sum(a.size for a in straight) == sum(a.size for a in back):
                typed = self.author.get(e)
                if typed is not None:
                    return self._chain(list(typed))
                nodes = [self._chain(c) for c in (straight, back)]
                return min(nodes, key=self._text_key)
        return self._chain(list(e.args))

    def _text_key(self, node: Node) -> Key:
        return (symbols(node), [self.ranks.get(str(n.attr), 10**6) for n in walk(node) if n.op == "name"], [n.op for n in walk(node)])

    def _chain(self, factors: list[Expr]) -> Node:
        """A matrix product; runs of transposes that begin with a row are gathered where that is shorter."""
        parts: list[Node] = []
        k = 0
        while k < len(factors):
            f = factors[k]
            run = 1
            if f.shape[0] is ONE:
                while k + run < len(factors) and _turns(factors[k + run]):
                    run += 1
                saved = sum(g.op is TRANSPOSE and g.args[0].op is not INVERSE for g in factors[k : k + run])
                if run > 1 and saved > 1:
                    inside = [transpose(g) for g in reversed(factors[k : k + run])]
                    parts.append(Node("T", (self._chain(inside),)))
                    k += run
                    continue
            held = (k > 0 and f.shape[0] is not ONE) or (k + 1 < len(factors) and f.shape[1] is not ONE)
            parts.append(self._beside(f) if held else self._of(f))
            k += 1
        return product(parts)

    def hadamard(self, e: Expr) -> Node:
        typed = self.author.get(e)
        parts = list(typed) if typed is not None else sorted(e.args, key=self._factor_key)
        return self._entrywise([self._of(p) for p in parts if not _is_below(p)], [p for p in parts if _is_below(p)])

    def _entrywise(self, above: list[Node], divisors: list[Expr]) -> Node:
        below = [self._of(build.power(p, num_minus_one())) for p in divisors]
        if not above:
            return Node("ew", (number(1), below[0] if len(below) == 1 else Node("ew", tuple(below), (".*",) * (len(below) - 1))), ("./",))
        if len(above) + len(below) == 1:
            return above[0]
        return Node("ew", tuple(above + below), (".*",) * (len(above) - 1) + ("./",) * len(below))

    def kron(self, e: Expr) -> Node:
        return Node("ew", tuple(self._sized(a) for a in e.args), ("kron",))

    def power(self, e: Expr) -> Node:
        base, k = e.args
        scalar = e.is_scalar
        if is_number(k):
            v = value_of(k)
            if v < 0:
                under = self._of(build.power(base, build.num(-v)))
                return Node("mul", (number(1), under), ("/",)) if scalar else Node("ew", (number(1), under), ("./",))
            if v == HALF:
                return Node("call", (self._of(base),), "sqrt")
        return Node("pow" if scalar else "epow", (self._of(base), self._of(k)))

    def matrix_power(self, e: Expr) -> Node:
        x, k = e.args
        if x.op is INVERSE and is_number(k):
            return Node("pow", (self._of(x.args[0]), negated(self._of(k))))
        return Node("pow", (self._of(x), self._of(k)))

    def diag(self, e: Expr) -> Node:
        """diag(x); of the diagonal of a matrix, X .* I."""
        x = e.args[0]
        if x.op is DIAGONAL:
            return Node("ew", (self._of(x.args[0]), name("I")), (".*",))
        return Node("call", (self._of(x),), "diag")

    # ---- aggregates

    def total(self, e: Expr) -> Node:
        """sum(x); of an entrywise product of columns, (u .* v)^T w."""
        x = e.args[0]
        if x.op is HADAMARD and x.shape[1] is ONE and not any(_is_below(a) for a in x.args):
            parts = sorted(x.args, key=self._factor_key)
            left = self._of(build.hadamard(*parts[:-1]))
            return product([Node("T", (left,)), self._of(parts[-1])])
        return Node("call", (self._of(x),), "sum")

    def trace(self, e: Expr) -> Node:
        x = e.args[0]
        if x.op is MATMUL and len(x.args) <= 12:
            args = list(x.args)
            turns = [args[k:] + args[:k] for k in range(len(args))]
            turns += [[transpose(a) for a in reversed(t)] for t in turns]
            least = min(sum(a.size for a in t) for t in turns)
            nodes = [product([self._of(a) for a in t]) for t in turns if sum(a.size for a in t) == least]
            return Node("call", (min(nodes, key=self._text_key),), "tr")
        return Node("call", (self._entrywise_below(x),), "tr")

    def _entrywise_below(self, x: Expr) -> Node:
        """exp, log and sqrt of a matrix directly under tr and det are spelled so that nobody takes them for expm, logm, sqrtm."""
        node = self._of(x)
        return Node("call", node.args, f"{node.attr}.") if node.op == "call" and node.attr in ("exp", "log", "sqrt") else node

    def transposed(self, e: Expr) -> Node:
        inner = e.args[0]
        whole = Node("T", (self._of(inner),))
        if inner.op is ADD:  # (a + B^T c)^T is a^T + c^T B where that is shorter, or as short and not the author's
            spelled = self._sum([transpose(a) for a in (self.author.get(inner) or self._sorted(inner))], inner)
            longer = symbols(spelled) - symbols(whole)
            return spelled if longer < 0 or (longer == 0 and inner not in self.author) else whole
        if inner.op is INDEXED_SUM:
            low, high, body = inner.args
            return Node("sum", (self._of(transpose(body)), self._of(low), self._of(high)), str(inner.attr))
        return whole

    def indexed_sum(self, e: Expr) -> Node:
        low, high, body = e.args
        return Node("sum" if e.op is INDEXED_SUM else "product", (self._of(body), self._of(low), self._of(high)), str(e.attr))

    def iverson(self, e: Expr) -> Node:
        return Node("iverson", (self._compare(e),))

    def _condition(self, e: Expr) -> Node:
        """A comparison, or several that hold together."""
        inner = e.args[0] if e.op is TRANSPOSE else e
        if inner.op not in (TIMES, HADAMARD):
            return self._compare(e)
        parts = [a if inner is e else transpose(a) for a in inner.args]
        return Node("and", tuple(self._compare(a) for a in sorted(parts, key=self.key)))

    def _compare(self, e: Expr) -> Node:
        if e.op is TRANSPOSE:
            inner = e.args[0]
            return Node("cmp", tuple(self._broadcast(transpose(a)) for a in inner.args), str(inner.attr))
        if e.op is not IVERSON:
            return Node("cmp", (self._of(e), number(0)), ">")
        left, right = (self._broadcast(a) for a in e.args)
        if not e.is_scalar and all(map(_is_constant, e.args)):
            left = self._of(e.args[0])  # nothing else would carry the size
        return Node("cmp", (left, right), str(e.attr))

    def _broadcast(self, a: Expr) -> Node:
        c, scalars, body = split(a)
        if a.op is ZEROS:
            return number(0)
        if body is not None and body.op is ONES:
            return self._times(c, scalars, None)
        return self._of(a)

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

    def _sized(self, e: Expr) -> Node:
        """The tree of `e`; an identity that no neighbour gives a size carries its own."""
        c, scalars, body = split(e)
        inner = body.args[0] if body is not None and body.op is TRANSPOSE else body
        if body is None or inner is None or inner.op not in (EYE, UNIT):
            return self._of(e)
        node = name(spell_name("I", str(inner.shape[0])))
        if inner.op is UNIT:
            at = self._of(inner.args[0])
            node = Node("index", (node, Node("all"), at) if inner is body else (node, at, Node("all")))
        if c == 1 and not scalars:
            return node
        saved = self.done.get(body)
        self.done[body] = node
        spelled = self._times(c, scalars, body)
        if saved is not None:
            self.done[body] = saved
        return spelled

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
        if x.op is SYMBOL and not change and len(here) == 1 and here[0].op in (NUMBER, INDEX):
            spelled = spell_name(str(x.attr[0]), _index_text(here[0]))  # type: ignore[index]
            if spelled not in self.taken:
                return name(spelled)
        return Node("index", (self._of(x), *[self._of(k) for k in here]))

    def literal(self, e: Expr) -> Node:
        return Node("literal", tuple(self._of(a) for a in e.args), e.attr)  # type: ignore[arg-type]

    def block(self, e: Expr) -> Node:
        return Node("literal", tuple(self._sized(a) for a in e.args), e.attr)  # type: ignore[arg-type]

    def selection(self, e: Expr) -> Node:
        """[0; I; 0] without its empty parts."""
        assert isinstance(e.attr, Dim)
        rows, cols = e.shape
        parts = [build.zeros(e.attr, cols), build.eye(cols), build.zeros(rows - e.attr - cols, cols)]
        filled = [self._sized(p) for p in parts if p.shape[0].number != 0]
        return Node("literal", tuple(filled), (len(filled), 1))

    def cases(self, e: Expr) -> Node:
        last = len(e.args) - 1
        return Node("cases", tuple(self._condition(a) if k % 2 and k <= last else self._plain(a) for k, a in enumerate(e.args)))


def num_minus_one() -> Expr:
    return build.num(-1)


def _is_constant(a: Expr) -> bool:
    """An array with the same number everywhere."""
    body = split(a)[2]
    return a.op is ZEROS or (body is not None and body.op is ONES)


def _index_text(e: Expr) -> str:
    return str(e.attr)


def _is_below(s: Expr) -> bool:
    """Printed under a fraction bar."""
    return s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) < 0


def _turns(g: Expr) -> bool:
    """A factor whose transpose costs nothing extra to write: M^T, or a symmetric one."""
    if g.shape[1] is ONE:
        return False
    return g.op is TRANSPOSE or transpose(g) is g


_RULES: dict[object, Callable[[Arranger, Expr], Node]] = {
    ADD: Arranger.sum,
    TIMES: Arranger.times,
    MATMUL: Arranger.matmul,
    HADAMARD: Arranger.hadamard,
    KRONECKER: Arranger.kron,
    DIAG: Arranger.diag,
    POWER: Arranger.power,
    MATRIX_POWER: Arranger.matrix_power,
    SUM: Arranger.total,
    TRACE: Arranger.trace,
    TRANSPOSE: Arranger.transposed,
    INVERSE: lambda self, e: Node("inv", (self._of(e.args[0]),)),
    INDEXED_SUM: Arranger.indexed_sum,
    INDEXED_PRODUCT: Arranger.indexed_sum,
    IVERSON: Arranger.iverson,
    MEMBER: Arranger.member,
    UNIT: Arranger.unit,
    ENTRY: Arranger.entry,
    LITERAL: Arranger.literal,
    BLOCK: Arranger.block,
    SELECTION: Arranger.selection,
    CASES: Arranger.cases,
}
for _op in (NUMBER, SIZE, ONES, ZEROS, EYE, SYMBOL, CONSTANT, INDEX, COMMUTATION):
    _RULES[_op] = Arranger.leaf
