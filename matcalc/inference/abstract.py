"""Calls of functions that are known by their sets alone: phi: R -> R, f: R^n -> R^m, F: R^{m x n} -> R^{p x q}.

The sets are declared, or supposed: of an undeclared x in x(t) the kind is guessed like that of any other name.
"""

from __future__ import annotations

from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions.functions import SYMMETRIC, derivative_shape, entrywise_function, function, function_along
from ..kinds import ONE, Dim, kind_of, square_root
from ..ops.vocabulary import close_properties
from ..syntax import Declaration, Node, split_name, walk
from .declarations import declared_properties, declared_shape, spell_declaration
from .misfit import Misfit, Wording, refuse_shape
from .scopes import FUNCTIONS_OF_NUMBERS, SCALAR, Typing
from .terms import TypedTerm

MOST_PRIMES = 6


def abstract(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """phi(x), f(x), F(X) and their derivatives phi'(x), f''(x); F'(X, E) is the derivative along E."""
    text = str(node.attr)
    name = text.rstrip("'")
    order = len(text) - len(name)
    _refuse_parameter(el, node, name)
    declaration = el.scene.declared.get(name)
    if declaration is None:
        return _supposed(el, node, name, order, args)
    if declaration.domain is None:
        raise ReadingError(f"{name} is no function: it is declared {spell_declaration(declaration)}", span=node.span)
    if declaration.field == "C":
        hint = f"write it as u(t) + i v(t) with u(t), v(t) in R^n for {name}"
        raise ReadingError(
            f"{name} has complex values, and functions that are not written out have real ones", span=node.span, suggestion=hint
        )
    most = 2 if order == 1 else 1
    if not 1 <= len(args) <= most:
        raise ReadingError(f"{text} takes one argument, {len(args)} were given", span=node.span)
    if order > MOST_PRIMES:
        raise ReadingError(f"derivatives of {name} are read up to order {MOST_PRIMES}", span=node.span)
    domain, value = declared_shape(declaration.domain), declared_shape(declaration.sizes)
    words = (SYMMETRIC,) if value != SCALAR and SYMMETRIC in close_properties(declared_properties(declaration)) else ()
    if domain == value == SCALAR:
        if len(args) > 1:
            raise ReadingError(f"{text} takes one argument, 2 were given", span=node.span)
        return TypedTerm(args[0].shape, (args[0],), lambda e, _: entrywise_function(name, order, e[0]), node)
    for k, t in enumerate(args):
        if not all(el.sizes.unify(d, w) for d, w in zip(t.shape, domain)):
            raise Misfit([t], partial(_argument_error, el, declaration, node, k, t), t.kind == kind_of(domain))
    if len(args) > 1:
        return TypedTerm(value, tuple(args), lambda e, _: function_along(name, value, e[0], e[1], words), node)
    shape = derivative_shape(value, domain, order)
    return TypedTerm(shape, (args[0],), lambda e, _: function(name, order, value, e[0], words), node)


def _refuse_parameter(el: Typing, node: Node, name: str) -> None:
    r"""h_\theta(x) by theta: it depends on theta, and nothing says how."""
    below = split_name(name)[1].split(",")
    bound = [c for part in below for c in ([part] if part in el.frames[-1].indices else part) if c in el.frames[-1].indices]
    if bound and not el.scene.template:
        message = f"{name} is another function for each {bound[0]}, of which nothing is known"
        hint = f"define it before, as {name}(x) = a_{bound[0]}^T x, or write out the sum"
        if split_name(name)[0] == "sigma":
            hint = f"singular values are sqrt(eigval(X^T X, {bound[0]})), and the powers 2 p of all add up to tr((X^T X)^p); else {hint}"
        raise ReadingError(message, span=node.span, suggestion=hint)
    for variable in el.scene.wrt:
        base = split_name(variable)[0]
        if base in below:
            hint = f"define it before: {name}(x) = …"
            raise ReadingError(f"{name} depends on {base}, and nothing says how", span=node.span, suggestion=hint)


def _supposed(el: Typing, node: Node, name: str, order: int, args: list[TypedTerm]) -> TypedTerm:
    """x(t), A(t): the value of a function of which nothing was declared. All its arguments have one shape."""
    if len(args) != 1:
        if not order and _is_constant(el, node, name):
            el.note(f"{name} stands for {Wording(el).node(node)}, in which nothing is differentiated")
            from .standing import undeclared

            number = split_name(name)[0] in FUNCTIONS_OF_NUMBERS or el.scene.values_are_numbers
            return undeclared(el, name, node, "scalar" if number else None)
        shown = Wording(el).node(node)
        message = f"`{shown}` is a function of several arguments, of which nothing is known"
        raise ReadingError(message, span=node.span, suggestion=f"define the function first: {shown} = ...")
    value, domain = el.supposed_function(name, args[0].shape)
    if not el.unify(domain, args[0].shape):
        raise Misfit([args[0]], lambda: refuse_shape(f"the arguments of {name} are of different shapes", node))
    if order and domain != SCALAR:
        hint = f"declare the function: {name}: R^n -> R"
        if f"{name}(" in el.scene.program.text.partition("=")[0]:  # f(x) = x^T x; \\nabla f(x)^T d
            message = f"the derivative of {name} is asked for inside an expression, where derivatives are not taken"
            hint = f"differentiate {name} alone and write its gradient out, or declare {name}: R^n -> R in place of the definition"
            raise ReadingError(message, span=node.span, suggestion=hint)
        raise ReadingError(f"{node.attr} is a derivative of a function of which nothing was declared", span=node.span, suggestion=hint)
    if value == domain == SCALAR:
        return TypedTerm(SCALAR, (args[0],), lambda e, _: entrywise_function(name, order, e[0]), node, name)
    return TypedTerm(value, (args[0],), lambda e, r: function(name, order, (r(value[0]), r(value[1])), e[0]), node, name)


def _is_constant(el: Typing, node: Node, name: str) -> bool:
    """phi(s, a) by w: the arguments are names of which no variable is made, the same wherever the function stands."""
    scene = el.scene
    program = scene.program
    calls = [n for root in (*(b.value for b in program.bindings), program.body) for n in walk(root) if n.op == "call" and n.attr == name]
    lists = {tuple(str(a.attr) for a in n.args if a.op == "name") for n in calls}
    names = {split_name(n)[0] for n in next(iter(lists), ())}
    free = names.isdisjoint(split_name(w)[0] for w in scene.wrt) and names.isdisjoint(scene.bound)
    loose = names.isdisjoint(scene.indices) and not any(split_name(n)[1] for n in next(iter(lists), ()))
    return bool(scene.wrt) and len(lists) == 1 and len(next(iter(lists))) == len(node.args) and free and loose


def _argument_error(el: Typing, d: Declaration, node: Node, k: int, t: TypedTerm) -> MatcalcError:
    s = Wording(el)
    message = f"the argument {s.node(node.args[k])} of {node.attr} is {s.shape(t)}, and the declaration is {spell_declaration(d)}"
    return refuse_shape(message, node.args[k])


# ---------------------------------------------------------------------------------------------- F'(X)[(j,i),(l,k)]


def stacked_indices(el: Typing, node: Node, args: list[TypedTerm]) -> None:
    """The sizes of the indices in pairs: those of F'(X)[(j,i),(l,k)] are the columns and rows of F and of X; of other matrices,
    n and n where the pair runs to n n."""
    if not args or len(node.args) > 3:
        return
    stacked = _stacked(el, node.args[0]) or ([], [])
    sizes = [dims or _halves(el.sizes.resolve(d)) for dims, d in zip(stacked, args[0].shape, strict=True)]
    for place, dims in zip(node.args[1:], sizes):
        letters = [el.frames[-1].indices.get(str(a.attr)) for a in place.args] if place.op == "tuple" else []
        if len(letters) == len(dims):
            for index, dim in zip(letters, dims, strict=True):
                if index is not None and index.range is not None:
                    el.sizes.unify(index.range, dim)


def _halves(whole: Dim) -> list[Dim]:
    root = square_root(whole)
    return [] if root is None or root.number is not None else [root, root]


def _stacked(el: Typing, node: Node) -> tuple[list[Dim], list[Dim]] | None:
    """The sizes that the rows and columns of the derivative of a function are made of, the slowest first."""
    if node.op == "mul":
        ends = _stacked(el, node.args[0]), _stacked(el, node.args[-1])
        return (ends[0] or ([], []))[0], (ends[1] or ([], []))[1]
    if node.op == "T":
        turned = _stacked(el, node.args[0])
        return None if turned is None else (turned[1], turned[0])
    name = str(node.attr).rstrip("'")
    declaration = el.scene.declared.get(name)
    if node.op != "call" or declaration is None or declaration.domain is None or len(node.args) != 1:
        return None
    argument = [d for d in reversed(declared_shape(declaration.domain)) if d is not ONE]
    rows, cols = [d for d in reversed(declared_shape(declaration.sizes)) if d is not ONE], list[Dim]()
    for _ in range(len(str(node.attr)) - len(name)):
        rows, cols = (cols + rows, argument)
    return rows, cols
