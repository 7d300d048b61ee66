"""From an expression to the steps of its evaluation: a list of named values, each made of earlier ones.

The author's own statements are the steps where there are any (`a = x^2; b = exp(a); a + b`). A closed formula is taken apart
into elementary operations, the same subexpression once, as the reader of a textbook would: a sign, a transpose and a constant
factor within a sum are no steps of their own, nor are A x in A x - b, the norm in ||x||^2 and the product in tr(A X).
All of this happens on the surface tree, so that x * x^2 is a product here although it is x^3 to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from ..errors import UsageError
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed
from ..kinds import ONE, Dim, Shape
from ..pipeline.question import Question
from ..syntax import Binding, Declaration, Node, Program, spell_name, split_name, walk

GRANULARITIES = ("auto", "statements", "operations")
MOST_STEPS = 300  # beyond it nobody reads a graph
STEPS = frozenset("call pow epow mul ew add norm bars inner inv pinv sum product literal cases".split())
WHOLE = frozenset(("sum", "product", "iverson", "cmp", "cases"))  # an index is bound in there, or a case decided
BARE = frozenset(("name", "index"))
SMALL, LARGE, LAST = "abcdeghklmpqrsuvwyz", "ABCDEGHKLMPQSUVWYZ", {"small": "fhgyLCz", "large": "FHGYLC"}


class IntermediateValue:
    """One value on the way: its name, the surface tree that defines it, its shape."""

    __slots__ = ("name", "shape", "tree")

    def __init__(self, name: str, tree: Node, shape: Shape) -> None:
        self.name, self.tree, self.shape = name, tree, shape

    @property
    def declaration(self) -> Declaration:
        """The step as a variable of its own."""
        return declared_as(self.name, self.shape)


def declared_as(name: str, shape: Shape) -> Declaration:
    """`name in R^{m x n}`"""
    rows, cols = shape
    return Declaration(name, "R", () if shape == (ONE, ONE) else (rows,) if cols is ONE else (rows, cols))


def rebuilt(root: Node, change: Callable[[Node, tuple[Node, ...]], Node]) -> Node:
    """The tree made anew from its leaves; without recursion, since the input may be deep."""
    done: dict[int, Node] = {}
    todo: list[tuple[Node, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            done[id(node)] = change(node, tuple(done[id(a)] for a in node.args))
        elif id(node) not in done:
            todo.append((node, True))
            todo += [(a, False) for a in reversed(node.args)]
    return done[id(root)]


def with_names(root: Node, names: Mapping[str, Node]) -> Node:
    """The tree with names replaced by trees."""

    def change(node: Node, args: tuple[Node, ...]) -> Node:
        found = names.get(str(node.attr)) if node.op == "name" else None
        return found or Node(node.op, args, node.attr)

    return rebuilt(root, change)


def flattened(program: Program, typed: Typed) -> Program:
    """The program without bound functions, families of values and Euler's number, all written out where they are used.

    Each step is read by itself later, and `e` is Euler's number only where the whole text says so.
    """
    functions = {b.name: b for b in program.bindings if b.params}
    meaning = {id(n): e for n, e in typed.nodes}
    written: dict[str, Node] = {}

    def change(node: Node, args: tuple[Node, ...]) -> Node:
        if node.op == "call" and str(node.attr).rstrip("'") in functions:
            if str(node.attr).endswith("'"):
                raise UsageError(f"{node.attr} is the derivative of a function bound in the text; the graph needs it written out")
            function = functions[str(node.attr)]
            return with_names(function.value, dict(zip(function.params, args)))
        if node.op == "name" and node.attr in written:
            return written[str(node.attr)]
        if node.op == "pow" and euler and node.args[0].op == "name" and node.args[0].attr == "e":
            square = meaning[id(node)].shape != (ONE, ONE) if id(node) in meaning else False
            return Node("call", (args[1],), "expm" if square else "exp")
        if node.op == "name" and node.attr == "e" and euler:
            return Node("call", (Node("num", (), Fraction(1)),), "exp")
        return Node(node.op, args, node.attr)

    euler = "e" not in typed.symbols and all(b.name != "e" for b in program.bindings)
    kept: list[Binding] = []
    for b in program.bindings:
        value = rebuilt(b.value, change)
        if b.params:
            functions[b.name] = Binding(b.name, value, b.params)
        elif b.name not in typed.bindings or typed.bindings[b.name].indices:  # z_i = …, one for each i
            written[b.name] = value
        else:
            kept.append(Binding(b.name, value))
    made = Program(program.text, tuple(kept), rebuilt(program.body, change), None, "", program.name)
    families = {split_name(n)[0]: n for n in written}
    for node in (n for r in [*(b.value for b in kept), made.body] for n in walk(r) if n.op == "name"):
        base = split_name(str(node.attr))[0]
        if base in families:
            raise UsageError(f"{node.attr} is used and {families[base]} is bound: the graph needs one index for both")
    return made


def unfolded(
    program: Program, declarations: Sequence[Declaration], wrt: Sequence[str], granularity: str, names: str
) -> list[IntermediateValue]:
    """The steps in the order of evaluation, the value of the whole last; what the value does not need is left out."""
    typed = Question(program, declarations).whole()
    by_statements = granularity == "statements" or (granularity == "auto" and bool(program.bindings))
    if by_statements:
        steps = [IntermediateValue(b.name, b.value, typed.bindings[b.name].shape) for b in program.bindings]
        steps.append(IntermediateValue("", program.body, typed.expr.shape))
    else:
        steps = _operations(program, typed, {typed.symbols[n] for n in wrt})
    if len(steps) > MOST_STEPS:
        raise UsageError(
            f"the graph would have {len(steps)} nodes, more than {MOST_STEPS}", suggestion="take larger steps: --granularity statements"
        )
    for s in steps:
        if s.shape[0] is ONE and s.shape[1] is not ONE:
            raise UsageError(f"{s.name or 'the value'} is a row, and the graph is one of columns", suggestion="transpose it: r = (...)^T")
    _name(steps, program, typed, names)
    return _needed(steps, typed.symbols)


def _operations(program: Program, typed: Typed, variables: set[Expr]) -> list[IntermediateValue]:
    meaning = {id(n): e for n, e in typed.nodes}
    roots = [*program.bindings, Binding("", program.body)]
    reached = _reached([meaning[id(n)] for b in roots for n in walk(b.value) if id(n) in meaning], variables)
    steps: list[IntermediateValue] = []
    known: dict[Expr, str] = {}
    for b in roots:
        inside = _inside(b.value, meaning, reached)

        def change(node: Node, args: tuple[Node, ...], root: Node = b.value, inside: set[int] = inside) -> Node:
            made = Node(node.op, args, node.attr)
            e = meaning.get(id(node))
            if node is root or e is None or e not in reached or node.op not in STEPS or id(node) in inside:
                return made
            if e.shape[0] is ONE and e.shape[1] is not ONE:
                return made
            if e not in known:
                known[e] = f"%{len(steps)}"
                steps.append(IntermediateValue(known[e], made, e.shape))
            return Node("name", (), known[e])

        tree = rebuilt(b.value, change)
        value = typed.bindings.get(b.name, typed.expr)
        steps.append(IntermediateValue(b.name, tree, value.shape))
        known.setdefault(value, b.name)
    return steps


def _reached(exprs: Iterable[Expr], variables: set[Expr]) -> set[Expr]:
    """Every expression that the variables occur in."""
    found = set(variables)
    for n in postorder(exprs):
        if any(a in found for a in n.args):
            found.add(n)
    return found


def _inside(root: Node, meaning: Mapping[int, Expr], reached: set[Expr]) -> set[int]:
    """The identities of the nodes that are no steps, since they belong to the operation above them."""
    found: set[int] = set()
    for node in walk(root):
        args = [a.args[0] if a.op == "neg" else a for a in node.args]
        if node.op in WHOLE:
            found |= {id(n) for a in node.args for n in walk(a)}
        elif node.op == "add":
            found |= {id(a) for a in args if _is_multiple(a, meaning, reached)}
        elif node.op == "literal":
            found |= {id(a) for a in args}
        elif node.op == "pow" and args[0].op in ("norm", "bars"):
            found.add(id(args[0]))
        elif node.op == "call" and node.attr == "tr":
            found |= {id(a) for a in args if a.op == "mul"}
        elif node.op == "call" and node.attr == "log":
            found |= {id(a) for a in args if (a.op == "call" and a.attr == "det") or a.op == "bars"}
    return found


def _is_multiple(node: Node, meaning: Mapping[int, Expr], reached: set[Expr]) -> bool:
    """A x, 2 x, x/2: one variable with constants around it."""
    if node.op != "mul" or not isinstance(node.attr, tuple):
        return False
    varying = [k for k, a in enumerate(node.args) if meaning.get(id(a)) in reached]
    if len(varying) != 1:
        return False
    k = varying[0]
    return node.args[k].op in BARE and (k == 0 or node.attr[k - 1] != "/")


def _name(steps: list[IntermediateValue], program: Program, typed: Typed, names: str) -> None:
    """Names for the steps that have none: letters in the order of evaluation, or u_1, u_2, …; the value is f where it can be."""
    trees = [program.body, *(b.value for b in program.bindings)]
    used = {str(n.attr) for t in trees for n in walk(t) if n.op in ("name", "sum", "product") and n.attr is not None}
    used |= set(typed.symbols) | {b.name for b in program.bindings} | {d.name for d in typed.declarations}
    sizes = [d for e in typed.symbols.values() for d in e.shape]
    sizes += [s for d in typed.declarations for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim)]
    used |= {n for d in sizes for n in d.names()}
    taken = {split_name(n)[0] for n in used}
    fresh = [s for s in steps[:-1] if s.name.startswith("%")]
    last = steps[-1]
    renamed: dict[str, str] = {}
    if names != "letters":
        if len(names) != 1 or not names.isalpha() or not names.isascii():
            raise UsageError(f"--names takes letters, or one letter for u_1, u_2, …, not {names!r}")
        if names in taken:
            raise UsageError(f"{names} is a name in use; choose another letter for the intermediate values")
        for k, s in enumerate(fresh, 1):
            renamed[s.name] = names if len(fresh) == 1 else spell_name(names, str(k))
        if not program.name and len(fresh) > 1:
            last.name = spell_name(names, str(len(fresh) + 1))
    if not last.name:
        letters = LAST["large" if _is_matrix(last) else "small"]
        last.name = program.name or next((c for c in letters if c not in taken), "") or _numbered("f", used)
    taken.add(split_name(last.name)[0])
    for s in fresh:
        if s.name not in renamed:
            free = [c for c in (LARGE if _is_matrix(s) else SMALL) if c not in taken]
            renamed[s.name] = free[0] if free else _numbered("v", {*used, *renamed.values()})
            taken.add(renamed[s.name])
    nodes = {old: Node("name", (), new) for old, new in renamed.items()}
    for s in steps:
        s.name, s.tree = renamed.get(s.name, s.name), with_names(s.tree, nodes)


def _is_matrix(step: IntermediateValue) -> bool:
    return step.shape[1] is not ONE


def _numbered(letter: str, used: Iterable[str]) -> str:
    taken = set(used)
    return next(n for n in (spell_name(letter, str(k)) for k in range(1, 10**6)) if n not in taken)


def names_in(tree: Node, names: Iterable[str]) -> list[str]:
    """Which of the names in use occur in a tree, as such or by an entry (g_1 of g), in the order of the text."""
    known = set(names)
    found: dict[str, None] = {}
    for node in walk(tree):
        if node.op == "name":
            name = str(node.attr)
            base = split_name(name)[0]
            if name in known:
                found[name] = None
            elif base in known:
                found[base] = None
    return list(found)


def _needed(steps: list[IntermediateValue], symbols: Iterable[str]) -> list[IntermediateValue]:
    """The steps that the last one is made of."""
    wanted = {steps[-1].name}
    known = [*(s.name for s in steps), *symbols]
    for s in reversed(steps):
        if s.name in wanted:
            wanted |= set(names_in(s.tree, known))
    return [s for s in steps if s.name in wanted]
