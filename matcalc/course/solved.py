"""The solution x of F(x, θ) = 0 as a function of θ: dF = F_x dx + F_θ dθ = 0 solved for dx, on the networks of the derivative.

What F_x does to dx is undone by the inverse of a matrix M (of a vector or a scalar), by two (dX -> L dX R), or by the inverse of the
matrix K on stacked columns, d vec(F) = K d vec(X).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd

from ..differentiation.differential import collect
from ..differentiation.families import apart
from ..differentiation.network import Factor, Index, Slot, Term
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, apply, eye, inverse, matmul, num, power, split, substitute, symbol, times, trace, transpose
from ..expressions.expr import Expr, order_key
from ..expressions.stacked import unvec
from ..kinds import ONE, Dim
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..ops.core import ADD, SYMBOL
from ..ops.sums import VEC
from ..shortening.simplify import simplify
from .linear import linear_terms, sides_of

CHANGE, MULTIPLIER, MULTIPLIER_CHANGE = "\u2022dx", "\u2022l", "\u2022dl"


class Undone:
    """The inverse of F_x. `matrix` is what has to be invertible: M, or K on stacked columns where `sides`, L and R, are None."""

    def __init__(self, f: Expr, x: Expr) -> None:
        tensor = slope_of(f, x)
        self.f, self.x = f, x
        self.sides: tuple[Expr, Expr] | None = None
        if is_column(x) and is_column(f):
            self.matrix = simplify(tensor.matrix if tensor.matrix is not None else kronecker_matrix(tensor))
            return
        self.sides = None if is_column(x) or is_column(f) else _sides(tensor, x)
        self.matrix = simplify(kronecker_matrix(tensor))

    @property
    def stacked(self) -> bool:
        """Whether it is undone on stacked columns."""
        return self.sides is None and not (is_column(self.x) and is_column(self.f))

    @property
    def needed(self) -> tuple[Expr, ...]:
        """What has to be invertible, as it is said."""
        return tuple(e for e in self.sides or (self.matrix,) if e is not eye(e.shape[0]))

    def given(self, theta: Expr) -> Tensor:
        """∂F/∂θ."""
        return slope_of(self.f, theta)

    def kronecker_given(self, theta: Expr) -> Expr:
        """d vec(F)/d vec(θ)^T."""
        return kronecker_matrix(self.given(theta))

    def moved(self, theta: Expr, change: Expr) -> Expr:
        """What F changes by with θ."""
        return along(self.given(theta), change)

    def through(self, e: Tensor) -> Tensor:
        """The derivative by x of what depends on it."""
        return e.differentiate(self.x)

    def gradient_of(self, g: Expr) -> Expr:
        """∂g/∂x of a scalar, in the shape of x."""
        return gradient(g, self.x)

    def transposed(self, multiplier: Expr) -> Expr:
        """F_x^T λ."""
        return gradient(pairing(multiplier, self.f), self.x)

    def weighted(self, multiplier: Expr, theta: Expr) -> Expr:
        """F_θ^T λ, in the shape of θ."""
        return gradient(pairing(multiplier, self.f), theta)

    def of(self, t: Term) -> Term:
        """A term of F_θ as one of dx/dθ = -F_x^-1 F_θ."""
        row, col = t.slots[:2]
        if self.x.is_scalar:
            return Term(times(num(-1), power(self.matrix, num(-1)), t.scalar), t.factors, t.slots, t.binders)
        new, more = _slot(self.x.shape[0]), _slot(self.x.shape[1])
        if self.sides is not None:
            left, right = self.sides
            factors: list[Factor] = [(inverse(left), new, row), (inverse(right), col, more)]
        else:
            factors = [(inverse(self.matrix), (*more, *new), (*col, *row))]
        return Term(times(num(-1), t.scalar), [*t.factors, *factors], (new, more, *t.slots[2:]), t.binders)

    def solved(self, right: Expr) -> Expr:
        """dx with F_x dx = right."""
        return self._undo(right, self.matrix, self.sides, self.x)

    def parts_of(self, change: Expr) -> list[Expr]:
        """What a change of x is for each unknown."""
        return [change]

    def multiplier(self, v: Expr) -> Expr:
        """λ with F_x^T λ = v, of the shape of F."""
        sides = None if self.sides is None else (transpose(self.sides[0]), transpose(self.sides[1]))
        return self._undo(v, transpose(self.matrix), sides, self.f)

    @property
    def unknown(self) -> Expr:
        """A symbol for λ."""
        return symbol(MULTIPLIER, self.f.shape)

    def at_multiplier(self, e: Expr, g: Expr) -> Expr:
        """An expression with λ as a symbol where F_x^T λ = ∂g/∂x."""
        return substitute(e, {self.unknown: self.multiplier(self.gradient_of(g))})

    def _undo(self, right: Expr, matrix: Expr, sides: tuple[Expr, Expr] | None, like: Expr) -> Expr:
        if self.x.is_scalar:
            return times(power(matrix, num(-1)), right)
        if sides is not None:
            return simplify(matmul(inverse(sides[0]), right, inverse(sides[1])))
        if not self.stacked:
            return simplify(matmul(inverse(matrix), right))
        return simplify(unvec(matmul(inverse(matrix), apply(VEC, (right,))), like.shape))

    def kronecker(self, theta: Expr) -> Expr:
        """d vec(x)/d vec(θ)^T."""
        return simplify(matmul(times(num(-1), inverse(self.matrix)), self.kronecker_given(theta)))


def is_column(e: Expr) -> bool:
    return e.shape[1] is ONE


def slope_of(f: Expr, x: Expr) -> Tensor:
    """∂f/∂x."""
    return as_tensor(f).differentiate(x)


def as_tensor(f: Expr) -> Tensor:
    tensor = Tensor.of(f)
    return tensor


def of_columns(matrix: Expr, value: Expr, x: Expr) -> Tensor:
    """The derivative of a column by a column, given as a matrix."""
    row, col = _slot(matrix.shape[0]), _slot(matrix.shape[1])
    sign = num(-1 if split(matrix)[0] < 0 else 1)
    return Tensor([value.shape, x.shape], [Term(sign, [(times(sign, matrix), row, col)], (row, (), col, ()))])


def _slot(dim: Dim) -> Slot:
    return () if dim is ONE else (Index(dim),)


def _sides(tensor: Tensor, x: Expr) -> tuple[Expr, Expr] | None:
    """L and R where F_x dX is L dX R."""
    change = symbol(CHANGE, x.shape)
    try:
        found = linear_terms(along(tensor, change), change)
    except NoAnswerError:
        return None
    sides = sides_of(found[0]) if found is not None else None
    return sides if sides is not None and all(s.shape[0] is s.shape[1] for s in sides) else None


def solution_slope(undone: Undone, theta: Expr) -> Tensor:
    """dx/dθ = -F_x^-1 F_θ."""
    return Tensor([undone.x.shape, theta.shape], collect([undone.of(t) for t in undone.given(theta).terms]))


def total_slope(before: Tensor, undone: Undone, theta: Expr, slope: Tensor) -> Tensor:
    """The derivative by θ of what depends on x and θ, with x' = `slope`: T_θ + T_x x'."""
    own, through = before.differentiate(theta), undone.through(before)
    terms = [*own.terms, *[_composed(s, t) for s in through.terms for t in slope.terms]]
    return Tensor([*before.shapes, theta.shape], collect(terms))


def _composed(outer: Term, inner: Term) -> Term:
    """The term with the last two slots of `outer` on the first two of `inner`, summed."""
    for name, *_ in inner.binders:
        outer = apart(outer, name)
    inner = _fresh(inner)
    links: list[Factor] = []
    for a, b in zip(outer.slots[-2:], inner.slots[:2], strict=True):
        if len(a) == 1 and len(b) == 1:
            links.append((eye(a[0].dim), a, b))
        elif a or b:
            links.append((eye(_dim(a)), a, b))
    slots = (*outer.slots[:-2], *inner.slots[2:])
    return Term(times(outer.scalar, inner.scalar), [*outer.factors, *inner.factors, *links], slots, (*outer.binders, *inner.binders))


def _dim(slot: Slot) -> Dim:
    total = ONE
    for i in slot:
        total = total * i.dim
    return total


def _fresh(term: Term) -> Term:
    """The term with indices of its own."""
    used = {i for _, r, c in term.factors for i in (*r, *c)} | {i for s in term.slots for i in s}
    return term.renamed({i: (Index(i.dim, i.name),) for i in used})


def changed(e: Expr, undone: Undone, theta: Expr, change: Expr) -> Expr:
    """The differential of what depends on x and θ, where θ changes so and x with it."""
    own = along(slope_of(e, theta), change)
    through, step = slope_of(e, undone.x), symbol(CHANGE, undone.x.shape)
    moved = times(num(-1), undone.solved(undone.moved(theta, change)))
    return simplify(add(own, substitute(along(through, step), {step: moved})))


def changed_gradient(e: Expr, g: Expr, undone: Undone, theta: Expr, change: Expr) -> Expr:
    """The differential of a gradient that has λ in it as a symbol, where θ changes so and x and λ with it: of F_x^T λ = ∂g/∂x it is
    F_x^T dλ = d(∂g/∂x) - d(F_x^T) λ."""
    unknown = undone.unknown
    step, other = symbol(CHANGE, undone.x.shape), symbol(MULTIPLIER_CHANGE, undone.f.shape)
    moved = times(num(-1), undone.solved(undone.moved(theta, change)))

    def at_rest(part: Expr) -> Expr:
        """Its differential where λ stays."""
        return add(along(slope_of(part, theta), change), along(slope_of(part, undone.x), step))

    equation = simplify(add(undone.transposed(unknown), times(num(-1), undone.gradient_of(g))))
    turned = times(num(-1), undone.multiplier(simplify(substitute(at_rest(equation), {step: moved}))))
    whole = add(at_rest(e), along(slope_of(e, unknown), other))
    return simplify(undone.at_multiplier(substitute(whole, {step: moved, other: turned}), g))


def pairing(a: Expr, b: Expr) -> Expr:
    """The sum of the products of the entries."""
    return times(a, b) if a.is_scalar else matmul(transpose(a), b) if is_column(a) else trace(matmul(transpose(a), b))


def gradient(f: Expr, x: Expr) -> Expr:
    """∂f/∂x of a scalar, in the shape of x."""
    found = slope_of(f, x).matrix
    if found is None:
        raise NoAnswerError("the gradient has no matrix notation")
    return simplify(found)


def relation(f: Expr) -> Mapping[Expr, Expr]:
    """What F = 0 says where F has two terms: the longer one is the other. tanh(W z + x) is z."""
    if f.op is not ADD or len(f.args) != 2:
        return {}
    short, long = sorted(f.args, key=order_key)
    c, scalars, body = split(long)
    if body is None or scalars or body.op is SYMBOL:
        return {}
    return {body: times(num(-1 / c), short)}


def without_factor(f: Expr) -> Expr:
    """F without a number that all its terms have: 2 A^T (A x - b) + 2 λ x is 0 where A^T (A x - b) + λ x is."""
    parts = f.args if f.op is ADD else (f,)
    numbers = [abs(split(t)[0]) for t in parts]
    if not all(n.denominator == 1 and n for n in numbers):
        return f
    common = gcd(*[n.numerator for n in numbers])
    return f if common == 1 else simplify(add(*[times(num(Fraction(1, common)), t) for t in parts]))


def related(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    return substitute(e, known) if known else e


__all__ = [
    "Undone",
    "as_tensor",
    "gradient",
    "changed",
    "changed_gradient",
    "is_column",
    "of_columns",
    "pairing",
    "related",
    "relation",
    "slope_of",
    "solution_slope",
    "total_slope",
    "without_factor",
]
