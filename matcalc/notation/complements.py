"""`-pi + 1` for 1 - pi, where pi is the number: beside 1 - pi a reader takes pi for a probability, and matcalc does."""

from __future__ import annotations

from ..inference.scene import is_complement
from ..interning import inner_first
from ..syntax import Binding, Node, Program


def without_complements(program: Program) -> Program:
    """What is printed of an expression with the number pi, with no 1 - pi in it that would be read as another function."""
    if not any(map(is_complement, program.nodes)):
        return program
    found: dict[Node, Node] = {}
    for n in inner_first([*(b.value for b in program.bindings), program.body], lambda n: n.args):
        args = tuple(found[a] for a in n.args)
        if is_complement(n):
            args = args[::-1]
        found[n] = n if args == n.args else Node(n.op, args, n.attr, n.span)
    bindings = tuple(Binding(b.name, found[b.value], b.params, b.span) for b in program.bindings)
    return program.with_values(bindings, found[program.body])
