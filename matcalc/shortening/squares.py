"""k + z^2 under a root, under a logarithm and below, where z^2 over- or underflows (Blue 1978; Higham 2002, Accuracy and Stability of
Numerical Algorithms, section 27.8).

sqrt(k + z^2) = m sqrt((r/m)^2 + (z/m)^2), r the root of k and m the greater of |z| and r; sqrt(x^2 + y^2) = ||(x, y)||
log(1 + z^2)  = 2 log(m) + log(1 + (z/m^2)^2)
x/(k + c x^2) likewise; x/(k + ||x||^2)^p = (x/h)/h^(2p - 1), h the root
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..expressions.build import add, apply, hadamard, is_complex, is_number, literal, num, ones, power, times, value_of
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..expressions.properties import holds
from ..ops.core import ADD, POWER, TIMES
from ..ops.elementary import ABS, LOG
from ..ops.extremes import MAXIMUM
from ..ops.norms import NORM
from .scaled import divided, one_of, square_root

HALF = Fraction(1, 2)


def log_beside_square(z: Expr) -> Expr:
    """log(1 + z^2), where z^2 may overflow."""
    size = apply(MAXIMUM, [apply(ABS, [z]), one_of(z)])
    join: Callable[..., Expr] = times if z.is_scalar else hadamard
    below = power(size, num(-1))
    rest = named(power(named(join(named(join(z, below), PART, "first"), below), PART, "both"), num(2)), PART, "square")
    return add(times(num(2), apply(LOG, [size])), apply(LOG, [add(one_of(z), rest)]))


def square_beside(e: Expr, beside: Expr) -> Expr | None:
    """z, where a sum is `beside` and z^2: of c u^2 with c a square or positive it is the root of c times u."""
    if len(e.args) != 2 or beside not in e.args or is_complex(e):
        return None
    other = next(a for a in e.args if a is not beside)
    factors = other.args if other.op is TIMES else (other,)
    for k, f in enumerate(factors):
        u = square_root(f) if f.shape == e.shape else None
        c = None if u is None else _root_of_product([*factors[:k], *factors[k + 1 :]])
        if u is not None and c is not None:
            return times(c, u)
    return None


def _root_of_product(factors: Sequence[Expr]) -> Expr | None:
    """A number whose square is the product: every factor is positive or an even power."""
    roots = []
    for f in factors:
        k = value_of(f.args[1]) if f.op is POWER and is_number(f.args[1]) else None
        even = k is not None and k.denominator == 1 and k % 2 == 0
        if not f.is_scalar or not (even or (value_of(f) > 0 if is_number(f) else holds(f, "positive"))):
            return None
        roots.append(power(f.args[0], num(k / 2)) if even and k is not None else power(f, num(HALF)))
    return times(*roots)


def rooted(e: Expr) -> Expr | None:
    """The root h of k + z^2, in a power of it with half of an odd number above."""
    base, above = e.args
    if base.op is not ADD or len(base.args) != 2 or not is_number(above) or value_of(above).denominator != 2:
        return None
    h = _root_of_sum(base)
    return None if h is None else power(h, num(2 * value_of(above)))


def _root_of_sum(base: Expr) -> Expr | None:
    if is_complex(base):
        return None
    join: Callable[..., Expr] = times if base.is_scalar else hadamard
    sides = [square_beside(base, a) for a in base.args]
    for z, beside in zip(sides, base.args):
        root = _root(beside) if z is not None else None
        if z is not None and root is not None:
            size = apply(MAXIMUM, [apply(ABS, [z]), root])
            one, other = (named(join(part, power(size, num(-1))), PART, name) for part, name in ((z, "first"), (root, "second")))
            squares = named(add(power(one, num(2)), power(other, num(2))), PART, "squares")
            return named(join(size, power(squares, num(HALF))), PART, "root")
    if len(sides) != 2:
        return None
    x, y = sides
    return apply(NORM, [literal(2, 1, [y, x])]) if base.is_scalar and x is not None and y is not None else None


def over_square(e: Expr) -> Expr | None:
    """x/(k + c x^2) by x and the root of k divided by the greater of them, where x^2 may overflow."""
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    for k, a in enumerate(e.args):
        if a.op is not POWER or not is_number(a.args[1], -1) or a.args[0].op is not ADD or a.shape != e.shape:
            continue
        for beside in a.args[0].args:
            z = square_beside(a.args[0], beside)
            root = z is not None and _root(beside)
            if z is None or not root:
                continue
            c, x = (times(*z.args[:-1]), z.args[-1]) if z.op is TIMES and z.args[-1].shape == e.shape else (num(1), z)
            n = next((n for n, f in enumerate(e.args) if n != k and f is x), None)
            if n is None:
                continue
            others = [f for m, f in enumerate(e.args) if m not in (k, n)]
            size = apply(MAXIMUM, [apply(ABS, [z]), root])
            below = power(size, num(-1))
            one, other = (named(join(part, below), PART, name) for part, name in ((z, "first"), (root, "second")))
            squares = named(add(power(one, num(2)), power(other, num(2))), PART, "squares")
            return times(power(c, num(-1)), join(*others, one, power(squares, num(-1)), below))
    return _over_length(e, join)


def _over_length(e: Expr, join: Callable[..., Expr]) -> Expr | None:
    """x/(k + c ||x||^2)^p, divided by the root in turns."""
    for k, a in enumerate(e.args):
        if a.op is not POWER or not is_number(a.args[1]) or a.args[0].op is not ADD or not a.is_scalar:
            continue
        p = -value_of(a.args[1])
        h = _root_of_sum(a.args[0]) if p > 0 and p.denominator == 1 else None
        lengths = [z for b in a.args[0].args if (z := square_beside(a.args[0], b)) is not None]
        x = next((n.args[0] for z in lengths for n in (z.args if z.op is TIMES else (z,)) if n.op is NORM), None)
        if h is None or x is None:
            continue
        direction = named(times(power(h, num(-1)), x), PART, "direction")
        for n, f in enumerate(e.args):
            found = divided(f, x, direction) if n != k else None
            if found is not None:
                others = [b for m, b in enumerate(e.args) if m not in (k, n)]
                return join(*others, found, power(h, num(1 - 2 * p)))
    return None


def _root(k: Expr) -> Expr | None:
    """The root of a positive number, or of as many of it."""
    whole = ones(*k.shape)
    c = k if k.is_scalar else times(*k.args[:-1]) if k.op is TIMES and k.args[-1] is whole else num(1) if k is whole else None
    if c is None or not c.is_scalar or not (value_of(c) > 0 if is_number(c) else holds(c, "positive")):
        return None
    root = power(c, num(HALF))
    return root if k.is_scalar else times(root, whole)
