"""Common factors: a sum written as shortly as its summands allow.

Greedy and deterministic: of all factors that two or more summands share (a scalar, the left or right end of their
matrix products, a factor of their entrywise products) the one that saves most symbols is taken out, and again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from math import gcd, prod

from ..expressions.build import (
    add,
    apply,
    diag,
    eye,
    hadamard,
    is_number,
    matmul,
    num,
    ones,
    power,
    rebuild,
    split,
    times,
    transpose,
    value_of,
    without_coefficient,
)
from ..expressions.convolution import convolution, convolved, is_convolution
from ..expressions.expr import Expr, order_key, postorder, transform
from ..expressions.named import written_in
from ..interning import Memo
from ..kinds import ONE, Shape
from ..ops.core import ADD, ENTRY, EYE, HADAMARD, MATMUL, MATRIX_POWER, POWER, SYMBOL, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.operation import Operation

MOST_FRONT = 4  # scalars before a row or column that are looked at for a product to join it
MANY = 60  # a longer sum is only searched for its numeric content


LARGEST_CONTENT = 64  # bits; what is taken out of a sum is taken to the powers of all sums around it
LARGEST_POLYNOMIAL = 60  # symbols
ONE_BAR = 2  # symbols that a fraction of numbers may be longer than one with a fraction inside
DEPTH = 2  # what is left after a factor is taken out is searched again, so deep, before the ways are compared
_factored: Memo[dict[int, Expr]] = Memo()


def factor(e: Expr, depth: int = DEPTH) -> Expr:
    """`e`, a sum, with common factors taken out as long as that makes it shorter."""
    if e.op is not ADD or depth == 0:
        return e
    known = _factored.get(e)
    if known is None:
        known = _factored[e] = {}
    if depth in known:
        return known[depth]
    start = e
    common, e = _common(e)
    while e.op is ADD:
        best = e
        for candidate in _candidates(e, depth - 1):
            if candidate.size < best.size:
                best = candidate
        if best is e:
            break
        e = best
    if depth == DEPTH and e is not start:  # the sums that came about are searched in full
        done = {n: n for t in start.args for n in _parts(t)}
        e = transform(
            e, lambda old, args: factor(rebuild(old, args)) if old.op is ADD and old.size < start.size else rebuild(old, args), done
        )
    e = known[depth] = without_contents(times(*common, e) if common else e)
    return e


def without_contents(e: Expr) -> Expr:
    """A product with the numbers that its sums have in common in front: 4 (1 + x) s for (4 + 4 x) s."""
    c, scalars, body = split(e)
    if len(scalars) + (body is not None) < 2:
        return e
    contents = [content_of(s) if s.op is ADD else Fraction(1) for s in scalars]
    if all(k == 1 for k in contents):
        return e
    primitive = [s if k == 1 else add(*[times(num(1 / k), t) for t in s.args]) for s, k in zip(scalars, contents, strict=True)]
    return times(num(c * prod(contents)), *primitive, *([body] if body is not None else []))


def _common(e: Expr) -> tuple[list[Expr], Expr]:
    """The scalars that all summands have, where there are several, and what is left: each by itself would have to be tried with
    every other."""
    powers = [_powers(t) for t in e.args]
    found = [base for base in powers[0] if all(p.get(base) is powers[0][base] for p in powers[1:])]
    if len(found) < 2:
        return [], e
    common = [power(base, powers[0][base]) for base in found]
    inverse = [power(base, times(num(-1), powers[0][base])) for base in found]
    return common, add(*[times(*inverse, t) for t in e.args])


def _parts(t: Expr) -> Iterator[Expr]:
    """What a summand is a product of."""
    for s in split(t)[1]:
        yield s
        yield from s.args if s.op in (POWER, MATMUL) else ()
    body = split(t)[2]
    if body is not None:
        yield from body.args if body.op in (MATMUL, HADAMARD) else (body,)


def _candidates(e: Expr, depth: int) -> list[Expr]:
    terms = e.args
    found = [c for c in (_numeric(e, depth),) if c is not None]
    if len(terms) > MANY:
        return found
    return found + _scalars(terms, depth) + _ends(terms, depth) + _entrywise(terms, depth) + _whole_sums(e) + _linear(terms, depth)


def _numeric(e: Expr, depth: int) -> Expr | None:
    """The greatest common divisor of the coefficients taken out; a polynomial by itself keeps its own: 6 x^2 + 2 x - 6."""
    content = content_of(e)
    if content == 1 or is_polynomial(e) or max(content.numerator.bit_length(), content.denominator.bit_length()) > LARGEST_CONTENT:
        return None
    return times(num(content), factor(add(*[times(num(1 / content), t) for t in e.args]), depth))


def content_of(e: Expr) -> Fraction:
    """The greatest common divisor of the coefficients of a sum, negative where they all are."""
    coefficients = [without_coefficient(t)[0] for t in e.args]
    top = gcd(*[c.numerator for c in coefficients])
    below = 1
    for c in coefficients:
        below = below * c.denominator // gcd(below, c.denominator)
    content = Fraction(top, below)
    return -content if all(c < 0 for c in coefficients) else content


def _rest_of_sum(terms: Sequence[Expr], chosen: Sequence[int], product: Expr) -> Expr:
    others = [t for k, t in enumerate(terms) if k not in set(chosen)]
    return add(product, *others) if others else product


# ---------------------------------------------------------------------------------------------- scalars


def _powers(t: Expr) -> dict[Expr, Expr]:
    _, scalars, _ = split(t)
    return {(s.args[0] if s.op is POWER else s): (s.args[1] if s.op is POWER else num(1)) for s in scalars}


def _scalars(terms: Sequence[Expr], depth: int) -> list[Expr]:
    """A scalar base that several terms have, to the least exponent it has there."""
    where: dict[Expr, list[int]] = {}
    powers = [_powers(t) for t in terms]
    for k, p in enumerate(powers):
        for base in p:
            where.setdefault(base, []).append(k)
    found = []
    for base, chosen in where.items():
        if len(chosen) < 2:
            continue
        if len(chosen) < len(terms) and _in_powers_of(base, terms):
            continue  # a polynomial is not nested: x^2 + 2 x + 3, not x (x + 2) + 3
        exponents = {powers[k][base] for k in chosen}
        if len(chosen) < len(terms) and len(set(by_powers := _powers_of_one(base, terms))) > 2:
            found.append(_by_powers(terms, by_powers, depth))  # nor is one with coefficients: (1 - t)^2 a + 2 t (1 - t) b + t^2 c
            continue
        made = []
        for exponent in _least(exponents):
            inverse = power(base, times(num(-1), exponent))
            inner = factor(add(*[times(inverse, terms[k]) for k in chosen]), depth)
            common = power(base, exponent)
            made.append(_rest_of_sum(terms, chosen, times(common, inner)))
        if len(made) == 2 and terms[0].is_scalar and made[1].size <= made[0].size + ONE_BAR:
            made.pop(0)  # (f' g - f g')/g^2, not (f' - f g'/g)/g
        found += made
    return found


def is_polynomial(e: Expr) -> bool:
    """Whether this is a polynomial in one symbol, with numbers for coefficients."""
    if not e.is_scalar or e.size > LARGEST_POLYNOMIAL:
        return False
    symbols = [n for n in written_in(e) if n.op is SYMBOL]
    return len(symbols) == 1 and _in_powers_of(symbols[0], e.args if e.op is ADD else (e,))


def is_monomial(e: Expr) -> bool:
    """Whether this is a number times names to whole powers."""
    _, scalars, body = split(e)
    bases = [
        s.args[0] if s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) in range(1, LARGEST_POLYNOMIAL) else s for s in scalars
    ]
    return body is None and all(b.op is SYMBOL or (b.op is ENTRY and b.args[0].op is SYMBOL) for b in bases)


def is_sum_of_monomials(e: Expr) -> bool:
    return e.op is ADD and (is_polynomial(e) or all(map(is_monomial, e.args)))


def is_written_out(e: Expr) -> bool:
    """Whether this is a polynomial of three summands or more without brackets."""
    return e.op is ADD and len(e.args) > 2 and is_polynomial(e) and not any(n.op is ADD for t in e.args for n in postorder(t))


def _in_powers_of(base: Expr, terms: Sequence[Expr]) -> bool:
    """Whether all these are made of numbers and `base` by sums, products and powers."""
    todo = list(terms)
    if sum(t.size for t in todo) > LARGEST_POLYNOMIAL:
        return False
    while todo:
        _, scalars, body = split(todo.pop())
        if body is not None:
            return False
        for s in scalars:
            s = s.args[0] if s.op is POWER else s
            if s.op is ADD:
                todo += s.args
            elif s is not base:
                return False
    return True


def _powers_of_one(base: Expr, terms: Sequence[Expr]) -> list[Expr]:
    """Of summands that add up to a polynomial in the one symbol of `base`, with coefficients, what each has of that symbol."""
    symbols = [n for n in postorder(base) if n.op is SYMBOL]
    if len(symbols) != 1 or sum(t.size for t in terms) > LARGEST_POLYNOMIAL:
        return []
    found = []
    for t in terms:
        _, scalars, body = split(t)
        moving = [s for s in scalars if symbols[0] in postorder(s)]
        if (body is not None and symbols[0] in postorder(body)) or not _in_powers_of(symbols[0], moving):
            return []
        found.append(times(*moving))
    return found


def _by_powers(terms: Sequence[Expr], powers: Sequence[Expr], depth: int) -> Expr:
    """A polynomial with the coefficients of each power together."""
    groups: dict[Expr, list[Expr]] = {}
    for t, p in zip(terms, powers, strict=True):
        groups.setdefault(p, []).append(times(power(p, num(-1)), t))
    return add(*[times(p, factor(add(*rest), depth)) for p, rest in groups.items()])


def _least(exponents: set[Expr]) -> list[Expr]:
    numbers = sorted((x for x in exponents if is_number(x)), key=value_of)
    if len(numbers) == len(exponents):
        return [numbers[0]] if numbers[0] is numbers[-1] else [numbers[-1], numbers[0]] if value_of(numbers[-1]) < 0 else [numbers[0]]
    return sorted(exponents, key=order_key)[:2]


# ---------------------------------------------------------------------------------------------- ends of matrix products


Chain = tuple[Expr, list[Expr], bool]  # a scalar, the factors, whether a scalar product has joined them


def _chains_of(t: Expr) -> list[Chain]:
    """A term as a scalar in front of a matrix product, in several ways: x^T A y in both directions, (x^T A y) z^T as x^T A y z^T."""
    c, scalars, body = split(t)
    products = [s for s in scalars if s.op is MATMUL]
    if body is None:
        return _both_ways(c, scalars, products[0]) if len(products) == 1 else []
    found: list[Chain] = [(times(num(c), *scalars), _spread(body), False)]
    if ONE in body.shape and len(scalars) <= MOST_FRONT:
        before, after = ([], _spread(body)) if body.shape[0] is ONE else (_spread(body), [])
        for s in products:
            if transpose(s.args[0]) is s.args[-1]:  # (w^T S w) B w stays a number times B w
                continue
            found += [(rest, [*before, *way, *after], True) for rest, way, _ in _both_ways(c, scalars, s)]
    return found


def _both_ways(c: Fraction, scalars: Sequence[Expr], product: Expr) -> list[Chain]:
    rest = times(num(c), *[s for s in scalars if s is not product])
    chain = _spread(product)
    return [(rest, chain, False), (rest, [transpose(f) for f in reversed(chain)], False)]


def _spread(body: Expr) -> list[Expr]:
    """The factors of a product, with small powers written out so that X^2 and X share an end."""
    factors: list[Expr] = []
    for f in body.args if body.op is MATMUL else (body,):
        inner = f.args[0] if f.op is TRANSPOSE else f
        if inner.op is MATRIX_POWER and is_number(inner.args[1]) and value_of(inner.args[1]) <= 8:
            base = transpose(inner.args[0]) if inner is not f else inner.args[0]
            factors += [base] * int(value_of(inner.args[1]))
        else:
            factors.append(f)
    return factors


def _ends(terms: Sequence[Expr], depth: int) -> list[Expr]:
    """A common left or right end of several products."""
    chains = _with_diagonals([_chains_of(t) for t in terms])
    found = []
    for side in (0, -1):
        where: dict[tuple[Expr, bool], list[tuple[int, int]]] = {}
        for k, ways in enumerate(chains):
            for d, (_, chain, joined) in enumerate(ways):
                if chain[side].op is EYE:
                    continue
                where.setdefault((chain[side], joined), []).append((k, d))
        for places in where.values():
            chosen = {k: d for k, d in reversed(places)}
            if len(chosen) < 2:
                continue
            picked = [chains[k][d][1] for k, d in sorted(chosen.items())]
            length = _common_run(picked, side)
            for run in {length, 1}:
                made = _take_end(terms, chains, chosen, side, run, depth)
                if made is not None:
                    found.append(made)
    return found


def _with_diagonals(chains: list[list[Chain]]) -> list[list[Chain]]:
    """Where a term begins or ends with diag(g), a column g .* h of another counts as diag(g) h too, and g as diag(g) 1."""
    weights = {f.args[0] for ways in chains for _, c, _ in ways for f in (c[0], c[-1]) if f.op is DIAG}
    if not weights:
        return chains
    found = []
    for ways in chains:
        more = list(ways)
        for scalar, c, joined in ways:
            for g in weights:
                left, right = _weighted(c[0], g), _weighted(transpose(c[-1]), g)
                if left is not None:
                    more.append((scalar, [diag(g), left, *c[1:]], joined))
                if right is not None:
                    more.append((scalar, [*c[:-1], transpose(right), diag(g)], joined))
        found.append(more)
    return found


def _weighted(column: Expr, g: Expr) -> Expr | None:
    """h where the column is g .* h; g itself only where it is a letter (diag(s) - s s^T stays, s may get a name)."""
    if column is g and not g.args:
        return ones(g.shape[0])
    if column.op is not HADAMARD or g not in column.args:
        return None
    return hadamard(*[a for a in column.args if a is not g])


def _common_run(picked: Sequence[list[Expr]], side: int) -> int:
    shortest = min(len(c) for c in picked)
    run = 0
    while run < shortest and len({c[run if side == 0 else -1 - run] for c in picked}) == 1:
        run += 1
    return run


def _take_end(terms: Sequence[Expr], chains: Sequence[list[Chain]], chosen: dict[int, int], side: int, run: int, depth: int) -> Expr | None:
    inner: list[Expr] = []
    common: list[Expr] = []
    if all(len(chains[k][d][1]) == run for k, d in chosen.items()):  # the products are equal: their scalars add
        k, d = next(iter(chosen.items()))
        body = matmul(*chains[k][d][1])
        if body.is_scalar:
            return None
        return _rest_of_sum(terms, list(chosen), times(factor(add(*[chains[k][d][0] for k, d in chosen.items()]), depth), body))
    for k, d in sorted(chosen.items()):
        scalar, chain, _ = chains[k][d]
        common, rest = (chain[:run], chain[run:]) if side == 0 else (chain[-run:], chain[:-run])
        if not rest:
            edge = common[-1].shape[1] if side == 0 else common[0].shape[0]
            if edge is ONE:
                return None  # only scalars are left: that is a common scalar, not an end
            rest = [eye(edge)]
        inner.append(times(scalar, matmul(*rest)))
    if any(i.shape != inner[0].shape for i in inner):
        return None
    middle = factor(add(*inner), depth)
    product = matmul(*common, middle) if side == 0 else matmul(middle, *common)
    return _rest_of_sum(terms, list(chosen), product)


# ---------------------------------------------------------------------------------------------- entrywise factors


def _entry_factors(t: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    c, scalars, body = split(t)
    if body is None:
        return t, {}
    parts = body.args if body.op is HADAMARD else (body,)
    return times(num(c), *scalars), {(p.args[0] if p.op is POWER else p): (p.args[1] if p.op is POWER else num(1)) for p in parts}


def _entrywise(terms: Sequence[Expr], depth: int) -> list[Expr]:
    """A common factor of entrywise products."""
    if terms[0].is_scalar or not any(split(t)[2] is not None and split(t)[2].op is HADAMARD for t in terms):  # type: ignore[union-attr]
        return []
    pieces = [_entry_factors(t) for t in terms]
    where: dict[Expr, list[int]] = {}
    for k, (_, parts) in enumerate(pieces):
        for base in parts:
            where.setdefault(base, []).append(k)
    found = []
    for base, chosen in where.items():
        if len(chosen) < 2:
            continue
        exponents = {pieces[k][1][base] for k in chosen}
        if not all(map(is_number, exponents)):
            continue
        least = min(exponents, key=value_of)
        inverse = power(base, times(num(-1), least))
        inner = factor(add(*[hadamard(terms[k], inverse) for k in chosen]), depth)
        found.append(_rest_of_sum(terms, chosen, hadamard(power(base, least), inner)))
    return found


# ---------------------------------------------------------------------------------------------- linear operations


def _linear(terms: Sequence[Expr], depth: int) -> list[Expr]:
    """diag(u) + diag(v) is diag(u + v), A ⊗ B + A ⊗ C is A ⊗ (B + C), and so is whatever is linear in an argument."""
    where: dict[tuple[Operation, Hashable, int, tuple[Expr, ...], Shape], list[tuple[int, Expr]]] = {}
    for k, t in enumerate(terms):
        c, scalars, body = split(t)
        whole = body if body is not None else scalars[0] if len(scalars) == 1 else None
        scale = times(num(c), *scalars) if body is not None else num(c)
        if body is not None and is_convolution(body):
            for a, b in (columns := convolved(body), columns[::-1]):
                where.setdefault((MATMUL, None, 0, (b,), a.shape), []).append((k, times(scale, a)))
        elif whole is not None and (whole.op.linear or (whole.op.index and whole.op not in (TIMES, MATMUL, HADAMARD, TRANSPOSE))):
            for n, a in enumerate(whole.args):
                key = whole.op, whole.attr, n, whole.args[:n] + whole.args[n + 1 :], a.shape
                where.setdefault(key, []).append((k, times(scale, a)))
    found = []
    for (op, attr, n, others, _), parts in where.items():
        if len(parts) > 1:
            inner = factor(add(*[p for _, p in parts]), depth)
            made = convolution(inner, *others) if op is MATMUL else apply(op, (*others[:n], inner, *others[n:]), attr)
            found.append(_rest_of_sum(terms, [k for k, _ in parts], made))
    return found


# ---------------------------------------------------------------------------------------------- sums that stand in the open


def _whole_sums(e: Expr) -> list[Expr]:
    """r + M r where the sum r stands among the summands itself, taken apart: (I + M) r."""
    have = set(e.args)
    found = []
    for t in e.args:
        for part, around in _sum_factors(t):
            for sign in (1, -1):
                own = [
                    times(num(sign), transpose(a) if part.op is TRANSPOSE else a)
                    for a in (part.args[0] if part.op is TRANSPOSE else part).args
                ]
                if all(a in have for a in own):
                    others = [a for a in e.args if a is not t and a not in set(own)]
                    found.append(add(*others, around(sign)) if others else around(sign))
    return found


def _sum_factors(t: Expr) -> list[tuple[Expr, Callable[[int], Expr]]]:
    """The factors of a term that are sums of its own shape, and t + sign·factor with that factor taken out."""
    c, scalars, body = split(t)
    found: list[tuple[Expr, Callable[[int], Expr]]] = []
    if body is None:
        for k, s in enumerate(scalars):
            if s.op is ADD:
                rest = times(num(c), *scalars[:k], *scalars[k + 1 :])
                found.append((s, lambda sign, rest=rest, s=s: times(add(rest, num(sign)), s)))  # type: ignore[misc]
        return found
    scalar = times(num(c), *scalars)
    chain = body.args if body.op is MATMUL else (body,)
    for side in (0, -1):
        p = chain[side]
        inner = p.args[0] if p.op is TRANSPOSE else p
        if inner.op is not ADD or p.shape != t.shape:
            continue
        others = chain[1:] if side == 0 else chain[:-1]
        if not others:
            if side == 0:
                found.append((p, lambda sign, p=p: times(add(scalar, num(sign)), p)))  # type: ignore[misc]
            continue
        m = times(scalar, matmul(*others))
        n = m.shape[0]
        if m.shape[1] is n and side == 0:
            found.append((p, lambda sign, p=p, m=m, n=n: matmul(p, add(m, times(num(sign), eye(n))))))  # type: ignore[misc]
        elif m.shape[1] is n:
            found.append((p, lambda sign, p=p, m=m, n=n: matmul(add(m, times(num(sign), eye(n))), p)))  # type: ignore[misc]
    return found
