"""d(F) by the rules of the book: each rule takes the `d` of an operation to the `d` of its arguments, until only dX is left."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache

from ..differentiation.families import is_target, summed
from ..differentiation.letters import letters_in
from ..errors import NoAnswerError
from ..expressions.build import (
    add,
    apply,
    base_name,
    conjugate,
    entry,
    function_along,
    hadamard,
    index,
    indexed_sum,
    is_complex,
    is_conjugate_name,
    is_number,
    is_zero,
    matmul,
    member,
    negative,
    num,
    opposite,
    power,
    split,
    substitute,
    symbol,
    times,
    transpose,
    value_of,
    zeros,
)
from ..expressions.expr import Expr, make, postorder
from ..expressions.functions import entrywise_function, parts, prime, words
from ..inference.templates import differential_of, factors_of
from ..notation.authorship import Order, note, note_product, note_trace
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK
from ..ops.core import (
    ADD,
    CASES,
    ENTRY,
    INDEXED_PRODUCT,
    INDEXED_SUM,
    LITERAL,
    MATMUL,
    MEMBER,
    NAMED,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
)
from ..ops.laws import CHAIN, CONSTANT, CONSTANT_FACTOR, QUOTIENT, SCHOOL_FACTOR, SCHOOL_PRODUCT, SCHOOL_SUM, VARIABLE
from ..ops.operation import Operation
from ..ops.trace import TRACE

MARK = "\u2022"  # see `lines`


class Pending(Operation):
    """d(F), not yet worked out; in school calculus d/dx (F), with the name of the variable."""

    __slots__ = ("school",)

    def __init__(self, school: str) -> None:
        name = f"{MARK}d/d{school}" if school else f"{MARK}d"
        super().__init__(name, "F", "m n -> m n", statement="the differential", source="definition", spellings=name, parity="odd")
        self.school = school
        if school:
            self.bit = differential().bit  # bits are for operations of the book: names that people choose have no end

    def __reduce__(self) -> tuple[Callable[[str], Operation], tuple[str]]:
        return differential, (self.school,)


@lru_cache(maxsize=64)
def differential(school: str = "") -> Operation:
    """The operation d, or d/dx by the name of the variable."""
    return Pending(school)


WRITTEN_OUT = 4  # X^k with k up to this is written out in its differential

Ruled = tuple[Expr, tuple[str, ...]]  # what d(e) becomes, and by which rules


class Forward:
    """The differentials of the nodes of one function by one variable. `change` stands for the variable's differential."""

    def __init__(
        self,
        root: Expr,
        target: Expr,
        change: Expr,
        school: str = "",
        kept: Mapping[Expr, Expr] | None = None,
        order: Order | None = None,
    ) -> None:
        self.target, self.change, self.school = target, change, school
        self.order = {} if order is None else order  # of the author's summands; what is made of them has it too
        self.kept = kept or {}  # what is written as its author did only below a d(…), and how it is kept
        self.moving: set[Expr] = set()
        self.noted: list[str] = []  # rules used on the way
        for n in postorder(root):
            if is_target(n, target) or any(a in self.moving for a in n.args):
                self.moving.add(n)

    def d(self, e: Expr) -> Expr:
        """d(e), which is 0 for a constant and dX for the variable itself."""
        if e not in self.moving:
            return zeros(*e.shape)
        if is_target(e, self.target):
            return self.of_variable(e)
        if e.op is TRANSPOSE:  # too little for a line of its own
            self.noted.append(TRANSPOSE.rule)
            return transpose(self.d(e.args[0]))
        return self.pending(e)

    def of_variable(self, e: Expr) -> Expr:
        """dX; of member i of a family, member i of the family of changes; in school calculus 1."""
        if self.school:
            return num(1)
        if e.op is MEMBER:
            return member(str(self.change.attr[0]), e.args, e.shape)  # type: ignore[index]
        return self.change

    def opened(self, e: Expr) -> Ruled:
        """What d(e) is by the rule of the operation of `e`."""
        self.noted = []
        found, names = self._opened(e)
        return found, tuple(dict.fromkeys((*names, *self.noted)))

    def _opened(self, e: Expr) -> Ruled:
        op = e.op
        if is_target(e, self.target):
            return self.of_variable(e), (VARIABLE.name,)
        if op is ADD:
            names = (SCHOOL_SUM.name if self.school else op.rule,)
            made = add(*[self.d(a) for a in e.args])
            for turn, whole in ((e, made), (opposite(e), opposite(made))):  # constants are gone
                note(self.order, whole, [d for d in map(self._d_of_part, self.order.get(turn, ())) if not is_zero(d)], ADD)
            return made, names if all(a in self.moving for a in e.args) else (*names, CONSTANT.name)
        if op in (BLOCK, LITERAL) or op.is_linear:
            return apply(op, [self.d(a) for a in e.args], e.attr), (op.rule,)
        if op.index:
            return self._product(e)
        own = _OWN.get(op)
        if own is not None:
            return own(self, e), (op.rule,)
        if op.elementwise or op is POWER or op is ENTRYWISE_FUNCTION:
            return self._entrywise(e)
        return self._by_the_book(e), (op.rule,)

    def _product(self, e: Expr) -> Ruled:
        moving = [k for k, a in enumerate(e.args) if a in self.moving]
        if len(moving) > 1 and all(a.is_scalar for a in e.args):
            below = [k for k in moving if _is_below(e.args[k])]
            if 0 < len(below) < len(moving):
                return self._quotient(e, below), (QUOTIENT.name,)
        sums = [apply(e.op, (*e.args[:k], self.d(e.args[k]), *e.args[k + 1 :])) for k in moving]
        for k, part in zip(moving, sums, strict=True):
            self._note_factors(e, k, part)
        made = add(*sums)
        note(self.order, made, sums, ADD)
        if len(moving) == 1:
            return made, (SCHOOL_FACTOR.name if self.school else CONSTANT_FACTOR.name,)
        return made, (SCHOOL_PRODUCT.name if self.school else e.op.rule,)

    def _note_factors(self, e: Expr, k: int, made: Expr) -> None:
        """In a product that its author wrote the other way round, b^T x for x^T b, dx stands where x does, and nothing is transposed."""
        typed = list(self.order.get(e, ()))
        if e.op is MATMUL and typed and tuple(typed) != e.args:
            typed[len(typed) - 1 - k] = transpose(self.d(e.args[k]))
            note_product(self.order, made, typed)
            if e.args[k].op is TRANSPOSE:
                self.noted = [n for n in self.noted if n != TRANSPOSE.rule]

    def _quotient(self, e: Expr, below: Sequence[int]) -> Expr:
        """(f/g)' = (f' g - f g')/g^2; constant factors stand in front."""
        constant = [a for a in e.args if a not in self.moving]
        f = times(*[a for k, a in enumerate(e.args) if a in self.moving and k not in below])
        g = power(times(*[e.args[k] for k in below]), num(-1))
        if sum(map(self._is_turned, f.args if f.op is TIMES else (f,))) % 2 == 1:
            f, constant = negative(f), [num(-1), *constant]
        if sum(map(self._is_turned, g.args if g.op is TIMES else (g,))) % 2 == 1:
            g, constant = negative(g), [num(-1), *constant]
        parts = [times(self._d_of_part(f), g), times(num(-1), f, self._d_of_part(g))]
        top = add(*parts)
        note(self.order, top, parts, ADD)
        return times(*constant, top, power(g, num(-2)))

    def _is_turned(self, e: Expr) -> bool:
        """Whether a factor is a difference, an odd power of one or a product with one, whose opposite the author wrote: 1 - x, kept for
        x - 1."""
        if e.op is MATMUL:  # y^T (x - z)
            return sum(self._is_turned(a.args[0] if a.op is TRANSPOSE else a) for a in e.args) % 2 == 1
        base = e.args[0] if e.op is POWER and is_number(e.args[1]) and value_of(e.args[1]) % 2 == 1 else e
        return base.op is ADD and base not in self.order and opposite(base) in self.order

    def _d_of_part(self, e: Expr) -> Expr:
        """d of an expression made here: it moves, though it is no node of the function."""
        for n in postorder(e):
            if is_target(n, self.target) or any(a in self.moving for a in n.args):
                self.moving.add(n)
        return self.d(e)

    def _entrywise(self, e: Expr) -> Ruled:
        """f'(x) .* dx; a power also by its exponent."""
        x = e.args[0]
        if e.op is ENTRYWISE_FUNCTION:
            assert isinstance(e.attr, tuple)
            name, order = e.attr
            found = [hadamard_or_times(entrywise_function(name, order + 1, x), self.d(x))]
        else:
            found = [hadamard_or_times(local, self.d(a)) for a, local in factors_of(e, self.moving)]
        inner = next((a for a in e.args if a in self.moving and not is_target(a, self.target)), None)
        return add(*found), (CHAIN.name, e.op.rule) if self.school and inner is not None else (e.op.rule,)

    def _by_the_book(self, e: Expr) -> Expr:
        """The operation's differential as it stands in the book; of an operation linear in its directions, the operation."""
        if e.op.directions:
            moved = [apply(e.op, (*e.args[:k], self.d(a), *e.args[k + 1 :])) for k, a in enumerate(e.args) if k and a in self.moving]
            return add(*moved, *[apply(e.op, (*e.args, self.d(x))) for x in e.args[:1] if x in self.moving])
        if e.op.adjoint:
            return apply(e.op, (self.d(e.args[0]),), e.attr)
        if not e.op.differential:
            raise NoAnswerError(f"matcalc has no differential for {e.op.name}")
        parts = [
            substitute(summed(body, letters_in([e]), WRITTEN_OUT), {hole: self.d(argument)})
            for argument, body, hole in differential_of(e, self.moving)
        ]
        return add(zeros(*e.shape), *parts)

    def _entry(self, e: Expr) -> Expr:
        return entry(self.d(e.args[0]), *e.args[1:])

    def _cases(self, e: Expr) -> Expr:
        last = len(e.args) - 1
        return apply(CASES, [a if k % 2 and k <= last and len(e.args) > k else self.d(a) for k, a in enumerate(e.args)], e.attr)

    def _indexed_sum(self, e: Expr) -> Expr:
        return indexed_sum(str(e.attr), e.args[0], e.args[1], self.d(e.args[2]))

    def _indexed_product(self, e: Expr) -> Expr:
        low, high, body = e.args
        return times(e, indexed_sum(str(e.attr), low, high, times(power(body, num(-1)), self.d(body))))

    def _function(self, e: Expr) -> Expr:
        x = e.args[0]
        name, order, rows, cols = parts(e)
        if x.is_scalar:
            return times(self.d(x), prime(e))
        if order == 0 and x.shape[1].number == 1 and cols.number == 1:
            return matmul(prime(e), self.d(x))
        if order == 0:
            return function_along(name, (rows, cols), x, self.d(x), words(e))
        if order == 1 and x.shape[1].number == rows.number == cols.number == 1:  # the gradient is a row, the Hessian symmetric
            return matmul(transpose(self.d(x)), prime(e))
        raise NoAnswerError("the derivative of a derivative of a function of matrices has no differential form here")

    def _function_along(self, e: Expr) -> Expr:
        x, direction = e.args
        if x in self.moving:
            raise NoAnswerError("the second derivative of a function of matrices has no differential form here")
        name, _, rows, cols = parts(e)
        return function_along(name, (rows, cols), x, self.d(direction), words(e))

    def pending(self, e: Expr) -> Expr:
        """d(e), to be worked out; of -e its opposite."""
        if e.op is TIMES and is_number(e.args[0], -1):
            inner = negative(e)
            self.moving.add(inner)
            return negative(self.d(inner))
        return make(differential(self.school), (e,), None, e.shape, 1 + e.size)


def hadamard_or_times(factor: Expr, e: Expr) -> Expr:
    return times(factor, e) if factor.is_scalar or e.is_scalar else hadamard(factor, e)


def _is_below(e: Expr) -> bool:
    return e.op is POWER and is_number(e.args[1]) and value_of(e.args[1]) < 0


_OWN: dict[Operation, Callable[[Forward, Expr], Expr]] = {
    ENTRY: Forward._entry,
    CASES: Forward._cases,
    NAMED: lambda rules, e: rules.d(e.args[0]),
    INDEXED_SUM: Forward._indexed_sum,
    INDEXED_PRODUCT: Forward._indexed_product,
    FUNCTION: Forward._function,
    FUNCTION_ALONG: Forward._function_along,
}


def change_of(variable: Expr, taken: set[str]) -> Expr:
    """The symbol dX for the variable X; another letter where dX is a name in use."""
    name = base_name(str(variable.attr[0]))  # type: ignore[index]
    free = f"{MARK}d{name}" if f"d{name}" not in taken else f"{MARK}d{name.upper()}"
    words = ("complex",) if is_complex(variable) else ()
    made = symbol(free, variable.shape, words) if variable.op is SYMBOL else member(free, variable.args, variable.shape, words)
    return conjugate(made) if is_conjugate_name(str(variable.attr[0])) else made  # type: ignore[index]


def pending(e: Expr) -> list[Expr]:
    """The differentials in `e` that are not worked out, in the order of the expression."""
    return [n for n in postorder(e) if n.op.name.startswith(MARK)]


def kept_below(rules: Forward, e: Expr) -> Expr:
    """`e` with what its author wrote in an order of his own only below a d(…)."""
    if not rules.kept:
        return e
    below = {n: _hole(k, n) for k, n in enumerate(pending(e))}
    return substitute(substitute(substitute(e, below), rules.kept), {hole: n for n, hole in below.items()})


def _hole(k: int, n: Expr) -> Expr:
    """What holds the place of a d(…): with its indices, for a sum over one that does not occur is a product."""
    return member(f"{MARK}{k}", [index(i) for i in sorted(n.indices)], n.shape) if n.indices else symbol(f"{MARK}{k}", n.shape)


Line = tuple[Expr, Expr, tuple[str, ...], list[Expr]]


def _change_last(e: Expr, changes: Container[Expr]) -> Expr:
    """A product below a trace turned so that the factor with the change, where there is one, stands last."""
    at = [k for k, f in enumerate(e.args) if any(n in changes for n in postorder(f))] if e.op is MATMUL else []
    return matmul(*e.args[at[0] + 1 :], *e.args[: at[0] + 1]) if len(at) == 1 else e


def worked_out(f: Expr, rules: Forward) -> list[Line]:
    """d(f) rewritten until no d(…) is left: before, after, the rules, and the d(…) that were opened. One rule at a time."""
    lines: list[Line] = []
    now = rules.pending(f)
    while waiting := pending(now):
        ruled = {n: rules.opened(n.args[0]) for n in waiting}
        first = next(iter(ruled.values()))[1]
        at = [n for n, (_, names) in ruled.items() if names == first]
        made = {n: ruled[n][0] for n in at}
        for n in postorder(made.values()) if rules.kept else ():
            for turn in (n, opposite(n)) if n.op is ADD else ():
                parts = [kept_below(rules, a) for a in rules.order.get(turn, ())]
                note(rules.order, kept_below(rules, turn), parts, ADD)
        after = kept_below(rules, substitute(now, made))
        for n in postorder(now):  # what was opened stands where it stood: tr(M d(A X B)) goes on as tr(M A dX B)
            if n.op not in (ADD, TRACE) or made.keys().isdisjoint(postorder(n)):
                continue
            opened = kept_below(rules, substitute(n, made))
            if n.op is TRACE:
                note_trace(rules.order, opened, substitute(rules.order[n][0] if n in rules.order else _change_last(n.args[0], made), made))
            for turn in (n, opposite(n)) if n.op is ADD else ():
                parts = [kept_below(rules, substitute(a, made)) for a in rules.order.get(turn, ())]
                note(rules.order, opened if turn is n else opposite(opened), parts, ADD)
        lines.append((now, after, first, at))
        now = after
    return lines


def stands_last(change: Expr, e: Expr) -> bool:
    """Whether dx stands last in every summand, (A x)^T dx + lambda (s^T dx): then nothing is transposed to bring it there."""
    if change.is_scalar:
        return False
    terms = [split(t) for t in (e.args if e.op is ADD else (e,))]
    with_change = [[p for p in (*scalars, *([body] if body is not None else [])) if change in postorder(p)] for _, scalars, body in terms]
    return all(len(parts) == 1 and parts[0].op is MATMUL and parts[0].args[-1] is change for parts in with_change)
