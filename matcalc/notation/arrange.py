"""From a typed expression to the surface tree that is printed: order, direction, fractions, signs.

Expressions are kept in a normal form that no person would write; here each node is spelled the way a textbook does:
summands in the order in which their names first occur in the input, the shorter direction of x^T A y, quotients
instead of negative powers, (X b)^T instead of b^T X^T where that is shorter, a minus absorbed into a difference.
Nothing here changes a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..expressions import build
from ..expressions.build import is_complex, split, transpose, value_of
from ..expressions.expr import Expr, leaves, make, postorder
from ..expressions.properties import holds
from ..kinds import ONE, Dim, two_factors
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK, SELECTION
from ..ops.convolution import CONVOLUTION, HANKEL
from ..ops.core import (
    ADD,
    CASES,
    COMMUTATION,
    CONSTANT,
    ENTRY,
    EYE,
    HADAMARD,
    IMAGINARY,
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
from ..ops.elementary import EXP
from ..ops.half_vectorization import DUPLICATION, ELIMINATION, UNVEC
from ..ops.inverse import INVERSE
from ..ops.matrix_functions import LOGARITHM, MATRIX_EXPONENTIAL, SQUARE_ROOT, SQUARE_ROOT_KRONECKER
from ..ops.singular_values import EIGENVALUE
from ..ops.sums import SUM
from ..ops.trace import TRACE, TRACE_OUT_FIRST, TRACE_OUT_SECOND
from ..syntax import Node, walk
from .comparisons import broadcast, cases, is_constant, iverson
from .entries import apart, dotted, undotted
from .factors import entrywise, hadamard, matmul, matrix_power, power, scaled, times
from .leaves import beside, entry, leaf, member, unit
from .signs import factor, has_minus, has_slope, is_below, shows_minus, sign_outside, signed_product, turned_over, typed_terms, was_turned
from .spelling import EXPONENTIALS_AS_POWERS, Spelling
from .surface import dimension, fraction_behind, has_bars, is_plain_product, name, negated, number, product

ABSTRACT = (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG)


class Arranger:
    """Spells expressions, given the order in which names first occur and the author's own sums and products (see `Spelling`)."""

    def __init__(
        self,
        ranks: Mapping[str, int] | None = None,
        author: Mapping[Expr, Sequence[Expr]] | None = None,
        taken: Iterable[str] = (),
        change: str = "",
    ) -> None:
        self._spelling = Spelling(_rule, ranks, author, taken)
        self._spelling.change = change
        self.ranks = self._spelling.ranks
        self.name = self._spelling.name

    def spell(self, e: Expr) -> Node:
        """The surface tree of `e`."""
        if is_complex(e):
            from .moduli import with_moduli

            e = with_moduli(e, self._spelling.named)
        self._spelling.whole = e
        if EXPONENTIALS_AS_POWERS in self.ranks and EXP.bit & e.within:  # e^(z_i)/sum(exp(z)) would have both
            self._spelling.exponentials = all(n.is_scalar for n in postorder(e) if n.op is EXP)
        self._spelling.of(e)
        found = undotted(_as_rows(self._spelling, e) or self._spelling.sized(e))
        return apart(found, self._spelling.entries) if self._spelling.entries else found


def _rule(spelling: Spelling, e: Expr) -> Node:
    """The tree of a node; (A x)^H and conj(A x), where the conjugates of the parts make it longer."""
    node = _by_rule(spelling, e)
    turned = e.op is TRANSPOSE
    if turned and is_complex(e) and (inside := _turned_inside(spelling, e.args[0])) is not None:  # expm(H^H H) for expm(H^T conj(H))^T
        from ..printing.count import symbols

        node = min(inside, node, key=symbols)
    if not is_complex(e) or not e.args or e.op is NAMED or spelling.barring or not has_bars(node, 2 - turned):
        return node
    known = len(spelling.done)
    spelling.barring = True
    inside = spelling.of(build.conjugate(e.args[0] if turned else e))
    spelling.barring = False
    for part in list(spelling.done)[known:]:  # spelled without a bar over the whole
        del spelling.done[part]

    from ..printing.count import symbols

    return min(node, Node("H", (inside,)) if turned else Node("call", (inside,), "conj"), key=symbols)


def _turned_inside(spelling: Spelling, e: Expr) -> Node | None:
    """f(X^T) for f(X)^T, where f commutes with the transpose and X is a product, and its inverse likewise; None elsewhere."""
    if e.op is INVERSE:
        turned = _turned_inside(spelling, e.args[0])
        return None if turned is None else Node("inv", (turned,))
    if e.op.transposes != "commutes" or not e.op.spellings or e.args[0].op is not MATMUL or any(not a.is_scalar for a in e.args[1:]):
        return None
    known = len(spelling.done)
    node = Node("call", (spelling.of(build.transpose(e.args[0])), *map(spelling.of, e.args[1:])), e.op.spellings[0])
    for part in list(spelling.done)[known:]:
        del spelling.done[part]
    return node


def _by_rule(spelling: Spelling, e: Expr) -> Node:
    rule = _RULES.get(e.op)
    if rule is not None:
        return rule(spelling, e)
    if e.op.parity == "even" and was_turned(spelling, e.args[0]):  # ||x - y||, as it was typed
        e = make(e.op, (build.opposite(e.args[0]), *e.args[1:]), e.attr, e.shape, e.size)
    if e.op.notation and all(map(_is_simple, e.args[1:] if e.op.notation == "norm" else ())):
        mark = e.op.mark if e.op.notation == "norm" else (e.op.mark,) * (len(e.args) - 1) or None
        inside = tuple(map(spelling.sized, e.args))
        if e.op.parity == "even" and inside[0].op == "neg":  # ||A (x - y)||, where the text has A (x - y) and not its opposite
            inside = inside[0].args + inside[1:]
        return Node(e.op.notation, inside, mark)
    if e.op is EXP and e.is_scalar and spelling.exponentials:
        return Node("pow", (name("e"), spelling.of(e.args[0])))
    real = _real_power(e) if e.op is MATRIX_EXPONENTIAL else None
    if real is not None:
        return Node("pow", (spelling.of(real[0]), spelling.of(real[1])))
    if e.op is EIGENVALUE and build.is_number(e.args[1]) and value_of(e.args[1]) in (1, -1):
        return Node("call", (spelling.sized(e.args[0]),), "eigmin" if value_of(e.args[1]) == 1 else "eigmax")
    if e.op in ABSTRACT:
        base, order = e.attr[:2]  # type: ignore[index]
        return Node("call", tuple(spelling.sized(a) for a in e.args), base + "'" * order)
    several = e.op.signature == "m n, m n -> m n"
    if e.op is SQUARE_ROOT_KRONECKER and len(e.args) == 1:  # as its block says, which needs no word
        root, one = build.apply(SQUARE_ROOT, e.args), build.eye(e.args[0].shape[0])
        return spelling.of(build.inverse(build.add(build.kron(one, root), build.kron(transpose(root), one))))
    if e.op.directions:
        parts = (spelling.sized(e.args[0]), *[_direction(spelling, a) for a in sorted(e.args[1:], key=spelling.key)])
        return Node("call", parts, e.op.spellings[0])
    if e.op in (TRACE_OUT_FIRST, TRACE_OUT_SECOND):
        kept, x, other = e.args
        sizes = (kept.shape[0], other.shape[0]) if e.op is TRACE_OUT_SECOND else (other.shape[0], kept.shape[0])
        shown = () if two_factors(x.shape[0]) == sizes else map(dimension, sizes)
        return Node("call", (spelling.of(x), number(2 if e.op is TRACE_OUT_SECOND else 1), *shown), "ptrace")
    if e.op is UNVEC:
        return Node("call", (spelling.of(e.args[0]),), "unvec")
    if e.op in (CONVOLUTION, HANKEL):
        return Node("call", (spelling.sized(e.args[0]), dimension(e.shape[1])), e.op.name)
    told = e.op.signature.startswith("3 ")  # the function says how many entries there are
    if several and not all(map(is_constant, e.args)):  # beside an array, 0 stands for a zero array
        parts = broadcast(spelling, e.args)
    else:
        parts = tuple(beside(spelling, a) if told else spelling.sized(a) for a in e.args)
    if e.op.parity == "even" and len(parts) == 1 and parts[0].op == "neg":  # cos(x (x - 1)), as it was typed
        parts = parts[0].args
    parts = tuple(map(fraction_behind, parts))
    called = e.op.spellings[0] if e.op.spellings else e.op.name
    return Node("call", parts, dotted(called, e) if e.op.elementwise else called)


def _direction(spelling: Spelling, e: Expr) -> Node:
    """A direction, whose size the first argument says: e_i e_j^T."""
    units = e.op is MATMUL and all((a.args[0] if a.op is TRANSPOSE else a).op is UNIT for a in e.args)
    return product([beside(spelling, a) for a in e.args]) if units else spelling.sized(e)


def summands(spelling: Spelling, e: Expr) -> Node:
    return _added(spelling, typed_terms(spelling, e), e)


def _added(spelling: Spelling, terms: Sequence[Expr], e: Expr) -> Node:
    parts = [_term(spelling, t, e) for t in terms]
    if parts[0].op == "neg":
        first = next((k for k, p in enumerate(parts) if p.op != "neg"), 0)
        pair = first + 1 < len(terms) and transpose(terms[first]) is terms[first + 1]  # A + A^T stay together
        parts = [*parts[first : first + 1 + pair], *parts[:first], *parts[first + 1 + pair :]]
    return Node("add", tuple(parts))


def _transposed_terms(spelling: Spelling, e: Expr) -> Node:
    return _added(spelling, [transpose(a) for a in typed_terms(spelling, e)], e)


def _as_rows(spelling: Spelling, e: Expr) -> Node | None:
    """A whole row that is a sum of products as the sum of their rows, x^T Q + c^T, though (Q x + c)^T is a symbol shorter."""
    inner = e.args[0] if e.op is TRANSPOSE and e.shape[0] is ONE else None
    if inner is None or inner.op is not ADD or inner in spelling.author or e in spelling.named:
        return None
    if not any(body is not None and body.op in (MATMUL, INDEXED_SUM) for body in (split(a)[2] for a in inner.args)):
        return None
    rows, whole = _transposed_terms(spelling, inner), spelling.of(e)
    composite = any(n.op == "T" and n.args[0].op in ("mul", "T", "sum") for n in walk(rows))

    from ..printing.count import symbols

    minus = all(n.op == "neg" for n in rows.args)  # -c^T A^T - b^T, rather than (-A c - b)^T
    return None if composite or symbols(rows) > symbols(whole) + 1 + minus else rows


def _term(spelling: Spelling, t: Expr, whole: Expr) -> Node:
    coefficient, scalars, body = split(t)
    others = [split(a)[2] for a in whole.args]
    if body is not None and body.op is ONES and any(o is not None and o.op not in (ONES, EYE) for o in others):
        products = whole not in spelling.author and any(o is not None and o.op is MATMUL for o in others)
        if not scalars or not products or not all(s.op is SYMBOL for s in scalars):  # Sigma w - lambda ones(n)
            return scaled(spelling, coefficient, scalars, None)
    inner = body.args[0] if body is not None and body.op is TRANSPOSE else body
    if inner is not None and inner.op is UNIT and any(o is not None and o.op not in (ONES, UNIT, TRANSPOSE) for o in others):
        assert body is not None
        return spelling.instead(t, body, beside(spelling, body))
    if (
        has_minus(t)
        and any(a is not t and not has_minus(a) and not shows_minus(spelling, a) for a in whole.args)
        and has_slope(spelling, t)
    ):
        apart = spelling.of(build.negative(t))
        if apart.op != "neg":
            return negated(apart)  # I - diag(1 - z.^2) W, and not diag(z.^2 - 1) W + I
    return spelling.of(t)


def diag(spelling: Spelling, e: Expr) -> Node:
    """diag(x); of the diagonal of a matrix, X .* I."""
    x = e.args[0]
    if x.op is DIAGONAL:
        return Node("ew", (spelling.of(x.args[0]), name("I")), (".*",))
    return sign_outside("call", spelling.of(x), "diag")


def entries_sum(spelling: Spelling, e: Expr) -> Node:
    """sum(x); of an entrywise product of columns, (u .* v)^T w."""
    x = e.args[0]
    if x.op is HADAMARD and x.shape[1] is ONE and not any(is_below(a) for a in x.args):
        parts = sorted(x.args, key=spelling.factor_key)
        left = turned_over(spelling.of(build.hadamard(*parts[:-1])))
        last = factor(spelling, parts[-1])
        return signed_product([left, *(last.args if is_plain_product(last) else (last,))])
    return sign_outside("call", spelling.sized(x), "sum")


def trace(spelling: Spelling, e: Expr) -> Node:
    x = e.args[0]
    if x.op is MATMUL and len(x.args) <= 12:
        args = list(x.args)
        turns = [args[k:] + args[:k] for k in range(len(args))]
        turns += [[transpose(a) for a in reversed(t)] for t in turns]
        least = min(sum(a.size for a in t) for t in turns)
        typed = spelling.author.get(e, (x,))[0]
        if e in spelling.author and sum(a.size for a in typed.args) == least:
            turns = [list(typed.args)]
        nodes = [signed_product([factor(spelling, a) for a in t]) for t in turns if sum(a.size for a in t) == least]
        return sign_outside("call", min(nodes, key=spelling.text_key), "tr")
    return sign_outside("call", spelling.sized(x), "tr")


def transposed(spelling: Spelling, e: Expr) -> Node:
    inner = e.args[0]
    whole = turned_over(spelling.of(inner))
    if inner.op is ADD:  # (a + B^T c)^T is a^T + c^T B where that is shorter, or as short and not the author's
        spelled = _transposed_terms(spelling, inner)

        from ..printing.count import symbols

        longer = symbols(spelled) - symbols(whole)
        gathered = any(n.op == "T" and n.args[0].op != "name" for n in walk(spelled))
        if not gathered and all(a.op is MATMUL and len(a.args) > 2 for a in inner.args):
            return spelled  # A^T X^T B^T + B^T X^T A^T; but (X B + B X)^T
        return spelled if longer < 0 or (longer == 0 and inner not in spelling.author) else whole
    if inner.op is INDEXED_SUM:
        return _summed(spelling, inner, transpose(inner.args[2]))
    if inner.op is HADAMARD and (inner not in spelling.author or e.shape[0] is not ONE):  # (A .* X^T)^T is A^T .* X
        spelled = entrywise(spelling, sorted(map(transpose, inner.args), key=spelling.factor_key))

        from ..printing.count import symbols

        return min((spelled, whole) if inner in spelling.author else (whole, spelled), key=symbols)
    return whole


def indexed_sum(spelling: Spelling, e: Expr) -> Node:
    return _summed(spelling, e, e.args[2])


def indexed_product(spelling: Spelling, e: Expr) -> Node:
    low, high, body = e.args
    return Node("product", (spelling.of(body), spelling.of(low), spelling.of(high)), str(e.attr))


def _summed(spelling: Spelling, e: Expr, body: Expr) -> Node:
    """The sum of `body` over the range of the sum `e`."""
    if IVERSON.bit & body.within and e.op is INDEXED_SUM:
        from .conditions import with_condition_below

        if (found := with_condition_below(spelling, e, body)) is not None:
            inside, condition, letter = found
            return sign_outside("sum", inside, letter, condition)
    inside = factor(spelling, body) if body.op is ADD else spelling.of(body)  # -sum_i (y_i - m), where y_i - m was typed
    return sign_outside("sum", inside, str(e.attr), *map(spelling.of, e.args[:2]))


def literal(spelling: Spelling, e: Expr) -> Node:
    return Node("literal", tuple(spelling.of(a) for a in e.args), e.attr)  # type: ignore[arg-type]


def block(spelling: Spelling, e: Expr) -> Node:
    return Node("literal", tuple(spelling.sized(a) for a in e.args), e.attr)  # type: ignore[arg-type]


def selection(spelling: Spelling, e: Expr) -> Node:
    """[0; I; 0] without its empty parts."""
    assert isinstance(e.attr, Dim)
    rows, cols = e.shape
    parts = [build.zeros(e.attr, cols), build.eye(cols), build.zeros(rows - e.attr - cols, cols)]
    filled = [spelling.sized(p) for p in parts if p.shape[0].number != 0]
    return Node("literal", tuple(filled), (len(filled), 1))


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


_RULES: dict[object, Callable[[Spelling, Expr], Node]] = {
    ADD: summands,
    TIMES: times,
    MATMUL: matmul,
    HADAMARD: hadamard,
    DIAG: diag,
    POWER: power,
    MATRIX_POWER: matrix_power,
    SUM: entries_sum,
    TRACE: trace,
    TRANSPOSE: transposed,
    INDEXED_SUM: indexed_sum,
    INDEXED_PRODUCT: indexed_product,
    IVERSON: iverson,
    MEMBER: member,
    UNIT: unit,
    ENTRY: entry,
    LITERAL: literal,
    BLOCK: block,
    SELECTION: selection,
    CASES: cases,
    NAMED: lambda spelling, e: spelling.of(e.args[0]),
}
for _op in (NUMBER, SIZE, ONES, ZEROS, EYE, SYMBOL, CONSTANT, IMAGINARY, INDEX, COMMUTATION, DUPLICATION, ELIMINATION):
    _RULES[_op] = leaf
