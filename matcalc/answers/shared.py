"""Derivatives of one function by several variables with one list of definitions, as a paper has them.

    z = W_1 x + b_1; h = relu(z); y = W_2 h + b_2; delta_2 = y - t; delta_1 = W_2^T delta_2 .* 1[z > 0]
    W_1: delta_1 x^T        b_1: delta_1^T        W_2: delta_2 h^T        b_2: delta_2^T

The definitions are those of the answers. What is written in two answers is named too, the longest first: in a network these are the
adjoints of its values, delta, numbered from the first layer on. Only whole subtrees are named, so that putting them in again
gives the answers as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..interning import inner_first
from ..notation.naming import numbered
from ..printing.count import symbols
from ..syntax import Binding, Node, Program, split_name, walk
from .answer import ClosedForm

MOST = 12  # adjoints
LEAST = 3  # letters and signs of what is worth a name
WITHIN = frozenset(("add", "neg", "mul", "ew", "pow", "T", "inv", "call", "norm"))  # nothing in these binds an index
WORTH = frozenset(("add", "mul", "ew"))


def shared(several: Sequence[ClosedForm]) -> tuple[list[Binding], list[Program]] | None:
    """The definitions, and each answer in their names; None where the answers have none in common, or one name for two things."""
    programs = [d._program for d in several]
    one = _Trees()
    bindings: dict[str, Binding] = {}
    authors = {b.name for b in several[0]._typed.program.bindings}
    for b in (b for p in sorted(programs, key=lambda p: -len(p.bindings)) for b in p.bindings):
        known = bindings.setdefault(b.name, b)  # what the author defined is one thing, whichever names stand in its definition
        if b.name not in authors and one.of(known.value) is not one.of(b.value):
            return None
    if not any(sum(b.name == n for p in programs for b in p.bindings) > 1 for n in bindings):
        return None
    bodies = [one.of(p.body) for p in programs]
    taken = {n for d in several for n in d._scope.names} | set(bindings)
    name = next((n for n in ("delta", "g", "v") if n not in {split_name(t)[0] for t in taken}), None)
    open_ = [k for k, p in enumerate(programs) if p.form is None]
    trees, found = _repeated([bodies[k] for k in open_], name, frozenset(bindings), one) if name is not None else ([], [])
    for k, tree in zip(open_, trees):
        bodies[k] = tree
    names = {adjoint: numbered(str(name), k) if len(found) > 1 else str(name) for k, (adjoint, _) in enumerate(found, 1)}
    defined = [Binding(names[adjoint], _renamed(value, names)) for adjoint, value in reversed(found)]
    answers = [Program(p.name, (), _renamed(body, names), p.form) for p, body in zip(programs, bodies, strict=True)]
    return [*bindings.values(), *defined], answers


def definitions(bindings: Sequence[Binding]) -> Program:
    """The list of definitions, to be spelled: the last one stands as an equation."""
    *before, last = bindings
    return Program("", tuple(before), Node("cmp", (_left(last), last.value), "="))


def _left(b: Binding) -> Node:
    """The left side of a definition: a name, or a function of its parameters."""
    params = tuple(Node("name", (), n) for n in b.params)
    return Node("call", params, b.name) if params else Node("name", (), b.name)


class _Trees:
    """Equal trees are one object here, so that parts can be counted."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], Node] = {}

    def of(self, tree: Node) -> Node:
        done: dict[int, Node] = {}
        for n in inner_first([tree], lambda n: n.args):
            done[id(n)] = self._one(n, tuple(done[id(a)] for a in n.args))
        return done[id(tree)]

    def with_name(self, tree: Node, value: Node, name: str) -> Node:
        """The tree with a name in place of a part."""
        done: dict[int, Node] = {}
        for n in _parts(tree):
            args = tuple(done[id(a)] for a in n.args) if n.op in WITHIN else n.args
            done[id(n)] = self._one(Node("name", (), name), ()) if n is value else self._one(n, args)
        return done[id(tree)]

    def _one(self, like: Node, args: tuple[Node, ...]) -> Node:
        return self.known.setdefault((like.op, like.attr, *map(id, args)), Node(like.op, args, like.attr))


def _repeated(bodies: Sequence[Node], name: str, known: frozenset[str], one: _Trees) -> tuple[list[Node], list[tuple[str, Node]]]:
    """The trees in names for what stands in two of them, and these, the longest first, each in the names of those after it."""
    trees = list(bodies)
    found: list[tuple[str, Node]] = []
    while len(found) < MOST:
        places: dict[Node, int] = {}
        for tree in trees:
            for part in _parts(tree):
                places[part] = places.get(part, 0) + 1
        names = known | {a for a, _ in found}
        worth = [part for part, count in places.items() if count > 1 and _is_worth(part, names)]
        if not worth:
            break
        value = max(worth, key=symbols)
        if any(n.op == "name" and n.attr in dict(found) for n in walk(value)):  # the definitions would be in no order
            break
        adjoint = f"{name} {len(found) + 1}"  # no name that is typed has a blank
        trees = [one.with_name(tree, value, adjoint) for tree in trees]
        found = [(a, one.with_name(v, value, adjoint)) for a, v in found]
        trees.append(value)
        found.append((adjoint, value))
    return trees[: len(bodies)], found


def _parts(tree: Node) -> list[Node]:
    """The parts that no sum over an index binds a letter of."""
    return inner_first([tree], lambda n: n.args if n.op in WITHIN else ())


def _is_worth(part: Node, names: frozenset[str]) -> bool:
    """Whether this is an adjoint: made of values that have names, without a number in front."""
    if part.op not in WORTH or _has_quotient(part) or symbols(part) < LEAST:
        return False
    return (part.op == "add" or part.args[0].op not in ("num", "neg")) and any(n.op == "name" and n.attr in names for n in walk(part))


def _has_quotient(part: Node) -> bool:
    return isinstance(part.attr, tuple) and any("/" in str(sign) for sign in part.attr)


def _renamed(tree: Node, names: Mapping[str, str]) -> Node:
    done: dict[int, Node] = {}
    for n in inner_first([tree], lambda n: n.args):
        new = names.get(str(n.attr)) if n.op == "name" else None
        done[id(n)] = Node(n.op, tuple(done[id(a)] for a in n.args), n.attr) if new is None else Node("name", (), new)
    return done[id(tree)]
