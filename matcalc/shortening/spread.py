"""What a book leaves in its summands though a bracket would be as short: 2 x sin(x) + x^2 cos(x), Sigma^-1 - Sigma^-1 S Sigma^-1.

A factor is taken out of a sum for its length (`factor`). Two kinds of answer are written out again at the end: names, or powers of
names, before a bracket, where the variable is among them or the function is a sum, of whose summands each keeps what its own
derivative gave; and one matrix beside a bracket in which it left I behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from math import prod

from ..expressions.build import (
    add,
    apply,
    indexed_sum,
    is_number,
    matmul,
    num,
    ones,
    power,
    rebuild,
    split,
    times,
    trace,
    transpose,
    value_of,
)
from ..expressions.expr import Expr, postorder, transform
from ..ops.core import ADD, ENTRY, EYE, HADAMARD, INDEXED_SUM, MATMUL, NUMBER, POWER, SYMBOL, TIMES, TRANSPOSE
from ..ops.elementary import COS, SIN, TAN
from ..ops.inverse import INVERSE
from ..ops.trace import TRACE
from .factor import content_of, is_sum_of_monomials

MOST = 3  # summands of a bracket of numbers that is written out
TWO = 2  # summands of one with I
_LINEAR = (ADD, MATMUL, NUMBER, SYMBOL, TIMES, TRANSPOSE)
SHORT = 40  # symbols of a product of names that may be written out
LONGER = 4  # symbols that this may cost


def spread(
    e: Expr,
    moving: Set[Expr],
    is_sum: bool,
    typed: Mapping[Expr, Expr],
    has_tangent: bool = False,
    has_sums: bool = False,
    outside: Sequence[Expr] = (),
) -> Expr:
    """`e`, an answer, with such brackets written out: `moving` are the variables, `is_sum` says that the function is a sum, `has_tangent`
    that a tangent was typed, `has_sums` that sums over an index stand side by side in it. A sum in `typed` stays. Names that stand
    before a sum in the function, `outside`, stand there in its derivative, behind what its numbers have in common if one is there too."""
    made = _spread_out(with_slopes(e, typed), moving, is_sum, typed, has_tangent, has_sums)
    if not outside or not made.is_scalar or made.op is not ADD or len(made.args) > MOST:
        return made
    names = [n for n in outside if not is_number(n)]
    common = abs(content_of(made)) if len(names) < len(outside) else 1
    rest = [_without(t, (num(common), *names)) for t in made.args]
    return times(num(common), *names, add(*filter(None, rest))) if all(rest) else made


def with_slopes(e: Expr, typed: Mapping[Expr, Expr]) -> Expr:
    """b x (1 - sigmoid(b x)) for x (b - b sigmoid(b x)), which is as long: what a factor 1 - y was multiplied into stands before it."""
    if not ADD.bit & e.within:
        return e

    def outside(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args) if args else old
        if made.op not in (TIMES, HADAMARD):
            return made
        parts = [_slope_outside(a) if a.op is ADD and a not in typed else a for a in made.args]
        return made if all(a is b for a, b in zip(parts, made.args, strict=True)) else apply(made.op, parts)

    return transform(e, outside)


def _slope_outside(e: Expr) -> Expr:
    """x .* (1 - y) of x - x .* y, where y is no product of names."""
    if len(e.args) != TWO:
        return e
    for x, other in (e.args, e.args[::-1]):
        c, scalars, body = split(x)
        k, further, product = split(other)
        more = [s for s in further if s not in scalars]
        inside = list(product.args) if product is not None and product.op is HADAMARD and body is not None else []
        if c != -k or len(further) != len(scalars) + len(more) or (body is not product and body not in inside):
            continue
        if body is not None and body in inside:
            inside.remove(body)
        factors = [*more, *inside]
        if factors and all(s.args and s.op is not POWER for s in factors):
            rest = times(*more, *([apply(HADAMARD, inside) if len(inside) > 1 else inside[0]] if inside else []))
            slope = add(ones(*e.shape) if inside else num(1), times(num(-1), rest))
            return times(x, slope) if slope.is_scalar else times(num(c), *scalars, apply(HADAMARD, (body, slope)))  # type: ignore[arg-type]
    return e


def _without(t: Expr, factors: Sequence[Expr]) -> Expr | None:
    """A summand without these factors, the first of which is a number; None where it has not all of them."""
    scalars = split(t)[1]
    return times(t, *[power(n, num(-1)) for n in factors]) if all(n in scalars for n in factors[1:]) else None


def _spread_out(e: Expr, moving: Set[Expr], is_sum: bool, typed: Mapping[Expr, Expr], has_tangent: bool, has_sums: bool) -> Expr:
    if TAN.bit & e.within and not has_tangent and (fraction := _over_cosine(e)) is not None:
        return fraction
    if e.op is MATMUL:
        e = _by_occurrence(e, moving)
    parts = e.args if e.op is ADD else (e,)
    parts = tuple(p for t in parts for p in (_one_by_one(t, typed) if has_sums else (t,)))
    made = [_spread(t, moving, is_sum, typed) for t in parts]
    if len(made) == (len(e.args) if e.op is ADD else 1) and all(a is b for a, b in zip(made, parts, strict=True)):
        return e
    whole = add(*made)
    return _collected(whole) if e.is_scalar and whole.op is ADD else whole


def _one_by_one(t: Expr, typed: Mapping[Expr, Expr]) -> Sequence[Expr]:
    """sum_i log(t_i) - sum_i t_i^b log(t_i) for sum_i (log(t_i) - t_i^b log(t_i)), which nobody typed."""
    _, scalars, body = split(t)
    sums = [
        s for s in (*scalars, *([] if body is None else [body])) if s.op is INDEXED_SUM and s.args[2].op is ADD and s.args[2] not in typed
    ]
    if len(sums) != 1 or len(sums[0].args[2].args) > TWO:
        return (t,)
    made = _with_constants_outside(t, sums[0])
    return made.args if made.op is ADD else (t,)


def _by_occurrence(e: Expr, moving: Set[Expr]) -> Expr:
    """B X + B^T X for (B + B^T) X by a matrix X, as the Cookbook has it: one summand for each X of tr(X^T B X)."""
    k = next((k for k, f in enumerate(e.args) if f.op is ADD), None)
    others = [f for n, f in enumerate(e.args) if n != k]
    if k is None or len(e.args[k].args) != TWO or not all(map(_is_bare, (*others, *e.args[k].args))):
        return e
    one, other = e.args[k].args
    if one is not transpose(other) or moving.isdisjoint(others) or any(1 in (d.number for d in f.shape) for f in others):
        return e  # (C + C^T) X a a^T
    return add(*[matmul(*e.args[:k], a, *e.args[k + 1 :]) for a in (one, other)])


def _collected(e: Expr) -> Expr:
    """A sum of scalars with the summands of one function together: (2 - x^2) sin(x) + 4 x cos(x)."""
    groups: dict[Expr, list[Expr]] = {}
    for t in e.args:
        c, scalars, body = split(t)
        names = [s for s in scalars if body is None and _is_power_of_name(s)]
        others = [s for s in scalars if s not in names]
        function = times(*others, *([] if body is None else [body])) if others or body is not None else num(1)
        groups.setdefault(function, []).append(times(num(c), *names))
    if len(groups) < 2 or len(groups) == len(e.args):
        return e
    return add(*[times(add(*names), f) if not is_number(f) else add(*names) for f, names in groups.items()])


def _spread(t: Expr, moving: Set[Expr], is_sum: bool, typed: Mapping[Expr, Expr]) -> Expr:
    _, scalars, body = split(t)
    if body is None:
        return _scalar(t, scalars, moving, is_sum, typed)
    if body.op is INDEXED_SUM:
        low, high, term = body.args
        inner = term if INDEXED_SUM.bit & term.within else _spread(term, moving, is_sum, typed)
        return t if inner is term else times(*_scale(t, body), rebuild(body, (low, high, inner)))
    if is_sum and body.op is ADD and t is not body and body not in typed and len(body.args) <= TWO and not all(map(_is_bare, body.args)):
        scale = _scale(t, body)
        lettered = any(split(a)[1] for a in body.args)
        halved = all(map(is_number, scale)) and any(value_of(s).denominator > 1 for s in scale)
        return add(*[times(*scale, a) for a in body.args]) if lettered and halved else t  # 1/2 A - N/2 B for (A - N B)/2
    if body.op is not MATMUL:
        return t
    if is_sum and (quadratic := _written_out(t, body, typed)) is not None:
        return quadratic
    if len(body.args) != 2:
        return times(*_scale(t, body), _with_inverse(body, typed))
    at = next((k for k, f in enumerate(body.args) if f.op is ADD and f not in typed and any(_is_eye(a) for a in f.args)), None)
    if at is None or len(body.args[at].args) > TWO:
        return t
    other = body.args[1 - at]
    if other.op is ADD or 1 in (d.number for d in other.shape) or other.shape[0] is not other.shape[1]:
        return t
    scale = _scale(t, body)
    terms = [matmul(*((a, other) if at == 0 else (other, a))) for a in body.args[at].args]
    apart = all(map(is_number, scale)) and any(split(a)[1] for a in terms)  # -N/2 S^-1 + 1/2 S^-1 C S^-1
    made = add(*[times(*scale, a) for a in terms]) if apart else times(*scale, add(*terms))
    return made if made.size <= t.size + LONGER else t


def _with_inverse(body: Expr, typed: Mapping[Expr, Expr]) -> Expr:
    """(C^-1 S C^-1 - C^-1) W for (C^-1 S - I) C^-1 W: an inverse that left I behind in a sum stays in its summands."""
    for k, f in enumerate(body.args):
        if f.op is not ADD or f in typed or len(f.args) > TWO or not any(map(_is_eye, f.args)):
            continue
        for n in (k - 1, k + 1):
            if not 0 <= n < len(body.args) or body.args[n].op is not INVERSE:
                continue
            beside = body.args[n]
            if not any(beside in a.args for a in f.args):
                continue
            inside = add(*[matmul(*((a, beside) if n > k else (beside, a))) for a in f.args])
            return matmul(*body.args[: min(k, n)], inside, *body.args[max(k, n) + 1 :])
    return body


def _written_out(t: Expr, body: Expr, typed: Mapping[Expr, Expr]) -> Expr | None:
    """2 X^T X w - 2 X^T y, where the text has no bracket either; None where there is anything but products of names."""
    if t.size > SHORT:
        return None
    sums = [f for f in body.args if f.op is ADD]
    alone = len(set(typed.values())) <= 1  # the function itself
    if not alone or len(sums) != 1 or len(body.args) != 2 or len(sums[0].args) > TWO or any(n.op not in _LINEAR for n in postorder(body)):
        return None
    if all(map(_is_bare, sums[0].args)):
        return None
    k = body.args.index(sums[0])
    scale, parts = _scale(t, body), [matmul(*body.args[:k], a, *body.args[k + 1 :]) for a in sums[0].args]
    made = add(*[times(*scale, a) for a in parts]) if all(map(is_number, scale)) else times(*scale, add(*parts))
    return made if made.size <= t.size + LONGER else None


def _is_bare(a: Expr) -> bool:
    """A name, or its transpose: (A + A^T) x keeps its bracket."""
    return (a.args[0] if a.op is TRANSPOSE else a).op is SYMBOL


def _with_constants_outside(t: Expr, body: Expr) -> Expr:
    """1/lambda sum_i y_i - n for sum_i (y_i/lambda - 1)."""
    low, high, term = body.args
    parts = [indexed_sum(str(body.attr), low, high, a) for a in term.args]
    made = add(*[times(*_scale(t, body), a) for a in parts])
    return made if made.size <= t.size + LONGER else t


def _scale(t: Expr, body: Expr) -> tuple[Expr, ...]:
    """What stands before the array in a product."""
    return tuple(a for a in t.args if a is not body) if t is not body else ()


def _is_eye(a: Expr) -> bool:
    body = split(a)[2]
    return body is not None and body.op is EYE


def _scalar(t: Expr, scalars: Sequence[Expr], moving: Set[Expr], is_sum: bool, typed: Mapping[Expr, Expr]) -> Expr:
    added = [s for s in scalars if s.op is INDEXED_SUM and s.args[2].op is ADD and s.args[2] not in typed]
    if len(added) == 1 and any(str(added[0].attr) not in a.indices for a in added[0].args[2].args):
        return _with_constants_outside(t, added[0])
    traces = [s for s in scalars if s.op is TRACE and s.args[0].op is MATMUL]
    if is_sum and len(traces) == 1 and len(scalars) == 1:
        return _trace(t, traces[0], typed)
    sums = [s for s in scalars if s.op is ADD]
    others = [s for s in scalars if s.op is not ADD]
    if len([s for s in scalars if ADD.bit & s.within]) > 1 and (made := _primitive(t, sums, typed)) is not t:
        return made
    if is_sum and not others and len(sums) == 1 and _is_polynomial_of_names(sums[0], typed):  # 4 x + 4 y
        return add(*[times(*[a for a in t.args if a is not sums[0]], a) for a in sums[0].args])
    halved = not others and is_number(t.args[0]) and value_of(t.args[0]).denominator > 1 if t.op is TIMES else False
    squares = [s for s in others if s.op is POWER and is_number(s.args[1], -2) and s.args[0].op.elementwise and s.args[0].op.spellings]
    if len(squares) == 1 == len(sums) and not is_sum and sums[0] not in typed and len(sums[0].args) <= MOST:
        names = [s for s in others if s is not squares[0]]
        if (
            names and all(map(_is_power_of_name, names)) and any(n in moving for n in postorder(names))
        ):  # (2 x cos(x) + x^2 sin(x))/cos(x)^2
            return times(num(split(t)[0]), squares[0], add(*[times(*names, a) for a in sums[0].args]))
    if len(sums) != 1 or not (others or halved) or not all(map(_is_power_of_name, others)):
        return t
    if halved and not (is_sum and any(TRACE.bit & a.within for a in sums[0].args)):  # 1/2 y^T B y - 1/2 tr(B)
        return t
    if len(sums[0].args) > MOST or sums[0] in typed or any(s.op is ADD for a in sums[0].args for s in split(a)[1]):
        return t
    below = any(s.op is POWER and value_of(s.args[1]) < 0 for s in others)
    if not is_sum and (below or is_sum_of_monomials(sums[0]) or not any(n in moving for n in postorder(others))):
        return t
    rest = times(*[a for a in t.args if a is not sums[0]])
    made = add(*[times(rest, a) for a in sums[0].args])
    if below and any(map(is_number, sums[0].args)) and not is_sum_of_monomials(sums[0]):  # k/l ((x/l)^k - 1)
        return t
    return made if made.op is ADD and made.size <= t.size + LONGER else t


def _primitive(t: Expr, sums: Sequence[Expr], typed: Mapping[Expr, Expr]) -> Expr:
    """4 x (3 x + 1) (3 x + 2) for x (12 x + 4) (3 x + 2): the numbers of sums that nobody typed stand in front."""
    contents = {s: abs(content_of(s)) for s in sums if s not in typed}
    known = {s: k for s, k in contents.items() if k != 1 and k.denominator == 1}
    if not known:
        return t
    parts = [add(*[times(num(1 / known[a]), b) for b in a.args]) if a in known else a for a in t.args]
    return times(num(prod(known.values())), *parts)


def _over_cosine(e: Expr) -> Expr | None:
    """(sin(x) + cos(x))/cos(x)^2 for (tan(x) + 1)/cos(x), as the quotient rule gives it; None where that is not there."""
    c, scalars, body = split(e)
    below = [s for s in scalars if s.op is POWER and s.args[0].op is COS and is_number(s.args[1], -1)]
    sums = [s for s in scalars if s.op is ADD]
    if body is not None or len(below) != 1 or len(sums) != 1:
        return None
    angle = below[0].args[0].args[0]
    names = [s for s in scalars if _is_power_of_name(s)]
    parts, met = [], False
    for a in sums[0].args:
        k, factors, _ = split(a)
        others = [f for f in factors if f.op is not TAN or f.args[0] is not angle]
        if len(factors) - len(others) > 1 or any(TAN.bit & f.within for f in others):
            return None
        met |= len(others) < len(factors)
        parts.append(times(num(c * k), *names, *others, apply(COS if len(others) == len(factors) else SIN, (angle,))))
    rest = [s for s in scalars if s not in names and s is not below[0] and s is not sums[0]]
    return times(*rest, power(below[0].args[0], num(-2)), add(*parts)) if met else None


def _is_polynomial_of_names(e: Expr, typed: Mapping[Expr, Expr]) -> bool:
    """A short sum of numbers and products of powers of names, which nobody typed."""
    return e not in typed and len(e.args) <= MOST and all(all(map(_is_power_of_name, split(a)[1])) for a in e.args)


def _trace(t: Expr, whole: Expr, typed: Mapping[Expr, Expr]) -> Expr:
    """y^T K^-1 dK K^-1 y - tr(K^-1 dK) for tr((K^-1 y y^T - I) K^-1 dK)."""
    chain = whole.args[0].args
    k = next((k for k, f in enumerate(chain) if f.op is ADD and f not in typed and any(map(_is_eye, f.args))), None)
    if k is None or len(chain[k].args) > TWO or any(f.op is ADD for n, f in enumerate(chain) if n != k):
        return t
    made = add(*[times(*_scale(t, whole), trace(matmul(*chain[:k], a, *chain[k + 1 :]))) for a in chain[k].args])
    return made if made.size <= t.size + 2 * LONGER else t


def _is_power_of_name(s: Expr) -> bool:
    base = s.args[0] if s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]).denominator == 1 else s
    return base.op is SYMBOL or (base.op is ENTRY and base.args[0].op is SYMBOL)
