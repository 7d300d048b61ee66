"""A Hessian as S + B + B^T, with S and B shorter than the whole: what is symmetric is written once.

The summands of a Hessian are symmetric or come in pairs of transposes, once the sums that hide this are multiplied out:
(B + B^T) (s I + x x^T A) + A x x^T (B + B^T) has the pair (B + B^T) x x^T A and A x x^T (B + B^T), for symmetric A.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from ..expressions.build import add, is_zero, matmul, negative, num, split, times, transpose, without_coefficient, zeros
from ..expressions.expr import Expr, order_key
from ..ops.core import ADD, MATMUL, TRANSPOSE
from ..shortening.simplify import simplify
from ..syntax import Binding, Node, Program
from .arrange import Arranger
from .naming import names_for, repeated
from .surface import name, negated

MOST_TERMS = 24
MOST_ROUNDS = 40


def symmetric_parts(h: Expr) -> tuple[Expr, Expr] | None:
    """S and B with h = S + B + B^T, S symmetric and B not 0; None where the summands do not pair up."""
    terms = _collected(_summands(h))
    for _ in range(MOST_ROUNDS):
        single = [t for t, c in terms.items() if terms.get(_turned(t)) != c]
        if not single:
            break
        opened = next(((t, parts) for t in single if (parts := _opened(t)) is not None), None)
        if opened is None or len(terms) > MOST_TERMS:
            return None
        t, parts = opened
        c = terms.pop(t)
        terms = _collected([*(times(num(k), u) for u, k in terms.items()), *(times(num(c), p) for p in parts)])
    else:
        return None
    symmetric: list[Expr] = []
    half: dict[Expr, Fraction] = {}
    for t in sorted(terms, key=order_key):
        if _turned(t) is t:
            symmetric.append(times(num(terms[t]), t))
        elif _turned(t) not in half:
            half[t] = terms[t]
    if not half:
        return None
    rest = simplify(add(*symmetric)) if symmetric else zeros(*h.shape)
    return rest, simplify(add(*[times(num(c), t) for t, c in half.items()]))


def _collected(parts: Iterable[Expr]) -> dict[Expr, Fraction]:
    """Like terms with their numbers; a sum that stands in a summand is taken apart."""
    terms: dict[Expr, Fraction] = {}
    for part in parts:
        for summand in _summands(part):
            c, core = without_coefficient(summand)
            terms[core] = terms.get(core, Fraction(0)) + c
    return {t: c for t, c in terms.items() if c}


def _turned(t: Expr) -> Expr:
    return without_coefficient(transpose(t))[1]


def _summands(e: Expr) -> list[Expr]:
    inner = e.args[0] if e.op is TRANSPOSE else e
    if inner.op is not ADD:
        return [] if is_zero(e) else [e]
    return [transpose(a) for a in inner.args] if inner is not e else list(e.args)


def _opened(t: Expr) -> list[Expr] | None:
    """The summand multiplied out over one of its sums, first over one that is not symmetric itself."""
    c, scalars, body = split(t)
    if body is None:
        return None
    if body.op is ADD:
        return [times(num(c), *scalars, a) for a in body.args]
    inner = body.args[0] if body.op is TRANSPOSE else body
    if inner.op is ADD:
        return [times(num(c), *scalars, transpose(a)) for a in inner.args]
    if body.op is not MATMUL:
        return None
    k = next(_sums(body), None)
    if k is None:
        return None
    f = body.args[k]
    parts = [transpose(a) for a in f.args[0].args] if f.op is TRANSPOSE else f.args
    return [times(num(c), *scalars, matmul(*body.args[:k], p, *body.args[k + 1 :])) for p in parts]


def _sums(body: Expr) -> Iterator[int]:
    """The places of sums among the factors, symmetric ones last."""
    places = [k for k, f in enumerate(body.args) if (f.args[0] if f.op is TRANSPOSE else f).op is ADD]
    yield from sorted(places, key=lambda k: transpose(body.args[k]) is body.args[k])


def symmetric_form(h: Expr, fresh: Callable[[], Arranger], own: Mapping[str, Expr], taken: Iterable[str]) -> Program | None:
    """`P = …; S + P + P^T`, with further names where they shorten it; None where the Hessian does not fall into such parts."""
    found = symmetric_parts(h)
    if found is None:
        return None
    rest, half = found
    minus = split(half)[0] < 0
    half = negative(half) if minus else half
    chosen = [e for e in repeated([rest, half]) if e is not half] + [half]
    names = names_for(chosen, own, taken)
    arranger = fresh()
    bindings = []
    for e in chosen:
        bindings.append(Binding(names[e], arranger.spell(e)))
        arranger.name(e, names[e])
    both = [name(names[half]), Node("T", (name(names[half]),))]
    tail = [Node("neg", (n,)) for n in both] if minus else both
    if is_zero(rest):
        return Program("", tuple(bindings), negated(Node("add", tuple(both))) if minus else Node("add", tuple(both)))
    return Program("", tuple(bindings), Node("add", (arranger.spell(rest), *tail)))
