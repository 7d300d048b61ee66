"""Products over several lengths, with directions in place of what is divided: neither over- nor underflows, where the value does not.

x^T y/(||x|| ||y||) = (x/||x||)^T (y/||y||)        x ||z||/||x||^3 = (||z||/||x||) (x/||x||)/||x||

Scaling before multiplying, as norms themselves are computed (Blue 1978; Higham 2002, Accuracy and Stability of Numerical Algorithms,
section 27.8). A direction is a part under a name, so that no law takes it apart again. Lengths that differ from term to term of a sum
are left as they are, and so is one length alone: what stands over it costs nothing then.
"""

from __future__ import annotations

from ..expressions.build import add, apply, is_complex, is_number, matmul, num, ones, power, rebuild, times, transpose, value_of
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..ops.core import ADD, HADAMARD, MATMUL, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.trace import TRACE


def one_of(e: Expr) -> Expr:
    """1, or as many of it as there are entries."""
    return num(1) if e.is_scalar else ones(*e.shape)


def scaled(e: Expr) -> Expr | None:
    """A product of which some factors are reciprocals of lengths, with directions; None where nothing is gained."""
    lengths: dict[Expr, int] = {}
    for a in e.args:
        for length, count in _below(a):
            lengths[length] = lengths.get(length, 0) + count
    if sum(lengths.values()) < 2:
        return None
    others = [a for a in e.args if not _below(a)]
    changed = False
    for length in lengths:
        direction = named(times(power(length, num(-1)), length.args[0]), PART, "direction")
        for k, f in enumerate(others):
            found = divided(f, length.args[0], direction) if lengths[length] else None
            if found is not None:
                others[k], changed = found, True
                lengths[length] -= 1
        above = next((k for k, f in enumerate(others) if f.op in (NORM, FROBENIUS_NORM)), None)
        if lengths[length] and above is not None:
            others[above] = named(times(others[above], power(length, num(-1))), PART, "ratio")
            lengths[length] -= 1
            changed = True
    return times(*others, *[power(length, num(-k)) for length, k in lengths.items()]) if changed else None


def _below(a: Expr) -> list[tuple[Expr, int]]:
    """The length and the power of 1/||x||^k, of one x, and of 1/(x^T x)^k, whole k."""
    if a.op is not POWER or a.indices or not is_number(a.args[1]):
        return []
    base, k = a.args[0], -value_of(a.args[1])
    if k <= 0 or k.denominator != 1:
        return []
    if base.op in (NORM, FROBENIUS_NORM):
        return [(base, int(k))]
    length = square_root(base)
    return [(length, 2 * int(k))] if length is not None and length.op is NORM and not is_complex(base) else []


def square_root(f: Expr) -> Expr | None:
    """x of x^2, and the length of x of x^T x."""
    if f.op is POWER and is_number(f.args[1], 2):
        return f.args[0]
    if f.op is MATMUL and f.is_scalar and len(f.args) == 2 and f.args[0].op is TRANSPOSE and f.args[0].args[0] is f.args[1]:
        return apply(NORM, f.args[1:])
    return None


def divided(f: Expr, x: Expr, direction: Expr) -> Expr | None:
    """f, linear in x, with the direction in place of x; None where it has no such factor."""
    if f is x:
        return direction
    if f.op is TRANSPOSE and f.args[0] is x:
        return transpose(direction)
    if f.op is ADD:
        terms = [divided(a, x, direction) for a in f.args]
        return None if any(t is None for t in terms) else add(*filter(None, terms))
    if f.op is MATMUL and x.op is MATMUL:  # y^T W z, of the length of W z
        for part, own in ((x, direction), (transpose(x), transpose(direction))):
            k = len(part.args)
            if len(f.args) > k and f.args[-k:] == part.args:
                return matmul(*f.args[:-k], own)
            if len(f.args) > k and f.args[:k] == part.args:
                return matmul(own, *f.args[k:])
    if f.op in (MATMUL, HADAMARD, TIMES, DIAG, TRACE, TRANSPOSE):
        for k, a in enumerate(f.args):
            found = divided(a, x, direction)
            if found is not None:
                return rebuild(f, (*f.args[:k], found, *f.args[k + 1 :]))
    return None
