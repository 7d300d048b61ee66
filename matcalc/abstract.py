"""Calls of functions that are declared by their sets alone: phi: R -> R, f: R^n -> R^m, F: R^{m x n} -> R^{p x q}."""

from __future__ import annotations

from functools import partial

from .build.functions import derivative_shape, entrywise_function, function, function_along
from .elaborate import Elaborator
from .errors import MatcalcError, ReadingError
from .kinds import kind_of
from .misfit import Misfit, Speller, refuse_shape
from .scene import declared_shape, spell_declaration
from .scopes import SCALAR
from .syntax import Declaration, Node
from .terms import Term

MOST_PRIMES = 6


def abstract(el: Elaborator, node: Node, args: list[Term]) -> Term:
    """phi(x), f(x), F(X) and their derivatives phi'(x), f''(x); F'(X, E) is the derivative along E."""
    text = str(node.attr)
    name = text.rstrip("'")
    order = len(text) - len(name)
    declaration = el.scene.declared[name]
    if declaration.domain is None:
        raise ReadingError(f"{name} is no function: it is declared {spell_declaration(declaration)}", span=node.span)
    most = 2 if order == 1 else 1
    if not 1 <= len(args) <= most:
        raise ReadingError(f"{text} takes one argument, {len(args)} were given", span=node.span)
    if order > MOST_PRIMES:
        raise ReadingError(f"derivatives of {name} are read up to order {MOST_PRIMES}", span=node.span)
    domain, value = declared_shape(declaration.domain), declared_shape(declaration.sizes)
    if domain == value == SCALAR:
        if len(args) > 1:
            raise ReadingError(f"{text} takes one argument, 2 were given", span=node.span)
        return Term(args[0].shape, (args[0],), lambda e, _: entrywise_function(name, order, e[0]), node)
    for k, t in enumerate(args):
        if not all(el.sizes.unify(d, w) for d, w in zip(t.shape, domain)):
            raise Misfit([t], partial(_argument_error, el, declaration, node, k, t), t.kind == kind_of(domain))
    if len(args) > 1:
        return Term(value, tuple(args), lambda e, _: function_along(name, value, *e), node)
    shape = derivative_shape(value, domain, order)
    return Term(shape, (args[0],), lambda e, _: function(name, order, value, e[0]), node)


def _argument_error(el: Elaborator, d: Declaration, node: Node, k: int, t: Term) -> MatcalcError:
    s = Speller(el)
    message = f"the argument {s.node(node.args[k])} of {node.attr} is {s.shape(t)}, and the declaration is {spell_declaration(d)}"
    return refuse_shape(message, node.args[k])
