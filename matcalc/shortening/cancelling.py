"""Sums whose terms nearly cancel: 1 and what is close to 1, and powers and logarithms of what differs by a number.

1 - tanh(z)^2 = 4 sigmoid(2 z) sigmoid(-2 z)   1 - tanh(z) = 2 sigmoid(-2 z)       1 - sigmoid(z) = sigmoid(-z)
1 + erf(z) = 2 normcdf(sqrt(2) z)              1 - normcdf(z) = normcdf(-z)        1 - cos(z) = 2 sin(z/2)^2
sqrt(1 + u) - 1 = u/(1 + sqrt(1 + u))          softplus(z) - z = softplus(-z)
sqrt(p) - sqrt(q) = d/(sqrt(p) + sqrt(q)), 1/p - 1/q = -d/(p q), log(p) - log(q) = log(1 + d/q) for a positive number d = p - q
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..expressions.build import add, apply, hadamard, is_complex, is_number, negative, num, ones, power, times, value_of
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..ops.activations import ERF, NORMAL_DISTRIBUTION, SIGMOID, SOFTPLUS
from ..ops.core import ADD, HADAMARD, POWER, TIMES
from ..ops.elementary import COS, COSH, EXP, LOG, SIN, SINH, TANH
from ..ops.sums import SUM
from .exponentials import difference, growth
from .scaled import one_of
from .squares import HALF, square_beside


def nearly_cancelling(e: Expr) -> Expr | None:
    """Two terms that nearly cancel: 1 and what is close to 1, or the root of what is."""
    one = one_of(e)
    for sign in (num(1), num(-1)):
        if times(sign, one) not in e.args:
            continue
        others = [a for a in e.args if a is not times(sign, one)]
        for k, a in enumerate(others):
            found = _less_one(times(sign, a), one)
            if found is not None:
                return add(*others[:k], *others[k + 1 :], times(sign, found))
    return _entry_by_entry(e) or _softplus_beside(e) or difference(e) or _like_powers(e)


def _entry_by_entry(e: Expr) -> Expr | None:
    """sum(u) - n as the sum of the u_i - 1, where these are to be had better."""
    for k, a in enumerate(e.args):
        own = a if a.op is SUM else negative(a)
        if own.op is SUM:
            x = own.args[0] if own is a else negative(own.args[0])
            one = ones(*x.shape)
            for sign in (num(1), num(-1)):
                count = times(sign, apply(SUM, [one]))
                found = _less_one(times(sign, x), one) if count in e.args else None
                if found is not None:
                    rest = [b for n, b in enumerate(e.args) if n != k and b is not count]
                    return add(*rest, apply(SUM, [times(sign, found)]))
    return None


def _less_one(a: Expr, one: Expr) -> Expr | None:
    """1 + a without the 1."""
    join: Callable[..., Expr] = times if a.is_scalar else hadamard
    s = a if a.op in (ERF, TANH) else negative(a)
    if s.op is SIGMOID:
        return apply(SIGMOID, [negative(s.args[0])])
    if s.op is ERF:
        z = times(power(num(2), num(Fraction(1, 2))), s.args[0])
        return times(num(2), apply(NORMAL_DISTRIBUTION, [z if s is a else negative(z)]))
    if s.op is EXP and s is not a and not s.is_scalar:  # 1 - exp(z), where its entries are summed
        return times(num(-1), growth(s.args[0]))
    if s.op is COS:
        return times(num(2), power(apply(SIN, [times(num(Fraction(1, 2)), s.args[0])]), num(2)))
    if s.op is COSH:
        return times(num(-2), power(apply(SINH, [times(num(Fraction(1, 2)), s.args[0])]), num(2)))
    if s.op is TANH:
        return times(num(2), apply(SIGMOID, [times(num(2 if s is a else -2), s.args[0])]))
    if s.op is NORMAL_DISTRIBUTION and s is not a:
        return apply(NORMAL_DISTRIBUTION, [negative(s.args[0])])
    if s.op in (TIMES, HADAMARD):
        return _times_sigmoid(s, one)
    if s.op is not POWER or s is a:
        return None
    if s.args[0].op is TANH and is_number(s.args[1], 2):
        z = times(num(2), s.args[0].args[0])
        return times(num(4), join(apply(SIGMOID, [z]), apply(SIGMOID, [negative(z)])))
    inner, k = s.args[0], value_of(s.args[1]) if is_number(s.args[1]) else Fraction(0)
    if inner.op is not ADD or one not in inner.args or k not in (HALF, -HALF, -1):
        return None
    u = add(*[b for b in inner.args if b is not one])
    root = power(inner, num(HALF))
    below = inner if k == -1 else add(one, root)
    own = square_beside(inner, one) if k == HALF else None
    if own is not None:  # 1 - sqrt(1 + z^2) = -z (z/(1 + sqrt(1 + z^2)))
        return negative(join(own, named(join(own, power(below, num(-1))), PART, "ratio")))
    # 1 - sqrt(1 + u) = -u/(1 + sqrt(1 + u)), 1 - 1/sqrt(1 + u) = u/(sqrt(1 + u) (1 + sqrt(1 + u)))
    return times(num(-1 if k == HALF else 1), join(u, power(below, num(-1)), *([power(root, num(-1))] if k == -HALF else [])))


def _times_sigmoid(s: Expr, one: Expr) -> Expr | None:
    """1 - σ(z) (1 + r) = σ(-z) - σ(z) r."""
    join: Callable[..., Expr] = times if s.op is TIMES else hadamard
    for k, f in enumerate(s.args):
        other = s.args[1 - k] if len(s.args) == 2 else None
        if f.op is SIGMOID and other is not None and other.op is ADD and one in other.args and f.shape == other.shape:
            rest = add(*[a for a in other.args if a is not one])
            return add(apply(SIGMOID, [negative(f.args[0])]), negative(join(f, rest)))
    return None


def _softplus_beside(e: Expr) -> Expr | None:
    """softplus(z) - z."""
    for sign in (1, -1):
        for k, a in enumerate(e.args):
            own = times(num(sign), a)
            if own.op is not SOFTPLUS:
                continue
            z = times(num(-sign), own.args[0])
            parts, rest = z.args if z.op is ADD else (z,), [*e.args[:k], *e.args[k + 1 :]]
            if all(p in rest for p in parts):
                return add(times(num(sign), apply(SOFTPLUS, [negative(own.args[0])])), *[r for r in rest if r not in parts])
    return None


def _like_powers(e: Expr) -> Expr | None:
    """c p^k - c q^k and c log(p) - c log(q), where p - q is a number."""
    if len(e.args) != 2 or is_complex(e):
        return None
    join: Callable[..., Expr] = hadamard if e.args[0].op is HADAMARD else times
    for f in _factors(e.args[0]):
        others = [g for g in _factors(e.args[0]) if g is not f]
        for g in _factors(e.args[1]):
            if f.op is not g.op or f.shape != g.shape or f.op not in (POWER, LOG) or f.args[1:] != g.args[1:]:
                continue
            if join(*others, g) is not negative(e.args[1]):
                continue
            p, q = f.args[0], g.args[0]
            d = add(p, negative(q))
            whole = one_of(d)
            number = d if d.is_scalar else next((a for a in d.args if is_number(a)), num(1)) if d.op is TIMES or d is whole else None
            if number is None or not is_number(number) or d is not times(number, whole):
                continue
            found = _of_logs(p, q, number) if f.op is LOG else _of_powers(p, q, number, f.args[1])
            if found is not None:
                return join(*others, found)
    return None


def _factors(a: Expr) -> tuple[Expr, ...]:
    return a.args if a.op in (TIMES, HADAMARD) else (a,)


def _of_logs(p: Expr, q: Expr, d: Expr) -> Expr:
    """log(p) - log(q), p - q = d."""
    if value_of(d) < 0:
        return negative(_of_logs(q, p, negative(d)))
    return apply(LOG, [add(one_of(p), times(d, power(q, num(-1))))])


def _of_powers(p: Expr, q: Expr, d: Expr, k: Expr) -> Expr | None:
    """p^k - q^k, p - q = d."""
    join: Callable[..., Expr] = times if p.is_scalar else hadamard
    if not is_number(k):
        return None
    over = join(power(p, k), power(q, k))
    if value_of(k) == HALF:
        return times(d, power(add(power(p, k), power(q, k)), num(-1)))
    if is_number(k, -1):
        return times(negative(d), over)
    if value_of(k) == -HALF:
        return times(negative(d), join(over, power(add(power(p, num(HALF)), power(q, num(HALF))), num(-1))))
    if is_number(k, -2):
        return times(negative(d), join(add(p, q), over))
    return None
