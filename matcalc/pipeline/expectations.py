"""Expectations over normal vectors and matrices as expressions without the variable, and the check of them by numbers.

The mean of f(x) over x ~ N(mu, Sigma) is exp(L/2) f at mu, with L f = sum_ij Sigma[i,j] ∂²f/∂x_i∂x_j: of a polynomial this is a finite
sum (Isserlis' theorem), by second derivatives that the engine takes. A factor exp(a^T x) moves the mean: it leaves
exp(a^T mu + a^T Sigma a/2), and the rest is averaged over N(mu + Sigma a, Sigma). Over X ~ N(M, U, V) likewise, with the covariance
U[i,k] V[j,l] of X[i,j] and X[k,l].
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

from ..differentiation.differential import collect
from ..differentiation.families import bind
from ..differentiation.network import Term, reduce_term
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions import build
from ..expressions.build import add, hadamard, is_zero, matmul, num, substitute, symbol, times, total, transpose, value_of
from ..expressions.expr import Expr, postorder, transform
from ..expressions.labels import name_of, words_of
from ..inference.infer import Typed, infer
from ..kinds import ONE, SCALAR
from ..ops.averages import EXPECTATIONS
from ..ops.book import REGISTRY
from ..ops.core import ADD, NUMBER, POWER, SYMBOL
from ..shortening.simplify import simplify
from ..syntax import Declaration, Program

MOST = 3  # applications of L: polynomials to degree 5
MOST_EXPANDED = 4  # of powers with exponentials in them
_MEAN = "\u2022w"


def without_expectations(
    typed: Typed, program: Program, declarations: Sequence[Declaration], names: Sequence[str], twins: bool
) -> tuple[tuple[Declaration, ...], Typed]:
    """What is typed with every E[…] worked out, and the declarations, in which covariances are what they are. It is not checked yet, and
    has what was typed as `averaged` (see `pipeline.averaged`)."""
    for name in names:
        if name in program.random:
            hint = "differentiate by a parameter of its distribution"
            raise UsageError(f"{name} is averaged over: there is no derivative by it", suggestion=hint)
    plain = {name_of(c) for e in postorder(typed.expr) if e.op in EXPECTATIONS for c in e.args[3:] if _is_plain(typed, c)}
    if plain:
        known = {d.name: d for d in typed.declarations}
        made = [_as_covariance(known[n]) for n in sorted(plain) if n in known]
        declarations = [*(d for d in declarations if d.name not in plain), *made]
        typed = infer(program, declarations, names, twins)
    return tuple(declarations), _closed(program, typed)


def _is_plain(typed: Typed, covariance: Expr) -> bool:
    """Whether a covariance is a name of which it is not said that it is one."""
    if covariance.op is not SYMBOL:
        return False
    return not {"spd", "positive"} & words_of(typed.declared.get(name_of(covariance), covariance))


def _as_covariance(d: Declaration) -> Declaration:
    return Declaration(d.name, d.field, d.sizes, (*d.properties, "spd" if d.sizes else "positive"))


def _closed(program: Program, typed: Typed) -> Typed:
    found, random = copy.copy(typed), program.random
    done: dict[Expr, Expr] = {}
    found.expr = _worked_out(typed.expr, done)
    found.bindings = {n: _worked_out(e, done) for n, e in typed.bindings.items()}
    for name in random:
        if any(n.op is SYMBOL and name_of(n) == name for n in postorder(found.expr)):
            hint = f"write E[…] round what is averaged over {name}"
            raise UsageError(f"{name} has a distribution, and stands outside of E[…]", suggestion=hint)
    found.symbols = {n: e for n, e in typed.symbols.items() if n not in random}
    found.declarations = [d for d in typed.declarations if d.name not in random]
    found.readings = [r for r in typed.readings if r.name not in random]
    found.averaged = typed if found.expr is not typed.expr else None
    return found


# ---------------------------------------------------------------------------------------------- in closed form


def _worked_out(e: Expr, done: dict[Expr, Expr]) -> Expr:
    def rebuild(node: Expr, args: tuple[Expr, ...]) -> Expr:
        if node.op not in EXPECTATIONS:
            return build.rebuild(node, args)
        body, x, mean, *covariances = args
        if x.op is not SYMBOL or body.indices:
            raise NoAnswerError("an expectation is taken of one formula without indices, over a name")
        return simplify(_mean(body, _Normal(x, mean, tuple(covariances))))

    return transform(e, rebuild, done)


class _Normal:
    """A normal variable, its mean and its covariances: one of a vector, two of a matrix."""

    __slots__ = ("covariances", "mean", "x")

    def __init__(self, x: Expr, mean: Expr, covariances: tuple[Expr, ...]) -> None:
        self.x, self.mean, self.covariances = x, mean, covariances

    def times(self, a: Expr) -> Expr:
        """The covariance of the variable with the number <a, x>."""
        left, *right = self.covariances
        return matmul(left, a, *right) if not self.x.is_scalar else times(left, a)


def _mean(f: Expr, x: _Normal) -> Expr:
    if x.x not in postorder(f):
        return f
    if f.op is ADD:
        return add(*(_mean(t, x) for t in f.args))
    if f.shape != SCALAR:  # entry by entry: of the number <W, F>, which is linear in W
        w = symbol(_MEAN, f.shape)
        tensor = _differentiated(_mean(total(hadamard(w, f)), x), w)
        if tensor.matrix is None:
            raise NoAnswerError("the expectation has no matrix notation")
        return simplify(tensor.matrix)
    c, scalars, rest = build.split(f)
    parts = [*scalars, *([rest] if rest is not None else [])]
    inside = [p for p in parts if x.x in postorder(p)]
    outside = times(num(c), *(p for p in parts if p not in inside))
    return times(outside, _of_product(inside, x))


def _of_product(factors: list[Expr], x: _Normal) -> Expr:
    exponents: list[Expr] = []
    rest: list[Expr] = []
    for p in factors:
        g = _exponent(p)
        (rest if g is None else exponents).append(p if g is None else g)
    if not exponents:
        expanded = next(_expanded(factors), None) if any(_has_exponential(p, x.x) for p in factors) else None
        return _mean(expanded, x) if expanded is not None else _of_polynomial(times(*rest), x)
    g = add(*exponents)
    a = _differentiated(g, x.x).matrix
    if a is None or x.x in postorder(a := simplify(a)):
        raise _no_form("an exponential of what is not linear")
    moved = x.times(a)
    spread = times(a, moved) if x.x.is_scalar else total(hadamard(a, moved)) if x.x.shape[1] is not ONE else matmul(transpose(a), moved)
    factor = build.apply(REGISTRY["exp"], (simplify(add(substitute(g, {x.x: x.mean}), times(num(Fraction(1, 2)), spread))),))
    return times(factor, _mean(times(*rest), _Normal(x.x, add(x.mean, moved), x.covariances)))


def _exponent(e: Expr) -> Expr | None:
    """g of exp(g), and of a power of it."""
    if e.op is POWER and e.args[1].op is NUMBER:
        inner = _exponent(e.args[0])
        return None if inner is None else times(e.args[1], inner)
    return e.args[0] if e.op is REGISTRY["exp"] and e.is_scalar else None


def _has_exponential(e: Expr, x: Expr) -> bool:
    return any(n.op is REGISTRY["exp"] and x in postorder(n) for n in postorder(e))


def _expanded(factors: list[Expr]) -> Iterator[Expr]:
    """The product with a sum in it multiplied out, as exponentials are averaged term by term."""
    for k, p in enumerate(factors):
        base, exponent = (p.args[0], p.args[1]) if p.op is POWER else (p, num(1))
        if base.op is ADD and exponent.op is NUMBER and value_of(exponent) in range(1, MOST_EXPANDED + 1):
            sums = [base.args] * int(value_of(exponent))
            terms = reduce(lambda done, more: [times(a, b) for a in done for b in more], sums, [num(1)])
            others = [q for j, q in enumerate(factors) if j != k]
            yield add(*(times(t, *others) for t in terms))


def _of_polynomial(f: Expr, x: _Normal) -> Expr:
    """The sum of (L/2)^k f/k! at the mean."""
    found, term = [f], f
    for k in range(1, MOST + 1):
        term = simplify(_contracted(term, x))
        if is_zero(term):
            return transform(substitute(add(*found), {x.x: x.mean}), _without_lengths_of_zero)
        if k == MOST:
            break
        found.append(times(num(Fraction(1, 2**k * (2 if k == 2 else 1))), term))
    raise _no_form("what is no polynomial of degree 5 or less")


def _without_lengths_of_zero(e: Expr, args: tuple[Expr, ...]) -> Expr:
    return num(0) if e.op in (REGISTRY["norm"], REGISTRY["normF"]) and is_zero(args[0]) else build.rebuild(e, args)


def _contracted(f: Expr, x: _Normal) -> Expr:
    """L f: the second derivatives, contracted with the covariances."""
    tensor = _differentiated(f, x.x)
    if tensor.matrix is not None:
        tensor.replace(simplify(tensor.matrix))
    tensor = tensor.differentiate(x.x)
    terms = []
    for t in tensor.terms:
        pairs = list(zip(t.slots[2:4], t.slots[4:6], strict=True))
        factors = [(c, row, col) for c, (row, col) in zip(x.covariances, pairs) if c.shape != SCALAR]
        scalars = [c for c in x.covariances if c.shape == SCALAR]
        reduced = reduce_term(Term(times(t.scalar, *scalars), [*t.factors, *factors], [(), ()]))
        inner = [] if reduced is None else [reduced]
        for binder in reversed(t.binders):
            inner = [bound for part in inner for bound in bind(part, binder)]
        terms += inner
    if not terms:
        return num(0)
    found = Tensor([SCALAR], collect(terms))
    if found.matrix is None:
        raise NoAnswerError("the expectation has no matrix notation")
    return found.matrix


def _differentiated(f: Expr, x: Expr) -> Tensor:
    tensor = Tensor.of(f)
    return tensor.differentiate(x)


def _no_form(what: str) -> NoAnswerError:
    return NoAnswerError(
        f"an expectation of {what} has no closed form here",
        suggestion="polynomials to degree 5 are averaged, times exponentials of what is linear in the variable",
    )
