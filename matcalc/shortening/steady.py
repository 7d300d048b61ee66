"""Forms that neither overflow nor cancel: what is equal on paper and better in floating point, for every language and for `evaluate`.

log(softmax(z)) = z - logsumexp(z)          log(sigmoid(z)) = -softplus(-z)
log(det(X)^k) = k logdet(X)                 log(cosh(z)) = |z| + softplus(-2 |z|) - log(2)
exp(z)/sum(exp(z)) = softmax(z)             (a/f - b/g) f g = a g - b f           v .* e_k = v_k e_k
1[z < 0] exp(z) = 1[z < 0] exp(-relu(-z))   1[x > 0] log(x) = 0 where it is switched off
what nearly cancels: see `cancelling`; exponentials: `exponentials`; roots and k + z^2: `squares`; products over several lengths: `scaled`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..expressions.build import (
    add,
    apply,
    entry,
    hadamard,
    index,
    indexed_sum,
    is_complex,
    is_number,
    is_zero,
    matmul,
    negative,
    num,
    ones,
    power,
    rebuild,
    times,
    transpose,
    unit,
    value_of,
    zeros,
)
from ..expressions.expr import Expr, postorder, transform
from ..expressions.named import PART, named
from ..expressions.properties import holds
from ..interning import inner_first
from ..kinds import ONE, Dim
from ..ops.activations import LOG_NORMAL_DISTRIBUTION, NORMAL_DISTRIBUTION, RELU, SIGMOID, SOFTPLUS
from ..ops.core import ADD, CASES, ENTRY, HADAMARD, INDEXED_SUM, IVERSON, MATMUL, POWER, SIZE, TIMES, TRANSPOSE, UNIT
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.diagonal import DIAG
from ..ops.elementary import ABS, COSH, EXP, LOG
from ..ops.extremes import GREATEST_ENTRY
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from ..ops.softmax import LOG_SUM_EXP, LOG_SUM_EXP_ROWS, SOFTMAX, SOFTMAX_ROWS
from ..ops.sums import SUM
from .cancelling import nearly_cancelling
from .exponentials import by_exponential, growth, logarithm, power_of_sum, without_opposites
from .scaled import one_of, scaled, square_root
from .squares import log_beside_square, over_square, rooted, square_beside

ROUNDS = 4  # of rewriting for `evaluate`; programs go on until nothing changes


def recognised_numbers(e: Expr) -> Expr:
    """Likewise of a function as it was typed, with its softmax, logsumexp and their like recognised; exp(log(x)) and log(det(X)) are not,
    which have no value where x, or det(X), is negative."""
    from .simplify import recognise

    lost = any((n.op is LOG and _may_be_negative(n.args[0])) or (n.op is EXP and LOG.bit & n.args[0].within) for n in postorder(e))
    return steady_numbers(e if lost else recognise(e))


def steady_numbers(e: Expr) -> Expr:
    """The same for numbers that no program computes: exp(z) - 1 is no function there, and log(det(X)) has no value where det(X) < 0."""

    def of_signs(n: Expr, args: tuple[Expr, ...]) -> Expr:
        return rebuild(n, args) if n.op is LOG and _may_be_negative(args[0]) else _rewritten(n, args)

    for _ in range(ROUNDS):
        before, e = e, transform(e, of_signs, {})
        if e is before:
            break
    return transform(e, _careful, {})


def _careful(n: Expr, args: tuple[Expr, ...]) -> Expr:
    """exp(z) - 1 by sinh, log(1 + u) by what rounding made of 1 + u (Goldberg 1991, theorem 4): log(w) u/(w - 1), w = 1 + u."""
    n = rebuild(n, args)
    one = one_of(n)
    if n.op is ADD and len(n.args) == 2:
        for sign in (num(1), num(-1)):
            z = next((a.args[0] for b in n.args if (a := times(sign, b)).op is EXP), None)
            if z is not None and negative(times(sign, one)) in n.args:
                return times(sign, growth(z))
    if n.op is LOG and n.args[0].op is ADD and one in n.args[0].args and not is_complex(n):
        join: Callable[..., Expr] = times if n.is_scalar else hadamard
        u = named(add(*[a for a in n.args[0].args if a is not one]), PART, "u")
        w = named(add(one, u), PART, "w")
        rest = named(add(w, negative(one)), PART, "rest")
        return apply(CASES, [u, apply(IVERSON, [w, one], "="), join(apply(LOG, [w]), named(join(u, power(rest, num(-1))), PART, "ratio"))])
    return n


def _may_be_negative(x: Expr) -> bool:
    """Whether this is a determinant, or a power of one, whose sign is not known: logdet is the logarithm of its absolute value."""
    base = x.args[0] if x.op is POWER else x
    return base.op is DETERMINANT and not holds(base, "positive")


def steady(e: Expr, done: dict[Expr, Expr]) -> Expr:
    """`e` in such forms; `done` remembers."""
    return transform(e, _rewritten, done)


def _rewritten(whole: Expr, args: tuple[Expr, ...]) -> Expr:
    e = rebuild(whole, args)
    rule = _RULES.get(e.op)
    found = rule(e) if rule is not None else None
    if found is None and e is not whole and (rule := _RULES.get(whole.op)) is not None:  # of the whole's own: products change their kind
        found = rule(whole)  # what its parts have become may hide the whole
    return e if found is None else found


def _log(e: Expr) -> Expr | None:
    x = e.args[0]
    if x.op is SIGMOID:
        return negative(apply(SOFTPLUS, [negative(x.args[0])]))
    if x.op is SOFTMAX:
        one = ones(x.shape[0])
        # The greatest is 0, and log p of a p near 1 keeps its digits.
        z = named(add(x.args[0], negative(times(apply(GREATEST_ENTRY, x.args), one))), PART, "shifted")
        return add(z, negative(times(apply(LOG_SUM_EXP, [z]), one)))
    if x.op is SOFTMAX_ROWS:
        return add(x.args[0], negative(matmul(apply(LOG_SUM_EXP_ROWS, x.args), transpose(ones(x.shape[1])))))
    if x.op is ENTRY and x.args[0].op is SOFTMAX:
        z = x.args[0].args[0]
        return add(entry(z, *x.args[1:]), negative(apply(LOG_SUM_EXP, [z])))
    if x.op is DETERMINANT:
        return apply(LOG_DETERMINANT, x.args)
    found = logarithm(x) if x.op is ADD else None
    if found is not None:
        return found
    if x.op is NORMAL_DISTRIBUTION and not is_complex(x):
        return apply(LOG_NORMAL_DISTRIBUTION, x.args)
    squared = square_beside(x, one_of(x)) if x.op is ADD else None
    if squared is not None:
        return log_beside_square(squared)
    length = square_root(x)
    if length is not None and length.op is NORM and not is_complex(x):
        return times(num(2), apply(LOG, [length]))
    if x.op is TIMES and (shares := _shares(x)) is not None:
        return shares
    shift = _shift(x)
    if shift is not None:
        return add(shift, apply(LOG, [_scaled(x, shift)[0]]))
    if x.op is POWER and is_number(x.args[1]):
        base, k = x.args
        if base.op is DETERMINANT or value_of(k) == Fraction(1, 2) or (base.op not in (NORM, FROBENIUS_NORM) and holds(base, "positive")):
            inner = apply(LOG, [base])
            return times(k, _log(inner) or inner)
    if x.op is COSH:
        size = apply(ABS, x.args)
        shift = apply(LOG, [num(2)])
        return add(size, apply(SOFTPLUS, [times(num(-2), size)]), negative(shift if x.is_scalar else times(shift, ones(*x.shape))))
    return None


def _shares(x: Expr) -> Expr | None:
    """log(c sum(exp(z))), of a positive number c."""
    for k, s in enumerate(x.args):
        if s.op is SUM and s.args[0].op is EXP and s.args[0].shape[1] is ONE:
            c = times(*x.args[:k], *x.args[k + 1 :])
            if c.is_scalar and (value_of(c) > 0 if is_number(c) else holds(c, "positive")):
                return add(apply(LOG, [c]), apply(LOG_SUM_EXP, s.args[0].args))
    return None


def _product(e: Expr) -> Expr | None:
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    over = over_square(e)
    if over is not None:
        return over
    found = by_exponential(e) or without_opposites(e)
    if found is not None:
        return found
    for k, a in enumerate(e.args):
        others = [*e.args[:k], *e.args[k + 1 :]]
        if a.op is ADD and a.shape == e.shape and all(_meets(t, others) for t in a.args):
            return add(*[join(*others, t) for t in a.args])
        spread = _spread(a, others) if a.op is ADD else None
        if spread is not None:
            return spread
        if a.op is UNIT and e.op is HADAMARD:
            return times(entry(join(*others), a.args[0], num(1)), a)
    return scaled(e) or _beside(e) or _switched(e) or (_weighted(e) if e.op is TIMES else None)


def _switched(e: Expr) -> Expr | None:
    """1[x > 0] log(x) is 0 where it is switched off, whatever log(x) is there."""
    switches = [a for a in e.args if a.op is IVERSON]
    others = [a for a in e.args if a.op is not IVERSON]
    if not switches or any(a.shape != e.shape for a in switches) or not any(_is_partial(n) for n in postorder(others)):
        return None
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    return apply(CASES, [join(*others), join(*switches), zeros(*e.shape)])


def _is_partial(n: Expr) -> bool:
    """Whether it is defined for some arguments only."""
    return n.op is LOG or (
        n.op is POWER and not (is_number(n.args[1]) and value_of(n.args[1]) >= 0 and value_of(n.args[1]).denominator == 1)
    )


def _shift(s: Expr) -> Expr | None:
    """The greatest of the z_k of a sum of c_k exp(z_k): divided by its exponential, no term overflows and one is c_k."""
    if s.op is not INDEXED_SUM or not s.is_scalar or not is_number(s.args[0], 1) or s.args[1].op is not SIZE:
        return None
    letter, body = str(s.attr), s.args[2]
    z = next((f.args[0] for f in (body.args if body.op is TIMES else (body,)) if f.op is EXP and letter in f.indices), None)
    if z is None or (z.op is ADD and any(negative(a).op is GREATEST_ENTRY for a in z.args)):  # done before
        return None
    assert isinstance(s.args[1].attr, Dim)
    shift = apply(GREATEST_ENTRY, [indexed_sum(letter, s.args[0], s.args[1], times(z, unit(index(letter), s.args[1].attr)))])
    return shift if _scaled(s, shift)[1] == 1 else None  # exp(z_k) is the only exponential there


def _scaled(e: Expr, shift: Expr) -> tuple[Expr, int]:
    """An expression with the exponentials in its sums divided by exp(shift), and how many factors of it that are."""
    found: dict[Expr, tuple[Expr, int]] = {}
    for n in inner_first([e], _carriers):
        if n.op is EXP and n.is_scalar and n.indices:
            found[n] = apply(EXP, [add(n.args[0], negative(shift))]), 1
            continue
        parts = [found[a] for a in _carriers(n)]
        kept = n.args[: len(n.args) - len(parts)]
        found[n] = (rebuild(n, (*kept, *[a for a, _ in parts])), sum(count for _, count in parts)) if parts else (n, 0)
    return found[e]


def _carriers(e: Expr) -> Sequence[Expr]:
    """The arguments whose factors are its own."""
    if e.op in (TRANSPOSE, INDEXED_SUM):
        return e.args[-1:]
    return e.args if e.op in (TIMES, MATMUL) else ()


def _weighted(e: Expr) -> Expr | None:
    """Sums of p_j exp(z_j) f_j over the sum of all p_k exp(z_k): both may over- and underflow, and their quotient does not."""
    for n, a in enumerate(e.args):
        if a.op is POWER and is_number(a.args[1]) and value_of(a.args[1]) < 0:
            shift = _shift(a.args[0])
            if shift is not None:
                others = [_scaled(b, shift) for b in [*e.args[:n], *e.args[n + 1 :]]]
                if sum(count for _, count in others) == -value_of(a.args[1]):
                    return times(*[b for b, _ in others], power(_scaled(a.args[0], shift)[0], a.args[1]))
    return None


def _meets(term: Expr, others: Sequence[Expr]) -> bool:
    """Whether a term is divided by one of the other factors, or by a sum of exponentials of which one is another factor."""
    parts = term.args if term.op is TIMES else (term,)
    factors = [f for p in parts for f in (p.args if p.op is HADAMARD else (p,))]
    below = [f.args[0] for f in factors if f.op is POWER and is_number(f.args[1], -1)]
    below += [apply(EXP, [negative(f.args[0])]) for f in factors if f.op is EXP]
    return any(b in others or (b.op is ADD and any(a.op is EXP and a in others for a in b.args)) for b in below)


def _spread(a: Expr, others: Sequence[Expr]) -> Expr | None:
    """A sum over sum(exp(z)), where exp(z) is in every term."""
    for k, f in enumerate(others):
        swap = _swapped(f) if f.op is POWER else None
        if swap is None:
            continue
        old, new, left = swap
        terms = [_replaced(t, old, new) or _within(t, old, new) for t in a.args]
        if all(t is not None for t in terms):
            return times(*others[:k], *others[k + 1 :], *([left] if left is not None else []), add(*filter(None, terms)))
    return None


def _within(t: Expr, old: Expr, new: Expr) -> Expr | None:
    """A product in which one factor has `new` for `old`."""
    for k, f in enumerate(t.args if t.op is TIMES else ()):
        found = _replaced(f, old, new)
        if found is not None:
            return times(*t.args[:k], found, *t.args[k + 1 :])
    return None


def _beside(e: Expr) -> Expr | None:
    """exp(z)/sum(exp(z)) and 1[z < 0] exp(z), also where exp(z) is inside a product."""
    whole = e
    while whole.op in (TIMES, HADAMARD) and (found := _met(whole)) is not None:
        whole = found
    return None if whole is e else whole


def _met(e: Expr) -> Expr | None:
    """A product in which one pair of factors has met."""
    for k, a in enumerate(e.args):
        swap = _swapped(a)
        if swap is None:
            continue
        old, new, left = swap
        for n, b in enumerate(e.args):
            found = _replaced(b, old, new) if n != k else None
            if found is not None:
                others = [c for m, c in enumerate(e.args) if m not in (k, n)]
                join: Callable[..., Expr] = times if e.op is TIMES else hadamard
                return join(*others, found, *([left] if left is not None else []))
    return None


def _swapped(a: Expr) -> tuple[Expr, Expr, Expr | None] | None:
    """A factor, what it wants to meet, and what that becomes; what is left of the factor."""
    if a.op is IVERSON and a.attr in ("<", "<=") and is_zero(a.args[1]):
        z = a.args[0]
        return apply(EXP, [z]), apply(EXP, [negative(apply(RELU, [negative(z)]))]), a
    if a.op is not POWER or not is_number(a.args[1]) or value_of(a.args[1]) >= 0:
        return None
    base, k = a.args[0], -value_of(a.args[1])
    if base.op is SUM and k >= 1 and base.args[0].op is EXP and base.args[0].shape[1] is ONE and not base.args[0].is_scalar:
        return base.args[0], apply(SOFTMAX, base.args[0].args), power(base, num(1 - k))
    return None


def _replaced(b: Expr, old: Expr, new: Expr) -> Expr | None:
    """`b` with its factor `old` replaced by `new`; None where it has none."""
    if b is old:
        return new
    if b.op in (MATMUL, HADAMARD, TRANSPOSE, DIAG):
        for n, f in enumerate(b.args):
            inner = _replaced(f, old, new) if f is old or f.op in (TRANSPOSE, DIAG, HADAMARD) else None
            if inner is not None:
                return rebuild(b, (*b.args[:n], inner, *b.args[n + 1 :]))
    return None


_RULES: dict[Operation, Callable[[Expr], Expr | None]] = {
    LOG: _log,
    ADD: nearly_cancelling,
    POWER: lambda e: rooted(e) or power_of_sum(e),
    TIMES: _product,
    HADAMARD: _product,
}
