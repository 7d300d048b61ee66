"""Derivatives within the set a matrix is declared to lie in: symmetric, skew, diagonal or triangular matrices.

G is the derivative by free entries, P the orthogonal projection onto the set. By convention the answer is

    symmetric-space    P(G), the gradient within the set: f(X + H) = f(X) + <P(G), H> + … for every H in the set
    independent        the partial derivatives by the entries one may choose, those on and below the diagonal

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
from ..ops.core import MEMBER, SYMBOL
from ..ops.diagonal import LOWER_TRIANGLE, UPPER_TRIANGLE
from .network import Slot, Term
from .tensor import Tensor

SPACE, INDEPENDENT = "symmetric-space", "independent"
CONVENTIONS = (SPACE, INDEPENDENT)
SETS = ("diagonal", "symmetric", "skew", "lower", "upper")  # a diagonal matrix is also symmetric: the narrowest comes first
CURVED = ("orthogonal", "orthonormal", "idempotent", "unit", "simplex")
HALF = Fraction(1, 2)
_TRIANGLES = {"lower": LOWER_TRIANGLE, "upper": UPPER_TRIANGLE}


def set_of(variable: Expr) -> str | None:
    """The set that a declared variable lies in; None where its entries are free."""
    if variable.op not in (SYMBOL, MEMBER):
        return None
    words = variable.attr[1]  # type: ignore[index]
    for word in CURVED:
        if word in words:
            raise UsageError(
                f"{variable.attr[0]} is declared {word}, and that set is curved",  # type: ignore[index]
                suggestion=f"structured derivatives are within the {', '.join(SETS[:-1])} and {SETS[-1]} triangular matrices",
            )
    if ONE in variable.shape:
        return None
    if "lower" in words and "upper" in words:
        return "diagonal"
    return next((s for s in SETS if s in words), None)


def sets_of(variables: Sequence[Expr], names: Sequence[str], convention: str) -> list[str | None]:
    """The sets of the variables in turn; UsageError where none of them lies in one."""
    if convention not in CONVENTIONS:
        raise UsageError(f"unknown structure {convention!r}: use {' or '.join(CONVENTIONS)}")
    found = [set_of(v) for v in variables]
    if not any(found):
        listed = " and ".join(dict.fromkeys(names))
        raise UsageError(
            f"no structure to stay within is declared for {listed}",
            suggestion=f'declare it {", ".join(SETS[:-1])} or {SETS[-1]}, as in --where "{names[0]} in R^{{n x n}} symmetric"',
        )
    return found


def sentence(name: str, kind: str, convention: str) -> str:
    """What was done, for the list of assumptions."""
    if kind == "symmetric" and convention == SPACE:
        return f"{name} stays symmetric: the gradient in the symmetric space, (G + G^T)/2 of the derivative G by free entries"
    if kind == "symmetric":
        return f"by the independent entries of the symmetric {name}: G + G^T - G .* I of the derivative G by free entries"
    if kind == "skew" and convention == SPACE:
        return f"{name} stays skew: the gradient in the space of skew matrices, (G - G^T)/2 of the derivative G by free entries"
    if kind == "skew":
        return f"by the independent entries of the skew {name}: G - G^T of the derivative G by free entries"
    if kind == "diagonal":
        return f"{name} stays diagonal: the diagonal of the derivative by free entries"
    return f"{name} stays {kind} triangular: the {kind} triangle of the derivative by free entries"


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
    if kind in _TRIANGLES:
        return apply(_TRIANGLES[kind], (g,))
    diagonal = hadamard(g, eye(g.shape[0]))
    if kind == "diagonal":
        return diagonal
    both = add(g, transpose(g) if kind == "symmetric" else negative(transpose(g)))
    if convention == SPACE:
        return times(num(HALF), both)
    return add(both, negative(diagonal)) if kind == "symmetric" else both


def _of_term(t: Term, number: int, kind: str, convention: str) -> list[Term]:
    """The same for a term, on the indices of its variable `number`."""
    k = 2 * number
    rows, cols = t.slots[k : k + 2]
    if kind in _TRIANGLES:
        n = rows[0].dim
        return [_with_factor(t, apply(_TRIANGLES[kind], (ones(n, n),)), rows, cols, num(1))]
    diagonal = eye(rows[0].dim)
    if kind == "diagonal":
        return [_with_factor(t, diagonal, rows, cols, num(1))]
    share = num(HALF) if convention == SPACE else num(1)
    sign = share if kind == "symmetric" else negative(share)
    turned = [*t.slots[:k], cols, rows, *t.slots[k + 2 :]]
    found = [Term(times(s, t.scalar), t.factors, slots, t.binders) for s, slots in ((share, t.slots), (sign, turned))]
    if kind == "symmetric" and convention == INDEPENDENT:
        found.append(_with_factor(t, diagonal, rows, cols, num(-1)))
    return found


def _with_factor(t: Term, factor: Expr, rows: Slot, cols: Slot, scale: Expr) -> Term:
    return Term(times(scale, t.scalar), [*t.factors, (factor, rows, cols)], t.slots, t.binders)


# ---------------------------------------------------------------------------------------------- the check


def tangent(kind: str, convention: str) -> Callable[[ModuleType, Any], tuple[Any, Any]]:
    """From a random matrix to a direction within the set, and the coordinates of that direction the answer is paired with."""

    def direction(arrays: ModuleType, e: Any) -> tuple[Any, Any]:
        inside = onto(kind, e, arrays)
        return inside, arrays.np.tril(inside) if convention == INDEPENDENT and kind in ("symmetric", "skew") else inside

    return direction


def onto(kind: str, e: Any, arrays: ModuleType) -> Any:
    """The projection of a matrix onto the set."""
    if kind in ("lower", "upper"):
        return arrays.np.tril(e) if kind == "lower" else arrays.np.triu(e)
    if kind == "diagonal":
        return e * arrays.np.eye(len(e))
    return (e + e.T) / 2 if kind == "symmetric" else (e - e.T) / 2


def stays(kind: str, numbers: Sequence[Any], n: int, arrays: ModuleType) -> None:
    """Of the entries of a derivative by a matrix of n rows: VerificationError unless each of these matrices lies in the set."""
    if not all(map(arrays.is_finite, numbers)):
        return
    least = max(map(abs, numbers), default=0) * arrays.exact(1e-9)
    for at in range(0, len(numbers), n * n):
        matrix = arrays.np.array(numbers[at : at + n * n]).reshape(n, n)
        if any(abs(v) > least for v in arrays.flat(onto(kind, matrix, arrays) - matrix)):
            raise VerificationError(f"the closed form is not {kind}")
