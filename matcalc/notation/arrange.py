"""From a typed expression to the surface tree that is printed: order, direction, fractions, signs.

Expressions are kept in a normal form that no person would write; here each node is spelled the way a textbook does:
summands in the order in which their names first occur in the input, the shorter direction of x^T A y, quotients
instead of negative powers, (X b)^T instead of b^T X^T where that is shorter, a minus absorbed into a difference.
Nothing here changes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..expressions import build
from ..expressions.build import split, transpose, value_of
from ..expressions.expr import Expr, leaves
from ..expressions.properties import holds
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
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    NAMED,
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
from ..ops.matrix_functions import LOGARITHM, MATRIX_EXPONENTIAL
from ..ops.singular_values import EIGENVALUE
from ..ops.sums import SUM
from ..ops.trace import TRACE
from ..printing.count import symbols
from ..syntax import Node, spell_name
from .entries import dotted, undotted
from .factors import Factors
from .spelling import is_below
from .surface import name, number, product

ABSTRACT = (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG)


class Arranger(Factors):
    """Spells expressions, given the order in which names first occur and the author's own sums and products."""

    def spell(self, e: Expr) -> Node:
        """The surface tree of `e`."""
        self._of(e)
        return undotted(self._sized(e))

    def _node(self, e: Expr) -> Node:
        rule = _RULES.get(e.op)
        if rule is not None:
            return rule(self, e)
        if e.op.notation and all(map(_is_simple, e.args[1:] if e.op.notation == "norm" else ())):
            mark = e.op.mark if e.op.notation == "norm" else (e.op.mark,) * (len(e.args) - 1) or None
            return Node(e.op.notation, tuple(map(self._sized, e.args)), mark)
        real = _real_power(e) if e.op is MATRIX_EXPONENTIAL else None
        if real is not None:
            return Node("pow", (self._of(real[0]), self._of(real[1])))
        if e.op is EIGENVALUE and build.is_number(e.args[1]) and value_of(e.args[1]) in (1, -1):
            return Node("call", (self._sized(e.args[0]),), "eigmin" if value_of(e.args[1]) == 1 else "eigmax")
        if e.op in ABSTRACT:
            base, order = e.attr[:2]  # type: ignore[index]
            return Node("call", tuple(self._sized(a) for a in e.args), base + "'" * order)
        several = e.op.signature == "m n, m n -> m n" and not all(map(_is_constant, e.args))  # beside an array, 0 stands for a zero array
        if e.op.directions:
            parts = (self._sized(e.args[0]), *[self._direction(a) for a in sorted(e.args[1:], key=self.key)])
            return Node("call", parts, e.op.spellings[0])
        told = e.op.signature.startswith("3 ")  # the function says how many entries there are
        parts = self._broadcast(e.args) if several else tuple(map(self._beside if told else self._sized, e.args))
        called = e.op.spellings[0] if e.op.spellings else e.op.name
        return Node("call", parts, dotted(called, e) if e.op.elementwise else called)

    def _beside_args(self, e: Expr) -> Sequence[Expr]:
        """Of the transpose of a sum or of an entrywise product, the transposes of its parts."""
        inner = e.args[0] if e.op is TRANSPOSE else e
        if inner.op is INDEXED_SUM:
            return [transpose(inner.args[2])] if inner is not e else []
        return [transpose(a) for a in inner.args] if inner is not e and inner.op in (ADD, HADAMARD) else []

    def _direction(self, e: Expr) -> Node:
        """A direction, whose size the first argument says: e_i e_j^T."""
        units = e.op is MATMUL and all((a.args[0] if a.op is TRANSPOSE else a).op is UNIT for a in e.args)
        return product([self._beside(a) for a in e.args]) if units else self._sized(e)

    def _plain(self, e: Expr) -> Node:
        """An argument that broadcasting may print as a number: 0 for a zero vector beside a vector."""
        if e.op is ZEROS:
            return number(0)
        if e.op is ONES:
            return number(1)
        return self._sized(e)

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
        inner = body.args[0] if body is not None and body.op is TRANSPOSE else body
        if inner is not None and inner.op is UNIT and any(o is not None and o.op not in (ONES, UNIT, TRANSPOSE) for o in others):
            assert body is not None
            return self._instead(body, self._beside(body), coefficient, scalars)
        return self._of(t)

    def _instead(self, body: Expr, node: Node, c: Fraction, scalars: Sequence[Expr]) -> Node:
        """c · scalars · body with `node` for the body."""
        if c == 1 and not scalars:
            return node
        saved = self.done.get(body)
        self.done[body] = node
        spelled = self._times(c, scalars, body)
        if saved is not None:
            self.done[body] = saved
        else:
            del self.done[body]
        return spelled

    # ---- diagonals and aggregates

    def diag(self, e: Expr) -> Node:
        """diag(x); of the diagonal of a matrix, X .* I."""
        x = e.args[0]
        if x.op is DIAGONAL:
            return Node("ew", (self._of(x.args[0]), name("I")), (".*",))
        return Node("call", (self._of(x),), "diag")

    def total(self, e: Expr) -> Node:
        """sum(x); of an entrywise product of columns, (u .* v)^T w."""
        x = e.args[0]
        if x.op is HADAMARD and x.shape[1] is ONE and not any(is_below(a) for a in x.args):
            parts = sorted(x.args, key=self._factor_key)
            left = self._of(build.hadamard(*parts[:-1]))
            return product([Node("T", (left,)), self._of(parts[-1])])
        return Node("call", (self._sized(x),), "sum")

    def trace(self, e: Expr) -> Node:
        x = e.args[0]
        if x.op is MATMUL and len(x.args) <= 12:
            args = list(x.args)
            turns = [args[k:] + args[:k] for k in range(len(args))]
            turns += [[transpose(a) for a in reversed(t)] for t in turns]
            least = min(sum(a.size for a in t) for t in turns)
            nodes = [product([self._of(a) for a in t]) for t in turns if sum(a.size for a in t) == least]
            return Node("call", (min(nodes, key=self._text_key),), "tr")
        return Node("call", (self._sized(x),), "tr")

    def transposed(self, e: Expr) -> Node:
        inner = e.args[0]
        whole = Node("T", (self._of(inner),))
        if inner.op is ADD:  # (a + B^T c)^T is a^T + c^T B where that is shorter, or as short and not the author's
            spelled = self._sum([transpose(a) for a in (self.author.get(inner) or self._sorted(inner))], inner)
            longer = symbols(spelled) - symbols(whole)
            return spelled if longer < 0 or (longer == 0 and inner not in self.author) else whole
        if inner.op is HADAMARD and inner not in self.author:
            turned = sorted(map(transpose, inner.args), key=self._factor_key)
            spelled = self._entrywise([self._of(p) for p in turned if not is_below(p)], [p for p in turned if is_below(p)])
            return spelled if symbols(spelled) < symbols(whole) else whole
        if inner.op is INDEXED_SUM:
            low, high, body = inner.args
            return Node("sum", (self._of(transpose(body)), self._of(low), self._of(high)), str(inner.attr))
        if inner.op is HADAMARD and e.shape[0] is not ONE:  # (A .* X^T)^T is A^T .* X
            parts = sorted((transpose(a) for a in inner.args), key=self._factor_key)
            spelled = self._entrywise([self._of(p) for p in parts if not is_below(p)], [p for p in parts if is_below(p)])
            return min(spelled, whole, key=symbols)
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
            return Node("cmp", self._broadcast([transpose(a) for a in inner.args]), str(inner.attr))
        if e.op is not IVERSON:
            return Node("cmp", (self._of(e), number(0)), ">")
        sides, relation = self._balanced(e)
        left, right = self._broadcast(sides)
        if not e.is_scalar and all(map(_is_constant, sides)):
            left = self._of(sides[0])  # nothing else would carry the size
        return Node("cmp", (left, right), relation)

    def _balanced(self, e: Expr) -> tuple[Sequence[Expr], str]:
        """1 - z > 0 as z < 1: what is subtracted goes to the side of the zero, and a number to the right."""
        left, right = e.args
        relation = str(e.attr)
        if left.op is not ADD or left in self.named or not build.is_zero(right):
            return e.args, relation
        under = [a for a in left.args if build.without_coefficient(a)[0] < 0]
        over = [a for a in left.args if a not in under]
        if not under or not over:
            return e.args, relation
        greater, less = _added(over), build.opposite(_added(under)) if len(under) > 1 else build.negative(under[0])
        if _is_constant(greater) or build.is_number(greater):
            return (less, greater), MIRRORED[relation]
        return (greater, less), relation

    def _broadcast(self, sides: Sequence[Expr]) -> tuple[Node, ...]:
        """Arguments of one shape: constant ones as numbers, identities with their size where nothing beside them tells it."""
        told = any(not (a.is_scalar or _is_constant(a) or _sizeless_sum(a)) for a in sides)
        return tuple(self._as_number(a) or (self._of(a) if told else self._sized(a)) for a in sides)

    def _as_number(self, a: Expr) -> Node | None:
        c, scalars, body = split(a)
        if a.op is ZEROS:
            return number(0)
        return self._times(c, scalars, None) if body is not None and body.op is ONES else None

    # ---- what carries its own size

    def _sized(self, e: Expr) -> Node:
        """The tree of `e`; an identity that no neighbour gives a size carries its own."""
        if e.op is ADD and e not in self.named and _sizeless_sum(e):
            parts = sorted((self._sized(t) for t in self._sorted(e)), key=lambda n: n.op == "neg")
            return Node("add", tuple(parts))
        c, scalars, body = split(e)
        inner = body.args[0] if body is not None and body.op is TRANSPOSE else body
        if body is None or inner is None or not _sizeless(inner) or e in self.named:
            return self._of(e)
        if inner.op is INDEXED_SUM:
            low, high, term = inner.args
            node = Node("sum", (self._sized(term if inner is body else transpose(term)), self._of(low), self._of(high)), str(inner.attr))
        else:
            node = name(spell_name("I", str(inner.shape[0])))
        if inner.op is UNIT:
            at = self._of(inner.args[0])
            node = Node("index", (node, Node("all"), at) if inner is body else (node, at, Node("all")))
        return self._instead(body, node, c, scalars)

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
        told = e.is_scalar or not (all(map(_is_constant, e.args[::2])) and all(c.is_scalar for c in e.args[1::2]))
        plain = self._plain if told else self._sized
        return Node("cases", tuple(self._condition(a) if k % 2 and k <= last else plain(a) for k, a in enumerate(e.args)))


def _real_power(e: Expr) -> tuple[Expr, Expr] | None:
    """X and s of expm(s logm(X)), where X^s is read so: X is a name that is declared spd, and s is not made of whole numbers."""
    c, scalars, log = split(e.args[0])
    if log is None or log.op is not LOGARITHM or log.args[0].op is not SYMBOL or not holds(log.args[0], "spd"):
        return None
    names = [n for s in scalars for n in leaves(s) if n.op in (SYMBOL, INDEX, SIZE)]
    whole = all(holds(n, "integer") for n in names) if names else c.denominator == 1
    return None if whole else (log.args[0], build.times(build.num(c), *scalars))


def _is_simple(p: Expr) -> bool:
    """A p that stands below the bars of a norm."""
    return p.op is SYMBOL or (p.op is NUMBER and value_of(p).denominator == 1 and value_of(p) > 2)


MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


def _added(terms: Sequence[Expr]) -> Expr:
    return build.add(*terms) if len(terms) > 1 else terms[0]


def _is_constant(a: Expr) -> bool:
    """An array with the same number everywhere."""
    body = split(a)[2]
    return a.op is ZEROS or (body is not None and body.op is ONES)


def _sizeless(e: Expr | None) -> bool:
    """An identity or a unit vector, or a sum of them over an index."""
    while e is not None and e.op is INDEXED_SUM:
        e = split(e.args[2])[2]
        e = e.args[0] if e is not None and e.op is TRANSPOSE else e
    return e is not None and e.op in (EYE, UNIT)


def _sizeless_sum(e: Expr) -> bool:
    """A multiple of something sizeless, or a sum of such."""
    return all(_sizeless(split(a)[2]) for a in (e.args if e.op is ADD else (e,)))


_RULES: dict[object, Callable[[Arranger, Expr], Node]] = {
    ADD: Arranger.sum,
    TIMES: Arranger.times,
    MATMUL: Arranger.matmul,
    HADAMARD: Arranger.hadamard,
    DIAG: Arranger.diag,
    POWER: Arranger.power,
    MATRIX_POWER: Arranger.matrix_power,
    SUM: Arranger.total,
    TRACE: Arranger.trace,
    TRANSPOSE: Arranger.transposed,
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
    NAMED: lambda arranger, e: arranger._of(e.args[0]),
}
for _op in (NUMBER, SIZE, ONES, ZEROS, EYE, SYMBOL, CONSTANT, INDEX, COMMUTATION):
    _RULES[_op] = Arranger.leaf
