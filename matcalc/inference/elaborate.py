"""Typing under one guess of the kinds: walk the surface tree once, unify sizes, decide what each sign means.

The walk keeps its own stack (the depth of a text is the user's). What a surface operation means is in two tables,
`meaning.MEANINGS` and `calls.CALLS`; what a name stands for is in `standing`, indices and scopes are in `scopes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..errors import MatcalcError, ReadingError, ShapeError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import Dim
from ..reading.subscripts import split_indexed
from ..syntax import Binding, Node, conditions
from .declarations import SHAPED
from .misfit import Misfit
from .orders import makes_arrays
from .places import stacked
from .scopes import SCALAR, BoundNames, Typing, reaches_to
from .standing import carries_indices, is_euler, name_of
from .terms import TypedTerm
from .unify import is_unknown

_WHOLE = frozenset("add neg mul ew T H inv bars".split())  # whose arguments are all visited
MOST_VISITS = 4_000_000  # nested functions can make a short text very long


def typed_program(el: Typing) -> TypedTerm:
    """The bindings, then the body."""
    el.elaborated = elaborate
    program = el.scene.program
    for b in program.bindings:
        _check_binding(el, b)
        if b.params:
            el.functions[b.name] = b
        elif split_indexed(b.name)[0] not in el.scene.definitions:
            el.bindings[b.name] = elaborate(el, b.value)
    if program.form is not None and program.form[0] == "index":
        for slot in program.form[2] if isinstance(program.form[2], tuple) else ():
            for letter in slot if isinstance(slot, tuple) else (slot,):
                el.bind(str(letter), el.sizes.fresh(), program.body)
    for letter in el.scene.slots:
        el.bind(letter, el.sizes.fresh(), program.body)
    body = elaborate(el, program.body)
    if body.leading:
        from .tensors import one_matrix

        body = one_matrix(el, program.body, body)
    _settle_reaches(el)
    return stacked(el, el.scene.slots, body, program.body)


def _settle_reaches(el: Typing) -> None:
    """Sizes that nothing else tells are as great as the indices run that pick of them."""
    for reach, size in el.reaches:
        d = el.sizes.resolve(size)
        if is_unknown(d):
            ends = [el.sizes.resolve(r) for r, s in el.reaches if el.sizes.resolve(s) is d]
            known = [r for r in ends if not is_unknown(r)]
            el.sizes.unify(d, next((r for r in known if all(reaches_to(r, other) for other in known)), reach))
        if not reaches_to(el.sizes.resolve(size), el.sizes.resolve(reach)):
            raise Misfit([], partial(_too_far, el, reach, size), True)


def _too_far(el: Typing, reach: Dim, size: Dim) -> MatcalcError:
    message = f"an index runs to {el.sizes.resolve(reach)}, and there are {el.sizes.resolve(size)} entries"
    return ShapeError(message, span=(0, len(el.scene.program.text)))


def _check_binding(el: Typing, b: Binding) -> None:
    if b.name in el.bindings or (b.name in el.functions and not el.scene.template):
        raise ReadingError(f"{b.name} is bound twice", span=b.span, suggestion="give the second one another name")
    if b.name in el.scene.declared:
        raise ReadingError(f"{b.name} is declared, and bound in the text too", span=b.span, suggestion="give one of them another name")


def elaborate(el: Typing, root: Node) -> TypedTerm:
    """The term of a surface tree."""
    values: list[TypedTerm] = []
    todo: list[tuple[str | int, Node]] = [("visit", root)]  # a number is that of the operands that a node is applied to
    while todo:
        step, node = todo.pop()
        op = node.op
        if step == "visit":
            el.visits += 1
            if el.visits > MOST_VISITS:
                raise ReadingError("the text becomes too long when its functions are written out")
            if op == "name":
                values.append(_seen(el, node, name_of(el, node)))
            elif op == "num":
                values.append(TypedTerm(SCALAR, (), partial(_number, node.attr), node, literal=True))
            else:
                _open(el, node, todo)
        elif type(step) is int:
            at = len(values) - step
            args = values[at:]
            del values[at:]
            usual = el.meanings[op]
            if makes_arrays(el, node, args):
                from .tensors import on_arrays

                usual = partial(on_arrays, usual=usual)
            values.append(_seen(el, node, usual(el, node, args)))
        elif step == "narrow":
            el.widths.append(el.frames[-1].indices)
            el.frames[-1].indices = el.narrowed(node)
        elif step == "widen":
            el.frames[-1].indices = el.widths.pop()
        elif step == "bind":
            bounds = values[len(values) - len(node.args) + 1 :]
            el.bind_sum(node, bounds)
        elif step == "enter":
            binding = el.functions[str(node.attr)]
            at = len(values) - len(node.args)
            quiet = binding is el.book.get(binding.name)
            if not quiet:
                _refuse_own_entries(node, values[at:])
            el.frames.append(BoundNames(dict(zip(binding.params, values[at:])), quiet))
            del values[at:]
        elif step == "leave":
            el.frames.pop()
    return values.pop()


def _refuse_own_entries(node: Node, args: Sequence[TypedTerm]) -> None:
    """k(x_i, x): an entry of x and x itself, or two vectors?"""
    whole = {str(a.attr) for a, t in zip(node.args, args) if a.op == "name" and not t.is_scalar}
    for a, t in zip(node.args, args):
        base, sub = split_indexed(str(a.attr)) if a.op == "name" else ("", "")
        if sub and base in whole and t.is_scalar:
            message = f"{a.attr} beside {base} is an entry of {base}, or another vector?"
            raise ReadingError(message, span=node.span, suggestion=f"give the vectors different letters: z for {base}, say")


def _seen(el: Typing, node: Node, term: TypedTerm) -> TypedTerm:
    if len(el.frames) == 1:
        el.seen.append((node, term))
    return term


def _open(el: Typing, node: Node, todo: list[tuple[str | int, Node]]) -> None:
    """Plan the visit of a node and its arguments (the last one pushed comes first)."""
    op = node.op
    if op == "call" and node.attr in el.functions:
        binding = el.functions[str(node.attr)]
        if len(binding.params) != len(node.args):
            raise ReadingError(f"{binding.name} has {len(binding.params)} arguments, {len(node.args)} were given", span=node.span)
        todo += [("leave", node), ("visit", binding.value), ("enter", node)]
        todo += [("visit", a) for a in reversed(node.args)]
        return
    operands = node.args if op in _WHOLE else _operands(el, node)
    todo.append((len(operands), node))
    if op in ("sum", "product"):
        todo += [("visit", node.args[0]), ("bind", node)]
        todo += [("visit", a) for a in reversed(node.args[1:])]
    else:
        guarded = op in ("mul", "ew") and el.frames[-1].indices and next(conditions(node), None) is not None
        if guarded:
            todo.append(("widen", node))
        for a in reversed(operands):
            todo.append(("visit", a))
        if guarded:
            todo.append(("narrow", node))


def _operands(el: Typing, node: Node) -> tuple[Node, ...]:
    """The arguments that are visited: not the subscripts of an entry, the sizes of ones(n), or Euler's e."""
    args = node.args
    if node.op == "index":
        return () if carries_indices(el, args[0]) else args[:1]
    if node.op == "call" and node.attr in SHAPED:
        return ()
    if node.op == "call" and node.attr == "norm" and args[-1].op == "name" and args[-1].attr in ("F", "infty"):
        return args[:1]
    if node.op in ("pow", "epow") and is_euler(el, args[0]):
        return args[1:]
    if node.op == "pow" and args[1].op == "name" and args[1].attr in el.scene.exponents:
        return args[:1]
    return args


def _number(value: object, _: object, __: object) -> Expr:
    return build.num(value)  # type: ignore[arg-type]
