"""What is known of an expression's values from its form: not negative, positive definite."""

from __future__ import annotations

from ..expressions.build import is_number, value_of, without_coefficient
from ..expressions.expr import Expr
from ..kinds import close_properties
from ..ops.core import ADD, EYE, HADAMARD, INDEXED_SUM, IVERSON, MATMUL, MEMBER, NUMBER, ONES, POWER, SIZE, SYMBOL, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE


def _declared(e: Expr) -> frozenset[str]:
    return close_properties(e.attr[1]) if e.op in (SYMBOL, MEMBER) else frozenset()  # type: ignore[index]


def nonnegative(e: Expr) -> bool:
    """Every entry is known to be at least 0."""
    op = e.op
    if op is NUMBER:
        return value_of(e) >= 0
    if op in (SIZE, ONES, IVERSON, EYE) or op.positive or op.name in ("relu", "abs"):
        return True
    if op in (SYMBOL, MEMBER):
        return bool(_declared(e) & {"nonnegative", "positive"})
    if op is POWER:
        k = e.args[1]
        return nonnegative(e.args[0]) or (is_number(k) and value_of(k).denominator == 1 and value_of(k) % 2 == 0)
    if op in (ADD, TIMES, HADAMARD, TRANSPOSE, DIAG):
        return all(nonnegative(a) for a in e.args)
    return False


def positive(e: Expr) -> bool:
    """Every entry is known to be more than 0."""
    op = e.op
    if op is NUMBER:
        return value_of(e) > 0
    if op in (SIZE, ONES) or (op.positive and not op.name.startswith("norm")):
        return True
    if op in (SYMBOL, MEMBER):
        return "positive" in _declared(e)
    if op in (TIMES, HADAMARD, POWER):
        return all(positive(a) for a in (e.args[:1] if op is POWER else e.args))
    if op is ADD:
        return all(nonnegative(a) for a in e.args) and any(positive(a) for a in e.args)
    return False


def positive_definite(e: Expr) -> bool:
    """A matrix known to be symmetric and positive definite: a Cholesky factor exists."""
    op = e.op
    if op is EYE:
        return True
    if op in (SYMBOL, MEMBER):
        return "spd" in _declared(e)
    if op is INVERSE:
        return positive_definite(e.args[0])
    if op is DIAG:
        return positive(e.args[0])
    if op is TIMES:
        return positive_definite(e.args[-1]) and all(positive(a) for a in e.args[:-1])
    if op is ADD:
        return all(semidefinite(a) for a in e.args) and any(positive_definite(a) for a in e.args)
    return False


def semidefinite(e: Expr) -> bool:
    """A matrix known to be symmetric and positive semidefinite."""
    op = e.op
    if positive_definite(e) or (op in (SYMBOL, MEMBER) and "psd" in _declared(e)):
        return True
    if op is DIAG:
        return nonnegative(e.args[0])
    if op is TIMES:
        c, rest = without_coefficient(e)
        parts = rest.args if rest.op is TIMES else (rest,)
        return c > 0 and semidefinite(parts[-1]) and all(map(nonnegative, parts[:-1]))
    if op is ADD:
        return all(map(semidefinite, e.args))
    if op is INDEXED_SUM:
        return semidefinite(e.args[2])
    if op is MATMUL:
        n = len(e.args)
        pairs = [(e.args[k], e.args[n - 1 - k]) for k in range(n // 2)]
        if all((b.op is TRANSPOSE and b.args[0] is a) or (a.op is TRANSPOSE and a.args[0] is b) for a, b in pairs):
            return n % 2 == 0 or semidefinite(e.args[n // 2])
    return False
