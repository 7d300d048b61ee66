"""Unknown sizes and their unification.

A size is known (a polynomial in declared names, see `kinds.Dim`) or an unknown, which is a `Dim` whose only name begins
with "?". Declared names are rigid and pairwise different; an unknown is never one, because what is a scalar and what
is not is decided before sizes are compared (the kinds are guessed, the sizes follow).

The sizes of vec and kron are products of two sizes. While the factors are unknown, such a size is an unknown that
remembers its factors in order (the outer one first), so that kron(B, A) vec(X) finds the sizes of A and B.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..kinds import ONE, Dim, Shape, square_root, triangle_side, triangular


def is_unknown(d: Dim) -> bool:
    """Whether `d` is a single unknown."""
    name = d.name
    return name is not None and name[0] == "?"


class Sizes:
    """A union-find over unknown sizes."""

    def __init__(self) -> None:
        self._value: dict[Dim, Dim] = {}
        self._factors: dict[Dim, tuple[Dim, Dim]] = {}
        self._sides: dict[Dim, Dim] = {}  # of n (n + 1)/2, the n
        self._parts: dict[Dim, tuple[Dim, ...]] = {}
        self._cuts: dict[Dim, tuple[Dim, ...]] = {}  # known sums, as the text cuts them
        self._open: list[tuple[Dim, Dim, Dim]] = []
        self._loose: list[Dim] = []
        self._count = 0

    def fresh(self) -> Dim:
        """A new unknown."""
        self._count += 1
        return Dim.of(f"?{self._count}")

    def product(self, outer: Dim, inner: Dim) -> Dim:
        """The size outer·inner, as of kron and vec."""
        outer, inner = self.resolve(outer), self.resolve(inner)
        if outer is ONE or inner is ONE:
            return inner if outer is ONE else outer
        if not is_unknown(outer) and not is_unknown(inner):
            return outer * inner
        whole = self.fresh()
        self._factors[whole] = (outer, inner)
        return whole

    def triangle(self, side: Dim) -> Dim:
        """The size n (n + 1)/2 of vech."""
        side = self.resolve(side)
        if not is_unknown(side):
            return triangular(side)
        whole = self.fresh()
        self._sides[whole] = side
        return whole

    def loose(self) -> Dim:
        """A new unknown that is one where nothing else is said about it."""
        self._loose.append(self.fresh())
        return self._loose[-1]

    def _is_one(self, d: Dim) -> bool:
        """Let a loose size be one; False for any other. In [x; 0]^T [Q, a; a^T, b] the 0 has one row."""
        if not is_unknown(d) or all(d is not self.resolve(e) for e in self._loose):
            return False
        self._value[d] = ONE
        return True

    def tighten(self, others: Iterable[Dim]) -> None:
        """Let every loose size be one that nothing has made anything else, nor equal to one of the `others`."""
        held = set(others)
        for d in map(self.resolve, self._loose):
            if (
                is_unknown(d)
                and not any(d in made for made in (self._parts, self._factors, self._sides))
                and not any(self._occurs(d, h) for h in held)
            ):
                self._value[d] = ONE

    def sum(self, parts: Sequence[Dim]) -> Dim:
        """The size of blocks side by side."""
        whole = self.fresh()
        self._parts[whole] = tuple(parts)
        return self.resolve(whole)

    def resolve(self, d: Dim) -> Dim:
        """What is known of `d`: its value, or the unknown that stands for its class."""
        value = self._value
        if d in value:
            root = d
            while root in value:
                root = value[root]
            while d is not root:  # path compression
                up = value[d]
                value[d] = root
                d = up
        if d in self._factors:
            outer, inner = (self.resolve(f) for f in self._factors[d])
            if not is_unknown(outer) and not is_unknown(inner):
                value[d] = outer * inner
                return value[d]
        if d in self._sides and not is_unknown(side := self.resolve(self._sides[d])):
            value[d] = triangular(side)
            return value[d]
        if d in self._parts:
            parts = [self.resolve(p) for p in self._parts[d]]
            if not any(map(is_unknown, parts)):
                value[d] = _total(parts)
                self._cuts.setdefault(value[d], tuple(parts))
                return value[d]
        return d

    def shape(self, shape: Shape) -> Shape:
        return self.resolve(shape[0]), self.resolve(shape[1])

    def unify(self, a: Dim, b: Dim) -> bool:
        """Make two sizes equal; False where they cannot be."""
        if a is b:
            return True
        a, b = self.resolve(a), self.resolve(b)
        if a is b:
            return True
        if a is ONE or b is ONE:
            return self._is_one(b if a is ONE else a)
        if not is_unknown(a):
            a, b = b, a
        if not is_unknown(a):
            return False
        if a in self._sides or b in self._sides:
            return self._unify_triangle(a, b)
        if a in self._parts:
            return self._unify_sum(a, b)
        if b in self._parts:
            return self._unify_sum(b, a)
        if a not in self._factors:
            a, b = (a, b) if not is_unknown(b) or b in self._factors else (b, a)
            if self._occurs(a, b):
                return False
            self._value[a] = b
            return True
        outer, inner = self._factors[a]
        if b in self._factors:
            self._value[a] = b
            return self.unify(outer, self._factors[b][0]) and self.unify(inner, self._factors[b][1])
        if is_unknown(b):
            if self._occurs(b, a):
                return False
            self._value[b] = a
            return True
        if b.name is not None or (b.number is not None and b.number < 4):  # a name or a prime is no product
            return False
        self._value[a] = b
        self._open.append((outer, inner, b))
        return self.settle()

    def _unify_triangle(self, a: Dim, b: Dim) -> bool:
        """n (n + 1)/2 of an unknown n and another size."""
        if a not in self._sides:
            a, b = b, a
        if b in self._factors or b in self._parts:
            return False
        if is_unknown(b) and b not in self._sides:
            if self._occurs(b, a):
                return False
            self._value[b] = a
            return True
        side = self._sides[b] if b in self._sides else triangle_side(b)
        if side is None:
            return False
        self._value[a] = b
        return self.unify(self._sides[a], side)

    def _unify_sum(self, a: Dim, b: Dim) -> bool:
        """A sum of sizes and another size: one unknown part is what is left; an unknown takes the sum."""
        parts = [self.resolve(p) for p in self._parts[a]]
        if b in self._parts:
            others = self._parts[b]
            self._value[a] = b
            return len(parts) == len(others) and all(self.unify(p, q) for p, q in zip(parts, others, strict=True))
        if is_unknown(b):
            if b in self._factors or self._occurs(b, a):
                return False
            self._value[b] = a
            return True
        unknown = [p for p in parts if is_unknown(p)]
        cut = self._cuts.get(b, ())
        if len(unknown) > 1 and len(cut) == len(parts):
            self._value[a] = b
            return all(self.unify(p, q) for p, q in zip(parts, cut, strict=True))
        rest = b - _total([p for p in parts if not is_unknown(p)])
        if len(unknown) != 1 or not rest.terms or (rest.number is not None and rest.number < 1):
            return False
        self._value[a] = b
        return self.unify(unknown[0], rest)

    def _occurs(self, unknown: Dim, d: Dim) -> bool:
        todo = [d]
        while todo:
            d = self.resolve(todo.pop())
            if d is unknown:
                return True
            todo += (*self._factors.get(d, ()), *self._parts.get(d, ()), *([self._sides[d]] if d in self._sides else []))
        return False

    def settle(self) -> bool:
        """Find factors of known products where the other factor has become known; False where that cannot be."""
        waiting, self._open = self._open, []
        for outer, inner, whole in waiting:
            outer, inner = self.resolve(outer), self.resolve(inner)
            if is_unknown(outer) and is_unknown(inner) and outer is not inner:
                self._open.append((outer, inner, whole))
                continue
            known, other = (inner, outer) if is_unknown(outer) else (outer, inner)
            rest = square_root(whole) if outer is inner else quotient(whole, known)
            if rest is None or not self.unify(other, rest):
                return False
        return len(self._open) in (0, len(waiting)) or self.settle()

    def unsettled(self) -> list[tuple[Dim, Dim, Dim]] | None:
        """Products (outer, inner, value) whose factors are still unknown; None where they cannot be right."""
        return self._open if self.settle() else None

    def factors(self, d: Dim) -> tuple[Dim, Dim] | None:
        """The two factors of an unknown product."""
        return self._factors.get(d)

    def parts(self, d: Dim) -> tuple[Dim, ...] | None:
        """The parts of an unknown sum."""
        return self._parts.get(d)

    def could_equal(self, a: Dim, b: Dim) -> bool:
        """Whether `unify` might succeed; nothing is changed."""
        a, b = self.resolve(a), self.resolve(b)
        return a is b or (a is not ONE and b is not ONE and (is_unknown(a) or is_unknown(b)))


def _total(parts: Iterable[Dim]) -> Dim:
    total = Dim({})
    for p in parts:
        total = total + p
    return total


def quotient(whole: Dim, part: Dim) -> Dim | None:
    """whole/part where part is one monomial and divides."""
    if len(part.terms) != 1:
        return None
    (divisor, number) = part.terms[0]
    result = {}
    for monomial, c in whole.terms:
        powers = dict(monomial)
        for name, k in divisor:
            powers[name] = powers.get(name, 0) - k
        if c % number or any(k < 0 for k in powers.values()):
            return None
        result[tuple(sorted((n, k) for n, k in powers.items() if k))] = c // number
    return Dim(result)
