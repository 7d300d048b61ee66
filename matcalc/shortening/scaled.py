"""Products over several lengths, with directions in place of what is divided: neither over- nor underflows, where the value does not.

x^T y/(||x|| ||y||) = (x/||x||)^T (y/||y||)        x ||z||/||x||^3 = (||z||/||x||) (x/||x||)/||x||

Scaling before multiplying, as norms themselves are computed (Blue 1978; Higham 2002, Accuracy and Stability of Numerical Algorithms,
section 27.8). A direction is a part under a name, so that no law takes it apart again. Lengths that differ from term to term of a sum
are left as they are, and so is one length alone: what stands over it costs nothing then.
"""

from __future__ import annotations

from ..expressions.build import add, is_number, num, power, rebuild, times, transpose, value_of
from ..expressions.expr import Expr
from ..expressions.named import PART, named
from ..ops.core import ADD, HADAMARD, MATMUL, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.trace import TRACE


def scaled(e: Expr) -> Expr | None:
    """A product of which some factors are reciprocals of lengths, with directions; None where nothing is gained."""
    lengths = {a.args[0]: int(-value_of(a.args[1])) for a in e.args if _is_below(a)}
    if sum(lengths.values()) < 2:
        return None
    others = [a for a in e.args if not _is_below(a)]
    changed = False
    for length in lengths:
        direction = named(times(power(length, num(-1)), length.args[0]), PART, "direction")
        for k, f in enumerate(others):
            found = _divided(f, length.args[0], direction) if lengths[length] else None
            if found is not None:
                others[k], changed = found, True
                lengths[length] -= 1
        above = next((k for k, f in enumerate(others) if f.op in (NORM, FROBENIUS_NORM)), None)
        if lengths[length] and above is not None:
            others[above] = named(times(others[above], power(length, num(-1))), PART, "ratio")
            lengths[length] -= 1
            changed = True
    return times(*others, *[power(length, num(-k)) for length, k in lengths.items()]) if changed else None


def _is_below(a: Expr) -> bool:
    """1/||x||^k, of one x, whole k."""
    return (
        a.op is POWER
        and a.args[0].op in (NORM, FROBENIUS_NORM)
        and not a.indices
        and is_number(a.args[1])
        and value_of(a.args[1]) < 0
        and value_of(a.args[1]).denominator == 1
    )


def _divided(f: Expr, x: Expr, direction: Expr) -> Expr | None:
    """f, linear in x, with the direction in place of x; None where it has no such factor."""
    if f is x:
        return direction
    if f.op is TRANSPOSE and f.args[0] is x:
        return transpose(direction)
    if f.op is ADD:
        terms = [_divided(a, x, direction) for a in f.args]
        return None if any(t is None for t in terms) else add(*filter(None, terms))
    if f.op in (MATMUL, HADAMARD, TIMES, DIAG, TRACE, TRANSPOSE):
        for k, a in enumerate(f.args):
            found = _divided(a, x, direction)
            if found is not None:
                return rebuild(f, (*f.args[:k], found, *f.args[k + 1 :]))
    return None
