"""Names for what carries an index: p_{ij} = exp(a_{ij})/sum_k exp(a_{ik}), and hat y_i = sum_j p_{ij} y_j.

The author's own definitions by indices are put back in the place of what they stand for. Weights of a softmax-like sum, terms over the
sum of all of them, are found by the sum that stands below a bar: it goes into the sums above the bar whose terms have the weight as a
factor. What then occurs several times with different indices gets a letter. An entry of a fresh matrix or vector stands for each of
them, so that the short form is found as for any other name; nothing changes a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import permutations
from typing import NamedTuple

from ..differentiation.families import at_index
from ..expressions.build import (
    add,
    apply,
    entry,
    hadamard,
    index,
    indexed_product,
    indexed_sum,
    is_number,
    is_zero,
    matmul,
    member,
    num,
    power,
    rebuild,
    split,
    times,
    transpose,
    value_of,
)
from ..expressions.expr import Expr, order_key, postorder, transform
from ..kinds import ONE
from ..ops.core import ADD, ENTRY, HADAMARD, INDEXED_PRODUCT, INDEXED_SUM, IVERSON, MATMUL, MEMBER, NUMBER, POWER, TIMES, TRANSPOSE
from ..shortening.simplify import simplify
from .authored import in_sum
from .naming import LEAST_GAIN

LETTERS = "ijklmnpqrstuv"
WEIGHTS, SCALARS, VECTORS = "pwqkgh", "scghtq", "zuhrgv"  # letters for names: weights, other numbers, vectors
MOST_NAMES = 4
LARGEST = 400  # nodes
HOLE, ASIDE = "\u2022", "\u25e6"


class Indexed(NamedTuple):
    """A name with indices: `letters` are those of its definition, `value` what it stands for, `own` whether the author gave it."""

    base: str
    letters: tuple[str, ...]
    value: Expr
    own: bool

    def at(self, places: Sequence[str]) -> Expr:
        """The name at these indices."""
        return member(self.base, [index(i) for i in places], self.value.shape, ())

    def value_at(self, places: Sequence[str]) -> Expr:
        return _renamed(self.value, dict(zip(self.letters, places, strict=True)))


def _instead(known: Mapping[Expr, Expr], old: Expr, args: tuple[Expr, ...]) -> Expr:
    made = rebuild(old, args)
    return known.get(made, made)


def _renamed(e: Expr, letters: Mapping[str, str]) -> Expr:
    """The free indices under other letters, at the same time."""
    for letter in letters:
        e = at_index(e, letter, index(HOLE + letter))
    for letter, other in letters.items():
        e = at_index(e, HOLE + letter, index(other))
    return _one_way(e)


def _one_way(e: Expr) -> Expr:
    """With conditions 1[i != j] and entries of symmetric matrices one way round."""
    if not (IVERSON.bit | ENTRY.bit) & e.within:
        return e

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        if made.op is IVERSON and made.attr in ("=", "!=") and order_key(made.args[1]) < order_key(made.args[0]):
            return apply(IVERSON, made.args[::-1], str(made.attr))
        if made.op is ENTRY and order_key(made.args[2]) < order_key(made.args[1]) and transpose(made.args[0]) is made.args[0]:
            return entry(made.args[0], made.args[2], made.args[1])
        return made

    return transform(e, of)


def canonical(e: Expr) -> Expr:
    """With the indices of sums called by how deep they are nested, so that equal sums are one, and with what does not depend on them
    outside; without conditions 1[i != j] on what is 0 at i = j."""

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        made = rebuild(old, args)
        if made.op in (INDEXED_SUM, INDEXED_PRODUCT):
            level = 1 + max((_level(n) for n in postorder(made.args[2]) if n.op in (INDEXED_SUM, INDEXED_PRODUCT)), default=0)
            made = _bound_as(made, f"{HOLE}{level}")
        if made.op is INDEXED_SUM:
            return _pulled(made)
        return _without_idle_conditions(made) if made.op is TIMES else made

    def apart(old: Expr, args: tuple[Expr, ...]) -> Expr:  # the new letters mean nothing yet
        made = rebuild(old, args)
        return _bound_as(made, f"{ASIDE}{made.attr}") if made.op in (INDEXED_SUM, INDEXED_PRODUCT) else made

    return _one_way(transform(transform(e, apart), of))


def _bound_as(e: Expr, letter: str) -> Expr:
    """A sum or product over another letter."""
    make = indexed_sum if e.op is INDEXED_SUM else indexed_product
    return make(letter, e.args[0], e.args[1], at_index(e.args[2], str(e.attr), index(letter)))


def _pulled(e: Expr) -> Expr:
    """A sum with the factors outside that do not depend on its index."""
    name, low, high = str(e.attr), e.args[0], e.args[1]
    c, scalars, body = split(e.args[2])
    if body is None or (name not in body.indices and not scalars):
        return e
    moving = [s for s in scalars if name in s.indices]
    fixed = [s for s in scalars if name not in s.indices]
    if name not in body.indices:
        return times(num(c), *fixed, indexed_sum(name, low, high, times(*moving)), body)
    if body.op is not MATMUL or body.is_scalar:
        return e
    at = [k for k, f in enumerate(body.args) if name in f.indices]
    before, inside, after = body.args[: at[0]], body.args[at[0] : at[-1] + 1], body.args[at[-1] + 1 :]
    if not before and not after:
        return e
    whole = indexed_sum(name, low, high, times(*moving, matmul(*inside)))
    return times(num(c), *fixed, matmul(*before, whole, *after))


def _level(n: Expr) -> int:
    return int(str(n.attr)[1:]) if str(n.attr)[:1] == HOLE else 0


def _without_idle_conditions(e: Expr) -> Expr:
    c, scalars, body = split(e)
    for s in scalars:
        if s.op is IVERSON and s.attr == "!=" and all(a.op is not NUMBER for a in s.args):
            rest = times(num(c), *[f for f in scalars if f is not s], *([body] if body is not None else []))
            i, j = s.args
            for a, b in ((i, j), (j, i)):
                letter = str(a.attr)
                if a.indices == {letter} and letter in rest.indices and is_zero(_plain_at(rest, letter, b)):
                    return _without_idle_conditions(rest) if rest.op is TIMES else rest
    return e


def _plain_at(e: Expr, letter: str, b: Expr) -> Expr:
    """The value at an index, if that is 0; only differences of the factors are looked at, which are safe to compute."""
    _, scalars, body = split(e)
    factors = [*scalars, *((body.args if body.op is MATMUL else (body,)) if body is not None else ())]
    for f in factors:
        inner = f.args[0] if f.op is TRANSPOSE else f
        last = inner.args[-1] if inner.op is MATMUL else inner
        if last.op is ADD and is_zero(at_index(last, letter, b)):
            return num(0)
    return e


def factors_of(e: Expr) -> tuple[Fraction, dict[Expr, Fraction], Expr | None]:
    """A product as a number, its scalar factors with their exponents, and its array."""
    c, scalars, body = split(e)
    found: dict[Expr, Fraction] = {}
    for s in scalars:
        base, k = (s.args[0], value_of(s.args[1])) if s.op is POWER and is_number(s.args[1]) else (s, Fraction(1))
        found[base] = found.get(base, Fraction(0)) + k
    return c, found, body


def product_of(c: Fraction, factors: Mapping[Expr, Fraction], body: Expr | None) -> Expr:
    return times(num(c), *[power(b, num(k)) for b, k in factors.items() if k], *([body] if body is not None else []))


def _without(have: Mapping[Expr, Fraction], need: Mapping[Expr, Fraction]) -> dict[Expr, Fraction] | None:
    """The factors that are left when those that are needed are taken; None where they are not all there."""
    left = dict(have)
    for base, k in need.items():
        n = left.get(base, Fraction(0))
        if n * k <= 0 or abs(n) < abs(k):
            return None
        left[base] = n - k
    return left


class Named:
    """An expression with names for what carries an index, and these names in the order of their definitions."""

    def __init__(self, e: Expr, own: Sequence[Indexed], taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.names: list[Indexed] = [n._replace(value=canonical(n.value)) for n in own]
        self.before = canonical(e)
        self.expr = self.before

    # ------------------------------------------------------------------------------------------ the author's names, and weights

    def with_own(self) -> None:
        for k in range(len(self.names) - 1, -1, -1):
            self.expr = self._put(self.expr, self.names[k])
        for k, n in enumerate(self.names):
            for m in reversed(self.names[:k]):
                self.names[k] = n = n._replace(value=self._put(n.value, m))

    def with_multiples(self) -> None:
        """The author's names divided by what carries no index: K_{ij}/s^2, where K_{ij} = s^2 exp(a_{ij}) and s^2 stands elsewhere."""
        for n in reversed([n for n in self.names if n.own and n.value.op is TIMES]):
            c, factors, body = factors_of(n.value)
            fixed = {b: -k for b, k in factors.items() if not b.indices}
            if body is None and (fixed or c != 1) and len(fixed) < len(factors):
                core = n._replace(value=product_of(Fraction(1), {b: k for b, k in factors.items() if b.indices}, None))
                letters = sorted({i for m in postorder(self.expr) for i in m.indices})
                known = {core.value_at(p): times(n.at(p), product_of(1 / c, fixed, None)) for p in permutations(letters, len(n.letters))}
                self.expr = transform(self.expr, partial(_instead, known))

    def _put(self, e: Expr, n: Indexed) -> Expr:
        """`e` with the name in the place of its value."""
        c, factors, body = factors_of(n.value)
        below = [b for b, k in factors.items() if k < 0 and INDEXED_SUM.bit & b.within]
        if n.value.op is not TIMES or body is not None or c != 1 or len(below) != 1:
            return self._put_plain(e, n)
        z = below[0]
        above = {b: k for b, k in factors.items() if b is not z}

        def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
            made = rebuild(old, args)
            return self._absorbed(made, n, z, factors[z], above) if made.op is TIMES else made

        return transform(e, of)

    def _put_plain(self, e: Expr, n: Indexed) -> Expr:
        letters = sorted({i for m in postorder(e) for i in m.indices})
        known = {n.value_at(p): n.at(p) for p in permutations(letters, len(n.letters))}
        whole = {v: factors_of(v) for v in known if v.op is TIMES}
        sums = {v: name for v, name in known.items() if v.op is ADD} if n.own else {}

        def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
            made = rebuild(old, args)
            if made in known:
                return known[made]
            if made.op is ADD and sums:
                return next((put for v, name in sums.items() if (put := in_sum(made, v, name)) is not made), made)
            if made.op is TIMES and whole:
                c, factors, body = factors_of(made)
                for v, (k, need, inner) in whole.items():
                    left = _without(factors, need) if inner is None else None
                    if left is not None:
                        return product_of(c / k, {**left, known[v]: left.get(known[v], Fraction(0)) + 1}, body)
            if made.op is POWER and made.args[0] in known:
                return power(known[made.args[0]], made.args[1])
            return made

        return transform(e, of)

    def _absorbed(self, e: Expr, n: Indexed, z: Expr, k: Fraction, above: Mapping[Expr, Fraction]) -> Expr:
        """A product with the sum z below the bar with the weight in the sums above it, as often as that can be."""
        for _ in range(4):
            c, factors, body = factors_of(e)
            found = None
            for base, exponent in factors.items():
                if exponent > k:
                    continue
                for outer in self._places(z, base):
                    left = product_of(c, {**factors, base: exponent - k}, body)
                    found = self._into(left, n, outer, above)
                    if found is not None:
                        break
                if found is not None:
                    break
            if found is None:
                return e
            e = found
            if e.op is not TIMES:
                return e
        return e

    def _places(self, z: Expr, base: Expr) -> Iterator[dict[str, str]]:
        """The letters under which the sum of the definition is this one."""
        free = sorted(z.indices)
        if len(free) != len(base.indices):
            return
        for chosen in permutations(sorted(base.indices)):
            at = dict(zip(free, chosen, strict=True))
            if _renamed(z, at) is base:
                yield at

    def _into(self, e: Expr, n: Indexed, outer: Mapping[str, str], above: Mapping[Expr, Fraction]) -> Expr | None:
        """`e` over the sum, the sum being absorbed by a weight in it."""
        if e.op is ADD:
            parts = [self._into(a, n, outer, above) for a in e.args]
            found = [p for p in parts if p is not None]
            return add(*found) if len(found) == len(parts) else None
        c, factors, body = factors_of(e)
        rest = [letter for letter in n.letters if letter not in outer]
        for chosen in permutations(sorted(e.indices - set(outer.values())), len(rest)):
            at = {**outer, **dict(zip(rest, chosen, strict=True))}
            need = {_renamed(b, at): k for b, k in above.items()}
            left = _without(factors, need)
            if left is not None:
                name = n.at([at[letter] for letter in n.letters])
                return product_of(c, {**left, name: left.get(name, Fraction(0)) + 1}, body)
        if e.op is INDEXED_SUM:
            if str(e.attr) in outer.values():
                return None
            inside = self._into(e.args[2], n, outer, above)
            return None if inside is None else indexed_sum(str(e.attr), e.args[0], e.args[1], inside)
        if e.op is TRANSPOSE:
            inside = self._into(e.args[0], n, outer, above)
            return None if inside is None else transpose(inside)
        if e.op is TIMES:
            for base, exponent in factors.items():
                if exponent == 1 and base.op in (INDEXED_SUM, ADD) and (inside := self._into(base, n, outer, above)) is not None:
                    kept = [power(b, num(k)) for b, k in factors.items() if b is not base]
                    return times(num(c), *kept, inside, *([body] if body is not None else []))
            if body is not None and (inside := self._into(body, n, outer, above)) is not None:
                return times(product_of(c, factors, None), inside)
            return None
        if e.op in (MATMUL, HADAMARD):
            make = matmul if e.op is MATMUL else hadamard
            for k, f in enumerate(e.args):
                if (inside := self._into(f, n, outer, above)) is not None:
                    return make(*e.args[:k], inside, *e.args[k + 1 :])
        return None

    def with_weights(self) -> None:
        """Weights for the sums below the bars, the most often met first."""
        for _ in range(2):
            sums = [n.args[0] for n in postorder(self.expr) if n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]) < 0]
            made = next((w for z in dict.fromkeys(sums) if z.op is INDEXED_SUM and (w := self._weight(z)) is not None), None)
            if made is None:
                return
            name, after = made
            self.names.append(name)
            self.expr = after

    def _weight(self, z: Expr) -> tuple[Indexed, Expr] | None:
        letters, body = sorted(z.indices), z.args[2]
        inner = [str(z.attr)]
        if body.op is INDEXED_SUM and not letters:
            inner, body = [*inner, str(body.attr)], body.args[2]
        if len(letters) + len(inner) > 2 or body.op is ADD or not body.is_scalar:
            return None
        c, factors, _ = factors_of(body)
        plain = {b: k for b, k in factors.items() if b.op is not IVERSON}
        base = next((x for x in WEIGHTS if x not in self.taken), None)
        for above in (factors, plain) if base is not None and c == 1 else ():
            places = tuple(f"{HOLE}{x}" for x in "ab")[: len(letters) + len(inner)]
            at = dict(zip((*letters, *inner), places, strict=True))
            value = _renamed(product_of(Fraction(1), above, None), at)
            value = times(value, power(_renamed(z, {k: v for k, v in at.items() if k in letters}), num(-1)))
            name = Indexed(str(base), places, value, False)
            after = self._put(self.expr, name)
            if after is not self.expr:
                self.taken.add(str(base))
                return name, after
        return None

    # ------------------------------------------------------------------------------------------ what repeats

    def with_repeated(self) -> None:
        """Names for what is written several times with other indices."""
        for _ in range(MOST_NAMES):
            found = self._repeated()
            if found is None:
                return
            self.names.append(found)
            self.expr = self._put_plain(self.expr, found)

    def _repeated(self) -> Indexed | None:
        uses: dict[Expr, int] = {self.expr: 1}
        order = postorder(self.expr)
        for n in reversed(order):
            for a in n.args:
                uses[a] = uses.get(a, 0) + uses.get(n, 0)
        groups: dict[Expr, list[Expr]] = {}
        for n in order:
            if n.args and 1 <= len(n.indices) <= 2 and n.size > 3 and ONE in n.shape and n.op not in (TRANSPOSE, ENTRY, MEMBER, IVERSON):
                ways = [_renamed(n, dict(zip(p, (f"{HOLE}a", f"{HOLE}b"), strict=False))) for p in permutations(sorted(n.indices))]
                groups.setdefault(min(ways, key=order_key), []).append(n)
        best: tuple[int, Expr] | None = None
        for pattern, nodes in groups.items():
            count = sum(uses[n] for n in nodes)
            gain = count * (pattern.size - 1) - pattern.size - 2
            if pattern.shape[0] is ONE and pattern.shape[1] is not ONE:
                continue
            if not pattern.is_scalar and len(pattern.indices) > 1:
                continue
            if count > 1 and gain >= LEAST_GAIN + 1 and (best is None or gain > best[0]):
                best = gain, pattern
        if best is None:
            return None
        pattern = best[1]
        places = tuple(sorted(pattern.indices))
        letters = SCALARS if pattern.is_scalar else VECTORS
        base = next((x for x in letters if x not in self.taken), None)
        if base is None:
            return None
        self.taken.add(base)
        return Indexed(base, places, pattern, False)

    def shortened(self) -> None:
        self.expr = canonical(simplify(canonical(simplify(self.expr))))
