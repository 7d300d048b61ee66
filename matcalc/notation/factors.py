"""How products, quotients and powers are spelled: signs taken in by differences, fractions, the shorter direction of x^T A y."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..expressions import build
from ..expressions.build import is_number, split, transpose, value_of
from ..expressions.expr import Expr
from ..kinds import ONE
from ..ops.core import (
    ADD,
    CONSTANT,
    ENTRY,
    HADAMARD,
    INDEX,
    INDEXED_SUM,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
)
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.rotations import SKEW
from ..ops.trace import TRACE
from ..printing.count import symbols
from ..syntax import Node, walk
from .entries import dotted
from .spelling import Key, Spelling, is_below
from .surface import is_plain_product, negated, number, product, quotient

HALF = Fraction(1, 2)


class Factors(Spelling):
    """Spells products."""

    def times(self, e: Expr) -> Node:
        return self._times(*split(e))

    def _times(self, c: Fraction, scalars: Sequence[Expr], body: Expr | None, extra: Node | None = None) -> Node:
        if c < 0:
            flipped = self._flip(scalars, body)
            if flipped is not None:
                return self._signed(
                    -c,
                    [self._of(s) for s in sorted(flipped[0], key=self._factor_key) if not is_below(s)],
                    [s for s in flipped[0] if is_below(s)],
                    flipped[1],
                )
            return negated(self._times(-c, scalars, body))
        above = [self._of(s) for s in sorted((s for s in scalars if not is_below(s)), key=self._factor_key)]
        above += [extra] if extra is not None else []
        return self._signed(c, above, [s for s in scalars if is_below(s)], self._of(body) if body is not None else None)

    def _signed(self, c: Fraction, above: list[Node], below: list[Expr], body: Node | None) -> Node:
        under = [self._of(build.power(s, build.num(-1))) for s in sorted(below, key=self._factor_key)]
        if body is None and len(above) == 1 and is_plain_product(above[0]):
            body = above.pop()  # 2 a^T b needs no brackets
        if c.denominator != 1:
            under.insert(0, number(c.denominator))
        if c.numerator != 1:
            above.insert(0, number(c.numerator))
        if body is None:
            return quotient(above, under)
        if body.op in ("sum", "product") and under:
            return product([quotient(above, under), body])
        if is_plain_product(body) and not (above and above[-1].op in ("sum", "product")):
            return quotient([*above, *body.args], under)
        return quotient([*above, body], under)

    def _factor_key(self, s: Expr) -> Key:
        base = s.args[0] if s.op is POWER else s
        plain = base.op in (SYMBOL, SIZE, CONSTANT, MEMBER, ENTRY, INDEX)
        named = s is not base and not is_number(s.args[1]) and not is_number(base)  # n x^(n - 1), not x^(n - 1) n
        return (not plain, named, base.op is not CONSTANT, *self.key(s))

    def _flip(self, scalars: Sequence[Expr], body: Expr | None) -> tuple[list[Expr], Node | None] | None:
        """A minus absorbed by a difference among the factors: -2 (y - z)^T A is 2 (z - y)^T A; None if none can."""
        for k, s in enumerate(scalars):
            others = [*scalars[:k], *scalars[k + 1 :]]
            if s.op is ADD and self._can_flip(s):
                return [*scalars[:k], build.opposite(s), *scalars[k + 1 :]], self._of(body) if body is not None else None
            if s.op is POWER and not is_below(s) and _is_odd(s.args[1]) and s.args[0].op is ADD and self._can_flip(s.args[0]):
                cube = Node("pow", (self._sized(build.opposite(s.args[0])), self._of(s.args[1])))
                return others, cube if body is None else product([cube, self._of(body)])
            if s.op.parity == "odd" and (turned := self._turned(s)) is not None:
                return others, turned if body is None else product([turned, self._of(body)])
            if s.op in (INDEXED_SUM, TRACE) and body is None and (turned := self._turned(s)) is not None:
                return others, turned
        turned = self._turned(body) if body is not None else None
        return None if turned is None else (list(scalars), turned)

    def _can_flip(self, s: Expr) -> bool:
        return s not in self.named and any(build.without_coefficient(a)[0] < 0 for a in s.args)

    def _turned(self, e: Expr) -> Node | None:
        """-e without a minus in front, where a difference inside takes it; None if there is none. (The constructors would
        bring the minus out again, so this works on the surface.)"""
        if e in self.named:
            return None
        if e.op is ADD:
            return self._of(build.opposite(e)) if self._can_flip(e) else None
        if e.op is INDEXED_SUM:
            return self._turned_sum(e, False)
        if e.op is TRACE:
            turned = self._turned(e.args[0])
            return None if turned is None else Node("call", (turned,), "tr")
        if e.op is TRANSPOSE:
            inner = e.args[0]
            if inner.op is ADD:
                return self._of(transpose(build.opposite(inner))) if self._can_flip(inner) else None
            turned = self._turned_sum(inner, True) if inner.op is INDEXED_SUM else self._turned(inner)
            return turned if turned is None or inner.op is INDEXED_SUM else Node("T", (turned,))
        if e.op is DIAG:
            turned = self._turned(e.args[0])
            return None if turned is None else Node("call", (turned,), "diag")
        if e.op.parity == "odd" and len(e.args) == 1 and e.op.spellings:
            turned = self._turned(e.args[0])
            return None if turned is None else Node("call", (turned,), e.op.spellings[0])
        if e.op is MATMUL and (crossed := self._crossed(list(e.args), turned=True)) is not None:
            return crossed
        if e.op in (MATMUL, HADAMARD):
            for k, f in enumerate(e.args):
                turned = None if is_below(f) else self._turned(f)
                if turned is not None:
                    rest = [*e.args[:k], *e.args[k + 1 :]]
                    if e.op is HADAMARD:
                        return self._entrywise([turned, *[self._of(p) for p in rest if not is_below(p)]], [p for p in rest if is_below(p)])
                    left, right = ([self._chain(list(c))] if c else [] for c in (e.args[:k], e.args[k + 1 :]))
                    return product([p for n in (*left, turned, *right) for p in (n.args if is_plain_product(n) else (n,))])
        return None

    def _turned_sum(self, summed: Expr, transposed: bool) -> Node | None:
        """-sum_i (a - b) x_i as sum_i (b - a) x_i (of its transpose: `transposed`)."""
        low, high, term = summed.args
        _, scalars, _ = split(term)
        s = next((s for s in (term, *scalars) if s.op is ADD and self._can_flip(s)), None)
        if s is None:
            return None
        if s is term:
            body = build.opposite(s)
            inside = self._of(transpose(body) if transposed else body)
        else:
            rest = build.divide(term, s)
            inside = self._times(*split(transpose(rest) if transposed else rest), extra=self._of(build.opposite(s)))
        return Node("sum", (inside, self._of(low), self._of(high)), str(summed.attr))

    def matmul(self, e: Expr) -> Node:
        if e.is_scalar:
            straight, back = list(e.args), [transpose(a) for a in reversed(e.args)]
            if sum(a.size for a in straight) == sum(a.size for a in back):
                typed = self.author.get(e)
                if typed is not None:
                    return self._chain(list(typed))
                nodes = [self._chain(c) for c in (straight, back)]
                return min(nodes, key=self._text_key)
        return self._chain(list(e.args))

    def _text_key(self, node: Node) -> Key:
        return (symbols(node), [self.ranks.get(str(n.attr), 10**6) for n in walk(node) if n.op == "name"], [n.op for n in walk(node)])

    def _chain(self, factors: list[Expr]) -> Node:
        """A matrix product; runs of transposes that begin with a row are gathered where that is shorter."""
        crossed = self._crossed(factors)
        if crossed is not None:
            return crossed
        parts: list[Node] = []
        k = 0
        while k < len(factors):
            f = factors[k]
            run = 1
            if f.shape[0] is ONE:
                while k + run < len(factors) and _turns(factors[k + run]):
                    run += 1
                saved = sum(g.op is TRANSPOSE and g.args[0].op is not INVERSE for g in factors[k : k + run])
                if run > 1 and saved > 1:
                    inside = [transpose(g) for g in reversed(factors[k : k + run])]
                    parts.append(Node("T", (self._chain(inside),)))
                    k += run
                    continue
            held = (k > 0 and f.shape[0] is not ONE) or (k + 1 < len(factors) and f.shape[1] is not ONE)
            parts.append(self._beside(f) if held else self._of(f))
            k += 1
        return product(parts)

    def _crossed(self, factors: list[Expr], turned: bool = False) -> Node | None:
        """A product with [a]_x beside a vector as a cross product, or its opposite (`turned`); None where there is none."""
        factors = [g for f in factors for g in self._squared(f)]
        at = [k for k, f in enumerate(factors) if f.op is SKEW and f not in self.named]
        if at and at[0] + 1 < len(factors) and factors[-1].shape[1] is ONE:
            head, tail = factors[: at[0]], factors[at[0] + 1 :]
            sides = [self._beside(factors[at[0]].args[0]), self._beside(tail[0]) if len(tail) == 1 else self._chain(tail)]
            cross = Node("call", tuple(sides[::-1] if turned else sides), "cross")
            return product([self._chain(head), cross]) if head else cross
        if at and at[-1] and at[-1] + 1 == len(factors) and factors[0].shape[0] is ONE:
            head = [transpose(f) for f in reversed(factors[:-1])]
            if any(f.op is TIMES for f in head):  # (skew(b) c)^T is -c^T skew(b)
                head = [transpose(f) if f.op is TIMES else f for f in head]
                turned = turned != (sum(transpose(f).op is TIMES for f in head) % 2 == 1)
            sides = [self._beside(head[0]) if len(head) == 1 else self._chain(head), self._beside(factors[-1].args[0])]
            return Node("T", (Node("call", tuple(sides[::-1] if turned else sides), "cross"),))
        return None

    def _squared(self, f: Expr) -> tuple[Expr, ...]:
        """[a]_x^2 as two factors."""
        square = f.op is MATRIX_POWER and f.args[0].op is SKEW and is_number(f.args[1], 2) and f not in self.named
        return f.args[:1] * 2 if square else (f,)

    def hadamard(self, e: Expr) -> Node:
        typed = self.author.get(e)
        parts = list(typed) if typed is not None else sorted(e.args, key=self._factor_key)
        return self._entrywise([self._of(p) for p in parts if not is_below(p)], [p for p in parts if is_below(p)])

    def _entrywise(self, above: list[Node], divisors: list[Expr]) -> Node:
        below = [self._of(build.power(p, build.num(-1))) for p in divisors]
        if not above:
            below = [self._sized(build.power(p, build.num(-1))) for p in divisors]
            return Node("ew", (number(1), below[0] if len(below) == 1 else Node("ew", tuple(below), (".*",) * (len(below) - 1))), ("./",))
        if len(above) + len(below) == 1:
            return above[0]
        return Node("ew", tuple(above + below), (".*",) * (len(above) - 1) + ("./",) * len(below))

    def power(self, e: Expr) -> Node:
        base, k = e.args
        scalar = e.is_scalar
        if is_number(k):
            v = value_of(k)
            if v < 0:
                under = self._sized(build.power(base, build.num(-v)))
                return Node("mul", (number(1), under), ("/",)) if scalar else Node("ew", (number(1), under), ("./",))
            if v == HALF:
                return Node("call", (self._sized(base),), dotted("sqrt", base))
            if v.denominator == 1 and v.numerator % 2 == 0 and base.op is ADD:
                base = self._this_way_round(base)
        return Node("pow" if scalar else "epow", (self._sized(base), self._of(k)))

    def _this_way_round(self, e: Expr) -> Expr:
        """Of a sum and its opposite, whose even powers are the same, the one that was typed: (x - 1)^2; else what moves comes first."""
        if e in self.author or e in self.named:
            return e
        turned = build.opposite(e)
        moving = [t for t in e.args if not is_number(t)]
        backward = turned not in self.author and len(moving) == 1 < len(e.args) and build.without_coefficient(moving[0])[0] < 0
        return turned if backward or turned in self.author else e

    def matrix_power(self, e: Expr) -> Node:
        x, k = e.args
        if x.op is INVERSE:
            return Node("pow", (self._sized(x.args[0]), negated(self._of(k)) if is_number(k) else self._of(build.negative(k))))
        return Node("pow", (self._sized(x), self._of(k)))


def _is_odd(k: Expr) -> bool:
    return is_number(k) and value_of(k).denominator == 1 and value_of(k).numerator % 2 == 1


def _turns(g: Expr) -> bool:
    """A factor whose transpose costs nothing extra to write: M^T, or a symmetric one."""
    if g.shape[1] is ONE:
        return False
    return g.op is TRANSPOSE or transpose(g) is g
