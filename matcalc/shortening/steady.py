"""Forms that neither overflow nor cancel: what is equal on paper and better in floating point, for every language and for `evaluate`.

log(softmax(z)) = z - logsumexp(z)          log(sigmoid(z)) = -softplus(-z)       1 - sigmoid(z) = sigmoid(-z)
log(det(X)^k) = k logdet(X)                 log(cosh(z)) = |z| + softplus(-2 |z|) - log(2)
exp(z)/sum(exp(z)) = softmax(z)             (a/f - b/g) f g = a g - b f           v .* e_k = v_k e_k
1[z < 0] exp(z) = 1[z < 0] exp(-relu(-z))   1[x > 0] log(x) = 0 where it is switched off
1 - tanh(z)^2 = 4 sigmoid(2 z) sigmoid(-2 z) 1 + erf(z) = 2 normcdf(sqrt(2) z)     1 - cos(z) = 2 sin(z/2)^2
sqrt(1 + u) - 1 = u/(1 + sqrt(1 + u))          log(exp(a) + exp(b)) = a + softplus(b - a)
log(exp(a) - exp(b)) = a + log(1 - exp(b - a)) exp(z)/normcdf(x) = exp(z - log(normcdf(x)))
log(1 + z^2) = 2 log(m) + log(1 + (z/m^2)^2), m the greater of |z| and 1; x/(k + c x^2) likewise divided by the greater of its roots
products over several lengths: see `scaled`
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
from ..ops.activations import ERF, LOG_NORMAL_DISTRIBUTION, NORMAL_DISTRIBUTION, RELU, SIGMOID, SOFTPLUS
from ..ops.core import ADD, CASES, ENTRY, HADAMARD, INDEXED_SUM, IVERSON, MATMUL, POWER, SIZE, TIMES, TRANSPOSE, UNIT
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.diagonal import DIAG
from ..ops.elementary import ABS, COS, COSH, EXP, LOG, SIN, SINH, TANH
from ..ops.extremes import GREATEST_ENTRY, MAXIMUM
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from ..ops.softmax import LOG_SUM_EXP, LOG_SUM_EXP_ROWS, SOFTMAX, SOFTMAX_ROWS
from ..ops.sums import SUM
from .scaled import scaled


def growth(z: Expr) -> Expr:
    """exp(z) - 1 as 2 exp(z/2) sinh(z/2)."""
    half = times(num(Fraction(1, 2)), z)
    join: Callable[..., Expr] = times if z.is_scalar else hadamard
    return times(num(2), join(apply(EXP, [half]), apply(SINH, [half])))


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

    def rewritten(n: Expr, args: tuple[Expr, ...]) -> Expr:
        n = rebuild(n, args)
        if n.op is ADD and len(n.args) == 2 and negative(num(1) if n.is_scalar else ones(*n.shape)) in n.args:
            z = next((a.args[0] for a in n.args if a.op is EXP), None)
            return n if z is None else growth(z)
        return n

    return transform(transform(e, of_signs, {}), rewritten, {})


def _may_be_negative(x: Expr) -> bool:
    """Whether this is a determinant, or a power of one, whose sign is not known: logdet is the logarithm of its absolute value."""
    base = x.args[0] if x.op is POWER else x
    return base.op is DETERMINANT and not holds(base, "positive")


def steady(e: Expr, done: dict[Expr, Expr]) -> Expr:
    """`e` in such forms; `done` remembers."""
    return transform(e, _rewritten, done)


def _rewritten(e: Expr, args: tuple[Expr, ...]) -> Expr:
    e = rebuild(e, args)
    rule = _RULES.get(e.op)
    found = rule(e) if rule is not None else None
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
    if x.op is ADD and (ends := _two_exponentials(x)) is not None:
        a, b, sign = ends
        further = apply(SOFTPLUS, [add(b, negative(a))]) if sign > 0 else apply(LOG, [_less(b, a)])
        return add(a, further)
    if x.op is NORMAL_DISTRIBUTION and not is_complex(x):
        return apply(LOG_NORMAL_DISTRIBUTION, x.args)
    squared = _square_beside(x, _one(x)) if x.op is ADD else None
    if squared is not None:
        return _log_beside_square(squared)
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


def _log_beside_square(z: Expr) -> Expr:
    """log(1 + z^2), where z^2 may overflow."""
    size = apply(MAXIMUM, [apply(ABS, [z]), _one(z)])
    join: Callable[..., Expr] = times if z.is_scalar else hadamard
    below = power(size, num(-1))
    rest = named(power(named(join(named(join(z, below), PART, "first"), below), PART, "both"), num(2)), PART, "square")
    return add(times(num(2), apply(LOG, [size])), apply(LOG, [add(_one(z), rest)]))


def _one(e: Expr) -> Expr:
    return num(1) if e.is_scalar else ones(*e.shape)


def _square_beside(e: Expr, beside: Expr) -> Expr | None:
    """z, where a sum is `beside` and z^2: of c u^2 with positive c it is sqrt(c) u."""
    if len(e.args) != 2 or beside not in e.args:
        return None
    other = next(a for a in e.args if a is not beside)
    factors = list(other.args) if other.op is TIMES else [other]
    square = next((f for f in factors if f.op is POWER and is_number(f.args[1], 2) and f.shape == e.shape), None)
    if square is None or is_complex(square):
        return None
    c = times(*[f for f in factors if f is not square])
    if not c.is_scalar or not (value_of(c) > 0 if is_number(c) else holds(c, "positive")):
        return None
    return times(power(c, num(Fraction(1, 2))), square.args[0])


def _two_exponentials(e: Expr) -> tuple[Expr, Expr, int] | None:
    """a, b and the sign of exp(a) + exp(b), exp(a) - exp(b)."""
    if len(e.args) != 2:
        return None
    signs = [1 if a.op is EXP else -1 if negative(a).op is EXP else 0 for a in e.args]
    inner = [(a if s > 0 else negative(a)).args[0] for a, s in zip(e.args, signs) if s]
    if len(inner) < 2 or signs == [-1, -1]:
        return None
    return (inner[0], inner[1], signs[1]) if signs[0] > 0 else (inner[1], inner[0], -1)


def _less(b: Expr, a: Expr) -> Expr:
    """1 - exp(b - a), as the languages and `evaluate` have it right where b is close to a."""
    one = num(1) if a.is_scalar else ones(*a.shape)
    return negative(add(apply(EXP, [add(b, negative(a))]), negative(one)))


def _sum(e: Expr) -> Expr | None:
    """Two terms that nearly cancel: 1 and what is close to 1, or the root of what is."""
    one = num(1) if e.is_scalar else ones(*e.shape)
    for sign in (num(1), num(-1)):
        if times(sign, one) not in e.args:
            continue
        others = [a for a in e.args if a is not times(sign, one)]
        for k, a in enumerate(others):
            found = _less_one(times(sign, a), one)
            if found is not None:
                return add(*others[:k], *others[k + 1 :], times(sign, found))
    return _entry_by_entry(e)


def _entry_by_entry(e: Expr) -> Expr | None:
    """sum(u) - n as the sum of the u_i - 1, where these are to be had better."""
    for k, a in enumerate(e.args):
        own = a if a.op is SUM else negative(a)
        if own.op is SUM:
            x = own.args[0] if own is a else negative(own.args[0])
            one = ones(*x.shape)
            for sign in (num(1), num(-1)):
                count = times(sign, apply(SUM, [one]))
                found = _less_one(times(sign, x), one) if count in e.args else None
                if found is not None:
                    rest = [b for n, b in enumerate(e.args) if n != k and b is not count]
                    return add(*rest, apply(SUM, [times(sign, found)]))
    return None


def _less_one(a: Expr, one: Expr) -> Expr | None:
    """1 + a without the 1."""
    join: Callable[..., Expr] = times if a.is_scalar else hadamard
    s = a if a.op is ERF else negative(a)
    if s.op is SIGMOID:
        return apply(SIGMOID, [negative(s.args[0])])
    if s.op is ERF:
        z = times(power(num(2), num(Fraction(1, 2))), s.args[0])
        return times(num(2), apply(NORMAL_DISTRIBUTION, [z if s is a else negative(z)]))
    if s.op is EXP and s is not a and not s.is_scalar:  # 1 - exp(z), where its entries are summed
        return times(num(-1), growth(s.args[0]))
    if s.op is COS:
        return times(num(2), power(apply(SIN, [times(num(Fraction(1, 2)), s.args[0])]), num(2)))
    if s.op is COSH:
        return times(num(-2), power(apply(SINH, [times(num(Fraction(1, 2)), s.args[0])]), num(2)))
    if s.op is not POWER:
        return None
    if s.args[0].op is TANH and is_number(s.args[1], 2):
        z = times(num(2), s.args[0].args[0])
        return times(num(4), join(apply(SIGMOID, [z]), apply(SIGMOID, [negative(z)])))
    if (
        s.args[0].op is ADD and one in s.args[0].args and is_number(s.args[1]) and value_of(s.args[1]) == Fraction(1, 2)
    ):  # 1 - sqrt(1 + u) = -u/(1 + sqrt(1 + u))
        u = add(*[b for b in s.args[0].args if b is not one])
        return negative(join(u, power(add(one, s), num(-1))))
    return None


def _by_exponential(e: Expr) -> Expr | None:
    """exp(z)/(exp(a) - exp(b)) = 1/(exp(a - z) - exp(b - z)); exp(z)/normcdf(x) = exp(z - log(normcdf(x)))."""
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    for k, a in enumerate(e.args):
        if a.op is not POWER or not is_number(a.args[1], -1) or a.shape != e.shape:
            continue
        below = a.args[0]
        for n, f in enumerate(e.args):
            if n == k or f.op is not EXP or f.shape != e.shape:
                continue
            others = [c for m, c in enumerate(e.args) if m not in (k, n)]
            if below.op is NORMAL_DISTRIBUTION and not is_complex(below):
                return join(*others, apply(EXP, [add(f.args[0], negative(apply(LOG_NORMAL_DISTRIBUTION, below.args)))]))
            ends = _two_exponentials(below) if below.op is ADD else None
            if ends is not None and ends[2] < 0:
                z, (x, y, _) = f.args[0], ends
                if z is x:
                    return join(*others, power(_less(y, x), num(-1)))
                if z is y:
                    return negative(join(*others, power(_less(x, y), num(-1))))
    return None


def _over_square(e: Expr) -> Expr | None:
    """x/(k + c x^2) by x and the root of k divided by the greater of them, where x^2 may overflow."""
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    for k, a in enumerate(e.args):
        if a.op is not POWER or not is_number(a.args[1], -1) or a.args[0].op is not ADD or a.shape != e.shape:
            continue
        for beside in a.args[0].args:
            z = _square_beside(a.args[0], beside)
            root = z is not None and _root(beside)
            if z is None or not root:
                continue
            c, x = (times(*z.args[:-1]), z.args[-1]) if z.op is TIMES and z.args[-1].shape == e.shape else (num(1), z)
            n = next((n for n, f in enumerate(e.args) if n != k and f is x), None)
            if n is None:
                continue
            others = [f for m, f in enumerate(e.args) if m not in (k, n)]
            size = apply(MAXIMUM, [apply(ABS, [z]), root])
            below = power(size, num(-1))
            one, other = (named(join(part, below), PART, name) for part, name in ((z, "first"), (root, "second")))
            squares = named(add(power(one, num(2)), power(other, num(2))), PART, "squares")
            return times(power(c, num(-1)), join(*others, one, power(squares, num(-1)), below))
    return None


def _root(k: Expr) -> Expr | None:
    """The root of a positive number, or of as many of it."""
    whole = ones(*k.shape)
    c = k if k.is_scalar else times(*k.args[:-1]) if k.op is TIMES and k.args[-1] is whole else num(1) if k is whole else None
    if c is None or not c.is_scalar or not (value_of(c) > 0 if is_number(c) else holds(c, "positive")):
        return None
    root = power(c, num(Fraction(1, 2)))
    return root if k.is_scalar else times(root, whole)


def _product(e: Expr) -> Expr | None:
    join: Callable[..., Expr] = times if e.op is TIMES else hadamard
    over = _over_square(e)
    if over is not None:
        return over
    found = _by_exponential(e)
    if found is not None:
        return found
    for k, a in enumerate(e.args):
        others = [*e.args[:k], *e.args[k + 1 :]]
        if a.op is ADD and a.shape == e.shape and all(_meets(t, others) for t in a.args):
            return add(*[join(*others, t) for t in a.args])
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
    """The log-sum-exp of the z_k of a sum of c_k exp(z_k): divided by its exponential, the sum is a mean of the c_k."""
    if s.op is not INDEXED_SUM or not s.is_scalar or not is_number(s.args[0], 1) or s.args[1].op is not SIZE:
        return None
    letter, body = str(s.attr), s.args[2]
    z = next((f.args[0] for f in (body.args if body.op is TIMES else (body,)) if f.op is EXP and letter in f.indices), None)
    if z is None or any(n.op is LOG_SUM_EXP for n in postorder([z])):  # done before
        return None
    assert isinstance(s.args[1].attr, Dim)
    shift = apply(LOG_SUM_EXP, [indexed_sum(letter, s.args[0], s.args[1], times(z, unit(index(letter), s.args[1].attr)))])
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
    """Sums of p_j exp(z_j) f_j over the sum of all p_k exp(z_k): both may over- and underflow, and their quotient is a mean of the f_j."""
    for n, a in enumerate(e.args):
        if a.op is POWER and is_number(a.args[1]) and value_of(a.args[1]) < 0:
            shift = _shift(a.args[0])
            if shift is not None:
                others = [_scaled(b, shift) for b in [*e.args[:n], *e.args[n + 1 :]]]
                if sum(count for _, count in others) == -value_of(a.args[1]):
                    return times(*[b for b, _ in others], power(_scaled(a.args[0], shift)[0], a.args[1]))
    return None


def _meets(term: Expr, others: Sequence[Expr]) -> bool:
    """Whether a term is divided by one of the other factors."""
    parts = term.args if term.op is TIMES else (term,)
    factors = [f for p in parts for f in (p.args if p.op is HADAMARD else (p,))]
    return any(f.op is POWER and f.args[0] in others and is_number(f.args[1], -1) for f in factors)


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


_RULES: dict[Operation, Callable[[Expr], Expr | None]] = {LOG: _log, ADD: _sum, TIMES: _product, HADAMARD: _product}
