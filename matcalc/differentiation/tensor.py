"""A derivative as an object: ordered open slots and a sum of network terms; its numbers and its matrix form.

The slots are those of the function (rows, columns), then, for every variable in turn, its rows and columns; a
dimension of one has no slot. What has at most two open indices is folded into one expression, `matrix`; the rest is
kept as terms and printed in index form, as a Kronecker product or as a linear map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import NoAnswerError
from ..expressions import build
from ..expressions.build import add, entry, hadamard, matmul, num, rebuild, transpose, unit
from ..expressions.expr import Expr, transform
from ..expressions.sums import terms_of
from ..kinds import ONE, SCALAR, Dim, Shape
from ..numbers.contraction import Step, order
from ..numbers.kernels import network
from ..numbers.numeric import Plan
from ..ops.core import ENTRY, HADAMARD, IVERSON, MATMUL, UNIT
from ..ops.sums import SUM
from .differential import accumulate, collect, derivative
from .families import apart, bind
from .network import Factor, Index, Slot, Term, matrix_form, reduce_term, slot_for

if TYPE_CHECKING:
    from types import ModuleType

MOST = 1000  # terms, beyond which nobody reads a derivative and no check gets through it


class Tensor:
    """`shapes` are those of the function and of the variables; `terms` have two slots for each of them."""

    __slots__ = ("_numbers", "_terms", "matrix", "shapes")
    shapes: tuple[Shape, ...]
    matrix: Expr | None
    _terms: tuple[Term, ...] | Callable[[], Iterable[Term]]
    _numbers: Callable[..., Any] | None

    def __init__(self, shapes: Sequence[Shape], terms: Sequence[Term]) -> None:
        self._terms = like_terms(terms)
        self._is(shapes, None)
        dims = [d for s in self.shapes for d in s if d.number != 1]
        if len(dims) <= 2:
            forms = [matrix_form(t) for t in self._terms]
            if len(forms) > 1 and None not in forms:
                forms = [matrix_form(t) for t in collect(self._terms)]
            if None not in forms:
                nothing = build.zeros(dims[0] if dims else ONE, dims[1] if len(dims) > 1 else ONE)
                self.matrix = add(nothing, *[form for form in forms if form is not None])

    def _is(self, shapes: Sequence[Shape], matrix: Expr | None) -> None:
        self.shapes, self.matrix, self._numbers = tuple(shapes), matrix, None

    @classmethod
    def of(cls, function: Expr) -> Tensor:
        """A function as its own derivative of order 0."""
        return cls._folded([function.shape], function, ())

    @classmethod
    def _folded(cls, shapes: Sequence[Shape], matrix: Expr, terms: tuple[Term, ...] | Callable[[], Iterable[Term]]) -> Tensor:
        """One with this matrix; its terms, which few ask for, may be a function that makes them: none of these sums over an index."""
        made = object.__new__(cls)
        made._terms = terms
        made._is(shapes, matrix)
        return made

    @property
    def terms(self) -> tuple[Term, ...]:
        """The network terms; of one with a matrix those that it was folded from."""
        if callable(self._terms):
            self._terms = like_terms(self._terms())
        return self._terms

    @property
    def letters(self) -> set[str]:
        """Those that the terms sum over."""
        return set() if callable(self._terms) else {letter for t in self._terms for letter, _, _ in t.binders}

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """Without what is only kept to compute with."""
        return None, {"shapes": self.shapes, "_terms": self.terms, "matrix": self.matrix, "_numbers": None}

    def replace(self, matrix: Expr) -> None:
        """Take a simpler spelling of the same matrix."""
        self.matrix, self._numbers = matrix, None

    def differentiate(self, x: Expr) -> Tensor:
        """The derivative by a further variable; its slots come last (Leibniz over the factors). By an entry of a vector or
        matrix it is the entry of the derivative by the whole."""
        if x.op is ENTRY:
            return self.differentiate(x.args[0])._at(*x.args[1:])
        shapes = (*self.shapes, x.shape)
        if self.matrix is not None:
            found = []
            for t in derivative(self.matrix, x):
                own = iter([s for s in t.slots[:2] if s])
                slots: list[Slot] = [next(own) if d.number != 1 else () for s in self.shapes for d in s]
                found.append(Term(t.scalar, t.factors, [*slots, *t.slots[2:]], t.binders))
            _limited(found)
            return Tensor(shapes, found)
        terms: list[Term] = []
        for t in self.terms:
            # The sums of the term are taken last: what is differentiated stands inside them.
            seeds = [(t.scalar, Term(num(1), t.factors, (*t.slots, (), ())))]
            for k, (e, r, c) in enumerate(t.factors):
                seeds.append((e, Term(t.scalar, t.factors[:k] + t.factors[k + 1 :], (*t.slots, r, c))))
            inner = [part for e, seed in seeds for part in accumulate(e, [_with_fresh_ends(seed, e)], x)]
            for binder in reversed(t.binders):
                inner = [bound for part in inner for bound in bind(part, binder)]
            terms += inner
            _limited(terms)
        return Tensor(shapes, terms)

    def _at(self, i: Expr, j: Expr) -> Tensor:
        """The entry (i, j) along the last variable."""
        found = []
        for t in self.terms:
            for letter in sorted(i.indices | j.indices):
                t = apart(t, letter)
            units: list[Factor] = [(unit(k, s[0].dim), s, ()) for k, s in zip((i, j), t.slots[-2:], strict=True) if s]
            picked = reduce_term(Term(t.scalar, [*t.factors, *units], (*t.slots[:-2], (), ())))
            inner = [] if picked is None else [picked]
            for binder in reversed(t.binders):
                inner = [bound for part in inner for bound in bind(part, binder)]
            found += inner
        made = Tensor((*self.shapes[:-1], SCALAR), collect(found))
        if made.matrix is not None:
            made.matrix = transform(made.matrix, _with_entries)
        return made

    def map(self, rewrite: Any) -> Tensor:
        """The tensor with every expression in it rewritten, each once however many terms have it."""

        def terms() -> list[Term]:
            once = cache(rewrite)
            return [Term(once(t.scalar), [(once(e), r, c) for e, r, c in t.factors], t.slots, t.binders) for t in self.terms]

        if self.matrix is None:
            return Tensor(self.shapes, terms())
        summed = any(t.binders for t in self.terms)
        return self._folded(self.shapes, rewrite(self.matrix), like_terms(terms()) if summed else terms)

    def expressions(self) -> list[Expr]:
        """Every expression in it."""
        if self.matrix is not None:
            return [self.matrix]
        return [e for t in self.terms for e in (t.scalar, *[f[0] for f in t.factors])]

    def summands(self, indices: Mapping[str, int], arrays: ModuleType | None = None) -> Callable[..., list[Any]]:
        """The numbers of its summands, each as in `evaluate`, as a function of the values, the sizes and, if they are given, directions
        along which the last variables move: a summand of terms is then the smaller for it. To be asked for often."""
        if self.matrix is not None:
            plan = Plan(terms_of(self.matrix), arrays)
            return lambda env, sizes: list(plan.run(env, sizes, indices))
        numbers = _Numbers(self.terms, arrays)
        return lambda env, sizes, *along: list(numbers.parts(env, sizes, dict(indices), along))

    def evaluate(self, env: Mapping[str, Any], sizes: Mapping[str, int], indices: Mapping[str, int] | None = None) -> Any:
        """The numbers, indices in the order of the slots (dimensions of one left out)."""
        import numpy as np

        if self._numbers is None:
            from ..numbers import doubles

            self._numbers = self.arrays(doubles)
        value = self._numbers(env, sizes, indices or {})
        return value if np.iscomplexobj(value) else value.astype(float)

    def arrays(self, arrays: ModuleType) -> Callable[[Mapping[str, Any], Mapping[str, int], Mapping[str, int]], Any]:
        """Its numbers as an array of NumPy's, of the numbers that `arrays` computes with; to be asked for often."""
        if self.matrix is not None:
            plan = Plan(self.matrix, arrays)
            return lambda env, sizes, indices: plan.outward(plan.run(env, sizes, indices)[0]).reshape(self.dims(sizes))
        numbers = _Numbers(self.terms, arrays)

        def value(env: Mapping[str, Any], sizes: Mapping[str, int], indices: Mapping[str, int]) -> Any:
            return arrays.outward(self._total(list(numbers.parts(env, sizes, dict(indices))), sizes, arrays)).reshape(self.dims(sizes))

        return value

    def dims(self, sizes: Mapping[str, int]) -> list[int]:
        """How many values its indices have, those of one left out."""
        return [d.value(sizes) for s in self.shapes for d in s if d.number != 1]

    def _total(self, parts: Sequence[Any], sizes: Mapping[str, int], arrays: ModuleType) -> Any:
        return sum(parts[1:], parts[0]) if parts else network(arrays.exact(0), [], [], [[k] for k in self.dims(sizes)])


def _with_entries(e: Expr, args: tuple[Expr, ...]) -> Expr:
    """The node with other arguments, a number u^T e_i as the entry u_i."""
    at = next((a for a in args[0].args if a.op is UNIT), None) if e.op is SUM and args[0].op is HADAMARD else None
    if at is not None:  # sum(u .* e_i)
        return entry(hadamard(*[a for a in args[0].args if a is not at]), at.args[0], num(1))
    if e.op is not MATMUL:
        return rebuild(e, args)
    product = matmul(*args)
    if product.op is MATMUL and product.is_scalar and product.args[-1].op is UNIT:
        return entry(transpose(matmul(*product.args[:-1])), product.args[-1].args[0], num(1))
    return product


def _with_fresh_ends(seed: Term, e: Expr) -> Term:
    """The seed with the slots of `e` tied to the rest by deltas, so that they can be contracted."""
    ends = [slot_for(d) if len(s) == 1 else s for d, s in zip(e.shape, seed.slots[-2:], strict=True)]
    links = [(build.eye(a[0].dim), a, b) for a, b in zip(seed.slots[-2:], ends, strict=True) if len(a) == 1]
    return Term(seed.scalar, [*seed.factors, *links], (*seed.slots[:-2], *ends), seed.binders)


class _Numbers:
    """The numbers of terms. What the terms share is computed once, and the order in which to contract one is found once."""

    def __init__(self, terms: Sequence[Term], arrays: ModuleType | None = None) -> None:
        self.terms = terms
        self.plan = Plan([e for t in terms if not t.binders for e in _operands(t)], arrays)
        self.summed = {t: (Plan(_operands(t), arrays), [Plan(b[1:], arrays) for b in t.binders]) for t in terms if t.binders}
        self.arrays = self.plan.arrays
        self.steps: dict[tuple[Term, int], list[Step]] = {}

    def parts(self, env: Mapping[str, Any], sizes: Mapping[str, int], indices: dict[str, int], along: Sequence[Any] = ()) -> Iterator[Any]:
        """The terms one by one, each along these directions of the last variables."""
        values = iter(self.plan.run(env, sizes, indices))
        for t in self.terms:
            if not t.binders:
                yield self._contracted(t, [next(values) for _ in range(1 + len(t.factors))], sizes, along)
                continue
            plan, bounds = self.summed[t]
            places = [indices]
            for (name, _, _), ends in zip(t.binders, bounds, strict=True):
                ranges = [tuple(round(v) for v in ends.run(env, sizes, at)) for at in places]
                places = [{**at, name: k} for at, (first, last) in zip(places, ranges, strict=True) for k in range(first, last + 1)]
            total: Any = None
            for found in plan.run_at(env, sizes, [b[0] for b in t.binders], places):
                part = self._contracted(t, found, sizes, along)
                total = part if total is None else total + part
            yield self._nothing(t, sizes, along) if total is None else total

    def _nothing(self, t: Term, sizes: Mapping[str, int], along: Sequence[Any]) -> Any:
        return network(self.arrays.exact(0), [], [], [[i.dim.value(sizes) for i in s] for s in t.slots[: len(t.slots) - 2 * len(along)]])

    def _contracted(self, t: Term, values: Sequence[Any], sizes: Mapping[str, int], along: Sequence[Any]) -> Any:
        if t.scalar.within & IVERSON.bit and values[0] == 0:  # a condition that does not hold, whatever the factors are
            return self._nothing(t, sizes, along)
        open_slots, moved = t.slots[: len(t.slots) - 2 * len(along)], t.slots[len(t.slots) - 2 * len(along) :]
        numbers: dict[Index, int] = {}
        legs = [[numbers.setdefault(i, len(numbers)) for i in (*r, *c)] for _, r, c in t.factors]
        legs += [[numbers.setdefault(i, len(numbers)) for i in (*r, *c)] for r, c in zip(moved[::2], moved[1::2], strict=True)]
        # What nothing hangs on is constant along its index.
        loose = [i for s in open_slots for i in s if i not in numbers]
        legs += [[numbers.setdefault(i, len(numbers))] for i in loose]
        dims = [i.dim.value(sizes) for i in numbers]
        ones = [self.arrays.np.ones((i.dim.value(sizes), 1)) for i in loose]
        out = [[numbers[i] for i in s] for s in open_slots]
        steps = self.steps.get((t, len(along)))
        if steps is None:
            steps = self.steps[t, len(along)] = order(tuple(map(tuple, legs)), tuple(i for s in out for i in s), tuple(dims))
        shape = [[dims[i] for i in s] for s in out]
        factors = [([dims[i] for i in own], a, own) for own, a in zip(legs, (*values[1:], *along, *ones), strict=True)]
        return network(values[0], factors, steps, shape)


def _operands(t: Term) -> tuple[Expr, ...]:
    return (t.scalar, *[f[0] for f in t.factors])


def like_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms that differ only in their number, added, without those that are zero."""
    kept: dict[object, Term] = {}
    for t in terms:
        coefficient, rest = build.without_coefficient(t.scalar)
        key = _key(t, rest)
        old = kept.get(key) if key is not None else None
        if old is None:
            kept[key if key is not None else object()] = t
        else:
            kept[key] = Term(add(old.scalar, build.times(num(coefficient), rest)), old.factors, old.slots, old.binders)
    return tuple(t for t in kept.values() if not build.is_zero(t.scalar) and not any(build.is_zero(e) for e, _, _ in t.factors))


def _key(t: Term, rest: Expr) -> object | None:
    """What makes two terms alike; None where inner indices would have to be matched."""
    places = {i: n for n, i in enumerate(i for s in t.slots for i in s)}
    if any(i not in places for _, r, c in t.factors for i in (*r, *c)):
        return None
    factors = []
    for e, r, c in t.factors:
        a, b = tuple(places[i] for i in r), tuple(places[i] for i in c)
        if a > b and c:
            e, a, b = build.transpose(e), b, a
        factors.append((e.digest, a, b))
    pattern = tuple(tuple(places[i] for i in s) for s in t.slots)
    return rest.digest, tuple(sorted(factors)), pattern, tuple((n, lo.digest, hi.digest) for n, lo, hi in t.binders)


def _limited(terms: Sequence[Term]) -> None:
    """NoAnswerError where there are too many terms."""
    if len(terms) > MOST:
        raise NoAnswerError(
            f"the derivative has more than {MOST} terms",
            suggestion="write the parts inside with letters of their own, and differentiate by these",
        )


def size_of(shape: Shape, sizes: Mapping[str, int]) -> int:
    """The number of entries."""
    return math.prod(d.value(sizes) for d in shape)


def unstacked(matrix: Any, dims: Sequence[Dim], sizes: Mapping[str, int]) -> Any:
    """d vec(F)/d vec(X)^T with the indices of F and X apart (`dims`: the rows and columns of F, then of X)."""
    import numpy as np

    m, n, p, q = (d.value(sizes) for d in dims)
    apart = np.transpose(np.asarray(matrix).reshape(n, m, q, p), (1, 0, 3, 2))
    return apart.reshape([k for k, d in zip((m, n, p, q), dims, strict=True) if d is not ONE])
