"""The derivation of an answer: every rewriting between d(F) and what is printed, as steps."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from typing import Any

from ..answers.answer import ClosedForm
from ..answers.layout import oriented
from ..differentiation.families import as_declared, is_target, renamings, under_letters
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import apply, conjugate, entry, is_complex, is_conjugate_name, matmul, substitute, times, trace, transpose
from ..expressions.expr import Expr, make, postorder
from ..expressions.labels import name_of
from ..kinds import ONE, SCALAR, Shape
from ..notation.authorship import Order, note_trace
from ..notation.indexform import index_form
from ..notation.kronecker import kronecker_matrix
from ..notation.linearmap import along
from ..notation.surface import is_plain_product, product
from ..ops.core import ENTRY, INDEXED_SUM, MATMUL, MEMBER, SYMBOL
from ..ops.diagonal import DIAG
from ..ops.laws import (
    ALGEBRA,
    BEFORE_DX,
    BY_COLUMNS,
    BY_ENTRY,
    BY_INDICES,
    BY_MEMBER,
    BY_VEC,
    CASES_FORM,
    CHAIN,
    COLLECTED,
    COMMON_FACTOR,
    COMMUTING,
    CONSTANT,
    DECLARED,
    DIRECTIONAL,
    ENTRYWISE,
    EXPANSION,
    HESSIAN,
    LEIBNIZ,
    NAMED,
    OF_GRADIENT,
    OF_HERMITIAN,
    OF_JACOBIAN,
    OF_MAP,
    OF_MATRIX,
    OF_SCALAR,
    OVER_INDEX,
    RENAMED,
    REVERSE,
    STRUCTURED,
    SUBSTITUTED,
    WIRTINGER,
)
from ..ops.matrix_functions import CHOLESKY
from ..ops.sums import VEC
from ..ops.trace import TRACE
from ..printing.text import spell
from ..shortening.simplify import Record, recognise, simplify
from ..syntax import Node, walk
from .forward import Forward, change_of, pending, stands_last, worked_out
from .lines import ADJOINT, ALONG, DERIVATIVE, DIFFERENTIAL, MANIFOLD, VALUE, Adjoint, Head, Line, LineSpeller, Step, shape_of
from .origin import Origin, Stage
from .page import SMALL, Derivation
from .reverse import LONG, NamedPart, parts_of, recursion
from .rulebook import quotient_rule
from .shorter import shortened
from .written import as_typed, is_rearranged, names_in


class TensorForm:
    """A derivative in index notation."""

    def __init__(self, tensor: Tensor, taken: set[str]) -> None:
        self.tensor, self.taken = tensor, taken

    def spelled(self, speller: LineSpeller, form: str) -> str:
        program = index_form(self.tensor, speller.arranger, self.taken)
        return speller.tree(program, form)


def steps_of(d: ClosedForm, origin: Origin) -> Derivation:
    """The derivation of `d`, one rule a step."""
    made = _Unfolding(d, origin)
    steps = made.steps()
    return Derivation(steps, made.values)


def _kept(variable: Expr, of: Expr) -> str:
    """What is said of a differential in which z or conj(z) moves alone, and the other one, which stands in the function too, does not."""
    other = conjugate(variable)
    if other.op is not variable.op or other is variable:  # a real one, or of a Hermitian matrix, whose conjugate is its transpose
        return ""
    stands = any(n.op is other.op and name_of(n) == name_of(other) for n in postorder(of))
    return f"{name_of(variable)} moves, {name_of(other)} is kept" if stands else ""


def _sums_over_indices(e: Expr) -> int:
    return sum(n.op is INDEXED_SUM for n in postorder(e))


class _Unfolding:
    def __init__(self, d: ClosedForm, origin: Origin) -> None:
        self.d, self.origin = d, origin
        order = origin.order
        for stage in origin.stages:
            order = order if stage.of is None else as_typed(stage.of, order).order
        self.order = dict(order)  # grows with the lines
        self.speller = LineSpeller(d, self.order)
        self.late = LineSpeller(d, self.order)  # for lines in which dX stands last
        self.turned: Order = {}  # the traces of collected lines, tr(G^T dX)
        self.collected = LineSpeller(d, ChainMap(self.turned, self.order))  # of what is looked up, the first
        self.taken = set(d._taken)
        self.found: list[Step] = []
        matrices = any(n.shape[0] is not ONE and n.shape[1] is not ONE for n in postorder(origin.stages[0].variable))
        self.letter = self._free("Ff" if matrices else "fF")
        self.values: list[Line] = []

    def _free(self, letters: str) -> str:
        found = next((c for c in letters + "FfGgHhQqYy" if c not in self.taken), "f_0")
        self.taken.add(found)
        return found

    def steps(self) -> list[Step]:
        stages = self.origin.stages
        letter, turned = self.letter, False
        for k, stage in enumerate(stages):
            last = k == len(stages) - 1
            if stage.of is None:
                self._of_tensor(k, stage, last)
            else:
                if k:
                    letter, before = self._free("gGhH"), letter
                    self._renamed(letter, stage.of, k, turned)
                    del before
                self._stage(k, stage, letter, last)
            turned = stage.tensor.matrix is not None and stage.tensor.matrix.shape[1] is ONE and stage.tensor.matrix.shape != SCALAR
        self._answer()
        return self.found

    # ---- lines

    def _line(
        self,
        head: Head,
        body: Any,
        shape: Sequence[str] | None = None,
        where: Sequence[tuple[str, Expr]] = (),
        written: Node | None = None,
    ) -> Line:
        return Line(head, body, self.speller, shape_of(body) if shape is None else shape, None, where, written)

    def _head(self, k: int) -> Head:
        """The head of the derivative after stage k."""
        of_vector = self._turned(self.origin.stages[k].tensor.shapes) and k < len(self.origin.stages) - 1
        return Head(DERIVATIVE, self.letter, self.d._by[: k + 1], turned=of_vector, school=self._school(k))

    def _school(self, k: int) -> bool:
        of, variables = self.origin.stages[0].of, [s.variable for s in self.origin.stages]
        if any(v.op is MEMBER for v in variables):  # d/dx_j of x_i is 1[i = j]: differentials say it better
            return False
        return of is not None and not any(map(is_complex, variables)) and all(n.is_scalar for n in postorder([of, *variables]))

    def _turned(self, shapes: Sequence[Shape]) -> bool:
        dims = [x for s in shapes for x in s if x is not ONE]
        return len(dims) == 1 and shapes[0] == SCALAR and shapes[-1][1] is ONE

    def _laid(self, k: int, e: Expr) -> Expr:
        """The derivative as it is printed: only the last one has a layout."""
        if k < len(self.origin.stages) - 1:
            return e
        return oriented(e, self.origin.stages[k].tensor.shapes, self.d.layout)[0]

    def _add(
        self,
        rules: Sequence[str],
        before: Line,
        after: Line,
        place: Sequence[Expr | str] = (),
        note: str = "",
        small: bool | None = None,
    ) -> None:
        names, unseen = tuple(rules), frozenset[str]()
        if small is None:
            small = all(n in SMALL for n in names)
        spelled = [e if isinstance(e, str) else self.speller.expression(e, "text") for e in place if isinstance(e, str) or e.size < 200]
        if self.found and self.found[-1].after is before and before.head.same(after.head) and before.text == after.text:
            last = self.found.pop()  # what cannot be seen gets no line of its own
            unseen = last.unseen | {*names} - {r.name for r in last.seen}
            names, before, spelled = (*[r.name for r in last.rules], *names), last.before, [*last.place, *spelled]
            note, small = "; ".join(filter(None, (last.note, note))), last.small
        self.found.append(Step(names, before, after, spelled, note, small=small, unseen=unseen))

    # ---- one differentiation

    def _renamed(self, letter: str, e: Expr, k: int, turned: bool) -> None:
        """g stands for the derivative that is differentiated again."""
        previous = self.found[-1].after
        self._add([HESSIAN.name], previous, self._line(Head(VALUE, letter), e), note=f"{letter} = {previous.left()}", small=False)

    def _stage(self, k: int, stage: Stage, letter: str, last: bool) -> None:
        assert stage.of is not None
        whole = stage.variable.args[0] if stage.variable.op is ENTRY else stage.variable
        name = self.d.wrt[k]
        school = name if self._school(k) else ""
        change = change_of(whole, self.taken)
        ranks = self.speller.arranger.ranks
        ranks.setdefault(str(change.attr[0]), ranks.get(str(whole.attr[0]), len(ranks)) + 0.5)  # type: ignore[index,arg-type]
        typed = as_typed(stage.of, self.origin.order)
        rules = Forward(typed.expr, whole, change, school, typed.kept, self.order)
        if typed.expr not in rules.moving:
            self._constant(k, stage, letter)
            return
        own = self._own(stage.of) if k == 0 else {}
        if stage.of.is_scalar and whole.op is SYMBOL and whole is stage.variable and stage.raw is not None:
            parts = parts_of(stage.of, rules, own, self.taken)
            if parts:
                self._in_reverse(k, stage, parts)
                return
        head = self._head(k) if school else Head(DIFFERENTIAL, letter)
        if k == 0:
            self._as_typed(letter, stage.of, typed.expr)
            if school and stage.of.op.quotient and is_target(stage.of.args[0], whole):
                typed.expr = self._as_quotient(letter, stage.of)
                rules = Forward(typed.expr, whole, change, school, order=self.order)
        lines = worked_out(typed.expr, rules)
        now = self._line(head, lines[0][0])
        for _, after, names, at in lines:
            line = Line(head, after, self._speller_of(after, str(change.attr[0])), shape_of(after))  # type: ignore[index]
            first = now.body is lines[0][0]
            split = first and len(pending(after)) > 1
            self._add(names, now, line, at, small=False if split else None, note=_kept(whole, typed.expr) if first else "")
            now = line
        if school:
            goal = stage.tensor.matrix
            if goal is not None and now.body.shape == goal.shape:
                self._rewritten(now, now.body, goal)
        else:
            self._identified(k, stage, now, change, last)

    def _speller_of(self, e: Expr, change: str) -> LineSpeller:
        """dX stands last where it occurs once: 2 x^T dx. In the terms of a product rule it stands where X does."""
        if pending(e):
            return self.speller
        return self.late if sum(n.attr == change for n in walk(self.speller.arranger.spell(e))) == 1 else self.speller

    def _typed_lines(self, letter: str) -> list[Line]:
        """The question as it was typed: a line for each name that its author gave, and the function."""
        typed, program = self.d._typed, self.d._typed.program
        values = {id(node): e for node, e in typed.nodes}
        found = [(b.name, values.get(id(b.value), typed.bindings.get(b.name)), b.value) for b in program.bindings if not b.params]
        named = [(n, e, tree) for n, e, tree in found if e is not None]
        return [self._line(Head(VALUE, n), e, written=tree) for n, e, tree in (*named, (letter, typed.expr, program.body))]

    def _as_typed(self, letter: str, of: Expr, shown: Expr) -> None:
        """The question, and where something else is differentiated than its author wrote, that with the rules that lead to it: `of`,
        `shown` as its author wrote it."""
        record: Record = []
        found = recognise(self.d._typed.expr, record)
        changes = renamings(found, self.origin.stages[0].variable.indices)
        renamed = under_letters(found, changes)
        reasons = [reason for reason, _, _ in record] if renamed is of and of is not self.d._typed.expr else []
        reasons += [RENAMED.name] if changes and renamed is of else []
        self.values = self._typed_lines(letter)
        first = self.values[-1]
        assert first.written is not None
        tree = self.speller.arranger.spell(shown)
        line = self._line(Head(VALUE, letter), of, written=tree)
        if reasons or not (is_rearranged(first.written, tree) or line.text == first.text):
            put_in = names_in(first.written) & {line.head.f for line in self.values[:-1]}
            names = reasons or [*([SUBSTITUTED.name] if put_in else []), ALGEBRA.name]
            self._add(names, first, line, small=False)

    def _as_quotient(self, letter: str, of: Expr) -> Expr:
        """tan(x) as sin(x)/cos(x): by itself such a function is differentiated by the quotient rule."""
        from ..inference.infer import read_template

        value = read_template(of.op.quotient, {"x": of.args[0]})
        self._add([quotient_rule(of.op)], self.values[-1], self._line(Head(VALUE, letter), value), small=False)
        return value

    def _own(self, root: Expr) -> dict[str, Expr]:
        """The author's own names for parts of the function."""
        known = set(postorder(root))
        return {n: e for n, e in self.d._typed.bindings.items() if e in known and n not in self.d._typed.symbols and e.args}

    def _constant(self, k: int, stage: Stage, letter: str) -> None:
        assert stage.of is not None
        shapes = stage.tensor.shapes
        body = stage.tensor.matrix if stage.tensor.matrix is not None else TensorForm(stage.tensor, self.taken)
        after = self._line(self._head(k), body, tuple(str(x) for s in shapes for x in s if x is not ONE))
        self._add([CONSTANT.name], self._line(Head(VALUE, letter), stage.of), after)

    def _identified(self, k: int, stage: Stage, now: Line, change: Expr, last: bool) -> None:
        raw = stage.raw
        if raw is None:
            self._by_indices(k, stage, now, change, last)
            return
        raw, shorter = self._without_what_cancels(raw, stage.tensor.matrix, now)
        paired = self._paired(stage, raw, change)
        if paired is not None and TRACE.bit & paired.within:  # dX stands last
            note_trace(self.turned, paired, matmul(transpose(raw), change))
        whole = self._in_factors(stage, raw, change) or paired
        line = None if whole is None else self._collected(now.head, whole, self._sum_times(stage, raw, change))
        if whole is not None and line is not None and (whole is not now.body or (TRACE.bit & whole.within and line.text != now.text)):
            extra = {MEMBER: [BY_MEMBER.name], ENTRY: [BY_ENTRY.name]}.get(stage.variable.op, [])
            scalar = (now.body.is_scalar and not stands_last(change, now.body)) or stage.variable.shape[1] is not ONE
            along = [COMMUTING.name] if any(n.op.directions for n in postorder(now.body)) and not pending(now.body) else []
            along = along if not any(n.op.directions for n in postorder(whole)) else []
            lifted = [OVER_INDEX.name] if _sums_over_indices(now.body) > _sums_over_indices(whole) else []
            self._add([*along, COLLECTED.name if scalar else BEFORE_DX.name, *lifted, *extra, *shorter], now, line)
            now, shorter = line, []
        line = self._line(self._head(k), self._laid(k, raw))
        x, scalar = stage.variable.shape, stage.of is not None and stage.of.is_scalar
        of_scalar = OF_MATRIX if x[1] is not ONE and x[0] is not ONE else OF_GRADIENT
        law = OF_SCALAR if x == SCALAR else of_scalar if scalar else OF_JACOBIAN
        own = self.d._by[k] if is_complex(stage.variable) else ""
        further = [WIRTINGER.name] if is_conjugate_name(own) else [OF_HERMITIAN.name] if own and self.d.layout == "strict" else [law.name]
        self._add([*further, *shorter], now, line)
        if raw is stage.raw:
            self._shortened(k, stage, line)

    def _without_what_cancels(self, raw: Expr, goal: Expr | None, now: Line) -> tuple[Expr, list[str]]:
        """The coefficient of dX, and the laws by which it was shortened: where it is longer than the line that it comes from, it is the
        short one; the slope of a logistic function that has cancelled is not put in again."""
        if goal is None or not now.body.is_scalar or not goal.size < now.body.size < raw.size:
            return raw, []
        names = list(dict.fromkeys(name for _, _, names in shortened(raw, goal) for name in names))
        alike = _sums_over_indices(raw) == _sums_over_indices(goal)
        return (goal, names) if alike and set(names) <= {EXPANSION.name, COMMON_FACTOR.name, ALGEBRA.name} else (raw, [])

    def _collected(self, head: Head, whole: Expr, written: Node | None) -> Line:
        """A line in which everything is brought before dX."""
        return Line(head, whole, self.collected, shape_of(whole), written=written)

    def _paired(self, stage: Stage, raw: Expr, change: Expr) -> Expr | None:
        """The differential in the form that is identified: g^T dx, tr(G^T dX), J dx, F' dt."""
        value, x = stage.tensor.shapes[0], stage.variable.shape
        if stage.variable.op is ENTRY:
            change = entry(change, *stage.variable.args[1:])
        if len(stage.tensor.shapes) > 2:
            value = stage.of.shape  # type: ignore[union-attr]
        if x == SCALAR:
            return times(raw, change)
        if value == SCALAR and x[0] is not ONE and x[1] is not ONE:
            return trace(matmul(transpose(raw), change))
        column = change if x[1] is ONE else transpose(change)
        if value == SCALAR:
            return matmul(transpose(raw), column) if raw.shape == column.shape else matmul(raw, column)
        found = matmul(raw, column)
        return found if found.shape == value else transpose(found) if transpose(found).shape == value else None

    def _sum_times(self, stage: Stage, raw: Expr, change: Expr) -> Node | None:
        """(g + h)^T dx with the gradient as the next line has it, and F' dt of an array; None where there is no sum."""
        if stage.variable.shape == SCALAR and not raw.is_scalar and stage.variable.op is SYMBOL:
            tree = self.speller.arranger.spell(raw)
            return product([*(tree.args if is_plain_product(tree) else (tree,)), self.collected.arranger.spell(change)])
        if stage.tensor.shapes[0] != SCALAR or raw.shape[1] is not ONE or raw.is_scalar or stage.variable.op is not SYMBOL:
            return None
        tree = self.speller.arranger.spell(transpose(raw))
        return product([tree, self.collected.arranger.spell(change)]) if tree.op in ("add", "sum") else None

    def _in_factors(self, stage: Stage, raw: Expr, change: Expr) -> Expr | None:
        """J dx with the Jacobian as it stands, where that is kept as an entrywise product: diag(a) dx, not a .* dx."""
        column = change.shape[1] is ONE and not change.is_scalar and not raw.is_scalar and stage.variable.op is SYMBOL
        if not column or not DIAG.bit & raw.within or raw.shape[1] is not change.shape[0] or len(stage.tensor.shapes) != 2:
            return None
        factors = raw.args if raw.op is MATMUL else (raw,)
        return make(MATMUL, (*factors, change), None, (raw.shape[0], ONE), raw.size + change.size + 1)

    def _by_indices(self, k: int, stage: Stage, now: Line, change: Expr, last: bool) -> None:
        """A derivative with more than two indices: the differential as a linear map, then what its notation shows."""
        if len(stage.tensor.shapes) == 2:
            factored = bool(self.d._stacked) and CHOLESKY.bit & now.body.within != 0
            columns = [BY_COLUMNS.name]
            try:
                mapped = along(stage.tensor, change)
            except NoAnswerError:
                mapped = now.body
                if factored:
                    mapped, columns = self._in_columns(stage.tensor, change, now.body), [BY_VEC.name, *columns]
            goal = simplify(mapped)
            shown = self.d._program.form is not None and self.d._program.form[0] == "map"
            same = self._line(now.head, goal).text == now.text  # multiplied out and taken together again
            shown = shown or factored
            if mapped.shape == now.body.shape and not same and (shown or min(mapped.size, goal.size) <= now.body.size):
                if now.body is not mapped:
                    line = self._line(now.head, mapped)
                    self._add(columns if factored else [ALGEBRA.name], now, line)
                    now = line
                now = self._rewritten(now, mapped, goal)
        if not last:
            shape = tuple(str(x) for s in stage.tensor.shapes for x in s if x is not ONE)
            self._add([BY_INDICES.name], now, self._line(self._head(k), TensorForm(stage.tensor, self.taken), shape))

    def _in_columns(self, tensor: Tensor, change: Expr, body: Expr) -> Expr:
        """H vec(dX) of a column; `body` as it stands where there is no such matrix."""
        try:
            made = matmul(kronecker_matrix(tensor), apply(VEC, (change,)))
        except NoAnswerError:
            return body
        return made if made.shape == body.shape else body

    def _rewritten(self, now: Line, e: Expr, goal: Expr, k: int | None = None) -> Line:
        for _, after, names in shortened(e, goal):
            line = self._line(now.head, after if k is None else self._laid(k, after))
            self._add(names, now, line, small=True)
            now = line
        return now

    def _shortened(self, k: int, stage: Stage, now: Line) -> None:
        if stage.raw is not None and stage.tensor.matrix is not None and self._undeclared(stage) is not stage.raw:
            self._rewritten(now, stage.raw, stage.tensor.matrix, k)

    def _undeclared(self, stage: Stage) -> Expr | None:
        """What the declared properties are put into at the end: the derivative as it came, where they alone lead from it to the answer."""
        origin, raw = self.origin, stage.raw
        if stage is not origin.stages[-1] or raw is None or not origin.restore:
            return stage.tensor.matrix
        return raw if as_declared(raw, origin.restore) is origin.unrestricted.matrix else stage.tensor.matrix

    def _of_tensor(self, k: int, stage: Stage, last: bool) -> None:
        """A derivative of what has no matrix notation: factor by factor."""
        before = self.found[-1].after if self.found else self._line(Head(VALUE, self.letter), stage.tensor)
        shape = tuple(str(x) for s in stage.tensor.shapes for x in s if x is not ONE)
        body = stage.tensor.matrix if stage.tensor.matrix is not None else TensorForm(stage.tensor, self.taken)
        self._add([LEIBNIZ.name], before, self._line(self._head(k), body, shape))

    # ---- from the value back

    def _in_reverse(self, k: int, stage: Stage, parts: Sequence[NamedPart]) -> None:
        where = [(p.name, p.node) for p in parts[:-1]]
        self.values = self._typed_lines(self.letter) if k == 0 else []
        written = {line.head.f: line.written for line in self.values}
        typed = self.values[-1] if self.values else None
        known = {p.name for p in parts[:-1]}
        named = [NAMED.name] if not known <= written.keys() else []
        if typed is not None and typed.written is not None and names_in(typed.written) & written.keys() - known - {self.letter}:
            named.append(SUBSTITUTED.name)
        if k == 0 and self.d._typed.expr is not stage.of:
            record: Record = []
            recognise(self.d._typed.expr, record)
            named += [reason for reason, _, _ in record]
        named = named or [ALGEBRA.name]
        for part in parts:
            line = self._line(Head(VALUE, part.name or self.letter), part.local, where=where)
            tree = written.get(line.head.f)
            if tree is not None and is_rearranged(tree, self.speller.arranger.spell(part.local)):
                continue
            if part.name or typed is None:
                self.values.append(line)
            else:
                self._add(named, typed, line, small=False)
        now: Line | None = None
        put_in: dict[Expr, Expr] = {p.symbol: p.node for p in parts[:-1]}
        for handed in recursion(parts, stage.variable, CHAIN.name if self._school(k) else REVERSE.name):
            p = handed.part
            head = Head(ADJOINT, f"delta_{p.name}") if p is not None else self._head(k)
            by = [p.name] if p is not None else head.by
            row = p is not None and p.node.shape[1] is ONE and not p.node.is_scalar and self.d.layout == "numerator"
            meant = Adjoint(Head(DERIVATIVE, self.letter, by, turned=row), None if p is None else p.node)
            seed = self._line(head, meant, () if p is None else shape_of(p.node), where=where)
            value = handed.value if p is not None else self._laid(k, handed.value)
            now = self._line(head, value, where=where)
            self._add(handed.rules, seed, now)
            if p is not None:
                put_in[p.delta] = substitute(handed.value, put_in)
        assert now is not None and stage.tensor.matrix is not None
        goal = self._laid(k, stage.tensor.matrix)
        if now.body is not goal:
            record = []
            reached = self._laid(k, simplify(substitute(handed.value, put_in), {}, record)) is goal
            names = [SUBSTITUTED.name, *[reason for reason, _, _ in record], *([] if reached else [ALGEBRA.name])]
            self._add(names, now, self._line(self._head(k), goal), small=False)

    # ---- the end

    def _answer(self) -> None:
        d, origin = self.d, self.origin
        k = len(origin.stages) - 1
        head = self._head(k)
        now = self.found[-1].after
        stage = origin.stages[k]
        found = self._undeclared(stage)
        if origin.restore and found is not None and origin.unrestricted.matrix is not None:
            e = as_declared(found, origin.restore)
            if e is not found:
                line = self._line(head, self._laid(k, e))
                self._add([DECLARED.name], now, line)
                now = line
            now = self._rewritten(now, e, origin.unrestricted.matrix, k)
        elif origin.unrestricted.matrix is not None and stage.tensor.matrix is not None:
            now = self._rewritten(now, stage.tensor.matrix, origin.unrestricted.matrix, k)
        if d._stacked:
            head = Head(DERIVATIVE, self.letter, d._stacked)
        if origin.rule or origin.structured:
            within = MANIFOLD if origin.rule else next(kind for kind in reversed(origin.kinds) if kind)
            head = Head(DERIVATIVE, self.letter, head.by, within=within, along=str(origin.along))
        answer = Line(head, d._expr, self.speller, d.shape if d._expr is None or not d._expr.is_scalar else (), d)
        answer.defined = frozenset(line.head.f for line in self.values[:-1])
        program = d._program
        same = now.kind == DERIVATIVE and isinstance(now.body, Expr) and now.body is d._expr
        plain = program.form is None and not program.bindings and d.notation != "cases"
        if same and origin.formula is None and (now.right() == spell(program) or (plain and not origin.structured)):  # but for the order
            last = self.found.pop()
            self._add([r.name for r in last.rules], last.before, answer, note=last.note, small=False, place=last.place)
            return
        if origin.formula is not None:
            self._on_manifold(now, head, origin.formula, answer)
            return
        names = [STRUCTURED.name] if origin.structured else []
        if d._expr is None and origin.restore and not origin.structured:
            names.append(DECLARED.name)
        zero = d._expr is None and not d._tensor.terms  # 0_{m x n x p} stands for its entries
        form = str(program.form[0]) if program.form is not None else "index" if zero else ""
        entries = ENTRYWISE.name if now.kind == DERIVATIVE and isinstance(now.body, Expr) else BY_INDICES.name
        names += {"map": [OF_MAP.name], "index": [entries], "kron": [BY_VEC.name, BY_INDICES.name]}.get(form, [])
        if names == [BY_INDICES.name] and isinstance(now.body, TensorForm) and now.body.spelled(self.speller, "text") == spell(program):
            last = self.found.pop()  # the entries already
            names, now = [r.name for r in last.rules], last.before
        names += [NAMED.name] if program.bindings else []
        names += [CASES_FORM.name] if d.notation == "cases" else []
        if names == [NAMED.name] and answer.defined.issuperset(b.name for b in program.bindings):
            if self.found[-1].rules[0].name == SUBSTITUTED.name:
                last = self.found.pop()  # of the same without them nobody needs a line
                names, now = [r.name for r in last.rules], last.before
        elif names == [NAMED.name] and isinstance(now.body, Expr) and now.body.size > LONG and self.found[-1].before.kind == DERIVATIVE:
            last = self.found.pop()  # nobody reads what is too long to be printed without names
            names, now = [*[r.name for r in last.rules], *names], last.before
        self._add(names or [ALGEBRA.name], now, answer, small=False)

    def _on_manifold(self, now: Line, head: Head, formula: Expr, answer: Line) -> None:
        """The formula of the manifold with the gradient by free entries in it, and of a Hessian with its change along U; then shortened."""
        origin, program = self.origin, self.d._program
        if origin.change is not None:
            now = self._changed(now, Head(DERIVATIVE, self.letter, self.d._by, school=head.school, within=ALONG, along=origin.along))
        line = self._line(head, formula)
        self._add([origin.rule], now, line, small=False)
        assert isinstance(self.d._expr, Expr)
        self._rewritten(line, formula, self.d._expr)
        last = self.found[-1]
        if program.bindings:
            self._add([NAMED.name], last.after, answer, small=False)
        else:
            self.found[-1] = Step([r.name for r in last.rules], last.before, answer, last.place, last.note, small=False, unseen=last.unseen)

    def _changed(self, now: Line, head: Head) -> Line:
        """The change of the gradient by free entries along U, by the rules of differentials with dX = U."""
        origin, gradient = self.origin, now.body
        assert origin.change is not None
        x = origin.restore.get(origin.stages[-1].variable, origin.stages[-1].variable)
        u = next((n for n in postorder([origin.change, origin.formula]) if n.op is SYMBOL and name_of(n) == origin.along), None)  # type: ignore[list-item]
        names: tuple[str, ...] = (DIRECTIONAL.name,)
        done = origin.change
        if u is not None and x in postorder(gradient):
            for _, done, rules, at in worked_out(gradient, Forward(gradient, x, u, order=self.order)):
                line = self._line(head, done)
                self._add((*names, *rules), now, line, at, note=f"d{name_of(x)} = {origin.along}" if names else "", small=False)
                now, names = line, ()
            return self._rewritten(now, done, origin.change)
        line = self._line(head, done)
        self._add(names, now, line, small=False)
        return line
