"""The chain rule along a graph of named values: local partials, tangents forwards, adjoints backwards, step by step.

A local partial is the derivative of one step by one of its arguments, everything else held fixed. Forwards, the tangent
t_v = dv/dx of a step is the sum over its arguments of local partial times tangent; backwards, the adjoint f_v = df/dv of a
value is the sum over the steps made of it of adjoint times local partial. Vectors have Jacobians and rows, as in the book.

Where a matrix is among the values, dv/dx may have three or four indices. Then the tangent is that along any change t_x of the
variable, and the adjoint that of the value weighted entry by entry with any f_f: matrix notation again, and what programs do.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import NoAnswerError, ReadingError
from ..expressions.build import is_number, is_zero, value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim, Shape
from ..notation.surface import number
from ..ops.core import EYE, TIMES
from ..ops.diagonal import DIAG
from ..pipeline import derive
from ..pipeline.derivative import Derivative
from ..pipeline.question import Options, Question
from ..syntax import Declaration, Node, Program, walk
from .unfold import IntermediateValue, declared_as, names_in, rebuilt, with_names

ZERO = Dim.of(0)
SLASHES = frozenset(("", "/"))


class Edge:
    """`start` is an argument of the step `to`. `partial` is d to/d start, `tree` its matrix notation where it has one."""

    __slots__ = ("partial", "start", "to", "tree")

    def __init__(self, to: IntermediateValue, start: IntermediateValue, partial: Derivative) -> None:
        self.to, self.start, self.partial = to, start, partial
        program = partial._program
        self.tree: Node | None = None
        if program.form is None:
            self.tree = program.body
            for b in reversed(program.bindings):  # c = …; … is for an answer that stands alone
                self.tree = with_names(self.tree, {b.name: b.value})

    @property
    def multiple(self) -> Fraction | None:
        """The number k where the partial is k or k I."""
        e = self.partial._expr
        if e is None:
            return None
        if is_number(e):
            return value_of(e)
        if e.op is EYE:
            return Fraction(1)
        return value_of(e.args[0]) if e.op is TIMES and len(e.args) == 2 and is_number(e.args[0]) and e.args[1].op is EYE else None


class AccumulationLine:
    """One line of an accumulation, `name = tree`, and what it is the sum of: each edge with the tangent or adjoint beside its partial."""

    __slots__ = ("name", "rule", "tree")

    def __init__(self, name: str, rule: Sequence[tuple[Edge, str]], tree: Node) -> None:
        self.name, self.rule, self.tree = name, tuple(rule), tree


class Count:
    """Multiplications and additions, polynomials in the sizes."""

    __slots__ = ("additions", "multiplications")

    def __init__(self) -> None:
        self.multiplications = self.additions = ZERO

    def product(self, rows: Dim, inner: Dim, cols: Dim) -> None:
        """A rows × inner matrix times an inner × cols one."""
        self.multiplications += rows * inner * cols
        self.additions += rows * cols * (inner - 1)

    def entrywise(self, entries: Dim) -> None:
        self.multiplications += entries

    def joined(self, terms: int, entries: Dim) -> None:
        self.additions += entries * (terms - 1)

    def __str__(self) -> str:
        def words(size: Dim, one: str) -> str:
            return f"{polynomial(size)} {one}{'' if size.number == 1 else 's'}"

        return f"{words(self.multiplications, 'multiplication')}, {words(self.additions, 'addition')}"


class Accumulation:
    """The lines of one pass, its operations, and whether they hold along a free change (or weight) of the seed."""

    __slots__ = ("count", "free", "lines", "seed")

    def __init__(self, seed: str, free: bool) -> None:
        self.seed, self.free = seed, free
        self.lines: list[AccumulationLine] = []
        self.count = Count()


def polynomial(size: Dim) -> str:
    """A size as a polynomial with powers, the highest first: `2 m^2 + m`."""
    if any(c.denominator > 1 for _, c in size.terms):
        return str(size)
    terms = []
    for monomial, c in sorted(size.terms, key=lambda t: (-sum(k for _, k in t[0]), t[0])):
        factors = [] if abs(c) == 1 and monomial else [str(abs(c))]
        factors += [n if k == 1 else f"{n}^{k}" for n, k in monomial]
        terms.append((" - " if c < 0 else " + ") + " ".join(factors))
    text = "".join(terms) or " + 0"
    return text[3:] if text.startswith(" + ") else "-" + text[3:]


def entries(shape: Shape) -> Dim:
    return shape[0] * shape[1]


def is_matrix(shape: Shape) -> bool:
    return shape[1] is not ONE


class Chain:
    """The steps with their edges; `forward` and `reverse` accumulate along them."""

    def __init__(
        self, steps: Sequence[IntermediateValue], inputs: Sequence[IntermediateValue], declarations: Sequence[Declaration], check: bool
    ) -> None:
        self.steps, self.inputs, self.check = list(steps), list(inputs), check
        self.declarations = [*declarations, *(s.declaration for s in steps)]
        self.value = self.steps[-1]
        self.edges: list[Edge] = []
        known = {s.name: s for s in (*inputs, *steps)}
        names = [*(d.name for d in declarations), *known]
        reached = {s.name for s in inputs}
        for s in self.steps:
            arguments = [n for n in names_in(s.tree, names) if n in reached]
            self.edges += [Edge(s, known[n], self._derivative(s.tree, n)) for n in sorted(arguments, key=list(known).index)]
            if arguments:
                reached.add(s.name)
        self.reached = reached

    def _derivative(self, tree: Node, name: str, more: Sequence[Declaration] = (), notation: str = "auto") -> Derivative:
        def taken(notation: str) -> Derivative:
            options = Options(notation=notation, verify=self.check)
            return derive.one_derivative(Question(Program("", (), tree), (*self.declarations, *more), (name,), options))

        found = taken(notation)
        entrywise = notation == "auto" and found._expr is not None and found._program.form is not None  # J[j] = …, which is no factor
        return taken("matrix") if entrywise else found

    def has_path(self, x: IntermediateValue) -> bool:
        """Whether the value depends on x."""
        return self.value.name in self._from(x)

    def _from(self, x: IntermediateValue) -> set[str]:
        found = {x.name}
        for edge in self.edges:
            if edge.start.name in found:
                found.add(edge.to.name)
        return found

    # ---------------------------------------------------------------------------------------------------------- forwards

    def forward(self, x: IntermediateValue, names: dict[str, str]) -> Accumulation:
        """The tangents `names[v]` of all steps that x reaches, in the order of evaluation."""
        reached = self._from(x)
        shapes = [x.shape, *(s.shape for s in self.steps if s.name in reached)]
        scalar = entries(x.shape) is ONE
        run = Accumulation(names[x.name], not scalar and any(map(is_matrix, shapes)))
        columns = ONE if scalar or run.free else x.shape[0]
        for s in self.steps:
            into = [e for e in self.edges if e.to is s and e.start.name in reached]
            terms = []
            for e in into:
                seed = e.start is x and not run.free
                if seed and e.tree is not None:
                    terms.append(e.tree)
                elif not is_matrix(e.start.shape) and (entries(e.start.shape) is ONE or not is_matrix(s.shape)) and e.tree is not None:
                    terms.append(self._times(e, names[e.start.name], run.count, columns, before=False))
                else:
                    terms.append(self._along(e, names[e.start.name], run.count))
            if into:
                run.count.joined(len(into), entries(s.shape) * columns)
                rule = [(e, names[e.start.name] if e.start is not x or run.free else "") for e in into]
                run.lines.append(AccumulationLine(names[s.name], rule, summed(terms)))
        return run

    def _along(self, edge: Edge, tangent: str, count: Count) -> Node:
        """The local derivative as a linear map, applied to the tangent."""
        found = self._derivative(edge.to.tree, edge.start.name, notation="differential")
        tree = with_names(found._program.body, {f"d{edge.start.name}": Node("name", (), tangent)})
        if entries(edge.to.shape) is ONE:  # entry by entry with the partial, however it is written
            count.product(ONE, entries(edge.start.shape), ONE)
        else:
            self._count(tree, [declared_as(tangent, edge.start.shape)], tangent, count)
        return tree

    # --------------------------------------------------------------------------------------------------------- backwards

    def reverse(self, variables: Sequence[IntermediateValue], names: dict[str, str]) -> Accumulation:
        """The adjoints `names[v]` of the steps and the variables, the last first."""
        f = self.value
        scalar = entries(f.shape) is ONE
        run = Accumulation(names[f.name], not scalar and any(is_matrix(s.shape) for s in (*self.inputs, *self.steps)))
        rows = ONE if scalar or run.free else f.shape[0]
        for v in [*reversed(self.steps[:-1]), *variables]:
            out = [e for e in self.edges if e.start is v]
            terms = []
            for e in out:
                u = e.to
                if u is f and not run.free and e.tree is not None:
                    terms.append(e.tree)
                elif not is_matrix(u.shape) and (entries(u.shape) is ONE or not is_matrix(v.shape)) and e.tree is not None:
                    terms.append(self._times(e, names[u.name], run.count, rows, before=True))
                else:
                    terms.append(self._weighted(e, names[u.name], run.count))
            if out:
                run.count.joined(len(out), entries(v.shape) * rows)
                rule = [(e, names[e.to.name] if e.to is not f or run.free else "") for e in out]
                run.lines.append(AccumulationLine(names[v.name], rule, summed(terms)))
        return run

    def _weighted(self, edge: Edge, adjoint: str, count: Count) -> Node:
        """The derivative of the step weighted with its adjoint: tr(f_u^T u) of a matrix, f_u u of a vector."""
        u, weight = edge.to, Node("name", (), adjoint)
        body = Node("mul", (Node("T", (weight,)), u.tree), ("",))
        if is_matrix(u.shape):
            body = Node("call", (body,), "tr")
        found = self._derivative(body, edge.start.name, [declared_as(adjoint, u.shape)])
        program = found._program
        tree = program.body
        for b in reversed(program.bindings):
            tree = with_names(tree, {b.name: b.value})
        if entries(edge.start.shape) is ONE:
            count.product(ONE, entries(u.shape), ONE)
        else:
            self._count(tree, [declared_as(adjoint, u.shape)], adjoint, count)
        return tree if is_matrix(u.shape) else _as_row(tree, adjoint)

    # ------------------------------------------------------------------------------------------------------ one product

    def _times(self, edge: Edge, name: str, count: Count, width: Dim, before: bool) -> Node:
        """The partial times the tangent, or the adjoint times the partial."""
        tree, known = edge.tree, Node("name", (), name)
        assert tree is not None
        k, e = edge.multiple, edge.partial._expr
        assert e is not None
        outer, inner = (
            (entries(edge.start.shape), entries(edge.to.shape)) if before else (entries(edge.to.shape), entries(edge.start.shape))
        )
        if k is not None and abs(k) == 1:
            return known if k == 1 else Node("neg", (known,))
        if is_zero(e):
            return number(0)
        if k is not None or e.op is DIAG:
            count.entrywise(inner * width)
        else:
            count.product(width, inner, outer)
        if k is not None:
            return multiplied(number(k), known)
        if e.is_scalar and tree.op == "mul" and tree.args[0].op == "num" and tree.args[0].attr == 1:
            before = True  # t/(2 sqrt(c)), not 1/(2 sqrt(c)) t
        return multiplied(known, tree) if before else multiplied(tree, known)

    def _count(self, tree: Node, more: Sequence[Declaration], name: str, count: Count) -> None:
        """The products in a tree that the name takes part in, from the name outwards."""
        try:
            typed = Question(Program("", (), tree), (*self.declarations, *more)).whole()
        except ReadingError as error:  # the differential of a matrix function has a name of its own that no one can type
            raise NoAnswerError(f"a step has no spelling: {error.message}") from None
        meaning: dict[int, Expr] = {id(n): e for n, e in typed.nodes}

        def has(node: Node) -> bool:
            return any(n.op == "name" and n.attr == name for n in walk(node))

        for node in walk(tree):
            args = [meaning.get(id(a)) for a in node.args]
            places = [k for k, a in enumerate(node.args) if has(a)]
            if not places:
                continue
            if node.op == "ew" and id(node) in meaning:
                count.entrywise(entries(meaning[id(node)].shape) * (len(args) - 1))
            elif node.op == "mul":
                at = places[0]
                rows, cols = args[at].shape if args[at] is not None else (ONE, ONE)  # type: ignore[union-attr]
                for e in [*args[at + 1 :], *args[:at][::-1]]:
                    right = any(e is a for a in args[at + 1 :])
                    if e is None or e.is_scalar:
                        count.entrywise(rows * cols)
                    elif right:
                        count.product(rows, e.shape[0], e.shape[1])
                        cols = e.shape[1]
                    else:
                        count.product(e.shape[0], rows, cols)
                        rows = e.shape[0]


def _as_row(tree: Node, name: str) -> Node:
    """The tree with the column `name` replaced by the transpose of a row of that name."""
    row = Node("name", (), name)
    column = Node("T", (row,))
    marked = with_names(tree, {name: column})
    return rebuilt(marked, lambda n, args: row if n.op == "T" and args and args[0].op == "T" else Node(n.op, args, n.attr))


def multiplied(left: Node, right: Node) -> Node:
    """The product as it is written by hand: signs and numbers in front, fractions kept as fractions."""
    sign = 0
    factors: list[tuple[str, Node]] = []
    for part in (left, right):
        if part.op == "neg":
            sign, part = sign + 1, part.args[0]
        if part.op == "num" and part.attr == 1:
            continue
        if part.op == "mul" and isinstance(part.attr, tuple) and set(part.attr) <= SLASHES:
            first = [] if part.args[0].op == "num" and part.args[0].attr == 1 and factors else [("", part.args[0])]
            factors += [*first, *zip(map(str, part.attr), part.args[1:])]
        else:
            factors.append(("", part))
    factors.sort(key=lambda f: not (f[0] == "" and f[1].op == "num"))
    if not factors:
        factors = [("", number(1))]
    if factors[0][0] == "/":
        factors.insert(0, ("", number(1)))
    nodes = tuple(n for _, n in factors)
    product = nodes[0] if len(nodes) == 1 else Node("mul", nodes, tuple(s for s, _ in factors[1:]))
    return Node("neg", (product,)) if sign % 2 else product


def summed(terms: Sequence[Node]) -> Node:
    """The sum of the terms that are not zero."""
    flat = [t for term in terms for t in (term.args if term.op == "add" else (term,)) if not (t.op == "num" and t.attr == 0)]
    if not flat:
        return number(0)
    return flat[0] if len(flat) == 1 else Node("add", tuple(flat))


__all__ = ["Accumulation", "Chain", "Count", "Edge", "AccumulationLine", "entries"]
