"""How complex values are shown: z conj(z) as |z|^2, (x^H x)^(1/2) as ||x||, z + conj(z) as 2 Re(z).

Inside, the engine has names and their conjugates only; so these stand nowhere else.
"""

from __future__ import annotations

from collections.abc import Container

from ..expressions import build
from ..expressions.build import conjugate, is_complex, is_number, num, power, times, transpose, value_of
from ..expressions.expr import Expr, leaves, make, postorder, transform
from ..expressions.labels import name_of
from ..kinds import SCALAR
from ..ops.complex_numbers import REAL_PART
from ..ops.core import ADD, HADAMARD, MATMUL, MEMBER, POWER, SYMBOL, TIMES, TRANSPOSE
from ..ops.elementary import ABS
from ..ops.norms import NORM


def with_moduli(e: Expr, kept: Container[Expr] = ()) -> Expr:
    """The expression with moduli, norms and real parts for what is made of conjugates; `kept` nodes stay as they are."""

    def shown(old: Expr, args: tuple[Expr, ...]) -> Expr:
        if not is_complex(old) or old in kept:
            return old
        new = build.rebuild(old, args)
        if old.op is POWER and is_number(old.args[1]) and value_of(old.args[1]).denominator == 2:
            return _root(old) or new
        if old.op is TIMES:
            return _product(old, new)
        if old.op is HADAMARD:
            return _entries(old) or new
        if old.op is MATMUL and _is_square(old) and old.args[1].size > 1:
            return _norm(old.args[1], num(2))
        return _sum(old, new) if old.op is ADD else new

    return transform(e, shown)


def _root(e: Expr) -> Expr | None:
    """|z| or ||x|| to a power."""
    base, k = e.args
    twice = num(2 * value_of(k))
    if base.op is HADAMARD:
        shown = _entries(base)
        return shown and power(shown.args[0], times(shown.args[1], k))
    if _is_square(base):
        return _norm(base.args[1], twice)
    if base.op is TIMES and base.is_scalar:
        pairs, rest = _pairs(base)
        if not rest and len(pairs) == 1 and is_number(pairs[0][1], 1):
            return power(_modulus(pairs[0][0]), twice)
    return None


def _is_square(e: Expr) -> bool:
    """x^H x"""
    return e.op is MATMUL and e.is_scalar and len(e.args) == 2 and e.args[0] is transpose(conjugate(e.args[1]))


def _norm(x: Expr, k: Expr) -> Expr:
    x = with_moduli(min(x, conjugate(x), key=_bars))
    return power(make(NORM, (x,), None, SCALAR, x.size + 1), k)


def _entries(e: Expr) -> Expr | None:
    """conj(z) .* z as |z|.^2, entry by entry."""
    if len(e.args) != 2 or e.args[0] is not conjugate(e.args[1]):
        return None
    x = with_moduli(min(*e.args, key=_bars))
    return power(make(ABS, (x,), None, e.shape, x.size + 1), num(2))


def _bars(x: Expr) -> int:
    """How many bars there are in it: conjugates that are not transposed."""
    turned = {n.args[0] for n in postorder(x) if n.op is TRANSPOSE}
    return sum(n.op in (SYMBOL, MEMBER) and build.is_conjugate_name(name_of(n)) for n in leaves(x) if n not in turned)


def _modulus(z: Expr) -> Expr:
    z = min(z, conjugate(z), key=_bars)
    return make(ABS, (z,), None, SCALAR, z.size + 1)


def _pairs(e: Expr) -> tuple[list[tuple[Expr, Expr]], list[Expr]]:
    """The factors z of a product that have conj(z) to the same power beside them, with the power, and the others."""
    left = list(e.args)
    pairs, rest = [], []
    while left:
        s = left.pop(0)
        base, k = s.args if s.op is POWER and s.is_scalar else (s, num(1))
        other = power(conjugate(base), k) if s.is_scalar and is_complex(base) and not is_complex(k) else s
        if other is not s and other in left:
            left.remove(other)
            pairs.append((base, k))
        else:
            rest.append(s)
    return pairs, rest


def _product(old: Expr, new: Expr) -> Expr:
    pairs, _ = _pairs(old)
    for base, k in pairs:
        for one in (base, conjugate(base)):
            shown = with_moduli(one)
            new = times(new, power(power(shown, k), num(-1)))
        new = times(new, power(_modulus(with_moduli(min(base, conjugate(base), key=_bars))), times(num(2), k)))
    return new


def _sum(old: Expr, new: Expr) -> Expr:
    """Terms beside their conjugates as twice a real part."""
    left = list(old.args)
    parts = []
    while left:
        t = left.pop(0)
        other = conjugate(t)
        if other is not t and other in left:
            left.remove(other)
            c, _ = build.without_coefficient(t)
            inside = with_moduli(times(num(1 / c), min(t, other, key=_bars)))
            parts.append(times(num(2 * c), make(REAL_PART, (inside,), None, inside.shape, inside.size + 1)))
        else:
            parts.append(with_moduli(t))
    return build.add(*parts) if len(parts) < len(old.args) else new
