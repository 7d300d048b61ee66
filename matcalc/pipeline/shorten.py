"""The forms of one derivative on its way: simplified after each differentiation, and at the end as the answer prints it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from ..differentiation.families import as_declared, renamings, under_letters
from ..differentiation.tensor import Tensor
from ..expressions.build import apply, index, is_number, num, opened, size, substitute, with_names
from ..expressions.expr import Expr, postorder
from ..expressions.named import has_names, written_size
from ..inference.infer import Typed
from ..kinds import Dim
from ..notation.authorship import Order, rewritten, typed_order
from ..ops.activations import SIGMOID
from ..ops.core import ADD, ENTRY, EYE, HADAMARD, INDEXED_SUM, IVERSON, MATMUL, NAMED, SYMBOL, TIMES, UNIT
from ..ops.elementary import TAN
from ..ops.inverse import INVERSE
from ..shortening.factor import is_sum_of_monomials
from ..shortening.simplify import as_typed, recognise, simplify

WRITTEN_OUT, FEW = 100, 3  # symbols of an answer, and adjoints in it, up to which it is written out though one on the way was long
MANY = 200  # terms of an answer, in which what is on the way keeps its names


class Shortener:
    """What the forms of a derivative by `variables` are chosen by: the sums as they were typed, the names that the author gave, and what
    the variables are declared to be (`restore`). `members` are the free indices of the variables, and how far they run.
    `stacked` is whether the answer goes by stacked columns."""

    __slots__ = (
        "function",
        "restore",
        "stacked",
        "_author",
        "_changes",
        "_kept",
        "_known",
        "_moving",
        "_of_sum",
        "_recognised",
        "_told_of",
        "_typed",
        "_within_range",
    )

    def __init__(
        self,
        typed: Typed,
        variables: Sequence[Expr],
        restore: dict[Expr, Expr],
        members: Sequence[tuple[str, Dim]],
        stacked: bool = False,
    ) -> None:
        function = recognise(typed.expr)
        sums = [n for n in postorder(function) if n.op is ADD] if ADD.bit & function.within else []
        self._known = {n: n for n in sums if is_sum_of_monomials(n)}  # these stay as they were typed
        self._typed = as_typed(sums)
        self._changes = renamings(function, {letter for v in variables for letter in v.indices})
        self.function = under_letters(function, self._changes)
        self._recognised = function is not typed.expr  # log(det(S)) as logdet(S)
        self.restore, self.stacked = restore, stacked
        self._moving = {v.args[0] if v.op is ENTRY else v for v in variables}
        self._kept = [n for n in postorder(self.function) if n.op is NAMED]
        self._told_of = TAN.bit & self.function.within != 0, _has_sums(self.function), _outside(self.function, self._moving)
        self._within_range = {apply(IVERSON, (index(letter), size(count)), "<="): num(1) for letter, count in members}
        self._author = {x for node, x in typed.nodes if node.op == "add"} if SIGMOID.bit & function.within else ()
        self._of_sum = False  # whether what was differentiated last is a sum

    def differentiated(self, tensor: Tensor, variable: Expr) -> tuple[Tensor, Expr | None]:
        """The derivative of `tensor`, shortened, and its matrix as it came."""
        made = self._by_columns(tensor, variable) if self.stacked else tensor.differentiate(variable)
        if self._kept:
            made = made.map(lambda e: with_names(e, self._kept))
        if INDEXED_SUM.bit & self.function.within:
            from ..shortening.letters import under_author_letters

            sums = [n for n in postorder(self.function) if n.op is INDEXED_SUM]
            made = made.map(lambda e: under_author_letters(e, sums))
        raw = made.matrix
        if raw is not None:
            self._of_sum = tensor.matrix is not None and _is_sum(tensor.matrix, self._moving)
            made.replace(self._spread(simplify(raw, self._known, typed=self._typed)))
        return made, raw

    def _by_columns(self, tensor: Tensor, variable: Expr) -> Tensor:
        from ..differentiation.columns import marked, unmarked

        return tensor.map(marked).differentiate(variable).map(unmarked)

    def final(self, e: Expr) -> Expr:
        """An expression of the answer: with what is declared of the variables, in its shortest form."""
        if UNIT.bit & e.within and INDEXED_SUM.bit & e.within and ENTRY.bit & e.within:
            from ..differentiation.places import worked_out

            e = worked_out(e)
        e = substitute(e, self._within_range) if IVERSON.bit & e.within and self._within_range else e
        e = self._spread(simplify(as_declared(e, self.restore) if self.restore else e, self._known, typed=self._typed))
        if not SIGMOID.bit & e.within:
            return e
        from ..shortening.logistic import turned_round

        return turned_round(e, self._author)

    def finished(self, tensor: Tensor) -> Tensor:
        """The answer: adjoints on the way are written out where that stays short."""
        tensor = tensor.map(self.final)
        if tensor.matrix is None:
            if len(tensor.terms) > MANY:
                return tensor
            if any(e.op is EYE for e in tensor.expressions()) and any(INVERSE.bit & e.within for e in tensor.expressions()):
                from ..differentiation.beside import with_identities_added

                tensor = with_identities_added(tensor, self.final)
        if not any(map(has_names, tensor.expressions())):
            return tensor
        length = written_size(tensor.expressions())
        if length <= WRITTEN_OUT:
            whole = tensor.map(lambda e: self.final(opened(e)))
            few = sum(n.op is NAMED for n in postorder(tensor.expressions())) - len(self._kept) <= FEW
            return whole if few or 2 * written_size(whole.expressions()) < length else tensor
        if not self._kept:  # a chain of what its author did not name
            return tensor.map(lambda e: self.final(opened(e, uses=1)))
        return tensor

    def order(self, typed: Typed) -> Order:
        """The order in which the author wrote the parts of the function, for the forms that they have here."""
        order = typed_order(typed.nodes)
        if self._recognised:
            order = rewritten(order, recognise) | order
        if self._changes:
            order |= rewritten(order, lambda e: under_letters(e, self._changes))
        if self.restore:
            order = {**order, **rewritten(order, lambda e: as_declared(e, self.restore))}
        return order

    def _spread(self, e: Expr) -> Expr:
        """The answer with the brackets written out that a book has not; the pass is only loaded where there may be one."""
        inner = e.op is not ADD or any(ADD.bit & a.within for a in e.args)
        matrix = e.op is MATMUL and all(d.number != 1 for d in e.shape)
        inner = inner or bool(self._told_of[-1])
        if not (ADD.bit & e.within and inner and (e.is_scalar or self._of_sum or matrix or EYE.bit & e.within)):
            if not (ADD.bit & e.within and (HADAMARD.bit | INDEXED_SUM.bit) & e.within):
                return e
            from ..shortening.spread import with_slopes

            return with_slopes(e, self._typed)
        from ..shortening.spread import spread

        return spread(e, self._moving, self._of_sum, self._typed, *self._told_of)


def _is_sum(e: Expr, moving: Set[Expr]) -> bool:
    """Whether this is a sum, or a constant multiple of one, of whose summands two at least have a variable."""
    if e.op is TIMES:
        others = [a for a in e.args if a.op is not ADD]
        added = [a for a in e.args if a.op is ADD]
        if len(added) != 1 or not moving.isdisjoint(postorder(others)):
            return False
        e = added[0]
    moved = (not moving.isdisjoint(postorder(t)) for t in e.args) if e.op is ADD else iter(())
    return any(moved) and any(moved)


def _outside(e: Expr, moving: Set[Expr]) -> Sequence[Expr]:
    """The number and the names that stand before a sum: U in U (a^2/x^2 - a/x)."""
    if e.op is not TIMES or sum(a.op is ADD for a in e.args) != 1:
        return ()
    names = [a for a in e.args if a.op is not ADD and not is_number(a, -1)]
    plain = all(is_number(a) or (a.op is SYMBOL and a not in moving) for a in names)
    return names if plain and not all(map(is_number, names)) else ()


def _has_sums(e: Expr) -> bool:
    """Whether sums over an index stand side by side in it."""
    if not INDEXED_SUM.bit & e.within:
        return False
    return any(n.op is ADD and sum(any(f.op is INDEXED_SUM for f in (t, *t.args)) for t in n.args) > 1 for n in postorder(e))
