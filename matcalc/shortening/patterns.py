"""Identities as patterns: where the left side of one is found in an expression, and what stands there then.

A letter of a pattern stands for any expression of its shape. In a matrix product a letter may stand for a run of
factors and the whole pattern for a part of the product, so `norm(X u)` is found in `norm(Q R x)`; in sums, products of
scalars and entrywise products the order does not matter and the rest stays; a trace is tried in all its rotations.
"""

from __future__ import annotations

from _thread import RLock
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from ..expressions import build
from ..expressions.build import add, is_number, matmul, num, split, symbol, times, transpose, value_of, without_coefficient
from ..expressions.conjugates import is_complex, is_sound
from ..expressions.expr import Expr
from ..expressions.properties import holds
from ..expressions.stacked import STRUCTURES, sizes_in
from ..inference.infer import read_template
from ..interning import regex
from ..kinds import ONE, Dim, size_of_letter, triangle_side
from ..ops.book import REGISTRY
from ..ops.core import ADD, EYE, HADAMARD, IVERSON, MATMUL, NUMBER, ONES, POWER, SIZE, SYMBOL, TIMES, TRANSPOSE, ZEROS
from ..ops.identities import IDENTITIES, Identity
from ..ops.inverse import INVERSE
from ..ops.operation import Operation
from ..ops.trace import TRACE

LONGEST = 12  # factors of a product in which patterns are looked for
MET = 4096  # sets of operations of which it is kept what identities they may meet
_CALLED = regex(r"[a-z][A-Za-z0-9_]+(?=\()")
# What no property comes of that an identity asks for, where nothing is declared of any name: an expression made of these alone.
PLAIN = (SYMBOL, NUMBER, ADD, TIMES, MATMUL, TRANSPOSE, HADAMARD, POWER, SIZE)
_SAID = ~sum(op.bit for op in PLAIN)
_SIGNS = {".*": HADAMARD, "X^-1": INVERSE}
_MARK = "\u2022"  # pattern letters are names no user can type
Bindings = dict[Expr, Expr]
Sizes = dict[str, Dim]
Found = tuple[Bindings, Sizes, Callable[[Expr], Expr]]


class Pattern:
    """One reading of an identity: its sides as expressions in pattern letters."""

    __slots__ = ("conditions", "identity", "left", "needs", "place", "right", "wanted")

    def __init__(self, place: int, identity: Identity, left: Expr, right: Expr, wanted: Sequence[int]) -> None:
        self.place, self.identity, self.left, self.right, self.wanted = place, identity, left, right, wanted
        self.needs = frozenset(p.op for p in left.args if not (_is_letter(p) or _is_turned_letter(p) or p.op is TIMES or p.op is NUMBER))
        self.conditions = [(words[0], words[1]) for part in filter(None, identity.when.split(",")) for words in [part.split()]]

    def apply(self, e: Expr) -> Iterator[Expr]:
        """What `e` becomes by this identity, in every way its left side is found at the root of `e`."""
        for bindings, sizes, rest in _match_root(self.left, e):
            if all(holds(bound, prop) for prop, letter in self.conditions for p, bound in bindings.items() if _letter(p) == letter):
                from ..inference.templates import instantiate

                made = rest(instantiate(self.right, bindings, sizes))
                if not is_complex(made) or is_sound(made):
                    yield made


def rewritten(e: Expr) -> Iterator[tuple[Identity, Expr]]:
    """What `e` becomes by the identities of the table."""
    candidates = _TABLE.patterns(e)
    if candidates:
        there = {a.op for a in e.args} | {a.args[0].op for a in e.args if a.op is POWER or a.op is TRANSPOSE}
        for pattern in candidates:
            if pattern.needs <= there:
                for made in pattern.apply(e):
                    yield pattern.identity, made


def _letter(p: Expr) -> str:
    """The letter of a pattern symbol: x of •x, and of its readings for columns and matrices."""
    return str(p.attr[0]).strip(_MARK)[:1]  # type: ignore[index]


class PatternTable:
    """The identities by the operation at the root of their left sides. One is read when an expression first has all the
    functions it names, and something of which a property may come that it asks for: most questions need a few of them, and reading them
    all is a fifth of the time of a first answer."""

    def __init__(self) -> None:
        bits = functions()
        self.unread = [(place, i, [*needed(i, bits), *[_SAID][: bool(i.when)]]) for place, i in enumerate(IDENTITIES)]
        self.by_root: dict[Operation, list[Pattern]] = {}
        self.met: dict[tuple[int, int], list[Pattern]] = {}  # the patterns for a root, and what operations occur
        self.reading = RLock()

    def patterns(self, e: Expr) -> list[Pattern]:
        """Those whose left sides may be found at the root of `e`, in the order of the table."""
        key = e.op.bit, e.within
        found = self.met.get(key)
        if found is None:
            with self.reading:
                self._read(e.within)
                if len(self.met) >= MET:
                    self.met = {}
                found = self.met[key] = [p for p in self.by_root.get(e.op, ()) if all(bits & e.within for bits in p.wanted)]
        return found

    def _read(self, there: int) -> None:
        waiting = []
        for place, i, wanted in self.unread:
            if not all(bits & there for bits in wanted):
                waiting.append((place, i, wanted))
                continue
            for left, right in sides(i):
                others = self.by_root.get(left.op, [])  # which somebody may be going through
                self.by_root[left.op] = sorted([*others, Pattern(place, i, left, right, wanted)], key=lambda p: p.place)
        self.unread = waiting


def needed(i: Identity, bits: dict[str, int]) -> list[int]:
    """What the left side of an identity is made of: the bits of the operations that each function it calls, and some signs, may be."""
    found = [bits[name] for name in _CALLED.findall(i.left) if name in bits]
    if not i.entrywise:  # entry by entry they are other operations
        found += [op.bit for sign, op in _SIGNS.items() if sign in i.left]
    return found + [IVERSON.bit] * ("1[" in i.left)


def functions() -> dict[str, int]:
    """The bits of the operations by name; several where the kinds of the arguments decide which operation is meant."""
    bits = {"sqrt": POWER.bit}
    for op in REGISTRY.values():
        for name in {op.name, *op.spellings}:
            bits[name] = bits.get(name, 0) | op.bit
    return bits


def letters(i: Identity) -> dict[str, Expr]:
    """The identity's letters as pattern symbols."""
    if i.entrywise:
        return {x: symbol(_MARK + x) for x in "xy" if x in (i.left + i.right)}
    found = {}
    for part in filter(None, i.where.split(",")):
        x, _, shape = part.partition(":")
        rows, cols = (size_of_letter(d, _MARK) for d in shape.split())
        found[x.strip()] = symbol(_MARK + x.strip(), (rows, cols))
    return found


def sides(i: Identity) -> list[tuple[Expr, Expr]]:
    """Both sides in pattern letters; an entrywise identity has a reading for numbers, one for columns and one for matrices."""
    names = letters(i)
    left, right = (read_template(t, names) for t in (i.left, i.right))
    found = [(left, right)]
    if i.entrywise:
        for shape in ((Dim.of(_MARK + "n"), ONE), (Dim.of(_MARK + "m"), Dim.of(_MARK + "n"))):
            arrays = {x: symbol(f"{x.attr[0]}{shape[1]}", shape) for x in names.values()}  # type: ignore[index]
            if names:
                from ..inference.templates import entrywise

                found.append((entrywise(left, arrays, shape), entrywise(right, arrays, shape)))
    return found


# ---------------------------------------------------------------------------------------------- at the root


def _match_root(p: Expr, e: Expr) -> Iterator[Found]:
    """The pattern at the root of `e`; of a sum or product it may be a part, and `rest` puts the others back."""
    if p.op in (ADD, TIMES, HADAMARD):
        yield from _match_part(p, e)
    elif p.op is MATMUL and not e.is_scalar:
        yield from _match_run(p, e)
    else:
        for b, s in _match(p, e, {}, {}):
            yield b, s, lambda made: made
        yield from _match_multiple(p, e)


def _match_multiple(p: Expr, e: Expr) -> Iterator[Found]:
    """1/f = g holds for 1/f^2 = g^2, sqrt(f) = g for f^(3/2) = g^3."""
    if p.op is not POWER or p.args[1] is e.args[1] or not (is_number(p.args[1]) and is_number(e.args[1])):
        return
    root, times_over = value_of(p.args[1]).denominator, value_of(e.args[1]) / value_of(p.args[1])
    if times_over.denominator == 1 and (times_over > 0 if root == 1 else value_of(e.args[1]).denominator == root):
        for b, s in _match(p.args[0], e.args[0], {}, {}):
            yield b, s, lambda made: build.power(made, num(times_over))


def _match_part(p: Expr, e: Expr) -> Iterator[Found]:
    """Some of the summands or factors; a power counts as a factor and the rest of the power where nothing else is found."""
    found = False
    for each in _match_among(p, e, list(e.args)):
        found = True
        yield each
    if not found and e.op is not ADD and any(a.op is POWER and is_number(a.args[1]) for a in e.args):
        apart = [part for a in e.args for part in ([a] if e.op is TIMES and not a.is_scalar else _one_off(a))]
        if len(apart) > len(e.args):
            yield from _match_among(p, e, apart)


def _one_off(a: Expr) -> list[Expr]:
    """x^3 as x and x^2, 1/x^2 as 1/x and 1/x."""
    if a.op is not POWER or not is_number(a.args[1]):
        return [a]
    k = value_of(a.args[1])
    if k.denominator != 1 or -2 < k < 2:
        return [a]
    one = 1 if k > 0 else -1
    return [build.power(a.args[0], num(one)), build.power(a.args[0], num(k - one))]


def _match_among(p: Expr, e: Expr, args: list[Expr]) -> Iterator[Found]:
    coefficient = Fraction(1)
    if e.op is TIMES:
        c, _, body = split(e)
        cp, sp, bp = split(p)
        coefficient = c / cp
        args = args[1:] if is_number(args[0]) else args
        wanted = [*sp, *([bp] if bp is not None else [])]
        if body is not None and bp is None:
            args = args[:-1]
            for b, s, left in _choose(wanted, args, {}, {}):
                yield b, s, lambda made, left=left, body=body, k=coefficient: times(num(k), made, *left, body)  # type: ignore[misc]
            return
    else:
        wanted = list(p.args)
    for b, s, left in _choose(wanted, args, {}, {}):
        if e.op is ADD:
            yield b, s, lambda made, left=left: add(made, *left)  # type: ignore[misc]
        elif e.op is TIMES:
            yield b, s, lambda made, left=left, k=coefficient: times(num(k), made, *left)  # type: ignore[misc]
        else:
            yield b, s, lambda made, left=left: build.hadamard(made, *left)  # type: ignore[misc]


def _match_run(p: Expr, e: Expr) -> Iterator[Found]:
    """A matrix product that is a run of the factors of `e`."""
    if len(e.args) > LONGEST:
        return
    for start in range(len(e.args) - 1):
        for stop in range(start + 2, len(e.args) + 1):
            before, after = e.args[:start], e.args[stop:]
            for b, s in _match_chain(p.args, e.args[start:stop], {}, {}):
                yield b, s, lambda made, before=before, after=after: matmul(*before, made, *after)  # type: ignore[misc]


# ---------------------------------------------------------------------------------------------- the whole of an expression


def _is_letter(p: Expr) -> bool:
    return p.op is SYMBOL and p.attr[0][0] == _MARK  # type: ignore[index]


def _is_turned_letter(p: Expr) -> bool:
    return p.op is TRANSPOSE and _is_letter(p.args[0])


def _choose(wanted: list[Expr], args: list[Expr], b: Bindings, s: Sizes) -> Iterator[tuple[Bindings, Sizes, list[Expr]]]:
    """Every way to find the wanted patterns among the arguments, and what is left."""
    if not wanted:
        yield b, s, args
        return
    for k, a in enumerate(args):
        for b2, s2 in _match(wanted[0], a, b, s):
            yield from _choose(wanted[1:], args[:k] + args[k + 1 :], b2, s2)


def _match(p: Expr, e: Expr, b: Bindings, s: Sizes) -> Iterator[tuple[Bindings, Sizes]]:
    """Every way the pattern is the whole of `e`."""
    if _is_letter(p):
        if p in b:
            if b[p] is e:
                yield b, s
            return
        sizes = _sizes(p.shape, e.shape, s)
        if sizes is not None:
            yield {**b, p: e}, sizes
        return
    if _is_turned_letter(p):
        yield from _match(p.args[0], transpose(e), b, s)
        return
    if p.op is TIMES and len(p.args) == 2 and is_number(p.args[0], -1):
        q, (c, rest) = p.args[1], without_coefficient(e)
        opposite = c == -1 and rest.op is q.op if q.op not in (SYMBOL, ADD, TIMES, TRANSPOSE) else q.op is not SYMBOL
        negative = c < 0 or (e.op is ADD and all(without_coefficient(a)[0] < 0 for a in e.args))  # -w^T x - b is -(w^T x + b)
        if opposite or (q.op is SYMBOL and (negative or q in b)):
            yield from _match(p.args[1], build.negative(e), b, s)
        return
    if p.op is not e.op:
        return
    if not p.args:
        of_sizes = p.op in STRUCTURES
        sizes = _sizes(sizes_in(p), sizes_in(e), s) if of_sizes else _sizes(p.shape, e.shape, s)
        if sizes is not None and (of_sizes or p.op in (EYE, ONES, ZEROS) or p is e):
            yield b, sizes
        return
    if p.op is MATMUL:
        if len(e.args) <= LONGEST:
            yield from _match_chain(p.args, e.args, b, s)
            if e.is_scalar:
                yield from _match_chain(p.args, [transpose(f) for f in reversed(e.args)], b, s)
        return
    if p.op is TRACE and p.args[0].op is MATMUL and e.args[0].op is MATMUL:
        for turned in _rotations(e.args[0].args):
            yield from _match_chain(p.args[0].args, turned, b, s)
        return
    if p.attr != e.attr or len(p.args) != len(e.args) or p.op is SIZE:
        return
    if p.op in (ADD, TIMES, HADAMARD):
        for b2, s2, left in _choose(list(p.args), list(e.args), b, s):
            if not left:
                yield b2, s2
        return
    yield from _match_all(p.args, e.args, b, s)


def _rotations(chain: Sequence[Expr]) -> Iterator[Sequence[Expr]]:
    """The products that have the same trace."""
    if len(chain) > LONGEST:
        return
    for c in (list(chain), [transpose(f) for f in reversed(chain)]):
        if not any(f.op is TIMES for f in c):  # the transpose of a skew factor
            yield from (c[k:] + c[:k] for k in range(len(c)))


def _match_chain(ps: Sequence[Expr], es: Sequence[Expr], b: Bindings, s: Sizes) -> Iterator[tuple[Bindings, Sizes]]:
    """The factors of a pattern in order; a letter stands for one factor or for several."""
    if not ps:
        if not es:
            yield b, s
        return
    p = ps[0]
    several = _is_letter(p) or _is_turned_letter(p)
    for run in range(1, len(es) - len(ps) + 2 if several else 2):
        if run > len(es):
            return
        part = matmul(*es[:run])
        if part.op is TIMES and run > 1:
            continue
        for b2, s2 in _match(p, part, b, s):
            yield from _match_chain(ps[1:], es[run:], b2, s2)


def _match_all(ps: Iterable[Expr], es: Iterable[Expr], b: Bindings, s: Sizes) -> Iterator[tuple[Bindings, Sizes]]:
    ps, es = list(ps), list(es)
    if not ps:
        yield b, s
        return
    for b2, s2 in _match(ps[0], es[0], b, s):
        yield from _match_all(ps[1:], es[1:], b2, s2)


def _sizes(pattern: Sequence[Dim], found: Sequence[Dim], s: Sizes) -> Sizes | None:
    """The dimension letters extended so that the pattern has these sizes; None if it cannot."""
    for wanted, given in zip(pattern, found, strict=True):
        if not wanted.name and wanted is not ONE and (side := triangle_side(wanted)) and side.name:  # n (n + 1)/2
            wanted, given = side, triangle_side(given) or ONE
        letter = wanted.name
        if letter is None or not letter.startswith(_MARK):
            if wanted is not given:
                return None
        elif letter not in s:
            if given is ONE:
                return None
            s = {**s, letter: given}
        elif s[letter] is not given:
            return None
    return s


_TABLE = PatternTable()
