"""The author's names: an answer written with the values that its author named, where they occur in it.

The normal form runs sums and products into one another, so Q in (X W_Q) (X W_K)^T is a run of factors and r in A x - b + c two summands.
A name is put in the place of such a part, or of its transpose or opposite; and an answer with names is used only where it is, written out
again, the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..expressions.build import add, hadamard, matmul, negative, num, opposite, rebuild, split, symbol, times, trace, transpose
from ..expressions.expr import Expr, order_key, postorder, transform
from ..expressions.named import VALUE, named
from ..ops.core import ADD, HADAMARD, MATMUL, NAMED, TIMES
from ..ops.trace import TRACE

LARGEST = 400  # nodes of an answer in which names are looked for


class Authored:
    """The names of a text in the order of their definitions, put in the place of what they stand for."""

    def __init__(self, definitions: Mapping[str, Expr]) -> None:
        self.names: list[Expr] = []
        self._known: dict[Expr, Expr] = {}
        for name, value in definitions.items():
            if value.args and not value.indices and value.op is not NAMED:
                made = named(self._written(value), VALUE, name)
                if made.op is NAMED:
                    self.names.append(made)

    def __call__(self, e: Expr) -> Expr:
        """`e` with the names."""
        if not self.names:
            return e
        found = self._known.get(e)
        if found is None:
            found = self._written(e) if len(postorder(e)) <= LARGEST else e
            self._known[e] = found = found if found is e or is_same(self.written_out(found), e) else e
        return found

    def written_out(self, e: Expr) -> Expr:
        """`e` without the names."""
        attrs = {n.attr for n in self.names}
        return transform(e, lambda n, args: args[0] if n.op is NAMED and n.attr in attrs else rebuild(n, args))

    def _written(self, e: Expr) -> Expr:
        for n in self.names:
            e = transform(e, _putting(n))
        return e


def is_same(one: Expr, other: Expr) -> bool:
    """Whether two expressions are the same but for the way round in which differences stand: -2 (P - y) is 2 (y - P)."""
    if one is other:
        return True
    sums: dict[Expr, Expr] = {}
    return _of_letters(one, sums) is _of_letters(other, sums)


def _of_letters(e: Expr, sums: dict[Expr, Expr]) -> Expr:
    """The expression with a letter for each sum, the same for a sum and its opposite, which is the letter's: the normal form of a sum
    takes in the sign before it."""

    def put(old: Expr, args: tuple[Expr, ...]) -> Expr:
        n = rebuild(old, args)
        if n.op is not ADD:
            return n
        first = min(n.args, key=lambda a: order_key(a if split(a)[0] > 0 else negative(a)))
        positive = split(first)[0] > 0
        whole = n if positive else opposite(n)
        letter = sums.setdefault(whole, symbol(f"\u2022sum {len(sums)}", whole.shape))
        return letter if positive else negative(letter)

    return transform(e, put)


def _putting(name: Expr) -> Callable[[Expr, tuple[Expr, ...]], Expr]:
    value = name.args[0]
    turned = transpose(value)
    runs = [(f.args, n) for f, n in ((value, name), (turned, transpose(name))) if f.op is MATMUL and not f.is_scalar]

    def put(old: Expr, args: tuple[Expr, ...]) -> Expr:
        e = rebuild(old, args)
        if e is value:
            return name
        if e is turned:
            return transpose(name)
        if e.op is MATMUL and runs:
            return _in_product(e, runs)
        if e.op is TRACE and e.args[0].op is MATMUL and runs and value.shape[0] is value.shape[1]:
            return _in_trace(e, runs)
        if value.op is ADD and e.op is ADD and len(e.args) >= len(value.args):
            return in_sum(e, value, name)
        if value.op is HADAMARD and e.op is HADAMARD and set(value.args) < set(e.args):
            return hadamard(name, *[a for a in e.args if a not in value.args])
        return _in_multiple(e, value, name)

    return put


def _in_product(e: Expr, runs: Sequence[tuple[tuple[Expr, ...], Expr]]) -> Expr:
    chain = list(e.args)
    for run, name in runs:
        at = 0
        while at + len(run) <= len(chain):
            if tuple(chain[at : at + len(run)]) == run:
                chain[at : at + len(run)] = [name]
            at += 1
    return matmul(*chain) if len(chain) < len(e.args) else e


def _in_trace(e: Expr, runs: Sequence[tuple[tuple[Expr, ...], Expr]]) -> Expr:
    """tr(F F^T) is tr(C) for C = F^T F: a trace in its rotations."""
    chain = e.args[0].args
    for k in range(1, len(chain)):
        turned = matmul(*chain[k:], *chain[:k])
        if turned.op is MATMUL and (made := _in_product(turned, runs)) is not turned:
            return trace(made)
    return e


def in_sum(e: Expr, value: Expr, name: Expr) -> Expr:
    """A sum with the name in the place of the summands of its value, or of their opposites: h - y for a + b x - y, with h = a + b x."""
    have = set(e.args)
    for terms, instead in ((value.args, name), (opposite(value).args, negative(name))):
        if have.issuperset(terms):
            return add(instead, *[a for a in e.args if a not in terms])
    return e


def _in_multiple(e: Expr, value: Expr, name: Expr) -> Expr:
    """Where the name stands for a number times something, or for the product of some of the scalars."""
    c, scalars, body = split(value)
    k, more, rest = split(e)
    if value.is_scalar and body is not None and scalars and e.op is TIMES:  # r = x^T A x/(x^T x) in r x
        scalars, body = (*scalars, body), None
        if e.is_scalar and rest is not None:
            more, rest = (*more, rest), None
    if (c == 1 and not scalars) or (rest is not body and body is not None) or not set(scalars) <= set(more):
        return e
    made = times(num(k / c), *[s for s in more if s not in scalars], name, *([rest] if rest is not None and body is None else []))
    return made if made.size < e.size else e
