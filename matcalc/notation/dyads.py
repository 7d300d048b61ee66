"""The derivative of a matrix by a matrix as a tensor of the fourth order: dX -> (A ⊗ B + C ⊙̄ D) : dX, as mechanics writes tangents.

With J[i,j,k,l] = ∂F_ij/∂X_kl a term that joins i with j and k with l is A ⊗ B, A_ij B_kl; one that joins i with k and j with l is
A ⊗̄ B, A_ik B_jl; one that joins i with l and j with k is A ⊗̲ B, A_il B_jk (the signs of D. Pedroso's russell_tensor); and
A ⊙̄ B = (A ⊗̄ B + A ⊗̲ B)/2, which is symmetric in k and l.
So (A ⊗ B) : H = A tr(B^T H), (A ⊗̄ B) : H = A H B^T, (A ⊗̲ B) : H = A H^T B^T.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any, NamedTuple

from ..differentiation.network import Term
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, matmul, num, split, symbol, times, trace, transpose, zeros
from ..expressions.expr import Expr, order_key
from ..kinds import ONE
from ..numbers.judge import Along
from ..numbers.numeric import Plan
from ..shortening.simplify import simplify
from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW, Node, Program
from .arrange import Arranger
from .kronecker import joined

DYAD = "kron"  # the sign ⊗
_MEANINGS = {DYAD: "A_ij B_kl", OTIMES_BAR: "A_ik B_jl", OTIMES_LOW: "A_il B_jk", ODOT_BAR: "(A_ik B_jl + A_il B_jk)/2"}
_TURNED = {OTIMES_BAR: 0, OTIMES_LOW: 1, ODOT_BAR: 2}
HINT = "use --notation index"


class Dyad(NamedTuple):
    """A summand: a number, the sign, and two matrices."""

    factor: Expr
    sign: str
    left: Expr
    right: Expr

    def along(self, change: Expr) -> Expr:
        """What it makes of a change of the variable."""
        left, right = self.left, transpose(self.right)
        if self.sign == DYAD:
            return times(self.factor, trace(matmul(right, change)), left)
        found = [matmul(left, e, right) for e in ((change,), (transpose(change),), (change, transpose(change)))[_TURNED[self.sign]]]
        return times(num(Fraction(1, len(found))), self.factor, add(*found))


def dyads(tensor: Tensor) -> list[Dyad]:
    """The summands of a first derivative of a matrix, or of a scalar's second one. NoAnswerError where a term is none."""
    shapes = tensor.shapes
    if len(shapes) not in (2, 3) or (len(shapes) == 3 and shapes[0] != (ONE, ONE)) or any(ONE in s for s in shapes[-2:]):
        raise NoAnswerError(
            "a tensor of the fourth order is the derivative of a matrix by a matrix, or a second one of a scalar", suggestion=HINT
        )
    found: dict[tuple[str, Expr, Expr], Expr] = {}
    for t in tensor.terms:
        for one in _of(t):
            key = (one.sign, one.left, one.right)
            found[key] = add(found[key], one.factor) if key in found else one.factor
    return _paired(Dyad(simplify(c), *key) for key, c in found.items())


def _of(t: Term) -> Iterable[Dyad]:
    stacked = any(len(s) > 1 for _, r, c in t.factors for s in (r, c))
    if stacked or t.binders or any(len(s) != 1 for s in t.slots[-4:]):
        raise NoAnswerError("this derivative is no sum of products of two matrices", suggestion=HINT)
    body = joined(Term(t.scalar, t.factors, t.slots[-4:]), True)
    if body is None or body[1]:
        raise NoAnswerError("this derivative is no sum of products of two matrices", suggestion=HINT)
    sign, left, right = body[0]
    factor, parts = t.scalar, []
    for e in map(simplify, (left, right)):
        c, scalars, rest = split(e)
        factor = times(num(c), factor, *scalars)
        parts.append(rest if rest is not None else num(1))
    yield Dyad(factor, {"outer": DYAD, "straight": OTIMES_BAR, "crossed": OTIMES_LOW}[sign], *parts)


def _paired(summands: Iterable[Dyad]) -> list[Dyad]:
    """With A ⊙̄ B for A ⊗̄ B + A ⊗̲ B."""
    rest = list(summands)
    found: list[Dyad] = []
    while rest:
        one = rest.pop(0)
        other = {OTIMES_BAR: OTIMES_LOW, OTIMES_LOW: OTIMES_BAR}.get(one.sign)
        twin = next((d for d in rest if d.sign == other and d[2:] == one[2:] and d.factor is one.factor), None)
        if twin is not None:
            rest.remove(twin)
            one = Dyad(simplify(times(num(2), one.factor)), ODOT_BAR, one.left, one.right)
        found.append(one)
    return found


def conventions(tensor: Tensor) -> list[str]:
    """What the signs in it mean."""
    used = {d.sign for d in dyads(tensor)}
    return [f"(A {'⊗' if sign == DYAD else sign} B)_ijkl = {meaning}" for sign, meaning in _MEANINGS.items() if sign in used]


def tensor_form(tensor: Tensor, arranger: Arranger, wrt: Sequence[str], taken: Iterable[str]) -> Program:
    """`dX -> (…) : dX`; of a scalar's second derivative, what its gradient changes by."""
    if len(set(wrt)) > 1:
        raise NoAnswerError("a tensor of the fourth order is by one variable", suggestion=HINT)
    hole = f"d{wrt[0]}"
    if hole in set(taken):
        raise NoAnswerError(f"{hole} is a name in use")
    arranger.ranks.setdefault(hole, len(arranger.ranks))
    change, summands = (
        Node("name", (), hole),
        sorted(
            dyads(tensor),
            key=lambda d: (split(d.factor)[0] < 0, d.sign != DYAD, order_key(d.factor), order_key(d.left), order_key(d.right)),
        ),
    )
    if not summands:
        return Program("", (), arranger.spell(zeros(*tensor.shapes[-2])), ("map", hole))
    parts = [_spelled(d, arranger) for d in summands]
    body = parts[0] if len(parts) == 1 else Node("add", tuple(parts))
    if body.op == "neg":
        return Program("", (), Node("neg", (Node("ew", (body.args[0], change), (":",)),)), ("map", hole))
    return Program("", (), Node("ew", (body, change), (":",)), ("map", hole))


def _spelled(d: Dyad, arranger: Arranger) -> Node:
    product, size = Node("ew", (arranger.spell(d.left), arranger.spell(d.right)), (d.sign,)), arranger.spell(d.factor)
    turned = size.op == "neg"
    size = size.args[0] if turned else size
    whole = product if size.op == "num" and size.attr == 1 else Node("mul", (size, product), ("",))
    return Node("neg", (whole,)) if turned else whole


def along_dyads(tensor: Tensor, indices: Mapping[str, int]) -> Along:
    """The derivative along a direction, by what each summand makes of it."""
    change = symbol("\u2022d0", tensor.shapes[-1])
    parts = [d.along(change) for d in dyads(tensor)]

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        plan = Plan(parts, arrays)

        def numbers(env: Mapping[str, Any], sizes: Mapping[str, int], e: Any) -> Sequence[Sequence[Any]]:
            return [arrays.flat(v) for v in plan.run({**env, "\u2022d0": e}, sizes, indices)]

        return numbers

    return bound
