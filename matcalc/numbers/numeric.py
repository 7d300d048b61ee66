"""The value of an expression.

    plan = Plan(e)                      the order of computation: every node of the DAG once
    (value,) = plan.run(env, sizes)     env has a value for every name, sizes a number for every dimension name

Inside, a scalar is a number and everything else a two-dimensional array (a vector is a column); a family is one array
whose first axis is the index. How an operation is computed stands in its block of the book, as `numeric`, for numbers of every type
(`matcalc.numbers.kernels`); where none is said, for those of NumPy, which is imported when the first value is computed, not before.
Floating-point warnings are the caller's to silence.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import product
from keyword import kwlist
from typing import TYPE_CHECKING, Any

from ..errors import ShapeError, UsageError
from ..expressions.conjugates import conjugate_name, is_conjugate_name, is_real
from ..expressions.expr import Expr, postorder
from ..expressions.leaves import value_of
from ..interning import regex
from ..kinds import Dim
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.core import ADD, CASES, CONSTANT, IMAGINARY, INDEX, INDEXED_PRODUCT, INDEXED_SUM, IVERSON, MEMBER, NUMBER, SIZE, SYMBOL, TIMES
from ..ops.operation import Operation
from . import kernels
from .kernels import index_of, of
from .watch import NODE, watching

if TYPE_CHECKING:
    from types import ModuleType


Value = Any  # a number, or a two-dimensional array of float or complex
# A node; its text, if it has one, with its arguments and its attribute; whether the text takes the arguments as one list, whether it
# speaks of the shape; whether the value is a number.
Step = tuple[Expr, Callable[..., Any] | None, tuple[Expr, ...], Any, bool, bool, bool]

_ABSTRACT = (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG)
_SUMS = INDEXED_SUM.bit | INDEXED_PRODUCT.bit
_OWN = (SYMBOL, NUMBER, SIZE, CONSTANT, INDEX, MEMBER, INDEXED_SUM, INDEXED_PRODUCT, *_ABSTRACT)  # without a numeric text
_WORD = regex(r"(?<![\w.])[A-Za-z_]\w*")
_PYTHON = frozenset((*kwlist, *dir(builtins)))
_LARGE = 10**15  # the least whole number that is not taken as it is
_SERIES = 20_000  # terms after which an infinite sum is given up


class UnknownSize(ShapeError):
    """A size that nothing says. (An entry that is not there may be switched off by a condition; this may not.)"""


# ---------------------------------------------------------------------------------------------- the book's numeric texts


class Kernel:
    """An operation's numeric text, compiled."""

    __slots__ = ("call", "many", "shaped", "words")
    call: Callable[..., Value]
    many: bool  # whether it takes its arguments as one list
    shaped: bool
    words: tuple[str, ...]  # what of the arrays' module its text speaks of

    def __init__(self, op: Operation, arrays: ModuleType) -> None:
        further = ("directions",) if op.directions else ()
        names = ", ".join((*(op.params or ("args",)), *further, "rows", "cols", "attr", "sizes"))
        made = compiled(f"lambda {names}: {op.numeric}", arrays)
        at = len(op.params)
        self.call = (lambda *given: made(*given[:at], given[at:-4], *given[-4:])) if further else made
        self.words = made.__code__.co_names
        self.many = not op.params
        self.shaped = "rows" in op.numeric or "cols" in op.numeric


def compiled(text: str, arrays: ModuleType) -> Any:
    """The function that a text of the book is, for numbers of a type."""
    # The text is the book's own, written by this package's authors. Nothing a user types comes here.
    words = vars(kernels) | vars(arrays.special) | {"np": arrays.np}
    made = eval(text, words)
    if not words.keys() >= {*_WORD.findall(text)} - {*made.__code__.co_varnames} - _PYTHON:
        from . import matrix_functions, spectrum  # few texts speak of them

        words |= vars(matrix_functions) | vars(spectrum)
    constants = made.__code__.co_consts
    made.__code__ = made.__code__.replace(co_consts=tuple(arrays.exact(c) if type(c) in (float, complex) else c for c in constants))
    return made


_kernels: dict[tuple[Operation, ModuleType], Kernel] = {}


def kernel(op: Operation, arrays: ModuleType | None = None) -> Kernel:
    """The compiled numeric text of an operation (compiled once), for numbers of a type."""
    if arrays is None:
        arrays = of()
    found = _kernels.get((op, arrays))
    if found is None:
        if not op.numeric:
            raise UsageError(f"the book says nothing on how to compute {op.name}")
        found = _kernels[op, arrays] = Kernel(op, arrays)
    return found


# ---------------------------------------------------------------------------------------------- evaluation


def evaluate(
    roots: Expr | Sequence[Expr], env: Mapping[str, Any], sizes: Mapping[str, int], indices: Mapping[str, int] | None = None
) -> Value:
    """The value of an expression, or the values of several. `indices` gives the free summation indices, if there are any."""
    values = Plan(roots).run(env, sizes, indices)
    return values[0] if isinstance(roots, Expr) else values


class Plan:
    """The order in which to compute some expressions: every node once, and inside an indexed sum only what its index moves."""

    __slots__ = ("_bodies", "_needs", "_real", "_steps", "_sums", "_switches", "_whole", "arrays", "roots")
    roots: tuple[Expr, ...]
    _needs: dict[Expr, tuple[Expr, ...]]  # the nodes that must be known before an indexed sum; before another node, its arguments
    _bodies: dict[Expr, list[Step]]  # of an indexed sum: the steps to repeat
    _steps: list[Step]
    _whole: dict[Expr, Value]  # whole numbers, which are the same with any number of digits
    _sums: tuple[Expr, ...] | None  # those in it that no index moves, once they have been asked for
    _real: frozenset[Expr]  # what is made of complex numbers and has no imaginary part, but for rounding
    _switches: dict[Expr, tuple[Expr, ...]]  # of a product: the conditions among its factors, which switch it off whatever the others are

    def __init__(self, roots: Expr | Sequence[Expr], arrays: ModuleType | None = None) -> None:
        self.arrays = of() if arrays is None else arrays
        self.roots = (roots,) if isinstance(roots, Expr) else tuple(roots)
        self._needs, self._bodies, self._whole = {}, {}, {}
        within = 0
        for r in self.roots:
            within |= r.within
        # Inner sums come before outer ones here, so what a nested sum needs is known when the outer one asks.
        for e in postorder(self.roots) if within & _SUMS else ():
            if e.op is INDEXED_SUM or e.op is INDEXED_PRODUCT:
                low, high, body = e.args
                inside, outside = self._order([body], str(e.attr))
                self._bodies[e] = self._to_do(inside)
                self._needs[e] = (low, high, *outside)
        self._steps = self._to_do(self._order(self.roots, None)[0])
        self._switches, self._real, self._sums = {}, frozenset(), None
        if within & (IVERSON.bit | IMAGINARY.bit):
            steps = [step[0] for step in (*self._steps, *[step for body in self._bodies.values() for step in body])]
            conditional = {e: tuple(filter(_is_switch, e.args)) for e in steps if e.op is TIMES and e.within & IVERSON.bit}
            self._switches = {e: switches for e, switches in conditional.items() if switches}
            self._real = frozenset(e for e in steps if e.within & IMAGINARY.bit and e.args and is_real(e))

    def _to_do(self, nodes: Iterable[Expr]) -> list[Step]:
        """The steps for these nodes; of whole numbers the value, which needs none."""
        steps: list[Step] = []
        for e in nodes:
            if e.op is NUMBER and (value := value_of(e)).denominator == 1 and abs(value.numerator) < _LARGE:
                self._whole[e] = self.arrays.exact(value.numerator)
            elif e.op in _OWN:
                steps.append((e, None, (), None, False, False, e.is_scalar))
            else:
                known = kernel(e.op, self.arrays)
                steps.append((e, known.call, e.args, e.attr, known.many, known.shaped, e.is_scalar))
        return steps

    def _order(self, roots: Iterable[Expr], index: str | None) -> tuple[list[Expr], list[Expr]]:
        """The nodes under `roots` that depend on the index, in order, and the first ones below that do not."""
        inside: list[Expr] = []
        outside: list[Expr] = []
        seen: set[Expr] = set()
        todo: list[Expr | None] = [*roots]
        above: list[Expr] = []  # the nodes that wait for what they need; None stands where that ends
        while todo:
            e = todo.pop()
            if e is None:
                inside.append(above.pop())
            elif e not in seen:
                seen.add(e)
                if index is not None and index not in e.indices:
                    outside.append(e)
                elif e.args:
                    above.append(e)
                    todo.append(None)
                    todo += self._needs.get(e, e.args)
                else:
                    inside.append(e)
        return inside, outside

    def outward(self, value: Value) -> Any:
        """A value as an array of NumPy's."""
        return self.arrays.outward(value)

    def run(self, env: Mapping[str, Any], sizes: Mapping[str, int], indices: Mapping[str, int] | None = None) -> tuple[Value, ...]:
        """The values of the roots."""
        values = self._whole.copy()
        missed: list[ShapeError] = []
        if self._switches:
            with self._quiet():
                self._run(self._steps, values, env, sizes, dict(indices or {}), missed)
        else:
            self._run(self._steps, values, env, sizes, dict(indices or {}), missed)
        watch = watching.get()
        if watch is not None and watch.sums is not None:
            if self._sums is None:
                self._sums = tuple([step[0] for step in self._steps if step[0].op is ADD and not step[0].indices])
            if self._sums:
                watch.sums.append((self._sums, values))
        return self._found(values, missed)

    def _quiet(self) -> AbstractContextManager[object]:
        """What a condition switches off is computed all the same, and nobody wants to hear of it."""
        return self.arrays.quiet() if self._switches else nullcontext()

    def _found(self, values: dict[Expr, Value], missed: list[ShapeError]) -> tuple[Value, ...]:
        """The values of the roots; an error that was passed over counts where a root has no value."""
        found = tuple([values[r] for r in self.roots])
        if missed and any(x != x for v in found for x in self.arrays.flat(v)):
            raise missed[0]
        return found

    def value(self, env: Mapping[str, Any], sizes: Mapping[str, int]) -> Value:
        """The value of the one root."""
        return self.run(env, sizes)[0]

    def run_at(
        self, env: Mapping[str, Any], sizes: Mapping[str, int], names: Sequence[str], places: Iterable[dict[str, int]]
    ) -> Iterator[tuple[Value, ...]]:
        """The values of the roots for some values of the indices `names`. A step runs again only where one of these that it depends on,
        or one that stands before it, has another value than at the place before."""
        rank = {name: k + 1 for k, name in enumerate(names)}
        levels: list[list[Step]] = [[] for _ in range(len(names) + 1)]
        for step in self._steps:
            levels[max((rank.get(i, 0) for i in step[0].indices), default=0)].append(step)
        values = self._whole.copy()
        missed: list[ShapeError] = []
        before: dict[str, int] = {}
        for at in places:
            first = next((k for name, k in rank.items() if at[name] != before[name]), len(levels)) if before else 0
            for level in levels[first:]:
                with self._quiet():
                    self._run(level, values, env, sizes, at, missed)
            before = at
            yield tuple(values[r] for r in self.roots) if self._switched_off(values) else self._found(values, missed)

    def _switched_off(self, values: dict[Expr, Value]) -> bool:
        """Whether the first root, which the others are multiplied by, is a condition that does not hold."""
        first = self.roots[0]
        return bool(first.within & IVERSON.bit and first.is_scalar and values[first] == 0)

    def run_over(
        self, env: Mapping[str, Any], sizes: Mapping[str, int], names: Sequence[str], ranges: Sequence[int]
    ) -> Iterator[tuple[tuple[int, ...], Value]]:
        """The first root for all values of some free indices, with their places (from 0). The index that moves the fewest steps moves
        fastest."""
        slowest = sorted(zip(names, ranges, strict=True), key=lambda pair: -sum(pair[0] in step[0].indices for step in self._steps))
        turned = [name for name, _ in slowest]
        places = [dict(zip(turned, at, strict=True)) for at in product(*[range(1, count + 1) for _, count in slowest])]
        for at, found in zip(places, self.run_at(env, sizes, turned, places), strict=True):
            yield tuple(at[name] - 1 for name in names), found[0]

    def _run(
        self,
        steps: list[Step],
        values: dict[Expr, Value],
        env: Mapping[str, Any],
        sizes: Mapping[str, int],
        indices: dict[str, int],
        missed: list[ShapeError],
    ) -> None:
        """Compute the steps. What has no such entry is not a number, and the error is kept: a condition may switch it off."""
        watch, switches, real, no_value = watching.get(), self._switches, self._real, self.arrays.NO_VALUE
        if watch is not None:
            watch.spend(NODE * len(steps))
        for e, call, args, attr, many, shaped, scalar in steps:
            if watch is not None:
                watch.node, watch.place = e, 0
            try:
                if call is not None:
                    if switches and e in switches and any(values[a] == 0 for a in switches[e]):
                        values[e] = self._filled(e, sizes, 0.0)
                        continue
                    rows, cols = (_size(e.shape[0], sizes), _size(e.shape[1], sizes)) if shaped else (0, 0)
                    if many:
                        value = call([values[a] for a in args], rows, cols, attr, sizes)
                    elif len(args) == 1:  # few have more than two
                        value = call(values[args[0]], rows, cols, attr, sizes)
                    elif len(args) == 2:
                        value = call(values[args[0]], values[args[1]], rows, cols, attr, sizes)
                    else:
                        value = call(*[values[a] for a in args], rows, cols, attr, sizes)
                elif e.op is SYMBOL and (name := e.attr[0]) in env:  # type: ignore[index]
                    value = env[name]
                elif e in self._bodies:
                    value = self._repeat(e, values, env, sizes, indices, missed)
                else:
                    value = _leaf(e, values, env, sizes, indices, self.arrays)
            except no_value:
                value = self._filled(e, sizes, math.nan)
            except UnknownSize:
                raise
            except ShapeError as error:
                missed.append(error)
                value = self._filled(e, sizes, math.nan)
            if real and e in real:
                value = self.arrays.np.real(value)
            if scalar and getattr(value, "ndim", False):
                value = self.arrays.number(value)
            values[e] = value

    def _repeat(
        self,
        e: Expr,
        values: dict[Expr, Value],
        env: Mapping[str, Any],
        sizes: Mapping[str, int],
        indices: dict[str, int],
        missed: list[ShapeError],
    ) -> Value:
        """An indexed sum or product: its body for every value of the index. An infinite series stops when its terms vanish."""
        low, high, body = e.args
        steps, name, product = self._bodies[e], str(e.attr), e.op is INDEXED_PRODUCT
        first, last = values[low], values[high]
        if not math.isfinite(first) or math.isnan(last):
            return self._filled(e, sizes, math.nan)
        endless = math.isinf(last)
        total: Value = None
        k, vanished = round(first), 0
        while k <= last:
            self._run(steps, values, env, sizes, {**indices, name: k}, missed)
            term = values[body]
            total = term if total is None else total * term if product else total + term
            k += 1
            if endless:
                vanished = vanished + 1 if self._negligible(term - 1 if product else term, total) else 0
                if vanished == 4:
                    break
                if k - first > _SERIES:
                    return total * self.arrays.exact(math.nan)
        return self._filled(e, sizes, 1.0 if product else 0.0) if total is None else total

    def _filled(self, e: Expr, sizes: Mapping[str, int], value: float) -> Value:
        found = self.arrays.exact(value)
        return found if e.is_scalar else self.arrays.np.ones((_size(e.shape[0], sizes), _size(e.shape[1], sizes))) * found

    def _negligible(self, term: Value, total: Value) -> bool:
        sizes = [max(map(abs, self.arrays.flat(v)), default=0) for v in (term, total)]
        return bool(sizes[0] <= self.arrays.negligible() * sizes[1])


def _is_switch(e: Expr) -> bool:
    """Whether an expression is made of conditions and numbers alone, as 1[i < j] + 1[j < i]."""
    if not e.is_scalar or not e.within & IVERSON.bit:
        return False
    todo = [e]
    while todo:
        n = todo.pop()
        if n.op in (ADD, TIMES, CASES):
            todo += n.args
        elif n.op is not IVERSON and n.op is not NUMBER:
            return False
    return True


def _leaf(
    e: Expr, values: dict[Expr, Value], env: Mapping[str, Any], sizes: Mapping[str, int], indices: Mapping[str, int], arrays: ModuleType
) -> Value:
    op, attr = e.op, e.attr
    if op is SYMBOL:
        return _named(attr[0], env, arrays)  # type: ignore[index]
    if op in _ABSTRACT:
        return _abstract(e, [values[a] for a in e.args], env, sizes)
    if op is MEMBER:
        name: str = attr[0]  # type: ignore[index]
        family = _named(name, env, arrays)
        try:
            for a in e.args:
                family = family[index_of(values[a], len(family))]
            return family
        except ShapeError as error:
            raise ShapeError(f"the family {name} has no such member: {error}") from None
    if op is NUMBER:
        return arrays.exact(attr)
    if op is SIZE:
        assert isinstance(attr, Dim)
        return arrays.exact(_size(attr, sizes))
    if op is CONSTANT:
        return arrays.constant(str(attr))
    if str(attr) not in indices:
        raise UsageError(f"the index {attr} has no value here")
    return arrays.exact(indices[str(attr)])


def _abstract(e: Expr, args: Sequence[Value], env: Mapping[str, Any], sizes: Mapping[str, int]) -> Value:
    """A function known by its sets alone: the user's, or its stand-in."""
    from . import standins

    assert isinstance(e.attr, tuple)
    name, order, value, words = str(e.attr[0]), int(e.attr[1]), e.attr[2:4], e.attr[4:]
    if e.op is ENTRYWISE_FUNCTION:
        return standins.entrywise(name, order, args[0], env)
    shape = (_size(value[0], sizes), _size(value[1], sizes))
    if e.op is FUNCTION_ALONG:
        return standins.along(name, shape, args[0], args[1], env, words)
    return standins.at(name, order, shape, args[0], env, (_size(e.shape[0], sizes), _size(e.shape[1], sizes)), words)


def _named(name: str, env: Mapping[str, Any], arrays: ModuleType) -> Value:
    try:
        return env[name]
    except KeyError:
        if is_conjugate_name(name):
            value = _named(conjugate_name(name), env, arrays)
            return arrays.family([arrays.np.conj(v) for v in value]) if isinstance(value, list) else arrays.np.conj(value)
        raise UsageError(f"no value was given for {name}") from None


def _size(dim: Dim, sizes: Mapping[str, int]) -> int:
    try:
        return dim.value(sizes)
    except KeyError as missing:
        raise UnknownSize(f"the size {missing.args[0]} does not follow from the values given") from None
