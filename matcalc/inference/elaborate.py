"""Typing under one guess of the kinds: walk the surface tree once, unify sizes, decide what each sign means.

The walk keeps its own stack (the depth of a text is the user's). What a surface operation means is in two tables,
`meaning.MEANINGS` and `calls.CALLS`; what a name stands for is in `standing`, indices and scopes are in `scopes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..syntax import Binding, Node, split_name
from .scene import SHAPED, Scene
from .scopes import SCALAR, Frame
from .standing import Standing
from .terms import Term

MOST_VISITS = 4_000_000  # nested functions can make a short text very long

Meaning = Callable[["Elaborator", Node, list[Term]], Term]


class Elaborator(Standing):
    """One typing of a scene, by tables of meanings."""

    def __init__(self, scene: Scene, kinds: Mapping[str, str], meanings: Mapping[str, Meaning], functions: Mapping[str, Binding]) -> None:
        super().__init__(scene, kinds, functions)
        self.meanings = meanings
        self._visits = 0

    def run(self) -> Term:
        """The bindings, then the body."""
        program = self.scene.program
        for b in program.bindings:
            self._check_binding(b)
            base, sub = split_name(b.name)
            if b.params:
                self.functions[b.name] = b
            elif base in self.scene.indexed:
                self.indexed[base] = (sub, b.value)
            else:
                self.bindings[b.name] = self.elaborate(b.value)
        if program.form is not None and program.form[0] == "index":
            for slot in program.form[2] if isinstance(program.form[2], tuple) else ():
                for letter in slot if isinstance(slot, tuple) else (slot,):
                    self.bind(str(letter), self.sizes.fresh(), program.body)
        return self.elaborate(program.body)

    def _check_binding(self, b: Binding) -> None:
        if b.name in self.bindings or (b.name in self.functions and not self.scene.template):
            raise ReadingError(f"{b.name} is bound twice", span=b.span, suggestion="give the second one another name")
        if b.name == "I":
            raise ReadingError("I is the identity matrix and cannot be bound", span=b.span)
        if b.name in self.scene.declared:
            raise ReadingError(f"{b.name} is declared, and bound in the text too", span=b.span, suggestion="give one of them another name")

    def elaborate(self, root: Node) -> Term:
        """The term of a surface tree."""
        values: list[Term] = []
        todo: list[tuple[str, Node]] = [("visit", root)]
        while todo:
            step, node = todo.pop()
            op = node.op
            if step == "visit":
                self._visits += 1
                if self._visits > MOST_VISITS:
                    raise ReadingError("the text becomes too long when its functions are written out")
                if op == "name":
                    values.append(self._seen(node, self.name(node)))
                elif op == "num":
                    values.append(Term(SCALAR, (), partial(_number, node.attr), node, literal=True))
                else:
                    self._open(node, todo)
            elif step == "apply":
                at = len(values) - len(self._operands(node))
                args = values[at:]
                del values[at:]
                values.append(self._seen(node, self.meanings[op](self, node, args)))
            elif step == "bind":
                bounds = values[len(values) - len(node.args) + 1 :]
                self.bind_sum(node, bounds)
            elif step == "enter":
                binding = self.functions[str(node.attr)]
                at = len(values) - len(node.args)
                quiet = binding is self.book.get(binding.name)
                self.frames.append(Frame(dict(zip(binding.params, values[at:])), quiet))
                del values[at:]
            elif step == "leave":
                self.frames.pop()
        return values.pop()

    def _seen(self, node: Node, term: Term) -> Term:
        if len(self.frames) == 1:
            self.seen.append((node, term))
        return term

    def _open(self, node: Node, todo: list[tuple[str, Node]]) -> None:
        """Plan the visit of a node and its arguments (the last one pushed comes first)."""
        op = node.op
        if op == "call" and node.attr in self.functions:
            binding = self.functions[str(node.attr)]
            if len(binding.params) != len(node.args):
                raise ReadingError(f"{binding.name} has {len(binding.params)} arguments, {len(node.args)} were given", span=node.span)
            todo += [("leave", node), ("visit", binding.value), ("enter", node)]
            todo += [("visit", a) for a in reversed(node.args)]
            return
        todo.append(("apply", node))
        if op in ("sum", "product"):
            todo += [("visit", node.args[0]), ("bind", node)]
            todo += [("visit", a) for a in reversed(node.args[1:])]
        else:
            todo += [("visit", a) for a in reversed(self._operands(node))]

    def _operands(self, node: Node) -> tuple[Node, ...]:
        """The arguments that are visited: not the subscripts of an entry, the sizes of ones(n), or Euler's e."""
        args = node.args
        if node.op == "index":
            return () if self.carries_indices(args[0]) else args[:1]
        if node.op == "call" and node.attr in SHAPED:
            return ()
        if node.op == "call" and node.attr == "norm" and args[-1].op == "name" and args[-1].attr in ("F", "infty"):
            return args[:1]
        if node.op in ("pow", "epow") and self.is_euler(args[0]):
            return args[1:]
        return args

    def carries_indices(self, base: Node) -> bool:
        """Whether `base` is delta or a family, which only their indices make a value."""
        name = str(base.attr)
        if base.op != "name" or self.stands_for_something(name):
            return False
        return name == "delta" or name in self.scene.families or name in self.indexed

    def is_euler(self, node: Node) -> bool:
        """Whether `node` is the letter e with nothing else to stand for."""
        return node.op == "name" and node.attr == "e" and not self.stands_for_something("e")


def _number(value: object, _: object, __: object) -> Expr:
    return build.num(value)  # type: ignore[arg-type]
