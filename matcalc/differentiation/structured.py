"""Derivatives within the set a matrix is declared to lie in: symmetric, skew, diagonal or triangular matrices.

G is the derivative by free entries, P the orthogonal projection onto the set. By convention the answer is

    symmetric-space    P(G), the gradient within the set: f(X + H) = f(X) + <P(G), H> + … for every H in the set
    independent        the partial derivatives by the entries one may choose, those on and below the diagonal
    vech               the same of a symmetric matrix, stacked (see `pipeline.halved`)

and both are maps of G alone, since the sets are linear: for symmetric X (G + G^T)/2, and G + G^T - G .* I; for skew
ones (G - G^T)/2, and G - G^T; for diagonal and triangular ones G where X may be different from zero. A second
derivative is mapped on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

from ..errors import UsageError, VerificationError
from ..expressions.build import add, apply, eye, hadamard, negative, num, ones, times, transpose
from ..expressions.expr import Expr
from ..kinds import ONE
from ..numbers.kernels import half_vectorized
from ..numbers.matrix_functions import DOUBLE
from ..ops.core import MEMBER, SYMBOL
from ..ops.diagonal import LOWER_TRIANGLE, UPPER_TRIANGLE
from ..ops.operation import Operation
from ..ops.pattern import EntryPattern, without_pattern
from ..ops.vocabulary import LINEAR, WORDS, close_properties
from . import CONVENTIONS, INDEPENDENT, SPACE, STACKED
from .network import Slot, Term
from .tensor import Tensor

HALF = Fraction(1, 2)
NOTHING = 10**8  # times what is negligible beside 1


def set_of(variable: Expr) -> str | None:
    """The set that a declared variable lies in; None where its entries are free."""
    if variable.op not in (SYMBOL, MEMBER):
        return None
    name, words = variable.attr  # type: ignore[misc]
    for w in without_pattern(words):  # type: ignore[has-type]
        why = "that set is curved" if WORDS[w].within == "curved" else "derivatives within that space are not covered"
        raise UsageError(
            f"{name} is declared {w}, and {why}",  # type: ignore[has-type]
            suggestion=f"structured derivatives are within the {_listed('and')} matrices",
        )
    if ONE in variable.shape:
        return None
    # A diagonal matrix is also symmetric: the narrowest set.
    return max((w for w in LINEAR if w in words), key=lambda w: len(close_properties((w,))), default=None)  # type: ignore[has-type]


def _listed(joint: str) -> str:
    *most, last = [WORDS[w].said for w in LINEAR if EntryPattern((w,))]
    return f"{', '.join(most)} {joint} {last}"


def sets_of(variables: Sequence[Expr], names: Sequence[str], convention: str) -> list[str | None]:
    """The sets of the variables in turn; UsageError where none of them lies in one."""
    if convention not in CONVENTIONS:
        raise UsageError(f"unknown structure {convention!r}: use {' or '.join(CONVENTIONS)}")
    found = [set_of(v) for v in variables]
    if convention == STACKED and not any(found):
        hint = f'declare it symmetric, as in --where "{names[0]} in S^n"'
        raise UsageError("vech(X) holds all of X only where X is symmetric", suggestion=hint)
    if convention == STACKED and any(kind != "symmetric" for kind in found if kind):
        raise UsageError("derivatives by vech(X) are for symmetric matrices")
    if not any(found):
        listed = " and ".join(dict.fromkeys(names))
        raise UsageError(
            f"no structure to stay within is declared for {listed}",
            suggestion=f'declare it {_listed("or")}, as in --where "{names[0]} in R^{{n x n}} symmetric"',
        )
    return found


def sentence(name: str, kind: str, convention: str) -> str:
    """What was done, for the list of assumptions."""
    if convention == STACKED:
        return f"by the entries of {name} on and below the diagonal, stacked: D_n^T vec(G) of the derivative G by free entries"
    pattern, said = EntryPattern((kind,)), WORDS[kind].said
    sign = "+" if pattern.mirror > 0 else "-"
    if len(pattern.zero) == 2:
        mapped = "G .* I"
    elif pattern.zero:
        mapped = "tril(G)" if "above" in pattern.zero else "triu(G)"
    elif convention == SPACE:
        mapped = f"(G {sign} G^T)/2"
    else:
        mapped = f"G {sign} G^T" + (" - G .* I" if pattern.mirror > 0 else "")
    if convention == INDEPENDENT and not pattern.zero:
        return f"by the independent entries of the {said} {name}: {mapped} of the derivative G by free entries"
    return f"{name} stays {said}: the gradient in the {said} space, {mapped} of the derivative G by free entries"


# ---------------------------------------------------------------------------------------------- the projections


def within(tensor: Tensor, sets: Sequence[str | None], convention: str) -> Tensor:
    """The derivative by free entries, mapped on the indices of every variable that lies in a set."""
    for number, kind in enumerate(sets, 1):
        if kind is not None:
            made = Tensor(tensor.shapes, [s for t in tensor.terms for s in _of_term(t, number, kind, convention)])
            if tensor.matrix is not None:
                made.replace(of_matrix(tensor.matrix, kind, convention))
            tensor = made
    return tensor


def of_matrix(g: Expr, kind: str, convention: str) -> Expr:
    """The derivative `g` of a scalar, within the set."""
    pattern = EntryPattern((kind,))
    diagonal = hadamard(g, eye(g.shape[0]))
    if pattern.zero:
        return diagonal if len(pattern.zero) == 2 else apply(_triangle(pattern), (g,))
    both = add(g, times(num(pattern.mirror), transpose(g)))
    if convention == SPACE:
        return times(num(HALF), both)
    return add(both, negative(diagonal)) if pattern.mirror > 0 else both


def _triangle(pattern: EntryPattern) -> Operation:
    return LOWER_TRIANGLE if "above" in pattern.zero else UPPER_TRIANGLE


def _of_term(t: Term, number: int, kind: str, convention: str) -> list[Term]:
    """The same for a term, on the indices of its variable `number`."""
    pattern = EntryPattern((kind,))
    k = 2 * number
    rows, cols = t.slots[k : k + 2]
    n = rows[0].dim
    if pattern.zero:
        ones_there = eye(n) if len(pattern.zero) == 2 else apply(_triangle(pattern), (ones(n, n),))
        return [_with_factor(t, ones_there, rows, cols, num(1))]
    share = num(HALF) if convention == SPACE else num(1)
    turned = [*t.slots[:k], cols, rows, *t.slots[k + 2 :]]
    both = ((share, t.slots), (times(num(pattern.mirror), share), turned))
    found = [Term(times(s, t.scalar), t.factors, slots, t.binders) for s, slots in both]
    if pattern.mirror > 0 and convention == INDEPENDENT:
        found.append(_with_factor(t, eye(n), rows, cols, num(-1)))
    return found


def _with_factor(t: Term, factor: Expr, rows: Slot, cols: Slot, scale: Expr) -> Term:
    return Term(times(scale, t.scalar), [*t.factors, (factor, rows, cols)], t.slots, t.binders)


# ---------------------------------------------------------------------------------------------- the check


def tangent(kind: str, convention: str) -> Callable[[ModuleType, Any], tuple[Any, Any]]:
    """From a random matrix to a direction within the set, and the coordinates of that direction the answer is paired with."""

    pattern = EntryPattern((kind,))

    def direction(arrays: ModuleType, e: Any) -> tuple[Any, Any]:
        inside = pattern.onto(e, arrays.np)
        if convention == STACKED:
            return inside, half_vectorized(inside)
        return inside, arrays.np.tril(inside) if convention == INDEPENDENT and not pattern.zero else inside

    return direction


def stays(kind: str, numbers: Sequence[Any], n: int, arrays: ModuleType) -> None:
    """Of the entries of a derivative by a matrix of n rows: VerificationError unless each of these matrices lies in the set. Of what is 0,
    as the derivative of ||singvec(S)||, rounding is all that is seen; where it may be that in double precision, ArithmeticError: the
    point tells nothing."""
    if not all(map(arrays.is_finite, numbers)):
        return
    pattern, great = EntryPattern((kind,)), max(map(abs, numbers), default=0)
    least = great * arrays.exact(1e-9)
    if great <= arrays.negligible() * NOTHING:
        return
    for at in range(0, len(numbers), n * n):
        matrix = arrays.np.array(numbers[at : at + n * n]).reshape(n, n)
        if any(abs(v) > least for v in arrays.flat(pattern.onto(matrix, arrays.np) - matrix)):
            if arrays.digits() <= DOUBLE:
                raise ArithmeticError("outside the set, perhaps by rounding")
            raise VerificationError(f"the closed form is not {WORDS[kind].said}")
