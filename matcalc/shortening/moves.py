"""The moves of the short form: what an expression may be rewritten to, and by which reason.

Each move gives other forms of the root of an expression whose arguments are short already. None is bound to be shorter:
`simplify` compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from ..differentiation.families import with_index
from ..differentiation.letters import fresh_letter
from ..differentiation.lifting import by_rows, over_index
from ..expressions import build
from ..expressions.build import (
    add,
    apply,
    entry,
    indexed_sum,
    matmul,
    negative,
    num,
    power,
    rebuild,
    split,
    subtract,
    times,
    trace,
    transpose,
)
from ..expressions.expr import Expr, order_key, postorder, transform
from ..expressions.named import written_in
from ..expressions.properties import holds
from ..interning import Memo
from ..kinds import ONE
from ..ops.book import REGISTRY
from ..ops.core import (
    ADD,
    CASES,
    ENTRY,
    EYE,
    HADAMARD,
    INDEX,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    LITERAL,
    MATMUL,
    MATRIX_POWER,
    POWER,
    TIMES,
    TRANSPOSE,
)
from ..ops.determinant import DETERMINANT
from ..ops.inverse import INVERSE
from ..ops.sums import SUM
from ..ops.trace import TRACE
from .factor import factor, without_contents
from .patterns import rewritten

LARGEST_EXPANDED = 48  # symbols of a sum whose products are multiplied out on trial
MOST_EXPANDED = 8  # and its summands
MOST_FACTORS = 12  # of a product in which sums are multiplied by their neighbours
Move = tuple[str, Expr]
_shorter_products: Memo[Expr] = Memo()


def identities(e: Expr) -> Iterator[Move]:
    """By an identity of the table."""
    for identity, made in rewritten(e):
        yield identity.name, made


def defined(e: Expr) -> Move | None:
    """What a function is by its definition, shorter or not: the determinant of a small matrix that is written out, which has a
    derivative where that matrix is singular too; and an entry of a softmax."""
    if e.op is TIMES:
        return _entry_of_softmax(e)
    if e.op is not DETERMINANT or e.args[0].op is not LITERAL or e.args[0].shape[0].number not in (2, 3):
        return None
    a = e.args[0].args
    from ..ops.laws import WRITTEN_DETERMINANT

    if len(a) == 4:
        return WRITTEN_DETERMINANT.name, subtract(times(a[0], a[3]), times(a[1], a[2]))
    minors = [subtract(times(a[i], a[j + 3]), times(a[j], a[i + 3])) for i, j in ((4, 5), (3, 5), (3, 4))]
    return WRITTEN_DETERMINANT.name, add(times(a[0], minors[0]), negative(times(a[1], minors[1])), times(a[2], minors[2]))


def _entry_of_softmax(e: Expr) -> Move | None:
    """exp(z_i)/sum(exp(z)), where the sum may be written with its index."""
    exp, softmax = REGISTRY["exp"], REGISTRY["softmax"]
    for a in e.args:
        if a.op is not exp or a.args[0].op is not ENTRY:
            continue
        z, i, j = a.args[0].args
        for p in e.args:
            if p.op is not POWER or not build.is_number(p.args[1], -1) or z.shape[1] is not ONE:
                continue
            s = p.args[0]
            whole = over_index(str(s.attr), *s.args) if s.op is INDEXED_SUM else s
            if whole is not None and whole.op is SUM and whole.args[0].op is exp and whole.args[0].args[0] is z:
                return "softmax", times(*[x for x in e.args if x is not a and x is not p], entry(apply(softmax, (z,)), i, j))
    return None


def _softmax_in_product(e: Expr) -> Iterator[Expr]:
    """A exp(z)/sum(exp(z)), where exp(z) is a factor among others of a product."""
    exp, softmax = REGISTRY["exp"], REGISTRY["softmax"]
    c, scalars, body = split(e)
    if body is None or body.op is not MATMUL:
        return
    for p in scalars:
        if p.op is not POWER or not build.is_number(p.args[1], -1) or p.args[0].op is not SUM or p.args[0].args[0].op is not exp:
            continue
        whole = p.args[0].args[0]
        for k, f in enumerate(body.args):
            if f is whole or f is transpose(whole):
                made = apply(softmax, whole.args)
                chain = matmul(*body.args[:k], made if f is whole else transpose(made), *body.args[k + 1 :])
                yield times(num(c), *[s for s in scalars if s is not p], chain)


def moves(e: Expr) -> Iterator[Move]:
    """Everything that may shorten the root of `e`; what needs an operation that does not occur in it is not tried."""
    yield from identities(e)
    within = e.within
    if e.op is INDEXED_SUM:
        for lift in (over_index, by_rows):
            whole = lift(str(e.attr), *e.args)
            if whole is not None:
                yield "sum over an index", whole
        from .pairs import symmetric_pairs

        for made in symmetric_pairs(e):
            yield "sum over pairs", made
    if e.op is ADD:
        yield "common factor", factor(e)
        if any(ADD.bit & t.within for t in e.args):
            for made in _distributed_terms(e):
                yield "distributive law", made
        if INDEXED_SUM.bit & within:
            from .pairs import joined_halves, written_by_entries

            for made in (*_same_letters(e), *_one_sum(e), *written_by_entries(e)):
                yield "sum over an index", made
            for made in joined_halves(e):
                yield "sum over pairs", made
        if INVERSE.bit & within and MATMUL.bit & within:
            for made in _pushed_through(e):
                yield "push-through identity", made
        if CASES.bit & within:
            from .casework import merged_cases

            for made in merged_cases(e):
                yield "sum of cases", made
        if POWER.bit & within:
            for made in _split_roots(e):
                yield "root of a product", made
        if e.is_scalar:
            from .scalars import rewritings

            for made in rewritings(e):
                yield "scalar algebra", made
    elif e.op is TIMES:
        if POWER.bit & within and SUM.bit & within:
            for made in _softmax_in_product(e):
                yield "softmax", made
        if ADD.bit & within:
            for made in (*_distribute_number(e), without_contents(e), *_absorb_divisors(e)):
                yield "distributive law", made
        if POWER.bit & within:
            from .fractions import cleared, joined_powers, joined_roots

            for made in cleared(e):
                yield "distributive law", made
            for made in joined_powers(e):
                yield "powers of equal bases", made
            for made in joined_roots(e):
                yield "root of a product", made
    elif e.op is POWER and e.is_scalar:
        from .fractions import cleared

        for made in cleared(e):
            yield "distributive law", made
    elif e.op is HADAMARD:
        from .fractions import entry_by_entry

        for made in entry_by_entry(e):
            yield "distributive law", made
    elif e.op is MATMUL:
        for made in _products_with_sums(e):
            yield "distributive law", made
        if e.within & INDEXED_SUM.bit:
            from .rows import rows_of_sums

            for made in rows_of_sums(e):
                yield "sum over an index", made
    elif e.op is MATRIX_POWER and build.is_number(e.args[1], 2) and e.args[0].op is ADD and e.size <= LARGEST_EXPANDED:
        yield "distributive law", factor(add(*[matmul(a, b) for a in e.args[0].args for b in e.args[0].args]))
    elif e.op in (TRACE, SUM) and e.args[0].op is INDEXED_SUM:
        low, high, inside = e.args[0].args
        yield "sum over an index", indexed_sum(str(e.args[0].attr), low, high, apply(e.op, (inside,)))
    elif e.op is TRACE and e.args[0].op is ADD and any((body := split(a)[2]) is not None and body.op is EYE for a in e.args[0].args):
        yield "distributive law", add(*map(trace, e.args[0].args))  # tr(S - tr(S)/3 I) is 0 of three rows
    elif e.op is TRACE and e.args[0].op is MATMUL and e.size <= LARGEST_EXPANDED:
        for parts in expansions(e.args[0]):
            yield "distributive law", add(*[trace(p) for p in parts])


# ---------------------------------------------------------------------------------------------- sums over an index


def _same_letters(e: Expr) -> Iterator[Expr]:
    """Sums over the same range under two letters, brought to one letter, may add up."""
    if not any(n.op is INDEXED_SUM for t in e.args for n in (t, *(t.args if t.op is TIMES else ()))):
        return
    sums = [(n, str(n.attr)) for t in e.args for n in postorder(t) if n.op is INDEXED_SUM]
    for (first, i), (second, j) in combinations(sums, 2):
        if i == j or first.args[:2] != second.args[:2]:
            continue
        turned = [second in postorder(t) and first not in postorder(t) for t in e.args]
        # The new letter must be neither free there nor bound further in.
        held = [n for t, turn in zip(e.args, turned, strict=True) if turn for n in postorder(t)]
        if not any(
            i in n.indices or (n.op in (INDEXED_SUM, INDEXED_PRODUCT) and n.attr == i) for n in held
        ):  # free there, or bound further in
            yield add(*[with_index(t, j, i) if turn else t for t, turn in zip(e.args, turned, strict=True)])


def _one_sum(e: Expr) -> Iterator[Expr]:
    """Sums over one letter and one range as one: sum_i x_i T_i x + sum_i x_i T_i^T x is sum_i x_i (T_i + T_i^T) x."""
    found: dict[tuple[str, Expr, Expr], list[tuple[Expr, Expr]]] = {}
    for t in e.args:
        c, scalars, body = split(t)
        sums = [f for f in (*scalars, *([body] if body is not None else [])) if INDEXED_SUM in (f.op, *[a.op for a in f.args[:1]])]
        whole = sums[0] if len(sums) == 1 else body if body in sums else None
        inner = whole.args[0] if whole is not None and whole.op is TRANSPOSE else whole
        if whole is None or inner is None or inner.op is not INDEXED_SUM or (body is not None and whole is not body):
            continue
        others = [f for f in scalars if f is not whole]
        if any(inner.attr in f.indices for f in others):
            continue
        if any(n.op in (INDEXED_SUM, INDEXED_PRODUCT) and n.attr == inner.attr for f in others for n in postorder(f)):
            taken = {str(n.attr) for n in postorder(e) if n.op in (INDEXED_SUM, INDEXED_PRODUCT, INDEX)}
            others = [with_index(f, str(inner.attr), fresh_letter(taken)) for f in others]
        term = inner.args[2] if inner is whole else transpose(inner.args[2])
        key = str(inner.attr), inner.args[0], inner.args[1]
        found.setdefault(key, []).append((t, times(num(c), *others, term)))
    for (letter, low, high), terms in found.items():
        if len(terms) > 1:
            gone = [t for t, _ in terms]
            inside = factor(add(*[term for _, term in terms]))
            yield add(*[t for t in e.args if t not in gone], indexed_sum(letter, low, high, inside))


# ---------------------------------------------------------------------------------------------- the distributive law


def _distribute_number(e: Expr) -> Iterator[Expr]:
    """9 (1 + 2 x) is 9 + 18 x: a number goes into a sum where that is shorter."""
    c, scalars, body = split(e)
    if c == 1:
        return
    tail = [body] if body is not None else []
    for k, s in enumerate(scalars):
        if s.op is ADD:
            yield times(*scalars[:k], *scalars[k + 1 :], add(*[times(num(c), t) for t in s.args]), *tail)
    if body is not None and body.op is ADD:
        yield times(*scalars, add(*[times(num(c), t) for t in body.args]))
    if body is not None and body.op is MATMUL:  # 2 F (A/2 + B) is F (A + 2 B)
        for k, f in enumerate(body.args):
            if f.op is ADD:
                yield times(*scalars, matmul(*body.args[:k], add(*[times(num(c), t) for t in f.args]), *body.args[k + 1 :]))


def _absorb_divisors(e: Expr) -> Iterator[Expr]:
    """(s - l)/s is 1 - l/s."""
    c, scalars, body = split(e)
    tail = [body] if body is not None else []
    for p in scalars:
        if p.op is POWER and _divides(p):
            for s in scalars:
                if s.op is ADD:
                    rest = [f for f in scalars if f is not p and f is not s]

                    from .fractions import joined_powers

                    for inside in {p: None, power(p.args[0], num(-1)): None}:
                        if e.is_scalar and (inside is not p or any(f.op is POWER and _divides(f) for f in rest)):
                            continue  # no fraction inside a fraction
                        parts = [min((t := times(inside, a), *joined_powers(t)), key=lambda made: made.size) for a in s.args]
                        yield times(num(c), *rest, build.divide(p, inside), factor(add(*parts)), *tail)


def _divides(p: Expr) -> bool:
    """Whether a power is to a negative number."""
    return build.is_number(p.args[1]) and build.value_of(p.args[1]) < 0


def _distributed_terms(e: Expr) -> Iterator[Expr]:
    """A product with a sum, multiplied out, may meet its like among the other summands."""
    if e.size > LARGEST_EXPANDED or len(e.args) > MOST_EXPANDED:
        return
    for k, t in enumerate(e.args):
        for parts in expansions(t):
            yield factor(add(*e.args[:k], *parts, *e.args[k + 1 :]))


def expansions(t: Expr) -> Iterator[list[Expr]]:
    """The term multiplied out over one of its sums."""
    c, scalars, body = split(t)
    for k, s in enumerate(scalars):
        if s.op is ADD:
            rest = [*scalars[:k], *scalars[k + 1 :]]
            yield [times(num(c), *rest, a, *([body] if body is not None else [])) for a in s.args]
    if body is None:
        return
    if body.op is ADD:
        yield [times(num(c), *scalars, a) for a in body.args]
    elif body.op in (MATMUL, HADAMARD):
        for k, f in enumerate(body.args):
            if (parts := _summands(f)) is not None:
                yield [times(num(c), *scalars, build.apply(body.op, [*body.args[:k], a, *body.args[k + 1 :]])) for a in parts]


def _summands(f: Expr) -> list[Expr] | None:
    """The summands of a sum or of a transposed sum."""
    inner = f.args[0] if f.op is TRANSPOSE else f
    if inner.op is not ADD:
        return None
    return [transpose(a) if inner is not f else a for a in inner.args]


def _products_with_sums(e: Expr) -> Iterator[Expr]:
    """(I - Z (Z^T Z)^-1 Z^T) Z is 0: a sum among the factors, multiplied by some of its neighbours, may cancel."""
    if e.size <= LARGEST_EXPANDED:
        for before, f, after, window in _windows(e):
            yield matmul(*before, factor(_multiplied_out(window, f, _cancelled)), *after)


def _windows(e: Expr) -> Iterator[tuple[Sequence[Expr], int, Sequence[Expr], Sequence[Expr]]]:
    """Runs of factors that begin or end with a sum (or hold it in the middle), the place of the sum there, and what stands around."""
    n = len(e.args)
    if n > MOST_FACTORS:
        return
    for k, f in enumerate(e.args):
        parts = _summands(f)
        if parts is None or len(parts) > MOST_EXPANDED or (ONE in f.shape and transpose(f) in e.args):  # z^T z stays
            continue
        spans = [(k, stop) for stop in range(k + 2, n + 1)] + [(start, k + 1) for start in range(k)]
        for start, stop in [*spans, (0, n)] if 0 < k < n - 1 else spans:
            yield e.args[:start], k - start, e.args[stop:], e.args[start:stop]


def _multiplied_out(window: Sequence[Expr], k: int, then: Callable[[Expr], Expr]) -> Expr:
    return add(*[then(matmul(*window[:k], p, *window[k + 1 :])) for p in _summands(window[k]) or ()])


def _cancelled(e: Expr) -> Expr:
    """A product with its sums cancelled against their neighbours, where that makes it shorter."""
    c, scalars, body = split(e)
    if body is None or body.op is not MATMUL or body.size > LARGEST_EXPANDED:
        return e
    best = _shorter_products.get(body)
    if best is None:
        best = body
        for before, f, after, window in _windows(body):
            made = matmul(*before, _multiplied_out(window, f, lambda p: p), *after)
            if order_key(made) < order_key(best) and made.size < body.size:
                best = made
        _shorter_products[body] = best
    return e if best is body else _cancelled(times(num(c), *scalars, best))


# ---------------------------------------------------------------------------------------------- terms that become alike


def _pushed_through(e: Expr) -> Iterator[Expr]:
    """(s I + A B)^-1 A is A (s I + B A)^-1: a summand written the other way may meet its like."""
    if len(e.args) > MOST_EXPANDED or e.size > LARGEST_EXPANDED:
        return
    for k, t in enumerate(e.args):
        c, scalars, body = split(t)
        if body is None or body.op is not MATMUL:
            continue
        for chain in _other_ways(list(body.args)):
            other = times(num(c), *scalars, matmul(*chain))
            yield factor(add(*e.args[:k], other, *e.args[k + 1 :]))


def _other_ways(chain: list[Expr]) -> Iterator[list[Expr]]:
    for k, f in enumerate(chain):
        parts = _summands(f.args[0]) if f.op is INVERSE else _summands(transpose(f.args[0].args[0])) if _is_turned_inverse(f) else None
        if parts is None or len(parts) != 2:
            continue
        unit = next((p for p in parts if (body := split(p)[2]) is not None and body.op is EYE), None)
        other = next((p for p in parts if p is not unit), None)
        if unit is None or other is None:
            continue
        c, scalars, body = split(other)
        if body is None or body.op is not MATMUL:
            continue
        s, inside = times(num(c), *scalars), list(body.args)
        weight = times(num(split(unit)[0]), *split(unit)[1])
        for run in range(1, len(inside)):
            left, right = inside[:run], inside[run:]
            if chain[k + 1 : k + 1 + run] == left:  # (s I + A B)^-1 A
                turned = add(times(weight, build.eye(left[-1].shape[1])), times(s, matmul(*right, *left)))
                yield [*chain[:k], *left, build.inverse(turned), *chain[k + 1 + run :]]
            if k >= len(right) and chain[k - len(right) : k] == right:  # B (s I + A B)^-1
                turned = add(times(weight, build.eye(right[0].shape[0])), times(s, matmul(*right, *left)))
                yield [*chain[: k - len(right)], build.inverse(turned), *right, *chain[k + 1 :]]


def _is_turned_inverse(f: Expr) -> bool:
    return f.op is TRANSPOSE and f.args[0].op is INVERSE


def _split_roots(e: Expr) -> Iterator[Expr]:
    """With sqrt(s t) as sqrt(s) sqrt(t) where s is positive, so that powers of s meet."""
    if e.size > LARGEST_EXPANDED or not POWER.bit & e.within or not any(map(_splits, written_in(e))):
        return

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        n = rebuild(old, args)
        if not _splits(n):
            return n
        base, k = n.args
        outside = [p for p in base.args if holds(p, "positive")]
        inside = [p for p in base.args if p not in outside]
        return times(*[power(p, k) for p in outside], *([power(times(*inside), k)] if inside else []))

    yield factor(transform(e, of))


def _splits(n: Expr) -> bool:
    """A root of a product with a positive factor."""
    if n.op is not POWER or not n.is_scalar or n.args[0].op is not TIMES or not build.is_number(n.args[1]):
        return False
    return build.value_of(n.args[1]).denominator != 1 and any(holds(p, "positive") for p in n.args[0].args)
