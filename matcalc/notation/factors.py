"""How products, quotients and powers are spelled: signs taken in by differences, fractions, the shorter direction of x^T A y."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expressions import build
from ..expressions.build import is_number, split, transpose, value_of
from ..expressions.expr import Expr, postorder
from ..kinds import ONE
from ..ops.abstract import FUNCTION
from ..ops.core import (
    ADD,
    ENTRY,
    HADAMARD,
    INDEXED_SUM,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.half_vectorization import UNVEC, UNVECH
from ..ops.inverse import INVERSE
from ..ops.trace import TRACE
from ..syntax import Node
from .entries import dotted
from .leaves import beside
from .signs import (
    can_flip,
    crosses,
    factor,
    is_below,
    is_odd,
    shows_minus,
    sign_outside,
    signed_product,
    signs_apart,
    turned_over,
    was_turned,
)
from .spelling import Spelling
from .surface import flipped, has_bars, is_plain_product, negated, number, product, quotient

HALF = Fraction(1, 2)
SHORTEST_TURNED = 2  # factors up to which A^T B^T is printed so, and not as (B A)^T


def times(spelling: Spelling, e: Expr) -> Node:
    return scaled(spelling, *split(e))


def scaled(spelling: Spelling, c: Fraction, scalars: Sequence[Expr], body: Expr | None, extra: Node | None = None) -> Node:
    below = [s for s in scalars if is_below(s) and not spelling.is_root_as_power(s)]
    above = _residual_first(spelling, [s for s in sorted(scalars, key=spelling.factor_key) if s not in below])
    factors = [*above, *([] if body is None else [body])]
    minus, nodes = signs_apart([factor(spelling, f) for f in factors])
    minus = minus != (sum(is_turned_below(spelling, s) for s in below) % 2 == 1)
    falling = _falling(spelling, above)
    if falling:
        minus = minus != (len(falling) % 2 == 1)
        for k, f in zip([k for k, f in enumerate(factors) if f in falling], falling, strict=True):
            nodes[k] = spelling.of(build.opposite(f))
    taken = _flipped(spelling, factors) if minus != (c < 0) and not falling else None
    top = taken or nodes
    inner = top.pop() if body is not None else None
    last = sum(map(spelling.changes, above)) if spelling.change else 0  # dx stands last
    if extra is not None:
        top.insert(len(top) - last, extra)
    behind = (
        top[len(top) - last :] if last and inner is not None and all(f.op is SYMBOL or f.args[0].is_scalar for f in above[-last:]) else []
    )
    made = signed(spelling, abs(c), top[: len(top) - len(behind)], below, inner)
    if behind:
        made = product([*(made.args if is_plain_product(made) else (made,)), *behind])
    return negated(made) if minus != (c < 0) and taken is None else made


def signed(spelling: Spelling, c: Fraction, above: list[Node], below: list[Expr], body: Node | None) -> Node:
    """The product of a number that is not negative, the factors `above` the bar and `below` it, and an array."""
    under = [_below_bar(spelling, s) for s in sorted(below, key=spelling.factor_key)]
    scalar = body is None
    if body is None and len(above) == 1 and (is_plain_product(above[0]) or (above[0].op == "sum" and (c != 1 or under))):
        body, scalar = above.pop(), True  # 2 a^T b needs no brackets
    if c.denominator != 1:
        under.insert(0, number(c.denominator))
    if c.numerator != 1:
        above.insert(0, number(c.numerator))
    if body is None:
        if c.denominator != 1 and len(under) == 1 and above and above[-1].op == "call" and above[-1].attr in ("tr", "sum", "logdet"):
            return product([quotient(above[:-1], under), above[-1]])  # 1/2 tr(K^-1 dK)
        if under and len(above) > 1 and above[-1].op == "sum" and all(map(_is_name_or_number, (*above[:-1], *under))):
            return product([quotient(above[:-1], under), above[-1]])  # b/a sum_i (t_i/a)^b
        return quotient(above, under)
    if scalar and c.denominator != 1 and len(under) == 1 and is_plain_product(body):
        return product([quotient(above, under), *body.args])  # 1/2 y^T K^-1 y
    if under and (body.op in ("sum", "product") or (not scalar and _stands_behind(above, under, body))):
        return product([quotient(above, under), *(body.args if is_plain_product(body) else (body,))])  # 1/(b - a^T x) a
    # 1/N X^T r, N/2 S^-1, 1/2 S^-1, which S^-1/2 is not; but x/N, and x x^T/||x||^3
    ambiguous = body.op == "inv" or (body.op == "pow" and body.args[1].op != "num")
    before = bool(above) or is_plain_product(body) or ambiguous
    if under and not scalar and before and all(map(_is_name_or_number, under)):
        names = [n for n in above if _is_name_or_number(n)]
        if len(above) == 1 and above[0].op == "add" and all(n.op == "num" for n in under):  # (nu - n - 1)/2 X^-1
            names = above
        return product(
            [quotient(names, under), *(n for n in above if n not in names), *(body.args if is_plain_product(body) else (body,))]
        )  # 1/3 tr(S) I
    if is_plain_product(body) and not (above and above[-1].op in ("sum", "product")):
        return quotient([*above, *body.args], under)
    return quotient([*above, body], under)


def _residual_first(spelling: Spelling, above: list[Expr]) -> list[Expr]:
    """Of a summand of a sum over an index: (a + b x_i - y_i) x_i, where x_i comes from the difference, as before a vector x_i; what the
    author multiplies a sum by stays before it."""
    if spelling.whole is None or not INDEXED_SUM.bit & spelling.whole.within or len(above) < 2:
        return above
    sums = [s for s in above if s.op is ADD and s.indices]
    own = [s for s in sums if any(n in spelling.named for n in postorder(s))]
    typed = [s for s in sums if s in own or s in spelling.author or build.opposite(s) in spelling.author]
    inside = {n for s in typed for n in postorder(s) if n.op in (ENTRY, MEMBER) and n not in s.args and build.negative(n) not in s.args}
    if own:
        weights = {p for e, parts in spelling.author.items() if e.op is TIMES and any(ADD.bit & q.within for q in parts) for p in parts}
        inside |= {s for s in above if s.op in (ENTRY, MEMBER) and s not in weights and any(s.indices <= t.indices for t in own)}
    behind = [s for s in above if s in inside and s not in spelling.named]
    return [*(s for s in above if s not in behind), *behind]


def _falling(spelling: Spelling, above: Sequence[Expr]) -> list[Expr]:
    """The factors that are written the other way round, (k - 1) (k - 2) for (1 - k) (2 - k), which nobody typed; in this order."""
    found: dict[Expr, list[Expr]] = {}
    for f in above:
        if f.op is ADD and len(f.args) == 2 and is_number(f.args[0]) and can_flip(spelling, f) and not was_turned(spelling, f):
            name = build.negative(f.args[1])
            if name.op is SYMBOL and value_of(f.args[0]) > 0:
                found.setdefault(name, []).append(f)
    most = max(found.values(), key=len, default=[])
    return sorted(most, key=lambda f: value_of(f.args[0])) if len(most) > 1 else []


def _stands_behind(above: Sequence[Node], under: Sequence[Node], body: Node) -> bool:
    """Whether an array stands behind the fraction: where a sum is below the bar, which is a weight then, 1/(b_i - a_i^T x) a_i; but
    a/(b - a^T x) of one array, and of a product below the bar only a sum, 2/(x^T x) (A x - r x)."""
    bases = [n.args[0] if n.op == "pow" else n for n in under]
    leaf = body.args[0] if body.op == "T" else body
    alone = leaf.op == "name" and (bool(above) or leaf is not body or "_" not in str(leaf.attr))
    return any((n.op == "add" and not alone) or (n.op == "mul" and leaf.op == "add" and bool(above)) for n in bases)


def _is_name_or_number(node: Node) -> bool:
    """A name, a number or a power of one; not e^x, which stands where exp(x) would."""
    return (node.args[0] if node.op == "pow" and node.args[0].attr != "e" else node).op in ("name", "num")


def _flipped(spelling: Spelling, factors: Sequence[Expr]) -> list[Node] | None:
    """The factors of a product without its minus sign, which a difference among them takes in: 2 (z - y)^T A for -2 (y - z)^T A, where
    the author did not write y - z; None if none can."""
    nodes = [factor(spelling, f) for f in factors]
    for k, f in enumerate(factors):
        form = f.op is MATMUL and f.is_scalar and f.args[0] is build.transpose(f.args[-1])  # (x - m)^T S (x - m) stays as it is
        turned = _turned(spelling, f) if nodes[k].op != "neg" and not form else None
        if turned is not None:
            return signs_apart([*nodes[:k], turned, *nodes[k + 1 :]])[1]
    return None


def _turned(spelling: Spelling, e: Expr) -> Node | None:
    """-e without a minus in front, where a difference inside takes it; None if there is none. (The constructors would
    bring the minus out again, so this works on the surface.)"""
    if e in spelling.named:
        return None
    if e.op is ADD:
        return spelling.of(build.opposite(e)) if can_flip(spelling, e) else None
    if spelling.of(e).op == "neg":
        return spelling.of(e).args[0]
    if e.op is POWER and e.is_scalar:
        odd = is_odd(e.args[1]) and e.args[0].op is ADD and can_flip(spelling, e.args[0])
        return Node("pow", (spelling.sized(build.opposite(e.args[0])), spelling.of(e.args[1]))) if odd else None
    if e.op is INDEXED_SUM:
        return _turned_sum(spelling, e, False)
    if e.op is TRANSPOSE:
        inner = e.args[0]
        if inner.op is ADD:
            return spelling.of(transpose(build.opposite(inner))) if can_flip(spelling, inner) else None
        turned = _turned_sum(spelling, inner, True) if inner.op is INDEXED_SUM else _turned(spelling, inner)
        return turned if turned is None or inner.op is INDEXED_SUM else flipped(turned)
    if (e.op in (TRACE, DIAG) or (e.op.parity == "odd" and len(e.args) == 1)) and e.op.spellings:
        inside = spelling.author.get(e, e.args)[0] if e.op is TRACE else e.args[0]
        turned = _turned(spelling, inside)
        return None if turned is None else Node("call", (turned,), e.op.spellings[0])
    if e.op is MATMUL and (cross := _crossed(spelling, list(e.args), turned=True)) is not None:
        return cross
    if e.op in (MATMUL, HADAMARD):
        for k, f in enumerate(e.args):
            turned = None if is_below(f) else _turned(spelling, f)
            if turned is not None:
                rest = [*e.args[:k], *e.args[k + 1 :]]
                if e.op is HADAMARD:
                    made = entrywise(spelling, rest, turned)
                else:
                    left, right = ([chain(spelling, list(c))] if c else [] for c in (e.args[:k], e.args[k + 1 :]))
                    minus, nodes = signs_apart([*left, turned, *right])
                    made = product([p for n in nodes for p in (n.args if is_plain_product(n) else (n,))])
                    made = negated(made) if minus else made
                return None if made.op == "neg" else made
    return None


def _turned_sum(spelling: Spelling, summed: Expr, transposed: bool) -> Node | None:
    """-sum_i (a - b) x_i as sum_i (b - a) x_i (of its transpose: `transposed`)."""
    low, high, term = summed.args
    number, scalars, array = split(term)
    parts = (term, *scalars, *([] if array is None or ONE not in array.shape else [array]))
    s = next((s for s in parts if s.op is ADD and can_flip(spelling, s)), None)
    if s is None:
        return None
    if s is array and s is not term:  # d_i (a_i - b_i), the difference a column
        turned = build.opposite(s)
        inside = scaled(spelling, number, scalars, transpose(turned) if transposed else turned)
        return Node("sum", (inside, spelling.of(low), spelling.of(high)), str(summed.attr))
    if s is term:
        body = build.opposite(s)
        inside = spelling.of(transpose(body) if transposed else body)
    else:
        rest = build.divide(term, s)
        inside = scaled(spelling, *split(transpose(rest) if transposed else rest), extra=spelling.of(build.opposite(s)))
    return Node("sum", (inside, spelling.of(low), spelling.of(high)), str(summed.attr))


def matmul(spelling: Spelling, e: Expr) -> Node:
    if e.is_scalar:
        straight, back = list(e.args), [transpose(a) for a in reversed(e.args)]
        if sum(a.size for a in straight) == sum(a.size for a in back):
            typed = spelling.author.get(e) or spelling.under_another_letter(e)
            if typed is not None:
                return chain(spelling, list(typed))
            nodes = [chain(spelling, c) for c in (straight, back)]
            return min(nodes, key=spelling.text_key)
    return chain(spelling, list(e.args))


def chain(spelling: Spelling, factors: list[Expr]) -> Node:
    """A matrix product; runs of transposes that begin with a row are gathered where that is shorter."""
    cross = _crossed(spelling, factors) or _convolved(spelling, factors)
    if cross is not None:
        return cross
    turned = [f for f in factors if f.op is TRANSPOSE and f.shape[1] is not ONE]
    named = all(f.args[0].op is SYMBOL for f in turned)  # A^T C^T X^T B^T; but (X^-1 B A)^T
    if len(turned) == len(factors) > SHORTEST_TURNED + 2 * named and any(f.args[0].op is not INVERSE for f in turned):
        return turned_over(chain(spelling, [transpose(f) for f in reversed(factors)]))  # (X^-1 B A X^-1)^T
    stacked = all((f.args[0] if f.op is TRANSPOSE else f).op is UNVEC for f in factors)  # nothing beside them tells their sizes
    alone = all(f.op is UNVECH for f in factors)
    parts: list[Node] = []
    k = 0
    while k < len(factors):
        f = factors[k]
        run = 1
        if f.shape[0] is ONE:
            while k + run < len(factors) and _turns(factors[k + run]):
                run += 1
            plain = sum(g.op is TRANSPOSE and g.args[0].op is not INVERSE for g in factors[k + 1 : k + run])
            if plain == 1 and f.op is TRANSPOSE and (f.args[0] in spelling.author or f.args[0].op is FUNCTION):
                run = 1  # (D x + d)^T C^T, v(x)^T A^T
            if run > 1 and build.matmul(*factors[k : k + run]) in spelling.author:
                run = 1  # x^T A^T A, as it was typed
            saved = sum(g.op is TRANSPOSE and g.args[0].op is not INVERSE for g in factors[k : k + run])
            if run > 1 and saved > 1:
                inside = [transpose(g) for g in reversed(factors[k : k + run])]
                whole = chain(spelling, inside)
                if has_bars(whole):
                    barred = Node("call", (chain(spelling, [build.conjugate(g) for g in inside]),), "conj")

                    from ..printing.count import symbols

                    whole = min(whole, barred, key=symbols)
                parts.append(turned_over(whole))
                k += run
                continue
        held = (k > 0 and f.shape[0] is not ONE) or (k + 1 < len(factors) and f.shape[1] is not ONE)
        unit = held and ((f.args[0] if f.op is TRANSPOSE else f).op is UNIT or (f.op is UNVECH and f.args[0].op is UNIT and not alone))
        diagonal = (
            f.op is DIAG and f.args[0].op is DIAGONAL and f not in spelling.named
        )  # diag(diag(M)) S: the brackets of (M .* I) S say less
        parts.append(
            spelling.sized(f)
            if stacked and k == 0
            else beside(spelling, f)
            if unit
            else sign_outside("call", sign_outside("call", spelling.sized(f.args[0].args[0]), "diag"), "diag")
            if diagonal
            else factor(spelling, f)
        )
        k += 1
    return signed_product(parts)


def hadamard(spelling: Spelling, e: Expr) -> Node:
    typed = spelling.author.get(e)
    parts = list(typed) if typed is not None else sorted(e.args, key=spelling.factor_key)
    return entrywise(spelling, parts)


def entrywise(spelling: Spelling, parts: Sequence[Expr], first: Node | None = None) -> Node:
    """An entrywise product of `first` and the parts, the divisors last."""
    divisors = [p for p in parts if is_below(p)]
    minus, above = signs_apart([*([first] if first is not None else []), *[factor(spelling, p) for p in parts if not is_below(p)]])
    if above:
        minus = minus != (sum(is_turned_below(spelling, p) for p in divisors) % 2 == 1)
        below = [_below_bar(spelling, p) for p in divisors]
    else:
        below = [spelling.sized(build.power(p, build.num(-1))) for p in divisors]
        return Node("ew", (number(1), below[0] if len(below) == 1 else Node("ew", tuple(below), (".*",) * (len(below) - 1))), ("./",))
    product_ = Node("ew", tuple(above + below), (".*",) * (len(above) - 1) + ("./",) * len(below))
    made = above[0] if len(above) + len(below) == 1 else product_
    return negated(made) if minus else made


def power(spelling: Spelling, e: Expr) -> Node:
    base, k = e.args
    scalar = e.is_scalar
    if is_number(k):
        v = value_of(k)
        if spelling.is_root_as_power(e):
            return Node("pow", (spelling.of(base), spelling.of(k)))
        if v < 0:
            if scalar and is_turned_below(spelling, e):
                return negated(quotient([], [_below_bar(spelling, e)]))
            under = spelling.sized(build.power(base, build.num(-v)))
            return Node("mul", (number(1), under), ("/",)) if scalar else Node("ew", (number(1), under), ("./",))
        if v == HALF:
            return Node("call", (spelling.sized(base),), dotted("sqrt", base))
        if v.denominator == 1 and v.numerator % 2 == 0 and base.op is ADD:
            base = _this_way_round(spelling, base)
    return Node("pow" if scalar else "epow", (spelling.sized(base), spelling.of(k)))


def _this_way_round(spelling: Spelling, e: Expr) -> Expr:
    """Of a sum and its opposite, whose even powers are the same, the one that was typed: (x - 1)^2; else what moves comes first."""
    if e in spelling.author or e in spelling.named:
        return e
    turned = build.opposite(e)
    moving = [t for t in e.args if not is_number(t)]
    backward = turned not in spelling.author and len(moving) == 1 < len(e.args) and build.without_coefficient(moving[0])[0] < 0
    backward = backward or all(shows_minus(spelling, t) for t in e.args)  # (-a - b)^2
    return turned if backward or turned in spelling.author else e


def matrix_power(spelling: Spelling, e: Expr) -> Node:
    x, k = e.args
    if x.op is INVERSE:
        return Node("pow", (spelling.sized(x.args[0]), negated(spelling.of(k)) if is_number(k) else spelling.of(build.negative(k))))
    return Node("pow", (spelling.sized(x), spelling.of(k)))


def _crossed(spelling: Spelling, factors: list[Expr], turned: bool = False) -> Node | None:
    """A product with [a]_x beside a vector as a cross product, or its opposite (`turned`); None where there is none."""
    factors = [g for f in factors for g in _squared(spelling, f)]
    at = [k for k, f in enumerate(factors) if crosses(f) and f not in spelling.named]
    if at and at[0] + 1 < len(factors) and factors[-1].shape[1] is ONE:
        head, tail = factors[: at[0]], factors[at[0] + 1 :]
        last = _side(spelling, tail[0]) if len(tail) == 1 else chain(spelling, tail)
        cross = _cross(factors[at[0]].op.beside, _side(spelling, factors[at[0]].args[0]), last, turned)
        return signed_product([chain(spelling, head), cross]) if head else cross
    if at and at[-1] and at[-1] + 1 == len(factors) and factors[0].shape[0] is ONE:
        head = [transpose(f) for f in reversed(factors[:-1])]
        if any(f.op is TIMES for f in head):  # (skew(b) c)^T is -c^T skew(b)
            head = [transpose(f) if f.op is TIMES else f for f in head]
            turned = turned != (sum(transpose(f).op is TIMES for f in head) % 2 == 1)
        first = _side(spelling, head[0]) if len(head) == 1 else chain(spelling, head)
        return flipped(_cross(factors[at[0]].op.beside, first, _side(spelling, factors[-1].args[0]), turned))
    return None


def _side(spelling: Spelling, e: Expr) -> Node:
    """A factor of a cross product, with a minus where the author wrote the opposite difference."""
    return factor(spelling, e) if e.op is ADD else beside(spelling, e)


def _cross(function: str, a: Node, b: Node, turned: bool) -> Node:
    """a × b, or b × a (`turned`); a minus before a factor turns it round."""
    minus, sides = signs_apart([a, b])
    return Node("call", tuple(sides[::-1] if turned != minus else sides), function)


def _squared(spelling: Spelling, f: Expr) -> tuple[Expr, ...]:
    """[a]_x^2 as two factors."""
    square = f.op is MATRIX_POWER and f.args[0].op.beside and is_number(f.args[1], 2) and f not in spelling.named
    return f.args[:1] * 2 if square else (f,)


def _convolved(spelling: Spelling, factors: list[Expr]) -> Node | None:
    """A product with convmtx(a) or its transpose beside a column as a convolution or a correlation; None where there is none."""
    if not any(_beside_names(spelling, f) for f in factors):
        return None
    cut = next((k for k, f in enumerate(factors[1:], 1) if f.shape[0] is ONE), 0)
    if cut:  # an outer product
        return signed_product([chain(spelling, factors[:cut]), chain(spelling, factors[cut:])])
    if factors[-1].shape[1] is ONE:
        k = next((k for k, f in enumerate(factors[:-1]) if _beside_names(spelling, f)), -1)
        if k < 0:
            return None
        call = _of_column(spelling, factors[k], factors[k + 1 :])
        return signed_product([chain(spelling, factors[:k]), call]) if k else call
    k = next((k for k in range(len(factors) - 1, 0, -1) if _beside_names(spelling, factors[k])), 0)
    if not k or factors[0].shape[0] is not ONE:
        return None
    call = flipped(_of_column(spelling, transpose(factors[k]), [transpose(f) for f in reversed(factors[:k])]))
    return signed_product([call, chain(spelling, factors[k + 1 :])]) if k + 1 < len(factors) else call


def _beside_names(spelling: Spelling, f: Expr) -> list[str]:
    """What its product with a column is called, and that of its transpose."""
    op = (f.args[0] if f.op is TRANSPOSE else f).op
    return op.beside.split() if " " in op.beside and f not in spelling.named else []


def _of_column(spelling: Spelling, f: Expr, tail: list[Expr]) -> Node:
    """The matrix of a convolution beside a column. It commutes: what the text has first stands first."""
    straight, back = _beside_names(spelling, f)
    a = (f.args[0] if f.op is TRANSPOSE else f).args[0]
    sides = spelling.sized(a), spelling.sized(tail[0]) if len(tail) == 1 else chain(spelling, tail)
    if f.op is TRANSPOSE:
        return Node("call", sides[::-1], back)
    return Node("call", sides[::-1] if spelling.key(build.matmul(*tail)) < spelling.key(a) else sides, straight)


def _turns(g: Expr) -> bool:
    """A factor whose transpose costs nothing extra to write: M^T, or a symmetric one."""
    if g.shape[1] is ONE:
        return False
    return g.op is TRANSPOSE or transpose(g) is g


def is_turned_below(spelling: Spelling, s: Expr) -> bool:
    """Whether 1/s is written with the opposite of its base, which was typed, and a minus sign: -1/(1 - x - y)."""
    return is_odd(build.negative(s.args[1])) and was_turned(spelling, s.args[0])


def _below_bar(spelling: Spelling, s: Expr) -> Node:
    """What stands below the bar for a factor s."""
    if not is_turned_below(spelling, s):
        return spelling.of(build.power(s, build.num(-1)))
    base, k = spelling.sized(build.opposite(s.args[0])), build.negative(s.args[1])
    return base if is_number(k, 1) else Node("pow" if s.is_scalar else "epow", (base, spelling.of(k)))
