"""Gradients and Hessians on a manifold: what the book says of it (`ops.manifolds`), put together and compared with numbers.

G is the gradient by free entries, which is found and checked like any other. The Riemannian gradient is the tangent vector with
<grad, U> = df(U) for every tangent vector U, by the metric of the manifold; the Hessian along U is the derivative of the field of
gradients along U, by the connection of the metric. Both are compared with difference quotients along curves that stay on the
manifold (`numbers.curves`), at random points of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from ..derivation.origin import Origin
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError, VerificationError
from ..expressions.build import add, hadamard, is_zero, matmul, num, split, substitute, symbol, times, total, transpose, zeros
from ..expressions.expr import Expr, postorder
from ..expressions.labels import words_of
from ..expressions.properties import holds
from ..inference.assumptions import where_text
from ..inference.declarations import declared_shape
from ..inference.infer import Typed, read_template
from ..kinds import ONE, Shape, shape_text
from ..numbers.curves import Curves
from ..numbers.record import Check, summed_up
from ..numbers.search import Comparison
from ..ops.core import ADD, SYMBOL
from ..ops.manifolds import MANIFOLDS, Manifold
from ..ops.vocabulary import OPEN, close_properties
from ..reading.read import parse_names
from ..shortening.simplify import as_typed, recognise, simplify
from ..sources import abbreviated
from ..syntax import Declaration
from .derivative import Derivative
from .judging import margin, spelled
from .question import Question
from .sampling import Sampler

KINDS = {"n 1": "R^n", "m n": "R^{m x n}", "n n": "R^{n x n}"}
_TANGENT, _FREE, _FIELD = "\u2022u", "\u2022e", "\u2022v"  # no names of people
Take = Callable[[Question], Derivative]


def manifold_named(name: str) -> Manifold:
    """The manifold of this name; UsageError, with those there are."""
    found = MANIFOLDS.get(name)
    if found is None:
        raise UsageError(f"unknown manifold {name!r}", suggestion=f"there are: {', '.join(MANIFOLDS)}")
    return found


def declared_manifold(variable: Expr) -> str:
    """The curved manifold that a declaration says a variable lies on; "" where there is none."""
    if variable.op is not SYMBOL:
        return ""
    words = words_of(variable)
    on = [m for m in MANIFOLDS.values() if m.property in words and m.property not in OPEN and not m.invariant and m.name != "spd"]
    return max(on, key=lambda m: len(close_properties((m.property,))), default=None).name if on else ""  # type: ignore[union-attr]


def on_manifold(question: Question, take: Take) -> Derivative | list[Derivative]:
    """The gradients by the variables in turn, or the Hessian by one of them along a direction. `take` is how a derivative by free
    entries is taken."""
    m, options = manifold_named(question.options.manifold), question.options
    question.real("--manifold")
    if options.notation not in ("auto", "matrix"):
        raise UsageError("a gradient on a manifold is a matrix or vector", suggestion="leave the notation out")
    names = list(dict.fromkeys(question.names))
    if options.order > 2:
        raise UsageError("on a manifold there are first and second derivatives")
    if options.order == 2 and len(names) > 1:
        raise UsageError("a Hessian on a manifold is by one variable")
    if options.order == 2 and not options.along:
        raise UsageError("a Hessian on a manifold is a map of tangent vectors", suggestion="name one: --along u")
    if options.order == 1 and options.along:
        raise UsageError("--along is the direction of a Hessian", suggestion="use matcalc hessian, or --order 2")
    found = [_one(question.by(n), m, n, take) for n in names]
    return found if len(names) > 1 else found[0]


def _one(question: Question, m: Manifold, name: str, take: Take) -> Derivative:
    asked = _lying_on(question, m, name)
    direction = question.options.along
    d = take(asked.by(name, order=1, manifold="", along="", layout="denominator", structured="", notation="auto"))
    typed, x = d._typed, asked.declared(name)
    if not typed.expr.is_scalar:
        raise UsageError("a gradient is that of a scalar, and this function has several entries")
    gradient = d._tensor.matrix
    if gradient is None or d._origin is None:
        raise NoAnswerError(f"the gradient by free entries has no matrix notation, and {m.said} needs one")
    short = _shortener(typed)
    field = _linear(m, m.gradient, x, {"G": gradient}, short)
    checks = [d.check] if d.check is not None else []
    if question.options.verify:
        checks += _judged(typed, m, name, x, gradient, field)
    free = f"the entries of {name} count as free"
    notes = [a for a in d.assumptions if not a.startswith(free)]
    notes.append(f"{name} stays on {m.said}, {_in(m.constraint, name)}; the metric is <U, V> = {_in(m.metric, name)}")
    if not direction:
        notes.append(f"the Riemannian gradient {_in(m.gradient, name)} of the gradient G by free entries [{abbreviated(m.source)}]")
        return _answer(d, typed, field, m, checks, notes, read_template(m.gradient, {"X": x, "G": gradient}))
    typed, u = _with_direction(typed, m, name, x, direction)
    second = _second(asked, d, u, take)
    checks += [second.check] if second.check is not None else []
    change = second._tensor.matrix
    if change is None:
        raise NoAnswerError("the second derivative by free entries has no matrix notation along a direction")
    if m.vanishing:
        nothing = read_template(m.vanishing, {"X": x, "U": u})
        short = _without(nothing, short)
    value = _linear(m, m.hessian, x, {"G": gradient, "H": change}, short, u)
    if question.options.verify:
        checks.append(_judged_hessian(typed, m, name, x, field, value, u))
    hessian = f"the Riemannian Hessian along the tangent vector {direction}, {_in(m.hessian, name, direction)}"
    notes.append(f"{hessian}, with the gradient G by free entries and its derivative H along {direction} [{abbreviated(m.source)}]")
    formula = read_template(m.hessian, {"X": x, "U": u, "G": gradient, "H": change})
    return _answer(d, typed, value, m, checks, notes, formula, direction, change)


def _answer(
    d: Derivative,
    typed: Typed,
    value: Expr,
    m: Manifold,
    checks: list[Check],
    notes: list[str],
    formula: Expr,
    direction: str = "",
    change: Expr | None = None,
) -> Derivative:
    """The tangent vector as an answer; the `formula` is that of the book with everything put in, `change` the H of a Hessian."""
    tensor = Tensor(d._tensor.shapes, [])
    tensor.replace(value)
    found = Derivative(
        typed,
        tensor,
        value,
        d._order,
        wrt=d.wrt,
        layout=d.layout,
        notation="auto",
        flipped=False,
        check=summed_up(checks),
        assumptions=list(dict.fromkeys(notes)),
        bindings=d._bindings,
    )
    found._in_names = d._in_names
    assert d._origin is not None
    rule = m.hessian_rule if direction else m.gradient_rule
    o = d._origin
    found._origin = Origin(o.stages, o.restore, o.unrestricted, o.order, o.kinds, "", rule, direction, formula, change)
    found._manifold = {"manifold": m.name, "constraint": m.constraint, "metric": m.metric, "source": m.source}
    if direction:
        found._manifold |= {"along": direction}
        found._convention = f"the Riemannian Hessian along {direction}"
    return found


def _in(text: str, name: str, direction: str = "") -> str:
    """A text of the book in the names of the question."""
    letters = {"X": name} | ({"U": direction} if direction else {})
    return "".join(letters.get(c, c) for c in text)


def _shortener(typed: Typed) -> Callable[[Expr], Expr]:
    """How answers about this function are shortened: its own sums stay."""
    sums = [n for n in postorder(recognise(typed.expr)) if n.op is ADD]
    return partial(simplify, typed=as_typed(sums))


def _without(nothing: Expr, short: Callable[[Expr], Expr]) -> Callable[[Expr], Expr]:
    """The same, where this is 0."""

    def found(e: Expr) -> Expr:
        shown = short(e)
        other = substitute(shown, {nothing: zeros(*nothing.shape)})
        return shown if other is shown else short(other)

    return found


def _linear(m: Manifold, text: str, x: Expr, given: Mapping[str, Expr], short: Callable[[Expr], Expr], u: Expr | None = None) -> Expr:
    """The shortest form found of a formula that is linear in what is `given`: of all of it, of what is left without a common number, and of
    its summands by themselves, some of which vanish on the manifold."""
    names = {"X": x} | ({} if u is None else {"U": u})

    def formula(parts: Mapping[str, Expr]) -> Expr:
        return read_template(text, {**names, **parts})

    number, bodies = _without_number(given)
    nothing = {n: zeros(*x.shape) for n in given}
    summands = [formula({**nothing, n: part}) for n, e in bodies.items() for part in _terms(e)]
    found = [
        *([matmul(read_template(m.factored, names), bodies["G"])] if u is None and _may_be_factored(m, x, bodies["G"]) else []),
        *(short(e) for e in (add(*map(short, summands)), formula(bodies))),
        formula(bodies),
    ]
    return min([*(times(num(number), e) for e in found), short(formula(given))], key=lambda e: e.size)


def _may_be_factored(m: Manifold, x: Expr, gradient: Expr) -> bool:
    """Whether the gradient is a projector times G: then X^T G is symmetric."""
    return bool(m.factored) and holds(matmul(transpose(x), gradient), "symmetric")


def _without_number(given: Mapping[str, Expr]) -> tuple[Fraction, dict[str, Expr]]:
    """The number that stands before all of these, and what is left."""
    numbers = {abs(split(e)[0]) for e in given.values() if not is_zero(e)}
    number = numbers.pop() if len(numbers) == 1 else Fraction(1)
    return number, {n: times(num(1 / number), e) for n, e in given.items()}


# ---------------------------------------------------------------------------------------------- the point and the direction


def _lying_on(question: Question, m: Manifold, name: str) -> Question:
    """The question with the variable declared to lie on the manifold, of a shape that it has; UsageError where that is not so."""
    declared = next((d for d in question.declarations if d.name == name), None)
    variable = question.declared(name)
    if variable.op is not SYMBOL or name in question.typed.families:
        raise UsageError(f"{name} is no vector or matrix of its own", suggestion="ask for the whole variable")
    allowed = close_properties((m.property,)) if m.property else frozenset()
    other = [w for w in sorted(words_of(variable)) if w not in allowed and w not in ("square", "constant")]
    if other:
        raise UsageError(f"{name} is declared {other[0]}, which is not what {m.said} is made of: {_in(m.constraint, name)}")
    words = (*(declared.properties if declared is not None else ()), *filter(None, (m.property,)))
    rest = [d for d in question.declarations if d.name != name]
    known = declared or next((d for d in question.typed.declarations if d.name == name), None)
    if known is not None and _has_shape(declared_shape(known.sizes), m):
        made = Declaration(name, known.field, known.sizes, tuple(dict.fromkeys(words)))
        return Question(question.program, [*rest, made], question.names, question.options, question.notes)
    if declared is not None:
        raise UsageError(f"a point of {m.said} is in {KINDS[m.variable]}, and {name} is {shape_text(variable.shape)}")
    from .declaring import declared as fitting
    from .question import declarations_in

    clause, _ = fitting(question.program.text, where_text(rest), name, f"{KINDS[m.variable]} {m.property}".strip())
    return Question(question.program, [*rest, *declarations_in(clause)], question.names, question.options, question.notes)


def _has_shape(shape: Shape, m: Manifold) -> bool:
    rows, cols = shape
    if m.variable == "n 1":
        return rows is not ONE and cols is ONE
    return cols is not ONE and rows is not ONE and (m.variable != "n n" or rows is cols)


def _with_direction(typed: Typed, m: Manifold, name: str, x: Expr, text: str) -> tuple[Typed, Expr]:
    """The tangent vector that a Hessian is along, as a symbol of the variable's shape; UsageError for what is no name, or is one
    already."""
    names = parse_names(text)
    if len(names) != 1:
        raise UsageError("the direction of a Hessian on a manifold is a name", suggestion="--along u")
    (u,) = names
    known = next((d for d in typed.declarations if d.name == u), None)
    if u in typed.symbols or u in typed.bindings or (known is not None and declared_shape(known.sizes) != x.shape):
        hint = next(c for c in "uvwUVWh" if c not in typed.symbols and c not in typed.bindings)
        raise UsageError(f"{u} is something else already, and no direction for {name}", suggestion=f"another name: --along {hint}")
    found = copy.copy(typed)
    words = (m.direction,) if m.direction else ()
    made = symbol(u, x.shape, words)
    sizes = next(d.sizes for d in typed.declarations if d.name == name)
    found.symbols = typed.symbols | {u: made}
    if known is None:
        found.declarations = [*typed.declarations, Declaration(u, "R", sizes, words)]
    return found, made


def _second(asked: Question, d: Derivative, u: Expr, take: Take) -> Derivative:
    """The derivative of the gradient by free entries along u: the gradient of <G, u>, for which the variable has no property yet."""
    assert d._origin is not None
    raw = d._origin.stages[-1].tensor.matrix
    assert raw is not None
    sum_ = copy.copy(d._typed)
    sum_.expr = times(raw, u) if raw.is_scalar else total(hadamard(raw, u))
    sum_.symbols = d._typed.symbols | {str(u.attr[0]): u}  # type: ignore[index]
    return take(asked.by(*d.wrt, order=1, manifold="", along="", layout="denominator", structured="").replaced(sum_))


# ---------------------------------------------------------------------------------------------- the check


def _formulas(m: Manifold, x: Expr) -> dict[str, Expr]:
    """What the numbers need: the tangent vector of any direction, the point of the curve, the metric and the connection."""
    u, e, v = (symbol(n, x.shape) for n in (_TANGENT, _FREE, _FIELD))
    names = {"X": x, "U": u, "E": e, "V": v}
    texts = {"tangent": m.tangent, "retraction": m.retraction, "metric": m.metric, "connection": m.connection, "invariant": m.invariant}
    small = symbol(_FREE, (x.shape[1], x.shape[1]))  # what turns the columns of X
    return {what: read_template(text, names | ({"E": small} if what == "invariant" else {})) for what, text in texts.items() if text}


def _sampler(typed: Typed, name: str, m: Manifold, *roots: Expr) -> Sampler:
    sampler = Sampler(typed, roots=roots)
    for own in (_TANGENT, _FREE, _FIELD):
        sampler.symbols.pop(own, None)
    shape, words = sampler.symbols[name]
    sampler.symbols[name] = shape, {*words, *filter(None, (m.property,))}
    return sampler


def _judged(typed: Typed, m: Manifold, name: str, x: Expr, gradient: Expr, field: Expr) -> list[Check]:
    """<grad, U> = df(U) for random tangent vectors, and grad is tangent; for a space of subspaces, that f does not see the basis."""
    formulas = _formulas(m, x)
    curves = Curves(name, x.shape, m.drawn, formulas, (_TANGENT, _FREE, _FIELD))
    sampler = _sampler(typed, name, m, x, gradient, field)
    about = repr(typed.program.text)
    if m.invariant:
        try:
            _comparison(curves.unseen(typed.expr, gradient), sampler, typed, field, "").judged()
        except VerificationError:
            rest = f"f(X) is not f(X Q) for every orthogonal Q: it sees more of {name} than the space that its columns span"
            raise UsageError(f"this is no function on {m.said}: {rest}", suggestion="--manifold stiefel") from None
    wrong = f"the gradient on {m.said} disagrees with the numerical derivative: please report {about}"
    return [_comparison(curves.gradient(typed.expr, gradient, _terms(field)), sampler, typed, field, wrong).judged()]


def _judged_hessian(typed: Typed, m: Manifold, name: str, x: Expr, field: Expr, value: Expr, u: Expr) -> Check:
    """The Hessian along U is the derivative of the field of gradients along U, made tangent."""
    curves = Curves(name, x.shape, m.drawn, _formulas(m, x), (_TANGENT, _FREE, _FIELD))
    sampler = _sampler(typed, name, m, x, field, value)
    sampler.symbols.pop(str(u.attr[0]), None)  # type: ignore[index]
    wrong = f"the Hessian on {m.said} disagrees with the numerical derivative: please report {typed.program.text!r}"
    return _comparison(curves.hessian(field, _terms(value), str(u.attr[0])), sampler, typed, value, wrong).judged()  # type: ignore[index]


def _comparison(sight: object, sampler: Sampler, typed: Typed, claim: Expr, wrong: str) -> Comparison:
    parts = _terms(claim)
    return Comparison(
        sight,  # type: ignore[arg-type]
        sampler.point,
        sampler.dims,
        wrong=lambda: wrong,
        spell=lambda part: spelled(typed, part if isinstance(part, Expr) else parts[part] if part < len(parts) else claim),
        margin=margin,
    )


def _terms(e: Expr) -> tuple[Expr, ...]:
    """The summands, at least one."""
    return e.args if e.op is ADD else (e,)


__all__ = ["declared_manifold", "manifold_named", "on_manifold"]
